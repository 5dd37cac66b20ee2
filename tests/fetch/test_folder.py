"""Files that are whole or not there, a memory that survives damage, and a lock."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from miner.errors import FetchError
from miner.fetch.folder import Epoch, Folder, State, find_states, write_file
from miner.sources import Source

SOURCE = Source("thread", "https://inbox.example.org/weft", "1@example.org")
NOW = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, SOURCE)


def test_what_is_remembered_comes_back(folder: Folder) -> None:
    state = State(
        SOURCE,
        epochs={"0": Epoch("a" * 40, "f")},
        as_of=NOW,
        full=NOW,
        scoped=False,
        files={"2026-May": "If-None-Match x"},
        mails=3,
        newest=NOW,
        last_success=NOW,
        last_error="busy",
        last_error_at=NOW,
        not_before=NOW,
    )
    folder.write_state(state)
    assert folder.read_state() == state
    assert list(find_states(folder.path.parents[2])) == [state]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"version": 99}', '{"version": 1, "epochs": 3}', "[" * 100_000]
)
def test_a_damaged_memory_is_no_memory(folder: Folder, text: str) -> None:
    folder.write_state(State(SOURCE, mails=3))
    (folder.path / ".miner.json").write_text(text)
    assert folder.read_state() == State(SOURCE)
    assert list(find_states(folder.path.parents[2])) == []


def test_a_memory_of_a_later_version_keeps_what_is_known(folder: Folder) -> None:
    folder.write_state(State(SOURCE, mails=3))
    path = folder.path / ".miner.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "new_key": 1}))
    assert folder.read_state().mails == 3


def test_a_mail_is_written_once(folder: Folder) -> None:
    path = folder.mail_path("1@example.org")
    assert folder.write_mail(path, b"Subject: x\n\n") is True
    assert folder.write_mail(path, b"Subject: x\n\n") is False
    assert folder.write_mail(path, b"Subject: y\n\n") is True
    assert list(folder.mail_paths()) == [path]
    assert folder.mail_path("1@example.org", 1) != path


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_file(path, b"old")
    blocked = tmp_path / "gone" / "file"
    with pytest.raises(FileNotFoundError):
        write_file(blocked, b"new")
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_what_a_killed_run_left_is_removed(folder: Folder) -> None:
    repository = folder.git / "0.git"
    litter = [
        folder.path / ".draft-12.mbox",
        folder.mail / "ab" / ".draft-x",
        folder.git / ".draft-1.git" / "HEAD",
        repository / "shallow.lock",
        repository / "refs" / "heads" / "master.lock",
        repository / "objects" / "pack" / "tmp_pack_x",
        repository / "objects" / "ab" / "tmp_obj_x",
    ]
    kept = [folder.mail / "ab" / "a.eml", repository / "HEAD", repository / "objects" / "pack" / "pack-1.pack"]
    for path in (*litter, *kept):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    with folder.lock():
        assert [path for path in litter if path.exists()] == []
        assert all(path.exists() for path in kept)


def test_one_run_at_a_time(folder: Folder) -> None:
    with folder.lock(), pytest.raises(FetchError, match="another run"), folder.lock(seconds=0.1):
        pass
    with folder.lock(seconds=0.1):
        pass


def test_a_run_waits_for_its_turn(folder: Folder) -> None:
    inside = threading.Event()
    turn: list[str] = []

    def second() -> None:
        inside.wait(5)
        with folder.lock(seconds=5):
            turn.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with folder.lock():
        inside.set()
        thread.join(0.2)
        turn.append("first")
    thread.join(5)
    assert turn == ["first", "second"]
