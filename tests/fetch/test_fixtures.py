"""What the server and the proxy of the fixtures do: they are what the tests of fetching stand on."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import threading
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
import requests

MBOX = "/weft-dev/all.mbox.gz"
SEPARATOR = re.compile(rb"^From mboxrd@z", re.MULTILINE)


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


def tip(server: Any, repository: Path) -> bytes:
    return server.git("-C", repository, "rev-parse", "refs/heads/master")


def raw(server: Any, name: str, message_id: str) -> int:
    return ask(f"{server.url}/{name}/{message_id}/raw", allow_redirects=False).status_code


# --- The server ---


def test_server_holds_two_lists(inbox_server: Any) -> None:
    assert inbox_server.names[:2] == ["weft-dev", "other-list"]
    assert len(inbox_server.mails("weft-dev")) == 59
    assert len(inbox_server.mails("other-list")) == 5
    for name in ("weft-dev", "other-list"):
        mbox = gzip.decompress(ask(f"{inbox_server.url}/{name}/all.mbox.gz").content)
        assert len(SEPARATOR.findall(mbox)) == len(inbox_server.mails(name))


def test_epoch_holds_a_mail_a_commit(inbox_server: Any) -> None:
    epoch = inbox_server.epoch("weft-dev")
    listing = inbox_server.git("-C", epoch, "log", "--reverse", "--format=%T", "master").split()
    blobs = [inbox_server.git("-C", epoch, "cat-file", "blob", f"{tree.decode()}:m") for tree in listing]
    assert blobs == inbox_server.mails("weft-dev")


def test_epoch_is_the_same_on_every_run(inbox_server: Any) -> None:
    times = inbox_server.git("-C", inbox_server.epoch("weft-dev"), "log", "--reverse", "--format=%ct").split()
    assert times[0] == b"1770027694"  # when the first mail was sent
    assert sorted(times, key=int) == times


def test_server_searches(inbox_server: Any) -> None:
    found = requests.post(f"{inbox_server.url}/weft-dev/?q=s:retry&x=m", timeout=5)
    assert found.headers["Content-Type"] == "application/gzip"
    assert b"retry short uploads" in gzip.decompress(found.content)


def test_manifest_names_the_epochs(inbox_server: Any) -> None:
    manifest = ask(f"{inbox_server.url}/weft-dev/manifest.js.gz")
    [(path, entry)] = json.loads(gzip.decompress(manifest.content)).items()
    assert path == "/weft-dev/git/0.git"
    assert entry["modified"] == 1775181947  # the commit of the last mail
    assert manifest.headers["Last-Modified"] == "Fri, 03 Apr 2026 02:05:47 GMT"


def test_fresh_inbox_is_a_copy_to_be_changed(inbox_server: Any, fresh_inbox: str) -> None:
    assert fresh_inbox in inbox_server.names
    assert inbox_server.mails(fresh_inbox) == inbox_server.mails("weft-dev")
    inbox_server.add(
        fresh_inbox, inbox_server.compose("One", "one@example.com"), inbox_server.compose("Two", "two@example.com")
    )
    assert raw(inbox_server, fresh_inbox, "two@example.com") == 200
    assert len(inbox_server.mails(fresh_inbox)) == 61
    assert len(inbox_server.mails("weft-dev")) == 59
    found = requests.post(f"{inbox_server.url}/{fresh_inbox}/?q=m:two@example.com&x=m", timeout=5)
    assert b"Subject: Two" in gzip.decompress(found.content)


def test_deletion_is_seen(inbox_server: Any, fresh_inbox: str) -> None:
    mail = inbox_server.mails(fresh_inbox)[0]
    before = tip(inbox_server, inbox_server.epoch(fresh_inbox))
    assert raw(inbox_server, fresh_inbox, "20260202102134.7714-1-bettina@akers.example.com") == 200
    inbox_server.delete(fresh_inbox, mail)
    assert raw(inbox_server, fresh_inbox, "20260202102134.7714-1-bettina@akers.example.com") == 404
    assert mail not in inbox_server.mails(fresh_inbox)
    epoch = inbox_server.epoch(fresh_inbox)
    assert inbox_server.git("-C", epoch, "rev-parse", "master^") == before
    assert inbox_server.git("-C", epoch, "ls-tree", "--name-only", "master") == b"d\n"
    assert inbox_server.git("-C", epoch, "cat-file", "blob", "master:d") == mail


def test_new_epoch_is_seen(inbox_server: Any, fresh_inbox: str, proxy: Any, git_over_http: Path, tmp_path: Path):
    old = tip(inbox_server, inbox_server.epoch(fresh_inbox))
    assert inbox_server.new_epoch(fresh_inbox, inbox_server.compose("New", "new@example.com")) == 1
    inbox_server.add(fresh_inbox, inbox_server.compose("Newer", "newer@example.com"))
    assert inbox_server.epochs(fresh_inbox) == [0, 1]
    manifest = gzip.decompress(ask(f"{proxy.url}/{fresh_inbox}/manifest.js.gz").content)
    assert f"/{fresh_inbox}/git/1.git".encode() in manifest
    assert raw(inbox_server, fresh_inbox, "new@example.com") == 200
    assert clone(f"{proxy.url}/{fresh_inbox}/1", tmp_path / "1.git").returncode == 0
    assert tip(inbox_server, tmp_path / "1.git") == tip(inbox_server, inbox_server.epoch(fresh_inbox, 1))
    assert tip(inbox_server, inbox_server.epoch(fresh_inbox, 0)) == old


def test_rewritten_history_is_seen(
    inbox_server: Any, fresh_inbox: str, proxy: Any, git_over_http: Path, tmp_path: Path
) -> None:
    url, folder = f"{proxy.url}/{fresh_inbox}/0", tmp_path / "0.git"
    assert clone(url, folder).returncode == 0
    old = tip(inbox_server, folder)
    dropped = inbox_server.mails(fresh_inbox)[40]
    inbox_server.rewrite(fresh_inbox, dropped)
    assert dropped not in inbox_server.mails(fresh_inbox)
    fetched = subprocess.run(["git", "-C", folder, "fetch"], capture_output=True, text=True, check=True, timeout=30)
    assert "(forced update)" in fetched.stderr
    new = tip(inbox_server, folder)
    assert new == tip(inbox_server, inbox_server.epoch(fresh_inbox))
    base = inbox_server.git("-C", folder, "merge-base", old.strip().decode(), new.strip().decode())
    assert inbox_server.git("-C", folder, "rev-list", "--count", base.strip().decode()) == b"40\n"
    mbox = gzip.decompress(ask(f"{proxy.url}/{fresh_inbox}/all.mbox.gz").content)
    assert len(SEPARATOR.findall(mbox)) == 58


def test_purged_mail_leaves_an_empty_one(inbox_server: Any, fresh_inbox: str) -> None:
    inbox_server.purge(fresh_inbox, inbox_server.mails(fresh_inbox)[-1])
    epoch = inbox_server.epoch(fresh_inbox)
    assert inbox_server.git("-C", epoch, "cat-file", "-s", "master:m") == b"0\n"
    assert inbox_server.git("-C", epoch, "rev-list", "--count", "master") == b"59\n"
    mbox = gzip.decompress(ask(f"{inbox_server.url}/{fresh_inbox}/all.mbox.gz").content)
    assert len(SEPARATOR.findall(mbox)) == len(inbox_server.mails(fresh_inbox)) == 58


# --- git over HTTP ---


def test_clone_through_the_proxy_is_the_epoch(
    inbox_server: Any, proxy: Any, git_over_http: Path, tmp_path: Path
) -> None:
    done = clone(f"{proxy.url}/weft-dev/0", tmp_path / "0.git")
    assert done.returncode == 0, done.stderr
    assert tip(inbox_server, tmp_path / "0.git") == tip(inbox_server, inbox_server.epoch("weft-dev"))
    inbox_server.git("-C", tmp_path / "0.git", "fsck", "--strict")
    assert "/weft-dev/0/info/refs?service=git-upload-pack" in proxy.paths()
    assert any(request.method == "POST" and request.body for request in proxy.requests)


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


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("status", {"code": 503}, "503"),
        ("reset", {"after": 500}, ""),
        ("short", {"missing": 50}, ""),
        ("challenge", {}, ""),
    ],
)
def test_fault_breaks_a_clone_once(
    proxy: Any, git_over_http: Path, tmp_path: Path, kind: str, options: dict[str, Any], message: str
) -> None:
    path = "/git-upload-pack$" if kind in ("reset", "short") else "/info/refs"
    # the first POST of protocol 2 asks for the refs, the second for the pack
    fault = proxy.fault(kind, path, times=2 if kind == "short" else 1, **options)
    done = clone(f"{proxy.url}/weft-dev/0", tmp_path / "broken.git")
    assert done.returncode != 0
    assert message in done.stderr
    assert fault.fired >= 1
    proxy.clear()
    assert clone(f"{proxy.url}/weft-dev/0", tmp_path / "0.git").returncode == 0


def test_stalled_clone_ends_by_gits_own_clock(proxy: Any, git_over_http: Path, tmp_path: Path) -> None:
    proxy.fault("stall", "/git-upload-pack$", after=10)
    clock = {"GIT_HTTP_LOW_SPEED_LIMIT": "1", "GIT_HTTP_LOW_SPEED_TIME": "1"}
    assert clone(f"{proxy.url}/weft-dev/0", tmp_path / "0.git", **clock).returncode != 0


# --- The proxy ---


def test_proxy_passes_on_what_it_gets(inbox_server: Any, proxy: Any) -> None:
    for path in (MBOX, "/weft-dev/", "/weft-dev/_/text/config/raw", "/nothing/", "/weft-dev/0/HEAD"):
        direct, passed = (
            requests.get(base + path, headers={"Host": "lists.example.org"}, timeout=5)
            for base in (inbox_server.url, proxy.url)
        )
        assert passed.status_code == direct.status_code
        assert passed.content == direct.content
        assert {**passed.headers, "Date": ""} == {**direct.headers, "Date": ""}


def test_proxy_keeps_a_connection(inbox_server: Any, proxy: Any) -> None:
    whole = ask(inbox_server.url + MBOX).content
    with requests.Session() as session:
        for _ in range(3):
            assert session.get(proxy.url + MBOX, timeout=5).content == whole
        assert session.head(proxy.url + MBOX, timeout=5).status_code == 200
        answer = session.get(proxy.url + MBOX, timeout=5, headers={"Connection": "close"})
        assert answer.content == whole
    assert len(proxy.requests) == 5


def test_proxy_keeps_what_was_asked_as_it_was(proxy: Any) -> None:
    path = "/weft-dev/?q=s%3A%22retry%22+AND+nq%3A%C3%A9%2F&x=m"
    answer = requests.post(proxy.url + path, data=b"a=%20b", headers={"X-Weft": "Warp"}, timeout=5)
    assert answer.status_code == 404  # nothing is found
    [request] = proxy.requests
    assert (request.method, request.path, request.body) == ("POST", path, b"a=%20b")
    assert request.headers["x-weft"] == "Warp"
    assert request.fault is None
    assert 0 <= time.monotonic() - request.at < 5


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


@pytest.mark.alone
@pytest.mark.parametrize("after", ["nothing", "headers", 100])
def test_stall(proxy: Any, after: str | int) -> None:
    proxy.fault("stall", after=after)
    begin = time.monotonic()
    if after == "nothing":
        with pytest.raises(requests.ReadTimeout):
            ask(proxy.url + MBOX, timeout=0.2)
    else:
        answer = ask(proxy.url + MBOX, timeout=0.2, stream=True)
        assert int(answer.headers["Content-Length"]) > 1000
        with pytest.raises(requests.ConnectionError, match="timed out"):
            answer.content  # noqa: B018
    assert time.monotonic() - begin < 2


def test_stall_for_some_time(proxy: Any) -> None:
    proxy.fault("stall", seconds=0.2)
    with pytest.raises(requests.ConnectionError):
        ask(proxy.url + MBOX)


@pytest.mark.parametrize("after", ["nothing", "headers", 100])
def test_reset(proxy: Any, after: str | int) -> None:
    proxy.fault("reset", after=after)
    with pytest.raises(requests.RequestException, match="reset"):
        ask(proxy.url + MBOX)
    assert ask(proxy.url + MBOX).status_code == 200


def test_reset_lets_the_beginning_through(proxy: Any) -> None:
    proxy.fault("reset", after=1000)
    answer = ask(proxy.url + MBOX, stream=True)
    assert len(answer.raw.read(1000)) == 1000
    with pytest.raises(Exception, match="reset"):
        answer.raw.read(1)


@pytest.mark.parametrize("keep", [0.5, 0.999, 100, 10])
def test_cut_gzip(inbox_server: Any, proxy: Any, keep: float) -> None:
    whole = ask(inbox_server.url + MBOX).content
    proxy.fault("cut_gzip", keep=keep)
    answer = ask(proxy.url + MBOX)
    expected = keep if isinstance(keep, int) else int(len(whole) * keep)
    assert int(answer.headers["Content-Length"]) == len(answer.content) == expected
    assert whole.startswith(answer.content)
    with pytest.raises(EOFError):
        gzip.decompress(answer.content)


def test_short(inbox_server: Any, proxy: Any) -> None:
    whole = ask(inbox_server.url + MBOX).content
    proxy.fault("short", missing=7)
    answer = ask(proxy.url + MBOX, stream=True)
    assert int(answer.headers["Content-Length"]) == len(whole)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="7 more expected"):
        answer.content  # noqa: B018


def test_cut_mbox(inbox_server: Any, proxy: Any) -> None:
    whole = gzip.decompress(ask(inbox_server.url + MBOX).content)
    proxy.fault("cut_mbox")
    cut = gzip.decompress(ask(proxy.url + MBOX).content)
    assert whole.startswith(cut)
    assert len(SEPARATOR.findall(cut)) == 59
    last = [found.start() for found in SEPARATOR.finditer(whole)][-1]
    assert last + 100 < len(cut) < len(whole) - 100


def test_challenge(proxy: Any) -> None:
    proxy.fault("challenge", times=None)
    answer = ask(proxy.url + MBOX)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<script>" in answer.text


def test_redirect(proxy: Any) -> None:
    proxy.fault("redirect", MBOX, to="/other-list/all.mbox.gz?was={path}", code=301)
    answer = ask(proxy.url + MBOX)
    assert [step.status_code for step in answer.history] == [301]
    assert proxy.paths() == [MBOX, f"/other-list/all.mbox.gz?was={MBOX}"]
    assert b"museum" in gzip.decompress(answer.content)


def test_other_list(proxy: Any) -> None:
    proxy.fault("other_list", MBOX)
    assert b"museum" in gzip.decompress(ask(proxy.url + MBOX).content)
    assert proxy.paths() == [MBOX]


def test_bomb(proxy: Any) -> None:
    proxy.fault("bomb", megabytes=8, prefix=b"From mboxrd@z\n")
    answer = ask(proxy.url + MBOX)
    assert len(answer.content) < 20_000
    text = zlib.decompress(answer.content, wbits=31)
    assert text == b"From mboxrd@z\n" + bytes(8 << 20)


def test_slow(inbox_server: Any, proxy: Any) -> None:
    whole = ask(inbox_server.url + "/other-list/all.mbox.gz").content
    proxy.fault("slow", piece=len(whole) // 4, delay=0.05)
    begin = time.monotonic()
    assert ask(proxy.url + "/other-list/all.mbox.gz").content == whole
    assert time.monotonic() - begin > 0.2


def test_proxy_counts_requests_at_once(proxy: Any) -> None:
    proxy.fault("slow", times=None, piece=100_000, delay=0.2)
    threads = [threading.Thread(target=ask, args=(proxy.url + MBOX,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert proxy.busiest == 3
    proxy.clear()
    ask(proxy.url + MBOX)
    ask(proxy.url + MBOX)
    assert proxy.busiest == 1


@pytest.mark.alone
def test_proxy_stops_while_it_stalls(proxy: Any) -> None:
    proxy.fault("stall")
    failures: list[str] = []

    def wait() -> None:
        try:
            ask(proxy.url + MBOX, timeout=30)
        except requests.ConnectionError as error:
            failures.append(str(error))

    thread = threading.Thread(target=wait)
    thread.start()
    while not proxy.requests:
        time.sleep(0.01)
    begin = time.monotonic()
    proxy.stop()
    thread.join(timeout=5)
    assert time.monotonic() - begin < 1
    assert failures


def test_failure_of_the_proxy_is_kept(proxy: Any) -> None:
    proxy.fault("cut_gzip")
    with pytest.raises(requests.ConnectionError):
        ask(f"{proxy.url}/nothing/", headers={"Accept-Encoding": "identity"})
    assert "no gzip to be cut" in str(proxy.errors.pop())
