"""The whole run, in order: archive -> parse -> claims -> join. Read this file first.

    read     raw mails out of each SOURCE, parsed to messages       archive/, parse/   (reading.py)
    trace    threads; who first wrote each line; tables             parse/             (threadwise.py)
    claim    sentences that say where work stands                   claims/            (threadwise.py)
    join     series, items, and one status each                     join/

Rendering (report/) takes what `mine` returns; `regional.py` is the same run with a memory, part by part. Problems
travel beside the records: nothing is lost in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from miner.archive.tree import Tree
from miner.config import Config
from miner.errors import ConfigError
from miner.mined import Found, Mined, Records
from miner.model import Claim, Message, Promise, Series, Status, WorkItem
from miner.notes import Note, apply_notes
from miner.reading import Memo, read_mails
from miner.threadwise import understand

if TYPE_CHECKING:
    from miner.join import Beside, Joined, People


def mine(
    sources: Sequence[str],
    *,
    stdin: BinaryIO | None = None,
    config: Config | None = None,
    as_of: datetime | None = None,
) -> Mined:
    """Mine some sources: every path that archive/ reads, `-` for `stdin`; with the mail known at `as_of` alone, if
    given. Raises SourceError when none could be read."""
    config, memo = config or Config(), Memo()
    mails, problems = read_mails(sources, stdin=stdin, config=config, memo=memo)
    if as_of is not None:
        mails = [mail for mail in mails if mail.head.date is not None and mail.head.date <= as_of]
    parts = understand(mails, memo)
    claims = (c for part in parts for c in part.claims if c.confidence >= config.min_confidence)
    whole = Mined(
        messages=Records((part.message for part in parts), Message),
        rows={part.message.message_id: part.rows for part in parts if part.rows},
        problems=(*problems, *(problem for part in parts for problem in part.problems)),
        read=len(parts),
        sources=tuple(sources),
        found=Found(tuple(claims), tuple(ask for part in parts for ask in part.asks)),
    )
    return join_again(whole, config, as_of)


def join_again(mined: Mined, config: Config, as_of: datetime | None = None) -> Mined:
    """Tie what was found in the mails once more; the git tree is asked for what it held at `as_of`."""
    return put_in(mined, *join_all(mined, config, as_of), config.notes, as_of)


def join_all(
    mined: Mined,
    config: Config,
    as_of: datetime | None = None,
    people: People | None = None,
    takers: Collection[str] = (),
) -> tuple[Joined, str]:
    """What was found in the mails, tied, and the text of the mailmap by which it was; of the user's notes only the ties
    count. `people` are those who are known, if not only those of these mails, and `takers` those of them who are known to take patches."""
    from miner.join import join  # networkx, only where it is needed

    said, beside = mined.found, _read_known(mined, config, as_of)
    joined = join(mined.messages, mined.rows, said.claims, said.asks, beside, as_of, people, takers)
    return joined, beside.mailmap


def join_works(
    mined: Mined, config: Config, as_of: datetime, people: People, takers: Collection[str], roots: Collection[str]
) -> tuple[Status, ...]:
    """Where pieces of work stood at `as_of`, that was the last of the mails' dates, with what the user said of them: all work items, and
    the chains of postings that have one of these roots. With notes all are told, as one may release another."""
    from miner.join import join_works as join  # networkx, only where it is needed

    said, beside = mined.found, _read_known(mined, config, as_of)
    works = None if config.notes else roots
    status = join(mined.messages, mined.rows, said.claims, said.asks, beside, people, takers, works)
    return apply_notes(status, config.notes, as_of)


def _read_known(mined: Mined, config: Config, as_of: datetime | None) -> Beside:
    """What the settings name beside the mails, as far as it was known."""
    beside = read_beside(config, as_of)
    return beside if as_of is None else replace(beside, notes=_known_ties(beside.notes, mined.messages))


def _known_ties(notes: Sequence[Note], messages: Sequence[Message]) -> Sequence[Note]:
    """The notes without ties to mail that came later: what was not there yet told nothing of any work."""
    if not any(note.pin for note in notes):
        return notes
    known = {message.message_id for message in messages}
    return [replace(note, pin=tuple(ident for ident in note.pin if ident in known)) for note in notes]


def put_in(mined: Mined, joined: Joined, mailmap: str, notes: Sequence[Note], as_of: datetime | None = None) -> Mined:
    """The same mails with what was tied, and with what the user said of it."""
    return replace(
        mined,
        mailmap=mailmap,
        as_of=as_of,
        items=Records(joined.items, WorkItem),
        claims=Records(joined.claims, Claim),
        series=Records(joined.series, Series),
        status=Records(apply_notes(joined.status, notes, as_of), Status),
        promises=Records(joined.promises, Promise),
        pace=joined.pace,
    )


def read_beside(config: Config, as_of: datetime | None = None) -> Beside:
    """What the settings name beside the mails; the git tree as it was at `as_of`."""
    from miner.join import Beside  # networkx, only where it is needed

    tree = Tree(config.git, config.git_branches, as_of) if config.git else None
    maintainers = _read_text("maintainers", config.maintainers, "MAINTAINERS", tree)
    mailmap = _read_text("mailmap", config.mailmap, ".mailmap", tree)
    return Beside(tree, maintainers, mailmap, config.notes)


def _read_text(key: str, path: str, name: str, tree: Tree | None) -> str:
    """The text of a file that the settings name with a key, else of the git tree's own; "" without one."""
    if not path:
        return tree.read_text(name) if tree is not None else ""
    try:
        return Path(path).expanduser().read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ConfigError(f"{key}: {path}: {error.strerror}") from error


def select(mined: Mined, wanted: Callable[[Message], bool]) -> Mined:
    """The same with some of the messages, and what was found in them; what was tied is left out until it is joined
    again."""
    kept = tuple(message for message in mined.messages if wanted(message))
    idents = {message.message_id for message in kept}
    rows = {ident: each for ident, each in mined.rows.items() if ident in idents}
    claims = tuple(claim for claim in mined.found.claims if claim.message_id in idents)
    asks = tuple(ask for ask in mined.found.asks if ask.message_id in idents)
    found = Found(claims, asks)
    return replace(mined, messages=Records(kept, Message), single=None, rows=rows, found=found, read=len(kept))
