"""Patches of one moment make one posting, though only some of them say so."""

from __future__ import annotations

from .made import taken


def test_patches_of_one_moment_that_say_a_version_and_none_are_one_posting(mail, gather):
    found = gather(
        mail("p1@x", subject="[PATCH 1/2] loom: rename"), mail("p2@x", subject="[PATCH v2 2/2] loom: use", to="p1@x")
    )
    assert [(one.root, one.version, taken(one)) for one in found.values()] == [("p1@x", (2, 0), ["p1@x", "p2@x"])]


def test_patches_of_one_moment_of_which_one_says_that_it_is_sent_again_are_one_posting(mail, gather):
    found = gather(
        mail("p1@x", subject="[PATCH 1/2 RESEND] loom: rename"),
        mail("p2@x", subject="[PATCH 2/2] loom: use", to="p1@x"),
    )
    assert [(one.root, taken(one)) for one in found.values()] == [("p1@x", ["p1@x", "p2@x"])]


def test_a_patch_of_a_later_day_is_not_put_to_them(mail, gather):
    found = gather(
        mail("p1@x", subject="[PATCH 1/2] loom: rename"),
        mail("p2@x", subject="[PATCH v2 2/2] loom: use", to="p1@x", day=1),
    )
    assert sorted(found) == ["p1@x", "p2@x"]
