"""What is known beside the mails when they are joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from miner.join.commits import Tree
from miner.notes import Note


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside the mails: the project's git tree, the texts of a MAINTAINERS file and of a mailmap, and what the user
    said of ties."""

    tree: Tree | None = None
    maintainers: str = ""
    mailmap: str = ""
    notes: Sequence[Note] = ()


NOTHING = Beside()
