"""Tie each claim to the item and the posting that it is about, by the first of these that says something:

a link or `[2]`-style footnote in the claim's own sentence; the quoted row that it answers, through quotes of quotes; the
names in the sentence; the posting whose thread it stands in; and last, what somebody else's claim points at with a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from miner.join.about import read_end
from miner.join.another import find_subjects, is_of_another
from miner.join.case import FINISHED
from miner.join.named import item_named_in, item_of_its_owner, item_of_name, may_be_meant, own_item_hinted_in
from miner.join.places import QUOTE_MARKS, line_of, quote_above
from miner.join.series import looks_like_posting
from miner.join.subjects import is_to_come, only_tries, speaks_of_other
from miner.join.tie import Ties, answered_row, is_said_of_row
from miner.join.works import find_postings, sure_works
from miner.model import IN_CELL, NAMED_ROW, OF_ROW, Claim, Message, Series, Tie, WorkItem

# What is done to the table, or to what a row says; of other words that may mean it nobody knows.
_OF_A_TABLE = re.compile(
    r"\b(?:rows?|tables?|columns?|links?|wiki|meetings?|agenda|owner|persons?|priority|cc)\b|\b(?:my|this|your|our|from the) lists?\b",
    re.I,
)
_MAY_BE_OF_A_TABLE = re.compile(r"\b(?:lists?|entry|entries|lines?|copy)\b", re.I)
LEAST_TO_PASS_ON = 0.5  # confidence of a claim below a row that counts, for the posting as well
LEAST_TO_END = 0.6  # and of one by which the work ends
_CODE_LINE = re.compile(r"\+(?!\+\+)|-(?![- ]|$)|-[ \t]{2,}\S")
_THIS = re.compile(r"\bth(?:is|ese) (?:one|patch|patches|series|set|patchset|version|posting|rfc)\b", re.I)
# What a patch mail says of other work by a link: that its own waits for that.
_WAITS_FOR = re.compile(
    r"\b(?:depend(?:s|ing|ent)? (?:up)?on|needs?|requires?|(?:goes|sits|builds?|built|based|is|are|apply|applies) (?:up)?on(?: top of)?|on top of"
    r"|prerequisites?|rel(?:y|ies|ying) (?:up)?on|blocked (?:by|on)|wait(?:s|ing)? for)\b",
    re.I,
)


def tie_claims(claims: Sequence[Claim], ties: Ties) -> tuple[tuple[Claim, ...], Mapping[int, tuple[Tie, ...]]]:
    """Claims with `item` and `series` filled in, and the ties of each entry (by its index) to postings, oldest first."""
    answered: list[int | None] = []
    linked: list[tuple[str, ...]] = []
    for claim in claims:
        message = ties.threads.messages[claim.message_id]
        linked.append(ties.links_in(message, claim))
        answered.append(_item_of(claim, message, linked[-1], ties))
    postings = find_postings(claims, answered, linked, ties)
    owner = {tie.series: n for n, found in postings.items() for tie in found}
    pointed = _pointed_at(claims, answered, linked, ties)
    works = sure_works(postings, ties)
    out = []
    for said, item, ids in zip(claims, answered, linked, strict=True):
        claim, of_other = _as_meant(said, ties)
        series = None if said.rule == IN_CELL or (of_other and not ids) else _series_of(claim, ids, ties)
        if item is None and series is not None:
            item = owner.get(series)
        if item is None:
            item = pointed.get(claim.message_id)
        claim = replace(claim, item=ties.entries[item].title if item is not None else None, series=series)
        if series is None and item is not None and item in works and _is_in_line_of(claim, item, ties):
            claim = replace(claim, series=_newest_posting(works[item], claim))
        out.append(claim)
    return tuple(out), postings


def _as_meant(claim: Claim, ties: Ties) -> tuple[Claim, bool]:
    """A claim of an end as it is meant, and whether it is about another work than the posting that it stands below."""
    if claim.status not in ("applied", "merged", "dropped"):
        return claim, False
    message = ties.threads.messages[claim.message_id]
    posting = ties.by_root.get(ties.posting_above(claim.message_id) or "")
    own = posting is not None and ties.people.same(claim.by, posting.author)
    sentence = ties.sentence_of(claim)
    meant = read_end(claim, sentence, posting, own, _is_below_code(message, line_of(message.body, claim.start)))
    return (claim, True) if meant is None else (meant, False)


def _is_below_code(message: Message, line: int) -> bool:
    """Whether own text answers lines of a diff: the last quoted line above it was added or removed."""
    above = quote_above(message, line)
    quoted = message.lines[above.first_line : above.end_line] if above is not None else ()
    last = next((text for each in reversed(quoted) if (text := QUOTE_MARKS.sub("", each).rstrip())), "")
    return bool(_CODE_LINE.match(last))


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


def _item_of(claim: Claim, message: Message, links: Sequence[str], ties: Ties) -> int | None:
    if claim.item is not None:
        return answered_row(claim, ties)
    if claim.rule in OF_ROW or (claim.rule == NAMED_ROW and claim.about):
        return item_of_name(claim, ties)
    if claim.rule == NAMED_ROW:
        item = ties.item_at(claim.message_id, line_of(message.body, claim.start))
        return None if item is None or ties.entries[item].title in claim.depends_on else item
    if _waits_for_links(claim, ties):
        return None  # that of the posting
    for ident in links:
        owners = [n for n, ids in enumerate(ties.links_of_entry) if ident in ids]
        if len(owners) == 1:
            return owners[0]
    if (owned := item_of_its_owner(claim, ties)) is not None:
        return owned
    line = line_of(message.body, claim.start)
    answered = ties.item_at(claim.message_id, line)
    sentence = ties.sentence_of(claim)
    if answered is not None:
        return answered if claim.certainty == "asked" else _row_meant(claim, answered, sentence, ties)
    named = item_named_in(sentence, ties)
    if named is not None and not may_be_meant(claim, named, ties):
        named = None
    return _or(named, own_item_hinted_in(sentence, claim.by, ties))


def _row_meant(claim: Claim, answered: int, sentence: str, ties: Ties) -> int | None:
    """The row that words below one are about: that one, another one that they have as their subject, or none."""
    if is_of_another(claim, sentence):
        return None
    named = {item_named_in(subject, ties) for subject in find_subjects(claim)}
    return _or(named.pop() if len(named) == 1 else None, answered)


def _waits_for_links(claim: Claim, ties: Ties) -> bool:
    """Whether a claim of a posting's own mail says that it waits for what the sentence names or links to."""
    if claim.message_id not in ties.of_message:
        return False
    return bool(_WAITS_FOR.search(ties.sentence_of(claim)))


def _or(first: int | None, second: int | None) -> int | None:
    return second if first is None else first


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
    if _OF_A_TABLE.search(claim.text):
        return replace(claim, item=None)
    if _MAY_BE_OF_A_TABLE.search(claim.text):
        return claim
    least = LEAST_TO_END if claim.status in FINISHED else LEAST_TO_PASS_ON
    sure = claim.confidence >= least or claim.certainty == "asked"
    return replace(claim, series=_newest_posting(work, claim)) if sure else claim


def _is_in_line_of(claim: Claim, item: int, ties: Ties) -> bool:
    """Whether a claim stands in the row or line that an item has in its table or status list, or in the heading above that."""
    if claim.rule in OF_ROW:
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
