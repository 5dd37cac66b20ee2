"""Two versions of a series as rows: one object for scripts, one row a patch for spreadsheets, and a line that sums up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from miner.model import AnsweredAsk, Comparison
from miner.report.rows import Row, plain

PATCH_KEYS = ("state", "title", "old_title", "old", "new", "old_id", "new_id", "what", "added", "removed")
WORDS = {"changed": "the newer version differs there", "agreed": "agreed", "reply": "answered", "open": "open"}


def comparison_row(found: Comparison, brief: bool = False) -> Row:
    """The whole comparison; with `brief` the lines of the range-diff are null."""
    row: Row = plain(found)
    if brief:
        for patch in row["patches"]:
            patch["range_diff"] = None
    return row


def patch_rows(found: Comparison) -> Iterator[Row]:
    for patch in found.patches:
        row = plain(patch)
        yield {key: row[key] for key in PATCH_KEYS}


def sum_up(asks: tuple[AnsweredAsk, ...]) -> str:
    """How many asks there are, and what became of them.

    >>> sum_up(())
    'no asks'
    """
    if not asks:
        return "no asks"
    counts: Mapping[str, int] = Counter(ask.verdict for ask in asks)
    said = ", ".join(f"{counts[verdict]} {name}" for verdict, name in _SUMS if counts[verdict])
    return f"{len(asks)} {'ask' if len(asks) == 1 else 'asks'}: {said}"


_SUMS = (("changed", "changed"), ("agreed", "agreed to"), ("reply", "answered"), ("open", "open"))
