"""The status report before it has a form: parts, sections and entries in the order in which a maintainer wants them.

Rule: work items first, one part a table, then patch series, only the newest revision of each; inside a part what needs
somebody comes before what is done, and what waits longest comes first. Each entry has the sentence that proves it and
a numbered reference to its mail. Everything in an `Overview` is cleaned already; the terminal and the page only lay it
out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import chain

from miner.model import (
    EARLIEST,
    POSTED,
    REPLACED,
    SILENT,
    Claim,
    Evidence,
    Message,
    Question,
    Series,
    Status,
    StatusLabel,
    WorkItem,
)
from miner.notes import ALWAYS, BY_USER, DOUBTED, SINCE
from miner.report.escape import HIDDEN, message_url, name_address, one_line, short_name
from miner.report.proofs import choose_proofs, find_answered_words
from miner.report.rows import utc
from miner.report.same import find_twins, number_of
from miner.report.urgency import keys_of
from miner.report.wording import is_merge_notice, is_release, tell_shown, tell_state, tell_version

ARCHIVE_URL = "https://lore.kernel.org/all/{message_id}/"
_SIGNED = re.compile(r"^(?:From|Signed-off-by): (?P<name>[^<>@\n]{3,80}?) <(?P<at>[^<>\s]{3,120})>[ \t]*$", re.M)
_LONGEST = 30_000  # characters of a patch that are read for who signed it
TRAILER = re.compile(r"\s*(?P<what>[A-Z][a-z]+)-by:\s*(?P<who>\S.{0,200})")
_SUPPORT = frozenset({"acked", "reviewed", "tested"})
_MOST_NAMES = 2
_NO_LETTER = re.compile(r"\W+")
_SENTENCE = 280  # characters of a sentence that are shown
_TITLE = 160
_LONG = 150  # characters of a piece that may have been cut
_SERIES_SHOWN = 3
MOST_QUESTIONS = 3  # of a work
_ROLES = {"author": "the author", "maintainer": "the maintainer", "reviewers": "reviewers", "reviewer": "a reviewer"}
_IN_A_TREE: frozenset[StatusLabel] = frozenset({"applied", "merged"})
_LATE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry of some statuses goes. `heading` is its title, `tally` what the head says behind the number."""

    key: str
    heading: str
    tally: str
    labels: tuple[StatusLabel | None, ...]
    open: bool = True  # somebody still has to act


PLACES = (
    Place("answer", "Needs an answer", "to answer", ("needs-reply",)),
    Place("review", "Waiting for review", "to review", ("needs-review",)),
    Place("author", "Waiting for the author", "with the author", ("needs-revision", "in-progress", "planned")),
    Place("ready", "Ready to be applied", "ready", ("ready",)),
    Place("blocked", "Blocked", "blocked", ("blocked",)),
    Place("posted", "Posted", "posted", ("posted",)),
    Place("done", "Applied or merged", "applied or merged", ("applied", "merged"), open=False),
    Place("over", "Dropped or superseded", "dropped or superseded", ("dropped", "superseded"), open=False),
    Place("unknown", "Unknown", "unknown", (None,)),
)
PLACE_OF = {label: place for place in PLACES for label in place.labels}


