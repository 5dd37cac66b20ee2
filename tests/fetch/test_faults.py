"""What goes wrong between us and a server, each made by the proxy: tried again where that helps, else told; what is
whole stays, nothing half is read as mail, and the next run picks up."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

QUERY = "s:weft"
WHAT = {"list": r"/git-upload-pack|/info/refs", "thread": r"t\.mbox\.gz", "search": r"x=m"}


def target(kind: str, server: Any, name: str) -> tuple[str, str]:
    """What to fetch, and the inbox to look in."""
    if kind == "list":
        return name, ""
    if kind == "search":
        return QUERY, name
    mail = next(mail for mail in server.mails(name) if b"In-Reply-To:" in mail)
    return mail.partition(b"In-Reply-To: <")[2].partition(b">")[0].decode(), name


@pytest.fixture(params=["list", "thread", "search"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def fetch(fetcher: Any, server: Any, kind: str, **words: Any) -> Any:
    what, inbox = target(kind, server, "weft-dev")
    return fetcher.one(what, inbox=inbox, **words)


# What passes by itself

PASSING: list[tuple[str, dict[str, Any]]] = [
    ("status", {"code": 429}),
    ("status", {"code": 429, "retry_after": "7"}),
    ("status", {"code": 503}),
    ("status", {"code": 503, "retry_after": "7"}),
    ("status", {"code": 500}),
    ("status", {"code": 502}),
    ("stall", {"after": "nothing", "seconds": 4}),
    ("reset", {"after": "nothing"}),
    ("reset", {"after": "headers"}),
    ("reset", {"after": 40}),
    ("short", {}),
]


@pytest.mark.parametrize(("fault", "options"), PASSING, ids=[f"{fault}-{options}" for fault, options in PASSING])
def test_another_try_helps(
    fault: str, options: dict[str, Any], kind: str, fetcher: Any, inbox_server: Any, proxy: Any
) -> None:
    if kind == "list" and fault == "stall":
        pytest.skip("git's own stall is tested below, for it waits in whole seconds")
    proxy.fault(fault, WHAT[kind], times=1 if kind != "list" else 2, **options)
    outcome = fetch(fetcher, inbox_server, kind)
    assert outcome.error == ""
    assert outcome.new == outcome.state.mails > 0
    assert len(fetcher.mails(outcome)) == outcome.new
    assert fetcher.watcher.pauses, "somebody who watches is told why nothing moves"
    assert fetcher.litter() == []


@pytest.mark.parametrize("fault", ["cut_gzip", "cut_mbox", "short"])
def test_an_answer_that_breaks_off_is_asked_for_again(fault: str, fetcher: Any, inbox_server: Any, proxy: Any) -> None:
    proxy.fault(fault, WHAT["thread"], times=1)
    outcome = fetch(fetcher, inbox_server, "thread")
    assert outcome.error == ""
    assert len(fetcher.mails(outcome)) == outcome.new > 1


def test_a_burst_of_errors_is_sat_out(kind: str, fetcher: Any, inbox_server: Any, proxy: Any) -> None:
    proxy.fault("status", WHAT[kind], times=3, code=503)
    outcome = fetch(fetcher, inbox_server, kind)
    assert outcome.error == ""
    waits = [seconds for seconds, _ in fetcher.watcher.pauses]
    assert waits == sorted(waits)
    assert len(waits) > 1 or kind == "list"


def test_the_server_says_how_long_to_wait(kind: str, fetcher: Any, inbox_server: Any, proxy: Any) -> None:
    # git takes one of them, and the question that follows it the other.
    proxy.fault("status", WHAT[kind], times=2 if kind == "list" else 1, code=429, retry_after="37")
    assert fetch(fetcher, inbox_server, kind).error == ""
    assert [seconds for seconds, _ in fetcher.watcher.pauses] == [37.0]
    assert "too often" in fetcher.watcher.pauses[0][1]
    assert 36.9 < sum(fetcher.slept) < 40


def test_a_date_in_retry_after(fetcher: Any, inbox_server: Any, proxy: Any) -> None:
    when = fetcher.clock.now() + timedelta(seconds=90)
    proxy.fault("status", WHAT["search"], code=503, retry_after=f"{when:%a, %d %b %Y %H:%M:%S} GMT")
    assert fetch(fetcher, inbox_server, "search").error == ""
    assert 85 < fetcher.watcher.pauses[0][0] <= 90


def test_who_asks_for_an_hour_is_left_alone_for_an_hour(kind: str, fetcher: Any, inbox_server: Any, proxy: Any) -> None:
    proxy.fault("status", WHAT[kind], times=None, code=429, retry_after="3600")
    outcome = fetch(fetcher, inbox_server, kind)
    assert "asks to wait until" in outcome.error
    assert fetcher.slept == []
    proxy.clear()
    assert "not to be called before" in fetch(fetcher, inbox_server, kind).error
    assert proxy.paths() == []
    fetcher.jump(timedelta(hours=2))
    assert fetch(fetcher, inbox_server, kind).error == ""


# What does not

LASTING: list[tuple[str, dict[str, Any], str]] = [
    ("status", {"code": 503}, "busy or out of order"),
    ("status", {"code": 403}, "refuses to answer"),
    ("status", {"code": 404}, ""),
    ("stall", {"after": "headers", "seconds": 4}, "no answer in time"),
    ("reset", {"after": 40}, "broke"),
    ("cut_gzip", {}, "breaks off"),
    ("short", {}, "br"),
    ("cut_mbox", {}, "breaks off"),
    ("challenge", {}, "check against robots"),
    ("redirect", {"to": "http://elsewhere.example.org/"}, "leads to another place"),
    ("bomb", {"megabytes": 4}, "is no mbox"),
]


@pytest.mark.parametrize(("fault", "options", "said"), LASTING, ids=[f"{each[0]}-{each[1]}" for each in LASTING])
@pytest.mark.parametrize("kind", ["thread", "search"])
def test_what_lasts_is_told_and_leaves_no_mail(
    fault: str, options: dict[str, Any], said: str, kind: str, fetcher: Any, inbox_server: Any, proxy: Any
) -> None:
    proxy.fault(fault, WHAT[kind], times=None, **options)
    outcome = fetch(fetcher, inbox_server, kind)
    assert outcome.error
    assert said in outcome.error
    assert fetcher.mails(outcome) == {}
    assert fetcher.litter() == []
    proxy.clear()
    assert fetch(fetcher, inbox_server, kind).error == "", "the next run picks up"


@pytest.mark.parametrize(
    ("fault", "options", "said"),
    [
        ("status", {"code": 503}, "busy or out of order"),
        ("status", {"code": 403}, "refuses to answer"),
        ("status", {"code": 404}, "not found"),
        ("reset", {"after": 40}, ""),
        ("reset", {"after": "nothing"}, "cannot be reached"),
        ("short", {}, ""),
        ("challenge", {}, "check against robots"),
        ("redirect", {"to": "http://127.0.0.1:9/"}, ""),
    ],
)
def test_what_git_meets_is_told_and_leaves_no_epoch(
    fault: str, options: dict[str, Any], said: str, fetcher: Any, inbox_server: Any, proxy: Any
) -> None:
    proxy.fault(fault, WHAT["list"], times=None, **options)
    outcome = fetch(fetcher, inbox_server, "list")
    assert outcome.error
    assert said in outcome.error
    assert fetcher.mails(outcome) == {}
    proxy.clear()
    outcome = fetch(fetcher, inbox_server, "list")
    assert (outcome.error, outcome.state.mails) == ("", 59)
    assert fetcher.litter() == []


def test_git_gives_up_a_server_that_stalls(fetcher: Any, inbox_server: Any, proxy: Any) -> None:
    proxy.fault("stall", "/git-upload-pack", times=1, after=10)
    outcome = fetch(fetcher, inbox_server, "list")
    assert (outcome.error, outcome.state.mails) == ("", 59)


@pytest.mark.parametrize("fault", ["challenge", "status", "cut_gzip", "bomb"])
def test_a_manifest_that_is_none(fault: str, fetcher: Any, proxy: Any) -> None:
    proxy.fault(fault, "manifest", times=None)
    outcome = fetcher.one("weft-dev")
    assert outcome.error
    assert fetcher.mails(outcome) == {}


def test_a_challenge_says_what_to_do(fetcher: Any, inbox_server: Any, proxy: Any) -> None:
    proxy.fault("challenge", WHAT["thread"], times=None)
    error = fetch(fetcher, inbox_server, "thread").error
    assert "nothing was stored" in error
    assert "contact" in error
    assert len(proxy.paths()) == 1, "asking again would not help"


def test_what_is_here_survives_a_challenge(kind: str, fetcher: Any, inbox_server: Any, proxy: Any) -> None:
    before = fetcher.mails(fetch(fetcher, inbox_server, kind))
    proxy.fault("challenge", times=None)
    outcome = fetch(fetcher, inbox_server, kind, full=True)
    assert outcome.error
    assert fetcher.mails(outcome) == before
    assert outcome.state.last_error == outcome.error
    assert outcome.state.last_success is not None


def test_updates_of_a_thread_are_not_lost_in_silence(fetcher: Any, inbox_server: Any, proxy: Any) -> None:
    """A server that answers an update with an error has not said that there is nothing new."""
    fetch(fetcher, inbox_server, "thread")
    reach = fetch(fetcher, inbox_server, "thread").state.as_of
    for code in (403, 429, 500):
        proxy.clear()
        proxy.fault("status", "rt", times=None, code=code)
        outcome = fetch(fetcher, inbox_server, "thread")
        assert str(code) in outcome.error
        assert outcome.state.as_of == reach


@pytest.mark.parametrize("kind", ["thread", "search"])
@pytest.mark.parametrize("path", ["one", "all"])
def test_another_list_is_not_taken_for_ours(kind: str, path: str, fetcher: Any, inbox_server: Any, proxy: Any) -> None:
    """One answer is another list's, or all that the server says about this list is."""
    proxy.fault("other_list", WHAT[kind] if path == "one" else "/weft-dev/", times=None)
    what, inbox = (
        ("s:list OR s:re OR s:patch", "weft-dev") if kind == "search" else target(kind, inbox_server, "weft-dev")
    )
    outcome = fetcher.one(what, inbox=inbox)
    assert outcome.error
    assert fetcher.mails(outcome) == {}
    proxy.clear()
    assert fetcher.one(what, inbox=inbox).error == ""


