"""The rules that turn what was said into a status, as a table: the first rule that finds its proof decides, or a later one that does
and by which readers would much sooner go (`decide.py`).

Words that hold for all rules: facts of the list (somebody applied it, it is in a release) outweigh words; what was said
later outweighs what was said earlier; a newer posting reopens what was asked of an older one; hedged, conditional,
negated and reported claims never finish anything; what contradicts the outcome stays visible under `also`.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from miner.join.case import FINISHED, LEAST_FROM_OTHERS, LEAST_TO_HOLD, Case, Rule, Verdict, is_plain, once
from miner.join.concessions import CONCEDED
from miner.join.counting import means_all
from miner.join.endings import (
    find_applied,
    find_applied_in_part,
    find_built_upon,
    find_cited,
    find_displaced,
    find_dropped,
    find_in_tree,
    find_landed,
    find_merged,
    find_missing_in_tree,
    find_part_in_tree,
    find_replaced,
    find_sent_elsewhere,
    find_superseded,
    find_waiting_rest,
)
from miner.join.questions import QUESTION
from miner.join.remarks import ANSWERED, REMARK
from miner.join.reports import REPORT
from miner.join.reviews import find_carried_reviews, is_reviewed_in_part
from miner.join.subjects import (
    TAKES,
    approves_but,
    approves_part,
    asks_author,
    asks_next_version,
    asks_others,
    asks_to_apply,
    hands_over,
    is_for_next_time,
    is_polite,
    leaves_out,
    mends_himself,
    offers,
    only_agrees,
    promises_look,
    promises_more,
    takes_himself,
    takes_in_time,
    tells_done,
    waits_for_himself,
    waives,
)
from miner.model import BUILT_UPON, CARRIED, CITED, LANDED, POSTED, REPLACED, SENT_ELSEWHERE, Claim, StatusLabel

TESTED = "Tested-by"  # who tried it does not say that it is to be taken
LEAST_TO_APPROVE = 0.4  # of one that says that all is well
LEAST_TO_ASK = 0.35  # of a question about it
LEAST_TO_TURN = 0.7  # of one by which somebody turns against what he approved


def _approves(case: Case, claim: Claim) -> bool:
    if claim.status != "ready" or not claim.is_his_own or leaves_out(claim) or approves_part(claim):
        return False
    if case.kind == "item":
        return claim.certainty == "asserted"
    if claim.rule != "trailer" and case.names_some(claim):
        return False
    waived = claim.certainty == "conditional" and _is_waived(case, claim)
    plain = claim.certainty == "asserted" or takes_in_time(claim) or waived
    if not plain or claim.confidence < LEAST_TO_APPROVE or only_agrees(claim):
        return False
    return not any(_is_later(c, claim) and not _is_later(claim, c) for c in case.withdrawals)


def _is_waived(case: Case, asked: Claim) -> bool:
    """Whether somebody else than the author says later that no new version is needed, or whoever asked, or who decides, that he makes
    the change himself."""
    return any(
        _is_later(c, asked)
        and not case.said_by_responsible(c)
        and (waives(c) or (mends_himself(c) and (case.is_same(c.by, asked.by) or case.decides(c.by))))
        for c in case.claims
    )


def _latest(case: Case, statuses: Sequence[StatusLabel], certainties: Sequence[str] = ("asserted",)) -> Claim | None:
    wanted = [
        c
        for c in case.claims
        if c.status in statuses and c.certainty in certainties and (c.is_his_own or c.certainty != "asserted")
    ]
    return wanted[-1] if wanted else None


def _needs_other_item(case: Case) -> Verdict | None:
    return Verdict("blocked", (), True) if case.needs else None


def _unanswered(case: Case) -> Verdict | None:
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


def _question_about_it(case: Case) -> Verdict | None:
    """The questions of the newest mail that asks one, if whoever asks was not content later. Where somebody wrote below the
    code as well, they are most likely about what is to change there."""
    asking = [
        c
        for c in case.open_questions
        if (c.rule == QUESTION or _asks_softly(c) or (c.status == "ready" and not case.said_by_responsible(c)))
        and case.is_current(c)
        and c.message_id not in case.posted_mails
        and not _is_content_later(case, c)
    ]
    if case.kind != "series" or not asking:
        return None
    current = [c for c in case.claims if case.is_current(c)]
    if len(_find_approvers(case, current)) > 1 and not any(case.decides(c.by) for c in asking):
        return None  # the question of an author, or of one who does not decide, holds up nothing that several approved
    last = tuple(c for c in asking if c.message_id == asking[-1].message_id)
    if any(_is_later(c, last[-1]) and c.rule in TAKES and _approves(case, c) for c in current):
        return None  # whoever takes it all the same has his answer
    on_code = [c for c in _open_remarks(case) if c.status == "needs-revision"]
    if on_code and not any(map(case.said_by_responsible, last)):
        return Verdict("needs-revision", (on_code[-1], *last), doubted=True)
    return Verdict("needs-reply", last)


def _asks_softly(claim: Claim) -> bool:
    """Whether a question is too unsure to be one about where the work stands, and still a question."""
    return claim.status == "needs-reply" and LEAST_TO_ASK <= claim.confidence < LEAST_TO_HOLD


def _change_asked(case: Case) -> Verdict | None:
    """The requests of the last reviewer who made some, if he was not content later; "otherwise it looks good" is one."""
    but = (c for c in case.claims if approves_but(c) and c.is_his_own)
    asked = [
        c
        for c in sorted((*case.requests, *but), key=lambda c: (c.date is not None, c.date))
        if c.rule not in (REMARK, ANSWERED, CONCEDED)
        and not case.said_by_responsible(c)
        and not _is_waived(case, c)
        and case.is_current(c)
        and not _is_content_later(case, c)
    ]
    return Verdict("needs-revision", tuple(c for c in asked if c.message_id == asked[-1].message_id)) if asked else None


def _is_content_later(case: Case, question: Claim) -> bool:
    """Whether whoever asked approved it later; his word on one of several patches says nothing of another."""
    asked_of = case.patch_of.get(question.message_id)
    return any(
        c.status == "ready"
        and is_plain(c)
        and case.is_same(c.by, question.by)
        and _is_later(c, question)
        and (asked_of is None or _covers(case, c, asked_of))
        for c in case.claims
    )


def _covers(case: Case, claim: Claim, patch: str) -> bool:
    """Whether an approval is of a patch too: said below it or of all, or by its words if it is a trailer."""
    for posting, trailer in ((one, t) for one in case.postings[-1:] for t in one.trailers if claim.rule == "trailer"):
        if (trailer.message_id, trailer.start) == (claim.message_id, claim.start):
            return any(posting.patches[n - 1] == patch for n in trailer.patches if n <= len(posting.patches))
    return case.patch_of.get(claim.message_id, patch) == patch or means_all(claim.text)


def _is_later(one: Claim, other: Claim) -> bool:
    return one.date is not None and other.date is not None and one.date >= other.date


def _approved_by_decider(case: Case) -> Verdict | None:
    """Their word on the whole outweighs what others ask for; not what they ask for themselves, nor what the author promises."""
    approvals = [
        c
        for c in case.claims
        if _approves(case, c) and case.is_current(c) and case.decides(c.by) and not case.said_by_responsible(c)
        if not c.text.lstrip().startswith(TESTED)
    ]
    if not approvals or case.kind != "series" or _reviewed_in_part(case):
        return None
    if all(c.message_id in case.patch_of and not means_all(c.text) for c in approvals[-3:]):
        return None
    last = approvals[-1]
    asking = (
        *(c for c in case.claims if c.status in ("needs-revision", "dropped", "blocked")),
        *(c for c in case.requests if c.rule not in (REMARK, ANSWERED, CONCEDED)),
        *(c for c in case.open_questions if c.rule == QUESTION),
    )
    if any(
        _is_later(c, last) and (case.decides(c.by) or case.said_by_responsible(c) or c.rule == REPORT) for c in asking
    ):
        return None
    return Verdict("ready", (last, *(c for c in reversed(approvals[-3:-1]))))


def _next_version_asked(case: Case) -> Verdict | None:
    """Who approved or took it, or decides, asks for another version by name after that, and nobody else says more."""
    asked = [
        c
        for c in case.claims
        if asks_next_version(c)
        and case.is_current(c)
        and not case.said_by_responsible(c)
        and c.confidence >= LEAST_TO_TURN
    ]
    if case.kind != "series" or not asked:
        return None
    last = asked[-1]
    before = [c for c in case.claims if _approves(case, c) and case.is_same(c.by, last.by)]
    if any(c.message_id == last.message_id for c in before) or not (before or case.decides(last.by)):
        return None
    later = [c for c in case.after(last) if is_plain(c) and c.message_id != last.message_id]
    return Verdict("needs-revision", (last,)) if not later else None


def _revision_expected(case: Case) -> Verdict | None:
    meant = replace(
        case,
        claims=[
            c
            for c in case.claims
            if not case.is_for_himself(c)
            and not _leaves_it(case, c)
            and not (c.confidence < LEAST_FROM_OTHERS and _is_approved_later(case, c))
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
    content = [c for c in later if c.status == "posted" or (c.status == "ready" and (not of or _covers(case, c, of)))]
    if any(not case.said_by_responsible(c) and c.by == claim.by for c in content):
        return None  # the reviewer who asked is content now
    if case.kind == "series" and _approved_by_several(case, later):
        return None
    if case.kind == "series" and case.said_by_responsible(claim) and tells_done(claim) and _find_approvers(case, later):
        return None  # it was approved as it was made
    if any(c.status in ("posted", "needs-review", "blocked") and case.is_of_item(c) for c in later):
        return None
    return Verdict("needs-revision", (claim,))


def _approved_by_several(case: Case, claims: Sequence[Claim]) -> bool:
    """Whether several people, or one where the author takes his work himself, approved the whole of a posting."""
    people = _find_approvers(case, claims)
    return len(people) > 1 or (len(people) == 1 and any(map(case.decides, case.responsible)))


def _find_approvers(case: Case, claims: Sequence[Claim]) -> Set[str]:
    """The others who approve the whole of a posting among some claims."""
    whole = [c for c in claims if _approves(case, c) and c.message_id not in case.patch_of]
    return {c.by for c in whole if not case.said_by_responsible(c)}


def _leaves_it(case: Case, claim: Claim) -> bool:
    """Whether words of a change below a posting expect no new version of the author."""
    if case.kind != "series":
        return False
    if case.said_by_responsible(claim):
        takes = any(tells_done(claim) or _is_later(c, claim) for c in _taken_by_himself(case))
        return takes or offers(claim) or hands_over(claim) or is_for_next_time(claim)
    return mends_himself(claim) or is_for_next_time(claim)


@once
def _taken_by_himself(case: Case) -> Sequence[Claim]:
    """The words by which an author takes his work into a tree himself."""
    return [c for c in case.claims if takes_himself(c) and case.said_by_responsible(c)]


def _is_approved_later(case: Case, claim: Claim) -> bool:
    """Whether the whole posting was approved after a claim."""
    approved = _approved_whole(case) if case.kind == "series" else None
    return approved is not None and any(_is_later(c, claim) for c in approved.evidence)


def _change_promised(case: Case) -> Verdict | None:
    """An author's plan in answer to others, where nobody approved the whole."""
    plans = [
        c
        for c in case.claims
        if is_plain(c) and case.is_current(c) and case.said_by_responsible(c) and promises_more(c)
    ]
    if case.kind != "series" or not plans or plans[-1].message_id in case.posted_mails:
        return None
    if _approved_whole(case) or _pings_later(case, plans[-1]):
        return None
    return Verdict("needs-revision", (plans[-1],), doubted=True)


