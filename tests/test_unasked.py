"""Question marks that ask nobody, and those that look alike and ask somebody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from miner.model import Form, Message, Person
from miner.unasked import asks_nobody, find_aside

from .mails import parsed


def make(body: str, form: Form = "mail") -> Message:
    author, date = Person("Bo Lind", "bo@example.org"), datetime(2026, 3, 1, tzinfo=UTC)
    return parsed("q@x", body, "Re: [PATCH] loom: turn", author, "p@x", date, form=form)


def is_asked(body: str, text: str, form: Form = "mail") -> bool:
    start = body.index(text)
    return not asks_nobody(make(body, form), start, start + len(text))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Item          Owner      Merged?\nwarp cache    Ada        yes\n", "Item          Owner      Merged?"),
        ("Item          Merged?   Tested?\nwarp cache    yes       no\n", "Tested?"),
        ("Item\tOwner\tMerged?\nwarp\tAda\tyes\n", "Item\tOwner\tMerged?"),
        ("| Item | Owner | Ready to merge? |\n|------|-------|\n", "| Item | Owner | Ready to merge?"),
        ("Item | Ready to merge?\n-----+----------------\n", "Item | Ready to merge?"),
        ("item,owner,is it done?\nwarp,ada,yes\n", "item,owner,is it done?"),
        ("   warp cache   53?\n", "warp cache   53?"),
    ],
    ids=["blanks", "the last cell", "tabs", "pipes", "a rule below", "commas", "a mark alone in its cell"],
)
def test_a_cell_of_a_table_asks_nobody(body, text):
    assert not is_asked(body, text)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("len = loom->is_warm ? loom->warm : loom->cold;\n", "len = loom->is_warm ?"),
        ("len = is_warm(loom) ?\n\tloom->warm : loom->cold\n", "len = is_warm(loom) ?"),
        ("This is (a > b) ? a : b in disguise.\n", "This is (a > b) ?"),
        (" turn_loom+0x12/0x40\n ? warp_all+0x10/0x20\n", "turn_loom+0x12/0x40\n ?"),
        ("12:30:29.058 exit_group(0)     = ?\n", "12:30:29.058 exit_group(0)     = ?"),
        (
            "error: patch failed: loom.c:68\nerror: Did you edit it?\n",
            "error: patch failed: loom.c:68\nerror: Did you edit it?",
        ),
        ("7 0x0000000041c753: main at ??:?\n", "7 0x0000000041c753: main at ??:?"),
        (
            "mill/loom.c:241 turn_loom() warn: use 'warp' here instead of WEFT?\n",
            "mill/loom.c:241 turn_loom() warn: use 'warp' here instead of WEFT?",
        ),
    ],
    ids=[
        "on a line",
        "on two lines",
        "within a sentence",
        "a stack",
        "a trace of calls",
        "git",
        "a debugger",
        "a checker",
    ],
)
def test_code_and_the_output_of_programs_ask_nobody(body, text):
    assert not is_asked(body, text)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("\nWhy two locks?\n--------------\n\nSince it has to be.\n", "Why two locks?"),
        ("## Step 2: Does it leak?\n\nIt does not.\n", "Does it leak?"),
        ("Q: Why is it locked?\nA: Since it has to be.\n", "Q: Why is it locked?"),
        ("Fine.\n\nBest regards,\nBo Lind\nWhy weave alone?\n", "Why weave alone?"),
        ("Fine.\n\nThanks,\nBo\nThe Weavers, Inc.\nWhy weave alone?\n", "Why weave alone?"),
        ("Fine.\n\nThanks,\nBo\n\nIs it necessary to print this e-mail?\n", "Is it necessary to print this e-mail?"),
        ("> > Shall we turn it?\n", "> > Shall we turn it?"),
        ("Sure, why not?\n", "Sure, why not?"),
        ("And who knows?\n", "And who knows?"),
        ("You have read it, hmm?\n", "You have read it, hmm?"),
        ("It is warm enough here, no?\n", "It is warm enough here, no?"),
        ("You did not turn the loom, did you?\n", "You did not turn the loom, did you?"),
        ("They are not really worn are they?\n", "They are not really worn are they?"),
        ("It helps the warp, of the weft I am not sure :-?\n", "It helps the warp, of the weft I am not sure :-?"),
        ("Is it locked here? No, since that is done above.\n", "Is it locked here?"),
        ("Is it locked here? **YES**\n", "Is it locked here?"),
        ("Is it locked here? -- yes\n", "Is it locked here?"),
        ("Is it locked here? - no, not yet\n", "Is it locked here?"),
        ("Why is it locked? Because of the other loom.\n", "Why is it locked?"),
        ("Where is it turned?\n\nAh, I see, in the other one.\n", "Where is it turned?"),
    ],
)
def test_headings_signatures_sounds_and_what_is_answered_at_once_ask_nobody(body, text):
    assert not is_asked(body, text)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("That is what we want, right?\n", "That is what we want, right?"),
        ("Is it a loom->warm | WARM_UP?\n", "Is it a loom->warm | WARM_UP?"),
        ("Could you turn turn_it() too?\n\n> +   a : b;\n", "Could you turn turn_it() too?"),
        ("Could you also turn that?\n\n  turn(loom, warm : cold);\n", "Could you also turn that?"),
        ("uint32_t turns; ?\n", "uint32_t turns; ?"),
        ("Is that from turn_loom+0x12 or from elsewhere?\n", "Is that from turn_loom+0x12 or from elsewhere?"),
        ("Why two locks?\n---\n drivers/loom.c | 2 +-\n", "Why two locks?"),
        ("Thanks,\n\nWhy two locks?\n", "Why two locks?"),
        ("Fine.\n\nThanks,\nBo\n\nPS: could you turn it as well?\n", "could you turn it as well?"),
        ("Q1. Is one lock enough?\nQ2. Is it fast?\n", "Is one lock enough?"),
        ("If not, why not?\n", "If not, why not?"),
        ("Which of the two looms is it?\n", "Which of the two looms is it?"),
        ("Do you not know, or is it?\n", "Do you not know, or is it?"),
        ("Ada wonders why the loom can't do this?\n", "Ada wonders why the loom can't do this?"),
        ("Could you add a word on that? Yes, the code is clear.\n", "Could you add a word on that?"),
        ("Is it locked?\n\n> No, it is not.\n", "Is it locked?"),
        ("Is this needed? No idea was given.\n", "Is this needed?"),
        ("Is this needed? - no idea was given\n", "Is this needed?"),
        ("Is this needed?\n- yes\n- no\n", "Is this needed?"),
        ("I saw two things:   is this one needed?\n", "I saw two things:   is this one needed?"),
        ("Hi,Ada,is it done?\n", "Hi,Ada,is it done?"),
    ],
)
def test_what_asks_somebody_though_it_looks_alike(body, text):
    assert is_asked(body, text)


def test_what_ends_in_no_question_mark_is_left_alone():
    assert is_asked("Item          Owner      Merged\n", "Item          Owner      Merged")


def test_in_flattened_text_a_quote_is_read_and_what_follows_may_be_another_ones():
    assert is_asked("> Is it in? Yes, it is.", "> Is it in?", "flattened")


@pytest.mark.parametrize(
    ("text", "following", "aside"),
    [
        ("It is in the other loom (the new one?)", " too.", "(the new one?)"),
        ("It came up on some looms (at least the wider ones?)", " use another thread.", "(at least the wider ones?)"),
        ("Please split the weaving (9?)", " patches out.", "(9?)"),
        ("Applied by hand (it was damaged, maybe attach it?)", "\n\nThanks", "(it was damaged, maybe attach it?)"),
        ("Use another name (maybe a more generic one is better?)", "\n\nThanks", None),
        ("Is it turned (or warped?)", " at once.", None),
        ("(Is that in a later patch?)", " more", None),
        ("It is turned (why here?)", " and warped.", None),
    ],
)
def test_a_question_between_parentheses_that_is_an_aside(text, following, aside):
    at = find_aside(text + following, 0, len(text))
    assert (None if at is None else text[at:]) == aside


@pytest.mark.parametrize("unit", ["a?   ", "why so a?\n", "a_b ?" + " " * 150, "is (a (b?) ", "thanks\nBo\nwhy so?\n"])
def test_a_hostile_mail_takes_no_time(unit):
    message = make(unit * (200_000 // len(unit)))
    for at in range(0, 100_000, 50):
        asks_nobody(message, at, at + 40)
        find_aside(message.body, at, at + 1_500)
