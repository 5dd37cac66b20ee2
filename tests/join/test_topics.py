from __future__ import annotations

from miner.join.topics import find_touching, pack, topic


def test_those_that_have_one_of_some_topics():
    heaps = [pack([1, 2]), b"", pack([2, 3]), pack([4]), b""]
    assert find_touching(heaps, pack([3, 4, 9])) == [2, 3]
    assert find_touching(heaps, b"") == []
    assert find_touching([], pack([1])) == []


def test_topics_are_told_by_kind_and_words():
    assert topic("file", "loom.c") == topic("file", "loom.c")
    assert len({topic("file", "loom.c"), topic("title", "loom.c"), topic("file", "loom.c", "0123456")}) == 3
    assert isinstance(topic("title", "half of a pair: \ud800"), int)
