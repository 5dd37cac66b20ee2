"""What ordinary mail does to an ingester: each trap that was counted in real archives has its mail here, or its test.

A file in tests/data/traps is one small mailbox with what must come out of it beside it. Nothing may stop a run, lose a
mail in silence or misplace a reply.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from miner.archive.source import read_source
from miner.join.threads import Threads
from miner.links import find_message_ids
from miner.mined import Mined
from miner.model import Layer, Message, RawMail
from miner.parse.tables import read_tables
from miner.reading import read_messages

from .trees import write_epoch

TESTS = Path(__file__).resolve().parent
DATA = TESTS / "data" / "traps"
CASES = {path.stem: path for path in sorted(DATA.iterdir()) if path.suffix in (".mbox", ".eml")}
HERE = "tests/test_traps.py"
EPOCH = "tests/archive/test_epoch.py"

# Each row of the table of traps: the cases that hold it, or the tests.
ROWS = {
    "Message-ID without angle brackets / without @ / odd": ["message-id-forms"],
    "duplicate Message-ID (of these: different body)": ["duplicate-same", "duplicate-different"],
    "Message-ID that needs URL escaping (/ % ? #)": ["message-id-url"],
    "several ids in In-Reply-To, or several such headers": ["in-reply-to-several"],
    "In-Reply-To without any id (prose)": ["in-reply-to-prose"],
    "In-Reply-To differs from the last Reference": ["in-reply-to-differs"],
    "In-Reply-To but no References / the reverse": ["one-header-only"],
    "parent not on this list": ["parent-missing"],
    "parent archived after its child": ["parent-later"],
    '"Re:" with no threading header at all': ["re-without-headers"],
    "mail that references itself": ["self-reference"],
    "Date without zone (naive) / in the future by over an hour": ["date-naive-future"],
    "subject absent / empty": ["subject-missing"],
    'From rewritten by the list ("X via LIST")': ["from-via-list"],
    "HTML-only body / has an HTML part": ["html-only", "html-part"],
    "base64 / quoted-printable body": ["transfer-encodings"],
    "format=flowed": ["format-flowed"],
    "charset unknown to Python / declared wrongly / 8-bit with none": ["charsets"],
    "8-bit bytes in headers / encoded words that do not decode": ["header-bytes"],
    "header line over 998 characters / NUL bytes": ["header-long", "nul-bytes"],
    'body line "From " or ">From " (mbox escaping)': ["from-lines", "from-line-kept"],
    "multipart/signed / message/rfc822 part / attachments": ["multipart"],
    "over 100 KB / over 1 MB (largest 2.7 MB)": [f"{HERE}::test_large_mail_comes_whole"],
    "commit time zone impossible (use Date, Received)": [f"{HERE}::test_the_time_of_a_commit_says_nothing"],
    "archived more than 7 days after its Date": ["archived-late"],
    "epoch commit without a diff / blob missing from the mirror": [
        f"{EPOCH}::test_the_same_mail_twice_is_a_commit_without_a_change",
        f"{EPOCH}::test_a_lost_blob_is_a_problem_and_the_rest_comes",
        f"{HERE}::test_an_epoch_of_two_lists_with_a_commit_that_changes_nothing_is_mined",
    ],
    "non-breaking spaces in the text": ["non-breaking-spaces", "non-breaking-columns"],
}

# What is told below the table, in the words of this file.
FURTHER = {
    "a mail on two lists": [
        "duplicate-same",
        f"{HERE}::test_an_epoch_of_two_lists_with_a_commit_that_changes_nothing_is_mined",
    ],
    "a deletion in an epoch": [
        f"{EPOCH}::test_deleted_mail_does_not_come_out",
        f"{EPOCH}::test_mail_that_came_again_after_its_deletion_stays",
        f"{EPOCH}::test_deletion_reaches_back_into_an_older_epoch",
        f"{EPOCH}::test_deletion_of_what_is_not_there_is_told",
    ],
    "charsets, header words and dates that libraries stumble on": ["charsets", "header-bytes", "date-naive-future"],
    "forms of quotes": ["quotes-forms", "quotes-with-diffs", "quotes-not-english"],
    "what looks like a quote and is none": ["not-quotes", "format-flowed", "from-line-kept"],
}


@pytest.mark.parametrize("path", CASES.values(), ids=CASES.keys())
def test_trap(path: Path) -> None:
    wanted = yaml.safe_load(path.with_suffix(".yaml").read_text(encoding="utf-8"))
    mined = read_messages([str(path)])
    threads = Threads(mined.messages)
    assert [f"{problem.where}: {problem.why}" for problem in mined.problems] == wanted.get("problems", [])
    assert len(mined.messages) == len(wanted["mails"])
    for message, expected in zip(mined.messages, wanted["mails"], strict=True):
        shown = show(message, threads)
        for key, value in expected.items():
            found = shown[key]
            if key in ("body", "subject_end"):
                assert value in found, (message.message_id, key)
            else:
                assert found == value, (message.message_id, key)
    if "threads" in wanted:
        assert [list(members) for members in threads.members.values()] == wanted["threads"]


def show(message: Message, threads: Threads) -> Mapping[str, Any]:
    """Everything that a case may ask for; `body` and `subject_end` are pieces, `text` is the whole body."""
    return {
        "message_id": message.message_id,
        "in_reply_to": message.in_reply_to,
        "references": list(message.references),
        "parent": threads.parent(message.message_id),
        "thread": threads.roots[message.message_id],
        "from": str(message.author),
        "to": [str(person) for person in message.recipients],
        "recipients": len(message.recipients),
        "date": message.date.isoformat() if message.date else None,
        "subject": message.subject.text,
        "subject_end": message.subject.text[-40:],
        "title": message.subject.title,
        "text": message.body,
        "body": message.body,
        "content_type": message.headers.get("content-type"),
        "rows": [
            [value for value in row.columns.values() if isinstance(value, str)] for row in read_tables(message).rows
        ],
        "links": list(find_message_ids(message.body)),
        "layers": [show_layer(layer) for layer in message.layers],
    }


def show_layer(layer: Layer) -> str:
    return f"{layer.kind} {layer.depth} {layer.first_line}-{layer.end_line} {layer.author or ''}".rstrip()


def test_every_row_has_its_test(shared: Path) -> None:
    table = (shared / "corpora" / "TRAPS.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")]
    assert sorted(rows[2:]) == sorted(ROWS)


@pytest.mark.parametrize("row", [*ROWS, *FURTHER])
def test_every_row_names_what_there_is(row: str) -> None:
    for name in [*ROWS.get(row, []), *FURTHER.get(row, [])]:
        file, _, function = name.partition("::")
        if function:
            assert f"\ndef {function}(" in (TESTS.parent / file).read_text(encoding="utf-8")
        else:
            assert name in CASES


def test_every_case_stands_in_a_row() -> None:
    assert set(CASES) <= {name for names in (*ROWS.values(), *FURTHER.values()) for name in names}
    assert {path.stem for path in DATA.iterdir()} == set(CASES)


# What is too large to ship, and epochs, which git makes


def make_mail(ident: str, body: str, *, to: str = "", date: str = "Mon, 2 Mar 2026 10:00:00 +0100") -> bytes:
    headers = [f"Message-ID: <{ident}>", "From: Ada Byron <ada@example.org>", f"Date: {date}", "Subject: large"]
    return "\n".join([*headers, *([f"In-Reply-To: <{to}>"] if to else []), "", body]).encode()


@pytest.mark.parametrize("size", [120_000, 2_800_000])
@pytest.mark.parametrize("line", ["+ one line of a large patch\n", "> quoted\nanswered\n", "x" * 997 + "\n"])
def test_large_mail_comes_whole(tmp_path: Path, size: int, line: str) -> None:
    body = line * (size // len(line))
    source = tmp_path / "large.mbox"
    mails = [make_mail("large@example.org", body), make_mail("next@example.org", "Thanks.\n", to="large@example.org")]
    source.write_bytes(b"\n".join(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + mail for mail in mails))
    mined = read_messages([str(source)])
    large, following = mined.messages
    assert mined.problems == ()
    assert large.body == body
    assert sum(layer.end_line - layer.first_line for layer in large.layers) == body.count("\n")
    assert Threads(mined.messages).parent(following.message_id) == "large@example.org"


def test_the_time_of_a_commit_says_nothing(tmp_path: Path) -> None:
    received = b"Received: from a by b; Tue, 3 Mar 2026 12:00:00 +0000\n"
    mails = [
        make_mail("dated@example.org", "text\n"),
        received + make_mail("undated@example.org", "text\n", date="-"),
        make_mail("unknown@example.org", "text\n", date="-"),
    ]
    mined = read_messages([str(write_epoch(tmp_path / "0.git", [("m", mail) for mail in mails]))])
    assert {m.message_id: m.date.isoformat() if m.date else None for m in mined.messages} == {
        "dated@example.org": "2026-03-02T09:00:00+00:00",
        "undated@example.org": "2026-03-03T12:00:00+00:00",
        "unknown@example.org": None,
    }
    assert mined.problems == ()


def test_an_epoch_of_two_lists_with_a_commit_that_changes_nothing_is_mined(tmp_path: Path) -> None:
    first, second = make_mail("first@example.org", "text\n"), make_mail("second@example.org", "more\n")
    one = write_epoch(tmp_path / "one.git", [("m", first), ("m", first), ("m", second)])
    two = write_epoch(tmp_path / "two.git", [("m", first)])
    mined = read_messages([str(one), str(two)])
    assert [message.message_id for message in mined.messages] == ["first@example.org", "second@example.org"]
    assert mined.problems == ()


# Real mail, where it is at hand


def test_no_real_mail_is_lost(shared: Path) -> None:
    """Each mail of a whole epoch is a message, the copy of one, or a problem with its place."""
    source = str(shared / "corpora" / "epochs" / "linux-erofs.bundle")
    mined = read_messages([source])
    raws = [raw for raw in read_source(source) if isinstance(raw, RawMail)]
    stated = {hash_or_id(raw.data) for raw in raws}
    assert stated == {message.message_id for message in mined.messages}
    assert_sane(mined)


def hash_or_id(data: bytes) -> str:
    """The Message-ID as a plain search in the bytes finds it."""
    head = data.partition(b"\n\n")[0].decode("latin-1")
    value = re.search(r"(?im)^message-id:((?:.*\n?)(?:[ \t].*\n?)*)", head)
    ident = re.search(r"<([^<>]+)>|(\S+)", value[1]) if value else None
    return (ident[1] or ident[2]) if ident else f"sha256:{hashlib.sha256(data).hexdigest()[:16]}"


def assert_sane(mined: Mined) -> None:
    threads = Threads(mined.messages)
    assert sorted(ident for members in threads.members.values() for ident in members) == sorted(threads.messages)
    for message in mined.messages:
        named = {message.in_reply_to, *message.references} - {None, message.message_id}
        parent = threads.parent(message.message_id)
        if message.in_reply_to in threads.messages:
            assert parent == message.in_reply_to
        elif named & threads.messages.keys():
            assert parent in named
        covered = [at for layer in message.layers for at in range(layer.first_line, layer.end_line)]
        assert {at for at, line in enumerate(message.lines) if line.strip()} <= set(covered)
