"""Read public-inbox epochs (v2): one commit a mail, the mail is the blob `m` in the commit's tree.

The tree is read and not the difference to the commit before, for the same mail archived twice makes a commit without
a difference. A commit whose tree has `d` instead of `m` says that the mail in that very blob, archived earlier in
this or an older epoch, was deleted: it does not come out.

git does the work: one `cat-file --batch` takes its requests from a file, so neither side ever waits for the other,
and after a damaged object it is started again behind it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from typing import IO

from miner.archive.headers import has_headers, printable_name
from miner.archive.limits import Limits, Listing
from miner.errors import SourceError
from miner.git import clone_bundle, git_command, git_environment, last_words, run_git
from miner.model import Problem, RawMail

MAX_RESTARTS = 100
PIPE_BYTES = 1024 * 1024
SHOWN_ID = 12
SHA1_HEX = 40
LOG = ("log", "--no-color", "--no-decorate", "--no-notes", "--no-show-signature")


_Deleted = tuple[tuple[str, str], ...]  # commits that delete a mail, each with its blob


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
    """What git says to one request: the object's id and bytes, or why there are none; of a `known` mail the id alone."""

    commit: str
    blob: str | None
    data: bytes | None
    why: str = ""
    known: bool = False


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
    heads: list[tuple[str, str, _Deleted]] = []
    deletions = _Deletions()
    for path in repositories:
        try:
            if head := _find_head(path):
                deleted = _find_deletions(path, head, deletions, known=_listing(path, head, limits))
                heads.append((path, head, deleted))
        except SourceError as error:
            if len(repositories) == 1:
                raise
            yield Problem(name or printable_name(path), str(error).removeprefix(f"{path}: "), lost="source")
    for path, head, deleted in heads:
        if limits.listings is None and isinstance(limits.known, Sized) and not limits.known:
            answers = _read_blobs(path, head, limits)
        else:
            answers = _read_unknown(path, head, deleted, limits)
        yield from _read_epoch(path, answers, name or printable_name(path), deletions)


def count_mails(repositories: Sequence[str], after: Mapping[str, str]) -> tuple[int, int]:
    """How many mails the epochs of an inbox hold, and how many were deleted since; `after` maps the name of a repository
    (`0.git`) to the commit that was the newest then, and of one that it lacks every deletion counts."""
    total = removed = 0
    for path in repositories:
        if head := _find_head(path):
            every, new = _Deletions(), _Deletions()
            _find_deletions(path, head, every)
            # A deletion is a commit of its own, and takes the mail of another one away.
            trees = run_git(path, *LOG, "--format=%T", "--end-of-options", head, "--").split()
            total += len(trees) - 2 * len(every.blob_of) - trees.count(_purged_tree(head))
            if start := after.get(os.path.basename(path)):
                _find_deletions(path, head, new, start)
            removed += len(new.blob_of if start else every.blob_of)
    return max(0, total), removed


def read_newest_mails(repositories: Sequence[str], count: int, limits: Limits) -> Iterator[RawMail]:
    """Yield the mails that came last into the newest epoch that holds any."""
    for path in reversed(repositories):
        if head := _find_head(path):
            start = run_git(path, "rev-list", "-1", f"--skip={count}", "--end-of-options", head).strip()
            for answer in _read_blobs(path, head, limits, start or None):
                if answer.data is not None and has_headers(answer.data):
                    yield RawMail(answer.data, f"{printable_name(path)}, commit {answer.commit[:SHOWN_ID]}")
            return


def _purged_tree(commit: str) -> str:
    """The tree whose `m` is empty, as public-inbox-purge leaves it; its id has the length of a commit's."""
    make = hashlib.sha1 if len(commit) == SHA1_HEX else hashlib.sha256
    entry = b"100644 m\0" + make(b"blob 0\0").digest()
    return make(b"tree %d\0" % len(entry) + entry).hexdigest()


def _is_ancestor(repository: str, old: str, new: str) -> bool:
    try:
        return not run_git(repository, "rev-list", "-1", "--end-of-options", old, f"^{new}").strip()
    except SourceError:  # the old commit is gone
        return False


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


def _listing(repository: str, head: str, limits: Limits) -> Listing | None:
    """What was listed before of an epoch whose history only grew since, commit upon commit: the list of all begins with it."""
    found = limits.listings.get(repository) if limits.listings is not None else None
    if found is None or not _is_ancestor(repository, found.head, head):
        return None
    merges = run_git(repository, "rev-list", "-1", "--min-parents=2", "--end-of-options", head, f"^{found.head}")
    return None if merges.strip() else found


