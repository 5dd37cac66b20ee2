"""Postings while they are put together: which mails make one, and what each of them says and changes.

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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from miner.join.content import Content, read_content
from miner.join.people import split_person
from miner.join.threads import Threads
from miner.model import Message, Subject
from miner.robots import is_robot

_CHANGE_ID = re.compile(r"^change-id: ([\w.-]{6,100})$", re.M)
_WORDS = re.compile(r"[a-z0-9_]+")
_TITLE_REVISION = re.compile(r"(?i)[\s,(\[]v(\d{1,2})[)\]]?\s*$")
_SET_OFF_REVISION = re.compile(r"(?i)(?:[(\[]v(\d{1,2})[)\]]|[,:-] v(\d{1,2}))$")  # "cgroup v2" is no second version
_SCISSORS = re.compile(r"^[ \t]{0,4}-+ ?(?:>8|8<|>%|%<) ?-[-\w ,>8<]{0,60}$", re.M)
_OWN_SUBJECT = re.compile(r"^Subject: {0,3}(\S.{0,400}(?:\n[ \t]+\S.{0,200})?)$", re.M)
_DIFF = "\ndiff --git a/"
_ANY_DIFF = re.compile(r"\n(?:diff --git a/|--- \S[^\n]{0,300}\n\+\+\+ \S)")  # also quilt's
_TAGS = re.compile(r"^(?:\[[^\[\]\n]{0,80}\]\s*){1,4}")
_FIXUP = re.compile(r"(?i)(?:fixup|squash|amend)!|fix(?:up)?$")
_SAYS_PATCH = re.compile(r"(?i)\W{0,9}patch|[^\[]{0,80}\[[^\]]{0,80}patch")  # before the title, or in a tag
_STAT = re.compile(r"^ {1,2}\d{1,6} files? changed, ", re.M)
_ENDS_IN_TRAILER = re.compile(r"\n[A-Z][A-Za-z-]{1,30}: [^\n]{1,300}\Z")
_IS_IN = re.compile(
    r"(?i)[^\[]{0,40}\[[^\]]{0,40}\b(?:commit(?:ted)?|pushed|applied|merged|queued|pulled|revert(?:ed)?|[\w.]+/(?:next|master|main))\b"
)
_OF_A_COMMIT = re.compile(  # what tells of a patch that is in a tree already
    r"^(?:(?:I(?:['’]ve| have)? |Now |Already )?(?:[Pp]ushed|[Cc]ommitted|[Aa]pplied|[Mm]erged) (?:(?:this|it) )?(?:to|as|into|in|on)\b|The (?:quilt )?patch titled$|The following commit has been merged |This is a note to let you know |commit [0-9a-f]{40}$"
    r"|(?:Author|Committer|Commit-ID|Gitweb|Branch|Refs?): )",
    re.M,
)
HEAD_CHARS = 60_000  # of an answer, in which the beginning of a patch is looked for
LEAST_COVERED = 2  # patches
COVER_SECONDS = 6 * 3600.0
BATCH_SECONDS = 120.0  # in which git send-email sends what is sent at once
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


def gather_postings(threads: Threads) -> list[Posting]:
    """Every posting, oldest first. Patches join the cover above them, or the patches of the same author, revision and
    total in their thread."""
    known = {**threads.messages, **{posted.message_id: posted for posted in _find_unmarked(threads)}}
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
            if lone is not None and not lone.patches and subject.patch and _have_one_author(message, lone.first):
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
            posting.cover = posting.first = cover
            posting.__dict__.pop("stamp", None)
            if posting.revision == 1 and (named := _TITLE_REVISION.search(cover.subject.title)):
                posting.revision = int(named[1])
    found, singles = _join_bare_covers(found, singles, threads)
    split = [single for posting in found for single in _split_copies(posting)]
    ordered = sorted([*split, *singles], key=lambda posting: (posting.stamp, posting.first.message_id))
    return _find_amended(ordered, threads)


def _have_one_author(one: Message, other: Message) -> bool:
    return not person_keys(str(one.author)).isdisjoint(person_keys(str(other.author)))


def _is_double(message: Message, other: Message | None) -> bool:
    """Whether a patch went out twice with its posting, as happens with a file too many on the command line."""
    return (
        other is not None
        and message.subject.text == other.subject.text
        and _have_one_author(message, other)
        and 0 <= stamp(message) - stamp(other) <= BATCH_SECONDS
    )


def _find_unmarked(threads: Threads) -> Iterator[Message]:
    """Patches that their Subject does not show as such, with the Subject that they should have."""
    for message in threads.messages.values():
        subject = message.subject
        if message.form != "mail":
            continue
        made_by_git = _DIFF in message.body
        if not subject.reply:
            if subject.patch or subject.pull:
                continue
            told = subject.rfc or ((subject.number or subject.revision) and _is_signed(message.body))
            if (made_by_git and told) or _brings_patch(message):
                yield replace(message, subject=replace(subject, patch=True))
        elif not made_by_git:
            continue
        elif (title := _set_off_title(message.body[:HEAD_CHARS])) is not None:
            yield replace(message, subject=Subject(text=title, title=title, patch=True))
        elif subject.patch and _is_whole_patch(message) and not _is_on_list(message, threads):
            yield replace(message, subject=replace(subject, reply=False))


def _set_off_title(text: str) -> str | None:
    """The title of a patch below scissors, if it has one and is no fixup."""
    cut = _SCISSORS.search(text)
    diff = text.find(_DIFF, cut.end()) if cut else -1
    subject = _OWN_SUBJECT.search(text, cut.end(), diff) if cut and diff >= 0 else None
    title = _TAGS.sub("", " ".join(subject[1].split())) if subject else ""
    return title if title and not _FIXUP.match(title) else None


def _brings_patch(message: Message) -> bool:
    """Whether a mail that begins a thread is a patch though nothing in its Subject says so: made by git format-patch, or signed off by who
    sends it right above the diff. What was put into a tree, and what others quote or a robot tries, is none."""
    if message.in_reply_to or message.references or is_robot(message) or _IS_IN.match(message.subject.text):
        return False
    diff = _ANY_DIFF.search(message.body)
    if diff is None:
        return False
    head = f"\n{message.body[: diff.start()][-HEAD_CHARS:]}\n"
    if "\n>" in head or _OF_A_COMMIT.search(head):
        return False
    text, formatted, _ = head.partition("\n---\n")
    if formatted and _STAT.search(head, len(text)):
        return True
    return _is_signed_by_sender(message, text) and (bool(formatted) or bool(_ENDS_IN_TRAILER.search(text.rstrip())))


def _is_signed(body: str) -> bool:
    return "\nSigned-off-by: " in body[: body.find(_DIFF)]


def _is_whole_patch(message: Message) -> bool:
    """Whether an answer is a patch of its author from the first line to the last, as git send-email sends it."""
    head = f"\n{message.body[: message.body.find(_DIFF)]}"
    return "\n---\n" in head and "\n>" not in head and _is_signed_by_sender(message, head[:HEAD_CHARS])


def _is_signed_by_sender(message: Message, text: str) -> bool:
    signed = " ".join(line for line in text.split("\n") if line.startswith("Signed-off-by: "))
    return any(word and word in signed for word in (message.author.address, message.author.name))


def _is_on_list(message: Message, threads: Threads) -> bool:
    """Whether the patch that an answer's Subject names is among the mails above it."""
    above = (threads.messages[ident].subject for ident in threads.ancestors(message.message_id))
    key = title_key(message.subject.title)
    return any(subject.patch and not subject.reply and title_key(subject.title) == key for subject in above)


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


