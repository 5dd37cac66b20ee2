"""The rules by which a work is ready: who approved it, and how far; who takes it himself."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from miner.join.case import Case, Verdict, is_later, is_plain, once, words_of_author, words_of_others
from miner.join.concessions import CONCEDED
from miner.join.counting import means_all
from miner.join.questions import QUESTION
from miner.join.remarks import ANSWERED, REMARK
from miner.join.reports import REPORT
from miner.join.reviews import is_reviewed_in_part
from miner.join.subjects import (
    approves_part,
    leaves_out,
    mends_himself,
    only_agrees,
    speaks_of_taking,
    takes_himself,
    takes_in_time,
    waives,
)
from miner.model import Claim

TESTED = "Tested-by"  # who tried it does not say that it is to be taken
LEAST_TO_APPROVE = 0.4  # of one that says that all is well


def approves(case: Case, claim: Claim) -> bool:
    if claim.status != "ready" or not claim.is_his_own or leaves_out(claim) or approves_part(claim):
        return False
    if case.kind == "item":
        return claim.certainty == "asserted"
    if claim.rule != "trailer" and case.names_some(claim):
        return False
    waived = claim.certainty == "conditional" and is_waived(case, claim)
    plain = claim.certainty == "asserted" or takes_in_time(claim) or waived
    if not plain or claim.confidence < LEAST_TO_APPROVE or only_agrees(claim):
        return False
    return not any(is_later(c, claim) and not is_later(claim, c) for c in case.withdrawals)


def is_waived(case: Case, asked: Claim) -> bool:
    """Whether somebody else than the author says later that no new version is needed, or whoever asked, or who decides, that he makes
    the change himself."""
    return any(
        is_later(c, asked)
        and not case.said_by_responsible(c)
        and (waives(c) or (mends_himself(c) and (case.is_same(c.by, asked.by) or case.decides(c.by))))
        for c in case.claims
    )


def is_content_later(case: Case, question: Claim) -> bool:
    """Whether whoever asked approved it later; his word on one of several patches says nothing of another."""
    asked_of = case.patch_of.get(question.message_id)
    return any(
        c.status == "ready"
        and is_plain(c)
        and case.is_same(c.by, question.by)
        and is_later(c, question)
        and (asked_of is None or covers(case, c, asked_of))
        for c in case.claims
    )


def covers(case: Case, claim: Claim, patch: str) -> bool:
    """Whether an approval is of a patch too: said below it or of all, or by its words if it is a trailer."""
    for posting, trailer in ((one, t) for one in case.postings[-1:] for t in one.trailers if claim.rule == "trailer"):
        if (trailer.message_id, trailer.start) == (claim.message_id, claim.start):
            return any(posting.patches[n - 1] == patch for n in trailer.patches if n <= len(posting.patches))
    return case.patch_of.get(claim.message_id, patch) == patch or means_all(claim.text)


def find_approved_by_decider(case: Case) -> Verdict | None:
    """Their word on the whole outweighs what others ask for; not what they ask for themselves, nor what the author promises."""
    approvals = [
        c
        for c in words_of_others(case)
        if approves(case, c) and case.decides(c.by) and not c.text.lstrip().startswith(TESTED)
    ]
    if not approvals or case.kind != "series" or find_reviewed_in_part(case):
        return None
    if all(c.message_id in case.patch_of and not means_all(c.text) for c in approvals[-3:]):
        return None
    last = approvals[-1]
    asking = (
        *(c for c in case.claims if c.status in ("needs-revision", "dropped", "blocked")),
        *(c for c in case.requests if c.rule not in (REMARK, ANSWERED, CONCEDED)),
        *(c for c in case.open_questions if c.rule == QUESTION),
    )
    anybody = id(last) in case.on_silence
    if any(
        is_later(c, last) and (anybody or case.decides(c.by) or case.said_by_responsible(c) or c.rule == REPORT)
        for c in asking
    ):
        return None
    return _as_ready(case, (last, *(c for c in reversed(approvals[-3:-1]))))


def find_approvers(case: Case, claims: Sequence[Claim]) -> Set[str]:
    """The others who approve the whole of a posting among some claims."""
    whole = [c for c in claims if approves(case, c) and c.message_id not in case.patch_of]
    return {c.by for c in whole if not case.said_by_responsible(c)}


def is_approved_by_several(case: Case, claims: Sequence[Claim]) -> bool:
    """Whether several people, or one where the author takes his work himself, approved the whole of a posting."""
    people = find_approvers(case, claims)
    return len(people) > 1 or (len(people) == 1 and any(map(case.decides, case.responsible)))


def is_approved_later(case: Case, claim: Claim) -> bool:
    """Whether the whole posting was approved after a claim."""
    approved = find_approved_whole(case) if case.kind == "series" else None
    return approved is not None and any(is_later(c, claim) for c in approved.evidence)


@once
def find_approved(case: Case) -> Verdict | None:
    claims = [c for c in words_of_others(case) if approves(case, c)]
    claims.sort(key=lambda c: (case.decides(c.by), c.rule == "trailer"))  # the last ones weigh most
    return _as_ready(case, tuple(reversed(claims[-3:]))) if claims else None


def _as_ready(case: Case, approvals: tuple[Claim, ...]) -> Verdict:
    """Ready by some approvals; not surely where all of them hold as long as nobody objects."""
    return Verdict("ready", approvals, doubted=all(id(c) in case.on_silence for c in approvals))


def find_approved_whole(case: Case) -> Verdict | None:
    return None if find_reviewed_in_part(case) else find_approved(case)


@once
def find_reviewed_in_part(case: Case) -> Verdict | None:
    """Trailers alone, and not for all patches: the others still wait for theirs."""
    if case.kind != "series" or not any(is_reviewed_in_part(posting) for posting in case.postings[-1:]):
        return None
    verdict = find_approved(case)
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


def takes_it(case: Case, claim: Claim) -> bool:
    """Whether somebody says that he will take a work into a tree, also in a few words where he waits for objections."""
    return takes_himself(claim) or (id(claim) in case.on_silence and speaks_of_taking(claim))


def find_taken_by_author(case: Case) -> Verdict | None:
    """The author takes it himself."""
    mine = [
        c
        for c in words_of_author(case)
        if c.confidence >= LEAST_TO_APPROVE
        and takes_it(case, c)
        and (c.message_id not in case.posted_mails or case.decides(c.by))
    ]
    if not mine or case.kind != "series":
        return None
    return replace(_as_ready(case, (mine[-1],)), waits_for=(mine[-1].by,))


def find_mended_by_other(case: Case) -> Verdict | None:
    """Somebody else changes the rest on his own, so that he means to take it."""
    mine = [c for c in words_of_others(case) if is_plain(c) and c.confidence >= LEAST_TO_APPROVE and mends_himself(c)]
    return Verdict("ready", (mine[-1],), doubted=True) if mine and case.kind == "series" else None
