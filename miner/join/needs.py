"""What works wait for: what the words said of them tell, their rows in a table, and their postings themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from miner.columns import NEEDS
from miner.join.case import Case, Verdict, Work
from miner.join.named import item_named_in
from miner.join.prerequisites import find_prerequisites, names_work, needed_postings, read_named, works_needed
from miner.join.tie import Ties
from miner.model import Claim, Need, WorkItem

_OWNER = re.compile(r"([^\W\d_][\w-]+)(?:'s?|’s?)(?=\s|$)")
_MINE = re.compile(r"(?:my|our)\b", re.I)


class Needs:
    """What is waited for, by whom it is brought on."""

    def __init__(self, items: Sequence[WorkItem], ties: Ties) -> None:
        self._items = items
        self._ties = ties
        self._prerequisites = find_prerequisites(ties)

    def find(self, verdict: Verdict, case: Case, work: Work) -> Sequence[Need]:
        """What it waits for, finished or not: the works that the sentences name, else their words; then what the table and the
        posting say."""
        claims = (
            verdict.evidence
            if verdict.waits_for_item
            else [
                c
                for c in case.claims
                if c.certainty == "conditional" or (c.status == "blocked" and c.certainty in ("asserted", "hedged"))
            ]
        )
        found = self.read(claims, work)
        if (item := work.item) is not None:
            table = self._ties.threads.messages.get(item.message_id)
            needed = self.of_table(item)
            text = f"needs: {', '.join(needed)}"
            found += [Need(name, item.message_id, text, table.date if table else None) for name in needed]
        else:
            found += self._of_posting(work)
        return found

    def behind(self, claim: Claim, work: Work) -> Sequence[Need]:
        """What a claim says that a work waits for; where that is nothing that is known, what the posting itself says."""
        return self.read((claim,), work) or self._of_posting(work)

    def _of_posting(self, work: Work) -> Sequence[Need]:
        return self._prerequisites.get(work.posting.root, ()) if work.posting else ()

    def read(self, claims: Sequence[Claim], work: Work) -> list[Need]:
        """What the sentences of some claims say that a work waits for."""
        return [
            Need(name, claim.message_id, self._ties.sentence_of(claim), claim.date)
            for claim in claims
            for name in self._works_meant(claim, work)
        ]

    def _works_meant(self, claim: Claim, work: Work) -> Iterator[str]:
        """What a claim waits for: the postings that its sentence names by links, or the items that these are about; else the items that
        its words mean, else the words."""
        item, series = work.item, work.posting
        message = self._ties.threads.messages[claim.message_id]
        text = " ".join(claim.text.split())
        linked = [
            root
            for said in read_named(message)
            if said.dependence and (text in said.text or said.text in text)
            for root in needed_postings(said, message, None if item else series, self._ties)
            if item is None or root not in item.series
        ]
        for root in linked:
            yield next((i.item for i in self._items if item and root in i.series), root)
        if not linked:
            sure = item is not None or claim.status == "blocked"
            for words in works_needed(claim):
                meant = self._item_meant(words, item)
                part = series is not None and words.lower() == series.title.partition(":")[0].strip().lower()
                if meant or ((sure or names_work(words)) and not part):  # the part of the project alone is no work
                    yield meant or words

    def brought_by(self, need: Need) -> str | None:
        """Who brings on what is waited for: the author of a posting, an item by its title; of words alone whoever they say whose it is."""
        posting = self._ties.by_root.get(need.on)
        if posting is not None:
            return posting.author
        if any(item.item == need.on for item in self._items):
            return need.on
        if _MINE.match(need.on):
            return str(self._ties.threads.messages[need.message_id].author) or None
        return next(self._owners(need.on), None)

    def _owners(self, words: str) -> Iterator[str]:
        """The people whose something is in some words: "Ada's lease series"."""
        for owner in _OWNER.findall(words):
            if person := self._ties.people.resolve(owner):
                yield person

    def of_table(self, item: WorkItem) -> list[str]:
        """The items that the table's own column names as needed."""
        needed = item.columns.get(next((name for name in NEEDS if name in item.columns), ""))
        named = [item_named_in(words, self._ties) for words in ((needed,) if isinstance(needed, str) else needed or ())]
        titles = [self._ties.entries[n].title for n in named if n is not None]
        return [title for title in titles if title != item.item]

    def _item_meant(self, words: str, item: WorkItem | None) -> str | None:
        named = item_named_in(words, self._ties)
        if named is not None and (item is None or self._ties.entries[named].title != item.item):
            return self._ties.entries[named].title
        for person in self._owners(words):
            owned = [
                i.item
                for i in self._items
                if self._ties.people.same(i.assignee, person) and (item is None or i.item != item.item)
            ]
            if len(owned) == 1:
                return owned[0]
        return None


def each_once(needs: Iterable[Need]) -> tuple[Need, ...]:
    """What is waited for, each once."""
    found: dict[str, Need] = {}
    for need in needs:
        found.setdefault(need.on, need)
    return tuple(found.values())
