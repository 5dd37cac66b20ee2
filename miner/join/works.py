"""Which postings each item has: those that its row or a sentence about it links to, that have its title, or that are most like it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from miner.join.items import title_key
from miner.join.match import LINKED, SAID, TITLED, guess_ties
from miner.join.series import looks_like_posting
from miner.join.tie import Ties
from miner.model import Claim, Series, Tie
from miner.notes import pins_of

_TELLS_OF_POSTING = frozenset({"posted", "needs-review", "needs-revision", "ready", "applied", "merged"})


def find_postings(
    claims: Sequence[Claim], answered: Sequence[int | None], linked: Sequence[Sequence[str]], ties: Ties
) -> Mapping[int, tuple[Tie, ...]]:
    found: dict[int, dict[str, Tie]] = {}
    for n, ids in enumerate(ties.links_of_entry):
        for ident in ids:
            if root := _as_posting(ident, ties, trusted=False):
                found.setdefault(n, {})[root] = Tie(root, LINKED, "its row links to it")
    owned = {root for roots in found.values() for root in roots}
    for claim, item, named in zip(claims, answered, linked, strict=True):
        if item is not None and claim.status in _TELLS_OF_POSTING:
            for ident in named:
                root = _as_posting(ident, ties, trusted=claim.status == "posted")
                if root and root not in owned:
                    found.setdefault(item, {}).setdefault(root, Tie(root, SAID, "a sentence about it links to it"))
    for n, entry in enumerate(ties.entries):
        if n not in found and (root := _posting_of_title(entry.title, ties)):
            found[n] = {root: Tie(root, TITLED, "its title holds the item's")}
    loose = [n for n in range(len(ties.entries)) if n not in found]
    for n, tie in guess_ties(ties.entries, loose, ties.series, ties.threads.messages, ties.people).items():
        found[n] = {tie.series: tie}
    order = {one.root: n for n, one in enumerate(ties.series)}  # oldest first; what is only linked to before them
    out = {}
    for n, roots in found.items():
        for tie in [tie for tie in roots.values() if tie.series in ties.by_root]:
            for version in ties.chains[ties.by_root[tie.series].chain]:
                roots.setdefault(
                    version.root, Tie(version.root, tie.score, f"another version of one that is tied: {tie.reason}")
                )
        found[n] = roots
    taken = {root for roots in found.values() for root in roots}
    for roots in found.values():
        following = list(roots)
        for root in following:  # and what says to take its place, and what that of the other
            newer = ties.replacements.get(root)
            if newer is not None and newer not in taken:
                chain = ties.chains[ties.by_root[newer].chain]
                versions = [each.root for each in chain if each.root not in taken]
                reason = f"it says to replace one that is tied: {roots[root].reason}"
                roots.update((each, Tie(each, roots[root].score, reason)) for each in versions)
                taken.update(versions)
                following += versions
    for n, entry in enumerate(ties.entries):
        pins, cuts = pins_of(ties.notes, entry.title)
        for ident in map(ties.unmask.resolve, pins):
            root = ties.of_message.get(ident, ident)
            found.setdefault(n, {})[root] = Tie(root, LINKED, "you said so")
        cut = {ties.of_message.get(ident, ident) for ident in map(ties.unmask.resolve, cuts)}
        found[n] = {root: tie for root, tie in found.get(n, {}).items() if root not in cut}
    for n, roots in found.items():
        if roots:
            out[n] = tuple(sorted(roots.values(), key=lambda tie: order.get(tie.series, -1)))
    return out


def _posting_of_title(title: str, ties: Ties) -> str | None:
    """The one work on the list whose title holds the item's whole title, of two words at least."""
    words = title_key(title)
    if " " not in words:
        return None
    chains = {one.chain for one in ties.series if f" {words} " in f" {title_key(one.title)} "}
    return next(iter(chains)) if len(chains) == 1 else None


def _as_posting(ident: str, ties: Ties, trusted: bool) -> str | None:
    """The posting that a link means: one at hand, or an id that has a posting's form (or is called a posting)."""
    if ident in ties.of_message:
        return ties.of_message[ident]
    if ident in ties.threads.messages:
        return None
    return ident if trusted or looks_like_posting(ident) else None


def sure_works(postings: Mapping[int, Sequence[Tie]], ties: Ties) -> Mapping[int, Sequence[Series]]:
    """For each item (by its index) the postings at hand of the one work that it surely is: tied by a link or a whole title, to no other item
    as well, and all of one chain but for those that another one takes the place of. What is said of such an item in its table is said of
    its posting."""
    owners = Counter(tie.series for found in postings.values() for tie in found if tie.score >= TITLED)
    works: dict[int, Sequence[Series]] = {}
    for n, found in postings.items():
        known = [ties.by_root[tie.series] for tie in found if tie.score >= TITLED and tie.series in ties.by_root]
        chains = {one.chain for one in known} - {ties.by_root[root].chain for root in ties.replacements}
        if len(chains) == 1 and all(owners[one.root] == 1 for one in known):
            works[n] = known
    return works
