"""Commits that mails cite, and the postings that they tell about."""

from __future__ import annotations

import time

import pytest

from miner.claims import find_claims
from miner.join import join
from miner.join.citations import make_finder, read_citations

TITLE = "loom: turn the wheel"
FIXES = f'Fixes: 0123456789ab ("{TITLE}")\n'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (FIXES, ["0123456789ab"]),
        ('It broke with commit 0123456789abcdef0123 ("loom: turn the\nwheel").', ["0123456789abcdef0123"]),
        ('> commit 0123456789ab\n> ("loom: turn the\n> wheel")\n', ["0123456789ab"]),
        ("See 0123456789ab (“loom: turn the wheel”).", ["0123456789ab"]),
        ('A 0123456789ab ("loom: turn the wheel") and again ba9876543210 ("Loom: turn the wheel")', ["0123456789ab"]),
        ('Fixes: 0123456789ab ("fix typo")', []),
        ('The words ("loom: turn the wheel") without a commit.', []),
        ("0123456789ab (loom: turn the wheel)", []),
        ('number 1234567 ("loom: turn the wheel")', []),
    ],
)
def test_what_cites_a_commit(text, found, mail):
    citations = read_citations(mail("z@x", text))
    assert [each.sha for each in citations] == found
    assert all(each.title == "loom turn the wheel" for each in citations)


@pytest.mark.parametrize("text", ["0123456789ab" * 10_000, '0123456789ab ("' * 8_000, '0123456789ab ("x\n' * 8_000])
def test_a_hostile_mail_takes_no_time(text, mail):
    start = time.process_time()
    read_citations(mail("z@x", f'("{text}'))
    read_citations(mail("g@x", "Ada (1):\n" + f"  {text}\n" * 3 + "  a  b" * 9_000, subject="[GIT PULL] loom"))
    assert time.process_time() - start < 1


def test_the_first_one_after_a_moment(mail):
    early, late = (read_citations(mail(f"z{day}@x", FIXES, day=day))[0] for day in (3, 9))
    find = make_finder([late, early])
    assert find("loom turn the wheel", early.date.timestamp() - 1) == early
    assert find("loom turn the wheel", early.date.timestamp()) == late
    assert find("loom turn the wheel", late.date.timestamp()) is None
    assert find("another title", 0) is None


def stands(mails, root="p@x"):
    return next(each for each in join(mails, {}, []).status if each.key == root)


def test_a_patch_whose_commit_is_cited_is_in_a_tree(mail):
    patch = mail("p@x", "x\n", subject=f"[PATCH] {TITLE}")
    fix = mail("f@x", FIXES, subject="[PATCH] loom: turn it back", by="bo", day=60)
    status = stands([patch, fix])
    assert (status.status, status.rule, status.certainty) == ("applied", "cited-as-commit", "asserted")
    assert (status.evidence[0].message_id, status.evidence[0].text) == ("f@x", f'0123456789ab ("{TITLE}")')
    assert status.since == status.as_of == fix.date
    assert stands([patch, fix], "f@x").status == "needs-review"


@pytest.mark.parametrize(("by", "found"), [("bo", "applied"), ("ada", "needs-review")])
def test_below_it_others_cite_it(by, found, mail):
    patch = mail("p@x", "x\n", subject=f"[PATCH] {TITLE}", by="ada")
    answer = mail("a@x", f'I think that commit 0123456789ab ("{TITLE}") is to blame.\n', to="p@x", by=by, day=20)
    assert stands([patch, answer]).status == found


@pytest.mark.parametrize(
    ("subject", "body", "day"),
    [
        (f"[PATCH] {TITLE}", "x\n", 60.5),  # what its author has, and nobody else
        (f"[PATCH] {TITLE}", "x\n", 61.5),  # there before it was posted
        (f"[PATCH 6.6] {TITLE}", "x\n", 1),  # a copy for a stable tree
        (f"[PATCH] {TITLE}", f"commit {40 * 'a'} upstream.\n", 1),
    ],
)
def test_what_a_citation_does_not_tell_about(subject, body, day, mail):
    fix = mail("f@x", FIXES, subject="[PATCH] loom: turn it back", by="bo", day=61)
    assert stands([mail("p@x", body, subject=subject, day=day), fix]).status != "applied"


def test_of_several_versions_the_newest_is_meant(mail):
    first = mail("p@x", "x\n", subject=f"[PATCH] {TITLE}")
    second = mail("q@x", "x\n", subject=f"[PATCH v2] {TITLE}", day=5)
    fix = mail("f@x", FIXES, subject="[PATCH] loom: turn it back", by="bo", day=60)
    assert [stands([first, second, fix], root).status for root in ("p@x", "q@x")] == ["superseded", "applied"]


