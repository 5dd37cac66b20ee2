"""Words below a row of a table that are about another work say nothing of the row."""

from __future__ import annotations

import pytest

from miner.join import join
from miner.join.another import is_of_another

from .made import said

TABLE = "- item: shuttle locks\n  assignee: Ada Byron\n"
OTHER = "- item: reed split\n  assignee: Bo Lind\n"


def speaks(text: str, status: str, sentence: str = "") -> bool:
    return is_of_another(said(status, text=text), sentence or text)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("The other series is merged.", "merged"),
        ("Only the sibling driver is merged.", "merged"),
        ("Its counterpart in the loom has landed.", "merged"),
        ("The driver beside it was merged in 2.1.", "merged"),
        ("The reed driver next to it is already applied.", "applied"),
        ("I applied the other one.", "applied"),
        ("We dropped the old series.", "dropped"),
        ("The previous attempt was rejected.", "dropped"),
        ("An equivalent change was merged for the client.", "merged"),
        ("That is merged in the other shuttle already.", "merged"),
        ("The other loader, by Cy, has been merged.", "merged"),
        ("The other patch is waiting for review.", "needs-review"),
        ("The sibling series needs a new version.", "needs-revision"),
        ("I have posted the other one yesterday.", "posted"),
        ("This one waits for the driver beside it, which is merged now.", "merged"),
        ("The old version was reverted, the new one is merged.", "dropped"),
        ("The other driver was fixed and is merged now.", "merged"),
    ],
)
def test_the_subject_or_what_is_taken_is_another_work(text, status):
    assert speaks(text, status)


def test_what_stands_before_the_words_tells_whose_relative_clause_they_are():
    assert speaks("which is merged", "merged", "See the other driver, which is merged")
    assert not speaks("which is merged", "merged", "See the driver, which is merged")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Merged in 2.3.", "merged"),
        ("The series is in 2.4.", "merged"),
        ("The other half is still in review.", "needs-review"),
        ("The other reviewer is content, so this is ready.", "ready"),
        ("Another version was posted yesterday.", "posted"),
        ("I have posted a different version.", "posted"),
        ("Applied together with the other shuttle patches.", "applied"),
        ("Merged, like the one above.", "merged"),
        ("I dropped it, since the other series does that already.", "dropped"),
        ("The patches are applied to the other tree.", "applied"),
        ("It is queued, the other maintainer took it.", "applied"),
        ("Superseded by the other series.", "superseded"),
        ("Waiting for the other series to be merged.", "blocked"),
        ("Once the other series is merged, this can go in.", "blocked"),
        ("That is merged in the other series already.", "merged"),
        ("The other series is merged, and this is in review.", "needs-review"),
        ("The old version was reverted, the new one is merged.", "merged"),
        ("It depends on the other series, which is merged.", "blocked"),
        ("The other day Cy merged it.", "merged"),
    ],
)
def test_words_that_mention_another_work_may_be_about_this_one(text, status):
    assert not speaks(text, status)


@pytest.fixture
def standing(mail, rows, traced, claim):
    """What is said of which item, by words below the first of two rows of a table."""

    def find(words, status, **values):
        quoted = "".join(f"> {line}\n" for line in TABLE.splitlines())
        mails = traced(mail("t@x", TABLE + OTHER, by="cy"), mail("s@x", f"{quoted}\n{words}\n", by="bo", to="t@x"))
        found = join(mails, rows(*mails), [claim(mails[1], words, status, **values)])
        return {each.title: each.status for each in found.status}

    return find


@pytest.mark.parametrize(
    ("words", "status"),
    [("The other series is merged.", "merged"), ("The sibling series needs a new version.", "needs-revision")],
)
def test_words_about_another_work_say_nothing_of_the_row(words, status, standing):
    assert standing(words, status) == {"shuttle locks": None, "reed split": None}


def test_words_whose_subject_is_another_row_are_about_that_one(standing):
    assert standing("The reed split is merged.", "merged") == {"shuttle locks": None, "reed split": "merged"}
    assert standing("This needs the reed split, which is merged.", "blocked") == {
        "shuttle locks": "blocked",
        "reed split": None,
    }


def test_a_question_about_another_work_still_waits_below_the_row(standing):
    found = standing("So the other series is merged now?", "merged", certainty="asked")
    assert found["shuttle locks"] == "needs-reply"
