"""Find status lists: weekly notes, plain lists and minutes whose lines say where pieces of work stand.

    - fast readdir (Mira): v3 posted, waiting for Yu's review

Each such line, with what is indented below it, becomes a TableRow that is `listed`, as if it stood in a table: its name is the
item, the name in parentheses the owner. Far more mails hold lists of something else, and a wrong item that looks sure is worse
than none. So a mail counts only if it is no answer, no patch and no announcement; if its lines are of like form, a name before
what is said of it; and if most of them hold a claim or stand below a heading that says where they stand ("Dropped:"). Where
neither the subject nor the opening says that it tells where work stands, more is asked: more lines, and different things
said of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from miner.columns import ASSIGNEE, TITLE
from miner.links import find_references, find_urls, read_footnotes
from miner.model import UNDER_HEADING, Claim, Message, StatusLabel, TableRow
from miner.parse.listlines import OPENING, PLACED, Heading, Row, find_named, find_own_lines, gather, name_row
from miner.parse.listnames import known_people
from miner.robots import is_robot

HEADED_CONFIDENCE = 0.8
MAX_LINES = 2_000  # of own text; a longer mail is no list that somebody keeps by hand
MAX_ROWS = 300
FEWEST, FEWEST_UNTOLD = 2, 3  # lines with a status, where the mail says that it is a status list, and where it does not
SHARE, SHARE_OF_ALL, SHARE_UNTOLD = 0.5, 0.4, 2 / 3  # of the lines of a section, and of all lists, that have one
MANY_ALIKE = 3  # names that differ by a number alone
KINDS_UNTOLD = 2  # different statuses where the mail does not say what it is
_TELLS = re.compile(
    r"\b(?:status|weekly|bi-?weekly|fortnightly|monthly|minutes|(?:meeting|call|weekly|sync|work|topic) (?:notes|summary|log)|notes (?:of|from|on) (?:the|our|this|last)"
    r"|what'?s cooking|round-?up|where (?:things|we|it all|everything|all|the work|our work) (?:stand|are)|state of (?:the )?(?:work|patches|play|things|topics|union)"
    r"|(?:patches|series|work|topics|things) (?:in flight|pending|underway|under way)|progress (?:report|update|notes?)|(?:short |quick )?update on (?:the |my |our )?(?:work|patches|series|topics))\b",
    re.I,
)
_OPENS = re.compile(
    r"\b(?:where (?:things|we|it all|everything|all|the work|our work|each|the|my|our)\b.{0,40}\bstands?|(?:the|our|current|weekly|short|quick|this week'?s|today'?s) (?:status|state)\b"
    r"|status of (?:the|my|our|all|each)|what'?s cooking|here are (?:the|this week'?s|my|our) (?:topics|notes)|minutes (?:of|from)|(?:patches|series|work|topics) (?:in flight|pending|that are (?:in flight|pending))"
    r"|(?:this|last|the) week'?s (?:notes|topics|state|list)|as of (?:today|this morning|tonight|now)|since (?:the )?last (?:week|note|notes|time|report|call)"
    r"|where (?:my|our|the) .{0,40}\b(?:is|are)(?: now| at)?)\b",
    re.I | re.S,
)
_NEVER = re.compile(
    r"\b(?:announce(?:ment)?|agenda|release notes|changelog|change log|shortlog|git pull|pull request|rfc|cfp|call for|proposal|topic|roadmap"
    r"|bugs?|regressions?|vulnerabilit\w+|cve|crash|oops|panic|gsoc|outreachy|invitation|training|poll|survey|benchmarks?|test (?:results?|report)|build (?:results?|report|status)"
    r"|kernelci|lkft|syzbot|ci (?:results?|report|status)|added to|stable review)\b|\[(?:bug|ann|patch|git|rfc)\b",
    re.I,
)
_RELEASED = re.compile(r"\breleased?\b|\bv?\d+\.\d+(?:\.\d+)*(?:-rc\d+)? (?:is out|available)\b", re.I)
_OWN_REPORT = re.compile(
    r"^Where things stand on \d{4}-\d\d-\d\d\b", re.M
)  # what `miner report` writes: it is about known works
_SHORTLOG = re.compile(r"^\S[^\n:]{1,60} \(\d{1,4}\):$", re.M)
_FETCHED = re.compile(r"available in the git repository at|^for you to fetch changes|^ \d+ files? changed", re.I | re.M)
_DIGITS = re.compile(r"\d+")


def find_list(message: Message, claims: Sequence[Claim]) -> tuple[tuple[TableRow, ...], tuple[Claim, ...]]:
    """The lines of a status list as rows of a table, and the `claims` of the message with those that its headings make of lines which say
    nothing themselves, in the place of what was found in the heading."""
    claims = tuple(claims)
    if not may_hold_list(message):
        return (), claims
    lines = find_own_lines(message)
    if not FEWEST <= len(lines) <= MAX_LINES:
        return (), claims
    rows, opening = gather(lines)
    counted = [row for row in rows if row.heading is None or row.heading.work]
    if not FEWEST <= len(counted) <= MAX_ROWS:
        return (), claims
    people = known_people(message) | find_named(lines)
    for row in counted:
        row.claims = [c for c in claims if row.lines[0].start <= c.start < row.lines[-1].end]
        name_row(row, people)
    named = _without_twins([row for row in counted if row.name])
    kept = _choose(counted, named, _tells(message, opening))
    if not kept:
        return (), claims
    notes = read_footnotes([line.text for line in lines])
    return tuple(_make_row(row, message, notes) for row in kept), _with_headings(message, claims, rows, kept)


def find_lines(message: Message) -> tuple[tuple[int, int], ...]:
    """The places in the body of the lines of lists, each with what is indented below it, in a mail that says that it is a status list:
    each of them is to be heard as a note of its own."""
    if not may_hold_list(message) or not FEWEST <= len(lines := find_own_lines(message)) <= MAX_LINES:
        return ()
    rows, opening = gather(lines)
    if not FEWEST <= len(rows) <= MAX_ROWS or not _tells(message, opening):
        return ()
    return tuple((row.lines[0].start, row.lines[-1].end) for row in rows)


def _tells(message: Message, opening: str) -> bool:
    """Whether a mail says that it tells where work stands."""
    return bool(_TELLS.search(message.subject.title) or _OPENS.search(opening))


def may_hold_list(message: Message) -> bool:
    """Whether a mail is no answer, no patch, nothing that a machine writes and no other list by its subject."""
    subject = message.subject
    if subject.reply or subject.patch or subject.pull or message.in_reply_to or message.form != "mail":
        return False
    if any(layer.kind in ("patch", "quote") for layer in message.layers):
        return False
    if _NEVER.search(subject.text) or (_RELEASED.search(subject.text) and not _TELLS.search(subject.title)):
        return False
    sent_by_machine = message.headers.get("auto-submitted", "no").strip().lower() != "no"
    if sent_by_machine or _OWN_REPORT.search(message.body[:OPENING]):
        return False
    body = message.body
    return not (_SHORTLOG.search(body) or _FETCHED.search(body) or is_robot(message))


def _without_twins(rows: Sequence[Row]) -> list[Row]:
    """Without the rows whose name others of the mail have as well: that is no name ("Reviewer: ...", "Status: ..."), nor are those of a
    numbering ("Proposal 1", "Proposal 2", "Proposal 3")."""
    counts = Counter(row.name.lower() for row in rows if row.name)
    numbered = Counter(_DIGITS.sub("#", row.name) for row in rows if row.name)
    return [
        row
        for row in rows
        if row.name and counts[row.name.lower()] == 1 and numbered[_DIGITS.sub("#", row.name)] < MANY_ALIKE
    ]


def _choose(rows: Sequence[Row], named: Sequence[Row], tells: bool) -> list[Row]:
    """The rows of a status list, none if the `rows` are none. Where the mail `tells` that it is one, lines of the same form count whose
    status nobody gives."""
    sections: dict[int, list[Row]] = {}
    for row in rows:
        sections.setdefault(id(row.heading), []).append(row)
    names = set(map(id, named))
    good = [
        row
        for section in sections.values()
        if sum(row.told for row in section if id(row) in names) >= SHARE * len(section)
        for row in section
        if id(row) in names
    ]
    told = [row for row in good if row.told]
    said = {status for row in told for status in _said(row)}
    forms = Counter((row.shape, row.form) for row in told)
    if tells:
        is_list = len(told) >= FEWEST and len(told) >= SHARE_OF_ALL * len(rows) and said != {"planned"}
        return [row for row in good if row.told or (row.form and (row.shape, row.form) in forms)] if is_list else []
    telling = [row for row in told if row.owner or " " in (row.name or "") or PLACED.fullmatch(row.name or "")]
    is_list = (
        len(told) >= FEWEST_UNTOLD
        and len(told) >= SHARE_UNTOLD * len(rows)
        and len(telling) >= SHARE_UNTOLD * len(told)
        and max(forms.values()) >= SHARE_UNTOLD * len(told)
        and len(said - {"planned"}) >= KINDS_UNTOLD
    )
    return told if is_list else []


def _said(row: Row) -> Iterator[StatusLabel]:
    for claim in row.claims:
        if claim.certainty != "asked":
            yield claim.status
    if row.heading is not None and row.heading.status:
        yield row.heading.status


def _with_headings(
    message: Message, claims: Sequence[Claim], rows: Sequence[Row], kept: Sequence[Row]
) -> tuple[Claim, ...]:
    headings = {row.heading.line.at: row.heading.line for row in rows if row.heading and row.heading.status}
    left = [c for c in claims if not any(line.start <= c.start < line.end for line in headings.values())]
    made = [_claim_heading(message, row, row.heading) for row in kept if row.heading and not row.claims]
    return tuple(sorted((*left, *filter(None, made)), key=lambda claim: (claim.start, claim.end)))


def _claim_heading(message: Message, row: Row, heading: Heading) -> Claim | None:
    """What the heading says of a row that says nothing itself; the claim is the heading's own words."""
    if heading.status is None:
        return None
    raw = message.lines[heading.line.at]
    start = heading.line.start + len(raw) - len(raw.lstrip())
    place, said = (start, start + len(raw.strip())), (heading.status, heading.certainty, HEADED_CONFIDENCE)
    return Claim.of(message, place, *said, rule=UNDER_HEADING, about=row.name)


def _make_row(row: Row, message: Message, notes: dict[int, str]) -> TableRow:
    columns: dict[str, str | tuple[str, ...] | None] = {TITLE[0]: row.name}
    if row.owner:
        columns[ASSIGNEE[0]] = row.owner
    columns["note"] = re.sub(r"\s+", " ", row.remark).strip() or None
    links: dict[str, None] = {}
    for line in row.lines:
        links.update(dict.fromkeys(find_urls(line.text)))
        links.update(dict.fromkeys(url for n in find_references(line.text) for url in find_urls(notes.get(n, ""))))
    return TableRow(
        title=row.name or "",
        columns=columns,
        depth=0,
        first_line=row.lines[0].at,
        end_line=row.end,
        reach_line=row.end,
        author=str(message.author) or None,
        links=tuple(links),
        listed=True,
    )
