"""What each line of a body is by itself: how deep it is quoted, and whether it is text, a quote, a patch or a signature.

A line without a quote mark is own text unless a rule here says why not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from miner.model import LayerKind
from miner.parse.attribution import Attribution, ends_forwarded_mail

_MARKS = re.compile(r">(?:[ \t\xa0]?>)*")
_AFTER_MARK = frozenset("> \t\xa0")  # what another mark may follow
_ROBOT = re.compile(r">> ?(?:\S+:\d+(?::\d+)?:|\S+\.[chS](?:\.\w+)?:|\S*(?:ERROR|WARNING|error|warning):)")
_DIFF_START = re.compile(r"diff --git |Index: \S|diff -[-\w]+ |--- (?:a/|\S+\t|/dev/null)")
_DIFF_LINE = re.compile(
    r"diff |index [0-9a-f]{6,}|(?:old|new|deleted file|new file) mode|similarity |dissimilarity |rename |copy |--- |\+\+\+ "
    r"|@@ |={20,}|Binary files |GIT binary patch|literal \d|delta \d|Index: "
)
_CONTEXT = frozenset((" ", "-", ""))  # the start of a line that counts as old, and as new too but for "-"
_NO_COUNT = frozenset(("\\", "\t"))
_SURE_TEXT = frozenset(("+", "-", "@", "\\"))
_STAT_END = re.compile(r" (?:\d+ files? changed|(?:create|delete) mode \d|rename [^(]{1,250}\(\d+%\)|mode change )")
_PLAIN = frozenset((" ", ""))  # what stands behind the mark of most quotes
_DIFF_FIRST = frozenset("dI-@")  # what _DIFF_START and _HUNK begin with
_GIT_REST = 5  # a "-- " so near the end is git's own signature, whatever the hunk above it counts
_HUNK = re.compile(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_STAT = re.compile(
    r" \S[^|]{0,250}\|\s{1,40}(?:\d+ [-+]+$|Bin\b|Unmerged)"
    r"| (?=[^|]{0,250}[./{])\S[^|]{0,250}\|\s{1,40}\d+ ?$"
)
# A robot's or a kernel's listing with one mark: "> 2326  code", ">ffff8881: 00 00", and a sign for "at least".
_LISTED = re.compile(r">(?: {0,4}\d{1,7}\t|[0-9a-f]{8,16}: [0-9a-f]{2} |=)")
_NUMBERED = re.compile(r"\s{0,6}\d{1,7}(?:\s|$)")
# What a linker, a debugger's prompt, a merge conflict, "diff" of old and a shell write behind marks of their own.
_LINKER = re.compile(r">>> (?:referenced by|defined (?:at|in)|did you mean)\b")
_CONFLICT = re.compile(r">{7} \S+(?: \(.{1,80}\))?$")
_PROMPT = re.compile(r">>> (?:(?:import|from|print|for|def|with|help)\b|[\w.]+(?:\(|\[| = ))")
_OLD_DIFF = re.compile(r"\d{1,9}(?:,\d{1,9})?[ac]\d{1,9}(?:,\d{1,9})?$")
_UNFINISHED = re.compile(r"(?:[$#] |[\w.@:~/\[\]-]{1,60}[$#] ).{0,400}(?:<<-? ?['\"]?\w+['\"]?|\\|\|)$")
_ARMOUR = re.compile(r"[A-Za-z0-9+/=]{1,80}\s*$|(?:Version|Comment|Hash|Charset|MessageID): .{0,200}$|\s*$")
_MAX_ARMOUR_HEADERS = 6
_ORPHAN = re.compile(r"[^\W\d_A-Z][^\n]{0,39}$")
_ORPHAN_WORDS = 6
_WRAPPED_FROM = 60  # a shorter line was not broken for its length
_WRAPPED_WITH = 68  # so long is it with the first word of what fell off it
_ANSWERS = frozenset(
    (
        "yes yep yeah yup no nope nah not ok okay sure right agreed ack nack done true correct exactly indeed "
        "why what where how when i i'll i'm we nit nice good great thanks thx ditto same see please maybe hmm "
        "hm wrong fixed lgtm fair you it's that's this that oops sorry got will never"
    ).split()
)  # words that an answer begins with
_LEFT_ALONE = re.compile(r"(?:<\S{1,250}> ?)?(?:wrote|writes|schrieb|escribió|a écrit) ?[:：]$")  # of an attribution
_SIGNATURE_REST = 12  # a bare "--" starts a signature only when at most so many lines follow

Named = tuple[Attribution, int]  # who, and the line that says so


@dataclass(slots=True)
class Marks:
    """What is known of each line of a body; `kinds` is None for a blank line without a quote mark."""

    lines: list[str]
    depths: list[int]
    kinds: list[LayerKind | None]
    named: list[Named | None]
    openers: dict[int, Named] = field(default_factory=dict)  # last line of a header block above a quote with marks

    def text(self, at: int) -> str:
        return strip_quote(self.lines[at])


def quote_depth(line: str) -> int:
    """Count the leading quote marks of a line, spaces between them ignored (RFC 3676, section 4.5).

    >>> quote_depth("> >> Applied?"), quote_depth(" > 182 code"), quote_depth(">From here")
    (3, 0, 1)
    """
    if line[:2] == "> " and line[2:3] not in _AFTER_MARK:
        return 1
    return count_marks(line)[0]


def count_marks(line: str) -> tuple[int, int]:
    """How many quote marks a line begins with, and how many characters these take."""
    marks = _MARKS.match(line)
    return (marks.group().count(">"), marks.end()) if marks else (0, 0)


def strip_quote(line: str) -> str:
    """Take the quote marks off a line, with one space behind them.

    >>> strip_quote("> >  x")
    ' x'
    """
    marks = _MARKS.match(line)
    if not marks:
        return line
    rest = line[marks.end() :]
    return rest[1:] if rest[:1] in (" ", "\xa0") else rest


def mark_lines(lines: list[str], *, escaped: bool) -> Marks:
    """First pass: depth from the marks; kind from diff, signature, armour and diffstat state."""
    depths = [quote_depth(line) if line[:1] == ">" else 0 for line in lines]
    kinds: list[LayerKind | None] = []
    in_patch = in_signature = in_listing = signed = False
    old = new = armour_end = 0
    for at, line in enumerate(lines):
        if depth := depths[at]:
            if line[1:2] == " " and not escaped and not in_listing and at and depths[at - 1]:  # most quotes
                in_patch = in_signature = False
                kinds.append("quote")
                continue
            if ">From " in line:
                depths[at] = depth = depth - _is_escaped_from(lines, depths, at)
            if in_listing or (depth and not (at and depths[at - 1])):
                in_listing = in_listing or _starts_listing(lines, at)
            if depth and not in_listing and not (line[1:2] not in _PLAIN and _is_robot(lines, depths, at)):
                in_patch = in_signature = False
                kinds.append("quote")
                continue
            depths[at] = 0
        elif in_listing:
            in_listing = False
        if at < armour_end:
            kinds.append("signature" if line.strip() else None)
            continue
        start = line[:1]
        if in_patch or (start in _DIFF_FIRST and _starts_patch(lines, at)):
            if start == "@" and (hunk := _HUNK.match(line)):
                in_patch, old, new = True, int(hunk.group(1) or 1), int(hunk.group(2) or 1)
            elif in_patch and (old > 0 or new > 0) and not (line == "-- " and len(lines) - at <= _GIT_REST):
                if start == "+":
                    new -= 1
                elif start in _CONTEXT:
                    old -= 1
                    new -= start != "-"
                elif start not in _NO_COUNT:
                    in_patch = bool(_DIFF_LINE.match(line)) or _is_wrapped(lines, at)
            elif in_patch:
                in_patch = bool(_DIFF_LINE.match(line) or start == "\\" or (not line and _patch_goes_on(lines, at)))
            else:
                in_patch, old, new = True, 0, 0
            if in_patch:
                kinds.append("patch" if start in _SURE_TEXT or line.strip() else None)
                continue
        if in_signature and start == "-" and ends_forwarded_mail(line):
            in_signature = False  # it was inside the forwarded mail
        if not line or line.isspace():
            kinds.append(None)
        elif start == "-" and line.startswith("-----BEGIN PGP ") and (end := _armour_end(lines, at)):
            signed = signed or line.startswith("SIGNED", 15)
            armour_end, in_signature = end, False
            kinds.append("signature")
        elif in_signature or (start == "-" and _is_signature_mark(line, len(lines) - at, signed=signed)):
            in_signature = True
            kinds.append("signature")
        elif start == " " and (("|" in line and _STAT.match(line)) or _STAT_END.match(line)):
            kinds.append("patch")
        else:
            kinds.append("own")
            if at and depths[at - 1] and at + 1 < len(lines) and depths[at + 1] and _is_orphan(lines, depths, at):
                kinds[at], depths[at] = "quote", depths[at - 1]
    return Marks(lines, depths, kinds, [None] * len(lines))


def _is_orphan(lines: Sequence[str], depths: Sequence[int], at: int) -> bool:
    """The rest of a quoted line that lost its mark when the line was broken; in doubt it is own text.

    The quoted line is as long as broken lines are and ends inside a sentence; the rest is short, begins with a small
    letter and no word of an answer, and the quote goes on at once, at the same depth: with text, unless the quoted line
    ends in a soft break.
    """
    line, before = lines[at].rstrip(), lines[at - 1].rstrip()
    if len(before) < _WRAPPED_FROM:
        return False
    if _LEFT_ALONE.match(line) and depths[at + 1] > depths[at - 1]:
        return True
    if depths[at + 1] != depths[at - 1] or not _ORPHAN.match(line) or before[-1] in ".?!:;":
        return False
    words = line.split()
    return (
        len(words) <= _ORPHAN_WORDS
        and words[0].strip(",.:;!").lower() not in _ANSWERS
        and len(before) + 1 + len(words[0]) >= _WRAPPED_WITH
        and (bool(strip_quote(lines[at + 1]).strip()) or lines[at - 1][-1] == " ")  # a soft break, RFC 3676
    )


def _starts_listing(lines: Sequence[str], at: int) -> bool:
    """Whether a run of marks was written by a program into what the author pasted: none of its lines is a quote."""
    line, above = lines[at], lines[at - 1] if at else ""
    if line.startswith(">>>"):
        if _LINKER.match(line):
            return bool(above.strip())
        if _CONFLICT.match(line):
            return above[:1] not in ("", ">") and not (at + 1 < len(lines) and lines[at + 1][:1] == ">")
        return bool(_PROMPT.match(line)) and not _has_shallower(lines, at)
    if line[:2] != "> " or not above:
        return False
    if above == "---":
        return lines[at - 2].startswith("< ")
    if _LISTED.match(line):
        return bool(_NUMBERED.match(above))
    return bool(_OLD_DIFF.match(above)) or bool(_UNFINISHED.match(above))


def _has_shallower(lines: Sequence[str], at: int) -> bool:
    """Whether a line of this run of marks has one or two of them."""
    while at < len(lines) and lines[at][:1] == ">":
        if not lines[at].startswith(">>>"):
            return True
        at += 1
    return False


def _armour_end(lines: Sequence[str], at: int) -> int:
    """The line behind a block of PGP armour (RFC 4880, section 6.2), 0 when it never ends; of a signed text only its head."""
    if lines[at].startswith("-----BEGIN PGP SIGNED"):
        end = at + 1
        while end < min(len(lines), at + _MAX_ARMOUR_HEADERS) and lines[end].strip():
            if not _ARMOUR.match(lines[end]):
                return at + 1
            end += 1
        return end
    for end in range(at + 1, len(lines)):
        if lines[end].startswith("-----END PGP "):
            return end + 1
        if not _ARMOUR.match(lines[end]):
            break
    return 0


def _is_escaped_from(lines: Sequence[str], depths: Sequence[int], at: int) -> bool:
    """Whether the innermost mark of a line is mbox's escape of "From ": no line beside it is quoted so deep."""
    line, depth = lines[at], depths[at]
    if (marks := _MARKS.match(line)) is None or not line.startswith("From ", marks.end()):
        return False
    beside = _depths_beside(lines, depths, at)
    return all(other < depth for other in beside) and (depth == 1 or bool(beside))


