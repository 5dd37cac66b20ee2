"""Sentences that say of several parts of a work, or of several works, where each stands: "Patches 1-3 applied, 4 needs a rebase".

Each clause that begins with a part of its own is cut off, and judged as a sentence. None is cut where a word before it holds for all
of the sentence: a question, a condition, somebody whose word it is.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_COUNT = r"(?:\d{1,2}|two|three|four|five|six|few)"
_AND = r"(?:, and |,\s*| and | & )"
_NUMBER = r"#?\d{1,3}(?:(?:\s*[-–~]\s*| to | through )#?\d{1,3})?(?![\w/%-]|\.\d)"
_NUMBERS = rf"{_NUMBER}(?:{_AND}{_NUMBER})*"
_OF = r"\d{1,2}/\d{1,2}(?![\w/-])(?! of\b)"  # "2/3"
_PLACE = r"(?:first|second|third|fourth|fifth|sixth|last|final|other|remaining)"
_WORK = r"(?:patch(?:es|set)?|series|fix(?:es)?|clean-?ups?|rework)"
_NAMED = (  # "patches 1, 2 and 4", "patch two", "the second one", "first and second patch", "2/3", "the rest"
    rf"(?:(?:the |your )?patch(?:es)? (?:{_OF}(?:{_AND}{_OF})*|{_NUMBERS}|(?:one|two|three|four|five|six)\b)|{_OF}(?:{_AND}{_OF})*"
    rf"|(?:all (?:but|except) )?(?:the |your )?(?:{_COUNT} )?{_PLACE}(?:{_AND}(?:the )?{_PLACE})*(?: {_COUNT})?(?: (?:ones?|patch(?:es)?|commits?)\b|(?=\s))|(?:the|your) {_PLACE}(?: {_COUNT})?(?=[.,;:!]|$)"
    r"|the (?:rest|others)\b)"
)
_OTHER_WORK = rf"(?:the|my|your|[A-Z]\w+['’]s) (?:[\w-]+ ){{1,3}}?{_WORK}\b"  # "the loom series"
_VERB = (
    r"(?:is|are|was|were|isn['’]t|aren['’]t|has|have|had|needs?|looks?|seems?|waits?|should|must|can|could|cannot|can['’]t|will|would|won['’]t|may|does|doesn['’]t|do|don['’]t|look|seem|need|wait|still|already|no longer|appl(?:y|ies)|fails?|breaks?"
    r"|depends?|requires?|got|went|goes|I|I['’]d|I['’]ll|applied|applies|queued|merged|dropped|picked|taken|acked|reviewed|superseded|replaced|rejected|reverted|too)\b"
)
_DEED = r"(?:applied|queued|picked(?: up)?|took|taken|merged|pushed|dropped|skipped|left(?: out)?|reverted|acked|reviewed|tested|please \w+)"
_OWN_DEED = rf"(?:(?:I|we)(?:['’]ve| have)? )?(?:(?:also|already|just|only) )?{_DEED}"
_OWN_WORD = r"(?:I|we)(?:['’]\w+)?(?: [\w'’]+){1,3}?"  # "I don't want"


def _compile(pattern: str) -> re.Pattern[str]:
    """A pattern whose blanks may be line breaks."""
    return re.compile(pattern.replace(" ", r"\s+"), re.I)


_PART = _compile(  # a clause whose subject, or whose object behind what one does oneself, is a part
    rf"(?:(?P<subject>{_NAMED}|{_OTHER_WORK})\s+(?={_VERB})|(?P<number>{_NUMBERS})\s+(?={_VERB})"
    rf"|{_OWN_DEED}(?: (?:only|both|up))?\s+(?:(?P<done>{_NAMED})|(?P<numbers>{_NUMBERS})(?!\s+{_VERB}))|{_OWN_WORD}\s+(?P<object>{_NAMED}))"
)
_LEAD = _compile(r"\W*(?:(?:ok|okay|so|thanks|thank you|hi|hello|right|well|good|now|for now|and|but)[,.!]? )?")
_EDGE = _compile(
    r"(?:(?P<firm>[;.]|\s[-–—]{1,2}|,?(?=\s(?:but|while|whereas)\b))|,|(?=\sand\b))(?P<space>\s+)(?:(?:and|but|while|whereas|so|though|then|plus|also),? )*"
)
_ENDS = _compile(r"(?:is |are |was |were )?(?:applied|queued|merged|dropped|acked|reviewed|pushed|picked up)\b")
# What holds for all that follows it, up to a stronger edge.
_REACHES_ON = _compile(
    r"\b(?:if|once|when|unless|until|till|after|before|that|because|since|whether|as|assuming|provided|given|with|not sure|think|guess|believe|hope|says?|said|told|which|who)\b"
)


class Part(NamedTuple):
    """A clause, by its offsets into its sentence, and the words for what it is about."""

    start: int
    end: int
    about: str


def split_parts(text: str) -> list[Part]:
    """The clauses of a sentence that speak of a part each; none where fewer than two do so.

    >>> text = "First patch applied, the second one waits for Ada, and 3 and 4 need a rebase."
    >>> [(text[part.start : part.end], part.about) for part in split_parts(text)]
    [('First patch applied,', 'First patch'), ('the second one waits for Ada,', 'the second one'), ('3 and 4 need a rebase.', '3 and 4')]
    >>> [part.about for part in split_parts("The two first patches are in, the last one needs a rebase.")]
    ['The two first patches', 'the last one']
    >>> split_parts("If patch 1 is fine, patch 2 can go in."), split_parts("Patches 1, 2 and 3 are applied.")
    ([], [])
    """
    if text.rstrip(" \"')").endswith("?"):
        return []
    lead = _LEAD.match(text)
    found = _PART.match(text, lead.end() if lead else 0)
    if found is None:
        return []
    heads, cuts = [found], [(0, 0)]  # a cut: where the clause before it ends, and where the one behind it begins
    for edge in _EDGE.finditer(text, found.end()):
        if edge.start() < heads[-1].end() or not (head := _PART.match(text, edge.end())):
            continue
        if edge["firm"] is None and _REACHES_ON.search(text, heads[-1].end(), edge.start()):
            continue
        heads.append(head)
        cuts.append((edge.start("space"), edge.end()))
    if len(heads) < 2 or (all(head["number"] for head in heads) and not _ENDS.match(text, heads[0].end())):
        return []
    ends = [*(end for end, _ in cuts[1:]), len(text)]
    return [
        Part(start, end, " ".join(next(filter(None, head.groups())).split()))
        for head, (_, start), end in zip(heads, cuts, ends, strict=True)
    ]
