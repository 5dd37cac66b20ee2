"""Results kept between runs in one SQLite file, safe to delete: everything in it can be made again from the raw mail.

Four tables by what their rows were made of: each mail's head and message, each thread's messages with all that it tells
by itself, the facts of each cluster of threads, and the records of each region with what it heard of the whole list
(`regional.py`); beside them what the newest whole run adds up to, and by what the next one tells what is new. Rows are written and deleted, never changed. A file
that another version of the schema or other code made is emptied, never migrated.

Writers hold a lock and write in transactions, so that a reader, or a run after a power cut, sees the results of one
whole run.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import sys
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, overload

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from miner.archive import Listing
from miner.errors import BusyError, StoreError
from miner.files import replace_file
from miner.merging import merge_claims, merge_series, merge_statuses
from miner.mined import Found, Lazy, Mined, Records
from miner.model import (
    Ask,
    Claim,
    Message,
    Origin,
    Pace,
    Problem,
    Promise,
    Series,
    Status,
    TableRow,
    ThreadHead,
    WorkItem,
)
from miner.reading import Mail, Memo, Understood
from miner.report.escape import without_surrogates

if TYPE_CHECKING:
    from miner.join import Facts, Heard, Joined, Known, Likes, Pairs, Part, Tempo, Told, Traits

SCHEMA = 5
BATCH = 1000  # rows that wait to be written
FEW = 500  # rows that are read one by one
BUSY_SECONDS = 30.0
_T = TypeVar("_T")

_tables = sa.MetaData()
_meta = sa.Table("meta", _tables, sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.String))
_mails = sa.Table(
    "mails",
    _tables,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("head", sa.LargeBinary, nullable=False),
    sa.Column("message", sa.LargeBinary),
)
_threads = sa.Table(
    "threads",
    _tables,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("mails", sa.LargeBinary, nullable=False),
)
_clusters = sa.Table(
    "clusters",
    _tables,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("known", sa.LargeBinary, nullable=False),
    sa.Column("pairs", sa.LargeBinary, nullable=False),
    sa.Column("told", sa.LargeBinary, nullable=False),
    sa.Column("traits", sa.LargeBinary, nullable=False),
)
_RECORDS: Mapping[str, Any] = {
    "items": tuple[WorkItem, ...],
    "claims": tuple[Claim, ...],
    "made": tuple[Claim, ...],
    "series": tuple[Series, ...],
    "status": tuple[Status, ...],
    "promises": tuple[Promise, ...],
}
# One key may stand in several rows, with what was heard at different times. A row's name is made of all that is in it, so that what a
# reader was told to read is never another thing.
_regions = sa.Table(
    "regions",
    _tables,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("known", sa.LargeBinary, nullable=False),
    sa.Column("asked", sa.LargeBinary, nullable=False),
    sa.Column("heard", sa.LargeBinary, nullable=False),
    *(sa.Column(name, sa.LargeBinary, nullable=False) for name in _RECORDS),
)
_results = sa.Table(
    "results",
    _tables,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
_KEYED = _mails, _threads, _clusters, _regions


class _Run(msgspec.Struct, array_like=True):
    """Body lines that were first written one below the other in one message."""

    line: int
    count: int
    message_id: str
    first_line: int


class _Kept(msgspec.Struct, array_like=True):
    """An `Understood`, its message without origins, which stand in `runs`: most lines of a mail come from one place."""

    message: Message
    runs: tuple[_Run, ...]
    rows: tuple[TableRow, ...]
    claims: tuple[Claim, ...]
    asks: tuple[Ask, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """What is known of a cluster of threads besides the mails: its facts, whether rows of tables stand in it, and what
    was left out of its mails, each with the number of its mail."""

    facts: Facts
    rows: bool
    problems: tuple[tuple[int, Problem], ...]


@dataclass(frozen=True, slots=True)
class Region:
    """What is known of a region without its records and what it heard: a form of each of those who take patches in it, and the topics of
    what it asked."""

    name: str
    takers: tuple[str, ...]
    tempo: Tempo
    asked: bytes


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the whole list of a run was, so that the next one can tell what is otherwise: the keys of its clusters, those who take patches,
    and the people."""

    clusters: tuple[str, ...]
    takers: tuple[str, ...]
    people: Known


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run has to say besides the records that it left in the store."""

    mails: Sequence[Mail]
    problems: tuple[Problem, ...]
    mailmap: str
    pace: Pace
    regions: Sequence[Region]
    baseline: Baseline | None = None


# (message-id, where, key) of each mail, in order.
_Places = tuple[tuple[str, str, str | None], ...]


class _Results(msgspec.Struct):
    """What is known of the last whole run besides the places of its mails and the records of its regions. `threads` are the keys of the
    threads, `loose` the mails that stand in none; `regions` are names; `now` is the date of the newest mail."""

    sources: tuple[str, ...]
    mark: str
    settings: str
    problems: tuple[Problem, ...]
    mailmap: str
    pace: Pace
    now: datetime | None
    min_confidence: float
    threads: tuple[str, ...]
    loose: tuple[_Kept, ...]
    regions: tuple[str, ...]


class Shelf(Memo):
    """What runs left in a store, key by key, and what is put beside it."""

    path: Path
    _reader: sa.Connection
    _made_by: Mapping[str, str]
    _anew = False  # whether nothing that is there is believed

    def __init__(self) -> None:
        self._used: dict[str, dict[str, None]] = {table.name: {} for table in _KEYED}
        self._new: dict[str, dict[str, dict[str, Any]]] = {table.name: {} for table in _KEYED}

    def _aged(self, key: str) -> str:
        return self._made_by["age"] + key

    @cached_property
    def _heads(self) -> dict[str, bytes]:
        return dict(self._list(_mails.c.key, _mails.c.head))

    @cached_property
    def blobs(self) -> Collection[str]:  # type: ignore[override]
        """git's ids of the mails of epochs that are remembered."""
        mark = self._aged("git:")
        return {key.removeprefix(mark) for key in self._heads if key.startswith(mark)}

    def find_mail(self, key: str) -> ThreadHead | Problem | None:
        key = self._aged(key)
        self._used["mails"][key] = None
        known = self._heads.get(key)
        found = _read(known, _Head) if known is not None else None
        return found.head or found.problem if found is not None else None

    def forget_heads(self) -> None:
        """Let go of what only the reading of mails asks for; they take much room."""
        for name in ("_heads", "blobs"):
            self.__dict__.pop(name, None)

    def load_message(self, key: str) -> Message | None:
        return _decode(self._load(_mails, self._aged(key), "message"), Message)

    def keep_mail(self, key: str, head: ThreadHead | Problem, message: Message | None) -> bool:
        key = self._aged(key)
        packed = _Head(head, None) if isinstance(head, ThreadHead) else _Head(None, head)
        self._heads[key] = _write(packed)
        self._keep(_mails, key, head=self._heads[key], message=_encode(message) if message is not None else None)
        return True

    @cached_property
    def _known_threads(self) -> frozenset[str]:
        return frozenset(key for (key,) in self._list(_threads.c.key))

    def has_thread(self, key: str) -> bool:
        """Whether a thread is known; it stays in the store for that."""
        key = self._aged(key)
        self._used["threads"][key] = None
        return key in self._known_threads

    def load_thread(self, key: str) -> tuple[Understood, ...]:
        """What the mails of a known thread hold, in their order. Raises StoreError if that cannot be read, as all that loads does."""
        kept = _decode(self._load(_threads, self._aged(key), "mails"), tuple[_Kept, ...])
        return tuple(_unpack(one, later=True) for one in kept)

    def keep_thread(self, key: str, thread: Sequence[Understood]) -> None:
        self._keep(_threads, self._aged(key), mails=_encode(tuple(map(_pack, thread))))

    @cached_property
    def _known_clusters(self) -> dict[str, bytes]:
        return dict(self._list(_clusters.c.key, _clusters.c.known))

    def find_cluster(self, key: str) -> Cluster | None:
        """What is known of a cluster, without its traits; None if nothing is."""
        known = self._known_clusters.get(self._aged(key))
        return Cluster(*_read(known, _joined_kinds().cluster)) if known is not None else None

    def use_cluster(self, key: str) -> Cluster | None:
        """The same of one that stays in the store."""
        self._used["clusters"][self._aged(key)] = None
        return self.find_cluster(key)

    def keep_cluster(self, key: str, cluster: Cluster, told: Told, traits: Mapping[str, Traits]) -> None:
        """Remember a cluster, what it tells of earlier postings, and the traits of its own by their roots."""
        rest, pairs = told.split()
        self._keep(
            _clusters,
            self._aged(key),
            known=_write((cluster.facts, cluster.rows, cluster.problems)),
            pairs=_write(pairs),
            told=_encode(rest),
            traits=_encode(traits),
        )

    def load_told(self, key: str) -> Told:
        """What a cluster tells of earlier postings, without pairs of lines."""
        found: Told = _decode(self._load(_clusters, self._aged(key), "told"), _joined_kinds().told)
        return found

    def load_pairs(self, keys: Iterable[str]) -> list[Sequence[Pairs]]:
        """The pairs of lines of some clusters: of nearly all, or of few."""
        wanted = [self._aged(key) for key in keys]
        known = dict(self._list(_clusters.c.key, _clusters.c.pairs)) if len(wanted) > FEW else {}
        packed = (known[key] if key in known else self._load(_clusters, key, "pairs") for key in wanted)
        return [_read(each, _joined_kinds().pairs) for each in packed]

    def load_traits(self, key: str) -> Mapping[str, Traits]:
        """The traits of the postings of a cluster, by their roots."""
        found: Mapping[str, Traits] = _decode(self._load(_clusters, self._aged(key), "traits"), _joined_kinds().traits)
        return found

    @cached_property
    def likes(self) -> Likes:
        """What is known of the likeness of postings; what is put in is kept."""
        return self._load_result("likes", dict[str, tuple[bytes, str | None]]) or {}

    @cached_property
    def listings(self) -> dict[str, Listing]:  # type: ignore[override]
        """What git said of the commits of epochs, by their folders; what is put in is kept."""
        return self._load_result("listings", dict[str, Listing]) or {}

    def _load_result(self, name: str, kind: Any) -> Any:
        if self._anew:
            return None
        with self._reading():
            return _read_result(self._reader, name, kind)

    @cached_property
    def _known_regions(self) -> dict[str, list[Region]]:
        found: dict[str, list[Region]] = {}
        for name, key, known, asked in self._list(*(_regions.c[each] for each in ("name", "key", "known", "asked"))):
            takers, tempo = _read(known, _joined_kinds().region)
            found.setdefault(key, []).append(Region(name, takers, tempo, asked))
        return found

    def find_regions(self, key: str) -> Sequence[Region]:
        """What is known under a key; more than one where the whole list had different things to say."""
        return self._known_regions.get(self._aged(key), ())

    def list_regions(self) -> Iterator[Region]:
        """All that are known from before."""
        mark = self._aged("")
        return (region for key, each in self._known_regions.items() if key.startswith(mark) for region in each)

    def load_heard(self, region: Region) -> Heard:
        """What a region heard of the whole list."""
        found: Heard = _decode(self._load(_regions, region.name, "heard"), _joined_kinds().heard)
        return found

    def keep_region(self, key: str, part: Part, asked: bytes = b"") -> Region:
        """Remember what came of a region; its name tells it from others under the same key that heard something else."""
        form_of = {person: form for form, person in reversed(list(part.heard.known.items()))}
        takers = tuple(form_of.get(taker, taker) for taker in part.takers)
        known, heard = _write((takers, part.tempo)), _encode(part.heard)
        records = {name: _encode(getattr(part, name)) for name in _RECORDS}
        name = self._aged(hashlib.sha256(b"\n".join((key.encode(), known, heard, *records.values()))).hexdigest())
        self._keep(_regions, name, key=self._aged(key), known=known, asked=asked, heard=heard, **records)
        return Region(name, takers, part.tempo, asked)

    @cached_property
    def baseline(self) -> Baseline | None:
        """What the last whole run knew, if it was joined by regions."""
        found = self._load_result("baseline", _joined_kinds().baseline)
        return Baseline(*found) if found is not None else None

    @cached_property
    def last(self) -> _Results | None:
        """What the last whole run added up to."""
        found: _Results | None = self._load_result("results", _Results)
        return found

    def load_places(self) -> _Places:
        """Where the mails of the last whole run were."""
        return self._load_result("places", _Places) or ()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Around what asks `_reader`."""
        with _translated(self.path):
            yield

    def _list(self, *columns: sa.Column[Any]) -> list[Any]:
        """Some columns of all rows of a table, straight from SQLite: there are as many rows as mails."""
        with self._reading():
            connection = self._reader.connection.dbapi_connection
            assert isinstance(connection, sqlite3.Connection)
            return connection.execute(str(sa.select(*columns))).fetchall()

    def _keep(self, table: sa.Table, ident: str, **columns: object) -> None:
        (column,) = table.primary_key
        self._used[table.name][ident] = None
        self._new[table.name][ident] = {column.name: ident, **columns}

    def _load(self, table: sa.Table, key: str, column: str) -> bytes:
        """What stands in a row. Raises StoreError if there is no such row, which is damage."""
        if (waiting := self._new[table.name].get(key)) is not None:
            found = waiting[column]
        else:
            (ident,) = table.primary_key
            with self._reading():
                found = self._reader.scalar(sa.select(table.c[column]).where(ident == key))
        if found is None:
            raise StoreError(f"{self.path}: it is damaged: a row of {table.name} is missing")
        return bytes(found)


class Store(Shelf):
    """A store that is open for writing; one at a time. Raises StoreError if the file is no store that can be used, or
    if another run is writing to it.

    `mark` names whatever else its rows depend on, such as a limit of the reader: with another one nothing in it is
    believed, as with `fresh`. The rows of such a run bear an age before their keys, so that readers have the last
    results until it comes to its end.
    """

    def __init__(self, path: Path, mark: str = "", fresh: bool = False) -> None:
        super().__init__()
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = take_lock(path)
        try:
            if is_damaged(path):
                raise StoreError(f"{path}: it is damaged, as a reader found")
            if not path.exists():
                _forget_log(path)  # of a file that was deleted while somebody read it
            self._engine = _open(lambda: _connect_to_write(path))
            with _translated(path), self._engine.begin() as db:
                self._begin(db, mark, fresh)
            with _translated(path):
                self._reader = self._engine.connect()
        except BaseException:
            os.close(self._lock)
            raise
        self._loose: list[Understood] = []

    def _begin(self, db: sa.Connection, mark: str, fresh: bool) -> None:
        """Make the tables of a new file, empty those that other code made, and tell whether what is left is believed."""
        there = set(sa.inspect(db).get_table_names())
        if there and not there >= set(_tables.tables):
            raise StoreError(f"{self.path}: it is no store of lore-miner")
        _tables.create_all(db)
        made_by = {"schema": str(SCHEMA), "code": fingerprint(), "mark": mark, "age": ""}
        found = _read_meta(db)
        if any(found.get(key) != made_by[key] for key in ("schema", "code")):
            for table in _tables.sorted_tables:
                db.execute(sa.delete(table))
            _write_meta(db, made_by)
            found = made_by
        self._anew = fresh or found.get("mark") != mark
        self._made_by = {**made_by, "age": f"{time.time_ns():x} " if self._anew else found["age"]}

    def close(self) -> None:
        self._reader.close()
        self._engine.dispose()
        os.close(self._lock)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with super()._reading():
            yield
            self._reader.rollback()  # so that the next look sees what was written meanwhile

    def keep_loose(self, found: Sequence[Understood]) -> None:
        """Remember, until the next run, mails that no later run can know again."""
        self._loose += found

    def _keep(self, table: sa.Table, ident: str, **columns: object) -> None:
        """Have a row written, soon; one that is there already stays."""
        super()._keep(table, ident, **columns)
        if len(self._new[table.name]) >= BATCH:
            with _translated(self.path), self._engine.begin() as db:
                self._write_new(db)

    def _write_new(self, db: sa.Connection) -> None:
        for table in _KEYED:
            if new := self._new[table.name]:
                db.execute(insert(table).on_conflict_do_nothing(), list(new.values()))
                new.clear()

    def save(self, summary: Summary, sources: Sequence[str], mark: str, settings: str, min_confidence: float) -> None:
        """Put the results of a whole run in the place of the last one's, and forget what no source has any more."""
        heads, base = [mail.head for mail in summary.mails], summary.baseline
        results = _Results(
            sources=tuple(sources),
            mark=mark,
            settings=settings,
            problems=summary.problems,
            mailmap=summary.mailmap,
            pace=summary.pace,
            now=max((head.date for head in heads if head.date is not None), default=None),
            min_confidence=min_confidence,
            threads=tuple(self._used["threads"]),
            loose=tuple(map(_pack, self._loose)),
            regions=tuple(region.name for region in summary.regions),
        )
        self._used["regions"] = dict.fromkeys(results.regions)
        written = {
            "results": results,
            "places": tuple((mail.head.message_id, mail.where, mail.key) for mail in summary.mails),
            "baseline": base and (base.clusters, base.takers, base.people),
            "likes": self.likes,
            "listings": self.listings,
        }
        with _translated(self.path), self._engine.begin() as db:
            self._write_new(db)
            for table in _KEYED:
                (column,) = table.primary_key
                gone = [{"gone": key} for (key,) in self._list(column) if key not in self._used[table.name]]
                if gone:
                    db.execute(sa.delete(table).where(column == sa.bindparam("gone")), gone)
            _write_meta(db, self._made_by)
            db.execute(sa.delete(_results))
            db.execute(sa.insert(_results), [{"name": name, "data": _encode(data)} for name, data in written.items()])


