"""The text that may hold claims, cut into sentences that keep their place in the body.

Own text only; of flattened mail also the quotes whose source nobody has. Left out: changelog entries, code, logs,
commands, bare links and trailers (miner/trailers.py reads those). A sentence never crosses a blank line, a list bullet or the
edge of a layer. Its text is as long as its piece of the body, quote marks blanked, so that offsets stay true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from miner.model import Layer, Message

Zone = Literal["own", "commit"]  # commit: the commit message or cover letter of a patch mail

LONGEST_LINE = 2_000  # characters; longer lines are data, not prose
LONGEST_SENTENCE = 1_200
LONGEST_TEXT = 200_000  # characters of own text of one mail that are read
LONGEST_HEADING = 160  # characters; what begins a changelog is shorter
LONGEST_FLAT_LINE = 20_000  # flattened mail may be one line

_MARKS = re.compile(r"[ \t]*(?:>[> \t]*)")
_BULLET = re.compile(r"\s*(?:[-*•+o]|\(?\d{1,2}[.)]|\(?[a-zA-Z][.)]|=>|->)\s+")
_TRAILER = re.compile(
    r"\s{0,8}[A-Za-z]{2,20}(?:-[A-Za-z]{1,20}){0,4}-[bB]y ?::?(?:\s|$)|\s{0,4}(?:Cc|CC|Fixes|Link|Closes|Message-I[dD]): "
)
# Here and below, what was matched once is not tried in another way, so that no line costs more than a few passes over it.
_CODE = re.compile(
    r"(?:\t| {3,})\S(?:.*(?:[;{}]|->\w|[|&=+]=|\*/|/\*)|(?>.*?\w\().*\))"
    r"|\s*+(?:\[ *\d+\.\d{4,}\]|\$ \S|# (?!syz)\w|(?:if|for|while|switch) \(|(?:static|struct|return|int|void|const|goto|#define|#include) .*[;{(]"
    r"|\}|\{|[+-]{1,3}[^\s-].*[;{(]|(?P<end>.*;\s*$)|BUG: |RIP: |Call Trace|[\w./-]+:\d+:(?:\d+:)? |\w+: \w+$)"
    r"|\s*+(?:(?:\[\d+\]|\d+:)\s*+)?(?=\S*+\s*+$)\S*(?:https?|git)://\S|\s*+(?:\[\d+\]|\d+:)\s*+$"
    r"|(?:From|Date|Subject|To|Cc|Message-ID|In-Reply-To|References): "
)
# What git, checkpatch and b4 print, pasted into a mail; read so where one of _TOOL_MARKS stands in the body.
_TOOL_MARKS = ("\nApplying: ", "\nerror: ", "style problems, please review", "\nGrabbing ")
_TOOL = re.compile(
    r"\s*(?:Applying |Applied patch \S+ (?:cleanly|to)|Checking (?:patch|for|attestation) |(?:error|fatal|hint|warning|note|check): |Patch failed at "
    r"|(?:Grabbing|Retrieving|Analyzing|Looking (?:for|up)) |(?:Using|Falling back to) .*\.\.\.$|.*has style problems, please review|[+✓✗] )",
    re.I,
)
_SIGNS = re.compile(r"[;{}(\[:$#>=*]|Call Trace")  # a line with none of these is no code and no trailer
_PLAIN_WORD = re.compile(r"(?<![\w.\"'/-])[A-Za-z][a-z]{1,20}(?![\w(\"'/-]|->)")
_DECLARES = re.compile(r"\s*(?:>|(?:unsigned|signed|long|char|bool|enum|union) )")
_OF_CODE = ("=", "(", "->", ");", "\t")
_FEWEST_PLAIN = 5  # words of a line of prose that ends in a semicolon
_FENCE = re.compile(r"\s*(?P<mark>```|~~~(?!~))(?P<bare>`*\s*$)?[^`]*$")
_CHANGES = re.compile(
    r"[-*#= ]*(?=[(\[curhvs])(?:\(?(?P<told>(?:changes?|changed|chagnes|updates?) (?:since|from|in|for|to|log|between|compared|vs\.?|at) ?\(?(?:the )?(?:\w+ )?"
    r"(?:RFC|[vV]\d|version|previous|last|patch ?set|\d))|change ?-?log\b|revision history|history:|version (?:history|log)|since [vV]\d"
    r"|\[?(?:RFC ?)?[vV]\d{1,2}\]?(?:[.]\d)?\s*(?:(?:-+>|=>|→|to)\s*\[?(?:RFC ?)?[vV]?\d{1,2}\]?\s*)?(?::|--? |\s*$|\())",
    re.I,
)
_MANY_WORDS = re.compile(r"(?:\S+\s+){6}\S")
_HEADING_BEGINS = frozenset("-*#=([cCuUrRhHvVsS")  # of _CHANGES
_WAITS = re.compile(r"wait|depend|await|pending|on hold|based on", re.I)
_SCISSORS = re.compile(r"\s*(?:-+ *(?:>8|8<|%<|>%)|(?:-{2,} ?)(?:>8|8<))|(?:From [0-9a-f]{40} |From: .*@|Subject: )")
_CUT = re.compile(r"^---+\s*$")
_END = re.compile(
    r"[.!?…:;](?:(?:(?<=[.!?…])(?<![.!?…]{2})[.!?…]*+|(?<=[:;])-?\))[\"')\]*]*(?=\s+\S)|(?<=\S:)(?=\s*\n\s*\S))"
)
_SHORT = re.compile(
    r"(?:\b(?:e\.?g|i\.?e|etc|vs|cf|resp|approx|no|nr|fig|sec|dept|mr|mrs|dr|st|a\.?k\.?a|w\.r\.t|v|pls|esp|incl|misc)|(?:^|[\s(])[A-Z])\.$",
    re.I,
)
_NEXT = re.compile(r"\S")
_DANGLING = re.compile(r"\b(?:(?:to|at|in|into|on|here)\s?:?|(?:sent|posted|submitted|available)\s?:)$")
_LINK_BELOW = re.compile(
    r"[ \t]*\n(?:[ \t]*\n){0,2}[ \t]*(?P<link>(?:(?:https?|git|ssh)://|[\w-]{1,60}(?:\.[\w-]{1,60}){1,5}/)\S{1,300}(?:[ \t]+[\w./-]{1,60})?)[ \t]*(?=\n|$)"
)


_LEADS = re.compile(
    r"(?!.*\b(?:version|v\d+|respin|resend)\b)\W{0,3}(?:(?:and|but|so|ok|okay),? )?(?:(?:with|if|once|after|modulo|pending|assuming|unless|until|provided)\b.*[:,]"
    r"|(?:please|pls|feel free to|you (?:can|may))\b.{0,30}?\badd(?: (?:my|this|the|it|these|to|patch(?:es)?|[\d,-]+|tags?|following))*:)$",
    re.I | re.S,
)
_TAG_BELOW = re.compile(r"\s{0,20}[A-Za-z]{3,20}(?:-[A-Za-z]{1,20}){0,4}-by ?:", re.I)


class Sentence(NamedTuple):
    """A piece of the body: `text` has the length of body[start : start + len(text)]. `by` is None for the mail's author."""

    start: int
    text: str
    zone: Zone
    paragraph: int
    by: str | None = None


