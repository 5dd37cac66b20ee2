"""The trained part: what it sees of a sentence, its weights on disk, the cheap pass, and the verdict."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.claims import classifier, explain_message, verdict
from miner.claims.classifier import CERTAINTIES, STATUSES, load_classifier, make_classifier
from miner.claims.features import MARKS, Place, Setting, describe, find_quote, find_setting, locate, read_words
from miner.claims.gate import load_gate, read_plain
from miner.claims.sentences import split_sentences
from miner.claims.verdict import Weights, choose, claims_nothing, weigh

PLACE = Place(Setting("reply"), quote="Will you resend?", before="Thanks.")


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
    place = Place(Setting("mail"), True, True, False, around, around, around)
    [(statuses, certainties)] = load_classifier().score([describe(text, place)])
    assert (len(statuses), len(certainties)) == (len(STATUSES), len(CERTAINTIES))
    assert all(0 <= score <= 1 for score in (*statuses, *certainties))


def test_the_quote_that_a_sentence_stands_below() -> None:
    body = "> First.\n>\n> Please resend,\n> with the fix.\n\nWill do.\nAnd more."
    assert find_quote(body, body.index("Will")) == "Please resend, with the fix."
    assert find_quote(body, body.index("And")) == ""


def test_a_sentence_knows_its_place(make_message) -> None:
    message = make_message("> Resend?\n\nHello. Will do. Thanks.\n")
    sentences = list(split_sentences(message))
    place = locate(message, find_setting(message, len(sentences)), sentences, 2)
    assert (place.setting.kind, place.last, place.before, place.after) == ("reply", False, "Hello.", "Thanks.")
    assert locate(message, place.setting, sentences, 1).quote == "Resend?"
    marks = dict(zip(MARKS, describe("Will do.", place).marks, strict=True))
    assert [name for name, value in marks.items() if value] == ["reply", "quote", "before"]


@pytest.mark.parametrize(
    ("body", "depth", "tagged"),
    [
        ("> +\tfoo(bar);\n\nWhy?\n", 1, False),
        (">> -\tfoo(bar);\n> Why?\n\nBecause.\n", 2, False),
        ("> > > > +\tx\n\nSo.\n", 3, False),
        ("> So it is.\n\nGood.\n\nAcked-by: Bea <bea@example.org>\n", 0, True),
    ],
)
def test_whose_code_a_mail_quotes(make_message, body: str, depth: int, tagged: bool) -> None:
    setting = find_setting(make_message(body), 1)
    assert (setting.code_depth, setting.tagged) == (depth, tagged)


def test_the_network_adds_up_what_its_arrays_say() -> None:
    """One word of size 1 that is passed through: what comes out can be worked out by hand."""
    one, none = np.ones((1, 1), np.float32), np.zeros((1, 1), np.float32)
    labels = len(STATUSES) + len(CERTAINTIES)
    hidden = np.zeros((3 + 6 + len(MARKS), 1), np.float32)
    hidden[0] = 1  # only the maximum over the words counts
    arrays = {
        "vectors": np.array([[0], [0], [2], [5]], np.float32),
        "own": one, "own_shift": none[0], "around": none, "around_shift": none[0], "attention": one,
        "hidden": hidden, "hidden_shift": none[0], "out": np.ones((1, labels), np.float32),
        "out_shift": np.full(labels, -5, np.float32),
        "weights_0": np.zeros((3, 2), np.float32), "shift_0": np.array([1, -1], np.float32),
    }  # fmt: skip
    network = make_classifier(["<nothing>", "<unknown>", "two", "five"], arrays)
    [(statuses, _)] = network.score([describe("two five two", PLACE)])
    assert statuses[0] == pytest.approx(1 / (1 + np.exp(-1)))  # 5, 1 of the convolution, 5 less
    assert network.weigh_words(describe("two five", PLACE), "ready")[0] == ("five", pytest.approx(3))


def test_scores_do_not_depend_on_what_is_asked_together() -> None:
    """To the last digit, wherever a sentence stands among others, few or many."""
    words = "i will send v3 if you applied the patch to next and it waits for a review of loom".split()
    draw = random.Random(7)
    seen = [describe(" ".join(draw.choices(words, k=draw.randint(1, 70))), PLACE) for _ in range(90)]
    alone = [load_classifier().score([each])[0] for each in seen]
    assert load_classifier().score(seen) == alone
    order = draw.sample(range(90), 45)
    assert load_classifier().score([seen[at] for at in order]) == [alone[at] for at in order]
    assert load_classifier().score([]) == []


def test_scores_are_the_same_when_little_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "i will send v3 if you applied the patch to next and it waits for a review of loom".split()
    draw = random.Random(8)
    seen = [describe(" ".join(draw.choices(words, k=draw.randint(1, 20))), PLACE) for _ in range(30)]
    before = load_classifier()
    monkeypatch.setattr(classifier, "_MOST_PRODUCTS", 20)
    monkeypatch.setattr(classifier, "_MOST_POOLED", 3)
    monkeypatch.setattr(classifier, "_TOGETHER", 1)
    small = make_classifier(list(before.rows), before.arrays)
    assert small.score(seen) == before.score(seen) == small.score(seen)


@given(st.lists(st.lists(st.sampled_from("i will send v3 applied to next the loom stands xyzzy ' .".split()))))
def test_the_gate_judges_many_as_it_weighs_each(sentences: list[list[str]]) -> None:
    gate = load_gate()
    texts = [" ".join(words) for words in sentences]
    assert gate.judge([read_plain(text) for text in texts]) == [gate.weigh(text) >= gate.least for text in texts]


def test_what_lies_on_the_limit_of_the_gate_is_judged_by_its_sum() -> None:
    gate = load_gate()
    heavy = replace(gate, least=gate.weigh("Applied to next."))
    assert heavy.judge([read_plain("Applied to next.")]) == [True]
    assert heavy.judge([read_plain("The loom stands.")]) == [False]


def test_the_gate_keeps_claims_and_drops_code_talk() -> None:
    gate = load_gate()
    assert gate.weigh("Applied to for-next, thanks.") >= gate.least
    assert gate.weigh("I will send a v3 tomorrow.") >= gate.least
    assert gate.weigh("The loop reads one cell from the list and then frees the buffer.") < gate.least


@pytest.mark.parametrize(
    ("matched", "in_commit", "found"),
    [
        ({}, False, ["ready", "applied"]),
        ({}, True, ["ready", "applied"]),
        ({"merged": verdict.LEAST_MATCHED}, False, ["ready", "applied", "merged"]),
        ({"merged": 0.2}, False, ["ready", "applied"]),
    ],
)
def test_what_is_claimed(matched: dict[str, float], in_commit: bool, found: list[str]) -> None:
    sure = dict.fromkeys(STATUSES, 0.01)
    sure |= {"ready": 0.9, "applied": verdict.LEAST_SECOND, "posted": verdict.LEAST, "merged": verdict.LEAST_MATCHED}
    assert [status for status, _ in choose(sure, matched, in_commit)] == found


@given(st.lists(st.floats(0, 1), min_size=len(STATUSES), max_size=len(STATUSES)))
def test_what_claims_nothing_by_its_best_score_has_no_status(scores: list[float]) -> None:
    assert claims_nothing(scores) == (not choose(weigh(scores, {}), {}, False))


def test_less_is_claimed_in_a_commit_message() -> None:
    sure = {"planned": (verdict.LEAST + verdict.LEAST_COMMIT) / 2}
    assert [status for status, _ in choose(sure, {}, False)] == ["planned"]
    assert choose(sure, {}, True) == []


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


def test_explained_are_the_words_of_a_claim_and_what_a_refused_one_would_need(make_message) -> None:
    message = make_message("I have applied the loom part, but the rest needs a respin since it does not build here.")
    (sentence,) = explain_message(message)
    claims = [each for each in sentence.considered if each.claimed]
    assert all(each.words and each.words in sentence.text for each in claims)
    assert len({each.words for each in claims}) == len(claims) == 2
    refused = [each for each in sentence.considered if not each.claimed]
    assert all(
        each.needed == verdict.LEAST_SECOND and each.probability < each.needed for each in refused if not each.rule
    )


def test_a_trailer_that_is_a_claim_is_explained(make_message) -> None:
    body = "Looks good.\n\nReviewed-by: Bea Cole <bea@example.org>\n"
    sentence, trailer = explain_message(make_message(body))
    assert sentence.text == "Looks good."
    assert body[trailer.start : trailer.end] == trailer.text == "Reviewed-by: Bea Cole <bea@example.org>"
    (why,) = trailer.considered
    assert (why.status, why.rule, why.claimed) == ("ready", "trailer", True)
