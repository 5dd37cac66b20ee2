"""Find where each quoted line was first written, from the messages at hand; where text and attribution differ, text wins.

A message's lines are resolved after its ancestors' lines, so a quote of a quote ends at the message that wrote it first,
through any number of levels. A line's key is its text without marks and white space. A long key is looked up in the
ancestors, nearest first; one that is not there (re-wrapped, altered on the way) is looked up in the letters and digits
alone; what then remains, in the own text of the rest of the thread. A short line proves nothing by itself: it goes where
its neighbours lead. Cost is linear in the lines of a message, its nearest ancestors and, once a thread, the thread.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import NamedTuple

from miner.model import Layer, Message, Origin, ThreadHead
from miner.parse.layers import strip_quote
from miner.parse.marks import restore_marks

MAX_ANCESTORS = 12
_SURE = 12  # characters of a key from which a line may be found out of order
_PROOF = 30  # characters that a run needs to go against depth and attribution
_WHOLE = 0.75  # share of a quote that must be found to go against both
_NEAR = 40  # lines beside a neighbour's place in which a short line may be found
_GRAM = 12  # letters that stand together in an index of a message's letters
_STEP = 6  # and how far apart the indexed ones begin
_START = 24  # characters of a line by which its writer is looked up in the thread
_LEAST = 16  # letters in a row that a line which is nowhere as a whole must share with the message it comes from
_WINDOW = 2_000  # letters beside a neighbour's place in which an altered line may be found
_FAR = 100_000  # letters of a message in which a short line is looked for
_LONGEST = 400  # letters of a line that are looked up
_MISSES = 2_000  # lines of one mail whose letters are looked up in vain before it is given up
_TRIES = 6  # places of one key that are compared
_STRANGE = 3  # lines in a row that are found nowhere, from which they are a run of their own
_ALIKE = 3  # words that an altered line must share with its original
_WORD = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]|[^\W\u3040-\u9fff\uac00-\ud7af]{2,}")  # a Chinese character is a word
_NOISE = re.compile(r"[\W_]+")


_Quote = tuple[int, int | None, str | None]  # depth, line of the attribution, author


class _Match(NamedTuple):
    """Where a quoted line stands in a source: `rank` counts its solid lines, `begin` and `end` its letters (whole: -1)."""

    source: int
    rank: int
    begin: int = -1
    end: int = -1


@dataclass(slots=True)
class _Source:
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
                if key := _read_key(line):
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
            parts = [_NOISE.sub("", key) for key in self.read_keys()]
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
        near = [*ranks[at : at + _TRIES], *ranks[: min(at, _TRIES)]]
        return next((rank for rank in near if self.depth_at(rank) == depth), near[0])

    def find_between(self, key: str, low: int, high: int, depth: int, backwards: bool = False) -> int | None:
        """The rank of this key in [low, high) that has this quote depth and is nearest to one end."""
        ranks = self.read_places().get(key)
        if not ranks:
            return None
        if backwards:
            at = bisect_left(ranks, high)
            near = ranks[max(at - _TRIES, 0) : at][::-1]
        else:
            at = bisect_left(ranks, low)
            near = ranks[at : at + _TRIES]
        return next((rank for rank in near if low <= rank < high and self.depth_at(rank) == depth), None)

    def find_letters(self, text: str) -> tuple[int, int] | None:
        """A stretch of these letters that an indexed gram leads to, of a short line all: where it begins and ends here."""
        letters, text = self.read_letters(), text[:_LONGEST]
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
            if end - place >= max(_LEAST, len(text) // 2):
                return place, end
        return None


class _Above:
    """The ancestors of a mail as what was written before it."""

    def __init__(self, sources: Sequence[_Source]) -> None:
        self._sources = sources

    def has_line(self, text: str, *, exact: bool) -> bool:
        key = _read_key(text)
        for source in self._sources:
            ranks = source.read_places().get(key, ())
            if any(not exact or source.lines[source.solid[rank]].rstrip() == text.rstrip() for rank in ranks[:_TRIES]):
                return True
        return False

    def has_text(self, text: str) -> bool:
        letters = _NOISE.sub("", text)
        return len(letters) >= _PROOF and any(letters in source.read_letters() for source in self._sources)


def trace_origins(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Give every quoted layer its origin and its author's full name where the messages at hand tell; order is kept."""
    by_id = {message.message_id: message for message in messages}
    threads = _Threads(messages)
    traced: dict[str, Message] = {}
    for message in _parents_first(by_id):
        ancestors = {a: distance for a, distance in _ancestors(message, by_id).items() if a in traced}
        if not ancestors and message.form == "flattened":
            ancestors = dict.fromkeys(list(traced)[:MAX_ANCESTORS], 0)  # no header says what it answers
        above = [(threads.sources[a], d) for a, d in ancestors.items()]
        source = threads.read_source(message)
        if above and (marked := restore_marks(message, source.lines, _Above([a for a, _ in above]))) is not message:
            source = threads.sources[message.message_id] = _read_own(marked)
        _trace(source, above, threads)
        traced[message.message_id] = source.message
    return tuple(
        traced[message.message_id] if by_id[message.message_id] is message else message for message in messages
    )


