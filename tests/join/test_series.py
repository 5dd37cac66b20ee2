from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from miner.join import join
from miner.join.masks import Unmasker
from miner.join.series import assemble_series
from miner.join.threads import Threads


@pytest.fixture
def assemble():
    def run(*messages):
        threads = Threads(messages)
        return {s.root: s for s in assemble_series(threads, Unmasker(threads.messages))}

    return run


def test_cover_and_patches_make_one_posting_in_any_order(mail, assemble):
    found = assemble(
        mail("p2@x", subject="[PATCH v2 2/3] b", to="c@x", day=0.3),
        mail("c@x", subject="[PATCH v2 0/3] the work", day=0.1),
        mail("p1@x", subject="[PATCH v2 1/3] a", to="c@x", day=0.2),
        mail("r@x", subject="Re: [PATCH v2 1/3] a", to="p1@x", by="bo", day=1),
    )
    assert list(found) == ["c@x"]
    one = found["c@x"]
    assert (one.title, one.revision, one.expected, one.cover) == ("the work", 2, 3, "c@x")
    assert one.patches == ("p1@x", "p2@x", None)


def test_a_series_without_its_cover_is_rooted_in_its_first_patch(mail, assemble):
    found = assemble(
        mail("p1@x", subject="[PATCH 1/2] a", to="gone@x"), mail("p2@x", subject="[PATCH 2/2] b", to="gone@x")
    )
    assert list(found) == ["p1@x"]
    assert found["p1@x"].cover is None


def test_v2_in_reply_to_v1_is_its_own_posting_and_replaces_it(mail, assemble):
    found = assemble(
        mail("a@x", subject="[PATCH] fix it"), mail("b@x", subject="[PATCH v2] fix it well", to="a@x", day=3)
    )
    assert found["b@x"].chain == "a@x"
    assert found["b@x"].supersedes == ("a@x",)


@pytest.mark.parametrize(
    "body",
    [
        "v1: https://lore.example.org/l/a-1@x/",
        "Changes since v1 [3]:\n- more\n\n[3] https://lore.example.org/l/a-1@x/",
        "Link to v1:\nhttps://lore.example.org/r/a-1@x",
    ],
)
def test_a_link_ties_revisions_with_other_titles(mail, assemble, body):
    found = assemble(
        mail("a-1@x", subject="[PATCH 0/2] old words"), mail("b@x", body, subject="[PATCH v2 0/2] new words", day=9)
    )
    assert found["b@x"].chain == "a-1@x"


def test_a_change_id_ties_revisions(mail, assemble):
    text = "change-id: 20260131-some-work-5c0d71e2ab9f"
    found = assemble(mail("a@x", text, subject="[PATCH] old"), mail("b@x", text, subject="[PATCH v3] new", day=9))
    assert found["b@x"].chain == "a@x"
    assert found["b@x"].change_id == "20260131-some-work-5c0d71e2ab9f"


def test_the_same_title_of_another_author_is_other_work(mail, assemble):
    found = assemble(
        mail("a@x", subject="[PATCH] fix typo"), mail("b@x", subject="[PATCH v2] fix typo", by="bo", day=2)
    )
    assert found["b@x"].chain == "b@x"


def test_replies_are_no_postings(mail, assemble):
    assert assemble(mail("a@x", subject="Re: [PATCH] fix"), mail("b@x", subject="plain talk")) == {}


# Forms that people really send


PATCH = "Words.\n\nSigned-off-by: Ada Byron <ada@example.org>\n---\n loom.c | 1 +\n\ndiff --git a/loom.c b/loom.c\n+x\n"


