"""The cheap pass: a sum of word weights tells whether a sentence may hold a claim.

Single words and pairs of neighbours, each with a weight that `miner/learning/training.py` fits to the classifier's scores. Below
the limit neither rules nor classifier look at a sentence: of the labelled claims of lists that it was not fitted to 975 in 1,000
lie above.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from miner.claims.classifier import WEIGHTS
from miner.claims.phrases import PLAIN

LONGEST = 1_200  # characters that are read


@dataclass(frozen=True, slots=True)
class Gate:
    """Weights of words and of pairs of words ("is in"), and the least sum of a sentence that is looked at."""

    weights: Mapping[str, float]
    least: float

    def weigh(self, text: str) -> float:
        """How much a sentence looks like a claim; any finite number."""
        weights = self.weights
        return sum(weights[feature] for feature in read_features(text) if feature in weights)


@cache
def load_gate(path: Path = WEIGHTS / "gate.json") -> Gate:
    found = json.loads(path.read_text(encoding="utf-8"))
    return Gate(found["weights"], found["least"])


def read_features(text: str) -> list[str]:
    """The words of a text, each once, and its pairs of neighbours.

    >>> read_features("It is in.")
    ['it', 'is', 'in', '^ it', 'it is', 'is in', 'in $']
    """
    words = PLAIN.findall(text[:LONGEST].lower())
    return [*dict.fromkeys(words), *map(" ".join, pairwise(("^", *words, "$")))]
