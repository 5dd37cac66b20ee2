"""Logistic regression by Adam over all samples at once, from zero: nothing is random."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ROUNDS = 150
_RATE = 0.1


def fit_sparse(
    rows: Sequence[Sequence[int]], wanted: Sequence[float], width: int, penalty: float, balanced: bool = False
) -> Floats:
    """Weights for 0/1 features given as the numbers of those that a row has; the last weight is the constant.

    `wanted` are between 0 and 1. With `balanced` those that are wanted and those that are not weigh the same.
    """
    lengths = np.array([len(row) for row in rows])
    columns = np.concatenate([np.array(row, dtype=np.int64) for row in rows])
    row_of = np.repeat(np.arange(len(rows)), lengths)
    target = np.asarray(wanted, dtype=np.float64)
    share = target.mean()
    weight: Floats | float = np.where(target > 0.5, 0.5 / share, 0.5 / (1 - share)) if balanced else 1.0

    def gradient(values: Floats) -> Floats:
        sums = np.bincount(row_of, values[columns], minlength=len(rows)) + values[-1]
        error = (_squash(sums) - target) * weight / len(rows)
        found: Floats = np.bincount(columns, error[row_of], minlength=width + 1).astype(np.float64)
        found[-1] += error.sum()
        found[:-1] += penalty * values[:-1] / len(rows)
        return found

    return _descend(gradient, width + 1)


def fit_dense(rows: Floats, wanted: Floats, penalty: float) -> Floats:
    """Weights for the columns of `rows`; the last weight is the constant, which bears no penalty."""
    full = np.concatenate([rows, np.ones((len(rows), 1))], axis=1)

    def gradient(values: Floats) -> Floats:
        found = full.T @ (_squash(full @ values) - wanted)
        found[:-1] += penalty * values[:-1]
        return np.asarray(found / len(rows), dtype=np.float64)

    return _descend(gradient, full.shape[1], rounds=10 * _ROUNDS)


def fit_choice(rows: Floats, wanted: Floats, penalty: float) -> Floats:
    """Weights by which one of several is chosen: a row for each column of `rows` and the constant, which bears no penalty, in the
    last; a column for each of the choices. `wanted` has a row for each of `rows`, with the share of each choice (together 1)."""
    full = np.concatenate([rows, np.ones((len(rows), 1))], axis=1)
    shape = full.shape[1], wanted.shape[1]

    def gradient(values: Floats) -> Floats:
        weights = values.reshape(shape)
        sums = full @ weights
        shares = np.exp(sums - sums.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        found = full.T @ (shares - wanted)
        found[:-1] += penalty * weights[:-1]
        return np.asarray(found.ravel() / len(rows), dtype=np.float64)

    return _descend(gradient, shape[0] * shape[1], rounds=_ROUNDS).reshape(shape)


def _descend(gradient: Callable[[Floats], Floats], width: int, rounds: int = _ROUNDS) -> Floats:
    values, mean, square = np.zeros(width), np.zeros(width), np.zeros(width)
    for step in range(1, rounds + 1):
        slope = gradient(values)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        values -= _RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return values


def _squash(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))), dtype=np.float64)
