"""Where work goes or is, and what a claim is about."""

from __future__ import annotations

import pytest

from miner.claims.targets import find_about, find_target, is_on_its_way


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Applied to master, thanks.", "master"),
        ("Merged into main.", "main"),
        ("Fixed in the trunk branch.", "trunk"),
        ("Applied to tip/sched/core.", "tip/sched/core"),
        ("Queued in loom/urgent.", "loom/urgent"),
        ("Pushed to the weft-6.13 branch.", "weft-6.13"),
        ("It is in 10.0-rc2.", "10.0-rc2"),
        ("Merged in 10.1.", "10.1"),
        ("This is in v10.0.", "v10.0"),
        ("This is in v2025.04.", "v2025.04"),
        ("It went into 6.9.", "6.9"),
        ("This is upstream as 0123456789ab.", "upstream"),
        ("Merged upstream days ago.", "upstream"),
        ("It is in the upstream kernel since March.", "upstream"),
        ("Merged into mainline Linux.", "mainline"),
        ("I am going to update loom/stable-7.0 with it.", "loom/stable-7.0"),
        ("I'd like to upstream the loom.", None),
        ("I can pick these 10 upstream commits.", None),
        ("It fails on the upstream kernel.", None),
        ("Fixed in main() and in the main loop.", None),
        ("It takes 10.5 seconds, and in 10.5 seconds nothing moves.", None),
        ("I applied it to loom/beam.c and it works.", None),
        ("I can put just those into a never-rebased branch.", None),
    ],
)
def test_target(text: str, target: str | None) -> None:
    assert find_target(text) == target


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("I think that this patch is fine.", "this patch"),
        ("That is all in patch 3.", "patch 3"),
        ("The patch 1 has been reviewed.", "The patch 1"),
        ("I dropped the follow-up patch.", "the follow-up patch"),
        ("I will send out v3 tomorrow.", "v3"),
        ("Let me revise v3 here.", "v3"),
        ("Here is PATCH v5.", "v5"),
        ("I will apply patch-v2 later.", "v2"),
        ("This works for both cgroup v1 and v2.", None),
        ("It depends on the difference in v1 vs. v2 behavior.", None),
        ("It is described in loom-v2.rst.", None),
        ("This is in the form of WEFT v6.", None),
        ("I will update the commit message.", None),
        ("Please mention it in the commit log.", None),
        ("That is one thing that I need to check.", None),
        ("I think that this will fix it.", None),
    ],
)
def test_about(text: str, about: str | None) -> None:
    assert find_about(text) == about


def test_a_branch_of_fixes_is_on_its_way_and_master_is_not() -> None:
    assert is_on_its_way("merged into loom/urgent")
    assert not is_on_its_way("merged into master")


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Patches 1 and 3 look fine.", "Patches 1 and 3"),
        ("I took patches 1-4, 6 and 7.", "patches 1-4, 6 and 7"),
        ("I took patch 3 and 2 others.", "patch 3"),
        ("You sent this patch 3 times.", "this patch"),
        ("Patch 3, 4 weeks after the first.", "Patch 3"),
        ("Patch 2 is 1.5 times as slow.", "Patch 2"),
    ],
)
def test_about_names_all_patches_of_a_list(text: str, about: str) -> None:
    assert find_about(text) == about


@pytest.mark.parametrize(
    ("clause", "before", "about"),
    [
        ("which is now in loom-next.", "This depends on the reed rework, ", "the reed rework"),
        ("which was merged last week.", "It needs Ada's heddle patches ", "Ada's heddle patches"),
        ("which is merged.", "I do not know ", None),
        ("which is fine with this patch.", "It turns twice, ", "this patch"),
        ("and this patch is merged.", "This depends on the reed rework, ", "this patch"),
    ],
)
def test_which_is_about_what_stands_before_it(clause: str, before: str, about: str | None) -> None:
    assert find_about(clause, before) == about


def test_all_patches_are_no_name() -> None:
    assert find_about("Now that all patches look good, what is needed?") == "all patches"
