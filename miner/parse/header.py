"""Header values to text, ids and times (RFC 5322 and 2047), from whatever bytes stand there.

Nothing here raises, and nothing backtracks: a value is cut to a stated length before a pattern sees it. What cannot be
decoded stays as it was written.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

DATE_CHARS = 200
MAX_IDS = 5_000
MAX_RECEIVED = 50
FIRST_YEAR = 1990  # before that no list of ours existed: a clock that was never set
CLOCK_SKEW = timedelta(days=1)

ENCODED_WORD = re.compile(r"=\?([A-Za-z0-9_.:+-]{1,60})(?:\*[A-Za-z0-9-]{1,20})?\?([bBqQ])\?([^?]{0,4000})\?=")
Q_BYTE = re.compile(rb"=([0-9A-Fa-f]{2})")
BRACKETED = re.compile(r"<([^<>]*)>")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
SURROGATE = re.compile(r"[\ud800-\udfff]")
# What mailers call GB2312 is its superset; names have characters that the old standard lacks.
WIDER_CHARSET = {"gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030"}
# Codecs that are not charsets of text, or take more than linear time.
NO_CHARSET = frozenset({"idna", "punycode", "undefined", "unicode-escape", "unicode_escape", "raw-unicode-escape"})


def decode_text(data: bytes, charset: str) -> str:
    """Decode text; an unknown charset is read as UTF-8, bytes that do not fit become U+FFFD.

    >>> decode_text(b"caf\\xe9", "latin-1"), decode_text(b"caf\\xc3\\xa9", "x-unknown")
    ('café', 'café')
    """
    try:
        known = codecs.lookup(charset).name
        text = data.decode("utf-8" if known in NO_CHARSET else known, "replace")
    except (LookupError, ValueError):  # ValueError: a NUL in the name, a codec that knows no "replace"
        text = data.decode("utf-8", "replace")
    return SURROGATE.sub("\ufffd", text)


def decode_raw(value: str) -> str:
    """Turn a header value with undecoded 8-bit bytes (as `email` keeps them) into text: UTF-8, or else Latin-1."""
    if value.isascii():
        return value
    data = value.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def decode_words(value: str) -> str:
    """Decode RFC 2047 encoded words; one that is broken stays as it is written.

    Neighbours of one charset are joined as bytes first, for many mailers cut a character in two.

    >>> decode_words("=?utf-8?B?Q2Fm?= =?utf-8?Q?=C3=A9?= au lait")
    'Café au lait'
    """
    if "=?" not in value:
        return value
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for word in ENCODED_WORD.finditer(value):
        between = value[end : word.start()]
        data = _decode_word(word[2], word[3])
        adjacent = bool(charset) and not between.strip()
        if pending and not (adjacent and data is not None and word[1].lower() == charset):
            out.append(decode_text(pending, WIDER_CHARSET.get(charset, charset)))
            pending = b""
        out.append("" if adjacent and data is not None else between)
        if data is None:
            out.append(word[0])
            charset = ""
        else:
            pending, charset = pending + data, word[1].lower()
        end = word.end()
    out.append(decode_text(pending, WIDER_CHARSET.get(charset, charset or "utf-8")))
    return "".join([*out, value[end:]])


def _decode_word(encoding: str, text: str) -> bytes | None:
    data = text.encode("utf-8")
    if encoding in "qQ":
        return Q_BYTE.sub(lambda byte: bytes.fromhex(byte[1].decode("ascii")), data.replace(b"_", b" "))
    letters = b"".join(data.split()).rstrip(b"=")
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def clean_text(value: str) -> str:
    """Squeeze a value to one line without control characters or marks that turn the writing direction."""
    return " ".join(CONTROL.sub(" ", value).split())


def header_text(value: str) -> str:
    """Decode and clean an unstructured header value."""
    return clean_text(decode_words(decode_raw(value)))


def find_ids(value: str) -> list[str]:
    """Find the message-ids of a header value in order, without brackets; folded and glued ones too.

    >>> find_ids("<a@example.org><b@example.\\n org> (added by a robot)")
    ['a@example.org', 'b@example.org']
    """
    found = ["".join(ident.split()) for ident in BRACKETED.findall(decode_raw(value))]
    return [CONTROL.sub("", ident) for ident in found if ident][:MAX_IDS]


def parse_message_id(values: Iterable[str]) -> str | None:
    """Give the first message-id of the Message-ID headers; one without brackets counts, so does one without "@"."""
    for value in values:
        bare = CONTROL.sub(" ", decode_raw(value)).strip("<> ").split()
        for ident in (*find_ids(value), *bare[:1]):
            return ident
    return None


def parse_in_reply_to(
    values: Iterable[str], own_id: str, references: Sequence[str] = (), addresses: Collection[str] = ()
) -> str | None:
    """Give the id of the mail that is answered, never the mail's own; prose gives None.

    Of several ids it is the one that `references` (the raw headers) end with: a patch that is sent with two
    In-Reply-To headers names the last revision in the first of them and its own cover letter in the second. Else it is
    the first one that is no address of somebody whom the mail names: "Message from Ada <ada@example.org> of <id>".
    """
    found = _answered_ids(values, own_id)
    if len(found) < 2:
        return next(iter(found), None)
    last = next(
        (ident for value in reversed(references) for ident in reversed(find_ids(value)) if ident in found), None
    )
    return last or next((ident for ident in found if ident.lower() not in addresses), next(iter(found)))


def _answered_ids(values: Iterable[str], own_id: str) -> Collection[str]:
    found: dict[str, None] = {}
    for value in values:
        ids = [ident for ident in find_ids(value) if "@" in ident]
        words = decode_raw(value).split()
        if len(words) == 1:  # an id without brackets or with one alone, or an id without "@"
            ids += find_ids(value) or [CONTROL.sub("", word.strip("<>")) for word in words if "@" in word]
        found.update(dict.fromkeys(ids))
    found.pop(own_id, None)
    return found


def parse_references(
    values: Iterable[str], own_id: str, in_reply_to: str | None, answered: Iterable[str] = ()
) -> tuple[str, ...]:
    """Give the ids of the References headers, oldest first, each once.

    Without any, the ids of the In-Reply-To headers (`answered`, raw) stand for them, the chosen one last.
    """
    found: dict[str, None] = {}
    for value in values:
        bare = [word for word in decode_raw(value).split() if "@" in word and "<" not in word]
        found.update(dict.fromkeys(find_ids(value) or bare))
    found.pop(own_id, None)
    if not found and in_reply_to:
        others = [ident for ident in _answered_ids(answered, own_id) if ident != in_reply_to]
        return (*others, in_reply_to)
    return tuple(found)


def parse_date(value: str) -> datetime | None:
    """Read a date in UTC; a zone that is missing is taken as UTC, a date that is none gives None.

    >>> parse_date("Thu, 31 Aug 2023 02:08:00 +0200").isoformat()
    '2023-08-31T00:08:00+00:00'
    """
    try:
        date = parsedate_to_datetime(" ".join(decode_raw(value[:DATE_CHARS]).split()))
        if date.tzinfo is None:
            date = date.replace(tzinfo=UTC)
        return date.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):  # the standard library's parser raises each of these
        return None


def parse_mail_date(values: Sequence[str], received: Sequence[str]) -> datetime | None:
    """Tell when a mail was written: its Date, or if that is absurd, when the list got it (topmost Received).

    Absurd is what cannot be read, is before 1990, or later than every Received by more than a day. Never "now".
    """
    date = parse_date(values[0]) if values else None
    arrivals = (parse_date(line.rpartition(";")[2]) for line in received[:MAX_RECEIVED])
    topmost = None
    for arrival in arrivals:
        if arrival is None or arrival.year < FIRST_YEAR:
            continue
        topmost = topmost or arrival
        if date is not None and date - arrival <= CLOCK_SKEW:
            break
    else:
        if topmost is not None:
            return topmost
    return date if date is not None and date.year >= FIRST_YEAR else topmost
