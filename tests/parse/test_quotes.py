"""Layers, attributions, origins, tables and flattened text on small mails, each odd form once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.links import find_message_ids, message_id_of, read_footnotes
from miner.model import Person, RawMail
from miner.parse.attribution import parse_attribution, parse_header_block
from miner.parse.flattened import recover_lines, recover_mail
from miner.parse.layers import split_layers
from miner.parse.provenance import trace_origins
from miner.parse.tables import read_tables

from ..mails import parsed


def message(ident, body, by="Ada Byron", to=None):
    author = Person(by, f"{by.split()[0].lower()}@example.org")
    return parsed(ident, body, "hi", author, to, datetime(2026, 1, 1, tzinfo=UTC))


def kinds(body):
    return [(layer.kind, layer.depth, layer.first_line, layer.end_line) for layer in split_layers(body)]


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["On 8/30/2023 6:44 PM, Ada Byron wrote:"], "Ada Byron"),
        (["On Wed, Aug 30, 2023 at 06:44:12PM +0100, Ada Byron wrote:"], "Ada Byron"),
        (["On Wed, 30 Aug 2023 18:44:12 +0100", "Ada Byron <ada@example.org> wrote:"], "Ada Byron <ada@example.org>"),
        (["On Wed, Aug 30, 2023 at 6:44 PM Byron, Ada", "<ada@example.org>", "wrote:"], "Byron, Ada <ada@example.org>"),
        (["On 03/20, Ada Byron wrote:"], "Ada Byron"),
        (["Ada Byron writes:"], "Ada Byron"),
        (["Ada Byron <ada@example.org> writes:"], "Ada Byron <ada@example.org>"),
        (["Am 30.08.23 um 18:44 schrieb Ada Byron:"], "Ada Byron"),
        (["Le 30/08/2023 à 18:44, Ada Byron a écrit :"], "Ada Byron"),
        (["El 30/8/23 a las 18:44, Ada Byron escribió:"], "Ada Byron"),
        (["在 2023/8/30 18:44, Ada Byron 写道:"], "Ada Byron"),
        (["30.08.2023 18:44, Ada Byron пишет:"], "Ada Byron"),
    ],
)
def test_attributions_name_their_author(lines, name):
    assert str(parse_attribution(lines)) == name


@pytest.mark.parametrize(
    "line", ["This is what the old code wrote to the log", "see below:", "Thanks,", "he wrote it, I think."]
)
def test_other_lines_are_no_attribution(line):
    assert parse_attribution([line]) is None


def test_an_outlook_block_makes_what_is_below_it_a_quote():
    body = "Yes.\n\n-----Original Message-----\nFrom: Ada Byron <ada@example.org>\nSent: Monday\nTo: Bo\nSubject: x\n\nIs it in?"
    assert kinds(body) == [("own", 0, 0, 1), ("attribution", 0, 2, 7), ("quote", 1, 8, 9)]
    assert str(parse_header_block(body.split("\n")[2:])) == "Ada Byron <ada@example.org>"


def test_own_text_between_quotes_and_a_signature():
    body = "On 1/2/2024, Ada B wrote:\n> one\n>\n> two\nmine\n> three\n-- \nBo"
    assert kinds(body) == [
        ("attribution", 0, 0, 1),
        ("quote", 1, 1, 4),
        ("own", 0, 4, 5),
        ("quote", 1, 5, 6),
        ("signature", 0, 6, 8),
    ]
    assert [layer.author for layer in split_layers(body) if layer.kind == "quote"] == ["Ada B", "Ada B"]


def test_a_quote_of_a_quote_has_its_own_author():
    body = "On 1/2/2024, Bo L wrote:\n> On 1/1/2024, Ada B wrote:\n>> old\n> new\n\nmine"
    found = [(x.depth, x.author) for x in split_layers(body) if x.kind == "quote"]
    assert found == [(2, "Ada B"), (1, "Bo L")]


def test_a_snip_between_attribution_and_quote():
    body = "On 1/2/2024, Ada B wrote:\n\n[...]\n\n> text\n\nyes"
    assert [x.author for x in split_layers(body) if x.kind == "quote"] == ["Ada B"]


def test_a_patch_and_its_version_are_no_own_text():
    body = "Fix it.\n---\n f.c | 2 +-\n 1 file changed\n\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n-- \n2.43.0\n"
    assert [k for k, *_ in kinds(body)] == ["own", "patch", "signature"]


@pytest.mark.parametrize(
    "body", [">From the start it was so\n", ">> drivers/x.c:12:3: error: oh\n", "| a | b |\n", " > 18 code\n"]
)
def test_what_looks_like_a_quote_and_is_none(body):
    assert [k for k, *_ in kinds(body)] == ["own"]


@given(
    st.lists(
        st.sampled_from(
            [
                "",
                "> a",
                ">> b",
                "own",
                "On 1/2/24, A B wrote:",
                "-- ",
                "diff --git a/x b/x",
                "@@ -1 +1 @@",
                "+x",
                "From: a",
                ">",
            ]
        )
    )
)
def test_layers_cover_every_line_that_is_not_blank_once_and_in_order(lines):
    body = "\n".join(lines)
    covered = [n for layer in split_layers(body) for n in range(layer.first_line, layer.end_line)]
    assert covered == sorted(set(covered))
    assert {n for n, line in enumerate(lines) if line.strip()} <= set(covered)


@given(st.text(alphabet="> \n\t-@+|:[]aA1.,\x00\u2028", max_size=400))
def test_nothing_raises(text):
    body = message("m@x", text)
    read_tables(body)
    trace_origins([body])
    recover_lines(text)


def test_origins_go_through_quotes_of_quotes_and_the_text_wins():
    first = message("1@x", "intro\nThe first long sentence of Ada.\nmore of it\n")
    second = message("2@x", "> The first long sentence of Ada.\nI say otherwise, at length.\n", "Bo Lind", "1@x")
    body = "On 1/2/24, Nobody Right wrote:\n>> The first long sentence of Ada.\n> I say otherwise, at length.\nFine.\n"
    third = message("3@x", body, "Cy Marsh", "2@x")
    traced = trace_origins([third, first, second])[0]
    found = [
        (x.depth, x.author, x.origin and (x.origin.message_id, x.origin.first_line))
        for x in traced.layers
        if x.kind == "quote"
    ]
    assert found == [(2, "Ada Byron <ada@example.org>", ("1@x", 1)), (1, "Bo Lind <bo@example.org>", ("2@x", 1))]
    assert traced.layers[-1].author == "Cy Marsh <cy@example.org>"


def test_a_rewrapped_quote_is_found():
    first = message("1@x", "The quick brown fox jumps over the lazy dog and then sleeps for an hour.\n")
    second = message(
        "2@x", "> The quick brown fox jumps over\n> the lazy dog and then sleeps for an hour.\nSo?\n", "Bo Lind", "1@x"
    )
    assert trace_origins([first, second])[1].layers[0].origin.message_id == "1@x"


YAML = """\
- item:
    roof
  owner: Ada Byron <ada@example.org>
  colour: red
