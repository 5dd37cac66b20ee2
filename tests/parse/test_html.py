"""HTML that is made to hurt: it costs linear time and never raises. How HTML reads is tested in test_mime.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.parse.html import MAX_NESTING, _bare_tags, html_to_text


def test_character_references_are_decoded_and_huge_ones_are_left() -> None:
    assert html_to_text("&#65;&#x42;&#x1F600;") == "AB😀\n"
    assert html_to_text(f"&#{'9' * 5000};").startswith("&#999")


def test_end_tags_that_close_nothing_are_passed_over() -> None:
    assert html_to_text("</b></div>a</p><p>b</blockquote></p>") == "a\n\nb\n"


def test_what_is_nested_too_deeply_still_breaks_lines() -> None:
    assert html_to_text("<b>" * 300 + "one<div>two") == "one\ntwo\n"


@pytest.mark.parametrize("piece", ["<div><b>x</b> a", "<p>x", "<li><ul>x", "</b><i>x", "<table><td>x"])
def test_deep_nesting_is_read_to_its_end(piece: str) -> None:
    """A quarter megabyte of each; what takes quadratic time for it would never end."""
    assert html_to_text(piece * (256 * 1024 // len(piece))).count("x") > 10_000


@given(st.text(alphabet="<>/&#;!-bdivp 9x\n\"'="))
def test_no_markup_raises(text: str) -> None:
    assert isinstance(html_to_text(text), str)


def test_void_tags_close_themselves_however_deep_they_are() -> None:
    assert _bare_tags('a<br>b<HR class="x"><p>c</br></p><br />') == "a<br/>b<hr/><p>c</br></p><br/>"
    deep = _bare_tags("<div>" * (MAX_NESTING + 2) + "x")
    assert deep == "<div>" * MAX_NESTING + "<br/><br/>x"
    assert html_to_text("a<br>b</br>c<p>d<hr>e<img src=x>f") == "a\nbc\n\nd\nef\n"
