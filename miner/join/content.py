"""What patches change, in a form that two postings can be compared by: the files, and the lines that come or go."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

MAX_LINES = 50_000  # of one posting; what is longer is compared by its beginning
LEAST_CHARS = 6  # braces and blank lines are everywhere
_FILE = re.compile(r"^diff --git a/(\S{1,400}) b/|^--- a/(\S{1,400})$", re.M)
_CHANGED = re.compile(r"^(?!\+\+\+ |--- )[+-](.*)", re.M)


@dataclass(frozen=True, slots=True)
class Content:
    """The paths that are changed, and the added and removed lines (as checksums, white space squeezed)."""

    files: frozenset[str]
    lines: frozenset[int]


def read_content(bodies: Iterable[str]) -> Content:
    """Read the diffs of a posting's mails; a mail without a diff adds nothing."""
    files: set[str] = set()
    lines: set[int] = set()
    for body in bodies:
        here, changed = _read_diff(body)
        files |= here
        for line in changed:
            if len(lines) >= MAX_LINES:
                break
            lines.add(line)
    return Content(frozenset(files), frozenset(lines))


@lru_cache(maxsize=512)  # it is compared with older versions and with later postings, and in a history mail by mail
def _read_diff(body: str) -> tuple[Set[str], Collection[int]]:
    """The paths and the checksums of the lines that a mail changes, the first ones of them in their order."""
    start = _FILE.search(body)
    if start is None:
        return frozenset(), ()
    text = body[start.start() :]
    lines: dict[int, None] = {}
    for line in _CHANGED.findall(text):
        if len(line) >= LEAST_CHARS and len(lines) < MAX_LINES:
            squeezed = " ".join(line.split())
            if len(squeezed) >= LEAST_CHARS:
                lines[crc32(squeezed.encode("utf-8", "replace"))] = None
    return frozenset(match[1] or match[2] for match in _FILE.finditer(text)), tuple(lines)


def jaccard(one: Set[object], other: Set[object]) -> float:
    """The share of what either has that both have.

    >>> jaccard({1, 2}, {2, 3})
    0.3333333333333333
    """
    union = len(one | other)
    return len(one & other) / union if union else 0.0


def cosine(one: Set[object], other: Set[object]) -> float:
    """Likeness that a small set does not get by lying within a large one.

    >>> cosine({1}, {1, 2, 3, 4})
    0.5
    """
    return len(one & other) / math.sqrt(len(one) * len(other)) if one and other else 0.0
