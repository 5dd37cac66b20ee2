"""One piece of work from its first word to its last: its claims in order, and what each of them answered.

Rule: a claim belongs to a work item by its title, to a patch series by any revision of the same chain. What a claim
answered is the copy of the item's row in whose reach it stands, else the quoted lines right above it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from miner.errors import AmbiguousError, MinerError
from miner.links import read_message_id
from miner.lookup import Thing, find_one, fold
from miner.model import Claim, Listing, Message, Series, Status, TableRow, Tie, Weighed, WorkItem
from miner.report.arrange import ARCHIVE_URL, Desk, find_by_id
from miner.report.escape import message_url, one_line, short_name
from miner.report.overview import PLACE_OF, Overview, Place, Quote, Reference
from miner.report.rows import LATE, Row, day_of, plain, stamp_of, utc

_EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Step:
    """A claim in the history of a piece of work. `answers` is a one-line excerpt of what it answered, or empty."""

    quote: Quote
    who: str
    status: str
    certainty: str
    place: Place
    answers: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class History:
    """Where it stands now, what was said, and the postings that it is about: what these are called, why and how surely. `why` is the
    rule that decided, in words, with how often readers agree; empty where it is not known."""

    now: Overview
    steps: tuple[Step, ...]
    ties: tuple[tuple[Reference, str, str], ...] = ()
    why: str = ""
    names: tuple[tuple[Reference, str, str], ...] = ()  # what other notes call it, why it is the same and how surely


def find_work(
    name: str,
    status: Sequence[Status],
    series: Iterable[Series] = (),
    messages: Iterable[Message] = (),
    strict: bool = False,
) -> tuple[Status, ...]:
    """The statuses of the one piece of work that a person means: of an item, or of all revisions of a series.

    `name` is all that `miner.lookup` takes, of people the assignee or author, else whoever is waited for; with `series` also the id of one of the patches, with
    `messages`, which are read for nothing else, the id or the whole subject of any mail in the thread of a posting. Raises MinerError, with
    the titles that come next, if there is no such work or more than one. Items go before series that are called alike, and in a choice
    what is open and new before the rest.
    """
    series = tuple(series)
    posted = {one.root: one for one in series}
    works = sorted(group_by_work(status).values(), key=_place_in_choice)
    things = [_as_thing(work, posted) for work in works]
    try:
        found = find_one(name, things, "no work item or series", "`miner status` lists what there is", strict)
        return tuple(found)
    except AmbiguousError:
        raise
    except MinerError:
        root = None if strict else _find_posting(name, series, messages)
        work = next((each for each in works if any(one.key == root for one in each)), None)
        if work is None:
            raise
        return tuple(work)


def find_mail(name: str, messages: Sequence[Message]) -> Message:
    """The one mail that a person means, by its id, its subject or who wrote it. Raises MinerError if there is none, or more than one."""
    ident = read_message_id(name)
    if "@" in ident and " " not in ident and ident == name.strip().strip("<> ") and not _has_mail(ident, messages):
        raise MinerError(f"no mail has the id {ident}")
    newest = sorted(messages, key=lambda mail: stamp_of(mail.date), reverse=True)
    things = [
        Thing(
            mail,
            mail.subject.text,
            mail.message_id,
            people=(str(mail.author),),
            details=f"{short_name(str(mail.author))}, {day_of(mail.date) or 'no date'}",
        )
        for mail in newest
    ]
    return find_one(name, things, "no mail", "`miner claims` lists the mails that say where work stands")


def _has_mail(ident: str, messages: Iterable[Message]) -> bool:
    return any(mail.message_id.casefold() == ident.casefold() for mail in messages)


def _as_thing(work: Sequence[Status], posted: Mapping[str, Series]) -> Thing[Sequence[Status]]:
    last = work[-1]
    postings = [posted[one.key] for one in work if one.key in posted]
    people = [*(one.assignee for one in work), *(one.author for one in postings)]
    since = last.since or last.as_of
    item = last.kind == "item"
    owner = short_name(last.assignee or (postings[-1].author if postings else ""))
    words = (last.status or "unknown", owner, day_of(since), "item" if item else "")
    mails = [*(one.key for one in work), *(ident for one in postings for ident in (one.cover, *one.patches) if ident)]
    return Thing(
        work,
        last.title,
        "" if item else last.key,
        own=() if item else mails,
        idents=[ident for one in work for ident in (one.chain, *one.series) if ident],
        people=list(dict.fromkeys(filter(None, people))),
        waits_for=[*last.waiting_on, *(each.asked_of for each in last.unanswered if each.asked_of)],
        aliases=list(dict.fromkeys(one.title for one in work[:-1] if one.title != last.title)),
        details=", ".join(word for word in words if word),
        place=0 if item else 1,
    )


def _place_in_choice(work: Sequence[Status]) -> tuple[bool, float]:
    since = work[-1].since or work[-1].as_of
    return not PLACE_OF[work[-1].status].open, -since.timestamp() if since else 0.0


def _find_posting(name: str, series: Iterable[Series], messages: Iterable[Message]) -> str | None:
    """The root of the posting in whose thread a mail is, by the mail's id or its whole subject."""
    ident, subject = read_message_id(name), fold(name)
    if "@" not in ident and not subject.startswith(("[", "re:")):
        return None
    roots = {part: one.root for one in series for part in (one.root, one.cover, *one.patches) if part}
    for mail in messages:
        if fold(mail.message_id) == fold(ident) or fold(mail.subject.text) == subject:
            above = (mail.message_id, mail.in_reply_to, *reversed(mail.references))
            return next((roots[each] for each in above if each in roots), None)
    return None


