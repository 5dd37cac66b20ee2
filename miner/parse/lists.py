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
from dataclasses import dataclass, field

from miner.columns import ASSIGNEE, TITLE
from miner.links import find_references, find_urls, read_footnotes
from miner.model import UNDER_HEADING, Certainty, Claim, Message, StatusLabel, TableRow
from miner.robots import is_automatic, is_robot

HEADED_CONFIDENCE = 0.8
MAX_LINES = 2_000  # of own text; a longer mail is no list that somebody keeps by hand
MAX_ROWS = 300
LONGEST_LINE, LONGEST_INDENT = 400, 40
LONGEST_NAME, MOST_WORDS = 80, 10
LONGEST_WRAPPED = 50  # characters of a first line that was not wrapped: what is below it is another sentence
LONGEST_HEADING, MOST_HEADING_WORDS = 70, 7
OPENING = 400  # characters above the list that may say what it is
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

_BULLET = re.compile(r"([ \t]{0,12})(?:[-*+•]|o(?=\s{1,3}\S)|\(?\d{1,3}[.)])[ \t]{1,4}(?=\S)")
_BOX = re.compile(r"\[[ xX~?!-]?\][ \t]+")
_UNDERLINE = re.compile(r"\s*([-=~*#_])\1{2,}\s*$")
_FRAME = re.compile(r"^[\s#*=\[_-]+|[\s#*=\]:_-]+$")
_COUNT = re.compile(r"\s*[(\[]\d{1,4}[)\]]$")
_VERSIONED = re.compile(r",?\s+(?:v\d{1,2}|rfc|\d{1,3} (?:commits?|patches))$", re.I)
_DIGITS = re.compile(r"\d+")
_NUMBERS = re.compile(r"\d[\d.,]*(?:\s+(?!patch|more|acks?\b|reviews?\b|of (?:the |its )?\d+ patch)|,\s|$)")
_LONE_NAME = re.compile(r"[^\W\d_a-z][a-zß-ÿ]{1,20}")
_BUSY = re.compile(
    r"(?:still |is |was |will be |busy )*(?:working on|looking (?:at|into|for)|reviewing|writing|testing|planning|busy|away|on (?:holiday|leave|vacation))\b",
    re.I,
)
_SEPARATOR = re.compile(r":(?=\s|$)|\s+(?:-{1,3}>?|–|—|=>|\|)(?=\s)")
_PARENTHESES = re.compile(r"\s*[(\[]([^()\[\]]{1,60})[)\]]\s*$")
_OWNER = re.compile(r"(?:owner|assignee|assigned to|by|who|lead|driver)\s*[:=]?\s+", re.I)
_PERSON = re.compile(r"@?[^\W\d_a-z][^\W\d_]*[a-zß-ÿ][^\W\d_]*(?:['’-][^\W\d_]+)?(?: [^\W\d_a-z][\w.'’-]*){0,2}")
_PEOPLE_CUT = re.compile(r"\s*(?:,|/|&|\+|\band\b)\s*")
_PLACED = re.compile(r"(?:\S*\w/[\w./+-]*\w\S*|\S*\w_\w\S*|[\w.]+(?:-[\w.]+){2,})")  # jm/pack-scan-limit
_PRESENT = re.compile(r"\W{0,4}(?:present|attendees|attending|participants|who was there):?\s*", re.I)
_ACTS = re.compile(
    r"\b([^\W\d_a-z][a-zß-ÿ]{1,20})(?: (?:said|says|asked|asks|thinks|promised|volunteered|wants|mentioned|agreed|offered|(?:is |has )?to (?:look|send|review|rework|rebase|post|write|test|ask|check))\b"
    r"|['’]s (?:patch|series|work\b|branch|remarks?|comments?))"
)
_QUOTED_NAME = re.compile(r"[\"“‘'`]([^\"“”‘’'`]{3,80})[\"”’'`]")
_MID_OWNER = re.compile(r"([^()]{3,80}?)\s*\(([^()]{2,40})\)(?:,|\s|$)")
_DATED = re.compile(r"\s*\(\d{4}-\d\d-\d\d\)(?: \d{1,3} (?:commits?|patches))?")
_NO_OWNER = re.compile(
    r"(?:linux|kernel|done|new|merged|waiting|dropped|blocked|posted|queued|applied|rfc|wip|draft|todo|urgent|high|low|medium|critical|major|minor|stable|next|none|nobody|unassigned"
    r"|january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|x86|arm64|arm|riscv|intel|amd|google|meta|rust|again|still|ongoing|optional|cont|continued|also|see|note|experimental|old|part|and|the)\b",
    re.I,
)
_NO_NAME = re.compile(
    r"(?:notes?|nb|n\.b|todo|fixme|fix(?:e[sd])?|questions?|answer|problem|reason|cause|solution|result|results|example|e\.?g|i\.?e|warning|error|info|hint|tip|summary|conclusion|update|status"
    r"|date|time|when|where|who|what|why|how|link|links?|url|urls|see|ref|refs|cc|to|from|subject|version|versions?|kernel|config|arch|compiler|gcc|clang|qemu|hardware|cpu|memory"
    r"|pros?|cons?|option \w+|plan [a-z]|step \d+|case \d+|phase \d+|part \d+|test(?:s|ed|ing)?|pass(?:ed)?|fail(?:ed|ures?)?|skip(?:ped)?|before|after|expected|actual|next (?:meeting|call|week|steps?)"
    r"|attendees|present|agenda|(?:v?\d[\d.]*)?-?rc\d+|final|(?:alpha|beta|milestone|m) ?\d*|accepted|action items?|a[ip]|decision|decisions|misc|other|others|etc|yes|no|ok|done|new|old|added|removed|changed|changes|bug|feature|features|first|second|third|finally|post|review|revise|apply|send|submit|merge|release|respin|build|install|base|branch|tree|commit|tag"
    r"|patch(?:es)? ?[\d,/ -]*|#?\d+(?:/\d+)?|v\d+.*|changes (?:since|in|from) .*|\d+ .*|.*-by|.*\?)",
    re.I,
)
_STARTS_SENTENCE = re.compile(
    r"(?:i|we|it|its|this|that|these|those|he|she|they|you|there|here|please|pls|let|lets|let's|if|when|once|while|also|and|but|so|or|yes|no|not|do|does|did|don't|can|could|should|would|will|must"
    r"|as|because|since|instead|why|how|what|who|where|is|are|was|were|i'm|i'll|i've|we're|we've|my|our|your|someone|somebody|nobody|everybody|anybody|anyone|everyone|notes?|maybe|perhaps|thanks|sorry|ok|okay|hi|hello|dear)\b",
    re.I,
)
_NO_WORK = re.compile(
    r"agenda|attendees|attending|participants|present|apologies|absent|regrets|who was there|next (?:meeting|call|time|week).*|links?|references?|notes?|resources"
    r"|(?:open |other )?questions?|action items?|actions|todo|to-do|announcements?|change ?log|changes.*|new features?|features|(?:bug ?)?fixes|known (?:issues|problems|bugs)|bugs|releases?.*"
    r"|statistics|stats|numbers|(?:test )?results?|tests?|benchmarks?|options?|pros|cons|discussion|decisions|misc(?:ellaneous)?|legend|key|thanks|background|motivation|problem|goals?|ideas?|options.*|v\d+.*",
    re.I,
)
# What headings say, and how surely.
_SAYS: tuple[tuple[StatusLabel, Certainty, str], ...] = (
    (
        "merged",
        "asserted",
        r"(?:already )?(?:merged|landed|upstream(?:ed)?|in mainline|mainlined|in (?:master|trunk|linus'? tree)"
        r"|graduated(?: to \W?(?:master|trunk|main)\W?)?|(?:went|gone|got) in)(?: (?:this|last) week| upstream| since .{1,20})?",
    ),
    (
        "applied",
        "asserted",
        r"(?:already )?(?:in (?:the |a |my |our )?tree|applied|queued(?: up)?|picked up|in \W?(?:next|linux-next|-next|stage|staging)\W?|taken)"
        r"(?: (?:for|to|in|this|last) .{1,20})?",
    ),
    (
        "needs-review",
        "asserted",
        r"(?:waiting|pending|stuck|open)(?: (?:for|on|in))? (?:a |more )?reviews?(?:ers?)?"
        r"|(?:under|in|out for|awaiting|needs?|needing|wants?) (?:a |more )?reviews?|review (?:needed|wanted|pending)|to (?:be )?review(?:ed)?",
    ),
    ("needs-review", "hedged", r"waiting|pending"),
    (
        "needs-revision",
        "asserted",
        r"(?:waiting for|needs?|needing|expecting|to be) (?:a |an |another |some |more |new )*"
        r"(?:work|respins?|rerolls?|re-?spun|revisions?|new versions?|versions?|changes|updates?|rebased?)|changes requested",
    ),
    (
        "needs-reply",
        "asserted",
        r"(?:waiting for|needs?|awaiting) (?:a |an |the )*(?:answers?|repl(?:y|ies)|feedback|author'?s? ?(?:answers?|reply)?)",
    ),
    (
        "in-progress",
        "asserted",
        r"(?:still )?(?:in progress|ongoing|on-going|under way|underway|work in progress|wip|being worked on|in development|in the works|in flight)",
    ),
    (
        "blocked",
        "asserted",
        r"(?:blocked|on hold|stalled|stuck|deferred|postponed|parked)(?: (?:on|by|until|till|for) .{1,30})?|waiting for other (?:work|topics|series)",
    ),
    ("dropped", "asserted", r"dropped|rejected|withdrawn|abandoned|discarded|given up|not taken|nacked"),
    ("superseded", "asserted", r"superseded|replaced|obsoleted?"),
    (
        "ready",
        "asserted",
        r"ready(?: (?:for|to) .{1,30})?|will (?:merge|be merged|be queued)(?: .{1,30})?|to be (?:merged|queued|applied)(?: .{1,20})?"
        r"|reviewed(?: and ready)?|acked",
    ),
    ("posted", "asserted", r"(?:newly |recently )?posted(?: (?:this|last) week)?|on the list|sent(?: out)?"),
    ("planned", "asserted", r"planned|not started(?: yet)?|to do later|later|backlog|up next|coming (?:up|next)"),
)
_HEADINGS = tuple((re.compile(pattern, re.I), status, certainty) for status, certainty, pattern in _SAYS)


