from __future__ import annotations

from miner.join.threads import Threads


def test_replies_hang_on_their_parents(mail):
    threads = Threads([mail("a@x"), mail("b@x", to="a@x", day=1), mail("c@x", to="b@x", day=2), mail("z@x", day=1)])
    assert threads.ancestors("c@x") == ["b@x", "a@x"]
    assert threads.members == {"a@x": ("a@x", "b@x", "c@x"), "z@x": ("z@x",)}
    assert threads.descendants("a@x") == {"b@x", "c@x"}


def test_orphans_of_one_missing_root_stay_together(mail):
    threads = Threads([mail("b@x", to="gone@x", day=1), mail("c@x", to="gone@x", day=2)])
    assert threads.roots == {"b@x": "b@x", "c@x": "b@x"}


def test_a_loop_is_cut(mail):
    threads = Threads([mail("a@x", to="b@x"), mail("b@x", to="a@x")])
    assert sorted([threads.ancestors("a@x"), threads.ancestors("b@x")]) == [[], ["b@x"]]
    assert Threads([mail("a@x", to="a@x")]).ancestors("a@x") == []
