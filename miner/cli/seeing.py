"""Commands for how the mails were read: `layers`, `explain` and `segments`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from miner.cli.ending import end, finish, finishing
from miner.cli.options import SOURCE_HELP, ConfigFile, Format, LayersFormat, Sources
from miner.cli.reading import prepare, read_mail, read_settings
from miner.cli.writing import choose_format, lay_out, write, write_records
from miner.links import read_message_id
from miner.model import ExplainedSentence, FlatLayer, Message, Problem

if TYPE_CHECKING:
    from miner.mined import Mined
    from miner.report.rows import Row


def layers(sources: Sources = None, fmt: LayersFormat = None, config: ConfigFile = None) -> None:
    """Show who wrote which line of each mail, quotes of quotes included.

    Example: [bold]miner layers --format html reply.eml > reply.html[/bold]
    """
    mined = read_mail("layers", sources, config)
    _write_layers(mined, choose_format(fmt))
    finish(mined)


def _write_layers(mined: Mined, fmt: str) -> None:
    from miner.report.rows import layers_row

    if fmt == "html":
        from miner.report.page import render_layers_html

        sys.stdout.write(render_layers_html(mined.messages))
    elif fmt == "table":
        from miner.report.mailview import render_layers

        numbers: dict[str, int] = {}
        for message in mined.messages:
            lay_out(render_layers, [message], numbers)
            print()
    elif fmt == "csv":
        write_records(mined.layers, fmt, FlatLayer)
    else:
        write(map(layers_row, mined.messages), fmt, ("message_id", "layers"))


def explain(
    name: Annotated[str, typer.Argument(metavar="MAIL", help="Its message-id, words of its subject, or who wrote it.")],
    sources: Sources = None,
    fmt: Format = None,
    config: ConfigFile = None,
) -> None:
    """Show why each sentence of a mail is a status claim or not: rules, scores, and what was refused.

    Example: [bold]miner explain 20240502090000.1@example.org thread.mbox[/bold]
    """
    mined = read_mail("explain", sources, config, "miner explain MESSAGE-ID thread.mbox")
    with finishing(mined):
        from miner.recall import read_near
        from miner.report.history import find_mail

        ident = read_message_id(name)
        known = read_near(mined, [ident])[0].get(ident) if ident in mined.by_id else None
        message = known or find_mail(name, mined.messages)
        _write_explained(message, choose_format(fmt), read_settings(config).archive_url)


def _write_explained(message: Message, fmt: str, archive_url: str) -> None:
    from miner.report.rows import CONSIDERED_KEYS, considered_rows
    from miner.threadwise import explain_mail

    found = explain_mail(message)
    if fmt == "table":
        from miner.report.mailview import render_explained, render_mail_head

        lay_out(render_mail_head, message, archive_url)
        lay_out(render_explained, found)
    elif fmt == "csv":
        write((row for each in found for row in considered_rows(each)), fmt, CONSIDERED_KEYS)
    else:
        write_records(found, fmt, ExplainedSentence)


def segments(
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE", help=SOURCE_HELP, show_default=False)] = None,
    fmt: Format = None,
    config: ConfigFile = None,
) -> None:
    """Label each line of each mail: greeting, quotation, paragraph, patch and so on.

    A *.jsonl SOURCE holds bare bodies, one a line: {"id": ..., "text": ...}

    Example: [bold]miner segments reply.eml[/bold]
    """
    settings, stdin, names = prepare("segments", sources, config)
    from miner.reading import label_segments
    from miner.report.formats import SEGMENT_COLUMNS, segment_lines

    problems: list[Problem] = []
    count = 0

    def rows() -> Iterator[Row]:
        nonlocal count
        for found in label_segments(names, stdin=stdin, config=settings):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                count += 1
                yield {"id": found[0], "lines": list(found[1])}

    chosen = choose_format(fmt)
    if chosen == "csv":
        write((line for row in rows() for line in segment_lines(row)), chosen, ("id", "line", "label"))
    else:
        write(rows(), chosen, ("id", "lines"), SEGMENT_COLUMNS)
    end(problems, count)
