"""Records made by hand: a small project with a table of work items, two series and a question that nobody answered."""

from __future__ import annotations

from datetime import UTC, datetime

from miner.mined import Mined, Records
from miner.model import (
    Claim,
    Evidence,
    Layer,
    Message,
    Origin,
    Person,
    Problem,
    Question,
    Series,
    Status,
    Subject,
    TableRow,
    WorkItem,
)
from miner.report.overview import Entry, Overview

ADA = "Ada Berg <ada@example.org>"
BEN = "Ben Okoro <ben@example.org>"
CLEO = "Cleo Díaz <cleo@example.org>"
DAN = "Dan Weiss <dan@example.org>"
TABLE_BODY = "Hi all,\n\nthe list for 3.0:\n\n- item: warp cache\n  assignee: Ben Okoro\n- item: shed lock\n\nAda\n"
ANSWER_BODY = (
    "On 2024-05-02, Ada Berg wrote:\n"
    "> - item: warp cache\n"
    ">   assignee: Ben Okoro\n"
    ">\n"
    "> Does this series cover everything?\n"
    "\n"
    "Yes. I am waiting for review from Cleo.\n"
    "\n"
    "-- \n"
    "Ben\n"
)


def day(month: int, number: int, hour: int = 9) -> datetime:
    return datetime(2024, month, number, hour, tzinfo=UTC)


def entries(found: Overview) -> dict[str, Entry]:
    return {entry.title: entry for part in found.parts for section in part.sections for entry in section.entries}


def person(text: str) -> Person:
    name, _, address = text.partition(" <")
    return Person(name, address.rstrip(">"))


def message(message_id: str, author: str, date: datetime | None, title: str, body: str, *layers: Layer) -> Message:
    return Message(
        message_id=message_id,
        subject=Subject(text=title, title=title),
        author=person(author),
        date=date,
        in_reply_to=None,
        references=(),
        recipients=(),
        list_id=None,
        body=body,
        where="weft.mbox",
        layers=layers,
    )


MESSAGES = (
    message("table@example.org", ADA, day(5, 2), "What is left for 3.0", TABLE_BODY, Layer(0, 0, 9, "own", ADA)),
    message(
        "answer@example.org",
        BEN,
        day(5, 20),
        "Re: What is left for 3.0",
        ANSWER_BODY,
        Layer(0, 0, 1, "attribution", BEN),
        Layer(1, 1, 5, "quote", ADA, 0, Origin("table@example.org", 4)),
        Layer(0, 6, 7, "own", BEN),
        Layer(0, 8, 10, "signature", BEN),
    ),
    message("ask@example.org", ADA, day(5, 21), "Re: What is left for 3.0", "Dan, are you still at it?\n"),
    message("v1@example.org", BEN, day(4, 1), "[PATCH 0/2] warp: cache the shed", "v1\n"),
    message("v2@example.org", BEN, day(5, 10), "[PATCH v2 0/2] warp: cache the shed", "v2\n"),
    message("heddle@example.org", CLEO, day(3, 1), "[PATCH] heddle: count from one", "x\n"),
    message("applied@example.org", ADA, day(3, 9), "Re: [PATCH] heddle: count from one", "Applied, thanks.\n"),
)


def claim(message_id: str, text: str, status: str, by: str, date: datetime, **more: object) -> Claim:
    body = next(each.body for each in MESSAGES if each.message_id == message_id)
    start = max(0, body.find(text))
    values = {"certainty": "asserted", "confidence": 0.9, "rule": "by-hand", **more}
    return Claim(message_id, start, start + len(text), text, status, by=by, date=date, **values)  # type: ignore[arg-type]


CLAIMS = (
    claim(
        "answer@example.org",
        "I am waiting for review from Cleo.",
        "needs-review",
        BEN,
        day(5, 20),
        item="warp cache",
        series="v2@example.org",
        waiting_on=(CLEO,),
        confidence=0.93,
    ),
    claim("ask@example.org", "Dan, are you still at it?", "needs-reply", ADA, day(5, 21), item="shed lock"),
    claim("applied@example.org", "Applied, thanks.", "applied", ADA, day(3, 9), series="heddle@example.org"),
)
ITEMS = (
    WorkItem(
        item="warp cache",
        priority="prerequisite",
        description="Keep the last warp, so that a second run is fast",
        links=("https://lists.example.org/v2@example.org/",),
        location=("warp.c",),
        assignee=BEN,
        message_id="table@example.org",
        series=("v2@example.org",),
        columns={"effort": "small", "series": "taken"},
    ),
    WorkItem("shed lock", "prerequisite", None, (), (), DAN, "table@example.org", (), {}),
    WorkItem("selvedge report", "enhancement", None, (), (), None, "table@example.org", (), {}),
    WorkItem("loom tests", "enhancement", None, (), (), CLEO, "table@example.org", (), {}),
)
SERIES = (
    Series("v1@example.org", "warp: cache the shed", 1, 2, "v1@example.org", ("v1-1@example.org", None), BEN,
           day(4, 1), None, "v1@example.org", ()),
    Series("v2@example.org", "warp: cache the shed", 2, 2, "v2@example.org", ("a@example.org", "b@example.org"), BEN,
           day(5, 10), None, "v1@example.org", ("v1@example.org",)),
    Series("heddle@example.org", "heddle: count from one", 1, 1, None, ("heddle@example.org",), CLEO,
           day(3, 1), None, "heddle@example.org", ()),
)  # fmt: skip


