"""The middle of the run: what each thread tells by itself. Lines traced to their first writer, tables, claims and asks.

Nothing here looks beyond a thread, so that a thread without new mail need not be looked into again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from miner.model import IN_CELL, Ask, Claim, ExplainedSentence, Layer, Message, Problem, Subject, TableRow
from miner.parse.cells import CELL_CONFIDENCE, find_cells, find_reviewer, read_cell
from miner.parse.lists import find_lines, find_list
from miner.parse.provenance import trace_origins
from miner.parse.tables import find_copies, is_header, read_tables
from miner.parse.threads import group_threads
from miner.reading import Mail, Memo, Understood, load

Said = TypeVar("Said", Claim, Ask)
LEAST_HEARD = 0.75  # of what a network alone hears in a cell
_TABLE_RULE = re.compile(r"[-=+|: \t]*[-=]{2}[-=+|: \t]*")  # stands below the headings of a table


def understand(mails: Sequence[Mail], memo: Memo) -> list[Understood]:
    """What each mail holds, in their order. The memo has messages that were not read again."""
    found = look_into(mails, memo)
    return [_place(found[mail.head.message_id], mail.where) for mail in mails]


def look_into(mails: Sequence[Mail], memo: Memo) -> dict[str, Understood]:
    """What each mail of some threads holds, by its id; its place is not told."""
    messages = [replace(load(mail, memo), where=mail.head.message_id) for mail in mails]
    return {part.message.message_id: part for part in _look_into(messages)}


def group_mails(mails: Sequence[Mail]) -> list[list[int]]:
    """The mails of each thread by their place, as far as tracing goes."""
    groups: dict[str, list[int]] = {}
    roots = group_threads([mail.head for mail in mails])
    for at, mail in enumerate(mails):
        groups.setdefault(roots[mail.head.message_id], []).append(at)
    return list(groups.values())


def key_of(mails: Iterable[Mail]) -> str:
    """What names some mails and their order."""
    return hashlib.sha256("\n".join(str(mail.key) for mail in mails).encode()).hexdigest()


def _look_into(messages: Sequence[Message]) -> Iterator[Understood]:
    """Trace threads, and find their tables, claims and asks."""
    if not messages:
        return
    from miner.claims import (
        LEAST_APART,
        find_asks,
        find_claims,
        find_unread,
        find_waits,
    )  # spaCy, only where it is needed

    messages = trace_origins(messages)
    tables = {message.message_id: read_tables(message) for message in messages}
    claims, asks = _by_message(find_claims(messages)), _by_message(find_asks(messages))
    own = {ident: found.rows for ident, found in tables.items() if found.rows}
    for message in messages:
        ident = message.message_id
        if ident in own:
            apart = [c for c in claims.get(ident, ()) if not _in_row(c.start, message, own[ident])]
            claims[ident] = sorted((*apart, *hear_cells(message, own[ident])), key=lambda claim: claim.start)
        else:
            listed, heard = find_list(message, hear_lines(message, claims.get(ident, ())))
            if listed:
                own[ident], claims[ident] = listed, list(heard)
    rows = find_copies(messages, own)
    for message in messages:
        ident, known = message.message_id, rows.get(message.message_id, ())
        no_prose = (*known, *tables[ident].things)
        if known:
            waits = find_waits(message, [row.title for row in known])
            claims[ident] = _add_surer(claims.get(ident, ()), waits)
        yield Understood(
            message,
            known,
            tuple(
                c
                for c in claims.get(ident, ())
                if (known or c.confidence >= LEAST_APART)
                and (c.rule == IN_CELL or not _in_row(c.start, message, no_prose))
            ),
            tuple(a for a in asks.get(ident, ()) if not _in_row(a.start, message, no_prose)),
            (*tables[ident].problems, *find_unread(message)),
        )


def hear_lines(message: Message, claims: Sequence[Claim]) -> Sequence[Claim]:
    """The claims of a mail; where it says that it is a status list each of its lines is heard as a mail that says no more."""
    places = find_lines(message)
    if not places:
        return claims
    heard = _hear_apart(message, places)
    left = [c for c in claims if not any(heard[start, end] and start <= c.start < end for start, end in places)]
    found = (*left, *(claim for said in heard.values() for claim in said))
    return sorted(found, key=lambda claim: (claim.start, claim.end))


def hear_cells(message: Message, rows: Sequence[TableRow]) -> list[Claim]:
    """What the status column of a mail's own tables says of their rows, by its words and heard as a mail that says no more."""
    cells = find_cells(message, rows)
    heard = _hear_apart(message, [(cell.start, cell.end) for cell in cells])
    found: list[Claim] = []
    for cell in cells:
        place = (cell.start, cell.end)
        said = [claim for claim in heard[place] if _is_sure(claim)]
        who = find_reviewer(cell.words)
        if told := read_cell(cell.words):
            made = Claim.of(
                message, place, *told, CELL_CONFIDENCE, rule=IN_CELL, waiting_on=(who,) if who is not None else ()
            )
            same = [claim for claim in said if (claim.status, claim.certainty) == told]
            blocked = [claim for claim in said if claim.status == "blocked" and claim not in same]
            same = [replace(claim, waiting_on=claim.waiting_on or made.waiting_on) for claim in same]
            said = [*(same or [made]), *blocked]
        if len(said) == 1:  # it is the whole cell that says so
            said = [replace(said[0], start=cell.start, end=cell.end, text=message.body[cell.start : cell.end])]
        found += (replace(claim, rule=IN_CELL, about=cell.title) for claim in said)
    return found


