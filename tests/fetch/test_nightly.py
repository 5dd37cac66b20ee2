"""The nightly run against a real server, with what goes wrong at night; here, since the server is."""

from __future__ import annotations

import fcntl
import os
import re
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from miner import keeping, nightly, sync
from miner.cli import app
from miner.config import read_config
from miner.doctor import examine
from miner.nightly import find_warnings, log_folder, run_night
from miner.outbox import describe_refused_since, read_sent, remember_refused
from miner.schedule import GUIDE, make_crontab, make_units

from ..inbox import Inbox
from ..trees import Weft


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def smtp(tmp_path: Path) -> Iterator[Inbox]:
    with Inbox(tmp_path / "in") as found:
        yield found


@pytest.fixture
def settings(proxy: Any, git_over_http: Path, tmp_path: Path, smtp: Any) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(
        f'store = "{tmp_path}/state/store.sqlite"\nnightly_minutes = 5\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {smtp.port}\nencryption = "none"\nsender = "Ada <ada@example.org>"\nto = ["bo@example.org"]\n'
        f'[fetch]\nserver = "{proxy.url}"\nmail_dir = "{tmp_path / "mail"}"\npace = 0\npatience = 0\n[[list]]\nname = "weft-dev"\n'
    )
    return path


def inbox(tmp_path: Path) -> int:
    return len(list((tmp_path / "in" / "new").iterdir()))


def log_of(settings: Path) -> str:
    return max(log_folder(read_config(settings)).glob("*.log")).read_text()


def test_a_night_without_trouble_is_quiet_and_the_next_one_has_nothing_new(settings: Path, tmp_path: Path) -> None:
    first = run("nightly", "--config", str(settings))
    assert (first.exit_code, first.output) == (0, "")
    log = log_of(settings)
    for words in (
        "weft-dev: 59 new",
        "59 mails, 59 new",
        "sent to bo@example.org",
        "fetch took",
        "send took",
        "0 troubles",
    ):
        assert words in log
    assert inbox(tmp_path) == 1
    assert "Where things stand" in (log_folder(read_config(settings)) / "report.txt").read_text()
    assert run("status", "--config", str(settings)).exit_code == 0
    second = run("nightly", "--config", str(settings))
    assert (second.exit_code, second.output) == (0, "")
    assert "not sent: the report of" in log_of(settings)
    assert inbox(tmp_path) == 1


def test_a_dry_run_sends_and_stores_nothing(settings: Path, tmp_path: Path) -> None:
    assert run("nightly", "--config", str(settings), "--dry-run").exit_code == 1  # nothing was mined yet
    assert not (tmp_path / "mail").exists()
    run("fetch", "--config", str(settings), "--quiet")
    run("mine", "--config", str(settings), "--quiet")
    done = run("nightly", "--config", str(settings), "--dry-run")
    assert done.exit_code == 0
    assert "Where things stand" in done.stdout
    assert "would send to bo@example.org" in done.stdout
    assert inbox(tmp_path) == 0


def test_an_archive_that_cannot_be_reached_still_gives_a_report(
    settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("nightly", "--config", str(settings)).exit_code == 0
    settings.write_text(
        settings.read_text()
        .replace("mail_dir", "timeout = 1\nmail_dir")
        .replace("http://127.0.0.1", "http://127.0.0.2")
    )
    config = read_config(settings)
    night = run_night(config)
    assert night.letter is not None
    assert any("weft-dev" in trouble for trouble in night.troubles)
    result = run("nightly", "--config", str(settings))
    assert result.exit_code == 3
    assert "weft-dev" in result.stderr


def test_old_mail_is_said_in_the_report(settings: Path) -> None:
    run("nightly", "--config", str(settings))
    config = read_config(settings)
    assert find_warnings(config, datetime.now(UTC)) == []
    (warning,) = find_warnings(config, datetime.now(UTC) + timedelta(days=9))
    assert "is 9 days old" in warning


def test_mail_that_vanished_is_trouble_and_stays_in_the_store(
    settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.write_text(settings.read_text() + '[[list]]\nname = "other-list"\n')
    assert run("nightly", "--config", str(settings)).exit_code == 0
    config = read_config(settings)
    assert keeping.read_store(config).read == 64
    folder = config.fetch.mail_path / config.sources[0].folder
    away = tmp_path / "away"
    folder.rename(away)
    mined = run("mine", "--config", str(settings), "--full")
    assert mined.exit_code == 1
    assert f"the mail of weft-dev is gone from {folder}" in mined.stderr
    assert ("mail", "bad") in [(each.what, each.state) for each in examine(settings)]
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "file")  # it cannot be fetched
    night = run("nightly", "--config", str(settings))
    assert night.exit_code == 3
    assert "mine: the mail of weft-dev is gone from" in night.stderr
    report = (log_folder(config) / "report.txt").read_text()
    assert "this report is made of old mail, what an earlier night had: mine: the mail of weft-dev" in " ".join(
        report.split()
    )
    assert keeping.read_store(config).read == 64
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "file:http:https")
    assert run("nightly", "--config", str(settings)).exit_code == 0  # it is fetched anew
    assert keeping.read_store(config).read == 64
    assert run("mine", str(away), "--config", str(settings)).exit_code == 0
    assert keeping.read_store(config).read == 59


