"""What a status shows: the words that decided, then what else was said, and what was said besides that speaks for another status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from miner.join.actors import ROLES
from miner.join.case import FINISHED, IN_A_TREE, LEAST_TO_FINISH, Case, Verdict, Work, is_plain
from miner.join.said import Said
from miner.join.tie import Ties
from miner.join.waits import Decided
from miner.model import (
    BUILT_UPON,
    CITED,
    EARLIEST,
    LANDED,
    POSTED,
    REPLACED,
    SENT_ELSEWHERE,
    SILENT,
    Citation,
    Claim,
    Evidence,
    Mention,
    Status,
    StatusLabel,
)

MAX_EVIDENCE = 5
LEAST_TO_SHOW = 0.4  # confidence of what is shown beside the words that decided
FEW_EVIDENCE = 3  # fewer than these, and what people asked is shown too
# What speaks for a status is shown before what speaks against it.
_GOING_WELL = frozenset({"ready", "applied", "merged"})


@dataclass(frozen=True, slots=True)
class Shown:
    evidence: tuple[Evidence, ...]
    also: tuple[StatusLabel, ...]  # the other statuses that were said


def show(decided: Decided, verdict: Verdict, work: Work, said: Said, ties: Ties) -> Shown:
    """The words that decided, by a verdict that has the best of them first, then what else was said: what goes the same way first, then the
    newest, one claim a mail before further ones. Where a fact decided, it goes first; where nobody said anything, the posting stands
    for itself."""
    case, rule = decided.case, decided.rule.name
    others = _order_others(verdict, case)
    # The patches that are in a tree, where the rest decides.
    part = _show_mentions(case, CITED) if case.kind == "series" and verdict.status not in FINISHED else []
    told = [c for c in others if rule != POSTED or case.is_current(c)]  # what came before is about an older one
    shown = [Evidence.of(claim) for claim in _one_a_mail((*verdict.evidence, *told))]
    shown[:0] = _show_fact(rule, case, work, not shown)
    shown[1:1] = (*part[: FEW_EVIDENCE - 1], *decided.told)
    if len(shown) < FEW_EVIDENCE and verdict.status in ROLES:
        shown += _show_asked(case, shown)[: FEW_EVIDENCE - len(shown)]
    request = _find_agreed_to(verdict, case, said, ties)
    if request is not None and request.message_id not in {each.message_id for each in shown}:
        shown.insert(1, Evidence.of(request))
    besides = others if verdict.status else (*verdict.evidence, *others)
    waited = decided.told[:1] if verdict.status != "blocked" else ()  # else it is the end of another work
    also = (
        *(each.status for each in (*waited, *part)),
        *(c.status for c in besides if c.certainty in ("asserted", "hedged", "conditional")),
    )
    return Shown(
        tuple(shown[:MAX_EVIDENCE]), tuple(status for status in dict.fromkeys(also) if status != verdict.status)
    )


def _order_others(verdict: Verdict, case: Case) -> list[Claim]:
    """What was said beside the words that decided: what goes the same way first, then the newest."""
    deciding = {id(claim) for claim in verdict.evidence}
    others = [
        c
        for c in reversed(case.claims)
        if id(c) not in deciding and (case.kind == "item" or c.confidence >= LEAST_TO_SHOW)
    ]
    if verdict.status in IN_A_TREE:  # who said so first stands beside the last word
        first = [c for c in case.claims if c.status == verdict.status and c.certainty == "asserted"][:1]
        others = [*(c for c in first if id(c) not in deciding), *(c for c in others if c not in first)]
    return sorted(others, key=lambda c: (c.status in _GOING_WELL) != (verdict.status in _GOING_WELL))


def _one_a_mail(claims: Sequence[Claim]) -> list[Claim]:
    """The first claim of each mail, then the others: what decides stays first, and more voices are heard."""
    first = {claim.message_id: claim for claim in reversed(claims)}
    return sorted(claims, key=lambda claim: first[claim.message_id] is not claim)


def _show_fact(rule: str, case: Case, work: Work, is_silent: bool) -> list[Evidence]:
    """The fact that decided by a rule, if one did; where nobody said anything, what stands for itself."""
    if rule == REPLACED and case.newer is not None:
        return [_show_version(case.newer.root, case.newer.revision, case.newer.title)]
    if rule in SILENT:
        return _show_mentions(case, rule)[:FEW_EVIDENCE]
    if is_silent and work.item is not None and case.needs and rule == "needs-other-item":
        return [Evidence(work.item.message_id, f"needs: {', '.join(case.needs)}", "blocked")]
    if work.posting is not None and (is_silent or rule == POSTED):
        return [Evidence(work.posting.root, work.posting.title, "posted")]
    return []


def _show_mentions(case: Case, rule: str) -> list[Evidence]:
    """The mails that tell of a posting's patches what nobody says, each once: for one in mainline first those that tell this."""
    cited = [each for one in case.postings for each in one.cited if each is not None]
    again = [each for one in case.postings for each in one.sent_again if each is not None]
    built = [each for mentions in case.built_upon for each in mentions]
    landed = [each.landed for each in cited if each.landed]
    found: Mapping[str, tuple[tuple[StatusLabel, Sequence[Mention | Citation]], ...]] = {
        CITED: (("applied", cited),),
        LANDED: (("merged", landed), ("applied", cited)),
        BUILT_UPON: (("applied", built),),
        SENT_ELSEWHERE: (("superseded", again),),
    }
    shown: dict[str, Evidence] = {}
    for status, mentions in found[rule]:
        for each in mentions:
            shown.setdefault(each.message_id, Evidence(each.message_id, each.text, status))
    return list(shown.values())


