"""What testing robots report: a build that failed, a crash. Such a report asks for a new version as a reviewer does, unless
somebody answered it: his own words say more."""

from __future__ import annotations

from miner.join.tie import Ties
from miner.model import Claim
from miner.robots import find_fault, is_robot

REPORT = "robot-report"  # the rule of these claims
CONFIDENCE = 0.9


def claim_reports(ties: Ties) -> list[Claim]:
    """The faults that robots found in postings and that nobody answered, as claims that a new version is expected, in the order
    of the mails."""
    found = []
    threads = ties.threads
    for ident, message in threads.messages.items():
        span = find_fault(message)
        root = ties.posting_above(ident) if span is not None else None
        if span is None or root is None:
            continue
        if all(is_robot(threads.messages[below]) for below in threads.descendants(ident)):
            start, end = span
            found.append(
                Claim(
                    message_id=ident,
                    start=start,
                    end=end,
                    text=message.body[start:end],
                    status="needs-revision",
                    certainty="asserted",
                    confidence=CONFIDENCE,
                    by=str(message.author),
                    date=message.date,
                    waiting_on=("author",),
                    series=root,
                    rule=REPORT,
                )
            )
    return found
