"""What counts for a posting: also what was said below another version, or by a slow clock, and not what somebody closed since."""

from __future__ import annotations

import pytest

from miner.join import join


def test_a_reply_from_a_slow_clock_is_about_what_it_answers(mail, claim):
    patch = mail("p@x", "diff --git a/l.c b/l.c\n", subject="[PATCH] loom: turn", day=1)
    good = mail("r@x", "This looks good to me.\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=0.9)
    (status,) = join([patch, good], {}, [claim(good, "This looks good to me.", "ready")]).status
    assert (status.status, status.evidence[0].message_id) == ("ready", "r@x")


def test_what_is_taken_below_an_older_version_is_the_newest(mail, claim):
    first = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    second = mail("q@x", "x\n", subject="[PATCH v2] loom: turn", day=5)
    for day, status in ((9, "applied"), (3, "needs-review")):
        took = mail("t@x", "Applied, thanks.\n", by="bo", to="p@x", day=day)
        joined = join([first, second, took], {}, [claim(took, "Applied, thanks.", "applied")])
        assert [each.status for each in joined.status if each.key == "q@x"] == [status]


@pytest.mark.parametrize(("by", "to", "status"), [("bo", "b@x", "ready"), ("cy", "b@x", "needs-revision")])
def test_the_tag_of_whoever_asked_closes_the_promise(by, to, status, mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    remark = mail("a@x", "> text\n\nThe name is short.\n", by="bo", to="p@x", day=1)
    promise = mail("b@x", "> The name is short.\n\nOk, will post the next version.\n", to="a@x", day=2)
    tag = mail("c@x", "Reviewed-by: Someone <someone@example.org>\n", by=by, to=to, day=3)
    said = [
        claim(promise, "Ok, will post the next version.", "needs-revision"),
        claim(tag, "Reviewed-by: Someone <someone@example.org>", "ready", rule="trailer"),
    ]
    assert join([patch, remark, promise, tag], {}, said).status[0].status == status


def test_a_part_that_the_sentence_names_behind_the_claim_is_open(mail, rows, traced, claim):
    table = mail(
        "t@x", "- item: shuttle locks\n  assignee: Ada Byron\n- item: reed split\n  assignee: Bo Lind\n", by="cy"
    )
    words = "It is merged, but the second half is not."
    said = mail("s@x", f"> - item: shuttle locks\n>   assignee: Ada Byron\n\n{words}\n", to="t@x", day=2)
    mails = traced(table, said)
    status = join(mails, rows(*mails), [claim(mails[1], "It is merged,", "merged")]).status[0]
    assert (status.status, status.next_actor) == ("in-progress", "Ada Byron <ada@example.org>")


UNSEEN = "Re: [PATCH 2/3] loom: oil"


@pytest.mark.parametrize(
    ("words", "said", "subject", "rule"),
    [
        ("NAK, this breaks the reed.", "dropped", UNSEEN, "posted"),
        ("NAK, this breaks the reed.", "dropped", "Re: [PATCH 0/3] loom: turn, oil and stop", "dropped"),
        ("NAK, this breaks the reed.", "dropped", "Re: [PATCH v2 2/3] loom: oil", "dropped"),
        ("NAK to the whole series.", "dropped", UNSEEN, "dropped"),
        ("Applied, thanks.", "applied", UNSEEN, "applied-in-part"),
        ("Applied, thanks.", "applied", "Re: [PATCH 1/3] loom: turn", "applied-in-part"),
        ("Applied, thanks.", "applied", "Re: [PATCH 0/3] loom: turn, oil and stop", "applied"),
    ],
)
def test_words_below_a_patch_that_is_not_at_hand_are_about_that_one(words, said, subject, rule, mail, claim):
    cover = mail("c@x", "x\n", subject="[PATCH 0/3] loom: turn, oil and stop")
    first = mail("p1@x", "x\n---\n", subject="[PATCH 1/3] loom: turn", to="c@x")
    answer = mail("r@x", f"{words}\n", subject=subject, by="bo", to="p1@x" if "1/3" in subject else "c@x", day=1)
    (found,) = join([cover, first, answer], {}, [claim(answer, words, said)]).status
    assert found.rule == rule
