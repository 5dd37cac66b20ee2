"""Tie each claim to the item and the posting that it is about, by the first of these that says something:

a link or `[2]`-style footnote in the claim's own sentence; the quoted row that it answers, through quotes of quotes; the
names in the sentence; the posting whose thread it stands in; and last, what somebody else's claim points at with a link.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from miner.columns import ASSIGNEE
from miner.join.about import read_end
from miner.join.items import Entry, as_text, row_links, title_key
from miner.join.masks import Unmasker
from miner.join.match import LINKED, SAID, TITLED, guess_ties
from miner.join.people import People
from miner.join.replacements import claim_replaced
from miner.join.series import looks_like_posting
from miner.join.subjects import is_to_come, only_tries, speaks_of_other
from miner.join.threads import Threads
from miner.links import find_message_ids, find_references, read_footnotes
from miner.model import NAMED_ROW, UNDER_HEADING, Claim, Layer, Message, Series, Tie, WorkItem
from miner.notes import Note, pins_of

MAX_HOPS = 8
NEAR, LONGEST_SENTENCE = 400, 2_000  # characters: what is read around words whose sentence has no end within the other
_MARKS = re.compile(r"^>[> \t]*")
_SENTENCE = re.compile(r"[.?!][)\"']?(?:\s|$)|\n[> \t]*\n")
_BULLET = re.compile(r"^[> \t]*(?:[-*+•]|\d{1,2}[.)])[ \t]+(?=\S)", re.M)
# What is done to the table, or to what a row says; of other words that may mean it nobody knows.
_OF_A_TABLE = re.compile(
    r"\b(?:rows?|tables?|columns?|links?|wiki|meetings?|agenda|owner|persons?|priority|cc)\b|\b(?:my|this|your|our|from the) lists?\b",
    re.I,
)
_MAY_BE_OF_A_TABLE = re.compile(r"\b(?:lists?|entry|entries|lines?|copy)\b", re.I)
LEAST_TO_PASS_ON = 0.5  # confidence of a claim below a row that counts, for the posting as well
LEAST_TO_END = 0.6  # and of one by which the work ends
ENDS = frozenset({"applied", "merged", "dropped", "superseded"})
_BLANK_LINE = re.compile(r"\n[> \t]*\n")
_CODE_LINE = re.compile(r"\+(?!\+\+)|-(?![- ]|$)|-[ \t]{2,}\S")
_THIS = re.compile(r"\bth(?:is|ese) (?:one|patch|patches|series|set|patchset|version|posting|rfc)\b", re.I)
# What a patch mail says of other work by a link: that its own waits for that.
_WAITS_FOR = re.compile(
    r"\b(?:depend(?:s|ing|ent)? (?:up)?on|needs?|requires?|(?:goes|sits|builds?|built|based|is|are|apply|applies) (?:up)?on(?: top of)?|on top of"
    r"|prerequisites?|rel(?:y|ies|ying) (?:up)?on|blocked (?:by|on)|wait(?:s|ing)? for)\b",
    re.I,
)
_OWNED = re.compile(
    r"(?:(?:so|and|but|then|thus|hence|therefore),? )?([^\W\d_][\w-]+)(?:'s?|’s?) (?:patch(?:es|set)?|series|work|changes?|set|stuff|part) "
    r"(?:can|could|will|is|are|has|have|must|needs?|should|waits?|goes|went|was|were)\b",
    re.I,
)
_MIN_TITLE = 4
_MIN_HINT = 5
BEFORE_NOTES, AFTER_NOTES = timedelta(days=30), timedelta(days=120)
_TELLS_OF_POSTING = frozenset({"posted", "needs-review", "needs-revision", "ready", "applied", "merged"})


@dataclass(frozen=True)
class Ties:
    """Everything that claims are tied to. `of_message` gives the root of the posting that a patch or cover belongs to."""

    threads: Threads
    entries: Sequence[Entry]
    series: Sequence[Series]
    people: People
    unmask: Unmasker
    notes: Sequence[Note] = ()

    @cached_property
    def of_message(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for one in self.series:
            for ident in (one.root, one.cover, *one.patches):
                if ident is not None:
                    found.setdefault(ident, one.root)
        return found

    @cached_property
    def by_root(self) -> Mapping[str, Series]:
        return {one.root: one for one in self.series}

    @cached_property
    def links_of_entry(self) -> Sequence[tuple[str, ...]]:
        return [row_links(entry, self.unmask) for entry in self.entries]

    @cached_property
    def rows_of_message(self) -> Mapping[str, list[tuple[int, int, int, int]]]:
        """For each message the territories of rows in it: (first line, reach line, depth, index of the entry)."""
        found: dict[str, list[tuple[int, int, int, int]]] = {}
        for n, entry in enumerate(self.entries):
            for ident, row in entry.copies:
                found.setdefault(ident, []).append((row.first_line, row.reach_line, row.depth, n))
        return found

    @cached_property
    def linking(self) -> Mapping[str, Sequence[str]]:
        """For each message the later ones of other threads that link to it in their own text, the oldest first."""
        messages, roots = self.threads.messages, self.threads.roots
        found: dict[str, list[str]] = {}
        for later in messages.values():
            if "://" not in later.body or later.date is None:
                continue
            own = "\n".join("\n".join(_lines_of(later, each)) for each in later.layers if each.kind == "own")
            for ident in {self.unmask.resolve(ident) for ident in find_message_ids(own)} & messages.keys():
                date = messages[ident].date
                if date is not None and date < later.date and roots[ident] != roots[later.message_id]:
                    found.setdefault(ident, []).append(later.message_id)
        return {ident: sorted(each, key=lambda i: (messages[i].date, i)) for ident, each in found.items()}

    def footnotes(self, message: Message, layer: Layer) -> Mapping[int, str]:
        """The footnotes of the text that a layer is part of, those of the text it answers besides."""
        notes: dict[int, str] = {}
        for depth in (layer.depth, *(d for d in range(layer.depth + 1, layer.depth + 3))):
            lines = [
                _MARKS.sub("", line)
                for each in message.layers
                if each.depth == depth
                for line in _lines_of(message, each)
            ]
            for number, text in read_footnotes(lines).items():
                notes.setdefault(number, text)
        return notes

    def links_in(self, message: Message, claim: Claim) -> tuple[str, ...]:
        """The message-ids that the claim's own sentence names, by link or by footnote."""
        sentence = sentence_around(message.body, claim.start, claim.end)
        found = list(find_message_ids(sentence))
        numbers = find_references(sentence)
        if numbers:
            layer = layer_at(message, line_of(message.body, claim.start))
            notes = self.footnotes(message, layer) if layer else {}
            found += [ident for n in numbers for ident in find_message_ids(notes.get(n, ""))]
        return tuple(dict.fromkeys(self.unmask.resolve(ident) for ident in found))

    def item_at(self, ident: str, line: int, hops: int = MAX_HOPS) -> int | None:
        """The item whose row a line answers: the row around it, or the row that the quoted text above it answered."""
        if not self.rows_of_message:
            return None
        covering = [r for r in self.rows_of_message.get(ident, ()) if r[0] <= line < r[1]]
        if covering:
            return max(covering, key=lambda r: (r[0], r[2]))[3]
        message = self.threads.messages.get(ident)
        if message is None or hops == 0:
            return None
        above = quote_above(message, line)
        if above is None:
            return self._item_of_all_quotes(message, hops)
        return self._item_quoted(message, above, hops)

    def rows_above(self, ident: str, line: int) -> tuple[int, ...]:
        """The items whose quoted rows stand together right above own text at a line, nobody's words between them; `item_at` knows the last."""
        rows = self.rows_of_message.get(ident, ())
        last = max((r for r in rows if r[0] <= line < r[1] and r[2] > 0), key=lambda r: (r[0], r[2]), default=None)
        if last is None:
            return ()
        message = self.threads.messages[ident]
        others = [  # the words of whoever answered a row before: the writer, or those whom he quotes
            layer
            for layer in message.layers
            if layer.kind in ("own", "quote")
            and layer.depth < last[2]
            and any(map(str.strip, _lines_of(message, layer)))
        ]
        if any(layer.kind == "quote" and last[0] <= layer.first_line < line for layer in others):
            return (last[3],)
        begin = max((layer.end_line for layer in others if layer.end_line <= last[0]), default=0)
        together = sorted(r for r in rows if begin <= r[0] <= last[0] and r[2] == last[2])
        return tuple(dict.fromkeys(r[3] for r in together))

    def answers_once(self, ident: str, rows: Sequence[int]) -> bool:
        """Whether a mail quotes no rows but some that stand together, and answers below the last of them alone."""
        quoted = {n for _, _, depth, n in self.rows_of_message.get(ident, ()) if depth > 0}
        return quoted == set(rows)

    def _item_quoted(self, message: Message, layer: Layer, hops: int) -> int | None:
        """The item that a quote's last line is about, where that line was first written."""
        lines = min(layer.end_line, len(message.origins))
        origins = (message.origins[at] for at in reversed(range(layer.first_line, lines)))
        origin = next(filter(None, origins), None)
        return self.item_at(origin.message_id, origin.first_line, hops - 1) if origin else None

    def _item_of_all_quotes(self, message: Message, hops: int) -> int | None:
        """Text on top of the quotes answers all of them: an item only if they are about one."""
        items = {self._item_quoted(message, layer, hops) for layer in message.layers if layer.kind == "quote"}
        items |= {n for _, _, _, n in self.rows_of_message.get(message.message_id, ())}
        items.discard(None)
        return next(iter(items)) if len(items) == 1 else None

    @cached_property
    def mails_below_rows(self) -> Mapping[int, Sequence[Message]]:
        """For each item (by its index) the mails with own text that answers a row of it. That a table is sent once more moves nothing."""
        threads = {self.threads.roots[ident] for ident in self.rows_of_message}
        found: dict[int, dict[str, Message]] = {}
        for ident, message in self.threads.messages.items() if threads else ():
            if self.threads.roots[ident] not in threads:
                continue
            rows = [range(row[0], row[1]) for row in self.rows_of_message.get(ident, ()) if row[2] == 0]
            own = [
                layer
                for layer in message.layers
                if layer.kind == "own"
                and any(_lines_of(message, layer))
                and not any(layer.first_line in r for r in rows)
            ]
            for n in {self.item_at(ident, layer.first_line) for layer in own}:
                if n is not None:
                    found.setdefault(n, {})[ident] = message
        return {n: tuple(mails.values()) for n, mails in found.items()}

    def posting_above(self, ident: str) -> str | None:
        """The root of the nearest posting at or above a message; of a posting that amends it, if that was there by then
        and stands for the mail that is answered."""
        above = (ident, *self.threads.ancestors(ident))
        answered = next((i for i in above if i in self.of_message), None)
        if answered is None:
            return self._posting_of_unseen_cover(above[-1])
        root = self.of_message[answered]
        date = self.threads.messages[ident].date
        while (newer := self.amended.get(root)) is not None and answered in (newer.cover, *newer.patches):
            if date is None or newer.date is None or date < newer.date:
                break
            root = newer.root
        return root

    def _posting_of_unseen_cover(self, ident: str) -> str | None:
        """The posting whose cover letter is not at hand, if a mail answers that one after the posting came."""
        message = self.threads.messages[ident]
        one = self._by_unseen_cover.get(message.in_reply_to or "")
        if one is None or message.date is None or one.date is None or message.date < one.date:
            return None
        return one.root

    @cached_property
    def _by_unseen_cover(self) -> Mapping[str, Series]:
        """Series by the mail, not at hand, that all of their patches at hand answer."""
        found: dict[str, Series] = {}
        for one in self.series:
            patches = [self.threads.messages[i] for i in one.patches if i is not None and i in self.threads.messages]
            parents = {patch.in_reply_to for patch in patches}
            parent = next(iter(parents)) if len(parents) == 1 else None
            if one.cover is None and one.expected > 1 and parent and parent not in self.threads.messages:
                found.setdefault(parent, one)
        return found

    @cached_property
    def replaced(self) -> Sequence[Claim]:
        """What mails say to take the place of postings at hand."""
        return claim_replaced(self)

    @cached_property
    def replacements(self) -> Mapping[str, str]:
        """For the root of a posting that of another one which says to take its place."""
        found: dict[str, str] = {}
        for claim in self.replaced:
            newer = self.posting_above(claim.message_id)
            if newer is not None and claim.series is not None and claim.certainty == "asserted":
                found[claim.series] = newer
        return found

    @cached_property
    def amended(self) -> Mapping[str, Series]:
        """For the root of a posting the one that sends some of its patches anew."""
        return {root: one for one in self.series if one.taken_over for root in one.supersedes}


