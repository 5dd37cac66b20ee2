"""One test a trap that real archives hold, and hostile mails that must cost neither a run nor much time."""

from __future__ import annotations

import base64
import importlib.util
import quopri
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message as MimeMessage
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.archive.source import read_source
from miner.model import Message, Person, Problem, RawMail
from miner.parse.html import html_to_text
from miner.parse.mime import MAX_BODY_CHARS, parse_mail

SOME_MAILS = 1_000


def read(headers: str | bytes, body: bytes = b"text\n") -> Message:
    data = headers.encode() if isinstance(headers, str) else headers
    message = parse_mail(RawMail(data.strip(b"\n") + b"\n\n" + body, "test, mail 1"))
    assert isinstance(message, Message)
    return message


# Ids


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("<a@example.org>", "a@example.org"),
        ("a@example.org", "a@example.org"),
        ("<no-at-sign>", "no-at-sign"),
        ("<a%b/c?d#e@example.org>", "a%b/c?d#e@example.org"),
        ("<a@example.org> (added by a robot)", "a@example.org"),
        ("<a@example.org>+17D2233", "a@example.org"),
        ("\n <a@example.org>", "a@example.org"),
        ("<a@example.\n org>", "a@example.org"),
        ("<a@example.org> <b@example.org>", "a@example.org"),
        ("<../../etc/passwd>", "../../etc/passwd"),
    ],
)
def test_message_id(value: str, wanted: str) -> None:
    assert read(f"Message-ID: {value}").message_id == wanted


@pytest.mark.parametrize("header", ["Subject: none", "Message-ID:", "Message-ID: <>"])
def test_missing_message_id_is_made_of_the_bytes(header: str) -> None:
    first, again, other = read(header), read(header), read(header, b"other\n")
    assert first.message_id == again.message_id != other.message_id
    assert first.message_id.startswith("sha256:")
    assert len(first.message_id) == len("sha256:") + 16


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ("In-Reply-To: <a@x> <b@x>", "a@x"),
        ("In-Reply-To: <a@x>\nIn-Reply-To: <b@x>", "a@x"),
        ("In-Reply-To: a@x", "a@x"),
        ("In-Reply-To: <odd>", "odd"),
        ('In-Reply-To: <a@x> (Ada\'s message of\n\t"Wed, 9 Aug")', "a@x"),
        ("In-Reply-To: Your message of yesterday", None),
        ("In-Reply-To: Your mail to ada@example.org of Tuesday", None),
        ("In-Reply-To: <self@x>", None),
        ("In-Reply-To: <self@x> <a@x>", "a@x"),
        ("Subject: Re: nothing else", None),
    ],
)
def test_in_reply_to(headers: str, wanted: str | None) -> None:
    assert read(f"Message-ID: <self@x>\n{headers}").in_reply_to == wanted


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ("References: <a@x> <b@x>", ("a@x", "b@x")),
        ("References: <a@x><b@x>,<c@x>", ("a@x", "b@x", "c@x")),
        ("References: <a@x>\n <b@\n x>", ("a@x", "b@x")),
        ("References: <> <a@x> <self@x> <a@x>", ("a@x",)),
        ("References: a@x b@x", ("a@x", "b@x")),
        ("References: <a@x>\nReferences: <b@x>", ("a@x", "b@x")),
        ("In-Reply-To: <a@x>", ("a@x",)),
        ("In-Reply-To: <b@x>\nReferences: <a@x>", ("a@x",)),
        ("References: yr932esdq", ()),
    ],
)
def test_references(headers: str, wanted: tuple[str, ...]) -> None:
    assert read(f"Message-ID: <self@x>\n{headers}").references == wanted


# Dates


RECEIVED = (
    "Received: from a by b; Thu, 31 Aug 2023 04:00:00 +0200\nReceived: from c by d; Thu, 31 Aug 2023 01:00:00 +0000\n"
)


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ("Date: Thu, 31 Aug 2023 02:08:00 +0200", datetime(2023, 8, 31, 0, 8, tzinfo=UTC)),
        ("Date: Thu, 31 Aug 2023 02:08:00", datetime(2023, 8, 31, 2, 8, tzinfo=UTC)),
        ("Date: Thu, 31 Aug 2023 02:08:00 -0000 (nowhere)", datetime(2023, 8, 31, 2, 8, tzinfo=UTC)),
        ("Date: Thu, 31 Aug 2023 02:08:00 -7575", None),
        ("Date: soon", None),
        ("Date: Thu, 1 Jan 1970 00:00:00 +0000", None),
        ("Date: Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("Subject: no date", None),
        (f"{RECEIVED}Date: Thu, 31 Aug 2023 05:00:00 +0000", datetime(2023, 8, 31, 5, tzinfo=UTC)),
        (f"{RECEIVED}Date: Sun, 31 Aug 2053 05:00:00 +0000", datetime(2023, 8, 31, 2, tzinfo=UTC)),
        (f"{RECEIVED}Date: soon", datetime(2023, 8, 31, 2, tzinfo=UTC)),
        (f"{RECEIVED}Date: Thu, 1 Jan 1970 00:00:00 +0000", datetime(2023, 8, 31, 2, tzinfo=UTC)),
        (f"Received: nonsense\n{RECEIVED}", datetime(2023, 8, 31, 2, tzinfo=UTC)),
    ],
)
def test_date(headers: str, wanted: datetime | None) -> None:
    assert read(headers).date == wanted