class Snapshot(Shelf):
    """The results in a store as they are at one moment; what is put beside them is forgotten with it. Raises StoreError
    if there are none that this code made."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._reader, self.results = _open_results(path)
        with _noting_damage(path), self._reading():
            self._made_by = _read_meta(self._reader)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Around all that asks it anything; it is closed behind that."""
        try:
            with _noting_damage(self.path):
                yield
        finally:
            self._reader.close()

    def find_mails(self) -> list[Mail] | None:
        """All mails, in their order; None if there are some that no key names."""
        found = []
        for _, where, key in self.load_places():
            head = self.find_mail(key) if key is not None else None
            if not isinstance(head, ThreadHead):
                return None
            found.append(Mail(key, where, head, None))
        return found

    def load_records(self, regions: Iterable[Region]) -> Callable[[str], list[Any]]:
        """What gives the records of one kind that each of some regions has."""
        names = [region.name for region in regions]
        return _load_records(self._reader, self.path, names, self._new[_regions.name])


class Peeked(NamedTuple):
    """What names the results in a store: the mark of sources and settings, that of the settings alone, and the
    message-ids."""

    mark: str
    settings: str
    idents: frozenset[str]


def peek(path: Path) -> Peeked:
    """What names the results in a store. Raises StoreError if there are none that this code made, or if a reader found
    damage."""
    db, results = _open_results(path)
    places = _load_places(db, path)
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
    db, results = _open_results(path)
    found = _load_places(db, path)
    with _noting_damage(path):
        records = _load_records(db, path, results.regions)
    least = results.min_confidence

    @cache
    def parts() -> list[Understood]:
        with _noting_damage(path), _translated(path):
            wanted = set(results.threads)
            rows = db.execute(sa.select(_threads.c.key, _threads.c.mails))
            kept = [one for key, mails in rows if key in wanted for one in _decode(mails, tuple[_Kept, ...])]
            db.close()
            by_id = {one.message.message_id: one for one in (*kept, *results.loose)}
            if missing := [ident for ident, *_ in found if ident not in by_id]:
                raise StoreError(f"{len(missing)} mails are missing")
        placed = []
        for ident, where, _ in found:
            part = _unpack(by_id[ident])
            placed.append(replace(part, message=replace(part.message, where=where)))
        return placed

    def read_one(ident: str) -> Message | None:
        """A mail as it was parsed; None if it is not kept by itself, or nothing is read any more."""
        where, key = places[ident]
        if key is None or db.closed:
            return None
        with _noting_damage(path), _translated(path):
            packed = db.scalar(sa.select(_mails.c.message).where(_mails.c.key == age + key))
            return replace(_decode(packed, Message), where=where) if packed is not None else None

    def find_since(moment: datetime) -> list[str]:
        """The ids of mails that were sent since a moment."""
        keyed = {age + key: ident for ident, _, key in found if key is not None and ident not in loose}
        if db.closed:
            return [part.message.message_id for part in parts() if _is_since(part.message.date, moment)]
        with _noting_damage(path), _translated(path):
            rows = db.execute(sa.select(_mails.c.key, _mails.c.head))
            heads = [(keyed[key], _read(head, _Head).head) for key, head in rows if key in keyed]
        since = [ident for ident, head in heads if head is not None and _is_since(head.date, moment)]
        return since + [ident for ident, date in loose.items() if _is_since(date, moment)]

    with _translated(path):
        age = _read_meta(db).get("age", "")
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


