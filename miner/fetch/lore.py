"""The public-inbox client: liblore's node (its mirrors, fallbacks and git config), and raw bytes taken from it.

The only module that knows liblore. Its node chooses among the configured hosts and sends the requests through our
session. Its own ways of getting mail are not used, for each of them, measured with liblore 0.10.1, loses or stops
something: threads with a Date without zone end in a TypeError when they are sorted; 429 and 503 are raised at once;
updates of a thread come back empty on 403, 429 and 5xx; a page made for browsers is returned as if it were the mail;
a cut gzip stream is an EOFError; and all of an mbox is held in memory four times over.
"""

from __future__ import annotations

import email.charset
import json
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from tempfile import TemporaryFile
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote, urlsplit

import requests

from miner.config import FetchSettings
from miner.errors import FetchError
from miner.fetch.wire import (
    Clock,
    NotFound,
    Pace,
    PoliteSession,
    Trouble,
    bot_check,
    check_answer,
    is_page,
    reason,
    receive,
    retry,
)

# liblore changes at import how the whole process encodes UTF-8 mail; put back what was there.
_CHARSETS = dict(email.charset.CHARSETS)
from liblore import LibloreError, LoreNode  # noqa: E402

email.charset.CHARSETS.clear()
email.charset.CHARSETS.update(_CHARSETS)
logging.getLogger("liblore").addHandler(logging.NullHandler())

T = TypeVar("T")

