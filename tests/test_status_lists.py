"""The whole run over weekly notes and other status lists (tests/data/notes): items, their history, and what came of them."""

from __future__ import annotations

import mailbox
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from miner.cli import app
from miner.config import Config
from miner.keeping import bring_up_to_date, read_store
from miner.mined import Mined
from miner.past import find_changes, find_history
from miner.pipeline import mine
from miner.report.arrange import arrange_status
from miner.report.rows import plain
from miner.report.tables import update_tables

from .mails import mine_mails

NOTES = Path(__file__).parent / "data" / "notes"


@pytest.fixture(scope="module")
def bullets() -> Mined:
    return mine([str(NOTES / "bullets.mbox")])


def find_items(name: str) -> dict[str, tuple[str | None, str | None]]:
    """Of each item of a mail box its owner and its status."""
    mined = mine([str(NOTES / f"{name}.mbox")])
    return {each.title: (each.assignee, each.status) for each in mined.status if each.kind == "item"}


MIRA, YU = "Mira Holt <mira@example.org>", "Yu Tan <yu@example.org>"


def test_three_weeks_with_a_series_and_an_answer_are_one_history_of_each_item(bullets):
    assert {each.title: (each.assignee, each.status) for each in bullets.status if each.kind == "item"} == {
        "fast readdir": (MIRA, "applied"),
        "inode cache shrinker": ("Joost", "dropped"),
        "quota per project": ("Sefa", "ready"),
        "lazy unmount fix": (YU, "merged"),
        "compressed xattrs": (None, "superseded"),
        "tracepoints for writeback": (YU, "in-progress"),
    }


def test_topics_with_an_indented_remark_and_an_answer_below_one():
    assert find_items("topics") == {
        "jm/pack-scan-limit": (None, "merged"),
        "tb/attr-globstar": (None, "needs-revision"),
        "hs/fsck-sparse-tree": (None, "needs-review"),
        "pv/http-retry": (None, "dropped"),
    }


def test_sections_say_where_their_lines_stand():
    assert find_items("sections") == {
        "lazy unmount fix": ("Yu", "applied"),
        "fewer locks in lookup": ("Joost", "applied"),
        "fast readdir": ("Mira", "applied"),
        "per-project quota": ("Sefa", "needs-revision"),
        "inode cache shrinker": (None, "dropped"),
        "writeback tracepoints": (None, "planned"),
    }


def test_minutes_and_a_list_that_does_not_say_what_it_is():
    assert {title: status for title, (_, status) in find_items("minutes").items()} == {
        "Fast readdir": "planned",
        "Inode cache shrinker": "in-progress",
        "Per-project quota": "blocked",
        "Lazy unmount fix": "merged",
    }
    assert {title: status for title, (_, status) in find_items("plain").items()} == {
        "dir: fast readdir": "needs-review",
        "dir: drop the old cursor": "applied",
        "namei: fewer locks": "needs-revision",
        "xattr: compress large values": "blocked",
    }


def test_an_item_is_tied_to_the_series_of_its_title_and_to_its_lines(bullets):
    item = next(each for each in bullets.items if each.item == "fast readdir")
    assert [(tie.series, tie.score, tie.reason) for tie in item.ties] == [
        ("p2@example.org", 0.8, "its title holds the item's")
    ]
    assert item.description == "applied to for-next"  # of the newest note
    quota = next(each for each in bullets.items if each.item == "quota per project")
    assert [(each.title, each.score) for each in quota.listings] == [
        ("quota per project", 1.0),
        ("per-project quota", 0.9),
        ("per-project quota", 1.0),
    ]


def test_each_claim_of_a_line_is_its_item_s_and_so_is_the_answer_below_its_quote(bullets):
    said = {(claim.message_id[:2], claim.text): claim.item for claim in bullets.claims}
    assert said["n1", "waiting for Yu's review"] == "fast readdir"
    assert said["a1", "I shall look at it on Thursday."] == "fast readdir"
    assert said["a1", "That one is in mainline now."] == "lazy unmount fix"
    assert None not in said.values()


def test_what_a_line_says_is_said_of_the_series_that_is_surely_its_item_s(bullets):
    said = {(claim.message_id[:2], claim.text): claim.series for claim in bullets.claims}
    assert said["n1", "v2 posted"] is None  # nothing was posted by then
    assert said["n3", "applied to for-next"] == "p2@example.org"
    (posting,) = [each for each in bullets.status if each.kind == "series"]
    assert (posting.status, posting.evidence[0].message_id) == ("applied", "n3@example.org")


def test_history_and_changes_tell_how_an_item_moved(bullets):
    work = [each for each in bullets.status if each.key == "quota per project"]
    moves = find_history(bullets, work, Config())
    assert [(move.before, move.status) for move in moves] == [
        (None, "in-progress"),
        ("in-progress", "posted"),
        ("posted", "ready"),
    ]
    changed = find_changes(bullets, datetime(2026, 2, 10, tzinfo=UTC), Config())
    moved = {move.key: (move.before, move.status) for move in changed}
    assert moved["fast readdir"] == ("needs-revision", "applied")
    assert moved["inode cache shrinker"] == ("needs-review", "dropped")
    assert "lazy unmount fix" not in moved


def test_notes_of_one_list_are_one_part_of_the_report(bullets):
    shown = arrange_status(bullets.status, items=bullets.items, series=bullets.series, messages=bullets.by_id)
    items = [part for part in shown.parts if part.key == "items"]
    assert [part.origin.message_id for part in items if part.origin] == ["n3@example.org"]
    assert sum(len(section.entries) for part in items for section in part.sections) == 6


