"""Quote marks: how many a line has, and what stands behind them."""

from __future__ import annotations

import pytest

from miner.parse.linewise import quote_depth, strip_quote


@pytest.mark.parametrize(
    ("line", "depth", "text"),
    [
        ("> a", 1, "a"),
        (">a", 1, "a"),
        (">> a", 2, "a"),
        ("> > a", 2, "a"),
        ("> >> a", 3, "a"),
        (">\t> a", 2, "a"),
        (">", 1, ""),
        (">  - a", 1, " - a"),
        (" > a", 0, " > a"),
        ("a > b", 0, "a > b"),
        ("|> a", 0, "|> a"),
        (" > 182 code", 0, " > 182 code"),
        ("| a", 0, "| a"),
        ("-> a", 0, "-> a"),
    ],
)
def test_marks_are_counted_and_taken_off(line: str, depth: int, text: str) -> None:
    assert (quote_depth(line), strip_quote(line)) == (depth, text)
