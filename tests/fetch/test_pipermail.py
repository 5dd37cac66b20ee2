"""pipermail: which volumes an index offers, and that the mail in one is read right."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from miner.archive.source import read_source
from miner.errors import SourceError
from miner.fetch.markup import MAX_PAGE_CHARS, find_folder
from miner.fetch.pipermail import find_months, parse_volume_name
from miner.model import Message, RawMail
from miner.parse.mime import parse_mail

WEB = Path(__file__).resolve().parents[1] / "data" / "web"
BASE = "https://lists.example.org/pipermail/weft-dev/"
PIECES = ["<", ">", "<a href=", '"', "'", "2024-May.txt", ".gz", "<!--", "-->", "&#", "9" * 5000, "\ud800", "<![", "<?"]
HTML = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=20).map("".join)


def test_volumes_of_an_index() -> None:
    html = (WEB / "pipermail-index.html").read_text(encoding="utf-8")
    wanted = yaml.safe_load((WEB / "pipermail-index.yaml").read_text(encoding="utf-8"))
    assert [[month.first_day, month.name, month.url] for month in find_months(html, BASE)] == wanted


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2024-January", (2024, 1, 1)),
        ("1998-december", (1998, 12, 1)),
        ("2024q3", (2024, 7, 1)),
        ("Week-of-Mon-20240108", (2024, 1, 8)),
        ("20240131", (2024, 1, 31)),
        ("2024", (2024, 1, 1)),
    ],
)
def test_names_of_every_period(name: str, day: tuple[int, int, int]) -> None:
    assert parse_volume_name(name) == datetime.date(*day)
    (month,) = find_months(f"<a href='{name}.txt.gz'>[ Gzip'd Text 1 KB ]</a>", BASE)
    assert (month.name, month.url, month.first_day) == (name, f"{BASE}{name}.txt.gz", datetime.date(*day))


@pytest.mark.parametrize("name", ["20240231", "2024q5", "0000", "2024-Smarch", "Week-of-Mon-20241308", "٢٠٢٤", "notes"])
def test_names_that_are_no_volume(name: str) -> None:
    assert parse_volume_name(name) is None


def test_an_archive_without_mail_has_no_volumes() -> None:
    assert find_months("<p>No messages have been posted to this list yet, so ...</p>", BASE) == ()


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("", "an empty page"),
        ("From ada at example.org  Wed Jan  3 10:11:12 2024\n", "plain text"),
        ('<a href="msg00001.html">x</a>', "an index of MHonArc pages"),
        ('<a href="_/text/help/">help</a>', "public-inbox"),
        ("<p>Powered by HyperKitty</p>", "HyperKitty"),
        ("<h1>weft Private Archives Authentication</h1>", "asks for a password"),
        ('<a href="/mailman/listinfo/weft">info</a>', "information page"),
        ("<title>Shop\n\x1b[2J</title><p>x</p>", 'with the title "Shop ?[2J"'),
        ('<a href="2024-May/thread.html">[ Thread ]</a>', "offers no text files"),
    ],
)
def test_other_pages_are_named(html: str, told: str) -> None:
    with pytest.raises(SourceError) as caught:
        find_months(html, BASE)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_page_over_the_limit_is_refused() -> None:
    with pytest.raises(SourceError, match="larger than"):
        find_months("x" * (MAX_PAGE_CHARS + 1), BASE)


@pytest.mark.parametrize("url", ["", "ftp://example.org/", "https://", "https://[x/", "file:///etc/passwd"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(SourceError, match="no web address"):
        find_folder(url)


@pytest.mark.parametrize("piece", ["<!--", "<a ", '<a href="', "<i>", "</a>", "<![", "&#", "<pre>", '<a href="x">'])
def test_markup_that_never_ends_takes_linear_time(piece: str) -> None:
    with pytest.raises(SourceError):
        find_months(piece * 20_000, BASE)


@given(HTML, st.one_of(st.just(BASE), st.text(max_size=30)))
def test_any_text_gives_volumes_below_the_folder_or_a_source_error(html: str, base_url: str) -> None:
    try:
        months = find_months(html, base_url)
    except SourceError:
        return
    assert all(month.url.startswith(find_folder(base_url)) for month in months)
    assert len({month.url for month in months}) == len(months)


def test_the_mails_of_a_volume() -> None:
    found = list(read_source(str(WEB / "pipermail-2024-January.txt")))
    raw = [one for one in found if isinstance(one, RawMail)]
    assert raw == found
    mails = [mail for one in raw if isinstance(mail := parse_mail(one), Message)]
    got = [
        {
            "message_id": mail.message_id,
            "author": str(mail.author),
            "subject": mail.subject.text,
            "in_reply_to": mail.in_reply_to,
            "references": list(mail.references),
            "first_line": mail.lines[0],
            "last_line": mail.body.rstrip("\n").rpartition("\n")[2],
        }
        for mail in mails
    ]
    assert got == yaml.safe_load((WEB / "pipermail-2024-January.yaml").read_text(encoding="utf-8"))
