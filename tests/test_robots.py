"""Which mails nobody wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.model import Person
from miner.parse.subject import parse_subject
from miner.robots import find_wrong, is_robot


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


@pytest.mark.parametrize(
    ("words", "below", "wrong"),
    [
        (
            "kernel test robot noticed the following build errors:",
            "All errors (new ones prefixed by >>):\n\n   loom/turn.c: In function 'turn':\n>> loom/turn.c:7:3: error: too few threads\n     7 | x",
            "loom/turn.c:7:3: error: too few threads",
        ),
        (
            "loombot found the following issue on:",
            "HEAD commit: 12\n\n=====\nWARNING: possible circular weaving detected\n-----",
            "",  # no robot that is known says so
        ),
        (
            "syzbot found the following issue on:",
            "HEAD commit: 12\n\n=====\nWARNING: possible circular weaving detected\n-----",
            "WARNING: possible circular weaving detected",
        ),
        (
            "syzbot found the following issue on:",
            "[   7.1][ T42] BUG: torn warp in turn+0x7/0x9\n",
            "BUG: torn warp in turn+0x7/0x9",
        ),
        ("syzbot found the following issue on:", "HEAD commit: 12\nWARNINGS: none\n", ""),
        ("kernel test robot noticed a 7% regression of weaving", ">> loom/turn.c:7:3: error: x", ""),
    ],
)
def test_what_a_robot_says_to_be_wrong(make_message, words: str, below: str, wrong: str) -> None:
    message = replace(make_message(f"Hello,\n\n{words}\n\n{below}"), author=Person("syzbot", "syzbot@example.org"))
    assert find_wrong(message, words) == wrong
    assert find_wrong(replace(message, author=Person("Ada Berg", "ada@example.org")), words) == ""
