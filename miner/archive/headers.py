"""Just enough of RFC 5322 to tell a mail from something else; the parse stage reads what headers say."""

from __future__ import annotations

import os
import re

# Bounded, and tried only where a line begins: linear in what it is given.
FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
KNOWN_FIELD = re.compile(
    rb"(?im)^(?:from|to|cc|bcc|date|subject|message-id|received|return-path|reply-to|sender|in-reply-to|references"
    rb"|mime-version|content-[a-z-]{1,40}|delivered-to|envelope-to|list-[a-z-]{1,40}|status|x-[a-z0-9-]{1,80})[ \t]*:"
)
HEADER_END = re.compile(rb"\n\r?\n")
HEAD_BYTES = 256 * 1024


def header_block(data: bytes) -> bytes:
    """Cut out what stands before the first empty line (at most 256 KB of it)."""
    end = HEADER_END.search(data, 0, HEAD_BYTES)
    return data[: end.start()] if end else data[:HEAD_BYTES]


def has_headers(data: bytes) -> bool:
    """Whether `data` begins with a header block that names at least one field that mail has.

    >>> has_headers(b"Subject: hello\\n\\ntext"), has_headers(b"https://example.org is up")
    (True, False)
    """
    # A second "From " line right under the separator is what some delivery agents leave behind.
    if data.startswith((b"From ", b">From ")):
        data = data.partition(b"\n")[2]
    return bool(FIELD.match(data) and KNOWN_FIELD.search(header_block(data)))


def has_body(data: bytes) -> bool:
    """Whether the empty line between headers and body was reached."""
    return HEADER_END.search(data) is not None


def printable_name(path: str) -> str:
    """Give the base name of a path in a form that can be shown: no line breaks, no undecodable bytes."""
    name = os.path.basename(os.path.normpath(path)) or path
    shown = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else "?" for c in shown)