def test_a_list_that_never_came_keeps_the_others_from_nothing(settings: Path) -> None:
    config = read_config(settings)
    first = run("mine", "--config", str(settings))
    assert (first.exit_code, first.stderr.count("fetched yet")) == (1, 1)
    settings.write_text(settings.read_text() + '[[list]]\nname = "weft-nowhere"\n')
    for _ in range(2):
        night = run("nightly", "--config", str(settings))
        assert night.exit_code == 3
        assert "weft-nowhere" in night.stderr
        assert "mine:" not in night.stderr
        assert "old mail" not in (log_folder(config) / "report.txt").read_text()
    mined = run("mine", "--config", str(settings))
    assert mined.exit_code == 3
    assert "no mail of weft-nowhere has been fetched yet; first: miner fetch" in mined.stderr
    assert keeping.read_store(config).read == 59


def test_a_search_that_finds_nothing_is_no_trouble(settings: Path) -> None:
    text = settings.read_text().partition("[[list]]")[0]
    settings.write_text(f'{text}[[search]]\nquery = "s:xyzzy"\nlist = "weft-dev"\n')
    for _ in range(2):
        assert run("nightly", "--config", str(settings)).exit_code == 0
    mined = run("mine", "--config", str(settings), "--full")
    assert (mined.exit_code, mined.stdout[:7]) == (0, "0 mails")


