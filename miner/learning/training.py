"""Train the classifier: python -m miner.learning.training GOLD.jsonl GOLD.mbox EPOCH...

Learns from the annotated mails (GOLD), from corpora/gold/sentences.jsonl, and, of the mails in the EPOCHs (any sources that
miner reads), from corpora/gold/labels.jsonl and the scores of a larger model, corpora/gold/taught.jsonl.gz. Then it fits
the gate to the classifier. The lists in `HELD_OUT` teach it nothing: on them rules and scores are weighed, and docs/quality.md
reports on each with weights from the others. Writes miner/claims/weights/.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from miner.claims.classifier import LABELS, STATUSES, WEIGHTS, Classifier, read_runs
from miner.claims.features import describe, locate
from miner.claims.find import score_mails
from miner.claims.gate import read_features
from miner.claims.sentences import split_sentences
from miner.claims.verdict import FEATURES, Weights
from miner.claims.verdict import read_features as read_verdict_features
from miner.learning.examples import Example, find_names, read_annotated, read_labels, read_made
from miner.learning.fitting import fit_dense, fit_sparse
from miner.model import Message
from miner.reading import read_messages

HELD_OUT = frozenset({"nfs", "ltp", "dm"})  # of the annotated lists
CORPORA = Path(__file__).parents[2] / "corpora" / "gold"
PENALTY = 1.0  # for each weight's square
LEAST_SEEN = 2  # sentences with a feature
LEAST_GROUPS = 2  # lists with a feature
LEAST_WEIGHT = 0.12  # a feature without one for any label is not shipped
GATE_WANTED = 0.1  # the best score of a sentence that the gate should let through
GATE_RECALL = 0.99
GATE_RULES_RECALL = 0.995  # costs little, and what the rules find is right more often
GATE_LEAST_SEEN = 3  # sentences with a word or pair
GATE_PENALTY = 3.0
VERDICT_PENALTY = 1.0
MODEL = {
    "@architectures": "spacy.TextCatReduce.v1",
    "exclusive_classes": False,
    "use_reduce_first": False,
    "use_reduce_last": False,
    "use_reduce_max": True,
    "use_reduce_mean": True,
    "tok2vec": {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "width": 96,
        "depth": 2,
        "embed_size": 8000,
        "window_size": 1,
        "maxout_pieces": 2,
        "subword_features": False,
        "pretrained_vectors": None,
    },
}


def train(examples: Sequence[Example], names: Container[str] = frozenset(), groups: int = LEAST_GROUPS) -> Classifier:
    """Fit the classifier, each label by itself, to targets between 0 and 1.

    A feature is left out that only one list has, or too few sentences, or that has one of `names` in it.
    """
    runs = [list(read_runs(each.words)) for each in examples]
    counts: Counter[str] = Counter()
    seen: dict[str, set[str]] = {}
    for each, found in zip(examples, runs, strict=True):
        counts.update(found)
        for feature in found:
            seen.setdefault(feature, set()).add(each.group)
    known = sorted(
        feature
        for feature, count in counts.items()
        if count >= LEAST_SEEN and len(seen[feature]) >= groups and not _has_name(feature, names)
    )
    number = {feature: at for at, feature in enumerate(known)}
    rows = [[number[feature] for feature in found if feature in number] for found in runs]
    columns = [
        fit_sparse(rows, [each.targets[at] for each in examples], len(known), PENALTY) for at in range(len(LABELS))
    ]
    weights = np.stack(columns, axis=1)
    kept = np.flatnonzero(np.abs(weights[:-1]).max(axis=1) >= LEAST_WEIGHT)
    rows_of = {known[at]: row for row, at in enumerate(kept.tolist())}
    return Classifier(rows_of, weights[kept].astype(np.float32), weights[-1].astype(np.float32))


def _has_name(feature: str, names: Container[str]) -> bool:
    return any(word.removeprefix("q:").removeprefix("b:") in names for word in feature.split(" "))


def train_gate(
    classifier: Classifier,
    messages: Iterable[Message],
    claimed: Iterable[str],
    names: Container[str] = frozenset(),
) -> dict[str, Any]:
    """Fit the cheap pass to what the classifier says of every sentence of some mails; gives what gate.json holds.

    `claimed` are sentences that hold a claim, as people labelled them. Features with one of `names` are left out.
    """
    texts: list[str] = []
    described: list[list[str]] = []
    for message in messages:
        sentences = list(split_sentences(message))
        for at, sentence in enumerate(sentences):
            texts.append(sentence.text)
            described.append(describe(sentence.text, locate(message, sentences, at)))
    scores, _ = classifier.score(described)
    best = scores.max(axis=1)
    counts = Counter(feature for text in texts for feature in set(read_features(text)))
    known = [
        feature
        for feature, count in sorted(counts.items())
        if count >= GATE_LEAST_SEEN and not _has_name(feature, names)
    ]
    number = {feature: at for at, feature in enumerate(known)}
    rows = [[number[feature] for feature in read_features(text) if feature in number] for text in texts]
    weights = fit_sparse(rows, (best >= GATE_WANTED).astype(float).tolist(), len(known), GATE_PENALTY, balanced=True)
    kept = {feature: round(float(weights[at]), 2) for feature, at in number.items() if abs(weights[at]) >= 0.05}

    def limit(texts: Iterable[str], recall: float) -> float:
        sums = [sum(kept.get(feature, 0.0) for feature in read_features(text)) for text in texts]
        return round(float(np.quantile(sums, 1 - recall)), 2)

    return {
        "least_for_rules": limit(claimed, GATE_RULES_RECALL),
        "least_for_classifier": limit(
            (text for text, score in zip(texts, best, strict=True) if score >= GATE_WANTED), GATE_RECALL
        ),
        "weights": kept,
    }


def train_verdict(gold: Iterable[Example], messages: Sequence[Message]) -> Weights:
    """Fit the weights of rules and scores on annotated mails."""
    labels = {(each.message_id, each.start): each.targets for each in gold}
    rows: list[tuple[float, ...]] = []
    right: list[float] = []
    for ident, sentences in score_mails(messages).items():
        for each in sentences:
            if each.statuses and (targets := labels.get((ident, each.sentence.start))) is not None:
                fired = {match.rule.status: match.rule.confidence for match, _, _ in each.matches}
                rows += read_verdict_features(each.statuses, fired)
                right += targets[: len(STATUSES)]
    weights = fit_dense(np.array(rows), np.array(right), VERDICT_PENALTY)
    return Weights(tuple(round(float(value), 3) for value in weights[:-1]), round(float(weights[-1]), 3))


def gather_examples(annotated: Mapping[str, Message], gold: Path, epochs: Mapping[str, Message]) -> list[Example]:
    """All examples of every source, those of the held-out lists among them."""
    found = [*read_annotated(gold, annotated), *read_made(CORPORA / "sentences.jsonl")]
    for name in ("labels.jsonl", "taught.jsonl.gz"):
        found += read_labels(CORPORA / name, epochs)
    return found


def read_mails(sources: Sequence[str]) -> Mapping[str, Message]:
    return {message.message_id: message for message in read_messages(sources).messages}


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the classifier of sentences.")
    parser.add_argument("gold", type=Path)
    parser.add_argument("mbox")
    parser.add_argument("epochs", nargs="+")
    given = parser.parse_args()
    annotated, epochs = read_mails([given.mbox]), read_mails(given.epochs)
    examples = gather_examples(annotated, given.gold, epochs)
    learned = [each for each in examples if each.source not in HELD_OUT]
    sys.stderr.write(f"{len(learned)} sentences to learn from\n")
    names = find_names([*annotated.values(), *epochs.values()])
    classifier = train(learned, names)
    WEIGHTS.mkdir(exist_ok=True)
    classifier.save(WEIGHTS / "classifier.npz")
    claimed = [each.text for each in learned if "taught" not in each.source and any(each.targets[: len(STATUSES)])]
    _write("gate.json", train_gate(classifier, epochs.values(), claimed, names))
    held = [each for each in examples if each.source in HELD_OUT]
    mails = {each.message_id: annotated[each.message_id] for each in held}
    weights = train_verdict(held, list(mails.values()))
    named = dict(zip(FEATURES, weights.values, strict=True))
    _write("verdict.json", {"constant": weights.constant, "weights": named})


def _write(name: str, values: Mapping[str, Any]) -> None:
    (WEIGHTS / name).write_text(json.dumps(values, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