@dataclass(frozen=True, slots=True)
class _Line:
    at: int
    start: int  # where it begins and ends in the body
    end: int
    text: str  # cut where it is too long for a row, behind its indentation one space for several


@dataclass(frozen=True, slots=True)
class _Heading:
    """A line that says what stands below it; `status` where it says how far that is, `owner` where it is a person's name."""

    line: _Line
    text: str
    status: StatusLabel | None = None
    certainty: Certainty = "asserted"
    owner: str | None = None
    work: bool = True


@dataclass(slots=True)
class _Row:
    """A line of a list with what is indented below it, while it is gathered."""

    shape: str  # "bullet", "topic"
    indent: int
    text: str  # of the first line, without its bullet
    lines: list[_Line]
    heading: _Heading | None
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


def find_list(message: Message, claims: Sequence[Claim]) -> tuple[tuple[TableRow, ...], tuple[Claim, ...]]:
    """The lines of a status list as rows of a table, and the `claims` of the message with those that its headings make of lines which say
    nothing themselves, in the place of what was found in the heading."""
    claims = tuple(claims)
    if not may_hold_list(message):
        return (), claims
    lines = _own_lines(message)
    if not FEWEST <= len(lines) <= MAX_LINES:
        return (), claims
    rows, opening = _gather(lines)
    counted = [row for row in rows if row.heading is None or row.heading.work]
    if not FEWEST <= len(counted) <= MAX_ROWS:
        return (), claims
    people = _known_people(message) | _named_people(lines)
    for row in counted:
        row.claims = [c for c in claims if row.lines[0].start <= c.start < row.lines[-1].end]
        _name(row, people)
    named = _without_twins([row for row in counted if row.name])
    kept = _choose(counted, named, _tells(message, opening))
    if not kept:
        return (), claims
    notes = read_footnotes([line.text for line in lines])
    return tuple(_make_row(row, message, notes) for row in kept), _with_headings(message, claims, rows, kept)


