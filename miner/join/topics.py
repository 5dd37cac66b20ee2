"""What questions to the whole list are about, as checksums.

Whatever changes an answer bears a topic of its question: so it is told without asking anew which parts of a list hear the same as
before. Two things may have one checksum; then a part is asked in vain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

CODE = np.dtype("<u4")


def topic(kind: str, *words: object) -> int:
    """The CRC-32 of a kind of thing and what names it."""
    return crc32(repr((kind, *words)).encode("utf-8", "surrogatepass"))


def pack(topics: Iterable[int]) -> bytes:
    """Topics once each, in order, four bytes (CODE) a topic."""
    return np.array(sorted(set(topics)), CODE).tobytes()


def unpack(packed: bytes) -> NDArray[np.uint32]:
    """Packed topics as they stand: (topics,)."""
    return np.frombuffer(packed, CODE)


def find_touching(packed: Sequence[bytes], topics: bytes) -> list[int]:
    """The numbers of those that have one of some topics."""
    ends = np.cumsum([len(each) // CODE.itemsize for each in packed], dtype=np.int64)
    hits = np.isin(unpack(b"".join(packed)), unpack(topics))
    counts = np.diff(np.concatenate(([0], np.cumsum(hits)))[np.concatenate(([0], ends))])
    return [int(at) for at in np.flatnonzero(counts)]
