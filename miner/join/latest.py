"""The rules for what nothing else decides: the last word of whoever is responsible or of anybody, and that it was posted."""

from __future__ import annotations

from miner.join.approvals import approves
from miner.join.case import FINISHED, LEAST_TO_HOLD, Case, Verdict, is_plain, once
from miner.join.reviews import find_carried_reviews
from miner.join.revising import leaves_it
from miner.join.subjects import is_polite
from miner.model import Claim, StatusLabel


def find_word_of_responsible(case: Case) -> Verdict | None:
    last = find_last_of_responsible(case)
    return Verdict(_tell(last), (last,)) if last else None


def find_last_of_responsible(case: Case) -> Claim | None:
    mine = [c for c in _open_words(case) if is_plain(c) and (case.said_by_responsible(c) or case.is_kept_by(c.by))]
    return mine[-1] if mine else None


def find_word_of_anybody(case: Case) -> Verdict | None:
    words = [c for c in _open_words(case) if c.certainty in ("asserted", "hedged") and c.is_his_own]
    return Verdict(_tell(words[-1]), (words[-1],)) if words else None


def _tell(claim: Claim) -> StatusLabel:
    """What the last word says of a work; that a part of it is in a tree says that it goes on."""
    return "in-progress" if claim.status in FINISHED else claim.status


@once
def _open_words(case: Case) -> list[Claim]:
    """What was said of the newest posting and finishes nothing, of an item also what brings a part of it into a tree. A posting is there,
    whatever else is planned or done."""
    words = [c for c in case.claims if c.status not in FINISHED or _is_in_part(case, c) if case.is_current(c)]
    words = [c for c in words if not (is_plain(c) and c.status == "ready") or approves(case, c)]
    if case.kind == "item":
        return words
    return [
        c
        for c in words
        if c.status not in ("planned", "in-progress", "posted")
        and c.confidence >= LEAST_TO_HOLD
        and not case.is_for_himself(c)
        and not leaves_it(case, c)
        and not is_polite(c)
        and c.message_id not in case.posted_mails
    ]


def _is_in_part(case: Case, claim: Claim) -> bool:
    """Whether a claim says of an item that a part of it is in a tree."""
    return case.kind == "item" and claim.status in ("applied", "merged") and case.is_a_part(claim)


def find_nothing_sure(case: Case) -> Verdict | None:
    """The newest of words that only suppose, deny or report something, or of others that tell nothing of an item."""
    words = [c for c in case.claims if c.certainty != "asked"]
    return Verdict(None, (words[-1],)) if words else None


def find_carried(case: Case) -> Verdict | None:
    """The posting brings for all of its patches the reviews of others with it: whoever applies is waited for. Those that nobody here saw
    given may be of the author's own house: they tell less, and nothing where others wrote below it all the same."""
    posting = case.postings[-1] if case.postings else None
    if posting is None or posting.copied_to:
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


def find_posted(case: Case) -> Verdict | None:
    return Verdict("needs-review" if case.postings else "posted", ()) if case.has_posting else None
