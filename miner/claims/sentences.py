"""The text that may hold claims, cut into sentences that keep their place in the body.

Own text only; of flattened mail also the quotes whose source nobody has. Left out: changelog entries, code, logs,
commands, bare links and trailers (miner/trailers.py reads those). A sentence never crosses a blank line, a list bullet or the
edge of a layer. Its text is as long as its piece of the body, quote marks blanked, so that offsets stay true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from miner.model import Layer, Message, Problem

Zone = Literal["own", "commit"]  # commit: the commit message or cover letter of a patch mail

_OWN: Zone = "own"
LONGEST_LINE = 20_000  # characters; some programs write a paragraph as one line, and flattened mail may be one
LONGEST_SENTENCE = 1_200
LONGEST_TEXT = 200_000  # characters of own text of one mail that are read
LONGEST_HEADING = 160  # characters; what begins a changelog is shorter
LONGEST_KEPT = 1_000  # characters of a line or of a paragraph that is remembered

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
# What other programs print: titles of commits, logs, results of tests, git about a tree.
_PRINTED = re.compile(
    r"\s*+(?:[0-9a-f]{7,40} (?:\([^()\n]{1,80}\) )?(?:[\w/.,-]{1,40}: \S|Merge (?:tag|branch|remote|pull)\b|Revert \")"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ [\w./-]+(?:\[\d+\])?: |(?:<\d{1,2}>)?\[ *\d+\.\d{4,}\]"
    r"|\d{4}-\d\d-\d\d[ T]\d\d:\d\d\S* (?:\S+ )?\[?(?:INFO|DEBUG|WARN(?:ING)?|ERROR|NOTICE)\b|(?:INFO|DEBUG|TRACE|NOTICE): "
    r"|not ok \d|ok \d+ [-#]|(?:===|---) (?:RUN|PASS|FAIL|SKIP|CONT)\b|(?:X?PASS(?:ED)?|X?FAIL(?:ED)?|SKIP(?:PED)?|T(?:PASS|FAIL|CONF|BROK|INFO)): (?:(?!\d)\S|\d+\s*$)"
    r"|[a-z]\w*/\d{3}\s+(?:\d+s\b|\[|\.\.\.|- )|\S{1,200}::\S{1,200} (?:PASSED|FAILED|SKIPPED|ERROR)\b"
    r"|On branch \S+$|Your branch (?:is|and) |nothing to commit\b|Merge made by the |Fast-forward$|Auto-merging \S+$|CONFLICT \(|patching file \S"
    r"|Hunk #\d|\d+ out of \d+ hunks?\b|Updating [0-9a-f]{7,40}\.\.|\[[\w./-]+ [0-9a-f]{7,40}\] |Successfully rebased |Already up.to.date)"
    r"|.*(?:(?<=\s\s)|(?<=\|\s)|(?<=[|\t]))(?:PASS(?:ED)?|FAIL(?:ED)?|SKIP(?:PED)?|SUCCESS|ERROR|WARNING|TIMEOUT)(?:\s\s|\t|\s*\||\s*$)"
)
_COMMIT = re.compile(r"\s{0,8}commit [0-9a-f]{7,40}\b")  # as git log shows it, with its message indented below
_OF_COMMIT = re.compile(r"(?:\s*(?:Author|AuthorDate|Date|Merge|Commit|CommitDate|Notes)\b.{0,20}: | {4}|\t)")
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
_SCISSORS_BEGIN = frozenset("-FS")
_TOOL_BEGINS = frozenset("acefghlnpruwACEFGHLNPRUW+✓✗")  # but for the "... has style problems" of checkpatch
_CUT = re.compile(r"^---+\s*$")
_END = re.compile(
    r"[.!?…:;](?:(?:(?<=[.!?…])(?<![.!?…]{2})[.!?…]*+|(?<=[:;])-?\))[\"')\]*]*(?=\s+\S)|(?<=\S:)(?=\s*\n\s*\S))"
)
_SHORT = re.compile(
    r"(?:\b(?:e\.?g|i\.?e|etc|vs|cf|resp|approx|no|nr|fig|sec|dept|mr|mrs|dr|st|a\.?k\.?a|w\.r\.t|v|pls|esp|incl|misc)|(?:^|[\s(])[A-Z])\.$",
    re.I,
)
_NEXT = re.compile(r"\S")
_LOWER = re.compile(r"\s+[a-z]")
_NEAR = 120  # characters around a mark in which the parentheses stand that hold it
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


class Paragraph(NamedTuple):
    """Lines of prose that stand directly below each other, without a bullet, their quote marks blanked."""

    start: int
    text: str
    zone: Zone
    by: str | None


def split_sentences(message: Message) -> Iterator[Sentence]:
    """All sentences that may hold a claim, in order."""
    for number, (start, text, zone, by) in enumerate(_split_paragraphs(message)):
        for first, sentence in _keep_cut(text) if len(text) <= LONGEST_KEPT else _cut_text(text):
            yield Sentence(start + first, sentence, zone, number, by)


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


def _cut_text(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of a paragraph and where they begin in it, blanks around them left out."""
    ends = [end.end() for end in _END.finditer(text) if _ends_sentence(text, end)]
    for start, end in pairwise((0, *ends, len(text))):
        bare = text[start:end].lstrip()
        start = end - len(bare)
        bare = bare.rstrip()
        if 2 <= len(bare) <= LONGEST_SENTENCE:
            yield start, bare


