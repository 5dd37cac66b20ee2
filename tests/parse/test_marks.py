"""Quotes by other marks than ">" are those whose text earlier mail has; nothing else that begins like one is."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from miner.model import Person
from miner.parse.layers import split_layers
from miner.parse.provenance import trace_origins

from ..mails import parsed

TEXT = "The heddle counts from one now.\nI am waiting for a review of the reed.\n\nThe rest hangs on the new shuttle.\n"


def message(ident, body, by="Ada Byron", to=None, subject="Re: heddle: count from one"):
    author = Person(by, f"{by.split()[0].lower()}@example.org")
    return parsed(ident, body, subject, author, to, datetime(2026, 1, 1, tzinfo=UTC))


FIRST = message("a@x", TEXT, subject="heddle: count from one")


def trace(*messages):
    """The lines of the last message: (kind, depth, who wrote it, where)."""
    last = trace_origins(messages)[-1]
    lines = [("", 0, None, None)] * len(last.lines)
    for layer in last.layers:
        for at in range(layer.first_line, layer.end_line):
            origin = layer.origin and (layer.origin.message_id, layer.origin.first_line + at - layer.first_line)
            lines[at] = (layer.kind, layer.depth, (layer.author or "").partition(" <")[0], origin)
    return lines


def quoted(mark, text=TEXT):
    return "".join(f"{mark}{line}".rstrip() + "\n" for line in text.split("\n")[:-1])


@pytest.mark.parametrize("mark", ["| ", "|", ": ", "% ", "  ", "\t", "    ", "Ada> ", "AB> ", " Ada Byron> ", " > "])
def test_a_quote_by_another_mark_is_no_own_text(mark):
    reply = message("b@x", f"Ada Byron wrote:\n{quoted(mark)}\nLooks good.\n", "Bo Chen", "a@x")
    found = trace(FIRST, reply)
    assert found[0][0] == "attribution"
    assert [found[at] for at in (1, 2, 4)] == [("quote", 1, "Ada Byron", ("a@x", at)) for at in (0, 1, 3)]
    assert found[6][:3] == ("own", 0, "Bo Chen")


def test_every_character_stays_where_it_was():
    reply = message("b@x", f"{quoted('Ada> ')}\nLooks good.\n", "Bo Chen", "a@x")
    traced = trace_origins([FIRST, reply])[1]
    assert len(traced.body) == len(reply.body)
    assert traced.body.index("Looks good.") == reply.body.index("Looks good.")
    assert traced.lines[0] == ">    The heddle counts from one now."


def test_own_words_between_such_quotes_stay_own():
    body = "| The heddle counts from one now.\n\nNice.\n\n| I am waiting for a review of the reed.\n\nI can look.\n"
    kinds = [kind for kind, *_ in trace(FIRST, message("b@x", body, "Bo Chen", "a@x"))]
    assert kinds == ["quote", "", "own", "", "quote", "", "own", ""]


@pytest.mark.parametrize("mark", ["| ", "Ada> "])
def test_a_quote_that_was_wrapped_anew_or_altered_in_part(mark):
    long = (
        "The heddle counts from one now, since the reed of the third loom does so too, and I wait for a review of it."
    )
    first = replace(FIRST, body=f"{long}\nIt holds.\n", layers=split_layers(f"{long}\nIt holds.\n"))
    wrapped = f"{long[:50]}\n{long[50:]}\n"
    assert {kind for kind, *_ in trace(first, message("b@x", quoted(mark, wrapped), "Bo Chen", "a@x"))[:2]} == {"quote"}
    altered = TEXT.replace("the new shuttle", "the n. shuttle")
    assert trace(FIRST, message("b@x", quoted(mark, altered), "Bo Chen", "a@x"))[3][0] == "quote"


def test_a_quote_in_such_a_quote_is_its_own_writers():
    second = message("b@x", f"{quoted('> ')}\nWhich reed is that, the third one?\n", "Bo Chen", "a@x")
    third = message("c@x", quoted("| ", second.body) + "\nThe fourth.\n", "Cy Dent", "b@x")
    found = trace(FIRST, second, third)
    assert found[0] == ("quote", 2, "Ada Byron", ("a@x", 0))
    assert found[5] == ("quote", 1, "Bo Chen", ("b@x", 5))
    assert found[7][:3] == ("own", 0, "Cy Dent")


@pytest.mark.parametrize(
    "body",
    [
        "| heddle | merged |\n| reed | waiting for a review of the third |\n",
        "  - the heddle is merged, the reed waits for a review\n  - the shuttle is not begun\n",
        "  The heddle counts from one now.\n  I am waiting for a review of the shuttle.\n",  # his own, but for one line
        "| The heddle\n| counts from two, and what I wait for is something else\n",
        "loom> weave --all --from the third\n",
        "\treturn heddle->count_from_one(loom, reed);\n",
    ],
    ids=["table", "list", "list like hers", "line like hers", "prompt", "code"],
)
def test_what_begins_like_such_a_quote_and_is_none(body):
    assert {kind for kind, *_ in trace(FIRST, message("b@x", body, "Bo Chen", "a@x"))} <= {"own", ""}


def test_a_table_that_was_there_before_with_its_marks_is_told_once_more():
    table = "| heddle | counts from one | merged now |\n| reed | waits for a review of it | not merged |\n"
    body = f"{TEXT}\n{table}"
    first = replace(FIRST, body=body, layers=split_layers(body))
    assert {kind for kind, *_ in trace(first, message("b@x", table, "Bo Chen", "a@x"))} <= {"own", ""}


def test_a_tag_that_is_given_anew_is_the_givers():
    tag = "Reviewed-by: Bo Chen <bo.chen@example.org>"
    first = replace(FIRST, body=f"{TEXT}\n{tag}\n", layers=split_layers(f"{TEXT}\n{tag}\n"))
    assert trace(first, message("b@x", f"  {tag}\n", "Bo Chen", "a@x"))[0][0] == "own"


@pytest.mark.parametrize("subject", ["[PATCH v2] heddle: count from one", "heddle: count from one"])
def test_only_answers_quote(subject):
    new = message("b@x", quoted("  "), "Ada Byron", "a@x", subject)
    assert {kind for kind, *_ in trace(FIRST, new)} <= {"own", ""}


def test_without_the_mail_that_is_quoted_nothing_is_taken_for_a_quote():
    assert {kind for kind, *_ in trace(message("b@x", quoted("| "), "Bo Chen", "a@x"))} <= {"own", ""}


@pytest.mark.parametrize("line", ["| a\n", " a\n", "| \n", "Ada> a\n", "| b" * 2_000 + "\n", "        | a\n\n"])
def test_hostile_marks_are_read_in_linear_time(line):
    first = replace(FIRST, body=line[2:] * 20_000, layers=split_layers(line[2:] * 20_000))
    reply = message("b@x", line * (200_000 // len(line)), "Bo Chen", "a@x")
    begin = time.process_time()
    trace_origins([first, reply])
    assert time.process_time() - begin < 20
