"""What can be followed: whole lists, searches, threads, people, web archives; and the forms in which people name them.

Pure: text in, a frozen `Source` out. Nothing here reaches for a network.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import parse_qs, quote, unquote, urlsplit

from miner.errors import ConfigError
from miner.links import ID_PREFIX, message_id_of

Kind = Literal["list", "search", "thread", "web"]

SERVER = "https://lore.kernel.org"
EVERYTHING = "all"  # the inbox of a lore-like server that holds the mail of all its lists
MAX_TARGET = 2_000
MAX_ID = 998  # a header line is no longer (RFC 5322, section 2.1.1)
SLUG = 60

# What may stand behind the message-id in a public-inbox address.
_VIEWS = frozenset({"t", "T", "raw", "t.mbox.gz", "t.mbox", "t.atom", "R", "s", "f"})
# The prefixes of public-inbox's search language (its _/text/help), by which a word is known to be a query.
_PREFIXES = frozenset(
    "s d b nq q f t c a tc tcf bs dt rt l list n l ln r g "
    "dfpre dfpost dfn dfa dfb dfctx dfhh dfblob patchid changeid forpatchid z".split()
)
_LABEL = re.compile(r"^(?:link|closes|url|archived-at|list-archive)\s*:\s*(?=\S)", re.IGNORECASE)
_HOST = re.compile(r"^(?:[a-z0-9](?:[a-z0-9-]{0,62})?\.){1,8}[a-z]{2,24}(?::\d{1,5})?/", re.IGNORECASE)
_INBOX = re.compile(r"[A-Za-z0-9][\w.+-]{0,199}")
_EPOCH = re.compile(r"\d{1,4}(?:\.git)?")
_AGO = re.compile(r"(\d{1,4})[ .]*(d|day|w|week|m|mon|month|y|year)s?(?:[ .]+ago)?", re.IGNORECASE)
_DAYS = {"d": 1, "w": 7, "m": 31, "y": 366}
# Hosts that only lead elsewhere: their links carry a message-id and nothing else that we need.
_SIGNPOSTS = ("lkml.kernel.org", "msgid.link", "patch.msgid.link", "mid.gmane.org", "mid.mail-archive.com")


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to follow.

    `url` is the inbox (`https://lore.kernel.org/linux-mm`) or the web archive that it is in, without a slash at its
    end. `want` is the message-id of a thread or the words of a search, empty for a whole list or web archive. `since`
    is a date as the user wrote it, or empty. `threads`: a search brings the whole threads of what it finds.

    >>> Source("thread", "https://lore.example.org/all", "1@example.org").folder
    'lore.example.org/threads/1@example.org-ab6f5b02dde3'
    """

    kind: Kind
    url: str
    want: str = ""
    since: str = ""
    threads: bool = True

    @property
    def inbox(self) -> str:
        """The last part of the address: `linux-mm`."""
        return self.url.rstrip("/").rpartition("/")[2]

    @property
    def title(self) -> str:
        """How a person would call it."""
        if self.kind == "list":
            return self.inbox
        if self.kind == "web":
            return self.url.partition("://")[2]
        return f"{self.want} in {self.inbox}" if self.inbox != EVERYTHING else self.want

    @property
    def folder(self) -> str:
        """Where its mail lies, below the folder for all mail; the same for the same source, and safe for any id."""
        parts = urlsplit(self.url)
        host = _slug(parts.netloc.lower())
        below = parts.path.strip("/")
        if self.kind in ("list", "web"):
            return f"{host}/{'lists' if self.kind == 'list' else 'web'}/{safe_name(below, digest=bool('/' in below))}"
        key = self.want if below == EVERYTHING else f"{below}\0{self.want}"
        if self.kind == "search" and not self.threads:
            key += "\0mails"
        plural = "threads" if self.kind == "thread" else "searches"
        return f"{host}/{plural}/{_slug(self.want)}-{_digest(key)}"


def safe_name(name: str, *, digest: bool = True) -> str:
    """A file name for any text: short, printable, no path, not hidden, and with a digest that keeps two texts apart.

    >>> safe_name("../../etc/passwd@host")
    '_.._.._etc_passwd@host-68d3140f2472'
    """
    slug = _slug(name)
    return f"{slug}-{_digest(name)}" if digest or slug != name else slug


