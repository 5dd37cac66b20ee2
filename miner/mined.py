"""What a run found, as Python hands it over: sequences of records that turn into data frames and show in notebooks.

pandas is imported by `to_frame` alone, so that the command line does not wait for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload, runtime_checkable

from miner.model import Ask, Claim, Edge, FlatLayer, Message, Pace, Problem, Promise, Series, Status, TableRow, WorkItem
from miner.report.arrange import newest_date
from miner.report.escape import one_line
from miner.report.rows import flatten_layers, keys_of, row_of

if TYPE_CHECKING:
    import pandas

    from miner.join.graph import Graph, Graphs

T = TypeVar("T")
_EARLY = datetime.min.replace(tzinfo=UTC)
_SHOWN_ROWS = 50
_SHOWN_CHARACTERS = 120
_DATES = ("date", "as_of", "since", "due", "kept")


class Records(Sequence[T]):
    """An immutable sequence of records of one kind.

    `kind` is the class of the records; without it the first record says. Equal to another `Records` or a tuple with
    equal records; a slice is `Records` again.

    >>> Records([1, 2, 3])[1:] == (2, 3)
    True
    """

    __slots__ = ("_kind", "_known", "_make")
    _known: tuple[T, ...] | None
    _make: Callable[[], Iterable[T]] | None
    _kind: type[T] | None

    def __init__(self, values: Iterable[T] = (), kind: type[T] | None = None) -> None:
        values = tuple(values)
        object.__setattr__(self, "_known", values)
        object.__setattr__(self, "_make", None)
        object.__setattr__(self, "_kind", kind or (type(values[0]) if values else None))

    @classmethod
    def later(cls, make: Callable[[], Iterable[T]], kind: type[T]) -> Records[T]:
        """Records that are made when they are first asked for."""
        found = cls((), kind)
        object.__setattr__(found, "_known", None)
        object.__setattr__(found, "_make", make)
        return found

    @property
    def _values(self) -> tuple[T, ...]:
        if self._known is None:
            assert self._make is not None
            object.__setattr__(self, "_known", tuple(self._make()))
            object.__setattr__(self, "_make", None)
        assert self._known is not None
        return self._known

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Records cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("Records cannot be changed")

    def __reduce__(self) -> tuple[type[Records[T]], tuple[tuple[T, ...], type[T] | None]]:
        return type(self), (self._values, self._kind)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Records[T]: ...
    def __getitem__(self, index: int | slice) -> T | Records[T]:
        if isinstance(index, slice):
            return Records(self._values[index], self._kind)
        return self._values[index]

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[T]:
        return iter(self._values)

    def __contains__(self, value: object) -> bool:
        return value in self._values

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Records):
            return bool(self._values == other._values)
        return self._values == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values)

    def __repr__(self) -> str:
        return f"<{len(self)} {self._name()}>"

    def _name(self) -> str:
        return f"{self._kind.__name__} records" if self._kind else "records"

    def _keys(self, rows: list[dict[str, Any]]) -> list[str]:
        fixed = keys_of(self._kind) if self._kind else ()
        return list(dict.fromkeys([*fixed, *(key for row in rows for key in row)]))

    def to_frame(self) -> pandas.DataFrame:
        """A data frame with one column a key of the machine interface; dates are `datetime64` in UTC."""
        import pandas

        rows = [row_of(record) for record in self]
        frame = pandas.DataFrame(rows, columns=self._keys(rows))
        for name in set(_DATES) & set(keys_of(self._kind) if self._kind else _DATES):
            if name in frame:
                frame[name] = pandas.to_datetime(frame[name], utc=True, errors="coerce", format="ISO8601")
        return frame

    def _repr_html_(self) -> str:
        rows = [row_of(record) for record in self._values[:_SHOWN_ROWS]]
        keys = self._keys(rows)
        head = "".join(f"<th>{_cell(key)}</th>" for key in keys)
        body = "".join("<tr>" + "".join(f"<td>{_cell(row.get(key))}</td>" for key in keys) + "</tr>" for row in rows)
        rest = f", the first {_SHOWN_ROWS} shown" if len(self) > _SHOWN_ROWS else ""
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"{table}<p>{len(self)} {escape(self._name())}{rest}</p>"


class Lazy(Mapping[str, T]):
    """What mails have, by message-id: a mapping that is made when it is first asked for anything."""

    def __init__(self, make: Callable[[], Mapping[str, T]]) -> None:
        self._make = cache(make)

    def __getitem__(self, key: str) -> T:
        return self._make()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._make())

    def __len__(self) -> int:
        return len(self._make())

    def __repr__(self) -> str:
        return f"<rows of {len(self)} mails>"

    def __reduce__(self) -> tuple[type[dict[str, T]], tuple[dict[str, T]]]:
        return dict, (dict(self),)


@runtime_checkable
class Dated(Protocol):
    """Mails by their ids that tell which of them were sent since a moment, without being read."""

    def __getitem__(self, ident: str) -> Message: ...
    def since(self, moment: datetime) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in single mails, before it is tied to anything: claims, and what people ask for."""

    claims: Sequence[Claim] = ()
    asks: Sequence[Ask] = ()