# People


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        (b"Ada B <ada@example.org>", "Ada B", "ada@example.org"),
        (b'"B, Ada" <ada@example.org>', "B, Ada", "ada@example.org"),
        (b"\"'Ada B'\" <ada@example.org>", "Ada B", "ada@example.org"),
        (b"ada@example.org (Ada B)", "Ada B", "ada@example.org"),
        (b"ada at example.org (Ada B)", "Ada B", "ada@example.org"),
        (b"ada@example.org", None, "ada@example.org"),
        (b'"ada@example.org" <ada@example.org>', None, "ada@example.org"),
        (b"=?utf-8?B?QWTDoQ==?= =?utf-8?q?_B?= <ada@example.org>", "Ad\u00e1 B", "ada@example.org"),
        (b"=?iso-8859-1?q?Ad=E1?= <ada@example.org>", "Ad\u00e1", "ada@example.org"),
        (b"=?utf-8?b?!!?= <ada@example.org>", "=?utf-8?b?!!?=", "ada@example.org"),
        (b"Ad\xc3\xa1 <ada@example.org>", "Ad\u00e1", "ada@example.org"),
        (b"Ad\xe1 <ada@example.org>", "Ad\u00e1", "ada@example.org"),
        (b"=?utf-8?q?Ada=0D=0ABcc:_x?= <ada@example.org>", "Ada Bcc: x", "ada@example.org"),
        (b"=?utf-8?q?Ada=1B[31m?= <ada@example.org>", "Ada [31m", "ada@example.org"),
        (b"Ada <ada@example.org", "Ada", "ada@example.org"),
        (b"((((Ada) <ada@example.org>", "Ada) <ada@example.org>", None),
        (b"", None, None),
    ],
)
def test_author(value: bytes, name: str | None, address: str | None) -> None:
    author = read(b"Subject: x\nFrom: " + value).author
    if value.startswith(b"(((("):
        assert author.address is None
    else:
        assert author == Person(name, address)


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ("Reply-To: Ada B <ada@example.org>", Person("Ada B", "ada@example.org")),
        ("Reply-To: list@example.org, ada@example.org", Person("Ada B", "ada@example.org")),
        ("X-Original-From: Ada B <ada@example.org>\nReply-To: list@example.org", Person("Ada B", "ada@example.org")),
        ("Author: Ada B <ada@example.org>", Person("Ada B", "ada@example.org")),
        ("List-Post: <mailto:posts@example.org>\nReply-To: posts@example.org", Person("Ada B", None)),
        ("Subject: x", Person("Ada B", None)),
    ],
)
def test_from_that_the_list_rewrote(headers: str, wanted: Person) -> None:
    assert read(f"From: Ada B via List <list@example.org>\n{headers}").author == wanted
    assert read(f"From: \"'Ada B' via List\" <list@example.org>\n{headers}").author == wanted


def test_recipients_and_list() -> None:
    message = read(
        'To: "B, Ada" <ada@example.org>,\n bo@example.org\nTo: undisclosed-recipients:;\n'
        "Cc: friends: c@example.org, d@example.org;\nList-Id: The list <list.example.org>\nReply-To: x@example.org"
    )
    assert [person.address for person in message.recipients] == [
        f"{who}@example.org" for who in ("ada", "bo", "c", "d")
    ]
    assert message.recipients[0].name == "B, Ada"
    assert message.list_id == "list.example.org"
    assert message.headers["reply-to"] == "x@example.org"
    assert "to" not in message.headers


@pytest.mark.parametrize(("header", "text"), [("Subject:", ""), ("From: ada@example.org", "")])
def test_subject_absent_or_empty(header: str, text: str) -> None:
    assert read(header).subject.text == text


def test_subject_with_raw_bytes_and_long_folded_words() -> None:
    assert read(b"Subject: [PATCH] caf\xe9\n\tau lait").subject.title == "caf\u00e9 au lait"
    assert read("Subject: =?utf-8?q?=5BPATCH_v2?=\n =?utf-8?q?_1/2=5D_x?=").subject.revision == 2


# Bodies


