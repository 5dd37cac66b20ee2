"""Two versions of a series: one object for scripts, one row a patch for spreadsheets, and the text for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from miner.model import AnsweredAsk, Comparison, PatchChange
from miner.report.escape import escape_unsafe, one_line, short_name
from miner.report.layout import DOT, Page, styled
from miner.report.rows import Row, day_of, plain
from miner.report.wording import count

PATCH_KEYS = ("state", "title", "old_title", "old", "new", "old_id", "new_id", "what", "added", "removed")
_WORDS = {"changed": "the newer version differs there", "agreed": "agreed", "reply": "answered", "open": "open"}
_SUMS = (("changed", "changed"), ("agreed", "agreed to"), ("reply", "answered"), ("open", "open"))
_CHANGE_STYLES = {"same": "dim", "changed": "yellow", "renamed": "cyan", "new": "green", "gone": "red"}
_VERDICT_STYLES = {"changed": "green", "agreed": "green", "reply": "yellow", "open": "bold red"}
_DIFF_LINES = 200  # of the range-diff of one patch


def comparison_row(found: Comparison, brief: bool = False) -> Row:
    """The whole comparison; with `brief` the lines of the range-diff are null."""
    row: Row = plain(found)
    if brief:
        for patch in row["patches"]:
            patch["range_diff"] = None
    return row


def patch_rows(found: Comparison) -> Iterator[Row]:
    for patch in found.patches:
        row = plain(patch)
        yield {key: row[key] for key in PATCH_KEYS}


def _sum_up(asks: tuple[AnsweredAsk, ...]) -> str:
    """How many asks there are, and what became of them.

    >>> _sum_up(())
    'no asks'
    """
    if not asks:
        return "no asks"
    counts = Counter[str](ask.verdict for ask in asks)
    said = ", ".join(f"{counts[verdict]} {name}" for verdict, name in _SUMS if counts[verdict])
    return f"{count(len(asks), 'ask')}: {said}"


# Two versions of a series


def render_comparison(found: Comparison, console: Console, archive_url: str, brief: bool = False) -> Text:
    """What became of each patch, then what became of each ask; with `brief` without the lines that differ."""
    page = Page(console)
    page.add(styled(one_line(found.newer.title), "bold"))
    for one in (found.older, found.newer):
        version = f"v{one.revision}{f'.{one.minor}' if one.minor else ''}"
        facts = (
            version,
            day_of(one.date) or "no date",
            count(one.expected, "patch", "patches"),
            short_name(one.author),
        )
        page.add_facts(map(styled, facts), indent=2)
        page.add_address(one.root, archive_url, indent=4)
    for note in found.notes:
        page.add(styled(f"note: {one_line(note)}", "yellow"), indent=2)
    page.add_heading(styled("Patches", "bold"))
    for patch in found.patches:
        _add_patch_change(page, patch, brief)
    page.add_heading(styled("What reviewers asked for", "bold") + styled(f"{DOT}{_sum_up(found.asks)}"))
    for ask in found.asks:
        _add_ask(page, ask, archive_url)
    return page.text()


def _add_patch_change(page: Page, patch: PatchChange, brief: bool) -> None:
    numbers = f"{patch.old or '-'} > {patch.new or '-'}"
    size = f"+{patch.added} -{patch.removed}" if patch.added or patch.removed else ""
    what = ", ".join(part for part in patch.what if part != "code" or len(patch.what) > 1)
    page.add(
        styled(f"{numbers:>7}  ", "dim")
        + styled(f"{patch.state:8}", _CHANGE_STYLES[patch.state])
        + styled(one_line(patch.title)),
        right=styled(size, "dim"),
    )
    if patch.old_title:
        page.add(styled(f"was: {one_line(patch.old_title)}", "dim"), indent=17)
    if what:
        page.add(styled(f"in its {what}", "dim"), indent=17)
    lines = () if brief else (patch.range_diff or ())
    for line in lines[:_DIFF_LINES]:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        page.add_long(styled("      " + escape_unsafe(line.expandtabs(8))[: page.width * 2], style))
    if len(lines) > _DIFF_LINES:
        page.add(styled(f"and {len(lines) - _DIFF_LINES} more lines, with --format json", "dim"), indent=6)


def _add_ask(page: Page, answered: AnsweredAsk, archive_url: str) -> None:
    ask = answered.ask
    place = f"patch {answered.number}" if answered.number else "the series"
    page.add_blank()
    page.add(styled(_WORDS[answered.verdict], _VERDICT_STYLES[answered.verdict]), indent=2)
    facts = (short_name(ask.by), place, one_line(answered.file or "", 60))
    page.add_facts((styled(fact, "dim") for fact in facts), indent=4)
    page.add(styled(f"“{one_line(ask.text, 300)}”"), indent=4)
    if answered.change is not None:
        page.add(styled("changed: ", "dim") + styled(one_line(answered.change, 120)), indent=4)
    if answered.reply is not None:
        page.add(
            styled(f"{short_name(answered.reply.by)}: ", "dim") + styled(f"“{one_line(answered.reply.text, 200)}”"),
            indent=4,
        )
    page.add_address(ask.message_id, archive_url, indent=4)
