"""The results of the last whole run, as who reads a store gets them, and what the user's own ties make of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, cached_property
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
    mails = _Mails(path)
    results, idents = mails.results, [ident for ident, *_ in mails.found]
    with noting_damage(path):
        records = load_records(mails.db, path, results.regions)
    least = results.min_confidence
    mined = Mined(
        messages=Records.later(lambda: (part.message for part in mails.parts), Message),
        rows=Lazy(lambda: {part.message.message_id: part.rows for part in mails.parts if part.rows}),
        problems=results.problems,
        read=len(idents),
        sources=results.sources,
        found=Found(
            Records.later(lambda: (c for part in mails.parts for c in part.claims if c.confidence >= least), Claim),
            Records.later(lambda: (a for part in mails.parts for a in part.asks), Ask),
        ),
        mailmap=results.mailmap,
        kept=(path, results.mark),
        newest=results.now,
        single=Single(mails, mails.places),
    )
    return results.mark, put_together(mined, records, idents, results.pace, results.now)


class _Mails:
    """The mails of a store, read when they are first asked for, over a connection that stays open until all of them are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.db, self.results = open_results(path)
        self.found = load_places(self.db, path)
        self.places = {ident: (where, key) for ident, where, key in self.found}
        self._loose = {one.message.message_id: one.message.date for one in self.results.loose}
        with translated(path):
            self._age = read_meta(self.db).get("age", "")
        self.read_one = cache(self._read_one)

    @cached_property
    def parts(self) -> list[Understood]:
        """What all of them hold, in their order."""
        with noting_damage(self._path):
            wanted = set(self.results.threads)
            rows = self.db.execute(sa.select(THREADS.c.key, THREADS.c.mails))
            kept = [one for key, mails in rows if key in wanted for one in decode(mails, tuple[Kept, ...])]
            self.db.close()
            by_id = {one.message.message_id: one for one in (*kept, *self.results.loose)}
            if missing := [ident for ident, *_ in self.found if ident not in by_id]:
                raise StoreError(f"{len(missing)} mails are missing")
        parts = ((unpack(by_id[ident]), where) for ident, where, _ in self.found)
        return [replace(part, message=replace(part.message, where=where)) for part, where in parts]

    @cached_property
    def whole(self) -> Mapping[str, Message]:
        """All of them by their ids."""
        return {part.message.message_id: part.message for part in self.parts}

    def _read_one(self, ident: str) -> Message:
        """A mail as it was parsed; out of all where it is not kept by itself, or nothing is read any more."""
        where, key = self.places[ident]
        if key is not None and not self.db.closed:
            with noting_damage(self._path):
                packed = self.db.scalar(sa.select(MAILS.c.message).where(MAILS.c.key == self._age + key))
                if packed is not None:
                    return replace(decode(packed, Message), where=where)
        return self.whole[ident]

    def find_since(self, moment: datetime) -> list[str]:
        """The ids of those that were sent since a moment, by their heads."""
        if self.db.closed:
            return [ident for ident, message in self.whole.items() if _is_since(message.date, moment)]
        keyed = {self._age + key: ident for ident, (_, key) in self.places.items() if key and ident not in self._loose}
        with noting_damage(self._path):
            rows = self.db.execute(sa.select(MAILS.c.key, MAILS.c.head))
            heads = [(keyed[key], decode_short(head, KeptHead).head) for key, head in rows if key in keyed]
        since = [ident for ident, head in heads if head is not None and _is_since(head.date, moment)]
        return since + [ident for ident, date in self._loose.items() if _is_since(date, moment)]


class Single(Mapping[str, Message]):
    """Some mails of a store by their ids, read one by one."""

    def __init__(self, mails: _Mails, idents: Collection[str]) -> None:
        self._mails = mails
        self._idents = idents

    def __getitem__(self, ident: str) -> Message:
        if ident not in self._idents:
            raise KeyError(ident)
        return self._mails.read_one(ident)

    def __iter__(self) -> Iterator[str]:
        return iter(self._idents)

    def __len__(self) -> int:
        return len(self._idents)

    def __reduce__(self) -> tuple[type[dict[str, Message]], tuple[dict[str, Message]]]:
        return dict, (dict(self._mails.whole),)

    def only(self, idents: Collection[str]) -> Single:
        """Fewer of them."""
        return Single(self._mails, idents)

    def since(self, moment: datetime) -> list[str]:
        """The ids of those that were sent since a moment, by their heads."""
        return [ident for ident in self._mails.find_since(moment) if ident in self._idents]


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
