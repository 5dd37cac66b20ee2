"""Links, footnotes and message-ids as they stand in text. Nothing here is ever fetched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

_URL = re.compile(r"https?://[^\s<>\"'\[\]{}|\\^`]+")
_SEGMENT = re.compile(r"/([^/\s?#]+(?:@|%40)[^/\s?#]+)")
_FOOTNOTE = re.compile(r"^\s{0,8}(?:\[(\d{1,3})\]|(\d{1,3})[.)]):?\s*(.*)$")
ID_PREFIX = re.compile(r"^(?:mid|id|m|message-id|msgid)\s*:\s*(?=\S)", re.IGNORECASE)
_REFERENCE = re.compile(r"\[(\d{1,3})\]")
_TRAILING = ".,;:!?)>'\""


def find_urls(text: str) -> tuple[str, ...]:
    """Every http(s) link of a text, in order, without the punctuation of the sentence around it.

    >>> find_urls("see <https://a.example/x>, https://b.example/y.")
    ('https://a.example/x', 'https://b.example/y')
    """
    return tuple(match.group().rstrip(_TRAILING) for match in _URL.finditer(text))


def message_id_of(url: str) -> str | None:
    """The message-id in an archive's link (lore, lkml.kernel.org/r/, patchwork, any public-inbox), or None.

    >>> message_id_of("https://lore.example.org/list/20240102.3%2B4@host.example/T/#u")
    '20240102.3+4@host.example'
    """
    match = _SEGMENT.search(url.partition("://")[2])
    return unquote(match.group(1)) if match else None


def read_message_id(text: str) -> str:
    """The message-id that somebody gives as it is, in angle brackets, behind `id:`, or in an archive's link; other text as it is.

    >>> read_message_id("<1@example.org>"), read_message_id("id:1@example.org"), read_message_id("https://lore.example.org/x/1@example.org/")
    ('1@example.org', '1@example.org', '1@example.org')
    """
    said = text.strip()
    if said.startswith(("http://", "https://")):
        return message_id_of(said) or said
    return ID_PREFIX.sub("", said).strip("<> ")


def find_message_ids(text: str) -> tuple[str, ...]:
    """The message-ids of all archive links in a text, in order, each once."""
    found = (message_id_of(url) for url in find_urls(text))
    return tuple(dict.fromkeys(ident for ident in found if ident))


def find_references(text: str) -> tuple[int, ...]:
    """The numbers of `[2]`-style references in a text.

    >>> find_references("series on list at [2], see array[3]")
    (2, 3)
    """
    return tuple(int(n) for n in _REFERENCE.findall(text))


def read_footnotes(lines: Sequence[str]) -> dict[int, str]:
    """The footnotes of a text without quote marks: `[2] https://...`, the link on the same line or on the next one.

    Returns the first text that stands behind each number and holds a link.
    """
    notes: dict[int, str] = {}
    for at, line in enumerate(lines):
        match = _FOOTNOTE.match(line)
        if match is None:
            continue
        text = match.group(3)
        if not find_urls(text):
            following = next((s for s in lines[at + 1 : at + 3] if s.strip()), "")
            if not following.lstrip(" \t<").startswith(("http://", "https://")):
                continue
            text = f"{text} {following.strip()}".strip()
        notes.setdefault(int(match.group(1) or match.group(2)), text)
    return notes
