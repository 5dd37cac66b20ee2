"""The words in which all forms of the report say what records say in words of their own: a doubt, a version, what a mail shows."""

from __future__ import annotations

import re

from miner.model import BUILT_UPON, CITED, LANDED

_DOUBTS = {"hedged": "probably {}", "conditional": "{} on a condition", "negated": "said not to be {}"}
_RELEASE = re.compile(r"v?\d+(?:\.\d+)*(?:[-.]?rc\d+)?")
_CITED = re.compile(r"(?P<sha>[0-9a-f]{8,40}) ?\( ?[\"“].{1,400}[\"”] ?\)")
_COPIED = re.compile(r"\[? ?(?:upstream commit|commit) (?P<sha>[0-9a-f]{8,40})(?: upstream)?\.? ?\]?", re.I)
_IN_FILE = re.compile(r"(?P<file>\S{1,400}): ")
_HEAD = re.compile(r"(?P<branch>\S{1,200}): (?P<sha>[0-9a-f]{12}) \S.{0,400}")
_PULLED = re.compile(r"has been merged into (?P<tree>[^\s:]{1,80}):?(?: \S{1,200})?")
_SHOWN = 12  # characters of a commit's name


def tell_state(state: str) -> str:
    """A status with its certainty, as people say it.

    >>> tell_state("ready, hedged")
    'probably ready'
    """
    label, _, doubt = state.partition(", ")
    return _DOUBTS.get(doubt, "{}").format(label)


def tell_version(title: str, revision: str) -> str:
    """The version behind a title, where there is more than one and the title does not say it already.

    >>> tell_version("loom: turn", "v1"), tell_version("loom: turn", "v4.1"), tell_version("loom: turn (series v3)", "v3")
    ('', 'v4.1', '')
    """
    said = re.search(rf"(?<!\w){re.escape(revision)}(?![\w.])", title, re.I) if revision else None
    return "" if revision == "v1" or said else revision


def count(number: int, one: str, many: str = "") -> str:
    """A number of things, in words.

    >>> count(1, "day"), count(2, "day"), count(0, "copy", "copies")
    ('1 day', '2 days', '0 copies')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"


def is_release(name: str) -> bool:
    """Whether somebody is none, but a version that is waited for.

    >>> is_release("1.4"), is_release("v6.2-rc1"), is_release("Ada")
    (True, True, False)
    """
    return _RELEASE.fullmatch(name) is not None


def is_merge_notice(text: str) -> bool:
    """Whether words are those in which a form mail says that a pull request was merged."""
    return _PULLED.fullmatch(text) is not None


def tell_shown(text: str, rule: str | None = None) -> str:
    """What a mail shows by words that are no sentence, as a sentence; empty where they are one. `rule` is that of the status which
    they prove: of `built-upon` these are a file and what a later patch finds in it, of commits that are named what is no other form is the
    line of a pull request.

    >>> tell_shown('0123456789abcdef ("loom: turn the wheel")')
    'named there as commit 0123456789ab'
    >>> tell_shown("loom/turn.c: turn_the_wheel(1);", "built-upon"), tell_shown("Ada: loom: turn", "landed")
    ('a later patch was made on top of it (loom/turn.c)', 'listed in a pull request')
    """
    if rule == BUILT_UPON and (found := _IN_FILE.match(text)):
        return f"a later patch was made on top of it ({found['file']})"
    if found := _CITED.fullmatch(text):
        return f"named there as commit {found['sha'][:_SHOWN]}"
    if found := _COPIED.fullmatch(text):
        return f"copied for a stable tree from commit {found['sha'][:_SHOWN]}"
    if found := _PULLED.fullmatch(text):
        return f"merged into {found['tree']}"
    if found := _HEAD.fullmatch(text):
        return f"the head of branch {found['branch']} there, commit {found['sha']}"
    return "listed in a pull request" if rule in (CITED, LANDED) else ""
