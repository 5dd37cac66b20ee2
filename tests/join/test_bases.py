"""Patches that were sent anew: what each of them takes over, and from whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from .made import taken


@pytest.fixture
def four(mail):
    """A series of four without a cover, the others below its first."""
    first = mail("p1@x", subject="[PATCH v2 1/4] part 1")
    rest = (mail(f"p{n}@x", subject=f"[PATCH v2 {n}/4] part {n}", to="p1@x", day=0.01) for n in (2, 3, 4))
    return [first, *rest]


@pytest.fixture
def part(mail):
    """Make a patch of a v2 of three; all mails of this kind are of one second."""

    def make(ident, n, by, to):
        person = replace(mail(ident).author, name=by, address=f"{by}@x")
        return replace(mail(ident, subject=f"[PATCH v2 {n}/3] part {n}", to=to), author=person)

    return make


def test_patches_sent_anew_crosswise_are_no_base_of_each_other(mail, part, gather):
    found = gather(
        mail("k@x", subject="[PATCH v2 0/3] all"),
        *(part("01@x", 1, "ada", "k@x"), part("02@x", 2, "ada", "k@x")),
        *(part("05@x", 2, "bo", "04@x"), part("06@x", 1, "bo", "01@x")),
        *(part("03@x", 1, "ann", "06@x"), part("04@x", 2, "ann", "02@x")),
    )
    assert found["03@x"].base is found["06@x"]
    assert found["06@x"].base is None
    assert taken(found["03@x"]) == ["03@x", "04@x"]


def test_a_posting_that_another_amends_is_not_put_into_a_third(mail, part, gather):
    found = gather(
        mail("k@x", subject="[PATCH v2 0/3] all"),
        *(part("01@x", 1, "ada", "k@x"), part("02@x", 2, "ada", "k@x")),
        *(part("03@x", 1, "bo", "01@x"), part("05@x", 2, "cy", "02@x")),
        part("04@x", 2, "ann", "05@x"),
    )
    assert found["04@x"].base is found["05@x"]
    assert taken(found["05@x"]) == ["03@x", "05@x"]


@pytest.mark.parametrize("to", ["p1@x", "talk@x", "p4@x"])
def test_a_patch_sent_anew_may_answer_another_of_its_series(mail, gather, four, to):
    talk = mail("talk@x", "No.", subject="Re: [PATCH v2 1/4] part 1", to="p1@x", by="bo", day=1)
    anew = mail("q2@x", subject="[PATCH v3 2/4] Part 2", to=to, day=2)
    found = gather(*four, talk, anew)
    assert found["q2@x"].base is found["p1@x"]
    assert taken(found["q2@x"]) == ["p1@x", "q2@x", "p3@x", "p4@x"]


def test_a_patch_sent_anew_may_answer_another_that_was(mail, gather, four):
    found = gather(
        *four,
        mail("q2@x", subject="[PATCH v3 2/4] part 2", to="p1@x", day=2),
        mail("r3@x", subject="[PATCH v4 3/4] part 3", to="q2@x", day=3),
    )
    assert found["r3@x"].base is found["q2@x"]
    assert taken(found["r3@x"]) == ["p1@x", "q2@x", "r3@x", "p4@x"]


@pytest.mark.parametrize(
    ("subject", "by"),
    [("[PATCH v3 2/4] part 3", "ada"), ("[PATCH v3 2/5] part 2", "ada"), ("[PATCH v3 2/4] part 2", "bo")],
    ids=["another title", "another total", "another author"],
)
def test_below_another_number_it_has_to_be_the_same_patch(mail, gather, four, subject, by):
    assert gather(*four, mail("q2@x", subject=subject, by=by, to="p1@x", day=2))["q2@x"].base is None


def test_a_new_version_below_an_old_patch_takes_nothing_over(mail, gather, four):
    anew = [mail(f"q{n}@x", subject=f"[PATCH v3 {n}/4] part {n}", to="p1@x", day=2 + n / 100) for n in (1, 2, 3, 4)]
    found = gather(*four, *anew)
    assert found["q1@x"].base is None
    assert len(found["q1@x"].patches) == 4


@pytest.mark.parametrize(("seen", "base"), [((1, 2, 3), "c@x"), ((1, 2), None)])
def test_patches_sent_anew_below_the_cover_amend_a_series_that_is_whole(mail, gather, seen, base):
    """Of a series that the list saw in part it may see only a part of the next version too."""
    found = gather(
        mail("c@x", subject="[PATCH 0/3] all"),
        *(mail(f"p{n}@x", subject=f"[PATCH {n}/3] part {n}", to="c@x") for n in seen),
        mail("n2@x", subject="[PATCH v2 2/3] part 2", to="c@x", day=1),
    )
    assert (found["n2@x"].base and found["n2@x"].base.root) == base


@pytest.mark.parametrize(("version", "base"), [("v2 ", "c@x"), ("v11 ", None)])
def test_a_patch_without_a_number_whose_version_counts_itself_alone_amends_its_series(mail, gather, version, base):
    found = gather(
        mail("c@x", subject="[PATCH v10 0/2] all"),
        *(mail(f"p{n}@x", subject=f"[PATCH v10 {n}/2] part {n}", to="c@x") for n in (1, 2)),
        mail("n2@x", subject=f"[PATCH {version}] part 2", to="p2@x", day=1),
    )
    posting = found["n2@x"]
    assert (posting.base and posting.base.root) == base
    assert posting.revision == (10 if base else 11)
    assert taken(posting) == (["p1@x", "n2@x"] if base else ["n2@x"])
