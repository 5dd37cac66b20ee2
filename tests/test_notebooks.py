"""Every notebook runs to its end on the sample, in less than a minute, and shows what it promises."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from miner.pipeline import mine

FOLDER = Path(__file__).parents[1] / "notebooks"
MBOX = str(FOLDER.parent / "corpora" / "sample" / "weft-dev.mbox")
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
