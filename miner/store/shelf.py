"""What runs find in a store and put beside it, key by key: a `Store` to write, a `Snapshot` to read."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from miner.archive.limits import Listing
from miner.errors import StoreError
from miner.model import Message, Problem, ThreadHead
from miner.reading import Mail, Memo, Understood
from miner.store.file import (
    CLUSTERS,
    KEYED,
    MAILS,
    REGIONS,
    RESULTS,
    TABLES,
    THREADS,
    connect_to_write,
    forget_log,
    is_damaged,
    is_ours,
    name_maker,
    noting_damage,
    open_engine,
    open_results,
    read_meta,
    read_result,
    take_lock,
    translated,
    write_meta,
)
from miner.store.results import load_records
from miner.store.rows import (
    RECORDS,
    Baseline,
    Cluster,
    Kept,
    KeptHead,
    Places,
    Region,
    Results,
    Summary,
    decode,
    decode_short,
    encode,
    encode_short,
    joined_kinds,
    pack,
    unpack,
)

if TYPE_CHECKING:
    from miner.join import Heard, Likes, Pairs, Part, Told, Traits

BATCH = 1000  # rows that wait to be written
FEW = 500  # rows that are read one by one


class Shelf(Memo):
    """What runs left in a store, key by key, and what is put beside it."""

    path: Path
    _reader: sa.Connection
    _made_by: Mapping[str, str]
    _anew = False  # whether nothing that is there is believed

    def __init__(self) -> None:
        self._used: dict[str, dict[str, None]] = {table.name: {} for table in KEYED}
        self._new: dict[str, dict[str, dict[str, Any]]] = {table.name: {} for table in KEYED}

    def _aged(self, key: str) -> str:
        return self._made_by["age"] + key

    @cached_property
    def _heads(self) -> dict[str, bytes]:
        return dict(self._list(MAILS.c.key, MAILS.c.head))

    @cached_property
    def blobs(self) -> Collection[str]:  # type: ignore[override]
        """git's ids of the mails of epochs that are remembered."""
        mark = self._aged("git:")
        return {key.removeprefix(mark) for key in self._heads if key.startswith(mark)}

    def find_mail(self, key: str) -> ThreadHead | Problem | None:
        key = self._aged(key)
        self._used["mails"][key] = None
        known = self._heads.get(key)
        found = decode_short(known, KeptHead) if known is not None else None
        return found.head or found.problem if found is not None else None

    def forget_heads(self) -> None:
        """Let go of what only the reading of mails asks for; they take much room."""
        for name in ("_heads", "blobs"):
            self.__dict__.pop(name, None)

    def load_message(self, key: str) -> Message | None:
        return decode(self._load(MAILS, self._aged(key), "message"), Message)

    def keep_mail(self, key: str, head: ThreadHead | Problem, message: Message | None) -> bool:
        key = self._aged(key)
        packed = KeptHead(head, None) if isinstance(head, ThreadHead) else KeptHead(None, head)
        self._heads[key] = encode_short(packed)
        self._keep(MAILS, key, head=self._heads[key], message=encode(message) if message is not None else None)
        return True

    @cached_property
    def _known_threads(self) -> frozenset[str]:
        return frozenset(key for (key,) in self._list(THREADS.c.key))

    def has_thread(self, key: str) -> bool:
        """Whether a thread is known; it stays in the store for that."""
        key = self._aged(key)
        self._used["threads"][key] = None
        return key in self._known_threads

    def load_thread(self, key: str) -> tuple[Understood, ...]:
        """What the mails of a known thread hold, in their order. Raises StoreError if that cannot be read, as all that loads does."""
        kept = decode(self._load(THREADS, self._aged(key), "mails"), tuple[Kept, ...])
        return tuple(unpack(one, later=True) for one in kept)

    def keep_thread(self, key: str, thread: Sequence[Understood]) -> None:
        self._keep(THREADS, self._aged(key), mails=encode(tuple(map(pack, thread))))

    @cached_property
    def _known_clusters(self) -> dict[str, bytes]:
        return dict(self._list(CLUSTERS.c.key, CLUSTERS.c.known))

    def find_cluster(self, key: str) -> Cluster | None:
        """What is known of a cluster, without its traits; None if nothing is."""
        known = self._known_clusters.get(self._aged(key))
        return Cluster(*decode_short(known, joined_kinds().cluster)) if known is not None else None

    def use_cluster(self, key: str) -> Cluster | None:
        """The same of one that stays in the store."""
        self._used["clusters"][self._aged(key)] = None
        return self.find_cluster(key)

    def keep_cluster(self, key: str, cluster: Cluster, told: Told, traits: Mapping[str, Traits]) -> None:
        """Remember a cluster, what it tells of earlier postings, and the traits of its own by their roots."""
        rest, pairs = told.split()
        self._keep(
            CLUSTERS,
            self._aged(key),
            known=encode_short((cluster.facts, cluster.rows, cluster.problems)),
            pairs=encode_short(pairs),
            told=encode(rest),
            traits=encode(traits),
        )

    def load_told(self, key: str) -> Told:
        """What a cluster tells of earlier postings, without pairs of lines."""
        found: Told = decode(self._load(CLUSTERS, self._aged(key), "told"), joined_kinds().told)
        return found

    def load_pairs(self, keys: Iterable[str]) -> list[Sequence[Pairs]]:
        """The pairs of lines of some clusters: of nearly all, or of few."""
        wanted = [self._aged(key) for key in keys]
        known = dict(self._list(CLUSTERS.c.key, CLUSTERS.c.pairs)) if len(wanted) > FEW else {}
        packed = (known[key] if key in known else self._load(CLUSTERS, key, "pairs") for key in wanted)
        return [decode_short(each, joined_kinds().pairs) for each in packed]

    def load_traits(self, key: str) -> Mapping[str, Traits]:
        """The traits of the postings of a cluster, by their roots."""
        found: Mapping[str, Traits] = decode(self._load(CLUSTERS, self._aged(key), "traits"), joined_kinds().traits)
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
            return read_result(self._reader, name, kind)

    @cached_property
    def _known_regions(self) -> dict[str, list[Region]]:
        found: dict[str, list[Region]] = {}
        for name, key, known, asked in self._list(*(REGIONS.c[each] for each in ("name", "key", "known", "asked"))):
            takers, tempo = decode_short(known, joined_kinds().region)
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
        found: Heard = decode(self._load(REGIONS, region.name, "heard"), joined_kinds().heard)
        return found

    def keep_region(self, key: str, part: Part, asked: bytes = b"") -> Region:
        """Remember what came of a region; its name tells it from others under the same key that heard something else."""
        form_of = {person: form for form, person in reversed(list(part.heard.known.items()))}
        takers = tuple(form_of.get(taker, taker) for taker in part.takers)
        known, heard = encode_short((takers, part.tempo)), encode(part.heard)
        records = {name: encode(getattr(part, name)) for name in RECORDS}
        name = self._aged(hashlib.sha256(b"\n".join((key.encode(), known, heard, *records.values()))).hexdigest())
        self._keep(REGIONS, name, key=self._aged(key), known=known, asked=asked, heard=heard, **records)
        return Region(name, takers, part.tempo, asked)

    @cached_property
    def baseline(self) -> Baseline | None:
        """What the last whole run knew, if it was joined by regions."""
        found = self._load_result("baseline", joined_kinds().baseline)
        return Baseline(*found) if found is not None else None

    @cached_property
    def last(self) -> Results | None:
        """What the last whole run added up to."""
        found: Results | None = self._load_result("results", Results)
        return found

    def load_places(self) -> Places:
        """Where the mails of the last whole run were."""
        return self._load_result("places", Places) or ()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Around what asks `_reader`."""
        with translated(self.path):
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
                forget_log(path)  # of a file that was deleted while somebody read it
            self._engine = open_engine(lambda: connect_to_write(path))
            with translated(path), self._engine.begin() as db:
                self._begin(db, mark, fresh)
            with translated(path):
                self._reader = self._engine.connect()
        except BaseException:
            os.close(self._lock)
            raise
        self._loose: list[Understood] = []

    def _begin(self, db: sa.Connection, mark: str, fresh: bool) -> None:
        """Make the tables of a new file, empty those that other code made, and tell whether what is left is believed."""
        there = set(sa.inspect(db).get_table_names())
        if there and not there >= set(TABLES.tables):
            raise StoreError(f"{self.path}: it is no store of lore-miner")
        TABLES.create_all(db)
        made_by = {**name_maker(), "mark": mark, "age": ""}
        found = read_meta(db)
        if not is_ours(found):
            for table in TABLES.sorted_tables:
                db.execute(sa.delete(table))
            write_meta(db, made_by)
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
            with translated(self.path), self._engine.begin() as db:
                self._write_new(db)

    def _write_new(self, db: sa.Connection) -> None:
        for table in KEYED:
            if new := self._new[table.name]:
                db.execute(insert(table).on_conflict_do_nothing(), list(new.values()))
                new.clear()

    def save(self, summary: Summary, sources: Sequence[str], mark: str, settings: str, min_confidence: float) -> None:
        """Put the results of a whole run in the place of the last one's, and forget what no source has any more."""
        heads, base = [mail.head for mail in summary.mails], summary.baseline
        results = Results(
            sources=tuple(sources),
            mark=mark,
            settings=settings,
            problems=summary.problems,
            mailmap=summary.mailmap,
            pace=summary.pace,
            now=max((head.date for head in heads if head.date is not None), default=None),
            min_confidence=min_confidence,
            threads=tuple(self._used["threads"]),
            loose=tuple(map(pack, self._loose)),
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
        with translated(self.path), self._engine.begin() as db:
            self._write_new(db)
            for table in KEYED:
                (column,) = table.primary_key
                gone = [{"gone": key} for (key,) in self._list(column) if key not in self._used[table.name]]
                if gone:
                    db.execute(sa.delete(table).where(column == sa.bindparam("gone")), gone)
            write_meta(db, self._made_by)
            db.execute(sa.delete(RESULTS))
            db.execute(sa.insert(RESULTS), [{"name": name, "data": encode(data)} for name, data in written.items()])


class Snapshot(Shelf):
    """The results in a store as they are at one moment; what is put beside them is forgotten with it. Raises StoreError
    if there are none that this code made."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._reader, self.results = open_results(path)
        with noting_damage(path):
            self._made_by = read_meta(self._reader)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Around all that asks it anything; it is closed behind that."""
        try:
            with noting_damage(self.path):
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
        return load_records(self._reader, self.path, names, self._new[REGIONS.name])
