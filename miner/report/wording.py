"""The words in which all forms of the report say what records say in words of their own: a doubt, a version, what a mail shows."""

from __future__ import annotations

import re

_DOUBTS = {"hedged": "probably {}", "conditional": "{} on a condition", "negated": "said not to be {}"}
_RELEASE = re.compile(r"v?\d+(?:\.\d+)*(?:[-.]?rc\d+)?")
_BEGINS = re.compile(r"(?P<file>\S.{0,200}?): index [0-9a-f]{4,40}\.\.[0-9a-f]{4,40}(?: \d{6})?")
_CITED = re.compile(r"(?P<sha>[0-9a-f]{8,40}) ?\( ?[\"“].{1,400}[\"”] ?\)")
_COPIED = re.compile(r"\[? ?(?:upstream commit|commit) (?P<sha>[0-9a-f]{8,40})(?: upstream)?\.? ?\]?", re.I)
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


def is_release(name: str) -> bool:
    """Whether somebody is none, but a version that is waited for.

    >>> is_release("1.4"), is_release("v6.2-rc1"), is_release("Ada")
    (True, True, False)
    """
    return _RELEASE.fullmatch(name) is not None


def is_merge_notice(text: str) -> bool:
    """Whether words are those in which a form mail says that a pull request was merged."""
    return _PULLED.fullmatch(text) is not None


def tell_shown(text: str, listed: bool = False) -> str:
    """What a mail shows by words that are no sentence, as a sentence; empty where they are one. `listed` tells that what is no
    other form is the line of a pull request.

    >>> tell_shown("loom/turn.c: index 0123abc..4567def 100644")
    'a later patch was made on top of it (loom/turn.c)'
    >>> tell_shown('0123456789abcdef ("loom: turn the wheel")')
    'named there as commit 0123456789ab'
    """
    if found := _BEGINS.fullmatch(text):
        return f"a later patch was made on top of it ({found['file']})"
    if found := _CITED.fullmatch(text):
        return f"named there as commit {found['sha'][:_SHOWN]}"
    if found := _COPIED.fullmatch(text):
        return f"copied for a stable tree from commit {found['sha'][:_SHOWN]}"
    if found := _PULLED.fullmatch(text):
        return f"merged into {found['tree']}"
    return "listed in a pull request" if listed else ""
