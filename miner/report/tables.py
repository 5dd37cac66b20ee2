"""Tables of work items given back with their states, ready to be pasted into a reply: YAML in the poster's own layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import yaml

from miner.model import Message, Status, TableRow, WorkItem
from miner.report.escape import clean, one_line, short_name

_KEY = re.compile(r"^(\s*)(-\s+)?([^\s:#-][^:]{0,60}):(\s|$)")
_STATUS = re.compile(r"^\s*(?:-\s+)?status:", re.I)


def update_tables(
    messages: Sequence[Message],
    rows: Mapping[str, Sequence[TableRow]],
    status: Sequence[Status],
    items: Sequence[WorkItem] = (),
) -> Iterator[str]:
    """Each table that somebody posted, as YAML with a `status:` in each row: YAML rows as they were written, others written
    anew with the same columns in the same order. Of the lines of notes those that are the newest of their `items`."""
    by_title = {each.key: each for each in status if each.kind == "item"}
    newest = {(item.listings[-1].message_id, item.listings[-1].title): item.item for item in items if item.listings}
    for message in messages:
        own = []
        for row in rows.get(message.message_id, ()):
            title = newest.get((message.message_id, row.title)) if row.listed else row.title
            if row.depth == 0 and title in by_title:
                own.append((row, by_title[title]))
        if not own:
            continue
        lines = message.lines
        head = f"# {one_line(message.subject.text, 100)}, {short_name(str(message.author))}\n"
        yield head + "\n".join(_update(row, lines[row.first_line : row.end_line], one) for row, one in own) + "\n"


def describe(status: Status) -> str:
    """A status in a few words, for a cell."""
    words: list[str] = [status.status or "unknown"]
    if status.certainty not in (None, "asserted"):
        words[0] += f" ({status.certainty})"
    if status.revision:
        words.append(f"v{status.revision}")
    if status.applied_to:
        words.append(f"in {status.applied_to}")
    if status.next_actor:
        words.append(f"next: {short_name(status.next_actor)}")
    return one_line(", ".join(words), 200)


def _update(row: TableRow, lines: Sequence[str], status: Status) -> str:
    if row.listed or _KEY.match(lines[0]) is None or not lines[0].lstrip().startswith("-"):
        return _write_anew(row, status)
    kept = [clean(line).rstrip() for line in lines if not _STATUS.match(line)]
    while kept and not kept[-1]:
        kept.pop()
    first = _KEY.match(lines[0])
    assert first is not None
    indent = " " * (len(first[1]) + len(first[2] or ""))
    return "\n".join([*kept, f"{indent}status: {_scalar(describe(status))}"])


def _write_anew(row: TableRow, status: Status) -> str:
    values = {clean(name): _plain(value) for name, value in row.columns.items() if value and name.lower() != "status"}
    text: str = yaml.safe_dump([{**values, "status": describe(status)}], allow_unicode=True, sort_keys=False, width=72)
    return text.rstrip("\n")


def _plain(value: str | tuple[str, ...] | None) -> str | list[str]:
    return [clean(each) for each in value] if isinstance(value, tuple) else clean(value or "")


def _scalar(text: str) -> str:
    dumped: str = yaml.safe_dump(text, allow_unicode=True, width=1000, default_flow_style=True)
    return dumped.removesuffix("\n").removesuffix("\n...").strip()
