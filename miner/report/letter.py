"""The report that a maintainer would write by hand: what moved, what needs you, then who waits for whom, with the proof.

Rule: newest versions only, and a series that an item of a table is about stands under that item. What is open and was silent for
longer than is usual goes to the end; what later mail says otherwise than the user did stands first; what is done shows only if it moved since the last report. Everything in a `Letter` is cleaned
already; the templates only lay it out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import TypeVar, cast

from miner.model import Claim, Message, Move, Promise, Question, Series, Status, WorkItem
from miner.notes import DOUBTED
from miner.report.arrange import (
    ARCHIVE_URL,
    MOST_QUESTIONS,
    PLACE_OF,
    TRAILER,
    Desk,
    Entry,
    Place,
    Quote,
    Reference,
    find_by_id,
)
from miner.report.escape import one_line
from miner.report.rows import Row
from miner.report.urgency import ROLES, Needs, was_known_late

T = TypeVar("T")
_STABLE = re.compile(r"(?:AUTOSEL|STABLE)?[ -]?\d{1,2}\.\d{1,3}(?:\.y)?|AUTOSEL|stable", re.I)
TOP = 3
MOST_STALE = 3
MOST_KNOWN = 20
MOST_LOOSE = 5
MOST_FULL = 10  # open works: where there are more, of what did not move the oldest of each section are shown
LONGEST_QUESTION = 100  # characters
LONGEST_REPORT = 140
MOST_QUIET = 3  # such works of a section
MOST = 200  # entries of a section
MOST_LATE = 90  # days for which a promise is told that was not kept
_DECISION = Place("ready", "Needs your decision", "to decide", ("ready",))
_REVIEW = Place("review", "Waiting for review", "to review", ("needs-review", "posted"))
_AUTHOR = Place("author", "Waiting for the author", "with the author", ("needs-revision", "in-progress", "planned"))
_BLOCKED = Place("blocked", "Blocked, and on what", "blocked", ("blocked",))
_QUESTIONS = Place("answer", "Unanswered questions", "to answer", ("needs-reply",))
_DONE = Place("done", "Applied and merged since then", "applied or merged", ("applied", "merged"), open=False)
_OVER = Place(
    "over", "Dropped or superseded since then", "dropped or superseded", ("dropped", "superseded"), open=False
)
_KNOWN = Place(
    "known", "Found in a tree since then, by later mail", "found in a tree", ("applied", "merged"), open=False
)
_STALE = Place("stale", "Stale: silent for longer than {days} days", "stale", ())
_FAILS = Place("fails", "Said to fail since it was taken", "said to fail", (), open=False)
_DOUBTED = Place("doubted", "You said otherwise before this mail came", "said otherwise", (), open=False)
_PLACES = {
    place.key: place
    for place in (_DECISION, _REVIEW, _AUTHOR, _BLOCKED, _QUESTIONS, _DONE, _OVER, _KNOWN, _STALE, _FAILS, _DOUBTED)
}
_UNSURE = {"hedged": "not sure", "conditional": "on a condition", "negated": "said not to be so"}
_ASKED = {"ready": "the maintainer", "review": "reviewers"}  # whom the heading names
_OPEN = (_DECISION, _REVIEW, _AUTHOR, _BLOCKED, _QUESTIONS)
_TOP = ("ready", "answer", "review", "author", "blocked")
_SAID_BY_HEADING = frozenset({"needs-review", "needs-revision"})


@dataclass(frozen=True, slots=True)
class Heap:
    """A section of the letter; `more` entries are left out of it. What is finished by one mail stands together. `proofs` tells whether
    the words that prove its entries are shown where a question that is open says it too."""

    key: str
    heading: str
    open: bool
    entries: tuple[Entry, ...]
    more: int = 0
    proofs: bool = True

    def quotes(self, entry: Entry) -> tuple[Quote, ...]:
        """The words that are shown of an entry as its proof."""
        return entry.evidence if self.proofs or not entry.questions else ()

    def link(self, entry: Entry) -> Reference | None:
        """The one mail that an entry points to: that of the words which are shown, else the posting."""
        said = next(
            (quote for quote in (*self.quotes(entry), *entry.questions) if quote.is_quoted or not self.open), None
        )
        posted = entry.reference or next((reference for _, reference in reversed(entry.series)), None)
        return said.reference if said else posted

    @property
    def groups(self) -> tuple[tuple[Entry, ...], ...]:
        """The entries, of what is finished those together that one mail proves in the same words: the first of them has these."""
        if self.open:
            return tuple((entry,) for entry in self.entries)
        return tuple(tuple(together) for _, together in groupby(self.entries, _proof_of))


@dataclass(frozen=True, slots=True)
class Word:
    """A promise that is late, or a question without a patch: who said it, of what or below which subject, and the words."""

    title: str
    by: str
    days: int
    quote: Quote


@dataclass(frozen=True, slots=True)
class Letter:
    """The whole report. `since` is the day of the last one; `moved` counts what moved since, by where it went; `top` are the
    things that need the reader most. `references` are the mails that have a number in it, in its order. `warnings` say what the reader has to know of the data
    first."""

    day: str
    since: str
    reader: str
    moved: tuple[tuple[str, int], ...]
    top: tuple[Entry, ...]
    heaps: tuple[Heap, ...]
    promises: tuple[Word, ...]
    references: tuple[Reference, ...]
    hidden: int
    copies: int  # for stable trees, that nobody answered and which are left out
    warnings: tuple[str, ...]
    loose: tuple[Word, ...] = ()  # questions of the period that nobody answered, where no posting is at hand
    own: int = 0  # stale postings of those who take patches, that nobody answered and which are left out
    own_open: int = 0  # those that are not stale and wait for a decision or a review

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing new to tell: nothing moved since the last report, no mail doubts what the user said, and nothing fails."""
        return not self.moved and all(heap.key not in (_DOUBTED.key, _FAILS.key) for heap in self.heaps)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What is not shown, a sentence each."""
        hidden = f"{self.hidden} muted or snoozed by you." if self.hidden else ""
        many = self.copies != 1
        copies = f"{self.copies} cop{'ies' if many else 'y'} for stable trees that nobody answered {'are' if many else 'is'} left out."
        one = self.own == 1
        own = f"{self.own} stale posting{'' if one else 's'} of those who take patches here, that nobody answered, {'is' if one else 'are'} left out."
        return tuple(filter(None, (hidden, copies if self.copies else "", own if self.own else "", self._own_told)))

    @property
    def _own_told(self) -> str:
        one = self.own_open == 1
        what = f"{self.own_open} posting{'' if one else 's'} of those who take patches here wait{'s' if one else ''}"
        words = f"{what} for review or a decision, see `miner status`."
        return words if self.own_open else ""

    @property
    def title(self) -> str:
        return (
            f"Where things stand{f' on {self.day}' if self.day else ''}{f' for {self.reader}' if self.reader else ''}"
        )


def write_letter(
    status: Sequence[Status],
    moves: Sequence[Move],
    *,
    items: Sequence[WorkItem] = (),
    series: Sequence[Series] = (),
    claims: Sequence[Claim] = (),
    messages: Mapping[str, Message] | Sequence[Message] = (),
    promises: Sequence[Promise] = (),
    archive_url: str = ARCHIVE_URL,
    stale_days: int = 30,
    as_of: datetime | None = None,
    since: datetime | None = None,
    today: date | None = None,
    reader: str = "",
    forms: Collection[str] = (),
    inbox: str = "",
    table: str = "",
    takers: Sequence[str] = (),
    main: Sequence[str] = (),
    loose: Sequence[Question] = (),
    fails: Sequence[tuple[Status, Question]] = (),
    warnings: Sequence[str] = (),
) -> Letter:
    """Arrange a letter. `moves` are what moved since the last one. `reader` leaves only what waits for somebody of that name, also
    where he is shown by another one of his `forms`; `inbox` what was on a list of that name, `table` the items of tables in mails whose
    subject or id has these words. For `takers` waits what waits for the maintainer, whoever that is; what the `main` ones among them posted is counted. `loose` are questions in threads
    without a posting, and faults that are reported there, `fails` what is said of works that are in a tree."""
    desk = Desk(series, claims, messages, archive_url, stale_days, as_of)
    wanted = _Wanted(items, messages, reader, forms, inbox, table, takers)
    visible, hidden, copies = desk.sift(status, today)
    tied = {root for each in visible if each.kind == "item" for root in each.series}
    newest, older = desk.keep_newest([each for each in visible if each.kind == "series"])
    mine = [each for each in visible if each.kind == "item"] + [each for each in newest if each.key not in tied]
    mine = [each for each in mine if wanted.has(each)]
    moved = {(move.kind, move.key): move for move in moves}
    posted = {one.root: one for one in series}
    start = since.timestamp() if since is not None else 0.0
    late = {each.key for each in mine if was_known_late(each, posted.get(each.key), stale_days, start)}
    needs = Needs(takers, wanted.is_reader if wanted.reader else None, main)
    is_long = (
        sum(
            1
            for each in mine
            for place in _OPEN
            if needs.find_label(each) in place.labels and not desk.is_stale(each, place)
        )
        > MOST_FULL
    )
    heaps: list[Heap] = []
    made: dict[tuple[str, str], Entry] = {}

    def tell_news(each: Status) -> str:
        move = moved.get((each.kind, each.key))
        return "" if move is None else "new" if move.new else "moved"

    def add(place: Place, here: Sequence[tuple[Status, Place]], most: int, heading: str = "") -> None:
        entries: list[Entry] = []
        quiet = 0
        for each, of in here[:most]:
            news = tell_news(each) if place.open else ""
            needed = needs.needs_reader(each) or any(
                needs.takes(question.asked_of or "") for question in each.unanswered
            )
            named = needed and (each.next_actor or "author") not in ROLES
            told = news or named or (needed and (wanted.reader or place is not _REVIEW))
            is_quiet = is_long and place.open and place is not _STALE and not told
            quiet += is_quiet
            if is_quiet and quiet > MOST_QUIET:
                continue
            brief = place is _STALE or (is_quiet and place is not _QUESTIONS)
            entry = desk.entry(
                each,
                of,
                older.get(each.key, ()),
                news=news,
                brief=brief,
                most_questions=MOST_QUESTIONS
                if (needed and (wanted.reader or place is not _AUTHOR)) or not place.open
                else 0
                if is_long and each.evidence and place is not _AUTHOR
                else 1,
            )
            if entry.evidence and TRAILER.match(entry.evidence[0].text) and (who := desk.tell_trailers(each)):
                entry = replace(entry, evidence=(replace(entry.evidence[0], told=who),))
            entry = replace(entry, questions=tuple(_cut(quote, entry.owner) for quote in entry.questions))
            if place is _QUESTIONS:
                asked = () if entry.questions else tuple(_cut(quote, entry.owner) for quote in entry.evidence)
                entry = replace(entry, evidence=asked)
            if place is _QUESTIONS and (who := needs.find_asked(each)):
                entry = replace(entry, next_actor=desk.person(who))
            promise = promised.get(each.chain or each.key)
            if (
                promise
                and place.open
                and place is not _AUTHOR
                and not brief
                and desk.person(promise.by) == entry.next_actor
            ):
                entry = replace(entry, evidence=(desk.quote(promise.message_id, promise.text),))
            made[each.kind, each.key] = entry
            entries.append(entry)
        proofs = place is not _AUTHOR or bool(wanted.reader)
        heaps.append(
            Heap(place.key, heading or place.heading, place.open, tuple(entries), len(here) - len(entries), proofs)
        )

    heaps += _tell_failing(fails, desk, wanted, {(each.kind, each.key) for each in visible})
    failing: set[tuple[str, str]] = {(each.kind, each.key) for each, _ in fails}
    counted: set[tuple[str, str]] = {(each.kind, each.key) for each in mine}
    mine = [each for each in mine if (each.kind, each.key) not in failing]
    is_open = [each for each in mine if PLACE_OF[each.status].open]
    twins = desk.find_twins([*(each for each, _ in fails), *is_open])
    mine = [each for each in mine if each.key not in twins]
    own_open = 0
    promised = _find_promised(promises, posted, desk)
    doubted = sorted((each for each in mine if each.rule == DOUBTED), key=desk.waiting_since, reverse=True)
    add(_DOUBTED, [(each, _DOUBTED) for each in doubted], MOST)
    mine = [each for each in mine if each.rule != DOUBTED]
    stale: list[tuple[Status, Place]] = []
    needed: list[Status] = []
    for place in _OPEN:
        here = sorted(
            (each for each in mine if needs.find_label(each) in place.labels),
            key=lambda each: (not tell_news(each), desk.waiting_since(each)),
        )
        stale += [(each, place) for each in here if desk.is_stale(each, place)]
        here = [each for each in here if not desk.is_stale(each, place)]
        own_open += sum(map(needs.is_own, here))
        here = [each for each in here if not needs.is_own(each)]
        needed += [each for each in here if needs.needs_reader(each) and (wanted.reader or place.key in _TOP[:3])]
        add(place, [(each, place) for each in here], MOST)
    for place, most in ((_DONE, MOST), (_OVER, MOST), (_KNOWN, MOST_KNOWN)):
        here = [each for each in mine if each.status in place.labels and (each.kind, each.key) in moved]
        here = [each for each in here if (each.key in late) == (place is _KNOWN)]
        here.sort(key=desk.waiting_since, reverse=True)
        add(place, [(each, place) for each in _put_together(here, desk)], most)
    own = [each for each in stale if needs.is_takers_own(each[0])]
    stale = [each for each in stale if not needs.is_takers_own(each[0])]
    period = desk.days(since) or 0

    def place_among_stale(found: tuple[Status, Place]) -> tuple[bool, bool, float]:
        silent = desk.days(found[0].as_of) or 0
        return not needs.needs_reader(found[0]), silent - stale_days > period, silent

    stale.sort(key=place_among_stale)
    add(_STALE, stale, MOST_STALE, _STALE.heading.format(days=stale_days))
    rank = {label: _TOP.index(place.key) for place in _OPEN for label in place.labels}
    needed.sort(key=lambda each: (not tell_news(each), rank[needs.find_label(each)], desk.waiting_since(each)))
    top = [made[each.kind, each.key] for each in needed[:TOP] if (each.kind, each.key) in made]
    shown = tuple(heap for heap in heaps if heap.entries)
    said = {
        (quote.text, quote.reference.number) for heap in shown for entry in heap.entries for quote in entry.evidence
    }
    letter = Letter(
        day=desk.day(as_of),
        since=desk.day(since),
        reader=one_line(reader, 80),
        moved=_count_moves(moves, counted - failing, late),
        top=tuple(top),
        heaps=shown,
        promises=tuple(_late(promises, desk, wanted, as_of, said)),
        loose=tuple(_tell_loose(each, desk) for each in loose if wanted.has_question(each))[:MOST_LOOSE],
        references=(),
        hidden=hidden,
        copies=copies,
        warnings=tuple(one_line(warning, 300) for warning in warnings),
        own=len(own),
        own_open=own_open,
    )
    return _number(letter)


def _cut(question: Quote, owner: str = "", longest: int = LONGEST_QUESTION) -> Quote:
    """A question, or a report, that is not too long, cut behind a word; that it is for the author goes without saying."""
    text = question.text
    if len(text) > longest:
        text = f"{text[:longest].rsplit(None, 1)[0]} …"
    return replace(question, text=text, asked_of="" if question.asked_of == owner else question.asked_of)


def _number(letter: Letter) -> Letter:
    """A letter whose references are numbered in the order of reading; those that it does not point to have the number 0."""
    links = [heap.link(group[0]) for heap in letter.heaps for group in heap.groups]
    links += [word.quote.reference for word in (*letter.loose, *letter.promises)]
    idents = dict.fromkeys(link.message_id for link in links if link is not None)
    numbers = {ident: number for number, ident in enumerate(idents, 1)}
    found = {link.message_id: replace(link, number=numbers[link.message_id]) for link in links if link is not None}
    return replace(_renumber(letter, numbers), references=tuple(found[ident] for ident in numbers))


def _renumber(value: T, numbers: Mapping[str, int]) -> T:
    """The same, with other numbers for all references in it."""
    made: object = value
    if isinstance(value, Reference):
        made = replace(value, number=numbers.get(value.message_id, 0))
    elif isinstance(value, tuple):
        made = tuple(_renumber(each, numbers) for each in value)
    elif is_dataclass(value) and not isinstance(value, type):
        made = replace(value, **{each.name: _renumber(getattr(value, each.name), numbers) for each in fields(value)})
    return cast("T", made)


def _find_promised(promises: Iterable[Promise], posted: Mapping[str, Series], desk: Desk) -> dict[str, Promise]:
    """The newest promise that is late of each work."""
    found: dict[str, Promise] = {}
    for promise in promises:
        days = desk.days(promise.date)
        work = posted.get(promise.series or "")
        if promise.state != "late" or work is None or days is None or days > MOST_LATE:
            continue
        chain = work.chain
        if chain not in found or found[chain].date < promise.date:
            found[chain] = promise
    return found


def _tell_failing(
    fails: Iterable[tuple[Status, Question]], desk: Desk, wanted: _Wanted, visible: Set[tuple[str, str]]
) -> Iterator[Heap]:
    """The works that somebody says to fail, with his words; for one reader his own alone."""
    entries = []
    for status, words in fails:
        own = not wanted.reader or wanted.is_reader(status.assignee or "")
        if own and (status.kind, status.key) in visible and wanted.has_question(words, of_work=True):
            quote = _cut(desk.quote(words.message_id, words.text), longest=LONGEST_REPORT)
            entries.append(replace(desk.entry(status, _FAILS), evidence=(quote,), questions=(), more_questions=0))
    if entries:
        yield Heap(_FAILS.key, _FAILS.heading, _FAILS.open, tuple(entries[:MOST]), len(entries[MOST:]))


def _put_together(finished: Sequence[Status], desk: Desk) -> list[Status]:
    """What one mail finishes side by side, a pull request before what came with it; else in their order."""
    groups: dict[str, list[Status]] = defaultdict(list)
    for each in finished:
        groups[each.evidence[0].message_id if each.evidence else each.key].append(each)
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda each: not desk.is_pull(each))
    return [each for group in groups.values() for each in group]


def _proof_of(entry: Entry) -> tuple[object, str]:
    """The mail that proves an entry, and what is shown of it."""
    quote = entry.evidence[0] if entry.evidence else None
    return (quote.reference.message_id, quote.said) if quote else (entry, "")


def tell_title(entry: Entry) -> str:
    """The title, with the version where it says something, and that of a patch as one of several where no cover letter names them all."""
    patch = f"({entry.patch}, no cover letter)" if entry.patch else ""
    return " ".join(filter(None, (entry.title, entry.version, patch)))


def tell_facts(entry: Entry, section: str) -> list[str]:
    """What all forms of the letter say of an entry of a section besides its title, its link and the words of others."""
    if section == _STALE.key:
        return [tell_need(entry)]
    place = _PLACES.get(section)
    is_open = place is not None and place.open
    label, _, doubt = entry.state.partition(", ")
    said = is_open and label in _SAID_BY_HEADING | set(place.labels if place else ())
    state = "" if said or (section == _FAILS.key and not doubt) else entry.standing
    waits = is_open and entry.next_actor not in ("", entry.owner, *entry.waits_for, _ASKED.get(section))
    days = "" if entry.days is None else _count_days(entry.days) if entry.days else "today"
    by = "" if section == _AUTHOR.key else "by " if is_open else "author "
    owner = f"{by if entry.reference else 'assignee '}{entry.owner}" if entry.owner else ""
    tree = entry.applied_to if entry.applied_to not in entry.standing else ""
    if place in (_DONE, _OVER, _KNOWN):
        at = f"{entry.standing} to {tree}" if entry.standing.endswith("applied") and tree else entry.standing
        git, note = f"git: {entry.tree}" if entry.tree else "", f"you: {entry.note}" if entry.note else ""
        told = [at, entry.taken, owner, git, note]
        return [each for each in told if each]
    told = [
        state,
        f"next: {entry.next_actor}" if waits else "",
        ", ".join(filter(None, (owner, days if is_open else ""))),
        f"waits for {', '.join(entry.waits_for)}" if entry.waits_for else "",
        f"in {tree}" if tree else "",
        entry.taken,
        _UNSURE.get(doubt, "") if said else "",
        entry.told_priority,
        f"git: {entry.tree}" if entry.tree else "",
        f"you: {entry.note}" if entry.note else "",
    ]
    return [each for each in told if each]


def tell_need(entry: Entry) -> str:
    """Why a thing needs the reader, behind its title."""
    probably = "probably " if ", " in entry.state else ""
    why = f"{probably}for {entry.next_actor or 'somebody'}"
    return ", ".join(filter(None, (entry.news, why, _count_days(entry.days) if entry.days else "")))


def _count_days(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"


class _Wanted:
    """What a reader wants to see."""

    def __init__(
        self,
        items: Sequence[WorkItem],
        messages: Mapping[str, Message] | Sequence[Message],
        reader: str,
        forms: Collection[str],
        inbox: str,
        table: str,
        takers: Sequence[str],
    ) -> None:
        self.reader = reader.casefold().strip()
        self._forms = frozenset(forms)
        self._takes = any(map(self.is_reader, takers))
        self._inbox = inbox.casefold().strip()
        self._table = table.casefold().strip("<> ")
        self._mails = find_by_id(messages)
        self._table_of = {item.item: item.message_id for item in items}

    def is_reader(self, name: str) -> bool:
        """Whether the reader is called so."""
        return self.reader in name.casefold() or name in self._forms

    def has(self, status: Status) -> bool:
        mail = self._table_of.get(status.key, "") if status.kind == "item" else status.key
        if status.kind == "series" and self._is_stable_copy(mail):
            return False
        return self._waits(status) and self._is_on(mail) and self._is_in(status, mail)

    def has_question(self, question: Question, of_work: bool = False) -> bool:
        """Whether a question in a thread without a posting is for the reader, or words about a work are on his list."""
        asked = of_work or not self.reader or self.is_reader(question.asked_of or "")
        return asked and not self._table and self._is_on(question.message_id)

    def _is_stable_copy(self, ident: str) -> bool:
        """Whether a posting is the copy of a patch for a stable tree, `[PATCH 6.12 17/99]`: nobody has to act on it here."""
        mail = self._mails.get(ident)
        return mail is not None and any(_STABLE.fullmatch(tag) for tag in mail.subject.tags)

    def _waits(self, status: Status) -> bool:
        if not self.reader:
            return True
        asked = status.unanswered if PLACE_OF[status.status].open else ()  # of what is finished they are not shown
        named = [status.next_actor, *status.waiting_on, *(question.asked_of for question in asked)]
        if status.next_actor == "author":
            named.append(status.assignee)
        if self._takes and status.waiting_on == ("maintainer",):
            return True
        return any(self.is_reader(name) for name in named if name)

    def _is_on(self, ident: str) -> bool:
        mail = self._mails.get(ident)
        return not self._inbox or (mail is not None and is_on_list(mail, self._inbox))

    def _is_in(self, status: Status, ident: str) -> bool:
        if not self._table:
            return True
        mail = self._mails.get(ident)
        if status.kind != "item" or mail is None:
            return False
        return is_called(mail, self._table)


def is_on_list(mail: Message, name: str) -> bool:
    """Whether a mail was posted on a list of this name."""
    return name.casefold().strip() in (mail.list_id or mail.where).casefold()


def is_called(mail: Message, words: str) -> bool:
    """Whether a mail has these words in its subject, or this id."""
    wanted = words.casefold().strip("<> ")
    return wanted == mail.message_id.casefold() or wanted in mail.subject.text.casefold()


def _count_moves(moves: Iterable[Move], keys: set[tuple[str, str]], late: Set[str]) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for move in moves:
        if (move.kind, move.key) in keys:
            place = _KNOWN if move.key in late else PLACE_OF.get(move.status)
            counts["new" if move.new and place and place.open else place.tally if place else "unknown"] += 1
    return tuple(counts.most_common())


def _late(
    promises: Iterable[Promise], desk: Desk, wanted: _Wanted, as_of: datetime | None, said: Set[tuple[str, int]]
) -> Iterator[Word]:
    """The promises that are late, of each person and work that with the newest words; none whose words are quoted above already."""
    found: dict[tuple[str, str], Promise] = {}
    for promise in promises:
        days = desk.days(promise.date)
        if promise.state != "late" or as_of is None or days is None or days > MOST_LATE:
            continue
        if wanted.reader and not wanted.is_reader(promise.by):
            continue
        key = one_line(promise.item or desk.title_of(promise.series), 160), desk.person(promise.by)
        if key not in found or found[key].date < promise.date:
            found[key] = promise
    for (title, by), promise in found.items():
        quote = desk.quote(promise.message_id, promise.text)
        if (quote.text, quote.reference.number) not in said:
            yield Word(title, by, desk.days(promise.date) or 0, quote)


def _tell_loose(question: Question, desk: Desk) -> Word:
    quote = desk.quote(question.message_id, question.text, question.asked_of)
    return Word(quote.reference.subject, quote.author, desk.days(question.date) or 0, quote)


LETTER_KEYS = (
    "section", "needs_you", "title", "revision", "state", "next", "owner", "since", "days", "priority", "in", "waits_for", "text", "by", "day", "url",
)  # fmt: skip


def letter_rows(letter: Letter) -> Iterator[Row]:
    """A row for each entry, for a spreadsheet; `needs_you` numbers what needs the reader most."""
    for heap in letter.heaps:
        for entry in heap.entries:
            quote = entry.evidence[0] if entry.evidence else None
            reference = quote.reference if quote else entry.reference
            said = ("", "", "") if quote or not entry.note else (entry.note, "you", entry.since)
            values = (
                heap.key,
                letter.top.index(entry) + 1 if entry in letter.top else None,
                entry.title,
                entry.revision,
                entry.state,
                entry.next_actor,
                entry.owner,
                entry.since,
                entry.days,
                entry.priority,
                entry.applied_to,
                list(entry.waits_for),
                *((quote.text, quote.author, quote.day) if quote else said),
                reference.url if reference else None,
            )
            yield dict(zip(LETTER_KEYS, values, strict=True))