def _show_asked(case: Case, shown: Sequence[Evidence]) -> list[Evidence]:
    """What others asked that is not shown yet, the newest first: what a work waits for was asked somewhere."""
    seen = {each.message_id for each in shown}
    asked = sorted((*case.requests, *case.open_questions), key=lambda c: c.date or EARLIEST, reverse=True)
    more = (c for c in _one_a_mail(asked) if c.message_id not in seen and not case.said_by_responsible(c))
    return [Evidence.of(claim) for claim in more]


def _find_agreed_to(verdict: Verdict, case: Case, said: Said, ties: Ties) -> Claim | None:
    """What an author agrees to with the word that decides: what somebody else asked in the mail that he answers."""
    first = next(iter(verdict.evidence), None)
    if verdict.status != "needs-revision" or first is None or not case.said_by_responsible(first):
        return None
    request = said.asked_in.get(ties.threads.parent(first.message_id) or "")
    return None if request is None or case.said_by_responsible(request) else request


def surest_first(verdict: Verdict, case: Case) -> Verdict:
    """The proof of a finished work first: the form mail of whoever took it, which names its patches. Else the deciding mail may say it
    more than once: what names the place goes first, then what is surest."""
    if verdict.status not in FINISHED or not verdict.evidence:
        return verdict
    first = verdict.evidence[0]
    forms = {
        o.message_id for one in case.postings[-1:] for o in one.outcomes if o.complete and o.status == first.status
    }
    undone = [c.date for c in case.claims if c.status == "dropped" and is_plain(c) and c.date is not None]
    told = (first.by, first.status, first.certainty, first.holder)
    same = [
        c
        for c in case.claims
        if (c.message_id == first.message_id and (c.by, c.status, c.certainty, c.holder) == told)
        or (
            c.message_id in forms
            and (c.status, c.certainty) == (first.status, "asserted")
            and not _is_undone(c, first, undone)
        )
    ]
    best = max(
        (first, *same),
        key=lambda c: (
            c.message_id in forms,
            c.message_id == first.message_id,
            c.target is not None and c.confidence >= LEAST_TO_FINISH,
            c.confidence,
        ),
    )
    others = (c for c in verdict.evidence if c is not best and (c is not first or c.message_id != best.message_id))
    return replace(verdict, evidence=(best, *others))


def _is_undone(claim: Claim, first: Claim, undone: Sequence[datetime]) -> bool:
    """Whether a work was dropped between a claim and the one that decides."""
    if claim.date is None or first.date is None:
        return False
    return any(claim.date <= date < first.date for date in undone)


def show_newest(statuses: Sequence[Status]) -> list[Status]:
    """The statuses of postings, oldest first; to what proves that one was replaced comes what became of the newest of its chain."""
    newest = {status.chain: status for status in statuses}
    return [_with_newest(status, newest[status.chain]) for status in statuses]


def _with_newest(status: Status, newest: Status) -> Status:
    if status.rule != REPLACED or newest.key == status.key or not status.evidence:
        return status
    first, *others = status.evidence
    last = _show_version(newest.key, newest.revision, newest.title)
    told: dict[str, Evidence] = {}
    for each in (first, last, *newest.evidence[:1], *others, *newest.evidence[1:]):
        told.setdefault(each.message_id, each)
    return replace(status, evidence=tuple(told.values())[:MAX_EVIDENCE])


def _show_version(root: str, revision: int | None, title: str) -> Evidence:
    return Evidence(root, f"[PATCH v{revision}] {title}", "superseded")
