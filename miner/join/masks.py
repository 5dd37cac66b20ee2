"""Masked archives: some turn each character of a mail domain into `x`. Local part and domain length still tell."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MASKED = re.compile(r"@x{3,}$")


def mask_key(ident: str) -> tuple[str, int]:
    """What a masked and an unmasked form of an address or message-id have in common.

    >>> mask_key("20230712.1-fy@example.org") == mask_key("20230712.1-fy@xxxxxxxxxxx")
    True
    """
    local, _, domain = ident.strip("<> ").rpartition("@")
    return local.lower(), len(domain)


def is_masked(ident: str) -> bool:
    return ident.endswith("xxx") and bool(_MASKED.search(ident))


class Unmasker:
    """Known message-ids by what masking leaves of them. An id that fits two known ones is left as it is."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._by_key: dict[tuple[str, int], str | None] = {}
        for ident in sorted(self._known):
            key = mask_key(ident)
            if is_masked(ident):
                self._by_key.setdefault(key, ident)
            else:
                standing = self._by_key.get(key, ident)
                self._by_key[key] = ident if standing is None or is_masked(standing) or standing == ident else None

    def resolve(self, ident: str) -> str:
        """The known id that this one is, masked or not; the id itself where there is none.

        >>> Unmasker(["a.b@mail.example"]).resolve("a.b@xxxxxxxxxxxx")
        'a.b@mail.example'
        """
        if ident in self._known:
            return ident
        found = self._by_key.get(mask_key(ident))
        return found if found and (is_masked(ident) or is_masked(found)) else ident
