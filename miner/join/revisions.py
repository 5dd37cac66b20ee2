"""Which postings are versions of the same work.

What people say counts first: a b4 change-id, a link to the older posting in the newer one's own words, an In-Reply-To
to it. A posting without such a sign is compared with earlier ones of its author, and with those of anybody that have a
title or a file with it in common: titles, patch titles, files and changed lines. Each posting is compared with a
bounded number of others, so the cost grows with the list and not with its square.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

import networkx as nx

from miner.join.content import cosine, jaccard
from miner.join.masks import Unmasker
from miner.join.postings import Posting
from miner.links import find_message_ids, find_references, read_footnotes

_OLDER = re.compile(
    r"^\W*(?:link to )?(?:v\d+|rfc(?: v\d+)?|previous(?: version)?s?|changes (?:since|from|in) (?:\w+ )?v?\d*|changelog|earlier)\b",
    re.I,
)
_DAY = 86_400.0
_MAX_STEP_DAYS = 400  # between two versions
_BY_AUTHOR, _BY_WORK = 80, 8  # so many earlier postings of the author, or of one title or file, are looked at
_FILES = 8  # of a posting, by which others are found
_ENOUGH = 0.4  # likeness that ties two postings of one author
_OTHER_AUTHOR = 0.2  # so much more for two of different authors
_SAME_LINES = 0.85  # likeness of the changed lines that makes the same version, posted again, one work
_FEW_LINES = 3
_FEW_OF_TWO = 8  # changed lines that say nothing across authors
_MANY_LINES, _NO_LINES = 20, 0.05


def tie_revisions(postings: Sequence[Posting], unmask: Unmasker) -> Mapping[str, list[str]]:
    """For each posting's root the roots of its chain, oldest first. `postings` come oldest first."""
    graph: nx.Graph[str] = nx.Graph()
    by_root = {posting.root: posting for posting in postings}
    graph.add_nodes_from(by_root)
    for newer, older in (*_said(postings, by_root, unmask), *_alike(postings, by_root, unmask)):
        graph.add_edge(older, newer)
    chains: dict[str, list[str]] = {}
    for component in nx.connected_components(graph):
        chain = sorted(component, key=lambda root: (by_root[root].version, by_root[root].stamp, root))
        chains.update(dict.fromkeys(component, chain))
    return chains


def _said(postings: Sequence[Posting], by_root: Mapping[str, Posting], unmask: Unmasker) -> Iterator[tuple[str, str]]:
    """Pairs of newer and older roots that the mails themselves tie."""
    of_message = {message.message_id: posting.root for posting in postings for message in posting.mails}
    first_of: dict[str, str] = {}
    for posting in postings:
        if posting.change_id is not None:
            older = first_of.setdefault(posting.change_id, posting.root)
            if older != posting.root:
                yield posting.root, older
        if posting.base is not None:
            yield posting.root, posting.base.root
        for ident in _named_as_older(posting):
            named = of_message.get(unmask.resolve(ident))
            if named is not None and named != posting.root and _may_follow(by_root[named], posting):
                yield posting.root, named


def _named_as_older(posting: Posting) -> list[str]:
    """Message-ids that the posting's own words call an older version: `v1: <link>`, `Changes since v1 [3]`."""
    message = posting.top
    text = message.body.split("\ndiff --git ", 1)[0]
    lines = text.split("\n")
    notes = read_footnotes(lines)
    found: list[str] = []
    for at, line in enumerate(lines):
        if not _OLDER.match(line) and "was post" not in line:
            continue
        found += find_message_ids(line)
        for number in find_references(line):
            found += find_message_ids(notes.get(number, ""))
        if not find_message_ids(line) and line.rstrip().endswith(":") and at + 1 < len(lines):
            found += find_message_ids(lines[at + 1])
    parent = message.in_reply_to
    return [*found, *([parent] if parent and posting.revision > 1 else [])]


