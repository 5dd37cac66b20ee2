"""Fold claims and postings into one status an item and one a posting, each with its evidence and who must act next."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from miner.join.about import is_request, tells_of_his_own
from miner.join.case import FINISHED, LEAST_TO_FINISH, Case, Rule, Verdict, is_plain
from miner.join.commits import Findings, TreeWord
from miner.join.concessions import claim_concessions
from miner.join.decide import decide
from miner.join.deciders import Chosen
from miner.join.endings import find_taken_patches
from miner.join.extras import without_sent
from miner.join.mentions import claim_newer
from miner.join.needs import Needs, each_once
from miner.join.people import People, split_person
from miner.join.prerequisites import works_needed
from miner.join.questions import find_called, find_unanswered, is_of_the_state
from miner.join.remarks import claim_remarks
from miner.join.reports import claim_reports
from miner.join.rules import find_promised_look
from miner.join.since import find_since
from miner.join.subjects import (
    TAKES,
    asks_again_later,
    asks_not_to_take,
    asks_to_drop,
    asks_to_look,
    drops_at_once,
    fails_to_take,
    folds,
    has_mended,
    is_fixed_otherwise,
    names_base,
    promises_look,
    proposes,
    refuses,
    speaks_of_a_part,
    speaks_of_commit,
    takes_himself,
    takes_other,
    tells_new_version,
    tells_of_fix,
    tells_of_taking,
    tells_of_version,
    waits_for_itself,
    waits_for_objections,
    waits_in_time,
)
from miner.join.tie import Ties, is_said_of_row, sentence_around, sure_works, tie_rows
from miner.model import (
    BUILT_UPON,
    CITED,
    LANDED,
    POSTED,
    REPLACED,
    SENT_ELSEWHERE,
    SILENT,
    Certainty,
    Citation,
    Claim,
    Evidence,
    Mention,
    Need,
    Question,
    Series,
    Status,
    StatusLabel,
    WorkItem,
    mentions_of,
)
from miner.robots import is_robot

MAX_EVIDENCE = 5
BEFORE = 120  # characters of a mail before a claim that may tell what it is about
MUCH_SURER = 0.5  # confidence of one claim above that of another in the same words
LEAST_TO_SHOW = 0.4  # confidence of what is shown beside the words that decided
FEW_EVIDENCE = 3  # fewer than these, and what people asked is shown too
# What speaks for a status is shown before what speaks against it.
_GOING_WELL = frozenset({"ready", "applied", "merged"})
_TELLING = frozenset(  # of the state of a posting: a mail that says such a thing is no mere remark
    {"ready", "applied", "merged", "dropped", "superseded", "needs-revision", "needs-reply", "blocked"}
)
_NAME = re.compile(r"[^\W\d_a-z][\w'-]*(?: [^\W\d_a-z][\w'-]*)*")
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_IN_A_TREE: frozenset[StatusLabel] = frozenset({"applied", "merged"})
_SURE = 0.99  # as sure as words can be
_WAITED_ROLE: Mapping[StatusLabel | None, str] = {
    "posted": "reviewers",
    "needs-review": "reviewers",
    "needs-reply": "author",
    "needs-revision": "author",
    "planned": "author",
    "in-progress": "author",
    "ready": "maintainer",
}
_TO_DO = frozenset({"needs-revision", "needs-review", "needs-reply", "blocked", "in-progress"})


def fold_statuses(
    claims: Sequence[Claim],
    asked: Sequence[Claim],
    items: Sequence[WorkItem],
    ties: Ties,
    deciders: Callable[[Sequence[Series]], Chosen],
    findings: Findings | None = None,
    works: Collection[str] | None = None,
) -> tuple[Status, ...]:
    """One status a work item, in the order of the tables, then one a posting, oldest first; `asked` are the
    questions and requests that are no claims, `findings` are what the project's git tree says, `deciders` tells who decides on postings.
    With `works` only the postings of those chains that have one of these roots."""
    folder = _gather(claims, asked, items, ties, deciders, findings)
    first = [folder.fold_item(item) for item in items]
    folder.finished = {
        one.title: _End(one.evidence[0], one.since, one.status in _IN_A_TREE)
        for one in first
        if one.status is not None and one.status in FINISHED and one.certainty != "hedged" and one.evidence
    }
    by_item = [folder.fold_item(item) for item in items]
    chains = {one.chain for one in ties.series if works is None or one.root in works or one.chain in works}
    return (*by_item, *_show_newest([folder.fold_series(one) for one in ties.series if one.chain in chains]))


def gather_cases(
    claims: Sequence[Claim], asked: Sequence[Claim], ties: Ties, deciders: Callable[[Sequence[Series]], Chosen]
) -> dict[str, Case]:
    """What the rules are asked about, of each posting by its root; from this weights are learned."""
    folder = _gather(claims, asked, (), ties, deciders, None)
    return {one.root: folder.read_case(one)[0] for one in ties.series}


def _gather(
    claims: Sequence[Claim],
    asked: Sequence[Claim],
    items: Sequence[WorkItem],
    ties: Ties,
    deciders: Callable[[Sequence[Series]], Chosen],
    findings: Findings | None,
) -> _Folder:
    """All that was said and asked, by what it is about."""
    claims, asked = tie_rows(claims, items, ties), tie_rows(asked, items, ties)
    replaced = [_of_item(claim, items, ties) for claim in ties.replaced]
    told = _without_replaced(claims, replaced)
    ordered = _in_order((*told, *claim_newer(ties), *replaced, *claim_reports(ties)), ties)
    questions = _in_order((*ordered, *asked), ties)
    unanswered, answered = find_unanswered(questions, ties)
    still_open = {id(claim) for claim, _ in unanswered}
    requests = [c for c in asked if c.status == "needs-revision" and id(c) in still_open]
    ordered = without_sent(ordered, ties)
    telling = [c for c in claims if (c.status in _TELLING and c.certainty != "negated") or promises_look(c)]
    remarks = claim_remarks(ties, {claim.message_id for claim in telling})
    taking = {claim.message_id for claim in claims if tells_of_taking(claim)}
    folder = _Folder(
        ordered,
        unanswered,
        _in_order(without_sent((*requests, *remarks, *claim_concessions(ties, taking)), ties), ties),
        frozenset(map(id, answered)),
        items,
        ties,
        findings,
        deciders,
    )
    for claim in (*asked, *remarks):
        folder.asked_in.setdefault(claim.message_id, claim)
    return folder


def _of_item(claim: Claim, items: Sequence[WorkItem], ties: Ties) -> Claim:
    """What replaces a posting replaces the work item that it is tied to as well, where that does not go on in the other posting."""
    newer = ties.posting_above(claim.message_id) if items else None
    return replace(
        claim, item=next((i.item for i in items if claim.series in i.series and newer not in i.series), None)
    )


def _without_replaced(claims: Sequence[Claim], replaced: Sequence[Claim]) -> Sequence[Claim]:
    """Without the words that name what something else replaces: they are about that, not about the posting that they stand below."""
    places: dict[str, list[tuple[int, int]]] = {}
    for each in replaced:
        places.setdefault(each.message_id, []).append((each.start, each.end))
    return [
        claim
        for claim in claims
        if claim.status not in ("superseded", "dropped")
        or not any(claim.start < end and start < claim.end for start, end in places.get(claim.message_id, ()))
    ]


def _in_order(claims: Sequence[Claim], ties: Ties) -> list[Claim]:
    """Oldest first; a claim without a date (flattened text) keeps its place among those of its mail, quotes before own text."""

    def key(claim: Claim) -> tuple[datetime, str, int, int]:
        depth = 0
        for layer in ties.threads.messages[claim.message_id].layers:
            if layer.kind == "quote" and claim.by == layer.author and claim.date is None:
                depth = -layer.depth
                break
        return (claim.date or _FIRST, claim.message_id, depth, claim.start)

    return sorted(claims, key=key)


@dataclass(frozen=True, slots=True)
class _End:
    """How a work came to its end: what shows it, since when it is so, and whether it was taken into a tree."""

    shown: Evidence
    date: datetime | None
    taken: bool


@dataclass(frozen=True, slots=True)
class _Decided:
    """What decided where a work stands. `needs` is what it waited for and what is finished by now, as `told` by the words and the ends, the
    last of them on the date from which on it is `free`."""

    case: Case
    rule: Rule
    verdict: Verdict
    needs: Sequence[Need]
    told: Sequence[Evidence]
    free: datetime | None


class _Folder:
    """The claims by what they are about, and the folding of each."""

    def __init__(
        self,
        claims: Sequence[Claim],
        questions: Sequence[tuple[Claim, Question]],
        requests: Sequence[Claim],
        answered: Set[int],
        items: Sequence[WorkItem],
        ties: Ties,
        findings: Findings | None,
        deciders: Callable[[Sequence[Series]], Chosen],
    ) -> None:
        self.ties = ties
        self.answered_asks = set(answered)  # the claims that ask, and that somebody answered, by their id()
        self.deciders = deciders
        self.findings = findings
        self.items = items
        self.asked_in: dict[str, Claim] = {}  # what somebody asked in a mail first, answered or not
        self.questions = {id(claim): question for claim, question in questions}
        self.open_of_item: dict[str, list[Claim]] = {}
        self.open_of_series: dict[str, list[Claim]] = {}
        for claim, _ in questions:
            if claim.item is not None:
                self.open_of_item.setdefault(claim.item, []).append(claim)
            if claim.series is not None:
                self.open_of_series.setdefault(claim.series, []).append(claim)
        self.answered, self.heard = _read_threads(ties)
        self.needs = Needs(items, ties, self._sentence)
        self.ends: dict[str, _End | None] = {}  # how the newest version of a chain ended
        self.places = {item.item: n for n, item in enumerate(items)}
        works = {n: item.ties for n, item in enumerate(items)}
        self.sure_works = {items[n].item for n in sure_works(works, ties)}
        self.finished: Mapping[str, _End] = {}  # items that the first round found finished: nobody waits for them
        self.of_item: dict[str, list[Claim]] = {}
        self.of_series: dict[str, list[Claim]] = {}
        self.parts_of: dict[str, Sequence[Series]] = {}
        self.of_chain: dict[str, list[Series]] = {}
        for one in ties.series:
            self.of_chain.setdefault(one.chain, []).append(one)
        self.requests: dict[str, list[Claim]] = {}
        for claim in requests:
            if claim.series is not None:
                self.requests.setdefault(claim.series, []).append(claim)
        self.proposals = self._find_proposals(claims)
        for said in _without_doubles(claims):
            if (meant := self._as_meant(said)) is None:
                continue
            if id(said) in answered:
                self.answered_asks.add(id(meant))
            if meant.item is not None:
                self.of_item.setdefault(meant.item, []).append(meant)
            if meant.series is not None:
                self.of_series.setdefault(meant.series, []).append(meant)
        if outdated := {id(claim) for item in items for claim in self._find_outdated(item)}:
            for known in (self.of_item, self.of_series, self.open_of_item, self.open_of_series):
                for key, kept in known.items():
                    known[key] = [claim for claim in kept if id(claim) not in outdated]

    def _find_proposals(self, claims: Sequence[Claim]) -> Set[str]:
        """The mails in which authors show a change that they make if others like it, and that nobody tags."""
        tagged = {self.ties.threads.parent(claim.message_id) for claim in claims if claim.rule == "trailer"}
        found = set()
        for claim in claims:
            posting = self.ties.by_root.get(claim.series or "")
            own = posting is not None and self.people.same(claim.by, posting.author)
            if own and proposes(claim, self._sentence(claim)):
                found.add(claim.message_id)
        return found - tagged

    def _as_meant(self, claim: Claim) -> Claim | None:
        """A claim as it is meant where it stands; None if it says nothing of the work that it stands below."""
        if (
            claim.series is not None
            and claim.status in FINISHED
            and self.ties.of_message.get(claim.message_id) == claim.series
        ):
            return None  # nobody says of what he just posts that it is done: that is about another work
        posting = None if is_said_of_row(claim, self.ties) else self.ties.by_root.get(claim.series or "")
        body = self.ties.threads.messages[claim.message_id].body
        if claim.certainty == "conditional" and (
            asks_again_later(claim) or waits_in_time(claim) or waits_for_objections(claim, self._sentence(claim))
        ):
            claim = replace(claim, certainty="asserted")
        if posting is None:
            return claim
        if names_base(claim) or (claim.status == "blocked" and self._is_pull(claim)):
            return None
        own = self.people.same(claim.by, posting.author)
        if own and claim.status == "applied" and self.ties.threads.messages[posting.root].subject.pull:
            return None  # whoever asks to be pulled tells where it comes from
        if claim.status == "dropped" and self._answers_stray(claim, posting):
            return None
        if claim.status == "dropped" and is_plain(claim) and not own and not self._may_drop(claim, posting):
            return replace(claim, status="needs-revision", waiting_on=("author",)) if is_request(claim) else None
        before = body[max(0, claim.start - BEFORE) : claim.start]
        of_commit = speaks_of_commit(claim, before)
        if of_commit and not tells_of_fix(before):
            return None
        instead = (
            of_commit or is_fixed_otherwise(claim) or (not own and (takes_other(claim, posting) or has_mended(claim)))
        )
        if instead and claim.item is None:  # a work item is done, whoever did it
            return replace(claim, status="superseded")
        on_one = posting.expected > 1 and self._posted_above(claim.message_id) in posting.patches
        if speaks_of_a_part(claim, on_one) if own else waits_for_itself(claim):
            return replace(claim, status="needs-revision", waiting_on=("author",), depends_on=())
        if own and tells_of_version(claim, posting.revision):
            return None
        if own and asks_to_look(claim):
            return replace(claim, status="needs-review", waiting_on=())
        if own and (asks_to_drop(claim) or drops_at_once(claim)):
            return replace(claim, certainty="asserted")
        if not own and (asks_not_to_take(claim) or self._accepts_proposal(claim)):
            return replace(claim, status="needs-revision", certainty="asserted", waiting_on=("author",))
        if not own and folds(claim) and self.deciders((posting,)).has(claim.by):
            return replace(claim, status="superseded", waiting_on=())
        if not own and claim.status == "planned" and tells_of_taking(claim):
            claim = replace(claim, status="ready")
            if waits_for_objections(claim, self._sentence(claim)):
                claim = replace(claim, certainty="asserted")
        if not own and refuses(claim):
            return replace(claim, status="dropped", certainty="asserted")
        if not own and fails_to_take(claim):
            return replace(claim, status="needs-revision", certainty="asserted", waiting_on=("author",))
        return claim

    def _sentence(self, claim: Claim) -> str:
        return sentence_around(self.ties.threads.messages[claim.message_id].body, claim.start, claim.end)

    def _may_drop(self, claim: Claim, posting: Series) -> bool:
        """Whether another's words of dropping can end a posting: whoever does not decide may ask for it, or tell what he gave up himself."""
        asks = is_request(claim) or tells_of_his_own(claim)
        return not asks or self.deciders((posting,)).has(claim.by)

    def _answers_stray(self, claim: Claim, posting: Series) -> bool:
        """Whether a claim answers a patch that was sent twice, by the mail that is no part of the posting."""
        above = self.ties.threads.messages.get(self.ties.threads.parent(claim.message_id) or "")
        if above is None or above.message_id in self.ties.of_message:
            return False
        return above.subject.patch and not above.subject.reply and self.people.same(str(above.author), posting.author)

    def _is_pull(self, claim: Claim) -> bool:
        """Whether a claim stands in a pull request: what that is based on comes with it."""
        subject = self.ties.threads.messages[claim.message_id].subject
        return subject.pull and not subject.reply

    def _accepts_proposal(self, claim: Claim) -> bool:
        """Whether somebody likes the change that an author shows, rather than what he posted."""
        liked = claim.status == "ready" and claim.certainty in ("asserted", "hedged") and claim.rule not in TAKES
        return liked and self.ties.threads.parent(claim.message_id) in self.proposals

    @property
    def people(self) -> People:
        return self.ties.people

    def fold_item(self, item: WorkItem) -> Status:
        """Where a work item stands, by what was said of it."""
        roots = item.series
        claims, asked = self.of_item.get(item.item, []), self.open_of_item.get(item.item, [])
        claims = [replace(c, status="posted") if tells_new_version(c) else c for c in claims]
        series = sorted(
            (self.ties.by_root[r] for r in roots if r in self.ties.by_root),
            key=lambda s: (s.date or _FIRST, s.revision),
        )
        responsible = [item.assignee] if item.assignee else sorted({s.author for s in series})
        needs = [title for title in self.needs.of_table(item) if title not in self.finished]
        case = self._case("item", claims, asked, responsible, series, bool(roots), None, needs)
        case = replace(case, is_one_work=item.item in self.sure_works)
        if item.listings:
            keepers = {str(self.ties.threads.messages[each.message_id].author) for each in item.listings}
            case = replace(case, keepers=tuple(sorted(keepers)))
        newest = series[-1] if series else None
        found = self._decide(case, item, newest)
        table = self.ties.threads.messages.get(item.message_id)
        since = find_since(found.case, found.rule, found.verdict, (), table.date if table else None)
        return self._make("item", item.item, item.item, found, since, item, newest, roots)

    def _find_outdated(self, item: WorkItem) -> Iterator[Claim]:
        """What older notes said and asked of an item where a newer line says how far it is: whoever keeps a list says each time how things
        stand. What was in mainline, dropped or replaced stays so until somebody says otherwise, and what was applied if the newer line
        asks for nothing."""
        claims = self.of_item.get(item.item, [])
        notes = [each.message_id for each in item.listings]
        telling = [
            n for n in notes if any(c.message_id == n and c.certainty not in ("asked", "negated") for c in claims)
        ]
        if len(telling) < 2:
            return
        old = set(notes[: notes.index(telling[-1])])
        last = {c.status for c in claims if c.message_id == telling[-1] and is_plain(c)}
        stays = {"merged", "dropped", "superseded"} | (set() if last & _TO_DO and not last & FINISHED else {"applied"})
        yield from (c for c in claims if c.message_id in old and not (c.status in stays and is_plain(c)))
        yield from (c for c in self.open_of_item.get(item.item, []) if c.message_id in old)

    def fold_series(self, series: Series) -> Status:
        """Where a posting stands, together with those that it sends patches of anew."""
        case, newer = self.read_case(series)
        found = self._decide(case, None, series)
        since = find_since(found.case, found.rule, found.verdict, newer)
        return self._make("series", series.root, series.title, found, since, None, series, (series.root,))

    def _decide(self, case: Case, item: WorkItem | None, series: Series | None) -> _Decided:
        """What the rules say of a work. Words by which it waits for what is in a tree by now hold it up no more; where nothing else tells
        where it stands then, or what it waited for ended otherwise, it is in doubt that it still waits."""
        rule, verdict = decide(case)
        needs: list[Need] = []
        told: list[Evidence] = []
        free: datetime | None = None
        while verdict.waits_for_item and verdict.evidence:
            waiting = verdict.evidence[0]
            here = self.needs.behind(waiting, item, series)
            ends = [
                end for end in (self._end_of(need.on) for need in here) if end is not None and _is_behind(end, waiting)
            ]
            if not here or len(ends) < len(here):
                break
            needs += here
            free = max((end.date for end in ends if end.date is not None), default=free)
            shown = [end.shown for end in ends]
            rest = [c for c in case.claims if c is not waiting and not self._says_no_more(c, waiting)]
            without = replace(case, claims=rest)
            other = decide(without)
            if not all(end.taken for end in ends) or other[1].status is None or other[1].status in FINISHED:
                return _Decided(case, rule, replace(verdict, doubted=True), needs, [*told, *shown], free)
            told += [Evidence(waiting.message_id, waiting.text, waiting.status), *shown]
            case, (rule, verdict) = without, other
        return _Decided(case, rule, verdict, needs, told, free)

    def _is_met(self, need: Need, verdict: Verdict) -> bool:
        """Whether what a work waits for is finished, and was not when the words were said that decide."""
        end = self._end_of(need.on)
        waiting = verdict.evidence[0] if verdict.waits_for_item and verdict.evidence else None
        if end is None or waiting is None or waiting.message_id != need.message_id:
            return end is not None
        return _is_behind(end, waiting)

    def _says_no_more(self, claim: Claim, waiting: Claim) -> bool:
        """Whether a claim says only once more, in the same mail, that a work waits."""
        again = claim.status == waiting.status and claim.message_id == waiting.message_id
        return again and not works_needed(claim)

    def read_case(self, series: Series) -> tuple[Case, Sequence[Series]]:
        """What is known of a posting, and what replaced it."""
        parts = self._parts(series)
        whole = parts[-1] if len(parts) == 1 else _put_together(parts)
        newer = [s for s in self.of_chain.get(series.chain, ()) if parts[-1].root in s.supersedes]
        claims, asked = (self._still_said(parts, said) for said in (self.of_series, self.open_of_series))
        claims = self._without_closed(claims, series.author)
        claims = sorted((*claims, *self._taken_below_older(parts)), key=lambda claim: claim.date or _FIRST)
        case = self._case("series", claims, asked, [series.author], [whole], True, newer[-1] if newer else None)
        requests = self._still_said(parts, self.requests)
        said_from = self._said_from(parts, (*claims, *asked, *requests))
        answered = any(one.root in self.answered for one in parts)
        return replace(case, requests=requests, said_from=said_from, is_answered=answered), newer

    def _without_closed(self, claims: Sequence[Claim], author: str) -> list[Claim]:
        """Without what an author promised in answer to somebody who then gave his tag, below the same mail of the posting, all the same."""
        tags = [c for c in claims if c.rule == "trailer" and c.status == "ready" and is_plain(c) and c.date is not None]
        return [c for c in claims if not any(self._closes(tag, c, author) for tag in tags)]

    def _closes(self, tag: Claim, promise: Claim, author: str) -> bool:
        if promise.status != "needs-revision" or not is_plain(promise) or not self.people.same(promise.by, author):
            return False
        if promise.date is None or tag.date is None or tag.date <= promise.date:
            return False
        asking = self.ties.threads.messages.get(self.ties.threads.parent(promise.message_id) or "")
        same = asking is not None and self.people.same(str(asking.author), tag.by)
        return same and self._posted_above(tag.message_id) == self._posted_above(promise.message_id)

    def _taken_below_older(self, parts: Sequence[Series]) -> list[Claim]:
        """Words below older versions that the work was taken, said by others when the newest was there: they mean that one."""
        newest = parts[-1]
        older = [one for one in self.of_chain.get(newest.chain, ()) if not any(one is part for part in parts)]
        if newest.date is None or any(newest.root in one.supersedes for one in older):
            return []
        return [
            claim
            for one in older
            for claim in self.of_series.get(one.root, ())
            if claim.status in _IN_A_TREE
            and is_plain(claim)
            and claim.date is not None
            and claim.date > newest.date
            and not self.people.same(claim.by, newest.author)
        ]

    def _said_from(self, parts: Sequence[Series], claims: Sequence[Claim]) -> datetime | None:
        """From when on words are about postings that stand together: since the oldest was posted, for what was said of the other
        patches holds; or since the oldest word below them, if the clock of whoever said it is slow."""
        mails = {ident for one in parts for ident in (one.root, one.cover, *one.patches) if ident is not None}
        below = (c.date for c in claims if c.date is not None and self._posted_above(c.message_id) in mails)
        return min((date for date in (parts[0].date, *below) if date is not None), default=None)

    def _parts(self, series: Series) -> Sequence[Series]:
        """A posting and those that sent some of its patches anew, the oldest first: they stand together."""
        if series.root not in self.parts_of:
            base = series
            while base.taken_over and (older := self.ties.by_root.get(next(iter(base.supersedes), ""))):
                base = older
            found = [base]
            for one in self.of_chain.get(series.chain, ()):
                if one.taken_over and any(part.root in one.supersedes for part in found):
                    found.append(one)
            self.parts_of.update(dict.fromkeys((part.root for part in found), found))
        return self.parts_of[series.root]

    def _still_said(self, parts: Sequence[Series], said: Mapping[str, Sequence[Claim]]) -> list[Claim]:
        """What was said of postings that stand together, without what was said of a patch before it was sent anew."""
        claims = [claim for one in parts for claim in said.get(one.root, ())]
        if len(parts) == 1:
            return claims
        anew: dict[str, datetime] = {}  # the patches that were sent anew, and when
        for n, newer in enumerate(parts[1:], 1):
            for number, ident in enumerate(newer.patches, 1):
                if ident is not None and number not in newer.taken_over:
                    gone = {o.patches[number - 1] for o in parts[:n] if number <= len(o.patches)} - {None, ident}
                    anew.update((each, newer.date or _FIRST) for each in gone if each is not None and each not in anew)
        kept = []
        for claim in claims:
            of = claim.message_id if claim.message_id in anew else self._posted_above(claim.message_id)
            if (claim.date or _FIRST) >= anew.get(of or "", _FIRST):
                kept.append(claim)
        return sorted(kept, key=lambda claim: claim.date or _FIRST)

    def _case(
        self,
        kind: str,
        claims: Sequence[Claim],
        asked: Sequence[Claim],
        responsible: Sequence[str],
        series: Sequence[Series],
        posted: bool,
        newer: Series | None,
        needs: Sequence[str] = (),
    ) -> Case:
        """What the rules are asked about. `responsible` are the people whose work it is, `series` its postings, the oldest first;
        `posted` tells whether any is known by name, `newer` is what replaced it, `needs` are unfinished items by their titles."""
        word = self.findings.word(series, claims) if self.findings else TreeWord()
        requests = [c for one in series for c in self.requests.get(one.root, ())] if kind == "series" else []
        return Case(
            kind,
            claims,
            responsible,
            series,
            posted,
            newer,
            asked,
            self.people.same,
            needs,
            word,
            requests,
            self.deciders(series).has,
            patch_of=self._patches_of((*claims, *asked, *requests), series[-1:]),
            sentences={(c.message_id, c.start, c.end): self._sentence(c) for c in claims if c.status in FINISHED},
            answered=self.answered_asks,
            of_row=frozenset(id(c) for c in (*claims, *asked) if is_said_of_row(c, self.ties)),
        )

    def _patches_of(self, claims: Sequence[Claim], series: Sequence[Series]) -> Mapping[str, str]:
        """Of the mails of claims that answer one of several patches, and not the mail that all hang on, which patch that is."""
        patches = {i for one in series if one.expected > 1 for i in one.patches if i is not None and i != one.root}
        if not patches:
            return {}
        found = {ident: self._posted_above(ident) for ident in {claim.message_id for claim in claims}}
        return {ident: above for ident, above in found.items() if above in patches}

    def _posted_above(self, ident: str) -> str | None:
        """The nearest mail of a posting above a mail."""
        return next((i for i in self.ties.threads.ancestors(ident) if i in self.ties.of_message), None)

    def _make(
        self,
        kind: str,
        key: str,
        title: str,
        decided: _Decided,
        since: datetime | None,
        item: WorkItem | None,
        series: Series | None,
        roots: Sequence[str],
    ) -> Status:
        """The record of a status. Its evidence are the words that decided, then what else was said: what goes the same way first,
        then the newest, one claim a mail before further ones. Where a fact decided, it goes first; where nobody said anything, the
        posting stands for itself. `item` or `series` is what it is about, `roots` are all its postings."""
        case, rule, verdict = decided.case, decided.rule, _surest_first(decided.verdict, decided.case)
        needs = each_once((*decided.needs, *self.needs.find(verdict, case, item, series)))
        waited = [need for need in needs if not self._is_met(need, verdict)]
        copied = rule.name == POSTED and series is not None and bool(series.copied_to)  # nobody answers these
        over = verdict.status in FINISHED or copied
        waiting = () if over else self._waiting_on(verdict, case, item, series, waited, bool(decided.needs))
        deciding = {id(c) for c in verdict.evidence}
        others = [
            c
            for c in reversed(case.claims)
            if id(c) not in deciding and (kind == "item" or c.confidence >= LEAST_TO_SHOW)
        ]
        if verdict.status in ("applied", "merged"):  # who said so first stands beside the last word
            first = [c for c in case.claims if c.status == verdict.status and c.certainty == "asserted"][:1]
            others = [*(c for c in first if id(c) not in deciding), *(c for c in others if c not in first)]
        others.sort(key=lambda c: (c.status in _GOING_WELL) != (verdict.status in _GOING_WELL))
        told = [
            c for c in others if rule.name != POSTED or case.is_current(c)
        ]  # what came before is about an older one
        shown = [Evidence(c.message_id, c.text, c.status) for c in _one_a_mail((*verdict.evidence, *told))]
        if rule.name == REPLACED and case.newer is not None:
            replacing = f"[PATCH v{case.newer.revision}] {case.newer.title}"
            shown.insert(0, Evidence(case.newer.root, replacing, "superseded"))
        elif rule.name in SILENT:
            shown[:0] = _show_mentions(case, rule.name)[:FEW_EVIDENCE]
        elif not shown and item is not None and case.needs and rule.name == "needs-other-item":
            shown = [Evidence(item.message_id, f"needs: {', '.join(case.needs)}", "blocked")]
        elif series is not None and (not shown or rule.name == POSTED):
            shown.insert(0, Evidence(series.root, series.title, "posted"))
        shown[1:1] = decided.told
        part = _show_mentions(case, CITED) if kind == "series" and verdict.status not in FINISHED else []
        shown[1:1] = part[: FEW_EVIDENCE - 1]  # the patches that are in a tree, where the rest decides
        if len(shown) < FEW_EVIDENCE and verdict.status in _WAITED_ROLE:  # what it waits for was asked somewhere
            seen = {each.message_id for each in shown}
            asked = sorted((*case.requests, *case.open_questions), key=lambda c: c.date or _FIRST, reverse=True)
            more = [c for c in _one_a_mail(asked) if c.message_id not in seen and not case.said_by_responsible(c)]
            shown += [Evidence(c.message_id, c.text, c.status) for c in more[: FEW_EVIDENCE - len(shown)]]
        if (request := self._agreed_to(verdict, case)) is not None and request.message_id not in {
            e.message_id for e in shown
        }:
            shown.insert(1, Evidence(request.message_id, request.text, request.status))
        shown = shown[:MAX_EVIDENCE]
        moot = verdict.status in FINISHED
        open_questions = tuple(self.questions[id(c)] for c in case.open_questions if not (moot and is_of_the_state(c)))
        seen = {e.message_id for e in shown} | {q.message_id for q in open_questions}
        as_of = self._last_word(case, seen, item, roots)
        return Status(
            kind="item" if kind == "item" else "series",
            key=key,
            title=title,
            status=verdict.status,
            also=tuple(
                dict.fromkeys(
                    (
                        *(each.status for each in (*decided.told[:1], *part) if each.status != verdict.status),
                        *(
                            c.status
                            for c in (others if verdict.status else (*verdict.evidence, *others))
                            if c.certainty in ("asserted", "hedged", "conditional") and c.status != verdict.status
                        ),
                    )
                )
            ),
            certainty=_certainty(verdict),
            next_actor=self._next_actor(waiting, series if item is None else None),
            waiting_on=waiting,
            applied_to=case.tree.target
            or next((c.target for c in verdict.evidence if c.target and c.status in ("applied", "merged")), None),
            depends_on=tuple(need.on for need in waited),
            as_of=as_of,
            since=min(max(since, decided.free or since), as_of) if since and as_of else None,
            evidence=tuple(shown),
            rule=rule.name,
            unanswered=open_questions,
            revision=series.revision if series else None,
            chain=series.chain if series else None,
            series=tuple(roots),
            assignee=item.assignee if item else (series.author if series else None),
            priority=item.priority if item else None,
            tree=case.tree.words,
            needs=needs,
            confidence=verdict.confidence,
            weighed=verdict.weighed,
            taken=find_taken_patches(case),
        )

    def _agreed_to(self, verdict: Verdict, case: Case) -> Claim | None:
        """What an author agrees to with the word that decides: what somebody else asked in the mail that he answers."""
        if (
            verdict.status != "needs-revision"
            or not verdict.evidence
            or not case.said_by_responsible(verdict.evidence[0])
        ):
            return None
        request = self.asked_in.get(self.ties.threads.parent(verdict.evidence[0].message_id) or "")
        return None if request is None or case.said_by_responsible(request) else request

    def _last_word(self, case: Case, shown: Set[str], item: WorkItem | None, roots: Sequence[str]) -> datetime | None:
        """The date of the newest mail about a work: a posting of it, what was written below one or below a row of it, a claim, or what is
        shown."""
        mails = [mail for ident in shown if (mail := self.ties.threads.messages.get(ident)) is not None]
        if item is not None:
            mails += self.ties.mails_below_rows.get(self.places[item.item], ())
        parts = {
            part.root for root in roots if root in self.ties.by_root for part in self._parts(self.ties.by_root[root])
        }
        cited = (each.date for one in case.postings for each in mentions_of(one) if each.message_id in shown)
        dates = (
            *(c.date for c in case.claims),
            *(s.date for s in case.postings),
            *(m.date for m in mails),
            *(self.heard.get(root) for root in parts),
            *cited,
        )
        return max((date for date in dates if date is not None), default=None)

    def _waiting_on(
        self,
        verdict: Verdict,
        case: Case,
        item: WorkItem | None,
        series: Series | None,
        needs: Sequence[Need],
        has_waited: bool,
    ) -> tuple[str, ...]:
        """Who must act: the people named in the deciding sentences, else who is asked, else the role that the status calls for. What was
        blocked, and `has_waited` for nothing but what is finished by now, is its author's turn."""
        if verdict.waits_for:
            return verdict.waits_for
        author = item.assignee if item and item.assignee else series.author if series else None
        is_free = verdict.status == "blocked" and has_waited and not needs
        near = [p for p in (author, *(c.by for c in case.claims)) if p]
        found: dict[str, None] = {}
        for claim in verdict.evidence:
            if claim.status in ("applied", "merged"):
                continue
            for name in () if is_free else claim.waiting_on:
                person = self._person_meant(name, near)
                if claim.certainty == "asked" and self.people.same(person, claim.by):
                    continue  # nobody asks himself
                found.setdefault(author if person.lower() == "author" and author else person)
        if not found and verdict.status == "needs-reply":
            found.update(self._asked(verdict, case, author))
        if not found and verdict.waits_for_item:
            found.update(dict.fromkeys(filter(None, map(self.needs.brought_by, needs))))
        if not found and verdict.status == "needs-review" and (plan := find_promised_look(case)):
            found[plan.by] = None
        if not found:
            role = "author" if is_free else _WAITED_ROLE.get(verdict.status)
            if role == "author" and author:
                found[author] = None
            elif role == "reviewers" and (asked := self._asked_by_author(case)):
                found.update(asked)
            elif role:
                found[role] = None
            if role == "maintainer":
                found = self._find_maintainers(case, author)
        return tuple(dict.fromkeys(map(self.people.name, found)))

    def _asked_by_author(self, case: Case) -> dict[str, None]:
        """The others from whom an author awaits an answer, if that is all that he waits for."""
        asked = [c for c in case.open_questions if case.is_current(c) and case.said_by_responsible(c)]
        people = (self.questions[id(c)].asked_of for c in asked)
        return dict.fromkeys(each for each in people if each is not None and not case.is_responsible(each))

    def _asked(self, verdict: Verdict, case: Case, author: str | None) -> dict[str, None]:
        """Who has to reply: to others the author, if they do not call somebody else; to the author whom he asks, or else any reviewer."""
        questions = [self.questions[id(c)] for c in verdict.evidence if id(c) in self.questions]
        asked = sorted({each.asked_of for each in questions if each.asked_of is not None})
        if author is None or any(self.people.same(c.by, author) for c in verdict.evidence):
            others = [person for person in asked if not self.people.same(person, author)]
            return dict.fromkeys(others or (("reviewers",) if author and case.kind == "series" else ()))
        greeted = {find_called(c, self.ties) for c in verdict.evidence}
        called = [person for person in asked if person in greeted or _calls(person, questions)]
        return dict.fromkeys(called if questions and called == asked else (author,))

    def _find_maintainers(self, case: Case, author: str | None) -> dict[str, None]:
        """Whoever said that he takes it; else the role, with those whom MAINTAINERS names or who decide and spoke of it."""
        others = [c for c in reversed(case.claims) if case.is_current(c) and not self.people.same(c.by, author)]
        taker = next((c.by for c in others if takes_himself(c)), None)
        if taker is not None and case.kind == "series":
            return {taker: None}
        names = self.deciders(case.postings).names or [c.by for c in others if case.decides(c.by)][:1]
        return dict.fromkeys(("maintainer", *(name for name in names if not self.people.same(name, author))))

    def _next_actor(self, waiting: Sequence[str], posting: Series | None) -> str | None:
        """The first one waited for; of a posting its author is called by that role, the name stands in `waiting_on`."""
        if not waiting:
            return None
        return "author" if posting is not None and self.people.same(waiting[0], posting.author) else waiting[0]

    def _person_meant(self, words: str, near: Sequence[str]) -> str:
        """The person whom words mean, by their whole, by the name that they begin with, or, of those near, by the name before
        the @ ("Xiaoqing" is who writes himself 林晓晴 <xiaoqing@...>); else the words."""
        name = _NAME.match(words)
        found = self.people.resolve(words, near) or (name and self.people.resolve(name.group(), near))
        login = name.group().lower() if name else words.lower()
        alike = {p for p in near if (split_person(p)[1] or "").partition("@")[0].lower() == login}
        return found or (alike.pop() if len(alike) == 1 else words)

    def _end_of(self, name: str) -> _End | None:
        """How a work came to its end, if it did: an item by its title, or a posting by its root and the newest version of it."""
        if name in self.finished:
            return self.finished[name]
        one = self.ties.by_root.get(name)
        if one is None:
            return None
        if one.chain not in self.ends:
            chain = self.of_chain[one.chain]
            replaced = {root for each in chain for root in each.supersedes}
            newest = max(reversed(chain), key=lambda each: (each.root not in replaced, each.revision))
            case, newer = self.read_case(newest)
            rule, verdict = decide(case)
            self.ends[one.chain] = None
            if verdict.status is not None and verdict.status in FINISHED and not verdict.doubted:
                said = [(claim.message_id, claim.text) for claim in verdict.evidence[:1]] or [
                    (newest.root, newest.title)
                ]
                date = find_since(case, rule, verdict, newer)
                self.ends[one.chain] = _End(Evidence(*said[0], verdict.status), date, verdict.status in _IN_A_TREE)
        return self.ends[one.chain]


