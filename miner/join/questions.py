"""Questions about the work, and whether somebody answered them.

A question counts as answered when somebody else wrote directly below a quote of it, or when the person asked replied to
that mail without quoting anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from miner.join.people import People
from miner.join.threads import Threads
from miner.join.tie import line_of
from miner.model import Claim, Message, Question


def find_unanswered(claims: Sequence[Claim], threads: Threads, people: People) -> list[tuple[Claim, Question]]:
    """The asked claims that nobody answered, in the order of the claims, each with the question to show."""
    found = []
    for claim in claims:
        if claim.certainty != "asked":
            continue
        message = threads.messages[claim.message_id]
        asked = _asked_of(claim, message, threads, people)
        if not _is_answered(claim, message, asked, threads, people):
            found.append((claim, Question(claim.message_id, claim.text, asked)))
    return found


def _asked_of(claim: Claim, message: Message, threads: Threads, people: People) -> str | None:
    near = [str(message.author), *map(str, message.recipients)]
    for name in claim.waiting_on:
        if person := people.resolve(name, near):
            return person
    if claim.waiting_on:
        return claim.waiting_on[0]
    parent = threads.parent(claim.message_id)
    return str(threads.messages[parent].author) or None if parent else None


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
        if direct and not any(layer.kind == "quote" for layer in reply.layers):
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