class Line(NamedTuple):
    """A line of prose with its quote marks blanked."""

    start: int
    text: str
    zone: Zone
    by: str | None = None


def split_sentences(message: Message) -> Iterator[Sentence]:
    """All sentences that may hold a claim, in order."""
    for number, paragraph in enumerate(_split_paragraphs(message)):
        start = paragraph[0].start
        text = "\n".join([line.text for line in paragraph])  # its lines stand directly below each other
        for first, end in _cut_text(text):
            yield Sentence(start + first, text[first:end], paragraph[0].zone, number, paragraph[0].by)


def leads_to_trailer(body: str, sentence: Sentence) -> bool:
    """Whether a sentence says no more than what the trailer below it hangs on ("With that fixed:"), or where it goes.

    >>> text = "With the knot fixed,\\n\\nReviewed-by: Bea Cole <bea@example.org>"
    >>> leads_to_trailer(text, Sentence(0, text[:20], "own", 0))
    True
    """
    if sentence.text[-1] not in ":,":
        return False
    return bool(_TAG_BELOW.match(body, sentence.start + len(sentence.text)) and _LEADS.match(sentence.text))


def find_end(body: str, sentence: Sentence) -> int:
    """Where a sentence ends in the body: behind the link below it and the branch beside that, where its last word wants one.

    >>> text = "Applied to\\n\\n  https://git.example.org/loom.git for-next\\n\\nThanks!"
    >>> text[10 : find_end(text, Sentence(0, text[:10], "own", 0))]
    '\\n\\n  https://git.example.org/loom.git for-next'
    """
    end = sentence.start + len(sentence.text)
    below = _LINK_BELOW.match(body, end) if sentence.by is None and _DANGLING.search(sentence.text) else None
    return below.end("link") if below else end


