"""Which of several rows of a table words are about that stand below all of them: "both are in", "the reed split is merged", "the second
one waits for Dora"; who speaks of himself means his own row. Words that do not tell are taken to be about the last row, hedged where
whoever wrote them answers no other row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from miner.join.counting import NUMBERS
from miner.join.items import owner_of, title_key
from miner.join.places import line_of
from miner.join.senses import words_of
from miner.join.tie import Ties
from miner.model import Claim

_COUNTS = {"both": 2, "neither": 2} | {word: number for number, word in enumerate(NUMBERS, 1)}
_COUNT = rf"(?:{'|'.join(NUMBERS[1:6])})"
_THING = r"(?:ones?|rows?|items?|series|works?)\b"
_IS = r"(?=(?:all |both |now |already |still )*(?:is|are|was|were|isn['’]t|aren['’]t|has|have|had|went|got|goes|go|needs?|waits?|should|can|will|looks?)\b)"
_BEFORE = r"(?:^|[.,;:!] ?|\b(?:and|but|so|ok|okay|yes|then|now),? )"
_TAKEN = r"\b(?:applied|merged|queued|picked(?: up)?|took|taken|pushed|dropped|acked|reviewed|tested|of|for|on|take|queue|apply|merge|drop|review) "
_SEVERAL = re.compile(
    rf"\b(?P<count>both|neither)\b(?! (?:patches|commits|versions|sides|cases|of (?:the|your|my|his|her|our)\b))(?: of (?:them|these|those))?"
    rf"|\b(?:all |the |these |those |of )(?P<number>{_COUNT})(?: {_THING})?(?: of (?:them|these|those))?(?! (?!(?:is|was|has|goes|needs|waits|looks)\b)\w+s\b)"
    rf"|{_BEFORE}(?:they (?!are (?:working|looking|planning))|these |those |(?:all|none|everything) (?:(?:of (?:them|these|those|the above)|above) )?){_IS}"
    rf"|{_TAKEN}(?:these|those|them|all of (?:them|these|those))(?: all)?(?=\W*$|[.,;:!]| (?:to|for|in|into|on|now)\b)",
    re.I,
)
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth")
_PLACE = re.compile(
    rf"{_BEFORE}(?:the )?(?P<place>{'|'.join(_PLACES)}|last|former|latter)(?: (?P<count>{_COUNT}))?(?: {_THING})? {_IS}"
    rf"|{_TAKEN}(?:the )?(?P<object>{'|'.join(_PLACES)}|last|former|latter)(?: {_THING})?(?=\W*$|[.,;:!])",
    re.I,
)
_OTHERS = re.compile(rf"{_BEFORE}(?:(?:all )?the (?:rest|others?)(?: {_THING})?) {_IS}", re.I)
_NOT_OF = re.compile(
    r"(?:\b(?:for|on|upon|by|after|until|till|once|when|if|before|with|without|than|as|needs?|requires?|blocks?|of) (?:the |that )?(?:\w+ ){0,2}?)$"
)
_OF_HIMSELF = re.compile(r"\b(?:I|my|mine)\b", re.I)
_LEAST_HINT = 5  # letters of a word by which one row is told from the others


def spread_over_rows(claims: Iterable[Claim], ties: Ties) -> Iterator[Claim]:
    """Claims of which those that stand below several rows are about all that they mean, one claim for each."""
    told: dict[tuple[str, tuple[int, ...]], set[int]] = {}  # the rows that words before were about
    for claim in claims:
        message = ties.threads.messages[claim.message_id]
        rows = ties.rows_above(claim.message_id, line_of(message.body, claim.start))
        if len(rows) < 2 or ties.links_in(message, claim):  # a link tells it better
            yield claim
            continue
        before = told.setdefault((claim.message_id, rows), set())
        meant = _find_meant(words_of(claim), rows, before, ties) or _find_own(claim, rows, ties)
        before.update(meant)
        for row in meant:
            title = ties.entries[row].title
            yield replace(claim, item=title, about=title if len(meant) < len(rows) else claim.about)
        if not meant:
            unsure = claim.certainty == "asserted" and ties.answers_once(claim.message_id, rows)
            yield replace(claim, certainty="hedged") if unsure else claim


def _find_meant(text: str, rows: Sequence[int], told: set[int], ties: Ties) -> Sequence[int]:
    """The rows that words are about: those that they name, those that they count; none where they do not tell."""
    if named := _find_named(text, rows, ties):
        return named
    if found := _PLACE.search(text):
        place, count = (found["place"] or found["object"]).lower(), _COUNTS.get((found["count"] or "").lower(), 1)
        at = len(rows) - count if place in ("last", "latter") else _PLACES.index(place) if place in _PLACES else 0
        return rows[at : at + count] if at >= 0 else ()
    if _OTHERS.search(text):
        return [row for row in rows if row not in told] if told else ()
    if found := _SEVERAL.search(text):
        wanted = _COUNTS.get((found["count"] or found["number"] or "").lower(), len(rows))
        return rows if wanted == len(rows) else ()
    return ()


def _find_own(claim: Claim, rows: Sequence[int], ties: Ties) -> Sequence[int]:
    """The one row of whoever speaks, if he speaks of himself."""
    if not _OF_HIMSELF.search(claim.text):
        return ()
    own = [row for row in rows if ties.people.same(claim.by, ties.people.resolve(owner_of(ties.entries[row].row)))]
    return own if len(own) == 1 else ()


def _find_named(text: str, rows: Sequence[int], ties: Ties) -> Sequence[int]:
    """The rows whose title words name, or else have a word of that no other row has; not those for which the work waits."""
    words = f" {title_key(text)} "
    keys = {row: title_key(ties.entries[row].row.title) for row in rows}
    whole = [row for row in rows if _names(words, keys[row])]
    if whole:
        return [row for row in whole if not any(keys[row] != keys[o] and keys[row] in keys[o] for o in whole)]
    return [
        row
        for row in rows
        for others in [{word for other in rows if other != row for word in keys[other].split()}]
        if any(len(w) >= _LEAST_HINT and w not in others and _names(words, w) for w in keys[row].split())
    ]


def _names(words: str, key: str) -> bool:
    """Whether words have a title, or a word of it, as what they are about."""
    at = words.find(f" {key} ") if key else -1
    return at >= 0 and not _NOT_OF.search(words[: at + 1])
