"""Commands for what happens every night: `nightly`, `schedule` and `doctor`."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated

import typer

from miner.cli.ending import refuse, say
from miner.cli.options import ConfigFile
from miner.cli.reading import read_settings
from miner.config import find_config


def nightly(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Fetch, store and send nothing; tell what would be sent.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Fetch, mine what is new, write the report, send it. Quiet unless something went wrong.

    Example: [bold]miner nightly --dry-run[/bold]
    """
    from miner.nightly import log_folder, run_night
    from miner.report.render import render_letter

    settings = read_settings(config)
    night = run_night(settings, dry_run=dry_run)
    if dry_run:
        if night.letter is not None:
            sys.stdout.write(render_letter(night.letter, "text", settings.templates) + "\n")
        for line in night.lines:
            print(line)
    for trouble in night.troubles:
        say(trouble)
    if night.troubles:
        say(f"the log is in {log_folder(settings)}")
        raise typer.Exit(3 if night.letter is not None else 1)


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
    from miner.schedule import GUIDE, find_program, make_crontab, make_units

    try:
        time = datetime.strptime(at, "%H:%M")  # noqa: DTZ007 - a time of day
    except ValueError:
        refuse("schedule: --at must be a time as 05:00")
    if cron == systemd:
        refuse("schedule: give --cron or --systemd")
    program = find_program()
    path = config.absolute() if config else None
    if cron:
        sys.stdout.write(make_crontab(program, path, time.hour, time.minute))
    else:
        minutes = read_settings(config).nightly_minutes
        sys.stdout.write(GUIDE + "\n".join(make_units(program, path, time.hour, time.minute, minutes)))


def doctor(config: ConfigFile = None) -> None:
    """Look whether configuration, git, files, disk, archives, store, notes, model and SMTP are in order, and say what to mend.

    Example: [bold]miner doctor[/bold]
    """
    from miner.doctor import examine
    from miner.report.escape import one_line

    worst = 0
    for found in examine(config or find_config()):
        worst = max(worst, ("good", "poor", "bad").index(found.state))
        advice = f"; {found.advice}" if found.advice else ""
        print(f"{found.state:4} {found.what:8} {one_line(found.says + advice, 500)}")
    if worst == 2:
        raise typer.Exit(1)
