"""The people who decide what is taken: those that a MAINTAINERS file names, else whoever takes patches on the list or says that he will.

The file is the kernel's and QEMU's, in sections: `M:` lines name maintainers, one person each, `L:` lists, `F:` and `N:` the
files that they look after, `X:` those among them that they do not. All else in it is passed over.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache

from miner.join.content import read_content
from miner.join.people import People
from miner.join.subjects import takes_himself
from miner.join.threads import Threads
from miner.model import EARLIEST, Claim, Series

LEAST_TO_TAKE = 0.7  # confidence of a word by which somebody becomes one who takes patches
LONGEST = 500  # characters of a line
EVERYTHING = frozenset({"*", "*/"})
_FIELD = re.compile(r"([MLFNX]):[ \t]{1,20}(\S.*)")
_WILDCARD = re.compile(r"[*?]")

Decides = Callable[[str | None], bool]
MOST_NAMED = 3  # of those who decide, where they are named as those who are waited for


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who decides on a work: `has` knows it of anybody, `names` are those whom the MAINTAINERS file names for it, if it names few."""

    has: Decides = lambda person: False
    names: tuple[str, ...] = ()


Choose = Callable[[Sequence[Series]], Chosen]  # tells who decides on some postings


@dataclass(slots=True)
class Section:
    """A section of a MAINTAINERS file: `files` and `excluded` are patterns of paths as they are written, `names` regular expressions."""

    maintainers: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)

    @property
    def looks_after_all(self) -> bool:
        return bool(EVERYTHING & set(self.files))

    def has_file(self, path: str) -> bool:
        found = any(_match_path(pattern, path) for pattern in self.files)
        found = found or any((wanted := _compile(name)) is not None and wanted.search(path) for name in self.names)
        return found and not any(_match_path(pattern, path) for pattern in self.excluded)


class Deciders:
    """Knows who decides on a work: those named for its files; where none is, those named for the lists that it was sent to; where
    there are none either, all that are named. Who looks after everything decides everywhere."""

    def __init__(self, sections: Sequence[Section], people: People, threads: Threads) -> None:
        self._sections = sections
        self._people = people
        self._threads = threads
        self._of_file = cache(lambda path: [section for section in sections if section.has_file(path)])

    def choose(self, series: Sequence[Series]) -> Chosen:
        """Who decides on some postings."""
        idents = [i for one in series for i in (one.root, *one.patches) if i is not None]
        mails = [self._threads.messages[ident] for ident in dict.fromkeys(idents) if ident in self._threads.messages]
        files = read_content([mail.body for mail in mails]).files
        addresses = {(person.address or "").lower() for mail in mails for person in mail.recipients}
        meant = find_sections(self._sections, files, addresses, self._of_file)
        known = {self._people.resolve_known(form) for section in meant for form in section.maintainers}
        near = [form for section in meant if not section.looks_after_all for form in section.maintainers]
        names = tuple(dict.fromkeys(near)) if len(meant) < len(self._sections) or len(self._sections) == 1 else ()
        return Chosen(
            lambda person: person is not None and self._people.resolve_known(person) in known, names[:MOST_NAMED]
        )


def find_sections(
    sections: Sequence[Section],
    files: Set[str],
    addresses: Set[str],
    of_file: Callable[[str], Sequence[Section]] | None = None,
) -> Sequence[Section]:
    """The sections of the people who decide on some files that were sent to some addresses (in lower case); `of_file` may remember
    the sections of a file."""
    look = of_file or (lambda path: [section for section in sections if section.has_file(path)])
    meant = {id(section) for path in files for section in look(path)}
    special = [section for section in sections if not section.looks_after_all]
    found = [section for section in special if id(section) in meant]
    found = found or [section for section in special if not addresses.isdisjoint(section.lists)]
    return [*found, *(section for section in sections if section.looks_after_all)] if found else sections


