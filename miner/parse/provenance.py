"""Find where each quoted line was first written, from the messages at hand; where text and attribution differ, text wins.

A message's lines are resolved after its ancestors' lines, so a quote of a quote ends at the message that wrote it first,
through any number of levels. What is compared is the line without marks and white space; a line that a mail program
re-wrapped is found by a run of its words instead. Cost is linear in the lines of a message and its nearest ancestors.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from miner.model import Layer, Message, Origin
from miner.parse.layers import strip_quote

MAX_ANCESTORS = 12
_SHINGLE = 4  # words that must stand together for a re-wrapped line to count as found
_SURE = 12  # characters without white space from which a line may be found out of order
_NEAR = 40  # lines behind the last one found in which a shorter line may be found
_WORD = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]|[^\W\u3040-\u9fff\uac00-\ud7af]+")  # a Chinese character is a word

_Place = tuple[str, int]  # message-id and line


@dataclass(slots=True)
class _Source:
    """A message as something to quote from: where each of its lines was first written and by whom; indexes as needed."""

    message: Message
    lines: list[str]
    origins: list[_Place | None]
    authors: list[str | None]
    keys: list[str] | None = None  # each line without marks and white space
    places: dict[str, list[int]] = field(default_factory=dict)
    shingles: dict[tuple[str, ...], int] | None = None

    def read_keys(self) -> list[str]:
        if self.keys is None:
            self.keys = [_squeeze(line) for line in self.lines]
            for at, key in enumerate(self.keys):
                if key and self.origins[at] is not None:
                    self.places.setdefault(key, []).append(at)
        return self.keys

    def find_line(self, key: str, after: int) -> int | None:
        """The first place of this content at or behind `after`; before it only if the content is long enough to be sure."""
        self.read_keys()
        places = self.places.get(key)
        if not places:
            return None
        at = bisect_left(places, after)
        if at < len(places):
            return places[at] if places[at] - after < _NEAR or len(key) >= _SURE else None
        return places[0] if len(key) >= _SURE else None

    def find_rest(self, key: str, at: int) -> int | None:
        """The line at this place, or the one below it, if this content is its end: what a re-wrapped line left over."""
        keys = self.read_keys()
        return next((n for n in range(at, min(at + 2, len(keys))) if keys[n].endswith(key) and self.origins[n]), None)

    def find_words(self, words: Sequence[str]) -> int | None:
        if self.shingles is None:
            self.shingles = _index_words(self.lines, self.origins)
        for start in range(max(len(words) - _SHINGLE + 1, 0)):
            place = self.shingles.get(tuple(words[start : start + _SHINGLE]))
            if place is not None:
                return place
        return None


def trace_origins(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Give every quoted layer its origin and its author's full name where the messages at hand tell; order is kept."""
    by_id = {message.message_id: message for message in messages}
    sources: dict[str, _Source] = {}
    traced: dict[str, Message] = {}
    for message in _parents_first(messages, by_id):
        ancestors = [sources[a] for a in _ancestors(message, by_id) if a in sources]
        if not ancestors and message.form == "flattened":
            ancestors = list(sources.values())[:MAX_ANCESTORS]  # no header says what it answers
        traced[message.message_id], sources[message.message_id] = _trace(message, ancestors)
    return tuple(traced.get(message.message_id, message) for message in messages)


def _ancestors(message: Message, by_id: Mapping[str, Message]) -> list[str]:
    """Parent, grandparent and so on, then what References name besides; each once."""
    found: dict[str, None] = {}
    at: Message | None = message
    while at is not None and len(found) < MAX_ANCESTORS:
        candidates = [at.in_reply_to, *reversed(at.references)]
        parent = next((c for c in candidates if c and c in by_id and c not in found and c != message.message_id), None)
        if parent is None:
            break
        found[parent] = None
        at = by_id[parent]
    for ident in reversed(message.references):
        if ident in by_id and ident != message.message_id and len(found) < MAX_ANCESTORS:
            found.setdefault(ident)
    return list(found)


def _parents_first(messages: Sequence[Message], by_id: Mapping[str, Message]) -> list[Message]:
    done: dict[str, Message] = {}
    for message in sorted(messages, key=lambda m: m.form == "flattened"):
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


