"""The keys are the machine interface: scripts break if one of them changes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from miner.model import Claim, FlatLayer, Series, Status, WorkItem
from miner.report import rows

from . import made

KEYS = {
    Claim: "message_id start end text status certainty confidence by holder date waiting_on target about depends_on item "
    "series agrees rule",
    WorkItem: "item priority description links location assignee message_id series ties listings",
    Series: "root title revision expected cover patches author date change_id chain supersedes outcomes "
    "commits minor taken_over trailers cited copied_to built_upon sent_again built_by_author",
    Status: "kind key title status also certainty next_actor waiting_on applied_to depends_on as_of since evidence rule "
    "unanswered revision chain series assignee priority tree note hidden_until needs confidence weighed taken",
}


@pytest.mark.parametrize("kind", KEYS, ids=lambda kind: kind.__name__)
def test_keys_are_those_of_the_machine_interface(kind: type) -> None:
    assert " ".join(rows.keys_of(kind)) == KEYS[kind]


@pytest.mark.parametrize(
    ("record", "row"),
    [
        (made.CLAIMS[0], rows.plain),
        (made.ITEMS[1], rows.item_row),
        (made.SERIES[0], rows.plain),
        (made.STATUS[0], rows.plain),
    ],
    ids=["claim", "item", "series", "status"],
)
def test_a_row_has_every_key_and_is_json(record: object, row: object) -> None:
    found = row(record)  # type: ignore[operator]
    assert tuple(found) == rows.keys_of(type(record))
    assert found == rows.row_of(record)
    assert json.loads(json.dumps(found)) == found


def test_claim_row() -> None:
    row = rows.plain(made.CLAIMS[0])
    assert row["date"] == "2024-05-20T09:00:00+00:00"
    assert row["waiting_on"] == [made.CLEO]
    assert row["target"] is None
    assert made.ANSWER_BODY[row["start"] : row["end"]] == row["text"]


def test_times_are_in_utc() -> None:
    east = datetime(2024, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert rows.plain(east) == "2023-12-31T23:30:00+00:00"
    assert rows.plain(east.replace(tzinfo=None)) == "2024-01-01T01:30:00+00:00"


def test_further_columns_follow_and_never_take_a_fixed_key() -> None:
    row = rows.item_row(made.ITEMS[0])
    assert row["effort"] == "small"
    assert row["series"] == ["v2@example.org"]
    assert row["series_"] == "taken"
    assert list(row)[-2:] == ["effort", "series_"]


def test_who_is_named_nowhere_is_null() -> None:
    claim = replace(made.CLAIMS[0], by="")
    assert rows.plain(claim)["by"] is None
    assert rows.plain(made.CLAIMS[0])["by"] == made.CLAIMS[0].by


def test_status_row_has_objects_inside() -> None:
    row = rows.plain(made.STATUS[1])
    assert row["evidence"] == [
        {"message_id": "ask@example.org", "text": "Dan, are you still at it?", "status": "needs-reply"}
    ]
    assert row["unanswered"][1]["asked_of"] == made.DAN


def test_layers_row() -> None:
    layers = rows.layers_row(made.MESSAGES[1])["layers"]
    assert layers[1] == {
        "depth": 1,
        "first_line": 1,
        "end_line": 5,
        "kind": "quote",
        "author": made.ADA,
        "attribution": 0,
        "origin": {"message_id": "table@example.org", "first_line": 4},
    }
    assert layers[0]["origin"] is None


def test_flat_layers_have_the_keys_of_the_csv() -> None:
    flat = [rows.plain(layer) for layer in rows.flatten_layers(made.MESSAGES[1])]
    assert all(tuple(row) == rows.keys_of(FlatLayer) for row in flat)
    assert flat[1]["origin_message_id"] == "table@example.org"


def test_no_row_for_anything_else() -> None:
    with pytest.raises(TypeError, match="no row for a str"):
        rows.row_of("x")
