"""Whose work words of something applied are about, how many patches they name, and what an author drops."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.claims import find_claims
from miner.join import join
from miner.join.senses import Sense
from miner.join.subjects import (
    approves_but,
    approves_part,
    asks_again_later,
    asks_author,
    asks_next_version,
    asks_not_to_take,
    asks_to_apply,
    asks_to_fold,
    asks_to_look,
    asks_you,
    changes_next,
    drops_at_once,
    folds,
    hands_over,
    has_mended,
    is_fixed_otherwise,
    is_for_next_time,
    is_polite,
    is_to_come,
    leaves_out,
    mends_himself,
    names_base,
    names_next_version,
    offers,
    only_agrees,
    only_tries,
    promises_more,
    proposes,
    refuses,
    speaks_of_a_part,
    speaks_of_commit,
    speaks_of_other,
    suffices,
    takes_himself,
    takes_in_time,
    takes_other,
    tells_of_fix,
    tells_of_taking,
    tells_of_version,
    waits_for_himself,
    waits_for_itself,
    waits_for_objections,
    waits_in_time,
    waives,
)
from miner.model import Claim, Person, Series

from .made import ADA, BO, START, said

POSTING = Series("p@x", "loom: turn", 1, 1, None, ("p@x",), ADA, START, None, "p@x", ())


def says(text: str, status: str = "applied", by: str = BO, message_id: str = "a@x") -> Claim:
    return said(status, by=by, day=0, message_id=message_id, text=text, end=len(text))


OTHERS = [
    "I picked the following commit.",
    "Cy sent out a clean-up patch and I applied it to next.",
    "The initial version of the counter was merged into 6.9.",
    "Dora's series is in linux-next.",
    "A similar fix went into 6.8.",
    "Oh, you merged them into one.",
    "The prerequisite patches are\nin mainline now.",
    "Such big folio patches were applied to for-next.",
    "Merged some clean-up work, and it helps.",
    "The broken commit has merged into 6.9-rc1.",
    "We're in the 6.9-rc7 cycle.",
    "False positive: turn_get() is already in loom-next.",
    "turn_get() and turn_put() have been merged in 6.8.",
    "This warning of the build is now in mainline.",
    "The regression was merged in 6.9.",
    "Applied patch loom/warp.c cleanly.",
    "I have applied this patch to my test system.",
    "Applied the patch to loom.c and rebuilt the mill.",
    "We applied them upon the set of before.",
    "The code in loom-next has changed a lot.",
    "As the Fixes commit is in 6.7 it should go in.",
    "The spindle series was merged before that.",
    "Meanwhile the reed patch has landed in 6.8.",
]
OWN = [
    "Applied, thanks!",
    "Applied to loom/next with a small fix for the typo.",
    "I have queued your patch.",
    "I have queued it (but there is no other pull request before the fair).",
    "This series is in mainline now.",
    "Ada's patch is in my tree.",
    "It went into 6.9 as part of the pull request.",
    "I have applied this original version.",
    "Applied, since turn_get() is broken without it.",
    "The series has been applied with some clean-up work.",
    "Applied with small updates by hand, also I will append the following\npatch:",
    "The warning is already fixed in mainline.",
    "Applied cleanly, thanks.",
    "Applied, the warning is harmless in practice.",
    "Squashed in the initial commit, pushed out on loom/misc.",
    "I've folded this into the original patch.",
    "Applied to my testing branch, thanks.",
    "I have applied this to my tree, on top of the tests.",
    "The loom patch was applied yesterday.",
    "The last two patches were merged as well.",
    "The remaining series is queued.",
    "The updated v2 patch has been applied.",
]


@pytest.mark.parametrize("text", OTHERS)
def test_words_that_name_another_work(text: str) -> None:
    assert speaks_of_other(says(text), POSTING, own=False)


@pytest.mark.parametrize("text", OWN)
def test_words_that_do_not(text: str) -> None:
    assert not speaks_of_other(says(text), POSTING, own=False)


@pytest.mark.parametrize(
    ("text", "no_work"),
    [
        ("Please disregard my earlier suggestion.", True),
        ("Ignore this nit.", True),
        ('Please disregard the "Turning" line.', True),
        ('Please disregard the "Turning" series.', False),
        ("I have to ignore these review tags.", True),
        ("I misunderstood the comment, please ignore it.", True),
        ("Nack for the docs part.", True),
        ("Please ignore this patch.", False),
        ("NAK.", False),
        ("Nack to the whole idea, sorry.", False),
        ("Hm, the spindle patch was reverted again.", True),
        ("The whole series was dropped.", False),
    ],
)
def test_what_is_dropped_is_no_work(text: str, no_work: bool) -> None:
    assert speaks_of_other(says(text, "dropped"), POSTING, own=False) is no_work


def test_an_author_takes_back_his_own_word() -> None:
    assert speaks_of_other(says("Oh wait, ignore that, I had the wrong reed.", "dropped", by=ADA), POSTING, own=True)
    assert not speaks_of_other(says("Sorry, please ignore that.", "dropped", by=ADA), POSTING, own=True)


def test_only_what_is_taken_is_asked() -> None:
    assert not speaks_of_other(says("A similar fix is needed.", "needs-revision"), POSTING, own=False)


def test_an_author_who_thanks_for_taking_it_means_his_own() -> None:
    assert not speaks_of_other(says("I see that you already merged it.", by=ADA), POSTING, own=True)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("OK, I will drop it.", True),
        ("I prefer to just drop it.", True),
        ("I'll remove that in the next round.", True),
        ("I will drop this patch.", False),
        ("I will drop this one for now.", False),
        ("I'll revert the changes to the tests.", True),
        ("Please ignore this.", False),
    ],
)
def test_what_an_author_drops(text: str, part: bool) -> None:
    assert speaks_of_a_part(says(text, "dropped")) is part


def test_what_an_author_drops_below_one_of_several_patches_is_that_one() -> None:
    assert speaks_of_a_part(says("Please ignore this.", "dropped"), on_one=True)
    assert not speaks_of_a_part(says("Please ignore the series.", "dropped"), on_one=True)


def test_an_author_who_asks_to_drop_his_patch_withdraws_it(mail) -> None:  # type: ignore[no-untyped-def]
    words = "Bo, can you please drop this patch?"
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    for by, status in (("ada", "dropped"), ("cy", "needs-review")):
        answer = mail("a@x", f"{words}\n", subject="Re: [PATCH] loom: turn", by=by, to="p@x", day=1)
        asked = replace(says(words, "dropped", str(answer.author)), certainty="asked")
        (found,) = join([patch, answer], {}, [asked], []).status
        assert found.status == status


SENSES = [
    (mends_himself, "I will fix the subject by hand.", True),
    (mends_himself, "I will change this line to a return.", True),
    (mends_himself, "I could update this patch manually at the time when I apply this.", True),
    (mends_himself, "Ok, I will update this when later applying.", True),
    (mends_himself, "I will add these to our distribution's kernels.", True),
    (mends_himself, "I can't fix that for you, please resend.", False),
    (mends_himself, "I will not fix this up while applying, please resend a v2.", False),
    (mends_himself, "I've checked this manually, please fix the error path.", False),
    (mends_himself, "I will fix that in v2.", False),
    (offers, "Let me know if I should send it anew.", True),
    (offers, "I'm happy to fix that in v2.", False),
    (is_for_next_time, "I'll make sure to say so next time.", True),
    (is_for_next_time, "Would you mind adding a changelog here next time?", True),
    (is_for_next_time, "I will rework it in v2 so that this cannot happen in the future.", False),
    (is_for_next_time, "Please add a changelog.", False),
    (hands_over, "I think Bo will fix the commit messages for the others.", True),
    (hands_over, "Hopefully Bo can provide an updated patch.", True),
    (hands_over, "Bo, please squash the following into the patch.", True),
    (hands_over, "Bo, could you please fold that in?", True),
    (hands_over, "I will fix the commit messages, as Bo asked.", False),
    (hands_over, "Please squash the following into the patch.", False),
    (is_to_come, "So it can be carried in the tip tree.", True),
    (is_to_come, "It needs to be landed in 6.2.", True),
    (is_to_come, "It was landed in 6.2.", False),
    (is_polite, "Let me know if you have any other concerns.", True),
    (is_polite, "Please let us know if there is any progress on this.", False),
    (is_polite, "Let me know if you have any numbers for this.", False),
    (asks_to_look, "Would you mind taking some time to check if this version is fine?", True),
    (asks_to_look, "Could you please have a look?", True),
    (asks_to_look, "Would you like me to change that one?", False),
    (folds, "Let's fold it into the original patch.", True),
    (folds, "Thanks, I will fold this in to the original patch.", True),
    (folds, "I will squash it into patch 2 in the next version.", False),
    (approves_part, "I'm okay for the loom part.", True),
    (approves_part, "Looks good on warp part.", True),
    (approves_part, "It works fine on my part.", False),
    (approves_part, "Looks good to me.", False),
    (approves_but, "Otherwise it looks good to me.", True),
    (approves_but, "With the typo fixed this looks good.", True),
    (approves_but, "This patch looks good to me, yet,", True),
    (approves_but, "If it boots it looks good.", False),
    (approves_but, "I will merge these after the rebased patch is received.", True),
    (names_base, "This patch is based on the rust-next branch.", True),
    (names_base, "It is based on the latest development tree.", True),
    (names_base, "This series is based on Cy's, and waits for it.", False),
    (names_base, "This pull request is based on the series of Cy and me.", True),
    (approves_but, "With that fixed it looks good.", True),
    (approves_but, "I can apply it once the merge window closes.", False),
    (drops_at_once, "I'll drop this patch and fold it into the rework once that is there.", True),
    (drops_at_once, "I'll drop this patch if Bo's works.", False),
    (takes_himself, "I will merge this series to -dev today.", True),
    (takes_himself, "Thanks, let me merge into -dev now.", True),
    (takes_himself, "Bo will merge it today.", False),
    (takes_himself, "So I'll apply the following diff:", False),
    (takes_himself, "Good point, I will take your suggestion.", False),
    (takes_himself, "I'll apply the following patches to loom-next.", True),
    (asks_next_version, "Can you please send v4 without it?", True),
    (asks_next_version, "Can you please change that?", False),
    (names_next_version, "I'm coding v11 that waits for the flush.", True),
    (names_next_version, "I will rework it for the next version.", True),
    (names_next_version, "I will look at the rest in a follow-up.", False),
    (only_agrees, "Sounds good, thanks.", True),
    (only_agrees, "I'm fine with either way.", True),
    (only_agrees, "I am okay with it.", True),
    (only_agrees, "I am okay with the patch as it is.", False),
    (only_agrees, "Looks good to me.", False),
    (only_agrees, "That's something I'm very happy to apply.", False),
    (asks_not_to_take, "Cy, please don't apply this patch.", True),
    (asks_not_to_take, "Please do not merge it, it does not build.", True),
    (asks_not_to_take, "I will not apply this.", False),
    (asks_not_to_take, "NAK.", False),
    (asks_not_to_take, "We don't take such patches.", False),
    (asks_not_to_take, "Don't apply it yet.", True),
    (leaves_out, "I am okay with dropping this as well.", True),
    (leaves_out, "I am okay with this as well.", False),
    (leaves_out, "I'm fine with it, dropping the last patch.", True),
    (leaves_out, "I'll apply the patch now, dropping the messages can go separately.", False),
    (waits_for_himself, "Sure, will do when I send the real one.", True),
    (waits_for_himself, "Will do if Bo agrees.", False),
    (asks_author, "Could you confirm if the following diff fixes it?", True),
    (asks_author, "Could you please take a look?", False),
    (asks_to_apply, "Could you please pick it up for 6.9?", True),
    (asks_to_apply, "Could you please take another look at this patch?", False),
    (asks_to_apply, "Could you take a look at it, Bo?", False),
    (has_mended, "I've already sent a fix for this.", True),
    (has_mended, "We fixed that already, see the loom tree.", True),
    (has_mended, "I will fix it.", False),
    (has_mended, "I have fixed the typo while applying.", False),
    (only_tries, "I applied this series on top of 6.9 and ran the tests.", True),
    (only_tries, "Applied this locally, it builds.", True),
    (only_tries, "Applied on top of loom/next, thanks!", False),
    (only_tries, "I have applied this.", False),
    (only_tries, "The patch works fine when applied on branch for-6.11.", True),
    (waits_for_itself, "I will wait for v3 before I look at the rest.", True),
    (waits_for_itself, "Waiting for your respin.", True),
    (waits_for_itself, "This has to wait for Ada's series.", False),
    (is_fixed_otherwise, "The same fix was applied to for-next last week.", True),
    (is_fixed_otherwise, "I already have the same fix from Cy in my tree.", True),
    (is_fixed_otherwise, "Applied the same patch to the other branch.", False),
    (is_fixed_otherwise, "Already fixed in v5.16 by commit 1a2b3c4d5e6f.", True),
    (is_fixed_otherwise, "Applied, I fixed the typo.", False),
    (is_fixed_otherwise, "Merged by commit 1a2b3c4d5e6f.", False),
    (waits_for_objections, "Will apply tomorrow unless somebody objects.", True),
    (waits_for_objections, "LGTM, will apply in a few days if there are no further comments.", True),
    (waits_for_objections, "I will queue it unless I hear otherwise.", True),
    (waits_for_objections, "I will apply it if you fix the typo.", False),
    (proposes, "If you are fine with the changes below, I will send v7.", True),
    (proposes, "If that makes sense I'll respin.", True),
    (proposes, "I can send a v2 if nobody objects.", True),
    (proposes, "If there is a v3, I will fix the typo.", False),
    (proposes, "I will send v2 if you find more.", False),
    (asks_again_later, "Please repost when net-next reopens.", True),
    (asks_again_later, "Please resend once 5.19-rc1 is out.", True),
    (asks_again_later, "Please resend if you still want it.", False),
    (waits_in_time, "It can't go in before the bindings are merged.", True),
    (waits_in_time, "This needs to go in after the clock series.", True),
    (waits_in_time, "I can't take it if it breaks before noon.", False),
    (waives, "No need to resend,", True),
    (waives, "I have not resent it.", False),
    (changes_next, "I've applied the following update to the next version.", True),
    (changes_next, "Folded this into v3.", True),
    (changes_next, "Applied to for-next.", False),
    (asks_to_fold, "May I fold this into the original patchset?", True),
    (asks_to_fold, "Could I squash this fix in the original commit?", True),
    (asks_to_fold, "Could you fold this into the original patch?", False),
    (suffices, "Yes, that will do.", True),
    (suffices, "This one will do.", True),
    (suffices, "Will do.", False),
    (suffices, "That will do the turn twice.", False),
    (asks_you, "Can you send a fix?", True),
    (asks_you, "Should I send a fix?", False),
    (only_agrees, "And then we can put our looms together later, that's also fine of course.", True),
    (only_agrees, "That's fine, applied.", False),
    (promises_more, "I will rework the loop.", True),
    (promises_more, "I'm going to apply these patches soon.", False),
]


@pytest.mark.parametrize(("sense", "text", "meant"), SENSES)
def test_what_a_speaker_intends(sense: Sense, text: str, meant: bool) -> None:
    status, certainty = (*sense.statuses, "needs-review")[0], (*sense.certainties, "asserted")[0]
    claim = replace(says(text, status), certainty=certainty)  # type: ignore[arg-type]
    assert sense(claim) is meant
    assert not (sense.statuses and sense(replace(claim, status="in-review")))  # type: ignore[arg-type]
    assert not (sense.certainties and sense(replace(claim, certainty="reported")))


@pytest.mark.parametrize(
    ("text", "takes"),
    [
        ("I'll aim to include this in the second pull request.", True),
        ("I plan to queue it in loom-next.", True),
        ("I'll take a look next week.", False),
        ("I'll get to it next week.", False),
    ],
)
def test_who_means_to_take_it(text: str, takes: bool) -> None:
    assert tells_of_taking(says(text, "planned")) is takes


@pytest.mark.parametrize(
    ("text", "takes"),
    [
        ("I'll queue it up after the merge window.", True),
        ("I will pick these once this round of stable kernels is released.", True),
        ("I'll queue it up after the merge window if nobody objects.", False),
        ("I'll queue it up after Bo's review.", False),
        ("This should wait until the merge window closes.", False),
    ],
)
def test_who_takes_it_when_the_time_comes(text: str, takes: bool) -> None:
    assert takes_in_time(replace(says(text, "ready"), certainty="conditional")) is takes


@pytest.mark.parametrize(
    ("text", "revision", "meant"),
    [
        ("Done in v2:", 2, True),
        ("It was already fixed in v2.", 3, True),
        ("Fixed this in v3.", 2, False),
        ("Will be fixed in v2.", 2, False),
        ("I will do so in v2.", 2, False),
    ],
)
def test_who_says_that_a_version_has_it(text: str, revision: int, meant: bool) -> None:
    assert tells_of_version(says(text, "needs-revision"), revision) is meant


@pytest.mark.parametrize(
    ("words", "rule", "status"),
    [
        ("Yes, that is much better, thanks.\n", "looks-good", "needs-revision"),
        ("I'll apply it as it is.\n", "will-apply", "ready"),
        ("Reviewed-by: Bo Lind <bo@example.org>\n", "trailer", "ready"),
    ],
)
def test_who_likes_what_an_author_shows_wants_the_new_version(words: str, rule: str, status: str, mail) -> None:  # type: ignore[no-untyped-def]
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    shows = mail("s@x", "If you like this better, I will send v2.\n", subject="Re: x", by="ada", to="p@x", day=1)
    answer = mail("a@x", words, subject="Re: x", by="bo", to="s@x", day=2)
    claims = [
        replace(
            says("If you like this better, I will send v2.", "needs-revision", ADA, "s@x"), certainty="conditional"
        ),
        replace(says(words.strip(), "ready"), rule=rule),
    ]
    claims[0], claims[1] = replace(claims[0], date=shows.date), replace(claims[1], date=answer.date)
    assert join([patch, shows, answer], {}, claims).status[0].status == status


def test_who_asks_others_not_to_take_it_waits_for_another_version(mail) -> None:  # type: ignore[no-untyped-def]
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    words = "Cy, please don't apply this, it does not build."
    for by, status in (("bo", "needs-revision"), ("ada", "dropped")):
        answer = mail("a@x", f"{words}\n", subject="Re: x", by=by, to="p@x", day=1)
        (found,) = join([patch, answer], {}, [says(words, "dropped", str(answer.author))]).status
        assert found.status == status


def test_an_author_with_two_addresses_withdraws_his_patch(mail) -> None:  # type: ignore[no-untyped-def]
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    words = "Sorry for that, please ignore it."
    answer = mail("a@x", f"{words}\n", subject="Re: [PATCH] loom: turn", by="ada", to="p@x", day=1)
    answer = replace(answer, author=Person("Ada Byron", "ada@work.example.net"))
    (status,) = join([patch, answer], {}, [says(words, "dropped", str(answer.author))]).status
    assert status.status == "dropped"


def test_a_part_dropped_is_a_new_version_to_come(mail) -> None:  # type: ignore[no-untyped-def]
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    words = "OK, I will drop it.\n"
    answer = mail("a@x", words, subject="Re: [PATCH] loom: turn", by="ada", to="p@x", day=1)
    (status,) = join([patch, answer], {}, [says(words.strip(), "dropped", str(answer.author))]).status
    assert (status.status, status.rule) == ("needs-revision", "revision-expected")


def test_another_work_taken_does_not_end_this_one(mail) -> None:  # type: ignore[no-untyped-def]
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    words = "A similar fix is in 6.8 already.\n"
    answer = mail("a@x", words, subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=1)
    (status,) = join([patch, answer], {}, [says(words.strip(), "merged", str(answer.author))]).status
    assert status.status == "needs-review"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I don't think I'm going to apply this.", True),
        ("I will not take this.", True),
        ("I can't take patches without a changelog.", False),
        ("I won't apply it until Bo has tested it.", False),
        ("We will not merge this as is.", False),
        ("I can't apply this to my tree, it conflicts.", False),
        ("We were going to merge this.", False),
    ],
)
def test_a_refusal_names_no_condition(text: str, expected: bool) -> None:
    negated = replace(says(text, "ready"), certainty="negated", rule="will-apply")
    assert refuses(negated) is expected
    assert not refuses(replace(negated, certainty="asserted"))


def test_a_refusal_read_from_a_mail_rejects_the_posting(mail) -> None:  # type: ignore[no-untyped-def]
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    answer = mail("a@x", "I don't think I'm going to apply this.\n", subject="Re: x", by="bo", to="p@x", day=1)
    (status,) = join([patch, answer], {}, list(find_claims([patch, answer]))).status
    assert (status.status, status.rule, status.certainty) == ("dropped", "dropped", "asserted")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("I can't apply this to my tree, it conflicts.\n", "needs-revision"),
        ("I'm not able to apply this.\n", "needs-revision"),
    ],
)
def test_who_cannot_apply_a_patch_waits_for_another(text: str, status: str, mail) -> None:  # type: ignore[no-untyped-def]
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    answer = mail("a@x", text, subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=1)
    (found,) = join([patch, answer], {}, list(find_claims([patch, answer]))).status
    assert found.status == status


@pytest.mark.parametrize(
    ("text", "own", "other"),
    [
        ("Yes, the stubs for that were merged in v5.16.", True, True),
        ("The stub is already in next.", True, True),
        ("The stub is already in next.", False, False),
        ("The series is in mainline now.", True, False),
        ("The first two were merged.", True, False),
    ],
)
def test_a_piece_of_code_in_its_authors_mouth(text: str, own: bool, other: bool) -> None:
    assert speaks_of_other(says(text, by=ADA if own else BO), POSTING, own=own) is other


@pytest.mark.parametrize(
    ("before", "of_commit", "fixed"),
    [
        ("This has already been fixed by commit 1a2b3c4d5e6f, ", True, True),
        ("It reverts commit 1a2b3c4d5e6f, ", True, False),
        ("Here is my patch, ", False, False),
        ("See commit 1a2b3c4d5e6f. This patch, ", False, False),
    ],
)
def test_which_was_merged(before: str, of_commit: bool, fixed: bool) -> None:
    assert speaks_of_commit(says("which was merged in 5.17."), before) is of_commit
    assert tells_of_fix(before) is fixed
    assert not speaks_of_commit(says("It was merged in 5.17."), before)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Thanks, but I'll take that instead of yours.", True),
        ("I am going to take his version.", True),
        ("I'd rather apply Dora's fix.", True),
        ("I will apply this instead:", True),
        ("I've queued the following instead, thanks.", True),
        ("I'll go with his one instead.", True),
        ("I'll apply that one instead: https://lists.example.org/p/7", True),
        ("I'll apply v2 instead.", True),
        ("I'll take this instead.", False),
        ("I'll take it through my tree instead.", False),
        ("I'll take it, but please fix this instead: the loom stops.", False),
        ("I'll apply this instead of waiting for v3.", False),
        ("Applied Ada's patch, thanks.", False),
        ("I'll take his patch.", False),
        ("I'll take it, That's one less.", False),
        ("I'll take this through my tree.", False),
        ("I'll use the macro instead of this constant.", False),
    ],
)
def test_who_takes_another_work_instead(text: str, other: bool) -> None:
    assert takes_other(says(text, "ready"), POSTING) is other
