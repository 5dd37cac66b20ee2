"""When something is due that somebody announced: "tomorrow", "by Friday", "in two weeks", "early next month".

Days are counted from the mail's own date in the zone of its writer, weeks from Monday to Sunday (on a Sunday, "this week" is the
next), and what is due on a day is due at its end. Of several times that are named the last counts. "Early" is the first third of
a month or a year, and of a week Monday to Wednesday; "a few" or "a couple of" days are a week, and weeks four. What waits for an
event of which nobody knows the day ("after the merge window", "once I am back") has no time, and neither has what comes "soon".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta

_LONGEST = 1_000  # characters that are read
_FAR = 183  # days: a date without a year that is farther away is a past one
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = tuple(calendar.month_name)  # the first one is ""
_NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "ten": 10,
}
_FEW = {"day": 7, "week": 28, "month": 92}  # days

_N = rf"(?:\d{{1,3}}|{'|'.join(_NUMBERS)})"
_COUNT = rf"(?P<n>{_N})(?: ?(?:-|–|or|to) ?(?P<to>{_N}))?"
_DAY = r"(?P<day>(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
_MONTH = rf"(?P<month>(?-i:{'|'.join(_MONTHS[1:])}))"
_PART = r"(?P<part>early|later?(?: in)?|mid|(?:the )?(?:beginning|start|middle|end) of)"
_WHICH = r"(?P<which>this|(?:the )?(?:next|coming|following))"
_COMING = r"(?:next|coming|following|upcoming)"
_IN = r"(?:in|within|over|during|give me)"
_ABOUT = r"(?:(?:about|around|roughly|at most|like) )?"

# What makes of a time behind it, in the same clause, none of what is promised.
_OTHER = re.compile(
    r"\b(?:after(?! all)|once(?! more| again)|when|whenever|since|until|till?|merge window|-?rc\d{1,2}|vacation|holidays?|travel\w{0,5}"
    r"|(?:am|['’]m|are|be|is|was|were) (?:\w{2,10} )?(?:back|off|out|away|busy|afk|ooo))\b(?:(?!\b(?:and|but|so|then)\b)[^,;.:!?()]){0,80}$"
    r"|\b(?:last|past|from|every|each) $",
    re.I,
)
_HOURS = re.compile(rf"\b(?:in|within) {_ABOUT}(?:the next )?{_COUNT} hours?\b", re.I)


def find_due(text: str, written: datetime) -> datetime | None:
    """The end, in UTC, of the last time that some words name, written at a moment in the writer's zone; None if they name none.

    >>> find_due("I'll send v2 by Friday.", datetime.fromisoformat("2026-03-04T23:30:00-08:00")).isoformat()
    '2026-03-07T07:59:59+00:00'
    """
    text = " ".join(text[:_LONGEST].split())
    try:
        found = [written + timedelta(hours=_count(hit)) for hit in _HOURS.finditer(text) if not _is_other(text, hit)]
        found += [datetime.combine(day, time(23, 59, 59), written.tzinfo) for day in _find_days(text, written.date())]
        return max(found).astimezone(UTC) if found else None
    except (OverflowError, ValueError):  # beyond the calendar
        return None


def _find_days(text: str, day: date) -> Iterator[date]:
    """The days at whose end something is due, as words on a day tell it."""
    taken: list[tuple[int, int]] = []
    for pattern, reckon in _RULES:
        for hit in pattern.finditer(text):
            if any(hit.start() < end and start < hit.end() for start, end in taken):
                continue
            taken.append(hit.span())
            due = None if _is_other(text, hit) else reckon(hit, day)
            if due is not None:
                yield due


def _is_other(text: str, hit: re.Match[str]) -> bool:
    return _OTHER.search(text, max(0, hit.start() - 120), hit.start()) is not None


def _count(hit: re.Match[str]) -> int:
    """How many are named; of "two or three" the latter."""
    word = (hit["to"] or hit["n"] or "one").lower()
    return _NUMBERS[word] if word in _NUMBERS else int(word)


def _today(hit: re.Match[str], day: date) -> date:
    return day


def _tomorrow(hit: re.Match[str], day: date) -> date:
    return day + timedelta(days=1)


def _day_after_tomorrow(hit: re.Match[str], day: date) -> date:
    return day + timedelta(days=2)


def _few(hit: re.Match[str], day: date) -> date:
    return day + timedelta(days=_FEW[hit["unit"].lower()])


def _counted(hit: re.Match[str], day: date) -> date:
    """In so many days, weeks or months; "a week or two" are two."""
    n, unit = max(_count(hit), 2 if hit["two"] else 0), hit["unit"].lower()
    return _add_months(day, n) if unit == "month" else day + timedelta(days=n * (7 if unit == "week" else 1))


def _add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day.

    >>> _add_months(date(2026, 1, 31), 1).isoformat()
    '2026-02-28'
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _weekday(hit: re.Match[str], day: date) -> date:
    """The next day of a name, a week from now at most; what has to be there before it, on the day before."""
    ahead = (_WEEKDAYS.index(hit["day"][:3].lower()) - day.weekday() - 1) % 7 + 1
    return day + timedelta(days=ahead - ((hit["word"] or "").lower() == "before"))


def _weekday_of_next_week(hit: re.Match[str], day: date) -> date:
    return _monday(day, 1) + timedelta(days=_WEEKDAYS.index(hit["day"][:3].lower()))


def _monday(day: date, weeks: int) -> date:
    """The Monday of a week, so many after this one."""
    return day + timedelta(days=7 * weeks - day.weekday())


def _before_weekend(hit: re.Match[str], day: date) -> date:
    """The next Friday, be it today."""
    return day + timedelta(days=(4 - day.weekday()) % 7)


def _weekend(hit: re.Match[str], day: date) -> date:
    return _monday(day, _is_next(hit)) + timedelta(days=6)


def _week_after_next(hit: re.Match[str], day: date) -> date:
    return _monday(day, 2) + timedelta(days=6)


def _week(hit: re.Match[str], day: date) -> date:
    """The last day of a week, or of its first or middle days if they are not over yet."""
    monday = _monday(day, _is_next(hit) or day.weekday() == 6)
    due = monday + timedelta(days={"early": 2, "mid": 3}.get(_part(hit), 6))
    return due if due >= day else monday + timedelta(days=6)


def _month(hit: re.Match[str], day: date) -> date:
    return _end_of_month(_add_months(day.replace(day=1), _is_next(hit)), _part(hit), day)


def _end_of_month(first: date, part: str, day: date) -> date:
    """The last day of a month, or of its first or second third if they are not over yet."""
    due = first.replace(day={"early": 10, "mid": 20}.get(part, 1))
    return due if part in ("early", "mid") and due >= day else _add_months(first, 1) - timedelta(days=1)


def _year(hit: re.Match[str], day: date) -> date:
    """The last day of a year, or of its first or second third if they are not over yet."""
    first = date(day.year + _is_next(hit), 1, 1)
    due = _add_months(first, {"early": 4, "mid": 8}.get(_part(hit), 12)) - timedelta(days=1)
    return due if due >= day else date(first.year, 12, 31)


def _is_next(hit: re.Match[str]) -> bool:
    return (hit["which"] or "").lower().endswith(("next", "following"))


def _part(hit: re.Match[str]) -> str:
    """ "early", "mid" or ""."""
    words = (hit["part"] or "").lower()
    return "mid" if "mid" in words else "early" if any(w in words for w in ("early", "beginning", "start")) else ""


def _named_month(hit: re.Match[str], day: date) -> date | None:
    """The end of a month, or of a part of it; of "by March", its first day."""
    number = _MONTHS.index(hit["month"])
    first = date(day.year + (number < day.month), number, 1)
    word = (hit["word"] or "").lower()
    due = (
        first - timedelta(days=word == "before") if word in ("by", "before") else _end_of_month(first, _part(hit), day)
    )
    return due if day <= due <= day + timedelta(days=_FAR) else None


def _named_date(hit: re.Match[str], day: date) -> date | None:
    """The next day of a date."""
    number, n = _MONTHS.index(hit["month"]), int(hit["n"])
    dates = [_date(year, number, n) for year in (day.year, day.year + 1)]
    return next((due for due in dates if due is not None and day <= due <= day + timedelta(days=_FAR)), None)


def _whole_date(hit: re.Match[str], day: date) -> date | None:
    due = _date(*map(int, hit["iso"].split("-")))
    return due if due is not None and due >= day else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.I), reckon)
    for pattern, reckon in (
        (r"(?:by|on|before) (?P<iso>\d{4}-\d\d-\d\d)", _whole_date),
        (rf"(?:by|on|before) (?:the )?(?P<n>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}", _named_date),
        (rf"(?:by|on|before) {_MONTH} (?:the )?(?P<n>\d{{1,2}})(?:st|nd|rd|th)?", _named_date),
        (rf"(?:(?P<word>by|before|in|during)|{_PART}(?: in)?)[ -]{_MONTH}", _named_month),
        (r"day after tomorrow", _day_after_tomorrow),
        (r"tomorrow|tmrw", _tomorrow),
        (r"today|tonight|this (?:morning|afternoon|evening)|by (?:the )?end of (?:the )?day|eod", _today),
        (rf"{_IN} (?:(?:a|the|these|{_COMING}|few|couple|of|several|some) ){{1,5}}(?P<unit>day|week|month)s", _few),
        (
            rf"{_IN} {_ABOUT}(?:(?:the )?{_COMING} )?{_COUNT} (?P<unit>day|week|month)s?(?: or (?P<two>two))?",
            _counted,
        ),
        (rf"next (?:week,?(?: on)? )?{_DAY}", _weekday_of_next_week),
        (rf"{_DAY},?(?: of)? next week", _weekday_of_next_week),
        (rf"(?:(?P<word>by|on|before|this) )?{_DAY}", _weekday),
        (r"(?P<word>by|on|before|this) (?P<day>(?-i:Mon|Tue|Wed|Thu|Fri|Sat))", _weekday),
        (r"(?:by|before) (?:the |this )?weekend", _before_weekend),
        (rf"(?:{_WHICH}|the) weekend", _weekend),
        (r"week after next|or the week after", _week_after_next),
        (rf"(?:{_PART} )?{_WHICH} week", _week),
        (rf"{_PART} (?P<which>(?:the )?)week", _week),
        (rf"(?:{_PART} )?{_WHICH} month", _month),
        (rf"{_PART} (?P<which>(?:the )?)month", _month),
        (rf"(?:{_PART} )?{_WHICH} year", _year),
        (rf"{_PART} (?P<which>(?:the )?)year", _year),
    )
)
