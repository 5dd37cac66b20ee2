"""The rules by which a work waits: for an answer, for a review, or for another work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from miner.join.approvals import approves, find_approved_whole, find_approvers, is_content_later
from miner.join.case import LEAST_TO_HOLD, Case, Verdict, is_later, is_plain, words_of_others
from miner.join.latest import find_last_of_responsible
from miner.join.questions import QUESTION
from miner.join.revising import find_open_remarks
from miner.join.subjects import TAKES, asks_author, asks_others, asks_to_apply, is_polite, promises_look
from miner.model import Claim, StatusLabel

LEAST_TO_ASK = 0.35  # of a question about it


def find_needed_item(case: Case) -> Verdict | None:
    return Verdict("blocked", (), True) if case.needs else None


def find_open_question(case: Case) -> Verdict | None:
    """Nobody answered the last questions, and they ask for the state itself; an item without other words rests on any."""
    of_state = [c for c in case.open_questions if c.rule != QUESTION]
    if case.kind == "series":
        sure = [c for c in of_state if c.confidence >= LEAST_TO_HOLD or case.is_of_item(c)]
        asking = [c for c in sure if c.status == "needs-reply" or (case.is_of_item(c) and _asks_for_state(c))]
    else:
        asking = [c for c in of_state if _asks_for_state(c)]
        if not case.claims and not case.has_posting:
            asking = list(case.open_questions)
    if not asking:
        return None
    newest = asking[-1]
    answered_since = [
        c
        for c in case.after(newest)
        if c.by != newest.by and c.certainty != "asked" and c.message_id != newest.message_id
    ]
    own_reply = [c for c in answered_since if case.said_by_responsible(c)]
    same_mail = tuple(c for c in asking if c.message_id == newest.message_id)
    if own_reply or (case.kind == "series" and answered_since):
        return None
    for_review = newest.status == "needs-review" and case.has_posting
    return Verdict("needs-review" if for_review else "needs-reply", same_mail)


def _asks_for_state(claim: Claim) -> bool:
    return claim.status not in ("needs-revision", "ready", "blocked")


def find_question_about_it(case: Case) -> Verdict | None:
    """The questions of the newest mail that asks one, if whoever asks was not content later. Where somebody wrote below the
    code as well, they are most likely about what is to change there."""
    asking = [
        c
        for c in case.open_questions
        if (c.rule == QUESTION or _asks_softly(c) or (c.status == "ready" and not case.said_by_responsible(c)))
        and case.is_current(c)
        and c.message_id not in case.posted_mails
        and not is_content_later(case, c)
    ]
    if case.kind != "series" or not asking:
        return None
    current = [c for c in case.claims if case.is_current(c)]
    if len(find_approvers(case, current)) > 1 and not any(case.decides(c.by) for c in asking):
        return None  # the question of an author, or of one who does not decide, holds up nothing that several approved
    last = tuple(c for c in asking if c.message_id == asking[-1].message_id)
    if any(is_later(c, last[-1]) and c.rule in TAKES and approves(case, c) for c in current):
        return None  # whoever takes it all the same has his answer
    on_code = [c for c in find_open_remarks(case) if c.status == "needs-revision"]
    if on_code and not any(map(case.said_by_responsible, last)):
        return Verdict("needs-revision", (on_code[-1], *last), doubted=True)
    return Verdict("needs-reply", last)


def _asks_softly(claim: Claim) -> bool:
    """Whether a question is too unsure to be one about where the work stands, and still a question."""
    return claim.status == "needs-reply" and LEAST_TO_ASK <= claim.confidence < LEAST_TO_HOLD


def find_blocked(case: Case) -> Verdict | None:
    said = [c for c in case.claims if case.kind == "item" or c.message_id not in case.posted_mails]
    claim = _latest(replace(case, claims=said), ("blocked",), ("asserted", "hedged", "conditional"))
    if claim is None or not case.is_current(claim):
        return None
    if case.kind == "series" and claim.confidence < LEAST_TO_HOLD:
        return None
    later = [
        c
        for c in case.after(claim)
        if is_plain(c) and c.message_id != claim.message_id and c.status not in ("blocked", "planned")
        if case.kind == "item" or c.status != "ready" or case.is_same(c.by, claim.by)
    ]
    return None if later else Verdict("blocked", (claim,), True)


def find_needed_work(case: Case) -> Verdict | None:
    """What the posting itself says that it waits for, where nobody says more of it."""
    needs = [
        c
        for c in case.claims
        if c.status == "blocked"
        and c.certainty in ("asserted", "hedged", "conditional")
        and c.is_his_own
        and c.message_id in case.posted_mails
        and c.confidence >= LEAST_TO_HOLD
    ]
    denied = any(c.status == "blocked" and c.certainty == "negated" for c in case.claims)
    return Verdict("blocked", (needs[-1],), True) if needs and case.kind == "series" and not denied else None


def find_awaited_reply(case: Case) -> Verdict | None:
    meant = replace(
        case,
        claims=[c for c in case.claims if not is_polite(c) and (case.kind == "item" or c.confidence >= LEAST_TO_HOLD)],
    )
    claim = _latest(meant, ("needs-reply",), ("asserted", "hedged", "conditional"))
    if claim is None or not case.is_current(claim):
        return None
    later = [c for c in case.after(claim) if c.by != claim.by and c.message_id != claim.message_id]
    if later:
        return None
    return Verdict("needs-review" if _waits_for_others(case, claim) else "needs-reply", (claim,))


def _waits_for_others(case: Case, claim: Claim) -> bool:
    """Whether what somebody waits for is the word of people who are neither the author nor he himself: "I'd like to hear from Cy first"."""
    if case.kind == "item" or case.said_by_responsible(claim):
        return False
    known = " ".join((*case.responsible, claim.by)).lower()
    named = [name for name in claim.waiting_on if name != "author"]
    return asks_others(claim) or (bool(named) and not any(name.lower() in known for name in named))


def find_waiting_for_review(case: Case) -> Verdict | None:
    """The last "waiting for review", if nobody said anything later in another mail; what others ask an author to try is his to
    answer."""
    claim = _latest(case, ("needs-review",), ("asserted", "asked"))
    if claim is None or not case.is_current(claim):
        return None
    if case.kind == "series" and id(claim) in case.answered:
        return None  # of an item, whoever wrote below its table may have written of another row
    approved = find_approved_whole(case) if case.kind == "series" else None
    behind = approved is not None and any(is_later(claim, c) for c in approved.evidence)
    if approved is not None and (asks_to_apply(claim) or (behind and case.said_by_responsible(claim))):
        return None  # an author who reminds of what is approved, or asks a maintainer to take it, waits for no review
    later = [c for c in case.after(claim) if is_plain(c) and c.message_id != claim.message_id]
    if later:
        return None
    of_author = case.kind == "series" and not case.said_by_responsible(claim) and asks_author(claim)
    return Verdict("needs-reply" if of_author else "needs-review", (claim,))


def _latest(case: Case, statuses: Sequence[StatusLabel], certainties: Sequence[str] = ("asserted",)) -> Claim | None:
    wanted = [
        c
        for c in case.claims
        if c.status in statuses and c.certainty in certainties and (c.is_his_own or c.certainty != "asserted")
    ]
    return wanted[-1] if wanted else None


def find_promised_look(case: Case) -> Claim | None:
    """Somebody else's last plan to look at the work, if he said nothing of it in a later mail."""
    plans = [c for c in words_of_others(case) if is_plain(c) and promises_look(c)]
    if not plans:
        return None
    plan = plans[-1]
    words = (*case.claims, *case.requests, *case.open_questions)
    heard = any(c.message_id != plan.message_id and case.is_same(c.by, plan.by) and is_later(c, plan) for c in words)
    return None if heard else plan


def find_promised_review(case: Case) -> Verdict | None:
    plan = find_promised_look(case)
    if plan is not None and case.kind == "item":  # whose owner waits for that look
        last = find_last_of_responsible(case)
        plan = plan if last is not None and last.status == "needs-review" else None
    return Verdict("needs-review", (plan,), waits_for=(plan.by,)) if plan else None
