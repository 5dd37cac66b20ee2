"""The index page of a pipermail archive (Mailman 2): which of its files hold the list's mail as text.

Pure: a page goes in, links come out, and somebody else fetches them. The files are mboxes and are kept as they come;
that their addresses read "ada at example.org" is known to the readers (archive/mbox.py, parse/people.py).
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from miner.errors import SourceError
from miner.fetch.markup import describe_page, find_folder, find_links, parse_page, show_text

# What dateToVolName and volNameToDate of Mailman's HyperArch.py agree on.
VOLUME = re.compile(
    r"(?P<year>\d{4})(?:q(?P<quarter>[1-4])|-(?P<month>[A-Za-z]{3,9})|(?P<day>\d{4}))?"
    r"|Week-of-Mon-(?P<monday>\d{8})",
    re.ASCII,
)
MONTHS = (
    "january february march april may june july august september october november december".split()  # never localized
)
TEXT_FILE = re.compile(r"(?:[A-Za-z0-9._-]{1,100}/){0,3}(?P<name>[A-Za-z0-9-]{4,30})\.txt(?P<packed>\.gz)?")
READING_PAGE = re.compile(r"(?P<name>[A-Za-z0-9-]{4,30})/(?:thread|subject|author|date)\.html")
EMPTY_ARCHIVE = "No messages have been posted to this list yet"  # Mailman's emptyarchive.html


@dataclass(frozen=True, slots=True)
class Month:
    """One volume of an archive: where its text lies, the first day that it covers, and its name.

    Most lists have monthly ones ("2024-January"); "2024q1", "Week-of-Mon-20240108", "20240131" and "2024" exist too.
    """

    url: str
    first_day: datetime.date
    name: str


def find_months(html: str, base_url: str) -> tuple[Month, ...]:
    """Find the text volumes that a pipermail index offers, oldest first, each once, packed rather than plain.

    `base_url` is where the page came from (after redirects: the folder with its "/"); links that leave its host or
    folder are passed over. An archive without mail gives (). SourceError when the page is no pipermail index.

    >>> find_months('<a href="2024-May.txt">[ Text 3 KB ]</a>', "https://lists.example.org/pipermail/weft/")[0].url
    'https://lists.example.org/pipermail/weft/2024-May.txt'
    """
    folder = find_folder(base_url)
    tree = parse_page(html, base_url)
    links = [link for link in find_links(tree, base_url) if link.startswith(folder)]
    months: dict[str, Month] = {}
    for link in links:
        file = TEXT_FILE.fullmatch(link, len(folder))
        first_day = parse_volume_name(file["name"]) if file else None
        if file is None or first_day is None:
            continue
        plain = link.removesuffix(".gz")
        if plain not in months or file["packed"]:
            months[plain] = Month(link, first_day, file["name"])
    if months:
        return tuple(sorted(months.values(), key=lambda month: (month.first_day, month.name)))
    if EMPTY_ARCHIVE in tree.get_text():
        return ()
    if any((page := READING_PAGE.fullmatch(link, len(folder))) and parse_volume_name(page["name"]) for link in links):
        raise SourceError(f"{show_text(base_url)}: this pipermail index offers no text files; its pages are not read")
    raise SourceError(f"{show_text(base_url)}: no pipermail index but {describe_page(tree, html)}; give the list's own")


def parse_volume_name(name: str) -> datetime.date | None:
    """Tell the first day that a volume covers, None if the name is no volume's.

    >>> parse_volume_name("2024q2"), parse_volume_name("2024-Smarch")
    (datetime.date(2024, 4, 1), None)
    """
    found = VOLUME.fullmatch(name)
    if not found:
        return None
    month_name = (found["month"] or "").lower()
    if month_name and month_name not in MONTHS:
        return None
    digits = found["monday"] or name[:4] + (found["day"] or "0101")
    month = MONTHS.index(month_name) + 1 if month_name else 3 * int(found["quarter"] or 0) - 2
    try:
        day = datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        return day.replace(month=month) if month > 0 else day
    except ValueError:  # the 41st of a month, the year 0
        return None
