"""What became of patches in the project's own git tree: each patch's commit, and the claims that the tree contradicts.

A commit is a patch's by its Link: trailer, else by patch-id, else by title and author. It belongs to one mail alone:
the one that it links to, else the newest that fits and was posted before it.

A tree contradicts a claim only where it has to know better. It must have a commit from after the claim, its whole
history and content, and one of the files that the posting changes; it must hold no patch of any revision; and the claim must be
about this tree: "merged" with no place, with mainline or with a release that the tree has, "applied" only with the
name of the tree or of one of its branches. A pull request has no patch to look for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Literal, Protocol

from miner.join.content import read_content
from miner.join.masks import Unmasker
from miner.join.postings import title_key
from miner.join.threads import Threads
from miner.model import Claim, Commit, Message, PatchCommit, Person, Series
from miner.numbers import tell_numbers

CLOCKS = timedelta(days=1)  # a commit may seem that much older than its posting
MAX_FILES = 100  # of one posting, looked for in the tree
LEAST_SHA = 7
_NAME = re.compile(r"\w{2,}")
_IN_BODY_FROM = re.compile(r"\s{0,100}From: ([^\n<]{0,200})<([^\n<>]{3,200})>")
_OLD_FILE = re.compile(r"^--- a/(\S{1,400})$", re.M)
_MAINLINE = re.compile(r"(?i)\b(?:mainline|upstream|linus|torvalds|master|main|trunk)\b")
_How = Literal["link", "patch-id", "title"]


class Tree(Protocol):
    """What the join asks of a repository; `archive/tree.py` has the real one."""

    newest: datetime | None
    title: str
    names: frozenset[str]
    releases: Sequence[str]
    whole: bool

    def read_commits(self, since: datetime | None, wanted: Callable[[Commit], bool]) -> Sequence[Commit]: ...
    def find_files(self, shas: Sequence[str]) -> Mapping[str, frozenset[str]]: ...
    def find_patch_ids(self, shas: Sequence[str]) -> Mapping[str, str]: ...
    def make_patch_ids(self, bodies: Sequence[str]) -> Sequence[str | None]: ...
    def has_any_file(self, paths: Iterable[str]) -> bool: ...


@dataclass(frozen=True, slots=True)
class TreeWord:
    """What the tree says of some postings: their status where it holds all of them, and `words` for a reader.

    `doubted` are the claims that it contradicts, `doubted_in_part` those of which it bears out a part.
    """

    status: Literal["applied", "merged"] | None = None
    target: str | None = None
    words: str | None = None
    doubted: tuple[Claim, ...] = ()
    doubted_in_part: tuple[Claim, ...] = ()


@dataclass(frozen=True, eq=False)
class _Patch:
    """A patch at hand, and what a commit made of it can be known by."""

    message: Message

    @cached_property
    def title(self) -> str:
        return title_key(self.message.subject.title)

    @cached_property
    def authors(self) -> frozenset[str]:
        return read_authors(self.message)

    @cached_property
    def files(self) -> frozenset[str]:
        return read_content([self.message.body]).files

    def is_before(self, commit: Commit) -> bool:
        return self.message.date is None or self.message.date <= commit.date + CLOCKS


def author_keys(person: Person) -> frozenset[str]:
    """What somebody is known by: the words of the name in any order, and the address.

    >>> sorted(author_keys(Person("Berg, Ada", "Ada@example.org")))
    ['ada berg', 'ada@example.org']
    """
    words = " ".join(sorted(_NAME.findall((person.name or "").lower())))
    return frozenset(filter(None, (words, (person.address or "").lower())))


def read_authors(patch: Message) -> frozenset[str]:
    """What those are known by who sent a patch, or whom its first line names as the author, as git does."""
    named = _IN_BODY_FROM.match(patch.body)
    return author_keys(patch.author) | (author_keys(Person(named[1], named[2])) if named else frozenset())


def tie_commits(
    series: Sequence[Series], threads: Threads, unmask: Unmasker, tree: Tree
) -> tuple[tuple[Series, ...], Findings]:
    """The same postings with their commits, and what else the tree says."""
    idents = dict.fromkeys(ident for one in series for ident in one.patches if ident is not None)
    patches = [_Patch(threads.messages[ident]) for ident in idents if not threads.messages[ident].subject.pull]
    named = frozenset(sha.lower() for one in series for outcome in one.outcomes for sha in outcome.commits)
    search = _Search(patches, unmask, named)
    if patches or named:
        search.commits = tree.read_commits(search.since, search.wants)
    found = search.tie(tree)
    tied = tuple(
        replace(one, commits=tuple(found.get(ident) if ident else None for ident in one.patches)) for one in series
    )
    born_out = frozenset(
        outcome.message_id
        for one in series
        for outcome in one.outcomes
        if search.seen.intersection(map(str.lower, outcome.commits))
    )
    return tied, Findings(tree, tied, threads, born_out)


@dataclass
class _Search:
    """The patches by what their commits can be found by, and the finding, surest first. `named` are commits that form mails
    name, by the beginnings of their ids; those that the tree has are `seen`, those that it took back `reverted`."""

    patches: Sequence[_Patch]
    unmask: Unmasker
    named: frozenset[str]
    seen: set[str] = field(default_factory=set)
    reverted: set[str] = field(default_factory=set)
    commits: Sequence[Commit] = ()
    _keys: dict[Person, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def since(self) -> datetime | None:
        """The date of the oldest posting at hand: nothing from before it can be one of the patches."""
        return min((patch.message.date for patch in self.patches if patch.message.date), default=None)

    @cached_property
    def by_id(self) -> Mapping[str, _Patch]:
        return {patch.message.message_id: patch for patch in self.patches}

    @cached_property
    def by_title(self) -> Mapping[str, Sequence[_Patch]]:
        found: dict[str, list[_Patch]] = defaultdict(list)
        for patch in self.patches:
            if patch.title:
                found[patch.title].append(patch)
        return found

    @cached_property
    def authors(self) -> frozenset[str]:
        return frozenset(key for patch in self.patches for key in patch.authors)

    def keys(self, person: Person) -> frozenset[str]:
        if person not in self._keys:
            self._keys[person] = author_keys(person)
        return self._keys[person]

    @cached_property
    def _lengths(self) -> frozenset[int]:
        return frozenset(len(sha) for sha in self.named if len(sha) >= LEAST_SHA)

    def wants(self, commit: Commit) -> bool:
        """Whether a commit may be one of the patches; they come newest first, so that a revert may be reverted itself."""
        if commit.reverts is not None and commit.sha not in self.reverted:
            self.reverted.add(commit.reverts)
        self.seen.update(self.named.intersection(commit.sha[:length] for length in self._lengths))
        return (
            any(self.unmask.resolve(ident) in self.by_id for ident in commit.message_ids)
            or title_key(commit.title) in self.by_title
            or not self.authors.isdisjoint(self.keys(commit.author))
        )

    def tie(self, tree: Tree) -> Mapping[str, PatchCommit]:
        """The commit of each patch that has one, by the patch's message-id."""
        tied: dict[_Patch, PatchCommit] = {}
        free = list(self.commits)
        steps: Sequence[tuple[_How, _Find]] = (
            ("link", self._find_links),
            ("patch-id", self._find_diffs),
            ("title", self._find_titles),
        )
        for how, find in steps:
            pairs = list(find(free, tied, tree))
            taken = {commit.sha for _, commit in pairs}
            free = [commit for commit in free if commit.sha not in taken]
            offered: dict[_Patch, list[Commit]] = defaultdict(list)
            for patch, commit in pairs:
                offered[patch].append(commit)
            for patch, commits in offered.items():
                best = min(commits, key=partial(self._order, patch))
                reverted = best.sha in self.reverted
                tied[patch] = PatchCommit(best.sha, how, best.tag, best.released, reverted, best.date)
        return {patch.message.message_id: commit for patch, commit in tied.items()}

    def _order(self, patch: _Patch, commit: Commit) -> tuple[bool, bool, bool, bool, datetime]:
        """Of several commits, such as copies in stable branches, the first is the patch's own."""
        other = title_key(commit.title) != patch.title
        return (commit.sha in self.reverted, other, not commit.released, not commit.tag, commit.date)

    def _find_links(
        self, commits: Sequence[Commit], tied: Mapping[_Patch, PatchCommit], tree: Tree
    ) -> Iterator[tuple[_Patch, Commit]]:
        """A Link: is also written to what was only talked about: the title has to be the patch's, or the author with the
        surest link."""
        for commit in commits:
            linked = [self.by_id.get(self.unmask.resolve(ident)) for ident in commit.message_ids]
            title = title_key(commit.title)
            same = next((patch for patch in linked if patch is not None and patch.title == title), None)
            if same is not None:
                yield same, commit
            elif linked and (first := linked[0]) is not None and first.authors & self.keys(commit.author):
                yield first, commit

    def _find_diffs(
        self, commits: Sequence[Commit], tied: Mapping[_Patch, PatchCommit], tree: Tree
    ) -> Iterator[tuple[_Patch, Commit]]:
        """Diffs are made only of commits whose author has an untied patch to the same files."""
        open_patches = [patch for patch in self.patches if patch not in tied and patch.files]
        by_file: dict[tuple[str, str], list[_Patch]] = defaultdict(list)
        for patch in open_patches:
            for key in patch.authors:
                by_file[key, min(patch.files)].append(patch)
        authors = {key for key, _ in by_file}
        near = [commit for commit in commits if not authors.isdisjoint(self.keys(commit.author))]
        if not near:
            return
        files = tree.find_files([commit.sha for commit in near])
        likely = [
            commit
            for commit in near
            if any(
                patch.files <= files[commit.sha]
                for key in self.keys(commit.author)
                for path in files[commit.sha]
                for patch in by_file.get((key, path), ())
            )
        ]
        if not likely:
            return
        ids = tree.find_patch_ids([commit.sha for commit in likely])
        by_diff: dict[str, list[_Patch]] = defaultdict(list)
        for patch, ident in zip(
            open_patches, tree.make_patch_ids([patch.message.body for patch in open_patches]), strict=True
        ):
            if ident is not None:
                by_diff[ident].append(patch)
        for commit in likely:
            same = _newest(by_diff.get(ids.get(commit.sha, ""), ()), commit)
            if same is not None and not self._is_of_newer(commit, same, tied):
                yield same, commit

    def _find_titles(
        self, commits: Sequence[Commit], tied: Mapping[_Patch, PatchCommit], tree: Tree
    ) -> Iterator[tuple[_Patch, Commit]]:
        for commit in commits:
            patch = _newest(self._same_title(commit), commit)
            if patch is not None and patch not in tied:
                yield patch, commit

    def _same_title(self, commit: Commit) -> list[_Patch]:
        keys = self.keys(commit.author)
        return [patch for patch in self.by_title.get(title_key(commit.title), ()) if patch.authors & keys]

    def _is_of_newer(self, commit: Commit, patch: _Patch, tied: Mapping[_Patch, PatchCommit]) -> bool:
        """Whether it is a copy, say in a stable branch, of what a newer revision became."""
        newest = _newest([patch, *(each for each in self._same_title(commit) if each in tied)], commit)
        return newest is not patch