def _pings_later(case: Case, plan: Claim) -> bool:
    """Whether the author reminded others after a plan, so that it is they who are waited for."""
    return any(
        c.status in ("needs-review", "needs-reply") and c.message_id != plan.message_id and case.said_by_responsible(c)
        for c in case.after(plan)
    )


def _conceded(case: Case) -> Verdict | None:
    """An author gives in to a remark, and nobody approved the whole."""
    gives_in = [c for c in case.requests if c.rule == CONCEDED and case.is_current(c)]
    if case.kind != "series" or not gives_in or _approved_whole(case):
        return None
    mended = _mended_by_other(case)
    if mended is not None and _is_later(mended.evidence[0], gives_in[-1]):
        return None
    return Verdict("needs-revision", (gives_in[-1],), doubted=True)


def _follows_a_wait(case: Case, claim: Claim) -> bool:
    """A promise behind "I wait for X" in the same mail comes after that wait."""
    return any(
        c.message_id == claim.message_id and c.by == claim.by and c.start < claim.start and c.waiting_on and is_plain(c)
        for c in case.claims
        if c.status in ("needs-review", "needs-reply", "blocked")
    )


def _blocked(case: Case) -> Verdict | None:
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


def _needs_other_work(case: Case) -> Verdict | None:
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


def _waits_for_review(case: Case) -> Verdict | None:
    """The last "waiting for review", if nobody said anything later in another mail; what others ask an author to try is his to
    answer."""
    claim = _latest(case, ("needs-review",), ("asserted", "asked"))
    if claim is None or not case.is_current(claim):
        return None
    if case.kind == "series" and id(claim) in case.answered:
        return None  # of an item, whoever wrote below its table may have written of another row
    approved = _approved_whole(case) if case.kind == "series" else None
    behind = approved is not None and any(_is_later(claim, c) for c in approved.evidence)
    if approved is not None and (asks_to_apply(claim) or (behind and case.said_by_responsible(claim))):
        return None  # an author who reminds of what is approved, or asks a maintainer to take it, waits for no review
    later = [c for c in case.after(claim) if is_plain(c) and c.message_id != claim.message_id]
    if later:
        return None
    of_author = case.kind == "series" and not case.said_by_responsible(claim) and asks_author(claim)
    return Verdict("needs-reply" if of_author else "needs-review", (claim,))


