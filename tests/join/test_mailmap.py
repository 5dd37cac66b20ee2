"""git's mailmap: its four forms, what git does with them, and hostile text."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.join.mailmap import Mailmap, read_mailmap
from miner.join.people import People

TEXT = """\
# who is who
Ada Byron <a@old.example.org>
<bo@example.org> <bo@old.example.org>
Cy Marsh <cy@example.org> <cy@old.example.org>   # a comment
Dee Roe <dee@example.org> Deirdre <shared@example.org>
Eve Ash <eve@example.org> Eve <shared@example.org>

no address at all
Finn <f@example.org> <F@Old.Example.ORG>
"""
PAIRS = [
    ("ada", "a@old.example.org"),
    ("Bo Lind", "bo@old.example.org"),
    ("C.", "cy@old.example.org"),
    ("Deirdre", "shared@example.org"),
    ("deirdre", "SHARED@example.org"),
    ("Eve", "shared@example.org"),
    ("Somebody", "shared@example.org"),
    ("Finn", "f@old.example.org"),
    ("Nobody", "nobody@example.org"),
]


@pytest.mark.parametrize(("name", "address"), PAIRS)
def test_it_says_what_git_says(name: str, address: str, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".mailmap").write_text(TEXT)
    asked = ["git", "-C", str(tmp_path), "check-mailmap", f"{name} <{address}>"]
    said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    found = read_mailmap(TEXT).fix(name, address)
    assert f"{found[0]} <{found[1]}>" == said


def test_without_one_nothing_changes() -> None:
    assert Mailmap().fix("Ada", "ada@example.org") == ("Ada", "ada@example.org")
    assert read_mailmap(TEXT).fix("Ada", None) == ("Ada", None)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert read_mailmap(text).fix("Ada", "ada@example.org")[1]


def test_people_are_one_person_under_both_addresses() -> None:
    people = People(["C. M. <cy@old.example.org>", "Cy Marsh <cy@example.org>"], read_mailmap(TEXT))
    assert people.same("whoever <cy@old.example.org>", "Cy Marsh <cy@example.org>")
    assert people.resolve_known("C. M. <cy@old.example.org>") == "Cy Marsh <cy@example.org>"
    assert not People(["C. M. <cy@old.example.org>", "Cy Marsh <cy@example.org>"]).same(
        "C. M. <cy@old.example.org>", "Cy Marsh <cy@example.org>"
    )


def test_one_address_of_two_people() -> None:
    people = People(["Deirdre <shared@example.org>", "Eve <shared@example.org>"], read_mailmap(TEXT))
    assert not people.same("Deirdre <shared@example.org>", "Eve <shared@example.org>")
