"""Whole lists: public-inbox epochs (v2), mirrored by git and kept in step.

The server's manifest names the epochs. One is fetched when the `since` date needs it, and then only when its
fingerprint has changed. What git brings lands beside the branch and moves it only after it was looked at: a server
that suddenly has another list cannot replace what is here, while a purge, which rewrites history, is followed, and
what it removed is removed here too. Commit times of archived mail say nothing and are not used.
"""

from __future__ import annotations

import errno
import math
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

from miner.errors import FetchError, SourceError
from miner.fetch.folder import DRAFT, Epoch, Folder, State
from miner.fetch.lore import Inbox
from miner.fetch.wire import Trouble, shown
from miner.git import create_repository, run_git, run_git_online

INCOMING = "refs/incoming/head"
SAME_LIST = 0.1  # the share of our mails that a rewritten history must still hold; those of another list share none
LATEST = 2**37  # Unix time, far from now
STALL_BYTES, STALL_SECONDS = 500, 60
PROGRESS = re.compile(r"(Receiving|Resolving)[^:]*:\s+\d+% \((\d+)/(\d+)\)")
SETTINGS = {
    # Up to half the commits of these archives carry an impossible time zone, which git's own checks refuse.
    "transfer.fsckObjects": "false",
    "fetch.fsckObjects": "false",
    # Nothing runs on in the background with files that the next run may want, and nobody is asked for a password.
    "gc.autoDetach": "false",
    "maintenance.autoDetach": "false",
    "credential.helper": "",
    "core.hooksPath": "/dev/null",
    "fetch.unpackLimit": "1",
    "http.lowSpeedLimit": str(STALL_BYTES),
}


