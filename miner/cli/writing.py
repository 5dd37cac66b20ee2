"""How a command writes what it found to standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.text import Text

    from miner.mined import Mined
    from miner.report.formats import Column
    from miner.report.rows import Row


def choose_format(chosen: str | None) -> str:
    """The format that was asked for, else what suits the place where the output goes."""
    return chosen or ("table" if sys.stdout.isatty() else "jsonl")


def write(rows: Iterable[Row], fmt: Any, keys: type | Sequence[str], columns: Sequence[Column] = ()) -> None:
    from miner.report.formats import write_rows
    from miner.report.rows import keys_of

    names = keys_of(keys) if isinstance(keys, type) else keys
    write_rows(rows, fmt, sys.stdout, keys=names, columns=columns)


def write_records(records: Iterable[object], fmt: str, kind: type, columns: Sequence[Column] = ()) -> None:
    """Write records of a kind as they are: a row has their fields."""
    from miner.report.rows import plain

    write((plain(each) for each in records), fmt, kind, columns)


def lay_out(render: Callable[..., Text], found: object, *more: object) -> None:
    """Write what a person reads, as wide as it may be here."""
    from miner.report.layout import make_console, write_text

    console = make_console(sys.stdout)
    write_text(render(found, console, *more), console)


def list_authors(mined: Mined) -> dict[tuple[str, str], str]:
    """Who works on each work, by its kind and key."""
    posted = {each.root: each.author for each in mined.series}
    known = {(one.kind, one.key): one.assignee or posted.get(one.key) for one in mined.status}
    return {key: author for key, author in known.items() if author}
