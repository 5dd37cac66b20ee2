"""Addresses as lists and archives write them."""

from __future__ import annotations

import pytest

from miner.parse.people import parse_people


@pytest.mark.parametrize(
    ("written", "person"),
    [
        ("ada at example.org (Ada B)", "Ada B <ada@example.org>"),
        ("ada at example.org (=?utf-8?q?Ada_Bj=C3=B6rk?=)", "Ada Björk <ada@example.org>"),
        ("ada at example.org (Ada B (Loom Works))", "Ada B (Loom Works) <ada@example.org>"),
        ("ada at example.org (ada at example.org)", "ada@example.org"),
        ("ada at example.org", "ada@example.org"),
        ("ada à example.org (Ada B)", "Ada B <ada@example.org>"),
        ("Ada B <ada at example.org>", "Ada B <ada@example.org>"),
        ("Ada at work", "Ada at work"),
        ("Ada B <ada@example.org> (at home)", "Ada B <ada@example.org>"),
    ],
)
def test_addresses_that_mailman_hid(written: str, person: str) -> None:
    assert [str(one) for one in parse_people([written])] == [person]