def status(kind: str, key: str, label: str | None, **more: object) -> Status:
    values = {
        "title": key,
        "also": (),
        "certainty": "asserted" if label else None,
        "next_actor": None,
        "waiting_on": (),
        "applied_to": None,
        "depends_on": (),
        "as_of": None,
        "since": None,
        "evidence": (),
        "rule": "by-hand",
        "unanswered": (),
        "revision": None,
        "chain": None,
        "series": (),
        "assignee": None,
        "priority": None,
        **more,
    }
    return Status(kind=kind, key=key, status=label, **values)  # type: ignore[arg-type]


STATUS = (
    status(
        "item", "warp cache", "needs-review",
        also=("posted",), next_actor=CLEO, waiting_on=(CLEO,), as_of=day(5, 20), priority="prerequisite", assignee=BEN,
        evidence=(Evidence("answer@example.org", "I am waiting for review from Cleo.", "needs-review"),),
        revision=2, series=("v2@example.org",),
    ),
    status(
        "item", "shed lock", "needs-reply",
        next_actor=DAN, waiting_on=(DAN,), as_of=day(5, 21), priority="prerequisite", assignee=DAN, certainty="asked",
        evidence=(Evidence("ask@example.org", "Dan, are you still at it?", "needs-reply"),),
        unanswered=(
            Question("ask@example.org", "Dan, are you still at it?", DAN),
            Question("table@example.org", "Or should somebody else take the shed lock?", DAN),
        ),
    ),
    status("item", "selvedge report", None, priority="enhancement"),
    status(
        "item", "loom tests", "blocked",
        depends_on=("shed lock",), next_actor=CLEO, as_of=day(4, 4), priority="enhancement", assignee=CLEO,
        evidence=(Evidence("table@example.org", "Cleo waits for the shed lock before she writes the tests for the "
                           "loom, because both of them touch the same part of the reed.", "blocked"),),
    ),
    status(
        "series", "v1@example.org", "superseded",
        title="warp: cache the shed", revision=1, chain="v1@example.org", as_of=day(5, 10), assignee=BEN,
        evidence=(Evidence("v2@example.org", "", "superseded"),), series=("v1@example.org",),
    ),
    status(
        "series", "v2@example.org", "needs-review",
        title="warp: cache the shed", revision=2, chain="v1@example.org", next_actor="reviewers", as_of=day(5, 10),
        evidence=(Evidence("v2@example.org", "", "posted"),), series=("v2@example.org",), assignee=BEN,
    ),
    status(
        "series", "heddle@example.org", "applied",
        title="heddle: count from one", revision=1, chain="heddle@example.org", applied_to="weft-next",
        as_of=day(3, 9), assignee=CLEO, series=("heddle@example.org",),
        evidence=(Evidence("applied@example.org", "Applied, thanks.", "applied"),),
    ),
)  # fmt: skip
ROWS = {
    "answer@example.org": (TableRow("warp cache", {"assignee": BEN}, 1, 1, 3, 8, ADA),),
    "table@example.org": (TableRow("warp cache", {}, 0, 4, 6, 6, ADA), TableRow("shed lock", {}, 0, 6, 7, 9, ADA)),
}
MINED = Mined(
    messages=Records(MESSAGES, Message),
    items=Records(ITEMS, WorkItem),
    claims=Records(CLAIMS, Claim),
    series=Records(SERIES, Series),
    status=Records(STATUS, Status),
    rows=ROWS,
    problems=(
        Problem("weft.mbox, mail 9", "no headers"),
        Problem("weft.mbox, mail 11", "no headers"),
        Problem("table@example.org, line 9", "the row has no item", "row"),
    ),
    read=7,
    sources=("weft.mbox",),
)
EMPTY = Mined(Records(()))