def tie_claims(claims: Sequence[Claim], ties: Ties) -> tuple[tuple[Claim, ...], Mapping[int, tuple[Tie, ...]]]:
    """Claims with `item` and `series` filled in, and the ties of each entry (by its index) to postings, oldest first."""
    answered: list[int | None] = []
    linked: list[tuple[str, ...]] = []
    for claim in claims:
        message = ties.threads.messages[claim.message_id]
        linked.append(ties.links_in(message, claim))
        answered.append(_item_of(claim, message, linked[-1], ties))
    postings = _postings_of_items(claims, answered, linked, ties)
    owner = {tie.series: n for n, found in postings.items() for tie in found}
    pointed = _pointed_at(claims, answered, linked, ties)
    works = sure_works(postings, ties)
    out = []
    for said, item, ids in zip(claims, answered, linked, strict=True):
        claim, of_other = _as_meant(said, ties)
        series = None if of_other and not ids else _series_of(claim, ids, ties)
        if item is None and series is not None:
            item = owner.get(series)
        if item is None:
            item = pointed.get(claim.message_id)
        claim = replace(claim, item=ties.entries[item].title if item is not None else None, series=series)
        if series is None and item is not None and item in works and _is_in_line_of(claim, item, ties):
            claim = replace(claim, series=_newest_posting(works[item], claim))
        out.append(claim)
    return tuple(out), postings


