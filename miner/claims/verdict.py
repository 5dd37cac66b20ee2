"""Which statuses a sentence claims, and how sure that is: what the classifier scores and the rules that matched, together.

The probability of a status is a logistic function of the classifier's score for it, of whether a rule for it matched and
how sure that rule is, of whether only rules for others matched, and of the best other score. The weights are fitted by
`miner/learning/training.py` on annotated mails that neither the classifier nor the rules were made from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log
from pathlib import Path

from miner.claims.classifier import STATUSES, WEIGHTS
from miner.model import StatusLabel

FEATURES = ("score", "rule", "rule_sure", "other_rule", "other_score")
LEAST = 0.35  # probability of a status that is a claim
LEAST_MATCHED = 0.03  # of one that a rule matched, if the rule asks for no more
LEAST_APART = (
    0.3  # of the same in mail without a row of work: there one in four of those below it is right on lists unknown
)
LEAST_SCORE = 0.003  # below it no rule could make a claim of it, so that none is tried
LEAST_OWNED = 0.2  # of one whose rule lets no other have its words
LEAST_SECOND = 0.5  # of a further one in the same sentence
LEAST_COMMIT = 0.45  # in a commit message, which speaks of the code as people speak of work
_CLIP = 1e-4


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each of FEATURES, and the constant."""

    values: tuple[float, ...]
    constant: float


@cache
def load_weights(path: Path = WEIGHTS / "verdict.json") -> Weights:
    found = json.loads(path.read_text(encoding="utf-8"))
    return Weights(tuple(found["weights"][name] for name in FEATURES), found["constant"])


def read_features(
    scores: Sequence[float], fired: Mapping[StatusLabel, float]
) -> list[tuple[float, float, float, float, float]]:
    """For each status its FEATURES. `fired` has how sure the surest rule is that matched for a status."""
    logits = [_logit(score) for score in scores]
    *_, second, best = sorted(logits)
    rows: list[tuple[float, float, float, float, float]] = []
    for column, status in enumerate(STATUSES):
        sure = fired.get(status)
        rows.append(
            (
                logits[column],
                float(sure is not None),
                0.0 if sure is None else _logit(sure),
                float(bool(fired) and (sure is None or len(fired) > 1)),
                second if logits[column] == best else best,
            )
        )
    return rows


def weigh(
    scores: Sequence[float], fired: Mapping[StatusLabel, float], weights: Weights | None = None
) -> dict[StatusLabel, float]:
    """The probability of each status."""
    weights = weights or load_weights()
    a, b, c, d, e = weights.values
    return {
        status: _squash(weights.constant + (a * score + b * rule + c * sure + d * other_rule + e * other_score))
        for status, (score, rule, sure, other_rule, other_score) in zip(
            STATUSES, read_features(scores, fired), strict=True
        )
    }


def claims_nothing(scores: Sequence[float], weights: Weights | None = None) -> bool:
    """Whether no status of a sentence that no rule matched is claimed, as far as the best score alone tells."""
    weights = weights or load_weights()
    a, _, _, _, e = weights.values
    *_, second, best = sorted(scores)
    return a >= 0 >= e and _squash(weights.constant + (a * _logit(best) + e * _logit(second))) < LEAST


def choose(
    probabilities: Mapping[StatusLabel, float], matched: Mapping[StatusLabel, float], in_commit: bool
) -> list[tuple[StatusLabel, float]]:
    """The statuses that are claimed, the surest first. `matched` are those that a rule matched, with the least probability
    that it asks for."""
    found: list[tuple[StatusLabel, float]] = []
    for status, sure in sorted(probabilities.items(), key=lambda item: -item[1]):
        if sure >= find_least(status, matched, in_commit, bool(found)):
            found.append((status, sure))
    return found


def find_least(status: StatusLabel, matched: Mapping[StatusLabel, float], in_commit: bool, beside: bool) -> float:
    """From which probability on a status is claimed, alone or beside a surer one."""
    least = matched.get(status, LEAST_COMMIT if in_commit else LEAST)
    return max(least, LEAST_SECOND) if beside and status not in matched else least


def _logit(share: float) -> float:
    share = min(max(share, _CLIP), 1 - _CLIP)
    return log(share / (1 - share))


def _squash(value: float) -> float:
    return 1 / (1 + exp(-value))
