"""Which postings are versions of the same work.

What people say counts first: a b4 change-id, a link to the older posting in the newer one's own words, an In-Reply-To
to it. A posting without such a sign is compared with earlier ones of its author, and with those of anybody that have a
title or a file with it in common: titles, patch titles, files and changed lines. Each posting is compared with a
bounded number of others, so the cost grows with the list and not with its square.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType

import networkx as nx

from miner.join.content import cosine, jaccard
from miner.join.masks import Unmasker
from miner.join.postings import Posting
from miner.join.traits import Brief, Traits, read_brief, read_traits

_DAY = 86_400.0
_MAX_STEP_DAYS = 400  # between two versions
_BY_AUTHOR, _BY_WORK = 80, 8  # so many earlier postings of the author, or of one title or file, are looked at
_ENOUGH = 0.4  # likeness that ties two postings of one author
_OTHER_AUTHOR = 0.2  # so much more for two of different authors
_LIKE_TITLES = (
    0.6  # of what an author sends below his own posting: the share of their words that two titles have in common
)
_SAME_LINES = 0.85  # likeness of the changed lines that makes the same version, posted again, one work
_SAME_PATCHES = 1 / 3  # of the patches' titles that a draft and what it became have in common
_RETITLED_DAYS = 30  # between a version and the next one under another title
_SAME_PLACE = 0.5  # of the files that they change in common
_DONE_ANEW_DAYS = 3  # between a patch and the next version that does it otherwise
_NEAR_PLACE = 0.25
_FEW_LINES = 3
_FEW_OF_TWO = 8  # changed lines that say nothing across authors
_MANY_LINES, _NO_LINES = 20, 0.05


def tie_revisions(
    postings: Sequence[Posting],
    unmask: Unmasker,
    older: Callable[[str], str | None] | None = None,
    known: Mapping[str, Brief] = MappingProxyType({}),
) -> Mapping[str, list[str]]:
    """For each posting's root the roots of its chain, oldest first. `postings` come oldest first. `older` knows for a root the
    older posting that it is most like, where these are not all postings on the list; `known` are those briefs that are read."""
    by_root = {posting.root: posting for posting in postings}
    briefs = [known.get(posting.root) or read_brief(posting) for posting in postings]
    said = list(find_said(briefs, unmask))
    if older is None:
        tied = {newer for newer, _ in said}
        traits_of = cache(lambda root: read_traits(by_root[root]))
        alike = [
            (brief.root, best)
            for brief, earlier in find_earlier(briefs, tied)
            if (best := find_best(brief.root, earlier, traits_of)) is not None
        ]
    else:
        alike = [(root, best) for root in by_root if (best := older(root)) is not None]
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(by_root)
    graph.add_edges_from((*said, *alike))
    chains: dict[str, list[str]] = {}
    for component in nx.connected_components(graph):
        chain = sorted(component, key=lambda root: (by_root[root].version, by_root[root].stamp, root))
        chains.update(dict.fromkeys(component, chain))
    return chains


def find_said(briefs: Sequence[Brief], unmask: Unmasker) -> Iterator[tuple[str, str]]:
    """Pairs of newer and older roots that the mails themselves tie."""
    by_root = {brief.root: brief for brief in briefs}
    of_message = {ident: brief.root for brief in briefs for ident in brief.mails}
    first_of: dict[str, str] = {}
    for brief in briefs:
        if brief.change_id is not None:
            older = first_of.setdefault(brief.change_id, brief.root)
            if older != brief.root:
                yield brief.root, older
        if brief.base is not None:
            yield brief.root, brief.base
        for ident in brief.named:
            named = of_message.get(unmask.resolve(ident))
            if named is not None and named != brief.root and _may_follow(by_root[named], brief):
                yield brief.root, named


def _may_follow(older: Brief, newer: Brief) -> bool:
    if newer.stamp - older.stamp > _MAX_STEP_DAYS * _DAY and not _have_in_common(older, newer):
        return False  # put below some old mail of the author's
    begins = older.draft and not newer.draft  # "[RFC v2]" is followed by "[PATCH]"
    return (begins or (older.version, older.stamp) < (newer.version, newer.stamp)) and older.stamp <= newer.stamp


def _have_in_common(older: Brief, newer: Brief) -> bool:
    """Whether two postings have a title or a file in common."""
    return not set(older.titles).isdisjoint(newer.titles) or not set(older.files).isdisjoint(newer.files)


def find_earlier(briefs: Iterable[Brief], tied: Collection[str]) -> Iterator[tuple[Brief, list[str]]]:
    """For each posting, the oldest first, the roots of the earlier ones that it may be a version of; for those that are `tied`
    already there is nothing to be found."""
    by_author: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_BY_AUTHOR))
    by_work: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_BY_WORK))
    for brief in briefs:
        works = (*brief.titles, *(f"/{path}" for path in brief.files))
        if brief.root not in tied:
            earlier = dict.fromkeys(root for work in works for root in by_work[work])
            earlier |= dict.fromkeys(root for key in brief.author_keys for root in by_author[key])
            if earlier:
                yield brief, list(earlier)
        for key in brief.author_keys:
            by_author[key].append(brief.root)
        for work in works:
            by_work[work].append(brief.root)


def find_best(root: str, earlier: Iterable[str], traits_of: Callable[[str], Traits]) -> str | None:
    """The earlier posting that one is most like, if it is like any."""
    traits = traits_of(root)
    others = [traits_of(each) for each in earlier]
    best = max(((_likeness(older, traits), older.stamp, older.root) for older in others), default=None)
    if best is not None and best[0] >= _ENOUGH:
        return best[2]
    before = [older for older in others if _is_version_before(older, traits)]
    before = before or [older for older in others if _is_patch_just_before(older, traits)]
    if len(before) != 1 or any(
        _likeness(before[0], each) >= _ENOUGH for each in others if each.stamp > before[0].stamp
    ):
        return None  # more than one, or one that has its next version
    return before[0].root


def _is_version_before(older: Traits, newer: Traits) -> bool:
    """Whether nothing but the number ties them: the author's version before, of the same place in the tree, not long ago."""
    return (
        _has_number_before(older, newer, _RETITLED_DAYS)
        and jaccard(older.files, newer.files) >= _SAME_PLACE
        and bool(older.title_words & newer.title_words)
    )


