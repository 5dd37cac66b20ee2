"""Where an author gives in to a remark: "Ok.", "Good point, thanks.", "Yes, I agree." below what somebody else wrote of his posting.

Such words claim nothing by themselves; below a remark they say that the next version has it. Weak evidence: it counts only where nobody
approved the work, and always as probable.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from miner.join.tie import Ties
from miner.model import Claim, Layer, Message, find_line_starts

CONCEDED = "conceded-remark"  # the rule of these claims
CONFIDENCE = 0.4
LONGEST = 14  # words of a paragraph that only gives in
_LEAD = r"(?:(?:hi|hello|hey|ah|oh|hm+|well|and|so|thanks?|thank you)\b[\w ]{0,20}[,.!:-]{1,3} *){0,2}"
_AGREES = r"(?:agreed|(?:i|we) (?:fully |completely |totally )?agree)"
_RIGHT = r"you(?:['’]re| are) (?:absolutely |quite |completely )?right"
_GIVES_IN = re.compile(  # whatever stands above it
    rf"{_LEAD}(?:ok(?:ay)?|sure|{_AGREES}|(?:yes|yeah|yep|right|true)[,.]? (?:{_AGREES}|{_RIGHT}|good|makes|that makes|will)|{_RIGHT}"
    r"|(?:good|nice|great|fair) (?:point|catch|idea|suggestion|spot)|fair enough|(?:that |it )?makes sense|got it|noted|understood|ack(?:ed)?"
    r"|(?:that|this|it)? ?sounds (?:good|great|fine|reasonable|better|like a (?:good|better))|roger|will do|of course|no problem|absolutely|my (?:bad|mistake|fault)|oops|indeed|i see(?=[.,!:;]|$)"
    r"|(?:thanks?|thank you) for (?:catching|spotting|pointing|the (?:suggestion|catch|hint|tip|pointer|heads)))\b(?!-)",
    re.I,
)
_YES = re.compile(rf"{_LEAD}(?:yes|yeah|yep|right|true|correct|exactly|definitely)\W*(?:thanks?\W*)?$", re.I)
_DOUBT = re.compile(
    r"\?|n['’]t\b|\b(?:but|however|although|though|except|unless|not|no|disagree|already|why|later|separate(?:ly)?|follow-?up|noise"
    r"|looks good|fine (?:with|by|for))\b",
    re.I,
)
_ADMITS = re.compile(  # in a paragraph of any length
    r"\b(?:i (?:was|am|got (?:it|this|that)) wrong(?:ly)?\b|i (?:thought|assumed|understood) (?:it |this |that )?wrong(?:ly)?\b"
    r"|i (?:misread|misunderstood|overlooked|missed) (?:it|that|this)\b|my (?:mistake|bad|fault)\b"
    r"|(?:i|we) should have (?:tested|checked|noticed|seen|actually)\b)",
    re.I,
)
_GREETS = re.compile(r"(?:hi|hello|hey|dear)(?: [\w.-]+){0,3}[,.!:]?", re.I)
_HEAD = re.compile(  # a sentence of its own, whatever follows
    rf"{_LEAD}(?:(?:i )?agreed?|(?:you(?:['’]re| are) )?(?:absolutely |quite |completely )?right|(?:good|great|fair) (?:point|catch)|fair enough"
    r"|(?:that |it )?makes sense)[.!]",
    re.I,
)
_WORD = re.compile(r"[^\W_]+")
_NO_REMARK = re.compile(
    r"(?:[\w-]+-by:|thanks?\b|thank you|regards|cheers|best\b|-- ?$|hi\b|hello\b|on .* wrote:|\S+ wrote:)", re.I
)


def claim_concessions(ties: Ties, taking: Collection[str] = ()) -> Iterator[Claim]:
    """The words by which authors give in to remarks below their postings, as claims that a new version is needed, one a mail, in the
    order of the mails. "Ok, thanks." below a mail by which somebody takes the work, one of `taking`, only thanks for it."""
    messages, people = ties.threads.messages, ties.people
    for message, posting in ties.answers:
        parent = messages.get(message.in_reply_to or "")
        if parent is None or parent.message_id in taking:
            continue
        if not people.same(str(message.author), posting.author) or people.same(str(parent.author), posting.author):
            continue
        if found := find_concession(message):
            yield Claim.of(
                message,
                found,
                "needs-revision",
                "hedged",
                CONFIDENCE,
                rule=CONCEDED,
                waiting_on=("author",),
                series=posting.root,
            )


def find_concession(message: Message) -> tuple[int, int] | None:
    """The place of the last words of a mail's own that only give in to those quoted above them."""
    lines = message.lines
    starts = find_line_starts(lines)
    found: tuple[int, int] | None = None
    above: Layer | None = None
    for layer in message.layers:
        if layer.kind == "quote":
            above = layer
        if layer.kind != "own":
            continue
        said = (
            n
            for n in range(layer.first_line, layer.end_line)
            if lines[n].strip() and not _GREETS.fullmatch(lines[n].strip())
        )
        first = next(said, layer.end_line)
        end = next((n for n in range(first, layer.end_line) if not lines[n].strip()), layer.end_line)
        text = " ".join(line.strip() for line in lines[first:end])
        if text and _gives_in(text, _last_quoted(lines, above)):
            found = starts[first], starts[end] - 1
    return found


def _last_quoted(lines: Sequence[str], above: Layer | None) -> str | None:
    """The last line of a quote that says something; None where nothing is quoted."""
    if above is None:
        return None
    bare = (line.lstrip("> \t").strip() for line in reversed(lines[above.first_line : above.end_line]))
    return next(filter(None, bare), "")


def _gives_in(text: str, said: str | None) -> bool:
    """Whether a paragraph does; a bare yes to a question answers it."""
    if _ADMITS.search(text) and "?" not in text:
        return True
    head = _HEAD.match(text)
    if head is not None and not _DOUBT.search(text):
        return True
    if len(_WORD.findall(text)) > LONGEST or _DOUBT.search(text) or (said is not None and _NO_REMARK.match(said)):
        return False
    return bool(_GIVES_IN.match(text)) or (bool(_YES.match(text)) and bool(said) and not str(said).endswith("?"))
