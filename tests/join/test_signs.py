"""Who said what of a posting, in numbers."""

from __future__ import annotations

from dataclasses import replace

from miner.join.remarks import REMARK
from miner.join.signs import read_signs

from .made import ADA, BO, CY, case, posting, reviewed, said


def test_words_count_for_the_role_of_whoever_says_them():
    signs = read_signs(
        case(
            said("needs-revision", by=ADA, day=1),
            said("ready", by=BO, day=2, confidence=0.6),
            said("ready", by=CY, day=3, confidence=0.8),
            deciders=(CY,),
        )
    )
    assert signs["author says needs-revision"] == 0.9
    assert signs["reviewer says ready"] == 0.6
    assert signs["decider says ready"] == 0.8
    assert "reviewer says needs-revision" not in signs


def test_plain_words_are_apart_from_others():
    signs = read_signs(case(said("ready", "hedged", confidence=0.7), said("blocked", holder="Yu", day=2)))
    assert signs["reviewer speaks of ready"] == 0.7
    assert "reviewer says ready" not in signs
    assert "reviewer speaks of blocked" not in signs


def test_words_add_up_and_the_surest_is_kept():
    signs = read_signs(case(*(said("ready", by=BO, day=n, confidence=0.8) for n in range(1, 7))))
    assert signs["reviewer says ready"] == 0.8
    assert signs["reviewer on ready in all"] == 3.0


def test_the_last_mails_are_looked_at_by_themselves():
    signs = read_signs(case(said("ready", day=1), said("blocked", by=ADA, day=2), said("dropped", day=3)))
    assert (signs["dropped 0 back"], signs["blocked 1 back"]) == (0.9, 0.9)
    assert (signs["reviewer 0 back"], signs["author 1 back"]) == (1.0, 1.0)
    assert "ready 0 back" not in signs
    assert signs["reviewer says dropped last"] == 0.9
    assert "reviewer says ready last" not in signs


def test_what_was_said_of_an_older_posting_or_in_the_newest_counts_not():
    older = read_signs(case(said("dropped", day=1), postings=[posting(1, 0), posting(2, 5)]))
    own = read_signs(case(said("blocked", by=ADA, day=1, message_id="s1@x")))
    assert not any("dropped" in sign or "blocked" in sign for sign in (*older, *own))


def test_reviews_of_patches():
    signs = read_signs(replace(case(postings=[reviewed(1)]), patch_of={}))
    assert signs["patches"] == 1.0
    assert signs["patches with trailers"] == 0.5
    trailer = said("ready", rule="trailer")
    of_one = replace(case(trailer), patch_of={trailer.message_id: "p1@x"})
    assert read_signs(case(trailer))["reviewers with trailers for all"] == 1
    assert read_signs(of_one)["reviewers with trailers for all"] == 0
    assert read_signs(of_one)["reviewers with trailers"] == 1


def test_questions_requests_and_remarks():
    asked = said("needs-reply", "asked", day=2)
    remark = said("needs-revision", "hedged", rule=REMARK, day=3)
    request = said("needs-revision", "asked", by=ADA, day=3)
    signs = read_signs(case(asked=(asked,), requests=(remark, request)))
    assert (signs["reviewer asks, unanswered"], signs["author asks, unanswered"]) == (1, 0)
    assert (signs["reviewer remarks"], signs["reviewer asks for changes"]) == (1, 0)
    assert signs["author asks for changes"] == 1
