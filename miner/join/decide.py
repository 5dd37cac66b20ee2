"""Which rule decides: the first of the table that applies, or another one that does, if readers would much sooner see it so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from miner.join.case import Case, Rule, Verdict
from miner.join.rules import RULES
from miner.join.signs import read_signs
from miner.join.weighing import load_reader
from miner.model import StatusLabel

MUCH_SOONER = 0.4  # share of readers by which they would rather see it as another rule does
DOUBTFUL = 0.4  # a status that fewer would name is not sure


def decide(case: Case) -> tuple[Rule, Verdict]:
    """The rule that decides, and its verdict. Where facts settle it, where nobody else wrote, and for work items, that is the first
    one that applies."""
    applying = apply_rules(case)
    rule, verdict = next(applying)
    if case.kind == "item" or rule.settles or not case.is_answered:
        return rule, verdict
    reader = load_reader()
    signs = read_signs(case)
    shares = reader.weigh(signs)
    found = [(rule, verdict), *applying]
    rule, verdict = found[choose(shares, [each.status for _, each in found])]
    share = _share(shares, verdict.status)
    doubted = verdict.doubted or share < DOUBTFUL
    weighed = reader.compare(signs, verdict.status) if verdict.status is not None else None
    return rule, replace(verdict, doubted=doubted, confidence=reader.how_often_right(share), weighed=weighed)


def choose(shares: Mapping[StatusLabel, float], proposed: Sequence[StatusLabel | None]) -> int:
    """Which of the proposed statuses it is, by the share of readers who would name each: the first one, if not another much sooner."""
    best = max(range(len(proposed)), key=lambda n: _share(shares, proposed[n]))
    return best if _share(shares, proposed[best]) - _share(shares, proposed[0]) > MUCH_SOONER else 0


def _share(shares: Mapping[StatusLabel, float], status: StatusLabel | None) -> float:
    return shares.get(status, 0.0) if status is not None else 0.0


def apply_rules(case: Case) -> Iterator[tuple[Rule, Verdict]]:
    """The rules that apply, in their order, each with its verdict."""
    for rule in RULES:
        verdict = rule.find(case)
        if verdict is not None:
            yield rule, verdict
