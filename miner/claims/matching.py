"""Patterns tried on the tokens of a sentence: every run of tokens that one of them matches.

A pattern is only tried around a word that it needs and few sentences have, its anchor, where the sentence has another word that
it needs. So most patterns cost nothing, and none is lost.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from miner.claims.phrases import Pattern, Word
from miner.claims.tokens import Text

_SHORT_IS = frozenset(("'s", "’s"))  # whose norm is none of the words that they stand for
_NO_GAP = frozenset((".", ";", "?", "!", "(", ")", ""))  # what a gap does not reach across; "" is the end of the sentence


class Step(NamedTuple):
    """One place of a pattern: a token with one of `norms`, one that `regex` finds, or up to `gap` tokens of any kind."""

    norms: frozenset[str]
    regex: re.Pattern[str] | None
    gap: int
    optional: bool


class Tried(NamedTuple):
    """A pattern as it is tried: before its anchor stand from `least` to `most` tokens, and the first token has one of the norms
    `leads`, if these are not None. `number` is its place among all."""

    number: int
    least: int
    most: int
    leads: frozenset[str] | None
    steps: tuple[Step, ...]


class Index:
    """Patterns by the status that they tell and the two words that they need; read-only once all are added."""

    def __init__(self) -> None:
        self._tried: dict[str, dict[str, dict[frozenset[str], list[Tried]]]] = {}

    def add(self, number: int, status: str, pattern: Pattern, anchor: Word, second: Word) -> None:
        """Add a pattern, which holds both words."""
        steps = tuple(_make_step(word) for word in pattern.words)
        before = steps[: pattern.words.index(anchor)]
        least = sum(not step.gap and not step.optional for step in before)
        most = sum(step.gap or 1 for step in before)
        tried = Tried(number, least, most, _find_leads(steps), steps)
        for norm in _make_step(anchor).norms:
            by_second = self._tried.setdefault(norm, {}).setdefault(status, {})
            by_second.setdefault(_make_step(second).norms, []).append(tried)

    def find(self, text: Text, statuses: Container[str]) -> list[tuple[int, int, int]]:
        """All runs of tokens that a pattern for some statuses matches: its number, where the run begins, and minus its end. In
        the order of the patterns, and of one those that begin first and the longest of these."""
        norms = text.norms
        present = frozenset(norms)
        found: set[tuple[int, int, int]] = set()
        for norm in present & self._tried.keys():
            places = [at for at, other in enumerate(norms) if other == norm]
            for status, by_second in self._tried[norm].items():
                if status not in statuses:
                    continue
                for second, patterns in by_second.items():
                    if present.isdisjoint(second):
                        continue
                    for number, least, most, leads, steps in patterns:
                        for place in places:
                            for start in range(max(0, place - most), place - least + 1):
                                if leads is None or norms[start] in leads:
                                    found.update([(number, start, -end) for end in _find_ends(steps, text, start)])
        return sorted(found)


def _make_step(word: Word) -> Step:
    norms = word.words | _SHORT_IS if "is" in word.words else word.words
    return Step(norms, re.compile(word.regex) if word.regex else None, word.gap, word.optional)


def _find_leads(steps: Iterable[Step]) -> frozenset[str] | None:
    """The norms of which the first token of a match has one; None where it may have any."""
    leads: frozenset[str] = frozenset()
    for step in steps:
        if not step.norms:
            return None
        leads |= step.norms
        if not step.optional:
            break
    return leads


def _find_ends(steps: Iterable[Step], text: Text, start: int) -> Iterable[int]:
    """Where a pattern ends that begins at a token; in several places if something in it may be missing."""
    places = {start}
    for norms, regex, gap, optional in steps:
        if gap:
            places.update([at for place in places for at in _cross(text.words, place, gap)])
            continue
        if regex is None:
            passed = {place + 1 for place in places if text.norms[place] in norms}
        else:
            passed = {place + 1 for place in places if regex.search(text.words[place])}
        places = places | passed if optional else passed
        if not places:
            break
    return places


def _cross(words: list[str], place: int, gap: int) -> Iterator[int]:
    """The places that a gap reaches."""
    for at in range(place, place + gap):
        if words[at] in _NO_GAP:
            return
        yield at + 1
