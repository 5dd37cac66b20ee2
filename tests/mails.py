"""Mails made by hand, parsed or mined."""

from __future__ import annotations

import mailbox
from datetime import datetime
from pathlib import Path
from typing import Any

from miner.mined import Mined
from miner.model import Message, Person
from miner.parse.layers import split_layers
from miner.parse.subject import parse_subject
from miner.pipeline import mine

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


def mine_mails(folder: Path, *mails: tuple[int, str, str, str, str | None]) -> Mined:
    """Mails as (day of March, author, subject, body, number of the mail that it answers)."""
    box = mailbox.mbox(folder / "box.mbox")
    for number, (day, author, subject, body, parent) in enumerate(mails, 1):
        mail = mailbox.mboxMessage()
        mail["From"], mail["Subject"], mail["Message-ID"] = author, subject, f"<{number}@example.org>"
        mail["Date"] = f"{day:02} Mar 2026 10:00:00 +0000"
        if parent:
            mail["In-Reply-To"] = f"<{parent}@example.org>"
        mail.set_payload(body)
        box.add(mail)
    box.close()
    return mine([str(folder / "box.mbox")])
