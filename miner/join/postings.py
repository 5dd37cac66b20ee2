"""A posting while it is put together: the mails that make it, and what they say and change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from miner.join.content import Content, read_content
from miner.join.people import split_person
from miner.model import Message

_CHANGE_ID = re.compile(r"^change-id: ([\w.-]{6,100})$", re.M)
_WORDS = re.compile(r"[a-z0-9_]+")
_SAYS_PATCH = re.compile(r"(?i)\W{0,9}patch|[^\[]{0,80}\[[^\]]{0,80}patch")  # before the title, or in a tag
_PREFIX = re.compile(r"^(?:[\w/,.+*&{} -]{1,60}: *){0,4}")
_NAME = re.compile(r"[a-z0-9_]{2,}")
# A tree that fixes are copied to: 6.6, 5.10.y, stable. What is for-6.9/block is where the work itself goes.
_COPIED_TO = re.compile(
    r"(?i)^(?!(?:.*[/:])?for-|v0\.|.*(?:-rc\d|-fixes$|-next$)).*(?:\d\.\d|\bstable|autosel|longterm|\blts\b)"
)


@dataclass
class Posting:
    """A posting: a patch, or a series with or without its cover. `patches` are by their number. `base` is the older
    posting of which it sends only some patches anew."""

    first: Message
    cover: Message | None
    patches: dict[int, Message]
    expected: int
    revision: int
    minor: int = 0
    base: Posting | None = None

    @property
    def version(self) -> tuple[int, int]:
        return self.revision, self.minor

    @property
    def whole(self) -> Mapping[int, Message]:
        """The patches that it stands for: its own and those that it takes over."""
        found: dict[int, Message] = {}
        for posting in (self, *self.bases):
            found = {**posting.patches, **found}
        return found

    @property
    def bases(self) -> Sequence[Posting]:
        """The postings that it takes patches over from, the newest first."""
        found: list[Posting] = []
        at = self.base
        while at is not None:
            found.append(at)
            at = at.base
        return found

    @property
    def mails(self) -> tuple[Message, ...]:
        """Its own mails, the cover first."""
        return (*([self.cover] if self.cover else []), *self.patches.values())

    @property
    def root(self) -> str:
        return (self.cover or self.first).message_id

    @property
    def top(self) -> Message:
        """The mail that speaks for all of it."""
        return self.cover or self.first

    def take_cover(self, cover: Message) -> None:
        """Begin with a cover that was found for it."""
        self.cover = self.first = cover
        self.__dict__.pop("stamp", None)

    @property
    def is_draft(self) -> bool:
        """Whether its Subject says that it is no more than a draft, or not even that it is a patch: what is called one comes after it."""
        subject = self.top.subject
        called = subject.pull or subject.revision is not None or _SAYS_PATCH.match(subject.text)
        return subject.rfc or not called

    @cached_property
    def stamp(self) -> float:
        return stamp(self.first)

    @cached_property
    def change_id(self) -> str | None:
        """The id that b4 gives to a piece of work, the same in all of its revisions."""
        for message in self.mails:
            if match := _CHANGE_ID.search(message.body):
                return match.group(1)
        return None

    @cached_property
    def author_keys(self) -> frozenset[str]:
        return person_keys(str(self.first.author))

    @cached_property
    def copied_to(self) -> frozenset[str]:
        """The stable trees that it is a copy for, as its subject names them."""
        return frozenset(tag.lower().removesuffix(".y") for tag in self.top.subject.tags if _COPIED_TO.search(tag))

    @cached_property
    def title_key(self) -> str:
        return title_key(self.first.subject.title)

    @cached_property
    def title_words(self) -> frozenset[str]:
        """The title's words without the part of the tree that it begins with, which all work there has."""
        title = _PREFIX.sub("", self.first.subject.title, count=1)
        return frozenset(title_key(title).split()) or frozenset(self.title_key.split())

    @cached_property
    def patch_titles(self) -> frozenset[str]:
        return frozenset(title_key(message.subject.title) for message in self.patches.values())

    @cached_property
    def content(self) -> Content:
        """What its patches change."""
        return read_content(message.body for message in self.patches.values())


def person_keys(person: str) -> frozenset[str]:
    """What a person is known by: the words of the name, in any order, and the address.

    >>> sorted(person_keys("Byron, Ada <Ada@example.org>"))
    ['ada byron', 'ada@example.org']
    """
    name, address = split_person(person)
    words = " ".join(sorted(_NAME.findall((name or "").lower())))
    return frozenset(filter(None, (words, (address or "").lower())))


def title_key(title: str) -> str:
    """A title's words, so that case and punctuation do not count."""
    return " ".join(_WORDS.findall(title.lower()))


def stamp(message: Message) -> float:
    return message.date.timestamp() if message.date else float("inf")


def have_one_author(one: Message, other: Message) -> bool:
    return not person_keys(str(one.author)).isdisjoint(person_keys(str(other.author)))
