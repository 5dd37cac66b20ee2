"""The whole run, in order: archive -> parse -> claims -> join. Read this file first.

    read     raw mails out of each SOURCE                           archive/   (reading.py)
    parse    bytes to messages; doubles dropped; layers; tables     parse/
    claim    sentences that say where work stands                   claims/
    join     threads, series, items, and one status each            join/

Rendering (report/) takes what `mine` returns. Problems travel beside the records: nothing is lost in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from miner.archive import Tree
from miner.config import Config
from miner.errors import ConfigError
from miner.mined import Found, Mined, Records
from miner.model import Ask, Claim, Message, Problem, Series, Status, TableRow, WorkItem
from miner.parse import find_copies, find_tables
from miner.reading import read_messages


def mine(
    sources: Sequence[str],
    *,
    stdin: BinaryIO | None = None,
    config: Config | None = None,
    as_of: datetime | None = None,
) -> Mined:
    """Mine some sources: every path that archive/ reads, `-` for `stdin`; with the mail known at `as_of` alone, if given.
    Raises SourceError when none could be read."""
    config = config or Config()
    parsed = read_messages(sources, stdin=stdin, config=config)
    if as_of is not None:
        parsed = select(parsed, lambda message: message.date is not None and message.date <= as_of)
    rows, problems = _find_rows(parsed.messages)
    found = _find_said(parsed.messages, rows, config)
    whole = replace(parsed, rows=rows, found=found, problems=(*parsed.problems, *problems))
    return join_again(whole, config, as_of)


def join_again(mined: Mined, config: Config, as_of: datetime | None = None) -> Mined:
    """Tie what was found in the mails once more; the git tree is asked for what it held at `as_of`."""
    from miner.join import Beside, join  # networkx, only where it is needed

    tree = Tree(config.git, config.git_branches, as_of) if config.git else None
    maintainers = _read_beside("maintainers", config.maintainers, "MAINTAINERS", tree)
    mailmap = _read_beside("mailmap", config.mailmap, ".mailmap", tree)
    said = mined.found
    joined = join(mined.messages, mined.rows, said.claims, said.asks, Beside(tree, maintainers, mailmap))
    return replace(
        mined,
        mailmap=mailmap,
        as_of=as_of,
        items=Records(joined.items, WorkItem),
        claims=Records(joined.claims, Claim),
        series=Records(joined.series, Series),
        status=Records(joined.status, Status),
    )


def _read_beside(key: str, path: str, name: str, tree: Tree | None) -> str:
    """The text of a file that the settings name with a key, else of the git tree's own; "" without one."""
    if not path:
        return tree.read_text(name) if tree is not None else ""
    try:
        return Path(path).expanduser().read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ConfigError(f"{key}: {path}: {error.strerror}") from error


def select(mined: Mined, wanted: Callable[[Message], bool]) -> Mined:
    """The same with some of the messages, and what was found in them; what was tied is left out until it is joined again."""
    kept = tuple(message for message in mined.messages if wanted(message))
    idents = {message.message_id for message in kept}
    rows = {ident: each for ident, each in mined.rows.items() if ident in idents}
    claims = tuple(claim for claim in mined.found.claims if claim.message_id in idents)
    asks = tuple(ask for ask in mined.found.asks if ask.message_id in idents)
    return replace(mined, messages=Records(kept, Message), rows=rows, found=Found(claims, asks), read=len(kept))


def _find_rows(messages: Sequence[Message]) -> tuple[dict[str, tuple[TableRow, ...]], list[Problem]]:
    found = {message.message_id: find_tables(message) for message in messages}
    rows = {ident: each for ident, (each, _) in found.items() if each}
    return find_copies(messages, rows), [problem for _, broken in found.values() for problem in broken]


def _find_said(messages: Sequence[Message], rows: Mapping[str, Sequence[TableRow]], config: Config) -> Found:
    """Claims that are sure enough, and asks. The cells of a table are no sentences: what stands in a row is left to the
    table."""
    from miner.claims import find_asks, find_claims  # spaCy, only where it is needed

    bodies = {message.message_id: message.body for message in messages}

    def in_row(said: Claim | Ask) -> bool:
        line = bodies[said.message_id].count("\n", 0, said.start)
        return any(row.first_line <= line < row.end_line for row in rows.get(said.message_id, ()))

    claims = (c for c in find_claims(messages) if c.confidence >= config.min_confidence and not in_row(c))
    return Found(tuple(claims), tuple(ask for ask in find_asks(messages) if not in_row(ask)))
