"""The records that the stages hand to each other: frozen, made once, standard library only.

`None` is always "the mail did not say". Line numbers count from 0 and ends are exclusive, as in Python slices.
Character offsets count into `Message.body`. Message-ids stand without angle brackets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from itertools import accumulate
from typing import Literal

Form = Literal["mail", "flattened", "body"]
LayerKind = Literal["own", "quote", "attribution", "signature", "patch"]
StatusLabel = Literal[
    "planned",
    "in-progress",
    "posted",
    "needs-review",
    "needs-reply",
    "needs-revision",
    "ready",
    "applied",
    "merged",
    "blocked",
    "dropped",
    "superseded",
]
Certainty = Literal["asserted", "hedged", "conditional", "negated", "asked"]
IN_CELL = (
    "status-column"  # the rule of a claim that the status column of a table makes of its row, whose title it is `about`
)
UNDER_HEADING = "under-heading"  # the rule of a claim that a heading makes of a line of a list below it; it is `about` that line's name
OF_ROW = frozenset((IN_CELL, UNDER_HEADING))  # the rules of claims of a row by its own table or list
NAMED_ROW = "named-row"  # the rule of a claim that waits for a row of its mail, by its name; `about` is the row that waits, if it is named
# Rules of the status of a posting of which nothing more is known: than that it was posted, than the reviews that it carries.
POSTED, CARRIED = "posted", "carried-reviews"
# Rules of statuses by what later mails tell and nobody says.
CITED, LANDED, BUILT_UPON, SENT_ELSEWHERE = "cited-as-commit", "landed", "built-upon", "sent-elsewhere"
SILENT = frozenset({CITED, LANDED, BUILT_UPON, SENT_ELSEWHERE})
EARLIEST = datetime.min.replace(tzinfo=UTC)  # what has no date comes before all that has one
REPLACED = "newer-revision"  # the rule of the status of a posting that another one replaced
PatchState = Literal["same", "changed", "renamed", "new", "gone"]
TrailerKind = Literal["Reviewed-by", "Acked-by", "Tested-by", "Approved-by", "Nacked-by"]


@dataclass(frozen=True, slots=True)
class RawMail:
    """One mail as an archive holds it.

    `form` is "mail" (RFC 5322 bytes), "flattened" (one line of text that a crawler kept, no headers) or "body"
    (a bare body, from a *.jsonl source). `where` tells a person the place, such as `thread.mbox, mail 3`.
    """

    data: bytes
    where: str
    form: Form = "mail"
    ident: str | None = None  # the id that a *.jsonl row gives to its body
    blob: str | None = None  # git's id of the bytes in an epoch; where the reader knows them already, `data` is empty


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was left out, and why. `lost` is "mail", "row", "part" (cut, over a limit) or "source"."""

    where: str
    why: str
    lost: Literal["mail", "row", "part", "source"] = "mail"


@dataclass(frozen=True, slots=True)
class Person:
    """A name and an address as a mail wrote them; either may be missing, not both.

    >>> str(Person("Ada B", "ada@example.org"))
    'Ada B <ada@example.org>'
    """

    name: str | None
    address: str | None

    def __str__(self) -> str:
        if self.name and self.address:
            return f"{self.name} <{self.address}>"
        return self.name or self.address or ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a quoted run was first written: a message and the line of its body."""

    message_id: str
    first_line: int


@dataclass(frozen=True, slots=True)
class Layer:
    """A run of body lines with one quote depth and one author. `attribution` is the line that names the author."""

    depth: int
    first_line: int
    end_line: int
    kind: LayerKind
    author: str | None = None
    attribution: int | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class FlatLayer:
    """A layer as a row of a table: with its message, and its origin in two columns."""

    message_id: str
    depth: int
    first_line: int
    end_line: int
    kind: LayerKind
    author: str | None
    attribution: int | None
    origin_message_id: str | None
    origin_first_line: int | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a Subject header says of a patch (see parse/subject.py). `title` is without "Re:" and the tag."""

    text: str
    title: str
    reply: bool = False
    patch: bool = False  # a [PATCH ...] or [RFC ...] tag that counts as a posting
    pull: bool = False
    rfc: bool = False
    resend: bool = False
    revision: int | None = None  # None: not said
    minor: int = 0  # the 1 of v2.1
    number: int | None = None  # the n of n/m; 0 is a cover letter
    total: int | None = None
    tags: tuple[str, ...] = ()  # what else stood in the brackets: trees, subsystems, versions


