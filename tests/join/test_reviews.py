"""Trailers on the patches that they are for."""

from __future__ import annotations

import pytest

from miner.join import join
from miner.join.masks import Unmasker
from miner.join.reviews import find_unreviewed, is_reviewed_in_part
from miner.join.series import assemble_series
from miner.join.threads import Threads

BO = "Reviewed-by: Bo Lind <bo@example.org>"
CY = "Acked-by: Cy Marsh <cy@example.org>"


@pytest.fixture
def series(mail):
    """A cover, three patches and what else is handed in; the postings by their root."""

    def run(*more):
        posting = [mail("c@x", subject="[PATCH 0/3] loom: weave", day=0)]
        posting += [mail(f"p{n}@x", subject=f"[PATCH {n}/3] loom: part {n}", to="c@x", day=n / 100) for n in (1, 2, 3)]
        threads = Threads([*posting, *more])
        return {one.root: one for one in assemble_series(threads, Unmasker(threads.messages))}

    return run


def reply(mail, body, to="c@x", by="bo", day=1.0, ident=None, subject="Re: [PATCH 0/3] loom: weave"):
    return mail(ident or f"{by}-{day}@x", body, subject=subject, to=to, by=by, day=day)


def laid(one):
    return [(each.kind, each.patches, each.way, each.state) for each in one.trailers]


@pytest.mark.parametrize(
    ("to", "body", "patches"),
    [
        ("p2@x", f"Fine.\n\n{BO}\n", (2,)),
        ("c@x", f"Fine.\n\n{BO}\n", (1, 2, 3)),
        ("p2@x", f"For the whole series:\n{BO}\n", (1, 2, 3)),
        ("p1@x", f"The series looks good to me.\n\n{BO}\n", (1, 2, 3)),
        ("p1@x", f"Fine.\n\n{BO}\n\nfor the series.\n", (1,)),  # another paragraph is another thought
        ("p1@x", f"{BO}\n(for the series)\n", (1, 2, 3)),
        ("p1@x", f"{BO} # for patches 1 and 3\n", (1, 3)),
        ("c@x", f"For patches 1-2:\n\n{BO}\n", (1, 2)),
        ("c@x", f"For patches 1, 2 and 3,\n{BO}\n", (1, 2, 3)),
        ("c@x", f"For 1-2 from my point of view:\n\n{BO}\n", (1, 2)),
        ("c@x", f"For 1/3 and 3/3:\n{BO}\n", (1, 3)),
        ("c@x", f"For the series, except patch 2:\n{BO}\n", (1, 3)),
        ("c@x", f"For patches 7-9:\n{BO}\n", (1, 2, 3)),  # there are no such
        ("p2@x", f"I have not read it for the whole series:\n{BO}\n", (2,)),
        ("p2@x", f"This allows the tool to set colours:\n{BO}\n", (2,)),
    ],
)
def test_words_and_place_say_which_patches(mail, series, to, body, patches):
    assert laid(series(reply(mail, body, to))["c@x"]) == [("Reviewed-by", patches, "given", "stands")]


def test_two_trailers_of_one_mail_have_words_of_their_own(mail, series):
    body = f"For patches 1-2:\n{BO}\n\nFor patch 3:\n{BO.replace('Reviewed', 'Acked')}\n"
    assert [(kind, patches) for kind, patches, *_ in laid(series(reply(mail, body))["c@x"])] == [
        ("Reviewed-by", (1, 2)),
        ("Acked-by", (3,)),
    ]


def test_deeper_in_the_thread_it_is_the_patch_above(mail, series):
    talk = reply(mail, "Why?", to="p3@x", by="bo")
    answer = reply(mail, "Since it is faster.", to=talk.message_id, by="ada", day=2)
    found = series(talk, answer, reply(mail, f"I see.\n\n{BO}\n", to=answer.message_id, day=3))
    assert laid(found["c@x"]) == [("Reviewed-by", (3,), "given", "stands")]


