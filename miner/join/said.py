"""What was said of each work, as it is meant there: the claims by the item and the posting that they are about, and what was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from miner.join.case import FINISHED, is_plain
from miner.join.concessions import claim_concessions
from miner.join.deciders import Choose
from miner.join.doubles import without_doubles, without_untouched
from miner.join.extras import without_sent
from miner.join.instead import claim_instead
from miner.join.meant import find_proposals, read_meaning
from miner.join.mentions import claim_newer
from miner.join.questions import find_unanswered
from miner.join.remarks import claim_remarks
from miner.join.reports import claim_reports
from miner.join.subjects import promises_look, tells_of_taking
from miner.join.tie import Ties
from miner.join.tying import tie_rows
from miner.model import EARLIEST, Claim, Question, WorkItem

_TELLING = frozenset(  # of the state of a posting: a mail that says such a thing is no mere remark
    {"ready", "applied", "merged", "dropped", "superseded", "needs-revision", "needs-reply", "blocked"}
)
_TO_DO = frozenset({"needs-revision", "needs-review", "needs-reply", "blocked", "in-progress"})
_By = Mapping[str, Sequence[Claim]]


@dataclass(frozen=True, slots=True)
class Said:
    """The claims of each item by its title and of each posting by its root, the oldest first, and of these the questions that are `open`.
    `requests` are what was asked for below postings, and weaker signs of that."""

    of_item: _By
    of_series: _By
    open_of_item: _By
    open_of_series: _By
    requests: _By
    questions: Mapping[int, Question]  # the open ones, by the id() of their claims
    answered: Set[int]  # the claims that ask, and that somebody answered, by their id()
    asked_in: Mapping[str, Claim]  # what somebody asked in a mail first, answered or not


def gather_said(
    claims: Sequence[Claim], asked: Sequence[Claim], items: Sequence[WorkItem], ties: Ties, deciders: Choose
) -> Said:
    """All that was said and asked, by what it is about; `asked` are the questions and requests that are no claims."""
    claims, asked = tie_rows(claims, items, ties), tie_rows(asked, items, ties)
    replaced = [_of_item(claim, items, ties) for claim in ties.replaced]
    told = without_untouched(_without_replaced(claims, replaced))
    instead = claim_instead(ties, deciders)
    ordered = _in_order((*told, *claim_newer(ties), *replaced, *instead, *claim_reports(ties)), ties)
    questions = _in_order((*ordered, *asked), ties)
    unanswered, answered = find_unanswered(questions, ties)
    still_open = {id(claim) for claim, _ in unanswered}
    requests = [c for c in asked if c.status == "needs-revision" and id(c) in still_open]
    telling = [c for c in claims if (c.status in _TELLING and c.certainty != "negated") or promises_look(c)]
    remarks = claim_remarks(ties, {claim.message_id for claim in telling})
    taking = {claim.message_id for claim in claims if tells_of_taking(claim)}
    requests = _in_order(without_sent((*requests, *remarks, *claim_concessions(ties, taking)), ties), ties)
    meant, were_answered = _read_meant(without_sent(ordered, ties), answered, ties, deciders)
    opened = [claim for claim, _ in unanswered]
    outdated = set(map(id, _find_outdated(items, _group(meant, _item), _group(opened, _item))))
    meant, opened = ([claim for claim in some if id(claim) not in outdated] for some in (meant, opened))
    return Said(
        of_item=_group(meant, _item),
        of_series=_group(meant, _series),
        open_of_item=_group(opened, _item),
        open_of_series=_group(opened, _series),
        requests=_group(requests, _series),
        questions={id(claim): question for claim, question in unanswered},
        answered=were_answered,
        asked_in={claim.message_id: claim for claim in reversed((*asked, *remarks))},
    )


def _item(claim: Claim) -> str | None:
    return claim.item


def _series(claim: Claim) -> str | None:
    return claim.series


def _group(claims: Iterable[Claim], key: Callable[[Claim], str | None]) -> dict[str, list[Claim]]:
    """Claims by what they are about, in their order."""
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        if (about := key(claim)) is not None:
            found.setdefault(about, []).append(claim)
    return found


def _read_meant(
    claims: Sequence[Claim], answered: Sequence[Claim], ties: Ties, deciders: Choose
) -> tuple[list[Claim], Set[int]]:
    """What the claims mean where they stand, and which of these, by their id(), are those that were answered."""
    proposals = find_proposals(claims, ties)
    asked = set(map(id, answered))
    read = [(claim, read_meaning(claim, ties, deciders, proposals)) for claim in without_doubles(claims)]
    meant = [(id(claim) in asked, each) for claim, each in read if each is not None]
    return [each for _, each in meant], {id(each) for was_answered, each in meant if was_answered}


def _of_item(claim: Claim, items: Sequence[WorkItem], ties: Ties) -> Claim:
    """What replaces a posting replaces the work item that it is tied to as well, where that does not go on in the other posting."""
    newer = ties.posting_above(claim.message_id) if items else None
    return replace(
        claim, item=next((i.item for i in items if claim.series in i.series and newer not in i.series), None)
    )


def _without_replaced(claims: Sequence[Claim], replaced: Sequence[Claim]) -> Sequence[Claim]:
    """Without the words that name what something else replaces: they are about that, not about the posting that they stand below."""
    places: dict[str, list[tuple[int, int]]] = {}
    for each in replaced:
        places.setdefault(each.message_id, []).append((each.start, each.end))
    return [
        claim
        for claim in claims
        if claim.status not in ("superseded", "dropped")
        or not any(claim.start < end and start < claim.end for start, end in places.get(claim.message_id, ()))
    ]


def _in_order(claims: Sequence[Claim], ties: Ties) -> list[Claim]:
    """Oldest first; a claim without a date (flattened text) keeps its place among those of its mail, quotes before own text."""

    def key(claim: Claim) -> tuple[datetime, str, int, int]:
        depth = 0
        for layer in ties.threads.messages[claim.message_id].layers:
            if layer.kind == "quote" and claim.by == layer.author and claim.date is None:
                depth = -layer.depth
                break
        return (claim.date or EARLIEST, claim.message_id, depth, claim.start)

    return sorted(claims, key=key)


def _find_outdated(items: Iterable[WorkItem], said: _By, asked: _By) -> Iterator[Claim]:
    """What older notes said and asked of items where a newer line says how far they are: whoever keeps a list says each time how things
    stand. What was in mainline, dropped or replaced stays so until somebody says otherwise, and what was applied if the newer line
    asks for nothing."""
    for item in items:
        claims = said.get(item.item, ())
        notes = [each.message_id for each in item.listings]
        told = {claim.message_id for claim in claims if claim.certainty not in ("asked", "negated")}
        telling = [note for note in notes if note in told]
        if len(telling) < 2:
            continue
        old = set(notes[: notes.index(telling[-1])])
        last = {c.status for c in claims if c.message_id == telling[-1] and is_plain(c)}
        stays = {"merged", "dropped", "superseded"} | (set() if last & _TO_DO and not last & FINISHED else {"applied"})
        yield from (c for c in claims if c.message_id in old and not (c.status in stays and is_plain(c)))
        yield from (c for c in asked.get(item.item, ()) if c.message_id in old)