def is_said_of_row(claim: Claim, ties: Ties) -> bool:
    """Whether a claim is about an item since it answers a row of it in a table, or stands in its line of a status list or in the heading
    above that."""
    if claim.item is None:
        return False
    if claim.rule == UNDER_HEADING:
        return True
    return answered_row(claim, ties) is not None


def answered_row(claim: Claim, ties: Ties) -> int | None:
    """The item that a claim is about, if it answers a row of it: the last one above, or another one that stands together with that."""
    line = line_of(ties.threads.messages[claim.message_id].body, claim.start)
    rows = (ties.item_at(claim.message_id, line), *ties.rows_above(claim.message_id, line))
    return next((n for n in rows if n is not None and ties.entries[n].title == claim.item), None)


def _as_meant(claim: Claim, ties: Ties) -> tuple[Claim, bool]:
    """A claim of an end as it is meant, and whether it is about another work than the posting that it stands below."""
    if claim.status not in ("applied", "merged", "dropped"):
        return claim, False
    message = ties.threads.messages[claim.message_id]
    posting = ties.by_root.get(ties.posting_above(claim.message_id) or "")
    own = posting is not None and ties.people.same(claim.by, posting.author)
    sentence = sentence_around(message.body, claim.start, claim.end)
    meant = read_end(claim, sentence, posting, own, _is_below_code(message, line_of(message.body, claim.start)))
    return (claim, True) if meant is None else (meant, False)


