"""The status column of work-item tables: where its cells stand, and what their words say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.model import StatusLabel
from miner.parse.cells import find_cells, read_cell
from miner.parse.tables import read_tables
from miner.report.tables import describe

from ..mails import parsed
from ..report.made import status

PIPES = """\
| Status    | Item        | Owner |
|-----------|-------------|-------|
| in review | warp review | Ada   |
| -         | shed        | Bo    |
| Done      | reed        |       |
"""
YAML = """\
- item: warp cache
  description: the state it is in, done or not
  state: waiting for
    Bo's review
- item: shed
  description: to do
  state: todo
"""
COLUMNS = """\
Task          Owner   Progress
------------  ------  ------------
heddle        Ada     50%
beater rail   Bo      not started
treadle       Bo      waits for
                      the heddle
"""


def find(body: str) -> list[tuple[str, str]]:
    mail = parsed("m@example.org", body)
    cells = find_cells(mail, read_tables(mail).rows)
    return [(cell.title, mail.body[cell.start : cell.end]) for cell in cells]


@pytest.mark.parametrize(
    ("body", "cells"),
    [
        (PIPES, [("warp review", "in review"), ("reed", "Done")]),
        (YAML, [("warp cache", "waiting for\n    Bo's review"), ("shed", "todo")]),
        (
            COLUMNS,
            [
                ("heddle", "50%"),
                ("beater rail", "not started"),
                ("treadle", "waits for\n                      the heddle"),
            ],
        ),
        (PIPES.replace("Status   ", "Colour   "), []),
        (PIPES.replace("Status   ", "Status / next step"), [("warp review", "in review"), ("reed", "Done")]),
        (PIPES.replace("Status   ", "Current status"), [("warp review", "in review"), ("reed", "Done")]),
        (PIPES.replace("Status   ", "Status code"), []),
    ],
    ids=["pipes", "yaml", "columns", "no status column", "what comes next", "current", "a code"],
)
def test_the_cells_of_a_table_and_their_places(body: str, cells: list[tuple[str, str]]) -> None:
    assert find(f"Hi,\n\n{body}\nAda\n") == cells


def test_cells_whose_words_stand_apart_are_found_with_their_row() -> None:
    [_, _, (title, words)] = find(COLUMNS.replace(" " * 22 + "the", " " * 14 + "Ek      the"))
    assert title == "treadle"
    assert words.startswith("treadle")
    assert words.endswith("the heddle")


def test_a_row_that_is_struck_through_says_nothing() -> None:
    body = (
        "| Item | Owner | Status |\n|---|---|---|\n| ~~the `warp` cache~~ | ~~Ada~~ | ~~WIP~~ |\n| shed | Bo | done |\n"
    )
    assert find(body) == [("shed", "done")]
    [row, _] = read_tables(parsed("m@example.org", body)).rows
    assert (row.title, row.columns["owner"]) == ("the warp cache", "Ada")


def test_a_name_that_is_a_link_has_its_words_and_its_address() -> None:
    body = "| Item | Status |\n|---|---|\n| [warp cache](https://lists.example.org/1@x/) of `weft` | done |\n"
    [row] = read_tables(parsed("m@example.org", body)).rows
    assert (row.title, row.links) == ("warp cache of weft", ("https://lists.example.org/1@x/",))
    assert find(body) == [("warp cache of weft", "done")]


def test_a_cell_that_goes_on_below_is_one_with_it() -> None:
    rows = PIPES.replace(
        "| -         | shed        | Bo    |",
        "| waiting   | shed        | Bo    |\n| for Bo    |             |       |",
    )
    [_, (title, words), _] = find(rows)
    assert title == "shed"
    assert words.startswith("| waiting")
    assert words.count("\n") == 1


def test_a_quoted_table_and_a_robots_say_nothing() -> None:
    assert find("Ada wrote:\n" + "".join(f"> {line}\n" for line in PIPES.splitlines())) == []
    mail = parsed("m@example.org", PIPES, headers={"auto-submitted": "auto-generated"})
    assert read_tables(mail).rows
    assert find_cells(mail, read_tables(mail).rows) == []


def test_a_table_that_a_report_wrote_is_nobodys_word() -> None:
    ours = describe(status("item", "warp cache", "needs-review", next_actor="Bo Ek <bo@example.org>"))
    assert ours == "needs-review, next: Bo Ek"
    assert find(YAML.replace("todo", ours)) == []
    assert len(find(YAML.replace("todo", "needs-review"))) == 2


@pytest.mark.parametrize(
    ("words", "status", "certainty"),
    [
        ("under review", "needs-review", "asserted"),
        ("Not started", "planned", "asserted"),
        ("TODO", "planned", "asserted"),
        ("**Done**", "merged", "asserted"),
        ("100%", "merged", "asserted"),
        ("50% done", "in-progress", "asserted"),
        ("0%", "planned", "asserted"),
        ("WIP", "in-progress", "asserted"),
        ("merged", "merged", "asserted"),
        ("wontfix", "dropped", "asserted"),
        ("abandoned?", "dropped", "hedged"),
        ("merged (?)", "merged", "hedged"),
        ("Closed", "merged", "hedged"),
        ("✅", "merged", "hedged"),
        ("[x]", "merged", "hedged"),
        ("✅ done", "merged", "asserted"),
        ("partially merged", "in-progress", "asserted"),
        ("3/5 patches merged", "in-progress", "asserted"),
        ("1 of 3 reviewed", "needs-review", "asserted"),
        ("done (pending review)", "needs-review", "asserted"),
        ("ready for review", "needs-review", "asserted"),
        ("ready to post", "in-progress", "asserted"),
        ("ready to merge", "ready", "asserted"),
        ("unmerged", "merged", "negated"),
        ("merge conflict", "needs-revision", "asserted"),
        ("core merged, drivers WIP", "in-progress", "asserted"),
        ("merged: 1-3, in review: 4-7", "needs-review", "asserted"),
        ("done in my branch", "in-progress", "asserted"),
        ("done locally, not posted", "in-progress", "asserted"),
        ("folded into the shed series", "superseded", "asserted"),
        ("ready when the shed is in", "blocked", "asserted"),
        ("first half merged", "in-progress", "asserted"),
        ("2 of 7 patches in weft-next", "in-progress", "asserted"),
        ("on list, needs R-b", "needs-review", "asserted"),
        ("In progress (branch)", "in-progress", "asserted"),
        ("Merged (2.3)", "merged", "asserted"),
        ("working on it", "in-progress", "asserted"),
        ("working", "in-progress", "hedged"),
        ("works", "merged", "hedged"),
        ("green", "in-progress", "hedged"),
        ("Can't reproduce", "dropped", "hedged"),
        ("Cy to review", "needs-review", "asserted"),
        ("v2 posted, Cy Dahl to take a look", "needs-review", "asserted"),
        ("acked by Cy, waiting for Bo", "needs-review", "asserted"),
        ("v3 posted, waiting for Cy Dahl's ack", "needs-review", "asserted"),
        ("fixed, but regressed", "needs-revision", "hedged"),
        ("NACKed, new version coming", "needs-revision", "asserted"),
        ("v1 NACKed, redesign under way", "needs-revision", "asserted"),
        ("Merged, then broke on arm64", "needs-revision", "hedged"),
    ],
)
def test_what_short_cells_say(words: str, status: StatusLabel, certainty: str) -> None:
    assert read_cell(words) == (status, certainty)


@pytest.mark.parametrize(
    "words",
    [
        "open",
        "new",
        "yes",
        "v2",
        "PASS",
        "P1",
        "unknown",
        "5",
        "loom review tool",
        "[ ]",
        "✗",
        "4/4",
        "Need to review",
        "v2 sent, waiting for CI",
        "rejected by Bo",
        "see below",
        "x",
    ],
)
def test_cells_that_say_too_little(words: str) -> None:
    assert read_cell(words) is None


@given(st.text(alphabet="|ab -:\n\t>50%", max_size=200))
def test_cells_lie_in_their_bodies(text: str) -> None:
    mail = parsed("m@example.org", f"| item | status |\n|---|---|\n{text}")
    for cell in find_cells(mail, read_tables(mail).rows):
        assert 0 <= cell.start < cell.end <= len(mail.body)