def _load_records(
    db: sa.Connection, path: Path, names: Sequence[str], new: Mapping[str, Mapping[str, bytes]] = MappingProxyType({})
) -> Callable[[str], list[Any]]:
    """What gives the records of one kind that each of some regions has, by their names; `new` are regions that the
    store does not have. Raises StoreError if one is missing."""
    with _translated(path):
        columns = [_regions.c.name, *(_regions.c[kind] for kind in _RECORDS)]
        rows = {row.name: row._mapping for row in db.execute(sa.select(*columns))}
    found: list[Mapping[Any, Any] | None] = [new.get(name) or rows.get(name) for name in names]
    kept = [row for row in found if row is not None]
    if len(kept) < len(names):
        raise StoreError(f"{len(names) - len(kept)} regions are missing")

    def records(kind: str) -> list[Any]:
        with _noting_damage(path):
            return [_decode(row[kind], _RECORDS[kind]) for row in kept]

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
    replace_file(_place_of_tied(path), _encode((name, joined, mailmap)))


def find_tied(path: Path, name: str) -> tuple[Joined, str] | None:
    """What is kept of a store with the user's own ties and the mailmap, if it has this name."""
    try:
        kept, *tied = _decode(_place_of_tied(path).read_bytes(), _joined_kinds().tied)
    except (OSError, StoreError):
        return None
    joined, mailmap = tied
    return (joined, mailmap) if kept == name else None