def _is_below_code(message: Message, line: int) -> bool:
    """Whether own text answers lines of a diff: the last quoted line above it was added or removed."""
    above = quote_above(message, line)
    quoted = _lines_of(message, above) if above is not None else ()
    last = next((text for each in reversed(quoted) if (text := _MARKS.sub("", each).rstrip())), "")
    return bool(_CODE_LINE.match(last))


def sure_works(postings: Mapping[int, Sequence[Tie]], ties: Ties) -> Mapping[int, Sequence[Series]]:
    """For each item (by its index) the postings at hand of the one work that it surely is: tied by a link or a whole title, to no other item
    as well, and all of one chain but for those that another one takes the place of. What is said of such an item in its table is said of
    its posting."""
    owners = Counter(tie.series for found in postings.values() for tie in found if tie.score >= TITLED)
    works: dict[int, Sequence[Series]] = {}
    for n, found in postings.items():
        known = [ties.by_root[tie.series] for tie in found if tie.score >= TITLED and tie.series in ties.by_root]
        chains = {one.chain for one in known} - {ties.by_root[root].chain for root in ties.replacements}
        if len(chains) == 1 and all(owners[one.root] == 1 for one in known):
            works[n] = known
    return works


def tie_rows(claims: Iterable[Claim], items: Sequence[WorkItem], ties: Ties) -> list[Claim]:
    """Claims of which those that answer a row of an item are also about the posting that is surely it, if they are sure; about neither, if
    they are about the table. Whoever makes them tells how the work stands, and need not be the one who brings that about: by what he
    says there nobody takes patches."""
    found = {
        items[n].item: work for n, work in sure_works({n: each.ties for n, each in enumerate(items)}, ties).items()
    }
    return [
        _tie_row(claim, found[claim.item], ties) if claim.series is None and claim.item in found else claim
        for claim in claims
    ]


