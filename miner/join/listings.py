"""Which line of a later note is about the work that an earlier note has: by its name, with a score from 0 to 1 and the reason.

Somebody who keeps a list writes the same name week by week, or nearly so: "quota per project" becomes "per-project quota". A name that
stands in the later note as well is never another line's, numbers never differ, owners never contradict each other, and one work has to be
clearly the best. Lines of different people's notes are one work only if they have the very same name, of two words at least.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from miner.columns import ASSIGNEE
from miner.model import Message, TableRow

SAME_NAME, SAME_LINK, SAME_WORDS, OTHERS_NAME, WORD_MORE, OWNER_AND_WORDS, SPELT_ALIKE = (
    1.0,
    0.95,
    0.9,
    0.8,
    0.75,
    0.7,
    0.7,
)
LEAST = 0.7
MARGIN = 0.05
WITHIN = timedelta(days=120)  # from note to note, for a name that is not the same
FEWEST_LETTERS, ALIKE, SLIP = 8, 0.87, 0.7
_WORD = re.compile(r"[^\W_]+")
_COUNTED = re.compile(r"\b(?:[IVX]{1,4}|[A-Z])\b")  # phase II, part B
_SMALL = frozenset("a an the of for in on to and with by from per at as".split())
# One of these more makes it another work.
_OWN_WORK = frozenset(
    "test tests selftest selftests doc docs documentation manual fix fixes fixup fixups cleanup cleanups followup follow up part backport backports prep preparation"
    " revert removal remove second third next new old again bug bugs tool tools userspace kernel library driver support".split()
)
_DATED = re.compile(r"[^\W\d_]{3,}")
_DAYS = frozenset(
    "jan feb mar apr may jun jul aug sep oct nov dec january february march april june july august september october november december"
    " monday tuesday wednesday thursday friday saturday sunday week".split()
)


@dataclass(frozen=True, slots=True)
class Copy:
    """A line of a note with the mail that it stands in."""

    message: Message
    row: TableRow


def score_listing(copies: Sequence[Copy], later: Copy, beside: Collection[str]) -> tuple[float, str]:
    """How sure it is that a line is about the work of some earlier lines, and why; `beside` are the names, in their key's form, that stand
    in its note."""
    keeps = any(_same_keeper(copy.message, later.message) for copy in copies)
    key = name_key(later.row.title)
    owners = [_owner(copy.row) for copy in copies if _owner(copy.row)]
    owner = _owner(later.row)
    contradicts = bool(owner and owners and owner not in owners)
    if any(name_key(copy.row.title) == key for copy in copies):
        if keeps:
            return SAME_NAME, "has its name"
        near = _is_near(copies, later) and " " in key and not contradicts
        return (OTHERS_NAME, "has its name, in somebody else's note") if near else (0.0, "")
    if not keeps or contradicts or not _is_near(copies, later):
        return 0.0, ""
    if any(name_key(copy.row.title) in beside for copy in copies):
        return 0.0, ""
    return max((_likeness(copy.row, later.row, bool(owner and owners)) for copy in copies), default=(0.0, ""))


def signs_of(row: TableRow) -> set[str]:
    """The words and links of which two lines have to share one, lest they are about different works."""
    return {*_words(row.title), *row.links}


def name_key(title: str) -> str:
    return " ".join(_WORD.findall(title.lower()))


def _likeness(one: TableRow, other: TableRow, same_owner: bool) -> tuple[float, str]:
    mine, yours = _words(one.title), _words(other.title)
    if _numbers(one.title) != _numbers(other.title):
        return 0.0, ""
    if set(one.links) & set(other.links):
        return SAME_LINK, "links to the same mail"
    if mine and (mine == yours or name_key(one.title).replace(" ", "") == name_key(other.title).replace(" ", "")):
        return SAME_WORDS, "has the same words"
    both, either = mine & yours, mine ^ yours
    if len(both) >= 2 and len(either) == 1 and not either & _OWN_WORK:
        return WORD_MORE, "has its name but for one word"
    if same_owner and len(both) >= 2 and len(both) >= len(either) and not either & _OWN_WORK:
        return OWNER_AND_WORDS, "has its owner and most of its words"
    first, second = name_key(one.title), name_key(other.title)
    alike = SequenceMatcher(None, first, second, autojunk=False)
    if (
        len(mine) == len(yours)
        and len(either) == 2
        and not either & _OWN_WORK
        and (
            min(len(first), len(second)) >= FEWEST_LETTERS
            and alike.quick_ratio() >= ALIKE
            and alike.ratio() >= ALIKE
            and _is_slip(*either)
        )
    ):
        return SPELT_ALIKE, "is spelt nearly alike"
    return 0.0, ""


def _is_slip(one: str, other: str) -> bool:
    """Whether two words differ by a slip of the pen, or by their ending."""
    return one[:3] == other[:3] and SequenceMatcher(None, one, other, autojunk=False).ratio() >= SLIP


def _words(title: str) -> set[str]:
    """The words of a name that tell it from others, each without the s of a plural."""
    words = (word for word in _WORD.findall(title.lower()) if word not in _SMALL)
    return {word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in words}


def _numbers(title: str) -> list[str]:
    digits = re.findall(r"\d+", re.sub(r"\bv\d+\b", "", title.lower()))
    return sorted((*digits, *_COUNTED.findall(title)))


def _owner(row: TableRow) -> str:
    value = row.columns.get(ASSIGNEE[0])
    return value.split()[0].strip(",").lower() if isinstance(value, str) and value.strip() else ""


def _same_keeper(one: Message, other: Message) -> bool:
    """Whether two notes are of one kept list: of one person, or of subjects that differ by a date or a number alone."""
    if str(one.author) == str(other.author):
        return True
    words = _subject_words(one)
    return len(words) >= 2 and words == _subject_words(other)


def _subject_words(message: Message) -> list[str]:
    return [word for word in _DATED.findall(message.subject.text.lower()) if word not in _DAYS]


def _is_near(copies: Sequence[Copy], later: Copy) -> bool:
    dates: list[datetime] = [copy.message.date for copy in copies if copy.message.date is not None]
    return bool(dates) and later.message.date is not None and abs(later.message.date - max(dates)) <= WITHIN
