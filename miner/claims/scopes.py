"""Scopes of cue words: which words of a sentence deny, doubt or condition what others claim, and how far they reach.

The way of NegEx and ConText (Chapman 2001, Harkema 2009): a table of cues (cues.toml), each with what it says, its direction, its reach
in words and the words that end its scope; and look-alikes, which are masked. A claim is what its scopes say, whoever found it: the rules
or the classifier alone. What it tells to be done, its deed, is found by the words of its status.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from miner.model import Certainty, StatusLabel

_KEYS = {"name", "says", "words", "reach", "ends", "side", "done", "time", "of", "masks", "examples", "counter"}
_SAYS: tuple[Certainty, ...] = ("negated", "hedged", "conditional")
_EDGE = "\\b"
_MACRO = re.compile(r"<([a-z]+)>")
_PAST = re.compile(r"\w+ed|taken|took|put|sent|made|withdrawn|in", re.I)  # a deed that is told as done
_QUOTED = re.compile(r"\"([^\"]{2,400})\"|[“„]([^”“]{2,400})[”“]|(?<![\w'])'([^'\n]{2,200}?)'(?![\w'])")


class Span(NamedTuple):
    """Offsets into a sentence, the end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cue:
    """A row of the table. `reach`: words from it to a deed, 0 for all of its clause; `side`: where the deed stands that it is about; `done`: only
    deeds told as done; `time`: it says when, which is no condition of what is done; `of`: only claims of these statuses."""

    name: str
    says: Certainty
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    masks: re.Pattern[str] | None
    ends: re.Pattern[str] | None
    examples: tuple[str, ...]
    counter: tuple[str, ...]
    reach: int = 0
    side: Literal["behind", "before", "both"] = "behind"
    done: bool = False
    time: bool = False
    of: frozenset[str] = frozenset()

    def find(self, text: str) -> Iterator[Span]:
        """Where the cue stands."""
        masked = self.masks.sub(blank, text) if self.masks else text
        for found in self.pattern.finditer(masked):
            yield Span(*found.span())

    def covers(self, text: str, cue: Span, deed: Span, opens: int) -> bool:
        """Whether a deed, which belongs to words that begin at `opens`, lies in the scope of the cue."""
        if self.done and not _PAST.fullmatch(text[slice(*deed)]):
            return False
        if deed.end <= cue.start:
            between = text[deed.end : cue.start]
            return self.side != "behind" and not self._is_over(between, between)
        if self.side == "before":
            return False
        reached = max(opens, cue.end) if cue.start < opens else deed.start
        return not self._is_over(text[cue.end : deed.start], text[cue.end : reached])

    def _is_over(self, between: str, least: str) -> bool:
        """Whether the scope of a cue ends within some words, or those that are at least passed are more than it reaches."""
        return bool(self.reach and len(least.split()) >= self.reach) or bool(self.ends and self.ends.search(between))


@dataclass(frozen=True, slots=True)
class Cues:
    """The table, read. `hints` tell by what a sentence says whether a cue may be in it at all."""

    rows: Mapping[Certainty, tuple[Cue, ...]]
    hints: Mapping[Certainty, re.Pattern[str]]
    deeds: Mapping[StatusLabel, re.Pattern[str]]


@cache
def load_cues() -> Cues:
    """The cues that ship with the package."""
    table = tomllib.loads((files("miner.claims") / "cues.toml").read_text(encoding="utf-8"))
    words: Mapping[str, str] = table["words"]
    cues = [_read_cue(entry, words) for entry in table["cue"]]
    rows: dict[Certainty, tuple[Cue, ...]] = {says: tuple(cue for cue in cues if cue.says == says) for says in _SAYS}
    return Cues(
        rows,
        {says: _join_all([word for cue in found for word in cue.words]) for says, found in rows.items()},
        {status: re.compile(rf"\b(?:{deeds})\b", re.I) for status, deeds in table["deeds"].items()},
    )


