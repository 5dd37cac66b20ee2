"""Find where each quoted line was first written, from the messages at hand; where text and attribution differ, text wins.

A message's lines are resolved after its ancestors' lines, so a quote of a quote ends at the message that wrote it first,
through any number of levels. A line's key is its text without marks and white space. A long key is looked up in the
ancestors, nearest first; one that is not there (re-wrapped, altered on the way) is looked up in the letters and digits
alone; what then remains, in the own text of the rest of the thread. A short line proves nothing by itself: it goes where
its neighbours lead. Cost is linear in the lines of a message, its nearest ancestors and, once a thread, the thread.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from miner.model import Layer, Message, Origin
from miner.parse.alignment import Alignment, Namer
from miner.parse.marks import restore_marks
from miner.parse.quotable import Above, Source, read_own
from miner.parse.threads import MAX_ANCESTORS, ThreadSources

_STRANGE = 3  # lines in a row that are found nowhere, from which they are a run of their own


def trace_origins(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Give every quoted layer its origin and its author's full name where the messages at hand tell; order is kept."""
    by_id = {message.message_id: message for message in messages}
    threads = ThreadSources(messages)
    traced: dict[str, Message] = {}
    for message in _parents_first(by_id):
        ancestors = {a: distance for a, distance in _ancestors(message, by_id).items() if a in traced}
        if not ancestors and message.form == "flattened":
            ancestors = dict.fromkeys(list(traced)[:MAX_ANCESTORS], 0)  # no header says what it answers
        above = [(threads.sources[a], d) for a, d in ancestors.items()]
        source = threads.read_source(message)
        if above and (marked := restore_marks(message, source.lines, Above([a for a, _ in above]))) is not message:
            source = threads.sources[message.message_id] = read_own(marked)
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


def _trace(source: Source, ancestors: Sequence[tuple[Source, int]], threads: ThreadSources) -> None:
    """Write down in a source where its quoted lines come from, and its message with what that says of its layers."""
    message = source.message
    quotes = [layer for layer in message.layers if layer.depth]
    complete = _namer(ancestors)
    exact = Alignment(source, ancestors, threads).fill(quotes, complete) if quotes else set[int]()
    own = str(message.author) or None
    layers: list[Layer] = []
    for layer in message.layers:
        if layer.kind == "quote":
            layers += _split_by_origin(layer, source, exact, complete)
        else:
            layers.append(replace(layer, author=own if layer.depth == 0 else complete(layer.author)))
    source.message = replace(message, layers=tuple(layers), origins=tuple(source.origins))


def _namer(ancestors: Sequence[tuple[Source, int]]) -> Namer:
    """Complete a name from an attribution with the address of the ancestor's author of that name."""
    people = {p.name.lower(): str(p) for s, _ in ancestors if (p := s.message.author).name and p.address}

    def complete(name: str | None) -> str | None:
        return people.get(name.lower(), name) if name else name

    return complete


def _split_by_origin(layer: Layer, traced: Source, exact: Collection[int], complete: Namer) -> list[Layer]:
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
