"""What waits for what: chains, rings, and the work that holds up most."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from miner.join.blocked import find_blocked
from miner.model import Evidence, Need, Status

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def status(title: str, *needs: str, state: str = "blocked", kind: str = "item", **more: Any) -> Status:
    values: dict[str, Any] = {
        "kind": kind, "key": title, "title": title, "status": state, "also": (), "certainty": "asserted",
        "next_actor": None, "waiting_on": (), "applied_to": None, "depends_on": needs, "as_of": None, "since": None,
        "evidence": (Evidence(f"{title}@x", f"{title} waits", "blocked"),), "rule": "blocked", "unanswered": (),
        "revision": None, "chain": None, "series": (), "assignee": None, "priority": None,
    }  # fmt: skip
    return Status(**{**values, **more})


def pairs(found):
    return [(wait.title, wait.on_title, wait.holds_up) for wait in found.waits]


def test_a_chain_and_what_holds_up_most():
    found = find_blocked(
        [status("a", "b"), status("b", "c"), status("c", state="needs-review"), status("d", "c"), status("e")]
    )
    assert pairs(found) == [("b", "c", 1), ("d", "c", 0), ("a", "b", 0)]
    assert found.cycles == ()
    assert (found.worst.title, found.worst.holds_up) == ("c", 3)
    assert (found.waits[0].text, found.waits[0].message_id) == ("b waits", "b@x")


def test_a_ring_is_named_once_from_its_first_title():
    found = find_blocked([status("c", "a"), status("a", "b"), status("b", "c"), status("x", "a")])
    assert found.cycles == (("a", "b", "c"),)
    assert found.worst.holds_up == 3


def test_two_rings_that_share_nothing():
    found = find_blocked([status("a", "b"), status("b", "a"), status("y", "z"), status("z", "y")])
    assert found.cycles == (("a", "b"), ("y", "z"))


@pytest.mark.parametrize("state", ["merged", "dropped", "superseded", "applied"])
def test_finished_work_holds_up_nothing_and_waits_for_nothing(state):
    assert find_blocked([status("a", "b"), status("b", state=state)]).waits == ()
    assert find_blocked([status("a", "b", state=state), status("b")]).waits == ()


def test_what_waits_for_words_that_are_no_known_work_is_listed_last_under_these():
    found = find_blocked(
        [status("a", "the  weather", "a"), status("b", "a"), status("c", "The weather"), status("d", "the tide")]
    )
    assert pairs(found) == [("b", "a", 0), ("d", "the tide", 0), ("a", "the weather", 1), ("c", "the weather", 0)]
    assert {(wait.on_key, wait.on_status, wait.next_actor) for wait in found.waits[2:]} == {("the weather", None, None)}
    assert [wait.on_kind for wait in found.waits] == ["item", "other", "other", "other"]
    assert (found.worst.title, found.cycles) == ("a", ())


@pytest.mark.parametrize("words", ["p2@x", "the beam shed count", "Loom"])
def test_an_item_does_not_wait_for_its_own_posting(words):
    own = [
        status(
            "loom: count the shed of the beam", kind="series", key=f"p{n}@x", chain="p1@x", revision=n, state="posted"
        )
        for n in (1, 2)
    ]
    waits = find_blocked([status("Loom", words, series=("p1@x", "p2@x")), *own]).waits
    assert [wait.on_kind for wait in waits] == (["other"] if words.startswith("the") else [])
    tied = replace(own[1], status="blocked", depends_on=("Loom",))
    assert find_blocked([status("Loom", series=("p1@x", "p2@x")), own[0], tied]).waits == ()


@pytest.mark.parametrize(
    "before",
    [
        "Signed-off-by: Ada Byron <ada@example.org> --- ",
        "Acked-by: Bo <bo@example.org>\nSigned-off-by: Ada <a@x>\n---\n",
        "",
    ],
)
def test_the_reason_is_the_sentence_alone(before):
    need = Need("b", "a@x", f"{before}This --- as ever --- waits for b", DAY)
    (wait,) = find_blocked([status("a", "b", needs=(need,)), status("b")]).waits
    assert wait.text == "This --- as ever --- waits for b"


def test_words_count_only_where_they_block():
    assert find_blocked([status("a", "the weather", state="needs-review"), status("b", waiting_on=("Bo",))]).waits == ()


def test_of_a_series_the_newest_posting_counts_whichever_is_named():
    old = status("v1", state="needs-review", kind="series", chain="v1", revision=1)
    new = status("v2", state="needs-review", kind="series", chain="v1", revision=2)
    found = find_blocked([status("a", "v1"), old, new])
    assert pairs(found) == [("a", "v2", 0)]


def test_a_long_chain_takes_no_recursion():
    links = [status(str(n), str(n + 1)) for n in range(3000)]
    found = find_blocked([*links, status("3000")])
    assert found.worst.title == "3000"
    assert found.worst.holds_up == 3000


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Bo's series for counting threads", ["loom: counting of threads"]),
        ("the threads", ["the threads"]),
        ("counting sheep", ["counting sheep"]),
        ("two works alike", ["two works alike"]),
    ],
)
def test_work_that_is_called_by_words_of_its_title(words, found):
    titles = ("loom: counting of threads", "two works alike: one", "two works alike: two")
    others = [status(title, state="needs-review", kind="series") for title in titles]
    assert [wait.on_title for wait in find_blocked([status("a", words), *others]).waits] == found


def posting(title: str, owner: str, day: float = 0, **more: Any) -> Status:
    values: dict[str, Any] = {"assignee": f"{owner} <{owner.split(maxsplit=1)[0].lower()}@example.org>", **more}
    return status(title, **{"state": "needs-review", "kind": "series", "since": DAY + timedelta(days=day), **values})


def waiting(words: str, day: float = 0, owner: str = "Cy Marsh") -> Status:
    need = Need(words, "said@x", f"This waits for {words}.", DAY + timedelta(days=day))
    return posting("a", owner, day, depends_on=(words,), needs=(need,))


def found_for(words: str, *others: Status, **more: Any) -> list[str]:
    return [wait.on_title for wait in find_blocked([waiting(words, **more), *others]).waits]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Ada's loom series", ["loom: count threads"]),
        ("Ada Byron's patches for the loom", ["loom: count threads"]),
        ("Bo's series", ["shed: open"]),
        ("Bo's v2 series", []),
        ("Ada's series", []),
        ("Ada's idea of a loom", []),
        ("Bo's loom series", []),
        ('Ada\'s "roof: no more rain" patch', ["roof: no more rain"]),
        ("your series", []),
    ],
)
def test_work_that_is_called_by_its_owner(words, found):
    works = [
        posting("loom: count threads", "Ada Byron"),
        posting("roof: no more rain", "Ada Byron"),
        posting("shed: open", "Bo Lind"),
    ]
    assert found_for(words, *works) == found


def test_an_owner_who_is_not_alone_in_his_name_or_waits_himself_tells_nothing():
    works = [posting("shed: open", "Bo Lind"), posting("loom: count threads", "Bo Hale", state="merged")]
    assert found_for("Bo's series", works[0]) == ["shed: open"]
    assert found_for("Bo's series", *works) == []
    assert found_for("Bo's series", works[0], owner="Bo Lind") == []


def test_what_came_later_or_is_forgotten_is_not_meant():
    works = [posting("shed: open", "Bo Lind", day=100), posting("loom: count threads", "Ada Byron", day=100)]
    for day, short, long in ((99.5, 1, 1), (120, 1, 1), (200, 0, 1), (50, 0, 0), (600, 0, 0)):
        assert len(found_for("Bo's series", *works, day=day)) == short
        assert len(found_for("the series to count threads", *works, day=day)) == long


def test_a_wait_has_the_sentence_that_tells_of_it():
    (wait,) = find_blocked([waiting("Bo's series", day=3), posting("shed: open", "Bo Lind")]).waits
    assert (wait.text, wait.message_id, wait.date) == ("This waits for Bo's series.", "said@x", DAY + timedelta(days=3))


def test_a_version_between_the_first_and_the_newest_is_known():
    versions = [posting(f"v{n}", "Ada Byron", chain="v1", revision=n) for n in (1, 2, 3)]
    assert [wait.on_title for wait in find_blocked([status("a", "v2"), *versions]).waits] == ["v3"]


def test_a_wait_between_postings_of_items_that_wait_for_each_other_is_told_once():
    items = [status("quota", "lease", series=("q@x",)), status("lease", state="needs-review", series=("l@x",))]
    postings = [status("q@x", "l@x", kind="series", chain="q@x"), status("l@x", kind="series", chain="l@x")]
    found = find_blocked([*items, *postings])
    assert pairs(found) == [("quota", "lease", 0)]
    assert (found.worst.kind, found.worst.title) == ("item", "lease")
    assert pairs(find_blocked(postings)) == [("q@x", "l@x", 0)]
