"""Whether words below a row of a table are about another work than that of the row, by the subjects of their clauses or by what is taken
in them: "the other series is merged", "its sibling has landed", "the driver beside it was dropped", "I applied the other one"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from miner.join.senses import words_of
from miner.model import Claim

_CLAUSE_END = re.compile(r"[,;:()]+ |[.!?]+(?: |$)|-{2,}|—|\b(?:and|but|while|whereas|though|although|so)\b", re.I)
_BESIDE = re.compile(r"\b(?:next to|beside|besides|alongside) (?:it|this(?: one)?|that(?: one)?)$", re.I)
_VERB = re.compile(
    r"(?:['’]s|(?<!\w)(?:(?:is|are|was|were|has|have|had|does|did|do|can|could|will|would|should|must|might)(?:n['’]t)?|needs?|waits?|went|goes|got|gets|landed|depends|still|already|now|also))(?!\w)",
    re.I,
)
_DROPPED = r"\b(?:drop|reject|revert|nac?k|abandon|withdr|remov|discard)"
_IS_IN = r"\b(?:merg|appl(?:y|ied)|queu|land|pick|took|taken|commit|push|done|accepted|upstream|mainline)|\b(?:is|are|was|were|been|went|already|now) in\b|\bin v?\d"
_SAID = {"dropped": re.compile(_DROPPED, re.I), **dict.fromkeys(("applied", "merged"), re.compile(_IS_IN, re.I))}
_ENDED = re.compile(f"{_DROPPED}|{_IS_IN}", re.I)
_LAST_NOUN = re.compile(r"\b(?=(?:the|its|an?)\b)", re.I)
_WORD = re.compile(r"[\w./+-]*\w")
_WHEN = frozenset("once when if until till unless after before as since because than".split())  # begin no statement
_PREPOSITIONS = frozenset(
    "of for in into from with by on to at as via through yesterday today last this already now".split()
)
_DEFINITE = frozenset("the its his her their that my your our only".split())
_OTHER = frozenset(
    "other sibling neighbouring neighboring adjacent companion competing alternative related corresponding previous earlier old older".split()
)
_ALIKE = frozenset("similar equivalent different separate related".split())  # "a similar patch"
_TWINS = frozenset(
    "sibling siblings counterpart twin neighbour neighbor companion equivalent predecessor competitor".split()
)
# Other people, times and places, and what is a part of the same work or goes on with it.
_NO_WORK = frozenset(
    "people person maintainer maintainers reviewer reviewers developer developers author authors tester testers owner folks guy guys team day week month"
    " year time hand way half halves part parts bit bits piece pieces side end rest patches hunk hunks commit commits two three point points comment comments"
    " remark remarks question questions issue issues problem problems bug bugs thing things stuff review reviews mail mails thread discussion tree trees"
    " branch branches list row table release kernel".split()
)
_NEXT = frozenset("version revision round iteration approach way place".split())
_POINTS = frozenset("that this it same".split())
_ELSEWHERE = re.compile(r"\b(?:in|for|by) (?P<what>the other [^,;.]+)", re.I)
_HOLDS = frozenset("series set patchset patch one pull request pr version queue".split())  # in which a work may be
_TAKEN = re.compile(
    r"\b(?:applied|applying|merged|queued|picked(?: up)?|took|taken|pushed|dropped|reverted|posted|sent|submitted) (?P<what>\w[^,;.]*)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Clause:
    """Words that state something, with their subject, as far as they have one, and whether they are about another work."""

    text: str
    subject: str
    of_another: bool


def is_of_another(claim: Claim, sentence: str) -> bool:
    """Whether all that a claim's words state is about another work; `sentence` is what they stand in.

    What depends on another work, or is taken together with it, is this one: "waiting for the other series".
    """
    text = words_of(claim)
    at = sentence.find(text)
    stating = _without_others(claim, list(_read_clauses(text, sentence[:at] if at > 0 else "")))
    return bool(stating) and all(clause.of_another for clause in stating)


def find_subjects(claim: Claim) -> Sequence[str]:
    """The subjects of what a claim's words state."""
    stating = _without_others(claim, list(_read_clauses(words_of(claim), "")))
    return [clause.subject for clause in stating if clause.subject]


def _without_others(claim: Claim, clauses: Sequence[_Clause]) -> Sequence[_Clause]:
    """Of some clauses those that may state what a claim says: that a work is at its end, or anything but that."""
    said = _SAID.get(claim.status)
    if said is not None:
        return [each for each in clauses if said.search(each.text)] or clauses
    return [each for each in clauses if not _ENDED.search(each.text)] or clauses


def _read_clauses(text: str, before: str) -> Iterator[_Clause]:
    """The clauses that state something; one without a subject is about the work of the one before."""
    topic = False
    for clause in filter(str.strip, _CLAUSE_END.split(text)):
        words = _WORD.findall(clause.lower())
        if not words or words[0] in _WHEN:
            continue
        verb, taken = _VERB.search(clause), _TAKEN.search(clause)
        subject = clause[: verb.start()].strip() if verb else ""
        of_taken = taken is not None and _is_definite_other(_noun(taken["what"]))
        if words[0] == "which":
            topic = _is_another(_LAST_NOUN.split(before.rstrip(" ,"))[-1])
        elif subject:
            topic = _is_another(subject) or _is_elsewhere(subject, clause)
        elif verb is None and not of_taken and (words[0] in _PREPOSITIONS or _is_another(clause)):
            topic = topic or _is_another(clause)  # "the other loader, by Yu, is merged"
            continue
        yield _Clause(clause, subject, topic or of_taken)
        before = clause


def _is_another(phrase: str) -> bool:
    """Whether a noun phrase means another work than the one at hand.

    >>> _is_another("the other series"), _is_another("its counterpart in the loom"), _is_another("The other half")
    (True, True, False)
    """
    if _BESIDE.search(phrase.strip()):
        return True
    words = _noun(phrase)
    if _is_definite_other(words):
        return True
    indefinite = not {"a", "an", "some"}.isdisjoint(words) and not _ALIKE.isdisjoint(words[:-1])
    return indefinite and words[-1] not in _NO_WORK | _NEXT


def _is_definite_other(words: Sequence[str]) -> bool:
    if not words or _DEFINITE.isdisjoint(words[:-1]):
        return False
    head = words[-1]
    return head in _TWINS or (not (_OTHER | _ALIKE).isdisjoint(words[:-1]) and head not in _NO_WORK)


def _noun(phrase: str) -> list[str]:
    """The words of a noun phrase up to its head."""
    return list(takewhile(lambda word: word not in _PREPOSITIONS, _WORD.findall(phrase.lower())))


def _is_elsewhere(subject: str, clause: str) -> bool:
    """Whether something is said to be done in another place: "that is done in the other shuttle"; in another tree or series is this work."""
    place = _ELSEWHERE.search(clause) if not _POINTS.isdisjoint(subject.lower().split()) else None
    if place is None:
        return False
    words = _noun(place["what"])
    return _is_definite_other(words) and words[-1] not in _HOLDS
