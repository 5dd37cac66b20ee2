"""The trained part: scores of each sentence for the statuses and the certainties.

A small convolutional network over the words of the sentence, with bags of the words around it, in numpy alone. Its weights in
`weights/classifier.npz` were learned by `miner/learning/training.py`. The scores are independent of each other: a sentence may
claim several statuses, and most claim none. `weights/notes.npz` are other weights over the same words, for half sentences of notes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, repeat
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from miner.claims.features import Seen
from miner.model import Certainty, StatusLabel

WEIGHTS = Path(__file__).with_name("weights")
STATUSES: tuple[StatusLabel, ...] = get_args(StatusLabel)
CERTAINTIES: tuple[Certainty, ...] = get_args(Certainty)
LABELS = (*STATUSES, *CERTAINTIES)
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

NOTHING, UNKNOWN = 0, 1  # the first two rows of the words
_NO_WORDS = ("<nothing>",)  # the word of row NOTHING, for a text that has none
_TOGETHER = 64  # sentences that go through the network at once: more do not fit into a processor's cache
_MOST_POOLED = 4_000  # sentences that are kept
_MOST_PRODUCTS = 6_000  # words that are kept; more than _TOGETHER sentences have
_EPSILON = np.float32(1e-5)


@dataclass(frozen=True, slots=True)
class Classifier:
    """`rows` has the row of each word in `own` (words, width) and `around` (words, bag width): what it brings to the sentence,
    and to what stands around it. `first` and `layers` are the convolutions, `products` what else the network multiplies by,
    `arrays` all that was learned. `pooled` has what the network made of the last sentences by their words: one in five is met again.
    """

    rows: Mapping[str, int]
    own: Floats
    around: Floats
    first: FirstLayer
    layers: tuple[tuple[Doubles, Floats], ...]
    products: Mapping[str, Doubles]
    arrays: Mapping[str, Floats]
    pooled: dict[tuple[str, ...], Floats]

    def score(self, seen: Sequence[Seen]) -> list[tuple[tuple[float, ...], tuple[float, ...]]]:
        """The scores of some sentences, each between 0 and 1: of each sentence one a status, and one a certainty.

        They do not depend on what else is asked for: `_multiply` sees to that.
        """
        found: list[tuple[tuple[float, ...], tuple[float, ...]]] = []
        with _on_one_thread():
            for at in range(0, len(seen), _TOGETHER):
                scores = 1 / (1 + np.exp(-np.clip(self._sum(seen[at : at + _TOGETHER]), -30, 30)))
                found += [(tuple(row[: len(STATUSES)]), tuple(row[len(STATUSES) :])) for row in scores.tolist()]
        return found

    def weigh_words(self, seen: Seen, status: StatusLabel) -> list[tuple[str, float]]:
        """What each word of a sentence brings to a status, in logits: how much its sum falls with an unknown word in
        its place. Those that weigh most come first."""
        column = STATUSES.index(status)
        without = [replace(seen, own=(*seen.own[:at], "", *seen.own[at + 1 :])) for at in range(len(seen.own))]
        whole, *rest = self._sum([seen, *without])[:, column].tolist()
        found = dict.fromkeys(seen.own, 0.0)
        for word, left in zip(seen.own, rest, strict=True):
            found[word] = max(found[word], whole - left, key=abs)
        return sorted(found.items(), key=lambda item: (-abs(item[1]), item[0]))

    def _sum(self, seen: Sequence[Seen]) -> Floats:
        """The logits (sentences, LABELS)."""
        arrays = self.arrays
        numbers, starts, lengths = self._number([words for s in seen for words in (s.quote, s.before, s.after)])
        brought = self.around[numbers]
        mean = np.add.reduceat(brought, starts) / lengths[:, None].astype(np.float32)
        around = np.concatenate([mean, np.maximum.reduceat(brought, starts)], axis=1)
        marks = np.array([each.marks for each in seen], np.float32)
        pooled = [self._pool([each.own for each in seen]), around.reshape(len(seen), -1), marks]
        hidden = np.maximum(
            _multiply(np.concatenate(pooled, axis=1), self.products["hidden"]) + arrays["hidden_shift"], 0
        )
        return _multiply(hidden, self.products["out"]) + arrays["out_shift"]

    def _pool(self, texts: Sequence[tuple[str, ...]]) -> Floats:
        """What the network makes of the words of each sentence: (sentences, width times 2 and the heads)."""
        known = {words: self.pooled[words] for words in texts if words in self.pooled}
        if fresh := [words for words in dict.fromkeys(texts) if words not in known]:
            if len(self.pooled) > _MOST_POOLED:
                self.pooled.clear()
            found = dict(zip(fresh, self._read(fresh), strict=True))
            known |= found
            self.pooled.update(found)
        return np.array([known[words] for words in texts])

    def _read(self, texts: Sequence[tuple[str, ...]]) -> Floats:
        """The same for words that are read. Those of all sentences stand below each other; `starts` tells where each begins."""
        numbers, starts, lengths = self._number(texts)
        states = self.own[numbers]
        states += self.first.convolve(numbers, starts, self.own)
        for weights, shift in self.layers:
            states += _convolve(_normalise(states), starts, weights, shift)
        attention = _multiply(states, self.products["attention"])
        attention -= np.repeat(np.maximum.reduceat(attention, starts), lengths, axis=0)
        attention = np.exp(attention)  # at most 1, whatever the words are
        attention /= np.repeat(np.add.reduceat(attention, starts), lengths, axis=0)
        pooled = [
            np.maximum.reduceat(states, starts),
            np.add.reduceat(states, starts) / lengths[:, None].astype(np.float32),
            *(np.add.reduceat(head[:, None] * states, starts) for head in attention.T),
        ]
        return np.concatenate(pooled, axis=1)

    def _number(self, texts: Sequence[Sequence[str]]) -> tuple[Ints, Ints, Ints]:
        """Rows of the words of all texts, where each text begins among them, and how many it has; a text without words
        has the row that stands for it."""
        words = chain.from_iterable([words or _NO_WORDS for words in texts])
        lengths = np.array([len(words) or 1 for words in texts])
        numbers = np.fromiter(map(self.rows.get, words, repeat(UNKNOWN)), np.int64, lengths.sum())
        return numbers, np.cumsum(lengths) - lengths, lengths

    def save(self, path: Path) -> None:
        """Write what was learned as a zip of arrays, the words' vectors in a byte a number, the rest in half precision;
        nothing in it is code."""
        names = "\n".join(sorted(self.rows, key=self.rows.__getitem__))
        vectors = self.arrays["vectors"]
        scale = np.maximum(np.abs(vectors).max(axis=0), _EPSILON) / 127
        np.savez_compressed(
            path,
            words=np.frombuffer(names.encode(), np.uint8),
            vectors=np.round(vectors / scale).astype(np.int8),
            scale=scale.astype(np.float32),
            **self._halve(),  # type: ignore[arg-type]
        )

    def save_layers(self, path: Path) -> None:
        """Write all but the words and their vectors."""
        np.savez_compressed(path, **self._halve())  # type: ignore[arg-type]

    def _halve(self) -> dict[str, NDArray[np.float16]]:
        return {name: values.astype(np.float16) for name, values in self.arrays.items() if name != "vectors"}


class FirstLayer:
    """The first convolution. A word enters it with nothing of its neighbours, so that the products of the last words are kept."""

    def __init__(self, words: int, weights: Floats, shift: Floats) -> None:
        width = len(shift) // 2
        self._weights = np.concatenate(np.split(weights.astype(np.float64), 3), axis=1)
        self._shift = shift
        self._places = np.full(words, -1)  # of each word among the products
        self._products = np.empty((_MOST_PRODUCTS, 6 * width))
        self._used = 0

    def convolve(self, numbers: Ints, starts: Ints, own: Floats) -> Floats:
        """What it makes of words of sentences, of which `own` has the rows."""
        if (self._places[numbers] < 0).any():
            self._multiply(np.unique(numbers), own)
        products = self._products[self._places[numbers]]
        width = products.shape[1] // 3
        before, both, behind = products[:, :width], products[:, width : 2 * width], products[:, 2 * width :]
        before[starts[1:] - 1] = behind[starts[1:]] = 0  # no neighbours across the edge of a sentence
        both[1:] += before[:-1]
        both[:-1] += behind[1:]
        return _activate(both.astype(np.float32), self._shift)

    def _multiply(self, numbers: Ints, own: Floats) -> None:
        new = numbers[self._places[numbers] < 0]
        if self._used + len(new) > _MOST_PRODUCTS:
            self._places[:] = -1
            self._used, new = 0, numbers
        self._places[new] = range(self._used, self._used + len(new))
        self._products[self._used : self._used + len(new)] = _normalise(own[new]) @ self._weights
        self._used += len(new)


def make_classifier(words: Sequence[str], arrays: Mapping[str, Floats]) -> Classifier:
    """The network of some words and of what was learned, by name:

    vectors (words, size); own (size, width) and around (size, bag width), which make of them what they bring; weights_0
    (3 * width, 2 * width), the word before first, and so on for each convolution; attention (width, heads); hidden (all that is
    pooled, hidden width); out (hidden width, LABELS). What is added after each: own_shift, shift_0 and so on.
    """
    layers: list[tuple[Doubles, Floats]] = []
    while f"weights_{len(layers)}" in arrays:
        layers.append((arrays[f"weights_{len(layers)}"].astype(np.float64), arrays[f"shift_{len(layers)}"]))
    vectors = arrays["vectors"]
    return Classifier(
        rows={word: row for row, word in enumerate(words)},
        own=vectors @ arrays["own"] + arrays["own_shift"],
        around=np.maximum(vectors @ arrays["around"] + arrays["around_shift"], 0),
        first=FirstLayer(len(words), arrays["weights_0"], arrays["shift_0"]),
        layers=tuple(layers[1:]),
        products={name: arrays[name].astype(np.float64) for name in ("attention", "hidden", "out")},
        arrays=arrays,
        pooled={},
    )


def _normalise(states: Floats) -> Floats:
    """Each word's state with mean 0 and variance 1."""
    width = np.float32(states.shape[1])
    centred = states - np.add.reduce(states, axis=1, keepdims=True) / width
    variance = np.add.reduce(centred * centred, axis=1, keepdims=True) / width
    centred /= np.sqrt(variance + _EPSILON)
    return np.asarray(centred, dtype=np.float32)


