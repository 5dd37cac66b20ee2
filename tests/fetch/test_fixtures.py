"""What the tests of fetching stand on and would not notice themselves: the proxy changes nothing unasked, and no user's settings count."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

MBOX = "/weft-dev/all.mbox.gz"


def ask(url: str, **options: Any) -> requests.Response:
    options.setdefault("timeout", 5)
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, **options)


def clone(url: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "clone", "--quiet", "--mirror", url, str(folder)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_git_may_use_http_only_where_it_is_asked_for(proxy: Any, tmp_path: Path) -> None:
    done = clone(f"{proxy.url}/weft-dev/0", tmp_path / "0.git")
    assert done.returncode != 0
    assert proxy.requests == []


def test_git_reads_the_given_configuration_alone(git_over_http: Path) -> None:
    git_over_http.write_text("[lore]\n\tcolour = blue\n")
    done = subprocess.run(
        ["git", "config", "--global", "--list"], capture_output=True, text=True, check=True, cwd=git_over_http.parent
    )
    assert done.stdout == "lore.colour=blue\n"
    assert not [name for name in os.environ if name.lower() in ("http_proxy", "https_proxy", "all_proxy", "no_proxy")]


def test_proxy_passes_on_what_it_gets(inbox_server: Any, proxy: Any) -> None:
    for path in (MBOX, "/weft-dev/", "/weft-dev/_/text/config/raw", "/nothing/", "/weft-dev/0/HEAD"):
        direct, passed = (
            requests.get(base + path, headers={"Host": "lists.example.org"}, timeout=5)
            for base in (inbox_server.url, proxy.url)
        )
        assert passed.status_code == direct.status_code
        assert passed.content == direct.content
        assert {**passed.headers, "Date": ""} == {**direct.headers, "Date": ""}


def test_proxy_passes_on_chunked_bodies(proxy: Any) -> None:
    answer = requests.post(f"{proxy.url}/weft-dev/?q=s:retry&x=m", data=iter([b"one", b"two"]), timeout=5)
    assert answer.status_code == 200
    assert proxy.requests[0].body == b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"


def test_faults_come_in_order_and_are_used_up(proxy: Any) -> None:
    first = proxy.fault("status", "/weft-dev/", times=2, code=429, retry_after="1")
    proxy.fault("status", "all[.]mbox", times=1, code=500)
    proxy.fault("status", "^/other-list/", times=None, code=503)
    answers = [ask(proxy.url + MBOX) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [429, 429, 500, 200]
    assert [answer.headers.get("Retry-After") for answer in answers] == ["1", "1", None, None]
    assert [ask(f"{proxy.url}/other-list/").status_code for _ in range(3)] == [503] * 3
    assert first.fired == 2
    assert [request.fault for request in proxy.requests] == ["status"] * 3 + [None] + ["status"] * 3
    proxy.clear()
    assert ask(f"{proxy.url}/other-list/").status_code == 200
    assert proxy.paths() == ["/other-list/"]


@pytest.mark.parametrize(("kind", "options"), [("flood", {}), ("status", {"kode": 500}), ("redirect", {})])
def test_unknown_faults_are_refused(proxy: Any, kind: str, options: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        proxy.fault(kind, **options)


def test_failure_of_the_proxy_is_kept(proxy: Any) -> None:
    proxy.fault("cut_gzip")
    with pytest.raises(requests.ConnectionError):
        ask(f"{proxy.url}/nothing/", headers={"Accept-Encoding": "identity"})
    assert "no gzip to be cut" in str(proxy.errors.pop())
