"""The phrase language of rules.toml: what a person would write down, as patterns of tokens (matching.py tries them).

    applied              the word, in any case; contractions count as their long form (`will` matches "I'll")
    appl*                a word that starts so
    (patch|pull request) one of these, each a phrase itself
    already?             may be missing; works behind a bracket as well
    ..4                  up to four words or commas of any kind
    <work>               a word list or phrase of the [words] table, or one of the classes below
    ^                    first in the phrase: only at the start of a clause
    $                    only at the end of a clause; what follows it in the phrase is left out

Classes: <name> a capitalised word, <version> v2, <release> 6.9 or v6.9-rc1, <bare> a plain word that is no article or pronoun, <num> 3, <part> 50%, <branch> a branch or tree such as for-6.9/block, <open> an opening bracket.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

MOST = 1_000  # token patterns that one phrase may stand for

CLASSES: Mapping[str, str] = {
    "open": r"^[(\[]$",
    "name": r"^[A-Z][a-zà-ÿ'’]+(?:-[A-Z][a-z]+)?$",
    "version": r"^[vV]\d{1,2}$",
    "release": r"^(?:[vV]?\d{1,2}\.\d{1,3}(?:\.\d{1,3}|\.[xy])?(?:-rc\d{1,2})?|[vV]?\d{1,2}\.\d{1,3}(?:-stable|-lts)?)$",
    "bare": (
        r"^(?!(?i:the|an?|th[ei]\w*|it|its|you\w*|me|my|our|his|her|us|how|wh\w+|if|some\w*|any\w*|every\w*|all|both|more|less|much|many|an?other"
        r"|further|other|better|reviews?|test\w*|feedback|comments?|taste|luck)$)[A-Za-z][a-z-]+$"
    ),
    "num": r"^#?\d{1,4}(?:[-/,]\d{1,4})?$",
    "part": r"^[1-9]?\d%$",
    "branch": (
        r"^(?:[\w.+-]{1,60}/)*(?:[\w.+-]{1,40}-)?(?:for-[\w.+-]{1,40}|(?:next|fixes|testing|unstable|stable|devel|dev|queue|tree|git"
        r"|mainline|upstream|master|linus|rc|current|new)(?:-[\w.+-]{1,40})?|[\w.+-]{1,40}\.git)$|^[\w.+-]{1,40}/(?:for-)?[\w.+-]{1,40}$"
    ),
}

# What the cheap pass takes for a word (rules.py looks for these in a sentence).
PLAIN = re.compile(r"[a-z0-9][a-z0-9+#-]*")

_TOKEN = re.compile(r"\(|\)|\||\?|\^|\$|\.\.\d+|<[a-z-]+>|[^\s()|?^$<>]+")


class PhraseError(ValueError):
    """A phrase that cannot be read; names the phrase."""


@dataclass(frozen=True, slots=True)
class Word:
    """One place of a pattern: any of `words`, a regular expression, or (`gap` > 0) up to so many words of any kind."""

    words: frozenset[str] = frozenset()
    regex: str | None = None
    gap: int = 0
    optional: bool = False
    edge: bool = False  # `$`, which takes no place

    @property
    def needed(self) -> frozenset[str]:
        """Words of which a sentence must hold one; empty when nothing can be said."""
        if self.optional or self.gap or self.regex:
            return frozenset()
        return _find_needed(self.words)


@lru_cache(maxsize=5_000)
def _find_needed(words: frozenset[str]) -> frozenset[str]:
    pieces = [PLAIN.search(word) for word in words]
    return frozenset(piece.group() for piece in pieces if piece) if all(pieces) else frozenset()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A flat run of words; `at_start` and `at_end` tie it to the edges of a clause."""

    words: tuple[Word, ...]
    at_start: bool = False
    at_end: bool = False


