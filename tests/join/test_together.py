"""Words below several rows of a table that are quoted together: about all of them, about the one that is named, or about the last."""

from __future__ import annotations

import pytest

from miner.join import join
from miner.model import Ask

ROWS = {
    "treadle rework": "Ada Byron",
    "shuttle locks": "Bo Lind",
    "reed split": "Cy Marsh",
    "warp count": "Dora Kell",
    "reed split test": "Bo Lind",
}
TREADLE, SHUTTLE, REED, WARP, TEST = ROWS
TABLE = {title: f"- item: {title}\n  assignee: {owner}\n" for title, owner in ROWS.items()}


@pytest.fixture
def standing(mail, rows, traced, claim):
    """What is said of which item by words below some rows, as (item, certainty)."""

    def find(quoted, told, status="merged", above="", below="", **values):
        quotes = "".join(f"> {line}\n" for title in quoted for line in TABLE[title].splitlines())
        text = f"{above}{quotes}\n{' '.join(told)}\n{below}"
        mails = traced(mail("t@x", "".join(TABLE.values())), mail("a@x", text, by="bo", to="t@x", day=1))
        claims = [claim(mails[1], words, status, **values) for words in told]
        return join(mails, rows(*mails), claims)

    return find


@pytest.mark.parametrize(
    ("quoted", "words", "about"),
    [
        ((TREADLE, SHUTTLE), "Both are in.", (TREADLE, SHUTTLE)),
        ((TREADLE, SHUTTLE), "These two are merged.", (TREADLE, SHUTTLE)),
        ((TREADLE, SHUTTLE, REED), "All three are merged.", (TREADLE, SHUTTLE, REED)),
        ((TREADLE, SHUTTLE, REED), "I have merged all of these now.", (TREADLE, SHUTTLE, REED)),
        ((TREADLE, SHUTTLE, REED), "They were merged in 2.3.", (TREADLE, SHUTTLE, REED)),
        ((TREADLE, SHUTTLE, REED), "The treadle rework is merged.", (TREADLE,)),
        ((TREADLE, SHUTTLE, REED), "The treadle rework and the shuttle locks are in.", (TREADLE, SHUTTLE)),
        ((TREADLE, SHUTTLE, REED), "The treadle one is merged.", (TREADLE,)),
        ((TREADLE, SHUTTLE, REED), "The second one is merged.", (SHUTTLE,)),
        ((TREADLE, SHUTTLE, REED), "The first two are merged.", (TREADLE, SHUTTLE)),
        ((TREADLE, SHUTTLE, REED), "The last one is merged.", (REED,)),
        ((REED, TEST, WARP), "The reed split test is merged.", (TEST,)),
    ],
)
def test_words_are_about_the_rows_that_they_count_or_name(quoted, words, about, standing):
    found = standing(quoted, [words])
    assert [(claim.item, claim.certainty) for claim in found.claims] == [(item, "asserted") for item in about]
    assert {each.title: each.status for each in found.status if each.status} == dict.fromkeys(about, "merged")


@pytest.mark.parametrize(
    "words",
    [
        "Merged.",
        "That one is in.",
        "Both are merged.",
        "It was merged after the treadle rework.",
        "Merged into the reed tree.",
    ],
)
def test_words_that_do_not_tell_are_about_the_last_row_and_hedged(words, standing):
    found = standing((TREADLE, SHUTTLE, REED), [words])
    assert [(claim.item, claim.certainty) for claim in found.claims] == [(REED, "hedged")]
    assert [each.title for each in found.status if each.status] == []


@pytest.mark.parametrize(
    ("quoted", "above", "below"),
    [
        ((REED,), "", ""),
        ((TREADLE, REED), "", f"> {TABLE[WARP]}".replace("\n  ", "\n>   ")),  # rows go on: each is answered below it
        ((REED,), f"> {TABLE[TREADLE]}\nNot yet.\n".replace("\n  ", "\n>   "), ""),
    ],
)
def test_who_answers_row_by_row_means_the_last_one(quoted, above, below, standing):
    (claim,) = standing(quoted, ["Merged."], above=above, below=below).claims
    assert (claim.item, claim.certainty) == (REED, "asserted")


def test_the_others_are_those_of_which_nobody_spoke(standing):
    found = standing((TREADLE, SHUTTLE, REED), ["The second one is in.", "The others are merged."])
    assert [claim.item for claim in found.claims] == [SHUTTLE, TREADLE, REED]
    (alone,) = standing((TREADLE, SHUTTLE, REED), ["The others are merged."]).claims
    assert (alone.item, alone.certainty) == (REED, "hedged")


