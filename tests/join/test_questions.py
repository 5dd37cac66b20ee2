"""Which questions are open, of whom they are asked, and what answers them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.join import join
from miner.model import Ask, Person

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
        ("bo", f"> {QUESTION}\n\nNever mind, I had the old tree.\n", True),
        ("bo", f"> {QUESTION}\n\nReviewed-by: {BO}\n", True),
        ("bo", f"> {QUESTION}\n> Never mind.\n\nAnd twice more?\n", False),
    ],
    ids=[
        "the author below it",
        "another one below it",
        "the author, unquoted",
        "another one, unquoted",
        "the asker",
        "the asker, who takes it back",
        "the asker, who approves",
        "the asker, who quotes",
    ],
)
def test_who_answers_it_and_how(by, body, answered, patch, review, mail, traced):
    reply = mail("r@x", body, by=by, to="q@x", day=2)
    messages = traced(patch, review, reply)
    assert (status_of(messages, ask(messages[1])).unanswered == ()) == answered


@pytest.mark.parametrize(
    ("by", "words", "answered"),
    [
        ("cy", "+1, I was about to ask the same.", False),
        ("cy", "Same question here.", False),
        ("cy", "+1\n\nCy", False),
        ("cy", "+1\n\nA lock of its own is the better way.", True),
        ("cy", "Right, I would like to know that as well.", False),
        ("cy", "Good question.", False),
        ("cy", "Good question, the loom frees it in between.", True),
        ("cy", "I think that the loom frees it in between.", True),
        ("ada", "+1, I was about to ask the same.", True),
    ],
)
def test_who_asks_the_same_does_not_answer(by, words, answered, patch, review, mail, traced):
    reply = mail("r@x", f"> {QUESTION}\n\n{words}\n", by=by, to="q@x", day=2)
    messages = traced(patch, review, reply)
    assert (status_of(messages, ask(messages[1])).unanswered == ()) == answered


def test_who_asks_more_after_an_answer_waits_for_the_author(patch, review, mail, traced):
    answer = mail("r@x", quoting(QUESTION), by="ada", to="q@x", day=2)
    more = mail("s@x", "> Since it has to be.\n\nWho frees it then?\n", by="bo", to="r@x", day=3)
    joined = mail("u@x", "> Who frees it then?\n\nI wonder as well.\n", by="cy", to="s@x", day=4)
    messages = traced(patch, review, answer, more, joined)
    status = status_of(messages, ask(messages[1]), ask(messages[3], "Who frees it then?"))
    assert [each.text for each in status.unanswered] == ["Who frees it then?"]
    assert (status.status, status.next_actor) == ("needs-reply", "author")


def test_who_goes_on_below_the_one_he_asked_has_his_answer(patch, mail, claim, traced):
    asking = mail("q@x", "> text\n\nSome words.\n\nMerged?\n", by="bo", to="p@x", day=1)
    back = mail("r@x", "> Some words.\n\nThat is the loom.\n", by="ada", to="q@x", day=2)
    on = mail("s@x", "> That is the loom.\n\nSo it is.\n", by="bo", to="r@x", day=3)
    other = mail("s@x", "> Some words.\n\nSo it is.\n", by="bo", to="q@x", day=3)
    said = claim(asking, "Merged?", "merged", "asked")
    for more, answered in (([], False), ([on], True), ([other], True)):
        (status,) = join(traced(patch, asking, back, *more), {}, [said]).status
        assert (status.unanswered == ()) is answered
    (status,) = join(traced(patch, asking, mail("s@x", "So it is.\n", by="bo", to="q@x", day=3)), {}, [said]).status
    assert status.unanswered  # he alone wrote


@pytest.mark.parametrize(
    ("subject", "answered"),
    [("[PATCH v2] loom: turn", True), ("[PATCH] shed: close", False), ("Re: [PATCH] loom: turn", False)],
)
def test_a_newer_version_in_the_thread_is_what_became_of_a_question(subject, answered, patch, review, mail):
    newer = mail("n@x", "text\n---\n", subject=subject, to="p@x", day=2)
    found = {each.key: each for each in join([patch, review, newer], {}, [], asks=[ask(review)]).status}
    assert (found["p@x"].unanswered == ()) is answered


def test_a_patch_sent_anew_alone_answers_what_was_asked_of_it_alone(mail):
    cover = mail("c@x", "text\n", subject="[PATCH 0/2] loom: turn")
    patches = [
        mail(f"p{n}@x", "text\n---\n", subject=f"[PATCH {n}/2] part {n}", to="c@x", day=n / 1000) for n in (1, 2)
    ]
    anew = mail("n@x", "text\n---\n", subject="[PATCH v2 2/2] part 2", to="p2@x", day=2)
    for n, answered in ((1, False), (2, True)):
        review = mail("q@x", f"> text\n\n{QUESTION}\n", by="bo", to=f"p{n}@x", day=1)
        found = join([cover, *patches, review, anew], {}, [], asks=[ask(review)]).status
        assert (not any(each.unanswered for each in found)) is answered


def test_what_a_cover_asks_its_own_patches_do_not_answer(mail):
    cover = mail("c@x", "Bo, could you take a look?\n", subject="[PATCH 0/1] loom: turn")
    patch = mail("p@x", "text\n---\n", subject="[PATCH 1/1] loom: turn", to="c@x", day=0.001)
    assert status_of([cover, patch], ask(cover, "Bo, could you take a look?")).unanswered


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


def test_clauses_of_one_sentence_are_one_question(patch, mail, claim):
    words = "Do you want to wait for more,\nor shall I send v2 (now)? Thanks."
    review = mail("q@x", f"> text\n{words}\n", by="bo", to="p@x", day=1)
    said = [
        claim(review, "Do you want to wait for more,", "needs-reply", "asked"),
        claim(review, "or shall I send v2", "needs-revision", "asked"),
    ]
    for claims in (said, said[::-1], said[:1]):
        (status,) = join([patch, review], {}, claims).status
        assert [question.text for question in status.unanswered] == [words[: words.index("?") + 1]]
    (status,) = join([patch, review], {}, said[1:]).status
    assert [question.text for question in status.unanswered] == ["or shall I send v2 (now)?"]


def test_an_answer_to_one_clause_answers_the_sentence(patch, mail, claim, traced):
    review = mail("q@x", "> text\n\nDo you want to wait,\nor shall I send v2?\n", by="bo", to="p@x", day=1)
    reply = mail("r@x", "> Do you want to wait,\n> or shall I send v2?\n\nThe latter.\n", by="cy", to="q@x", day=2)
    said = [claim(review, "Do you want to wait,", "needs-reply", "asked")]
    (status,) = join(traced(patch, review, reply), {}, said).status
    assert status.unanswered == ()


def test_what_answers_one_reading_of_a_question_answers_the_others(patch, mail, claim, traced):
    words = "Could you help to test it?"
    asking = mail("q@x", f"> text\n\n{words}\n", by="bo", to="p@x", day=1)
    reply = mail("r@x", "Hello,\n\n> text\n\nIt does not work.\n", to="q@x", day=2)
    said = [claim(asking, words, "needs-review", "asked"), claim(asking, words, "planned", "asked")]
    (status,) = join(traced(patch, asking, reply), {}, said).status
    assert status.unanswered == ()


def test_a_cell_of_a_table_is_no_question(patch, mail, claim):
    table = mail("q@x", "> text\n\nItem     Owner    Merged?\nwarp     Ada      yes\n", by="bo", to="p@x", day=1)
    (status,) = join([patch, table], {}, [claim(table, "Merged?", "merged", "asked")]).status
    assert status.unanswered == ()


@pytest.mark.parametrize(
    ("kind", "body", "answered"),
    [
        ("merged", "Not yet, sorry.\n\n> text\n>\n> Merged?\n", True),
        ("merged", "Hello,\n\n> text\n\nThat is the loom.\n", False),
        ("needs-review", "Hello,\n\n> text\n\nThat is the loom.\n", True),
    ],
    ids=["words above the quotes", "words below another quote", "a look"],
)
def test_how_the_one_who_was_asked_answers_where_it_stands(kind, body, answered, patch, mail, claim, traced):
    asking = mail("q@x", "> text\n\nSome words.\n\nMerged?\n", by="bo", to="p@x", day=1)
    reply = mail("r@x", body, to="q@x", day=2)
    for waiting_on in ((), ("author",)):
        said = claim(asking, "Merged?", kind, "asked", waiting_on=waiting_on)
        (status,) = join(traced(patch, asking, reply), {}, [said]).status
        assert (status.unanswered == ()) == answered


@pytest.mark.parametrize(
    ("more", "words", "answered"),
    [
        ({}, "It does not build here.\n", True),
        ({}, "> Any update on this?\n", False),
        ({"waiting_on": ("Cy Marsh",)}, "It does not build here.\n", False),
        ({"rule": "waiting-answer"}, "It does not build here.\n", False),
    ],
    ids=["whoever", "without words", "somebody by name", "for data"],
)
def test_who_reminds_nobody_by_name_is_answered_by_whoever_writes(more, words, answered, patch, mail, claim, traced):
    ping = mail("q@x", "Any update on this?\n", by="ada", to="p@x", day=1)
    reply = mail("r@x", words, by="bo", to="q@x", day=2)
    said = claim(ping, "Any update on this?", "needs-reply", "asked", **{"rule": "any-update", **more})
    (status,) = join(traced(patch, ping, reply), {}, [said]).status
    assert (status.unanswered == ()) is answered


@pytest.mark.parametrize(
    ("by", "words", "answered"),
    [
        ("ada", "Any update on this?", True),
        ("bo", "Any update on this?", False),
        ("ada", "Any update on your side?", False),
    ],
)
def test_anybodys_word_below_the_posting_answers_its_author_who_reminds_of_it(
    by, words, answered, patch, mail, claim, traced
):
    first = mail("f@x", "It is a loom.\n", by="bo", to="p@x", day=1)
    ping = mail("q@x", f"{words}\n", by=by, to="f@x", day=2)
    word = mail("r@x", "It does not build here.\n", by="cy", to="p@x", day=3)
    said = claim(ping, words, "needs-reply", "asked", rule="any-update")
    (status,) = join(traced(patch, first, ping, word), {}, [said]).status
    assert (status.unanswered == ()) is answered


def test_what_is_asked_again_in_another_answer_to_the_same_mail_is_one_question(patch, review, mail, traced):
    again = mail("q2@x", review.body, by="bo", to="p@x", day=1.1)
    elsewhere = mail("q3@x", review.body, by="bo", to="q@x", day=1.2)
    answer = mail("r@x", quoting(QUESTION), by="ada", to="q2@x", day=2)

    def unanswered(*more):
        return [
            each.message_id
            for each in status_of(traced(patch, review, *more), *map(ask, (review, *more[:1]))).unanswered
        ]

    assert unanswered(again) == ["q@x"]
    assert unanswered(again, answer) == []
    assert unanswered(elsewhere) == ["q@x", "q3@x"]


@pytest.mark.parametrize(
    ("words", "answered"), [("Yeah, and please say so in the notes too.\n", True), ("I have read it.\n", False)]
)
def test_a_yes_answers_who_asked_nobody_by_name(words, answered, patch, mail, claim, traced):
    asking = mail("q@x", "Is it fine to turn it twice?\n", by="ada", to="p@x", day=1)
    reply = mail("r@x", f"> text\n\n{words}", by="bo", to="q@x", day=2)
    said = claim(asking, "Is it fine to turn it twice?", "needs-reply", "asked")
    (status,) = join(traced(patch, asking, reply), {}, [said]).status
    assert (status.unanswered == ()) is answered


def test_the_end_of_a_work_answers_who_asked_for_it(patch, mail, claim):
    asking = mail("q@x", "Cy, can you take this?\n\nIs it tested?\n", by="bo", to="p@x", day=1)
    said = [
        claim(asking, "Cy, can you take this?", "needs-review", "asked", waiting_on=("Cy",)),
        claim(asking, "Is it tested?", "needs-reply", "asked"),
    ]
    taken = mail("t@x", "Applied, thanks.\n", by="cy", to="p@x", day=2)
    (open_,) = join([patch, asking], {}, said).status
    assert [each.text for each in open_.unanswered] == ["Cy, can you take this?", "Is it tested?"]
    (done,) = join([patch, asking, taken], {}, [*said, claim(taken, "Applied, thanks.", "applied")]).status
    assert (done.status, [each.text for each in done.unanswered]) == ("applied", ["Is it tested?"])


@pytest.mark.parametrize(
    ("words", "asked_of"),
    [
        ("Cy, can you take it?", CY),
        ("To Cy and Ada,\ncan you take it?", CY),
        ("Hi Cy,\n\nCan you take it?", CY),
        ("Hi, Cy\n\nCan you take it?", CY),
        ("Cool, can you take it?", ADA),
        ("Bo, can you take it?", ADA),
        ("As Cy said, can you take it?", ADA),
    ],
)
def test_who_is_called_by_name_is_asked(words, asked_of, patch, mail):
    text = words[words.lower().index("can you") :]
    sent = mail("q@x", f"> text\n\n{words}\n", by="bo", to="p@x", day=1)
    review = replace(sent, recipients=(patch.author, Person("Cy Marsh", "cy@example.org")))
    (question,) = status_of([patch, review], ask(review, text)).unanswered
    assert question.asked_of == asked_of


def test_two_questions_of_one_mail_are_two(patch, mail):
    review = mail("q@x", "> text\n\nWhy now? Why here?\n", by="bo", to="p@x", day=1)
    status = status_of([patch, review], ask(review, "Why now?"), ask(review, "Why here?"))
    assert [question.text for question in status.unanswered] == ["Why now?", "Why here?"]


def test_what_is_finished_keeps_its_open_questions(patch, review, mail, claim):
    done = mail("d@x", "Applied, thanks.\n", by="cy", to="p@x", day=3)
    said = claim(done, "Applied, thanks.", "applied", rule="applied")
    (status,) = join([patch, review, done], {}, [said], asks=[ask(review)]).status
    assert (status.status, [question.message_id for question in status.unanswered]) == ("applied", [review.message_id])


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


def test_who_wrote_without_a_name_is_asked_by_the_name_that_he_has_elsewhere(patch, mail):
    named = mail("n@x", "> text\n\nFine.\n", by="bo", to="p@x", day=1)
    bare = replace(mail("b@x", "> text\n\nHm.\n", by="bo", to="p@x", day=2), author=Person(None, "bo@example.org"))
    asked = mail("q@x", f"> Hm.\n\n{QUESTION}\n", to="b@x", day=3)
    (question,) = status_of([patch, named, bare, asked], ask(asked)).unanswered
    assert question.asked_of == BO


@pytest.mark.parametrize(("rule", "shown"), [("ask-data", True), ("any-update", False)])
def test_a_request_for_data_is_open_until_somebody_answers(rule, shown, mail, claim, patch):
    """It asks without a question mark; what else needs a reply does not say of whom."""
    words = "We need some numbers for other loads."
    request = mail("q@x", f"> text\n\n{words}\n", by="bo", to="p@x", day=1)
    answer = mail("a@x", f"> {words}\n\nIt takes 12 s less.\n", by="ada", to="q@x", day=2)
    said = [claim(request, words, "needs-reply", rule=rule)]
    (waiting,) = join([patch, request], {}, said).status
    (answered,) = join([patch, request, answer], {}, said).status
    assert [question.text for question in waiting.unanswered] == ([words] if shown else [])
    assert answered.unanswered == ()


TABLE = f"- item: reed split\n  assignee: {BO}\n- item: shuttle locks\n  assignee: {CY}\n"
REED, SHUTTLE = TABLE.splitlines()[:2], TABLE.splitlines()[2:]


def quote(*lines, mark="> "):
    return "".join(f"{mark}{line}\n" for line in lines)


@pytest.fixture
def asked_below_rows(mail, traced, rows, claim):
    """A table by ada, a question of hers below each of its rows, and a mail in answer; which of the questions are open, and of whom."""
    table = mail("t@x", TABLE)
    body = f"{quote(*REED)}\nDid that get anywhere?\n\n{quote(*SHUTTLE)}\nIs it on its way?\n"
    asking = mail("q@x", body, to="t@x", day=1)

    def ask(words, by="cy"):
        messages = traced(table, asking, mail("r@x", words, by=by, to="q@x", day=2))
        asks = [
            claim(messages[1], text, "needs-reply", "asked", rule="ask-status")
            for text in ("Did that get anywhere?", "Is it on its way?")
        ]
        found = join(messages, rows(*messages), asks).status
        return {question.text: question.asked_of for status in found for question in status.unanswered}

    return ask


REED_ASKED, SHUTTLE_ASKED = {"Did that get anywhere?": BO}, {"Is it on its way?": CY}
ALL_ABOVE = quote(*(f"> {line}" for line in REED), "", "Did that get anywhere?", "")
ALL = ALL_ABOVE + quote(*(f"> {line}" for line in SHUTTLE), "", "Is it on its way?")


@pytest.mark.parametrize(
    ("words", "by", "still"),
    [
        (f"{ALL}\nYes, nearly done.\n", "cy", REED_ASKED),
        (f"{ALL}\nI gave it to Cy.\n", "bo", REED_ASKED),
        (f"{ALL_ABOVE}\nNot yet.\n", "bo", SHUTTLE_ASKED),
        ("Both are coming next week.\n", "cy", {}),
        (f"{quote(*(f'> {line}' for line in SHUTTLE))}\nI post it on Monday.\n", "cy", REED_ASKED),
    ],
    ids=["below all", "one who is asked elsewhere", "below the first", "above all", "below the row alone"],
)
def test_an_answer_to_one_row_of_a_table_answers_no_question_about_another(words, by, still, asked_below_rows):
    assert asked_below_rows(words, by) == still
