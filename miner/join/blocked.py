"""What waits for what: items and series that cannot go on before another one does, rings of them, and what holds up most.

What is blocked by something that is only named in words, and is no known work, waits for these words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

import networkx as nx

from miner.join.case import FINISHED
from miner.model import Blockage, Need, Status, Wait, Work

MAX_WORKS = 5_000  # in the count of what holds up how many, which grows with the length of the chains


def find_blocked(status: Sequence[Status]) -> Blockage:
    """What waits for other work, those that are waited for most first. Of a series its newest posting counts. Words that
    name no known work come last, as "other" and of no status; they take no part in rings, and in what holds up most. An item and a
    posting that is tied to it do not wait for each other."""
    works = _standing(status)
    named = Named(status)
    waits: dict[tuple[_Key, _Key], Wait] = {}
    unknown: dict[tuple[_Key, str], Wait] = {}
    written: dict[str, str] = {}  # the words as they were written first, by the same in small letters
    for key, one in works.items():
        if one.status in FINISHED:
            continue
        for needed in dict.fromkeys((*one.depends_on, *one.waiting_on)):
            other = named.find(needed, one)
            if other is not None and not _is_same(other, one) and other.status not in FINISHED:
                waits.setdefault((key, _key_of(other)), _wait(one, other, needed))
            elif other is None and one.status == "blocked" and needed in one.depends_on and needed.strip():
                name = " ".join(needed.split())
                name = written.setdefault(name.casefold(), name)
                unknown[key, name] = _wait(one, name, needed)
    waits = _without_doubles(waits, works)
    graph: nx.DiGraph[_Key] = nx.DiGraph()
    graph.add_edges_from(sorted(waits))
    held = {node: len(nx.ancestors(graph, node) - {node}) for node in graph} if len(graph) <= MAX_WORKS else {}
    found = [replace(wait, holds_up=held.get(waiter, 0)) for (waiter, _), wait in waits.items()]
    found.sort(
        key=lambda wait: (-held.get((wait.on_kind, wait.on_key), 0), wait.on_title, wait.on_key, wait.title, wait.key)
    )
    in_words = [replace(wait, holds_up=held.get(waiter, 0)) for (waiter, _), wait in unknown.items()]
    in_words.sort(key=lambda wait: (wait.on_title, wait.title, wait.key))
    worst = max(held, key=lambda node: (held[node], node[0] == "item", node), default=None)
    return Blockage(
        waits=(*found, *in_words),
        cycles=_cycles(graph, works),
        worst=Work(*worst, works[worst].title, held[worst]) if worst is not None else None,
    )


_Key = tuple[str, str]


def _without_doubles(
    waits: Mapping[tuple[_Key, _Key], Wait], works: Mapping[_Key, Status]
) -> dict[tuple[_Key, _Key], Wait]:
    """The waits without those between postings of items of which the one waits for the other."""
    owner = {("series", root): key for key, one in works.items() if key[0] == "item" for root in one.series}

    def of_items(pair: tuple[_Key, _Key]) -> tuple[_Key, _Key]:
        return owner.get(pair[0], pair[0]), owner.get(pair[1], pair[1])

    return {pair: wait for pair, wait in waits.items() if of_items(pair) == pair or of_items(pair) not in waits}


_WORD = re.compile(r"[^\W_]{3,40}")
_NAME = re.compile(r"[^\W\d_][\w-]{1,40}")
_QUOTED = re.compile(r"[\"“]([^\"“”]{12,200})[\"”]")
_OWNED = re.compile(r"(?:^|\s)([^\W\d_][\w-]{1,40})(?:['’]s?)(?=\s)")
_IS_WORK = re.compile(
    r"\b(?:patch(?:es|sets?)?|series|set|fix(?:es)?|clean-?ups?|rework|refactoring|conversion|work|changes?|rfc)\b",
    re.I,
)
_TRAILERS = re.compile(r"[A-Z][\w-]{1,30}-by: .{0,2000}?\s---\s+", re.S)  # and the line below them
_VERSION = re.compile(r"\bv\d", re.I)  # that of a work which is spoken of already
_NO_NAMES = frozenset(
    "series patch patches patchset patchsets set fix fixes cleanup cleanups rework work works change changes rfc version this that these"
    " those with from your mine their his her our the and for new newer latest recent other another after before until upstream".split()
)
FRESH = timedelta(days=365)  # since something was heard of a work that is called by words of its title
RECENT = timedelta(days=60)  # of one that is called by its owner's name alone
SKEW = timedelta(days=1)  # between the clocks of two people


class Named:
    """Finds the one work that is meant: by an item's title, by the root of a posting, or by words where only one work comes into
    question: all of them stand in its title, two at least, or it is the open work of somebody whom they name."""

    def __init__(self, status: Sequence[Status]) -> None:
        standing = _standing(status)
        newest = {one.chain or one.key: one for one in standing.values() if one.kind == "series"}
        self._works = list(standing.values())
        self._items = {one.title: one for one in self._works if one.kind == "item"}
        self._series: dict[str, Status] = {}
        self._told: dict[str, list[datetime]] = {}  # when something was heard of a chain
        for one in status:
            if one.kind == "series":
                chain = one.chain or one.key
                self._series.update(dict.fromkeys((one.key, chain, *one.series), newest[chain]))
                if one.since is not None:
                    self._told.setdefault(chain, []).append(one.since)

    def find(self, name: str, waiter: Status, said: datetime | None = None) -> Status | None:
        """The work that a name means for one that waits, in words of some date."""
        known = self._items.get(name) or self._series.get(name)
        if known is not None:
            return known
        need = find_need(waiter, name)
        said = need.date if need is not None else said
        for numbers in (self._by_title(name), self._of_somebody(name, waiter, said)):
            meant = [self._works[n] for n in sorted(numbers)]
            meant = [one for one in meant if not _is_same(one, waiter) and self._was_there(one, said, FRESH)]
            if len(meant) == 1:
                return meant[0]
        return None

    def _by_title(self, name: str) -> Set[int]:
        quoted = _QUOTED.search(name)
        words = _words(quoted[1] if quoted else name)
        return set.intersection(*(self._titles.get(word, set()) for word in words)) if len(words) > 1 else set()

    def _of_somebody(self, name: str, waiter: Status, said: datetime | None) -> Set[int]:
        """The open works of the one whom a name names as their owner: "Ada's folio series". Where it has no word of a title, of
        somebody else than the owner of what waits, who bears that name alone, and of those lately posted."""
        for match in _OWNED.finditer(name):
            owned = self._owners.get(match[1].lower(), set())
            rest = name[match.end() :]
            if not owned or not _IS_WORK.search(rest):
                continue
            words = _words(rest)
            found = owned.intersection(*(self._titles.get(word, set()) for word in words))
            found = {n for n in found if self._works[n].status not in FINISHED}
            if words:
                return found
            owners = {self._works[n].assignee for n in owned}
            if len(owners) == 1 and waiter.assignee not in owners and not _VERSION.search(rest):
                return {n for n in found if self._was_there(self._works[n], said, RECENT)}
        return set()

    def _was_there(self, one: Status, said: datetime | None, within: timedelta) -> bool:
        """Whether something was heard of a work within some time before it was spoken of, as far as the times are known."""
        told = self._told.get(one.chain or one.key, ())
        return said is None or not told or any(said - within <= each <= said + SKEW for each in told)

    @cached_property
    def _titles(self) -> Mapping[str, set[int]]:
        """The works by each word of their titles."""
        return _by_words(_WORD.findall(one.title.lower()) for one in self._works)

    @cached_property
    def _owners(self) -> Mapping[str, set[int]]:
        """The works by each word of their owners' names, and by the name before the @."""
        return _by_words(_NAME.findall((one.assignee or "").lower().partition("@")[0]) for one in self._works)