def find_lines(message: Message) -> tuple[tuple[int, int], ...]:
    """The places in the body of the lines of lists, each with what is indented below it, in a mail that says that it is a status list:
    each of them is to be heard as a note of its own."""
    if not may_hold_list(message) or not FEWEST <= len(lines := _own_lines(message)) <= MAX_LINES:
        return ()
    rows, opening = _gather(lines)
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
    if is_automatic(message) or _OWN_REPORT.search(message.body[:OPENING]):
        return False
    body = message.body
    return not (_SHORTLOG.search(body) or _FETCHED.search(body) or is_robot(message))


def _own_lines(message: Message) -> list[_Line]:
    """The lines of own text with blank ones between them, up to the signature."""
    found: list[_Line] = []
    texts = message.lines
    own = {at for la in message.layers if la.kind == "own" for at in range(la.first_line, la.end_line)}
    last = max(own, default=-1)
    start = 0
    for at, text in enumerate(texts[: last + 1]):
        if at in own or not text.strip():
            found.append(_Line(at, start, start + len(text), _tidy(text[: LONGEST_LINE + 1])))
        start += len(text) + 1
    return found


def _tidy(text: str) -> str:
    words = " ".join(text.split())
    lead = text[: len(text) - len(text.lstrip())].expandtabs()[:LONGEST_INDENT]
    return lead + words if words else ""