def test_a_thread_that_is_another_one_is_refused(fetcher: Any, inbox_server: Any, proxy: Any) -> None:
    wanted, _ = target("thread", inbox_server, "weft-dev")
    other = inbox_server.mails("other-list")[0].partition(b"Message-ID: <")[2].partition(b">")[0].decode()
    proxy.fault("redirect", WHAT["thread"], to=f"{proxy.url}/other-list/{other}/t.mbox.gz")
    outcome = fetcher.one(wanted, inbox="weft-dev")
    assert "answers with other mail than thread" in outcome.error
    assert fetcher.mails(outcome) == {}


def test_an_answer_beyond_the_limit_is_given_up(fetcher: Any, inbox_server: Any, proxy: Any) -> None:
    proxy.fault("bomb", WHAT["thread"], times=None, megabytes=64, prefix=b"From mboxrd@z Thu Jan  1 00:00:00 1970\n")
    outcome = fetch(fetcher, inbox_server, "thread", max_answer_bytes=1_000_000)
    assert "more than 1000000 bytes" in outcome.error
    assert fetcher.litter() == []


def test_one_source_that_fails_leaves_the_others_alone(fetcher: Any, proxy: Any) -> None:
    proxy.fault("status", "s%3Aweft", times=None, code=403)
    failed, fine = fetcher.run("s:weft", "s:re", inbox="weft-dev")
    assert failed.error
    assert (fine.error, fine.new > 0) == ("", True)


