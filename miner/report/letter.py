"""The report that a maintainer would write by hand: what moved, what needs you, then who waits for whom, with the proof.

Everything in a `Letter` is cleaned already; the templates only lay it out, with what `tell_title`, `tell_facts` and `tell_need` say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from miner.report.overview import Entry, Place, Quote, Reference
from miner.report.rows import Row
from miner.report.wording import count

DECISION = Place("ready", "Needs your decision", "to decide", ("ready",))
REVIEW = Place("review", "Waiting for review", "to review", ("needs-review", "posted"))
AUTHOR = Place("author", "Waiting for the author", "with the author", ("needs-revision", "in-progress", "planned"))
BLOCKED = Place("blocked", "Blocked, and on what", "blocked", ("blocked",))
QUESTIONS = Place("answer", "Unanswered questions", "to answer", ("needs-reply",))
DONE = Place("done", "Applied and merged since then", "applied or merged", ("applied", "merged"), open=False)
OVER = Place("over", "Dropped or superseded since then", "dropped or superseded", ("dropped", "superseded"), open=False)
KNOWN = Place("known", "Found in a tree since then, by later mail", "found in a tree", DONE.labels, open=False)
STALE = Place("stale", "Stale: silent for longer than {days} days", "stale", ())
FAILS = Place("fails", "Said to fail since it was taken", "said to fail", (), open=False)
DENIED = Place("doubted", "You said otherwise before this mail came", "said otherwise", (), open=False)
_PLACES = {
    place.key: place
    for place in (DECISION, REVIEW, AUTHOR, BLOCKED, QUESTIONS, DONE, OVER, KNOWN, STALE, FAILS, DENIED)
}
_UNSURE = {"hedged": "not sure", "conditional": "on a condition", "negated": "said not to be so"}
_ASKED = {"ready": "the maintainer", "review": "reviewers"}  # whom the heading names
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
        return not self.moved and all(heap.key not in (DENIED.key, FAILS.key) for heap in self.heaps)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What is not shown, a sentence each."""
        copies, own, own_open = (
            count(self.copies, "copy", "copies"), count(self.own, "stale posting"), count(self.own_open, "posting")
        )  # fmt: skip
        told = (
            (self.hidden, f"{self.hidden} muted or snoozed by you."),
            (self.copies, f"{copies} for stable trees that nobody answered {_be(self.copies)} left out."),
            (self.own, f"{own} of those who take patches here, that nobody answered, {_be(self.own)} left out."),
            (
                self.own_open,
                f"{own_open} of those who take patches here wait{'s' if self.own_open == 1 else ''} for review or a decision, see `miner status`.",
            ),
        )
        return tuple(words for number, words in told if number)

    @property
    def title(self) -> str:
        on = f" on {self.day}" if self.day else ""
        return f"Where things stand{on}{f' for {self.reader}' if self.reader else ''}"


def _be(number: int) -> str:
    return "is" if number == 1 else "are"


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
    if section == STALE.key:
        return [tell_need(entry)]
    place = _PLACES[section]
    is_open = place.open
    label, _, doubt = entry.state.partition(", ")
    said = is_open and label in (*_SAID_BY_HEADING, *place.labels)
    state = "" if said or (section == FAILS.key and not doubt) else entry.standing
    elsewhere = "mostly for other lists" if entry.elsewhere else ""
    waits = is_open and entry.next_actor not in ("", entry.owner, *entry.waits_for, _ASKED.get(section))
    days = "" if entry.days is None else count(entry.days, "day") if entry.days else "today"
    by = "" if section == AUTHOR.key else "by " if is_open else "author "
    owner = f"{by if entry.reference else 'assignee '}{entry.owner}" if entry.owner else ""
    tree = entry.applied_to if entry.applied_to not in entry.standing else ""
    last = (f"git: {entry.tree}" if entry.tree else "", f"you: {entry.note}" if entry.note else "")
    if place in (DONE, OVER, KNOWN):
        at = f"{entry.standing} to {tree}" if entry.standing.endswith("applied") and tree else entry.standing
        return list(filter(None, (at, entry.taken, owner, *last)))
    told = (
        state,
        f"next: {entry.next_actor}" if waits else "",
        ", ".join(filter(None, (owner, days if is_open else ""))),
        elsewhere,
        f"waits for {', '.join(entry.waits_for)}" if entry.waits_for else "",
        f"in {tree}" if tree else "",
        entry.taken,
        _UNSURE.get(doubt, "") if said else "",
        entry.told_priority,
    )
    return list(filter(None, (*told, *last)))


def tell_need(entry: Entry) -> str:
    """Why a thing needs the reader, behind its title."""
    probably = "probably " if ", " in entry.state else ""
    why = f"{probably}for {entry.next_actor or 'somebody'}"
    return ", ".join(filter(None, (entry.news, why, count(entry.days, "day") if entry.days else "")))


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
