"""A work that waits for another one waits no more when that is in a tree."""

from __future__ import annotations

import pytest

from miner.join import join


@pytest.fixture
def waiting(mail, rows, traced, claim):
    """Where two items stand of which the second waits for the first."""

    def find(*more, end=None, status="applied"):
        table = mail(
            "t@x", "- item: shuttle locks\n  assignee: Ada Byron\n- item: reed split\n  assignee: Bo Lind\n", by="cy"
        )
        words = "Blocked on the shuttle locks."
        waits = mail("w@x", f"> - item: reed split\n>   assignee: Bo Lind\n\n{words}\n", by="bo", to="t@x", day=2)
        done = mail("d@x", f"> - item: shuttle locks\n>   assignee: Ada Byron\n\n{end}\n", by="cy", to="t@x", day=9)
        mails = traced(table, waits, done, *(each for each, _ in more))
        told = [claim(mails[1], words, "blocked", depends_on=("the shuttle locks",))]
        told += [claim(mails[2], end, status)] if end else []
        told += [
            claim(each, words, label, depends_on=("the shuttle locks",) if label == "blocked" else ())
            for each, (words, label) in more
        ]
        found = join(mails, rows(*mails), told).status
        return next(each for each in found if each.key == "reed split"), mails

    return find


def test_a_work_waits_for_what_is_open(waiting):
    status, _ = waiting()
    assert (status.status, status.certainty, status.depends_on) == ("blocked", "asserted", ("shuttle locks",))


@pytest.mark.parametrize(("end", "label"), [("Applied, thanks.", "applied"), ("This is dropped.", "dropped")])
def test_what_waited_for_a_work_that_is_finished_is_in_doubt(end, label, waiting):
    """The end is shown, it is its owner's turn from then on, and nothing is waited for; why it waited stays known."""
    status, mails = waiting(end=end, status=label)
    assert (status.status, status.certainty, status.depends_on) == ("blocked", "hedged", ())
    assert status.next_actor == "Bo Lind <bo@example.org>"
    assert [(each.message_id, each.status) for each in status.evidence] == [("w@x", "blocked"), ("d@x", label)]
    assert [need.on for need in status.needs] == ["shuttle locks"]
    assert status.since == mails[2].date


def test_what_waited_stands_where_it_stood_before(waiting, mail):
    """Nobody has to say that it goes on, if more is known of it."""
    before = mail("b@x", "> - item: reed split\n>   assignee: Bo Lind\n\nI am on it.\n", by="bo", to="t@x", day=1)
    more = (before, ("I am on it.", "in-progress"))
    assert waiting(more)[0].status == "blocked"
    status, mails = waiting(more, end="Applied, thanks.")
    assert (status.status, status.rule, status.since) == ("in-progress", "latest-word-of-assignee", mails[2].date)
    assert [each.message_id for each in status.evidence] == ["b@x", "w@x", "d@x"]
    assert status.also == ("blocked",)
    assert waiting(more, end="This is dropped.", status="dropped")[0].certainty == "hedged"  # it will never be there


def test_who_says_after_its_end_that_it_is_waited_for_knows_of_that(waiting, mail):
    """It may be reverted, or not yet where it is needed."""
    words = "Still blocked on the shuttle locks."
    later = mail("l@x", f"> - item: reed split\n>   assignee: Bo Lind\n\n{words}\n", by="bo", to="t@x", day=12)
    status, _ = waiting((later, (words, "blocked")), end="Applied, thanks.")
    assert (status.status, status.certainty) == ("blocked", "asserted")


def test_a_posting_waits_no_more_for_one_that_was_applied(mail, claim):
    first = mail("f@x", "text\n---\n", subject="[PATCH] loom: turn")
    patch = mail("p@x", "This depends on [1].\n\n[1] https://lists.example.org/l/f@x/\n---\n", by="cy",
                 subject="[PATCH] reed: split", day=1)  # fmt: skip
    taken = mail("t@x", "> text\n\nApplied, thanks.\n", by="bo", to="f@x", day=5)
    waits = claim(patch, "This depends on [1].", "blocked")
    before, after = (
        {each.key: each for each in join(mails, {}, said).status}["p@x"]
        for mails, said in (
            ([first, patch], [waits]),
            ([first, patch, taken], [waits, claim(taken, "Applied, thanks.", "applied")]),
        )
    )
    assert (before.status, before.depends_on) == ("blocked", ("f@x",))
    assert (after.status, after.next_actor, after.depends_on) == ("needs-review", "reviewers", ())
    assert (after.since, [need.on for need in after.needs]) == (taken.date, ["f@x"])
