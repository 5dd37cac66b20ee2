"""Half sentences in lists, tables and short mails: every rule matches its examples, and running text sees none of them."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from miner.claims import explain_message, find_claims
from miner.claims.find import load_ruleset
from miner.claims.pieces import find_noted
from miner.claims.rules import Rule, load_rules
from miner.model import Message

RULES = load_rules("pieces.toml")[0]


def names(text: str) -> list[str]:
    return [noted.rule for noted in find_noted([text], load_ruleset())[0]]


@pytest.mark.parametrize(("rule", "text"), [pytest.param(r, t, id=f"{r.name}: {t}") for r in RULES for t in r.examples])
def test_example_of_a_rule_for_notes(rule: Rule, text: str) -> None:
    assert rule.name in names(text)


@pytest.mark.parametrize(("rule", "text"), [pytest.param(r, t, id=f"{r.name}: {t}") for r in RULES for t in r.counter])
def test_counter_example_of_a_rule_for_notes(rule: Rule, text: str) -> None:
    assert rule.name not in names(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- reed: queued for 6.9, docs to follow", [("applied", "queued for 6.9"), ("planned", "docs to follow")]),
        ("* ab/reed-rework\n  Rejected, numbers were wrong.", [("dropped", "Rejected, numbers were wrong.")]),
        ("reed | Ada | v3 | under review", [("needs-review", "under review")]),
        ("- loom: does not build, needs a rebase", [("needs-revision", "does not build, needs a rebase")]),
        ("- loom: v2 looks good, lacks an ack", [("ready", "v2 looks good"), ("needs-review", "lacks an ack")]),
    ],
)
def test_the_pieces_of_a_note(text: str, found: list[tuple[str, str]], make_message: Callable[..., Message]) -> None:
    claims = list(find_claims([make_message(text, reply=False)]))
    assert [(claim.status, claim.text) for claim in claims] == found


def test_the_name_of_a_work_says_nothing() -> None:
    assert names("- delayed flush (Ada): queued for 6.9") == ["note-applied"]
    assert names("- merged lists (Ada): docs to follow") == ["note-planned"]
    assert names("- merged (Ada): thanks") == []
    assert names("- delayed: the loom") == ["note-planned"]


def test_counts_say_nothing_of_a_work() -> None:
    assert names("* patches sent: 38, accepted: 21") == []


def test_certainty_in_a_note(make_message: Callable[..., Message]) -> None:
    def certainties(text: str) -> list[str]:
        return [claim.certainty for claim in find_claims([make_message(text, reply=False)])]

    assert certainties("- reed: queued for 6.9") == ["asserted"]
    assert certainties("- reed: probably dead") == ["hedged"]
    assert certainties("- reed: did it reach mainline?") == ["asked"]
    assert certainties("- reed: has not reached mainline") == ["negated"]


def test_half_sentences_count_in_notes_alone(make_message: Callable[..., Message]) -> None:
    text = "reed: parked until Ada is back"
    long = f"{text}\n\n{'And here is what we saw on the way to the mill. ' * 20}"

    def rules(body: str, reply: bool) -> list[str | None]:
        return [claim.rule for claim in find_claims([make_message(body, reply=reply)])]

    assert rules(text, reply=False) == ["note-blocked"]
    assert "note-blocked" not in rules(text, reply=True)
    assert "note-blocked" not in rules(long, reply=False)
    assert "note-blocked" in rules(f"- {long}", reply=False)  # in a list


@pytest.mark.parametrize(
    "text", ["a" + " " * 100_000 + "b", "- " * 50_000, "x, " * 30_000, "a\n " * 30_000, "(" * 90_000]
)
def test_hostile_text_is_cut_quickly(text: str) -> None:
    start = time.process_time()
    assert find_noted([text], load_ruleset()) == [[]]
    assert time.process_time() - start < 1


def test_what_was_heard_in_pieces_is_explained(make_message: Callable[..., Message]) -> None:
    (sentence,) = explain_message(make_message("- reed: queued for 6.9, docs to follow", reply=False))
    claimed = [(each.status, each.rule) for each in sentence.considered if each.claimed]
    assert claimed == [("applied", "note-applied"), ("planned", "note-planned")]
    assert len({each.status for each in sentence.considered}) == len(sentence.considered)


def test_titles_of_commits_below_their_branch_say_nothing(make_message: Callable[..., Message]) -> None:
    text = "* ab/reed-docs (2026-01-29) 2 commits\n - reed: docs to follow\n - reed: post it later\n\n Will merge to 'next'."
    claims = list(find_claims([make_message(text, reply=False)]))
    assert [(claim.status, claim.text) for claim in claims] == [("ready", "Will merge to 'next'.")]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("- reed rework (Ada): comes next once the loom is done", "planned"),
        ("- loom: slow going, the tester has no board", "in-progress"),
    ],
)
def test_the_network_hears_pieces_that_no_rule_knows(
    text: str, status: str, make_message: Callable[..., Message]
) -> None:
    (claim,) = find_claims([make_message(text, reply=False)])
    assert (claim.status, claim.rule) == (status, "note-classifier")


def test_titles_of_columns_say_nothing(make_message: Callable[..., Message]) -> None:
    row = "| loom | Ada | must | M | | loom.c | slow going, the tester has no board |"
    head = "| Task | Owner | Prio | Effort | Needs | Where | Notes |"
    (claim,) = find_claims([make_message(f"{head}\n|---|---|---|---|---|---|---|\n{row}\n", reply=False)])
    assert "slow going" in claim.text
