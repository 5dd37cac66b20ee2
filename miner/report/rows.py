"""Records as plain rows, exactly as scripts get them: the keys are the fields of the records, in their order.

Every key is always there and None is "not known". Times are ISO 8601 in UTC, tuples are lists, so that a row is what
`json` can write. `tests/report/test_rows.py` pins the keys: a field cannot be renamed by accident.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from miner.model import Claim, Edge, ExplainedSentence, FlatLayer, Message, Promise, Series, Status, WorkItem

Row = dict[str, Any]
LATE = datetime.max.replace(tzinfo=UTC)  # what has no date comes behind all that has one
_PEOPLE = frozenset(("by", "author"))  # whom mail without headers may not name


def utc(date: datetime) -> datetime:
    """The same moment in UTC; a time without zone is taken for UTC."""
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)


def day_of(date: datetime | None) -> str:
    """The day of a date in UTC, as in "2026-03-01"; "" where there is none."""
    return utc(date).date().isoformat() if date else ""


def stamp_of(date: datetime | None) -> float:
    """The seconds of a date since 1970, by which dates are put in order; what has none comes first."""
    return utc(date).timestamp() if date else 0.0


def plain(value: Any) -> Any:
    """A value of a record as dicts, lists, strings and numbers."""
    if isinstance(value, datetime):
        return utc(value).isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        named = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: None if name in _PEOPLE and not each else plain(each) for name, each in named}
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    return value


def keys_of(kind: type) -> tuple[str, ...]:
    """The keys of every row of a kind of record, in order."""
    if kind is Message:
        return _MESSAGE_KEYS
    return tuple(field.name for field in fields(kind) if field.name != "columns")


CONSIDERED_KEYS = (
    "message_id", "start", "end", "text", "status", "certainty", "probability", "rule", "score", "claimed",
    "words", "needed",
)  # fmt: skip


def considered_rows(sentence: ExplainedSentence) -> Iterator[Row]:
    """A row for each status that was considered for a sentence."""
    row: Row = plain(sentence)
    for each in row["considered"]:
        yield {key: each[key] if key in each else row[key] for key in CONSIDERED_KEYS}


def item_row(item: WorkItem) -> Row:
    """The fixed keys, then the table's further columns. A column that has a fixed key's name gets a `_` after it."""
    row: Row = {key: plain(getattr(item, key)) for key in keys_of(WorkItem)}
    for name, value in item.columns.items():
        while name in row:
            name += "_"
        row[name] = plain(value)
    return row


def layers_row(message: Message) -> Row:
    return {"message_id": message.message_id, "layers": plain(message.layers)}


def flatten_layers(message: Message) -> Iterator[FlatLayer]:
    """One record a layer, for formats that have no lists of objects."""
    for layer in message.layers:
        yield FlatLayer(
            message_id=message.message_id,
            depth=layer.depth,
            first_line=layer.first_line,
            end_line=layer.end_line,
            kind=layer.kind,
            author=layer.author,
            attribution=layer.attribution,
            origin_message_id=layer.origin.message_id if layer.origin else None,
            origin_first_line=layer.origin.first_line if layer.origin else None,
        )


_MESSAGE_KEYS = (
    "message_id", "subject", "title", "revision", "number", "total", "author", "date", "in_reply_to", "references", "list_id", "form", "where", "body",
)  # fmt: skip
_OF_SUBJECT = frozenset({"title", "revision", "number", "total"})


def message_row(message: Message) -> Row:
    row = {key: plain(getattr(message.subject if key in _OF_SUBJECT else message, key)) for key in _MESSAGE_KEYS}
    return {**row, "subject": message.subject.text, "author": str(message.author) or None}


def row_of(record: object) -> Row:
    """The row of any record that has one."""
    match record:
        case Message():
            return message_row(record)
        case WorkItem():
            return item_row(record)
        case Claim() | Series() | Status() | Edge() | FlatLayer() | Promise():
            row: Row = plain(record)
            return row
    raise TypeError(f"no row for a {type(record).__name__}")
