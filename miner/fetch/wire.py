"""Polite HTTP: one session that paces itself, waits when a server asks it to, and never takes a half answer for a whole.

Everything that leaves over HTTP goes through `PoliteSession.send`, also what liblore asks. An answer is streamed into
a file, so memory does not grow with it. What goes wrong is a `Trouble`, which says whether trying again can help.
"""

from __future__ import annotations

import random
import threading
import time
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO, TypeVar
from urllib.parse import urlsplit

import requests

from miner.errors import FetchError

T = TypeVar("T")

BLOCK_BYTES = 64 * 1024
TRIES = 5
FIRST_WAIT = 2.0  # seconds; doubled at each further try
MAX_REDIRECTS = 5
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
GZIP_WINDOW = 31  # zlib's number for "a gzip member with its header"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """The time and the waiting, passed in so that a test need not wait. `waiting` tells the user why nothing moves."""

    now: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    waiting: Callable[[float, str], None] = lambda _seconds, _why: None


class Trouble(Exception):
    """One try that failed: why, whether another try may help, and how many seconds the server asks to wait."""

    def __init__(self, why: str, *, again: bool = True, after: float | None = None, status: int | None = None) -> None:
        super().__init__(why)
        self.again = again
        self.after = after
        self.status = status


class Busy(FetchError):
    """A server asks not to be called before a certain time, which is later than we are willing to wait for."""

    def __init__(self, why: str, until: datetime) -> None:
        super().__init__(why)
        self.until = until


class NotFound(FetchError):
    """The server answers, and does not have it; `page` is the beginning of what it says."""

    def __init__(self, why: str, page: str = "") -> None:
        super().__init__(why)
        self.page = page


@dataclass(slots=True)
class Pace:
    """The least time between two requests to one host, shared by all threads of a run."""

    seconds: float
    clock: Clock
    _next: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, host: str) -> None:
        with self._lock:
            now = self.clock.monotonic()
            start = max(now, self._next.get(host, now))
            self._next[host] = start + self.seconds
        if start > now:
            self.clock.sleep(start - now)

    def hold(self, host: str, seconds: float) -> None:
        """Let nobody call a host for a while: it said that it is busy."""
        with self._lock:
            self._next[host] = max(self._next.get(host, 0.0), self.clock.monotonic() + seconds)


class PoliteSession(requests.Session):
    """A session that talks to the hosts that it was told of and to no other, not even when one of them redirects."""

    def __init__(self, agent: str, pace: Pace, hosts: Collection[str]) -> None:
        super().__init__()
        self.headers["User-Agent"] = agent
        self.max_redirects = MAX_REDIRECTS
        self.pace = pace
        self.hosts = frozenset(hosts)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        if parts.netloc not in self.hosts or parts.scheme not in ("http", "https"):
            raise Trouble(
                f"the server leads to another place, {shown(request.url)}, which is no archive of yours; "
                "if you trust it, give that address instead",
                again=False,
            )
        self.pace.wait(parts.netloc)
        return super().send(request, **kwargs)

    def rebuild_method(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """A search that is redirected stays a POST; requests would make a GET of it, which means something else."""


def shown(text: object) -> str:
    """What a server said, safe for one line on a terminal."""
    return "".join(c if c.isprintable() else "?" for c in str(text)[:300])


def retry(action: Callable[[], T], what: str, clock: Clock, patience: float, pace: Pace, host: str) -> T:
    """Do something until it works: again after 2, 4, 8 seconds and so on, or when the server wishes.

    Raises FetchError when no further try can help, when five have failed, or when the waiting would exceed `patience`
    seconds; Busy when it is the server who asks for a longer wait.
    """
    waited = 0.0
    for number in range(1, TRIES + 1):
        try:
            return action()
        except Trouble as trouble:
            if not trouble.again:
                raise FetchError(f"{what}: {trouble}") from trouble
            asked = trouble.after
            wait = asked if asked is not None else FIRST_WAIT * 2 ** (number - 1) * random.uniform(0.75, 1.25)
            if asked is not None and waited + wait > patience:
                until = datetime.fromtimestamp(clock.now().timestamp() + asked, UTC)
                raise Busy(
                    f"{what}: {trouble}, and asks to wait until {until:%Y-%m-%d %H:%M} UTC; run again then", until
                ) from trouble
            if number == TRIES or waited + wait > patience:
                raise FetchError(
                    f"{what}: {trouble}; {number} {'try' if number == 1 else 'tries'}; run again later"
                ) from trouble
            clock.waiting(wait, str(trouble))
            if asked is not None:
                pace.hold(host, wait)
            clock.sleep(wait)
            waited += wait
    raise AssertionError("the last try returns or raises")


def check_answer(response: requests.Response, clock: Clock) -> None:
    """Raise Trouble or NotFound for every answer that is not 200."""
    status = response.status_code
    if status == 200:
        return
    host = urlsplit(response.url).netloc
    if status in (404, 410):
        page = next(response.iter_content(4096), b"")
        raise NotFound(f"not found on {host}", page.decode("utf-8", "replace"))
    if status in BUSY:
        reason = "is asked too often" if status == 429 else "is busy or out of order"
        raise Trouble(f"{host} {reason} (status {status})", after=_retry_after(response, clock), status=status)
    if status in (401, 403):
        raise Trouble(
            f"{host} refuses to answer (status {status}); it may want a contact address, set `contact` in [fetch], "
            "or a slower `pace`",
            again=False,
            status=status,
        )
    raise Trouble(f"{host} answers with status {status}", again=status >= 500, status=status)


def _retry_after(response: requests.Response, clock: Clock) -> float | None:
    """Seconds that the server asks to wait (RFC 9110, section 10.2.3), as a number or a date; None when it does not."""
    value = (response.headers.get("Retry-After") or "").strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - clock.now()).total_seconds())


