"""The stage on mails made by hand: what is read, where a claim lies, how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from miner.claims import find_claims
from miner.claims.find import _end_at_word
from miner.claims.gate import load_gate
from miner.join.prerequisites import works_needed
from miner.model import Claim, Layer, Message

Find = Callable[..., list[Claim]]
Make = Callable[..., Message]


def test_place_over_a_line_break(claims_of: Find) -> None:
    body = "Hello,\n\nI am waiting for\nreview from Ada. Thanks."
    (claim,) = claims_of(body)
    assert body[claim.start : claim.end] == claim.text == "I am waiting for\nreview from Ada."
    assert (claim.status, claim.certainty, claim.waiting_on) == ("needs-review", "asserted", ("Ada",))


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("Applied, thanks.", "asserted"),
        ("I will send a v2 if you agree.", "conditional"),
        ("Has this been applied?", "asked"),
        ("This has not been merged yet.", "negated"),
        ("I think this is ready to go in.", "hedged"),
        ("OK, I thought this was merged already.", "hedged"),
        ("With that fixed, this looks good to me.", "conditional"),
        ("I will send a v2 with this code removed.", "asserted"),
        ("I will apply these after 1.7 is released.", "conditional"),
        ("Could you resend this", "asked"),
        ("I've dropped this again, the board hangs after the driver is unloaded.", "asserted"),
        ("I have queued it (but there is no pull request until the fair is over).", "asserted"),
        ("I have queued it (until the fair is over, then it goes).", "conditional"),
        ("I've applied the series but the bot may complain until the base is in.", "asserted"),
        ("This should be unsigned, fixed up and queued.", "asserted"),
        ("Then I can take it through my tree.", "conditional"),
        ("I plan to do that after the loom work is all done.", "conditional"),
        ("I'll apply them, provided nobody objects.", "conditional"),
        ("If nobody objects I will apply this tomorrow.", "conditional"),
        ("If I don't hear anything I'll apply it.", "conditional"),
        ("I'll send a v2 with the changes that others have provided.", "asserted"),
        ("I'll send a v2 just in case.", "asserted"),
        ("I'll send a v2 once possible.", "asserted"),
        ("I will report back once finished.", "conditional"),
        ("I'd be very grateful if you could review it.", "asserted"),
        ("This looks good if you rename it.", "conditional"),
        ("This would look good if you rename it.", "conditional"),
        ("I plan to look into it and decide if we need the loom.", "asserted"),
    ],
)
def test_certainty(claims_of: Find, text: str, certainty: str) -> None:
    assert [claim.certainty for claim in claims_of(text)] == [certainty]


@pytest.mark.parametrize(
    ("text", "status", "certainty"),
    [
        ("It was merged, but reverted since.", "dropped", "asserted"),
        ("The first half is merged, the second half is not.", "in-progress", "asserted"),
        ("This was merged in 6.5, but the second half is still missing.", "in-progress", "asserted"),
        ("Merged, except for the last patch.", "merged", "asserted"),
        ("Applied, except for the last patch.", "applied", "asserted"),
        ("Partly merged.", "merged", "asserted"),
        ("The second half is merged.", "merged", "asserted"),
    ],
)
def test_what_is_out_again_is_in_no_tree_and_a_part_is_said_for_sure(
    claims_of: Find, text: str, status: str, certainty: str
) -> None:
    """That a part alone is meant the join knows."""
    assert [(claim.status, claim.certainty) for claim in claims_of(text)] == [(status, certainty)]


def test_what_somebody_proposes_is_for_another_to_do(claims_of: Find) -> None:
    (claim,) = claims_of("I'd propose to squash this into the first patch and send a v2.")
    assert (claim.status, claim.waiting_on) == ("needs-revision", ())


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("I don't think that it looks good.", "negated"),
        ("I'm not sure that the series is good to go.", "hedged"),
        ("I don't think it matters, looks good to me.", "asserted"),
        ("I don't think there are any objections.", "asserted"),
    ],
)
def test_doubted_praise_is_no_approval(claims_of: Find, text: str, certainty: str) -> None:
    assert [(claim.status, claim.certainty) for claim in claims_of(text)] == [("ready", certainty)]


@pytest.mark.parametrize(
    ("text", "status", "certainty"),
    [
        ("This doesn't look good to me.", "ready", "negated"),
        ("I am not fine with this.", "ready", "negated"),
        ("No objections from me.", "ready", "asserted"),
        ("I'm not opposed to this patch.", "ready", "asserted"),
        ("I have not reviewed this.", "ready", "negated"),
        ("I'm not able to apply this.", "ready", "negated"),
        ("I'd have merged it years ago.", "merged", "negated"),
        ("Looks good to me, will go in after -rc1 is out.", "ready", "asserted"),
        ("I picked up patch 1, not patch 2.", "applied", "asserted"),
    ],
)
def test_a_scope_is_read_whoever_found_the_claim(claims_of: Find, text: str, status: str, certainty: str) -> None:
    assert (status, certainty) in [(claim.status, claim.certainty) for claim in claims_of(text)]


@pytest.mark.parametrize(
    "text",
    [
        'By "looks good to me" I meant the idea.',
        "Saying 'NAK' would be too much.",
        'You wrote "I will send a v2 next week", but that was in May.',
        'In your mail you said "applied to for-next", which one is that?',
    ],
)
def test_words_that_are_only_quoted_claim_nothing(claims_of: Find, text: str) -> None:
    assert {claim.status for claim in claims_of(text)} & {"applied", "ready", "dropped", "needs-revision"} == set()


def test_words_that_are_quoted_of_somebody_are_held_by_him(claims_of: Find) -> None:
    (claim,) = claims_of('Yu wrote on IRC: "I have applied this."')
    assert (claim.status, claim.holder) == ("applied", "Yu")


def test_a_title_in_quotation_marks_quotes_no_claim(claims_of: Find) -> None:
    (claim,) = claims_of('I have applied "loom: turn it left" to for-next.')
    assert (claim.status, claim.certainty) == ("applied", "asserted")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (">> +\tturn(loom);\n> Please use the left one.\n\nOK, thanks!\n\n> Bye", True),
        ("> >> +\tturn(loom);\n\n> This should be a bool.\n\nGot it.\n", False),
        (">> +\tturn(loom);\n> It is left there for now.\n\nOK, thanks!\n", False),
        ("> +\tturn(loom);\n> Please use the left one.\n\nOK, thanks!\n", False),
        (">> +\tturn(loom);\n> Please use the left one.\n\nOK. But why?\n", False),
        (">> +\tturn(loom);\n> I'd like to use the left one.\n\nOK\n", True),
        (">> +\tturn(loom);\n> I'd like to apply the warp patches before this.\n\nOK\n", False),
    ],
)
def test_a_bare_ok_below_a_wish_is_a_change_to_come(claims_of: Find, body: str, found: bool) -> None:
    claims = [(claim.status, claim.rule) for claim in claims_of(body)]
    assert (("needs-revision", "bare-assent") in claims) == found


def test_the_same_words_promise_but_one_thing(claims_of: Find) -> None:
    (claim,) = claims_of("I'm about to send out a v2 of it with the tags.")
    assert claim.status == "needs-revision"


def test_what_leads_to_a_trailer_is_a_condition_where_something_is_to_be_done(claims_of: Find) -> None:
    body = "I thought this would be a static map, dealing with it is something for a script, but sure:\n\nAcked-by: Bea Cole <bea@example.org>\n"
    (claim,) = [claim for claim in claims_of(body) if claim.rule == "trailer"]
    assert claim.certainty == "asserted"


@pytest.mark.parametrize(
    ("lead", "certainty"),
    [
        ("As long as Ada is ok with the name:", "conditional"),
        ("There is a typo in the title. With that,", "conditional"),
        ("Not sure about the name. After that's addressed, feel free to add", "conditional"),
        ("Thanks. With that feel free to add:", "conditional"),
        ("I asked Ada, the old loom is in nobody's way any more. With that,", "asserted"),
        ("With or without that removed:", "asserted"),
        ("Yes, I think for now we can live with that:", "asserted"),
        ("My tag does not alter when you rename it, so please add", "asserted"),
        ("For the loom alone (assuming that's the way it goes in):", "asserted"),
    ],
)
def test_what_a_trailer_hangs_on(claims_of: Find, lead: str, certainty: str) -> None:
    found = claims_of(f"{lead}\n\nReviewed-by: Bea Cole <bea@example.org>\n")
    assert [claim.certainty for claim in found if claim.rule == "trailer"] == [certainty]


@pytest.mark.parametrize(
    ("lead", "count"),
    [
        ("With this fixed feel free to add:", 0),
        ("With those two knots tied,", 0),
        ("Please add my:", 0),
        ("Looks good to me, please add:", 1),
        ("With this, you can put in the next version:", 1),
    ],
)
def test_words_that_only_lead_to_a_trailer_are_no_claim_of_their_own(claims_of: Find, lead: str, count: int) -> None:
    found = claims_of(f"{lead}\n\nReviewed-by: Bea Cole <bea@example.org>\n")
    assert len([claim for claim in found if claim.rule != "trailer"]) == count


def test_trailers_in_a_reply(claims_of: Find) -> None:
    body = "With the typo fixed,\n\nReviewed-by: Bea Cole <bea@example.org>\nAcked-by: Ada Berg\n\t<ada@example.org>\n"
    first, second = claims_of(body)
    assert (first.status, first.certainty, first.holder) == ("ready", "conditional", None)
    assert second.holder is not None
    assert second.text.endswith("<ada@example.org>")


def test_a_patch_in_a_reply_gives_no_trailers(claims_of: Find) -> None:
    body = "From: Bea <bea@example.org>\n\nFix it.\n\nReviewed-by: Ada <ada@example.org>\nSigned-off-by: Bea <bea@example.org>\n---\n"
    assert claims_of(body) == []


def test_commit_message_and_changelog_are_left_out(claims_of: Find) -> None:
    body = (
        "We will fix the leak.\n\nSigned-off-by: Bea <b@example.org>\n---\nChanges since v1:\n- will be fixed in v2\n"
    )
    assert claims_of(body, patch=True, reply=False) == []


def test_many_mails_say_what_each_says_alone(make_message: Make) -> None:
    bodies = [
        "Applied, thanks.",
        "",
        "I will send v3 next week.\n\nBea, can you look at it?",
        "The loom has 3 threads.",
    ] * 50
    mails = [replace(make_message(body), message_id=f"{at}@example.org") for at, body in enumerate(bodies)]
    together = list(find_claims(iter(mails)))
    assert together == [claim for mail in mails for claim in find_claims([mail])]
    assert len({claim.message_id for claim in together}) == 100


def test_only_own_text_is_read(make_message: Make) -> None:
    body = "> Applied, thanks.\nLooks good to me."
    message = replace(make_message(body), layers=(Layer(1, 0, 1, "quote"), Layer(0, 1, 2, "own")))
    assert [claim.text for claim in find_claims([message])] == ["Looks good to me."]


def test_flattened_quotes_without_a_source_are_read(make_message: Make) -> None:
    body = "> I will send\n> a v2 soon.\n\nOk."
    layers = (Layer(1, 0, 2, "quote", "Ada Berg"), Layer(0, 3, 4, "own"))
    (claim,) = find_claims([replace(make_message(body), layers=layers, form="flattened")])
    assert claim.by == "Ada Berg"
    assert claim.date is None
    assert claim.text == "I will send\n> a v2 soon."


def test_a_bare_name_asks(claims_of: Find) -> None:
    claims = claims_of("I heard that Dan might be planning to tackle this. Dan?")
    assert [(claim.status, claim.certainty) for claim in claims] == [("planned", "hedged"), ("needs-reply", "asked")]
    assert claims[1].waiting_on == ("Dan",)


@pytest.mark.parametrize(
    ("text", "status", "holder"),
    [
        ("As Ada said, I will respin the series on top of the reed fix.", "needs-revision", None),
        ("As Ada said, this was merged into 6.9.", "merged", "Ada"),
        ("Applied the fix that Ada suggested, thanks.", "applied", None),
        ("Ada said he is fine with it, so I applied it to loom/next.", "applied", None),
        ("According to Ada this patch was dropped from the queue.", "dropped", "Ada"),
        ("Ada agreed to merge it.", "ready", "Ada"),
    ],
)
def test_whose_word_it_is(claims_of: Find, text: str, status: str, holder: str | None) -> None:
    assert (status, holder) in {(claim.status, claim.holder) for claim in claims_of(text)}


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("It was merged into 6.9, that's why I resend it.", None),
        ("It was merged into mainline with v6.9.", None),
        ("I will send v3 with that fixed tomorrow.", "v3"),
        ("Cy's reed series was merged into mainline.", "Cy's reed series"),
    ],
)
def test_what_a_claim_is_about(claims_of: Find, text: str, about: str | None) -> None:
    assert about in [claim.about for claim in claims_of(text)]


def test_reported_speech_names_its_holder(claims_of: Find) -> None:
    (claim,) = claims_of("Ada has suggested this is not a prerequisite after all.")
    assert (claim.status, claim.certainty, claim.holder) == ("dropped", "asserted", "Ada")


def test_depends_on_and_target(claims_of: Find) -> None:
    (claim,) = claims_of("Once Dan's solution is ready, will switch to it.")
    assert (claim.status, claim.certainty, claim.depends_on) == ("planned", "conditional", ("Dan's solution",))
    targets = {
        "Applied to block/for-6.9.": "block/for-6.9",
        "Applied to weft/stable, thanks.": "weft/stable",
        "Applied to next, thanks.": "next",
        "Applied to loom-warp-fixes, thanks.": "loom-warp-fixes",
        "I have applied it to -dev.": "-dev",
        "Applied with minor fixes.": None,
        "Applied, I will send the pull request next week.": None,
    }
    for text, target in targets.items():
        assert claims_of(text)[0].target == target


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("The patch has been merged into the mm-unstable tree.", "applied"),
        ("The patch has been merged into mainline.", "merged"),
        ("This was merged into Linus' tree from mm-stable.", "merged"),
        ("This has been merged in v6.9.", "merged"),
    ],
)
def test_what_is_merged_into_a_maintainers_tree_is_applied(claims_of: Find, text: str, status: str) -> None:
    assert [claim.status for claim in claims_of(text)] == [status]


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("I will remove all of them and only turn when the loom stands.", "asserted"),
        ("I'll post the updated version when I find time.", "asserted"),
        ("I will remove it once Bo agrees.", "conditional"),
        ("I will remove it if the loom stands.", "conditional"),
    ],
)
def test_what_the_code_shall_do_is_no_condition_of_a_change(claims_of: Find, text: str, certainty: str) -> None:
    found = [claim.certainty for claim in claims_of(text) if claim.status == "needs-revision"]
    assert found == [certainty]


def test_firm_words_claim_it_where_nothing_else_does(claims_of: Find) -> None:
    text = "There's thus no need for my patch, that I had written because the old loom has a shuttle of two threads."
    assert load_gate().weigh(text) < load_gate().least
    (claim,) = claims_of(text)
    assert (claim.status, claim.rule, claim.text) == ("dropped", "no-point", "There's thus no need for my patch,")
    assert claim.confidence >= 0.6


def test_a_rule_that_owns_its_words_has_them_alone(claims_of: Find) -> None:
    # the classifier alone hears a revision, an approval and something put off in these
    for text, status in (
        ("Please use v3 instead.", "superseded"),
        ("I am planning to queue this for the loom tree.", "ready"),
        ("I can't apply this until the core part is merged.", "blocked"),
    ):
        assert [claim.status for claim in claims_of(text)] == [status]


def test_what_stands_before_a_question_is_none(claims_of: Find) -> None:
    (claim,) = claims_of("Looks good to me, but should I wait for the others?")
    assert (claim.status, claim.certainty, claim.text) == ("ready", "asserted", "Looks good to me,")
    (claim,) = claims_of("Should I resend it for this, or do you fix it up?")
    assert claim.certainty == "asked"


def test_approval_in_a_condition_of_a_promise_is_none(claims_of: Find) -> None:
    (claim,) = claims_of("If you are fine with that, I'll send v7.")
    assert (claim.status, claim.certainty) == ("needs-revision", "conditional")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("I am currently testing this patch and will be busy with the looms of the other hall afterwards.", "I am currently testing this patch"),
        ("You have to rediff the whole lot once more as they were merged into mainline.", "as they were merged into mainline."),
    ],
)  # fmt: skip
def test_a_clause_begins_at_a_further_verb_or_a_reason(claims_of: Find, text: str, span: str) -> None:
    assert span in [claim.text for claim in claims_of(text)]


def test_what_a_tool_printed_is_no_claim(claims_of: Find) -> None:
    printed = (
        "Applying: loom: turn it\nChecking patch loom/warp.c...\nApplied patch loom/warp.c cleanly.\n"
        "error: patch failed: loom/weft.c:1\nYour patch has style problems, please review.\n"
    )
    assert claims_of(f"It says:\n\n{printed}") == []
    assert [claim.status for claim in claims_of(f"It says:\n\n{printed}\nPlease resend.")] == ["needs-revision"]


def test_a_sentence_of_middle_length_tells_as_a_whole_which_tree_is_meant(claims_of: Find) -> None:
    (claim,) = claims_of(
        "The fix is already in my tree, and it will be in the next pull request for loom/next as well."
    )
    assert (claim.text, claim.target) == ("The fix is already in my tree,", "loom/next")


def test_a_link_below_ends_the_sentence_that_leads_to_it(claims_of: Find) -> None:
    body = "Applied to\n\n   https://git.example.org/loom.git for-next\n\nThanks!"
    (claim,) = claims_of(body)
    assert claim.text == body.removesuffix("\n\nThanks!")
    assert (claim.status, claim.target) == ("applied", "for-next")
    (claim,) = claims_of("V2 just sent:\nlists.example.org/loom/20260401.1-ada\n\nThanks!")
    assert claim.text == "V2 just sent:\nlists.example.org/loom/20260401.1-ada"
    (claim,) = claims_of("Applied, thanks.\n\nhttps://git.example.org/loom.git for-next is where it went.")
    assert claim.text == "Applied, thanks."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("This waits for [1] to be merged and then I will rebase.", ()),
        ("This depends on Dan's warp series: https://lists.example.org/l/1.2-dan@x/", ("Dan's warp series",)),
        ("This is blocked by the loom rework and I can not go on.", ("the loom rework",)),
        ("Goes on top of Dan's warp series, so not for applying yet.", ("Dan's warp series",)),
        (
            "This is blocked, since it needs the seams from Dan's warp series [1].",
            ("the seams from Dan's warp series [1]",),
        ),
        ("I will respin it after loom 1.9.1 is released.", ("loom 1.9.1",)),
        ("I am waiting for your feedback.", ()),
        ("Waiting for v3.", ()),
        ("I will wait for others to chime in before applying.", ()),
        ("I will send v2 when the threads are counted.", ("when the threads are counted",)),
        ("I will take it once the core patch is in.", ("the core patch",)),
        ("This is ready if the tests pass.", ("if the tests pass",)),
        ("I will resend after rc1.", ("after rc1",)),
        ("With the typo fixed, this looks good to me.", ("With the typo fixed",)),
        ("Otherwise it looks good.", ()),
        ("Waiting for Ada to post her series.", ()),
        ("I will wait for Ada to look at it.", ()),
    ],
)
def test_what_a_claim_depends_on_is_a_work_or_its_condition(claims_of: Find, text: str, words: tuple[str, ...]) -> None:
    found = {claim.depends_on for claim in claims_of(text)}
    assert words in found
    assert found <= {words, ()}


@pytest.mark.parametrize("words", ["it", "this one", "that patch", "there"])
def test_what_names_no_work_is_a_mere_condition(claims_of: Find, words: str) -> None:
    (claim,) = claims_of(f"Once {words} is ready, will switch to it.")
    assert (claim.certainty, claim.depends_on) == ("conditional", (f"Once {words} is ready",))
    assert works_needed(claim) == ()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\x00\x1b[31m applied \ud800",
        "applied " * 200_000,
        "(" * 50_000,
        "will " * 3000 + "?",
        "> " * 10_000,
        "\r\r\n\t\n",
    ],
)
def test_hostile_bodies(claims_of: Find, body: str) -> None:
    for claim in claims_of(body):
        assert body[claim.start : claim.end] == claim.text


@pytest.mark.parametrize(
    ("text", "holder", "agrees"),
    [
        ("As Ada said, this is waiting for Cyra's review.", "Ada", True),
        ("This was merged in 6.9, as Ada said.", "Ada", True),
        ("As Ada said, this was merged into 6.9, but I can't find it there.", "Ada", False),
        ("Ada said it is merged.", "Ada", False),
        ("According to Ada this was merged in 6.9.", "Ada", False),
        ("This was merged in 6.9.", None, False),
    ],
)
def test_who_says_as_she_said_agrees(claims_of: Find, text: str, holder: str | None, agrees: bool) -> None:
    assert (holder, agrees) in {(claim.holder, claim.agrees) for claim in claims_of(text)}


def test_what_is_noted_behind_a_trailer_is_nobodys_name(claims_of: Find) -> None:
    (claim,) = claims_of("Reviewed-by: Ada Byron <byron@example.org> # patches 1-2")
    assert claim.holder == "Ada Byron <byron@example.org>"
    assert claim.text.endswith("# patches 1-2")


@pytest.mark.parametrize(
    "printed",
    [
        "a1b2c3d4 loom: please resend the beam\nb2c3d4e5 reed: this was applied twice",
        "commit 0123456789abcdef\nAuthor: Ada Byron <ada@example.org>\n\n    loom: merge it\n\n    This has been merged into 6.9 already.",
        "Mar  2 10:00:00 host loomd[12]: patch applied to loom/next",
        "<6>[   12.345999] loom0: patch queued for 6.9",
        "ok 1 - merged beams are dropped\nnot ok 2 - applied patches are queued # SKIP",
        "FAIL: loom/002 needs review\nSKIP: loom/003 was not merged",
        "warp/002  [not run] this has not been merged",
        "CheckPatch           FAIL    needs a respin\n| apply | PASS | this is queued for 6.9 |",
        "On branch next\nYour branch is up to date with 'origin/next'.\nnothing to commit, working tree clean",
    ],
)
def test_what_a_program_printed_is_no_claim(claims_of: Find, printed: str) -> None:
    assert claims_of(f"Here it is:\n\n{printed}\n") == []
    assert [claim.status for claim in claims_of(f"Here it is:\n\n{printed}\n\nPlease resend it.")] == ["needs-revision"]


@pytest.mark.parametrize("text", ["0123456789ab was merged in 6.9.", "0123456789ab (loom: turn) was merged in 6.9."])
def test_what_is_said_of_a_commit_is_a_claim(claims_of: Find, text: str) -> None:
    assert [claim.status for claim in claims_of(text)] == ["merged"]


def test_what_one_will_do_oneself_is_nobody_elses_word(claims_of: Find) -> None:
    (claim,) = claims_of("I will address your comments in v2 and Ada asked me to rebase it on the other tree.")
    assert (claim.status, claim.holder) == ("needs-revision", None)
    (claim,) = claims_of("I have talked to Cy and Cy said it was merged into mainline.")
    assert (claim.status, claim.holder) == ("merged", "Cy")


@pytest.mark.parametrize(
    ("text", "span", "certainty"),
    [
        ("This is in my tree, so the loom can go now as well.", "This is in my tree,", "asserted"),
        (
            "I looked at it twice and therefore I am retracting my ack here.",
            "and therefore I am retracting my ack here.",
            "negated",
        ),
        (
            "I have merged this for 6.18, do you carry the looms of the other mill?",
            "I have merged this for 6.18,",
            "asserted",
        ),
        ("LGTM, obviously it is the shuttle that is at fault here.", "LGTM,", "asserted"),
        (
            "Applied to loom/for-6.9 manually (the mail was damaged, maybe send it from elsewhere next time?)",
            "Applied to loom/for-6.9 manually",
            "asserted",
        ),
        (
            "Is it applied to loom/for-6.9 already (or do we have to wait for the old one?)",
            "Is it applied to loom/for-6.9 already",
            "asked",
        ),
        (
            "This patch looks good to me, yet, should we update the loom's page",
            "This patch looks good to me, yet,",
            "conditional",
        ),
        ("This patch looks good to me, but the other loom is slow.", "This patch looks good to me,", "asserted"),
        (
            "Hi Ada, could you please take a look at the shuttle of the old loom?",
            "Hi Ada, could you please take a look at the shuttle of the old loom?",
            "asked",
        ),
        (
            "It is late, but if Bea is fine with the shuttle I will apply this, then we can look at the old loom.",
            "but if Bea is fine with the shuttle I will apply this,",
            "conditional",
        ),
        (
            "The shuttle is slow, I will apply this to the tree of the mill, if Bea is fine with it.",
            "I will apply this to the tree of the mill, if Bea is fine with it.",
            "conditional",
        ),
        (
            "I will apply this patch, but if you have the time you could look at the shuttle as well.",
            "I will apply this patch,",
            "asserted",
        ),
    ],
)
def test_a_claim_is_its_clause_with_its_condition(claims_of: Find, text: str, span: str, certainty: str) -> None:
    claim = claims_of(text)[0]
    assert (claim.text, claim.certainty) == (span, certainty)


def test_words_at_the_beginning_of_a_question_are_no_name(claims_of: Find) -> None:
    (claim,) = claims_of("Cool, can you send a fix for it?")
    assert (claim.status, claim.waiting_on) == ("needs-revision", ())


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("Applied, no need to resend.", ["applied"]),
        ("Fixed in my tree.", ["applied", "needs-revision"]),  # a revision, where the author says so
        ("I've sent v3, please have a look.", ["posted", "needs-review"]),
        ("Looks good to me, but please send a v2 with the knot fixed.", ["ready", "needs-revision"]),
    ],
)
def test_the_same_words_say_one_status(claims_of: Find, text: str, statuses: list[str]) -> None:
    assert [claim.status for claim in claims_of(text)] == statuses


@pytest.mark.parametrize(
    ("body", "certainty", "about"),
    [
        ("With that changed: Acked-by: Bea Cole <bea@example.org>", "conditional", None),
        ("Patches 1 and 3 are Reviewed-by: Bea Cole <bea@example.org>", "asserted", "Patches 1 and 3"),
    ],
)
def test_a_trailer_within_a_sentence_is_one_claim(
    claims_of: Find, body: str, certainty: str, about: str | None
) -> None:
    (claim,) = claims_of(body)
    assert (claim.rule, claim.status, claim.certainty, claim.about) == ("trailer", "ready", certainty, about)


def test_words_above_a_trailer_are_a_claim_of_their_own(claims_of: Find) -> None:
    words, trailer = claims_of("Looks good to me.\n\nReviewed-by: Bea Cole <bea@example.org>\n")
    assert (words.rule, trailer.rule) == ("looks-good", "trailer")


def test_a_claim_that_is_cut_ends_behind_a_word() -> None:
    text = "weave " * 60
    assert _end_at_word(text, 6, 100) == 100
    end = _end_at_word(text, 6, len(text))
    assert (end - 6 <= 200, text[:end].endswith("weave"), text[end]) == (True, True, " ")
    assert _end_at_word("x" * 300, 0, 300) == 200
