"""The graph of the sample list and of hostile names: what stands in it, that order does not matter, and that others can read it."""

from __future__ import annotations

import io
import json
import random
import time
from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.errors import MinerError
from miner.join import join
from miner.join.graph import (
    EDGE_KINDS,
    NODE_KINDS,
    Graphs,
    as_graphml,
    as_node_link,
    edges_of,
    find_node,
    only,
)
from miner.model import SENT_ELSEWHERE, Mention, Tie


def edges(graph, kind):
    return {(source, target) for source, target, key in graph.edges(keys=True) if key == kind}


def test_every_record_has_its_node(mined):
    graph = mined.graph
    of_kind = {kind: {d["key"] for _, d in graph.nodes(data=True) if d["kind"] == kind} for kind in NODE_KINDS}
    assert of_kind["message"] == {m.message_id for m in mined.messages}
    assert of_kind["item"] == {i.item for i in mined.items}
    assert of_kind["series"] >= {s.root for s in mined.series}
    assert of_kind["chain"] == {s.chain for s in mined.series}
    assert of_kind["patch"] == {p for s in mined.series for p in s.patches if p}
    assert len(of_kind["claim"]) == len(mined.claims)


def test_edges_say_what_the_records_say(mined):
    graph = mined.graph
    parents = {(f"message:{m.message_id}", f"message:{m.in_reply_to}") for m in mined.messages if m.in_reply_to}
    assert edges(graph, "replies_to") == {(a, b) for a, b in parents if b in graph}
    revised = {(f"series:{s.root}", f"series:{old}") for s in mined.series for old in s.supersedes}
    assert edges(graph, "revises") | edges(graph, "supersedes") == revised
    assert ("item:quota per tenant", "item:lease renewal") in edges(graph, "depends_on")
    tied = {(f"series:{tie.series}", f"item:{item.item}") for item in mined.items for tie in item.ties}
    assert tied <= edges(graph, "about")
    quoting = {
        (f"message:{m.message_id}", f"message:{o.message_id}")
        for m in mined.messages
        for o in m.origins
        if o is not None
    }
    assert edges(graph, "quotes") == {(a, b) for a, b in quoting if a != b and b in graph}


def test_what_tells_of_a_wait_is_a_sentence_of_the_mail_that_the_edge_names(mined):
    bodies = {m.message_id: (" ".join(m.body.split()), m.date) for m in mined.messages}
    waits = [edge for edge in mined.edges if edge.kind in ("depends_on", "waits_for")]
    needed = [edge for edge in waits if edge.source_kind == edge.target_kind == "series"]
    begin = [
        "Goes on top of Tomas' journal series",
        "This needs the epoch from Xiaoqing's lease series [1]",
    ]  # the first is in by now
    assert all(edge.reason.startswith(words) for edge, words in zip(needed, begin, strict=True))
    assert all(edge.message_id == edge.source.removeprefix("series:") for edge in needed)
    for edge in waits:
        body, date = bodies[edge.message_id]
        assert edge.date == date
        assert (
            " ".join(edge.reason.split()) in body
            or edge.reason == "needs: lease renewal"
            or edge.source_kind == "series"
        )


def graph_of(messages, claims=()):
    joined = join(messages, {}, claims)
    return Graphs(messages, {}, joined.items, joined.claims, joined.series, joined.status).whole()


def told(graph, kind):
    """The edges of a kind, without the kinds of their nodes: from, to, the words, the mail, the day."""
    return [
        (a.partition(":")[2], b.partition(":")[2], data["reason"], data["message_id"], data["date"][:10])
        for a, b, key, data in graph.edges(keys=True, data=True)
        if key == kind
    ]


def test_who_is_waited_for_is_shown_with_the_sentence_that_names_him(mail, claim):
    patch = mail("p@x", "text", subject="[PATCH] loom: turn")
    first = mail("f@x", "We need numbers from Cy here.\n", by="bo", to="p@x", day=1, subject="Re: [PATCH] loom: turn")
    reply = mail("r@x", "Cy, can you look at it?\n", by="ada", to="p@x", day=2, subject="Re: [PATCH] loom: turn")
    other = mail("c@x", "Hello.\n", by="cy", day=-5)
    claims = [
        claim(first, "We need numbers from Cy here.", "needs-reply", waiting_on=("Cy",)),
        claim(reply, "Cy, can you look at it?", "needs-review", "asked", waiting_on=("Cy",)),
    ]
    (edge,) = told(graph_of([patch, first, reply, other], claims), "waits_for")
    assert edge[:2] == ("p@x", "Cy Marsh <cy@example.org>")
    assert edge[3:] in (("f@x", "2026-03-02"), ("r@x", "2026-03-03"))
    assert edge[2] == ("We need numbers from Cy here." if edge[3] == "f@x" else "Cy, can you look at it?")


