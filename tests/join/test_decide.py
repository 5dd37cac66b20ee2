"""The first rule decides, or another one that applies where readers would much sooner see it so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.join import decide as module
from miner.join.decide import choose, decide
from miner.join.weighing import Reader

from .made import ADA, BO, case, posting, said

STATUSES = ("needs-revision", "ready", "needs-review", "applied")
REQUEST, APPROVAL = said("needs-revision", by=ADA, day=1), said("ready", by=BO, day=1)


@pytest.fixture
def readers(monkeypatch):
    """Say what share of readers would name each of STATUSES, whatever the signs are."""

    def say(*shares):
        class Fixed(Reader):
            def weigh(self, signs):
                return dict(zip(STATUSES, shares, strict=True))

        fixed = Fixed(STATUSES, (), {}, ((0.0, 0.3), (0.5, 0.8)))
        monkeypatch.setattr(module, "load_reader", lambda: fixed)

    return say


@pytest.mark.parametrize(
    ("shares", "proposed", "at"),
    [
        ({"ready": 0.7, "blocked": 0.2}, ["blocked", "ready"], 1),
        ({"ready": 0.6, "blocked": 0.3}, ["blocked", "ready"], 0),  # not much sooner
        ({"ready": 0.9}, ["blocked", "needs-review"], 0),  # no rule says so
        ({"ready": 0.9}, ["ready", "blocked"], 0),
        ({"ready": 0.9}, ["planned", None, "ready", "ready"], 2),
    ],
)
def test_another_status_is_chosen_only_much_sooner_and_if_a_rule_proposes_it(shares, proposed, at):
    assert choose(shares, proposed) == at


def test_the_first_rule_decides_where_readers_see_it_so(readers):
    readers(0.5, 0.3, 0.1, 0.1)
    rule, verdict = decide(case(APPROVAL, REQUEST))
    assert (rule.name, verdict.status, verdict.confidence) == ("revision-expected", "needs-revision", 0.8)
    assert not verdict.doubted


def test_another_rule_decides_where_readers_would_much_sooner_see_it_so(readers):
    readers(0.1, 0.8, 0.05, 0.05)
    rule, verdict = decide(case(APPROVAL, REQUEST))
    assert (rule.name, verdict.status, verdict.evidence, verdict.confidence) == ("approved", "ready", (APPROVAL,), 0.8)


def test_what_few_readers_would_name_is_hedged(readers):
    readers(0.35, 0.3, 0.3, 0.05)
    _, verdict = decide(case(APPROVAL, REQUEST))
    assert (verdict.status, verdict.doubted, verdict.confidence) == ("needs-revision", True, 0.3)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (case(said("applied")), "applied"),
        (case(said("dropped")), "dropped"),
        (case(newer=posting(2, 5)), "superseded"),
        (case(APPROVAL, said("needs-revision", by="Cy Marsh <cy@example.org>", day=2), deciders=(BO,)), "ready"),
    ],
)
def test_what_facts_ends_and_deciders_settle_is_not_weighed(readers, given, status):
    readers(0.0, 0.0, 1.0, 0.0)
    _, verdict = decide(given)
    assert (verdict.status, verdict.confidence, verdict.doubted) == (status, None, False)


def test_what_nobody_answered_is_not_weighed(readers):
    """There is nothing to read: it waits for its review, and that is sure."""
    readers(0.9, 0.1, 0.0, 0.0)
    _, verdict = decide(replace(case(), is_answered=False))
    assert (verdict.status, verdict.confidence, verdict.doubted) == ("needs-review", None, False)


def test_work_items_are_not_weighed(readers):
    readers(0.0, 0.0, 1.0, 0.0)
    _, verdict = decide(case(APPROVAL, REQUEST, kind="item"))
    assert (verdict.status, verdict.confidence) == ("needs-revision", None)
