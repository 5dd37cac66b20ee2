"""Rules are data: rules.toml, read once. The first rule of the file that matches a clause has the clause.

Each flat pattern knows the words without which it cannot match: it is only tried where two of them stand (matching.py). Of firm
rules their order tells as well that a sentence is worth a look, before it is cut into tokens.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any, get_args

from miner.claims.gate import read_plain
from miner.claims.matching import Index, Needs
from miner.claims.phrases import PLAIN, Pattern, Word, parse_phrase
from miner.claims.tokens import Text
from miner.claims.verdict import LEAST_MATCHED
from miner.model import Certainty, StatusLabel

_KEYS = {
    "name", "status", "certainty", "confidence", "patterns", "examples", "counter",
    "negation", "questions", "in_patch", "reply", "least", "firm", "owns",
}  # fmt: skip
_CONTRACTION = re.compile(r"(\w*)(n['’]t|['’](?:ll|m|re|ve|d|s))\b")
_LONG_FORMS = {"ll": ("will",), "m": ("am",), "re": ("are",), "ve": ("have",), "d": ("would", "had"), "s": ("us", "is")}
_LONG_STEMS = {"wo": "will", "ca": "can", "sha": "shall"}
_STEM = re.compile(r"\w+(?=n['’]t\b)")
_LONG_WORDS = ("not", "going", "to", *_LONG_STEMS.values(), *chain(*_LONG_FORMS.values()))


Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of thought about how people say a status.

    `certainty` fixes it; `negation` False: words such as "not" belong to the rule; `questions`: "yes", "no" (a question
    is no claim) or "only"; `in_patch`: also read in the commit message of a patch mail; `reply`: only in replies; `least`: the
    probability below which its word alone makes no claim; `firm`: the probability that its words alone give, whatever the cheap
    pass and the classifier say, for words that can hardly mean anything else; `owns`: what the classifier alone makes of its
    clause is no claim.
    """

    name: str
    status: StatusLabel
    confidence: float
    phrases: tuple[str, ...]
    examples: tuple[str, ...]
    counter: tuple[str, ...]
    certainty: Certainty | None = None
    negation: bool = True
    questions: str = "yes"
    in_patch: bool = False
    reply: bool = False
    least: float = LEAST_MATCHED
    firm: float = 0.0
    owns: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """Where a rule matched, in tokens; the end is exclusive."""

    rule: Rule
    start: int
    end: int


class RuleSet:
    """All rules and their patterns; read-only once made."""

    def __init__(self, rules: tuple[Rule, ...], macros: Mapping[str, str]) -> None:
        self.rules = rules
        self.firm = frozenset(rule.status for rule in rules if rule.firm)
        self._owner: list[tuple[Rule, bool, bool]] = []
        self._index = Index()
        self._firm: dict[str, dict[tuple[Words, ...], int]] = {}  # what firm patterns need, by a word that tells much
        self._needs = Needs()
        for rule in rules:
            for phrase in rule.phrases:
                self._add_phrase(rule, parse_phrase(phrase, macros))
        self._telling = frozenset(self._firm)
        self._firm_words = re.compile(rf"\b(?:{_any_of(self._firm)})\b")

    def _add_phrase(self, rule: Rule, patterns: tuple[Pattern, ...]) -> None:
        """Patterns of one phrase that need the same words and edges share a number."""
        numbers: dict[tuple[bool, bool, tuple[Words, ...]], int] = {}
        for pattern in patterns:
            if not pattern.words:
                raise ValueError(f"rule {rule.name}: a phrase without words")
            needed = [word for word in pattern.words if word.needed]
            if not needed:
                raise ValueError(f"rule {rule.name}: a phrase needs at least one plain word")
            needs = tuple(word.needed for word in needed)
            edges = pattern.at_start, pattern.at_end
            if (*edges, needs) not in numbers:
                numbers[*edges, needs] = len(self._owner)
                self._owner.append((rule, *edges))
                if rule.firm:
                    for word in min(needs, key=_telling):
                        self._firm.setdefault(word, {})[needs] = self._needs.add(needs)
            anchor, second = (*sorted(needed, key=_rarity), needed[0])[:2]
            self._index.add(numbers[*edges, needs], rule.status, pattern, anchor, second)

    def may_be_firm(self, text: str, plain: Sequence[str] | None = None) -> bool:
        """Whether a text has the words of a firm rule, so that it is looked at whatever the cheap pass says. `plain` are its words
        as the cheap pass reads them."""
        text = text.lower()
        words = read_plain(text) if plain is None else plain
        if "'" in text or "’" in text or "cannot" in text or "gonna" in text:
            words = [*words, *_LONG_WORDS, *_STEM.findall(text)]  # all that a short form may stand for
        if self._telling.isdisjoint(words):
            return False
        lacking = ~self._needs.read(words)
        held = [
            needs
            for word in self._telling.intersection(words)
            for needs, bits in self._firm[word].items()
            if not bits & lacking
        ]
        if not held or self._firm_words.search(text) is None:
            return False
        places = _read_words(text)
        return any(_in_order(needs, places) for needs in held)

    def match(self, text: Text, statuses: Container[StatusLabel]) -> Iterator[Match]:
        """Matches of the rules for some statuses, in the order of the rules, longest first within one."""
        for number, start, minus_end in self._index.find(text, statuses):
            rule, at_start, at_end = self._owner[number]
            if (not at_start or _starts_clause(text, start)) and (not at_end or _ends_clause(text, -minus_end)):
                yield Match(rule, start, -minus_end)