def _ancestors(message: Message, by_id: Mapping[str, Message]) -> dict[str, int]:
    """Parent, grandparent and so on, each with how many answers lie between; then what References name besides (0)."""
    found: dict[str, int] = {}
    at: Message | None = message
    distance = 0
    while at is not None and len(found) < MAX_ANCESTORS:
        candidates = dict.fromkeys([at.in_reply_to, *reversed(at.references)])
        parent = None
        for steps, ident in enumerate(candidates, 1):
            if ident and ident in by_id and ident not in found and ident != message.message_id:
                parent, distance = ident, distance + steps
                break
        if parent is None:
            break
        found[parent] = distance
        at = by_id[parent]
    for ident in reversed(message.references):
        if ident in by_id and ident != message.message_id and len(found) < MAX_ANCESTORS:
            found.setdefault(ident, 0)
    return found


def _parents_first(by_id: Mapping[str, Message]) -> list[Message]:
    done: dict[str, Message] = {}
    for message in sorted(by_id.values(), key=lambda m: m.form == "flattened"):
        stack, entered = [message], set[str]()
        while stack:
            top = stack[-1]
            if top.message_id in done:
                stack.pop()
                continue
            waiting = []
            if top.message_id not in entered:
                entered.add(top.message_id)
                waiting = [
                    by_id[p]
                    for p in (top.in_reply_to, *top.references)
                    if p and p in by_id and p not in done and p not in entered
                ]
            if waiting:
                stack.extend(waiting)
            else:
                done[top.message_id] = top
                stack.pop()
    return list(done.values())


