"""A robot's report of a fault asks for a new version until somebody answers it."""

from __future__ import annotations

import pytest

from miner.join import join
from miner.model import Claim

FAULT = "Hi Ada,\n\nkernel test robot noticed the following build errors:\n\n[auto build test ERROR on loom/next]\n"
QUIET = "Hi Ada,\n\nkernel test robot noticed nothing of note.\n"


@pytest.fixture
def patch(mail):
    return mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")


def robot(mail, body, ident="r@x"):
    return mail(ident, body, subject="Re: [PATCH] loom: turn", by="robot", to="p@x", day=1)


def test_a_fault_asks_for_a_new_version(mail, patch):
    (status,) = join([patch, robot(mail, FAULT)], {}, []).status
    assert (status.status, status.rule, status.next_actor) == ("needs-revision", "revision-expected", "author")
    assert status.evidence[0].text == "kernel test robot noticed the following build errors:"


def test_a_report_without_a_fault_says_nothing(mail, patch):
    (status,) = join([patch, robot(mail, QUIET)], {}, []).status
    assert status.status == "needs-review"


def test_the_same_words_of_a_person_say_nothing_of_the_kind(mail, patch):
    person = mail("r@x", FAULT, subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=1)
    (status,) = join([patch, person], {}, []).status
    assert status.rule != "revision-expected"


def test_an_answered_report_is_left_to_the_answer(mail, patch):
    answer = mail("a@x", "That is not mine.\n", subject="Re: [PATCH] loom: turn", by="ada", to="r@x", day=2)
    (status,) = join([patch, robot(mail, FAULT), answer], {}, []).status
    assert status.status == "needs-review"


def test_another_robots_mail_is_no_answer(mail, patch):
    second = mail("s@x", FAULT, subject="Re: [PATCH] loom: turn", by="robot", to="r@x", day=2)
    (status,) = join([patch, robot(mail, FAULT), second], {}, []).status
    assert status.status == "needs-revision"


def test_a_report_after_the_approval_counts(mail, patch):
    approval = mail("b@x", "Fine with me.\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=0.5)
    ready = Claim(
        message_id="b@x",
        start=0,
        end=13,
        text="Fine with me.",
        status="ready",
        certainty="asserted",
        confidence=0.9,
        by=str(approval.author),
        date=approval.date,
        rule="by-hand",
    )
    (status,) = join([patch, approval, robot(mail, FAULT)], {}, [ready]).status
    assert status.status == "needs-revision"


def test_a_note_that_calls_itself_automatic_is_a_robots(mail, patch):
    body = "Hi\n\n[This is an automated email]\n\nv6.1: Failed to apply!\n"
    note = mail("n@x", body, subject="Re: [PATCH] loom: turn", by="cy", to="p@x", day=1)
    (status,) = join([patch, note], {}, []).status
    assert status.status == "needs-review"
