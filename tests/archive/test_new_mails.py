"""What is read of epochs that were read before: new mails, deletions, new epochs; and history that was rewritten."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.archive.epoch import count_mails, read_newest_mails
from miner.archive.limits import Limits, Listing
from miner.archive.source import find_epochs, read_source
from miner.model import Problem, RawMail

Step = tuple[str, int]


def mail(number: int) -> bytes:
    return b"From: Ada <ada@example.org>\nMessage-ID: <m%d@example.org>\n\ntext %d\n" % (number, number)


def write_epoch(repository: Path, steps: Sequence[Step]) -> Path:
    """One commit a step: ("m", 3) archives mail 3, ("d", 3) deletes it, ("", 0) is a mail that was purged."""
    if not repository.is_dir():
        subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=master", str(repository)], check=True)
    stream = b"reset refs/heads/master\n\n"
    for number, (path, which) in enumerate(steps):
        data = mail(which) if path else b""
        stream += b"commit refs/heads/master\ncommitter Ada <ada@example.org> %d +0000\ndata 1\nx\n" % number
        stream += b"deleteall\nM 100644 inline %s\ndata %d\n%s\n" % ((path or "m").encode(), len(data), data)
    subprocess.run(["git", f"--git-dir={repository}", "fast-import", "--quiet", "--force"], input=stream, check=True)
    return repository


class Reader:
    """Somebody who remembers, by its blob, each mail that he has read."""

    def __init__(self) -> None:
        self.mails: dict[str, bytes] = {}
        self.listings: dict[str, Listing] = {}
        self.problems: list[str] = []  # of the last reading

    def read(self, folder: Path) -> tuple[list[int], list[int]]:
        """The numbers of all mails, and of those that came with their bytes."""
        every, fresh = [], []
        self.problems = []
        for each in read_source(str(folder), limits=Limits(known=frozenset(self.mails), listings=self.listings)):
            if isinstance(each, Problem):
                self.problems.append(each.why)
                continue
            assert each.blob is not None
            if each.data:
                self.mails[each.blob] = each.data
                fresh.append(number_of(each.data))
            every.append(number_of(self.mails[each.blob]))
        return every, fresh


def number_of(data: bytes) -> int:
    return int(data.rpartition(b" ")[2])


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    steps: list[Step] = [("m", 1), ("m", 2)]
    write_epoch(tmp_path / "0.git", steps)
    reader = Reader()
    assert reader.read(tmp_path) == ([1, 2], [1, 2])
    assert reader.read(tmp_path) == ([1, 2], [])
    write_epoch(tmp_path / "0.git", [*steps, ("m", 3), ("d", 1), ("m", 4)])
    assert reader.read(tmp_path) == ([2, 3, 4], [3, 4])


def test_a_new_epoch_is_new_and_deletes_from_the_old_one(tmp_path: Path) -> None:
    write_epoch(tmp_path / "git" / "0.git", [("m", 1), ("m", 2)])
    reader = Reader()
    reader.read(tmp_path)
    write_epoch(tmp_path / "git" / "1.git", [("m", 3), ("d", 2)])
    assert reader.read(tmp_path) == ([1, 3], [3])


@pytest.mark.parametrize(
    "steps", [[("m", 1), ("m", 3)], [("m", 1), ("", 0), ("m", 3)], [("m", 2), ("m", 3)], [("m", 9)]]
)
def test_history_that_was_rewritten_counts_as_it_is_now(tmp_path: Path, steps: list[Step]) -> None:
    write_epoch(tmp_path / "0.git", [("m", 1), ("m", 2), ("m", 3)])
    reader = Reader()
    reader.read(tmp_path)
    write_epoch(tmp_path / "0.git", steps)
    for prune in (False, True):
        if prune:
            subprocess.run(["git", "-C", str(tmp_path / "0.git"), "gc", "-q", "--prune=now"], check=True)
        assert reader.read(tmp_path)[0] == [which for path, which in steps if path]


def test_a_purged_mail_is_no_mail(tmp_path: Path) -> None:
    write_epoch(tmp_path / "0.git", [("m", 1), ("", 0), ("m", 3)])
    assert Reader().read(tmp_path) == ([1, 3], [1, 3])
    found = list(read_source(str(tmp_path)))
    assert [each.data for each in found if isinstance(each, RawMail)] == [mail(1), mail(3)]
    assert len(found) == 2
    assert count_mails(find_epochs(str(tmp_path)), {}) == (2, 0)


def test_an_empty_epoch(tmp_path: Path) -> None:
    write_epoch(tmp_path / "0.git", [])
    assert Reader().read(tmp_path) == ([], [])
    assert count_mails(find_epochs(str(tmp_path)), {}) == (0, 0)


def test_counts(tmp_path: Path) -> None:
    steps: list[Step] = [("m", 1), ("m", 2), ("d", 1), ("m", 3)]
    write_epoch(tmp_path / "0.git", steps)
    epochs = find_epochs(str(tmp_path))
    assert count_mails(epochs, {}) == (2, 1)
    command = ["git", f"--git-dir={tmp_path / '0.git'}", "rev-parse", "HEAD"]
    after = {"0.git": subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()}
    assert count_mails(epochs, after) == (2, 0)
    write_epoch(tmp_path / "0.git", [*steps, ("d", 2), ("m", 4), ("m", 5)])
    assert count_mails(epochs, after) == (3, 1)


def test_the_newest_mails(tmp_path: Path) -> None:
    write_epoch(tmp_path / "0.git", [("m", n) for n in range(1, 8)])
    write_epoch(tmp_path / "1.git", [])
    epochs = find_epochs(str(tmp_path))
    assert [raw.data for raw in read_newest_mails(epochs, 3, Limits())] == [mail(5), mail(6), mail(7)]
    assert len(list(read_newest_mails(epochs, 99, Limits()))) == 7


@given(
    st.lists(st.tuples(st.sampled_from(["m", "m", "d"]), st.integers(1, 4)), min_size=1, max_size=10),
    st.data(),
)
def test_reading_in_pieces_gives_what_reading_at_once_gives(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("epoch")
    cut = data.draw(st.integers(1, len(steps)))
    reader = Reader()
    for end in (cut, len(steps)):
        write_epoch(folder / "0.git", steps[:end])
        whole = list(read_source(str(folder)))
        assert reader.read(folder)[0] == [number_of(each.data) for each in whole if isinstance(each, RawMail)]
        assert reader.problems == [each.why for each in whole if isinstance(each, Problem)]
