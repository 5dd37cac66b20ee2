"""Find work-item tables wherever they stand: in own text or in quotes at any depth, whole or damaged by quoting.

Three shapes are read: a YAML list of mappings, a Markdown table with pipes, and columns lined up with spaces; the last two also without
a rule below headings that can only be those of work. Each copy
of a row becomes a TableRow with its place in the body, so that own text below it can be tied to it. What makes a table a
list of work: one column that names the work, and one that says who, how urgent, where or how far.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, NamedTuple

import yaml

from miner.columns import ASSIGNEE, AUTHOR, LINKS, LOCATION, NAMES_PATCHES, PRIORITY, TITLE
from miner.errors import TableError
from miner.links import find_references, find_urls, read_footnotes
from miner.model import Message, Problem, TableRow
from miner.parse.linewise import quote_depth, strip_quote
from miner.parse.things import is_status_column, tells_of_things

MAX_ROW_CHARACTERS = 64_000
MAX_ROWS = 2_000
MAX_ALIASES = 8
MAX_YAML_CHARACTERS = (
    256_000  # of one mail that go through the YAML reader, which is slow; further rows are read plainly
)
MAX_YAML_BRACKETS = 100  # more in one row: not a row that somebody wrote, and quadratic work for the YAML reader
MAX_LINE = 2_000  # a longer line is no row, header or rule of a table
# Columns, and characters of a name, of a header without a rule below it.
FEWEST_BARE, MOST_BARE, LONGEST_BARE = 3, 10, 25

Value = str | tuple[str, ...] | None

_EMPTY = frozenset("|<none>|none|-|--|—|n/a|na|null|~|nobody|unassigned|tbd|?|(none)|[]|no one|open".split("|"))

_YAML_ROW = re.compile(r"^(\s*)- ([A-Za-z][\w /_-]{0,30}?):(?:\s(.*))?$")
_YAML_KEY = re.compile(r"^\s*([A-Za-z][\w /_-]{0,30}?):(?:\s+(.*))?$")
_RULE = re.compile(r"^\s*(?:-{3,}|={3,}|\*{3,}|\.{3})\s*$")
_PIPE_RULE = re.compile(r"^\s*[|+]?\s*:?(?:-+|=+):?\s*(?:[|+]\s*:?(?:-+|=+):?\s*)+[|+]?\s*$")
_DASHES = re.compile(r"^\s*[-=]{2,}(?:\s+[-=]{2,})+\s*$|^\s*[-=]{10,}\s*$")
_COPY_START = 10  # characters without white space by which the copy of a row is first looked for
_CELL = re.compile(r"(?<!\\)\|")
_GAP = re.compile(r"\s{2,}|\t+")
_OPEN_END = re.compile(
    r"(?:\b(?:for|on|of|the|an?|by|to|with|and|or|in|from|at|until|till|as|after|when|but|not|is|be|its|needs|waits|waiting)|[,;:/&+])$",
    re.I,
)
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\([^()\s]{1,500}\)")
_MARKS = re.compile(r"`|~~|\*\*")
_SPACE = re.compile("[\xa0\u2007\u202f]")


@dataclass(frozen=True, slots=True)
class _ViewLine:
    """A line of one depth: its number in the body, its text without quote marks; `cut`: other text stands before it."""

    at: int
    text: str
    author: str | None
    cut: bool = False


class Tables(NamedTuple):
    """What the tables of a mail hold: all copies of work-item rows in the order of its body; the rows of `things`, of tables that have a
    status column and are no lists of work, which are no sentences either; and the rows that could not be read."""

    rows: tuple[TableRow, ...]
    things: tuple[TableRow, ...]
    problems: tuple[Problem, ...]


def read_tables(message: Message) -> Tables:
    """Read the tables of a mail, own and quoted."""
    tables, problems = _read_tables(message)
    rows: list[TableRow] = []
    things: list[TableRow] = []
    for table in tables:
        if _is_of_things(table):
            things += table
        else:
            rows += (row for row in table if row.title)
    return Tables(tuple(sorted(_set_reach(message, rows), key=lambda r: r.first_line)), tuple(things), problems)


def _is_of_things(table: Sequence[TableRow]) -> bool:
    return not any(row.title for row in table) or tells_of_things([row.columns for row in table])


def _read_tables(message: Message) -> tuple[list[list[TableRow]], tuple[Problem, ...]]:
    tables: dict[tuple[int, int], list[TableRow]] = {}
    problems: list[Problem] = []
    for depth, view in _read_views(message).items():
        notes = read_footnotes([line.text for line in view])
        for shape in (_find_yaml, _find_pipes, _find_columns):
            for found in shape(view):
                if isinstance(found, _Broken):
                    problems.append(
                        Problem(f"{message.where}, line {found.at + 1}", f"row of a table not read: {found.why}", "row")
                    )
                else:
                    tables.setdefault((depth, found.table), []).append(_make_row(found, depth, notes))
    return [*tables.values()], tuple(problems)


def find_copies(messages: Sequence[Message], rows: Mapping[str, Sequence[TableRow]]) -> dict[str, tuple[TableRow, ...]]:
    """The rows of each message with those quoted copies added that came without their table's header.

    `messages` are traced (provenance.py): only text whose origin is a message with rows is compared, and only with those.
    """
    by_id = {message.message_id: message for message in messages}
    starts = {ident: _index_rows(by_id[ident], found) for ident, found in rows.items() if ident in by_id}
    out = {ident: tuple(found) for ident, found in rows.items()}
    for message in messages:
        known = out.get(message.message_id, ())
        if copies := list(_match_copies(message, known, starts)):
            both = [replace(row, reach_line=row.end_line) for row in (*known, *copies)]
            out[message.message_id] = tuple(_set_reach(message, both))
    return out


def _index_rows(message: Message, rows: Sequence[TableRow]) -> dict[str, list[tuple[str, TableRow]]]:
    """The rows of a message with their whole text, by how it begins."""
    index: dict[str, list[tuple[str, TableRow]]] = {}
    lines = message.lines
    for row in rows:
        key = "".join(_squeeze(line) for line in lines[row.first_line : row.end_line])
        index.setdefault(key[:_COPY_START], []).append((key, row))
    return index


def _match_copies(
    message: Message, known: Sequence[TableRow], starts: Mapping[str, Mapping[str, Sequence[tuple[str, TableRow]]]]
) -> Iterator[TableRow]:
    taken = {at for row in known for at in range(row.first_line, row.end_line)}
    lines = message.lines
    for layer in message.layers:
        if layer.origin is None or layer.kind != "quote" or layer.origin.message_id not in starts:
            continue
        for at in range(layer.first_line, layer.end_line):
            if at in taken:
                continue
            for key, row in starts[layer.origin.message_id].get(_squeeze(lines[at])[:_COPY_START], ()):
                end, rest = at, key
                while end < len(lines) and rest and quote_depth(lines[end]) == layer.depth:
                    part = _squeeze(lines[end])
                    if not rest.startswith(part):
                        break
                    rest, end = rest[len(part) :], end + 1
                if len(rest) * 2 < len(key):
                    taken.update(range(at, end))
                    yield replace(row, depth=layer.depth, first_line=at, end_line=end, reach_line=end)
                    break


def _squeeze(line: str) -> str:
    return "".join(strip_quote(line).split())


def column(row: Mapping[str, Value], names: Sequence[str]) -> tuple[str | None, Value]:
    """The first column of these names that a row has: (its name, its value)."""
    for name in names:
        if name in row:
            return name, row[name]
    return None, None


@dataclass(frozen=True, slots=True)
class _Found:
    columns: dict[str, Value]
    first: _ViewLine
    end: int  # body line behind the row's last one
    table: int  # body line by which its table is known


@dataclass(frozen=True, slots=True)
class _Broken:
    at: int
    why: str


def _read_views(message: Message) -> dict[int, list[_ViewLine]]:
    """The text at each depth by itself, as it stood before others wrote between its lines."""
    views: dict[int, list[_ViewLine]] = {}
    lines = message.lines
    for layer in message.layers:
        if layer.kind not in ("own", "quote"):
            continue
        view = views.setdefault(layer.depth, [])
        author = layer.author if layer.depth else str(message.author) or None
        previous = view[-1].at if view else layer.first_line
        if layer.depth == 0 and view and layer.first_line - previous > 1:
            view.append(_ViewLine(layer.first_line - 1, "", author))
        for at in range(layer.first_line, layer.end_line):
            marks = quote_depth(lines[at])
            if marks or lines[at].strip() or layer.depth == 0:
                cut = at == layer.first_line and at - previous > 1
                view.append(_ViewLine(at, strip_quote(lines[at]) if marks else lines[at], author, cut))
    return views


# YAML


def _find_yaml(view: Sequence[_ViewLine]) -> Iterator[_Found | _Broken]:
    at, left = 0, MAX_YAML_CHARACTERS
    while at < len(view):
        start = _YAML_ROW.match(view[at].text)
        if start is None or _plain(start.group(2)) not in TITLE:
            at += 1
            continue
        key, indent = start.group(2), len(start.group(1))
        starts = [
            n
            for n in range(at, len(view))
            if (m := _YAML_ROW.match(view[n].text)) and m.group(2) == key and len(m.group(1)) == indent
        ]
        ends = [*starts[1:], len(view)]
        blocks = [view[a : _end_of_row(view, a, b)] for a, b in zip(starts, ends, strict=True)][:MAX_ROWS]
        keys = _recurring_keys(blocks)
        if len(keys) < 2 or not _is_work(sorted(keys)):
            at = starts[-1] + 1
            continue
        for block in blocks:
            left -= sum(len(v.text) for v in block)
            try:
                columns = _read_yaml_row(block, keys, len(blocks), plainly=left < 0)
            except TableError as error:
                yield _Broken(block[0].at, str(error))
                continue
            yield _Found(columns, block[0], _last_line(block) + 1, view[at].at)
        at = ends[-1]


def _end_of_row(view: Sequence[_ViewLine], first: int, limit: int) -> int:
    """A row ends at a rule, or where text starts at its margin again that is neither a key nor a list's line."""
    indent = len(view[first].text) - len(view[first].text.lstrip())
    indented = any(v.text[:1] == " " and v.text.strip() for v in view[first + 1 : min(first + 6, limit)])
    blank = False
    for n in range(first + 1, limit):
        text = view[n].text
        if _RULE.match(text):
            return n
        margin = len(text) - len(text.lstrip()) <= indent
        if (
            text.strip()
            and (blank or view[n].cut)
            and indented
            and margin
            and not _YAML_KEY.match(text)
            and not text.lstrip().startswith("- ")
            and not any(_YAML_KEY.match(v.text) and v.text[:1] == " " for v in view[n : min(n + 20, limit)])
        ):
            return n
        blank = not text.strip()
    return limit


