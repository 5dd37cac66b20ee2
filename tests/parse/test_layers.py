"""Layers: each file in tests/data/layers shows a body with `kind depth|author|` in front of every line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.parse.layers import split_layers

CASES = sorted((Path(__file__).resolve().parents[1] / "data" / "layers").glob("*.txt"), key=lambda path: path.name)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_each_line_has_the_layer_in_its_margin(path: Path) -> None:
    rows = [line.split("|", 2) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    body = "\n".join(text for _, _, text in rows)
    shown = [("", "")] * len(rows)
    for layer in split_layers(body):
        for at in range(layer.first_line, layer.end_line):
            shown[at] = (f"{layer.kind} {layer.depth}", layer.author or "")
    for at, (margin, author, text) in enumerate(rows):
        if text.strip():
            assert (*shown[at], text) == (margin, author, text)


def test_the_attribution_of_a_layer_is_its_first_line() -> None:
    body = "Hi,\n\nOn Mon, Jan 1, 2024 at 9:00 AM\nAda Byron <ada@example.org> wrote:\n> a\nb\n> c"
    assert [(x.kind, x.attribution) for x in split_layers(body)] == [
        ("own", None),
        ("attribution", None),
        ("quote", 2),
        ("own", None),
        ("quote", 2),
    ]


def test_a_bare_dash_line_in_a_long_text_starts_no_signature() -> None:
    body = "\n".join(["above", "--", *["own text"] * 20])
    assert {layer.kind for layer in split_layers(body)} == {"own"}


def test_a_hunk_may_take_away_a_line_that_looks_like_a_signature() -> None:
    body = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,3 +1,8 @@\n a\n-- \n" + "+b\n" * 7 + " c"
    assert {layer.kind for layer in split_layers(body)} == {"patch"}


def test_a_space_before_each_mark_is_a_quote_only_below_an_attribution() -> None:
    assert {layer.kind for layer in split_layers("Look at this:\n > a\n > b")} == {"own"}
    assert [layer.kind for layer in split_layers("Ada B wrote:\n > a\n > b")] == ["attribution", "quote"]


def test_marks_as_a_page_has_them_count_below_an_attribution() -> None:
    assert {layer.kind for layer in split_layers("Look at this:\n&gt; a\n&gt; b")} == {"own"}
    layers = split_layers("Ada B wrote:\n\n&gt; &gt; a\n&gt; b\n\nc")
    assert [(layer.kind, layer.depth) for layer in layers] == [
        ("attribution", 0),
        ("quote", 2),
        ("quote", 1),
        ("own", 0),
    ]


def test_what_follows_a_marked_block_is_own_text_and_what_follows_a_bare_one_is_not() -> None:
    block = "From: Ada B <a@x.org>\nSent: Monday\nTo: Bo\n\n"
    assert [(x.kind, x.depth) for x in split_layers(f"{block}> a\nmine")][1:] == [("quote", 1), ("own", 0)]
    assert [(x.kind, x.depth) for x in split_layers(f"{block}a\nhers")][1:] == [("quote", 1)]


PIECES = st.sampled_from(
    [
        *(
            "> ",
            ">",
            ">> ",
            "> > ",
            "",
            " ",
            "\n",
            "\n\n",
            "On 1/2/2024, Ada B wrote:",
            "word",
            "[...]",
            "-- ",
            "--- a/x",
        ),
        *("From: A <a@b>", "Sent: x", "To: y", "-----Original Message-----", "+++ b/x", "diff --git a/x b/x", "+x"),
        *("-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----", " > ", ">>> import x", "$ cat <<EOF"),
        *("----- End forwarded message -----", "----- Original Message -----", "3c3", "> On 1/2/2024, Ada B wrote:"),
        *("@@ -1,2 +1,2 @@", "-x", " x | 2 +-", ">From ", ">> a.c:1: x", "\x00", "\u2028", "\r"),
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join) | st.text())
def test_every_line_with_text_is_in_exactly_one_layer(body: str) -> None:
    lines = body.split("\n")
    end = 0
    covered = set[int]()
    for layer in split_layers(body):
        assert end <= layer.first_line < layer.end_line <= len(lines)
        assert lines[layer.first_line].strip()
        assert lines[layer.end_line - 1].strip()
        assert (layer.depth > 0) or layer.kind != "quote"
        end = layer.end_line
        covered.update(range(layer.first_line, layer.end_line))
    assert {at for at, line in enumerate(lines) if line.strip()} <= covered


@given(st.lists(st.sampled_from(["own a", "own b, said.", "> quoted", "", "> > deep"]), max_size=30))
def test_no_own_line_is_given_away(lines: list[str]) -> None:
    body = "\n".join(lines)
    own = {at for x in split_layers(body) if x.kind == "own" for at in range(x.first_line, x.end_line)}
    assert {at for at, line in enumerate(lines) if line.startswith("own")} <= own


HOSTILE = {
    "own": "the patch wrote: review <a@b> fails\n" * 80_000,
    "quoted": "> the patch wrote: review <a@b> fails\n" * 75_000,
    "attributions": "On Mon, Ada B <a@b.c> wrote:\n> x\n" * 60_000,
    "patch": "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,900000 +1,900000 @@\n" + "+ foo\n- bar\n baz\n" * 180_000,
    "one line": "x " * 1_000_000,
    "a line of marks": ">" * 2_000_000,
    "ten thousand marks": (">" * 10_000 + " x\n") * 200,
    "header blocks": "From: Ada <a@b.c>\nSent: x\nTo: y\n\nhello\n" * 60_000,
    "rules": "-----Original Message-----\nFrom: A <a@b>\nTo: x\n" * 40_000,
    "snips": "> [...]\n[...]\n" * 140_000,
    "diffstat": (" x" + " " * 500 + "| x\n") * 4_000,
    "bars": (" a" + " |" * 150 + "\n") * 6_000,
    "long attributions": ("On " + "1:00 (" * 90 + " wrote:\n> x\n") * 3_000,
    "armour": "-----BEGIN PGP SIGNATURE-----\nabcd\n" * 60_000,
    "armour without end": "-----BEGIN PGP SIGNATURE-----\n" + "abcd\n" * 300_000,
    "orphans": ("> " + "word " * 14 + "\nthe rest\n> more\n") * 30_000,
    "prompts": ">>> import x\n" * 100_000 + "> y\n",
    "marked blocks": "> From: A <a@b>\n> Sent: x\n> To: y\nown\n" * 40_000,
    "space-stuffed": "A B wrote:\n > x\n" * 80_000,
    "unfinished commands": ("$ " + "x|" * 200 + " \n> y\n") * 5_000,
    "blank lines": "A B wrote:" + "\n" * 500_000 + "> x\n\n\nown\n> y",
    "addresses": ("On " + "<a@" * 190 + " wrote:\n> x\n") * 3_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_take_linear_time(name: str) -> None:
    body = HOSTILE[name]
    quarter = body[: len(body) // 4]
    assert _seconds(body) < max(10 * _seconds(quarter), 3)


def _seconds(body: str) -> float:
    started = time.process_time()
    split_layers(body)
    return time.process_time() - started
