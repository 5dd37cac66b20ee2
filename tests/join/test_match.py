"""Which postings an item is tied to without a link, how surely, and why."""

from __future__ import annotations

import pytest

from miner.join import join
from miner.model import TableRow

TABLE = """\
| Task             | Owner     | Location      | Link |
|------------------|-----------|---------------|------|
| {title} | {owner} | {place} | |
"""
DIFF = """\
text
---
diff --git a/src/{name}.c b/src/{name}.c
--- a/src/{name}.c
+++ b/src/{name}.c
@@ -1,3 +1,3 @@ static int {name}(int n)
 x
-	old({name});
+	new({name});
"""


@pytest.fixture
def tie(mail, rows):
    def find(*patches, title="quick weave", owner="-", place="", days=0):
        table = mail("t@x", TABLE.format(title=title, owner=owner, place=place), by="cy", day=days)
        (item,) = join([table, *patches], rows(table), []).items
        return item.ties

    return find


def patch(mail, name, subject, by="ada", ident=None):
    return mail(ident or f"{name}@x", DIFF.format(name=name), subject=f"[PATCH] {subject}", by=by, day=1)


def test_the_one_posting_that_touches_its_code(tie, mail):
    loom, shed = patch(mail, "turn_loom", "some words"), patch(mail, "open_shed", "other words", by="bo")
    (found,) = tie(loom, shed, place="turn_loom()")
    assert (found.series, found.score, found.reason) == ("turn_loom@x", 0.6, "touches turn_loom()")
    (found,) = tie(loom, shed, place="src/open_shed.c")
    assert found.series == "open_shed@x"


def test_code_that_many_touch_needs_a_second_sign(tie, mail):
    both = [patch(mail, "turn_loom", f"words {n}", by=by, ident=f"{by}@x") for n, by in enumerate(("ada", "bo"))]
    assert tie(*both, place="turn_loom()") == ()
    (found,) = tie(*both, place="turn_loom()", owner="Bo Lind")
    assert (found.series, found.score) == ("bo@x", 0.75)
    assert found.reason == "touches turn_loom(), is by the assignee"


def test_words_and_the_person_together(tie, mail):
    near = patch(mail, "turn_loom", "loom: weave in a quick way")
    assert tie(near, title="quick weave") == ()
    (found,) = tie(near, title="quick weave", owner="Ada Byron")
    assert (found.score, found.reason) == (0.65, "has every word of its title, is by the assignee")


def test_of_two_alike_none_is_taken(tie, mail):
    twins = [patch(mail, "turn_loom", f"loom: weave quick number {n}", ident=f"{n}@x") for n in ("one", "two")]
    assert tie(*twins, owner="Ada Byron") == ()


def test_work_of_long_before_is_another_work(tie, mail):
    old = patch(mail, "turn_loom", "some words")
    assert tie(old, place="turn_loom()", days=400) == ()


def test_a_link_needs_no_guess(mail, rows):
    table = mail(
        "t@x", "| Task | Owner | Link |\n|---|---|---|\n| weave | - | https://l.example.org/l/a@x.example/ |\n", by="cy"
    )
    posted = mail("a@x.example", "text\n---\n", subject="[PATCH] some words", day=1)
    newer = mail("b@x.example", "text\n---\n", subject="[PATCH v2] some words", to="a@x.example", day=2)
    (item,) = join([table, posted, newer], rows(table), []).items
    assert [(found.series, found.score) for found in item.ties] == [("a@x.example", 1.0), ("b@x.example", 1.0)]
    assert item.ties[0].reason == "its row links to it"
    assert item.ties[1].reason == "another version of one that is tied: its row links to it"
    assert item.series == ("a@x.example", "b@x.example")


def test_a_branch_is_of_whom_its_initials_name(mail):
    note = mail("n@x", "- ab/limit-quick-weave: v1 posted\n", by="cy", day=2)
    row = TableRow("ab/limit-quick-weave", {"item": "ab/limit-quick-weave"}, 0, 0, 1, 1, "Cy", listed=True)
    (item,) = join([note, patch(mail, "turn_loom", "loom: quick weave, with a limit")], {"n@x": (row,)}, []).items
    (found,) = item.ties
    assert (found.score, found.reason) == (0.65, "has every word of its title, is by somebody of its branch's initials")
    (item,) = join([note, patch(mail, "turn_loom", "quick weave with a limit", by="bo")], {"n@x": (row,)}, []).items
    assert item.ties == ()
