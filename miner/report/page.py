"""The status report and mails with their layers as HTML pages that stand alone: no script, no request to anywhere.

Templates escape everything (autoescape), the texts are cleaned before, links go to http and https alone, and a
Content-Security-Policy forbids what might slip through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from miner.model import Layer, Message
from miner.report.escape import clean, one_line, short_name
from miner.report.overview import Overview
from miner.report.rows import day_of

_TONES = 6
_COLOURS = ("#1a5fb4", "#8a5a00", "#7d3c98", "#1b6e3c", "#b3261e", "#00687a")
_LINE = 2000  # characters of a line that a page shows


def render_report_html(overview: Overview) -> str:
    """The status report as one HTML page."""
    first: dict[str, str] = {}
    for number, part in enumerate(overview.parts, start=1):
        for section in part.sections:
            first.setdefault(section.place.key, f"part-{number}-{section.place.key}")
    return render_template("status.html.jinja", page=overview, title="Where things stand", first=first)


def render_layers_html(messages: Sequence[Message]) -> str:
    """Mails as one HTML page, each layer in the colour of its author."""
    return render_template("layers.html.jinja", mails=_view_mails(messages))


def render_layers(messages: Sequence[Message]) -> str:
    """Mails with their layers as a piece of HTML for a notebook: nothing around it, styles on the elements."""
    return render_template("thread.html.jinja", mails=_view_mails(messages), colours=_COLOURS)


def _view_mails(messages: Sequence[Message]) -> list[dict[str, Any]]:
    numbers = {message.message_id: number for number, message in enumerate(messages, start=1)}
    tones: dict[str, int] = {}
    return [view_mail(message, numbers, tones) for message in messages]


def view_mail(
    message: Message, numbers: Mapping[str, int], tones: dict[str, int], most: int | None = None
) -> dict[str, Any]:
    """A mail for a template, with its first lines, at most so many; `numbers` are those of the mails that are shown, `tones` the colours
    of authors so far."""
    lines = message.lines[:most]
    return {
        "number": numbers[message.message_id],
        "subject": one_line(message.subject.text or "(no subject)"),
        "author": short_name(str(message.author)),
        "day": day_of(message.date),
        "layers": [
            _view_layer(layer, lines, numbers, tones) for layer in message.layers if layer.first_line < len(lines)
        ],
    }


def _view_layer(
    layer: Layer, lines: Sequence[str], numbers: Mapping[str, int], tones: dict[str, int]
) -> dict[str, Any]:
    """A layer for a template: its lines, and the colour of its author."""
    author = short_name(layer.author or "")
    tone = tones.setdefault(author, len(tones) % _TONES) if author else None
    text = [clean(line[:_LINE].rstrip("\r").expandtabs()) for line in lines[layer.first_line : layer.end_line]]
    return {
        "kind": layer.kind,
        "depth": layer.depth,
        "author": author,
        "tone": tone,
        "origin": one_line(layer.origin.message_id, 200) if layer.origin else "",
        "origin_here": numbers.get(layer.origin.message_id) if layer.origin else None,
        "origin_line": layer.origin.first_line if layer.origin else None,
        "text": "\n".join(text),
    }


def render_template(template: str, **values: Any) -> str:
    """One of the package's own templates; HTML and XML are escaped."""
    return _environment().get_template(template).render(**values) + "\n"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("miner.report"),
        autoescape=lambda name: name is None or ".js." not in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
