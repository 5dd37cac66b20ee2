"""public-inbox epochs, made here with git itself: deletions, commits without a change, holes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from miner.archive.limits import Limits
from miner.archive.source import read_source
from miner.errors import SourceError
from miner.model import Problem, RawMail

from ..trees import write_epoch


def mail(number: int, body: bytes = b"text") -> bytes:
    return b"From: Ada <ada@example.org>\nMessage-ID: <m%d@example.org>\n\n%s %d\n" % (number, body, number)


def git(repository: Path, *arguments: str, stdin: bytes = b"") -> str:
    command = ["git", f"--git-dir={repository}", *arguments]
    return subprocess.run(command, input=stdin, check=True, capture_output=True).stdout.decode().strip()


@pytest.fixture
def make_epoch(tmp_path: Path) -> Callable[..., Path]:
    """Write an epoch: one commit for each ("m" or "d", bytes), with a time zone that cannot be."""

    return lambda name, steps: write_epoch(tmp_path / name, steps)


def read(path: Path, limits: Limits | None = None) -> list[RawMail | Problem]:
    return list(read_source(str(path), limits=limits or Limits()))


def data_of(found: list[RawMail | Problem]) -> list[bytes]:
    return [one.data for one in found if isinstance(one, RawMail)]


def test_mails_come_oldest_first(make_epoch: Callable[..., Path]) -> None:
    found = read(make_epoch("0.git", [("m", mail(n)) for n in range(5)]))
    assert data_of(found) == [mail(n) for n in range(5)]
    assert found[0].where.startswith("0.git, commit ")
    assert len(found[0].where) == len("0.git, commit ") + 12


def test_the_same_mail_twice_is_a_commit_without_a_change(make_epoch: Callable[..., Path]) -> None:
    assert data_of(read(make_epoch("0.git", [("m", mail(1)), ("m", mail(1))]))) == [mail(1), mail(1)]


def test_deleted_mail_does_not_come_out(make_epoch: Callable[..., Path]) -> None:
    steps = [("m", mail(1)), ("m", mail(2)), ("m", mail(3)), ("d", mail(2)), ("m", mail(4))]
    assert read_bodies(make_epoch("0.git", steps)) == [1, 3, 4]


def test_mail_that_came_again_after_its_deletion_stays(make_epoch: Callable[..., Path]) -> None:
    steps = [("m", mail(1)), ("d", mail(1)), ("m", mail(1)), ("m", mail(2)), ("d", mail(2)), ("d", mail(2))]
    assert read_bodies(make_epoch("0.git", steps)) == [1]


def test_deletion_reaches_back_into_an_older_epoch(make_epoch: Callable[..., Path], tmp_path: Path) -> None:
    make_epoch("git/0.git", [("m", mail(1)), ("m", mail(2))])
    make_epoch("git/1.git", [("m", mail(3)), ("d", mail(1))])
    make_epoch("git/10.git", [("m", mail(4))])
    make_epoch("all.git", [])
    assert read_bodies(tmp_path) == [2, 3, 4]
    assert read_bodies(tmp_path / "git") == [2, 3, 4]


def test_deletion_of_what_is_not_there_is_told(make_epoch: Callable[..., Path]) -> None:
    found = read(make_epoch("0.git", [("m", mail(1)), ("d", mail(9))]))
    assert data_of(found) == [mail(1)]
    assert [one.why for one in found if isinstance(one, Problem)] == [
        "deletes a mail that is not in this archive; nothing was left out for it"
    ]


def read_bodies(path: Path) -> list[int]:
    found = read(path)
    assert all(isinstance(one, RawMail) for one in found)
    return [int(data.split()[-1]) for data in data_of(found)]


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_a_lost_blob_is_a_problem_and_the_rest_comes(make_epoch: Callable[..., Path], damage: str) -> None:
    repository = make_epoch("0.git", [("m", mail(n)) for n in range(4)])
    blob = git(repository, "rev-parse", "master~2:m")
    for pack in (repository / "objects" / "pack").glob("*.pack"):
        packed = pack.read_bytes()
        for part in pack.parent.glob(pack.stem + ".*"):
            part.unlink()
        git(repository, "unpack-objects", "-q", stdin=packed)
    loose = repository / "objects" / blob[:2] / blob[2:]
    loose.chmod(0o644)
    if damage == "missing":
        loose.unlink()
    else:
        loose.write_bytes(loose.read_bytes()[:-9] + b"damaged!!")
    found = read(repository)
    assert data_of(found) == [mail(0), mail(2), mail(3)]
    assert [type(one) for one in found] == [RawMail, Problem, RawMail, RawMail]


def test_mail_over_the_limit(make_epoch: Callable[..., Path]) -> None:
    repository = make_epoch("0.git", [("m", mail(1)), ("m", mail(2, b"x" * 9000)), ("m", mail(3))])
    found = read(repository, Limits(mail_bytes=4000))
    assert data_of(found) == [mail(1), mail(3)]
    assert isinstance(found[1], Problem)


def test_bundle_is_unpacked_and_taken_away(
    make_epoch: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "-list.bundle"
    git(make_epoch("0.git", [("m", mail(1)), ("m", mail(2))]), "bundle", "create", "--quiet", str(bundle), "master")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    assert read_bodies(bundle) == [1, 2]
    assert list(islice(read_source(str(bundle)), 1))
    assert list((tmp_path / "tmp").iterdir()) == []
    bundle.write_bytes(bundle.read_bytes()[:-40])
    with pytest.raises(SourceError, match=r"-list\.bundle: git cannot read it"):
        read(bundle)


def test_a_repository_of_something_else(make_epoch: Callable[..., Path]) -> None:
    with pytest.raises(SourceError, match="no public-inbox epoch"):
        read(make_epoch("0.git", [("README", b"hello")]))
    assert read(make_epoch("1.git", [])) == [Problem("1.git", "empty: no mail in it", lost="source")]


def test_git_of_the_surroundings_does_not_reach_in(
    make_epoch: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    repository = make_epoch("0.git", [("m", mail(1))])
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / "elsewhere"))
    assert read_bodies(repository) == [1]


def test_a_real_epoch_comes_whole(shared: Path) -> None:
    found = read(shared / "corpora" / "epochs" / "linux-erofs.bundle")
    assert len(found) == 15_218
    assert all(isinstance(one, RawMail) for one in found)
