"""The command line: arguments in, a stage's records out, and an exit status that says how it went.

Thin: each command mines its SOURCES, hands the records to `report`, and ends with what was left out. Exit status: 0
done; 1 nothing could be done; 2 wrong usage; 3 done in part, a source was missing or failed. What is heavy to import
(the pipeline, pandas, tables) is imported by the command that needs it, so that `--help` comes at once.
"""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, get_args

import typer

from miner.config import Config, config_path, find_config, notes_path, read_config
from miner.errors import AmbiguousError, ConfigError, MinerError, StoreError
from miner.files import make_folder, replace_file
from miner.links import read_message_id
from miner.model import (
    Claim,
    Comparison,
    ExplainedSentence,
    FlatLayer,
    Message,
    Move,
    Problem,
    Promise,
    Series,
    Status,
    StatusLabel,
    Wait,
    WorkItem,
)
from miner.sources import parse_moment, parse_since

if TYPE_CHECKING:
    from miner.join.graph import Graph
    from miner.mined import Mined
    from miner.report.arrange import Overview
    from miner.report.formats import Column
    from miner.report.letter import Letter
    from miner.report.rows import Row

_GET = "Getting mail"
_STAND = "Where things stand"
_FOUND = "What was found"
_READ = "How the mails were read"


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


class LayersFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"


class StatusFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    YAML = "yaml"
    MARKDOWN = "markdown"
    HTML = "html"


class ReportFormat(StrEnum):
    TEXT = "text"
    HTML = "html"
    MARKDOWN = "markdown"
    YAML = "yaml"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"


class GraphFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    GRAPHML = "graphml"
    DOT = "dot"
    MERMAID = "mermaid"


class Kind(StrEnum):
    ITEM = "item"
    SERIES = "series"
    ALL = "all"


_ADVICE = "a SOURCE is an mbox, .mbox.gz, Maildir, .eml, public-inbox epoch or text of mails, or - for standard input"
_FORMAT_HELP = "How to write it. Without this: table on a terminal, else json (one object a line)."
_SOURCE_HELP = "mbox, .mbox.gz, Maildir, .eml, public-inbox epoch or flattened text; - reads an mbox on standard input."
_NAME_HELP = "Words of a title, a message-id or link of any mail about it, or a person."
Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE", help=f"{_SOURCE_HELP} Without it: what the store has.", show_default=False),
]
ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Read settings from a TOML file.")]
_GIT_HELP = "The project's git tree, a work tree or a bare mirror: tell which patches it has, and since which tag."
GitTree = Annotated[Path | None, typer.Option("--git", metavar="PATH", help=_GIT_HELP, show_default=False)]
_AS_OF_HELP = "Answer with the mail known then: a day (to its end), a time, or '2 weeks ago', counted from today."
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="WHEN", help=_AS_OF_HELP, show_default=False)]
FormatOption = Annotated[Format | None, typer.Option("--format", "-f", help=_FORMAT_HELP, show_default=False)]
StatusFormatOption = Annotated[
    StatusFormat | None, typer.Option("--format", "-f", help=_FORMAT_HELP, show_default=False)
]
LayersFormatOption = Annotated[
    LayersFormat | None, typer.Option("--format", "-f", help=_FORMAT_HELP, show_default=False)
]
GraphFormatOption = Annotated[
    GraphFormat | None,
    typer.Option(
        "--format",
        "-f",
        help="How to write it. Without this: table (counts) on a terminal, else json.",
        show_default=False,
    ),
]

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


# Getting mail


@app.command(rich_help_panel=_GET)
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
    with _politely("init"):
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


@app.command(rich_help_panel=_GET)
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
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors alone.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Tell what is here, and how the last run went.")] = False,
    fmt: FormatOption = None,
) -> None:
    """Fetch mail: whole lists, threads, searches, web archives. A later run brings what is new.

    Example: [bold]miner fetch https://lore.kernel.org/linux-mm/MESSAGE-ID/[/bold]
    """
    with _politely("fetch"):
        settings = read_config(config or find_config())
        if status:
            _write_fetch_status(settings, _format(fmt))
            return
        _fetch(targets or (), settings, since, inbox, jobs, full, dry_run, quiet)


@app.command(rich_help_panel=_GET)
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
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors alone.")] = False,
    config: ConfigFile = None,
) -> None:
    """Bring the store up to date, which the other commands read when no SOURCE is given.

    Example: [bold]miner fetch && miner mine && miner status[/bold]
    """
    with _politely("mine"):
        from miner.keeping import bring_up_to_date

        settings = read_config(config or find_config())
        names, awaited = (sources, 0) if sources else _find_mail(settings)
        if not names:
            _say(
                "mine: no SOURCE given, and no list is configured; try: miner mine thread.mbox, or first: miner init LIST"
            )
            raise typer.Exit(2)
        if "-" in names:
            _say("mine: standard input cannot be read again, as a store needs it; give a file or a folder")
            raise typer.Exit(2)
        kept = bring_up_to_date([os.path.abspath(name) for name in names], settings, full=full)
        if kept.aside:
            _say(f"the store was damaged and is made anew; what it was lies in {kept.aside}")
        if not quiet:
            print(f"{kept.mined.read} mails, {kept.new} new, {kept.gone} gone, in {kept.seconds:.1f} s")
            _finish(kept.mined)
        else:
            _end_quietly(kept.mined)
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
        _say(f"no mail of {each.title} has been fetched yet; first: miner fetch")
    return folders, len(absent)


def _fetch(
    targets: Sequence[str],
    settings: Config,
    since: str,
    inbox: str,
    jobs: int | None,
    full: bool,
    dry_run: bool,
    quiet: bool,
) -> None:
    from miner import sync
    from miner.report.fetching import Watch, describe_outcome

    try:
        sources = sync.find_sources(targets, settings, since=since, inbox=inbox)
    except ConfigError as error:
        _say(f"fetch: {error}")
        raise typer.Exit(2) from error
    with Watch(sys.stderr, bars=sys.stderr.isatty() and not quiet, quiet=quiet) as watch:
        outcomes = sync.fetch(sources, settings, watch, jobs=jobs, full=full, dry_run=dry_run)
    for each in outcomes:
        if each.error:
            _say(f"{each.source.title}: {each.error}")
        elif not quiet:
            print(describe_outcome(each.source.title, each.new, each.removed, each.state, each.plan))
        for problem in each.problems[:5]:
            _say(f"{each.source.title}: a mail was left out: {problem.why}")
    failed = sum(bool(each.error) for each in outcomes)
    if not (failed or quiet or dry_run):
        _say(f"the mail lies in {settings.fetch.mail_path}; a folder in it is a SOURCE for the other commands")
    if failed:
        raise typer.Exit(1 if failed == len(outcomes) else 3)


