"""The graph as DOT and Mermaid, read by an independent parser, with hostile labels."""

from __future__ import annotations

import re

import pydot
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.report.graphs import count_rows, find_excess, render_dot, render_mermaid

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the parser

HOSTILE = [
    '"]; evil -> n0; x [label="',
    "a\\",
    '"] --> evil["',
    "</script><b>",
    "%%{init: {}}%%",
    "`#quot;`",
    "end",
    "\x1b[31m",
    "a\nb",
]


def graph(label, other="plain"):
    nodes = {
        f"item:{label}": {"kind": "item", "key": label, "label": label, "date": None, "status": "ready"},
        "person:p": {"kind": "person", "key": "p", "label": other, "date": None, "status": None},
    }
    edge = {"source": f"item:{label}", "source_kind": "item", "target": "person:p", "target_kind": "person"}
    return nodes, [{**edge, "kind": "waits_for", "date": None, "reason": label}]


def check_dot(text):
    (read,) = pydot.graph_from_dot_data(text)
    names = {node.get_name() for node in read.get_nodes()} - {"node"}
    assert names == {"n0", "n1"}
    assert [(edge.get_source(), edge.get_destination()) for edge in read.get_edges()] == [("n0", "n1")]


MERMAID = re.compile(
    r'flowchart LR\n  n0\["[^"\[\](){}<>|`\\&%*_~/]*"\]\n  n1\(\["[^"\[\](){}<>|`\\&%*_~/]*"\]\)\n  n0 -->\|"waits for"\| n1\n'
)


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_stays_a_label(label):
    check_dot(render_dot(*graph(label, label)))
    assert MERMAID.fullmatch(render_mermaid(*graph(label, label)))


@given(st.text(max_size=80))
def test_any_label_stays_a_label(label):
    check_dot(render_dot(*graph(label)))
    assert MERMAID.fullmatch(render_mermaid(*graph(label)))


def test_a_status_stands_behind_the_title():
    assert "loom (ready)" in render_dot(*graph("loom"))


@pytest.mark.parametrize(
    ("text", "edges", "told"),
    [
        ("a", 500, None),
        ("a", 501, "501 and 1:"),
        ("a" * 50_000, 0, None),
        ("a" * 50_001, 0, "0 and 50,001:"),
        ("\N{GRINNING FACE}" * 25_001, 0, "0 and 50,002:"),
    ],
    ids=["as many edges as are drawn", "one more", "as long as is drawn", "longer", "two units of UTF-16 each"],
)
def test_what_mermaid_refuses_to_draw(text, edges, told):
    excess = find_excess(text, edges)
    assert (excess is None) if told is None else (told in excess and "--around or --kinds" in excess)


def test_counts():
    assert count_rows(*graph("loom")) == [
        {"what": "item", "edge": None, "to": None, "count": 1},
        {"what": "person", "edge": None, "to": None, "count": 1},
        {"what": "item", "edge": "waits_for", "to": "person", "count": 1},
    ]
