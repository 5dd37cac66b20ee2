"""Bring what the configuration follows up to date: fetch/ brings bytes, archive/ splits them, parse/ reads their heads.

Nothing is mined here; mail only comes to lie below the mail folder, where every command can read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from miner.archive.epoch import count_mails, read_newest_mails
from miner.archive.limits import Limits
from miner.archive.source import find_epochs, read_source
from miner.config import Config
from miner.errors import ConfigError
from miner.fetch.epochs import Change
from miner.fetch.folder import State, find_states
from miner.fetch.mails import Head, Reading
from miner.fetch.reach import reach
from miner.fetch.run import Count, Events, Outcome, Tools, fetch_sources
from miner.fetch.wire import Clock, Pace
from miner.git import read_git_config
from miner.model import Problem, RawMail
from miner.parse.mime import hash_id, parse_mail
from miner.sources import Source, parse_since, parse_target

ASKED = 8  # sources that are asked at once whether they are there
MAIL = (
    "[!.]*/[!.]*"  # what a folder with mail has; what is remembered of a source lies above, and drafts begin with a dot
)
NEWEST = 20  # mails at the end of an epoch, for they are not quite in the order of their dates


class Quiet:
    """Watches a fetch, and says nothing."""

    def begin(self, source: Source) -> None:
        pass

    def move(self, source: Source, done: int, total: int | None, unit: str) -> None:
        pass

    def pause(self, source: Source, seconds: float, why: str) -> None:
        pass

    def end(self, outcome: Outcome) -> None:
        pass


def check_sources(config: Config) -> Iterator[tuple[Source, str]]:
    """Each source of the configuration, and why it cannot be had, in one line; "" if it can. Some are asked at once."""
    clock = Clock()
    pace = Pace(config.fetch.pace, clock)
    with ThreadPoolExecutor(ASKED) as pool:
        yield from zip(
            config.sources, pool.map(lambda each: reach(each, config.fetch, clock, pace), config.sources), strict=True
        )


def find_sources(targets: Sequence[str], config: Config, *, since: str = "", inbox: str = "") -> tuple[Source, ...]:
    """What to fetch: the targets as somebody typed them, or without any all that the configuration follows.

    A target that names a configured source is that source. ConfigError for one that cannot be understood, and when
    there is nothing to fetch.
    """
    found = list(config.sources)
    if targets:
        masks = (*config.fetch.masks, *_git_masks())
        parsed = [parse_target(text, server=config.fetch.server, inbox=inbox, masks=masks) for text in targets]
        known = {(each.kind, each.url, each.want): each for each in config.sources}
        found = [known.get((each.kind, each.url, each.want), each) for each in dict.fromkeys(parsed)]
    if not found:
        raise ConfigError(
            "nothing to fetch: name a list, message-id, address or search, or follow some: miner init LIST"
        )
    if since:
        parse_since(since, datetime.now(UTC))
    return tuple(replace(each, since=since) if since else each for each in found)


def fetch(
    sources: Sequence[Source],
    config: Config,
    events: Events,
    *,
    clock: Clock | None = None,
    jobs: int | None = None,
    full: bool = False,
    dry_run: bool = False,
) -> tuple[Outcome, ...]:
    """Bring sources up to date; what fails at one is said in its outcome."""
    tools = _make_tools(config, clock or Clock())
    return fetch_sources(sources, config.fetch, tools, events, clock=clock, jobs=jobs, full=full, dry_run=dry_run)


def read_states(config: Config) -> tuple[State, ...]:
    """What is remembered of each source: those of the configuration first, then what else was fetched."""
    fetched = {state.source.folder: state for state in find_states(config.fetch.mail_path)}
    states = [fetched.pop(source.folder, State(source)) for source in config.sources]
    # What was tried once, and never came, is no source.
    return (*states, *(state for state in fetched.values() if state.last_success))


def find_present(config: Config) -> tuple[list[str], list[Source]]:
    """The folders of the configured sources whose mail is here, and the sources whose mail is not. What was fetched and has no mail, as
    a search that finds nothing, lacks none."""
    folders, absent = [], []
    for state in read_states(config)[: len(config.sources)]:
        path = config.fetch.mail_path / state.source.folder
        if any(path.glob(MAIL)) or (state.last_success and not state.mails):
            folders.append(str(path))
        else:
            absent.append(state.source)
    return folders, absent


def _make_tools(config: Config, clock: Clock) -> Tools:
    limits = Limits(mail_bytes=config.max_mail_bytes)

    def split(path: Path) -> Iterator[RawMail | Problem]:
        return read_source(str(path), limits=limits) if path.exists() else iter(())

    def count(folder: Path, changes: Sequence[Change], before: int) -> Count:
        epochs = find_epochs(str(folder))
        old = {f"{change.number}.git": change.old for change in changes if change.old and not change.rewritten}
        same = {Path(path).name for path in epochs} - {f"{change.number}.git" for change in changes}
        heads = dict.fromkeys(same, "HEAD")
        mails, removed = count_mails(epochs, old | heads)
        removed = (removed if before else 0) + sum(change.purged for change in changes)
        dates = (_head(raw.data).date for raw in read_newest_mails(epochs, NEWEST, limits))
        newest = max((date for date in dates if date and date <= clock.now()), default=None)
        return Count(max(0, mails - before + removed), removed, mails, newest)

    return Tools(Reading(split, _head), count)


def _head(data: bytes) -> Head:
    message = parse_mail(RawMail(data, "fetched mail"))
    if isinstance(message, Problem):  # it has an id all the same: that of its bytes
        return Head(hash_id(data), None, ())
    return Head(message.message_id, message.date, message.references)


def _git_masks() -> tuple[str, ...]:
    """Masks for message-ids that a user of b4 has in git's configuration."""
    found = read_git_config(r"^b4\.(mid|link)mask$")
    return tuple(value for _, value in found if value.count("%s") == 1 and value.startswith(("http://", "https://")))
