"""What was left out of a run, and why, in a few lines for a person: nothing is lost in silence, nothing floods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from miner.model import Problem
from miner.report.wording import count

_LISTED = 20
_LISTED_MAILS = 5  # more skipped mails than that are only counted
_LISTED_REASONS = 6


def failed_sources(problems: Iterable[Problem]) -> list[Problem]:
    """The sources that are missing or broken; one that is merely empty did not fail."""
    return [each for each in problems if each.lost == "source" and not each.why.startswith("empty")]


def skipped_mails(problems: Iterable[Problem]) -> list[Problem]:
    return [each for each in problems if each.lost == "mail"]


def render_problems(problems: Sequence[Problem]) -> list[str]:
    """A line for each source that gave nothing, then for what was lost of the others, at most 20 of these.

    >>> render_problems([Problem("a.mbox", "no such file", "source")])
    ['a.mbox: no such file']
    """
    lines = [_line(each) for each in problems if each.lost == "source"]
    skipped = skipped_mails(problems)
    others = skipped if len(skipped) <= _LISTED_MAILS else []
    others = [*others, *(each for each in problems if each.lost in ("row", "part"))]
    lines += [_line(each) for each in others[:_LISTED]]
    if len(others) > _LISTED:
        lines.append(f"and {len(others) - _LISTED} more of that kind")
    return lines


def _line(problem: Problem) -> str:
    return f"{problem.where}: {problem.why.removeprefix(f'{problem.where}: ')}"


def render_summary(read: int, problems: Sequence[Problem]) -> str:
    """The last line of a run.

    >>> render_summary(46, [Problem("x", "no headers"), Problem("y", "no headers"), Problem("z", "over 64 MB")])
    'read 46 mails, skipped 3: 2 no headers, 1 over 64 MB'
    """
    said = f"read {count(read, 'mail')}"
    skipped = skipped_mails(problems)
    if not skipped:
        return said
    reasons = Counter(each.why for each in skipped).most_common()
    parts = [f"{n} {why}" for why, n in reasons[:_LISTED_REASONS]]
    rest = sum(n for _, n in reasons[_LISTED_REASONS:])
    if rest:
        parts.append(f"{rest} for other reasons")
    return f"{said}, skipped {len(skipped)}: {', '.join(parts)}"