def is_page(response: requests.Response, beginning: bytes) -> bool:
    """Whether an answer is a web page for people, whatever was asked for."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    start = beginning.lstrip()[:200].lower()
    return kind == "text/html" or start.startswith((b"<!doctype html", b"<html"))


def bot_check(host: str) -> Trouble:
    """What to say and do about a page that tries to tell browsers from robots."""
    return Trouble(
        f"{host} answers with a web page made for browsers (most likely a check against robots) where mail was asked "
        "for; nothing was stored. Set `contact` in [fetch] and a slower `pace`, use a mirror (git config lore.fallback) "
        "or follow the whole list, which is fetched by git",
        again=False,
    )


def receive(response: requests.Response, file: BinaryIO, limit: int, advance: Callable[[int], None]) -> bool:
    """Write the body of an answer to a file, gzip unpacked; True when it was gzip.

    Raises Trouble when the answer breaks off, is damaged, is a page made for browsers, or is longer than `limit`
    bytes unpacked.
    """
    host = urlsplit(response.url).netloc
    unpack: Any = None
    first = True
    room = limit
    for block in _blocks(response, host):
        if first:
            if is_page(response, block):
                raise bot_check(host)
            if block.startswith(b"\x1f\x8b"):
                unpack = zlib.decompressobj(GZIP_WINDOW)
            first = False
        advance(len(block))
        for piece in _unpacked(unpack, block, host) if unpack else (block,):
            room -= len(piece)
            if room < 0:
                raise Trouble(f"{host} answers with more than {limit} bytes; ask for less", again=False)
            file.write(piece)
    if unpack is not None and not unpack.eof:
        raise Trouble(f"the answer of {host} breaks off")
    return unpack is not None


def receive_raw(response: requests.Response, file: BinaryIO, limit: int) -> None:
    """Write the body of an answer to a file as it came; Trouble when it breaks off or is longer than `limit` bytes."""
    host = urlsplit(response.url).netloc
    for block in _blocks(response, host):
        limit -= len(block)
        if limit < 0:
            raise Trouble(f"{host} answers with too much; ask for less", again=False)
        file.write(block)


def _unpacked(unpack: Any, block: bytes, host: str) -> Iterator[bytes]:
    """Unpack a block in pieces of bounded size. What stands behind the end of the gzip data is ignored."""
    while block and not unpack.eof:
        try:
            yield unpack.decompress(block, BLOCK_BYTES * 4)
        except zlib.error:
            raise Trouble(f"the answer of {host} is damaged") from None
        block = unpack.unconsumed_tail


def _blocks(response: requests.Response, host: str) -> Iterator[bytes]:
    """The body as it comes over the line, a Content-Encoding undone; a connection that breaks is Trouble."""
    expected = response.headers.get("Content-Length", "")
    plain = not response.headers.get("Content-Encoding")
    size = 0
    with closing(response):
        try:
            for block in response.iter_content(BLOCK_BYTES):
                size += len(block)
                yield block
        except (requests.RequestException, OSError) as error:
            raise Trouble(f"the connection to {host} broke ({reason(error)})") from error
    if plain and expected.isascii() and expected.isdigit() and int(expected) != size:
        raise Trouble(f"the answer of {host} breaks off")


def reason(error: BaseException) -> str:
    """The innermost cause of an error from requests or urllib3, in few words."""
    inner: BaseException = error
    for _ in range(8):
        deeper = next((arg for arg in inner.args if isinstance(arg, BaseException)), None)
        deeper = deeper or getattr(inner, "reason", None) or inner.__cause__
        if not isinstance(deeper, BaseException) or deeper is inner:
            break
        inner = deeper
    if isinstance(inner, TimeoutError) or "timed out" in str(inner).lower():
        return "no answer in time"
    text = getattr(inner, "strerror", None) or str(inner).partition("\n")[0] or type(inner).__name__
    return shown(text)[:120]