def _convolve(states: Floats, starts: Ints, weights: Doubles, shift: Floats) -> Floats:
    """Each word with its two neighbours in its sentence."""
    words, width = states.shape
    wide = np.empty((words, 3 * width))
    wide[1:, :width] = states[:-1]
    wide[:, width : 2 * width] = states
    wide[:-1, 2 * width :] = states[1:]
    wide[starts, :width] = 0
    wide[starts - 1, 2 * width :] = 0  # the last word of the sentence before, and of all
    return _activate(_multiply(wide, weights), shift)


def _activate(both: Floats, shift: Floats) -> Floats:
    """Of two outcomes the larger one."""
    both += shift
    width = len(shift) // 2
    found: Floats = np.maximum(both[:, :width], both[:, width:])
    return found


def _multiply(rows: NDArray[np.floating], weights: Doubles) -> Floats:
    """The product in double precision, rounded. In single precision the last digits of a row depend on how many rows there are
    and where among them it stands; here they do so far behind what is kept."""
    found: Floats = (rows @ weights).astype(np.float32)
    return found


@cache
def _find_blas() -> ThreadpoolController:
    return ThreadpoolController()


def _on_one_thread() -> AbstractContextManager[object]:
    """A context in which numpy multiplies on one thread: sharing out products as small as these costs more than it saves."""
    limited: AbstractContextManager[object] = _find_blas().limit(limits=1, user_api="blas")
    return limited


@cache
def load_classifier(path: Path = WEIGHTS / "classifier.npz") -> Classifier:
    """The weights that ship with the package. Raises OSError if they are not there."""
    with np.load(path, allow_pickle=False) as stored:
        words = stored["words"].tobytes().decode().split("\n")
        rest = [name for name in stored.files if name not in ("words", "vectors", "scale")]
        arrays = {name: stored[name].astype(np.float32) for name in rest}
        arrays["vectors"] = stored["vectors"].astype(np.float32) * stored["scale"]
    return make_classifier(words, arrays)


@cache
def load_note_classifier(path: Path = WEIGHTS / "notes.npz") -> Classifier:
    """The weights for half sentences of notes, over the words of the other ones. Raises OSError if they are not there."""
    whole = load_classifier()
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    return make_classifier(list(whole.rows), {**whole.arrays, **arrays})
