"""What people paste, and what it means; file names for any of it; dates."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.errors import ConfigError
from miner.sources import Source, parse_since, parse_target, safe_name

LORE = "https://lore.kernel.org"
ALL = f"{LORE}/all"
ID = "20260102.3+4@host.example.org"
NOW = datetime(2026, 5, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "inbox"),
    [
        (f"<{ID}>", ALL),
        (ID, ALL),
        (f"  {ID}\n", ALL),
        (f"id:{ID}", ALL),
        (f"mid:{ID}", ALL),
        (f"m:{ID}", ALL),
        (f"Message-ID: <{ID}>", ALL),
        (f"Link: {LORE}/r/{ID}", ALL),
        (f"{LORE}/r/{ID}", ALL),
        (f"{LORE}/r/{ID}/", ALL),
        (f"{LORE}/all/{ID}/", ALL),
        (f"{LORE}/linux-mm/{ID}", f"{LORE}/linux-mm"),
        (f"{LORE}/linux-mm/{ID}/", f"{LORE}/linux-mm"),
        (f"{LORE}/linux-mm/{ID}/T/", f"{LORE}/linux-mm"),
        (f"{LORE}/linux-mm/{ID}/T/#u", f"{LORE}/linux-mm"),
        (f"{LORE}/linux-mm/{ID}/t/#m0123456789abcdef", f"{LORE}/linux-mm"),
        (f"{LORE}/linux-mm/{ID}/t/#r", f"{LORE}/linux-mm"),
        (f"{LORE}/linux-mm/{ID}/#R", f"{LORE}/linux-mm"),
        (f"{LORE}/linux-mm/{ID}/raw", f"{LORE}/linux-mm"),
        (f"{LORE}/linux-mm/{ID}/t.mbox.gz", f"{LORE}/linux-mm"),
        (f"{LORE}/linux-mm/{ID}/t.atom", f"{LORE}/linux-mm"),
        (f"{LORE}/linux-mm/{ID}/2-notes.txt", f"{LORE}/linux-mm"),
        (f"<{LORE}/linux-mm/{ID}/>", f"{LORE}/linux-mm"),
        (f"{LORE}/linux-mm/{ID}/.", f"{LORE}/linux-mm"),
        (f"{LORE}/linux-mm/20260102.3%2B4%40host.example.org/", f"{LORE}/linux-mm"),
        (f"lore.kernel.org/linux-mm/{ID}/", f"{LORE}/linux-mm"),
        (f"HTTPS://LORE.kernel.org/linux-mm/{ID}/", f"{LORE}/linux-mm"),
        (f"http://inbox.example.org:8080/weft/{ID}/", "http://inbox.example.org:8080/weft"),
        (f"http://[::1]:8080/weft/{ID}/", "http://[::1]:8080/weft"),
        (f"https://inbox.example.org/{ID}/", "https://inbox.example.org/all"),
        (f"https://lkml.kernel.org/r/{ID}", ALL),
        (f"https://patch.msgid.link/{ID}", ALL),
        (f"https://msgid.link/{ID}", ALL),
        (f"https://patchwork.kernel.org/project/linux-mm/patch/{ID}/", ALL),
        (f"https://patchwork.example.org/project/weft/cover/{ID}/mbox/", ALL),
        (f"https://patches.example.org/project/weft/list/?series=1&x={ID}", None),
        (f"https://patch.example.org/s/{ID}/", ALL),  # by the mask below
    ],
)
def test_forms_of_a_thread(text: str, inbox: str | None) -> None:
    masks = ("https://patch.example.org/s/%s",)
    if inbox is None:
        with pytest.raises(ConfigError, match="carries no message-id"):
            parse_target(text, masks=masks)
    else:
        assert parse_target(text, masks=masks) == Source("thread", inbox, ID)


@pytest.mark.parametrize(
    ("text", "ident"),
    [
        (f"{LORE}/git/a%2Fb%3Fc%23d%25e@host/T/", "a/b?c#d%e@host"),
        (f"{LORE}/git/no-at-sign/t/", "no-at-sign"),
        (f"{LORE}/r/no-at-sign", "no-at-sign"),
        ("<no-at-sign>", "no-at-sign"),
        ("id:f:odd@host", "f:odd@host"),
    ],
)
def test_odd_message_ids(text: str, ident: str) -> None:
    assert parse_target(text).want == ident


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("linux-mm", Source("list", f"{LORE}/linux-mm")),
        (f"{LORE}/linux-mm", Source("list", f"{LORE}/linux-mm")),
        (f"{LORE}/linux-mm/", Source("list", f"{LORE}/linux-mm")),
        (f"{LORE}/linux-mm/12", Source("list", f"{LORE}/linux-mm")),
        (f"{LORE}/linux-mm/git/3.git", Source("list", f"{LORE}/linux-mm")),
        ("s:folio", Source("search", ALL, "s:folio")),
        ("-s:folio f:ada", Source("search", ALL, "-s:folio f:ada")),
        ("f:ada@example.org", Source("search", ALL, "f:ada@example.org")),
        ('"large folio"', Source("search", ALL, '"large folio"')),
        ("large folio", Source("search", ALL, "large folio")),
        ('s:"large folio" AND d:3.months.ago..', Source("search", ALL, 's:"large folio" AND d:3.months.ago..')),
        (f"{LORE}/linux-mm/?q=s%3Afolio+f%3Aada&x=m", Source("search", f"{LORE}/linux-mm", "s:folio f:ada")),
        (f"{LORE}/all/?q=dfn%3Amm%2F", Source("search", ALL, "dfn:mm/")),
        ("https://lists.example.org/pipermail/weft/", Source("web", "https://lists.example.org/pipermail/weft")),
        (
            "https://lists.example.org/pipermail/weft/2026-May/thread.html",
            Source("web", "https://lists.example.org/pipermail/weft"),
        ),
        ("https://www.example.org/lists/weft/", Source("web", "https://www.example.org/lists/weft")),
        ("https://www.example.org/lists/weft/maillist.html", Source("web", "https://www.example.org/lists/weft")),
    ],
)
def test_lists_searches_and_web_archives(text: str, source: Source) -> None:
    assert parse_target(text) == source


def test_a_server_and_an_inbox_of_ones_own() -> None:
    words = {"server": "https://inbox.example.org", "inbox": "weft"}
    assert parse_target(ID, **words).url == "https://inbox.example.org/weft"
    assert parse_target("s:x", **words).url == "https://inbox.example.org/weft"
    assert parse_target("other", **words) == Source("list", "https://inbox.example.org/other")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ftp://example.org/x",
        "file:///etc/passwd",
        "https://ada:secret@lore.kernel.org/linux-mm/",
        f"{LORE}/",
        f"{LORE}/../etc/passwd",
        f"{LORE}/linux-mm/%2e%2e/x",
        "../../etc/passwd",
        "/etc/passwd",
        "https://[::1/x",
        "https:///x",
        "<>",
        "<two words@example.org>",
        "x" * 3000,
        "a\x00b@example.org",
        "a\r\nHost: evil@example.org",
        "https://lkml.kernel.org/",
        f"{LORE}/linux-mm/some/deep/page",
    ],
)
def test_what_cannot_be_meant(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_target(text)


@given(st.text())
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        source = parse_target(text)
    except ConfigError:
        return
    assert source.url.startswith("http")
    _check_folder(source.folder)


@given(st.sampled_from(["thread", "search", "list", "web"]), st.text(min_size=1))
def test_any_source_has_a_safe_folder(kind: str, text: str) -> None:
    url = f"{LORE}/{text}" if kind in ("list", "web") else ALL
    _check_folder(Source(kind, url, text).folder)  # type: ignore[arg-type]


def _check_folder(folder: str) -> None:
    parts = PurePosixPath(folder).parts
    assert len(parts) == 3
    assert not PurePosixPath(folder).is_absolute()
    for part in parts:
        assert part.isascii()
        assert part.isprintable()
        assert part[0] not in ".-"
        assert len(part) <= 80


def test_sources_that_differ_have_folders_of_their_own() -> None:
    sources = [
        Source("thread", ALL, "a@x"),
        Source("thread", ALL, "A@x"),
        Source("thread", f"{LORE}/git", "a@x"),
        Source("thread", ALL, "a/@x"),
        Source("thread", ALL, "a%@x"),
        Source("thread", "https://inbox.example.org/all", "a@x"),
        Source("search", ALL, "a@x"),
        Source("search", ALL, "a@x", threads=False),
        Source("list", f"{LORE}/a"),
        Source("list", f"{LORE}/a/b"),
        Source("list", f"{LORE}/a_b"),
    ]
    folders = [source.folder.lower() for source in sources]  # some file systems know no case
    assert len(set(folders)) == len(folders)


def test_since_changes_nothing_about_the_place() -> None:
    assert Source("list", f"{LORE}/a", since="2026-01-01").folder == Source("list", f"{LORE}/a").folder


@given(st.text())
def test_safe_names(text: str) -> None:
    name = safe_name(text)
    assert len(name) < 80
    assert "/" not in name
    assert name[0] not in ".-"
    assert name == safe_name(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-05-01", "2026-05-01"),
        ("2026-05-01T10:00:00+02:00", "2026-05-01"),
        ("90d", "2026-02-14"),
        ("90 days ago", "2026-02-14"),
        ("2.weeks.ago", "2026-05-01"),
        ("2 weeks", "2026-05-01"),
        ("1 month ago", "2026-04-14"),
        ("6.months.ago", "2025-11-10"),
        ("1 year ago", "2025-05-14"),
    ],
)
def test_since(text: str, day: str) -> None:
    assert parse_since(text, NOW).date().isoformat() == day


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13-01", "ago", "3 fortnights", "2026-05-16", "99999 years ago", "9999 years ago"]
)
def test_what_is_no_since(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_since(text, NOW)
