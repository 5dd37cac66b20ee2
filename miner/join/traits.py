"""What a posting is found and compared by when older versions of the same work are looked for.

Two records, since a list has many postings and only few of them are ever compared: the `Brief` is small and says which others
come into question, the `Traits` hold all that the comparison looks at.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields

from miner.join.content import Content
from miner.join.postings import Posting
from miner.join.prerequisites import named_changes
from miner.join.replacements import read_replaced
from miner.links import find_message_ids, find_references, read_footnotes

FILES = 8  # of a posting, by which others are found
_OLDER = re.compile(
    r"^\W*(?:link to )?(?:v\d+|rfc(?: v\d+)?|previous(?: version)?s?|changes (?:since|from|in) (?:\w+ )?v?\d*|changelog|earlier)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Traits:
    """All that two postings are compared by. `answers` is the mail that its top answers."""

    root: str
    stamp: float
    revision: int
    change_id: str | None
    answers: str | None
    author_keys: frozenset[str]
    copied_to: frozenset[str]
    title_key: str
    title_words: frozenset[str]
    patch_titles: frozenset[str]
    files: frozenset[str]
    lines: frozenset[int]

    def digest(self) -> bytes:
        """What names these traits."""
        told = (getattr(self, field.name) for field in fields(self))
        plain = [sorted(value) if isinstance(value, frozenset) else value for value in told]
        return hashlib.blake2b(repr(plain).encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Brief:
    """Where a posting stands, and what ties it to others. `named` are mails that its own words call older versions, `base` is
    the root of the posting that it amends, `titles` are its own and those of its patches, `needs` are change-ids. `author_keys`
    and `files` are in the order in which others are looked for."""

    root: str
    stamp: float
    version: tuple[int, int]
    mails: tuple[str, ...]
    named: tuple[str, ...]
    base: str | None
    change_id: str | None
    needs: tuple[str, ...]
    author_keys: tuple[str, ...]
    titles: tuple[str, ...]
    files: tuple[str, ...]


def read_brief(posting: Posting) -> Brief:
    return Brief(
        root=posting.root,
        stamp=posting.stamp,
        version=posting.version,
        mails=tuple(message.message_id for message in posting.mails),
        named=tuple(_named_as_older(posting)),
        base=posting.base.root if posting.base is not None else None,
        change_id=posting.change_id,
        needs=tuple(dict.fromkeys(change for message in posting.mails for change in named_changes(message))),
        author_keys=tuple(sorted(posting.author_keys)),
        titles=tuple(dict.fromkeys((posting.title_key, *sorted(posting.patch_titles)))),
        files=tuple(sorted(posting.content.files)[:FILES]),
    )


def read_traits(posting: Posting) -> Traits:
    content: Content = posting.content
    return Traits(
        root=posting.root,
        stamp=posting.stamp,
        revision=posting.revision,
        change_id=posting.change_id,
        answers=posting.top.in_reply_to,
        author_keys=posting.author_keys,
        copied_to=posting.copied_to,
        title_key=posting.title_key,
        title_words=posting.title_words,
        patch_titles=posting.patch_titles,
        files=content.files,
        lines=content.lines,
    )


def _named_as_older(posting: Posting) -> list[str]:
    """Message-ids that the posting's own words call an older version: `v1: <link>`, `Changes since v1 [3]`."""
    message = posting.top
    text = message.body.split("\ndiff --git ", 1)[0]
    lines = text.split("\n")
    notes = read_footnotes(lines)
    found: list[str] = []
    for at, line in enumerate(lines):
        if not _OLDER.match(line) and "was post" not in line:
            continue
        found += find_message_ids(line)
        for number in find_references(line):
            found += find_message_ids(notes.get(number, ""))
        if not find_message_ids(line) and line.rstrip().endswith(":") and at + 1 < len(lines):
            found += find_message_ids(lines[at + 1])
    if posting.revision > 1:
        found += [ident for mail in posting.mails for _, _, ids in read_replaced(mail) for ident in ids]
    parent = message.in_reply_to
    return [*found, *([parent] if parent and posting.revision > 1 else [])]
