"""A true public-inbox server on loopback, and a proxy before it that can be told to fail.

Both live as long as the tests that use them and listen on 127.0.0.1 alone. Tests that change what the server holds ask
for `fresh_inbox`; `weft-dev` and `other-list` are there for all tests of a session and stay as they are.
"""

from __future__ import annotations

import contextlib
import dataclasses
import email
import functools
import gzip
import http.client
import inspect
import os
import re
import shutil
import signal
import socket
import socketserver
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import formatdate, mktime_tz, parsedate_tz
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from miner import sync
from miner.archive.source import read_source
from miner.config import Config, FetchSettings
from miner.fetch.run import Outcome
from miner.fetch.wire import Clock
from miner.model import Problem, RawMail
from miner.sources import Source

SAMPLE = Path(__file__).parents[2] / "corpora" / "sample" / "weft-dev.mbox"
PROGRAMS = ("git", "public-inbox-init", "public-inbox-index", "public-inbox-httpd", "public-inbox-purge")
START = 1770000000  # 2 February 2026: the earliest time of a commit
IDENTITY = "weft keeper <keeper@example.org>"
COPIES = pytest.StashKey[list[int]]()  # how many fresh inboxes the session has made
PATIENCE = 10.0  # seconds that the server has to start or to read its configuration again
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ftp_proxy")


# --- The inboxes ---


@dataclasses.dataclass(frozen=True)
class Entry:
    """One commit of an epoch: a mail that came (`m`) or one that was deleted (`d`), and when, in epoch seconds."""

    kind: str
    mail: bytes
    when: int


