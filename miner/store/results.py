"""The results of the last whole run, as who reads a store gets them, and what the user's own ties make of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from miner.errors import StoreError
from miner.files import replace_file
from miner.merging import merge_claims, merge_series, merge_statuses
from miner.mined import Found, Lazy, Mined, Records
from miner.model import Ask, Claim, Message, Pace, Promise, Series, Status, WorkItem
from miner.reading import Understood
from miner.store.file import (
    MAILS,
    REGIONS,
    THREADS,
    is_damaged,
    load_places,
    noting_damage,
    open_results,
    read_meta,
    translated,
)
from miner.store.rows import RECORDS, Kept, KeptHead, decode, decode_short, encode, joined_kinds, unpack

if TYPE_CHECKING:
    from miner.join import Joined


class Peeked(NamedTuple):
    """What names the results in a store: the mark of sources and settings, that of the settings alone, and the
    message-ids."""

    mark: str
    settings: str
    idents: frozenset[str]


def peek(path: Path) -> Peeked:
    """What names the results in a store. Raises StoreError if there are none that this code made, or if a reader found
    damage."""
    db, results = open_results(path)
    places = load_places(db, path)
    db.close()
    if is_damaged(path):
        raise StoreError(f"{path}: it is damaged, as a reader found")
    return Peeked(results.mark, results.settings, frozenset(ident for ident, *_ in places))


def load(path: Path) -> Mined:
    """The results in a store. Messages are read when they are first asked for, as they were when the results
    were: a run that writes meanwhile is not seen. Raises StoreError if there are none that this code made."""
    return load_named(path)[1]


def load_named(path: Path) -> tuple[str, Mined]:
    """As `load`, with the mark of these very results."""
    db, results = open_results(path)
    found = load_places(db, path)
    with noting_damage(path):
        records = load_records(db, path, results.regions)
    least = results.min_confidence

    @cache
    def parts() -> list[Understood]:
        with noting_damage(path):
            wanted = set(results.threads)
            rows = db.execute(sa.select(THREADS.c.key, THREADS.c.mails))
            kept = [one for key, mails in rows if key in wanted for one in decode(mails, tuple[Kept, ...])]
            db.close()
            by_id = {one.message.message_id: one for one in (*kept, *results.loose)}
            if missing := [ident for ident, *_ in found if ident not in by_id]:
                raise StoreError(f"{len(missing)} mails are missing")
        placed = []
        for ident, where, _ in found:
            part = unpack(by_id[ident])
            placed.append(replace(part, message=replace(part.message, where=where)))
        return placed

    def read_one(ident: str) -> Message | None:
        """A mail as it was parsed; None if it is not kept by itself, or nothing is read any more."""
        where, key = places[ident]
        if key is None or db.closed:
            return None
        with noting_damage(path):
            packed = db.scalar(sa.select(MAILS.c.message).where(MAILS.c.key == age + key))
            return replace(decode(packed, Message), where=where) if packed is not None else None

    def find_since(moment: datetime) -> list[str]:
        """The ids of mails that were sent since a moment."""
        keyed = {age + key: ident for ident, _, key in found if key is not None and ident not in loose}
        if db.closed:
            return [part.message.message_id for part in parts() if _is_since(part.message.date, moment)]
        with noting_damage(path):
            rows = db.execute(sa.select(MAILS.c.key, MAILS.c.head))
            heads = [(keyed[key], decode_short(head, KeptHead).head) for key, head in rows if key in keyed]
        since = [ident for ident, head in heads if head is not None and _is_since(head.date, moment)]
        return since + [ident for ident, date in loose.items() if _is_since(date, moment)]

    with translated(path):
        age = read_meta(db).get("age", "")
    loose = {one.message.message_id: one.message.date for one in results.loose}
    places = {ident: (where, key) for ident, where, key in found}
    mined = Mined(
        messages=Records.later(lambda: (part.message for part in parts()), Message),
        rows=Lazy(lambda: {part.message.message_id: part.rows for part in parts() if part.rows}),
        problems=results.problems,
        read=len(found),
        sources=results.sources,
        found=Found(
            Records.later(lambda: (c for part in parts() for c in part.claims if c.confidence >= least), Claim),
            Records.later(lambda: (a for part in parts() for a in part.asks), Ask),
        ),
        mailmap=results.mailmap,
        kept=(path, results.mark),
        newest=results.now,
        single=Single(
            places, read_one, lambda: {part.message.message_id: part.message for part in parts()}, find_since
        ),
    )
    return results.mark, put_together(mined, records, [ident for ident, *_ in found], results.pace, results.now)


class Single(Mapping[str, Message]):
    """The mails of a store by their ids, read one by one; `whole` gives all of them, for those that cannot be."""

    def __init__(
        self,
        idents: Collection[str],
        read_one: Callable[[str], Message | None],
        whole: Callable[[], Mapping[str, Message]],
        find_since: Callable[[datetime], Iterable[str]],
    ) -> None:
        self._idents = idents
        self._find_since = find_since
        self._read_one = cache(read_one)
        self._whole = cache(whole)

    def __getitem__(self, ident: str) -> Message:
        if ident not in self._idents:
            raise KeyError(ident)
        found = self._read_one(ident)
        return found if found is not None else self._whole()[ident]

    def __iter__(self) -> Iterator[str]:
        return iter(self._idents)

    def __len__(self) -> int:
        return len(self._idents)

    def __reduce__(self) -> tuple[type[dict[str, Message]], tuple[dict[str, Message]]]:
        return dict, (dict(self._whole()),)

    def only(self, idents: Collection[str]) -> Single:
        """Some of them."""
        return Single(idents, self._read_one, self._whole, self._find_since)

    def since(self, moment: datetime) -> list[str]:
        """The ids of those that were sent since a moment, by their heads."""
        return [ident for ident in self._find_since(moment) if ident in self._idents]


def load_records(
    db: sa.Connection, path: Path, names: Sequence[str], new: Mapping[str, Mapping[str, bytes]] = MappingProxyType({})
) -> Callable[[str], list[Any]]:
    """What gives the records of one kind that each of some regions has, by their names; `new` are regions that the
    store does not have. Raises StoreError if one is missing."""
    with translated(path):
        columns = [REGIONS.c.name, *(REGIONS.c[kind] for kind in RECORDS)]
        rows = {row.name: row._mapping for row in db.execute(sa.select(*columns))}
    found: list[Mapping[Any, Any] | None] = [new.get(name) or rows.get(name) for name in names]
    kept = [row for row in found if row is not None]
    if len(kept) < len(names):
        raise StoreError(f"{len(names) - len(kept)} regions are missing")

    def records(kind: str) -> list[Any]:
        with noting_damage(path):
            return [decode(row[kind], RECORDS[kind]) for row in kept]

    return records


def put_together(
    mined: Mined, records: Callable[[str], list[Any]], idents: Sequence[str], pace: Pace, now: datetime | None
) -> Mined:
    """The same mails, whose ids are given, with the records that regions have of each kind; promises are judged from
    `now`."""

    @cache
    def series() -> list[Series]:
        return merge_series(records("series"))

    def claims() -> list[Claim]:
        places = {ident: n for n, ident in enumerate(idents)}
        return merge_claims(records("claims"), records("made"), series(), places)

    def promises() -> Sequence[Promise]:
        from miner.join import judge_promises  # networkx, only where it is needed

        return judge_promises((promise for part in records("promises") for promise in part), pace.silent_days, now)

    return replace(
        mined,
        items=Records.later(lambda: (item for part in records("items") for item in part), WorkItem),
        claims=Records.later(claims, Claim),
        series=Records.later(series, Series),
        status=Records.later(lambda: merge_statuses(records("status"), series()), Status),
        promises=Records.later(promises, Promise),
        pace=pace,
    )


def keep_tied(path: Path, name: str, joined: Joined, mailmap: str) -> None:
    """Keep what the join made of a store with the user's own ties, in a file beside it, under a name for all that it
    was made of. Raises MinerError if that cannot be."""
    replace_file(_place_of_tied(path), encode((name, joined, mailmap)))


def find_tied(path: Path, name: str) -> tuple[Joined, str] | None:
    """What is kept of a store with the user's own ties and the mailmap, if it has this name."""
    try:
        kept, *tied = decode(_place_of_tied(path).read_bytes(), joined_kinds().tied)
    except (OSError, StoreError):
        return None
    joined, mailmap = tied
    return (joined, mailmap) if kept == name else None


def _place_of_tied(path: Path) -> Path:
    return path.with_name(f"{path.name}.tied")


def _is_since(date: datetime | None, moment: datetime) -> bool:
    return date is not None and date >= moment
