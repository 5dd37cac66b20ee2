"""The cheap pass: a sum of word weights tells whether a sentence may hold a claim.

Single words and pairs of neighbours, each with a weight that `miner/learning/training.py` fits to the classifier's scores.
There are two limits. Below the first one not even the rules look at a sentence: of the labelled claims 995 in 1,000 lie above. Below the
second one the classifier does not look at it: of the sentences that it gives a chance 99 in 100 lie above.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from miner.claims.classifier import WEIGHTS
from miner.claims.phrases import PLAIN

LONGEST = 1_200  # characters that are read


@dataclass(frozen=True, slots=True)
class Gate:
    """Weights of words and of pairs of words ("is in"), and the sums from which on the rules and the classifier look."""

    weights: Mapping[str, float]
    least_for_rules: float
    least_for_classifier: float

    def weigh(self, text: str) -> float:
        """How much a sentence looks like a claim; any finite number."""
        get = self.weights.get
        return sum(get(feature, 0.0) for feature in read_features(text))


@cache
def load_gate(path: Path = WEIGHTS / "gate.json") -> Gate:
    found = json.loads(path.read_text(encoding="utf-8"))
    return Gate(found["weights"], found["least_for_rules"], found["least_for_classifier"])


def read_features(text: str) -> Iterator[str]:
    """The words of a text, each once, and its pairs of neighbours.

    >>> list(read_features("It is in."))
    ['it', 'is', 'in', '^ it', 'it is', 'is in', 'in $']
    """
    words = PLAIN.findall(text[:LONGEST].lower())
    yield from dict.fromkeys(words)
    before = "^"
    for word in words:
        yield f"{before} {word}"
        before = word
    yield f"{before} $"
