"""Postings and their revisions: which mails make one series, and which postings are versions of the same work.

Revisions are tied by change-id, by a link to the older posting in the newer one's own words, then by author and title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import networkx as nx

from miner.join.masks import Unmasker
from miner.join.people import split_person
from miner.join.threads import Threads
from miner.links import find_message_ids, find_references, read_footnotes
from miner.model import Message, Series

_CHANGE_ID = re.compile(r"^change-id: ([\w.-]{6,100})$", re.M)
_OLDER = re.compile(
    r"^\W*(?:link to )?(?:v\d+|rfc(?: v\d+)?|previous(?: version)?s?|changes (?:since|from|in) (?:\w+ )?v?\d*|changelog|earlier)\b",
    re.I,
)
_POSTING_ID = re.compile(
    r"^\d{8,14}\.\d+-\d+-|^\d{8}-[\w.-]+-v\d+-\d+-[0-9a-f]{8,}@|^cover\.\d+\.git\.|^[0-9a-f]{40}\.\d+\.git\.|^\d{9,10}-\d+-\d+-git-send-email-"
)
_WORDS = re.compile(r"[a-z0-9_]{2,}")
_DAY = 86_400.0
_MAX_STEP_DAYS = 200


@dataclass(slots=True)
class _Posting:
    """A posting while its mails are gathered."""

    first: Message
    cover: Message | None
    patches: dict[int, Message]
    expected: int
    revision: int


def looks_like_posting(message_id: str) -> bool:
    """Whether a message-id has the form that git send-email, b4 or git format-patch --thread give to postings."""
    return bool(_POSTING_ID.search(message_id))


def assemble_series(threads: Threads, unmask: Unmasker) -> tuple[Series, ...]:
    """Every posting in the messages at hand, oldest first, with its chain and what it supersedes."""
    postings = _gather(threads)
    ordered = sorted(postings, key=lambda p: (_stamp(p.first), p.first.message_id))
    chains = _tie_revisions(ordered, unmask)
    out = []
    for posting in ordered:
        root = _root(posting)
        patches = tuple(
            posting.patches[n].message_id if n in posting.patches else None for n in range(1, posting.expected + 1)
        )
        out.append(
            Series(
                root=root,
                title=posting.first.subject.title,
                revision=posting.revision,
                expected=posting.expected,
                cover=posting.cover.message_id if posting.cover else None,
                patches=patches,
                author=str(posting.first.author),
                date=posting.first.date,
                change_id=_change_id(posting),
                chain=chains[root][0],
                supersedes=(),
            )
        )
    return tuple(_set_supersedes(out, chains))


def _gather(threads: Threads) -> list[_Posting]:
    """Patches join the cover above them, or the patches of the same author, revision and total in their thread."""
    groups: dict[tuple[str, str, int, int, str], _Posting] = {}
    singles: list[_Posting] = []
    messages = sorted(threads.messages.values(), key=lambda m: (m.subject.number != 0, _stamp(m), m.message_id))
    for message in messages:
        subject = message.subject
        if subject.reply or not (subject.patch or subject.pull):
            continue
        revision = subject.revision or 1
        if (
            subject.total is None
            or subject.number is None
            or (subject.total == 1 and subject.number == 1 and not _has_cover(message, threads))
        ):
            singles.append(_Posting(message, None, {1: message}, 1, revision))
            continue
        top = _top_of_posting(message, threads)
        key = (
            top,
            (message.author.address or str(message.author)).lower(),
            revision,
            subject.total,
            "r" if subject.resend else "",
        )
        group = groups.get(key) or groups.get((*key[:1], "*", *key[2:]))
        if group is None or (subject.number in group.patches):
            group = groups[key] = _Posting(message, None, {}, subject.total, revision)
        if subject.number == 0:
            group.cover = group.first = message
            groups[(top, "*", revision, subject.total, key[4])] = group
        else:
            group.patches[subject.number] = message
            if group.cover is None and subject.number < (group.first.subject.number or 1):
                group.first = message
    return [*_unique(groups.values()), *singles]


def _unique(postings: Iterable[_Posting]) -> list[_Posting]:
    return list({id(p): p for p in postings}.values())


def _has_cover(message: Message, threads: Threads) -> bool:
    parent = threads.parent(message.message_id)
    return (
        parent is not None
        and threads.messages[parent].subject.number == 0
        and not threads.messages[parent].subject.reply
    )


def _top_of_posting(message: Message, threads: Threads) -> str:
    """The highest mail of the same posting above this one; a missing parent named by all patches serves as well."""
    at = message
    while (parent := threads.parent(at.message_id)) is not None:
        above = threads.messages[parent]
        subject = above.subject
        same = (
            subject.patch
            and not subject.reply
            and (subject.revision or 1, subject.total) == (message.subject.revision or 1, message.subject.total)
        )
        if not same or message.subject.number == 0:
            break
        at = above
    if message.subject.number and at is message and threads.parent(at.message_id) is None:
        return next(iter(message.references), message.message_id)
    return at.message_id


def _root(posting: _Posting) -> str:
    return (posting.cover or posting.first).message_id


def _stamp(message: Message) -> float:
    return message.date.timestamp() if message.date else float("inf")


def _change_id(posting: _Posting) -> str | None:
    for message in (posting.cover, *posting.patches.values()):
        if message is not None and (match := _CHANGE_ID.search(message.body)):
            return match.group(1)
    return None


def _tie_revisions(postings: Sequence[_Posting], unmask: Unmasker) -> Mapping[str, list[str]]:
    """For each posting's root the roots of its chain, oldest first."""
    graph: nx.Graph[str] = nx.Graph()
    of_message: dict[str, str] = {}
    by_root = {_root(p): p for p in postings}
    for posting in postings:
        root = _root(posting)
        graph.add_node(root)
        for message in (posting.cover, *posting.patches.values()):
            if message is not None:
                of_message[message.message_id] = root
    change_ids: dict[str, str] = {}
    newest: dict[tuple[str, str], str] = {}
    for posting in postings:
        root = _root(posting)
        change = _change_id(posting)
        if change is not None:
            graph.add_edge(change_ids.setdefault(change, root), root)
        for ident in _named_as_older(posting):
            older = of_message.get(unmask.resolve(ident))
            if older is not None and older != root and _may_follow(by_root[older], posting):
                graph.add_edge(older, root)
        key = (_author_key(posting), _title_key(posting.first.subject.title))
        older = newest.get(key)
        if older is not None and _may_follow(by_root[older], posting) and _close(by_root[older], posting):
            graph.add_edge(older, root)
        newest[key] = root
    chains: dict[str, list[str]] = {}
    for component in nx.connected_components(graph):
        chain = sorted(component, key=lambda r: (by_root[r].revision, _stamp(by_root[r].first), r))
        chains.update(dict.fromkeys(component, chain))
    return chains


