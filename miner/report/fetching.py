"""What a person sees of fetching: bars on a terminal, plain lines elsewhere, and a table of what is kept up to date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TextIO

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from miner.report.escape import one_line
from miner.report.formats import Column
from miner.report.layout import make_console
from miner.report.rows import Row, plain
from miner.report.wording import count

STATUS_KEYS = ("source", "kind", "url", "mails", "newest", "last_success", "last_error", "last_error_at", "folder")


class Source(Protocol):
    """What is fetched, as far as it is shown."""

    @property
    def title(self) -> str: ...
    @property
    def folder(self) -> str: ...


class Outcome(Protocol):
    @property
    def source(self) -> Source: ...


class Watch:
    """Shows how fetching goes: a bar a source on a terminal, which goes away at the end; elsewhere a line only where
    somebody who reads it later has to know why it took so long."""

    def __init__(self, out: TextIO, *, bars: bool, quiet: bool) -> None:
        self._out = out
        self._quiet = quiet
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        if bars:
            self._progress = Progress(
                SpinnerColumn(),
                TextColumn("{task.fields[title]}", markup=False),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[said]}", markup=False),
                console=make_console(out),
                transient=True,
            )

    def __enter__(self) -> Watch:
        if self._progress:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress:
            self._progress.stop()

    def begin(self, source: Source) -> None:
        if self._progress:
            title = one_line(source.title, 32)
            self._tasks[source.folder] = self._progress.add_task("", total=None, title=title, said="asking")

    def move(self, source: Source, done: int, total: int | None, unit: str) -> None:
        said = (
            f"{done / 1_000_000:.1f} MB"
            if unit == "bytes"
            else f"{unit} {done:,}" + (f" of {total:,}" if total else "")
        )
        self._update(source, completed=done, total=total, said=one_line(said, 48))

    def pause(self, source: Source, seconds: float, why: str) -> None:
        said = one_line(f"{why}; again in {seconds:.0f} s", 200)
        if not self._progress and not self._quiet:
            print(f"miner: {one_line(source.title, 80)}: {said}", file=self._out)
        self._update(source, said=said)

    def end(self, outcome: Outcome) -> None:
        if self._progress:
            self._progress.remove_task(self._tasks.pop(outcome.source.folder))

    def _update(self, source: Source, **words: Any) -> None:
        if self._progress:
            self._progress.update(self._tasks[source.folder], **words)


class State(Protocol):
    """What is remembered of a source, as far as it is shown."""

    @property
    def source(self) -> Any: ...
    @property
    def mails(self) -> int: ...
    @property
    def newest(self) -> datetime | None: ...


def describe_outcome(title: str, new: int, removed: int, state: State, plan: Sequence[str]) -> str:
    """One line for what came of a source, or would come of it."""
    if plan:
        return f"{one_line(title, 120)}: {'; '.join(plan)}"
    if not (new or removed or state.mails):
        return f"{one_line(title, 120)}: no mail found"
    parts = [f"{new:,} new mail{'' if new == 1 else 's'}" if new else "nothing new"]
    if removed:
        parts.append(f"{removed:,} removed")
    parts.append(f"{state.mails:,} in all")
    if state.newest:
        parts.append(f"newest {state.newest:%Y-%m-%d}")
    return f"{one_line(title, 120)}: {', '.join(parts)}"


def state_row(state: State, root: Path) -> Row:
    """A row about one source, for programs and for the table."""
    source = state.source
    values = {"source": source.title, "kind": source.kind, "url": source.url, "folder": str(root / source.folder)}
    return {key: plain(values[key] if key in values else getattr(state, key)) for key in STATUS_KEYS}


def state_columns(now: datetime) -> tuple[Column, ...]:
    return (
        Column("source", lambda row: row["source"], ratio=4, limit=80),
        Column("mails", lambda row: f"{row['mails']:>9,}", width=9),
        Column("newest", lambda row: (row["newest"] or "")[:10], width=10),
        Column("last success", lambda row: _ago(row["last_success"], now), width=13),
        Column("last error", lambda row: row["last_error"] or "", ratio=5),
    )


def _ago(when: str | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    if when is None:
        return "never"
    seconds = (now - datetime.fromisoformat(when)).total_seconds()
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if (number := int(seconds // size)) > 0:
            return f"{count(number, unit)} ago"
    return "just now"