@dataclass(frozen=True)
class Mined:
    """All that a run found. `rows` has the table rows that stand in each message, in body order, by message-id.

    `read` counts the mails that were understood; what was left out, and why, is in `problems`. `found` is what the join
    started from, so that it can be done again with less mail (`miner.past`). `as_of` is the moment whose mail was asked for,
    `mailmap` the text of the file that says who is who. `pace` is what is usual on these lists. `kept` is the store that has these mails, with
    the mark of its results, `newest` the date of the newest mail, where it is known without reading them, and `single` what reads single ones of them.
    """

    messages: Records[Message]
    items: Records[WorkItem] = field(default_factory=lambda: Records((), WorkItem))
    claims: Records[Claim] = field(default_factory=lambda: Records((), Claim))
    series: Records[Series] = field(default_factory=lambda: Records((), Series))
    status: Records[Status] = field(default_factory=lambda: Records((), Status))
    rows: Mapping[str, tuple[TableRow, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    read: int = 0
    sources: tuple[str, ...] = ()
    found: Found = Found()
    as_of: datetime | None = None
    mailmap: str = ""
    promises: Records[Promise] = field(default_factory=lambda: Records((), Promise))
    pace: Pace = field(default_factory=Pace)
    kept: tuple[Path, str] | None = None
    newest: datetime | None = None
    single: Mapping[str, Message] | None = None

    @cached_property
    def by_id(self) -> Mapping[str, Message]:
        """The mails by their ids, to look up a few of them: out of a store each is read by itself, as it is before the mails of its
        thread tell who wrote which line of it."""
        if self.single is not None:
            return self.single
        return {message.message_id: message for message in self.messages}

    def since(self, moment: datetime) -> list[Message]:
        """The mails that were sent since a moment; out of a store no others are read."""
        if isinstance(self.single, Dated):
            return [self.single[ident] for ident in self.single.since(moment)]
        return [message for message in self.messages if message.date is not None and message.date >= moment]

    @cached_property
    def graph(self) -> Graph[str]:
        """Everything as one graph; docs/python.md lists its nodes and edges."""
        return self._graphs.whole()

    def around(self, name: str, depth: int = 1) -> Graph[str]:
        """The part of the graph that lies within some steps of a node. `name` is its name or key, or how its label or its key begins;
        raises MinerError if that is none, or several."""
        return self._graphs.around(name, depth)

    @cached_property
    def _graphs(self) -> Graphs:
        from miner.join.graph import Graphs

        parts = (self.messages, self.rows, self.items, self.claims, self.series, self.status)
        return Graphs(*parts, self.found.asks, self.mailmap)

    @cached_property
    def edges(self) -> Records[Edge]:
        """The edges of the graph."""
        from miner.join.graph import edges_of

        return Records(edges_of(self.graph), Edge)

    def moment(self, now: datetime) -> datetime | None:
        """The moment up to which waiting is counted: the one that was asked for, else the date of the newest mail. A mail that claims to
        come from after tomorrow has a wrong clock and does not count, nor does the day of a user's note. `now` is the caller's clock."""
        if self.as_of is not None:
            return self.as_of
        limit = now + timedelta(days=1)
        known = self.newest if self.newest is not None and self.newest <= limit else None
        return newest_date(
            (message.date for message in self.messages) if known is None else (known,), self.status, limit
        )

    def today(self, now: datetime) -> date:
        """The user's own day, by which he says until when he wants to hear nothing: that of the clock, or of the moment asked for."""
        return (self.as_of or now).astimezone().date()

    def stale_after(self, wanted: int | None) -> int:
        """The days without news after which works are stale: as the settings want it, else what is usual on these lists."""
        return wanted or int(self.pace.silent_days)

    @cached_property
    def takers(self) -> tuple[str, ...]:
        """The people who took other people's postings, or said that they will: who decides, where no MAINTAINERS file says it."""
        from miner.join import find_takers, gather_people
        from miner.join.mailmap import read_mailmap

        people = gather_people(self.messages, self.rows, read_mailmap(self.mailmap))
        return tuple(sorted(find_takers(self.claims, self.series, people)))

    def thread(self, message_id: str) -> Thread:
        """The thread that a mail stands in. Raises KeyError if there is no such mail."""
        from miner.join import threads_of

        ident = message_id.strip("<> ")
        if all(message.message_id != ident for message in self.messages):
            raise KeyError(f"no mail has the id {ident}")
        mails = threads_of([ident], self.messages)
        return Thread(tuple(sorted(mails, key=lambda mail: (mail.date is None, mail.date or _EARLY, mail.message_id))))

    @cached_property
    def layers(self) -> Records[FlatLayer]:
        """The layers of all messages, one record each."""
        return Records((flat for message in self.messages for flat in flatten_layers(message)), FlatLayer)

    def _repr_html_(self) -> str:
        counts = [(name, len(getattr(self, name))) for name in ("messages", "items", "claims", "series", "status")]
        lines = "".join(f"<tr><th>{name}</th><td>{count}</td></tr>" for name, count in counts)
        states = Counter(status.status or "unknown" for status in self.status)
        stand = ", ".join(f"{count} {_cell(name)}" for name, count in states.most_common())
        origin = ", ".join(_cell(source) for source in self.sources[:5])
        left_out = f"<p>{len(self.problems)} things left out, see <code>.problems</code></p>" if self.problems else ""
        return (
            f"<p>{self.read} mails read from {origin or 'nothing'}</p><table><tbody>{lines}</tbody></table>"
            f"<p>{stand or 'no work found'}</p>{left_out}"
        )


@dataclass(frozen=True, slots=True)
class Thread:
    """The mails of a thread, the oldest first; in a notebook with each layer in the colour of its writer."""

    messages: tuple[Message, ...]

    def _repr_html_(self) -> str:
        from miner.report.page import render_layers

        return render_layers(self.messages)


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return escape(one_line(text, _SHOWN_CHARACTERS))
