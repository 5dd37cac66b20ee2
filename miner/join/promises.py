"""What people said they would do, and whether they did: a new version, or a look at somebody's patches.

A new version is promised by the author of a posting, and kept by any later posting of the same work, or by the version that
it names if that was posted shortly before. A look is promised by anybody else, and kept by a later mail of theirs in that
thread. What is planned only if something else happens is no promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from miner.join.case import FINISHED
from miner.join.subjects import LOOK
from miner.join.tie import Ties, sentence_around
from miner.join.when import find_due
from miner.model import REPLACED, Claim, Message, Promise, Series, Status

LEAST_DAYS = 3.0
_WILL = re.compile(
    r"\b(?:i|we)(?:['’]ll| will| shall| plan to| intend to| am going to|['’]m going to| hope to| expect to| can| should be able to)\b"
    r"|(?:^|[,.;:!-] ?)(?:(?:ok|okay|yes|yeah|sure|right|so|and|then|thanks) ?,? )?(?:will|going to|let me)\b"
    r"|\bv\d{1,2} (?:will follow|follows|to follow|is coming|coming|will come|comes|tomorrow|next week)\b"
    r"|\byou(?:['’]ll| will) (?:have|get|see) (?:it|them|a|the|v\d)",
    re.I,
)
_VERSION = re.compile(
    r"\b(?:send|post|submit|resend|repost|respin|re-?spin|spin|prepare|rebase|rework|fix|change|update|address|add|drop|include|do|correct|remove"
    r"|work on|have|get|see)\b"
    r".{0,120}?\b(?:v\d{1,2}|next version|new version|next revision|new revision|next spin|next round|respin|resend|an update|updated (?:patch|series|version))\b"
    r"|\bv\d{1,2} (?:will follow|follows|to follow|is coming|coming|will come|comes|tomorrow|next week)\b"
    r"|\b(?-i:[Rr]espin|[Rr]esend|[Rr]epost|[Rr]e-send)\b"  # RESEND is a tag of a subject
    r"|\bsend (?:out )?(?:a |an |the )?(?:new|next|updated|fixed|follow-?up|v\d{1,2})\b",
    re.I,
)
_HABIT = re.compile(
    r"\b(?:follow|adhere to|stick to|respect)\b.{0,60}?\b(?:conventions?|guidelines?|rules?|process|practices?)\b", re.I
)
_NAMED = re.compile(r"\bv(\d{1,2})\b(?!\.\d)", re.I)
_JUST_BEFORE = timedelta(days=1)  # an author may post the version first, and answer then
_NOT = re.compile(
    r"\b(?:won['’]t|will not|not going to|can['’]?t|cannot|if|unless|once|when|after|until|would|could|might|may)\b|\?",
    re.I,
)


def find_promises(claims: Sequence[Claim], ties: Ties, statuses: Iterable[Status]) -> tuple[Promise, ...]:
    """The promises of some tied claims; those that are late are still called open. Nobody waits for what was promised of a work that
    came to its end since, by the `statuses` of its postings."""
    chains: dict[str, list[Series]] = {}
    for one in ties.series:
        chains.setdefault(one.chain, []).append(one)
    over = _finished(ties.series, claims)
    ended = {one.chain for one in statuses if one.status in FINISHED and one.rule != REPLACED and one.chain}
    found: dict[tuple[str, str | None, str], Promise] = {}
    for claim, kind in _promised(claims, ties):
        assert claim.date is not None
        message = ties.threads.messages[claim.message_id]
        posting = ties.by_root[claim.series or ""]
        sentence = sentence_around(message.body, claim.start, claim.end)
        written = _in_own_zone(claim.date, message)
        kept = _kept_by(claim, kind, posting, chains[posting.chain], ties)
        promise = Promise(
            message_id=claim.message_id,
            text=claim.text,
            by=claim.by,
            kind="version" if kind == "version" else "look",
            item=claim.item,
            series=claim.series,
            date=claim.date,
            due=find_due(claim.text, written) or find_due(sentence, written),
            state="kept" if kept is not None else "moot" if posting.root in over or posting.chain in ended else "open",
            kept_by=kept.message_id if kept is not None else None,
            kept=kept.date if kept is not None else None,
            title=posting.title,
        )
        found.setdefault((claim.message_id, claim.series, kind), promise)
    return tuple(_without_repeated(found.values(), ties))


def _without_repeated(promises: Iterable[Promise], ties: Ties) -> Iterator[Promise]:
    """Without open promises that their maker gave once more of the same work: his newest words stand."""
    given = list(promises)
    newest: dict[tuple[str, str, str], Promise] = {}
    for each in sorted(given, key=lambda each: (each.date, each.message_id)):
        newest[_of_whom(each, ties)] = each
    return (each for each in given if each.state != "open" or newest[_of_whom(each, ties)] is each)


def _of_whom(promise: Promise, ties: Ties) -> tuple[str, str, str]:
    """Whose promise it is, of which work, and of what kind."""
    posting = ties.by_root[promise.series or ""]
    return ties.people.key(promise.by), posting.chain, promise.kind


def _in_own_zone(date: datetime, message: Message) -> datetime:
    """The date of a mail in the zone that its Date header names; in UTC where that says something else, or nothing."""
    try:
        written = parsedate_to_datetime(message.headers.get("date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):  # the standard library's parser raises each of these
        return date
    return written if written.tzinfo is not None and written == date else date


def judge_promises(promises: Iterable[Promise], usual_days: float, now: datetime | None) -> tuple[Promise, ...]:
    """All promises in the order in which they were made, with those that are late `now`, the moment from which it is judged; what
    names no time is late after `usual_days`."""
    usual = timedelta(days=max(LEAST_DAYS, usual_days))
    return tuple(
        replace(each, state="late")
        if each.state == "open" and now is not None and now > (each.due or each.date + usual)
        else each
        for each in sorted(promises, key=lambda each: (each.date, each.message_id, each.text))
    )


def _promised(claims: Sequence[Claim], ties: Ties) -> Iterator[tuple[Claim, str]]:
    for claim in claims:
        if claim.date is None or claim.holder is not None or claim.certainty not in ("asserted", "hedged"):
            continue
        if claim.status not in ("planned", "needs-revision", "in-progress", "needs-review") or claim.series is None:
            continue
        posting = ties.by_root.get(claim.series)
        text = " ".join(claim.text.split())
        sentence = sentence_around(ties.threads.messages[claim.message_id].body, claim.start, claim.end)
        if posting is None or not (_WILL.search(text) or _WILL.search(sentence)) or _NOT.search(text):
            continue
        own = ties.people.same(claim.by, posting.author)
        if own and _VERSION.search(sentence) and (_VERSION.search(text) or not _HABIT.search(text)):
            yield claim, "version"
        elif not own and LOOK.search(text):
            yield claim, "look"


def _kept_by(claim: Claim, kind: str, posting: Series, chain: Sequence[Series], ties: Ties) -> Message | None:
    """The mail that keeps a promise: the next posting of the same work or, of the version that it names, the one of the day
    before; of a look the next word of the same person below any of them."""
    assert claim.date is not None
    before: set[str] = set()
    if kind == "version":
        mails = [ties.threads.messages[one.root] for one in chain if one.root != posting.root]
        named = _version_named(claim, ties)
        before = {one.root for one in chain if named is not None and one.revision == named > posting.revision}
    else:
        tops = {ident for one in chain for ident in (one.root, *one.patches) if ident in ties.threads.messages}
        below = {ident for top in tops if top is not None for ident in ties.threads.descendants(top)}
        words = (ties.threads.messages[ident] for ident in below)
        mails = [mail for mail in words if ties.people.same(str(mail.author), claim.by)]
    keeping = [
        (mail.date, mail.message_id, mail)
        for mail in mails
        if mail.date is not None
        and (mail.date > claim.date or (mail.message_id in before and mail.date >= claim.date - _JUST_BEFORE))
    ]
    return min(keeping, key=lambda found: found[:2])[2] if keeping else None


def _version_named(claim: Claim, ties: Ties) -> int | None:
    """The highest version that a promise names, or else its whole sentence."""
    sentence = sentence_around(ties.threads.messages[claim.message_id].body, claim.start, claim.end)
    named = _NAMED.findall(claim.text) or _NAMED.findall(sentence)
    return max(map(int, named), default=None)


def _finished(series: Sequence[Series], claims: Sequence[Claim]) -> set[str | None]:
    """The postings that came to their end: nobody waits for what was promised about them any more."""
    noted = {one.root for one in series if any(outcome.status in FINISHED for outcome in one.outcomes)}
    return noted | {claim.series for claim in claims if claim.status in FINISHED and claim.certainty == "asserted"}
