"""The results of regions, put in the order in which one join of all mails gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from miner.model import Claim, Series, Status


def merge_series(parts: Iterable[Sequence[Series]]) -> list[Series]:
    """The oldest first, those without a date last."""
    return sorted((one for part in parts for one in part), key=_age)


def merge_statuses(parts: Iterable[Sequence[Status]], series: Sequence[Series]) -> list[Status]:
    """Those of items as they come, then those of postings in the order of these."""
    order = {one.root: n for n, one in enumerate(series)}
    return sorted(
        (one for part in parts for one in part), key=lambda one: order[one.key] if one.kind == "series" else -1
    )


def merge_claims(
    said: Iterable[Sequence[Claim]],
    made: Iterable[Sequence[Claim]],
    series: Sequence[Series],
    places: Mapping[str, int],
) -> list[Claim]:
    """Those that sentences make, in the order of the mails, whose places are given; then those that form mails make, in the order
    of the postings that they speak of first."""
    spoken: dict[str, int] = {}
    for one in series:
        for outcome in one.outcomes:
            spoken.setdefault(outcome.message_id, len(spoken))
    return [
        *sorted((claim for part in said for claim in part), key=lambda claim: places[claim.message_id]),
        *sorted((claim for part in made for claim in part), key=lambda claim: spoken[claim.message_id]),
    ]


def _age(series: Series) -> tuple[float, str]:
    return series.date.timestamp() if series.date is not None else float("inf"), series.root
