"""What `miner.mine` takes: sources and settings in the forms in which Python code has them at hand."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import miner
from miner.errors import ConfigError

MBOX = Path(__file__).parents[1] / "corpora" / "sample" / "weft-dev.mbox"
NOTE = """[[note]]
work = "lease renewal"
date = 2026-04-05
says = "Zoë told me"
status = "merged"
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("cache", [True, False])
def test_one_source_is_a_text_or_a_path(cache: bool) -> None:
    for source in (str(MBOX), MBOX, [MBOX]):
        mined = miner.mine(source, cache=cache)
        assert (mined.sources, mined.read) == ((str(MBOX),), 59)


def test_rows_show_how_many_they_are() -> None:
    mined = miner.mine(MBOX)
    assert f"rows=<rows of {len(mined.rows)} mails>" in repr(mined)


@pytest.mark.parametrize(
    "moment",
    ["2026-03-01", date(2026, 3, 1), datetime(2026, 3, 1, 23, 59, 59), "2026-03-01T23:59:59+00:00"],  # noqa: DTZ001
)
def test_a_moment_in_the_forms_that_python_has(moment: str | date) -> None:
    mined = miner.mine(MBOX, as_of=moment)
    assert [m.message_id for m in mined.messages] == [
        m.message_id
        for m in miner.mine(MBOX).messages
        if m.date is not None and m.date < datetime(2026, 3, 2, tzinfo=UTC)
    ]


def test_a_moment_that_is_none() -> None:
    with pytest.raises(ConfigError, match="as_of"):
        miner.mine(MBOX, as_of="some day")


@pytest.mark.parametrize("cache", [True, False])
def test_what_was_mined_can_be_pickled(cache: bool) -> None:
    mined = miner.mine(MBOX, cache=cache)
    again = pickle.loads(pickle.dumps(mined))
    assert again.status == mined.status
    assert dict(again.rows) == dict(mined.rows)


@pytest.mark.parametrize("cache", [True, False])
def test_a_configuration_comes_with_the_notes_beside_it(tmp_path: Path, cache: bool) -> None:
    config = tmp_path / "config.toml"
    config.write_text("")
    (tmp_path / "notes.toml").write_text(NOTE)
    for named in (config, str(config)):
        status = next(
            each for each in miner.mine(MBOX, config=named, cache=cache).status if each.key == "lease renewal"
        )
        assert (status.status, status.note) == ("merged", "2026-04-05: merged (Zoë told me)")
    assert all(each.note is None for each in miner.mine(MBOX, cache=cache).status)


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        miner.mine(MBOX, config=tmp_path / "none.toml")