class Tell(Protocol):
    """Where progress goes: what is done, out of how many if that is known, and what is counted."""

    def __call__(self, done: int, total: int | None, unit: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Remote:
    """An epoch as the server's manifest names it."""

    number: int
    modified: datetime
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one epoch, from the commit `old` (None: it is new here) to `new`.

    `purged`: so many mails were taken out of its history, which was rewritten for it.
    """

    number: int
    old: str | None
    new: str
    purged: int = 0
    rewritten: bool = False


def list_epochs(manifest: Mapping[str, Any], inbox_url: str) -> tuple[Remote, ...]:
    """The epochs of an inbox in its server's manifest, oldest first.

    Raises FetchError when the manifest has none of this inbox: an older layout (v1), or another list.
    """
    path = urlsplit(inbox_url).path.strip("/")
    found = []
    for key, about in manifest.items():
        match = re.fullmatch(rf"/?{re.escape(path)}/git/(\d{{1,4}})\.git", key)
        if match and isinstance(about, dict):
            seconds: Any = about.get("modified")
            known = isinstance(seconds, int) and 0 <= seconds < LATEST
            modified = datetime.fromtimestamp(seconds if known else LATEST, UTC)  # not known: needed at any date
            found.append(Remote(int(match[1]), modified, shown(about.get("fingerprint") or "")))
    if not found:
        others = ", ".join(shown(key) for key in list(manifest)[:3])
        if any(key.strip("/") == path for key in manifest):
            raise FetchError(
                f"{inbox_url} is in public-inbox's old layout (v1), without epochs; follow a search of it instead"
            )
        raise FetchError(f"the server has no epochs of {path}, but {others or 'nothing'}; check the address")
    return tuple(sorted(found, key=lambda each: each.number))


def choose_epochs(epochs: Sequence[Remote], since: datetime | None) -> tuple[Remote, ...]:
    """Those that may hold mail since a date. The newest always counts: mail will come there."""
    if since is None:
        return tuple(epochs)
    return tuple(each for each in epochs if each is epochs[-1] or each.modified >= since)


def fetch_epochs(
    folder: Folder, state: State, inbox: Inbox, since: datetime | None, lock: IO[bytes], tell: Tell
) -> tuple[State, tuple[Change, ...]]:
    """Bring the epochs of a list up to date, oldest first; each one that is done is remembered at once.

    One that is here already is kept in step whatever `since` says, for mail may be purged from it. Raises FetchError
    when one cannot be had; those before it are done and stay.
    """
    changes = []
    remotes = list_epochs(inbox.read_manifest(), inbox.url)
    needed = choose_epochs(remotes, since)
    for remote in remotes:
        repository = folder.git / f"{remote.number}.git"
        known = state.epochs.get(str(remote.number))
        if not repository.is_dir() and remote not in needed:
            continue
        if known and remote.fingerprint and known.fingerprint == remote.fingerprint and repository.is_dir():
            continue
        try:
            change = _fetch_epoch(repository, remote.number, inbox, lock, tell)
        except SourceError as error:
            words = str(error).removeprefix(f"{repository}: ")
            raise FetchError(f"{repository} is damaged; move it away and run again ({words})") from error
        state = replace(state, epochs={**state.epochs, str(remote.number): Epoch(change.new, remote.fingerprint)})
        folder.write_state(state)
        if change.old != change.new:
            changes.append(change)
    return state, tuple(changes)


def _fetch_epoch(repository: Path, number: int, inbox: Inbox, lock: IO[bytes], tell: Tell) -> Change:
    if not repository.is_dir():
        draft = repository.with_name(f"{DRAFT}{repository.name}")
        draft.parent.mkdir(parents=True, exist_ok=True)
        create_repository(str(draft))
        new = _fetch_head(draft, number, inbox, lock, tell)
        _move_branch(draft, new)
        draft.rename(repository)
        return Change(number, None, new)
    path = str(repository)
    old = run_git(path, "rev-parse", "--verify", "HEAD").strip()
    new = _fetch_head(repository, number, inbox, lock, tell)
    # Commits that the server's history no longer has.
    lost = run_git(path, "log", "--format=%T", "--end-of-options", old, f"^{new}").split()
    purged = _count_purged(path, old, new, lost, inbox) if lost else 0
    _move_branch(repository, new)
    if lost:
        # What was purged has to go from the disk too.
        run_git(path, "reflog", "expire", "--expire=now", "--all")
        run_git(path, "gc", "--quiet", "--prune=now")
    return Change(number, old, new, purged, rewritten=bool(lost))


def _count_purged(path: str, old: str, new: str, lost: Sequence[str], inbox: Inbox) -> int:
    """Count the mails that a rewritten history no longer has; FetchError when it shares too little with ours to be the
    same list."""
    total = int(run_git(path, "rev-list", "--count", "--end-of-options", old))
    ours = Counter(lost)
    theirs = Counter(run_git(path, "log", "--format=%T", "--end-of-options", new, f"^{old}").split())
    purged = (ours - theirs).total()
    kept = total - purged
    if kept < SAME_LIST * total:
        run_git(path, "update-ref", "-d", INCOMING)
        raise FetchError(
            f"{inbox.url} now has another list than the one that was fetched from there ({kept} of {total} mails are "
            f"the same); what is here was kept. Check the address; if it is right, move {path} away and run again"
        )
    return purged


def _move_branch(repository: Path, commit: str) -> None:
    """Let the branch name what was fetched, in one step."""
    path = str(repository)
    branch = run_git(path, "symbolic-ref", "HEAD").strip()
    run_git(path, "update-ref", "--end-of-options", branch, commit)
    run_git(path, "update-ref", "-d", INCOMING)


def _fetch_head(repository: Path, number: int, inbox: Inbox, lock: IO[bytes], tell: Tell) -> str:
    """Fetch an epoch beside the branch and give its newest commit."""

    def say(line: str) -> None:
        if match := PROGRESS.search(line):
            tell(int(match[2]), int(match[3]), f"epoch {number}, {match[1].lower()} objects")

    def fetch() -> None:
        path = urlsplit(inbox.url).path.rstrip("/")
        for origin in inbox.origins:
            address = f"{origin}{path}/{number}"
            arguments = ("fetch", "--progress", "--no-tags", "--no-write-fetch-head", "--end-of-options")
            settings = {
                **SETTINGS,
                "http.userAgent": inbox.agent,
                "http.lowSpeedTime": str(math.ceil(inbox.timeout or STALL_SECONDS)),
            }
            ended = run_git_online(
                str(repository), (*arguments, address, f"+HEAD:{INCOMING}"), settings, say, lock.fileno()
            )
            if not ended.status:
                return
            if "No space left" in ended.words:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(repository))
        # git does not tell how long a busy server asks to wait, or what page came in place of an answer.
        inbox.check_ready(f"{inbox.url}/{number}/info/refs?service=git-upload-pack")
        raise Trouble(f"git could not fetch it ({shown(ended.words)})")

    inbox.call(fetch, f"epoch {number}")
    return run_git(str(repository), "rev-parse", "--verify", INCOMING).strip()
