"""What a person may call a thing, and what he is told when that is not clear."""

from __future__ import annotations

import pytest

from miner.errors import AmbiguousError, MinerError
from miner.lookup import Thing, find_one

ADA, BEN = "Ada Berg <ada@example.org>", "Ben Okoro <ben@example.net>"
THINGS = (
    Thing("shed", "shed lock", people=(BEN,), details="item"),
    Thing("replay", "store: loom: replay the shuttle log", "r2@x", ("r1@x", "r2@x"), people=(ADA,), place=1),
    Thing(
        "trim",
        "store: trim the shuttle log",
        "t1@x",
        ("t1@x",),
        people=(ADA,),
        aliases=("store: cut the log",),
        place=1,
    ),
    Thing("lock", "heddle: lock the frame", "l1@x", ("l1@x",), ("r9@x",), people=(BEN,), place=1),
)


def find(name: str, strict: bool = False) -> str:
    return find_one(name, THINGS, "no work", "look elsewhere", strict)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SHED   Lock", "shed"),
        ("shed", "shed"),
        ("<r1@x>", "replay"),
        ("id:r1@x", "replay"),
        ("https://lists.example.org/all/r1@x/T/#u", "replay"),
        ("r9@x", "lock"),
        ("store: trim", "trim"),
        ("Re: [PATCH v3 2/4] store: trim the shuttle log", "trim"),
        ("trim the shuttle", "trim"),  # without the part before the colon
        ("replay the shuttle log", "replay"),
        ("store: cut", "trim"),  # as an older version is called
        ("log replay", "replay"),  # words, in any order
        ("shut rep", "replay"),  # and how they begin
        ("frame", "lock"),
        ("ada replay", "replay"),  # words of a title and a person
        ("ben@example.net", None),
        ("d@example.org", ""),
        ("huttl", None),  # a part of a word
        ("lock #1", "shed"),
        ("ada #2", "trim"),
    ],
)
def test_the_one_that_a_name_means(name: str, meant: str | None) -> None:
    if not meant:
        with pytest.raises(AmbiguousError if meant is None else MinerError):
            find(name)
    else:
        assert find(name) == meant


def test_a_work_item_stands_for_the_series_that_it_is_about() -> None:
    item = Thing("log", "the shuttle log", idents=("r1@x",))
    assert find_one("shuttle replay", [item, *THINGS], "no work", "") == "replay"
    with pytest.raises(AmbiguousError, match="may be one of 2: the shuttle log; store: trim the shuttle log;"):
        find_one("log shuttle", [item, *THINGS], "no work", "")


def test_a_number_chooses_before_it_is_a_word_of_a_title() -> None:
    numbered = (
        Thing("second", "loom: locks for 6.12", place=1),
        Thing("first", "loom: locks", place=1),
        Thing("bug", "loom: mend bug #7", place=1),
    )
    for name, meant in (("loom #1", "second"), ("loom #2", "first"), ("loom: mend bug #7", "bug")):
        assert find_one(name, numbered, "no work", "") == meant
    with pytest.raises(MinerError, match="there is no #9 among them"):
        find_one("loom #9", numbered, "no work", "")


def test_words_that_begin_one_title_and_stand_in_another_are_a_choice() -> None:
    item = Thing("wide", "wide shuttles in the shed", details="item")
    others = [
        Thing("warp", "warp: let wide shuttles through", "w1@x", ("w1@x",), place=1),
        Thing("wide frame", "wide frame", "w2@x", ("w2@x",), place=1),
    ]
    things = [*others, item]
    with pytest.raises(AmbiguousError, match="may be one of 2: wide shuttles in the shed; warp: let wide"):
        find_one("wide shuttle", things, "no work", "")
    assert find_one("wide shuttle #2", things, "no work", "") == "warp"
    assert find_one("wide shuttles", things, "no work", "") == "wide"  # whole words
    tied = Thing("wide", "wide shuttles in the shed", idents=("w1@x",))
    assert find_one("wide shuttle", [*others, tied], "no work", "") == "wide"  # the item stands for its series
    assert find_one("wide shuttle", things, "no work", "", strict=True) == "wide"


def test_works_of_somebody() -> None:
    assert [find("LOCK #1"), find("lock #2")] == ["shed", "lock"]
    with pytest.raises(AmbiguousError, match="'okoro' may be one of 2: shed lock; heddle: lock the frame; say more"):
        find("okoro")


def test_a_choice_has_a_line_each_and_says_how_to_choose() -> None:
    with pytest.raises(AmbiguousError) as caught:
        find("ADA")
    error = caught.value
    assert (error.name, error.count) == ("ADA", 2)
    assert error.choices == ("store: loom: replay the shuttle log", "store: trim the shuttle log")
    assert error.advice == "say more of the title, or add the number of one of them: 'ADA #2'"
    with pytest.raises(MinerError, match="there is no #3 among them"):
        find("ada #3")


def test_a_long_choice_is_cut() -> None:
    with pytest.raises(AmbiguousError) as caught:
        find_one("loom", [Thing(n, f"loom {n}", details="item") for n in range(30)], "no work", "")
    assert (caught.value.count, len(caught.value.choices), caught.value.choices[0]) == (30, 10, "loom 0 (item)")
    assert find_one("loom #30", [Thing(n, f"loom {n}") for n in range(30)], "no work", "") == 29


def test_a_strict_name_is_a_title_its_beginning_or_an_id() -> None:
    assert [find(name, strict=True) for name in ("shed", "r1@x", "store: t")] == ["shed", "replay", "trim"]
    for name in ("replay", "ben", "log"):
        with pytest.raises(MinerError):
            find(name, strict=True)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("shad lock", "shed lock"),
        ("shutle trm", "store: trim the shuttle log"),  # each word is near one of the title's
        ("zzz", ""),
        ("", ""),
        ("?", ""),
    ],
)
def test_what_comes_near(name: str, near: str) -> None:
    with pytest.raises(MinerError, match=rf"the nearest are: {near}$" if near else "look elsewhere"):
        find(name)
