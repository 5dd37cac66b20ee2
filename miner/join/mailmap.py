"""git's mailmap: who is the same person under other names and addresses (gitmailmap(5)).

Its four forms of line: `Proper Name <commit@x>`, `<proper@x> <commit@x>`, `Proper Name <proper@x> <commit@x>` and `Proper Name
<proper@x> Commit Name <commit@x>`. Addresses and names match whatever their case; a line with the commit's name goes before one
without; of two that match alike the later one counts. What is no such line is passed over, as git does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LONGEST = 1000  # characters of a line
_LINE = re.compile(r"([^<>]{0,300})<([^<>\s]{1,300})>(?:([^<>]{0,300})<([^<>\s]{1,300})>)?")


@dataclass(frozen=True)
class Mailmap:
    """What to put in the place of a name and an address; an empty one changes nothing."""

    _known: dict[tuple[str | None, str], tuple[str | None, str | None]] = field(default_factory=dict)

    def fix(self, name: str | None, address: str | None) -> tuple[str | None, str | None]:
        """The proper name and address of a person."""
        if not self._known or address is None:
            return name, address
        key = address.lower()
        found = self._known.get((name.lower(), key)) if name else None
        proper = found or self._known.get((None, key), (None, None))
        return proper[0] or name, proper[1] or address


def read_mailmap(text: str) -> Mailmap:
    """Read the text of a mailmap file.

    >>> read_mailmap("Ada Byron <ada@example.org> <byron@example.net>").fix("A. B.", "byron@example.net")
    ('Ada Byron', 'ada@example.org')
    """
    known: dict[tuple[str | None, str], tuple[str | None, str | None]] = {}
    for line in text.split("\n"):
        match = _LINE.match(line.partition("#")[0].strip()) if len(line) <= LONGEST else None
        if match is None:
            continue
        name, first, other, second = (part.strip() if part else None for part in match.groups())
        assert first is not None
        key = (other.lower() if other else None, (second or first).lower())
        before = known.get(key, (None, None))
        known[key] = (name or before[0], (first if second else None) or before[1])
    return Mailmap(known)
