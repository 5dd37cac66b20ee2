"""Promises: what is one, what keeps it, and when it is late; and how fast a list is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from miner.join import join

from .conftest import START


@pytest.fixture
def promised(mail, claim):
    """The promises of a thread: a patch by ada, words below it on day 1, and further mails."""

    def find(words, *more, by="ada", status="planned", certainty="asserted", now=100.0):
        patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
        said = mail("s@x", f"> text\n\n{words}\n", by=by, to="p@x", day=1)
        joined = join(
            [patch, said, *more], {}, [claim(said, words, status, certainty)], as_of=START + timedelta(days=now)
        )
        return joined.promises

    return find


def test_what_one_can_do_after_a_wait_is_no_promise(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    waits = "I am still waiting for Cy to look at it,"
    said = mail("s@x", f"> text\n\n{waits} then I can respin if need be.\n", by="ada", to="p@x", day=1)
    assert join([patch, said], {}, [claim(said, waits, "needs-review")]).promises == ()


@pytest.mark.parametrize(
    "words",
    [
        "I'll send v2.",
        "Will fix in v2.",
        "I will respin.",
        "Let me resend the patch.",
        "I plan to post a new version next week.",
        "v2 follows on Tuesday.",
        "Yeah, will remove it in v2.",
        "Sure, let me update the comment in v2.",
        "I will work on v2.",
        "Good point, you will have v2 by next Friday.",
        "I will follow the conventions and send v2.",
        "I will fix it, and repost the series.",
    ],
)
def test_a_version_that_its_author_promises(words, promised):
    (promise,) = promised(words)
    assert (promise.kind, promise.state, promise.by) == ("version", "late", "Ada Byron <ada@example.org>")
    assert promise.text == words


@pytest.mark.parametrize(
    ("words", "by"),
    [
        ("If you like it, I'll send v2.", "ada"),
        ("I won't send v2.", "ada"),
        ("I could send v2.", "ada"),
        ("I'll send v2 once Bo agrees.", "ada"),
        ("Will fix in v2.", "bo"),
        ("v1 follows the usual form.", "bo"),
        ("The caller will see this in v2.", "bo"),
        ("Please send v2.", "bo"),
        ("I'll take a look.", "ada"),
        ("I will also follow the versioning conventions (v2/v3 for updates and RESEND for unchanged patches).", "ada"),
    ],
)
def test_what_is_no_promise(words, by, promised):
    assert promised(words, by=by) == ()


def test_a_habit_is_no_promise_whatever_its_sentence_explains(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    words = "I will also follow the conventions"
    said = mail("s@x", f"> text\n\n{words} (update as v2, resend for unchanged patches).\n", to="p@x", day=1)
    assert join([patch, said], {}, [claim(said, words)]).promises == ()


def test_going_through_it_is_a_look(promised):
    (promise,) = promised("This one fell through the cracks, I'll go through it next week.", by="bo")
    assert (promise.kind, promise.due) == ("look", datetime(2026, 3, 15, 23, 59, 59, tzinfo=UTC))


def test_what_is_on_somebody_s_list_is_a_look(promised):
    (promise,) = promised("Sorry, it is on my list for this week.", by="bo")
    assert (promise.kind, promise.due) == ("look", datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC))
    assert promised("The port of it is next on my list.", by="ada") == ()  # an author has no look to promise


def test_a_look_that_somebody_else_promises(promised, mail):
    assert [p.state for p in promised("I'll take a look tomorrow.", by="bo")] == ["late"]
    answer = mail("a@x", "Fine.\n", by="bo", to="p@x", day=2)
    (promise,) = promised("I'll take a look tomorrow.", answer, by="bo")
    assert (promise.kind, promise.state, promise.kept_by) == ("look", "kept", "a@x")
    other = mail("a@x", "Fine.\n", by="cy", to="p@x", day=2)
    assert [p.state for p in promised("I'll take a look tomorrow.", other, by="bo")] == ["late"]


def test_of_what_somebody_promises_again_his_newest_words_stand(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    words = [("I'll send v2.", "ada"), ("I will send v2 soon.", "ada"), ("I'll review it.", "bo")]
    said = [mail(f"s{n}@x", f"{text}\n", by=by, to="p@x", day=n) for n, (text, by) in enumerate(words, 1)]
    claims = [claim(each, text, "planned") for each, (text, _) in zip(said, words, strict=True)]
    assert [each.text for each in join([patch, *said], {}, claims).promises] == [
        "I will send v2 soon.",
        "I'll review it.",
    ]


def test_a_new_version_keeps_it(promised, mail):
    newer = mail("q@x", "text\n---\n", subject="[PATCH v2] loom: turn", day=4)
    (promise,) = promised("I'll send v2.", newer)
    assert (promise.state, promise.kept_by, promise.kept) == ("kept", "q@x", newer.date)


@pytest.mark.parametrize(
    ("words", "day", "state"),
    [
        ("Okay, will update for all in v2.", 0.999, "kept"),
        ("Okay, will update for all in v2.", 0.5, "kept"),
        ("Okay, will update for all in v3.", 0.999, "late"),
        ("Unlike in v2, I'll fix it in v3.", 0.999, "late"),
        ("I'll send a new version.", 0.999, "late"),
    ],
)
def test_the_version_that_it_names_keeps_it_if_it_was_posted_shortly_before(words, day, state, promised, mail):
    newer = mail("q@x", "text\n---\n", subject="[PATCH v2] loom: turn", day=day)
    (promise,) = promised(words, newer)
    assert (promise.state, promise.kept_by) == (state, "q@x" if state == "kept" else None)


def test_a_version_that_was_long_there_keeps_nothing(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    newer = mail("q@x", "text\n---\n", subject="[PATCH v2] loom: turn", day=1)
    said = mail("s@x", "> text\n\nWill fix it in v2.\n", to="p@x", day=2.5)
    joined = join([patch, newer, said], {}, [claim(said, "Will fix it in v2.")], as_of=START + timedelta(days=90))
    assert [promise.state for promise in joined.promises] == ["late"]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("I'll send v2 tomorrow.", 3),
        ("I'll send v2 next\nweek.", 15),
        ("I'll send v2 by Friday.", 6),
        ("I'll send v2 today.", 2),
    ],
)
def test_it_is_late_after_the_day_that_was_named(words, day, promised):
    (early,) = promised(words, now=day - 0.1)
    (late,) = promised(words, now=day)
    assert (early.state, late.state) == ("open", "late")
    assert early.due == datetime(2026, 3, day, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "due"),
    [
        ("Sun, 01 Mar 2026 20:00:00 -0800", "2026-03-03T07:59:59+00:00"),  # tomorrow is Monday there
        ("Mon, 02 Mar 2026 13:00:00 +0900", "2026-03-03T14:59:59+00:00"),
        ("Mon, 02 Mar 2026 04:00:00 -0000", "2026-03-03T23:59:59+00:00"),
        ("Mon, 02 Mar 1970 04:00:00 -0800", "2026-03-03T23:59:59+00:00"),  # not what its date was taken from
        ("some day", "2026-03-03T23:59:59+00:00"),
    ],
)
def test_days_are_those_of_the_zone_of_the_mail(header, due, mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    said = replace(mail("s@x", "I'll send v2 tomorrow.\n", to="p@x", day=1 + 4 / 24), headers={"date": header})
    (promise,) = join([patch, said], {}, [claim(said, "I'll send v2 tomorrow.")]).promises
    assert promise.due == datetime.fromisoformat(due)


def test_a_time_beside_the_claim_is_its_own_only_if_it_names_none(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    said = mail("s@x", "I'll send v2 tomorrow, the rest is for next month.\n", to="p@x", day=1)
    for text, day in (("I'll send v2 tomorrow", "2026-03-03"), ("I'll send v2", "2026-04-30")):
        (promise,) = join([patch, said], {}, [claim(said, text)]).promises
        assert promise.due == datetime.fromisoformat(f"{day}T23:59:59+00:00")


def test_what_waits_for_the_merge_window_has_no_day(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    said = mail("s@x", "I'll send v2 next, after the merge window next week.\n", to="p@x", day=1)
    (promise,) = join([patch, said], {}, [claim(said, "I'll send v2 next")]).promises
    assert promise.due is None


def test_without_a_time_the_usual_one_of_the_list_counts(promised):
    assert [(p.state, p.due) for p in promised("I'll send v2.", now=30)] == [("open", None)]
    assert [p.state for p in promised("I'll send v2.", now=32)] == ["late"]


def test_nobody_waits_for_it_when_the_work_is_finished(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    said = mail("s@x", "I'll send v2.\n", to="p@x", day=1)
    done = mail("d@x", "Applied, thanks.\n", by="bo", to="p@x", day=2)
    claims = [claim(said, "I'll send v2.", "planned"), claim(done, "Applied, thanks.", "applied")]
    assert [p.state for p in join([patch, said, done], {}, claims).promises] == ["moot"]


def test_the_pace_of_a_list(mail):
    mails = []
    for n in range(30):
        mails.append(mail(f"p{n}@x", "text\n---\n", subject=f"[PATCH] part {n}: do", day=n * 100))
        mails.append(mail(f"a{n}@x", "Fine.\n", by="bo", to=f"p{n}@x", day=n * 100 + (40 if n < 5 else 2)))
        mails.append(mail(f"q{n}@x", "text\n---\n", subject=f"[PATCH v2] part {n}: do", to=f"a{n}@x", day=n * 100 + 50))
    pace = join(mails, {}, []).pace
    assert (pace.works, pace.reply_days, pace.revision_days) == (30, 2.0, 50.0)
    assert pace.silent_days == 48.0


def test_too_few_works_have_no_pace(mail):
    pace = join([mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")], {}, []).pace
    assert (pace.works, pace.silent_days, pace.reply_days, pace.revision_days) == (1, 30.0, None, None)


def test_of_what_came_to_its_end_nobody_waits_for_more(promised, mail):
    fix = mail("f@x", 'Fixes: 0123456789ab ("loom: turn the wheel")\n', by="bo", day=60)
    (late,) = promised("I'll send v2.", fix)  # of another title
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn the wheel")
    (moot,) = promised("I'll send v2.", fix, patch)
    assert (late.state, moot.state) == ("late", "moot")


ROW = "- item: shuttle locks\n  assignee: {}\n- item: reed split\n  assignee: Bo Lind <bo@example.org>\n"
ANSWER = "> - item: shuttle locks\n>   assignee: {}\n\n{}\n"


@pytest.fixture
def promised_below_a_row(mail, claim, rows, traced):
    """The promises of a thread: a table by cy, words below its first row on day 1, and further mails."""

    def find(words, *more, by="ada", owner="Ada Byron <ada@example.org>", claims=(), now=100.0):
        table = mail("t@x", ROW.format(owner), by="cy")
        mails = traced(table, mail("s@x", ANSWER.format(owner, words), by=by, to="t@x", day=1), *more)
        said = [claim(mails[1], words), *claims]
        return join(mails, rows(*mails), said, as_of=START + timedelta(days=now)).promises

    return find


@pytest.mark.parametrize(
    "words",
    [
        "I will send v3 next week.",
        "I'll post the first version by Friday.",
        "I have a branch, and I will post it tomorrow.",
        "I'll send patches for this next week.",
    ],
)
def test_a_posting_of_an_item_that_its_owner_promises(words, promised_below_a_row):
    (promise,) = promised_below_a_row(words)
    assert (promise.kind, promise.item, promise.series, promise.title) == (
        "version", "shuttle locks", None, "shuttle locks",
    )  # fmt: skip
    assert (promise.state, promise.due is not None) == ("late", True)
    assert [each.state for each in promised_below_a_row(words, owner="")] == ["late"]
    assert promised_below_a_row(words, by="bo") == ()


@pytest.mark.parametrize(
    "words", ["I will send you the logs.", "I'll post numbers tomorrow.", "I'll look at it tomorrow."]
)
def test_what_is_no_posting_of_an_item(words, promised_below_a_row):
    assert promised_below_a_row(words) == ()


def test_a_posting_tied_to_the_item_keeps_it(promised_below_a_row, mail, claim):
    words = "I will post it tomorrow."
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: shuttle locks", day=2)
    other = mail("p@x", "text\n---\n", subject="[PATCH] loom: reed split", by="bo", day=2)
    (kept,), (late,) = promised_below_a_row(words, patch), promised_below_a_row(words, other)
    assert (kept.state, kept.kept_by, kept.series, late.state) == ("kept", "p@x", None, "late")


def test_the_next_version_of_a_posting_tied_to_the_item_keeps_it(promised_below_a_row, mail):
    first = mail("p@x", "text\n---\n", subject="[PATCH] loom: shuttle locks", day=0.5)
    newer = mail("q@x", "text\n---\n", subject="[PATCH v2] loom: shuttle locks", day=9)
    (promise,) = promised_below_a_row("Then, I will work on v2.", first, newer)
    assert (promise.state, promise.kept_by, promise.series) == ("kept", "q@x", "p@x")
    (promise,) = promised_below_a_row("Then, I will work on v2.", first)
    assert (promise.state, promise.series) == ("late", "p@x")


def test_nobody_waits_for_what_was_promised_of_a_finished_item(promised_below_a_row, mail, claim):
    done = mail("d@x", "The shuttle locks are merged.\n", by="bo", day=4)
    merged = claim(done, "The shuttle locks are merged.", "merged")
    assert [each.state for each in promised_below_a_row("I will send v3.", done, claims=[merged])] == ["moot"]
