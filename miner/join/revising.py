"""The rules by which a new version is due: somebody asked for changes, or its author promised some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from miner.join.approvals import (
    approves,
    covers,
    find_approved_whole,
    find_approvers,
    find_mended_by_other,
    is_approved_by_several,
    is_approved_later,
    is_content_later,
    is_waived,
)
from miner.join.case import LEAST_FROM_OTHERS, Case, Verdict, is_later, is_plain, once, words_of_author, words_of_others
from miner.join.concessions import CONCEDED
from miner.join.remarks import ANSWERED, REMARK
from miner.join.subjects import (
    approves_but,
    asks_next_version,
    asks_you,
    hands_over,
    is_for_next_time,
    mends_himself,
    offers,
    promises_more,
    takes_himself,
    tells_done,
    waits_for_himself,
)
from miner.model import Claim

LEAST_TO_TURN = 0.7  # of one by which somebody turns against what he approved


def find_next_version_asked(case: Case) -> Verdict | None:
    """Who approved or took it, or decides, asks for another version by name after that, and nobody else says more."""
    asked = [c for c in words_of_others(case) if asks_next_version(c) and c.confidence >= LEAST_TO_TURN]
    if case.kind != "series" or not asked:
        return None
    last = asked[-1]
    before = [c for c in case.claims if approves(case, c) and case.is_same(c.by, last.by)]
    if any(c.message_id == last.message_id for c in before) or not (before or case.decides(last.by)):
        return None
    later = [c for c in case.after(last) if is_plain(c) and c.message_id != last.message_id]
    return Verdict("needs-revision", (last,)) if not later else None


def find_revision_expected(case: Case) -> Verdict | None:
    meant = replace(
        case,
        claims=[
            c
            for c in case.claims
            if not case.is_for_himself(c)
            and not _asks_others(case, c)
            and not leaves_it(case, c)
            and not (c.confidence < LEAST_FROM_OTHERS and is_approved_later(case, c))
            and (
                case.kind == "item" or c.message_id not in case.posted_mails
            )  # what a patch says of itself is no request
        ],
    )
    wanted = [
        c
        for c in meant.claims
        if c.status == "needs-revision"
        and (
            c.certainty in ("asked", "hedged") or is_plain(c) or (case.said_by_responsible(c) and waits_for_himself(c))
        )
    ]
    claim = wanted[-1] if wanted else None
    if claim is None or not case.is_current(claim):
        return None
    if claim.certainty == "hedged" and not case.said_by_responsible(claim):
        return None
    handed_over = any(case.said_by_responsible(c) and hands_over(c) for c in case.after(claim))
    if _follows_a_wait(case, claim) or (case.kind == "series" and handed_over):
        return None
    later = [c for c in case.after(claim) if is_plain(c) and c.message_id != claim.message_id]
    of = case.patch_of.get(claim.message_id)
    content = [c for c in later if c.status == "posted" or (c.status == "ready" and (not of or covers(case, c, of)))]
    if any(not case.said_by_responsible(c) and c.by == claim.by for c in content):
        return None  # the reviewer who asked is content now
    if case.kind == "series" and is_approved_by_several(case, later):
        return None
    if case.kind == "series" and case.said_by_responsible(claim) and tells_done(claim) and find_approvers(case, later):
        return None  # it was approved as it was made
    if any(c.status in ("posted", "needs-review", "blocked") and case.is_of_item(c) for c in later):
        return None
    return Verdict("needs-revision", (claim,))


def _asks_others(case: Case, claim: Claim) -> bool:
    """Whether an author asks somebody else to change something, or asked whether he should, and was answered."""
    asks = claim.certainty == "asked" and case.kind == "series" and case.said_by_responsible(claim)
    return asks and (asks_you(claim) or id(claim) in case.answered)


def _follows_a_wait(case: Case, claim: Claim) -> bool:
    """A promise behind "I wait for X" in the same mail comes after that wait."""
    return any(
        c.message_id == claim.message_id and c.by == claim.by and c.start < claim.start and c.waiting_on and is_plain(c)
        for c in case.claims
        if c.status in ("needs-review", "needs-reply", "blocked")
    )


def leaves_it(case: Case, claim: Claim) -> bool:
    """Whether words of a change below a posting expect no new version of the author."""
    if case.kind != "series":
        return False
    if case.said_by_responsible(claim):
        takes = any(tells_done(claim) or is_later(c, claim) for c in _taken_by_himself(case))
        return takes or offers(claim) or hands_over(claim) or is_for_next_time(claim)
    return mends_himself(claim) or is_for_next_time(claim)


@once
def _taken_by_himself(case: Case) -> Sequence[Claim]:
    """The words by which an author takes his work into a tree himself."""
    return [c for c in case.claims if takes_himself(c) and case.said_by_responsible(c)]


def find_change_asked(case: Case) -> Verdict | None:
    """The requests of the last reviewer who made some, if he was not content later; "otherwise it looks good" is one."""
    but = (c for c in case.claims if approves_but(c) and c.is_his_own)
    asked = [
        c
        for c in sorted((*case.requests, *but), key=lambda c: (c.date is not None, c.date))
        if c.rule not in (REMARK, ANSWERED, CONCEDED)
        and not case.said_by_responsible(c)
        and not is_waived(case, c)
        and case.is_current(c)
        and not is_content_later(case, c)
    ]
    return Verdict("needs-revision", tuple(c for c in asked if c.message_id == asked[-1].message_id)) if asked else None


def find_change_promised(case: Case) -> Verdict | None:
    """An author's plan in answer to others, where nobody approved the whole."""
    plans = [c for c in words_of_author(case) if is_plain(c) and promises_more(c)]
    if case.kind != "series" or not plans or plans[-1].message_id in case.posted_mails:
        return None
    if find_approved_whole(case) or _pings_later(case, plans[-1]):
        return None
    return Verdict("needs-revision", (plans[-1],), doubted=True)


