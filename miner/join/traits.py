"""What a posting is found and compared by when older versions of the same work are looked for.

Two records, since a list has many postings and only few of them are ever compared: the `Brief` is small and says which others
come into question, the `Traits` hold all that the comparison looks at.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
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
_HEADING = re.compile(
    r"^\W*(?:change(?:s|log)\b.{0,40}|(?:revision )?history|(?:rfc(?: ?v\d+)?|v\d+) ?(?:-+>|=+>|→|to) ?(?:v\d+|patch).{0,10}|v\d+"
    r"|.{0,30}\bprevious(?: (?:patch(?:es)?|series|versions?|postings?|rfc))?)\W*$",
    re.I,
)
_LINK_ALONE = re.compile(r"\s*(?P<bullet>[-*+•o]\s+)?(?:\w+\W+){0,3}https?://\S+(?:\W+\w+){0,4}\W*$")
_LISTED = 16  # lines below a heading that are looked at


@dataclass(frozen=True, slots=True)
class Traits:
    """All that two postings are compared by. `draft`: an RFC; `answers` is the mail that its top answers."""

    root: str
    stamp: float
    revision: int
    draft: bool
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
    draft: bool
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
        draft=posting.top.subject.rfc,
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
        draft=posting.top.subject.rfc,
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
    """Message-ids that the posting's own words call an older version: `v1: <link>`, `Changes since v1 [3]`, a link in the list below
    such a heading."""
    message = posting.top
    text = message.body.split("\ndiff --git ", 1)[0]
    lines = text.split("\n")
    notes = read_footnotes(lines)
    found: list[str] = []
    for at, line in enumerate(lines):
        heading = _HEADING.match(line)
        if not heading and not _OLDER.match(line) and "was post" not in line:
            continue
        here = find_message_ids(line)
        found += here
        for number in find_references(line):
            found += find_message_ids(notes.get(number, ""))
        if not here and (heading or line.rstrip().endswith(":")):
            found += [ident for entry in _links_below(lines, at) for ident in find_message_ids(entry)]
    if posting.revision > 1:
        found += [ident for mail in posting.mails for _, _, ids in read_replaced(mail) for ident in ids]
    parent = message.in_reply_to
    return [*found, *([parent] if parent and posting.revision > 1 else [])]


def _links_below(lines: Sequence[str], at: int) -> Iterator[str]:
    """The entries of the list below a heading that are a link and no more, up to an empty line or the next heading; one empty line may
    stand straight below the heading."""
    first = at + 1 if at + 1 < len(lines) and lines[at + 1].strip() else at + 2
    for number, line in enumerate(lines[first : first + _LISTED]):
        if not line.strip() or _HEADING.match(line) or _OLDER.match(line):
            return
        link = _LINK_ALONE.match(line)
        if link and (number == 0 or link["bullet"]):  # and not the last line of an entry
            yield line
