"""Teach the network of half sentences in notes: python -m miner.learning.notes

It begins as the network that ships for sentences, whose words and vectors it keeps, and learns from the made-up lines of notes
(`@@ note` in corpora/gold/mails, corpora/gold/notes), each cut into the pieces that miner/claims/pieces.py tries its rules on. Writes
miner/claims/weights/notes.npz. It needs torch, and two minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from miner.claims.classifier import WEIGHTS, Classifier, load_classifier
from miner.claims.features import Seen
from miner.claims.pieces import see_pieces, split_pieces
from miner.claims.sentences import split_sentences
from miner.learning.examples import GOLD, Mark, read_made_mails, targets_of
from miner.learning.network import Schooling, teach
from miner.learning.training import SHAPE
from miner.model import Certainty, StatusLabel

SEED = 1
SCHOOLING = Schooling(rounds=10, batch=64, rate=1e-3, dropped=0.3)
_SHARED = 0.5  # of the shorter one of a piece and of the marked words, from which on it says what they say


def read_pieces(paths: Sequence[Path]) -> Iterator[tuple[Seen, tuple[float, ...]]]:
    """The pieces of all notes in some files of made-up mails, with their targets (LABELS, each 0 or 1). Raises ValueError on an unknown label."""
    for path in paths:
        for kind, message, marks in read_made_mails(path):
            if kind != "note":
                continue
            for sentence in split_sentences(message):
                pieces = split_pieces(sentence.text)
                for (start, end), seen in zip(pieces, see_pieces(sentence.text, pieces), strict=True):
                    yield seen, targets_of(_find_claims(sentence.start + start, sentence.start + end, marks))


def _find_claims(start: int, end: int, marks: Sequence[Mark]) -> Iterator[tuple[StatusLabel, Certainty]]:
    for first, last, status, certainty in marks:
        shared = min(end, last) - max(start, first)
        if shared > 0 and shared >= _SHARED * min(end - start, last - first):
            yield status, certainty


def train_notes(paths: Sequence[Path], begin: Classifier, seed: int = SEED) -> Classifier:
    """A network of the shape, words and vectors of `begin` that learned the pieces of notes in some files; needs torch."""
    seen, targets = zip(*read_pieces(paths), strict=True)
    words = sorted(begin.rows, key=begin.rows.__getitem__)
    wanted = np.array(targets, np.float32)
    return teach(seen, wanted, words, begin.arrays["vectors"], seed, SHAPE, SCHOOLING, begin)


def list_notes() -> list[Path]:
    return [path for folder in ("mails", "notes") for path in sorted((GOLD / folder).glob("*.txt"))]


def main() -> None:
    classifier = train_notes(list_notes(), load_classifier())
    classifier.save_layers(WEIGHTS / "notes.npz")
    sys.stderr.write("the network of notes has learned\n")


if __name__ == "__main__":
    main()
