"""Where readers would say that a posting stands, by what was said of it: weights learned from threads that were read.

A linear model, so that what each sign brings to each status can be read in `weights.json`: a line a sign, a number a status, in
the order of `statuses`. `miner/learning/threads.py` learned them; `judged` tells how often readers agreed with a status to which
the model gave such a share.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path

from miner.model import StatusLabel, Weighed

MOST_SIGNS = 6  # that are told of a posting
LEAST_TOLD = 0.1  # logits; what brings less is not worth telling
WEIGHTS = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Reader:
    """`weights` are those of a sign's value as it is, one a status of `statuses`; `shift` is what each status has without any sign.
    `judged` are pairs, in order: from which share on, and how many of such were right (0 to 1)."""

    statuses: Sequence[StatusLabel]
    shift: Sequence[float]
    weights: Mapping[str, Sequence[float]]
    judged: Sequence[tuple[float, float]]

    def weigh(self, signs: Mapping[str, float]) -> dict[StatusLabel, float]:
        """The share of readers who would name each status; together 1."""
        sums = list(self.shift)
        for sign, value in signs.items():
            for at, weight in enumerate(self.weights.get(sign, ())):
                sums[at] += weight * value
        most = max(sums)
        raised = [exp(each - most) for each in sums]
        return {status: each / sum(raised) for status, each in zip(self.statuses, raised, strict=True)}

    def compare(self, signs: Mapping[str, float], status: StatusLabel) -> Weighed | None:
        """What speaks for a status and what against it, in logits, beside the other status of the largest share; None for a status that
        no reader of these threads named."""
        if status not in self.statuses:
            return None
        shares = self.weigh(signs)
        other = max((each for each in self.statuses if each != status), key=shares.__getitem__)
        this, that = self.statuses.index(status), self.statuses.index(other)
        brought = {
            sign: round(value * (weights[this] - weights[that]), 2)
            for sign, value in signs.items()
            if value and (weights := self.weights.get(sign)) is not None
        }
        most = sorted(brought.items(), key=lambda each: (-abs(each[1]), each[0]))[:MOST_SIGNS]
        told = tuple((sign, weight) for sign, weight in most if abs(weight) >= LEAST_TOLD)
        return Weighed(round(shares[status], 3), other, round(shares[other], 3), told)

    def how_often_right(self, share: float) -> float:
        """Of statuses to which such a share is given, how many are right, 0 to 1."""
        at = bisect_right(self.judged, share, key=lambda pair: pair[0])
        return self.judged[max(0, at - 1)][1]


@cache
def load_reader(path: Path = WEIGHTS) -> Reader:
    """The weights that ship with the package. Raises OSError if they are not there."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return Reader(
        found["statuses"], found["shift"], found["weights"], [(least, right) for least, right in found["judged"]]
    )
