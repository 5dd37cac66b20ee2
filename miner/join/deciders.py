"""The people who decide what is taken: those that a MAINTAINERS file names, else whoever takes patches on the list.

The file is the kernel's and QEMU's: `M:` lines name maintainers, one person each; all else in it is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from miner.join.people import People
from miner.model import Claim, Series

LONGEST = 500  # characters of a line
_MAINTAINER = re.compile(r"^M:[ \t]{1,20}(\S.*)$", re.M)


class Deciders:
    """Knows whether somebody decides. `named` are people as `Name <addr>`; with none given, those who take postings."""

    def __init__(self, named: Iterable[str], claims: Sequence[Claim], series: Sequence[Series], people: People) -> None:
        self._people = people
        self._known = {people.resolve_known(form) for form in named} or find_takers(claims, series, people)

    def has(self, person: str | None) -> bool:
        return person is not None and self._people.resolve_known(person) in self._known


def find_takers(claims: Iterable[Claim], series: Iterable[Series], people: People) -> set[str]:
    """Those who said that they took other people's postings (form mails count), each as he is written everywhere."""
    authors = {one.root: one.author for one in series}
    return {
        people.resolve_known(claim.by)
        for claim in claims
        if claim.status == "applied"
        and claim.certainty == "asserted"
        and claim.holder is None
        and claim.series in authors
        and not people.same(claim.by, authors[claim.series])
    }


def read_maintainers(text: str) -> tuple[str, ...]:
    """The people of the `M:` lines of a MAINTAINERS file, each once.

    >>> read_maintainers("LOOM\\nM:\\tAda Byron <ada@example.org>\\nL:\\tloom@example.org\\nS:\\tMaintained\\n")
    ('Ada Byron <ada@example.org>',)
    """
    found = (match[1].strip().replace('"', "") for match in _MAINTAINER.finditer(text) if len(match[0]) <= LONGEST)
    return tuple(dict.fromkeys(found))