class _Threads:
    """The mails as sources, and who of a thread wrote a line, for those that quote somebody whom they do not answer."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = messages
        self.roots: dict[str, str] = {}
        self.members: dict[str, list[Message]] = {}
        self.writers: dict[str, dict[str, Message | None]] = {}
        self.sources: dict[str, _Source] = {}

    def read_source(self, message: Message) -> _Source:
        if message.message_id not in self.sources:
            self.sources[message.message_id] = _read_own(message)
        return self.sources[message.message_id]

    def find_source(self, message: Message, keys: Sequence[str]) -> _Source | None:
        """The message that wrote most of these lines; one long line or two are needed, that nobody else wrote."""
        if not self.members:
            self._group()
        root = self.roots[message.message_id]
        members = self.members[root]
        if len(members) == 1:
            return None
        if root not in self.writers:
            self.writers[root] = self._index(members)
        writers = self.writers[root]
        hits: Counter[str] = Counter()
        for key in keys:
            writer = writers.get(key[:_START]) if len(key) >= _LEAST else None
            if writer is not None and _may_quote(message, writer):
                hits[writer.message_id] += 2 if len(key) > _PROOF else 1
        best, count = hits.most_common(1)[0] if hits else ("", 0)
        return self.sources[best] if count >= 2 else None

    def _group(self) -> None:
        self.roots = group_threads(
            [
                ThreadHead(
                    m.message_id,
                    tuple(ident for ident in (m.in_reply_to, *m.references) if ident),
                    m.subject.reply,
                    m.subject.title,
                )
                for m in self.messages
            ]
        )
        for message in self.messages:
            self.members.setdefault(self.roots[message.message_id], []).append(message)

    def _index(self, members: Sequence[Message]) -> dict[str, Message | None]:
        writers: dict[str, Message | None] = {}
        for message in members:
            source = self.read_source(message)
            for key, at in zip(source.read_keys(), source.solid, strict=True):
                if not source.depths[at] and len(key) >= _LEAST:
                    start = key[:_START]  # the rest may be on another line by now
                    writers[start] = message if writers.get(start, message) is message else None
        return writers


def group_threads(heads: Sequence[ThreadHead]) -> dict[str, str]:
    """The thread of each message-id, by the name of one id in it: what References tie together; an answer that names nothing
    at hand, and a mail that names nothing at all, join the mails of their subject. No line is traced beyond its thread."""
    known = {head.message_id for head in heads}
    roots: dict[str, str] = {}

    def find(ident: str) -> str:
        while (above := roots.setdefault(ident, ident)) != ident:
            roots[ident] = roots[above]
            ident = above
        return ident

    for head in heads:
        named = list(head.named)
        if not named or (head.reply and known.isdisjoint(named)):
            named.append(f"subject: {head.title.lower()}")
        for ident in named:
            roots[find(ident)] = find(head.message_id)
    return {head.message_id: find(head.message_id) for head in heads}


def _read_key(line: str) -> str:
    """By what a line is found: its text without marks and white space."""
    return "".join((strip_quote(line) if line[:1] == ">" else line).split())


def _may_quote(message: Message, writer: Message) -> bool:
    if message is writer or writer.message_id == message.message_id:
        return False
    return message.date is None or writer.date is None or writer.date <= message.date


def _read_own(message: Message) -> _Source:
    """A message with its own lines known: each written here."""
    lines = message.lines
    source = _Source(message, lines, [None] * len(lines), [None] * len(lines), [0] * len(lines))
    ident, own = message.message_id, str(message.author) or None
    for layer in message.layers:
        first, end = layer.first_line, layer.end_line
        if layer.depth:
            source.depths[first:end] = [layer.depth] * (end - first)
        else:
            source.origins[first:end] = [Origin(ident, at) for at in range(first, end)]
            source.authors[first:end] = [own] * (end - first)
    return source


def _trace(source: _Source, ancestors: Sequence[tuple[_Source, int]], threads: _Threads) -> None:
    """Write down in a source where its quoted lines come from, and its message with what that says of its layers."""
    message = source.message
    quotes = [layer for layer in message.layers if layer.depth]
    complete = _namer(ancestors)
    exact = _Alignment(source, ancestors, threads).fill(quotes, complete) if quotes else set[int]()
    own = str(message.author) or None
    layers: list[Layer] = []
    for layer in message.layers:
        if layer.kind == "quote":
            layers += _split_by_origin(layer, source, exact, complete)
        else:
            layers.append(replace(layer, author=own if layer.depth == 0 else complete(layer.author)))
    source.message = replace(message, layers=tuple(layers), origins=tuple(source.origins))


class _Alignment:
    """Looks for the quoted lines of one message in its ancestors and then in its thread.

    `rows` are the ranks of the quoted lines in the message, `found` has a match for each that has one.
    """

    def __init__(self, message: _Source, ancestors: Sequence[tuple[_Source, int]], threads: _Threads) -> None:
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
                if before is not None and self._continue(row, before, _NOISE.sub("", key)):
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
            text = _NOISE.sub("", self.key(row))
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
            source = self.threads.find_source(self.message.message, keys) if sum(map(len, keys)) >= _PROOF else None
            if source is not None and not any(source is known for known in self.sources):
                self.sources.append(source)
                self.distances.append(0)
                self._find_keys(range(first, end))
                self._find_letters(range(first, end))
                gaps += self._gaps(first, end)

    def _gaps(self, first: int = 0, end: int | None = None) -> list[tuple[int, int]]:
        """The stretches of rows that are not found."""
        gaps: list[tuple[int, int]] = []
        for row in range(first, len(self.found) if end is None else end):
            if self.found[row] is None:
                if gaps and gaps[-1][1] == row:
                    gaps[-1] = (gaps[-1][0], row + 1)
                else:
                    gaps.append((row, row + 1))
        return gaps

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
        first = 0
        for row in range(1, len(self.found) + 1):
            match = self.found[first]
            here = self.found[row] if row < len(self.found) else None
            if match is not None and here is not None and here.source == match.source:
                continue
            if match is not None and sum(len(self.key(r)) for r in range(first, row)) < _PROOF:
                for r in range(first, row):
                    if not self._is_plausible(r):
                        self.found[r] = None
            first = row

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
        text = _NOISE.sub("", key)
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
    def _is_rest(source: _Source, first: int, text: str, depth: int) -> bool:
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
        text, letters = _NOISE.sub("", key)[:_LONGEST], source.read_letters()
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
        words = set(_WORD.findall(self.message.lines[self.message.solid[self.rows[row]]][: 2 * _LONGEST]))
        if len(words) < _ALIKE:
            return False
        for rank in range(beside.rank + step, beside.rank + 3 * step, step):
            if not 0 <= rank < len(source.keys) or source.depth_at(rank) != depth or (rank - bound) * step > 0:
                break
            near = set(_WORD.findall(source.lines[source.solid[rank]][: 2 * _LONGEST]))
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
            ranks = [rank for rank in ranks[:_TRIES] if source.depth_at(rank) == depth]
            writers = {source.authors[source.solid[rank]] for rank in ranks}
            if len(writers) == 1 and (said is None or said in writers):
                self.found[row] = _Match(n, ranks[0])
                return


def _count_common(one: str, at: int, two: str, there: int) -> int:
    """How many characters from here on are the same."""
    most = min(len(one) - at, len(two) - there)
    if one[at : at + most] == two[there : there + most]:
        return most
    return next(n for n in range(most) if one[at + n] != two[there + n])


Namer = Callable[[str | None], str | None]


def _namer(ancestors: Sequence[tuple[_Source, int]]) -> Namer:
    """Complete a name from an attribution with the address of the ancestor's author of that name."""
    people = {p.name.lower(): str(p) for s, _ in ancestors if (p := s.message.author).name and p.address}

    def complete(name: str | None) -> str | None:
        return people.get(name.lower(), name) if name else name

    return complete