def test_words_lead_to_the_one_work_that_they_can_mean(mail, claim):
    base = mail("base@x", "text", subject="[PATCH] loom: count the threads")
    top = mail("top@x", "This waits for Ada's loom series.\n", subject="[PATCH] shed: open", by="bo", day=2)
    text = "This waits for Ada's loom series."
    for words, target in (("Ada's loom series", "base@x"), ("Ada's roof series", "Ada's roof series")):
        graph = graph_of([base, top], [claim(top, text, "blocked", depends_on=(words,))])
        assert told(graph, "depends_on") == [("top@x", target, text, "top@x", "2026-03-03")]


def test_what_a_work_waited_for_keeps_its_edge_when_that_is_in(mail, claim):
    base = mail("base@x", "text", subject="[PATCH] loom: count the threads")
    top = mail("top@x", "This waits for https://lists.example.org/l/base@x/ alone.\n", subject="[PATCH] shed: open",
               by="bo", day=2)  # fmt: skip
    text = top.body.strip()
    taken = mail("t@x", "Applied, thanks.\n", by="cy", to="base@x", day=4)
    said = [claim(top, text, "blocked"), claim(taken, "Applied, thanks.", "applied")]
    for mails, claims in (([base, top], said[:1]), ([base, top, taken], said)):
        assert told(graph_of(mails, claims), "depends_on") == [("top@x", "base@x", text, "top@x", "2026-03-03")]


LINK = "https://lists.example.org/l/new@x/"


@pytest.mark.parametrize(
    ("words", "more", "found"),
    [
        ("This patch is superseded by Bo's: {link}", "", True),
        ("This patch was replaced by [1].", "\n[1] {link}\n", True),
        ("Replaced by Bo's loom patch.", "", False),
        ("Use Bo's patch instead of it, please.", "", True),
        ("Please take Bo's wall patch instead.", "", True),
        ('It was replaced by "wall: have no door", so ignore it.', "", True),
        ("This patch supersedes the one at {link}", "", False),
        ("This patch is superseded by https://lists.example.org/l/unknown@x/", "", False),
        ("This patch is superseded by https://lists.example.org/l/old@x/", "", False),
    ],
)
def test_another_work_that_takes_the_place(words, more, found, mail, claim):
    old = mail("old@x", "text", subject="[PATCH] shed: open the door")
    new = mail("new@x", "text", subject="[PATCH] wall: have no door", by="bo", day=1)
    words = words.format(link=LINK)
    body = f"{words}\n{more.format(link=LINK)}"
    reply = mail("r@x", body, by="cy", to="old@x", day=2, subject="Re: [PATCH] shed: open the door")
    said = claim(reply, words, "superseded")
    edges = told(graph_of([old, new, reply], [said]), "supersedes")
    assert edges == ([("new@x", "old@x", words, "r@x", "2026-03-03")] if found else [])


def test_a_posting_that_says_what_it_replaces(mail, claim):
    old = mail("old@x", "text", subject="[PATCH] shed: open the door")
    text = "This supersedes https://lists.example.org/l/old@x/"
    new = mail("new@x", f"{text}\n", subject="[PATCH] wall: have no door", by="bo", day=1)
    edges = told(graph_of([old, new], [claim(new, text, "superseded")]), "supersedes")
    assert edges == [("new@x", "old@x", text, "new@x", "2026-03-02")]


@pytest.mark.parametrize("how", ["an answer", "a link", "an answer to his words", "no tie", "somebody else"])
def test_a_patch_of_ones_own_takes_the_place(how, mail, claim):
    old = mail("old@x", "text", subject="[PATCH] shed: open the door")
    text = "I will send my own patch for this."
    reply = mail("r@x", f"{text}\n", by="bo", to="old@x", day=1, subject="Re: [PATCH] shed: open the door")
    own = mail(
        "own@x",
        "Closes: https://lists.example.org/l/old@x/\n" if how == "a link" else "text",
        subject="[PATCH] wall: have no door",
        by="cy" if how == "somebody else" else "bo",
        to={"an answer": "old@x", "somebody else": "old@x", "an answer to his words": "r@x"}.get(how),
        day=2,
    )
    graph = graph_of([old, reply, own], [claim(reply, text)])
    assert graph.nodes["series:old@x"]["status"] == "superseded"
    edges = [("own@x", "old@x", text, "r@x", "2026-03-02")] if how not in ("no tie", "somebody else") else []
    assert told(graph, "supersedes") == edges