class InboxServer:
    """public-inbox-httpd as a child process, and the inboxes that it serves from a folder of its own.

    Whatever changes an inbox returns when the server answers by the new state.
    """

    def __init__(self, base: Path) -> None:
        self.base = base
        self.url = ""
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._generation = 0
        self._inboxes: dict[str, list[list[Entry]]] = {}
        self._copies: dict[str, list[list[Entry]]] = {}
        self._config = base / "config"
        self._probe = base / "probe"  # an inbox without mails, see _write_config
        self._probe.mkdir()
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(base),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "PI_CONFIG": str(self._config),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
        }

    # What it holds

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def epoch(self, name: str, number: int = 0) -> Path:
        """The bare repository of an epoch."""
        return self._folder(name) / "git" / f"{number}.git"

    def mails(self, name: str) -> list[bytes]:
        """The mails in an inbox in the order of the commits, without those that were deleted."""
        kept: list[bytes] = []
        for entry in (entry for epoch in self._inboxes[name] for entry in epoch):
            if entry.kind == "m":
                kept.append(entry.mail)
            else:
                kept.remove(entry.mail)
        return kept

    def git(self, *arguments: str | Path, stdin: bytes = b"") -> bytes:
        """Run git without anybody's configuration, any protocol allowed, and return what it prints."""
        return self._run("git", *arguments, stdin=stdin)

    @staticmethod
    def compose(
        subject: str, message_id: str, *, reply_to: str = "", text: str = "Nothing more.\n", day: int = 60
    ) -> bytes:
        """A mail of our own: to weft-dev, sent `day` days after 2 February 2026."""
        lines = [
            "From: Odile Marchetti <odile@example.com>",
            "To: weft-dev@lists.example.org",
            f"Subject: {subject}",
            f"Date: {formatdate(START + 86400 * day)}",
            f"Message-ID: <{message_id}>",
        ]
        lines += [f"In-Reply-To: <{reply_to}>", f"References: <{reply_to}>"] if reply_to else []
        lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "", text]
        return "\n".join(lines).encode()

    # What changes it

    def create(self, name: str, mails: Sequence[bytes]) -> None:
        """Make an inbox with one epoch; call `serve` when all are made."""
        self._inboxes[name] = [[]]
        self._append(name, [("m", mail) for mail in mails])
        folder = self._folder(name)
        url = f"http://127.0.0.1/{name}"
        # The epoch lies there before: init builds all.git round it. One job gives one Xapian shard, whatever the machine.
        self._run("public-inbox-init", "-V2", "-L", "full", "-j1", name, folder, url, f"{name}@example.org")
        self._describe(name)
        self._index(name)
        copy = self.base / "copies" / name
        shutil.copytree(folder, copy)
        self._copies[name] = [list(epoch) for epoch in self._inboxes[name]]

    def copy(self, name: str, source: str) -> None:
        """Make an inbox that holds what another held when it was made."""
        shutil.copytree(self.base / "copies" / source, self._folder(name))
        self._inboxes[name] = [list(epoch) for epoch in self._copies[source]]
        self._describe(name)
        self.reload()

    def remove(self, name: str) -> None:
        """Serve an inbox no longer."""
        del self._inboxes[name]
        self.reload()
        shutil.rmtree(self._folder(name))

    def add(self, name: str, *mails: bytes) -> None:
        """Append mails to the newest epoch."""
        self._append(name, [("m", mail) for mail in mails])
        self._index(name)
        self.reload()

    def delete(self, name: str, mail: bytes) -> None:
        """Append the commit that deletes a mail: its blob as `d`, no `m`. The old commit stays."""
        assert mail in self.mails(name)
        self._append(name, [("d", mail)])
        self._index(name)
        self.reload()

    def new_epoch(self, name: str, *mails: bytes) -> int:
        """Start the next epoch with these mails and return its number."""
        self._inboxes[name].append([])
        self.add(name, *mails)
        return len(self._inboxes[name]) - 1

    def rewrite(self, name: str, drop: bytes) -> None:
        """Write the newest epoch anew without a mail's commit: what follows gets other names, the old tip is gone."""
        epoch = self._inboxes[name][-1]
        kept = [entry for entry in epoch if entry.mail != drop]
        assert kept
        assert len(kept) < len(epoch)
        self._inboxes[name][-1] = kept
        repository = self.epoch(name, len(self._inboxes[name]) - 1)
        stream = b"reset refs/heads/master\n" + b"".join(_commit(entry) for entry in kept)
        self.git("-C", repository, "fast-import", "--quiet", "--force", stdin=stream)
        self._index(name)  # finds the mails to take out by the old commits, which git may sweep up only then
        self.git("-C", repository, "-c", "gc.reflogExpire=now", "gc", "--quiet", "--prune=now")
        self.reload()

    def purge(self, name: str, mail: bytes) -> None:
        """Have public-inbox-purge take a mail out of all epochs: its commit stays and holds an empty `m`."""
        assert mail in self.mails(name)
        self._run("public-inbox-purge", self._folder(name), stdin=mail)
        self._inboxes[name] = [[entry for entry in epoch if entry.mail != mail] for epoch in self._inboxes[name]]
        self._index(name)
        self.reload()

    # The process

    def start(self) -> None:
        """Start the server on a free port and wait for its first answer."""
        for _ in range(3):  # another process may take the port before the server does
            self._port = _free_port()
            self.url = f"http://127.0.0.1:{self._port}"
            self._write_config()
            with (self.base / "httpd.log").open("ab") as log:
                self._process = subprocess.Popen(
                    ["public-inbox-httpd", "-l", f"127.0.0.1:{self._port}", "-W0"],
                    cwd=self.base,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
            if self._wait():
                return
            self.stop()
        pytest.fail(f"public-inbox-httpd does not answer: {self._log()}")

    def reload(self) -> None:
        """Have the server read its configuration again, which forgets what it knew of the inboxes too."""
        self._write_config()
        os.kill(self.pid, signal.SIGHUP)
        if not self._wait():
            pytest.fail(f"public-inbox-httpd did not read its configuration again: {self._log()}")

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=3)
        except subprocess.TimeoutExpired:  # it waits for requests that are under way
            self._process.kill()
            self._process.wait()
        self._process = None

    # Inner parts

    def _folder(self, name: str) -> Path:
        return self.base / name

    def _run(self, *command: str | Path, stdin: bytes = b"") -> bytes:
        words = [str(part) for part in command]
        done = subprocess.run(
            words, input=stdin, env=self._environment, cwd=self.base, capture_output=True, check=False
        )
        if done.returncode:
            pytest.fail(f"{command[0]} gave {done.returncode}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def _append(self, name: str, what: Sequence[tuple[str, bytes]]) -> None:
        """Write commits at the end of the newest epoch; their times are those of the mails, but never go back."""
        epochs = self._inboxes[name]
        entries: list[Entry] = []
        last = max((entry.when for epoch in epochs for entry in epoch), default=START)
        for kind, mail in what:
            last = max(last + 1, _sent(mail) if kind == "m" else 0)
            entries.append(Entry(kind, mail, last))
        repository = self.epoch(name, len(epochs) - 1)
        if not repository.is_dir():
            self.git("init", "--quiet", "--bare", "--template=", "--initial-branch=master", repository)
        stream = b"".join(_commit(entry) for entry in entries)
        if epochs[-1]:
            stream = b"reset refs/heads/master\nfrom refs/heads/master^0\n\n" + stream
        self.git("-C", repository, "fast-import", "--quiet", stdin=stream)
        epochs[-1].extend(entries)

    def _describe(self, name: str) -> None:
        (self._folder(name) / "description").write_text(f"what is written to {name}\n")

    def _index(self, name: str) -> None:
        self._run("public-inbox-index", "-j1", self._folder(name))

    def _write_config(self) -> None:
        """Write the server's configuration, with a number by which the server shows which one it has read."""
        self._generation += 1
        lines = []
        for name in self._inboxes:
            lines += [f'[publicinbox "{name}"]', f"\taddress = {name}@example.org", f"\turl = {self.url}/{name}"]
            lines += [f"\tinboxdir = {self._folder(name)}", "\tindexlevel = full"]
        lines += ['[publicinbox "probe"]', "\taddress = probe@example.org", f"\tinboxdir = {self._probe}"]
        lines += [f"\tinfourl = {self._mark()}", "\thide = www", "\thide = manifest"]
        new = self._config.with_suffix(".new")
        new.write_text("\n".join([*lines, ""]))
        new.replace(self._config)

    def _mark(self) -> str:
        return f"http://127.0.0.1/{self._generation}."

    def _wait(self) -> bool:
        """Ask until the server shows the newest configuration; False if it ended or took too long."""
        assert self._process is not None
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
            try:
                connection.request("GET", "/probe/_/text/config/raw")
                if self._mark().encode() in connection.getresponse().read():
                    return True
            except (OSError, http.client.HTTPException):
                pass  # it does not listen yet
            finally:
                connection.close()
            time.sleep(0.005)
        return False

    def _log(self) -> str:
        return (self.base / "httpd.log").read_text(errors="replace")[-2000:]


def _commit(entry: Entry) -> bytes:
    """A commit in the language of git fast-import: one file, `m` or `d`, and nothing else in the tree."""
    who = f"{IDENTITY} {entry.when} +0000"
    message = "mail" if entry.kind == "m" else "rm"
    head = f"commit refs/heads/master\nauthor {who}\ncommitter {who}\ndata {len(message)}\n{message}\n"
    return f"{head}deleteall\nM 100644 inline {entry.kind}\ndata {len(entry.mail)}\n".encode() + entry.mail + b"\n"


def _sent(mail: bytes) -> int:
    found = re.search(rb"^Date: *(.+)$", mail, re.MULTILINE | re.IGNORECASE)
    date = parsedate_tz(found[1].decode("ascii", "replace")) if found else None
    return int(mktime_tz(date)) if date else 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _other_list() -> list[bytes]:
    compose = InboxServer.compose
    first = "20260220.1-plan@other.example.com"
    return [
        compose("Meeting of the museum's friends", first, text="Shall we meet on the 14th?\n", day=18),
        compose("Re: Meeting of the museum's friends", "20260221.2@other.example.com", reply_to=first, day=19),
        compose("Re: Meeting of the museum's friends", "20260221.3@other.example.com", reply_to=first, day=19),
        compose("The loom's new belt", "20260301.4-belt@other.example.com", text="It came today.\n", day=27),
        compose("[PATCH] leaflet: correct the opening hours", "20260305.5-leaflet@other.example.com", day=31),
    ]


@pytest.fixture(scope="session")
def inbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InboxServer]:
    """The server with `weft-dev` (the 59 mails of the sample) and `other-list` (five more)."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    server = InboxServer(tmp_path_factory.mktemp("inboxes"))
    server.create("weft-dev", [mail.data for mail in read_source(str(SAMPLE)) if isinstance(mail, RawMail)])
    server.create("other-list", _other_list())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def fresh_inbox(inbox_server: InboxServer, request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of a new inbox on the server, `weft-1` and so on, with the mails of `weft-dev`, free to be changed."""
    counter = request.session.stash.setdefault(COPIES, [0])
    counter[0] += 1
    name = f"weft-{counter[0]}"
    inbox_server.copy(name, "weft-dev")
    yield name
    inbox_server.remove(name)


