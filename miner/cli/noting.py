"""The command `note`: what the user knows himself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from miner.cli.ending import refuse, say, say_below
from miner.cli.options import NAME_HELP, ConfigFile
from miner.cli.reading import mine_mail, read_settings
from miner.config import notes_path
from miner.errors import ConfigError, MinerError, StoreError
from miner.links import read_message_id
from miner.model import StatusLabel

if TYPE_CHECKING:
    from miner.mined import Mined
    from miner.notes import Note


def note(
    work: Annotated[
        str | None,
        typer.Argument(
            metavar="WORK",
            help=f"{NAME_HELP} Without it: list the notes.",
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
    pins, cuts = tuple(map(read_message_id, pin or ())), tuple(map(read_message_id, cut or ()))
    path, today = notes_path(config), datetime.now(UTC).astimezone().date()
    work = work if work is not None and work.strip() else None
    said = bool(says or status is not None or mute or snooze is not None or pin or cut)
    if clear and said and work is not None:
        refuse("note: --clear forgets all of it, and stands alone")
    if work is None and (said or clear):
        refuse("note: name the WORK that it is about")
    if expire and work is not None:
        refuse("note: --expire is about all notes, and stands alone")
    if expire:
        _expire_notes(path, today)
    elif work is None:
        _list_notes(path, today)
    elif clear:
        _clear_notes(path, work, _read_known(sources, config))
    else:
        from miner.notes import make_note, parse_until

        try:
            until = parse_until(snooze, today) if snooze is not None else None
            made = make_note(work, today, says, status, mute, until, pins, cuts)
        except ConfigError as error:
            refuse(f"note: {error}")
        _add_note(path, made, _read_known(sources, config))


def _read_known(sources: Sequence[str] | None, config: Path | None) -> Mined | None:
    """What a note may be about: all in the sources, else in the store; None without one that can be read."""
    settings = replace(read_settings(config), notes=())
    if sources:
        return mine_mail("note", sources, config)[1]
    from miner.keeping import read_store

    try:
        return read_store(settings)
    except StoreError:
        return None


def _add_note(path: Path, note: Note, known: Mined | None) -> None:
    from miner.notes import add_note

    if known is not None:
        from miner.noting import find_name

        note = replace(note, work=find_name(note.work, known, note.pin, note.cut))
    new = add_note(path, note)
    print(f"{note.work}: {'noted' if new else 'that is noted already'} in {path}")
    if known is None:
        say("whether there is such work was not checked: no SOURCE given, and no store to read")


def _clear_notes(path: Path, work: str, known: Mined | None) -> None:
    from miner.notes import drop_notes
    from miner.noting import clear_notes

    count = clear_notes(path, work, known) if known is not None else drop_notes(path, work)
    if not count:
        raise MinerError(f"there is no note about {work!r} in {path}; `miner note` lists them")
    what = "note about {!r} is" if count == 1 else "notes about {!r} are"
    print(f"{count} {what.format(work)} gone from {path}")


def _expire_notes(path: Path, today: date) -> None:
    from miner.notes import drop_expired

    count = drop_expired(path, today)
    print(f"{count} {'snooze that was over is' if count == 1 else 'snoozes that were over are'} gone from {path}")


def _list_notes(path: Path, today: date) -> None:
    from miner.notes import describe_note, read_notes
    from miner.report.escape import one_line

    notes = read_notes(path)
    for each in notes:
        print(one_line(describe_note(each, today), 1000))
    if not notes:
        say_below(f"there are no notes in {path}; `miner note --help` tells how to make one")
