"""A robot's report of a fault asks for a new version until somebody answers it; who blames a commit says that its work fails."""

from __future__ import annotations

import pytest

from miner.join import find_blamed, join
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


@pytest.mark.parametrize(
    ("to", "day", "stands"), [("p@x", 2, "needs-review"), ("p@x", 4, "needs-revision"), ("q@x", 2, "needs-revision")]
)
def test_who_answers_a_report_knows_the_earlier_ones_of_that_patch(to, day, stands, mail):
    cover = mail("c@x", "text\n", subject="[PATCH 0/2] looms")
    first = mail("p@x", "text\n---\n", subject="[PATCH 1/2] loom: turn", to="c@x")
    second = mail("q@x", "text\n---\n", subject="[PATCH 2/2] loom: stop", to="c@x")
    reports = [
        mail("r@x", FAULT, subject="Re: [PATCH 1/2] loom: turn", by="robot", to="p@x", day=1),
        mail("s@x", FAULT, subject="Re: [PATCH] loom", by="robot", to=to, day=day),
    ]
    answer = mail("a@x", "That is not mine.\n", subject="Re: [PATCH 1/2] loom: turn", by="bo", to="r@x", day=3)
    (status,) = join([cover, first, second, *reports, answer], {}, []).status
    assert status.status == stands


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


NAMED = '0123456789ab ("loom: turn the big wheel")'
LOG = "commit 0123456789abcdef0123456789abcdef01234567\nAuthor: Ada <ada@example.org>\nDate:   Thu Mar 5 04:45:57 2026\n\n    loom: turn the big wheel\n"


@pytest.mark.parametrize(
    ("subject", "body", "words"),
    [
        ("[REGRESSION] the loom stops at noon", f"Since {NAMED} it does.\n", "the loom stops at noon"),
        ("[loom-next][BUG] stops", f"I see it with {NAMED}.\n", "stops"),
        ("[bug report] loom: turn the big wheel", f"Hello,\n\nCommit {NAMED} leads to a\nwarning:\n\n  x\n", f"Commit {NAMED} leads to a warning:"),
        ("BUG: the loom stops", f"I see it with {NAMED}.\n", "BUG: the loom stops"),
        ("the loom stops", f"Hello,\n\nThis is caused by commit {NAMED}.\n", f"This is caused by commit {NAMED}"),
        ("the loom stops", f"I bisected it down to\n{NAMED}\n", f"I bisected it down to {NAMED}"),
        ("the loom stops", f"The hang was introduced by {NAMED}.\n", f"The hang was introduced by {NAMED}"),
        ("the loom stops", f"{NAMED} is the first bad commit\n", "the loom stops"),
        ("Re: the loom stops", f"After reverting the commit below, the hang is gone.\n\n{LOG}", "After reverting the commit below, the hang is gone."),
        ("Re: the loom stops", f"> This is caused by\n> {NAMED}\n\nI see.\n", None),  # who is quoted says so
        ("[REGRESSION] the loom stops", f"It was fixed by {NAMED}.\n", None),
        ("the loom stops", f"Since {NAMED} the wheel turns, so that no rope is needed.\n", None),
        ("the loom stops", f"Do you have {NAMED}?\n", None),
        ("Re: [PATCH] loom: stop the wheel", f"The hang was introduced by {NAMED}.\n", None),  # of what is mended there
        ("[PATCH] loom: stop the wheel", f"It is caused by {NAMED}.\n---\n", None),
    ],
)  # fmt: skip
def test_who_blames_a_commit_says_that_its_work_fails(subject, body, words, mail):
    posted = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn the big wheel", by="ada")
    report = mail("r@x", body, subject=subject, by="bo", day=9)
    mails = [posted, report]
    found = list(find_blamed(mails, join(mails, {}, []).series, {each.message_id: each for each in mails}))
    assert [(each.root, each.words.text) for each in found] == ([("p@x", words)] if words else [])


def test_who_blames_what_was_posted_anew_since_is_answered(mail):
    mails = [
        mail(f"p{n}@x", "text\n---\n", subject=f"[PATCH v{n}] loom: turn the big wheel", by="ada", day=3 * n)
        for n in (1, 2)
    ]
    for day, blamed in ((4, []), (7, ["p2@x"])):
        report = mail("r@x", f"This is caused by {NAMED}.\n", subject="the loom stops", by="bo", day=day)
        told = find_blamed([report], join(mails, {}, []).series, {each.message_id: each for each in mails})
        assert [each.root for each in told] == blamed


def test_a_robot_that_found_a_fault_blames_the_commit(mail):
    posted = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn the big wheel", by="ada")
    for words, blames in ((FAULT, True), (QUIET, False)):
        report = mail("r@x", f"{words}\ncommit: {NAMED}\n", subject="[loom:main] stops", by="robot", day=9)
        told = list(find_blamed([report], join([posted], {}, []).series, {"p@x": posted}))
        assert [each.words.text.startswith("kernel test robot noticed") for each in told] == [True] * blames
