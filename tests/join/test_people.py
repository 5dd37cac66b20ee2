from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from miner.join.mailmap import read_mailmap
from miner.join.masks import Unmasker
from miner.join.people import People, gather_people
from miner.join.whole import Heard, Whole
from miner.model import Person

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


OLD, NEW = "Ada Byron <ada@one.example>", "Ada Byron <ada@other.example>"


@pytest.fixture
def two_homes(mail):
    """Mails of somebody who moved, the newest in the middle."""
    old, new = Person("Ada Byron", "ada@one.example"), Person("Ada Byron", "ada@other.example")
    return [
        replace(mail("a@x", day=1), author=old),
        replace(mail("b@x", day=3), author=new),
        replace(mail("c@x", day=2), author=old),
    ]


def test_people_are_shown_with_the_address_that_is_near_else_with_the_newest(two_homes):
    for mails in permutations(two_homes):
        people = gather_people(mails, {})
        assert people.resolve("Ada") == people.resolve("Ada", near=["Bo <bo@example.org>"]) == NEW
        assert people.resolve("Ada", near=[OLD]) == people.resolve("Ada", near=["ada@one.example"]) == OLD
        assert people.resolve("Ada", near=[OLD, NEW]) == people.resolve_known(OLD) == NEW


def test_who_only_got_mail_is_shown_with_the_address_of_the_newest_month(mail):
    mails = [
        replace(mail(f"{day}@x", day=day), recipients=(Person("Cy Dahl", f"cy@{day}.example"),)) for day in (1, 90, 40)
    ]
    assert gather_people(mails, {}).resolve("Cy Dahl") == "Cy Dahl <cy@90.example>"


def test_a_newer_address_changes_nothing_for_those_who_are_compared(two_homes):
    before, after = (gather_people(mails, {}) for mails in (two_homes[:1], two_homes))
    assert before.key(OLD) == after.key(OLD) == after.key(NEW)
    assert Whole(after, Unmasker([]), (), {}).still_says(Heard(known={OLD: before.key(OLD)}))


BYRON, TIE = "ada@other.example", "Ada Byron <ada@other.example>"
BO, OTHER_BO = "Bo <mill@one.example>", "Bo <shed@two.example>"


@pytest.mark.parametrize(
    ("before", "after", "told", "moved"),
    [
        ([OLD, BO, YU], [OLD, BO, YU], {YU}, ()),  # the same wrote again
        ([OLD, BO, YU], [YU, OLD, BO], {YU}, ()),
        ([OLD, BO], [OLD, BO, NEW], {NEW}, ()),  # another form of the same
        ([OLD, BO, NEW], [OLD, BO], {NEW}, ()),
        ([OLD, BO, BYRON], [OLD, BO, BYRON, TIE], {TIE}, (OLD, BYRON)),  # two are one now, or no longer
        ([OLD, BO, BYRON, TIE], [OLD, BO, BYRON], {TIE}, (OLD, BYRON)),
        ([BO, OTHER_BO, YU], [OTHER_BO, BO, YU], {OTHER_BO}, (BO, OTHER_BO, "Bo")),  # who is first of one name
        ([BO], [BO, "Bo Lind <mill@one.example>"], {"Bo Lind <mill@one.example>"}, ("Bo Lind",)),
    ],
)
def test_whose_answers_may_be_others_when_forms_come_and_go(before, after, told, moved):
    people = People(after)
    found = people.find_moved(People(before).known(), told)
    for form in {*before, *after, *moved, "Cy Marsh"}:
        assert people.topics(form).isdisjoint(found) == (form not in moved and form not in {*before} ^ {*after}), form


def test_of_one_with_two_addresses_the_order_is_how_he_is_shown_and_not_who_he_is():
    before, after = People([OLD, NEW, BO]), People([NEW, OLD, BO])
    found = after.find_moved(before.known(), {NEW})
    assert before.resolve("Ada") != after.resolve("Ada")
    assert before.key(OLD) == after.key(OLD)
    assert after.topics(OLD).isdisjoint(found)
    assert not after.topics_of_words("Ada").isdisjoint(found)
    assert after.topics_of_words("Bo").isdisjoint(found)


def test_where_all_stands_in_another_order_anything_may_be_otherwise():
    assert People([BO, OLD]).find_moved(People([OLD, BO]).known(), set()) is None


def test_what_ties_forms_together_counts_in_any_order():
    forms = ("Ada Byron (Loom) <ada@one.example>", OLD, NEW, "ada@other.example", "Ada B. <ada@xxxxxxxxxxx>")
    for ordered in permutations(forms):
        people = People(ordered)
        assert all(people.same(form, OLD) for form in forms)


def test_a_name_at_the_wrong_address_makes_nobody_somebody_else():
    people = People([OLD, "Bo Chen <bo@shed.example>", "Ada Byron <bo@shed.example>"])
    assert people.same("Ada Byron <bo@shed.example>", OLD)
    assert not people.same("Bo Chen <bo@shed.example>", OLD)
    assert people.resolve("bo@shed.example") == "Bo Chen <bo@shed.example>"


def test_another_name_at_an_address_that_is_made_of_the_first_is_the_same_person():
    people = People(["Augusta King <ada.byron@one.example>", "Ada Byron <ada.byron@one.example>", NEW])
    assert people.same("Augusta King <ada.byron@one.example>", NEW)


