"""Postings that send some of the patches of another one anew, and what they stand for together with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from miner.join.tie import Ties
from miner.model import EARLIEST, Claim, Series


def find_parts(ties: Ties) -> Mapping[str, Sequence[Series]]:
    """For the root of each posting those that stand together with it, the oldest first: each but that one sent patches of another anew."""
    found: dict[str, list[Series]] = {}
    for one in ties.series:
        together = found.get(next(iter(one.supersedes), ""), []) if one.taken_over else []
        together.append(one)
        found[one.root] = together
    return found


def put_together(parts: Sequence[Series]) -> Series:
    """What postings stand for that sent patches of each other anew: of each patch the mail that was sent last, and its reviews."""
    patches = list(parts[0].patches)
    for one in parts[1:]:
        for number, ident in enumerate(one.patches[: len(patches)], 1):
            if ident is not None and number not in one.taken_over:
                patches[number - 1] = ident
    trailers = {}
    for one in parts:
        for trailer in one.trailers:
            numbers = tuple(n for n in trailer.patches if n <= len(patches) and one.patches[n - 1] == patches[n - 1])
            if numbers:
                trailers[trailer.message_id, trailer.start, trailer.kind] = replace(trailer, patches=numbers)
    return replace(parts[-1], patches=tuple(patches), trailers=tuple(trailers.values()))


def find_still_said(parts: Sequence[Series], said: Mapping[str, Sequence[Claim]], ties: Ties) -> list[Claim]:
    """What was said of postings that stand together, without what was said of a patch before it was sent anew."""
    claims = [claim for one in parts for claim in said.get(one.root, ())]
    if len(parts) == 1:
        return claims
    anew: dict[str, datetime] = {}  # the patches that were sent anew, and when
    for n, newer in enumerate(parts[1:], 1):
        for number, ident in enumerate(newer.patches, 1):
            if ident is not None and number not in newer.taken_over:
                gone = {o.patches[number - 1] for o in parts[:n] if number <= len(o.patches)} - {None, ident}
                anew.update((each, newer.date or EARLIEST) for each in gone if each is not None and each not in anew)
    kept = []
    for claim in claims:
        of = claim.message_id if claim.message_id in anew else ties.patch_above(claim.message_id)
        if (claim.date or EARLIEST) >= anew.get(of or "", EARLIEST):
            kept.append(claim)
    return sorted(kept, key=lambda claim: claim.date or EARLIEST)


def find_said_from(parts: Sequence[Series], claims: Sequence[Claim], ties: Ties) -> datetime | None:
    """From when on words are about postings that stand together: since the oldest was posted, for what was said of the other
    patches holds; or since the oldest word below them, if the clock of whoever said it is slow."""
    mails = {ident for one in parts for ident in (one.root, one.cover, *one.patches) if ident is not None}
    below = (c.date for c in claims if c.date is not None and ties.patch_above(c.message_id) in mails)
    return min((date for date in (parts[0].date, *below) if date is not None), default=None)