def _newest(patches: Iterable[_Patch], commit: Commit) -> _Patch | None:
    """The one that was posted last before the commit."""
    fits = [patch for patch in patches if patch.is_before(commit)]
    return max(fits, key=lambda p: (p.message.date is not None, p.message.date, p.message.message_id), default=None)


_Find = Callable[[Sequence[Commit], Mapping[_Patch, PatchCommit], Tree], Iterator[tuple[_Patch, Commit]]]


class Findings:
    """What the tree says of postings and of the claims about them. `born_out` are form mails that name a commit of it."""

    def __init__(self, tree: Tree, series: Sequence[Series], threads: Threads, born_out: frozenset[str]) -> None:
        self._tree = tree
        self._threads = threads
        self._born_out = born_out
        self._chains_in = frozenset(one.chain for one in series if any(one.commits))
        self._judged: dict[str, bool] = {}

    def word(self, postings: Sequence[Series], claims: Sequence[Claim]) -> TreeWord:
        """What it says of one posting, or of those of one item; of each work the newest revision counts."""
        newest = list({one.chain: one for one in postings}.values())
        if newest and all(one.commits and all(map(_stays, one.commits)) for one in newest):
            return self._whole(newest)
        words = "; ".join(filter(None, (_describe(one) for one in newest[-3:]))) or None
        doubtful = [claim for claim in claims if self._must_know(claim)] if newest else []
        if any(any(one.commits) for one in newest):
            lacking = any(self._lacks_patch(one) for one in newest)
            return TreeWord(words=words, doubted_in_part=tuple(c for c in doubtful if lacking and c.status == "merged"))
        if not doubtful or any(one.chain in self._chains_in or not self._can_judge(one) for one in newest):
            return TreeWord()
        day = self._tree.newest.date().isoformat() if self._tree.newest else "unknown date"
        return TreeWord(words=f"{self._tree.title}, up to {day}, has no patch of it", doubted=tuple(doubtful))

    def _whole(self, newest: Sequence[Series]) -> TreeWord:
        commits = [commit for one in newest for commit in one.commits if commit is not None]
        words = "; ".join(filter(None, map(_describe, newest[-3:])))
        if all(commit.released for commit in commits):
            tags = [commit.tag for commit in commits if commit.tag]
            return TreeWord("merged", max(tags, key=self._tree.releases.index), words)
        return TreeWord("applied", next((c.tag for c in commits if c.tag and not c.released), self._tree.title), words)

    def _must_know(self, claim: Claim) -> bool:
        """Whether the tree would have what a claim says is in it."""
        if claim.certainty != "asserted" or claim.date is None or claim.message_id in self._born_out:
            return False
        if not self._tree.whole or self._tree.newest is None or self._tree.newest <= claim.date:
            return False
        target = (claim.target or "").strip()
        own = any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", target) for name in self._tree.names if name)
        if claim.status == "merged":
            release = target.removeprefix("v") in {tag.removeprefix("v") for tag in self._tree.releases}
            return not target or own or release or (_MAINLINE.search(target) is not None and "next" not in target)
        return claim.status == "applied" and own

    def _can_judge(self, series: Series) -> bool:
        """Whether it is the tree of this work: it has one of the files that the patches change."""
        if series.root not in self._judged:
            bodies = [self._threads.messages[ident].body for ident in self._at_hand(series)]
            files = list(dict.fromkeys(path for body in bodies for path in _OLD_FILE.findall(body)))[:MAX_FILES]
            self._judged[series.root] = bool(bodies) and (not files or self._tree.has_any_file(files))
        return self._judged[series.root]

    def _at_hand(self, series: Series) -> list[str]:
        return [
            ident for ident in series.patches if ident is not None and not self._threads.messages[ident].subject.pull
        ]

    def _lacks_patch(self, series: Series) -> bool:
        """Whether a patch that is at hand is not in the tree, or not any more."""
        return any(ident and not _stays(commit) for ident, commit in zip(series.patches, series.commits, strict=True))


