"""A parsed mail made by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from miner.model import Message, Person
from miner.parse.layers import split_layers
from miner.parse.subject import parse_subject

ADA = Person("Ada Byron", "ada@example.org")


def parsed(
    ident: str,
    body: str,
    subject: str = "",
    author: Person = ADA,
    to: str | None = None,
    date: datetime | None = None,
    **more: Any,
) -> Message:
    """What a reader makes of a body, with its layers; `to` is the mail that it answers."""
    values: dict[str, Any] = {
        "references": (to,) if to else (),
        "recipients": (),
        "list_id": None,
        "where": ident,
        "layers": split_layers(body),
    }
    return Message(ident, parse_subject(subject), author, date, to, body=body, **{**values, **more})
