"""What the trained part is made from, and how it is measured."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from miner.claims.classifier import LABELS, STATUSES, load_classifier
from miner.claims.features import Place, Setting
from miner.claims.sentences import split_sentences
from miner.learning.examples import (
    GOLD,
    Example,
    check_of,
    find_names,
    find_quoted,
    read_annotated,
    read_labels,
    read_made,
    read_marked,
    read_whole,
    targets_of,
)
from miner.learning.quality import Gold, draw, pair, per_status, read_gold, reliability, score, write_report
from miner.learning.training import list_words, read_mails, train_gate, train_verdict
from miner.model import Claim, Person

PLACE = Place(Setting("reply"), quote="Will you resend?", before="Thanks.")


def made(text: str, *claims: tuple[str, str]) -> Example:
    return Example("made", text, PLACE, targets_of(claims))  # type: ignore[arg-type]


def test_what_is_learned_is_found_again(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="only `make model` needs torch")
    from miner.learning.network import SPECIAL, Schooling, Shape, teach

    ready = [made(f"This looks good to me {n}.", ("ready", "asserted")) for n in ("now", "here", "again")] * 8
    asked = [made(f"Was it merged {n}?", ("merged", "asked")) for n in ("now", "here", "again")] * 8
    other = [made(f"The loom has {n} threads.") for n in ("now", "here", "again")] * 8
    examples = [*ready, *asked, *other]
    words = list_words(examples, ["spare"], {"again"})
    assert words[:2] == list(SPECIAL)
    assert {"looks", "spare"} <= set(words)
    assert "again" not in words
    vectors = np.random.default_rng(1).normal(size=(len(words), 8)).astype(np.float32)
    targets = np.array([each.targets for each in examples], np.float32)
    shape, schooling = Shape(8, 2, 2, 4, 16), Schooling(rounds=60, batch=16)
    classifier = teach([each.seen for each in examples], targets, words, vectors, 1, shape, schooling)
    classifier.save(tmp_path / "weights.npz")
    again = load_classifier(tmp_path / "weights.npz")
    for text, status, certainty in (("This looks good.", "ready", "asserted"), ("Was it merged?", "merged", "asked")):
        scores = np.concatenate(again.score([made(text).seen])[0])
        assert STATUSES[scores[: len(STATUSES)].argmax()] == status
        assert LABELS[len(STATUSES) + scores[len(STATUSES) :].argmax()] == certainty
        assert scores == pytest.approx(np.concatenate(classifier.score([made(text).seen])[0]), abs=0.02)
    assert max(again.score([made("The loom has threads.").seen])[0][0]) < 0.5


def test_names_are_told_from_plain_words(make_message) -> None:
    mails = [make_message("Hi Bea, cc bea, I will look at it soon, thanks Bea.") for _ in range(50)]
    mails += [make_message("Bea did.")]
    mails = [replace(mail, author=Person("Bea Will", "bea99@example.org")) for mail in mails]
    names = find_names(mails)
    assert {"bea", "bea99"} <= names
    assert "will" not in names


def test_the_gate_is_fitted_to_the_classifier(make_message) -> None:
    mails = [make_message("Applied 5c3fa21, thanks.") for _ in range(5)] + [
        make_message("The loom is wide.") for _ in range(20)
    ]
    learned = [made("Applied, thanks.", ("applied", "asserted")), made("The loom is wide.")]
    gate = train_gate(load_classifier(), mails, learned, learned, names={"wide"})
    assert gate["weights"]["applied"] > gate["weights"].get("loom", 0)
    assert gate["least"] > gate["weights"].get("loom", 0)
    assert not [feature for feature in gate["weights"] if "wide" in feature or "5c3fa21" in feature]


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
    gold = Path(__file__).parents[2] / "corpora" / "gold"
    marked, spare = (
        [each for path in sorted((gold / folder).glob("*.txt")) for each in read_marked(path)]
        for folder in ("mails", "spare")
    )
    for examples in (list(read_made(gold / "sentences.jsonl")), marked, spare):
        assert len(examples) > 2_000
        assert {STATUSES[n] for each in examples for n in range(len(STATUSES)) if each.targets[n]} == set(STATUSES)


def test_marks_label_their_sentences(tmp_path: Path) -> None:
    path = tmp_path / "mails.txt"
    path.write_text(
        "@@ reply\n> Will you resend?\n\nYes. {{needs-revision/asserted: I will send v2.}} The loom is\nwide.\n"
        "\n@@ note\n{{ready/hedged: Should be fine}}, {{blocked/conditional: once the loom is in}}.\n"
    )
    yes, will, loom, note = read_marked(path)
    assert [any(each.targets) for each in (yes, will, loom, note)] == [False, True, False, True]
    assert (will.text, will.place.quote, will.place.before) == ("I will send v2.", "Will you resend?", "Yes.")
    assert (yes.place.quote, note.place.setting.kind) == ("Will you resend?", "mail")
    assert will.targets == targets_of([("needs-revision", "asserted")])
    assert note.targets == targets_of([("ready", "hedged"), ("blocked", "conditional")])
    for wrong in ("@@ reply\n{{done/asserted: So.}}\n", "@@ reply\n> {{ready/asserted: So it is.}}\n\nFine.\n"):
        path.write_text(wrong)
        with pytest.raises(ValueError, match=r"label|mark"):
            list(read_marked(path))


def test_mails_that_were_read_whole(tmp_path: Path, make_message) -> None:
    message = make_message("Applied, thanks. The loom is wide.")
    row = {"message_id": message.message_id, "sentences": 2}
    claim = [0, check_of("Applied, thanks."), "applied", "asserted"]
    path = tmp_path / "read.jsonl"
    path.write_text(json.dumps({**row, "claims": [claim]}) + "\n")
    first, second = read_whole(path, {message.message_id: message})
    assert first.targets == targets_of([("applied", "asserted")])
    assert not any(second.targets)
    assert list(read_whole(path, {})) == []
    for wrong in ({**row, "claims": [[1, *claim[1:]]]}, {**row, "sentences": 3, "claims": []}):
        path.write_text(json.dumps(wrong) + "\n")
        with pytest.raises(ValueError, match="sentence"):
            list(read_whole(path, {message.message_id: message}))


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


@pytest.mark.soak
def test_labels_that_ship_fit_the_sentences_of_now(shared: Path) -> None:
    """`make model` stops where they do not: the mails that are cut otherwise have to be labelled anew, or go."""
    epochs = read_mails([str(path) for path in sorted((shared / "corpora" / "epochs").glob("*.bundle"))])
    assert len(list(read_labels(GOLD / "labels.jsonl", epochs))) > 4_000
    assert len(list(read_whole(GOLD / "read.jsonl", epochs))) > 50_000