@pytest.fixture
def git_over_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let git fetch over HTTP, which can reach loopback alone; return its user configuration, an empty file."""
    config = tmp_path / "gitconfig"
    config.touch()
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "file:http:https")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "0")
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return config


# --- The proxy ---


@dataclasses.dataclass(frozen=True)
class Request:
    """What a client asked: `path` as it was sent, with its query; header names in lower case; `at` by the monotonic clock.

    `fault` is the kind of fault that answered, None if the server's answer was passed on.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    at: float
    body: bytes
    fault: str | None
    lines: tuple[bytes, ...] = dataclasses.field(repr=False)  # of the head, the request line left out


@dataclasses.dataclass
class Fault:
    """A fault that was ordered, and how often it has fired."""

    kind: str
    path: re.Pattern[str]
    times: int | None
    act: Callable[[socket.socket, Request], None]
    fired: int = 0


@dataclasses.dataclass(frozen=True)
class Answer:
    """An answer of the server, read to its end: the body without the marks of chunked transfer."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def replaced(self, body: bytes) -> Answer:
        return dataclasses.replace(self, body=body)

    def head(self) -> bytes:
        """The status line and the headers, with the length of the whole body."""
        return _head(self.status, self.headers, len(self.body))


class FaultProxy:
    """An HTTP server that passes every request on to another, unless a fault is ordered for its path.

    Requests and answers go through byte for byte, so a connection may carry many; after a fault it is closed.
    """

    def __init__(self, target: str) -> None:
        host, _, port = target.removeprefix("http://").partition(":")
        self._target = (host, int(port))
        self.requests: list[Request] = []
        self.errors: list[BaseException] = []
        self.busiest = 0  # the most requests that were under way at once
        self._busy: set[int] = set()
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._server = _Listener(("127.0.0.1", 0), self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def fault(self, kind: str, path: str = "", times: int | None = 1, **options: Any) -> Fault:
        """Order a fault for the requests whose path and query hold the pattern; `times` None is for ever.

        The faults are tried in the order of being ordered; the first that matches and is not used up answers.

        - status: code=503, retry_after=None, body=a line of text
        - stall: after="nothing" | "headers" | bytes of the body, seconds=None (until the end of the test); then it closes
        - reset: after="headers" | "nothing" | bytes of the body; then the connection is reset
        - cut_gzip: keep=0.5, a share (float) or a number of bytes (int): the rest is lost, the answer is well formed
        - short: missing=100 bytes that Content-Length counts and that do not come
        - cut_mbox: the last mail of a gzipped mbox ends in its middle, the gzip is whole
        - challenge: code=200, a page that asks a browser for work
        - redirect: to=URL, where {path} stands for what was asked, code=302
        - other_list: replace=("/weft-dev/", "/other-list/")
        - bomb: megabytes=64 of zeros in a small gzip, prefix=b"" before them
        - slow: piece=256 bytes of the body, delay=0.05 seconds before each
        """
        act = getattr(self, f"_do_{kind}", None)
        if act is None:
            raise ValueError(f"no fault of this kind: {kind}")
        inspect.signature(act).bind(None, None, **options)
        fault = Fault(kind, re.compile(path), times, functools.partial(act, **options))
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forget the faults and the requests."""
        with self._lock:
            self._faults.clear()
            self.requests.clear()
            self.busiest = 0

    def paths(self) -> list[str]:
        """The paths and queries that were asked for, in order."""
        return [request.path for request in self.requests]

    def stop(self) -> None:
        """Close everything; what still runs in a thread ends by a closed socket."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # the other side was quicker
                    connection.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for it, which closes it
        self._thread.join(timeout=5)

    # One connection

    def handle(self, client: socket.socket) -> None:
        """Answer the requests of a connection, which the caller closes."""
        with self._lock:
            self._open.add(client)
        try:
            with client.makefile("rb") as stream:
                while (received := _read_request(client, stream)) and self._answer(client, *received):
                    pass
        finally:
            with self._lock:
                self._open.discard(client)

    def _answer(self, client: socket.socket, *received: Any) -> bool:
        """Answer one request; say if the connection can carry another."""
        request, fault = self._note(*received)
        try:
            if fault is None:
                return self._pass_on(client, request)
            fault.act(client, request)
            return False
        finally:
            self._end(request)

    def report(self, error: BaseException) -> None:
        """Keep an error for the end of the test; a client or a test that leaves is none."""
        client_left = isinstance(error, BrokenPipeError | ConnectionResetError)
        if not client_left and not (self._closing.is_set() and isinstance(error, OSError | ValueError)):
            self.errors.append(error)

    def _note(self, method: str, path: str, lines: tuple[bytes, ...], body: bytes) -> tuple[Request, Fault | None]:
        pairs = (line.decode("latin-1").partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        with self._lock:
            live = (f for f in self._faults if f.path.search(path) and (f.times is None or f.fired < f.times))
            fault = next(live, None)
            if fault is not None:
                fault.fired += 1
            kind = fault.kind if fault else None
            request = Request(method, path, headers, time.monotonic(), body, kind, lines)
            self.requests.append(request)
            self._busy.add(id(request))
            self.busiest = max(self.busiest, len(self._busy))
        return request, fault

    def _end(self, request: Request) -> None:
        """Take a request as answered: to be said before the last bytes go out, as the client may ask anew at once."""
        with self._lock:
            self._busy.discard(id(request))

    @contextlib.contextmanager
    def _upstream(self, request: Request) -> Iterator[BinaryIO]:
        """Send a request to the server as it came; the answer is to be read."""
        with socket.create_connection(self._target, timeout=60) as connection:
            with self._lock:
                self._open.add(connection)
            try:
                lines = [line for line in request.lines if not line.lower().startswith(b"expect:")]
                first = f"{request.method} {request.path} HTTP/1.1".encode("latin-1")
                connection.sendall(b"\r\n".join([first, *lines, b"", b""]) + request.body)
                with connection.makefile("rb") as stream:
                    yield stream
            finally:
                with self._lock:
                    self._open.discard(connection)

    def _pass_on(self, client: socket.socket, request: Request, asked: Request | None = None) -> bool:
        """Send the server's answer as it comes; say if its end is to be seen without the connection being closed."""
        with self._upstream(asked or request) as stream:
            held = _read_head(stream)
            framing = _framing(request.method, held)
            for piece in _read_pieces(stream, framing):
                client.sendall(held)
                held = piece
            self._end(request)
            client.sendall(held)
        return framing != "close" and request.headers.get("connection", "").lower() != "close"

    def _ask(self, request: Request) -> Answer:
        """The server's answer as a whole."""
        with self._upstream(request) as stream:
            head = _read_head(stream)
            framing = _framing(request.method, head)
            body = b"".join(_read_pieces(stream, framing))
        if framing == "chunked":
            body = b"".join(_unchunk(body))
        status, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines if line)
        return Answer(status.partition(" ")[2], tuple((name, value.strip()) for name, _, value in pairs), body)

    def _send(self, client: socket.socket, request: Request, data: bytes) -> None:
        self._end(request)
        client.sendall(data)

    def _say(
        self, client: socket.socket, request: Request, status: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        """An answer of the proxy's own."""
        head = _head(status, tuple(headers.items()), len(body))
        self._send(client, request, head + (b"" if request.method == "HEAD" else body))

    # The kinds of faults

    def _do_status(
        self,
        client: socket.socket,
        request: Request,
        *,
        code: int = 503,
        retry_after: str | None = None,
        body: bytes = b"The loom is out of thread.\n",
    ) -> None:
        headers = {"Content-Type": "text/plain"}
        if retry_after is not None:
            headers["Retry-After"] = retry_after
        self._say(client, request, _status(code), headers, body)

    def _do_stall(
        self, client: socket.socket, request: Request, *, after: str | int = "nothing", seconds: float | None = None
    ) -> None:
        self._begin(client, request, after)
        self._closing.wait(seconds)

    def _do_reset(self, client: socket.socket, request: Request, *, after: str | int = "headers") -> None:
        self._begin(client, request, after)
        time.sleep(0.02)  # what is on its way arrives before the reset
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # takes effect at its close

    def _begin(self, client: socket.socket, request: Request, after: str | int) -> None:
        """Send nothing, the head, or the head and so many bytes of the body, but never all of it."""
        if after == "nothing":
            return
        answer = self._ask(request)
        size = 0 if after == "headers" else min(int(after), len(answer.body) - 1)
        client.sendall(answer.head() + answer.body[: max(0, size)])

    def _do_cut_gzip(self, client: socket.socket, request: Request, *, keep: float | int = 0.5) -> None:
        answer = self._ask(request)
        if not answer.body.startswith(b"\x1f\x8b"):
            raise ValueError(f"no gzip to be cut: {request.path} gave {answer.status}")
        size = keep if isinstance(keep, int) else int(len(answer.body) * keep)
        answer = answer.replaced(answer.body[:size])
        self._send(client, request, answer.head() + answer.body)

    def _do_short(self, client: socket.socket, request: Request, *, missing: int = 100) -> None:
        answer = self._ask(request)
        self._send(client, request, answer.head() + answer.body[: max(0, len(answer.body) - missing)])

    def _do_cut_mbox(self, client: socket.socket, request: Request) -> None:
        answer = self._ask(request)
        if not answer.body.startswith(b"\x1f\x8b"):
            raise ValueError(f"no mbox to be cut: {request.path} gave {answer.status}")
        mbox = gzip.decompress(answer.body)
        last = max(mbox.rfind(b"\nFrom "), 0)
        answer = answer.replaced(gzip.compress(mbox[: (last + len(mbox)) // 2], mtime=0))
        self._send(client, request, answer.head() + answer.body)

    def _do_challenge(self, client: socket.socket, request: Request, *, code: int = 200) -> None:
        self._say(client, request, _status(code), {"Content-Type": "text/html; charset=utf-8"}, CHALLENGE.encode())

    def _do_redirect(self, client: socket.socket, request: Request, *, to: str, code: int = 302) -> None:
        headers = {"Location": to.replace("{path}", request.path), "Content-Type": "text/plain"}
        self._say(client, request, _status(code), headers, b"Elsewhere.\n")

    def _do_other_list(
        self,
        client: socket.socket,
        request: Request,
        *,
        replace: tuple[str, str] = ("/weft-dev/", "/other-list/"),
    ) -> None:
        self._pass_on(client, request, dataclasses.replace(request, path=request.path.replace(*replace)))

    def _do_bomb(self, client: socket.socket, request: Request, *, megabytes: int = 64, prefix: bytes = b"") -> None:
        self._say(client, request, _status(200), {"Content-Type": "application/gzip"}, _bomb(megabytes, prefix))

    def _do_slow(self, client: socket.socket, request: Request, *, piece: int = 256, delay: float = 0.05) -> None:
        answer = self._ask(request)
        client.sendall(answer.head())
        for start in range(0, len(answer.body), piece):
            if self._closing.wait(delay):
                return
            if start + piece >= len(answer.body):
                self._end(request)
            client.sendall(answer.body[start : start + piece])


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], proxy: FaultProxy) -> None:
        self._proxy = proxy
        super().__init__(address, socketserver.BaseRequestHandler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        self._proxy.handle(request)

    def shutdown_request(self, request: Any) -> None:
        request.close()  # without a shutdown before, which would send an orderly end even where a reset is meant

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        assert error is not None
        self._proxy.report(error)


def _read_request(client: socket.socket, stream: BinaryIO) -> tuple[str, str, tuple[bytes, ...], bytes] | None:
    """Method, path, header lines and body as sent (a chunked one in its chunks), None if the client left before."""
    lines: list[bytes] = []
    while line := stream.readline().rstrip(b"\r\n"):
        lines.append(line)
    if not lines:
        return None
    method, path, _ = lines[0].decode("latin-1").split(" ")
    headers = {name.lower(): value.strip().lower() for name, _, value in (line.partition(b":") for line in lines[1:])}
    if headers.get(b"expect") == b"100-continue":
        client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = b""
    if headers.get(b"transfer-encoding") == b"chunked":
        body = b"".join(_read_pieces(stream, "chunked"))
    elif b"content-length" in headers:
        body = stream.read(int(headers[b"content-length"]))
    return method, path, tuple(lines[1:]), body


def _read_head(stream: BinaryIO) -> bytes:
    """The head of an answer with the empty line at its end."""
    lines = [stream.readline()]
    while lines[-1].strip():
        lines.append(stream.readline())
    return b"".join(lines)


def _framing(method: str, head: bytes) -> int | str:
    """How the body of an answer ends (RFC 9112, section 6.3): after so many bytes, "chunked", or by a "close"."""
    if method == "HEAD" or re.match(rb"HTTP/1[.]\d (1\d\d|204|304)\b", head):
        return 0
    if re.search(rb"^transfer-encoding: *chunked\r?$", head, re.MULTILINE | re.IGNORECASE):
        return "chunked"
    length = re.search(rb"^content-length: *(\d+)\r?$", head, re.MULTILINE | re.IGNORECASE)
    return int(length[1]) if length else "close"


def _read_pieces(stream: BinaryIO, framing: int | str) -> Iterator[bytes]:
    """A body as it comes, the marks of chunked transfer included."""
    if framing == "chunked":
        while (size := stream.readline()).strip():
            length = int(size.split(b";")[0], 16)
            yield size + stream.read(length) + stream.readline()
            if not length:
                return
    elif framing == "close":
        while piece := stream.read(65536):
            yield piece
    elif framing:
        yield stream.read(int(framing))


def _unchunk(body: bytes) -> Iterator[bytes]:
    start = 0
    while True:
        end = body.index(b"\r\n", start)
        size = int(body[start:end].split(b";")[0], 16)
        if not size:
            return
        yield body[end + 2 : end + 2 + size]
        start = end + 2 + size + 2


def _head(status: str, headers: Sequence[tuple[str, str]], length: int) -> bytes:
    own = ("transfer-encoding", "content-length", "connection")
    kept = [f"{name}: {value}" for name, value in headers if name.lower() not in own]
    lines = [f"HTTP/1.1 {status}", *kept, f"Content-Length: {length}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1")


def _status(code: int) -> str:
    return f"{code} {http.client.responses.get(code, 'Unheard Of')}"


@functools.cache
def _bomb(megabytes: int, prefix: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    block = bytes(1 << 20)
    return b"".join([packer.compress(prefix), *(packer.compress(block) for _ in range(megabytes)), packer.flush()])


CHALLENGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Making sure you are no bot</title></head>
<body>
<h1>One moment: your browser is being looked at</h1>
<p>This site is kept from being read to pieces by programs. Your browser has a small sum to do; it takes seconds.</p>
<noscript><p>Without JavaScript you cannot go on.</p></noscript>
<script>
  const task = {seed: "5e1f0c77a2", zeros: 4};
  const hex = bytes => Array.from(new Uint8Array(bytes), b => b.toString(16).padStart(2, "0")).join("");
  (async () => {
    for (let n = 0; ; n++) {
      const sum = hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(task.seed + n)));
      if (sum.startsWith("0".repeat(task.zeros))) {
        document.cookie = "passed=" + n + "; path=/";
        return location.reload();
      }
    }
  })();
</script>
</body>
</html>
"""


@pytest.fixture
def proxy(inbox_server: InboxServer) -> Iterator[FaultProxy]:
    """A proxy before the server; an error in the proxy itself fails the test at its end."""
    proxy = FaultProxy(inbox_server.url)
    yield proxy
    proxy.stop()
    if proxy.errors:
        pytest.fail(f"the proxy failed: {proxy.errors!r}")


class Watcher:
    """Notes what fetching tells somebody who watches."""

    def __init__(self) -> None:
        self.pauses: list[tuple[float, str]] = []
        self.moves: list[tuple[int, int | None, str]] = []
        self.ended: list[Outcome] = []

    def begin(self, source: Source) -> None:
        pass

    def move(self, source: Source, done: int, total: int | None, unit: str) -> None:
        self.moves.append((done, total, unit))

    def pause(self, source: Source, seconds: float, why: str) -> None:
        self.pauses.append((seconds, why))

    def end(self, outcome: Outcome) -> None:
        self.ended.append(outcome)


class Fetcher:
    """Fetches from the proxy into a folder of the test, by a clock that jumps where one would wait."""

    def __init__(self, url: str, mail: Path) -> None:
        self.url = url
        self.mail = mail
        self.watcher = Watcher()
        self.slept: list[float] = []
        self._ahead = 0.0
        self._lock = threading.Lock()

    def _sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._ahead += seconds

    @property
    def clock(self) -> Clock:
        def now() -> datetime:
            return datetime.now(UTC) + timedelta(seconds=self._ahead)

        return Clock(now=now, monotonic=lambda: time.monotonic() + self._ahead, sleep=self._sleep)

    def jump(self, time_span: timedelta) -> None:
        """Let time pass."""
        self._ahead += time_span.total_seconds()

    def config(self, **settings: Any) -> Config:
        plain = {"server": self.url, "mail_dir": str(self.mail), "pace": 0.0, "timeout": 2.0}
        return Config(fetch=FetchSettings(**{**plain, **settings}))

    def run(
        self,
        *targets: str,
        since: str = "",
        inbox: str = "",
        full: bool = False,
        dry_run: bool = False,
        **settings: Any,
    ) -> list[Outcome]:
        config = self.config(**settings)
        sources = sync.find_sources(targets, config, since=since, inbox=inbox)
        return list(sync.fetch(sources, config, self.watcher, clock=self.clock, full=full, dry_run=dry_run))

    def one(self, target: str, **words: Any) -> Outcome:
        (outcome,) = self.run(target, **words)
        return outcome

    def mails(self, outcome: Outcome) -> dict[str, bytes]:
        """What a reader of the source's folder finds, by Message-ID; whatever is no mail fails the test."""
        found: dict[str, bytes] = {}
        folder = self.mail / outcome.source.folder
        for raw in read_source(str(folder)) if folder.is_dir() else ():
            if isinstance(raw, Problem):
                assert raw.why.startswith("empty"), raw
            else:
                found[message_id(raw.data)] = raw.data
        return found

    def litter(self) -> list[str]:
        """Files that a fetch has begun and not ended."""
        return sorted(str(path) for path in self.mail.rglob("*") if ".draft-" in path.name or "tmp_" in path.name)


def message_id(mail: bytes) -> str:
    head = email.message_from_bytes(mail.partition(b"\n\n")[0])
    return str(head["Message-ID"]).strip("<> ")


@pytest.fixture
def fetcher(proxy: FaultProxy, git_over_http: Path, tmp_path: Path) -> Fetcher:
    """Fetches through the proxy, from the inboxes of `inbox_server`."""
    return Fetcher(proxy.url, tmp_path / "mail")
