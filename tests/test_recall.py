"""The past out of a store: it is what a join of the mail known then gives, and only what moved since is joined again."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from miner import recall, regional
from miner.config import Config
from miner.keeping import bring_up_to_date, read_store
from miner.mined import Mined, Records
from miner.model import Message
from miner.notes import Note
from miner.past import find_changes, find_history
from miner.report.history import find_work

from .lists import write_list, write_mail
from .test_store import MBOX, everything, write

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
EPOCHS = Path(__file__).parents[2] / "shared" / "corpora" / "epochs"
DAYS = (2, 20, 45, 70)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(store=str(tmp_path / "store.sqlite"))


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many mails each join of a region or of everything had."""
    sizes: list[int] = []
    join = regional._join
    again = recall.join_again

    def count(parts: list[object], *rest: object) -> object:
        sizes.append(len(parts))
        return join(parts, *rest)  # type: ignore[arg-type]

    def count_all(mined: Mined, *rest: object) -> Mined:
        sizes.append(len(mined.messages))
        return again(mined, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(regional, "_join", count)
    monkeypatch.setattr(recall, "join_again", count_all)
    return sizes


def forget_store(mined: Mined) -> Mined:
    return replace(mined, kept=None)


def moment(day: int) -> datetime:
    return BEGIN + timedelta(days=day)


@pytest.mark.parametrize("undated", [True, False])
@pytest.mark.parametrize("seed", range(40, 46))
def test_the_past_of_a_store_is_what_a_join_of_the_mail_of_then_gives(
    seed: int, undated: bool, config: Config, tmp_path: Path
) -> None:
    mails = [*write_list(random.Random(seed)), write_mail("w@x", "Ada Byron <ada@loom.example>", "hi", "Hi.", 0)]
    mails[-1] = mails[-1].replace(b"Date: ", b"X-Date: ")
    kept = bring_up_to_date([write(tmp_path / "list.mbox", mails)], config).mined
    for day in DAYS:
        then = recall.recall(kept, moment(day), config, undated)
        assert everything(then) == everything(recall.recall(forget_store(kept), moment(day), config, undated))
        assert find_changes(kept, moment(day), config) == find_changes(forget_store(kept), moment(day), config)
        before = recall.recall(then, moment(day - 10), config)
        assert everything(before) == everything(recall.recall(forget_store(then), moment(day - 10), config))


def test_only_what_moved_since_is_joined_again(config: Config, joined: list[int], tmp_path: Path) -> None:
    mails = write_list(random.Random(7), works=12)
    kept = bring_up_to_date([write(tmp_path / "list.mbox", mails)], config).mined
    whole = sum(joined)
    joined.clear()
    newest = max(mail.date for mail in kept.messages if mail.date)
    assert recall.recall(kept, newest, config).status == kept.status
    assert joined == []
    find_changes(kept, newest - timedelta(days=1), config)
    assert 0 < sum(joined) < whole / 2


def test_what_the_user_said_counts_from_its_day(config: Config, tmp_path: Path) -> None:
    kept = bring_up_to_date([write(tmp_path / "list.mbox", write_list(random.Random(7)))], config).mined
    work = kept.status[0]
    config = replace(config, notes=(Note(work.key, date(2026, 3, 30), status="dropped", says="no more"),))
    for day in (20, 60):
        then = recall.recall(kept, moment(day), config)
        assert everything(then) == everything(recall.recall(forget_store(kept), moment(day), config))
    assert any("no more" in (each.note or "") for each in then.status)


@pytest.mark.parametrize("tie", ["pin", "cut"])
def test_with_ties_of_the_user_all_is_joined(tie: str, config: Config, joined: list[int], tmp_path: Path) -> None:
    kept = bring_up_to_date([write(tmp_path / "list.mbox", write_list(random.Random(7)))], config).mined
    joined.clear()
    noted = replace(config, notes=(Note("loom", date(2026, 3, 4), **{tie: ("a@x",)}),))
    recall.recall(kept, moment(200), noted)
    assert joined == [kept.read]


def test_with_tables_all_is_joined(config: Config, joined: list[int]) -> None:
    kept = bring_up_to_date([str(MBOX)], config).mined
    joined.clear()
    day = datetime(2026, 3, 20, tzinfo=UTC)
    then = recall.recall(kept, day, config)
    assert joined == [then.read]
    assert everything(then) == everything(recall.recall(forget_store(kept), day, config))


def test_text_without_headers_is_joined_whole(config: Config, joined: list[int], tmp_path: Path) -> None:
    flat = tmp_path / "flat.txt"
    flat.write_text(
        "On Mon, 2 Mar 2026 Ada Byron wrote: > Is the loom ready? Not yet, waiting for Bo to review it. Ada " * 3
    )
    sources = [write(tmp_path / "list.mbox", write_list(random.Random(7))), str(flat)]
    kept = bring_up_to_date(sources, config).mined
    joined.clear()
    then = recall.recall(kept, moment(20), config)
    assert joined == [then.read]


def test_without_tables_no_mail_is_read_to_tell_what_moved(config: Config, tmp_path: Path) -> None:
    bring_up_to_date([write(tmp_path / "list.mbox", write_list(random.Random(7)))], config)
    kept = read_store(config)
    newest = max(mail.date for mail in read_store(config).messages if mail.date)

    def fail() -> list[Message]:
        raise AssertionError("a mail was read")

    unread = replace(kept, messages=Records.later(fail, Message))
    assert find_changes(unread, moment(20), config) == find_changes(kept, moment(20), config)
    assert unread.moment(newest) == newest
    with pytest.raises(AssertionError, match="a mail was read"):  # the newest one has a wrong clock
        unread.moment(newest - timedelta(days=2))


def test_a_store_that_was_written_meanwhile_is_not_asked(config: Config, joined: list[int], tmp_path: Path) -> None:
    mails = write_list(random.Random(7))
    source = write(tmp_path / "list.mbox", mails[:-5])
    kept = bring_up_to_date([source], config).mined
    assert len(kept.messages) > 0
    write(tmp_path / "list.mbox", mails)
    bring_up_to_date([source], config)
    joined.clear()
    then = recall.recall(kept, moment(20), config)
    config.store_path.unlink()
    assert everything(recall.recall(kept, moment(20), config)) == everything(then)
    assert joined == [then.read, then.read]


def test_as_of_answers_from_the_store(config: Config, joined: list[int], tmp_path: Path) -> None:
    kept = bring_up_to_date([write(tmp_path / "list.mbox", write_list(random.Random(7)))], config).mined
    joined.clear()
    assert everything(read_store(config, moment(365))) == everything(replace(kept, as_of=moment(365)))
    assert joined == []


@pytest.mark.soak
@pytest.mark.parametrize("name", ["linux-erofs", "cgroups-2024-2025"])
def test_the_past_of_an_epoch(name: str, config: Config) -> None:
    bundle = EPOCHS / f"{name}.bundle"
    if not bundle.exists():
        pytest.skip(f"{bundle.name} is not at hand")
    kept = bring_up_to_date([str(bundle)], config).mined
    newest = max(mail.date for mail in kept.messages if mail.date)
    for days in (7, 200, 500):
        then = recall.recall(kept, newest - timedelta(days=days), config)
        assert everything(then) == everything(recall.recall(forget_store(kept), newest - timedelta(days=days), config))


def test_a_history_reads_no_more_than_the_threads_of_its_work(config: Config, tmp_path: Path) -> None:
    for seed in (3, 11):
        folder = tmp_path / str(seed)
        folder.mkdir()
        here = replace(config, store=str(folder / "store.sqlite"))
        mails = write_list(random.Random(seed))
        bring_up_to_date([write(folder / "list.mbox", mails)], here)
        kept = read_store(here)
        works = [find_work(each.key, kept.status) for each in kept.status]
        told = [find_history(kept, work, here) for work in works]
        assert any(len(moves) > 1 for moves in told)
        assert told == [find_history(forget_store(kept), work, here) for work in works]
        near = recall.read_threads(kept, [works[0][0].key])
        assert near is not None
        assert 0 < len(near[0].messages) < len(mails)
