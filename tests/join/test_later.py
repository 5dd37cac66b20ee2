"""What later postings tell of earlier ones by their patches alone."""

from __future__ import annotations

import time

import pytest

from miner.join import join
from miner.join.citations import is_copy
from miner.join.gathering import gather_postings
from miner.join.later import read_begun, read_later
from miner.join.threads import Threads

A, B, C, D = ("a" * 12, "b" * 12, "c" * 12, "d" * 12)
TITLE = "loom: turn the wheel"


def diff(before, after, path="loom.c", lines="+\tturn_the_wheel(1);\n"):
    return f"diff --git a/{path} b/{path}\nindex {before}..{after} 100644\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n{lines}"


def joined(mails, root="p@x", takers=()):
    part = join(mails, {}, [], takers=takers)
    return next(each for each in part.status if each.key == root), next(
        each for each in part.series if each.root == root
    )


def stands(mails, root="p@x", takers=()):
    status, _ = joined(mails, root, takers)
    return status.status, status.certainty, status.rule


BUILT = ("applied", "hedged", "built-upon")
POSTED = ("needs-review", "asserted", "posted")


@pytest.mark.parametrize(
    ("words", "found", "by", "day", "stands_as"),
    [
        ("x\n", diff(B, C), "bo", 30, BUILT),
        ("x\n", diff(B[:7], C[:7]), "bo", 30, BUILT),  # shortened by another git
        ("x\n", diff(B, C), "ada", 30, BUILT),
        ("x\n", diff(B, C), "ada", 9, POSTED),  # her own tree may have it still
        ("x\n", diff(B, C), "bo", 0.5, POSTED),  # and his, from the list
        ("This depends on the wheel of Ada.\n", diff(B, C), "bo", 30, POSTED),
        ("prerequisite-patch-id: 0123\n", diff(B, C), "bo", 30, POSTED),
        ("x\n", diff(C, D), "bo", 30, POSTED),
        ("x\n", diff(B, C, "shed.c"), "bo", 30, POSTED),
        ("x\n", diff(A, B), "bo", 30, POSTED),  # the same change, sent by another
    ],
)
def test_who_builds_upon_a_patch_has_it_in_his_tree(words, found, by, day, stands_as, mail):
    patch = mail("p@x", diff(A, B), subject=f"[PATCH] {TITLE}")
    other = mail("f@x", f"{words}---\n{found}", subject="[PATCH] shed: mend the roof", by=by, day=day)
    assert stands([patch, other]) == stands_as


def test_two_that_build_upon_it_are_proof(mail):
    patch = mail("p@x", diff(A, B), subject=f"[PATCH] {TITLE}")
    others = [
        mail(f"f{n}@x", diff(B, C), subject=f"[PATCH] shed: mend the roof {n} times", by="bo", day=30 + n)
        for n in (1, 2)
    ]
    status, series = joined([patch, *others])
    assert (status.status, status.certainty, status.rule) == ("applied", "asserted", "built-upon")
    assert [(each.message_id, each.text) for each in status.evidence[:2]] == [
        (f"f{n}@x", f"loom.c: index {B}..{C}") for n in (1, 2)
    ]
    assert status.since == others[0].date
    assert [[each.message_id for each in some] for some in series.built_upon] == [["f1@x", "f2@x"]]


@pytest.mark.parametrize(
    ("others", "takers", "certainty"),
    [
        (("ada", "ada"), (), "hedged"),  # her own tree may be the one
        (("ada", "bo"), (), "asserted"),
        (("ada", "ada"), ("Ada Byron <ada@example.org>",), "asserted"),
    ],
)
@pytest.mark.parametrize("by_file", [True, False])
def test_the_author_alone_is_no_proof_unless_he_takes_patches(by_file, others, takers, certainty, mail):
    patch = mail("p@x", diff(A, B) if by_file else brings(*WHEEL[:3]), subject=f"[PATCH] {TITLE}")
    body = diff(B, C) if by_file else finds(*WHEEL[:3])
    built = [mail(f"f{n}@x", body, subject=f"[PATCH] shed: {n}", by=by, day=30 + n) for n, by in enumerate(others)]
    assert stands([patch, *built], takers=takers) == ("applied", certainty, "built-upon")


