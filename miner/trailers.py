"""Trailers as people give them in a reply: `Reviewed-by:` and its kin, each on its own line, and those of a patch itself.

A block with a Signed-off-by is the commit message of a patch that the reply carries, and gives nothing. A line wrapped
before the address is read to its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from miner.model import Message, TrailerKind, find_line_starts

MAX_TRAILERS = 200  # of one mail
_BLOCK_LINES = 80  # of a paragraph, up and down, in which a Signed-off-by is looked for
_HEAD_CHARS = 100_000  # of a patch mail: its commit message
_HEAD_END = re.compile(r"^(?:---[ \t]*$|diff --git )", re.M)
_GIVEN = re.compile(
    r"(?P<before>.{0,160}?)(?P<trailer>\b(?P<kinds>(?:[A-Z][a-z]{1,14}-){0,3}"
    r"(?:Reviewed|Acked|Tested|Approved|Nac?ked|Reviewd|Ack|Nac?k|Review|Test)"
    r"(?:-and-[A-Za-z]{1,12}|/[A-Za-z]{1,12}-by)?-by) ?::?\s*(?P<person>\S.{0,200})?)$",
    re.I,
)
_COLLECTED = re.compile(
    r"^(?P<kinds>(?:[A-Z][a-z]{1,12}-and-)?(?:Reviewed|Acked|Tested|Approved|Nac?ked)(?:-and-[A-Za-z]{1,12})?-by)"
    r":[ \t]*(?P<person>\S.{0,200})$",
    re.I | re.M,
)
_KINDS: tuple[tuple[re.Pattern[str], TrailerKind], ...] = (
    (re.compile(r"\breview", re.I), "Reviewed-by"),
    (re.compile(r"\back", re.I), "Acked-by"),
    (re.compile(r"\btest", re.I), "Tested-by"),
    (re.compile(r"\bapprov", re.I), "Approved-by"),
    (re.compile(r"\bnac?k", re.I), "Nacked-by"),
)
_PERSON = re.compile(r"[^<>\n]{0,100}<[^<>\s]{3,100}>")
_NOTED = re.compile(r"\s[#(\[]")
_LONGEST_PERSON = 100
_ASKS = re.compile(r"\b(?:if|once|with|when|after|assuming|provided|unless|until|pending|modulo|should you)\b", re.I)
_ASKS_DONE = re.compile(
    r"\b(?:fix\w*|address\w*|chang\w*|add\w*|correct\w*|remov\w*|resolv\w*|updat\w*|test\w*|sort\w*|clean\w*|this|that)\b",
    re.I,
)
_GRANTED = re.compile(
    r"\b(?:as long as|if|assuming|provided) [^,;:]{1,40} (?:is|are|['’]s|['’]re) (?:ok|okay|fine|happy|good)\b", re.I
)
_FREE = re.compile(  # what hangs on nothing: the tag stands "with or without that", and one can "live with that"
    r"\bwith or without\b.*|\b(?:live|agree|agreed|ok|okay|fine|happy|cope|deal) with\b|\bassuming (?:that|this)['’]s\b"
    r"|\b(?:affect|alter|matter|sure|know|even)\b[^.,;:]{0,40}? (?:if|when)\b",
    re.I,
)
_BARE = re.compile(r"\W*(?:(?:and|so|but|ok|okay|thanks),? )?(?:with|after) (?:that|this)\b(?!['’]| \w+ed\b)", re.I)
_WANTED = re.compile(
    r"\b(?:please|pls|should|could|would|may|might|can|must|needs?|nits?|nitpick|typos?|missing|comments?|suggest\w*|instead|rather|better|fix\w*"
    r"|add|change\w*|drop|remove|rename|move|use|why not|how about|lacks?)\b",
    re.I,
)
_DENIED = re.compile(r"(?:not|never)-", re.I)  # "Not-reviewed-by" gives nothing
_CONDITIONALLY = re.compile(r"conditionally-", re.I)
# Behind a trailer, in its line or right below, a condition begins with its word, as the rest of a sentence: "(with the typo fixed)".
_HANGS = re.compile(
    r"[\s#(\[,-]*(?:but |only )?(?:(?:modulo|pending)\b"
    r"|(?:if|once|when|after|assuming|provided|unless|until)\b.{0,80}?\b(?:fix|address|chang|add|correct|remov|resolv|updat|adjust|amend|reword|renam|drop|sort|clean)"
    r"|with\b.{0,80}?\b(?:fixed|addressed|changed|added|corrected|removed|resolved|updated|adjusted|amended|reworded|renamed|dropped|sorted|cleaned)\b)"
)
_NEAR = 60  # characters behind the word of a condition in which stands what is to be done
_FEWEST_WORDS = 4  # of a text that says something
_ABOVE = 12  # lines above a trailer in which stands what it hangs on
_MORE = re.compile(r"\b(?:feel free|you can|please|may) .{0,20}\badd\b", re.I)


@dataclass(frozen=True, slots=True)
class TrailerLine:
    """A trailer in a body: its place, what it says, the person it names, and whether it hangs on a condition."""

    start: int
    end: int
    kinds: tuple[TrailerKind, ...]
    person: str
    conditional: bool = False


def find_trailers(message: Message) -> Iterator[TrailerLine]:
    """Trailers given in own text, in order."""
    if message.subject.patch and not message.subject.reply:
        return
    if "-by" not in message.body and "-By" not in message.body:
        return
    lines = message.lines
    starts: list[int] = []
    left = MAX_TRAILERS
    for layer in message.layers:
        flat = message.form == "flattened" and layer.kind == "quote" and layer.origin is None
        if layer.kind != "own" and not flat:  # of flattened mail also the quotes that no other mail at hand holds
            continue
        for at in range(layer.first_line, layer.end_line):
            line = lines[at]
            if len(line) > 400 or "by" not in line.lower() or not (found := _GIVEN.match(line)):
                continue
            left -= 1
            if left < 0:
                return
            before, person = found["before"], found["person"]
            if _DENIED.match(found["kinds"]):
                continue
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
            starts = starts or find_line_starts(lines)
            lead = before if before.strip() else _lead(lines, at, layer.first_line)
            yield TrailerLine(
                starts[at] + found.start("trailer"),
                starts[last] + len(lines[last].rstrip()),
                _read_kinds(found["kinds"]),
                _read_person(person),
                (_is_conditional(lead) and not (_BARE.match(lead) and _wants_nothing(lines, at, layer.first_line)))
                or _CONDITIONALLY.match(found["kinds"]) is not None
                or _HANGS.match(_behind(lines, last, layer.end_line)) is not None,
            )


def _is_conditional(lead: str) -> bool:
    """Whether the words that lead to a trailer name something that is to be done first, or somebody who is to agree."""
    bare = _FREE.sub(" ", lead)
    done = any(_ASKS_DONE.search(bare, asks.end(), asks.end() + _NEAR) for asks in _ASKS.finditer(bare))
    return done or _GRANTED.search(lead) is not None


def _behind(lines: list[str], at: int, end: int) -> str:
    """What stands behind the address of a trailer, in its line or else below it and those that follow it."""
    _, _, noted = lines[at].rpartition(">")
    if noted.strip():
        return noted
    at += 1
    while at < end and (not lines[at].strip() or _GIVEN.match(lines[at][:400])):
        at += 1
    return " ".join(line.strip() for line in lines[at : min(at + 2, end)])


def _wants_nothing(lines: list[str], at: int, first: int) -> bool:
    """Whether the text above a bare "with that" says something and asks for nothing."""
    above = " ".join(lines[max(first, at - _ABOVE) : at])
    told = re.split(r"\b(?:with|after) (?:that|this)\b", above, flags=re.I)[-2:-1]
    return bool(told and len(told[0].split()) >= _FEWEST_WORDS and not _WANTED.search(told[0]))


def find_collected(message: Message) -> Iterator[TrailerLine]:
    """Trailers that the author of a patch mail wrote into its commit message, or into its cover letter."""
    head = message.body[:_HEAD_CHARS]
    end = _HEAD_END.search(head)
    head = head[: end.start()] if end else head
    for found in islice(_COLLECTED.finditer(head), MAX_TRAILERS):
        yield TrailerLine(found.start(), found.end(), _read_kinds(found["kinds"]), _read_person(found["person"]))


def _read_person(words: str) -> str:
    """The person of a trailer, without what is noted behind.

    >>> _read_person("Ada Byron <ada@example.org> # patches 1-2"), _read_person("Ada Byron # the loom")
    ('Ada Byron <ada@example.org>', 'Ada Byron')
    """
    named = _PERSON.match(words)
    return named[0].strip() if named else _NOTED.split(words, maxsplit=1)[0].strip()[:_LONGEST_PERSON]


def _read_kinds(words: str) -> tuple[TrailerKind, ...]:
    return tuple(kind for pattern, kind in _KINDS if pattern.search(words))


def _in_patch_block(lines: list[str], at: int, first: int, end: int) -> bool:
    first, end = max(first, at - _BLOCK_LINES), min(end, at + _BLOCK_LINES)
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
