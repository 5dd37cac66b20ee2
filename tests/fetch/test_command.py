"""`miner init` and `miner fetch` as a user has them: what is printed where, and the exit status."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from miner.cli import app
from miner.config import read_config


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def settings(proxy: Any, git_over_http: Path, tmp_path: Path) -> Path:
    path = tmp_path / "miner.toml"
    path.write_text(f'[fetch]\nserver = "{proxy.url}"\nmail_dir = "{tmp_path / "mail"}"\npace = 0\npatience = 0\n')
    return path


def test_init_writes_a_configuration_that_can_be_read(git_over_http: Path, tmp_path: Path) -> None:
    git_over_http.write_text("[user]\n\temail = ada@example.org\n")
    path = tmp_path / "deep" / "miner.toml"
    words = ("--config", str(path), "--since", "2026-01-31")
    result = run("init", "linux-mm", "https://inbox.example.org/weft-dev/", *words)
    assert result.exit_code == 0, result.output
    assert str(path) in result.stdout
    config = read_config(path)
    assert [(each.kind, each.url, each.since) for each in config.sources] == [
        ("list", "https://lore.kernel.org/linux-mm", "2026-01-31"),
        ("list", "https://inbox.example.org/weft-dev", "2026-01-31"),
    ]
    assert config.fetch.contact == "ada@example.org"


def test_every_line_of_the_configuration_can_be_used(git_over_http: Path, tmp_path: Path) -> None:
    """Without the marks of its comments it is a configuration too, and has every key with the value that counts."""
    path = tmp_path / "miner.toml"
    assert run("init", "--config", str(path)).exit_code == 0
    settings = re.compile(r"^# (?=(\[\[|[a-z_]+ = ))", re.MULTILINE)
    path.write_text(settings.sub("", path.read_text()))
    table = tomllib.loads(path.read_text())
    plain = read_config(path)
    defaults = read_config(None)
    for key in ("archive_url", "min_confidence", "max_mail_bytes"):
        assert table[key] == getattr(defaults, key) == getattr(plain, key)
    for key in ("server", "mail_dir", "pace", "patience", "timeout", "jobs", "masks", "contact"):
        assert key in table["fetch"]
    assert (plain.fetch.pace, plain.fetch.jobs, plain.fetch.timeout) == (1.0, 2, 0.0)
    assert sorted({each.kind for each in plain.sources}) == ["list", "search", "thread", "web"]


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "miner.toml"
    path.write_text("stale_days = 3\n")
    result = run("init", "linux-mm", "--config", str(path))
    assert result.exit_code == 1
    assert "is there already" in result.stderr
    assert 'add to it: [[list]] name = "linux-mm"' in result.stderr
    assert path.read_text() == "stale_days = 3\n"


def test_who_follows_nothing_is_told_what_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "miner.toml"
    assert "it follows nothing yet: name lists in it, then: miner fetch" in run("init", "--config", str(path)).stdout
    path.write_text(f'store = "{tmp_path}/store.sqlite"\n[fetch]\nmail_dir = "{tmp_path}/mail"\n')
    status = run("fetch", "--status", "--config", str(path))
    assert (status.exit_code, status.stdout) == (0, "")
    assert "nothing has been fetched into" in status.stderr
    night = run("nightly", "--config", str(path))
    assert night.exit_code == 1
    assert (
        night.stderr.splitlines()[0]
        == "miner: mine: no list is configured; first: miner init LIST, or name lists in the configuration"
    )
    assert "there is no store yet to make a report of" in run("nightly", "--dry-run", "--config", str(path)).stderr


def test_init_without_config_writes_to_the_users_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert run("init", "linux-mm").exit_code == 0
    assert (tmp_path / "lore-miner" / "config.toml").is_file()


@pytest.mark.parametrize("words", [["s:folio"], ["linux-mm", "--since", "someday"]])
def test_init_refuses_what_is_no_list_or_date(words: list[str], tmp_path: Path) -> None:
    result = run("init", *words, "--config", str(tmp_path / "miner.toml"))
    assert result.exit_code == 1
    assert not (tmp_path / "miner.toml").exists()


def test_fetch_says_what_came_and_where_it_lies(settings: Path, tmp_path: Path) -> None:
    result = run("fetch", "weft-dev", "--config", str(settings))
    assert result.exit_code == 0, result.output
    assert re.fullmatch(r"weft-dev: 59 new mails, 59 in all, newest 2026-\d\d-\d\d\n", result.stdout)
    assert str(tmp_path / "mail") in result.stderr
    again = run("fetch", "weft-dev", "--config", str(settings))
    assert again.stdout.startswith("weft-dev: nothing new, 59 in all")


def test_what_was_fetched_is_a_source(settings: Path, tmp_path: Path) -> None:
    run("fetch", "weft-dev", "--config", str(settings))
    (folder,) = (tmp_path / "mail").glob("*/lists/weft-dev")
    for source in (folder, tmp_path / "mail"):
        result = run("items", str(source), "--format", "json")
        assert result.exit_code == 0, result.output
        assert "read 59 mails" in result.stderr
        assert len(result.stdout.splitlines()) > 5


def test_all_that_is_configured_is_fetched(settings: Path) -> None:
    settings.write_text(
        settings.read_text() + '[[list]]\nname = "weft-dev"\n[[search]]\nquery = "s:re"\nlist = "weft-dev"\n'
    )
    result = run("fetch", "--config", str(settings))
    assert result.exit_code == 0, result.output
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == ["weft-dev", "s"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ([], 2, "nothing to fetch"),
        (["ftp://example.org/x"], 2, "only http and https"),
        (["weft-dev", "--since", "someday"], 2, "since must be a date"),
        (["no-such-list"], 1, "no epochs of no-such-list"),
        (["no-such-list", "weft-dev"], 3, "no epochs of no-such-list"),
        (["nobody@example.org"], 1, "no message with this id"),
        (["--jobs", "0"], 2, "jobs"),
    ],
)
def test_what_goes_wrong(settings: Path, words: list[str], status: int, said: str) -> None:
    result = run("fetch", *words, "--config", str(settings))
    assert result.exit_code == status, result.output
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.output


def test_a_dry_run_changes_nothing(settings: Path, tmp_path: Path) -> None:
    result = run("fetch", "weft-dev", "--dry-run", "--config", str(settings))
    assert result.exit_code == 0
    assert result.stdout.startswith("weft-dev: clone epoch 0, newest mail 2026-")
    assert not (tmp_path / "mail").exists()


def test_quiet_prints_errors_alone(settings: Path) -> None:
    result = run("fetch", "weft-dev", "no-such-list", "--quiet", "--config", str(settings))
    assert result.exit_code == 3
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


def test_status_of_what_is_kept(settings: Path, proxy: Any) -> None:
    settings.write_text(settings.read_text() + '[[list]]\nname = "weft-dev"\n[[list]]\nname = "gone"\n')
    assert [row["mails"] for row in _status(settings)] == [0, 0]
    assert run("fetch", "--config", str(settings)).exit_code == 3
    proxy.clear()
    weft, gone = _status(settings)
    assert proxy.paths() == []
    assert (weft["source"], weft["kind"], weft["mails"], weft["last_error"]) == ("weft-dev", "list", 59, "")
    assert weft["newest"].startswith("2026-")
    assert Path(weft["folder"]).is_dir()
    assert (gone["last_success"], gone["mails"]) == (None, 0)
    assert "no epochs of gone" in gone["last_error"]
    table = run("fetch", "--status", "--format", "table", "--config", str(settings)).stdout
    assert "just now" in table
    assert "never" in table


def _status(settings: Path) -> list[dict[str, Any]]:
    result = run("fetch", "--status", "--format", "json", "--config", str(settings))
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_server_that_makes_one_wait_is_told_in_a_plain_line(settings: Path, proxy: Any) -> None:
    settings.write_text(settings.read_text().replace("patience = 0", "patience = 10"))
    proxy.fault("status", "manifest", code=503, retry_after="1")
    result = run("fetch", "weft-dev", "--config", str(settings))
    assert result.exit_code == 0
    assert "again in 1 s" in result.stderr
    assert "\x1b" not in result.output


def test_bars_on_a_terminal_go_away_again(settings: Path, proxy: Any) -> None:
    proxy.fault("slow", times=None, piece=1500, delay=0.05)
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "miner", "fetch", "weft-dev", "--config", str(settings)]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=follower, env=environment)
    os.close(follower)
    seen = b""
    while select.select([leader], [], [], 30)[0]:
        try:
            piece = os.read(leader, 4096)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    os.close(leader)
    assert process.stdout is not None
    assert b"59 new mails" in process.stdout.read()
    process.stdout.close()
    assert process.wait(30) == 0
    assert "━".encode() in seen
    assert b"weft-dev" in seen
    assert b"Traceback" not in seen


def test_hostile_words_of_a_server_stay_harmless(settings: Path, proxy: Any) -> None:
    body = b"<html>\x1b[31mred\x1b[0m"
    proxy.fault("status", "x=m", times=None, code=404, body=body)
    result = run("fetch", "s:\x1b[31m", "--config", str(settings))
    assert result.exit_code == 2
    result = run("fetch", "s:weft", "--list", "weft-dev", "--config", str(settings))
    assert result.exit_code == 1
    assert "\x1b" not in result.output
