"""What the classifier sees of a sentence: its words, and those around it.

Numbers, versions, links, hashes and identifiers become classes, so that a sentence from another list looks as one from
this. What the sentence stands below is part of it: the last words of the quote that it answers, and of the sentence
before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from miner.claims.sentences import Sentence
from miner.model import Message

MAX_WORDS = 56  # of the sentence
AROUND_WORDS = 10  # of the quote and of the sentence before
AROUND_CHARS = 160
_QUOTED_LINES = 3
_SHORT_FORM = re.compile(r"(n['’]t|['’](?:ll|re|ve|m|d|s))\b")
_TOKEN = re.compile(
    r"(?P<link>(?:https?|git)://\S{1,500})"
    r"|(?P<address>[\w.+-]{1,64}@[\w.-]{1,255})"
    r"|(?P<function>\w{1,80}\(\))"
    r"|(?P<hash>\b(?=[a-f]{0,39}\d)[0-9a-f]{7,40}\b)"
    r"|(?P<release>\bv?\d{1,4}\.\d{1,4}(?:\.[\dxy]{1,4}){0,3}(?:-rc\d{1,2})?\b)"
    r"|(?P<version>\bv\d{1,2}\b)"
    r"|(?P<identifier>\b\w{1,40}_\w{1,80}\b)"
    r"|(?P<number>\b\d{1,20}\b)"
    r"|\+1\b|n't\b|'(?:ll|re|ve|m|d|s)\b|[^\W_](?:[\w+/-]{0,40}\w)?|[:;]-?[)(]|[?!.:,;()>\"]"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence stands: `kind` of its mail (patch, reply, mail), whether in a commit message, first or last of its
    mail, with the quote above it and the sentence before it ("" where there is none)."""

    kind: str
    in_commit: bool
    first: bool
    last: bool
    quote: str
    before: str


def read_words(text: str) -> list[str]:
    """The words of a text in lower case, classes in angle brackets, contractions in two.

    >>> read_words("I'll send v3, see foo_bar() in 6.9")
    ['i', "'ll", 'send', '<version>', ',', 'see', '<function>', 'in', '<release>']
    """
    text = _SHORT_FORM.sub(lambda match: " " + match[0].replace("’", "'"), text.lower())
    return [f"<{match.lastgroup}>" if match.lastgroup else match[0] for match in _TOKEN.finditer(text)]


def describe(text: str, place: Place) -> list[str]:
    """The words by which a sentence at its place is judged; those around it bear a mark."""
    edge = "<first>" if place.first else "<last>" if place.last else "<inner>"
    quote = read_words(place.quote[-AROUND_CHARS:])[-AROUND_WORDS:]
    before = read_words(place.before[-AROUND_CHARS:])[-AROUND_WORDS:]
    return [
        f"<{place.kind}>",
        "<commit>" if place.in_commit else "<own>",
        edge,
        *(f"q:{word}" for word in quote),
        *(f"b:{word}" for word in before),
        "<s>",
        *read_words(text)[:MAX_WORDS],
        "</s>",
    ]


def find_quote(body: str, start: int) -> str:
    """The end of the quote that text at this offset stands directly below; "" if own text stands between."""
    found: list[str] = []
    end = body.rfind("\n", 0, start)
    while end > 0 and len(found) < _QUOTED_LINES:
        begin = body.rfind("\n", 0, end) + 1
        line = body[begin : min(end, begin + 1000)].strip()
        if line.startswith(">"):
            if bare := line.lstrip("> \t"):
                found.append(bare)
            elif found:
                break
        elif line:
            break
        end = begin - 1
    return " ".join(" ".join(reversed(found)).split())[-AROUND_CHARS:]


def locate(message: Message, sentences: Sequence[Sentence], at: int) -> Place:
    """The place of one of a mail's sentences."""
    subject, sentence = message.subject, sentences[at]
    marked = subject.patch and not subject.reply
    answers = subject.reply or (message.in_reply_to is not None and not subject.patch)
    before = " ".join(sentences[at - 1].text.split())[-AROUND_CHARS:] if at else ""
    return Place(
        kind="patch" if marked else "reply" if answers else "mail",
        in_commit=sentence.zone == "commit",
        first=at == 0,
        last=len(sentences) > 1 and at == len(sentences) - 1,
        quote=find_quote(message.body, sentence.start),
        before=before,
    )
