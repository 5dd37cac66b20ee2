"""Which patches words name."""

from __future__ import annotations

import pytest

from miner.join.counting import leaves_open, means_all, name_patches


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Applied 1-5 to loom/next.", {1, 2, 3, 4, 5}),
        ("Applied patches 2 through 3.", {2, 3}),
        ("Applied patches 1 and 2, thanks.", {1, 2}),
        ("Applied patches 1, 2 and 3 to next.", {1, 2, 3}),
        ("Patch 2 is in.", {2}),
        ("Patches 1,3,5 applied.", {1, 3, 5}),
        ("Patch 1, 2 instances of it were wrong.", {1}),
        ("Applied 1-3 to loom/next, and 4 to weft/next.", {1, 2, 3, 4}),
        ("Applied patch 1, and 4 tomorrow.", {1}),
        ("I took the first two patches.", {1, 2}),
        ("The last two patches are in.", {4, 5}),
        ("The last patch is queued.", {5}),
        ("The other patch is queued.", {0}),
        ("The second one is queued.", {2}),
        ("The other one is queued.", None),
        ("The other is queued.", None),
        ("The second is queued.", {2}),
        ("I dropped the last.", {5}),
        ("First and third patch applied.", {1, 3}),
        ("The second and last patches are merged.", {2, 5}),
        ("Queued 1/5 and 2/5, thanks.", {1, 2}),
        ("Patch 3/5 is applied.", {3}),
        ("1/5, 2/5 and 4/5 are merged.", {1, 2, 4}),
        ("Applied 1/3 of it.", None),
        ("Applied 1/3 and 2/3.", None),  # of another series
        ("Applied 4/5.", {4}),
        ("Applied, with 2/5 fixed up.", None),
        ("Patch 1~3 are no longer required.", {1, 2, 3}),
        ("Applied all patches.", None),
        ("Applied all but patch 4.", {1, 2, 3, 5}),
        ("Merged, except for the last patch.", {1, 2, 3, 4}),
        ("Applied without patches 2 and 3.", {1, 4, 5}),
        ("I dropped the last patch and applied the rest.", {1, 2, 3, 4}),
        ("Queued (the last patch is not in yet).", {1, 2, 3, 4}),
        ("Applied 1, 2 and 4 to loom/next, 3 needs work.", {1, 2, 4}),
        ("Queued patches 2-3; the others are still pending.", {2, 3}),
        ("Merged, but the other patch is not.", set()),
        ("I dropped the rest and applied patch 1.", {1}),
        ("Applied to v6.9.", None),
        ("Queued for 6.10.", None),
        ("Applied to loom/next with a word removed from the description of the\nsecond patch.", None),
    ],
)
def test_which_patches_words_name(text, named):
    assert name_patches(text, 5) == named


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("Both queued up, thanks.", True),
        ("Applied the series.", True),
        ("All applied.", True),
        ("Applied, thanks all!", False),
        ("Applied this one; the rest needs more work.", False),
        ("Let's drop this patch from the series for now.", False),
        ("Drop this one from the series.", False),
        ("Applied all of the series.", True),
        ("Applied the patches of this series.", True),
    ],
)
def test_what_means_all(text, every):
    assert means_all(text) is every


@pytest.mark.parametrize(
    "text",
    [
        "Half of it is merged.",
        "Only the first two patches are merged.",
        "Merged, except for the last patch.",
        "Most of this is upstream already.",
        "The first part is in.",
        "I have queued part of this series.",
        "Two of the four patches are merged.",
        "3 of 4 merged.",
        "Partially applied, thanks.",
        "I only applied patch 2.",
        "Applied all but the last one.",
        "Merged in 6.9, but the second half is still missing.",
        "Applied the first one, patch 2 needs work.",
        "I took the first one; please rebase the rest.",
    ],
)
def test_words_of_a_part_leave_the_rest_open(text):
    assert leaves_open(text)


@pytest.mark.parametrize(
    "text",
    [
        "Applied, thanks.",
        "I just applied the series.",
        "That part is in.",
        "The rest is merged now.",
        "The second half is merged.",
        "4 of 4 merged.",
        "All three patches are merged.",
        "Applied without the subject line.",
        "Applied, most of the noise was mine.",
        "Applied, the others have not complained.",
        "This is in mainline as part of the loom series.",
        "Applied with the last hunk dropped.",
        "Applied, please base the next one on it.",
    ],
)
def test_words_of_the_whole_leave_nothing_open(text):
    assert not leaves_open(text)