# The lines of lists


def _gather(lines: Sequence[_Line]) -> tuple[list[_Row], str]:
    """The rows of all lists in a text, in their order, and the words above the first."""
    rows: list[_Row] = []
    row: _Row | None = None
    heading: _Heading | None = None
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
            row = _Row("bullet", indent, _BOX.sub("", text[bullet.end() :]).strip(), [line], heading)
            rows.append(row)
        elif row is not None and indent > row.indent:
            row.lines.append(line)
        elif found := _heading_at(lines, at - 1):
            row, heading = None, found
        elif _is_topic(lines, at - 1):
            row = _Row("topic", indent, text.strip(), [line], heading)
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


def _read_labels(lines: Sequence[_Line], heading: _Heading | None) -> list[_Row]:
    """The rows of a paragraph each of whose lines at the margin is a label and what is said of it; none if it is another one."""
    margin = len(lines[0].text) - len(lines[0].text.lstrip())
    rows: list[_Row] = []
    for line in lines:
        text = line.text.strip()
        if len(line.text) - len(line.text.lstrip()) > margin:
            rows[-1].lines.append(line)
        elif (
            (cut := _SEPARATOR.search(text))
            and cut.end() < len(text)
            and _is_name(_take_owner(text[: cut.start()], frozenset())[0])
        ):
            rows.append(_Row("label", margin, text, [line], heading))
        else:
            return []
    return rows if len(rows) > 1 else []


def _heading_at(lines: Sequence[_Line], at: int) -> _Heading | None:
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
    return _read_heading(lines[at], text) or _Heading(lines[at], text)


def _read_heading(line: _Line, text: str) -> _Heading | None:
    """What words say as a heading: how far things are, whose they are, or that no work stands below."""
    core = _core(text)
    if _NO_WORK.fullmatch(core):
        return _Heading(line, text, work=False)
    if found := _read_status(line, text):
        return found
    if _PERSON.fullmatch(core) and text.rstrip().endswith(":") and not _NO_OWNER.match(core):
        return _Heading(line, text, owner=core)
    return None


def _read_status(line: _Line, text: str) -> _Heading | None:
    said = read_state(_core(text))
    return _Heading(line, text, *said) if said else None


def read_state(words: str) -> tuple[StatusLabel, Certainty] | None:
    """What a heading or a cell of a few words says of the work below or beside it, "in review"; None where it says nothing."""
    return next(((status, certainty) for pattern, status, certainty in _HEADINGS if pattern.fullmatch(words)), None)


def _core(text: str) -> str:
    return _FRAME.sub("", _COUNT.sub("", _FRAME.sub("", text)))


def _is_topic(lines: Sequence[_Line], at: int) -> bool:
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


# Names


