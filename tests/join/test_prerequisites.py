"""What a posting says that it needs, in the forms that b4 and people use."""

from __future__ import annotations

import time

import pytest

from miner.join import join
from miner.join.blocked import find_blocked


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        ("prerequisite-message-id: <base@x.example>", ("base@x.example",)),
        ("Depends-on: https://lists.example.org/l/base@x.example/", ("base@x.example",)),
        ("Depends-on: <base@x.example>", ("base@x.example",)),
        ("Based-on: <base@x.example>", ("base@x.example",)),
        ("prerequisite-change-id: 20260101-loom-abc:v1", ("base@x.example",)),
        ("prerequisite-change-id: 20260101-loom-abc:v2", ("base2@x.example",)),
        ("prerequisite-change-id: 20260101-loom-abc", ("base2@x.example",)),
        ("prerequisite-message-id: <unknown@x.example>", ()),
        ("prerequisite-change-id: 20260101-other", ()),
        ("prerequisite-patch-id: 0123456789", ()),
        ("Depends-on: the weather", ()),
        ("prerequisite-message-id: <top@x.example>", ()),
    ],
)
def test_what_is_needed(words, needed, mail):
    change = "text\n---\nchange-id: 20260101-loom-abc\n"
    base = mail("base@x.example", change, subject="[PATCH] loom: turn")
    newer = mail("base2@x.example", change, subject="[PATCH v2] loom: turn", day=1)
    top = mail("top@x.example", f"text\n---\n{words}\n", subject="[PATCH] shed: open", day=2, by="bo")
    joined = join([base, newer, top], {}, [])
    found = {one.key: one for one in joined.status}
    assert found["top@x.example"].depends_on == needed
    assert found["top@x.example"].status == "needs-review"
    assert [wait.on_key for wait in find_blocked(joined.status).waits] == ["base2@x.example"] * len(needed)


LINK = "https://lists.example.org/l/base@x.example/"
NOTE = f"\n\n[1] {LINK}"


def needs_of(mails, key="top@x.example", claims=()):
    found = {one.key: one for one in join(mails, {}, claims).status}[key]
    assert set(found.depends_on) <= {need.on for need in found.needs}
    return tuple(need for need in found.needs if need.on in found.depends_on)


@pytest.fixture
def pair(mail):
    """Bo's posting with some words in it, and the older one of Ada that these may mean."""
    base = mail("base@x.example", "text\n", subject="[PATCH] loom: turn")
    return lambda words, **more: [
        base,
        mail("top@x.example", f"{words}\n", **{"subject": "[PATCH] shed: open", "day": 2, "by": "bo", **more}),
    ]


@pytest.mark.parametrize(
    "words",
    [
        f"Hi,\n\nThis series depends on Ada's loom series: {LINK}\n\nBo",
        f"This goes on top of the loom patch [1], so please wait.{NOTE}",
        f"Note that the tests need this patch [1] to pass.{NOTE}",
        f"This series is based on next-0311 plus two following patches:\n\nLink: {LINK}",
        f"It builds upon Ada's work [1] which turns the loom.{NOTE}",
        f"This is based on [1].{NOTE}",
        f"Please apply this after the patch at {LINK}",
        f"I will send the rest once [1] is merged.{NOTE}",
        f"There is one prerequisite series:\n- {LINK}",
        "This depends on the loom patch (Message-ID: <base@x.example>).",
        f"These were done on top of her patch posted just now:\n{LINK}\n\nMore text.",
        f"It builds on [1], which is not in the tree yet.{NOTE}",
        f"This series is blocked on loom: turn, {LINK} has to go in first.",
        f"This is blocked by the shuttle ({LINK}).",
        f"Please note that {LINK} must be merged first.",
    ],
)
def test_a_sentence_that_tells_of_a_need_and_names_the_mail(words, pair):
    (need,) = needs_of(pair(words))
    assert (need.on, need.message_id, need.date.day) == ("base@x.example", "top@x.example", 3)
    assert "\n" not in need.text
    assert need.text in " ".join(words.split())
    assert any(
        word in need.text
        for word in ("depend", "top of", "need", "based", "build", "apply", "once", "prerequisite", "block", "first")
    )


@pytest.mark.parametrize(
    "words",
    [
        f"This does not depend on [1] any more.{NOTE}",
        f"Does this depend on [1]?{NOTE}",
        f"This is based on the discussion in [1].{NOTE}",
        f"This is based on Ada's original implementation [1].{NOTE}",
        f"This depends on Ada's series [1] which is now merged into next.{NOTE}",
        f"This fixes what was broken in [1].{NOTE}",
        f"This series is based on linux-next.\n\nIt mends [1].{NOTE}",
        f"It depends on the -b option.\n\n- patch 2 is the test of [1]{NOTE}",
        f"My understanding based on [1] is another one.{NOTE}",
        f"This depends on the weather{NOTE}\n\nThe seams of [1] hold.",
        f"It is based on this:\n\n  the loom\n\nand\n{LINK}\n\ncan still be applied after this patch.",
        f"> This depends on {LINK}",
        f"I do not think that {LINK} must be merged first.",
        f"This is not blocked by {LINK}",
        "This depends on https://lists.example.org/l/unknown@x.example/",
        "This depends on https://lists.example.org/l/top@x.example/",
    ],
)
def test_a_sentence_that_tells_of_no_need(words, pair):
    assert needs_of(pair(words)) == ()


