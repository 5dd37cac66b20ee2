"""Give every line of a body one of fifteen labels: paragraph, quotation, patch, closing and so on.

Quote marks and the counted insides of diff hunks are certain and labelled by rule (segment_features.py). All other
lines are judged together by a linear model over named features of the line and its neighbours, with a weight for each
label following another: a conditional random field, decoded by Viterbi. Its weights (segments.json) come from
segment_training.py: all 150 Gmane and 296 Enron development mails of the segment benchmark, whose lines people had
labelled, and the made-up mails of segment_examples.py.
"""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import repeat
from typing import Any

from miner.parse.segment_features import GROUPS, HEAD, Key, Step, read_steps

EMPTY = "<empty>"
LABELS = tuple(
    "paragraph section_heading quotation quotation_marker patch raw_code log_data technical tabular"
    " personal_signature mua_signature closing salutation inline_headers visual_separator".split()
)
SCALE = 100  # weights are whole hundredths
_MARGIN = 4 * SCALE  # a label that is so much weaker by its features is not brought back by its neighbours
_NUMBER = {label: n for n, label in enumerate(LABELS)}
_ALL = range(len(LABELS))
_FIELD = 32  # bits for each label in a packed row
_ROW = struct.Struct(f"<{len(LABELS)}I")
_MAX_SUMS = 50_000  # for each group of features
_NOTHING = repeat(0)  # for a feature without weights
_ZERO = sum(1 << (_FIELD * n + _FIELD - 1) for n in range(len(LABELS)))


@dataclass(frozen=True, slots=True)
class Model:
    """Weights. A row holds the weights of one feature for all labels, packed into one integer, so that adding rows adds all labels at once."""

    rows: dict[str, int]
    follow: tuple[tuple[int, ...], ...]  # [label before][label]
    follow_gap: tuple[tuple[int, ...], ...]  # the same across a blank line
    start: tuple[int, ...]
    sums: tuple[dict[Key, int], ...] = field(
        default_factory=lambda: tuple({} for _ in GROUPS)
    )  # what was added up before


def label_lines(text: str, model: Model | None = None) -> list[str]:
    """Label each line of `text.split("\\n")`; blank lines get "<empty>". Linear in the text, never raises.

    Without `model` the weights that ship are used.

    >>> label_lines("Hi Ada,\\n\\nOn 1/2/2024 9:00 AM, Ada B wrote:\\n> Done?\\n\\nYes, it is in the tree.")
    ['salutation', '<empty>', 'quotation_marker', 'quotation', '<empty>', 'paragraph']
    """
    lines = text.split("\n")
    labels = [EMPTY] * len(lines)
    steps, left_out = read_steps(text)
    path = decode(steps, model or load_model())
    named = [(step, LABELS[label]) for step, label in zip(steps, path, strict=True)]
    if left_out:  # a body of thousands of lines: what stands in its middle is more of what came before
        [(usual, _)] = Counter(label for _, label in named[HEAD - 100 : HEAD]).most_common(1)
        named += [(step, step.fixed or usual) for step in left_out]
    for step, name in named:
        if step.end == step.first + 1:
            labels[step.first] = name
            continue
        labels[step.first : step.end] = [
            EMPTY if not line or line.isspace() else name for line in lines[step.first : step.end]
        ]
    return labels


def decode(steps: Sequence[Step], model: Model) -> list[int]:
    """Find the best sequence of labels for the steps of a body."""
    if not steps:
        return []
    back: list[int | dict[int, int]] = []  # for each step the label before it: one for all, or for each label its own
    reached: dict[int, int] = {}
    for n, step in enumerate(steps):
        if step.fixed:
            only = _NUMBER[step.fixed]
            if len(reached) > 1:
                follow = model.follow_gap if step.gap else model.follow
                back.append(max(reached, key=lambda label: reached[label] + follow[label][only]))
            else:
                back.append(next(iter(reached), -1))
            reached = {only: 0}
            continue
        scores = score(step, model)
        floor = max(scores) - _MARGIN
        here = [label for label in _ALL if scores[label] >= floor]
        if n == 0:
            now = {label: scores[label] + model.start[label] for label in here}
            back.append(-1)
        elif len(reached) == 1:
            [before] = reached
            back.append(before)
            if len(here) == 1:
                reached = {here[0]: 0}
                continue
            weights = (model.follow_gap if step.gap else model.follow)[before]
            now = {label: scores[label] + weights[label] for label in here}
        else:
            follow = model.follow_gap if step.gap else model.follow
            now, origin = {}, {}
            for label in here:
                best = -(1 << 60)
                for before, total in reached.items():
                    total += follow[before][label]
                    if total > best:
                        best, origin[label] = total, before
                now[label] = best + scores[label]
            back.append(origin)
        if len(now) > 1:
            floor = max(now.values()) - _MARGIN
            now = {label: total for label, total in now.items() if total >= floor}
        reached = now
    label = max(reached, key=reached.__getitem__)
    path = [label]
    for origins in reversed(back[1:]):
        label = origins if isinstance(origins, int) else origins[label]
        path.append(label)
    path.reverse()
    return path


def score(step: Step, model: Model) -> tuple[int, ...]:
    """Add up the weights of a step's features; one sum for each label, all shifted by the same constant."""
    total = _ZERO
    for key, sums, group in zip(step.keys, model.sums, GROUPS, strict=True):
        found = sums.get(key)
        if found is None:
            if len(sums) >= _MAX_SUMS:
                sums.clear()
            found = sums[key] = sum(map(model.rows.get, group(*key), _NOTHING))
        total += found
    return _ROW.unpack(total.to_bytes(_ROW.size, "little"))


def read_model(data: dict[str, Any]) -> Model:
    """Unpack what segments.json holds: for each feature the numbers of the labels and their weights, in turns."""
    rows = {
        name: sum(weight << (_FIELD * label) for label, weight in zip(pairs[::2], pairs[1::2], strict=True))
        for name, pairs in data["features"].items()
    }
    return Model(rows, tuple(map(tuple, data["follow"])), tuple(map(tuple, data["follow_gap"])), tuple(data["start"]))


@cache
def load_model() -> Model:
    """Read the shipped weights, once a process."""
    return read_model(json.loads(resources.files(__package__).joinpath("segments.json").read_text(encoding="utf-8")))