def _is_patch_just_before(older: Traits, newer: Traits) -> bool:
    """Whether an author did one patch otherwise within days, so that neither its title nor all its files are the same."""
    return (
        _has_number_before(older, newer, _DONE_ANEW_DAYS)
        and len(older.patch_titles) == len(newer.patch_titles) == 1
        and jaccard(older.files, newer.files) >= _NEAR_PLACE
    )


def _has_number_before(older: Traits, newer: Traits, days: int) -> bool:
    return (
        newer.revision == older.revision + 1
        and 0 < newer.stamp - older.stamp <= days * _DAY
        and bool(older.author_keys & newer.author_keys)
        and older.copied_to == newer.copied_to
        and not (older.change_id and newer.change_id)
    )


def _likeness(older: Traits, newer: Traits) -> float:
    """How sure it is, from 0, that one posting is a later version of another; a step of many versions or days costs."""
    days = (newer.stamp - older.stamp) / _DAY
    begins = older.draft and not newer.draft and older.revision >= newer.revision  # "[RFC v2]" is followed by "[PATCH]"
    if not 0 <= days <= _MAX_STEP_DAYS or (older.revision > newer.revision and not begins):
        return 0.0
    if older.change_id and newer.change_id and older.change_id != newer.change_id:
        return 0.0
    if older.copied_to != newer.copied_to:  # one fix in two stable trees is no revision
        return 0.0
    same_author = bool(older.author_keys & newer.author_keys)
    same_title = older.title_key == newer.title_key
    lines = cosine(older.lines, newer.lines)
    same_lines = lines >= _SAME_LINES and len(newer.lines) >= _FEW_LINES
    below = newer.answers == older.root  # in its thread
    alike = same_title or same_lines or (below and jaccard(older.title_words, newer.title_words) >= _LIKE_TITLES)
    again = (same_author and alike) or (below and same_lines)
    if begins:
        again = again or same_title or jaccard(older.patch_titles, newer.patch_titles) >= _SAME_PATCHES
    if (begins or older.revision == newer.revision) and not again:
        return 0.0
    if older.revision == newer.revision and (_changes_else(older, newer) or _is_cover_of(older, newer)):
        return 0.0
    steps = 1 if begins else newer.revision - older.revision
    cost = 0.02 * max(0, steps - 1) + 0.0002 * days + (0.0 if same_author else _OTHER_AUTHOR)
    if same_title and same_author:
        return 1.0 + 0.1 * lines - cost
    title = jaccard(older.title_words, newer.title_words)
    patches = cosine(older.patch_titles, newer.patch_titles)
    least = min(len(older.lines), len(newer.lines))
    if not least:
        return 0.9 * max(title, patches) - cost if same_author else 0.0
    files = jaccard(older.files, newer.files)
    if not files or (not same_author and least < _FEW_OF_TWO and title < _ENOUGH):
        return 0.0
    likeness = max(lines, (0.9 if files >= 0.2 else 0.5) * title, 0.9 * patches) + 0.15 * files
    if least >= _MANY_LINES and lines < _NO_LINES:  # the titles say one thing and the patches another
        likeness /= 2
    return likeness - cost


def _changes_else(older: Traits, newer: Traits) -> bool:
    """Whether two patches have no changed line in common: another fix under the same title, or the same one for a tree where
    the file lies elsewhere."""
    return bool(older.lines and newer.lines) and (not older.lines & newer.lines or not older.files & newer.files)


def _is_cover_of(older: Traits, newer: Traits) -> bool:
    """Whether the one is a mail without a diff, and the other the patch that was sent below it."""
    return not older.files and newer.answers == older.root