def _find_deletions(
    repository: str, head: str, deletions: _Deletions, start: str | None = None, known: Listing | None = None
) -> _Deleted:
    """Find the commits whose tree has a `d`; memory grows with the deletions, not with the list."""
    found = list(known.deleted) if known is not None else []
    start = known.head if known is not None else start
    behind = (f"^{start}",) if start else ()
    commits = run_git(repository, "rev-list", "--full-history", "--end-of-options", head, *behind, "--", "d").split()
    for commit in commits:
        if blob := _deleted_blob(repository, commit):
            found.append((commit, blob))
    for commit, blob in found:
        deletions.add(commit, blob)
    return tuple(found)


def _deleted_blob(repository: str, commit: str) -> str | None:
    entries = run_git(repository, "ls-tree", "--full-tree", "--end-of-options", commit, "m", "d").splitlines()
    blobs = {path: entry.split()[2] for entry, _, path in (line.partition("\t") for line in entries)}
    return blobs.get("d") if "m" not in blobs else None


def _read_epoch(
    repository: str, answers: Iterator[_Answer], name: str, deletions: _Deletions
) -> Iterator[RawMail | Problem]:
    for answer in answers:
        where = f"{name}, commit {answer.commit[:SHOWN_ID]}"
        if answer.commit in deletions.blob_of:
            yield from deletions.passed(answer.commit, where)
        elif answer.known and answer.blob:
            if not deletions.covers(answer.blob):
                yield RawMail(b"", where, blob=answer.blob)
        elif answer.data is None:
            # A mark that only repeats the one before it is no change of `d`, so the search has not found it.
            if answer.blob or not _deleted_blob(repository, answer.commit):
                yield Problem(where, answer.why)
        elif not answer.data or (answer.blob and deletions.covers(answer.blob)):
            continue  # empty: a purge took the mail out and left its commit
        elif has_headers(answer.data):
            yield RawMail(answer.data, where, blob=answer.blob)
        else:
            yield Problem(where, "no mail headers")


def _read_blobs(repository: str, head: str, limits: Limits, start: str | None = None) -> Iterator[_Answer]:
    """Yield git's answer for the `m` of each commit, oldest first; only those behind `start`, if it is given."""
    behind = (f"^{start}",) if start else ()
    with tempfile.TemporaryFile() as requests:
        _request(repository, requests, head, *behind)
        yield from _answer_all(repository, requests, len(head), limits)


def _request(repository: str, requests: IO[bytes], *revisions: str) -> None:
    """Write a request for the `m` of each commit, oldest first."""
    arguments = ("--reverse", "--format=%H:m %H", "--end-of-options", *revisions, "--")
    run_git(repository, *LOG, *arguments, stdout=requests)
    requests.seek(0)


def _read_unknown(repository: str, head: str, deleted: _Deleted, limits: Limits) -> Iterator[_Answer]:
    """Yield an answer for the `m` of each commit, oldest first; git lists the commits that were not listed before alone, and reads the
    mails that are not known alone."""
    before = _listing(repository, head, limits)
    with tempfile.TemporaryFile() as requests, tempfile.TemporaryFile() as listing:
        _request(repository, requests, head, *((f"^{before.head}",) if before is not None else ()))
        run_git(
            repository,
            "cat-file",
            "--buffer",
            "--batch-check=%(objectname) %(objecttype) %(rest)",
            stdin=requests,
            stdout=listing,
        )
        listing.seek(0)
        lines = (before.lines if before is not None else b"") + listing.read()
    if limits.listings is not None:
        limits.listings[repository] = Listing(head, lines, deleted)
    with tempfile.TemporaryFile() as wanted:
        known: list[_Answer | None] = []
        for line in lines.decode("ascii").splitlines():
            blob, kind, *rest = line.split()
            if kind == "blob" and rest and blob in limits.known:
                known.append(_Answer(rest[0], blob, None, known=True))
            else:
                commit = rest[0] if rest else blob.partition(":")[0]  # "COMMIT:m missing"
                wanted.write(f"{commit}:m {commit}\n".encode())
                known.append(None)
        wanted.flush()
        rest_of_them = _answer_all(repository, wanted, len(head), limits)
        for answer in known:
            found = answer or next(rest_of_them, None)
            if found is not None:
                yield found


def _answer_all(repository: str, requests: IO[bytes], width: int, limits: Limits) -> Iterator[_Answer]:
    """Yield git's answers to the requests of a file, each for a commit whose id is so wide."""
    size = os.fstat(requests.fileno()).st_size
    length = 2 * width + len(":m \n")  # all requests are equally long
    done = 0
    for _ in range(MAX_RESTARTS):
        if done * length >= size:
            return
        os.lseek(requests.fileno(), done * length, os.SEEK_SET)
        with tempfile.TemporaryFile() as errors:
            for answer in _ask(repository, requests, errors, limits):
                done += 1
                yield answer
            if done * length >= size:
                return
            commit = os.pread(requests.fileno(), width, done * length).decode("ascii")
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
