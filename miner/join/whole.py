"""What a part of a list has to know of the whole of it, question by question.

Mails that have nothing to do with each other are joined apart (`regions.py`). Nine questions are left that only the whole list
answers: who a person is, which mail an id means, whether an address is a writer's, which older posting one is most like, who
decides, which mail cites the commit of a title, which later posting begins with a file or holds a patch of a title, and in
which some lines stand. A part asks them of a `Listener`, which writes down each question with its answer. As long as the part has the same mails and each question has the
same answer, joining it again would give the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Generic, TypeVar

from miner.join.citations import Finder
from miner.join.facts import Facts
from miner.join.later import FILE, SHORT, TITLE, Begun, Later, Sent
from miner.join.lines import Pairs, Trace, Traced
from miner.join.masks import Unmasker, mask_key
from miner.join.people import Known, People
from miner.join.topics import pack, topic, unpack
from miner.join.traits import Brief
from miner.model import Citation

ID, WRITER, OLDER = "id", "writer", "older"  # topics
Question = TypeVar("Question")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Looked(Generic[Answer]):
    """An answer that is read from its beginning, as far as it was, and whether that was to its end: what follows may be another."""

    seen: tuple[Answer, ...]
    ended: bool

    def is_same(self, now: Sequence[Answer]) -> bool:
        return now[: len(self.seen)] == self.seen and not (self.ended and len(now) > len(self.seen))


class _Looking(Generic[Answer]):
    """An answer while it is read."""

    def __init__(self, answer: Iterable[Answer]) -> None:
        self._answer = tuple(answer)
        self._seen = 0

    def __iter__(self) -> Iterator[Answer]:
        for number, each in enumerate(self._answer, 1):
            self._seen = max(self._seen, number)
            yield each
        self._seen = len(self._answer) + 1

    def looked(self) -> Looked[Answer]:
        return Looked(self._answer[: self._seen], self._seen > len(self._answer))


@dataclass(frozen=True, slots=True)
class Heard:
    """Questions with their answers; `meant` are (words, people near, person), `cited` (title, moment, citation), `begun` (path, hash,
    moment, files), `sent` (title, moment, patches), `traced` (pairs of lines, postings not to look at, moment, how many of the pairs are
    new, postings built upon them, postings that bring them)."""

    known: Mapping[str, str] = field(default_factory=dict)
    meant: tuple[tuple[str, tuple[str, ...], str | None], ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    writes: Mapping[str, bool] = field(default_factory=dict)
    older: Mapping[str, str | None] = field(default_factory=dict)
    decides: Mapping[str, bool] = field(default_factory=dict)
    cited: tuple[tuple[str, float, Citation | None], ...] = ()
    begun: tuple[tuple[str, str, float, Looked[Begun]], ...] = ()
    sent: tuple[tuple[str, float, Looked[Sent]], ...] = ()
    traced: tuple[tuple[bytes, tuple[str, ...], float, int, Looked[Trace], Looked[Trace]], ...] = ()


class Whole:
    """The whole list, as far as parts of it ask. Without a MAINTAINERS file those decide who take patches, and only the parts tell
    who does."""

    def __init__(
        self,
        people: People,
        unmask: Unmasker,
        writers: Collection[str],
        older: Mapping[str, str],
        cited: Finder = lambda title, after: None,
        later: Later | None = None,
        briefs: Iterable[Brief] = (),
    ) -> None:
        self.people = people
        self.unmask = unmask
        self._takers: frozenset[str] = frozenset()
        self.writes: Callable[[str], bool] = frozenset(writers).__contains__
        self._older = older
        self.older: Callable[[str], str | None] = older.get
        self.known = cache(people.key)
        self.cited = cited
        self.later = later or Later()
        self.briefs = {brief.root: brief for brief in briefs}

    def believe(self, takers: Iterable[str]) -> None:
        """Take it that these people take patches on the list."""
        self._takers = frozenset(takers)

    def decides(self, person: str) -> bool:
        return self.known(person) in self._takers

    def topics_of(self, people: Iterable[str]) -> bytes:
        """The topics of some people."""
        return pack(set().union(*map(self.people.topics_of_person, people)))

    def topics(self, heard: Heard) -> bytes:
        """What questions are about: as long as nothing moves that has one of these topics, the answers are the same."""
        people = self.people
        found = set().union(*map(people.topics, (*heard.known, *heard.decides)))
        for words, near, _ in heard.meant:
            found.update(people.topics(words), people.topics_of_words(words), *map(people.topics, near))
        found.update(topic(ID, *mask_key(ident)) for ident in heard.ids)
        found.update(topic(WRITER, address) for address in heard.writes)
        found.update(topic(OLDER, root) for root in heard.older)
        found.update(topic(TITLE, title) for title, *_ in (*heard.cited, *heard.sent))
        found.update(topic(FILE, path, blob[:SHORT]) for path, blob, *_ in heard.begun)
        return pack((*found, *(pair for pairs, *_ in heard.traced for pair in unpack(pairs).tolist())))

    @staticmethod
    def narrow(heard: Heard, moved: Set[int]) -> Heard:
        """Of what is told of later postings only what is about something that moved."""
        return replace(
            heard,
            cited=tuple(each for each in heard.cited if topic(TITLE, each[0]) in moved),
            begun=tuple(each for each in heard.begun if topic(FILE, each[0], each[1][:SHORT]) in moved),
            sent=tuple(each for each in heard.sent if topic(TITLE, each[0]) in moved),
            traced=tuple(each for each in heard.traced if not moved.isdisjoint(unpack(each[0]).tolist())),
        )

    def find_moved(
        self,
        idents: Iterable[str],
        facts: Sequence[Facts],
        pairs: Iterable[Pairs],
        older: Mapping[str, str | None],
        known: Known,
    ) -> bytes | None:
        """The topics of what is otherwise than it was; None if it may be anything. `idents` are mails that came or went, `facts` and `pairs`
        those of the clusters; `older` and `known` are what was known of the likeness of postings, and of people."""
        moved = self.people.find_moved(known, {form for each in facts for _, _, form in each.forms})
        if moved is None:
            return None
        moved.update(topic(ID, *mask_key(ident)) for ident in idents)
        moved.update(topic(WRITER, address) for each in facts for address in each.writers)
        moved.update(topic(OLDER, root) for root in {*older, *self._older} if older.get(root) != self.older(root))
        lines = (part for one in pairs for part in (one.found, one.brought))
        return b"".join((pack(moved), *(each.topics for each in facts), *lines))

    def still_says(self, heard: Heard) -> bool:
        """Whether each question has the answer that it had. What stands for a person may be another form, since parts only compare
        people."""
        return (
            self._same_people(heard.known)
            and _same(self.unmask.resolve, heard.ids)
            and _same(self.writes, heard.writes)
            and _same(self.older, heard.older)
            and _same(self.decides, heard.decides)
            and all(self.people.resolve(words, near) == person for words, near, person in heard.meant)
            and all(self.cited(title, after) == citation for title, after, citation in heard.cited)
            and all(seen.is_same(self.later.begun_with(path, blob, after)) for path, blob, after, seen in heard.begun)
            and all(seen.is_same(self.later.sent_again(title, after)) for title, after, seen in heard.sent)
            and all(self._traces_same(*traced) for traced in heard.traced)
        )

    def _traces_same(
        self, pairs: bytes, own: tuple[str, ...], after: float, new: int, finds: Looked[Trace], brings: Looked[Trace]
    ) -> bool:
        now = self.later.trace(pairs, own, after)
        return now.new == new and finds.is_same(tuple(now.finds)) and brings.is_same(tuple(now.brings))

    def _same_people(self, heard: Mapping[str, str]) -> bool:
        pairs = {(person, self.known(form)) for form, person in heard.items()}
        return len({before for before, _ in pairs}) == len(pairs) == len({now for _, now in pairs})


def _same(ask: Callable[[str], Answer], before: Mapping[str, Answer]) -> bool:
    return all(ask(question) == answer for question, answer in before.items())


class Listener:
    """Asks the whole list for a part that holds some mails."""

    def __init__(self, whole: Whole, idents: Collection[str]) -> None:
        self._whole = whole
        self.briefs = whole.briefs  # no question: its own mails tell them
        self._meant: dict[tuple[str, tuple[str, ...]], str | None] = {}
        self._known: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._writes: dict[str, bool] = {}
        self._older: dict[str, str | None] = {}
        self._decides: dict[str, bool] = {}
        self._cited: dict[tuple[str, float], Citation | None] = {}
        self._begun: dict[tuple[str, str, float], _Looking[Begun]] = {}
        self._sent: dict[tuple[str, float], _Looking[Sent]] = {}
        self._traced: dict[tuple[bytes, tuple[str, ...], float], tuple[int, _Looking[Trace], _Looking[Trace]]] = {}
        self.people: People = _People(self)
        self.unmask: Unmasker = _Unmasker(self, idents)

    def heard(self) -> Heard:
        meant = tuple((words, near, person) for (words, near), person in self._meant.items())
        cited = tuple((title, after, citation) for (title, after), citation in self._cited.items())
        begun = tuple((*asked, files.looked()) for asked, files in self._begun.items())
        sent = tuple((*asked, patches.looked()) for asked, patches in self._sent.items())
        traced = tuple(
            (*asked, new, finds.looked(), brings.looked()) for asked, (new, finds, brings) in self._traced.items()
        )
        return Heard(
            self._known, meant, self._ids, self._writes, self._older, self._decides, cited, begun, sent, traced
        )

    def known(self, form: str) -> str:
        return _ask(form, self._whole.known, self._known)

    def meant(self, words: str, near: tuple[str, ...]) -> str | None:
        return _ask((words, near), lambda question: self._whole.people.resolve(*question), self._meant)

    def resolve_id(self, ident: str) -> str:
        return _ask(ident, self._whole.unmask.resolve, self._ids)

    def writes(self, address: str) -> bool:
        return _ask(address, self._whole.writes, self._writes)

    def older(self, root: str) -> str | None:
        return _ask(root, self._whole.older, self._older)

    def cited(self, title: str, after: float) -> Citation | None:
        return _ask((title, after), lambda question: self._whole.cited(*question), self._cited)

    def begun_with(self, path: str, blob: str, after: float) -> Iterable[Begun]:
        return _ask((path, blob, after), lambda asked: _Looking(self._whole.later.begun_with(*asked)), self._begun)

    def sent_again(self, title: str, after: float) -> Iterable[Sent]:
        return _ask((title, after), lambda asked: _Looking(self._whole.later.sent_again(*asked)), self._sent)

    def trace(self, pairs: bytes, own: tuple[str, ...], after: float) -> Traced:
        return Traced(*_ask((pairs, own, after), self._trace, self._traced))

    def _trace(self, asked: tuple[bytes, tuple[str, ...], float]) -> tuple[int, _Looking[Trace], _Looking[Trace]]:
        found = self._whole.later.trace(*asked)
        return found.new, _Looking(found.finds), _Looking(found.brings)

    def decides(self, person: str | None) -> bool:
        return person is not None and _ask(person, self._whole.decides, self._decides)


def _ask(question: Question, answer: Callable[[Question], Answer], notes: dict[Question, Answer]) -> Answer:
    if question not in notes:
        notes[question] = answer(question)
    return notes[question]


class _People(People):
    """Everybody on the list, asked through a listener."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def resolve(self, text: str, near: Sequence[str] = ()) -> str | None:
        return self._listener.meant(text, tuple(near))

    def resolve_known(self, form: str) -> str:
        """What stands for the person: a part compares people, and shows them as its own mails have them."""
        return self.key(form)

    def key(self, form: str) -> str:
        return self._listener.known(form)


class _Unmasker(Unmasker):
    """All mails of the list, asked through a listener; what the part itself holds is no question."""

    def __init__(self, listener: Listener, idents: Iterable[str]) -> None:
        self._listener = listener
        self._here = frozenset(idents)

    def resolve(self, ident: str) -> str:
        return ident if ident in self._here else self._listener.resolve_id(ident)
