"""What the rules are asked about, and what they answer: a work item or a posting with all that is known of it, and a verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, Literal, TypeVar

from miner.join.commits import TreeWord
from miner.join.counting import leaves_open, means_all, name_patches
from miner.model import Claim, Mention, Series, StatusLabel, Weighed, WorkItem

FINISHED: frozenset[StatusLabel] = frozenset({"applied", "merged", "dropped", "superseded"})
IN_A_TREE: frozenset[StatusLabel] = frozenset({"applied", "merged"})
LEAST_TO_FINISH = 0.5  # confidence of a claim that ends a work
LEAST_TO_HOLD = 0.5  # of one by which a posting is held up, waits for an answer, or that is the last word
LEAST_FROM_OTHERS = 0.5  # of one by which somebody else promises a new version, or which outlasts an approval
_Found = TypeVar("_Found")

_LEAD = r"(?:\W*(?:and|but|so|ok|okay|yes|yeah|sure|thanks|then|well|oh|sorry|agreed|right|good point)\b)*\W*"
_FOR_HIMSELF = re.compile(
    rf"{_LEAD}(?:I(?:['’]ll|['’]m| will| am| forgot| plan| intend)\b|will \w+\W*$)",
    re.I,
)

_SENDS = re.compile(  # "so I send out a new patch for the reeds"
    rf"{_LEAD}I(?: have|['’]ve)?(?: just| already| also)? (?:send|sent|post|posted|submitted)(?: out)? (?:an?|another|my) (?:[\w-]+ )?(?:patch|series|fix)\b",
    re.I,
)

_OF_HIMSELF = re.compile(r"(?!.*\b(?:you|your|please)\b).{0,60}?\b(?:I|we)\b", re.I | re.S)


@dataclass(frozen=True, slots=True)
class Work:
    """What is folded: a work `item` with the newest `posting` of it at hand, or a posting alone. `roots` are all its postings by name."""

    kind: Literal["item", "series"]
    key: str
    title: str
    roots: tuple[str, ...]
    item: WorkItem | None
    posting: Series | None

    @classmethod
    def of_item(cls, item: WorkItem, posting: Series | None) -> Work:
        return cls("item", item.item, item.item, item.series, item, posting)

    @classmethod
    def of_series(cls, series: Series) -> Work:
        return cls("series", series.root, series.title, (series.root,), None, series)

    @property
    def author(self) -> str | None:
        """Whose it is."""
        if self.item is not None and self.item.assignee:
            return self.item.assignee
        return self.posting.author if self.posting else None


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one item or one posting. `claims` are about it and in the order in which they were said."""

    kind: str
    claims: Sequence[Claim]
    responsible: Sequence[str]  # the assignee, or the author of the posting
    postings: Sequence[Series]  # those at hand, oldest first
    has_posting: bool  # also one that is only linked to
    newer: Series | None  # the revision that replaced this posting
    open_questions: Sequence[Claim]
    is_same: Callable[[str | None, str | None], bool]
    needs: Sequence[str] = ()  # unfinished items that the table says it needs
    tree: TreeWord = field(default_factory=TreeWord)
    requests: Sequence[Claim] = ()  # what was asked for below the postings
    decides: Callable[[str | None], bool] = lambda person: False
    said_from: datetime | None = None  # from when on words count, where this is before the newest posting
    patch_of: Mapping[str, str] = field(default_factory=dict)  # of mails that answer one of several patches: which
    answered: Set[int] = frozenset()  # the claims that ask and were answered, by their id()
    sentences: Mapping[tuple[str, int, int], str] = field(
        default_factory=dict
    )  # in which claims of an end stand, by their place
    keepers: Sequence[str] = ()  # those who keep the notes that a work item stands in
    is_answered: bool = False  # whether somebody else than the author wrote below the posting
    of_row: Set[int] = frozenset()  # the claims that are said of a work item where that is listed, by their id()
    is_one_work: bool = False  # of an item: whether its postings are surely it, and no other work
    on_silence: Set[int] = frozenset()  # the approvals that hold as long as nobody objects, by their id()
    found: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)  # see `once`
    withdrawals: Sequence[Claim] = field(
        init=False, repr=False, compare=False
    )  # by the author: what others said for it before is void

    def __post_init__(self) -> None:
        withdrawals = [c for c in self.claims if c.status == "dropped" and self._withdraws(c)]
        object.__setattr__(self, "withdrawals", withdrawals)

    def _withdraws(self, claim: Claim) -> bool:
        sure = is_plain(claim) and claim.confidence >= LEAST_TO_HOLD
        return sure and self.said_by_responsible(claim) and not self.is_a_part(claim)

    @property
    def posted_mails(self) -> Set[str]:
        """The mails of the newest posting; what its author asks in them is part of the work."""
        return {i for one in self.postings[-1:] for i in (one.root, one.cover, *one.patches) if i is not None}

    @property
    def built_upon(self) -> Sequence[Sequence[Mention]]:
        """For each patch of the newest posting the mails of later ones that build upon it; soon after it those of its author count alone if
        he takes patches himself: his tree is the one."""
        for one in self.postings[-1:]:
            if one.built_by_author and any(self.decides(person) for person in self.responsible):
                others = one.built_upon or ((),) * one.expected
                return tuple((*soon, *later) for soon, later in zip(one.built_by_author, others, strict=True))
            return one.built_upon
        return ()

    def is_responsible(self, person: str) -> bool:
        return any(self.is_same(person, each) for each in self.responsible)

    def said_by_responsible(self, claim: Claim) -> bool:
        return self.is_responsible(claim.by)

    def is_of_item(self, claim: Claim) -> bool:
        """Whether a claim is said of a work item, also where it counts for that item's posting: such words are about nothing else."""
        return self.kind == "item" or id(claim) in self.of_row

    def has_facts_from(self, date: datetime) -> bool:
        """Whether what later mails tell of the newest posting, the last of them on a date, is told of the work: if nobody said since where it
        is listed that it goes on, and of an item if the posting is surely it."""
        since = (
            c for c in self.claims if id(c) in self.of_row and c.date is not None and c.date > date and is_plain(c)
        )
        return (self.kind == "series" or self.is_one_work) and all(c.status in FINISHED for c in since)

    def is_kept_by(self, person: str) -> bool:
        return any(self.is_same(person, keeper) for keeper in self.keepers)

    def after(self, claim: Claim) -> Sequence[Claim]:
        """What was said behind a claim."""
        for n, each in enumerate(self.claims):
            if each is claim:
                return self.claims[n + 1 :]
        return ()

    def share_noticed(self) -> float:
        """The share of the posting's patches that form mails name as applied; 1 where none names any."""
        applied = [o for posting in self.postings[-1:] for o in posting.outcomes if o.status in ("applied", "merged")]
        if not applied or any(outcome.complete for outcome in applied):
            return 1.0
        return len({number for outcome in applied for number in outcome.patches}) / self.postings[-1].expected

    def is_for_himself(self, claim: Claim) -> bool:
        """Whether somebody else than the author speaks of what he will do himself, or sent, and not surely of this posting; or, hardly a claim, of
        what he thinks or sees, and asks nobody for anything."""
        if self.kind != "series" or self.said_by_responsible(claim):
            return False
        if not claim.waiting_on and _SENDS.match(claim.text):
            return True
        if claim.confidence >= LEAST_FROM_OTHERS and not _FOR_HIMSELF.match(claim.text):
            return False
        if claim.confidence < LEAST_FROM_OTHERS and not claim.waiting_on:
            return _OF_HIMSELF.match(claim.text) is not None
        name = claim.by.partition(" <")[0].lower()
        return any(waited.lower() in (name, claim.by.lower()) for waited in claim.waiting_on)

    def is_a_part(self, claim: Claim) -> bool:
        """Whether a claim is about a part of the work: its words leave the rest open, or name fewer patches than the newest posting has, also
        with those that others like it name. Words that name the work in a row of several are about all of it."""
        if claim.item is not None and claim.about == claim.item:
            return False
        if self.leaves_open(claim):
            return True
        named = self._named_with(claim, {claim.status})
        return named is not None and (not self.postings or len(named) < self.postings[-1].expected)

    def names_some(self, claim: Claim) -> bool:
        """Whether the very words of a claim name some of the newest posting's patches, and not all."""
        for posting in self.postings[-1:]:
            named = name_patches(claim.text, posting.expected)
            return named is not None and len(named) < posting.expected
        return False

    def leaves_open(self, claim: Claim) -> bool:
        """Whether the words around a claim leave a part of the work open."""
        return leaves_open(self.sentences.get((claim.message_id, claim.start, claim.end), claim.text))

    def is_a_small_part(self, claim: Claim) -> bool:
        """Whether a claim that something is in a tree names some patches, and less than half of those at hand is known to be in one."""
        named = self._named_with(claim, {"applied", "merged"})
        return named is not None and self._is_few(named | self.known_in_a_tree)

    @property
    def is_known_in_part(self) -> bool:
        """Whether less than half of the patches at hand is known to be in a tree."""
        return self._is_few(self.known_in_a_tree)

    def _is_few(self, patches: Set[int]) -> bool:
        return 2 * len(patches) < sum(patch is not None for one in self.postings[-1:] for patch in one.patches)

    @property
    def known_in_a_tree(self) -> Set[int]:
        """The patches of the newest posting that form mails or later patches and mails tell to be in a tree."""
        known: set[int] = set()
        for one in self.postings[-1:]:
            known.update(n for facts in (one.cited, self.built_upon) for n, fact in enumerate(facts, 1) if fact)
            known.update(n for o in one.outcomes if o.status in ("applied", "merged") for n in o.patches)
        return known

    def _named_with(self, claim: Claim, statuses: Set[StatusLabel]) -> frozenset[int] | None:
        """The patches that a claim names, with those that others of some statuses name; None where any of them is about all."""
        named = self.name_patches(claim)
        if named is None:
            return None
        for other in self.claims:
            alike = other.status in statuses and is_plain(other)
            own_tree = self.said_by_responsible(other) and other.target is None
            if alike and other.confidence >= LEAST_TO_FINISH and not own_tree:
                more = self.name_patches(other)
                if more is None:
                    return None  # somebody took all of it
                named |= more
        return named

    def name_patches(self, claim: Claim) -> frozenset[int] | None:
        """The patches that a claim names; below one of several it means that one, if it does not speak of all. Of an item whose posting is
        not at hand those that it can tell without knowing how many there are."""
        posting = self.postings[-1] if self.postings else None
        if posting is None:
            return name_patches(claim.text, 0)
        if any(o.complete and o.message_id == claim.message_id for o in posting.outcomes):
            return None
        named = name_patches(claim.text, posting.expected)
        patch = self.patch_of.get(claim.message_id) if self.kind == "series" else None
        if named is None and patch is not None and not means_all(claim.text):
            return frozenset({posting.patches.index(patch) + 1}) if patch in posting.patches else frozenset({0})
        return named

    def is_current(self, claim: Claim) -> bool:
        """Whether a claim was said of the newest posting: not before it came. Words without a date may be as old as the first one."""
        posted = self.said_from or (self.postings[-1].date if self.postings else None)
        if posted is None:
            return True
        return len(self.postings) == 1 if claim.date is None else claim.date >= posted


