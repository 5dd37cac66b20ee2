"""The site of static pages, written to a folder: new pages in the place of old ones, and those of works that are gone taken away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from miner.config import Config
from miner.files import make_folder, replace_file
from miner.mined import Mined
from miner.past import find_changes
from miner.report.escape import without_surrogates
from miner.report.site import Site, make_site

_OURS = re.compile(r"(?:item|series)-[0-9a-f]{16}\.html")


def write_site(
    folder: Path, mined: Mined, config: Config, since: datetime, as_of: datetime | None, warnings: Sequence[str] = ()
) -> int:
    """Write the pages, and tell how many these are. Raises MinerError if the folder cannot be written."""
    from miner.join.blocked import find_blocked

    site = Site(
        status=mined.status,
        items=mined.items,
        series=mined.series,
        claims=mined.claims,
        messages=mined.messages,
        rows=mined.rows,
        moves=find_changes(mined, since, config),
        blockage=find_blocked(mined.status),
        archive_url=config.archive_url,
        stale_days=config.stale_days or int(mined.pace.silent_days),
        as_of=as_of,
        warnings=warnings,
    )
    make_folder(folder)
    written = set()
    for name, text in make_site(site):
        replace_file(folder / name, without_surrogates(text))
        written.add(name)
    for old in folder.iterdir():
        if _OURS.fullmatch(old.name) and old.name not in written:
            with suppress(OSError):
                old.unlink()
    return len(written)
