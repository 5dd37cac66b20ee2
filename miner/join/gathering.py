"""Which mails make a posting.

Three forms need a decision, and this is it:

* Some patches of an older posting, sent anew in answer to them ("[PATCH v3 2/5]" below v2 2/5 or its review), are a posting
  of their own that stands for the whole: it takes the other patches over from the one that it amends, as b4 does.
* A patch inside an answer is a posting if it is set off by scissors and has a Subject of its own, or if the answer is
  nothing but a patch that is not on the list without "Re:". A bare diff, and a fixup, is talk.
* Patches that robots copy to stable trees (AUTOSEL) share nothing but the day: where a list has only some of them, and no
  cover, each is a posting by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from miner.join.bases import find_amended
from miner.join.postings import Posting, have_one_author, stamp
from miner.join.threads import Threads
from miner.join.unmarked import DIFF, find_unmarked
from miner.model import Message

_TITLE_REVISION = re.compile(r"(?i)[\s,(\[]v(\d{1,2})[)\]]?\s*$")
_SET_OFF_REVISION = re.compile(r"(?i)(?:[(\[]v(\d{1,2})[)\]]|[,:-] v(\d{1,2}))$")  # "cgroup v2" is no second version
LEAST_COVERED = 2  # patches
COVER_SECONDS = 6 * 3600.0
BATCH_SECONDS = 120.0  # in which git send-email sends what is sent at once


def gather_postings(threads: Threads) -> list[Posting]:
    """Every posting, oldest first. Patches join the cover above them, or the patches of the same author, revision and
    total in their thread."""
    known = {**threads.messages, **{posted.message_id: posted for posted in find_unmarked(threads)}}
    places = _Places(threads, known)
    groups: dict[tuple[str, str, tuple[int, int], int, str], Posting] = {}
    found: list[Posting] = []
    singles: list[Posting] = []
    for message in sorted(known.values(), key=lambda m: (m.subject.number != 0, stamp(m), m.message_id)):
        subject = message.subject
        if subject.reply or not (subject.patch or subject.pull):
            continue
        version = revision, minor = places.version(message)
        if (
            subject.total is None
            or subject.number is None
            or (subject.total == 1 and subject.number == 1 and not _has_cover(message, threads))
        ):
            above = threads.parent(message.message_id)
            lone = groups.get((above or "", "*", version, 1, "r" if subject.resend else ""))
            if lone is not None and not lone.patches and subject.patch and have_one_author(message, lone.first):
                lone.patches[1] = message  # "[PATCH v3]" below "[PATCH v3 0/1]"
            else:
                singles.append(Posting(message, None, {1: message}, 1, revision, minor))
            continue
        top = places.top(message)
        again = ("r", "") if subject.resend else ("", "r")
        key = (top, (message.author.address or str(message.author)).lower(), version, subject.total, again[0])
        covers = (groups.get((top, "*", version, subject.total, mark)) for mark in again)
        group = groups.get(key) or next(filter(None, covers), None)
        if group is not None and _is_double(message, group.patches.get(subject.number)):
            continue
        if group is None or (subject.number in group.patches):
            group = groups[key] = Posting(message, None, {}, subject.total, revision, minor)
            found.append(group)
        if subject.number == 0:
            group.cover = group.first = message
            groups[(top, "*", version, subject.total, again[0])] = group
        else:
            group.patches[subject.number] = message
            if group.cover is None and subject.number < (group.first.subject.number or 1):
                group.first = message
    found = _join_unversioned_covers(_join_versions(found, places), threads)
    for posting in found:
        if posting.cover is None and (cover := _find_plain_cover(posting, threads)) is not None:
            posting.take_cover(cover)
            if posting.revision == 1 and (named := _TITLE_REVISION.search(cover.subject.title)):
                posting.revision = int(named[1])
    found, singles = _join_bare_covers(found, singles, threads)
    split = [single for posting in found for single in _split_copies(posting)]
    ordered = sorted([*split, *singles], key=lambda posting: (posting.stamp, posting.first.message_id))
    return find_amended(ordered, threads)


def _is_double(message: Message, other: Message | None) -> bool:
    """Whether a patch went out twice with its posting, as happens with a file too many on the command line."""
    return (
        other is not None
        and message.subject.text == other.subject.text
        and have_one_author(message, other)
        and 0 <= stamp(message) - stamp(other) <= BATCH_SECONDS
    )


def _has_cover(message: Message, threads: Threads) -> bool:
    parent = threads.parent(message.message_id)
    return (
        parent is not None
        and threads.messages[parent].subject.number == 0
        and not threads.messages[parent].subject.reply
    )


class _Places:
    """What a patch's place in its thread says: the revision, and the mail that its posting hangs on. Each is looked up
    once, so that a thread as deep as a long series costs no more than a flat one."""

    def __init__(self, threads: Threads, known: Mapping[str, Message]) -> None:
        self.threads = threads
        self.known = known
        self._revisions: dict[str, int | None] = {}
        self._tops: dict[str, str] = {}

    def above(self, message: Message) -> Message | None:
        parent = self.threads.parent(message.message_id)
        return self.known[parent] if parent is not None else None

    def revision(self, message: Message) -> int | None:
        """The revision that a patch says, or that the cover or patch of its own series above it says for it; a cover may
        say it in the tag, or set off at the title's end."""
        path: list[str] = []
        while message.message_id not in self._revisions:
            path.append(message.message_id)
            subject = message.subject
            above = self.above(message)
            if subject.revision is not None:
                found = subject.revision
            elif subject.number == 0 and (named := _SET_OFF_REVISION.search(subject.title)):
                found = int(named[1] or named[2])
            elif above is not None and subject.number and _is_earlier_part(above, message):
                message = above
                continue
            else:
                found = None
            break
        else:
            found = self._revisions[message.message_id]
        self._revisions.update(dict.fromkeys(path, found))
        return found

    def version(self, message: Message) -> tuple[int, int]:
        return self.revision(message) or 1, message.subject.minor

    def top(self, message: Message) -> str:
        """The highest mail of the same posting above this one; a missing parent named by all patches serves as well."""
        path: list[str] = []
        while message.message_id not in self._tops:
            path.append(message.message_id)
            above = self.above(message)
            if message.subject.number and above is not None and self._is_same(above, message):
                message = above
                continue
            top = message.message_id
            if message.subject.number:
                # What all patches answer: a cover without a tag, somebody's mail, or one that is not at hand.
                top = above.message_id if above is not None else next(iter(message.references), top)
            break
        else:
            top = self._tops[message.message_id]
        self._tops.update(dict.fromkeys(path, top))
        return top

    def _is_same(self, above: Message, message: Message) -> bool:
        subject = above.subject
        return (
            (subject.patch or subject.pull)
            and not subject.reply
            and subject.total == message.subject.total
            and self.version(above) == self.version(message)
        )


