"""What is read around words, and its limit."""

from __future__ import annotations

import pytest

from miner.join.places import LONGEST_SENTENCE, NEAR, sentence_around


def test_a_sentence_goes_to_its_end_though_that_is_far():
    body = f"Hello. I will send {'more and ' * 100}more of it. Bye.\n"
    start = body.index("I will")
    assert sentence_around(body, start, start + 11) == body[start : body.index(" Bye")]


@pytest.mark.parametrize("lines", [100, 5_000])
def test_of_lines_without_an_end_only_what_is_near_is_read(lines):
    body = "the loom (Ben): v3 posted\n" * lines
    start = 52
    assert len(body) > start + LONGEST_SENTENCE
    found = sentence_around(body, start, start + 25)
    assert found == " ".join(body[: start + 25 + NEAR].split())


@pytest.mark.parametrize(
    ("body", "words", "sentence"),
    [
        ("Open:\n- loom (Ben): v3 posted\n- reed (Cy): blocked on\n  the loom\n- shed: dropped\n", "blocked on\n  the loom", "reed (Cy): blocked on the loom"),
        ("> 1. loom\n> 2. reed: waits for the\n>    loom\n> 3. shed\n", "waits for the", "reed: waits for the loom"),
        ("This depends on:\n- [1] the loom\n- [2] the reed\n", "This depends on:", "This depends on: - [1] the loom - [2] the reed"),
        ("- loom\n- reed\n\nAll of it is\nblocked now.\n", "blocked now", "All of it is blocked now."),
        ("- The reed is in. Blocked on\n  the loom\n- shed\n", "Blocked on", "Blocked on the loom"),
    ],
)  # fmt: skip
def test_in_a_list_a_sentence_does_not_leave_its_line(body, words, sentence):
    start = body.index(words)
    assert sentence_around(body, start, start + len(words)) == sentence
