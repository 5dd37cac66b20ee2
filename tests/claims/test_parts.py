"""Sentences that say of several parts where each stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from miner.claims.parts import split_parts
from miner.model import Claim

Find = Callable[..., list[Claim]]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "First patch applied, the second one\nwaits for Bea, third one is superseded by Cyra's.",
            [
                ("First patch applied,", "First patch"),
                ("the second one\nwaits for Bea,", "the second one"),
                ("third one is superseded by Cyra's.", "third one"),
            ],
        ),
        (
            "Patches 1-4 applied, 5 needs a better title and 6 and 7 I'd like Bea to review.",
            [
                ("Patches 1-4 applied,", "Patches 1-4"),
                ("5 needs a better title", "5"),
                ("6 and 7 I'd like Bea to review.", "6 and 7"),
            ],
        ),
        (
            "Patch 1 is fine as is, but patch 2 has to be redone.",
            [("Patch 1 is fine as is,", "Patch 1"), ("patch 2 has to be redone.", "patch 2")],
        ),
        (
            "OK, I took the first one; please rebase the rest.",
            [("OK, I took the first one;", "the first one"), ("please rebase the rest.", "the rest")],
        ),
        (
            "Applied 1-3, dropped 4, and 5 needs a respin.",
            [("Applied 1-3,", "1-3"), ("dropped 4,", "4"), ("5 needs a respin.", "5")],
        ),
        (
            "1/3 applied, 2/3 needs a respin, and I don't want patch 3 at all.",
            [
                ("1/3 applied,", "1/3"),
                ("2/3 needs a respin,", "2/3"),
                ("I don't want patch 3 at all.", "patch 3"),
            ],
        ),
        (
            "1/3 and 2/3 are fine, 3/3 needs a commit message.",
            [("1/3 and 2/3 are fine,", "1/3 and 2/3"), ("3/3 needs a commit message.", "3/3")],
        ),
        (
            "First and second patch look good, third needs work.",
            [("First and second patch look good,", "First and second patch"), ("third needs work.", "third")],
        ),
        (
            "I have queued the first two and dropped the last.",
            [("I have queued the first two", "the first two"), ("dropped the last.", "the last")],
        ),
        (
            "All but the last are applied, patch three no longer applies.",
            [("All but the last are applied,", "All but the last"), ("patch three no longer applies.", "patch three")],
        ),
        (
            "1 and 2 are applied, 3 waits for Bea.",
            [("1 and 2 are applied,", "1 and 2"), ("3 waits for Bea.", "3")],
        ),
        (
            "The reed series is merged, while Bea's heddle series waits for review.",
            [("The reed series is merged,", "The reed series"), ("Bea's heddle series waits for review.", "Bea's heddle series")],
        ),
    ],
)  # fmt: skip
def test_each_part_has_its_clause(text: str, parts: list[tuple[str, str]]) -> None:
    assert [(text[part.start : part.end], part.about) for part in split_parts(text)] == parts


@pytest.mark.parametrize(
    "text",
    [
        "Patches 1, 2 and 3 are applied, thanks.",
        "Patch 1 is applied to loom-next and patch 2 to loom-fixes.",
        "If patch 1 is fine, patch 2 can go in.",
        "Ada said patch 1 is fine and patch 2 needs a respin.",
        "Patch 1 is fine if patch 2 is dropped and patch 3 is merged.",
        "Patch 1 is applied and patch 2 is dropped?",
        "I think that patch 1 is fine once the first one is in, and the last one is gone.",
        "This looks good, but patch 3 needs a rebase.",
        "3 of the tests fail, 4 are slow and 5 need a loom.",
        "Patch 1 applied, thanks.",
        "The first patch looks good, I will apply it first.",
        "2/3 of it is merged, and 1/3 of it is dropped.",
        "First, applied; second, the tests are slow.",
        "It stops at 16 picks, so we should wait for 4 of them.",
    ],
)
def test_what_is_said_of_one_or_holds_for_all_is_not_cut(text: str) -> None:
    assert split_parts(text) == []


def test_each_part_has_its_claim(claims_of: Find) -> None:
    body = "Patch 1 looks good to me, patches 2 and 3 need a rebase, and patch 4 is already in v6.12."
    claims = claims_of(body)
    assert [(claim.about, claim.status, claim.certainty) for claim in claims] == [
        ("Patch 1", "ready", "asserted"),
        ("patches 2 and 3", "needs-revision", "asserted"),
        ("patch 4", "merged", "asserted"),
    ]
    assert [body[claim.start : claim.end] for claim in claims] == [
        "Patch 1 looks good to me,",
        "patches 2 and 3 need a rebase,",
        "patch 4 is already in v6.12.",
    ]


def test_who_must_act_is_whoever_its_clause_names(claims_of: Find) -> None:
    first, second = claims_of("Patch 1 looks good to me, patch 2 needs a review from Bea.")
    assert (first.status, first.waiting_on) == ("ready", ())
    assert (second.status, second.waiting_on) == ("needs-review", ("Bea",))