def _is_behind(end: _End, waiting: Claim) -> bool:
    """Whether a work came to its end after somebody said that another one waits for it: who says so later knows of it."""
    return end.date is None or waiting.date is None or end.date >= waiting.date


def _calls(person: str, questions: Sequence[Question]) -> bool:
    """Whether all questions to a person have the first of his names."""
    name, _ = split_person(person)
    first = (name or "").partition(" ")[0]
    return len(first) > 1 and all(
        re.search(rf"\b{re.escape(first)}\b", each.text) for each in questions if each.asked_of == person
    )


def _read_threads(ties: Ties) -> tuple[Set[str], Mapping[str, datetime]]:
    """The postings below which somebody else than their author wrote, and no robot; and of all the date of the newest mail below them."""
    answered: set[str] = set()
    heard: dict[str, datetime] = {}
    for ident, message in ties.threads.messages.items():
        posting = ties.by_root.get((ties.posting_above(ident) if ident not in ties.of_message else None) or "")
        if posting is None:
            continue
        if message.date is not None:
            heard[posting.root] = max(message.date, heard.get(posting.root, message.date))
        known = posting.root in answered or is_robot(message)
        if not known and not ties.people.same(str(message.author), posting.author):
            answered.add(posting.root)
    return answered, heard


def _show_newest(statuses: Sequence[Status]) -> list[Status]:
    """The statuses of postings, oldest first; to what proves that one was replaced comes what became of the newest of its chain."""
    newest = {status.chain: status for status in statuses}
    return [_with_newest(status, newest[status.chain]) for status in statuses]


