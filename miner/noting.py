"""Looks up what a person means before it is noted, and finds the notes that are about nothing at hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from miner.errors import MinerError
from miner.mined import Mined
from miner.model import Series
from miner.notes import Note, find_idle, is_named
from miner.report.escape import one_line
from miner.report.history import find_work

_NAMED = 3  # notes that are named in one line


def find_name(name: str, mined: Mined, pin: Sequence[str] = (), cut: Sequence[str] = ()) -> str:
    """The name that a note is kept under: as it was given if that says it all, else the whole title of the work that begins so.

    Raises MinerError if there is no such work, or more than one, if a posting is to be tied to something else than an item, or
    if there is no posting of that id.
    """
    work = find_work(name.strip("<> "), mined.status, mined.series)
    if (pin or cut) and work[-1].kind != "item":
        raise MinerError(f"{one_line(name, 60)!r} is a series; --pin and --cut tie postings to an item of a table")
    known = _postings_of(mined.series)
    for ident in (*pin, *cut):
        if ident.strip("<> ") not in known:
            raise MinerError(f"no posting has the id {one_line(ident, 200)}; `miner series` lists them")
    return name if any(is_named(each, name) for each in work) else work[-1].title


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