def _needs_reply(case: Case) -> Verdict | None:
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


@once
def _ready(case: Case) -> Verdict | None:
    claims = [c for c in case.claims if _approves(case, c) and case.is_current(c) and not case.said_by_responsible(c)]
    claims.sort(key=lambda c: (case.decides(c.by), c.rule == "trailer"))  # the last ones weigh most
    return Verdict("ready", tuple(reversed(claims[-3:]))) if claims else None


def _approved_whole(case: Case) -> Verdict | None:
    return None if _reviewed_in_part(case) else _ready(case)


@once
def _open_remarks(case: Case) -> list[Claim]:
    """What others remarked on the newest posting, where the author did not answer and they were not content later."""
    return [c for c in case.requests if c.rule == REMARK and case.is_current(c) and not _is_content_later(case, c)]


def _remarked(case: Case) -> Verdict | None:
    """The last mail that remarks on a posting that is not approved as a whole."""
    remarks = _open_remarks(case)
    if case.kind != "series" or not remarks or _approved_whole(case):
        return None
    return Verdict("needs-revision", (remarks[-1],), doubted=True)


def _remarked_later(case: Case) -> Verdict | None:
    """The last mail that remarks on a posting after it was approved as a whole, by somebody who decides or below its code."""
    approved = _approved_whole(case) if case.kind == "series" else None
    remarks = _open_remarks(case)
    if approved is None or not remarks:
        return None
    last = remarks[-1]
    counts = case.decides(last.by) or last.status == "needs-revision"
    behind = all(_is_later(last, c) for c in approved.evidence)
    return Verdict("needs-revision", (last,), doubted=True) if counts and behind else None


