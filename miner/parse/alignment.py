"""Finds the lines that a mail quotes in the mails before it, by their text, their order and their depth."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from miner.model import Layer
from miner.parse.quotable import LONGEST, NOISE, PROOF, TRIES, Source
from miner.parse.threads import MAX_ANCESTORS, ThreadSources

_SURE = 12  # characters of a key from which a line may be found out of order
_WHOLE = 0.75  # share of a quote that must be found to go against both
_NEAR = 40  # lines beside a neighbour's place in which a short line may be found
_WINDOW = 2_000  # letters beside a neighbour's place in which an altered line may be found
_MISSES = 2_000  # lines of one mail whose letters are looked up in vain before it is given up
_ALIKE = 3  # words that an altered line must share with its original
_WORD = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]|[^\W\u3040-\u9fff\uac00-\ud7af]{2,}")  # a Chinese character is a word

_Quote = tuple[int, int | None, str | None]  # depth, line of the attribution, author
Namer = Callable[[str | None], str | None]


class _Match(NamedTuple):
    """Where a quoted line stands in a source: `rank` counts its solid lines, `begin` and `end` its letters (whole: -1)."""

    source: int
    rank: int
    begin: int = -1
    end: int = -1


class Alignment:
    """Looks for the quoted lines of one message in its ancestors and then in its thread.

    `rows` are the ranks of the quoted lines in the message, `found` has a match for each that has one.
    """

    def __init__(self, message: Source, ancestors: Sequence[tuple[Source, int]], threads: ThreadSources) -> None:
        self.message = message
        self.sources = [source for source, _ in ancestors]
        self.distances = [distance for _, distance in ancestors]
        self.threads = threads
        self.rows: list[int] = []
        self.said: list[str | None] = []  # the attribution's author of each row
        self.quotes: list[_Quote] = []  # the quote that each row belongs to
        self.found: list[_Match | None] = []
        self.missed = 0

    def fill(self, quotes: Sequence[Layer], complete: Namer) -> set[int]:
        """Write origins and authors of the quoted lines into the message; which lines were found as they stand."""
        message = self.message
        message.read_keys()
        for layer in quotes:
            low, high = bisect_left(message.solid, layer.first_line), bisect_left(message.solid, layer.end_line)
            self.rows += range(low, high)
            self.said += [complete(layer.author)] * (high - low)
            self.quotes += [(layer.depth, layer.attribution, layer.author)] * (high - low)
        self.found = [None] * len(self.rows)
        self._find_keys(range(len(self.rows)))
        if None in self.found:
            self._find_letters(range(len(self.rows)))
            self._ask_thread()
            self._drop_patchy()
        self._drop_weak()
        if None in self.found:
            self._follow_neighbours()
        exact = set[int]()
        for row, match in enumerate(self.found):
            at = message.solid[self.rows[row]]
            if match is None:
                message.authors[at] = self.said[row]
                continue
            source = self.sources[match.source]
            place = source.solid[match.rank]
            message.origins[at], message.authors[at] = source.origins[place], source.authors[place]
            if match.begin < 0:
                exact.add(at)
        return exact

    def key(self, row: int) -> str:
        return self.message.keys[self.rows[row]]

    def depth(self, row: int) -> int:
        return self.message.depth_at(self.rows[row])

    def expected(self, row: int, source: int) -> int | None:
        """The depth that a quoted line has in an ancestor, if nobody tampered with the marks."""
        return self.depth(row) - self.distances[source] if self.distances[source] else None

    def span(self, match: _Match) -> tuple[int, int]:
        if match.begin >= 0:
            return match.begin, match.end
        source = self.sources[match.source]
        source.read_letters()
        return source.starts[match.rank], source.starts[match.rank + 1]

    def _find_keys(self, rows: Iterable[int]) -> None:
        """Top to bottom: the line behind the last one found, else a long line wherever it stands.

        While the last match has not the depth that its distance asks for, the nearer ancestors are asked first: a patch
        and its next version, or a text and its copy, share most lines.
        """
        keys, found = self.message.keys, self.found
        cursors = [0] * len(self.sources)
        last, steady, behind = -1, False, list[str]()
        for row in rows:
            key = keys[self.rows[row]]
            follows = last >= 0 and cursors[last] < len(behind) and behind[cursors[last]] == key
            if follows and steady:
                found[row] = _Match(last, cursors[last])
                cursors[last] += 1
                continue
            match, fits = self._find_key(row, key, cursors) if len(key) >= _SURE else (None, False)
            if not fits and follows:
                match = _Match(last, cursors[last])
            elif match is not None and not fits:
                before = found[row - 1] if row else None
                if before is not None and self._continue(row, before, NOISE.sub("", key)):
                    match = found[row]
            if match is not None:
                found[row], last, steady = match, match.source, fits
                behind = self.sources[last].keys
                cursors[last] = match.rank + 1 if match.begin < 0 else self.sources[last].rank_at(match.end)

    def _find_key(self, row: int, key: str, cursors: Sequence[int]) -> tuple[_Match | None, bool]:
        """The nearest ancestor that has this line at the depth that its distance asks for, else the nearest that has it."""
        first = None
        for n, source in enumerate(self.sources):
            depth = self.expected(row, n)
            rank = source.find_key(key, cursors[n], depth)
            if rank is not None:
                if source.depth_at(rank) == depth:
                    return _Match(n, rank), True
                first = first or _Match(n, rank)
        return first, False

    def _find_letters(self, rows: Iterable[int]) -> None:
        """Lines that stand nowhere as they are: the letters behind the last match, else a stretch of them anywhere."""
        for row in rows:
            if self.found[row] is not None or self.missed > _MISSES:
                continue
            text = NOISE.sub("", self.key(row))
            if len(text) < _SURE:
                continue
            if row and (before := self.found[row - 1]) is not None and self._continue(row, before, text):
                continue
            for n, source in enumerate(self.sources):
                stretch = source.find_letters(text)
                if stretch is None:
                    continue
                rank = source.rank_at(stretch[0])
                fits = source.depth_at(rank) == self.expected(row, n)
                if fits or self.found[row] is None:
                    self.found[row] = _Match(n, rank, *stretch)
                if fits:
                    break
            self.missed += self.found[row] is None

    def _continue(self, row: int, before: _Match, text: str) -> bool:
        """Whether the letters of a line stand just behind a match; then they are found there."""
        source = self.sources[before.source]
        end = self.span(before)[1]
        if not text or not source.read_letters().startswith(text, end):
            return False
        if not self._is_rest(source, end, text, self.depth(row) - self.depth(row - 1) + source.depth_at(before.rank)):
            return False
        self.found[row] = _Match(before.source, source.rank_at(end), end, end + len(text))
        return True

    def _ask_thread(self) -> None:
        gaps = self._gaps()
        while gaps and len(self.sources) < 2 * MAX_ANCESTORS:
            first, end = gaps.pop()
            keys = [self.key(row) for row in range(first, end)]
            source = self.threads.find_source(self.message.message, keys) if sum(map(len, keys)) >= PROOF else None
            if source is not None and not any(source is known for known in self.sources):
                self.sources.append(source)
                self.distances.append(0)
                self._find_keys(range(first, end))
                self._find_letters(range(first, end))
                gaps += self._gaps(first, end)

    def _gaps(self, first: int = 0, end: int | None = None) -> list[tuple[int, int]]:
        """The stretches of rows that are not found."""
        rows = range(first, len(self.found) if end is None else end)
        gaps = (list(run) for missing, run in groupby(rows, lambda row: self.found[row] is None) if missing)
        return [(gap[0], gap[-1] + 1) for gap in gaps]

    def _drop_patchy(self) -> None:
        """Against depth and attribution a quote must be found as good as whole: two patches to one file share lines."""
        known, whole = Counter[_Quote](), Counter[_Quote]()
        for row, quote in enumerate(self.quotes):
            size = len(self.key(row))
            whole[quote] += size
            known[quote] += 0 if self.found[row] is None else size
        for row, quote in enumerate(self.quotes):
            if known[quote] < _WHOLE * whole[quote] and self.said[row] and not self._is_plausible(row):
                self.found[row] = None

    def _drop_weak(self) -> None:
        """A run of few words in a message where neither depth nor attribution lead is chance: the common phrases."""
        sources = [None if match is None else match.source for match in self.found]
        for source, run in groupby(enumerate(sources), lambda each: each[1]):
            rows = [row for row, _ in run]
            if source is not None and sum(len(self.key(row)) for row in rows) < PROOF:
                for row in rows:
                    if not self._is_plausible(row):
                        self.found[row] = None

    def _is_plausible(self, row: int) -> bool:
        match = self.found[row]
        if match is None:
            return False
        source = self.sources[match.source]
        if self.expected(row, match.source) == source.depth_at(match.rank):
            return True
        author, said = source.authors[source.solid[match.rank]], self.said[row]
        return bool(author and said) and author == said

    def _follow_neighbours(self) -> None:
        """What is left goes where its neighbours lead, if its text stands there."""
        for row in range(len(self.found)):
            if self.found[row] is None and row:
                self._follow(row, self.found[row - 1], 1)
        for row in range(len(self.found) - 2, -1, -1):
            if self.found[row] is None:
                self._follow(row, self.found[row + 1], -1)
        for first, end in self._gaps():
            before = first - 1 if first else None
            after = end if end < len(self.found) else None
            for row in range(first, end):
                self._find_beside(row, before, after)
                before = before if self.found[row] is None else row

    def _follow(self, row: int, beside: _Match | None, step: int) -> None:
        """The very next line or letters beside a match."""
        if beside is None:
            return
        source, key = self.sources[beside.source], self.key(row)
        depth = self.depth(row) - self.depth(row - step) + source.depth_at(beside.rank)
        text = NOISE.sub("", key)
        begin, end = self.span(beside)
        if not text:
            middle = source.rank_at(end if step > 0 else max(begin - 1, 0))
            for rank in range(max(middle - 2, 0), min(middle + 3, len(source.keys))):
                same = source.keys[rank].replace(">", "") == key.replace(">", "")
                if same and (rank - beside.rank) * step > 0 and source.depth_at(rank) == depth:
                    edge = end if step > 0 else begin
                    self.found[row] = _Match(beside.source, rank, edge, edge)
                    return
        elif step > 0:
            self._continue(row, beside, text)
        else:
            first = begin - len(text)
            if (
                first >= 0
                and source.read_letters().startswith(text, first)
                and self._is_rest(source, first, text, depth)
            ):
                self.found[row] = _Match(beside.source, source.rank_at(first), first, begin)

    @staticmethod
    def _is_rest(source: Source, first: int, text: str, depth: int) -> bool:
        """Whether so few letters can be what re-wrapping made of a line; else they must be a whole line at this depth."""
        rank = source.rank_at(first)
        if len(text) >= _SURE or first > source.starts[rank]:
            return True
        return first + len(text) == source.starts[rank + 1] and source.depth_at(rank) == depth

    def _find_beside(self, row: int, before: int | None, after: int | None) -> None:
        """The line, its letters or most of its words, between the places of its neighbours or near one of them."""
        for here, there, step in ((before, after, 1), (after, before, -1)):
            beside = None if here is None else self.found[here]
            if here is None or beside is None:
                continue
            source = self.sources[beside.source]
            depth = self.depth(row) - self.depth(here) + source.depth_at(beside.rank)
            other = None if there is None else self.found[there]
            bound = beside.rank + step * _NEAR
            if other is not None and other.source == beside.source and (other.rank - beside.rank) * step >= 0:
                bound = other.rank
            low, high = sorted((beside.rank, bound))
            rank = source.find_between(self.key(row), max(low, 0), high + 1, depth, step < 0)
            if rank is not None and rank != beside.rank:
                self.found[row] = _Match(beside.source, rank)
                return
            if self._find_altered(row, beside, bound, depth, step):
                return
        self._find_expected(row)

    def _find_altered(self, row: int, beside: _Match, bound: int, depth: int, step: int) -> bool:
        """The letters of a line not far from its neighbour's place, or most of its words right there."""
        source, key = self.sources[beside.source], self.key(row)
        text, letters = NOISE.sub("", key)[:LONGEST], source.read_letters()
        begin, end = self.span(beside)
        if len(text) >= _SURE // 2:
            limit = source.starts[max(min(bound + (step > 0), len(source.keys)), 0)]
            if step > 0:
                at = letters.find(text, end, min(limit, end + _WINDOW))
            else:
                at = letters.rfind(text, max(limit, begin - _WINDOW), begin)
            if at >= 0 and source.depth_at(rank := source.rank_at(at)) == depth:
                self.found[row] = _Match(beside.source, rank, at, at + len(text))
                return True
        words = set(_WORD.findall(self.message.lines[self.message.solid[self.rows[row]]][: 2 * LONGEST]))
        if len(words) < _ALIKE:
            return False
        for rank in range(beside.rank + step, beside.rank + 3 * step, step):
            if not 0 <= rank < len(source.keys) or source.depth_at(rank) != depth or (rank - bound) * step > 0:
                break
            near = set(_WORD.findall(source.lines[source.solid[rank]][: 2 * LONGEST]))
            if len(words & near) >= max(_ALIKE, 0.6 * max(len(words), len(near))):
                self.found[row] = _Match(beside.source, rank, source.starts[rank], source.starts[rank + 1])
                return True
        return False

    def _find_expected(self, row: int) -> None:
        """A short line with no neighbours: where depth and attribution lead, if one message alone has it there."""
        said = self.said[row]
        for n, source in enumerate(self.sources):
            depth = self.expected(row, n)
            if depth is None or depth < 0 or (said is None and self.distances[n] > 1):
                continue
            ranks = source.read_places().get(self.key(row), [])
            ranks = [rank for rank in ranks[:TRIES] if source.depth_at(rank) == depth]
            writers = {source.authors[source.solid[rank]] for rank in ranks}
            if len(writers) == 1 and (said is None or said in writers):
                self.found[row] = _Match(n, ranks[0])
                return
