"""The arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

SOURCE_HELP = "mbox, .mbox.gz, Maildir, .eml, public-inbox epoch or flattened text; - reads an mbox on standard input."
NAME_HELP = "Words of a title, a message-id or link of any mail about it, or a person."
_GIT_HELP = "The project's git tree, a work tree or a bare mirror: tell which patches it has, and since which tag."
_AS_OF_HELP = "Answer with the mail known then: a day (to its end), a time, or '2 weeks ago', counted from today."
_FORMAT = typer.Option(
    "--format",
    "-f",
    help="How to write it. Without this: table on a terminal, else json (one object a line).",
    show_default=False,
)

Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE", help=f"{SOURCE_HELP} Without it: what the store has.", show_default=False),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help=NAME_HELP)]
ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Read settings from a TOML file.")]
GitTree = Annotated[Path | None, typer.Option("--git", metavar="PATH", help=_GIT_HELP, show_default=False)]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="WHEN", help=_AS_OF_HELP, show_default=False)]
Kind = Annotated[Literal["item", "series", "all"], typer.Option(help="Work items, patch series, or both.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors alone.")]
Reader = Annotated[str, typer.Option("--for", metavar="NAME", help="Only what waits for this person.")]
Inbox = Annotated[str, typer.Option("--list", metavar="NAME", help="Only what was posted on this list.")]
Table = Annotated[str, typer.Option("--table", metavar="WORDS", help="Only items of the table in such a mail.")]
Format = Annotated[Literal["table", "json", "jsonl", "csv"] | None, _FORMAT]
LayersFormat = Annotated[Literal["table", "json", "jsonl", "csv", "html"] | None, _FORMAT]
StatusFormat = Annotated[Literal["table", "json", "jsonl", "csv", "yaml", "markdown", "html"] | None, _FORMAT]
ReportFormat = Annotated[
    Literal["text", "html", "markdown", "yaml", "csv", "json", "jsonl"],
    typer.Option("--format", "-f", help="yaml gives the tables of work items back, with their states."),
]
GraphFormat = Annotated[
    Literal["table", "json", "jsonl", "graphml", "dot", "mermaid"] | None,
    typer.Option(
        "--format",
        "-f",
        help="How to write it. Without this: table (counts) on a terminal, else json.",
        show_default=False,
    ),
]
