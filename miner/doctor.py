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
from miner.archive.tree import Tree
from miner.config import Config, read_config
from miner.errors import ConfigError, MinerError, SendError, SourceError, StoreError
from miner.git import run_git_version
from miner.keeping import describe_lost, find_lost, read_store
from miner.nightly import find_warnings
from miner.noting import describe_idle
from miner.outbox import describe_refused_since, read_sent
from miner.report.render import FORMATS, check_templates
from miner.report.send import check_addresses, find_server, greet
from miner.secrets import VARIABLE, find_password
from miner.store.results import peek

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
    followed = f"{where}; follows {(count := len(config.sources))} source{'' if count == 1 else 's'}"
    first = "name lists in it" if path else "miner init LIST"
    yield Finding("config", "good" if config.sources else "poor", followed, "" if config.sources else first)
    for what, look in _LOOKS:
        yield from _carefully(what, look, config)


def _carefully(what: str, look: Callable[[Config], Iterator[Finding]], config: Config) -> Iterator[Finding]:
    try:
        yield from look(config)
    except (MinerError, OSError) as error:
        yield Finding(what, "bad", str(error))


def _look_at_git(config: Config) -> Iterator[Finding]:
    yield Finding("git", "good", run_git_version())
    if not config.git:
        return
    try:
        tree = Tree(config.git, config.git_branches)
    except SourceError as error:
        yield Finding("git", "bad", str(error), "mend `git` or `git_branches` in the configuration")
        return
    if tree.newest is None:
        yield Finding("git", "bad", f"{config.git}: has no commit", "fetch something into it")
    else:
        yield Finding("git", "good", f"{config.git}: its newest commit is of {tree.newest:%Y-%m-%d}")


def _look_at_files(config: Config) -> Iterator[Finding]:
    for what, path in (("maintainers", config.maintainers), ("mailmap", config.mailmap)):
        if not path:
            continue
        try:
            with Path(path).expanduser().open("rb") as file:
                file.read(1)
        except OSError as error:
            yield Finding("files", "bad", f"{path}: {error.strerror}", f"mend `{what}` in the configuration")
        else:
            yield Finding("files", "good", path)
    if config.templates:
        try:
            names = check_templates(config.templates)
        except ConfigError as error:
            yield Finding("files", "bad", str(error), "mend it, or `templates` in the configuration")
        else:
            of_letters = [name for name in names if name in FORMATS.values()]
            says = f"{config.templates}: {', '.join(of_letters) or 'none of a name that counts'}"
            advice = "" if of_letters else f"name them {', '.join(FORMATS.values())}"
            yield Finding("files", "good" if of_letters else "poor", says, advice)


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
    for source, why in sync.check_sources(config):
        yield Finding("archive", "bad" if why else "good", f"{source.title}: {why or f'is there, at {source.url}'}")
    _, absent = sync.find_present(config)
    if lost := find_lost(config, absent):
        yield Finding("mail", "bad", describe_lost(config, lost))
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
    today = datetime.now(UTC).astimezone().date()
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
        yield Finding(
            "smtp", "bad" if smtp.to else "poor", str(error), "" if smtp.to else "needed only to send reports"
        )
        return
    check_addresses([server.sender])
    for each in smtp.to:
        try:
            check_addresses([each])
        except SendError as error:
            yield Finding("smtp", "bad", str(error), "mend `to` in [smtp]")
    for line in describe_refused_since(config):
        yield Finding("smtp", "poor", line, "mend the address, or take it out of `to` in [smtp]")
    why = greet(server)
    says = f"{server.host}:{server.port}{f': {why}' if why else f' answers; reports come from {server.sender}'}"
    yield Finding("smtp", "bad" if why else "good", says, "check host, port and encryption" if why else "")
    if server.user and not find_password(server.host, server.port, server.user):
        says = f"no password for {server.user} at {server.host}"
        yield Finding("smtp", "bad", says, f"set ${VARIABLE}, or put it where `miner send --help` says")


_LOOKS: tuple[tuple[str, Callable[[Config], Iterator[Finding]]], ...] = (
    ("git", _look_at_git),
    ("files", _look_at_files),
    ("disk", _look_at_disk),
    ("archive", _look_at_archives),
    ("store", _look_at_store),
    ("notes", _look_at_notes),
    ("model", _look_at_model),
    ("smtp", _look_at_smtp),
)