def test_a_patch_sent_anew_makes_a_posting_that_takes_over_the_others(mail, assemble):
    found = assemble(
        mail("c@x", subject="[PATCH v2 0/3] the work"),
        *(mail(f"p{n}@x", subject=f"[PATCH v2 {n}/3] part {n}", to="c@x", day=n / 100) for n in (1, 2, 3)),
        mail("talk@x", "No.", subject="Re: [PATCH v2 2/3] part 2", to="p2@x", by="bo", day=1),
        mail("q2@x", subject="[PATCH v3 2/3] part 2", to="talk@x", day=2),
        mail("q3@x", subject="[PATCH v3 3/3] part 3", to="p3@x", day=2.1),
        mail("r2@x", subject="[PATCH v4 2/3] part 2", to="q2@x", day=3),
    )
    assert list(found) == ["c@x", "q2@x", "r2@x"]
    two, three, four = found.values()
    assert (three.revision, three.expected, three.cover, three.title) == (3, 3, "c@x", "the work")
    assert (three.patches, three.taken_over) == (("p1@x", "q2@x", "q3@x"), (1,))
    assert (four.patches, four.taken_over) == (("p1@x", "r2@x", "q3@x"), (1, 3))
    assert (two.supersedes, three.supersedes, four.supersedes) == ((), ("c@x",), ("q2@x",))
    assert {one.chain for one in found.values()} == {"c@x"}


@pytest.mark.parametrize(
    ("subject", "version"),
    [("[PATCH v2.1 2/2] b", (2, 1)), ("[PATCH v2 2/2] b", (2, 0)), ("[PATCH RESEND v2 2/2] b", (2, 0))],
)
def test_a_patch_mended_without_a_new_number(mail, assemble, subject, version):
    found = assemble(
        mail("p1@x", subject="[PATCH v2 1/2] a"),
        mail("p2@x", subject="[PATCH v2 2/2] b", to="p1@x"),
        mail("q2@x", subject=subject, to="p2@x", day=2),
        mail("n1@x", subject="[PATCH v3 1/2] a", day=9),
        mail("n2@x", subject="[PATCH v3 2/2] b", to="n1@x", day=9),
    )
    mended = found["q2@x"]
    assert ((mended.revision, mended.minor), mended.patches, mended.supersedes) == (
        version,
        ("p1@x", "q2@x"),
        ("p1@x",),
    )
    assert "q2@x" in found["n1@x"].supersedes


@pytest.mark.parametrize(
    ("subject", "to"),
    [
        ("[PATCH v3 1/2] b", "p2@x"),
        ("[PATCH v3 2/4] b", "p2@x"),
        ("[PATCH v1 2/2] b", "p2@x"),
        ("[PATCH v3 2/2] b", "o@x"),
    ],
    ids=["another number", "another total", "an older version", "in answer to no patch"],
)
def test_what_takes_nothing_over(mail, assemble, subject, to):
    found = assemble(
        mail("o@x", subject="plain talk"),
        mail("p1@x", subject="[PATCH v2 1/2] a"),
        mail("p2@x", subject="[PATCH v2 2/2] b", to="p1@x"),
        mail("q@x", subject=subject, to=to, day=2),
    )
    assert found["q@x"].taken_over == ()
    assert [ident for ident in found["q@x"].patches if ident] == ["q@x"]


def test_a_version_between_two(mail, assemble):
    found = assemble(
        mail("a@x", subject="[PATCH v2] a"),
        mail("b@x", subject="[PATCH v2.1] a", to="a@x", day=1),
        mail("c@x", subject="[PATCH v3] a", to="b@x", day=2),
    )
    assert [(one.revision, one.minor, one.supersedes) for one in found.values()] == [
        (2, 0, ()),
        (2, 1, ("a@x",)),
        (3, 0, ("b@x",)),
    ]


@pytest.mark.parametrize("cut", ["---- >8 ----", "-- >8 --", "----8<----", "--- 8< --- cut here --- >8 ---"])
def test_a_patch_below_scissors_is_a_posting(mail, assemble, cut):
    body = f"I would do it so:\n\n{cut}\nFrom: Bo Lind <bo@example.org>\nSubject: [PATCH] loom: other way\n\n{PATCH}"
    found = assemble(
        mail("a@x", subject="[PATCH v2 1/1] loom: a way"),
        mail("b@x", body, subject="Re: [PATCH v2 1/1] loom: a way", to="a@x", by="bo", day=1),
    )
    assert (found["b@x"].title, found["b@x"].revision, found["b@x"].patches) == ("loom: other way", 1, ("b@x",))


