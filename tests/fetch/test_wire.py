"""Waiting, pacing and giving up, by a clock that jumps; and what of an answer is believed."""

from __future__ import annotations

import contextlib
import gzip
import io
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from miner.errors import FetchError
from miner.fetch.wire import (
    Busy,
    Clock,
    NotFound,
    Pace,
    PoliteSession,
    Trouble,
    check_answer,
    receive,
    retry,
    shown,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOST = "inbox.example.org"


class Hands:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []
        self.told: list[tuple[float, str]] = []

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.slept.append(seconds)

    @property
    def clock(self) -> Clock:
        return Clock(
            now=lambda: NOW + timedelta(seconds=self.seconds),
            monotonic=lambda: self.seconds,
            sleep=self.sleep,
            waiting=lambda seconds, why: self.told.append((seconds, why)),
        )


@pytest.fixture
def hands() -> Hands:
    return Hands()


def run(hands: Hands, troubles: list[Trouble], patience: float = 300.0) -> int:
    """Meet these troubles, then succeed; the number of tries."""
    tries = 0

    def action() -> int:
        nonlocal tries
        tries += 1
        if troubles:
            raise troubles.pop(0)
        return tries

    return retry(action, "thread 1@x", hands.clock, patience, Pace(0.0, hands.clock), HOST)


def test_what_works_at_once_waits_for_nothing(hands: Hands) -> None:
    assert run(hands, []) == 1
    assert hands.slept == []


def test_waits_grow(hands: Hands) -> None:
    assert run(hands, [Trouble("no answer")] * 4) == 5
    assert hands.slept == sorted(hands.slept)
    assert [round(wait / 2**number) for number, wait in enumerate(hands.slept, 1)] == [1, 1, 1, 1]
    assert [why for _, why in hands.told] == ["no answer"] * 4


def test_five_tries_are_enough(hands: Hands) -> None:
    with pytest.raises(FetchError, match=r"^thread 1@x: no answer; 5 tries; run again later$"):
        run(hands, [Trouble("no answer")] * 9)


def test_patience_ends(hands: Hands) -> None:
    with pytest.raises(FetchError, match="2 tries"):
        run(hands, [Trouble("no answer")] * 9, patience=4.0)
    assert sum(hands.slept) <= 4.0


def test_what_no_try_can_mend_is_told_at_once(hands: Hands) -> None:
    with pytest.raises(FetchError, match=r"^thread 1@x: refused$"):
        run(hands, [Trouble("refused", again=False)])
    assert hands.slept == []


def test_the_server_says_when(hands: Hands) -> None:
    assert run(hands, [Trouble("busy", after=42.0)]) == 2
    assert hands.slept == [42.0]


def test_a_wait_beyond_patience_is_left_to_the_next_run(hands: Hands) -> None:
    with pytest.raises(Busy) as caught:
        run(hands, [Trouble("busy", after=7200.0)])
    assert caught.value.until == NOW + timedelta(hours=2)
    assert hands.slept == []


def test_one_host_is_asked_in_its_time(hands: Hands) -> None:
    pace = Pace(2.0, hands.clock)
    for host in (HOST, HOST, "other.example.org", HOST):
        pace.wait(host)
    assert hands.slept == [2.0, 2.0]


def test_a_busy_host_is_left_alone_by_all(hands: Hands) -> None:
    pace = Pace(0.0, hands.clock)
    pace.hold(HOST, 30.0)
    pace.wait("other.example.org")
    assert hands.slept == []
    pace.wait(HOST)
    assert hands.slept == [30.0]


def answer(status: int = 200, body: bytes = b"", **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.url = f"https://{HOST}/weft/1@x/t.mbox.gz"
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    response.raw = io.BytesIO(body)
    return response


@pytest.mark.parametrize(
    ("value", "after"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), 300.0),
        (format_datetime(NOW - timedelta(minutes=5), usegmt=True), 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("99999999999999", None),
        ("١٢٠", None),
    ],
)
def test_retry_after(hands: Hands, value: str, after: float | None) -> None:
    with pytest.raises(Trouble) as caught:
        check_answer(answer(429, Retry_After=value), hands.clock)
    assert caught.value.after == after
    assert caught.value.again


@pytest.mark.parametrize(
    ("status", "again"), [(408, True), (500, True), (503, True), (599, True), (400, False), (403, False)]
)
def test_which_answers_may_change(hands: Hands, status: int, again: bool) -> None:
    with pytest.raises(Trouble) as caught:
        check_answer(answer(status), hands.clock)
    assert caught.value.again is again


def test_what_is_not_there_is_no_trouble(hands: Hands) -> None:
    with pytest.raises(NotFound) as caught:
        check_answer(answer(404, b"No results found\n"), hands.clock)
    assert "No results" in caught.value.page


def received(response: requests.Response, limit: int = 1_000_000) -> bytes:
    file = io.BytesIO()
    receive(response, file, limit, lambda _: None)
    return file.getvalue()


MBOX = b"From mboxrd@z Thu Jan  1 00:00:00 1970\nSubject: x\n\ntext\n\n"


def test_gzip_is_unpacked() -> None:
    assert received(answer(body=gzip.compress(MBOX))) == MBOX
    assert received(answer(body=MBOX)) == MBOX
    assert received(answer(body=gzip.compress(MBOX) + b"padding")) == MBOX


@given(st.integers(0, len(gzip.compress(MBOX)) - 1))
def test_cut_gzip_is_never_taken_for_whole(end: int) -> None:
    body = gzip.compress(MBOX)[:end]
    if end >= 2:
        with pytest.raises(Trouble, match=r"breaks off|damaged"):
            received(answer(body=body))
    else:
        assert received(answer(body=body)) == body  # no gzip so far; whoever asked sees that it is no mbox


@given(st.binary())
def test_no_bytes_do_harm(data: bytes) -> None:
    with contextlib.suppress(Trouble):
        assert len(received(answer(body=data), limit=10_000)) <= 10_000


@pytest.mark.parametrize("body", [b"<!DOCTYPE html><title>One moment</title>", b"\n <html>", b"<HTML lang=en>"])
def test_pages_for_browsers_are_known_by_their_looks_too(body: bytes) -> None:
    with pytest.raises(Trouble, match="check against robots"):
        received(answer(body=body, Content_Type="application/gzip"))


def test_a_length_that_was_promised_counts() -> None:
    with pytest.raises(Trouble, match="breaks off"):
        received(answer(body=MBOX, Content_Length=str(len(MBOX) + 1)))


def test_too_much_is_given_up_before_it_is_held() -> None:
    with pytest.raises(Trouble, match="more than 100000 bytes"):
        received(answer(body=gzip.compress(bytes(50_000_000))), limit=100_000)


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example.org/", "ftp://inbox.example.org/", "https://inbox.example.org:99/"]
)
def test_a_session_talks_to_its_own_hosts_alone(hands: Hands, url: str) -> None:
    session = PoliteSession("agent", Pace(0.0, hands.clock), [HOST])
    request = requests.PreparedRequest()
    request.url = url
    with pytest.raises(Trouble, match="leads to another place"):
        session.send(request)


def test_what_a_server_says_is_one_harmless_line() -> None:
    assert shown("a\x1b[31m\nb" + "x" * 999) == "a?[31m?b" + "x" * 292
