"""Two versions of one piece of work side by side: the run behind `miner diff`.

choose    the two postings of a chain                          here
compare   their patches, through git                           join/
ask       what reviewers wrote below the older one             claims/
answer    what came of each ask                                join/
"""

from __future__ import annotations

from collections.abc import Sequence

from miner.errors import MinerError
from miner.mined import Mined
from miner.model import Comparison, Series, Status

_NAMED = 5  # series of an item that are named


def compare(mined: Mined, work: Sequence[Status], older: int | None = None, newer: int | None = None) -> Comparison:
    """Compare two revisions of a piece of work, by default the newest and the one before it.

    `work` are its statuses, as the report finds them by name. Raises MinerError if there are no two such revisions.
    """
    from miner.claims import find_asks  # spaCy and networkx, only where they are needed
    from miner.join import compare_patches, read_patches, thread_of
    from miner.join.answers import answer_asks

    first, second = _choose(_postings(mined, work), older, newer)
    messages = {message.message_id: message for message in mined.messages}
    patches = read_patches(first, messages), read_patches(second, messages)
    changes, notes = compare_patches(*patches)
    below = thread_of(first, mined.messages)
    asks = answer_asks(find_asks(below), first, second, changes, patches, mined.claims, mined.messages)
    missing = [
        f"{len(gone)} of the {one.expected} patches of v{one.revision} are not in these mails"
        for one in (first, second)
        if (gone := [ident for ident in one.patches if ident is None])
    ]
    return Comparison(first, second, changes, asks, (*missing, *notes))


def _postings(mined: Mined, work: Sequence[Status]) -> list[Series]:
    """All postings of the work's chain, the oldest version first."""
    roots = {root for each in work for root in (each.series if each.kind == "item" else (each.key,))}
    chains = {one.chain for one in mined.series if one.root in roots}
    if len(chains) > 1:
        last = {one.chain: one for one in mined.series if one.chain in chains}
        named = "; ".join(f"{one.title} ({one.root})" for one in list(last.values())[:_NAMED])
        raise MinerError(
            f"several patch series belong to this item; name one of them by its title or message-id: {named}"
        )
    found = [one for one in mined.series if one.chain in chains]
    return sorted(found, key=lambda one: (one.revision, one.minor, one.date is None, one.date, one.root))


def _choose(postings: Sequence[Series], older: int | None, newer: int | None) -> tuple[Series, Series]:
    known = sorted({one.revision for one in postings})
    have = "in these mails: " + (", ".join(f"v{number}" for number in known) or "no posting")
    second = _last([one for one in postings if newer is None or one.revision == newer])
    if second is None:
        raise MinerError(f"there is no {'posting of it' if newer is None else f'v{newer}'}; {have}")
    before = [
        one for one in postings if one is not second and (one.revision, one.minor) <= (second.revision, second.minor)
    ]
    first = _last([one for one in before if older is None or one.revision == older])
    if first is None and older is not None and older in known:
        raise MinerError(
            f"v{older} is no earlier version than v{second.revision}, which it is to be compared with; {have}"
        )
    if first is None:
        raise MinerError(
            f"there is no {f'v{older}' if older else 'earlier version'} to compare v{second.revision} with; {have}"
        )
    return first, second


def _last(postings: Sequence[Series]) -> Series | None:
    """The last of them, a whole posting before one that only sends some patches anew."""
    return max(postings, key=lambda one: (one.revision, one.minor, sum(map(bool, one.patches))), default=None)
