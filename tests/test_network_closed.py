"""The fixture of conftest.py that closes the network does close it, and lets this machine talk to itself."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ("pytester",)

OUTSIDE = "192.0.2.1"  # RFC 5737: an address for documentation, nobody's


def _udp() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def _connect() -> None:
    with socket.socket() as sock:
        sock.connect((OUTSIDE, 80))


def _connect_ex() -> None:
    with socket.socket() as sock:
        sock.connect_ex((OUTSIDE, 80))


def _connect_ipv6() -> None:
    with socket.socket(socket.AF_INET6) as sock:
        sock.connect(("2001:db8::1", 80, 0, 0))


def _sendto() -> None:
    with _udp() as sock:
        sock.sendto(b"x", (OUTSIDE, 53))


def _sendto_with_flags() -> None:
    with _udp() as sock:
        sock.sendto(b"x", 0, (OUTSIDE, 53))


def _sendmsg() -> None:
    with _udp() as sock:
        sock.sendmsg([b"x"], [], 0, (OUTSIDE, 53))


def _getaddrinfo() -> None:
    socket.getaddrinfo("lists.example.org", 443)


def _getaddrinfo_bytes() -> None:
    socket.getaddrinfo(b"lists.example.org", 443)


def _gethostbyname() -> None:
    socket.gethostbyname("lists.example.org")


def _create_connection() -> None:
    socket.create_connection((OUTSIDE, 80))


def _urlopen() -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open("http://lists.example.org/")


@pytest.mark.parametrize(
    "reach_out",
    [
        _connect,
        _connect_ex,
        _connect_ipv6,
        _sendto,
        _sendto_with_flags,
        _sendmsg,
        _getaddrinfo,
        _getaddrinfo_bytes,
        _gethostbyname,
        _create_connection,
        _urlopen,
    ],
)
def test_an_attempt_fails_even_where_errors_are_swallowed(
    reach_out: Callable[[], None], network_attempts: list[str]
) -> None:
    with pytest.raises(pytest.fail.Exception, match="reached for the network"), contextlib.suppress(Exception):
        reach_out()
    assert len(network_attempts) == 1
    network_attempts.clear()


def test_an_attempt_in_a_thread_is_noted(network_attempts: list[str]) -> None:
    def run() -> None:
        with contextlib.suppress(BaseException):
            _connect()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert network_attempts == [f"connect '{OUTSIDE}'"]
    network_attempts.clear()


def test_a_noted_attempt_fails_its_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(Path(__file__).with_name("conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(
        """
        import contextlib, socket

        def test_that_swallows():
            with contextlib.suppress(BaseException):
                socket.getaddrinfo("lists.example.org", 443)

        def test_that_does_not_reach_out():
            pass
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*the test reached for the network: getaddrinfo 'lists.example.org'*"])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_can_be_reached(host: str) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection((host, server.getsockname()[1]), timeout=10) as sock,
    ):
        sock.sendall(b"x")
        peer, _ = server.accept()
        with peer:
            assert peer.recv(1) == b"x"


def test_udp_on_this_machine() -> None:
    with _udp() as receiver, _udp() as sender:
        receiver.bind(("127.0.0.1", 0))
        sender.sendto(b"x", receiver.getsockname())
        assert receiver.recv(1) == b"x"


def test_unix_sockets_are_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the address of a Unix socket may be about a hundred bytes long, a folder's name more
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as sock:
        server.bind("s")
        server.listen()
        sock.connect("s")


def test_git_is_kept_to_local_files() -> None:
    assert os.environ["GIT_ALLOW_PROTOCOL"] == "file"
