"""What the line model of segments.py looks at: each line of a body becomes a step with named features.

A step is one line, or a whole run of lines whose label is certain (quote marks; the inside of a counted diff hunk).
The certain lines are not judged, yet their neighbours see them. Blank lines are in no step; a step knows of the gap
before it. Only the first 300 characters of a line are looked at, so that a megabyte line costs no more than a long one,
and only the first 3,000 and the last 1,000 steps of a body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

from miner.parse.attribution import MAX_LINES, parse_attribution

LOOK = 300  # characters of a line that are read
HEAD, TAIL = 3000, 1000  # steps of a body that are judged, from its start and from its end
_BUCKETS = tuple(str(n if n < 4 else 4 if n < 6 else 6 if n < 10 else 10 if n < 20 else 20) for n in range(21))
_NEAR = 2  # lines on each side that count as the surroundings

_HUNK_STARTS = frozenset(["+", "-", " ", "\\", "\t", ""])
_HUNK_LINES = frozenset(["+", "-", " "])
_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")

# What kind of line it is, by its first character: the first alternative that fits gives the name.
_LETTER = re.compile(
    r"(?P<diff>diff -|diff \w|Index: \S|index [0-9a-f]{6,}\.\.|(?:new|deleted) file mode|(?:old|new) mode|similarity index|rename (?:from|to) "
    r"|RCS file: |retrieving revision )"
    r"|(?P<stat>(?:create|delete) mode \d)"
    r"|(?P<mboxfrom>From [0-9a-f]{40} )"
    r"|(?P<commit>commit:? [0-9a-f]{7,40}$|(?:Author|Branch|Commit|Changeset|Log(?: [Mm]essage)?|(?:Modified|Added|Removed|Changed)(?: [Ff]iles| [Pp]aths)?"
    r"|New Revision|Revision|Repository):|Update of /|In directory )"
    r"|(?P<frame>at [\w.$<>]{3,80}[(:]|File \"|Caused by: |Traceback |[A-Za-z.]{3,80}(?:Exception|Error)\b"
    r"|(?:make|gcc|g\+\+|cc|ld|configure|checking|collect2|error|warning|ERROR|WARNING|INFO|DEBUG|FATAL|FAILED|fatal)[:\[ ] ?\S"
    r"|[\w./+-]{1,80}:\d+(?::\d+)?:(?: |$))"
    r"|(?P<trailer>[A-Z][a-z]+(?:-[a-z]+){0,3}-[Bb]y: |Fixes: [0-9a-f]{6})"
    r"|(?P<header>(?:From|Sent|Date|To|Cc|CC|cc|Bcc|bcc|Subject|Reply-To|Organi[sz]ation|Message-I[Dd]|Newsgroups|Importance"
    r"|Von|Gesendet|An|Betreff|Datum|De|Enviado|Para|Asunto|Assunto|Data|Envoyé|Objet|Dari|Kepada|Terkirim|Judul|Da|Inviato|Oggetto"
    r"|发件人|发送时间|收件人|抄送|主题|差出人|宛先|件名|От|Кому|Тема)\*?\s?[:：])"
    r"|(?P<xheader>X-[\w-]{2,40}:)"
    r"|(?P<link>(?:https?|ftp)://\S*$|www\.\S*$)"
    r"|(?P<address>[\w.+-]{1,64}@[\w.-]+,?$)"
    r"|(?P<prompt>[\w@~/:.-]{1,40}[$#%] ?\S)"
    r"|(?P<clock>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)"
    r"|(?P<name>[\w'-]{1,20}(?: [A-Z]\.?| [\w'-]{1,20}){0,3}[.,]?$)"
    r"|(?P<code>(?:if|for|while|switch) ?\(|(?:return|import|def|class|var|static|struct|void|int|char|public|private|SELECT|sudo)\b.{1,80}[;:({]$)"
    r"|(?P<field>\w[\w /#.-]{0,28}[:：]\s)"
    r"|(?P<label>\w[\w /#.()-]{0,50}[:：]$)"
)
_DIGIT = re.compile(
    r"(?P<stat>\d+ files? changed)"
    r"|(?P<clock>\d{4}-\d\d-\d\d[ T]\d\d:|\d\d:\d\d:\d\d)"
    r"|(?P<stamp>\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}(?: \d{1,2}:\d\d.{0,12})?$)"
    r"|(?P<number>\d{1,3}[.)]\s)"
    r"|(?P<address>[\w.+-]{1,64}@[\w.-]+,?$)"
    r"|(?P<field>\d[\w /#.-]{0,28}[:：]\s)"
)
_MARK = re.compile(
    r"(?P<dash2>--\s?$)"
    r"|(?P<dash3>---$)"
    r"|(?P<original>[-_ ]{2,40}\s?(?:Original (?:Message|Appointment)|Forwarded [Mm]essage|Urspr\w{1,3}ngliche (?:Nachricht|Mail)"
    r"|Message d.origine|Mens\w+ original|邮件原件|原始邮件|元のメッセージ|Исходное сообщение))"
    r"|(?P<forwarded>-{3,40}\s?Forwarded by\b)"
    r"|(?P<rule>_{4,}$|-{4,}$|={4,}$|\*{4,}$|#{4,}$|~{4,}$)"
    r"|(?P<marks>[^\w\s]{2}[^\w]*$)"
    r"|(?P<mark>[^\w\s]$)"
    r"|(?P<pgp>-----(?:BEGIN|END) )"
    r"|(?P<comment>-{2,40} ?(?:Additional )?Comments? (?:#\d|[Ff]rom ))"
    r"|(?P<diff>(?:---|\+\+\+) (?:[ab]/|/dev/null|\S+\t|\S+ +\()|@@ -\d|\*\*\* \S+\t)"
    r"|(?P<header>\*(?:From|Sent|Date|To|Cc|Subject|Von|De)\*?\s?:)"
    r"|(?P<link><(?:https?|ftp)://\S*$|<www\.\S*$)"
    r"|(?P<address><[\w.+-]{1,64}@[\w.-]+>?,?$)"
    r"|(?P<clock>\[\s?\d{1,6}[.:]\d{2,6}|\[?\d\d:\d\d:\d\d)"
    r"|(?P<frame>#\d+ +0x|[./][\w./+-]{1,80}:\d+(?::\d+)?:(?: |$))"
    r"|(?P<prompt>(?:\[[^\]]{1,40}\] ?)?[$#%] ?\S)"
    r"|(?P<bracket>\[[\w.:/ -]{1,30}\] +\S)"
    r"|(?P<plus>\+)"
    r"|(?P<minusname>-+ ?[A-Z]\w{0,14}\.?(?: [A-Z]\w{0,14}){0,2}$|[-~]\w{1,12}$)"
    r"|(?P<bullet>[-*•·] \S)"
    r"|(?P<number>\(\d{1,3}\)\s)"
    r"|(?P<pipe>[|!│])"
    r"|(?P<tag></?[a-zA-Z!?][^>]{0,80}>)"
    r"|(?P<code>#\s?(?:include|define|if|endif)\b|//|/\*|\*/)"
    r"|(?P<sigil>[^'\"(\[<])"
)
_STAT = re.compile(r"\S[^|]{0,100} \|\s+(?:\d+ ?[-+]*$|Bin\b)")
_GREETINGS = frozenset(
    "hi hello hey hallo dear moin hola ciao salut bonjour greetings all folks guys liebe lieber servus olá oi howdy gents gentlemen".split()
)
_GREETING_PAIRS = frozenset(
    [
        "good morning",
        "good day",
        "good afternoon",
        "good evening",
        "guten tag",
        "guten morgen",
        "sehr geehrte",
        "buenos días",
        "buenas tardes",
    ]
)
_THANKS = frozenset(
    "thanks thx tia regards cheers best sincerely rgds br hth ciao saludos grüße gruß gruss gruesse mfg lg salu2 respectfully bye later yours "
    "cordialement merci danke gracias obrigado abraço abraços saluti grazie love cu".split()
)
_THANKS_PAIRS = frozenset(
    ["thank you", "many thanks", "kind regards", "warm regards", "kindest regards", "warmest regards", "with regards", "best wishes",
     "mit freundlichen", "viele grüße", "liebe grüße", "freundliche grüße", "hope this", "hope that", "hope it", "good luck", "take care", "un saludo"]
)  # fmt: skip
_CODE_END = re.compile(r"[;{}]\s*(?://.*|/\*.*)?$|\)\s*:$|[=({,\\]$")
_CODE_ENDINGS = ";{}=(,\\:/"
_CODE_SORTS = tuple("a( a_ _a A_ a[ $a a:: -> == != <= >= && </ />".split())  # looked for in the sorts
# Words that lists and companies put at the end of every mail.
_FOOTER = ("unsubscrib", "mailing list", "mailinglist", "subscribed", "majordomo", "list archive", "listinfo", "desuscrib",
           "privileged", "confidential", "intended recipient", "automatically generated")  # fmt: skip
_PHONE = re.compile(r"\+?\(?\d{2,4}\)?[ ./-]\d{3}[ ./-]\d{3,5}")
_WORD = re.compile(r"[^\W\d_]+")
_WIDE = re.compile(r"\S(?:  +|\t+)\S")
_ACTION = re.compile(
    r"\S (?:changed|updated|commented on|created|resolved|closed|reopened|edited|logged work on|assigned)(?: an issue)?\b[^:]{0,40}:$"
)
# Above a quote these are enough, though attribution.py wants more before it names an author.
_SAID = re.compile(
    r"^(?:According to|Citando|Quoting|From) |\w@\w|\d[:.]\d\d|\b(?:\d{4}|wrote|writes|said|says|spake|asked|wrote in)\b"
)
_WROTE = re.compile(
    r"^\S.{0,80}\b(?:wrote|writes|said|says|schrieb|escribió|escreveu)\s?[:：]$|^According to [^:]{2,80}:$"
)
_DATED_PERSON = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ ,][^<>]{1,80}<[^<> ]{1,80}@[^<> ]{1,80}>[:：]?$")
_DATED = re.compile(r"(?:On |Le |Am |El )?\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},? ")
# Each character's sort, for shapes and counts: A upper case, a lower case or beyond ASCII, 9 digit, blank, punctuation itself.
_SORTS = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ?bcdefghijklmnopqrstuvwxyz012345678\t\r\f\v",
    b"A" * 26 + b"a" * 26 + b"9" * 9 + b"    ",
)
_NO_PROSE_MARKS = str.maketrans("", "", ".,'!-\"")
_NO_MARKS = str.maketrans("", "", "Aa9 ")
# Words that hold sentences together, in the languages that lists see most; a line without any is seldom prose.
_GLUE = frozenset(
    "the a an of to and in is it that i for you not with be on this are have as was but or if can will my we at do from by so what me "
    "there they just would all about like no your when one any has how more some up out get don know them which who were then than been "
    "could does should had only too also now because der die das und ist ich nicht ein eine zu den mit auf für es sich von dem auch wie "
    "aber wenn noch el la los las un una que de en y es no se lo por con para como mas pero le les des et est pas je il ce qui dans une "
    "du au sur pour o os do da em um uma não com se e che di il per non sono si ma ho del della i w na nie to się jest et af er og det "
    "at jag att och som het een van is dat niet yang dan di itu ini untuk".split()
)


@dataclass(slots=True)
class Step:
    """A line to judge, or a run of lines whose label is certain; `end` is exclusive.

    `keys` are what is known of the line, one for each of GROUPS; `features` spells them out. The model adds up weights
    key by key and remembers the sums, for few keys are new.
    """

    first: int
    end: int
    fixed: str | None
    gap: bool
    keys: tuple[Key, ...] = ()

    @property
    def features(self) -> list[str]:
        return [name for group, key in zip(GROUPS, self.keys, strict=False) for name in group(*key)]


class _Look:
    """What one line shows by itself."""

    __slots__ = ("cues", "first", "glue", "head", "kind", "last", "pipes", "shape", "tech", "text", "wide", "words")

    def __init__(self, kind: str = "^", tech: int = 0) -> None:
        self.kind = kind
        self.tech = tech  # 0 to 4: how much of it is punctuation as in code and logs
        self.cues = ""  # L footer word, M address, T telephone, U link
        self.glue = 0  # 0 no word; 1 to 4: share of the words in _GLUE
        self.pipes = 0
        self.wide = False  # columns: two spaces or a tab between words
        self.words: tuple[tuple[str, ...]] = ((),)
        self.head = self.text = self.shape = self.first = self.last = ""


_EDGE = _Look()
_QUOTE = _Look("Q")
_PATCH = _Look("P", 4)
_BREAKS = frozenset({"dash2", "rule", "original", "forwarded", "Q"})


def read_steps(text: str) -> tuple[list[Step], list[Step]]:
    """Cut a body into the steps to judge, features and all, and those that are too many to look at (without features).

    >>> [(s.first, s.end, s.fixed) for s in read_steps("Hi,\\n\\n> a\\n>\\n> b\\nyes")[0]]
    [(0, 1, None), (2, 5, 'quotation'), (5, 6, None)]
    """
    lines = text.split("\n")
    steps = _cut(lines)
    left_out: list[Step] = []
    if len(steps) > HEAD + TAIL:
        steps, left_out = steps[:HEAD] + steps[-TAIL:], steps[HEAD:-TAIL]
    small = text.lower()
    footer = any(word in small for word in _FOOTER)
    looks = [
        _look(lines[s.first], footer) if s.fixed is None else _QUOTE if s.fixed == "quotation" else _PATCH
        for s in steps
    ]
    _describe(steps, looks, _find_attributions(lines, steps, looks))
    return steps, left_out


def _cut(lines: Sequence[str]) -> list[Step]:
    steps: list[Step] = []
    gap = False
    at, count = 0, len(lines)
    while at < count:
        line = lines[at]
        first = line[:1]
        if first == ">":
            _extend(steps, at, "quotation", gap)
            gap = False
        elif not line or line.isspace():
            gap = True
        elif first == "@" and (hunk := _HUNK.match(line)):
            at, gap = _cut_hunk(lines, at, hunk, steps, gap)
            continue
        else:
            steps.append(Step(at, at + 1, None, gap))
            gap = False
        at += 1
    return steps


def _cut_hunk(lines: Sequence[str], at: int, hunk: re.Match[str], steps: list[Step], gap: bool) -> tuple[int, bool]:
    """Take the lines that a hunk's header counts; give the line behind them, and whether a gap stands before that."""
    old, new = int(hunk[1] or 1), int(hunk[2] or 1)
    _extend(steps, at, "patch", gap)
    step = steps[-1]
    gap = False
    count = len(lines)
    at += 1
    while (old > 0 or new > 0) and at < count:
        line = lines[at]
        start = line[:1]
        if start in _HUNK_STARTS and not (line == "-- " and old <= 0):
            if start != "+" and start != "\\":
                old -= 1
            if start != "-" and start != "\\":
                new -= 1
            gap = not line or line.isspace()
            if not gap:
                step.end = at + 1
        elif start != ">" and at + 1 < count and lines[at + 1][:1] in _HUNK_LINES:
            step.end = at + 1  # a hunk's line that a mail program broke
            gap = False
        else:
            break
        at += 1
    return at, gap


