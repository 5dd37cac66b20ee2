"""When something is due that was announced: the days of words, in every week and zone."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.join.when import find_due

WRITTEN = datetime.fromisoformat("2026-03-04T21:30:00-08:00")  # a Wednesday; in UTC it is Thursday already
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", "03-04"),
        ("by the end of the day", "03-04"),
        ("tomorrow", "03-05"),
        ("the day after tomorrow", "03-06"),
        ("by Friday", "03-06"),
        ("on Fri", "03-06"),
        ("before Friday", "03-05"),
        ("on Wednesday", "03-11"),
        ("next Monday", "03-09"),
        ("next Friday", "03-13"),
        ("on Tuesday next week", "03-10"),
        ("next week on Tuesday", "03-10"),
        ("this week", "03-08"),
        ("by the end of this week", "03-08"),
        ("this weekend", "03-08"),
        ("over the weekend", "03-08"),
        ("before the weekend", "03-06"),
        ("next week", "03-15"),
        ("early next week", "03-11"),
        ("in the middle of next week", "03-12"),
        ("the week after next", "03-22"),
        ("in two days", "03-06"),
        ("in 10 days", "03-14"),
        ("within the next two weeks", "03-18"),
        ("in about a week", "03-11"),
        ("in a week or two", "03-18"),
        ("in 2-3 weeks", "03-25"),
        ("in three months", "06-04"),
        ("in a few days", "03-11"),
        ("in the coming days", "03-11"),
        ("in a couple of weeks", "04-01"),
        ("this month", "03-31"),
        ("by the end of the month", "03-31"),
        ("next month", "04-30"),
        ("early next month", "04-10"),
        ("in the middle of next month", "04-20"),
        ("in May", "05-31"),
        ("in early April", "04-10"),
        ("by April", "04-01"),
        ("by 10 March", "03-10"),
        ("on March 10th", "03-10"),
        ("by 2026-03-10", "03-10"),
        ("this year", "12-31"),
    ],
)
def test_the_day_that_words_name(words, day):
    due = find_due(f"I'll send v2 {words}.", WRITTEN)
    assert due == datetime.fromisoformat(f"2026-{day}T23:59:59-08:00")
    assert due.tzinfo is UTC


@pytest.mark.parametrize(
    "words",
    [
        "I'll send v2 soon.",
        "I'll send v2 after the merge window.",
        "I'll send v2 once I am back next week.",
        "I'll send v2 when -rc1 is out next week.",
        "The merge window opens next week and I'll send v2 then.",
        "I'm on vacation next week, but I'll send v2.",
        "I'll send what I had last week.",
        "I may send v2, at the end of the day it is easy.",
        "I'll send v2 by 31 February.",
        "I'll send v2 by March 3.",
        "I'll send what broke in January.",
        "",
    ],
)
def test_what_names_no_day(words):
    assert find_due(words, WRITTEN) is None


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("I'll send v2 tomorrow or early next week.", "03-11"),
        ("I'm busy this week, but I'll look next week.", "03-15"),
        ("I'll get back to it next week.", "03-15"),
        ("I'll take the patches from Bo once more next week.", "03-15"),
    ],
)
def test_of_several_times_the_last_one_counts(words, day):
    assert find_due(words, WRITTEN) == datetime.fromisoformat(f"2026-{day}T23:59:59-08:00")


def test_hours_are_counted_from_the_minute():
    assert find_due("I'll send v2 in two hours.", WRITTEN) == WRITTEN + timedelta(hours=2)


def test_on_a_sunday_this_week_is_the_next():
    sunday = datetime(2026, 3, 8, 12, tzinfo=UTC)
    assert (
        find_due("this week", sunday) == find_due("next week", sunday) == datetime(2026, 3, 15, 23, 59, 59, tzinfo=UTC)
    )
    assert find_due("this weekend", sunday) == datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC)


def test_what_is_over_already_is_due_at_the_end():
    assert find_due("early this month", datetime(2026, 3, 20, tzinfo=UTC)) == datetime(
        2026, 3, 31, 23, 59, 59, tzinfo=UTC
    )
    assert find_due("early this week", datetime(2026, 3, 6, tzinfo=UTC)) == datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC)


zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.builds(
    datetime.combine,
    st.dates(date(1990, 1, 1), date(9000, 1, 1)),
    st.times(),
    zones,
)


def due_day(words: str, written: datetime) -> date:
    """The day, in the writer's zone, at the end of which it is due."""
    due = find_due(words, written)
    assert due is not None
    local = due.astimezone(written.tzinfo)
    assert (local.hour, local.minute, local.second) == (23, 59, 59)
    assert due >= written.replace(microsecond=0)
    return local.date()