def _place_of_tied(path: Path) -> Path:
    return path.with_name(f"{path.name}.tied")


def _open_results(path: Path) -> tuple[sa.Connection, _Results]:
    """A connection that is held open, so that what is read later is of the same moment, and what the last whole run
    adds up to."""
    _refuse_folder(path)
    if not path.exists():
        raise StoreError(f"{path}: there is no store yet")
    with _translated(path):
        db = _open(lambda: _connect_to_read(path)).connect()
    try:
        with _translated(path):
            db.begin()
            made_by = _read_meta(db) if sa.inspect(db).has_table("meta") else None
            if made_by and (made_by.get("schema") != str(SCHEMA) or made_by.get("code") != fingerprint()):
                raise StoreError(f"{path}: another version of lore-miner made it")
        with _noting_damage(path), _translated(path):
            results = _read_result(db, "results", _Results) if made_by else None
        if results is None:
            raise StoreError(f"{path}: no run has come to its end yet")
        return db, results
    except BaseException:
        db.close()
        raise


def _load_places(db: sa.Connection, path: Path) -> _Places:
    with _noting_damage(path), _translated(path):
        return _read_result(db, "places", _Places) or ()


def _read_result(db: sa.Connection, name: str, kind: Any) -> Any:
    packed = db.scalar(sa.select(_results.c.data).where(_results.c.name == name))
    return _decode(packed, kind) if packed is not None else None