def _named_as_older(posting: _Posting) -> list[str]:
    """Message-ids that the posting's own words call an older version: `v1: <link>`, `Changes since v1 [3]`."""
    message = posting.cover or posting.first
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


def _may_follow(older: _Posting, newer: _Posting) -> bool:
    return (older.revision, _stamp(older.first)) < (newer.revision, _stamp(newer.first)) and _stamp(
        older.first
    ) <= _stamp(newer.first)


def _close(older: _Posting, newer: _Posting) -> bool:
    return _stamp(newer.first) - _stamp(older.first) < _MAX_STEP_DAYS * _DAY


def _author_key(posting: _Posting) -> str:
    name, address = split_person(str(posting.first.author))
    return " ".join(sorted(_WORDS.findall(name.lower()))) if name else (address or "")


def _title_key(title: str) -> str:
    return " ".join(_WORDS.findall(title.lower()))


def _set_supersedes(series: Sequence[Series], chains: Mapping[str, list[str]]) -> Iterable[Series]:
    """A posting replaces the ones of its chain that have the next lower revision."""
    revisions = {s.root: s.revision for s in series}
    for one in series:
        lower = [r for r in chains[one.root] if revisions[r] < one.revision]
        if not lower:
            yield one
            continue
        next_lower = max(revisions[r] for r in lower)
        yield replace(one, supersedes=tuple(r for r in lower if revisions[r] == next_lower))
