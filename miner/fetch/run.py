"""Bring sources up to date, some at a time, each on its own: what fails at one changes nothing at another."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

from miner.config import FetchSettings
from miner.errors import FetchError, MinerError
from miner.fetch.epochs import Change, choose_epochs, fetch_epochs, list_epochs
from miner.fetch.folder import Folder, State
from miner.fetch.lore import Inbox
from miner.fetch.mails import Kept, Reading, fetch_search, fetch_thread, is_full_due
from miner.fetch.web import fetch_web
from miner.fetch.wire import Busy, Clock, Pace, shown
from miner.model import Problem, RawMail
from miner.sources import Source, parse_since


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went for one source.

    `new` mails came, `removed` were deleted from the archive or purged. `state` is what is remembered now. `error` is
    one line, empty when all went well. `plan` is what a dry run would do. `problems` are mails that could not be kept.
    """

    source: Source
    state: State
    new: int = 0
    removed: int = 0
    error: str = ""
    plan: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class Events(Protocol):
    """What somebody who watches wants to know; called from several threads."""

    def begin(self, source: Source) -> None: ...
    def move(self, source: Source, done: int, total: int | None, unit: str) -> None: ...
    def pause(self, source: Source, seconds: float, why: str) -> None: ...
    def end(self, outcome: Outcome) -> None: ...


@dataclass(frozen=True, slots=True)
class Count:
    """Mails of a list: new ones, removed ones, all of them, and the date of the newest."""

    new: int
    removed: int
    mails: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Tools:
    """What fetching takes from other parts: how mail is read, and how the mails of a list's epochs are counted, given
    their folder, what has changed in it, and how many there were before."""

    reading: Reading
    count: Callable[[Path, Sequence[Change], int], Count]


def fetch_sources(
    sources: Sequence[Source],
    settings: FetchSettings,
    tools: Tools,
    events: Events,
    *,
    clock: Clock | None = None,
    jobs: int | None = None,
    full: bool = False,
    dry_run: bool = False,
) -> tuple[Outcome, ...]:
    """Bring each source up to date and say how it went, in the order given; what fails is an outcome with an error.

    `full` fetches threads and searches whole instead of what is new. KeyboardInterrupt ends all of them soon; what is
    whole stays.
    """
    clock = clock or Clock()
    stop = threading.Event()
    pace = Pace(settings.pace, _stoppable(clock, stop))

    def work(source: Source) -> Outcome:
        if stop.is_set():
            return Outcome(source, State(source), error="stopped")
        events.begin(source)
        run = _Run(source, settings, tools, events, _stoppable(clock, stop), pace, full, stop)
        outcome = run.plan() if dry_run else run.fetch()
        events.end(outcome)
        return outcome

    with ThreadPoolExecutor(min(jobs or settings.jobs, max(1, len(sources)))) as pool:
        futures: list[Future[Outcome]] = [pool.submit(work, source) for source in sources]
        try:
            wait(futures)
        except KeyboardInterrupt:
            stop.set()
            raise
    return tuple(future.result() for future in futures)


class Stopped(FetchError):
    """The user ended the run."""


def _stoppable(clock: Clock, stop: threading.Event) -> Clock:
    """A clock whose waiting ends when the run does."""

    def sleep(seconds: float) -> None:
        end = clock.monotonic() + seconds
        while (left := end - clock.monotonic()) > 0 and not stop.is_set():
            clock.sleep(min(left, 0.5))
        if stop.is_set():
            raise Stopped("stopped")

    return replace(clock, sleep=sleep)


