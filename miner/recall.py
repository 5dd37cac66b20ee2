"""Where the lists in a store stood at some moment, without joining all of them again.

The mails of then are cut into regions as those of a run are (`regional.py`). A region that has got no mail since, and hears the same
of the whole list, stood as it stands; the others are joined again, out of what the store has of their threads.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from miner.config import Config
from miner.errors import StoreError
from miner.mined import Found, Lazy, Mined, Records
from miner.model import Ask, Claim, Message, Status, TableRow
from miner.notes import apply_notes
from miner.pipeline import join_again, read_beside, select
from miner.reading import Mail, Understood
from miner.regional import join_known
from miner.store.results import Single, put_together
from miner.store.shelf import Snapshot
from miner.threadwise import group_mails, key_of

if TYPE_CHECKING:
    from miner.join import People


def recall(mined: Mined, moment: datetime, config: Config, undated: bool = True) -> Mined:
    """What was mined as it stood with the mail known at a moment; mails without a date count as known, or, without `undated`, as
    unknown."""
    undated = undated and mined.as_of is None  # else they are left out already
    if (found := _look_back(mined, moment, config, undated)) is not None:
        return found
    then = select(mined, lambda message: _is_known(message.date, moment, undated))
    return join_again(then, config, moment)


def _is_known(date: datetime | None, moment: datetime, undated: bool) -> bool:
    return undated if date is None else date <= moment


def _look_back(mined: Mined, moment: datetime, config: Config, undated: bool) -> Mined | None:
    """The same out of the regions of the store that has the mails; None where all have to be joined."""
    if mined.kept is None or any(note.pin or note.cut for note in config.notes):
        return None
    from miner.join import find_pace  # networkx, only where it is needed

    beside = read_beside(replace(config, notes=()), moment)
    until = moment if mined.as_of is None else min(moment, mined.as_of)
    with _open_store(mined) as (snapshot, mails):
        if snapshot is None or mails is None:
            return None
        known = [mail for mail in mails if _is_known(mail.head.date, until, undated)]
        regions = join_known(known, snapshot, _Threads(mails, snapshot).look, beside, config)
        if regions is None:
            return None
        records = snapshot.load_records(regions)
    idents = [mail.head.message_id for mail in known]
    pace = find_pace([region.tempo for region in regions])
    then = put_together(_cut(mined, frozenset(idents), moment), records, idents, pace, moment)
    return replace(then, status=Records(apply_notes(then.status, config.notes, moment), Status))


@contextmanager
def _open_store(mined: Mined) -> Iterator[tuple[Snapshot, Sequence[Mail]] | tuple[None, None]]:
    """The store that has some mails, open for reading, and all mails of it; none if they are of no store, or of one that was deleted or made
    anew since."""
    path, mark = mined.kept or (None, None)
    try:
        snapshot = Snapshot(path) if path is not None else None
    except StoreError:
        snapshot = None
    if snapshot is None:
        yield None, None
        return
    with snapshot.opened():
        mails = snapshot.find_mails() if snapshot.results.mark == mark else None
        if mails is None:
            yield None, None
        else:
            yield snapshot, mails


def read_near(
    mined: Mined, idents: Collection[str]
) -> tuple[Mapping[str, Message], Mapping[str, tuple[TableRow, ...]]]:
    """Mails by their ids, and the rows of tables that stand in them: of a store only the threads of some of them are read whole, the
    others one by one as they are asked for."""
    if mined.single is not None:
        with _open_store(mined) as (snapshot, mails):
            if snapshot is not None and mails is not None:
                near = [mail for mail in mails if mail.head.message_id in idents]
                found = _Threads(mails, snapshot).look(near)
                read = {ident: part.message for ident, part in found.items() if ident in mined.single}
                return ChainMap(read, mined.by_id), {ident: found[ident].rows for ident in read}  # type: ignore[arg-type]
    return mined.by_id, mined.rows


def read_threads(mined: Mined, idents: Collection[str]) -> tuple[Mined, People] | None:
    """What was found in the threads of some mails, and the people of the whole list, without reading the rest of the store that has
    them; None where all has to be read."""
    if mined.as_of is not None:
        return None
    from miner.join import People  # networkx, only where it is needed
    from miner.join.mailmap import read_mailmap

    with _open_store(mined) as (snapshot, mails):
        if snapshot is None or mails is None or snapshot.baseline is None:
            return None
        found = _Threads(mails, snapshot).look([mail for mail in mails if mail.head.message_id in idents])
    parts = [found[mail.head.message_id] for mail in mails if mail.head.message_id in found]
    least = snapshot.results.min_confidence
    claims = (claim for part in parts for claim in part.claims if claim.confidence >= least)
    near = replace(
        mined,
        messages=Records((part.message for part in parts), Message),
        single=None,
        rows={part.message.message_id: part.rows for part in parts if part.rows},
        found=Found(tuple(claims), tuple(ask for part in parts for ask in part.asks)),
        read=len(parts),
    )
    return near, People(snapshot.baseline.people.forms, read_mailmap(mined.mailmap))


class _Threads:
    """The whole threads of a store, for parts of them."""

    def __init__(self, mails: Sequence[Mail], snapshot: Snapshot) -> None:
        self._threads = [[mails[at] for at in group] for group in group_mails(mails)]
        self._snapshot = snapshot

    def look(self, wanted: Sequence[Mail]) -> Mapping[str, Understood]:
        """What each of some mails holds, by its id."""
        idents = {mail.head.message_id for mail in wanted}
        found = {}
        for thread in self._threads:
            if not idents.isdisjoint(mail.head.message_id for mail in thread):
                for part in self._snapshot.load_thread(key_of(thread)):
                    found[part.message.message_id] = part
        return found


def _cut(mined: Mined, idents: frozenset[str], moment: datetime) -> Mined:
    """What was found in some of the mails; nothing is read before it is asked for."""
    messages, rows, found = mined.messages, mined.rows, mined.found
    return replace(
        mined,
        messages=Records.later(lambda: (each for each in messages if each.message_id in idents), Message),
        single=mined.single.only(idents) if isinstance(mined.single, Single) else None,
        rows=Lazy(lambda: {ident: each for ident, each in rows.items() if ident in idents}),
        found=Found(
            Records.later(lambda: (each for each in found.claims if each.message_id in idents), Claim),
            Records.later(lambda: (each for each in found.asks if each.message_id in idents), Ask),
        ),
        read=len(idents),
        as_of=moment,
    )
