"""Which mails of a list have to be joined together, and what the whole list has to say to each of these regions.

A list is cut in two steps. A *cluster* holds the threads that answers tie together; what it says of itself (`facts.py`) depends
on its own mails alone. A *region* holds the clusters that anything else ties together: the id of a mail that another one names,
a change-id, a form mail about patches of a title, or the likeness that makes one posting an older version of another. Nothing
in one region is about another region; what it must know beyond itself it asks the whole list (`whole.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache

from miner.join.beside import Beside
from miner.join.citations import Finder, make_finder
from miner.join.facts import Facts
from miner.join.later import TITLE, Later, Told
from miner.join.lines import Pairs
from miner.join.mailmap import read_mailmap
from miner.join.masks import Unmasker
from miner.join.people import GROUPS, People
from miner.join.revisions import find_best, find_earlier, find_said
from miner.join.topics import topic
from miner.join.traits import Brief, Traits
from miner.join.whole import Whole
from miner.model import ThreadHead

# For the root of a posting what its likeness was looked for among, and the root of the one that it is most like.
Likes = dict[str, tuple[bytes, str | None]]


def find_clusters(heads: Sequence[ThreadHead], groups: Sequence[Sequence[int]]) -> list[list[int]]:
    """Groups of mails (by their place in `heads`) put together where an answer that names no mail may answer one of its title
    in another group; each in the order of the heads."""
    bare = {head.title for head in heads if head.title and head.reply and not head.named}
    pairs = (
        (number, heads[at].title)
        for number, group in enumerate(groups)
        for at in group
        if heads[at].title in bare and not (heads[at].reply and heads[at].named)
    )
    return [sorted(at for number in joined for at in groups[number]) for joined in _connect(len(groups), pairs)]


def find_regions(
    facts: Sequence[Facts], cluster_of: Mapping[str, int], whole: Whole, tied: Iterable[tuple[int, int]] = ()
) -> list[list[int]]:
    """The clusters (by their place in `facts`) of each region; `tied` are pairs of clusters that are known to belong together."""
    noticed = {title for each in facts for title in each.noticed}
    holder = {brief.root: number for number, each in enumerate(facts) for brief in each.briefs}

    def pairs() -> Iterable[tuple[int, Hashable]]:
        for number, each in enumerate(facts):
            for ident in each.named:
                if (at := cluster_of.get(whole.unmask.resolve(ident))) is not None:
                    yield number, at
            for title in each.noticed:
                yield number, ("title", title)
            for brief in each.briefs:
                for change in (brief.change_id, *brief.needs):
                    if change is not None:
                        yield number, ("change", change)
                for title in brief.titles:
                    if title in noticed:
                        yield number, ("title", title)
                if (older := whole.older(brief.root)) is not None:
                    yield number, holder[older]

    return _connect(len(facts), (*pairs(), *tied))


def gather_whole(
    idents: Sequence[str],
    clusters: Sequence[tuple[Sequence[int], Facts]],
    beside: Beside,
    likes: Likes,
    traits_of: Callable[[str], Traits],
    pairs: Callable[[], Sequence[Sequence[Pairs]]],
    load: Callable[[int], Told],
) -> Whole:
    """The whole list, from the ids of its mails in their order, and from the mails of each cluster (by their place) and its facts.

    `likes` has what is known already of the likeness of postings, and is brought up to date; `traits_of` loads what they are compared by;
    `pairs` gives those of all clusters, and `load` what one of them tells of earlier postings.
    """
    later = Later([facts.topics for _, facts in clusters], pairs, load)
    unmask = Unmasker(idents)
    digests = {root: digest for _, facts in clusters for root, digest in facts.digests.items()}
    briefs = sorted((brief for _, facts in clusters for brief in facts.briefs), key=lambda one: (one.stamp, one.root))
    return Whole(
        people=People(_forms_in_order(clusters), read_mailmap(beside.mailmap)),
        unmask=unmask,
        writers={address for _, facts in clusters for address in facts.writers},
        older=_find_older(briefs, unmask, likes, digests, traits_of),
        cited=_make_finder(later),
        later=later,
        briefs=briefs,
    )


def _make_finder(later: Later) -> Finder:
    """What `make_finder` makes, title by title."""

    @cache
    def find(title: str) -> Finder:
        told = list(later.tell(topic(TITLE, title)))
        cited = (each for heap in told for each in heap.cited if each.title == title)
        return make_finder(cited, ((each.title, each.stamp) for heap in told for each in heap.sent))

    return lambda title, after: find(title)(title, after)


def _find_older(
    briefs: Sequence[Brief],
    unmask: Unmasker,
    likes: Likes,
    digests: Mapping[str, bytes],
    traits_of: Callable[[str], Traits],
) -> Mapping[str, str]:
    """For roots of postings the older one that it is most like. Those with the same traits and the same earlier ones to be compared
    with are not compared again."""
    tied = {newer for newer, _ in find_said(briefs, unmask)}
    found: Likes = {}
    for brief, earlier in find_earlier(briefs, tied):
        digest = hashlib.blake2b(b"".join(map(digests.__getitem__, (brief.root, *earlier))), digest_size=16).digest()
        known = likes.get(brief.root)
        if known is None or known[0] != digest:
            known = digest, find_best(brief.root, earlier, traits_of)
        found[brief.root] = known
    likes.clear()
    likes.update(found)
    return {root: best for root, (_, best) in found.items() if best is not None}


def _forms_in_order(clusters: Iterable[tuple[Sequence[int], Facts]]) -> list[str]:
    """The forms of people in the order in which `gather_people` finds them in all mails."""
    first: dict[str, tuple[int, int, int]] = {}
    for mails, facts in clusters:
        for n, (group, at, form) in enumerate(facts.forms):
            place = group, mails[at], n
            if form and place < first.get(form, (len(GROUPS), 0, 0)):
                first[form] = place
    return sorted(first, key=first.__getitem__)


def _connect(count: int, pairs: Iterable[tuple[int, Hashable]]) -> list[list[int]]:
    """The numbers below `count` that pairs tie together, straight or by the same key, in their order."""
    above: dict[Hashable, Hashable] = {}

    def find(node: Hashable) -> Hashable:
        while (up := above.setdefault(node, node)) != node:
            above[node] = above[up]
            node = up
        return node

    for one, other in pairs:
        above[find(one)] = find(other)
    found: dict[Hashable, list[int]] = {}
    for number in range(count):
        found.setdefault(find(number), []).append(number)
    return list(found.values())