def _with_newest(status: Status, newest: Status) -> Status:
    if status.rule != REPLACED or newest.key == status.key or not status.evidence:
        return status
    first, *others = status.evidence
    last = Evidence(newest.key, f"[PATCH v{newest.revision}] {newest.title}", "superseded")
    told: dict[str, Evidence] = {}
    for each in (first, last, *newest.evidence[:1], *others, *newest.evidence[1:]):
        told.setdefault(each.message_id, each)
    return replace(status, evidence=tuple(told.values())[:MAX_EVIDENCE])


def _without_doubles(claims: Sequence[Claim]) -> list[Claim]:
    """The claims without those that say something else of the very words of a much surer one, or end a work otherwise than it; that
    something is in a tree is as sure as "applied" and "merged" of the same words together."""
    at = _beside(claims)

    def is_double(claim: Claim) -> bool:
        for other in at[id(claim)]:
            if other.status == claim.status or other.confidence <= claim.confidence:
                continue
            if other.end <= claim.start or claim.end <= other.start:
                continue
            ends = {other.status, claim.status} <= FINISHED and (other.start, other.end) == (claim.start, claim.end)
            if ends or other.confidence - claim.confidence >= MUCH_SURER:
                return True
        return False

    def back(claim: Claim) -> Claim:
        same = [
            other.confidence
            for other in at[id(claim)]
            if {other.status, claim.status} == _IN_A_TREE
            and (other.start, other.end, other.certainty) == (claim.start, claim.end, claim.certainty)
        ]
        return replace(claim, confidence=min(_SURE, round(claim.confidence + sum(same), 3))) if same else claim

    return [back(claim) for claim in claims if not is_double(claim)]