@pytest.mark.parametrize(
    "body",
    [
        "How about this?\n\ndiff --git a/loom.c b/loom.c\n+x\n",
        f"-- >8 --\n{PATCH}",
        f"-- >8 --\nSubject: [PATCH] fixup! loom: a way\n\n{PATCH}",
        f"> quoted\n\n{PATCH}",
        PATCH,  # the patch that it answers is on the list
    ],
    ids=["a bare diff", "no title", "a fixup", "below a quote", "an amended patch"],
)
def test_a_diff_in_an_answer_is_talk(mail, assemble, body):
    found = assemble(
        mail("a@x", subject="[PATCH] loom: a way"),
        mail("b@x", body, subject="Re: [PATCH] loom: a way", to="a@x", day=1),
    )
    assert list(found) == ["a@x"]


def test_re_by_mistake(mail, assemble):
    found = assemble(
        mail("c@x", subject="[PATCH v2 0/2] the work"),
        mail("p1@x", PATCH, subject="Re: [PATCH v2 1/2] a", to="c@x"),
        mail("p2@x", PATCH, subject="[PATCH v2 2/2] b", to="c@x"),
    )
    assert found["c@x"].patches == ("p1@x", "p2@x")


def test_numbers_without_the_word_patch(mail, assemble):
    found = assemble(
        mail("c@x", "Words.", subject="[0/2] the work"),
        mail("p1@x", PATCH, subject="[1/2] a", to="c@x", day=0.01),
        mail("p2@x", PATCH, subject="[2/2] b", to="p1@x", day=0.02),
        mail("t@x", "No patch here.", subject="[1/2] a story in two parts"),
    )
    assert {root: one.patches for root, one in found.items()} == {"c@x": ("p1@x", "p2@x")}


@pytest.mark.parametrize(
    ("subject", "body", "found"),
    [("[RFC] loom: turn", "Words.\n\ndiff --git a/l.c b/l.c\n", True), ("[RFC] loom: turn", "Words.\n", False)],
)
def test_a_request_for_comments_with_a_diff_is_a_posting(mail, assemble, subject, body, found):
    assert bool(assemble(mail("r@x", body, subject=subject))) is found


def test_a_robot_copies_patches_that_share_nothing(mail, assemble):
    found = assemble(
        mail("p3@x", subject="[PATCH AUTOSEL 6.6 03/34] a", to="gone@x"),
        mail("p9@x", subject="[PATCH AUTOSEL 6.6 09/34] b", to="gone@x"),
        mail("q3@x", subject="[PATCH 6.1 003/110] a", to="lost@x"),
    )
    assert {root: (one.expected, one.patches) for root, one in found.items()} == {
        root: (1, (root,)) for root in ("p3@x", "p9@x", "q3@x")
    }


def test_a_series_for_a_stable_tree_stays_one(mail, assemble):
    found = assemble(
        mail("p1@x", subject="[PATCH 6.6.y 1/2] a"), mail("p2@x", subject="[PATCH 6.6.y 2/2] b", to="p1@x")
    )
    assert found["p1@x"].patches == ("p1@x", "p2@x")
    assert found["p1@x"].copied_to == ("6.6",)


@pytest.mark.parametrize(
    "tag", ["loom/for-6.6-fixes", "ada-loom:for-6.7", "mm-unstable", "6.6-rc1", "for-6.6", "faults"]
)
def test_a_patch_for_a_tree_of_its_own_is_no_copy_for_a_stable_one(tag, mail, assemble):
    assert assemble(mail("p@x", subject=f"[PATCH {tag}] loom: turn"))["p@x"].copied_to == ()


