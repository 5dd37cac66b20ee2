"""Work-item tables in own text and in quotes; tests/data/tables has pairs of a body (.txt) and its rows (.yaml)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from miner.model import Message, Problem, TableRow
from miner.parse.provenance import trace_origins
from miner.parse.tables import find_copies, read_tables

from ..mails import parsed

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted((ROOT / "tests" / "data" / "tables").glob("*.txt"), key=lambda path: path.name)
SAMPLE = ROOT / "corpora" / "sample"


def make_mail(body: str, ident: str = "m@example.org", parent: str | None = None) -> Message:
    return parsed(ident, body, to=parent, references=(), where="test.mbox, mail 1")


def find(body: str) -> tuple[tuple[TableRow, ...], tuple[Problem, ...]]:
    found = read_tables(make_mail(body))
    return found.rows, found.problems


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_rows_are_those_beside_the_body(path: Path) -> None:
    rows, problems = find(path.read_text(encoding="utf-8"))
    found = {
        "rows": [
            {"title": r.title, "depth": r.depth, "lines": [r.first_line, r.end_line, r.reach_line], "links": [*r.links]}
            | {"columns": {n: [*v] if isinstance(v, tuple) else v for n, v in r.columns.items()}}
            for r in rows
        ],
        "problems": [p.where for p in problems],
    }
    assert found == yaml.safe_load(path.with_suffix(".yaml").read_text(encoding="utf-8"))


YAML = """\
- item: mlock
  owner: Bo Chen <bo@example.org>
  priority: high
  links:
    - https://lists.example.org/x/1@example.org/
  colour: red

- item: the walker
  owner: <none>
  priority: low
  links: []
  colour: blue