def _extend(steps: list[Step], at: int, label: str, gap: bool) -> None:
    if steps and steps[-1].fixed == label:
        steps[-1].end = at + 1
    else:
        steps.append(Step(at, at + 1, label, gap))


@lru_cache(maxsize=8192)  # greetings, trailers, footers and signatures come again and again
def _look(line: str, footer: bool) -> _Look:
    """Look at one line. `footer`: the body has a footer's words somewhere, so this line may."""
    look = _Look()
    text = look.text = line.strip()[:LOOK].rstrip()
    size = len(text)
    # One byte a character, so that the sorts keep the places of the text.
    sorts = text.replace("?", ".").encode("ascii", "replace").translate(_SORTS).decode("ascii")
    small = text.lower()
    words = _WORD.findall(small[:120])
    look.head = text[:12].split(None, 1)[0]
    look.shape = _find_shape(sorts)
    look.kind = _find_kind(text, sorts, words)
    look.first, look.last = sorts[0], sorts[-1]
    cues = "L" if footer and any(word in small for word in _FOOTER) else ""
    marks = sorts.translate(_NO_MARKS)
    tech = 0
    if marks:
        if "@" in marks:
            cues += "M"
        if sorts.count("9") >= 7 and _PHONE.search(text):
            cues += "T"
        if "://" in text or "www." in small:
            cues += "U"
        odd = len(marks) - (len(marks) - len(marks.translate(_NO_PROSE_MARKS))) // 2
        if odd * 12 > size:
            tech = 2 if odd * 6 > size else 1
        if (text[-1] in _CODE_ENDINGS or "//" in text) and _CODE_END.search(text):
            tech += 1
        if odd:
            for sign in _CODE_SORTS:
                if sign in sorts:
                    tech += 1
                    break
        if "|" in marks:
            look.pipes = min(text.count("|"), 3)
    elif sorts.count("9") >= 7 and _PHONE.search(text):
        cues += "T"
    look.cues, look.tech = cues, tech
    look.wide = ("  " in text or "\t" in text) and _WIDE.search(text) is not None
    if words:
        look.glue = 1 + min(3, sum(map(_GLUE.__contains__, words)) * 8 // len(words))
        look.words = ((words[0], *sorted(set(words[:16]))),)
    return look


def _find_shape(sorts: str) -> str:
    """The sorts of a line's beginning, each run of one as one, at most seven."""
    shape = last = ""
    for sort in sorts[:24]:
        if sort != last:
            shape += sort
            if len(shape) == 7:
                break
            last = sort
    return shape


def _find_kind(text: str, sorts: str, words: Sequence[str]) -> str:
    if "|" in text and _STAT.match(text):
        return "stat"
    first = sorts[0]
    if first in "Aa":
        if len(text) < 48 and words:
            pair = " ".join(words[:2])
            if words[0] in _GREETINGS or pair in _GREETING_PAIRS:
                return "greeting"
            if words[0] in _THANKS or pair in _THANKS_PAIRS:
                return "thanks"
        match = _LETTER.match(text)
    else:
        match = (_DIGIT if first == "9" else _MARK).match(text)
    return (match.lastgroup or "text") if match else "text"


def _find_attributions(lines: Sequence[str], steps: Sequence[Step], looks: Sequence[_Look]) -> list[str]:
    """Mark what says who wrote the text below: A as attribution.py reads it, which is certain; B and C by looser rules."""
    marks = [""] * len(steps)
    for n, (step, look) in enumerate(zip(steps, looks, strict=True)):
        if step.fixed:
            continue
        text = look.text
        colon = text[-1] in ":："
        if look.kind == "comment":
            marks[n] = "A"
            step.fixed = "quotation_marker"
            continue
        above_quote = n + 1 < len(steps) and looks[n + 1] is _QUOTE
        if not above_quote and not colon:
            if "@" in text and _DATED_PERSON.match(text):
                marks[n] = "A"
                step.fixed = "quotation_marker"
            continue
        if colon and _ACTION.search(text):
            marks[n] = "C"
            continue
        first = n
        while first > 0 and n - first < MAX_LINES - 1 and not steps[first].gap and not steps[first - 1].fixed:
            first -= 1
        found = parse_attribution([lines[steps[k].first] for k in range(first, n + 1)])
        if found is not None and (above_quote or text[0] != "*"):
            for k in range(n - found.lines + 1, n + 1):
                marks[k] = "A"
                steps[k].fixed = "quotation_marker"
        elif above_quote and _WROTE.search(text):
            marks[n] = "A"
            step.fixed = "quotation_marker"
        elif above_quote and (_SAID.search(text) if colon else "@" in text and _DATED.match(text)):
            marks[n] = "B"
    return marks


def _sums(counts: Iterable[int]) -> list[int]:
    return [0, *accumulate(counts)]


def _describe(steps: Sequence[Step], looks: Sequence[_Look], marks: Sequence[str]) -> None:
    count = len(steps)
    kinds = [look.kind + mark for look, mark in zip(looks, marks, strict=True)]
    kinds += ["$", "$"]  # so that two lines ahead, and two lines back from the first, there is something
    kinds += ["^", "^"]
    # Sections between rules, quotes and pasted mail; a footer's words colour all of its lines.
    openers, cues_of, sizes = ["^"], [""], [0]
    section_of = []
    for look in looks:
        if look.kind in _BREAKS:
            openers.append(look.kind)
            cues_of.append("")
            sizes.append(0)
        if look.cues and look.cues not in cues_of[-1]:
            cues_of[-1] = "".join(sorted({*cues_of[-1], *look.cues}))
        section_of.append((len(sizes) - 1, sizes[-1]))
        sizes[-1] += 1
    quotes_left = sum([look is _QUOTE for look in looks])
    quotes_seen = False
    tech = _sums([look.tech for look in looks])
    glue = _sums([look.glue for look in looks])
    block_first = 0
    block_ends = _block_ends(steps)
    looks = [*looks, _EDGE]  # behind the last, and before the first
    for n, step in enumerate(steps):
        look = looks[n]
        if step.gap or (n and steps[n - 1].fixed):
            block_first = n
        if step.fixed:
            if look is _QUOTE:
                quotes_left -= 1
                quotes_seen = True
            continue
        last, following = looks[n - 1], looks[n + 1]
        before = "_" + kinds[n - 1] if step.gap else kinds[n - 1]
        after = "_" + kinds[n + 1] if n + 1 < count and steps[n + 1].gap else kinds[n + 1]
        number, since = section_of[n]
        low, high = n - _NEAR if n > _NEAR else 0, min(count, n + _NEAR + 1)
        mood = (tech[high] - tech[low]) * 2 // (high - low)
        low, high = n - 3 if n > 3 else 0, min(count, n + 4)
        prose = (glue[high] - glue[low]) * 2 // (high - low)
        block_end = block_ends[n]
        step.keys = (
            (kinds[n], before, after),
            (openers[number], since if since < 20 else 20, cues_of[number], number == len(sizes) - 1),
            (
                quotes_seen,
                quotes_left > 0,
                block_end - block_first if block_end - block_first < 20 else 20,
                n == block_first,
                n == block_end - 1,
            ),
            (
                prose,
                mood,
                look.glue,
                last.shape == look.shape,
                following.shape == look.shape,
                last.head == look.head,
                following.head == look.head,
            ),
            (look.last, look.cues, after, last.last, before[0], look.first),
            (look.pipes, marks[n], look.wide, mood),
            look.words,
        )


# What is known of a line, in groups: a key gives the features of its group.


def _name_kinds(kind: str, before: str, after: str) -> list[str]:
    return [f"k:{kind}", f"k-:{before}", f"k+:{after}", f"k-k:{before} {kind}", f"kk+:{kind} {after}"]


def _name_section(opener: str, since: int, cues: str, last: bool) -> list[str]:
    end = "L" if last else ""
    return [f"p:{opener}{_BUCKETS[since]}{end}", f"u:{opener}{cues}{end}"]


def _name_place(quotes_seen: bool, quotes_left: bool, block: int, first: bool, last: bool) -> list[str]:
    return [f"q:{quotes_seen:d}{quotes_left:d}", f"bl:{_BUCKETS[block]}{' f' if first else ''}{' l' if last else ''}"]


def _name_likeness(prose: int, mood: int, glue: int, *same: bool) -> list[str]:
    letters = "".join(letter for letter, alike in zip("sShH", same, strict=True) if alike)
    return [f"Pm:{prose}{mood}", f"=g:{letters}{glue}"]


def _name_ends(ending: str, cues: str, after: str, last_ending: str, gap: str, first: str) -> list[str]:
    return [f"e+:{ending}{after}", f"u+:{cues}{after}", f"e-:{last_ending}{gap}{first}"]


def _name_signs(pipes: int, mark: str, wide: bool, mood: int) -> list[str]:
    found = [f"|:{pipes}"] if pipes else []
    found += [f"A:{mark}"] if mark else []
    return found + (["wide", f"wide {mood}"] if wide else [])


def _name_words(words: Sequence[str]) -> list[str]:
    return [f"f:{words[0]}", *(f"w:{word}" for word in words[1:])] if words else []


Key = tuple[Any, ...]
GROUPS: tuple[Callable[..., list[str]], ...] = (
    _name_kinds,
    _name_section,
    _name_place,
    _name_likeness,
    _name_ends,
    _name_signs,
    _name_words,
)


def _block_ends(steps: Sequence[Step]) -> list[int]:
    ends = [0] * len(steps)
    end = len(steps)
    for n in range(len(steps) - 1, -1, -1):
        if n + 1 < len(steps) and (steps[n + 1].gap or steps[n].fixed or steps[n + 1].fixed):
            end = n + 1
        ends[n] = end
    return ends