def _cut_text(text: str) -> Iterator[tuple[int, int]]:
    """Places of the sentences of a paragraph, blanks around them left out."""
    ends = [end.end() for end in _END.finditer(text) if _ends_sentence(text, end)]
    for start, end in pairwise((0, *ends, len(text))):
        bare = text[start:end].lstrip()
        start = end - len(bare)
        end = start + len(bare.rstrip())
        if 2 <= end - start <= LONGEST_SENTENCE:
            yield start, end


def _ends_sentence(text: str, end: re.Match[str]) -> bool:
    """Whether a full stop ends more than a short form, and dots more than a pause."""
    mark = end.group()
    if mark == ".*" and text[end.start() - 1 : end.start()].isdigit():  # "6.* and later"
        return False
    if mark.startswith("..."):
        found = _NEXT.search(text, end.end())
        return found is None or not found.group().islower()
    return not (mark.startswith(".") and _SHORT.search(text[max(0, end.end() - 12) : end.end()]))


def _split_paragraphs(message: Message) -> Iterator[list[Line]]:
    paragraph: list[Line] = []
    last: Line | None = None
    for line in _prose_lines(message):
        if line is None:
            if paragraph:
                yield paragraph
            paragraph = []
            continue
        text = line.text
        bullet = _BULLET.match(text)
        if paragraph and (bullet or last is None or (last.by, last.zone) != (line.by, line.zone)):
            yield paragraph
            paragraph = []
        if bullet:
            line = Line(line.start + bullet.end(), text[bullet.end() :], line.zone, line.by)
        if line.text:
            paragraph.append(line)
        last = line
    if paragraph:
        yield paragraph


