"""What the line model of segments.py looks at: each line of a body becomes a step with named features.

A step is one line, or a whole run of lines whose label is certain (quote marks; the inside of a counted diff hunk).
The certain lines are not judged, yet their neighbours see them. Blank lines are in no step; a step knows of the gap
before it. Only the first 300 characters of a line are looked at, so that a megabyte line costs no more than a long one,
and only the first 3,000 and the last 1,000 steps of a body.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from miner.parse.attribution import MAX_LINES, parse_attribution

LOOK = 300  # characters of a line that are read
HEAD, TAIL = 3000, 1000  # steps of a body that are judged, from its start and from its end
_BUCKETS = tuple(str(n if n < 4 else 4 if n < 6 else 6 if n < 10 else 10 if n < 20 else 20) for n in range(21))
_NEAR = 2  # lines on each side that count as the surroundings

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
_CODE_SORTS = (
    "a(",
    "a_",
    "_a",
    "A_",
    "a[",
    "$a",
    "a::",
    "->",
    "==",
    "!=",
    "<=",
    ">=",
    "&&",
    "</",
    "/>",
)  # looked for in the sorts
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
_RUNS = re.compile(r"(.)\1*")
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
    """A line to judge, or a run of lines whose label is certain; `end` is exclusive."""

    first: int
    end: int
    fixed: str | None
    gap: bool
    features: Sequence[str] = ()


class _Look:
    """What one line shows by itself."""

    __slots__ = ("cues", "glue", "head", "kind", "mark", "shape", "sorts", "tech", "text", "words")

    def __init__(self, kind: str = "^", tech: int = 0) -> None:
        self.kind = kind
        self.tech = tech  # 0 to 4: how much of it is punctuation as in code and logs
        self.mark = ""  # what an attribution is marked with
        self.cues = ""  # L footer word, M address, T telephone, U link
        self.glue = 0  # 0 no word; 1 to 4: share of the words in _GLUE
        self.words: list[str] = []
        self.head = self.text = self.sorts = self.shape = ""


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
    # One byte a character, so that the sorts keep the places of the text.
    sorts = text.replace("?", ".").encode("ascii", "replace").translate(_SORTS).decode("ascii").split("\n")
    small = text.lower()
    footers = [word for word in _FOOTER if word in small]
    steps = _cut(lines)
    left_out: list[Step] = []
    if len(steps) > HEAD + TAIL:
        steps, left_out = steps[:HEAD] + steps[-TAIL:], steps[HEAD:-TAIL]
    looks = [
        _QUOTE if s.fixed == "quotation" else _PATCH if s.fixed else _look(lines[s.first], sorts[s.first], footers)
        for s in steps
    ]
    _find_attributions(lines, steps, looks)
    _describe(steps, looks)
    return steps, left_out


def _cut(lines: Sequence[str]) -> list[Step]:
    steps: list[Step] = []
    old = new = 0
    gap = False
    for at, line in enumerate(lines):
        if old > 0 or new > 0:
            start = line[:1]
            if start in ("+", "-", " ", "\\", "\t", "") and not (line == "-- " and old <= 0):
                old -= start not in ("+", "\\")
                new -= start not in ("-", "\\")
                if line and not line.isspace():
                    _extend(steps, at, "patch", gap)
                    gap = False
                else:
                    gap = True
                continue
            if start not in ("", ">") and at + 1 < len(lines) and lines[at + 1][:1] in ("+", "-", " "):
                _extend(steps, at, "patch", gap)  # a hunk's line that a mail program broke
                gap = False
                continue
            old = new = 0
        if not line or line.isspace():
            gap = True
            continue
        if line[0] == ">":
            _extend(steps, at, "quotation", gap)
        else:
            if line[0] == "@" and (hunk := _HUNK.match(line)):
                old, new = int(hunk[1] or 1), int(hunk[2] or 1)
                _extend(steps, at, "patch", gap)
            else:
                steps.append(Step(at, at + 1, None, gap))
        gap = False
    return steps


def _extend(steps: list[Step], at: int, label: str, gap: bool) -> None:
    if steps and steps[-1].fixed == label:
        steps[-1].end = at + 1
    else:
        steps.append(Step(at, at + 1, label, gap))


def _look(line: str, sorts: str, footers: Sequence[str]) -> _Look:
    look = _Look()
    text = line.lstrip()
    start = len(line) - len(text)
    text = look.text = text[:LOOK].rstrip()
    size = len(text)
    sorts = look.sorts = sorts[start : start + size]
    small = text.lower()
    words = look.words = _WORD.findall(small[:120])
    look.head = text[:12].split(None, 1)[0]
    look.shape = "".join(_RUNS.findall(sorts[:24])[:7])
    look.kind = _find_kind(text, sorts, words)
    cues = ""
    for word in footers:
        if word in small:
            cues = "L"
            break
    if "@" in text:
        cues += "M"
    if sorts.count("9") >= 7 and _PHONE.search(text):
        cues += "T"
    if "://" in text or "www." in small:
        cues += "U"
    look.cues = cues
    marks = sorts.translate(_NO_MARKS)
    tech = 0
    if marks:
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
    look.tech = tech
    if words:
        look.glue = 1 + min(3, sum(map(_GLUE.__contains__, words)) * 8 // len(words))
    return look


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


def _find_attributions(lines: Sequence[str], steps: Sequence[Step], looks: Sequence[_Look]) -> None:
    """Mark what says who wrote the text below: A as attribution.py reads it, which is certain; B and C by looser rules."""
    for n, (step, look) in enumerate(zip(steps, looks, strict=True)):
        if step.fixed:
            continue
        text = look.text
        colon = text[-1] in ":："
        if look.kind == "comment":
            look.mark = "A"
            step.fixed = "quotation_marker"
            continue
        above_quote = n + 1 < len(steps) and looks[n + 1] is _QUOTE
        if not above_quote and not colon:
            if "@" in text and _DATED_PERSON.match(text):
                look.mark = "A"
                step.fixed = "quotation_marker"
            continue
        if colon and _ACTION.search(text):
            look.mark = "C"
            continue
        first = n
        while first > 0 and n - first < MAX_LINES - 1 and not steps[first].gap and not steps[first - 1].fixed:
            first -= 1
        found = parse_attribution([lines[steps[k].first] for k in range(first, n + 1)])
        if found is not None and (above_quote or text[0] != "*"):
            for k in range(n - found.lines + 1, n + 1):
                looks[k].mark = "A"
                steps[k].fixed = "quotation_marker"
        elif above_quote and _WROTE.search(text):
            look.mark = "A"
            step.fixed = "quotation_marker"
        elif above_quote and (_SAID.search(text) if colon else "@" in text and _DATED.match(text)):
            look.mark = "B"


def _sums(counts: Iterable[int]) -> list[int]:
    return [0, *accumulate(counts)]


def _describe(steps: Sequence[Step], looks: Sequence[_Look]) -> None:
    count = len(steps)
    kinds = [look.kind + look.mark for look in looks]
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
    for n, step in enumerate(steps):
        look = looks[n]
        if step.gap or (n and steps[n - 1].fixed):
            block_first = n
        if step.fixed:
            if look is _QUOTE:
                quotes_left -= 1
                quotes_seen = True
            continue
        kind, text, words = kinds[n], look.text, look.words
        last, following = (looks[n - 1] if n else _EDGE), (looks[n + 1] if n + 1 < count else _EDGE)
        before = "_" + kinds[n - 1] if step.gap else kinds[n - 1]
        after = "_" + kinds[n + 1] if n + 1 < count and steps[n + 1].gap else kinds[n + 1]
        number, since = section_of[n]
        opener, cues = openers[number], cues_of[number]
        end = "L" if number == len(sizes) - 1 else ""
        low, high = max(0, n - _NEAR), min(count, n + _NEAR + 1)
        mood = (tech[high] - tech[low]) * 2 // (high - low)
        low, high = max(0, n - 3), min(count, n + 4)
        prose = (glue[high] - glue[low]) * 2 // (high - low)
        same = ("s" if last.shape == look.shape else "") + ("S" if following.shape == look.shape else "")
        same += ("h" if last.head == look.head else "") + ("H" if following.head == look.head else "")
        first = look.sorts[0]
        ending = look.sorts[-1]
        block_end = block_ends[n]
        step.features = features = [
            f"k:{kind}",
            f"k-:{before}",
            f"k+:{after}",
            f"k-k:{before} {kind}",
            f"kk+:{kind} {after}",
            f"p:{opener}{_BUCKETS[min(since, 20)]}{end}",
            f"u:{opener}{cues}{end}",
            f"q:{quotes_seen:d}{quotes_left > 0:d}",
            f"bl:{_BUCKETS[min(block_end - block_first, 20)]}{' f' if n == block_first else ''}{' l' if n == block_end - 1 else ''}",
            f"Pm:{prose}{mood}",
            f"=g:{same}{look.glue}",
            f"e+:{ending}{after}",
            f"u+:{look.cues}{after}",
            f"e-:{last.sorts[-1:]}{before[0]}{first}",
        ]
        if "|" in text:
            features.append(f"|:{min(text.count('|'), 3)}")
        if look.mark:
            features.append(f"A:{look.mark}")
        if ("  " in text or "\t" in text) and _WIDE.search(text):
            features.append("wide")
            features.append(f"wide {mood}")
        if words:
            features.append(f"f:{words[0]}")
            features += [f"w:{w}" for w in set(words[:16])]


def _block_ends(steps: Sequence[Step]) -> list[int]:
    ends = [0] * len(steps)
    end = len(steps)
    for n in range(len(steps) - 1, -1, -1):
        if n + 1 < len(steps) and (steps[n + 1].gap or steps[n].fixed or steps[n + 1].fixed):
            end = n + 1
        ends[n] = end
    return ends
