"""Which postings came by a list that has little to do with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from miner.config import Config
from miner.elsewhere import find_elsewhere
from miner.letters import compose
from miner.pipeline import mine
from miner.report.letter import tell_facts

from .lists import write_diff, write_mail

ADA, BO = "Ada <ada@loom.example>", "Bo <bo@shed.example>"
NOW = datetime(2026, 3, 10, tzinfo=UTC)
MAINTAINERS = """\
LOOM
M:\tAda <ada@loom.example>
L:\tloom@lists.example (moderated)
F:\tloom/

DYES
M:\tCy <cy@dye.example>
L:\tdyes@lists.example
F:\tdye/

ATTIC
M:\tCy <cy@dye.example>
F:\tattic/

THE REST
M:\tAda <ada@loom.example>
L:\tall@lists.example
F:\t*
F:\t*/
"""


def patch(n: int, *files: str, on: str = "loom.lists.example", day: float = 1.0) -> bytes:
    body = "x\n---\n" + "".join(write_diff(10 * n + at, 1, name) for at, name in enumerate(files))
    mail = write_mail(f"p{n}@x", BO, f"[PATCH] wheel number {n}: turn it", body, day)
    return f"List-Id: <{on}>\n".encode() + mail


def write(tmp_path, *mails: bytes, maintainers: str = MAINTAINERS) -> tuple[str, Config]:
    box, file = tmp_path / "a.mbox", tmp_path / "MAINTAINERS"
    box.write_bytes(b"".join(b"From x Thu Jan  1 00:00:00 2026\n" + mail + b"\n" for mail in mails))
    file.write_text(maintainers)
    return str(box), Config(maintainers=str(file), stale_days=30)


def find(tmp_path, *mails: bytes, maintainers: str = MAINTAINERS) -> frozenset[str]:
    box, config = write(tmp_path, *mails, maintainers=maintainers)
    mined = mine([box], config=config)
    return find_elsewhere(mined, config, mined.status)


@pytest.mark.parametrize(
    ("files", "elsewhere"),
    [
        (("dye/red.c",), True),
        (
            ("dye/red.c", "dye/blue.c", "dye/green.c", "dye/black.c", "loom/turn.c"),
            False,
        ),  # one patch, and it is for this list too
        (("loom/turn.c",), False),
        (("attic/box.c",), False),  # nobody says which list that is for
        (("shed/door.c",), False),
        (("shed/door.c", "dye/red.c"), True),  # as far as it is known
    ],
)
def test_its_files_are_of_other_lists(tmp_path, files: tuple[str, ...], elsewhere: bool) -> None:
    assert find(tmp_path, patch(0, "loom/turn.c"), patch(1, *files)) == ({"p1@x"} if elsewhere else frozenset())


@pytest.mark.parametrize(("of_dyes", "elsewhere"), [(3, False), (4, True)])
def test_few_of_its_patches_are_for_this_list(tmp_path, of_dyes: int, elsewhere: bool) -> None:
    files = ["loom/turn.c", *(f"dye/{n}.c" for n in range(of_dyes))]
    mails = [
        patch(n, name).replace(b"[PATCH]", f"[PATCH {n + 1}/{len(files)}]".encode()) for n, name in enumerate(files)
    ]
    answers = [mails[0], *(b"In-Reply-To: <p0@x>\nReferences: <p0@x>\n" + mail for mail in mails[1:])]
    assert find(tmp_path, *answers) == ({"p0@x"} if elsewhere else frozenset())


def test_patches_that_did_not_come_are_for_other_lists(tmp_path) -> None:
    alone = [patch(n, "loom/turn.c").replace(b"[PATCH]", f"[PATCH 3/{n}]".encode()) for n in (4, 5)]
    cover = write_mail("c@x", BO, "[PATCH 0/9] wheels: turn", "For all to know.", 1)
    assert find(tmp_path, *alone, b"List-Id: <loom.lists.example>\n" + cover) == {"p5@x"}


def test_what_is_read_here_or_unknown_is_not_elsewhere(tmp_path) -> None:
    dye = patch(1, "dye/red.c")
    assert find(tmp_path, patch(0, "dye/blue.c", on="dyes.lists.example"), dye) == frozenset()
    assert find(tmp_path, patch(1, "dye/red.c", on="weavers.lists.example")) == frozenset()
    assert find(tmp_path, dye, maintainers="") == frozenset()


def test_a_letter_puts_it_behind_what_is_of_the_list(tmp_path) -> None:
    acks = [
        write_mail(f"a{n}@x", ADA, f"Re: [PATCH] wheel number {n}: turn it", f"Acked-by: {ADA}", 7, f"p{n}@x")
        for n in range(2)
    ]
    box, config = write(tmp_path, patch(0, "dye/red.c", day=2), patch(1, "loom/turn.c", day=3), *acks)
    mined = mine([box], config=config)
    told = compose(mined, config, now=NOW, since=NOW - timedelta(days=7))
    (heap,) = told.heaps
    assert [(entry.title[:14], entry.elsewhere) for entry in heap.entries] == [
        ("wheel number 1", False),
        ("wheel number 0", True),
    ]
    assert [entry.title[:14] for entry in told.top] == ["wheel number 1"]


def test_in_a_long_letter_it_has_no_more_than_a_line(tmp_path) -> None:
    asks = [
        write_mail(f"r{n}@x", ADA, f"Re: [PATCH] wheel number {n}: turn it", "Please rename it.", 7, f"p{n}@x")
        for n in range(12)
    ]
    box, config = write(tmp_path, patch(0, "dye/red.c"), *(patch(n, "loom/turn.c") for n in range(1, 12)), *asks)
    mined = mine([box], config=config)
    (heap,) = compose(mined, config, now=NOW, since=NOW - timedelta(days=7)).heaps
    assert [entry.brief for entry in heap.entries] == [False] * 11 + [True]
    assert "mostly for other lists" in tell_facts(heap.entries[-1], heap.key)