def test_the_subject_tells_where_the_patch_is_not_at_hand(mail):
    threads = Threads(
        [
            mail("c@x", subject="[PATCH 0/3] loom: weave"),
            mail("r@x", BO, subject="Re: [PATCH 2/3] loom: part 2", to="c@x", by="bo", day=1),
        ]
    )
    [one] = assemble_series(threads, Unmasker(threads.messages))
    assert laid(one) == [("Reviewed-by", (2,), "given", "stands")]


def test_both_kinds_of_one_line(mail, series):
    found = series(reply(mail, BO.replace("Reviewed", "Reviewed-and-tested"), to="p1@x"))
    assert [each.kind for each in found["c@x"].trailers] == ["Reviewed-by", "Tested-by"]


def test_an_author_reviews_nothing_of_his_own(mail, series):
    found = series(reply(mail, "Reviewed-by: Ada Byron <ada@example.org>", by="ada"))
    assert found["c@x"].trailers == ()


def test_what_somebody_else_writes_down_is_carried(mail, series):
    [one] = series(reply(mail, f"Forgot to add:\n\n{BO}\n", by="ada"))["c@x"].trailers
    assert (one.way, one.by, one.source) == ("carried", "Bo Lind <bo@example.org>", None)


def test_quotes_and_patches_in_a_reply_give_nothing(mail, series):
    quoted = f"On 1 Mar 2026, Bo Lind wrote:\n> {BO}\n\nThanks!\n"
    pasted = f"How about this?\n\nloom: other\n\nSigned-off-by: Bo Lind <bo@example.org>\n{BO}\n"
    assert series(reply(mail, quoted, by="cy"), reply(mail, pasted, day=2))["c@x"].trailers == ()


def test_a_condition(mail, series):
    found = series(reply(mail, f"With that fixed:\n{BO}\n", to="p1@x"))
    assert laid(found["c@x"]) == [("Reviewed-by", (1,), "given", "conditional")]
    assert find_unreviewed(found["c@x"]) == (1, 2, 3)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (f"{BO} (with the typo fixed)\n", "conditional"),
        (f"{BO} # if the typo is fixed\n", "conditional"),
        (f"{BO}\n\n(assuming you fix the typo)\n", "conditional"),
        (f"{BO}\nwith the nits addressed.\n", "conditional"),
        (f"Conditionally-{BO}\n", "conditional"),
        (f"{BO} # loom\n", "stands"),
        (f"{BO} (tested with this yarn)\n", "stands"),
        (f"{BO}\n\nwith a side question on how the reed may change.\n", "stands"),
        (f"{BO}\n\nIf you fix the reed some day, tell me.\n", "stands"),
        (f"Half-heartedly-{BO}\n", "stands"),
    ],
)
def test_a_condition_behind_a_trailer(words, state, mail, series):
    found = series(reply(mail, words, to="p1@x"))
    assert laid(found["c@x"]) == [("Reviewed-by", (1,), "given", state)]


def test_who_did_not_review_gives_nothing(mail, series):
    assert laid(series(reply(mail, f"Not-{BO}\n", to="p1@x"))["c@x"]) == []


def test_what_is_taken_back_stands_no_more(mail, series):
    found = series(reply(mail, BO), reply(mail, "Please drop my Reviewed-by, it breaks the shed.", to="p2@x", day=2))
    assert laid(found["c@x"]) == [
        ("Reviewed-by", (1, 3), "given", "stands"),
        ("Reviewed-by", (2,), "given", "withdrawn"),
    ]


@pytest.mark.parametrize(
    "body",
    ["Do not drop my Reviewed-by.", "Should I drop my Reviewed-by?", "> I drop my Reviewed-by\n\nOh.", "drop my idea"],
)
def test_what_only_sounds_like_it(mail, series, body):
    assert laid(series(reply(mail, BO), reply(mail, body, day=2))["c@x"])[0][3] == "stands"


def test_somebody_else_cannot_take_it_back(mail, series):
    found = series(reply(mail, BO), reply(mail, "I withdraw my Reviewed-by.", by="cy", day=2))
    assert laid(found["c@x"]) == [("Reviewed-by", (1, 2, 3), "given", "stands")]


