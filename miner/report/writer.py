"""Writes the letter: puts works into its sections, in their order, and chooses what is told of each.

Rule: newest versions only, and a series that an item of a table is about stands under that item. What is open and was silent for
longer than is usual goes to the end; what later mail says otherwise than the user did stands first; what is done shows only if it
moved since the last report.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from typing import TypeVar, cast

from miner.model import Claim, Message, Move, Promise, Question, Series, Status, WorkItem
from miner.notes import DOUBTED
from miner.report.arrange import ARCHIVE_URL, MOST_QUESTIONS, TRAILER, Desk
from miner.report.choosing import keep_newest, sift
from miner.report.escape import one_line
from miner.report.letter import (
    AUTHOR,
    BLOCKED,
    DECISION,
    DENIED,
    DONE,
    FAILS,
    KNOWN,
    OVER,
    QUESTIONS,
    REVIEW,
    STALE,
    Heap,
    Letter,
    Word,
)
from miner.report.overview import PLACE_OF, Entry, Place, Quote, Reference
from miner.report.rows import day_of
from miner.report.same import find_twins
from miner.report.urgency import ROLES, Needs, was_known_late
from miner.report.wanted import Wanted

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
MOST_STALE = 3
MOST_KNOWN = 20
MOST_LOOSE = 5
MOST_FULL = 10  # open works: where there are more, of what did not move the oldest of each section are shown
LONGEST_QUESTION = 100  # characters
LONGEST_REPORT = 140
MOST_QUIET = 3  # such works of a section
MOST = 200  # entries of a section
MOST_LATE = 90  # days for which a promise is told that was not kept
TOP = 3
_OPEN = (DECISION, REVIEW, AUTHOR, BLOCKED, QUESTIONS)
_TOP = ("ready", "answer", "review", "author", "blocked")


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
    elsewhere: Set[str] = frozenset(),
) -> Letter:
    """Arrange a letter. `moves` are what moved since the last one. `reader` leaves only what waits for somebody of that name, also
    where he is shown by another one of his `forms`; `inbox` what was on a list of that name, `table` the items of tables in mails whose
    subject or id has these words. For `takers` waits what waits for the maintainer, whoever that is; what the `main` ones among them posted is counted. `loose` are questions in threads
    without a posting, and faults that are reported there, `fails` what is said of works that are in a tree.
    `elsewhere` are the keys of postings that are mostly for other lists."""
    desk = Desk(series, claims, messages, archive_url, stale_days, as_of)
    wanted = Wanted(items, messages, reader, forms, inbox, table, takers)
    needs = Needs(takers, wanted.is_reader if wanted.reader else None, main)
    visible, hidden, copies = sift(status, desk.series, today)
    mine, older = _choose_works(visible, desk, wanted)
    start = since.timestamp() if since is not None else 0.0
    late = {each.key for each in mine if was_known_late(each, desk.series.get(each.key), stale_days, start)}
    failing = {_key_of(each) for each, _ in fails}
    moved = _count_moves(moves, {_key_of(each) for each in mine} - failing, late)
    writer = _Writer(desk, wanted, needs, mine, moves, promises, older, elsewhere)
    writer.heaps += _tell_failing(fails, desk, wanted, set(map(_key_of, visible)))
    mine = [each for each in mine if _key_of(each) not in failing]
    open_works = (*(each for each, _ in fails), *(each for each in mine if PLACE_OF[each.status].open))
    twins = find_twins(open_works, desk.series, desk.mails)
    mine = [each for each in mine if each.key not in twins]
    writer.add_denied([each for each in mine if each.rule == DOUBTED])
    mine = [each for each in mine if each.rule != DOUBTED]
    needed, stale, own_open = writer.add_open(mine)
    writer.add_finished(mine, late)
    own = writer.add_stale(stale, stale_days, desk.days(since) or 0)
    shown = tuple(heap for heap in writer.heaps if heap.entries)
    quotes = (quote for heap in shown for entry in heap.entries for quote in entry.evidence)
    said = {(quote.text, quote.reference.number) for quote in quotes}
    letter = Letter(
        day=day_of(as_of),
        since=day_of(since),
        reader=one_line(reader, 80),
        moved=moved,
        top=writer.choose_top(needed),
        heaps=shown,
        promises=tuple(_tell_late(promises, desk, wanted, said)),
        loose=tuple(_tell_loose(each, desk) for each in loose if wanted.has_question(each))[:MOST_LOOSE],
        references=(),
        hidden=hidden,
        copies=copies,
        warnings=tuple(one_line(warning, 300) for warning in warnings),
        own=own,
        own_open=own_open,
    )
    return _number(letter)


def _choose_works(
    visible: Sequence[Status], desk: Desk, wanted: Wanted
) -> tuple[list[Status], dict[str, tuple[str, ...]]]:
    """The works that the reader wants to see, no posting that an item is about, and the older versions of each."""
    items = [each for each in visible if each.kind == "item"]
    newest, older = keep_newest([each for each in visible if each.kind == "series"], desk.series)
    tied = {root for each in items for root in each.series}
    return [each for each in (*items, *(one for one in newest if one.key not in tied)) if wanted.has(each)], older


def _key_of(work: Status | Move) -> tuple[str, str]:
    return work.kind, work.key


class _Writer:
    """Puts works into the sections of a letter. In a long one little is told of what did not move and needs nobody in particular."""

    def __init__(
        self,
        desk: Desk,
        wanted: Wanted,
        needs: Needs,
        works: Iterable[Status],
        moves: Iterable[Move],
        promises: Iterable[Promise],
        older: Mapping[str, tuple[str, ...]],
        elsewhere: Set[str],
    ) -> None:
        self.heaps: list[Heap] = []
        self._desk = desk
        self._wanted = wanted
        self._needs = needs
        self._moved = {_key_of(move): move for move in moves}
        self._promised = _find_promised(promises, desk)
        self._older = older
        self._elsewhere = elsewhere
        self._made: dict[tuple[str, str], Entry] = {}
        in_place = ((each, place) for each in works for place in _OPEN if needs.find_label(each) in place.labels)
        self._is_long = sum(not desk.is_stale(each, place) for each, place in in_place) > MOST_FULL

    def add_denied(self, works: Sequence[Status]) -> None:
        """Add the section of what mail says otherwise than the user did before it came."""
        works = sorted(works, key=self._desk.waiting_since, reverse=True)
        self.add(DENIED, [(each, DENIED) for each in works])

    def add_open(self, works: Sequence[Status]) -> tuple[list[Status], list[tuple[Status, Place]], int]:
        """Add the sections of what somebody must act on. Gives what needs the reader, what is stale and where it would stand else, and how
        many postings are left out that those who take patches know of themselves."""
        stale: list[tuple[Status, Place]] = []
        needed: list[Status] = []
        own = 0
        for place in _OPEN:
            here = [each for each in works if self._needs.find_label(each) in place.labels]
            here.sort(
                key=lambda each: (
                    each.key in self._elsewhere,
                    not self._tell_news(each),
                    self._desk.waiting_since(each),
                )
            )
            stale += [(each, place) for each in here if self._desk.is_stale(each, place)]
            here = [each for each in here if not self._desk.is_stale(each, place)]
            own += sum(map(self._needs.is_own, here))
            here = [each for each in here if not self._needs.is_own(each)]
            if self._wanted.reader or place.key in _TOP[:3]:
                needed += filter(self._needs_reader, here)
            self.add(place, [(each, place) for each in here])
        return needed, stale, own

    def add_finished(self, works: Sequence[Status], late: Set[str]) -> None:
        """Add the sections of what moved and waits for nobody any more; it was known `late` of some."""
        for place, most in ((DONE, MOST), (OVER, MOST), (KNOWN, MOST_KNOWN)):
            here = [each for each in works if each.status in place.labels and _key_of(each) in self._moved]
            here = [each for each in here if (each.key in late) == (place is KNOWN)]
            here.sort(key=self._desk.waiting_since, reverse=True)
            self.add(place, [(each, place) for each in _put_together(here, self._desk)], most)

    def add_stale(self, stale: Sequence[tuple[Status, Place]], stale_days: int, period: int) -> int:
        """Add the section of what was silent for so many days, what became so in the days of the period first. Gives how many are left out:
        those of people who take patches themselves."""

        def rank(found: tuple[Status, Place]) -> tuple[bool, bool, float]:
            silent = self._desk.days(found[0].as_of) or 0
            return not self._needs_reader(found[0]), silent - stale_days > period, silent

        shown = sorted((each for each in stale if not self._needs.is_takers_own(each[0])), key=rank)
        self.add(STALE, shown, MOST_STALE, STALE.heading.format(days=stale_days))
        return len(stale) - len(shown)

    def choose_top(self, needed: Iterable[Status]) -> tuple[Entry, ...]:
        """What needs the reader most."""
        rank = {label: _TOP.index(place.key) for place in _OPEN for label in place.labels}
        ordered = sorted(
            needed,
            key=lambda each: (
                not self._tell_news(each),
                rank[self._needs.find_label(each)],
                self._desk.waiting_since(each),
            ),
        )
        return tuple(self._made[_key_of(each)] for each in ordered[:TOP] if _key_of(each) in self._made)

    def add(self, place: Place, here: Sequence[tuple[Status, Place]], most: int = MOST, heading: str = "") -> None:
        """Add a section with the first of some works, each with the place where it would stand else; of those of which little is told the
        oldest alone."""
        entries: list[Entry] = []
        quiet = 0
        for each, of in here[:most]:
            is_quiet = self._is_quiet(each, place)
            quiet += is_quiet
            if is_quiet and quiet > MOST_QUIET:
                continue
            entry = self._tell(each, place, of, is_quiet)
            self._made[_key_of(each)] = entry
            entries.append(entry)
        proofs = place is not AUTHOR or bool(self._wanted.reader)
        heading = heading or place.heading
        self.heaps.append(Heap(place.key, heading, place.open, tuple(entries), len(here) - len(entries), proofs))

    def _tell_news(self, each: Status) -> str:
        move = self._moved.get(_key_of(each))
        return "" if move is None else "new" if move.new else "moved"

    def _needs_reader(self, each: Status) -> bool:
        return each.key not in self._elsewhere and self._needs.needs_reader(each)

    def _is_needed(self, each: Status) -> bool:
        """Whether the reader must act next, or somebody who takes patches is asked something."""
        asked = (question.asked_of or "" for question in each.unanswered)
        return self._needs.needs_reader(each) or any(map(self._needs.takes, asked))

    def _is_quiet(self, each: Status, place: Place) -> bool:
        if not self._is_long or not place.open or place is STALE:
            return False
        if each.key in self._elsewhere:
            return True
        if self._tell_news(each):
            return False
        named = (each.next_actor or "author") not in ROLES
        return not (self._is_needed(each) and (named or self._wanted.reader or place is not REVIEW))

    def _tell(self, each: Status, place: Place, of: Place, is_quiet: bool) -> Entry:
        desk = self._desk
        brief = place is STALE or (is_quiet and place is not QUESTIONS)
        news = self._tell_news(each) if place.open else ""
        entry = desk.entry(
            each,
            of,
            self._older.get(each.key, ()),
            news=news,
            brief=brief,
            most_questions=self._count_questions(each, place),
        )
        if entry.evidence and TRAILER.match(entry.evidence[0].text) and (who := desk.tell_trailers(each)):
            entry = replace(entry, evidence=(replace(entry.evidence[0], told=who),))
        questions = tuple(_cut(quote, entry.owner) for quote in entry.questions)
        entry = replace(entry, questions=questions, elsewhere=each.key in self._elsewhere)
        if place is QUESTIONS:
            asked = () if entry.questions else tuple(_cut(quote, entry.owner) for quote in entry.evidence)
            entry = replace(entry, evidence=asked)
            if who := self._needs.find_asked(each):
                entry = replace(entry, next_actor=desk.person(who))
        promise = self._promised.get(each.chain or each.key) if place.open and place is not AUTHOR else None
        if promise and not brief and desk.person(promise.by) == entry.next_actor:
            entry = replace(entry, evidence=(desk.quote(promise.message_id, promise.text),))
        return entry

    def _count_questions(self, each: Status, place: Place) -> int:
        """How many of its questions are shown at most."""
        if not place.open or (self._is_needed(each) and (self._wanted.reader or place is not AUTHOR)):
            return MOST_QUESTIONS
        return 0 if self._is_long and each.evidence and place is not AUTHOR else 1


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


def _find_late(promises: Iterable[Promise], desk: Desk, key: Callable[[Promise], K | None]) -> dict[K, Promise]:
    """The promises that are late, and not long forgotten: the newest of each key; none for which that is None."""
    found: dict[K, Promise] = {}
    for promise in promises:
        days = desk.days(promise.date)
        if promise.state != "late" or days is None or days > MOST_LATE or (of := key(promise)) is None:
            continue
        if of not in found or found[of].date < promise.date:
            found[of] = promise
    return found


def _find_promised(promises: Iterable[Promise], desk: Desk) -> dict[str, Promise]:
    """The newest late promise of each work, by its chain."""

    def chain_of(promise: Promise) -> str | None:
        work = desk.series.get(promise.series or "")
        return work.chain if work is not None else None

    return _find_late(promises, desk, chain_of)


def _tell_failing(
    fails: Iterable[tuple[Status, Question]], desk: Desk, wanted: Wanted, visible: Set[tuple[str, str]]
) -> Iterator[Heap]:
    """The works that somebody says to fail, with his words; for one reader his own alone."""
    entries = []
    for status, words in fails:
        own = not wanted.reader or wanted.is_reader(status.assignee or "")
        if own and _key_of(status) in visible and wanted.has_question(words, of_work=True):
            quote = _cut(desk.quote(words.message_id, words.text), longest=LONGEST_REPORT)
            entries.append(replace(desk.entry(status, FAILS), evidence=(quote,), questions=(), more_questions=0))
    if entries:
        yield Heap(FAILS.key, FAILS.heading, FAILS.open, tuple(entries[:MOST]), len(entries[MOST:]))


def _put_together(finished: Sequence[Status], desk: Desk) -> list[Status]:
    """What one mail finishes side by side, a pull request before what came with it; else in their order."""
    groups: dict[str, list[Status]] = defaultdict(list)
    for each in finished:
        groups[each.evidence[0].message_id if each.evidence else each.key].append(each)
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda each: not desk.is_pull(each))
    return [each for group in groups.values() for each in group]


def _count_moves(moves: Iterable[Move], keys: set[tuple[str, str]], late: Set[str]) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for move in moves:
        if _key_of(move) in keys:
            place = KNOWN if move.key in late else PLACE_OF[move.status]
            counts["new" if move.new and place.open else place.tally] += 1
    return tuple(counts.most_common())


def _tell_late(promises: Iterable[Promise], desk: Desk, wanted: Wanted, said: Set[tuple[str, int]]) -> Iterator[Word]:
    """The promises that are late, of each person and work that with the newest words; none whose words are quoted above already."""

    def work_of(promise: Promise) -> tuple[str, str] | None:
        if not wanted.has_promise(promise):
            return None
        return one_line(promise.item or desk.title_of(promise.series), 160), desk.person(promise.by)

    for (title, by), promise in _find_late(promises, desk, work_of).items():
        quote = desk.quote(promise.message_id, promise.text)
        if (quote.text, quote.reference.number) not in said:
            yield Word(title, by, desk.days(promise.date) or 0, quote)


def _tell_loose(question: Question, desk: Desk) -> Word:
    quote = desk.quote(question.message_id, question.text, question.asked_of)
    return Word(quote.reference.subject, quote.author, desk.days(question.date) or 0, quote)
