"""What is read around words, and its limit."""

from __future__ import annotations

import pytest

from miner.join.tie import LONGEST_SENTENCE, NEAR, sentence_around


def test_a_sentence_goes_to_its_end_though_that_is_far():
    body = f"Hello. I will send {'more and ' * 100}more of it. Bye.\n"
    start = body.index("I will")
    assert sentence_around(body, start, start + 11) == body[start : body.index(" Bye")]


@pytest.mark.parametrize("lines", [100, 5_000])
def test_of_a_list_without_an_end_only_what_is_near_is_read(lines):
    body = "- loom (Ben): v3 posted\n" * lines
    start = 48
    assert len(body) > start + LONGEST_SENTENCE
    found = sentence_around(body, start, start + 23)
    assert found == " ".join(body[: start + 23 + NEAR].split("\n"))
