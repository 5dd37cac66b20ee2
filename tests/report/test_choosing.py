"""Which works a report shows, and which of several postings of one."""

from __future__ import annotations

from dataclasses import replace

from miner.notes import ALWAYS
from miner.report.arrange import arrange_status

from . import made


def test_mere_copies_for_stable_trees_are_counted_alone() -> None:
    copies = [
        replace(made.SERIES[2], root=f"s{n}@example.org", chain=f"s{n}@example.org", copied_to=(f"6.{n}",))
        for n in (1, 6)
    ]
    unanswered, answered = (
        replace(made.STATUS[5], key=one.root, chain=one.root, title=one.title, revision=1, rule=rule)
        for one, rule in zip(copies, ("posted", "approved"), strict=True)
    )
    more = {"series": copies, "as_of": made.day(5, 21, 23)}
    found = arrange_status([unanswered, answered], **more)
    assert (list(made.entries(found)), found.copies) == (["heddle: count from one (6.6)"], 1)
    every = arrange_status([unanswered, answered], everything=True, **more)
    assert (sorted(made.entries(every)), every.copies) == (
        ["heddle: count from one (6.1)", "heddle: count from one (6.6)"],
        0,
    )


def test_muted_items_of_one_series_are_works_of_their_own() -> None:
    items = [replace(each, chain="v1@example.org", hidden_until=ALWAYS) for each in made.STATUS if each.kind == "item"]
    assert arrange_status(items, series=made.SERIES).hidden == len(items) > 1


def test_the_newest_posting_is_the_one_that_nothing_replaced() -> None:
    draft = replace(made.STATUS[5], key="v1@example.org", revision=2, rule="newer-revision")
    final = replace(made.STATUS[5], revision=1, rule="posted")
    (entry,) = made.entries(arrange_status([final, draft], series=made.SERIES)).values()
    assert (entry.revision, entry.older) == ("v1", ("v2",))


def test_both_parts_of_a_work_are_shown_of_which_nothing_replaced_one() -> None:
    first, *parts = (
        replace(made.SERIES[1], root=f"v{n}@example.org", revision=min(n, 2), date=made.day(5, n)) for n in (1, 2, 3)
    )
    parts = [replace(one, supersedes=(first.root,)) for one in parts]
    stands = [
        replace(made.STATUS[5], key=one.root, title=f"part {n}", revision=one.revision, rule=rule)
        for n, (one, rule) in enumerate(zip((first, *parts), ("newer-revision", "posted", "posted"), strict=True))
    ]
    found = made.entries(arrange_status(stands, series=(first, *parts)))
    assert {title: entry.older for title, entry in found.items()} == {"part 1": ("v1",), "part 2": ("v1",)}
    over = [stands[0], replace(stands[1], status="applied"), stands[2]]
    assert list(made.entries(arrange_status(over, series=(first, *parts)))) == ["part 2"]
    twice = [stands[0], replace(stands[1], title="Part: 2"), replace(stands[2], title="part 2")]
    assert list(made.entries(arrange_status(twice, series=(first, *parts)))) == ["part 2"]
    third = replace(parts[1], root="v4@example.org", revision=3, supersedes=tuple(one.root for one in parts))
    replaced = [*stands, replace(stands[2], key=third.root, title="part 3", revision=3)]
    assert list(made.entries(arrange_status(replaced, series=(first, *parts, third)))) == ["part 3"]


def test_older_revisions_stand_in_the_order_in_which_they_came() -> None:
    series = [replace(made.SERIES[1], root=f"v{n}@example.org", revision=n, date=made.day(5, n)) for n in (1, 2, 3)]
    stands = [
        replace(made.STATUS[5], key=one.root, revision=one.revision, rule=rule)
        for one, rule in zip(series, ("dropped", "newer-revision", "posted"), strict=True)
    ]
    (entry,) = made.entries(arrange_status(stands, series=series)).values()
    assert (entry.revision, entry.older) == ("v3", ("v1", "v2"))