def find_need(one: Status, name: str) -> Need | None:
    """The sentence that tells that a work waits for something."""
    found = next((need for need in one.needs if need.on == name), None)
    return replace(found, text=_cut_trailers(found.text)) if found is not None else None


def _cut_trailers(text: str) -> str:
    """A sentence without the trailers of the commit message above it."""
    trailers = _TRAILERS.match(text)
    return text[trailers.end() :] if trailers else text


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.lower()) if word not in _NO_NAMES}


def _by_words(texts: Iterable[Iterable[str]]) -> Mapping[str, set[int]]:
    """The numbers of texts by each of their words."""
    found: dict[str, set[int]] = {}
    for n, words in enumerate(texts):
        for word in words:
            found.setdefault(word, set()).add(n)
    return found


def _is_same(one: Status, other: Status) -> bool:
    """Whether two are one work: versions of one series, an item and a posting that is tied to it."""
    if one.kind == other.kind:
        return (one.chain or one.key) == (other.chain or other.key)
    item, posting = (one, other) if one.kind == "item" else (other, one)
    return not {posting.key, posting.chain, *posting.series}.isdisjoint(item.series)


def _standing(status: Sequence[Status]) -> Mapping[_Key, Status]:
    newest: dict[str, Status] = {}
    for one in status:
        if one.kind == "series":
            standing = newest.setdefault(one.chain or one.key, one)
            if one.place_in_chain >= standing.place_in_chain:
                newest[one.chain or one.key] = one
    kept = {id(one) for one in newest.values()}
    return {_key_of(one): one for one in status if one.kind == "item" or id(one) in kept}


def _key_of(one: Status) -> _Key:
    return one.kind, one.key


def _wait(one: Status, other: Status | str, name: str) -> Wait:
    """What waits for another work that it calls by a name, or for what is only named in words."""
    need = find_need(one, name)
    shown = next((each for each in one.evidence if each.status == "blocked"), one.evidence[0] if one.evidence else None)
    proof = need or shown
    return Wait(
        kind=one.kind,
        key=one.key,
        title=one.title,
        status=one.status,
        on_kind="other" if isinstance(other, str) else other.kind,
        on_key=other if isinstance(other, str) else other.key,
        on_title=other if isinstance(other, str) else other.title,
        on_status=None if isinstance(other, str) else other.status,
        next_actor=None if isinstance(other, str) else other.next_actor,
        text=_cut_trailers(proof.text) if proof else "",
        message_id=proof.message_id if proof else None,
        date=need.date if need else one.as_of,
        holds_up=0,
    )


def _cycles(graph: nx.DiGraph[_Key], works: Mapping[_Key, Status]) -> tuple[tuple[str, ...], ...]:
    """One ring of titles for each knot of works that wait for each other, from its first title on."""
    found = []
    for knot in nx.strongly_connected_components(graph):
        if len(knot) > 1:
            start = min(knot, key=lambda key: (works[key].title, key))
            part: nx.DiGraph[_Key] = nx.DiGraph()
            part.add_edges_from((a, b) for a, b in graph.edges if a in knot and b in knot)
            back = min((nx.shortest_path(part, other, start) for other in sorted(part.successors(start))), key=len)
            found.append(tuple(works[key].title for key in (start, *back[:-1])))
    return tuple(sorted(found))
