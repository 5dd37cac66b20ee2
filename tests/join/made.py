"""Postings, claims and cases made by hand, for what the rules are asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from miner.join.case import Case
from miner.join.commits import TreeWord
from miner.model import Claim, Series, Trailer

START = datetime(2026, 3, 1, tzinfo=UTC)
ADA, BO, CY = "Ada Byron <ada@example.org>", "Bo Lind <bo@example.org>", "Cy Marsh <cy@example.org>"


def said(status, certainty="asserted", by=BO, day=1, **more):
    values = {
        "message_id": f"m{day}@x",
        "start": 0,
        "end": 1,
        "text": f"{status} on day {day}",
        "status": status,
        "certainty": certainty,
        "confidence": 0.9,
        "by": by,
        "date": START + timedelta(days=day),
        "rule": "by-hand",
    }
    return Claim(**{**values, **more})


def posting(revision=1, day=0):
    return Series(
        f"s{revision}@x",
        "t",
        revision,
        1,
        None,
        (f"s{revision}@x",),
        ADA,
        START + timedelta(days=day),
        None,
        "s1@x",
        (),
    )


def reviewed(*patches):
    """A posting of two patches, of which some are reviewed."""
    trailer = Trailer("r@x", 0, 1, "Reviewed-by", BO, START, patches, "given", "r@x", "stands")
    return replace(posting(), expected=2, patches=("p1@x", "p2@x"), trailers=(trailer,))


def carrying(*patches, source="r@x", kind="Reviewed-by"):
    """A posting of two patches, some of which carry a review that was given in a mail."""
    trailer = Trailer("p1@x", 0, 1, kind, BO, START, patches, "carried", source, "stands")
    return replace(posting(), expected=2, patches=("p1@x", "p2@x"), trailers=(trailer,))


def case(
    *claims,
    kind="series",
    postings=None,
    newer=None,
    asked=(),
    needs=(),
    tree=None,
    requests=(),
    deciders=(),
    below=None,
):
    postings = [posting()] if postings is None else postings
    word = tree or TreeWord()
    same = lambda a, b: a == b  # noqa: E731
    return Case(
        kind, claims, [ADA], postings, bool(postings), newer, asked, same, needs, word, requests, deciders.__contains__,
        patch_of=below or {}, is_answered=True,
    )  # fmt: skip


def taken(posting):
    """The mails of the patches that a posting stands for, in their order."""
    return [posting.whole[n].message_id for n in sorted(posting.whole)]
