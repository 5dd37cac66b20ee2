"""Question marks that ask nobody anything: in tables, code, the output of programs, headings and signatures, behind words that
are said for their sound alone ("why not?"), and those that their author answers himself.

Read by the claims and by the join: both find questions, each in its own way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from miner.model import Message

_AFTER = 200  # characters behind a question that are read
_LINES_ABOVE = 6  # of a sentence that are searched for the end of a letter
_LINES_BELOW = 8  # of a "Q:" that are searched for its "A:"
_LONGEST = 2_000  # characters of a span that are read
_LONGEST_LINE = 300  # characters of a line that may be a row, a heading or a name

_ASKS = re.compile(r"\?[\"')\]!]{0,4}\s*$")
_GAP = re.compile(r"(?: {3,}| *\t[ \t]*)")
_PIPES = re.compile(r"\|.{0,400}\|$")
_RULE = re.compile(r"[-=~+|: ]{4,}$")
_UNDERLINE = re.compile(r"([-=~^])\1{4,}$")
_COMMAS = re.compile(r"[^\s,][^,]{0,40}(?:,[^\s,][^,]{0,40}){2,20}$")
_HEADING = re.compile(r"#{1,6} ")
_CODE = re.compile(r"[=<>&|*]|->|\w_\w|\w[(\[]|[\s)]\?$")
_ELSE = re.compile(r"\s{0,80}(?:[^\s?!.,;:>][^?!\n]{0,80}?)?\s{1,80}:(?=\s)")
_OUTPUT = re.compile(r"\w\+0x[0-9a-f]|\?{4}|[\w)\]] {1,40}= \?$|\b\d\d:\d\d:\d\d\b|\[\s*\d+\.\d{4,}\]|0x[0-9a-f]{8}")
_OUTPUT_LINE = re.compile(
    r"(?:error|fatal|hint|warning): |.{0,200} at \S{1,80}:\?$|\S{1,120}\.\w{1,4}:\d{1,6}:?(?:\d{1,4}:)? .{0,100}?\b(?:error|warn(?:ing)?|note|info): ",
    re.I,
)
_FACE = re.compile(r"(?:^|\s)[:;]-?\?\W*$")
_PLAIN_WORD = re.compile(r"(?<![\w.+/-])[A-Za-z]{2,30}(?![\w(+/-]|->)")
_ASKED_IN_FORM, _ANSWERED_IN_FORM = (re.compile(rf"\W*{letter}\d{{0,2}}\s?[:.)]") for letter in "QA")
_FAREWELL = re.compile(
    r"(?:(?:many )?(?:thanks|thank you|thx)(?: again| in advance)?|(?:(?:best|kind|warm|many) )?(?:regards|greetings|wishes)"
    r"|cheers|best|br|rgds|sincerely|yours(?: sincerely| truly)?) ?[,.!]?$",
    re.I,
)
_NAME = re.compile(r"[^\W\d_][\w.'-]{0,30}(?: [\w.('\")-]{1,30}){0,3}$")
_FOOTER = re.compile(
    r"\b(?:print|printing)(?: out)? (?:this|the) e?-?mail\b|^\W*(?:(?:have|got|do you have) )?any (?:more |other )?questions\W*$",
    re.I,
)
_RHETORICAL = re.compile(
    r"(?:^|[,;:!.-] )(?:(?:but|and|so|then|sure|well) )?why not\W*$|\bwho (?:knows|cares)\W*$|, (?:huh|eh|hm+)\W*$"
    r"|\bwhat could (?:possibly )?go wrong\W*$|^\W*(?:(?:so|but|ok|oh),? )?(?:right|no|yes|ok(?:ay)?|really|huh|so what)\W*$",
    re.I,
)
_TAG = re.compile(  # "It is no loom, is it?", but not "right?", which wants to know
    r"(?P<no>, ?no)\W*$|(?P<comma>,)? ?(?<!n['’]t )(?<!\bnot )(?<!\bto )(?<!never )\b(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would"
    r"|should)(?:n['’]t)? (?:it|they|this|that|there|we|you|i|he|she|one)(?: not)?\W*$",
    re.I,
)
_TAG_REACHES = 40  # characters from its beginning to the end
_DENIES = re.compile(r"\b(?:not|never|no|nothing|hardly)\b|n['’]t\b", re.I)
_IF_NOT = re.compile(r"\bif not\W", re.I)
_SETTLED = re.compile(
    r"\s{0,10}(?:(?:yes|yeah|yep|no|nope)[,.!] |not really\b|never ?mind\b|nvm\b|scratch that\b|ignore (?:that|this|me)\b"
    r"|(?:ah|oh),? (?:i see|ok|okay|right|it|that)\b)"
    r"|[ \t]{0,10}(?:-{1,3}|–|—|->|=>|\*{1,2}|_{1,2})[ \t]{0,3}\*{0,2}(?:yes|yeah|yep|no|nope)\b(?![ \t]+(?!(?:it|we|this|that|they|because|since)\b)\w)",
    re.I,
)
_BECAUSE = re.compile(r"\s{0,10}(?:because|since it|it'?s because)\b", re.I)
_WHY = re.compile(r"\bwhy\b", re.I)
_WISH = re.compile(r"\b(?:could|can|would|will) (?:you|we|i|someone|somebody|anyone)\b|\bplease\b", re.I)
_ASKING = re.compile(
    r"(?:(?:so|and|but|or|also|hmm+),? )?(?:is|are|was|were|do|does|did|can|could|will|would|should|shall|have|has|may|isn't|aren't|don't|doesn't"
    r"|didn't|can't|couldn't|won't|wouldn't|shouldn't|what|which|who|whom|whose|why|how|when|where)\b",
    re.I,
)
_ASKING_WORD = re.compile(r"(?:what|which|why|how|when|where)\b", re.I)
_ASIDE = re.compile(r"\w.*?(?<=[\s\w])\(([^()]*)\?[!\"']?\)?$", re.S)
_DONE = re.compile(r"\W*(?:(?:i['’]ve|i have|now) )?(?:applied|queued|merged|pushed|pulled|picked)\b", re.I)
_FEW_WORDS = 3  # of an aside
_FEWEST_WORDS = 4  # of a question about the output of a program


def asks_nobody(message: Message, start: int, end: int) -> bool:
    """Whether a piece of a body ends in a question mark that asks nobody."""
    body = message.body
    text = body[start:end]
    if not _ASKS.search(text[-40:]) or end - start > _LONGEST:
        return False
    line = _line_at(body, end - 1)
    return (
        (message.form != "flattened" and line.startswith(">"))
        or _HEADING.match(line) is not None
        or _OUTPUT_LINE.match(line) is not None
        or (_OUTPUT.search(text.rstrip()) is not None and len(_PLAIN_WORD.findall(text)) < _FEWEST_WORDS)
        or _FACE.search(text[-10:]) is not None
        or _is_cell(body, line, end)
        or _is_underlined(body, start, end)
        or _is_condition(text, body[end : end + _AFTER])
        or _is_answered_in_form(body, start, end)
        or _is_of_signature(body, start, end)
        or _FOOTER.search(text) is not None
        or (_RHETORICAL.search(text) is not None and _IF_NOT.search(text) is None)
        or _is_tag(text)
        or (message.form != "flattened" and _is_settled(text, body[end : end + _AFTER]))
    )


def find_aside(body: str, start: int, end: int) -> int | None:
    """Where a question between parentheses begins that asks nobody by itself: of a few words, within a sentence that goes on, or
    behind one that says what was done.

    >>> body = "It is in the other loom (the new one?) as well. Is it (or was it)?"
    >>> find_aside(body, 0, 38), find_aside(body, 48, len(body))
    (24, None)
    """
    text = body[start : min(end, start + _LONGEST)]
    found = _ASIDE.match(text)
    if found is None or _ASKING.match(text) or _ASKING_WORD.match(found[1]):
        return None
    goes_on = body[end : end + _AFTER].lstrip()[:1].islower()
    few = len(found[1].split()) <= _FEW_WORDS
    return start + found.start(1) - 1 if goes_on or few or _DONE.match(text) else None


def _line_at(body: str, at: int) -> str:
    """The line that a place lies in, without the blanks around it; of a line that is too long, nothing."""
    first, last = _line_begin(body, at), body.find("\n", at, at + _LONGEST_LINE)
    line = body[first : last if last >= 0 else at + _LONGEST_LINE]
    return line.strip() if len(line) <= _LONGEST_LINE else ""


def _line_begin(body: str, at: int) -> int:
    """Where the line of a place begins, as far back as is read."""
    least = max(0, at - _LONGEST_LINE)
    return max(body.rfind("\n", least, at) + 1, least)


def _lines_above(body: str, at: int) -> Iterator[str]:
    """The lines above the one that a place lies in, the nearest first, without the blanks around them."""
    first = _line_begin(body, at)
    for _ in range(_LINES_ABOVE):
        if first == 0:
            return
        above = _line_begin(body, first - 1)
        yield body[above : first - 1].strip()
        first = above


def _lines_below(body: str, at: int) -> list[str]:
    """The lines below the one that a place lies in, as far as they are read, without the blanks around them."""
    last = body.find("\n", at, at + _LONGEST_LINE)
    below = body[last + 1 : last + 1 + _LONGEST].split("\n") if last >= 0 else []
    return [line.strip() for line in below[:_LINES_BELOW]]


def _is_cell(body: str, line: str, end: int) -> bool:
    """Whether a line is a row of a table: three short cells or more, or a mark alone in its cell; between pipes; between
    commas without blanks, like the line below it."""
    if _PIPES.match(line):
        return True
    cells = [cell for cell in _GAP.split(line) if cell]
    if len(cells) > 2 and all(len(cell.split()) <= 4 for cell in cells):
        return True
    if len(cells) == 2 and " " not in cells[1] and cells[1].endswith("?") and cells[0][-1] not in ".:;,!?-":
        return True
    below = next(iter(_lines_below(body, end - 1)), "")
    return bool(_COMMAS.match(line) and _COMMAS.match(below) and line.count(",") == below.count(","))


def _is_underlined(body: str, start: int, end: int) -> bool:
    """Whether a line of its own stands on a rule of about its length: a heading, or the head of a table."""
    line = _line_at(body, end - 1)
    below = next(iter(_lines_below(body, end - 1)), "")
    if not _RULE.match(below) or "\n" in body[start:end]:
        return False
    if len(_GAP.split(line)) > 1 or "|" in line:
        return True
    above = next(_lines_above(body, start), "")
    return not above and bool(_UNDERLINE.match(below)) and 2 * len(line) > len(below) > len(line) / 2


def _is_condition(text: str, following: str) -> bool:
    """Whether it is the condition of `a ? b : c`."""
    return _ELSE.match(following) is not None and _CODE.search(text) is not None


def _is_answered_in_form(body: str, start: int, end: int) -> bool:
    """Whether it is the Q: of a list of questions and answers."""
    first = _line_begin(body, start)
    if not _ASKED_IN_FORM.match(body[first : first + _AFTER]):
        return False
    return any(_ANSWERED_IN_FORM.match(line) for line in _lines_below(body, end - 1))


def _is_of_signature(body: str, start: int, end: int) -> bool:
    """Whether it stands right below the name with which somebody ended his letter."""
    within = [line.strip() for line in body[start:end].split("\n")[:-1]]
    lines = [*reversed(within), *_own_lines_above(body, start)]
    for name, farewell in pairwise(lines):
        if not name:
            return False
        if _FAREWELL.match(farewell):
            return _NAME.match(name) is not None
    return False


def _own_lines_above(body: str, start: int) -> Iterator[str]:
    for line in _lines_above(body, start):
        if line.startswith(">"):
            return
        yield line


def _is_tag(text: str) -> bool:
    """Whether a statement ends in words that only ask to agree with it; without a comma it has to deny something."""
    said = " ".join(text.split())
    tag = _TAG.search(said, max(0, len(said) - _TAG_REACHES))
    if tag is None or _ASKING.match(said):
        return False
    return tag["no"] is not None or tag["comma"] is not None or _DENIES.search(said[: tag.start()]) is not None


def _is_settled(text: str, following: str) -> bool:
    """Whether its author goes on with the answer."""
    if _WISH.search(text):
        return False
    return bool(_SETTLED.match(following) or (_WHY.search(text) and _BECAUSE.match(following)))