def _name(row: _Row, people: frozenset[str]) -> None:
    """Find the name of the work that a row is about, whose it is, and what is said of it."""
    text = row.text
    row.owner = row.heading.owner if row.heading else None
    below = " ".join(line.text.strip() for line in row.lines[1:]).strip()
    if row.shape == "topic":
        name, owner = _take_owner(text.rstrip(": "), people)
        cut = _SEPARATOR.search(name)
        row.form = "topic"
        if cut and _is_name(name[: cut.start()]):
            name, below = name[: cut.start()], f"{name[cut.end() :]} {below}"
        row.name, row.owner, row.remark = _checked(name), owner or row.owner, below.strip()
        return
    whole = f"{text} {below}".strip()
    first = text.split(None, 1)
    placed = first[0].rstrip(",;:")
    if _PLACED.fullmatch(placed) and "/" in placed and (checked := _checked(placed)):
        row.name, row.form, row.remark = checked, "/", _DATED.sub("", whole[len(first[0]) :], count=1).strip(" ,;:-")
        row.owner = _take_owner(text.rstrip(": "), people)[1] or row.owner
        return
    cut = _find_cut(text, whole, min((c.start for c in row.claims), default=0) - row.lines[0].start)
    if cut:
        name, owner = _take_owner(whole[: cut.start()], people)
        remark = whole[cut.end() :].strip()
        if _is_person(name, people) and (owner is None):
            again = _SEPARATOR.search(remark[: LONGEST_NAME + 40])
            if again is None or not _is_name(remark[: again.start()]):
                return  # "Mira: sent v3 of the thing" names nothing that could be told apart
            owner, name, remark = name, remark[: again.start()], remark[again.end() :].strip()
            name, _ = _take_owner(name, people)
        if _NUMBERS.match(remark) or (_LONE_NAME.fullmatch(name) and _BUSY.match(remark)):
            return  # "Bug triage: 14 new, 11 closed" counts something, "Mira: working on the cache" names nobody's work
        if checked := _checked(name):
            row.name, row.form, row.owner, row.remark = checked, cut[0].strip(), owner or row.owner, remark
            return
    if (
        (found := _MID_OWNER.match(whole))
        and (owner := _read_owner(found[2], people))
        and (checked := _checked(found[1]))
    ) and _is_name_alone(found[1]):
        row.name, row.form, row.owner, row.remark = checked, "()", owner, whole[found.end() :].strip(" ,;-")
        return
    if (found := _QUOTED_NAME.match(whole)) and (checked := _checked(found[1])):
        row.name, row.form, row.remark = checked, '"', whole[found.end() :].strip(" ,;:-")
    elif row.heading is not None and row.heading.status and not row.claims:
        name, owner = _take_owner(text.rstrip(". "), people)
        if _is_name_alone(name) and (checked := _checked(name)):
            row.name, row.owner, row.remark = checked, owner or row.owner, below
    elif row.lines[1:]:  # a topic with lines of its own
        name, owner = _take_owner(text.rstrip(": "), people)
        if _is_name_alone(name) and (checked := _checked(name)):
            row.name, row.form, row.owner, row.remark = checked, "topic", owner or row.owner, below


def _find_cut(line: str, text: str, said: int) -> re.Match[str] | None:
    """The mark behind the name in a row's first line, else in its whole text, unless that line is a name by itself: the last one above what is said (from about `said` on) that has nothing like a sentence before it, for names
    have marks too ("dir: fast readdir -- posted"); else the first."""
    if not _SEPARATOR.search(line) and len(line) < LONGEST_WRAPPED:
        return None
    cuts = [cut for cut in _SEPARATOR.finditer(text[: LONGEST_NAME + 40]) if not _in_parentheses(text, cut.start())]
    above = [cut for cut in cuts if cut.start() <= said and not _VERB.search(text[: cut.start()])]
    if cuts and not above and cuts[0][0] == ":":  # the words of the claim begin with the name
        above = [cut for cut in cuts[1:2] if cut[0] != ":" and not _VERB.search(text[: cut.start()])]
    return above[-1] if above else cuts[0] if cuts else None


def _take_owner(name: str, people: frozenset[str]) -> tuple[str, str | None]:
    """A name without what stands behind it in parentheses, and the person there."""
    owner = None
    for _ in range(3):
        found = _PARENTHESES.search(name)
        if found is None:
            break
        owner = _read_owner(found[1], people) or owner
        name = name[: found.start()].rstrip()
    counted = _VERSIONED.sub("", name)
    if counted != name:
        return _take_owner(counted, people) if owner is None else (counted, owner)
    return name, owner


def _read_owner(text: str, people: frozenset[str]) -> str | None:
    """The people whom words in parentheses name, if they name nothing else."""
    words = _OWNER.sub("", text.strip(), count=1) if _OWNER.match(text.strip()) else text.strip()
    parts = [part for part in _PEOPLE_CUT.split(words) if part]
    if parts and len(parts) <= 3 and all(_is_person(part, people) or _looks_like_person(part) for part in parts):
        return ", ".join(part.lstrip("@") for part in parts)
    return None


def _looks_like_person(text: str) -> bool:
    return bool(_PERSON.fullmatch(text)) and not _NO_OWNER.match(text)


def _is_person(text: str, people: frozenset[str]) -> bool:
    return text.strip().lstrip("@").lower() in people


def _known_people(message: Message) -> frozenset[str]:
    """The names, and first names, of those whom the mail is from and goes to."""
    found: set[str] = set()
    for person in (message.author, *message.recipients):
        if person.name:
            found.add(person.name.lower())
            found.add(person.name.lower().split()[0])
    return frozenset(found)


