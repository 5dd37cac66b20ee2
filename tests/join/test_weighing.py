"""Shares of readers from signs, and how often such a share is right."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.join.weighing import Reader, load_reader
from miner.model import StatusLabel

READER = Reader(
    ("ready", "blocked"), (0.0, 0.0), {"good": (2.0, 0.0), "stuck": (0.0, 3.0)}, ((0.0, 0.3), (0.5, 0.7), (0.9, 0.95))
)


def test_a_sign_moves_the_share_of_its_status():
    none, good = READER.weigh({}), READER.weigh({"good": 1.0})
    assert none == {"ready": 0.5, "blocked": 0.5}
    assert good["ready"] > 0.8
    assert sum(good.values()) == pytest.approx(1)


def test_signs_add_up_by_their_values():
    assert READER.weigh({"good": 1.5, "stuck": 1.0}) == pytest.approx({"ready": 0.5, "blocked": 0.5})


def test_an_unknown_sign_says_nothing():
    assert READER.weigh({"good": 1.0, "new": 3.0}) == READER.weigh({"good": 1.0})


@given(st.dictionaries(st.sampled_from(["good", "stuck"]), st.floats(-1e6, 1e6)))
def test_shares_are_shares_whatever_the_values(signs):
    shares = READER.weigh(signs)
    assert sum(shares.values()) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in shares.values())


@pytest.mark.parametrize(
    ("share", "right"), [(0.0, 0.3), (0.49, 0.3), (0.5, 0.7), (0.89, 0.7), (0.9, 0.95), (1.0, 0.95)]
)
def test_how_often_right_by_share(share, right):
    assert READER.how_often_right(share) == right


def test_what_speaks_for_a_status_and_what_against_it():
    weighed = READER.compare({"good": 1.5, "stuck": 0.5, "new": 3.0}, "ready")
    assert weighed.signs == (("good", 3.0), ("stuck", -1.5))
    assert (weighed.rather_than, weighed.share, weighed.other_share) == ("blocked", 0.818, 0.182)
    assert READER.compare({"good": 0.0, "stuck": 0.01}, "blocked").signs == ()  # too little to tell
    assert READER.compare({"good": 1.0}, "merged") is None


def test_the_weights_that_ship():
    reader = load_reader()
    assert set(reader.statuses) <= set(get_args(StatusLabel))
    assert all(len(values) == len(reader.statuses) for values in reader.weights.values())
    assert len(reader.shift) == len(reader.statuses)
    assert [right for _, right in reader.judged] == sorted(right for _, right in reader.judged)
    assert reader.judged[0][0] == 0
