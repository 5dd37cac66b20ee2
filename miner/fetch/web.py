"""Web archives of lists that no public-inbox server carries: pipermail (mailman 2) and MHonArc pages.

Only what is new is asked for: volumes and pages that are here are not fetched again, and the newest volumes only if
the server says that they have changed. What the host's robots.txt forbids is left alone, and its Crawl-delay is kept.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import requests

from miner.config import FetchSettings
from miner.errors import FetchError, SourceError
from miner.fetch.epochs import Tell
from miner.fetch.folder import Folder, State, write_file
from miner.fetch.lore import user_agent
from miner.fetch.mails import Kept, Reading
from miner.fetch.pipermail import Month, find_months
from miner.fetch.spinics import decode_page, find_next_index, find_pages, read_page
from miner.fetch.wire import (
    Clock,
    NotFound,
    Pace,
    PoliteSession,
    Trouble,
    check_answer,
    reason,
    receive_raw,
    retry,
)
from miner.model import Problem
from miner.sources import safe_name

MAX_INDEX_PAGES = 10_000
OLD_IN_A_ROW = 30  # so many pages older than `since`, one after the other: all further ones are older too
CHANGING = 2  # the newest volumes, which still grow
AGENT = "lore-miner"
MONTH = timedelta(days=31)


class Site:
    """A web archive's host, asked politely."""

    def __init__(self, url: str, settings: FetchSettings, clock: Clock, pace: Pace) -> None:
        self.url = url if url.endswith((".html", "/")) else f"{url}/"
        parts = urlsplit(self.url)
        self._root = f"{parts.scheme}://{parts.netloc}"
        self._host = parts.netloc
        self._settings = settings
        self._clock = clock
        self._pace = pace
        self._session = PoliteSession(user_agent(settings.contact), pace, [self._host])
        self._robots = RobotFileParser()
        self._delay = 0.0

    def close(self) -> None:
        self._session.close()

    def read_robots(self) -> None:
        """Read what the host wants robots to leave alone (RFC 9309); a host without robots.txt allows all."""
        try:
            found = self._get(f"{self._root}/robots.txt", {})
        except NotFound:
            self._robots.parse([])
            return
        self._robots.parse(found[0].decode("utf-8", "replace").splitlines() if found else [])
        self._delay = min(float(self._robots.crawl_delay(AGENT) or 0), self._settings.patience)

    def read(self, url: str, known: str = "") -> tuple[bytes, str] | None:
        """A page's or file's bytes as they came and what marks this version of it; None when it is `known` already.

        Raises FetchError when it cannot be had, NotFound when there is none.
        """
        if not self._robots.can_fetch(AGENT, url):
            raise FetchError(f"{self._host} wants robots to leave {urlsplit(url).path} alone (robots.txt)")
        if self._delay:
            self._pace.hold(self._host, self._delay)
        name, _, value = known.partition(" ")
        return self._get(url, {name: value} if name in ("If-None-Match", "If-Modified-Since") else {})

    def _get(self, url: str, headers: Mapping[str, str]) -> tuple[bytes, str] | None:
        def get() -> tuple[bytes, str] | None:
            timeout = self._settings.timeout or 30.0
            # A packed file stays packed: what is kept is what the server has.
            wanted = {**headers, "Accept-Encoding": "identity"}
            try:
                response = self._session.get(url, headers=wanted, stream=True, timeout=timeout)
            except (requests.RequestException, OSError) as error:
                raise Trouble(f"{self._host} cannot be reached ({reason(error)})") from error
            with closing(response):
                if response.status_code == 304:
                    return None
                check_answer(response, self._clock)
                file = io.BytesIO()
                receive_raw(response, file, self._settings.max_answer_bytes)
                return file.getvalue(), _version(response)

        return retry(get, url, self._clock, self._settings.patience, self._pace, self._host)