class _Run:
    """One source in one run."""

    def __init__(
        self,
        source: Source,
        settings: FetchSettings,
        tools: Tools,
        events: Events,
        clock: Clock,
        pace: Pace,
        full: bool,
        stop: threading.Event,
    ) -> None:
        self.source = source
        self.settings = settings
        self.tools = tools
        self.events = events
        self.clock = replace(clock, waiting=lambda seconds, why: events.pause(source, seconds, why))
        self.pace = pace
        self.full = full
        self.stop = stop
        self.folder = Folder(settings.mail_path, source)
        self.now = clock.now()

    def fetch(self) -> Outcome:
        """Fetch it, remember how it went, and never raise for what can go wrong outside."""
        state = State(self.source)
        try:
            with self.folder.lock() as lock:
                state = self.folder.read_state()
                return self._fetch(state, lock)
        except (MinerError, OSError) as error:
            return Outcome(self.source, state, error=_one_line(error, self.folder))

    def _fetch(self, state: State, lock: IO[bytes]) -> Outcome:
        if state.not_before and state.not_before > self.now:
            return Outcome(
                self.source,
                state,
                error=f"the server asked not to be called before {state.not_before:%Y-%m-%d %H:%M} UTC",
            )
        try:
            outcome = self._fetch_kind(state, lock)
        except (MinerError, OSError) as error:
            # What was remembered on the way (epochs that are done) counts.
            text = _one_line(error, self.folder)
            until = error.until if isinstance(error, Busy) else None
            state = replace(self.folder.read_state(), last_error=text, last_error_at=self.now, not_before=until)
            self.folder.write_state(state)
            return Outcome(self.source, state, error=text)
        state = replace(outcome.state, last_success=self.now, last_error="", last_error_at=None, not_before=None)
        self.folder.write_state(state)
        return replace(outcome, state=state)

    def _fetch_kind(self, state: State, lock: IO[bytes]) -> Outcome:
        if self.source.kind == "web":
            state, kept = fetch_web(
                self.folder, state, self.settings, self.tools.reading, self._since(), self.clock, self.pace, self._tell
            )
            return self._count_volumes(state, kept)
        inbox = Inbox(self.source.url, self.settings, self.clock, self.pace)
        try:
            if self.source.kind == "list":
                state, changes = fetch_epochs(self.folder, state, inbox, self._since(), lock, self._tell)
                if not changes and state.last_success:
                    return Outcome(self.source, state)
                count = self.tools.count(self.folder.path, changes, state.mails)
                state = replace(state, mails=count.mails, newest=count.newest)
                return Outcome(self.source, state, count.new, count.removed)
            reading, full = self.tools.reading, self.full or is_full_due(state, self.now)
            if self.source.kind == "thread":
                state, kept = fetch_thread(self.folder, state, inbox, reading, self._tell, full)
            else:
                state, kept = fetch_search(
                    self.folder, state, inbox, reading, self._since(), self.clock, self._tell, full
                )
            return self._count_files(state, kept)
        finally:
            inbox.close()

    def _count_files(self, state: State, kept: Kept) -> Outcome:
        """Tell what lies here, one mail a file."""
        newest = max((date for date in (*kept.dates, state.newest) if date and date <= self.now), default=None)
        state = replace(state, mails=sum(1 for _ in self.folder.mail_paths()), newest=newest)
        return Outcome(self.source, state, kept.new, problems=kept.problems)

    def _count_volumes(self, state: State, kept: Kept) -> Outcome:
        """Tell what lies here, in files of many mails; only read again when one has changed."""
        if kept.new or not state.last_success:
            reading = self.tools.reading
            found = (each for each in reading.split(self.folder.mail) if isinstance(each, RawMail))
            dates = [reading.head(each.data).date for each in found]
            newest = max((date for date in dates if date and date <= self.now), default=None)
            state = replace(state, mails=len(dates), newest=newest)
        return Outcome(self.source, state, kept.new, problems=kept.problems)

    def plan(self) -> Outcome:
        """Say what a run would do; asks the server of a list which epochs there are, and changes nothing."""
        state = self.folder.read_state()
        try:
            return Outcome(self.source, state, plan=tuple(self._plan(state)))
        except (MinerError, OSError) as error:
            return Outcome(self.source, state, error=_one_line(error, self.folder))

    def _plan(self, state: State) -> list[str]:
        if self.source.kind == "web":
            return [f"look through {self.source.url} for {'what is new' if state.last_success else 'all of it'}"]
        if self.source.kind != "list":
            what = "the whole thread" if self.source.kind == "thread" else "all that the search finds"
            if state.as_of and not (self.full or is_full_due(state, self.now)):
                what = f"what came since {state.as_of:%Y-%m-%d %H:%M} UTC"
            return [f"ask {self.source.url} for {what}"]
        inbox = Inbox(self.source.url, self.settings, self.clock, self.pace)
        try:
            remotes = list_epochs(inbox.read_manifest(), inbox.url)
        finally:
            inbox.close()
        needed = choose_epochs(remotes, self._since())
        steps = []
        for remote in remotes:
            known = state.epochs.get(str(remote.number))
            if known is None:
                steps.append(
                    f"{'clone' if remote in needed else 'leave out'} epoch {remote.number}, newest mail {remote.modified:%Y-%m-%d}"
                )
            elif known.fingerprint != remote.fingerprint:
                steps.append(f"update epoch {remote.number}")
        return steps or ["nothing, it is up to date"]

    def _since(self) -> datetime | None:
        return parse_since(self.source.since, self.now) if self.source.since else None

    def _tell(self, done: int, total: int | None, unit: str) -> None:
        if self.stop.is_set():
            raise Stopped("stopped")
        self.events.move(self.source, done, total, unit)


def _one_line(error: BaseException, folder: Folder) -> str:
    if isinstance(error, OSError):
        place = error.filename or folder.path
        advice = "; make room and run again" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
        return shown(f"{place}: {error.strerror or error}{advice}")
    return shown(error)
