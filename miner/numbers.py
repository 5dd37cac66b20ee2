"""Numbers of patches in words."""

from __future__ import annotations

from collections.abc import Iterable


def tell_numbers(numbers: Iterable[int]) -> str:
    """Ascending numbers, those in a row as one run.

    >>> tell_numbers([2]), tell_numbers([1, 2, 3, 5]), tell_numbers([1, 2, 4, 6])
    ('2', '1-3 and 5', '1-2, 4 and 6')
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    *first, last = (f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return " and ".join(filter(None, (", ".join(first), last)))
