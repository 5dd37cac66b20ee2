"""Finding what a person means, and what each claim answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.errors import AmbiguousError, MinerError
from miner.model import Evidence, Tie
from miner.report import history

from . import made


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("warp cache", ["warp cache"]),
        ("WARP  Cache", ["warp cache"]),
        ("shed", ["shed lock"]),
        ("warp", ["warp cache"]),  # a work item goes before a series that begins alike
        ("warp: cache the shed", ["v1@example.org", "v2@example.org"]),
        ("heddle", ["heddle@example.org"]),
        ("<heddle@example.org>", ["heddle@example.org"]),
        ("v1@example.org", ["v1@example.org", "v2@example.org"]),
    ],
)
def test_find_work(name: str, keys: list[str]) -> None:
    assert [each.key for each in history.find_work(name, made.STATUS)] == keys


def test_a_patch_of_a_series_names_it_if_the_series_are_at_hand() -> None:
    for name in ("b@example.org", "<B@example.org>"):
        assert history.find_work(name, made.STATUS, made.SERIES) == history.find_work("v2@example.org", made.STATUS)
    with pytest.raises(MinerError):
        history.find_work("b@example.org", made.STATUS)


def test_any_mail_of_a_thread_and_its_subject_name_the_work() -> None:
    reply = replace(
        made.MESSAGES[6], message_id="late@example.org", references=("heddle@example.org", "gone@example.org")
    )
    mails = (*made.MESSAGES, reply)
    heddle = history.find_work("heddle@example.org", made.STATUS)
    for name in (
        "late@example.org",
        "https://lists.example.org/r/late@example.org",
        "re: [PATCH] heddle: count from ONE",
    ):
        assert history.find_work(name, made.STATUS, made.SERIES, mails) == heddle
    with pytest.raises(MinerError, match="no work item or series is called"):
        history.find_work("ask@example.org", made.STATUS, made.SERIES, mails)


def test_a_choice_names_what_is_open_first_and_tells_who_and_when() -> None:
    with pytest.raises(AmbiguousError) as caught:
        history.find_work("cleo", made.STATUS, made.SERIES)
    assert caught.value.choices == (
        "loom tests (blocked, Cleo Díaz, 2024-04-04, item)",
        "heddle: count from one (applied, Cleo Díaz, 2024-03-09)",
    )


def test_who_is_waited_for_names_the_work_where_none_is_his() -> None:
    for name in ("eve", "Eve Marsh"):
        with pytest.raises(MinerError):
            history.find_work(name, made.STATUS, made.SERIES)
        waiting = [
            replace(each, waiting_on=("Eve Marsh <eve@example.org>",)) if each.key == "shed lock" else each
            for each in made.STATUS
        ]
        assert [each.key for each in history.find_work(name, waiting, made.SERIES)] == ["shed lock"]
    whose = [replace(each, waiting_on=(made.DAN,)) for each in made.STATUS]
    assert [each.key for each in history.find_work("dan", whose, made.SERIES)] == ["shed lock"]


def test_find_mail() -> None:
    mails = made.MESSAGES
    assert history.find_mail("<v1@example.org>", mails) is mails[3]
    assert history.find_mail("[patch v2 0/2] warp: cache", mails) is mails[4]
    assert history.find_mail("count from one #2", mails) is mails[5]
    with pytest.raises(MinerError, match=r"^no mail has the id nope@example\.org$"):
        history.find_mail("nope@example.org", mails)
    with pytest.raises(AmbiguousError, match="may be one of 3: Re: What is left") as caught:
        history.find_mail("left for", mails)
    assert caught.value.choices == (
        "Re: What is left for 3.0 (Ada Berg, 2024-05-21, ask@example.org)",  # of one title: the ids tell them apart
        "Re: What is left for 3.0 (Ben Okoro, 2024-05-20, answer@example.org)",
        "What is left for 3.0 (Ada Berg, 2024-05-02)",
    )


def test_unknown_work_names_the_nearest() -> None:
    with pytest.raises(MinerError, match="no work item or series is called 'shad lock'; the nearest are: shed lock"):
        history.find_work("shad lock", made.STATUS)


def test_nothing_near() -> None:
    with pytest.raises(MinerError, match="`miner status` lists what there is"):
        history.find_work("zzz", made.STATUS[:1])


def test_an_ambiguous_beginning_says_which() -> None:
    twin = replace(made.STATUS[1], key="shed roof", title="shed roof")
    with pytest.raises(MinerError, match=r"one of 2: shed lock; shed roof; say more of the title$"):
        history.find_work("shed", (*made.STATUS, twin))


def test_two_works_of_one_title_are_told_apart_by_their_ids() -> None:
    other = replace(made.STATUS[5], key="w1@example.org", chain="w1@example.org", series=("w1@example.org",))
    status = (*made.STATUS, other)
    with pytest.raises(MinerError, match=r"one of 2: .* \(v2@example.org\); .* \(w1@example.org\); give its id$"):
        history.find_work("warp: cache the shed", status)
    with pytest.raises(MinerError, match=r"\(w1@example.org\); say more of the title, or give its id$"):
        history.find_work("warp:", status)
    assert [each.key for each in history.find_work("w1@example.org", status)] == ["w1@example.org"]


def test_the_message_is_one_clean_line() -> None:
    with pytest.raises(MinerError) as caught:
        history.find_work("\x1b[31m\nx" * 100, made.STATUS)
    assert str(caught.value).isprintable()


def test_claims_of_a_series_are_those_of_all_its_revisions_in_order() -> None:
    first = replace(made.CLAIMS[2], series="v1@example.org", date=made.day(4, 2))
    undated = replace(made.CLAIMS[1], item=None, series="v1@example.org", date=None)
    work = history.find_work("v2@example.org", made.STATUS)
    if work[0].kind == "item":
        work = made.STATUS[4:6]
    found = history.claims_of(work, (undated, made.CLAIMS[0], first))
    assert found == [first, made.CLAIMS[0], undated]


def test_a_claim_answers_the_row_that_it_stands_below() -> None:
    found = history.find_answered(made.CLAIMS[0], made.MESSAGES[1], made.ROWS["answer@example.org"])
    assert found == "- item: warp cache assignee: Ben Okoro"


def test_without_a_row_it_answers_the_quote_above() -> None:
    found = history.find_answered(made.CLAIMS[0], made.MESSAGES[1], ())
    assert found.endswith("Does this series cover everything?")


def test_a_claim_in_a_mail_that_is_not_here_answers_nothing() -> None:
    assert history.find_answered(made.CLAIMS[0], None, ()) == ""
    assert history.find_answered(made.CLAIMS[1], made.MESSAGES[2], ()) == ""


def test_history() -> None:
    work = history.find_work("warp cache", made.STATUS)
    found = history.arrange_history(work, claims=made.CLAIMS, messages=made.MESSAGES, rows=made.ROWS)
    (step,) = found.steps
    assert (step.who, step.status, step.details) == ("Ben Okoro", "needs-review", (("waits for", "Cleo Díaz"),))
    assert step.quote.reference in found.now.references


def test_what_proves_a_status_and_claims_nothing_is_part_of_the_history() -> None:
    """A remark decides, too; that the posting was posted and what is no sentence of a mail are no words."""
    sentence = "Does this series cover everything?"
    proofs = (
        Evidence("table@example.org", "the list for 3.0:", "needs-reply"),
        Evidence("answer@example.org", sentence, "needs-review"),
        Evidence("answer@example.org", made.CLAIMS[0].text, "needs-review"),
        Evidence("v2@example.org", "v2", "posted"),
        Evidence("gone@example.org", "gone", "posted"),
        Evidence("ask@example.org", "no such words", "posted"),
    )
    work = [replace(made.STATUS[5], evidence=proofs, certainty="hedged", status="needs-reply")]
    found = history.arrange_history(work, claims=made.CLAIMS, messages=made.MESSAGES)
    assert [(step.who, step.status, step.certainty, step.quote.text) for step in found.steps] == [
        ("Ada Berg", "needs-reply", "hedged", "the list for 3.0:"),
        ("Ben Okoro", "needs-review", "asserted", sentence),
        ("Ben Okoro", "needs-review", "asserted", made.CLAIMS[0].text),
    ]
    rows = history.show_rows(work, claims=made.CLAIMS, messages=made.MESSAGES, rows=made.ROWS)
    assert [row["confidence"] for row in rows] == [None, None, 0.93]
    assert made.TABLE_BODY[rows[0]["start"] : rows[0]["end"]] == "the list for 3.0:"


def test_who_only_reports_is_shown_so() -> None:
    reported = replace(made.CLAIMS[0], holder=made.DAN, certainty="hedged")
    found = history.arrange_history(made.STATUS[:1], claims=(reported,), messages=made.MESSAGES)
    assert found.steps[0].who == "Ben Okoro, reporting Dan Weiss"


def test_rows_for_programs() -> None:
    rows = history.show_rows(made.STATUS[:1], claims=made.CLAIMS, messages=made.MESSAGES, rows=made.ROWS)
    assert rows[0]["url"] == "https://lore.kernel.org/all/answer@example.org/"
    assert rows[0]["answers"] == "- item: warp cache assignee: Ben Okoro"
    assert rows[0]["item"] == "warp cache"


def test_the_postings_of_an_item_are_named_with_the_reason() -> None:
    item = replace(made.ITEMS[0], ties=(Tie("v2@example.org", 0.75, "touches \x1b[31mturn()"),))
    work = [each for each in made.STATUS if each.key == item.item]
    found = history.arrange_history(work, items=[item], series=made.SERIES, messages=made.MESSAGES)
    ((reference, title, reason),) = found.ties
    assert reference in found.now.references
    assert title == "warp: cache the shed"
    assert reason == "touches \\x1b[31mturn() (0.75)"
