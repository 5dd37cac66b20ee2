"""What a status report is made of, before it has a form: parts, sections and entries, with the words that prove them.

All texts are cleaned already; the terminal, the pages and the letter only lay them out.
"""

from __future__ import annotations

from dataclasses import dataclass

from miner.model import StatusLabel
from miner.report.wording import count, tell_state


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

    elsewhere: bool = False  # it is mostly for other lists

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
        return f"{count(many, 'question')} unanswered"


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
        hidden = f"{self.hidden} muted or snoozed by you" if self.hidden else ""
        copies = f"{count(self.copies, 'copy', 'copies')} for stable trees that nobody answered" if self.copies else ""
        return tuple(filter(None, (hidden, copies)))
