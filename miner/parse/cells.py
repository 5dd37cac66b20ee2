"""The status column of a work-item table: what its keeper says of each row's work on that day.

Only tables in a mail's own text count, since a quoted one is of another day. What our own reports wrote into the column
(`report/tables.py`) is nobody's word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, get_args

from miner.model import Certainty, Message, StatusLabel, TableRow
from miner.parse.headings import read_status
from miner.parse.things import find_status
from miner.robots import is_automatic, is_robot

CELL_CONFIDENCE = 0.8
_LONGEST = 200  # characters; what is longer is a description
_STRUCK = "~~"  # Markdown's mark around what is struck through
_FRAME = re.compile(r"^[\W_]+|[\W_]+$")
_ASIDE = re.compile(r"\s*\([^()]*\)$")
_WRITTEN_BY_US = re.compile(
    rf"(?:unknown|{'|'.join(get_args(StatusLabel))})(?: \((?:{'|'.join(get_args(Certainty))})\))?(?P<more>(?:, v\d+)?(?:, in [^,]+)?(?:, next: .+)?)"
)
_MADE = "done|completed?|finished|implemented|coded|written"
_IN = "merged|applied|upstream(?:ed)?|landed"
_PART = r"(?:(\d+) ?(?:/|of|out of) ?(?!\1\b)\d+)"  # some of them
_HALF = r"(?:the )?(?:first |second |other |one )?(?:partial|part|half|most|some|mostly|almost|nearly)(?:ly)?(?: of (?:it|them))?"
_AWAITS = r"(?:in|under|pending|await\w*|needs?|wait\w* (?:for|on)|for|to(?: be)?)"
# What cells say beyond the words of headings.
_SAYS: tuple[tuple[StatusLabel, Certainty, str], ...] = (
    (
        "needs-revision",
        "hedged",
        rf"(?:.*\b)?(?:fixed|{_MADE}|{_IN})\b.{{0,30}}\b(?:but|then|since)\b.{{0,30}}\b(?:regress\w*|br(?:oken?|eaks?)|fail(?:s|ed|ing)?|re-?opened)\b.{{0,20}}",
    ),
    (
        "needs-revision",
        "asserted",
        r"(?:v\d+ )?(?:nack(?:ed)?|nak(?:ed)?|rejected)\b[^a-z0-9]{1,3}(?:but )?(?:a )?(?:re-?design|re-?work|re-?writ|respin|new (?:version|approach|design)|v\d)\w*\b.{0,40}",
    ),
    (
        "needs-review",
        "asserted",
        rf"(?:.*\b)?(?:{_MADE}|{_IN})\b.{{1,30}}\b{_AWAITS} (?:\w+ )?review(?:ed|s|ers?)?\b.{{0,20}}|{_PART}(?: \w+)? (?:reviewed|n?acked)"
        r"|(?:.*[,;:] ?)?(?:needs?|wants?|lacks|missing|waiting for|awaiting) (?:an? |some |more |another |\d )*(?:r-?o?-?b|a-?b|(?:reviewed|acked)-by|tags?|acks?|reviewers?)"
        r"|in (?:the )?NEW(?: queue)?",
    ),
    (
        "in-progress",
        "asserted",
        rf"(?:{_HALF}|{_PART})(?: \w+)?(?: (?:are|is))? (?:{_MADE}|{_IN}|in)(?: .{{1,40}})?"
        rf"|(?:.*\b)?(?:{_MADE}|{_IN})\b.{{1,30}}\b(?:wip|in progress|to-?do|on-?going|under way)\b.{{0,20}}"
        rf"|(?:{_MADE}) (?:locally|in (?:my|an?|his|her|our) (?:\w+ )?(?:branch|fork|repo)).*|(?:.*\b)?not (?:yet )?(?:posted|sent|submitted)(?: yet)?",
    ),
    ("in-progress", "hedged", r"green|on track|working"),
    ("merged", "asserted", r"done|completed?|finished|fixed|resolved|100 ?%"),
    ("merged", "negated", r"un-?merged|not (?:yet )?merged(?: yet)?"),
    (
        "needs-revision",
        "asserted",
        r"(?:has )?(?:merge )?conflicts?|(?:does not|doesn['’]t|no longer) appl(?:y|ies)(?: any ?more)?",
    ),
    ("superseded", "asserted", r"(?:merged|folded|squashed) into .*\b(?:series|patch|item|#\d+)\b.*"),
    ("blocked", "asserted", r"(?:ready|comes|follows|will \w+(?: \w+)?|to be \w+) (?:when|once|after|as soon as) .+"),
    ("merged", "hedged", r"closed|works|[✓✔☑✅]️?|\[[xX✓]\]"),
    ("planned", "asserted", r"to-? ?do|un-?started|not (?:yet )?(?:started|begun)|(?:just )?an? idea|0 ?%"),
    (
        "in-progress",
        "asserted",
        r"working on it|(?:work|coding|drafting|active|started|begun|prototyp(?:e|ing))(?: on it)?|draft|[1-9]\d? ?%(?: (?:done|complete|ready))?",
    ),
    ("needs-review", "asserted", r"(?:in )?(?:code )?review(?:ing)?"),
    ("dropped", "asserted", r"won['’]?t ?fix|cancell?ed|declined"),
    ("dropped", "hedged", r"(?:can(?:not|['’]?t)|unable to) reproduce|works for me"),
)
_WORDS = tuple((re.compile(pattern, re.I), status, certainty) for status, certainty, pattern in _SAYS)
_REVIEWER = re.compile(
    r"(?:.*[,;:.(] ?)?(?!(?:I|We|Who|Needs?|Nobody|Wants?|Time|Still|Ready|Happy|Have|Patch(?:es)?|Series) )(?P<name>[A-Z][\w'’-]*(?: [A-Z][\w.'’-]*){0,2})"
    r" to (?:please )?(?:(?:re-?)?review|n?ack|check|(?:have|take) (?:a|another) look|look)\b.*"
)
_WAITS = re.compile(
    r"(?:.*[,;] ?)?(?:n?acked|reviewed|approved|posted|v\d+|sent)\b[^,;]*[,;] ?(?:still |now )?(?:waiting|waits|wait) (?:for|on) "
    r"(?P<name>[A-Z](?=\w*[a-z])[\w'’-]*?(?: [A-Z][\w.'’-]*?){0,2})(?:['’]s (?:reviews?|r-?b|acks?|tags?|look|opinion))?"
)


class Cell(NamedTuple):
    """What the status column says of a row, by its place in the body; where its words stand apart, the row's lines."""

    title: str
    start: int
    end: int
    words: str


