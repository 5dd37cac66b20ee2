"""The commits that a text names with their titles: `1a2b3c4d5e6f ("title")`, and as `git log` shows them, where the writer pasted that.

A log with its diff is somebody's own commit, which he shows before it is in any tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from miner.join.postings import title_key

_CITED = re.compile(
    r"\b(?P<sha>[0-9a-f]{8,40})[ \t]{0,4}(?:\n[> \t]{0,20})?\([ \t]?[\"“]"
    r"(?P<title>[^\n]{8,160}?(?:\n[^\n]{1,160}?)?)[\"”][ \t]?(?:\n[> \t]{0,20})?\)"
)
_LOG = re.compile(
    r"^commit (?P<sha>[0-9a-f]{40})(?: \([^\n]{1,200}\))?[ \t\r]*\n"
    r"(?:(?:Merge|Author|AuthorDate|Commit|CommitDate|Date):[^\n]{1,200}\n){2,5}[ \t\r]*\n"
    r"[ \t]{2,8}(?P<title>\S[^\n]{1,300})$",
    re.M,
)
_FOLDED = re.compile(r"\n[> \t]*")
_DIFF = re.compile(r"^(?:diff --git |--- a/)", re.M)


@dataclass(frozen=True, slots=True)
class Named:
    """A commit that a text names from `start` to `end`: `title` is its title's key, `words` how it is named."""

    start: int
    end: int
    sha: str
    title: str
    words: str


def find_named(text: str) -> Iterator[Named]:
    """The commits that a text names, first those in brackets.

    >>> [(each.sha, each.title) for each in find_named('Fixes: 0123456789ab ("loom: turn the wheel")')]
    [('0123456789ab', 'loom turn the wheel')]
    """
    if '("' in text or "(“" in text:
        for match in _CITED.finditer(text):
            words = " ".join(_FOLDED.sub(" ", match[0]).split())
            yield Named(match.start(), match.end(), match["sha"], title_key(_FOLDED.sub(" ", match["title"])), words)
    if "\nAuthor:" in text and _DIFF.search(text) is None:
        for match in _LOG.finditer(text):
            words = f'{match["sha"]} ("{match["title"].strip()}")'
            yield Named(match.start(), match.end(), match["sha"], title_key(match["title"]), words)