def _pings_later(case: Case, plan: Claim) -> bool:
    """Whether the author reminded others after a plan, so that it is they who are waited for."""
    return any(
        c.status in ("needs-review", "needs-reply") and c.message_id != plan.message_id and case.said_by_responsible(c)
        for c in case.after(plan)
    )


def find_conceded(case: Case) -> Verdict | None:
    """An author gives in to a remark, and nobody approved the whole."""
    gives_in = [c for c in case.requests if c.rule == CONCEDED and case.is_current(c)]
    if case.kind != "series" or not gives_in or find_approved_whole(case):
        return None
    mended = find_mended_by_other(case)
    if mended is not None and is_later(mended.evidence[0], gives_in[-1]):
        return None
    return Verdict("needs-revision", (gives_in[-1],), doubted=True)


@once
def find_open_remarks(case: Case) -> list[Claim]:
    """What others remarked on the newest posting, where the author did not answer and they were not content later."""
    return [c for c in case.requests if c.rule == REMARK and case.is_current(c) and not is_content_later(case, c)]


def find_remarked(case: Case) -> Verdict | None:
    """The last mail that remarks on a posting that is not approved as a whole."""
    remarks = find_open_remarks(case)
    if case.kind != "series" or not remarks or find_approved_whole(case):
        return None
    return Verdict("needs-revision", (remarks[-1],), doubted=True)


def find_remarked_later(case: Case) -> Verdict | None:
    """The last mail that remarks on a posting after it was approved as a whole, by somebody who decides or below its code."""
    approved = find_approved_whole(case) if case.kind == "series" else None
    remarks = find_open_remarks(case)
    if approved is None or not remarks:
        return None
    last = remarks[-1]
    counts = case.decides(last.by) or last.status == "needs-revision"
    behind = all(is_later(last, c) for c in approved.evidence)
    return Verdict("needs-revision", (last,), doubted=True) if counts and behind else None


def find_remark_answered(case: Case) -> Verdict | None:
    """The last remark of somebody who decides, which the author answered, where nobody says more."""
    remarks = [
        c
        for c in case.requests
        if c.rule == ANSWERED and case.is_current(c) and case.decides(c.by) and not is_content_later(case, c)
    ]
    if case.kind != "series" or not remarks or find_approved_whole(case):
        return None
    return Verdict("needs-revision", (remarks[-1],), doubted=True)
