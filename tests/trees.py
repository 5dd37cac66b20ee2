"""A small git repository of the weft project, patch mails made of its changes, and public-inbox epochs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEOPLE = {"ada": ("Ada Byron", "ada@example.org"), "bo": ("Bo Lind", "bo@example.org")}
LINES = [f"line {number}\n" for number in range(12)]


class Weft:
    """A work tree with the files loom.c, shed.c, reed.c and heddle.c; days count from START."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        for name in ("loom.c", "shed.c", "reed.c", "heddle.c"):
            (folder / name).write_text("".join(LINES))
        self.git("add", ".")
        self.commit("weft: begin", by="bo", day=-30)

    def git(self, *arguments: str, by: str = "bo", day: float = 0) -> str:
        name, address = PEOPLE[by]
        date = format_datetime(START + timedelta(days=day))
        env = {
            **os.environ,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": address,
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": PEOPLE["bo"][0],
            "GIT_COMMITTER_EMAIL": PEOPLE["bo"][1],
            "GIT_COMMITTER_DATE": date,
        }
        command = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout

    def change(self, name: str, line: int, text: str) -> str:
        """Change one line of a file, and give the diff."""
        path = self.folder / name
        lines = path.read_text().splitlines(keepends=True)
        lines[line] = f"{text}\n"
        path.write_text("".join(lines))
        return self.git("diff", name)

    def undo(self) -> None:
        self.git("checkout", "--quiet", ".")

    def commit(self, message: str, *, by: str = "ada", day: float = 1) -> str:
        self.git("commit", "--quiet", "--allow-empty", "-a", "-m", message, by=by, day=day)
        return self.git("rev-parse", "HEAD").strip()

    def tag(self, name: str, day: float, *, light: bool = False) -> None:
        self.git("tag", name, *(() if light else ("-m", name)), day=day)

    def mirror(self) -> Path:
        bare = self.folder.with_name("mirror.git")
        self.git("clone", "--quiet", "--mirror", ".", str(bare))
        return bare


def mail(ident: str, subject: str, text: str, *, by: str = "ada", day: float = 0, to: str = "") -> str:
    """One mail of an mbox."""
    name, address = PEOPLE[by]
    answer = f"In-Reply-To: <{to}>\nReferences: <{to}>\n" if to else ""
    return (
        f"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: {name} <{address}>\nTo: weft-dev@example.org\n"
        f"Subject: {subject}\nDate: {format_datetime(START + timedelta(days=day))}\nMessage-ID: <{ident}>\n{answer}\n"
        f"{text}\n"
    )


def patch(ident: str, subject: str, diff: str, *, by: str = "ada", day: float = 0, to: str = "") -> str:
    text = f"Because it is better.\n\nSigned-off-by: {PEOPLE[by][0]} <{PEOPLE[by][1]}>\n---\n x | 2 +-\n\n{diff}-- \n2.39.5\n"
    return mail(ident, subject, text, by=by, day=day, to=to)


def write_epoch(repository: Path, steps: Sequence[tuple[str, bytes]]) -> Path:
    """Write a public-inbox epoch: one commit for each ("m" or "d", bytes), all made in 1970, in a time zone that cannot be."""
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=master", str(repository)], check=True)
    stream = b""
    for number, (path, data) in enumerate(steps):
        stream += b"commit refs/heads/master\ncommitter Ada <ada@example.org> %d -7575\ndata 1\nx\n" % number
        stream += b"deleteall\nM 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)
    command = ["git", f"--git-dir={repository}", "fast-import", "--quiet", "--date-format=raw-permissive"]
    subprocess.run(command, input=stream, check=True, capture_output=True)
    return repository
