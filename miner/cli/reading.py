"""What a command answers from: the settings, the mail of its SOURCEs or the store, and the moments that a person names."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from miner.cli.ending import finish, refuse, say
from miner.config import Config, find_config, read_config
from miner.errors import ConfigError, MinerError, StoreError
from miner.sources import parse_moment, parse_since

if TYPE_CHECKING:
    from miner.mined import Mined


def read_settings(config: Path | None) -> Config:
    return read_config(config or find_config())


def prepare(
    command: str, sources: Sequence[str] | None, config: Path | None, example: str = ""
) -> tuple[Config, BinaryIO | None, list[str]]:
    """The settings, and what is read of SOURCEs; a command that has no store to read needs one."""
    if not sources:
        refuse(f"{command}: no SOURCE given; try: {example or f'miner {command} thread.mbox'}")
    return read_settings(config), sys.stdin.buffer if "-" in sources else None, list(sources)


def mine_mail(
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
        settings = read_settings(config)
        chosen = settings if git is None else replace(settings, git=str(git))
        return chosen, _say_if_early(_read_store(command, chosen, example, moment, again=git is not None))
    settings, stdin, names = prepare(command, sources, config, example)
    if git is not None:
        settings = replace(settings, git=str(git))
    if least is not None:
        settings = replace(settings, min_confidence=min(least, settings.min_confidence))
    from miner.pipeline import mine

    return settings, _say_if_early(_stop_if_nothing(mine(names, stdin=stdin, config=settings, as_of=moment)))


def read_mail(command: str, sources: Sequence[str] | None, config: Path | None, example: str = "") -> Mined:
    """Messages alone, from the SOURCEs or the store."""
    if not sources:
        return _read_store(command, read_settings(config), example)
    settings, stdin, names = prepare(command, sources, config, example)
    from miner.reading import read_messages

    return _stop_if_nothing(read_messages(names, stdin=stdin, config=settings))


def _read_store(
    command: str, settings: Config, example: str, as_of: datetime | None = None, again: bool = False
) -> Mined:
    path = settings.store_path
    if not path.exists():
        example = example or f"miner {command} thread.mbox"
        refuse(f"{command}: no SOURCE given, and no store to read; try: {example}, or first: miner mine")
    from miner.keeping import have_settings_changed, read_store
    from miner.store.file import is_written_to

    try:
        if as_of is None and not again and have_settings_changed(settings):
            say(f"{command}: the settings are others than those of the last run; they count from the next miner mine")
        return read_store(settings, as_of, again)
    except StoreError as error:
        advice = "wait for the one that is under way" if is_written_to(path) else "make it anew: miner mine"
        raise MinerError(f"{error}; {advice}") from error


def _read_moment(said: str | None) -> datetime | None:
    try:
        return parse_moment(said, datetime.now(UTC), "--as-of") if said is not None else None
    except ConfigError as error:
        refuse(str(error))


def read_since(said: str, moment: datetime | None, limit: str) -> datetime:
    """The day of --since, a time ago counted from a moment, if there is one; `limit` says where that comes from."""
    try:
        return parse_since(said, moment or datetime.now(UTC), "--since", limit if moment is not None else "")
    except ConfigError as error:
        refuse(str(error))


def read_start(since: str, mined: Mined) -> datetime:
    """The moment since which something moved; a time ago counts from the newest mail, or from --as-of."""
    ago = any(map(str.isalpha, since))  # "7d", and no date
    moment = mined.moment(datetime.now(UTC)) if ago else mined.as_of
    return read_since(since, moment, "--as-of" if mined.as_of is not None else "the newest mail")


def _say_if_early(mined: Mined) -> Mined:
    """Nothing is known before the first mail, which is no reason to believe that nothing was going on."""
    empty = bool(mined.problems) and all(each.why.startswith("empty") for each in mined.problems)
    if mined.as_of is not None and not mined.read and not empty:
        say(f"--as-of: no mail here is as old as {mined.as_of:%Y-%m-%d %H:%M}; all are later, or have no date")
    return mined


def _stop_if_nothing(mined: Mined) -> Mined:
    """Without a single mail there is nothing to write, unless the reason is that the source is empty."""
    if not mined.read and any(each.lost == "mail" or not each.why.startswith("empty") for each in mined.problems):
        finish(mined)
    return mined