def test_the_address_of_a_list_is_nobodys():
    people = People(
        ["Bo Chen via Weft <weft@lists.example>", "Cy Dahl via Weft <weft@lists.example>", "Bo Chen <bo@x>"]
    )
    assert people.same("Bo Chen via Weft <weft@lists.example>", "Bo Chen <bo@x>")
    assert not people.same("Cy Dahl via Weft <weft@lists.example>", "Bo Chen <bo@x>")


@pytest.mark.parametrize(
    "form",
    [
        "Okri, Ben (EXT) <ben@loom.example>",
        "Ben Okri (Weft Works) <ben@weft.example>",
        "Ben Okri [Weft Works] <ben@weft.example>",
        "(EXT) Ben Okri <ben@weft.example>",
        "Ben Okri (Weft",  # as an attribution leaves it
        "'Ben Okri' via Weft <weft@lists.example>",
        "ben.okri@example.org via Weft <weft@lists.example>",
        "ben.okri=example.org@lists.example",
        "B. O. <ben.okri=example.org@lists.example>",
    ],
)
def test_what_lists_and_employers_put_beside_a_name_is_no_part_of_it(form):
    ben = "Ben Okri <ben.okri@example.org>"
    for people in (People([ben, form]), People([form, ben])):
        assert people.same(form, ben)
    assert not People([ben, "Ben Ek <ek@example.org>", form]).same("Ben Ek <ek@example.org>", form)


def test_an_address_behind_which_a_list_hides_one_is_shown_as_its_owners():
    assert People(["Ben Okri <ben.okri=example.org@lists.example>"]).resolve("Ben") == "Ben Okri <ben.okri@example.org>"
    bounce = "weft-bounces+ben=example.org@lists.example"
    assert not People(["Ben Okri <ben@example.org>", bounce]).same("Ben Okri <ben@example.org>", bounce)


def test_who_has_nothing_but_brackets_for_a_name_keeps_them():
    assert People(["(Weft Works) <a@x.example>", "Ben Okri <b@x.example>"]).resolve("weft works") is not None


COMMON = [
    f"{name} <{name.replace(' ', '.')}@x.example>" for name in ("Bo A", "Bo B", "Bo C", "D Lin", "E Lin", "F Lin")
]
ONE, OTHER = "Bo Lin <bo.lin@loom.example>", "Lin Bo <bo.lin@shed.example>"


def test_common_names_in_different_orders_are_two_people():
    for people in (People([ONE, OTHER, *COMMON]), People([*COMMON, OTHER, ONE])):
        assert not people.same(ONE, OTHER)
        assert (people.resolve("Bo Lin"), people.resolve("Lin Bo")) == (ONE, OTHER)
        assert people.resolve("Bo Lin", near=[OTHER]) == OTHER


def test_common_names_with_other_employers_are_two_people():
    loom, shed = "Bo Lin (Loom) <lin@loom.example>", "Bo Lin (Shed) <bo@shed.example>"
    for forms in permutations((loom, shed)):
        assert not People([*forms, *COMMON]).same(loom, shed)
        assert People(forms).same(loom, shed)  # nobody else has any word of the name: somebody went elsewhere
        moved = loom.replace("Loom", "Shed")
        assert People([*forms, moved, *COMMON]).same(loom, shed)


@pytest.mark.parametrize(
    "more",
    [
        COMMON[:-1],  # "Lin" is rare
        [*COMMON, "Bo Lin <bo.lin@shed.example>"],
        [*COMMON, "Bo Lin <weaver@loom.example>", "Lin Bo <weaver@shed.example>"],
    ],
    ids=["rare", "both orders at one address", "both orders with one login"],
)
def test_other_names_in_different_orders_are_one_person(more):
    assert People([ONE, OTHER, *more]).same(ONE, OTHER)


def test_a_name_turned_by_a_comma_is_in_the_other_order():
    people = People([ONE, "Lin, Bo <bo.lin@shed.example>", *COMMON])
    assert people.same(ONE, "Lin, Bo <bo.lin@shed.example>")
    assert people.resolve_known("Lin, Bo <bo.lin@shed.example>") == ONE


def test_common_names_in_one_order_are_one_person_until_the_mailmap_tells_them_apart():
    one, other = "Bo Lin <bo@loom.example>", "Bo Lin <lin@shed.example>"
    assert People([one, other, *COMMON]).same(one, other)
    for forms in permutations((one, other)):
        people = People(forms, read_mailmap("Bo Lin (Shed) <lin@shed.example>\n"))
        assert not people.same(one, other)
        assert people.resolve("Bo Lin") == one
        assert people.resolve("Bo Lin", near=[other]) == "Bo Lin (Shed) <lin@shed.example>"


def test_of_two_with_one_short_name_the_one_who_is_near_is_meant():
    people = People(["Bo <b1@loom.example>", "Bo <b2@shed.example>"])
    assert people.resolve("Bo") is None
    assert people.resolve("Bo", near=["Bo <b2@shed.example>"]) == "Bo <b2@shed.example>"


def test_a_login_that_is_a_common_name_is_nobody_in_particular():
    one, other = "bo <bo@loom.example>", "bo <bo@shed.example>"
    assert People([one, other]).same(one, other)
    assert not People([one, other, *COMMON]).same(one, other)
