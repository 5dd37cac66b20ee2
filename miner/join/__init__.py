"""Threads, series, items and what all claims add up to: the one stage that knows the whole list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from miner.join.answers import answer_asks as _answer_asks
from miner.join.commits import Tree, tie_commits
from miner.join.compare import Numbered, compare_patches, read_patches
from miner.join.deciders import read_maintainers
from miner.join.items import gather_items, make_items
from miner.join.mailmap import read_mailmap
from miner.join.masks import Unmasker
from miner.join.notices import claim_outcomes
from miner.join.pace import find_pace
from miner.join.people import gather_people
from miner.join.postings import stamp
from miner.join.promises import find_promises
from miner.join.questions import claim_asks
from miner.join.series import assemble_series
from miner.join.status import fold_statuses
from miner.join.threads import Threads
from miner.join.tie import Ties, tie_claims
from miner.model import AnsweredAsk, Ask, Claim, Message, Pace, PatchChange, Promise, Series, Status, TableRow, WorkItem
from miner.notes import Note

__all__ = ["Beside", "Joined", "answer_asks", "compare_patches", "join", "read_patches", "thread_of", "threads_of"]


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside the mails: the project's git tree, the texts of a MAINTAINERS file and of a mailmap, and what the user
    said of ties."""

    tree: Tree | None = None
    maintainers: str = ""
    mailmap: str = ""
    notes: Sequence[Note] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    items: tuple[WorkItem, ...]
    claims: tuple[Claim, ...]
    series: tuple[Series, ...]
    status: tuple[Status, ...]
    promises: tuple[Promise, ...]
    pace: Pace


def join(
    messages: Sequence[Message],
    rows: Mapping[str, Sequence[TableRow]],
    claims: Sequence[Claim],
    asks: Iterable[Ask] = (),
    beside: Beside = Beside(),
    as_of: datetime | None = None,
) -> Joined:
    """Tie claims to items and postings and fold them; `rows` are the table rows of each message by its id, `asks` what
    people asked for. Promises are judged from `as_of`, or without it from the newest mail."""
    threads = Threads(messages)
    unmask = Unmasker(threads.messages)
    people = gather_people(messages, rows, read_mailmap(beside.mailmap))
    series = assemble_series(threads, unmask)
    findings = None
    if beside.tree is not None:
        series, findings = tie_commits(series, threads, unmask, beside.tree)
    entries = gather_items(threads, rows)
    ties = Ties(threads, entries, series, people, unmask, beside.notes)
    both, postings = tie_claims((*claims, *claim_asks(asks, claims)), ties)
    asked = both[len(claims) :]
    tied = tuple(claim_outcomes(both[: len(claims)], series, threads))
    items = make_items(entries, people, postings)
    named = read_maintainers(beside.maintainers)
    status = fold_statuses(tied, asked, items, ties, findings, named)
    pace = find_pace(series, threads)
    now = as_of or max((message.date for message in messages if message.date is not None), default=None)
    promises = find_promises(tied, ties, pace.silent_days, now)
    return Joined(items, tied, series, status, promises, pace)


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


def answer_asks(
    asks: Iterable[Ask],
    older: Series,
    newer: Series,
    changes: Sequence[PatchChange],
    patches: tuple[Sequence[Numbered], Sequence[Numbered]],
    claims: Sequence[Claim],
    messages: Sequence[Message],
) -> tuple[AnsweredAsk, ...]:
    """What came of the asks below the older of two postings; see join/answers.py."""
    people = gather_people(messages, {})
    return _answer_asks(asks, older, newer, changes, patches, claims, Threads(messages), people)
