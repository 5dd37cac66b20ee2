"""What takes the place of a posting that it names, which words say so, and whose words end a work."""

from __future__ import annotations

import time

import pytest

from miner.join import join
from miner.join.replacements import read_replaced

LINK = "https://lists.example.org/loom/old-1-ada@x/"
SAID = [
    "Supersedes: <old-1-ada@x>",
    "supersedes: old-1-ada@x",
    f"Obsoletes: {LINK}",
    f"This series supersedes {LINK}, which only turned.",
    f"This patch replaces my earlier one at\n{LINK}",
    f"This supersedes the patch [1].\n\n[1] {LINK}",
    f"It obsoletes:\n  {LINK}",
    f"Please ignore the first version <{LINK}>, this is the right one.",
    "This v2 series replaces the previous set <old-1-ada@x>.",
]
NOT_SAID = [
    f"This series replaces the lock that {LINK} brought.",
    f"This replaces foo() of [1].\n\n[1] {LINK}",
    f"If it works, this patch supersedes {LINK}",
    f"I am not sure whether this replaces {LINK}",
    f"Should I say that this supersedes {LINK}?",
    "This supersedes the other patch.",
    f"Supersedes it; see {LINK}",
    "> Supersedes: <old-1-ada@x>",
]


def fold(*messages):
    return {status.key: status for status in join(messages, {}, []).status}


@pytest.mark.parametrize("words", SAID)
@pytest.mark.parametrize("title", ["[PATCH] shed: lift", "[PATCH v2] shed: lift"])
def test_a_posting_takes_the_place_of_the_one_that_it_names(words, title, mail):
    old = mail("old-1-ada@x", "text\n---\n", subject="[PATCH] loom: turn")
    new = mail("new-1-ada@x", f"Lift.\n\n{words}\n\nSigned-off-by: A <a@x>\n---\n", subject=title, day=9)
    status = fold(old, new)
    assert (status["old-1-ada@x"].status, status["old-1-ada@x"].certainty) == ("superseded", "asserted")
    assert status["old-1-ada@x"].evidence[0].message_id == "new-1-ada@x"
    assert status["new-1-ada@x"].status == "needs-review"


@pytest.mark.parametrize("words", NOT_SAID)
def test_other_words_do_not(words, mail):
    old = mail("old-1-ada@x", "text\n---\n", subject="[PATCH] loom: turn")
    new = mail("new-1-ada@x", f"Lift.\n\n{words}\n---\n", subject="[PATCH] shed: lift", day=9)
    assert fold(old, new)["old-1-ada@x"].status == "needs-review"


def test_another_title_of_a_higher_version_is_a_version_of_the_same_work(mail):
    old = mail("old-1-ada@x", "text\n---\n", subject="[PATCH] loom: turn")
    new = mail("new-1-ada@x", "Lift.\n\nSupersedes: <old-1-ada@x>\n---\n", subject="[PATCH v2] shed: lift", day=9)
    older, newer = join([old, new], {}, []).series
    assert older.chain == newer.chain
    assert newer.supersedes == (older.root,)


def test_either_author_may_say_so_and_nobody_else(mail):
    old = mail("old-1-ada@x", "text\n---\n", subject="[PATCH] loom: turn")
    words = "Lift.\n\nSupersedes: <old-1-ada@x>\n---\n"
    new = mail("n@x", words, subject="[PATCH] shed: lift", by="bo", day=9)
    assert fold(old, new)["old-1-ada@x"].status == "superseded"
    new = mail("n@x", "Lift.\n---\n", subject="[PATCH] shed: lift", by="bo", day=9)
    for by, status in (("ada", "superseded"), ("bo", "superseded"), ("cy", "needs-review")):
        reply = mail("r@x", f"This supersedes {LINK}\n", subject="Re: [PATCH] shed: lift", by=by, to="n@x", day=10)
        assert fold(old, new, reply)["old-1-ada@x"].status == status


