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


def _tcp() -> socket.socket:
    return socket.socket()


def _udp() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


WAYS: dict[str, Callable[[], object]] = {
    "connect": lambda: _tcp().connect((OUTSIDE, 80)),
    "connect_ex": lambda: _tcp().connect_ex((OUTSIDE, 80)),
    "ipv6": lambda: socket.socket(socket.AF_INET6).connect(("2001:db8::1", 80, 0, 0)),
    "sendto": lambda: _udp().sendto(b"x", (OUTSIDE, 53)),
    "sendto with flags": lambda: _udp().sendto(b"x", 0, (OUTSIDE, 53)),
    "sendmsg": lambda: _udp().sendmsg([b"x"], [], 0, (OUTSIDE, 53)),
    "getaddrinfo": lambda: socket.getaddrinfo("lists.example.org", 443),
    "getaddrinfo of bytes": lambda: socket.getaddrinfo(b"lists.example.org", 443),
    "gethostbyname": lambda: socket.gethostbyname("lists.example.org"),
    "create_connection": lambda: socket.create_connection((OUTSIDE, 80)),
    "urlopen": lambda: urllib.request.build_opener(urllib.request.ProxyHandler({})).open("http://lists.example.org/"),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_attempt_fails_even_where_errors_are_swallowed(way: str, network_attempts: list[str]) -> None:
    with pytest.raises(pytest.fail.Exception, match="reached for the network"), contextlib.suppress(Exception):
        WAYS[way]()
    assert len(network_attempts) == 1
    network_attempts.clear()


def test_an_attempt_in_a_thread_is_noted(network_attempts: list[str]) -> None:
    def run() -> None:
        with contextlib.suppress(BaseException):
            WAYS["connect"]()

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