@lru_cache(maxsize=5_000)
def _keep_cut(text: str) -> tuple[tuple[int, str], ...]:
    """The same, remembered: one paragraph in three was met before, in the version before of its patch."""
    return tuple(_cut_text(text))


def _ends_sentence(text: str, end: re.Match[str]) -> bool:
    """Whether a full stop ends more than a short form, and dots more than a pause."""
    mark = end.group()
    if "(" in text and _goes_on(text, end):
        return False
    if mark == ".*" and text[end.start() - 1 : end.start()].isdigit():  # "6.* and later"
        return False
    if mark.startswith("..."):
        found = _NEXT.search(text, end.end())
        return found is None or not found.group().islower()
    return not (mark.startswith(".") and _SHORT.search(text[max(0, end.end() - 12) : end.end()]))


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """Whether a sentence goes on behind a mark within its parentheses: "the loom (9?) patches", "(3. Loom)", ("loom: be quiet")."""
    opened = text.rfind("(", max(0, end.start() - _NEAR), end.start())
    within = text[opened + 1 : end.start()]
    closed = text.find(")", end.start(), end.start() + _NEAR)
    if opened < 0 or ")" in within or closed < 0:
        return False
    if closed >= end.end():
        return within[:1] in ('"', "“") or (within.isdigit() and end.group() == ".")  # a title, or a number in a list
    bare = (
        end.group()[0] == "." and end.group()[:2] != ".."
    )  # a full stop, where a sentence within parentheses may end as well
    if bare and not (within.isdigit() or within[:1] in ('"', "“") or _SHORT.search(text[: end.start() + 1][-12:])):
        return False
    return _LOWER.match(text, end.end()) is not None


def find_unread(message: Message) -> Iterator[Problem]:
    """What is over a limit of a mail's own text, so that no claim is looked for in it."""
    if len(message.body) <= LONGEST_LINE:
        return
    lines, read = message.lines, 0
    for layer in message.layers:
        for at in range(layer.first_line, layer.end_line) if is_read(message, layer) else ():
            place, size = f"{message.where}, line {at + 1}", len(lines[at])
            if size > LONGEST_LINE:
                yield Problem(place, f"no claims read in a line of more than {LONGEST_LINE:,} characters", "part")
            elif read > LONGEST_TEXT:
                yield Problem(place, f"no claims read behind {LONGEST_TEXT:,} characters of own text", "part")
                return
            else:
                read += size