def _beside(claims: Sequence[Claim]) -> Mapping[int, Sequence[Claim]]:
    """For each claim, by its id(), those of its mail whose words may be among its own: each run of words that overlap one after another."""
    found: dict[int, list[Claim]] = {}
    run: list[Claim] = []
    reach = 0
    for claim in sorted(claims, key=lambda each: (each.message_id, each.start)):
        if not run or claim.message_id != run[0].message_id or claim.start > reach:
            run, reach = [], 0
        run.append(claim)
        reach = max(reach, claim.end)
        found[id(claim)] = run
    return found


def _put_together(parts: Sequence[Series]) -> Series:
    """What postings stand for that sent patches of each other anew: of each patch the mail that was sent last, and its reviews."""
    patches = list(parts[0].patches)
    for one in parts[1:]:
        for number, ident in enumerate(one.patches[: len(patches)], 1):
            if ident is not None and number not in one.taken_over:
                patches[number - 1] = ident
    trailers = {}
    for one in parts:
        for trailer in one.trailers:
            numbers = tuple(n for n in trailer.patches if n <= len(patches) and one.patches[n - 1] == patches[n - 1])
            if numbers:
                trailers[trailer.message_id, trailer.start, trailer.kind] = replace(trailer, patches=numbers)
    return replace(parts[-1], patches=tuple(patches), trailers=tuple(trailers.values()))