def arrange_history(
    work: Sequence[Status],
    *,
    claims: Sequence[Claim] = (),
    messages: Mapping[str, Message] | Sequence[Message] = (),
    items: Sequence[WorkItem] = (),
    series: Sequence[Series] = (),
    rows: Mapping[str, tuple[TableRow, ...]] | None = None,
    archive_url: str = ARCHIVE_URL,
    stale_days: int = 30,
    as_of: datetime | None = None,
    rules: Mapping[str, str] | None = None,
) -> History:
    """The history of what `find_work` found. `rows` are the table rows of each message, by message-id; `rules` are what the rules
    say, by name."""
    desk = Desk(series, claims, messages, archive_url, stale_days, as_of)
    now = desk.overview(work, items)
    steps = arrange_steps(work, claims, rows or {}, desk)
    keys = {each.key for each in work if each.kind == "item"}
    wanted = [item for item in items if item.item in keys]

    def tell(mail: str, title: str, found: Tie | Listing) -> tuple[Reference, str, str]:
        return desk.refer(mail), one_line(title, 80), f"{one_line(found.reason, 200)} ({found.score:.2f})"

    ties = tuple(tell(tie.series, desk.title_of(tie.series), tie) for item in wanted for tie in item.ties)
    listings = (each for item in wanted for each in item.listings if each.score < 1)
    names = tuple(tell(each.message_id, each.title, each) for each in listings)
    why = tell_why(work[-1], rules or {})
    return History(replace(now, references=desk.references), steps, ties, why, names)


def arrange_steps(
    work: Sequence[Status], claims: Iterable[Claim], rows: Mapping[str, tuple[TableRow, ...]], desk: Desk
) -> tuple[Step, ...]:
    """What was said of a piece of work, the oldest first, and what else proves where it stands."""
    said = claims_of(work, claims)
    steps = []
    for claim in _in_order((*said, *proofs_of(work, said, desk.mails))):
        answers = find_answered(claim, desk.mails.get(claim.message_id), rows.get(claim.message_id, ()))
        steps.append(_step(claim, answers, desk))
    return tuple(steps)


def tell_why(status: Status, rules: Mapping[str, str]) -> str:
    """The rule that decided, in words, with how often readers agree; empty where it is not known."""
    told = rules.get(status.rule, "")
    if told and status.confidence is not None:
        told += f" Readers of other lists agree in {status.confidence:.0%}."
    if told and status.weighed is not None:
        told += _tell_weighed(status.weighed)
    return told


def _tell_weighed(weighed: Weighed) -> str:
    """What speaks for a status and what against it, as a further sentence."""
    speaks = [f"{_tell_sign(sign)} (+{weight:.1f})" for sign, weight in weighed.signs if weight > 0]
    against = [f"{_tell_sign(sign)} (\N{MINUS SIGN}{-weight:.1f})" for sign, weight in weighed.signs if weight < 0]
    told = f" It is this rather than {weighed.rather_than} for: {', '.join(speaks)}." if speaks else ""
    return told + (f" What speaks for {weighed.rather_than}: {', '.join(against)}." if against else "")


def _tell_sign(sign: str) -> str:
    """The name of a sign, "ready 1 back" in words."""
    what, _, back = sign.removesuffix(" back").rpartition(" ")
    where = {"0": "in the last mail", "1": "in the last mail but one"}.get(back)
    return f"{what} {where}" if where and sign.endswith(" back") else sign


def mails_of(work: Sequence[Status], claims: Iterable[Claim]) -> frozenset[str]:
    """The ids of the mails whose words the history of a piece of work shows."""
    said = {claim.message_id for claim in claims_of(work, claims)}
    return frozenset(said.union(proof.message_id for one in work for proof in one.evidence))


