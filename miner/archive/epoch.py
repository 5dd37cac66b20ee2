"""Read public-inbox epochs (v2): one commit a mail, the mail is the blob `m` in the commit's tree.

The tree is read and not the difference to the commit before, for the same mail archived twice makes a commit without
a difference. A commit whose tree has `d` instead of `m` says that the mail in that very blob, archived earlier in
this or an older epoch, was deleted: it does not come out.

git does the work: one `cat-file --batch` takes its requests from a file, so neither side ever waits for the other,
and after a damaged object it is started again behind it.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from miner.archive.git import clone_bundle, git_command, git_environment, last_words, run_git
from miner.archive.headers import has_headers, printable_name
from miner.archive.limits import Limits
from miner.errors import SourceError
from miner.model import Problem, RawMail

MAX_RESTARTS = 100
PIPE_BYTES = 1024 * 1024
SHOWN_ID = 12
LOG = ("log", "--no-color", "--no-decorate", "--no-notes", "--no-show-signature")


@dataclass(slots=True)
class _Deletions:
    """The `d` marks that the reader has not come to yet: while one is ahead, its mail is left out."""

    blob_of: dict[str, str] = field(default_factory=dict)  # commit -> blob
    ahead: Counter[str] = field(default_factory=Counter)  # blob -> marks
    hits: Counter[str] = field(default_factory=Counter)  # blob -> mails left out

    def add(self, commit: str, blob: str) -> None:
        self.blob_of[commit] = blob
        self.ahead[blob] += 1

    def covers(self, blob: str) -> bool:
        if not self.ahead or self.ahead[blob] <= 0:
            return False
        self.hits[blob] += 1
        return True

    def passed(self, commit: str, where: str) -> Iterator[Problem]:
        blob = self.blob_of[commit]
        self.ahead[blob] -= 1
        if not self.hits[blob]:
            yield Problem(where, "deletes a mail that is not in this archive; nothing was left out for it")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What git says to one request: the object's id and bytes, or why there are none."""

    commit: str
    blob: str | None
    data: bytes | None
    why: str = ""


def is_repository(path: str) -> bool:
    """Whether a folder is a bare git repository (or the .git of another)."""
    return os.path.isfile(os.path.join(path, "HEAD")) and os.path.isdir(os.path.join(path, "objects"))


def read_bundle(path: str, limits: Limits) -> Iterator[RawMail | Problem]:
    """Yield the mails of an epoch in a *.bundle file, unpacked into a temporary folder for the time of reading."""
    with tempfile.TemporaryDirectory(prefix="miner-") as folder:
        mirror = os.path.join(folder, "epoch.git")
        clone_bundle(path, mirror)
        yield from read_epochs([mirror], limits, name=printable_name(path))


def read_epochs(repositories: Sequence[str], limits: Limits, name: str | None = None) -> Iterator[RawMail | Problem]:
    """Yield the mails of the epochs of one inbox, oldest first, as `0.git, commit ID`."""
    heads: list[tuple[str, str]] = []
    deletions = _Deletions()
    for path in repositories:
        try:
            if head := _find_head(path):
                _find_deletions(path, head, deletions)
                heads.append((path, head))
        except SourceError as error:
            if len(repositories) == 1:
                raise
            yield Problem(name or printable_name(path), str(error).removeprefix(f"{path}: "), lost="source")
    for path, head in heads:
        yield from _read_epoch(path, head, name or printable_name(path), deletions, limits)


def _find_head(repository: str) -> str | None:
    """Give the newest commit of an epoch, None when it has none; SourceError when it holds no mail."""
    listing = run_git(repository, "for-each-ref", "--format=%(objectname) %(refname) %(HEAD)", "refs/heads")
    branches = [line.split() for line in listing.splitlines()]
    if not branches:
        return None
    # HEAD of a mirror may name a branch that is not there; then a lone branch, or the usual ones, are it.
    by_name = {branch[1]: branch[0] for branch in branches}
    current = [branch[0] for branch in branches if branch[-1] == "*"]
    usual = [by_name[ref] for ref in ("refs/heads/master", "refs/heads/main") if ref in by_name]
    head = (current or usual or [branches[0][0]])[0]
    if not run_git(repository, "rev-list", "-1", "--end-of-options", head, "--", "m", "d").strip():
        raise SourceError(f"{repository}: a git repository, but no public-inbox epoch (v2): no commit has a file 'm'")
    return head