def _split_by_origin(layer: Layer, traced: _Source, exact: Collection[int], complete: Namer) -> list[Layer]:
    """One layer a run that one message wrote, cut where lines were left out, so that a run's lines can be counted along.

    A few unknown lines go with the known ones before them (or after, at the start), more are a run without an origin;
    re-wrapped lines only follow roughly.
    """
    runs: list[tuple[int, Origin | None, str | None]] = []  # first line, where it was written, author
    strange: list[int] = []
    for at in range(layer.first_line, layer.end_line):
        origin, author = traced.origins[at], traced.authors[at]
        if origin is None:
            if traced.lines[at].strip("> \t\xa0\r"):
                strange.append(at)
                if len(strange) == _STRANGE:
                    runs.append((strange[0], None, complete(layer.author)))
            continue
        strange = []
        known = runs[-1][1] if runs else None
        if known is not None and known.message_id == origin.message_id:
            follows = known.first_line + at - runs[-1][0] == origin.first_line
            if follows or at not in exact:
                continue
        runs.append((at, origin, author))
    if not runs:
        return [replace(layer, author=complete(layer.author))]
    out = []
    for n, (first, place, author) in enumerate(runs):
        begin = layer.first_line if n == 0 else first
        end = runs[n + 1][0] if n + 1 < len(runs) else layer.end_line
        found = place
        if place is not None and first in exact and begin < first:
            found = Origin(place.message_id, max(place.first_line - (first - begin), 0))
        out.append(
            replace(layer, first_line=begin, end_line=end, author=author or complete(layer.author), origin=found)
        )
    return out