def _show_mentions(case: Case, rule: str) -> list[Evidence]:
    """The mails that tell of a posting's patches what nobody says, each once: for one in mainline first those that tell this."""
    cited = [each for one in case.postings for each in one.cited if each is not None]
    again = [each for one in case.postings for each in one.sent_again if each is not None]
    built = [each for mentions in case.built_upon for each in mentions]
    landed = [each.landed for each in cited if each.landed]
    found: Mapping[str, tuple[tuple[StatusLabel, Sequence[Mention | Citation]], ...]] = {
        CITED: (("applied", cited),),
        LANDED: (("merged", landed), ("applied", cited)),
        BUILT_UPON: (("applied", built),),
        SENT_ELSEWHERE: (("superseded", again),),
    }
    shown: dict[str, Evidence] = {}
    for status, mentions in found[rule]:
        for each in mentions:
            shown.setdefault(each.message_id, Evidence(each.message_id, each.text, status))
    return list(shown.values())


def _surest_first(verdict: Verdict, case: Case) -> Verdict:
    """The proof of a finished work first: the form mail of whoever took it, which names its patches. Else the deciding mail may say it
    more than once: what names the place goes first, then what is surest."""
    if verdict.status not in FINISHED or not verdict.evidence:
        return verdict
    first = verdict.evidence[0]
    forms = {
        o.message_id for one in case.postings[-1:] for o in one.outcomes if o.complete and o.status == first.status
    }
    undone = [c.date for c in case.claims if c.status == "dropped" and is_plain(c) and c.date is not None]
    told = (first.by, first.status, first.certainty, first.holder)
    same = [
        c
        for c in case.claims
        if (c.message_id == first.message_id and (c.by, c.status, c.certainty, c.holder) == told)
        or (
            c.message_id in forms
            and (c.status, c.certainty) == (first.status, "asserted")
            and not _is_undone(c, first, undone)
        )
    ]
    best = max(
        (first, *same),
        key=lambda c: (
            c.message_id in forms,
            c.message_id == first.message_id,
            c.target is not None and c.confidence >= LEAST_TO_FINISH,
            c.confidence,
        ),
    )
    others = (c for c in verdict.evidence if c is not best and (c is not first or c.message_id != best.message_id))
    return replace(verdict, evidence=(best, *others))


def _is_undone(claim: Claim, first: Claim, undone: Sequence[datetime]) -> bool:
    """Whether a work was dropped between a claim and the one that decides."""
    if claim.date is None or first.date is None:
        return False
    return any(claim.date <= date < first.date for date in undone)


def _one_a_mail(claims: Sequence[Claim]) -> list[Claim]:
    """The first claim of each mail, then the others: what decides stays first, and more voices are heard."""
    first = {claim.message_id: claim for claim in reversed(claims)}
    return sorted(claims, key=lambda claim: first[claim.message_id] is not claim)


def _certainty(verdict: Verdict) -> Certainty | None:
    if verdict.status is None:
        return None
    if verdict.doubted:
        return "hedged"
    return verdict.evidence[0].certainty if verdict.evidence else "asserted"
