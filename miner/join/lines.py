"""In which later postings the lines that a patch brings stand: found there, or brought once more.

Two lines below each other that nobody had before a patch, and that a later patch finds in the same file, came from it: whoever made the
later one has it in his tree, although the file has changed since and its hash tells nothing (`later.py`). And lines that another posting
of the same author brings anew are waited for there, whatever its title. Pairs are kept as checksums, the smallest ones of each patch.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from miner.join.commits import author_keys, read_authors
from miner.join.patches import read_files
from miner.join.people import split_person
from miner.join.postings import Posting
from miner.join.topics import CODE, unpack
from miner.model import Mention, Message, Person

LEAST_LINE = 4  # bytes of a line that is looked at: braces are everywhere
LEAST_PAIR = 24  # of both lines
MOST_KEPT = 2000  # pairs of a patch that others are compared with
MOST_ASKED = 64  # that are looked for
LEAST_FOUND = 2  # that a later patch finds
LEAST_SHARE = 0.05  # of those that are new
LEAST_BROUGHT = 4
BROUGHT_SHARE = 0.6
MOST = 12  # later postings that are told
DAY = 86_400.0
_MARKS = ("+", "-", " ")
_CREDIT = re.compile(
    r"^(?:Signed-off|Co-developed|Co-authored|Originally|Suggested|Reported)-by:[ \t]*(\S[^\n]{0,200})$", re.I | re.M
)
_HEAD = 100_000  # characters of a patch in which its trailers are looked for


@dataclass(frozen=True, slots=True)
class Lines:
    """The pairs of lines that a patch of a posting finds and those that it brings, each in four bytes; by whom it is, as
    `read_authors` has it, and whose work, as `read_owners` does."""

    root: str
    stamp: float
    authors: tuple[str, ...]
    mention: Mention
    found: bytes
    brought: bytes
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """A later posting in which some new pairs stand: how many it finds, in which mail most of them and which, and how many it brings."""

    root: str
    stamp: float
    authors: tuple[str, ...]
    mention: Mention
    finds: int
    pairs: tuple[int, ...]
    brings: int
    owners: tuple[str, ...] = ()

    def is_built_upon(self, new: int) -> bool:
        """Whether it finds enough of so many new pairs."""
        return _are_enough(self.finds, new)

    def brings_most(self, new: int) -> bool:
        """Whether it brings most of so many new pairs, and does not only move them."""
        return _are_most(self.brings, new) and not self.is_built_upon(new)


def _are_enough(finds: int, new: int) -> bool:
    return finds >= max(LEAST_FOUND, LEAST_SHARE * new)


def _are_most(brings: int, new: int) -> bool:
    return brings >= max(LEAST_BROUGHT, BROUGHT_SHARE * new)


@dataclass(frozen=True, slots=True)
class Traced:
    """How many pairs of a patch nobody had before it, and the later postings that are built upon it or bring most of them, both oldest
    first."""

    new: int
    finds: Iterable[Trace]
    brings: Iterable[Trace]


class Pairs(NamedTuple):
    """What is looked for in the lines of a patch."""

    root: str
    stamp: float
    found: bytes
    brought: bytes


class LineIndex:
    """The lines of all postings, by what is asked for; `load` gives the rest of one by its number."""

    def __init__(self, pairs: Sequence[Pairs], load: Callable[[int], Lines]) -> None:
        self._lines = pairs
        self._load = load
        self._found = Heap([one.found for one in pairs])
        self._brought = Heap([one.brought for one in pairs])

    def trace(self, pairs: bytes, own: Sequence[str], after: float) -> Traced:
        """Where pairs of a patch stand that nobody found up to a day after a moment; `own` are the postings of the work, that of the patch
        first: they all find them, and the others may bring them."""
        asked = unpack(pairs)
        finds: dict[str, dict[int, list[int]]] = {}
        brings: dict[str, set[int]] = {}
        new = 0
        for pair, found, brought in zip(
            asked.tolist(), self._found.seek(asked), self._brought.seek(asked), strict=True
        ):
            others = [at for at in found if self._lines[at].root not in own]
            if any(self._lines[at].stamp <= after + DAY for at in others):
                continue
            new += 1
            again = [at for at in brought if self._lines[at].root != own[0] and self._lines[at].stamp > after]
            until = self._first_of_another(again, own, {self._lines[at].root for at in others})
            for at in others:
                if self._lines[at].stamp <= until:
                    finds.setdefault(self._lines[at].root, {}).setdefault(at, []).append(pair)
            for at in again:
                brings.setdefault(self._lines[at].root, set()).add(pair)
                finds.setdefault(self._lines[at].root, {}).setdefault(at, [])
        told = []
        for root, by_patch in finds.items():
            count, brought_here = len(set().union(*by_patch.values())), len(brings.get(root, ()))
            if _are_enough(count, new) or _are_most(brought_here, new):
                best = max(by_patch, key=lambda at: (len(by_patch[at]), -at))
                rest = best, count, tuple(by_patch[best]), brought_here
                told.append((self._lines[best].stamp, root, rest))
        traces = [self._trace(*rest) for _, _, rest in sorted(told)[:MOST]]
        built = tuple(one for one in traces if one.is_built_upon(new))
        return Traced(new, built, tuple(one for one in traces if not one.is_built_upon(new)))

    def _first_of_another(self, brought: Iterable[int], own: Sequence[str], finding: Set[str]) -> float:
        """When the first posting of another work brings a pair that it does not find: whoever finds it from then on may have it from there."""
        stamps = (self._lines[at].stamp for at in brought if self._lines[at].root not in {*own, *finding})
        return min(stamps, default=math.inf)

    def _trace(self, at: int, finds: int, pairs: tuple[int, ...], brings: int) -> Trace:
        one = self._load(at)
        return Trace(one.root, one.stamp, one.authors, one.mention, finds, pairs, brings, one.owners)


def by_age(one: Trace) -> tuple[float, str]:
    return one.stamp, one.root


class Heap:
    """Which of many heaps of numbers have a number."""

    def __init__(self, packed: Sequence[bytes]) -> None:
        sizes = [len(each) // CODE.itemsize for each in packed]
        both = unpack(b"".join(packed)).astype(np.uint64) << np.uint64(32)
        both |= np.repeat(np.arange(len(packed), dtype=np.uint64), sizes)
        both.sort()  # by number, and then by heap
        self._numbers, self._owners = (both >> np.uint64(32)).astype(CODE), both.astype(CODE)

    def seek(self, numbers: NDArray[np.uint32]) -> Iterator[list[int]]:
        """For each number the heaps that have it."""
        begins = np.searchsorted(self._numbers, numbers, "left")
        ends = np.searchsorted(self._numbers, numbers, "right")
        return (self._owners[begin:end].tolist() for begin, end in zip(begins, ends, strict=True))


def read_owners(patch: Message) -> frozenset[str]:
    """What those are known by whose work a patch is: its authors, and those whom its trailers credit with it; whoever takes it into a series
    of his own keeps these."""
    credited = _CREDIT.findall(patch.body[:_HEAD].partition("\ndiff --git ")[0])
    return read_authors(patch).union(*(author_keys(Person(*split_person(form))) for form in credited))


def read_lines(posting: Posting, copy: bool, stands_on: bool) -> Iterator[Lines]:
    """The lines of a posting's patches. What an earlier one of them brings was not there before; nothing was of one that `stands_on` others, which
    may be on the list alone, and a `copy` of what is somewhere already brings nothing."""
    before: set[int] = set()
    author = str(posting.first.author)
    for _, message in sorted(posting.patches.items()):
        found, brought = _read_pairs(message)
        found = found - before
        before.update(brought)
        if message.date is not None and (found or brought):
            yield Lines(
                posting.root,
                posting.stamp,
                tuple(sorted(read_authors(message))),
                Mention(message.message_id, message.date, f"[PATCH] {message.subject.title}", author),
                b"" if stands_on else _pack(found, MOST_KEPT),
                b"" if copy else _pack(brought, MOST_KEPT),
                tuple(sorted(read_owners(message))),
            )


def pairs_to_trace(posting: Posting) -> dict[int, bytes]:
    """For each patch that a posting stands for, by its number, the pairs that it brings and did not move."""
    told: dict[int, bytes] = {}
    before: set[int] = set()
    for number, message in sorted(posting.whole.items()):
        found, brought = _read_pairs(message)
        before |= found
        if new := brought.keys() - before:
            told[number] = _pack(new, MOST_ASKED)
    return told


def longest_words(message: Message, pairs: Iterable[int]) -> str:
    """Of some pairs that a patch brings the longest line that is new, with its file."""
    _, brought = _read_pairs(message)
    return max(
        (f"{path}: {text.decode('utf-8', 'replace')}" for path, text in map(brought.__getitem__, pairs)), key=len
    )


def _pack(pairs: Iterable[int], most: int) -> bytes:
    return np.array(sorted(pairs)[:most], CODE).tobytes()


def _read_pairs(message: Message) -> tuple[Set[int], Mapping[int, tuple[str, bytes]]]:
    """The pairs of lines that a patch finds, and those that it brings with the file and the words of the line that is new."""
    return _pairs_in(message.body, message.subject.reply)


@lru_cache(maxsize=512)  # a patch is read for what it tells and for what is asked of it, and in a history mail by mail
def _pairs_in(body: str, reply: bool) -> tuple[Set[int], Mapping[int, tuple[str, bytes]]]:
    found: set[int] = set()
    brought: dict[int, tuple[str, bytes]] = {}
    for file in read_files(body, reply):
        path = file.path
        old, new = crc32(f"{file.old}\0".encode()), crc32(f"{file.new}\0".encode())
        for hunk in file.hunks:
            before, after, is_new = b"", b"", False
            for line in hunk.lines:
                mark, text = line[:1], " ".join(line[1:].split()).encode("utf-8", "replace")
                if len(text) < LEAST_LINE or mark not in _MARKS:
                    continue
                if mark != "+":
                    if before and len(before) + len(text) >= LEAST_PAIR:
                        found.add(crc32(b"%b\0%b" % (before, text), old))
                    before = text
                if mark != "-":
                    added = mark == "+"
                    if after and (added or is_new) and len(after) + len(text) >= LEAST_PAIR:
                        brought[crc32(b"%b\0%b" % (after, text), new)] = path, text if added else after
                    after, is_new = text, added
    return found, brought
