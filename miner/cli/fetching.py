"""Commands that get mail: `init`, `fetch` and `mine`."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from miner.cli.ending import end_quietly, finish, refuse, say
from miner.cli.options import ConfigFile, Format, Quiet
from miner.cli.reading import read_settings
from miner.cli.writing import choose_format, write
from miner.config import Config, config_path
from miner.errors import ConfigError, MinerError
from miner.files import make_folder, replace_file


def init(
    lists: Annotated[
        list[str] | None, typer.Argument(metavar="LIST", help="Lists to follow, such as linux-mm.")
    ] = None,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Write it here.")] = None,
    since: Annotated[str, typer.Option(metavar="WHEN", help="Leave out mail from before.")] = "6 months ago",
    contact: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Whom servers may write to. Without this: git's user.email."),
    ] = None,
) -> None:
    """Write a commented configuration file that follows some lists.

    Example: [bold]miner init linux-mm[/bold]
    """
    from miner.starter import make_config

    path = config or config_path()
    if path.exists():
        more = "; ".join(f"[[list]] name = {name!r}".replace("'", '"') for name in lists or ())
        raise MinerError(
            f"{path} is there already; {f'add to it: {more}' if more else 'edit it'}, or name another place with --config"
        )
    text = make_config(lists or (), since=since, contact=contact, now=datetime.now(UTC))
    make_folder(path.parent)
    replace_file(path, text)
    first = "look at it" if lists else "it follows nothing yet: name lists in it"
    print(f"{path} is written; {first}, then: miner fetch{f' --config {path}' if config else ''}")


def fetch(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="URL|MESSAGE-ID|LIST|QUERY", help="What to fetch. Without it: all that is configured."),
    ] = None,
    config: ConfigFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be fetched, and fetch nothing.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, max=16, help="Fetch so many sources at once.")] = None,
    since: Annotated[str, typer.Option(metavar="WHEN", help="A date, or a time as '3 months ago'.")] = "",
    inbox: Annotated[str, typer.Option("--list", metavar="NAME", help="Look for it in this list alone.")] = "",
    full: Annotated[bool, typer.Option("--full", help="Threads and searches whole, not only what is new.")] = False,
    quiet: Quiet = False,
    status: Annotated[bool, typer.Option("--status", help="Tell what is here, and how the last run went.")] = False,
    fmt: Format = None,
) -> None:
    """Fetch mail: whole lists, threads, searches, web archives. A later run brings what is new.

    Example: [bold]miner fetch https://lore.kernel.org/linux-mm/MESSAGE-ID/[/bold]
    """
    settings = read_settings(config)
    if status:
        _write_status(settings, choose_format(fmt))
        return
    from miner import sync
    from miner.report.fetching import Watch, describe_outcome

    try:
        sources = sync.find_sources(targets or (), settings, since=since, inbox=inbox)
    except ConfigError as error:
        refuse(f"fetch: {error}")
    with Watch(sys.stderr, bars=sys.stderr.isatty() and not quiet, quiet=quiet) as watch:
        outcomes = sync.fetch(sources, settings, watch, jobs=jobs, full=full, dry_run=dry_run)
    for each in outcomes:
        if each.error:
            say(f"{each.source.title}: {each.error}")
        elif not quiet:
            print(describe_outcome(each.source.title, each.new, each.removed, each.state, each.plan))
        for problem in each.problems[:5]:
            say(f"{each.source.title}: a mail was left out: {problem.why}")
    failed = sum(bool(each.error) for each in outcomes)
    if not (failed or quiet or dry_run):
        say(f"the mail lies in {settings.fetch.mail_path}; a folder in it is a SOURCE for the other commands")
    if failed:
        raise typer.Exit(1 if failed == len(outcomes) else 3)


def _write_status(settings: Config, fmt: str) -> None:
    from miner import sync
    from miner.report.fetching import STATUS_KEYS, state_columns, state_row

    rows = [state_row(state, settings.fetch.mail_path) for state in sync.read_states(settings)]
    if not rows:
        say(f"nothing has been fetched into {settings.fetch.mail_path} yet; first: miner fetch")
    write(rows, fmt, STATUS_KEYS, state_columns(datetime.now(UTC)))


def mine(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE",
            help="Mail that takes the place of what the store has. Without it: the mail of all that is configured.",
            show_default=False,
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Believe nothing that the store knows; make it anew.")] = False,
    quiet: Quiet = False,
    config: ConfigFile = None,
) -> None:
    """Bring the store up to date, which the other commands read when no SOURCE is given.

    Example: [bold]miner fetch && miner mine && miner status[/bold]
    """
    from miner.keeping import bring_up_to_date

    settings = read_settings(config)
    names, awaited = (sources, 0) if sources else _find_mail(settings)
    if not names:
        refuse(
            "mine: no SOURCE given, and no list is configured; try: miner mine thread.mbox, or first: miner init LIST"
        )
    if "-" in names:
        refuse("mine: standard input cannot be read again, as a store needs it; give a file or a folder")
    kept = bring_up_to_date([os.path.abspath(name) for name in names], settings, full=full)
    if kept.aside:
        say(f"the store was damaged and is made anew; what it was lies in {kept.aside}")
    if not quiet:
        print(f"{kept.mined.read} mails, {kept.new} new, {kept.gone} gone, in {kept.seconds:.1f} s")
        finish(kept.mined)
    else:
        end_quietly(kept.mined)
    if awaited:
        raise typer.Exit(3)


def _find_mail(settings: Config) -> tuple[list[str], int]:
    """The folders with mail of what is configured, and how many sources were not fetched yet. Fewer than the store has are an error:
    their mail would go from it."""
    from miner import sync
    from miner.keeping import describe_lost, find_lost

    folders, absent = sync.find_present(settings)
    if lost := find_lost(settings, absent):
        raise MinerError(describe_lost(settings, lost))
    if absent and not folders:
        raise MinerError("no mail of what is configured has been fetched yet; first: miner fetch")
    for each in absent:
        say(f"no mail of {each.title} has been fetched yet; first: miner fetch")
    return folders, len(absent)
