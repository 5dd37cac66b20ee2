"""Everything that claims are tied to: the mails, the items with their rows, the postings, the people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from miner.join.items import Entry, row_links
from miner.join.masks import Unmasker
from miner.join.people import People
from miner.join.places import QUOTE_MARKS, layer_at, line_of, quote_above, sentence_around
from miner.join.replacements import claim_replaced
from miner.join.threads import Threads
from miner.links import find_message_ids, find_references, read_footnotes
from miner.model import IN_CELL, OF_ROW, Claim, Layer, Message, Series
from miner.notes import Note

MAX_HOPS = 8


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
    def chains(self) -> Mapping[str, Sequence[Series]]:
        """The versions of each work, oldest first, by their chain."""
        found: dict[str, list[Series]] = {}
        for one in self.series:
            found.setdefault(one.chain, []).append(one)
        return found

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
                QUOTE_MARKS.sub("", line)
                for each in message.layers
                if each.depth == depth
                for line in _lines_of(message, each)
            ]
            for number, text in read_footnotes(lines).items():
                notes.setdefault(number, text)
        return notes

    def links_in(self, message: Message, claim: Claim) -> tuple[str, ...]:
        """The message-ids that the claim's own sentence names, by link or by footnote."""
        sentence = self.sentence_of(claim)
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

    def sentence_of(self, claim: Claim) -> str:
        """The sentence that a claim stands in, or its cell."""
        if claim.rule == IN_CELL:
            return claim.text
        return sentence_around(self.threads.messages[claim.message_id].body, claim.start, claim.end)

    def patch_above(self, ident: str) -> str | None:
        """The nearest mail of a posting above a mail."""
        return next((i for i in self.threads.ancestors(ident) if i in self.of_message), None)

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

    @cached_property
    def answers(self) -> Sequence[tuple[Message, Series]]:
        """The mails below postings that are no part of one, each with the posting that it is about, in the order of the mails."""
        found = (
            (message, self.by_root.get(self.posting_above(ident) or ""))
            for ident, message in self.threads.messages.items()
            if ident not in self.of_message
        )
        return [(message, posting) for message, posting in found if posting is not None]

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


def is_said_of_row(claim: Claim, ties: Ties) -> bool:
    """Whether a claim is about an item since it answers a row of it in a table, or stands in its status column, in its line of a status list
    or in the heading above that."""
    if claim.item is None:
        return False
    if claim.rule in OF_ROW:
        return True
    return answered_row(claim, ties) is not None


def answered_row(claim: Claim, ties: Ties) -> int | None:
    """The item that a claim is about, if it answers a row of it: the last one above, or another one that stands together with that."""
    line = line_of(ties.threads.messages[claim.message_id].body, claim.start)
    rows = (ties.item_at(claim.message_id, line), *ties.rows_above(claim.message_id, line))
    return next((n for n in rows if n is not None and ties.entries[n].title == claim.item), None)


def _lines_of(message: Message, layer: Layer) -> list[str]:
    return message.lines[layer.first_line : layer.end_line]
