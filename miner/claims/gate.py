"""The cheap pass: a sum of word weights tells whether a sentence may hold a claim.

Single words and pairs of neighbours, each with a weight that `miner/learning/training.py` fits to the classifier's scores. Below
the limit neither rules nor classifier look at a sentence: of the labelled claims of lists that it was not fitted to 975 in 1,000
lie above.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, repeat
from pathlib import Path

from miner.claims.classifier import WEIGHTS
from miner.claims.phrases import PLAIN

LONGEST = 1_200  # characters that are read


_NOTHING = repeat(0.0)  # for a feature without a weight


@dataclass(frozen=True, slots=True)
class Gate:
    """Weights of words and of pairs of neighbours, and the least sum of a sentence that is looked at."""

    words: Mapping[str, float]
    pairs: Mapping[tuple[str, str], float]
    least: float

    def weigh(self, text: str) -> float:
        """How much a sentence looks like a claim; any finite number."""
        words, pairs = _read(text)
        return sum(map(self.pairs.get, pairs, _NOTHING), sum(map(self.words.get, words, _NOTHING)))


@cache
def load_gate(path: Path = WEIGHTS / "gate.json") -> Gate:
    found = json.loads(path.read_text(encoding="utf-8"))
    words: dict[str, float] = {}
    pairs: dict[tuple[str, str], float] = {}
    for feature, weight in found["weights"].items():
        first, _, second = feature.partition(" ")
        if second:
            pairs[sys.intern(first), sys.intern(second)] = weight
        else:
            words[first] = weight
    return Gate(words, pairs, found["least"])


def read_features(text: str) -> list[str]:
    """The words of a text, each once, and its pairs of neighbours.

    >>> read_features("It is in.")
    ['it', 'is', 'in', '^ it', 'it is', 'is in', 'in $']
    """
    words, pairs = _read(text)
    return [*words, *map(" ".join, pairs)]


def _read(text: str) -> tuple[Iterable[str], Iterable[tuple[str, str]]]:
    words: list[str] = PLAIN.findall(text[:LONGEST].lower())
    return dict.fromkeys(words), pairwise(("^", *words, "$"))
