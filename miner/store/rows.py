"""What stands in a store: its records, how they are packed, and how they are read again."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, overload

import msgspec

from miner.errors import StoreError
from miner.model import (
    Ask,
    Claim,
    Message,
    Origin,
    Pace,
    Problem,
    Promise,
    Series,
    Status,
    TableRow,
    ThreadHead,
    WorkItem,
)
from miner.reading import Mail, Understood
from miner.report.escape import without_surrogates

if TYPE_CHECKING:
    from miner.join import Facts, Known, Tempo

_T = TypeVar("_T")
RECORDS: Mapping[str, Any] = {
    "items": tuple[WorkItem, ...],
    "claims": tuple[Claim, ...],
    "made": tuple[Claim, ...],
    "series": tuple[Series, ...],
    "status": tuple[Status, ...],
    "promises": tuple[Promise, ...],
}


class _Run(msgspec.Struct, array_like=True):
    """Body lines that were first written one below the other in one message."""

    line: int
    count: int
    message_id: str
    first_line: int


class Kept(msgspec.Struct, array_like=True):
    """An `Understood`, its message without origins, which stand in `runs`: most lines of a mail come from one place."""

    message: Message
    runs: tuple[_Run, ...]
    rows: tuple[TableRow, ...]
    claims: tuple[Claim, ...]
    asks: tuple[Ask, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """What is known of a cluster of threads besides the mails: its facts, whether rows of tables stand in it, and what
    was left out of its mails, each with the number of its mail."""

    facts: Facts
    rows: bool
    problems: tuple[tuple[int, Problem], ...]


@dataclass(frozen=True, slots=True)
class Region:
    """What is known of a region without its records and what it heard: a form of each of those who take patches in it, and the topics of
    what it asked."""

    name: str
    takers: tuple[str, ...]
    tempo: Tempo
    asked: bytes


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the whole list of a run was, so that the next one can tell what is otherwise: the keys of its clusters, those who take patches,
    and the people."""

    clusters: tuple[str, ...]
    takers: tuple[str, ...]
    people: Known


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run has to say besides the records that it left in the store."""

    mails: Sequence[Mail]
    problems: tuple[Problem, ...]
    mailmap: str
    pace: Pace
    regions: Sequence[Region]
    baseline: Baseline | None = None


# (message-id, where, key) of each mail, in order.
Places = tuple[tuple[str, str, str | None], ...]


class Results(msgspec.Struct):
    """What is known of the last whole run besides the places of its mails and the records of its regions. `threads` are the keys of the
    threads, `loose` the mails that stand in none; `regions` are names; `now` is the date of the newest mail."""

    sources: tuple[str, ...]
    mark: str
    settings: str
    problems: tuple[Problem, ...]
    mailmap: str
    pace: Pace
    now: datetime | None
    min_confidence: float
    threads: tuple[str, ...]
    loose: tuple[Kept, ...]
    regions: tuple[str, ...]


class KeptHead(msgspec.Struct, array_like=True):
    head: ThreadHead | None
    problem: Problem | None


class _Kinds(NamedTuple):
    """What stands in rows that the join makes."""

    cluster: Any
    told: Any
    pairs: Any
    region: Any
    heard: Any
    baseline: Any
    traits: Any
    tied: Any


@cache
def joined_kinds() -> _Kinds:
    from miner.join import Facts, Heard, Joined, Known, Pairs, Tempo, Told, Traits  # networkx, only where it is needed

    problems = tuple[tuple[int, Problem], ...]
    return _Kinds(
        cluster=tuple[Facts, bool, problems],
        told=Told,
        pairs=tuple[Pairs, ...],
        region=tuple[tuple[str, ...], Tempo],
        heard=Heard,
        baseline=tuple[tuple[str, ...], tuple[str, ...], Known] | None,
        traits=dict[str, Traits],
        tied=tuple[str, Joined, str],
    )


def encode(value: object) -> bytes:
    return zlib.compress(encode_short(value), 1)


def encode_short(value: object) -> bytes:
    """What is short, or read in every run, is not compressed."""
    try:
        return msgspec.msgpack.encode(value)
    except UnicodeEncodeError:  # lone surrogates: no output has them either
        return msgspec.msgpack.encode(_encodable(msgspec.to_builtins(value)))


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, dict):
        return {key: _encodable(each) for key, each in value.items()}
    return [_encodable(each) for each in value] if isinstance(value, (list, tuple)) else value


def decode(packed: bytes, kind: type[_T]) -> _T:
    try:
        return decode_short(zlib.decompress(packed), kind)
    except zlib.error as error:
        raise StoreError(f"a record cannot be read: {error}") from error


def decode_short(packed: bytes, kind: type[_T]) -> _T:
    try:
        found: _T = _decoder(kind).decode(packed)  # type: ignore[arg-type]
        return found
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError(f"a record cannot be read: {error}") from error


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(kind)
    return decoder


def pack(part: Understood) -> Kept:
    message = replace(part.message, origins=())
    return Kept(message, tuple(_runs(part.message.origins)), part.rows, part.claims, part.asks, part.problems)


def _runs(origins: Sequence[Origin | None]) -> Iterator[_Run]:
    run: _Run | None = None
    for line, origin in enumerate(origins):
        if (
            origin is not None
            and run is not None
            and run.message_id == origin.message_id
            and origin.first_line == run.first_line + run.count
        ):
            run.count += 1
            continue
        if run is not None:
            yield run
        run = _Run(line, 1, origin.message_id, origin.first_line) if origin is not None else None
    if run is not None:
        yield run
    yield _Run(len(origins), 0, "", 0)


class _Origins(Sequence[Origin | None]):
    """The origins of the lines of a mail, made when one is first asked for: the join asks of few mails."""

    def __init__(self, runs: Sequence[_Run]) -> None:
        self._runs = runs

    @cached_property
    def each(self) -> tuple[Origin | None, ...]:
        *runs, end = self._runs
        origins: list[Origin | None] = [None] * end.line
        for run in runs:
            origins[run.line : run.line + run.count] = [
                Origin(run.message_id, at) for at in range(run.first_line, run.first_line + run.count)
            ]
        return tuple(origins)

    def __len__(self) -> int:
        return self._runs[-1].line

    @overload
    def __getitem__(self, at: int) -> Origin | None: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Origin | None]: ...
    def __getitem__(self, at: int | slice) -> Origin | Sequence[Origin | None] | None:
        return self.each[at]


def unpack(kept: Kept, later: bool = False) -> Understood:
    """A mail as it was understood; with `later` its origins are told apart when they are asked for."""
    origins = _Origins(kept.runs)
    message = replace(kept.message, origins=origins if later else origins.each)  # type: ignore[arg-type]  # nearly a tuple
    return Understood(message, kept.rows, kept.claims, kept.asks, kept.problems)