def _recurring_keys(blocks: Sequence[Sequence[_ViewLine]]) -> set[str]:
    """The words in front of a colon that at least half of the rows have: the table's columns."""
    seen: dict[str, int] = {}
    for block in blocks:
        names = {
            _plain(m.group(1).lstrip("- ")) for v in block if (m := _YAML_KEY.match(v.text.lstrip().removeprefix("- ")))
        }
        for name in names:
            seen[name] = seen.get(name, 0) + 1
    return {name for name, n in seen.items() if n * 2 >= len(blocks)}


def _read_yaml_row(block: Sequence[_ViewLine], keys: set[str], rows: int, plainly: bool) -> dict[str, Value]:
    text = "\n".join(v.text for v in block)
    if len(text) > MAX_ROW_CHARACTERS:
        raise TableError(f"longer than {MAX_ROW_CHARACTERS} characters")
    plainly = plainly or text.count("[") + text.count("{") > MAX_YAML_BRACKETS
    whole = None if plainly else _load_mapping(text)
    if whole is None or (rows > 1 and len(whole) < 2):
        whole = _read_damaged(block, keys)
    named = {name: value for name, value in whole.items() if name in TITLE and value}
    if not named or len(whole) < 2:
        raise TableError("no title, or nothing but a title, and not YAML")
    return whole


