"""Rows in the formats that every command has: a table for people, JSON Lines, CSV and YAML for programs.

Rule: a program gets every key and the whole text, a person the columns that matter, cut to what can be read. JSON is
ASCII, so that neither a terminal nor a locale can hurt it; one object a line, for `json` and `jsonl` alike.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, TextIO

from miner.report.escape import escape_csv, escape_unsafe, is_safe, one_line, short_name, without_surrogates
from miner.report.rows import Row

_LEAST = 12  # columns that a text of a table has at least, if it has a word as long
RowFormat = Literal["table", "json", "jsonl", "csv", "yaml"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table for people: `cell` turns a row into its text.

    `width` is for cells of one width; else `ratio` is the column's share of the width that is left.
    """

    head: str
    cell: Callable[[Row], str]
    width: int | None = None
    ratio: int | None = None
    limit: int = 160


def write_rows(
    rows: Iterable[Row], fmt: RowFormat, out: TextIO, *, keys: Sequence[str] = (), columns: Sequence[Column] = ()
) -> None:
    """Write rows to a text stream, each as soon as it comes where the format allows it.

    `keys` are the columns of the CSV that are there even without a row, `columns` those of the table for people
    (without them, all keys).
    """
    if fmt == "table":
        write_table(rows, out, columns or [_plain_column(key) for key in keys])
    elif fmt == "csv":
        write_csv(rows, out, keys)
    elif fmt == "yaml":
        write_yaml(rows, out)
    else:
        write_jsonl(rows, out)


def write_jsonl(rows: Iterable[Row], out: TextIO) -> None:
    for row in rows:
        out.write(json.dumps(_encodable(row), ensure_ascii=True, allow_nan=False) + "\n")


def write_csv(rows: Iterable[Row], out: TextIO, keys: Sequence[str] = ()) -> None:
    """Comma-separated, a line a row: lists joined by "; ", objects as JSON, no cell that a spreadsheet would run."""
    rows = list(rows)
    heads = list(dict.fromkeys([*keys, *(key for row in rows for key in row)]))
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([escape_csv(head) for head in heads])
    for row in rows:
        writer.writerow([_csv_cell(row.get(head)) for head in heads])


def write_yaml(rows: Iterable[Row], out: TextIO) -> None:
    """One YAML list. Text with control or bidirectional characters stands in double quotes, all of them escaped."""
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # the fast one, if it is there
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        style = None if is_safe(text.replace("\n", "")) else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent)
    empty = True
    for row in rows:
        empty = False
        text = yaml.dump([_encodable(row)], Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)
        # PyYAML leaves the bidirectional overrides as they are; in double quotes the escape means the same
        out.write("\n".join(map(escape_unsafe, text.split("\n"))))
    if empty:
        out.write("[]\n")


