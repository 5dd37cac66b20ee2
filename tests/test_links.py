from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.links import find_message_ids, find_references, find_urls, message_id_of, read_footnotes


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("see https://a.example/x.", ("https://a.example/x",)),
        ("(https://a.example/x)", ("https://a.example/x",)),
        ("<https://a.example/x>; http://b.example/?q=1!", ("https://a.example/x", "http://b.example/?q=1")),
        ("| https://a.example/x|", ("https://a.example/x",)),
        ("ftp://a.example/x and a.example", ()),
    ],
)
def test_urls_end_where_the_sentence_goes_on(text: str, urls: tuple[str, ...]) -> None:
    assert find_urls(text) == urls


@pytest.mark.parametrize(
    ("url", "ident"),
    [
        ("https://lore.example.org/list/1-2@host.example/", "1-2@host.example"),
        ("https://lore.example.org/r/1-2@host.example", "1-2@host.example"),
        ("https://lore.example.org/all/a%2Fb%40host.example/T/#u", "a/b@host.example"),
        ("https://patches.example.org/project/x/patch/1@host.example/", "1@host.example"),
        ("https://lore.example.org/list/", None),
        ("https://user@host.example/path", None),
        ("", None),
    ],
)
def test_a_link_to_an_archive_names_a_message(url: str, ident: str | None) -> None:
    assert message_id_of(url) == ident


def test_message_ids_come_once_and_in_order() -> None:
    text = "https://l.example/b@x/ https://l.example/a@x/ https://l.example/b@x/T/"
    assert find_message_ids(text) == ("b@x", "a@x")


def test_references_are_not_indexes() -> None:
    assert find_references("at [2], [13]; not [a], [2024] or [ 1 ]") == (2, 13)


def test_footnotes_with_the_link_on_the_same_or_the_next_line() -> None:
    notes = read_footnotes(
        [
            "text [1] here",
            "[1] https://a.example/1",
            "[2]:",
            "https://a.example/2",
            " 3. see https://a.example/3",
            "[4] none",
        ]
    )
    assert {n: find_urls(text) for n, text in notes.items()} == {n: (f"https://a.example/{n}",) for n in (1, 2, 3)}


def test_the_first_footnote_of_a_number_stands() -> None:
    assert read_footnotes(["[1] https://a.example/1", "[1] https://a.example/2"]) == {1: "https://a.example/1"}


def test_a_footnote_without_link_does_not_take_the_next_ones() -> None:
    assert read_footnotes(["[1] a book", "[2] https://a.example/2"]) == {2: "https://a.example/2"}


@given(st.text())
def test_never_raises(text: str) -> None:
    for url in find_urls(text):
        message_id_of(url)
    find_message_ids(text)
    read_footnotes(text.split("\n"))
