"""What a person may set: one TOML file, read once, into a frozen record. An unknown key is an error, never ignored."""

from __future__ import annotations

import difflib
import os
import re
import reprlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from miner.errors import ConfigError
from miner.notes import FILE, Note, read_notes
from miner.sources import SERVER, Source, parse_since, parse_target

_MESSAGE_ID = "{message_id}"
_VARIABLE = "LORE_MINER_CONFIG"
_APP = "lore-miner"


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How mail is fetched; the table [fetch]. A value out of its range raises ConfigError."""

    server: str = SERVER  # for lists, message-ids and searches that name none
    mail_dir: str = ""  # where raw mail lies; empty: the user's data folder
    contact: str = ""  # in the User-Agent, so that a server's administrator can write to somebody
    pace: float = 1.0  # seconds between two requests to one host, at least
    patience: float = 300.0  # seconds that one request may wait for a busy server, all its tries together
    timeout: float = 0.0  # seconds that a server may stay silent; 0: git's lore.requesttimeout, 30 without a setting
    jobs: int = 2  # sources that are fetched at once, at most
    masks: tuple[str, ...] = ()  # addresses with `%s` for the message-id
    max_answer_bytes: int = 2 * 1024**3  # unpacked; an answer of more is given up

    def __post_init__(self) -> None:
        _check(self, _FETCH_RULES)

    @property
    def mail_path(self) -> Path:
        """The folder for raw mail."""
        if self.mail_dir:
            return Path(self.mail_dir).expanduser()
        import platformdirs

        return platformdirs.user_data_path(_APP, appauthor=False) / "mail"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How reports are sent; the table [smtp]. What is empty is taken from git's sendemail.* settings.

    A password stands in none of them: it comes from the environment, the keyring or git's credential helpers.
    """

    host: str = ""
    port: int = 0
    encryption: str = ""  # tls (STARTTLS), ssl or none
    user: str = ""
    sender: str = ""  # the From of reports, as `Name <addr>`
    to: tuple[str, ...] = ()  # who gets those of `miner nightly`

    def __post_init__(self) -> None:
        _check(self, _SMTP_RULES)


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one run; each has a default, and a value out of its range raises ConfigError.

    >>> Config(stale_days=7).stale_days
    7
    """

    archive_url: str = "https://lore.kernel.org/all/{message_id}/"  # where a mail can be read; the id is quoted for it
    stale_days: int | None = None  # without news for longer work is stale; None: what is usual on the list
    min_confidence: float = 0.0  # 0 to 1; claims with less are left out
    max_mail_bytes: int = 64 * 1024 * 1024  # a larger mail is skipped and reported
    git: str = ""  # the project's own tree, a work tree or a bare mirror; empty: none is asked
    git_branches: tuple[str, ...] = ()  # empty: those of its remotes, or all of a repository without remotes
    maintainers: str = ""  # the path of a MAINTAINERS file, which tells who decides; empty: the git tree's own
    mailmap: str = ""  # the path of a mailmap, which tells who is who; empty: the git tree's own
    store: str = ""  # the file that `miner mine` keeps its results in; empty: one in the user's data folder
    templates: str = ""  # a folder whose jinja2 templates go before those of the package
    nightly_minutes: int = 120  # `miner nightly` ends after them
    old_days: int = 3  # its report warns when no fetch succeeded for longer
    smtp: SmtpSettings = field(default_factory=SmtpSettings)
    fetch: FetchSettings = field(default_factory=FetchSettings)
    sources: tuple[Source, ...] = ()  # what `miner fetch` keeps up to date
    notes: tuple[Note, ...] = ()  # what the user said of pieces of work, in a file of its own

    def __post_init__(self) -> None:
        _check(self, _RULES)

    @property
    def store_path(self) -> Path:
        """The file that results are kept in."""
        if self.store:
            return Path(self.store).expanduser()
        import platformdirs

        return platformdirs.user_data_path(_APP, appauthor=False) / "store.sqlite"


def config_path() -> Path:
    """Where the configuration lies when no --config names it: $LORE_MINER_CONFIG, else the user's own folder for it."""
    if named := os.environ.get(_VARIABLE):
        return Path(named)
    import platformdirs

    return platformdirs.user_config_path(_APP, appauthor=False) / "config.toml"


def find_config() -> Path | None:
    """The configuration that counts when no --config names one; None when there is none. One that
    $LORE_MINER_CONFIG names has to be there."""
    path = config_path()
    return path if os.environ.get(_VARIABLE) or path.is_file() else None