"""


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
@pytest.mark.parametrize("mark", [">", "> "])
def test_a_table_is_read_at_any_depth(depth: int, mark: str) -> None:
    marks = (mark * depth).rstrip() + " " if depth else ""
    rows, problems = find("".join(f"{marks}{line}\n" for line in YAML.splitlines()))
    assert not problems
    assert [(r.title, r.depth, r.columns["owner"], r.columns["colour"]) for r in rows] == [
        ("mlock", depth, "Bo Chen <bo@example.org>", "red"),
        ("the walker", depth, None, "blue"),
    ]
    assert rows[0].links == ("https://lists.example.org/x/1@example.org/",)


def test_lost_indentation_changes_nothing() -> None:
    straight, _ = find(YAML)
    damaged, problems = find("\n".join(line.strip() for line in YAML.splitlines()))
    assert not problems
    assert [(r.title, r.columns) for r in damaged] == [(r.title, r.columns) for r in straight]


def test_answers_between_the_rows_belong_to_the_row_above() -> None:
    lines = [f"> {line}" for line in YAML.splitlines()]
    lines[7:7] = ["", "It is in.", ""]
    body = "\n".join([*lines, "", "Nobody yet.", "", "> And the rest?", "", "No table here."])
    rows, _ = find(body)
    text = body.split("\n")
    assert [r.title for r in rows] == ["mlock", "the walker"]
    reached = [
        next((r.title for r in rows if r.first_line <= text.index(s) < r.reach_line), None)
        for s in ("It is in.", "Nobody yet.", "No table here.")
    ]
    assert reached == ["mlock", "the walker", None]


def test_text_behind_an_own_table_answers_no_row() -> None:
    rows, _ = find(YAML + "\nPlease send corrections.\n")
    assert rows[-1].reach_line < YAML.count("\n") + 2


def test_a_broken_row_is_a_problem_that_names_its_line() -> None:
    rows, problems = find(YAML + "\n- item:\n  !!! nothing\n\n- item: last\n  owner: Ada\n  priority: low\n")
    assert [r.title for r in rows] == ["mlock", "the walker", "last"]
    assert [(p.where, p.lost) for p in problems] == [("test.mbox, mail 1, line 14", "row")]


def test_a_yaml_bomb_is_refused() -> None:
    bomb = "- item: bomb\n  a: &a [x,x,x,x,x,x,x,x,x]\n"
    bomb += "".join(f"  {n}: &{n} [{','.join(['*' + p] * 9)}]\n" for p, n in zip("abcdefg", "bcdefgh", strict=True))
    rows, problems = find(YAML + bomb + "  owner: Eve\n  priority: high\n")
    assert [r.title for r in rows] == ["mlock", "the walker"]
    assert "aliases" in problems[0].why


@pytest.mark.parametrize(
    "body",
    [
        "Things:\n- item: buy milk\n- item: buy bread\n",
        "- Note: this is prose\n- Note: this too\n",
        "| test | before | after |\n|---|---|---|\n| read | 10 | 20 |\n| write | 5 | 6 |\n",
        "name      before    after\n--------  --------  -----\nread      10        20\n",
        "| what | MB/s |\n|------|------|\n| seq  | 100 |\n",
        " a.c | 4 ++--\n b.c | 2 +-\n 2 files changed\n",
    ],
)
def test_lists_and_measurements_are_no_work(body: str) -> None:
    assert find(body) == ((), ())


@pytest.mark.parametrize("empty", ["<none>", "-", "TBD", "", "n/a", "?", "nobody"])
def test_an_empty_cell_is_none(empty: str) -> None:
    rows, _ = find(f"| Task | Owner |\n|---|---|\n| a | {empty} |\n| b | Bo |\n")
    assert [r.columns["owner"] for r in rows] == [None, "Bo"]


def test_a_row_with_too_many_cells_is_a_problem() -> None:
    rows, problems = find("| Task | Owner |\n|---|---|\n| a | Bo |\n| b | Bo | much | more |\n| c | Bo |\n")
    assert [r.title for r in rows] == ["a", "c"]
    assert [p.where for p in problems] == ["test.mbox, mail 1, line 4"]


def test_two_tables_in_one_mail() -> None:
    one = "| Task | Owner |\n|:-:|---|\n| a | Bo |\n"
    assert [r.title for r in find(one + one.replace("a |", "b |"))[0]] == ["a", "b"]


def test_the_sample_gives_its_items_and_every_copy_ties() -> None:
    from miner.reading import read_messages

    expected = yaml.safe_load((SAMPLE / "expected.yaml").read_text(encoding="utf-8"))["as_of_list"]
    messages = read_messages([str(SAMPLE / "weft-dev.mbox")]).messages
    found = {message.message_id: read_tables(message) for message in messages}
    assert not [problem for tables in found.values() for problem in tables.problems]
    posted = {r.title: r for tables in found.values() for r in tables.rows if r.depth == 0}
    assert [*posted] == [row["item"] for row in expected]
    for row in expected:
        columns = posted[row["item"]].columns
        assert columns.get("owner", columns.get("assignee")) == row["assignee"]
        assert columns.get("prio") == row["priority"]
        links = [i for i in row["series"] if any(i in url for url in posted[row["item"]].links)]
        assert bool(links) == bool(row["series"]) or row["item"] == "retry short uploads"  # that row has no link
    copies = find_copies(messages, {ident: tables.rows for ident, tables in found.items() if tables.rows})
    assert {r.title for rows in copies.values() for r in rows} == set(posted)
    for message in messages:  # every quoted line that holds an item's title and two cells stands in a copy
        for at, line in enumerate(message.lines):
            title = min((t for t in posted if t in line), key=line.index, default=None)
            if line.startswith(">") and title and ("|" in line or "   " in line):
                assert [r.title for r in copies[message.message_id] if r.first_line <= at < r.end_line] == [title]


def test_a_copy_without_header_is_found_by_its_text() -> None:
    table = "| Task | Owner | Notes |\n|---|---|---|\n| walk the tree | Bo | none yet |\n| other work | Ada | x |\n"
    first = make_mail(table, "a@x")
    reply = make_mail("Ada wrote:\n> | walk the tree | Bo |\n> none yet |\n\nDone.\n", "b@x", "a@x")
    messages = trace_origins([first, reply])
    rows = find_copies(messages, {"a@x": read_tables(first).rows})
    assert [(r.title, r.depth, r.first_line, r.end_line, r.reach_line) for r in rows["b@x"]] == [
        ("walk the tree", 1, 1, 3, 6)
    ]


TOKENS = st.sampled_from(
    [
        "- item: a\n",
        "  owner: b\n",
        "| task | owner |\n",
        "|---|---|\n",
        "| a | b |\n",
        "> ",
        "\n",
        "word ",
        "[1] http://x\n",
        *(
            "item   owner   status\n",
            "----  -----  ----\n",
            "a      b       c\n",
            "- ",
            ": ",
            "&a ",
            "*a ",
            "{",
            "[",
            "\t",
        ),
    ]
)


@given(st.lists(TOKENS, max_size=40).map("".join))
def test_never_raises_and_rows_are_in_place(body: str) -> None:
    rows, _ = find(body)
    lines = body.count("\n") + 1
    for row in rows:
        assert 0 <= row.first_line < row.end_line <= row.reach_line <= lines
        assert row.title


ORG = """\
| Item       | Owner | Status    |
|------------+-------+-----------|
| warp cache | Ada   | in review |
| shed       | Bo    | v2 posted |
"""
GRID = """\
+------------+-------+-----------+
| Item       | Owner | Status    |
+============+=======+===========+
| warp cache | Ada   | in review |
+------------+-------+-----------+
| shed       | Bo    | v2        |
|            |       | posted    |
+------------+-------+-----------+
"""
OF_A_DATABASE = """\
 item       | owner | status
------------+-------+-----------
 warp cache | Ada   | in review
 shed       | Bo    | v2 posted