def find_cells(message: Message, rows: Sequence[TableRow]) -> list[Cell]:
    """The cells of status columns in a mail's own tables."""
    if is_robot(message) or is_automatic(message):
        return []
    found = [*_find_cells(message, rows)]
    ours = [_WRITTEN_BY_US.fullmatch(cell.words) for cell in found]
    return [] if any(each and each["more"] for each in ours) else found


def read_cell(words: str) -> tuple[StatusLabel, Certainty] | None:
    """What a cell of a few words says of its row's work; None where it has to be read as prose.

    >>> read_cell("in review"), read_cell("Done!"), read_cell("dropped?"), read_cell("v2 sent, waiting for the loom")
    (('needs-review', 'asserted'), ('merged', 'asserted'), ('dropped', 'hedged'), None)
    """
    whole = words.strip()
    if find_reviewer(whole):
        return "needs-review", "asserted"
    said = _read_words(whole) or _read_words(_ASIDE.sub("", whole))
    return (said[0], "hedged") if said and whole.rstrip(")]").endswith("?") else said


def _read_words(words: str) -> tuple[StatusLabel, Certainty] | None:
    core = _FRAME.sub("", words) if "%" not in words else words
    said = ((status, sure) for pattern, status, sure in _WORDS if pattern.fullmatch(core) or pattern.fullmatch(words))
    return next(said, None) or read_status(core)


def find_reviewer(words: str) -> str | None:
    """Who has to look, where a cell says so: "v2 posted, Bo to review", "acked by Cy, waiting for Bo"."""
    found = _REVIEWER.fullmatch(words.strip()) or _WAITS.fullmatch(words.strip(" ."))
    return found["name"] if found else None


def _find_cells(message: Message, rows: Sequence[TableRow]) -> Iterator[Cell]:
    lines = message.lines
    for row in rows:
        name = find_status(row.columns)
        words = row.columns[name] if name else None
        if row.depth or row.listed or name is None or not isinstance(words, str) or len(words) > _LONGEST:
            continue
        first = sum(len(line) + 1 for line in lines[: row.first_line])
        text = "\n".join(lines[row.first_line : row.end_line])
        if _STRUCK in text:
            continue  # done or dropped, nobody knows
        start, end = _find_cell(text, row, name) or (0, len(text))
        yield Cell(row.title, first + start, first + end, words)


def _find_cell(text: str, row: TableRow, name: str) -> tuple[int, int] | None:
    """Where the cell below a heading stands in the text of its row: behind its key, else behind the cells before it."""
    key = re.search(rf"^[ \t]*(?:- )?{_flexible(name)}[ \t]*:", text, re.M | re.I)
    at = key.end() if key else 0
    for other, value in row.columns.items():
        if isinstance(value, str) and (other == name or not key):
            cell = re.compile(rf"(?<!\w){_flexible(value)}(?!\w)").search(text, at)
            if other == name:
                return cell.span() if cell else None
            at = cell.end() if cell else at
    return None


def _flexible(words: str) -> str:
    """A pattern of some words with any white space between them."""
    return r"[\s_]+".join(map(re.escape, words.split()))
