"""What a stream holds, told from its beginning: file names lie, and standard input has none."""

from __future__ import annotations

from typing import Literal

from miner.archive.flattened import is_flattened
from miner.archive.headers import has_headers
from miner.archive.mbox import is_separator

Kind = Literal["empty", "bundle", "mbox", "jsonl", "mail", "flattened", "other"]
BUNDLE_MAGIC = (b"# v2 git bundle\n", b"# v3 git bundle\n")


def detect_kind(head: bytes, name: str) -> Kind:
    """Name the kind of a source.

    >>> detect_kind(b"Subject: hello\\n\\ntext\\n", "a.txt")
    'mail'
    """
    if head.startswith(BUNDLE_MAGIC):
        return "bundle"
    text = head.lstrip(b"\r\n")
    if not text.strip():
        return "empty"
    first, _, rest = text.partition(b"\n")
    if is_separator(first, rest.partition(b"\n")[0]):
        return "mbox"
    if name.endswith((".jsonl", ".jsonl.gz")) or (text.startswith(b"{") and b'"text"' in text):
        return "jsonl"
    # A crawler's line may begin like a header ("Subject: ... > ... wrote: >"), but no second field follows it.
    if has_headers(text) and not (is_flattened(text) and not has_headers(rest)):
        return "mail"
    return "flattened" if is_flattened(text) else "other"
