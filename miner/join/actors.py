"""Who must act next: the people named in the deciding sentences, else who is asked, else the role that the status calls for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from miner.join.approvals import takes_it
from miner.join.awaiting import find_promised_look
from miner.join.case import IN_A_TREE, Case, Verdict, Work
from miner.join.deciders import Choose
from miner.join.needs import Needs
from miner.join.people import People, split_person
from miner.join.questions import find_called
from miner.join.tie import Ties
from miner.join.waits import Decided
from miner.model import Question, StatusLabel

_NAME = re.compile(r"[^\W\d_a-z][\w'-]*(?: [^\W\d_a-z][\w'-]*)*")
ROLES: Mapping[StatusLabel | None, str] = {
    "posted": "reviewers",
    "needs-review": "reviewers",
    "needs-reply": "author",
    "needs-revision": "author",
    "planned": "author",
    "in-progress": "author",
    "ready": "maintainer",
}


@dataclass(frozen=True, slots=True)
class Actors:
    """Who must act, by the open `questions` and by who decides."""

    questions: Mapping[int, Question]
    needs: Needs
    ties: Ties
    deciders: Choose

    def find(self, decided: Decided, work: Work) -> tuple[str, ...]:
        """Those who must act on a work, the first one first. What is blocked by nothing but what is finished by now is its author's turn."""
        case, verdict = decided.case, decided.verdict
        people = self.ties.people
        if verdict.waits_for:
            return verdict.waits_for
        found: Sequence[str] = () if decided.waits_for_nothing else self._named(verdict, case, work.author)
        if not found and verdict.status == "needs-reply":
            found = self._asked(verdict, case, work.author)
        if not found and verdict.waits_for_item:
            found = [person for person in map(self.needs.brought_by, decided.open) if person]
        if not found and verdict.status == "needs-review" and (plan := find_promised_look(case)):
            found = [plan.by]
        if not found:
            role = "author" if decided.waits_for_nothing else ROLES.get(verdict.status)
            found = self._in_role(role, case, work.author)
        return tuple(dict.fromkeys(map(people.name, found)))

    def _named(self, verdict: Verdict, case: Case, author: str | None) -> list[str]:
        """Whom the deciding sentences name."""
        near = [person for person in (author, *(claim.by for claim in case.claims)) if person]
        found = []
        for claim in verdict.evidence:
            for words in () if claim.status in IN_A_TREE else claim.waiting_on:
                person = _person_meant(words, near, self.ties.people)
                if claim.certainty == "asked" and self.ties.people.same(person, claim.by):
                    continue  # nobody asks himself
                found.append(author if person.lower() == "author" and author else person)
        return found

    def _asked(self, verdict: Verdict, case: Case, author: str | None) -> Sequence[str]:
        """Who has to reply: to others the author, if they do not call somebody else; to the author whom he asks, or else any reviewer."""
        same = self.ties.people.same
        questions = [self.questions[id(c)] for c in verdict.evidence if id(c) in self.questions]
        asked = sorted({each.asked_of for each in questions if each.asked_of is not None})
        if author is None or any(same(c.by, author) for c in verdict.evidence):
            others = [person for person in asked if not same(person, author)]
            return others or (["reviewers"] if author and case.kind == "series" else [])
        greeted = {find_called(c, self.ties) for c in verdict.evidence}
        called = [person for person in asked if person in greeted or _calls(person, questions)]
        return called if questions and called == asked else [author]

    def _in_role(self, role: str | None, case: Case, author: str | None) -> Sequence[str]:
        if role == "author" and author:
            return [author]
        if role == "reviewers" and (asked := self._asked_by_author(case)):
            return asked
        if role == "maintainer":
            return self._maintainers(case, author)
        return [role] if role else []

    def _asked_by_author(self, case: Case) -> list[str]:
        """The others from whom an author awaits an answer, if that is all that he waits for."""
        asked = [c for c in case.open_questions if case.is_current(c) and case.said_by_responsible(c)]
        people = (self.questions[id(c)].asked_of for c in asked)
        return [each for each in people if each is not None and not case.is_responsible(each)]

    def _maintainers(self, case: Case, author: str | None) -> list[str]:
        """Whoever said that he takes it; else the role, with those whom MAINTAINERS names or who decide and spoke of it."""
        same = self.ties.people.same
        others = [c for c in reversed(case.claims) if case.is_current(c) and not same(c.by, author)]
        taker = next((c.by for c in others if takes_it(case, c)), None)
        if taker is not None and case.kind == "series":
            return [taker]
        names = self.deciders(case.postings).names or [c.by for c in others if case.decides(c.by)][:1]
        return ["maintainer", *(name for name in names if not same(name, author))]


def _person_meant(words: str, near: Sequence[str], people: People) -> str:
    """The person whom words mean, by their whole, by the name that they begin with, or, of those near, by the name before
    the @ ("Xiaoqing" is who writes himself 林晓晴 <xiaoqing@...>); else the words."""
    name = _NAME.match(words)
    found = people.resolve(words, near) or (name and people.resolve(name.group(), near))
    login = name.group().lower() if name else words.lower()
    alike = {p for p in near if (split_person(p)[1] or "").partition("@")[0].lower() == login}
    return found or (alike.pop() if len(alike) == 1 else words)


def _calls(person: str, questions: Sequence[Question]) -> bool:
    """Whether all questions to a person have the first of his names."""
    name, _ = split_person(person)
    first = (name or "").partition(" ")[0]
    return len(first) > 1 and all(
        re.search(rf"\b{re.escape(first)}\b", each.text) for each in questions if each.asked_of == person
    )