def test_of_a_series_a_part_says_it_with_doubt(mail):
    series = [mail("c@x", "x\n", subject="[PATCH 0/2] loom: wheels")]
    series += [mail(f"p{n}@x", "x\n", subject=f"[PATCH {n}/2] {TITLE} {n}", to="c@x") for n in (1, 2)]
    fixes = [mail(f"f{n}@x", FIXES.replace("wheel", f"wheel {n}"), by="bo", day=60 + n) for n in (1, 2)]
    status = stands([*series, fixes[1]], "c@x")
    assert (status.status, status.certainty) == ("applied", "hedged")
    status = stands([*series, *fixes], "c@x")
    assert (status.status, status.certainty) == ("applied", "asserted")
    (one,) = (each for each in join([*series, *fixes], {}, []).series if each.root == "c@x")
    assert [each and each.message_id for each in one.cited] == ["f1@x", "f2@x"]


def test_a_list_of_ids_below_it_is_of_the_writers_own_tree(mail):
    patches = [
        mail(f"p{n}@x", "x\n", subject=f"[PATCH {n}/2] loom: turn the wheel {n} times", to="p1@x" if n > 1 else None)
        for n in (1, 2)
    ]
    ids = [f'{n}123456789ab ("loom: turn the wheel {n} times")\n' for n in (1, 2)]
    below = mail("r@x", "I read these:\n" + "".join(ids), subject="Re: [PATCH 1/2] loom", to="p1@x", by="bo", day=60)
    elsewhere = mail("e@x", "These went in:\n" + "".join(ids), subject="Of the loom", by="bo", day=60)
    one = mail("o@x", "It broke with this:\n" + ids[0], subject="Re: [PATCH 1/2] loom", to="p1@x", by="bo", day=60)
    assert stands([*patches, below], "p1@x").status != "applied"
    assert stands([*patches, elsewhere], "p1@x").rule == "cited-as-commit"
    assert stands([*patches, one], "p1@x").rule == "cited-as-commit"


def test_an_answer_to_a_patch_that_lists_many_is_about_the_writers_own_tree(mail):
    many = "".join(f'{n}123456789ab ("loom: turn the wheel {n} times")\n' for n in range(5))
    assert read_citations(mail("z@x", many, subject="Re: [PATCH v2 3/9] loom", to="p@x")) == ()
    assert len(read_citations(mail("z@x", many, subject="Re: what went in", to="p@x"))) == 5
    assert len(read_citations(mail("z@x", many[:120], subject="Re: [PATCH v2 3/9] loom", to="p@x"))) == 2


PULL = """The following changes are in the mill.

----------------------------------------------------------------
Ada Byron (3):
      loom: turn the wheel
      loom: oil it
      oil

Bo Lind (1):
      loom: count the turns of it

 loom.c | 9 +++
"""


@pytest.mark.parametrize(
    ("by", "body", "status"),
    [
        ("ada", "x\n", "applied"),
        ("bo", "x\n", "needs-review"),
        ("bo", "From: Ada Byron <ada@example.org>\n\nx\n", "applied"),
    ],
)
def test_what_a_pull_request_lists_is_in_a_tree(by, body, status, mail):
    patch = mail("p@x", body, subject=f"[PATCH] {TITLE}", by=by)
    pull = mail("g@x", PULL, subject="[GIT PULL] loom updates", by="cy", day=30)
    found = stands([patch, pull])
    assert found.status == status
    if status == "applied":
        assert (found.evidence[0].message_id, found.evidence[0].text) == ("g@x", f"Ada Byron: {TITLE}")


def series_of_three(mail, tag="PATCH"):
    titles = ("turn the wheel", "oil the other wheel", "paint the frame green")
    return [mail("c@x", "x\n", subject=f"[{tag} 0/3] loom: wheels")] + [
        mail(f"p{n}@x", "x\n", subject=f"[{tag} {n}/3] loom: {title}", to="c@x") for n, title in enumerate(titles, 1)
    ]


def test_a_pull_request_that_leaves_most_of_a_series_out_tells_of_a_part(mail):
    pull = mail("g@x", PULL, subject="[GIT PULL] loom updates", by="cy", day=30)
    status = stands([*series_of_three(mail), pull], "c@x")
    assert (status.status, status.rule, status.also) == ("needs-review", "posted", ("applied",))
    assert [(each.message_id, each.text) for each in status.evidence] == [
        ("c@x", "loom: wheels"),
        ("g@x", f"Ada Byron: {TITLE}"),
    ]
    fix = mail("f@x", FIXES, subject="[PATCH] loom: turn it back", by="bo", day=60)
    status = stands([*series_of_three(mail), fix], "c@x")
    assert (status.status, status.certainty) == ("applied", "hedged")


