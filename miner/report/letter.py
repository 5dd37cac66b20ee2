"""The report that a maintainer would write by hand: what moved, what needs you, then who waits for whom, with the proof.

Rule: newest versions only, and a series that an item of a table is about stands under that item. What is open and was silent for
longer than is usual goes to the end; what later mail says otherwise than the user did stands first; what is done shows only if it moved since the last report. Everything in a `Letter` is cleaned
already; the templates only lay it out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import TypeVar, cast

from miner.model import Claim, Message, Move, Promise, Question, Series, Status, WorkItem
from miner.notes import DOUBTED
from miner.report.arrange import ARCHIVE_URL, MOST_QUESTIONS, TRAILER, Desk
from miner.report.choosing import keep_newest, sift
from miner.report.escape import one_line
from miner.report.overview import PLACE_OF, Entry, Place, Quote, Reference
from miner.report.rows import Row, day_of
from miner.report.same import find_twins
from miner.report.urgency import ROLES, Needs, was_known_late
from miner.report.wanted import Wanted

T = TypeVar("T")
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
    wanted = Wanted(items, messages, reader, forms, inbox, table, takers)
    needs = Needs(takers, wanted.is_reader if wanted.reader else None, main)
    visible, hidden, copies = sift(status, desk.series, today)
    tied = {root for each in visible if each.kind == "item" for root in each.series}
    newest, older = keep_newest([each for each in visible if each.kind == "series"], desk.series)
    mine = [each for each in visible if each.kind == "item"] + [each for each in newest if each.key not in tied]
    mine = [each for each in mine if wanted.has(each)]
    start = since.timestamp() if since is not None else 0.0
    late = {each.key for each in mine if was_known_late(each, desk.series.get(each.key), stale_days, start)}
    open_now = sum(
        needs.find_label(each) in place.labels and not desk.is_stale(each, place) for each in mine for place in _OPEN
    )
    writer = _Writer(
        desk, wanted, needs, {_key_of(move): move for move in moves}, _find_promised(promises, desk), older
    )
    writer.is_long = open_now > MOST_FULL

    writer.heaps += _tell_failing(fails, desk, wanted, set(map(_key_of, visible)))
    failing = {_key_of(each) for each, _ in fails}
    counted = {_key_of(each) for each in mine} - failing
    mine = [each for each in mine if _key_of(each) not in failing]
    twins = find_twins(
        [*(each for each, _ in fails), *(each for each in mine if PLACE_OF[each.status].open)], desk.series, desk.mails
    )
    mine = [each for each in mine if each.key not in twins]
    doubted = sorted((each for each in mine if each.rule == DOUBTED), key=desk.waiting_since, reverse=True)
    writer.add(_DOUBTED, [(each, _DOUBTED) for each in doubted])
    mine = [each for each in mine if each.rule != DOUBTED]
    needed, stale, own_open = writer.add_open(mine)
    writer.add_finished(mine, late)
    own = writer.add_stale(stale, stale_days, desk.days(since) or 0)
    shown = tuple(heap for heap in writer.heaps if heap.entries)
    said = {
        (quote.text, quote.reference.number) for heap in shown for entry in heap.entries for quote in entry.evidence
    }
    letter = Letter(
        day=day_of(as_of),
        since=day_of(since),
        reader=one_line(reader, 80),
        moved=_count_moves(moves, counted, late),
        top=writer.choose_top(needed),
        heaps=shown,
        promises=tuple(_late(promises, desk, wanted, as_of, said)),
        loose=tuple(_tell_loose(each, desk) for each in loose if wanted.has_question(each))[:MOST_LOOSE],
        references=(),
        hidden=hidden,
        copies=copies,
        warnings=tuple(one_line(warning, 300) for warning in warnings),
        own=own,
        own_open=own_open,
    )
    return _number(letter)


def _key_of(work: Status | Move) -> tuple[str, str]:
    return work.kind, work.key


class _Writer:
    """Puts works into the sections of a letter. In a long one little is told of what did not move and needs nobody in particular."""

    def __init__(
        self,
        desk: Desk,
        wanted: Wanted,
        needs: Needs,
        moved: Mapping[tuple[str, str], Move],
        promised: Mapping[str, Promise],
        older: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.heaps: list[Heap] = []
        self.is_long = False
        self._desk = desk
        self._wanted = wanted
        self._needs = needs
        self._moved = moved
        self._promised = promised
        self._older = older
        self._made: dict[tuple[str, str], Entry] = {}

    def add_open(self, works: Sequence[Status]) -> tuple[list[Status], list[tuple[Status, Place]], int]:
        """Add the sections of what somebody must act on. Gives what needs the reader, what is stale and where it would stand else, and how
        many postings are left out that those who take patches know of themselves."""
        stale: list[tuple[Status, Place]] = []
        needed: list[Status] = []
        own = 0
        for place in _OPEN:
            here = [each for each in works if self._needs.find_label(each) in place.labels]
            here.sort(key=lambda each: (not self._tell_news(each), self._desk.waiting_since(each)))
            stale += [(each, place) for each in here if self._desk.is_stale(each, place)]
            here = [each for each in here if not self._desk.is_stale(each, place)]
            own += sum(map(self._needs.is_own, here))
            here = [each for each in here if not self._needs.is_own(each)]
            if self._wanted.reader or place.key in _TOP[:3]:
                needed += filter(self._needs.needs_reader, here)
            self.add(place, [(each, place) for each in here])
        return needed, stale, own

    def add_finished(self, works: Sequence[Status], late: Set[str]) -> None:
        """Add the sections of what moved and waits for nobody any more; it was known `late` of some."""
        for place, most in ((_DONE, MOST), (_OVER, MOST), (_KNOWN, MOST_KNOWN)):
            here = [each for each in works if each.status in place.labels and _key_of(each) in self._moved]
            here = [each for each in here if (each.key in late) == (place is _KNOWN)]
            here.sort(key=self._desk.waiting_since, reverse=True)
            self.add(place, [(each, place) for each in _put_together(here, self._desk)], most)

    def add_stale(self, stale: Sequence[tuple[Status, Place]], stale_days: int, period: int) -> int:
        """Add the section of what was silent for so many days, what became so in the days of the period first. Gives how many are left out:
        those of people who take patches themselves."""

        def rank(found: tuple[Status, Place]) -> tuple[bool, bool, float]:
            silent = self._desk.days(found[0].as_of) or 0
            return not self._needs.needs_reader(found[0]), silent - stale_days > period, silent

        shown = sorted((each for each in stale if not self._needs.is_takers_own(each[0])), key=rank)
        self.add(_STALE, shown, MOST_STALE, _STALE.heading.format(days=stale_days))
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
        proofs = place is not _AUTHOR or bool(self._wanted.reader)
        heading = heading or place.heading
        self.heaps.append(Heap(place.key, heading, place.open, tuple(entries), len(here) - len(entries), proofs))

    def _tell_news(self, each: Status) -> str:
        move = self._moved.get(_key_of(each))
        return "" if move is None else "new" if move.new else "moved"

    def _is_needed(self, each: Status) -> bool:
        """Whether the reader must act next, or somebody who takes patches is asked something."""
        asked = (question.asked_of or "" for question in each.unanswered)
        return self._needs.needs_reader(each) or any(map(self._needs.takes, asked))

    def _is_quiet(self, each: Status, place: Place) -> bool:
        if not self.is_long or not place.open or place is _STALE or self._tell_news(each):
            return False
        named = (each.next_actor or "author") not in ROLES
        return not (self._is_needed(each) and (named or self._wanted.reader or place is not _REVIEW))

    def _tell(self, each: Status, place: Place, of: Place, is_quiet: bool) -> Entry:
        desk = self._desk
        brief = place is _STALE or (is_quiet and place is not _QUESTIONS)
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
        entry = replace(entry, questions=tuple(_cut(quote, entry.owner) for quote in entry.questions))
        if place is _QUESTIONS:
            asked = () if entry.questions else tuple(_cut(quote, entry.owner) for quote in entry.evidence)
            entry = replace(entry, evidence=asked)
            if who := self._needs.find_asked(each):
                entry = replace(entry, next_actor=desk.person(who))
        promise = self._promised.get(each.chain or each.key) if place.open and place is not _AUTHOR else None
        if promise and not brief and desk.person(promise.by) == entry.next_actor:
            entry = replace(entry, evidence=(desk.quote(promise.message_id, promise.text),))
        return entry

    def _count_questions(self, each: Status, place: Place) -> int:
        """How many of its questions are shown at most."""
        if not place.open or (self._is_needed(each) and (self._wanted.reader or place is not _AUTHOR)):
            return MOST_QUESTIONS
        return 0 if self.is_long and each.evidence and place is not _AUTHOR else 1


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


def _find_promised(promises: Iterable[Promise], desk: Desk) -> dict[str, Promise]:
    """The newest promise that is late of each work."""
    found: dict[str, Promise] = {}
    for promise in promises:
        days = desk.days(promise.date)
        work = desk.series.get(promise.series or "")
        if promise.state != "late" or work is None or days is None or days > MOST_LATE:
            continue
        chain = work.chain
        if chain not in found or found[chain].date < promise.date:
            found[chain] = promise
    return found


def _tell_failing(
    fails: Iterable[tuple[Status, Question]], desk: Desk, wanted: Wanted, visible: Set[tuple[str, str]]
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


def _count_moves(moves: Iterable[Move], keys: set[tuple[str, str]], late: Set[str]) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for move in moves:
        if (move.kind, move.key) in keys:
            place = _KNOWN if move.key in late else PLACE_OF.get(move.status)
            counts["new" if move.new and place and place.open else place.tally if place else "unknown"] += 1
    return tuple(counts.most_common())


def _late(
    promises: Iterable[Promise], desk: Desk, wanted: Wanted, as_of: datetime | None, said: Set[tuple[str, int]]
) -> Iterator[Word]:
    """The promises that are late, of each person and work that with the newest words; none whose words are quoted above already."""
    found: dict[tuple[str, str], Promise] = {}
    for promise in promises:
        days = desk.days(promise.date)
        if promise.state != "late" or as_of is None or days is None or days > MOST_LATE:
            continue
        if not wanted.has_promise(promise):
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