def _tie_row(claim: Claim, work: Sequence[Series], ties: Ties) -> Claim:
    if not is_said_of_row(claim, ties):
        return claim
    posting = _newest_posting(work, claim)
    if _OF_A_TABLE.search(claim.text):
        return replace(claim, item=None) if posting is not None else claim
    if _MAY_BE_OF_A_TABLE.search(claim.text):
        return claim
    least = LEAST_TO_END if claim.status in ENDS else LEAST_TO_PASS_ON
    return replace(claim, series=posting) if claim.confidence >= least or claim.certainty == "asked" else claim


def _is_in_line_of(claim: Claim, item: int, ties: Ties) -> bool:
    """Whether a claim stands in the line of a status list that an item has there, or in the heading above it."""
    if claim.rule == UNDER_HEADING:
        return True
    line = line_of(ties.threads.messages[claim.message_id].body, claim.start)
    return any(
        mail == claim.message_id and row.listed and row.depth == 0 and row.first_line <= line < row.end_line
        for mail, row in ties.entries[item].copies
    )


def _newest_posting(work: Sequence[Series], claim: Claim) -> str | None:
    """The newest of the postings of a work that was there when a claim was made."""
    known = [one for one in work if one.date and claim.date and one.date <= claim.date]
    return max(known, key=lambda one: one.date.timestamp() if one.date else 0.0).root if known else None


def _series_of(claim: Claim, links: Sequence[str], ties: Ties) -> str | None:
    """The posting that a claim is about: "this patch" is the thread's, else the one that the sentence links to."""
    if only_tries(claim) or is_to_come(claim):
        return None
    own = ties.posting_above(claim.message_id)
    if own is not None and claim.status != "posted" and (_THIS.search(claim.text) or _waits_for_links(claim, ties)):
        return own
    linked = next((ties.of_message[i] for i in links if i in ties.of_message), None)
    if linked or (linked := next((i for i in links if looks_like_posting(i)), None)):
        return linked
    posting = ties.by_root.get(own or "")
    by_author = posting is not None and ties.people.same(claim.by, posting.author)
    return None if speaks_of_other(claim, posting, by_author) else own


