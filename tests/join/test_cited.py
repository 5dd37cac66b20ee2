"""The commits that a text names with their titles."""

from __future__ import annotations

import time

import pytest

from miner.join.cited import find_named

SHA = "0123456789abcdef0123456789abcdef01234567"
LOG = f"commit {SHA}\nAuthor: Ada <ada@example.org>\nDate:   Thu Mar 5 04:45:57 2026 +0800\n\n    loom: turn the wheel\n\n    It squeaks.\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('Since 0123456789ab ("loom: turn the wheel") it squeaks.', ["0123456789ab"]),
        (f"Without the commit below it is silent.\n\n{LOG}", [SHA]),
        (f"x\n{LOG.replace(SHA, f'{SHA} (HEAD -> main)')}", [SHA]),
        (f"x\n{LOG.replace('Author:', 'Merge: 0123 4567' + chr(10) + 'Author:')}", [SHA]),
        ("".join(f"> {line}\n" for line in LOG.splitlines()), []),  # somebody else's
        (f"I would rather do this:\n\n{LOG}\ndiff --git a/a.c b/a.c\n", []),  # shown before it is in a tree
        (f"commit {SHA}\n\n    loom: turn the wheel\n", []),
    ],
)
def test_a_commit_is_named_in_brackets_or_as_a_log_shows_it(text: str, found: list[str]) -> None:
    named = list(find_named(text))
    assert [each.sha for each in named] == found
    assert all(
        each.title == "loom turn the wheel" and each.words.endswith('("loom: turn the wheel")') for each in named
    )


def test_a_hostile_text_takes_no_time() -> None:
    start = time.process_time()
    for text in (
        LOG * 2_000,
        f"\nAuthor: a\ncommit {SHA}\n" * 2_000,
        f"\nAuthor: a\ncommit {SHA}\n" + "Date: x\n" * 20_000,
    ):
        list(find_named(text))
    assert time.process_time() - start < 1