def test_of_a_series_the_file_counts_as_its_last_patch_leaves_it(mail):
    series = [mail("p@x", "x\n", subject="[PATCH 0/3] loom: wheels")]
    bodies = [diff(A, B), diff(B, C), diff(A, D, "shed.c")]
    series += [mail(f"p{n}@x", bodies[n - 1], subject=f"[PATCH {n}/3] {TITLE} {n}", to="p@x") for n in (1, 2, 3)]
    begins = [
        mail(f"f{n}@x", diff(C, D), subject=f"[PATCH] reed: {n} beaters more", by="bo", day=40 + n) for n in (1, 2)
    ]
    status, one = joined([*series, *begins])
    assert (status.status, status.certainty, status.rule) == ("applied", "hedged", "built-upon")
    assert [len(some) for some in one.built_upon] == [2, 2, 0]
    elsewhere = mail("f@x", diff(D, C, "shed.c"), subject="[PATCH] reed: beat", by="bo", day=40)
    assert stands([*series, elsewhere])[2] == "posted"  # one of three


def test_versions_of_one_work_build_upon_nothing(mail):
    patch = mail("p@x", diff(A, B), subject=f"[PATCH] {TITLE}")
    again = mail("q@x", diff(B, C), subject=f"[PATCH v2] {TITLE}", day=30)
    assert stands([patch, again])[2] == "newer-revision"


def test_a_file_that_a_patch_makes_begins_nowhere(mail):
    patch = mail("p@x", diff("0" * 12, A), subject=f"[PATCH] {TITLE}")
    gone = mail("g@x", diff(A, "0" * 12), subject="[PATCH] shed: no loom", day=60)
    other = mail("f@x", diff("0" * 12, B), subject="[PATCH] shed: another loom", by="bo", day=90)
    assert stands([patch, gone, other])[2] == "built-upon"
    assert stands([gone, other], "g@x") == POSTED


NOTHING = "0" * 12


def test_who_changes_a_file_that_a_patch_makes_has_it_in_his_tree(mail):
    patch = mail("p@x", diff(NOTHING, A), subject=f"[PATCH] {TITLE}")
    changes = [
        mail(f"f{n}@x", diff(C, D), subject=f"[PATCH] shed: mend the roof {n} times", by="bo", day=30 + n)
        for n in (1, 2)
    ]
    assert stands([patch, changes[0]]) == BUILT
    assert stands([patch, *changes]) == ("applied", "asserted", "built-upon")
    again = mail("q@x", diff(NOTHING, B, lines="+\tanother();\n"), subject="[PATCH] shed: a loom", by="cy", day=20)
    assert stands([patch, again, *changes]) == POSTED
    assert stands([patch, again, *changes], "q@x")[2] == "built-upon"


MORE = "+\tturn_the_wheel(1);\n+\toil_the_wheel(2);\n+\tcount_the_turns();\n"
SERIES = "[PATCH 1/2] {title}", "[PATCH 2/2] shed: mend the old roof"


@pytest.mark.parametrize(
    ("title", "lines", "by", "day", "found"),
    [
        (TITLE, MORE, "ada", 5, ("superseded", "asserted", "sent-elsewhere")),
        (TITLE, MORE, "ada", 200, POSTED),
        (TITLE, MORE, "bo", 5, POSTED),
        (TITLE, "From: Ada Byron <ada@example.org>\n\n", "bo", 5, ("superseded", "asserted", "sent-elsewhere")),
        (TITLE, "+\tquite_something_else();\n", "ada", 5, POSTED),
        ("loom: turn another wheel", MORE, "ada", 5, POSTED),
    ],
)
def test_a_patch_that_its_author_sends_within_another_posting(title, lines, by, day, found, mail):
    patch = mail("p@x", diff(A, B, lines=MORE), subject=f"[PATCH] {TITLE}")
    cover = mail("c@x", "x\n", subject="[PATCH 0/2] shed: all of it", by=by, day=day)
    body = diff(A, C, lines=lines) if lines.startswith("+") else lines + diff(A, C, lines=MORE)
    again = mail("q@x", body, subject=SERIES[0].format(title=title), to="c@x", by=by, day=day)
    other = mail("r@x", diff(A, D, "shed.c"), subject=SERIES[1], to="c@x", by=by, day=day)
    assert stands([patch, cover, again, other]) == found


WHEEL = [
    "turn_the_wheel(of_the_loom, 1);",
    "oil_the_wheel(of_the_loom, 2);",
    "count_the_turns(of_the_loom);",
    "stop();",
]


def change(*lines, path="loom.c"):
    """A change of a file that has changed since others were made, with these lines and their marks."""
    text = "".join(f"{line[0]}\t{line[1:]}\n" for line in lines)
    counts = [sum(line[0] in marks for line in lines) for marks in (" -", " +")]
    return f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -9,{counts[0]} +9,{counts[1]} @@\n{text}"


def brings(*lines, path="loom.c"):
    return change(" int weave(void) {", *(f"+{line}" for line in lines), " return 0;", path=path)


