"""Threads and searches against a real server: whole at first, then what came since, one file a mail, as it came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from miner.fetch.mails import Head, belong


def whole(server: Any, name: str) -> dict[str, bytes]:
    return {_ident(mail): mail for mail in server.mails(name)}


def _ident(mail: bytes) -> str:
    line = next(line for line in mail.splitlines() if line.lower().startswith(b"message-id:"))
    return line.partition(b"<")[2].partition(b">")[0].decode()


def a_thread(server: Any, name: str) -> tuple[str, set[str]]:
    """A mail with replies, and the ids of all mails that hang on it."""
    parents: dict[str, str] = {}
    for mail in server.mails(name):
        for line in mail.partition(b"\n\n")[0].splitlines():
            if line.lower().startswith(b"in-reply-to:"):
                parents[_ident(mail)] = line.partition(b"<")[2].partition(b">")[0].decode()
    root = next(parent for parent in parents.values() if parent not in parents)
    ids = {root}
    while more := {child for child, parent in parents.items() if parent in ids} - ids:
        ids |= more
    return root, ids


def test_a_thread_comes_whole_from_any_mail_in_it(inbox_server: Any, fetcher: Any) -> None:
    root, ids = a_thread(inbox_server, "weft-dev")
    outcome = fetcher.one(f"{fetcher.url}/weft-dev/{max(ids)}/T/#u")
    assert (outcome.error, outcome.new, outcome.state.mails) == ("", len(ids), len(ids))
    found = fetcher.mails(outcome)
    assert set(found) == ids
    assert root in found


def test_mails_are_kept_as_the_server_sent_them_one_file_each(inbox_server: Any, fetcher: Any, proxy: Any) -> None:
    root, ids = a_thread(inbox_server, "weft-dev")
    outcome = fetcher.one(root, inbox="weft-dev")
    files = [path for path in (fetcher.mail / outcome.source.folder / "mail").rglob("*") if path.is_file()]
    assert len(files) == len(ids)
    assert {path.suffix for path in files} == {".eml"}
    archived = whole(inbox_server, "weft-dev")
    for ident, mail in fetcher.mails(outcome).items():
        head, _, body = mail.partition(b"\n\n")
        theirs, _, text = archived[ident].partition(b"\n\n")
        assert body == text
        assert set(theirs.splitlines()) <= set(head.splitlines())  # the server adds a few List- headers


def test_a_bare_id_is_found_in_whichever_inbox_has_it(fetcher: Any, inbox_server: Any) -> None:
    root, ids = a_thread(inbox_server, "weft-dev")
    outcome = fetcher.one(f"<{root}>")  # this server has no inbox of all lists
    assert (outcome.error, outcome.new) == ("", len(ids))


def test_an_id_that_nobody_has(fetcher: Any) -> None:
    outcome = fetcher.one("nobody-wrote-this@example.org")
    assert "has no message with this id" in outcome.error
    assert fetcher.mails(outcome) == {}


def test_a_later_reply_is_brought_by_the_next_run(
    inbox_server: Any, fresh_inbox: str, fetcher: Any, proxy: Any
) -> None:
    root, ids = a_thread(inbox_server, fresh_inbox)
    target = f"{fetcher.url}/{fresh_inbox}/{root}/"
    fetcher.one(target)
    now = fetcher.clock.now()
    reply = inbox_server.compose("Re: a thread", "late-reply@example.org", reply_to=root, day=_day(now))
    inbox_server.add(fresh_inbox, reply)
    proxy.clear()
    outcome = fetcher.one(target)
    assert (outcome.error, outcome.new, outcome.state.mails) == ("", 1, len(ids) + 1)
    assert "rt%3A" in proxy.paths()[0]  # it asks for what is new
    assert "late-reply@example.org" in fetcher.mails(outcome)


def _day(when: datetime) -> int:
    return (when - datetime(2026, 2, 2, tzinfo=UTC)).days


def test_a_server_that_searches_all_of_the_list_is_seen_through(
    inbox_server: Any, fresh_inbox: str, fetcher: Any, proxy: Any
) -> None:
    """public-inbox 1.9 takes a search in one thread for one in the whole inbox."""
    root, ids = a_thread(inbox_server, fresh_inbox)
    target = f"{fetcher.url}/{fresh_inbox}/{root}/"
    fetcher.one(target)
    inbox_server.add(
        fresh_inbox, inbox_server.compose("Other", "other-thread@example.org", day=_day(fetcher.clock.now()))
    )
    outcome = fetcher.one(target)
    assert (outcome.error, outcome.new) == ("", 0)
    assert set(fetcher.mails(outcome)) == ids
    assert not outcome.state.scoped
    proxy.clear()
    fetcher.one(target)
    assert [path.rpartition("/")[2] for path in proxy.paths()] == ["t.mbox.gz"]


def test_once_a_week_all_of_it_comes_again(inbox_server: Any, fetcher: Any, proxy: Any) -> None:
    root, _ = a_thread(inbox_server, "weft-dev")
    target = f"{fetcher.url}/weft-dev/{root}/"
    fetcher.one(target)
    proxy.clear()
    fetcher.one(target)
    fetcher.jump(timedelta(days=8))
    fetcher.one(target)
    assert [path.endswith("/t.mbox.gz") for path in proxy.paths()] == [False, True]
    assert fetcher.one(target, full=True).error == ""
    assert proxy.paths()[-1].endswith("/t.mbox.gz")


def test_a_search_brings_what_it_finds(inbox_server: Any, fetcher: Any) -> None:
    wanted = {ident for ident, mail in whole(inbox_server, "weft-dev").items() if b"\nSubject: Re:" in b"\n" + mail}
    assert wanted
    outcome = fetcher.one("s:re", inbox="weft-dev")
    assert outcome.error == ""
    assert set(fetcher.mails(outcome)) >= wanted
    address = f"{fetcher.url}/weft-dev/?q=s%3Are"
    assert fetcher.one(address).new == 0  # the same search, pasted


def test_a_search_without_hits_is_no_error(fetcher: Any) -> None:
    outcome = fetcher.one("s:nothinghasthissubject", inbox="weft-dev")
    assert (outcome.error, outcome.new, outcome.state.mails) == ("", 0, 0)
    assert outcome.state.last_success is not None


def test_a_search_in_a_list_that_is_not_there(fetcher: Any) -> None:
    assert "is no list of this server" in fetcher.one("s:anything", inbox="no-such-list").error


def test_a_search_asks_only_for_what_is_new(inbox_server: Any, fresh_inbox: str, fetcher: Any, proxy: Any) -> None:
    fetcher.one("s:uniqueword OR s:weft", inbox=fresh_inbox)
    mail = inbox_server.compose("[weft] uniqueword", "unique-1@example.org", day=_day(fetcher.clock.now()))
    inbox_server.add(fresh_inbox, mail)
    proxy.clear()
    outcome = fetcher.one("s:uniqueword OR s:weft", inbox=fresh_inbox)
    assert (outcome.error, outcome.new) == ("", 1)
    request, check = proxy.requests
    assert request.method == "POST"
    assert check.path == f"/{fresh_inbox}/unique-1@example.org/raw"  # it is this list's mail
    assert "%28s%3Auniqueword%20OR%20s%3Aweft%29%20AND%20rt%3A" in request.path
    assert "&t=1" in request.path  # with the threads around what it finds


def test_since_narrows_a_search(fetcher: Any, proxy: Any) -> None:
    fetcher.one("s:weft", inbox="weft-dev", since="2026-03-01")
    assert "AND%20d%3A20260301.." in proxy.paths()[0]


@pytest.mark.parametrize("ident", ["a/b%c?d#e@example.org", "..", "x" * 300 + "@example.org", "Ünïcode@example.org"])
def test_any_message_id_becomes_a_safe_file(inbox_server: Any, fresh_inbox: str, fetcher: Any, ident: str) -> None:
    mail = inbox_server.compose("[weft] odd id", "replace-me").replace(b"<replace-me>", f"<{ident}>".encode())
    inbox_server.add(fresh_inbox, mail)
    outcome = fetcher.one("s:odd", inbox=fresh_inbox)
    assert outcome.error == ""
    folder = fetcher.mail / outcome.source.folder / "mail"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == outcome.state.mails == 1
    assert all(path.resolve().is_relative_to(folder) and len(path.name) < 100 for path in files)


def test_an_id_that_needs_escaping_is_fetched(inbox_server: Any, fresh_inbox: str, fetcher: Any) -> None:
    ident = "a/b%c?d+e=f@example.org"
    inbox_server.add(fresh_inbox, inbox_server.compose("[weft] escaped", ident))
    assert fetcher.one(f"<{ident}>", inbox=fresh_inbox).new == 1


def test_two_mails_with_one_id_are_both_kept(inbox_server: Any, fresh_inbox: str, fetcher: Any) -> None:
    """Some mail is archived twice under one id, with other words in it."""
    for text in ("first words\n", "other words\n"):
        inbox_server.add(fresh_inbox, inbox_server.compose("[weft] doubled", "double@example.org", text=text))
    outcome = fetcher.one("double@example.org", inbox=fresh_inbox)
    files = [path.read_bytes() for path in (fetcher.mail / outcome.source.folder / "mail").rglob("*.eml")]
    served = sum(b"double@example.org" in mail for mail in inbox_server.mails(fresh_inbox))
    assert outcome.error == ""
    assert len(files) == outcome.new
    assert 1 <= len(files) <= served
    assert fetcher.one("double@example.org", inbox=fresh_inbox, full=True).new == 0


def test_a_mail_with_mbox_escapes_comes_back_as_it_was(inbox_server: Any, fresh_inbox: str, fetcher: Any) -> None:
    text = "Look:\n\nFrom here on it is mine\n>From there it was\n>>From far\n\nFrom ada@example.org Thu Jan  1 00:00:00 2026\nend\n"
    mail = inbox_server.compose("[weft] From lines", "from-lines@example.org", text=text)
    inbox_server.add(fresh_inbox, mail)
    outcome = fetcher.one("from-lines@example.org", inbox=fresh_inbox)
    (kept,) = fetcher.mails(outcome).values()
    assert kept.partition(b"\n\n")[2] == mail.partition(b"\n\n")[2]


def test_a_redirect_to_https_keeps_a_search_a_search(fetcher: Any, proxy: Any) -> None:
    proxy.fault("redirect", r"x=m", times=1, to=f"{proxy.url}{{path}}", code=301)
    outcome = fetcher.one("s:weft", inbox="weft-dev")
    assert outcome.error == ""
    assert outcome.new > 0
    assert [request.method for request in proxy.requests][:2] == ["POST", "POST"]


def test_a_dry_run_says_what_would_be_asked_for(fetcher: Any, proxy: Any) -> None:
    first, second = fetcher.run("s:weft", "x@example.org", inbox="weft-dev", dry_run=True)
    assert first.plan == (f"ask {fetcher.url}/weft-dev for all that the search finds",)
    assert second.plan == (f"ask {fetcher.url}/weft-dev for the whole thread",)
    assert proxy.paths() == []
    assert not fetcher.mail.exists()


def _head(ident: str, *references: str) -> Head:
    return Head(ident, None, references)


@pytest.mark.parametrize(
    ("heads", "answer"),
    [
        ([], True),
        ([_head("known")], True),
        ([_head("b", "known")], True),
        ([_head("c", "b"), _head("b", "known")], True),  # in any order
        ([_head("x", "elsewhere")], False),
        ([_head("b", "known"), _head("x")], False),
    ],
)
def test_what_hangs_together(heads: list[Head], answer: bool) -> None:
    assert belong(heads, {"known"}) is answer


def test_nothing_is_left_lying_about(inbox_server: Any, fetcher: Any, tmp_path: Path) -> None:
    root, _ = a_thread(inbox_server, "weft-dev")
    fetcher.run(root, "s:weft", inbox="weft-dev")
    assert fetcher.litter() == []
