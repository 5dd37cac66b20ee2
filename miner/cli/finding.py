"""Commands for what was found: `claims`, `items` and `series`."""

from __future__ import annotations

from typing import Annotated

import typer

from miner.cli.ending import finish
from miner.cli.options import AsOf, ConfigFile, Format, GitTree, Sources
from miner.cli.reading import mine_mail
from miner.cli.writing import choose_format, write, write_records
from miner.model import Claim, Series, WorkItem


def claims(
    sources: Sources = None,
    fmt: Format = None,
    min_confidence: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Leave out claims with less confidence.", show_default=False)
    ] = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """List the sentences that say where a piece of work stands.

    Example: [bold]miner claims --format csv thread.mbox > claims.csv[/bold]
    """
    from miner.report.formats import claim_columns

    settings, mined = mine_mail("claims", sources, config, as_of=as_of, least=min_confidence)
    least = settings.min_confidence if min_confidence is None else min_confidence
    chosen = (claim for claim in mined.claims if claim.confidence >= least)
    columns = claim_columns({each.root: each.title for each in mined.series})
    write_records(chosen, choose_format(fmt), Claim, columns)
    finish(mined)


def items(sources: Sources = None, fmt: Format = None, as_of: AsOf = None, config: ConfigFile = None) -> None:
    """List the work items of every table that somebody posted.

    Example: [bold]miner items thread.mbox[/bold]
    """
    from miner.report.formats import ITEM_COLUMNS
    from miner.report.rows import item_row

    _, mined = mine_mail("items", sources, config, as_of=as_of)
    write((item_row(item) for item in mined.items), choose_format(fmt), WorkItem, ITEM_COLUMNS)
    finish(mined)


def series(
    sources: Sources = None,
    fmt: Format = None,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """List the postings of patches and patch series, with what each of them replaces and the commits that it became.

    Example: [bold]miner series list.mbox.gz[/bold]
    """
    from miner.report.formats import SERIES_COLUMNS, SERIES_IN_GIT_COLUMNS

    settings, mined = mine_mail("series", sources, config, git, as_of)
    columns = SERIES_IN_GIT_COLUMNS if settings.git else SERIES_COLUMNS
    write_records(mined.series, choose_format(fmt), Series, columns)
    finish(mined)
