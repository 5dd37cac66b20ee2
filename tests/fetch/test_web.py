"""Web archives from a small server of our own: what is new, what has changed, and what robots shall leave alone."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from miner import sync
from miner.config import Config, FetchSettings
from miner.sources import Source


class WebServer:
    """Serves `pages`, path to bytes; answers If-None-Match, and notes what was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.broken: dict[str, tuple[int, bytes]] = {}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append(self.path)
                status, body = outer.broken.get(self.path, (200, outer.pages.get(self.path)))
                tag = f'"{hashlib.sha256(body or b"").hexdigest()[:8]}"'
                if body is None:
                    status, body = 404, b"nothing here"
                elif self.headers.get("If-None-Match") == tag:
                    status, body = 304, b""
                self.send_response(status)
                self.send_header("ETag", tag)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def fetched(self) -> list[str]:
        """What was asked since the last call, robots.txt and index pages aside."""
        found = [path for path in self.asked if not path.endswith(("/", "robots.txt"))]
        self.asked.clear()
        return found


@pytest.fixture
def web() -> Iterator[WebServer]:
    server = WebServer()
    yield server
    server.stop()


def volume(month: str, *numbers: int) -> bytes:
    """A month of pipermail: people are masked, and a line of text may begin with From."""
    return b"".join(
        f"From ada at example.org  Wed Jan  7 10:{number:02}:00 2026\nFrom: ada at example.org (Ada Byron)\n"
        f"Date: Wed, 07 Jan 2026 10:{number:02}:00 +0000\nSubject: [weft] {month} {number}\n"
        f"Message-ID: <{month}-{number}@example.org>\n\nWords of {month} {number}.\n\n".encode()
        for number in numbers
    )


def index(*names: str) -> bytes:
    rows = "".join(
        f'<tr><td>{name.partition(".")[0]}</td><td><a href="{name}">[ Gzip\'d Text 3 KB ]</a></td></tr>'
        for name in names
    )
    return f"<html><title>The weft Archives</title><h1>The weft Archives</h1><table>{rows}</table></html>".encode()


def pipermail(web: WebServer, **months: bytes) -> str:
    """An archive with these months; packed, but for those whose name ends in `_plain`."""
    names = []
    for month, text in months.items():
        name = month.removesuffix("_plain").replace("_", "-") + (".txt" if month.endswith("_plain") else ".txt.gz")
        names.append(name)
        web.pages[f"/pipermail/weft/{name}"] = gzip.compress(text, mtime=0) if name.endswith(".gz") else text
    web.pages["/pipermail/weft/"] = index(*reversed(names))
    return f"{web.url}/pipermail/weft/"


MONTHS = {
    "2025_November": volume("november", 1, 2),
    "2025_December_plain": volume("december", 1),
    "2026_January": volume("january", 1, 2, 3),
}


def test_a_pipermail_archive_comes_whole_and_as_it_is(web: WebServer, fetcher: Any) -> None:
    outcome = fetcher.one(pipermail(web, **MONTHS))
    assert (outcome.error, outcome.new, outcome.state.mails) == ("", 3, 6)
    folder = fetcher.mail / outcome.source.folder / "mail"
    assert sorted(path.name for path in folder.iterdir()) == [
        "2025-December.txt",
        "2025-November.txt.gz",
        "2026-January.txt.gz",
    ]
    assert (folder / "2026-January.txt.gz").read_bytes() == web.pages["/pipermail/weft/2026-January.txt.gz"]
    assert "january-3@example.org" in fetcher.mails(outcome)


def test_only_the_newest_volumes_are_asked_for_again(web: WebServer, fetcher: Any) -> None:
    target = pipermail(web, **MONTHS)
    fetcher.one(target)
    web.fetched()
    again = fetcher.one(target)
    assert (again.error, again.new) == ("", 0)
    assert web.fetched() == ["/pipermail/weft/2025-December.txt", "/pipermail/weft/2026-January.txt.gz"]
    pipermail(web, **{**MONTHS, "2026_January": volume("january", 1, 2, 3, 4)})
    later = fetcher.one(target)
    assert (later.error, later.new, later.state.mails) == ("", 1, 7)


def test_since_leaves_old_volumes_out(web: WebServer, fetcher: Any) -> None:
    outcome = fetcher.one(pipermail(web, **MONTHS), since="2025-12-15")
    assert (outcome.error, outcome.state.mails) == ("", 4)
    assert web.fetched() == ["/pipermail/weft/2025-December.txt", "/pipermail/weft/2026-January.txt.gz"]