def _waits_for_links(claim: Claim, ties: Ties) -> bool:
    """Whether a claim of a posting's own mail says that it waits for what the sentence names or links to."""
    if claim.message_id not in ties.of_message:
        return False
    body = ties.threads.messages[claim.message_id].body
    return bool(_WAITS_FOR.search(sentence_around(body, claim.start, claim.end)))


def _item_of(claim: Claim, message: Message, links: Sequence[str], ties: Ties) -> int | None:
    if claim.item is not None:
        return answered_row(claim, ties)
    if claim.rule == UNDER_HEADING or (claim.rule == NAMED_ROW and claim.about):
        return _item_of_name(claim, ties)
    if claim.rule == NAMED_ROW:
        item = ties.item_at(claim.message_id, line_of(message.body, claim.start))
        return None if item is None or ties.entries[item].title in claim.depends_on else item
    if _waits_for_links(claim, ties):
        return None  # that of the posting
    for ident in links:
        owners = [n for n, ids in enumerate(ties.links_of_entry) if ident in ids]
        if len(owners) == 1:
            return owners[0]
    if (owned := _item_of_its_owner(claim, ties)) is not None:
        return owned
    line = line_of(message.body, claim.start)
    answered = ties.item_at(claim.message_id, line)
    if answered is not None:
        return answered
    sentence = sentence_around(message.body, claim.start, claim.end)
    named = item_named_in(sentence, ties)
    if named is not None and not _may_be_meant(claim, named, ties):
        named = None
    return _or(named, _own_item_hinted_in(sentence, claim.by, ties))


def _may_be_meant(claim: Claim, item: int, ties: Ties) -> bool:
    """Whether words with an item's name may be about it where they stand. Lists have names of few words, which others use as well ("page
    cache"): below a posting they are about that one, and far from the notes in time about something else."""
    listings = ties.entries[item].listings
    if not listings:
        return True
    if ties.posting_above(claim.message_id) is not None:
        return False
    dates = [date for each in listings if (date := ties.threads.messages[each.message_id].date)]
    return (
        bool(dates) and claim.date is not None and min(dates) - BEFORE_NOTES <= claim.date <= max(dates) + AFTER_NOTES
    )


def _item_of_name(claim: Claim, ties: Ties) -> int | None:
    """The item of the row of its mail that a claim is about by its name."""
    for n, entry in enumerate(ties.entries):
        if any(mail == claim.message_id and row.title == claim.about for mail, row in entry.copies):
            return n
    return None


def _item_of_its_owner(claim: Claim, ties: Ties) -> int | None:
    """The one item of somebody else whose work the claim begins with: "so Ada's patches can not go first"."""
    found = _OWNED.match(claim.text)
    person = ties.people.resolve(found[1], [claim.by]) if found else None
    if person is None or ties.people.same(person, claim.by):
        return None
    owned = [
        n
        for n, entry in enumerate(ties.entries)
        if any(ties.people.same(person, ties.people.resolve(as_text(entry.values.get(name)))) for name in ASSIGNEE)
    ]
    return owned[0] if len(owned) == 1 else None


def _or(first: int | None, second: int | None) -> int | None:
    return second if first is None else first


def _own_item_hinted_in(text: str, by: str, ties: Ties) -> int | None:
    """The speaker's own item, of whose title the sentence has a word that no other item's title has."""
    words = set(title_key(text).split())
    hinted = set()
    for n, entry in enumerate(ties.entries):
        if entry.listings or not any(ties.people.same(by, as_text(entry.values.get(name))) for name in ASSIGNEE):
            continue
        others = {w for m, e in enumerate(ties.entries) if m != n for w in title_key(e.title).split()}
        if any(len(w) >= _MIN_HINT and w not in others for w in words & set(title_key(entry.title).split())):
            hinted.add(n)
    return next(iter(hinted)) if len(hinted) == 1 else None


