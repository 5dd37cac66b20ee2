"""Who is waited for, and for what, as sentences say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from miner.claims import find_claims
from miner.model import Claim, Message, Person

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


PEOPLE = ("Ada Byron", "Bo Dahl", "Cyra Nash", "Yue Hu")


@pytest.fixture
def said_to_all(make_message: Callable[..., Message]) -> Find:
    """The claims of a body whose author is Bo Dahl, where all people get the mail."""
    people = tuple(Person(name, f"{name.split()[0].lower()}@example.org") for name in PEOPLE)
    return lambda body: [*find_claims([replace(make_message(body), author=people[1], recipients=people)])]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Will fix in v3, thanks Ada.", ("Bo Dahl",)),
        ("Ada, I'll send a v3 tomorrow.", ("Bo Dahl",)),
        ("Hi Ada, I will fix it in v3.", ("Bo Dahl",)),
        ("I'll send a v3 with the lock that was suggested by Ada.", ("Bo Dahl",)),
        ("As you said, I will fix it in v3.", ("Bo Dahl",)),
        ("Let me send a v3 with the lock.", ("Bo Dahl",)),
        ("Cyra will send v3, since Ada is away.", ("Cyra",)),
        ("Cyra volunteered to test it.", ("Cyra",)),
        ("Please resend and Cc Ada.", ("author",)),
        ("Please resend with the Acked-by of Ada.", ("author",)),
        ("This needs a new version, as asked by Ada.", ()),
        ("I get a build failure here, so a new version is needed.", ()),
        ("I expect a v3.", ()),
        ("I'll wait for v3 then.", ()),
        ("We need a respin of this one.", ()),
        ("We can move this to the #else below.", ()),
        ("As I said, this needs a new version.", ()),
        ("I would recommend to make that a followup patch series.", ()),
        ("Please correct me if I should resend it.", ()),
    ],
)
def test_who_is_to_do_it_says_so_or_is_asked(said_to_all: Find, text: str, people: tuple[str, ...]) -> None:
    """Not whoever is thanked, gets a copy or wants it; nobody where the words leave it to the author of the work."""
    assert {claim.waiting_on for claim in said_to_all(text) if claim.status != "blocked"} == {people}


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("I am waiting for review from Ada and Cyra.", ("Ada", "Cyra")),
        ("We still need a review from Ada, Cyra and Yue.", ("Ada", "Cyra", "Yue")),
        ("I need an ack from Ada or Cyra.", ("Ada", "Cyra")),
        ("I need one more ack, from Ada, before I can take this.", ("Ada",)),
        ("Oops, Ada - can you fix that up?", ("Ada",)),
        ("@Ada can you take this?", ("Ada",)),
        ("Ada can you take this?", ("Ada",)),
        ("Ada would you mind picking this up and sending it Loomward?", ("Ada",)),
        ("Can you take this Ada?", ("Ada",)),
        ("Could Ada take a look?", ("Ada",)),
        ("Adding Ada for review.", ("Ada",)),
        ("I want to know what Ada thinks.", ("Ada",)),
    ],
)
def test_who_is_called_or_named_is_waited_for(said_to_all: Find, text: str, people: tuple[str, ...]) -> None:
    (claim,) = said_to_all(text)
    assert (claim.waiting_on, claim.certainty) == (people, "asked" if text.endswith("?") else "asserted")


def test_who_is_to_take_what_is_reviewed_is_waited_for(said_to_all: Find) -> None:
    """What a maintainer waits for before he takes it is no approval."""
    assert [claim.status for claim in said_to_all("I need one more ack, from Ada, before I can take this.")] == [
        "needs-review"
    ]
    (claim,) = said_to_all("Looks good to me, waiting for Cyra to take it.")[:1]
    assert (claim.status, claim.waiting_on) == ("ready", ("Cyra",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I'll apply it once the reed series is in.", ("the reed series",)),
        ("This is blocked on the reed series.", ("the reed series",)),
        ("This depends on the reed patch.", ("the reed patch",)),
        ("This is blocked on the new series.", ()),
        ("This is blocked on my patch.", ()),
        ('This has to wait for "cam: two".', ("cam: two",)),
        ('On hold until "cam: one" is in.', ("cam: one",)),
        ('This has to wait for the "cam: two" series.', ('the "cam: two" series',)),
        ("Hold off applying this, the test loom didn't boot with this applied on top of Ada's tree.", ()),
        ("More patterns could be added later, which depends on the real need.", ()),
        ("This depends on Dora whether to accept it or not.", ()),
    ],
)
def test_a_work_is_needed_by_its_name(said_to_all: Find, text: str, words: tuple[str, ...]) -> None:
    """A bare "series" is the work itself, a tree is what it stands on, and what it depends on may be no work."""
    assert {claim.depends_on for claim in said_to_all(text)} <= {words}


def test_what_is_in_a_tree_waits_for_nothing_that_its_words_do_not_cover(said_to_all: Find) -> None:
    merged = [c for c in said_to_all("This depends on the reed rework, which has been merged.") if c.status == "merged"]
    assert [claim.depends_on for claim in merged] == [()]


@pytest.mark.parametrize(
    ("text", "holder"),
    [
        ("Yue Hu said it is merged.", "Yue Hu"),
        ("As Yue Hu said, it is merged.", "Yue Hu"),
        ("But Ada said it is merged.", "Ada"),
        ("According to Yue Hu it is merged.", "Yue Hu"),
        ("Ada tells me that she applied it yesterday.", "Ada"),
        ("Ada wants this dropped.", "Ada"),
        ("Ada pointed out that this was merged in 6.9.", "Ada"),
        ("Ada has suggested this is not a prerequisite after all.", "Ada"),
        ("Ada reported a bug, and the fix has been merged.", None),
        ("With the lock Ada pointed out fixed this looks good to me.", None),
        ("If Ada wants, I can send a v3.", None),
        ("Ada wants the lock renamed in v3.", None),
        ("It is merged, Ada said.", "Ada"),
    ],
)
def test_who_is_reported_says_it_and_not_what_stands_beside_it(
    said_to_all: Find, text: str, holder: str | None
) -> None:
    assert {claim.holder for claim in said_to_all(text)} == {holder}


@pytest.mark.parametrize("text", ["I was told that this has been merged.", "Rumour has it that this has been merged."])
def test_hearsay_is_hedged(said_to_all: Find, text: str) -> None:
    assert [(claim.status, claim.certainty) for claim in said_to_all(text)] == [("merged", "hedged")]


def test_what_stands_before_is_not_what_is_reported(said_to_all: Find) -> None:
    """And who wants a change is not who makes it."""
    claims = said_to_all(
        "The loom this week:\n\n- fast beam (Ada): v3 posted, Yue wants the lock renamed\n- reed split (Yue): v2 posted\n"
    )
    assert all(claim.holder is None and "Yue" not in claim.waiting_on for claim in claims)
