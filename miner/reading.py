"""The first half of the run: raw mails out of each source, parsed to messages with their layers and origins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

from miner.archive import Limits, read_source
from miner.config import Config
from miner.errors import SourceError
from miner.mined import Mined, Records
from miner.model import Claim, Message, Problem, RawMail, Series, Status, WorkItem
from miner.parse import hash_id, label_lines, parse_mail, recover_mail, split_layers, trace_origins


def read_messages(sources: Sequence[str], *, stdin: BinaryIO | None = None, config: Config | None = None) -> Mined:
    """Messages with their layers and origins; nothing is claimed or joined yet. Raises SourceError when none could be read."""
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
