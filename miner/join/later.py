"""What later postings tell of earlier ones by their patches alone, although nobody says it.

A patch that begins at the very file that another one leaves behind (the two hashes of git's `index` line), or finds lines that nobody
had before it (`lines.py`), was made in a tree that has the other. And a patch that its author, or somebody who credits him with it, sends
once more within another posting, by its title or under another one, is waited for there.
"""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from miner.join.content import jaccard, read_content
from miner.join.lines import (
    DAY,
    Heap,
    LineIndex,
    Lines,
    Pairs,
    Traced,
    by_age,
    longest_words,
    read_lines,
    read_owners,
)
from miner.join.postings import Posting, person_keys, title_key
from miner.join.topics import CODE, pack, topic
from miner.model import Citation, Mention, Message

LEAST_WORDS = 4  # of a title by which a patch is known: "fix typo" is many a commit's
LEAST_AGAIN = 3600.0  # seconds until a patch is sent again
MOST_AGAIN = 120 * DAY
MOST_AGAIN_BY_LINES = 400 * DAY
LEAST_BUILT = DAY  # until somebody builds upon it, who may have it from the list alone
LEAST_BUILT_BY_AUTHOR = 14 * LEAST_BUILT
LEAST_BUILT_BY_TAKER = 3 * LEAST_BUILT  # by an author whose own tree is the one
MOST = 12  # later postings that are told of a file or a title
SKETCH = 16  # changed lines by which two patches of one title are compared
SAME_LINES = 0.3  # the share of these that the same patch, changed, has
WITNESSES = 2  # other postings that build upon a patch: one may stand on what was posted alone
_FILE = re.compile(
    r"^diff --git a/(?P<old>\S{1,400}) b/(?P<new>\S{1,400})\n(?:(?:old|new|deleted|similarity|dissimilarity|rename|copy) [^\n]{1,500}\n){0,6}"
    r"(?P<line>index (?P<before>[0-9a-f]{7,64})\.\.(?P<after>[0-9a-f]{7,64}))",
    re.M,
)
SHORT = 7  # characters to which git shortens a hash at most
FILE, TITLE = "file", "title"  # the topics
_ANY, _NONE = "", "0" * SHORT
_NOTHING = re.compile(r"0+")  # the hash of a file that is not there
_STANDS_ON = re.compile(
    r"\bprerequisite-(?:patch|change|message)-id|\bdepend(?:s|ing|ent|ency|encies)\b|\bon top of\b|\bprerequisites?\b"
    r"|\bbased on (?:top of )?(?:(?:the|this|my|your|previous) )*(?:patch|series|v\d|\[)|\bappl(?:y|ies) (?:on|after)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Begun:
    """A file as a posting found it."""

    path: str
    blob: str
    root: str
    stamp: float
    author: str
    mention: Mention


@dataclass(frozen=True, slots=True)
class Sent:
    """A patch of a posting, by its title; `owners` are what those are known by whose work it is, `lines` some of the lines that it changes,
    as checksums."""

    title: str
    root: str
    stamp: float
    owners: tuple[str, ...]
    lines: tuple[int, ...]
    mention: Mention


@dataclass(frozen=True, slots=True)
class Told:
    """What some mails tell of postings before them: the commits that they cite, the files that their own postings begin with, the patches
    that these hold, and the lines of each."""

    cited: tuple[Citation, ...] = ()
    begun: tuple[Begun, ...] = ()
    sent: tuple[Sent, ...] = ()
    lines: tuple[Lines, ...] = ()

    def topics(self) -> bytes:
        """The files and titles that it is about."""
        titles = {*(each.title for each in self.cited), *(each.title for each in self.sent)}
        files = {(each.path, blob) for each in self.begun for blob in _asked_by(each.blob)}
        return pack((*(topic(TITLE, title) for title in titles), *(topic(FILE, *file) for file in files)))

    def split(self) -> tuple[Told, tuple[Pairs, ...]]:
        """Without the pairs of lines, and these."""
        pairs = tuple(Pairs(each.root, each.stamp, each.found, each.brought) for each in self.lines)
        return replace(self, lines=tuple(replace(each, found=b"", brought=b"") for each in self.lines)), pairs


class Later:
    """What all of a list tells of earlier postings, heap by heap: the topics and the pairs of lines of each, and what gives one that is
    asked for."""

    def __init__(
        self,
        topics: Sequence[bytes] = (),
        pairs: Callable[[], Sequence[Sequence[Pairs]]] = tuple,
        load: Callable[[int], Told] = lambda at: Told(),
    ) -> None:
        self._topics = topics
        self._pairs = pairs
        self._load = load
        self._begun: dict[tuple[str, str], list[Begun]] = {}
        self._sent: dict[str, list[Sent]] = {}

    @classmethod
    def gather(cls, told: Sequence[Told]) -> Later:
        """Of heaps that are all at hand."""
        return cls([each.topics() for each in told], lambda: [each.split()[1] for each in told], told.__getitem__)

    @cached_property
    def _heaps(self) -> Heap:
        return Heap(self._topics)

    def tell(self, asked: int) -> Iterator[Told]:
        """The heaps that may have a topic."""
        (found,) = self._heaps.seek(np.array([asked], CODE))
        return map(self._load, found)

    def begun_with(self, path: str, blob: str, after: float) -> tuple[Begun, ...]:
        """The first postings after a moment that begin with a file; of any hash, where none is given."""
        file = path, blob[:SHORT]
        if (found := self._begun.get(file)) is None:
            heaps = self.tell(topic(FILE, *file))
            files = (
                each for told in heaps for each in told.begun if each.path == path and file[1] in _asked_by(each.blob)
            )
            found = self._begun[file] = sorted(files, key=lambda one: (one.stamp, one.root))
        return tuple(one for one in found if one.stamp > after and _is_same(one.blob, blob))[:MOST]

    def sent_again(self, title: str, after: float) -> tuple[Sent, ...]:
        """The first postings after a moment that hold a patch of a title."""
        if (found := self._sent.get(title)) is None:
            heaps = self.tell(topic(TITLE, title))
            patches = (patch for told in heaps for patch in told.sent if patch.title == title)
            found = self._sent[title] = sorted(patches, key=lambda one: (one.stamp, one.root))
        return tuple(one for one in found if one.stamp > after)[:MOST]

    @cached_property
    def _index(self) -> LineIndex:
        pairs = self._pairs()
        places = [(at, number) for at, each in enumerate(pairs) for number in range(len(each))]

        def load(at: int) -> Lines:
            heap, number = places[at]
            return self._load(heap).lines[number]

        return LineIndex([one for each in pairs for one in each], load)

    def trace(self, pairs: bytes, own: tuple[str, ...], after: float) -> Traced:
        """Where the new ones of some pairs of lines stand after a moment; see LineIndex.trace."""
        return self._index.trace(pairs, own, after)


def _asked_by(blob: str) -> tuple[str, ...]:
    """By what a file is asked for: its hash, and any but that of a file that is not there."""
    short = blob[:SHORT]
    return (short,) if _NOTHING.fullmatch(short) else (short, _ANY)


def stands_on_others(posting: Posting) -> bool:
    """Whether a posting says that it stands on another, which may be on the list alone."""
    return posting.top.subject.pull or bool(_STANDS_ON.search(posting.top.body.partition("\ndiff --git ")[0]))


def read_later(
    postings: Iterable[Posting], is_copy: Callable[[Posting], bool]
) -> tuple[tuple[Begun, ...], tuple[Sent, ...], tuple[Lines, ...]]:
    """What postings tell of earlier ones; a copy of what is somewhere already sends nothing again."""
    begun: list[Begun] = []
    sent: list[Sent] = []
    lines: list[Lines] = []
    for posting in postings:
        copy = is_copy(posting)
        begun += read_begun(posting)
        sent += () if copy else read_sent(posting)
        lines += read_lines(posting, copy, stands_on_others(posting))
    return tuple(begun), tuple(sent), tuple(lines)


def read_begun(posting: Posting) -> Iterator[Begun]:
    """The files that a posting begins with, as its first patch of each finds it; none of one that says that it stands on another, which
    may be on the list alone."""
    if stands_on_others(posting):
        return
    seen: set[str] = set()
    for _, message in sorted(posting.patches.items()):
        for file in _FILE.finditer(message.body):
            if file["old"] not in seen and message.date is not None:
                author = str(posting.first.author)
                mention = Mention(message.message_id, message.date, f"{file['old']}: {file['line']}", author)
                yield Begun(file["old"], file["before"], posting.root, posting.stamp, author, mention)
            seen.add(file["new"])


def read_sent(posting: Posting) -> Iterator[Sent]:
    """The patches of a posting."""
    for _, message in sorted(posting.patches.items()):
        title = title_key(message.subject.title)
        if message.date is not None:
            author = str(posting.first.author)
            mention = Mention(message.message_id, message.date, f"[PATCH] {message.subject.title}", author)
            owners = tuple(sorted(read_owners(message)))
            yield Sent(title, posting.root, posting.stamp, owners, _sketch(message), mention)


def trace_lines(
    posting: Posting,
    asked: Mapping[int, bytes],
    chain: Sequence[str],
    trace: Callable[[bytes, tuple[str, ...], float], Traced],
) -> dict[int, Traced]:
    """For patches that a posting stands for, by their number, where the lines that are `asked` for stand later."""
    own = (posting.root, *(root for root in chain if root != posting.root))
    return {number: trace(pairs, own, posting.stamp) for number, pairs in asked.items()}


def find_built_upon(
    posting: Posting,
    chain: Collection[str],
    begun_with: Callable[[str, str, float], Iterable[Begun]],
    traced: Mapping[int, Traced],
) -> tuple[tuple[tuple[Mention, ...], ...], tuple[tuple[Mention, ...], ...]]:
    """For each patch that a posting stands for the mails of later postings, of other chains, that begin at a file as it leaves it, or
    find its lines; those of its author by himself, as long as he may still send his own anew. Empty where there is none. What is told is
    read up to what decides: mail that comes later then changes nothing."""
    files = {number: list(_FILE.finditer(message.body)) for number, message in posting.whole.items()}
    final = {file["new"]: file["after"] for _, each in sorted(files.items()) for file in each}
    others: list[tuple[Mention, ...]] = [()] * posting.expected
    author: list[tuple[Mention, ...]] = [()] * posting.expected
    for number, each in files.items():
        found: dict[str, Mention] = {}
        soon: dict[str, Mention] = {}

        def is_told(stamp: float, found: Mapping[str, Mention] = found, soon: Mapping[str, Mention] = soon) -> bool:
            over = stamp > posting.stamp + LEAST_BUILT_BY_AUTHOR
            return _is_settled(found, stamp) and (over or _is_settled(soon, stamp))

        for file in each:
            made = bool(_NOTHING.fullmatch(file["before"]))
            until = _made_again(posting, chain, file["new"], begun_with) if made else math.inf
            for blob in dict.fromkeys((file["after"], final[file["new"]], *([_ANY] if made else []))):
                if _NOTHING.fullmatch(blob):
                    continue
                for one in begun_with(file["new"], blob, posting.stamp + LEAST_BUILT):
                    if one.stamp >= until or is_told(one.stamp):
                        break
                    own = bool(person_keys(one.author) & posting.author_keys)
                    if one.root not in chain and _is_late(one.stamp, own, posting):
                        (soon if _is_soon(one.stamp, own, posting) else found).setdefault(one.root, one.mention)
                    if is_told(one.stamp):
                        break  # unread whether there is another
        lines = _find_lines(posting, number, chain, traced[number], is_told) if number in traced else ()
        for own, root, mention in lines:
            (soon if own else found).setdefault(root, mention)
        if 1 <= number <= posting.expected:
            others[number - 1], author[number - 1] = _first(found), _first(soon)
    return tuple(others) if any(others) else (), tuple(author) if any(author) else ()


def _is_settled(found: Mapping[str, Mention], stamp: float) -> bool:
    """Whether nothing that was posted since a moment is among the first ones."""
    return sum(each.date.timestamp() <= stamp for each in found.values()) >= WITNESSES


def _first(found: Mapping[str, Mention]) -> tuple[Mention, ...]:
    return tuple(sorted(found.values(), key=lambda one: (one.date, one.message_id))[:WITNESSES])


def _is_late(stamp: float, own: bool, posting: Posting) -> bool:
    """Whether a later posting, or one of the author's `own`, came late enough to tell anything."""
    return stamp > posting.stamp + (LEAST_BUILT_BY_TAKER if own else LEAST_BUILT)


def _is_soon(stamp: float, own: bool, posting: Posting) -> bool:
    """Whether an author's own tree is all that it tells of, unless he takes patches himself."""
    return own and stamp <= posting.stamp + LEAST_BUILT_BY_AUTHOR


def _made_again(
    posting: Posting, chain: Collection[str], path: str, begun_with: Callable[[str, str, float], Iterable[Begun]]
) -> float:
    """When another work makes a file that a posting makes: whoever changes it from then on may have the other."""
    return next((one.stamp for one in begun_with(path, _NONE, posting.stamp) if one.root not in chain), math.inf)


def _find_lines(
    posting: Posting,
    number: int,
    chain: Collection[str],
    traced: Traced,
    is_told: Callable[[float], bool],
) -> Iterator[tuple[bool, str, Mention]]:
    """Later postings that find the lines of a patch, and whether one is of the author and soon; versions of one patch once, until another
    work brings them: from then on it is the other that they build upon."""
    seen: set[tuple[bool, str]] = set()
    for one in heapq.merge(traced.finds, traced.brings, key=by_age):
        if is_told(one.stamp) or (one.brings_most(traced.new) and one.root not in chain):
            return
        own = not posting.author_keys.isdisjoint(one.authors)
        soon = _is_soon(one.stamp, own, posting)
        late = _is_late(one.stamp, own, posting)
        if late and one.is_built_upon(traced.new) and (soon, one.mention.text) not in seen:
            seen.add((soon, one.mention.text))
            yield soon, one.root, replace(one.mention, text=longest_words(posting.whole[number], one.pairs))
        if is_told(one.stamp):
            return


def find_sent_again(
    posting: Posting,
    sent_again: Callable[[str, float], Iterable[Sent]],
    traced: Mapping[int, Traced],
) -> tuple[Mention | None, ...]:
    """For each patch that a posting stands for the mail by which its author sent it again, or most of its lines; empty where there is
    none."""
    places: list[Mention | None] = [None] * posting.expected
    for number, message in posting.whole.items():
        if 1 <= number <= posting.expected:
            places[number - 1] = _find_sent(posting, message, sent_again)
            if places[number - 1] is None and number in traced:
                places[number - 1] = _find_brought(posting, traced[number])
    return tuple(places) if any(places) else ()


def _find_sent(
    posting: Posting, message: Message, sent_again: Callable[[str, float], Iterable[Sent]]
) -> Mention | None:
    title = title_key(message.subject.title)
    if len(title.split()) < LEAST_WORDS:
        return None
    for one in sent_again(title, posting.stamp + LEAST_AGAIN):
        if one.stamp > posting.stamp + MOST_AGAIN:
            break
        own = not posting.author_keys.isdisjoint(one.owners)
        if own and one.root != posting.root and _is_like(message, one):
            return one.mention
    return None


def _find_brought(posting: Posting, traced: Traced) -> Mention | None:
    for one in traced.brings:
        if one.stamp - posting.stamp > MOST_AGAIN_BY_LINES:
            break
        if not posting.author_keys.isdisjoint(one.owners):
            return one.mention
    return None


def _is_like(message: Message, other: Sent) -> bool:
    return jaccard(frozenset(_sketch(message)), frozenset(other.lines)) >= SAME_LINES


def _sketch(message: Message) -> tuple[int, ...]:
    """The smallest checksums of a patch's changed lines: those of a like patch are mostly the same."""
    return tuple(sorted(read_content([message.body]).lines)[:SKETCH])


def _is_same(one: str, other: str) -> bool:
    """Whether two hashes of git are one, shortened or not."""
    return one.startswith(other) or other.startswith(one)
