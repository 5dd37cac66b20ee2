"""Where work stood before: the run behind `miner history` and `miner changes`.

Nothing is remembered for it: the mails that were known at a moment are joined once more, all or, where a store has them, those of
regions that got mail since, and the answers compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import NamedTuple

from miner.config import Config
from miner.mined import Mined
from miner.model import Move, Status, StatusLabel, mentions_of
from miner.notes import BY_USER, is_named
from miner.pipeline import join_works, select
from miner.recall import read_threads, recall

_Key = tuple[str, str]  # kind, and the title of an item or the chain of a series


class Stand(NamedTuple):
    """Where a piece of work stands: what moves when it moves."""

    status: StatusLabel | None
    revision: int | None
    waiting_on: tuple[str, ...]


Standing = Mapping[_Key, Stand]


def find_history(mined: Mined, work: Sequence[Status], config: Config) -> tuple[Move, ...]:
    """How a piece of work moved, the oldest first: one move for each mail after which its status, version or next actor was
    another one. `work` are its statuses, as the report finds them by name.

    Only the threads are joined in which it comes up, so that its cost grows with these alone; the people are those of all
    mails, since who is called by a first name there may have signed with the whole one elsewhere, and so is who takes patches. Mails
    without a date count as known from the beginning.
    """
    from miner.join import date_takers, gather_people, threads_of  # networkx, only where it is needed
    from miner.join.mailmap import read_mailmap

    mails = frozenset(_mails_of(work, mined))
    if (read := read_threads(mined, mails)) is not None:
        near, people = read
    else:
        near, people = mined, gather_people(mined.messages, mined.rows, read_mailmap(mined.mailmap))
    idents = {message.message_id for message in threads_of(mails, near.messages)}
    near = select(near, lambda message: message.message_id in idents)
    key = work[-1].work
    roots = {root for each in work for root in (each.key, each.chain, *each.series) if root}
    moves: list[Move] = []
    standing: Status | None = None
    takers = date_takers(mined.claims, mined.series, people)
    dates = {message.date for message in near.messages if message.date is not None}
    for moment in sorted(dates | _days_of_notes(work, config, min(dates, default=None), mined.as_of)):
        known = [taker for taker, first in takers.items() if first <= moment]
        then = join_works(_known(near, moment), config, moment, people, known, roots)
        found = _newest(each for each in then if each.work == key or each.key in roots)
        if found is not None and key[0] == "item":
            found = _name_author(found)
        if found is not None and (standing is None or _differ(standing, found)):
            moves.append(_move(standing, found, _date_in_history(found, moment, moves)))
            standing = found
    last = _newest(work)
    if last is not None and last.rule in BY_USER and (standing is None or _differ(standing, last)):
        moves.append(_move(standing, last, last.as_of))  # what the user said since the last mail
    return tuple(moves)


def _days_of_notes(
    work: Sequence[Status], config: Config, first: datetime | None, last: datetime | None
) -> set[datetime]:
    """The ends of the days on which the user gave a piece of work a status, since its first mail."""
    noted = (note for note in config.notes if note.status and any(is_named(each, note.work) for each in work))
    ends = (datetime.combine(note.date, time.max, UTC) for note in noted)
    return {end for end in ends if (first is None or first < end) and (last is None or end <= last)}


def _date_in_history(found: Status, moment: datetime, before: Sequence[Move]) -> datetime:
    """That of the mail, or the day of what the user said, which no mail of that day comes after."""
    if found.rule not in BY_USER or found.as_of is None:
        return moment
    return max(filter(None, (found.as_of, before[-1].date if before else None)))


def find_changes(mined: Mined, since: datetime, config: Config, before: Standing | None = None) -> tuple[Move, ...]:
    """What stands otherwise now than it did at a moment, over all items and series, those that moved last first. `before` is where all
    stood then, if that was kept: mail of then that came late is news as well."""
    then = before if before is not None else stand(recall(mined, since, config).status)
    now = _standing(mined.status)
    listed = {item.item: item.message_id for item in mined.items}
    tables = set(listed.values())
    dates = {ident: mined.by_id[ident].date for ident in tables if ident in mined.by_id}
    moved = [
        _move(then.get(key), each, _moved_at(each, since) or dates.get(listed.get(each.key, "")))
        for key, each in now.items()
        if key not in then
        or (then[key] != _stands(each) and (before is not None or _has_moved(then[key], each, since)))
    ]
    return tuple(sorted(moved, key=lambda move: (-_seconds(move.date), move.kind, move.title, move.key)))


def _has_moved(then: Stand, now: Status, since: datetime) -> bool:
    """Whether more is another one than who else is waited for: of what nobody has written since, it is only better known now."""
    told = now.as_of is not None and now.as_of > since
    return told or (then.status, then.revision, then.waiting_on[:1]) != (now.status, now.revision, now.waiting_on[:1])


def stand(status: Iterable[Status]) -> Standing:
    """Where each piece of work stands; a series where its newest posting does."""
    return {key: _stands(each) for key, each in _standing(status).items()}


def _moved_at(status: Status, since: datetime) -> datetime | None:
    """When the status began; where only who must act is another one since then, when something was said last."""
    return status.since if status.since is not None and status.since > since else status.as_of


def _name_author(status: Status) -> Status:
    """A posting in the history of an item: the item's own status calls nobody "author"."""
    if status.next_actor != "author" or not status.waiting_on:
        return status
    return replace(status, next_actor=status.waiting_on[0])