def _read_cue(entry: Mapping[str, Any], macros: Mapping[str, str]) -> Cue:
    if unknown := entry.keys() - _KEYS:
        raise ValueError(f"cue {entry.get('name', '?')}: unknown key {min(unknown)}")
    ends = [rf"\b{re.escape(word)}\b" if word.isalpha() else re.escape(word) for word in entry.get("ends", ())]
    masks = entry.get("masks", ())
    words = tuple(_MACRO.sub(lambda found: macros[found[1]], word) for word in entry["words"])
    return Cue(
        entry["name"],
        entry["says"],
        words,
        _join(words, macros),
        _join(masks, macros) if masks else None,
        _join(ends, macros) if ends else None,
        tuple(entry["examples"]),
        tuple(entry["counter"]),
        entry.get("reach", 0),
        entry.get("side", "behind"),
        entry.get("done", False),
        entry.get("time", False),
        frozenset(entry.get("of", ())),
    )


def _join(words: Iterable[str], macros: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(_MACRO.sub(lambda found: macros[found[1]], word) for word in words), re.I)


def _join_all(words: Iterable[str]) -> re.Pattern[str]:
    """One pattern for many: what begins with a word is tried where words begin alone, which is four times as fast."""
    kinds: dict[bool, list[str]] = {True: [], False: []}
    for word in words:
        kinds[word.startswith(_EDGE)].append(word.removeprefix(_EDGE))
    return re.compile("|".join([rf"\b(?:{'|'.join(kinds[True])})", *kinds[False]]), re.I)


def find_deeds(text: str, status: StatusLabel, start: int, end: int) -> list[Span]:
    """The words of a part of a sentence that tell what a status says to be done."""
    deeds = load_cues().deeds.get(status)
    return [Span(*found.span()) for found in deeds.finditer(text, start, end)] if deeds else []


def is_told(text: str, deed: Span) -> bool:
    """Whether a deed is told as done, and not as what may, shall or has to be."""
    return _PAST.fullmatch(text[slice(*deed)]) is not None and not _TO_COME.search(
        text, max(0, deed.start - 30), deed.start
    )


def is_said(says: Certainty, text: str, status: StatusLabel, deed: Span, first: int, opens: int | None = None) -> bool:
    """Whether a cue that stands behind `first` has a deed in its scope. Where the deed belongs to the words of a rule, which begin at
    `opens`, the cue has to reach these alone."""
    cues = load_cues()
    if not cues.hints[says].search(text):
        return False
    return any(
        cue.covers(text, found, deed, deed.start if opens is None else opens)
        for cue in cues.rows[says]
        if not cue.of or status in cue.of
        for found in cue.find(text)
        if found.end > first or cue.side == "both"
    )


def find_condition(text: str, status: StatusLabel | None = None, done: Span | None = None) -> Span | None:
    """Where the first words stand in a sentence that make a condition. Of a deed that is `done` those make none that only tell when:
    "after the review I have applied it"."""
    cues = load_cues()
    if not cues.hints["conditional"].search(text):
        return None
    found = [
        span
        for cue in cues.rows["conditional"]
        if not cue.of or status in cue.of
        for span in cue.find(text)
        if done is None or not cue.time or (span.end <= done.start and not _DOER.search(text, span.end, done.start))
    ]
    return min(found, default=None)


def are_quoted(text: str, deeds: Iterable[Span]) -> bool:
    """Whether deeds stand in quotation marks, with words of the sentence's author around them."""
    if '"' not in text and "“" not in text and "'" not in text:
        return False
    quoted = [Span(*found.span()) for found in _QUOTED.finditer(text)]
    quoted = [each for each in quoted if text[: each.start].strip(" (") or text[each.end :].strip(" .,!)")]
    return bool(quoted) and all(
        any(each.start < deed.start and deed.end < each.end for each in quoted) for deed in deeds
    )


def blank(found: re.Match[str]) -> str:
    """Blanks as long as what was found, so that places stay."""
    return " " * len(found[0])


_DOER = re.compile(r",|\b(?:I|we)\b")  # behind which a clause of its own tells what was done
_TO_COME = re.compile(
    r"\b(?:will|would|can|could|should|may|might|must|shall|to)\b(?: \w+){0,2} $|['’]ll\b(?: \w+){0,2} $", re.I
)
