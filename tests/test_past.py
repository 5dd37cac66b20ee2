"""What is said of the past, against runs that never saw the later mail."""

from __future__ import annotations

import mailbox
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from miner.config import Config
from miner.errors import SourceError
from miner.mined import Mined, Records
from miner.past import find_changes, find_history, stand
from miner.pipeline import mine
from miner.report.history import find_work
from miner.report.rows import plain

from .lists import write_diff, write_mail

MBOX = Path(__file__).parents[1] / "corpora" / "sample" / "weft-dev.mbox"
DAYS = ("2026-02-05", "2026-02-18", "2026-02-26", "2026-03-02", "2026-03-11", "2026-03-20", "2026-04-01")


def until(moment: datetime, path: Path) -> Path:
    """The sample as it lay there at a moment."""
    then = mailbox.mbox(path)
    for mail in mailbox.mbox(MBOX):
        if parsedate_to_datetime(mail["Date"]) <= moment:
            then.add(mail)
    then.close()
    return path


def moment_of(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T23:59:59+00:00")


@pytest.mark.parametrize("day", DAYS)
def test_the_answer_of_a_day_is_that_of_the_mail_known_then(day: str, tmp_path: Path) -> None:
    moment = moment_of(day)
    then = mine([str(until(moment, tmp_path / "then.mbox"))])
    now = mine([str(MBOX)], as_of=moment)
    assert now.as_of == moment
    assert now.read == then.read > 0
    assert [plain(each) for each in now.status] == [plain(each) for each in then.status]
    assert [plain(each) for each in now.claims] == [plain(each) for each in then.claims]
    assert [plain(each) for each in now.series] == [plain(each) for each in then.series]


def test_before_the_first_mail_nothing_is_known() -> None:
    mined = mine([str(MBOX)], as_of=moment_of("2020-01-01"))
    assert (mined.read, len(mined.status)) == (0, 0)
    with pytest.raises(SourceError):
        mine(["/no/such.mbox"], as_of=moment_of("2020-01-01"))


@pytest.mark.parametrize("name", ["journal replay", "retry short uploads", "remove v1 framing", "lease renewal"])
def test_each_step_of_a_history_is_what_stood_then(name: str, mined: Mined, tmp_path: Path) -> None:
    work = find_work(name, mined.status)
    moves = find_history(mined, work, Config())
    assert moves[0].new
    assert moves[0].before is None
    assert [move.date for move in moves] == sorted(move.date for move in moves if move.date)
    last = next(each for each in mined.status if each.kind == moves[-1].kind and each.key == moves[-1].key)
    assert (moves[-1].status, moves[-1].revision, moves[-1].rule) == (last.status, last.revision, last.rule)
    for n, move in enumerate(moves):
        assert move.date is not None
        then = mine([str(until(move.date, tmp_path / f"{n}.mbox"))])
        found = next(each for each in then.status if (each.kind, each.key) == (move.kind, move.key))
        assert (found.status, found.revision) == (move.status, move.revision)
        called = found.waiting_on[0] if found.next_actor == "author" else found.next_actor  # an item knows him by name
        assert move.next_actor == called
        assert n == 0 or move.before == moves[n - 1].status


def test_a_history_calls_people_by_the_names_that_the_whole_list_knows(mined: Mined) -> None:
    """Dina signs with her whole name in another thread; whoever writes 林晓晴 is asked for as Xiaoqing."""
    for name, caller in (
        ("cold start benchmark", "Dina Castellano <dina@ci.example.net>"),
        ("lease renewal", "林晓晴 <xiaoqing@lin.example.net>"),
        ("digest negotiation", "Sami Korhonen <sami@korhonen.example.org>"),
    ):
        moves = find_history(mined, find_work(name, mined.status), Config())
        assert caller in [move.next_actor for move in moves if move.status in ("needs-reply", "needs-revision")]
        assert "author" not in [move.next_actor for move in moves]


def test_an_older_title_names_the_series(mined: Mined) -> None:
    work = find_work("store: replay the journal on start", mined.status)
    assert [one.revision for one in work] == [1, 2, 3]
    assert find_history(mined, work, Config())[-1].status == "applied"


def test_a_status_holds_since_its_history_says_so(mined: Mined) -> None:
    """Only a review is waited for since the posting, though a question was asked and answered in between."""
    for status in mined.status:
        if status.kind == "item" and status.status not in (None, "needs-review", "blocked"):
            moves = find_history(mined, [status], Config())
            began = [move for move in moves if move.before != move.status][-1]
            assert began.date == status.since
            assert status.since is not None
            assert status.as_of is not None
            assert status.since <= status.as_of


def test_what_was_only_listed_is_new_since_the_mail_of_its_table(mined: Mined) -> None:
    listed = next(item for item in mined.items if item.item == "coverage upload")
    table = next(message for message in mined.messages if message.message_id == listed.message_id)
    (move,) = [move for move in find_changes(mined, moment_of("2026-02-20"), Config()) if move.key == listed.item]
    assert (move.date, move.status, move.new) == (table.date, None, True)


@pytest.mark.parametrize("day", DAYS)
def test_changes_lead_from_what_stood_then_to_what_stands_now(day: str, mined: Mined) -> None:
    since = moment_of(day)
    then = {(s.kind, s.key): s.status for s in mine([str(MBOX)], as_of=since).status}
    now = {(s.kind, s.key): s.status for s in mined.status}
    moves = find_changes(mined, since, Config())
    for move in moves:
        assert now[move.kind, move.key] == move.status
        if move.new:
            assert (move.kind, move.key) not in then
        elif (move.kind, move.key) in then and move.kind == "item":
            assert then[move.kind, move.key] == move.before
    moved = {(move.kind, move.key) for move in moves}
    still = [key for key in now if key[0] == "item" and key not in moved]
    assert all(then[key] == now[key] for key in still)


def test_who_else_is_waited_for_moves_nothing_without_a_word(mined: Mined) -> None:
    then = mined.as_of or max(message.date for message in mined.messages if message.date is not None)
    one = next(each for each in mined.status if each.kind == "item" and each.waiting_on and each.as_of is not None)
    assert one.as_of is not None
    more = replace(one, waiting_on=(*one.waiting_on, "Cy Marsh <cy@example.org>"))
    other = replace(one, waiting_on=("Cy Marsh <cy@example.org>", *one.waiting_on))
    for now, moved in ((more, 0), (other, 1), (replace(more, as_of=then + timedelta(days=1)), 1)):
        changed = replace(mined, status=Records(now if each is one else each for each in mined.status))
        assert len(find_changes(changed, then, Config())) == moved
    late = replace(mined, status=Records(more if each is one else each for each in mined.status))
    assert len(find_changes(late, then, Config(), stand(mined.status))) == 1  # mail of then came late


def test_nothing_moved_since_the_last_mail(mined: Mined) -> None:
    assert find_changes(mined, max(m.date for m in mined.messages if m.date), Config()) == ()


def test_a_history_ends_where_a_later_mail_cites_the_commit(tmp_path: Path) -> None:
    mails = [
        write_mail(
            "p@x", "Ada <ada@loom.example>", "[PATCH] loom: turn the wheel", f"x\n---\n{write_diff(1, 1, 'a.c')}", 1
        ),
        write_mail("f@x", "Cy <cy@reed.example>", "hello", 'Fixes: 0123456789ab ("loom: turn the wheel")', 60),
    ]
    (tmp_path / "a.mbox").write_bytes(b"".join(b"From a Thu Jan  1 00:00:00 1970\n" + mail + b"\n" for mail in mails))
    mined = mine([str(tmp_path / "a.mbox")])
    moves = find_history(mined, find_work("p@x", mined.status, mined.series), Config())
    assert [(move.status, move.rule) for move in moves] == [("needs-review", "posted"), ("applied", "cited-as-commit")]
    assert moves[-1].evidence[0].message_id == "f@x"


def test_a_history_knows_who_takes_patches_elsewhere(tmp_path: Path) -> None:
    ada, bo, cy = "Ada <ada@loom.example>", "Bo Chen <bo@shed.example>", "Cy <cy@reed.example>"
    mails = [
        write_mail("o@x", cy, "[PATCH] shed: mend the roof", f"x\n---\n{write_diff(2, 1, 'b.c')}", 1),
        write_mail("t@x", bo, "Re: [PATCH] shed: mend the roof", "Applied, thanks.", 2, "o@x"),
        write_mail("p@x", ada, "[PATCH] loom: turn the wheel", f"x\n---\n{write_diff(1, 1, 'a.c')}", 3),
        write_mail("r@x", bo, "Re: [PATCH] loom: turn the wheel", f"Reviewed-by: {bo}", 4, "p@x"),
    ]
    (tmp_path / "a.mbox").write_bytes(b"".join(b"From a Thu Jan  1 00:00:00 1970\n" + mail + b"\n" for mail in mails))
    mined = mine([str(tmp_path / "a.mbox")])
    work = find_work("p@x", mined.status, mined.series)
    assert find_history(mined, work, Config())[-1].rule == work[-1].rule == "approved-by-decider"
