"""Commands for where all of it stands: `status`, `report`, `send` and `page`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from miner.cli.ending import finish, refuse, say, say_below
from miner.cli.options import AsOf, ConfigFile, GitTree, Inbox, Kind, Reader, ReportFormat, Sources, StatusFormat, Table
from miner.cli.reading import mine_mail, read_since, read_start
from miner.cli.writing import choose_format, lay_out, write, write_records
from miner.config import Config
from miner.errors import MinerError
from miner.files import replace_file
from miner.model import Status

if TYPE_CHECKING:
    from miner.mined import Mined
    from miner.report.letter import Letter


def status(
    sources: Sources = None,
    fmt: StatusFormat = None,
    kind: Kind = "all",
    everything: Annotated[bool, typer.Option("--all", help="Show older revisions and more evidence too.")] = False,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Say where each work item and each patch series stands, and who must act next.

    Example: [bold]miner status thread.mbox[/bold]
    """
    settings, mined = mine_mail("status", sources, config, git, as_of)
    chosen = [each for each in mined.status if kind in ("all", each.kind)]
    _write_status(mined, chosen, choose_format(fmt), settings, everything)
    _say_idle(sources, mined, settings)
    finish(mined)


def _write_status(mined: Mined, chosen: Sequence[Status], fmt: str, settings: Config, everything: bool) -> None:
    if fmt in ("json", "jsonl", "csv", "yaml"):
        write_records(chosen, fmt, Status)
        return
    from miner.report.arrange import arrange_status

    now = datetime.now(UTC)
    overview = arrange_status(
        chosen,
        items=mined.items,
        series=mined.series,
        claims=mined.claims,
        messages=mined.by_id,
        archive_url=settings.archive_url,
        stale_days=mined.stale_after(settings.stale_days),
        as_of=mined.moment(now),
        everything=everything,
        today=mined.today(now),
    )
    if fmt == "markdown":
        from miner.report.markdown import render_markdown

        sys.stdout.write(render_markdown(overview))
    elif fmt == "html":
        from miner.report.page import render_report_html

        sys.stdout.write(render_report_html(overview))
    else:
        from miner.report.terminal import render_status

        lay_out(render_status, overview)


