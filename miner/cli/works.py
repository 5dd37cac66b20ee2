"""Commands for single works and what ties them: `show`, `diff`, `history`, `changes`, `blocked`, `graph` and `promises`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from miner.cli.ending import finish, finishing, refuse, say_below
from miner.cli.options import AsOf, ConfigFile, Format, GitTree, GraphFormat, Kind, Name, Sources
from miner.cli.reading import mine_mail, read_start
from miner.cli.writing import choose_format, lay_out, list_authors, write, write_records
from miner.config import Config
from miner.errors import AmbiguousError, MinerError
from miner.model import Claim, Comparison, Move, Promise, Status, Wait

if TYPE_CHECKING:
    from miner.join.graph import Graph
    from miner.mined import Mined


def show(
    item: Name,
    sources: Sources = None,
    fmt: Format = None,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Show the history of one work item or patch series, claim by claim.

    Example: [bold]miner show "warp cache" thread.mbox[/bold]
    """
    settings, mined = mine_mail("show", sources, config, git, as_of, 'miner show "warp cache" thread.mbox')
    with finishing(mined):
        _write_show(mined, _find_work(item, mined), choose_format(fmt), settings)


def _find_work(name: str, mined: Mined) -> tuple[Status, ...]:
    from miner.report.history import find_work

    return find_work(name, mined.status, mined.series, mined.messages)


def _write_show(mined: Mined, work: Sequence[Status], fmt: str, settings: Config) -> None:
    from miner.recall import read_near
    from miner.report.history import arrange_history, mails_of, show_rows

    messages, rows = read_near(mined, mails_of(work, mined.claims))
    if fmt != "table":
        found = show_rows(work, claims=mined.claims, messages=messages, rows=rows, archive_url=settings.archive_url)
        write(found, fmt, Claim)
        return
    from miner.join import tell_rules
    from miner.report.terminal import render_show

    history = arrange_history(
        work,
        claims=mined.claims,
        messages=messages,
        items=mined.items,
        series=mined.series,
        rows=rows,
        archive_url=settings.archive_url,
        stale_days=mined.stale_after(settings.stale_days),
        as_of=mined.moment(datetime.now(UTC)),
        rules=tell_rules(),
    )
    lay_out(render_show, history)


def diff(
    series: Name,
    sources: Sources = None,
    older: Annotated[int | None, typer.Option("--from", metavar="N", help="Compare vN, not the one before.")] = None,
    newer: Annotated[int | None, typer.Option("--to", metavar="N", help="Compare with vN, not the newest.")] = None,
    brief: Annotated[bool, typer.Option("--brief", help="Leave out the lines of the range-diff.")] = False,
    fmt: Format = None,
    config: ConfigFile = None,
) -> None:
    """Show what changed between two versions of a series, and what became of the reviewers' asks.

    Example: [bold]miner diff "loom: count" thread.mbox[/bold]
    """
    settings, mined = mine_mail("diff", sources, config, example='miner diff "loom: count" thread.mbox')
    with finishing(mined):
        from miner.report.comparison import PATCH_KEYS, comparison_row, patch_rows, render_comparison
        from miner.versions import compare

        found, chosen = compare(mined, _find_work(series, mined), older, newer), choose_format(fmt)
        if chosen == "table":
            lay_out(render_comparison, found, settings.archive_url, brief)
        elif chosen == "csv":
            write(patch_rows(found), chosen, PATCH_KEYS)
        else:
            write([comparison_row(found, brief)], chosen, Comparison)


