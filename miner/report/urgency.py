"""Which works need the reader of a letter, in which section he finds them, and in what order they stand there.

Rule: a work needs him if he must act next, or, in a letter for nobody in particular, whoever takes patches or reviews them; never one that
its author or another contributor has to bring on. What moved since the last letter goes first, then what waits longest. A posting
of somebody who takes patches himself and that nobody answered is not forgotten: he needs nobody's leave. What was asked of the author
stands with him unless somebody else said that he will act: that one reads what waits for review.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta

from miner.model import CARRIED, POSTED, SILENT, Series, Status, StatusLabel
from miner.report.escape import address_of, short_name
from miner.report.wording import is_merge_notice

_DECIDE = frozenset({"maintainer", "maintainers", "reviewers", "reviewer"})
ROLES = _DECIDE | {"author"}
_WITH_AUTHOR = frozenset({"needs-revision", "in-progress", "planned"})
_WITH_OTHERS = frozenset({"ready", "needs-review", "posted"})


class Needs:
    """What tells who must act next: `takers` take other people's patches, `main` among them more than now and then; a letter for one person
    has what tells him, `is_reader`."""

    def __init__(
        self, takers: Collection[str], is_reader: Callable[[str], bool] | None, main: Collection[str] = ()
    ) -> None:
        self._takers = frozenset(key for form in takers for key in keys_of(form))
        self._main = frozenset(key for form in main for key in keys_of(form))
        self._is_reader = is_reader
        self._reader_takes = is_reader is not None and any(map(is_reader, takers))

    def needs_reader(self, status: Status) -> bool:
        """Whether the reader must act next, or answer a question."""
        actor = status.next_actor or ""
        owner = status.assignee or ""
        if self._is_reader is not None:
            names = (owner if actor == "author" else actor, *status.waiting_on)
            names = (*names, *(each.asked_of or "" for each in status.unanswered))
            return any(name and self._is_reader(name) for name in names) or (
                self._reader_takes and actor == "maintainer"
            )
        if actor in _DECIDE:
            return True
        if not actor or is_author(actor, owner):
            return False
        return self.find_label(status) == "needs-review" or self.takes(actor)

    def find_label(self, status: Status) -> StatusLabel | None:
        """The status by whose section whoever must act next finds a work: what is with the author is no other's, and what waits for others
        is not his, unless he takes patches himself."""
        actor, owner = status.next_actor or "", status.assignee or ""
        if self.find_asked(status):
            return "needs-reply"
        if not actor:
            return status.status
        if status.status in _WITH_AUTHOR and owner and not is_author(actor, owner):
            return "ready" if actor in ("maintainer", "maintainers") else "needs-review"
        if status.status in _WITH_OTHERS and is_author(actor, owner) and not self.takes(owner):
            return "needs-revision"
        return status.status

    def find_asked(self, status: Status) -> str:
        """The reader, as an open work names him whom it asks something, where it waits for others."""
        actor, owner = status.next_actor or "", status.assignee or ""
        waits = (owner if actor == "author" else actor, *status.waiting_on)
        if self._is_reader is None or any(name and self._is_reader(name) for name in waits):
            return ""
        if self._reader_takes and actor == "maintainer":
            return ""
        return next(
            (each.asked_of for each in status.unanswered if each.asked_of and self._is_reader(each.asked_of)), ""
        )

    def takes(self, person: str) -> bool:
        """Whether somebody takes other people's patches."""
        return not self._takers.isdisjoint(keys_of(person))

    def is_own(self, status: Status) -> bool:
        """Whether who takes patches has to decide or to look at what he posted himself: he knows of it, and in a letter for one person it is his."""
        owner, actor = status.assignee or "", status.next_actor or ""
        if self._is_reader is not None and not self._is_reader(owner):
            return False
        waits = status.status in _WITH_OTHERS and (not actor or actor in _DECIDE or is_author(actor, owner))
        return status.kind == "series" and waits and not self._main.isdisjoint(keys_of(owner))

    def is_takers_own(self, status: Status) -> bool:
        """Whether nobody answered a posting of somebody who takes patches himself."""
        return status.kind == "series" and status.rule in (POSTED, CARRIED) and self.takes(status.assignee or "")


def was_known_late(status: Status, posting: Series | None, stale_days: int, since: float) -> bool:
    """Whether mail told only long after a posting that it is in a tree: no news, since nobody knows how long it has been so. What a pull
    request, or the notice that it was merged, tells since a moment is dated by these."""
    if status.rule not in SILENT or status.status not in ("applied", "merged") or status.since is None:
        return False
    if posting is None or posting.date is None or status.since - posting.date <= timedelta(days=stale_days):
        return False
    return status.since.timestamp() < since or not any(
        not cited.sha or (cited.landed is not None and is_merge_notice(cited.landed.text))
        for cited in posting.cited
        if cited is not None
    )


def is_author(actor: str, owner: str) -> bool:
    """Whether who must act next is the author of a work."""
    return actor == "author" or not set(keys_of(actor)).isdisjoint(keys_of(owner))


def keys_of(form: str) -> tuple[str, ...]:
    """What somebody is known by: his name and his address."""
    return tuple(dict.fromkeys(each.casefold() for each in (short_name(form), address_of(form)) if each))