def write_table(rows: Iterable[Row], out: TextIO, columns: Sequence[Column]) -> None:
    """A table for a person, as wide as the terminal, long texts cut."""
    from rich.box import ASCII2, SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    from miner.report.layout import make_console

    console = make_console(out)
    box = SIMPLE_HEAD if console.encoding.startswith("utf") else ASCII2
    table = Table(box=box, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    cells = [[one_line(column.cell(row), column.limit) for column in columns] for row in rows]
    words = [[word for texts in cells for word in texts[n].split()] for n in range(len(columns))]
    least = [min(_LEAST, max(map(cell_len, each), default=1)) for each in words]
    for column, width in zip(columns, _find_widths(columns, least, console.width), strict=True):
        table.add_column(column.head, width=width, overflow="fold")
    for texts in cells:
        table.add_row(*map(Text, texts))
    if table.row_count:
        console.print(table)
    else:
        out.write("nothing found\n")


def _find_widths(columns: Sequence[Column], least: Sequence[int], whole: int) -> list[int | None]:
    """How wide each column is: those that share what is left have at least so many places, so that no name is cut in two for want of a
    letter, and what is wide gives way."""
    widths = [column.width for column in columns]
    shared = {n: column.ratio for n, column in enumerate(columns) if column.ratio}
    if not shared:
        return widths
    rest = max(whole - sum(width or 0 for width in widths) - 2 * (len(columns) - 1), 4 * len(shared))
    parts = sum(shared.values())
    found = {n: max(least[n], rest * ratio // parts) for n, ratio in shared.items()}
    while sum(found.values()) > rest:
        found[max(found, key=lambda n: found[n])] -= 1
    found[max(shared, key=lambda n: shared[n])] += rest - sum(found.values())
    return [found.get(n, width) for n, width in enumerate(widths)]


def shorten_row(row: Mapping[str, Any], key: str) -> str:
    """A value for a person: empty if it is not known, lists joined by commas."""
    value = row.get(key)
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain_column(key: str) -> Column:
    return Column(key, lambda row: shorten_row(row, key))


def _day(row: Row) -> str:
    return (row["date"] or "")[:10]


def _said(row: Row) -> str:
    return str(row["status"]) if row["certainty"] == "asserted" else f"{row['status']}, {row['certainty']}"


def _people(key: str) -> Callable[[Row], str]:
    return lambda row: short_name(row.get(key) or "")


def _here(row: Row) -> str:
    return f"{sum(patch is not None for patch in row['patches'])}/{row['expected']}"


def _commits(row: Row) -> str:
    """`0123456789ab v1.1` for a patch, `2/3 v1.1` for a series, without the tag where there is none yet."""
    found = [commit for commit in row["commits"] if commit is not None]
    if not found:
        return ""
    tags = ", ".join(dict.fromkeys(commit["tag"] for commit in found if commit["tag"]))
    expected = row["expected"]
    return f"{found[0]['sha'][:12] if expected == 1 else f'{len(found)}/{expected}'} {tags}".rstrip()


def _version(row: Row) -> str:
    return f"v{row['revision']}.{row['minor']}" if row["minor"] else f"v{row['revision']}"


def _reviews(row: Row) -> str:
    """How many patches are reviewed, acked and tested, and which have none of these: `R2 A1 of 5, not 4 5`."""
    covered: dict[str, set[int]] = {}
    for each in row["trailers"]:
        if each["state"] == "stands":
            covered.setdefault(each["kind"], set()).update(each["patches"])
    if not covered:
        return "-"
    marks = {"Reviewed-by": "R", "Acked-by": "A", "Approved-by": "OK", "Tested-by": "T", "Nacked-by": "NAK"}
    counts = [f"{mark}{len(covered[kind])}" for kind, mark in marks.items() if kind in covered]
    done = set().union(*(covered[kind] for kind in covered if kind != "Nacked-by"))
    lacking = [str(n) for n, ident in enumerate(row["patches"], 1) if ident is not None and n not in done]
    return f"{' '.join(counts)} of {row['expected']}" + (f", not {' '.join(lacking)}" if lacking else "")


def _labels(row: Row) -> str:
    return " ".join(_runs(row["lines"]))


def segment_lines(row: Row) -> list[Row]:
    """One row a line, for formats that have no lists."""
    return [{"id": row["id"], "line": line, "label": label} for line, label in enumerate(row["lines"])]


def _runs(labels: Sequence[str]) -> Iterator[str]:
    """`paragraph paragraph <empty>` as `paragraph×2 <empty>`."""
    for label, same in groupby(labels):
        count = len(list(same))
        yield label if count == 1 else f"{label}×{count}"


def claim_columns(titles: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns of claims; `titles` are those of the series, by root."""

    def work(row: Row) -> str:
        return row["item"] or titles.get(row["series"] or "") or row["about"] or row["series"] or "unknown"

    return (
        Column("date", _day, width=10),
        Column("who", _people("by"), ratio=4, limit=40),
        Column("says", _said, width=14),
        Column("of", work, ratio=5, limit=60),
        Column("in these words", lambda row: row["text"], ratio=10),
    )


ITEM_COLUMNS = (
    Column("item", lambda row: row["item"], ratio=4, limit=80),
    Column("priority", lambda row: row["priority"] or "", width=12, limit=30),
    Column("assignee", lambda row: short_name(row["assignee"] or "") or "unknown", ratio=3, limit=40),
    Column("description", lambda row: row["description"] or "", ratio=8, limit=120),
)
SERIES_COLUMNS = (
    Column("date", _day, width=10),
    Column("rev", _version, width=5),
    Column("here", _here, width=7),
    Column("reviewed", _reviews, width=16, limit=60),
    Column("title", lambda row: row["title"], ratio=7),
    Column("author", _people("author"), ratio=3, limit=40),
)
COMMIT_COLUMN = Column("in git", _commits, width=21, limit=60)
# In 80 columns a title has no room beside the reviews and the commits.
SERIES_IN_GIT_COLUMNS = (*(column for column in SERIES_COLUMNS if column.head != "reviewed"), COMMIT_COLUMN)
PROMISE_COLUMNS = (
    Column("date", _day, width=10),
    Column("state", lambda row: row["state"], width=5),
    Column("by", _people("by"), ratio=3, limit=40),
    Column("promise", lambda row: row["text"], ratio=7),
    Column("work", lambda row: row["item"] or row["title"], ratio=5, limit=120),
)
SEGMENT_COLUMNS = (
    Column("mail", lambda row: row["id"], ratio=2, limit=80),
    Column("lines", _labels, ratio=5, limit=400),
)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, dict):
        return {_encodable(key): _encodable(each) for key, each in value.items()}
    return [_encodable(each) for each in value] if isinstance(value, list) else value


def _csv_cell(value: Any) -> str | int | float | None:
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        text = json.dumps(_encodable(value), ensure_ascii=False)
        return text if is_safe(text) else json.dumps(_encodable(value), ensure_ascii=True)
    if isinstance(value, list):
        return escape_csv("; ".join("" if each is None else str(each) for each in value))
    return escape_csv(value) if isinstance(value, str) else value
