"""Results kept between runs in one SQLite file, safe to delete: everything in it can be made again from the raw mail.

Three tables by the bytes that the rows were made of: each mail's head and message, each thread's messages with all that it
tells by itself, and the newest results of the whole run. A run that only adds some mails looks into their threads alone and
joins all again. A file that another version of the schema or other code made is emptied, never migrated.

Writers hold a lock and write in transactions, so that a reader, or a run after a power cut, sees the results of one whole run.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from miner.errors import BusyError, StoreError
from miner.mined import Found, Mined, Records
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
from miner.reading import Memo, Understood
from miner.report.escape import without_surrogates

SCHEMA = 1
BATCH = 1000  # rows that wait to be written
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
_results = sa.Table(
    "results",
    _tables,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)


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


class _Facts(msgspec.Struct):
    """What is known of the last whole run besides its records. `places` has (message-id, where) of each message, in order;
    `threads` are the keys of the threads that they stand in, `loose` the mails that stand in none."""

    sources: tuple[str, ...]
    mark: str
    problems: tuple[Problem, ...]
    mailmap: str
    pace: Pace
    min_confidence: float
    places: tuple[tuple[str, str], ...]
    threads: tuple[str, ...]
    loose: tuple[_Kept, ...]


class Store(Memo):
    """A store that is open for writing; one at a time. Raises StoreError if the file is no store that can be used, or if
    another run is writing to it.

    `mark` names whatever else its rows depend on, such as a limit of the reader: with another one it is emptied, as it is
    with `fresh`. It is emptied in its place: a reader may have it open.
    """

    def __init__(self, path: Path, mark: str = "", fresh: bool = False) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _take_lock(path.with_name(f"{path.name}.lock"))
        try:
            self._engine = _open(path)
            with _translated(path), self._engine.begin() as db:
                _tables.create_all(db)
                made_by = {"schema": str(SCHEMA), "code": fingerprint(), "mark": mark}
                if fresh or _read_meta(db) != made_by:
                    for table in _tables.sorted_tables:
                        db.execute(sa.delete(table))
                    db.execute(sa.insert(_meta), [{"key": key, "value": value} for key, value in made_by.items()])
        except BaseException:
            os.close(self._lock)
            raise
        self._used_mails: dict[str, None] = {}
        self._used_threads: dict[str, None] = {}
        self._new_mails: dict[str, tuple[bytes, bytes | None]] = {}
        self._new_threads: dict[str, bytes] = {}
        self._loose: list[Understood] = []

    def close(self) -> None:
        if "_reader" in self.__dict__:
            self._reader.close()
        self._engine.dispose()
        os.close(self._lock)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def _heads(self) -> dict[str, bytes]:
        with _translated(self.path), self._engine.connect() as db:
            return {key: bytes(head) for key, head in db.execute(sa.select(_mails.c.key, _mails.c.head))}

    @cached_property
    def blobs(self) -> Collection[str]:  # type: ignore[override]
        return {key.removeprefix("git:") for key in self._heads if key.startswith("git:")}

    @cached_property
    def _reader(self) -> sa.Connection:
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def find_mail(self, key: str) -> ThreadHead | Problem | None:
        self._used_mails[key] = None
        known = self._heads.get(key)
        found = _decode(known, _Head) if known is not None else None
        return found.head or found.problem if found is not None else None

    def load_message(self, key: str) -> Message | None:
        waiting = self._new_mails.get(key)
        if waiting is not None:
            packed = waiting[1]
        else:
            with _translated(self.path):
                packed = self._reader.scalar(sa.select(_mails.c.message).where(_mails.c.key == key))
        return _decode(packed, Message) if packed is not None else None

    def keep_mail(self, key: str, head: ThreadHead | Problem, message: Message | None) -> None:
        self._used_mails[key] = None
        packed = _Head(head, None) if isinstance(head, ThreadHead) else _Head(None, head)
        self._heads[key] = _encode(packed)
        self._new_mails[key] = self._heads[key], _encode(message) if message is not None else None
        if len(self._new_mails) >= BATCH:
            self._flush()

    @cached_property
    def _known_threads(self) -> frozenset[str]:
        with _translated(self.path), self._engine.connect() as db:
            return frozenset(db.scalars(sa.select(_threads.c.key)))

    def find_thread(self, key: str) -> tuple[Understood, ...] | None:
        self._used_threads[key] = None
        if key not in self._known_threads:
            return None
        with _translated(self.path):
            packed = self._reader.scalar(sa.select(_threads.c.mails).where(_threads.c.key == key))
        return tuple(map(_unpack, _decode(packed, tuple[_Kept, ...]))) if packed is not None else None

    def keep_thread(self, key: str | None, thread: tuple[Understood, ...]) -> None:
        if key is None:
            self._loose += thread
            return
        self._new_threads[key] = _encode(tuple(map(_pack, thread)))
        if len(self._new_threads) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        with _translated(self.path), self._engine.begin() as db:
            self._write_new(db)

    def _write_new(self, db: sa.Connection) -> None:
        if self._new_mails:
            rows = [{"key": k, "head": head, "message": message} for k, (head, message) in self._new_mails.items()]
            db.execute(insert(_mails).on_conflict_do_nothing(), rows)
        if self._new_threads:
            threads = [{"key": key, "mails": mails} for key, mails in self._new_threads.items()]
            db.execute(insert(_threads).on_conflict_do_nothing(), threads)
        self._new_mails.clear()
        self._new_threads.clear()

    def save(self, mined: Mined, mark: str, min_confidence: float) -> None:
        """Put the results of a whole run in the place of the last one's, and forget what no source has any more."""
        facts = _Facts(
            sources=mined.sources,
            mark=mark,
            problems=mined.problems,
            mailmap=mined.mailmap,
            pace=mined.pace,
            min_confidence=min_confidence,
            places=tuple((m.message_id, m.where) for m in mined.messages),
            threads=tuple(self._used_threads),
            loose=tuple(map(_pack, self._loose)),
        )
        records = {
            "items": tuple(mined.items),
            "claims": tuple(mined.claims),
            "series": tuple(mined.series),
            "status": tuple(mined.status),
            "promises": tuple(mined.promises),
        }
        written = {"facts": _encode(facts), **{name: _encode(found) for name, found in records.items()}}
        with _translated(self.path), self._engine.begin() as db:
            self._write_new(db)
            for table, used in ((_mails, self._used_mails), (_threads, self._used_threads)):
                gone = [{"gone": key} for key in db.scalars(sa.select(table.c.key)) if key not in used]
                if gone:
                    db.execute(sa.delete(table).where(table.c.key == sa.bindparam("gone")), gone)
            db.execute(sa.delete(_results))
            db.execute(sa.insert(_results), [{"name": name, "data": data} for name, data in written.items()])