@pytest.mark.parametrize("body", [b"\x1f\x8bcut", b"<html>One moment, please</html>"])
def test_a_volume_that_is_none_is_not_kept(web: WebServer, fetcher: Any, body: bytes) -> None:
    target = pipermail(web, **MONTHS)
    web.broken["/pipermail/weft/2025-December.txt"] = (200, body)
    outcome = fetcher.one(target)
    assert "nothing was stored" in outcome.error
    assert outcome.state.last_error
    assert set(fetcher.mails(outcome)) == {"november-1@example.org", "november-2@example.org"}
    web.broken.clear()
    assert fetcher.one(target).state.mails == 6


def test_robots_txt_is_kept(web: WebServer, fetcher: Any) -> None:
    target = pipermail(web, **MONTHS)
    web.pages["/robots.txt"] = b"User-agent: *\nDisallow: /pipermail/\n"
    assert "wants robots to leave /pipermail/weft/ alone" in fetcher.one(target).error
    web.pages["/robots.txt"] = b"User-agent: *\nCrawl-delay: 7\n"
    assert fetcher.one(target).error == ""
    assert sum(fetcher.slept) >= 3 * 7


def test_a_host_that_is_busy_is_asked_again(web: WebServer, fetcher: Any) -> None:
    target = pipermail(web, **MONTHS)
    web.broken["/pipermail/weft/2025-December.txt"] = (503, b"later")
    outcome = fetcher.one(target)
    assert "busy or out of order" in outcome.error
    assert web.asked.count("/pipermail/weft/2025-December.txt") == 5


def page(number: int, subject: str = "a warp", day: int = 7) -> bytes:
    """A page as MHonArc makes it."""
    return (
        f"<!-- MHonArc v2.6.19 -->\n<!--X-Subject: {subject} {number} -->\n<!--X-From-R13: Ovegn Oleba -->\n"
        f"<!--X-Date: Wed, {day:02} Jan 2026 10:{number:02}:00 +0000 -->\n"
        f"<!--X-Message-Id: page{number}@example.org -->\n<!--X-Head-End-->\n"
        f"<html><title>{subject} {number}</title><body><h1>{subject} {number}</h1><!--X-Head-of-Message-->\n"
        f"<ul><li><em>Subject</em>: {subject} {number}</li><li><em>From</em>: Ada Byron &lt;ada@xxxxxxxxxxx&gt;</li>"
        f"<li><em>Date</em>: Wed, {day:02} Jan 2026 10:{number:02}:00 +0000</li></ul>\n<!--X-Head-of-Message-End-->\n"
        f"<!--X-Head-Body-Sep-Begin--><hr><!--X-Head-Body-Sep-End-->\n<!--X-Body-of-Message-->\n"
        f"<pre>Words of page {number} &amp; more.\n</pre>\n<!--X-Body-of-Message-End--></body></html>\n"
    ).encode()


def mhonarc(web: WebServer, pages: dict[int, bytes]) -> str:
    """Index pages of three messages each, the newest first."""
    numbers = sorted(pages, reverse=True)
    for number, data in pages.items():
        web.pages[f"/lists/weft/msg{number:05}.html"] = data
    groups = [numbers[at : at + 3] for at in range(0, len(numbers), 3)]
    for at, group in enumerate(groups, 1):
        name = "maillist.html" if at == 1 else f"mail{at}.html"
        links = "".join(f'<li><a name="{n:05}" href="msg{n:05}.html">x</a></li>' for n in group)
        following = f'<a href="mail{at + 1}.html">Next Page</a>' if at < len(groups) else ""
        web.pages[f"/lists/weft/{name}"] = f"<html><ul>{links}</ul>{following}</html>".encode()
    web.pages["/lists/weft/"] = web.pages["/lists/weft/maillist.html"]
    return f"{web.url}/lists/weft/"


def test_pages_become_mails(web: WebServer, fetcher: Any) -> None:
    outcome = fetcher.one(mhonarc(web, {number: page(number) for number in range(1, 8)}))
    assert (outcome.error, outcome.new, outcome.state.mails) == ("", 7, 7)
    mail = fetcher.mails(outcome)["page3@example.org"]
    assert b"Words of page 3 & more." in mail
    assert b"Archived-At: <" in mail
    kept = list((fetcher.mail / outcome.source.folder / ".pages").iterdir())
    assert sorted(path.read_bytes() for path in kept) == sorted(page(number) for number in range(1, 8))


