"""Work items: every copy of a row, in whatever mail and at whatever quote depth, is tied to the one item it is a copy of.

A copy belongs to the row that its quoted line was traced to; without a trace, to the row of that title in its thread, or
anywhere else if both rows share a link or the same person posted it. Two tables of one person may have two works of one title, though:
these are of two people, and no other work stands in both tables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import count

from miner.columns import ASSIGNEE, DESCRIPTION, LINKS, LOCATION, PRIORITY, TITLE
from miner.join.listings import LEAST, MARGIN, Copy, name_key, score_listing, signs_of
from miner.join.masks import Unmasker
from miner.join.people import People, split_person
from miner.join.threads import Threads
from miner.links import message_id_of
from miner.model import Listing, Message, TableRow, Tie, WorkItem

FIELDS = {
    "assignee": ASSIGNEE,
    "priority": PRIORITY,
    "description": DESCRIPTION,
    "links": LINKS,
    "location": LOCATION,
}
_WORDS = re.compile(r"\w+")


@dataclass(slots=True)
class Entry:
    """An item while it is gathered: its first row, and all copies as (message-id, row). Its `title` is the row's, or what tells it
    from another item of that title."""

    title: str
    message_id: str
    row: TableRow
    copies: list[tuple[str, TableRow]] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)

    @property
    def values(self) -> Mapping[str, str | tuple[str, ...] | None]:
        return self.row.columns


def gather_items(threads: Threads, rows: Mapping[str, Sequence[TableRow]], people: People) -> list[Entry]:
    """One entry for each item, in the order in which the tables were posted; own rows come before quoted ones. A line of a status list
    whose work an earlier one has is a copy too."""
    entries: list[Entry] = []
    by_place: dict[tuple[str, str], list[Entry]] = {}
    copies = [(ident, row) for ident, found in rows.items() for row in found]
    copies.sort(key=lambda c: (c[1].depth > 0, _stamp(threads.messages[c[0]]), c[1].depth, c[1].first_line))
    beside: dict[str, set[str]] = {}  # the names in each note
    by_sign: dict[str, set[int]] = {}  # the places of the entries whose lines have a word or a link
    for ident, row in copies:
        if row.listed and row.depth == 0:
            beside.setdefault(ident, set()).add(name_key(row.title))
    for ident, row in copies:
        own_line = row.listed and row.depth == 0
        if own_line:
            near = sorted(set().union(*(by_sign.get(sign, ()) for sign in signs_of(row))))
            entry, score, reason = _find_listed(threads, [entries[n] for n in near], ident, row, beside[ident])
        else:
            entry = _find_entry(threads, entries, by_place, ident, row, _Tables(rows, people))
        if entry is None:
            entry = Entry(row.title, _first_message(threads, ident, row), row)
            entries.append(entry)
            by_place.setdefault((threads.roots[ident], title_key(row.title)), []).append(entry)
            score, reason = 1.0, "its first line"
        entry.copies.append((ident, row))
        if own_line:
            entry.listings.append(Listing(ident, row.title, score, reason))
            place = next(n for n in range(len(entries) - 1, -1, -1) if entries[n] is entry)
            for sign in signs_of(row):
                by_sign.setdefault(sign, set()).add(place)
    _tell_apart(entries, threads)
    return entries


def _tell_apart(entries: Sequence[Entry], threads: Threads) -> None:
    """Give items of one title in several tables each a name of its own: all but the first have their table's author behind it, or where
    that is the first one's too, whose work it is."""
    taken: dict[str, str] = {}
    for entry in entries:
        author = entry.row.author or str(threads.messages[entry.copies[0][0]].author)
        if title_key(entry.title) in taken:
            same = taken[title_key(entry.title)] == author
            person = split_person(owner_of(entry.row) if same and owner_of(entry.row) else author)
            whose = f"{entry.row.title} ({person[0] or person[1]})"
            numbered = (whose if n == 1 else f"{whose} {n}" for n in count(1))
            entry.title = next(title for title in numbered if title_key(title) not in taken)
        taken[title_key(entry.title)] = author


def title_key(title: str) -> str:
    return " ".join(_WORDS.findall(title.lower()))


def make_items(entries: Sequence[Entry], people: People, ties: Mapping[int, Sequence[Tie]]) -> tuple[WorkItem, ...]:
    """The records; `ties` gives for each entry's index its postings."""
    return tuple(_make_item(entry, people, tuple(ties.get(n, ()))) for n, entry in enumerate(entries))


def row_links(entry: Entry, unmask: Unmasker) -> tuple[str, ...]:
    """The message-ids that any copy of the item's row links to, descriptions apart."""
    found: dict[str, None] = {}
    for _, row in entry.copies:
        told = " ".join(
            as_text(value) for name, value in row.columns.items() if name in ("description", "desc", "details")
        )
        for url in row.links:
            ident = message_id_of(url)
            if ident and url not in told:
                found.setdefault(unmask.resolve(ident))
    return tuple(found)


