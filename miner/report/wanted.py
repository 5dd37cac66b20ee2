"""Which works a letter is about: all, or what waits for one person, what was on one list, or the items of one table."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from miner.model import Message, Promise, Question, Status, WorkItem
from miner.report.arrange import find_by_id
from miner.report.overview import PLACE_OF

_STABLE = re.compile(r"(?:AUTOSEL|STABLE)?[ -]?\d{1,2}\.\d{1,3}(?:\.y)?|AUTOSEL|stable", re.I)


class Wanted:
    """What a reader wants to see."""

    def __init__(
        self,
        items: Sequence[WorkItem],
        messages: Mapping[str, Message] | Sequence[Message],
        reader: str,
        forms: Collection[str],
        inbox: str,
        table: str,
        takers: Sequence[str],
    ) -> None:
        self.reader = reader.casefold().strip()
        self._forms = frozenset(forms)
        self._takes = any(map(self.is_reader, takers))
        self._inbox = inbox.casefold().strip()
        self._table = table.casefold().strip("<> ")
        self._mails = find_by_id(messages)
        self._table_of = {item.item: item.message_id for item in items}

    def is_reader(self, name: str) -> bool:
        """Whether the reader is called so."""
        return self.reader in name.casefold() or name in self._forms

    def has(self, status: Status) -> bool:
        mail = self._table_of.get(status.key, "") if status.kind == "item" else status.key
        if status.kind == "series" and self._is_stable_copy(mail):
            return False
        return self._waits(status) and self._is_on(mail) and self._is_in(status, mail)

    def has_question(self, question: Question, of_work: bool = False) -> bool:
        """Whether a question in a thread without a posting is for the reader, or words about a work are on his list."""
        asked = of_work or not self.reader or self.is_reader(question.asked_of or "")
        return asked and not self._table and self._is_on(question.message_id)

    def has_promise(self, promise: Promise) -> bool:
        """Whether a promise is the reader's own, was made on his list, and is of a work of his table."""
        if (self.reader and not self.is_reader(promise.by)) or not self._is_on(promise.message_id):
            return False
        mail = self._mails.get(self._table_of.get(promise.item or "", ""))
        return not self._table or (mail is not None and is_called(mail, self._table))

    def _is_stable_copy(self, ident: str) -> bool:
        """Whether a posting is the copy of a patch for a stable tree, `[PATCH 6.12 17/99]`: nobody has to act on it here."""
        mail = self._mails.get(ident)
        return mail is not None and any(_STABLE.fullmatch(tag) for tag in mail.subject.tags)

    def _waits(self, status: Status) -> bool:
        if not self.reader:
            return True
        asked = status.unanswered if PLACE_OF[status.status].open else ()  # of what is finished they are not shown
        named = [status.next_actor, *status.waiting_on, *(question.asked_of for question in asked)]
        if status.next_actor == "author":
            named.append(status.assignee)
        if self._takes and status.waiting_on == ("maintainer",):
            return True
        return any(self.is_reader(name) for name in named if name)

    def _is_on(self, ident: str) -> bool:
        mail = self._mails.get(ident)
        return not self._inbox or (mail is not None and is_on_list(mail, self._inbox))

    def _is_in(self, status: Status, ident: str) -> bool:
        if not self._table:
            return True
        mail = self._mails.get(ident)
        if status.kind != "item" or mail is None:
            return False
        return is_called(mail, self._table)


def is_on_list(mail: Message, name: str) -> bool:
    """Whether a mail was posted on a list of this name."""
    return name.casefold().strip() in (mail.list_id or mail.where).casefold()


def is_called(mail: Message, words: str) -> bool:
    """Whether a mail has these words in its subject, or this id."""
    wanted = words.casefold().strip("<> ")
    return wanted == mail.message_id.casefold() or wanted in mail.subject.text.casefold()
