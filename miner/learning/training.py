"""Train what claims/ ships: python -m miner.learning.training ENCODER GOLD.jsonl GOLD.mbox EPOCH...

Learns from the annotated mails (GOLD), from the mails and sentences that were read of the EPOCHs (any sources that miner reads;
corpora/gold/read.jsonl and labels.jsonl), and from made-up ones (corpora/gold/mails, sentences.jsonl). Several networks learn from
that, each with another seed, and a sentence encoder in the folder ENCODER, which also gives the words' first vectors (network.py);
what they say together, of these sentences and of all others of the epochs, is then taught to the network that ships. The gate is
fitted to what the network says. The lists in `HELD_OUT` teach nothing: on them rules and scores are weighed and the gate's limit is set, and docs/quality.md
reports on each with weights from the others. Writes miner/claims/weights/.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from miner.claims.classifier import LABELS, STATUSES, WEIGHTS, Classifier, Floats, load_classifier
from miner.claims.features import Seen, find_setting, locate
from miner.claims.find import score_mails
from miner.claims.gate import read_features
from miner.claims.sentences import split_sentences
from miner.claims.verdict import FEATURES, Weights
from miner.claims.verdict import read_features as read_verdict_features
from miner.learning.encoder import ask, fine_tune
from miner.learning.examples import (
    GOLD,
    Example,
    find_names,
    read_annotated,
    read_labels,
    read_made,
    read_marked,
    read_whole,
    squeeze,
)
from miner.learning.fitting import fit_dense, fit_sparse
from miner.learning.network import SPECIAL, Schooling, Shape, list_encoder_words, make_vectors, teach
from miner.model import Message
from miner.reading import read_messages
from miner.robots import is_robot

HELD_OUT = frozenset({"nfs", "ltp", "dm"})  # of the annotated lists
SEEDS = (1, 2)  # of the networks whose mean is taught
SHIPPED_SEED = 9
SHAPE = Shape(width=64, bag=32, hidden=128)
TEACHERS = Schooling(rounds=6, dropped=0.3)
STUDENT = Schooling(rounds=5, dropped=0.15)
LEAST_SEEN = 2  # times that a word stands in the examples
OWN_SHARE = 0.5  # of the label in what is taught of a labelled sentence; the rest is what the networks say of it
ENCODER_SEED = 3
ENCODER_SHARE = 0.5  # of the encoder's word in what the teachers say together
DOUBTFUL = 0.01  # the best score that the networks give to a sentence about which the encoder is asked
CHANCE = 0.05  # the best score of an unlabelled sentence that is taught
SAMPLE = 25  # of the others one in so many
GATE_WANTED = 0.1  # the best score of a sentence that the gate should let through
GATE_RECALL = 0.975  # of the claims of lists that taught nothing
GATE_LEAST_SEEN = 3  # sentences with a word or pair
GATE_LONGEST_WORD, GATE_MOST_DIGITS = 20, 2  # of words that have a weight
GATE_PENALTY = 3.0
VERDICT_PENALTY = 1.0


def list_words(examples: Iterable[Example], known: Iterable[str], names: Container[str]) -> list[str]:
    """The words that the network has a row for: those of the examples, and those of the encoder. Names of people have none."""
    counts: Counter[str] = Counter()
    for each in examples:
        seen = each.seen
        counts.update(chain(seen.own, seen.quote, seen.before, seen.after))
    words = {word for word, count in counts.items() if count >= LEAST_SEEN} | set(known)
    return [*SPECIAL, *sorted(word for word in words if word not in names)]


def train(
    learned: Sequence[Example], unlabelled: Sequence[Example], words: Sequence[str], vectors: Floats, encoder: str
) -> Classifier:
    """The network that ships: taught by several networks and an encoder, of labelled sentences and of others."""
    every = [*learned, *unlabelled]
    seen = [each.seen for each in every]
    own = [each.seen for each in learned]
    targets = np.array([each.targets for each in learned], np.float32)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool, TemporaryDirectory() as folder:
        tuned = Path(folder) / "encoder.pt"
        tuning = pool.submit(fine_tune, encoder, learned, ENCODER_SEED, tuned)
        teachers = list(pool.map(partial(_teach_one, own, targets, words, vectors), SEEDS))
        said = np.mean(list(pool.map(partial(_score_all, seen), teachers)), axis=0)
        claiming = targets[:, : len(STATUSES)].max(axis=1) > 0
        doubtful = said[:, : len(STATUSES)].max(axis=1) >= DOUBTFUL
        doubtful[: len(learned)] |= claiming
        asked = np.flatnonzero(doubtful)
        tuning.result()
        halves = [[every[at] for at in half] for half in np.array_split(asked, 2)]
        of_encoder = np.concatenate(list(pool.map(partial(ask, encoder, tuned), halves)))
    said[asked] = (1 - ENCODER_SHARE) * said[asked] + ENCODER_SHARE * of_encoder
    of_labelled, of_others = said[: len(learned)], said[len(learned) :]
    best = of_others[:, : len(STATUSES)].max(axis=1, initial=0)
    chosen = [at for at in range(len(unlabelled)) if best[at] >= CHANCE or at % SAMPLE == 0]
    taught = np.concatenate([OWN_SHARE * targets + (1 - OWN_SHARE) * of_labelled, of_others[chosen]])
    pupil = [*own, *(seen[len(learned) + at] for at in chosen)]
    return teach(pupil, taught, words, vectors, SHIPPED_SEED, SHAPE, STUDENT)


def _teach_one(seen: Sequence[Seen], targets: Floats, words: Sequence[str], vectors: Floats, seed: int) -> Classifier:
    return teach(seen, targets, words, vectors, seed, SHAPE, TEACHERS)


def _score_all(seen: Sequence[Seen], classifier: Classifier) -> Floats:
    """The scores (sentences, LABELS)."""
    return np.array([sum(scores, ()) for scores in classifier.score(seen)], np.float32).reshape(-1, len(LABELS))


def see_sentences(messages: Iterable[Message]) -> Iterator[Example]:
    """The sentences of some mails, without targets."""
    for message in messages:
        sentences = [] if is_robot(message) else list(split_sentences(message))
        setting = find_setting(message, len(sentences))
        for at, sentence in enumerate(sentences):
            place = locate(message, setting, sentences, at)
            yield Example("", squeeze(sentence.text), place, (), message.message_id, sentence.start)


def train_gate(
    classifier: Classifier,
    messages: Iterable[Message],
    learned: Iterable[Example],
    apart: Iterable[Example],
    names: Container[str] = frozenset(),
) -> dict[str, Any]:
    """Fit the cheap pass to labelled sentences, and to what the classifier says of every sentence of some mails; gives what
    gate.json holds. The limit is that of the claims that are kept `apart`: of what was learned it knows too much. Features with
    one of `names` are left out."""
    of_mails = list(see_sentences(messages))
    scores = _score_all([each.seen for each in of_mails], classifier)
    texts = [each.text for each in of_mails]
    wanted = [float(best >= GATE_WANTED) for best in scores[:, : len(STATUSES)].max(axis=1, initial=0)]
    for each in learned:
        texts.append(each.text)
        wanted.append(float(any(each.targets[: len(STATUSES)])))
    counts = Counter(feature for text in texts for feature in set(read_features(text)))
    known = [
        feature
        for feature, count in sorted(counts.items())
        if count >= GATE_LEAST_SEEN and not any(word in names or _is_code(word) for word in feature.split(" "))
    ]
    number = {feature: at for at, feature in enumerate(known)}
    rows = [[number[feature] for feature in read_features(text) if feature in number] for text in texts]
    weights = fit_sparse(rows, wanted, len(known), GATE_PENALTY, balanced=True)
    kept = {feature: round(float(weights[at]), 2) for feature, at in number.items() if abs(weights[at]) >= 0.05}
    claims = [each.text for each in apart if any(each.targets[: len(STATUSES)])]
    sums = [sum(kept.get(feature, 0.0) for feature in read_features(text)) for text in claims]
    return {"least": round(float(np.quantile(sums, 1 - GATE_RECALL)), 2), "weights": kept}


def _is_code(word: str) -> bool:
    """Whether a word is a number, a hash or a name of a thing rather than speech."""
    return len(word) > GATE_LONGEST_WORD or sum(map(str.isdigit, word)) > GATE_MOST_DIGITS


def train_verdict(gold: Iterable[Example], messages: Sequence[Message]) -> Weights:
    """Fit the weights of rules and scores on annotated mails."""
    labels = {(each.message_id, each.start): each.targets for each in gold}
    rows: list[tuple[float, ...]] = []
    right: list[float] = []
    for message, judged in zip(messages, score_mails(messages), strict=True):
        for each in judged:
            if each.statuses and (targets := labels.get((message.message_id, each.sentence.start))) is not None:
                fired = {match.rule.status: match.rule.confidence for match, _, _ in each.matches}
                rows += read_verdict_features(each.statuses, fired)
                right += targets[: len(STATUSES)]
    weights = fit_dense(np.array(rows), np.array(right), VERDICT_PENALTY)
    return Weights(tuple(round(float(value), 3) for value in weights[:-1]), round(float(weights[-1]), 3))


def gather_examples(annotated: Mapping[str, Message], gold: Path, epochs: Mapping[str, Message]) -> list[Example]:
    """All examples of every source, those of the held-out lists among them."""
    found = [*read_annotated(gold, annotated), *read_made(GOLD / "sentences.jsonl")]
    for path in sorted((GOLD / "mails").glob("*.txt")):
        found += read_marked(path)
    return [*found, *read_labels(GOLD / "labels.jsonl", epochs), *read_whole(GOLD / "read.jsonl", epochs)]


def read_mails(sources: Sequence[str]) -> Mapping[str, Message]:
    return {message.message_id: message for message in read_messages(sources).messages}


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the classifier of sentences.")
    parser.add_argument("encoder")
    parser.add_argument("gold", type=Path)
    parser.add_argument("mbox")
    parser.add_argument("epochs", nargs="+")
    given = parser.parse_args()
    annotated, epochs = read_mails([given.mbox]), read_mails(given.epochs)
    examples = gather_examples(annotated, given.gold, epochs)
    learned = [each for each in examples if each.source not in HELD_OUT]
    names = find_names([*annotated.values(), *epochs.values()])
    words = list_words(learned, list_encoder_words(given.encoder), names)
    labelled = {(each.message_id, each.start) for each in examples}
    others = see_sentences(epochs[ident] for ident in epochs if ident not in annotated)
    unlabelled = [each for each in others if (each.message_id, each.start) not in labelled]
    _say(f"{len(learned)} sentences to learn from, {len(unlabelled)} without a label, {len(words)} words")
    classifier = train(learned, unlabelled, words, make_vectors(words, given.encoder), given.encoder)
    WEIGHTS.mkdir(exist_ok=True)
    classifier.save(WEIGHTS / "classifier.npz")
    classifier = load_classifier(WEIGHTS / "classifier.npz")
    _say("the network has learned")
    held = [each for each in examples if each.source in HELD_OUT]
    _write("gate.json", train_gate(classifier, epochs.values(), learned, held, names))
    mails = {each.message_id: annotated[each.message_id] for each in held}
    weights = train_verdict(held, list(mails.values()))
    named = dict(zip(FEATURES, weights.values, strict=True))
    _write("verdict.json", {"constant": weights.constant, "weights": named})


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _write(name: str, values: Mapping[str, Any]) -> None:
    (WEIGHTS / name).write_text(json.dumps(values, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
