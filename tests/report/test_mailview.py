"""Mails on a terminal, with the margin that says who wrote each line."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from miner.report.layout import make_console
from miner.report.mailview import render_layers

from . import made


def test_layers_on_a_wide_terminal_have_a_margin() -> None:
    console = make_console(io.StringIO(), 120)
    text = render_layers(made.MESSAGES[:2], console).plain
    assert (
        """\
 0 attribution     │ On 2024-05-02, Ada Berg wrote:
 1 Ada Berg        │ > - item: warp cache
   [1]:4           │ >   assignee: Ben Okoro
                   │ >
                   │ > Does this series cover everything?

 0 Ben Okoro       │ Yes. I am waiting for review from Cleo.
"""
        in text
    )


def test_layers_at_80_columns_leave_the_room_to_the_mail() -> None:
    console = make_console(io.StringIO(), 80)
    text = render_layers(made.MESSAGES[:2], console).plain
    assert (
        """\
1 Ada Berg [1]:4
│ > - item: warp cache
│ >   assignee: Ben Okoro
│ >
│ > Does this series cover everything?

0 Ben Okoro
│ Yes. I am waiting for review from Cleo.
"""
        in text
    )


def test_layers_of_one_line_show_author_and_origin_together() -> None:
    layer = replace(made.MESSAGES[1].layers[1], end_line=2)
    message = replace(made.MESSAGES[1], layers=(layer,))
    console = make_console(io.StringIO(), 120)
    assert " 1 Ada Berg [1]:4" not in render_layers([message], console).plain
    assert " 1 Ada Berg [2]:4  │ > - item" in render_layers([message], console).plain


@pytest.mark.parametrize("width", [80, 120])
def test_layers_fold_long_lines_behind_the_margin(width: int) -> None:
    message = replace(made.MESSAGES[0], body="word " * 60, layers=(replace(made.MESSAGES[0].layers[0], end_line=1),))
    console = make_console(io.StringIO(), width)
    lines = [line for line in render_layers([message], console).plain.splitlines() if "word" in line]
    assert len(lines) > 2
    assert all("│ word" in line and len(line) <= width for line in lines)