def _known(mined: Mined, moment: datetime) -> Mined:
    return select(mined, lambda message: message.date is None or message.date <= moment)


def _standing(status: Iterable[Status]) -> Mapping[_Key, Status]:
    """The status of each piece of work; of a series that of its newest posting."""
    found: dict[_Key, Status] = {}
    for each in status:
        key = each.work
        standing = _newest([found[key], each]) if key in found else each
        assert standing is not None
        found[key] = standing
    return found


def _newest(status: Iterable[Status]) -> Status | None:
    """An item before a posting, and of postings the one with the highest version."""
    return max(status, key=lambda one: (one.kind == "item", one.place_in_chain, _seconds(one.as_of)), default=None)


def _differ(one: Status, other: Status) -> bool:
    return _stands(one) != _stands(other)


def _stands(one: Status) -> Stand:
    return Stand(one.status, one.revision, one.waiting_on)


def _move(before: Status | Stand | None, now: Status, date: datetime | None) -> Move:
    return Move(
        date=date,
        kind=now.kind,
        key=now.key,
        chain=now.chain,
        title=now.title,
        before=before.status if before else None,
        status=now.status,
        certainty=now.certainty,
        revision=now.revision,
        next_actor=now.next_actor,
        rule=now.rule,
        evidence=() if now.rule in BY_USER else now.evidence[:1],  # the mail's words do not prove the user's
        new=before is None,
        note=now.note if now.rule in BY_USER else None,
        waiting_on=now.waiting_on,
    )


def _mails_of(work: Sequence[Status], mined: Mined) -> Iterator[str]:
    """The mails in which a piece of work comes up."""
    items = {each.key for each in work if each.kind == "item"}
    roots = {root for each in work for root in each.series}
    chains = {one.chain for one in mined.series if one.root in roots}
    for one in mined.series:
        if one.chain in chains:
            yield one.root
            yield from (each.message_id for each in mentions_of(one))
    for each in work:
        yield from (question.message_id for question in each.unanswered)
        yield from (proof.message_id for proof in each.evidence)
    for item in mined.items:
        if item.item in items:
            yield item.message_id
    for claim in mined.claims:
        if claim.item in items or claim.series in roots:
            yield claim.message_id


def _seconds(date: datetime | None) -> float:
    return date.timestamp() if date is not None else 0.0
