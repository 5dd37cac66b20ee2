"""Threads: who answers whom, from In-Reply-To and References alone (RFC 5322, section 3.6.4). No mail, no subject guessing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import networkx as nx

from miner.model import Message


class Threads:
    """The reply graph of some messages: an edge runs from each message to the one it answers, if that one is here.

    A message has at most one parent: its In-Reply-To, else the last Reference at hand. Loops are cut where they close.
    """

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages: Mapping[str, Message] = {m.message_id: m for m in messages}
        self.graph: nx.DiGraph[str] = nx.DiGraph()
        self.graph.add_nodes_from(self.messages)
        for message in messages:
            parent = self._choose_parent(message)
            if parent is not None and not self._leads_to(parent, message.message_id):
                self.graph.add_edge(message.message_id, parent)

    def _choose_parent(self, message: Message) -> str | None:
        for ident in (message.in_reply_to, *reversed(message.references)):
            if ident in self.messages and ident != message.message_id:
                return ident
        return None

    def _leads_to(self, start: str, goal: str) -> bool:
        return goal == start or goal in self.ancestors(start)

    def parent(self, ident: str) -> str | None:
        return next(iter(self.graph.successors(ident)), None)

    def ancestors(self, ident: str) -> list[str]:
        """Parent, grandparent, ..., root."""
        found: list[str] = []
        at = self.parent(ident)
        while at is not None:
            found.append(at)
            at = self.parent(at)
        return found

    @cached_property
    def roots(self) -> Mapping[str, str]:
        """The root of each message's thread. Messages whose parent is missing but who share a first Reference stay together."""
        found: dict[str, str] = {}
        for component in nx.weakly_connected_components(self.graph):
            root = next(n for n in component if self.graph.out_degree(n) == 0)
            for ident in component:
                found[ident] = root
        orphans: dict[str, str] = {}
        joined: dict[str, str] = {}
        for root in sorted(set(found.values()), key=self._order):
            first = next(iter(self.messages[root].references), None)
            if first is None:
                continue
            joined[root] = found.get(first) or orphans.setdefault(first, root)
        return {ident: joined.get(root, root) for ident, root in found.items()}

    def _order(self, ident: str) -> tuple[float, str]:
        date = self.messages[ident].date
        return (date.timestamp() if date else float("inf"), ident)

    @cached_property
    def members(self) -> Mapping[str, tuple[str, ...]]:
        """The messages of each thread by its root, oldest first."""
        found: dict[str, list[str]] = {}
        for ident, root in self.roots.items():
            found.setdefault(root, []).append(ident)
        return {root: tuple(sorted(idents, key=self._order)) for root, idents in found.items()}

    def descendants(self, ident: str) -> set[str]:
        """Every message below this one."""
        return set(nx.ancestors(self.graph, ident))
