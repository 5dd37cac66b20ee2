"""Which mails nobody wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.model import Person
from miner.parse.subject import parse_subject
from miner.robots import is_robot


@pytest.mark.parametrize(
    ("by", "subject", "headers", "robot"),
    [
        ("kernel test robot <lkp@example.org>", "Re: [PATCH] x", {}, True),
        ("no-reply@patchew.example", "Re: [PATCH] x", {}, True),
        ("Ada Berg <ada@example.org>", "Automatic reply: [PATCH] x", {}, True),
        ("Ada Berg <ada@example.org>", "Out of Office: Re: [PATCH] x", {}, True),
        ("Ada Berg <ada@example.org>", "Re: [PATCH] x", {"auto-submitted": "auto-replied (vacation)"}, True),
        ("tip-bot2 for Ada Berg <tip-bot2@example.org>", "[tip: x] y", {"auto-submitted": "auto-generated"}, False),
        ("Ada Berg <ada@example.org>", "Re: [PATCH] office: out of memory", {}, False),
        ("Ada Berg <ada@example.org>", "Abwesenheitsnotiz: Re: [PATCH] x", {}, True),
        ("Ada Berg <ada@example.org>", "[PATCH] auto-reply: know more languages", {}, False),
        ("Ada Berg <ada@example.org>", "Re: auto: know more wheels", {}, False),
    ],
)
def test_robots(make_message, by: str, subject: str, headers: dict[str, str], robot: bool) -> None:
    name, _, address = by.rpartition(" ")
    message = replace(
        make_message("Hello."),
        author=Person(name, address.strip("<>")),
        subject=parse_subject(subject),
        headers=headers,
    )
    assert is_robot(message) is robot