def _stays(commit: PatchCommit | None) -> bool:
    return commit is not None and not commit.reverted


def _describe(series: Series) -> str:
    """What the tree has of a posting, as a clause; empty where it has nothing.

    Patches count from 1: "patches 1-2 in v1.1; not found: 3 of 3".
    """
    by_tag: dict[str, list[int]] = defaultdict(list)
    for number, commit in enumerate(series.commits, 1):
        if commit is not None:
            where = commit.tag or "no release yet"
            by_tag[f"{where}, reverted since" if commit.reverted else where].append(number)
    if not by_tag:
        return ""
    found = [commit for commit in series.commits if commit is not None]
    if len(series.commits) == 1:
        notes = ", by title and author" if found[0].how == "title" else ""
        notes += ", reverted since" if found[0].reverted else ""
        return f"commit {found[0].sha[:12]} in {found[0].tag or 'no release yet'}{notes}"
    missing = [number for number, commit in enumerate(series.commits, 1) if commit is None]
    where = ", ".join(f"{tell_numbers(numbers)} in {tag}" for tag, numbers in by_tag.items())
    if not missing and len(by_tag) == 1:
        return f"all {len(found)} patches in {next(iter(by_tag))}"
    if not missing:
        return f"patches {where}"
    return f"patches {where}; not found: {tell_numbers(missing)} of {series.expected}"
