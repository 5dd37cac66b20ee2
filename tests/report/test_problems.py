"""Nothing is lost in silence, and nothing floods the screen."""

from __future__ import annotations

from miner.model import Problem
from miner.report.problems import failed_sources, render_problems, render_summary


def test_a_few_are_listed_many_are_counted() -> None:
    rows = [Problem(f"row {number}", "broken", "row") for number in range(25)]
    lines = render_problems([*rows, Problem("a.mbox", "no such file", "source")])
    assert lines[0] == "a.mbox: no such file"
    assert lines[1] == "row 0: broken"
    assert lines[-1] == "and 5 more of that kind"
    assert len(lines) == 22


def test_skipped_mails_are_listed_while_they_are_few() -> None:
    mails = [Problem(f"mail {number}", "no headers") for number in range(6)]
    assert len(render_problems(mails[:5])) == 5
    assert render_problems(mails) == []


def test_an_empty_source_did_not_fail() -> None:
    assert failed_sources([Problem("a", "empty: no mail in it", "source")]) == []


def test_summary() -> None:
    assert render_summary(1, []) == "read 1 mail"
    many = [Problem("x", f"reason {number}") for number in range(8)]
    assert render_summary(0, many).endswith("1 reason 5, 2 for other reasons")
