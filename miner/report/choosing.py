"""Which works a report shows: none that the user muted, no mere copies for stable trees, of a series the newest postings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from miner.model import EARLIEST, POSTED, REPLACED, Series, Status
from miner.notes import ALWAYS
from miner.report.overview import PLACE_OF
from miner.report.rows import utc

_NO_LETTER = re.compile(r"\W+")


def is_hidden(status: Status, today: date | None) -> bool:
    """Whether the user muted it, or snoozed it until after today."""
    until = status.hidden_until
    return until is not None and (until == ALWAYS or today is None or today.isoformat() < until)


def sift(status: Iterable[Status], series: Mapping[str, Series], today: date | None) -> tuple[list[Status], int, int]:
    """What is shown, and how many works are not: those that the user muted or snoozed until after today, and mere copies. A series
    is one work, with all its revisions."""
    shown: list[Status] = []
    hidden: set[tuple[str, str]] = set()
    copies: set[tuple[str, str]] = set()
    for each in status:
        if is_hidden(each, today):
            hidden.add(each.work)
        elif _is_mere_copy(each, series):
            copies.add(each.work)
        else:
            shown.append(each)
    return shown, len(hidden), len(copies)


def _is_mere_copy(status: Status, series: Mapping[str, Series]) -> bool:
    """Whether it is a copy for a stable tree that nobody answered: its patch was reviewed elsewhere, and silence lets it pass."""
    return status.rule == POSTED and status.key in series and bool(series[status.key].copied_to)


def keep_newest(
    status: Iterable[Status], series: Mapping[str, Series]
) -> tuple[list[Status], dict[str, tuple[str, ...]]]:
    """The newest posting of each chain and those beside it that nothing replaced and that are open, and for the key of each the names of
    those before it. Of a work that was parted in two, both parts go on."""
    replaced = {root for one in series.values() for root in one.supersedes}
    works: dict[tuple[str, str], list[Status]] = defaultdict(list)
    for each in status:
        works[each.work].append(each)

    def date_of(each: Status) -> datetime:
        posting = series.get(each.key)
        date = posting.date if posting and posting.date else each.as_of
        return utc(date) if date else EARLIEST

    newest: list[Status] = []
    older: dict[str, tuple[str, ...]] = {}
    for work in works.values():
        *rest, last = sorted(work, key=lambda each: (each.place_in_chain, date_of(each)))
        forks = last.key in series and bool(series[last.key].supersedes)
        beside = [each for each in rest if forks and each.key not in replaced and _goes_on(each, last)]
        rest = sorted((each for each in rest if each not in beside), key=date_of)
        for shown in (*beside, last):
            before = [each for each in rest if shown is last or date_of(each) < date_of(shown)]
            newest.append(shown)
            older[shown.key] = tuple(dict.fromkeys(f"v{each.revision or 1}" for each in before))
    return newest, older


def _goes_on(status: Status, newest: Status) -> bool:
    """Whether a posting that is not the newest one of its chain is open all the same, and was not merely sent twice."""
    titles = {_NO_LETTER.sub("", each.title).casefold() for each in (status, newest)}
    return PLACE_OF[status.status].open and status.rule != REPLACED and len(titles) > 1