@once
def _reviewed_in_part(case: Case) -> Verdict | None:
    """Trailers alone, and not for all patches: the others still wait for theirs."""
    if case.kind != "series" or not any(is_reviewed_in_part(posting) for posting in case.postings[-1:]):
        return None
    verdict = _ready(case)
    return Verdict("needs-review", verdict.evidence) if verdict and _by_trailer_alone(case) else None


def _by_trailer_alone(case: Case) -> bool:
    """Whether nobody but trailers approves, or words beside them, or in an answer to one of several patches, which are about that one."""
    words = [c for c in case.claims if c.status == "ready" and is_plain(c) and case.is_current(c)]
    tagged = {c.message_id for c in words if c.rule == "trailer"}
    return all(
        c.message_id in tagged or (c.message_id in case.patch_of and not means_all(c.text))
        for c in words
        if not case.said_by_responsible(c)
    )


def _taken_by_author(case: Case) -> Verdict | None:
    """The author takes it himself."""
    mine = [
        c
        for c in case.claims
        if c.confidence >= LEAST_TO_APPROVE
        and case.is_current(c)
        and case.said_by_responsible(c)
        and takes_himself(c)
        and (c.message_id not in case.posted_mails or case.decides(c.by))
    ]
    return Verdict("ready", (mine[-1],), waits_for=(mine[-1].by,)) if mine and case.kind == "series" else None


