"""The whole run with a memory: what was found in threads and regions (`join/regions.py`) without new mail is taken over unread.

    read     raw mails, those alone that are not known                       reading.py
    trace    threads that are not known                                      threadwise.py
    gather   the facts of clusters of threads; the whole list out of them    join/facts.py, join/regions.py
    join     regions that are not known, or that the whole list tells something else than before

What a region gives depends on its mails, on the settings that its key names and on the answers that it heard; so a run that
remembers gives what a run without memory gives. Where everything may hang together there is one region, joined each time: on lists
with tables of work items, beside a git tree, and with text that no thread holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from miner.config import Config
from miner.model import Problem
from miner.pipeline import read_beside
from miner.reading import Mail, Understood, read_mails
from miner.store.rows import Baseline, Cluster, Region, Summary
from miner.store.shelf import Shelf, Store
from miner.threadwise import group_mails, key_of, look_into, place_problem, understand

if TYPE_CHECKING:
    from miner.join import Beside, Likes, Part, Whole

ALL = ""  # the key of a region that holds all mails: no later run finds it
BATCH = 2000  # mails that are looked into at once


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cluster, where its mails stand in the list, and the key of each of its threads with where the thread's mails stand."""

    key: str
    known: Cluster
    mails: Sequence[int]
    threads: Sequence[tuple[str, Sequence[int]]]


def mine_into(store: Store, sources: Sequence[str], config: Config) -> Summary:
    """Mine some sources, as `pipeline.mine` does, into a store. Raises SourceError when none could be read."""
    from miner.join import find_pace  # networkx, only where it is needed

    mails, problems = read_mails(sources, config=config, memo=store)
    store.forget_heads()
    beside = read_beside(config)
    baseline = None
    if any(mail.key is None for mail in mails):
        found = understand(mails, store)
        store.keep_loose(found)
        problems += (problem for part in found for problem in part.problems)
        regions = [store.keep_region(ALL, _join(found, beside, config))]
    else:
        clusters = _gather_clusters(mails, store, lambda wanted: look_into(wanted, store))
        problems += _problems(clusters, mails)
        if beside.tree is not None or any(cluster.known.rows for cluster in clusters):
            found = _load([thread for cluster in clusters for thread in cluster.threads], store)
            regions = [store.keep_region(ALL, _join(found, beside, config))]
        else:
            regions, baseline = _join_regions(mails, clusters, store, beside, config)
    pace = find_pace([region.tempo for region in regions])
    return Summary(mails, tuple(problems), beside.mailmap, pace, regions, baseline)


def join_known(
    mails: Sequence[Mail],
    store: Shelf,
    look: Callable[[Sequence[Mail]], Mapping[str, Understood]],
    beside: Beside,
    config: Config,
) -> list[Region] | None:
    """The regions of some of a store's mails, where `look` tells what stands in threads that are not whole; None where everything may
    hang together."""
    clusters = _gather_clusters(mails, store, look)
    if beside.tree is not None or any(cluster.known.rows for cluster in clusters):
        return None
    return _join_regions(mails, clusters, store, beside, config)[0]


def _gather_clusters(
    mails: Sequence[Mail], store: Shelf, look: Callable[[Sequence[Mail]], Mapping[str, Understood]]
) -> list[_Placed]:
    """The clusters of a list. Threads and clusters that the store does not know are looked into."""
    from miner.join import find_clusters, gather_facts

    groups = group_mails(mails)
    keys = [key_of(mails[at] for at in group) for group in groups]
    new = [(key, group) for key, group in zip(keys, groups, strict=True) if not store.has_thread(key)]
    for batch in _batches(new):
        found = look([mails[at] for _, group in batch for at in group])
        for key, group in batch:
            store.keep_thread(key, tuple(found[mails[at].head.message_id] for at in group))
    begins = {group[0]: (key, group) for key, group in zip(keys, groups, strict=True)}
    clusters = []
    for here in find_clusters([mail.head for mail in mails], groups):
        threads = [begins[at] for at in here if at in begins]
        key = _key_of(here, threads, mails)
        known = store.use_cluster(key)
        if known is None:
            parts = _load(threads, store)
            facts, told, traits = gather_facts([part.message for part in parts])
            known = Cluster(
                facts=facts,
                rows=any(part.rows for part in parts),
                problems=tuple((n, problem) for n, part in enumerate(parts) for problem in part.problems),
            )
            store.keep_cluster(key, known, told, traits)
        clusters.append(_Placed(key, known, here, threads))
    return clusters


