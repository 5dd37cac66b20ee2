"""What patches change, in a form that two postings can be compared by: the files, and the lines that come or go."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
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
        start = _FILE.search(body)
        if start is None:
            continue
        text = body[start.start() :]
        files.update(match[1] or match[2] for match in _FILE.finditer(text))
        for line in _CHANGED.findall(text):
            if len(line) >= LEAST_CHARS and len(lines) < MAX_LINES:
                squeezed = " ".join(line.split())
                if len(squeezed) >= LEAST_CHARS:
                    lines.add(crc32(squeezed.encode("utf-8", "replace")))
    return Content(frozenset(files), frozenset(lines))


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