def _find_deletions(repository: str, head: str, deletions: _Deletions) -> None:
    """Find the commits whose tree has a `d`; memory grows with the deletions, not with the list."""
    commits = run_git(repository, "rev-list", "--full-history", "--end-of-options", head, "--", "d").split()
    for commit in commits:
        if blob := _deleted_blob(repository, commit):
            deletions.add(commit, blob)


def _deleted_blob(repository: str, commit: str) -> str | None:
    entries = run_git(repository, "ls-tree", "--full-tree", "--end-of-options", commit, "m", "d").splitlines()
    blobs = {path: entry.split()[2] for entry, _, path in (line.partition("\t") for line in entries)}
    return blobs.get("d") if "m" not in blobs else None


def _read_epoch(
    repository: str, head: str, name: str, deletions: _Deletions, limits: Limits
) -> Iterator[RawMail | Problem]:
    for answer in _read_blobs(repository, head, limits):
        where = f"{name}, commit {answer.commit[:SHOWN_ID]}"
        if answer.commit in deletions.blob_of:
            yield from deletions.passed(answer.commit, where)
        elif answer.data is None:
            # A mark that only repeats the one before it is no change of `d`, so the search has not found it.
            if answer.blob or not _deleted_blob(repository, answer.commit):
                yield Problem(where, answer.why)
        elif answer.blob and deletions.covers(answer.blob):
            continue
        elif has_headers(answer.data):
            yield RawMail(answer.data, where)
        else:
            yield Problem(where, "no mail headers")


def _read_blobs(repository: str, head: str, limits: Limits) -> Iterator[_Answer]:
    """Yield git's answer for the `m` of each commit, oldest first."""
    with tempfile.TemporaryFile() as requests:
        run_git(repository, *LOG, "--reverse", "--format=%H:m %H", "--end-of-options", head, "--", stdout=requests)
        size = os.fstat(requests.fileno()).st_size
        width = 2 * len(head) + len(":m \n")  # all requests are equally long
        done = 0
        for _ in range(MAX_RESTARTS):
            os.lseek(requests.fileno(), done * width, os.SEEK_SET)
            with tempfile.TemporaryFile() as errors:
                for answer in _ask(repository, requests, errors, limits):
                    done += 1
                    yield answer
                if done * width >= size:
                    return
                commit = os.pread(requests.fileno(), len(head), done * width).decode("ascii")
                done += 1
                yield _Answer(commit, None, None, f"git cannot read it ({last_words(errors)})")
        raise SourceError(f"{repository}: too much of it is damaged; fetch it again")


def _ask(repository: str, requests: IO[bytes], errors: IO[bytes], limits: Limits) -> Iterator[_Answer]:
    """Yield answers until git has no more to say, or dies."""
    layout = "--batch=%(objectname) %(objecttype) %(objectsize) %(rest)"
    process = subprocess.Popen(
        git_command(repository, "cat-file", "--buffer", layout),
        env=git_environment(),
        stdin=requests,
        stdout=subprocess.PIPE,
        stderr=errors,
        bufsize=PIPE_BYTES,
    )
    assert process.stdout is not None
    try:
        while answer := _read_answer(process.stdout, limits):
            yield answer
    finally:
        process.stdout.close()
        process.kill()
        process.wait()


def _read_answer(output: IO[bytes], limits: Limits) -> _Answer | None:
    header = output.readline().split()
    if len(header) == 2:  # "COMMIT:m missing"
        return _Answer(
            header[0].partition(b":")[0].decode("ascii"), None, None, "its mail is missing in the repository"
        )
    if len(header) != 4:
        return None
    blob, kind, size, commit = (word.decode("ascii") for word in header)
    if kind != "blob" or int(size) > limits.mail_bytes:
        _skip(output, int(size) + 1)
        why = "'m' is no file" if kind != "blob" else f"larger than the limit of {limits.mail_bytes} bytes"
        return _Answer(commit, blob, None, why)
    data = output.read(int(size) + 1)
    return _Answer(commit, blob, data[:-1]) if len(data) == int(size) + 1 else None


def _skip(output: IO[bytes], size: int) -> None:
    while size > 0 and (piece := output.read(min(size, PIPE_BYTES))):
        size -= len(piece)
