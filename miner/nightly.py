"""The nightly run: fetch, mine what is new, report, send, prune. What fails is said, and what can go on goes on.

Quiet on success, so that cron mails only trouble; each run leaves a log with its times. One lock keeps two runs apart.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TypeVar

from miner import sync
from miner.config import Config
from miner.errors import MinerError, SendError
from miner.files import replace_file
from miner.keeping import bring_up_to_date, describe_lost, find_lost, read_store
from miner.letters import View, compose
from miner.mined import Mined
from miner.outbox import Stood, describe_refused_since, last_report, read_standing
from miner.past import stand
from miner.posting import prepare, transmit
from miner.report.escape import one_line
from miner.report.letter import Letter
from miner.report.render import render_letter

_T = TypeVar("_T")
LOGS_KEPT = 60
LOCK = "nightly.lock"


class _OutOfTime(BaseException):
    """Raised by the clock in the middle of a stage; no `except Exception` on the way may swallow it."""


@dataclass(slots=True)
class Night:
    """How a run goes: the lines of its log, what went wrong, and the report."""

    began: datetime
    lines: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    letter: Letter | None = None

    def say(self, text: str) -> None:
        self.lines.append(f"{datetime.now(UTC):%H:%M:%S} {one_line(text, 1000)}")

    def fail(self, text: str) -> None:
        self.troubles.append(one_line(text, 1000))
        self.say(f"FAILED {text}")


def run_night(config: Config, *, dry_run: bool = False) -> Night:
    """One whole run. Never raises for what a stage does; `troubles` say what went wrong. With `dry_run` nothing is fetched, sent
    or written but the log, and the report is made of what the store holds."""
    night = Night(datetime.now(UTC))
    folder = log_folder(config)
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(folder / LOCK) as alone:
        if not alone:
            night.say("another run is not over yet; this one ends")
        else:
            with suppress(_OutOfTime), _limit(config.nightly_minutes * 60, night):
                _run(config, night, dry_run)
    count = len(night.troubles)
    seconds = (datetime.now(UTC) - night.began).total_seconds()
    night.say(f"end, after {seconds:.1f} s, {count} trouble{'' if count == 1 else 's'}")
    _write_log(folder, night)
    return night


def log_folder(config: Config) -> Path:
    """The folder of the logs, beside the store."""
    return config.store_path.with_name("nightly")


def _run(config: Config, night: Night, dry_run: bool) -> None:
    warnings: list[str] = []
    if not dry_run:
        _stage(night, "fetch", lambda: _fetch(config, night))
        if not _stage(night, "mine", lambda: _mine(config, night)):
            warnings.append(f"this report is made of old mail, what an earlier night had: {night.troubles[-1]}")
    if not config.store_path.exists():
        if dry_run:
            night.fail("there is no store yet to make a report of; first: miner fetch, then miner mine")
        return  # what kept it from being made is told already
    mined = _stage(night, "read", lambda: read_store(config))
    if mined is None:
        return
    night.letter = _stage(night, "report", lambda: _compose(mined, config, night, warnings))
    if night.letter is None:
        return
    written = log_folder(config) / "report.txt"
    letter = night.letter
    if not dry_run:
        _stage(
            night,
            "write",
            lambda: replace_file(written, render_letter(letter, "text", config.templates)),
        )
    if config.smtp.to:
        _stage(night, "send", lambda: _send(mined, letter, config, night, dry_run))
        for line in describe_refused_since(config):
            night.say(f"{line}; mend the address, or take it out of `to` in [smtp]")
    _stage(night, "prune", lambda: _prune(log_folder(config)))


def _stage(night: Night, name: str, work: Callable[[], _T]) -> _T | None:
    """One stage, timed; its failure ends it alone."""
    began = time.monotonic()
    try:
        return work()
    except (MinerError, OSError) as error:
        night.fail(f"{name}: {error}")
    except Exception as error:  # noqa: BLE001 - a bug in one stage must not take the report with it
        night.fail(f"{name}: {type(error).__name__}: {error}")
    finally:
        night.say(f"{name} took {time.monotonic() - began:.1f} s")
    return None


def _fetch(config: Config, night: Night) -> None:
    if not config.sources:
        night.say("nothing is configured to be fetched")
        return
    for outcome in sync.fetch(sync.find_sources((), config), config, sync.Quiet()):
        if outcome.error:
            night.fail(f"fetch: {outcome.source.title}: {outcome.error}")
        else:
            night.say(f"{outcome.source.title}: {outcome.new} new, {outcome.removed} removed")


def _mine(config: Config, night: Night) -> bool:
    folders, absent = sync.find_present(config)
    if lost := find_lost(config, absent):
        raise MinerError(describe_lost(config, lost))
    if not config.sources:
        raise MinerError("no list is configured; first: miner init LIST, or name lists in the configuration")
    if not folders:
        raise MinerError("no mail of what is configured has been fetched yet")
    kept = bring_up_to_date(folders, config)
    night.say(f"{kept.mined.read} mails, {kept.new} new, {kept.gone} gone")
    if kept.aside:
        night.fail(f"the store was damaged and was made anew; what it was lies in {kept.aside}")
    return True


def _compose(mined: Mined, config: Config, night: Night, warnings: Sequence[str]) -> Letter:
    last = last_report(config, config.smtp.to)
    return compose(
        mined,
        config,
        now=night.began,
        since=last.date if last else None,
        view=View(),
        warnings=[*warnings, *find_warnings(config, night.began)],
        before=read_standing(config, last, mined.sources),
    )


def find_warnings(config: Config, now: datetime) -> list[str]:
    """What a reader of the report has to know first: which sources brought nothing for long."""
    old = []
    for state in sync.read_states(config):
        if state.source not in config.sources:
            continue
        if state.last_success is None:
            old.append(f"no fetch of {state.source.title} is remembered")
        elif now - state.last_success > timedelta(days=config.old_days):
            old.append(
                f"the mail of {state.source.title} is {(now - state.last_success).days} days old: no fetch succeeded since {state.last_success:%Y-%m-%d}"
            )
    return old


def _send(mined: Mined, letter: Letter, config: Config, night: Night, dry_run: bool) -> None:
    stood = Stood(mined.sources, stand(mined.status))
    prepared = prepare(letter, config, config.smtp.to, now=night.began, stood=stood)
    if dry_run:
        night.say(f"would send to {', '.join(prepared.to)}{f', but {prepared.why_not}' if prepared.why_not else ''}")
    elif prepared.why_not:
        night.say(f"not sent: {prepared.why_not}")
    else:
        if refused := transmit(prepared, config):
            raise SendError(f"done in part: {refused}")
        night.say(f"sent to {', '.join(prepared.to)}")


def _prune(folder: Path) -> None:
    logs = sorted(folder.glob("*.log"))
    for log in logs[:-LOGS_KEPT]:
        log.unlink(missing_ok=True)


def _write_log(folder: Path, night: Night) -> None:
    with suppress(OSError):
        path = folder / f"{night.began:%Y%m%dT%H%M%S}-{os.getpid()}.log"
        path.write_text("\n".join(night.lines) + "\n", encoding="utf-8")


@contextmanager
def _lock(path: Path) -> Iterator[bool]:
    """Whether nobody else holds the lock; it is held until the end, or until the process dies."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(lock)


@contextmanager
def _limit(seconds: float, night: Night) -> Iterator[None]:
    """End the run when its time is over."""

    def over(_signal: int, _frame: FrameType | None) -> None:
        night.fail(f"the run was ended after {seconds / 60:.0f} minutes")
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