def test_two_runs_never_meet(settings: Path, tmp_path: Path) -> None:
    folder = log_folder(read_config(settings))
    folder.mkdir(parents=True)
    lock = os.open(folder / nightly.LOCK, os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    result = run("nightly", "--config", str(settings))
    os.close(lock)
    assert (result.exit_code, result.output) == (0, "")
    assert "another run is not over yet" in log_of(settings)
    assert not (tmp_path / "mail").exists()


def test_a_stage_that_fails_takes_no_other_with_it(
    settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smtp: Any
) -> None:
    run("nightly", "--config", str(settings))
    monkeypatch.setattr(nightly, "bring_up_to_date", lambda *_: 1 / 0)
    monkeypatch.setattr(smtplib.SMTP, "send_message", lambda *_: (_ for _ in ()).throw(OSError("the line is cut")))
    (read_config(settings).store_path.with_name("sent.json")).unlink()
    night = run_night(read_config(settings))
    assert [trouble.split(":")[0] for trouble in night.troubles] == ["mine", "send"]
    assert night.letter is not None
    assert read_sent(read_config(settings)) == ()


def test_who_is_refused_is_trouble_and_the_others_get_the_report_once(settings: Path, tmp_path: Path) -> None:
    settings.write_text(settings.read_text().replace('["bo@example.org"]', '["bo@example.org", "gone@example.org"]'))
    first = run("nightly", "--config", str(settings))
    assert first.exit_code == 3
    assert "send: done in part: 127.0.0.1: it takes no mail for gone@example.org (550 5.1.1 no such" in first.stderr
    assert run("nightly", "--config", str(settings)).exit_code == 0
    assert inbox(tmp_path) == 1


def test_who_is_refused_stays_visible_until_he_gets_mail_or_is_taken_out(settings: Path) -> None:
    text = settings.read_text()
    with_gone = text.replace('["bo@example.org"]', '["bo@example.org", "Guy <gone@example.org>"]')
    settings.write_text(with_gone)
    run("nightly", "--config", str(settings))
    line = f"gone@example.org: refused since {datetime.now(UTC):%Y-%m-%d}, 550 5.1.1 no such user; mend the address"
    run("nightly", "--config", str(settings))  # which sends nothing
    assert line in log_of(settings)
    assert ("poor", line) in [(state, says.partition(", or")[0]) for state, says in look(settings, "smtp")]
    settings.write_text(text)
    run("nightly", "--config", str(settings))
    assert "refused" not in log_of(settings)
    assert [state for state, _ in look(settings, "smtp")] == ["good"]
    settings.write_text(with_gone)
    assert len(describe_refused_since(read_config(settings))) == 1
    remember_refused(read_config(settings), ["GONE@example.org"], {}, datetime.now(UTC))  # who got one since then
    assert describe_refused_since(read_config(settings)) == []


def test_a_run_ends_when_its_time_is_over(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "_fetch", lambda *_: time.sleep(30))
    monkeypatch.setattr(nightly, "_limit", lambda seconds, night, real=nightly._limit: real(0.5, night))
    began = time.monotonic()
    night = run_night(read_config(settings))
    assert time.monotonic() - began < 5
    assert night.letter is None
    assert "ended after" in night.troubles[0]
    assert "1 trouble\n" in log_of(settings)


def test_old_logs_go(settings: Path) -> None:
    folder = log_folder(read_config(settings))
    folder.mkdir(parents=True)
    for n in range(100):
        (folder / f"20200101T0000{n:02}-1.log").write_text("old")
    run("nightly", "--config", str(settings))
    assert len(list(folder.glob("*.log"))) == nightly.LOGS_KEPT + 1


# What runs it


@pytest.mark.parametrize("odd", ["plain.toml", "with space & %h 'q' $x.toml"])
def test_what_cron_and_systemd_think_of_it(odd: str, tmp_path: Path) -> None:
    program = tmp_path / "miner"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    line = make_crontab([str(program)], tmp_path / odd, 5, 7)
    assert line.startswith("7 5 * * * ")
    table = tmp_path / "crontab"
    table.write_text(line)
    checked = subprocess.run(["crontab", "-n", str(table)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    shell = line.split(" ", 5)[5].replace("\\%", "%")
    words = subprocess.run(["sh", "-c", f"printf '%s\\n' {shell}"], capture_output=True, text=True, check=True).stdout
    assert words.splitlines() == [str(program), "nightly", "--config", str(tmp_path / odd)]
    service, timer = make_units([str(program)], tmp_path / odd, 5, 7, 120)
    (tmp_path / "lore-miner.service").write_text(GUIDE + service)
    (tmp_path / "lore-miner.timer").write_text(timer)
    for unit in ("lore-miner.service", "lore-miner.timer"):
        verified = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(tmp_path / unit)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert verified.returncode == 0, verified.stderr
        assert str(tmp_path / unit) not in verified.stderr, verified.stderr


def test_the_command_of_the_schedule() -> None:
    assert "nightly" in run("schedule", "--cron").stdout
    assert "OnCalendar=*-*-* 04:30:00" in run("schedule", "--systemd", "--at", "04:30").stdout
    for wrong in ((), ("--cron", "--systemd"), ("--cron", "--at", "25:00")):
        assert run("schedule", *wrong).exit_code == 2


def test_what_is_scheduled_runs_however_the_program_was_started(tmp_path: Path) -> None:
    for words in ([sys.executable, "-m", "miner"], [sys.executable, "-c", "from miner.cli import main; main()"]):
        printed = subprocess.run([*words, "schedule", "--cron"], capture_output=True, text=True, check=True).stdout
        assert printed == f"0 5 * * * {sys.executable} -m miner nightly # lore-miner\n"
        printed = subprocess.run([*words, "schedule", "--systemd"], capture_output=True, text=True, check=True).stdout
        assert f"\nExecStart={sys.executable} -m miner nightly\n" in printed
    program = Path(sys.executable).with_name("miner")
    printed = subprocess.run([str(program), "schedule", "--cron"], capture_output=True, text=True, check=True).stdout
    assert f" {program} nightly" in printed


def test_it_is_told_how_to_install_what_is_printed() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    for words in ("systemctl --user enable --now lore-miner.timer", "loginctl enable-linger", "mails nobody"):
        assert words in run("schedule", "--systemd").stdout
        assert words in readme


def test_a_crontab_that_is_made_twice_has_one_line(tmp_path: Path) -> None:
    (command,) = re.findall(
        r"^ +(\(crontab -l .*\| crontab -)", (Path(__file__).parents[2] / "README.md").read_text(), re.M
    )
    table, line = tmp_path / "table", tmp_path / "line"
    table.write_text("0 1 * * * backup nightly\n")
    for at in ("05:00", "06:00"):
        line.write_text(run("schedule", "--cron", "--at", at).stdout)
        script = command.replace(".venv/bin/miner schedule --cron", f"cat {line}").replace("crontab -l", f"cat {table}")
        made = subprocess.run(
            ["sh", "-c", script.replace("| crontab -", "")], capture_output=True, text=True, check=True
        )
        table.write_text(made.stdout)
    assert [each.split(" ", 2)[:2] for each in table.read_text().splitlines()] == [["0", "1"], ["0", "6"]]


# The doctor


def test_a_doctor_who_finds_all_in_order(settings: Path) -> None:
    run("nightly", "--config", str(settings))
    found = {each.what: each for each in examine(settings)}
    assert {each.state for each in found.values()} <= {"good", "poor"}
    assert {"config", "git", "disk", "store", "archive", "model", "smtp"} <= set(found)
    assert "59 mails" in found["store"].says
    assert found["config"].says.endswith("follows 1 source")
    assert run("doctor", "--config", str(settings)).exit_code == 0


def test_a_doctor_who_finds_trouble(settings: Path) -> None:
    text = settings.read_text().replace("http://127.0.0.1", "http://127.0.0.2")
    settings.write_text(re.sub(r"^port = .*", "port = 1", text, flags=re.M))
    found = {each.what: each for each in examine(settings)}
    assert (found["archive"].state, found["smtp"].state) == ("bad", "bad")
    assert found["store"].advice == "miner mine"
    assert run("doctor", "--config", str(settings)).exit_code == 1
    settings.write_text("nonsense = 1\n")
    assert [each.state for each in examine(settings)] == ["bad"]


def look(settings: Path, what: str) -> list[tuple[str, str]]:
    return [(each.state, f"{each.says}; {each.advice}") for each in examine(settings) if each.what == what]


def test_a_doctor_who_looks_for_lists(settings: Path, proxy: Any, inbox_server: Any) -> None:
    source = f'[[thread]]\nid = "{proxy.url}/weft-nowhere/1@example.org/"\n'
    settings.write_text(settings.read_text() + f'[[list]]\nname = "weft-nowhere"\n{source}')
    good, absent, thread = look(settings, "archive")
    assert good == ("good", f"weft-dev: is there, at {proxy.url}/weft-dev; ")
    assert absent[0] == "bad"
    assert "weft-nowhere: the server has no epochs of weft-nowhere, but /" in absent[1]
    assert thread[0] == "bad"
    assert "is no list of this server; check the name" in thread[1]
    settings.write_text(settings.read_text().replace("http://127.0.0.1", "http://127.0.0.2"))
    for state, says in look(settings, "archive"):
        assert state == "bad"
        assert "cannot be reached (Connection refused)" in says
        assert "HTTPConnectionPool" not in says


def test_a_doctor_who_looks_at_git(settings: Path, tmp_path: Path) -> None:
    weft = Weft(tmp_path / "weft")
    text = settings.read_text()

    def of_git(lines: str) -> tuple[str, str]:
        settings.write_text(f"{lines}\n{text}")
        return look(settings, "git")[-1]

    assert of_git(f'git = "{weft.folder}"') == ("good", f"{weft.folder}: its newest commit is of 2026-01-30; ")
    for lines, words in (
        (f'git = "{tmp_path}/gone"', "gone: no git repository"),
        (f'git = "{tmp_path}"', "no git repository"),
        (f'git = "{weft.folder}"\ngit_branches = ["nosuch"]', "no branch 'nosuch'"),
    ):
        state, says = of_git(lines)
        assert state == "bad"
        assert words in says
    weft.git("init", "--quiet", str(tmp_path / "empty"))
    assert of_git(f'git = "{tmp_path}/empty"') == ("bad", f"{tmp_path}/empty: has no commit; fetch something into it")


def test_a_doctor_who_looks_at_files(settings: Path, tmp_path: Path) -> None:
    text = settings.read_text()
    folder = tmp_path / "templates"
    settings.write_text(f'maintainers = "{tmp_path}/gone"\nmailmap = "{settings}"\ntemplates = "{folder}"\n{text}')
    assert look(settings, "files") == [
        ("bad", f"{tmp_path}/gone: No such file or directory; mend `maintainers` in the configuration"),
        ("good", f"{settings}; "),
        ("bad", f"{folder}: No such file or directory; mend it, or `templates` in the configuration"),
    ]
    folder.mkdir()
    assert look(settings, "files")[-1][0] == "poor"
    (folder / "letter.txt.jinja").write_text("{{ letter.title }}")
    assert look(settings, "files")[-1] == ("good", f"{folder}: letter.txt.jinja; ")
    (folder / "letter.md.jinja").write_text("one\n{% for x in %}\n")
    state, says = look(settings, "files")[-1]
    assert state == "bad"
    assert f"{folder}/letter.md.jinja, line 2: Expected an expression" in says
    for fault, why in (
        ("\n{{ letter.moved.total }}", "line 2: 'tuple object' has no attribute 'total'"),
        ("{{ letter.nosuch }}", "line 1: "),
        (
            "{% for heap in letter.heaps %}\n{{ heap.more / heap.entries | length }}{{ heap.key + 1 }}\n{% endfor %}",
            "line 2: ",
        ),
        ("{{ 1 / letter.promises | length }}", "line 1: division by zero"),  # of a letter that has none
        ("{{ letter.day | nosuch }}", "No filter named 'nosuch'"),
    ):
        (folder / "letter.md.jinja").write_text(fault)
        state, says = look(settings, "files")[-1]
        assert (state, f"{folder}/letter.md.jinja, " in says, why in says) == ("bad", True, True), says
    (folder / "letter.md.jinja").write_bytes(b"caf\xe9")
    assert look(settings, "files")[-1][0] == "bad"


def test_a_doctor_who_looks_at_the_way_out(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LORE_MINER_SMTP_PASSWORD", raising=False)
    text = settings.read_text().replace('to = ["bo', 'user = "ada"\nto = ["nobody", "bo')
    settings.write_text(text)
    address, server, password = look(settings, "smtp")
    assert address[0] == "bad"
    assert "'nobody' is no address" in address[1]
    assert server[0] == "good"
    assert password[0] == "bad"
    assert "no password for ada at 127.0.0.1; set $LORE_MINER_SMTP_PASSWORD" in password[1]
    monkeypatch.setenv("LORE_MINER_SMTP_PASSWORD", "s3cret")
    assert [state for state, _ in look(settings, "smtp")] == ["bad", "good"]
    settings.write_text(text.replace('host = "127.0.0.1"', "").replace('"nobody", ', ""))
    assert [state for state, _ in look(settings, "smtp")] == ["bad"]  # a night that has nobody to hand its report to


def test_a_doctor_who_looks_at_notes(settings: Path) -> None:
    run("nightly", "--config", str(settings))
    assert "notes" not in {each.what for each in examine(settings)}
    notes = '[[note]]\nwork = "cold start benchmark"\ndate = 2026-04-01\nsnooze = 2026-04-02\n'
    settings.with_name("notes.toml").write_text(notes)
    (found,) = (each for each in examine(settings) if each.what == "notes")
    assert (found.state, found.says) == ("good", "1 in your words, 1 of them snoozed until a day that is past")
    settings.with_name("notes.toml").write_text(notes + '[[note]]\nwork = "perpetual motion"\ndate = 2026-04-01\n')
    (found,) = (each for each in examine(settings) if each.what == "notes")
    assert found.state == "poor"
    assert "'perpetual motion'" in found.advice


def test_the_store_of_the_night_is_what_a_full_run_finds(settings: Path) -> None:
    run("nightly", "--config", str(settings))
    config = read_config(settings)
    assert keeping.read_store(config).status == keeping.mine(sync.find_present(config)[0], cache=False).status