def peek(path: Path) -> tuple[str, frozenset[str]]:
    """The mark of the results in a store, and their message-ids. Raises StoreError if there are none that this code made."""
    db, _, facts = _open_results(path)
    db.close()
    return facts.mark, frozenset(ident for ident, _ in facts.places)


def load(path: Path) -> Mined:
    """The results in a store. Messages are read when they are first asked for, as they were when the results
    were: a run that writes meanwhile is not seen. Raises StoreError if there are none that this code made."""
    db, found, facts = _open_results(path)
    least = facts.min_confidence

    @cache
    def parts() -> list[Understood]:
        with _translated(path):
            rows = db.execute(sa.select(_threads.c.key, _threads.c.mails))
            wanted = set(facts.threads)
            kept = [one for key, mails in rows if key in wanted for one in _decode(mails, tuple[_Kept, ...])]
            db.close()
        by_id = {one.message.message_id: one for one in (*kept, *facts.loose)}
        if missing := [ident for ident, _ in facts.places if ident not in by_id]:
            raise StoreError(f"{path}: it is damaged: {len(missing)} mails are missing")
        placed = []
        for ident, where in facts.places:
            part = _unpack(by_id[ident])
            placed.append(replace(part, message=replace(part.message, where=where)))
        return placed

    return Mined(
        messages=Records.later(lambda: (part.message for part in parts()), Message),
        items=Records(_decode(found["items"], tuple[WorkItem, ...]), WorkItem),
        claims=Records(_decode(found["claims"], tuple[Claim, ...]), Claim),
        series=Records(_decode(found["series"], tuple[Series, ...]), Series),
        status=Records(_decode(found["status"], tuple[Status, ...]), Status),
        promises=Records(_decode(found["promises"], tuple[Promise, ...]), Promise),
        pace=facts.pace,
        rows=_Later(lambda: {part.message.message_id: part.rows for part in parts() if part.rows}),
        problems=facts.problems,
        read=len(facts.places),
        sources=facts.sources,
        found=Found(
            Records.later(lambda: (c for part in parts() for c in part.claims if c.confidence >= least), Claim),
            Records.later(lambda: (a for part in parts() for a in part.asks), Ask),
        ),
        mailmap=facts.mailmap,
    )


