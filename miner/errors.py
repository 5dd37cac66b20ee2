"""The errors that a caller may want to tell apart; everything else is a bug and shows as one."""

from collections.abc import Mapping, Sequence


class MinerError(Exception):
    """Something that the person who called can mend; the message is one line and says what to do."""


class AmbiguousError(MinerError):
    """A `name` that `count` things are called by: `choices` tell the first of them apart, a line each, `advice` what to do."""

    def __init__(self, line: str, name: str, count: int, choices: Sequence[str], advice: str) -> None:
        super().__init__(line)
        self.name = name
        self.count = count
        self.choices = tuple(choices)
        self.advice = advice


class SourceError(MinerError):
    """A SOURCE is missing, unreadable or not mail."""


class ConfigError(MinerError):
    """The configuration file cannot be used; names the file and the key."""


class TableError(MinerError):
    """A row of a work-item table cannot be read; names the row."""


class FetchError(MinerError):
    """An archive could not be reached, or gave something that is no mail; says what to do."""


class StoreError(MinerError):
    """The store of derived results cannot be used; it can always be made anew."""


class BusyError(MinerError):
    """The store cannot be used now: another run writes to it, there is no room, or no right to write."""


class SendError(MinerError):
    """A report could not be sent; says what to set or mend."""


class RefusedError(SendError):
    """The server takes mail for nobody who was to get it; `refused` has the reason for each address."""

    def __init__(self, line: str, refused: Mapping[str, str]) -> None:
        super().__init__(line)
        self.refused = dict(refused)
