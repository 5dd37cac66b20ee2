"""Of what is heard twice in the same words, the surer claim counts."""

from __future__ import annotations

from dataclasses import replace

from miner.join import join
from miner.join.doubles import find_beside, without_untouched
from miner.model import IN_CELL

TABLE = "v2 posted, V2 posted, waits for Bo, waits  for Bo, waits for Cleo"


def test_of_two_claims_in_the_same_words_the_surer_one_tells(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    words = "Pulled and pushed:"
    took = mail("t@x", f"{words}\n", by="bo", to="p@x", day=1)
    both = [claim(took, words, "applied", confidence=0.8), claim(took, words, "merged", confidence=0.5)]
    (status,) = join([patch, took], {}, both).status
    assert status.status == "applied"


def test_a_much_less_sure_reading_of_a_part_of_the_words_does_not_count(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    words = "Thanks, will apply it to my branch later."
    good = mail("t@x", f"{words}\n", by="bo", to="p@x", day=1)
    for low, status in ((0.2, "ready"), (0.6, "needs-revision")):
        both = [
            claim(good, words, "ready", confidence=0.9),
            claim(good, "will apply it to my branch later.", "needs-revision", confidence=low),
        ]
        (found,) = join([patch, good], {}, both).status
        assert found.status == status


def test_that_a_work_is_in_a_tree_is_as_sure_as_both_words_for_it_together(mail, claim):
    patch = mail("p@x", "x\n", subject="[PATCH] loom: turn")
    body = "The loom tests are now merged!\n"
    said = mail("t@x", body, subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=2)
    applied = claim(said, body.strip(), "applied", confidence=0.4)
    merged = replace(applied, status="merged", confidence=0.2)
    (alone,) = join([patch, said], {}, [applied]).status
    (both,) = join([patch, said], {}, [applied, merged]).status
    assert (alone.status, both.status) == ("needs-review", "applied")
    (other,) = join([patch, said], {}, [applied, replace(merged, certainty="hedged")]).status
    assert other.status == "needs-review"


def test_claims_are_compared_with_those_in_their_own_words_alone(mail, claim):
    one, other = (mail(ident, "First it is queued, then it is merged.\n") for ident in ("p@x", "q@x"))
    first, last = claim(one, "First it is queued"), claim(one, "then it is merged")
    inside, across = claim(one, "it is merged"), claim(other, "First it is queued, then it is merged")
    elsewhere = claim(other, "queued")
    found = find_beside([last, across, inside, first, elsewhere])
    assert found[id(first)] == [first]
    assert found[id(last)] == found[id(inside)] == [last, inside]
    assert found[id(across)] == found[id(elsewhere)] == [across, elsewhere]


def test_a_cell_that_its_writer_left_as_it_was_is_no_news(mail, claim):
    first, second, third = (mail(f"t{day}@x", TABLE, by="ada", day=day) for day in (1, 8, 15))

    def cells(table, *texts, item="reed", **more):
        return [claim(table, text, "posted", item=item, rule=IN_CELL, **more) for text in texts]

    was, again = cells(first, "v2 posted", "waits for Bo"), cells(second, "V2 posted", "waits  for Bo")
    others = [*cells(second, "v2 posted", item="shed"), *cells(second, "v2 posted", by="Bo Ek <bo@example.org>")]
    changed = cells(third, "v2 posted", "waits for Cleo")
    said = claim(second, "v2 posted", "posted", item="reed")
    assert without_untouched([*was, *again, *others, *changed, said]) == [*was, *others, *changed, said]
