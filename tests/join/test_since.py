"""A status began with what brought it about; what only repeats it changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from miner.join.case import Case
from miner.join.commits import TreeWord
from miner.join.decide import decide
from miner.join.since import MAX_STEPS, find_since
from miner.model import Citation, PatchCommit

from . import made
from .made import ADA, BO, START, posting


def said(status, day, by=BO, certainty="asserted", **more):
    return made.said(status, certainty, by, day, **more)


FIRST = posting()


def case(*claims, postings=(FIRST,), newer=None, asked=(), **more):
    kind = more.pop("kind", "series")
    return Case(kind, claims, [ADA], postings, bool(postings), newer, asked, lambda a, b: a == b, **more)


def since(of, newer=(), listed=None):
    """The status and the day on which it began."""
    rule, verdict = decide(of)
    moment = find_since(of, rule, verdict, newer, listed)
    return verdict.status, moment and (moment - START).days


PING = said("needs-review", 20, ADA)
WAITS = [
    pytest.param((said("needs-revision", 3), said("needs-revision", 9, ADA)), ("needs-revision", 3), id="promised-later"),
    pytest.param((said("needs-revision", 3), said("ready", 5), said("needs-revision", 9)), ("needs-revision", 9), id="anew"),
    pytest.param((said("ready", 2), said("ready", 4, "Cy <cy@x>")), ("ready", 2), id="approved-twice"),
    pytest.param((said("applied", 4), said("applied", 8, "Cy <cy@x>")), ("applied", 4), id="told-twice"),
    pytest.param((said("applied", 4), said("merged", 30)), ("merged", 30), id="merged-later"),
    pytest.param((PING,), ("needs-review", 0), id="a-review-waits-since-the-posting"),
    pytest.param((said("ready", 2), PING), ("ready", 2), id="reminded-of-what-is-approved"),
]  # fmt: skip


@pytest.mark.parametrize(("claims", "expected"), WAITS)
def test_a_status_began_with_the_first_of_an_unbroken_run(claims, expected):
    assert since(case(*claims)) == expected


def test_a_reminder_does_not_begin_the_wait_for_a_review_anew():
    v2 = posting(2, 5)
    assert since(case(PING, postings=(posting(), v2), kind="item")) == ("needs-review", 5)
    assert since(case(PING, postings=(), kind="item")) == ("needs-review", 20)


def test_a_reminder_by_somebody_else_does_not_begin_a_change_anew():
    will_do, where_is_it = said("needs-revision", 3, ADA), said("posted", 30, certainty="negated")
    assert since(case(will_do, where_is_it, kind="item")) == ("needs-revision", 3)


def test_a_newer_posting_begins_it_anew():
    old, new = said("ready", 2), said("ready", 9)
    assert since(case(old, new, postings=(posting(), posting(2, 7)), kind="item")) == ("ready", 9)


def test_an_older_version_is_superseded_since_the_first_newer_one():
    v2, v3 = posting(2, 5), posting(3, 9)
    assert since(case(newer=v3), newer=(v2, v3)) == ("superseded", 5)


def test_an_item_that_needs_another_one_waits_since_it_was_listed_or_posted():
    listed = START + timedelta(days=4)
    assert since(case(PING, needs=("lock",), kind="item"), listed=listed) == ("blocked", 4)
    assert since(case(postings=(), needs=("lock",), kind="item"), listed=listed) == ("blocked", 4)
    assert since(case(postings=(posting(2, 7),), needs=("lock",), kind="item"), listed=listed) == ("blocked", 7)


def test_what_the_tree_holds_is_there_since_it_was_said_or_committed():
    commit = PatchCommit("abc", "link", None, False, False, START + timedelta(days=12))
    in_tree = {"postings": (replace(posting(), commits=(commit,)),), "tree": TreeWord("applied", "loom-next", "in it")}
    assert since(case(**in_tree)) == ("applied", 12)
    assert since(case(said("applied", 11), said("applied", 15), **in_tree)) == ("applied", 11)


def test_what_has_no_date_began_at_no_date():
    assert since(case(replace(said("applied", 4), date=None))) == ("applied", None)
    assert since(case(postings=(), kind="item")) == (None, None)


def test_a_run_without_end_is_not_followed_to_its_beginning():
    claims = [said("ready", day, f"P{day} <p{day}@x>") for day in range(1, 3 * MAX_STEPS)]
    status, day = since(case(*claims))
    assert status == "ready"
    assert day == 2 * MAX_STEPS


def test_a_commit_that_is_cited_later_was_not_known_before():
    cited = Citation("t", "0123456789ab", "z@x", START + timedelta(days=40), "0123456789ab")
    posted = replace(FIRST, cited=(cited,))
    assert since(case(said("applied", 8), postings=(posted,), decides=lambda person: person == BO)) == ("applied", 8)