def _prose_lines(message: Message) -> Iterator[Line | None]:
    """Lines of text to read; None stands for whatever ends a paragraph."""
    lines = message.lines
    commit_ends = find_commit_end(message, lines)
    has_cut = "---" in lines
    fenced = _find_fenced(message, lines) if "```" in message.body or "~~~" in message.body else frozenset()
    from_tool = any(mark in message.body for mark in _TOOL_MARKS)
    cap = LONGEST_FLAT_LINE if message.form == "flattened" else LONGEST_LINE
    read = 0
    start = counted = 0  # where a line begins, and how many lines stand before it
    in_changes = in_pasted = False
    for layer in message.layers:
        if not is_read(message, layer):
            in_changes = False
            continue
        yield None
        by = layer.author if layer.kind == "quote" else None
        may_paste = has_cut and layer.kind == "own"
        start += sum(map(len, lines[counted : layer.first_line])) + layer.first_line - counted
        counted = layer.end_line
        for at in range(layer.first_line, layer.end_line):
            line = lines[at]
            begin, start = start, start + len(line) + 1
            if len(line) > cap or read > LONGEST_TEXT:
                yield None
                continue
            read += len(line)
            marks = _MARKS.match(line) if layer.depth else None
            text = " " * marks.end() + line[marks.end() :] if marks else line
            bare = text.strip()
            if not bare:
                yield None
                continue
            if may_paste and _SCISSORS.match(text):
                in_pasted = True
            elif text[0] == "-" and _CUT.match(text):
                in_pasted = in_changes = False
            may_head = bare[0] in _HEADING_BEGINS and len(bare) < LONGEST_HEADING
            if may_head and (found := _CHANGES.match(bare)) and _begins_changes(found):
                in_changes = not _WAITS.search(bare)
            elif in_changes and at > 0 and not lines[at - 1].strip() and _leaves_changes(text):
                in_changes = False
            if (
                at in fenced
                or in_changes
                or (from_tool and _TOOL.match(text))
                or (_SIGNS.search(text) and (is_trailer(text) or ((found := _CODE.match(text)) and _is_code(found))))
                or not _has_words(bare)
            ):
                yield None
            else:
                yield Line(begin, text, "commit" if at < commit_ends or in_pasted else "own", by)


def _find_fenced(message: Message, lines: list[str]) -> frozenset[int]:
    """The lines between two fences ("```") and these: one that no other closes is none."""
    fenced: set[int] = set()
    opened: tuple[str, int] | None = None
    for layer in message.layers:
        for at in range(layer.first_line, layer.end_line) if is_read(message, layer) else ():
            found = _FENCE.match(lines[at].lstrip("> \t") if layer.depth else lines[at])
            if found is None:
                continue
            if opened is None:
                opened = found["mark"], at
            elif opened[0] == found["mark"] and found["bare"] is not None:
                fenced.update(range(opened[1], at + 1))
                opened = None
    return frozenset(fenced)


def _is_code(found: re.Match[str]) -> bool:
    """Whether what _CODE found is more than a line of plain words that ends in a semicolon."""
    text = found.string
    if found["end"] is None or _DECLARES.match(text) or any(sign in text for sign in _OF_CODE):
        return True
    return len(_PLAIN_WORD.findall(text)) < _FEWEST_PLAIN


def _begins_changes(found: re.Match[str]) -> bool:
    """Whether what _CHANGES found is a heading; "changes since 6.6, this is why it is slow" is prose."""
    bare = found.string
    return found["told"] is None or ":" in bare or bare.endswith(")") or _MANY_WORDS.match(bare) is None


def _leaves_changes(text: str) -> bool:
    """A line after a blank one in a changelog: prose at the margin that is no entry."""
    return not text[:1].isspace() and not _BULLET.match(text) and len(text) > 30


def _has_words(bare: str) -> bool:
    return bare[0].isalpha() or any(character.isalpha() for character in bare[:200])


def is_read(message: Message, layer: Layer) -> bool:
    """Own text, and in flattened mail quotes that no other mail at hand holds."""
    return layer.kind == "own" or (message.form == "flattened" and layer.kind == "quote" and layer.origin is None)


def is_trailer(text: str) -> bool:
    return bool(_TRAILER.match(text))


def find_commit_end(message: Message, lines: list[str]) -> int:
    """The line where the commit message of a patch mail ends: its `---`, the diff, or the end of a cover letter."""
    if not message.subject.patch or message.subject.reply:
        return 0
    for layer in message.layers:
        for at in range(layer.first_line, layer.end_line) if layer.kind == "own" else ():
            if _CUT.match(lines[at]):
                return at
        if layer.kind == "patch":
            return layer.first_line
    return len(lines)
