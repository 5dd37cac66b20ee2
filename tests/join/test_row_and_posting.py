"""A work item and the posting that is surely it stand at the same point: what is said of the one counts for the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.join import join
from miner.join.decide import decide

from .made import ADA, case, said
from .test_rules import again, built, cited

LINK = "https://lists.example.org/l/p@x/"
REED = "https://lists.example.org/l/r@x/"


@pytest.fixture
def standing(mail, rows, traced, claim):
    """Where items and postings stand by a table of two rows, the first with a link, and words of somebody below that row."""

    def find(words, status, *more, by="bo", links=LINK, day=2.0, claims=(), **values):
        table = mail(
            "t@x",
            f"- item: shuttle locks\n  assignee: Ada Byron\n  links: [{links}]\n- item: reed split\n  assignee: Bo Lind\n",
            by="cy",
        )
        patch = mail("p@x", "text\n---\n", subject="[PATCH] shuttle: take two locks", day=1)
        quoted = f"> - item: shuttle locks\n>   assignee: Ada Byron\n>   links: [{links}]\n\n{words}\n"
        mails = traced(table, patch, mail("s@x", quoted, by=by, to="t@x", day=day), *more)
        told = [claim(mails[2], words, status, **values)] if status else []
        return {each.key: each for each in join(mails, rows(*mails), [*told, *claims]).status}

    return find


@pytest.mark.parametrize(
    ("words", "status", "by"),
    [
        ("Merged in 2.3.", "merged", "bo"),
        ("Applied, so this is done.", "applied", "ada"),
        ("This is dropped.", "dropped", "ada"),
        ("Blocked on the new thread.", "blocked", "bo"),
        ("Ada will send another version.", "needs-revision", "bo"),
    ],
)
def test_what_is_said_below_its_row_is_said_of_its_posting(words, status, by, standing):
    found = standing(words, status, by=by)
    assert [(found[key].status, found[key].certainty) for key in ("shuttle locks", "p@x")] == [(status, "asserted")] * 2
    assert found["p@x"].evidence[0].message_id == "s@x"


@pytest.mark.parametrize(
    ("words", "confidence"),
    [
        ("I have picked up a cold.", 0.55),
        ("Merged the comments into the row.", 0.9),
        ("Please drop this row from the table.", 0.9),
    ],
)
def test_doubtful_words_and_those_about_the_table_are_not_said_of_the_posting(words, confidence, standing):
    status = "dropped" if "drop" in words else "applied"
    assert standing(words, status, confidence=confidence)["p@x"].status == "needs-review"


@pytest.mark.parametrize(
    "words",
    [
        "Merged the comments into the row.",
        "Dropped from my list.",
        "Applied the links.",
        "Queued for the next meeting.",
    ],
)
def test_words_about_the_table_are_not_said_of_the_item_either(words, standing):
    for day in (0.5, 2):  # before the posting came, and after
        assert standing(words, "applied", day=day)["shuttle locks"].status == "needs-review"


def test_words_that_take_it_up_again_need_less(standing):
    """A work that is wrongly called finished is looked at no more."""
    found = standing("I have revived this.", "needs-revision", by="ada", confidence=0.55)
    assert [found[key].status for key in ("shuttle locks", "p@x")] == ["needs-revision"] * 2


@pytest.fixture
def beside(standing, mail, claim):
    """Where the item and its posting stand by words below the posting, and others below the row a day later."""

    def find(below, label, words, status, **values):
        answer = mail("n@x", f"> text\n\n{below}\n", by="bo", to="p@x", day=1.5)
        found = standing(words, status, answer, claims=[claim(answer, below, label)], **values)
        return [found[key].status for key in ("shuttle locks", "p@x")]

    return find


def test_whoever_else_likes_it_undoes_no_refusal(beside):
    assert beside("Nacked-by: Bo Lind", "dropped", "This is ready.", "ready", by="cy") == ["dropped"] * 2


def test_who_keeps_waiting_below_the_row_waits_below_the_posting(beside):
    words = "Waiting for Bo to review it."
    assert beside("Please send v2.", "needs-revision", words, "needs-review", by="ada") == ["needs-review"] * 2


def test_who_keeps_the_list_revives_both(standing, mail, claim):
    """Who does it, or keeps the list, says below the row what becomes of it; another one's liking changes nothing."""
    words = "This is ready again."
    for by, status in (("ada", "ready"), ("bo", "dropped")):
        later = mail(
            "l@x",
            f"> - item: shuttle locks\n>   assignee: Ada Byron\n>   links: [{LINK}]\n\n{words}\n",
            by=by,
            to="t@x",
            day=4,
        )
        found = standing("This is dropped.", "dropped", later, by="cy", claims=[claim(later, words, "ready")])
        assert found["shuttle locks"].status == status


