"""Which patches of a posting have been reviewed, by whom: trailers laid on the patches that they are for.

A trailer given in a reply is for the patch that it answers, straight or deeper in the thread; below the cover it is for
all of them. Words beside it change that: "for the series", "for patches 1-3 and 5", "for the series except patch 2".
What somebody took back, or said the opposite of later, stands no more. Trailers that the author carried over into a
patch count as carried, and are traced to the reply in an older posting of the chain where they were given.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import accumulate

from miner.join.postings import Posting, person_keys, stamp
from miner.join.threads import Threads
from miner.model import Message, Series, Subject, Trailer, TrailerKind
from miner.trailers import TrailerLine, find_collected, find_trailers

REVIEWS: frozenset[TrailerKind] = frozenset({"Reviewed-by", "Acked-by", "Approved-by"})
_AROUND = 240  # characters before a trailer that may say which patches are meant
_NUMBERS = r"#?\d{1,4}(?:/\d{1,4})?(?:\s{0,2}(?:-|–|to|through|,|and|&|,\s?and)\s{0,2}#?\d{1,4}(?:/\d{1,4})?){0,30}"
_ALL = re.compile(
    r"\bfor (?:(?:the|this|your|all|whole|entire|full|complete|rest|of) ){1,4}(?:patch ?)?(?:series?|serial|set|lot)\b"
    r"|\b(?:whole|entire|full|complete|this|the) (?:patch ?)?(?:series|set) (?:looks?|is|seems?|lgtm)\b"
    r"|\b(?:for|to) (?:all|both|each)(?: of)?(?: the| these| \w{1,5}){0,2} ?patches\b|^(?:the )?(?:whole )?series:",
    re.I,
)
_SOME = re.compile(
    rf"(?:\b(?:for|to) (?:the )?|^|[.;] )(?:patch(?:es)? |(?=#?\d{{1,4}}/\d)|(?:^|[.;] )for (?=\d{{1,3}} ?[-–,&] ?\d))"
    rf"({_NUMBERS})",
    re.I,
)
_EXCEPT = re.compile(
    rf"\b(?:except|excluding|apart from|other than|besides|but not|without)(?: for)? (?:patch(?:es)? )?({_NUMBERS})",
    re.I,
)
_RANGE = re.compile(r"(\d{1,4})(?:/\d{1,4})?(?:\s{0,2}(?:-|–|to|through)\s{0,2}#?(\d{1,4}))?", re.I)
_NOT = re.compile(r"\b(?:not|never|no need to|should i|shall i|if|unless|before)\b|n't\b", re.I)
_TAKES_BACK = re.compile(
    r"\b(?:withdraw|withdrew|retract|revok|rescind|tak(?:e|ing) back|drop|remov|scratch|disregard|ignor)(?:e|ed|ing)?"
    r"\s+my\s+(?:(?:previous|earlier|old)\s+)?(?P<what>review(?:ed)?|r-?b|ack(?:ed)?|a-?b|test(?:ed)?|t-?b|nac?k(?:ed)?|tags?)\b",
    re.I,
)
_OF_WORD: Mapping[str, frozenset[TrailerKind]] = {
    "r": frozenset({"Reviewed-by"}),
    "a": frozenset({"Acked-by"}),
    "n": frozenset({"Nacked-by"}),
}
_TAG: frozenset[TrailerKind] = frozenset({"Reviewed-by", "Acked-by", "Approved-by", "Tested-by"})


@dataclass(frozen=True, slots=True)
class _Said:
    """A trailer in a reply, or one that was taken back (without `trailer`): by whom, of what."""

    when: float
    posting: Posting
    patches: tuple[int, ...]
    who: frozenset[str]
    kinds: Set[TrailerKind]
    trailer: Trailer | None


def find_reviews(
    threads: Threads, postings: Sequence[Posting], chains: Mapping[str, Sequence[str]]
) -> Mapping[str, tuple[Trailer, ...]]:
    """For each posting's root the trailers on its patches, oldest first, those that it carries from before first."""
    said: dict[str, list[_Said]] = defaultdict(list)  # by chain
    for each in _find_said(threads, postings):
        said[chains[each.posting.root][0]].append(each)
    for each_chain in said.values():
        each_chain.sort(key=lambda each: each.when)
    found: dict[str, tuple[Trailer, ...]] = {}
    for posting in postings:
        of_chain = said.get(chains[posting.root][0], [])
        trailers = [*_find_carried(posting, of_chain), *_find_standing(posting, of_chain)]
        if trailers:
            found[posting.root] = tuple(trailers)
    return found


