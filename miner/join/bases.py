"""Postings that send only some patches of another one anew: which one that is, their base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from miner.join.postings import Posting, have_one_author, title_key
from miner.join.threads import Threads
from miner.model import Message


def find_amended(postings: Sequence[Posting], threads: Threads) -> list[Posting]:
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
        and have_one_author(message, patch)
    )