def test_the_next_line_is_another_sentence(pair):
    (need,) = needs_of(pair(f"This series is based on Ada's patch:\n{LINK}\nIts purpose is another one.\n"))
    assert need.text == f"This series is based on Ada's patch: {LINK}"


def test_links_in_one_list_are_all_needed(mail):
    mails = [mail(f"base{n}@x.example", "text\n", subject=f"[PATCH] loom: part {n}") for n in range(4)]
    words = (
        "This is based on next plus the following patches:\nhttps://lists.example.org/l/base0@x.example/\n"
        "https://lists.example.org/l/base1@x.example/\n\nIt also builds on two series: [1] which turns, and [2] which stops.\n\n"
        "[1] https://lists.example.org/l/base2@x.example/\n[2]\nhttps://lists.example.org/l/base3@x.example/\n"
    )
    top = mail("top@x.example", words, subject="[PATCH] shed: open", day=2, by="bo")
    assert [need.on for need in needs_of([*mails, top])] == [f"base{n}@x.example" for n in range(4)]


def test_no_version_of_ones_own_is_needed_nor_what_came_later(mail):
    old = mail("v1@x.example", "text\n", subject="[PATCH] shed: open", by="bo")
    new = mail(
        "v2@x.example",
        "On top of https://l.example.org/l/v1@x.example/\n",
        subject="[PATCH v2] shed: open",
        by="bo",
        day=1,
    )
    by_other = mail(
        "o@x.example", "On top of https://l.example.org/l/v1@x.example/\n", subject="[PATCH] shed: open", by="cy", day=9
    )
    early = mail(
        "e@x.example", "This depends on https://l.example.org/l/v1@x.example/\n", subject="[PATCH] a", by="ada", day=-3
    )
    for key in ("v2@x.example", "o@x.example", "e@x.example"):
        assert needs_of([early, old, new, by_other], key) == ()


@pytest.mark.parametrize(("by", "count"), [("bo", 1), ("cy", 0)])
def test_what_the_author_says_below_his_posting_counts(by, count, pair, mail):
    reply = mail(
        "re@x.example", f"This depends on {LINK}\n", by=by, to="top@x.example", day=3, subject="Re: [PATCH] shed: open"
    )
    needs = needs_of([*pair("text"), reply])
    assert [(need.on, need.message_id) for need in needs] == [("base@x.example", "re@x.example")] * count


def test_a_claim_of_somebody_else_is_tied_by_the_link_of_its_sentence(pair, mail, claim):
    text = "I will take this series once Ada's [1] is in."
    reply = mail(
        "re@x.example", f"{text}{NOTE}\n", by="cy", to="top@x.example", day=3, subject="Re: [PATCH] shed: open"
    )
    said = claim(reply, text, "ready", "conditional", depends_on=("Ada's [1]",))
    (need,) = needs_of([*pair("text"), reply], claims=[said])
    assert (need.on, need.message_id, need.text) == ("base@x.example", "re@x.example", text)


def test_nobody_waits_for_a_posting_that_is_finished(pair, mail, claim):
    mails = pair(f"This depends on {LINK}")
    done = mail(
        "done@x.example", "Applied to next.\n", by="cy", to="base@x.example", day=3, subject="Re: [PATCH] loom: turn"
    )
    assert len(needs_of([*mails, done])) == 1
    assert needs_of([*mails, done], claims=[claim(done, "Applied to next.", "applied")]) == ()


def test_who_waits_for_a_posting_waits_for_its_author(pair, claim):
    mails = pair(f"This depends on {LINK} and must not go first.")
    waits = claim(mails[1], f"This depends on {LINK}", "blocked")
    status = {one.key: one for one in join(mails, {}, [waits]).status}["top@x.example"]
    assert (status.status, status.depends_on) == ("blocked", ("base@x.example",))
    assert status.next_actor == str(mails[0].author)


def test_many_links_and_long_lines_are_read_quickly(pair):
    bodies = [
        "-" * 200_000 + f"\n{LINK}",
        f"on top of {LINK} and " * 5_000,
        f"[1] {LINK}\n" * 3_000 + "after [1] " * 9_000,
    ]
    start = time.process_time()
    for body in bodies:
        needs_of(pair(body))
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("words", "status", "kept"),
    [
        ("Ada's lease series", "ready", True),
        ("loom 1.4", "ready", True),
        ("the merge window", "ready", True),
        ("the numbers", "ready", False),
        ("whether Bo likes it", "ready", False),
        ("the numbers", "blocked", True),  # whoever holds it up says for what
    ],
)
def test_words_that_name_no_work_hold_nothing_up_unless_it_is_held_up(words, status, kept, pair, claim):
    mails = pair("Turn it.")
    certainty = "asserted" if status == "blocked" else "conditional"
    said = claim(mails[-1], "Turn it.", status, certainty, depends_on=(words,))
    assert [one.on for one in needs_of(mails, claims=[said])] == [words] * kept
