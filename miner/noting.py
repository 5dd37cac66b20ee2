"""Looks up what a person means before it is noted, and finds the notes that are about nothing at hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from miner.errors import MinerError
from miner.links import read_message_id
from miner.mined import Mined
from miner.model import Series, Status
from miner.notes import Note, drop_notes, find_idle, is_named, read_notes
from miner.report.escape import one_line
from miner.report.history import find_work

_NAMED = 3  # notes that are named in one line


def find_name(name: str, mined: Mined, pin: Sequence[str] = (), cut: Sequence[str] = ()) -> str:
    """The name that a note is kept under: as it was given if that says it all, else the whole title of the work that it means.

    Raises MinerError if there is no such work, or more than one, if a posting is to be tied to something else than an item, or
    if there is no posting of that id.
    """
    work = find_work(name, mined.status, mined.series, mined.messages)
    if (pin or cut) and work[-1].kind != "item":
        raise MinerError(f"{one_line(name, 60)!r} is a series; --pin and --cut tie postings to an item of a table")
    known = _postings_of(mined.series)
    for ident in (*pin, *cut):
        if read_message_id(ident) not in known:
            raise MinerError(f"no posting has the id {one_line(ident, 200)}; `miner series` lists them")
    if any(is_named(each, name) for each in work):
        return name
    return work[-1].title if _is_clear(work[-1].title, work, mined) else work[-1].key


def clear_notes(path: Path, name: str, mined: Mined) -> int:
    """Take away all notes about the work that a person means, by whatever name they were made, and tell how many these were.

    A name of no work, or of several, stands for the notes that were made under it. Raises MinerError if there are none.
    """
    try:
        work = find_work(name, mined.status, mined.series, mined.messages)
    except MinerError:
        if count := drop_notes(path, name):
            return count
        raise
    return drop_notes(path, name, [n.work for n in read_notes(path) if _means(n.work, work, mined)])


def _means(name: str, work: Sequence[Status], mined: Mined) -> bool:
    return any(is_named(each, name) for each in work) or _is_clear(name, work, mined)


def _is_clear(name: str, work: Sequence[Status], mined: Mined) -> bool:
    """Whether a name means this work, and no other."""
    try:
        return find_work(name, mined.status, mined.series, strict=True)[-1].key == work[-1].key
    except MinerError:
        return False


def describe_idle(notes: Sequence[Note], mined: Mined) -> str:
    """One line about the notes that are about nothing in these mails; "" if there are none."""
    idle = find_idle(notes, mined.status, _postings_of(mined.series) if any(n.pin or n.cut for n in notes) else ())
    if not idle:
        return ""
    more = f" and {len(idle) - _NAMED} more" if len(idle) > _NAMED else ""
    named = ", ".join(repr(one_line(each, 60)) for each in idle[:_NAMED])
    return f"your notes name what is not in these mails: {named}{more}; `miner note` lists them, --clear forgets them"


def _postings_of(series: Iterable[Series]) -> frozenset[str]:
    """The ids of all mails of postings."""
    return frozenset(ident for one in series for ident in (one.root, one.cover, *one.patches) if ident)