def _mended_by_other(case: Case) -> Verdict | None:
    """Somebody else changes the rest on his own, so that he means to take it."""
    mine = [
        c
        for c in case.claims
        if is_plain(c)
        and c.confidence >= LEAST_TO_APPROVE
        and case.is_current(c)
        and not case.said_by_responsible(c)
        and mends_himself(c)
    ]
    return Verdict("ready", (mine[-1],), doubted=True) if mine and case.kind == "series" else None


def find_promised_look(case: Case) -> Claim | None:
    """Somebody else's last plan to look at the work, if he said nothing of it in a later mail."""
    plans = [
        c
        for c in case.claims
        if is_plain(c) and case.is_current(c) and promises_look(c) and not case.said_by_responsible(c)
    ]
    if not plans:
        return None
    plan = plans[-1]
    words = (*case.claims, *case.requests, *case.open_questions)
    heard = any(c.message_id != plan.message_id and case.is_same(c.by, plan.by) and _is_later(c, plan) for c in words)
    return None if heard else plan


def _review_promised(case: Case) -> Verdict | None:
    plan = find_promised_look(case)
    if plan is not None and case.kind == "item":  # whose owner waits for that look
        last = _last_of_responsible(case)
        plan = plan if last is not None and last.status == "needs-review" else None
    return Verdict("needs-review", (plan,), waits_for=(plan.by,)) if plan else None


def _last_of_responsible(case: Case) -> Claim | None:
    mine = [c for c in _open_words(case) if is_plain(c) and (case.said_by_responsible(c) or case.is_kept_by(c.by))]
    return mine[-1] if mine else None


def _word_of_responsible(case: Case) -> Verdict | None:
    last = _last_of_responsible(case)
    return Verdict(_tell(last), (last,)) if last else None


def _tell(claim: Claim) -> StatusLabel:
    """What the last word says of a work; that a part of it is in a tree says that it goes on."""
    return "in-progress" if claim.status in FINISHED else claim.status


def _word_of_anybody(case: Case) -> Verdict | None:
    words = [c for c in _open_words(case) if c.certainty in ("asserted", "hedged") and c.is_his_own]
    return Verdict(_tell(words[-1]), (words[-1],)) if words else None


@once
def _open_words(case: Case) -> list[Claim]:
    """What was said of the newest posting and finishes nothing, of an item also what brings a part of it into a tree. A posting is there,
    whatever else is planned or done."""
    words = [c for c in case.claims if c.status not in FINISHED or _is_in_part(case, c) if case.is_current(c)]
    words = [c for c in words if not (is_plain(c) and c.status == "ready") or _approves(case, c)]
    if case.kind == "item":
        return words
    return [
        c
        for c in words
        if c.status not in ("planned", "in-progress", "posted")
        and c.confidence >= LEAST_TO_HOLD
        and not case.is_for_himself(c)
        and not _leaves_it(case, c)
        and not is_polite(c)
        and c.message_id not in case.posted_mails
    ]


def _is_in_part(case: Case, claim: Claim) -> bool:
    """Whether a claim says of an item that a part of it is in a tree."""
    return case.kind == "item" and claim.status in ("applied", "merged") and case.is_a_part(claim)


def _remark_answered(case: Case) -> Verdict | None:
    """The last remark of somebody who decides, which the author answered, where nobody says more."""
    remarks = [
        c
        for c in case.requests
        if c.rule == ANSWERED and case.is_current(c) and case.decides(c.by) and not _is_content_later(case, c)
    ]
    if case.kind != "series" or not remarks or _approved_whole(case):
        return None
    return Verdict("needs-revision", (remarks[-1],), doubted=True)


