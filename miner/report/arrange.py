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
from dataclasses import replace
from datetime import date, datetime
from itertools import chain

from miner.model import (
    EARLIEST,
    SILENT,
    Claim,
    Evidence,
    Message,
    Question,
    Series,
    Status,
    WorkItem,
)
from miner.notes import BY_USER, DOUBTED, SINCE
from miner.numbers import tell_numbers
from miner.report.choosing import keep_newest, sift
from miner.report.escape import message_url, one_line
from miner.report.overview import PLACE_OF, PLACES, Entry, Overview, Part, Place, Quote, Reference, Section
from miner.report.persons import Persons
from miner.report.proofs import choose_proofs, find_answered_words, find_asked_about
from miner.report.rows import LATE, day_of, stamp_of, utc
from miner.report.same import number_of
from miner.report.urgency import keys_of
from miner.report.wording import is_merge_notice, is_release, tell_shown, tell_version
from miner.robots import find_wrong

ARCHIVE_URL = "https://lore.kernel.org/all/{message_id}/"
TRAILER = re.compile(r"\s*(?P<what>[A-Z][a-z]+)-by:\s*(?P<who>\S.{0,200})")
_SUPPORT = frozenset({"acked", "reviewed", "tested"})
_SENTENCE = 280  # characters of a sentence that are shown
_TITLE = 160
_LONG = 150  # characters of a piece that may have been cut
_SERIES_SHOWN = 3
MOST_QUESTIONS = 3  # of a work
_ROLES = {"author": "the author", "maintainer": "the maintainer", "reviewers": "reviewers", "reviewer": "a reviewer"}


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
    shown, hidden, copies = sift(status, desk.series, today)
    return replace(desk.overview(shown, items), hidden=hidden, copies=copies)


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

    def age(note: str) -> tuple[float, str]:
        message = messages.get(note)
        return stamp_of(message.date if message else None), note

    return {ident: max(found, key=age) for ident, found in together.items()}


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
        self.series = {each.root: each for each in series}
        self._chains = Counter(each.chain for each in series)
        self._claims = {(claim.message_id, claim.text): claim for claim in claims}
        self.mails = find_by_id(messages)
        self._archive_url = archive_url
        self._stale_days = stale_days
        self._as_of = as_of
        self._everything = everything
        self._references: dict[str, Reference] = {}
        self.person = Persons(series, self._claims.values(), self.mails).call

    def overview(self, status: Sequence[Status], items: Sequence[WorkItem]) -> Overview:
        tables = _split_by_table([each for each in status if each.kind == "item"], items, self.mails)
        parts = [self._part("items", "Work items", each, table) for table, each in tables.items()]
        postings = [each for each in status if each.kind == "series"]
        if postings:
            parts.append(self._part("series", "Patch series", postings, None))
        counts = Counter(section.place for part in parts for section in part.sections for _ in section.entries)
        return Overview(
            day=day_of(self._as_of),
            items=sum(len(each) for each in tables.values()),
            series=sum(part.count for part in parts if part.key == "series"),
            tally=tuple((place, counts[place]) for place in PLACES if counts[place]),
            parts=tuple(parts),
            references=self.references,
        )

    @property
    def references(self) -> tuple[Reference, ...]:
        """All mails that were referred to so far, by their numbers."""
        return tuple(self._references.values())

    def _part(self, key: str, title: str, status: Sequence[Status], table: str | None) -> Part:
        origin = self.refer(table) if table else None
        older: dict[str, tuple[str, ...]] = {}
        if key == "series" and not self._everything:
            status, older = keep_newest(status, self.series)
        sections = []
        for place in PLACES:
            here = [each for each in status if PLACE_OF[each.status] is place]
            here.sort(key=self.waiting_since, reverse=not place.open)
            entries = tuple(self.entry(each, place, older.get(each.key, ())) for each in here)
            if entries:
                sections.append(Section(place, entries))
        return Part(key, title, origin, tuple(sections))

    def refer(self, message_id: str) -> Reference:
        """The reference to a mail; the same mail keeps its number."""
        known = self._references.get(message_id)
        if known is None:
            message = self.mails.get(message_id)
            known = Reference(
                number=len(self._references) + 1,
                message_id=one_line(message_id, 200),
                url=message_url(message_id, self._archive_url),
                subject=one_line(message.subject.text, _TITLE) if message else "",
                author=self.person(str(message.author)) if message else "",
                day=day_of(message.date) if message else "",
            )
            self._references[message_id] = known
        return known

    def title_of(self, root: str | None) -> str:
        """The title of a posting; what is none, or not at hand, as it is called here."""
        posting = self.series.get(root or "")
        return posting.title if posting else root or ""

    def _posting_of(self, status: Status) -> Series | None:
        """The posting whose status it is; None for a work item."""
        return self.series.get(status.key) if status.kind == "series" else None

    def tell_trailers(self, status: Status) -> str:
        """Who reviewed, tested or acknowledged a posting, in words: "acked by Ada and Bo, tested by Cy"."""
        posting = self._posting_of(status)
        said = [(found["what"], found["who"]) for each in status.evidence if (found := TRAILER.match(each.text))]
        laid = posting.trailers if posting else ()
        said += [(each.kind.removesuffix("-by"), each.by) for each in laid if each.state != "withdrawn"]
        names: dict[str, list[str]] = {}
        seen = set(keys_of(posting.author or "")) if posting else set()  # what he says of it himself is no review
        for what, who in said:
            if what.casefold() in _SUPPORT and seen.isdisjoint(keys_of(who)):
                names.setdefault(what.casefold(), []).append(self.person(who))
                seen.update(keys_of(who))
        return ", ".join(f"{what} by {_list(who)}" for what, who in names.items())

    def is_pull(self, status: Status) -> bool:
        """Whether it is a pull request."""
        message = self.mails.get(status.key)
        return message is not None and message.subject.pull

    def waiting_since(self, status: Status) -> datetime:
        """The day, not the minute: what moved on the same day stays in the order of its table."""
        since = status.since or status.as_of
        if since is None:
            return LATE if PLACE_OF[status.status].open else EARLIEST
        return utc(since).replace(hour=0, minute=0, second=0, microsecond=0)

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
        posting = self._posting_of(status)
        own_words = status.rule in BY_USER - {DOUBTED} and not self._everything  # the user's stand there instead
        told = [] if brief or own_words else choose_proofs(status, posting, self.mails.get)
        asked = () if brief or own_words or not (place.open or self._everything) else status.unanswered
        evidence = tuple(self._proof(each, status) for each in told[: 3 if self._everything else 1])
        trees = f" ({', '.join(posting.copied_to)})" if posting and posting.copied_to else ""
        title = one_line(f"{status.title or status.key}{trees}", _TITLE)
        revision = _tell_revision(status, posting)
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
            since=day_of(since),
            days=self.days(since),
            stale=self.is_stale(status, place),
            priority=one_line(status.priority or "", 40),
            also=status.also,
            waits_for=tuple(one_line(self.title_of(each), 80) for each in status.depends_on) if place.open else (),
            applied_to=one_line(status.applied_to or "", 80),
            series=() if brief else self._linked(status),
            evidence=evidence,
            questions=tuple(map(self._ask, questions[:shown])),
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
        number = number_of(posting, self.mails) if posting else 0
        return f"patch {number} of {posting.expected}" if posting and number else ""

    def is_stale(self, status: Status, place: Place) -> bool:
        """Whether somebody has to act, and nothing was said for too long: who was reminded of late is not forgotten."""
        days = self.days(status.as_of)
        return place.open and days is not None and days > self._stale_days

    def days(self, since: datetime | None) -> int | None:
        """The days of the calendar from one date to the day of the report, both as they are shown: no hours are cut."""
        if since is None or self._as_of is None:
            return None
        return max(0, (utc(self._as_of).date() - utc(since).date()).days)

    def _next_actor(self, status: Status) -> str:
        """A name for who must act; a role becomes the person who has it, as far as that is known. A release is nobody."""
        actor = status.next_actor or ", ".join(status.waiting_on[:2])
        owner = self._owner(status) if actor == "author" else ""
        return owner or _ROLES.get(actor) or ("" if is_release(actor) else self.person(actor))

    def _owner(self, status: Status) -> str:
        posting = self._posting_of(status)
        return self.person(status.assignee or (posting.author if posting else ""))

    def _linked(self, status: Status) -> tuple[tuple[str, Reference], ...]:
        """The newest of the postings that a work item links to."""
        if status.kind == "series":
            return ()
        linked = []
        for root in status.series[-_SERIES_SHOWN:]:
            posting = self.series.get(root)
            linked.append((f"v{posting.revision}" if posting else "", self.refer(root)))
        return tuple(linked)

    def _proof(self, proof: Evidence, status: Status) -> Quote:
        """The words that prove a status; those that are no sentence are told."""
        quote = self.quote(proof.message_id, proof.text, fact=proof.status)
        words = " ".join(proof.text.split())
        if status.rule in SILENT or is_merge_notice(words):
            said = (proof.message_id, proof.text) in self._claims
            return replace(quote, told=tell_shown(words, None if said else status.rule))
        answers = find_answered_words(proof, status, self.mails.get(proof.message_id))
        return replace(quote, answers=answers) if answers else quote

    def _ask(self, question: Question) -> Quote:
        about = find_asked_about(question.text, self.mails.get(question.message_id))
        return replace(self.quote(question.message_id, question.text, question.asked_of), answers=about)

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

        def rank(question: Question) -> tuple[bool, float]:
            return not actor or self.person(question.asked_of or "") != actor, -self._date_of(question)

        return sorted(once.values(), key=rank)

    def _without_half_word(self, message_id: str, text: str) -> str:
        """A long piece of a mail, without the word that it ends in the middle of; of one that ends before a colon it is shown that more follows."""
        ends_in_word = text[-1:].isalnum()
        message = self.mails.get(message_id) if len(text) >= _LONG or ends_in_word else None
        at = message.body.find(text) if message else -1
        if message is None or at < 0:
            return text
        behind = message.body[at + len(text) : at + len(text) + 2]
        if len(text) >= _LONG and ends_in_word and behind[:1].isalnum():
            return f"{text.rsplit(None, 1)[0]} …"
        return f"{text} …" if behind.strip(" ") in (":", ":\n") else text

    def _find_wrong(self, message_id: str, text: str) -> str:
        """What a robot says to be wrong, where the text only says that this follows."""
        message = self.mails.get(message_id) if text.endswith(":") else None
        return find_wrong(message, text) if message else ""

    def _date_of(self, question: Question) -> float:
        message = self.mails.get(question.message_id)
        return stamp_of(question.date or (message.date if message else None))

    def _author_of(self, message_id: str, text: str) -> str:
        claim = self._claims.get((message_id, text))
        message = None if claim else self.mails.get(message_id)
        return self.person(claim.by if claim else str(message.author) if message else "")

    def quote(self, message_id: str, text: str, asked_of: str | None = None, fact: str = "") -> Quote:
        """Words of a mail; their author and day are those of the claim in them, if there is one, for it may stand in a quote."""
        claim = self._claims.get((message_id, text))
        reference = self.refer(message_id)
        return Quote(
            text=one_line(self._find_wrong(message_id, text) or self._without_half_word(message_id, text), _SENTENCE),
            author=self._author_of(message_id, text),
            day=day_of(claim.date) if claim else reference.day,
            reference=reference,
            asked_of=self.person(asked_of or ""),
            fact=fact,
        )


def _list(names: Sequence[str]) -> str:
    """Some names in words, the last of many as a number.

    >>> _list(["Ada"]), _list(["Ada", "Bo"]), _list(["Ada", "Bo", "Cy", "Di"])
    ('Ada', 'Ada and Bo', 'Ada and 3 more')
    """
    return " and ".join(names if len(names) <= 2 else (names[0], f"{len(names) - 1} more"))


def _tell_revision(status: Status, posting: Series | None) -> str:
    """The version of a posting, "v2.1"; empty where it has none."""
    minor = f".{posting.minor}" if posting and posting.minor else ""
    return f"v{status.revision}{minor}" if status.revision else ""


def _tell_taken(posting: Series, status: Status) -> str:
    """Which patches of a series are in a tree, if these are not all and nobody says surely that all are."""
    numbers = status.taken
    if not numbers or (status.status in ("applied", "merged") and status.certainty == "asserted"):
        return ""
    plural = len(numbers) > 1
    return f"patch{'es' if plural else ''} {tell_numbers(numbers)} (of {posting.expected}) {'are' if plural else 'is'} in a tree"


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