- item: wall
  owner: <none>
  colour: blue
"""


def titles(body):
    rows, _, problems = read_tables(message("t@x", body))
    return [row.title for row in rows], len(problems)


@pytest.mark.parametrize("marks", ["", "> ", "> > ", ">>> "])
def test_yaml_rows_at_any_depth_keep_unknown_columns(marks):
    body = "".join(f"{marks}{line}\n" for line in YAML.splitlines())
    rows, _, problems = read_tables(message("t@x", body))
    assert [(r.title, r.columns["owner"], r.columns["colour"]) for r in rows] == [
        ("roof", "Ada Byron <ada@example.org>", "red"),
        ("wall", None, "blue"),
    ]
    assert problems == ()


def test_rows_are_read_through_answers_and_lost_indentation():
    body = "> - item:\n> roof\n> owner:\n> Ada\n\nThat is mine.\n\n> - item:\n> wall\n> owner:\n> Bo\n"
    rows = read_tables(message("t@x", body)).rows
    assert [(r.title, r.columns["owner"], r.first_line, r.reach_line) for r in rows] == [
        ("roof", "Ada", 0, 7),
        ("wall", "Bo", 7, 12),
    ]


def test_a_broken_row_is_a_problem_and_the_rest_is_read():
    body = "- item: roof\n  owner: Ada\n- item:\n- item: wall\n  owner: Bo\n"
    assert titles(body) == (["roof", "wall"], 1)


def test_a_yaml_bomb_is_refused():
    bomb = "- item: roof\n  owner: &a [x,x]\n  b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n- item: wall\n  owner: Bo\n"
    found, broken = titles(bomb)
    assert ("wall" in found, broken) == (True, 1)


@pytest.mark.parametrize("marks", ["", "> "])
def test_a_markdown_table_with_a_row_broken_by_quoting(marks):
    lines = ["| Task | Owner | Effort |", "|---|:-:|---|", "| roof | Ada | a very long", "| wall | Bo | S |"]
    body = "".join(f"{marks}{line}\n" for line in lines[:3]) + f"{marks}effort |\n{marks}{lines[3]}\n"
    rows = read_tables(message("t@x", body)).rows
    assert [(r.title, r.columns["effort"]) for r in rows] == [("roof", "a very long effort"), ("wall", "S")]


def test_a_table_of_results_is_no_work():
    assert titles("| test | before | after |\n|---|---|---|\n| copy | 3 | 4 |\n") == ([], 0)


def test_aligned_columns():
    body = "Item         Assignee    Link\n---------------------------------\nroof         Ada Byron   [1]\nwall                     -\n\n[1] https://l.example.org/x/a-1@x/\n"
    rows = read_tables(message("t@x", body)).rows
    assert [(r.title, r.columns["assignee"], r.links) for r in rows] == [
        ("roof", "Ada Byron", ("https://l.example.org/x/a-1@x/",)),
        ("wall", None, ()),
    ]


def test_flattened_text_gets_its_lines_back():
    text = "On 1/2/2024, Ada Byron <ada@example.org> wrote: > Is that part in? > > Or not? Yes, since May. >> older words > last"
    mail = recover_mail(RawMail(text.encode(), "x", "flattened"), "sha256:0")
    assert mail.body.split("\n")[1:] == [
        "> Is that part in?",
        ">",
        "> Or not?",
        "",
        "Yes, since May.",
        "",
        ">> older words",
        "> last",
    ]
    assert mail.date is None


@given(
    st.lists(
        st.sampled_from(["alpha beta", "is it in?", "Yes, it is.", ">", ">>", "word", "https://x.example/y"]),
        min_size=1,
    )
)
def test_flattening_loses_and_doubles_no_word(pieces):
    text = " ".join(pieces)
    recovered = " ".join(recover_lines(text))
    assert sorted(w for w in recovered.split() if w.strip(">")) == sorted(w for w in text.split() if w.strip(">"))


def test_links_and_footnotes():
    assert message_id_of("https://lore.example.org/l/2024.1%2B2@h.example/T/#u") == "2024.1+2@h.example"
    assert message_id_of("https://example.org/page") is None
    assert find_message_ids("see <https://l.example/r/a@b>, https://l.example/r/a@b.") == ("a@b",)
    assert read_footnotes(["[2]", "https://l.example/r/a@b", "[3]: https://c.example/", "[4] none"]) == {
        2: "https://l.example/r/a@b",
        3: "https://c.example/",
    }
