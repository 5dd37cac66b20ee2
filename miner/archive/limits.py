"""How much of a source is read at once; everything over a limit is named in a Problem, never dropped in silence. And what need not be
read again."""

from __future__ import annotations

from collections.abc import Container, MutableMapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listing:
    """What git says of the commits of an epoch up to a head, for this never changes: a line each, the oldest first, with the blob of its
    mail, the object's type and the commit; and the commits that delete a mail, each with its blob."""

    head: str
    lines: bytes
    deleted: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes. A mail (or a row of *.jsonl, or a line of flattened text) above `mail_bytes` is left out. The mails of an
    epoch whose blobs are `known` come without their bytes. `listings` has what was listed before, by the folder of the epoch, and
    gets what is listed now; without it there is nobody to remember it."""

    mail_bytes: int = 64 * 1024 * 1024
    known: Container[str] = frozenset()
    listings: MutableMapping[str, Listing] | None = None


DEFAULT_LIMITS = Limits()