def history(
    item: Name,
    sources: Sources = None,
    fmt: Format = None,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Show how the status of one work item or patch series moved, mail by mail.

    Example: [bold]miner history "warp cache" thread.mbox[/bold]
    """
    settings, mined = mine_mail("history", sources, config, git, as_of, 'miner history "warp cache" thread.mbox')
    with finishing(mined):
        from miner.past import find_history

        moves = find_history(mined, _find_work(item, mined), settings)
        _write_moves(moves, mined, choose_format(fmt), settings, titles=False)


def changes(
    sources: Sources = None,
    since: Annotated[
        str,
        typer.Option(
            metavar="WHEN", help="A date, or a time as '3 months ago' or 7d, counted from the newest mail or --as-of."
        ),
    ] = "7d",
    fmt: Format = None,
    kind: Kind = "all",
    everything: Annotated[bool, typer.Option("--all", help="Show what you muted or snoozed too.")] = False,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Show what moved since a date, over all work items and patch series. A time ago counts from the newest mail, or from --as-of.

    Example: [bold]miner changes --since 2026-03-20 list.mbox[/bold]
    """
    settings, mined = mine_mail("changes", sources, config, git, as_of)
    start = read_start(since, mined)
    from miner.past import find_changes

    moves = [move for move in find_changes(mined, start, settings) if kind in ("all", move.kind)]
    shown = moves if everything else _leave_out_hidden(moves, mined)
    _write_moves(shown, mined, choose_format(fmt), settings)
    if len(shown) < len(moves):
        say_below(f"{len(moves) - len(shown)} muted or snoozed by you moved too, see --all")
    finish(mined)


def _leave_out_hidden(moves: Sequence[Move], mined: Mined) -> list[Move]:
    """The moves without those of works that the user wants to hear nothing of today."""
    from miner.report.choosing import is_hidden

    today = mined.today(datetime.now(UTC))
    hidden = {(each.kind, each.key) for each in mined.status if is_hidden(each, today)}
    return [move for move in moves if (move.kind, move.key) not in hidden]


def _write_moves(moves: Sequence[Move], mined: Mined, fmt: str, settings: Config, titles: bool = True) -> None:
    if fmt == "table":
        from miner.report.terminal import render_moves

        lay_out(render_moves, moves, settings.archive_url, titles, list_authors(mined))
    else:
        write_records(moves, fmt, Move)


def blocked(
    sources: Sources = None,
    fmt: Format = None,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Show what waits for what: chains of work, rings, and the piece of work that holds up most others.

    Example: [bold]miner blocked thread.mbox[/bold]
    """
    settings, mined = mine_mail("blocked", sources, config, git, as_of)
    from miner.join.blocked import find_blocked

    found, chosen = find_blocked(mined.status), choose_format(fmt)
    if chosen == "table":
        from miner.report.terminal import render_blocked

        lay_out(render_blocked, found, settings.archive_url, list_authors(mined))
    else:
        write_records(found.waits, chosen, Wait)
    finish(mined)


def graph(
    sources: Sources = None,
    fmt: GraphFormat = None,
    around: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Only what lies near this: words of a title, a person, a message-id, or all that `miner show` takes.",
            show_default=False,
        ),
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(min=1, max=8, help="With --around: how many steps away. Without this: 1.", show_default=False),
    ] = None,
    kinds: Annotated[
        str | None,
        typer.Option(
            metavar="KIND,...", help="Only nodes of these kinds, such as item,series,person.", show_default=False
        ),
    ] = None,
    git: GitTree = None,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """Give out all that was found as one graph, for networkx, Gephi, Graphviz or a web page.

    Example: [bold]miner graph --around "warp cache" --format dot thread.mbox | dot -Tsvg > graph.svg[/bold]
    """
    from miner.join import graph as graphs

    wanted = kinds.split(",") if kinds is not None else []
    if unknown := [kind for kind in wanted if kind not in graphs.NODE_KINDS]:
        refuse(f"--kinds: no kind {unknown[0]!r}; the kinds are {', '.join(graphs.NODE_KINDS)}")
    if around is None and depth is not None:
        refuse("graph: --depth counts steps from what --around names; give both")
    _, mined = mine_mail("graph", sources, config, git, as_of)
    with finishing(mined):
        found = _find_around(mined, around, depth or 1) if around is not None else mined.graph
        _write_graph(graphs.only(found, wanted) if wanted else found, choose_format(fmt))


def _find_around(mined: Mined, name: str, depth: int) -> Graph[str]:
    """What lies near the node of a name, or else near the one piece of work that a person means by it, as in `miner show`."""
    try:
        return mined.around(name, depth)
    except MinerError as error:
        try:
            newest = _find_work(name, mined)[-1]
        except AmbiguousError:
            raise
        except MinerError:
            raise error from None
        node = f"item:{newest.key}" if newest.kind == "item" else f"chain:{newest.chain or newest.key}"
        return mined.around(node, depth)


def _write_graph(found: Graph[str], fmt: str) -> None:
    from miner.join.graph import as_graphml, as_node_link, edges_of
    from miner.report.graphs import COUNT_KEYS, count_rows, find_excess, render_dot, render_mermaid
    from miner.report.rows import plain

    if fmt in ("json", "jsonl"):
        write([as_node_link(found)], fmt, ())
    elif fmt == "graphml":
        sys.stdout.write(as_graphml(found) + "\n")
    else:
        nodes = {name: data for name, data in found.nodes(data=True)}  # noqa: C416 - a view, not a dict
        edges = [plain(edge) for edge in edges_of(found)]
        if fmt == "table":
            write(count_rows(nodes, edges), fmt, COUNT_KEYS)
        elif fmt == "dot":
            sys.stdout.write(render_dot(nodes, edges))
        else:
            sys.stdout.write(drawn := render_mermaid(nodes, edges))
            sys.stdout.flush()
            if excess := find_excess(drawn, len(edges)):
                say_below(excess)


def promises(
    sources: Sources = None,
    fmt: Format = None,
    everything: Annotated[bool, typer.Option("--all", help="Show those that were kept, or are moot, too.")] = False,
    as_of: AsOf = None,
    config: ConfigFile = None,
) -> None:
    """List what people said they would do, a new version or a look, and did not do yet.

    Example: [bold]miner promises --all thread.mbox[/bold]
    """
    from miner.report.formats import PROMISE_COLUMNS

    _, mined = mine_mail("promises", sources, config, as_of=as_of)
    chosen = [each for each in mined.promises if everything or each.state in ("late", "open")]
    chosen.sort(key=lambda each: each.state != "late")
    write_records(chosen, choose_format(fmt), Promise, PROMISE_COLUMNS)
    finish(mined)
