"""Who is waited for, and for what, as sentences say it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from miner.model import Claim

Find = Callable[..., list[Claim]]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("I am waiting for Ada's review.", ("Ada",)),
        ("Waiting on Cyra to review v2.", ("Cyra",)),
        ("Waiting for Cyra Nash to have another look at it.", ("Cyra Nash",)),
        ("Waiting for Ada Byron and Cyra to review it.", ("Ada Byron", "Cyra")),
        ("This needs a review by Ada.", ("Ada",)),
        ("It still needs Ada's Acked-by.", ("Ada",)),
        ("Still waiting for review by Ada Byron.", ("Ada Byron",)),
        ("Hi Bo, I am waiting for Ada's review.", ("Ada",)),
        ("Waiting for Ada to answer.", ("Ada",)),
        ("I am waiting for Ada's answer before I go on.", ("Ada",)),
    ],
)
def test_who_is_to_give_something_is_waited_for(claims_of: Find, text: str, people: tuple[str, ...]) -> None:
    """Nobody of that name needs to be on the mail; and no work is waited for."""
    (claim,) = claims_of(text)
    assert claim.status in ("needs-review", "needs-reply")
    assert (claim.certainty, claim.waiting_on, claim.depends_on) == ("asserted", people, ())


def test_a_person_is_waited_for_by_name_alone(claims_of: Find) -> None:
    (claim,) = claims_of("Still waiting for Ada.")
    assert claim.waiting_on == ("Ada",)


@pytest.mark.parametrize("text", ["Waiting for Reed Split to land.", "We are waiting for the loom to be merged."])
def test_what_lands_is_a_work(claims_of: Find, text: str) -> None:
    (claim,) = claims_of(text)
    assert (claim.status, claim.waiting_on, len(claim.depends_on)) == ("blocked", (), 1)


def test_what_somebody_does_after_a_wait_has_a_condition(claims_of: Find) -> None:
    looks, respins = claims_of("Waiting for Ada to look at it, then I can respin.")
    assert (looks.status, looks.certainty, looks.waiting_on) == ("needs-review", "asserted", ("Ada",))
    assert (respins.status, respins.certainty) == ("needs-revision", "conditional")


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("Blocked on weft tuning.", "weft tuning"),
        ("Blocked by the weft tuning work.", "the weft tuning work"),
        ("This is stuck behind weft tuning.", "weft tuning"),
        ("This depends on weft tuning.", "weft tuning"),
        ("Needs weft tuning first.", "weft tuning"),
        ("This needs weft tuning to go in first.", "weft tuning"),
        ("The reed split has to go in first.", "The reed split"),
        ("I cannot start before weft tuning is merged.", "weft tuning"),
    ],
)
def test_plain_words_name_what_holds_a_work_up(claims_of: Find, text: str, work: str) -> None:
    (claim,) = claims_of(text)
    assert (claim.status, claim.certainty, claim.depends_on) == ("blocked", "asserted", (work,))


def test_a_function_is_no_work(claims_of: Find) -> None:
    text = "This series is based on the shuttle locks series as it depends on the shuttle_in_range() helper."
    assert [claim.depends_on for claim in claims_of(text)] == [("the shuttle locks series",)]


def test_a_date_before_a_release_holds_nothing_up(claims_of: Find) -> None:
    assert all(not claim.depends_on for claim in claims_of("Please send a v2 before 6.9 is released."))
