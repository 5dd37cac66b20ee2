"""Threads, series, items and what all claims add up to: the one stage that knows the whole list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from miner.join.beside import NOTHING, Beside
from miner.join.case import Case
from miner.join.commits import Findings, tie_commits
from miner.join.compare import compare_patches, read_patches
from miner.join.deciders import (
    Choose,
    Chosen,
    Deciders,
    Decides,
    count_takers,
    date_takers,
    find_takers,
    read_maintainers,
)
from miner.join.facts import Facts, gather_facts
from miner.join.items import gather_items, make_items
from miner.join.later import Told
from miner.join.lines import Pairs
from miner.join.mailmap import read_mailmap
from miner.join.masks import Unmasker
from miner.join.naming import Namer
from miner.join.notices import claim_outcomes, names_patches
from miner.join.pace import Tempo, find_pace, measure_tempo
from miner.join.people import Known, People, gather_people
from miner.join.postings import stamp
from miner.join.promises import find_promises, judge_promises
from miner.join.questions import claim_asks
from miner.join.regions import Likes, find_clusters, find_regions, gather_whole
from miner.join.reports import find_blamed
from miner.join.rules import RULES
from miner.join.series import Beyond, assemble_series
from miner.join.status import fold_statuses, gather_cases
from miner.join.threads import Threads
from miner.join.tie import Ties
from miner.join.together import spread_over_rows
from miner.join.topics import find_touching, unpack
from miner.join.traits import Traits
from miner.join.tying import tie_claims
from miner.join.whole import Heard, Listener, Whole
from miner.model import (
    Ask,
    Claim,
    Message,
    Pace,
    Promise,
    Series,
    Status,
    TableRow,
    Tie,
    WorkItem,
)

__all__ = [
    "Beside",
    "Facts",
    "Heard",
    "Joined",
    "Known",
    "Likes",
    "Pairs",
    "Part",
    "People",
    "Tempo",
    "Told",
    "Traits",
    "Whole",
    "compare_patches",
    "count_takers",
    "date_takers",
    "find_blamed",
    "find_clusters",
    "find_pace",
    "find_regions",
    "find_takers",
    "find_touching",
    "gather_facts",
    "gather_people",
    "gather_whole",
    "join",
    "join_part",
    "join_works",
    "judge_promises",
    "read_cases",
    "read_patches",
    "read_takers",
    "tell_rules",
    "thread_of",
    "threads_of",
    "unpack",
]


@dataclass(frozen=True, slots=True)
class Joined:
    items: tuple[WorkItem, ...]
    claims: tuple[Claim, ...]
    series: tuple[Series, ...]
    status: tuple[Status, ...]
    promises: tuple[Promise, ...]
    pace: Pace


@dataclass(frozen=True, slots=True)
class Part:
    """What the mails of a region, or all mails, add up to. `made` are claims that no sentence was found to make; promises that are
    late are still called open. `takers` are those who said that they took other people's postings."""

    items: tuple[WorkItem, ...]
    claims: tuple[Claim, ...]
    made: tuple[Claim, ...]
    series: tuple[Series, ...]
    status: tuple[Status, ...]
    promises: tuple[Promise, ...]
    tempo: Tempo
    takers: tuple[str, ...]
    heard: Heard


def join(
    messages: Sequence[Message],
    rows: Mapping[str, Sequence[TableRow]],
    claims: Sequence[Claim],
    asks: Iterable[Ask] = (),
    beside: Beside = NOTHING,
    as_of: datetime | None = None,
    people: People | None = None,
    takers: Collection[str] = (),
) -> Joined:
    """Tie claims to items and postings and fold them; `rows` are the table rows of each message by its id, `asks` what
    people asked for. Promises are judged from `as_of`, or without it from the newest mail. `people` are those who are known,
    without it those of the mails, and `takers` those of them who are known to take patches, besides those of whom the mails tell it."""
    part = join_part(messages, rows, claims, asks, beside, people=people, known=takers)
    pace = find_pace([part.tempo])
    now = as_of or max((message.date for message in messages if message.date is not None), default=None)
    promises = judge_promises(part.promises, pace.silent_days, now)
    return Joined(part.items, (*part.claims, *part.made), part.series, part.status, promises, pace)


def join_part(
    messages: Sequence[Message],
    rows: Mapping[str, Sequence[TableRow]],
    claims: Sequence[Claim],
    asks: Iterable[Ask],
    beside: Beside,
    whole: Whole | None = None,
    people: People | None = None,
    known: Collection[str] = (),
) -> Part:
    """Join some mails: all of a list, or those of one region of it, which know the `whole` list by what they ask of it, or
    its `people` alone, and who is `known` to take patches."""
    ear = Listener(whole, [message.message_id for message in messages]) if whole is not None else None
    tied = _tie(messages, rows, claims, asks, beside, ear, people)
    namer = Namer(read_mailmap(beside.mailmap))
    takers = find_takers(tied.claims, tied.ties.series, tied.ties.people)
    items, statuses = _fold(tied, beside, takers.union(known), ear)
    return Part(
        items=items,
        claims=namer.name_claims(tied.claims[: tied.found]),
        made=namer.name_claims(tied.claims[tied.found :]),
        series=namer.name_series(tied.ties.series),
        status=namer.name_status(statuses),
        promises=namer.name_promises(find_promises(tied.claims, tied.ties, statuses)),
        tempo=measure_tempo(tied.ties.series, tied.ties.threads),
        takers=tuple(sorted(takers)),
        heard=ear.heard() if ear else Heard(),
    )


