"""People are shown as the mailmap has them."""

from __future__ import annotations

from dataclasses import replace

from miner.join import Beside, join
from miner.join.mailmap import read_mailmap
from miner.join.people import People
from miner.model import Person

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


def test_people_are_shown_with_the_address_that_they_have_in_the_mails_at_hand(mail, claim):
    """Neither with the first that they had nor with the newest."""
    homes = [Person("Cy Marsh", f"cy@{n}.example.org") for n in range(3)]
    before, after = (replace(mail(f"{n}@x", day=n), author=homes[n]) for n in (0, 2))
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada", day=1)
    said = replace(mail("s@x", "> text\n\nThis needs another look.\n", by="cy", to="p@x", day=1.2), author=homes[1])
    asked = mail("q@x", "> text\n\nCy, is this right?\n", by="bo", to="p@x", day=1.5)
    asked = replace(asked, recipients=(patch.author, homes[1]))
    claims = [
        claim(said, "This needs another look.", "needs-review"),
        claim(asked, "Cy, is this right?", "needs-reply", "asked", waiting_on=("Cy",)),
    ]
    for mails in ([before, patch, said, asked, after], [after, asked, said, patch, before]):
        (status,) = join(mails, {}, claims).status
        assert [question.asked_of for question in status.unanswered] == [str(homes[1])]
        assert status.waiting_on == (str(homes[1]),)
