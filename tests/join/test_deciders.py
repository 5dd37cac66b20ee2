"""Who decides: the people of a MAINTAINERS file, else whoever takes patches on the list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from miner.join import Beside, join
from miner.join.deciders import Deciders, read_maintainers
from miner.join.people import People

ADA, BO, CY = "Ada Byron <ada@example.org>", "Bo Lind <bo@example.org>", "Cy Marsh <cy@example.org>"
PEOPLE = People([ADA, BO, CY])


def test_names_of_a_maintainers_file():
    text = (
        'Maintainers\n===========\nLOOM\nM:\tAda Byron <ada@example.org>\nM: "Bo Lind" <bo@example.org>\n'
        "R:\tCy Marsh <cy@example.org>\nL:\tloom@example.org\nF:\tloom/\n\nSHED\nM:\tAda Byron <ada@example.org>\n"
        f"M: {'x' * 600}\nMore: text\n"
    )
    assert read_maintainers(text) == (ADA, BO)


@given(st.text())
def test_any_text_is_read(text):
    assert all("\n" not in name for name in read_maintainers(text))


def test_those_who_are_named_decide_by_any_address_and_nobody_else():
    people = People([ADA, BO, "Ada Byron <byron@example.org>"])
    deciders = Deciders([ADA], (), (), people)
    assert deciders.has("Ada Byron <byron@example.org>")
    assert not deciders.has(BO)
    assert not deciders.has(None)


def test_without_names_it_is_who_took_a_posting_of_somebody_else(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    other = mail("o@x", "text\n---\n", subject="[PATCH] shed: open", by="cy")
    took = mail("t@x", "Applied, thanks.\n", by="bo", to="p@x", day=1)
    own = mail("w@x", "Applied.\n", by="cy", to="o@x", day=1)
    said = [claim(took, "Applied, thanks.", "applied"), claim(own, "Applied.", "applied")]
    joined = join([patch, other, took, own], {}, said)
    deciders = Deciders((), joined.claims, joined.series, PEOPLE)
    assert [deciders.has(form) for form in (ADA, BO, CY)] == [False, True, False]


def test_their_approval_outweighs_what_others_ask_later(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    good = mail("g@x", "This is ready to go in.\n", by="bo", to="p@x", day=1)
    more = mail("m@x", "It needs another round.\n", by="cy", to="p@x", day=2)
    said = [claim(good, "This is ready to go in.", "ready"), claim(more, "It needs another round.", "needs-revision")]

    def stands(maintainers):
        (status,) = join([patch, good, more], {}, said, beside=Beside(maintainers=maintainers)).status
        return status.status, status.rule

    assert stands(f"M: {BO}\n") == ("ready", "approved-by-decider")
    assert stands(f"M: {CY}\n")[0] == "needs-revision"
    assert stands("")[0] == "needs-revision"
