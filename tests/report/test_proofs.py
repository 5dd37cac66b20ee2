"""Which sentence is quoted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.model import Evidence, Layer, Question, Series, Status
from miner.report.arrange import MOST_QUESTIONS, arrange_status
from miner.report.proofs import choose_proofs, find_answered_words, find_asked_about

from ..mails import parsed
from . import made

REQUEST = "Please split the reed out of the loom, it has users of its own."
BODY = f"> Some words of the patch.\n>\n> {REQUEST}\n\nWill do.\n"
MAIL = made.message(
    "yes@example.org",
    made.BEN,
    made.day(5, 12),
    "Re: warp",
    BODY,
    Layer(1, 0, 3, "quote", made.ADA),
    Layer(0, 4, 5, "own", made.BEN),
)
PATCH = made.message(
    "a@example.org", made.BEN, made.day(5, 10), "warp", "We need more looms.\n+int one;\n",
    Layer(0, 0, 1, "own", made.BEN), Layer(0, 1, 2, "patch", made.BEN),
)  # fmt: skip
MAILS = {each.message_id: each for each in (*made.MESSAGES, MAIL, PATCH)}
POSTING = next(each for each in made.SERIES if each.root == "v2@example.org")


def stands(label: str, *proofs: tuple[str, str, str]) -> Status:
    evidence = tuple(Evidence(ident, text, status) for ident, text, status in proofs)  # type: ignore[arg-type]
    return made.status("series", POSTING.root, label, title=POSTING.title, evidence=evidence, revision=2)


def chosen(status: Status, posting: Series | None = POSTING) -> list[str]:
    return [each.text for each in choose_proofs(status, posting, MAILS.get)]


def test_what_decided_is_quoted_if_it_says_enough() -> None:
    found = stands(
        "needs-revision",
        ("x@x", "The reed breaks where the loom turns.", "needs-revision"),
        ("y@x", REQUEST, "needs-revision"),
    )
    assert chosen(found)[0] == "The reed breaks where the loom turns."


def test_a_request_is_quoted_before_the_word_that_agrees() -> None:
    other = ("z@x", "I like the shed and the loom and the reed.", "ready")
    found = stands(
        "needs-revision", ("yes@example.org", "Will do.", "needs-revision"), other, ("y@x", REQUEST, "needs-revision")
    )
    assert chosen(found)[:2] == [REQUEST, "Will do."]
    assert chosen(replace(found, evidence=found.evidence[:2]))[0] == "Will do."  # what leads elsewhere is no proof


@pytest.mark.parametrize("text", ["please fold it.", "I'll drop loom_turn_all().", "Cool, can you send a fix?"])
def test_a_request_or_an_object_is_enough(text: str) -> None:
    found = stands("needs-revision", ("x@x", text, "needs-revision"), ("y@x", REQUEST, "needs-revision"))
    assert chosen(found)[0] == text


def test_what_was_said_long_before_or_only_begins_is_not_quoted_instead() -> None:
    said = ("yes@example.org", "Will do.", "needs-revision")
    for other in (
        ("answer@example.org", REQUEST, "needs-revision"),
        ("y@x", "Some nits of the reed below:", "needs-revision"),
    ):
        assert chosen(stands("needs-revision", said, other))[0] == "Will do."


def test_an_approval_is_quoted_as_it_is() -> None:
    found = stands("needs-review", ("x@x", "Acked-by: Ada", "ready"), ("y@x", REQUEST, "needs-review"))
    assert chosen(found)[0] == "Acked-by: Ada"


def test_what_ended_a_work_is_quoted_whatever_it_says() -> None:
    found = stands(
        "applied", ("x@x", "Applied.", "applied"), ("y@x", "Applied to the loom tree of the shed.", "applied")
    )
    assert chosen(found)[0] == "Applied."


@pytest.mark.parametrize("label", ["needs-review", "needs-revision"])
def test_what_a_patch_says_of_itself_proves_nothing(label: str) -> None:
    own = ("a@example.org", "We need more looms.", label)
    assert chosen(stands(label, own)) == []
    assert chosen(stands(label, own, ("y@x", REQUEST, label))) == [REQUEST]


def test_what_a_cover_letter_plans_is_quoted() -> None:
    plan = ("v2@example.org", "I plan to add the tests of the reed later.", "needs-revision")
    assert chosen(stands("needs-revision", plan)) == [plan[1]]
    assert chosen(stands("needs-review", plan)) == []


@pytest.mark.parametrize(("ident", "text"), [("x@x", "\\ No newline at end of file"), ("a@example.org", "int one;")])
def test_lines_of_a_patch_and_of_tools_are_nobodys_words(ident: str, text: str) -> None:
    assert chosen(stands("needs-revision", (ident, text, "needs-revision"))) == []


def test_few_words_stand_with_what_they_answer() -> None:
    found = stands("needs-revision", ("yes@example.org", "Will do.", "needs-revision"))
    assert find_answered_words(found.evidence[0], found, MAIL) == REQUEST
    assert find_answered_words(replace(found.evidence[0], text="Will do that in v3."), found, MAIL) == ""
    assert find_answered_words(found.evidence[0], replace(found, status="applied"), MAIL) == ""
    patch = replace(MAIL, body=BODY.replace(REQUEST, "+\tint one;"))
    assert find_answered_words(found.evidence[0], found, patch) == ""
    long = replace(MAIL, body=BODY.replace(REQUEST, f"{'Loom ' * 40}went. Why is that so?"))
    assert find_answered_words(found.evidence[0], found, long) == "Why is that so?"
    (entry,) = (
        entry
        for part in arrange_status([found], series=made.SERIES, messages=MAILS).parts
        for section in part.sections
        for entry in section.entries
    )
    assert [(quote.text, quote.answers) for quote in entry.evidence] == [("Will do.", REQUEST)]


def test_three_questions_of_a_work_those_to_who_must_act_first() -> None:
    asked = tuple(
        Question(f"q{n}@example.org", text, to, by, made.day(5, 11 + n))
        for n, (text, to, by) in enumerate(
            (("Why?", made.BEN, made.ADA), ("How?", made.CLEO, made.ADA), ("Where?", made.BEN, made.ADA), ("When?", made.BEN, made.DAN),
             ("Who?", made.CLEO, made.DAN))
        )
    )  # fmt: skip
    twice = replace(asked[0], message_id="q9@example.org")
    mails = [made.message(each.message_id, each.by or "", each.date, "Re", each.text) for each in (*asked, twice)]
    status = replace(stands("needs-revision"), unanswered=(*asked, twice), next_actor="author", assignee=made.BEN)

    def entry(everything: bool) -> tuple[list[str], str, str]:
        found = arrange_status([status], series=made.SERIES, messages=mails, everything=everything)
        (one,) = (entry for part in found.parts for section in part.sections for entry in section.entries)
        where = one.more_at.message_id if one.more_at else ""
        return [quote.text for quote in one.questions], one.told_more, where

    assert MOST_QUESTIONS == 3
    assert entry(False) == (["When?", "Where?", "Why?"], "and 2 more", "v2@example.org")
    assert entry(True) == (["Why?", "How?", "Where?", "When?", "Who?"], "", "")


def test_people_are_called_by_the_name_that_they_have_in_other_mails() -> None:
    status = replace(stands("needs-reply"), next_actor="ada@example.org", waiting_on=("ada@example.org",))
    released = replace(status, next_actor="1.4", waiting_on=("1.4",), depends_on=("1.4",))
    series = [replace(POSTING, author=made.BEN)]
    for one, claims, name in ((status, made.CLAIMS, "Ada Berg"), (status, (), "ada@example.org"), (released, (), "")):
        found = arrange_status([one], series=series, claims=claims)
        assert [e.next_actor for part in found.parts for section in part.sections for e in section.entries] == [name]


def test_a_long_piece_ends_with_a_whole_word() -> None:
    text = "The reed of the loom in the shed " * 5 + "is bro"
    mail = made.message(
        "long@example.org", made.ADA, made.day(5, 12), "Re", f"{text}ken.\n", Layer(0, 0, 1, "own", made.ADA)
    )
    for body, end in ((mail.body, "shed is …"), (f"{text}.\n", "shed is bro")):
        found = arrange_status(
            [stands("needs-revision", ("long@example.org", text, "needs-revision"))],
            series=made.SERIES,
            messages=[replace(mail, body=body)],
        )
        (entry,) = (entry for part in found.parts for section in part.sections for entry in section.entries)
        assert entry.evidence[0].text.endswith(end)


@pytest.mark.parametrize(
    ("quoted", "asks", "about"),
    [
        ("> +\tturn(wheel);\n\n", "Why this?", "turn(wheel);"),
        ("> >  \tturn(wheel);\n", "nit: is that still used here?", "turn(wheel);"),
        ("> -\tturn(wheel);\n> +\n> +}\n", "Why?", "turn(wheel);"),
        ("> The wheel turns.\n", "Why this?", ""),  # no code
        ("> +\tturn(wheel);\n\nIt is loud.\n\n", "Why this?", ""),  # that points at her own words
        ("> +\tturn(wheel);\n", "Does the shuttle pass through the open shed now?", ""),  # it says enough
        ("> +++ b/loom/turn.c\n", "Why this?", ""),
        (f"> +\tturn({'wheel, ' * 30});\n", "Why this?", ""),
        ("", "Why this?", ""),
    ],
)
def test_a_short_question_is_shown_with_the_code_that_it_is_about(quoted: str, asks: str, about: str) -> None:
    mail = parsed("q@example.org", f"{quoted}{asks}\n")
    assert find_asked_about(asks, mail) == about
    assert find_asked_about(asks, None) == ""


def test_a_report_shows_what_a_question_is_about() -> None:
    mail = parsed("q@example.org", "> +\tturn(wheel);\n\nWhy this?\n")
    status = replace(stands("needs-reply"), unanswered=(Question("q@example.org", "Why this?", None),))
    found = arrange_status([status], series=made.SERIES, messages=[*made.MESSAGES, mail])
    assert [quote.answers for quote in made.entries(found)[POSTING.title].questions] == ["turn(wheel);"]
