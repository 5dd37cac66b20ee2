"""How text is laid out on a terminal: lines wrapped as they are added to a `Page`, in styles that rich turns into colour.

Colour is rich's business: only on a terminal, and not with NO_COLOR. Reads well at 80 columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from miner.report.escape import clean, message_url
from miner.report.overview import Reference

WIDEST = 100  # lines longer than that are hard to follow
_ASCII = str.maketrans({"“": '"', "”": '"', "·": "-", "…": "~", "│": "|", "─": "-", "×": "x", "—": "-"})
DOT = " · "


def make_console(out: TextIO, width: int | None = None) -> Console:
    """A console that adds nothing of its own to the text: no markup, no emoji, no highlighting."""
    return Console(file=out, width=width, markup=False, emoji=False, highlight=False)


def write_text(text: Text, console: Console) -> None:
    """Print a laid out text; a terminal that has no UTF-8 gets ASCII punctuation."""
    if not console.encoding.lower().startswith("utf"):
        text = _in_ascii(text)
    console.print(text, soft_wrap=True)


def _in_ascii(text: Text) -> Text:
    copy = text.copy()
    copy.plain = text.plain.translate(_ASCII)  # one character for one, so that the styles stay where they are
    return copy


class Page:
    """Lines that are wrapped as they are added."""

    def __init__(self, console: Console, width: int | None = None) -> None:
        self._console = console
        self.width = max(20, width or min(console.width, WIDEST))
        self._lines: list[Text] = []

    def text(self) -> Text:
        for line in self._lines:
            line.rstrip()
        return styled("\n").join(self._lines)

    def drop_first_blank(self) -> None:
        if self._lines and not self._lines[0].plain:
            del self._lines[0]

    def add_blank(self) -> None:
        if self._lines and self._lines[-1].plain:
            self._lines.append(styled(""))

    def add_long(self, line: Text) -> None:
        """A line that must stay whole, such as an address."""
        self._lines.append(line)

    def add_address(self, message_id: str, archive_url: str, *, indent: int) -> None:
        """Where an archive has a mail, else its id."""
        self.add_long(styled(" " * indent + (message_url(message_id, archive_url) or clean(message_id)), "dim"))

    def add_heading(self, title: Text) -> None:
        self.add_blank()
        for line in title.wrap(self._console, self.width):
            line.rstrip()
            self._lines.append(line)
        spare = self.width - cell_len(self._lines[-1].plain) - 1
        if spare > 2:
            self._lines[-1] = self._lines[-1] + styled(" " + "─" * spare, "dim")

    def add(
        self, line: Text, *, indent: int = 0, tail: Text | None = None, right: Text | None = None, cut: bool = False
    ) -> None:
        """A paragraph. With `cut` it is one line, cut to fit.

        `tail` is kept whole: it follows the last word if it fits there, else it stands below. `right` is set flush
        right on the first line.
        """
        room = self.width - indent
        if cut:
            line.truncate(room, overflow="ellipsis")
        beside = cell_len(right.plain) + 2 if right and right.plain else 0
        parts = list(line.wrap(self._console, max(10, room - beside)))
        for part in parts:
            part.rstrip()
        if tail:
            taken = cell_len(parts[-1].plain) + 1 + cell_len(tail.plain) + (beside if len(parts) == 1 else 0)
            if taken <= room:
                parts[-1] = parts[-1] + styled(" ") + tail
            else:
                parts.extend(tail.wrap(self._console, max(10, room)))
        if right and beside:
            parts[0] = parts[0] + styled(" " * (room - cell_len(parts[0].plain) - beside + 2)) + right
        self._lines.extend(styled(" " * indent) + part for part in parts)

    def add_facts(self, facts: Iterable[Text], *, indent: int) -> None:
        """Short facts with dots between them, a line broken only between two facts."""
        line = styled("")
        for fact in facts:
            if not fact.plain:
                continue
            if line.plain and cell_len(line.plain) + len(DOT) + cell_len(fact.plain) > self.width - indent:
                self.add(line, indent=indent)
                line = styled("")
            line = line + styled(DOT, "dim") + fact if line.plain else fact
        if line.plain:
            self.add(line, indent=indent)

    def add_margin(self, left: str, text: str, colour: str, style: str) -> None:
        """A line of a mail behind a coloured margin; what is too long goes on in the next line."""
        bar = f"{left} │ " if left else "│ "
        for part in styled(text, style).wrap(self._console, max(20, self.width - len(bar))) if text else [styled("")]:
            part.rstrip()
            self._lines.append(styled(bar, colour) + part)
            bar = " " * len(left) + bar[len(left) :]


def styled(text: str, style: str = "") -> Text:
    """Text whose style ends where it ends: what is added behind it does not inherit it."""
    return Text.assemble((text, style))


def link(reference: Reference) -> Text:
    return styled(f"[{reference.number}]", f"link {reference.url}" if reference.url else "dim")
