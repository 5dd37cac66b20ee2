"""Who must act next, and what is news."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.model import Citation, Mention, Question, Status
from miner.report.urgency import Needs, was_known_late

from . import made

TAKER = "Ada Berg <ada@loom.example>"


def stands(label: str, actor: str | None, **more: object) -> Status:
    values = {"assignee": made.BEN, "next_actor": actor, **more}
    return made.status("series", "v2@example.org", label, **values)


@pytest.mark.parametrize(
    ("label", "actor", "needed"),
    [
        ("ready", "maintainer", True),
        ("ready", made.ADA, True),  # takes patches, from another address
        ("ready", made.CLEO, False),
        ("needs-review", "reviewers", True),
        ("needs-review", made.CLEO, True),  # a reviewer by name
        ("needs-review", made.BEN, False),
        ("needs-reply", made.ADA, True),
        ("needs-reply", made.CLEO, False),
        ("needs-reply", "author", False),
        ("needs-reply", None, False),
    ],
)
def test_only_those_who_decide_and_review_are_needed(label: str, actor: str | None, needed: bool) -> None:
    assert Needs((TAKER,), None).needs_reader(stands(label, actor)) is needed


@pytest.mark.parametrize(
    ("status", "needed"),
    [
        (stands("needs-revision", "author"), False),
        (stands("needs-revision", "author", assignee=made.CLEO), True),
        (stands("ready", "maintainer", waiting_on=("maintainer", made.CLEO)), True),
        (stands("ready", "maintainer"), False),
        (stands("needs-revision", "author", unanswered=(Question("q@x", "Why?", made.CLEO),)), True),
    ],
)
def test_in_a_letter_for_somebody_he_is(status: Status, needed: bool) -> None:
    assert Needs((TAKER,), lambda name: name == made.CLEO).needs_reader(status) is needed
    assert Needs((made.CLEO,), lambda name: name == made.CLEO).needs_reader(stands("ready", "maintainer"))


@pytest.mark.parametrize(
    ("label", "actor", "owner", "found"),
    [
        ("needs-revision", "author", made.BEN, "needs-revision"),
        ("needs-revision", made.BEN, made.BEN, "needs-revision"),
        ("needs-revision", made.CLEO, made.BEN, "needs-review"),  # she said that she will look into it
        ("in-progress", "reviewers", made.BEN, "needs-review"),
        ("planned", "maintainer", made.BEN, "ready"),
        ("in-progress", made.CLEO, None, "in-progress"),  # nobody else has it
        ("in-progress", None, made.BEN, "in-progress"),
        ("ready", "author", made.BEN, "needs-revision"),
        ("needs-review", made.BEN, made.BEN, "needs-revision"),
        ("ready", "author", made.ADA, "ready"),  # she takes it herself
        ("needs-reply", "author", made.BEN, "needs-reply"),
        ("ready", "maintainer", made.BEN, "ready"),
    ],
)
def test_whoever_acts_finds_himself_in_the_section_that_he_reads(
    label: str, actor: str | None, owner: str | None, found: str
) -> None:
    assert Needs((TAKER,), None).find_label(stands(label, actor, assignee=owner)) == found


def test_whom_a_work_asks_reads_the_questions() -> None:
    asked = stands("needs-revision", "author", unanswered=(Question("q@x", "Why?", made.CLEO),))
    needs = Needs((TAKER,), lambda name: name == made.CLEO)
    assert (needs.find_label(asked), needs.find_asked(asked)) == ("needs-reply", made.CLEO)
    his = replace(asked, assignee=made.CLEO)
    assert (needs.find_label(his), needs.find_asked(his)) == ("needs-revision", "")
    assert Needs((TAKER,), None).find_label(asked) == "needs-revision"


def test_who_said_that_he_will_act_on_anothers_work_is_needed() -> None:
    assert Needs((TAKER,), None).needs_reader(stands("needs-revision", made.CLEO))
    assert not Needs((TAKER,), None).needs_reader(stands("needs-revision", made.BEN))


def test_nobody_has_to_answer_what_somebody_posts_who_takes_patches_himself() -> None:
    needs = Needs((TAKER,), None)
    own = stands("needs-review", "reviewers", assignee=made.ADA, rule="posted")
    assert needs.is_takers_own(own)
    assert needs.is_takers_own(replace(own, rule="carried-reviews"))
    assert not needs.is_takers_own(replace(own, assignee=made.BEN))
    assert not needs.is_takers_own(replace(own, rule="change-asked"))


def cited(sha: str, landed: str = "") -> Citation:
    words = Mention("m@x", made.day(9, 2), landed) if landed else None
    return Citation("warp: cache the shed", sha, "c@x", made.day(9, 1), "words", landed=words)


@pytest.mark.parametrize(
    ("rule", "citation", "late"),
    [
        ("landed", cited("", "has been merged into weft.git: https://example.org/c/1"), False),
        ("landed", cited("0123456789ab", "[ Upstream commit 0123 ]"), True),
        ("cited-as-commit", cited(""), False),  # a pull request lists it
        ("cited-as-commit", cited("0123456789ab"), True),
        ("built-upon", None, True),
        ("applied", None, False),
    ],
)
def test_what_a_pull_request_of_the_period_tells_is_news_whatever_its_age(
    rule: str, citation: Citation | None, late: bool
) -> None:
    posting = replace(made.SERIES[1], cited=(citation,) if citation else ())
    status = stands("merged" if rule == "landed" else "applied", None, rule=rule, since=made.day(9, 2))
    start = made.day(8, 30).timestamp()
    assert was_known_late(status, posting, 30, start) is late
    assert not was_known_late(status, replace(posting, date=made.day(8, 20)), 30, start)
    assert was_known_late(status, posting, 30, made.day(9, 3).timestamp()) is (rule != "applied")
