"""What is a patch though its Subject does not say so, and what only looks like one."""

from __future__ import annotations

import pytest

from miner.join import join

PLAIN = "Turns it.\n\nSigned-off-by: Ada Byron <ada@example.org>\n---\n loom.c | 1 +\n\ndiff --git a/loom.c b/loom.c\n@@ -1 +1,2 @@\n a\n+b\n"


@pytest.mark.parametrize("to", ["p@x", None])
@pytest.mark.parametrize("body", ["Could you have a look, please?\n", PLAIN])
def test_a_reminder_that_looks_like_a_posting_is_none(body, to, mail, gather):
    patch = mail("p@x", PLAIN, subject="[PATCH v3] loom: turn")
    ping = mail("q@x", body, subject="[PING][PATCH v3] loom: turn", to=to, day=9)
    assert list(gather(patch, ping)) == ["p@x"]


def test_what_a_reminder_brings_for_the_first_time_is_a_posting(mail, gather):
    assert list(gather(mail("q@x", PLAIN, subject="[PING][PATCH v3] loom: turn"))) == ["q@x"]


DIFF = "diff --git a/loom.c b/loom.c\n@@ -1 +1,2 @@\n a\n+b\n"
SIGNED = "Signed-off-by: Ada Byron <ada@example.org>\n"
QUILT = "--- a/loom.c\n+++ b/loom.c\n@@ -1 +1,2 @@\n a\n+b\n"
STAT = " loom.c | 1 +\n 1 file changed, 1 insertion(+)\n"


@pytest.mark.parametrize(
    ("body", "is_posting"),
    [
        (f"Turns it.\n\n{SIGNED}---\n{STAT}\n{DIFF}", True),
        (f"Turns it.\n\n{SIGNED}\n{DIFF}", True),
        (f"Turns it.\n\n{SIGNED}---\nSeen on my loom.\n\n{QUILT}", True),
        (f"My loom stops. This helps:\n\n{QUILT}", False),
        (f"My first patch.\n\nTurns it.\n---\n{STAT}\n{DIFF}", True),
        (f"My loom stops. This helps:\n\n{DIFF}", False),  # pasted into a report
        (f"My loom stops since this one:\n\n{SIGNED}\nWith this it turns again:\n\n{DIFF}", False),
        (f"Turns it.\n\nSigned-off-by: Bo Lind <bo@example.org>\n\n{DIFF}", False),  # somebody else's
        (f"I saw\n\n> Turns it.\n> {SIGNED}---\n{STAT}\n{DIFF}", False),
        (f"commit {'1f' * 20}\nAuthor: Ada Byron <ada@example.org>\n\n{SIGNED}---\n{STAT}\n{DIFF}", False),  # in a tree
        (f"This is a note to let you know that it is in.\n\n{SIGNED}---\n{STAT}\n{DIFF}", False),
        (f"The difference:\n{STAT}\n{DIFF}", False),  # to an older version
        (f"Turns it.\n\n{SIGNED}", False),
    ],
)
def test_a_patch_may_come_without_a_tag(body, is_posting, mail, gather):
    assert list(gather(mail("p@x", body, subject="loom: turn"))) == (["p@x"] if is_posting else [])
    assert not gather(mail("p@x", body, subject="loom: turn", to="other@x"))  # in an answer it is talk
    assert not gather(mail("p@x", body, subject="loom: turn", by="robot"))


@pytest.mark.parametrize(
    ("subject", "head"),
    [
        ("[committed] loom: turn", ""),
        ("[pushed] loom: turn", ""),
        ("[weft/next] loom: turn", ""),
        ("loom: turn", "Pushed to trunk as obvious.\n\n"),
        ("loom: turn", "I have pushed this to main.\n\n"),
    ],
)
def test_a_patch_that_is_in_a_tree_when_it_is_shown_is_no_posting(subject, head, mail, gather):
    assert not gather(mail("p@x", f"{head}Turns it.\n\n{SIGNED}---\n{STAT}\n{DIFF}", subject=subject))


def test_a_patch_without_a_tag_comes_before_one_that_has_it(mail):
    """Whatever the second is called, if it is the same work."""
    body = f"Turns it.\n\n{SIGNED}---\n{STAT}\n{DIFF}".replace(
        "+b\n", "".join(f"+turn_wheel_{n}(loom);\n" for n in "abcd")
    )
    first = mail("p@x", body, subject="a small patch to turn looms")
    second = mail("q@x", body, subject="[PATCH] loom: turn", day=1)
    old, new = join([first, second], {}, []).series
    assert (new.chain, new.supersedes) == (old.root, ("p@x",))
