"""The pieces of made-up notes that the network of half sentences learns from."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from miner.claims.classifier import CERTAINTIES, STATUSES, load_classifier
from miner.learning.notes import list_notes, read_pieces, train_notes

NOTES = """@@ note
- reed: {{applied/asserted: queued for 6.9}}, {{planned/hedged: docs maybe next week}}, {{ready/asserted: looks good}}

@@ reply
{{applied/asserted: Applied, thanks.}}

@@ note
The call is on Monday.
"""


def test_pieces_have_the_marks_that_lie_on_them(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(NOTES)
    found = [
        (" ".join(seen.own), {label for label, value in zip((*STATUSES, *CERTAINTIES), target, strict=True) if value})
        for seen, target in read_pieces([path])
    ]
    assert found == [
        ("reed", set()),
        ("queued for <release>", {"applied", "asserted"}),
        ("docs maybe next week", {"planned", "hedged"}),
        ("looks good", {"ready", "asserted"}),
        ("the call is on monday .", set()),
    ]


def test_what_ships_can_be_read() -> None:
    pieces = list(read_pieces(list_notes()))
    assert len(pieces) > 6_000
    assert 0.2 < sum(any(target) for _, target in pieces) / len(pieces) < 0.7


@pytest.mark.skipif(find_spec("torch") is None, reason="only `make model` needs torch")
def test_a_network_of_notes_begins_as_another(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(NOTES * 20)
    begin = load_classifier()
    taught = train_notes([path], begin)
    assert taught.rows == begin.rows
    seen, targets = next((seen, target) for seen, target in read_pieces([path]) if any(target))
    column = targets.index(1.0)
    assert taught.score([seen])[0][0][column] > 0.5