def _named_people(lines: Sequence[_Line]) -> frozenset[str]:
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
                name.lower()
                for part in rest
                for name in _PEOPLE_CUT.split(part.strip(" ."))
                if _looks_like_person(name)
            )
        else:
            found.update(name.lower() for name in _ACTS.findall(text))
    return frozenset(found | {name.split()[0] for name in found})


def _in_parentheses(text: str, at: int) -> bool:
    return text.count("(", 0, at) > text.count(")", 0, at)


def _checked(name: str) -> str | None:
    """A name cleaned; None if the words are none."""
    name = re.sub(r"\s+", " ", name).strip().strip("\"'`*_“”‘’ ").rstrip(":,;")
    return name if _is_name(name) else None


def _is_name(name: str) -> bool:
    name = name.strip().strip("\"'`*_“”‘’ ")
    words = name.split()
    if not words or len(words) > MOST_WORDS or len(name) > LONGEST_NAME or find_urls(name) or "@" in name:
        return False
    if (
        read_state(name)
        or not re.search(r"[^\W\d_]{2}", name)
        or _NO_NAME.fullmatch(name)
        or _STARTS_SENTENCE.match(name)
    ):
        return False
    return not any(mark in name for mark in (". ", "? ", "! ", "; ", "= ", "();")) and name[-1] not in ".?!"


_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|must|needs?|does|did|do|i|we|you|he|she|they|my|our|your|please|not)\b|,\s",
    re.I,
)


def _is_name_alone(name: str) -> bool:
    """Whether words without a mark behind them are a name and no sentence."""
    return not _VERB.search(name)


def _without_twins(rows: Sequence[_Row]) -> list[_Row]:
    """Without the rows whose name others of the mail have as well: that is no name ("Reviewer: ...", "Status: ..."), nor are those of a
    numbering ("Proposal 1", "Proposal 2", "Proposal 3")."""
    counts = Counter(row.name.lower() for row in rows if row.name)
    numbered = Counter(_DIGITS.sub("#", row.name) for row in rows if row.name)
    return [
        row
        for row in rows
        if row.name and counts[row.name.lower()] == 1 and numbered[_DIGITS.sub("#", row.name)] < MANY_ALIKE
    ]


# What makes it a status list


def _choose(rows: Sequence[_Row], named: Sequence[_Row], tells: bool) -> list[_Row]:
    """The rows of a status list, none if the `rows` are none. Where the mail `tells` that it is one, lines of the same form count whose
    status nobody gives."""
    sections: dict[int, list[_Row]] = {}
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
    telling = [row for row in told if row.owner or " " in (row.name or "") or _PLACED.fullmatch(row.name or "")]
    is_list = (
        len(told) >= FEWEST_UNTOLD
        and len(told) >= SHARE_UNTOLD * len(rows)
        and len(telling) >= SHARE_UNTOLD * len(told)
        and max(forms.values()) >= SHARE_UNTOLD * len(told)
        and len(said - {"planned"}) >= KINDS_UNTOLD
    )
    return told if is_list else []


def _said(row: _Row) -> Iterator[StatusLabel]:
    for claim in row.claims:
        if claim.certainty != "asked":
            yield claim.status
    if row.heading is not None and row.heading.status:
        yield row.heading.status


# Records


def _with_headings(
    message: Message, claims: Sequence[Claim], rows: Sequence[_Row], kept: Sequence[_Row]
) -> tuple[Claim, ...]:
    headings = {row.heading.line.at: row.heading.line for row in rows if row.heading and row.heading.status}
    left = [c for c in claims if not any(line.start <= c.start < line.end for line in headings.values())]
    made = [_claim_heading(message, row, row.heading) for row in kept if row.heading and not row.claims]
    return tuple(sorted((*left, *filter(None, made)), key=lambda claim: (claim.start, claim.end)))


def _claim_heading(message: Message, row: _Row, heading: _Heading) -> Claim | None:
    """What the heading says of a row that says nothing itself; the claim is the heading's own words."""
    if heading.status is None:
        return None
    raw = message.lines[heading.line.at]
    start = heading.line.start + len(raw) - len(raw.lstrip())
    place, said = (start, start + len(raw.strip())), (heading.status, heading.certainty, HEADED_CONFIDENCE)
    return Claim.of(message, place, *said, rule=UNDER_HEADING, about=row.name)


def _make_row(row: _Row, message: Message, notes: dict[int, str]) -> TableRow:
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
