"""The store: whatever came in whatever order, it gives what a run without memory gives; and nothing that happens to it hurts."""

from __future__ import annotations

import gzip
import json
import mailbox
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

import miner
from miner import keeping, reading, regional, store, threadwise
from miner.archive import epoch
from miner.cli import app
from miner.config import Config
from miner.errors import BusyError, SourceError, StoreError
from miner.join import Heard, Whole, facts, revisions
from miner.keeping import bring_up_to_date, read_store
from miner.letters import compose
from miner.mined import Mined
from miner.pipeline import mine
from miner.recall import read_near
from miner.report.history import find_work, mails_of, show_rows
from miner.report.render import render_letter
from miner.report.rows import plain
from miner.store.file import set_aside
from miner.store.shelf import Shelf, Store

from .lists import write_diff, write_list, write_mail

ROOT = Path(__file__).parents[1]
MBOX = ROOT / "corpora" / "sample" / "weft-dev.mbox"
TABLES = ("messages", "items", "claims", "series", "status", "promises")


@pytest.fixture(scope="module")
def mails() -> list[bytes]:
    return [mail.as_bytes() for mail in mailbox.mbox(MBOX)]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(store=str(tmp_path / "store.sqlite"))


def write(path: Path, mails: Sequence[bytes]) -> str:
    with path.open("wb") as out:
        for mail in mails:
            out.write(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + mail.rstrip(b"\n") + b"\n\n")
    return str(path)


def maildir(path: Path, mails: Sequence[tuple[int, bytes]]) -> str:
    (path / "cur").mkdir(parents=True, exist_ok=True)
    wanted = {f"{number:04}" for number, _ in mails}
    for old in (path / "cur").iterdir():
        if old.name not in wanted:
            old.unlink()
    for number, mail in mails:
        (path / "cur" / f"{number:04}").write_bytes(mail)
    return str(path)


def everything(mined: Mined) -> str:
    """All that a run found, as text that shows every byte."""
    tables = {name: [plain(each) for each in getattr(mined, name)] for name in TABLES}
    rest = {
        "rows": {
            ident: [plain(row) | {"columns": dict(row.columns)} for row in rows] for ident, rows in mined.rows.items()
        },
        "problems": [plain(problem) for problem in mined.problems],
        "found": [[plain(each) for each in part] for part in (mined.found.claims, mined.found.asks)],
        "pace": mined.pace,
        "mailmap": mined.mailmap,
        "read": mined.read,
        "sources": mined.sources,
    }
    return json.dumps(tables | rest, default=str)


def git(folder: Path, *arguments: str, data: bytes | None = None) -> str:
    who = {f"GIT_{role}_{part}": "x" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], input=data, capture_output=True, check=True, env={**os.environ, **who}
    )
    return done.stdout.decode().strip()


