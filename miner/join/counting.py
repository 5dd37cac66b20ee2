"""Which patches of a series words name by number: "the first two", "patches 1-3 and 5", "applied 1-3 to X and 4 to Y"."""

from __future__ import annotations

import re

_ALL_OF_IT = re.compile(
    r"\b(?:both|series|set|patchset|everything|whole|these|them)\b|(?<!thanks )(?<!thank you )(?<!thank )\ball\b(?! the best)",
    re.I,
)
_ONE_OF_IT = re.compile(
    r"\b(?:patch|one|this|that|it) (?:from|of|in) (?:the|this|your) (?:series|set|patchset)\b", re.I
)
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PLACES = ("first", "second", "third", "fourth")
_SOME = re.compile(rf"\b(?P<end>first|last) (?P<count>\d{{1,3}}|{'|'.join(_WORDS)})(?: patches| commits| of)?\b", re.I)
_ONE = re.compile(r"(?<!\bof the )(?<!\bin the )\b(?P<place>first|second|third|fourth|last|other) patch\b(?!es)", re.I)
_NUMBER = r"#?\d{1,3}(?: ?(?:-|to|through) ?#?\d{1,3})?"
_ENDS = r"(?=\s*(?:$|[.,;:!)]|(?:to|into|in|on|for|via|of|and|but|is|are|was|were|has|have|thanks|now|here|with|as|from)\b))"
_LIST = re.compile(
    r"\b(?:patch(?:es)?|applied|queued|picked(?: up)?|merged|pushed|took) "
    rf"(?P<numbers>{_NUMBER}(?:(?:, and |, | and ){_NUMBER})*)(?![./]?\w){_ENDS}",
    re.I,
)
_AND_MORE = re.compile(rf"(?:\band|,) (?P<numbers>{_NUMBER}) (?=(?:to|into|in|on|for|via)\b)", re.I)
_RANGE = re.compile(r"#?(\d{1,3})(?: ?(?:-|to|through) ?#?(\d{1,3}))?", re.I)


def means_all(text: str) -> bool:
    """Whether words speak of a whole series, and not of one patch of it."""
    return bool(_ALL_OF_IT.search(_ONE_OF_IT.sub(" ", text)))


def name_patches(text: str, expected: int) -> frozenset[int] | None:
    """The numbers that words name of the patches of a series, 0 for one that has none ("the other patch"); None where they name no patch.

    >>> sorted(name_patches("Applied 1-3 to loom/next, and 4 to weft/next.", 5)), name_patches("Applied, thanks.", 5)
    ([1, 2, 3, 4], None)
    """
    text = " ".join(text.split())
    if found := _ONE.search(text):
        place = found["place"].lower()
        return frozenset({_PLACES.index(place) + 1 if place in _PLACES else expected if place == "last" else 0})
    if found := _SOME.search(text):
        word = found["count"].lower()
        count = _WORDS.index(word) + 1 if word in _WORDS else int(word)
        first = 1 if found["end"].lower() == "first" else max(1, expected - count + 1)
        return frozenset(range(first, first + count))
    if found := _LIST.search(text):
        return frozenset(n for each in (found, *_AND_MORE.finditer(text, found.end())) for n in _read(each["numbers"]))
    return None


def _read(numbers: str) -> range | list[int]:
    return [
        n
        for match in _RANGE.finditer(numbers)
        for n in range(int(match[1]), min(int(match[2] or match[1]), int(match[1]) + 999) + 1)
    ]
