"""Postings as records: assembled, tied to their chain, and with what each of them supersedes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from miner.join.citations import Finder, find_cited, gather_citations, is_copy, make_finder
from miner.join.gathering import gather_postings
from miner.join.later import Begun, Later, Sent, Told, find_built_upon, find_sent_again, read_later, trace_lines
from miner.join.lines import Traced, pairs_to_trace
from miner.join.masks import Unmasker
from miner.join.notices import find_outcomes
from miner.join.postings import Posting, title_key
from miner.join.reviews import find_reviews
from miner.join.revisions import tie_revisions
from miner.join.threads import Threads
from miner.join.traits import Brief, read_brief
from miner.model import Series

LEAST_APART = 3600.0  # seconds between a posting and the same again in its thread
MOST_APART = 120 * 86400.0  # between one and the same again in another thread, if no tag says so
_POSTING_ID = re.compile(
    r"^\d{8,14}\.\d+-\d+-|^\d{8}-[\w.-]+-v\d+-\d+-[0-9a-f]{8,}@|^cover\.\d+\.git\.|^[0-9a-f]{40}\.\d+\.git\.|^\d{9,10}-\d+-\d+-git-send-email-"
)


def looks_like_posting(message_id: str) -> bool:
    """Whether a message-id has the form that git send-email, b4 or git format-patch --thread give to postings."""
    return bool(_POSTING_ID.search(message_id))


@dataclass(frozen=True, slots=True)
class Beyond:
    """What a part of a list is told of the whole of it: `older` and `briefs` as in `tie_revisions`, the citations of a title, and what `Later`
    tells. `asked` are the lines to look for, of postings by their roots, where these are read already."""

    briefs: Mapping[str, Brief]
    older: Callable[[str], str | None] | None
    cited: Finder
    begun_with: Callable[[str, str, float], Iterable[Begun]]
    sent_again: Callable[[str, float], Iterable[Sent]]
    trace: Callable[[bytes, tuple[str, ...], float], Traced]
    asked: Mapping[str, Mapping[int, bytes]] = field(default_factory=dict)


def assemble_series(threads: Threads, unmask: Unmasker, beyond: Beyond | None = None) -> tuple[Series, ...]:
    """Every posting in the messages at hand, oldest first, with its chain and what it supersedes. These messages are the whole list,
    unless it is told what is beyond them."""
    postings = gather_postings(threads)
    beyond = beyond or _look_around(postings, threads)
    chains = tie_revisions(postings, unmask, beyond.older, beyond.briefs)
    outcomes = find_outcomes(threads, postings, unmask)
    trailers = find_reviews(threads, postings, chains)
    out = []
    later: dict[str, list[Posting]] = {}  # of the same work, by the root of each posting
    of_chain: dict[str, list[Posting]] = {}
    for posting in reversed(postings):
        here = of_chain.setdefault(chains[posting.root][0], [])
        later[posting.root] = list(here)
        here.append(posting)
    for posting in postings:
        whole = posting.whole
        oldest = (posting, *posting.bases)[-1]
        out.append(
            Series(
                root=posting.root,
                title=oldest.first.subject.title,
                revision=posting.revision,
                expected=posting.expected,
                cover=oldest.cover.message_id if oldest.cover else None,
                patches=tuple(whole[n].message_id if n in whole else None for n in range(1, posting.expected + 1)),
                author=str(posting.first.author),
                date=posting.first.date,
                change_id=posting.change_id,
                chain=chains[posting.root][0],
                supersedes=(posting.base.root,) if posting.base is not None else (),
                outcomes=outcomes.get(posting.root, ()),
                minor=posting.minor,
                taken_over=tuple(sorted(whole.keys() - posting.patches.keys())),
                trailers=trailers.get(posting.root, ()),
                cited=find_cited(posting, later[posting.root], beyond.cited, threads),
                copied_to=tuple(sorted(posting.copied_to)),
            )
        )
    tied = tuple(_set_supersedes(out, postings, chains, threads.roots))
    replaced = {root for one in tied for root in one.supersedes}
    return tuple(
        one if one.root in replaced or posting.copied_to else _look_ahead(one, posting, chains[one.root], beyond)
        for one, posting in zip(tied, postings, strict=True)
    )


def _look_ahead(one: Series, posting: Posting, chain: Sequence[str], beyond: Beyond) -> Series:
    """A posting with what later ones tell of it."""
    asked: Mapping[int, bytes] = {}
    if not is_copy(posting):
        known = beyond.asked.get(posting.root)
        asked = known if known is not None else pairs_to_trace(posting)
    traced = trace_lines(posting, asked, chain, beyond.trace)
    others, author = find_built_upon(posting, chain, beyond.begun_with, traced)
    again = find_sent_again(posting, beyond.sent_again, traced)
    return replace(one, built_upon=others, built_by_author=author, sent_again=again)


def _look_around(postings: Sequence[Posting], threads: Threads) -> Beyond:
    """What the messages at hand tell, where they are the whole list. All that is in a posting's patches is read at once: there are many."""
    told: list[Told] = []
    briefs: dict[str, Brief] = {}
    asked: dict[str, Mapping[int, bytes]] = {}
    for posting in postings:
        told.append(Told((), *read_later([posting], is_copy)))
        briefs[posting.root] = read_brief(posting)
        asked[posting.root] = pairs_to_trace(posting)
    later = Later.gather(told)
    cited = gather_citations(tuple(threads.messages.values()))
    find = make_finder(cited, ((patch.title, patch.stamp) for each in told for patch in each.sent))
    return Beyond(briefs, None, find, later.begun_with, later.sent_again, later.trace, asked)


