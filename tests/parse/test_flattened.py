"""Flattened text: mails are joined with spaces and must come apart again."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.model import RawMail
from miner.parse.flattened import recover_lines, recover_mail

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9)
QUOTED = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
MAIL = st.lists(
    st.tuples(st.integers(1, 3), st.lists(QUOTED, min_size=1, max_size=5), st.booleans()), min_size=1, max_size=6
)


def words_of(lines: list[str]) -> Counter[str]:
    return Counter(word for line in lines for word in line.split())


@given(MAIL)
def test_quoted_lines_come_back_in_order_at_their_depth(blocks: list[tuple[int, list[str], bool]]) -> None:
    lines = [">" * depth + " " + text for depth, texts, _ in blocks for text in texts]
    lines = [*lines, ">>>> end"]  # `> >` is not how this mail writes
    recovered = recover_lines(" ".join(lines))
    assert recovered == lines


@given(MAIL, st.lists(WORD, min_size=3, max_size=8))
def test_an_answer_to_a_question_is_found(blocks: list[tuple[int, list[str], bool]], words: list[str]) -> None:
    expected: list[str] = []
    for depth, texts, answered in blocks:
        expected += [">" * depth + " " + text for text in texts]
        if answered:
            expected[-1] += "?"
            expected.append("Yes, " + " ".join(words) + ".")
    expected.append(">>>> end")
    recovered = [line for line in recover_lines(" ".join(expected)) if line]
    assert recovered == expected


@given(
    st.lists(
        st.sampled_from([">", ">>", "> >", "Yes, it is.", "why?", "On 1/2/2024, Ada B wrote:", "word", "A.", "\n"])
        | WORD
    )
)
def test_no_word_is_lost_or_doubled(pieces: list[str]) -> None:
    text = " ".join(pieces)
    marks = re.compile(r"^>+$")
    got = [w for w in recover_lines(text) for w in w.split()]
    assert [w for w in got if not marks.match(w)] == [w for w in text.split() if not marks.match(w)]
    assert "".join(got).count(">") == text.count(">")


@given(st.text())
def test_any_text_keeps_its_words(text: str) -> None:
    assert words_of([line.replace(">", "") for line in recover_lines(text)]) == words_of([text.replace(">", "")])


def test_own_text_behind_an_over_wide_line_is_cut_at_the_sentence() -> None:
    quoted = "> these words are wrapped at sixty characters as lists like it"
    text = " ".join(
        [quoted] * 8 + ["> and this is the last.", "That one is my own sentence and it makes the line far too wide."]
    )
    recovered = [line for line in recover_lines(text) if line]
    assert recovered[:8] == [quoted] * 8
    assert recovered[8:] == [
        "> and this is the last.",
        "That one is my own sentence and it makes the line far too wide.",
    ]


def test_lines_at_hand_decide_before_any_guess() -> None:
    known = {"a line that somebody wrote before"}
    assert recover_lines("> a line that somebody wrote before and my answer > more", known) == [
        *("> a line that somebody wrote before", "", "and my answer", "", "> more")
    ]


def test_spaced_marks_are_one_depth() -> None:
    line = "> > this is a rather long quoted line of somebody else"
    assert recover_lines(" ".join([line] * 8)) == [line.replace("> >", ">>")] * 8


def test_the_author_is_who_signs_and_stands_in_the_mail() -> None:
    raw = RawMail(
        b"On 1/2/2024, Bo Chen <bo@x.org> wrote: > hi Ada Byron <ada@x.org> > ok? Yes. Regards, Bo Chen",
        "x",
        "flattened",
    )
    mail = recover_mail(raw, "sha256:0")
    assert (mail.author.name, mail.form, mail.date) == ("Bo Chen", "flattened", None)
    assert recover_mail(RawMail(b"\xff\x00 > hi", "x", "flattened"), "sha256:1").author.name is None


@pytest.mark.parametrize(
    "text",
    [
        "> " * 1_000_000,
        ">" * 2_000_000,
        "word " * 500_000,
        "Aa Bb Cc <" * 200_000,
        "Regards, Aa Bb " * 130_000,
        "> Is it? Yes. " * 140_000,
        "On 1 " * 400_000,
        "A. " * 700_000,
        "x" * 2_000_000,
        "A.-'" * 500_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    started = time.process_time()
    recover_mail(RawMail(text.encode(), "x", "flattened"), "sha256:0")
    assert time.process_time() - started < 6
