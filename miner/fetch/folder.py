"""Where the mail of one source lies, and what is remembered about it.

    HOST/lists/NAME/git/0.git ...         epochs, as a public-inbox mirror has them
    HOST/threads/NAME/mail/ab/NAME.eml    one mail a file, as it came
    .../.miner.json                       what was fetched, how far, and what went wrong last

Files appear under their names only when they are whole: each is written beside its place, flushed and then renamed.
What a killed run left behind begins with a dot, so nothing reads it, and the next run removes it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from miner.errors import FetchError
from miner.sources import Source, safe_name

VERSION = 1
STATE = ".miner.json"
LOCK = ".lock"
DRAFT = ".draft-"
LOCK_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Epoch:
    """What is here of one epoch: the commit that is fetched and the server's fingerprint of it."""

    head: str
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """What is remembered of a source between runs. Times are UTC; None is "not so far".

    `as_of`: mail that the archive had before then is here. `full`: when all of it was fetched last. `scoped`: whether
    the server can search in one thread. `files`: what the server said about each file of a web archive (its ETag,
    Last-Modified). `mails`, `newest`: how many mails lie here, and the newest one's date. `not_before`: the server
    asked not to be called before then.
    """

    source: Source
    epochs: Mapping[str, Epoch] = field(default_factory=dict)
    as_of: datetime | None = None
    full: datetime | None = None
    scoped: bool = True
    files: Mapping[str, str] = field(default_factory=dict)
    mails: int = 0
    newest: datetime | None = None
    last_success: datetime | None = None
    last_error: str = ""
    last_error_at: datetime | None = None
    not_before: datetime | None = None


class Folder:
    """The folder of one source below `root`."""

    def __init__(self, root: Path, source: Source) -> None:
        self.path = root / source.folder
        self.source = source

    @property
    def git(self) -> Path:
        return self.path / "git"

    @property
    def mail(self) -> Path:
        return self.path / "mail"

    @contextmanager
    def lock(self, seconds: float = LOCK_SECONDS) -> Iterator[IO[bytes]]:
        """Keep other runs out of this folder; FetchError when one is still in it after some seconds.

        The lock hangs on the open file, which git inherits: a git that outlives a killed run keeps it until it ends.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with open(self.path / LOCK, "ab") as file:
            end = time.monotonic() + seconds
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > end:
                        raise FetchError("another run is fetching this; wait until it has ended") from None
                    time.sleep(0.05)
            self._clean()
            yield file

    def _clean(self) -> None:
        """Remove what a killed run left: drafts, and git's own locks and half-received packs."""
        for place in (self.path, self.git, self.mail):
            for draft in place.glob(f"{DRAFT}*"):
                shutil.rmtree(draft) if draft.is_dir() else draft.unlink(missing_ok=True)
        for draft in self.mail.glob(f"*/{DRAFT}*"):
            draft.unlink(missing_ok=True)
        for repository in self.git.glob("*.git"):
            rubbish = [*repository.glob("*.lock"), *repository.glob("refs/**/*.lock")]
            rubbish += [*repository.glob("objects/pack/tmp_*"), *repository.glob("objects/??/tmp_obj_*")]
            for path in rubbish:
                path.unlink(missing_ok=True)

    def read_state(self) -> State:
        """What is remembered; of a source that is new here, or whose memory is damaged, nothing."""
        try:
            return _read_state(json.loads((self.path / STATE).read_bytes()), self.source)
        except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return State(self.source)

    def write_state(self, state: State) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"version": VERSION, **asdict(state)}, indent=1, default=datetime.isoformat)
        write_file(self.path / STATE, text.encode())

    def draft(self, suffix: str) -> Path:
        """A place for something that is not whole yet."""
        self.path.mkdir(parents=True, exist_ok=True)
        return self.path / f"{DRAFT}{os.getpid()}{suffix}"

    def mail_path(self, message_id: str, number: int = 0) -> Path:
        """The file of a mail; `number` counts the further mails that carry the same id."""
        name = safe_name(message_id)
        return self.mail / name[-2:] / f"{name}{f'-{number + 1}' if number else ''}.eml"

    def write_mail(self, path: Path, data: bytes) -> bool:
        """Keep a mail as it came; False when the very same lies there already."""
        try:
            if path.stat().st_size == len(data) and path.read_bytes() == data:
                return False
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, data)
        return True

    def mail_paths(self) -> Iterator[Path]:
        return self.mail.glob("*/[!.]*")


def write_file(path: Path, data: bytes) -> None:
    """Put a whole file into its place; after a power cut it is the old one or the new one, never a part."""
    draft = path.with_name(f"{DRAFT}{hashlib.sha256(path.name.encode()).hexdigest()[:16]}")
    try:
        with open(draft, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def find_states(root: Path) -> Iterator[State]:
    """What is remembered of every source below a folder, in the order of their names."""
    for path in sorted(root.glob(f"*/*/*/{STATE}")):
        try:
            yield _read_state(json.loads(path.read_bytes()), None)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue


def _read_state(table: Mapping[str, Any], source: Source | None) -> State:
    if table["version"] != VERSION:
        raise ValueError(table["version"])
    values = {each.name: table[each.name] for each in fields(State) if each.name in table}
    for name in ("as_of", "full", "newest", "last_success", "last_error_at", "not_before"):
        if values.get(name) is not None:
            values[name] = datetime.fromisoformat(values[name]).astimezone(UTC)
    values["epochs"] = {number: Epoch(**epoch) for number, epoch in values["epochs"].items()}
    values["source"] = source or Source(**values["source"])
    return State(**values)
