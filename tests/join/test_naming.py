"""People are shown as the mailmap has them."""

from __future__ import annotations

from miner.join import Beside, join
from miner.join.mailmap import read_mailmap
from miner.join.people import People

MAILMAP = "Ada King <ada@new.example.org> <ada@example.org>\n"
ADA = "Ada King <ada@new.example.org>"


def test_statuses_claims_and_promises_have_the_proper_name(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    asked = mail("q@x", "> text\n\nAda, why?\n", by="bo", to="p@x", day=1)
    said = mail("s@x", "I'll send v2.\n", by="ada", to="q@x", day=2)
    claims = [claim(asked, "Ada, why?", "needs-reply", "asked"), claim(said, "I'll send v2.", "needs-revision")]
    joined = join([patch, asked, said], {}, claims, beside=Beside(mailmap=MAILMAP))
    (status,) = joined.status
    assert (status.assignee, status.waiting_on) == (ADA, (ADA,))
    assert {each.author for each in joined.series} == {ADA}
    assert [each.by for each in joined.claims] == ["Bo Lind <bo@example.org>", ADA]
    assert [each.by for each in joined.promises] == [ADA]
    assert {question.asked_of for question in status.unanswered} <= {ADA}


def test_a_name_that_the_mailmap_changed_still_means_the_person():
    people = People(["Ada Byron <ada@example.org>"], read_mailmap(MAILMAP))
    assert people.resolve("Ada Byron") == people.resolve("Ada King") == ADA