def notes_path(config: Path | None) -> Path:
    """Where the user's notes lie: beside the configuration."""
    return (config or config_path()).with_name(FILE)


def read_config(path: Path | None) -> Config:
    """Read a TOML file into a Config; None stands for no file and gives the defaults.

    Raises ConfigError, which names the file and the key, for a file that cannot be read or is no TOML, for an unknown
    key (with the nearest known one) and for a value of the wrong type or out of range.
    """
    beside = read_notes(notes_path(path))
    if path is None:
        return Config(notes=beside)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # not UTF-8, or not TOML; the message has the place
        raise ConfigError(f"{path}: not a TOML file: {error}") from error
    try:
        return replace(read_table(table), notes=beside)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def read_table(table: Mapping[str, Any]) -> Config:
    """A configuration that was read as TOML already; raises ConfigError as `read_config` does."""
    known = [each.name for each in fields(Config) if each.name not in ("fetch", "smtp", "sources", "notes")]
    _refuse_unknown(table, [*known, "fetch", "smtp", *_SOURCE_KEYS], "")
    fetch = table.get("fetch", {})
    if not isinstance(fetch, dict):
        raise ConfigError("fetch must be a table: [fetch]")
    _refuse_unknown(fetch, [each.name for each in fields(FetchSettings)], "fetch.")
    smtp = table.get("smtp", {})
    if not isinstance(smtp, dict):
        raise ConfigError("smtp must be a table: [smtp]")
    if "password" in smtp:
        raise ConfigError(
            "smtp.password: a password does not belong in this file; see `miner send --help` for where it does"
        )
    _refuse_unknown(smtp, [each.name for each in fields(SmtpSettings)], "smtp.")
    words: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in smtp.items()}
    mailing = SmtpSettings(**words)
    masks = fetch.get("masks", ())
    settings = FetchSettings(**{**fetch, "masks": tuple(masks) if isinstance(masks, list) else masks})
    sources = [
        _read_source(kind, row, f"{kind}[{number}]", settings)
        for kind in _SOURCE_KEYS
        for number, row in enumerate(_rows(table, kind), 1)
    ]
    doubled = [each.title for number, each in enumerate(sources) if each in sources[:number]]
    if doubled:
        raise ConfigError(f"{doubled[0]} is named twice")
    plain: dict[str, Any] = {key: tuple(v) if isinstance(v := table[key], list) else v for key in known if key in table}
    return Config(**plain, fetch=settings, smtp=mailing, sources=tuple(sources))


