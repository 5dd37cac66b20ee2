"""Patterns find every run of tokens that they match, from the words that they need on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.claims import tokens
from miner.claims.matching import Index
from miner.claims.phrases import parse_phrase
from miner.claims.tokens import Text


def runs(phrase: str, text: str) -> list[str]:
    """What a phrase matches in a text, the first run first, of those the longest; the anchor is its first plain word."""
    index, said = Index(), Text(text)
    for pattern in parse_phrase(phrase, {}):
        anchor, *others = [word for word in pattern.words if word.needed]
        index.add(0, "ready", pattern, anchor, others[-1] if others else anchor)
    return [said.cut(start, -minus_end) for _, start, minus_end in index.find(said, ("ready",))]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("warp it", "Please warp it.", ["warp it"]),
        ("will warp", "I'll warp.", ["'ll warp"]),
        ("is woven", "It’s woven.", ["’s woven"]),
        ("warp ..2 now", "warp the loom now", ["warp the loom now"]),
        ("warp ..1 now", "warp the loom now", []),
        ("warp ..3 now", "warp the loom. Now", []),
        ("warp now? $", "warp now", ["warp now", "warp"]),
        ("..1 warp", "so warp", ["so warp", "warp"]),
        ("the? warp", "the warp", ["the warp", "warp"]),
        ("<name> warp* it", "Ada warped it, he warps it", ["Ada warped it"]),
        ("<num> ..1 patches", "3 good patches, patches", ["3 good patches"]),
        ("warp it", "warp", []),
        ("warp (it|them)", "Warp them, warp it", ["Warp them", "warp it"]),
    ],
)
def test_runs(phrase: str, text: str, found: list[str]) -> None:
    assert runs(phrase, text) == found


def test_only_for_the_statuses_asked_for() -> None:
    index = Index()
    (pattern,) = parse_phrase("warp it", {})
    index.add(0, "ready", pattern, pattern.words[0], pattern.words[1])
    assert index.find(Text("warp it"), ("blocked",)) == []


@given(st.from_regex(tokens._PLAIN, fullmatch=True) | st.text("abcDE('\").-_1:,", min_size=1, max_size=12))
def test_plain_words_are_cut_as_spacy_does(piece: str) -> None:
    assert tokens._cut(piece) == tokens.cut_by_tokenizer(piece)


@pytest.mark.parametrize(
    "piece", ["cannot.", "(vs.", "e.g.", "e.g.,", "gonna!", "v6.9-rc1).", "word...", "ab--cd,", '"a"']
)
def test_short_forms_and_marks_are_cut_as_spacy_does(piece: str) -> None:
    assert tokens._cut(piece) == tokens.cut_by_tokenizer(piece)


def test_offsets_lead_back_to_the_sentence_as_it_stood() -> None:
    raw = "Now  we've\n  warped it."
    said = Text(raw)
    assert said.text == "Now we've warped it."
    assert [raw[slice(*said.place(at, at + 1))] for at in range(len(said))] == ["Now", "we", "'ve", "warped", "it", "."]
    assert said.cut(1, 4) == "we've warped"
    assert said.cut(2, 2) == ""
