"""One piece of work from its first word to its last: its claims in order, and what each of them answered.

Rule: a claim belongs to a work item by its title, to a patch series by any revision of the same chain. What a claim
answered is the copy of the item's row in whose reach it stands, else the quoted lines right above it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from miner.errors import MinerError
from miner.model import Claim, Message, Series, Status, TableRow, Weighed, WorkItem
from miner.report.arrange import ARCHIVE_URL, PLACE_OF, Desk, Overview, Place, Quote, Reference
from miner.report.escape import message_url, one_line, short_name
from miner.report.rows import Row, plain, utc

_LATE = datetime.max.replace(tzinfo=UTC)
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


def find_work(name: str, status: Sequence[Status], series: Iterable[Series] = ()) -> tuple[Status, ...]:
    """The statuses of the one piece of work that a person means: of an item, or of all revisions of a series.

    `name` is a title or its beginning, in any case, or the message-id of a posting; with `series` also that of one of its
    patches. Raises MinerError, with the titles that come next, if there is no such work or more than one; ids where the title
    does not tell them apart.
    """
    wanted = _fold(name)
    ident = wanted.strip("<>")
    if ident not in {_fold(each.key) for each in status}:
        posting = next((one for one in series if any(ident == _fold(patch or "") for patch in one.patches)), None)
        wanted = _fold(posting.root) if posting is not None else wanted
    work = _by_work(status)
    for fits in (_is_called, _is_posting, _begins):
        found = [each for each in work if any(fits(one, wanted) for one in each)]
        items = [each for each in found if each[0].kind == "item"]
        found = items or found
        if len(found) == 1:
            return tuple(found[0])
        if found:
            raise MinerError(
                f"{one_line(name, 60)!r} may be one of {len(found)}: {_list_meant(found, fits is _begins)}"
            )
    known = {_fold(each[-1].title)[:200]: each[-1].title for each in work}
    near = difflib.get_close_matches(wanted[:200], known, n=3, cutoff=0.5)
    advice = "; ".join(one_line(known[title], 60) for title in near)
    hint = f"the nearest are: {advice}" if near else "`miner status` lists what there is"
    raise MinerError(f"no work item or series is called {one_line(name, 60)!r}; {hint}")


def _list_meant(found: Sequence[Sequence[Status]], longer: bool) -> str:
    """The works that a name may mean and, unless a `longer` title tells all of them apart, the ids of the series."""
    titles = [_fold(each[-1].title) for each in found]
    ids = not longer or len(set(titles)) < len(titles)
    shown = [
        one_line(each[-1].title, 60)
        + (f" ({one_line(each[-1].key, 200)})" if ids and each[-1].kind == "series" else "")
        for each in found[:5]
    ]
    advice = "say more of the title" if longer else ""
    if ids:
        advice = f"{advice}, or give its id" if advice else "give its id"
    return f"{'; '.join(shown)}; {advice}"


def arrange_history(
    work: Sequence[Status],
    *,
    claims: Sequence[Claim] = (),
    messages: Sequence[Message] = (),
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
    by_id = {message.message_id: message for message in messages}
    steps = []
    said = claims_of(work, claims)
    for claim in _in_order((*said, *proofs_of(work, said, by_id))):
        answers = find_answered(claim, by_id.get(claim.message_id), (rows or {}).get(claim.message_id, ()))
        steps.append(_step(claim, answers, desk))
    names = {each.key for each in work if each.kind == "item"}
    ties = [
        (
            desk.refer(tie.series),
            one_line(desk.title_of(tie.series), 80),
            f"{one_line(tie.reason, 200)} ({tie.score:.2f})",
        )
        for item in items
        if item.item in names
        for tie in item.ties
    ]
    why = _tell_why(work[-1], rules or {})
    return History(replace(now, references=desk.references), tuple(steps), tuple(ties), why)


def _tell_why(status: Status, rules: Mapping[str, str]) -> str:
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
    return sorted(claims, key=lambda claim: (utc(claim.date) if claim.date else _LATE, claim.start))


def find_answered(claim: Claim, message: Message | None, rows: Sequence[TableRow]) -> str:
    """What a claim answered, on one line: the row of its item that it stands below, or the quote right above it."""
    if message is None:
        return ""
    line = message.body.count("\n", 0, claim.start)
    lines = message.lines
    row = max(
        (row for row in rows if row.title == claim.item and row.first_line <= line < row.reach_line),
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
    messages: Sequence[Message],
    rows: Mapping[str, tuple[TableRow, ...]],
    archive_url: str = ARCHIVE_URL,
) -> list[Row]:
    """The same for a program: the rows of the claims, each with its `url` and what it `answers`. The confidence of what only
    proves a status is not known."""
    by_id = {message.message_id: message for message in messages}
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
        who=f"{who}, reporting {short_name(claim.holder)}" if claim.holder else who,
        status=claim.status,
        certainty=claim.certainty,
        place=PLACE_OF[claim.status],
        answers=answers,
        details=tuple((name, value) for name, value in details.items() if value),
    )


def _excerpt(lines: Sequence[str]) -> str:
    return one_line(" ".join(line[:_EXCERPT].lstrip("> \t") for line in lines[:8]), _EXCERPT)


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _by_work(status: Sequence[Status]) -> list[list[Status]]:
    """Items one by one, the revisions of a series together, the newest last."""
    work: dict[tuple[str, str], list[Status]] = {}
    for each in status:
        key = each.key if each.kind == "item" else each.chain or each.key
        work.setdefault((each.kind, key), []).append(each)
    return [sorted(each, key=lambda one: one.place_in_chain) for each in work.values()]


def _is_called(status: Status, wanted: str) -> bool:
    return wanted in (_fold(status.title), _fold(status.key))


def _is_posting(status: Status, wanted: str) -> bool:
    return wanted.strip("<>") in map(_fold, (status.key, status.chain or "", *status.series))


def _begins(status: Status, wanted: str) -> bool:
    return bool(wanted) and _fold(status.title).startswith(wanted)
