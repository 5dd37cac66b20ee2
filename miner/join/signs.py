"""Who said what of a posting, in numbers: the signs by which `weighing.py` tells where readers would see it.

Each sign has a name that a maintainer understands ("reviewer says needs-revision") and a value from 0 to about 3; one that is not
there is 0. The rules have no part in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log2

from miner.join.case import Case
from miner.join.concessions import CONCEDED
from miner.join.remarks import ANSWERED, REMARK
from miner.model import Claim

LAST_MAILS = 2  # that say something, each looked at by itself
_MOST = 3.0  # that a sum or a number counts for


def read_signs(case: Case) -> dict[str, float]:
    """The signs of a posting."""
    signs: dict[str, float] = {}
    _see_posting(case, signs)
    said = [c for c in case.claims if case.is_current(c) and c.message_id not in case.posted_mails]
    for role in ("author", "decider", "reviewer"):
        _see_words(role, [c for c in said if _role_of(case, c) == role], case, signs)
        _see_asked(role, case, signs)
    _see_last_mails(said, case, signs)
    signs["author gives in"] = min(_MOST, sum(c.rule == CONCEDED and case.is_current(c) for c in case.requests))
    return signs


def _role_of(case: Case, claim: Claim) -> str:
    if case.said_by_responsible(claim):
        return "author"
    return "decider" if case.decides(claim.by) else "reviewer"


def _see_posting(case: Case, signs: dict[str, float]) -> None:
    for posting in case.postings[-1:]:
        signs["patches"] = min(_MOST, log2(max(1, posting.expected)))
        signs["versions before"] = min(_MOST, posting.revision - 1)
        reviewed = {number for trailer in posting.trailers for number in trailer.patches}
        signs["patches with trailers"] = len(reviewed) / max(1, posting.expected)
        signs["trailers"] = min(2 * _MOST, len(posting.trailers)) / 2


def _see_words(role: str, said: Sequence[Claim], case: Case, signs: dict[str, float]) -> None:
    """What somebody in a role says: the surest claim of each status, plain or of any kind, all together, and in his last mail."""
    last = said[-1].message_id if said else None
    for claim in said:
        if claim.certainty == "asserted" and claim.message_id == last:
            _keep(signs, f"{role} says {claim.status} last", claim.confidence)
        if not claim.is_his_own:
            continue
        _keep(signs, f"{role} speaks of {claim.status}", claim.confidence)
        _add(signs, f"{role} on {claim.status} in all", claim.confidence)
        if claim.certainty == "asserted":
            _keep(signs, f"{role} says {claim.status}", claim.confidence)
    trailers = [c for c in said if c.rule == "trailer"]
    signs[f"{role}s with trailers"] = min(_MOST, len({c.by for c in trailers}))
    whole = {c.by for c in trailers if c.message_id not in case.patch_of}
    signs[f"{role}s with trailers for all"] = min(_MOST, len(whole))


def _see_asked(role: str, case: Case, signs: dict[str, float]) -> None:
    """What somebody in a role asks or remarks."""

    def count(claims: Iterable[Claim]) -> float:
        return min(_MOST, sum(_role_of(case, claim) == role for claim in claims))

    signs[f"{role} asks, unanswered"] = count(case.open_questions)
    signs[f"{role} asks for changes"] = count(c for c in case.requests if c.rule not in (REMARK, ANSWERED, CONCEDED))
    signs[f"{role} remarks"] = count(c for c in case.requests if c.rule == REMARK)


def _see_last_mails(said: Sequence[Claim], case: Case, signs: dict[str, float]) -> None:
    idents = list(dict.fromkeys(claim.message_id for claim in reversed(said)))[:LAST_MAILS]
    for back, ident in enumerate(idents):
        for claim in said:
            if claim.message_id == ident:
                _keep(signs, f"{claim.status} {back} back", claim.confidence)
                signs[f"{_role_of(case, claim)} {back} back"] = 1.0


def _keep(signs: dict[str, float], name: str, value: float) -> None:
    signs[name] = max(value, signs.get(name, 0.0))


def _add(signs: dict[str, float], name: str, value: float) -> None:
    signs[name] = min(_MOST, signs.get(name, 0.0) + value)
