"""What a posting says that it needs, in the forms that b4 and people use."""

from __future__ import annotations

import pytest

from miner.join import join
from miner.join.blocked import find_blocked


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        ("prerequisite-message-id: <base@x.example>", ("base@x.example",)),
        ("Depends-on: https://lists.example.org/l/base@x.example/", ("base@x.example",)),
        ("Depends-on: <base@x.example>", ("base@x.example",)),
        ("prerequisite-change-id: 20260101-loom-abc:v1", ("base@x.example",)),
        ("prerequisite-change-id: 20260101-loom-abc:v2", ("base2@x.example",)),
        ("prerequisite-change-id: 20260101-loom-abc", ("base2@x.example",)),
        ("prerequisite-message-id: <unknown@x.example>", ()),
        ("prerequisite-change-id: 20260101-other", ()),
        ("prerequisite-patch-id: 0123456789", ()),
        ("Depends-on: the weather", ()),
        ("prerequisite-message-id: <top@x.example>", ()),
    ],
)
def test_what_is_needed(words, needed, mail):
    change = "text\n---\nchange-id: 20260101-loom-abc\n"
    base = mail("base@x.example", change, subject="[PATCH] loom: turn")
    newer = mail("base2@x.example", change, subject="[PATCH v2] loom: turn", day=1)
    top = mail("top@x.example", f"text\n---\n{words}\n", subject="[PATCH] shed: open", day=2, by="bo")
    joined = join([base, newer, top], {}, [])
    found = {one.key: one for one in joined.status}
    assert found["top@x.example"].depends_on == needed
    assert found["top@x.example"].status == "needs-review"
    assert [wait.on_key for wait in find_blocked(joined.status).waits] == ["base2@x.example"] * len(needed)