def _is_earlier_part(above: Message, message: Message) -> bool:
    """Whether a mail is a part of the same series, before this one: its cover, or a patch of a lower number."""
    one, other = above.subject, message.subject
    return (
        not one.reply
        and one.number is not None
        and one.number < (other.number or 0)
        and one.total == other.total
        and above.author.address == message.author.address
    )


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


def _cover_above(posting: Posting, covers: Mapping[str, Posting], threads: Threads) -> Posting | None:
    """The one of some covers that all patches of a posting without one answer, but for those that answer each other."""
    own = {message.message_id for message in posting.patches.values()}
    parents = {threads.parent(ident) for ident in own} - own
    return covers.get(next(iter(parents)) or "") if len(parents) == 1 and posting.cover is None else None


def _join_bare_covers(
    series: Sequence[Posting], singles: Sequence[Posting], threads: Threads
) -> tuple[list[Posting], list[Posting]]:
    """Give series, and single patches, the cover right above them that is a [PATCH] without a number and without a diff."""
    bare = {posting.root: posting for posting in singles if not _holds_diff(posting.first)}
    joined = set()
    for posting in (*series, *singles):
        cover = _cover_above(posting, bare, threads)
        if (
            cover is not None
            and posting.root not in bare
            and cover.version == posting.version
            and cover.first.author == posting.first.author
            and 0 <= posting.stamp - cover.stamp <= COVER_SECONDS
        ):
            joined.add(cover.root)
            posting.take_cover(cover.first)
    return list(series), [posting for posting in singles if posting.root not in joined or posting.cover is not None]


def _holds_diff(message: Message) -> bool:
    return DIFF in f"\n{message.body}" or "\n@@ " in message.body or "\n+++ " in message.body


def _join_versions(postings: Sequence[Posting], places: _Places) -> list[Posting]:
    """Put together patches of a thread that were sent at once and complete each other, though only some of them say their version,
    or that they are sent again."""
    found: dict[tuple[str, str, int], Posting] = {}
    joined = set()
    for posting in sorted(postings, key=lambda each: each.stamp):
        key = (places.top(posting.first), str(posting.first.author), posting.expected)
        other = found.setdefault(key, posting)
        unsaid = any(each.first.subject.revision is None for each in (posting, other))
        apart = posting.patches.keys().isdisjoint(other.patches) and None in (posting.cover, other.cover)
        if other is posting or not unsaid or not apart or posting.stamp - other.stamp > BATCH_SECONDS:
            continue
        joined.add(posting.root)
        other.patches.update(posting.patches)
        other.revision, other.minor = max(other.version, posting.version)
        if other.cover is None:
            other.cover = posting.cover
            other.first = posting.cover or min(other.patches.items())[1]
        other.__dict__.pop("stamp", None)
    return [posting for posting in postings if posting.root not in joined]


def _join_unversioned_covers(postings: Sequence[Posting], threads: Threads) -> list[Posting]:
    """Give patches that say a version the cover right above them that says none, or was sent with them and says another one, and
    has no patches of its own. So is one that was sent with all patches of its version and miscounts them."""
    lone = {posting.root: posting for posting in postings if posting.cover and not posting.patches}
    joined = set()
    for posting in postings:
        cover = _cover_above(posting, lone, threads)
        if cover is None or cover.first.author != posting.first.author:
            continue
        miscounts = cover.expected != posting.expected
        at_once = miscounts or cover.first.subject.revision
        if miscounts and (cover.version != posting.version or len(posting.patches) < posting.expected):
            continue
        if 0 <= posting.stamp - cover.stamp <= (BATCH_SECONDS if at_once else COVER_SECONDS):
            joined.add(cover.root)
            posting.take_cover(cover.first)
    return [posting for posting in postings if posting.patches or posting.root not in joined]


def _split_copies(posting: Posting) -> list[Posting]:
    """Patches copied to a stable tree, of which the list saw only some, one by one."""
    robot = any("autosel" in tag for tag in posting.copied_to) or 2 * len(posting.patches) < posting.expected
    if posting.cover is not None or not posting.copied_to or not robot or posting.expected < LEAST_COVERED:
        return [posting]
    return [Posting(message, None, {1: message}, 1, *posting.version) for message in posting.patches.values()]