def _find_listed(
    threads: Threads, entries: Sequence[Entry], ident: str, row: TableRow, beside: Set[str]
) -> tuple[Entry | None, float, str]:
    """The one item of earlier notes that a line is about, if any, how sure that is, and why."""
    later = Copy(threads.messages[ident], row)
    ranked = []
    for n, entry in enumerate(entries):
        lines = [Copy(threads.messages[mail], copy) for mail, copy in entry.copies if copy.listed and copy.depth == 0]
        if lines and all(line.message.message_id != ident for line in lines):
            score, reason = score_listing(lines, later, beside)
            if score >= LEAST:
                ranked.append((score, n, reason))
    ranked.sort(key=lambda each: (-each[0], each[1]))
    if not ranked or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN and ranked[0][0] < 1.0):
        return None, 0.0, ""
    score, n, reason = ranked[0]
    return entries[n], score, reason


def _find_entry(
    threads: Threads,
    entries: Sequence[Entry],
    by_place: Mapping[tuple[str, str], list[Entry]],
    ident: str,
    row: TableRow,
    tables: _Tables,
) -> Entry | None:
    traced = _trace(threads, ident, row)
    if traced is not None:
        for entry in entries:
            if any(mail == traced[0] and copy.first_line <= traced[1] < copy.end_line for mail, copy in entry.copies):
                return entry
    key = title_key(row.title)
    here = by_place.get((threads.roots[ident], key))
    if here:
        return here[0]
    found = [each[0] for (_, other), each in by_place.items() if other == key]
    for entry in found:
        if set(entry.row.links) & set(row.links) or threads.messages[ident].form == "flattened":
            return entry
    posted = [entry for entry in found if entry.row.author and entry.row.author == row.author]
    near = [(tables.likeness(entry, ident, row), -n) for n, entry in enumerate(posted)]
    (beside, alike), n = max(near, default=((False, -1), 0))
    return posted[-n] if beside or alike >= 0 else None


@dataclass(frozen=True, slots=True)
class _Tables:
    """The tables that rows of one title stand in."""

    rows: Mapping[str, Sequence[TableRow]]
    people: People

    def likeness(self, entry: Entry, ident: str, row: TableRow) -> tuple[bool, int]:
        """Whether a table has another work in common with those that an item stands in, and how alike the two are in whose work they are."""
        own = [(mail, copy) for mail, copy in entry.copies if copy.depth == 0] or entry.copies[:1]
        beside = any(
            title_key(one.title) == title_key(other.title) != title_key(row.title) and self._compare(one, other) >= 0
            for mail, _ in own
            for one in self.rows[mail]
            for other in self.rows[ident]
        )
        return beside, max(self._compare(copy, row) for _, copy in own)

    def _compare(self, one: TableRow, other: TableRow) -> int:
        """1 for rows of one person, -1 for those of two, 0 where one of them is nobody's."""
        owners = [owner_of(row) for row in (one, other)]
        if not all(owners):
            return 0
        known = [self.people.resolve(owner) or owner for owner in owners]
        return 1 if known[0] == known[1] or self.people.same(*known) else -1


def owner_of(row: TableRow) -> str:
    """Whose work a row says that it is; empty where it names nobody."""
    return next(filter(None, (as_text(row.columns.get(name)).strip() for name in ASSIGNEE)), "")


def _trace(threads: Threads, ident: str, row: TableRow) -> tuple[str, int] | None:
    """Where the row's first line was first written, as the layers know it."""
    for layer in threads.messages[ident].layers:
        if layer.first_line <= row.first_line < layer.end_line and layer.origin is not None:
            line = layer.origin.first_line + row.first_line - layer.first_line
            return (layer.origin.message_id, line) if layer.origin.message_id in threads.messages else None
    return None


def _first_message(threads: Threads, ident: str, row: TableRow) -> str:
    traced = _trace(threads, ident, row) if row.depth else None
    return traced[0] if traced else ident


def _make_item(entry: Entry, people: People, ties: tuple[Tie, ...]) -> WorkItem:
    used = {n for n in TITLE if title_key(as_text(entry.values.get(n))) == title_key(entry.row.title)}
    values: dict[str, str | tuple[str, ...] | None] = {}
    for name, names in FIELDS.items():
        for candidate in names:
            if candidate in entry.values:
                values[name] = entry.values[candidate]
                used.add(candidate)
                break
    if entry.listings:  # owner and remark are those of the newest note that has one
        own = [row for _, row in reversed(entry.copies) if row.depth == 0]
        for name in ("assignee", "description"):
            told = (as_text(row.columns.get(column)) for row in own for column in FIELDS[name])
            values[name] = next((value for value in told if value), None)
    assignee = as_text(values.get("assignee")).strip()
    links = _many(values.get("links")) or entry.row.links
    return WorkItem(
        item=entry.title,
        priority=as_text(values.get("priority")) or None,
        description=as_text(values.get("description")) or None,
        links=links,
        location=_many(values.get("location")),
        assignee=(people.resolve(assignee) or assignee) if assignee else None,
        message_id=entry.message_id,
        series=tuple(tie.series for tie in ties),
        columns={name: value for name, value in entry.values.items() if name not in used},
        ties=ties,
        listings=tuple(entry.listings),
    )


def _many(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if value else ()


def as_text(value: str | tuple[str, ...] | None) -> str:
    return value if isinstance(value, str) else " ; ".join(value or ())


def _stamp(message: Message) -> float:
    return message.date.timestamp() if message.date else float("inf")
