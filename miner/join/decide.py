"""Which rule decides."""

from __future__ import annotations

from miner.join.case import Case, Rule, Verdict
from miner.join.rules import RULES


def decide(case: Case) -> tuple[Rule, Verdict]:
    for rule in RULES:
        verdict = rule.find(case)
        if verdict is not None:
            return rule, verdict
    raise AssertionError("the last rule always applies")
