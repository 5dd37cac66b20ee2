"""Read bare bodies: one JSON object {"id", "text"} a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from miner.archive.limits import Limits
from miner.archive.stream import Stream
from miner.model import Problem, RawMail


def read_jsonl(stream: Stream, name: str, limits: Limits) -> Iterator[RawMail | Problem]:
    """Yield a bare body for each row; a row that cannot be read is a Problem as `NAME, line N`, N from 1."""
    number = 0
    for number, line in stream.lines(limits.mail_bytes):
        where = f"{name}, line {number}"
        if line is None:
            yield Problem(where, f"larger than the limit of {limits.mail_bytes} bytes", lost="row")
        elif line.strip():
            yield _read_row(line, where)
    if stream.damage:
        yield Problem(f"{name}, line {number}", f"{stream.damage}; all later rows are lost", lost="part")


def _read_row(line: bytes, where: str) -> RawMail | Problem:
    try:
        row = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # RecursionError: ten thousand opening brackets
        return Problem(where, f"not JSON: {type(error).__name__}", lost="row")
    if not isinstance(row, dict):
        return Problem(where, "not a JSON object", lost="row")
    ident, text = row.get("id"), row.get("text")
    if isinstance(ident, bool) or not isinstance(ident, str | int) or ident == "":
        return Problem(where, 'no "id"', lost="row")
    if not isinstance(text, str):
        return Problem(where, 'no "text"', lost="row")
    # A lone surrogate, which JSON can write and UTF-8 cannot, becomes one "?": offsets stay.
    return RawMail(text.encode("utf-8", "replace"), where, form="body", ident=str(ident))
