"""Why a mail's sentences are claims or not: what `miner explain` shows."""

from __future__ import annotations

from collections.abc import Iterator

from miner.claims.classifier import STATUSES, load_classifier
from miner.claims.features import describe
from miner.claims.find import Judged, claim_trailers, judge_mail
from miner.claims.verdict import LEAST_APART, find_least, weigh
from miner.model import Claim, Considered, ExplainedSentence, Message

LEAST_SHOWN = 0.02  # probability of a status that is shown though it is no claim
MOST_FEATURES = 5


def explain_message(message: Message, rows: bool = False) -> tuple[ExplainedSentence, ...]:
    """Every sentence that was read, and every trailer that is a claim, in order. `rows`: whether it holds rows of work, below which
    a rule is believed sooner."""
    apart = 0.0 if rows else LEAST_APART
    found = [
        ExplainedSentence(
            message_id=message.message_id,
            start=each.sentence.start,
            end=each.sentence.start + len(each.sentence.text),
            text=message.body[each.sentence.start : each.sentence.start + len(each.sentence.text)],
            passed=each.passed,
            considered=tuple(_consider(each, apart)),
        )
        for each in judge_mail(message)
    ]
    found += map(explain_given, claim_trailers(message))
    return tuple(sorted(found, key=lambda each: each.start))


def explain_given(claim: Claim) -> ExplainedSentence:
    """The words of a claim that is not weighed against others: a trailer, a cell of a table."""
    return ExplainedSentence(claim.message_id, claim.start, claim.end, claim.text, True, (_tell_given(claim),))


def _tell_given(claim: Claim) -> Considered:
    """A claim that is not weighed against others: a trailer, half a sentence of a note, a bare name or assent."""
    return Considered(claim.status, claim.certainty, claim.confidence, claim.rule, 0.0, (), True, claim.text)


def _consider(judged: Judged, apart: float) -> Iterator[Considered]:
    claims = {claim.status: claim for claim in judged.claims}
    if judged.bare_name is not None or judged.assent:
        for claim in judged.claims:
            yield _tell_given(claim)
        return
    by_pieces = {noted.rule for noted in judged.noted}
    for claim in judged.claims:
        if claim.rule in by_pieces:
            yield _tell_given(claim)
    claims = {status: claim for status, claim in claims.items() if claim.rule not in by_pieces}
    noted_statuses = {noted.status for noted in judged.noted}
    matched = {match.rule.status: (match.rule.name, certainty) for match, _, certainty in judged.matches}
    seen = describe(judged.sentence.text, judged.place) if judged.place is not None else None
    probabilities = judged.probabilities or (weigh(judged.statuses, {}) if judged.statuses else {})
    least = {match.rule.status: match.rule.least for match, _, _ in judged.matches}
    first = max(probabilities, key=probabilities.__getitem__, default=None)
    for status, probability in sorted(probabilities.items(), key=lambda item: -item[1]):
        if status in noted_statuses:
            continue
        found = claims.get(status) if probability >= apart else None
        rule, certainty = matched.get(status, (None, None))
        if found is None and rule is None and probability < LEAST_SHOWN:
            continue
        yield Considered(
            status=status,
            certainty=found.certainty if found is not None else certainty,
            probability=round(probability, 3),
            rule=rule,
            score=round(judged.statuses[STATUSES.index(status)], 3),
            features=tuple(
                (word, round(weight, 2))
                for word, weight in (load_classifier().weigh_words(seen, status) if seen else ())
            )[:MOST_FEATURES],
            claimed=found is not None,
            words=found.text if found is not None else "",
            needed=max(apart, find_least(status, least, judged.sentence.zone == "commit", status != first)),
        )