def test_words_that_may_be_about_the_table_are_said_of_the_item_alone(standing):
    found = standing("Applied, with the last lines taken out.", "applied")
    assert [found[key].status for key in ("shuttle locks", "p@x")] == ["applied", "needs-review"]


def test_whether_it_is_in_a_tree_is_asked_of_both(standing):
    found = standing("Is it merged?", "merged", certainty="asked")
    assert [found[key].status for key in ("shuttle locks", "p@x")] == ["needs-reply"] * 2


def test_what_was_said_before_the_posting_came_is_not_said_of_it(standing):
    assert standing("This is dropped.", "dropped", day=0.5)["p@x"].status == "needs-review"


def test_what_is_said_of_a_part_does_not_finish_the_posting(standing):
    assert standing("The first half of it is merged.", "merged")["p@x"].status == "needs-review"


def test_what_is_asked_below_its_row_is_asked_of_its_posting(standing):
    found = standing("Ada, where does this stand?", "needs-reply", certainty="asked", confidence=0.4)
    assert [found[key].status for key in ("shuttle locks", "p@x")] == ["needs-reply"] * 2
    assert [each.asked_of for each in found["p@x"].unanswered] == [ADA]


def test_where_the_rest_waits_both_are_blocked(standing, mail, claim):
    rest = mail(
        "w@x", "> Merged in 2.3.\n\nOnce the reed is split the shuttle locks follow.\n", by="ada", to="s@x", day=3
    )
    waits = claim(rest, rest.body.split("\n")[2], "planned", "conditional", depends_on=("the reed split",))
    found = standing("Merged in 2.3.", "merged", rest, claims=[waits])
    assert [found[key].status for key in ("shuttle locks", "p@x")] == ["blocked"] * 2


def test_where_a_row_has_two_works_its_words_are_of_neither(standing, mail):
    other = mail("r@x", "text\n---\n", subject="[PATCH] reed: split it", by="bo", day=1)
    found = standing("Merged in 2.3.", "merged", other, links=f"{LINK}, {REED}")
    assert [found[key].status for key in ("shuttle locks", "p@x", "r@x")] == ["merged", "needs-review", "needs-review"]


def test_words_below_a_row_are_of_the_newest_version(standing, mail):
    newer = mail("q@x", "text\n---\n", subject="[PATCH v2] shuttle: take two locks", day=1.5)
    found = standing("Merged in 2.3.", "merged", newer)
    assert [found[key].status for key in ("p@x", "q@x")] == ["superseded", "merged"]


@pytest.mark.parametrize(
    ("posting", "rule"),
    [
        (cited(1, 1), "cited-as-commit"),
        (cited(1, 1, landed=True), "landed"),
        (built(2, 2), "built-upon"),
        (again(1, 1), "sent-elsewhere"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_later_mails_tell_of_the_posting_holds_for_the_item(posting, rule):
    """But not where several works may be meant, nor where somebody says later below the row that it goes on."""
    words = said("planned", by=ADA, day=60)
    one = replace(case(words, kind="item", postings=[posting]), is_one_work=True)
    assert decide(one)[0].name == rule
    assert decide(replace(one, is_one_work=False))[0].name == "latest-word-of-assignee"
    assert decide(replace(one, of_row={id(words)}))[0].name == "latest-word-of-assignee"
    assert decide(replace(one, kind="series", of_row={id(words)}))[0].name != rule


def test_a_table_that_is_sent_again_moves_nothing(standing, mail):
    again = mail("u@x", "- item: shuttle locks\n  assignee: Ada Byron\n", by="cy", day=30)
    assert standing("Here we go.", None, again)["shuttle locks"].as_of != again.date


def test_what_was_dropped_below_a_row_is_taken_up_again_there_alone():
    """Also where it counts for the posting; what its author plans below the posting takes up nothing."""
    dropped, later = said("dropped", by=ADA), said("planned", by=ADA, day=3)
    one = case(dropped, later)
    assert decide(one)[1].status == "dropped"
    assert decide(replace(one, of_row={id(dropped), id(later)}))[1].status != "dropped"


def test_as_of_is_the_newest_mail_also_without_a_claim(standing, mail):
    """Below the posting, and below the row; not what answers another row."""
    below = mail("b@x", "> text\n\nHm.\n", subject="Re: [PATCH] shuttle: take two locks", by="cy", to="p@x", day=5)
    found = standing("Here we go.", None, below)
    assert found["p@x"].as_of == found["shuttle locks"].as_of == below.date
    late = mail("c@x", "> - item: shuttle locks\n>   assignee: Ada Byron\n\nHm.\n", by="cy", to="t@x", day=8)
    other = mail("d@x", "> - item: reed split\n>   assignee: Bo Lind\n\nHm.\n", by="cy", to="t@x", day=9)
    found = standing("Here we go.", None, below, late, other)
    assert (found["p@x"].as_of, found["shuttle locks"].as_of) == (below.date, late.date)
    assert found["reed split"].as_of == other.date