def finds(*lines, path="loom.c"):
    return change("+oil_the_shuttle();", *(f" {line}" for line in lines), path=path)


ABOUT = "[PATCH] shed: mend the roof"


@pytest.mark.parametrize(
    ("body", "by", "day", "stands_as"),
    [
        (finds(*WHEEL[:3]), "bo", 30, BUILT),
        (finds(*WHEEL[:3]), "ada", 30, BUILT),
        (finds(*WHEEL[:3]), "ada", 9, POSTED),
        (finds(*WHEEL[:3]), "bo", 0.5, POSTED),
        (finds(*WHEEL[:2]), "bo", 30, POSTED),  # one pair may be anybody's
        (finds(*WHEEL[:3], path="shed.c"), "bo", 30, POSTED),
        (finds(*WHEEL[::-1]), "bo", 30, POSTED),
        (brings(*WHEEL[:3]), "bo", 30, POSTED),  # who brings them himself had them not
        (change(*(f"-{line}" for line in WHEEL[:3])), "bo", 30, BUILT),
        ("This depends on the wheel of Ada.\n---\n" + finds(*WHEEL[:3]), "bo", 30, POSTED),
    ],
)
def test_who_finds_the_lines_of_a_patch_has_it_in_his_tree(body, by, day, stands_as, mail):
    patch = mail("p@x", brings(*WHEEL[:3]), subject=f"[PATCH] {TITLE}")
    assert stands([patch, mail("f@x", body, subject=ABOUT, by=by, day=day)]) == stands_as


@pytest.mark.parametrize(
    ("taker", "day", "stands_as"),
    [
        ("Ada Byron <ada@example.org>", 9, BUILT),
        ("Ada Byron <ada@example.org>", 2, POSTED),
        ("Bo Lind <bo@example.org>", 9, POSTED),
    ],
)
@pytest.mark.parametrize(
    ("body", "later"), [(diff(A, B), diff(B, C)), (brings(*WHEEL[:3]), finds(*WHEEL[:3]))], ids=["file", "lines"]
)
def test_what_its_author_builds_upon_who_takes_patches_is_in_the_tree(body, later, taker, day, stands_as, mail):
    patch = mail("p@x", body, subject=f"[PATCH] {TITLE}")
    other = mail("f@x", later, subject="[PATCH] shed: mend the roof", day=day)
    assert stands([patch, other], takers=[taker]) == stands_as
    status, one = joined([patch, other], takers=[taker])
    assert (one.built_upon, len(one.built_by_author)) == ((), int(day == 9))
    assert (status.since == other.date) == (stands_as == BUILT)


def test_lines_that_others_found_before_tell_nothing(mail):
    patch = mail("p@x", brings(*WHEEL[:3]), subject=f"[PATCH] {TITLE}", day=2)
    others = [mail(f"f{day}@x", finds(*WHEEL[:3]), subject=f"{ABOUT} {day}", by="bo", day=day) for day in (0, 30)]
    assert stands([patch, *others]) == POSTED


def test_lines_that_a_patch_only_moves_tell_nothing(mail):
    moved = change(*(f"-{line}" for line in WHEEL), " return 0;", " int weave(void) {", *(f"+{line}" for line in WHEEL))
    patch = mail("p@x", moved, subject=f"[PATCH] {TITLE}")
    assert stands([patch, mail("f@x", finds(*WHEEL), subject=ABOUT, by="bo", day=30)]) == POSTED


def test_few_of_many_lines_are_chance(mail):
    many = [f"turn_the_wheel(of_the_loom, {n});" for n in range(80)]
    patch = mail("p@x", brings(*many), subject=f"[PATCH] {TITLE}")
    assert stands([patch, mail("f@x", finds(*many[:3]), subject=ABOUT, by="bo", day=30)]) == POSTED
    assert stands([patch, mail("f@x", finds(*many[:20]), subject=ABOUT, by="bo", day=30)]) == BUILT


def test_two_works_that_find_its_lines_are_proof_and_show_the_one_that_says_most(mail):
    patch = mail("p@x", brings(*WHEEL[:3]), subject=f"[PATCH] {TITLE}")
    others = [mail(f"f{n}@x", finds(*WHEEL[:3]), subject=f"{ABOUT} {n} times", by="bo", day=30 + n) for n in (1, 2)]
    status, _ = joined([patch, *others])
    assert (status.status, status.certainty, status.rule) == ("applied", "asserted", "built-upon")
    assert [(each.message_id, each.text) for each in status.evidence[:2]] == [
        (f"f{n}@x", f"loom.c: {WHEEL[1]}") for n in (1, 2)
    ]
    again = [mail(f"f{n}@x", finds(*WHEEL[:3]), subject=ABOUT, by="bo", day=30 + n) for n in (1, 2)]
    assert stands([patch, *again]) == BUILT  # one work, posted twice