def _open_results(path: Path) -> tuple[sa.Connection, dict[str, bytes], _Facts]:
    """A connection that is held open, so that what is read later is of the same moment, and what there is to be read."""
    if not path.exists():
        raise StoreError(f"{path}: there is no store yet")
    with _translated(path):
        db = _open(path).connect()
        db.begin()
        made_by = _read_meta(db) if sa.inspect(db).has_table("meta") else {}
        if made_by.get("schema") != str(SCHEMA) or made_by.get("code") != fingerprint():
            raise StoreError(f"{path}: another version of lore-miner made it")
        found = {name: bytes(data) for name, data in db.execute(sa.select(_results.c.name, _results.c.data))}
    if "facts" not in found:
        raise StoreError(f"{path}: no run has come to its end yet")
    facts = _decode(found["facts"], _Facts)
    return db, found, facts


@cache
def fingerprint() -> str:
    """What names the code, its rules and its weights: other code may find other things in the same mail."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(root)}\n{path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def set_aside(path: Path) -> Path | None:
    """Rename a store that cannot be used, so that a new one can take its place; None if there was none."""
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).unlink()
    aside = path.with_name(f"{path.name}.broken")
    try:
        path.replace(aside)
    except FileNotFoundError:
        return None
    return aside


class _Later(Mapping[str, _T]):
    """A mapping that is made when it is first asked for anything."""

    def __init__(self, make: Callable[[], Mapping[str, _T]]) -> None:
        self._make = cache(make)

    def __getitem__(self, key: str) -> _T:
        return self._make()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._make())

    def __len__(self) -> int:
        return len(self._make())


class _Head(msgspec.Struct, array_like=True):
    head: ThreadHead | None
    problem: Problem | None


def _encode(value: object) -> bytes:
    try:
        packed = msgspec.msgpack.encode(value)
    except UnicodeEncodeError:  # lone surrogates: no output has them either
        packed = msgspec.msgpack.encode(_encodable(msgspec.to_builtins(value)))
    return zlib.compress(packed, 1)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, dict):
        return {key: _encodable(each) for key, each in value.items()}
    return [_encodable(each) for each in value] if isinstance(value, (list, tuple)) else value


def _decode(packed: bytes, kind: type[_T]) -> _T:
    try:
        found: _T = _decoder(kind).decode(zlib.decompress(packed))  # type: ignore[arg-type]
        return found
    except (zlib.error, msgspec.DecodeError) as error:
        raise StoreError(f"the store is damaged: {error}") from error


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


def _unpack(kept: _Kept) -> Understood:
    *runs, end = kept.runs
    origins: list[Origin | None] = [None] * end.line
    for run in runs:
        origins[run.line : run.line + run.count] = [
            Origin(run.message_id, at) for at in range(run.first_line, run.first_line + run.count)
        ]
    return Understood(replace(kept.message, origins=tuple(origins)), kept.rows, kept.claims, kept.asks, kept.problems)


def _open(path: Path) -> sa.Engine:
    """An engine whose transactions SQLite begins where SQLAlchemy does, so that a reader sees one moment."""
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    @sa.event.listens_for(engine, "begin")
    def _(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _read_meta(db: sa.Connection) -> dict[str, str]:
    return {str(row.key): str(row.value) for row in db.execute(sa.select(_meta.c.key, _meta.c.value))}


_DAMAGE = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_SCHEMA})


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """SQLite's errors as one line that says which file: StoreError for damage, BusyError for what may pass, such as no room."""
    try:
        yield
    except DBAPIError as error:
        code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF  # the rest is details
        kind = StoreError if code in _DAMAGE else BusyError
        raise kind(f"{path}: {error.orig}") from error


def _take_lock(path: Path) -> int:
    """Hold a file's lock until the descriptor is closed, or the process dies."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise BusyError(f"{path}: another run is bringing this store up to date; wait for its end") from None
    return lock
