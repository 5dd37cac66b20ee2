"""What a work waits for still: words by which it waits for what is in a tree by now hold it up no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from miner.join.case import FINISHED, IN_A_TREE, Case, Rule, Verdict, Work
from miner.join.cases import Cases
from miner.join.decide import decide
from miner.join.needs import Needs, each_once
from miner.join.prerequisites import works_needed
from miner.join.since import find_since
from miner.join.tie import Ties
from miner.model import Claim, Evidence, Need, Series


@dataclass(frozen=True, slots=True)
class End:
    """How a work came to its end: what shows it, since when it is so, and whether it was taken into a tree."""

    shown: Evidence
    date: datetime | None
    taken: bool

    def is_behind(self, waiting: Claim) -> bool:
        """Whether it came after somebody said that another work waits for it: who says so later knows of it."""
        return self.date is None or waiting.date is None or self.date >= waiting.date


class Ends:
    """How works came to their ends: items by their titles, as they are given, postings by their roots."""

    def __init__(self, cases: Cases, ties: Ties, of_items: Mapping[str, End]) -> None:
        self._cases = cases
        self._ties = ties
        self._of_items = of_items
        self._of_chains: dict[str, End | None] = {}

    def find(self, name: str) -> End | None:
        """How a work came to its end, if it did, a posting by the newest version of it."""
        if name in self._of_items:
            return self._of_items[name]
        one = self._ties.by_root.get(name)
        if one is None:
            return None
        if one.chain not in self._of_chains:
            self._of_chains[one.chain] = self._find_end(self._ties.chains[one.chain])
        return self._of_chains[one.chain]

    def _find_end(self, chain: Sequence[Series]) -> End | None:
        replaced = {root for each in chain for root in each.supersedes}
        newest = max(reversed(chain), key=lambda each: (each.root not in replaced, each.revision))
        case, newer = self._cases.of_series(newest)
        rule, verdict = decide(case)
        if verdict.status not in FINISHED or verdict.doubted:
            return None
        first = next(iter(verdict.evidence), None)
        place, text = (first.message_id, first.text) if first is not None else (newest.root, newest.title)
        return End(
            Evidence(place, text, verdict.status), find_since(case, rule, verdict, newer), verdict.status in IN_A_TREE
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """What decided where a work stands. Of its `needs` the `open` ones are waited for. What it waited for by words that hold it up no more
    is `told` by these and by the ends, the last of them on the date from which on it is `free`."""

    case: Case
    rule: Rule
    verdict: Verdict
    needs: Sequence[Need]
    open: Sequence[Need]
    told: Sequence[Evidence]
    free: datetime | None

    @property
    def waits_for_nothing(self) -> bool:
        """Whether it is called blocked by what is finished by now alone."""
        return self.verdict.status == "blocked" and bool(self.told) and not self.open


def decide_now(case: Case, work: Work, needs: Needs, ends: Ends) -> Decided:
    """What the rules say of a work without the words by which it waits for what is in a tree by now. Where nothing else tells where it
    stands then, or what it waited for ended otherwise, it is in doubt that it still waits."""
    rule, verdict = decide(case)
    over: list[Need] = []
    told: list[Evidence] = []
    free: datetime | None = None
    while verdict.waits_for_item and verdict.evidence:
        waiting = verdict.evidence[0]
        here = needs.behind(waiting, work)
        ended = [end for need in here if (end := ends.find(need.on)) is not None and end.is_behind(waiting)]
        if not here or len(ended) < len(here):
            break
        over += here
        free = max((end.date for end in ended if end.date is not None), default=free)
        shown = [end.shown for end in ended]
        without = replace(case, claims=[c for c in case.claims if c is not waiting and not _says_again(c, waiting)])
        other = decide(without)
        if not all(end.taken for end in ended) or other[1].status is None or other[1].status in FINISHED:
            verdict = replace(verdict, doubted=True)
            told += shown
            break
        told += [Evidence.of(waiting), *shown]
        case, (rule, verdict) = without, other
    known = each_once((*over, *needs.find(verdict, case, work)))
    return Decided(
        case,
        rule,
        verdict,
        needs=known,
        open=[need for need in known if not _is_met(need, verdict, ends)],
        told=told,
        free=free,
    )


def _is_met(need: Need, verdict: Verdict, ends: Ends) -> bool:
    """Whether what a work waits for is finished, and was not when the words were said that decide."""
    end = ends.find(need.on)
    waiting = verdict.evidence[0] if verdict.waits_for_item and verdict.evidence else None
    if end is None or waiting is None or waiting.message_id != need.message_id:
        return end is not None
    return end.is_behind(waiting)


def _says_again(claim: Claim, waiting: Claim) -> bool:
    """Whether a claim says only once more, in the same mail, that a work waits."""
    again = claim.status == waiting.status and claim.message_id == waiting.message_id
    return again and not works_needed(claim)
