"""What a status shows of the words that decided, and of others."""

from __future__ import annotations

from dataclasses import replace

from miner.join import join


def test_of_what_the_deciding_mail_says_the_place_goes_first(mail, claim):
    patch = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    body = "Applied to loom-next.\n\nI applied the tests, too.\n"
    taken = mail("t@x", body, subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=2)
    said = [
        claim(taken, "Applied to loom-next.", "applied", target="loom-next"),
        claim(taken, "I applied the tests, too.", "applied", confidence=0.95),
    ]
    (status,) = join([patch, taken], {}, said).status
    assert (status.status, status.applied_to, status.evidence[0].text) == (
        "applied",
        "loom-next",
        "Applied to loom-next.",
    )
    (status,) = join([patch, taken], {}, [replace(said[0], target=None, confidence=0.99), said[1]]).status
    assert (status.applied_to, status.evidence[0].text) == (None, "Applied to loom-next.")
    (status,) = join([patch, taken], {}, [replace(said[0], confidence=0.1), said[1]]).status
    assert status.evidence[0].text == "I applied the tests, too."


def test_what_was_replaced_shows_what_became_of_the_newest_version(mail, claim):
    versions = [
        mail(
            f"v{n}@x", "text\n---\n", subject=f"[PATCH v{n}] loom: turn", by="ada", to="v1@x" if n > 1 else None, day=n
        )
        for n in (1, 2, 3)
    ]
    took = mail("t@x", "Applied, thanks.\n", by="bo", to="v3@x", day=4)
    old, *_ = join([*versions, took], {}, [claim(took, "Applied, thanks.", "applied")]).status
    assert (old.key, old.status) == ("v1@x", "superseded")
    assert [each.message_id for each in old.evidence] == ["v2@x", "v3@x", "t@x"]


def test_what_an_author_agrees_to_is_shown_beside_his_word(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    asked = mail("q@x", "The second turn has to go before the first one here.\n", by="bo", to="p@x", day=1)
    agreed = mail("a@x", "Sure, will do in v2.\n", by="ada", to="q@x", day=2)
    said = [claim(agreed, "Sure, will do in v2.", "needs-revision")]
    (status,) = join([patch, asked, agreed], {}, said).status
    assert [each.message_id for each in status.evidence] == ["a@x", "q@x"]


def test_a_weak_word_is_not_shown_beside_the_one_that_decided(mail, claim):
    patch = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    took = mail("t@x", "Applied, thanks.\n", by="bo", to="p@x", day=1)
    odd = mail("o@x", "Its tail is ready.\n", by="cy", to="p@x", day=2)
    for confidence, also in ((0.3, ()), (0.6, ("ready",))):
        said = [claim(took, "Applied, thanks.", "applied"), claim(odd, "Its tail is ready.", "ready")]
        said[1] = replace(said[1], confidence=confidence)
        (status,) = join([patch, took, odd], {}, said).status
        assert (status.status, status.also) == ("applied", also)


def test_where_a_new_version_was_posted_and_nobody_says_more_it_is_the_proof(mail, rows, traced, claim):
    """What was said of the version before, that a review of it is waited for or that another is to come, proves nothing of this one."""
    table = mail(
        "t@x", "- item: shuttle locks\n  assignee: Ada Byron\n- item: reed split\n  assignee: Bo Lind\n", by="cy"
    )
    body = "> - item: shuttle locks\n>   assignee: Ada Byron\n\nI am waiting for Bo. Then I will send v2.\n"
    first = mail("p@x", "text\n---\n", subject="[PATCH] loom: shuttle locks", day=1)
    mails = traced(table, first, mail("s@x", body, to="t@x", day=2))
    said = [
        claim(mails[2], "I am waiting for Bo.", "needs-review"),
        claim(mails[2], "Then I will send v2.", "needs-revision"),
    ]
    newer = mail("q@x", "text\n---\n", subject="[PATCH v2] loom: shuttle locks", day=3)
    before, after = (join(each, rows(*each), said).status[0] for each in (mails, (*mails, newer)))
    assert before.evidence[0].message_id == "s@x"
    assert (after.rule, after.status, after.revision) == ("posted", "needs-review", 2)
    assert [each.message_id for each in after.evidence] == ["q@x"]


def test_what_is_only_supposed_of_an_item_is_shown_and_tells_no_status(mail, rows, traced, claim):
    table = mail(
        "t@x", "- item: shuttle locks\n  assignee: Ada Byron\n- item: reed split\n  assignee: Bo Lind\n", by="cy"
    )
    said = mail("s@x", "> - item: shuttle locks\n>   assignee: Ada Byron\n\nI think this is merged.\n", to="t@x", day=2)
    mails = traced(table, said)
    status = join(mails, rows(*mails), [claim(mails[1], "I think this is merged.", "merged", "hedged")]).status[0]
    assert (status.status, status.certainty, status.rule, status.also) == (None, None, "nothing-sure", ("merged",))
    assert [each.text for each in status.evidence] == ["I think this is merged."]


def test_the_form_mail_of_whoever_took_it_is_the_first_proof(mail, claim):
    """Whoever says later that it is in a tree may speak of another one; still both are shown."""
    patch = mail("p@x", "x\n---\n", subject="[PATCH] loom: turn", by="ada")
    form = mail(
        "f@x",
        "On Mon, 02 Mar 2026 10:00:00 +0000, Ada Byron wrote:\n> x\n\nApplied, thanks!\n\n[1/1] loom: turn\n"
        "      commit: 0123456789abcdef0123456789abcdef01234567\n",
        subject="Re: [PATCH] loom: turn",
        by="bo",
        to="p@x",
        day=1,
    )
    later = mail("l@x", "We applied it upon the last release here.\n", by="cy", to="p@x", day=2)
    said = [claim(form, "Applied, thanks!", "applied"), claim(later, "We applied it upon", "applied", target="loom")]
    (status,) = join([patch, form, later], {}, said).status
    assert (status.status, [each.message_id for each in status.evidence]) == ("applied", ["f@x", "l@x"])
    undone = mail("d@x", "Dropped it again.\n", by="bo", to="p@x", day=1.5)
    said.append(claim(undone, "Dropped it again.", "dropped"))
    (status,) = join([patch, form, undone, later], {}, said).status
    assert status.evidence[0].message_id != "f@x"
