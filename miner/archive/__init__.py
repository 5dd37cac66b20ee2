"""Raw mail as it lies: what every kind of archive holds, mail by mail, unparsed."""

from miner.archive.limits import Limits
from miner.archive.source import read_source

__all__ = ["Limits", "read_source"]
