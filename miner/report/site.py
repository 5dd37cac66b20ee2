"""A site of static pages: an overview with search and filters, a page for each piece of work, what blocks what, a feed of changes.

It needs no server and asks nobody for anything: styles and the one script stand in the pages, and a Content-Security-Policy lets no
other script run. File names are made of digests, so that nothing from a mail gets into one.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from miner.model import Blockage, Claim, Message, Move, Series, Status, TableRow, WorkItem
from miner.report.arrange import ARCHIVE_URL, Desk, tell_note
from miner.report.choosing import is_hidden, keep_newest
from miner.report.escape import message_url, one_line
from miner.report.history import arrange_steps, claims_of, group_by_work, tell_why
from miner.report.overview import PLACE_OF, PLACES, Entry, Place
from miner.report.page import render_template, view_mail
from miner.report.pictures import draw_waits
from miner.report.rows import LATE, day_of, utc

MAX_MAILS = 40  # on the page of one piece of work
MAX_FEED = 200
MAX_LINES = 400  # of a mail
MARK = "lore-miner"  # what made the pages, as they say themselves
_NO_LIST = "no list"
_Pages = Mapping[tuple[str, str], str]  # the file names of works' pages, by their kind and key


@dataclass(frozen=True, slots=True)
class Site:
    """What a site is made of. `url` is where it will be, with a slash at its end; "" if nobody knows."""

    status: Sequence[Status]
    items: Sequence[WorkItem]
    series: Sequence[Series]
    claims: Sequence[Claim]
    messages: Sequence[Message]
    rows: Mapping[str, tuple[TableRow, ...]]
    moves: Sequence[Move]
    blockage: Blockage
    archive_url: str = ARCHIVE_URL
    stale_days: int = 30
    today: date | None = None  # for what is snoozed
    rules: Mapping[str, str] = field(default_factory=dict)  # what each of them says, by its name
    as_of: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Card:
    """A piece of work in the overview."""

    name: str  # of its page
    kind: str
    entry: Entry
    place: Place
    words: str  # what the search looks through
    list: str  # that its mail came over


def make_site(site: Site) -> Iterator[tuple[str, str]]:
    """Yield (file name, text) of every page."""
    shown = [each for each in site.status if not is_hidden(each, site.today)]
    desk = Desk(site.series, site.claims, site.messages, site.archive_url, site.stale_days, site.as_of)
    items = [each for each in shown if each.kind == "item"]
    newest, older = keep_newest([each for each in shown if each.kind == "series"], desk.series)
    works = [*items, *newest]
    pages: _Pages = {(each.kind, each.key): page_name(each.kind, each.key) for each in works}
    views = _Views(site)
    cards = [_card(each, desk, older.get(each.key, ()), views.list_of(each)) for each in works]
    yield "index.html", _render_index(cards, site)
    yield "blocked.html", _render_blocked(desk, pages, site)
    yield "feed.xml", _render_feed(pages, site)
    groups = group_by_work(shown)
    for each in works:
        yield pages[each.kind, each.key], _page("site_work.html.jinja", site, **views.work(each, groups[each.work]))


def _render_index(cards: Sequence[_Card], site: Site) -> str:
    cards = sorted(cards, key=lambda card: (PLACES.index(card.place), -(card.entry.days or 0), card.entry.title))
    counts = Counter(card.place for card in cards)
    return _page(
        "site_index.html.jinja",
        site,
        cards=cards,
        tally=[(place, counts[place]) for place in PLACES if counts[place]],
        stale=sum(card.entry.stale for card in cards),
        lists=sorted(Counter(card.list for card in cards).items()),
    )


def _render_blocked(desk: Desk, pages: _Pages, site: Site) -> str:
    worst = site.blockage.worst
    waits = [
        (
            wait,
            pages.get((wait.kind, wait.key)),
            pages.get((wait.on_kind, wait.on_key)),
            desk.refer(wait.message_id) if wait.message_id else None,
        )
        for wait in site.blockage.waits
    ]
    return _page(
        "site_blocked.html.jinja",
        site,
        found=site.blockage,
        picture=draw_waits(site.blockage, pages),
        worst=pages.get((worst.kind, worst.key)) if worst else None,
        waits=waits,
    )


def _render_feed(pages: _Pages, site: Site) -> str:
    return render_template(
        "feed.xml.jinja",
        entries=list(_feed(site, pages)),
        updated=_stamp(site.as_of),
        ident=_urn(f"feed {site.url}" if site.url else "feed"),
        url=site.url,
    )


def page_name(kind: str, key: str) -> str:
    """The file name of a piece of work's page."""
    return f"{kind}-{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}.html"


