"""The file that a store is: its tables, connections and lock, the code that made it, and damage that was found in it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from miner.errors import BusyError, StoreError
from miner.store.rows import RECORDS, Places, Results, decode

SCHEMA = 5
BUSY_SECONDS = 30.0
TABLES = sa.MetaData()


def _key(name: str = "key") -> sa.Column[str]:
    return sa.Column(name, sa.String, primary_key=True)


def _packed(*names: str) -> list[sa.Column[bytes]]:
    return [sa.Column(name, sa.LargeBinary, nullable=False) for name in names]


META = sa.Table("meta", TABLES, _key(), sa.Column("value", sa.String))
MAILS = sa.Table("mails", TABLES, _key(), *_packed("head"), sa.Column("message", sa.LargeBinary))
THREADS = sa.Table("threads", TABLES, _key(), *_packed("mails"))
CLUSTERS = sa.Table("clusters", TABLES, _key(), *_packed("known", "pairs", "told", "traits"))
# One key may stand in several rows, with what was heard at different times. A row's name is made of all that is in it, so that what a
# reader was told to read is never another thing.
REGIONS = sa.Table(
    "regions",
    TABLES,
    _key("name"),
    sa.Column("key", sa.String, nullable=False),
    *_packed("known", "asked", "heard", *RECORDS),
)
RESULTS = sa.Table("results", TABLES, _key("name"), *_packed("data"))
KEYED = MAILS, THREADS, CLUSTERS, REGIONS


def open_results(path: Path) -> tuple[sa.Connection, Results]:
    """A connection that is held open, so that what is read later is of the same moment, and what the last whole run
    adds up to."""
    _refuse_folder(path)
    if not path.exists():
        raise StoreError(f"{path}: there is no store yet")
    with translated(path):
        db = open_engine(lambda: _connect_to_read(path)).connect()
    try:
        with translated(path):
            db.begin()
            made_by = read_meta(db) if sa.inspect(db).has_table("meta") else None
            if made_by and not is_ours(made_by):
                raise StoreError(f"{path}: another version of lore-miner made it")
        with noting_damage(path):
            results = read_result(db, "results", Results) if made_by else None
        if results is None:
            raise StoreError(f"{path}: no run has come to its end yet")
        return db, results
    except BaseException:
        db.close()
        raise


def load_places(db: sa.Connection, path: Path) -> Places:
    with noting_damage(path):
        return read_result(db, "places", Places) or ()


def read_result(db: sa.Connection, name: str, kind: Any) -> Any:
    packed = db.scalar(sa.select(RESULTS.c.data).where(RESULTS.c.name == name))
    return decode(packed, kind) if packed is not None else None


def name_maker() -> dict[str, str]:
    """What tells by which code a store was made."""
    return {"schema": str(SCHEMA), "code": fingerprint()}


def is_ours(made_by: Mapping[str, str]) -> bool:
    return name_maker().items() <= made_by.items()


@cache
def fingerprint() -> str:
    """What names the code, its rules and its weights, and whom it asks: other code may find other things in the same
    mail."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("spacy", "networkx", "numpy", "beautifulsoup4"):
        digest.update(f"{name} {metadata.version(name)}\n".encode())
    root = Path(__file__).parents[1]
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
        forget_log(path)
        _note_of_damage(path).unlink(missing_ok=True)
        aside = path.with_name(f"{path.name}.broken")
        try:
            path.replace(aside)
        except FileNotFoundError:
            return None
        return aside
    finally:
        os.close(lock)


def forget_log(path: Path) -> None:
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
def noting_damage(path: Path) -> Iterator[None]:
    """What cannot be read is told to the next run by a file beside the store: rows that are not needed anew are not
    looked into."""
    try:
        with translated(path):
            yield
    except StoreError as error:
        with suppress(OSError):  # a reader may have no right to write there
            _note_of_damage(path).touch()
        why = str(error).removeprefix(f"{path}: ")
        raise StoreError(f"{path}: it is damaged: {why}") from error


def open_engine(connect: Callable[[], sqlite3.Connection]) -> sa.Engine:
    """An engine whose transactions SQLite begins where SQLAlchemy does, so that a reader sees one moment."""
    engine = sa.create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @sa.event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def _(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def write_meta(db: sa.Connection, values: Mapping[str, str]) -> None:
    db.execute(sa.delete(META))
    db.execute(sa.insert(META), [{"key": key, "value": value} for key, value in values.items()])


def connect_to_write(path: Path) -> sqlite3.Connection:
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


def read_meta(db: sa.Connection) -> dict[str, str]:
    return {str(row.key): str(row.value) for row in db.execute(sa.select(META.c.key, META.c.value))}


_DAMAGE = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_SCHEMA})


@contextmanager
def translated(path: Path) -> Iterator[None]:
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
