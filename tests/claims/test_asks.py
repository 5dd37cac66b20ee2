"""What asks for something, and what only looks like it."""

from __future__ import annotations

import pytest

from miner.claims.asks import asks, find_asks


@pytest.mark.parametrize(
    "sentence",
    [
        "Please rename this helper.",
        "Could you split the patch?",
        "Why is the lock taken twice?",
        "This should be moved to the header.",
        "You need to check the return value here.",
        "How about a table instead?",
        "Drop the braces.",
        "nit: use the existing macro.",
        "I'd prefer a separate function for that.",
        "It would be better to fail early.",
        "s/lenght/length/",
        "Also, don't call this from the interrupt handler.",
    ],
)
def test_asks(sentence):
    assert asks(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Use of the helper is fine.",
        "Looks good to me.",
        "I will drop the braces.",
        "Please let me know.",
        "Any thoughts?",
        "Right?",
        "You should see the difference in the log.",
        "No need to send it again.",
        "As you said, it should be moved.",
        "The kernel drops the packet.",
        "Thanks for the patch!",
    ],
)
def test_asks_nothing(sentence):
    assert not asks(sentence)


def test_a_long_line_takes_no_time():
    assert not asks("a " * 50_000)


@pytest.mark.parametrize(
    ("sentence", "question", "change"),
    [
        ("Why is the lock taken twice?", True, False),
        ("Could you split the patch?", True, True),
        ("Please rename this helper.", False, True),
        ("I'm curious what this is for.", True, False),
        ("Please explain why.", True, False),
    ],
)
def test_what_words_can_answer_and_what_asks_for_a_change(make_message, sentence, question, change):
    (ask,) = find_asks([make_message(f"> text\n\n{sentence}\n")])
    assert (ask.text, ask.question, ask.change) == (sentence, question, change)


@pytest.mark.parametrize(
    "body",
    [
        "Makes sense?",
        "How are you doing?",
        "Item          Owner      Is it merged?\nwarp cache    Ada        yes",
        "len = loom->is_warm ? loom->warm : loom->cold",
        "It is in the other loom (the new one?) as well.",
        "I will take it, although I still wonder how to test it.",
    ],
)
def test_a_courtesy_and_what_asks_nobody(body, make_message):
    assert list(find_asks([make_message(f"> text\n\n{body}\n")])) == []


def test_a_request_around_an_aside_is_no_question(make_message):
    (ask,) = find_asks([make_message("> text\n\nPlease split the weaving (9?) patches out.\n")])
    assert (ask.text, ask.question, ask.change) == ("Please split the weaving (9?) patches out.", False, True)


@pytest.mark.parametrize(
    "sentence",
    ["Is there any reason why it is locked.", "Do you mean something like this:", "Also, why do you need two of them."],
)
def test_a_question_without_its_mark(sentence, make_message):
    (ask,) = find_asks([make_message(f"> text\n\n{sentence}\n\n  turn(loom);\n")])
    assert (ask.text, ask.question) == (sentence, True)
