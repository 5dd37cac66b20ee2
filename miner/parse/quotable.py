"""A mail as something to quote from: its lines by what they say, each with the mail that has it first."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from miner.model import Message, Origin
from miner.parse.linewise import strip_quote

PROOF = 30  # characters that a run needs to go against depth and attribution
_GRAM = 12  # letters that stand together in an index of a message's letters
_STEP = 6  # and how far apart the indexed ones begin
LEAST = 16  # letters in a row that a line which is nowhere as a whole must share with the message it comes from
_FAR = 100_000  # letters of a message in which a short line is looked for
LONGEST = 400  # letters of a line that are looked up
TRIES = 6  # places of one key that are compared
NOISE = re.compile(r"[\W_]+")


@dataclass(slots=True)
class Source:
    """A message as something to quote from: its solid (not blank) lines, where each was first written and by whom.

    `origins`, `authors` and `depths` have one place a line, `solid`, `keys` and `starts` one a solid line.
    """

    message: Message
    lines: list[str]
    origins: list[Origin | None]
    authors: list[str | None]
    depths: list[int]
    solid: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    places: dict[str, list[int]] | None = None  # each key to its ranks
    starts: list[int] = field(default_factory=list)
    letters: str | None = None
    grams: dict[str, int] | None = None

    def read_keys(self) -> list[str]:
        if not self.solid:
            for at, line in enumerate(self.lines):
                if key := read_key(line):
                    self.solid.append(at)
                    self.keys.append(key)
        return self.keys

    def read_places(self) -> dict[str, list[int]]:
        if self.places is None:
            self.places = {}
            for rank, key in enumerate(self.read_keys()):
                self.places.setdefault(key, []).append(rank)
        return self.places

    def read_letters(self) -> str:
        if self.letters is None:
            parts = [NOISE.sub("", key) for key in self.read_keys()]
            self.starts = list(accumulate(map(len, parts), initial=0))
            self.letters = "".join(parts)
        return self.letters

    def rank_at(self, letter: int) -> int:
        return max(bisect_right(self.starts, letter, hi=len(self.keys)) - 1, 0)

    def depth_at(self, rank: int) -> int:
        return self.depths[self.solid[rank]]

    def find_key(self, key: str, after: int, depth: int | None) -> int | None:
        """The rank of this key at or behind `after`, else its first one; of several rather one of this quote depth."""
        ranks = self.read_places().get(key)
        if not ranks:
            return None
        at = bisect_left(ranks, after)
        near = [*ranks[at : at + TRIES], *ranks[: min(at, TRIES)]]
        return next((rank for rank in near if self.depth_at(rank) == depth), near[0])

    def find_between(self, key: str, low: int, high: int, depth: int, backwards: bool = False) -> int | None:
        """The rank of this key in [low, high) that has this quote depth and is nearest to one end."""
        ranks = self.read_places().get(key)
        if not ranks:
            return None
        if backwards:
            at = bisect_left(ranks, high)
            near = ranks[max(at - TRIES, 0) : at][::-1]
        else:
            at = bisect_left(ranks, low)
            near = ranks[at : at + TRIES]
        return next((rank for rank in near if low <= rank < high and self.depth_at(rank) == depth), None)

    def find_letters(self, text: str) -> tuple[int, int] | None:
        """A stretch of these letters that an indexed gram leads to, of a short line all: where it begins and ends here."""
        letters, text = self.read_letters(), text[:LONGEST]
        if len(text) < _GRAM + _STEP:  # too short to hold an indexed gram for sure
            place = letters.find(text, 0, _FAR)
            return (place, place + len(text)) if place >= 0 > letters.find(text, place + 1, _FAR) else None
        if self.grams is None:
            self.grams = {}
            for at in range(0, len(letters) - _GRAM + 1, _STEP):
                gram = letters[at : at + _GRAM]
                self.grams[gram] = -1 if gram in self.grams else at  # what stands in two places is nobody's proof
        for at in range(len(text) - _GRAM + 1):
            place = self.grams.get(text[at : at + _GRAM], -1)
            if place < 0:
                continue
            first = at
            while first and place and text[first - 1] == letters[place - 1]:
                first, place = first - 1, place - 1
            end = place + _count_common(text, first, letters, place)
            if end - place >= max(LEAST, len(text) // 2):
                return place, end
        return None


class Above:
    """The ancestors of a mail as what was written before it."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    def has_line(self, text: str, *, exact: bool) -> bool:
        key = read_key(text)
        for source in self._sources:
            ranks = source.read_places().get(key, ())
            if any(not exact or source.lines[source.solid[rank]].rstrip() == text.rstrip() for rank in ranks[:TRIES]):
                return True
        return False

    def has_text(self, text: str) -> bool:
        letters = NOISE.sub("", text)
        return len(letters) >= PROOF and any(letters in source.read_letters() for source in self._sources)


def read_key(line: str) -> str:
    """By what a line is found: its text without marks and white space."""
    return "".join((strip_quote(line) if line[:1] == ">" else line).split())


def _count_common(one: str, at: int, two: str, there: int) -> int:
    """How many characters from here on are the same."""
    most = min(len(one) - at, len(two) - there)
    if one[at : at + most] == two[there : there + most]:
        return most
    return next(n for n in range(most) if one[at + n] != two[there + n])


def read_own(message: Message) -> Source:
    """A message with its own lines known: each written here."""
    lines = message.lines
    source = Source(message, lines, [None] * len(lines), [None] * len(lines), [0] * len(lines))
    ident, own = message.message_id, str(message.author) or None
    for layer in message.layers:
        first, end = layer.first_line, layer.end_line
        if layer.depth:
            source.depths[first:end] = [layer.depth] * (end - first)
        else:
            source.origins[first:end] = [Origin(ident, at) for at in range(first, end)]
            source.authors[first:end] = [own] * (end - first)
    return source
