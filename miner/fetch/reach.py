"""Whether what is followed can be had: asked as a fetch asks, but once, and nothing is kept."""

from __future__ import annotations

from dataclasses import replace

from miner.config import FetchSettings
from miner.errors import FetchError
from miner.fetch.epochs import list_epochs
from miner.fetch.lore import Inbox
from miner.fetch.web import Site
from miner.fetch.wire import Clock, Pace
from miner.sources import Source

SECONDS = 15.0


def reach(source: Source, settings: FetchSettings, clock: Clock, pace: Pace) -> str:
    """Why a source cannot be had, in one line; "" if it can. Of a list the server has to name epochs. Proxies and CA bundles are
    those of requests."""
    hasty = replace(settings, patience=0.0, timeout=settings.timeout or SECONDS)
    try:
        if source.kind == "web":
            _reach_site(Site(source.url, hasty, clock, pace))
        else:
            _reach_inbox(Inbox(source.url, hasty, clock, pace), source.kind == "list")
    except FetchError as error:
        return str(error)
    return ""


def _reach_site(site: Site) -> None:
    try:
        site.read_robots()
        site.read(site.url)
    finally:
        site.close()


def _reach_inbox(inbox: Inbox, whole: bool) -> None:
    try:
        if whole:
            list_epochs(inbox.read_manifest(), inbox.url)
        else:
            inbox.check_there()
    finally:
        inbox.close()