@pytest.mark.parametrize(
    ("cover", "patch", "revision"),
    [
        ("[PATCH v2 00/2 RESEND] w", "[PATCH v2 {n}/2 RESEND] p", 2),
        ("[PATCH RESEND v2 0/2] w", "[PATCH v2 {n}/2] p", 2),
        ("[PULL v2 00/2] w", "[PULL v2 {n}/2] p", 2),
        ("[PULL 00/2] w", "[PULL 0{n}/2] p", 1),
        ("[GSoC][PATCH v2 0/2] w", "[GSoC][PATCH v2 {n}/2] p", 2),
        ("[PATCH v2 0/2] [RFC] w", "[PATCH v2 {n}/2] p", 2),
        ("[PATCH net v2 0/2] w", "[PATCH v2 net {n}/2] p", 2),
        ("[PATCH -mm v3 0/2] w", "[PATCH -mm v3 {n}/2] p", 3),
        ("[patch 0/2] w", "[patch {n}/2] p", 1),
        ("[RFC/PATCH v3 0/2] w", "[RFC/PATCH v3 {n}/2] p", 3),
        ("[PATCH v2 0/2] w", "[PATCH {n}/2] p", 2),
        ("[PATCH 0/2] w", "[PATCH v2 {n}/2] p", 2),
        ("[PATCH 0/2] w (v3)", "[PATCH {n}/2] p", 3),
        ("[PATCH 0/2] weave in cgroup v2", "[PATCH {n}/2] p", 1),
    ],
)
@pytest.mark.parametrize("deep", [False, True], ids=["shallow", "deep"])
def test_covers_and_patches_that_spell_it_otherwise(mail, assemble, cover, patch, revision, deep):
    found = assemble(
        mail("p2@x", subject=patch.format(n=2), to="p1@x" if deep else "c@x", day=0.02),
        mail("p1@x", subject=patch.format(n=1), to="c@x", day=0.01),
        mail("c@x", subject=cover),
    )
    assert list(found) == ["c@x"]
    assert (found["c@x"].revision, found["c@x"].patches) == (revision, ("p1@x", "p2@x"))


@pytest.mark.parametrize(
    "subject", ["[PATCH 1/1] t", "[PATCHv2] t", "[RFC v2] t", "[PATCH 5.10.y] t", "[PATCH RESEND] t"]
)
def test_single_patches(mail, assemble, subject):
    [one] = assemble(mail("a@x", subject=subject)).values()
    assert (one.expected, one.patches, one.cover) == (1, ("a@x",), None)


def test_a_cover_of_one_moment_that_says_another_version_is_theirs(mail, assemble):
    found = assemble(
        mail("c@x", subject="[PATCH v3 0/2] the work"),
        mail("p1@x", subject="[PATCH v4 1/2] a", to="c@x"),
        mail("p2@x", subject="[PATCH v4 2/2] b", to="c@x"),
    )
    assert [(one.root, one.revision, one.patches) for one in found.values()] == [("c@x", 4, ("p1@x", "p2@x"))]


@pytest.mark.parametrize(("said", "patches", "joined"), [("v5 ", 2, True), ("v5 ", 1, False), ("v4 ", 2, False)])
def test_a_cover_that_miscounts_the_patches_sent_with_it_is_theirs(said, patches, joined, mail, assemble):
    cover = mail("c@x", "All about it.", subject=f"[PATCH {said}0/3] loom: count")
    sent = [mail(f"p{n}@x", subject=f"[PATCH v5 {n}/2] loom: part {n}", to="c@x") for n in range(1, patches + 1)]
    found = assemble(cover, *sent)
    assert ("p1@x" not in found, found["c@x"].expected) == (joined, 2 if joined else 3)


def test_a_cover_without_a_tag_may_say_the_version(mail, assemble):
    found = assemble(
        mail("p2@x", subject="[PATCH 2/2] b", to="c@x", day=0.02),
        mail("p1@x", subject="[PATCH 1/2] a", to="c@x", day=0.01),
        mail("c@x", subject="the work, v3"),
    )
    assert [(one.root, one.revision, one.patches) for one in found.values()] == [("c@x", 3, ("p1@x", "p2@x"))]