def _key_of(here: Iterable[int], threads: Sequence[tuple[str, Sequence[int]]], mails: Sequence[Mail]) -> str:
    """What names some mails, their order, and how they stand in threads; of one thread alone its key tells all of this."""
    if len(threads) == 1:
        return threads[0][0]
    told = [key_of(mails[at] for at in here), *(key for key, _ in threads)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _batches(threads: Iterable[tuple[str, list[int]]]) -> Iterator[list[tuple[str, list[int]]]]:
    """Threads in lots of some mails."""
    batch: list[tuple[str, list[int]]] = []
    size = 0
    for thread in threads:
        batch.append(thread)
        size += len(thread[1])
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _load(threads: Iterable[tuple[str, Sequence[int]]], store: Shelf) -> list[Understood]:
    """What the mails of some threads hold, in the order of the list."""
    found = {at: part for key, group in threads for at, part in zip(group, store.load_thread(key), strict=True)}
    return [found[at] for at in sorted(found)]


def _problems(clusters: Iterable[_Placed], mails: Sequence[Mail]) -> list[Problem]:
    """What was left out of the mails of clusters, in the order of the list."""
    found = [(cluster.mails[n], problem) for cluster in clusters for n, problem in cluster.known.problems]
    found.sort(key=lambda one: one[0])
    return [place_problem(problem, mails[at].head.message_id, mails[at].where) for at, problem in found]


def _join_regions(
    mails: Sequence[Mail], clusters: Sequence[_Placed], store: Shelf, beside: Beside, config: Config
) -> tuple[list[Region], Baseline]:
    """The regions of a list. A region that asked for a mail beyond it was cut too small, and is put together with the other's."""
    from miner.join import find_regions

    likes = dict(store.likes)
    whole = _gather_whole(mails, clusters, store, beside)
    moved = _find_moved(mails, clusters, store, likes, whole)
    cluster_of = {mails[at].head.message_id: n for n, cluster in enumerate(clusters) for at in cluster.mails}
    facts = [cluster.known.facts for cluster in clusters]
    tied: set[tuple[int, int]] = set()
    # What people are called goes into all that is shown, and who decides into what it says: other files, other regions.
    files = hashlib.sha256(repr((beside.mailmap, beside.maintainers)).encode()).hexdigest()
    while True:
        cut = {}
        for numbers in find_regions(facts, cluster_of, whole, tied):
            here = sorted(at for number in numbers for at in clusters[number].mails)
            threads = [thread for number in numbers for thread in clusters[number].threads]
            cut[f"{config.min_confidence} {files} {_key_of(here, threads, mails)}"] = numbers
        found, takers, looked = _settle(cut, clusters, whole, store, beside, config, moved)
        beyond = {
            (cut[key][0], cluster_of[ident])
            for key, idents in looked.items()
            for ident in idents
            if ident in cluster_of and cluster_of[ident] not in cut[key]
        }
        if not beyond:
            keys = tuple(cluster.key for cluster in clusters)
            return list(found.values()), Baseline(keys, tuple(sorted(takers)), whole.people.known())
        tied |= beyond


def _gather_whole(mails: Sequence[Mail], clusters: Sequence[_Placed], store: Shelf, beside: Beside) -> Whole:
    from miner.join import gather_whole

    keys = {brief.root: cluster.key for cluster in clusters for brief in cluster.known.facts.briefs}
    load = cache(store.load_traits)
    return gather_whole(
        [mail.head.message_id for mail in mails],
        [(cluster.mails, cluster.known.facts) for cluster in clusters],
        beside,
        store.likes,
        lambda root: load(keys[root])[root],
        lambda: store.load_pairs(cluster.key for cluster in clusters),
        cache(lambda at: store.load_told(clusters[at].key)),
    )


def _find_moved(
    mails: Sequence[Mail], clusters: Sequence[_Placed], store: Shelf, likes: Likes, whole: Whole
) -> bytes | None:
    """The topics of what the whole list tells otherwise than the last one did; None if that may be anything. `likes` are those of then."""
    if (before := store.baseline) is None:
        return None
    now = {cluster.key: cluster.known for cluster in clusters}
    changed = now.keys() ^ set(before.clusters)
    found = [cluster for key in changed if (cluster := now.get(key) or store.find_cluster(key)) is not None]
    idents = {mail.head.message_id for mail in mails}.symmetric_difference(ident for ident, *_ in store.load_places())
    pairs = [one for each in store.load_pairs(changed) for one in each]
    older = {root: best for root, (_, best) in likes.items()}
    return whole.find_moved(idents, [each.facts for each in found], pairs, older, before.people)


def _settle(
    cut: Mapping[str, Sequence[int]],
    clusters: Sequence[_Placed],
    whole: Whole,
    store: Shelf,
    beside: Beside,
    config: Config,
    moved: bytes | None,
) -> tuple[dict[str, Region], set[str], dict[str, Collection[str]]]:
    """Join the regions, by their keys, that the store does not know or that the whole list tells something else than before; those of the
    last run that asked for nothing that has `moved` hear the same unasked. What they say tells the whole list who takes patches; so it is
    looked whether this is still what they heard. Told are those who do as well, and for the regions that were asked or
    joined the mails that they asked for."""
    from miner.join import unpack

    last = store.last if moved is not None else None
    settled = frozenset(last.regions) if last is not None else frozenset()
    takers = _find_takers(store.list_regions(), whole)
    before = set(map(whole.known, store.baseline.takers)) if store.baseline is not None else set()
    found = {key: region for key in cut for region in store.find_regions(key) if region.name in settled}
    looked: dict[str, Collection[str]] = {}
    moved = moved or b""
    while True:
        whole.believe(takers)
        moved += whole.topics_of(takers ^ before)
        doubtful = _find_doubtful(found, moved)
        topics = frozenset(unpack(moved).tolist()) if doubtful else frozenset()
        for key, numbers in cut.items():
            if key in found and key not in doubtful:
                continue
            if key in found:
                heard = store.load_heard(found[key])
                if whole.still_says(whole.narrow(heard, topics)):
                    looked[key] = heard.ids.values()
                    continue
            others = ((region, store.load_heard(region)) for region in store.find_regions(key))
            known = next((each for each in others if each[0] != found.get(key) and whole.still_says(each[1])), None)
            if known is None:
                parts = _load([thread for number in numbers for thread in clusters[number].threads], store)
                part = _join(parts, beside, config, whole)
                known = store.keep_region(key, part, whole.topics(part.heard)), part.heard
            found[key], looked[key] = known[0], known[1].ids.values()
        before, takers, moved = takers, _find_takers(found.values(), whole), b""
        if takers == before:
            return {key: found[key] for key in cut}, takers, looked


def _find_doubtful(found: Mapping[str, Region], moved: bytes) -> set[str]:
    """The keys of those regions that asked for something that moved."""
    from miner.join import find_touching

    keys = list(found)
    return {keys[at] for at in find_touching([region.asked for region in found.values()], moved)}


def _find_takers(regions: Iterable[Region], whole: Whole) -> set[str]:
    return {whole.known(taker) for region in regions for taker in region.takers}


def _join(found: Sequence[Understood], beside: Beside, config: Config, whole: Whole | None = None) -> Part:
    from miner.join import join_part

    return join_part(
        [part.message for part in found],
        {part.message.message_id: part.rows for part in found if part.rows},
        [claim for part in found for claim in part.claims if claim.confidence >= config.min_confidence],
        [ask for part in found for ask in part.asks],
        beside,
        whole,
    )
