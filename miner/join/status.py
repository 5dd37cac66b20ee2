"""Fold claims and postings into one status an item and one a posting, each with its evidence and who must act next.

`said.py` gathers what was said of each work as it is meant there, `cases.py` makes of it what the rules are asked about,
`waits.py` decides, `actors.py` tells who must act and `shown.py` what is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from miner.join.actors import Actors
from miner.join.case import FINISHED, IN_A_TREE, Case, Verdict, Work
from miner.join.cases import Cases
from miner.join.commits import Findings
from miner.join.deciders import Choose
from miner.join.endings import find_taken_patches
from miner.join.needs import Needs
from miner.join.questions import is_of_the_state
from miner.join.said import Said, gather_said
from miner.join.shown import show, show_newest, surest_first
from miner.join.since import find_since
from miner.join.tie import Ties
from miner.join.waits import Decided, End, Ends, decide_now
from miner.model import POSTED, Certainty, Claim, Message, Series, Status, WorkItem, mentions_of
from miner.robots import is_robot


def fold_statuses(
    claims: Sequence[Claim],
    asked: Sequence[Claim],
    items: Sequence[WorkItem],
    ties: Ties,
    deciders: Choose,
    findings: Findings | None = None,
    works: Collection[str] | None = None,
) -> tuple[Status, ...]:
    """One status a work item, in the order of the tables, then one a posting, oldest first; `asked` are the
    questions and requests that are no claims, `findings` are what the project's git tree says, `deciders` tells who decides on postings.
    With `works` only the postings of those chains that have one of these roots."""
    said = gather_said(claims, asked, items, ties, deciders)
    heard = _hear(ties)
    cases = Cases(said, heard.answered, items, ties, findings, deciders)
    needs = Needs(items, ties)
    actors = Actors(said.questions, needs, ties, deciders)
    folder = _Folder(said, heard.newest, cases, needs, Ends(cases, ties, {}), actors, ties)
    # An item may wait for others: where these are finished, nobody waits for them.
    first = [folder.fold_item(n, item) for n, item in enumerate(items)]
    folder = replace(folder, ends=Ends(cases, ties, dict(_find_ends(first))))
    by_item = [folder.fold_item(n, item) for n, item in enumerate(items)]
    chains = {one.chain for one in ties.series if works is None or one.root in works or one.chain in works}
    return (*by_item, *show_newest([folder.fold_series(one) for one in ties.series if one.chain in chains]))


def gather_cases(claims: Sequence[Claim], asked: Sequence[Claim], ties: Ties, deciders: Choose) -> dict[str, Case]:
    """What the rules are asked about, of each posting by its root; from this weights are learned."""
    said = gather_said(claims, asked, (), ties, deciders)
    cases = Cases(said, _hear(ties).answered, (), ties, None, deciders)
    return {one.root: cases.of_series(one)[0] for one in ties.series}


def _find_ends(statuses: Iterable[Status]) -> Iterable[tuple[str, End]]:
    """How items came to their ends, by their titles, where that is sure."""
    for one in statuses:
        if one.status in FINISHED and one.certainty != "hedged" and one.evidence:
            yield one.title, End(one.evidence[0], one.since, one.status in IN_A_TREE)


@dataclass(frozen=True, slots=True)
class _Heard:
    """The postings below which somebody else than their author wrote, and no robot, and of all the date of the newest mail below them."""

    answered: Set[str]
    newest: Mapping[str, datetime]


def _hear(ties: Ties) -> _Heard:
    answered: set[str] = set()
    newest: dict[str, datetime] = {}
    for message, posting in ties.answers:
        if message.date is not None:
            newest[posting.root] = max(message.date, newest.get(posting.root, message.date))
        known = posting.root in answered or is_robot(message)
        if not known and not ties.people.same(str(message.author), posting.author):
            answered.add(posting.root)
    return _Heard(answered, newest)


@dataclass(frozen=True, slots=True)
class _Folder:
    """What a status is made of. `heard` has the date of the newest mail below each posting, `ends` tells how other works ended."""

    said: Said
    heard: Mapping[str, datetime]
    cases: Cases
    needs: Needs
    ends: Ends
    actors: Actors
    ties: Ties

    def fold_item(self, place: int, item: WorkItem) -> Status:
        """Where a work item stands, by what was said of it; `place` is its place in the tables."""
        waits_for = [title for title in self.needs.of_table(item) if self.ends.find(title) is None]
        case = self.cases.of_item(item, waits_for)
        work = Work.of_item(item, case.postings[-1] if case.postings else None)
        decided = decide_now(case, work, self.needs, self.ends)
        table = self.ties.threads.messages.get(item.message_id)
        since = find_since(decided.case, decided.rule, decided.verdict, (), table.date if table else None)
        return self._make(decided, work, since, self.ties.mails_below_rows.get(place, ()))

    def fold_series(self, series: Series) -> Status:
        """Where a posting stands, together with those that it sends patches of anew."""
        case, newer = self.cases.of_series(series)
        work = Work.of_series(series)
        decided = decide_now(case, work, self.needs, self.ends)
        since = find_since(decided.case, decided.rule, decided.verdict, newer)
        return self._make(decided, work, since, ())

    def _make(self, decided: Decided, work: Work, since: datetime | None, below: Sequence[Message]) -> Status:
        """The record of a status; `below` are the mails below the rows of an item."""
        case, verdict = decided.case, surest_first(decided.verdict, decided.case)
        item, posting = work.item, work.posting
        over = verdict.status in FINISHED
        copied = decided.rule.name == POSTED and posting is not None and bool(posting.copied_to)  # nobody answers these
        waiting = () if over or copied else self.actors.find(decided, work)
        shown = show(decided, verdict, work, self.said, self.ties)
        open_questions = tuple(
            self.said.questions[id(c)] for c in case.open_questions if not (over and is_of_the_state(c))
        )
        told_in = {each.message_id for each in shown.evidence} | {each.message_id for each in open_questions}
        as_of = self._find_last_word(case, told_in, work, below)
        return Status(
            kind=work.kind,
            key=work.key,
            title=work.title,
            status=verdict.status,
            also=shown.also,
            certainty=_certainty(verdict),
            next_actor=self._name_first(waiting, work),
            waiting_on=waiting,
            applied_to=case.tree.target
            or next((c.target for c in verdict.evidence if c.target and c.status in IN_A_TREE), None),
            depends_on=tuple(need.on for need in decided.open),
            as_of=as_of,
            since=min(max(since, decided.free or since), as_of) if since and as_of else None,
            evidence=shown.evidence,
            rule=decided.rule.name,
            unanswered=open_questions,
            revision=posting.revision if posting else None,
            chain=posting.chain if posting else None,
            series=work.roots,
            assignee=item.assignee if item else work.author,
            priority=item.priority if item else None,
            tree=case.tree.words,
            needs=tuple(decided.needs),
            confidence=verdict.confidence,
            weighed=verdict.weighed,
            taken=find_taken_patches(case),
        )

    def _find_last_word(self, case: Case, shown: Set[str], work: Work, below: Sequence[Message]) -> datetime | None:
        """The date of the newest mail about a work: a posting of it, what was written below one or below a row of it, a claim, or what is
        shown."""
        messages = self.ties.threads.messages
        parts = {part.root for root in work.roots for part in self.cases.parts.get(root, ())}
        cited = (each.date for one in case.postings for each in mentions_of(one) if each.message_id in shown)
        dates = (
            *(claim.date for claim in case.claims),
            *(one.date for one in case.postings),
            *(messages[ident].date for ident in shown if ident in messages),
            *(mail.date for mail in below),
            *(self.heard.get(root) for root in parts),
            *cited,
        )
        return max((date for date in dates if date is not None), default=None)

    def _name_first(self, waiting: Sequence[str], work: Work) -> str | None:
        """The first one waited for; of a posting its author is called by that role, the name stands in `waiting_on`."""
        if not waiting:
            return None
        own = work.kind == "series" and self.ties.people.same(waiting[0], work.author)
        return "author" if own else waiting[0]


def _certainty(verdict: Verdict) -> Certainty | None:
    if verdict.status is None:
        return None
    if verdict.doubted:
        return "hedged"
    return verdict.evidence[0].certainty if verdict.evidence else "asserted"