@pytest.mark.parametrize(
    ("words", "about"), [("I'll do that in March.", SHUTTLE), ("Ada will do that in March.", REED)]
)
def test_who_speaks_of_himself_means_his_own_row(words, about, standing):
    (claim,) = standing((TREADLE, SHUTTLE, REED), [words], "planned").claims
    assert (claim.item, claim.certainty) == (about, "asserted" if about == SHUTTLE else "hedged")


def test_who_has_two_of_the_rows_does_not_tell_which(standing):
    (claim,) = standing((SHUTTLE, TEST, REED), ["I'll do that in March."], "planned").claims
    assert (claim.item, claim.certainty) == (REED, "hedged")


def test_a_link_tells_better(mail, rows, traced, claim):
    link = "https://lists.example.org/l/p@x/"
    linked = TABLE[TREADLE] + f"  links: [{link}]\n"
    quotes = "".join(f"> {line}\n" for line in (linked + TABLE[SHUTTLE]).splitlines())
    words = f"That one is merged, see {link}"
    mails = traced(mail("t@x", linked + TABLE[SHUTTLE]), mail("a@x", f"{quotes}\n{words}\n", by="bo", to="t@x", day=1))
    (found,) = join(mails, rows(*mails), [claim(mails[1], "That one is merged,", "merged")]).claims
    assert (found.item, found.certainty) == (TREADLE, "asserted")


def test_rows_of_two_writers_stand_apart(mail, rows, traced, claim):
    """The deeper ones were answered, or added to, by whoever wrote the others."""
    quoted = "".join(f"> {line}\n" for line in TABLE[TREADLE].splitlines())
    added = mail("a@x", f"{quoted}{TABLE[SHUTTLE]}\nMine is below.\n", by="bo", to="t@x", day=1)
    deeper = "".join(f"> {line}\n" for line in (quoted + TABLE[SHUTTLE]).splitlines())
    mails = traced(
        mail("t@x", TABLE[TREADLE]), added, mail("b@x", f"{deeper}\nBoth are in.\n", by="cy", to="a@x", day=2)
    )
    found = join(mails, rows(*mails), [claim(mails[2], "Both are in.", "merged")]).claims
    assert [(each.item, each.certainty) for each in found] == [(SHUTTLE, "asserted")]


def test_what_is_asked_in_passing_below_several_rows_is_for_each_owner_too(mail, rows, traced):
    quotes = "".join(f"> {line}\n" for title in (TREADLE, REED) for line in TABLE[title].splitlines())
    words = "Are these two for the spring?"
    mails = traced(mail("t@x", "".join(TABLE.values())), mail("a@x", f"{quotes}\n{words}\n", by="bo", to="t@x", day=1))
    start = mails[1].body.index(words)
    asked = Ask("a@x", start, start + len(words), words, str(mails[1].author), mails[1].date, question=True)
    found = join(mails, rows(*mails), [], asks=[asked]).status
    assert {each.title for each in found if each.unanswered} == {TREADLE, REED}


def test_a_question_below_several_rows_is_for_each_owner(standing):
    found = standing((TREADLE, REED), ["Where do these two stand?"], "needs-reply", certainty="asked")
    asked = {each.title: [question.asked_of for question in each.unanswered] for each in found.status}
    assert asked[TREADLE] == ["Ada Byron <ada@example.org>"]
    assert asked[REED] == ["Cy Marsh"]
    assert asked[SHUTTLE] == []


def test_what_somebody_answers_to_a_remark_is_about_its_row_alone(mail, rows, traced, claim):
    table = mail("t@x", "".join(TABLE.values()))
    quoted = "".join(f"> {line}\n" for title in (TREADLE, SHUTTLE) for line in TABLE[title].splitlines())
    remark = mail("a@x", f"{quoted}\nWho holds the thread?\n", by="bo", to="t@x", day=1)
    deeper = "".join(f"> {line}\n" for line in remark.body.splitlines())
    mails = traced(table, remark, mail("b@x", f"{deeper}\nAll of these are merged.\n", by="cy", to="a@x", day=2))
    (found,) = join(mails, rows(*mails), [claim(mails[2], "All of these are merged.", "merged")]).claims
    assert (found.item, found.certainty) == (SHUTTLE, "asserted")
