"""HTML mail to text: only what a reader would see, its blockquotes as quote marks.

The tree is walked without recursion, so nesting costs nothing; quote depth and sizes are bounded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, Tag

MAX_HTML_CHARS = 1024 * 1024
MAX_QUOTE_DEPTH = 32
MAX_NESTING = 200  # of tags; what is deeper only breaks lines
DROPPED = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg"})
BLOCKS = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol p pre section table tr ul".split()
)
BREAKING = BLOCKS - {"blockquote"}  # what breaks a line where it is nested too deeply to be kept
SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"})  # an empty line follows
CELLS = frozenset({"td", "th"})
DECLARATION = re.compile(r"<[!?][^>]*>?")
TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9:_-]{0,40})(?:[\s/][^<>]{0,10000})?>")
NO_TAG = re.compile(r"<(?!/?[A-Za-z][A-Za-z0-9:_-]{0,40}>)")
BARE_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:_-]{0,40})>")
HUGE_REFERENCE = re.compile(r"&#(?=[xX]?[0-9A-Fa-f]{8})")  # no character has such a number
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"])
SPACES = re.compile(r"[ \t\r\n\f]+")


class _Writer:
    """Lines of text as they grow, each behind the quote marks of the depth that it began at."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 0
        self._line = ""
        self._parts: list[str] = []
        self._space = False
        self._gap = False
        self._last_depth = 0

    def add(self, text: str, *, verbatim: bool) -> None:
        if verbatim:
            first, *rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self._append(first)
            for line in rest:
                self.end_line(forced=True)
                self._append(line)
            return
        squeezed = SPACES.sub(" ", text)
        words = squeezed.strip(" ")
        if words:
            if self._parts and (self._space or squeezed.startswith(" ")):
                words = f" {words}"
            self._append(words)
            self._space = squeezed.endswith(" ")
        elif squeezed:
            self._space = True

    def _append(self, text: str) -> None:
        if text:
            self._parts.append(text.replace("\xa0", " "))  # after squeezing: with these people indent

    def end_line(self, *, forced: bool = False, gap: bool = False) -> None:
        """Close the line if it holds anything, or if `forced` (a <br>); with `gap` an empty line follows."""
        depth = min(self.depth, MAX_QUOTE_DEPTH)
        if self._parts or forced:
            if self._gap and self.lines:
                self.lines.append(("> " * min(depth, self._last_depth)).rstrip())
            self._gap = False
            self.lines.append(("> " * depth + "".join(self._parts)).rstrip(" "))
            self._last_depth = depth
            self._parts = []
        self._gap = self._gap or (gap and bool(self.lines))
        self._space = False


def _walk(root: Tag) -> Iterator[tuple[str, Tag | NavigableString]]:
    """Yield ("open" | "close" | "text", node) of everything that is seen, in the order of the text."""
    stack: list[tuple[Tag, Iterator[object]]] = [(root, iter(root.contents))]
    while stack:
        tag, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if stack:
                yield "close", tag
        elif isinstance(child, Tag):
            if child.name not in DROPPED:
                yield "open", child
                stack.append((child, iter(child.contents)))
        elif type(child) is NavigableString or type(child) is CData:  # comments and the like are subclasses
            yield "text", child


def _bare_tags(html: str) -> str:
    """Leave of the markup only whole tags, without attributes: all that is read here.

    The standard library's parser under BeautifulSoup takes quadratic time for comments, tags and quotes that nobody
    closes, and minutes for a megabyte of "<!--"; BeautifulSoup itself does for deep nesting, and raises ValueError for
    the character reference of a number with 5000 digits. They never see these.
    """
    kept: list[str] = []
    end = 0
    while (start := html.find("<!--", end)) >= 0 and (close := html.find("-->", start + 4)) >= 0:
        kept.append(html[end:start])
        end = close + 3
    whole = DECLARATION.sub("", HUGE_REFERENCE.sub("&amp;#", "".join([*kept, html[end:]])))
    return _flatten(NO_TAG.sub("&lt;", TAG.sub(r"<\1>", whole)))


def _flatten(html: str) -> str:
    """Take out tags that are nested too deeply, and end tags that close nothing; void ones close themselves, for BeautifulSoup looks for
    each end tag among all others."""
    opened: list[tuple[str, bool]] = []
    count: Counter[str] = Counter()

    def plain(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if name in VOID:
            return tag[0] if tag[1] else f"<{name}/>"
        if not tag[1]:
            kept = len(opened) < MAX_NESTING
            opened.append((name, kept))
            count[name] += 1
            return tag[0] if kept else "<br/>" if name in BREAKING else ""
        if not count[name]:
            return ""
        while opened:
            closed, kept = opened.pop()
            count[closed] -= 1
            if closed == name:
                return tag[0] if kept else ""
        return ""

    return BARE_TAG.sub(plain, html)


def html_to_text(html: str) -> str:
    """Give the visible text of an HTML body: blocks and <br> break lines, each blockquote level is one "> ".

    Non-breaking spaces become plain ones. Above 1 Mi characters the rest is cut.

    >>> html_to_text("<p>Yes &amp; no.</p><blockquote>Ready?<br>Ada</blockquote>")
    'Yes & no.\\n\\n> Ready?\\n> Ada\\n'
    """
    soup = BeautifulSoup(f"<body>{_bare_tags(html[:MAX_HTML_CHARS])}", "html.parser")
    writer = _Writer()
    preformatted = 0
    for event, node in _walk(soup):
        if not isinstance(node, Tag):
            writer.add(str(node), verbatim=preformatted > 0)
        elif node.name == "br":
            writer.end_line(forced=event == "open")
        elif node.name in BLOCKS:
            # "Ada wrote:" stays right above the quote that it opens.
            writer.end_line(gap=node.name in SPACED and (event, node.name) != ("open", "blockquote"))
            step = 1 if event == "open" else -1
            writer.depth += step if node.name == "blockquote" else 0
            preformatted += step if node.name == "pre" else 0
        elif node.name in CELLS:
            writer.add(" ", verbatim=False)
    writer.end_line()
    return "\n".join([*writer.lines, ""]) if writer.lines else ""
