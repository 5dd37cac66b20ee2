"""Weights from threads that were read, here made up: what they learn, how often they say that they are right, and the file."""

from __future__ import annotations

import json
import random
from typing import get_args

import numpy as np
import pytest

from miner.join.weighing import load_reader
from miner.learning.fitting import fit_choice
from miner.learning.threads import ELSEWHERE, LEAST_SEEN, Read, count_right, learn, measure, write_weights
from miner.model import StatusLabel


def made(count=400):
    """Threads whose sign tells the label in nine of ten; every fifth has a second label."""
    chance = random.Random(7)
    found = []
    for n in range(count):
        good = chance.random() < 0.5
        told = good if chance.random() < 0.9 else not good
        labels = ("ready" if good else "needs-revision", *(("needs-review",) if n % 5 == 0 else ()))
        signs = {"approved" if told else "asked": 1.0, "noise": chance.random()}
        found.append(Read(f"r{n}@x", signs, ("needs-revision", "ready"), labels))
    return found


def test_choices_are_fitted_to_their_shares():
    rows = np.array([[1.0], [1.0], [1.0], [1.0], [0.0], [0.0], [0.0], [0.0]])
    wanted = np.array([[1.0, 0.0]] * 3 + [[0.0, 1.0]] + [[0.0, 1.0]] * 3 + [[1.0, 0.0]])
    weights = fit_choice(rows, wanted, 0.0)
    for value, share in ((1.0, 0.75), (0.0, 0.25)):
        raised = np.exp(value * weights[0] + weights[1])
        assert raised[0] / raised.sum() == pytest.approx(share, abs=0.02)


def test_a_sign_of_a_label_is_learned_and_noise_is_not():
    reader = learn(made())
    assert reader.weigh({"approved": 1.0})["ready"] > 0.6
    assert reader.weigh({"asked": 1.0})["needs-revision"] > 0.6
    assert max(map(abs, reader.weights["noise"])) < 0.3


def test_rare_signs_are_left_out():
    rare = [Read(f"q{n}@x", {"rare": 1.0}, ("ready",), ("ready",)) for n in range(LEAST_SEEN - 1)]
    assert "rare" not in learn([*made(50), *rare]).weights


def test_how_often_it_is_right_is_measured_on_threads_that_taught_nothing():
    told = measure(made())
    assert len(told) == 400
    judged = count_right(told)
    assert judged[0][0] >= 0
    assert [right for _, right in judged] == sorted(right for _, right in judged)
    assert judged[-1][1] == pytest.approx(0.9, abs=0.05)


def test_a_larger_share_is_never_said_to_be_right_less_often():
    told = [(0.3, True)] * 3 + [(0.3, False)] * 3 + [(0.55, True)] + [(0.55, False)] * 3 + [(0.95, True)] * 8
    assert count_right(told) == [(0.2, 0.42), (0.9, 0.9)]


def test_labels_of_other_lists_have_no_text():
    rows = [json.loads(line) for line in ELSEWHERE.read_text(encoding="utf-8").splitlines()]
    assert len({row["root"] for row in rows}) == len(rows) > 200
    for row in rows:
        assert set(row) == {"root", "messages", "status", "also", "list", "sure", "evidence", "asks"}
        assert row["messages"][0] == row["root"]
        assert {row["status"], *row["also"]} <= set(get_args(StatusLabel))
        assert {row["evidence"], *row["asks"]} - {None} <= set(row["messages"])


def test_the_file_gives_the_weights_back(tmp_path):
    reader = learn(made(100))
    path = tmp_path / "weights.json"
    path.write_text(write_weights(reader))
    assert set(json.loads(path.read_text())) == {"statuses", "shift", "judged", "weights"}
    assert load_reader(path).weigh({"approved": 1.0}) == reader.weigh({"approved": 1.0})
    assert len(path.read_text().splitlines()) == len(reader.weights) + 6
