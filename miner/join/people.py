"""Who is who: one person under several addresses, masked addresses and short forms of a name.

One name is one person: people change their addresses far more often than two of a name meet on a list. That both addresses write
in one thread, even within minutes, tells no two people apart; so does somebody who has two. What does is the order of a name
whose words are both common: "Bo Lin" of one address and "Lin Bo" of another are two, unless somebody wrote himself both ways.

"Yu" in a sentence is a person only if exactly one person known here, nearest thread first, goes by that name. People are shown
with the address that they have in the mail at hand, else with the newest that they wrote from.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import MAXYEAR
from functools import cache, lru_cache

import networkx as nx

from miner.columns import ASSIGNEE
from miner.join.mailmap import Mailmap
from miner.join.masks import is_masked, mask_key
from miner.join.topics import topic
from miner.model import Message, Person, TableRow

LEAST_BEARERS = 3  # other names on the list with a word that is common
_ADDRESSED = re.compile(r"^\s*(.*?)\s*<([^<>\s]+)>\s*$")
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_VIA = re.compile(r"\svia\s", re.IGNORECASE)  # "Bo Lin via Some-List <some-list@...>"
_TURNED = re.compile(r"\s*([^\s,]+)\s*,\s*([^\s,]+)\s*")  # "Lin, Bo"
_BESIDE = re.compile(r"\([^()]{0,80}\)?|\[[^\[\]]{0,80}\]?")  # "(EXT)", "[Weft Works]": where somebody works
# "bo.lin=example.org@lists.example.net": what a list makes of an address whose domain forbids it to pass the mail on.
_REWRITTEN = re.compile(r"([^\s=@+]{1,64})=([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})@[^\s@]+")
# In the order in which people are added: later dates, which are taken from the number, go before earlier ones.
RECIPIENTS, OWNERS, QUOTED, PLAIN = GROUPS = range(4)
WRITERS = -12 * (MAXYEAR + 1)  # before recipients of any month
ROLES = frozenset({"author", "maintainer", "maintainers", "reviewers", "reviewer", "submitter", "others", "community"})

_Spelling = tuple[str, ...]  # the words of a name in lower case, in their order
_Split = tuple[str | None, str | None]  # a name and an address
_Spelled = tuple[_Spelling, str | None]  # the same, with the address that a masked one hides
_Node = _Spelling | str  # a name or an address


@dataclass(slots=True, eq=False)
class _Somebody:
    """A person: all forms of him, the newest first, and as they were said; `key` stands for him in comparisons, `written` is how he is
    shown."""

    forms: list[Person] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    key: str = ""
    written: str = ""
    _shown: dict[str | None, str] = field(default_factory=dict)

    def settle(self) -> None:
        """Tell the key and the form to be shown, now that all forms are known."""
        self.key = min(map(str, self.forms))
        self.written = self._write(next(iter(self._addresses()), None))

    def write_near(self, near: Iterable[str]) -> str:
        """How he is shown beside some addresses: with the newest of his among them, else as always."""
        here = {address.lower() for address in near}
        hidden = {mask_key(address) for address in here if is_masked(address)}
        found = (each for each in self._addresses() if each.lower() in here or mask_key(each) in hidden)
        address = next(found, None)
        return self._write(address) if address else self.written

    def _addresses(self) -> list[str]:
        """His addresses, the newest first, masked ones last."""
        return sorted((form.address for form in self.forms if form.address), key=is_masked)

    def _write(self, address: str | None) -> str:
        """With an address, and the name that he has there; where that is a short one or "Lin, Bo", with a better one from elsewhere."""

        def lacks(form: Person) -> tuple[bool, bool, bool]:
            return not _is_whole(_spell(form.name)), "," in (form.name or ""), form.address != address

        if (shown := self._shown.get(address)) is None:
            shown = self._shown[address] = str(Person(min(self.forms, key=lacks).name, address))
        return shown


@dataclass(frozen=True, slots=True)
class Known:
    """All that answers about people depend on: the forms, in their order, with the number of the person of each (-1: of nobody), and the
    names that stand for two."""

    forms: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    namesakes: tuple[tuple[str, ...], ...] = ()

    def persons(self) -> dict[frozenset[str], list[str]]:
        """The forms of each person, in their order."""
        found: dict[int, list[str]] = {}
        for form, number in zip(self.forms, self.people, strict=True):
            if number >= 0:
                found.setdefault(number, []).append(form)
        return {frozenset(forms): forms for forms in found.values()}


class People:
    """An index of people, of forms like `Name <addr>`; where these say different things the earlier one counts. The mailmap says
    who is who before anything else does."""

    def __init__(self, known: Iterable[str] = (), mailmap: Mailmap | None = None) -> None:
        self._mailmap = mailmap or Mailmap()
        self._find = cache(self._find_known)
        self.topics = cache(self._read_topics)
        self._borne = cache(lambda form: self._read_topics(form, asked=False))
        self._by_address: dict[str, dict[_Somebody, None]] = defaultdict(dict)
        self._by_mask: dict[tuple[tuple[str, int], bool], dict[_Somebody, None]] = defaultdict(dict)
        self._by_name: dict[_Spelling, _Somebody] = {}
        self._by_words: dict[frozenset[str], dict[_Somebody, None]] = defaultdict(dict)
        self._by_word: dict[str, dict[_Somebody, None]] = defaultdict(dict)
        forms = [(form, *self._split(form)) for form in dict.fromkeys(known)]
        homes = _find_homes(address for _, _, address in forms if address)
        spelled = [(_spell(name), homes[address.lower()] if address else None) for _, name, address in forms]
        common = _find_common(spelling for spelling, _ in spelled)
        self._namesakes = _find_namesakes(spelled, common) | {
            frozenset(_bare(_spell(name)))  # the mailmap's brackets are there to tell two apart
            for form, name, _ in forms
            if set(_spell(name)) - set(_bare(_spell(name))) - set(_spell(split_person(form)[0]))
        }
        people = self._tie(spelled, common)
        self._forms = tuple(zip((form for form, *_ in forms), people, strict=True))
        for (form, name, address), person in zip(forms, people, strict=True):
            if person is not None:
                person.said.append(form)
                person.forms.append(Person(name, address))
                self._add(person, _spell(name), address, _spell(split_person(form)[0]))
        for person in filter(None, dict.fromkeys(people)):
            person.settle()

    def resolve(self, text: str, near: Sequence[str] = ()) -> str | None:
        """The person whom a name, an address or a first name means, or None. `near` are preferred (people of the thread), and
        their addresses are shown."""
        found = self._find_meant(text, near)
        return found.write_near(address for form in near if (address := self._split(form)[1])) if found else None

    def resolve_known(self, form: str) -> str:
        """How a person already known is shown; the form itself if it is not known."""
        found = self._find(form)
        return found.written if found else form

    def name(self, form: str) -> str:
        """A form, with the name that its person has elsewhere if it has none."""
        return form if split_person(form)[0] else self.resolve(form, (form,)) or form

    def key(self, form: str) -> str:
        """What stands for the person of a form in comparisons, whatever address is the newest; the form itself if it is not known."""
        found = self._find(form)
        return found.key if found else form

    def same(self, one: str | None, other: str | None) -> bool:
        """Whether two forms are the same person, as far as is known."""
        if not one or not other:
            return False
        return self.key(one) == self.key(other)

    def known(self) -> Known:
        numbers: dict[_Somebody | None, int] = {None: -1}
        people = tuple(numbers.setdefault(person, len(numbers)) for _, person in self._forms)
        return Known(tuple(form for form, _ in self._forms), people, tuple(map(tuple, map(sorted, self._namesakes))))

    def _read_topics(self, form: str, asked: bool = True) -> frozenset[int]:
        """What the answer to whom a form means depends on: who has its address, or one that masks it, and who its name. Or what a form
        that is known answers, which is another mask: a masked address means whole ones, and these mean masked ones."""
        name, address = self._split(form)
        names = {frozenset(_bare(_spell(each))) for each in (name, split_person(form)[0])}
        found = {topic("name", *sorted(words)) for words in names if words}
        if address:
            found.add(topic("address", address.lower()))
            found.add(topic("mask", is_masked(address) != asked, *mask_key(address)))
        return frozenset(found)

    def topics_of_words(self, text: str, borne: bool = False) -> set[int]:
        """What the answer to whom a sentence means, and how he is shown, depends on besides: who has any word of it, and the order of
        all forms of these."""
        name, _ = self._split(text)
        topics = self._borne if borne else self.topics
        words = {*_spell(name), *_spell(split_person(text)[0])}
        return {topic("order", each) for each in topics(text)}.union(topic("word", word.lstrip("(")) for word in words)

    def topics_of_person(self, form: str) -> set[int]:
        """The topics of all forms of the person of one."""
        found = self._find(form)
        return set(self.topics(form)).union(*map(self._borne, (found.said if found else ())))

    def find_moved(self, before: Known, told: Set[str]) -> set[int] | None:
        """What is otherwise than it was; None if it may be anything. `told` are forms in mails that came or went. Somebody who has some of
        them more or less is still the same; how he is shown may be otherwise."""
        both = before, self.known()
        then, now = ([form for form in each.forms if form not in told] for each in both)
        if then != now:
            return None
        moved = {topic("name", *words) for words in set(both[0].namesakes) ^ set(both[1].namesakes)}
        were, are = (each.persons() for each in both)
        changed = [forms for forms in {*were, *are} if were.get(forms) != are.get(forms)]
        moved.update(*(self.topics_of_words(form, borne=True) for forms in changed for form in forms))
        same = _match(*both)
        for forms in changed:
            if forms not in same and not forms <= told:
                moved.update(*map(self._borne, forms))
        near = set().union(*map(self._borne, told))
        first, those = (self._find_first(each, near, same) for each in both)
        return moved.union(asked for asked in near if first.get(asked) != those.get(asked))

    def _find_first(self, known: Known, near: Set[int], same: Mapping[frozenset[str], str]) -> dict[int, list[str]]:
        """For some topics the people who have them, those first who were first."""
        names = {form: same.get(forms) or min(forms) for forms in known.persons() for form in forms}
        found: dict[int, dict[str, None]] = {}
        for form in known.forms:
            if form in names:
                for asked in self._borne(form) & near:
                    found.setdefault(asked, {}).setdefault(names[form])
        return {asked: list(each) for asked, each in found.items()}

    def _tie(self, forms: Iterable[_Spelled], common: Set[str]) -> list[_Somebody | None]:
        """The person of each form, of a short name alone None. Addresses are tied together by whole names, and names by addresses."""
        graph: nx.Graph[_Node] = nx.Graph()
        nodes: list[_Node | None] = []
        names: dict[str, dict[_Spelling, None]] = defaultdict(dict)
        homes: dict[_Spelling, set[str]] = defaultdict(set)
        logins: dict[str, _Spelling] = {}
        short: list[tuple[str, str]] = []  # logins that are the short names of addresses
        for spelling, address in forms:
            name = self._turn(spelling)
            login = _login(_bare(spelling), address)
            nodes.append(name if _is_whole(spelling) else address)
            if address and _is_whole(spelling):
                names[address].setdefault(name)
                homes[name].add(address)
                if login and frozenset(_bare(name)) not in self._namesakes:
                    logins.setdefault(login, name)
            elif address and login and login not in common:
                short.append((login, address))
        graph.add_nodes_from(node for node in nodes if node is not None)
        for address, here in names.items():
            graph.add_edges_from((name, address) for name in _find_own(address, list(here), homes))
        graph.add_edges_from((logins.get(login, (login,)), address) for login, address in short if address not in names)
        person_of: dict[_Node, _Somebody] = {}
        for tied in nx.connected_components(graph):
            person_of.update(dict.fromkeys(tied, _Somebody()))
        return [None if node is None else person_of[node] for node in nodes]

    def _add(self, person: _Somebody, spelling: _Spelling, address: str | None, written: _Spelling) -> None:
        """Let a person be found by a form; `written` is the name before the mailmap."""
        if address:
            self._by_address[address.lower()].setdefault(person)
            self._by_mask[mask_key(address), is_masked(address)].setdefault(person)
        if spelling:
            self._by_name.setdefault(self._turn(spelling), person)
        for words in {frozenset(_bare(spelling)), frozenset(_bare(written))} - {frozenset()}:
            self._by_words[words].setdefault(person)
        for word in {*spelling, *written}:
            self._by_word[word.lstrip("(")].setdefault(person)

    def _find_meant(self, text: str, near: Sequence[str]) -> _Somebody | None:
        name, address = self._split(text)
        if address and (known := self._find_address(address, name)):
            return known
        words = _spell(name)
        if not words or " ".join(words) in ROLES:
            return None
        close = {person for form in near if (person := self._find(form))}
        bearers = set(self._by_words.get(frozenset(_bare(words)), ()))
        for chosen in (close & bearers, bearers):
            if len(chosen) == 1:
                return next(iter(chosen))
        if len(words) > 1 and (known := self._by_name.get(self._turn(words))):
            return known
        common = set.intersection(*(set(self._by_word.get(word.lstrip("("), ())) for word in words))
        close &= common
        for chosen in (close, common):
            if len(chosen) == 1:
                return next(iter(chosen))
        first = [p for p in close or common if _spell(split_person(p.written)[0])[:1] == words[:1]]
        return first[0] if len(first) == 1 else None

    def _find_known(self, form: str) -> _Somebody | None:
        name, address = self._split(form)
        if address and (known := self._find_address(address, name)):
            return known
        words = _spell(name)
        return self._by_name.get(self._turn(words)) or next(iter(self._by_words.get(frozenset(_bare(words)), ())), None)

    def _find_address(self, address: str, name: str | None) -> _Somebody | None:
        """Who has an address, of several the one of that name. A masked one is that of the one person whose address it may hide,
        and the other way round."""
        found = self._by_address.get(address.lower(), {})
        if len(found) > 1 and (named := self._by_name.get(self._turn(_spell(name)))) in found:
            return named
        hidden = found or self._by_mask.get((mask_key(address), not is_masked(address)), {})
        return next(iter(hidden)) if found or len(hidden) == 1 else None

    def _turn(self, spelling: _Spelling) -> _Spelling:
        """A name in the one order that stands for all, as it is where the order, or what stands beside it, tells people apart."""
        bare = _bare(spelling)
        return spelling if frozenset(bare) in self._namesakes else tuple(sorted(set(bare)))

    def _split(self, form: str) -> _Split:
        name, address = split_person(form)
        if name and (via := _VIA.search(name)):
            name, address = split_person(name[: via.start()].strip("\"' "))
        if address and (rewritten := _REWRITTEN.fullmatch(address)):
            address = "@".join(rewritten.groups())
        return self._mailmap.fix(name, address)


def _match(before: Known, now: Known) -> dict[frozenset[str], str]:
    """A form for each who is the same before and now: all of his forms that are on both sides are his alone on both."""
    here = set(before.forms).intersection(now.forms)
    sides = [{form: forms for forms in each.persons() for form in forms} for each in (before, now)]
    same: dict[frozenset[str], str] = {}
    for forms in set(sides[0].values()):
        after = {sides[1].get(form) for form in forms & here}
        other = after.pop() if len(after) == 1 else None
        if other is not None and {sides[0].get(form) for form in other & here} == {forms}:
            same[forms] = same[other] = min(forms & other)
    return same


def gather_people(
    messages: Sequence[Message], rows: Mapping[str, Sequence[TableRow]], mailmap: Mailmap | None = None
) -> People:
    """Everybody who wrote, got mail, was quoted or owns an item, those who wrote last first."""
    found: dict[int, list[str]] = {}
    for message in messages:
        for group, form in forms_in(message):
            found.setdefault(group, []).append(form)
    for each in rows.values():
        for row in each:
            for name, value in row.columns.items():
                if isinstance(value, str) and (name in ASSIGNEE or not row.listed):
                    if "@" in value and len(value) < 200 and "://" not in value:
                        found.setdefault(OWNERS, []).append(value)
                    if name in ASSIGNEE:
                        found.setdefault(PLAIN, []).append(value)
    return People((form for group in sorted(found) for form in found[group] if form), mailmap)


def forms_in(message: Message) -> Iterator[tuple[int, str]]:
    """The people of a mail, each with the group that tells when he is added: writers before those who got mail, owners of items
    before those who were quoted; of writers those of later days first, of those who got mail those of later months."""
    day, month = (message.date.toordinal(), 12 * message.date.year + message.date.month) if message.date else (0, 0)
    yield WRITERS - day, str(message.author)
    for person in message.recipients:
        if person.name:
            yield RECIPIENTS - month, str(person)
    for layer in message.layers:
        if layer.author and layer.depth:
            yield QUOTED, layer.author


@lru_cache(maxsize=1 << 16)
def split_person(form: str) -> _Split:
    """`Name <addr>`, a bare address or a bare name to (name, address); the address once more is no name.

    >>> split_person("Ada B <ada@example.org>"), split_person("ada@example.org")
    (('Ada B', 'ada@example.org'), (None, 'ada@example.org'))
    """
    match = _ADDRESSED.match(form)
    if match:
        name, address = match.group(1).strip("\"' "), match.group(2)
        return name if name and name.lower() != address.lower() else None, address
    return (None, form.strip()) if "@" in form and " " not in form.strip() else (form.strip() or None, None)


def _find_homes(addresses: Iterable[str]) -> dict[str, str]:
    """Each address in lower case, and a masked one's own if it may hide one of the others alone."""
    homes = {address.lower(): address.lower() for address in addresses}
    hidden: dict[tuple[str, int], list[str]] = defaultdict(list)
    for address in homes:
        if not is_masked(address):
            hidden[mask_key(address)].append(address)
    for address in homes:
        if is_masked(address) and len(found := hidden.get(mask_key(address), [])) == 1:
            homes[address] = found[0]
    return homes


