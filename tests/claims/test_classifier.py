"""The trained part: what it sees of a sentence, its weights on disk, the cheap pass, and the verdict."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.claims import explain_message, verdict
from miner.claims.classifier import STATUSES, load_classifier, read_runs
from miner.claims.features import Place, describe, find_quote, locate, read_words
from miner.claims.gate import load_gate
from miner.claims.sentences import split_sentences
from miner.claims.verdict import Weights, choose, weigh

PLACE = Place("reply", False, False, False, "Will you resend?", "Thanks.")
SURE = Weights((1.0, 0.0, 0.0, 0.0, 0.0), 0.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I’ll fix it.", ["i", "'ll", "fix", "it", "."]),
        ("It doesn't", ["it", "does", "n't"]),
        ("v6.9-rc1 and 5.10.y", ["<release>", "and", "<release>"]),
        ("deadbeef1 defaced https://example.org/x.", ["<hash>", "defaced", "<link>"]),
        ("ada@example.org runs do_it() on a_b", ["<address>", "runs", "<function>", "on", "<identifier>"]),
        ("patch 3/7, +1 :)", ["patch", "<number>", "<number>", ",", "+1", ":)"]),
    ],
)
def test_words_become_classes(text: str, words: list[str]) -> None:
    assert read_words(text) == words


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_can_be_described(text: str, around: str) -> None:
    place = Place("mail", True, True, False, around, around)
    described = describe(text, place)
    assert described[0] == "<mail>"
    assert described[-1] == "</s>"
    statuses, certainties = load_classifier().score([described])
    assert np.isfinite(statuses).all()
    assert np.isfinite(certainties).all()


def test_the_quote_that_a_sentence_stands_below() -> None:
    body = "> First.\n>\n> Please resend,\n> with the fix.\n\nWill do.\nAnd more."
    assert find_quote(body, body.index("Will")) == "Please resend, with the fix."
    assert find_quote(body, body.index("And")) == ""


def test_a_sentence_knows_its_place(make_message) -> None:
    message = make_message("> Resend?\n\nHello. Will do.\n")
    sentences = list(split_sentences(message))
    place = locate(message, sentences, len(sentences) - 1)
    assert (place.kind, place.last, place.before) == ("reply", True, "Hello.")


def test_no_sentences_have_no_scores() -> None:
    statuses, certainties = load_classifier().score([])
    assert statuses.shape == (0, len(STATUSES))
    assert certainties.shape[0] == 0


def test_each_feature_of_a_sentence_counts_once() -> None:
    runs = list(read_runs(describe("ping ping ping ping", PLACE)))
    assert len(runs) == len(set(runs))


def test_the_gate_keeps_claims_and_drops_code_talk() -> None:
    gate = load_gate()
    assert gate.weigh("Applied to for-next, thanks.") >= gate.least_for_classifier
    assert gate.weigh("I will send a v3 tomorrow.") >= gate.least_for_classifier
    assert gate.weigh("The loop reads one cell from the list and then frees the buffer.") < gate.least_for_rules


@pytest.mark.parametrize(
    ("matched", "in_commit", "found"),
    [
        ((), False, ["ready", "applied"]),
        ((), True, ["ready"]),
        (("merged",), False, ["ready", "applied", "merged"]),
    ],
)
def test_what_is_claimed(matched: tuple[str, ...], in_commit: bool, found: list[str]) -> None:
    sure = dict.fromkeys(STATUSES, 0.01)
    sure |= {"ready": 0.9, "applied": verdict.LEAST_SECOND, "posted": verdict.LEAST, "merged": verdict.LEAST_MATCHED}
    assert [status for status, _ in choose(sure, matched, in_commit)] == found


def test_a_rule_makes_a_status_more_likely() -> None:
    scores = [0.2] * len(STATUSES)
    weights = Weights((1.0, 2.0, 0.0, -1.0, 0.0), 0.0)
    plain, with_rule = weigh(scores, {}, weights), weigh(scores, {"ready": 0.5}, weights)
    assert plain["ready"] == pytest.approx(0.2)
    assert with_rule["ready"] > plain["ready"]
    assert with_rule["merged"] < plain["merged"]


def test_explaining_a_mail(make_message) -> None:
    message = make_message("Applied to for-next, thanks.\n\nThe loop reads one cell from the list.")
    first, second = explain_message(message)
    assert (first.text, first.passed, second.passed) == ("Applied to for-next, thanks.", True, False)
    best = first.considered[0]
    assert (best.status, best.claimed, best.rule is not None) == ("applied", True, True)
    assert best.features
    assert second.considered == ()
