"""How fast a list is: how long works on it are silent and still go on, the yardstick for what counts as stale or late."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from miner.join.threads import Threads
from miner.model import Pace, Series

LEAST = 20  # works; of fewer nothing usual can be told
SHORTEST_DAYS = 7.0
_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Tempo:
    """The days that works of a list were silent at most, that it took to answer them first, and to send them anew."""

    works: int
    silences: tuple[float, ...]
    replies: tuple[float, ...]
    revisions: tuple[float, ...]


def measure_tempo(series: Sequence[Series], threads: Threads) -> Tempo:
    """What happened to these works."""
    chains: dict[str, list[Series]] = {}
    for one in series:
        chains.setdefault(one.chain, []).append(one)
    silences, replies, revisions = [], [], []
    for chain in chains.values():
        dates = sorted(date.timestamp() for date in _movements(chain, threads))
        gaps = [(later - earlier) / _DAY for earlier, later in pairwise(dates)]
        if gaps:
            silences.append(max(gaps))
        posted = [one.date.timestamp() for one in chain if one.date is not None]
        revisions += [(later - earlier) / _DAY for earlier, later in pairwise(posted)]
        first = _first_reply(chain[0], threads)
        if first is not None and chain[0].date is not None:
            replies.append((first - chain[0].date).total_seconds() / _DAY)
    return Tempo(len(chains), tuple(silences), tuple(replies), tuple(revisions))


def find_pace(tempos: Sequence[Tempo]) -> Pace:
    """What is usual on a list. Days of the default where there are too few works, or none went on."""
    silences = [days for tempo in tempos for days in tempo.silences]
    replies = [days for tempo in tempos for days in tempo.replies]
    revisions = [days for tempo in tempos for days in tempo.revisions]
    usual = _ninth_of_ten(silences) if len(silences) >= LEAST else Pace().silent_days
    return Pace(
        works=sum(tempo.works for tempo in tempos),
        silent_days=float(math.ceil(max(SHORTEST_DAYS, usual))),
        reply_days=round(median(replies), 2) if replies else None,
        revision_days=round(median(revisions), 2) if revisions else None,
    )


def _movements(chain: Sequence[Series], threads: Threads) -> set[datetime]:
    idents = {ident for one in chain for ident in (one.root, one.cover, *one.patches) if ident in threads.messages}
    roots = {threads.roots[ident] for ident in idents if ident is not None}
    mails = (threads.messages[ident] for root in roots for ident in threads.members[root])
    return {mail.date for mail in mails if mail.date is not None}


def _first_reply(posting: Series, threads: Threads) -> datetime | None:
    """When somebody else first answered a posting."""
    tops = [ident for ident in (posting.root, *posting.patches) if ident in threads.messages]
    below = {ident for top in tops if top is not None for ident in threads.descendants(top)}
    mails = [threads.messages[ident] for ident in below]
    dates = [mail.date for mail in mails if str(mail.author) != posting.author]
    return min((date for date in dates if date is not None), default=None)


def _ninth_of_ten(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, math.ceil(0.9 * len(values)) - 1)]
