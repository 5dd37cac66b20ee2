"""The lines of status lists: where each begins and ends, below which heading it stands, and what name, owner and remark it has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from miner.model import Certainty, Claim, Message, StatusLabel
from miner.parse.headings import has_no_work, read_status, tell_core
from miner.parse.listnames import (
    LONGEST_NAME,
    MOST_WORDS,
    PEOPLE_CUT,
    VERB,
    check_name,
    is_name,
    is_name_alone,
    is_person,
    looks_like_person,
    read_owner,
    take_owner,
)

LONGEST_LINE, LONGEST_INDENT = 400, 40
LONGEST_WRAPPED = 50  # characters of a first line that was not wrapped: what is below it is another sentence
LONGEST_HEADING, MOST_HEADING_WORDS = 70, 7
OPENING = 400  # characters above the list that may say what it is
_BULLET = re.compile(r"([ \t]{0,12})(?:[-*+•]|o(?=\s{1,3}\S)|\(?\d{1,3}[.)])[ \t]{1,4}(?=\S)")
_BOX = re.compile(r"\[[ xX~?!-]?\][ \t]+")
_UNDERLINE = re.compile(r"\s*([-=~*#_])\1{2,}\s*$")
_NUMBERS = re.compile(r"\d[\d.,]*(?:\s+(?!patch|more|acks?\b|reviews?\b|of (?:the |its )?\d+ patch)|,\s|$)")
_LONE_NAME = re.compile(r"[^\W\d_a-z][a-zß-ÿ]{1,20}")
_BUSY = re.compile(
    r"(?:still |is |was |will be |busy )*(?:working on|looking (?:at|into|for)|reviewing|writing|testing|planning|busy|away|on (?:holiday|leave|vacation))\b",
    re.I,
)
_SEPARATOR = re.compile(r":(?=\s|$)|\s+(?:-{1,3}>?|–|—|=>|\|)(?=\s)")
PLACED = re.compile(r"(?:\S*\w/[\w./+-]*\w\S*|\S*\w_\w\S*|[\w.]+(?:-[\w.]+){2,})")  # jm/pack-scan-limit
_PRESENT = re.compile(r"\W{0,4}(?:present|attendees|attending|participants|who was there):?\s*", re.I)
_ACTS = re.compile(
    r"\b([^\W\d_a-z][a-zß-ÿ]{1,20})(?: (?:said|says|asked|asks|thinks|promised|volunteered|wants|mentioned|agreed|offered|(?:is |has )?to (?:look|send|review|rework|rebase|post|write|test|ask|check))\b"
    r"|['’]s (?:patch|series|work\b|branch|remarks?|comments?))"
)
_QUOTED_NAME = re.compile(r"[\"“‘'`]([^\"“”‘’'`]{3,80})[\"”’'`]")
_MID_OWNER = re.compile(r"([^()]{3,80}?)\s*\(([^()]{2,40})\)(?:,|\s|$)")
_DATED = re.compile(r"\s*\(\d{4}-\d\d-\d\d\)(?: \d{1,3} (?:commits?|patches))?")


@dataclass(frozen=True, slots=True)
class Line:
    at: int
    start: int  # where it begins and ends in the body
    end: int
    text: str  # cut where it is too long for a row, behind its indentation one space for several


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that says what stands below it; `status` where it says how far that is, `owner` where it is a person's name."""

    line: Line
    text: str
    status: StatusLabel | None = None
    certainty: Certainty = "asserted"
    owner: str | None = None
    work: bool = True


@dataclass(slots=True)
class Row:
    """A line of a list with what is indented below it, while it is gathered."""

    shape: str  # "bullet", "topic"
    indent: int
    text: str  # of the first line, without its bullet
    lines: list[Line]
    heading: Heading | None
    name: str | None = None
    form: str = ""  # what stands between name and remark
    owner: str | None = None
    remark: str = ""
    claims: list[Claim] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.lines[-1].at + 1

    @property
    def told(self) -> bool:
        return bool(self.claims) or (self.heading is not None and self.heading.status is not None)


def find_own_lines(message: Message) -> list[Line]:
    """The lines of own text with blank ones between them, up to the signature."""
    found: list[Line] = []
    texts = message.lines
    own = {at for la in message.layers if la.kind == "own" for at in range(la.first_line, la.end_line)}
    last = max(own, default=-1)
    start = 0
    for at, text in enumerate(texts[: last + 1]):
        if at in own or not text.strip():
            found.append(Line(at, start, start + len(text), _tidy(text[: LONGEST_LINE + 1])))
        start += len(text) + 1
    return found


def _tidy(text: str) -> str:
    words = " ".join(text.split())
    lead = text[: len(text) - len(text.lstrip())].expandtabs()[:LONGEST_INDENT]
    return lead + words if words else ""


