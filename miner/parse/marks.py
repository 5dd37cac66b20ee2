"""Quotes by other marks than ">": indented, behind "| " or behind the name of who is quoted ("Ada> ").

They are found by what stands behind the mark: earlier mail of the thread has these words, without the mark. Nothing is concluded
from a mark alone, since tables, lists, code and prompts begin alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from miner.model import Message
from miner.parse.layers import split_layers
from miner.parse.linewise import count_marks

_PROOF = 30  # characters that must be found behind a mark
_PART = 0.5  # of a run of lines behind a visible mark that must be found as they are, for some are altered on the way
_MOST_RUNS = 200  # that are looked up as they were before they were wrapped anew
_FARTHEST = 70  # characters before the end of a mark
_WIDEST = 8  # characters of an indentation that is a mark
_BLANKS = (" ", "\t")
_NAME = r"[^\W\d_][\w.'-]{0,19}(?: [^\W\d_][\w.'-]{0,19}){0,2}"
_VISIBLE = re.compile(rf"[|:%]|[ \t]{{1,4}}>|[ \t]{{0,4}}{_NAME}(?<!-)>(?=[ \t>]|$)")
_TRAILER = re.compile(r"\s*[A-Z][A-Za-z-]{1,40}-by: ")  # who gives one anew writes the same line once more

_Run = Mapping[int, int]  # lines, each with the place where its mark ends


class Earlier(Protocol):
    """What was written before a mail in its thread."""

    def has_line(self, text: str, *, exact: bool) -> bool:
        """Whether a mail has this line; unless `exact`, white space and ">" before it do not count."""

    def has_text(self, text: str) -> bool:
        """Whether a mail has these letters and digits in a row, whatever stands between them."""


def restore_marks(message: Message, lines: Sequence[str], earlier: Earlier) -> Message:
    """The same mail with ">" in the place of other marks, which leaves every character in its place, so that whoever reads its
    lines knows the quotes."""
    if message.form == "flattened" or not message.subject.reply:
        return message  # no answer quotes: what a posting has in common with an older one is its author's
    marked: dict[str | int, list[tuple[_Run, int]]] = {}  # for each mark its runs, with the characters that are found
    looked_up = 0
    for mark, run in _cut_runs(message, lines):
        if not mark:
            if width := _measure_indent(lines, run, earlier):
                known = sum(_count(lines[at]) for at in run if not _TRAILER.match(lines[at]))
                marked.setdefault(width, []).append((dict.fromkeys(run, width), known))
            continue
        texts = [lines[at][end:] for at, end in run.items()]
        if any(text.strip() and earlier.has_line(lines[at], exact=False) for at, text in zip(run, texts, strict=True)):
            continue  # the mark stood there before
        known = sum(_count(text) for text in texts if earlier.has_line(text, exact=False))
        whole = sum(map(_count, texts))
        if known < _PART * whole and whole >= _PROOF and looked_up < _MOST_RUNS:
            looked_up += 1
            known = whole if earlier.has_text("".join(texts)) else 0
        if known and known >= _PART * whole:
            marked.setdefault(mark, []).append((run, known))
    found: dict[int, int] = {}
    for runs in marked.values():
        if sum(known for _, known in runs) >= _PROOF:
            for run, _ in runs:
                found.update(run)
    if not found:
        return message
    body = "\n".join(_write_mark(line, found.get(at, 0)) for at, line in enumerate(lines))
    return replace(message, body=body, layers=split_layers(body))


def _write_mark(line: str, end: int) -> str:
    """A line with ">" for the mark that ends there, and close behind it those of what the quote quotes.

    >>> _write_mark("| Is it in?", 2), _write_mark("Ada> > Is it in?", 5)
    ('> Is it in?', '>>     Is it in?')
    """
    if not end:
        return line
    depth, length = count_marks(line[end:])
    return ">" * (1 + depth) + " " * (end + length - 1 - depth) + line[end + length :]


def _cut_runs(message: Message, lines: Sequence[str]) -> Iterator[tuple[str, _Run]]:
    """The runs of own lines behind one mark; of indented ones, whose mark is "", each paragraph that begins so."""
    for layer in message.layers:
        if layer.kind != "own":
            continue
        before: str | None = None
        run: dict[int, int] = {}
        for at in range(layer.first_line, layer.end_line):
            mark, end = _read_mark(lines[at])
            if mark != before:
                if run:
                    yield before or "", run
                run, before = {}, mark
            if mark is not None:
                run[at] = end
        if run:
            yield before or "", run


def _read_mark(line: str) -> tuple[str | None, int]:
    """What may be a mark before a line, "" for an indentation and None if nothing may; and where a visible one ends."""
    if (not line[:1].isalpha() or ">" in line[:_FARTHEST]) and (found := _VISIBLE.match(line)):
        return found[0].strip(), found.end() + line.startswith(_BLANKS, found.end())
    return ("", 0) if line.startswith(_BLANKS) and not line.isspace() else (None, 0)


def _measure_indent(lines: Sequence[str], run: _Run, earlier: Earlier) -> int:
    """How much of the indentation of some lines stands before all of them and not where they were written first; 0 if that is nowhere."""
    least = min(len(lines[at]) - len(lines[at].lstrip(" \t")) for at in run)
    for width in range(1, min(least, _WIDEST) + 1):
        if all(earlier.has_line(lines[at][width:], exact=True) for at in run):
            return width
    return 0


def _count(text: str) -> int:
    return len("".join(text.split()))
