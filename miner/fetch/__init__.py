"""Mail from the network: lore by liblore, whole lists by git, web archives by requests and BeautifulSoup."""

from miner.fetch.epochs import Change
from miner.fetch.folder import Folder, State, find_states
from miner.fetch.mails import Head, Reading
from miner.fetch.reach import reach
from miner.fetch.run import Count, Events, Outcome, Tools, fetch_sources
from miner.fetch.wire import Clock, Pace

__all__ = [
    "Change",
    "Clock",
    "Count",
    "Events",
    "Folder",
    "Head",
    "Outcome",
    "Pace",
    "Reading",
    "State",
    "Tools",
    "fetch_sources",
    "find_states",
    "reach",
]