def test_v2_below_v1_keeps_apart_with_patches_missing(mail, assemble):
    found = assemble(
        mail("a0@x", subject="[PATCH 0/2] w"),
        mail("a2@x", subject="[PATCH 2/2] b", to="a0@x"),
        mail("b0@x", subject="[PATCH v2 0/2] w", to="a0@x", day=5),
        mail("b1@x", subject="[PATCH v2 1/2] a", to="b0@x", day=5),
    )
    assert found["a0@x"].patches == (None, "a2@x")
    assert (found["b0@x"].patches, found["b0@x"].supersedes, found["b0@x"].taken_over) == (
        ("b1@x", None),
        ("a0@x",),
        (),
    )


@pytest.mark.parametrize(
    ("day", "answers", "subject", "replaced"),
    [
        (1, "a@x", "[PATCH] loom: count", True),
        (0.01, "a@x", "[PATCH] loom: count", False),
        (0.01, "a@x", "[PATCH RESEND] loom: count", True),
        (1, None, "[PATCH] loom: count", True),
        (1, None, "[PATCH] loom: count all", False),
        (1, None, "[PATCH 6.6] loom: count", False),
        (200, None, "[PATCH] loom: count", False),
        (200, None, "[PATCH RESEND] loom: count", True),
    ],
)
def test_the_same_again_replaces_it(mail, assemble, day, answers, subject, replaced):
    """Elsewhere than in its thread only under the same title, soon or with a tag that says so."""
    diff = "---\ndiff --git a/loom.c b/loom.c\n--- a/loom.c\n+++ b/loom.c\n@@ -1 +1 @@\n-a\n+b\n"
    first = mail("a@x", diff, subject="[PATCH] loom: count")
    again = mail("b@x", diff, subject=subject, to=answers, day=day)
    assert assemble(first, again)["b@x"].supersedes == (("a@x",) if replaced else ())


def test_a_patch_tag_without_a_number_and_without_a_diff_is_a_cover(mail, assemble):
    cover = mail("c@x", "All about it.", subject="[PATCH v2] loom: count")
    diff = "---\ndiff --git a/loom.c b/loom.c\n--- a/loom.c\n+++ b/loom.c\n@@ -1 +1 @@\n-a\n+b\n"
    patches = [mail(f"p{n}@x", diff, subject=f"[PATCH v2 {n}/2] loom: part {n}", to="c@x", day=0.01) for n in (1, 2)]
    [one] = assemble(cover, *patches).values()
    assert (one.root, one.cover, one.patches, one.revision) == ("c@x", "c@x", ("p1@x", "p2@x"), 2)
    single = mail("s@x", diff, subject="[PATCH v2] loom: turn", to="c@x", day=0.01)
    [one] = assemble(cover, single).values()
    assert (one.root, one.cover, one.patches) == ("c@x", "c@x", ("s@x",))
    others = mail("o@x", diff, subject="[PATCH v2] loom: turn", by="bo", to="c@x", day=0.01)
    assert set(assemble(cover, others)) == {"c@x", "o@x"}


def test_an_answer_to_a_cover_that_is_not_at_hand_is_about_its_series(mail, claim):
    patches = [mail(f"p{n}@x", "---\n", subject=f"[PATCH {n}/2] loom: part {n}", to="c@x") for n in (1, 2)]
    answers = [
        mail(ident, "Applied, thanks!\n", subject="Re: [PATCH 0/2] loom", by="bo", to="c@x", day=day)
        for ident, day in (("a@x", 1), ("b@x", -1))
    ]
    joined = join([*patches, *answers], {}, [claim(each, "Applied, thanks!", "applied") for each in answers])
    assert [found.series for found in joined.claims] == [joined.series[0].root, None]


def test_words_to_the_cover_go_to_the_posting_that_amends_it_by_then(mail, claim):
    posting = [mail("c@x", subject="[PATCH 0/2] w")]
    posting += [mail(f"p{n}@x", subject=f"[PATCH {n}/2] part {n}", to="c@x") for n in (1, 2)]
    anew = mail("q2@x", subject="[PATCH v2 2/2] part 2", to="p2@x", day=2)
    early = mail("e@x", "Please change it.", subject="Re: [PATCH 0/2] w", to="c@x", by="bo", day=1)
    late = mail("l@x", "Applied to weft-next.", subject="Re: [PATCH 0/2] w", to="c@x", by="bo", day=3)
    joined = join(
        [*posting, anew, early, late],
        {},
        [claim(early, "Please change it.", "needs-revision"), claim(late, "Applied to weft-next.", "applied")],
    )
    assert [each.series for each in joined.claims] == ["c@x", "q2@x"]
    assert [(each.key, each.status) for each in joined.status] == [("c@x", "applied"), ("q2@x", "applied")]


