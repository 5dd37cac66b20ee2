"""A report made ready to be read or sent: what moved since the last one, and where everything stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from miner.config import Config
from miner.mined import Mined
from miner.past import find_changes
from miner.report.arrange import newest_date
from miner.report.letter import Letter, write_letter

DEFAULT_SPAN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class View:
    """What a reader wants to see: what waits for `reader`, of the list `inbox`, the items of the `table` in some mail."""

    reader: str = ""
    inbox: str = ""
    table: str = ""


def compose(
    mined: Mined,
    config: Config,
    *,
    now: datetime,
    since: datetime | None = None,
    view: View = View(),
    warnings: Sequence[str] = (),
) -> Letter:
    """The letter of what was mined, with what moved since a moment; without one in the last week. `now` is the clock."""
    as_of = mined.as_of or newest_date(mined.messages, mined.status, now + timedelta(days=1))
    start = since or (as_of or now) - DEFAULT_SPAN
    return write_letter(
        mined.status,
        find_changes(mined, start, config),
        items=mined.items,
        series=mined.series,
        claims=mined.claims,
        messages=mined.messages,
        promises=mined.promises,
        archive_url=config.archive_url,
        stale_days=config.stale_days or int(mined.pace.silent_days),
        as_of=as_of,
        since=start,
        today=_today(mined, now),
        reader=view.reader,
        inbox=view.inbox,
        table=view.table,
        warnings=warnings,
    )


def _today(mined: Mined, now: datetime) -> date:
    return (mined.as_of or now.astimezone(UTC)).date()