def gather(lines: Sequence[Line]) -> tuple[list[Row], str]:
    """The rows of all lists in a text, in their order, and the words above the first."""
    rows: list[Row] = []
    row: Row | None = None
    heading: Heading | None = None
    opening: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        text = line.text
        at += 1
        if not text.strip():
            continue
        if _UNDERLINE.match(text):
            row = None
            continue
        indent = len(text) - len(text.lstrip())
        bullet = _BULLET.match(text)
        if bullet:
            indent = len(bullet[1])
            if row is not None and indent > row.indent:
                if not (
                    row.shape == "bullet" and len(row.lines) == 1 and (told := _read_heading(row.lines[0], row.text))
                ):
                    row.lines.append(line)
                    continue
                rows.pop()  # what looked like a row is the heading of those below it
                heading = told
            row = Row("bullet", indent, _BOX.sub("", text[bullet.end() :]).strip(), [line], heading)
            rows.append(row)
        elif row is not None and indent > row.indent:
            row.lines.append(line)
        elif found := _heading_at(lines, at - 1):
            row, heading = None, found
        elif _is_topic(lines, at - 1):
            row = Row("topic", indent, text.strip(), [line], heading)
            rows.append(row)
        else:
            row = None
            first = at - 1
            while at < len(lines) and lines[at].text.strip() and not _BULLET.match(lines[at].text):
                at += 1
            if block := _read_labels(lines[first:at], heading):
                rows += block
                continue
            heading = None
            if not rows:
                opening += [each.text for each in lines[first:at]]
    return [row for row in rows if len(row.text) <= LONGEST_LINE], " ".join(opening)[:OPENING]


def _read_labels(lines: Sequence[Line], heading: Heading | None) -> list[Row]:
    """The rows of a paragraph each of whose lines at the margin is a label and what is said of it; none if it is another one."""
    margin = len(lines[0].text) - len(lines[0].text.lstrip())
    rows: list[Row] = []
    for line in lines:
        text = line.text.strip()
        if len(line.text) - len(line.text.lstrip()) > margin:
            rows[-1].lines.append(line)
        elif (
            (cut := _SEPARATOR.search(text))
            and cut.end() < len(text)
            and is_name(take_owner(text[: cut.start()], frozenset())[0])
        ):
            rows.append(Row("label", margin, text, [line], heading))
        else:
            return []
    return rows if len(rows) > 1 else []


def _heading_at(lines: Sequence[Line], at: int) -> Heading | None:
    """The heading that a line is: it ends in a colon, stands in brackets or above a rule, or is short and alone."""
    text = lines[at].text.strip()
    if len(text) > LONGEST_HEADING or len(text.split()) > MOST_HEADING_WORDS:
        return None
    below = lines[at + 1].text if at + 1 < len(lines) else ""
    marked = text.endswith(":") or text[0] in "#[=" or (text[0] == "*" == text[-1]) or bool(_UNDERLINE.match(below))
    alone = (at == 0 or not lines[at - 1].text.strip()) and (not below.strip() or bool(_BULLET.match(below)))
    deeper = len(below) - len(below.lstrip()) > len(lines[at].text) - len(lines[at].text.lstrip())
    if text.endswith(":") and below.strip() and deeper and not _BULLET.match(below):
        return _read_heading(lines[at], text)  # "loom:" above indented words is a topic
    if not marked and not (alone and text[-1] not in ".,;?!"):
        return None
    if not marked and below.strip() and deeper:
        return _read_status(lines[at], text)  # "loom" above indented bullets is a topic
    return _read_heading(lines[at], text) or Heading(lines[at], text)


def _read_heading(line: Line, text: str) -> Heading | None:
    """What words say as a heading: how far things are, whose they are, or that no work stands below."""
    if has_no_work(text):
        return Heading(line, text, work=False)
    if found := _read_status(line, text):
        return found
    core = tell_core(text)
    if looks_like_person(core) and text.rstrip().endswith(":"):
        return Heading(line, text, owner=core)
    return None


def _read_status(line: Line, text: str) -> Heading | None:
    said = read_status(text)
    return Heading(line, text, *said) if said else None


def _is_topic(lines: Sequence[Line], at: int) -> bool:
    """Whether a line names a topic of which the lines indented below it tell."""
    text = lines[at].text
    if at + 1 >= len(lines) or (at and lines[at - 1].text.strip() and lines[at - 1].text[:1] != " "):
        return False
    below = lines[at + 1].text
    deeper = len(below) - len(below.lstrip()) > len(text) - len(text.lstrip())
    return (
        bool(below.strip())
        and deeper
        and len(text.strip()) <= LONGEST_NAME
        and text.rstrip()[-1] not in ".,;?!"
        and len(text.split()) <= MOST_WORDS + 3
    )


