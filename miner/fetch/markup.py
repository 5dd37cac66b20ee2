"""Pages of web archives: parsed into trees that cost linear time, their links, and what kind of page they are.

Pure: a page goes in. It is hostile: whatever stands in it, nothing here takes long or raises but SourceError.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup

from miner.errors import SourceError

MAX_PAGE_CHARS = 4 * 1024 * 1024  # twenty years of daily volumes are half of this
MAX_DEPTH = 200  # of nested tags; deeper ones are passed over
MAX_SHOWN_CHARS = 80
UNCLOSED = frozenset("li p dt dd tr td th thead tbody tfoot option".split())
VOID = frozenset("area base basefont br col embed frame hr img input link meta param source track wbr".split())
TAG = re.compile(r"<(?:(?P<tag>/?[A-Za-z][A-Za-z0-9:_-]{0,40})(?P<rest>[\s/][^<>]{0,10000})?>)?")  # or a bare "<"
KEPT_ATTRIBUTE = re.compile(
    r"(?<![\w-])(?P<name>href|data-cfemail)\s{0,9}=\s{0,9}"
    r"(?:\"(?P<double>[^\"]{0,2000})\"|'(?P<single>[^']{0,2000})'|(?P<bare>[^\s\"']{1,2000}))",
    re.IGNORECASE,
)
DECLARATION = re.compile(r"<[!?][^>]*>?")
HUGE_REFERENCE = re.compile(r"&#(?=[xX]?[0-9A-Fa-f]{9})")
SURROGATE = re.compile(r"[\ud800-\udfff]")


def find_folder(url: str) -> str:
    """Give a URL up to its last "/": what an archive's own pages share. SourceError unless it is http or https.

    >>> find_folder("https://lists.example.org/weft/msg00001.html?x#y")
    'https://lists.example.org/weft/'
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        usable = None
    if not usable:
        raise SourceError(f"{show_text(url)}: no web address; give one that begins with https://")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}/"


def find_links(tree: BeautifulSoup, base_url: str) -> Iterator[str]:
    """Yield the links of a page to its own host in their order, absolute, in the base's scheme, without "#..."."""
    base = urlsplit(base_url)
    for anchor in tree.find_all("a", href=True):
        try:
            link = urlsplit(urljoin(base_url, str(anchor["href"]).strip()))
        except ValueError:
            continue
        if link.scheme in ("http", "https") and link.netloc.lower() == base.netloc.lower():
            query = f"?{link.query}" if link.query else ""
            yield f"{base.scheme}://{base.netloc}{link.path}{query}"


def parse_page(html: str, url: str) -> BeautifulSoup:
    """Parse a web page into a tree that holds its text, comments, tags, and of their attributes the links.

    SourceError above MAX_PAGE_CHARS. In the comments "<" and ">" are written as entities.
    """
    if len(html) > MAX_PAGE_CHARS:
        raise SourceError(f"{show_text(url)}: the page is larger than {MAX_PAGE_CHARS} characters, and was not read")
    return BeautifulSoup(f"<body>{_plain_markup(html)}", "html.parser")


def _plain_markup(html: str) -> str:
    """Leave of the markup only whole comments and whole tags that nest no deeper than MAX_DEPTH.

    Under BeautifulSoup, comments, tags and quotes that nobody closes cost quadratic time, deep nesting does as well, and
    the character reference of a number with 5000 digits raises ValueError; it never sees these.
    """
    html = HUGE_REFERENCE.sub("&amp;#", SURROGATE.sub("\ufffd", html))
    plain_tag = _Nesting().plain_tag
    kept: list[str] = []
    end = 0
    while (start := html.find("<!--", end)) >= 0 and (close := html.find("-->", start + 4)) >= 0:
        inside = html[start + 4 : close].replace("<", "&lt;").replace(">", "&gt;")
        kept += [TAG.sub(plain_tag, DECLARATION.sub("", html[end:start])), f"<!--{inside}-->"]
        end = close + 3
    return "".join([*kept, TAG.sub(plain_tag, DECLARATION.sub("", html[end:]))])


class _Nesting:
    """Which tags are open, so that no end tag is passed on that closes nothing, and no tag that is too deep.

    Links, and elements whose end tag may be left out, never enclose anything: an empty one stands for each of their tags.
    """

    def __init__(self) -> None:
        self._open: list[str] = []
        self._count: Counter[str] = Counter()

    def plain_tag(self, tag: re.Match[str]) -> str:
        name = (tag["tag"] or "").lower()
        if not name:
            return "&lt;"
        if name.lstrip("/") in UNCLOSED:
            return "<{0}></{0}>".format(name.lstrip("/"))
        if name.startswith("/"):
            return self._close(name[1:])
        attribute = KEPT_ATTRIBUTE.search(tag["rest"] or "")
        shown = _plain_attribute(attribute) if attribute else ""
        if name in VOID:
            return f"<{name}>"
        if name == "a" and "data-cfemail" not in shown:
            return f"<a{shown}></a>"
        if len(self._open) >= MAX_DEPTH:
            return ""
        self._open.append(name)
        self._count[name] += 1
        return f"<{name}{shown}>"

    def _close(self, name: str) -> str:
        if not self._count[name]:
            return ""
        closed = None
        while closed != name:
            closed = self._open.pop()
            self._count[closed] -= 1
        return f"</{name}>"


def _plain_attribute(found: re.Match[str]) -> str:
    value = found["double"] or found["single"] or found["bare"] or ""
    return f' {found["name"].lower()}="{value.replace(chr(34), "&quot;")}"'


def describe_page(tree: BeautifulSoup, html: str) -> str:
    """Say in a few words what kind of page this is, for somebody who expected another kind."""
    if not html.strip():
        return "an empty page"
    if html.startswith("From ") or len(tree.find_all(True, limit=2)) < 2:  # one is parse_page's <body>
        return "plain text"
    links = " ".join(str(anchor["href"])[:200] for anchor in tree.find_all("a", href=True, limit=5_000))
    text = tree.get_text()
    kinds = {
        "a public-inbox page (lore reads those)": "public-inbox" in text or "_/text/help" in links,
        "a HyperKitty page of Mailman 3": "HyperKitty" in text or "hyperkitty" in links,
        "a private archive that asks for a password": "Private Archives Authentication" in text,
        "an index of MHonArc pages": re.search(r"\bmsg\d{2,9}\.html", links) is not None,
        "a pipermail index": re.search(r"\.txt(?:\.gz)?(?: |$)", links) is not None,
        "a list's information page (its archive is linked there)": "/listinfo/" in links,
    }
    found = next((kind for kind, holds in kinds.items() if holds), None)
    title = tree.find("title")
    return found or (f'a page with the title "{show_text(title.get_text())}"' if title else "a page without a title")


def show_text(text: str) -> str:
    """Cut and clean text of a page, or a URL, so that an error message stays one harmless line."""
    line = " ".join(text[: 10 * MAX_SHOWN_CHARS].split())
    return "".join(char if char.isprintable() else "?" for char in line)[: 2 * MAX_SHOWN_CHARS]
