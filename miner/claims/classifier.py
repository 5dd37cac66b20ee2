"""The trained part: scores of each sentence for the statuses and the certainties.

A logistic regression over runs of words, with weights in `weights/classifier.npz` that `miner/learning/training.py` wrote. Small convolutional
networks and spaCy's own bag of n-grams were tried on the same sentences and found fewer claims (docs/quality.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from miner.model import Certainty, StatusLabel

WEIGHTS = Path(__file__).with_name("weights")
STATUSES: tuple[StatusLabel, ...] = get_args(StatusLabel)
CERTAINTIES: tuple[Certainty, ...] = get_args(Certainty)
LABELS = (*STATUSES, *CERTAINTIES)
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Classifier:
    """`rows` has the row of `weights` (features by labels) of each feature; `constants` has one number a label."""

    rows: Mapping[str, int]
    weights: Scores
    constants: Scores

    def score(self, described: Sequence[Sequence[str]]) -> tuple[Scores, Scores]:
        """Scores of sentences given as `describe` gives them: one row a sentence, one column a status, and a certainty.

        Each is between 0 and 1, by itself: a sentence may claim several statuses, and most claim none.
        """
        sums = np.zeros((len(described), len(LABELS)), np.float32)
        for at, words in enumerate(described):
            known = [row for feature in read_runs(words) if (row := self.rows.get(feature)) is not None]
            sums[at] = self.weights[known].sum(axis=0)
        scores = 1 / (1 + np.exp(-np.clip(sums + self.constants, -30, 30)))
        return scores[:, : len(STATUSES)], scores[:, len(STATUSES) :]

    def weigh_features(self, words: Sequence[str], status: StatusLabel) -> list[tuple[str, float]]:
        """The features of a sentence with their weights for a status, those that weigh most first."""
        column = STATUSES.index(status)
        found = [
            (feature, float(self.weights[row, column]))
            for feature in read_runs(words)
            if (row := self.rows.get(feature)) is not None
        ]
        return sorted(found, key=lambda item: (-abs(item[1]), item[0]))

    def save(self, path: Path) -> None:
        """Write the weights as a zip of arrays; nothing in it is code."""
        names = "\n".join(sorted(self.rows, key=self.rows.__getitem__))
        np.savez_compressed(
            path,
            features=np.frombuffer(names.encode(), np.uint8),
            weights=self.weights.astype(np.float16),
            constants=self.constants,
        )


@cache
def load_classifier(path: Path = WEIGHTS / "classifier.npz") -> Classifier:
    """The weights that ship with the package. Raises OSError if they are not there."""
    with np.load(path, allow_pickle=False) as found:
        names = found["features"].tobytes().decode().split("\n")
        rows = {name: row for row, name in enumerate(names)}
        return Classifier(rows, found["weights"].astype(np.float32), found["constants"])


def read_runs(words: Sequence[str]) -> Iterator[str]:
    """The features of a sentence given as `describe` gives it, each once: the words around it, its own words, and its runs
    of two (with one word between them as well), three and four words.

    >>> list(read_runs(["<reply>", "<s>", "is", "in", "</s>"]))
    ['<reply>', 'is', 'in', '<s> is', '<s> _ in', '<s> is in', '<s> is in </s>', 'is in', 'is _ </s>', 'is in </s>', 'in </s>']
    """
    begin = words.index("<s>")
    found = dict.fromkeys([*words[:begin], *words[begin + 1 : -1]])
    size = len(words)
    for at in range(begin, size - 1):
        one, two = words[at], words[at + 1]
        pair = f"{one} {two}"
        found[pair] = None
        if at + 2 < size:
            three = words[at + 2]
            found[f"{one} _ {three}"] = None
            found[f"{pair} {three}"] = None
            if at + 3 < size:
                found[f"{pair} {three} {words[at + 3]}"] = None
    return iter(found)
