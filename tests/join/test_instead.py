"""Whoever decides and sends a patch that changes the same lines as another's does it in its place; on top of it is another matter."""

from __future__ import annotations

import pytest

from miner.join import join
from miner.join.instead import read_lines

DIFF = "text\n---\ndiff --git a/{file} b/{file}\n--- a/{file}\n+++ b/{file}\n@@ -1,2 +1,2 @@\n-{old}\n+{new}\n"


@pytest.fixture
def stands(mail, claim):
    """Where a patch stands below which somebody sends another."""

    def find(by="bo", old="  turn(loom, 1);", new="turn(all);", to="p@x", subject="[PATCH] reeds: count", later=""):
        taken = mail("t@x", "Applied, thanks.\n", by="bo", to="o@x", day=1)
        other = mail("o@x", "text\n---\n", subject="[PATCH] warp: cut")
        body = DIFF.format(file="loom.c", old="turn(loom, 1);", new="turn(loom, 2);")
        patch = mail("p@x", body, subject="[PATCH] loom: turn it twice", day=2)
        asks = mail("a@x", "> text\n\nI see.\n", by="cy", to="p@x", day=3)
        own = mail("n@x", DIFF.format(file="loom.c", old=old, new=new), subject=subject, by=by, to=to, day=4)
        mails, said = [other, taken, patch, asks, own], [claim(taken, "Applied, thanks.", "applied")]
        if later:
            mails.append(mail("l@x", f"> text\n\n{later}\n", by="bo", to="p@x", day=5))
            said.append(claim(mails[-1], later, "ready"))
        return next(each for each in join(mails, {}, said).status if each.key == "p@x")

    return find


@pytest.mark.parametrize("to", ["p@x", "a@x"])
def test_a_patch_of_who_decides_that_changes_the_same_lines_replaces_the_one_above_it(to, stands):
    status = stands(to=to)
    assert (status.status, status.rule, status.certainty) == ("superseded", "displaced", "hedged")
    assert (status.evidence[0].message_id, status.evidence[0].text) == ("n@x", "  turn(loom, 1);")


@pytest.mark.parametrize(
    "more",
    [
        {"by": "cy"},  # decides nothing
        {"old": "turn(loom, 2);"},  # what the patch brings
        {"old": "count(reeds);"},  # another line
        {"to": "o@x"},  # below another patch
        {"later": "Looks good to me."},
    ],
)
def test_on_top_elsewhere_or_of_others_it_replaces_nothing(more, stands):
    assert stands(**more).rule != "displaced"


def test_lines_are_told_by_what_comes_and_goes(mail):
    message = mail("p@x", DIFF.format(file="loom.c", old="turn(loom,  1);", new="}"))
    removed, brought = read_lines(message)
    assert (list(removed), list(brought)) == (["turn(loom, 1);"], [])
    assert message.lines[removed["turn(loom, 1);"]] == "-turn(loom,  1);"