def _find_common(names: Iterable[_Spelling]) -> frozenset[str]:
    """The words that several other names have as well."""
    bearers = Counter(word for words in {frozenset(_bare(name)) for name in names} for word in words)
    return frozenset(word for word, count in bearers.items() if count > LEAST_BEARERS)


def _find_namesakes(forms: Iterable[_Spelled], common: Set[str]) -> frozenset[frozenset[str]]:
    """The words of the names that stand for two people, who write them in another order or with something else in brackets: all are
    common, and no address, nor a login that the name does not explain, has both."""
    orders: dict[frozenset[str], dict[_Spelling, set[str]]] = defaultdict(lambda: defaultdict(set))
    beside: dict[frozenset[str], dict[_Spelling, set[str]]] = defaultdict(lambda: defaultdict(set))
    for spelling, address in forms:
        bare = _bare(spelling)
        if address and not is_masked(address) and set(bare) <= common:
            traces = set(_traces(bare, address))
            orders[frozenset(bare)][bare].update(traces)
            if len(bare) < len(spelling):
                beside[frozenset(bare)][spelling[len(bare) :]].update(traces)
    turned = {words for words, each in orders.items() if len(words) == len(each) == 2 and _are_apart(each)}
    return frozenset(turned.union(words for words, each in beside.items() if len(each) > 1 and _are_apart(each)))


