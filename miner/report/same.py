"""Which open postings are one work, so that a letter tells it once.

Rule: of one author, a title that goes on as one does that he posted before, for a part of the tree that both name ("loom, warp: turn the wheel",
then "loom: turn the wheel twice"); or patches of one count and version that were posted within a day but not as one thread. The newest stands
for all, of patches the first. What is posted on one day for two parts of the tree are two works.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from miner.model import Message, Series, Status
from miner.report.rows import stamp_of
from miner.report.urgency import keys_of

_WORD = re.compile(r"\w+")
_DAY = 86_400.0
LEAST = 3  # words of a title behind the part of the tree


def find_twins(status: Iterable[Status], series: Mapping[str, Series], mails: Mapping[str, Message]) -> dict[str, str]:
    """The keys of postings that need not be told, each with that of the one that stands for it."""
    by_author: dict[str, list[Series]] = {}
    for each in status:
        one = series.get(each.key) if each.kind == "series" else None
        if one is not None and one.author:
            by_author.setdefault(keys_of(one.author)[-1], []).append(one)
    found: dict[str, str] = {}
    for works in by_author.values():
        works.sort(key=lambda one: (_place(one, mails), -stamp_of(one.date), one.root))
        for at, one in enumerate(works):
            twin = next((e for e in works[:at] if e.root not in found and _is_one(e, one, mails)), None)
            if twin is not None:
                found[one.root] = twin.root
    return found


def number_of(one: Series, mails: Mapping[str, Message]) -> int:
    """The number of the patch that a posting of several without a cover letter begins with; 0 for any other."""
    mail = mails.get(one.root)
    if one.cover is not None or one.expected < 2 or mail is None or mail.subject.pull:
        return 0
    return mail.subject.number or 1


def _place(one: Series, mails: Mapping[str, Message]) -> int:
    number = number_of(one, mails)
    return number if number > 1 else 0


def _is_one(newer: Series, older: Series, mails: Mapping[str, Message]) -> bool:
    if newer.chain == older.chain:
        return False  # a work that was parted goes on in both
    apart = stamp_of(newer.date) - stamp_of(older.date)
    parted = 1 < older.expected == newer.expected and newer.revision == older.revision and number_of(older, mails)
    if parted and abs(apart) <= _DAY and number_of(newer, mails) != number_of(older, mails):
        return True
    if apart <= _DAY and newer.revision <= older.revision:
        return False
    (part, title), (other, goes_on) = sorted((_split(newer.title), _split(older.title)), key=lambda each: len(each[1]))
    beside = part == other or not part.isdisjoint(other)
    return beside and len(title) >= LEAST and goes_on[: len(title)] == title


def _split(title: str) -> tuple[frozenset[str], list[str]]:
    """The words of the part of the tree that a title begins with, and those behind it."""
    part, mark, rest = title.rpartition(": ")
    return frozenset(_WORD.findall(part.casefold())) if mark else frozenset(), _WORD.findall(rest.casefold())
