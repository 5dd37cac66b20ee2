"""Which item words name: by its title or code, by its owner, or by a word that no other title has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from miner.columns import ASSIGNEE
from miner.join.items import Entry, as_text, title_key
from miner.join.tie import Ties
from miner.model import Claim

_OWNED = re.compile(
    r"(?:(?:so|and|but|then|thus|hence|therefore),? )?([^\W\d_][\w-]+)(?:'s?|’s?) (?:patch(?:es|set)?|series|work|changes?|set|stuff|part) "
    r"(?:can|could|will|is|are|has|have|must|needs?|should|waits?|goes|went|was|were)\b",
    re.I,
)
_MIN_TITLE = 4
_MIN_HINT = 5
BEFORE_NOTES, AFTER_NOTES = timedelta(days=30), timedelta(days=120)


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


def may_be_meant(claim: Claim, item: int, ties: Ties) -> bool:
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


def item_of_name(claim: Claim, ties: Ties) -> int | None:
    """The item of the row of its mail that a claim is about by its name."""
    for n, entry in enumerate(ties.entries):
        if any(mail == claim.message_id and row.title == claim.about for mail, row in entry.copies):
            return n
    return None


def item_of_its_owner(claim: Claim, ties: Ties) -> int | None:
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


def own_item_hinted_in(text: str, by: str, ties: Ties) -> int | None:
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
