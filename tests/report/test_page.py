"""The pages stand alone, can be read with a screen reader, and run nothing."""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup

from miner.report.arrange import arrange_status
from miner.report.layout import make_console
from miner.report.markdown import render_markdown
from miner.report.page import render_layers_html, render_report_html
from miner.report.terminal import render_status

from . import made

OVERVIEW = arrange_status(
    made.STATUS,
    items=made.ITEMS,
    series=made.SERIES,
    claims=made.CLAIMS,
    messages=made.MESSAGES,
    as_of=made.day(5, 21, 23),
)


def parsed(text: str) -> Any:
    return BeautifulSoup(text, "html.parser")


def test_the_page_asks_nobody_for_anything() -> None:
    for text in (render_report_html(OVERVIEW), render_layers_html(made.MESSAGES)):
        page = parsed(text)
        assert not page.find_all(["script", "link", "img", "iframe", "object", "form"])
        policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
        assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
        assert "url(" not in text
        assert "@import" not in text


def test_links_are_http_or_within_the_page() -> None:
    page = parsed(render_report_html(OVERVIEW))
    ids = {each["id"] for each in page.find_all(id=True)}
    for link in page.find_all("a"):
        assert link["href"].startswith("https://lore.kernel.org/all/") or link["href"].removeprefix("#") in ids
    assert len(ids) == len(page.find_all(id=True))


def test_landmarks_and_headings() -> None:
    page = parsed(render_report_html(OVERVIEW))
    assert page.html["lang"] == "en"
    assert page.title.string == page.h1.string == "Where things stand"
    assert page.main
    assert page.nav["aria-label"]
    assert [each.get_text(" ", strip=True).split(" table")[0] for each in page.find_all("h2")] == [
        "Work items", "Patch series", "Mails",
    ]  # fmt: skip
    for section in page.find_all("section"):
        assert page.find(id=section["aria-labelledby"])
    assert all(link.get("aria-label") or link.get_text(strip=True) for link in page.find_all("a"))
    assert len(page.find_all("article")) == 6


def test_it_says_what_the_terminal_says() -> None:
    text = parsed(render_report_html(OVERVIEW)).get_text(" ", strip=True)
    for words in (
        "Dan, are you still at it?",
        "waits for",
        "47 days",
        "and 1 older revision (v1)",
        "weft-next",
    ):
        assert words in text


def test_dark_light_and_narrow() -> None:
    html = render_report_html(OVERVIEW)
    assert "prefers-color-scheme: dark" in html
    assert 'name="viewport"' in html


def test_an_empty_page() -> None:
    assert "No work item and no patch series" in render_report_html(arrange_status(()))


def test_layers_page() -> None:
    page = parsed(render_layers_html(made.MESSAGES[:2]))
    assert [each.get_text() for each in page.find_all("pre")][2].startswith("> - item: warp cache\n>   assignee")
    assert page.find("a", href="#mail-1").string == "table@example.org"


@pytest.mark.parametrize("form", ["terminal", "markdown", "page"])
def test_all_forms_of_the_status_say_the_same(form: str) -> None:
    overview = replace(OVERVIEW, hidden=1, copies=2)
    console = make_console(io.StringIO(), width=10_000)
    shown = {
        "terminal": lambda: render_status(overview, console).plain,
        "markdown": lambda: re.sub(r"\\(.)", r"\1", render_markdown(overview)),
        "page": lambda: re.sub(r"<[^>]*>", "", render_report_html(overview)),
    }[form]()
    text = " ".join(html.unescape(shown).split())
    wanted = [*overview.left_out, f"{overview.items} work items and {overview.series} patch series"]
    for part in overview.parts:
        wanted.append(part.title)
        for section in part.sections:
            wanted.append(section.place.heading)
            for entry in section.entries:
                owner = entry.owner if entry.owner != entry.next_actor else ""
                wanted += [entry.title, entry.state, owner, entry.since, entry.priority, entry.applied_to, entry.note]
                wanted += [f"({entry.days} day" if section.place.open and entry.days else "", ", ".join(entry.also)]
                wanted += [entry.next_actor, ", ".join(entry.waits_for), *(name for name, _ in entry.series)]
                wanted += [entry.tree, *(quote.text or quote.fact for quote in (*entry.evidence, *entry.questions))]
    assert [words for words in wanted if words not in text] == []


def test_markdown() -> None:
    text = render_markdown(OVERVIEW)
    assert "| **shed lock** | Dan Weiss | 2024-05-21 | “Dan, are you still at it?” Ada Berg [\\[2\\]](<" in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.count("|") == 5 for line in tables)
    assert render_markdown(arrange_status(())).endswith("No work item and no patch series in these mails.\n")


def test_copies_that_are_not_shown_are_counted() -> None:
    text = parsed(render_report_html(replace(OVERVIEW, copies=2))).get_text(" ", strip=True)
    assert "2 copies for stable trees that nobody answered are not shown" in text
    assert "copies" not in parsed(render_report_html(OVERVIEW)).get_text()