@dataclass(frozen=True, slots=True)
class Reference:
    """A mail that the report points to. `url` is None for mail that no archive can show, such as flattened text."""

    number: int
    message_id: str
    url: str | None
    subject: str
    author: str
    day: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence from a mail, who wrote it when, and whom it asked. Without `text`, `fact` is what the mail shows; where the text is no
    sentence, `told` says it as one. `answers` are the words that a text answers which says little by itself."""

    text: str
    author: str
    day: str
    reference: Reference
    asked_of: str = ""
    fact: str = ""
    told: str = ""
    answers: str = ""

    @property
    def is_quoted(self) -> bool:
        """Whether these are somebody's words, and not what is told of them."""
        return bool(self.text) and not self.told

    @property
    def said(self) -> str:
        """What is shown: the words, or what is told of them."""
        return self.told or self.text or self.fact


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one work item or one posting stands. An empty string is "not known". `version` is what people need to hear of the
    `revision`. A `brief` one has no proofs and no questions. `news` tells whether it is "new" since the last report, or "moved". Of its open questions `more_questions` are not shown, of which
    the first stands in the mail `more_at`."""

    title: str
    revision: str  # "v3", or empty
    reference: Reference | None  # the posting itself
    state: str  # the status, with its certainty if that is not plain; empty if the section's heading says it all
    next_actor: str
    owner: str
    since: str
    days: int | None
    stale: bool
    priority: str
    also: tuple[str, ...]
    waits_for: tuple[str, ...]
    applied_to: str
    series: tuple[tuple[str, Reference], ...]
    evidence: tuple[Quote, ...]
    questions: tuple[Quote, ...]
    older: tuple[str, ...]  # revisions that are not shown
    tree: str = ""  # what the project's git tree has of it
    note: str = ""  # what the user said of it
    version: str = ""
    news: str = ""
    more_questions: int = 0
    more_at: Reference | None = None
    brief: bool = False
    patch: str = ""  # "patch 1 of 4" where the title is that of a patch, and no cover letter has one for all
    taken: str = ""  # "patches 1-3 and 5 (of 7) are in a tree" where others are not, as far as mails tell

    @property
    def standing(self) -> str:
        """The state in words for people."""
        return tell_state(self.state)

    @property
    def told_priority(self) -> str:
        """The priority as its table has it, with what it is: "must" alone says little."""
        return f"priority {self.priority}" if self.priority else ""

    @property
    def told_more(self) -> str:
        """That there are more questions than are shown."""
        many = self.more_questions
        if self.questions or not many:
            return f"and {many} more" if many else ""
        return f"{many} question{'' if many == 1 else 's'} unanswered"


@dataclass(frozen=True, slots=True)
class Section:
    place: Place
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A table of work items, or the patch series. `origin` is the mail that holds the table."""

    key: str
    title: str
    origin: Reference | None
    sections: tuple[Section, ...]

    @property
    def count(self) -> int:
        return sum(len(section.entries) for section in self.sections)


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole report. `day` is the day of the newest mail, `tally` counts the entries of each place that has any."""

    day: str
    items: int
    series: int
    tally: tuple[tuple[Place, int], ...]
    parts: tuple[Part, ...]
    references: tuple[Reference, ...]
    hidden: int = 0  # works that the user wants to hear nothing of
    copies: int = 0  # for stable trees, that nobody answered and which are not shown

    @property
    def left_out(self) -> tuple[str, ...]:
        """What is not shown, in words."""
        copies = f"{self.copies} cop{'y' if self.copies == 1 else 'ies'} for stable trees that nobody answered"
        hidden = f"{self.hidden} muted or snoozed by you"
        return tuple(words for words, count in ((hidden, self.hidden), (copies, self.copies)) if count)


def arrange_status(
    status: Sequence[Status],
    *,
    items: Sequence[WorkItem] = (),
    series: Sequence[Series] = (),
    claims: Sequence[Claim] = (),
    messages: Mapping[str, Message] | Sequence[Message] = (),
    archive_url: str = ARCHIVE_URL,
    stale_days: int = 30,
    as_of: datetime | None = None,
    everything: bool = False,
    today: date | None = None,
) -> Overview:
    """Arrange statuses for a reader.

    The further records only add what a status does not hold: who wrote a sentence and when, the mail of the table, the
    author of a posting; `messages` may be by their ids. `as_of` is the moment up to which waiting is counted; without it no days are shown.
    `everything` shows older revisions too, up to three sentences for each entry, copies for stable trees that nobody answered, and
    what the user muted or snoozed until after `today`.
    """
    desk = Desk(series, claims, messages, archive_url, stale_days, as_of, everything)
    if everything:
        return desk.overview(status, items)
    shown, hidden, copies = desk.sift(status, today)
    return replace(desk.overview(shown, items), hidden=hidden, copies=copies)


def is_hidden(status: Status, today: date | None) -> bool:
    """Whether the user muted it, or snoozed it until after today."""
    until = status.hidden_until
    return until is not None and (until == ALWAYS or today is None or today.isoformat() < until)


def _split_by_table(
    status: Iterable[Status], items: Sequence[WorkItem], messages: Mapping[str, Message]
) -> dict[str | None, list[Status]]:
    """The work items of each table, in the order in which its poster wrote them. Notes that have an item in common are one table, that of
    the newest of them."""
    newest = _find_newest_notes(items, messages)
    table_of = {item.item: newest.get(item.message_id, item.message_id) for item in items}
    place_of = {item.item: place for place, item in enumerate(items)}
    tables: dict[str | None, list[Status]] = defaultdict(list)
    for each in sorted(status, key=lambda each: place_of.get(each.key, len(place_of))):
        tables[table_of.get(each.key)].append(each)
    return tables


def _find_newest_notes(items: Iterable[WorkItem], messages: Mapping[str, Message]) -> Mapping[str, str]:
    """For each note the newest of those that hang together with it by an item that is in both."""
    together: dict[str, set[str]] = {}
    for item in items:
        found = {each.message_id for each in item.listings}
        found.update(*(together.get(ident, ()) for ident in tuple(found)))
        together.update(dict.fromkeys(found, found))
    return {
        ident: max(found, key=lambda note: (_stamp_of(messages.get(note)), note)) for ident, found in together.items()
    }


def _stamp_of(message: Message | None) -> float:
    return message.date.timestamp() if message is not None and message.date is not None else 0.0


def find_by_id(messages: Mapping[str, Message] | Iterable[Message]) -> Mapping[str, Message]:
    """Mails by their ids, which they may be already."""
    return messages if isinstance(messages, Mapping) else {message.message_id: message for message in messages}


class Desk:
    """The lookups that the entries of one report share, and its references, numbered in the order of reading."""

    def __init__(
        self,
        series: Sequence[Series],
        claims: Sequence[Claim],
        messages: Mapping[str, Message] | Sequence[Message],
        archive_url: str,
        stale_days: int,
        as_of: datetime | None,
        everything: bool = False,
    ) -> None:
        self._series = {each.root: each for each in series}
        self._chains = Counter(each.chain for each in series)
        self._claims = {(claim.message_id, claim.text): claim for claim in claims}
        self._messages = find_by_id(messages)
        self._archive_url = archive_url
        self._stale_days = stale_days
        self._as_of = as_of
        self._everything = everything
        self._references: dict[str, Reference] = {}
        self._signatures: dict[str, str] = {}

    def overview(self, status: Sequence[Status], items: Sequence[WorkItem]) -> Overview:
        tables = _split_by_table([each for each in status if each.kind == "item"], items, self._messages)
        parts = [self._part("items", "Work items", each, table) for table, each in tables.items()]
        postings = [each for each in status if each.kind == "series"]
        if postings:
            parts.append(self._part("series", "Patch series", postings, None))
        counts = Counter(section.place for part in parts for section in part.sections for _ in section.entries)
        return Overview(
            day=self.day(self._as_of),
            items=sum(len(each) for each in tables.values()),
            series=sum(part.count for part in parts if part.key == "series"),
            tally=tuple((place, counts[place]) for place in PLACES if counts[place]),
            parts=tuple(parts),
            references=self.references,
        )

    @property
    def references(self) -> tuple[Reference, ...]:
        return tuple(self._references.values())

    def _part(self, key: str, title: str, status: Sequence[Status], table: str | None) -> Part:
        origin = self.refer(table) if table else None
        older: dict[str, tuple[str, ...]] = {}
        if key == "series" and not self._everything:
            status, older = self.keep_newest(status)
        sections = []
        for place in PLACES:
            here = [each for each in status if PLACE_OF.get(each.status) is place]
            here.sort(key=self.waiting_since, reverse=not place.open)
            entries = tuple(self.entry(each, place, older.get(each.key, ())) for each in here)
            if entries:
                sections.append(Section(place, entries))
        return Part(key, title, origin, tuple(sections))

    def refer(self, message_id: str) -> Reference:
        """The reference to a mail; the same mail keeps its number."""
        known = self._references.get(message_id)
        if known is None:
            message = self._messages.get(message_id)
            known = Reference(
                number=len(self._references) + 1,
                message_id=one_line(message_id, 200),
                url=message_url(message_id, self._archive_url),
                subject=one_line(message.subject.text, _TITLE) if message else "",
                author=self.person(str(message.author)) if message else "",
                day=self.day(message.date) if message else "",
            )
            self._references[message_id] = known
        return known

    def day(self, moment: datetime | None) -> str:
        return utc(moment).date().isoformat() if moment else ""

    def title_of(self, root: str | None) -> str:
        """The title of a posting, or its id if it is not at hand."""
        posting = self._series.get(root or "")
        return posting.title if posting else root or ""

    def sift(self, status: Iterable[Status], today: date | None) -> tuple[list[Status], int, int]:
        """What is shown, and how many works are not: those that the user muted or snoozed until after today, and mere copies. A series
        is one work, with all its revisions."""
        shown: list[Status] = []
        hidden: set[tuple[str, str]] = set()
        copies: set[tuple[str, str]] = set()
        for each in status:
            work = each.kind, each.chain or each.key
            if is_hidden(each, today):
                hidden.add(work)
            elif self._is_mere_copy(each):
                copies.add(work)
            else:
                shown.append(each)
        return shown, len(hidden), len(copies)

    def _is_mere_copy(self, status: Status) -> bool:
        """Whether it is a copy for a stable tree that nobody answered: its patch was reviewed elsewhere, and silence lets it pass."""
        posting = self._series.get(status.key)
        return posting is not None and bool(posting.copied_to) and status.rule == POSTED

    def find_twins(self, status: Iterable[Status]) -> dict[str, str]:
        """The open postings that others among them stand for."""
        return find_twins(status, self._series, self._messages)

    def tell_trailers(self, status: Status) -> str:
        """Who reviewed, tested or acknowledged a posting, in words: "acked by Ada and Bo"."""
        posting = self._series.get(status.key)
        said = [(found["what"], found["who"]) for each in status.evidence if (found := TRAILER.match(each.text))]
        laid = posting.trailers if posting else ()
        said += [(each.kind.removesuffix("-by"), each.by) for each in laid if each.state != "withdrawn"]
        names: dict[str, list[str]] = {}
        seen: set[str] = set()
        for what, who in said:
            if what.casefold() in _SUPPORT and seen.isdisjoint(keys_of(who)):
                names.setdefault(what.casefold(), []).append(self.person(who))
                seen.update(keys_of(who))
        return ", ".join(f"{what} by {_list(who)}" for what, who in names.items())

    def is_pull(self, status: Status) -> bool:
        """Whether it is a pull request."""
        message = self._messages.get(status.key)
        return message is not None and message.subject.pull

    def waiting_since(self, status: Status) -> datetime:
        """The day, not the minute: what moved on the same day stays in the order of its table."""
        since = status.since or status.as_of
        if since is None:
            return _LATE if PLACE_OF[status.status].open else EARLIEST
        return utc(since).replace(hour=0, minute=0, second=0, microsecond=0)

    def keep_newest(self, status: Sequence[Status]) -> tuple[list[Status], dict[str, tuple[str, ...]]]:
        """The newest posting of each chain and those beside it that nothing replaced and that are open, and for the key of each the names of
        those before it. Of a work that was parted in two, both parts go on."""
        chains: dict[str, list[Status]] = defaultdict(list)
        for each in status:
            chains[each.chain or each.key].append(each)
        newest: list[Status] = []
        older: dict[str, tuple[str, ...]] = {}
        for each_chain in chains.values():
            *rest, last = sorted(each_chain, key=self._posted)
            beside = [each for each in rest if self._goes_on_beside(each, last)]
            rest = sorted((each for each in rest if each not in beside), key=lambda each: self._posted(each)[1])
            for shown in (*beside, last):
                before = (
                    rest if shown is last else [each for each in rest if self._posted(each)[1] < self._posted(shown)[1]]
                )
                newest.append(shown)
                older[shown.key] = tuple(dict.fromkeys(f"v{each.revision or 1}" for each in before))
        return newest, older

    def _goes_on_beside(self, status: Status, newest: Status) -> bool:
        """Whether a posting that is not the newest one of its chain is open all the same: that one replaced others, and nothing replaced it."""
        forked = self._series.get(newest.key)
        return (
            PLACE_OF[status.status].open
            and status.rule != REPLACED
            and forked is not None
            and bool(forked.supersedes)
            and status.key not in self._replaced
            and _NO_LETTER.sub("", status.title).casefold()
            != _NO_LETTER.sub("", newest.title).casefold()  # the same, sent twice
        )

    @cached_property
    def _replaced(self) -> frozenset[str]:
        return frozenset(root for one in self._series.values() for root in one.supersedes)

    def _posted(self, status: Status) -> tuple[tuple[bool, int], datetime]:
        posting = self._series.get(status.key)
        date = posting.date if posting and posting.date else status.as_of
        return status.place_in_chain, utc(date) if date else EARLIEST

    def _copied_to(self, root: str) -> str:
        posting = self._series.get(root)
        return f" ({', '.join(posting.copied_to)})" if posting and posting.copied_to else ""

    def entry(
        self,
        status: Status,
        place: Place,
        older: tuple[str, ...] = (),
        *,
        news: str = "",
        brief: bool = False,
        most_questions: int = MOST_QUESTIONS,
    ) -> Entry:
        """Where one work item or posting stands, for its place, with at most so many questions; a `brief` one has neither these nor proofs."""
        reference = self.refer(status.key) if status.kind == "series" else None
        since = status.since or status.as_of
        asked = status.unanswered if place.open or self._everything else ()
        posting = self._series.get(status.key) if status.kind == "series" else None
        told = choose_proofs(status, posting, self._messages.get)
        if status.rule in BY_USER - {DOUBTED} and not self._everything:
            told, asked = [], ()  # the user's own words stand there instead, but for mail that came later
        if brief:
            told, asked = [], ()
        evidence = tuple(self._proof(each, status) for each in told[: 3 if self._everything else 1])
        title = one_line(f"{status.title or status.key}{self._copied_to(status.key)}", _TITLE)
        revision = self._revision(status)
        among_others = self._everything and self._chains[status.chain or ""] > 1
        questions = self._sort_questions(asked, status, evidence)
        shown = len(questions) if self._everything else most_questions
        return Entry(
            title=title,
            revision=revision,
            reference=reference,
            state=_state(status, place),
            next_actor=self._next_actor(status) if place.open else "",
            owner=self._owner(status),
            since=self.day(since),
            days=self.days(since),
            stale=self.is_stale(status, place),
            priority=one_line(status.priority or "", 40),
            also=status.also,
            waits_for=tuple(one_line(self._name(each), 80) for each in status.depends_on) if place.open else (),
            applied_to=one_line(status.applied_to or "", 80),
            series=() if brief else self._linked(status),
            evidence=evidence,
            questions=tuple(self.quote(each.message_id, each.text, each.asked_of) for each in questions[:shown]),
            older=older,
            tree=one_line(status.tree or "", _TITLE),
            note=tell_note(status.note, status.rule),
            version=revision if among_others else tell_version(title, revision),
            news=news,
            more_questions=len(questions[shown:]),
            brief=brief,
            patch=self._tell_patch(posting),
            taken=_tell_taken(posting, status) if posting else "",
            more_at=next((reference or self.refer(each.message_id) for each in questions[shown:]), None),
        )

    def _tell_patch(self, posting: Series | None) -> str:
        number = number_of(posting, self._messages) if posting else 0
        return f"patch {number} of {posting.expected}" if posting and number else ""

    def _revision(self, status: Status) -> str:
        posting = self._series.get(status.key)
        minor = f".{posting.minor}" if posting and posting.minor else ""
        return f"v{status.revision}{minor}" if status.revision else ""

    def is_stale(self, status: Status, place: Place) -> bool:
        """Whether somebody has to act, and nothing was said for too long: who was reminded of late is not forgotten."""
        days = self.days(status.as_of)
        return place.open and days is not None and days > self._stale_days

    def days(self, since: datetime | None) -> int | None:
        """The days of the calendar from one date to the day of the report, both as they are shown: no hours are cut."""
        if since is None or self._as_of is None:
            return None
        return max(0, (utc(self._as_of).date() - utc(since).date()).days)

    def _name(self, needed: str) -> str:
        """What is waited for, as people call it: a posting by its title."""
        posting = self._series.get(needed)
        return posting.title if posting is not None else needed

    def _next_actor(self, status: Status) -> str:
        """A name for who must act; a role becomes the person who has it, as far as that is known. A release is nobody."""
        actor = status.next_actor or ", ".join(status.waiting_on[:2])
        if actor == "author":
            author = self._owner(status)
            return author or _ROLES[actor]
        return _ROLES.get(actor) or ("" if is_release(actor) else self.person(actor))

    def _owner(self, status: Status) -> str:
        posting = self._series.get(status.key) if status.kind == "series" else None
        return self.person(status.assignee or (posting.author if posting else ""))

    def person(self, form: str) -> str:
        """How somebody is called; by an address only where no mail of it has a name, and it tells none."""
        name = short_name(form)
        if name.endswith(HIDDEN):  # an address that a list hid
            name = form.rpartition("<")[2].rstrip("> ") if "@" in form else name.removesuffix(HIDDEN)
        if "@" not in name:
            return name
        return self._names.get(name.casefold()) or self._signed(name) or name_address(name)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """The names of addresses, in lower case, as authors of claims and postings write them."""
        found: dict[str, str] = {}
        writers = chain((each.by for each in self._claims.values()), (each.author for each in self._series.values()))
        for form in dict.fromkeys(writers):
            name, address = short_name(form), form.rpartition("<")[2].rstrip("> ").casefold()
            if "@" in address and "@" not in name and "---" not in name:  # which hides an address
                found.setdefault(address, name)
        return found

    def _signed(self, address: str) -> str:
        """The name with which an author whose mails have none signs his patches."""
        wanted = address.casefold()
        if wanted not in self._signatures:
            name = ""
            for one in self._unnamed.get(wanted, ()):
                mails = (self._messages.get(ident) for ident in [i for i in one.patches if i is not None][:2])
                signed = (found for mail in mails if mail for found in _SIGNED.finditer(mail.body[:_LONGEST]))
                name = name or next((each["name"] for each in signed if each["at"].casefold() == wanted), "")
            self._signatures[wanted] = short_name(name) if name else ""
        return self._signatures[wanted]

    @cached_property
    def _unnamed(self) -> Mapping[str, Sequence[Series]]:
        """The postings of authors who have no name, by their addresses."""
        found: dict[str, list[Series]] = defaultdict(list)
        for one in self._series.values():
            if "@" in (name := short_name(one.author)):
                found[name.casefold()].append(one)
        return found

    def _linked(self, status: Status) -> tuple[tuple[str, Reference], ...]:
        """The newest of the postings that a work item links to."""
        if status.kind == "series":
            return ()
        linked = []
        for root in status.series[-_SERIES_SHOWN:]:
            posting = self._series.get(root)
            linked.append((f"v{posting.revision}" if posting else "", self.refer(root)))
        return tuple(linked)

    def _proof(self, proof: Evidence, status: Status) -> Quote:
        """The words that prove a status; those that are no sentence are told."""
        quote = self.quote(proof.message_id, proof.text, fact=proof.status)
        words = " ".join(proof.text.split())
        if status.rule in SILENT or is_merge_notice(words):
            said = (proof.message_id, proof.text) in self._claims
            return replace(quote, told=tell_shown(words, None if said else status.rule))
        answers = find_answered_words(proof, status, self._messages.get(proof.message_id))
        return replace(quote, answers=answers) if answers else quote

    def _sort_questions(self, asked: Sequence[Question], status: Status, shown: Sequence[Quote]) -> Sequence[Question]:
        """Each question of a person once, without those that are shown as proofs: those to who must act first, then those of the newest mail."""
        told = {(quote.text, quote.author) for quote in shown}
        once: dict[tuple[str, str], Question] = {}
        for each in asked:
            key = one_line(each.text, _SENTENCE), self._author_of(each.message_id, each.text)
            if key not in told:
                once.setdefault(key, each)
        if self._everything:
            return tuple(once.values())
        actor = self._next_actor(status)
        dates = {each.message_id: self._date_of(each) for each in once.values()}
        return sorted(
            once.values(),
            key=lambda each: (not actor or self.person(each.asked_of or "") != actor, -dates[each.message_id]),
        )

    def _without_half_word(self, message_id: str, text: str) -> str:
        """A long piece of a mail, without the word that it ends in the middle of; of one that ends before a colon it is shown that more follows."""
        message = self._messages.get(message_id) if len(text) >= _LONG or text[-1:].isalnum() else None
        at = message.body.find(text) if message else -1
        goes_on = (
            message is not None and at >= 0 and text[-1].isalnum() and message.body[at + len(text) :][:1].isalnum()
        )
        if goes_on and len(text) >= _LONG:
            return f"{text.rsplit(None, 1)[0]} …"
        more = (
            message is not None
            and at >= 0
            and message.body[at + len(text) : at + len(text) + 2].strip(" ") in (":", ":\n")
        )
        return f"{text} …" if more else text

    def _date_of(self, question: Question) -> float:
        if question.date is not None:
            return utc(question.date).timestamp()
        message = self._messages.get(question.message_id)
        return utc(message.date).timestamp() if message and message.date else 0.0

    def _author_of(self, message_id: str, text: str) -> str:
        claim = self._claims.get((message_id, text))
        message = None if claim else self._messages.get(message_id)
        return self.person(claim.by if claim else str(message.author) if message else "")

    def quote(self, message_id: str, text: str, asked_of: str | None = None, fact: str = "") -> Quote:
        claim = self._claims.get((message_id, text))
        reference = self.refer(message_id)
        return Quote(
            text=one_line(self._without_half_word(message_id, text), _SENTENCE),
            author=self.person(claim.by) if claim else reference.author,
            day=self.day(claim.date) if claim else reference.day,
            reference=reference,
            asked_of=self.person(asked_of or ""),
            fact=fact,
        )


def _list(names: Sequence[str]) -> str:
    """Some names in words, the last of many as a number.

    >>> _list(["Ada"]), _list(["Ada", "Bo"]), _list(["Ada", "Bo", "Cy", "Di"])
    ('Ada', 'Ada and Bo', 'Ada and 3 more')
    """
    shown = (
        list(names)
        if len(names) <= _MOST_NAMES
        else [*names[: _MOST_NAMES - 1], f"{len(names) - _MOST_NAMES + 1} more"]
    )
    *first, last = shown
    return f"{', '.join(first)} and {last}" if first else last


def _tell_taken(posting: Series, status: Status) -> str:
    """Which patches of a series are in a tree, if these are not all and nobody says surely that all are."""
    numbers = status.taken
    if not numbers or (status.status in _IN_A_TREE and status.certainty == "asserted"):
        return ""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    *first, last = (f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    told = " and ".join(filter(None, (", ".join(first), last)))
    plural = len(numbers) > 1
    return f"patch{'es' if plural else ''} {told} (of {posting.expected}) {'are' if plural else 'is'} in a tree"


def tell_note(note: str | None, rule: str) -> str:
    """What the user said, cut before what was said since then."""
    note = note or ""
    said, mark, since = note.rpartition(SINCE) if rule == DOUBTED else (note, "", "")
    return one_line(said, _SENTENCE) + mark + one_line(since)


def _state(status: Status, place: Place) -> str:
    doubt = status.certainty if status.certainty not in (None, "asserted", "asked") else None
    if status.status is None or (len(place.labels) == 1 and doubt is None):
        return ""
    return f"{status.status}, {doubt}" if doubt else status.status


def newest_date(
    dates: Iterable[datetime | None], status: Iterable[Status], limit: datetime | None = None
) -> datetime | None:
    """The newest of the dates of mails and of what was said of works, none after `limit`, and no day of a user's note."""
    said = (each.as_of for each in status if each.rule not in BY_USER)
    known = [utc(date) for date in chain(dates, said) if date is not None]
    return max((date for date in known if limit is None or date <= utc(limit)), default=None)
