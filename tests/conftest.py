"""What every test gets: a closed network, the same hypothesis examples on each run, and the shared test mails."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from miner.mined import Mined
from miner.model import Layer, Message, Person, Subject
from miner.pipeline import mine

settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci")


@pytest.fixture(scope="session", autouse=True)
def _close_network() -> Iterator[list[str]]:
    """Let sockets reach this machine alone; anything else fails the test that tried, and is noted in the list.

    The failure is no Exception, so that no `except OSError` in the code under test can take it for a bad connection.
    Programs that a test starts are out of reach here; git among them is told to use no protocol but local files.
    """
    attempts: list[str] = []

    def refuse(what: str, host: object) -> None:
        attempts.append(f"{what} {host!r}")
        pytest.fail(f"a test reached for the network: {what} {host!r}")

    def guard_address(name: str) -> Callable[..., Any]:
        real = getattr(socket.socket, name)

        def guarded(self: socket.socket, *args: Any) -> Any:
            address = _address_argument(name, args)
            inside = self.family not in (socket.AF_INET, socket.AF_INET6) or address is None
            if not inside and not _is_loopback(address[0]):
                refuse(name, address[0])
            return real(self, *args)

        return guarded

    def guard_host(name: str) -> Callable[..., Any]:
        real = getattr(socket, name)

        def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
            if not _is_loopback(host):
                refuse(name, host)
            return real(host, *args, **kwargs)

        return guarded

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto", "sendmsg"):
            patch.setattr(socket.socket, name, guard_address(name))
        # socket.create_connection asks this module's getaddrinfo first
        for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
            patch.setattr(socket, name, guard_host(name))
        patch.setenv("GIT_ALLOW_PROTOCOL", "file")
        yield attempts


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's own configuration and mail out of the tests."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(home / "config"))
        patch.setenv("XDG_DATA_HOME", str(home / "data"))
        patch.setenv("XDG_CACHE_HOME", str(home / "cache"))
        patch.delenv("LORE_MINER_CONFIG", raising=False)
        yield


@pytest.fixture(autouse=True)
def network_attempts(_close_network: list[str]) -> Iterator[list[str]]:
    """What this test tried to reach, so that an attempt in a thread, or one that was swallowed, fails it as well.

    A test that means to try empties the list.
    """
    _close_network.clear()
    yield _close_network
    if _close_network:
        pytest.fail(f"the test reached for the network: {', '.join(_close_network)}")


@pytest.fixture(scope="session")
def mined(_own_folders: None) -> Mined:
    """What is found in the sample list."""
    return mine([str(Path(__file__).parents[1] / "corpora" / "sample" / "weft-dev.mbox")])


@pytest.fixture(scope="session")
def shared(pytestconfig: pytest.Config) -> Path:
    """The folder `shared` beside the checkout, with the labelled mails; without it a test is skipped."""
    folder = pytestconfig.rootpath.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no folder ../shared beside the checkout")
    return folder


def _address_argument(name: str, args: tuple[Any, ...]) -> Any:
    """Where a socket call sends to, None if it goes to the peer that the socket is connected to already."""
    if name == "sendmsg":  # buffers, ancillary data, flags, address
        return args[3] if len(args) > 3 else None
    return args[-1]  # connect(address), sendto(data, address), sendto(data, flags, address)


def _is_loopback(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture
def make_message() -> Callable[..., Message]:
    """Make a reply with two recipients from a body that is all own text."""
    return _make_message


def _make_message(body: str, *, patch: bool = False, reply: bool = True) -> Message:
    return Message(
        message_id="m@example.org",
        subject=Subject("Re: x", "x", reply=reply, patch=patch),
        author=Person("Bea Cole", "bea@example.org"),
        date=None,
        in_reply_to="p@example.org" if reply else None,
        references=(),
        recipients=(Person("Ada Berg", "ada@example.org"), Person("Dan Eriks", "dan@example.org")),
        list_id=None,
        body=body,
        where="test",
        layers=(Layer(0, 0, len(body.split("\n")), "own"),),
    )