@dataclass(frozen=True, slots=True)
class Message:
    """One mail, parsed. `date` is in UTC; `layers` cover every line that is not blank, in order, and never overlap."""

    message_id: str
    subject: Subject
    author: Person
    date: datetime | None
    in_reply_to: str | None
    references: tuple[str, ...]
    recipients: tuple[Person, ...]
    list_id: str | None
    body: str
    where: str
    form: Form = "mail"
    layers: tuple[Layer, ...] = ()
    origins: tuple[Origin | None, ...] = ()  # for each body line where it was first written, as far as that is known
    headers: Mapping[str, str] = field(default_factory=dict)  # the few further ones that the join reads, lower case

    @property
    def lines(self) -> list[str]:
        return self.body.split("\n")


def find_line_starts(lines: Iterable[str]) -> list[int]:
    """Where each line begins in the text that they are of, as offsets, and last of all one past its end and line break.

    >>> find_line_starts(["ab", "", "c"])
    [0, 3, 4, 6]
    """
    return [0, *accumulate(len(line) + 1 for line in lines)]


@dataclass(frozen=True, slots=True)
class ThreadHead:
    """What tells which thread a mail belongs to, and whether another mail with its id says the same.

    `named` are the messages that it answers or refers to; `cut` tells how much of a long body was read.
    """

    message_id: str
    named: tuple[str, ...]
    reply: bool
    title: str
    date: datetime | None = None
    body_digest: str = ""
    flattened: bool = False
    cut: str | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """One copy of a work item's row as it stands in one mail: in own text (depth 0) or in a quote.

    `first_line` to `end_line` is the place of the row itself; `reach_line` is where its territory ends: own text
    below the row and before that line answers it. `author` wrote the row first, as far as the mail can tell.
    """

    title: str
    columns: Mapping[str, str | tuple[str, ...] | None]  # in the poster's order, names lower case
    depth: int
    first_line: int
    end_line: int
    reach_line: int
    author: str | None
    links: tuple[str, ...] = ()  # every link in the row, those behind its `[1]`-style footnotes too
    listed: bool = False  # a line of a status list, in which its writer says where the item stands


@dataclass(frozen=True, slots=True)
class Claim:
    """A clause in which somebody says where a piece of work stands. `text` is body[start:end]. `holder` is whom its author reports, if not
    himself, and `agrees` tells whether he says the same: "as she said, it is merged"."""

    message_id: str
    start: int
    end: int
    text: str
    status: StatusLabel
    certainty: Certainty
    confidence: float
    by: str
    holder: str | None = None
    date: datetime | None = None
    waiting_on: tuple[str, ...] = ()
    target: str | None = None
    about: str | None = None
    depends_on: tuple[str, ...] = ()
    item: str | None = None
    series: str | None = None
    agrees: bool = False
    rule: str = field(kw_only=True)

    @classmethod
    def of(
        cls,
        message: Message,
        place: tuple[int, int],
        status: StatusLabel,
        certainty: Certainty,
        confidence: float,
        *,
        rule: str,
        waiting_on: tuple[str, ...] = (),
        target: str | None = None,
        about: str | None = None,
        series: str | None = None,
    ) -> Claim:
        """What the words at a place of a mail's body say."""
        start, end = place
        text, by = message.body[start:end], str(message.author)
        said = (message.message_id, start, end, text, status, certainty, confidence, by, None, message.date)
        return cls(*said, waiting_on, target, about, series=series, rule=rule)

    @property
    def is_his_own(self) -> bool:
        """Whether its author himself says so, alone or with somebody whom he reports."""
        return self.holder is None or self.agrees

    def _repr_html_(self) -> str:
        doubt = "" if self.certainty == "asserted" else f" ({self.certainty})"
        day = f", {self.date:%Y-%m-%d}" if self.date else ""
        said = f"<b>{escape(self.status)}{doubt}</b> {self.confidence:.2f}, rule {escape(self.rule)}"
        return f"<blockquote>{escape(self.text)}</blockquote><p>{escape(self.by)}{day}: {said}</p>"


@dataclass(frozen=True, slots=True)
class Considered:
    """A status that a sentence might claim: its probability, the rule that matched for it (None: none did), the
    classifier's score, the features that weigh most for that score, and whether it became a claim. `words` are those that the
    claim covers; `needed` is from which probability on it would be one, None where it is not weighed."""

    status: StatusLabel
    certainty: Certainty | None
    probability: float
    rule: str | None
    score: float
    features: tuple[tuple[str, float], ...]
    claimed: bool
    words: str = ""
    needed: float | None = None


