"""Looks whether everything is in place for a run, and says what to mend."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from miner import sync
from miner.config import Config, read_config
from miner.errors import MinerError, StoreError
from miner.git import run_git_version
from miner.keeping import read_store
from miner.nightly import find_warnings
from miner.noting import describe_idle
from miner.outbox import read_sent
from miner.report.send import find_server, greet
from miner.store import peek

LEAST_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `state` is good, poor (it works, but) or bad. `advice` says what to do."""

    what: str
    state: Literal["good", "poor", "bad"]
    says: str
    advice: str = ""


def examine(path: Path | None) -> Iterator[Finding]:
    """Look at one thing after the other; `path` is the configuration, None without one."""
    try:
        config = read_config(path)
    except MinerError as error:
        yield Finding("config", "bad", str(error), "mend the file")
        return
    where = str(path) if path else "none, the defaults count"
    followed = f"{where}; follows {len(config.sources)} sources"
    yield Finding("config", "good" if config.sources else "poor", followed, "" if config.sources else "miner init LIST")
    for what, look in _LOOKS:
        yield from _carefully(what, look, config)


def _carefully(what: str, look: Callable[[Config], Iterator[Finding]], config: Config) -> Iterator[Finding]:
    try:
        yield from look(config)
    except (MinerError, OSError) as error:
        yield Finding(what, "bad", str(error))


def _look_at_git(config: Config) -> Iterator[Finding]:
    yield Finding("git", "good", run_git_version())


def _look_at_disk(config: Config) -> Iterator[Finding]:
    for what, path in (("disk", config.fetch.mail_path), ("disk", config.store_path.parent)):
        there = path
        while not there.exists():
            there = there.parent
        free = shutil.disk_usage(there).free
        if not os.access(there, os.W_OK):
            yield Finding(
                what, "bad", f"{there}: cannot be written", "change who may write there, or name another place"
            )
        elif free < LEAST_BYTES:
            yield Finding(what, "poor", f"{path}: {free / 1e9:.1f} GB free", "make room, or name another place")
        else:
            yield Finding(what, "good", f"{path}: {free / 1e9:.1f} GB free")


def _look_at_archives(config: Config) -> Iterator[Finding]:
    for url in dict.fromkeys(source.url for source in config.sources):
        why = sync.is_reachable(url, config)
        yield Finding(
            "archive",
            "bad" if why else "good",
            f"{url}{f': {why}' if why else ''}",
            "check the address, the proxy and the network" if why else "",
        )
    for warning in find_warnings(config, datetime.now(UTC)):
        yield Finding("mail", "poor", warning, "miner fetch, and see what it says")


def _look_at_store(config: Config) -> Iterator[Finding]:
    try:
        yield Finding("store", "good", f"{config.store_path}: {len(peek(config.store_path).idents)} mails")
    except StoreError as error:
        yield Finding("store", "poor", str(error), "miner mine")
    read_sent(config)


def _look_at_notes(config: Config) -> Iterator[Finding]:
    if not config.notes:
        return
    today = datetime.now(UTC).date()
    over = sum(note.snooze is not None and note.snooze <= today for note in config.notes)
    says = f"{len(config.notes)} in your words" + (f", {over} of them snoozed until a day that is past" if over else "")
    idle = describe_idle(config.notes, read_store(config)) if config.store_path.exists() else ""
    yield Finding("notes", "poor" if idle else "good", says, idle)


def _look_at_model(config: Config) -> Iterator[Finding]:
    from miner.claims import check_model

    yield Finding("model", "good", check_model())


def _look_at_smtp(config: Config) -> Iterator[Finding]:
    smtp = config.smtp
    try:
        server = find_server(smtp.host, smtp.port, smtp.encryption, smtp.user, smtp.sender)
    except MinerError as error:
        yield Finding("smtp", "poor", str(error), "needed only to send reports")
        return
    why = greet(server)
    says = f"{server.host}:{server.port}{f': {why}' if why else f' answers; reports come from {server.sender}'}"
    yield Finding("smtp", "bad" if why else "good", says, "check host, port and encryption" if why else "")


_LOOKS: tuple[tuple[str, Callable[[Config], Iterator[Finding]]], ...] = (
    ("git", _look_at_git),
    ("disk", _look_at_disk),
    ("archive", _look_at_archives),
    ("store", _look_at_store),
    ("notes", _look_at_notes),
    ("model", _look_at_model),
    ("smtp", _look_at_smtp),
)
