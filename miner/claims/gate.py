"""The cheap pass: a sum of word weights tells whether a sentence may hold a claim.

Single words and pairs of neighbours, each with a weight that `miner/learning/training.py` fits to the classifier's scores. Below
the limit neither rules nor classifier look at a sentence: of the labelled claims of lists that it was not fitted to 975 in 1,000
lie above.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise, repeat
from pathlib import Path

import numpy as np

from miner.claims.classifier import WEIGHTS, Ints
from miner.claims.phrases import PLAIN

LONGEST = 1_200  # characters that are read

_UNKNOWN, _EDGE = 0, 1  # numbers of a word without a weight, and of the beginning and end of a sentence
_PARTS = 100  # the weights are hundredths: as whole numbers they may be added in any order
_MOST = 1 << 20  # words that can be numbered


@dataclass(frozen=True, slots=True)
class Gate:
    """Weights of words and of pairs of neighbours, in hundredths, and the least sum of a sentence that is looked at.

    `numbers` has the number of each word, `words` the weight of each number; `pairs` are numbers of two neighbours as one, in
    order, and `pair_weights` their weights.
    """

    numbers: Mapping[str, int]
    words: Ints
    pairs: Ints
    pair_weights: Ints
    least: float

    def weigh(self, text: str) -> float:
        """How much a sentence looks like a claim; any finite number."""
        return self._add_up(read_plain(text))

    def judge(self, sentences: Sequence[Sequence[str]]) -> list[bool]:
        """Whether each of some sentences, given by its words, weighs enough. One in a thousand lies just on the limit, where the
        last digits of the plain sum decide."""
        numbers, pairs, lengths = self._find(sentences)
        sums = np.add.reduceat(pairs, np.cumsum(lengths) - lengths) if sentences else pairs
        once = np.sort(np.repeat(np.arange(len(sentences)), lengths) * _MOST + numbers)
        once = once[np.diff(once, prepend=-1) > 0]
        sums = sums + np.bincount(once // _MOST, self.words[once % _MOST])
        least = round(self.least * _PARTS)
        return [
            weight > least or (weight == least and self._add_up(words) >= self.least)
            for weight, words in zip(sums.tolist(), sentences, strict=True)
        ]

    def _add_up(self, words: Sequence[str]) -> float:
        numbers, pairs, _ = self._find([words])
        once = self.words[[*dict.fromkeys(numbers.tolist())]]
        weights: list[float] = (np.concatenate([once, pairs]) / _PARTS).tolist()
        return sum(weights)

    def _find(self, sentences: Sequence[Sequence[str]]) -> tuple[Ints, Ints, Ints]:
        """The numbers of the words of all sentences, each behind an edge; the weights of each with the next; and how many there
        are of each sentence."""
        edged = chain.from_iterable(chain.from_iterable(zip(repeat(("^",)), sentences)))
        numbers = np.array([*map(self.numbers.get, edged, repeat(_UNKNOWN)), _EDGE])
        pairs = numbers[:-1] * _MOST + numbers[1:]
        found = np.searchsorted(self.pairs, pairs)
        weights = np.where(self.pairs[found] == pairs, self.pair_weights[found], 0)
        return numbers[:-1], weights, np.array([len(words) + 1 for words in sentences], np.int64)


@cache
def load_gate(path: Path = WEIGHTS / "gate.json") -> Gate:
    found = json.loads(path.read_text(encoding="utf-8"))
    numbers = {"^": _EDGE, "$": _EDGE}
    single: dict[int, int] = {}
    pairs: dict[int, int] = {_MOST * _MOST: 0}  # behind all that can be looked for
    for feature, weight in found["weights"].items():
        first, _, second = feature.partition(" ")
        number = numbers.setdefault(first, len(numbers))
        if second:
            pairs[number * _MOST + numbers.setdefault(second, len(numbers))] = round(weight * _PARTS)
        else:
            single[number] = round(weight * _PARTS)
    words = np.array([single.get(number, 0) for number in range(len(numbers))])
    ordered = sorted(pairs)
    return Gate(numbers, words, np.array(ordered), np.array([pairs[pair] for pair in ordered]), found["least"])


def read_plain(text: str) -> list[str]:
    """The words of a sentence as the cheap pass reads them."""
    words: list[str] = PLAIN.findall(text[:LONGEST].lower())
    return words


def read_features(text: str) -> list[str]:
    """The words of a text, each once, and its pairs of neighbours.

    >>> read_features("It is in.")
    ['it', 'is', 'in', '^ it', 'it is', 'is in', 'in $']
    """
    words = read_plain(text)
    return [*dict.fromkeys(words), *map(" ".join, pairwise(("^", *words, "$")))]
