"""Places in the text of a mail: the line, the layer, the quote above it and the sentence around it."""

from __future__ import annotations

import re

from miner.model import Layer, Message

NEAR, LONGEST_SENTENCE = 400, 2_000  # characters: what is read around words whose sentence has no end within the other
QUOTE_MARKS = re.compile(r"^>[> \t]*")
_SENTENCE = re.compile(r"[.?!][)\"']?(?:\s|$)|\n[> \t]*\n")
_BULLET = re.compile(r"^[> \t]*(?:[-*+•]|\d{1,2}[.)])[ \t]+(?=\S)", re.M)
_BLANK_LINE = re.compile(r"\n[> \t]*\n")


def line_of(body: str, offset: int) -> int:
    return body.count("\n", 0, offset)


def layer_at(message: Message, line: int) -> Layer | None:
    return next((layer for layer in message.layers if layer.first_line <= line < layer.end_line), None)


def quote_above(message: Message, line: int) -> Layer | None:
    """The quote that own text at this line answers: the nearest one above it, signatures and attributions apart."""
    above = None
    for layer in message.layers:
        if layer.first_line >= line:
            break
        if layer.kind == "quote":
            above = layer
    return above


def sentence_around(body: str, start: int, end: int) -> str:
    """The sentence (or sentences) that a span stands in, quote marks and line ends taken out. In a list it does not leave its line;
    what leads to a list goes on in it."""
    top = max(0, start - NEAR)
    before = [m.end() for m in _SENTENCE.finditer(body, top, start)]
    first = before[-1] if before else top
    bullets = [m.end() for m in _BULLET.finditer(body, top, end) if m.start() <= start]
    listed = bool(bullets) and _BLANK_LINE.search(body, bullets[-1], start) is None
    if listed:
        first = max(first, min(bullets[-1], start))
    ends = [_SENTENCE.search(body, max(start, end - 1), end + LONGEST_SENTENCE)]
    ends += [_BULLET.search(body, end, end + LONGEST_SENTENCE)] if listed else []
    stops = [found.start() if found.re is _BULLET else found.end() for found in ends if found]
    text = body[first : min(stops, default=min(len(body), end + NEAR))]
    return " ".join(QUOTE_MARKS.sub("", line).strip() for line in text.split("\n")).strip()