@cache
def fingerprint() -> str:
    """What names the code, its rules and its weights, and whom it asks: other code may find other things in the same
    mail."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("spacy", "networkx", "numpy", "beautifulsoup4"):
        digest.update(f"{name} {metadata.version(name)}\n".encode())
    root = Path(__file__).parent
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(root)}\n{path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def set_aside(path: Path) -> Path | None:
    """Rename a store that cannot be used, so that a new one can take its place; None if there was none. Raises
    BusyError while a run writes to it."""
    lock = take_lock(path)
    path = path.resolve()  # of a link what it leads to
    try:
        _forget_log(path)
        _note_of_damage(path).unlink(missing_ok=True)
        aside = path.with_name(f"{path.name}.broken")
        try:
            path.replace(aside)
        except FileNotFoundError:
            return None
        return aside
    finally:
        os.close(lock)


def _forget_log(path: Path) -> None:
    path = path.resolve()  # SQLite has its log there
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def is_damaged(path: Path) -> bool:
    """Whether somebody who read a store found it damaged; the next run then makes it anew."""
    return _note_of_damage(path).exists()


def _note_of_damage(path: Path) -> Path:
    path = path.resolve()
    return path.with_name(f"{path.name}.damaged")


@contextmanager
def _noting_damage(path: Path) -> Iterator[None]:
    """What cannot be read is told to the next run by a file beside the store: rows that are not needed anew are not
    looked into."""
    try:
        yield
    except StoreError as error:
        with suppress(OSError):  # a reader may have no right to write there
            _note_of_damage(path).touch()
        why = str(error).removeprefix(f"{path}: ")
        raise StoreError(f"{path}: it is damaged: {why}") from error


def _is_since(date: datetime | None, moment: datetime) -> bool:
    return date is not None and date >= moment


class _Head(msgspec.Struct, array_like=True):
    head: ThreadHead | None
    problem: Problem | None


class _Kinds(NamedTuple):
    """What stands in rows that the join makes."""

    cluster: Any
    told: Any
    pairs: Any
    region: Any
    heard: Any
    baseline: Any
    traits: Any
    tied: Any


@cache
def _joined_kinds() -> _Kinds:
    from miner.join import Facts, Heard, Joined, Known, Pairs, Tempo, Told, Traits  # networkx, only where it is needed

    problems = tuple[tuple[int, Problem], ...]
    return _Kinds(
        cluster=tuple[Facts, bool, problems],
        told=Told,
        pairs=tuple[Pairs, ...],
        region=tuple[tuple[str, ...], Tempo],
        heard=Heard,
        baseline=tuple[tuple[str, ...], tuple[str, ...], Known] | None,
        traits=dict[str, Traits],
        tied=tuple[str, Joined, str],
    )


def _encode(value: object) -> bytes:
    return zlib.compress(_write(value), 1)


def _write(value: object) -> bytes:
    """What is short, or read in every run, is not compressed."""
    try:
        return msgspec.msgpack.encode(value)
    except UnicodeEncodeError:  # lone surrogates: no output has them either
        return msgspec.msgpack.encode(_encodable(msgspec.to_builtins(value)))


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, dict):
        return {key: _encodable(each) for key, each in value.items()}
    return [_encodable(each) for each in value] if isinstance(value, (list, tuple)) else value


def _decode(packed: bytes, kind: type[_T]) -> _T:
    try:
        return _read(zlib.decompress(packed), kind)
    except zlib.error as error:
        raise StoreError(f"a record cannot be read: {error}") from error


def _read(packed: bytes, kind: type[_T]) -> _T:
    try:
        found: _T = _decoder(kind).decode(packed)  # type: ignore[arg-type]
        return found
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError(f"a record cannot be read: {error}") from error


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(kind)
    return decoder


def _pack(part: Understood) -> _Kept:
    message = replace(part.message, origins=())
    return _Kept(message, tuple(_runs(part.message.origins)), part.rows, part.claims, part.asks, part.problems)


def _runs(origins: Sequence[Origin | None]) -> Iterator[_Run]:
    run: _Run | None = None
    for line, origin in enumerate(origins):
        if (
            origin is not None
            and run is not None
            and run.message_id == origin.message_id
            and origin.first_line == run.first_line + run.count
        ):
            run.count += 1
            continue
        if run is not None:
            yield run
        run = _Run(line, 1, origin.message_id, origin.first_line) if origin is not None else None
    if run is not None:
        yield run
    yield _Run(len(origins), 0, "", 0)


class _Origins(Sequence[Origin | None]):
    """The origins of the lines of a mail, made when one is first asked for: the join asks of few mails."""

    def __init__(self, runs: Sequence[_Run]) -> None:
        self._runs = runs

    @cached_property
    def each(self) -> tuple[Origin | None, ...]:
        *runs, end = self._runs
        origins: list[Origin | None] = [None] * end.line
        for run in runs:
            origins[run.line : run.line + run.count] = [
                Origin(run.message_id, at) for at in range(run.first_line, run.first_line + run.count)
            ]
        return tuple(origins)

    def __len__(self) -> int:
        return self._runs[-1].line

    @overload
    def __getitem__(self, at: int) -> Origin | None: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Origin | None]: ...
    def __getitem__(self, at: int | slice) -> Origin | Sequence[Origin | None] | None:
        return self.each[at]


def _unpack(kept: _Kept, later: bool = False) -> Understood:
    """A mail as it was understood; with `later` its origins are told apart when they are asked for."""
    origins = _Origins(kept.runs)
    message = replace(kept.message, origins=origins if later else origins.each)  # type: ignore[arg-type]  # nearly a tuple
    return Understood(message, kept.rows, kept.claims, kept.asks, kept.problems)


def _open(connect: Callable[[], sqlite3.Connection]) -> sa.Engine:
    """An engine whose transactions SQLite begins where SQLAlchemy does, so that a reader sees one moment."""
    engine = sa.create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @sa.event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def _(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _write_meta(db: sa.Connection, values: Mapping[str, str]) -> None:
    db.execute(sa.delete(_meta))
    db.execute(sa.insert(_meta), [{"key": key, "value": value} for key, value in values.items()])


def _connect_to_write(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection


def _connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that writes nothing. Where SQLite can have no files beside the store either, on a full disk or in
    somebody else's folder, it reads the file as it is, if nothing waits to be written to it."""
    address = path.resolve().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        log = path.resolve().with_name(f"{path.resolve().name}-wal")
        if log.exists() and log.stat().st_size:
            raise
        connection = sqlite3.connect(f"{address}?immutable=1", uri=True, check_same_thread=False)
    return connection


def _read_meta(db: sa.Connection) -> dict[str, str]:
    return {str(row.key): str(row.value) for row in db.execute(sa.select(_meta.c.key, _meta.c.value))}


_DAMAGE = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_SCHEMA})


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """SQLite's errors as one line that says which file: StoreError for damage, BusyError for what may pass, such as no
    room."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF  # the rest is details
        kind = StoreError if code in _DAMAGE else BusyError
        raise kind(f"{path}: {cause}") from error


def is_written_to(store: Path) -> bool:
    """Whether a run is under way, as far as somebody who writes nothing can tell."""
    try:
        lock = os.open(_place_of_lock(store), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False


def _place_of_lock(store: Path) -> Path:
    return store.with_name(f"{store.name}.lock")


def _refuse_folder(store: Path) -> None:
    if store.is_dir():
        raise BusyError(f"{store}: is a folder; `store` in the configuration names a file")


def take_lock(store: Path) -> int:
    """Hold the lock of a store's writer until the descriptor is closed, or the process dies. Raises BusyError while
    another run has it."""
    _refuse_folder(store)
    path = _place_of_lock(store)
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise BusyError(f"{path}: another run is bringing this store up to date; wait for its end") from None
    return lock
