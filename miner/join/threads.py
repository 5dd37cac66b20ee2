"""Threads: who answers whom, from In-Reply-To and References (RFC 5322, section 3.6.4).

Subjects count only for an answer without either header, and only when a mail here has that very subject. The result
does not depend on the order of the messages: children may stand before their parents, and do.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

import networkx as nx

from miner.model import Message

LONGEST_SILENCE = timedelta(days=90)  # between a mail and an answer that only its subject ties to it


class Threads:
    """The reply graph of some messages: an edge runs from each message to the one it answers, if that one is here.

    A message has at most one parent: its In-Reply-To, else the last Reference at hand. A mail "Re: x" that has neither
    header answers the last mail "x" before it. Loops are cut at the oldest message in them. `writes` knows the addresses of all
    who write, where these messages are not all of the list.
    """

    def __init__(self, messages: Sequence[Message], writes: Callable[[str], bool] | None = None) -> None:
        self._writes = writes
        self.messages: Mapping[str, Message] = {m.message_id: m for m in messages}
        self.graph: nx.DiGraph[str] = nx.DiGraph()
        self.graph.add_nodes_from(self.messages)
        self._parents: dict[str, str] = {}
        bare = [m for m in self.messages.values() if m.form == "mail" and m.subject.reply and not m.references]
        self._openers = _find_openers(self.messages.values(), {m.subject.title for m in bare}) if bare else {}
        # The newest first, so that what closes a loop is the edge of its oldest message.
        for ident in sorted(self.messages, key=lambda i: (-self.order(i)[0], i)):
            for parent in self._candidates(self.messages[ident]):
                if not self._leads_to(parent, ident):
                    self.graph.add_edge(ident, parent)
                    self._parents[ident] = parent
                    break

    def _candidates(self, message: Message) -> Iterator[str]:
        """The messages here that may be this one's parent, the best first."""
        named = (message.in_reply_to, *reversed(message.references))
        yield from (ident for ident in named if ident and ident in self.messages and ident != message.message_id)
        if message.date is None or not message.subject.reply or any(named):
            return
        openers = self._openers.get(_posting(message), [])
        at = bisect_right(openers, message.date, key=lambda opener: opener[0]) - 1
        if at >= 0 and message.date - openers[at][0] <= LONGEST_SILENCE:
            yield openers[at][1]

    def _leads_to(self, start: str, goal: str) -> bool:
        # Without a child it is nobody's ancestor: saves the walk up nearly always.
        return goal == start or (self.graph.in_degree(goal) > 0 and goal in self.ancestors(start))

    def parent(self, ident: str) -> str | None:
        return self._parents.get(ident)

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
        """The root of each message's thread. Messages whose parents are missing but who name one id stay together."""
        found: dict[str, str] = {}
        for component in nx.weakly_connected_components(self.graph):
            root = next(n for n in component if self.graph.out_degree(n) == 0)
            for ident in component:
                found[ident] = root
        joined = self._join_orphans(sorted(set(found.values()), key=self.order), found)
        return {ident: joined.get(root, root) for ident, root in found.items()}

    def _join_orphans(self, roots: Sequence[str], found: Mapping[str, str]) -> Mapping[str, str]:
        """For each root that names missing messages the oldest one that is tied to it by these."""
        # "In-Reply-To: <ada@example.org>" names a person, "<y>" was an answer to git send-email: neither is a mail.
        writes = self._writes or {message.author.address for message in self.messages.values()}.__contains__
        ties: nx.Graph[str | tuple[str]] = nx.Graph()
        for root in roots:
            for ident in self.messages[root].references:
                if ident in found:
                    ties.add_edge(root, found[ident])
                elif "@" in ident and not writes(ident):
                    ties.add_edge(root, (ident,))
        place = {root: n for n, root in enumerate(roots)}
        joined: dict[str, str] = {}
        for component in nx.connected_components(ties):
            here = [node for node in component if isinstance(node, str)]
            joined |= dict.fromkeys(here, min(here, key=place.__getitem__))
        return joined

    def order(self, ident: str) -> tuple[float, str]:
        """What messages are sorted by, the oldest first."""
        date = self.messages[ident].date
        return (date.timestamp() if date else float("inf"), ident)

    @cached_property
    def members(self) -> Mapping[str, tuple[str, ...]]:
        """The messages of each thread by its root, oldest first."""
        found: dict[str, list[str]] = {}
        for ident, root in self.roots.items():
            found.setdefault(root, []).append(ident)
        return {root: tuple(sorted(idents, key=self.order)) for root, idents in found.items()}

    def descendants(self, ident: str) -> set[str]:
        """Every message below this one."""
        return set(nx.ancestors(self.graph, ident))


def _posting(message: Message) -> tuple[object, ...]:
    """What a subject and its answers share: the title and the place in a series."""
    subject = message.subject
    return subject.title, subject.revision, subject.number, subject.total


def _find_openers(
    messages: Iterable[Message], titles: Collection[str]
) -> Mapping[tuple[object, ...], list[tuple[datetime, str]]]:
    """The messages with one of these titles that are no answers, as (date, id), the oldest first."""
    openers: dict[tuple[object, ...], list[tuple[datetime, str]]] = {}
    for message in messages:
        title = message.subject.title
        if title and title in titles and not message.subject.reply and message.date is not None:
            openers.setdefault(_posting(message), []).append((message.date, message.message_id))
    return {posting: sorted(found) for posting, found in openers.items()}