def test_postings_that_have_the_patches_of_another_take_its_place(mail):
    old = mail("old@x", "text", subject="[PATCH] shed: open the door")
    new = mail("new@x", "text", subject="[PATCH 0/2] wall: build it anew", day=1)
    part = mail("new-2@x", "text", subject="[PATCH 2/2] wall: have no door", to="new@x", day=1)
    joined = join([old, new, part], {}, [])
    words = "[PATCH] wall: have no door"
    again = Mention("new-2@x", part.date, words, str(part.author))
    series = [replace(one, sent_again=(again,)) if one.root == "old@x" else one for one in joined.series]
    status = [replace(one, rule=SENT_ELSEWHERE) if one.key == "old@x" else one for one in joined.status]
    graph = Graphs([old, new, part], {}, (), (), series, status).whole()
    assert told(graph, "supersedes") == [("new@x", "old@x", words, "new-2@x", "2026-03-02")]


def test_what_a_claim_is_about_is_told_by_its_sentence(mined):
    said = {(f"claim:{c.message_id}:{c.start}:{c.status}", f"{c.text} ({c.confidence:.2f})") for c in mined.claims}
    about = [edge for edge in mined.edges if edge.kind == "about" and edge.source_kind == "claim"]
    assert about
    for edge in about:  # what is said of two works at once is two claims
        name = edge.source.removesuffix(":2")
        assert (name, edge.reason) in said
        assert name.startswith(f"claim:{edge.message_id}:")


def test_a_claim_has_the_same_name_whatever_else_was_said(mail, claim):
    patch = mail("p@x", "text", subject="[PATCH] loom: turn")
    first = mail("a@x", "Fixed and sent again.\n", to="p@x", day=1)
    second = mail("0@x", "Looks good.\n", by="bo", to="p@x", day=2)
    claims = [claim(first, "Fixed and sent again.", state) for state in ("posted", "applied", "posted")]
    few, more = (
        graph_of([patch, first], claims),
        graph_of([second, patch, first], [claim(second, "Looks good."), *claims]),
    )
    names = {node for node in few if node.startswith("claim:")}
    assert names == {"claim:a@x:0:applied", "claim:a@x:0:posted", "claim:a@x:0:posted:2"}
    assert names < set(more)


def test_the_tie_to_a_posting_that_is_not_at_hand_has_the_date_of_its_item(mined):
    tied = next(item for item in mined.items if item.ties)
    gone = replace(tied, ties=(Tie("gone@x", 1.0, "a link"),))
    graph = Graphs(mined.messages, mined.rows, [gone], (), mined.series, ()).whole()
    edge = graph.edges["series:gone@x", f"item:{gone.item}", "about"]
    assert edge["date"] == graph.nodes[f"item:{gone.item}"]["date"] is not None


def test_answers_lead_to_the_mail_with_the_question(mined):
    found = edges(mined.graph, "answers")
    dates = {f"message:{m.message_id}": m.date for m in mined.messages}
    assert found
    assert all(dates[answer] > dates[question] for answer, question in found)


def test_an_answer_to_one_row_of_a_table_leads_to_no_question_below_another(mail, traced, rows, claim):
    reed, shuttle = "- item: reed split\n  assignee: Bo Lind", "- item: shuttle locks\n  assignee: Cy Marsh"
    table = mail("t@x", f"{reed}\n{shuttle}\n")
    asking = mail("q@x", "".join(f"> {line}\n" for line in reed.split("\n")) + "\nIs it done?\n", to="t@x", day=1)
    beside = mail("r@x", "".join(f"> {line}\n" for line in shuttle.split("\n")) + "\nYes.\n", by="cy", to="q@x", day=2)
    below = mail("s@x", "> Is it done?\n\nYes.\n", by="bo", to="q@x", day=3)
    messages = traced(table, asking, beside, below)
    found = rows(*messages)
    joined = join(messages, found, [claim(messages[1], "Is it done?", "needs-reply", "asked", rule="ask-status")])
    graph = Graphs(messages, found, joined.items, joined.claims, joined.series, joined.status).whole()
    assert [edge[:2] for edge in told(graph, "answers")] == [("s@x", "q@x")]


