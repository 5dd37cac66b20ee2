"""mbox: where mails begin, what is escaped, what is cut."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.archive.limits import Limits
from miner.archive.mbox import is_separator
from miner.archive.source import read_source
from miner.model import Problem, RawMail

DATA = Path(__file__).resolve().parents[1] / "data"
FROM = b"From ada@example.org Thu Aug 31 02:08:00 2023\n"


def mail(body: bytes, subject: bytes = b"hello") -> bytes:
    return b"From: Ada <ada@example.org>\nSubject: " + subject + b"\n\n" + body


def read(data: bytes, limits: Limits | None = None) -> list[RawMail | Problem]:
    return list(read_source("-", stdin=io.BytesIO(data), limits=limits or Limits()))


def mails(found: list[RawMail | Problem]) -> list[bytes]:
    return [one.data for one in found if isinstance(one, RawMail)]


def problems(found: list[RawMail | Problem]) -> list[Problem]:
    return [one for one in found if isinstance(one, Problem)]


def escape(data: bytes) -> bytes:
    """Write as mboxrd does."""
    lines = data.split(b"\n")
    return b"\n".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines)


def test_escaped_and_unescaped_from_lines() -> None:
    found = list(read_source(str(DATA / "mbox-from-lines.mbox")))
    assert [one.where for one in found] == ["mbox-from-lines.mbox, mail 1", "mbox-from-lines.mbox, mail 2"]
    first, second = mails(found)
    assert b"\nFrom here on" in first
    assert b"\n>From there" in first
    assert b"\n> From far" in first
    assert b"\nFrom the last list" in first
    assert second.endswith(b"second\n")


def test_separator_needs_an_empty_line_before_it() -> None:
    data = FROM + mail(b"text\n" + FROM + b"more\n")
    assert mails(read(data)) == [mail(b"text\n" + FROM + b"more\n")]


@pytest.mark.parametrize(
    "line",
    [
        "From mboxrd@z Thu Jan  1 00:00:00 1970",
        "From - Mon Jan 12 10:30:00 2015",
        "From user at example.org  Mon Jan  1 00:00:00 2001",
        "From ada@example.org Tue Aug 22 10:00:00 CEST 2023",
        "From ada@example.org Tue Aug 22 10:00 2023 +0200",
        "From ada@example.org Tue, 22 Aug 2023 10:00:00 +0000",
        "From MAILER-DAEMON Fri Jul  8 12:08:34 2011\r",
    ],
)
def test_separators_as_programs_write_them(line: str) -> None:
    assert is_separator(line.encode(), b"")


@pytest.mark.parametrize(
    "line", ["From here on it is easy", "From 2020 at 10:30 we met", "From Monday, 12 Jan 2020 on"]
)
def test_prose_is_no_separator(line: str) -> None:
    assert not is_separator(line.encode(), b"So: it is\n")


def test_separator_without_a_date_needs_headers_below() -> None:
    assert is_separator(b"From ada@example.org", b"Subject: x\n")
    assert not is_separator(b"From ada@example.org", b"she wrote\n")


def test_carriage_returns_stay_and_separate() -> None:
    text = (FROM + mail(b"a\n") + b"\n" + FROM + mail(b"b\n")).replace(b"\n", b"\r\n")
    assert mails(read(text)) == [mail(b"a\n").replace(b"\n", b"\r\n"), mail(b"b\n").replace(b"\n", b"\r\n")]


def test_cut_in_the_body_is_given_cut_in_the_headers_is_a_problem() -> None:
    whole = FROM + mail(b"one\n") + b"\n" + FROM + mail(b"two, cut he")
    assert mails(read(whole)) == [mail(b"one\n"), mail(b"two, cut he")]
    found = read(FROM + mail(b"one\n") + b"\n" + FROM + b"From: Ada <ada@example.org>\nSubj")
    assert found[1] == Problem("standard input, mail 2", "cut off in its headers")


def test_mail_without_headers_is_a_problem_and_the_rest_comes() -> None:
    found = read(FROM + b"no header here\n\n" + FROM + mail(b"two\n"))
    assert problems(found) == [Problem("standard input, mail 1", "no mail headers")]
    assert mails(found) == [mail(b"two\n")]


def test_mail_over_the_limit_is_a_problem_and_the_rest_comes() -> None:
    big = b"x" * 300_000 + b"\n"
    found = read(
        FROM + mail(b"1\n") + b"\n" + FROM + mail(big) + b"\n" + FROM + mail(b"3\n"), Limits(mail_bytes=200_000)
    )
    assert mails(found) == [mail(b"1\n"), mail(b"3\n")]
    assert [(p.where, p.lost) for p in problems(found)] == [("standard input, mail 2", "mail")]
    assert "200000" in problems(found)[0].why


def test_gzip_is_known_by_its_magic(tmp_path: Path) -> None:
    packed = gzip.compress(FROM + mail(b"one\n") + b"\n") + gzip.compress(FROM + mail(b"two\n")) + b"\0" * 512
    assert mails(read(packed)) == [mail(b"one\n"), mail(b"two\n")]
    (tmp_path / "list.mbox").write_bytes(packed)
    assert mails(list(read_source(str(tmp_path / "list.mbox")))) == [mail(b"one\n"), mail(b"two\n")]
    assert mails(read(gzip.compress(mail(b"alone\n")))) == [mail(b"alone\n")]


def test_gzip_cut_in_the_middle_keeps_the_whole_mails() -> None:
    bodies = [b"%d " % n + bytes(f"{n * 7919 % 10007} ", "ascii") * 300 + b"\n" for n in range(200)]
    packed = gzip.compress(b"\n".join(FROM + mail(body) for body in bodies))
    found = read(packed[: len(packed) // 2])
    got = mails(found)
    assert 0 < len(got) < 200
    assert got == [mail(body) for body in bodies[: len(got)]]
    (problem,) = problems(found)
    assert problem.where == f"standard input, mail {len(got) + 1}"
    assert "cut off" in problem.why
    assert problem.lost == "part"


def test_damaged_gzip_is_a_problem_not_a_crash() -> None:
    packed = bytearray(gzip.compress(FROM + mail(bytes(range(256)) * 500)))
    packed[len(packed) // 2] ^= 0xFF
    assert problems(read(bytes(packed)))


PIPERMAIL = b"From ada at example.org  Wed Jan  3 10:11:12 2024\nFrom: ada at example.org (Ada)\n"
FORMAT_PATCH = b"From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"


def test_pipermail_may_leave_out_the_empty_line() -> None:
    first, second = mails(read(PIPERMAIL + b"\none\n" + PIPERMAIL + b"\ntwo\n"))
    assert first.endswith(b"\none\n")
    assert second.endswith(b"\ntwo\n")


def test_patch_in_a_pipermail_body_begins_no_mail() -> None:
    data = PIPERMAIL + b"\ninline:\n\n" + FORMAT_PATCH + mail(b"diff\n") + b"\n" + PIPERMAIL + b"\ntwo\n"
    first, _ = mails(read(data))
    assert FORMAT_PATCH in first


def test_other_mboxes_may_follow_pipermails() -> None:
    assert len(mails(read(PIPERMAIL + b"\none\n\n" + FROM + mail(b"two\n")))) == 2


def test_patches_in_a_file_of_patches_are_mails() -> None:
    assert len(mails(read(2 * (FORMAT_PATCH + mail(b"diff\n") + b"\n")))) == 2


@given(st.lists(st.text(st.sampled_from("From >\nab:\r"), max_size=60), min_size=1, max_size=4))
def test_written_and_read_again(bodies: list[str]) -> None:
    """What mboxrd writes comes back byte for byte, whatever the bodies say."""
    wanted = [mail(body.encode() + b".\n") for body in bodies]
    data = b"".join(FROM + escape(one) + b"\n" for one in wanted)
    assert mails(read(data)) == wanted


@given(st.binary(max_size=400))
def test_any_bytes_behind_a_separator_never_raise(data: bytes) -> None:
    read(FROM + data)
