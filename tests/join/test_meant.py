"""Words below a posting as they are meant there: of another work, of a part, or of what their speaker does himself."""

from __future__ import annotations

import pytest

from miner.join import join


@pytest.mark.parametrize(("by", "status"), [("bo", "superseded"), ("ada", "needs-revision")])
def test_who_mended_the_same_before_replaces_the_posting_of_another(by, status, mail, claim):
    patch = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    words = "I have already fixed this."
    answer = mail("r@x", f"> text\n\n{words}\n", subject="Re: [PATCH] loom: turn", by=by, to="p@x", day=2)
    (found,) = join([patch, answer], {}, [claim(answer, words, "needs-revision")]).status
    assert found.status == status


def test_a_cure_by_others_replaces_a_patch_and_finishes_an_item(mail, claim, rows, traced):
    text = "Already fixed in v5.16 by commit 1a2b3c4d5e6f."
    patch = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    answer = mail("a@x", f"{text}\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=2)
    (status,) = join([patch, answer], {}, [claim(answer, text, "merged")]).status
    assert (status.status, status.rule) == ("superseded", "superseded-by-other")
    table = mail("t@x", "- item: turn the loom\n  assignee: Ada Byron\n", subject="the list")
    quote = f"> - item: turn the loom\n>   assignee: Ada Byron\n\n{text}\n"
    below = mail("b@x", quote, subject="Re: the list", by="bo", to="t@x", day=2)
    mails = traced(table, below)
    (item,) = join(mails, rows(*mails), [claim(below, text, "merged")]).status
    assert (item.kind, item.status) == ("item", "merged")


def test_another_version_taken_is_no_approval_and_its_authors_own_is(mail, claim):
    patch = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    for text, found in (("I'll apply Ada's patch.", "ready"), ("I'll apply Cy's patch.", "superseded")):
        answer = mail("a@x", f"{text}\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=2)
        (status,) = join([patch, answer], {}, [claim(answer, text, "ready")]).status
        assert status.status == found


def test_what_a_pull_request_is_based_on_holds_nothing_up(mail, claim):
    words = "This stands on the wheels of Bo, and needs them."
    pull = mail("g@x", f"{words}\n", subject="[GIT PULL] loom changes")
    (status,) = join([pull], {}, [claim(pull, words, "blocked")]).status
    assert status.status == "needs-review"


def test_done_in_a_version_asks_for_none(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH v2] loom: turn")
    remark = mail("a@x", "> text\n\nThe name is short.\n", by="bo", to="p@x", day=1)
    done = mail("b@x", "> The name is short.\n\nDone in v2:\n", to="a@x", day=2)
    found = [
        join([patch, remark, done], {}, [claim(done, text, "needs-revision")]).status[0].rule
        for text in ("Done in v2:", "v2:")
    ]
    assert found == ["posted", "revision-expected"]


@pytest.mark.parametrize(("by", "status"), [("bo", "superseded"), ("cy", "needs-revision")])
def test_a_fix_that_whoever_takes_patches_folds_into_what_it_fixes_is_replaced(by, status, mail, claim):
    taken = mail("t@x", "Applied, thanks.\n", by="bo", to="o@x", day=1)
    other = mail("o@x", "text\n---\n", subject="[PATCH] warp: cut")
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", day=2)
    words = "Let's fold it into the original patch."
    folds = mail("f@x", f"> text\n\n{words}\n", by=by, to="p@x", day=3)
    said = [claim(taken, "Applied, thanks.", "applied"), claim(folds, words, "needs-revision")]
    found = {each.key: each for each in join([other, taken, patch, folds], {}, said).status}
    assert found["p@x"].status == status


@pytest.mark.parametrize(
    ("by", "words", "status"),
    [
        ("ada", "Hm, no need to resend since it's included in another patch of mine.", "superseded"),
        ("ada", "No need to respin since this is already covered by another series.", "superseded"),
        ("ada", "Hm, no need to resend since it's not in the tree.", "needs-revision"),
        ("bo", "Hm, no need to resend since it's included in another patch of mine.", "needs-revision"),
    ],
)
def test_an_author_who_sends_no_new_version_as_another_patch_has_the_change(by, words, status, mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    asks = mail("a@x", "> text\n\nPlease rebase and resend it.\n", by="bo", to="p@x", day=1)
    answer = mail("b@x", f"> Please rebase and resend it.\n\n{words}\n", by=by, to="a@x", day=2)
    said = [claim(asks, "Please rebase and resend it.", "needs-revision")]
    said.append(claim(answer, words.partition(" since")[0], "needs-revision", "negated"))
    (found,) = join([patch, asks, answer], {}, said).status
    assert found.status == status


@pytest.mark.parametrize(
    ("above", "patches", "status"),
    [
        ("For the loom part:\n\n>  loom/turn.c | 2 +-\n\n", 1, "needs-review"),
        ("I'm okay for LOOM part,\n\n", 1, "needs-review"),
        ("Good for the loom and warp bits.\n", 1, "needs-review"),
        ("For my part:\n", 1, "ready"),
        ("Good for the loom.\n", 1, "ready"),
        ("For the loom part:\n", 2, "ready"),
    ],
)
def test_a_tag_for_a_part_of_a_patch_approves_no_more(above, patches, status, mail, claim):
    tag = "Acked-by: Bo Lind <bo@example.org>"
    top = mail("p@x", "text\n---\n", subject="[PATCH 0/2] mill: turn" if patches == 2 else "[PATCH] mill: turn")
    mails = [
        top,
        *(mail(f"p{n}@x", "text\n---\n", subject=f"[PATCH {n}/2] mill", to="p@x") for n in (1, 2) if patches == 2),
    ]
    answer = mail("a@x", f"> text\n\n{above}{tag}\n", by="bo", to="p@x", day=2)
    (found,) = join([*mails, answer], {}, [claim(answer, tag, "ready", rule="trailer")]).status
    assert found.status == status


@pytest.fixture
def announced(mail, claim):
    """Where a patch stands by what somebody announces below it, and by what is said in a later mail."""

    def find(words, by="bo", later="", later_by="cy", certainty="conditional", asks=""):
        patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
        mails = [patch, mail("a@x", f"> text\n\n{words}\n", by=by, to="p@x", day=1)]
        claims = [claim(mails[1], words, "ready", certainty, rule="will-apply")]
        if later:
            mails.append(mail("b@x", f"> {words}\n\n{later}\n", by=later_by, to="a@x", day=2))
        if asks:
            claims.append(claim(mails[2], later, asks))
        (status,) = join(mails, {}, claims).status
        return status

    return find


@pytest.mark.parametrize(
    ("words", "certainty"),
    [
        ("If nobody objects I will apply this tomorrow.", "conditional"),
        ("If I don't hear anything I'll apply it.", "conditional"),
        ("Will apply tomorrow if I hear no complaints.", "conditional"),
        ("I plan to merge this by Friday if there are no objections.", "conditional"),
        ("Going to apply this on Monday unless there is an outcry.", "conditional"),
        ("I'd like to apply this tomorrow, so please shout if you see a problem.", "conditional"),
        ("Queueing this tomorrow unless anyone shouts.", "conditional"),
        ("Barring objections, I will queue this for 2.4.", "asserted"),
    ],
)
def test_who_applies_it_if_nobody_objects_has_to_act_and_it_is_probably_ready(words, certainty, announced):
    status = announced(words, certainty=certainty)
    assert (status.status, status.certainty) == ("ready", "hedged")
    assert status.next_actor.startswith("Bo")
    own = announced(words, by="ada", certainty=certainty)
    assert (own.status, own.certainty, own.next_actor) == ("ready", "hedged", "author")


def test_who_lets_others_apply_it_if_nobody_objects_does_not_act(announced):
    assert announced("Please apply this unless somebody objects.").next_actor == "maintainer"


@pytest.mark.parametrize(
    ("by", "later", "ready"),
    [
        ("cy", "I object, it tears the cloth.", False),
        ("cy", "Please don't, it tears the cloth.", False),
        ("cy", "Wait, I have not looked at it.", False),
        ("cy", "I'd like to test it first.", False),
        ("cy", "I have an objection.", False),
        ("ada", "Please hold off, I found a fault in it.", False),
        ("bo", "Wait, or rather do it on Monday.", True),
        ("cy", "I do not object.", True),
        ("cy", "No objections from me.", True),
        ("cy", "Don't forget the tag.", True),
    ],
)
def test_what_waits_for_objections_is_ready_until_somebody_else_objects(by, later, ready, announced):
    for words, certainty in (
        ("If nobody objects I will apply this tomorrow.", "conditional"),
        ("Barring objections, I will queue this for 2.4.", "asserted"),
    ):
        assert (announced(words, later=later, later_by=by, certainty=certainty).status == "ready") == ready


def test_a_change_that_anybody_asks_for_holds_up_what_waits_for_objections(announced):
    more = {"later": "This needs another lock.", "asks": "needs-revision"}
    for words, certainty in (
        ("If nobody objects I will apply this tomorrow.", "conditional"),
        ("Barring objections, I will queue this for 2.4.", "asserted"),
    ):
        assert announced(words, certainty=certainty, **more).status == "needs-revision"
    assert announced("I will queue this for 2.4.", certainty="asserted", **more).status == "ready"


@pytest.mark.parametrize(("by", "rule"), [("bo", "approved-by-decider"), ("cy", "revision-expected")])
def test_who_takes_patches_and_asks_leave_to_fold_it_waits_for_no_version(by, rule, mail, claim):
    taken = mail("t@x", "Applied, thanks.\n", by="bo", to="o@x", day=1)
    other = mail("o@x", "text\n---\n", subject="[PATCH] warp: cut")
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", day=2)
    words = "May I fold this into the original patchset?"
    folds = mail("f@x", f"> text\n\nThis looks good.\n\n{words}\n", by=by, to="p@x", day=3)
    said = [
        claim(taken, "Applied, thanks.", "applied"),
        claim(folds, "This looks good.", "ready"),
        claim(folds, words, "needs-revision", "asked"),
    ]
    found = {each.key: each for each in join([other, taken, patch, folds], {}, said).status}
    assert found["p@x"].rule == rule


@pytest.mark.parametrize(
    ("words", "by", "shows", "rule"),
    [
        ("That's a no.", "bo", "diff --git a/loom.c b/loom.c\n@@ -1 +1 @@\n", "revision-expected"),
        ("That is a no, you must not set it here.", "bo", "--- a/loom.c\n+++ b/loom.c\n", "revision-expected"),
        ("That's a no.", "bo", "We could turn it here.\n", "dropped"),
        ("That's a no.", "bo", "> diff --git a/loom.c b/loom.c\n", "dropped"),
        ("NAK to the whole series.", "bo", "diff --git a/loom.c b/loom.c\n@@ -1 +1 @@\n", "dropped"),
    ],
)
def test_a_refusal_of_a_change_that_the_author_shows_in_an_answer_is_of_that_one(words, by, shows, rule, mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    remark = mail("a@x", "> text\n\nThe name is short.\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=1)
    shown = mail("b@x", f"Like this?\n\n{shows}", subject="Re: [PATCH] loom: turn", to="a@x", day=2)
    answer = mail("r@x", f"{words}\n", subject="Re: [PATCH] loom: turn", by=by, to="b@x", day=3)
    assert join([patch, remark, shown, answer], {}, [claim(answer, words, "dropped")]).status[0].rule == rule


@pytest.mark.parametrize(
    ("words", "rule"),
    [("Yes, that will do.", "posted"), ("Yes, I will do that.", "revision-expected")],
)
def test_what_will_do_as_it_is_brings_no_version(words, rule, mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    remark = mail("a@x", "> text\n\nThe old wheel turns too.\n", by="robot", to="p@x", day=1)
    answer = mail("b@x", f"> The old wheel turns too.\n\n{words}\n", to="a@x", day=2)
    assert join([patch, remark, answer], {}, [claim(answer, words, "needs-revision")]).status[0].rule == rule


@pytest.mark.parametrize(
    ("words", "rule"),
    [("I've applied this to the next version.", "revision-expected"), ("I've applied this.", "applied")],
)
def test_what_an_author_who_takes_patches_puts_into_the_next_version_is_not_in_a_tree(words, rule, mail, claim):
    taken = mail("t@x", "Applied, thanks.\n", to="o@x", day=1)
    other = mail("o@x", "text\n---\n", subject="[PATCH] warp: cut", by="bo")
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", day=2)
    remark = mail("a@x", "> text\n\nThe name is short.\n", by="bo", to="p@x", day=3)
    answer = mail("b@x", f"> The name is short.\n\n{words}\n", to="a@x", day=4)
    said = [claim(taken, "Applied, thanks.", "applied"), claim(answer, words, "applied")]
    found = {each.key: each for each in join([other, taken, patch, remark, answer], {}, said).status}
    assert found["p@x"].rule == rule


def test_a_refusal_of_a_copy_that_was_sent_by_mistake_says_nothing(mail, claim):
    cover = mail("c@x", "x\n", subject="[PATCH 0/2] loom: two")
    stray = mail("s@x", "x\n---\ndiff --git a/l.c b/l.c\n", subject="[PATCH 1/2] loom: one", to="c@x")
    first = mail("p1@x", "x\n---\n", subject="[PATCH 1/2] loom: one", to="c@x")
    second = mail("p2@x", "x\n---\n", subject="[PATCH 2/2] loom: two", to="c@x")
    answer = mail("r@x", "NAK.\n", subject="Re: [PATCH 1/2] loom: one", by="bo", to="s@x", day=1)
    (found,) = join([cover, stray, first, second, answer], {}, [claim(answer, "NAK.", "dropped")]).status
    assert found.status == "needs-review"