def _nothing_sure(case: Case) -> Verdict | None:
    """The newest of words that only suppose, deny or report something, or of others that tell nothing of an item."""
    words = [c for c in case.claims if c.certainty != "asked"]
    return Verdict(None, (words[-1],)) if words else None


def _carries_reviews(case: Case) -> Verdict | None:
    """The posting brings for all of its patches the reviews of others with it: whoever applies is waited for. Those that nobody here saw
    given may be of the author's own house: they tell less, and nothing where others wrote below it all the same."""
    posting = case.postings[-1] if case.postings else None
    if posting is None or posting.copied_to or case.newer is not None:
        return None
    carried = find_carried_reviews(posting)
    known = find_carried_reviews(posting, lambda each: each.source is not None or case.decides(each.by))
    if not carried or (case.is_answered and not known):
        return None
    words = [
        Claim(
            each.message_id,
            each.start,
            each.end,
            f"{each.kind}: {each.by}",
            "ready",
            "asserted",
            1.0,
            each.by,
            date=each.date,
            rule="trailer",
        )
        for each in known or carried
    ]
    return Verdict("ready", tuple(words[-3:]), doubted=not known)


def _posted(case: Case) -> Verdict | None:
    return Verdict("needs-review" if case.postings else "posted", ()) if case.has_posting else None


