"""Read an mbox, mail by mail, in the memory of one mail.

A mail begins at a line "From SENDER DATE" that is the first one or follows an empty line. Both ways of escaping such
lines in a body are undone by one rule, which is mboxrd's: of a line that is one or more ">" and then "From ", one ">"
goes. The lengths that mboxcl keeps in Content-Length are often wrong and are not used.

Pipermail (Mailman 2) escapes too little, and after a scrubbed attachment it may leave out the empty line. But right
below each of its separators stands a From header with the same sender: a file that begins so is read by that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.archive.headers import FIELD, KNOWN_FIELD, has_body, has_headers
from miner.archive.limits import Limits
from miner.archive.stream import Stream
from miner.model import Problem, RawMail

PIECE_BYTES = 64 * 1024  # a longer line is read in pieces
SEPARATOR_BYTES = 500
BLANK = (b"\n", b"\r\n")

_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = rb"\d{1,2}:\d{2}(?::\d{2})?"
_ZONE = rb"(?: {1,3}(?:[A-Z]{1,5}|[+-]\d{4}))"
# Searched only in lines that are short and begin with "From ": the sender itself may hold anything, spaces too.
SEPARATOR_DATE = re.compile(
    rb" (?:%s,? {1,3}%s {1,3}\d{1,2},? {1,3}%s%s{0,2} {1,3}\d{4}%s?|(?:%s,? {1,3})?\d{1,2} %s \d{4} {1,3}%s%s?)"
    rb"(?: remote from \S{1,200})?\s*$" % (_DAY, _MONTH, _TIME, _ZONE, _ZONE, _DAY, _MONTH, _TIME, _ZONE)
)
FORMAT_PATCH = re.compile(rb"From [0-9a-f]{7,64} Mon Sep 17 00:00:00 2001\b")  # what git writes above every patch
ESCAPED_FROM = re.compile(rb"(?m)^>(>*From )")


def is_separator(line: bytes, following: bytes) -> bool:
    """Whether a line that stands where a mail may begin is a "From " separator. Prose such as "From here on" is not.

    >>> is_separator(b"From mboxrd@z Thu Jan  1 00:00:00 1970", b"")
    True
    """
    if not line.startswith(b"From ") or len(line) > SEPARATOR_BYTES:
        return False
    if SEPARATOR_DATE.search(line):
        return True
    # Some writers give no date; then only headers right below make it one.
    return len(line.split()) == 2 and KNOWN_FIELD.match(following) is not None


def is_pipermail_separator(line: bytes, following: bytes) -> bool:
    """Whether a separator was written by pipermail: two spaces, and the same sender again in the From header below.

    >>> is_pipermail_separator(b"From ada at example.org  Wed Jan  3 10:11:12 2024", b"From: ada at example.org (Ada)")
    True
    """
    sender, gap, _ = line[5:].partition(b"  ")
    header = b"From: " + sender
    same = following.startswith(header) and following[len(header) : len(header) + 1] in (b" ", b"\r", b"\n", b"")
    return bool(sender and gap and same) and is_separator(line, following)


def _begins_mail(line: bytes, following: bytes, after_blank: bool) -> bool:
    """Tell a separator in a pipermail file: its own, or that of an mbox that was appended; a patch in a body is none."""
    if is_pipermail_separator(line, following):
        return True
    return (
        after_blank and is_separator(line, following) and bool(FIELD.match(following)) and not FORMAT_PATCH.match(line)
    )


class _Mail:
    """The lines of the mail that is being read, dropped as soon as they are too many."""

    def __init__(self, limits: Limits) -> None:
        self._room = limits.mail_bytes
        self._limit = limits.mail_bytes
        self._pieces: list[bytes] = []

    def add(self, piece: bytes) -> None:
        self._room -= len(piece)
        if self._room >= 0:
            self._pieces.append(piece)
        else:
            self._pieces.clear()

    def finish(self, where: str, *, last: bool = False) -> RawMail | Problem:
        if self._room < 0:
            return Problem(where, f"larger than the limit of {self._limit} bytes")
        data = b"".join(self._pieces)
        if not has_headers(data):
            return Problem(where, "no mail headers")
        if last and not has_body(data):
            return Problem(where, "cut off in its headers")
        return RawMail(unescape_from(strip_last_blank(data)), where)


def strip_last_blank(data: bytes) -> bytes:
    """Take away the one empty line that an mbox writes after each mail."""
    if data.endswith(b"\r\n\r\n"):
        return data[:-2]
    return data[:-1] if data.endswith(b"\n\n") else data


def unescape_from(data: bytes) -> bytes:
    """Undo one level of mbox escaping.

    >>> unescape_from(b">From here\\n>>From there\\n> From far\\n")
    b'From here\\n>From there\\n> From far\\n'
    """
    return ESCAPED_FROM.sub(rb"\1", data) if b">From " in data else data


def read_mbox(stream: Stream, name: str, limits: Limits) -> Iterator[RawMail | Problem]:
    """Yield each mail of an mbox as `NAME, mail N`, N from 1; what is too large, cut or no mail is a Problem."""
    mail: _Mail | None = None
    number = 0
    pipermail = False
    line_start = after_blank = True
    line = stream.readline(PIECE_BYTES)
    while line:
        following = None
        if (after_blank or (pipermail and line_start)) and line.startswith(b"From "):
            following = stream.readline(PIECE_BYTES)
            if _begins_mail(line, following, after_blank) if pipermail else is_separator(line, following):
                pipermail = pipermail or (number == 0 and is_pipermail_separator(line, following))
                if mail is not None:
                    yield mail.finish(f"{name}, mail {number}")
                number += 1
                mail = _Mail(limits)
                line_start, after_blank, line = True, False, following
                continue
        if mail is not None:
            mail.add(line)
        after_blank = line_start and line in BLANK
        line_start = line.endswith(b"\n")
        line = stream.readline(PIECE_BYTES) if following is None else following
    where = f"{name}, mail {number}"
    if stream.damage:
        yield Problem(where, f"{stream.damage} in this mail; it and all later ones are lost", lost="part")
    elif mail is not None:
        yield mail.finish(where, last=True)