def _find_said(threads: Threads, postings: Sequence[Posting]) -> Iterator[_Said]:
    place = {message.message_id: (posting, 0) for posting in postings for message in posting.mails[:1]}
    place.update((m.message_id, (posting, n)) for posting in postings for n, m in posting.patches.items())
    amended = {posting.base.root: posting for posting in postings if posting.base is not None}
    every: dict[int, tuple[int, ...]] = {}  # shared: a hostile series of 9,999 patches has many
    for message in threads.messages.values():
        if message.subject.patch and not message.subject.reply:
            continue
        lines = list(find_trailers(message))
        taken = list(_find_taken_back(message))
        if not lines and not taken:
            continue
        above = (ident for ident in threads.ancestors(message.message_id) if ident in place)
        ident = next(above, None)
        if ident is None:
            continue
        posting, number = place[ident]
        if number == 0:
            while posting.root in amended and amended[posting.root].stamp <= stamp(message):
                posting = amended[posting.root]
            number = number_said(message.subject, posting.expected, posting.revision)
        answered = (number,) if number else every.setdefault(posting.expected, tuple(range(1, posting.expected + 1)))
        for line in lines:
            patches = _read_scope(_words_around(message, line.start, line.end), posting.expected) or answered
            yield from _read_line(message, line, posting, patches)
        for start, end, kinds in taken:
            patches = _read_scope(_words_around(message, start, end), posting.expected) or answered
            yield _Said(stamp(message), posting, patches, person_keys(str(message.author)), kinds, None)


def number_said(subject: Subject, expected: int, revision: int) -> int:
    """The patch of a posting that a reply's Subject names, where the patch itself is not at hand and only the cover is; 0 for none."""
    same = subject.total == expected and (subject.revision or 1) == revision
    return subject.number if same and subject.number and subject.number <= expected else 0


def _read_line(message: Message, line: TrailerLine, posting: Posting, patches: tuple[int, ...]) -> Iterator[_Said]:
    """A trailer as it was said, once for each of its kinds; the author's own word for his work is none."""
    author = person_keys(str(message.author))
    who = person_keys(line.person) or author
    own = bool(who & author) or "@" not in line.person
    by = str(message.author) if own else line.person
    if who & posting.author_keys or (own and author & posting.author_keys):
        return
    for kind in line.kinds:
        trailer = Trailer(
            message.message_id,
            line.start,
            line.end,
            kind,
            by,
            message.date,
            patches,
            "given" if own else "carried",
            message.message_id if own else None,
            "conditional" if line.conditional else "stands",
        )
        yield _Said(stamp(message), posting, patches, who | author if own else who, frozenset({kind}), trailer)


def _find_taken_back(message: Message) -> Iterator[tuple[int, int, Set[TrailerKind]]]:
    """Where somebody says plainly, in own text, that a trailer of his no longer counts."""
    if "my" not in message.body.lower().split() or _TAKES_BACK.search(message.body) is None:
        return
    starts = list(accumulate((len(line) + 1 for line in message.lines), initial=0))
    for layer in message.layers:
        if layer.kind != "own":
            continue
        text = message.body[starts[layer.first_line] : starts[layer.end_line]][:20_000]
        for match in _TAKES_BACK.finditer(text):
            before = re.split(r"[.!?]\s", text[max(0, match.start() - 80) : match.start()])[-1]
            asks = re.match(r"[^.!?]{0,120}\?", text[match.end() : match.end() + 121])
            if not _NOT.search(before) and not asks:
                at = starts[layer.first_line]
                kinds = _TAG if match["what"].lower().startswith("t") else _OF_WORD[match["what"][0].lower()]
                yield at + match.start(), at + match.end(), kinds


def _words_around(message: Message, start: int, end: int) -> str:
    """The sentence that leads to a trailer, in its paragraph or the one above, and what stands behind it."""
    body = message.body
    behind = body[end : end + 100].split("\n\n", 1)[0].strip().split("\n")[0]
    above: list[str] = []
    blank = False
    for line in reversed(body[max(0, start - 2 * _AROUND) : start].split("\n")[:-1]):
        bare = line.strip()
        if bare.startswith(">") or (not bare and blank and above):
            break
        if not bare:
            if above:
                break
            blank = True
        elif not re.match(r"[\w-]{2,40}-by: ?", bare):
            above.append(bare)
        elif blank:
            break  # another trailer, with words of its own
    lead = re.split(r"[.!?]\s", " ".join(reversed(above))[-_AROUND:].rstrip(" .!"))[-1]
    after_address = body[start:end].partition(">")[2]
    return "\n".join((lead, after_address.strip(" #()"), "" if "-by:" in behind else behind.strip("()# ")))