def _is_sure(claim: Claim) -> bool:
    """Whether a rule heard it, or a network surely: a cell has few words, and most of what no rule knows of them is of no status."""
    return claim.confidence >= LEAST_HEARD or not claim.rule.endswith("classifier")


def _hear_apart(message: Message, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[Claim]]:
    """The claims of some places in a body, each heard as a mail that says no more."""
    from miner.claims import find_claims  # spaCy, only where it is needed

    heard: dict[tuple[int, int], list[Claim]] = {place: [] for place in places}
    plain = replace(message, subject=Subject("", ""), in_reply_to=None, form="mail", origins=())
    notes = []
    for number, (start, end) in enumerate(places):
        body = message.body[start:end]
        own = Layer(0, 0, body.count("\n") + 1, "own")
        notes.append(replace(plain, message_id=str(number), body=body, layers=(own,)))
    for claim in find_claims(notes):
        place = places[int(claim.message_id)]
        moved = replace(claim, message_id=message.message_id, start=place[0] + claim.start, end=place[0] + claim.end)
        heard[place].append(moved)
    return heard


def explain_mail(message: Message) -> tuple[ExplainedSentence, ...]:
    """Why each sentence of a mail, and each cell of its tables' status columns, is a claim or not, by its own rows of work and those that
    it quotes."""
    from miner.claims import explain_given, explain_message  # spaCy, only where it is needed

    tables = read_tables(message)
    no_prose = (*tables.rows, *tables.things)
    prose = [
        each for each in explain_message(message, rows=bool(tables.rows)) if not _in_row(each.start, message, no_prose)
    ]
    return tuple(sorted((*prose, *map(explain_given, hear_cells(message, tables.rows))), key=lambda each: each.start))


def _add_surer(claims: Sequence[Claim], others: Iterable[Claim]) -> list[Claim]:
    """Claims of a mail with others that take the place of less sure ones on their words."""
    found = list(claims)
    for claim in others:
        rivals = [each for each in found if each.start < claim.end and claim.start < each.end]
        if all(each.confidence < claim.confidence for each in rivals):
            found = [*(each for each in found if each not in rivals), claim]
    return sorted(found, key=lambda claim: (claim.start, claim.end))


def _by_message(said: Iterable[Said]) -> dict[str, list[Said]]:
    found: dict[str, list[Said]] = {}
    for each in said:
        found.setdefault(each.message_id, []).append(each)
    return found


def _in_row(start: int, message: Message, rows: Sequence[TableRow]) -> bool:
    """Whether words are the cells or the headings of a table, and no sentence: what stands in a row is left to the table. A line of a list
    is one."""
    if not rows:
        return False
    line = message.body.count("\n", 0, start)
    below = None
    if _TABLE_RULE.fullmatch("".join(message.lines[line + 1 : line + 2])):
        below = line + 2
    elif is_header(message.lines[line]):
        below = line + 1
    return any(row.first_line <= line < row.end_line or row.first_line == below for row in rows if not row.listed)


def _place(part: Understood, where: str) -> Understood:
    """With the place where the mail lies in this run's sources."""
    ident = part.message.message_id
    problems = tuple(place_problem(each, ident, where) for each in part.problems)
    return replace(part, message=replace(part.message, where=where), problems=problems)


def place_problem(problem: Problem, ident: str, where: str) -> Problem:
    """With the place where its mail lies, as far as the mail itself is the place that is told."""
    return replace(problem, where=where + problem.where.removeprefix(ident))