def _is_again(posting: Posting, older: Posting) -> bool:
    """Whether a posting is an older one sent again: by its tag, or by title, author and number of patches."""
    if posting.copied_to != older.copied_to or posting.expected != older.expected or posting.top.subject.pull:
        return False
    if title_key(posting.top.subject.title) != title_key(older.top.subject.title):
        return False
    soon = posting.stamp - older.stamp <= MOST_APART  # "update the documentation" is written every year
    return posting.top.subject.resend or (soon and bool(posting.author_keys & older.author_keys))


def _set_supersedes(
    series: Sequence[Series], postings: Sequence[Posting], chains: Mapping[str, list[str]], threads: Mapping[str, str]
) -> Iterable[Series]:
    """A posting replaces the ones of its chain that have the next lower version, or the one that it amends. One that says no
    other version than an older one replaces that if it is in its very thread, or the same again elsewhere."""
    versions: dict[str, tuple[int, int, int, int]] = {}
    last: dict[tuple[str, int, int, int], list[tuple[int, Posting]]] = {}
    # Of a chain: how often its numbers began anew, and whether drafts alone came since.
    drafts: dict[str, tuple[int, bool]] = {}
    for posting in postings:  # the oldest first
        chain, draft = chains[posting.root][0], posting.is_draft
        begun, only_drafts = drafts.get(chain, (0, True))
        if not draft and only_drafts and chain in drafts:
            begun += 1  # "[RFC v2]" is followed by "[PATCH]", or by "[PATCH v3]": newer whatever it says
        drafts[chain] = begun, draft and only_drafts
        said = last.setdefault((chain, begun, *posting.version), [])
        apart = [
            (again, posting.stamp - other.stamp >= LEAST_APART, threads[other.root] == threads[posting.root], other)
            for again, other in said
        ]
        tagged = posting.top.subject.resend
        before = [
            again
            for again, long, below, other in apart
            if (long and below) or ((long or not below or tagged) and _is_again(posting, other))
        ]
        beside = [again for again, long, _, _ in apart if not long]
        again = max((*(n + 1 for n in before), *beside), default=0)
        said.append((again, posting))
        versions[posting.root] = (begun, *posting.version, again)
    order = {one.root: n for n, one in enumerate(series)}
    for one in series:
        # What was posted later is replaced by nothing that came before it, whatever number it bears.
        lower = [r for r in chains[one.root] if versions[r] < versions[one.root] and order[r] < order[one.root]]
        if one.supersedes or not lower:
            yield one
            continue
        next_lower = max(versions[r] for r in lower)
        yield replace(one, supersedes=tuple(r for r in lower if versions[r] == next_lower))
