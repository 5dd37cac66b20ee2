"""Every notebook runs to its end on the sample, in less than a minute, and shows what it promises."""

from __future__ import annotations

import ast
import json
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import nbformat
import pytest
from nbclient import NotebookClient

from miner.model import Status
from miner.pipeline import mine

from .lists import write_list

FOLDER = Path(__file__).parents[1] / "notebooks"
MBOX = str(FOLDER.parent / "corpora" / "sample" / "weft-dev.mbox")
FINISHED = {"applied", "merged", "dropped", "superseded"}
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_four() -> None:
    assert len(NOTEBOOKS) == 4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_shows_something(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    began = time.monotonic()
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}).execute()
    assert time.monotonic() - began < 60
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert "text/html" in kinds
    if path.stem != "1-tour":
        assert "image/png" in kinds


@pytest.mark.parametrize("name", ["1-tour", "2-health", "4-graph"])
def test_it_runs_on_a_list_without_tables(name: str, tmp_path: Path) -> None:
    box = tmp_path / "list.mbox"
    box.write_bytes(b"".join(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n%s\n" % mail for mail in write_list(Random(1))))
    assert not mine([str(box)]).items
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace("../corpora/sample/weft-dev.mbox", str(box))
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]


def test_what_is_open_each_week_is_what_was_open_then() -> None:
    notebook = nbformat.read(FOLDER / "2-health.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("print(open_works.to_json(orient='index', date_format='iso'))"))
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}).execute()
    told = {day[:10]: counts for day, counts in json.loads(notebook.cells[-1].outputs[-1].text).items()}
    assert list(told) == [f"{date(2026, 2, 8) + timedelta(weeks=n)}" for n in range(9)]
    for day in (*list(told)[:2], "2026-03-08", "2026-04-05"):
        moment = datetime.fromisoformat(f"{day}T23:59:59+00:00")
        assert {status: n for status, n in told[day].items() if n} == count_open(mine([MBOX], as_of=moment).status)


def count_open(standing: Iterable[Status]) -> Counter[str]:
    """How many items, and series of no item in their newest version, are not finished."""
    works = {one.key: one for one in standing if one.kind == "item"}
    of_items = {root for one in works.values() for root in one.series}
    for one in sorted((one for one in standing if one.kind == "series"), key=lambda one: one.revision or 1):
        if one.key not in of_items:
            works[f"series {one.chain}"] = one
    return Counter(one.status or "unknown" for one in works.values() if one.status not in FINISHED)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_kept_without_output_and_defines_nothing(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            tree = ast.parse(cell.source)
            assert not [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


def test_a_thread_and_a_claim_show_themselves_harmlessly() -> None:
    mined = mine([MBOX])
    item = mined.items[0]
    thread = mined.thread(f"<{item.message_id}>")
    assert item.message_id in {message.message_id for message in thread.messages}
    page = thread._repr_html_()
    assert "<details" in page
    assert "<script" not in page
    with pytest.raises(KeyError):
        mined.thread("nothing@example.org")
    claim = mined.claims[0]
    assert "<blockquote>" in claim._repr_html_()