def test_a_nack_and_a_review_of_one_person_end_each_other(mail, series):
    found = series(reply(mail, "Nacked-by: Bo Lind <bo@example.org>", to="p1@x"), reply(mail, BO, to="p1@x", day=2))
    assert laid(found["c@x"]) == [
        ("Nacked-by", (1,), "given", "withdrawn"),
        ("Reviewed-by", (1,), "given", "stands"),
    ]


def test_what_the_author_carries_over_is_traced_to_its_reply(mail, series):
    text = f"Words.\n\nSigned-off-by: Ada Byron <ada@example.org>\n{BO}\n{CY}\n---\n loom.c | 1 +\n"
    given = reply(mail, BO, to="p1@x")
    found = series(
        given,
        mail("d0@x", subject="[PATCH v2 0/3] loom: weave", to="c@x", day=5),
        mail("d1@x", text, subject="[PATCH v2 1/3] loom: part 1", to="d0@x", day=5.1),
    )
    first, second = found["d0@x"].trailers
    assert (first.kind, first.patches, first.way, first.source) == ("Reviewed-by", (1,), "carried", given.message_id)
    assert (second.kind, second.way, second.source) == ("Acked-by", "carried", None)
    assert (second.message_id, text[second.start : second.end]) == ("d1@x", CY)


def test_what_was_taken_back_before_is_not_carried(mail, series):
    text = f"Words.\n\n{BO}\n---\n"
    found = series(
        reply(mail, BO, to="p1@x"),
        reply(mail, "I retract my Reviewed-by.", to="p1@x", day=2),
        mail("d@x", text, subject="[PATCH v2 1/1] loom: part 1", to="c@x", day=5),
    )
    assert laid(found["d@x"]) == [("Reviewed-by", (1,), "carried", "withdrawn")]


def test_all_reviewed_is_not_some_reviewed(mail, series):
    part = series(reply(mail, BO, to="p1@x"), reply(mail, CY, to="p3@x", by="cy"))["c@x"]
    assert (find_unreviewed(part), is_reviewed_in_part(part)) == ((2,), True)
    whole = series(reply(mail, BO, to="p1@x"), reply(mail, CY, by="cy"))["c@x"]
    assert (find_unreviewed(whole), is_reviewed_in_part(whole)) == ((), False)
    none = series()["c@x"]
    assert (find_unreviewed(none), is_reviewed_in_part(none)) == ((1, 2, 3), False)


@pytest.mark.parametrize(
    ("to", "status", "rule"), [("p1@x", "needs-review", "reviewed-in-part"), ("c@x", "ready", "approved")]
)
def test_a_part_does_not_make_the_whole_ready(mail, claim, to, status, rule):
    posting = [mail("c@x", subject="[PATCH 0/2] loom: weave")]
    posting += [mail(f"p{n}@x", subject=f"[PATCH {n}/2] loom: part {n}", to="c@x") for n in (1, 2)]
    said = reply(mail, BO, to=to)
    [found] = join([*posting, said], {}, [claim(said, BO, "ready", rule="trailer")]).status
    assert (found.status, found.rule) == (status, rule)


def test_a_patch_sent_anew_takes_over_the_reviews_of_the_others(mail, series):
    early = reply(mail, BO)
    late = reply(mail, CY, by="cy", day=9)
    found = series(early, mail("q2@x", subject="[PATCH v2 2/3] loom: part 2", to="p2@x", day=5), late)
    assert laid(found["c@x"]) == [("Reviewed-by", (1, 2, 3), "given", "stands")]
    assert laid(found["q2@x"]) == [
        ("Reviewed-by", (1, 3), "given", "stands"),
        ("Acked-by", (1, 2, 3), "given", "stands"),
    ]


def test_a_mail_of_nothing_but_trailers_is_bounded(mail, series):
    found = series(reply(mail, f"{BO}\n" * 20_000))
    assert 0 < len(found["c@x"].trailers) <= 200
