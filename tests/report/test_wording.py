"""Words of people for what records say in a word of the program's own."""

from __future__ import annotations

import pytest

from miner.report.wording import is_merge_notice, is_release, tell_shown, tell_state, tell_version


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("ready", "ready"),
        ("needs-review, hedged", "probably needs-review"),
        ("blocked, conditional", "blocked on a condition"),
        ("applied, negated", "said not to be applied"),
        ("", ""),
    ],
)
def test_a_doubt(state: str, told: str) -> None:
    assert tell_state(state) == told


@pytest.mark.parametrize(
    ("title", "revision", "told"),
    [
        ("loom: turn", "v1", ""),
        ("loom: turn", "", ""),
        ("loom: turn", "v2", "v2"),
        ("loom: turn", "v4.1", "v4.1"),
        ("loom, v2", "v2", ""),
        ("loom (series V3)", "v3", ""),
        ("move loomv2 to the shed", "v2", "v2"),
        ("loom v2.1", "v2", "v2"),
    ],
)
def test_a_version_stands_where_it_says_something(title: str, revision: str, told: str) -> None:
    assert tell_version(title, revision) == told


@pytest.mark.parametrize("name", ["1.4", "v6.2-rc1", "7"])
def test_a_release_is_nobody(name: str) -> None:
    assert is_release(name)
    assert not is_release(f"Ada {name}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('0123456789abcdef ("loom: turn the wheel")', "named there as commit 0123456789ab"),
        (f"[ Upstream commit {'ab12' * 10} ]", "copied for a stable tree from commit ab12ab12ab12"),
        (f"commit {'ab12' * 10} upstream", "copied for a stable tree from commit ab12ab12ab12"),
        ("has been merged into weft/weft.git: https://example.org/c/1", "merged into weft/weft.git"),
        ("has been merged into weft/weft.git:", "merged into weft/weft.git"),
        ("I took it.", ""),
    ],
)
def test_what_is_no_sentence_is_told_as_one(text: str, told: str) -> None:
    assert tell_shown(text) == told
    assert is_merge_notice(text) is told.startswith("merged")


def test_the_line_of_a_pull_request() -> None:
    assert tell_shown("Ada: loom: turn the wheel", "landed") == "listed in a pull request"
    assert tell_shown("Ada: loom: turn the wheel", "cited-as-commit") == "listed in a pull request"
    assert tell_shown("Ada: loom: turn the wheel") == ""


def test_the_head_of_a_branch() -> None:
    told = "the head of branch for-next there, commit 0123456789ab"
    assert tell_shown("for-next: 0123456789ab loom: turn the wheel", "cited-as-commit") == told


@pytest.mark.parametrize("shown", ["index 0123abc..4567def", "turn_the_wheel(of: the_loom);"])
def test_what_a_later_patch_finds_in_a_file(shown: str) -> None:
    assert tell_shown(f"loom/turn.c: {shown}", "built-upon") == "a later patch was made on top of it (loom/turn.c)"