class _StringLoader(yaml.BaseLoader):
    """Everything is a string, no tag makes an object, and aliases are refused beyond a few (YAML bombs)."""

    aliases = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > MAX_ALIASES:
                raise TableError(f"more than {MAX_ALIASES} YAML aliases")
        return super().compose_node(parent, index)


def _load_mapping(text: str) -> dict[str, Value] | None:
    """The row as YAML, or None where it is not; a row with too many aliases is refused."""
    try:
        loaded = yaml.load(text, _StringLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    row = loaded[0] if isinstance(loaded, list) and loaded else None
    if not isinstance(row, dict) or not row:
        return None
    return {_plain(str(name)): _flatten(value) for name, value in row.items()}


def _flatten(value: object) -> Value:
    if isinstance(value, list):
        parts = [_flatten(v) for v in value[:200]]
        return tuple(p if isinstance(p, str) else "; ".join(p) for p in parts if p)
    if isinstance(value, dict):
        return tuple(f"{k}: {_as_text(_flatten(v))}" for k, v in list(value.items())[:200])
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", str(value)).strip() if value is not None else ""
    return text or None


def _as_text(value: Value) -> str:
    return value if isinstance(value, str) else "; ".join(value or ())


def _read_damaged(block: Sequence[_ViewLine], keys: set[str]) -> dict[str, Value]:
    """Read a row whose indentation or wrapping is lost: a line that begins with a column's name starts that column."""
    columns: dict[str, Value] = {}
    name: str | None = None
    parts: list[str] = []

    def finish() -> None:
        if name is not None and name not in columns:
            columns[name] = _join_parts(parts)

    for n, line in enumerate(block):
        text = line.text.strip()
        text = text.removeprefix("- ") if n == 0 else text
        match = _YAML_KEY.match(text)
        if match and (known := _plain(match.group(1))) in keys and known not in columns and known != name:
            finish()
            name, parts = known, []
            first = (match.group(2) or "").strip()
            if first and first not in (">-", ">", "|", "|-", ">+", "|+"):
                parts.append(first)
        elif text or (parts and parts[-1]):
            parts.append(text)
    finish()
    return columns


def _join_parts(parts: Sequence[str]) -> Value:
    items: list[str] = []
    listed = False
    for part in parts:
        if part.startswith("- ") and (listed or not items):
            listed = True
            items.append(_unquote(part[2:].strip()))
        elif listed and part and items:
            items[-1] += " " + part
        elif part:
            items.append(part)
    if listed:
        return tuple(items)
    text = " ".join(items).strip()
    return None if text in ("", "[]") else _unquote(text)


def _unquote(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


# Markdown


def _find_pipes(view: Sequence[_ViewLine]) -> Iterator[_Found | _Broken]:
    at = 1
    while at < len(view):
        ruled = _is_pipe_rule(view[at].text)
        head = _read_header(view, at) if ruled else _read_bare_header(view, at - 1)
        at += ruled or not head
        if not _has_rows(head):
            continue
        table, begin, last = view[at - 1].at, at, at + MAX_ROWS
        row: _Found | None = None
        while at < min(len(view), last) and ("|" in view[at].text or _is_grid_rule(view[at].text)):
            if _is_grid_rule(view[at].text):
                at += 1
                continue
            if at + 1 < len(view) and _begins_table(view, at):
                break
            text, used = view[at].text, 1
            while at + used < len(view) and used < 6 and _wants_more(text, len(head), view[at + used].text):
                text += " " + view[at + used].text.strip()
                used += 1
            if _is_left_over(view, at + used):
                text += " " + view[at + used].text.strip()
                used += 1
            cells = _split_cells(text)
            if len(cells) > len(head) or len(cells) < 2:
                if _is_work(head):
                    yield _Broken(view[at].at, f"{len(cells)} cells under {len(head)} headings")
            elif any(cells):
                found = _Found(_zip(head, cells), view[at], view[at + used - 1].at + 1, table)
                if row is not None and _goes_on(row, found):
                    found = _put_together(row, found)
                elif row is not None:
                    yield row
                row = found
            at += used
        if row is not None:
            yield row
        at = max(at, begin + 1)


def _goes_on(row: _Found, below: _Found) -> bool:
    """Whether a line of cells right below a row names no work: it holds the rest of that row's cells."""
    name, title = column(below.columns, TITLE)
    return name is not None and title is None and below.first.at == row.end


def _put_together(row: _Found, below: _Found) -> _Found:
    """A row with the rest of its cells."""
    both: dict[str, Value] = {}
    for name, value in row.columns.items():
        both[name] = " ".join(filter(None, (_as_text(value), _as_text(below.columns[name])))) or None
    return replace(row, columns=both, end=below.end)


def _is_pipe_rule(line: str) -> bool:
    return len(line) <= MAX_LINE and ("|" in line or "+" in line) and bool(_PIPE_RULE.match(line))


def _is_grid_rule(line: str) -> bool:
    """Whether a line of dashes stands between the rows of one table: it begins with a plus."""
    return line.lstrip()[:1] == "+" and _is_pipe_rule(line)


def _read_header(view: Sequence[_ViewLine], rule: int) -> list[str]:
    """The header above the rule; quoting may have broken it over two lines."""
    width = len(_split_cells(view[rule].text.replace("+", "|")))
    text = ""
    for n in range(rule - 1, max(rule - 4, -1), -1):
        text = f"{view[n].text.strip()} {text}".strip()
        if len(_split_cells(text)) >= width:
            return _read_head(_split_cells(text))
    return []


def _begins_table(view: Sequence[_ViewLine], at: int) -> bool:
    """Whether a line is the header of the next table, or that of this one once more."""
    below = view[at + 1].text
    return (_is_pipe_rule(below) and not _is_grid_rule(below)) or bool(_read_bare_header(view, at))


def is_header(line: str) -> bool:
    """Whether a line can only be the headings of a list of work, also without a rule below it.

    >>> is_header("Item         Owner   Status"), is_header("Item that its owner lost")
    (True, False)
    """
    return bool(_read_bare(_split_cells(line)) if "|" in line else _read_bare_columns(line))


def _read_bare_header(view: Sequence[_ViewLine], at: int) -> list[str]:
    """The header of a table that has no rule below it, nor above it: all its columns say what is told of work."""
    text, below = view[at].text, view[at + 1].text
    if "|" not in text or "|" not in below or len(text) > MAX_LINE or _is_pipe_rule(text):
        return []
    cells = _split_cells(text)
    return _read_bare(cells) if len(_split_cells(below)) == len(cells) else []


def _read_bare(cells: Sequence[str]) -> list[str]:
    """The names of columns that can only be those of a list of work; none where they might be words of a row."""
    if not FEWEST_BARE <= len(cells) <= MOST_BARE or any(len(cell) > LONGEST_BARE for cell in cells):
        return []
    head = _read_head(cells)
    authors = any(name in AUTHOR for name in head) and any(_plain(cell) in NAMES_PATCHES for cell in cells)
    told = _counts_as_work(head) + authors
    return head if _is_work(head) and told > 1 and len({*head}) == len(head) else []


def _wants_more(text: str, width: int, following: str) -> bool:
    """A row that quoting broke: too few cells (or an open last one), and the next line does not start a row."""
    if not following.strip() or _is_pipe_rule(following):
        return False
    fenced = text.lstrip().startswith("|")
    if fenced and following.lstrip().startswith("|") and len(_split_cells(following)) > 1:
        return False
    short = len(_split_cells(text)) < width
    return short or (fenced and not text.rstrip().endswith("|"))


def _is_left_over(view: Sequence[_ViewLine], at: int) -> bool:
    """The rest of a last cell that was broken off: a line without a bar between two rows."""
    if at + 1 >= len(view) or "|" in view[at].text or not view[at].text.strip() or _is_grid_rule(view[at].text):
        return False
    return "|" in view[at + 1].text and not _is_pipe_rule(view[at + 1].text)


def _split_cells(line: str) -> list[str]:
    text = line.strip()
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [re.sub(r"\s+", " ", cell.replace("\\|", "|")).strip().strip("`*_~ ") for cell in _CELL.split(text)]


# Columns lined up with spaces


def _find_columns(view: Sequence[_ViewLine]) -> Iterator[_Found | _Broken]:
    at = 1
    while at < len(view):
        ruled = bool(_DASHES.match(view[at].text))
        header = view[at - 1].text.rstrip()
        head = _read_column_header(header, view[at].text) if ruled else _read_bare_columns(header)
        at += ruled or not head
        if not head:
            continue
        table = view[at - 1].at
        starts = _starts(header)
        if not ruled and at < len(view) and not view[at].text.strip():
            at += 1
        block: list[_ViewLine] = []
        begin, last = at, at + MAX_ROWS
        while at < min(len(view), last) and not _ends_columns(view, at, starts, ruled):
            if _leads(view[at].text, starts) and block and not _is_wrapped(block, view[at], head, starts):
                yield from _read_aligned(block, head, starts, table)
                block = []
            if view[at].text.strip():
                block.append(view[at])
            at += 1
        if block:
            yield from _read_aligned(block, head, starts, table)
        at = max(at, begin + 1)


def _read_column_header(header: str, rule: str) -> list[str]:
    """The names above a rule; two are enough where the rule has two parts as well."""
    if "|" in header:
        return []
    head = _read_head(_GAP.split(header.strip()))
    return head if len(head) > 1 and (len(head) > 2 or len(rule.split()) == 2) and _has_rows(head) else []


def _read_bare_columns(header: str) -> list[str]:
    """The names in a line without a rule below it."""
    if len(header) > MAX_LINE or "|" in header or ("  " not in header and "\t" not in header):
        return []
    return _read_bare(_GAP.split(header.strip()))


def _ends_columns(view: Sequence[_ViewLine], at: int, starts: Sequence[int], ruled: bool) -> bool:
    """Whether the lines of a table end before this one: at a rule, at headings, at words where it has no rules itself, or at a blank line,
    unless it stands between rows whose cells stand below the headings."""
    text = view[at].text
    if not text.strip():
        return at + 1 == len(view) or not _lines_up(view[at + 1].text, starts)
    if _RULE.match(text) or _DASHES.match(text) or _read_bare_columns(text.rstrip()):
        return True
    indent = len(text) - len(text.lstrip())
    return not ruled and indent not in starts[1:] and len(text) > starts[1] and len(_GAP.split(text.strip())) == 1


def _lines_up(line: str, starts: Sequence[int]) -> bool:
    """Whether a line has cells for more than half of the columns, each of which begins below its heading."""
    found = _starts(line) if line.strip() else []
    return len(found) * 2 > len(starts) and len(found) > 1 and all(start in starts for start in found)


def _starts(header: str) -> list[int]:
    starts = [len(header) - len(header.lstrip())]
    starts += [m.end() for m in _GAP.finditer(header, starts[0])]
    return starts


def _leads(line: str, starts: Sequence[int]) -> bool:
    """Whether a line starts a row: it has a first cell, and more than one cell."""
    return len(line) - len(line.lstrip()) < starts[1] - 1 and len(_GAP.split(line.strip())) > 1


def _is_wrapped(block: Sequence[_ViewLine], line: _ViewLine, head: Sequence[str], starts: Sequence[int]) -> bool:
    """Whether a line goes on with the row above: it has fewer cells, only where that row has words, and some of these do not end there."""
    above, below = _put_in_cells(block, len(head), starts), _put_in_cells([line], len(head), starts)
    filled = [at for at, words in enumerate(below) if words]
    return (
        len(filled) < sum(map(bool, above))
        and all(above[at] for at in filled)
        and any(_OPEN_END.search(above[at]) for at in filled)
    )


def _put_in_cells(block: Sequence[_ViewLine], width: int, starts: Sequence[int]) -> list[str]:
    cells = [""] * width
    for line in block:
        text = line.text.rstrip()
        position = len(text) - len(text.lstrip())
        parts = _GAP.split(text.strip())
        for at, part in enumerate(parts):
            position = text.find(part, position)
            nearest = min(range(len(starts)), key=lambda n: abs(starts[n] - position))
            cell = at if len(parts) == width else nearest
            cells[cell] = f"{cells[cell]} {part}".strip()
            position += len(part)
    return cells


def _read_aligned(
    block: Sequence[_ViewLine], head: Sequence[str], starts: Sequence[int], table: int
) -> Iterator[_Found | _Broken]:
    cells = _put_in_cells(block, len(head), starts)
    if not cells[0] or sum(map(bool, cells)) < 2:
        if _is_work(head):
            yield _Broken(block[0].at, "only one cell")
    else:
        yield _Found(_zip(head, cells), block[0], block[-1].at + 1, table)


# What all shapes share


def _plain(name: str) -> str:
    return re.sub(r"[\s_]+", " ", name).strip(" *`?:").lower()


def _read_head(cells: Sequence[str]) -> list[str]:
    """The names of columns; where none names work and patches are what the rows are about, their column does."""
    head = [_plain(cell) for cell in cells]
    patches = next((name for name in head if name in NAMES_PATCHES), None)
    if patches is None or any(name in TITLE for name in head) or not any(map(is_status_column, head)):
        return head
    return ["title" if name == patches else name for name in head]


def _is_work(head: Sequence[str]) -> bool:
    return any(name in TITLE for name in head) and _counts_as_work(head) > 0


def _counts_as_work(head: Sequence[str]) -> int:
    """How many columns tell what is told of work: who, how urgent, where or how far."""
    return sum(
        (name in (*ASSIGNEE, *PRIORITY, *LINKS) and name not in AUTHOR) or is_status_column(name) for name in head
    )


def _has_rows(head: Sequence[str]) -> bool:
    """Whether a table is a list of work, or tells how other things are; its rows are no sentences then."""
    return _is_work(head) or any(map(is_status_column, head))


def _zip(head: Sequence[str], cells: Sequence[str]) -> dict[str, Value]:
    padded = [*cells, *[""] * (len(head) - len(cells))]
    return {name: (cell or None) for name, cell in zip(head, padded, strict=True) if name}


def _make_row(found: _Found, depth: int, notes: Mapping[int, str]) -> TableRow:
    columns = {name: _clean(name, value) for name, value in found.columns.items()}
    _, title = column(columns, TITLE)
    return TableRow(
        title=_plain_words(_as_text(title)),
        columns=columns,
        depth=depth,
        first_line=found.first.at,
        end_line=found.end,
        reach_line=found.end,
        author=found.first.author,
        links=_find_links(columns, notes),
    )


def _plain_words(text: str) -> str:
    """Words without the marks of Markdown around some of them: a link's address, code, what is struck through."""
    return re.sub(r"\s+", " ", _MARKS.sub("", _LINK.sub(r"\1", text[:MAX_LINE]))).strip()


def _clean(name: str, value: Value) -> Value:
    """Words that mean nothing (none, TBD, -) become None; several places in one cell become several places.

    Non-breaking spaces, with which some mailers keep columns apart, are plain ones in a value.
    """
    if value is not None:
        value = _SPACE.sub(" ", value) if isinstance(value, str) else tuple(_SPACE.sub(" ", part) for part in value)
    if isinstance(value, str) and value.strip().lower() in _EMPTY and name not in TITLE:
        value = None
    if name in LINKS or name in LOCATION:
        return tuple(part for part in re.split(r"\s*[,;]\s+", value) if part) if isinstance(value, str) else value or ()
    return value


def _find_links(columns: Mapping[str, Value], notes: Mapping[int, str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for value in columns.values():
        text = _as_text(value)
        found.update(dict.fromkeys(find_urls(text)))
        found.update(dict.fromkeys(url for n in find_references(text) for url in find_urls(notes.get(n, ""))))
    return tuple(found)


def _last_line(block: Sequence[_ViewLine]) -> int:
    return next((v.at for v in reversed(block) if v.text.strip()), block[0].at)


def _set_reach(message: Message, rows: Sequence[TableRow]) -> list[TableRow]:
    """A quoted row is answered by the text below it, up to where its own depth speaks again or the next row begins."""
    ordered = sorted(rows, key=lambda r: r.first_line)
    lines = message.lines
    out: list[TableRow] = []
    for row, below in zip_longest(ordered, ordered[1:]):
        limit = below.first_line if below is not None else len(lines) if row.depth else row.end_line
        out.append(replace(row, reach_line=max(row.end_line, _end_of_answer(lines, row, limit))))
    return out


def _end_of_answer(lines: Sequence[str], row: TableRow, limit: int) -> int:
    for at in range(row.end_line, limit):
        if row.depth and quote_depth(lines[at]) == row.depth and strip_quote(lines[at]).strip():
            return at
    return limit