def _slug(text: str) -> str:
    """Letters, digits and a few marks. A dot at the beginning would hide a file, a dash look like an option."""
    slug = re.sub(r"[^A-Za-z0-9@._=+-]+", "_", text[: 4 * SLUG])[:SLUG]
    return f"_{slug}" if not slug or slug[0] in ".-" else slug


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def parse_target(text: str, *, server: str = SERVER, inbox: str = "", masks: Iterable[str] = ()) -> Source:
    """Tell what somebody means by an address, a message-id or the words of a search.

    Understood: addresses of a public-inbox server in every form (`/LIST/`, `/LIST/ID/T/#u`, `/r/ID`, `/ID/raw`,
    `?q=...`, escaped or not), links of patchwork and others that carry a message-id, addresses made by `masks`
    (`https://patch.example.org/%s`, as b4 has them), a message-id with or without brackets, the name of a list, and
    the search language of public-inbox. `server` (and its `inbox`, if given) is where a message-id, a list or a search
    without an address is looked for. ConfigError when it can be none of these.

    >>> parse_target("https://lore.kernel.org/linux-mm/2024.1%2Fx@host/T/#u").want
    '2024.1/x@host'
    >>> parse_target("<1@example.org>").kind, parse_target("s:folio f:yu").kind, parse_target("linux-mm").kind
    ('thread', 'search', 'list')
    """
    said = text.strip()
    if not said or len(said) > MAX_TARGET or any(ord(c) < 32 or ord(c) == 127 for c in said):
        raise ConfigError(f"{text[:60]!r} is no address, message-id or search")
    everywhere = f"{server.rstrip('/')}/{inbox or EVERYTHING}"
    said = _LABEL.sub("", said)
    if (bare := ID_PREFIX.sub("", said)) != said:
        return _thread(everywhere, bare.strip("<>"))
    if said.startswith("<") and said.endswith(">"):
        said = said[1:-1].strip()
        if "://" not in said:
            return _thread(everywhere, said)
    for mask in masks:
        if ident := _unmask(said, mask):
            return _thread(everywhere, ident)
    if re.match(r"https?://", said, re.IGNORECASE):
        return _parse_url(said, everywhere)
    if "://" in said:
        raise ConfigError(f"{said[:80]!r}: only http and https addresses can be fetched")
    if _HOST.match(said):
        return _parse_url(f"https://{said}", everywhere)
    if _is_query(said):
        return Source("search", everywhere, said)
    if "@" in said:
        return _thread(everywhere, said)
    if _INBOX.fullmatch(said):
        return Source("list", f"{server.rstrip('/')}/{said}")
    raise ConfigError(f"{said[:80]!r} is no address, message-id, list or search")


def _is_query(text: str) -> bool:
    """A query has several words, or a prefix of the search language, or quotes; a message-id has none of these."""
    prefix, colon, rest = text.partition(":")
    return bool((colon and rest and prefix.lstrip("-+(").lower() in _PREFIXES) or len(text.split()) > 1 or '"' in text)


def _thread(url: str, ident: str) -> Source:
    ident = ident.strip().strip("<>")
    if not ident or len(ident) > MAX_ID or len(ident.split()) != 1:
        raise ConfigError(f"{ident[:80]!r} is no message-id")
    return Source("thread", url, ident)


def _unmask(address: str, mask: str) -> str | None:
    before, mark, after = mask.partition("%s")
    if not mark or not before or not address.startswith(before) or not address.endswith(after):
        return None
    ident = unquote(address[len(before) : len(address) - len(after)].partition("#")[0]).strip("/<>")
    return ident or None


