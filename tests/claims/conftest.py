"""What is found in a body that is own text from the first line to the last."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from miner.claims.classifier import STATUSES
from miner.claims.find import Judged, find_claims, match_rules
from miner.claims.sentences import split_sentences
from miner.model import Claim, Message


@pytest.fixture
def claims_of(make_message: Callable[..., Message]) -> Callable[..., list[Claim]]:
    """Find the claims in a body."""
    return lambda body, **more: list(find_claims([make_message(body, **more)]))


@pytest.fixture
def rules_of(make_message: Callable[..., Message]) -> Callable[[str], list[str]]:
    """The names of the rules that match in a body, whatever the classifier says."""

    def run(body: str) -> list[str]:
        message = make_message(body)
        judged = [Judged(sentence) for sentence in split_sentences(message)]
        for each in judged:
            match_rules(message, each, STATUSES)
        return [match.rule.name for each in judged for match, _, _ in each.matches]

    return run