def _is_robot(lines: Sequence[str], depths: Sequence[int], at: int) -> bool:
    """A robot's ">> file:line:" between lines of its own."""
    if depths[at] == 1:
        return bool(_LISTED.match(lines[at])) and _stands_alone(lines, depths, at)
    if not lines[at].startswith(">>") or not _ROBOT.match(lines[at]):
        return False
    return not any(depth in (depths[at], 1) for depth in _depths_beside(lines, depths, at))


def _stands_alone(lines: Sequence[str], depths: Sequence[int], at: int) -> bool:
    """Whether the lines beside are text without marks, at least one of them."""
    beside = _depths_beside(lines, depths, at)
    return bool(beside) and not any(beside)


def _depths_beside(lines: Sequence[str], depths: Sequence[int], at: int) -> list[int]:
    return [depths[n] for n in (at - 1, at + 1) if 0 <= n < len(lines) and lines[n].strip()]


def _starts_patch(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if not _DIFF_START.match(line):
        return bool(_HUNK.match(line)) and at > 0 and lines[at - 1].startswith("+++ ")
    if line.startswith("--- "):
        return at + 1 < len(lines) and lines[at + 1].startswith("+++ ")
    return any(
        lines[n].startswith(("index ", "--- ", "===", "new file", "old mode", "similarity", "deleted", "rename", "@@"))
        for n in range(at + 1, min(at + 4, len(lines)))
    )


def _is_wrapped(lines: Sequence[str], at: int) -> bool:
    """A hunk's line that a mail program broke: the rest of it, then the hunk goes on."""
    return bool(lines[at].strip()) and at + 1 < len(lines) and lines[at + 1][:1] in ("+", "-", " ", "@")


def _patch_goes_on(lines: Sequence[str], at: int) -> bool:
    return at + 1 < len(lines) and bool(_DIFF_LINE.match(lines[at + 1]))


def _is_signature_mark(line: str, left: int, *, signed: bool) -> bool:
    """A dash line; in a PGP signed text it is escaped (RFC 4880, section 7.1)."""
    if signed and line.startswith("- --"):
        line = line[2:]
    return line == "-- " or (line.rstrip() == "--" and left <= _SIGNATURE_REST)