class _Views:
    """What the page of a piece of work shows."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._by_id = {message.message_id: message for message in site.messages}
        self._claims: dict[str, list[Claim]] = {}
        for claim in site.claims:
            for name in (claim.item, claim.series):
                if name is not None:
                    self._claims.setdefault(name, []).append(claim)
        self._postings = {one.root: one for one in site.series}
        self._tables = {item.item: item.message_id for item in site.items}

    def list_of(self, status: Status) -> str:
        """The list that a posting, or the table of an item, came over: the first part of its List-Id."""
        posting = self._postings.get(status.key)
        idents = [posting.cover, *posting.patches] if posting else [self._tables.get(status.key)]
        mails = (self._by_id.get(ident) for ident in idents if ident)
        found = next((mail.list_id for mail in mails if mail is not None and mail.list_id), "")
        return one_line(found.partition(".")[0], 60) or _NO_LIST

    def work(self, now: Status, work: Sequence[Status]) -> dict[str, Any]:
        site = self._site
        names = [each.key for each in work]
        claims = claims_of(work, (claim for name in names for claim in self._claims.get(name, ())))
        idents = {
            *(claim.message_id for claim in claims),
            *names,
            *now.series,
            *(proof.message_id for each in work for proof in each.evidence),
        }
        mails = [self._by_id[ident] for ident in idents if ident in self._by_id]
        mails.sort(key=lambda mail: (utc(mail.date) if mail.date else LATE, mail.message_id))
        postings = [self._postings[name] for name in (*names, *now.series) if name in self._postings]
        desk = Desk(postings, claims, mails, site.archive_url, site.stale_days, site.as_of)
        place = PLACE_OF[now.status]
        entry = desk.entry(now, place)
        numbers = {mail.message_id: n for n, mail in enumerate(mails[:MAX_MAILS], 1)}
        tones: dict[str, int] = {}
        versions = (
            (p.revision, day_of(p.date), one_line(p.title, 160), message_url(p.root, site.archive_url))
            for p in postings
        )
        return {
            "title": entry.title,
            "entry": entry,
            "place": place,
            "why": tell_why(now, site.rules) or f"the rule {one_line(now.rule, 60)}",
            "steps": arrange_steps(work, claims, site.rows, desk),
            "postings": sorted(dict.fromkeys(versions), key=lambda row: row[:2]),
            "mails": [self._mail(mail, numbers, tones) for mail in mails[:MAX_MAILS]],
            "more": max(0, len(mails) - MAX_MAILS),
        }

    def _mail(self, mail: Message, numbers: dict[str, int], tones: dict[str, int]) -> dict[str, Any]:
        return {
            **view_mail(mail, numbers, tones, MAX_LINES),
            "author": one_line(str(mail.author), 120),
            "url": message_url(mail.message_id, self._site.archive_url),
            "cut": len(mail.lines) > MAX_LINES,
        }


def _card(status: Status, desk: Desk, older: tuple[str, ...], inbox: str) -> _Card:
    place = PLACE_OF[status.status]
    entry = desk.entry(status, place, older)
    words = " ".join([entry.title, entry.owner, entry.next_actor, *(quote.text for quote in entry.evidence)])
    return _Card(page_name(status.kind, status.key), status.kind, entry, place, words.casefold(), inbox)


def _feed(site: Site, pages: _Pages) -> Iterator[dict[str, str]]:
    hidden = {(each.kind, each.key) for each in site.status if is_hidden(each, site.today)}
    moves = (each for each in site.moves if (each.kind, each.key) not in hidden)
    for move in islice(moves, MAX_FEED):
        before = "new" if move.new else move.before or "unknown"
        said = one_line(move.evidence[0].text, 400) if move.evidence else ""
        yield {
            "title": f"{one_line(move.title, 160)}: {before} > {move.status or 'unknown'}",
            "ident": _urn(f"{move.kind} {move.key} {move.status} {_stamp(move.date)}"),
            "updated": _stamp(move.date or site.as_of),
            "link": pages.get((move.kind, move.key), "index.html"),
            "words": f"you: {note}" if (note := tell_note(move.note, move.rule)) else said,
        }


def _urn(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"urn:uuid:{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


def _stamp(date: datetime | None) -> str:
    return (utc(date) if date else datetime(1970, 1, 1, tzinfo=UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _page(template: str, site: Site, **values: Any) -> str:
    """A page of the site; that of the overview has its one script, which the page's policy lets run by its digest."""
    script = render_template("site.js.jinja").strip() if template == "site_index.html.jinja" else ""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() if script else ""
    return render_template(template, day=day_of(site.as_of), script=script, script_hash=digest, mark=MARK, **values)
