"""What people said they would do, and whether they did: a new version, or a look at somebody's patches.

A new version is promised by the author of a posting, and kept by any later posting of the same work, or by the version that
it names if that was posted shortly before. A look is promised by anybody else, and kept by a later mail of theirs in that
thread. Whose work an item of a table is, or whoever posted it, promises a posting of it where no posting is answered too, the first one
as well. What is planned only if something else happens is no promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from miner.join.case import FINISHED
from miner.join.subjects import LOOK, ON_MY_LIST
from miner.join.tie import Ties
from miner.join.when import find_due
from miner.model import REPLACED, Claim, Message, Promise, Series, Status

LEAST_DAYS = 3.0
_WILL = re.compile(
    r"\b(?:i|we)(?:['’]ll| will| shall| plan to| intend to| am going to|['’]m going to| hope to| expect to| can| should be able to)\b"
    r"|(?:^|[,.;:!-] ?)(?:(?:ok|okay|yes|yeah|sure|right|so|and|then|thanks) ?,? )?(?:will|going to|let me)\b"
    r"|\bv\d{1,2} (?:will follow|follows|to follow|is coming|coming|will come|comes|tomorrow|next week)\b"
    r"|\byou(?:['’]ll| will) (?:have|get|see) (?:it|them|a|the|v\d)"
    rf"|{ON_MY_LIST}",
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
_FIRST = re.compile(
    r"\b(?:send|post|submit)(?: out)? (?:it|this|them|these|something|(?:(?:a|an|the|my|our|some) )?(?:[\w-]+ ){0,2}(?:versions?|series|patch(?:es)?|patchset|rfc|draft))\b",
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


@dataclass(frozen=True, slots=True)
class _Work:
    """What a promise is about: `posting` is the one that was there, `postings` are all of the work. `key` stands for it in comparisons;
    `owners` are those who may promise a posting of it."""

    key: str
    title: str
    posting: Series | None
    postings: Sequence[Series]
    owners: Sequence[str]
    over: bool


def find_promises(claims: Sequence[Claim], ties: Ties, statuses: Iterable[Status]) -> tuple[Promise, ...]:
    """The promises of some tied claims; those that are late are still called open. Nobody waits for what was promised of a work that
    came to its end since, by the `statuses` of its postings."""
    works = _Works(claims, ties, statuses)
    found: dict[tuple[str, str, str], tuple[str, Promise]] = {}
    for claim, work, kind in _promised(claims, works, ties):
        assert claim.date is not None
        message = ties.threads.messages[claim.message_id]
        sentence = ties.sentence_of(claim)
        written = _in_own_zone(claim.date, message)
        kept = _kept_by(claim, kind, work, ties)
        promise = Promise(
            message_id=claim.message_id,
            text=claim.text,
            by=claim.by,
            kind="version" if kind == "version" else "look",
            item=claim.item,
            series=work.posting.root if work.posting else None,
            date=claim.date,
            due=find_due(claim.text, written) or find_due(sentence, written),
            state="kept" if kept is not None else "moot" if work.over else "open",
            kept_by=kept.message_id if kept is not None else None,
            kept=kept.date if kept is not None else None,
            title=work.title,
        )
        found.setdefault((claim.message_id, promise.series or work.key, kind), (work.key, promise))
    return tuple(_without_repeated(found.values(), ties))


class _Works:
    """What claims are about: the posting that they are tied to, else the item, with its postings."""

    def __init__(self, claims: Sequence[Claim], ties: Ties, statuses: Iterable[Status]) -> None:
        self.ties = ties
        self.items: dict[str, Status] = {}
        self.over = _finished(ties.series, claims)
        self.ended: set[str | None] = set()
        for each in statuses:
            if each.kind == "item":
                self.items[each.key] = each
            elif each.status in FINISHED and each.rule != REPLACED and each.chain:
                self.ended.add(each.chain)

    def of(self, claim: Claim) -> _Work | None:
        posting = self.ties.by_root.get(claim.series or "")
        if posting is not None:
            over = posting.root in self.over or posting.chain in self.ended
            return _Work(
                posting.chain, posting.title, posting, self.ties.chains[posting.chain], (posting.author,), over
            )
        item = self.items.get(claim.item or "")
        if item is None:
            return None
        postings = [self.ties.by_root[root] for root in item.series if root in self.ties.by_root]
        there = [one for one in postings if one.date is not None and claim.date is not None and one.date <= claim.date]
        newest = max(there, key=lambda one: (one.date, one.revision), default=None)
        owners = tuple(filter(None, (item.assignee, *(one.author for one in postings)))) or (claim.by,)
        key = newest.chain if newest else item.key
        title = newest.title if newest else item.title
        return _Work(key, title, newest, postings, owners, item.status in FINISHED)


def _without_repeated(promises: Iterable[tuple[str, Promise]], ties: Ties) -> Iterator[Promise]:
    """Without open promises that their maker gave once more of the same work: his newest words stand."""
    given = [((ties.people.key(each.by), work, each.kind), each) for work, each in promises]
    newest: dict[tuple[str, str, str], Promise] = {}
    for key, each in sorted(given, key=lambda one: (one[1].date, one[1].message_id)):
        newest[key] = each
    return (each for key, each in given if each.state != "open" or newest[key] is each)


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


def _promised(claims: Sequence[Claim], works: _Works, ties: Ties) -> Iterator[tuple[Claim, _Work, str]]:
    for claim in claims:
        if claim.date is None or claim.holder is not None or claim.certainty not in ("asserted", "hedged"):
            continue
        if claim.status not in ("planned", "needs-revision", "in-progress", "needs-review"):
            continue
        if claim.series is None and claim.item is None:
            continue
        text = " ".join(claim.text.split())
        sentence = ties.sentence_of(claim)
        if not (_WILL.search(text) or _WILL.search(sentence)) or _NOT.search(text):
            continue
        work = works.of(claim)
        if work is None:
            continue
        own = any(ties.people.same(claim.by, owner) for owner in work.owners)
        waits = claim.status == "needs-review" and not _VERSION.search(text)  # what he can do after that is no promise
        another = not waits and _VERSION.search(sentence) and (_VERSION.search(text) or not _HABIT.search(text))
        if own and (another or (claim.series is None and _FIRST.search(text))):
            yield claim, work, "version"
        elif not own and work.posting is not None and LOOK.search(text):
            yield claim, work, "look"


def _kept_by(claim: Claim, kind: str, work: _Work, ties: Ties) -> Message | None:
    """The mail that keeps a promise: the next posting of the same work or, of the version that it names, the one of the day
    before; of a look the next word of the same person below any of them."""
    assert claim.date is not None
    before: set[str] = set()
    if kind == "version":
        there, revision = (work.posting.root, work.posting.revision) if work.posting else (None, 0)
        mails = [ties.threads.messages[one.root] for one in work.postings if one.root != there]
        named = _version_named(claim, ties)
        before = {one.root for one in work.postings if named is not None and one.revision == named > revision}
    else:
        tops = {ident for one in work.postings for ident in (one.root, *one.patches) if ident in ties.threads.messages}
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
    sentence = ties.sentence_of(claim)
    named = _NAMED.findall(claim.text) or _NAMED.findall(sentence)
    return max(map(int, named), default=None)


def _finished(series: Sequence[Series], claims: Sequence[Claim]) -> set[str | None]:
    """The postings that came to their end: nobody waits for what was promised about them any more."""
    noted = {one.root for one in series if any(outcome.status in FINISHED for outcome in one.outcomes)}
    return noted | {claim.series for claim in claims if claim.status in FINISHED and claim.certainty == "asserted"}
