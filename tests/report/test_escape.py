"""Whatever a mail holds, what comes out steers nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.report import escape

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_clean_leaves_nothing_that_steers_a_terminal(text: str) -> None:
    found = escape.clean(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in found)
    assert not any(unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
                   for char in found)  # fmt: skip
    assert escape.clean(found) == found
    found.encode()


@given(ANY_TEXT, st.integers(2, 50))
def test_one_line_is_short(text: str, limit: int) -> None:
    found = escape.one_line(text, limit)
    assert len(found) <= limit
    assert "\n" not in found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202egnp.exe", "a\\u202egnp.exe"),
        ("nul\x00", "nul\\x00"),
        ("lone \ud800", "lone \\ud800"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("tab\tand\r\nline", "tab and line"),
    ],
)
def test_clean(text: str, found: str) -> None:
    assert escape.clean(text) == found


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "-- \nAda"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert escape.escape_csv(text).startswith("'")


def test_other_cells_stay() -> None:
    assert escape.escape_csv("a=1, 2-3 <a@x>") == "a=1, 2-3 <a@x>"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a | b", "a \\| b"),
        ("`rm`", "\\`rm\\`"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("[x](javascript:alert)", "\\[x\\](javascript:alert)"),
        ("see http://evil.example", "see http:&#47;&#47;evil.example"),
        ("two\nlines", "two lines"),
        ("&amp;", "&amp;amp;"),
    ],
)
def test_markdown(text: str, found: str) -> None:
    assert escape.escape_markdown(text) == found


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ("Ada Berg <a@x>", "Ada Berg"),
        ("Yin, Fengwei <y@x>", "Yin, Fengwei"),
        ("<a@x>", "a@x"),
        ("a@x", "a@x"),
        ("Yu", "Yu"),
        ("", ""),
    ],
)
def test_short_name(person: str, name: str) -> None:
    assert escape.short_name(person) == name


LORE = "https://lore.kernel.org/all/{message_id}/"


@pytest.mark.parametrize(
    ("message_id", "template", "url"),
    [
        ("20230712.1-a@intel.com", LORE, "https://lore.kernel.org/all/20230712.1-a@intel.com/"),
        ("a/../../b?q#f@x", LORE, "https://lore.kernel.org/all/a%2F..%2F..%2Fb%3Fq%23f@x/"),
        ('"><script>@x', LORE, "https://lore.kernel.org/all/%22%3E%3Cscript%3E@x/"),
        ("\ud800\r\n@x", LORE, "https://lore.kernel.org/all/%3F%0D%0A@x/"),
        ("{0}@x", LORE, "https://lore.kernel.org/all/%7B0%7D@x/"),
        ("sha256:0123456789abcdef", LORE, None),
        ("m@x", "javascript:alert('{message_id}')", None),
        ("m" * 5000 + "@x", LORE, None),
    ],
)
def test_message_url(message_id: str, template: str, url: str | None) -> None:
    assert escape.message_url(message_id, template) == url