class Epoch:
    """A public-inbox epoch that mails are put into and taken out of, as public-inbox does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["git", "init", "-q", "--bare", str(folder)], check=True)

    def put(self, mail: bytes, name: str = "m") -> None:
        blob = git(self.folder, "hash-object", "-w", "--stdin", data=mail)
        tree = git(self.folder, "mktree", data=f"100644 blob {blob}\t{name}\n".encode())
        tip = git(self.folder, "for-each-ref", "--format=%(objectname)", "refs/heads/master")
        commit = git(self.folder, "commit-tree", tree, "-m", "x", *(["-p", tip] if tip else []))
        git(self.folder, "update-ref", "refs/heads/master", commit)

    def remove(self, mail: bytes) -> None:
        self.put(mail, "d")

    def merge(self, other: str) -> None:
        """Put another history beside this one, which public-inbox never does."""
        commit = git(self.folder, "commit-tree", "master^{tree}", "-m", "x", "-p", "master", "-p", other)
        git(self.folder, "update-ref", "refs/heads/master", commit)


@pytest.mark.parametrize("seed", range(6))
def test_in_any_order_of_arrival_it_gives_what_a_full_run_gives(
    seed: int, mails: list[bytes], config: Config, tmp_path: Path
) -> None:
    """Late parents, mails twice, mails that go: after each batch the store is what a run without it finds."""
    chance = random.Random(seed)
    order = list(enumerate(mails))
    chance.shuffle(order)
    here: list[tuple[int, bytes]] = []
    while order:
        batch = chance.randint(1, 25)
        here += order[:batch]
        order = order[batch:]
        if chance.random() < 0.5:
            here.append((len(mails) + len(here), chance.choice(here)[1]))
        if chance.random() < 0.5:
            here.remove(chance.choice(here))
        source = maildir(tmp_path / "box", here)
        kept = bring_up_to_date([source], config)
        assert kept.aside is None
        assert everything(kept.mined) == everything(mine([source], config=config))
        assert everything(read_store(config)) == everything(kept.mined)
    again = bring_up_to_date([source], config)
    assert (again.new, again.gone) == (0, 0)


MAILMAPS = ("", "Ada Byron <ada@loom.example> <cy@reed.example>\n", "Yu Zhao <yu@one.example> <yu@two.example>\n")
MAINTAINERS = ("", "M:\tBo Chen <bo@shed.example>\n", "M:\tYu Lind <yu@two.example>\nM:\tCy Dahl <cy@reed.example>\n")


def change_at_random(seed: int, config: Config, folder: Path) -> Iterator[tuple[list[str], Config]]:
    """Two sources with mails of a list without tables in any order: some come late, twice, or go again, and what the settings name
    beside them changes. Each time the sources and the settings."""
    chance = random.Random(seed)
    order = list(enumerate(write_list(chance)))
    if chance.random() < 0.7:
        chance.shuffle(order)
    config = replace(config, mailmap=str(folder / "mailmap"), maintainers=str(folder / "MAINTAINERS"))
    boxes: list[list[tuple[int, bytes]]] = [[], []]
    while order:
        batch = chance.randint(1, 15)
        for mail in order[:batch]:
            chance.choice(boxes).append(mail)
        order = order[batch:]
        box, other = chance.sample(boxes, 2)
        if box and chance.random() < 0.4:
            other.append((1000 + len(other), chance.choice(box)[1]))
        if box and chance.random() < 0.4:
            box.remove(chance.choice(box))
        if chance.random() < 0.2:
            order += [box.pop(chance.randrange(len(box))) for _ in range(min(3, len(box)))]
        (folder / "mailmap").write_text(chance.choice(MAILMAPS) if chance.random() < 0.4 else MAILMAPS[0])
        (folder / "MAINTAINERS").write_text(chance.choice(MAINTAINERS) if chance.random() < 0.4 else MAINTAINERS[0])
        yield [maildir(folder / f"box{n}", mails) for n, mails in enumerate(boxes)], config


@pytest.mark.parametrize("seed", range(12))
def test_of_a_list_without_tables_the_regions_give_what_one_join_gives(
    seed: int, config: Config, tmp_path: Path
) -> None:
    """A run without memory joins all mails at once, and knows nothing of regions."""
    for sources, settings in change_at_random(seed, config, tmp_path):
        kept = bring_up_to_date(sources, settings)
        assert kept.aside is None
        assert everything(kept.mined) == everything(mine(sources, config=settings))
        assert everything(read_store(settings)) == everything(kept.mined)


def test_what_is_asked_of_no_region_anew_would_be_told_as_before(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And of some regions nothing is asked, whatever comes and goes."""
    unasked = 0
    settle = regional._settle

    def ask_all(cut: dict[str, list[int]], clusters: object, whole: Whole, shelf: Shelf, *rest: object) -> object:
        nonlocal unasked
        found, takers, looked = settle(cut, clusters, whole, shelf, *rest)  # type: ignore[arg-type]
        left = [region for key, region in found.items() if key not in looked]
        unasked += len(left)
        assert all(whole.still_says(shelf.load_heard(region)) for region in left)
        return found, takers, looked

    monkeypatch.setattr(regional, "_settle", ask_all)
    for seed in range(100, 104):
        own = replace(config, store=str(tmp_path / f"{seed}.sqlite"))
        for sources, settings in change_at_random(seed, own, tmp_path):
            assert bring_up_to_date(sources, settings).aside is None
    assert unasked > 5


