"""The places where entries of a report stand."""

from __future__ import annotations

from miner.model import StatusLabel
from miner.report.overview import PLACES


def test_every_label_has_one_place() -> None:
    labels = [label for place in PLACES for label in place.labels]
    assert len(labels) == len(set(labels))
    assert set(labels) == {*StatusLabel.__args__, None}  # type: ignore[attr-defined]
