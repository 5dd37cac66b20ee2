"""The whole run over hand-kept tables that have a status column: each cell is its keeper's word of that day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from miner.mined import Mined
from miner.model import IN_CELL
from miner.threadwise import explain_mail

from .mails import mine_mails

ADA, BO = "Ada Byron <ada@example.org>", "Bo Ek <bo@example.org>"
HEAD = "| Item         | Owner | Status                     |\n|--------------|-------|----------------------------|\n"


def table(**cells: str) -> str:
    return HEAD + "".join(f"| {name.replace('_', ' '):12} | Bo    | {words:26} |\n" for name, words in cells.items())


def states(mined: Mined) -> dict[str, tuple[str | None, str | None]]:
    return {each.title: (each.status, each.certainty) for each in mined.status if each.kind == "item"}


def test_a_table_with_a_status_column_says_where_each_row_stands(tmp_path: Path) -> None:
    cells = table(
        reed="in review", shed="not started", loom="merged (2.3)", beater="v2 posted; waiting for Bo's review",
        treadle="blocked on shed", heddle="done", selvage="-", raddle="open", bobbin="broken since January",
    )  # fmt: skip
    mined = mine_mails(tmp_path, (2, ADA, "Work for the spring", f"Hi,\n\n{cells}\nAda\n", None))
    assert states(mined) == {
        "reed": ("needs-review", "asserted"),
        "shed": ("planned", "asserted"),
        "loom": ("merged", "asserted"),
        "beater": ("needs-review", "asserted"),
        "treadle": ("blocked", "asserted"),
        "heddle": ("merged", "asserted"),
        "selvage": (None, None),
        "raddle": (None, None),
        "bobbin": (None, None),
    }
    by_title = {each.title: each for each in mined.status}
    assert by_title["loom"].evidence[0].text == "merged (2.3)"  # the whole cell
    assert by_title["loom"].applied_to == "2.3"
    assert by_title["treadle"].depends_on == ("shed",)
    assert {claim.rule for claim in mined.claims} == {IN_CELL}
    assert {claim.by for claim in mined.claims} == {ADA}


def test_headings_are_no_sentences(tmp_path: Path) -> None:
    cells = "| Item | Status / next step |\n|------|------|\n| reed | in progress (branch) |\n| shed | see below |\n"
    mined = mine_mails(tmp_path, (2, ADA, "Work for the spring", cells, None))
    assert [(claim.about, claim.status) for claim in mined.claims] == [("reed", "in-progress")]


def test_a_cell_says_who_has_to_look(tmp_path: Path) -> None:
    cells = table(
        reed="v2 posted, Cy to review",
        shed="done, waiting for review",
        loom="2/3 merged",
        pirn="in review (blocked on reed)",
    )
    mined = mine_mails(tmp_path, (2, ADA, "Work for the spring", cells, None))
    assert states(mined) == {
        "reed": ("needs-review", "asserted"),
        "shed": ("needs-review", "asserted"),
        "loom": ("in-progress", "asserted"),
        "pirn": ("blocked", "asserted"),
    }
    by_title = {each.title: each for each in mined.status}
    assert (by_title["reed"].next_actor, by_title["pirn"].depends_on) == ("Cy", ("reed",))


def test_a_cell_names_whoever_has_to_look_also_behind_other_words(tmp_path: Path) -> None:
    cells = table(reed="posted v2, Cy to review", shed="acked by Bo, waiting for Cy", loom="fixed, but regressed")
    mined = mine_mails(tmp_path, (2, ADA, "Work for the spring", cells, None))
    assert states(mined) == {
        "reed": ("needs-review", "asserted"),
        "shed": ("needs-review", "asserted"),
        "loom": ("needs-revision", "hedged"),
    }
    assert [each.next_actor for each in mined.status if each.title != "loom"] == ["Cy", "Cy"]


BARE = """\
Item               Owner   Status

shuttle retry      Ada     v2 posted, waiting for
                           review by Cy
warp allocator     Cy      merged in 4.2
~~bobbin labels~~  Bo      in review

Patches that nobody has taken yet:

Patch                        Submitter   Status
reed: check the width        Bo          needs review
treadle: do not sleep        Dee         NACKed, new version coming
"""


@pytest.mark.parametrize("below", ["", "\n"], ids=["no line", "a blank line"])
def test_tables_without_rules_are_no_prose_below_the_rows_before_them(tmp_path: Path, below: str) -> None:
    body = BARE.replace("Submitter   Status\n", f"Submitter   Status\n{below}")
    mined = mine_mails(tmp_path, (2, ADA, "Where we are", f"Hi,\n\n{body}\nAda\n", None))
    assert states(mined) == {
        "shuttle retry": ("needs-review", "asserted"),
        "warp allocator": ("merged", "asserted"),
        "bobbin labels": (None, None),
        "reed: check the width": ("needs-review", "asserted"),
        "treadle: do not sleep": ("needs-revision", "asserted"),
    }
    assert {claim.rule for claim in mined.claims} == {IN_CELL}


@pytest.mark.parametrize(
    "body",
    [
        " Id   Name      State\n------------------------\n 1    loom      paused\n -    shed      shut off\n",
        "| Package | Version | Status    |\n|---|---|---|\n| libwarp | 1.2 | installed |\n| reed | 1.0 | removed |\n| loom | 1.0 | closed |\n",
        "| Check | Status |\n|---|---|\n| warp/3 | completed |\n| warp/4 | blocked |\n",
    ],
    ids=["machines", "packages", "checks"],
)
def test_the_state_of_things_is_none_of_work(tmp_path: Path, body: str) -> None:
    mined = mine_mails(
        tmp_path,
        (2, ADA, "[PATCH] loom: count the picks", "Signed-off-by: Ada Byron <ada@example.org>\n", None),
        (3, BO, "Re: [PATCH] loom: count the picks", f"{body}\nBo\n", "1"),
    )
    assert [each.kind for each in mined.status] == ["series"]
    assert mined.claims == ()
    assert all(each.considered == () for each in explain_mail(mined.messages[1]) if "loom " in each.text)


def test_who_answers_the_row_later_knows_better_than_its_cell(tmp_path: Path) -> None:
    quoted = "".join(f"> {line}\n" for line in table(reed="in review").splitlines())
    mined = mine_mails(
        tmp_path,
        (2, ADA, "Work for the spring", table(reed="in review", shed="WIP"), None),
        (3, BO, "Re: Work for the spring", f"Ada Byron wrote:\n{quoted}\nThat was merged yesterday.\n", "1"),
    )
    assert states(mined) == {"reed": ("merged", "asserted"), "shed": ("in-progress", "asserted")}


@pytest.mark.parametrize(("cell", "state", "day"), [("in review", "needs-revision", 3), ("merged", "merged", 9)])
def test_a_cell_that_its_keeper_left_as_it_was_is_no_news(tmp_path: Path, cell: str, state: str, day: int) -> None:
    quoted = "".join(f"> {line}\n" for line in table(reed="in review").splitlines())
    mined = mine_mails(
        tmp_path,
        (2, ADA, "Work for the spring", table(reed="in review", shed="WIP"), None),
        (3, BO, "Re: Work for the spring", f"Ada Byron wrote:\n{quoted}\nI will split it next week.\n", "1"),
        (9, ADA, "Work for the spring, again", table(reed=cell, shed="dropped"), None),
    )
    assert states(mined) == {"reed": (state, "asserted"), "shed": ("dropped", "asserted")}
    [reed] = [each for each in mined.status if each.title == "reed"]
    assert reed.as_of == datetime(2026, 3, day, 10, tzinfo=UTC)


def test_a_row_that_waits_for_another_one_is_in_doubt_when_that_is_in(tmp_path: Path) -> None:
    quoted = "".join(f"> {line}\n" for line in table(shed="in review").splitlines())
    mined = mine_mails(
        tmp_path,
        (2, ADA, "Work for the spring", table(shed="in review", treadle="blocked on shed"), None),
        (3, BO, "Re: Work for the spring", f"Ada Byron wrote:\n{quoted}\nThat was merged yesterday.\n", "1"),
    )
    [treadle] = [each for each in mined.status if each.title == "treadle"]
    assert (treadle.status, treadle.certainty, treadle.also) == ("blocked", "hedged", ())
    assert [(each.status, each.message_id) for each in treadle.evidence] == [
        ("blocked", "1@example.org"),
        ("merged", "2@example.org"),
    ]
    assert [(need.on, need.text) for need in treadle.needs] == [("shed", "blocked on shed")]


def test_a_table_in_a_cover_letter_says_nothing_of_its_own_series(tmp_path: Path) -> None:
    body = f"Hi,\n\nwhat is left of the loom:\n\n{table(reed='merged', shed='dropped')}\nAda\n"
    mined = mine_mails(tmp_path, (2, ADA, "[PATCH 0/2] loom: count the picks", body, None))
    assert {each.title: each.status for each in mined.status} == {
        "reed": "merged",
        "shed": "dropped",
        "loom: count the picks": "needs-review",
    }


def test_rows_of_a_table_in_an_answer_are_its_writers_word(tmp_path: Path) -> None:
    mined = mine_mails(
        tmp_path,
        (2, ADA, "Work for the spring", table(reed="in review"), None),
        (4, BO, "Re: Work for the spring", f"Let me bring it up to date:\n\n{table(reed='applied to weft/next')}", "1"),
    )
    [one] = mined.status
    assert (one.status, one.applied_to, one.evidence[0].message_id) == ("applied", "weft/next", "2@example.org")


def test_explain_tells_of_each_cell_and_leaves_out_the_row(tmp_path: Path) -> None:
    mined = mine_mails(tmp_path, (2, ADA, "Work", f"Some rows.\n\n{table(reed='merged in 2.3', shed='open')}", None))
    told = explain_mail(mined.messages[0])
    assert [each.text for each in told if each.considered and each.considered[0].claimed] == ["merged in 2.3"]
    assert all("shed" not in each.text for each in told)
