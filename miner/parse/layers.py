"""Split a body into layers: who wrote each run of lines, at which quote depth (design.md, "Words").

One pass gives each line its depth and kind, a second one groups equal neighbours. Own text is never given away on a
guess: a line without a quote mark is own text unless a rule here says why not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from miner.model import Layer, LayerKind
from miner.parse.attribution import MAX_LINES, Attribution, parse_attribution, parse_header_block

_MARKS = re.compile(r">(?:[ \t\xa0]?>)*")
_ROBOT = re.compile(r">> ?(?:\S+:\d+(?::\d+)?:|\S+\.[chS](?:\.\w+)?:|\S*(?:ERROR|WARNING|error|warning):)")
_DIFF_START = re.compile(r"diff --git |Index: \S|diff -[-\w]+ |--- (?:a/|\S+\t|/dev/null)")
_DIFF_LINE = re.compile(
    r"diff |index [0-9a-f]{6,}|(?:old|new|deleted file|new file) mode|similarity |dissimilarity |rename |copy |--- |\+\+\+ "
    r"|@@ |={20,}|Binary files |GIT binary patch|literal \d|delta \d|Index: "
)
_DIFF_FIRST = frozenset("dI-@")  # what _DIFF_START and _HUNK begin with
_GIT_REST = 5  # a "-- " so near the end is git's own signature, whatever the hunk above it counts
_HUNK = re.compile(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_STAT = re.compile(
    r" \S[^|]{0,250}\|\s{1,40}(?:\d+ ?[-+]*$|Bin\b|Unmerged)| \d+ files? changed"
    r"| (?:create|delete) mode \d| rename [^(]{1,250}\(\d+%\)| mode change "
)
_SNIP = re.compile(r"(?:\.{2,}|…|[\[<(] ?(?:\.{2,}|…|snip.{0,40}) ?[\])>]|-+ ?(?:snip|8<|>8) ?-+|snip)$", re.I)
_SIGNATURE_REST = 12  # a bare "--" starts a signature only when at most so many lines follow
_MAX_SNIPS = 4  # lines of "[...]" between an attribution and its quote
_MAX_BLOCKS = 64  # header blocks that nest; further ones no longer add to the depth

_Named = tuple[Attribution, int]  # who, and the line that says so


@dataclass(slots=True)
class _Marks:
    """What is known of each line of a body; `kinds` is None for a blank line without a quote mark."""

    lines: list[str]
    depths: list[int]
    kinds: list[LayerKind | None]
    named: list[_Named | None]

    def text(self, at: int) -> str:
        return strip_quote(self.lines[at])


def quote_depth(line: str) -> int:
    """Count the leading quote marks of a line, spaces between them ignored (RFC 3676, section 4.5).

    >>> quote_depth("> >> Applied?"), quote_depth(" > 182 code"), quote_depth(">From here")
    (3, 0, 1)
    """
    marks = _MARKS.match(line)
    return marks.group().count(">") if marks else 0


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


def split_layers(body: str) -> tuple[Layer, ...]:
    """Split a body into its layers, from its text alone; `author` is as the attribution says, None where nothing does.

    >>> [(x.kind, x.depth, x.author) for x in split_layers("On 1/2/2024, Ada B wrote:\\n> Done?\\n\\nYes.")]
    [('attribution', 0, None), ('quote', 1, 'Ada B'), ('own', 0, None)]
    """
    marks = _mark_lines(body.split("\n"))
    _mark_header_blocks(marks)
    _mark_attributions(marks)
    return _group(marks)


def _mark_lines(lines: list[str]) -> _Marks:
    """First pass: depth from the marks; kind from diff, signature and diffstat state."""
    depths = [quote_depth(line) if line[:1] == ">" else 0 for line in lines]
    kinds: list[LayerKind | None] = []
    in_patch = in_signature = False
    old = new = 0
    for at, line in enumerate(lines):
        if depths[at] and ">From " in line:
            depths[at] -= _is_escaped_from(lines, depths, at)
        if depths[at] and not _is_robot(lines, depths, at):
            in_patch = in_signature = False
            kinds.append("quote")
            continue
        depths[at] = 0
        if in_patch or (line[:1] in _DIFF_FIRST and _starts_patch(lines, at)):
            if line[:1] == "@" and (hunk := _HUNK.match(line)):
                in_patch, old, new = True, int(hunk.group(1) or 1), int(hunk.group(2) or 1)
            elif in_patch and (old > 0 or new > 0) and not (line == "-- " and len(lines) - at <= _GIT_REST):
                old -= line[:1] in (" ", "-", "")
                new -= line[:1] in (" ", "+", "")
                if line[:1] not in (" ", "+", "-", "\\", "", "\t"):
                    in_patch = bool(_DIFF_LINE.match(line)) or _is_wrapped(lines, at)
            elif in_patch:
                in_patch = bool(
                    _DIFF_LINE.match(line) or line.startswith("\\") or (not line and _patch_goes_on(lines, at))
                )
            else:
                in_patch, old, new = True, 0, 0
            if in_patch:
                kinds.append("patch" if line.strip() else None)
                continue
        if not line or line.isspace():
            kinds.append(None)
        elif in_signature or (line[0] == "-" and _is_signature_mark(line, len(lines) - at)):
            in_signature = True
            kinds.append("signature")
        elif line[0] == " " and _STAT.match(line):
            kinds.append("patch")
        else:
            kinds.append("own")
    return _Marks(lines, depths, kinds, [None] * len(lines))


def _is_escaped_from(lines: Sequence[str], depths: Sequence[int], at: int) -> bool:
    """Whether the innermost mark of a line is mbox's escape of "From ": no line beside it is quoted so deep."""
    line, depth = lines[at], depths[at]
    if (marks := _MARKS.match(line)) is None or not line.startswith("From ", marks.end()):
        return False
    beside = _depths_beside(lines, depths, at)
    return all(other < depth for other in beside) and (depth == 1 or bool(beside))


