"""All that was found as one graph: who wrote what, what answers what, what belongs to which work, and who waits for whom.

A node is named by its kind and its key, as in `series:20260101.1-ada@example.org`, so that no two kinds can meet in one name. It
has `kind`, `key`, `label` (words for people), `date` and `status` (both None where they say nothing). An edge has `kind`,
`date`, `reason`: the words or the fact that it was read from, of what is about a work with how sure it is, and `message_id`: the
mail that has these words, where they are a claim, or a sentence about one work that waits for another, or that takes its place.
Dates are ISO 8601 in UTC. The graph depends neither on the order of the mails nor, in what it calls the nodes, on other mails.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from typing import Any

import networkx as nx

from miner.errors import MinerError
from miner.join.blocked import Named, find_need
from miner.join.items import gather_items
from miner.join.mailmap import read_mailmap
from miner.join.masks import Unmasker
from miner.join.people import ROLES, gather_people
from miner.join.prerequisites import read_named
from miner.join.questions import claim_asks, find_answers
from miner.join.threads import Threads
from miner.join.tie import Ties
from miner.links import find_message_ids
from miner.model import SENT_ELSEWHERE, Ask, Claim, Edge, Message, Series, Status, TableRow, WorkItem

Graph = nx.MultiDiGraph
NODE_KINDS = ("message", "person", "series", "chain", "patch", "item", "claim", "commit", "tree", "role", "other")
EDGE_KINDS = (
    "wrote", "replies_to", "quotes", "mentions", "answers", "part_of", "revises", "supersedes", "about", "said_by",
    "assigned_to", "waits_for", "depends_on", "applied_as",
)  # fmt: skip
_Proof = tuple[str | None, str | None, str | None]  # the date, the words, and the mail that has them
REPLACED, DISPLACED = "superseded-by-other", "displaced"  # rules of a status
LONGEST_LABEL = 120
MAX_DEPTH = 8
# What takes the place of another work, not what gives way to one.
_TAKES_PLACE = re.compile(
    r"\b(?:this|it|which|mine|these|(?:this|my) (?:\w+ )?(?:patch|series|set)) (?:\w+ ){0,2}?(?:supersedes?|replaces?|obsoletes?)\b",
    re.I,
)
# What a sentence about something that gives way calls the other work.
_INSTEAD = re.compile(
    r"\b(?:by|with|of|use|take|apply) ((?:\"[^\"]{3,200}\"|[^.,;:!?\"]|[.:](?=\w)){1,100}?)(?= instead\b|[.,;:!?](?:\s|$)|$)",
    re.I,
)
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0


def edges_of(graph: Graph[str]) -> tuple[Edge, ...]:
    """The edges as records, in the order of the graph."""
    kinds: dict[str, str] = {node: data["kind"] for node, data in graph.nodes(data=True)}
    return tuple(
        Edge(
            source,
            kinds[source],
            target,
            kinds[target],
            data["kind"],
            _moment(data["date"]),
            data["reason"],
            data["message_id"],
        )
        for source, target, data in graph.edges(data=True)
    )


def only(graph: Graph[str], kinds: Collection[str]) -> Graph[str]:
    """The nodes of some kinds in the graph's order, and the edges among them."""
    kept: Graph[str] = nx.MultiDiGraph()
    kept.add_nodes_from((node, data) for node, data in graph.nodes(data=True) if data["kind"] in kinds)
    for source, target, key, data in graph.edges(keys=True, data=True):
        if source in kept and target in kept:
            kept.add_edge(source, target, key, **data)
    return kept


def as_node_link(graph: Graph[str]) -> dict[str, Any]:
    """What `networkx.node_link_graph` (edges="edges") reads."""
    found: dict[str, Any] = nx.node_link_data(graph, edges="edges")
    return found


def as_graphml(graph: Graph[str]) -> str:
    """GraphML, without the characters that XML forbids; what is None is left out."""
    clean: Graph[str] = nx.MultiDiGraph()
    names = {node: _FORBIDDEN.sub("\ufffd", node) for node in graph}
    for node, data in graph.nodes(data=True):
        clean.add_node(names[node], **_plain(data))
    for source, target, key, data in graph.edges(keys=True, data=True):
        clean.add_edge(names[source], names[target], key, **_plain(data))
    out = io.BytesIO()
    nx.write_graphml_xml(clean, out, encoding="utf-8", prettyprint=True, named_key_ids=True)
    return out.getvalue().decode()


