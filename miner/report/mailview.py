"""Mails on a terminal: which one it is, what was made of its sentences, and its layers with their margin."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from miner.model import ExplainedSentence, Layer, Message
from miner.report.escape import clean, one_line, short_name
from miner.report.layout import DOT, WIDEST, Page, styled
from miner.report.rows import day_of

_MARGIN = 18  # columns left of a mail, on a terminal that has them
_AUTHOR_COLOURS = ("cyan", "yellow", "magenta", "green", "blue", "red", "bright_cyan", "bright_yellow")


# A mail with its layers


def render_mail_head(message: Message, console: Console, archive_url: str) -> Text:
    """Which mail it is: its subject, who wrote it when, and where an archive has it."""
    page = Page(console)
    page.add(styled(one_line(message.subject.text), "bold"))
    day = day_of(message.date)
    page.add_facts((styled(each) for each in (short_name(str(message.author)), day) if each), indent=2)
    page.add_address(message.message_id, archive_url, indent=2)
    page.add_blank()
    return page.text()


def render_explained(sentences: Sequence[ExplainedSentence], console: Console) -> Text:
    """Each sentence of a mail with what was considered for it; claims stand out."""
    page = Page(console)
    if not sentences:
        page.add(styled("no sentence of its own", "dim"))
    for sentence in sentences:
        claimed = any(each.claimed for each in sentence.considered)
        page.add(styled(f"“{one_line(sentence.text)}”", "bold" if claimed else ""))
        if not sentence.passed:
            page.add(styled("passed over at first sight", "dim"), indent=4)
        elif not sentence.considered:
            page.add(styled("no rule matches, and no status scores", "dim"), indent=4)
        for each in sentence.considered:
            verdict = "claim  " if each.claimed else "refused"
            facts = (
                f"{verdict} {each.probability:.2f} {each.status}",
                each.certainty or "",
                f"rule {one_line(each.rule)}" if each.rule else "no rule",
                f"score {each.score:.2f}" if each.needed is not None else "",
                f"needs {each.needed:.2f}" if each.needed is not None and not each.claimed else "",
            )
            page.add_facts((styled(fact, "green" if each.claimed else "") for fact in facts if fact), indent=4)
            if each.words and one_line(each.words) != one_line(sentence.text):
                page.add(styled(f"in “{one_line(each.words)}”"), indent=8)
            if each.features:
                told = ", ".join(f"{one_line(name)} {weight:+.2f}" for name, weight in each.features)
                page.add(styled(told, "dim"), indent=8)
        page.add_blank()
    return page.text()


def render_layers(messages: Sequence[Message], console: Console, numbers: dict[str, int] | None = None) -> Text:
    """Mails with a margin that says for each layer its depth, its author and the line where it was first written.

    On a narrow terminal this stands above each layer. `[2]:12` is line 12 (counted from 0) of the mail that has number
    2 here. `numbers` is for a caller who renders one mail at a time and keeps the numbering.
    """
    page = Page(console, console.width)
    numbers = {} if numbers is None else numbers
    colours: dict[str, str] = {}
    for message in messages:
        _add_message(page, message, numbers, colours)
    return page.text()


def _add_message(page: Page, message: Message, numbers: dict[str, int], colours: dict[str, str]) -> None:
    number = numbers.setdefault(message.message_id, len(numbers) + 1)
    page.add_heading(
        styled(f"[{number}] ", "dim") + styled(one_line(message.subject.text or "(no subject)", 120), "bold")
    )
    said = DOT.join(
        each
        for each in (short_name(str(message.author)), day_of(message.date), one_line(message.message_id, 120))
        if each
    )
    page.add(styled(said, "dim"))
    lines = message.lines
    last = 0
    for layer in message.layers:
        if layer.first_line > last:
            page.add_blank()
        last = layer.end_line
        _add_layer(page, layer, lines, numbers, colours)


def _add_layer(
    page: Page, layer: Layer, lines: Sequence[str], numbers: dict[str, int], colours: dict[str, str]
) -> None:
    author = short_name(layer.author or "")
    colour = colours.setdefault(author, _AUTHOR_COLOURS[len(colours) % len(_AUTHOR_COLOURS)]) if author else "default"
    name = (author or "unknown") if layer.kind in ("own", "quote") else layer.kind
    origin = ""
    if layer.origin:
        number = numbers.setdefault(layer.origin.message_id, len(numbers) + 1)
        origin = f"[{number}]:{layer.origin.first_line}"
    margin = _margin(page.width, min(layer.depth, 99), name, origin, layer.end_line - layer.first_line)
    if margin is None:
        page.add(styled(f"{layer.depth} {one_line(name, 40)} {origin}", colour))
    for place, line in enumerate(lines[layer.first_line : layer.end_line]):
        text = clean(line[:2000].rstrip("\r").expandtabs())
        left = "" if margin is None else margin[place] if place < len(margin) else " " * _MARGIN
        page.add_margin(left, text, colour, "dim" if layer.kind in ("attribution", "signature") else "")


def _margin(width: int, depth: int, name: str, origin: str, count: int) -> list[str] | None:
    """What stands left of a layer's first lines; None where mail needs the room, its 80 columns to begin with."""
    if width < WIDEST:
        return None
    first = f"{depth:>2} {one_line(name, _MARGIN - 4)}"
    if origin and count == 1:
        first = f"{first[: _MARGIN - len(origin) - 2].rstrip()} {origin}"
    return [first[:_MARGIN].ljust(_MARGIN), *([f"   {origin}"[:_MARGIN].ljust(_MARGIN)] if origin else [])]