def _split_paragraphs(message: Message) -> Iterator[Paragraph]:
    body = message.body
    lines = body.split("\n", max((layer.end_line for layer in message.layers if is_read(message, layer)), default=0))
    commit_ends = find_commit_end(message, lines)
    head = body[: len(body) - len(lines[-1])]
    fenced = _find_fenced(message, lines) if "```" in head or "~~~" in head else frozenset()
    from_tool: bool | None = None  # not asked yet, like `has_cut`
    has_cut: bool | None = None
    read = 0
    start = counted = 0  # where a line begins, and how many lines stand before it
    in_changes = in_pasted = in_log = False
    texts: list[str] = []  # of the lines of a paragraph
    first, zone, by = 0, _OWN, None  # where it begins, and what else is told of it
    for layer in message.layers:
        if not is_read(message, layer):
            in_changes = in_log = False
            continue
        if texts:
            yield Paragraph(first, "\n".join(texts), zone, by)
            texts = []
        by = layer.author if layer.kind == "quote" else None
        start += sum(map(len, lines[counted : layer.first_line])) + layer.first_line - counted
        counted = layer.end_line
        for at in range(layer.first_line, layer.end_line):
            line = lines[at]
            begin, start = start, start + len(line) + 1
            prose = len(line) <= LONGEST_LINE and read <= LONGEST_TEXT
            if prose:
                read += len(line)
                marks = _MARKS.match(line) if layer.depth else None
                text = " " * marks.end() + line[marks.end() :] if marks else line
                prose = bool(text) and not text.isspace()
            if prose:
                prose, bullet, kind, changes = _keep_look(text) if len(text) <= LONGEST_KEPT else _look_at(text)
                if kind == "cut":
                    in_pasted = in_changes = False
                elif kind == "scissors" and layer.kind == "own":
                    has_cut = "\n---\n" in f"\n{body}\n" if has_cut is None else has_cut
                    in_pasted = in_pasted or has_cut
                elif kind == "tool":
                    from_tool = any(mark in body for mark in _TOOL_MARKS) if from_tool is None else from_tool
                    prose = prose and not from_tool
                if changes is not None:
                    in_changes = changes
                elif in_changes and at > 0 and not lines[at - 1].strip() and _leaves_changes(text):
                    in_changes = False
            if _COMMIT.match(line) and at + 1 < layer.end_line and _OF_COMMIT.match(lines[at + 1]):
                in_log = True
            elif in_log and line.strip() and not _OF_COMMIT.match(line):
                in_log = False
            if not prose or in_changes or in_log or at in fenced:
                if texts:
                    yield Paragraph(first, "\n".join(texts), zone, by)
                    texts = []
                continue
            stands: Zone = "commit" if at < commit_ends or in_pasted else "own"
            if texts and (bullet or stands != zone):
                yield Paragraph(first, "\n".join(texts), zone, by)
                texts = []
            if not texts:
                first, zone = begin + bullet, stands
            if len(text) > bullet:
                texts.append(text[bullet:])
    if texts:
        yield Paragraph(first, "\n".join(texts), zone, by)


def _look_at(text: str) -> tuple[bool, int, Literal["", "cut", "scissors", "tool"], bool | None]:
    """What a line that is not blank is by itself: whether prose, where its bullet ends (0: it has none), of which kind, and whether
    it begins (True) or ends (False) a changelog."""
    bare = text.strip()
    kind: Literal["", "cut", "scissors", "tool"] = ""
    if text[0] == "-" and _CUT.match(text):
        kind = "cut"
    elif bare[0] in _SCISSORS_BEGIN and _SCISSORS.match(text):
        kind = "scissors"
    elif (bare[0] in _TOOL_BEGINS or " problems," in bare.lower()) and _TOOL.match(text):
        kind = "tool"
    may_head = bare[0] in _HEADING_BEGINS and len(bare) < LONGEST_HEADING
    heads = may_head and (found := _CHANGES.match(bare)) is not None and _begins_changes(found)
    coded = _SIGNS.search(text) and (is_trailer(text) or ((code := _CODE.match(text)) and _is_code(code)))
    bullet = _BULLET.match(text)
    return (
        not coded and _has_words(bare) and not _PRINTED.match(text),
        bullet.end() if bullet else 0,
        kind,
        not _WAITS.search(bare) if heads else None,
    )


@lru_cache(maxsize=20_000)
def _keep_look(text: str) -> tuple[bool, int, Literal["", "cut", "scissors", "tool"], bool | None]:
    """The same, remembered: two lines in five were met before."""
    return _look_at(text)


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
            if lines[at].startswith("---") and _CUT.match(lines[at]):
                return at
        if layer.kind == "patch":
            return layer.first_line
    return len(lines)
