"""Bytes from a file or a pipe whose beginning can be looked at first; gzip is known by its magic, not by its name."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

GZIP_MAGIC = b"\x1f\x8b"
GZIP_WINDOW = 31  # zlib's number for "a gzip member with its header"
HEAD_BYTES = 64 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
BLOCK_BYTES = 256 * 1024


class _Replay(io.RawIOBase):
    """A stream whose first bytes were read already: gives them once more, then the rest."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._head[: len(buffer)] or self._rest.read(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(block)] = block
        return len(block)


class _Gunzip(io.RawIOBase):
    """Unpacked gzip that ends early, with `damage` set, where the standard library's would raise and lose the rest."""

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__()
        self._packed = packed
        self._member = zlib.decompressobj(GZIP_WINDOW)
        self._left = b""
        self.damage: str | None = None

    def readable(self) -> bool:
        return True

    def _next_block(self) -> bytes:
        if len(self._left) >= len(GZIP_MAGIC):
            return self._left
        return self._left + self._packed.read(BLOCK_BYTES)

    def readinto(self, buffer: Any) -> int:
        while self.damage is None:
            block = self._next_block()
            if self._member.eof:
                # What is no further member is padding or garbage, which gzip(1) ignores as well.
                if not block.startswith(GZIP_MAGIC):
                    return 0
                self._member = zlib.decompressobj(GZIP_WINDOW)
            elif not block:
                self.damage = "gzip file is cut off"
                break
            try:
                data = self._member.decompress(block, len(buffer))
            except zlib.error:
                self.damage = "gzip file is damaged"
                break
            self._left = self._member.unconsumed_tail or self._member.unused_data
            if data:
                buffer[: len(data)] = data
                return len(data)
        return 0


class Stream:
    """What a source holds, unpacked. `head` is its beginning, `read` and `readline` give all of it from the start."""

    def __init__(self, raw: BinaryIO) -> None:
        head = _read_head(raw)
        self._gunzip: _Gunzip | None = None
        if head.startswith(GZIP_MAGIC):
            self._gunzip = _Gunzip(io.BufferedReader(_Replay(head, raw)))
            raw = io.BufferedReader(self._gunzip, BLOCK_BYTES)
            head = _read_head(raw)
        self.head = head = head.removeprefix(BYTE_ORDER_MARK)
        self._lines = io.BufferedReader(_Replay(head, raw), BLOCK_BYTES)
        self.read = self._lines.read
        self.readline = self._lines.readline

    @property
    def damage(self) -> str | None:
        """Why the stream ended before its end; None when it did not, or has not been read so far."""
        return self._gunzip.damage if self._gunzip else None

    def lines(self, limit: int) -> Iterator[tuple[int, bytes | None]]:
        """Yield each line with its number, from 1; None stands for a line of more than `limit` bytes."""
        number = 0
        while line := self.readline(limit + 1):
            number += 1
            yield number, line if len(line) <= limit else None
            while len(line) > limit and not line.endswith(b"\n") and (piece := self.readline(BLOCK_BYTES)):
                line += piece[-1:]


def _read_head(raw: BinaryIO) -> bytes:
    """Read the first bytes; a pipe may give them in small pieces."""
    pieces: list[bytes] = []
    missing = HEAD_BYTES
    while missing and (piece := raw.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)