def fetch_web(
    folder: Folder,
    state: State,
    settings: FetchSettings,
    reading: Reading,
    since: datetime | None,
    clock: Clock,
    pace: Pace,
    tell: Tell,
) -> tuple[State, Kept]:
    """Bring a web archive up to date. What has come is remembered as it comes. Raises FetchError."""
    site = Site(folder.source.url, settings, clock, pace)
    try:
        site.read_robots()
        found = site.read(site.url)
        if found is None:
            raise FetchError(f"{site.url} answers nothing")
        index = decode_page(found[0])
        try:
            months = find_months(index, site.url)
        except SourceError as error:
            return _fetch_pages(folder, state, site, index, reading, since, tell, str(error))
        return _fetch_months(folder, state, site, months, since, tell)
    finally:
        site.close()


def _fetch_months(
    folder: Folder, state: State, site: Site, months: tuple[Month, ...], since: datetime | None, tell: Tell
) -> tuple[State, Kept]:
    """Keep each volume's text as it came."""
    new, files = 0, dict(state.files)
    # A month's volume is needed when its last day is; other volumes are shorter, or as long as a year.
    wanted = [m for m in months if since is None or m is months[-1] or _next_day(months, m) >= since.date()]
    for number, month in enumerate(wanted):
        path = folder.mail / f"{safe_name(month.name, digest=False)}.txt{'.gz' if month.url.endswith('.gz') else ''}"
        grows = month in months[-CHANGING:]
        if path.exists() and not grows:
            continue
        found = site.read(month.url, files.get(month.name, "") if path.exists() else "")
        if found is not None:
            data, files[month.name] = found
            _check_volume(data, month.url)
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_bytes() != data:
                write_file(path, data)
                new += 1
            state = replace(state, files=dict(files))
            folder.write_state(state)
        tell(number + 1, len(wanted), "volumes")
    return state, Kept(new)


def _next_day(months: tuple[Month, ...], month: Month) -> date:
    """The first day of the volume after this one."""
    later = [m.first_day for m in months if m.first_day > month.first_day]
    return min(later, default=month.first_day + MONTH)


def _check_volume(data: bytes, url: str) -> None:
    """FetchError for what is no whole volume."""
    if url.endswith(".gz") and data.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(io.BytesIO(data)) as file:
                while file.read(1 << 20):
                    pass
        except (OSError, EOFError, zlib.error):
            raise FetchError(f"{url}: the file breaks off or is damaged; nothing was stored") from None
    elif data.lstrip()[:5] != b"From " and data.strip():
        raise FetchError(f"{url}: no mail in it; nothing was stored")


def _fetch_pages(
    folder: Folder,
    state: State,
    site: Site,
    index: str,
    reading: Reading,
    since: datetime | None,
    tell: Tell,
    no_pipermail: str,
) -> tuple[State, Kept]:
    """Keep each message page as it came, and the mail that it shows; the newest pages first."""
    address: str | None = site.url
    new, old = 0, 0
    problems: list[Problem] = []
    pages_dir = folder.path / ".pages"
    for count in range(MAX_INDEX_PAGES):
        if address is None:
            break
        if count:
            found = site.read(address)
            index = decode_page(found[0]) if found else ""
        pages = find_pages(index, address)
        if not pages and not count:
            raise FetchError(f"{address}: neither a pipermail archive ({no_pipermail}) nor an index of message pages")
        missing = [url for url in pages if not (pages_dir / safe_name(url)).exists()]
        if not missing and state.last_success and pages:
            break
        for url in reversed(missing):
            page = site.read(url)
            if page is None:
                continue
            try:
                mail = read_page(page[0], url)
            except SourceError as error:
                problems.append(Problem(url, str(error)))
                continue
            head = reading.head(mail)
            if since and head.date and head.date < since:
                old += 1
                if old >= OLD_IN_A_ROW:
                    break
                continue
            old = 0
            new += folder.write_mail(folder.mail_path(head.message_id), mail)
            pages_dir.mkdir(parents=True, exist_ok=True)
            write_file(pages_dir / safe_name(url), page[0])
            tell(new, None, "pages")
        if old >= OLD_IN_A_ROW:
            break
        address = find_next_index(index, address)
    return state, Kept(new, tuple(problems))


def _version(response: requests.Response) -> str:
    """The header to send next time, so that an unchanged file need not come again."""
    if tag := response.headers.get("ETag"):
        return f"If-None-Match {tag}"
    when = response.headers.get("Last-Modified")
    return f"If-Modified-Since {when}" if when else ""
