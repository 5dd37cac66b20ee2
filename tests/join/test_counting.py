"""Which patches words name."""

from __future__ import annotations

import pytest

from miner.join.counting import means_all, name_patches


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Applied 1-5 to loom/next.", {1, 2, 3, 4, 5}),
        ("Applied patches 2 through 3.", {2, 3}),
        ("Applied patches 1 and 2, thanks.", {1, 2}),
        ("Applied patches 1, 2 and 3 to next.", {1, 2, 3}),
        ("Patch 2 is in.", {2}),
        ("Patch 1, 2 instances of it were wrong.", {1}),
        ("Applied 1-3 to loom/next, and 4 to weft/next.", {1, 2, 3, 4}),
        ("Applied patch 1, and 4 tomorrow.", {1}),
        ("I took the first two patches.", {1, 2}),
        ("The last two patches are in.", {4, 5}),
        ("The last patch is queued.", {5}),
        ("The other patch is queued.", {0}),
        ("Applied all patches.", None),
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