def _may_follow(older: Posting, newer: Posting) -> bool:
    return (older.version, older.stamp) < (newer.version, newer.stamp) and older.stamp <= newer.stamp


def _alike(postings: Sequence[Posting], by_root: Mapping[str, Posting], unmask: Unmasker) -> Iterator[tuple[str, str]]:
    """Pairs of newer and older roots that what they are and change ties: for each posting its best older one."""
    tied = {newer for newer, _ in _said(postings, by_root, unmask)}
    by_author: dict[str, deque[Posting]] = defaultdict(lambda: deque(maxlen=_BY_AUTHOR))
    by_work: dict[str, deque[Posting]] = defaultdict(lambda: deque(maxlen=_BY_WORK))
    for posting in postings:
        works = _works(posting)
        if posting.root not in tied:
            earlier = {each.root: each for work in works for each in by_work[work]}
            earlier.update((each.root, each) for key in posting.author_keys for each in by_author[key])
            scored = [(_likeness(each, posting), each.stamp, each.root) for each in earlier.values()]
            best = max(scored, default=None)
            if best is not None and best[0] >= _ENOUGH:
                yield posting.root, best[2]
        for key in posting.author_keys:
            by_author[key].append(posting)
        for work in works:
            by_work[work].append(posting)


def _works(posting: Posting) -> Iterable[str]:
    """What others that are about the same would share: a title, a patch's title, a file."""
    files = sorted(posting.content.files)[:_FILES]
    return dict.fromkeys([posting.title_key, *sorted(posting.patch_titles), *(f"/{path}" for path in files)])


def _likeness(older: Posting, newer: Posting) -> float:
    """How sure it is, from 0, that one posting is a later version of another; a step of many versions or days costs."""
    days = (newer.stamp - older.stamp) / _DAY
    if not 0 <= days <= _MAX_STEP_DAYS or older.revision > newer.revision:
        return 0.0
    if older.change_id and newer.change_id and older.change_id != newer.change_id:
        return 0.0
    if older.copied_to != newer.copied_to:  # one fix in two stable trees is no revision
        return 0.0
    same_author = bool(older.author_keys & newer.author_keys)
    same_title = older.title_key == newer.title_key
    lines = cosine(older.content.lines, newer.content.lines)
    if older.revision == newer.revision and not (
        same_author and (same_title or (lines >= _SAME_LINES and len(newer.content.lines) >= _FEW_LINES))
    ):
        return 0.0
    if older.revision == newer.revision and (_changes_else(older, newer) or _is_cover_of(older, newer)):
        return 0.0
    steps = newer.revision - older.revision
    cost = 0.02 * max(0, steps - 1) + 0.0002 * days + (0.0 if same_author else _OTHER_AUTHOR)
    if same_title and same_author:
        return 1.0 + 0.1 * lines - cost
    title = jaccard(older.title_words, newer.title_words)
    patches = cosine(older.patch_titles, newer.patch_titles)
    least = min(len(older.content.lines), len(newer.content.lines))
    if not least:
        return 0.9 * max(title, patches) - cost if same_author else 0.0
    files = jaccard(older.content.files, newer.content.files)
    if not files or (not same_author and least < _FEW_OF_TWO and title < _ENOUGH):
        return 0.0
    likeness = max(lines, (0.9 if files >= 0.2 else 0.5) * title, 0.9 * patches) + 0.15 * files
    if least >= _MANY_LINES and lines < _NO_LINES:  # the titles say one thing and the patches another
        likeness /= 2
    return likeness - cost


def _changes_else(older: Posting, newer: Posting) -> bool:
    """Whether two patches have no changed line in common: another fix under the same title, or the same one for a tree where
    the file lies elsewhere."""
    one, other = older.content, newer.content
    return bool(one.lines and other.lines) and (not one.lines & other.lines or not one.files & other.files)


def _is_cover_of(older: Posting, newer: Posting) -> bool:
    """Whether the one is a mail without a diff, and the other the patch that was sent below it."""
    return not older.content.files and newer.top.in_reply_to == older.root
