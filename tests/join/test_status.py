"""What a status shows of the words that decided, and whom they mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.join import join
from miner.join.doubles import find_beside
from miner.model import Person


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


@pytest.mark.parametrize(("by", "status"), [("bo", "superseded"), ("ada", "needs-revision")])
def test_who_mended_the_same_before_replaces_the_posting_of_another(by, status, mail, claim):
    patch = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    words = "I have already fixed this."
    answer = mail("r@x", f"> text\n\n{words}\n", subject="Re: [PATCH] loom: turn", by=by, to="p@x", day=2)
    (found,) = join([patch, answer], {}, [claim(answer, words, "needs-revision")]).status
    assert found.status == status


def test_an_older_version_keeps_its_own_title(mail):
    first = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    second = mail("q@x", "x\n", subject="[PATCH v2] loom: turn and stop", to="p@x", day=5)
    old, new = join([first, second], {}, []).status
    assert (old.status, old.title, new.title) == ("superseded", "loom: turn", "loom: turn and stop")
    assert old.evidence[0].text == "[PATCH v2] loom: turn and stop"


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


def test_who_writes_his_name_in_other_letters_is_known_by_the_one_before_the_at(mail, claim):
    patch = replace(
        mail("p@x", "x\n", subject="[PATCH] loom: turn"), author=Person("林晓晴", "xiaoqing@lin.example.net")
    )
    ask = mail("q@x", "Xiaoqing, do you still want this?\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=9)
    asked = claim(ask, "Xiaoqing, do you still want this?", "needs-reply", waiting_on=("Xiaoqing",))
    (status,) = join([patch, ask], {}, [asked]).status
    assert status.waiting_on == ("林晓晴 <xiaoqing@lin.example.net>",)


def amended(mail, claim):
    """A series of two patches, both remarked on, of which one is sent anew and then reviewed."""
    mails = [
        mail("c@x", "x\n", subject="[PATCH 0/2] loom: turn"),
        mail("p1@x", "x\n", subject="[PATCH 1/2] loom: turn left", to="c@x"),
        mail("p2@x", "x\n", subject="[PATCH 2/2] loom: turn right", to="c@x"),
        mail("a@x", "Please rework this.\n", subject="Re: [PATCH 2/2] loom: turn right", by="cy", to="p2@x", day=1),
        mail("n@x", "x\n", subject="[PATCH v2 2/2] loom: turn right", to="p2@x", day=2),
    ]
    tag = "Reviewed-by: Bo Lind <bo@example.org>"
    for n, to in enumerate(("p1@x", "n@x")):
        mails.append(mail(f"t{n}@x", f"{tag}\n", subject="Re: [PATCH] loom: turn", by="bo", to=to, day=3))
    asked = claim(mails[3], "Please rework this.", "needs-revision")
    return mails, [asked, *(claim(each, tag, "ready", rule="trailer") for each in mails[-2:])]


def test_a_posting_of_which_a_patch_was_sent_anew_stands_with_it(mail, claim):
    mails, said = amended(mail, claim)
    old, new = join(mails, {}, said).status
    assert (old.key, new.key) == ("c@x", "n@x")
    assert (old.status, old.rule, old.revision) == (new.status, new.rule, 1) == ("ready", "approved", 1)
    assert {each.message_id for each in old.evidence} >= {"t0@x", "t1@x"}
    assert old.as_of == new.as_of == mails[-1].date


def test_a_patch_sent_anew_is_waited_for_from_then_on(mail, claim):
    mails, _ = amended(mail, claim)
    old, new = join(mails[:5], {}, []).status
    assert (
        (old.status, old.since, old.as_of)
        == (new.status, new.since, new.as_of)
        == ("needs-review", mails[4].date, mails[4].date)
    )


def test_patches_sent_anew_one_after_the_other_stand_together(mail, claim):
    mails, said = amended(mail, claim)
    third = mail("m@x", "x\n", subject="[PATCH v3 1/2] loom: turn left", to="p1@x", day=5)
    old, new, newest = join([*mails, third], {}, said).status
    assert {each.key: each.status for each in (old, new, newest)} == dict.fromkeys(
        ("c@x", "n@x", "m@x"), "needs-review"
    )


def test_what_was_asked_of_a_patch_holds_until_it_is_sent_anew(mail, claim):
    mails, said = amended(mail, claim)
    again = mail("b@x", "Please rework this.\n", subject="Re: loom", by="bo", to="n@x", day=4)
    old, new = join([*mails, again], {}, [*said, claim(again, "Please rework this.", "needs-revision")]).status
    assert old.status == new.status == "needs-revision"
    old, new = join([*mails, again], {}, said).status
    assert old.status == new.status == "ready"


def test_a_whole_new_version_replaces_both_parts(mail, claim):
    mails, said = amended(mail, claim)
    third = [mail("d@x", "x\n", subject="[PATCH v3 0/2] loom: turn", day=9)]
    third += [mail(f"d{n}@x", "x\n", subject=f"[PATCH v3 {n}/2] loom: turn", to="d@x", day=9) for n in (1, 2)]
    old, new, newest = join([*mails, *third], {}, said).status
    assert (old.rule, new.rule, newest.status) == ("newer-revision", "newer-revision", "needs-review")


def test_what_was_said_before_a_patch_was_sent_anew_is_looked_at_too(mail, claim):
    """When it began, the newest of the patches was not there yet."""
    mails, said = amended(mail, claim)
    tag = "Reviewed-by: Bo Lind <bo@example.org>"
    body = f"Otherwise it looks good to me.\n\n{tag}\n"
    early = mail("e@x", body, subject="Re: x", by="bo", to="p1@x", day=1.5)
    words = [claim(early, body.splitlines()[0], "ready", "conditional"), claim(early, tag, "ready", rule="trailer")]
    old, new = join([*mails, early], {}, [*said, *words]).status
    assert (old.status, old.since) == (new.status, new.since)


def test_who_said_that_he_will_look_is_waited_for_though_the_author_asked_again(mail, claim):
    patch = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    plan = mail("l@x", "I'll take a look next week.\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=1)
    ping = mail("q@x", "Gentle ping.\n", subject="Re: [PATCH] loom: turn", to="p@x", day=20)
    said = [claim(plan, "I'll take a look next week.", "planned"), claim(ping, "Gentle ping.", "needs-review")]
    (status,) = join([patch, plan, ping], {}, said).status
    assert (status.status, status.next_actor) == ("needs-review", str(plan.author))
    word = mail("w@x", "Fine with me.\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=10)
    said.insert(1, claim(word, "Fine with me.", "posted"))
    (status,) = join([patch, plan, word, ping], {}, said).status
    assert status.next_actor == "reviewers"


def test_of_two_claims_in_the_same_words_the_surer_one_tells(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    words = "Pulled and pushed:"
    took = mail("t@x", f"{words}\n", by="bo", to="p@x", day=1)
    both = [claim(took, words, "applied", confidence=0.8), claim(took, words, "merged", confidence=0.5)]
    (status,) = join([patch, took], {}, both).status
    assert status.status == "applied"


def test_a_much_less_sure_reading_of_a_part_of_the_words_does_not_count(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    words = "Thanks, will apply it to my branch later."
    good = mail("t@x", f"{words}\n", by="bo", to="p@x", day=1)
    for low, status in ((0.2, "ready"), (0.6, "needs-revision")):
        both = [
            claim(good, words, "ready", confidence=0.9),
            claim(good, "will apply it to my branch later.", "needs-revision", confidence=low),
        ]
        (found,) = join([patch, good], {}, both).status
        assert found.status == status


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


def test_a_reply_from_a_slow_clock_is_about_what_it_answers(mail, claim):
    patch = mail("p@x", "diff --git a/l.c b/l.c\n", subject="[PATCH] loom: turn", day=1)
    good = mail("r@x", "This looks good to me.\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=0.9)
    (status,) = join([patch, good], {}, [claim(good, "This looks good to me.", "ready")]).status
    assert (status.status, status.evidence[0].message_id) == ("ready", "r@x")


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


def test_that_a_work_is_in_a_tree_is_as_sure_as_both_words_for_it_together(mail, claim):
    patch = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    body = "The loom tests are now merged!\n"
    said = mail("t@x", body, subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=2)
    applied = claim(said, body.strip(), "applied", confidence=0.4)
    merged = replace(applied, status="merged", confidence=0.2)
    (alone,) = join([patch, said], {}, [applied]).status
    (both,) = join([patch, said], {}, [applied, merged]).status
    assert (alone.status, both.status) == ("needs-review", "applied")
    (other,) = join([patch, said], {}, [applied, replace(merged, certainty="hedged")]).status
    assert other.status == "needs-review"


def test_what_a_pull_request_is_based_on_holds_nothing_up(mail, claim):
    words = "This stands on the wheels of Bo, and needs them."
    pull = mail("g@x", f"{words}\n", subject="[GIT PULL] loom changes")
    (status,) = join([pull], {}, [claim(pull, words, "blocked")]).status
    assert status.status == "needs-review"


def test_what_is_taken_below_an_older_version_is_the_newest(mail, claim):
    first = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    second = mail("q@x", "x\n", subject="[PATCH v2] loom: turn", day=5)
    for day, status in ((9, "applied"), (3, "needs-review")):
        took = mail("t@x", "Applied, thanks.\n", by="bo", to="p@x", day=day)
        joined = join([first, second, took], {}, [claim(took, "Applied, thanks.", "applied")])
        assert [each.status for each in joined.status if each.key == "q@x"] == [status]


def test_a_weak_word_is_not_shown_beside_the_one_that_decided(mail, claim):
    patch = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    took = mail("t@x", "Applied, thanks.\n", by="bo", to="p@x", day=1)
    odd = mail("o@x", "Its tail is ready.\n", by="cy", to="p@x", day=2)
    for confidence, also in ((0.3, ()), (0.6, ("ready",))):
        said = [claim(took, "Applied, thanks.", "applied"), claim(odd, "Its tail is ready.", "ready")]
        said[1] = replace(said[1], confidence=confidence)
        (status,) = join([patch, took, odd], {}, said).status
        assert (status.status, status.also) == ("applied", also)


def test_a_copy_for_a_stable_tree_waits_for_nobody(mail):
    (copy,) = join([mail("p@x", "x\n", subject="[PATCH 6.6] loom: turn")], {}, []).status
    (patch,) = join([mail("p@x", "x\n", subject="[PATCH] loom: turn")], {}, []).status
    assert (copy.waiting_on, copy.next_actor) == ((), None)
    assert patch.next_actor == "reviewers"


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


def test_done_in_a_version_asks_for_none(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH v2] loom: turn")
    remark = mail("a@x", "> text\n\nThe name is short.\n", by="bo", to="p@x", day=1)
    done = mail("b@x", "> The name is short.\n\nDone in v2:\n", to="a@x", day=2)
    found = [
        join([patch, remark, done], {}, [claim(done, text, "needs-revision")]).status[0].rule
        for text in ("Done in v2:", "v2:")
    ]
    assert found == ["posted", "revision-expected"]


def test_who_replies_to_whom(mail, claim):
    """An author is asked by others who name nobody; whom they call is he; and an author is not asked by himself."""
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    cy = mail("c@x", "> text\n\nI have read it.\n", by="cy", to="p@x", day=1)
    found = []
    for by, words in (
        ("bo", "Is it fast on other looms?"),
        ("bo", "Cy, do you like it more?"),
        ("ada", "Is it fast there?"),
    ):
        ask = replace(mail("q@x", f"> text\n\n{words}\n", by=by, to="p@x", day=2), recipients=(cy.author,))
        (status,) = join([patch, cy, ask], {}, [claim(ask, words, "needs-reply", "asked")]).status
        found.append((status.status, status.next_actor))
    assert found == [
        ("needs-reply", "author"),
        ("needs-reply", "Cy Marsh <cy@example.org>"),
        ("needs-reply", "reviewers"),
    ]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Hi Cy,\n\n> text\n\nCould this still go into 2.5?", "needs-review"),
        ("Hello Cy.\n\n> text\n\nIs the lock the reason?", "needs-reply"),
    ],
)
def test_whom_an_author_greets_is_asked_and_acts_next(words, status, mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    cy = Person("Cy Marsh", "cy@example.org")
    asks = replace(mail("q@x", f"{words}\n", to="p@x", day=9), recipients=(Person("Bo Lind", "bo@example.org"), cy))
    question = words.rpartition("\n")[2]
    (found,) = join([patch, asks], {}, [claim(asks, question, status, "asked")]).status
    assert (found.status, found.next_actor) == (status, str(cy))
    assert [each.asked_of for each in found.unanswered] == [str(cy)]


@pytest.mark.parametrize(
    ("words", "asked"),
    [("Hi Cy,\n\n> text\n\nIs the lock the reason?", "Cy Marsh"), ("Hi Cy,\n\nCould somebody test it?", "Ada Byron")],
)
def test_whom_a_reviewer_greets_is_asked_and_acts_next(words, asked, mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    cy = Person("Cy Marsh", "cy@example.org")
    asks = replace(mail("q@x", f"{words}\n", by="bo", to="p@x", day=9), recipients=(*patch.recipients, cy))
    (found,) = join([patch, asks], {}, [claim(asks, words.rpartition("\n")[2], "needs-reply", "asked")]).status
    assert [each.asked_of.partition(" <")[0] for each in found.unanswered] == [asked]
    assert found.next_actor == (str(cy) if asked == "Cy Marsh" else "author")


def test_who_wrote_without_a_name_is_shown_with_the_one_that_he_has_elsewhere(mail, claim):
    bare = Person("ada@example.org", "ada@example.org")
    patch = replace(mail("p@x", "text\n---\n", subject="[PATCH] loom: turn"), author=bare)
    other = mail("o@x", "Hello.\n", by="ada", to="p@x", day=1)
    asked = mail("a@x", "> text\n\nPlease send v2.\n", by="bo", to="p@x", day=2)
    said = claim(asked, "Please send v2.", "needs-revision", waiting_on=("author",))
    status = join([patch, other, asked], {}, [said]).status[0]
    assert status.waiting_on == ("Ada Byron <ada@example.org>",)


@pytest.mark.parametrize(
    ("on", "waiting", "shown"),
    [
        ("1.4", (), ("1.4",)),
        ("v6.9-rc1", (), ("v6.9-rc1",)),
        ("Bo's loom series", ("Bo Lind <bo@example.org>",), ("Bo's loom series",)),
        ("loom", (), ()),
    ],
)
def test_a_release_and_the_part_of_the_project_act_not(on, waiting, shown, mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    words = f"This waits for {on}."
    said = mail("a@x", f"> text\n\n{words}\n", by="bo", to="p@x", day=1)
    (status,) = join([patch, said], {}, [claim(said, words, "blocked", depends_on=(on,))]).status
    assert (status.status, status.waiting_on, tuple(need.on for need in status.needs)) == ("blocked", waiting, shown)


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


def test_a_part_that_the_sentence_names_behind_the_claim_is_open(mail, rows, traced, claim):
    table = mail(
        "t@x", "- item: shuttle locks\n  assignee: Ada Byron\n- item: reed split\n  assignee: Bo Lind\n", by="cy"
    )
    words = "It is merged, but the second half is not."
    said = mail("s@x", f"> - item: shuttle locks\n>   assignee: Ada Byron\n\n{words}\n", to="t@x", day=2)
    mails = traced(table, said)
    status = join(mails, rows(*mails), [claim(mails[1], "It is merged,", "merged")]).status[0]
    assert (status.status, status.next_actor) == ("in-progress", "Ada Byron <ada@example.org>")


@pytest.mark.parametrize(("on", "waiting"), [("my allocator series [1]", "author"), ("the core patches", None)])
def test_mere_words_act_not(on, waiting, mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    said = mail("a@x", f"> text\n\nThis waits for {on}.\n", to="p@x", day=1)
    (status,) = join([patch, said], {}, [claim(said, f"This waits for {on}.", "blocked", depends_on=(on,))]).status
    assert (status.status, status.next_actor, status.depends_on) == ("blocked", waiting, (on,))


def test_what_is_only_supposed_of_an_item_is_shown_and_tells_no_status(mail, rows, traced, claim):
    table = mail(
        "t@x", "- item: shuttle locks\n  assignee: Ada Byron\n- item: reed split\n  assignee: Bo Lind\n", by="cy"
    )
    said = mail("s@x", "> - item: shuttle locks\n>   assignee: Ada Byron\n\nI think this is merged.\n", to="t@x", day=2)
    mails = traced(table, said)
    status = join(mails, rows(*mails), [claim(mails[1], "I think this is merged.", "merged", "hedged")]).status[0]
    assert (status.status, status.certainty, status.rule, status.also) == (None, None, "nothing-sure", ("merged",))
    assert [each.text for each in status.evidence] == ["I think this is merged."]


def test_claims_are_compared_with_those_in_their_own_words_alone(mail, claim):
    one, other = (mail(ident, "First it is queued, then it is merged.\n") for ident in ("p@x", "q@x"))
    first, last = claim(one, "First it is queued"), claim(one, "then it is merged")
    inside, across = claim(one, "it is merged"), claim(other, "First it is queued, then it is merged")
    elsewhere = claim(other, "queued")
    found = find_beside([last, across, inside, first, elsewhere])
    assert found[id(first)] == [first]
    assert found[id(last)] == found[id(inside)] == [last, inside]
    assert found[id(across)] == found[id(elsewhere)] == [across, elsewhere]


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
