"""How text is cut into sentences, and that no line makes it slow."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.claims import sentences
from miner.claims.sentences import find_unread, split_sentences


@pytest.fixture
def texts(make_message):
    return lambda body: [" ".join(each.text.split()) for each in split_sentences(make_message(body))]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Applied... Thanks!! Bye.", ["Applied...", "Thanks!!", "Bye."]),
        ("Well... it holds, e.g. here.", ["Well... it holds, e.g. here."]),
        ('He said "no." Why?! (It holds.) So be it', ['He said "no."', "Why?!", "(It holds.)", "So be it"]),
        ("Nice :) Applied to a.b.c now.", ["Nice :)", "Applied to a.b.c now."]),
    ],
)
def test_sentences_end_at_the_last_of_several_marks(texts, body, found):
    assert texts(body) == found


@pytest.mark.parametrize(
    "line",
    [
        "\tturn(loom)",
        "\tx = a(b(c)",
        "   if (a == b)",
        "\tturn left;",
        "  https://example.org/a?b=http://c",
        "[1] https://example.org/a",
        "2: see-https://example.org/a  ",
        "[12]",
        "    static int a;",
        "Reviewed-by : Bea Cole <bea@example.org>",
        "acked-by: Bea Cole <bea@example.org>",
    ],
)
def test_code_and_bare_links_are_left_out(texts, line):
    assert texts(f"Words before.\n{line}\nWords behind.") == ["Words before.", "Words behind."]


@pytest.mark.parametrize(
    "line", ["\tturn( the loom", "\tloom) turn( it", "See https://example.org/a", "https://example.org/a says so"]
)
def test_prose_that_looks_a_little_like_them_is_read(texts, line):
    assert texts(line) == [line.strip()]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("See here:\n~~~~\nIt is slow.", ["See here:", "It is slow."]),
        ("Use\n```make the loom```\nIt is slow.", ["Use ```make the loom``` It is slow."]),
        ("Before.\n```\nint a\n```\nBehind.", ["Before.", "Behind."]),
        ("Before.\n```c\nint a\n\nint b\n```\nBehind.", ["Before.", "Behind."]),
        ("Before.\n~~~\nint a\n~~~\nBehind.", ["Before.", "Behind."]),
        ("Before.\n```\nIt is slow.", ["Before.", "It is slow."]),
    ],
)
def test_a_fence_needs_another_that_closes_it(texts, body, found):
    assert [text for text in texts(body) if text != "```"] == found


@pytest.mark.parametrize(
    ("line", "prose"),
    [
        ("I will send the rest of it tomorrow;", True),
        ("unsigned int first, last, count;", False),
        ("loom = turn left and then right again;", False),
        ('"failed to turn the loom to the left");', False),
    ],
)
def test_a_line_of_plain_words_may_end_in_a_semicolon(texts, line, prose):
    assert texts(line) == ([line] if prose else [])


def test_a_star_behind_a_number_ends_no_sentence(texts):
    assert texts("I want it in 6.* instead of 5.* for now.") == ["I want it in 6.* instead of 5.* for now."]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("changes since 6.6, and hence the loom is slow.\nI will look.", 2),
        ("Changes since v2 (sent to the other list last week)\nI will look.", 0),
        ("Changes since v2:\nI will look.", 0),
    ],
)
def test_prose_about_changes_is_no_heading(texts, body, found):
    assert len(texts(body)) == found


@pytest.mark.parametrize(
    ("line", "changelog"),
    [("   v2 -> v3:", True), ("* Changes since v1", True), ("v2 holds", False), ("v2:" + " x" * 80, False)],
)
def test_what_begins_a_changelog(texts, line, changelog):
    assert bool(texts(f"{line}\nturned the loom")) != changelog


WIDE = 19_900  # characters, just below what a line of flattened mail may have


@pytest.mark.parametrize(
    "lines",
    [
        ["a" + "." * WIDE + "a"] * 5,
        ["v2" + " " * WIDE + "x"] * 5,
        [" " * WIDE + "x"] * 5,
        ["http://" * (WIDE // 7) + " x"] * 9,
        ["[1]" + "http://" * (WIDE // 7) + " x"] * 9,
        ["\t" + "a(" * (WIDE // 2)] * 9,
        [" " * (WIDE // 2) + "x" * (WIDE // 2)] * 9,
        ["Subject: x"] * 15_000,
    ],
    ids=[
        "dots",
        "blanks behind a version",
        "blanks before",
        "links",
        "links of a note",
        "calls",
        "half blank",
        "headers",
    ],
)
def test_the_cost_grows_with_a_line_and_not_with_its_square(make_message, lines):
    message = replace(make_message("\n".join(lines)), form="flattened")
    start = time.process_time()
    list(split_sentences(message))
    assert time.process_time() - start < 0.6


PIECES = st.sampled_from(
    [
        *" \t;{}()[]#$:>=*/-+.|&0123456789aA_",
        *("if (", "int ", "return ", "#define ", "BUG: ", "RIP: ", "Call Trace", "https", "git", "://"),
        *(
            "Cc",
            "Fixes",
            "Link",
            "Acked-by",
            "From",
            "Subject",
            "changes",
            "since",
            "v2",
            "RFC",
            "history",
            "updates in",
        ),
    ]
)


@given(st.lists(PIECES, max_size=9).map("".join))
def test_what_is_looked_for_first_misses_nothing(line: str) -> None:
    """Lines are code, a trailer or the head of a changelog only where the cheap look beforehand says that they may be."""
    if sentences.is_trailer(line) or sentences._CODE.match(line):
        assert sentences._SIGNS.search(line)
    if sentences._CHANGES.match(line.lstrip()) and line.strip():
        assert line.strip()[0] in sentences._HEADING_BEGINS
    if sentences._SCISSORS.match(line):
        assert line.strip()[0] in sentences._SCISSORS_BEGIN
    if sentences._TOOL.match(line):
        assert line.strip()[0] in sentences._TOOL_BEGINS


def test_what_a_tool_prints_is_left_out_where_its_mark_stands_below(texts):
    line = "total: 1 errors, the reed has style problems, please review."
    assert texts(f"Applying the reed by hand.\n\n{line}") == []
    assert texts("Applying the reed by hand.\n\nIt has problems, please review.") == [
        "Applying the reed by hand.",
        "It has problems, please review.",
    ]


def test_a_paragraph_that_is_one_line_is_read_up_to_a_limit_and_what_is_over_it_is_told(texts, make_message):
    line = "It holds. " * (sentences.LONGEST_LINE // 10)
    assert len(texts(line)) == sentences.LONGEST_LINE // 10
    assert list(find_unread(make_message(f"{line}\nApplied.\n"))) == []
    message = make_message(f"Applied.\n\n{line}.\n")
    assert texts(message.body) == ["Applied."]
    (problem,) = find_unread(message)
    assert (problem.where, problem.lost) == (f"{message.where}, line 3", "part")
    assert problem.why == "no claims read in a line of more than 20,000 characters"


def test_where_own_text_is_cut_is_told_once(make_message):
    lines = "It holds as it did, and so it is.\n" * 8_000
    (problem,) = find_unread(make_message(lines))
    assert problem.where.endswith(", line 6062")
    assert problem.why == "no claims read behind 200,000 characters of own text"


def test_a_paragraph_that_is_met_again_is_cut_as_before(texts):
    body = "Applied. Thanks!\n\n" + "It holds. " * sentences.LONGEST_KEPT
    assert texts(body) == texts(body)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Please split the loom (9?) patches out.", ["Please split the loom (9?) patches out."]),
        ("Change the third part (3. Loom) of it.", ["Change the third part (3. Loom) of it."]),
        ("It has bobbins (wood, horn, etc.) and a reed.", ["It has bobbins (wood, horn, etc.) and a reed."]),
        (
            'It is in next as commit 1a2b3c4d5e6f ("loom:\nbe quiet"). Thanks.',
            ['It is in next as commit 1a2b3c4d5e6f ("loom: be quiet").', "Thanks."],
        ),
        ("It is slow (I measured it.) but it works.", ["It is slow (I measured it.)", "but it works."]),
        ("It is slow (is it?) Bo knows.", ["It is slow (is it?)", "Bo knows."]),
        ("It works (I saw it. Bo too.) Thanks.", ["It works (I saw it.", "Bo too.)", "Thanks."]),
        ("That (the reed) works. (Bo saw it.) Thanks.", ["That (the reed) works.", "(Bo saw it.)", "Thanks."]),
    ],
)
def test_a_sentence_goes_on_behind_a_mark_within_its_parentheses(texts, body: str, found: list[str]) -> None:
    assert texts(body) == found
