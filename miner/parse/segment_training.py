"""Train the line model of segments.py: python -m miner.parse.segment_training GMANE.jsonl ENRON.jsonl

Reads rows {"id", "text", "lines"} and writes segments.json beside this file. `--folds N` writes to standard
output a row {"id", "lines"} for each mail of the first file, labelled by a model that never saw it, and no weights. The model is a linear-chain conditional
random field with a quadratic penalty, fitted to all mails at once by Adam from zero weights, so nothing is random.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from miner.parse.segment_examples import read_examples
from miner.parse.segment_features import Step, read_steps
from miner.parse.segments import LABELS, SCALE, Model, label_lines, read_model

SIZE = len(LABELS)
_PLAIN = re.compile(r"(?<![^\s(])[^\W\d_]+(?=[.,;:!?)]*(?:\s|$))")
NUMBER = {label: n for n, label in enumerate(LABELS)}
Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settings:
    """What was chosen by cross-validation over the Gmane mails."""

    rounds: int = 120
    rate: float = 0.08
    penalty: float = 1.0  # for each weight's square
    further_weight: float = 0.5  # of the mails from the second file
    made_up_weight: float = 0.5  # of segment_examples.py
    marker_bonus: float = 0.3  # for every attribution line, since one that is missed costs more than one too many
    least_mails: int = 2  # a feature seen in fewer mails is left out
    least_weight: int = 4  # hundredths; smaller weights are not shipped


@dataclass(frozen=True, slots=True)
class Sample:
    steps: list[Step]
    gold: list[int]
    weight: float
    plain: frozenset[str]  # the words that the mail writes in lower case and by themselves


def read_samples(path: Path, weight: float) -> list[Sample]:
    samples = []
    for row in path.read_text(encoding="utf-8").splitlines():
        mail = json.loads(row)
        samples.append(_sample(mail["text"], mail["lines"], weight))
    return samples


def read_made_up(weight: float) -> list[Sample]:
    return [_sample(text, labels, weight) for text, labels in read_examples()]


def _sample(text: str, labels: Sequence[str], weight: float) -> Sample:
    steps, _ = read_steps(text)
    return Sample(
        steps,
        [NUMBER[step.fixed or labels[step.first]] for step in steps],
        weight,
        frozenset(filter(str.islower, _PLAIN.findall(text))),
    )


def train(samples: Sequence[Sample], settings: Settings) -> dict[str, Any]:
    """Fit the weights; returns what segments.json holds."""
    samples = sorted((s for s in samples if s.steps), key=lambda s: -len(s.steps))
    seen: Counter[str] = Counter()
    for sample in samples:
        seen.update({f for step in sample.steps for f in step.features})
    written: Counter[str] = Counter()
    for sample in samples:
        written.update(sample.plain)
    # Names of people and firms say nothing about other mails: a word must stand in lower case in two mails.
    names = sorted(
        f
        for f, mails in seen.items()
        if mails >= settings.least_mails and (f[:2] not in ("w:", "f:") or written[f[2:]] >= 2)
    )
    index = {f: n for n, f in enumerate(names)}
    longest = len(samples[0].steps)
    # Steps lie time by time: all first steps, all second steps; `starts` tells where each time begins.
    widths = [sum(len(s.steps) > t for s in samples) for t in range(longest)]
    starts = np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)
    order = [(b, t) for t in range(longest) for b in range(widths[t])]
    flat_features: list[int] = []
    flat_steps: list[int] = []
    for at, (b, t) in enumerate(order):
        found = [index[f] for f in samples[b].steps[t].features if f in index]
        flat_features += found
        flat_steps += [at] * len(found)
    feature_of, step_of = np.array(flat_features), np.array(flat_steps)
    by_feature = np.argsort(feature_of, kind="stable")
    sorted_steps = step_of[by_feature]
    feature_starts = np.searchsorted(feature_of[by_feature], np.arange(len(names)))
    filled, first_of_step = np.unique(step_of, return_index=True)
    gold = np.array([samples[b].gold[t] for b, t in order])
    gap = np.array([int(samples[b].steps[t].gap) for b, t in order])
    mass = np.array([samples[b].weight for b, _ in order])
    fixed = np.zeros((len(order), SIZE))
    for at, (b, t) in enumerate(order):
        if samples[b].steps[t].fixed:
            fixed[at] = -1e4
            fixed[at, gold[at]] = 0
    truth = np.zeros((len(order), SIZE))
    truth[np.arange(len(order)), gold] = 1

    shapes = [(len(names), SIZE), (2, SIZE, SIZE), (SIZE,)]
    values: list[Array] = [np.zeros(s) for s in shapes]
    first_moment: list[Array] = [np.zeros(s) for s in shapes]
    second_moment: list[Array] = [np.zeros(s) for s in shapes]
    for round_ in range(1, settings.rounds + 1):
        weights, follow, start = values
        emission = fixed.copy()
        emission[filled] += np.add.reduceat(weights[feature_of], first_of_step, axis=0)
        expected, pairs, firsts = _expect(emission, follow, start, starts, gap, mass)
        error = (expected - truth) * mass[:, None]
        gradient = [
            np.add.reduceat(error[sorted_steps], feature_starts, axis=0) + settings.penalty * weights,
            pairs - _count_pairs(gold, gap, mass, starts) + settings.penalty * follow,
            firsts - (truth[: widths[0]] * mass[: widths[0], None]).sum(axis=0) + settings.penalty * start,
        ]
        rate = settings.rate * (1 - round_ / (settings.rounds + 1)) ** 0.5
        for n, slope in enumerate(gradient):
            first_moment[n] = 0.9 * first_moment[n] + 0.1 * slope
            second_moment[n] = 0.99 * second_moment[n] + 0.01 * slope**2
            lifted = first_moment[n] / (1 - 0.9**round_), second_moment[n] / (1 - 0.99**round_)
            values[n] = values[n] - rate * lifted[0] / (np.sqrt(lifted[1]) + 1e-6)
    return _round(names, values, settings)


def _expect(
    emission: Array, follow: Array, start: Array, starts: Ints, gap: Ints, mass: Array
) -> tuple[Array, Array, Array]:
    """Forward and backward: how probable each label is for each step, and each pair of labels in a row (weighed, summed)."""
    times = len(starts) - 1
    ahead = np.empty_like(emission)
    behind = np.zeros_like(emission)
    ahead[: starts[1]] = emission[: starts[1]] + start
    for t in range(1, times):
        low, high = starts[t], starts[t + 1]
        width = high - low
        scores = ahead[starts[t - 1] : starts[t - 1] + width, :, None] + follow[gap[low:high]]
        ahead[low:high] = _log_sum(scores, 1) + emission[low:high]
    for t in range(times - 1, 0, -1):
        low, high = starts[t], starts[t + 1]
        scores = follow[gap[low:high]] + (emission[low:high] + behind[low:high])[:, None, :]
        behind[starts[t - 1] : starts[t - 1] + high - low] = _log_sum(scores, 2)
    both = ahead + behind
    total = _log_sum(both, 1)
    expected = np.exp(both - total[:, None])
    pairs = np.zeros_like(follow)
    for t in range(1, times):
        low, high = starts[t], starts[t + 1]
        width = high - low
        scores = (
            ahead[starts[t - 1] : starts[t - 1] + width, :, None]
            + follow[gap[low:high]]
            + (emission[low:high] + behind[low:high] - total[low:high, None])[:, None, :]
        )
        share = np.exp(scores) * mass[low:high, None, None]
        crossed = gap[low:high].astype(bool)
        pairs[0] += share[~crossed].sum(axis=0)
        pairs[1] += share[crossed].sum(axis=0)
    return expected, pairs, (expected[: starts[1]] * mass[: starts[1], None]).sum(axis=0)


def _log_sum(scores: Array, axis: int) -> Array:
    top: Array = scores.max(axis=axis, keepdims=True)
    total: Array = np.log(np.exp(scores - top).sum(axis=axis)) + top.squeeze(axis)
    return total


def _count_pairs(gold: Ints, gap: Ints, mass: Array, starts: Ints) -> Array:
    counts = np.zeros((2, SIZE, SIZE))
    for t in range(1, len(starts) - 1):
        low, high = starts[t], starts[t + 1]
        before = gold[starts[t - 1] : starts[t - 1] + high - low]
        np.add.at(counts, (gap[low:high], before, gold[low:high]), mass[low:high])
    return counts


def _round(names: Sequence[str], values: Sequence[Array], settings: Settings) -> dict[str, Any]:
    _, follow, start = values
    follow[:, :, NUMBER["quotation_marker"]] += settings.marker_bonus
    start[NUMBER["quotation_marker"]] += settings.marker_bonus
    weights, follow, start = (np.rint(v * SCALE).astype(int) for v in values)
    features = {}
    for name, row in zip(names, weights.tolist(), strict=True):
        pairs = [part for n, w in enumerate(row) if abs(w) >= settings.least_weight for part in (n, w)]
        if pairs:
            features[name] = pairs
    return {
        "labels": list(LABELS),
        "start": start.tolist(),
        "follow": follow[0].tolist(),
        "follow_gap": follow[1].tolist(),
        "features": features,
    }


def train_folds(first: Sequence[Sample], further: Sequence[Sample], folds: int, settings: Settings) -> Iterator[Model]:
    """For each fold the model of all mails but those of the fold: the n-th, the n-th after that, and so on."""
    for fold in range(folds):
        others = [sample for n, sample in enumerate(first) if n % folds != fold]
        yield read_model(train([*others, *further], settings))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("first", type=Path, help="labelled mails of the kind that the model is for")
    parser.add_argument("further", type=Path, nargs="?", help="labelled mails of another kind, at less weight")
    parser.add_argument("--folds", type=int, help="label the first mails out of so many folds, and write no weights")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("segments.json"))
    given = parser.parse_args(arguments)
    settings = Settings()
    first = read_samples(given.first, 1.0)
    further = read_samples(given.further, settings.further_weight) if given.further else []
    further += read_made_up(settings.made_up_weight)
    if given.folds:
        rows = [json.loads(row) for row in given.first.read_text(encoding="utf-8").splitlines()]
        for fold, model in enumerate(train_folds(first, further, given.folds, settings)):
            for row in rows[fold :: given.folds]:
                sys.stdout.write(json.dumps({"id": row["id"], "lines": label_lines(row["text"], model)}) + "\n")
        return 0
    data = train([*first, *further], settings)
    features = data.pop("features")
    head = json.dumps(data, separators=(",", ":"))[:-1]
    table = ",\n".join(
        json.dumps(k, ensure_ascii=False) + ":" + json.dumps(v, separators=(",", ":"))
        for k, v in sorted(features.items())
    )
    given.out.write_text(f'{head},"features":{{\n{table}\n}}}}\n', encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
