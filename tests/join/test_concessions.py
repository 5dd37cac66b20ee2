"""An author who gives in to a remark has a new version to send; one who answers a question or argues has not said so."""

from __future__ import annotations

import pytest

from miner.claims import find_claims
from miner.join import concessions, join

REMARK = "> +\tturn(loom, 2);\n\nThe driver has a helper for this.\n"


@pytest.fixture
def thread(mail):
    def make(answer, by="ada", to="a@x", *more):
        patch = mail("p@x", "Turn the loom twice.\n---\n+\tturn(loom, 2);\n", subject="[PATCH] loom: turn", by="ada")
        remark = mail("a@x", REMARK, subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=1)
        reply = mail("b@x", answer, subject="Re: [PATCH] loom: turn", by=by, to=to, day=2)
        (status,) = join([patch, remark, reply, *more], {}, list(find_claims(more))).status
        return status

    return make


@pytest.mark.parametrize(
    "words",
    [
        "Ok.",
        "Got it. Thanks.",
        "Hi Bo, good catch!",
        "Yes, I agree.",
        "Indeed.",
        "You are right,\nthanks.",
        "Hmm, right.",
        "Thanks for pointing this out.",
        "Makes sense.",
        "That sounds good to me.",
        "Thanks for the explanation of the whole loom.\nI was wrong, it begins at the other end of the warp.",
        "Agreed. Let me look at all the looms of the mill first and come back with what I find there.",
    ],
)
def test_who_gives_in_has_a_new_version_to_send(thread, words):
    found = thread(f"> The driver has a helper for this.\n\n{words}\n\nAda\n")
    assert (found.status, found.rule, found.certainty) == ("needs-revision", "remark-conceded", "hedged")
    assert (found.next_actor, found.evidence[0].text) == ("author", words)


@pytest.mark.parametrize(
    "words",
    [
        "Ok, but it sleeps.",
        "I see the same on my loom.",
        "Right, and why would that matter?",
        "It cannot be used in an interrupt.",
        "No problem with the helper, though it is not for this loom and never was for it, as the manual has it.",
        "Acked-by: Ada <ada@example.org>",
        "Right. But the loom of the mill has always been turned twice by everybody who used it so far.",
        "Was I wrong, or did I miss that?",
    ],
)
def test_who_argues_does_not(thread, words):
    assert thread(f"> The driver has a helper for this.\n\n{words}\n").rule != "remark-conceded"


def test_a_greeting_before_it_is_passed_over(thread):
    found = thread("> The driver has a helper for this.\n\nHi Bo,\n\nYou are right.\n\nAda\n")
    assert (found.rule, found.evidence[0].text) == ("remark-conceded", "You are right.")


def test_a_yes_answers_a_question(thread):
    assert thread("> Does the loom turn twice?\n\nYes.\n").rule != "remark-conceded"
    assert thread("> The loom turns twice.\n\nYes.\n").rule == "remark-conceded"


def test_thanks_for_a_tag_or_to_nobody_concede_nothing(thread):
    assert thread("> Reviewed-by: Bo <bo@example.org>\n\nGot it, thanks.\n").rule != "remark-conceded"
    assert thread("> The driver has a helper for this.\n\nOk.\n", "cy").rule != "remark-conceded"
    assert thread("> Turn the loom twice.\n\nOk.\n", "ada", "p@x").rule != "remark-conceded"


def test_an_approval_counts_for_more(thread, mail):
    tag = mail("c@x", "Reviewed-by: Bo <bo@example.org>\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=3)
    found = thread("> The driver has a helper for this.\n\nOk.\n", "ada", "a@x", tag)
    assert (found.status, found.rule) == ("ready", "approved")


def test_the_last_concession_of_a_mail_counts(mail):
    body = "> The driver has a helper.\n\nOk.\n\n> The name is odd.\n\nFair enough.\n\n> It leaks.\n\nWhere would it?\n"
    start, end = concessions.find_concession(mail("b@x", body, subject="Re: [PATCH] loom: turn", by="ada"))
    assert body[start:end] == "Fair enough."


def test_thanks_to_whoever_takes_the_work_give_in_to_nothing(mail, claim):
    patch = mail("p@x", "Turn the loom twice.\n", subject="[PATCH] loom: turn")
    words = "I'll aim to include this in the second pull request."
    for text, rule in ((words, "approved"), ("The driver has a helper for this.", "remark-conceded")):
        said = mail("a@x", f"> Turn the loom twice.\n\n{text}\n", by="bo", to="p@x", day=1)
        thanks = mail("b@x", f"> {text}\n\nOK, thanks Bo.\n", to="a@x", day=2)
        plans = [claim(said, text, "planned")] if text == words else []
        assert join([patch, said, thanks], {}, plans).status[0].rule == rule