def test_who_builds_upon_lines_that_another_brought_since_builds_upon_the_other(mail):
    lines = [f"turn_the_wheel(of_the_loom, {n});" for n in range(6)]
    patch = mail("p@x", brings(*lines), subject=f"[PATCH] {TITLE}")
    other = mail("o@x", brings(*lines), subject="[PATCH] loom: turn it for Ada", by="cy", day=20)
    finder = mail("f@x", finds(*lines), subject=ABOUT, by="bo", day=30)
    assert stands([patch, finder]) == BUILT
    assert stands([patch, other, finder]) == POSTED
    assert stands([patch, other, finder], "o@x") == BUILT


LINES = [f"turn_the_wheel(of_the_loom, {n});" for n in range(6)]


def test_who_finds_lines_that_two_others_brought_since_builds_upon_these(mail):
    patch = mail("p@x", brings(*LINES), subject=f"[PATCH] {TITLE}")
    halves = [
        mail(f"{n}@x", brings(*LINES[at : at + 3]), subject=f"[PATCH] loom: half of the wheel, {n}", day=20 + n)
        for n, at in enumerate((0, 3))
    ]
    finder = mail("f@x", finds(*LINES), subject=ABOUT, by="bo", day=40)
    assert stands([patch, finder]) == BUILT
    assert stands([patch, *halves, finder]) == POSTED
    assert stands([patch, *halves, finder], "0@x") == BUILT
    early = mail("e@x", finds(*LINES), subject="[PATCH] shed: mend the door", by="cy", day=10)
    assert stands([patch, early, *halves, finder]) == BUILT
    moved = mail("m@x", change(*(f"-{line}" for line in LINES)) + brings(*LINES).partition("+++ b/loom.c\n")[2], by="cy", day=20)  # fmt: skip
    assert stands([patch, moved, finder]) == BUILT


@pytest.mark.parametrize(
    ("body", "by", "day", "found"),
    [
        (brings(*LINES), "ada", 5, "sent-elsewhere"),
        (brings(*LINES[:5]), "ada", 5, "sent-elsewhere"),
        (brings(*LINES), "ada", 0.01, "sent-elsewhere"),
        (brings(*LINES), "ada", 500, "posted"),
        (brings(*LINES), "bo", 5, "posted"),
        ("From: Ada Byron <ada@example.org>\n\n" + brings(*LINES), "bo", 5, "sent-elsewhere"),
        ("Co-developed-by: Ada Byron <ada@example.org>\n---\n" + brings(*LINES), "bo", 5, "sent-elsewhere"),
        ("Reported-by: Ada Byron <ada@example.org>\n---\n" + brings(*LINES), "bo", 5, "sent-elsewhere"),
        ("Cc: Ada Byron <ada@example.org>\n---\n" + brings(*LINES), "bo", 5, "posted"),
        ("Reviewed-by: Ada Byron <ada@example.org>\n---\n" + brings(*LINES), "bo", 5, "posted"),
        (brings(*LINES[:3]), "ada", 5, "posted"),
        (
            change(*(f"-{line}" for line in LINES)) + brings(*LINES).partition("+++ b/loom.c\n")[2],
            "bo",
            30,
            "built-upon",
        ),
        ("commit 0123456789abcdef0123456789abcdef01234567 upstream.\n\n" + brings(*LINES), "ada", 5, "posted"),
    ],
)
def test_lines_that_their_author_sends_within_another_posting(body, by, day, found, mail):
    patch = mail("p@x", brings(*LINES), subject=f"[PATCH] {TITLE}")
    cover = mail("c@x", "x\n", subject="[PATCH 0/2] shed: all of it", by=by, day=day)
    again = mail("q@x", body, subject="[PATCH 1/2] shed: a wheel as well", to="c@x", by=by, day=day)
    other = mail("r@x", brings("oil();", path="reed.c"), subject="[PATCH 2/2] reed: oil", to="c@x", by=by, day=day)
    assert stands([patch, cover, again, other])[2] == found


@pytest.mark.parametrize(
    "body", ["diff --git a/x b/x\n" * 20_000, "diff --git a/" + "x" * 90_000, "index 0123456..\n" * 50_000]
)
def test_a_hostile_mail_takes_no_time(body, mail):
    start = time.process_time()
    [posting] = gather_postings(Threads([mail("p@x", body, subject="[PATCH] loom: turn")]))
    assert list(read_begun(posting)) == []
    begun, _, lines = read_later([posting], is_copy)
    assert begun == lines == ()
    assert time.process_time() - start < 1