def _read_scope(words: str, expected: int) -> tuple[int, ...]:
    """The patches that words mean; none if they name none.

    >>> _read_scope("for patches 1-3 and 5:", 6), _read_scope("for the series, except patch 2", 3)
    ((1, 2, 3, 5), (1, 3))
    """
    if expected < 2:
        return ()
    left_out = {n for match in _EXCEPT.finditer(words) for n in _read_numbers(match[1])}
    every = range(1, expected + 1)
    for line in words.split("\n"):
        whole = _ALL.search(line)
        if whole and not _NOT.search(line[: whole.start()]):
            return tuple(n for n in every if n not in left_out)
        named = _SOME.search(line)
        if named and not _NOT.search(line[: named.start()]):
            numbers = _read_numbers(named[1])
            if patches := tuple(n for n in every if n in numbers):
                return patches
    return tuple(n for n in every if n not in left_out) if left_out & set(every) else ()


def _read_numbers(text: str) -> set[int]:
    found: set[int] = set()
    for match in _RANGE.finditer(text):
        first, last = int(match[1]), int(match[2] or match[1])
        found.update(range(first, min(last, first + 9_999) + 1))
    return found


def _find_standing(posting: Posting, said: Iterable[_Said]) -> list[Trailer]:
    """What was said of a posting, or of patches that it takes over, with what was taken back since."""
    taken_over = frozenset(posting.whole) - frozenset(posting.patches)
    bases = {base.root for base in posting.bases}
    standing: list[tuple[_Said, Trailer]] = []
    gone: list[tuple[_Said, Trailer]] = []
    for each in said:
        of_base = each.posting.root in bases
        if not of_base and each.posting is not posting:
            continue
        patches = tuple(n for n in each.patches if n in taken_over) if of_base else each.patches
        if not patches:
            continue
        ends = each.kinds if each.trailer is None else _opposite(each.kinds)
        left: list[tuple[_Said, Trailer]] = []
        for old, trailer in standing:
            if trailer.kind not in ends or not old.who & each.who:
                left.append((old, trailer))
                continue
            kept, lost = _take_back(trailer, patches)
            left += [(old, kept)] if kept.patches else []
            gone += [(old, lost)] if lost.patches else []
        standing = left
        if each.trailer is not None:
            standing.append((each, replace(each.trailer, patches=patches)))
    found = sorted((*standing, *gone), key=lambda pair: (pair[0].when, pair[1].start, pair[1].state))
    return [trailer for _, trailer in found]


def _opposite(kinds: Set[TrailerKind]) -> Set[TrailerKind]:
    return _TAG if "Nacked-by" in kinds else frozenset({"Nacked-by"}) if kinds & REVIEWS else frozenset()


def _take_back(trailer: Trailer, patches: Iterable[int]) -> tuple[Trailer, Trailer]:
    """The part of a trailer that stands, and the part that was taken back."""
    gone = set(patches)
    return (
        replace(trailer, patches=tuple(n for n in trailer.patches if n not in gone)),
        replace(trailer, patches=tuple(n for n in trailer.patches if n in gone), state="withdrawn"),
    )


def _find_carried(posting: Posting, said: Sequence[_Said]) -> Iterator[Trailer]:
    """The trailers that stand in the posting's own mails, traced to older replies; in the cover they are for all."""
    every = tuple(range(1, posting.expected + 1))
    covered = [(posting.cover, every)] if posting.cover is not None else []
    for message, patches in (*covered, *((m, (n,)) for n, m in sorted(posting.whole.items()))):
        for line in find_collected(message):
            who = person_keys(line.person)
            if who & posting.author_keys:
                continue
            for kind in line.kinds:
                before = [s for s in said if s.when <= posting.stamp and s.who & who and kind in s.kinds]
                given = [s.trailer for s in before if s.trailer is not None and s.trailer.way == "given"]
                gone = bool(before) and before[-1].trailer is None
                yield Trailer(
                    message.message_id,
                    line.start,
                    line.end,
                    kind,
                    line.person,
                    message.date,
                    patches,
                    "carried",
                    given[-1].message_id if given else None,
                    "withdrawn" if gone else "stands",
                )


def find_unreviewed(series: Series, kinds: Set[TrailerKind] = REVIEWS) -> tuple[int, ...]:
    """The numbers of the patches at hand that nobody but the author reviewed or acked; conditions and what was taken back
    do not count. Empty: all of them are reviewed."""
    covered = {n for each in series.trailers if each.state == "stands" and each.kind in kinds for n in each.patches}
    return tuple(n for n, ident in enumerate(series.patches, 1) if ident is not None and n not in covered)


def find_carried_reviews(series: Series, counts: Callable[[Trailer], bool] = lambda each: True) -> tuple[Trailer, ...]:
    """The reviews and acks that a posting brings with it, those that count; empty if any of its patches at hand has none of them."""
    found = tuple(each for each in series.trailers if each.way == "carried" and each.kind in REVIEWS and counts(each))
    return () if find_unreviewed(replace(series, trailers=found)) else found


def is_reviewed_in_part(series: Series) -> bool:
    """Whether some of the patches at hand are reviewed, acked or tested, and others are not."""
    lacking = find_unreviewed(series, _TAG)
    return 0 < len(lacking) < sum(ident is not None for ident in series.patches)
