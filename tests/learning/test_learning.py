"""What the trained part is made from, and how it is measured."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from miner.claims.classifier import LABELS, STATUSES, Classifier, load_classifier
from miner.claims.features import Place
from miner.claims.sentences import split_sentences
from miner.learning.examples import (
    Example,
    check_of,
    find_names,
    find_quoted,
    read_annotated,
    read_labels,
    read_made,
    targets_of,
)
from miner.learning.quality import Gold, draw, pair, per_status, read_gold, reliability, score, write_report
from miner.learning.training import train, train_gate, train_verdict
from miner.model import Claim, Person

PLACE = Place("reply", False, False, False, "Will you resend?", "Thanks.")


def made(text: str, *claims: tuple[str, str]) -> Example:
    return Example("made", text, PLACE, targets_of(claims))  # type: ignore[arg-type]


def test_what_is_learned_is_found_again(tmp_path: Path) -> None:
    ready = [made(f"This looks good to me {n}.", ("ready", "asserted")) for n in ("now", "here", "again")] * 4
    asked = [made(f"Was it merged {n}?", ("merged", "asked")) for n in ("now", "here", "again")] * 4
    other = [made(f"The loom has {n} threads.") for n in ("now", "here", "again")] * 4
    classifier = train([*ready, *asked, *other], names={"again"}, groups=1)
    classifier.save(tmp_path / "weights.npz")
    again = load_classifier(tmp_path / "weights.npz")
    statuses, certainties = again.score([made("This looks good.").words, made("Was it merged?").words])
    assert [STATUSES[at] for at in statuses.argmax(axis=1)] == ["ready", "merged"]
    assert [LABELS[len(STATUSES) + at] for at in certainties.argmax(axis=1)] == ["asserted", "asked"]
    told = dict(again.weigh_features(made("This looks good.").words, "ready"))
    assert told["looks good"] > 0
    assert not [feature for feature in again.rows if "again" in feature.split()]


def test_what_one_list_alone_says_is_not_learned() -> None:
    one = [replace(made(f"Applied to the {n} loom.", ("applied", "asserted")), group="a") for n in ("red", "blue")]
    other = [replace(made("Applied, thanks.", ("applied", "asserted")), group="b")] * 2
    none = [replace(made("It has many threads."), group=group) for group in "ab"] * 4
    rows = train([*one, *other, *none]).rows
    assert "applied" in rows
    assert "loom" not in rows


def test_names_are_told_from_plain_words(make_message) -> None:
    mails = [make_message("Hi Bea, cc bea, I will look at it soon, thanks Bea.") for _ in range(50)]
    mails += [make_message("Bea did.")]
    mails = [replace(mail, author=Person("Bea Will", "bea99@example.org")) for mail in mails]
    names = find_names(mails)
    assert {"bea", "bea99"} <= names
    assert "will" not in names


def test_the_gate_is_fitted_to_the_classifier(make_message) -> None:
    classifier = Classifier({"ping": 0}, np.full((1, len(LABELS)), 8, np.float32), np.full(len(LABELS), -4, np.float32))
    mails = [make_message("ping") for _ in range(5)] + [make_message("The loom is wide.") for _ in range(20)]
    gate = train_gate(classifier, mails, ["ping ping"], names={"wide"})
    assert gate["weights"]["ping"] > gate["weights"].get("loom", 0)
    assert gate["least_for_classifier"] > gate["weights"].get("loom", 0)
    assert not [feature for feature in gate["weights"] if "wide" in feature]


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


CLAIM = Claim(
    message_id="a@x", start=0, end=8, text="Applied.", status="applied", certainty="asserted", confidence=0.9, by="Ada",
    holder=None, date=datetime(2024, 5, 1, tzinfo=UTC), waiting_on=(), target=None, about=None, depends_on=(), item=None,
    series=None, rule="classifier",
)  # fmt: skip


def found(start: int, end: int, status: str, confidence: float = 0.9, rule: str = "classifier"):
    return replace(CLAIM, start=start, end=end, status=status, confidence=confidence, rule=rule)


def gold(start: int, end: int, status: str, trailer: bool = False) -> Gold:
    return Gold("a@x", start, end, status, "asserted", trailer)


def test_pairs_are_one_to_one_and_the_largest_share_first() -> None:
    pairs = list(pair([gold(0, 20, "applied"), gold(30, 50, "ready")], [found(5, 20, "applied"), found(0, 8, "ready")]))
    kinds = [(each.gold is not None, each.found is not None, each.right) for each in pairs]
    assert kinds == [(True, True, True), (True, False, False), (False, True, False)]


def test_the_figures() -> None:
    pairs = list(pair([gold(0, 20, "applied"), gold(30, 50, "ready", trailer=True)], [found(0, 20, "applied")]))
    figures = score(pairs)
    assert figures["status"] == pytest.approx(2 / 3)
    assert figures["prose"] == 1.0
    assert figures["full"] == pytest.approx(2 / 3)
    assert per_status(pairs)["applied"] == (1, 1, 1)
    assert per_status(pairs)["ready"] == (0, 0, 1)


def test_the_reliability_plot_is_a_picture() -> None:
    pairs = list(pair([gold(0, 20, "applied")], [found(0, 20, "applied", 0.9), found(30, 40, "ready", 0.2)]))
    assert reliability(pairs) == [(0.2, 0.0, 1), (0.9, 1.0, 1)]
    picture = ElementTree.fromstring(draw(reliability(pairs)))
    assert len([each for each in picture.iter() if each.tag.endswith("circle")]) == 2


def test_the_report_names_its_errors_without_their_text() -> None:
    pairs = list(pair([gold(0, 20, "applied")], [found(0, 20, "ready", 0.9), found(60, 80, "merged", 0.8)]))
    text = write_report(pairs, ["weft"])
    assert "`a@x` 0-20: found ready (0.90, classifier), annotated applied/asserted" in text
    assert "`a@x` 60-80: found merged (0.80, classifier), not annotated" in text
    assert CLAIM.text not in text


def test_annotated_claims_are_placed(tmp_path: Path, make_message) -> None:
    message = make_message("> Applied.\n\nApplied.\n\nReviewed-by: Bea <b@example.org>\n")
    claims = [
        {"quote": quote, "status": status, "certainty": "asserted"}
        for quote, status in (
            ("Applied.", "applied"),
            ("Reviewed-by: Bea <b@example.org>", "ready"),
            ("nowhere", "ready"),
        )
    ]
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps({"message_id": message.message_id, "list": "weft", "claims": claims}) + "\n")
    known = {message.message_id: message}
    assert [(g.start, g.trailer) for g in read_gold(path, known, ["weft"])[message.message_id]] == [
        (12, False),
        (22, True),
    ]
    assert read_gold(path, known, ["other"]) == {}
