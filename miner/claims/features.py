"""What the classifier sees of a sentence: its words, and those around it.

Numbers, versions, links, hashes and identifiers become classes, so that a sentence from another list looks as one from
this. What the sentence stands below is part of it: the last words of the quote that it answers, and of the sentence
before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from miner.claims.sentences import Sentence
from miner.model import Message

MAX_WORDS = 56  # of the sentence
AROUND_WORDS = 24  # of the quote and of the sentence before, their last ones
AFTER_WORDS = 12  # of the sentence behind it, its first ones
AROUND_CHARS = 160
FEW, MANY = 4, 12  # sentences of a mail: below, and above
CODE_CHARS = 100_000  # of a body that are looked at for quoted code
_QUOTED_LINES = 3
_SHORT_FORM = re.compile(r"(n['’]t|['’](?:ll|re|ve|m|d|s))\b")
LONGEST_PLAIN = 42  # letters of a word that is none of the classes, whatever they are
_TOKEN = re.compile(
    rf"[a-z]{{1,{LONGEST_PLAIN}}}+(?=[\s,;!?)\"]|\.?$)"  # a plain word, which is none of the others
    r"|(?P<link>(?:https?|git)://\S{1,500})"
    r"|(?P<address>[\w.+-]{1,64}@[\w.-]{1,255})"
    r"|(?P<function>\w{1,80}\(\))"
    r"|(?P<hash>\b(?=[a-f]{0,39}\d)[0-9a-f]{7,40}\b)"
    r"|(?P<release>\bv?\d{1,4}\.\d{1,4}(?:\.[\dxy]{1,4}){0,3}(?:-rc\d{1,2})?\b)"
    r"|(?P<version>\bv\d{1,2}\b)"
    r"|(?P<identifier>\b\w{1,40}_\w{1,80}\b)"
    r"|(?P<number>\b\d{1,20}\b)"
    r"|\+1\b|n't\b|'(?:ll|re|ve|m|d|s)\b|[^\W_](?:[\w+/-]{0,40}\w)?|[:;]-?[)(]|[?!.:,;()>\"]"
)


_QUOTED_CODE = re.compile(r"\n((?:>[^\S\n]?)+)(?:[-+]|@@ |diff --git )")
_TAG = re.compile(r"\s{0,8}[A-Z][A-Za-z]{1,20}(?:-[A-Za-z]{1,20}){0,4}-by::?\s")


@dataclass(frozen=True, slots=True)
class Setting:
    """What all sentences of a mail share: its `kind` (patch, reply, mail); `code_depth`, how many marks stand before the diff that
    it quotes (1: it reviews a patch; 2: it most likely answers a review; 0: it quotes none); whether it gives a trailer; how
    many sentences it has."""

    kind: str
    code_depth: int = 0
    tagged: bool = False
    sentences: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence stands: in which mail, whether in a commit message, first or last of its mail, with the quote above
    it and the sentences before and after it ("" where there is none)."""

    setting: Setting
    in_commit: bool = False
    first: bool = False
    last: bool = False
    quote: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the classifier sees of a sentence: its words, those of the quote and of its neighbours, and MARKS, each 0 or 1."""

    own: tuple[str, ...]
    quote: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    marks: tuple[float, ...]


def read_words(text: str, most: int | None = None) -> list[str]:
    """The words of a text, or the first so many, in lower case, classes in angle brackets, contractions in two.

    >>> read_words("I'll send v3, see foo_bar() in 6.9")
    ['i', "'ll", 'send', '<version>', ',', 'see', '<function>', 'in', '<release>']
    """
    words = [*chain.from_iterable(map(_read_piece, text.lower().split()))]
    return words if most is None else words[:most]


@lru_cache(maxsize=20_000)
def _read_piece(piece: str) -> tuple[str, ...]:
    """The words of what stands between two blanks. People use few: nine in ten were read before."""
    if piece.isalpha() and piece.isascii() and len(piece) <= LONGEST_PLAIN:
        return (piece,)
    if "'" in piece or "’" in piece:
        piece = _SHORT_FORM.sub(lambda match: " " + match[0].replace("’", "'"), piece)
    return tuple(f"<{match.lastgroup}>" if match.lastgroup else match[0] for match in _TOKEN.finditer(piece))


MARKS = tuple("reply patch mail commit first last quote before code1 code2 code3 tagged few many".split())


def describe(text: str, place: Place) -> Seen:
    """The words by which a sentence at its place is judged, and what else is known of it."""
    setting = place.setting
    kind, depth = setting.kind, setting.code_depth
    marks = (
        *(kind == "reply", kind == "patch", kind == "mail"),
        place.in_commit,
        place.first,
        place.last,
        bool(place.quote),
        bool(place.before),
        *(depth == 1, depth == 2, depth == 3),
        setting.tagged,
        setting.sentences < FEW,
        setting.sentences > MANY,
    )
    return Seen(
        own=tuple(read_words(text, MAX_WORDS)),
        quote=tuple(read_words(place.quote[-AROUND_CHARS:])[-AROUND_WORDS:]),
        before=tuple(read_words(place.before[-AROUND_CHARS:])[-AROUND_WORDS:]),
        after=tuple(read_words(place.after[:AROUND_CHARS], AFTER_WORDS)),
        marks=tuple(map(float, marks)),
    )


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


def find_setting(message: Message, sentences: int) -> Setting:
    """What the sentences of a mail share; `sentences` is their number."""
    subject = message.subject
    marked = subject.patch and not subject.reply
    answers = subject.reply or (message.in_reply_to is not None and not subject.patch)
    return Setting(
        kind="patch" if marked else "reply" if answers else "mail",
        code_depth=_find_code_depth(message.body),
        tagged=_is_tagged(message.body),
        sentences=sentences,
    )


def _is_tagged(body: str) -> bool:
    at = body.find("-by:")
    while at >= 0:
        if _TAG.match(body, body.rfind("\n", 0, at) + 1):
            return True
        end = body.find("\n", at)
        at = body.find("-by:", end) if end >= 0 else -1
    return False


def _find_code_depth(body: str) -> int:
    depth = 0
    quotes = body.startswith(">") or "\n>" in body
    for found in _QUOTED_CODE.finditer(f"\n{body[:CODE_CHARS]}") if quotes else ():
        depth = min(depth or 3, found[1].count(">"))
        if depth == 1:
            break
    return depth


def locate(message: Message, setting: Setting, sentences: Sequence[Sentence], at: int) -> Place:
    """The place of one of a mail's sentences."""
    return Place(
        setting=setting,
        in_commit=sentences[at].zone == "commit",
        first=at == 0,
        last=len(sentences) > 1 and at == len(sentences) - 1,
        quote=find_quote(message.body, sentences[at].start),
        before=_squeeze(sentences[at - 1].text)[-AROUND_CHARS:] if at else "",
        after=_squeeze(sentences[at + 1].text)[:AROUND_CHARS] if at + 1 < len(sentences) else "",
    )


def _squeeze(text: str) -> str:
    return " ".join(text.split())