def _is_robot(lines: Sequence[str], depths: Sequence[int], at: int) -> bool:
    """A robot's ">> file:line:" between lines of its own."""
    if not lines[at].startswith(">>") or not _ROBOT.match(lines[at]):
        return False
    return not any(depth in (depths[at], 1) for depth in _depths_beside(lines, depths, at))


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


def _is_signature_mark(line: str, left: int) -> bool:
    return line == "-- " or (line.rstrip() == "--" and left <= _SIGNATURE_REST)


def _mark_header_blocks(marks: _Marks) -> None:
    """Older mail pasted without marks under an Outlook header block is a quote, one deeper than the block."""
    blocks: list[tuple[int, _Named]] = []  # the open ones: depth by quote marks alone, and who
    below = 0  # first line behind the last block
    for at, depth in enumerate(marks.depths):
        kind = marks.kinds[at]
        if kind is None:
            continue
        while blocks and depth < blocks[-1][0]:
            blocks.pop()
        if at < below:
            kind = "attribution"
        elif kind != "patch" and _may_start_block(marks.lines[at]):
            block = parse_header_block([marks.text(n) if depth else marks.lines[n] for n in _window(marks, at)])
            if block is not None:
                below, kind = at + block.lines, "attribution"
                opened = (depth, (block, at))
        if not blocks and kind != "attribution":
            continue
        marks.depths[at] += min(len(blocks), _MAX_BLOCKS)
        if blocks and blocks[-1][0] == depth:
            marks.named[at] = blocks[-1][1]
        marks.kinds[at] = "attribution" if kind == "attribution" else "quote"
        if at == below - 1:
            blocks.append(opened)


def _window(marks: _Marks, at: int) -> range:
    return range(at, min(at + 14, len(marks.lines)))


def _may_start_block(line: str) -> bool:
    text = line.lstrip("> \t*")
    return (
        text[:2] in ("--", "__")
        or text[:5] in ("From:", "From*")
        or text[:4] in ("Von:", "От: ", "发件人:", "差出人:", "发件人：")
        or text[:3] == "De:"
    )


def _mark_attributions(marks: _Marks) -> None:
    """Second pass: at each step to a deeper quote look at the lines above for who wrote it; then hand authors down."""
    authors: dict[int, _Named] = {}
    depths, kinds, named = marks.depths, marks.kinds, marks.named
    previous: int | None = None
    for at, kind in enumerate(kinds):
        if kind is None:
            continue
        depth = depths[at]
        if kind == "quote":
            if previous is not None and depths[previous] < depth and kinds[previous] in ("own", "quote"):
                above = depths[previous]
                found, last = _read_above(marks, previous)
                if found is not None:
                    first = last - found.lines + 1
                    for n in range(first, last + 1):
                        kinds[n] = "attribution"
                        named[n] = authors.get(above) if above else None
                    authors = {d: a for d, a in authors.items() if d <= above}
                    authors[above + 1] = (found, first)
            if (own := named[at]) is None:
                named[at] = authors.get(depth)
            else:
                authors[depth] = own
            if not depth or not marks.text(at).strip():
                continue
        previous = at


def _read_above(marks: _Marks, last: int) -> tuple[Attribution | None, int]:
    """The attribution that ends at this line, or above it behind "[...]" lines, and its last line."""
    depth = marks.depths[last]
    for _ in range(_MAX_SNIPS):
        if last == 0 or not _SNIP.match(marks.text(last).strip()):
            break
        last -= 1
        while last > 0 and _is_blank(marks, last):
            last -= 1
    kind = marks.kinds[last]
    if kind not in ("own", "quote") or marks.depths[last] != depth:
        return None, last
    first = last
    while first > 0 and last - first < MAX_LINES - 1:
        if marks.depths[first - 1] != depth or marks.kinds[first - 1] != kind:
            break
        first -= 1
    return parse_attribution([marks.text(n) if depth else marks.lines[n] for n in range(first, last + 1)]), last


def _is_blank(marks: _Marks, at: int) -> bool:
    return marks.kinds[at] is None or not marks.text(at).strip()


def _group(marks: _Marks) -> tuple[Layer, ...]:
    """One layer for each run of lines that have everything in common; blank lines belong to the run around them."""
    layers: list[Layer] = []
    first, end = 0, 0
    depth, kind, named = 0, cast("LayerKind | None", None), cast("_Named | None", None)
    for at, here in enumerate(marks.kinds):
        if here is None:
            continue
        if here == kind and marks.depths[at] == depth and marks.named[at] is named:
            end = at + 1
            continue
        if kind is not None:
            layers.append(_make_layer(depth, first, end, kind, named))
        first, end, depth, kind, named = at, at + 1, marks.depths[at], here, marks.named[at]
    if kind is not None:
        layers.append(_make_layer(depth, first, end, kind, named))
    return tuple(layers)


def _make_layer(depth: int, first: int, end: int, kind: LayerKind, named: _Named | None) -> Layer:
    author, attribution = named if named is not None else (None, None)
    return Layer(depth, first, end, kind, str(author) if author else None, attribution)
