"""Every kind of source by its own content; what is none says what to do."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.archive.limits import Limits
from miner.archive.source import read_source
from miner.errors import SourceError
from miner.model import Problem, RawMail

MAIL = b"From: Ada <ada@example.org>\nSubject: hello\nMessage-ID: <m@example.org>\n\ntext\n"
SEPARATOR = b"From ada@example.org Thu Aug 31 02:08:00 2023\n"


def read(path: Path | str) -> list[RawMail | Problem]:
    return list(read_source(str(path)))


def test_one_bare_mail(tmp_path: Path) -> None:
    file = tmp_path / "-o evil.eml"
    file.write_bytes(MAIL)
    assert read(file) == [RawMail(MAIL, "-o evil.eml")]
    assert list(read_source("-", stdin=io.BytesIO(MAIL))) == [RawMail(MAIL, "standard input")]


def test_path_that_begins_like_an_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "--upload-pack=x.eml").write_bytes(MAIL)
    assert read("--upload-pack=x.eml") == [RawMail(MAIL, "--upload-pack=x.eml")]
    (tmp_path / "-c.bundle").write_bytes(b"# v2 git bundle\nnothing\n")
    with pytest.raises(SourceError, match="git cannot read it"):
        read("-c.bundle")


def test_bare_mail_cut_in_its_headers(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"From: Ada <ada@example.org>\nSubj")
    assert read(tmp_path / "a.eml") == [Problem("a.eml", "cut off in its headers")]
    (tmp_path / "b.eml").write_bytes(gzip.compress(MAIL * 50)[:-30])
    assert [one for one in read(tmp_path / "b.eml") if isinstance(one, RawMail)] == []


def test_maildir_reads_cur_and_new_and_not_tmp(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
        for number in (10, 9):
            (tmp_path / folder / f"{number}.M1.host:2,S").write_bytes(
                MAIL.replace(b"text", f"{folder} {number}".encode())
            )
    (tmp_path / "cur" / "11.empty").write_bytes(b"")
    (tmp_path / "new" / "12.junk").write_bytes(b"\x89PNG")
    found = read(tmp_path)
    assert [one.data.split()[-2:] for one in found if isinstance(one, RawMail)] == [
        [b"cur", b"9"],
        [b"cur", b"10"],
        [b"new", b"9"],
        [b"new", b"10"],
    ]
    assert [one.where for one in found if isinstance(one, Problem)] == ["11.empty", "12.junk"]


def test_folder_of_mail_files_and_mboxes(tmp_path: Path) -> None:
    (tmp_path / "2.eml").write_bytes(MAIL)
    (tmp_path / "10").write_bytes(MAIL)
    (tmp_path / "all.mbox").write_bytes(SEPARATOR + MAIL + b"\n" + SEPARATOR + MAIL)
    (tmp_path / "README").write_text("not a mail\n")
    (tmp_path / ".hidden").write_bytes(MAIL)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "deep.eml").write_bytes(MAIL)
    found = read(tmp_path)
    assert [one.where for one in found] == [
        "2.eml",
        "10",
        "README",
        "all.mbox, mail 1",
        "all.mbox, mail 2",
        "deep.eml",
    ]
    assert next(one for one in found if isinstance(one, Problem)).why == "not mail"


def test_bare_bodies(tmp_path: Path) -> None:
    rows = [
        '{"id": "a", "text": "x\\ny"}',
        "{broken",
        "",
        "[1]",
        '{"text": "x"}',
        '{"id": 7, "text": "\\ud800"}',
        "[" * 9999,
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows))
    found = read(tmp_path / "rows.jsonl")
    assert found[0] == RawMail(b"x\ny", "rows.jsonl, line 1", form="body", ident="a")
    assert [one.ident for one in found if isinstance(one, RawMail)] == ["a", "7"]
    assert [(one.where, one.lost) for one in found if isinstance(one, Problem)] == [
        (f"rows.jsonl, line {line}", "row") for line in (2, 4, 5, 7)
    ]


def test_row_over_the_limit(tmp_path: Path) -> None:
    rows = [json.dumps({"id": str(n), "text": "x" * size}) for n, size in enumerate((5, 5000, 5))]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows))
    found = list(read_source(str(tmp_path / "rows.jsonl"), limits=Limits(mail_bytes=1000)))
    assert [type(one) for one in found] == [RawMail, Problem, RawMail]


def test_flattened_text(tmp_path: Path) -> None:
    line = "On 8/30/2023 6:44 PM, Ada B wrote: > Hi All, > > > Is it ready? It is."
    (tmp_path / "crawl.txt").write_text(f"{line}\n\nno quotes in this one\n{line}\n")
    found = read(tmp_path / "crawl.txt")
    assert found[0] == RawMail(line.encode(), "crawl.txt, line 1", form="flattened")
    assert [one.where for one in found if isinstance(one, Problem)] == ["crawl.txt, line 3"]
    assert found[2].where == "crawl.txt, line 4"


@pytest.mark.parametrize(
    "text", ["A report.\nNo mail.\n", "> > quoted\n> only\nanswer\n", "\x89PNG\0\0", "a: b\nc: d\n"]
)
def test_not_mail(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.txt").write_text(text)
    with pytest.raises(SourceError, match=r"x\.txt: not mail"):
        read(tmp_path / "x.txt")


def test_missing_path_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file or folder; give an mbox"):
        read(tmp_path / "gone.mbox")


def test_empty_sources_say_so(tmp_path: Path) -> None:
    (tmp_path / "nothing.mbox").write_bytes(b"\n\n")
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "cur").mkdir()
    for name in ("nothing.mbox", "box"):
        assert read(tmp_path / name) == [Problem(name, "empty: no mail in it", lost="source")]
    assert list(read_source("-", stdin=io.BytesIO(b""))) == [
        Problem("standard input", "empty: no mail in it", lost="source")
    ]


@given(st.binary(max_size=300))
def test_any_bytes_end_in_mail_or_a_source_error(data: bytes) -> None:
    with contextlib.suppress(SourceError):
        list(read_source("-", stdin=io.BytesIO(data)))