def test_only_new_pages_are_fetched(web: WebServer, fetcher: Any) -> None:
    target = mhonarc(web, {number: page(number) for number in range(1, 8)})
    fetcher.one(target)
    web.fetched()
    mhonarc(web, {number: page(number) for number in range(1, 10)})
    outcome = fetcher.one(target)
    assert (outcome.error, outcome.new, outcome.state.mails) == ("", 2, 9)
    messages = [path for path in web.fetched() if "msg" in path]
    assert sorted(messages) == ["/lists/weft/msg00008.html", "/lists/weft/msg00009.html"]


def test_a_page_that_is_none_is_told(web: WebServer, fetcher: Any) -> None:
    outcome = fetcher.one(mhonarc(web, {1: page(1), 2: b"<html><title>Moved</title><p>gone</html>"}))
    assert (outcome.error, outcome.new) == ("", 1)
    assert [problem.where.rpartition("/")[2] for problem in outcome.problems] == ["msg00002.html"]


def test_pages_older_than_since_end_it(web: WebServer, fetcher: Any) -> None:
    pages = {number: page(number % 60, day=1) for number in range(1, 60)} | {60: page(59, day=9), 61: page(58, day=9)}
    outcome = fetcher.one(mhonarc(web, pages), since="2026-01-05")
    assert (outcome.error, outcome.new) == ("", 2)
    assert len([path for path in web.fetched() if "msg" in path]) < 40


def test_an_address_that_is_no_archive(web: WebServer, fetcher: Any) -> None:
    web.pages["/lists/weft/"] = b"<html><title>Welcome</title><p>Nothing to see</html>"
    outcome = fetcher.one(f"{web.url}/lists/weft/")
    assert "neither a pipermail archive" in outcome.error
    assert "Welcome" in outcome.error


def test_links_that_leave_the_archive_are_not_followed(web: WebServer, fetcher: Any) -> None:
    web.pages["/lists/weft/"] = (
        b'<a href="msg00001.html">a</a><a href="http://elsewhere.example.org/lists/weft/msg00002.html">b</a>'
        b'<a href="../other/msg00003.html">c</a><a href="/etc/msg00004.html">d</a>'
    )
    web.pages["/lists/weft/msg00001.html"] = page(1)
    outcome = fetcher.one(f"{web.url}/lists/weft/")
    assert (outcome.error, outcome.new) == ("", 1)
    assert [path for path in web.fetched() if "msg" in path] == ["/lists/weft/msg00001.html"]


def test_a_killed_run_is_picked_up(web: WebServer, fetcher: Any) -> None:
    target = mhonarc(web, {number: page(number) for number in range(1, 8)})
    web.broken["/lists/weft/msg00004.html"] = (403, b"no")
    outcome = fetcher.one(target)
    assert outcome.error
    assert set(fetcher.mails(outcome)) == {"page5@example.org", "page6@example.org", "page7@example.org"}
    web.broken.clear()
    web.fetched()
    outcome = fetcher.one(target)
    assert (outcome.error, outcome.new, outcome.state.mails) == ("", 4, 7)
    assert not {"/lists/weft/msg00006.html"} & set(web.fetched())


def test_no_litter(web: WebServer, fetcher: Any) -> None:
    fetcher.one(pipermail(web, **MONTHS))
    assert fetcher.litter() == []


def test_whether_an_archive_is_there_is_asked_once(web: WebServer) -> None:
    url = f"{web.url}/pipermail/weft"
    config = Config(fetch=FetchSettings(pace=0), sources=(Source("web", url),))
    web.pages["/pipermail/weft/"] = b"<html><body>Archives</body></html>"
    ((source, why),) = sync.check_sources(config)
    assert (source.url, why) == (url, "")
    web.pages["/robots.txt"] = b"User-agent: *\nDisallow: /pipermail/\n"
    assert "robots.txt" in next(sync.check_sources(config))[1]
    web.pages.clear()
    assert next(sync.check_sources(config))[1] == f"not found on {web.url.partition('//')[2]}"
    web.broken["/robots.txt"] = (503, b"")
    web.asked.clear()
    assert "is busy or out of order (status 503); 1 try" in next(sync.check_sources(config))[1]
    assert web.asked == ["/robots.txt"]