def _rows(table: Mapping[str, Any], kind: str) -> Sequence[Mapping[str, Any]]:
    rows = table.get(kind, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigError(f"{kind} must be written as a table of its own for each: [[{kind}]]")
    return rows


def _read_source(kind: str, row: Mapping[str, Any], where: str, settings: FetchSettings) -> Source:
    """One [[list]], [[search]], [[thread]], [[person]] or [[web]]."""
    _refuse_unknown(row, _SOURCE_KEYS[kind], f"{where}.")
    for key, value in row.items():
        if not isinstance(value, bool if key == "threads" else (str, date)):
            raise ConfigError(f"{where}.{key} must be {'true or false' if key == 'threads' else 'a text in quotes'}")
    main = _SOURCE_KEYS[kind][0]
    if not row.get(main):
        raise ConfigError(f"{where} needs {main}")
    text = str(row[main])
    since = str(row.get("since", ""))
    inbox = str(row.get("list", ""))
    try:
        if since:
            parse_since(since, datetime.now(UTC))
        if inbox and not re.fullmatch(r"[A-Za-z0-9][\w.+-]*", inbox):
            raise ConfigError(f"list must be the name of a list, not {inbox!r}")
        if kind == "person":
            if not re.fullmatch(r"[^\s@<>\"()]+@[^\s@<>\"()]+", text):
                raise ConfigError(f"address must be an e-mail address, not {text!r}")
            text = f"f:{text} OR t:{text} OR c:{text}"
        wanted = {"person": "search"}.get(kind, kind)
        if kind in ("search", "person") and "://" not in text:
            found = Source("search", f"{settings.server}/{inbox or 'all'}", text)
        elif kind == "web":
            found = Source("web", text.rstrip("/"))
            parse_target(text, server=settings.server)  # an address at all
        else:
            found = parse_target(text, server=settings.server, inbox=inbox, masks=settings.masks)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None
    if found.kind != wanted:
        raise ConfigError(f"{where}.{main}: {text!r} is no {kind}")
    return replace(found, since=since, threads=row.get("threads", True))


def _refuse_unknown(table: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"the known keys are {', '.join(known)}"
            raise ConfigError(f"unknown key {where + key!r}; {advice}")


def _check(record: object, rules: Mapping[str, tuple[str, Callable[[object], bool]]]) -> None:
    for key, (wanted, fits) in rules.items():
        value = getattr(record, key)
        if not fits(value):
            raise ConfigError(f"{key} must be {wanted}, not {reprlib.repr(value)}")


def _is_archive_url(value: object) -> bool:
    if not isinstance(value, str) or value.count(_MESSAGE_ID) != 1:
        return False
    return re.fullmatch(r"https?://[^\s\x00-\x1f\x7f{}]+", value.replace(_MESSAGE_ID, "id")) is not None


def _is_server(value: object) -> bool:
    return (
        isinstance(value, str)
        and re.fullmatch(r"https?://[^\s\x00-\x1f\x7f{}?#@/]+(?:/[^\s?#@]*[^\s?#@/])?", value) is not None
    )


def _is_line(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and len(value) < 200


def _are_lines(value: object) -> bool:
    return isinstance(value, tuple) and all(map(_is_line, value))


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_number(value: object, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most  # nan is not


def _are_masks(value: object) -> bool:
    return isinstance(value, tuple) and all(
        isinstance(each, str) and each.count("%s") == 1 and re.match(r"https?://[^%\s]", each) for each in value
    )


_RULES: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "archive_url": (f"an http or https address with {_MESSAGE_ID} in it once", _is_archive_url),
    "stale_days": ("a whole number of days from 1 to 3650", lambda value: value is None or _is_whole(value, 1, 3650)),
    "min_confidence": ("a number from 0 to 1", lambda value: _is_number(value, 0, 1)),
    "max_mail_bytes": ("a whole number of bytes from 1024 to 2147483648", lambda value: _is_whole(value, 1024, 2**31)),
    "git": ("the path of a git repository", _is_line),
    "maintainers": ("the path of a MAINTAINERS file", _is_line),
    "mailmap": ("the path of a mailmap", _is_line),
    "store": ("the path of a file", _is_line),
    "templates": ("the path of a folder", _is_line),
    "nightly_minutes": ("a whole number of minutes from 1 to 1440", lambda value: _is_whole(value, 1, 1440)),
    "old_days": ("a whole number of days from 1 to 365", lambda value: _is_whole(value, 1, 365)),
    "git_branches": ("a list of names of branches", _are_lines),
}
_SMTP_RULES: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "host": (
        "the name of a host",
        lambda value: isinstance(value, str) and re.fullmatch(r"[\w.:-]{0,255}", value) is not None,
    ),
    "port": ("a port from 1 to 65535", lambda value: _is_whole(value, 0, 65535)),
    "encryption": ("tls, ssl or none", lambda value: value in ("", "tls", "ssl", "none")),
    "user": ("one line of text", _is_line),
    "sender": ("one address, as in 'Ada Byron <ada@example.org>'", _is_line),
    "to": ("a list of addresses", _are_lines),
}
_FETCH_RULES: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "server": ("an http or https address without a slash at its end", _is_server),
    "mail_dir": ("the path of a folder", _is_line),
    "contact": ("one line of text, such as an e-mail address", _is_line),
    "pace": ("a number of seconds from 0 to 3600", lambda value: _is_number(value, 0, 3600)),
    "patience": ("a number of seconds from 0 to 86400", lambda value: _is_number(value, 0, 86400)),
    "timeout": ("a number of seconds from 0 to 3600", lambda value: _is_number(value, 0, 3600)),
    "jobs": ("a whole number from 1 to 16", lambda value: _is_whole(value, 1, 16)),
    "masks": ("a list of addresses with %s in them once", _are_masks),
    "max_answer_bytes": ("a whole number of bytes from 65536 up", lambda value: _is_whole(value, 65536, 2**50)),
}
# The tables that name sources: the key that each needs comes first.
_SOURCE_KEYS: Mapping[str, tuple[str, ...]] = {
    "list": ("name", "since"),
    "search": ("query", "list", "since", "threads"),
    "thread": ("id", "list"),
    "person": ("address", "list", "since", "threads"),
    "web": ("url", "since"),
}