def _are_apart(ways: Mapping[_Spelling, set[str]]) -> bool:
    """Whether nothing shows that a name written in some ways is one person's."""
    return not set.intersection(*ways.values())


def _traces(spelling: _Spelling, address: str) -> Iterator[str]:
    """What shows that a name is the same person's as another: an address, and its local part unless made of the name's words.

    >>> list(_traces(("bo", "lin"), "linbo3@example.org")), list(_traces(("bo", "lin"), "weaver@example.org"))
    (['linbo3@example.org'], ['weaver@example.org', 'weaver'])
    """
    yield address
    local = address.partition("@")[0]
    rest = local
    for word in spelling:
        rest = rest.replace(word, "")
    if rest == local:
        yield local


def _login(spelling: _Spelling, address: str | None) -> str | None:
    """The local part of an address that is the whole name without its spaces, in either order: "Ada Byron", "adabyron@"."""
    local = (address or "").partition("@")[0].lower()
    return local if local and local in ("".join(spelling), "".join(reversed(spelling))) else None


def _find_own(
    address: str, names: Sequence[_Spelling], homes: Mapping[_Spelling, Collection[str]]
) -> Iterator[_Spelling]:
    """The names at an address that are its owner's, the first of them, and those that have a word of his name or of the address, or
    no other address. Somebody else's, which mail was sent to by mistake, has none of these."""
    for name in names:
        explained = any(len(word) > 2 and word in address for word in name)
        if explained or set(name) & set(names[0]) or len(homes[name]) == 1:
            yield name


def _is_whole(spelling: _Spelling) -> bool:
    return len(set(_bare(spelling))) > 1


@lru_cache(maxsize=1 << 16)
def _spell(name: str | None) -> _Spelling:
    """The words of a name in their order, those in brackets beside it last, each with a bracket; "Lin, Bo" is "Bo Lin".

    >>> _spell("Lin, Bo"), _spell("Lin Bo"), _spell("Lin, Bo (Weft)")
    (('bo', 'lin'), ('lin', 'bo'), ('bo', 'lin', '(weft'))
    """
    bare = _BESIDE.sub(" ", name or "")
    turned = _TURNED.fullmatch(bare)
    words = _read_words(f"{turned[2]} {turned[1]}" if turned else bare)
    beside = _read_words(" ".join(_BESIDE.findall(name or "")))
    return (*words, *(f"({word}" for word in beside)) if words else beside


def _bare(spelling: _Spelling) -> _Spelling:
    """A name without what stands beside it."""
    return tuple(word for word in spelling if word[0] != "(")


def _read_words(text: str) -> _Spelling:
    return tuple(word.lower() for word in _WORD.findall(text))
