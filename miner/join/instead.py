"""A patch that somebody who decides sends below another's, to do the same otherwise: it changes the very lines that the other changes.
What goes on top of a patch changes the lines that it brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from miner.join.deciders import Choose
from miner.join.mentions import claim_superseded
from miner.join.patches import read_patch
from miner.join.tie import Ties
from miner.model import Claim, Message, Series

INSTEAD = "patch-instead"  # the rule of these claims
LEAST_CHARS = 6  # of a line, white space squeezed: braces are everywhere


def claim_instead(ties: Ties, deciders: Choose) -> Iterator[Claim]:
    """The lines by which patches of those who decide do the work of others' single patches above them, as claims that they replace these."""
    for newer in ties.series:
        above = ties.threads.parent(newer.root) if newer.expected == 1 else None
        older = ties.by_root.get(ties.posting_above(above) or "") if above is not None else None
        if older is None or older.chain == newer.chain or older.expected != 1:
            continue
        if ties.people.same(newer.author, older.author) or not deciders((older,)).has(newer.author):
            continue
        mail, other = _read_patch(newer, ties), _read_patch(older, ties)
        if mail is None or other is None:
            continue
        (removed, _), (changed, brought) = read_lines(mail), read_lines(other)
        both = [at for line, at in removed.items() if line in changed]
        if both and 2 * len(both) >= len(changed) and not removed.keys() & brought.keys():
            start = sum(len(line) + 1 for line in mail.lines[: both[0]])
            end = start + len(mail.lines[both[0]])
            yield claim_superseded(mail, start + 1, end, older.root, INSTEAD, "hedged")  # without its mark


def _read_patch(one: Series, ties: Ties) -> Message | None:
    return next((ties.threads.messages.get(ident) for ident in one.patches if ident is not None), None)


def read_lines(message: Message) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """The lines that a patch takes away and those that it brings, white space squeezed, each with its number in the body."""
    found: dict[str, dict[str, int]] = {"-": {}, "+": {}}
    for hunk in (hunk for file in read_patch(message).files for hunk in file.hunks):
        for at, text in enumerate(hunk.lines, hunk.first_line):
            if text[:1] in found and len(line := " ".join(text[1:].split())) >= LEAST_CHARS:
                found[text[0]].setdefault(line, at)
    return found["-"], found["+"]
