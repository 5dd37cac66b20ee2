"""Trailers that a reviewer gives in a reply: `Reviewed-by:` and its kin, each on its own line, are claims of `ready`.

A block with a Signed-off-by is the commit message of a patch that the reply carries, and gives nothing. A line wrapped
before the address is read to its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from miner.claims.sentences import find_commit_end, is_read
from miner.model import Message

_GIVEN = re.compile(
    r"(?P<before>.{0,160}?)(?P<trailer>\b(?:[A-Z][a-z]{1,12}-)?(?:and-)?(?:Reviewed|Acked|Tested|Approved|Reviewd|Ack|Review|Test)"
    r"(?:-and-[A-Za-z]{1,12}|/[A-Za-z]{1,12}-by)?-by ?::?\s*(?P<person>\S.{0,200})?)$",
    re.I,
)
_ASKS = re.compile(r"\b(?:if|once|with|when|after|assuming|provided|unless|until|pending|modulo|should you)\b", re.I)
_ASKS_DONE = re.compile(
    r"\b(?:fix\w*|address\w*|chang\w*|add\w*|correct\w*|remov\w*|resolv\w*|updat\w*|test\w*|sort\w*|clean\w*|this|that)\b",
    re.I,
)
_MORE = re.compile(r"\b(?:feel free|you can|please|may) .{0,20}\badd\b", re.I)


@dataclass(frozen=True, slots=True)
class Trailer:
    """A trailer that a reply gives: its place in the body, the person it names, and whether it hangs on a condition."""

    start: int
    end: int
    person: str | None
    conditional: bool


def find_trailers(message: Message) -> Iterator[Trailer]:
    """Trailers given in own text, in order."""
    if message.subject.patch and not message.subject.reply:
        return
    if "-by" not in message.body and "-By" not in message.body:
        return
    lines = message.lines
    commit = find_commit_end(message, lines)
    start = 0
    starts = []
    for line in lines:
        starts.append(start)
        start += len(line) + 1
    for layer in message.layers:
        if not is_read(message, layer) or layer.kind != "own":
            continue
        for at in range(max(layer.first_line, commit), layer.end_line):
            line = lines[at]
            if len(line) > 400 or "by" not in line.lower() or not (found := _GIVEN.match(line)):
                continue
            before, person = found["before"], found["person"]
            last = at
            if (not person or "<" not in line or line.rstrip().endswith("<")) and at + 1 < layer.end_line:
                follow = lines[at + 1]
                if re.match(r"\s*(?:[\w .,()-]{0,40}<)?[\w.+-]{1,80}@[\w.-]{1,80}>", follow):
                    last, person = at + 1, f"{person or ''} {follow.strip()}".strip()
            if not person or (before.strip() and "@" not in person) or before.lstrip().startswith(("+", "#", "|")):
                continue
            if not before.strip() and not re.match(r"[\"'*]?[^\W\d_]", person):
                continue
            if re.search(r"[\"'`(\[]\s*$", before) or _in_patch_block(lines, at, layer.first_line, layer.end_line):
                continue
            lead = before if before.strip() else _lead(lines, at, layer.first_line)
            yield Trailer(
                starts[at] + found.start("trailer"),
                starts[last] + len(lines[last].rstrip()),
                person.strip(),
                bool(_ASKS.search(lead) and _ASKS_DONE.search(lead)),
            )


def _in_patch_block(lines: list[str], at: int, first: int, end: int) -> bool:
    top = at
    while top > first and lines[top - 1].strip():
        top -= 1
    while at + 1 < end and lines[at + 1].strip():
        at += 1
    return any(line.lstrip().startswith("Signed-off-by:") for line in lines[top : at + 1])


def _lead(lines: list[str], at: int, first: int) -> str:
    """The sentence that leads to a trailer: it ends in a colon or a comma right above."""
    above = at - 1
    while above >= first and not lines[above].strip():
        above -= 1
    if above < first or not (lines[above].rstrip().endswith((":", ",")) or _MORE.search(lines[above])):
        return ""
    lead = lines[above].rstrip()
    while above - 1 >= first and lines[above - 1].strip() and len(lead) < 240:
        above -= 1
        lead = f"{lines[above].strip()} {lead}"
    return re.split(r"[.!?]\s", lead)[-1]
