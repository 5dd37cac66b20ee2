"""Files that are replaced as a whole, so that nobody ever reads half of one."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from miner.errors import MinerError


def replace_file(path: Path, content: str | bytes) -> None:
    """Put a new file in the place of an old one. What UTF-8 cannot hold is spelled out. Raises MinerError if that cannot be."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace"))
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise MinerError(f"{path}: cannot be written: {error.strerror}") from error


def make_folder(path: Path) -> None:
    """Make a folder and those that it lies in. Raises MinerError if that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MinerError(f"{path}: cannot be made: {error.strerror}") from error
