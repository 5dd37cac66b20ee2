"""What is known of each work, for the rules: what was said of it, who may decide on it, what later mails and the git tree tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from miner.join.amended import find_parts, find_said_from, find_still_said, put_together
from miner.join.case import FINISHED, IN_A_TREE, Case, is_plain
from miner.join.commits import Findings, TreeWord
from miner.join.deciders import Choose
from miner.join.reviews import number_said
from miner.join.said import Said
from miner.join.subjects import tells_new_version, waits_for_objections
from miner.join.tie import Ties, is_said_of_row
from miner.join.works import sure_works
from miner.model import EARLIEST, Claim, Series, WorkItem


class Cases:
    """The cases of items and postings, made when they are asked for. `answered` are the roots of the postings below which somebody else
    than their author wrote."""

    def __init__(
        self,
        said: Said,
        answered: Set[str],
        items: Sequence[WorkItem],
        ties: Ties,
        findings: Findings | None,
        deciders: Choose,
    ) -> None:
        self._said = said
        self._answered = answered
        self._ties = ties
        self._findings = findings
        self._deciders = deciders
        self.parts = find_parts(ties)
        self._sure = {items[n].item for n in sure_works({n: item.ties for n, item in enumerate(items)}, ties)}

    def of_item(self, item: WorkItem, needs: Sequence[str]) -> Case:
        """What is known of an item; `needs` are the unfinished items that its table says it needs."""
        by_root = self._ties.by_root
        series = sorted(
            (by_root[root] for root in item.series if root in by_root),
            key=lambda one: (one.date or EARLIEST, one.revision),
        )
        claims = self._said.of_item.get(item.item, ())
        case = self._make(
            "item",
            [replace(c, status="posted") if tells_new_version(c) else c for c in claims],
            self._said.open_of_item.get(item.item, ()),
            [item.assignee] if item.assignee else sorted({one.author for one in series}),
            series,
        )
        keepers = {str(self._ties.threads.messages[each.message_id].author) for each in item.listings}
        return replace(
            case,
            has_posting=bool(item.series),
            needs=needs,
            is_one_work=item.item in self._sure,
            keepers=tuple(sorted(keepers)),
        )

    def of_series(self, series: Series) -> tuple[Case, Sequence[Series]]:
        """What is known of a posting together with those that send patches of it anew, and what replaced it."""
        parts = self.parts[series.root]
        newer = [one for one in self._ties.chains[series.chain] if parts[-1].root in one.supersedes]
        claims, asked, requests = (
            find_still_said(parts, said, self._ties)
            for said in (self._said.of_series, self._said.open_of_series, self._said.requests)
        )
        claims = _without_closed(claims, series.author, self._ties)
        claims = sorted((*claims, *self._taken_below_older(parts)), key=lambda claim: claim.date or EARLIEST)
        whole = parts[-1] if len(parts) == 1 else put_together(parts)
        case = self._make("series", claims, asked, [series.author], [whole], requests)
        return (
            replace(
                case,
                newer=newer[-1] if newer else None,
                said_from=find_said_from(parts, (*claims, *asked, *requests), self._ties),
                is_answered=any(one.root in self._answered for one in parts),
            ),
            newer,
        )

    def _make(
        self,
        kind: str,
        claims: Sequence[Claim],
        asked: Sequence[Claim],
        responsible: Sequence[str],
        postings: Sequence[Series],
        requests: Sequence[Claim] = (),
    ) -> Case:
        """What is known of an item as of a posting. `responsible` are the people whose work it is, `postings` are oldest first."""
        ties = self._ties
        return Case(
            kind,
            claims,
            responsible,
            postings,
            has_posting=bool(postings),
            newer=None,
            open_questions=asked,
            is_same=ties.people.same,
            tree=self._findings.word(postings, claims) if self._findings else TreeWord(),
            requests=requests,
            decides=self._deciders(postings).has,
            patch_of=_patches_of((*claims, *asked, *requests), postings[-1:], ties),
            sentences={(c.message_id, c.start, c.end): ties.sentence_of(c) for c in claims if c.status in FINISHED},
            answered=self._said.answered,
            on_silence=frozenset(
                id(c) for c in claims if c.status == "ready" and waits_for_objections(c, ties.sentence_of(c))
            ),
            of_row=frozenset(id(c) for c in (*claims, *asked) if is_said_of_row(c, ties)),
        )

    def _taken_below_older(self, parts: Sequence[Series]) -> list[Claim]:
        """Words below older versions that the work was taken, said by others when the newest was there: they mean that one."""
        newest = parts[-1]
        older = [one for one in self._ties.chains[newest.chain] if not any(one is part for part in parts)]
        if newest.date is None or any(newest.root in one.supersedes for one in older):
            return []
        return [
            claim
            for one in older
            for claim in self._said.of_series.get(one.root, ())
            if claim.status in IN_A_TREE
            and is_plain(claim)
            and claim.date is not None
            and claim.date > newest.date
            and not self._ties.people.same(claim.by, newest.author)
        ]


def _without_closed(claims: Sequence[Claim], author: str, ties: Ties) -> list[Claim]:
    """Without what an author promised in answer to somebody who then gave his tag, below the same mail of the posting, all the same."""
    tags = [c for c in claims if c.rule == "trailer" and c.status == "ready" and is_plain(c) and c.date is not None]
    return [c for c in claims if not any(_closes(tag, c, author, ties) for tag in tags)]


def _closes(tag: Claim, promise: Claim, author: str, ties: Ties) -> bool:
    if promise.status != "needs-revision" or not is_plain(promise) or not ties.people.same(promise.by, author):
        return False
    if promise.date is None or tag.date is None or tag.date <= promise.date:
        return False
    asking = ties.threads.messages.get(ties.threads.parent(promise.message_id) or "")
    same = asking is not None and ties.people.same(str(asking.author), tag.by)
    return same and ties.patch_above(tag.message_id) == ties.patch_above(promise.message_id)


def _patches_of(claims: Iterable[Claim], postings: Sequence[Series], ties: Ties) -> Mapping[str, str]:
    """Of the mails of claims that answer one of several patches, and not the mail that all hang on, which patch that is; one that is not at
    hand by its number."""
    found: dict[str, str] = {}
    for one in postings:
        patches = {i for i in one.patches if i is not None and i != one.root} if one.expected > 1 else set()
        for ident in {claim.message_id for claim in claims} if one.expected > 1 else ():
            above = ties.patch_above(ident)
            if above in patches:
                found[ident] = above
            elif above == one.cover and (number := _number_of_unseen(ident, one, ties)):
                found[ident] = f"{one.root} {number}"
    return found


def _number_of_unseen(ident: str, posting: Series, ties: Ties) -> int:
    """The patch that a mail below the cover answers, if that is not at hand; 0 for none."""
    number = number_said(ties.threads.messages[ident].subject, posting.expected, posting.revision)
    return number if number and posting.patches[number - 1] is None else 0