def claims_of(work: Sequence[Status], claims: Iterable[Claim]) -> list[Claim]:
    """The claims about a piece of work, the oldest first; those without a date come last."""
    items = {each.key for each in work if each.kind == "item"}
    roots = {each.key for each in work if each.kind == "series"}
    return _in_order(claim for claim in claims if claim.item in items or claim.series in roots)


def proofs_of(work: Sequence[Status], said: Iterable[Claim], by_id: Mapping[str, Message]) -> list[Claim]:
    """What else is shown as the proof of a status: remarks and requests, which claim nothing but decide. They are made claims
    by the rule that went by them, with no confidence."""
    known = {(claim.message_id, claim.text) for claim in said}
    found = {}
    for one in work:
        postings = {one.key, *one.series} if one.kind == "series" else set(one.series)
        for proof in one.evidence:
            message = by_id.get(proof.message_id)
            start = message.body.find(proof.text) if message is not None else -1
            if message is None or start < 0 or proof.message_id in postings or (proof.message_id, proof.text) in known:
                continue
            found[proof.message_id, proof.text] = Claim(
                proof.message_id,
                start,
                start + len(proof.text),
                proof.text,
                proof.status,
                (one.certainty if proof.status == one.status else None) or "asserted",
                0.0,
                str(message.author),
                date=message.date,
                item=one.key if one.kind == "item" else None,
                series=one.key if one.kind == "series" else None,
                rule=one.rule,
            )
    return list(found.values())


def _in_order(claims: Iterable[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda claim: (utc(claim.date) if claim.date else LATE, claim.start))


def find_answered(claim: Claim, message: Message | None, rows: Sequence[TableRow]) -> str:
    """What a claim answered, on one line: the row of its item that it stands below, or the quote right above it."""
    if message is None:
        return ""
    line = message.body.count("\n", 0, claim.start)
    lines = message.lines
    row = max(
        (row for row in rows if (row.title == claim.item or row.listed) and row.first_line <= line < row.reach_line),
        key=lambda row: row.first_line,
        default=None,
    )
    if row is not None:
        return _excerpt(lines[row.first_line : row.end_line])
    above = [layer for layer in message.layers if layer.kind == "quote" and layer.end_line <= line]
    return _excerpt(lines[above[-1].first_line : above[-1].end_line]) if above else ""


def show_rows(
    work: Sequence[Status],
    *,
    claims: Sequence[Claim],
    messages: Mapping[str, Message] | Sequence[Message],
    rows: Mapping[str, tuple[TableRow, ...]],
    archive_url: str = ARCHIVE_URL,
) -> list[Row]:
    """The same for a program: the rows of the claims, each with its `url` and what it `answers`. The confidence of what only
    proves a status is not known."""
    by_id = find_by_id(messages)
    said = claims_of(work, claims)
    proofs = proofs_of(work, said, by_id)
    found = []
    for claim in _in_order((*said, *proofs)):
        answers = find_answered(claim, by_id.get(claim.message_id), rows.get(claim.message_id, ()))
        row: Row = plain(claim)
        if claim in proofs:
            row["confidence"] = None
        found.append({**row, "url": message_url(claim.message_id, archive_url), "answers": answers or None})
    return found


def _step(claim: Claim, answers: str, desk: Desk) -> Step:
    who = short_name(claim.by)
    details = {
        "waits for": ", ".join(map(short_name, claim.waiting_on)),
        "depends on": ", ".join(one_line(each, 80) for each in claim.depends_on),
        "in": one_line(claim.target or "", 60),
    }
    return Step(
        quote=desk.quote(claim.message_id, claim.text),
        who=f"{who}, {'agreeing with' if claim.agrees else 'reporting'} {short_name(claim.holder)}"
        if claim.holder
        else who,
        status=claim.status,
        certainty=claim.certainty,
        place=PLACE_OF[claim.status],
        answers=answers,
        details=tuple((name, value) for name, value in details.items() if value),
    )


def _excerpt(lines: Sequence[str]) -> str:
    return one_line(" ".join(line[:_EXCERPT].lstrip("> \t") for line in lines[:8]), _EXCERPT)


def group_by_work(status: Iterable[Status]) -> dict[tuple[str, str], list[Status]]:
    """The statuses of each piece of work: of an item one, the revisions of a series together, the newest last."""
    works: dict[tuple[str, str], list[Status]] = {}
    for each in status:
        works.setdefault(each.work, []).append(each)
    return {work: sorted(found, key=lambda one: one.place_in_chain) for work, found in works.items()}
