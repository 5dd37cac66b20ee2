"""How the people of a report are called: by their names, also where a mail of theirs has none but an address."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain

from miner.model import Claim, Message, Series
from miner.report.escape import HIDDEN, address_of, name_address, short_name

_SIGNED = re.compile(r"^(?:From|Signed-off-by): (?P<name>[^<>@\n]{3,80}?) <(?P<at>[^<>\s]{3,120})>[ \t]*$", re.M)
_LONGEST = 30_000  # characters of a patch that are read for who signed it
_PATCHES = 2  # of a posting that are read


class Persons:
    """The names of those who wrote some postings, claims and mails; looked for when an address is asked for."""

    def __init__(self, series: Iterable[Series], claims: Iterable[Claim], messages: Mapping[str, Message]) -> None:
        self._series = tuple(series)
        self._claims = claims
        self._messages = messages
        self._signatures: dict[str, str] = {}

    def call(self, form: str) -> str:
        """How somebody is called; by an address only where no mail of it has a name, and it tells none."""
        name = short_name(form)
        if name.endswith(HIDDEN):  # an address that a list hid
            name = address_of(form) if "@" in form else name.removesuffix(HIDDEN)
        if "@" not in name:
            return name
        return self._names.get(name.casefold()) or self._find_signed(name.casefold()) or name_address(name)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """The names of addresses, in lower case, as authors of claims and postings write them."""
        found: dict[str, str] = {}
        writers = chain((each.by for each in self._claims), (each.author for each in self._series))
        for form in dict.fromkeys(writers):
            name, address = short_name(form), address_of(form).casefold()
            if "@" in address and "@" not in name and HIDDEN not in name:
                found.setdefault(address, name)
        return found

    def _find_signed(self, address: str) -> str:
        """The name with which an author whose mails have none signs his patches."""
        if address not in self._signatures:
            patches = (ident for one in self._unnamed.get(address, ()) for ident in _first_patches(one))
            mails = (self._messages[ident] for ident in patches if ident in self._messages)
            signed = (found for mail in mails for found in _SIGNED.finditer(mail.body[:_LONGEST]))
            name = next((each["name"] for each in signed if each["at"].casefold() == address), "")
            self._signatures[address] = short_name(name) if name else ""
        return self._signatures[address]

    @cached_property
    def _unnamed(self) -> Mapping[str, Sequence[Series]]:
        """The postings of authors who have no name, by their addresses."""
        found: dict[str, list[Series]] = defaultdict(list)
        for one in self._series:
            if "@" in (name := short_name(one.author)):
                found[name.casefold()].append(one)
        return found


def _first_patches(one: Series) -> list[str]:
    return [ident for ident in one.patches if ident is not None][:_PATCHES]
