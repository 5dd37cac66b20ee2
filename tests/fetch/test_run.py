"""Several sources in one run: at once, apart, paced, and stopped."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from miner import sync
from miner.fetch.wire import Clock


def test_outcomes_come_in_the_order_of_the_sources(fetcher: Any) -> None:
    outcomes = fetcher.run("s:weft", "no-such-list", "weft-dev", "other-list")
    assert [each.source.title for each in outcomes] == ["s:weft", "no-such-list", "weft-dev", "other-list"]
    assert [bool(each.error) for each in outcomes] == [True, True, False, False]  # no inbox of all lists here
    assert {each.source.title for each in fetcher.watcher.ended} == {each.source.title for each in outcomes}


def test_jobs_bound_what_is_asked_at_once(fetcher: Any, proxy: Any) -> None:
    proxy.fault("slow", times=None, piece=500, delay=0.005)
    targets = [f"s:{word}" for word in ("weft", "re", "patch", "cache", "lease", "warp")]
    sources = sync.find_sources(targets, fetcher.config(), inbox="weft-dev")
    sync.fetch(sources, fetcher.config(), fetcher.watcher, clock=fetcher.clock, jobs=1)
    assert proxy.busiest == 1
    sync.fetch(sources, fetcher.config(), fetcher.watcher, clock=fetcher.clock, jobs=3, full=True)
    assert 1 < proxy.busiest <= 3


@pytest.mark.alone
def test_requests_to_one_host_keep_their_distance(fetcher: Any, proxy: Any) -> None:
    config = fetcher.config(pace=0.5)
    warm = fetcher.config(pace=0)  # the first request of all is late by what client and server still have to load
    sync.fetch(sync.find_sources(["s:lease"], warm, inbox="weft-dev"), warm, fetcher.watcher, jobs=1)
    proxy.requests.clear()
    sources = sync.find_sources(["s:weft", "s:re", "s:patch"], config, inbox="weft-dev")
    sync.fetch(sources, config, fetcher.watcher, jobs=3)
    times = sorted(request.at for request in proxy.requests)
    assert len(times) == 9  # each search, the list's name, and whether it has what was found
    assert min(after - before for before, after in itertools.pairwise(times)) > 0.375


def test_who_asks_is_told(fetcher: Any, proxy: Any, git_over_http: Path) -> None:
    git_over_http.write_text(f'[liblore "{proxy.url}"]\n\tuseragentplus = 1234-5678\n')
    fetcher.run("weft-dev", contact="ada@example.org")
    agents = {request.headers["user-agent"] for request in proxy.requests}
    (agent,) = agents  # git says the same
    assert agent.startswith("lore-miner/")
    assert agent.endswith("+1234-5678 (ada@example.org)")


def test_git_config_of_lore_counts_for_requests(fetcher: Any, proxy: Any, git_over_http: Path) -> None:
    git_over_http.write_text(f'[liblore "http://127.0.0.1:9"]\n\tfallback = {proxy.url}\n\trequesttimeout = 3\n')
    outcome = fetcher.one("http://127.0.0.1:9/weft-dev/?q=s:weft", timeout=0.0)
    assert outcome.error == ""
    assert outcome.new > 0


def test_a_mask_of_git_config_is_understood(fetcher: Any, git_over_http: Path) -> None:
    git_over_http.write_text("[b4]\n\tlinkmask = https://patch.example.org/m/%s\n")
    (source,) = sync.find_sources(["https://patch.example.org/m/1@example.org"], fetcher.config())
    assert (source.kind, source.want, source.url) == ("thread", "1@example.org", f"{fetcher.url}/all")


def test_a_configured_source_is_known_again(fetcher: Any) -> None:
    config = fetcher.config()
    configured = sync.find_sources(["weft-dev"], config, since="2026-01-01")
    config = type(config)(fetch=config.fetch, sources=configured)
    assert sync.find_sources(["weft-dev"], config) == configured
    assert sync.find_sources([], config) == configured


def test_what_is_kept_is_told(fetcher: Any, tmp_path: Path) -> None:
    fetcher.run("weft-dev", "no-such-list")
    config = fetcher.config()
    states = sync.read_states(config)
    assert [(state.source.title, state.mails) for state in states] == [("weft-dev", 59)]
    assert states[0].newest is not None
    assert states[0].newest.year == 2026
    followed = sync.find_sources(["no-such-list", "other-list"], config)
    states = sync.read_states(type(config)(fetch=config.fetch, sources=followed))
    assert [(state.source.title, bool(state.last_error), state.last_success is None) for state in states] == [
        ("no-such-list", True, True),
        ("other-list", False, True),
        ("weft-dev", False, False),
    ]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C counts, also where whoever started the tests in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("target", ["weft-dev", "s:weft"])
def test_ctrl_c_ends_it_soon_and_leaves_what_is_whole(fetcher: Any, proxy: Any, target: str) -> None:
    proxy.fault("stall" if target == "weft-dev" else "status", "upload-pack|x=m", times=None)
    config = fetcher.config(timeout=30.0)
    sources = sync.find_sources([target], config, inbox="" if target == "weft-dev" else "weft-dev")
    threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGINT)).start()
    start = time.monotonic()
    stop_git = threading.Timer(1.2, proxy.stop)  # a terminal would have told git too
    stop_git.start()
    with pytest.raises(KeyboardInterrupt):
        sync.fetch(sources, config, fetcher.watcher, clock=Clock())
    stop_git.join()
    assert time.monotonic() - start < 10
    assert list(fetcher.mail.rglob("*.eml")) == []