def item_named_in(text: str, ties: Ties) -> int | None:
    """The one item whose whole title or code location a sentence names."""
    words = f" {title_key(text)} "
    named = [n for n, e in enumerate(ties.entries) if any(f" {title} " in words for title in _titles(e))]
    twins = Counter(title_key(entry.row.title) for entry in ties.entries)
    if any(twins[title_key(ties.entries[n].title)] > 1 for n in named):
        return None  # several tables have an item of that name
    if not named:
        named = [n for n, e in enumerate(ties.entries) if any(place in text for place in _locations(e))]
    if len(named) > 1:  # "shared mappings" inside "shared mappings cleanup": the longer title is meant
        longest = max(named, key=lambda n: len(ties.entries[n].title))
        if all(title_key(ties.entries[n].title) in title_key(ties.entries[longest].title) for n in named):
            return longest
    return named[0] if len(named) == 1 else None


def _titles(entry: Entry) -> set[str]:
    """What an item is called where no row stands beside. One word of a list ("locking: ...") names nothing elsewhere."""
    if not entry.listings:
        return {title_key(entry.title)} if len(entry.title) >= _MIN_TITLE else set()
    return {key for listing in entry.listings if " " in (key := title_key(listing.title))}


def _locations(entry: Entry) -> Iterator[str]:
    for name in ("location", "locations", "functions", "files", "file"):
        value = entry.values.get(name)
        for place in value if isinstance(value, tuple) else ():
            if len(place) > _MIN_TITLE:
                yield place.removesuffix("()") + "()" if place.endswith("()") else place


def _postings_of_items(
    claims: Sequence[Claim], answered: Sequence[int | None], linked: Sequence[Sequence[str]], ties: Ties
) -> Mapping[int, tuple[Tie, ...]]:
    found: dict[int, dict[str, Tie]] = {}
    for n, ids in enumerate(ties.links_of_entry):
        for ident in ids:
            if root := _as_posting(ident, ties, trusted=False):
                found.setdefault(n, {})[root] = Tie(root, LINKED, "its row links to it")
    owned = {root for roots in found.values() for root in roots}
    for claim, item, named in zip(claims, answered, linked, strict=True):
        if item is not None and claim.status in _TELLS_OF_POSTING:
            for ident in named:
                root = _as_posting(ident, ties, trusted=claim.status == "posted")
                if root and root not in owned:
                    found.setdefault(item, {}).setdefault(root, Tie(root, SAID, "a sentence about it links to it"))
    for n, entry in enumerate(ties.entries):
        if n not in found and (root := _posting_of_title(entry.title, ties)):
            found[n] = {root: Tie(root, TITLED, "its title holds the item's")}
    loose = [n for n in range(len(ties.entries)) if n not in found]
    for n, tie in guess_ties(ties.entries, loose, ties.series, ties.threads.messages, ties.people).items():
        found[n] = {tie.series: tie}
    chains: dict[str, list[str]] = {}
    for one in ties.series:
        chains.setdefault(one.chain, []).append(one.root)
    order = {one.root: n for n, one in enumerate(ties.series)}  # oldest first; what is only linked to before them
    out = {}
    for n, roots in found.items():
        for tie in [tie for tie in roots.values() if tie.series in ties.by_root]:
            for root in chains[ties.by_root[tie.series].chain]:
                roots.setdefault(root, Tie(root, tie.score, f"another version of one that is tied: {tie.reason}"))
        found[n] = roots
    taken = {root for roots in found.values() for root in roots}
    for roots in found.values():
        following = list(roots)
        for root in following:  # and what says to take its place, and what that of the other
            newer = ties.replacements.get(root)
            if newer is not None and newer not in taken:
                versions = [each for each in chains[ties.by_root[newer].chain] if each not in taken]
                reason = f"it says to replace one that is tied: {roots[root].reason}"
                roots.update((each, Tie(each, roots[root].score, reason)) for each in versions)
                taken.update(versions)
                following += versions
    for n, entry in enumerate(ties.entries):
        pins, cuts = pins_of(ties.notes, entry.title)
        for ident in map(ties.unmask.resolve, pins):
            root = ties.of_message.get(ident, ident)
            found.setdefault(n, {})[root] = Tie(root, LINKED, "you said so")
        cut = {ties.of_message.get(ident, ident) for ident in map(ties.unmask.resolve, cuts)}
        found[n] = {root: tie for root, tie in found.get(n, {}).items() if root not in cut}
    for n, roots in found.items():
        if roots:
            out[n] = tuple(sorted(roots.values(), key=lambda tie: order.get(tie.series, -1)))
    return out