def _parse_url(url: str, everywhere: str) -> Source:
    url = url.rstrip(">.,;")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigError(f"{url[:80]!r} is no address: {error}") from None
    if not host or parts.username is not None:
        raise ConfigError(f"{url[:80]!r} is no address that can be fetched")
    base = f"{parts.scheme.lower()}://{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}"
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    if any(segment in (".", "..") for segment in segments):
        raise ConfigError(f"{url[:80]!r} is no address that can be fetched")
    if host in _SIGNPOSTS or host.startswith("patchwork.") or "project" in segments[:2]:
        ident = message_id_of(url) or (segments[-1] if host in _SIGNPOSTS and segments else None)
        if not ident:
            raise ConfigError(f"{url[:80]!r} carries no message-id")
        return _thread(everywhere, ident)
    query = parse_qs(parts.query)
    if (words := " ".join(query.get("q", [])).strip()) and len(words) <= MAX_TARGET:
        place = _place(segments[:1])
        return Source("search", f"{base}/{place}", words)
    at = _find_id(segments)
    if at is not None:
        return _thread(f"{base}/{_place(segments[:at])}", segments[at])
    if _is_web(segments):
        return Source("web", base + _web_path(parts.path, segments))
    if segments and all(_EPOCH.fullmatch(s) or s == "git" for s in segments[1:]) and _INBOX.fullmatch(segments[0]):
        return Source("list", f"{base}/{segments[0]}")
    raise ConfigError(f"{url[:80]!r}: no list, message-id or search can be seen in this address")


def _find_id(segments: list[str]) -> int | None:
    """Where the message-id stands: the first part with an "@"; or, for an id without one, what a view follows."""
    for at, segment in enumerate(segments[:4]):
        if "@" in segment:
            return at
    if segments[:1] == ["r"] and len(segments) > 1:
        return 1
    return 1 if len(segments) > 2 and segments[2] in _VIEWS else None


def _place(segments: list[str]) -> str:
    """The inbox of an address; `/r/` and an address without any stand for all lists of the server."""
    if not segments or segments == ["r"]:
        return EVERYTHING
    return "/".join(quote(segment, safe="._+-") for segment in segments)


def _is_web(segments: list[str]) -> bool:
    """Mailman's archives stand below /pipermail/, MHonArc's have an index page of a known name, or /lists/."""
    last = segments[-1] if segments else ""
    names = ("maillist.html", "threads.html", "index.html", "thread.html", "date.html")
    return "pipermail" in segments or last in names or segments[:1] == ["lists"]


def _web_path(path: str, segments: list[str]) -> str:
    """The folder of a web archive: of pipermail the list's own, else the one that the page lies in."""
    if "pipermail" in segments:
        kept = path.split("/")
        return "/".join(kept[: kept.index("pipermail") + 2]).rstrip("/")
    return (path.rpartition("/")[0] if "." in segments[-1] else path).rstrip("/")


def parse_since(text: str, now: datetime, name: str = "since", limit: str = "") -> datetime:
    """Read a date in UTC, `2026-05-01`, or a time ago in git's manner, `6 months ago`, `3.months.ago`, `90d`.

    A month counts 31 days, a year 366. ConfigError for anything else, and for a day that has not come yet. The error calls it by
    `name`, the option or key that it comes from; `limit` is the option that `now` comes from, if that is not the clock.

    >>> parse_since("2.weeks.ago", datetime(2026, 5, 15, tzinfo=UTC)).date().isoformat()
    '2026-05-01'
    """
    said = text.strip()
    if match := _AGO.fullmatch(said):
        try:
            return now - timedelta(days=int(match[1]) * _DAYS[match[2][0].lower()])
        except OverflowError:
            raise ConfigError(f"{name} {said!r} is before the year 1") from None
    try:
        when = datetime.fromisoformat(said)
    except ValueError:
        raise ConfigError(
            f"{name} must be a date as 2026-05-01 or a time as '6 months ago', not {text[:60]!r}"
        ) from None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    if when > now:
        raise ConfigError(f"{name} is {said}, {f'later than {limit}' if limit else 'a day that has not come yet'}")
    return when


def parse_moment(text: str, now: datetime, name: str = "since") -> datetime:
    """Read the moment that `--as-of` names: as `parse_since` does, but a day without a time means its end.

    >>> parse_moment("2026-05-01", datetime(2026, 5, 15, tzinfo=UTC)).isoformat()
    '2026-05-01T23:59:59.999999+00:00'
    """
    moment = parse_since(text, now, name)
    whole_day = re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", text.strip()) is not None
    return moment + timedelta(days=1, microseconds=-1) if whole_day else moment