def test_nothing_is_replaced_by_what_was_posted_before_it(mail):
    mails = [
        mail("a@x", "change-id: work-wheel\n", subject="[PATCH v3] loom: turn the wheel", day=1),
        mail("b@x", "change-id: work-wheel\n", subject="[PATCH v2] loom: turn the wheel", day=9),
    ]
    joined = join(mails, {}, [])
    assert [one.supersedes for one in joined.series] == [(), ()]
    assert len({one.chain for one in joined.series}) == 1


@pytest.mark.parametrize(
    ("subject", "replaced"),
    [
        ("[PATCH] loom: turn the wheel", "b@x"),
        ("[PATCH v2] loom: turn the wheel", "b@x"),
        ("[PATCH v3] loom: turn the wheel", "b@x"),
        ("[RFC PATCH v3] loom: turn the wheel", "b@x"),
    ],
)
def test_what_follows_a_draft_replaces_it_whatever_its_number(mail, assemble, subject, replaced):
    diff = "diff --git a/l.c b/l.c\n--- a/l.c\n+++ b/l.c\n@@ -1 +1 @@\n-turn(left);\n+turn(right);\n"
    first = mail("a@x", diff, subject="[RFC PATCH] loom: turn the wheel", day=1)
    second = mail("b@x", diff, subject="[RFC PATCH v2] loom: turn the wheel", day=5)
    final = mail("c@x", diff, subject=subject, day=9)
    more = mail("d@x", diff, subject="[PATCH v4] loom: turn the wheel", day=12)
    found = assemble(first, second, final, more)
    assert [one.supersedes for one in found.values()] == [(), ("a@x",), (replaced,), ("c@x",)]


def test_the_same_sent_again_at_once_in_a_thread_of_its_own_replaces_it(mail, assemble):
    diff = "diff --git a/l.c b/l.c\n--- a/l.c\n+++ b/l.c\n@@ -1 +1 @@\n-turn(left);\n+turn(right);\n"
    first = mail("a@x", diff, subject="[PATCH v5] loom: turn the wheel", day=1)
    again = mail("b@x", diff, subject="[PATCH v5] loom: turn the wheel", day=1)
    again = replace(again, date=first.date + timedelta(minutes=6))
    assert assemble(first, again)["b@x"].supersedes == ("a@x",)


def test_a_patch_that_went_out_twice_is_one(mail, assemble):
    cover = mail("c@x", subject="[PATCH 0/2] loom")
    patches = [
        mail(f"{name}@x", f"{name}\n", subject=f"[PATCH {n}/2] loom: turn {n}", to="c@x")
        for name, n in (("p", 1), ("d", 1), ("q", 2))
    ]
    patches = [replace(one, date=cover.date + timedelta(seconds=n)) for n, one in enumerate(patches, 1)]
    found = assemble(cover, *patches)
    assert {root: one.patches for root, one in found.items()} == {"c@x": ("p@x", "q@x")}
    late = replace(patches[1], date=cover.date + timedelta(days=2))
    assert len(assemble(cover, patches[0], late, patches[2])) == 2


@pytest.mark.parametrize(
    ("subject", "by", "joined"),
    [
        ("[PATCH v3] loom: turn", "ada", True),
        ("[PATCH v2] loom: turn", "ada", False),
        ("[PATCH v3] loom: turn", "bo", False),
    ],
)
def test_a_patch_without_a_number_below_a_cover_of_one(mail, assemble, subject, by, joined):
    found = assemble(mail("c@x", subject="[PATCH v3 0/1] loom"), mail("p@x", subject=subject, to="c@x", by=by))
    assert (found["c@x"].patches, "p@x" in found) == ((("p@x",), False) if joined else ((None,), True))
