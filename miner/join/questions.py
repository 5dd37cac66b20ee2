"""Questions about the work, and whether somebody answered them.

A question counts as answered when somebody else wrote directly below a quote of it, or when the person asked replied to
that mail: without quoting anything if the question asks where the work stands, in any way if it is any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from miner.join.people import People
from miner.join.threads import Threads
from miner.join.tie import line_of
from miner.model import Ask, Claim, Message, Question

QUESTION = "question"  # the rule of a claim that is a question, and says nothing of where the work stands
_CONFIDENCE = 0.5


def claim_asks(asks: Iterable[Ask], claims: Iterable[Claim]) -> list[Claim]:
    """Questions as claims that an answer or, where they ask for a change, a revision is needed, without those that are claims
    already. Plain requests are left out: most come with an approval, and say little of where the work stands."""
    asked: dict[str, list[tuple[int, int]]] = {}
    for claim in claims:
        if claim.certainty == "asked":
            asked.setdefault(claim.message_id, []).append((claim.start, claim.end))
    return [
        _as_claim(ask)
        for ask in asks
        if ask.question and not any(start < ask.end and ask.start < end for start, end in asked.get(ask.message_id, ()))
    ]


def _as_claim(ask: Ask) -> Claim:
    return Claim(
        message_id=ask.message_id,
        start=ask.start,
        end=ask.end,
        text=ask.text,
        status="needs-revision" if ask.change else "needs-reply",
        certainty="asked",
        confidence=_CONFIDENCE,
        by=ask.by,
        holder=None,
        date=ask.date,
        waiting_on=(),
        target=None,
        about=None,
        depends_on=(),
        item=None,
        series=None,
        rule=QUESTION,
    )


def find_unanswered(claims: Sequence[Claim], threads: Threads, people: People) -> list[tuple[Claim, Question]]:
    """The asked claims that nobody answered, in the order of the claims, each with the question to show."""
    found = []
    for claim in claims:
        if claim.certainty != "asked":
            continue
        message = threads.messages[claim.message_id]
        asked = _asked_of(claim, message, threads, people)
        if not _is_answered(claim, message, asked, threads, people):
            found.append((claim, Question(claim.message_id, claim.text, asked, claim.by, claim.date)))
    return found


def _asked_of(claim: Claim, message: Message, threads: Threads, people: People) -> str | None:
    """Who is asked: the one named, else the writer of the mail above; for a plain question the nearest other writer above."""
    near = [str(message.author), *map(str, message.recipients)]
    for name in claim.waiting_on:
        if person := people.resolve(name, near):
            return person
    if claim.waiting_on:
        return claim.waiting_on[0]
    authors = (str(threads.messages[ident].author) for ident in threads.ancestors(claim.message_id))
    if claim.rule != QUESTION:
        return next(authors, None) or None
    return next((author for author in authors if author and not people.same(author, claim.by)), None)


def _is_answered(claim: Claim, message: Message, asked: str | None, threads: Threads, people: People) -> bool:
    first, last = line_of(message.body, claim.start), line_of(message.body, max(claim.start, claim.end - 1))
    if message.form == "flattened" and _followed_by_own(message, message.message_id, first, last):
        return True
    for ident in threads.descendants(claim.message_id):
        reply = threads.messages[ident]
        if people.same(str(reply.author), claim.by):
            continue
        if _followed_by_own(reply, claim.message_id, first, last):
            return True
        direct = threads.parent(ident) == claim.message_id and people.same(str(reply.author), asked)
        if direct and (claim.rule == QUESTION or not any(layer.kind == "quote" for layer in reply.layers)):
            return True
    return False


def _followed_by_own(reply: Message, ident: str, first: int, last: int) -> bool:
    """Whether a quote of these lines has the replier's own text directly below it."""
    for layer, below in zip(reply.layers, reply.layers[1:], strict=False):
        if layer.kind != "quote" or below.kind != "own":
            continue
        if reply.message_id == ident:
            start, end = layer.first_line, layer.end_line
        elif layer.origin is not None and layer.origin.message_id == ident:
            start = layer.origin.first_line
            end = start + layer.end_line - layer.first_line
        else:
            continue
        if start <= last and first < end + 1:
            return True
    return False
