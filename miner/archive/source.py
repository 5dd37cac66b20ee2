"""Say what a SOURCE is and hand it to the reader of its kind."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import BinaryIO

from miner.archive.epoch import is_repository, read_bundle, read_epochs
from miner.archive.flattened import read_flattened
from miner.archive.headers import printable_name
from miner.archive.jsonl import read_jsonl
from miner.archive.limits import DEFAULT_LIMITS, Limits
from miner.archive.mbox import read_mbox
from miner.archive.single import read_mail
from miner.archive.sniff import detect_kind
from miner.archive.stream import Stream
from miner.errors import SourceError
from miner.model import Problem, RawMail

STANDARD_INPUT = "-"
MAX_FOLDER_DEPTH = 8
KINDS = "an mbox, mbox.gz, Maildir, .eml, .jsonl, flattened text or public-inbox epoch"
HINT = f"; give {KINDS}, or - for standard input"
EPOCH = re.compile(r"\d{1,9}\.git")


def read_source(
    path: str, *, stdin: BinaryIO | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[RawMail | Problem]:
    """Yield every mail of a source, and a Problem for each one that could not be had.

    `path` is a file or folder of any kind that this package reads, or "-" for standard input (`stdin`, if given).
    Streams: memory holds one mail, however long the list is. SourceError when there is nothing to begin with.
    """
    nothing = True
    try:
        for found in _read_path(path, stdin, limits):
            nothing = False
            yield found
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}; check the path and who may read it") from error
    if nothing:
        yield Problem(_source_name(path), "empty: no mail in it", lost="source")


def _source_name(path: str) -> str:
    return "standard input" if path == STANDARD_INPUT else printable_name(path)


def _read_path(path: str, stdin: BinaryIO | None, limits: Limits) -> Iterator[RawMail | Problem]:
    if path == STANDARD_INPUT:
        yield from _read_stream(Stream(stdin or sys.stdin.buffer), path, limits)
    elif not os.path.exists(path):
        raise SourceError(f"{path}: no such file or folder{HINT}")
    elif os.path.isdir(path):
        yield from _read_folder(path, limits, 0)
    else:
        yield from _read_file(path, limits)


def _read_file(path: str, limits: Limits) -> Iterator[RawMail | Problem]:
    with open(path, "rb", buffering=0) as file:
        yield from _read_stream(Stream(file), path, limits)


def _read_stream(stream: Stream, path: str, limits: Limits) -> Iterator[RawMail | Problem]:
    name = _source_name(path)
    kind = detect_kind(stream.head, name)
    if kind == "mbox":
        yield from read_mbox(stream, name, limits)
    elif kind == "mail":
        yield read_mail(stream, name, limits)
    elif kind == "jsonl":
        yield from read_jsonl(stream, name, limits)
    elif kind == "flattened":
        yield from read_flattened(stream, name, limits)
    elif kind == "bundle" and path != STANDARD_INPUT:
        yield from read_bundle(path, limits)
    elif stream.damage:
        yield Problem(name, f"{stream.damage}; no mail in it", lost="source")
    elif kind != "empty":
        raise SourceError(f"{path}: not mail{HINT}")


def _read_folder(path: str, limits: Limits, depth: int) -> Iterator[RawMail | Problem]:
    """Read a repository, an inbox, a Maildir, or else every file and folder in it."""
    for repository in (path, os.path.join(path, ".git")):
        if is_repository(repository):
            yield from read_epochs([repository], limits, name=printable_name(path))
            return
    if epochs := find_epochs(path):
        yield from read_epochs(epochs, limits)
        return
    boxes = [box for sub in ("cur", "new") if os.path.isdir(box := os.path.join(path, sub))]
    for box in boxes:
        yield from _read_maildir(box, limits)
    if not boxes:
        yield from _read_children(path, limits, depth)


def find_repositories(folder: str) -> Iterator[str]:
    """Yield the git repositories that a folder is, or that lie in it."""
    for at, folders, _ in walk(folder):
        for repository in (at, os.path.join(at, ".git")):
            if is_repository(repository):
                yield repository
                folders.clear()
                break


def walk(folder: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """As os.walk, in order, and into the folders that links lead to, each once."""
    seen: set[str] = set()
    for at, folders, files in os.walk(folder, followlinks=True):
        here = os.path.realpath(at)
        if here in seen:
            folders.clear()
            continue
        seen.add(here)
        folders.sort()
        yield at, folders, files


def find_epochs(folder: str) -> list[str]:
    """List the epochs of an inbox: 0.git, 1.git ... in its folder or the folder `git` in it, oldest first."""
    epochs = _list_epochs(os.path.join(folder, "git")) or _list_epochs(folder)
    if not epochs and is_repository(os.path.join(folder, "all.git")):
        epochs = [os.path.join(folder, "all.git")]
    return epochs


def _list_epochs(folder: str) -> list[str]:
    if not os.path.isdir(folder):
        return []
    names = [name for name in os.listdir(folder) if EPOCH.fullmatch(name)]
    paths = [os.path.join(folder, name) for name in sorted(names, key=_natural)]
    return [path for path in paths if is_repository(path)]


def _read_maildir(box: str, limits: Limits) -> Iterator[RawMail | Problem]:
    for name in sorted(os.listdir(box), key=_natural):
        path = os.path.join(box, name)
        if os.path.isfile(path) and not name.startswith("."):
            yield from _read_or_report(path, limits)


def _read_or_report(path: str, limits: Limits) -> Iterator[Problem | RawMail]:
    """Read one file of a Maildir; that one cannot be read does not stop the others."""
    name = printable_name(path)
    try:
        with open(path, "rb", buffering=0) as file:
            found = read_mail(Stream(file), name, limits)
    except OSError as error:
        found = Problem(name, error.strerror or "cannot be read")
    yield found


def _read_children(path: str, limits: Limits, depth: int) -> Iterator[RawMail | Problem]:
    for name in sorted(os.listdir(path), key=_natural):
        child = os.path.join(path, name)
        if name.startswith("."):
            continue
        try:
            if not os.path.isdir(child):
                yield from _read_file(child, limits)
            elif depth < MAX_FOLDER_DEPTH and not os.path.islink(child):
                yield from _read_folder(child, limits, depth + 1)
        except SourceError as error:
            yield Problem(
                printable_name(child), str(error).removeprefix(f"{child}: ").removesuffix(HINT), lost="source"
            )
        except OSError as error:
            yield Problem(printable_name(child), error.strerror or "cannot be read", lost="source")


def _natural(name: str) -> list[str | int]:
    """Sort 9.git before 10.git."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"([0-9]+)", name)]