RULES: tuple[Rule, ...] = (
    Rule(
        "rest-waits-for-something",
        "One part is in, and the rest waits for something else: blocked.",
        find_waiting_rest,
        True,
    ),
    Rule(
        "in-tree",
        "The project's git tree has all its patches: merged if all are in tagged releases, else applied.",
        find_in_tree,
        True,
    ),
    Rule(
        "tree-does-not-have-it",
        "Somebody said that it is in, and the git tree, newer than these words, has no patch of it: hedged.",
        find_missing_in_tree,
        True,
    ),
    Rule(
        "tree-has-a-part",
        "Somebody said that it is merged, and the git tree, newer than these words, has a part of it: hedged.",
        find_part_in_tree,
        True,
    ),
    Rule(
        "merged",
        "Somebody said that it is in a release or in mainline, and nobody took it back: merged.",
        find_merged,
        True,
    ),
    Rule(
        LANDED,
        "Later mails name commits with the titles of all its patches, out of a pull request that was merged or of copies for stable trees: merged.",
        find_landed,
        True,
    ),
    Rule(
        "applied",
        "Somebody other than the author took it into a tree, and nobody took it back: applied.",
        find_applied,
        True,
    ),
    Rule(
        CITED,
        "Later mails name commits with the titles of its patches, or a pull request lists them: applied; hedged where they do not name all, and not said where they name few of them and the rest was posted anew, or pull requests alone name them.",
        find_cited,
        True,
    ),
    Rule(REPLACED, "A newer revision was posted, or is said to be: superseded.", find_replaced, True),
    Rule(
        "dropped",
        "Rejected or withdrawn after the newest posting, and nobody took that back; to drop it is no more than asked for where somebody says so who does not decide: dropped.",
        find_dropped,
        True,
    ),
    Rule("superseded-by-other", "Somebody said that another work replaces it: superseded.", find_superseded, True),
    Rule(
        "displaced",
        "Somebody else sends a patch of his own instead, and nobody approved this one since, nor does its author go on: superseded; hedged.",
        find_displaced,
        True,
    ),
    Rule(
        SENT_ELSEWHERE,
        "Its author, or somebody who credits him, sent its patches, or most of their lines, once more in other postings: superseded; hedged where not all of them.",
        find_sent_elsewhere,
        True,
    ),
    Rule(
        BUILT_UPON,
        "Later patches begin at the files as it leaves them, or find lines that it brought, soon after it those of an author who takes patches: applied; hedged where fewer than two do so, or not for all of its patches, or none but those of an author who takes no patches.",
        find_built_upon,
        True,
    ),
    Rule(
        "needs-other-item",
        "The table says that it needs an item which is not finished: blocked.",
        _needs_other_item,
        True,
    ),
    Rule(
        "next-version-asked",
        "Somebody who decides, or who approved it before, asks for another version by name, and nobody says more: needs-revision.",
        _next_version_asked,
        True,
    ),
    Rule(
        "question-open",
        "A question about where it stands, or any about an item of which nothing else is known, was not answered: needs-reply, or needs-review if it asks for one.",
        _unanswered,
    ),
    Rule("blocked", "The last word below the newest posting is that it waits for something else: blocked.", _blocked),
    Rule(
        "approved-by-decider",
        "Somebody who decides approved all of it, and neither he nor the author said anything against it since: ready.",
        _approved_by_decider,
        True,
    ),
    Rule(
        "revision-expected",
        "A change was asked for or promised after the newest posting: needs-revision.",
        _revision_expected,
    ),
    Rule(
        "change-asked",
        "Somebody asked for changes below the newest posting, or approved all but these, and not all since: needs-revision.",
        _change_asked,
    ),
    Rule(
        "change-promised",
        "The author plans or does something in answer to others, and nobody approved all of it: needs-revision; hedged.",
        _change_promised,
    ),
    Rule(
        "remark-conceded",
        "The author gave in to a remark, and nobody approved all of it: needs-revision; hedged.",
        _conceded,
    ),
    Rule(
        "question-about-it",
        "A question about the posting was not answered, and whoever asked has not approved it since: needs-reply, or,"
        " hedged, needs-revision where others wrote below its code too.",
        _question_about_it,
    ),
    Rule(
        "reply-awaited",
        "Somebody waits for an answer or for data: needs-reply, or needs-review where it is that of others than the author.",
        _needs_reply,
    ),
    Rule(
        "waiting-for-review",
        "The last word is that a review is waited for: needs-review; or that the author is asked to try something: needs-reply.",
        _waits_for_review,
    ),
    Rule("taken-by-author", "The author said that he takes it into a tree himself: ready.", _taken_by_author),
    Rule(
        "remarked",
        "Others remarked on it, the author did not answer, and nobody approved all of it: needs-revision; hedged.",
        _remarked,
    ),
    Rule(
        "applied-in-part",
        "Somebody took some of its patches into a tree, and nobody leaves the others open or asks anything of them, nor do pull requests list less than half of them: applied or merged; hedged.",
        find_applied_in_part,
    ),
    Rule(
        "reviewed-in-part",
        "Some of its patches are reviewed, acked or tested, others are not: needs-review.",
        _reviewed_in_part,
    ),
    Rule(
        "remarked-later",
        "After it was approved somebody who decides remarked on it, or anybody below its code, and the author did not answer:"
        " needs-revision; hedged.",
        _remarked_later,
    ),
    Rule("approved", "Reviewed or acked since the newest posting, with no open request: ready.", _ready),
    Rule(
        "mended-by-other",
        "Somebody other than the author makes the last changes on his own: ready; hedged.",
        _mended_by_other,
    ),
    Rule(
        "review-promised",
        "Somebody said that he will look at it, and was not heard of since: needs-review, and he is waited for.",
        _review_promised,
    ),
    Rule(
        "needs-other-work",
        "The posting says that it waits for something else, and nobody says more: blocked.",
        _needs_other_work,
    ),
    Rule(
        "latest-word-of-assignee",
        "The newest plain statement of the person responsible, or of whoever keeps the list that has it; in-progress where a part of an item is in a tree.",
        _word_of_responsible,
    ),
    Rule(
        "latest-word", "The newest statement of anybody, where the person responsible said nothing.", _word_of_anybody
    ),
    Rule(
        "remark-answered",
        "Somebody who decides remarked on it, the author answered, and nobody says more: needs-revision; hedged.",
        _remark_answered,
    ),
    Rule(
        CARRIED,
        "All of its patches carry reviews or acks of others, and nobody says more: ready; hedged where they were given out of sight, and none is of somebody who decides.",
        _carries_reviews,
    ),
    Rule(
        POSTED,
        "It was posted, and nothing more is known: needs-review if the posting is at hand, else posted.",
        _posted,
    ),
    Rule("nothing-sure", "Nobody says for sure where it stands: unknown.", _nothing_sure),
    Rule("nothing-said", "Nobody said anything: unknown.", lambda case: Verdict(None)),
)
