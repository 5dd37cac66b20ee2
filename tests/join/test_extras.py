"""Patches that answer a request for a test or for documentation."""

from __future__ import annotations

import pytest

from miner.claims import find_claims
from miner.join import join

PLAIN = "Counts.\n\nSigned-off-by: Ada Byron <ada@example.org>\n---\n t | 1 +\n\ndiff --git a/t b/t\n@@ -1 +1,2 @@\n a\n+b\n"
REQUEST = "Before this goes anywhere it needs a reproducer in our loom-tests, so that the knot stays away."


def stands(*mails):
    status = join(mails, {}, list(find_claims(mails))).status
    return next(each.status for each in status if each.key == "p@x")


@pytest.mark.parametrize(
    ("asked", "subject", "by", "to", "status"),
    [
        (REQUEST, "[PATCH] loom: tests: weave a knot", "ada", "r@x", "needs-review"),
        (REQUEST, "[PATCH loom-tests] weave a knot", "ada", "r@x", "needs-review"),
        (REQUEST, "[PATCH] loom: oil the wheel", "ada", "r@x", "needs-revision"),  # something else
        (REQUEST, "[PATCH] loom: tests: weave a knot", "cy", "r@x", "needs-revision"),  # of another
        (REQUEST, "[PATCH] loom: tests: weave a knot", "ada", None, "needs-revision"),  # in answer to nobody
        (
            "This should use the new wheel, and not the one that was oiled last year.",
            "[PATCH] loom: tests: weave a knot",
            "ada",
            "r@x",
            "needs-revision",
        ),
        (
            "What is missing here is the documentation of it, which should say what the wheel does.",
            "[PATCH] docs: tell of the wheel",
            "ada",
            "r@x",
            "needs-review",
        ),
    ],
)
def test_a_patch_that_its_author_sends_in_answer(asked, subject, by, to, status, mail):
    patch = mail("p@x", PLAIN, subject="[PATCH] loom: turn the wheel")
    review = mail("r@x", f"{asked}\n", subject="Re: [PATCH] loom: turn the wheel", to="p@x", by="bo", day=1)
    assert stands(patch, review) == "needs-revision"
    assert stands(patch, review, mail("t@x", PLAIN, subject=subject, by=by, to=to, day=2)) == status


def test_a_new_version_is_no_extra(mail):
    patch = mail("p@x", PLAIN, subject="[PATCH] loom: test the wheel")
    review = mail("r@x", f"{REQUEST}\n", subject="Re: [PATCH] loom: test the wheel", to="p@x", by="bo", day=1)
    newer = mail("q@x", PLAIN, subject="[PATCH v2] loom: test the wheel", to="r@x", day=2)
    assert stands(patch, review, newer) == "superseded"