"""
TABS = "Item\tOwner\tStatus\n----\t-----\t------\nwarp cache\tAda\tin review\nshed\tBo\tv2 posted\n"


def check_two_rows(body: str) -> None:
    """The cache and the shed come out of a table, own and quoted."""
    for text in (body, "".join(f"> {line}\n" for line in body.splitlines())):
        rows, problems = find(f"Hi,\n\n{text}\nAda\n")
        assert problems == ()
        assert [dict(row.columns) for row in rows] == [
            {"item": "warp cache", "owner": "Ada", "status": "in review"},
            {"item": "shed", "owner": "Bo", "status": "v2 posted"},
        ]


@pytest.mark.parametrize("body", [ORG, GRID, OF_A_DATABASE, TABS], ids=["org", "grid", "database", "tabs"])
def test_tables_as_other_programs_draw_them(body: str) -> None:
    check_two_rows(body)


def test_a_line_of_cells_that_names_no_work_goes_on_with_the_row_above() -> None:
    body = "| item | owner | status |\n|---|---|---|\n| | Bo | |\n| shed | Ada | v2 posted, |\n| | Bo | in review |\n| reed | Bo | |\n"
    rows, _ = find(body)
    assert [row.title for row in rows] == ["shed", "reed"]
    assert rows[0].columns == {"item": "shed", "owner": "Ada Bo", "status": "v2 posted, in review"}
    assert rows[0].end_line - rows[0].first_line == 2


BARE = "Item         Owner   Status\nwarp cache   Ada     in review\nshed         Bo      v2 posted\n"
BARE_PIPES = "| Item | Owner | Status |\n| warp cache | Ada | in review |\n| shed | Bo | v2 posted |\n"


@pytest.mark.parametrize(
    "body",
    [
        BARE,
        "".join(f"   {line}\n" for line in BARE.splitlines()),
        BARE.replace("Status\n", "Status\n\n"),
        BARE.replace("shed  ", "\nshed  "),
        BARE_PIPES,
        "Item\tOwner\tStatus\nwarp cache\tAda\tin review\nshed\tBo\tv2 posted\n",
        BARE.replace("shed  ", f"{BARE.splitlines()[0]}\nshed  "),
        BARE.replace("shed  ", f"\n{BARE.splitlines()[0]}\nshed  "),
        BARE_PIPES.replace("| shed", "| Item | Owner | Status |\n| shed"),
    ],
    ids=[
        "blanks",
        "indented",
        "a blank line below",
        "a blank line between",
        "pipes",
        "tabs",
        "headings twice",
        "two tables",
        "headings twice in pipes",
    ],
)
def test_headings_that_can_only_be_those_of_work_need_no_rule_below_them(body: str) -> None:
    check_two_rows(body)


@pytest.mark.parametrize(
    "body",
    [
        BARE.replace("Owner ", "Colour"),
        BARE.replace("Item  ", "Colour"),
        "Item         Owner   Status\nAll that is left is the shed, and Bo has that.\n",
        "Item         Owner   Status\n---\nThat is all.\n",
        "| Item | Owner | Status |\n+---+---+---+\nThat is all.\n",
        "| Item | Owner | Status |\n| shed | Bo |\n",
    ],
    ids=["one column of work", "no name", "prose below", "a rule of another kind", "no rows", "other cells"],
)
def test_headings_without_a_rule_that_may_be_other_words_are_none(body: str) -> None:
    assert find(f"Hi,\n\n{body}\nAda\n") == ((), ())


def test_two_columns_below_a_rule_of_two_parts_are_a_table() -> None:
    rows, _ = find("Item        Status\n----------  ---------\nwarp cache  in review\nshed        done\n")
    assert [(row.title, row.columns["status"]) for row in rows] == [("warp cache", "in review"), ("shed", "done")]


def test_a_row_goes_on_below_words_that_do_not_end_there() -> None:
    body = (
        "Item             Owner   Status\n---------------  ------  ---------------------\n"
        "warp cache for   Ada     v2 posted, waiting for\nlong builds              review by Bo\nshed             Bo      done\n"
        "reed                     merged\n"
    )
    rows, problems = find(body)
    assert problems == ()
    assert [(row.title, row.columns["status"], row.end_line - row.first_line) for row in rows] == [
        ("warp cache for long builds", "v2 posted, waiting for review by Bo", 2),
        ("shed", "done", 1),
        ("reed", "merged", 1),
    ]


def test_books_and_talks_have_authors_and_are_no_work() -> None:
    assert find("| Title | Author | Year |\n|---|---|---|\n| The loom | Bo | 1804 |\n") == ((), ())
    assert find("Title      Author   Status\nThe loom   Bo       accepted\nDyeing     Ada      rejected\n") == ((), ())


@pytest.mark.parametrize("name", ["Series", "Patch", "Subject"])
def test_patches_are_the_work_of_a_table_that_names_no_other(name: str) -> None:
    rows, _ = find(f"| {name} | Author | Status |\n|---|---|---|\n| shed: keep the order | Bo | in review |\n")
    assert [(row.title, row.columns["author"]) for row in rows] == [("shed: keep the order", "Bo")]
    rows, _ = find(f"| Item | {name} | Status |\n|---|---|---|\n| the shed | https://lists.example.org/1@x | done |\n")
    assert [row.title for row in rows] == ["the shed"]
    rows, _ = find(f"{name}\tAuthor\tStatus\nshed: keep the order\tBo\tin review\n")
    assert [row.title for row in rows] == ["shed: keep the order"]
    assert find(f"| {name} | Author | Year |\n|---|---|---|\n| The loom | Bo | 1804 |\n") == ((), ())
