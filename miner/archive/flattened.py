"""Read mail text that a crawler flattened: no headers, one mail a line, its quote marks inline."""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.archive.limits import Limits
from miner.archive.stream import Stream
from miner.model import Problem, RawMail

INLINE_MARK = re.compile(rb"[ \t]>")
ENOUGH_MARKS = 2


def is_flattened_mail(line: bytes) -> bool:
    """Whether one line holds a whole mail: quote marks inside it, not only where it begins.

    >>> is_flattened_mail(b"On Monday Ada wrote: > Ready? > > Ada Yes."), is_flattened_mail(b"> > Ready?")
    (True, False)
    """
    return len(INLINE_MARK.findall(line.lstrip(b"> \t"))) >= ENOUGH_MARKS or b"wrote:" in line


def is_flattened(head: bytes) -> bool:
    """Whether a text is flattened mail: at least half of its lines are, so that prose and programs are not."""
    lines = [line for line in head.split(b"\n") if line.strip()]
    mails = sum(b">" in line and is_flattened_mail(line) for line in lines)
    return b"\0" not in head and mails > 0 and 2 * mails >= len(lines)


def read_flattened(stream: Stream, name: str, limits: Limits) -> Iterator[RawMail | Problem]:
    """Yield each line that is a flattened mail as `NAME, line N`, N from 1; any other text line is a Problem."""
    number = 0
    for number, line in stream.lines(limits.mail_bytes):
        where = f"{name}, line {number}"
        if line is None:
            yield Problem(where, f"larger than the limit of {limits.mail_bytes} bytes")
        elif is_flattened_mail(line):
            yield RawMail(line.strip(b"\r\n"), where, form="flattened")
        elif line.strip():
            yield Problem(where, "no flattened mail: no quote marks in it")
    if stream.damage:
        yield Problem(f"{name}, line {number}", f"{stream.damage}; all later lines are lost", lost="part")
