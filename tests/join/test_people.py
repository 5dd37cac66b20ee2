from __future__ import annotations

import pytest

from miner.join.masks import Unmasker
from miner.join.people import People

YIN, YU, DAVID = "Yin, Li <li.yin@example.org>", "Yu Zhao <yz@example.com>", "David Hall <dh@example.net>"


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Yu", YU),
        ("david", DAVID),
        ("David Hall", DAVID),
        ("Li Yin", YIN),
        ("li.yin@example.org", YIN),
        ("L. Y. <li.yin@xxxxxxxxxxx>", YIN),
        ("author", None),
        ("Greg", None),
        ("", None),
    ],
)
def test_names_find_their_person(text, person):
    assert People([YIN, YU, DAVID]).resolve(text) == person


def test_two_of_a_name_are_nobody_unless_one_is_near():
    people = People([YU, "Yu Kuai <yk@example.org>"])
    assert people.resolve("Yu") is None
    assert people.resolve("Yu", near=[YU]) == YU


def test_one_person_under_two_addresses():
    people = People([YU, "Zhao Yu <yu@example.org>"])
    assert people.same("Zhao Yu <yu@example.org>", YU)
    assert not people.same(YU, DAVID)


def test_a_masked_id_is_the_known_one_unless_two_fit():
    unmask = Unmasker(["a-1@host.example", "b-1@one.example", "b-1@two.example"])
    assert unmask.resolve("a-1@xxxxxxxxxxxx") == "a-1@host.example"
    assert unmask.resolve("b-1@xxxxxxxxxxx") == "b-1@xxxxxxxxxxx"
    assert unmask.resolve("a-1@xxxx") == "a-1@xxxx"
    assert unmask.resolve("a-1@else.example") == "a-1@else.example"


def test_a_plain_id_finds_the_masked_one_of_a_masked_archive():
    assert Unmasker(["a-1@xxxxxxxxxxxx"]).resolve("a-1@host.example") == "a-1@xxxxxxxxxxxx"


def test_a_login_that_is_the_whole_name_is_the_same_person():
    people = People(
        ["Ada Byron <adabyron@example.org>", "byronada <byronada@example.com>", "adabyron <adabyron@example.net>"]
    )
    assert people.same("Ada Byron <adabyron@example.org>", "adabyron <adabyron@example.net>")
    assert people.same("Ada Byron <adabyron@example.org>", "adabyron")
    assert not people.same("Ada Byron <adabyron@example.org>", "byronada <byronada@example.com>")
