"""What reviewers ask to have beside a patch, a test of it or its documentation, and its author sends as a patch of its own in answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

from miner.join.tie import Ties
from miner.model import Claim, StatusLabel

_KINDS = tuple(
    partial(re.compile(rf"\b(?:{words})\b", re.I).search)
    for words in (
        r"(?:(?:self|unit|kunit|regression)[- ]?)?tests?|test ?(?:cases?|suites?)|reproducers?|\w+-tests",
        r"doc(?:s|umentation|ument)?|man ?pages?|readme",
    )
)
_OPEN: frozenset[StatusLabel] = frozenset({"needs-revision", "needs-reply", "needs-review", "blocked"})


def without_sent(claims: Iterable[Claim], ties: Ties) -> list[Claim]:
    """The claims without those that ask for a test or for documentation, where the author of what they are about answers them with a
    patch that is one by its subject."""
    sent: dict[str, list[str]] = {}
    for one in ties.series:
        asking = ties.threads.parent(one.root)
        if asking is None or asking in ties.of_message:
            continue
        about = ties.by_root.get(ties.posting_above(asking) or "")
        if about is not None and about.chain != one.chain and ties.people.same(about.author, one.author):
            sent.setdefault(asking, []).append(ties.threads.messages[one.root].subject.text)
    return [claim for claim in claims if not _asks_for_one(claim, sent.get(claim.message_id, ()))]


def _asks_for_one(claim: Claim, subjects: Iterable[str]) -> bool:
    """Whether a claim that something is to be done is about what one of some subjects brings."""
    return claim.status in _OPEN and any(kind(claim.text) and kind(subject) for subject in subjects for kind in _KINDS)
