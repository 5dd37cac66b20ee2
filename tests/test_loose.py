"""Questions that belong to no work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from miner.loose import find_loose, find_reports, find_setbacks
from miner.mined import Mined
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


def read(path: Path, *mails: bytes) -> Mined:
    box = path / "a.mbox"
    box.write_bytes(b"".join(b"From a Thu Jan  1 00:00:00 1970\n" + mail + b"\n" for mail in mails))
    return mine([str(box)])


ROBOT = "kernel test robot <lkp@robots.example>"


@pytest.mark.parametrize(
    ("who", "subject", "body", "told"),
    [
        (BO, "loom: crash at noon", "Hello,\n\nThe loom crashes when it is fed wool. It did not last year.\n", "The loom crashes when it is fed wool."),
        (BO, "loom: crash at noon", "It stops when it is fed wool.\n", None),  # no words of his own tell it
        (BO, "how to avoid crashes", "This avoids all crashes.\n", None),
        (BO, "a course for weavers", "It crashes when it is fed wool.\n", None),
        (BO, "[PATCH] loom: fix a crash", f"It crashes.\n---\n{write_diff(1, 1, 'a.c')}", None),
        (BO, "Re: loom: crash at noon", "It crashes here too.\n", None),
        ("Mail Delivery System <daemon@loom.example>", "Outgoing mail failed", "Your mail failed.\n", None),
        (ROBOT, "[loom:main] wool", 'kernel test robot noticed a 3% regression of "wool" on:\n', 'kernel test robot noticed a 3% regression of "wool" on:'),
    ],
)  # fmt: skip
def test_what_begins_a_thread_and_reports_a_fault(
    who: str, subject: str, body: str, told: str | None, tmp_path: Path
) -> None:
    report = write_mail("r@x", who, subject, body, 2)
    found = find_reports(read(tmp_path, report), SINCE)
    assert [each.text for each in found] == ([told] if told else [])
    assert find_reports(read(tmp_path, report), SINCE + timedelta(days=2)) == ()
    answer = write_mail("a@x", ADA, f"Re: {subject}", "I will look at it.", 3, "r@x")
    assert find_reports(read(tmp_path, report, answer), SINCE) == ()


POSTED = write_mail("p@x", ADA, "[PATCH] loom: turn the wheel", f"x\n---\n{write_diff(1, 1, 'a.c')}", 1)
TAKEN = write_mail("t@x", CY, "Re: [PATCH] loom: turn the wheel", "Applied, thanks.", 2, "p@x")


@pytest.mark.parametrize(
    ("body", "day", "told"),
    [
        ("It still fails here, with two shuttles.", 3, "It still fails here, with two shuttles."),
        ("Sorry, but this patch breaks the reed.", 3, "Sorry, but this patch breaks the reed."),
        ("I bisected it to your commit.", 3, "I bisected it to your commit."),
        ("> It still fails here.\n\nNice work.", 3, None),
        ("It causes no regression.", 3, None),
        ("It still fails here.", 1.5, None),  # before it was taken: the one who took it knew
        ("It still fails.\n\ndiff --git a/a b/a\n", 3, None),  # who mends it himself has posted that
        ("It works now.", 3, None),
    ],
)
def test_a_work_that_fails_when_it_is_in_a_tree(body: str, day: float, told: str | None, tmp_path: Path) -> None:
    says = write_mail("f@x", BO, "Re: [PATCH] loom: turn the wheel", body, day, "p@x")
    found = find_setbacks(read(tmp_path, POSTED, TAKEN, says), SINCE)
    assert [(work.key, words.text) for work, words in found] == ([("p@x", told)] if told else [])
    assert find_setbacks(read(tmp_path, POSTED, says), SINCE) == ()  # it is open, and stands among these
    answer = write_mail("a@x", ADA, "Re: [PATCH] loom: turn the wheel", "I see.", 4, "f@x")
    assert find_setbacks(read(tmp_path, POSTED, TAKEN, says, answer), SINCE) == ()