def _posting_of_title(title: str, ties: Ties) -> str | None:
    """The one work on the list whose title holds the item's whole title, of two words at least."""
    words = title_key(title)
    if " " not in words:
        return None
    chains = {one.chain for one in ties.series if f" {words} " in f" {title_key(one.title)} "}
    return next(iter(chains)) if len(chains) == 1 else None


def _as_posting(ident: str, ties: Ties, trusted: bool) -> str | None:
    """The posting that a link means: one at hand, or an id that has a posting's form (or is called a posting)."""
    if ident in ties.of_message:
        return ties.of_message[ident]
    if ident in ties.threads.messages:
        return None
    return ident if trusted or looks_like_posting(ident) else None


def _pointed_at(
    claims: Sequence[Claim], answered: Sequence[int | None], linked: Sequence[Sequence[str]], ties: Ties
) -> Mapping[str, int]:
    """Messages that a tied claim or a row links to: what they say without naming an item is about that item."""
    found: dict[str, set[int]] = {}
    for n, ids in enumerate(ties.links_of_entry):
        for ident in ids:
            found.setdefault(ident, set()).add(n)
    for claim, item, named in zip(claims, answered, linked, strict=True):
        if item is not None:
            for ident in named:
                if ident != claim.message_id:
                    found.setdefault(ident, set()).add(item)
    return {
        ident: next(iter(items)) for ident, items in found.items() if len(items) == 1 and ident not in ties.of_message
    }


def line_of(body: str, offset: int) -> int:
    return body.count("\n", 0, offset)


def layer_at(message: Message, line: int) -> Layer | None:
    return next((layer for layer in message.layers if layer.first_line <= line < layer.end_line), None)


def quote_above(message: Message, line: int) -> Layer | None:
    """The quote that own text at this line answers: the nearest one above it, signatures and attributions apart."""
    above = None
    for layer in message.layers:
        if layer.first_line >= line:
            break
        if layer.kind == "quote":
            above = layer
    return above


def sentence_around(body: str, start: int, end: int) -> str:
    """The sentence (or sentences) that a span stands in, quote marks and line ends taken out. In a list it does not leave its line;
    what leads to a list goes on in it."""
    top = max(0, start - NEAR)
    before = [m.end() for m in _SENTENCE.finditer(body, top, start)]
    first = before[-1] if before else top
    bullets = [m.end() for m in _BULLET.finditer(body, top, end) if m.start() <= start]
    listed = bool(bullets) and _BLANK_LINE.search(body, bullets[-1], start) is None
    if listed:
        first = max(first, min(bullets[-1], start))
    ends = [_SENTENCE.search(body, max(start, end - 1), end + LONGEST_SENTENCE)]
    ends += [_BULLET.search(body, end, end + LONGEST_SENTENCE)] if listed else []
    stops = [found.start() if found.re is _BULLET else found.end() for found in ends if found]
    text = body[first : min(stops, default=min(len(body), end + NEAR))]
    return " ".join(_MARKS.sub("", line).strip() for line in text.split("\n")).strip()


def _lines_of(message: Message, layer: Layer) -> list[str]:
    return message.lines[layer.first_line : layer.end_line]
