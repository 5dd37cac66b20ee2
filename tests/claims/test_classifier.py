"""The trained part: what it sees of a sentence, its weights on disk, the cheap pass, and the verdict."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.claims import explain_message, verdict
from miner.claims.classifier import LABELS, STATUSES, Classifier, load_classifier, read_runs
from miner.claims.features import Place, describe, find_quote, locate, read_words
from miner.claims.gate import load_gate
from miner.claims.sentences import split_sentences
from miner.claims.verdict import Weights, choose, weigh
from miner.learning.examples import Example, check_of, find_quoted, read_annotated, read_labels, read_made, targets_of
from miner.learning.training import train, train_gate, train_verdict

PLACE = Place("reply", False, False, False, "Will you resend?", "Thanks.")
SURE = Weights((1.0, 0.0, 0.0, 0.0, 0.0), 0.0)


def made(text: str, *claims: tuple[str, str]) -> Example:
    return Example("made", text, PLACE, targets_of(claims))  # type: ignore[arg-type]


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


def test_what_is_learned_is_found_again(tmp_path: Path) -> None:
    ready = [made(f"This looks good to me {n}.", ("ready", "asserted")) for n in ("now", "here", "again")] * 4
    asked = [made(f"Was it merged {n}?", ("merged", "asked")) for n in ("now", "here", "again")] * 4
    other = [made(f"The loom has {n} threads.") for n in ("now", "here", "again")] * 4
    classifier = train([*ready, *asked, *other])
    classifier.save(tmp_path / "weights.npz")
    again = load_classifier(tmp_path / "weights.npz")
    statuses, certainties = again.score([made("This looks good.").words, made("Was it merged?").words])
    assert [STATUSES[at] for at in statuses.argmax(axis=1)] == ["ready", "merged"]
    assert [LABELS[len(STATUSES) + at] for at in certainties.argmax(axis=1)] == ["asserted", "asked"]
    told = dict(again.weigh_features(made("This looks good.").words, "ready"))
    assert told["looks good"] > 0


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


def test_the_gate_is_fitted_to_the_classifier(make_message) -> None:
    classifier = Classifier({"ping": 0}, np.full((1, len(LABELS)), 8, np.float32), np.full(len(LABELS), -4, np.float32))
    mails = [make_message("ping") for _ in range(5)] + [make_message("The loom is wide.") for _ in range(20)]
    gate = train_gate(classifier, mails, ["ping ping"])
    assert gate["weights"]["ping"] > gate["weights"].get("loom", 0)
    assert gate["least_for_classifier"] > gate["weights"].get("loom", 0)


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


def test_the_weights_of_the_verdict_are_fitted(make_message) -> None:
    message = make_message("Looks good to me. The loom is wide. Applied, thanks.")
    sentences = list(split_sentences(message))
    said = [[("ready", "asserted")], [], [("applied", "asserted")]]
    gold = [
        Example("x", s.text, PLACE, targets_of(claims), message.message_id, s.start)  # type: ignore[arg-type]
        for s, claims in zip(sentences, said, strict=True)
    ]
    weights = train_verdict(gold, [message])
    assert weights.values[0] > 0 or weights.values[1] > 0


def test_labels_must_fit_their_sentences(tmp_path: Path, make_message) -> None:
    message = make_message("Applied, thanks.\n\nBea")
    row = {"message_id": message.message_id, "start": 0, "end": 16, "check": check_of("Applied, thanks.")}
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps({**row, "claims": [["applied", "asserted"]]}) + "\n")
    (found,) = read_labels(path, {message.message_id: message})
    assert found.targets == targets_of([("applied", "asserted")])
    assert list(read_labels(path, {})) == []
    path.write_text(json.dumps({**row, "check": "00000000", "claims": []}) + "\n")
    with pytest.raises(ValueError, match="another sentence at 0"):
        list(read_labels(path, {message.message_id: message}))


def test_annotated_mails_label_every_sentence(tmp_path: Path, make_message) -> None:
    message = make_message(
        "> Applied, thanks.\n\nApplied,\nthanks. The loom is wide.\n\nReviewed-by: Bea <b@example.org>\n"
    )
    claims = [
        {"quote": "Applied, thanks.", "status": "applied", "certainty": "asserted"},
        {"quote": "Reviewed-by: Bea <b@example.org>", "status": "ready", "certainty": "asserted"},
    ]
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps({"message_id": message.message_id, "list": "weft", "claims": claims}) + "\n")
    found = list(read_annotated(path, {message.message_id: message}))
    labelled = [each.text for each in found if any(each.targets)]
    assert labelled == ["Applied, thanks."]
    assert find_quoted(message.body, "Applied, thanks.") == (20, 36)


def test_the_made_up_sentences_can_be_read() -> None:
    path = Path(__file__).parents[2] / "corpora" / "gold" / "sentences.jsonl"
    found = list(read_made(path))
    assert len(found) > 2_000
    assert {STATUSES[n] for each in found for n in range(len(STATUSES)) if each.targets[n]} == set(STATUSES)


def test_explaining_a_mail(make_message) -> None:
    message = make_message("Applied to for-next, thanks.\n\nThe loop reads one cell from the list.")
    first, second = explain_message(message)
    assert (first.text, first.passed, second.passed) == ("Applied to for-next, thanks.", True, False)
    best = first.considered[0]
    assert (best.status, best.claimed, best.rule is not None) == ("applied", True, True)
    assert best.features
    assert second.considered == ()