def name_row(row: Row, people: frozenset[str]) -> None:
    """Find the name of the work that a row is about, whose it is, and what is said of it."""
    text = row.text
    row.owner = row.heading.owner if row.heading else None
    below = " ".join(line.text.strip() for line in row.lines[1:]).strip()
    if row.shape == "topic":
        name, owner = take_owner(text.rstrip(": "), people)
        cut = _SEPARATOR.search(name)
        row.form = "topic"
        if cut and is_name(name[: cut.start()]):
            name, below = name[: cut.start()], f"{name[cut.end() :]} {below}"
        row.name, row.owner, row.remark = check_name(name), owner or row.owner, below.strip()
        return
    whole = f"{text} {below}".strip()
    first = text.split(None, 1)
    placed = first[0].rstrip(",;:")
    if PLACED.fullmatch(placed) and "/" in placed and (checked := check_name(placed)):
        row.name, row.form, row.remark = checked, "/", _DATED.sub("", whole[len(first[0]) :], count=1).strip(" ,;:-")
        row.owner = take_owner(text.rstrip(": "), people)[1] or row.owner
        return
    cut = _find_cut(text, whole, min((c.start for c in row.claims), default=0) - row.lines[0].start)
    if cut:
        name, owner = take_owner(whole[: cut.start()], people)
        remark = whole[cut.end() :].strip()
        if is_person(name, people) and (owner is None):
            again = _SEPARATOR.search(remark[: LONGEST_NAME + 40])
            if again is None or not is_name(remark[: again.start()]):
                return  # "Mira: sent v3 of the thing" names nothing that could be told apart
            owner, name, remark = name, remark[: again.start()], remark[again.end() :].strip()
            name, _ = take_owner(name, people)
        if _NUMBERS.match(remark) or (_LONE_NAME.fullmatch(name) and _BUSY.match(remark)):
            return  # "Bug triage: 14 new, 11 closed" counts something, "Mira: working on the cache" names nobody's work
        if checked := check_name(name):
            row.name, row.form, row.owner, row.remark = checked, cut[0].strip(), owner or row.owner, remark
            return
    if (
        (found := _MID_OWNER.match(whole))
        and (owner := read_owner(found[2], people))
        and (checked := check_name(found[1]))
    ) and is_name_alone(found[1]):
        row.name, row.form, row.owner, row.remark = checked, "()", owner, whole[found.end() :].strip(" ,;-")
        return
    if (found := _QUOTED_NAME.match(whole)) and (checked := check_name(found[1])):
        row.name, row.form, row.remark = checked, '"', whole[found.end() :].strip(" ,;:-")
    elif row.heading is not None and row.heading.status and not row.claims:
        name, owner = take_owner(text.rstrip(". "), people)
        if is_name_alone(name) and (checked := check_name(name)):
            row.name, row.owner, row.remark = checked, owner or row.owner, below
    elif row.lines[1:]:  # a topic with lines of its own
        name, owner = take_owner(text.rstrip(": "), people)
        if is_name_alone(name) and (checked := check_name(name)):
            row.name, row.form, row.owner, row.remark = checked, "topic", owner or row.owner, below


def _find_cut(line: str, text: str, said: int) -> re.Match[str] | None:
    """The mark behind the name in a row's first line, else in its whole text, unless that line is a name by itself: the last one above what is said (from about `said` on) that has nothing like a sentence before it, for names
    have marks too ("dir: fast readdir -- posted"); else the first."""
    if not _SEPARATOR.search(line) and len(line) < LONGEST_WRAPPED:
        return None
    cuts = [cut for cut in _SEPARATOR.finditer(text[: LONGEST_NAME + 40]) if not _in_parentheses(text, cut.start())]
    above = [cut for cut in cuts if cut.start() <= said and not VERB.search(text[: cut.start()])]
    if cuts and not above and cuts[0][0] == ":":  # the words of the claim begin with the name
        above = [cut for cut in cuts[1:2] if cut[0] != ":" and not VERB.search(text[: cut.start()])]
    return above[-1] if above else cuts[0] if cuts else None


def find_named(lines: Sequence[Line]) -> frozenset[str]:
    """The names of those who are said to be present, or to do something."""
    found: set[str] = set()
    for n, line in enumerate(lines):
        text = line.text
        if (head := _PRESENT.match(text)) is not None:
            rest = [text[head.end() :]]
            for below in lines[n + 1 : n + 20]:
                if not below.text.strip() or not (_BULLET.match(below.text) or below.text[:1] == " "):
                    break
                rest.append(_BULLET.sub("", below.text))
            found.update(
                name.lower() for part in rest for name in PEOPLE_CUT.split(part.strip(" .")) if looks_like_person(name)
            )
        else:
            found.update(name.lower() for name in _ACTS.findall(text))
    return frozenset(found | {name.split()[0] for name in found})


def _in_parentheses(text: str, at: int) -> bool:
    return text.count("(", 0, at) > text.count(")", 0, at)