@given(moments, st.integers(0, 6), st.sampled_from(["by ", "on ", "", "this "]))
def test_a_day_of_the_week_is_the_next_of_its_name(written, n, word):
    due = due_day(f"I'll send v2 {word}{DAYS[n]}.", written)
    assert due.weekday() == n
    assert 1 <= (due - written.date()).days <= 7
    before = due_day(f"I'll send v2 before {DAYS[n]}.", written)
    assert due - before == timedelta(days=1)


@given(moments, st.integers(0, 6))
def test_a_day_of_next_week_lies_in_the_week_of_a_week_from_now(written, n):
    week = (written.date() + timedelta(days=7)).isocalendar()[:2]
    for words in (f"next {DAYS[n]}", f"{DAYS[n]} next week", f"{DAYS[n]} of next week", f"next week on {DAYS[n]}"):
        due = due_day(words, written)
        assert (due.weekday(), due.isocalendar()[:2]) == (n, week)


@given(moments)
def test_weeks_end_on_sunday(written):
    today = written.date()
    week, weekend, next_week = (due_day(words, written) for words in ("this week", "this weekend", "next week"))
    assert {week.weekday(), weekend.weekday(), next_week.weekday()} == {6}
    assert next_week.isocalendar()[:2] == (today + timedelta(days=7)).isocalendar()[:2]
    assert 0 <= (weekend - today).days <= 6
    assert 1 <= (week - today).days <= 7
    assert due_day("early next week", written).weekday() == 2
    assert due_day("early next week", written).isocalendar()[:2] == next_week.isocalendar()[:2]
    assert due_day("before the weekend", written).weekday() == 4


@given(moments, st.integers(1, 99))
def test_what_is_counted_lies_so_far_away(written, n):
    today = written.date()
    assert due_day("tomorrow", written) - today == due_day("in one day", written) - today == timedelta(days=1)
    assert due_day(f"in {n} days", written) == today + timedelta(days=n)
    assert due_day(f"within {n} weeks", written) == today + timedelta(weeks=n)
    later = due_day(f"in {n} months", written)
    assert (later.year * 12 + later.month) - (today.year * 12 + today.month) == n
    assert later.day == min(today.day, calendar.monthrange(later.year, later.month)[1])


@given(moments)
def test_months_end_on_their_last_day(written):
    this, early, later = (due_day(words, written) for words in ("this month", "early next month", "next month"))
    assert (this.month, (this + timedelta(days=1)).day) == (written.month, 1)
    assert early - this == timedelta(days=10)
    assert ((early.year, early.month), (later + timedelta(days=1)).day) == ((later.year, later.month), 1)


@given(
    moments,
    zones,
    st.sampled_from(["today", "tomorrow", "by Friday", "next week", "this weekend", "in May", "in two days"]),
)
def test_what_counts_is_the_day_of_the_writer(written, zone, words):
    """The same wall clock in another zone tells the same day there."""
    elsewhere = written.replace(tzinfo=zone)
    here, there = find_due(words, written), find_due(words, elsewhere)
    assert (here is None) == (there is None)
    if here is not None and there is not None:
        assert here.astimezone(written.tzinfo).replace(tzinfo=None) == there.astimezone(zone).replace(tzinfo=None)


@given(st.text(max_size=60), moments)
def test_any_words_name_a_time_to_come_or_none(words, written):
    due = find_due(f"{words} next week {words}", written)
    assert due is None or due >= written.replace(microsecond=0)


@pytest.mark.parametrize("words", ["tomorrow", "next week", "in 999 months", "next year", "this month", "in 999 hours"])
def test_the_end_of_the_calendar(words):
    for zone in (-12, 0, 14):
        find_due(words, datetime(9999, 12, 31, 20, tzinfo=timezone(timedelta(hours=zone))))
        find_due(words, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=zone))))


@pytest.mark.parametrize("unit", ["in ", "next ", "by Monday ", "in a few ", "early ", "after ", "1-", "the end of "])
def test_many_words_take_no_time(unit):
    find_due(unit * 100_000, WRITTEN)
