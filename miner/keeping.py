"""Mining with a memory: the store of the configured lists behind `miner mine`, and the cache behind `miner.mine`."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

from miner.archive.source import find_repositories, walk
from miner.config import Config, read_config
from miner.errors import BusyError, MinerError, SourceError, StoreError
from miner.git import find_git_folder, run_git
from miner.mined import Mined, Records
from miner.model import Status
from miner.notes import apply_notes
from miner.pipeline import join_again, join_all, put_in
from miner.pipeline import mine as mine_all
from miner.recall import recall
from miner.regional import mine_into
from miner.sources import Source, parse_moment
from miner.store.file import fingerprint, set_aside
from miner.store.results import find_tied, keep_tied, load, load_named, peek
from miner.store.shelf import Store

STANDARD_INPUT = "-"
CACHE_BYTES = 4 * 1024**3  # of all caches together; the oldest go first
YOUNG_SECONDS = 3600.0  # a cache that was used so lately stays
_BRANCH = "%(objectname) %(refname) %(HEAD)"


@dataclass(frozen=True, slots=True)
class Kept:
    """How a run went: the results, how many mails are new and how many are gone since the last run, and where a store was put
    that was damaged."""

    mined: Mined
    new: int
    gone: int
    seconds: float
    aside: Path | None = None


def bring_up_to_date(sources: Sequence[str], config: Config, *, full: bool = False) -> Kept:
    """Bring the store up to date with some sources. With `full` nothing that it knew is believed. Raises BusyError while
    another run writes to it, SourceError when no source could be read."""
    began = time.monotonic()
    path = config.store_path
    before: frozenset[str] = frozenset()
    with suppress(StoreError):
        known, _, before = peek(path)
        if known == _mark(sources, config) and not full:
            return Kept(load(path), 0, 0, time.monotonic() - began)
    after, aside = _run(sources, config, path, full)
    return Kept(load(path), len(after - before), len(before - after), time.monotonic() - began, aside)


def read_store(config: Config, as_of: datetime | None = None, again: bool = False) -> Mined:
    """The results in the store. With the mail known at `as_of` alone, if given; that, and `again`, joins them once more with
    these settings. Raises StoreError if there are none."""
    if as_of is None and not again:
        return _load_with_notes(config.store_path, config)
    mined = load(config.store_path)
    if as_of is None:
        return join_again(mined, config)
    return recall(mined, as_of, config, undated=False)


def _load_with_notes(path: Path, config: Config) -> Mined:
    """What a store has with what the user said. Only his ties call for another join, once for the same results and ties; what he
    said besides is not kept with it."""
    mark, mined = load_named(path)
    ties = [(note.work, note.pin, note.cut) for note in config.notes if note.pin or note.cut]
    if not ties:
        return replace(mined, status=Records(apply_notes(mined.status, config.notes), Status))
    made_of = f"{fingerprint()} {mark} {_mark([], config)} {ties}"
    name = hashlib.sha256(made_of.encode("utf-8", "surrogateescape")).hexdigest()
    tied = find_tied(path, name)
    if tied is None:
        tied = join_all(mined, config)
        with suppress(MinerError):  # no room, or no right to write
            keep_tied(path, name, *tied)
    return put_in(mined, *tied, config.notes)


def _read_moment(as_of: datetime | date | str | None) -> datetime | None:
    if as_of is None:
        return None
    if isinstance(as_of, datetime):
        return as_of if as_of.tzinfo is not None else as_of.replace(tzinfo=UTC)
    return parse_moment(str(as_of), datetime.now(UTC), "as_of")


def find_lost(config: Config, absent: Sequence[Source]) -> list[Source]:
    """Those of the sources without mail that the last run had mail of, for it is in the store."""
    if not absent:
        return []
    try:
        known = load(config.store_path).sources
    except StoreError:
        return []
    return [each for each in absent if any(path.endswith(f"/{each.folder}") for path in known)]


def describe_lost(config: Config, lost: Sequence[Source]) -> str:
    """Why there is no run with the sources that are left, and what to do."""
    folders = ", ".join(str(config.fetch.mail_path / each.folder) for each in lost)
    return (
        f"the mail of {', '.join(each.title for each in lost)} is gone from {folders}; the store keeps what it has of it. "
        "Bring the folder back, or fetch anew (miner fetch), or take the source out of the configuration"
    )


def mine(
    sources: str | Path | Sequence[str | Path],
    *,
    stdin: BinaryIO | None = None,
    config: Config | str | Path | None = None,
    as_of: datetime | date | str | None = None,
    cache: bool = True,
) -> Mined:
    """Mine a source or several: every path that archive/ reads, `-` for `stdin`; with the mail known at `as_of` alone, if given: a
    moment, which is in UTC if it names no zone, a day, which counts to its end, or what `--as-of` takes.

    `config` may be the path of a configuration: it is read as the command line does, with the notes that lie beside it. Without
    one the defaults count, and no notes. Raises ConfigError for one that cannot be read, and for an `as_of` that is no moment.

    The same sources, unchanged, are answered from a cache in the user's cache folder; of those that changed only the threads
    with new mail are looked into. Raises SourceError when none could be read.
    """
    names = [os.fspath(each) for each in ([sources] if isinstance(sources, (str, Path)) else sources)]
    if not isinstance(config, Config):
        config = read_config(Path(config).expanduser()) if config is not None else Config()
    if not cache or as_of is not None or stdin is not None or STANDARD_INPUT in names:
        return mine_all(names, stdin=stdin, config=config, as_of=_read_moment(as_of))
    path = _cache_path(names)
    try:
        mark = _mark(names, config)
        with suppress(StoreError):
            if peek(path).mark == mark:
                os.utime(path)
                return replace(_load_with_notes(path, config), sources=tuple(names))
        _run(names, config, path)
        _prune(path)
        return _load_with_notes(path, config)
    except (OSError, BusyError):  # no room, a read-only home, another run: a cache is no reason to fail
        return mine_all(names, config=config)


def _run(sources: Sequence[str], config: Config, path: Path, fresh: bool = False) -> tuple[frozenset[str], Path | None]:
    """A run that remembers: the ids of all mails. A store that turns out to be damaged is set aside, and a new one is made; where it
    was put is told too."""
    try:
        return _remember(sources, config, path, fresh), None
    except StoreError:
        aside = set_aside(path)
        return _remember(sources, config, path, fresh), aside


def _remember(sources: Sequence[str], config: Config, path: Path, fresh: bool) -> frozenset[str]:
    mark = _mark(sources, config)  # before reading: what changes meanwhile is seen the next time
    with Store(path, f"mail_bytes {config.max_mail_bytes}", fresh) as store:
        summary = mine_into(store, sources, replace(config, notes=()))
        store.save(summary, sources, mark, _mark_settings(config), config.min_confidence)
    return frozenset(mail.head.message_id for mail in summary.mails)


def _mark(sources: Sequence[str], config: Config) -> str:
    """What names the state of sources, settings and the files beside them, as far as it can be told without reading mail."""
    digest = hashlib.sha256(repr(replace(config, fetch=type(config.fetch)(), sources=(), notes=())).encode())
    _take_in(digest, (*sources, *_files_beside(config)))
    if config.git and (folder := find_git_folder(os.path.expanduser(config.git))):
        digest.update(run_git(folder, "for-each-ref", f"--format={_BRANCH}").encode())
    return digest.hexdigest()


def _mark_settings(config: Config) -> str:
    """What names the settings that the results depend on, and the files that they name."""
    digest = hashlib.sha256(f"{config.min_confidence} {config.max_mail_bytes} {config.git}".encode())
    _take_in(digest, _files_beside(config))
    return digest.hexdigest()


def have_settings_changed(config: Config) -> bool:
    """Whether the store was made with other settings, which count from the next run. Raises StoreError if there are no results in it."""
    return peek(config.store_path).settings != _mark_settings(config)


def _files_beside(config: Config) -> list[str]:
    return [os.path.expanduser(path) for path in (config.maintainers, config.mailmap) if path]


def _take_in(digest: hashlib._Hash, paths: Iterable[str]) -> None:
    for path in paths:
        digest.update(f"\n{os.path.abspath(path)}\n".encode())
        for line in _state(path):
            digest.update(f"{line}\n".encode("utf-8", "surrogateescape"))


def _state(path: str) -> list[str]:
    """Names, sizes and times of the files of a source; of a git repository its branches."""
    if not os.path.isdir(path):
        try:
            found = os.stat(path)
        except OSError as error:
            return [f"{error.errno}"]
        return [f"{found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"]
    lines = []
    repositories = set(find_repositories(path))
    for folder, folders, files in walk(path):
        if folder in repositories:
            folders.clear()
            try:
                lines.append(f"{folder} {run_git(folder, 'for-each-ref', f'--format={_BRANCH}')}")
            except SourceError as error:
                lines.append(f"{folder} {error}")
            continue
        for name in sorted(files):
            lines += [f"{folder}/{name} {line}" for line in _state(os.path.join(folder, name))]
    return lines


def _cache_path(sources: Sequence[str]) -> Path:
    import platformdirs

    name = hashlib.sha256("\0".join(map(os.path.abspath, sources)).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return platformdirs.user_cache_path("lore-miner", appauthor=False) / "mined" / f"{name}.sqlite"


def _prune(keep: Path) -> None:
    """Drop the caches that were not used for longest, as long as all together are too large."""
    found = []
    for path in keep.parent.glob("*.sqlite*"):
        with suppress(OSError):
            found.append((path.stat().st_mtime, path.stat().st_size, path))
    total = sum(size for _, size, _ in found)
    for used, size, path in sorted(found):
        if total <= CACHE_BYTES:
            return
        if not path.name.startswith(keep.name) and time.time() - used > YOUNG_SECONDS:
            with suppress(OSError):
                path.unlink()
                total -= size
