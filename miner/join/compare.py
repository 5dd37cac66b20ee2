"""Two postings of one piece of work side by side: what became of each patch.

git pairs the patches as `git range-diff` does. What it leaves over is paired by titles that occur once on each side, and
one patch against one is always a pair: their chain says that they are the same work. Where there is too much for git,
titles alone make the pairs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from miner.errors import SourceError
from miner.join.patches import Patch, read_patch
from miner.join.postings import title_key
from miner.join.rangediff import Pair, compare_ranges
from miner.model import Message, PatchChange, PatchState, Series

MAX_PATCHES = 150  # of one posting
MAX_WORK = 250_000_000  # characters that git may have to compare: it holds each patch against each
MAX_SHOWN = 20_000  # lines of the range-diff of one patch
_TRAILER = re.compile(r"[A-Z][A-Za-z]{1,20}(?:-[A-Za-z]{1,20}){0,4}:\s")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A patch of a posting with its number and its mail."""

    number: int
    message_id: str
    patch: Patch


def read_patches(series: Series, messages: Mapping[str, Message]) -> tuple[Numbered, ...]:
    """The patches of a posting that are at hand."""
    return tuple(
        Numbered(number, ident, read_patch(messages[ident]))
        for number, ident in enumerate(series.patches, 1)
        if ident is not None and ident in messages
    )


def compare_patches(
    older: Sequence[Numbered], newer: Sequence[Numbered]
) -> tuple[tuple[PatchChange, ...], tuple[str, ...]]:
    """What became of each patch, in the order of the newer posting, gone ones where they stood; and notes on what was
    left out."""
    notes = [
        f"patch {each.number} of the {name} posting is damaged: compared as far as it can be read"
        for name, side in (("older", older), ("newer", newer))
        for each in side
        if each.patch.damaged
    ]
    why = _too_much(older, newer)
    pairs: Sequence[Pair] = ()
    if not why:
        try:
            pairs = _pair_by_git([each.patch for each in older], [each.patch for each in newer])
        except SourceError as error:
            why = str(error)
    if why:
        notes.append(f"the range-diff is left out ({why}); the patches are paired by their titles")
        pairs = _pair_by_title([each.patch for each in older], [each.patch for each in newer])
    return tuple(_describe(pair, older, newer) for pair in pairs), tuple(notes)


def _too_much(older: Sequence[Numbered], newer: Sequence[Numbered]) -> str:
    if max(len(older), len(newer)) > MAX_PATCHES:
        return f"more than {MAX_PATCHES} patches"
    sizes = [sum(_size(each.patch) for each in side) for side in (older, newer)]
    if sizes[0] * len(newer) + sizes[1] * len(older) > MAX_WORK:
        return f"{sum(sizes) // 1_000_000} MB of patches, each to be compared with each"
    return ""


def _size(patch: Patch) -> int:
    return sum(len(line) for file in patch.files for hunk in file.hunks for line in hunk.lines)


def _pair_by_git(older: Sequence[Patch], newer: Sequence[Patch]) -> list[Pair]:
    if len(older) == len(newer) == 1:
        return compare_ranges(older, newer, certain=True)
    pairs = compare_ranges(older, newer)
    left = {pair.old: older[pair.old] for pair in pairs if pair.new is None and pair.old is not None}
    fresh = {pair.new: newer[pair.new] for pair in pairs if pair.old is None and pair.new is not None}
    by_title = dict(_match_titles(left, fresh))
    found = []
    for pair in pairs:
        if pair.new is None and pair.old in by_title.values():
            continue
        if (old := by_title.get(pair.new)) is None or pair.new is None:
            found.append(pair)
            continue
        rewritten = compare_ranges([older[old]], [newer[pair.new]], certain=True)
        found += [replace(each, old=old, new=pair.new) for each in rewritten[:1]]
    return found


def _match_titles(left: Mapping[int, Patch], fresh: Mapping[int, Patch]) -> Iterator[tuple[int | None, int]]:
    """The places (new, old) of patches with one title that occurs once on each side."""
    counts = [Counter(title_key(patch.title) for patch in side.values()) for side in (left, fresh)]
    old_of = {title_key(patch.title): place for place, patch in left.items()}
    for place, patch in fresh.items():
        key = title_key(patch.title)
        if counts[0][key] == counts[1][key] == 1:
            yield place, old_of[key]


def _pair_by_title(older: Sequence[Patch], newer: Sequence[Patch]) -> list[Pair]:
    old_of = dict(_match_titles(dict(enumerate(older)), dict(enumerate(newer))))
    if len(older) == len(newer) == 1:
        old_of = {0: 0}
    gone = [Pair(place, None, None, False) for place in range(len(older)) if place not in old_of.values()]
    found = []
    for place, patch in enumerate(newer):
        old = old_of.get(place)
        found.append(Pair(old, place, None, old is not None and _text(older[old]) == _text(patch)))
    return [*gone, *found]


def _text(patch: Patch) -> tuple[object, ...]:
    return (patch.title, patch.message, patch.changed_lines)


def _describe(pair: Pair, older: Sequence[Numbered], newer: Sequence[Numbered]) -> PatchChange:
    old = older[pair.old] if pair.old is not None else None
    new = newer[pair.new] if pair.new is not None else None
    one = new or old
    assert one is not None  # a pair has at least one side
    renamed = old is not None and new is not None and old.patch.title != new.patch.title
    what: tuple[str, ...] = ()
    added = len(new.patch.changed_lines) if new is not None and old is None else 0
    removed = len(old.patch.changed_lines) if old is not None and new is None else 0
    if old is not None and new is not None and not pair.same and pair.lines is not None:
        what, added, removed = _count(pair.lines, {old.patch.title, new.patch.title})
    return PatchChange(
        state=_state(pair, renamed, "code" in what),
        title=one.patch.title,
        old_title=old.patch.title if old is not None and renamed else None,
        old=old.number if old else None,
        new=new.number if new else None,
        old_id=old.message_id if old else None,
        new_id=new.message_id if new else None,
        what=what,
        added=added,
        removed=removed,
        range_diff=pair.lines[:MAX_SHOWN] if pair.lines is not None else None,
    )


def _state(pair: Pair, renamed: bool, code: bool) -> PatchState:
    if pair.old is None:
        return "new"
    if pair.new is None:
        return "gone"
    if renamed and not code:
        return "renamed"
    return "same" if pair.same else "changed"


def _count(lines: Iterable[str], titles: Iterable[str]) -> tuple[tuple[str, ...], int, int]:
    """The parts of a patch that differ, and how many lines of its diff came and went."""
    known = frozenset(" ".join(title.split()) for title in titles)
    what: set[str] = set()
    added = removed = 0
    in_message = False
    for line in lines:
        outer, inner = line[:1], line[1:]
        if outer == "@":
            in_message = line in ("@@ Commit message", "@@ Metadata")
        elif inner.startswith(" ## ") and inner.endswith(" ##"):
            in_message = inner in (" ## Commit message ##", " ## Metadata ##")
        if outer not in ("+", "-"):
            continue
        text = " ".join(inner.split())
        if in_message:
            if text and text not in known:
                what.add("trailers" if _TRAILER.match(text) else "message")
        elif inner[:1] in ("+", "-") or inner.startswith(" ## "):
            what.add("code")
            counted = inner[:1] in ("+", "-")
            added += counted and outer == "+"
            removed += counted and outer == "-"
        else:
            what.add("context")
    return tuple(part for part in ("code", "context", "message", "trailers") if part in what), added, removed
