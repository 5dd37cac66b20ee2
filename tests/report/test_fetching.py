"""The words about what was fetched."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from miner.report.fetching import STATUS_KEYS, Watch, describe_outcome, state_columns, state_row

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@dataclass
class Source:
    title: str = "weft-dev"
    folder: str = "inbox.example.org/lists/weft-dev"
    kind: str = "list"
    url: str = "https://inbox.example.org/weft-dev"


@dataclass
class State:
    source: Source
    mails: int = 0
    newest: datetime | None = None
    last_success: datetime | None = None
    last_error: str = ""
    last_error_at: datetime | None = None


@pytest.mark.parametrize(
    ("new", "removed", "mails", "newest", "plan", "text"),
    [
        (0, 0, 0, None, (), "no mail found"),
        (1, 0, 1, None, (), "1 new mail, 1 in all"),
        (1200, 3, 15000, NOW, (), "1,200 new mails, 3 removed, 15,000 in all, newest 2026-05-01"),
        (0, 0, 7, NOW, (), "nothing new, 7 in all, newest 2026-05-01"),
        (0, 2, 0, None, (), "nothing new, 2 removed, 0 in all"),
        (0, 0, 0, None, ("clone epoch 0", "update epoch 1"), "clone epoch 0; update epoch 1"),
    ],
)
def test_a_line_for_a_source(
    new: int, removed: int, mails: int, newest: datetime | None, plan: tuple[str, ...], text: str
) -> None:
    state = State(Source(), mails, newest)
    assert describe_outcome("weft\x1b-dev", new, removed, state, plan).partition(": ")[2] == text
    assert "\x1b" not in describe_outcome("weft\x1b-dev", new, removed, state, plan)


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (None, "never"),
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=1, hours=3), "1 day ago"),
        (timedelta(days=400), "400 days ago"),
    ],
)
def test_a_row_for_a_source(ago: timedelta | None, text: str) -> None:
    row = state_row(State(Source(), 7, last_success=None if ago is None else NOW - ago), Path("/srv/mail"))
    assert tuple(row) == STATUS_KEYS
    assert row["folder"] == "/srv/mail/inbox.example.org/lists/weft-dev"
    cells = {column.head: column.cell(row) for column in state_columns(NOW)}
    assert cells["last success"] == text
    assert cells["source"] == "weft-dev"


def test_without_a_terminal_only_waiting_is_told() -> None:
    out = io.StringIO()
    with Watch(out, bars=False, quiet=False) as watch:
        watch.begin(Source())
        watch.move(Source(), 5, 10, "objects")
        watch.pause(Source(), 12.4, "busy\x1b[1m")
    assert out.getvalue().startswith("miner: weft-dev: busy")
    assert "again in 12 s" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_quiet_is_quiet() -> None:
    out = io.StringIO()
    with Watch(out, bars=False, quiet=True) as watch:
        watch.pause(Source(), 12.4, "busy")
    assert out.getvalue() == ""
