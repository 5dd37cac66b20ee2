"""How much of a source is read at once; everything over a limit is named in a Problem, never dropped in silence."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes. A mail (or a row of *.jsonl, or a line of flattened text) above `mail_bytes` is left out. The mails of an
    epoch whose blobs are `known` come without their bytes."""

    mail_bytes: int = 64 * 1024 * 1024
    known: Container[str] = frozenset()


DEFAULT_LIMITS = Limits()
