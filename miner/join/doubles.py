"""Of what is heard twice in the same words, the surer claim counts; of what a table says again and again, the first time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from miner.join.case import FINISHED, IN_A_TREE
from miner.model import EARLIEST, IN_CELL, Claim

MUCH_SURER = 0.5  # confidence of one claim above that of another in the same words
_SURE = 0.99  # as sure as words can be


def without_doubles(claims: Sequence[Claim]) -> list[Claim]:
    """The claims without those that say something else of the very words of a much surer one, or end a work otherwise than it; that
    something is in a tree is as sure as "applied" and "merged" of the same words together."""
    at = find_beside(claims)

    def is_double(claim: Claim) -> bool:
        for other in at[id(claim)]:
            if other.status == claim.status or other.confidence <= claim.confidence:
                continue
            if other.end <= claim.start or claim.end <= other.start:
                continue
            ends = {other.status, claim.status} <= FINISHED and (other.start, other.end) == (claim.start, claim.end)
            if ends or other.confidence - claim.confidence >= MUCH_SURER:
                return True
        return False

    def back(claim: Claim) -> Claim:
        same = [
            other.confidence
            for other in at[id(claim)]
            if {other.status, claim.status} == IN_A_TREE
            and (other.start, other.end, other.certainty) == (claim.start, claim.end, claim.certainty)
        ]
        return replace(claim, confidence=min(_SURE, round(claim.confidence + sum(same), 3))) if same else claim

    return [back(claim) for claim in claims if not is_double(claim)]


def without_untouched(claims: Sequence[Claim]) -> list[Claim]:
    """The claims without the cells of status columns that their writer left as they were in his table before: they are no news of that day."""
    cells: dict[tuple[str | None, str, str], list[Claim]] = {}
    for claim in sorted((c for c in claims if c.rule == IN_CELL), key=lambda each: each.date or EARLIEST):
        cells.setdefault((claim.item, claim.by, claim.message_id), []).append(claim)
    before: dict[tuple[str | None, str], list[list[str]]] = {}
    untouched: set[int] = set()
    for (item, by, _), said in cells.items():
        words = [claim.text.lower().split() for claim in said]
        if before.get((item, by)) == words:
            untouched.update(map(id, said))
        before[item, by] = words
    return [claim for claim in claims if id(claim) not in untouched]


def find_beside(claims: Sequence[Claim]) -> Mapping[int, Sequence[Claim]]:
    """For each claim, by its id(), those of its mail whose words may be among its own: each run of words that overlap one after another."""
    found: dict[int, list[Claim]] = {}
    run: list[Claim] = []
    reach = 0
    for claim in sorted(claims, key=lambda each: (each.message_id, each.start)):
        if not run or claim.message_id != run[0].message_id or claim.start > reach:
            run, reach = [], 0
        run.append(claim)
        reach = max(reach, claim.end)
        found[id(claim)] = run
    return found
