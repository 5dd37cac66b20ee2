"""Split a body into layers: who wrote each run of lines, at which quote depth (design.md, "Words").

One pass (linewise.py) gives each line its depth and kind, a second one finds who wrote the quotes and groups equal
neighbours. Own text is never given away on a guess.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import cast

from miner.model import Layer, LayerKind
from miner.parse.attribution import (
    BLOCK_FIELDS,
    MAX_LINES,
    Attribution,
    ends_forwarded_mail,
    is_rule,
    parse_attribution,
    parse_header_block,
)
from miner.parse.linewise import Marks, Named, mark_lines

_SNIP = re.compile(r"(?:\.{2,}|…|[\[<(] ?(?:\.{2,}|…|snip.{0,40}) ?[\])>]|-+ ?(?:snip|8<|>8) ?-+|snip)$", re.I)
# A program that put a space before each mark; RFC 3676 has one only before what is no quote.
_STUFFED = re.compile(r"(?:wrote|writes|schrieb|écrit|写道|пишет) ?[:：]\s{0,4}\n >")
# A web mailer that wrote its quote marks as they stand in a page.
_IN_PAGE = re.compile(r"(?:wrote|writes|schrieb|écrit|写道|пишет) ?[:：]\s{0,4}\n&gt;")
_PAGE_MARKS = re.compile(r"(?:&gt; ?)+")
_DATED = re.compile(r"\d[-/.:年]\d|\d{4}")
_MAX_RULE = 300  # characters of a line like "----- Original Message -----"
_ASCII_FIELDS = tuple(name for name in BLOCK_FIELDS if name.isascii())
_BLOCK_STARTS = (*BLOCK_FIELDS, "Begin forwarded")
_MAYBE_FIRST = re.compile(r"[> ]+(?:(?:On|Am|Le|El|Op|Il|Den) [^\n]{0,40}\d|\d{4}[-/年]|\d{1,2}[./]\d)")
_MAX_FIELDS = 5
_FAR_LINES = 12  # own lines between an attribution and its quote: "Hi Ada," and the like
_MAX_SNIPS = 4  # lines of "[...]" between an attribution and its quote
_MAX_BLOCKS = 64  # header blocks that nest; further ones no longer add to the depth


def split_layers(body: str) -> tuple[Layer, ...]:
    """Split a body into its layers, from its text alone; `author` is as the attribution says, None where nothing does.

    >>> [(x.kind, x.depth, x.author) for x in split_layers("On 1/2/2024, Ada B wrote:\\n> Done?\\n\\nYes.")]
    [('attribution', 0, None), ('quote', 1, 'Ada B'), ('own', 0, None)]
    """
    lines = body.split("\n")
    if "\n >" in body and _STUFFED.search(body):
        lines = [line[1:] if line[:2] == " >" else line for line in lines]
    if "\n&gt;" in body and _IN_PAGE.search(body):
        lines = [_PAGE_MARKS.sub(_read_mark, line, 1) if line.startswith("&gt;") else line for line in lines]
    marks = mark_lines(lines, escaped=">From " in body)
    if any(map(body.__contains__, _ASCII_FIELDS if body.isascii() else BLOCK_FIELDS)):
        _mark_header_blocks(marks)
    _mark_attributions(marks)
    return _group(marks)


def _read_mark(found: re.Match[str]) -> str:
    return found[0].replace("&gt;", ">")


def _mark_header_blocks(marks: Marks) -> None:
    """Older mail pasted without marks under an Outlook header block is a quote, one deeper than the block.

    Where marks follow the block it is a mere attribution. A block inside a quote stays open over the answers between.
    """
    open_depths: list[int] = []  # of the blocks by quote marks alone, never falling
    openers: list[Named] = []
    below = 0  # first line behind the last block
    opened: tuple[int, Named] | None = None
    lifted = False
    first_quoted = next((at for at, depth in enumerate(marks.depths) if depth), None)
    for at, depth in enumerate(marks.depths):
        kind = marks.kinds[at]
        if kind is None:
            continue
        line = marks.lines[at]
        if at < below:
            kind = "attribution"
        elif kind != "patch" and _may_start_block(line):
            block = parse_header_block([marks.text(n) if depth else marks.lines[n] for n in _window(marks, at)])
            if block is not None:
                below, kind = at + block.lines, "attribution"
                opened = (depth, (block, at))
                lifted = at == first_quoted and _is_unannounced(marks, at)
        if open_depths and depth < open_depths[-1] and (kind == "attribution" or line.rstrip()[-1:] in (":", "：")):
            while open_depths and depth < open_depths[-1]:  # another mail is quoted from here on
                open_depths.pop()
                openers.pop()
        ends = False
        if open_depths and kind != "attribution" and "nd" in line and ends_forwarded_mail(marks.text(at)):
            kind = "attribution"
            ends = True
        if at < below and lifted:  # the program that quoted put its marks before the block too
            marks.depths[at], marks.kinds[at] = depth - 1, "attribution"
            if opened is not None and at == below - 1:
                marks.openers[at], opened = opened[1], None
            continue
        count = bisect_right(open_depths, depth)
        if not count and kind != "attribution":
            continue
        if count:
            marks.depths[at] += min(count, _MAX_BLOCKS) - ends
            if open_depths[count - 1] == depth and not ends:
                marks.named[at] = openers[count - 1]
        marks.kinds[at] = "attribution" if kind == "attribution" else "quote"
        if ends and count:
            del open_depths[count - 1 :], openers[count - 1 :]
        if opened is not None and at == below - 1:
            if _has_marks_below(marks, below, depth):
                marks.openers[at] = opened[1]
            else:
                open_depths.append(opened[0])
                openers.append(opened[1])
            opened = None


def _is_unannounced(marks: Marks, at: int) -> bool:
    """Whether the line with text above does not say whose quote begins here."""
    above = at - 1
    while above >= 0 and marks.kinds[above] is None:
        above -= 1
    return above < 0 or marks.lines[above].rstrip()[-1:] not in (":", "：")


def _has_marks_below(marks: Marks, at: int, depth: int) -> bool:
    """Whether the first line with text from here on is quoted deeper, by its marks."""
    while at < len(marks.lines) and _is_blank(marks, at):
        at += 1
    return at < len(marks.lines) and marks.depths[at] > depth


def _window(marks: Marks, at: int) -> range:
    return range(at, min(at + 16, len(marks.lines)))


def _may_start_block(line: str) -> bool:
    text = line.lstrip("> \t*")
    return (text[:2] in ("--", "__") and len(text) < _MAX_RULE) or text.startswith(_BLOCK_STARTS)


def _mark_attributions(marks: Marks) -> None:
    """Second pass: at each step to a deeper quote look at the lines above for who wrote it; then hand authors down."""
    authors: dict[int, Named] = {}
    lines, depths, kinds, named = marks.lines, marks.depths, marks.kinds, marks.named
    previous: int | None = None
    for at, kind in enumerate(kinds):
        if kind is None:
            continue
        depth = depths[at]
        if kind == "quote" or (kind == "attribution" and depth):
            if previous is not None and depths[previous] < depth:
                above = depths[previous]
                if kinds[previous] == "own" and lines[previous].startswith("--") and is_rule(lines[previous]):
                    kinds[previous] = "attribution"
                found, last = _find_author(marks, previous, known=above + 1 in authors)
                if found is not None:
                    first = last - found.lines + 1
                    if kinds[last] != "attribution":
                        for n in range(first, last + 1):
                            kinds[n] = "attribution"
                            named[n] = authors.get(above) if above else None
                    authors = {d: a for d, a in authors.items() if d <= above}
                    authors[above + 1] = (found, first)
            if (
                (previous is None or depths[previous] < depth)
                and depth not in authors
                and named[at] is None
                and kind == "quote"
                and _MAYBE_FIRST.match(lines[at])
            ):
                first_of = _read_first(marks, at)
                if first_of is not None:  # the program that quoted put its marks before the attribution too
                    authors[depth] = (first_of, at)
                    for n in range(at, at + first_of.lines):
                        kinds[n], depths[n] = "attribution", depth - 1
                        named[n] = authors.get(depth - 1)
                    previous = at
                    continue
            if (own := named[at]) is None:
                named[at] = authors.get(depth)
            else:
                authors[depth] = own
            tail = lines[at][-1]
            if not depth or ((tail == ">" or tail.isspace()) and not marks.text(at).strip()):
                continue
        previous = at


def _read_first(marks: Marks, at: int) -> Attribution | None:
    """An attribution that is the first line of its own quote, with the same marks, as Apple Mail writes it."""
    depth = marks.depths[at]
    for end in range(at + 1, min(at + MAX_LINES, len(marks.lines)) + 1):
        if end > at + 1 and (marks.depths[end - 1] != depth or _is_blank(marks, end - 1)):
            return None
        found = parse_attribution([marks.text(n) for n in range(at, end)])
        if found is not None:
            below = end
            while below < len(marks.lines) and _is_blank(marks, below):
                below += 1
            fits = found.lines == end - at and below < len(marks.lines) and marks.depths[below] == depth
            return found if fits else None
    return None


def _find_author(marks: Marks, last: int, *, known: bool) -> tuple[Attribution | None, int]:
    """Who wrote the quote below this line, as the lines above say; and the last line of what says so."""
    if (opener := marks.openers.get(last)) is not None:
        return opener[0], last
    if marks.kinds[last] not in ("own", "quote", "signature"):
        return None, last
    found, end = _read_above(marks, last)
    if found is None and marks.kinds[last] == "own":
        found, end = _read_fields(marks, last)
    if found is not None or known or marks.kinds[last] != "own":
        return found, end
    # "Hi Ada," and the like may stand between.
    far = last
    for _ in range(_FAR_LINES):
        while far > 0 and marks.kinds[far] is None:
            far -= 1
        if far < 0 or marks.kinds[far] != "own" or marks.depths[far] != marks.depths[last]:
            break
        line = marks.lines[far].rstrip()
        if line[-1:] in (":", "：") and ("@" in line or _DATED.search(line)):
            found, end = _read_above(marks, far)
            if found is not None:
                return found, end
        far -= 1
    return None, last


def _read_fields(marks: Marks, last: int) -> tuple[Attribution | None, int]:
    """ "From:" and "Date:" and nothing else, right above a quote."""
    first = last
    while first >= 0 and last - first < _MAX_FIELDS and marks.kinds[first] == "own":
        if marks.text(first).startswith("From:"):
            block = parse_header_block([marks.text(n) for n in range(first, last + 1)], above_quote=True)
            return (block if block is not None and block.lines == last - first + 1 else None), last
        first -= 1
    return None, last


def _read_above(marks: Marks, last: int) -> tuple[Attribution | None, int]:
    """The attribution that ends at this line, or above it behind "[...]" lines, and its last line."""
    depth = marks.depths[last]
    for _ in range(_MAX_SNIPS):
        if last == 0 or not _SNIP.match(marks.text(last).strip()):
            break
        last -= 1
        while last > 0 and _is_blank(marks, last):
            last -= 1
    kind = marks.kinds[last]
    if kind not in ("own", "quote", "signature") or marks.depths[last] != depth:
        return None, last
    first = last
    while first > 0 and last - first < MAX_LINES - 1:
        if marks.depths[first - 1] != depth or marks.kinds[first - 1] != kind:
            break
        first -= 1
    return parse_attribution([marks.text(n) if depth else marks.lines[n] for n in range(first, last + 1)]), last


def _is_blank(marks: Marks, at: int) -> bool:
    return marks.kinds[at] is None or not marks.text(at).strip()


def _group(marks: Marks) -> tuple[Layer, ...]:
    """One layer for each run of lines that have everything in common; blank lines belong to the run around them."""
    layers: list[Layer] = []
    first, end = 0, 0
    depth, kind, named = 0, cast("LayerKind | None", None), cast("Named | None", None)
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


def _make_layer(depth: int, first: int, end: int, kind: LayerKind, named: Named | None) -> Layer:
    author, attribution = named if named is not None else (None, None)
    return Layer(depth, first, end, kind, str(author) if author else None, attribution)
