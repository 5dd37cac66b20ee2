"""What is new in epochs since they were read last: mails, deletions, new epochs; and history that was rewritten."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.archive import (
    Limits,
    count_mails,
    find_checkpoints,
    find_epochs,
    read_new_mails,
    read_newest_mails,
    read_source,
)
from miner.errors import RewrittenError
from miner.model import Problem, RawMail, RemovedMail

Step = tuple[str, int]
Write = Callable[..., Path]


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


def happened(folder: Path, after: dict[str, str]) -> list[str]:
    found = []
    for each in read_new_mails(find_epochs(str(folder)), after, Limits()):
        assert not isinstance(each, Problem), each
        sign = "-" if isinstance(each, RemovedMail) else "+"
        found.append(sign + each.data.rpartition(b" ")[2].decode().strip())
    return found


def test_only_what_is_new_comes(tmp_path: Path) -> None:
    steps: list[Step] = [("m", 1), ("m", 2)]
    write_epoch(tmp_path / "0.git", steps)
    assert happened(tmp_path, {}) == ["+1", "+2"]
    after = dict(find_checkpoints(find_epochs(str(tmp_path))))
    assert happened(tmp_path, after) == []
    write_epoch(tmp_path / "0.git", [*steps, ("m", 3), ("d", 1), ("m", 4)])
    assert happened(tmp_path, after) == ["+3", "-1", "+4"]


def test_a_new_epoch_is_new_and_deletes_from_the_old_one(tmp_path: Path) -> None:
    write_epoch(tmp_path / "git" / "0.git", [("m", 1), ("m", 2)])
    after = dict(find_checkpoints(find_epochs(str(tmp_path))))
    write_epoch(tmp_path / "git" / "1.git", [("m", 3), ("d", 2)])
    assert happened(tmp_path, after) == ["+3", "-2"]
    assert sorted(find_checkpoints(find_epochs(str(tmp_path)))) == ["0.git", "1.git"]


def test_a_deletion_of_what_is_nowhere_says_nothing(tmp_path: Path) -> None:
    write_epoch(tmp_path / "1.git", [("m", 1), ("d", 9)])
    assert happened(tmp_path, {}) == ["+1", "-9"]  # the mark itself holds it


@pytest.mark.parametrize(
    "steps", [[("m", 1), ("m", 3)], [("m", 1), ("", 0), ("m", 3)], [("m", 2), ("m", 3)], [("m", 9)]]
)
def test_history_that_was_rewritten_is_told(tmp_path: Path, steps: list[Step]) -> None:
    write_epoch(tmp_path / "0.git", [("m", 1), ("m", 2), ("m", 3)])
    after = dict(find_checkpoints(find_epochs(str(tmp_path))))
    write_epoch(tmp_path / "0.git", steps)
    for prune in (False, True):
        if prune:
            subprocess.run(["git", "-C", str(tmp_path / "0.git"), "gc", "-q", "--prune=now"], check=True)
        with pytest.raises(RewrittenError, match="rewritten"):
            happened(tmp_path, after)


def test_a_purged_mail_is_no_mail(tmp_path: Path) -> None:
    write_epoch(tmp_path / "0.git", [("m", 1), ("", 0), ("m", 3)])
    assert happened(tmp_path, {}) == ["+1", "+3"]
    found = list(read_source(str(tmp_path)))
    assert [each.data for each in found if isinstance(each, RawMail)] == [mail(1), mail(3)]
    assert len(found) == 2
    assert count_mails(find_epochs(str(tmp_path)), {}) == (2, 0)


def test_an_empty_epoch(tmp_path: Path) -> None:
    write_epoch(tmp_path / "0.git", [])
    assert happened(tmp_path, {}) == []
    assert find_checkpoints(find_epochs(str(tmp_path))) == {}
    assert count_mails(find_epochs(str(tmp_path)), {}) == (0, 0)


def test_counts(tmp_path: Path) -> None:
    steps: list[Step] = [("m", 1), ("m", 2), ("d", 1), ("m", 3)]
    write_epoch(tmp_path / "0.git", steps)
    epochs = find_epochs(str(tmp_path))
    assert count_mails(epochs, {}) == (2, 1)
    after = dict(find_checkpoints(epochs))
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
def test_reading_in_pieces_adds_up_to_reading_at_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step], data: st.DataObject
) -> None:
    """Whoever follows the events ends with the mails that a reader of the whole sees."""
    folder = tmp_path_factory.mktemp("epoch")
    cut = data.draw(st.integers(1, len(steps)))
    held: list[bytes] = []
    after: dict[str, str] = {}
    for end in (cut, len(steps)):
        write_epoch(folder / "0.git", steps[:end])
        for each in read_new_mails(find_epochs(str(folder)), after, Limits()):
            if isinstance(each, RawMail):
                held.append(each.data)
            elif isinstance(each, RemovedMail):
                held = [mail for mail in held if mail != each.data]
        after = dict(find_checkpoints(find_epochs(str(folder))))
    whole = [each.data for each in read_source(str(folder)) if isinstance(each, RawMail)]
    assert sorted(held) == sorted(whole)