@pytest.mark.parametrize(
    ("headers", "body", "wanted"),
    [
        ("Subject: x", b"a\r\nb\rc\n", "a\nb\nc\n"),
        ("Content-Transfer-Encoding: base64", base64.b64encode("é\n".encode()), "é\n"),
        ("Content-Transfer-Encoding: quoted-printable", quopri.encodestring("é=\n".encode()), "é=\n"),
        ("Content-Type: text/plain; charset=iso-8859-1", b"\xe9\n", "é\n"),
        ("Content-Type: text/plain; charset=x-unknown", "é\n".encode(), "é\n"),
        ("Content-Type: text/plain; charset=punycode", b"abc\n", "abc\n"),
        ("Content-Type: text/plain; charset=undefined", b"abc\n", "abc\n"),
        ('Content-Type: text/plain; charset="a\0b"', b"abc\n", "abc\n"),
        ("Content-Type: text/plain; charset=us-ascii", b"\xe9\n", "\ufffd\n"),
        ("Subject: no charset, 8-bit", b"\xe9\n", "\ufffd\n"),
        ("Content-Type: text/plain; charset=utf-7", b"+2AA-\n", "\ufffd\n"),
        ("Subject: nul", b"a\0b\x0c\x85\xc2\x85c\n", "a\0b\x0c\ufffd\x85c\n"),
        ("Content-Type: text/plain; format=flowed", b"one \ntwo\n-- \nAda\n", "one \ntwo\n-- \nAda\n"),
        ("Content-Type: application/octet-stream", b"abc", ""),
        ("Content-Type: nonsense", b"abc\n", "abc\n"),
    ],
)
def test_body(headers: str, body: bytes, wanted: str) -> None:
    assert read(headers, body).body == wanted


def test_flow_of_the_body_part_is_kept() -> None:
    message = read('MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8; format="Flowed"; delsp=yes')
    assert message.headers["content-type"] == "text/plain; format=flowed; delsp=yes"


def parts(*inner: str, kind: str = "mixed") -> tuple[str, bytes]:
    body = "".join(f"--b\n{part}\n" for part in inner) + "--b--\n"
    return f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="b"', body.encode()


@pytest.mark.parametrize(
    "mail",
    [
        parts("Content-Type: text/plain\n\ntext", "Content-Type: application/pgp-signature\n\nsig", kind="signed"),
        parts("Content-Type: text/html\n\n<p>html", "Content-Type: text/plain\n\ntext", kind="alternative"),
        parts('Content-Type: text/plain; name="a.patch"\n\ndiff', "Content-Type: text/plain\n\ntext"),
        parts("Content-Type: message/rfc822\n\nSubject: inner\n\ntext", "Content-Type: text/plain\n\nlater"),
        parts("Content-Type: text/plain\n\ntext", "Content-Type: text/x-diff\n\ndiff"),
    ],
)
def test_body_is_the_first_plain_part_that_is_no_attachment(mail: tuple[str, bytes]) -> None:
    assert read(*mail).body == "text"


def test_html_only_body() -> None:
    html = (
        b"<html><head><title>no</title><style>p {}</style></head><body><p>Yes &amp; no,<br>Ada</p>"
        b'<script>alert(1)</script><div class="gmail_quote">Bo wrote:<blockquote>Ready?'
        b"<blockquote>First</blockquote></blockquote></div><ul><li>one<li>two</ul><!-- gone --></body></html>"
    )
    body = read("Content-Type: text/html", html).body
    assert body == "Yes & no,\nAda\n\nBo wrote:\n> Ready?\n> > First\n\none\ntwo\n"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("1 < 2 and <ada@example.org>", "1 < 2 and <ada@example.org>\n"),
        ("<pre>a\n  b</pre>c", "a\n  b\n\nc\n"),
        ("<tr><td>1<td>2</tr>", "1 2\n"),
        ("&nbsp;&nbsp;- item", "  - item\n"),
        ("<blockquote>" * 500 + "deep", "> " * 32 + "deep\n"),
        ("a.txt", "a.txt\n"),
        ("", ""),
    ],
)
def test_html_to_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_long_body_is_cut_at_a_line_and_says_so() -> None:
    message = read("Subject: x", b"x" * 99 + b"\n" + b"0123456789abcde\n" * (MAX_BODY_CHARS // 16))
    assert MAX_BODY_CHARS - 16 < len(message.body) <= MAX_BODY_CHARS
    assert message.body.endswith("e\n")
    assert message.headers["x-body-cut"] == f"{len(message.body)} of {MAX_BODY_CHARS + 100} characters"


def test_bare_body_is_taken_as_it_is() -> None:
    message = parse_mail(RawMail(b"a\r\nb", "x.jsonl, line 1", form="body", ident="17"))
    assert isinstance(message, Message)
    assert (message.message_id, message.body, message.author, message.date) == (
        "17",
        "a\r\nb",
        Person(None, None),
        None,
    )


# Hostile mail


def nested(depth: int) -> bytes:
    return b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth))


