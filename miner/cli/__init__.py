"""The command line: arguments in, a stage's records out, and an exit status that says how it went.

Thin: each command mines its SOURCES, hands the records to `report`, and ends with what was left out. Exit status: 0
done; 1 nothing could be done; 2 wrong usage; 3 done in part, a source was missing or failed. What is heavy to import
(the pipeline, pandas, tables) is imported by the command that needs it, so that `--help` comes at once.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Annotated

import typer

from miner.cli.ending import politely
from miner.cli.everynight import doctor, nightly, schedule
from miner.cli.fetching import fetch, init, mine
from miner.cli.finding import claims, items, series
from miner.cli.noting import note
from miner.cli.reporting import page, report, send, status
from miner.cli.seeing import explain, layers, segments
from miner.cli.works import blocked, changes, diff, graph, history, promises, show

app = typer.Typer(
    name="miner",
    help="Read development mailing lists and say where every piece of work stands.\n\n"
    "Example: [bold]miner status thread.mbox[/bold]",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    gc.set_threshold(100_000)  # records are many, and hardly any of them lie in cycles
    app()


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"miner {version('lore-miner')}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


_COMMANDS: dict[str, tuple[Callable[..., None], ...]] = {
    "Getting mail": (init, fetch, mine),
    "Every night": (nightly, schedule, doctor),
    "Where things stand": (status, report, send, page, show, diff, history, changes, blocked, graph, promises, note),
    "What was found": (claims, items, series),
    "How the mails were read": (layers, explain, segments),
}
for _panel, _commands in _COMMANDS.items():
    for _command in _commands:
        app.command(rich_help_panel=_panel)(politely(_command))