# The disk

ROOM = {"list": 60_000, "thread": 8_200, "search": 8_200}  # enough to begin, too little to end


@pytest.fixture
def small_disk(tmp_path: Path) -> Any:
    """A file system of half a megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"only root can make a small disk: {made.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_and_made_good_later(kind: str, fetcher: Any, inbox_server: Any, small_disk: Path) -> None:
    fetcher.mail = small_disk / "mail"
    filler = small_disk / "filler"
    filler.write_bytes(bytes(512 * 1024 - ROOM[kind]))
    outcome = fetch(fetcher, inbox_server, kind)
    assert "make room and run again" in outcome.error
    filler.unlink()
    outcome = fetch(fetcher, inbox_server, kind)
    assert outcome.error == ""
    assert len(fetcher.mails(outcome)) == outcome.state.mails > 0
    assert fetcher.litter() == []


def test_a_folder_that_cannot_be_written(fetcher: Any, inbox_server: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    fetcher.mail = tmp_path / "file"
    assert "file" in fetch(fetcher, inbox_server, "thread").error


# The library that is wrapped


def test_liblore_leaves_the_standard_library_as_it_was() -> None:
    code = (
        "import email.charset; before = dict(email.charset.CHARSETS); import miner.fetch.lore; "
        "print(before == email.charset.CHARSETS)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_a_thread_with_a_date_without_zone_is_fetched(inbox_server: Any, fresh_inbox: str, fetcher: Any) -> None:
    root = inbox_server.compose("[weft] zone", "zone-1@example.org")
    reply = inbox_server.compose("Re: [weft] zone", "zone-2@example.org", reply_to="zone-1@example.org")
    head, blank, body = reply.partition(b"\n\n")
    naive = b"\n".join(line[:-6] if line.startswith(b"Date:") else line for line in head.splitlines())
    inbox_server.add(fresh_inbox, root, naive + blank + body)
    outcome = fetcher.one("zone-1@example.org", inbox=fresh_inbox)
    assert (outcome.error, outcome.new) == ("", 2)
