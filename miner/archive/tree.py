"""The project's own git tree, a work tree or a bare mirror: its commits, the tags that contain them, patch-ids.

One `git log` without diffs reads every commit since a date, and one walk from the oldest tag to the newest tells which
of them contains a commit first; both are linear. Diffs are made only of the few commits that are asked for.

What counts as the tree is what is published: the branches of the remotes with the local ones of the same names, in a
repository without remotes its own branches, or those that the settings name; and the tags on them.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import IO

from miner.errors import SourceError
from miner.git import find_git_folder, run_git, stream_git
from miner.links import find_message_ids
from miner.model import Commit, Person

CLOCK_SECONDS = 7 * 86400  # a commit is no older than its posting, as far as clocks go
MAX_TRAILERS = 32
MAX_TEXT = 16 * 1024**2  # bytes of a file of the tree that is read
_FIELDS = 7
_LOG = "--format=%H%x00%P%x00%ct%x00%an%x00%ae%x00%s%x00%b"
_TRAILER = re.compile(r"^(Link|Message-I[Dd]):[ \t]{0,8}(\S[^\n]{0,1000})", re.M)
_REVERTS = re.compile(r"\bThis reverts commit ([0-9a-f]{40}(?:[0-9a-f]{24})?)\b")
_BARE_ID = re.compile(r"<?([^\s<>@]{1,250}@[^\s<>@]{1,250})>?")
_OWN_LINK = "://patch.msgid.link/"  # what b4 writes for the mail that a patch came from, and for nothing else
_PLAIN_RELEASE = re.compile(r"v?\d{1,8}(?:\.\d{1,8}){1,4}(?:[-.]?(?:rc|alpha|beta|pre)[-.]?\d{0,8})?")
_NAMED_RELEASE = re.compile(
    r"[A-Za-z][A-Za-z+]{0,40}[-_/]?v?\d{1,8}(?:[._]\d{1,8}){1,4}(?:[-._]?(?:rc|alpha|beta|pre)\d{0,8})?"
)
_HUNK = re.compile(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_DIFF_HEADERS = (
    "diff --git ",
    "index ",
    "--- ",
    "+++ ",
    "old mode ",
    "new mode ",
    "new file mode ",
    "deleted file mode ",
    "similarity index ",
    "dissimilarity index ",
    "rename ",
    "copy ",
)


@dataclass(frozen=True, slots=True)
class _Ref:
    name: str  # full, such as refs/tags/v1.0
    commit: str
    date: int  # when a tag was made


class Tree:
    """A repository that commits are looked up in. Raises SourceError where there is none, or no such branch.

    `newest` is the date of its newest commit, None without a single one; `names` are what people may call it: its
    folder and its branches. `releases` are its release tags, the oldest first. A shallow or partial
    clone is not `whole`: it lacks history, or the files that diffs are made of. With `as_of` it is the tree as it stood then,
    as far as the dates of tags and commits tell.
    """

    def __init__(self, path: str, branches: Sequence[str] = (), as_of: datetime | None = None) -> None:
        folder = find_git_folder(os.path.expanduser(path))
        if folder is None:
            raise SourceError(f"{path}: no git repository; --git takes the path of a work tree or a bare mirror")
        self._folder = folder
        refs = list(self._read_refs())
        self._tips = _choose_branches(refs, branches, path)
        if not self._tips and (head := self._read_head()):
            self._tips = [_Ref("HEAD", head, 0)]
        if as_of is not None:
            self._tips = [tip for ref in self._tips if (tip := self._at(ref, as_of)) is not None]
            refs = [ref for ref in refs if ref.date <= as_of.timestamp()]
        self._tags = sorted((ref for ref in refs if ref.name.startswith("refs/tags/")), key=lambda ref: ref.date)
        plain = [ref for ref in self._tags if _PLAIN_RELEASE.fullmatch(_short(ref))]
        self._releases = plain or [ref for ref in self._tags if _NAMED_RELEASE.fullmatch(_short(ref))]
        self.releases: Sequence[str] = tuple(map(_short, self._releases))
        self.title = os.path.basename(os.path.abspath(os.path.expanduser(path))).removesuffix(".git")
        self.names = frozenset([self.title, *map(_short, self._tips)])
        self._ends = list(dict.fromkeys(ref.commit for ref in (self._tips if branches else [*self._tips, *self._tags])))
        self._has_objects = not self._is_partial()
        self.whole = self._has_objects and run_git(folder, "rev-parse", "--is-shallow-repository").strip() == "false"
        self.newest = self._find_newest()

    def _at(self, ref: _Ref, moment: datetime) -> _Ref | None:
        """Where a branch stood at a moment; None if it had no commit yet."""
        before = f"--before=@{int(moment.timestamp())} +0000"
        sha = run_git(self._folder, "rev-list", "-1", before, ref.commit).strip()
        return replace(ref, commit=sha) if sha else None

    def read_commits(self, since: datetime | None, wanted: Callable[[Commit], bool]) -> tuple[Commit, ...]:
        """The wanted commits since a date, the newest first, each with its tag; merges too."""
        if not self._ends:
            return ()
        places: dict[bytes, int] = {}
        parents: dict[int, tuple[int, ...]] = {}
        kept: list[tuple[int, Commit]] = []
        for sha, above, commit in self._log(since):
            place = places.setdefault(bytes.fromhex(sha), len(places))
            parents[place] = tuple(places.setdefault(bytes.fromhex(each), len(places)) for each in above)
            if wanted(commit):
                kept.append((place, commit))
        tags, releases = self._walk_tags(places, parents), frozenset(self.releases)
        return tuple(
            replace(commit, tag=tags.get(place), released=tags.get(place) in releases) for place, commit in kept
        )

    def _log(self, since: datetime | None) -> Iterator[tuple[str, list[str], Commit]]:
        arguments = ["log", "-z", "--encoding=UTF-8", "--no-color", "--no-notes", "--no-mailmap", _LOG]
        if since is not None:
            arguments.append(f"--since=@{max(0, int(since.timestamp()) - CLOCK_SECONDS)} +0000")
        with _lines(self._ends) as ends:
            for fields in _records(stream_git(self._folder, *arguments, "--stdin", stdin=ends)):
                sha, above, date, name, address, title, body = fields
                person = Person(name.strip() or None, address.strip() or None)
                reverts = _REVERTS.search(body)
                commit = Commit(
                    sha, title, person, _moment(date), read_message_ids(body), reverts[1] if reverts else None
                )
                yield sha, above.split(), commit

    def _walk_tags(self, places: Mapping[bytes, int], parents: Mapping[int, Sequence[int]]) -> Mapping[int, str]:
        """For each commit the first tag that contains it: releases before others, each kind the oldest first."""
        found: dict[int, str] = {}
        releases = set(self.releases)
        others = [ref for ref in self._tags if _short(ref) not in releases]
        for tags in (self._releases, others):
            for tag in tags:
                start = places.get(bytes.fromhex(tag.commit))
                rest = [start] if start is not None else []
                while rest:
                    place = rest.pop()
                    if place not in found:
                        found[place] = _short(tag)
                        rest.extend(parents.get(place, ()))
        return found

    def read_text(self, path: str) -> str:
        """A file as the first of the branches has it, up to a size; "" where it is not there."""
        if not self._tips:
            return ""
        try:
            size = int(run_git(self._folder, "cat-file", "-s", f"{self._tips[0].commit}:{path}"))
            return run_git(self._folder, "show", f"{self._tips[0].commit}:{path}") if size <= MAX_TEXT else ""
        except (SourceError, ValueError):
            return ""

    def find_files(self, shas: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """The paths that each commit changes, of a renamed file both; a merge changes none, a partial clone knows none."""
        if not self._has_objects:
            return dict.fromkeys(shas, frozenset())
        found: dict[str, set[str]] = {sha: set() for sha in shas}
        with _lines(found) as wanted:
            text = run_git(
                self._folder, "diff-tree", "--stdin", "-r", "-z", "--root", "--no-renames", "--name-only", stdin=wanted
            )
        files: set[str] = set()
        for word in text.split("\0"):
            if word in found:
                files = found[word]
            elif word:
                files.add(word)
        return {sha: frozenset(names) for sha, names in found.items()}

    def find_patch_ids(self, shas: Sequence[str]) -> Mapping[str, str]:
        """The stable patch-id of each commit that has a diff."""
        options = ("--root", "--no-ext-diff", "--no-textconv", "--no-color", "-M", "-p")
        with _lines(shas) as wanted, tempfile.TemporaryFile() as diffs:
            run_git(self._folder, "diff-tree", "--stdin", "-r", *options, stdin=wanted, stdout=diffs)
            diffs.seek(0)
            said = run_git(self._folder, "patch-id", "--stable", stdin=diffs)
        return {sha: ident for ident, _, sha in (line.partition(" ") for line in said.splitlines())}

    def make_patch_ids(self, bodies: Sequence[str]) -> Sequence[str | None]:
        """The stable patch-id of the diff in each mail, None where there is none or it is damaged."""
        with tempfile.TemporaryFile() as diffs:
            for number, body in enumerate(bodies):
                if diff := cut_diff(body):
                    diffs.write(b"commit %040x\n" % number)
                    diffs.write("".join(f"{line}\n" for line in diff).encode("utf-8", "replace"))
            diffs.seek(0)
            said = run_git(self._folder, "patch-id", "--stable", stdin=diffs)
        found = {int(number, 16): ident for ident, _, number in (line.partition(" ") for line in said.splitlines())}
        return [found.get(number) for number in range(len(bodies))]

    def has_any_file(self, paths: Iterable[str]) -> bool:
        """Whether the newest commit of any branch has one of these files."""
        # git refuses to go on at a path that leads out of the repository.
        asked = [path for path in paths if path.isprintable() and not {"", ".", ".."} & set(path.split("/"))]
        tips = list(dict.fromkeys(ref.commit for ref in self._tips))
        with _lines(f"{tip}:{path}" for tip in tips for path in asked) as wanted:
            said = run_git(self._folder, "cat-file", "--batch-check=%(objecttype)", stdin=wanted)
        return any(line == "blob" for line in said.splitlines())

    def _read_refs(self) -> Iterator[_Ref]:
        form = "%(refname) %(objecttype) %(objectname) %(*objecttype) %(*objectname) %(creatordate:unix)"
        said = run_git(self._folder, "for-each-ref", f"--format={form}", "refs/heads", "refs/remotes", "refs/tags")
        for line in said.splitlines():
            name, *words = line.split(" ")
            kinds = dict(zip(words[:-1:2], words[1:-1:2], strict=False))  # the object's own, and what a tag is of
            if "commit" in kinds:
                yield _Ref(name, kinds["commit"], int(words[-1] or 0))

    def _is_partial(self) -> bool:
        """Whether objects are missing that git would fetch when it needs them, which it may not do here."""
        try:
            return bool(run_git(self._folder, "config", "--get-regexp", r"^remote\..*\.promisor$"))
        except SourceError:
            return False  # no such setting

    def _read_head(self) -> str | None:
        """The commit of a detached HEAD."""
        try:
            return run_git(self._folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").strip() or None
        except SourceError:
            return None  # not a single commit yet

    def _find_newest(self) -> datetime | None:
        if not self._ends:
            return None
        with _lines(self._ends) as ends:
            return _moment(
                run_git(self._folder, "log", "-1", "--no-mailmap", "--format=%ct", "--stdin", stdin=ends).strip()
            )


def read_message_ids(body: str) -> tuple[str, ...]:
    """The message-ids of a commit's Link: and Message-ID: trailers, the surest first: those that can only mean the
    patch's own mail, then from the last to the first, for whoever applied it wrote his below the author's.

    >>> read_message_ids("Link: https://lore.example.org/r/bug@example.org\\nLink: https://lore.example.org/r/1@example.org")
    ('1@example.org', 'bug@example.org')
    """
    found: list[tuple[bool, str]] = []
    for match in list(_TRAILER.finditer(body))[-MAX_TRAILERS:]:
        name, value = match.groups()
        if name == "Link":
            found += [(_OWN_LINK in value, ident) for ident in find_message_ids(value)]
        elif (bare := _BARE_ID.match(value)) is not None:
            found.append((True, bare[1]))
    found.reverse()
    return tuple(dict.fromkeys(ident for sure in (True, False) for own, ident in found if own is sure))


def cut_diff(body: str) -> Sequence[str]:
    """The lines of a mail's diff and nothing else: no line of the mail can pass for the head of another patch.

    Empty for a mail without a diff, or with a hunk that is not whole. A blank line in a hunk has lost its space.
    """
    lines: list[str] = []
    before = after = 0
    started = False
    for line in body.split("\n"):
        if before > 0 or after > 0:
            mark = line[:1] or " "
            if mark not in " +-\\":
                return ()
            before -= mark in " -"
            after -= mark in " +"
            lines.append(line or " ")
        elif (hunk := _HUNK.match(line)) is not None and started:
            before, after = (1 if count is None else int(count) for count in hunk.groups())
            lines.append(line)
        elif line.startswith("diff --git ") or (line.startswith("--- ") and line[4:6] in ("a/", "/d")):
            started = True
            lines.append(line)
        elif started and line.startswith(_DIFF_HEADERS):
            lines.append(line)
    return () if before > 0 or after > 0 else lines


def _choose_branches(refs: Sequence[_Ref], wanted: Sequence[str], path: str) -> list[_Ref]:
    heads = [ref for ref in refs if ref.name.startswith("refs/heads/")]
    remotes = [ref for ref in refs if ref.name.startswith("refs/remotes/")]
    if wanted:
        chosen = [ref for ref in (*heads, *remotes) if _short(ref) in wanted]
        missing = [name for name in wanted if name not in map(_short, chosen)]
        if missing:
            raise SourceError(f"{path}: no branch {missing[0]!r}, which git_branches in the configuration names")
        return chosen
    published = {_short(ref).partition("/")[2] for ref in remotes}
    return [*remotes, *(ref for ref in heads if not remotes or _short(ref) in published)]


def _short(ref: _Ref) -> str:
    return ref.name.split("/", 2)[-1]


def _records(pieces: Iterable[bytes]) -> Iterator[list[str]]:
    """The fields of each commit out of git's NUL-separated output; none of them can hold a NUL."""
    rest = b""
    fields: list[str] = []
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\0")
        fields += [each.decode("utf-8", "replace") for each in whole]
        full = len(fields) // _FIELDS * _FIELDS
        for start in range(0, full, _FIELDS):
            yield fields[start : start + _FIELDS]
        fields = fields[full:]


def _moment(seconds: str) -> datetime:
    """A committer's clock may say anything; what no calendar holds becomes the nearest moment."""
    return datetime.fromtimestamp(min(max(int(seconds or 0), 0), 253_402_300_799), UTC)


@contextmanager
def _lines(words: Iterable[str]) -> Iterator[IO[bytes]]:
    """A temporary file that git reads its arguments from, one a line."""
    with tempfile.TemporaryFile() as file:
        file.writelines(f"{word}\n".encode("utf-8", "surrogateescape") for word in words)
        file.seek(0)
        yield file