class Graphs:
    """The whole graph of what was found, or a part of it. Edges are kept once for each kind between two nodes, the oldest of them. Who
    answers whom takes the longest to find, and is looked for where somebody looks. `claims` are tied, `asks` are what people asked
    for, `mailmap` is the text of one."""

    def __init__(
        self,
        messages: Sequence[Message],
        rows: Mapping[str, Sequence[TableRow]],
        items: Sequence[WorkItem],
        claims: Sequence[Claim],
        series: Sequence[Series],
        status: Sequence[Status],
        asks: Iterable[Ask] = (),
        mailmap: str = "",
    ) -> None:
        messages = sorted(messages, key=lambda m: (_iso(m.date) or "", m.message_id))
        self._people = gather_people(messages, rows, read_mailmap(mailmap))
        self._threads = Threads(messages)
        self._unmask = Unmasker(self._threads.messages)
        entries = gather_items(self._threads, rows, self._people)
        self._ties = Ties(self._threads, entries, series, self._people, self._unmask)
        self._named = Named(status)
        self._claims: dict[tuple[str, str], Claim] = {}
        for claim in claims:
            self._claims.setdefault((claim.message_id, claim.text), claim)
        self._items = {item.item: item for item in items}
        self._series = {one.root: one for one in series}
        self._part_of = {ident: one.root for one in series for ident in (one.root, one.cover, *one.patches) if ident}
        self._whole_shas = {c.sha[:12]: c.sha for one in series for c in one.commits if c is not None}
        self._naming: dict[str, list[str]] = {}  # the mails that answer or link to each
        self._asking: dict[str, list[Claim]] = {}  # by the mails that ask, until answers are looked for
        for claim in (*claims, *claim_asks(asks, claims)):
            self._asking.setdefault(claim.message_id, []).append(claim)
        self._nodes: dict[str, dict[str, Any]] = {}
        self._edges: dict[tuple[str, str, str], _Proof] = {}
        self._beside: defaultdict[str, set[str]] = defaultdict(set)
        for message in messages:
            self._add_message(message)
        for one in series:
            self._add_series(one)
        for item in items:
            self._add_item(item)
        for claim in sorted(
            claims, key=lambda c: (c.message_id, c.start, c.end, c.status, c.item or "", c.series or "", c.rule)
        ):
            self._add_claim(claim)
        for each in status:
            self._add_status(each)

    def whole(self) -> Graph[str]:
        self._add_answers(list(self._asking))
        return self._make(self._nodes)

    def around(self, name: str, depth: int) -> Graph[str]:
        """What lies within some steps of a node, in either direction. `name` is a node's name or key, or how its label or its key
        begins; raises MinerError if that is none, or several."""
        edge = {find_node(self._nodes, name)}
        near = set(edge)
        for _ in range(min(depth, MAX_DEPTH)):
            self._answer_near(edge)
            edge = {other for node in edge for other in self._beside[node]} - near
            near |= edge
        self._answer_near(edge)
        return self._make(near)

    def _answer_near(self, nodes: Iterable[str]) -> None:
        """Add the answers that mails among some nodes give or get: an answer stands in the thread of the question, has a link to it,
        or stands below the posting that the question is about."""
        idents = {node.removeprefix("message:") for each in nodes for node in (each, *self._beside[each])}
        roots = {self._threads.roots[ident] for ident in idents & self._threads.messages.keys()}
        self._add_answers([ident for root in roots for ident in self._asking_in[root] if ident in self._asking])

    @cached_property
    def _asking_in(self) -> Mapping[str, Set[str]]:
        """The mails that ask in each thread, or about a posting in it, by the root of the thread."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for ident, claims in self._asking.items():
            for place in (ident, *(claim.series for claim in claims)):
                if place is not None and place in self._threads.messages:
                    found[self._threads.roots[place]].add(ident)
        return found

    def _add_message(self, message: Message) -> None:
        ident, date = message.message_id, _iso(message.date)
        node = self._node("message", ident, message.subject.text or ident, date)
        if str(message.author):
            self._edge("wrote", self._person(str(message.author)), node, date)
        if (parent := self._threads.parent(ident)) is not None:
            self._edge("replies_to", node, f"message:{parent}", date)
            self._naming.setdefault(parent, []).append(ident)
        for other in dict.fromkeys(origin.message_id for origin in message.origins if origin is not None):
            if other != ident and other in self._threads.messages:
                self._edge("quotes", node, f"message:{other}", date)
        lines = message.lines
        own = "\n".join("\n".join(lines[la.first_line : la.end_line]) for la in message.layers if la.kind == "own")
        for named in dict.fromkeys(map(self._unmask.resolve, find_message_ids(own))):
            if named != ident and named in self._threads.messages:
                self._edge("mentions", node, f"message:{named}", date)
                self._naming.setdefault(named, []).append(ident)

    def _add_series(self, one: Series) -> None:
        date = _iso(one.date)
        node = self._series_node(one.root)
        chain = self._node("chain", one.chain, one.title)
        self._nodes[chain]["label"] = _label(one.title)  # series come oldest first: the newest title stays
        self._edge("part_of", node, chain, date)
        self._edge("assigned_to", node, self._person(one.author), date, "its author")
        if one.cover in self._threads.messages:
            self._edge("part_of", f"message:{one.cover}", node, date)
        for n, ident in enumerate(one.patches):
            if ident is not None and ident in self._threads.messages:
                message = self._threads.messages[ident]
                patch = self._node("patch", ident, message.subject.title, _iso(message.date))
                self._edge("part_of", f"message:{ident}", patch, _iso(message.date))
                self._edge("part_of", patch, node, _iso(message.date))
                commit = one.commits[n] if n < len(one.commits) else None
                if commit is not None:
                    node_of_commit = self._node("commit", commit.sha, commit.sha[:12], _iso(commit.date))
                    self._edge("applied_as", patch, node_of_commit, _iso(commit.date), f"known by its {commit.how}")
                cited = one.cited[n] if n < len(one.cited) and commit is None else None
                if cited is not None and cited.sha:
                    sha = self._whole_shas.get(cited.sha[:12], cited.sha)
                    named = self._node("commit", sha, sha[:12], _iso(cited.date))
                    self._edge("applied_as", patch, named, _iso(cited.date), f"cited in {cited.message_id}")
        for root in one.supersedes:
            older = self._series_node(root)
            known = self._series.get(root)
            self._edge("revises" if known and known.chain == one.chain else "supersedes", node, older, date)
        for outcome in one.outcomes:
            said = _iso(outcome.date)
            tree = self._node("tree", outcome.tree, outcome.tree) if outcome.tree else None
            for short in outcome.commits:
                sha = self._whole_shas.get(short[:12], short)
                commit_node = self._node("commit", sha, sha[:12], said)
                self._edge("applied_as", node, commit_node, said, outcome.kind)
                if tree:
                    self._edge("part_of", commit_node, tree, said, outcome.kind)
            if tree and not outcome.commits:
                self._edge("applied_as", node, tree, said, outcome.kind)

    def _add_item(self, item: WorkItem) -> None:
        posted = self._threads.messages.get(item.message_id)
        date = _iso(posted.date) if posted else None
        node = self._node("item", item.item, item.item, date)
        if posted:
            self._edge("part_of", node, f"message:{item.message_id}", date)
        if item.assignee:
            self._edge("assigned_to", node, self._person(item.assignee), date)
        for tie in item.ties:
            one = self._series.get(tie.series)
            reason = f"{tie.reason} ({tie.score:.2f})"
            self._edge("about", self._series_node(tie.series), node, _iso(one.date) if one else date, reason)

    def _add_claim(self, claim: Claim) -> None:
        date, said = _iso(claim.date), (f"{claim.text} ({claim.confidence:.2f})", claim.message_id)
        place = f"{claim.message_id}:{claim.start}:{claim.status}"
        key = next(key for n in count(1) if f"claim:{(key := f'{place}:{n}' if n > 1 else place)}" not in self._nodes)
        node = self._node("claim", key, claim.text, date, claim.status)
        self._edge("part_of", node, f"message:{claim.message_id}", date)
        if claim.by:
            self._edge("said_by", node, self._person(claim.by), date)
        if claim.item is not None and claim.item in self._items:
            self._edge("about", node, f"item:{claim.item}", date, *said)
        if claim.series is not None:
            self._edge("about", node, self._series_node(claim.series), date, *said)

    def _add_status(self, status: Status) -> None:
        node = f"item:{status.key}" if status.kind == "item" else self._series_node(status.key)
        self._nodes[node]["status"] = status.status
        for waited in status.waiting_on:
            self._edge("waits_for", node, self._waited_for(waited), *self._proof_of_wait(status, waited))
        for needed in dict.fromkeys(
            (*status.depends_on, *(need.on for need in status.needs))
        ):  # also what is finished by now
            if needed in status.series:  # its own posting
                continue
            self._edge("depends_on", node, self._needed(needed, status), *self._proof_of_need(status, needed))
        if status.applied_to and status.kind == "series":
            tree = self._node("tree", status.applied_to, status.applied_to)
            self._edge("applied_as", node, tree, _iso(status.as_of), self._first_word(status)[1])
        if status.rule == SENT_ELSEWHERE and status.key in self._series:
            for sent in filter(None, self._series[status.key].sent_again):
                newer = self._part_of.get(sent.message_id, status.key)
                if newer != status.key and ("revises", f"series:{newer}", node) not in self._edges:
                    self._edge(
                        "supersedes", self._series_node(newer), node, _iso(sent.date), sent.text, sent.message_id
                    )
        elif status.rule in (REPLACED, DISPLACED) and status.kind == "series":
            for newer in self._replacing(status) or self._displacing(status):
                self._edge("supersedes", self._series_node(newer), node, *self._first_word(status))

    def _first_word(self, status: Status) -> _Proof:
        """What decides a status: the date of the mail, the sentence and the mail."""
        if not status.evidence:
            return _iso(status.as_of), status.rule, None
        first = status.evidence[0]
        return self._said(first.message_id, status), first.text, first.message_id

    def _said(self, ident: str, status: Status) -> str | None:
        message = self._threads.messages.get(ident)
        return _iso(message.date if message is not None and message.date is not None else status.as_of)

    def _proof_of_need(self, status: Status, name: str) -> _Proof:
        need = find_need(status, name)
        if need is None:
            return self._first_word(status)
        return _iso(need.date) or self._said(need.message_id, status), need.text, need.message_id

    def _proof_of_wait(self, status: Status, name: str) -> _Proof:
        """What tells that somebody, or another work, is waited for: the sentence that names it; of a question whom it asks."""
        if find_need(status, name) is not None:
            return self._proof_of_need(status, name)
        for asked in status.unanswered:
            if self._people.same(asked.asked_of, name):
                return _iso(asked.date) or self._said(asked.message_id, status), asked.text, asked.message_id
        for shown in status.evidence:
            claim = self._claims.get((shown.message_id, shown.text))
            if claim is not None and any(self._people.same(self._meant(each), name) for each in claim.waiting_on):
                return self._said(shown.message_id, status), shown.text, shown.message_id
        return self._first_word(status)

    def _meant(self, words: str) -> str:
        return self._people.resolve(words) or words

    def _replacing(self, status: Status) -> Sequence[str]:
        """The postings that take the place of one, as the deciding sentence says: the one in whose mail it stands, those that it
        names by a link, or the one that it calls by title or owner."""
        shown = status.evidence[0] if status.evidence else None
        message = self._threads.messages.get(shown.message_id) if shown else None
        if shown is None or message is None:
            return ()
        if newer := self._others((shown.message_id,), status):
            return newer
        if _TAKES_PLACE.search(shown.text):
            return ()
        text = " ".join(shown.text.split())
        named = (said.ids for said in read_named(message) if text in said.text or said.text in text)
        if newer := self._others((self._unmask.resolve(ident) for ids in named for ident in ids), status):
            return newer
        works = (self._named.find(words[1], status, message.date) for words in _INSTEAD.finditer(text))
        return self._others((work.key for work in works if work is not None), status)

    def _displacing(self, status: Status) -> Sequence[str]:
        """The postings of whoever said that he sends a patch of his own: those that answer or link to the one that it is for, or his words."""
        shown, one = status.evidence[0] if status.evidence else None, self._series.get(status.key)
        claim = self._claims.get((shown.message_id, shown.text)) if shown is not None else None
        if claim is None or one is None or status.rule != DISPLACED:
            return ()
        named = (claim.message_id, one.root, one.cover, *one.patches)
        newer = self._others((ident for each in named if each for ident in self._naming.get(each, ())), status)
        return [root for root in newer if self._people.same(self._series[root].author, claim.by)]

    def _others(self, idents: Iterable[str], status: Status) -> Sequence[str]:
        """The postings that mails belong to, without those of a work itself."""
        roots = dict.fromkeys(self._part_of[ident] for ident in idents if ident in self._part_of)
        return [root for root in roots if self._series[root].chain != (status.chain or status.key)]

    def _add_answers(self, asking: Iterable[str]) -> None:
        for asked, ident in find_answers(
            (claim for each in asking for claim in self._asking.pop(each, ())), self._ties
        ):
            if ident is not None:
                date = _iso(self._threads.messages[ident].date)
                self._edge("answers", f"message:{ident}", f"message:{asked.message_id}", date, asked.text)

    def _make(self, near: Collection[str]) -> Graph[str]:
        """Some of the nodes, with the edges among them."""
        graph: Graph[str] = nx.MultiDiGraph()
        order = {kind: n for n, kind in enumerate(NODE_KINDS)}
        for node, data in sorted(self._nodes.items(), key=lambda each: (order[each[1]["kind"]], each[0])):
            if node in near:
                graph.add_node(node, **data)
        ranks = {kind: n for n, kind in enumerate(EDGE_KINDS)}
        for (kind, source, target), (date, reason, ident) in sorted(
            self._edges.items(), key=lambda e: (ranks[e[0][0]], e[0])
        ):
            if source in near and target in near:
                graph.add_edge(source, target, kind, kind=kind, date=date, reason=reason, message_id=ident)
        return graph

    def _node(self, kind: str, key: str, label: str, date: str | None = None, status: str | None = None) -> str:
        name = f"{kind}:{key}"
        self._nodes.setdefault(name, {"kind": kind, "key": key, "label": _label(label), "date": date, "status": status})
        return name

    def _edge(
        self,
        kind: str,
        source: str,
        target: str,
        date: str | None,
        reason: str | None = None,
        message_id: str | None = None,
    ) -> None:
        if source != target:
            key = kind, source, target
            standing = self._edges.setdefault(key, (date, reason, message_id))
            if date is not None and (standing[0] is None or date < standing[0]):
                self._edges[key] = date, reason, message_id
            self._beside[source].add(target)
            self._beside[target].add(source)

    def _person(self, form: str) -> str:
        form = self._people.resolve_known(form)
        return self._node("person", form, form)

    def _series_node(self, root: str) -> str:
        """A posting; one that is only named in a link or a table is known by its id alone."""
        one = self._series.get(root)
        if one is None:
            return self._node("series", root, root)
        label = f"{one.title} v{one.revision}" if one.revision > 1 else one.title
        return self._node("series", root, label, _iso(one.date))

    def _needed(self, name: str, status: Status) -> str:
        if name in self._items:
            return f"item:{name}"
        if name in self._series:
            return self._series_node(name)
        work = self._named.find(name, status)
        if work is None:
            return self._node("other", name, name)
        return f"item:{work.key}" if work.kind == "item" else self._series_node(work.key)

    def _waited_for(self, words: str) -> str:
        if words in self._items:
            return f"item:{words}"
        if words.lower() in ROLES:
            return self._node("role", words.lower(), words.lower())
        return self._person(words) if "@" in words else self._node("other", words, words)


def find_node(nodes: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """The node of a name; raises MinerError if that is none, or several."""
    if name in nodes:
        return name
    wanted = name.lower().strip("<>")
    work_first = ("item", "chain", "series", "patch", "person", "message", "tree", "commit", "claim", "role", "other")
    tests: tuple[Callable[[str, str], bool], ...] = (
        lambda key, label: key == wanted,
        lambda key, label: label == wanted,
        lambda key, label: label.startswith(wanted) or key.startswith(wanted),
    )
    for test in tests:
        found = [
            (work_first.index(data["kind"]), node)
            for node, data in nodes.items()
            if test(data["key"].lower(), data["label"].lower())
        ]
        first = min((rank for rank, _ in found), default=0)
        best = sorted(node for rank, node in found if rank == first)
        if len(best) == 1:
            return best[0]
        if best:
            named = ", ".join(str(nodes[node]["label"]) for node in best[:5])
            raise MinerError(f"{len(best)} are called {name!r}, such as {named}; name one of them more fully")
    raise MinerError(f"nothing in the graph is called {name!r}")


def _label(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"


def _plain(data: Mapping[str, Any]) -> dict[str, str]:
    return {name: _FORBIDDEN.sub("\ufffd", value) for name, value in data.items() if value is not None}


def _iso(date: datetime | None) -> str | None:
    return date.astimezone(UTC).isoformat() if date is not None else None


def _moment(date: str | None) -> datetime | None:
    return datetime.fromisoformat(date) if date is not None else None