@dataclass(frozen=True, slots=True)
class Verdict:
    status: StatusLabel | None
    evidence: tuple[Claim, ...] = ()
    waits_for_item: bool = False
    doubted: bool = False  # the evidence is not borne out
    waits_for: tuple[str, ...] = ()  # people, where the rule itself tells who must act
    confidence: float | None = None  # how often readers agree where it was said like this, 0 to 1
    weighed: Weighed | None = None  # what was weighed, where rules were


@dataclass(frozen=True, slots=True)
class Rule:
    """`says` is the rule as a maintainer reads it; `find` returns a verdict, or None where the rule does not apply. What
    `settles` it, facts, ends and the word of those who decide, is not weighed against what people say besides."""

    name: str
    says: str
    find: Callable[[Case], Verdict | None]
    settles: bool = False


def once(find: Callable[[Case], _Found]) -> Callable[[Case], _Found]:
    """What several rules ask of a case is looked for once in it."""

    @wraps(find)
    def ask(case: Case) -> _Found:
        if find not in case.found:
            case.found[find] = find(case)
        found: _Found = case.found[find]
        return found

    return ask


@once
def words_of_author(case: Case) -> list[Claim]:
    """What those whose work it is say of the newest posting."""
    return [c for c in case.claims if case.is_current(c) and case.said_by_responsible(c)]


@once
def words_of_others(case: Case) -> list[Claim]:
    return [c for c in case.claims if case.is_current(c) and not case.said_by_responsible(c)]


def is_plain(claim: Claim) -> bool:
    return claim.certainty == "asserted" and claim.is_his_own


def is_later(one: Claim, other: Claim) -> bool:
    return one.date is not None and other.date is not None and one.date >= other.date
