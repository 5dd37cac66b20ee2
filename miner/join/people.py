"""Who is who: one person under several addresses, masked addresses and short forms of a name.

"Yu" in a sentence is a person only if exactly one person known here, nearest thread first, goes by that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from miner.columns import ASSIGNEE
from miner.join.mailmap import Mailmap
from miner.join.masks import is_masked, mask_key
from miner.model import Message, Person, TableRow

_ADDRESSED = re.compile(r"^\s*(.*?)\s*<([^<>\s]+)>\s*$")
_WORD = re.compile(r"[^\W\d_][\w'-]*")
WRITERS, RECIPIENTS, OWNERS, QUOTED, PLAIN = GROUPS = range(5)  # in the order in which people are added
ROLES = frozenset({"author", "maintainer", "maintainers", "reviewers", "reviewer", "submitter", "others", "community"})


class People:
    """An index of people, in the order that they were added; every form given as a string like `Name <addr>`. The mailmap says
    who is who before anything else does."""

    def __init__(self, known: Iterable[str] = (), mailmap: Mailmap | None = None) -> None:
        self._mailmap = mailmap or Mailmap()
        self._forms: list[str] = []
        self._by_address: dict[str, str] = {}
        self._by_mask: dict[tuple[tuple[str, int], bool], str | None] = {}
        self._by_words: dict[frozenset[str], str] = {}
        self._by_word: dict[str, list[str]] = {}
        self._by_login: dict[str, str] = {}
        for form in dict.fromkeys(known):
            self.add(form)

    def add(self, form: str) -> str:
        """Add a person and return how that person is written from now on (the first full form that was seen)."""
        name, address = self._split(form)
        words = _words(name)
        written = _words(split_person(form)[0])  # before the mailmap
        login = _login(name, address)
        known = (self._find_address(address) if address else None) or (
            self._by_words.get(words) if len(words) > 1 else self._by_login.get(login or "")
        )
        if known is None:
            if not address and len(words) < 2:
                return form
            known = form if (name, address) == split_person(form) else str(Person(name, address))
            self._forms.append(known)
        if address:
            self._by_address.setdefault(address.lower(), known)
            key = mask_key(address), is_masked(address)
            self._by_mask[key] = known if self._by_mask.get(key, known) == known else None
        if login:
            self._by_login.setdefault(login, known)
        for each in {words, written} - {frozenset()}:
            self._by_words.setdefault(each, known)
        for word in words | written:
            people = self._by_word.setdefault(word, [])
            if known not in people:
                people.append(known)
        return known

    def resolve(self, text: str, near: Sequence[str] = ()) -> str | None:
        """The person whom a name, an address or a first name means, or None. `near` are preferred (people of the thread)."""
        name, address = self._split(text)
        if address and (known := self._find_address(address)):
            return known
        words = [w.lower() for w in _WORD.findall(name or "")]
        if not words or " ".join(words) in ROLES:
            return None
        if known := self._by_words.get(frozenset(words)):
            return known
        candidates = [set(self._by_word.get(word, ())) for word in words]
        common = set.intersection(*candidates) if candidates else set()
        close = {self.resolve_known(p) for p in near} & common
        for chosen in (close, common):
            if len(chosen) == 1:
                return next(iter(chosen))
        first = [p for p in sorted(close or common) if _first_word(p) == words[0]]
        return first[0] if len(first) == 1 else None

    def resolve_known(self, form: str) -> str:
        """The standing form of a person already added; the form itself if it is not known."""
        name, address = self._split(form)
        if address and (known := self._find_address(address)):
            return known
        return self._by_words.get(_words(name), form)

    def _find_address(self, address: str) -> str | None:
        """Who has an address. A masked one is that of the one person whose address it may hide, and the other way round."""
        found = self._by_address.get(address.lower())
        return found or self._by_mask.get((mask_key(address), not is_masked(address)))

    def _split(self, form: str) -> tuple[str | None, str | None]:
        return self._mailmap.fix(*split_person(form))

    def same(self, one: str | None, other: str | None) -> bool:
        """Whether two forms are the same person, as far as is known."""
        if not one or not other:
            return False
        return self.resolve_known(one) == self.resolve_known(other)


def gather_people(
    messages: Sequence[Message], rows: Mapping[str, Sequence[TableRow]], mailmap: Mailmap | None = None
) -> People:
    """Everybody who wrote, got mail, was quoted or owns an item; whole forms first, so that they are the standing ones."""
    found: dict[int, list[str]] = {group: [] for group in GROUPS}
    for message in messages:
        for group, form in forms_in(message):
            found[group].append(form)
    for each in rows.values():
        for row in each:
            for name, value in row.columns.items():
                if isinstance(value, str):
                    if "@" in value and len(value) < 200 and "://" not in value:
                        found[OWNERS].append(value)
                    if name in ASSIGNEE:
                        found[PLAIN].append(value)
    return People((form for forms in found.values() for form in forms if form), mailmap)


def forms_in(message: Message) -> Iterator[tuple[int, str]]:
    """The people of a mail, each with the group that tells when he is added: writers before those who got mail, owners of items
    before those who were quoted."""
    yield WRITERS, str(message.author)
    for person in message.recipients:
        if person.name:
            yield RECIPIENTS, str(person)
    for layer in message.layers:
        if layer.author and layer.depth:
            yield QUOTED, layer.author


def split_person(form: str) -> tuple[str | None, str | None]:
    """`Name <addr>`, a bare address or a bare name to (name, address).

    >>> split_person("Ada B <ada@example.org>"), split_person("ada@example.org")
    (('Ada B', 'ada@example.org'), (None, 'ada@example.org'))
    """
    match = _ADDRESSED.match(form)
    if match:
        return match.group(1).strip("\"' ") or None, match.group(2)
    return (None, form.strip()) if "@" in form and " " not in form.strip() else (form.strip() or None, None)


def _login(name: str | None, address: str | None) -> str | None:
    """The local part of an address that is the whole name without its spaces, in either order: "Ada Byron", "adabyron@"."""
    local = (address or "").partition("@")[0].lower()
    words = [word.lower() for word in _WORD.findall(name or "")]
    return local if local and local in ("".join(words), "".join(reversed(words))) else None


def _words(name: str | None) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(name or ""))


def _first_word(form: str) -> str:
    found = _WORD.search(form)
    return found.group().lower() if found else ""
