"""The mailmap's names in all that a join found: people are shown as the project writes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from miner.join.mailmap import Mailmap
from miner.join.people import split_person
from miner.model import Claim, Person, Promise, Question, Series, Status


class Namer:
    """Forms of people (`Name <addr>`) as a mailmap has them; what it does not know stays as it is."""

    def __init__(self, mailmap: Mailmap) -> None:
        self._mailmap = mailmap

    def name(self, form: str) -> str:
        written = split_person(form)
        proper = self._mailmap.fix(*written)
        return form if proper == written else str(Person(*proper))

    def name_claims(self, claims: Iterable[Claim]) -> tuple[Claim, ...]:
        return tuple(replace(claim, by=self.name(claim.by)) for claim in claims)

    def name_series(self, series: Iterable[Series]) -> tuple[Series, ...]:
        return tuple(replace(one, author=self.name(one.author)) for one in series)

    def name_promises(self, promises: Iterable[Promise]) -> tuple[Promise, ...]:
        return tuple(replace(each, by=self.name(each.by)) for each in promises)

    def name_status(self, statuses: Iterable[Status]) -> tuple[Status, ...]:
        return tuple(
            replace(
                each,
                next_actor=self._or_none(each.next_actor),
                waiting_on=tuple(map(self.name, each.waiting_on)),
                assignee=self._or_none(each.assignee),
                unanswered=tuple(map(self._name_question, each.unanswered)),
            )
            for each in statuses
        )

    def _name_question(self, question: Question) -> Question:
        return replace(question, asked_of=self._or_none(question.asked_of), by=self._or_none(question.by))

    def _or_none(self, form: str | None) -> str | None:
        return None if form is None else self.name(form)
