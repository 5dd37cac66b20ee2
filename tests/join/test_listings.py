"""Which line of a later note is about the work of an earlier one, how surely, and why; and what the notes add up to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from miner.join import join
from miner.join.listings import Copy, score_listing
from miner.model import TableRow


def line(title, owner=None, links=(), at=0, author="Cy Marsh <cy@example.org>"):
    columns = {"item": title} | ({"assignee": owner} if owner else {})
    return TableRow(title, columns, 0, at, at + 1, at + 1, author, tuple(links), listed=True)


@pytest.fixture
def score(mail):
    def find(one, other, by="cy", subject="Weekly notes", days=7, beside=()):
        first = Copy(mail("n1@x", subject="Weekly notes", by="cy"), one)
        return score_listing([first], Copy(mail("n2@x", subject=subject, by=by, day=days), other), beside)

    return find


LINK = "https://lists.example.org/l/20260101.1-2-a@example.org/"
SAME = [
    (line("fast readdir"), line("Fast readdir"), 1.0, "has its name"),
    (line("quota per project"), line("per-project quota"), 0.9, "has the same words"),
    (line("tracepoints for the writeback"), line("writeback tracepoint"), 0.9, "has the same words"),
    (line("write-back limit"), line("writeback limit"), 0.9, "has the same words"),
    (line("fast readdir"), line("fast readdir rework"), 0.75, "has its name but for one word"),
    (line("fast readdir", "Mira"), line("fast lookup and readdir", "Mira"), 0.75, "has its name but for one word"),
    (line("big fast readdir", "Mira"), line("fast readdir large", "Mira"), 0.7, "has its owner and most of its words"),
    (line("inode cache shrinker"), line("inode cache shrinking"), 0.7, "is spelt nearly alike"),
    (line("one thing", links=[LINK]), line("quite another one", links=[LINK]), 0.95, "links to the same mail"),
]
OTHERS = [
    (line("fast readdir"), line("fast lookup")),
    (line("fast readdir"), line("fast readdir tests")),  # another piece of work
    (line("fast readdir"), line("fast readdir, part 2")),
    (line("lock rework 1"), line("lock rework 2")),
    (line("lock rework, phase II"), line("lock rework, phase III")),
    (line("lock rework, part A"), line("lock rework, part B")),
    (line("fast readdir", "Mira"), line("fast readdir rework", "Joost")),
    (line("lock"), line("lock rework")),
    (line("inode cache shrinker"), line("inode cache tracker")),
    (line("big fast readdir"), line("fast readdir large")),
]


@pytest.mark.parametrize(("one", "other", "score_wanted", "reason"), SAME, ids=lambda each: getattr(each, "title", ""))
def test_lines_of_one_work(score, one, other, score_wanted, reason):
    assert score(one, other) == (score_wanted, reason)


@pytest.mark.parametrize(("one", "other"), OTHERS, ids=lambda each: each.title)
def test_lines_of_different_works(score, one, other):
    assert score(one, other)[0] < 0.7


def test_a_name_that_stands_beside_is_no_other_line_s(score):
    assert score(line("quota per project"), line("per-project quota"), beside={"quota per project"})[0] == 0.0


def test_other_people_s_notes_have_the_very_same_name_or_none(score):
    one = line("fast readdir", "Mira")
    assert score(one, line("fast readdir"), by="bo", subject="minutes") == (
        0.8,
        "has its name, in somebody else's note",
    )
    assert score(one, line("fast readdir", "Joost"), by="bo", subject="minutes")[0] == 0.0
    assert score(one, line("readdir, fast"), by="bo", subject="minutes")[0] == 0.0
    assert score(line("quota"), line("quota"), by="bo", subject="minutes")[0] == 0.0
    assert (
        score(line("quota"), line("quota"), by="bo", subject="Weekly notes, March")[0] == 1.0
    )  # the same list is kept


def test_a_name_that_is_not_the_same_is_forgotten(score):
    assert score(line("quota per project"), line("per-project quota"), days=200)[0] == 0.0
    assert score(line("quota per project"), line("quota per project"), days=200)[0] == 1.0


# What the notes add up to


@pytest.fixture
def notes(mail, claim):
    """Two notes of one item whose lines say some statuses, and what a join of them gives; `more` are mails and claims besides."""

    def make(first, second, *, title="quota per project", later="per-project quota", more=(), owner="Ada Byron"):
        mails, rows, claims = [], {}, []
        for n, (name, said) in enumerate(((title, first), (later, second))):
            text = f"- {name}: " + "; ".join(f"it is {status}" for status in said) + "\n"
            note = mail(f"n{n}@x", text, by="cy", subject=f"Weekly notes {n}", day=7 * n)
            mails.append(note)
            rows[note.message_id] = (line(name, owner),)
            claims += [claim(note, f"it is {status}", status) for status in said]
        mails += [each for each, _ in more]
        claims += [each for _, each in more]
        joined = join(mails, rows, claims)
        (status,) = [each for each in joined.status if each.kind == "item"]
        return joined, status

    return make


def test_lines_of_two_notes_are_one_item_with_all_their_claims(notes):
    joined, _ = notes(["posted"], ["applied"])
    (item,) = joined.items
    assert (item.item, item.assignee, item.message_id) == ("quota per project", "Ada Byron", "n0@x")
    assert [(each.message_id, each.title, each.score, each.reason) for each in item.listings] == [
        ("n0@x", "quota per project", 1.0, "its first line"),
        ("n1@x", "per-project quota", 0.9, "has the same words"),
    ]
    assert [each.item for each in joined.claims] == ["quota per project"] * 2


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        (["needs-reply"], ["in-progress"], "in-progress"),  # the newer line takes the place of the older
        (["needs-revision"], ["planned"], "planned"),
        (["applied"], ["needs-revision"], "needs-revision"),  # it went out again
        (["applied"], ["planned"], "applied"),
        (["merged"], ["needs-revision"], "merged"),
        (["blocked"], [], "blocked"),  # the newer line says nothing
        (["dropped"], ["posted", "needs-review"], "needs-review"),
    ],
)
def test_the_newest_line_says_where_it_stands(notes, first, second, wanted):
    assert notes(first, second)[1].status == wanted


def test_what_the_owner_said_before_the_newest_note_does_not_outweigh_it(notes, mail, claim):
    said = mail("s@x", "The quota per project is planned.\n", by="ada", day=2)
    _, status = notes(["posted"], ["in-progress"], more=[(said, claim(said, "is planned", "planned"))])
    assert (status.status, status.rule) == ("in-progress", "latest-word-of-assignee")
    late = mail("l@x", "The quota per project is planned.\n", by="ada", day=9)
    assert (
        notes(["posted"], ["in-progress"], more=[(late, claim(late, "is planned", "planned"))])[1].status == "planned"
    )


def test_a_name_of_one_word_in_a_list_names_nothing_elsewhere(notes, mail, claim):
    said = mail("s@x", "The quota is dropped.\n", by="bo", day=2)
    joined, _ = notes(["posted"], [], title="quota", later="quota", more=[(said, claim(said, "is dropped", "dropped"))])
    assert joined.claims[-1].item is None


def test_a_name_of_a_list_means_its_item_near_the_notes_and_below_no_posting(notes, mail, claim):
    text = "The quota per project is dropped.\n"
    near, far = mail("s@x", text, by="bo", day=20), mail("s@x", text, by="bo", day=200)
    patch = mail("p@x", subject="[PATCH] page cache", by="ada", day=1)
    below = mail("s@x", text, by="bo", to="p@x", subject="Re: [PATCH] page cache", day=2)
    said = {
        name: notes(["posted"], [], more=[*extra, (each, claim(each, "is dropped", "dropped"))])[0].claims[-1].item
        for name, each, extra in (
            ("near", near, []),
            ("far", far, []),
            ("below", below, [(patch, claim(patch, "", "posted"))]),
        )
    }
    assert said == {"near": "quota per project", "far": None, "below": None}


def test_one_word_of_an_owner_s_item_does_not_mean_it(notes, mail, claim):
    said = mail("s@x", "I dropped the project.\n", day=2)
    joined, _ = notes(["posted"], [], more=[(said, claim(said, "I dropped the project.", "dropped"))])
    assert joined.claims[-1].item is None


def test_a_line_below_a_heading_has_what_the_heading_says(mail, claim):
    note = mail("n@x", "Dropped:\n - quota\n - loom\n", by="cy")
    rows = {"n@x": (line("quota", at=1), line("loom", at=2))}
    said = [claim(note, "Dropped:", "dropped", about=each, rule="under-heading") for each in ("quota", "loom")]
    assert [each.item for each in join([note], rows, said).claims] == ["quota", "loom"]


def test_an_owner_is_whom_the_newest_note_names(mail):
    notes = [mail(f"n{n}@x", "- fast readdir: x\n", by="cy", subject="Weekly notes", day=n) for n in range(3)]
    rows = {
        note.message_id: (line("fast readdir", owner),)
        for note, owner in zip(notes, ("Ada Byron", "Bo Lind", None), strict=True)
    }
    (item,) = join([*notes, mail("b@x", by="bo")], rows, []).items
    assert item.assignee == "Bo Lind <bo@example.org>"


def test_two_works_that_may_be_meant_alike_are_none(mail):
    notes = [mail(f"n{n}@x", "- x\n- y\n", by="cy", subject="Weekly notes", day=n) for n in range(2)]
    rows = {
        "n0@x": (line("fast readdir one", at=0), line("fast readdir two", at=1)),
        "n1@x": (line("fast readdir", at=0),),
    }
    assert len(join(notes, rows, []).items) == 3


def test_the_page_tells_the_scores(score):
    page = (Path(__file__).parents[2] / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    told = {reason: float(number) for number, reason in re.findall(r"^  \| (\d\.\d+) \| (.+?) \|$", page, re.M)}
    found = {reason: number for _, _, number, reason in SAME} | {"has its name, in somebody else's note": 0.8}
    assert told == found
