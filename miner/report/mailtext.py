"""Plain text that survives a mailing list: 72 columns by what is seen, no line that a mail program would break or change."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

COLUMNS = 72


def wrap(text: str, indent: str = "", hanging: str | None = None, width: int = COLUMNS) -> str:
    """A paragraph in lines of at most `width` columns; wide characters count two. `hanging` stands before all but the first.

    >>> print(wrap("one two three", "* ", "  ", 9))
    * one two
      three
    """
    return "\n".join(_lines(text.split(), indent, indent if hanging is None else hanging, width))


def _lines(words: list[str], indent: str, hanging: str, width: int) -> Iterator[str]:
    line, empty = indent, True
    for word in words:
        gap = 0 if empty else 1
        if not empty and cell_len(line) + gap + cell_len(word) > width:
            yield line
            line, empty, gap = hanging, True, 0
        room = max(8, width - cell_len(line) - gap)
        if cell_len(word) > room and "://" not in word:
            *full, word = chop_cells(word, room)
            for piece in full:
                yield line + piece
                line, empty, gap = hanging, True, 0
        line, empty = line + " " * gap + word, False
    if not empty:
        yield line.rstrip()


def underline(text: str, mark: str = "-", width: int = COLUMNS) -> str:
    """A heading with a line below it."""
    return f"{text}\n{mark * min(width, cell_len(text))}"
