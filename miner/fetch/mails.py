"""Threads and searches: mboxes from the server, kept as one file for each mail.

The first run fetches all of it, later ones what the server got since the last, with a day's overlap; once a week all
of it again, for an archive may get old mail late, and a reply may match no words of the search. An mbox is kept only
when it is whole; a mail is written only where it is not already there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from miner.errors import FetchError
from miner.fetch.epochs import Tell
from miner.fetch.folder import Folder, State
from miner.fetch.lore import Inbox, Sink
from miner.fetch.wire import Clock, Trouble
from miner.model import Problem, RawMail

OVERLAP = timedelta(days=1)  # servers are behind each other, and clocks are wrong
FULL_AFTER = timedelta(days=7)
_PLAIN_ID = re.compile(r"[\w.+=-]{1,100}@[\w.-]{1,100}")  # one that no server stumbles over
ENDING = b"\n\n"  # what public-inbox writes behind each mail of an mbox


@dataclass(frozen=True, slots=True)
class Head:
    """What a mail's headers say, as far as it is needed to keep the mail in its place."""

    message_id: str
    date: datetime | None
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How mail is read, passed in by whoever knows it: an mbox file to mails, and a mail to its `Head`."""

    split: Callable[[Path], Iterator[RawMail | Problem]]
    head: Callable[[bytes], Head]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a fetch brought: mails that were new or had changed, those that could not be kept, and the dates of all."""

    new: int = 0
    problems: tuple[Problem, ...] = ()
    dates: tuple[datetime, ...] = ()


def fetch_thread(
    folder: Folder, state: State, inbox: Inbox, reading: Reading, tell: Tell, full: bool
) -> tuple[State, Kept]:
    """Bring one thread up to date. Raises FetchError, and then what is here is untouched."""
    wanted = folder.source.want
    known = {reading.head(path.read_bytes()).message_id for path in folder.mail_paths()}
    with _Download(folder, inbox, reading, tell) as download:
        if state.as_of and state.scoped and not full and known:
            answer = inbox.read_thread_since(wanted, state.as_of - OVERLAP, download.sink)
            if answer is None:
                return state, Kept()
            if belong(download.heads, known | {wanted}):
                return replace(state, as_of=answer.as_of), download.keep()
            # The server searched the whole list. All of the thread, then, from now on.
            state = replace(state, scoped=False)
        answer = inbox.read_thread(wanted, download.sink)
        if not any(head.message_id == wanted for head in download.heads):
            raise FetchError(f"{inbox.url} answers with other mail than thread {wanted}; nothing was stored")
        return replace(state, as_of=answer.as_of, full=answer.as_of), download.keep()


def fetch_search(
    folder: Folder,
    state: State,
    inbox: Inbox,
    reading: Reading,
    since: datetime | None,
    clock: Clock,
    tell: Tell,
    full: bool,
) -> tuple[State, Kept]:
    """Bring one search up to date; one that finds nothing is no error."""
    source = folder.source
    query = source.want
    if since is not None:
        query = f"({query}) AND d:{since:%Y%m%d}.."
    again = full or state.as_of is None
    if not again and state.as_of:
        query = f"({query}) AND rt:{int((state.as_of - OVERLAP).timestamp())}.."
    with _Download(folder, inbox, reading, tell) as download:
        answer = inbox.search(query, source.threads, download.sink)
        if answer:
            _check_inbox(folder, state, inbox, download.heads)
        as_of = answer.as_of if answer else clock.now()
        state = replace(state, as_of=max(filter(None, (as_of, state.as_of))), full=as_of if again else state.full)
        return state, download.keep() if answer else Kept()


def _check_inbox(folder: Folder, state: State, inbox: Inbox, heads: Sequence[Head]) -> None:
    """FetchError when what a search brought is another list's: the server gives the inbox another name, or has no such
    message in it. Asked only where something new came."""
    plain = (head for head in reversed(heads) if _PLAIN_ID.fullmatch(head.message_id))
    new = next((head for head in plain if not folder.mail_path(head.message_id).exists()), None)
    if new is None:
        return
    name = inbox.read_name() if state.full is None else None
    if (name is not None and name != folder.source.inbox) or not inbox.has_message(new.message_id):
        what = f"the list {name}" if name not in (None, folder.source.inbox) else "another list"
        raise FetchError(f"{inbox.url} answers with mail of {what}; nothing was stored, check the address")


def is_full_due(state: State, now: datetime) -> bool:
    """Whether all of a thread or search is to be fetched again."""
    return state.full is None or now - state.full > FULL_AFTER


class _Download:
    """An mbox on its way: received into a draft, looked through in the memory of one mail, then kept mail by mail."""

    def __init__(self, folder: Folder, inbox: Inbox, reading: Reading, tell: Tell) -> None:
        self._folder = folder
        self._inbox = inbox
        self._reading = reading
        self._path = folder.draft(".mbox")
        self._file = open(self._path, "w+b")  # noqa: SIM115  # closed at the end of the with block
        self.heads: Sequence[Head] = ()
        self._problems: Sequence[Problem] = ()
        self.sink = Sink(self._file, _advance(tell), self._look)

    def __enter__(self) -> _Download:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _look(self) -> None:
        """Read the heads of all mails; Trouble for an mbox that breaks off."""
        heads: list[Head] = []
        problems: list[Problem] = []
        last: bytes | None = None
        for found in self._reading.split(self._path):
            if isinstance(found, RawMail):
                heads.append(self._reading.head(found.data))
                last = found.data
            else:
                problems.append(Problem(self._inbox.url, found.why, found.lost))
                last = None
        size = self._file.seek(0, 2)
        self._file.seek(max(0, size - len(ENDING)))
        if self._file.read() != ENDING and not (last and self._is_whole(heads[-1], last)):
            raise Trouble(f"{self._inbox.url} answers with an mbox that breaks off; nothing was stored")
        self.heads, self._problems = heads, problems

    def _is_whole(self, head: Head, data: bytes) -> bool:
        """Whether the last mail of an mbox that does not end as it should is what the server has as this message."""
        single = self._path.with_suffix(".single")
        try:
            with open(single, "w+b") as file:
                self._inbox.read_message(head.message_id, file)
                return data in [each.data for each in self._reading.split(single) if isinstance(each, RawMail)]
        except FetchError:
            return False
        finally:
            single.unlink(missing_ok=True)

    def keep(self) -> Kept:
        """Write the mails that are not here yet."""
        copies: Counter[str] = Counter()
        new = 0
        mails = (found for found in self._reading.split(self._path) if isinstance(found, RawMail))
        for head, mail in zip(self.heads, mails, strict=True):
            new += self._folder.write_mail(self._folder.mail_path(head.message_id, copies[head.message_id]), mail.data)
            copies[head.message_id] += 1
        return Kept(new, tuple(self._problems), tuple(head.date for head in self.heads if head.date))


def belong(heads: Sequence[Head], known: Iterable[str]) -> bool:
    """Whether all mails hang together with what is known of a thread."""
    ids = set(known)
    left = [head for head in heads if head.message_id not in ids]
    while joined := [head for head in left if ids.intersection(head.references)]:
        ids.update(head.message_id for head in joined)
        left = [head for head in left if head.message_id not in ids]
    return not left


def _advance(tell: Tell) -> Callable[[int], None]:
    done = 0

    def advance(size: int) -> None:
        nonlocal done
        done += size
        tell(done, None, "bytes")

    return advance
