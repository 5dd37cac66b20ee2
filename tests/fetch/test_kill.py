"""Killed at any moment, the next run ends where an undisturbed one would have; nothing half is ever read as mail."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

CONFIG = """
[fetch]
server = "{url}"
mail_dir = "{mail}"
pace = 0.0
timeout = 5

[[list]]
name = "{name}"

[[search]]
query = "s:re"
list = "{name}"

[[thread]]
id = "{ident}"
list = "{name}"
"""


class Runs:
    """Runs `miner fetch` in a process of its own, against a server that drips."""

    def __init__(self, proxy: Any, name: str, ident: str, folder: Path) -> None:
        self.mail = folder / "mail"
        self.file = folder / "miner.toml"
        folder.mkdir()
        self.file.write_text(CONFIG.format(url=proxy.url, mail=self.mail, name=name, ident=ident))

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "miner", "fetch", "--config", str(self.file)]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def finish(self) -> None:
        process = self.start()
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()

    def mails(self) -> dict[str, bytes]:
        """Every file of mail, and what the epochs hold."""
        found = {}
        for path in self.mail.rglob("*.eml"):
            if not path.name.startswith("."):
                found[str(path.relative_to(self.mail))] = path.read_bytes()
        for epoch in self.mail.rglob("*.git"):
            if not epoch.name.startswith("."):
                command = ["git", "-C", str(epoch), "log", "--format=%H %T"]
                done = subprocess.run(command, capture_output=True, check=True)
                found[str(epoch.relative_to(self.mail))] = done.stdout
        return found

    def litter(self) -> list[Path]:
        return [path for path in self.mail.rglob("*") if ".draft-" in path.name or path.name.startswith("tmp_")]


def _kill_and_finish(
    proxy: Any, inbox_server: Any, name: str, folder: Path, kills: int, seed: int, number: signal.Signals
) -> None:
    dice = random.Random(seed)
    mail = next(mail for mail in inbox_server.mails(name) if b"In-Reply-To: <" in mail)
    ident = mail.partition(b"In-Reply-To: <")[2].partition(b">")[0].decode()
    undisturbed = Runs(proxy, name, ident, folder / "undisturbed")
    start = time.monotonic()
    undisturbed.finish()
    # The same folders' names, for these hold the server's address.
    wanted = undisturbed.mails()
    assert wanted
    proxy.fault("slow", "", times=None, piece=2000, delay=0.01)
    span = max(1.0, 1.5 * (time.monotonic() - start))
    killed = Runs(proxy, name, ident, folder / "killed")
    hits = 0
    for _ in range(kills):
        process = killed.start()
        assert process.stderr is not None
        try:
            process.wait(timeout=dice.uniform(0.3, span))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, number)
            hits += 1
        process.wait(timeout=30)
        process.stderr.close()
        # Whatever can be read already is what it has to be.
        for path, data in killed.mails().items():
            assert wanted[path] == data
    proxy.clear()
    killed.finish()
    assert killed.mails() == wanted
    assert killed.litter() == []
    assert hits


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_killed_at_five_moments(
    proxy: Any, inbox_server: Any, git_over_http: Path, tmp_path: Path, number: signal.Signals
) -> None:
    _kill_and_finish(proxy, inbox_server, "weft-dev", tmp_path, kills=5, seed=int(number), number=number)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_twenty_moments(
    proxy: Any, inbox_server: Any, git_over_http: Path, tmp_path: Path, seed: int
) -> None:
    _kill_and_finish(proxy, inbox_server, "weft-dev", tmp_path, kills=20, seed=seed, number=signal.SIGKILL)


def test_a_second_run_waits_for_the_first(proxy: Any, inbox_server: Any, git_over_http: Path, tmp_path: Path) -> None:
    mail = next(mail for mail in inbox_server.mails("weft-dev") if b"In-Reply-To: <" in mail)
    ident = mail.partition(b"In-Reply-To: <")[2].partition(b">")[0].decode()
    runs = Runs(proxy, "weft-dev", ident, tmp_path / "both")
    proxy.fault("slow", "", times=None, piece=4000, delay=0.01)
    both = [runs.start(), runs.start()]
    for process in both:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
    assert runs.litter() == []