def _trace(message: Message, ancestors: Sequence[_Source]) -> tuple[Message, _Source]:
    lines = message.lines
    origins: list[_Place | None] = [None] * len(lines)
    authors: list[str | None] = [None] * len(lines)
    own = str(message.author) or None
    out: list[Layer] = []
    search = _Search(ancestors)
    complete = _namer(message, ancestors)
    for layer in message.layers:
        if layer.kind != "quote":
            out.append(replace(layer, author=own if layer.depth == 0 else complete(layer.author)))
            if layer.depth == 0:
                for at in range(layer.first_line, layer.end_line):
                    origins[at], authors[at] = (message.message_id, at), own
            continue
        if not ancestors:
            out.append(replace(layer, author=complete(layer.author)))
            continue
        exact = set[int]()
        for at in range(layer.first_line, layer.end_line):
            found = search.find(lines[at])
            if found is not None:
                source, place, whole = found
                origins[at], authors[at] = source.origins[place], source.authors[place]
                if whole:
                    exact.add(at)
        out += _split_by_origin(layer, origins, authors, exact, complete)
    named = replace(message, layers=tuple(out), origins=tuple(Origin(*o) if o else None for o in origins))
    return named, _Source(named, lines, origins, authors)


class _Search:
    """Looks for the quoted lines of one message, top to bottom, in its ancestors; remembers how far it came in each."""

    def __init__(self, ancestors: Sequence[_Source]) -> None:
        self.ancestors = ancestors
        self.cursors = [0] * len(ancestors)
        self.last: int | None = None  # the ancestor that had the line before

    def find(self, line: str) -> tuple[_Source, int, bool] | None:
        """(the ancestor, its line, whether it is the whole line) of a quoted line; None for one that is empty or not found."""
        text = strip_quote(line)
        key = "".join(text.split())
        if not key:
            return None
        for n, source in enumerate(self.ancestors):
            place = source.find_line(key, self.cursors[n])
            if place is not None:
                return self._found(n, place, place + 1, True)
        words = _WORD.findall(text)
        if len(words) >= _SHINGLE:
            for n, source in enumerate(self.ancestors):
                place = source.find_words(words)
                if place is not None:
                    return self._found(n, place, place, False)
        if self.last is not None:
            place = self.ancestors[self.last].find_rest(key, max(self.cursors[self.last] - 1, 0))
            if place is not None:
                return self._found(self.last, place, place + 1, False)
        return None

    def _found(self, n: int, place: int, cursor: int, whole: bool) -> tuple[_Source, int, bool]:
        self.last, self.cursors[n] = n, cursor
        return self.ancestors[n], place, whole


def _squeeze(line: str) -> str:
    return "".join((strip_quote(line) if line[:1] == ">" else line).split())


def _index_words(lines: Sequence[str], origins: Sequence[_Place | None]) -> dict[tuple[str, ...], int]:
    """Each run of words to the line that it begins on; a run that stands in two places is nobody's proof."""
    words: list[str] = []
    places: list[int] = []
    for at, line in enumerate(lines):
        if origins[at] is not None:
            found_here = _WORD.findall(strip_quote(line))
            words += found_here
            places += [at] * len(found_here)
    found: dict[tuple[str, ...], int] = {}
    for at, run in enumerate(zip(*(words[n:] for n in range(_SHINGLE)), strict=False)):
        found[run] = -1 if run in found else places[at]
    return {run: at for run, at in found.items() if at >= 0}


Namer = Callable[[str | None], str | None]


def _namer(message: Message, ancestors: Sequence[_Source]) -> Namer:
    """Complete a name from an attribution with the address of the ancestor's author of that name."""
    people = {p.name.lower(): str(p) for s in ancestors if (p := s.message.author).name and p.address}

    def complete(name: str | None) -> str | None:
        return people.get(name.lower(), name) if name else name

    return complete


def _split_by_origin(
    layer: Layer,
    origins: Sequence[_Place | None],
    authors: Sequence[str | None],
    exact: Collection[int],
    complete: Namer,
) -> list[Layer]:
    """One layer a run that one message wrote, cut where lines were left out, so that a run's lines can be counted along.

    Unknown lines go with the known ones before them (or after, at the start); re-wrapped lines only follow roughly.
    """
    runs: list[tuple[int, _Place, str | None]] = []  # first line, where it was written, author
    for at in range(layer.first_line, layer.end_line):
        origin = origins[at]
        if origin is None:
            continue
        if runs:
            first, (ident, line), _ = runs[-1]
            if ident == origin[0] and (at not in exact or line + at - first == origin[1]):
                continue
        runs.append((at, origin, authors[at]))
    if not runs:
        return [replace(layer, author=complete(layer.author))]
    out = []
    for n, (first, (ident, line), author) in enumerate(runs):
        begin = layer.first_line if n == 0 else first
        end = runs[n + 1][0] if n + 1 < len(runs) else layer.end_line
        place = Origin(ident, max(line - (first - begin), 0) if first in exact else line)
        out.append(
            replace(layer, first_line=begin, end_line=end, author=author or complete(layer.author), origin=place)
        )
    return out
