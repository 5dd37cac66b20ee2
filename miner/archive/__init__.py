"""Raw mail as it lies: what every kind of archive holds, mail by mail, unparsed."""

from miner.archive.epoch import count_mails, read_newest_mails
from miner.archive.limits import Limits, Listing
from miner.archive.source import HINT, find_epochs, find_repositories, read_source, walk
from miner.archive.tree import Tree

__all__ = [
    "HINT",
    "Limits",
    "Listing",
    "Tree",
    "count_mails",
    "find_epochs",
    "find_repositories",
    "read_newest_mails",
    "read_source",
    "walk",
]
