"""Messages and claims made by hand: the join needs no mail program and no language model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from miner.join.gathering import gather_postings
from miner.join.threads import Threads
from miner.model import Claim, Message, Person
from miner.parse.provenance import trace_origins
from miner.parse.tables import read_tables

from ..mails import parsed

START = datetime(2026, 3, 1, tzinfo=UTC)
PEOPLE = {
    "ada": Person("Ada Byron", "ada@example.org"),
    "bo": Person("Bo Lind", "bo@example.org"),
    "cy": Person("Cy Marsh", "cy@example.org"),
    "robot": Person("kernel test robot", "lkp@example.org"),
}


@pytest.fixture
def mail() -> Callable[..., Message]:
    def make(
        ident: str, body: str = "", *, subject: str = "hello", by: str = "ada", to: str | None = None, day: float = 0
    ) -> Message:
        date = START + timedelta(days=day)
        return parsed(ident, body, subject, PEOPLE[by], to, date)

    return make


@pytest.fixture
def traced() -> Callable[..., tuple[Message, ...]]:
    return lambda *messages: trace_origins(messages)


@pytest.fixture
def rows() -> Callable[..., dict[str, Any]]:
    return lambda *messages: {m.message_id: found for m in messages if (found := read_tables(m).rows)}


@pytest.fixture
def claim() -> Callable[..., Claim]:
    def make(
        message: Message | str, text: str = "", status: str = "planned", certainty: str = "asserted", **more: Any
    ) -> Claim:
        body = message.body if isinstance(message, Message) else text
        start = body.index(text)
        values: dict[str, Any] = {
            "message_id": message.message_id if isinstance(message, Message) else message,
            "start": start,
            "end": start + len(text),
            "text": text,
            "status": status,
            "certainty": certainty,
            "confidence": 0.9,
            "by": str(message.author) if isinstance(message, Message) else str(PEOPLE["ada"]),
            "date": message.date if isinstance(message, Message) else START,
            "rule": "by-hand",
        }
        return Claim(**{**values, **more})

    return make


@pytest.fixture
def gather():
    """Find the postings by the id of their root, and see to it that every chain of bases ends."""

    def run(*messages):
        found = {posting.root: posting for posting in gather_postings(Threads(messages))}
        for posting in found.values():
            below, at = set(), posting
            while at is not None:
                assert at.root not in below, "bases go round"
                assert found[at.root] is at
                below.add(at.root)
                at = at.base
        return found

    return run
