"""Which postings a work item is about, with a score from 0 to 1 and the reason.

A link in the item's own row says it outright, a link in a sentence about the item nearly so, and so does a posting's title
that holds the item's whole title. Without these, signs are added up: the code that the row names and the posting touches,
words of the title, the same person. They tie only one work, one that is clearly ahead of the next.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from miner.columns import ASSIGNEE, LOCATION
from miner.join.items import Entry, as_text, title_key
from miner.join.people import People, split_person
from miner.model import Message, Series, Tie

LINKED, SAID, TITLED = 1.0, 0.9, 0.8
PLACE, PLACE_ALONE, ALL_WORDS, HALF_OF_WORDS, SAME_PERSON = 0.5, 0.6, 0.4, 0.2, 0.25
LEAST = 0.6
MARGIN = 0.15
BEFORE = timedelta(days=365)  # how much older than the table the work may be
COMMON = 20  # a word that stands in more works' titles says little
MAX_DIFF = 200_000  # characters of a mail that are searched for code
_HUNK_OR_CHANGE = re.compile(r"^(?:@@ [^@\n]{1,60} @@ ?(.*)|[+-](?![+-]{2} )(.*))$", re.M)
_CALL = re.compile(r"\b([A-Za-z_]\w{2,79})\(")
_FILE = re.compile(r"^(?:\+\+\+ b|--- a)/(\S{1,300})$", re.M)
_WORD = re.compile(r"[^\W\d_]\w{3,}")
_BRANCH = re.compile(r"([a-z]{2,3})/[\w.+-]+")  # jm/pack-scan-limit
_NO_PLACE = frozenset({"if", "for", "while", "switch", "return", "sizeof"})


def guess_ties(
    entries: Sequence[Entry],
    loose: Iterable[int],
    series: Sequence[Series],
    messages: Mapping[str, Message],
    people: People,
) -> Mapping[int, Tie]:
    """For entries (by index) that no link ties to a posting the oldest posting of the one work that is clearly meant, if any."""
    loose = list(loose)
    if not loose or not series:
        return {}
    works = _Works(series, messages, {place for n in loose for place in _places(entries[n])})
    found = {}
    for n in loose:
        ranked = works.rank(entries[n], messages.get(entries[n].message_id), people)
        if ranked and ranked[0].score >= LEAST and (len(ranked) == 1 or ranked[0].score - ranked[1].score >= MARGIN):
            found[n] = ranked[0]
    return found


class _Works:
    """The works on a list, by their words and by the code that they touch."""

    def __init__(self, series: Sequence[Series], messages: Mapping[str, Message], places: set[str]) -> None:
        self._of_chain: dict[str, list[Series]] = {}
        for one in series:
            self._of_chain.setdefault(one.chain, []).append(one)
        self._by_word: dict[str, set[str]] = {}
        self._by_place: dict[str, set[str]] = {}
        for one in series:
            for word in _words(one.title):
                self._by_word.setdefault(word, set()).add(one.chain)
            if places:
                for place in _touched(one, messages) & places:
                    self._by_place.setdefault(place, set()).add(one.chain)

    def rank(self, entry: Entry, table: Message | None, people: People) -> list[Tie]:
        """The works that may be meant, the best first."""
        owner = next((as_text(entry.values[name]) for name in ASSIGNEE if name in entry.values), None)
        owner = people.resolve(owner) or owner if owner else None
        branch = _BRANCH.fullmatch(entry.title) if entry.listings and not owner else None
        initials = branch[1] if branch else None
        words = _words(entry.title)
        near: Counter[str] = Counter()
        for word in words:
            chains = self._by_word.get(word, set())
            if len(chains) <= COMMON:
                near.update(chains)
        touching: dict[str, str] = {}
        for place in _places(entry):
            for chain in self._by_place.get(place, ()):
                touching.setdefault(chain, place)
        found = []
        for chain in sorted({*near, *touching}):
            first, *_ = self._of_chain[chain]
            newest = self._of_chain[chain][-1]
            if table and table.date and newest.date and newest.date < table.date - BEFORE:
                continue
            score, reasons = 0.0, []
            if chain in touching:
                alone = len(self._by_place[touching[chain]]) == 1
                score += PLACE_ALONE if alone else PLACE
                reasons.append(f"touches {touching[chain]}")
            if words and near[chain] == len(words) and len(words) > 1:
                score += ALL_WORDS
                reasons.append("has every word of its title")
            elif words and near[chain] * 2 >= len(words):
                score += HALF_OF_WORDS
                reasons.append("has words of its title")
            if owner and any(people.same(owner, one.author) for one in self._of_chain[chain]):
                score += SAME_PERSON
                reasons.append("is by the assignee")
            elif initials and any(_initials_of(one.author) == initials for one in self._of_chain[chain]):
                score += SAME_PERSON
                reasons.append("is by somebody of its branch's initials")
            if len(reasons) > 1 or chain in touching:
                found.append(Tie(first.root, round(min(score, SAID - 0.05), 2), ", ".join(reasons)))
        return sorted(found, key=lambda tie: (-tie.score, tie.series))


def _initials_of(person: str) -> str:
    """The first letters of a person's names: "jm" for Jana Marek."""
    name, _ = split_person(person)
    return "".join(word[0] for word in re.findall(r"[^\W\d_]+", name or "")).lower()


def _words(title: str) -> set[str]:
    return set(_WORD.findall(title_key(title)))


def _places(entry: Entry) -> set[str]:
    """The functions (`name()`) and files that the row names as its location."""
    found = set()
    for name in LOCATION:
        value = entry.values.get(name)
        for text in value if isinstance(value, tuple) else (value,) if value else ():
            for word in re.split(r"[\s,;]+", text):
                if word.endswith("()") and _CALL.fullmatch(word[:-1]):
                    found.add(word)
                elif "/" in word or re.search(r"\.[a-z]{1,4}$", word):
                    found.add(word.strip("/"))
    return found


def _touched(one: Series, messages: Mapping[str, Message]) -> set[str]:
    """The files that a posting changes, and the functions that stand in its changed lines and heads of hunks."""
    found: set[str] = set()
    for ident in one.patches:
        if ident is None or ident not in messages:
            continue
        body = messages[ident].body[:MAX_DIFF]
        for path in _FILE.findall(body):
            found.add(path)
            found.add(path.rpartition("/")[2])
        for head, line in _HUNK_OR_CHANGE.findall(body):
            found.update(f"{name}()" for name in _CALL.findall(head or line) if name not in _NO_PLACE)
    return found
