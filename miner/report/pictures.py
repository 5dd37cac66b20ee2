"""What waits for what, drawn as SVG: what is waited for on the left, what waits in columns to its right."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup
from rich.cells import cell_len, chop_cells

from miner.model import Blockage
from miner.report.escape import one_line

MOST = 120  # boxes
_WIDE, _HIGH, _GAP, _ROW = 250, 44, 70, 60
_CELLS = 29  # of a title: narrow letters take one, wide ones such as Han two


def draw_waits(found: Blockage, pages: Mapping[tuple[str, str], str]) -> Markup:
    """The picture, every text in it escaped; "" where nothing waits. A box leads to the page of its work."""
    titles: dict[tuple[str, str], tuple[str, str]] = {}
    for wait in found.waits:
        titles.setdefault((wait.on_kind, wait.on_key), (wait.on_title, wait.on_status or "unknown"))
        titles.setdefault((wait.kind, wait.key), (wait.title, wait.status or "unknown"))
    if not titles:
        return Markup("")
    kept = dict(list(titles.items())[:MOST])
    edges = [((w.on_kind, w.on_key), (w.kind, w.key)) for w in found.waits]
    edges = [(holder, waiter) for holder, waiter in edges if holder in kept and waiter in kept]
    column = dict.fromkeys(kept, 0)
    for _ in range(min(len(kept), 30)):  # a ring would push its boxes to the right for ever
        for holder, waiter in edges:
            column[waiter] = max(column[waiter], min(column[holder] + 1, 30))
    rows: dict[int, int] = {}
    place = {}
    for key in kept:
        place[key] = column[key] * (_WIDE + _GAP) + 10, rows.get(column[key], 0) * _ROW + 10
        rows[column[key]] = rows.get(column[key], 0) + 1
    width, height = (max(column.values()) + 1) * (_WIDE + _GAP), max(rows.values()) * _ROW + 20
    parts = [
        Markup(
            '<svg role="img" aria-labelledby="waits-title" viewBox="0 0 {} {}" width="{}" xmlns="http://www.w3.org/2000/svg">'
        ).format(width, height, width),
        Markup('<title id="waits-title">{}</title>').format(f"What {len(kept)} pieces of work wait for"),
    ]
    for holder, waiter in edges:
        (x1, y1), (x2, y2) = place[holder], place[waiter]
        parts.append(
            Markup('<path class="wait" d="M{} {} C{} {} {} {} {} {}"/>').format(
                x1 + _WIDE,
                y1 + _HIGH // 2,
                x1 + _WIDE + _GAP // 2,
                y1 + _HIGH // 2,
                x2 - _GAP // 2,
                y2 + _HIGH // 2,
                x2,
                y2 + _HIGH // 2,
            )
        )
    for key, (title, state) in kept.items():
        x, y = place[key]
        # The inner picture cuts off what a font makes too long all the same.
        box = Markup(
            '<rect class="box" x="{0}" y="{1}" width="{2}" height="{3}" rx="6"/><svg x="{0}" y="{1}" width="{4}" height="{3}">'
            '<title>{5}</title><text class="name" x="10" y="19">{6}</text><text class="state" x="10" y="36">{7}</text></svg>'
        ).format(x, y, _WIDE, _HIGH, _WIDE - 5, one_line(title, 160), _cut(one_line(title, 80)), state)
        link = pages.get(key)
        parts.append(
            Markup('<a href="{}" aria-label="{}">{}</a>').format(link, f"{one_line(title, 80)}, {state}", box)
            if link
            else box
        )
    return Markup("\n").join([*parts, Markup("</svg>")])


def _cut(title: str) -> str:
    return title if cell_len(title) <= _CELLS else f"{chop_cells(title, _CELLS - 1)[0].rstrip()}…"