MEGABYTE = 1024 * 1024
HOSTILE = {
    "parameters": b"Content-Type: text/plain; " + b";" * MEGABYTE + b"\n\n",
    "quoted parameters": b'Content-Type: text/plain; a="' + b';"\\' * MEGABYTE + b"\n\n",
    "numbered parameters": b"Content-Type: text/plain" + b"".join(b"; n*%d=a" % n for n in range(50_000)) + b"\n\n",
    "comments": b"From: " + b"(" * MEGABYTE + b"\n\n",
    "recipients": b"To: " + b"a <a@x>," * (MEGABYTE // 8) + b"\n\n",
    "brackets": b"References: " + b"<" * MEGABYTE + b"\n\n",
    "encoded words": b"Subject: " + b"=?utf-8?q?" * (MEGABYTE // 10) + b"\n\n",
    "tags": b"Subject: " + b"[PATCH " * (MEGABYTE // 7) + b"\n\n",
    "quote marks": b"Subject: x\n\n" + b">" * MEGABYTE,
    "nesting": b"Subject: x\n" + nested(5_000),
    "allowed nesting": b"Subject: x\n" + nested(99) + b"x\n" * 20_000,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_mail_costs_little(data: bytes) -> None:
    began = time.process_time()
    found = parse_mail(RawMail(data, "hostile, mail 1"))
    assert isinstance(found, Message | Problem)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "piece", ["<!--", "<!", "<?", "<", "</", "<a ", '<a x="', "&#", "<b>", "<div>", "<script>", "<p>x"]
)
def test_hostile_html_costs_little(piece: str) -> None:
    began = time.process_time()
    html_to_text(piece * (MEGABYTE // 4 // len(piece)))
    assert time.process_time() - began < 8


def test_nesting_over_the_limit_is_a_problem() -> None:
    found = parse_mail(RawMail(HOSTILE["nesting"], "hostile, mail 1"))
    assert found == Problem("hostile, mail 1", "more than 100 nested MIME parts")


HEADER_NAMES = st.sampled_from(
    "From To Cc Date Received Subject Message-ID In-Reply-To References List-Id Reply-To Content-Type Content-Transfer-Encoding"
    " Content-Disposition MIME-Version X-Original-From".split()
)
HEADER_VALUES = st.text() | st.sampled_from(
    [
        "text/plain; charset=base64",
        "text/html; charset*=utf-8''x%00",
        'multipart/mixed; boundary="b"',
        "message/rfc822",
        "x-uuencode",
        "base64",
        "Ada via B <b@x>",
        "1 Jan 99999 99:99:99 +99999",
        "=?utf-8?b?=?= =?x?q?=zz?=",
        "attachment; filename*=x'y'%ff",
    ]
)


@given(
    st.lists(st.tuples(HEADER_NAMES, HEADER_VALUES), max_size=8), st.binary() | st.just(b"--b\n\nbegin 6 x\n!!\n--b--")
)
def test_never_raises_and_lines_end_in_lf(headers: list[tuple[str, str]], body: bytes) -> None:
    data = "".join(f"{name}: {value}\n" for name, value in headers).encode("utf-8", "replace") + b"\n" + body
    found = parse_mail(RawMail(data, "x"))
    assert isinstance(found, Problem) or "\r" not in found.body
    if isinstance(found, Message):
        found.body.encode("utf-8")
        assert found.in_reply_to != found.message_id
        assert found.message_id not in found.references
        assert found.date is None or found.date.utcoffset() == UTC.utcoffset(None)


@given(st.binary())
def test_any_bytes_never_raise(data: bytes) -> None:
    found = parse_mail(RawMail(data, "x"))
    assert isinstance(found, Problem) or "\r" not in found.body


# Real mail


def scorer_body(shared: Path) -> Callable[[MimeMessage], str]:
    spec = importlib.util.spec_from_file_location("score_claims", shared / "bench" / "score_claims.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    body: Callable[[MimeMessage], str] = module.body
    return body


def real_mails(shared: Path, count: int) -> Iterator[RawMail]:
    source = read_source(str(shared / "corpora" / "epochs" / "linux-erofs.bundle"))
    return islice((one for one in source if isinstance(one, RawMail)), count)


def test_body_of_real_mail_is_what_the_scorer_reads(shared: Path) -> None:
    body = scorer_body(shared)
    for raw in real_mails(shared, SOME_MAILS):
        message = parse_mail(raw)
        assert isinstance(message, Message)
        wanted = body(message_from_bytes(raw.data)).replace("\r\n", "\n").replace("\r", "\n")
        assert message.body == wanted or (not wanted and message.headers["content-type"] == "text/html")
