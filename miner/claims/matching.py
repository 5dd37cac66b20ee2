"""Patterns tried on the tokens of a sentence: every run of tokens that one of them matches.

A pattern is only tried around a word that it needs and few sentences have, its anchor, where the sentence has all other words that
it needs. So most patterns cost nothing, and none is lost.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import reduce
from itertools import repeat
from operator import or_
from typing import NamedTuple

from miner.claims.phrases import Pattern, Word
from miner.claims.tokens import Text

_SHORT_IS = frozenset(("'s", "’s"))  # whose norm is none of the words that they stand for
_NO_GAP = frozenset((".", ";", "?", "!", "(", ")", ""))  # what a gap does not cross; "" is the edge of the sentence


class Step(NamedTuple):
    """One place of a pattern: a token with one of `norms`, one that `regex` finds, or up to `gap` tokens of any kind."""

    norms: frozenset[str]
    regex: re.Pattern[str] | None
    gap: int
    optional: bool


class Tried(NamedTuple):
    """A pattern as it is tried, from its anchor on: `before` has the steps before that, the nearest first, `behind` those behind it.
    The token before it has one of the norms `last`, and the one behind it one of `next`, if these are not None. `number` is the
    pattern's place among all."""

    number: int
    before: tuple[Step, ...]
    behind: tuple[Step, ...]
    last: frozenset[str] | None
    next: frozenset[str] | None


class Needs:
    """Sets of words, each with a bit of its own: which of them some words hold a word of."""

    def __init__(self) -> None:
        self._bits: dict[frozenset[str], int] = {}
        self._by_word: dict[str, int] = {}

    def add(self, needed: Iterable[frozenset[str]]) -> int:
        """The bits of some sets."""
        bits = 0
        for words in needed:
            bit = self._bits.setdefault(words, 1 << len(self._bits))
            bits |= bit
            for word in words:
                self._by_word[word] = self._by_word.get(word, 0) | bit
        return bits

    def read(self, words: Iterable[str]) -> int:
        """The bits of all sets that hold one of some words."""
        return reduce(or_, map(self._by_word.get, words, repeat(0)), 0)


class Index:
    """Patterns by two words that they need, then by all that they need and the status that they tell; read-only once all are
    added."""

    def __init__(self) -> None:
        self._needs = Needs()
        self._seconds: dict[str, int] = {}  # of the patterns with an anchor, the bits of their second words
        self._tried: dict[tuple[str, int], dict[tuple[int, str], list[Tried]]] = {}

    def add(self, number: int, status: str, pattern: Pattern, anchor: Word, second: Word) -> None:
        """Add a pattern, which holds both words."""
        at = pattern.words.index(anchor)
        steps = [_make_step(word) for word in pattern.words]
        before, behind = tuple(reversed(steps[:at])), tuple(steps[at + 1 :])
        tried = Tried(number, before, behind, _beside(before), _beside(behind))
        needs = self._needs.add(step.norms for step in steps if step.norms and not step.optional)
        bit = self._needs.add([_make_step(second).norms])
        for norm in steps[at].norms:
            self._seconds[norm] = self._seconds.get(norm, 0) | bit
            self._tried.setdefault((norm, bit), {}).setdefault((needs, status), []).append(tried)

    def find(self, text: Text, statuses: Container[str]) -> list[tuple[int, int, int]]:
        """All runs of tokens that a pattern for some statuses matches: its number, where the run begins, and minus its end. In
        the order of the patterns, and of one those that begin first and the longest of these."""
        present = frozenset(text.norms)
        held = self._needs.read(present)
        found: set[tuple[int, int, int]] = set()
        for norm in present & self._seconds.keys():
            seconds = self._seconds[norm] & held
            tried: list[Tried] = []
            while seconds:
                second = seconds & -seconds
                seconds ^= second
                for (needs, status), patterns in self._tried[norm, second].items():
                    if needs & held == needs and status in statuses:
                        tried += patterns
            for place, other in enumerate(text.norms) if tried else ():
                if other == norm:
                    found.update(_find_around(place, text, tried))
        return sorted(found)


def _find_around(place: int, text: Text, patterns: Iterable[Tried]) -> Iterator[tuple[int, int, int]]:
    """What patterns match whose anchor stands at a place."""
    before, behind = text.norms[place - 1], text.norms[place + 1]
    for tried in patterns:
        if (tried.next is None or behind in tried.next) and (tried.last is None or before in tried.last):
            for end in _walk(tried.behind, text, place + 1, 1):
                for start in _walk(tried.before, text, place, -1):
                    yield tried.number, start, -end


def _walk(steps: Sequence[Step], text: Text, place: int, by: int) -> Iterable[int]:
    """How far some steps reach from between two tokens, forward (`by` 1) or back (-1); in several ways if something may be
    missing. The "" behind the last token stands before the first one too, and no step passes it."""
    beside = min(by, 0)
    for at, step in enumerate(steps):
        if step.gap or step.optional:
            return _walk_on(steps[at:], text, place, by)
        if not _passes(step, text, place + beside):
            return ()
        place += by
    return (place,)


def _walk_on(steps: Iterable[Step], text: Text, place: int, by: int) -> set[int]:
    beside = min(by, 0)
    reached = {place}
    for step in steps:
        if step.gap:
            reached.update([at for place in reached for at in _cross(text.words, place, by, step.gap)])
            continue
        passed = {place + by for place in reached if _passes(step, text, place + beside)}
        reached = reached | passed if step.optional else passed
        if not reached:
            break
    return reached


def _passes(step: Step, text: Text, at: int) -> bool:
    return text.norms[at] in step.norms if step.regex is None else step.regex.search(text.words[at]) is not None


def _cross(words: list[str], place: int, by: int, gap: int) -> Iterator[int]:
    """The places that a gap reaches."""
    beside = min(by, 0)
    for at in range(place, place + by * gap, by):
        if words[at + beside] in _NO_GAP:
            return
        yield at + by


def _make_step(word: Word) -> Step:
    norms = word.words | _SHORT_IS if "is" in word.words else word.words
    return Step(norms, re.compile(word.regex) if word.regex else None, word.gap, word.optional)


def _beside(steps: Iterable[Step]) -> frozenset[str] | None:
    """The norms of which the first token that some steps pass has one; None where it may have any."""
    norms: frozenset[str] = frozenset()
    for step in steps:
        if not step.norms:
            return None
        norms |= step.norms
        if not step.optional:
            return norms
    return None
