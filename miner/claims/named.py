"""Plain words that one work of a table waits for another: "Waits for the bobbin cache.", "the shed timing depends on my heddle locks".

Where a mail has rows of work, its own or quoted, their names are works. So a verb of waiting before such a name is a claim, which
elsewhere would be anything ("it waits for the lock"). The subject is the name before the verb, or where none stands the row above.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from miner.claims.scopes import Span, find_condition, is_said
from miner.claims.sentences import split_sentences
from miner.model import NAMED_ROW, Claim, Message

CONFIDENCE = 0.7
_FEWEST = 4  # letters of a name
_WAITS = (
    r"(?:(?:is|are|am|['’]m|['’]s|still|now|also|currently|both|all|only) ){0,3}"
    r"(?:waits?|waiting|has to wait|have to wait|must wait|depends?|depending|dependent|blocked|stuck|gated|held up|on hold|hangs?|hinges?|builds?)"
    r" (?:for|on|upon|until|till|by|behind)"
)
_NEEDS = r"(?:(?:also|still|first) )?(?:needs?|requires?)"
_OWNER = r"(?:(?:the|my|our|your|his|her|their|this|that|[A-Z]\w+['’]s) )?"
_KIND = r"(?: (?:work|series|patch|patches|item|change|changes|rework|one|row))?"
_ENDS = r"(?=\s*(?:$|[.,;:!)(–—]|- |(?:to|since|because|so|and|but|which|first|is|are|lands?|goes|gets|being|before|too|as well|here|now|as|anyway)\b))"
_LEADS = (
    r"\W*(?:(?:and|but|so|yes|no|well|ok|okay|right|sorry|also|still|now|then|currently|for now|since|as|because"
    r"|probably|maybe|perhaps|I (?:think|guess|believe|suppose)(?: that)?),? )*"
)
_THIS = r"(?:this|it|that|mine|this one|that one|the (?:work|series|patch)|we|I)?\s*"


def _compile(pattern: str) -> re.Pattern[str]:
    """A pattern whose blanks may be line breaks."""
    return re.compile(pattern.replace(" ", r"\s+"), re.I)


_PRONOUN = _compile(_LEADS + _THIS)


def _key(name: str) -> str:
    return " ".join(name.lower().split())


def find_waits(message: Message, names: Iterable[str]) -> Iterator[Claim]:
    """The claims of a mail that a work waits for one of `names`, those of its rows."""
    known = {_key(name): name for name in names if len(name) >= _FEWEST}
    if not known:
        return
    work = "|".join(map(re.escape, sorted(known, key=len, reverse=True))).replace(r"\ ", " ")
    waits = _compile(
        rf"(?P<verb>\b{_WAITS}) {_OWNER}(?P<on>{work}){_KIND}{_ENDS}|(?P<need>\b{_NEEDS}) {_OWNER}(?P<needed>{work}){_KIND} (?:to \w+ (?:in )?)?first\b"
    )
    subject = _compile(rf"{_LEADS}{_OWNER}(?P<about>{work}){_KIND}\s*")
    for sentence in split_sentences(message):
        text = sentence.text
        if text.endswith("?") or not (found := waits.search(text)):
            continue
        verb = Span(*found.span("verb" if found["verb"] else "need"))
        start = _clause_before(text, verb.start)
        before = text[start : verb.start]
        named = subject.fullmatch(before)
        on = known[_key(found["on"] or found["needed"])]
        if named is None and not _PRONOUN.fullmatch(before):
            continue
        about = known[_key(named["about"])] if named else None
        if about == on or find_condition(text[start : verb.end]) or is_said("negated", text, "blocked", verb, start):
            continue
        hedged = is_said("hedged", text, "blocked", verb, start)
        end = found.end() + (text[found.end() : found.end() + 1] in (".", "!"))
        start, end = sentence.start + start + len(before) - len(before.lstrip()), sentence.start + end
        yield Claim(
            message_id=message.message_id,
            start=start,
            end=end,
            text=message.body[start:end],
            status="blocked",
            certainty="hedged" if hedged else "asserted",
            confidence=CONFIDENCE,
            by=sentence.by or str(message.author),
            date=None if sentence.by else message.date,
            about=about,
            depends_on=(on,),
            rule=NAMED_ROW,
        )


def _clause_before(text: str, at: int) -> int:
    """Where the clause begins in which a word stands."""
    edges = [found.end() for found in re.finditer(r"[,;:(]\s", text[:at])]
    return edges[-1] if edges else 0