def parse_phrase(phrase: str, macros: Mapping[str, str]) -> tuple[Pattern, ...]:
    """All flat patterns that a phrase stands for. Raises PhraseError.

    >>> [len(p.words) for p in parse_phrase("will (look at|review) it", {})]
    [3, 4]
    """
    tokens = _TOKEN.findall(_expand_macros(phrase, macros))
    if not tokens:
        raise PhraseError(f"empty phrase {phrase!r}")
    at_start = tokens[0] == "^"
    tokens = tokens[at_start:]
    runs, at = _parse_choice(tokens, 0, phrase)
    if at != len(tokens):
        raise PhraseError(f"{tokens[at]!r} is out of place in {phrase!r}")
    if len(runs) > MOST:
        raise PhraseError(f"{phrase!r} stands for more than {MOST} patterns")
    return tuple(dict.fromkeys(_make_pattern(run, at_start) for run in runs if run))


def _make_pattern(run: tuple[Word, ...], at_start: bool) -> Pattern:
    """A run up to its `$`; without one, what may be missing at its end is left off, as it cannot change the match."""
    end = next((at for at, word in enumerate(run) if word.edge), None)
    if end is not None:
        return Pattern(run[:end], at_start, True)
    end = len(run)
    while end and (run[end - 1].gap or run[end - 1].optional):
        end -= 1
    return Pattern(run[:end], at_start, False)


def _expand_macros(phrase: str, macros: Mapping[str, str]) -> str:
    for _ in range(4):  # a macro may use another one, not much deeper
        done = re.sub(r"<([a-z-]+)>", lambda m: f"({macros[m[1]]})" if m[1] in macros else m[0], phrase)
        if done == phrase:
            return done
        phrase = done
    raise PhraseError(f"words that use themselves in {phrase!r}")


Runs = list[tuple[Word, ...]]


def _parse_choice(tokens: Sequence[str], at: int, phrase: str) -> tuple[Runs, int]:
    """Phrases between bars, up to a closing bracket or the end. Single plain words become one place."""
    runs: Runs = []
    while True:
        found, at = _parse_run(tokens, at, phrase)
        runs += found
        if at < len(tokens) and tokens[at] == "|":
            at += 1
            continue
        break
    plain = [run[0] for run in runs if len(run) == 1 and run[0].words and not run[0].optional]
    rest = [run for run in runs if not (len(run) == 1 and run[0].words and not run[0].optional)]
    if plain:
        rest.insert(0, (Word(frozenset().union(*(word.words for word in plain))),))
    return rest, at


def _parse_run(tokens: Sequence[str], at: int, phrase: str) -> tuple[Runs, int]:
    parts: list[Runs] = []
    while at < len(tokens) and tokens[at] not in "|)":
        if tokens[at] == "(":
            inner, at = _parse_choice(tokens, at + 1, phrase)
            if at >= len(tokens) or tokens[at] != ")":
                raise PhraseError(f"a bracket stays open in {phrase!r}")
        else:
            inner = [(_read_word(tokens[at], phrase),)]
        at += 1
        if at < len(tokens) and tokens[at] == "?":
            at += 1
            one_place = len(inner) == 1 and len(inner[0]) == 1
            inner = [(replace(inner[0][0], optional=True),)] if one_place else [(), *inner]
        parts.append(inner)
        size = 1
        for part in parts:
            size *= len(part)
        if size > MOST:
            raise PhraseError(f"{phrase!r} stands for more than {MOST} patterns")
    return [tuple(word for run in choice for word in run) for choice in product(*parts)], at


def _read_word(token: str, phrase: str) -> Word:
    if token.startswith("..") and token[2:].isdigit():
        return Word(gap=int(token[2:]))
    if token.startswith("<"):
        if token[1:-1] not in CLASSES:
            raise PhraseError(f"unknown class {token} in {phrase!r}")
        return Word(regex=CLASSES[token[1:-1]])
    if token == "$":
        return Word(edge=True)
    if token in "?^":
        raise PhraseError(f"{token!r} is out of place in {phrase!r}")
    if token.endswith("*") and len(token) > 2:
        return Word(regex=f"(?i)^{re.escape(token[:-1])}")
    return Word(frozenset({token.lower()}))
