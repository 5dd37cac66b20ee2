"""`git range-diff` between two postings of which only the mails are at hand.

A posting becomes a branch of a scratch repository, without its real base: of each file a patch shows what its hunks
show, so before and after each patch the tree has the lines of these hunks alone, with a few numbered lines where others
were left out. So that no patch must fit on the one before it, each stands on a merge that brings the lines it needs;
merges are what range-diff leaves out.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zlib import crc32

from miner.git import create_repository, run_git
from miner.join.patches import FileChange, Patch

GAP = 10  # numbered lines for any number that was left out: enough that git does not join two hunks
CERTAIN = 9999  # a creation factor with which git always takes two patches for one
_WRITER = "miner <miner@localhost>"  # whom git takes for the author of all patches
_PAIR = re.compile(r"\s*(\d+|-):\s+[0-9a-f-]+ ([=!<>])\s+(\d+|-):\s+[0-9a-f-]+ ")
_BAD_PART = re.compile(r"(?i)^(?:|\.{1,2}|\.?git~?1?)$")
_MODES = frozenset({"100644", "100755", "120000"})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two patches that git takes for one, by their places (from 0); None where the other side has none. `lines` are how
    they differ, each with its two marks; None if git was not asked."""

    old: int | None
    new: int | None
    lines: tuple[str, ...] | None
    same: bool


def compare_ranges(older: Sequence[Patch], newer: Sequence[Patch], certain: bool = False) -> list[Pair]:
    """Let git pair the patches of two postings and compare them; `certain`: they are one and one, of the same work."""
    with tempfile.TemporaryDirectory(prefix="miner-") as folder:
        repository = str(Path(folder, "scratch.git"))
        create_repository(repository)
        with tempfile.TemporaryFile() as stream:
            _write_stream(stream, older, newer)
            stream.seek(0)
            run_git(repository, "fast-import", "--quiet", stdin=stream)
        factor = (f"--creation-factor={CERTAIN}",) if certain else ()
        settings = ("-c", "core.attributesFile=/dev/null", "-c", "core.quotePath=false", "-c", "diff.noprefix=false")
        text = run_git(repository, *settings, "range-diff", "--no-color", *factor, "base..older", "base..newer")
    return list(_read_pairs(text))


def _read_pairs(text: str) -> Iterator[Pair]:
    head: re.Match[str] | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        if (found := _PAIR.match(line)) and not line.startswith("    "):
            if head is not None:
                yield _make_pair(head, lines)
            head, lines = found, []
        elif head is not None and line.startswith("    "):
            lines.append(line[4:])
    if head is not None:
        yield _make_pair(head, lines)


def _make_pair(head: re.Match[str], lines: Sequence[str]) -> Pair:
    old, new = (None if head[n] == "-" else int(head[n]) - 1 for n in (1, 3))
    told = tuple(line for line in lines if not line.endswith(f" Author: {_WRITER}"))
    return Pair(old, new, told, head[2] == "=")


def _write_stream(out: IO[bytes], older: Sequence[Patch], newer: Sequence[Patch]) -> None:
    """Write both postings as `git fast-import` reads them, on branches above `base`."""
    stream = _Stream(out)
    root = stream.commit("root", "root", (), {})
    base = stream.commit("base", "base", (root,), {})
    for name, patches in (("older", older), ("newer", newer)):
        tip = base
        for patch in patches:
            before, after = _make_trees(patch)
            on = stream.commit(name, "what the next patch stands on", (tip, root), before)
            tip = stream.commit(name, "\n".join([patch.title or "(no title)", "", *patch.message]), (on,), after)
        if tip == base:
            stream.commit(name, "no patch", (base, root), {})


class _Stream:
    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._mark = 0

    def commit(self, branch: str, text: str, parents: Sequence[int], tree: dict[str, tuple[str, bytes]]) -> int:
        """Write a commit with its whole tree (path -> mode, bytes), and give its mark."""
        self._mark += 1
        links = [f"from :{parents[0]}\n"] if parents else []
        links += [f"merge :{parent}\n" for parent in parents[1:]]
        head = f"commit refs/heads/{branch}\nmark :{self._mark}\ncommitter {_WRITER} {self._mark} +0000\n"
        self._out.write(head.encode())
        self._data(text.replace("\0", "").encode("utf-8", "replace"))
        self._out.write("".join([*links, "deleteall\n"]).encode())
        for path, (mode, content) in tree.items():
            self._out.write(f"M {mode} inline {_quote(path)}\n".encode("utf-8", "replace"))
            self._data(content)
        return self._mark

    def _data(self, content: bytes) -> None:
        self._out.write(b"data %d\n%s\n" % (len(content), content))


def _quote(path: str) -> str:
    """A path as fast-import takes it: no part of it leads out of the tree or means something to git."""
    parts = ["_" if _BAD_PART.match(part) else part for part in path.split("/")]
    text = "/".join(parts).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else "?" for c in text) + '"'


def _make_trees(patch: Patch) -> tuple[dict[str, tuple[str, bytes]], dict[str, tuple[str, bytes]]]:
    """The files before and after a patch, as far as its hunks show them."""
    before: dict[str, tuple[str, bytes]] = {}
    after: dict[str, tuple[str, bytes]] = {}
    for file in patch.files:
        old, new = _make_contents(file)
        if file.old is not None:
            before[file.old] = (_mode(file.modes[0]), old)
        if file.new is not None:
            after[file.new] = (_mode(file.modes[1]), new)
    return before, after


def _mode(said: str | None) -> str:
    return said if said in _MODES else "100644"


def _make_contents(file: FileChange) -> tuple[bytes, bytes]:
    old: list[str] = []
    new: list[str] = []
    if file.binary and not file.hunks:
        return b"\0", b"\0%d" % crc32("\n".join(file.binary).encode("utf-8", "replace"))
    end = 1
    for hunk in file.hunks:
        if file.old is not None and file.new is not None:
            left_out = [f"~ {n} ~\n" for n in range(len(old), len(old) + min(GAP, max(0, hunk.start - end)))]
            if left_out and hunk.inside:
                left_out[-1] = f"{hunk.inside}\n"  # git finds it there again
            old += left_out
            new += left_out
        end, mark = hunk.start, " "
        for line in hunk.lines:
            if line[0] == "\\":  # No newline at end of file
                for side in (old if mark in " -" else [], new if mark in " +" else []):
                    side[-1:] = [each.removesuffix("\n") for each in side[-1:]]
                continue
            mark, text = line[0], f"{line[1:]}\n"
            if mark in " -":
                old.append(text)
                end += 1
            if mark in " +":
                new.append(text)
    if file.old != file.new and file.old is not None and file.new is not None:
        # git finds a rename by what both files share; the real ones share more than the hunks show.
        size = sum(map(len, old)) + sum(map(len, new))
        shared = [f"~ {file.old} {n} ~\n" for n in range(10 + size // 20)]
        old += shared
        new += shared
    return "".join(old).encode("utf-8", "replace"), "".join(new).encode("utf-8", "replace")