def test_a_posting_behind_those_that_decide_joins_no_region_again(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that build upon a patch are proof, and a third one later changes nothing."""
    people = (("Dee Fox", "dee"), ("Eve Gray", "eve"), ("Fay Hill", "fay"))
    built = [
        write_mail(
            f"{at}@x", f"{name} <{box}@{box}.example>", f"[PATCH] {box}: mend", write_diff(3 * at, 2, "loom.c"), 40 + at
        )
        for at, (name, box) in enumerate(people, 1)
    ]
    source = write(tmp_path / "list.mbox", [WORK, *built[:2]])
    status = next(each for each in bring_up_to_date([source], config).mined.status if each.key == OLD)
    assert (status.status, status.rule) == ("applied", "built-upon")
    joined: list[list[str]] = []
    join = regional._join
    monkeypatch.setattr(
        regional,
        "_join",
        lambda parts, *rest: joined.append([each.message.message_id for each in parts]) or join(parts, *rest),
    )
    write(tmp_path / "list.mbox", [WORK, *built])
    kept = bring_up_to_date([source], config)
    assert joined == [["3@x"]]
    assert everything(kept.mined) == everything(mine([source], config=config))


@pytest.mark.parametrize("seed", range(20, 24))
def test_regions_that_were_cut_too_small_are_put_together(
    seed: int, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were a mail's links overlooked when the list is cut, the parts would still ask for the mails that they name."""
    monkeypatch.setattr(facts, "_ids_in", lambda message: iter(()))
    source = write(tmp_path / "list.mbox", write_list(random.Random(seed)))
    kept = bring_up_to_date([source], config)
    assert everything(kept.mined) == everything(mine([source], config=config))


ADA, BO, CY = "Ada Byron <ada@loom.example>", "Bo Chen <bo@shed.example>", "Cy Dahl <cy@reed.example>"
OLD, NEW = "1-1-git-send-email-x@loom.example", "2-2-git-send-email-x@loom.example"


def posting(
    ident: str, subject: str, day: float, who: str = ADA, work: int = 0, notes: str = "", answers: str = ""
) -> bytes:
    return write_mail(ident, who, subject, f"It squeaks.\n---\n{notes}\n{write_diff(work, 1, 'loom.c')}", day, answers)


def reply(ident: str, who: str, text: str, day: float) -> bytes:
    return write_mail(ident, who, "Re: [PATCH] loom: turn the wheel", text, day, OLD)


# What each question of a part to the whole list is there for: mails, and one more, of another region, that changes the answer.
WORK = posting(OLD, "[PATCH] loom: turn the wheel", 1)
QUESTIONS = {
    "known": (
        [WORK, reply("a@x", "byron@two.example", "It is like the old one here, but moves twice as far now.", 2)],
        write_mail("z@x", "Ada Byron <byron@two.example>", "hello", "Hello.", 3),
    ),
    "meant": (
        [WORK, reply("a@x", BO, "This still needs a review from Yu.", 2)],
        write_mail("z@x", "Yu Zhao <yu@one.example>", "hello", "Hello.", 3),
    ),
    "ids": (
        [
            WORK,
            posting("other@x", "[PATCH] shed: mend the roof", 2, CY, 5, f"https://lore.example.org/l/{OLD}/"),
            write_mail(
                "a@x",
                BO,
                "Re: [PATCH] shed: mend the roof",
                f"https://lore.example.org/l/{OLD.replace('loom.example', 12 * 'x')}/ was applied, thanks.",
                3,
                "other@x",
            ),
        ],
        write_mail(OLD.replace("loom.example", "twin.example"), CY, "hello", "Hello.", 3),
    ),
    "writes": (
        [
            posting("a@x", "[PATCH] loom: turn the wheel", 1, BO, answers="ada@loom.example"),
            posting("b@x", "[PATCH] loom: turn the big wheel", 2, BO, answers="ada@loom.example"),
        ],
        write_mail("z@x", ADA, "hello", "Hello.", 3),
    ),
    "older": (
        [
            WORK,
            posting(NEW, "[PATCH v2] loom: turn the big wheel", 9),
            write_mail(
                "a@x", BO, "Re: [PATCH v2] loom: turn the big wheel", f"As https://lore.example.org/l/{OLD}/", 10, NEW
            ),
        ],
        posting("z@x", "[PATCH] beater: oil", 5, work=7),
    ),
    "cited": ([WORK], write_mail("z@x", CY, "hello", 'Fixes: 0123456789ab ("loom: turn the wheel")', 9)),
    "begun": (
        [posting(OLD, "[PATCH] loom: turn the wheel", 1, work=0)],
        write_mail("z@x", CY, "[PATCH] shed: mend the old roof", write_diff(3, 2, "loom.c"), 40),
    ),
    "sent": (
        [WORK, write_mail("c@x", ADA, "[PATCH 0/1] shed: all of it", "It squeaks.\n", 20)],
        write_mail(
            "z@x",
            ADA,
            "[PATCH 1/1] loom: turn the wheel",
            "\n".join(["---", *write_diff(0, 1, "loom.c").splitlines()[:-4], "+\tmore_of_it();"]),  # half of its lines
            20,
            "c@x",
        ),
    ),
    "traced": (
        [WORK],
        write_mail(
            "z@x", CY, "[PATCH] shed: mend the old roof", write_diff(0, 1, "loom.c").replace("\n+\t", "\n \t"), 40
        ),
    ),
    "decides": (
        [
            WORK,
            reply("a@x", BO, f"Reviewed-by: {BO}", 3),
            reply("b@x", CY, "Could you please rename the helper?", 4),
            posting("other@x", "[PATCH] shed: mend the roof", 2, CY, 5),
        ],
        write_mail("z@x", BO, "Re: [PATCH] shed: mend the roof", "Applied, thanks.", 3, "other@x"),
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_region_is_joined_again_when_the_whole_list_tells_it_something_else(
    question: str, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And only then: were this question forgotten, the results would be those of before."""
    monkeypatch.setattr(revisions, "_BY_AUTHOR", 1)
    monkeypatch.setattr(revisions, "_BY_WORK", 1)
    mails, more = QUESTIONS[question]
    source = write(tmp_path / "list.mbox", mails)
    bring_up_to_date([source], config)
    bring_up_to_date([source], forgetful := replace(config, store=str(tmp_path / "forgetful.sqlite")))
    write(tmp_path / "list.mbox", [more, *mails])
    wanted = everything(mine([source], config=config))
    kept = bring_up_to_date([source], config)
    assert (everything(kept.mined), kept.aside) == (wanted, None)
    still_says = Whole.still_says
    nothing = getattr(Heard(), question)
    monkeypatch.setattr(
        Whole, "still_says", lambda whole, heard: still_says(whole, replace(heard, **{question: nothing}))
    )
    assert everything(bring_up_to_date([source], forgetful).mined) != wanted


def test_an_epoch_with_deletions_and_a_second_list(mails: list[bytes], config: Config, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "git").mkdir(parents=True)
    one, two = Epoch(inbox / "git" / "0.git"), write(tmp_path / "two.mbox", mails[:20])
    sources = [str(inbox), two]
    steps: list[Callable[[], object]] = [
        lambda: [one.put(mail) for mail in mails[10:30]],
        lambda: one.remove(mails[12]),
        lambda: [one.put(mail) for mail in reversed(mails[30:])],
        lambda: one.put(mails[12]),
        lambda: [one.remove(mail) for mail in mails[40:45]],
    ]
    counts = []
    for step in steps:
        step()
        kept = bring_up_to_date(sources, config)
        assert everything(kept.mined) == everything(mine(sources, config=config))
        counts.append((kept.new, kept.gone))
    assert counts == [(30, 0), (0, 0), (29, 0), (0, 0), (0, 5)]


def test_of_an_epoch_only_new_commits_are_listed_until_its_history_is_rewritten(
    mails: list[bytes], config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Epoch(tmp_path / "0.git")
    for mail in mails[:10]:
        one.put(mail)
    one.remove(mails[3])
    tip = git(one.folder, "rev-parse", "master")
    listed: list[int] = []
    real = epoch._request
    monkeypatch.setattr(
        epoch,
        "_request",
        lambda folder, out, *revisions: (
            real(folder, out, *revisions),
            listed.append(len(out.readlines())),
            out.seek(0),
        ),
    )
    steps: list[tuple[Callable[[], object], int]] = [
        (lambda: None, 11),
        (lambda: [one.put(mails[10]), one.remove(mails[5])], 2),
        (lambda: git(one.folder, "update-ref", "refs/heads/master", tip), 11),
        (lambda: git(one.folder, "update-ref", "refs/heads/master", f"{tip}~2"), 9),
        (lambda: one.put(mails[20]), 1),
        (lambda: one.merge(tip), 13),
    ]
    for step, count in steps:
        step()
        listed.clear()
        kept = bring_up_to_date([str(one.folder)], config)
        assert listed == [count]
        assert everything(kept.mined) == everything(mine([str(one.folder)], config=config))


def test_only_threads_with_new_mail_are_looked_into(
    mails: list[bytes], config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    looked: list[str] = []
    real_parse, real_trace = reading.parse_mail, threadwise.trace_origins
    monkeypatch.setattr(reading, "parse_mail", lambda raw: parsed.append(raw.where) or real_parse(raw))
    monkeypatch.setattr(
        threadwise, "trace_origins", lambda found: looked.extend(m.message_id for m in found) or real_trace(found)
    )
    inbox = Epoch(tmp_path / "0.git")
    for mail in mails[:-1]:
        inbox.put(mail)
    bring_up_to_date([str(inbox.folder)], config)
    assert len(parsed) == len(looked) == len(mails) - 1
    parsed.clear()
    looked.clear()
    inbox.put(mails[-1])
    kept = bring_up_to_date([str(inbox.folder)], config)
    assert len(parsed) == 1
    assert 0 < len(looked) < len(mails) / 2
    assert kept.mined.messages[-1].message_id in looked
    parsed.clear()
    looked.clear()
    bring_up_to_date([str(inbox.folder)], config)
    assert (parsed, looked) == ([], [])


def test_text_without_headers_is_kept_too(config: Config, tmp_path: Path) -> None:
    flat = tmp_path / "flat.txt"
    flat.write_text(
        "On Mon, 2 Mar 2026 Ada Byron wrote: > Is the loom ready? Not yet, waiting for Bo to review it. Ada " * 3
    )
    sources = [str(MBOX), str(flat)]
    for _ in range(2):
        kept = bring_up_to_date(sources, config)
        assert kept.mined.read == 60
        assert everything(read_store(config)) == everything(mine(sources, config=config))


@pytest.mark.parametrize("as_of", [None, datetime(2026, 3, 1, tzinfo=UTC)])
def test_a_report_reads_no_mail_but_those_that_it_names(as_of: datetime | None, config: Config) -> None:
    bring_up_to_date([str(MBOX)], config)
    kept, whole = read_store(config, as_of), mine([str(MBOX)], config=config, as_of=as_of)
    now = datetime(2026, 4, 5, tzinfo=UTC)
    texts = [render_letter(compose(mined, config, now=now, before={}), "text") for mined in (kept, whole)]
    assert texts[0] == texts[1]
    assert as_of is not None or kept.messages._known is None  # of a moment a list with tables is joined in full
    for ident, message in whole.by_id.items():
        found = kept.by_id[ident]
        assert (found.subject, found.author, found.date, found.list_id, found.where) == (
            message.subject, message.author, message.date, message.list_id, message.where,
        )  # fmt: skip
    assert set(kept.by_id) == {message.message_id for message in kept.messages} == set(whole.by_id)
    assert kept.by_id[ident] == found  # after all were read as well
    with pytest.raises(KeyError):
        kept.by_id["nosuch@example.org"]


def test_the_mails_since_a_moment_are_found_without_reading_the_others(config: Config) -> None:
    bring_up_to_date([str(MBOX)], config)
    kept, whole = read_store(config), mine([str(MBOX)], config=config)
    since = datetime(2026, 3, 20, tzinfo=UTC)
    found = [message.message_id for message in kept.since(since)]
    assert kept.messages._known is None
    assert sorted(found) == sorted(message.message_id for message in whole.since(since))
    assert 0 < len(found) < len(whole.messages)
    assert len(kept.messages) == len(whole.messages)
    assert sorted(message.message_id for message in kept.since(since)) == sorted(found)  # after all were read as well


@pytest.mark.parametrize("as_of", [None, datetime(2026, 3, 1, tzinfo=UTC)])
def test_the_history_of_a_work_reads_its_threads_alone(as_of: datetime | None, config: Config) -> None:
    bring_up_to_date([str(MBOX)], config)
    kept, whole = read_store(config, as_of), mine([str(MBOX)], config=config, as_of=as_of)
    for title in {one.title for one in whole.status}:
        found = []
        for mined in (kept, whole):
            work = find_work(title, mined.status, mined.series)
            messages, rows = read_near(mined, mails_of(work, mined.claims))
            found.append(show_rows(work, claims=mined.claims, messages=messages, rows=rows))
        assert found[0] == found[1]
    assert as_of is not None or kept.messages._known is None
    set_aside(Path(config.store))
    messages, rows = read_near(kept, ["nosuch@example.org"])  # of a store that is gone
    assert set(messages) == set(whole.by_id)


def test_mails_that_are_kept_by_nothing_but_their_threads_are_found_too(config: Config, tmp_path: Path) -> None:
    flat = tmp_path / "page.txt"
    flat.write_text("Ada wrote: > the shed lock Is this still wanted? Ada\n")
    bring_up_to_date([str(flat), str(MBOX)], config)
    mined = read_store(config)
    assert {ident: mined.by_id[ident].subject for ident in mined.by_id} == {
        message.message_id: message.subject for message in mined.messages
    }


def test_settings_count(config: Config, tmp_path: Path) -> None:
    sure = Config(store=config.store, min_confidence=0.9)
    bring_up_to_date([str(MBOX)], config)
    kept = bring_up_to_date([str(MBOX)], sure)
    assert everything(kept.mined) == everything(mine([str(MBOX)], config=sure))
    small = Config(store=config.store, max_mail_bytes=1500)
    assert everything(bring_up_to_date([str(MBOX)], small).mined) == everything(mine([str(MBOX)], config=small))


def test_odd_characters_are_kept(config: Config, tmp_path: Path) -> None:
    body = "The loom is ready \ud800 now, thanks. \x1b[2J \x00\n".encode("utf-8", "surrogatepass")
    mail = (
        b"From: a@example.org\nMessage-ID: <a@x>\nContent-Type: text/plain; charset=utf-7\n\nIt is in +2AA- now.\n"
        + body
    )
    source = write(tmp_path / "odd.mbox", [mail])
    bring_up_to_date([source], config)
    (found,) = read_store(config).messages
    (fresh,) = mine([source]).messages
    assert len(found.body) == len(fresh.body)


def test_all_anew_while_somebody_reads(config: Config) -> None:
    bring_up_to_date([str(MBOX)], config)
    reader = read_store(config)
    place = config.store_path.stat().st_ino
    again = bring_up_to_date([str(MBOX)], config, full=True)
    assert config.store_path.stat().st_ino == place
    assert everything(reader) == everything(again.mined)
    del reader
    assert everything(read_store(config)) == everything(again.mined)


def test_a_run_that_makes_all_anew_and_fails_leaves_the_last_results(config: Config, tmp_path: Path) -> None:
    bring_up_to_date([str(MBOX)], config)
    good = everything(read_store(config))
    for again in (config, replace(config, max_mail_bytes=10_000)):
        with pytest.raises(SourceError):
            bring_up_to_date([str(tmp_path / "none.mbox")], again, full=again is config)
        assert everything(read_store(config)) == good
    made = bring_up_to_date([str(MBOX)], config, full=True)
    assert everything(made.mined) == good
    with sqlite3.connect(config.store_path) as db:
        ages = {key.rpartition(" ")[0] for (key,) in db.execute("SELECT key FROM threads")}
    db.close()
    assert len(ages) == 1
    assert bring_up_to_date([str(MBOX)], config).new == 0


def test_what_nothing_can_be_written_beside_can_be_read(config: Config) -> None:
    """On a full disk, or in somebody else's folder: SQLite can have no file beside the store."""
    bring_up_to_date([str(MBOX)], config)
    good = everything(read_store(config))
    for suffix in ("-wal", "-shm"):
        config.store_path.with_name(f"store.sqlite{suffix}").unlink(missing_ok=True)
    config.store_path.with_name("store.sqlite-shm").mkdir()
    assert everything(read_store(config)) == good


def test_another_branch_that_an_epoch_stands_at_is_seen(mails: list[bytes], config: Config, tmp_path: Path) -> None:
    one = Epoch(tmp_path / "0.git")
    for mail in mails[:2]:
        one.put(mail)
    git(one.folder, "update-ref", "refs/heads/other", "master~1")
    git(one.folder, "symbolic-ref", "HEAD", "refs/heads/master")
    assert bring_up_to_date([str(one.folder)], config).new == 2
    git(one.folder, "symbolic-ref", "HEAD", "refs/heads/other")
    kept = bring_up_to_date([str(one.folder)], config)
    assert (kept.new, kept.gone) == (0, 1)


def test_links_to_other_folders_are_seen(mails: list[bytes], config: Config, tmp_path: Path) -> None:
    disk, box = tmp_path / "disk", tmp_path / "box"
    for name in ("cur", "new", "tmp"):
        (disk / name).mkdir(parents=True)
    box.mkdir()
    for name in ("cur", "new", "tmp"):
        (box / name).symlink_to(disk / name)
    (disk / "cur" / "1:2,S").write_bytes(mails[0])
    assert bring_up_to_date([str(box)], config).new == 1
    (disk / "cur" / "2:2,S").write_bytes(mails[1])
    assert bring_up_to_date([str(box)], config).new == 1


def test_what_may_pass_is_no_damage(config: Config) -> None:
    """Somebody else's write lock, as well as no room, leaves the store where it is."""
    bring_up_to_date([str(MBOX)], config)
    with sqlite3.connect(config.store_path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store.file, "BUSY_SECONDS", 0.1)
            with pytest.raises(BusyError, match="locked"):
                bring_up_to_date([str(MBOX)], config, full=True)
        other.execute("ROLLBACK")
    other.close()
    assert not config.store_path.with_name("store.sqlite.broken").exists()
    assert read_store(config).read == 59


# Readers


def test_a_reader_sees_one_moment_while_another_run_writes(mails: list[bytes], config: Config, tmp_path: Path) -> None:
    source = write(tmp_path / "list.mbox", mails[:30])
    bring_up_to_date([source], config)
    before = read_store(config)
    write(tmp_path / "list.mbox", mails[20:])
    bring_up_to_date([source], config)
    assert len(before.messages) == 30  # read only now
    assert len(read_store(config).messages) == 39
    assert {s.key for s in before.status} != {s.key for s in read_store(config).status}


def test_many_readers_and_a_writer(mails: list[bytes], config: Config, tmp_path: Path) -> None:
    sources = [write(tmp_path / f"{n}.mbox", mails[: 10 + n]) for n in range(6)]
    bring_up_to_date(sources[:1], config)
    script = (
        "import sys, time\nfrom miner.config import Config\nfrom miner.keeping import read_store\nend = time.time() + 4\n"
        "while time.time() < end:\n    mined = read_store(Config(store=sys.argv[1]))\n"
        "    assert len(mined.messages) == mined.read, 'half a run'\n"
    )
    readers = [subprocess.Popen([sys.executable, "-c", script, config.store]) for _ in range(2)]
    while any(reader.poll() is None for reader in readers):
        for source in sources:
            bring_up_to_date([source], config)
    assert [reader.returncode for reader in readers] == [0, 0]


def test_a_folder_is_no_store_and_stays_where_it_is(tmp_path: Path) -> None:
    config = Config(store=str(tmp_path / "folder"))
    config.store_path.mkdir()
    for use in (lambda: bring_up_to_date([str(MBOX)], config), lambda: read_store(config)):
        with pytest.raises(BusyError, match="folder: is a folder; `store` in the configuration names a file"):
            use()
    assert config.store_path.is_dir()


def test_two_writers(config: Config) -> None:
    with Store(config.store_path), pytest.raises(BusyError, match="another run"):
        bring_up_to_date([str(MBOX)], config)
    assert bring_up_to_date([str(MBOX)], config).mined.read == 59


# What may happen to the file


def test_a_store_of_another_version_is_made_anew(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_up_to_date([str(MBOX)], config)
    for name, value in (("SCHEMA", 999), ("fingerprint", lambda: "other code")):
        with monkeypatch.context() as patch:
            patch.setattr(store.file, name, value)
            with pytest.raises(StoreError, match="another version"):
                read_store(config)
            kept = bring_up_to_date([str(MBOX)], config)
            assert everything(kept.mined) == everything(read_store(config))


@pytest.mark.parametrize("damage", ["text", "head", "middle", "rows", "cut", "nothing"])
def test_a_damaged_store_is_set_aside_and_made_anew(damage: str, config: Config) -> None:
    good = everything(bring_up_to_date([str(MBOX)], config).mined)
    path = config.store_path
    data = bytearray(path.read_bytes())
    if damage == "rows":
        with sqlite3.connect(path) as db:
            db.execute("UPDATE threads SET mails = x'00'")
            db.execute("UPDATE results SET data = x'01'")
        db.close()
    else:
        middle = len(data) // 2
        path.write_bytes(
            {
                "text": b"no store at all\n" * 500,
                "head": b"\xff" * 4096 + data[4096:],
                "middle": data[:4096] + os.urandom(len(data) - 4096),
                "cut": data[:middle],
                "nothing": b"",
            }[damage]
        )
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    assert everything(bring_up_to_date([str(MBOX)], config).mined) == good
    assert everything(read_store(config)) == good


@pytest.mark.parametrize("change", ["UPDATE regions SET status = x'00'", "UPDATE threads SET mails = x'00'"])
def test_damage_that_a_reader_finds_is_mended_by_the_next_run(change: str, config: Config) -> None:
    """Rows that a run does not need are not looked into by it."""
    good = everything(bring_up_to_date([str(MBOX)], config).mined)
    with sqlite3.connect(config.store_path) as db:
        db.execute(change)
    db.close()
    bring_up_to_date([str(MBOX)], config)
    with pytest.raises(StoreError, match="damaged"):
        everything(read_store(config))
    kept = bring_up_to_date([str(MBOX)], config)
    assert kept.aside is not None
    assert everything(kept.mined) == everything(read_store(config)) == good
    assert bring_up_to_date([str(MBOX)], config).new == 0


def test_bytes_that_are_no_text_are_damage(mails: list[bytes], config: Config, tmp_path: Path) -> None:
    source = write(tmp_path / "list.mbox", mails[:20])
    bring_up_to_date([source], config)
    with sqlite3.connect(config.store_path) as db:
        for key, head in db.execute("SELECT key, head FROM mails").fetchall():
            db.execute("UPDATE mails SET head = ? WHERE key = ?", (head.replace(b"@", b"\xd2"), key))
    db.close()
    source = write(tmp_path / "list.mbox", mails[:21])
    assert everything(bring_up_to_date([source], config).mined) == everything(mine([source]))


def test_another_programs_file_is_set_aside_as_it_is(config: Config) -> None:
    with sqlite3.connect(config.store_path) as db:
        db.execute("CREATE TABLE meta (key TEXT, value TEXT)")
        db.execute("INSERT INTO meta VALUES ('schema', 'of somebody else')")
    db.close()
    kept = bring_up_to_date([str(MBOX)], config)
    assert kept.aside is not None
    with sqlite3.connect(kept.aside) as db:
        assert db.execute("SELECT value FROM meta").fetchall() == [("of somebody else",)]
    db.close()


def test_a_damaged_store_behind_a_link_stays_where_it_lies(config: Config, tmp_path: Path) -> None:
    elsewhere = tmp_path / "disk" / "kept.sqlite"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(b"no store at all\n" * 500)
    config.store_path.symlink_to(elsewhere)
    assert bring_up_to_date([str(MBOX)], config).aside == elsewhere.with_name("kept.sqlite.broken")
    assert config.store_path.is_symlink()
    assert read_store(config).read == 59


def test_a_store_is_set_aside_by_nobody_while_a_run_writes_to_it(config: Config) -> None:
    with Store(config.store_path), pytest.raises(BusyError):
        set_aside(config.store_path)
    assert config.store_path.exists()


def test_a_store_that_was_deleted_under_a_reader_is_made_anew(config: Config) -> None:
    bring_up_to_date([str(MBOX)], config)
    reader = read_store(config)
    bring_up_to_date([str(MBOX)], config, full=True)
    config.store_path.unlink()
    assert bring_up_to_date([str(MBOX)], config).new == 59
    assert read_store(config).read == 59
    del reader


def test_a_run_that_is_killed_leaves_a_store_that_can_be_used(
    mails: list[bytes], config: Config, tmp_path: Path
) -> None:
    sources = [
        write(tmp_path / f"{n}.mbox", [*mails, *(m.replace(b"@", b"%d@" % k) for k in range(n) for m in mails)])
        for n in (1, 2)
    ]
    bring_up_to_date(sources[:1], config)
    known = {everything(mine(sources[:1], config=config)), everything(mine(sources[1:], config=config))}
    script = "import sys\nfrom miner.config import Config\nfrom miner.keeping import bring_up_to_date\n"
    script += "print('ready', flush=True)\nbring_up_to_date(sys.argv[2:], Config(store=sys.argv[1]))\n"
    chance = random.Random(1)
    for turn in range(6):
        run = subprocess.Popen(
            [sys.executable, "-c", script, config.store, sources[(turn + 1) % 2]], stdout=subprocess.PIPE
        )
        assert run.stdout is not None
        run.stdout.readline()
        time.sleep(chance.uniform(0.0, 3.0))
        run.send_signal(signal.SIGKILL)
        run.wait()
        run.stdout.close()
        assert everything(read_store(config)) in known
    assert everything(bring_up_to_date(sources[1:], config).mined) in known


# The cache of miner.mine()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Message-ids that were looked into."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    looked: list[str] = []
    real = threadwise.trace_origins
    monkeypatch.setattr(
        threadwise, "trace_origins", lambda found: looked.extend(m.message_id for m in found) or real(found)
    )
    return looked


def test_the_same_source_is_answered_from_the_cache(cache: list[str], mails: list[bytes], tmp_path: Path) -> None:
    source = write(tmp_path / "list.mbox", mails[:40])
    first = miner.mine([source])
    assert len(cache) == 40
    cache.clear()
    assert everything(miner.mine([source])) == everything(first)
    assert cache == []
    write(tmp_path / "list.mbox", mails)
    grown = miner.mine([source])
    assert len(mails) - 40 <= len(cache) < len(mails)
    assert everything(grown) == everything(mine([source]))
    cache.clear()
    miner.mine([source], config=Config(min_confidence=0.8))
    miner.mine([source], cache=False)
    assert len(cache) == len(mails)


def test_a_compressed_list_and_a_folder_are_cached(cache: list[str], mails: list[bytes], tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    plain_list = write(folder / "a.mbox", mails[:10])
    (folder / "b.mbox.gz").write_bytes(gzip.compress(Path(plain_list).read_bytes()))
    assert miner.mine([str(folder)]).read == 10
    cache.clear()
    assert miner.mine([str(folder)]).read == 10
    assert cache == []
    write(folder / "c.mbox", mails[10:12])
    assert miner.mine([str(folder)]).read == 12


def test_a_cache_that_cannot_be_written_is_no_reason_to_fail(cache: list[str], tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    assert miner.mine([str(MBOX)]).read == 59


def test_old_caches_go_when_there_are_too_many(
    cache: list[str], mails: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "CACHE_BYTES", 1)
    monkeypatch.setattr(keeping, "YOUNG_SECONDS", -1.0)
    for n in range(3):
        miner.mine([write(tmp_path / f"{n}.mbox", mails[: n + 1])])
    assert len(list((tmp_path / "cache" / "lore-miner" / "mined").glob("*.sqlite"))) == 1


# The command


def test_miner_mine_and_the_commands_that_read_its_store(tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text(f'store = "{tmp_path}/store.sqlite"\n')
    run = CliRunner()
    with_config = ("--config", str(settings))
    missing = run.invoke(app, ["status", *with_config])
    assert missing.exit_code == 2
    assert "miner mine" in missing.stderr
    done = run.invoke(app, ["mine", str(MBOX), *with_config])
    assert (done.exit_code, done.stdout.split(" in ")[0]) == (0, "59 mails, 59 new, 0 gone,")
    for command in (["status"], ["claims"], ["items"], ["series"], ["layers"], ["blocked"], ["graph"], ["changes", "--since", "2026-03-01"],
                    ["show", "lease renewal"], ["history", "lease renewal"], ["status", "--as-of", "2026-03-01"]):  # fmt: skip
        stored = run.invoke(app, [*command, *with_config])
        fresh = run.invoke(app, [*command, str(MBOX), *with_config])
        assert (stored.exit_code, stored.stdout) == (0, fresh.stdout), command
    assert run.invoke(app, ["mine", "--quiet", str(MBOX), *with_config]).stdout == ""
    assert run.invoke(app, ["mine", "--full", str(MBOX), *with_config]).stdout.startswith("59 mails, 0 new, 0 gone")
    assert run.invoke(app, ["mine", "-", *with_config]).exit_code == 2
    assert run.invoke(app, ["mine", *with_config]).exit_code == 2
    gone = run.invoke(app, ["mine", str(tmp_path / "no.mbox"), *with_config])
    assert gone.exit_code == 1
    assert run.invoke(app, ["status", *with_config]).stdout == run.invoke(app, ["status", str(MBOX)]).stdout


def test_who_reads_is_told_of_other_settings_and_of_a_run_under_way(tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text(f'store = "{tmp_path}/store.sqlite"\n')
    run = CliRunner()
    with Store(tmp_path / "store.sqlite"):
        early = run.invoke(app, ["status", "--config", str(settings)])
    assert (early.exit_code, "wait for the one that is under way" in early.stderr) == (1, True)
    assert run.invoke(app, ["mine", str(MBOX), "--config", str(settings)]).exit_code == 0
    assert "settings" not in run.invoke(app, ["status", "--config", str(settings)]).stderr
    (tmp_path / "mailmap").write_text("Ada Berg <ada@weft.example.org>\n")
    settings.write_text(f'store = "{tmp_path}/store.sqlite"\nmailmap = "{tmp_path}/mailmap"\n')
    told = run.invoke(app, ["status", "--config", str(settings)])
    assert (told.exit_code, "count from the next miner mine" in told.stderr) == (0, True)
    assert run.invoke(app, ["mine", str(MBOX), "--config", str(settings)]).exit_code == 0
    assert "settings" not in run.invoke(app, ["status", "--config", str(settings)]).stderr


def test_the_configured_lists_are_mined(mails: list[bytes], tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    lists = ("weft-dev", "loom-dev")
    followed = "".join(f'[[list]]\nname = "{name}"\n' for name in lists)
    settings.write_text(f'store = "{tmp_path}/store.sqlite"\n[fetch]\nmail_dir = "{tmp_path}/mail"\n{followed}')
    run = CliRunner()
    assert run.invoke(app, ["mine", "--config", str(settings)]).exit_code == 1
    from miner.config import read_config

    config = read_config(settings)
    first = config.fetch.mail_path / config.sources[0].folder
    Path(first, "git").mkdir(parents=True)
    inbox = Epoch(Path(first) / "git" / "0.git")
    for mail in mails[:5]:
        inbox.put(mail)
    part = run.invoke(app, ["mine", "--config", str(settings)])
    assert (part.exit_code, part.stdout[:7]) == (3, "5 mails")
