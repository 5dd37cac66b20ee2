"""Postings while they are put together: which mails make one, and what each of them says and changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from miner.join.content import Content, read_content
from miner.join.people import split_person
from miner.join.threads import Threads
from miner.model import Message

_CHANGE_ID = re.compile(r"^change-id: ([\w.-]{6,100})$", re.M)
_WORDS = re.compile(r"[a-z0-9_]+")
_TITLE_REVISION = re.compile(r"(?i)[\s,(\[]v(\d{1,2})[)\]]?\s*$")
LEAST_COVERED = 2  # patches
COVER_SECONDS = 6 * 3600.0
_PREFIX = re.compile(r"^(?:[\w/,.+*&{} -]{1,60}: *){0,4}")
_NAME = re.compile(r"[a-z0-9_]{2,}")
# A tree that fixes are copied to: 6.6, 5.10.y, stable. What is for-6.9/block is where the work itself goes.
_COPIED_TO = re.compile(r"(?i)^(?!for-).*(?:\d\.\d|stable|autosel|longterm|lts)")


@dataclass
class Posting:
    """A posting: a patch, or a series with or without its cover. `patches` are by their number."""

    first: Message
    cover: Message | None
    patches: dict[int, Message]
    expected: int
    revision: int

    @property
    def root(self) -> str:
        return (self.cover or self.first).message_id

    @property
    def top(self) -> Message:
        """The mail that speaks for all of it."""
        return self.cover or self.first

    @cached_property
    def stamp(self) -> float:
        return stamp(self.first)

    @cached_property
    def change_id(self) -> str | None:
        """The id that b4 gives to a piece of work, the same in all of its revisions."""
        for message in (self.cover, *self.patches.values()):
            if message is not None and (match := _CHANGE_ID.search(message.body)):
                return match.group(1)
        return None

    @cached_property
    def author_keys(self) -> frozenset[str]:
        """What the author is known by: the words of the name, in any order, and the address."""
        name, address = split_person(str(self.first.author))
        words = " ".join(sorted(_NAME.findall((name or "").lower())))
        return frozenset(filter(None, (words, (address or "").lower())))

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


def title_key(title: str) -> str:
    """A title's words, so that case and punctuation do not count."""
    return " ".join(_WORDS.findall(title.lower()))


def stamp(message: Message) -> float:
    return message.date.timestamp() if message.date else float("inf")


def gather_postings(threads: Threads) -> list[Posting]:
    """Every posting, oldest first. Patches join the cover above them, or the patches of the same author, revision and
    total in their thread."""
    groups: dict[tuple[str, str, int, int, str], Posting] = {}
    singles: list[Posting] = []
    messages = sorted(threads.messages.values(), key=lambda m: (m.subject.number != 0, stamp(m), m.message_id))
    for message in messages:
        subject = message.subject
        if subject.reply or not (subject.patch or subject.pull):
            continue
        revision = _said_revision(message, threads) or 1
        if (
            subject.total is None
            or subject.number is None
            or (subject.total == 1 and subject.number == 1 and not _has_cover(message, threads))
        ):
            singles.append(Posting(message, None, {1: message}, 1, revision))
            continue
        top = _top_of_posting(message, threads)
        key = (
            top,
            (message.author.address or str(message.author)).lower(),
            revision,
            subject.total,
            "r" if subject.resend else "",
        )
        group = groups.get(key) or groups.get((*key[:1], "*", *key[2:]))
        if group is None or (subject.number in group.patches):
            group = groups[key] = Posting(message, None, {}, subject.total, revision)
        if subject.number == 0:
            group.cover = group.first = message
            groups[(top, "*", revision, subject.total, key[4])] = group
        else:
            group.patches[subject.number] = message
            if group.cover is None and subject.number < (group.first.subject.number or 1):
                group.first = message
    for posting in (found := _unique(groups.values())):
        if posting.cover is None and (cover := _find_plain_cover(posting, threads)) is not None:
            posting.cover = posting.first = cover
            posting.__dict__.pop("stamp", None)
            if posting.revision == 1 and (named := _TITLE_REVISION.search(cover.subject.title)):
                posting.revision = int(named[1])
    found = [*found, *singles]
    return sorted(found, key=lambda posting: (posting.stamp, posting.first.message_id))


def _unique(postings: Iterable[Posting]) -> Sequence[Posting]:
    return list({id(p): p for p in postings}.values())


def _has_cover(message: Message, threads: Threads) -> bool:
    parent = threads.parent(message.message_id)
    return (
        parent is not None
        and threads.messages[parent].subject.number == 0
        and not threads.messages[parent].subject.reply
    )


def _said_revision(message: Message, threads: Threads) -> int | None:
    """The revision that a patch says, or that its own cover says for it."""
    subject = message.subject
    if subject.revision is not None or not subject.number:
        return subject.revision
    parent = threads.parent(message.message_id)
    above = threads.messages[parent] if parent is not None else None
    if above is None or above.subject.reply or above.subject.number != 0 or above.subject.total != subject.total:
        return None
    return above.subject.revision if above.author.address == message.author.address else None


def _top_of_posting(message: Message, threads: Threads) -> str:
    """The highest mail of the same posting above this one; a missing parent named by all patches serves as well."""
    at = message
    while (parent := threads.parent(at.message_id)) is not None:
        above = threads.messages[parent]
        subject = above.subject
        same = (
            subject.patch
            and not subject.reply
            and subject.total == message.subject.total
            and (_said_revision(above, threads) or 1) == (_said_revision(message, threads) or 1)
        )
        if not same or message.subject.number == 0:
            break
        at = above
    if at.subject.number:
        # What all patches answer: a cover without a tag, somebody's mail, or one that is not at hand.
        return threads.parent(at.message_id) or next(iter(at.references), at.message_id)
    return at.message_id


def _find_plain_cover(posting: Posting, threads: Threads) -> Message | None:
    """A cover that has no [PATCH 0/n]: what most of the patches answer, by the same author, just before them."""
    parents = [threads.parent(message.message_id) for message in posting.patches.values()]
    ident = max(filter(None, parents), key=parents.count, default=None)
    if ident is None or posting.expected < LEAST_COVERED or 2 * parents.count(ident) < posting.expected:
        return None
    cover = threads.messages[ident]
    subject = cover.subject
    if subject.reply or subject.patch or subject.pull or cover.author.address != posting.first.author.address:
        return None
    return cover if 0 <= posting.stamp - stamp(cover) <= COVER_SECONDS else None
