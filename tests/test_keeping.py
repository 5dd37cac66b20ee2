"""What `miner.mine` takes: sources and settings in the forms in which Python code has them at hand."""

from __future__ import annotations

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
