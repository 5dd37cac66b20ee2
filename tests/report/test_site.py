"""The site in a real browser: search, filters, links, nothing from mail runs; and that its files are what they should be."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from miner.cli import app
from miner.config import Config
from miner.errors import MinerError
from miner.mined import Mined
from miner.model import Blockage, Status
from miner.notes import Note
from miner.pipeline import mine
from miner.report.pictures import draw_waits
from miner.report.site import Site, make_site, page_name
from miner.sites import write_site

from ..join.test_blocked import status as blocked
from . import made
from .test_hostile import HOSTILE

MBOX = str(Path(__file__).parents[2] / "corpora" / "sample" / "weft-dev.mbox")
ATOM = "{http://www.w3.org/2005/Atom}"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--window-size=1000,900",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(mined: Mined, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    newest = max(message.date for message in mined.messages if message.date)
    since = min(message.date for message in mined.messages if message.date)
    write_site(folder, mined, Config(), since, newest)
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("Chromium and its driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    found = webdriver.Chrome(options=options, service=Service(driver))
    yield found
    found.quit()


def shown(browser: Any) -> list[str]:
    works = browser.find_elements("css selector", "#works > li")
    return [work.find_element("css selector", "a").text for work in works if work.is_displayed()]


def complaints(browser: Any) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser")]


def test_search_and_filters(site: Path, browser: Any) -> None:
    browser.get((site / "index.html").as_uri())
    every = shown(browser)
    assert len(every) == 20
    assert browser.find_element("id", "count").text == "20 shown, 2 stale left out"
    search = browser.find_element("id", "search")
    search.send_keys("sami DIGEST")
    assert shown(browser) == ["digest negotiation"]
    assert browser.find_element("id", "count").text == "1 shown, 1 stale left out"
    browser.find_element("css selector", "button[data-stale]").click()
    assert shown(browser) == ["digest negotiation", "wire: negotiate the digest in the hello message"]
    assert browser.find_element("id", "count").text == "2 shown"
    search.send_keys("\ue003" * 11)
    assert len(shown(browser)) == 22
    browser.refresh()
    assert len(shown(browser)) == 22
    browser.find_element("css selector", "button[data-stale]").click()
    search = browser.find_element("id", "search")
    search.clear()
    search.send_keys("xyzzy")
    assert shown(browser) == []
    search.send_keys("\ue003" * 5)
    assert shown(browser) == every
    browser.find_element("css selector", "button[data-place=blocked]").click()
    blocked_works = shown(browser)
    assert blocked_works == ["quota per tenant", "arm64 runner"]
    assert "place=blocked" in browser.current_url
    browser.refresh()
    assert shown(browser) == blocked_works
    browser.find_element("css selector", "button[data-place='']").click()
    assert shown(browser) == every
    assert complaints(browser) == []


def test_lists_are_told_apart_where_there_are_several(mined: Mined, site: Path, tmp_path: Path, browser: Any) -> None:
    assert "data-list" not in (site / "index.html").read_text().partition("<script>")[0]
    other = [
        replace(mail, list_id=None if "arm64" in mail.subject.text else "loom-dev.lists.example.org")
        if mail.subject.patch
        else mail
        for mail in mined.messages
    ]
    newest = max(message.date for message in mined.messages if message.date)
    write_site(tmp_path, replace(mined, messages=type(mined.messages)(other)), Config(), newest, newest)
    browser.get((tmp_path / "index.html").as_uri())
    every = shown(browser)
    counts = {}
    for name in ("weft-dev", "loom-dev"):
        button = browser.find_element("css selector", f"button[data-list={name}]")
        button.click()
        counts[name] = shown(browser)
        assert button.get_attribute("aria-pressed") == "true"
        assert f"list={name}" in browser.current_url
        browser.refresh()
        assert shown(browser) == counts[name]
    assert "lease renewal" in counts["weft-dev"]
    assert 0 < len(counts["loom-dev"]) < len(every)
    browser.find_element("css selector", "button[data-list='']").click()
    assert shown(browser) == every


def test_where_all_is_stale_it_is_shown(mined: Mined, tmp_path: Path, browser: Any) -> None:
    newest = max(message.date for message in mined.messages if message.date)
    waiting = [each for each in mined.status if each.status in ("blocked", "needs-reply", "needs-review")]
    old = replace(mined, status=type(mined.status)(waiting), series=type(mined.series)(()))
    write_site(tmp_path, old, Config(stale_days=7), newest, newest + timedelta(days=400))
    browser.get((tmp_path / "index.html").as_uri())
    assert len(shown(browser)) > 3
    assert "left out" not in browser.find_element("id", "count").text


def test_without_scripts_nothing_is_shown_that_does_nothing(site: Path, browser: Any) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get((site / "index.html").as_uri())
    assert [each.is_displayed() for each in browser.find_elements("css selector", "#search, .filters button")] == [
        False
    ] * len(browser.find_elements("css selector", "#search, .filters button"))
    assert len(shown(browser)) == 22
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    browser.get((site / "index.html").as_uri())
    assert all(each.is_displayed() for each in browser.find_elements("css selector", "#search, .filters button"))


def test_what_waits_leads_to_works_and_mails(site: Path, browser: Any) -> None:
    browser.get((site / "blocked.html").as_uri())
    entries = browser.find_elements("css selector", ".works .entry")
    assert entries
    for entry in entries:
        assert entry.find_elements("css selector", "a[href^=item-], a[href^=series-]")
        assert entry.find_elements("css selector", "footer a[href^='https://lore.kernel.org/all/']")
    browser.get((site / "index.html").as_uri())
    assert browser.find_elements("css selector", "#works blockquote footer a[href^='https://lore.kernel.org/all/']")


def test_titles_stay_in_their_boxes(tmp_path: Path, browser: Any) -> None:
    from miner.join.blocked import find_blocked

    titles = ["mm/huge_memory: split folios of any order", "林晓晴林晓晴林晓晴林晓晴林晓晴林晓晴林晓晴", "M" * 60]
    found = find_blocked([blocked("b", *titles), *(blocked(title) for title in titles)])
    page = tmp_path / "page.html"
    style = "<style>svg .name { font: 600 13px 'DejaVu Sans', sans-serif } svg text { font-size: 12px }</style>"
    page.write_text(f"<meta charset=utf-8>{style}{draw_waits(found, {})}")
    browser.get(page.as_uri())
    script = """return Array.from(document.querySelectorAll('.name')).map(each => {
      const box = each.parentElement.previousElementSibling.getBoundingClientRect(), text = each.getBoundingClientRect();
      return [each.textContent, box.right - text.right, each.parentElement.getBoundingClientRect().right <= box.right,
        getComputedStyle(each.parentElement).overflow]; });"""
    told = browser.execute_script(script)
    assert len(told) == 4
    for title, spare, _, overflow in told:
        assert overflow == "hidden"
        assert spare > 0 or title.startswith("MM")
    assert any(title.startswith("林") and title.endswith("…") for title, *_ in told)


def test_somebody_elses_pages_stay(mined: Mined, tmp_path: Path) -> None:
    newest = max(message.date for message in mined.messages if message.date)
    (tmp_path / ".git").mkdir()
    own = tmp_path / "index.html"
    own.write_text("my own page")
    with pytest.raises(MinerError, match="no site of lore-miner"):
        write_site(tmp_path, mined, Config(), newest, newest)
    assert own.read_text() == "my own page"
    own.rename(tmp_path / "photo.html")
    with pytest.raises(MinerError, match="name a new folder"):
        write_site(tmp_path, mined, Config(), newest, newest)
    (tmp_path / "photo.html").unlink()
    for _ in range(2):
        assert write_site(tmp_path, mined, Config(), newest, newest) == 24


def test_the_keyboard_reaches_everything(site: Path, browser: Any) -> None:
    browser.get((site / "index.html").as_uri())
    body = browser.find_element("tag name", "body")
    body.send_keys("\ue004")
    assert browser.switch_to.active_element.text == "Skip to the content"
    names = []
    for _ in range(16):
        browser.switch_to.active_element.send_keys("\ue004")
        active = browser.switch_to.active_element
        names.append(active.text or active.get_attribute("id"))
    assert {"Overview", "What waits for what", "search", "all 22", "2 stale too"} <= set(names)
    assert any(name in names for name in shown(browser))


def test_every_link_inside_leads_somewhere(site: Path, browser: Any) -> None:
    pages = sorted(site.glob("*.html"))
    assert len(pages) == 24
    for page in pages:
        browser.get(page.as_uri())
        assert browser.find_elements("css selector", "h1")
        for link in browser.find_elements("css selector", "a[href]"):
            address = link.get_dom_attribute("href")
            if address.startswith("#"):
                assert browser.find_elements("css selector", address)
            elif not address.startswith(("http://", "https://")):
                assert (site / address).exists()
        assert complaints(browser) == []


def test_a_work_shows_its_history_and_its_mails_in_layers(site: Path, browser: Any) -> None:
    browser.get((site / "index.html").as_uri())
    browser.find_element("link text", "lease renewal").click()
    assert browser.find_element("tag name", "h1").text.startswith("lease renewal")
    steps = browser.find_elements("css selector", ".steps li blockquote")
    assert any("Gentle ping" in step.text for step in steps)
    mail = browser.find_element("css selector", "details.mail summary")
    mail.click()
    assert browser.find_element("css selector", "details[open] .layer pre").is_displayed()


def test_colours_have_contrast_in_light_and_dark(site: Path, browser: Any) -> None:
    script = """
    const light = c => { const v = c.match(/[\\d.]+/g).slice(0,3).map(x => x/255).map(x => x <= .03928 ? x/12.92 : ((x+.055)/1.055)**2.4);
      return .2126*v[0] + .7152*v[1] + .0722*v[2]; };
    const ground = e => { while (e) { const b = getComputedStyle(e).backgroundColor; if (!/, 0\\)$|transparent/.test(b)) return b; e = e.parentElement; }
      return 'rgb(255,255,255)'; };
    return Array.from(document.querySelectorAll('h1,p,a,li,time,button,footer,label,strong')).filter(e => e.offsetParent && e.textContent.trim()).map(e => {
      const a = light(getComputedStyle(e).color), b = light(ground(e)); return [e.tagName + ' ' + e.textContent.slice(0, 30), (Math.max(a,b)+.05)/(Math.min(a,b)+.05)]; });
    """
    for scheme in ("light", "dark"):
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        browser.get((site / "index.html").as_uri())
        poor = [found for found in browser.execute_script(script) if found[1] < 4.5]
        assert poor == []
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_nothing_from_mail_runs_or_asks_for_anything(name: str, mined: Mined, tmp_path: Path, browser: Any) -> None:
    bad = HOSTILE[name] + "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    evil = replace(
        mined,
        status=type(mined.status)(
            [replace(each, title=bad, next_actor=bad, depends_on=(bad,), note=bad) for each in mined.status]
        ),
        claims=type(mined.claims)([replace(each, text=bad, by=bad) for each in mined.claims]),
        messages=type(mined.messages)(
            [replace(each, body=each.body.replace(" ", bad[:40] + " ", 3)) for each in mined.messages]
        ),
    )
    newest = max(message.date for message in mined.messages if message.date)
    write_site(tmp_path / "out", evil, Config(), newest, newest)
    for page in [*sorted((tmp_path / "out").glob("*.html"))[:4], tmp_path / "out" / "index.html"]:
        browser.get(page.as_uri())
        assert browser.title != "owned"
        assert complaints(browser) == []
        tried = browser.execute_script("return performance.getEntriesByType('resource').map(each => each.name)")
        assert tried == []
    ET.parse(tmp_path / "out" / "feed.xml")
    assert all(path.name.isascii() and "/" not in path.name for path in (tmp_path / "out").iterdir())


def test_the_feed(site: Path) -> None:
    feed = ET.parse(site / "feed.xml").getroot()
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) > 10
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    for entry in entries:
        assert (entry.findtext(f"{ATOM}updated") or "").endswith("Z")
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert (site / link.attrib["href"]).exists()
    assert [link.attrib["rel"] for link in feed.findall(f"{ATOM}link")] == ["alternate"]


def test_the_feed_of_a_site_with_an_address(mined: Mined, tmp_path: Path) -> None:
    newest = max(message.date for message in mined.messages if message.date)
    write_site(tmp_path, mined, Config(), newest - timedelta(days=30), newest, url="https://weft.example.org/status")
    feed = ET.parse(tmp_path / "feed.xml").getroot()
    links = {link.attrib["rel"]: link.attrib["href"] for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == "https://weft.example.org/status/feed.xml"  # RFC 4287, section 4.1.1
    hrefs = [link.attrib["href"] for link in feed.iter(f"{ATOM}link")]
    assert len(hrefs) > 5
    for href in hrefs:
        name = href.removeprefix("https://weft.example.org/status/")
        assert (tmp_path / name).is_file()


def test_pages_of_works_that_are_gone_go(mined: Mined, tmp_path: Path) -> None:
    newest = max(message.date for message in mined.messages if message.date)
    write_site(tmp_path, mined, Config(), newest, newest)
    (tmp_path / "mine.html").write_text("somebody's own")
    before = set(tmp_path.iterdir())
    write_site(
        tmp_path, replace(mined, status=mined.status[:3], series=type(mined.series)(())), Config(), newest, newest
    )
    after = set(tmp_path.iterdir())
    assert after < before
    assert tmp_path / "mine.html" in after


def test_a_picture_of_rings_and_chains() -> None:
    from miner.join.blocked import find_blocked

    found = find_blocked([blocked("a <b>", "b"), blocked("b", "c"), blocked("c", "b"), blocked("d", "a <b>")])
    picture = ET.fromstring(draw_waits(found, {("item", "b"): "b.html"}))
    names = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "a <b>" in names
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}path"))) == 4
    assert draw_waits(find_blocked([]), {}) == ""


def page_of(status: Sequence[Status], key: str, **more: Any) -> str:
    values: dict[str, Any] = {"claims": made.CLAIMS, "series": made.SERIES, "as_of": made.day(5, 22), **more}
    none = Blockage((), (), None)
    made_of = Site(status, made.ITEMS, messages=made.MESSAGES, rows={}, moves=(), blockage=none, **values)
    return dict(make_site(made_of))[page_name("series", key)]


def test_a_page_has_what_was_said_of_every_version() -> None:
    said = [replace(claim, series="v1@example.org") for claim in made.CLAIMS if claim.series == "v2@example.org"]
    assert f"“{said[0].text}”" in page_of(made.STATUS[4:6], "v2@example.org", claims=said)


def test_both_parts_of_a_work_have_a_page_of_their_own() -> None:
    first, second = (replace(made.SERIES[1], root=f"v{n}@example.org", date=made.day(5, n)) for n in (2, 3))
    older = replace(made.STATUS[5], key=first.root, title="warp: a half", rule="posted")
    newest = replace(older, key=second.root, title="warp: the rest")
    both = {"series": (first, second)}
    assert "<h1><bdi>warp: a half" in page_of([older, newest], older.key, **both)
    assert "<h1><bdi>warp: the rest" in page_of([older, newest], newest.key, **both)


def test_two_thousand_works_are_fast(mined: Mined, tmp_path: Path, browser: Any) -> None:
    items = [each for each in mined.status if each.kind == "item"]
    many = [replace(items[n % len(items)], key=f"work {n}", title=f"work {n}") for n in range(2000)]
    newest = max(message.date for message in mined.messages if message.date)
    write_site(tmp_path, replace(mined, status=type(mined.status)(many)), Config(), newest, newest)
    browser.get((tmp_path / "index.html").as_uri())
    script = """
    const search = document.getElementById('search'), began = performance.now();
    search.value = 'work 1999'; search.dispatchEvent(new Event('input'));
    return [performance.now() - began, document.getElementById('count').textContent];
    """
    took, count = browser.execute_script(script)
    assert count == "1 shown"
    assert took < 1000


def test_the_command(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["page", str(tmp_path / "out"), MBOX])
    assert result.exit_code == 0
    assert result.stdout.startswith("24 pages and a feed in ")
    assert "--url tells where the site will be" in result.stderr
    again = CliRunner().invoke(app, ["page", str(tmp_path / "out"), MBOX, "--url", "https://weft.example.org/status/"])
    assert again.exit_code == 0
    assert "--url" not in again.stderr
    assert "https://weft.example.org/status/feed.xml" in (tmp_path / "out" / "feed.xml").read_text()
    for wrong in ("weft.example.org", "https://weft.example.org/<b>"):
        assert CliRunner().invoke(app, ["page", str(tmp_path / "out"), MBOX, "--url", wrong]).exit_code == 2
    (tmp_path / "file").write_text("")
    assert CliRunner().invoke(app, ["page", str(tmp_path / "file"), MBOX]).exit_code == 1


def test_a_card_and_a_page_say_what_the_other_reports_do(tmp_path: Path) -> None:
    notes = (Note("lease renewal", date(2026, 2, 1), "told me", "blocked"),)
    config = Config(notes=notes)
    write_site(
        tmp_path,
        mine([MBOX], config=config),
        config,
        datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2026, 4, 3, tzinfo=UTC),
    )
    index = (tmp_path / "index.html").read_text()
    for words in ("assignee 林晓晴", "waits for <strong>lease renewal", "you: 2026-02-01: blocked (told me)", "must"):
        assert words in index
    pages = [path.read_text() for path in tmp_path.glob("item-*.html")]
    assert any("why: The table says that it needs an item which is not finished" in page for page in pages)
