"""The graph as text for other programs: DOT for Graphviz, Mermaid for web pages, and counts for people.

Nodes and edges come as plain rows (docs/python.md lists them). Labels are mail: each is escaped for the language it is put in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from miner.report.escape import one_line
from miner.report.rows import Row

LONGEST = 60  # characters of a label
# What Mermaid draws at most, unless the page that shows it says otherwise: maxEdges and maxTextSize of its configuration. A diagram
# cannot change them itself, both being among the "secure" keys (https://mermaid.js.org/config/schema-docs/config-properties-secure.html).
MERMAID_EDGES = 500
MERMAID_CHARACTERS = 50_000
_SHAPES = {
    "item": ("box", "[", "]"),
    "chain": ("folder", "[[", "]]"),
    "series": ("component", "(", ")"),
    "person": ("ellipse", "([", "])"),
    "role": ("ellipse", "([", "])"),
    "tree": ("cylinder", "[(", ")]"),
}
_OTHER = ("plaintext", "[", "]")
_MERMAID = {char: f"#{ord(char)};" for char in '"#&<>()[]{}|`\\/%;*_~'}


def render_dot(nodes: Mapping[str, Mapping[str, Any]], edges: Sequence[Row]) -> str:
    """Graphviz's DOT; its nodes are numbered, so that no name of a mail's stands outside a quoted string."""
    numbers = {name: n for n, name in enumerate(nodes)}
    lines = ["digraph miner {", "  rankdir=LR;", '  node [fontname="sans-serif"];']
    for name, data in nodes.items():
        shape = _SHAPES.get(data["kind"], _OTHER)[0]
        lines.append(f"  n{numbers[name]} [shape={shape}, label={_dot(_words(data))}, tooltip={_dot(name)}];")
    for edge in edges:
        label = _dot(str(edge["kind"]).replace("_", " "))
        lines.append(f"  n{numbers[edge['source']]} -> n{numbers[edge['target']]} [label={label}];")
    return "\n".join([*lines, "}"]) + "\n"


def render_mermaid(nodes: Mapping[str, Mapping[str, Any]], edges: Sequence[Row]) -> str:
    """A Mermaid flowchart; its nodes are numbered, and in labels what Mermaid may take for its own is an entity."""
    numbers = {name: n for n, name in enumerate(nodes)}
    lines = ["flowchart LR"]
    for name, data in nodes.items():
        _, left, right = _SHAPES.get(data["kind"], _OTHER)
        label = "".join(_MERMAID.get(char, char) for char in _words(data))
        lines.append(f'  n{numbers[name]}{left}"{label}"{right}')
    for edge in edges:
        label = str(edge["kind"]).replace("_", " ")
        lines.append(f'  n{numbers[edge["source"]]} -->|"{label}"| n{numbers[edge["target"]]}')
    return "\n".join(lines) + "\n"


def find_excess(mermaid: str, edges: int) -> str | None:
    """What to do about a Mermaid flowchart that Mermaid would refuse to draw for its size, or None."""
    characters = len(mermaid.encode("utf-16-le")) // 2  # as JavaScript counts them
    if edges <= MERMAID_EDGES and characters <= MERMAID_CHARACTERS:
        return None
    return (
        f"Mermaid draws {MERMAID_EDGES} edges and {MERMAID_CHARACTERS:,} characters at most, and these are {edges:,} and {characters:,}:"
        " choose fewer nodes with --around or --kinds, take --format dot, or raise maxEdges and maxTextSize where the page calls"
        " mermaid.initialize()"
    )


def count_rows(nodes: Mapping[str, Mapping[str, Any]], edges: Iterable[Row]) -> list[Row]:
    """How many nodes of each kind there are, and edges of each kind between two kinds of node."""
    kinds = Counter(str(data["kind"]) for data in nodes.values())
    between = Counter((str(e["source_kind"]), str(e["kind"]), str(e["target_kind"])) for e in edges)
    rows: list[Row] = [
        {"what": kind, "edge": None, "to": None, "count": count} for kind, count in sorted(kinds.items())
    ]
    return rows + [
        {"what": source, "edge": kind, "to": target, "count": count}
        for (source, kind, target), count in sorted(between.items())
    ]


COUNT_KEYS = ("what", "edge", "to", "count")


def _words(data: Mapping[str, Any]) -> str:
    label = one_line(str(data["label"]), LONGEST)
    return f"{label} ({data['status']})" if data["kind"] in ("item", "series") and data["status"] else label


def _dot(text: str) -> str:
    quoted = one_line(text, 200).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'
