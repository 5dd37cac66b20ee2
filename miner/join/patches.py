"""A patch as a mail holds it: the title, the commit message, the notes below `---`, and the changes file by file.

Hunks are read by the counts of their headers, so that a signature or a quote below them is no part of them. A hunk that
a mail program broke is read as far as it goes, and the patch is said to be damaged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from miner.model import Message

MAX_LINES = 200_000  # of one mail
MAX_PATH = 1_000  # characters
MAX_HEADS = 3  # blocks of headers in the body: who sends it for whom, who wrote it
_CUT = re.compile(r"---[ \t\r]*$")
_SCISSORS = re.compile(r"[ \t]{0,4}-+ ?(?:>8|8<|%<|>%)")
_IN_BODY = re.compile(r"(?:From|Subject|Date|To|Cc|Content-[\w-]{1,40}|MIME-Version): ?", re.I)
_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@ ?(.*)")


@dataclass(frozen=True, slots=True)
class Hunk:
    """Some lines of a file with their marks; `start` is the first one's number before the change, `inside` what git
    writes behind the counts: the function it is in. `first_line` is the place of its first line in the mail's body."""

    start: int
    inside: str
    lines: tuple[str, ...]
    first_line: int


@dataclass(slots=True)
class FileChange:
    """The change of one file; a path is None where the file is new or goes. `first_line` is its place in the body."""

    old: str | None
    new: str | None
    first_line: int
    hunks: list[Hunk] = field(default_factory=list)
    modes: list[str | None] = field(default_factory=lambda: [None, None])
    binary: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return self.new or self.old or ""


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch mail taken apart. `notes` are what stands between `---` and the diff: changelog and diffstat."""

    title: str
    message: tuple[str, ...]
    notes: tuple[str, ...]
    files: tuple[FileChange, ...]
    damaged: bool

    @property
    def changed_lines(self) -> tuple[str, ...]:
        """The lines that it adds and removes, with their marks."""
        return tuple(line for file in self.files for hunk in file.hunks for line in hunk.lines if line[:1] in "+-")


def read_patch(message: Message) -> Patch:
    """Take a patch mail, or a cover letter, apart; what is beyond MAX_LINES is left out."""
    lines = message.lines[:MAX_LINES]
    start = _find_start(lines, message.subject.reply)
    diff = _find_diff(lines, start)
    cut = next((n for n in range(start, diff) if _CUT.match(lines[n])), diff)
    files, damaged = _read_files(lines, diff)
    return Patch(
        title=message.subject.title,
        message=_trim(lines[start:cut]),
        notes=tuple(lines[cut + 1 : diff]),
        files=tuple(files),
        damaged=damaged,
    )


def read_files(body: str, reply: bool) -> list[FileChange]:
    """The changes of a patch mail alone; `reply` tells whether it is an answer."""
    lines = body.split("\n")[:MAX_LINES]
    return _read_files(lines, _find_diff(lines, _find_start(lines, reply)))[0]


def _find_diff(lines: Sequence[str], start: int) -> int:
    return next((n for n in range(start, len(lines)) if _begins_diff(lines, n)), len(lines))


def _find_start(lines: Sequence[str], reply: bool) -> int:
    """Where the commit message begins: below scissors in an answer, and below headers in the body."""
    start = 0
    if reply:
        start = next((n + 1 for n, line in enumerate(lines) if _SCISSORS.match(line)), 0)
    at = start
    for _ in range(MAX_HEADS):
        while at < len(lines) and not lines[at].strip():
            at += 1
        first = at
        while at < len(lines) and (_IN_BODY.match(lines[at]) or (at > first and lines[at][:1] in (" ", "\t"))):
            at += 1
        if at == first or at == len(lines) or lines[at].strip():
            return first
    return at


def _begins_diff(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if line.startswith("diff --git "):
        return True
    return line.startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ ")


def _trim(lines: Sequence[str]) -> tuple[str, ...]:
    text = "\n".join(line.rstrip() for line in lines).strip("\n")
    return tuple(text.split("\n")) if text else ()


def _read_files(lines: Sequence[str], at: int) -> tuple[list[FileChange], bool]:
    files: list[FileChange] = []
    damaged = False
    fresh = False  # a "diff --git" line without "---" so far
    while at < len(lines):
        line = lines[at]
        if line.startswith("diff --git "):
            was, _, now = line[11:].rpartition(" b/" if " b/" in line else ' "b/')
            files.append(FileChange(_path(was), _path(f"b/{now}"), at))
            fresh = True
        elif line.startswith("--- ") and _begins_diff(lines, at):
            old, new = _path(line[4:]), _path(lines[at + 1][4:])
            if fresh:
                files[-1].old, files[-1].new = old, new
            else:
                files.append(FileChange(old, new, at))
            fresh = False
            at += 1
        elif files and (counts := _HUNK.match(line)):
            hunk, at, whole = _read_hunk(lines, at, counts)
            files[-1].hunks.append(hunk)
            damaged = damaged or not whole
            fresh = False
            continue
        elif fresh:
            _read_header(files[-1], line)
        elif line.startswith("-- ") or line == "--":
            break
        at += 1
    return [file for file in files if file.path], damaged


def _read_header(file: FileChange, line: str) -> None:
    if line.startswith("new file mode "):
        file.old, file.modes[1] = None, line[-6:]
    elif line.startswith("deleted file mode "):
        file.new, file.modes[0] = None, line[-6:]
    elif line.startswith("old mode "):
        file.modes[0] = line[-6:]
    elif line.startswith("new mode "):
        file.modes[1] = line[-6:]
    elif line.startswith("copy from "):
        file.old = None
    elif line.startswith(("rename from ", "rename to ")):
        name = line.split(" ", 2)[2][:MAX_PATH]
        file.old, file.new = (name, file.new) if line.startswith("rename from") else (file.old, name)
    elif line and not line.startswith(("index ", "similarity ", "dissimilarity ", "copy to ")):
        file.binary.append(line)


def _read_hunk(lines: Sequence[str], at: int, counts: re.Match[str]) -> tuple[Hunk, int, bool]:
    """Read a hunk; give it, the line behind it, and whether it is whole."""
    old, new = (1 if counts[n] is None else int(counts[n]) for n in (2, 4))
    first = at = at + 1
    kept: list[str] = []
    while at < len(lines) and (old > 0 or new > 0):
        line = lines[at]
        mark = line[:1] or " "  # a blank line has lost its space on the way
        if mark not in " +-\\":
            break
        old -= mark in " -"
        new -= mark in " +"
        kept.append(line or " ")
        at += 1
    if at < len(lines) and lines[at].startswith("\\ "):
        kept.append(lines[at])
        at += 1
    return Hunk(int(counts[1]), counts[5].strip(), tuple(kept), first), at, old == new == 0


def _path(text: str) -> str | None:
    name = text.partition("\t")[0].strip().strip('"')[:MAX_PATH]
    if name == "/dev/null":
        return None
    return name.partition("/")[2] or name


def file_at(patch: Patch, line: int) -> FileChange | None:
    """The file that a line of the mail's body belongs to."""
    found = None
    for file in patch.files:
        if file.first_line <= line:
            found = file
    return found
