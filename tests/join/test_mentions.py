"""What is said of a newer version, which words say that it exists, and which do not."""

from __future__ import annotations

import pytest

from miner.join import join

SAID = [
    "I have fixed that in v2.",
    "Done in v2: https://lists.example.org/20260302-turn-v2-1@example.org/.",
    "I just sent v2.",
    "We dropped the helper in the v3 series.",
    "v2 is out.",
    "The first line is wrong, but v2 was posted today.",
    "This was superseded by v2.",
    "Done in [PATCH v2].",
    "v2 patch has been sent.",
    "The v2 of my series that I posted has no such line.",
    "Sure! patch v2 has been sent.",
    "v2 that does so is available below.",
]
NOT_SAID = [
    "I will fix that in v2.",
    "Done in v2.",
    "Can you fix it in v2?",
    "I'll have it fixed in v2.",
    "It would be fixed in v2.",
    "Should be changed in v2.",
    "If I fixed it in v2, what then?",
    "v2 is not posted.",
    "The v2 protocol was dropped by the vendor.",
    "I have fixed that in v9.",
    "I have fixed that in v1.",
]


def newest(thread):
    (status,) = join(thread, {}, []).status
    return status


@pytest.mark.parametrize("words", SAID)
def test_what_was_done_in_a_newer_version_says_that_there_is_one(words, mail):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    answer = mail(
        "a@x", f"> text\n\nGood point. {words} Thanks!\n", by="ada", to="p@x", day=1, subject="Re: [PATCH] loom: turn"
    )
    status = newest([patch, answer])
    assert (status.status, status.rule) == ("superseded", "newer-revision")
    assert status.evidence[0].message_id == "a@x"
    assert words.rstrip(".") in status.evidence[0].text


@pytest.mark.parametrize("words", NOT_SAID)
def test_what_is_planned_or_asked_for_does_not(words, mail):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    answer = mail("a@x", f"Good point. {words}\n", by="bo", to="p@x", day=1, subject="Re: [PATCH] loom: turn")
    assert newest([patch, answer]).status != "superseded"


RENEWED = [
    "See my updated series.",
    "I have sent an updated version.",
    "The new version is at <https://lore.example.org/n@x>.",
    "I just posted the fixed patch.",
    "I did a rebase on top of loom/next and posted a new\nversion[1].",
    "The newest version is: https://lists.example.org/n@x",
    "It is quite another patch now, so I sent it as a new one.",
    "Thanks for testing. An updated\nversion has been posted.",
    "I was away, thank you so much for respinning the series!",
    "Thanks for updating\nmy patch.",
]


@pytest.mark.parametrize("words", RENEWED)
def test_a_version_without_a_number_counts_in_the_authors_mouth(words, mail):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    answer = {"subject": "Re: [PATCH] loom: turn", "to": "p@x", "day": 1}
    assert newest([patch, mail("a@x", f"{words}\n", by="ada", **answer)]).status == "superseded"
    assert newest([patch, mail("a@x", f"{words}\n", by="bo", **answer)]).status != "superseded"


def test_one_that_will_be_sent_does_not_count(mail):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    answer = mail("a@x", "I will have sent an updated version by then.\n", by="ada", to="p@x", day=1, subject="Re: x")
    assert newest([patch, answer]).status != "superseded"


def test_quoted_words_are_not_said_again(mail):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    answer = mail("a@x", "> I have fixed that in v2.\n\nWhere?\n", by="bo", to="p@x", day=1)
    assert newest([patch, answer]).status != "superseded"


def test_a_version_below_no_posting_is_of_something_else(mail):
    talk = mail("t@x", "I have fixed that in v2.\n")
    assert join([talk], {}, []).status == ()


def test_a_long_body_takes_no_time(mail):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    answer = mail("a@x", "I have fixed " * 20_000 + "v2", by="bo", to="p@x", day=1)
    assert newest([patch, answer]).status != "superseded"
