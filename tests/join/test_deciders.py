"""Who decides: the people of a MAINTAINERS file, else whoever takes patches on the list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.join import Beside, join
from miner.join.deciders import find_sections, find_takers, read_maintainers
from miner.join.people import People
from miner.model import Person

ADA, BO, CY = "Ada Byron <ada@example.org>", "Bo Lind <bo@example.org>", "Cy Marsh <cy@example.org>"
DORA = "Dora Quill <dora@example.org>"
PEOPLE = People([ADA, BO, CY])


FILE = """Maintainers of the mill
=======================

LOOM
M:	Ada Byron <ada@example.org>
M:	"Cy Marsh" <cy@example.org>
R:	Dora Quill <dora@example.org>
L:	loom@example.org (moderated)
F:	loom/
F:	include/loom*.h
X:	loom/doc/

DOCS
M:	Dora Quill <dora@example.org>
L:	docs@example.org
N:	(?:^|/)doc/

THE REST
M:	Bo Lind <bo@example.org>
F:	*
F:	*/
"""


def test_sections_of_a_maintainers_file():
    loom, docs, rest = read_maintainers(FILE + f"\nLONG\nM: {'x' * 600}\nMore: text\n")
    assert loom.maintainers == [ADA, CY]
    assert (loom.lists, loom.files, loom.excluded) == (
        ["loom@example.org"],
        ["loom/", "include/loom*.h"],
        ["loom/doc/"],
    )
    assert docs.names == ["(?:^|/)doc/"]
    assert (loom.looks_after_all, rest.looks_after_all) == (False, True)


@given(st.text())
def test_any_text_is_read(text):
    assert all("\n" not in name for section in read_maintainers(text) for name in section.maintainers)


@pytest.mark.parametrize(
    ("files", "addresses", "expected"),
    [
        ({"loom/warp.c"}, set(), {ADA, CY, BO}),
        ({"include/loom-ioctl.h"}, set(), {ADA, CY, BO}),
        ({"include/loom/ioctl.h"}, set(), {ADA, CY, DORA, BO}),  # nobody's: all that are named
        ({"loom/doc/warp.rst"}, set(), {DORA, BO}),
        ({"shed/door.c"}, {"docs@example.org"}, {DORA, BO}),
        ({"loom/warp.c"}, {"docs@example.org"}, {ADA, CY, BO}),  # the files say more than the list
        (set(), set(), {ADA, CY, DORA, BO}),
    ],
)
def test_who_decides_on_files_and_lists(files, addresses, expected):
    found = find_sections(read_maintainers(FILE), files, addresses)
    assert {form for section in found for form in section.maintainers} == expected


def test_a_pattern_that_is_no_expression_has_no_file():
    (section,) = read_maintainers("LOOM\nM:\tAda Byron <ada@example.org>\nN:\t(\n")
    assert not section.has_file("loom/warp.c")


def test_without_names_it_is_who_took_a_posting_of_somebody_else(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    other = mail("o@x", "text\n---\n", subject="[PATCH] shed: open", by="cy")
    took = mail("t@x", "Applied, thanks.\n", by="bo", to="p@x", day=1)
    own = mail("w@x", "Applied.\n", by="cy", to="o@x", day=1)
    said = [claim(took, "Applied, thanks.", "applied"), claim(own, "Applied.", "applied")]
    joined = join([patch, other, took, own], {}, said)
    assert find_takers(joined.claims, joined.series, PEOPLE) == {BO}


@pytest.mark.parametrize(
    ("words", "takes"),
    [
        ("Applied, thanks.", True),
        ("I have applied this to loom/next.", True),
        ("Queued for 6.9, thanks.", True),
        ("This one landed in loom/next yesterday.", False),
        ("It was already merged into loom/next.", False),
        ("The patch has been applied to loom/next.", False),
        ("The patch [1] has been applied to loom/next.", False),
        ("Cy pointed me to it, he has already queued it.", False),
    ],
)
def test_who_reports_what_others_took_takes_nothing_himself(words, takes, mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    answer = mail("t@x", f"{words}\n", by="bo", to="p@x", day=1)
    joined = join([patch, answer], {}, [claim(answer, words, "applied")])
    assert find_takers(joined.claims, joined.series, PEOPLE) == ({BO} if takes else set())


def test_who_says_that_he_will_take_it_is_one_as_well(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    takes = mail("t@x", "I'll apply it tomorrow.\n", by="bo", to="p@x", day=1)
    likes = mail("l@x", "Looks good.\n", by="cy", to="p@x", day=1)
    said = [claim(takes, "I'll apply it tomorrow.", "ready"), claim(likes, "Looks good.", "ready")]
    joined = join([patch, takes, likes], {}, said)
    assert find_takers(joined.claims, joined.series, PEOPLE) == {BO}


def test_a_maintainer_of_other_files_does_not_decide(mail, claim):
    diff = (
        "text\n---\ndiff --git a/loom/warp.c b/loom/warp.c\n--- a/loom/warp.c\n+++ b/loom/warp.c\n@@ -1 +1 @@\n-a\n+b\n"
    )
    patch = mail("p@x", diff, subject="[PATCH] loom: turn", by="ada")
    good = mail("g@x", "This is ready to go in.\n", by="bo", to="p@x", day=1)
    more = mail("m@x", "It needs another round.\n", by="cy", to="p@x", day=2)
    said = [claim(good, "This is ready to go in.", "ready"), claim(more, "It needs another round.", "needs-revision")]
    for path, status in (("loom/", "ready"), ("shed/", "needs-revision")):
        text = f"A\nM: {BO}\nF: {path}\n\nB\nM: {DORA}\nF: loom/\n"
        (found,) = join([patch, good, more], {}, said, beside=Beside(maintainers=text)).status
        assert found.status == status


def test_one_who_is_named_decides_by_any_address(mail, claim):
    again = "Bo Lind <bo@work.example.net>"
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    good = replace(
        mail("g@x", "This is ready to go in.\n", to="p@x", day=1), author=Person("Bo Lind", "bo@work.example.net")
    )
    more = mail("m@x", "It needs another round.\n", by="cy", to="p@x", day=2)
    said = [
        claim(good, "This is ready to go in.", "ready", by=again),
        claim(more, "It needs another round.", "needs-revision"),
    ]
    (found,) = join([patch, good, more], {}, said, beside=Beside(maintainers=f"M: {BO}\n")).status
    assert (found.status, found.rule) == ("ready", "approved-by-decider")


def test_their_approval_outweighs_what_others_ask_later(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    good = mail("g@x", "This is ready to go in.\n", by="bo", to="p@x", day=1)
    more = mail("m@x", "It needs another round.\n", by="cy", to="p@x", day=2)
    said = [claim(good, "This is ready to go in.", "ready"), claim(more, "It needs another round.", "needs-revision")]

    def stands(maintainers):
        (status,) = join([patch, good, more], {}, said, beside=Beside(maintainers=maintainers)).status
        return status.status, status.rule

    assert stands(f"M: {BO}\n") == ("ready", "approved-by-decider")
    assert stands(f"M: {CY}\n")[0] == "needs-revision"
    assert stands("")[0] == "needs-revision"


@pytest.mark.parametrize(
    ("text", "waited"),
    [
        (f"A\nM: {CY}\nM: {ADA}\nF: loom/\n\nB\nM: {DORA}\nF: shed/\n", ("maintainer", CY)),  # not its author
        (f"A\nM: {CY}\nF: mill/\n\nB\nM: {DORA}\nF: shed/\n", ("maintainer",)),
        ("", ("maintainer",)),
    ],
)
def test_the_maintainer_who_is_waited_for_is_named(mail, claim, text, waited):
    diff = (
        "text\n---\ndiff --git a/loom/warp.c b/loom/warp.c\n--- a/loom/warp.c\n+++ b/loom/warp.c\n@@ -1 +1 @@\n-a\n+b\n"
    )
    patch = mail("p@x", diff, subject="[PATCH] loom: turn", by="ada")
    good = mail("g@x", "This is ready to go in.\n", by="bo", to="p@x", day=1)
    said = [claim(good, "This is ready to go in.", "ready")]
    (found,) = join([patch, good], {}, said, beside=Beside(maintainers=text)).status
    assert (found.next_actor, found.waiting_on) == ("maintainer", waited)


def test_who_said_that_he_takes_it_is_waited_for(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    good = mail("g@x", "I will apply this next week.\n", by="bo", to="p@x", day=1)
    said = [claim(good, "I will apply this next week.", "ready")]
    (found,) = join([patch, good], {}, said).status
    assert (found.next_actor, found.waiting_on) == (BO, (BO,))


def test_who_takes_patches_and_spoke_of_one_is_named_beside_the_role(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    other = mail("o@x", "text\n---\n", subject="[PATCH] shed: open", by="cy")
    took = mail("t@x", "Applied, thanks.\n", by="bo", to="o@x", day=1)
    good = mail("g@x", "Looks good to me.\n", by="bo", to="p@x", day=1)
    said = [claim(took, "Applied, thanks.", "applied"), claim(good, "Looks good to me.", "ready")]
    (found,) = (each for each in join([patch, other, took, good], {}, said).status if each.key == "p@x")
    assert (found.next_actor, found.waiting_on) == ("maintainer", ("maintainer", BO))