MAX_MANIFEST_BYTES = 64 * 1024 * 1024
MAX_CONFIG_BYTES = 1024 * 1024
NO_HITS = "no results"
_NAME = re.compile(rb'^\[(?:publicinbox|extindex) "([^"\n]{1,200})"\]', re.M)
CLOCK_SKEW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer that lies in a file. `as_of`: mail that the archive had before then is in it (UTC)."""

    as_of: datetime
    packed: bool


@dataclass(frozen=True, slots=True)
class Sink:
    """Where an answer goes. `advance` is told of each piece's bytes; `look` looks at the whole, and raises Trouble when
    it is none."""

    file: BinaryIO
    advance: Callable[[int], None]
    look: Callable[[], None]


class Inbox:
    """One inbox of a public-inbox server. Every call raises FetchError when it cannot be had, NotFound when the server
    does not have it, Busy when it asks for more patience than there is."""

    def __init__(self, url: str, settings: FetchSettings, clock: Clock, pace: Pace) -> None:
        self.url = url.rstrip("/")
        self._settings = settings
        self._clock = clock
        self._pace = pace
        try:
            self._node = LoreNode.from_git_config(self.url)
        except LibloreError as error:
            raise FetchError(f"git config for {self.url}: {error}") from error
        self.agent = user_agent(settings.contact, self._node.user_agent_plus)
        self.origins = tuple(self._node.origins)
        self._server = self._node.canonical_origin
        hosts = {urlsplit(origin).netloc for origin in (*self.origins, self._server)}
        self._session = PoliteSession(self.agent, pace, hosts)
        self._node.set_requests_session(self._session)
        self._host = urlsplit(self._server).netloc
        self._upstream: Inbox | None = None
        self.timeout = settings.timeout

    def close(self) -> None:
        self._node.close()
        self._session.close()
        if self._upstream:
            self._upstream.close()

    def read_thread(self, message_id: str, sink: Sink) -> Answer:
        """Write the mbox of the whole thread that holds a message. Where this inbox has no such message, the server is
        asked which of its inboxes does."""
        what = f"thread {message_id}"
        try:
            return self._read_mbox("GET", f"{self.url}/{_quoted(message_id)}/t.mbox.gz", sink, what)
        except NotFound:
            if place := self._find_place(message_id, what):
                return self._read_mbox("GET", f"{place}/t.mbox.gz", sink, what)
            if upstream := self._find_upstream():
                return upstream.read_thread(message_id, sink)
            raise NotFound(f"{what}: {self._host} has no message with this id") from None

    def read_thread_since(self, message_id: str, since: datetime, sink: Sink) -> Answer | None:
        """Write the mbox of what the server got since then for a thread, None when it says that there is nothing.

        Older servers search the whole inbox here; the caller has to look at what came.
        """
        address = f"{self.url}/{_quoted(message_id)}/?x=m&q={quote(f'rt:{int(since.timestamp())}..')}"
        return self._search(address, f"thread {message_id}", sink)

    def search(self, query: str, threads: bool, sink: Sink) -> Answer | None:
        """Write the mbox of all mails that a query finds, or of their whole threads; None when it finds nothing."""
        # The query has to stand in the address: servers do not look for it in the body of a POST.
        address = f"{self.url}/?x=m{'&t=1' if threads else ''}&q={quote(query, safe='')}"
        found = self._search(address, f"search {query}", sink)
        if found is None and (upstream := self._find_upstream()):
            return upstream.search(query, threads, sink)
        return found

    def read_message(self, message_id: str, file: BinaryIO) -> None:
        """Write one message as the server has it, as an mbox."""
        sink = Sink(file, lambda _: None, lambda: None)
        self._read_mbox("GET", f"{self.url}/{_quoted(message_id)}/raw", sink, f"message {message_id}", packed=False)

    def has_message(self, message_id: str) -> bool:
        """Whether this inbox has a message. FetchError when the server does not tell."""
        with TemporaryFile() as file:
            try:
                self.read_message(message_id, file)
            except NotFound:
                return False
            return True

    def read_name(self) -> str | None:
        """What the server calls this inbox (its _/text/config/raw); None when it does not say."""
        with TemporaryFile() as file:
            try:
                address = f"{self.url}/_/text/config/raw"
                self.call(lambda: self._receive("GET", address, file, MAX_CONFIG_BYTES, lambda _: None), "config")
            except FetchError:
                return None
            file.seek(0)
            match = _NAME.search(file.read())
            return match[1].decode("utf-8", "replace") if match else None

    def read_manifest(self) -> Mapping[str, Any]:
        """The git repositories of this inbox: path to `modified` (Unix time), `fingerprint` and so on (public-inbox,
        manifest.js.gz). FetchError when the server gives none."""
        for address in (f"{self.url}/manifest.js.gz", f"{self._server}/manifest.js.gz"):
            try:
                with TemporaryFile() as file:
                    self.call(
                        lambda: self._receive("GET", address, file, MAX_MANIFEST_BYTES, lambda _: None),  # noqa: B023
                        "manifest.js.gz",
                    )
                    file.seek(0)
                    return _read_manifest(file.read(), self._host)
            except NotFound:
                continue
        raise NotFound(f"{self.url} is no list of a public-inbox server: it has no manifest.js.gz; check the name")

    def check_there(self) -> None:
        """Ask for this inbox's own page. NotFound when the server has none."""

        def ask() -> None:
            with closing(self._request("GET", f"{self.url}/")) as response:
                check_answer(response, self._clock)

        try:
            self.call(ask, self.url)
        except NotFound:
            raise NotFound(f"{self.url} is no list of this server; check the name") from None

    def check_ready(self, address: str) -> None:
        """Ask for an address once and raise Trouble as the answer has it: after git was refused, this tells why."""
        with closing(self._request("GET", address)) as response:
            try:
                check_answer(response, self._clock)
            except NotFound as error:
                raise Trouble(f"{error}: {address}", again=False) from None
            if is_page(response, b""):
                raise bot_check(self._host)

    def call(self, action: Callable[[], T], what: str) -> T:
        """Do something at this server, again while that may help; see `retry`."""
        return retry(action, what, self._clock, self._settings.patience, self._pace, self._host)

    def _search(self, address: str, what: str, sink: Sink) -> Answer | None:
        try:
            return self._read_mbox("POST", address, sink, what)
        except NotFound as error:
            if NO_HITS in error.page.lower():
                return None
            raise NotFound(f"{what}: {self.url} is no list of this server, or it cannot be searched") from error

    def _read_mbox(self, method: str, address: str, sink: Sink, what: str, *, packed: bool = True) -> Answer:
        def read() -> Answer:
            answer = self._receive(method, address, sink.file, self._settings.max_answer_bytes, sink.advance)
            sink.file.flush()
            sink.file.seek(0)
            beginning = sink.file.read(5)
            if beginning != b"From " or (packed and not answer.packed):
                raise Trouble(f"{self._host} answers with something that is no mbox; nothing was stored", again=False)
            sink.look()
            return answer

        return self.call(read, what)

    def _receive(self, method: str, address: str, file: BinaryIO, limit: int, advance: Callable[[int], None]) -> Answer:
        file.seek(0)
        file.truncate()
        sent = self._clock.now()
        response = self._request(method, address)
        with closing(response):
            check_answer(response, self._clock)
            packed = receive(response, file, limit, advance)
        return Answer(_as_of(response, sent), packed)

    def _request(self, method: str, address: str) -> requests.Response:
        """One try on each of the hosts that liblore knows for this inbox."""
        try:
            words: dict[str, object] = {"stream": True}
            if self._settings.timeout:
                words["timeout"] = self._settings.timeout
            if method == "POST":
                words["data"] = b""
            if method == "HEAD":
                words["allow_redirects"] = False
            return self._node.request(method, address, **words)
        except requests.TooManyRedirects:
            raise Trouble(f"{self._host} redirects in a circle", again=False) from None
        except (requests.RequestException, LibloreError, OSError) as error:
            raise Trouble(f"{self._host} cannot be reached ({reason(error)})") from error

    def _find_place(self, message_id: str, what: str) -> str | None:
        """The address of a message below another inbox of the same server, which redirects to it."""

        def ask() -> str | None:
            with closing(self._request("HEAD", f"{self._server}/{_quoted(message_id)}/")) as response:
                # Only the path counts: a mirror may name the host that it mirrors.
                path = urlsplit(response.headers.get("Location", "")).path.rstrip("/")
                if response.is_redirect:
                    return f"{self._server}{path}" if path.count("/") > 1 else None
                check_answer(response, self._clock)
                return None

        try:
            return self.call(ask, what)
        except NotFound:
            return None

    def _find_upstream(self) -> Inbox | None:
        """The full archive behind a partial mirror, as liblore learned it from the answers."""
        if self._upstream is None and (url := self._node.upstream_url):
            self._upstream = Inbox(url, self._settings, self._clock, self._pace)
        return self._upstream


def user_agent(contact: str, plus: str | None = None) -> str:
    """Who is asking: `lore-miner/0.1.0+PLUS (CONTACT)`."""
    agent = f"lore-miner/{version('lore-miner')}{f'+{plus}' if plus else ''}"
    return f"{agent} ({contact})" if contact.isascii() and contact else agent


def _as_of(response: requests.Response, sent: datetime) -> datetime:
    """How far an answer reaches: when it was asked for, by the slower of the two clocks."""
    try:
        theirs = parsedate_to_datetime(response.headers.get("Date", ""))
    except (ValueError, TypeError, IndexError):
        return sent - CLOCK_SKEW
    return min(sent, theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))


def _read_manifest(data: bytes, host: str) -> Mapping[str, Any]:
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError):
        raise FetchError(f"{host}: manifest.js.gz cannot be read; run again later") from None
    if not isinstance(manifest, dict):
        raise FetchError(f"{host}: manifest.js.gz is no list of repositories")
    return manifest


def _quoted(message_id: str) -> str:
    return quote(message_id, safe="@$!*'(),:=~")