def _write_fetch_status(settings: Config, fmt: str) -> None:
    from miner import sync
    from miner.report.fetching import STATUS_KEYS, state_columns, state_row

    rows = [state_row(state, settings.fetch.mail_path) for state in sync.read_states(settings)]
    if not rows:
        _say(f"nothing has been fetched into {settings.fetch.mail_path} yet; first: miner fetch")
    _write(rows, fmt, STATUS_KEYS, state_columns(datetime.now(UTC)))


_RUN = "Every night"


@app.command(rich_help_panel=_RUN)
def nightly(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Fetch, store and send nothing; tell what would be sent.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Fetch, mine what is new, write the report, send it. Quiet unless something went wrong.

    Example: [bold]miner nightly --dry-run[/bold]
    """
    with _politely("nightly"):
        from miner.nightly import log_folder, run_night
        from miner.report.render import render_letter

        settings = read_config(config or find_config())
        night = run_night(settings, dry_run=dry_run)
        if dry_run:
            if night.letter is not None:
                sys.stdout.write(render_letter(night.letter, "text", settings.templates) + "\n")
            for line in night.lines:
                print(line)
        for trouble in night.troubles:
            _say(trouble)
        if night.troubles:
            _say(f"the log is in {log_folder(settings)}")
            raise typer.Exit(3 if night.letter is not None else 1)


@app.command(rich_help_panel=_RUN)
def schedule(
    cron: Annotated[bool, typer.Option("--cron", help="Print a line for a crontab.")] = False,
    systemd: Annotated[
        bool, typer.Option("--systemd", help="Print a service and a timer, and how to install them.")
    ] = False,
    at: Annotated[str, typer.Option(metavar="HH:MM", help="When to run.")] = "05:00",
    config: ConfigFile = None,
) -> None:
    """Print what makes cron or systemd run `miner nightly`.

    Example: [bold](crontab -l | grep -v '# lore-miner$'; miner schedule --cron) | crontab -[/bold]
    """
    with _politely("schedule"):
        from miner.schedule import GUIDE, find_program, make_crontab, make_units

        try:
            time = datetime.strptime(at, "%H:%M")  # noqa: DTZ007 - a time of day
        except ValueError:
            time = None
        if cron == systemd or time is None:
            _say(f"schedule: {'--at must be a time as 05:00' if time is None else 'give --cron or --systemd'}")
            raise typer.Exit(2)
        program = find_program()
        path = config.absolute() if config else None
        if cron:
            sys.stdout.write(make_crontab(program, path, time.hour, time.minute))
        else:
            minutes = read_config(config or find_config()).nightly_minutes
            sys.stdout.write(GUIDE + "\n".join(make_units(program, path, time.hour, time.minute, minutes)))


@app.command(rich_help_panel=_RUN)
def doctor(config: ConfigFile = None) -> None:
    """Look whether configuration, git, files, disk, archives, store, notes, model and SMTP are in order, and say what to mend.

    Example: [bold]miner doctor[/bold]
    """
    with _politely("doctor"):
        from miner.doctor import examine
        from miner.report.escape import one_line

        worst = 0
        for found in examine(config or find_config()):
            worst = max(worst, ("good", "poor", "bad").index(found.state))
            advice = f"; {found.advice}" if found.advice else ""
            print(f"{found.state:4} {found.what:8} {one_line(found.says + advice, 500)}")
        if worst == 2:
            raise typer.Exit(1)


# Where things stand


@app.command(rich_help_panel=_STAND)
def status(
    sources: Sources = None,
    fmt: StatusFormatOption = None,
    kind: Annotated[Kind, typer.Option(help="Work items, patch series, or both.")] = Kind.ALL,
    everything: Annotated[bool, typer.Option("--all", help="Show older revisions and more evidence too.")] = False,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Say where each work item and each patch series stands, and who must act next.

    Example: [bold]miner status thread.mbox[/bold]
    """
    with _politely("status"):
        settings, mined = _mine("status", sources, config, git, as_of)
        chosen = [each for each in mined.status if kind in (Kind.ALL, each.kind)]
        _write_status(mined, chosen, _format(fmt), settings, everything)
        _say_idle(sources, mined, settings)
        _finish(mined)


@app.command(rich_help_panel=_STAND)
def report(
    sources: Sources = None,
    fmt: Annotated[
        ReportFormat,
        typer.Option("--format", "-f", help="yaml gives the tables of work items back, with their states."),
    ] = ReportFormat.TEXT,
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="Tell what moved since a date, '3 weeks ago' or the last report sent.")
    ] = "last",
    reader: Annotated[str, typer.Option("--for", metavar="NAME", help="Only what waits for this person.")] = "",
    inbox: Annotated[str, typer.Option("--list", metavar="NAME", help="Only what was posted on this list.")] = "",
    table: Annotated[
        str, typer.Option("--table", metavar="WORDS", help="Only items of the table in such a mail.")
    ] = "",
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it as an HTML page too.")] = None,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Write the report that a maintainer would write by hand: what moved, what needs you, who waits for whom.

    Example: [bold]miner report --since 2026-03-20 --for "Yu Zhao" thread.mbox[/bold]
    """
    with _politely("report"):
        settings, mined = _mine("report", sources, config, git, as_of)
        letter = _compose(mined, settings, since, (reader, inbox, table))
        _say_unknown(mined, (reader, inbox, table))
        _write_letter(mined, letter, fmt.value, settings)
        if html is not None:
            from miner.report.render import render_letter

            replace_file(html, render_letter(letter, "html", settings.templates))
            sys.stdout.flush()
            _say(f"the page is in {html}")
        _say_idle(sources, mined, settings)
        _finish(mined)


@app.command(rich_help_panel=_STAND)
def send(
    sources: Sources = None,
    to: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help=r"Who gets it; else the `to` of \[smtp].")
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Really send it. Without this the mail is only shown.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Send it even if there is nothing new in it.")] = False,
    since: Annotated[str, typer.Option(metavar="WHEN", help="Tell what moved since then.")] = "last",
    reader: Annotated[str, typer.Option("--for", metavar="NAME", help="Only what waits for this person.")] = "",
    inbox: Annotated[str, typer.Option("--list", metavar="NAME", help="Only what was posted on this list.")] = "",
    table: Annotated[
        str, typer.Option("--table", metavar="WORDS", help="Only items of the table in such a mail.")
    ] = "",
    git: GitTree = None,
    config: ConfigFile = None,
) -> None:
    r"""Send the report by mail, as text and HTML. Shows the mail and sends nothing without --confirm.

    The server is that of \[smtp] in the configuration, else that of git's sendemail.* settings. Its password comes from
    $LORE_MINER_SMTP_PASSWORD, from the keyring (smtp://HOST:PORT), or from git's credential helpers.

    Example: [bold]miner send --to maintainers@example.org --confirm[/bold]
    """
    with _politely("send"):
        from miner.outbox import Stood
        from miner.past import stand
        from miner.posting import prepare, transmit
        from miner.report.send import show_mail

        settings, mined = _mine("send", sources, config, git)
        letter = _compose(mined, settings, since, (reader, inbox, table), to or settings.smtp.to)
        _say_unknown(mined, (reader, inbox, table))
        stood = Stood(mined.sources, stand(mined.status))
        prepared = prepare(
            letter, settings, to or settings.smtp.to, now=datetime.now(UTC), dry=not confirm, stood=stood
        )
        refused = ""
        if not confirm:
            sys.stdout.write(show_mail(prepared.mail))
            sys.stdout.flush()
            way = (
                f"by {prepared.server.host}"
                if prepared.server.host
                else "as soon as there is an SMTP server: see --help"
            )
            _say(f"nothing was sent; with --confirm it goes to {', '.join(prepared.to)} {way}")
        elif prepared.why_not and not again:
            _say(f"nothing was sent: {prepared.why_not}; --again sends it all the same")
        else:
            refused = transmit(prepared, settings)
            if not refused:
                print(f"sent to {', '.join(prepared.to)}")
        _finish(mined)
        if refused:
            _say(f"done in part: {refused}")
            raise typer.Exit(3)


def _compose(
    mined: Mined, settings: Config, since: str, view: tuple[str, str, str], to: Sequence[str] | None = None
) -> Letter:
    """The letter; the last report is the last one to the same people, if they are given."""
    from miner.letters import View, compose
    from miner.outbox import last_report, read_standing

    now, before = datetime.now(UTC), None
    if since == "last":
        last = last_report(settings, to)
        start = last.date if last else None
        before = read_standing(settings, last, mined.sources) if mined.as_of is None else None
    else:
        start = _read_start(since, mined)
    return compose(mined, settings, now=now, since=start, view=View(*view), before=before)


def _say_unknown(mined: Mined, view: tuple[str, str, str]) -> None:
    """Say what a report was asked for and no mail knows: it is empty then, and not because nothing is to be done."""
    from miner.letters import View, find_unknown

    for line in find_unknown(mined, View(*view)):
        _say(line)


def _write_letter(mined: Mined, letter: Letter, fmt: str, settings: Config) -> None:
    if fmt == "yaml":
        from miner.report.tables import update_tables

        sys.stdout.write("\n".join(update_tables(mined.messages, mined.rows, mined.status, mined.items)))
    elif fmt in ("csv", "json", "jsonl"):
        from miner.report.letter import LETTER_KEYS, letter_rows
        from miner.report.rows import plain

        if fmt == "csv":
            _write(letter_rows(letter), fmt, LETTER_KEYS, ())
        else:
            _write([plain(letter)], fmt, (), ())
    else:
        from miner.report.render import render_letter

        sys.stdout.write(render_letter(letter, fmt, settings.templates))


@app.command(rich_help_panel=_STAND)
def page(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder that the site is written into.")],
    sources: Sources = None,
    since: Annotated[str, typer.Option(metavar="WHEN", help="The feed has what moved since then.")] = "30d",
    url: Annotated[str, typer.Option(metavar="ADDRESS", help="Where the site will be, for the feed's links.")] = "",
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Write a site of static pages: search, filters, each work's history, what blocks what, a feed. It needs no server.

    Example: [bold]miner page site/ thread.mbox[/bold]
    """
    with _politely("page"):
        if url and not re.fullmatch(r"https?://[^\s\"<>?#]+", url):
            _say(f"page: --url must be an http or https address, not {url!r}")
            raise typer.Exit(2)
        settings, mined = _mine("page", sources, config, git, as_of, "miner page site/ thread.mbox")
        moment = _as_of(mined)
        start = _read_since(since, moment, "the newest mail" if mined.as_of is None else "--as-of")
        from miner.sites import INDEX, write_site

        count = write_site(out, mined, settings, start, moment, url=url)
        print(f"{count} pages and a feed in {out}; open {out / INDEX}")
        if not url:
            _say(
                "the feed has no address of its own, and links that not every reader follows; --url tells where the site will be"
            )
        _finish(mined)


@app.command(rich_help_panel=_STAND)
def show(
    item: Annotated[str, typer.Argument(metavar="NAME", help=_NAME_HELP)],
    sources: Sources = None,
    fmt: FormatOption = None,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Show the history of one work item or patch series, claim by claim.

    Example: [bold]miner show "warp cache" thread.mbox[/bold]
    """
    with _politely("show"):
        settings, mined = _mine("show", sources, config, git, as_of, 'miner show "warp cache" thread.mbox')
        try:
            _write_show(mined, item, _format(fmt), settings)
        except MinerError as error:
            _finish(mined, why=error)
        _finish(mined)


@app.command(rich_help_panel=_STAND)
def diff(
    series: Annotated[str, typer.Argument(metavar="NAME", help=_NAME_HELP)],
    sources: Sources = None,
    older: Annotated[int | None, typer.Option("--from", metavar="N", help="Compare vN, not the one before.")] = None,
    newer: Annotated[int | None, typer.Option("--to", metavar="N", help="Compare with vN, not the newest.")] = None,
    brief: Annotated[bool, typer.Option("--brief", help="Leave out the lines of the range-diff.")] = False,
    fmt: FormatOption = None,
    config: ConfigFile = None,
) -> None:
    """Show what changed between two versions of a series, and what became of the reviewers' asks.

    Example: [bold]miner diff "loom: count" thread.mbox[/bold]
    """
    with _politely("diff"):
        settings, mined = _mine("diff", sources, config, example='miner diff "loom: count" thread.mbox')
        try:
            _write_diff(mined, series, older, newer, brief, _format(fmt), settings)
        except MinerError as error:
            _finish(mined, why=error)
        _finish(mined)


@app.command(rich_help_panel=_STAND)
def history(
    item: Annotated[str, typer.Argument(metavar="NAME", help=_NAME_HELP)],
    sources: Sources = None,
    fmt: FormatOption = None,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Show how the status of one work item or patch series moved, mail by mail.

    Example: [bold]miner history "warp cache" thread.mbox[/bold]
    """
    with _politely("history"):
        settings, mined = _mine("history", sources, config, git, as_of, 'miner history "warp cache" thread.mbox')
        try:
            from miner.past import find_history
            from miner.report.history import find_work

            moves = find_history(mined, find_work(item, mined.status, mined.series, mined.messages), settings)
            _write_moves(moves, mined, _format(fmt), settings, titles=False)
        except MinerError as error:
            _finish(mined, why=error)
        _finish(mined)


@app.command(rich_help_panel=_STAND)
def changes(
    sources: Sources = None,
    since: Annotated[
        str,
        typer.Option(
            metavar="WHEN", help="A date, or a time as '3 months ago' or 7d, counted from the newest mail or --as-of."
        ),
    ] = "7d",
    fmt: FormatOption = None,
    kind: Annotated[Kind, typer.Option(help="Work items, patch series, or both.")] = Kind.ALL,
    everything: Annotated[bool, typer.Option("--all", help="Show what you muted or snoozed too.")] = False,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Show what moved since a date, over all work items and patch series. A time ago counts from the newest mail, or from --as-of.

    Example: [bold]miner changes --since 2026-03-20 list.mbox[/bold]
    """
    with _politely("changes"):
        settings, mined = _mine("changes", sources, config, git, as_of)
        start = _read_start(since, mined)
        from miner.past import find_changes

        moves = [move for move in find_changes(mined, start, settings) if kind in (Kind.ALL, move.kind)]
        shown = moves if everything else _leave_out_hidden(moves, mined)
        _write_moves(shown, mined, _format(fmt), settings)
        if len(shown) < len(moves):
            sys.stdout.flush()
            _say(f"{len(moves) - len(shown)} muted or snoozed by you moved too, see --all")
        _finish(mined)


@app.command(rich_help_panel=_STAND)
def blocked(
    sources: Sources = None,
    fmt: FormatOption = None,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Show what waits for what: chains of work, rings, and the piece of work that holds up most others.

    Example: [bold]miner blocked thread.mbox[/bold]
    """
    with _politely("blocked"):
        settings, mined = _mine("blocked", sources, config, git, as_of)
        from miner.join.blocked import find_blocked

        found = find_blocked(mined.status)
        chosen = _format(fmt)
        if chosen == "table":
            from miner.report.terminal import make_console, render_blocked, write_text

            console = make_console(sys.stdout)
            write_text(render_blocked(found, console, settings.archive_url, _authors(mined)), console)
        else:
            from miner.report.rows import plain

            _write((plain(wait) for wait in found.waits), chosen, Wait, ())
        _finish(mined)


@app.command(rich_help_panel=_STAND)
def graph(
    sources: Sources = None,
    fmt: GraphFormatOption = None,
    around: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Only what lies near this: words of a title, a person, a message-id, or all that `miner show` takes.",
            show_default=False,
        ),
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(min=1, max=8, help="With --around: how many steps away. Without this: 1.", show_default=False),
    ] = None,
    kinds: Annotated[
        str | None,
        typer.Option(
            metavar="KIND,...", help="Only nodes of these kinds, such as item,series,person.", show_default=False
        ),
    ] = None,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Give out all that was found as one graph, for networkx, Gephi, Graphviz or a web page.

    Example: [bold]miner graph --around "warp cache" --format dot thread.mbox | dot -Tsvg > graph.svg[/bold]
    """
    with _politely("graph"):
        from miner.join import graph as graphs

        wanted = kinds.split(",") if kinds is not None else []
        if unknown := [kind for kind in wanted if kind not in graphs.NODE_KINDS]:
            _say(f"--kinds: no kind {unknown[0]!r}; the kinds are {', '.join(graphs.NODE_KINDS)}")
            raise typer.Exit(2)
        if around is None and depth is not None:
            _say("graph: --depth counts steps from what --around names; give both")
            raise typer.Exit(2)
        _, mined = _mine("graph", sources, config, git, as_of)
        try:
            found = _find_around(mined, around, depth or 1) if around is not None else mined.graph
        except MinerError as error:
            _finish(mined, why=error)
        _write_graph(graphs.only(found, wanted) if wanted else found, _graph_format(fmt))
        _finish(mined)


@app.command(rich_help_panel=_STAND)
def promises(
    sources: Sources = None,
    fmt: FormatOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Show those that were kept, or are moot, too.")] = False,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """List what people said they would do, a new version or a look, and did not do yet.

    Example: [bold]miner promises --all thread.mbox[/bold]
    """
    with _politely("promises"):
        from miner.report.formats import PROMISE_COLUMNS
        from miner.report.rows import plain

        _, mined = _mine("promises", sources, config, as_of=as_of)
        chosen = [each for each in mined.promises if everything or each.state in ("late", "open")]
        chosen.sort(key=lambda each: each.state != "late")
        _write((plain(each) for each in chosen), _format(fmt), Promise, PROMISE_COLUMNS)
        _finish(mined)


@app.command(rich_help_panel=_STAND)
def note(
    work: Annotated[
        str | None,
        typer.Argument(
            metavar="WORK",
            help=f"{_NAME_HELP} Without it: list the notes.",
        ),
    ] = None,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE",
            help="Look it up in these mails. Without it: in the store, if there is one.",
            show_default=False,
        ),
    ] = None,
    says: Annotated[str, typer.Option("--says", metavar="TEXT", help="What you know of it.")] = "",
    status: Annotated[
        str | None,
        typer.Option(
            metavar="STATUS",
            help=f"Put this in the place of what the mail says: {', '.join(get_args(StatusLabel))}.",
        ),
    ] = None,
    mute: Annotated[bool, typer.Option("--mute", help="Leave it out of reports.")] = False,
    snooze: Annotated[
        str | None, typer.Option(metavar="DAY", help="Leave it out of reports until a day, or for '2 weeks'.")
    ] = None,
    pin: Annotated[
        list[str] | None, typer.Option(metavar="MESSAGE-ID|LINK", help="The item is about this posting.")
    ] = None,
    cut: Annotated[
        list[str] | None, typer.Option(metavar="MESSAGE-ID|LINK", help="The item is not about this posting.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Forget all that you said of it.")] = False,
    expire: Annotated[bool, typer.Option("--expire", help="Forget every snooze that is over.")] = False,
    config: ConfigFile = None,
) -> None:
    """Say yourself where a piece of work stands, what it is about, or that you want to hear nothing of it.

    Example: [bold]miner note "warp cache" --status merged --says "Ben told me"[/bold]
    """
    with _politely("note"):
        ties = (tuple(map(read_message_id, pin or ())), tuple(map(read_message_id, cut or ())))
        work = work if work is not None and work.strip() else None
        said = bool(says or status is not None or mute or snooze is not None or pin or cut)
        if (work is None and (said or clear)) or (clear and said):
            _say(
                f"note: {'--clear forgets all of it, and stands alone' if clear and work else 'name the WORK that it is about'}"
            )
            raise typer.Exit(2)
        if expire and (work is not None or said or clear):
            _say("note: --expire is about all notes, and stands alone")
            raise typer.Exit(2)
        if expire:
            _expire_notes(notes_path(config))
        elif work is None:
            _list_notes(notes_path(config))
        elif clear:
            _clear_notes(work, sources, config)
        else:
            _note(work, sources, says, status, mute, snooze, ties, config)


def _list_notes(path: Path) -> None:
    from miner.notes import describe_note, read_notes
    from miner.report.escape import one_line

    notes = read_notes(path)
    for each in notes:
        print(one_line(describe_note(each, _today()), 1000))
    if not notes:
        sys.stdout.flush()
        _say(f"there are no notes in {path}; `miner note --help` tells how to make one")


def _expire_notes(path: Path) -> None:
    from miner.notes import drop_expired

    count = drop_expired(path, _today())
    print(
        f"{count} {'snooze that was' if count == 1 else 'snoozes that were'} over {'is' if count == 1 else 'are'} gone from {path}"
    )


def _today() -> date:
    """The user's own day, by which he says until when he wants to hear nothing."""
    return datetime.now(UTC).astimezone().date()


def _clear_notes(work: str, sources: Sequence[str] | None, config: Path | None) -> None:
    from miner.notes import drop_notes
    from miner.noting import clear_notes

    path = notes_path(config)
    known = _read_known(sources, config)
    count = clear_notes(path, work, known) if known is not None else drop_notes(path, work)
    if not count:
        raise MinerError(f"there is no note about {work!r} in {path}; `miner note` lists them")
    print(
        f"{count} {'note' if count == 1 else 'notes'} about {work!r} {'is' if count == 1 else 'are'} gone from {path}"
    )


def _note(
    work: str,
    sources: Sequence[str] | None,
    says: str,
    status: str | None,
    mute: bool,
    snooze: str | None,
    ties: tuple[tuple[str, ...], tuple[str, ...]],
    config: Path | None,
) -> None:
    from miner.notes import add_note, make_note, parse_until

    today, path = _today(), notes_path(config)
    try:
        until = parse_until(snooze, today) if snooze is not None else None
        note = make_note(work, today, says, status, mute, until, *ties)
    except ConfigError as error:
        _say(f"note: {error}")
        raise typer.Exit(2) from error
    known = _read_known(sources, config)
    if known is not None:
        from miner.noting import find_name

        note = replace(note, work=find_name(work, known, *ties))
    new = add_note(path, note)
    print(f"{note.work}: {'noted' if new else 'that is noted already'} in {path}")
    if known is None:
        _say("whether there is such work was not checked: no SOURCE given, and no store to read")


def _read_known(sources: Sequence[str] | None, config: Path | None) -> Mined | None:
    """What a note may be about: all in the sources, else in the store; None without one that can be read."""
    settings = replace(read_config(config or find_config()), notes=())
    if sources:
        return _mine("note", sources, config)[1]
    from miner.keeping import read_store

    try:
        return read_store(settings)
    except StoreError:
        return None


# What was found


@app.command(rich_help_panel=_FOUND)
def claims(
    sources: Sources = None,
    fmt: FormatOption = None,
    min_confidence: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Leave out claims with less confidence.", show_default=False)
    ] = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """List the sentences that say where a piece of work stands.

    Example: [bold]miner claims --format csv thread.mbox > claims.csv[/bold]
    """
    with _politely("claims"):
        from miner.report.formats import claim_columns
        from miner.report.rows import claim_row

        settings, mined = _mine("claims", sources, config, as_of=as_of, least=min_confidence)
        least = settings.min_confidence if min_confidence is None else min_confidence
        rows = (claim_row(claim) for claim in mined.claims if claim.confidence >= least)
        _write(rows, _format(fmt), Claim, claim_columns({each.root: each.title for each in mined.series}))
        _finish(mined)


@app.command(rich_help_panel=_FOUND)
def items(sources: Sources = None, fmt: FormatOption = None, as_of: AsOf = None, config: ConfigFile = None) -> None:
    """List the work items of every table that somebody posted.

    Example: [bold]miner items thread.mbox[/bold]
    """
    with _politely("items"):
        from miner.report.formats import ITEM_COLUMNS
        from miner.report.rows import item_row

        _, mined = _mine("items", sources, config, as_of=as_of)
        _write((item_row(item) for item in mined.items), _format(fmt), WorkItem, ITEM_COLUMNS)
        _finish(mined)


@app.command(rich_help_panel=_FOUND)
def series(
    sources: Sources = None,
    fmt: FormatOption = None,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """List the postings of patches and patch series, with what each of them replaces and the commits that it became.

    Example: [bold]miner series list.mbox.gz[/bold]
    """
    with _politely("series"):
        from miner.report.formats import SERIES_COLUMNS, SERIES_IN_GIT_COLUMNS
        from miner.report.rows import series_row

        settings, mined = _mine("series", sources, config, git, as_of)
        columns = SERIES_IN_GIT_COLUMNS if settings.git else SERIES_COLUMNS
        _write((series_row(each) for each in mined.series), _format(fmt), Series, columns)
        _finish(mined)


# How the mails were read


@app.command(rich_help_panel=_READ)
def layers(sources: Sources = None, fmt: LayersFormatOption = None, config: ConfigFile = None) -> None:
    """Show who wrote which line of each mail, quotes of quotes included.

    Example: [bold]miner layers --format html reply.eml > reply.html[/bold]
    """
    with _politely("layers"):
        mined = _read("layers", sources, config)
        _write_layers(mined, _format(fmt))
        _finish(mined)


@app.command(rich_help_panel=_READ)
def explain(
    name: Annotated[str, typer.Argument(metavar="MAIL", help="Its message-id, words of its subject, or who wrote it.")],
    sources: Sources = None,
    fmt: FormatOption = None,
    config: ConfigFile = None,
) -> None:
    """Show why each sentence of a mail is a status claim or not: rules, scores, and what was refused.

    Example: [bold]miner explain 20240502090000.1@example.org thread.mbox[/bold]
    """
    with _politely("explain"):
        mined = _read("explain", sources, config, example="miner explain MESSAGE-ID thread.mbox")
        from miner.links import read_message_id
        from miner.recall import read_near
        from miner.report.history import find_mail

        try:
            ident = read_message_id(name)
            known = read_near(mined, [ident])[0].get(ident) if ident in mined.by_id else None
            message = known or find_mail(name, mined.messages)
            _write_explained(message, _format(fmt), read_config(config or find_config()))
        except MinerError as error:
            _finish(mined, why=error)
        _finish(mined)


@app.command(rich_help_panel=_READ)
def segments(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE", help=_SOURCE_HELP, show_default=False)
    ] = None,
    fmt: FormatOption = None,
    config: ConfigFile = None,
) -> None:
    """Label each line of each mail: greeting, quotation, paragraph, patch and so on.

    A *.jsonl SOURCE holds bare bodies, one a line: {"id": ..., "text": ...}

    Example: [bold]miner segments reply.eml[/bold]
    """
    with _politely("segments"):
        settings, stdin, names = _prepare("segments", sources, config)
        from miner.reading import label_segments
        from miner.report.formats import SEGMENT_COLUMNS, segment_lines
        from miner.report.rows import segments_row

        problems: list[Problem] = []
        count = [0]

        def rows() -> Iterator[Row]:
            for found in label_segments(names, stdin=stdin, config=settings):
                if isinstance(found, Problem):
                    problems.append(found)
                else:
                    count[0] += 1
                    yield segments_row(*found)

        chosen = _format(fmt)
        if chosen == "csv":
            _write((line for row in rows() for line in segment_lines(row)), chosen, ("id", "line", "label"), ())
        else:
            _write(rows(), chosen, ("id", "lines"), SEGMENT_COLUMNS)
        _end(problems, count[0])


# Reading


def _prepare(
    command: str, sources: Sequence[str] | None, config: Path | None, example: str = ""
) -> tuple[Config, BinaryIO | None, list[str]]:
    if not sources:
        _say(f"{command}: no SOURCE given; try: {example or f'miner {command} thread.mbox'}")
        raise typer.Exit(2)
    stdin = sys.stdin.buffer if "-" in sources else None
    return read_config(config or find_config()), stdin, list(sources)


def _mine(
    command: str,
    sources: Sequence[str] | None,
    config: Path | None,
    git: Path | None = None,
    as_of: str | None = None,
    example: str = "",
    least: float | None = None,
) -> tuple[Config, Mined]:
    """All that is in the SOURCEs or the store; of the SOURCEs claims of `least` confidence too where the settings would leave them out."""
    moment = _read_moment(as_of)
    if not sources:
        settings = read_config(config or find_config())
        chosen = settings if git is None else replace(settings, git=str(git))
        return chosen, _say_if_early(_read_store(command, chosen, example, moment, again=git is not None))
    settings, stdin, names = _prepare(command, sources, config, example)
    if git is not None:
        settings = replace(settings, git=str(git))
    if least is not None:
        settings = replace(settings, min_confidence=min(least, settings.min_confidence))
    from miner.pipeline import mine

    return settings, _say_if_early(_stop_if_nothing(mine(names, stdin=stdin, config=settings, as_of=moment)))


def _read(command: str, sources: Sequence[str] | None, config: Path | None, example: str = "") -> Mined:
    """Messages alone, from the SOURCEs or the store."""
    if not sources:
        return _read_store(command, read_config(config or find_config()), example)
    settings, stdin, names = _prepare(command, sources, config, example)
    from miner.reading import read_messages

    return _stop_if_nothing(read_messages(names, stdin=stdin, config=settings))


def _read_store(
    command: str, settings: Config, example: str, as_of: datetime | None = None, again: bool = False
) -> Mined:
    path = settings.store_path
    if not path.exists():
        example = example or f"miner {command} thread.mbox"
        _say(f"{command}: no SOURCE given, and no store to read; try: {example}, or first: miner mine")
        raise typer.Exit(2)
    from miner.keeping import have_settings_changed, read_store
    from miner.store import is_written_to

    try:
        if as_of is None and not again and have_settings_changed(settings):
            _say(f"{command}: the settings are others than those of the last run; they count from the next miner mine")
        return read_store(settings, as_of, again)
    except StoreError as error:
        advice = "wait for the one that is under way" if is_written_to(path) else "make it anew: miner mine"
        raise MinerError(f"{error}; {advice}") from error


def _read_moment(said: str | None) -> datetime | None:
    try:
        return parse_moment(said, datetime.now(UTC), "--as-of") if said is not None else None
    except ConfigError as error:
        _say(str(error))
        raise typer.Exit(2) from error


def _read_since(said: str, moment: datetime | None, limit: str) -> datetime:
    """The day of --since, a time ago counted from a moment, if there is one; `limit` says where that comes from."""
    try:
        return parse_since(said, moment or datetime.now(UTC), "--since", limit if moment is not None else "")
    except ConfigError as error:
        _say(str(error))
        raise typer.Exit(2) from error


def _say_if_early(mined: Mined) -> Mined:
    """Nothing is known before the first mail, which is no reason to believe that nothing was going on."""
    empty = bool(mined.problems) and all(each.why.startswith("empty") for each in mined.problems)
    if mined.as_of is not None and not mined.read and not empty:
        _say(f"--as-of: no mail here is as old as {mined.as_of:%Y-%m-%d %H:%M}; all are later, or have no date")
    return mined


def _stop_if_nothing(mined: Mined) -> Mined:
    """Without a single mail there is nothing to write, unless the reason is that the source is empty."""
    if not mined.read and any(each.lost == "mail" or not each.why.startswith("empty") for each in mined.problems):
        _finish(mined)
    return mined


# Writing


def _format(chosen: StrEnum | None) -> str:
    """The format that was asked for, else what suits the place where the output goes."""
    if chosen is not None:
        return str(chosen.value)
    return "table" if sys.stdout.isatty() else "jsonl"


def _write(rows: Iterable[Row], fmt: Any, keys: type | Sequence[str], columns: Sequence[Column]) -> None:
    from miner.report.formats import write_rows
    from miner.report.rows import keys_of

    names = keys_of(keys) if isinstance(keys, type) else keys
    write_rows(rows, fmt, sys.stdout, keys=names, columns=columns)


def _arrange(mined: Mined, chosen: Sequence[Status], settings: Config, everything: bool) -> Overview:
    from miner.report.arrange import arrange_status

    return arrange_status(
        chosen,
        items=mined.items,
        series=mined.series,
        claims=mined.claims,
        messages=mined.by_id,
        archive_url=settings.archive_url,
        stale_days=settings.stale_days or int(mined.pace.silent_days),
        as_of=_as_of(mined),
        everything=everything,
        today=(mined.as_of or datetime.now(UTC)).astimezone().date(),
    )


def _read_start(since: str, mined: Mined) -> datetime:
    """The moment since which something moved; a time ago counts from the newest mail, or from --as-of."""
    ago = any(map(str.isalpha, since))  # "7d", and no date
    return _read_since(
        since, _as_of(mined) if ago else mined.as_of, "--as-of" if mined.as_of is not None else "the newest mail"
    )


def _as_of(mined: Mined) -> datetime | None:
    """The moment that was asked for, else the newest mail's date; one from after tomorrow has a wrong clock and does not count."""
    if mined.as_of is not None:
        return mined.as_of
    return mined.date_newest(datetime.now(UTC) + timedelta(days=1))


def _write_status(mined: Mined, chosen: Sequence[Status], fmt: str, settings: Config, everything: bool) -> None:
    if fmt in ("json", "jsonl", "csv", "yaml"):
        from miner.report.rows import status_row

        _write((status_row(each) for each in chosen), fmt, Status, ())
        return
    overview = _arrange(mined, chosen, settings, everything)
    if fmt == "markdown":
        from miner.report.markdown import render_markdown

        sys.stdout.write(render_markdown(overview))
    elif fmt == "html":
        from miner.report.page import render_report_html

        sys.stdout.write(render_report_html(overview))
    else:
        from miner.report.terminal import make_console, render_status, write_text

        console = make_console(sys.stdout)
        write_text(render_status(overview, console), console)


def _write_show(mined: Mined, name: str, fmt: str, settings: Config) -> None:
    from miner.recall import read_near
    from miner.report.history import arrange_history, find_work, mails_of, show_rows

    work = find_work(name, mined.status, mined.series, mined.messages)
    messages, rows = read_near(mined, mails_of(work, mined.claims))
    if fmt != "table":
        found = show_rows(work, claims=mined.claims, messages=messages, rows=rows, archive_url=settings.archive_url)
        _write(found, fmt, Claim, ())
        return
    from miner.join import tell_rules
    from miner.report.terminal import make_console, render_show, write_text

    history = arrange_history(
        work,
        claims=mined.claims,
        messages=messages,
        items=mined.items,
        series=mined.series,
        rows=rows,
        archive_url=settings.archive_url,
        stale_days=settings.stale_days or int(mined.pace.silent_days),
        as_of=_as_of(mined),
        rules=tell_rules(),
    )
    console = make_console(sys.stdout)
    write_text(render_show(history, console), console)


def _write_diff(
    mined: Mined, name: str, older: int | None, newer: int | None, brief: bool, fmt: str, settings: Config
) -> None:
    from miner.report.comparison import PATCH_KEYS, comparison_row, patch_rows
    from miner.report.history import find_work
    from miner.versions import compare

    found = compare(mined, find_work(name, mined.status, mined.series, mined.messages), older, newer)
    if fmt == "table":
        from miner.report.terminal import make_console, render_comparison, write_text

        console = make_console(sys.stdout)
        write_text(render_comparison(found, console, settings.archive_url, brief), console)
    elif fmt == "csv":
        _write(patch_rows(found), fmt, PATCH_KEYS, ())
    else:
        _write([comparison_row(found, brief)], fmt, Comparison, ())


def _find_around(mined: Mined, name: str, depth: int) -> Graph[str]:
    """What lies near the node of a name, or else near the one piece of work that a person means by it, as in `miner show`."""
    from miner.join import graph as graphs
    from miner.report.history import find_work

    try:
        return graphs.around(mined.graph, name, depth)
    except MinerError as error:
        try:
            newest = find_work(name, mined.status, mined.series, mined.messages)[-1]
        except AmbiguousError:
            raise
        except MinerError:
            raise error from None
        node = f"item:{newest.key}" if newest.kind == "item" else f"chain:{newest.chain or newest.key}"
        return graphs.around(mined.graph, node, depth)


def _authors(mined: Mined) -> dict[tuple[str, str], str]:
    """Who works on each work, by its kind and key."""
    posted = {each.root: each.author for each in mined.series}
    known = {(one.kind, one.key): one.assignee or posted.get(one.key) for one in mined.status}
    return {key: author for key, author in known.items() if author}


def _leave_out_hidden(moves: Sequence[Move], mined: Mined) -> list[Move]:
    """The moves without those of works that the user wants to hear nothing of today."""
    from miner.report.arrange import is_hidden

    today = (mined.as_of or datetime.now(UTC)).astimezone().date()
    hidden = {(each.kind, each.key) for each in mined.status if is_hidden(each, today)}
    return [move for move in moves if (move.kind, move.key) not in hidden]


def _write_moves(moves: Sequence[Move], mined: Mined, fmt: str, settings: Config, titles: bool = True) -> None:
    if fmt != "table":
        from miner.report.rows import plain

        _write((plain(move) for move in moves), fmt, Move, ())
        return
    from miner.report.terminal import make_console, render_moves, write_text

    console = make_console(sys.stdout)
    write_text(render_moves(moves, console, settings.archive_url, titles, _authors(mined)), console)


def _graph_format(chosen: GraphFormat | None) -> str:
    return chosen.value if chosen is not None else "table" if sys.stdout.isatty() else "json"


def _write_graph(found: Graph[str], fmt: str) -> None:
    from miner.join.graph import as_graphml, as_node_link, edges_of
    from miner.report.formats import write_json
    from miner.report.graphs import COUNT_KEYS, count_rows, find_excess, render_dot, render_mermaid
    from miner.report.rows import plain

    if fmt in ("json", "jsonl"):
        write_json(as_node_link(found), sys.stdout)
    elif fmt == "graphml":
        sys.stdout.write(as_graphml(found) + "\n")
    else:
        nodes = {name: data for name, data in found.nodes(data=True)}  # noqa: C416 - a view, not a dict
        edges = [plain(edge) for edge in edges_of(found)]
        if fmt == "table":
            _write(count_rows(nodes, edges), fmt, COUNT_KEYS, ())
        elif fmt == "dot":
            sys.stdout.write(render_dot(nodes, edges))
        else:
            sys.stdout.write(drawn := render_mermaid(nodes, edges))
            sys.stdout.flush()
            if excess := find_excess(drawn, len(edges)):
                _say(excess)


def _write_explained(message: Message, fmt: str, settings: Config) -> None:
    from miner.claims import explain_message
    from miner.report.rows import plain

    found = explain_message(message)
    if fmt == "table":
        from miner.report.terminal import make_console, render_explained, render_mail_head, write_text

        console = make_console(sys.stdout)
        write_text(render_mail_head(message, console, settings.archive_url), console)
        write_text(render_explained(found, console), console)
    elif fmt == "csv":
        from miner.report.rows import CONSIDERED_KEYS, considered_rows

        _write((row for each in found for row in considered_rows(each)), fmt, CONSIDERED_KEYS, ())
    else:
        _write((plain(each) for each in found), fmt, ExplainedSentence, ())


def _write_layers(mined: Mined, fmt: str) -> None:
    from miner.report.rows import flatten_layers, layers_row, plain

    if fmt == "html":
        from miner.report.page import render_layers_html

        sys.stdout.write(render_layers_html(mined.messages))
    elif fmt == "table":
        from miner.report.terminal import make_console, render_layers, write_text

        console = make_console(sys.stdout)
        numbers: dict[str, int] = {}
        for message in mined.messages:
            write_text(render_layers([message], console, numbers), console)
            print()
    elif fmt == "csv":
        _write((plain(flat) for message in mined.messages for flat in flatten_layers(message)), fmt, FlatLayer, ())
    else:
        _write((layers_row(message) for message in mined.messages), fmt, ("message_id", "layers"), ())


# Ending


def _say(text: str) -> None:
    """One line for the person, on standard error. Names of files and mails are hostile too."""
    from miner.report.escape import one_line

    with suppress(BrokenPipeError):
        print(f"miner: {one_line(text, 1000)}", file=sys.stderr)


def _say_choices(error: AmbiguousError) -> None:
    """What a name may mean, a line each."""
    from miner.report.escape import one_line

    _say(f"{error.name!r} may be one of {error.count}:")
    with suppress(BrokenPipeError):
        for number, choice in enumerate(error.choices, 1):
            print(f"  {f'#{number}':>3}  {one_line(choice, 400)}", file=sys.stderr)
        if (more := error.count - len(error.choices)) > 0:
            print(f"       and {more} more", file=sys.stderr)
    _say(error.advice)


@contextmanager
def _politely(command: str) -> Iterator[None]:
    """What can go wrong around a command, each in one line and without a traceback."""
    try:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        yield
        sys.stdout.flush()
    except AmbiguousError as error:
        _say_choices(error)
        raise typer.Exit(1) from error
    except MinerError as error:
        _say(str(error))
        raise typer.Exit(1) from error
    except BrokenPipeError:  # `miner claims ... | head`: the reader has what it wanted
        _discard_stdout()
        raise typer.Exit(0) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except OSError as error:
        _say(f"{command}: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        _discard_stdout()
        raise typer.Exit(1) from error


def _discard_stdout() -> None:
    """Python flushes standard output once more at its end; let it go where that cannot fail."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say_idle(sources: Sequence[str] | None, mined: Mined, settings: Config) -> None:
    """Say which notes of the user are about nothing in the store, or in all that is configured: they may be about what is in other
    mails than these, and of a day gone by about what came later."""
    followed = {str(settings.fetch.mail_path / each.folder) for each in settings.sources}
    whole = not sources or (bool(followed) and followed <= set(map(os.path.abspath, sources)))
    if settings.notes and mined.as_of is None and whole:
        from miner.noting import describe_idle

        sys.stdout.flush()
        if line := describe_idle(settings.notes, mined):
            _say(line)


def _finish(mined: Mined, why: MinerError | None = None) -> None:
    _end(mined.problems, mined.read, why)


def _end_quietly(mined: Mined) -> None:
    """Say which sources failed, and end with the exit status that fits."""
    from miner.report.problems import failed_sources

    failed = failed_sources(mined.problems)
    for problem in failed:
        _say(f"{problem.where}: {problem.why}")
    if failed:
        raise typer.Exit(3 if mined.read else 1)


def _end(problems: Sequence[Problem], read: int, why: MinerError | None = None) -> None:
    """Say what was left out, and end with the exit status that fits. `why`: the command itself could do nothing."""
    from miner.report.problems import failed_sources, render_problems, render_summary, skipped_mails

    sys.stdout.flush()
    failed = failed_sources(problems)
    if not read and failed == list(problems) and len(failed) == 1:
        raise MinerError(f"{failed[0].where}: {failed[0].why}; {_ADVICE}")
    for line in (*render_problems(problems), render_summary(read, problems)):
        _say(line)
    if why is not None:
        raise why
    if not read and (failed or skipped_mails(problems)):
        raise MinerError(f"nothing could be read; {_ADVICE}")
    if failed:
        raise typer.Exit(3)


if __name__ == "__main__":
    main()