def _rarity(word: Word) -> tuple[bool, int, list[str]]:
    """Sort key: words that few sentences have come first."""
    words = word.needed
    return bool(words & _COMMON), len(words), sorted(words)


def _telling(words: Words) -> tuple[int, int, int]:
    """Sort key: the words that tell most come first, long ones that are not common."""
    return len(words & _COMMON), len(words & _EVERYDAY), -min(map(len, words))


def _any_of(words: Iterable[str]) -> str:
    """A pattern for one of some words, by their first letters: six times as fast as their plain list."""
    by_letter: dict[str, list[str]] = {}
    for word in sorted(words, reverse=True):
        by_letter.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(letter)}(?:{'|'.join(rest)})" for letter, rest in sorted(by_letter.items())) or "(?!)"


def _in_order(needs: Iterable[Words], places: Mapping[str, list[int]]) -> bool:
    """Whether a word of each set stands behind one of the set before it."""
    at = -1
    for need in needs:
        behind = [place for word in need & places.keys() for place in places[word] if place > at]
        if not behind:
            return False
        at = min(behind)
    return True


def _read_words(text: str) -> dict[str, list[int]]:
    """The words of a sentence in lower case, each with the places where it stands, contractions in their long form as well.

    >>> _read_words("i can't")
    {'i': [0], 'can': [2, 2], 't': [6], 'not': [4]}
    """
    places: dict[str, list[int]] = {}
    for found in PLAIN.finditer(text):
        places.setdefault(found[0], []).append(found.start())
    if "'" in text or "’" in text:
        for found in _CONTRACTION.finditer(text):
            stem, short = found[1], found[2]
            places.setdefault(_LONG_STEMS.get(stem, stem), []).append(found.start())
            for word in ("not",) if short.startswith("n") else _LONG_FORMS[short[1:]]:
                places.setdefault(word, []).append(found.start(2))
    for whole, first, second in (("cannot", "can", "not"), ("gonna", "going", "to")):
        for place in places.get(whole, ()):
            places.setdefault(first, []).append(place)
            places.setdefault(second, []).append(place + 1)
    return places


_COMMON = frozenset(
    "the a an to of in on for it this that you i we be with at and or is are was have will can not as by from up".split()
)
_EVERYDAY = frozenset(
    "this these if all some more also no do has had would could should get here there like need think see make change check code"
    " patch patches set use using fix fixed support which what how one about good better still other after please your my me"
    " looks instead something following commit".split()
)
_LEADS = frozenset(
    "and but so then ok okay yes yeah yep sure thanks thank also well now right hi hello great fine ah oh good agreed anyway"
    " otherwise will".split()
)


def _starts_clause(text: Text, at: int) -> bool:
    if at == 0:
        return True
    before = text.tokens[at - 1]
    if before.is_punct or before.text in ("--", "=", "+1", "~"):
        return before.text not in ("(", "[", "'", '"', "`") or at == 1
    return at <= 3 and all(token.lower in _LEADS or token.is_punct for token in text.tokens[:at])


def _ends_clause(text: Text, at: int) -> bool:
    return at >= len(text) or text.tokens[at].is_punct or text.words[at] in (":)", ":-)", ";)", "--", "=")


def read_rules(text: str) -> tuple[tuple[Rule, ...], Mapping[str, str]]:
    """Rules and word lists out of the text of a rule file. Raises ValueError, which names the rule."""
    table = tomllib.loads(text)
    rules = tuple(_read_rule(entry) for entry in table["rule"])
    names = [rule.name for rule in rules]
    if doubles := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two rules have the name {min(doubles)}")
    return rules, table.get("words", {})


def _read_rule(entry: Mapping[str, Any]) -> Rule:
    name = entry.get("name", "?")
    if unknown := entry.keys() - _KEYS:
        raise ValueError(f"rule {name}: unknown key {min(unknown)}")
    if entry["status"] not in get_args(StatusLabel):
        raise ValueError(f"rule {name}: unknown status {entry['status']}")
    if entry.get("certainty", "asserted") not in get_args(Certainty):
        raise ValueError(f"rule {name}: unknown certainty {entry['certainty']}")
    if not 0 < entry["confidence"] < 1:
        raise ValueError(f"rule {name}: confidence must lie between 0 and 1")
    if entry.get("questions", "yes") not in ("yes", "no", "only"):
        raise ValueError(f"rule {name}: questions must be yes, no or only")
    return Rule(
        name=name,
        status=entry["status"],
        confidence=float(entry["confidence"]),
        phrases=tuple(entry["patterns"]),
        examples=tuple(entry["examples"]),
        counter=tuple(entry.get("counter", ())),
        certainty=entry.get("certainty"),
        negation=entry.get("negation", True),
        questions=entry.get("questions", "yes"),
        in_patch=entry.get("in_patch", False),
        reply=entry.get("reply", False),
        least=float(entry.get("least", LEAST_MATCHED)),
        firm=float(entry.get("firm", 0.0)),
        owns=entry.get("owns", False),
    )


@cache
def load_rules(name: str = "rules.toml") -> tuple[tuple[Rule, ...], Mapping[str, str]]:
    """The rules that ship with the package."""
    return read_rules((files("miner.claims") / name).read_text(encoding="utf-8"))