def test_each_item_is_given_back_once_where_it_stands_last(bullets):
    first, last = update_tables(bullets.messages, bullets.rows, bullets.status, bullets.items)
    assert first.splitlines()[1:] == [
        "- item: lazy unmount fix",
        "  assignee: Yu",
        "  note: applied to fixes",
        "  status: merged, in mainline",
    ]
    assert last.count("- item: ") == 5


def test_data_frames_have_the_items(bullets):
    frame = bullets.items.to_frame()
    assert list(frame["item"])[:2] == ["fast readdir", "inode cache shrinker"]
    assert [each["reason"] if isinstance(each, dict) else each.reason for each in frame["listings"][2]] == [
        "its first line",
        "has the same words",
        "has its name",
    ]


def test_show_tells_what_other_notes_call_it():
    shown = CliRunner().invoke(app, ["show", "quota", str(NOTES / "bullets.mbox"), "--format", "table"]).output
    assert "Notes that call it otherwise" in shown
    assert "has the same words (0.90)" in shown


def test_notes_of_several_people_are_one_item_by_its_very_name():
    mined = mine([str(NOTES / "bullets.mbox"), str(NOTES / "minutes.mbox")])
    listings = {item.item: [each.message_id[:2] for each in item.listings] for item in mined.items}
    assert listings["fast readdir"] == ["n1", "m1", "n2", "n3"]
    assert listings["inode cache shrinker"] == ["n1", "m1", "n2", "n3"]


@pytest.mark.parametrize("name", ["bullets", "topics", "sections"])
def test_the_store_gives_what_a_run_without_memory_gives(name, tmp_path):
    config = Config(store=str(tmp_path / "store.sqlite"))
    mails = list(mailbox.mbox(NOTES / f"{name}.mbox"))
    source = tmp_path / "box.mbox"
    for count in range(1, len(mails) + 1):
        source.write_bytes(
            b"".join(b"From x Thu Jan  1 00:00:00 1970\n" + bytes(mail) + b"\n" for mail in mails[:count])
        )
        bring_up_to_date([str(source)], config)
        kept, fresh = read_store(config), mine([str(source)], config=config)
        for table in ("items", "claims", "status", "series"):
            assert [plain(each) for each in getattr(kept, table)] == [plain(each) for each in getattr(fresh, table)]


def test_a_next_version_below_a_line_of_a_note_does_not_finish_the_item(tmp_path):
    box = mailbox.mbox(tmp_path / "notes.mbox")
    lines = "- fast readdir (Mira): needs a rebase\n- quota per project (Sefa): in for-next since Friday\n"
    head = "From: Ada Byron <ada@example.org>\nDate: Mon, 02 Mar 2026 09:00:00 +0000\n"
    box.add(f"{head}Subject: Weekly notes\nMessage-ID: <w@example.org>\n\nWhere things stand this week:\n\n{lines}")
    head = "From: Mira Holt <mira@example.org>\nDate: Tue, 03 Mar 2026 09:00:00 +0000\nIn-Reply-To: <w@example.org>\n"
    words = "> - fast readdir (Mira): needs a rebase\n\nv2 is out: https://lore.example.org/weave/v2@example.org/\n"
    box.add(f"{head}Subject: Re: Weekly notes\nMessage-ID: <r@example.org>\n\n{words}")
    box.close()
    status = {each.title: each for each in mine([str(tmp_path / "notes.mbox")]).status}
    assert status["fast readdir"].status in ("posted", "needs-review")
    assert status["quota per project"].status == "applied"


def test_a_name_with_an_underscore_that_stands_in_both_notes_is_never_another_line_s(tmp_path):
    box = mailbox.mbox(tmp_path / "notes.mbox")
    weeks = (
        (2, "- page_ext lookup fast path: needs review\n- quota per project: in for-next\n"),
        (9, "- page_ext lookup path: needs a rebase\n- page_ext lookup fast path: needs review\n"),
    )
    for day, lines in weeks:
        head = f"From: Ada <ada@example.org>\nDate: {day:02} Mar 2026 09:00:00 +0000\nSubject: Weekly notes\n"
        box.add(f"{head}Message-ID: <w{day}@example.org>\n\nWhere things stand this week:\n\n{lines}")
    box.close()
    items = {each.item for each in mine([str(tmp_path / "notes.mbox")]).items}
    assert items == {"page_ext lookup fast path", "page_ext lookup path", "quota per project"}


def test_plain_words_below_a_row_tie_it_to_the_row_that_they_name(tmp_path):
    """Though nobody but the table says that "the bobbin cache" is a work."""
    quoted = "".join(f"> {row}\n" for row in ROWS)
    answer = "Waiting for the bobbin cache.\nAnd the shed timing depends on my heddle locks."
    found = mine_mails(
        tmp_path,
        (1, "Ada Byron <ada@example.org>", "Work items", "\n".join(ROWS) + "\n\nAda\n", None),
        (2, "Dora Ek <dora@example.org>", "Re: Work items", f"Ada Byron wrote:\n{quoted}\n{answer}\n\nDora\n", "1"),
    )
    assert {each.title: (each.status, each.depends_on) for each in found.status} == {
        "bobbin cache": ("planned", ()),
        "shed timing": ("blocked", ("heddle locks",)),
        "heddle locks": ("blocked", ("bobbin cache",)),
    }


ROWS = (
    "| Item         | Owner | Status      |",
    "|--------------|-------|-------------|",
    "| bobbin cache | Ben   | not started |",
    "| shed timing  | Ada   | not started |",
    "| heddle locks | Dora  | not started |",
)
