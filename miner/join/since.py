"""Since when a status holds: the posting, or the word, that brought it about.

Rule: the rules are asked what they said of it after each word, from the one that decides backwards; the status began with the
oldest word of an unbroken run of the same answer. So a reminder does not begin it anew, and a newer posting does. A review
is waited for since the newest posting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from miner.join.case import FINISHED, Case, Rule, Verdict
from miner.join.decide import decide
from miner.model import BUILT_UPON, CITED, LANDED, REPLACED, SENT_ELSEWHERE, SILENT, Citation, Claim, Mention, Series

MAX_STEPS = 50  # back from what decides: the rules are asked once for each


def find_since(
    case: Case, rule: Rule, verdict: Verdict, newer: Sequence[Series] = (), listed: datetime | None = None
) -> datetime | None:
    """The date of what brought a verdict about; None where nothing with a date did.

    `newer` are all revisions that replace a posting, `listed` is when an item was put in its table.
    """
    posted = max((one.date for one in case.postings if one.date is not None), default=None)
    said = [claim.date for claim in verdict.evidence if claim.date is not None]
    if verdict.status == "needs-review" and posted is not None:
        return posted
    if verdict.status is None or (verdict.evidence and not said):
        return None
    if rule.name == REPLACED and newer and not said:
        return min((one.date for one in newer if one.date is not None), default=None)
    if rule.name in SILENT:
        return _date_of_mentions(case, rule.name)
    if rule.name == "needs-other-item":
        return max(filter(None, (listed, posted)), default=None)
    if rule.name == "in-tree":
        return _first_said(case, verdict) or _last_committed(case)
    start = max(said, default=None)
    floor = None if verdict.status in FINISHED else posted
    if floor is not None and said:
        floor = min(floor, *said)
    moments = [
        moment for moment in _moments(case) if (start is None or moment <= start) and (floor is None or moment >= floor)
    ]
    since = start
    for moment in moments[: -MAX_STEPS - 1 : -1]:
        if since is not None and moment < since and decide(_known_at(case, moment))[1].status != verdict.status:
            break
        since = moment
    return since


def _moments(case: Case) -> list[datetime]:
    """When something was said or posted, the oldest first."""
    dates = (
        *(claim.date for said in (case.claims, case.requests, case.open_questions) for claim in said),
        *(one.date for one in case.postings),
    )
    return sorted({date for date in dates if date is not None})


def _known_at(case: Case, moment: datetime) -> Case:
    """What was known at a moment; what has no date was known from the beginning."""

    def said(claims: Iterable[Claim]) -> list[Claim]:
        return [claim for claim in claims if claim.date is None or claim.date <= moment]

    return replace(
        case,
        claims=said(case.claims),
        requests=said(case.requests),
        open_questions=said(case.open_questions),
        postings=[
            replace(
                one,
                cited=tuple(_cited_at(each, moment) for each in one.cited),
                built_upon=_mentioned_at(one.built_upon, moment),
                built_by_author=_mentioned_at(one.built_by_author, moment),
                sent_again=tuple(each if each and each.date <= moment else None for each in one.sent_again),
            )
            for one in case.postings
            if one.date is None or one.date <= moment
        ],
        newer=case.newer if case.newer and (case.newer.date is None or case.newer.date <= moment) else None,
    )


def _date_of_mentions(case: Case, rule: str) -> datetime | None:
    """From when on it could be known what nobody says: of one commit that is in a tree, of all patches that they are in mainline, or were
    sent again; of the last of those on which others built."""
    posting = case.postings[-1]
    cited = [each for each in posting.cited if each is not None]
    if rule == CITED:
        return min((each.date for each in cited), default=None)
    dates = {
        LANDED: [each.landed.date for each in cited if each.landed is not None],
        BUILT_UPON: [mentions[0].date for mentions in case.built_upon if mentions],
        SENT_ELSEWHERE: [each.date for each in posting.sent_again if each is not None],
    }
    return max(dates[rule], default=None)


def _mentioned_at(places: Sequence[Sequence[Mention]], moment: datetime) -> tuple[tuple[Mention, ...], ...]:
    return tuple(tuple(each for each in some if each.date <= moment) for some in places)


def _cited_at(cited: Citation | None, moment: datetime) -> Citation | None:
    """What was known of a commit at a moment."""
    if cited is None or cited.date > moment:
        return None
    return replace(cited, landed=cited.landed if cited.landed and cited.landed.date <= moment else None)


def _first_said(case: Case, verdict: Verdict) -> datetime | None:
    dates = (c.date for c in case.claims if c.status == verdict.status and c.certainty == "asserted")
    return next((date for date in dates if date is not None), None)


def _last_committed(case: Case) -> datetime | None:
    commits = (commit for one in case.postings for commit in one.commits)
    return max((commit.date for commit in commits if commit is not None), default=None)
