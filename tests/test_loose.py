"""Questions that belong to no work."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from miner.loose import find_loose
from miner.pipeline import mine

from .lists import write_diff, write_mail

SINCE = datetime(2026, 3, 2, tzinfo=UTC)
ADA, BO, CY = "Ada <ada@loom.example>", "Bo <bo@shed.example>", "Cy <cy@reed.example>"


def find(path: Path, *mails: bytes) -> list[tuple[str, str, str | None]]:
    box = path / "a.mbox"
    box.write_bytes(b"".join(b"From a Thu Jan  1 00:00:00 1970\n" + mail + b"\n" for mail in mails))
    found = find_loose(mine([str(box)]), SINCE)
    return [(each.message_id, each.text, each.asked_of) for each in found]


REPORT = write_mail("b@x", BO, "the loom stops", "It stopped at noon. Does anybody know why?", 0.5)


@pytest.mark.parametrize(
    ("body", "text", "to"),
    [
        ("Which reed do you use?", "Which reed do you use?", BO),
        ("Ping?", "Ping?", BO),
        ("Hello Ada, do you have an opinion?", "Hello Ada, do you have an opinion?", None),  # who that is is not known
        ("It is the reed.", None, None),
    ],
)
def test_an_answer_that_asks_and_has_none(body: str, text: str | None, to: str | None, tmp_path: Path) -> None:
    asked = write_mail("c@x", CY, "Re: the loom stops", body, 2, "b@x")
    assert find(tmp_path, REPORT, asked) == ([("c@x", text, to)] if text else [])


def test_what_begins_a_thread_or_is_old_is_left_out(tmp_path: Path) -> None:
    old = write_mail("c@x", CY, "Re: the loom stops", "Which reed do you use?", 0.7, "b@x")
    begins = write_mail("i@x", CY, "a course for weavers", "Do you want to learn it?", 3)
    assert find(tmp_path, REPORT, old, begins) == []


def test_whoever_answers_answers(tmp_path: Path) -> None:
    asked = write_mail("c@x", CY, "Re: the loom stops", "Which reed do you use?", 2, "b@x")
    for who, answers in ((ADA, True), (CY, False)):
        below = write_mail("d@x", who, "Re: the loom stops", "There are two of them.", 3, "c@x")
        assert (find(tmp_path, REPORT, asked, below) == []) is answers


def test_below_a_posting_it_belongs_to_a_work(tmp_path: Path) -> None:
    posted = write_mail("p@x", ADA, "[PATCH] loom: turn", f"x\n---\n{write_diff(1, 1, 'a.c')}", 1)
    asked = write_mail("c@x", CY, "Re: [PATCH] loom: turn", "Which reed do you use?", 2, "p@x")
    assert find(tmp_path, posted, asked) == []
    assert find(tmp_path, asked) == [("c@x", "Which reed do you use?", None)]  # the posting is not at hand


def test_of_one_person_in_a_thread_the_newest(tmp_path: Path) -> None:
    mails = [
        write_mail(f"{n}@x", CY, "Re: the loom stops", text, 2 + n, "b@x")
        for n, text in enumerate(("Which reed do you use?", "Ping?"))
    ]
    assert [text for _, text, _ in find(tmp_path, REPORT, *mails)] == ["Ping?"]
