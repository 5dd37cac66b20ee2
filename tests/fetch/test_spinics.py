"""MHonArc pages: found in an index, and each turned back into a mail."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.errors import SourceError
from miner.fetch.markup import MAX_PAGE_CHARS
from miner.fetch.spinics import ROT13, decode_page, encode_words, find_next_index, find_pages, read_page, unmask_address
from miner.model import Message, RawMail
from miner.parse.mime import parse_mail

WEB = Path(__file__).resolve().parents[1] / "data" / "web"
BASE = "https://www.example.org/lists/weft-dev/"
HEADERS = (
    "from reply-to to cc subject date message-id in-reply-to references archived-at mime-version content-type"
    " content-transfer-encoding"
).split()
PIECES = [
    "<!--X-Subject: a -->",
    "<!--X-From-R13: \x0b<pl> -->",
    "<!--X-Message-Id: a&#10;Bcc: x -->",
    "<!--X-Date: a\r\nBcc: x -->",
    "<!--X-Reference: <a>&#13;b@c -->",
    "<!--X-Body-of-Message-->",
    "<li><em>From</em>: ",
    "<b>Subject:</b>",
    "<li><em>To</em>: a,\nBcc: b@c",
    "<div><em>To</em>: a,",
    "<i></b>",
    "<li><em>References</em>: &lt;a@b&gt;",
    "<pre>",
    "</pre>",
    "<br>",
    "<blockquote>",
    "<p>",
    "&#xd800;",
    "\u2028Bcc: x",
    "\ud800",
    "&#" + "9" * 5000 + ";",
    '<a data-cfemail="00410a42">',
    "<!--",
    "<",
    "(",
    '"',
]
PAGE = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=25).map(
    lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass")
)
LISTED = b"<ul><li><em>From</em>: %s</li><li><em>Subject</em>: x</li></ul><pre>text</pre>"


def parse(data: bytes) -> Message:
    mail = parse_mail(RawMail(data, "page"))
    assert isinstance(mail, Message)
    return mail


@pytest.mark.parametrize(
    ("case", "page"),
    [("mhonarc-msg00012", "msg00012"), ("mhonarc-no-comments", "msg00020"), ("mhonarc-flowed", "msg00021")],
)
def test_a_page_becomes_a_mail(case: str, page: str) -> None:
    got = read_page((WEB / f"{case}.html").read_bytes(), f"{BASE}{page}.html")
    assert got.decode() == (WEB / f"{case}.eml").read_text(encoding="utf-8")


def test_the_mail_is_read_as_its_author_wrote_it() -> None:
    mail = parse(read_page((WEB / "mhonarc-msg00012.html").read_bytes(), f"{BASE}msg00012.html"))
    assert str(mail.author) == "Boåt, Ck <bo@loom.example.com>"
    assert mail.message_id == "20240103.GB7-bo@loom.example.com"
    assert (mail.subject.revision, mail.subject.number, mail.subject.total) == (2, 1, 3)
    assert mail.date is not None
    assert mail.date.isoformat() == "2024-01-03T17:00:00+00:00"


def test_an_index_names_its_pages_and_the_next_index() -> None:
    html = (WEB / "mhonarc-maillist.html").read_text(encoding="utf-8")
    names = [url.removeprefix(BASE) for url in find_pages(html, f"{BASE}maillist.html")]
    assert names == ["msg00012.html", "msg00013.html", "msg00101.html", "msg100000.html"]
    assert find_next_index(html, f"{BASE}maillist.html") == f"{BASE}mail2.html"
    assert find_next_index(html, BASE) == f"{BASE}mail2.html"
    assert find_next_index(html, f"{BASE}mail8.html") == f"{BASE}mail9.html"
    assert find_next_index(html, f"{BASE}mail9.html") is None
    assert find_next_index(html, f"{BASE}threads.html") is None
    assert find_next_index('<a href="thrd3.html">Next Page</a>', f"{BASE}thrd2.html") == f"{BASE}thrd3.html"
    assert find_pages("<p>nothing", BASE) == ()


def test_rot13_of_mhonarc_turns_the_at_sign_too() -> None:
    assert '"ovy" <ovyNbet.pb> [M]'.translate(ROT13) == '"bil" <bil@org.co> M[]'
    text = "Ada B @[] <ada@example.org>"
    assert text.translate(ROT13).translate(ROT13) == text


@pytest.mark.parametrize(
    ("shown", "author"),
    [
        (b"Ada B &lt;ada () example ! org&gt;", "Ada B <ada@example.org>"),
        (b"ada at example dot org (Ada B)", "Ada B <ada@example.org>"),
        (b"ada [at] loom [dot] example [dot] org", "ada@loom.example.org"),
        (b"ada () loom ! example ! org", "ada@loom.example.org"),
        (b"Ada B &lt;ada@xxxxxxxxxxx&gt;", "Ada B <ada@xxxxxxxxxxx>"),
        (b"Ada B", "Ada B"),
        (b'Ada "the B" &lt;x@example.org&gt;\r\n\tBcc: eve@example.com', 'Ada "the B <x@example.org>'),
        (b"Ada&#10;Bcc: eve@example.com &lt;ada@example.org&gt;", "Ada Bcc: eve@example.com <ada@example.org>"),
    ],
)
def test_authors_as_pages_show_them(shown: bytes, author: str) -> None:
    data = read_page(LISTED % shown, f"{BASE}msg00001.html")
    assert b"\nBcc" not in data
    assert str(parse(data).author).replace('"', "") == author.replace('"', "")


def test_no_domain_is_invented() -> None:
    for text in ("ada@xxxxxxxxxxx", "Meet at noon", "ada at work", "@", ""):
        assert unmask_address(text) == text


def test_a_page_without_an_id_gets_one_of_its_address() -> None:
    url = f"{BASE}msg00001.html"
    wanted = f"{hashlib.sha256(url.encode()).hexdigest()[:32]}@www.example.org.web.invalid"
    assert parse(read_page(LISTED % b"Ada", url)).message_id == wanted
    assert parse(read_page(LISTED % b"Ada", f"{url}#x")).message_id == wanted


@pytest.mark.parametrize("declared", ["idna", "hex", "x-nothing", "utf-7", "punycode", "utf-16"])
def test_odd_charsets_are_read_as_utf_8(declared: str) -> None:
    assert decode_page(f"<meta charset={declared}>café".encode()).endswith("café")


def test_a_long_name_is_folded_in_whole_characters() -> None:
    lines = encode_words("å" * 200).split("\n ")
    assert all(len(line) <= 75 for line in lines)
    assert parse(f"From: {encode_words('å' * 200)} <a@example.org>\n\n".encode()).author.name == "å" * 200


@pytest.mark.parametrize(
    ("html", "told"),
    [
        (b"", "an empty page"),
        (b"<p>Subject: none", "no message page"),
        (b"<title>404</title><p>gone</p>", 'the title "404"'),
        (b'<a href="msg00001.html">x</a>', "an index of MHonArc pages"),
        (b"<!--X-Subject: a --><!--X-Date: b --><p>no body", "no message page"),
    ],
)
def test_what_is_no_message_page(html: bytes, told: str) -> None:
    with pytest.raises(SourceError, match=re.escape(told)):
        read_page(html, f"{BASE}msg00001.html")


def test_a_page_over_the_limit_is_refused() -> None:
    with pytest.raises(SourceError, match="larger than"):
        read_page(b"x" * (MAX_PAGE_CHARS + 1), BASE)


@pytest.mark.parametrize("piece", PIECES)
def test_repetition_takes_linear_time(piece: str) -> None:
    page = (LISTED + b"%s") % (b"Ada", piece.encode("utf-8", "surrogatepass") * (100_000 // len(piece)))
    read_page(page, f"{BASE}msg00001.html")
    find_pages(page.decode("utf-8", "replace"), BASE)


@given(PAGE, st.one_of(st.just(f"{BASE}msg00001.html"), st.text(max_size=30)))
def test_any_page_gives_a_mail_without_injected_headers_or_a_source_error(page: bytes, url: str) -> None:
    try:
        data = read_page(page, url)
    except SourceError:
        return
    mail = email.message_from_bytes(data, policy=email.policy.compat32)
    names = [name.lower() for name in mail]
    assert len(set(names)) == len(names)
    assert set(names) <= set(HEADERS)
    assert {"message-id", "archived-at"} <= set(names)
    assert not mail.defects
    assert parse(data).body == data.partition(b"\n\n")[2].decode()


@given(PAGE, st.one_of(st.just(BASE), st.text(max_size=30)))
def test_any_text_as_an_index_never_raises_but_source_errors(page: bytes, url: str) -> None:
    try:
        html = decode_page(page)
        find_pages(html, url)
        find_next_index(html, url)
    except SourceError:
        return
