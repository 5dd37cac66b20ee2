"""Plain words that one work of a table waits for another, where the mail has rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from miner.claims import find_waits
from miner.model import Message

ROWS = ("bobbin cache", "shed timing", "heddle locks")


@pytest.mark.parametrize(
    ("text", "about", "on", "certainty"),
    [
        ("Waiting for the bobbin cache.", None, "bobbin cache", "asserted"),
        ("This waits for the bobbin cache, since both touch the lock.", None, "bobbin cache", "asserted"),
        ("And the shed timing depends on my heddle\nlocks, so we have a ring.", "shed timing", "heddle locks", "asserted"),
        ("Needs the bobbin cache to go in first.", None, "bobbin cache", "asserted"),
        ("I think it depends on the shed timing work.", None, "shed timing", "hedged"),
        ("It is stuck behind Ada's shed timing series.", None, "shed timing", "asserted"),
    ],
)  # fmt: skip
def test_a_verb_of_waiting_before_the_name_of_a_row(
    make_message: Callable[..., Message], text: str, about: str | None, on: str, certainty: str
) -> None:
    (claim,) = find_waits(make_message(text), ROWS)
    assert (claim.status, claim.about, claim.depends_on, claim.certainty) == ("blocked", about, (on,), certainty)


@pytest.mark.parametrize(
    "text",
    [
        "Does it wait for the bobbin cache?",
        "This does not depend on the bobbin cache.",
        "It no longer waits for the shed timing.",
        "The thread waits for the bobbin cache lock.",
        "The test depends on the bobbin cache.",
        "If it depends on the bobbin cache, say so.",
        "The bobbin cache waits for the weaver.",
        "It needs the bobbin cache.",
    ],
)
def test_other_words_are_no_wait(make_message: Callable[..., Message], text: str) -> None:
    assert not list(find_waits(make_message(text), ROWS))


def test_a_mail_without_rows_has_none(make_message: Callable[..., Message]) -> None:
    assert not list(find_waits(make_message("Waiting for the bobbin cache."), ()))