def report(
    sources: Sources = None,
    fmt: ReportFormat = "text",
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="Tell what moved since a date, '3 weeks ago' or the last report sent.")
    ] = "last",
    reader: Reader = "",
    inbox: Inbox = "",
    table: Table = "",
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it as an HTML page too.")] = None,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Write the report that a maintainer would write by hand: what moved, what needs you, who waits for whom.

    Example: [bold]miner report --since 2026-03-20 --for "Yu Zhao" thread.mbox[/bold]
    """
    settings, mined = mine_mail("report", sources, config, git, as_of)
    letter = _compose(mined, settings, since, (reader, inbox, table))
    _write_letter(mined, letter, fmt, settings)
    if html is not None:
        from miner.report.render import render_letter

        replace_file(html, render_letter(letter, "html", settings.templates))
        say_below(f"the page is in {html}")
    _say_idle(sources, mined, settings)
    finish(mined)


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
    reader: Reader = "",
    inbox: Inbox = "",
    table: Table = "",
    git: GitTree = None,
    config: ConfigFile = None,
) -> None:
    r"""Send the report by mail, as text and HTML. Shows the mail and sends nothing without --confirm.

    The server is that of \[smtp] in the configuration, else that of git's sendemail.* settings. Its password comes from
    $LORE_MINER_SMTP_PASSWORD, from the keyring (smtp://HOST:PORT), or from git's credential helpers.

    Example: [bold]miner send --to maintainers@example.org --confirm[/bold]
    """
    from miner.outbox import Stood
    from miner.past import stand
    from miner.posting import prepare, transmit
    from miner.report.send import show_mail

    settings, mined = mine_mail("send", sources, config, git)
    to = to or list(settings.smtp.to)
    letter = _compose(mined, settings, since, (reader, inbox, table), to)
    stood = Stood(mined.sources, stand(mined.status))
    prepared = prepare(letter, settings, to, now=datetime.now(UTC), dry=not confirm, stood=stood)
    refused = ""
    if not confirm:
        sys.stdout.write(show_mail(prepared.mail))
        host = prepared.server.host
        way = f"by {host}" if host else "as soon as there is an SMTP server: see --help"
        say_below(f"nothing was sent; with --confirm it goes to {', '.join(prepared.to)} {way}")
    elif prepared.why_not and not again:
        say(f"nothing was sent: {prepared.why_not}; --again sends it all the same")
    else:
        refused = transmit(prepared, settings)
        if not refused:
            print(f"sent to {', '.join(prepared.to)}")
    finish(mined)
    if refused:
        say(f"done in part: {refused}")
        raise typer.Exit(3)


def _compose(
    mined: Mined, settings: Config, since: str, wanted: tuple[str, str, str], to: Sequence[str] | None = None
) -> Letter:
    """The letter; the last report is the last one to the same people, if they are given. What was asked for and nobody knows makes none: it
    would be empty as if nothing were to be done."""
    from miner.letters import View, compose, find_namesakes, find_unknown
    from miner.outbox import last_report, read_standing

    now, before, view = datetime.now(UTC), None, View(*wanted)
    if unknown := find_unknown(mined, view, settings.sources):
        finish(mined, MinerError("; ".join(unknown)))
    if since == "last":
        last = last_report(settings, to)
        start = last.date if last else None
        before = read_standing(settings, last, mined.sources) if mined.as_of is None else None
    else:
        start = read_start(since, mined)
    letter = compose(mined, settings, now=now, since=start, view=view, before=before)
    if namesakes := find_namesakes(mined, view.reader):
        say(namesakes)
    return letter


def _write_letter(mined: Mined, letter: Letter, fmt: str, settings: Config) -> None:
    if fmt == "yaml":
        from miner.report.tables import update_tables

        sys.stdout.write("\n".join(update_tables(mined.messages, mined.rows, mined.status, mined.items)))
    elif fmt == "csv":
        from miner.report.letter import LETTER_KEYS, letter_rows

        write(letter_rows(letter), fmt, LETTER_KEYS)
    elif fmt in ("json", "jsonl"):
        from miner.report.rows import plain

        write([plain(letter)], fmt, ())
    else:
        from miner.report.render import render_letter

        sys.stdout.write(render_letter(letter, fmt, settings.templates))


def _say_idle(sources: Sequence[str] | None, mined: Mined, settings: Config) -> None:
    """Say which notes of the user are about nothing in the store, or in all that is configured: they may be about what is in other
    mails than these, and of a day gone by about what came later."""
    followed = {str(settings.fetch.mail_path / each.folder) for each in settings.sources}
    whole = not sources or (bool(followed) and followed <= set(map(os.path.abspath, sources)))
    if settings.notes and mined.as_of is None and whole:
        from miner.noting import describe_idle

        sys.stdout.flush()
        if line := describe_idle(settings.notes, mined):
            say(line)


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
    if url and not re.fullmatch(r"https?://[^\s\"<>?#]+", url):
        refuse(f"page: --url must be an http or https address, not {url!r}")
    settings, mined = mine_mail("page", sources, config, git, as_of, "miner page site/ thread.mbox")
    moment = mined.moment(datetime.now(UTC))
    start = read_since(since, moment, "the newest mail" if mined.as_of is None else "--as-of")
    from miner.sites import INDEX, write_site

    count = write_site(out, mined, settings, start, moment, url=url)
    print(f"{count} pages and a feed in {out}; open {out / INDEX}")
    if not url:
        say(
            "the feed has no address of its own, and links that not every reader follows; --url tells where the site will be"
        )
    finish(mined)