# What somebody tells of others' doing: "this landed in linux-next", "it was already merged", "he's got it queued".
_REPORTS = re.compile(
    r"\b(?:landed|(?:it|this|that|patch|series|which|commit|fix|they|these|he|she)(?: \[\d{1,3}\])? (?:(?:is|was|has been|have been|were|are|got) )(?:already |now |also )?"
    r"(?:been )?(?:applied|merged|queued|picked|in)\b|(?:he|she|they|you)(?:['’](?:s|ve|re)| has| have)\b)",
    re.I,
)


def find_takers(claims: Iterable[Claim], series: Iterable[Series], people: People) -> set[str]:
    """Those who said that they took other people's postings (form mails count), or will, each as he is written everywhere."""
    return set(date_takers(claims, series, people))


def date_takers(claims: Iterable[Claim], series: Iterable[Series], people: People) -> dict[str, datetime]:
    """The same, with the moment at which each said so first."""
    found: dict[str, datetime] = {}
    for taker, claim in _find_takings(claims, series, people):
        date = claim.date or EARLIEST
        found[taker] = min(date, found.get(taker, date))
    return found


def count_takers(claims: Iterable[Claim], series: Iterable[Series], people: People) -> Counter[str]:
    """The same, with the number of postings that each took."""
    return Counter(
        taker for taker, _ in {(taker, claim.series) for taker, claim in _find_takings(claims, series, people)}
    )


def _find_takings(claims: Iterable[Claim], series: Iterable[Series], people: People) -> Iterator[tuple[str, Claim]]:
    authors = {one.root: one.author for one in series}
    for claim in claims:
        if (
            ((claim.status == "applied" and not _REPORTS.search(claim.text)) or takes_himself(claim))
            and claim.confidence >= LEAST_TO_TAKE
            and claim.certainty == "asserted"
            and claim.holder is None
            and claim.series in authors
            and not people.same(claim.by, authors[claim.series])
        ):
            yield people.resolve_known(claim.by), claim


def read_maintainers(text: str) -> tuple[Section, ...]:
    """The sections of a MAINTAINERS file that name a maintainer.

    >>> (section,) = read_maintainers("LOOM\\nM:\\tAda Byron <ada@example.org>\\nL:\\tloom@example.org\\nF:\\tloom/\\n")
    >>> section.maintainers, section.lists, section.files
    (['Ada Byron <ada@example.org>'], ['loom@example.org'], ['loom/'])
    """
    sections = [Section()]
    for line in text.splitlines():
        found = _FIELD.match(line) if len(line) <= LONGEST else None
        if not line.strip():
            sections.append(Section())
        elif found:
            _add(sections[-1], found[1], found[2].strip())
    return tuple(section for section in sections if section.maintainers)


def _add(section: Section, kind: str, value: str) -> None:
    if kind == "M":
        section.maintainers.append(value.replace('"', ""))
    elif kind == "L":
        section.lists.append(value.split(maxsplit=1)[0].strip("<>").lower())
    else:
        {"F": section.files, "N": section.names, "X": section.excluded}[kind].append(value)


def _match_path(pattern: str, path: str) -> bool:
    """Whether a path is a pattern's: `loom/` has all below it, `loom/*` what lies straight in it.

    >>> [_match_path("loom/*", path) for path in ("loom/warp.c", "loom/weft/pick.c", "shed.c")]
    [True, False, False]
    """
    wild = _WILDCARD.search(pattern)
    if wild is None:
        return path == pattern or path.startswith(pattern if pattern.endswith("/") else f"{pattern}/")
    if not path.startswith(pattern[: wild.start()]):
        return False
    return _glob(pattern).match(path) is not None


@lru_cache(maxsize=4096)
def _glob(pattern: str) -> re.Pattern[str]:
    wild = {"*": "[^/]*", "?": "[^/]"}
    end = "" if pattern.endswith("/") else r"\Z"
    return re.compile("".join(wild.get(char) or re.escape(char) for char in re.sub(r"\*+", "*", pattern)) + end)


@lru_cache(maxsize=1024)
def _compile(expression: str) -> re.Pattern[str] | None:
    try:
        return re.compile(expression)
    except re.error:
        return None
