"""What programs read must come back as it went in; what people read must fit."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from miner.model import PatchCommit
from miner.report import formats, rows

from . import made

COMMIT = PatchCommit("0123456789abcdef", "link", "v1.1", True, False, made.day(5, 1))
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))
CLAIM_ROWS = [rows.plain(claim) for claim in made.CLAIMS]
STATUS_ROWS = [rows.plain(status) for status in made.STATUS]


def written(found: Sequence[rows.Row], fmt: Any, **more: Any) -> str:
    out = io.StringIO()
    formats.write_rows(found, fmt, out, **more)
    return out.getvalue()


@pytest.mark.parametrize("fmt", ["json", "jsonl"])
def test_one_json_object_a_line(fmt: str) -> None:
    assert [json.loads(line) for line in written(STATUS_ROWS, fmt).splitlines()] == STATUS_ROWS


@given(ANY_TEXT)
def test_any_text_is_one_line_of_strict_json(text: str) -> None:
    line = written([{"text": text}], "jsonl")
    assert line.isascii()
    assert line.count("\n") == 1
    back = json.loads(line)["text"]
    back.encode()  # no lone surrogate is left
    assert len(back) == len(text)


def test_csv_has_all_keys_and_flat_cells() -> None:
    found = list(csv.DictReader(io.StringIO(written(STATUS_ROWS, "csv"))))
    assert [row["key"] for row in found] == [row["key"] for row in STATUS_ROWS]
    assert json.loads(found[0]["evidence"]) == STATUS_ROWS[0]["evidence"]
    assert found[0]["waiting_on"] == made.CLEO
    assert found[2]["status"] == ""


def test_csv_joins_lists() -> None:
    assert written([{"a": ["x", "y"]}], "csv") == "a\nx; y\n"


def test_csv_without_rows_has_its_head() -> None:
    assert written([], "csv", keys=("a", "b")) == "a,b\n"


@given(st.lists(ANY_TEXT, min_size=1, max_size=3))
def test_csv_cells_hold_no_formula_and_no_control_character(texts: list[str]) -> None:
    out = written([{"one": texts[0], "many": texts, "=head": 1}], "csv")
    head, *body = list(csv.reader(io.StringIO(out)))
    assert head[2] == "'=head"
    assert len(body) == 1
    for cell in body[0]:
        assert not cell.lstrip().startswith(("=", "+", "-", "@"))
        assert cell.isprintable() or all(ord(char) >= 0xA0 for char in cell if not char.isprintable())


def test_csv_objects_stay_json_whatever_is_in_them() -> None:
    found = list(csv.reader(io.StringIO(written([{"a": [{"text": "\x85=\u202e\x1b"}]}], "csv"))))
    assert json.loads(found[1][0]) == [{"text": "\x85=\u202e\x1b"}]


def test_yaml() -> None:
    text = written(STATUS_ROWS, "yaml")
    assert yaml.safe_load(text) == STATUS_ROWS
    assert "Cleo Díaz" in text
    assert text.index("kind:") < text.index("key:") < text.index("title:")
    assert "&id" not in text


def test_yaml_without_rows() -> None:
    assert yaml.safe_load(written([], "yaml")) == []


@given(ANY_TEXT)
def test_yaml_comes_back_and_has_no_control_character(text: str) -> None:
    out = written([{"text": text, "more": [{"text": text}]}], "yaml")
    assert not any((ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0 for char in out)
    assert "\u202e" not in out
    assert yaml.safe_load(out)[0]["text"] == "".join(
        "\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text
    )


def test_table_fits_80_columns() -> None:
    out = written(CLAIM_ROWS, "table", columns=formats.claim_columns({"heddle@example.org": "heddle: count from one"}))
    assert max(map(len, out.splitlines())) <= 80
    assert "needs-review" in out
    assert "heddle:" in out


@pytest.mark.parametrize("width", [80, 140])
def test_no_name_is_cut_in_two(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    row = {**CLAIM_ROWS[0], "by": "Wilhelmina Featherstone <wf@example.org>", "text": "I will look at it soon. " * 9}
    out = written([row], "table", columns=formats.claim_columns({}))
    assert "Wilhelmina" in out
    assert "Featherstone" in out
    assert max(map(len, out.splitlines())) <= width


def test_table_of_all_keys() -> None:
    assert "one" in written([{"a": "one", "b": None}], "table", keys=("a", "b"))


def test_table_without_rows_says_so() -> None:
    assert written([], "table", columns=formats.ITEM_COLUMNS) == "nothing found\n"


@pytest.mark.parametrize(
    ("columns", "found", "shown"),
    [
        (formats.ITEM_COLUMNS, [rows.item_row(item) for item in made.ITEMS], "prerequisite"),
        (formats.SERIES_COLUMNS, [rows.plain(each) for each in made.SERIES], "1/2"),
        (formats.SEGMENT_COLUMNS, [{"id": "m@x", "lines": ["paragraph", "paragraph", "<empty>"]}], "paragraph×2"),
    ],
    ids=["items", "series", "segments"],
)
def test_tables(columns: Sequence[formats.Column], found: list[rows.Row], shown: str) -> None:
    assert shown in written(found, "table", columns=columns)


def test_segment_lines() -> None:
    assert formats.segment_lines({"id": "m@x", "lines": ["paragraph"]}) == [
        {"id": "m@x", "line": 0, "label": "paragraph"}
    ]


@pytest.mark.parametrize(
    ("commits", "cell"),
    [
        ((), ""),
        ((None, None), ""),
        ((COMMIT, None), "1/2 v1.1"),
        ((COMMIT, replace(COMMIT, tag="v1.2")), "2/2 v1.1, v1.2"),
        ((COMMIT, replace(COMMIT, tag=None)), "2/2 v1.1"),
    ],
)
def test_commits_of_a_series(commits: tuple[PatchCommit | None, ...], cell: str) -> None:
    assert formats.COMMIT_COLUMN.cell(rows.plain(replace(made.SERIES[1], commits=commits))) == cell


def test_the_commit_of_a_patch() -> None:
    row = rows.plain(replace(made.SERIES[2], commits=(replace(COMMIT, tag=None),)))
    assert formats.COMMIT_COLUMN.cell(row) == "0123456789ab"