def test_words_below_the_new_posting_are_about_the_old_one(mail, claim):
    old = mail("old-1-ada@x", "text\n---\n", subject="[PATCH] loom: turn")
    new = mail("new-1-ada@x", "Lift.\n---\n", subject="[PATCH] shed: lift", day=9)
    text = f"This supersedes {LINK}"
    reply = mail("r@x", f"> Lift.\n\n{text}\n", subject="Re: [PATCH] shed: lift", to="new-1-ada@x", day=10)
    said = claim(reply, text, "superseded", series="new-1-ada@x")
    status = {each.key: each for each in join([old, new, reply], {}, [said]).status}
    assert status["old-1-ada@x"].status == "superseded"
    assert status["new-1-ada@x"].status == "needs-review"


def test_nothing_is_replaced_before_it_is_there(mail):
    new = mail("new-1-ada@x", "Lift.\n\nSupersedes: <old-1-ada@x>\n---\n", subject="[PATCH] shed: lift", day=1)
    old = mail("old-1-ada@x", "text\n---\n", subject="[PATCH] loom: turn", day=9)
    assert fold(old, new)["old-1-ada@x"].status == "needs-review"


def test_the_place_of_the_words(mail):
    body = f"> Turn.\n\nHello.\nThis patch replaces {LINK} now.\n"
    ((start, end, ids),) = read_replaced(mail("r@x", body))
    assert body[start:end] == f"This patch replaces {LINK}"
    assert ids == ("old-1-ada@x",)


@pytest.mark.parametrize(
    "piece", ["this replaces the the ", "this replaces ", "supersedes:\n", "this replaces [1] [1]", "<a@"]
)
def test_a_long_body_takes_no_time(piece, mail):
    message = mail("r@x", "please ignore " + piece * 20_000)
    start = time.process_time()
    list(read_replaced(message))
    assert time.process_time() - start < 2


ROWS = "- item: shuttle locks\n  assignee: Ada Byron\n- item: reed split\n  assignee: Bo Lind\n"


@pytest.fixture
def first_item(mail, rows):
    """The status of the first item of a table, for which there is a posting, and its postings, with further mails."""

    def join_with(*more, claims=()):
        mails = [
            mail("t@x", ROWS, by="cy"),
            mail("p@x", "text\n---\n", subject="[PATCH] loom: shuttle locks", day=1),
            *more,
        ]
        joined = join(mails, rows(*mails), claims)
        return joined.status[0], joined.items

    return join_with


def test_a_work_item_goes_on_in_what_replaces_its_posting(first_item, mail, claim):
    other = mail("q@x", "text\n\nSupersedes: <p@x>\n---\n", subject="[PATCH] loom: one lock a reed", by="bo", day=3)
    status, items = first_item(other)
    assert (status.status, status.series) == ("needs-review", ("p@x", "q@x"))
    assert items[0].ties[1].reason == "it says to replace one that is tied: its title holds the item's"
    taken = mail("r@x", "Applied, thanks.\n", by="cy", to="q@x", day=4)
    status, _ = first_item(other, taken, claims=[claim(taken, "Applied, thanks.", "applied")])
    assert (status.status, status.next_actor) == ("applied", None)


def test_and_in_the_next_version_of_that(first_item, mail):
    other = mail("q@x", "text\n\nSupersedes: <p@x>\n---\n", subject="[PATCH] loom: one lock a reed", by="bo", day=3)
    newer = mail("r@x", "text\n---\n", subject="[PATCH v2] loom: one lock a reed", by="bo", day=5)
    status, _ = first_item(other, newer)
    assert (status.revision, status.series) == (2, ("p@x", "q@x", "r@x"))


def test_the_posting_of_another_item_stays_with_that_one(first_item, mail):
    other = mail("q@x", "text\n\nSupersedes: <p@x>\n---\n", subject="[PATCH] loom: reed split", by="bo", day=3)
    status, items = first_item(other)
    assert [item.series for item in items] == [("p@x",), ("q@x",)]
    assert (status.status, status.next_actor) == ("superseded", None)


def test_what_a_mail_without_a_patch_says_to_be_replaced_waits_for_no_review(first_item, mail):
    said = mail("q@x", "Please ignore https://lore.kernel.org/r/p@x/ for now.\n", day=3)
    status, _ = first_item(said)
    assert (status.status, status.next_actor) == ("superseded", None)
