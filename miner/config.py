"""What a person may set: one TOML file, read once, into a frozen record. An unknown key is an error, never ignored."""

from __future__ import annotations

import difflib
import re
import reprlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from miner.errors import ConfigError

_MESSAGE_ID = "{message_id}"


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one run; each has a default, and a value out of its range raises ConfigError.

    `archive_url` is where a mail can be read: `{message_id}` stands for the id, quoted for an address by whoever
    fills it in. After `stale_days` without news a piece of work counts as stale. Claims with less confidence than
    `min_confidence` (0 to 1) are left out. A mail of more than `max_mail_bytes` bytes is skipped and reported.

    >>> Config(stale_days=7).stale_days
    7
    """

    archive_url: str = "https://lore.kernel.org/all/{message_id}/"
    stale_days: int = 30
    min_confidence: float = 0.0
    max_mail_bytes: int = 64 * 1024 * 1024

    def __post_init__(self) -> None:
        for key, (wanted, fits) in _RULES.items():
            value = getattr(self, key)
            if not fits(value):
                raise ConfigError(f"{key} must be {wanted}, not {reprlib.repr(value)}")


def read_config(path: Path | None) -> Config:
    """Read a TOML file into a Config; None stands for no file and gives the defaults.

    Raises ConfigError, which names the file and the key, for a file that cannot be read or is no TOML, for an unknown
    key (with the nearest known one) and for a value of the wrong type or out of range.
    """
    if path is None:
        return Config()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # not UTF-8, or not TOML; the message has the place
        raise ConfigError(f"{path}: not a TOML file: {error}") from error
    known = [field.name for field in fields(Config)]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"the known keys are {', '.join(known)}"
            raise ConfigError(f"{path}: unknown key {key!r}; {advice}")
    try:
        return Config(**table)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def _is_archive_url(value: object) -> bool:
    if not isinstance(value, str) or value.count(_MESSAGE_ID) != 1:
        return False
    return re.fullmatch(r"https?://[^\s\x00-\x1f\x7f{}]+", value.replace(_MESSAGE_ID, "id")) is not None


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value <= 1.0  # nan is not


_RULES: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "archive_url": (f"an http or https address with {_MESSAGE_ID} in it once", _is_archive_url),
    "stale_days": ("a whole number of days from 1 to 3650", lambda value: _is_whole(value, 1, 3650)),
    "min_confidence": ("a number from 0 to 1", _is_share),
    "max_mail_bytes": ("a whole number of bytes from 1024 to 2147483648", lambda value: _is_whole(value, 1024, 2**31)),
}