def test_a_few_commits_of_an_older_version_leave_it_replaced(mail):
    newer = [mail("d@x", "x\n", subject="[PATCH v2 0/2] loom: wheels", day=2)]
    newer += [mail(f"q{n}@x", "x\n", subject=f"[PATCH v2 {n}/2] loom: knot {n}", to="d@x", day=2) for n in (1, 2)]
    fix = mail("f@x", FIXES, subject="[PATCH] loom: turn it back", by="bo", day=60)
    assert stands([*series_of_three(mail), *newer, fix], "c@x").status == "superseded"


def test_of_a_draft_no_part_is_taken(mail):
    fix = mail("f@x", FIXES, subject="[PATCH] loom: turn it back", by="bo", day=60)
    assert stands([*series_of_three(mail, "RFC PATCH"), fix], "c@x").status == "needs-review"
    draft = mail("p@x", "x\n", subject=f"[RFC PATCH] {TITLE}")
    assert stands([draft, fix]).status == "applied"


def test_only_a_pull_request_lists_commits(mail):
    assert [each.author for each in read_citations(mail("g@x", PULL, subject="[GIT PULL] loom"))] == [
        "Ada Byron",
        "Ada Byron",
        "Bo Lind",
    ]
    assert read_citations(mail("g@x", PULL, subject="Re: [GIT PULL] loom", to="h@x")) == ()
    assert read_citations(mail("g@x", PULL, subject="[PATCH 0/3] loom")) == ()


MERGED = """The pull request you sent on Mon, 2 Mar 2026:

> git://loom.example/mill.git tags/loom-1

has been merged into torvalds/linux.git:
https://git.kernel.org/torvalds/c/0123456789abcdef0123456789abcdef01234567

Thank you!
"""


def test_a_pull_request_that_was_merged_brings_its_commits_to_mainline(mail):
    patch = mail("p@x", "x\n", subject=f"[PATCH] {TITLE}")
    pull = mail("g@x", PULL, subject="[GIT PULL] loom changes", by="bo", day=30)
    merged = mail("m@x", MERGED, subject="Re: [GIT PULL] loom changes", to="g@x", by="bo", day=31)
    before, after = stands([patch, pull]), stands([patch, pull, merged])
    assert (before.status, before.rule) == ("applied", "cited-as-commit")
    assert (after.status, after.certainty, after.rule, after.since) == ("merged", "asserted", "landed", merged.date)
    assert [each.message_id for each in after.evidence[:2]] == ["m@x", "g@x"]
    assert after.evidence[0].text.startswith("has been merged into torvalds/linux.git")


@pytest.mark.parametrize(("hours", "status"), [(10, "merged"), (-1, "needs-review")])
def test_a_pull_request_of_the_same_day_counts_once_it_was_merged(hours, status, mail):
    patch = mail("p@x", "x\n", subject=f"[PATCH] {TITLE}")
    pull = mail("g@x", PULL, subject="[GIT PULL] loom changes", by="bo", day=hours / 24)
    merged = mail("m@x", MERGED, subject="Re: [GIT PULL] loom changes", to="g@x", by="bo", day=2)
    assert stands([patch, pull]).status == "needs-review"
    assert stands([patch, pull, merged]).status == status


def test_a_commit_that_is_cited_at_once_hides_no_later_one(mail):
    patch = mail("p@x", "x\n", subject=f"[PATCH] {TITLE}")
    at_once = mail("s@x", FIXES, subject="[PATCH] loom: oil the wheel", day=0.5)
    fix = mail("f@x", FIXES, subject="[PATCH] loom: turn it back", by="bo", day=60)
    assert stands([patch, at_once]).status == "needs-review"
    assert stands([patch, at_once, fix]).evidence[0].message_id == "f@x"


def test_of_a_series_all_must_be_in_mainline(mail):
    titles = ("turn the wheel", "oil the other wheel")
    series = [
        mail(f"p{n}@x", "x\n", subject=f"[PATCH {n}/2] loom: {titles[n - 1]}", to="p1@x" if n > 1 else None)
        for n in (1, 2)
    ]
    pull = mail("g@x", PULL, subject="[GIT PULL] loom changes", by="bo", day=30)
    merged = mail("m@x", MERGED, subject="Re: [GIT PULL] loom changes", to="g@x", by="bo", day=31)
    status = stands([*series, pull, merged], "p1@x")
    assert (status.status, status.certainty, status.rule) == ("applied", "hedged", "cited-as-commit")