def test_each_edge_is_typed_and_dated(mined):
    for edge in mined.edges:
        assert edge.kind in EDGE_KINDS
        assert (edge.source_kind, edge.target_kind) == (edge.source.partition(":")[0], edge.target.partition(":")[0])
        assert edge.date is None or edge.date.utcoffset().total_seconds() == 0
    assert [e for e in mined.edges if e.kind in ("wrote", "replies_to", "said_by") and e.date is None] == []


def test_the_order_of_the_mails_does_not_matter(mined):
    messages = list(mined.messages)
    random.Random(4).shuffle(messages)
    parts = (mined.rows, mined.items, mined.claims, mined.series, mined.status)
    again = Graphs(messages, *parts, mined.found.asks).whole()
    assert list(again.nodes(data=True)) == list(mined.graph.nodes(data=True))
    assert edges_of(again) == tuple(mined.edges)


def test_it_is_made_once(mined):
    assert mined.graph is mined.graph


def test_two_addresses_of_one_person_are_one_node_by_the_mailmap(mined):
    people = {node for node, data in mined.graph.nodes(data=True) if data["kind"] == "person"}
    one, other = sorted(people)[:2]
    text = f"{one.removeprefix('person:')} {other.rpartition(' ')[2]}\n"
    merged = replace(mined, mailmap=text).graph
    assert one in merged
    assert other not in merged


def test_what_lies_around_a_node(mined):
    near = mined.around("quota per tenant", 1)
    assert "item:lease renewal" in near
    assert set(near) < set(mined.around("item:quota per tenant", 2))
    assert all(near.nodes[node] == mined.graph.nodes[node] for node in near)
    with pytest.raises(MinerError, match="nothing in the graph"):
        mined.around("no such thing", 1)
    with pytest.raises(MinerError, match="name one of them more fully"):
        mined.around("r", 1)


def test_some_kinds_alone(mined):
    some = only(mined.graph, ["item", "person"])
    assert {data["kind"] for _, data in some.nodes(data=True)} == {"item", "person"}
    assert {kind for *_, kind in some.edges(keys=True)} <= {"assigned_to", "depends_on", "waits_for"}


def test_graphml_is_read_back(mined):
    graph = mined.graph
    back = nx.read_graphml(io.BytesIO(as_graphml(graph).encode()), force_multigraph=True)
    assert {n: {k: v for k, v in d.items() if v is not None} for n, d in graph.nodes(data=True)} == dict(
        back.nodes(data=True)
    )
    assert sorted(back.edges(keys=True)) == sorted(graph.edges(keys=True))


def test_node_link_is_read_back(mined):
    graph = mined.graph
    back = nx.node_link_graph(json.loads(json.dumps(as_node_link(graph))), edges="edges")
    assert dict(back.nodes(data=True)) == dict(graph.nodes(data=True))
    assert sorted(back.edges(keys=True)) == sorted(graph.edges(keys=True))


@given(st.text(min_size=1), st.text())
def test_hostile_names_make_whole_graphml(name, label):
    graph = nx.MultiDiGraph()
    graph.add_node(f"item:{name}", kind="item", key=name, label=label, date=None, status=None)
    graph.add_node("role:author", kind="role", key="author", label="author", date=None, status=None)
    graph.add_edge(f"item:{name}", "role:author", "waits_for", kind="waits_for", date=None, reason=label)
    back = nx.read_graphml(io.BytesIO(as_graphml(graph).encode()), force_multigraph=True)
    assert (len(back), back.number_of_edges()) == (2, 1)


def test_frames(mined):
    edges = mined.edges.to_frame()
    assert list(edges) == ["source", "source_kind", "target", "target_kind", "kind", "date", "reason", "message_id"]
    assert str(edges["date"].dtype).endswith("UTC]")
    layers = mined.layers.to_frame()
    assert len(layers) == sum(len(m.layers) for m in mined.messages)
    assert list(layers)[:2] == ["message_id", "depth"]


def test_many_nodes_of_one_name_are_told_at_once():
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((f"item:{n}", {"kind": "item", "key": f"{n}", "label": "loom"}) for n in range(6_000))
    start = time.process_time()
    with pytest.raises(MinerError, match="6000 are called 'loom'"):
        find_node(graph.nodes, "loom")
    assert time.process_time() - start < 0.6
