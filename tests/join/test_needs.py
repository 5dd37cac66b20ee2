"""What words say that a work waits for, and who brings it on."""

from __future__ import annotations

import pytest

from miner.join import join


@pytest.mark.parametrize(
    ("on", "waiting", "shown"),
    [
        ("1.4", (), ("1.4",)),
        ("v6.9-rc1", (), ("v6.9-rc1",)),
        ("Bo's loom series", ("Bo Lind <bo@example.org>",), ("Bo's loom series",)),
        ("loom", (), ()),
    ],
)
def test_a_release_and_the_part_of_the_project_act_not(on, waiting, shown, mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    words = f"This waits for {on}."
    said = mail("a@x", f"> text\n\n{words}\n", by="bo", to="p@x", day=1)
    (status,) = join([patch, said], {}, [claim(said, words, "blocked", depends_on=(on,))]).status
    assert (status.status, status.waiting_on, tuple(need.on for need in status.needs)) == ("blocked", waiting, shown)


@pytest.mark.parametrize(("on", "waiting"), [("my allocator series [1]", "author"), ("the core patches", None)])
def test_mere_words_act_not(on, waiting, mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn")
    said = mail("a@x", f"> text\n\nThis waits for {on}.\n", to="p@x", day=1)
    (status,) = join([patch, said], {}, [claim(said, f"This waits for {on}.", "blocked", depends_on=(on,))]).status
    assert (status.status, status.next_actor, status.depends_on) == ("blocked", waiting, (on,))
