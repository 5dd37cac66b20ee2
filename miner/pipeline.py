"""The whole run, in order: archive -> parse -> claims -> join. Read this file first.

    read     raw mails out of each SOURCE                           archive/
    parse    bytes to messages; doubles dropped; layers; tables     parse/
    claim    sentences that say where work stands                   claims/
    join     threads, series, items, and one status each            join/

Rendering (report/) takes what `mine` returns. Problems travel beside the records: nothing is lost in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO

from miner.archive import Limits, Tree, read_source
from miner.config import Config
from miner.errors import SourceError
from miner.mined import Mined, Records
from miner.model import Claim, Message, Problem, RawMail, Series, Status, TableRow, WorkItem
from miner.parse import (
    find_copies,
    find_tables,
    hash_id,
    label_lines,
    parse_mail,
    recover_mail,
    split_layers,
    trace_origins,
)


def mine(sources: Sequence[str], *, stdin: BinaryIO | None = None, config: Config | None = None) -> Mined:
    """Mine some sources: every path that archive/ reads, `-` for `stdin`. Raises SourceError when none could be read."""
    config = config or Config()
    tree = Tree(config.git, config.git_branches) if config.git else None
    parsed = read_messages(sources, stdin=stdin, config=config)
    rows, problems = _find_rows(parsed.messages)
    claims = _find_claims(parsed.messages, rows, config)
    from miner.claims import find_asks  # spaCy and networkx, only where they are needed
    from miner.join import join

    joined = join(parsed.messages, rows, claims, tree, find_asks(parsed.messages))
    return replace(
        parsed,
        items=Records(joined.items, WorkItem),
        claims=Records(joined.claims, Claim),
        series=Records(joined.series, Series),
        status=Records(joined.status, Status),
        rows=rows,
        problems=(*parsed.problems, *problems),
    )


def read_messages(sources: Sequence[str], *, stdin: BinaryIO | None = None, config: Config | None = None) -> Mined:
    """The first half of the run: messages with their layers and origins; nothing is claimed or joined yet."""
    messages, problems = _parse_all(_read_all(sources, stdin, config or Config()))
    return Mined(
        messages=Records(messages, Message),
        items=Records((), WorkItem),
        claims=Records((), Claim),
        series=Records((), Series),
        status=Records((), Status),
        rows={},
        problems=tuple(problems),
        read=len(messages),
        sources=tuple(sources),
    )


def label_segments(
    sources: Sequence[str], *, stdin: BinaryIO | None = None, config: Config | None = None
) -> Iterator[tuple[str, list[str]] | Problem]:
    """The class of each line of each body, as (message-id, labels); raises SourceError when no source could be read."""
    parsed = read_messages(sources, stdin=stdin, config=config)
    yield from parsed.problems
    for message in parsed.messages:
        yield message.message_id, label_lines(message.body)


def _read_all(sources: Sequence[str], stdin: BinaryIO | None, config: Config) -> Iterator[RawMail | Problem]:
    """Raw mails of all sources. A source that fails is a problem while another one can be read."""
    failed: list[SourceError] = []
    for source in sources:
        try:
            yield from read_source(source, stdin=stdin, limits=Limits(mail_bytes=config.max_mail_bytes))
        except SourceError as error:
            failed.append(error)
            yield Problem(source, str(error), "source")
    if failed and len(failed) == len(sources):
        raise SourceError("; ".join(map(str, failed)))


def _parse_all(raws: Iterable[RawMail | Problem]) -> tuple[tuple[Message, ...], list[Problem]]:
    """Messages, one for each message-id (a mail on two lists is one mail); flattened text last, to be cut by the others."""
    messages: dict[str, Message] = {}
    problems: list[Problem] = []
    flattened: list[RawMail] = []
    for raw in raws:
        if isinstance(raw, RawMail) and raw.form == "flattened":
            flattened.append(raw)
            continue
        found = parse_mail(raw) if isinstance(raw, RawMail) else raw
        if isinstance(found, Problem):
            problems.append(found)
        else:
            problems += _add(messages, found)
            if cut := found.headers.get("x-body-cut"):
                problems.append(Problem(found.where, f"a long body: {cut} read", "part"))
    known = _known_lines(messages) if flattened else frozenset()
    for raw in flattened:
        problems += _add(messages, recover_mail(raw, hash_id(raw.data), known))
    return trace_origins(tuple(messages.values())), problems


def _add(messages: dict[str, Message], message: Message) -> list[Problem]:
    standing = messages.setdefault(message.message_id, message)
    if standing is message:
        messages[message.message_id] = replace(message, layers=split_layers(message.body))
    elif standing.body.strip() != message.body.strip():
        return [Problem(message.where, f"another mail with the id {message.message_id} was read before it")]
    return []


def _known_lines(messages: dict[str, Message]) -> frozenset[str]:
    return frozenset(" ".join(line.lstrip("> \t").split()) for message in messages.values() for line in message.lines)


def _find_rows(messages: Sequence[Message]) -> tuple[dict[str, tuple[TableRow, ...]], list[Problem]]:
    found = {message.message_id: find_tables(message) for message in messages}
    rows = {ident: each for ident, (each, _) in found.items() if each}
    return find_copies(messages, rows), [problem for _, broken in found.values() for problem in broken]


def _find_claims(
    messages: Sequence[Message], rows: Mapping[str, Sequence[TableRow]], config: Config
) -> tuple[Claim, ...]:
    """Claims that are sure enough. The cells of a table are no sentences: what stands in a row is left to the table."""
    from miner.claims import find_claims  # spaCy, only where it is needed

    bodies = {message.message_id: message.body for message in messages}

    def in_row(claim: Claim) -> bool:
        line = bodies[claim.message_id].count("\n", 0, claim.start)
        return any(row.first_line <= line < row.end_line for row in rows.get(claim.message_id, ()))

    return tuple(c for c in find_claims(messages) if c.confidence >= config.min_confidence and not in_row(c))
