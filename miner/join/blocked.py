"""What waits for what: items and series that cannot go on before another one does, rings of them, and what holds up most.

What is blocked by something that is only named in words, and is no known work, waits for these words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import networkx as nx

from miner.join.rules import FINISHED
from miner.model import Blockage, Status, Wait, Work

MAX_WORKS = 5_000  # in the count of what holds up how many, which grows with the length of the chains


def find_blocked(status: Sequence[Status]) -> Blockage:
    """What waits for other work, those that are waited for most first. Of a series its newest posting counts. Words that
    name no known work come last, as an item of no status; they take no part in rings, and in what holds up most."""
    works = _standing(status)
    items = {one.title: one for one in works.values() if one.kind == "item"}
    series = {root: one for one in works.values() if one.kind == "series" for root in (one.key, one.chain, *one.series)}
    words = _Words(works.values())
    waits: dict[tuple[_Key, _Key], Wait] = {}
    unknown: dict[tuple[_Key, str], Wait] = {}
    written: dict[str, str] = {}  # the words as they were written first, by the same in small letters
    for key, one in works.items():
        if one.status in FINISHED:
            continue
        for needed in dict.fromkeys((*one.depends_on, *one.waiting_on)):
            other = items.get(needed) or series.get(needed) or words.find(needed)
            if other is not None and _key_of(other) != key and other.status not in FINISHED:
                waits[key, _key_of(other)] = _wait(one, other)
            elif other is None and one.status == "blocked" and needed in one.depends_on and needed.strip():
                name = " ".join(needed.split())
                name = written.setdefault(name.casefold(), name)
                unknown[key, name] = _wait(one, name)
    graph: nx.DiGraph[_Key] = nx.DiGraph()
    graph.add_edges_from(sorted(waits))
    held = {node: len(nx.ancestors(graph, node) - {node}) for node in graph} if len(graph) <= MAX_WORKS else {}
    found = [replace(wait, holds_up=held.get(waiter, 0)) for (waiter, _), wait in waits.items()]
    found.sort(
        key=lambda wait: (-held.get((wait.on_kind, wait.on_key), 0), wait.on_title, wait.on_key, wait.title, wait.key)
    )
    in_words = [replace(wait, holds_up=held.get(waiter, 0)) for (waiter, _), wait in unknown.items()]
    in_words.sort(key=lambda wait: (wait.on_title, wait.title, wait.key))
    worst = max(held, key=lambda node: (held[node], node), default=None)
    return Blockage(
        waits=(*found, *in_words),
        cycles=_cycles(graph, works),
        worst=Work(*worst, works[worst].title, held[worst]) if worst is not None else None,
    )


_Key = tuple[str, str]
_WORD = re.compile(r"[^\W_]{4,40}")
_NO_NAMES = frozenset(
    "series patch patches patchset version this that these those with from your mine their other work after before until".split()
)


class _Words:
    """Finds the one work whose title has all the words that somebody calls it by, two at least."""

    def __init__(self, works: Iterable[Status]) -> None:
        self._by_word: dict[str, set[int]] = {}
        self._works = list(works)
        for n, one in enumerate(self._works):
            for word in set(_WORD.findall(one.title.lower())):
                self._by_word.setdefault(word, set()).add(n)

    def find(self, text: str) -> Status | None:
        words = {word for word in _WORD.findall(text.lower()) if word not in _NO_NAMES}
        if len(words) < 2:
            return None
        meant = set.intersection(*(self._by_word.get(word, set()) for word in words))
        return self._works[meant.pop()] if len(meant) == 1 else None


def _standing(status: Sequence[Status]) -> Mapping[_Key, Status]:
    newest: dict[str, Status] = {}
    for one in status:
        if one.kind == "series":
            standing = newest.setdefault(one.chain or one.key, one)
            if (one.revision or 1) >= (standing.revision or 1):
                newest[one.chain or one.key] = one
    kept = {id(one) for one in newest.values()}
    return {_key_of(one): one for one in status if one.kind == "item" or id(one) in kept}


def _key_of(one: Status) -> _Key:
    return one.kind, one.key


def _wait(one: Status, other: Status | str) -> Wait:
    """What waits for another work, or for what is only named in words."""
    proof = next((each for each in one.evidence if each.status == "blocked"), one.evidence[0] if one.evidence else None)
    return Wait(
        kind=one.kind,
        key=one.key,
        title=one.title,
        status=one.status,
        on_kind="item" if isinstance(other, str) else other.kind,
        on_key=other if isinstance(other, str) else other.key,
        on_title=other if isinstance(other, str) else other.title,
        on_status=None if isinstance(other, str) else other.status,
        next_actor=None if isinstance(other, str) else other.next_actor,
        text=proof.text if proof else "",
        message_id=proof.message_id if proof else None,
        date=one.as_of,
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
