"""The site of static pages, written to a folder: new pages in the place of old ones, and those of works that are gone taken away."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from miner.config import Config
from miner.errors import MinerError
from miner.files import make_folder, replace_file
from miner.mined import Mined
from miner.past import find_changes
from miner.report.escape import without_surrogates
from miner.report.site import MARK, Site, make_site

INDEX = "index.html"
_OURS = re.compile(r"(?:item|series)-[0-9a-f]{16}\.html")


def write_site(
    folder: Path, mined: Mined, config: Config, since: datetime, as_of: datetime | None, url: str = ""
) -> int:
    """Write the pages and the feed, and tell how many pages these are. `url` is where the site will be, for the feed's links. Raises
    MinerError if the folder cannot be written, or if it holds files and no site of ours."""
    _check_folder(folder)
    from miner.join import tell_rules
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
        stale_days=mined.stale_after(config.stale_days),
        as_of=as_of,
        today=mined.today(datetime.now(UTC)),
        rules=tell_rules(),
        url=f"{url.rstrip('/')}/" if url else "",
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
    return sum(name.endswith(".html") for name in written)


def _check_folder(folder: Path) -> None:
    """Somebody else's pages stay: what is not empty has to hold a site that was written here before."""
    if not folder.is_dir() or all(path.name.startswith(".") for path in folder.iterdir()):
        return
    with suppress(OSError):
        if f'name="generator" content="{MARK}"' in (folder / INDEX).read_text(encoding="utf-8", errors="replace"):
            return
    raise MinerError(f"{folder} has files, and no site of lore-miner among them; name a new folder, or an empty one")
