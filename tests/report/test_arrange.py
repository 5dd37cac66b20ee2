"""The order in which a maintainer wants things, and what is shown of each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from miner.report.arrange import arrange_status, newest_date
from miner.report.overview import Overview

from . import made


def overview(**more: Any) -> Overview:
    values: dict[str, Any] = {
        "items": made.ITEMS,
        "series": made.SERIES,
        "claims": made.CLAIMS,
        "messages": made.MESSAGES,
        "as_of": made.day(5, 21, 23),
        **more,
    }
    return arrange_status(made.STATUS, **values)


def test_items_come_first_then_series_and_what_needs_somebody_before_what_is_done() -> None:
    found = overview()
    assert [part.title for part in found.parts] == ["Work items", "Patch series"]
    assert [[section.place.key for section in part.sections] for part in found.parts] == [
        ["answer", "review", "blocked", "unknown"],
        ["review", "done"],
    ]
    assert [(place.key, count) for place, count in found.tally] == [
        ("answer", 1), ("review", 2), ("blocked", 1), ("done", 1), ("unknown", 1),
    ]  # fmt: skip
    assert (found.items, found.series, found.day) == (4, 2, "2024-05-21")


def test_two_postings_of_one_chain_that_both_stand_are_counted_both() -> None:
    postings = [each for each in made.STATUS if each.kind == "series"]
    found = arrange_status(
        [replace(each, chain=postings[0].key, status="needs-review") for each in postings],
        items=(), series=(), claims=(), messages=made.MESSAGES, as_of=made.day(5, 21, 23), everything=True,
    )  # fmt: skip
    assert found.series == sum(count for _, count in found.tally) == len(postings) > 1


def test_the_table_of_the_items_is_named() -> None:
    origin = overview().parts[0].origin
    assert origin is not None
    assert (origin.author, origin.day, origin.subject) == ("Ada Berg", "2024-05-02", "What is left for 3.0")


def test_each_table_is_a_part_of_its_own() -> None:
    items = (*made.ITEMS[:3], replace(made.ITEMS[3], message_id="ask@example.org"))
    parts = overview(items=items).parts
    assert [part.origin.message_id if part.origin else None for part in parts] == [
        "table@example.org", "ask@example.org", None,
    ]  # fmt: skip


def test_only_the_newest_revision_is_an_entry() -> None:
    found = made.entries(overview())["warp: cache the shed"]
    assert (found.revision, found.older) == ("v2", ("v1",))


def test_everything_shows_older_revisions() -> None:
    parts = overview(everything=True).parts
    assert [entry.revision for section in parts[1].sections for entry in section.entries] == ["v2", "v1", "v1"]


def test_what_waits_longest_comes_first_and_a_day_keeps_the_order_of_the_table() -> None:
    late, early, same = (
        made.status("item", key, "needs-review", as_of=date)
        for key, date in (("late", made.day(5, 3)), ("early", made.day(5, 2, 20)), ("same", made.day(5, 2, 8)))
    )
    undated = made.status("item", "undated", "needs-review")
    assert list(made.entries(arrange_status((undated, late, early, same)))) == ["early", "same", "late", "undated"]


def test_what_is_done_comes_newest_first() -> None:
    old, new = (made.status("series", f"{month}@x", "merged", as_of=made.day(month, 1)) for month in (1, 2))
    assert list(made.entries(arrange_status((old, new)))) == ["2@x", "1@x"]


def test_waiting_is_counted_in_days_and_long_waiting_is_stale() -> None:
    found = made.entries(overview())
    assert (found["warp cache"].days, found["warp cache"].stale) == (1, False)
    assert (found["loom tests"].days, found["loom tests"].stale) == (47, True)
    assert found["heddle: count from one"].stale is False
    assert found["selvedge report"].days is None
    assert made.entries(overview(as_of=None))["warp cache"].days is None


def test_a_reminder_does_not_make_the_wait_shorter() -> None:
    reminded, fresh = (
        made.status("item", key, "needs-review", as_of=made.day(5, 20), since=date)
        for key, date in (("reminded", made.day(3, 1)), ("fresh", made.day(5, 19)))
    )
    found = made.entries(arrange_status((fresh, reminded), as_of=made.day(5, 21)))
    assert list(found) == ["reminded", "fresh"]
    assert (found["reminded"].since, found["reminded"].days, found["reminded"].stale) == ("2024-03-01", 81, False)


def test_days_are_those_between_the_dates_that_are_shown() -> None:
    late = made.status("item", "late", "needs-review", as_of=made.day(5, 20, 23), since=made.day(5, 20, 23))
    early = replace(late, key="early", title="early", as_of=made.day(5, 20, 1), since=made.day(5, 20, 1))
    found = made.entries(arrange_status((late, early), as_of=made.day(5, 21, 8)))
    assert [(entry.since, entry.days) for entry in found.values()] == [("2024-05-20", 1)] * 2


def test_what_is_finished_waits_for_nothing() -> None:
    done, waits = (made.status("item", key, key, depends_on=("shed lock",)) for key in ("applied", "blocked"))
    found = made.entries(arrange_status((done, waits)))
    assert [found[key].waits_for for key in ("applied", "blocked")] == [(), ("shed lock",)]


def test_a_posting_that_is_waited_for_is_called_by_its_title() -> None:
    waits = made.status("item", "a", "blocked", depends_on=("v2@example.org", "the weather"))
    found = made.entries(arrange_status((waits,), series=made.SERIES))
    assert found["a"].waits_for == ("warp: cache the shed", "the weather")


def test_evidence_has_its_author_and_a_question_is_not_told_twice() -> None:
    found = made.entries(overview())["shed lock"]
    assert [(quote.text, quote.author, quote.day) for quote in found.evidence] == [
        ("Dan, are you still at it?", "Ada Berg", "2024-05-21")
    ]
    assert [(quote.text, quote.asked_of) for quote in found.questions] == [
        ("Or should somebody else take the shed lock?", "Dan Weiss")
    ]


def test_the_author_of_a_sentence_is_who_claimed_it_not_who_quoted_it() -> None:
    quoted = replace(made.CLAIMS[0], by=made.DAN, date=made.day(4, 30))
    quote = made.entries(overview(claims=(quoted,)))["warp cache"].evidence[0]
    assert (quote.author, quote.day) == ("Dan Weiss", "2024-04-30")


def test_roles_become_people_where_that_is_known() -> None:
    posting = made.status("series", "v2@example.org", "needs-revision", next_actor="author", title="t")
    assert made.entries(arrange_status((posting,), series=made.SERIES))["t"].next_actor == "Ben Okoro"
    assert made.entries(arrange_status((posting,)))["t"].next_actor == "the author"


def test_doubt_is_shown() -> None:
    hedged = made.status("item", "a", "ready", certainty="hedged")
    planned = made.status("item", "b", "planned")
    found = made.entries(arrange_status((hedged, planned)))
    assert (found["a"].state, found["b"].state) == ("ready, hedged", "planned")


def test_a_mail_has_one_number() -> None:
    found = overview().references
    assert [reference.number for reference in found] == list(range(1, len(found) + 1))
    assert len({reference.message_id for reference in found}) == len(found)


def test_mail_without_an_id_has_no_link() -> None:
    evidence = replace(made.STATUS[0].evidence[0], message_id="sha256:0123456789abcdef")
    found = arrange_status((replace(made.STATUS[0], evidence=(evidence,), series=()),))
    assert found.references[0].url is None


def test_nothing() -> None:
    assert arrange_status(()).parts == ()


def test_a_mail_from_the_future_does_not_count() -> None:
    now = made.day(5, 10)
    assert newest_date((m.date for m in made.MESSAGES), (), now) == made.day(5, 10)
    assert newest_date((m.date for m in made.MESSAGES), made.STATUS) == made.day(5, 21)
    assert newest_date((), ()) is None


def test_words_before_a_colon_go_on() -> None:
    body = "How about\nthis name:\n\n  turn_the_wheel()\n\nThis is fine\n"
    mail = made.message("q@example.org", made.ADA, made.day(5, 3), "Re: x", body)
    proofs = [
        made.Evidence("q@example.org", words, "needs-reply") for words in ("How about\nthis name", "This is fine")
    ]
    stands = [
        replace(made.STATUS[5], key=f"s{n}@x", chain=None, title=str(n), evidence=(each,))
        for n, each in enumerate(proofs)
    ]
    found = made.entries(arrange_status(stands, messages=[mail]))
    assert {title: [quote.text for quote in entry.evidence] for title, entry in found.items()} == {
        "0": ["How about this name …"], "1": ["This is fine"],
    }  # fmt: skip
