"""Whom the words mean that tell who must act, and whose turn it is where they name nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.join import join
from miner.model import Person


def test_who_writes_his_name_in_other_letters_is_known_by_the_one_before_the_at(mail, claim):
    patch = replace(
        mail("p@x", "x\n", subject="[PATCH] loom: turn"), author=Person("林晓晴", "xiaoqing@lin.example.net")
    )
    ask = mail("q@x", "Xiaoqing, do you still want this?\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=9)
    asked = claim(ask, "Xiaoqing, do you still want this?", "needs-reply", waiting_on=("Xiaoqing",))
    (status,) = join([patch, ask], {}, [asked]).status
    assert status.waiting_on == ("林晓晴 <xiaoqing@lin.example.net>",)


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
