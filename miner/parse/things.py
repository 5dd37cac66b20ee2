"""Whether the status column of a table tells of work, or of things: of machines, units, packages, test runs, what a board can do.

Both have names and a state, and "blocked", "stopped" or "completed" is said of either. So what no work is ever said to be counts
("shut off", "PASS", "installed"), what is only said of work does ("in review", "v3"), and the names of the other columns do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from miner.columns import ASSIGNEE, LINKS, PRIORITY, STATUS, TITLE

Columns = Mapping[str, str | tuple[str, ...] | None]

_NAMED_SO = re.compile(
    rf"(?:(?:current|present|patch|review|upstream|work|overall|latest) )?(?:{'|'.join(STATUS)})(?: ?[/&,(:-].*| and .*| as of .*)?"
)
_ANYTHING = "name"  # what machines, files and tests have as well as work
_OF_THINGS = re.compile(
    r"p?pid|tid|uid|cpus?|vcpus?|memory|mem|rss|tty|command|cmd|ip(?: address)?|ports?|host(?:name)?|nodes?|devices?|disks?|interface|iface"
    r"|mount(?: ?point)?|uptime|restarts|image|container|load|exit code|duration|time|runtime|elapsed|expected|actual|results?|runs|bus|unit|class|arch|config|compiler|toolchain|job|suite|branch"
)
_THING = re.compile(
    r"running|sleeping|zombie|dead|exited\b.*|(?:in)?active \w+|shut ?(?:off|down)|powered (?:on|off)|on|off|up(?: \d.*)?|(?:link )?down|on-?line|off-?line"
    r"|idle|crash(?:ed)?|hung|paused|suspended|stopped|terminat(?:ed|ing)|crashloopbackoff|evicted|(?:un)?healthy|degraded|clean|dirty|not ?ready"
    r"|re-?(?:sync|build)ing|synced|x?pass(?:ed)?|x?fail(?:ed|ure|s)?|(?:not )?ok(?:ay)?|success(?:ful)?|succeeded|error|timed? ?out|skip(?:ped)?"
    r"|abort(?:ed)?|killed|(?:not )?installed|removed|present|absent|latest|out ?dated|up to date|(?:not )?(?:affected|vulnerable)"
    r"|(?:un|not )?supported|(?:not )?work(?:s|ing)|broken|(?:un)?tested|enabled|disabled|built-?in|module|(?:un)?loaded|(?:un)?mounted"
    r"|(?:dis)?connected|listen(?:ing)?|established|(?:un)?bound|allocated|free|directory|[ymn]|true|false",
    re.I,
)
_WORK = re.compile(
    r"\b(?:merged?|landed|upstream(?:ed)?|mainlined?|linus|applied|queued for|picked up|(?:in|under|to) re-?view|reviews?|reviewed|reviewers?|patch(?:es|set)?"
    r"|series|posted|posting|sent|v\d{1,2}|rfc|re-?(?:spins?|spun|rolls?|based?)|wip|work in progress|to-?do|not (?:yet )?(?:started|begun)|un-?started"
    r"|planned|backlog|draft(?:ing)?|n?ack(?:ed|s)?|maintainers?|withdrawn|abandoned|superseded|on (?:the )?list|(?:linux-|mm-)\w+|in \S*(?:tree|next|master|trunk)"
    r"|waiting (?:for|on)|blocked (?:on|by)|depends on|needs|comments?|feedback|design(?:ing)?|prototyp(?:e|ing)|implement(?:ed|ing)|won['’]?t ?fix)\b",
    re.I,
)
_MAY_BE_WORK = re.compile(r"\b(?:done|dropped|rejected|open|progress)\b", re.I)
_FRAME = re.compile(r"^[\W_]+|(?:\s*\([^()]*\))?[\W_]*$")


def is_status_column(name: str) -> bool:
    """Whether a column of this name says how far its rows are.

    >>> is_status_column("current status"), is_status_column("status / next step"), is_status_column("status code")
    (True, True, False)
    """
    return _NAMED_SO.fullmatch(name) is not None


def find_status(columns: Columns) -> str | None:
    """The name of a row's status column."""
    return next((name for name in (*STATUS, *columns) if name in columns and is_status_column(name)), None)


def tells_of_things(rows: Sequence[Columns]) -> bool:
    """Whether the rows of a table have a status column, and it tells how things are rather than how far work is."""
    names = {name for row in rows for name in row}
    cells = [words for row in rows if (name := find_status(row)) and isinstance(words := row[name], str)]
    things = sum(_THING.fullmatch(_FRAME.sub("", words)) is not None for words in cells)
    has_more = not names.isdisjoint((*ASSIGNEE, *PRIORITY, *LINKS))
    titled = next((name for name in TITLE if name in names), None)
    named = titled == _ANYTHING and (things > 0 or names.isdisjoint((*ASSIGNEE, *LINKS)))
    doubtful = named or any(map(_OF_THINGS.fullmatch, names))
    if not (cells or named) or (has_more and not doubtful and things * 2 <= len(cells)):
        return False
    work = sum(bool(_WORK.search(words) or (not things and _MAY_BE_WORK.search(words))) for words in cells)
    return work < things + doubtful
