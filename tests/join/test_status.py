"""What a status is made of: its dates, its title, how sure it is, and who is waited for."""

from __future__ import annotations

import pytest

from miner.join import join


def test_no_proof_is_newer_than_the_status(mail, claim):
    """A remark is no claim, but it is shown."""
    patch = mail("p@x", "diff --git a/l.c b/l.c\n", subject="[PATCH] loom: turn")
    remark = mail("r@x", "This can not work on big looms at all, they never stop.\n", subject="Re: [PATCH] loom: turn",
                  by="bo", to="p@x", day=8)  # fmt: skip
    (status,) = join([patch, remark], {}, []).status
    assert status.evidence[0].message_id == "r@x"
    assert status.since == status.as_of == remark.date


def test_a_ping_is_the_last_word_but_changes_nothing(mail, claim):
    patch = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    ping = mail("q@x", "Gentle ping.\n", subject="Re: [PATCH] loom: turn", to="p@x", day=20)
    (status,) = join([patch, ping], {}, [claim(ping, "Gentle ping.", "needs-review")]).status
    assert (status.since, status.as_of) == (patch.date, ping.date)


def test_an_older_version_keeps_its_own_title(mail):
    first = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    second = mail("q@x", "x\n", subject="[PATCH v2] loom: turn and stop", to="p@x", day=5)
    old, new = join([first, second], {}, []).status
    assert (old.status, old.title, new.title) == ("superseded", "loom: turn", "loom: turn and stop")
    assert old.evidence[0].text == "[PATCH v2] loom: turn and stop"


def test_how_sure_it_is_stands_where_others_answered(mail):
    """A robot's build report and the author's own mails are no answers."""
    patch = mail("p@x", "diff --git a/l.c b/l.c\n", subject="[PATCH] loom: turn")
    more = mail(
        "a@x", "I forgot to say that this is for the big looms.\n", subject="Re: [PATCH] loom: turn", to="p@x", day=1
    )
    built = mail(
        "b@x",
        "I love your patch! All builds are fine.\n",
        subject="Re: [PATCH] loom: turn",
        by="robot",
        to="p@x",
        day=1,
    )
    answer = mail(
        "r@x", "The big looms are odd, as you know.\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=2
    )
    (alone,) = join([patch, more, built], {}, []).status
    (answered,) = join([patch, more, built, answer], {}, []).status
    assert (alone.status, alone.certainty, alone.confidence) == ("needs-review", "asserted", None)
    assert answered.confidence is not None
    assert alone.weighed is None
    assert answered.weighed is not None


def test_a_copy_for_a_stable_tree_waits_for_nobody(mail):
    (copy,) = join([mail("p@x", "x\n", subject="[PATCH 6.6] loom: turn")], {}, []).status
    (patch,) = join([mail("p@x", "x\n", subject="[PATCH] loom: turn")], {}, []).status
    assert (copy.waiting_on, copy.next_actor) == ((), None)
    assert patch.next_actor == "reviewers"


@pytest.mark.parametrize(
    ("words", "status", "certainty", "taken"),
    [
        ("Applied patches 1-2.", "applied", "hedged", (1, 2)),
        ("Only patches 1-2 are applied.", "needs-review", "hedged", (1, 2)),
        ("Applied, except for the last patch.", "needs-review", "hedged", (1, 2)),
        ("Half of it is applied.", "needs-review", "hedged", ()),
        ("Applied.", "applied", "asserted", ()),
    ],
)
def test_of_a_series_that_is_in_a_tree_in_part_the_patches_are_told(words, status, certainty, taken, mail, claim):
    cover = mail("c@x", "text\n", subject="[PATCH 0/3] loom: turn")
    patches = [
        mail(f"p{n}@x", f"text\n---\n {n}\n", subject=f"[PATCH {n}/3] loom: turn wheel {n}", to="c@x")
        for n in (1, 2, 3)
    ]
    answer = mail("a@x", f"> text\n\n{words}\n", by="bo", to="c@x", day=1)
    (found,) = join([cover, *patches, answer], {}, [claim(answer, words, "applied")]).status
    assert (found.status, found.certainty, found.taken) == (status, certainty, taken)