@pytest.mark.parametrize("words", ["commit {} upstream.", "[ Upstream commit {} ]"])
def test_a_copy_for_a_stable_tree_tells_that_the_work_is_in_mainline(words, mail):
    patch = mail("p@x", "x\n", subject=f"[PATCH] {TITLE}")
    copy = mail(
        "c@x",
        f"From: Ada Byron <ada@two.example>\n\n{words.format(40 * 'a')}\n",
        subject=f"[PATCH 6.6 3/9] {TITLE}",
        by="bo",
        day=30,
    )
    status = stands([patch, copy])
    assert (status.status, status.certainty, status.rule, status.evidence[0].message_id) == (
        "merged",
        "asserted",
        "landed",
        "c@x",
    )
    other = mail(
        "c@x",
        f"From: Cy Dahl <cy@reed.example>\n\n{words.format(40 * 'a')}\n",
        subject=f"[PATCH 6.6 3/9] {TITLE}",
        by="bo",
        day=30,
    )
    assert stands([patch, other]).status == "needs-review"


def test_a_commit_is_of_the_posting_that_came_last_before_it(mail):
    first = mail("p@x", "x\n", subject=f"[PATCH] {TITLE}")
    other = mail("q@x", "y\n", subject=f"[PATCH] {TITLE}", by="bo", day=20)
    fix = mail("f@x", FIXES, subject="[PATCH] loom: turn it back", by="bo", day=60)
    assert [stands([first, other, fix], root).status for root in ("p@x", "q@x")] == ["needs-review", "applied"]


def test_what_was_withdrawn_is_in_no_tree(mail):
    patch = mail("p@x", "x\n", subject=f"[PATCH] {TITLE}")
    back = mail(
        "b@x", "Please ignore this patch, it was sent by mistake.\n", subject=f"Re: [PATCH] {TITLE}", to="p@x", day=1
    )
    fix = mail("f@x", FIXES, subject="[PATCH] loom: turn it back", by="bo", day=60)
    claims = list(find_claims([patch, back, fix]))
    [status] = [each for each in join([patch, back, fix], {}, claims).status if each.key == "p@x"]
    assert status.status == "dropped"


def test_a_pull_request_lists_short_titles_below_an_author_whose_name_has_a_place_in_it(mail):
    patches = [
        mail("p@x", "x\n", subject="[PATCH] loom: oil it", by="bo"),
        mail("q@x", "x\n", subject="[PATCH] loom: oil it", by="ada"),
    ]
    pull = mail(
        "g@x", PULL.replace("Ada Byron (3)", "Ada Byron (Mill) (3)"), subject="[GIT PULL] loom", by="cy", day=30
    )
    assert [each.author for each in read_citations(pull)] == ["Ada Byron (Mill)", "Ada Byron (Mill)", "Bo Lind"]
    plain = mail("g@x", PULL, subject="[GIT PULL] loom", by="cy", day=30)
    stands = {each.key: each.status for each in join([*patches, plain], {}, []).status}
    assert (stands["p@x"], stands["q@x"]) == ("needs-review", "applied")


BUILT = """tree/branch: https://git.example.org/ada/loom.git  {branch}
branch HEAD: 0123456789abcdef0123456789abcdef01234567  {title}

elapsed time: 9m
"""


@pytest.mark.parametrize(
    ("branch", "title", "by", "day", "status"),
    [
        ("for-next", "loom: turn the wheel", "robot", 9, "applied"),
        ("for-next", "loom: turn another wheel", "robot", 9, "needs-review"),
        ("dev-test", "loom: turn the wheel", "robot", 9, "needs-review"),
        ("for-next", "loom: turn the wheel", "robot", 0.5, "needs-review"),
        ("for-next", "loom: turn the wheel", "cy", 9, "needs-review"),
    ],
)
def test_the_head_of_a_branch_that_a_robot_built_is_in_a_tree(branch, title, by, day, status, mail):
    patch = mail("p@x", "x\n", subject="[PATCH] loom: turn the wheel")
    built = mail(
        "r@x", BUILT.format(branch=branch, title=title), subject=f"[ada-loom:{branch}] BUILD SUCCESS", by=by, day=day
    )
    assert {each.key: each.status for each in join([patch, built], {}, []).status}["p@x"] == status