def join_works(
    messages: Sequence[Message],
    rows: Mapping[str, Sequence[TableRow]],
    claims: Sequence[Claim],
    asks: Iterable[Ask],
    beside: Beside,
    people: People,
    known: Collection[str],
    works: Collection[str] | None,
) -> tuple[Status, ...]:
    """Where all work items stand and, of postings, the chains that have one of these roots; None for all."""
    tied = _tie(messages, rows, claims, asks, beside, people=people)
    takers = find_takers(tied.claims, tied.ties.series, people)
    _, statuses = _fold(tied, beside, takers.union(known), works=works)
    return Namer(read_mailmap(beside.mailmap)).name_status(statuses)


@dataclass(frozen=True, slots=True)
class _Tied:
    """Claims and postings tied to each other. Behind the `claims` that were `found` stand those that no sentence makes; `asked` are
    what people asked for as claims, `postings` those of each work item."""

    ties: Ties
    claims: tuple[Claim, ...]
    found: int
    asked: Sequence[Claim]
    postings: Mapping[int, Sequence[Tie]]
    findings: Findings | None


def _tie(
    messages: Sequence[Message],
    rows: Mapping[str, Sequence[TableRow]],
    claims: Sequence[Claim],
    asks: Iterable[Ask],
    beside: Beside,
    ear: Listener | None = None,
    people: People | None = None,
) -> _Tied:
    threads = Threads(messages, ear.writes if ear else None)
    unmask = ear.unmask if ear else Unmasker(threads.messages)
    people = ear.people if ear else people or gather_people(messages, rows, read_mailmap(beside.mailmap))
    beyond = Beyond(ear.briefs, ear.older, ear.cited, ear.begun_with, ear.sent_again, ear.trace) if ear else None
    series = assemble_series(threads, unmask, beyond)
    findings = None
    if beside.tree is not None:
        series, findings = tie_commits(series, threads, unmask, beside.tree)
    ties = Ties(threads, gather_items(threads, rows, people), series, people, unmask, beside.notes)
    claims = [*spread_over_rows((claim for claim in claims if not names_patches(claim, ties)), ties)]
    questions = spread_over_rows(claim_asks(asks, claims), ties)
    both, postings = tie_claims((*claims, *questions), ties)
    outcomes = tuple(claim_outcomes(both[: len(claims)], series, threads))
    return _Tied(ties, outcomes, len(claims), both[len(claims) :], postings, findings)


def _fold(
    tied: _Tied,
    beside: Beside,
    takers: Collection[str],
    ear: Listener | None = None,
    works: Collection[str] | None = None,
) -> tuple[tuple[WorkItem, ...], tuple[Status, ...]]:
    """The work items, and where these and the postings stand."""
    ties = tied.ties
    items = make_items(ties.entries, ties.people, tied.postings)
    decides = _find_deciders(beside.maintainers, ties.threads, ties.people, takers, ear)
    return items, fold_statuses(tied.claims, tied.asked, items, ties, decides, tied.findings, works)


def read_takers(messages: Sequence[Message], claims: Sequence[Claim], asks: Iterable[Ask], people: People) -> set[str]:
    """Those who take patches of others, by what some mails say."""
    tied = _tie(messages, {}, claims, asks, NOTHING, people=people)
    return find_takers(tied.claims, tied.ties.series, people)


def read_cases(
    messages: Sequence[Message], claims: Sequence[Claim], asks: Iterable[Ask], people: People, takers: Collection[str]
) -> dict[str, Case]:
    """What the rules are asked about, of each posting by its root; `people` and `takers` are those of the whole list."""
    tied = _tie(messages, {}, claims, asks, NOTHING, people=people)
    decides = _find_deciders("", tied.ties.threads, people, takers, None)
    return gather_cases(tied.claims, tied.asked, tied.ties, decides)


def _find_deciders(
    maintainers: str, threads: Threads, people: People, takers: Collection[str], ear: Listener | None
) -> Choose:
    """What tells who decides on some postings: by a MAINTAINERS file, without one those who take patches on the whole list."""
    if sections := read_maintainers(maintainers):
        return Deciders(sections, people, threads).choose
    take: Decides = ear.decides if ear else lambda person: person is not None and people.resolve_known(person) in takers
    everywhere = Chosen(take)
    return lambda series: everywhere


def tell_rules() -> dict[str, str]:
    """What each rule says, by its name."""
    return {rule.name: rule.says for rule in RULES}


def thread_of(posting: Series, messages: Sequence[Message]) -> tuple[Message, ...]:
    """The mails of a posting and all that was said below them, oldest first."""
    threads = Threads(messages)
    tops = {posting.root, *filter(None, posting.patches)} & threads.messages.keys()
    below = set(tops).union(*(threads.descendants(top) for top in tops))
    return tuple(sorted((threads.messages[ident] for ident in below), key=lambda m: (stamp(m), m.message_id)))


def threads_of(idents: Iterable[str], messages: Sequence[Message]) -> tuple[Message, ...]:
    """The mails of all threads in which one of some mails stands, in their order."""
    roots = Threads(messages).roots
    wanted = {roots[ident] for ident in idents if ident in roots}
    return tuple(message for message in messages if roots[message.message_id] in wanted)
