"""A message made by hand, all of it own text, and the claims in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from miner.claims.find import find_claims, judge_mails
from miner.model import Claim, Layer, Message, Person, Subject


@pytest.fixture
def make_message() -> Callable[..., Message]:
    """Make a reply with two recipients from a body."""
    return _make_message


@pytest.fixture
def claims_of() -> Callable[..., list[Claim]]:
    """Find the claims in a body."""
    return _claims_of


@pytest.fixture
def rules_of() -> Callable[[str], list[str]]:
    """The names of the rules that match in a body, whatever the classifier says."""
    return _rules_of


def _make_message(body: str, *, patch: bool = False, reply: bool = True) -> Message:
    return Message(
        message_id="m@example.org",
        subject=Subject("Re: x", "x", reply=reply, patch=patch),
        author=Person("Bea Cole", "bea@example.org"),
        date=None,
        in_reply_to="p@example.org" if reply else None,
        references=(),
        recipients=(Person("Ada Berg", "ada@example.org"), Person("Dan Eriks", "dan@example.org")),
        list_id=None,
        body=body,
        where="test",
        layers=(Layer(0, 0, len(body.split("\n")), "own"),),
    )


def _claims_of(body: str, *, patch: bool = False, reply: bool = True) -> list[Claim]:
    return list(find_claims([_make_message(body, patch=patch, reply=reply)]))


def _rules_of(body: str) -> list[str]:
    (judged,) = judge_mails([_make_message(body)]).values()
    return [match.rule.name for each in judged for match, _, _ in each.matches]