def _join_bare_covers(
    series: Sequence[Posting], singles: Sequence[Posting], threads: Threads
) -> tuple[list[Posting], list[Posting]]:
    """Give series, and single patches, the cover right above them that is a [PATCH] without a number and without a diff."""
    bare = {posting.root: posting for posting in singles if not _holds_diff(posting.first)}
    joined = set()
    for posting in (*series, *singles):
        parents = {threads.parent(message.message_id) for message in posting.patches.values()}
        parents -= {message.message_id for message in posting.patches.values()}
        cover = bare.get(next(iter(parents)) or "") if len(parents) == 1 and posting.cover is None else None
        if (
            cover is not None
            and posting.root not in bare
            and cover.version == posting.version
            and cover.first.author == posting.first.author
            and 0 <= posting.stamp - cover.stamp <= COVER_SECONDS
        ):
            joined.add(cover.root)
            posting.cover = posting.first = cover.first
            posting.__dict__.pop("stamp", None)
    return list(series), [posting for posting in singles if posting.root not in joined or posting.cover is not None]


def _holds_diff(message: Message) -> bool:
    return _DIFF in f"\n{message.body}" or "\n@@ " in message.body or "\n+++ " in message.body


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
        own = {message.message_id for message in posting.patches.values()}
        parents = {threads.parent(ident) for ident in own} - own
        cover = lone.get(next(iter(parents)) or "") if len(parents) == 1 and posting.cover is None else None
        if cover is None or cover.first.author != posting.first.author:
            continue
        miscounts = cover.expected != posting.expected
        at_once = miscounts or cover.first.subject.revision
        if miscounts and (cover.version != posting.version or len(posting.patches) < posting.expected):
            continue
        if 0 <= posting.stamp - cover.stamp <= (BATCH_SECONDS if at_once else COVER_SECONDS):
            joined.add(cover.root)
            posting.cover = posting.first = cover.first
            posting.__dict__.pop("stamp", None)
    return [posting for posting in postings if posting.patches or posting.root not in joined]


