"""Remarks that nobody answered tell how a posting stands where nothing else does, and only as probable."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from miner.join import join, remarks
from miner.model import Layer

ON_CODE = "> +\tturn(loom, 2);\n\nThe second argument of this call looks upside down to me here.\n"
ON_IDEA = "> Turn the loom twice.\n\nA loom that is turned twice stands where it stood before, does it.\n"
EMPTY = "> +\tturn(loom, 2);\n\nHi Ada,\n\nThanks,\nBo\n"


@pytest.fixture
def thread(mail):
    def make(body, by="bo", *more):
        patch = mail("p@x", "Turn the loom twice.\n---\n+\tturn(loom, 2);\n", subject="[PATCH] loom: turn", by="ada")
        reply = mail("a@x", body, subject="Re: [PATCH] loom: turn", by=by, to="p@x", day=1)
        (status,) = join([patch, reply, *more], {}, []).status
        return status

    return make


@pytest.mark.parametrize(
    ("by", "link", "rule"),
    [("ada", "a@x", "posted"), ("cy", "a@x", "remarked"), ("ada", "p@x", "remarked")],
    ids=["the author", "somebody else", "about the patch"],
)
def test_a_remark_that_the_author_answers_in_another_thread_waits_no_more(by, link, rule, thread, mail):
    words = f"The second argument is as it has to be, see https://lists.example.org/r/{link}/ for the question.\n"
    assert thread(ON_CODE, "bo", mail("o@x", words, subject="loom: on turning", by=by, day=2)).rule == rule


@pytest.mark.parametrize("body", [ON_CODE, ON_IDEA])
def test_a_remark_waits_for_the_author(thread, body):
    found = thread(body)
    assert (found.status, found.certainty, found.next_actor) == ("needs-revision", "hedged", "author")
    assert found.rule == "remarked"
    assert found.evidence[0].message_id == "a@x"


def test_a_few_words_below_the_code_are_a_remark(thread):
    assert thread("> +\tturn(loom, 2);\n\nQuite an odd name this.\n").rule == "remarked"
    assert thread("> Turn the loom twice.\n\nQuite an odd name this.\n").rule == "posted"


def test_a_fault_asks_for_a_new_version(thread):
    assert (
        thread("> Turn the loom twice.\n\nWith this the build of the second loom fails for me.\n").status
        == "needs-revision"
    )


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("This should use turn_once() or better yet just turn() of the new loom.", "needs-revision"),
        ("You should delete this line too", "needs-revision"),
        ("Please avoid new words for a thing that has a good name already.", "needs-revision"),
        ("I read of such a loom that stood in the old mill by the river.", "ready"),
        ("I looked for such looms in the mill, and this should be fine there.", "ready"),
        ("You should be fine with that on all looms of the old mill.", "ready"),
    ],
)
def test_what_should_be_outlasts_an_earlier_approval(words, status, mail, claim):
    patch = mail("p@x", "Turn the loom twice.\n---\n+\tturn(loom, 2);\n", subject="[PATCH] loom: turn", by="ada")
    tag = "Reviewed-by: Cy Marsh <cy@example.org>"
    good = mail("g@x", f"{tag}\n", subject="Re: x", by="cy", to="p@x", day=1)
    reply = mail("a@x", f"> Turn the loom twice.\n\n{words}\n", subject="Re: x", by="bo", to="p@x", day=2)
    (found,) = join([patch, good, reply], {}, [claim(good, tag, "ready", rule="trailer")]).status
    assert found.status == status


def test_thanks_are_no_remark(thread):
    assert (
        thread("> +\tturn(loom, 2);\n\nNice! Many thanks for your time and all your work on it! :)\n").rule == "posted"
    )


def test_a_greeting_is_no_remark(thread):
    assert thread(EMPTY).rule == "posted"


def test_the_authors_own_words_are_none(thread):
    assert thread(ON_CODE, by="ada").rule == "posted"


def test_what_the_author_answered_is_with_the_reviewers_again_and_shown(thread, mail):
    answer = mail("b@x", "> upside down\n\nIt is not, see the manual.\n", subject="Re: x", by="ada", to="a@x", day=2)
    found = thread(ON_CODE, "bo", answer)
    assert (found.status, found.rule) == ("needs-review", "posted")
    assert "a@x" in {each.message_id for each in found.evidence}


def test_an_answer_to_somebody_else_answers_no_remark(thread, mail):
    other = mail("b@x", "> Turn the loom twice.\n\nWhy twice?\n", subject="Re: x", by="cy", to="p@x", day=2)
    answer = mail("c@x", "> Why twice?\n\nIt is tighter.\n", subject="Re: x", by="ada", to="b@x", day=3)
    found = thread(ON_CODE, "bo", other, answer)
    assert (found.status, found.rule) == ("needs-revision", "remarked")


def test_the_cost_grows_with_the_quotes_of_a_mail_and_not_with_their_square(mail):
    pairs = 10_000
    layers = tuple(Layer(1 - n % 2, n, n + 1, "own" if n % 2 else "quote") for n in range(2 * pairs))
    message = replace(mail("a@x"), body="> turn\nThe loom turns all day.\n" * pairs, layers=layers)
    start = time.process_time()
    assert remarks._find_remark(message) is not None
    assert time.process_time() - start < 1


def test_a_remark_answers_the_quote_right_above_it(thread):
    idea, talk = "> Turn the loom twice.\n\n", "The second argument of this call looks upside down to me.\n\n"
    code = "> +\tturn(loom, 2);\n\n"
    bodies = (code + "Hi,\n\n" + talk, code + "Hi Ada,\n\n" + idea + talk, idea + talk + code)
    said = [thread(body).evidence[0].status for body in bodies]
    assert said == ["needs-revision", "needs-reply", "needs-reply"]


@pytest.mark.parametrize(("by", "shown"), [("bo", "p@x"), ("ada", "b@x")])
def test_who_agrees_with_another_reviewer_remarks_nothing_of_his_own(thread, mail, by, shown):
    body = "> A loom that is turned twice stands where it stood before.\n\nCompletely agreed. The driver has to say more of that.\n"
    agrees = mail("b@x", body, subject="Re: [PATCH] loom: turn", by="cy", to="a@x", day=2)
    found = thread("> Turn the loom twice.\n\nThis is no good idea.\n", by, agrees)
    assert found.evidence[0].message_id == shown