@dataclass(frozen=True, slots=True)
class ExplainedSentence:
    """A sentence of a mail and what was made of it; `text` is body[start:end]. Where the cheap pass threw it away
    nothing was considered."""

    message_id: str
    start: int
    end: int
    text: str
    passed: bool
    considered: tuple[Considered, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """A posting that an item is about: its root, how sure that is (0 to 1), and why."""

    series: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A note that has a work item in a line of its own: what it calls it, how sure it is (0 to 1) that it is this one,
    and why."""

    message_id: str
    title: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A row of a table that somebody posted, or a line of a status list, all its copies in quotes tied to it. `ties`
    says of each of `series` why; `listings` are the notes that have it, the oldest first."""

    item: str
    priority: str | None
    description: str | None
    links: tuple[str, ...]
    location: tuple[str, ...]
    assignee: str | None
    message_id: str
    series: tuple[str, ...]
    columns: Mapping[str, str | tuple[str, ...] | None]  # every further column
    ties: tuple[Tie, ...] = ()
    listings: tuple[Listing, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a form mail says became of a posting.

    `kind` is the form: thanks, patchwork-bot, pr-tracker-bot, tip-bot, stable-note, mm-added, mm-merged, mm-dropped.
    `patches` are the numbers of the patches that it covers, `complete` tells whether these are all. `commits` are as
    the mail gives them, in its order. `start` and `end` are the words that say it, in the mail's body.
    """

    message_id: str
    start: int
    end: int
    kind: str
    status: StatusLabel
    tree: str | None
    date: datetime | None
    commits: tuple[str, ...]
    patches: tuple[int, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the project's own tree. `date` is the committer's, in UTC.

    `message_ids` are those of its Link: and Message-ID: trailers, the surest first. `tag` is the oldest tag that
    contains it, of a release if there is one (`released`). `reverts` is the commit that it takes back.
    """

    sha: str
    title: str
    author: Person
    date: datetime
    message_ids: tuple[str, ...]
    reverts: str | None = None
    tag: str | None = None
    released: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """The words of a mail by which something is known that nobody says; `by` posted it, where it is a patch."""

    message_id: str
    date: datetime
    text: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A commit as a mail names it: `title` has the title's words in lower case, `text` are the words of the mail. A
    pull request lists commits without their `sha`, which is empty then, by `author`, empty where no list tells it.
    `landed` where a mail tells that it is in mainline: the answer to that pull request, or a copy for a stable tree."""

    title: str
    sha: str
    message_id: str
    date: datetime
    text: str
    author: str = ""
    landed: Mention | None = None


@dataclass(frozen=True, slots=True)
class PatchCommit:
    """The commit that a patch became: `how` it is known to be this one, the tag that contains it, as in `Commit`, and
    whether a later commit took it back."""

    sha: str
    how: Literal["link", "patch-id", "title"]
    tag: str | None
    released: bool
    reverted: bool
    date: datetime


@dataclass(frozen=True, slots=True)
class Trailer:
    """A Reviewed-by: or its kin, laid on the patches (by number) that it is for. `start` and `end` are its place in the
    mail `message_id`.

    `way` is "given" if the person said it in a reply, "carried" if somebody else wrote it down for him: the author in a
    patch, or in an answer. `source` is the reply in which it was given, None if it is not at hand. `state` is
    "conditional" if it hangs on a change, "withdrawn" if the same person took it back or said the opposite later.
    """

    message_id: str
    start: int
    end: int
    kind: TrailerKind
    by: str
    date: datetime | None
    patches: tuple[int, ...]
    way: Literal["given", "carried"]
    source: str | None
    state: Literal["stands", "conditional", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Series:
    """One posting of a patch or a patch series. `patches` has one place for each expected patch, None if missing.
    `outcomes` are what form mails say became of it, oldest first. `commits` has, like `patches`, one place for each
    expected patch, None where the project's git tree has none; empty where no tree was asked. `minor` is the 1 of v2.1.
    `cited` has where later mails name the commits of its patches, one place for each as well; empty where none does. So have
    `built_upon`, the mails of later patches that begin where each ends or find its lines, `built_by_author`, those of its author that
    do so soon, which tell something of whoever takes patches himself, and `sent_again`, those by which its author sent each, or most of
    its lines, once more.

    A posting that sends only some patches of an older one anew stands for the whole: the patches `taken_over` (by
    number) and the cover are those of the older one. `trailers` are the reviews of its patches, oldest first.
    `copied_to` are the stable trees that it is a copy for, as its subject names them.
    """

    root: str
    title: str
    revision: int
    expected: int
    cover: str | None
    patches: tuple[str | None, ...]
    author: str
    date: datetime | None
    change_id: str | None
    chain: str
    supersedes: tuple[str, ...]
    outcomes: tuple[Outcome, ...] = ()
    commits: tuple[PatchCommit | None, ...] = ()
    minor: int = 0
    taken_over: tuple[int, ...] = ()
    trailers: tuple[Trailer, ...] = ()
    cited: tuple[Citation | None, ...] = ()
    copied_to: tuple[str, ...] = ()
    built_upon: tuple[tuple[Mention, ...], ...] = ()
    sent_again: tuple[Mention | None, ...] = ()
    built_by_author: tuple[tuple[Mention, ...], ...] = ()


def mentions_of(posting: Series) -> Iterator[Mention | Citation]:
    """All that later mails tell of a posting's patches and nobody says."""
    for cited in filter(None, posting.cited):
        yield cited
        if cited.landed is not None:
            yield cited.landed
    yield from (each for mentions in (*posting.built_upon, *posting.built_by_author) for each in mentions)
    yield from filter(None, posting.sent_again)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words of a mail that prove a status, and the status that they speak for."""

    message_id: str
    text: str
    status: StatusLabel

    @classmethod
    def of(cls, claim: Claim) -> Evidence:
        return cls(claim.message_id, claim.text, claim.status)


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the work that nobody answered in the mails at hand; `by` asked it."""

    message_id: str
    text: str
    asked_of: str | None
    by: str | None = None
    date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What a piece of work waits for: `on` is an item by its title, a posting by its root, or the words of the sentence
    where these name nothing at hand. `text` is the sentence that says so, of the mail `message_id`."""

    on: str
    message_id: str
    text: str
    date: datetime | None


@dataclass(frozen=True, slots=True)
class Weighed:
    """How the words below a posting were weighed: the `share` of readers (0 to 1) who would name its status, and of all
    others the one that most would name, `rather_than`, with its `other_share`. `signs` are who said what, those first
    that decide most between the two: how much more a sign brings to the status than to the other, in logits, below 0
    where it speaks against it.
    """

    share: float
    rather_than: StatusLabel
    other_share: float
    signs: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Status:
    """What all claims and facts about one item or one posting add up to, and the sentences that prove it.

    `as_of` is the date of the newest mail that says something of it, `since` that of the word or the posting from which
    on the status holds: a reminder moves the one and not the other.
    `depends_on` is what it waits for and is not finished; `needs` tells who said so, also of what is finished by now.
    `tree` is what the project's git tree has of it, in words: None where it has nothing to say, or was not asked.
    `note` is what the user said of it, and `hidden_until` the day until which he wants to hear nothing of it, or
    "always".
    `taken` are the numbers of the patches of its newest posting that are in a tree, as far as mails tell; empty where all are, or none.
    `confidence` is, of a posting that nothing but words decides, how often people agreed who read such threads of lists
    that taught nothing, 0 to 1; else None. `weighed` tells of the same postings what was weighed.
    """

    kind: Literal["item", "series"]
    key: str
    title: str
    status: StatusLabel | None
    also: tuple[StatusLabel, ...]
    certainty: Certainty | None
    next_actor: str | None
    waiting_on: tuple[str, ...]
    applied_to: str | None
    depends_on: tuple[str, ...]
    as_of: datetime | None
    since: datetime | None
    evidence: tuple[Evidence, ...]
    rule: str
    unanswered: tuple[Question, ...]
    revision: int | None
    chain: str | None
    series: tuple[str, ...]
    assignee: str | None
    priority: str | None
    tree: str | None = None
    note: str | None = None
    hidden_until: str | None = None
    needs: tuple[Need, ...] = ()
    confidence: float | None = None
    weighed: Weighed | None = None
    taken: tuple[int, ...] = ()

    @property
    def work(self) -> tuple[str, str]:
        """The piece of work that it is about, by its kind and name: an item, or all postings of a chain."""
        return self.kind, self.key if self.kind == "item" else self.chain or self.key

    @property
    def place_in_chain(self) -> tuple[bool, int]:
        """What sorts the postings of a work, the newest last: what another one replaced, whatever its number; then by
        version."""
        return self.rule != REPLACED, self.revision or 1


@dataclass(frozen=True, slots=True)
class Move:
    """A change of where a piece of work stands: of an item, or of the newest posting of a series. `before` is the
    status that it had, None if it was unknown or the work was `new`. `date` is that of the mail that moved it, as far
    as is known. `note` is what the user said, where that moved it, and `waiting_on` all who are waited for."""

    date: datetime | None
    kind: Literal["item", "series"]
    key: str
    chain: str | None
    title: str
    before: StatusLabel | None
    status: StatusLabel | None
    certainty: Certainty | None
    revision: int | None
    next_actor: str | None
    rule: str
    evidence: tuple[Evidence, ...]
    new: bool
    note: str | None = None
    waiting_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, request or suggestion in somebody's own words: `text` is body[start:end] of its mail. `question`
    tells whether words can answer it, `change` whether it asks for a change of the patch; some do both."""

    message_id: str
    start: int
    end: int
    text: str
    by: str
    date: datetime | None
    question: bool = False
    change: bool = False


@dataclass(frozen=True, slots=True)
class AnsweredAsk:
    """What a reviewer asked for below a patch, and how it was answered: `open` if nothing here answers it.

    `patch` is the mail that it is about (a patch, or the cover), `number` that patch's, `file` and `quoted` the place
    in it that it stands below. `agreed` is an answer that agrees, `changed` a newer revision that differs there:
    `reply` is the answer, `change` the line that differs, or the line of the changelog.
    """

    ask: Ask
    patch: str | None
    number: int | None
    file: str | None
    quoted: str | None
    verdict: Literal["changed", "agreed", "reply", "open"]
    reply: Reply | None
    change: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """The words that answer an ask: the first line of them, and whose."""

    message_id: str
    text: str
    by: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class PatchChange:
    """What became of a patch from one posting to another. `old` and `new` are its numbers and `old_id` and `new_id` its
    mails there; `old_title` is None if the title stayed. `what` tells the parts that differ: code, context (the lines
    around), message, trailers. `added` and `removed` count lines of its diff that came and went; `range_diff` has the
    lines of `git range-diff`, None where it was left out.
    """

    state: PatchState
    title: str
    old_title: str | None
    old: int | None
    new: int | None
    old_id: str | None
    new_id: str | None
    what: tuple[str, ...]
    added: int
    removed: int
    range_diff: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two postings of one piece of work: what became of each patch, and the asks below the older one. `notes` say what
    was left out, and why."""

    older: Series
    newer: Series
    patches: tuple[PatchChange, ...]
    asks: tuple[AnsweredAsk, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge of the graph (see join/graph.py): two nodes by name, with their kinds, and the words or the fact that say
    so. `message_id` is the mail that has these words, where they are a sentence's."""

    source: str
    source_kind: str
    target: str
    target_kind: str
    kind: str
    date: datetime | None
    reason: str | None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """A piece of work that waits for another one, or for what is known by words alone (`on_kind` "other"), with the sentence that says
    so (of the mail `message_id`).
    `next_actor` is who must act on the other one; `holds_up` counts the works that wait for this waiting one in turn,
    at any distance."""

    kind: Literal["item", "series"]
    key: str
    title: str
    status: StatusLabel | None
    on_kind: Literal["item", "series", "other"]
    on_key: str
    on_title: str
    on_status: StatusLabel | None
    next_actor: str | None
    text: str
    message_id: str | None
    date: datetime | None
    holds_up: int


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work, and how many others wait for it, at any distance."""

    kind: str
    key: str
    title: str
    holds_up: int


@dataclass(frozen=True, slots=True)
class Blockage:
    """Everything that waits for other work. `cycles` are the titles of works that wait for each other in a ring;
    `worst` is the work that holds up most others, None where nothing waits."""

    waits: tuple[Wait, ...]
    cycles: tuple[tuple[str, ...], ...]
    worst: Work | None


@dataclass(frozen=True, slots=True)
class Pace:
    """What is usual on a list of so many `works`: nine of ten of them were never silent for longer than `silent_days`
    and went on; half get a first answer within `reply_days`, and half of the new versions come within
    `revision_days`."""

    works: int = 0
    silent_days: float = 30.0
    reply_days: float | None = None
    revision_days: float | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What somebody said he would do: send a new `version`, or have a `look`. `due` is the end of the time that he
    named, None if he named none. `moot` is what nobody waits for any more, `late` what is over its time, or the list's
    usual one."""

    message_id: str
    text: str
    by: str
    kind: Literal["version", "look"]
    item: str | None
    series: str | None
    date: datetime
    due: datetime | None
    state: Literal["kept", "open", "late", "moot"]
    kept_by: str | None
    kept: datetime | None
    title: str  # of the series