def _split_copies(posting: Posting) -> list[Posting]:
    """Patches copied to a stable tree, of which the list saw only some, one by one."""
    robot = any("autosel" in tag for tag in posting.copied_to) or 2 * len(posting.patches) < posting.expected
    if posting.cover is not None or not posting.copied_to or not robot or posting.expected < LEAST_COVERED:
        return [posting]
    return [Posting(message, None, {1: message}, 1, *posting.version) for message in posting.patches.values()]


def _find_amended(postings: Sequence[Posting], threads: Threads) -> list[Posting]:
    """Find the base of each posting that sends only some patches anew, and put together those that amend one base."""
    place = {message.message_id: (posting, n) for posting in postings for n, message in posting.patches.items()}
    place.update((posting.cover.message_id, (posting, 0)) for posting in postings if posting.cover is not None)
    amended: dict[tuple[str, tuple[int, int]], Posting] = {}
    leant_on: set[str] = set()  # the roots of all bases
    kept: list[Posting] = []
    for posting in postings:
        _number_part(posting, place, threads)
        base = _find_base(posting, place, threads)
        standing = amended.get((base.root, posting.version)) if base else None
        # Of patches of one second that cross each other, the later ones would lead back to the earlier.
        if base is not None and posting.root in leant_on and _rests_on(standing or base, posting):
            base = standing = None
        disjoint = standing is not None and not standing.patches.keys() & posting.patches.keys()
        if standing is not None and disjoint and posting.root not in leant_on:
            standing.patches.update(posting.patches)
            place.update((message.message_id, (standing, n)) for n, message in posting.patches.items())
            continue
        posting.base = standing or base
        if base is not None:
            amended[base.root, posting.version] = posting
            leant_on.add((standing or base).root)
        kept.append(posting)
    return kept


def _number_part(posting: Posting, place: Mapping[str, tuple[Posting, int]], threads: Threads) -> None:
    """Give a patch without a number, below a series of which it sends one anew, the place of that one if its version counts that
    patch alone: a v2 below v10. A v3 below v2 may be all that is left of the series."""
    message = posting.first
    if posting.expected > 1 or posting.cover is not None or message.subject.number is not None:
        return
    above = next((place[ident][0] for ident in threads.ancestors(message.message_id) if ident in place), None)
    if above is None or above.expected == 1 or above.stamp > posting.stamp or len(above.whole) < above.expected:
        return
    if posting.version >= above.version:
        return
    numbers = [number for number, patch in above.whole.items() if _replaces(message, patch)]
    if len(numbers) == 1:
        posting.expected, posting.patches = above.expected, {numbers[0]: message}
        posting.revision, posting.minor = above.version


def _rests_on(base: Posting, posting: Posting) -> bool:
    return any(each is posting for each in (base, *base.bases))


def _find_base(posting: Posting, place: Mapping[str, tuple[Posting, int]], threads: Threads) -> Posting | None:
    """The posting whose patches of the same number all patches of this one answer, themselves or their reviews. One that
    answers its cover or another patch of it counts as well if it has the title and the author of the patch that it replaces."""
    if posting.cover is not None or len(posting.patches) >= posting.expected:
        return None
    found: list[Posting] = []
    for number, message in posting.patches.items():
        above = (place[ident] for ident in threads.ancestors(message.message_id) if ident in place)
        base, at = next((spot for spot in above if spot[0] is not posting), (None, 0))
        if base is None or base.expected != posting.expected or base.version > posting.version:
            return None
        if not base.stamp <= posting.stamp or (at != number and not _replaces(message, base.whole.get(number))):
            return None
        if (
            at == 0 and len(base.whole) < base.expected
        ):  # the list may not see the other patches of the new version either
            return None
        found.append(base)
    return max(found, key=lambda base: (base.version, base.stamp), default=None)


def _replaces(message: Message, patch: Message | None) -> bool:
    """Whether a patch is an older one sent anew, as its title and its author show."""
    return (
        patch is not None
        and title_key(message.subject.title) == title_key(patch.subject.title)
        and bool(person_keys(str(message.author)) & person_keys(str(patch.author)))
    )
