"""Which questions are open, of whom they are asked, and what answers them."""

from __future__ import annotations

import pytest

from miner.join import join
from miner.model import Ask

QUESTION = "Why is the lock taken twice?"
ADA, BO, CY = "Ada Byron <ada@example.org>", "Bo Lind <bo@example.org>", "Cy Marsh <cy@example.org>"


@pytest.fixture
def patch(mail):
    return mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")


@pytest.fixture
def review(mail):
    return mail("q@x", f"> text\n\n{QUESTION}\n", by="bo", to="p@x", day=1)


def ask(message, text=QUESTION, question=True, change=False):
    start = message.body.index(text)
    return Ask(message.message_id, start, start + len(text), text, str(message.author), message.date, question, change)


def status_of(messages, *asks):
    (status,) = join(messages, {}, [], asks=asks).status
    return status


def test_an_open_question_about_a_posting_waits_for_its_author(patch, review):
    status = status_of([patch, review], ask(review))
    assert (status.status, status.rule, status.next_actor) == ("needs-reply", "question-about-it", "author")
    (question,) = status.unanswered
    assert (question.text, question.asked_of, question.by, question.date) == (QUESTION, ADA, BO, review.date)


def quoting(text):
    return f"> {text}\n\nSince it has to be.\n"


@pytest.mark.parametrize(
    ("by", "body", "answered"),
    [
        ("ada", quoting(QUESTION), True),
        ("cy", quoting(QUESTION), True),
        ("ada", "Since it has to be.\n", True),
        ("cy", "I was wondering too.\n", False),
        ("bo", quoting(QUESTION), False),
    ],
    ids=["the author below it", "another one below it", "the author, unquoted", "another one, unquoted", "the asker"],
)
def test_who_answers_it_and_how(by, body, answered, patch, review, mail, traced):
    reply = mail("r@x", body, by=by, to="q@x", day=2)
    messages = traced(patch, review, reply)
    assert (status_of(messages, ask(messages[1])).unanswered == ()) == answered


def test_a_question_that_asks_for_a_change_asks_for_a_revision(patch, mail):
    review = mail("q@x", "> text\n\nCould you drop the lock?\n", by="bo", to="p@x", day=1)
    status = status_of([patch, review], ask(review, "Could you drop the lock?", change=True))
    assert (status.status, status.rule, status.next_actor) == ("needs-revision", "change-asked", "author")


def test_a_plain_request_says_nothing_of_where_it_stands(patch, mail):
    review = mail("q@x", "> text\n\nPlease drop the lock.\n", by="bo", to="p@x", day=1)
    status = status_of([patch, review], ask(review, "Please drop the lock.", question=False, change=True))
    assert (status.status, status.unanswered) == ("needs-review", ())


def test_what_the_author_asks_is_asked_of_the_nearest_other_writer(patch, review, mail):
    back = mail("r@x", "> text\n\nDo you mean the outer one?\n", by="ada", to="q@x", day=2)
    status = status_of([patch, review, back], ask(back, "Do you mean the outer one?"))
    assert [question.asked_of for question in status.unanswered] == [BO]


def test_nobody_asks_himself(patch, mail, claim):
    ping = mail("r@x", "> text\n\nAny news of this?\n", by="ada", to="p@x", day=2)
    (status,) = join([patch, ping], {}, [claim(ping, "Any news of this?", "needs-reply", "asked")]).status
    assert [question.asked_of for question in status.unanswered] == [None]


def test_a_question_that_is_a_claim_already_counts_once(patch, review, claim):
    said = claim(review, QUESTION, "needs-reply", "asked")
    (status,) = join([patch, review], {}, [said], asks=[ask(review)]).status
    assert len(status.unanswered) == 1


@pytest.mark.parametrize("rest", [QUESTION, "the lock taken twice?"])
def test_claims_that_overlap_are_one_question(rest, patch, review, claim):
    said = [claim(review, rest, "needs-reply", "asked"), claim(review, QUESTION, "needs-review", "asked")]
    for claims in (said, said[::-1]):
        joined = join([patch, review], {}, claims)
        (status,) = joined.status
        assert [question.text for question in status.unanswered] == [QUESTION]
        assert (status.status, len(joined.claims)) == ("needs-reply", 2)
    assert len(status_of([patch, review], ask(review), ask(review, rest)).unanswered) == 1


def test_two_questions_of_one_mail_are_two(patch, mail):
    review = mail("q@x", "> text\n\nWhy now? Why here?\n", by="bo", to="p@x", day=1)
    status = status_of([patch, review], ask(review, "Why now?"), ask(review, "Why here?"))
    assert [question.text for question in status.unanswered] == ["Why now?", "Why here?"]


def test_what_is_finished_has_no_open_technical_question(patch, review, mail, claim):
    done = mail("d@x", "Applied, thanks.\n", by="cy", to="p@x", day=3)
    said = claim(done, "Applied, thanks.", "applied", rule="applied")
    (status,) = join([patch, review, done], {}, [said], asks=[ask(review)]).status
    assert (status.status, status.unanswered) == ("applied", ())


def test_an_answer_in_another_thread_links_to_the_question(patch, review, mail):
    link = "As asked in https://lists.example.org/l/q@x.example/ it has to be.\n"
    asked = mail("q@x.example", review.body, by="bo", to="p@x", day=1)
    elsewhere = mail("e@x", link, by="ada", day=3)
    by_others = mail("f@x", link, by="cy", day=2)

    def unanswered(*more):
        return len(join([patch, asked, *more], {}, [], asks=[ask(asked)]).status[0].unanswered)

    assert unanswered() == 1
    assert unanswered(by_others) == 1
    assert unanswered(by_others, elsewhere) == 0


def test_a_quote_that_was_wrapped_anew_holds_the_whole_paragraph(mail, traced):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    words = "Or shall we turn it later,\nwhen all is wound?"
    review = mail("q@x", f"It might be turned right now and here.\n{words}\n", by="bo", to="p@x", day=1)
    quote = "> It might be turned right now and here. Or shall we turn it later, when all is wound?\n\nLater.\n"
    answer = mail("a@x", quote, by="cy", to="q@x", day=2)
    messages = traced(patch, review, answer)
    assert status_of(messages[:2], ask(messages[1], words)).unanswered
    assert not status_of(messages, ask(messages[1], words)).unanswered
