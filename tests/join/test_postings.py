"""Patches that were sent anew: what each of them takes over, and from whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.join import join
from miner.join.postings import gather_postings
from miner.join.threads import Threads


@pytest.fixture
def gather():
    """Find the postings by the id of their root, and see to it that every chain of bases ends."""

    def run(*messages):
        found = {posting.root: posting for posting in gather_postings(Threads(messages))}
        for posting in found.values():
            below, at = set(), posting
            while at is not None:
                assert at.root not in below, "bases go round"
                assert found[at.root] is at
                below.add(at.root)
                at = at.base
        return found

    return run


@pytest.fixture
def four(mail):
    """A series of four without a cover, the others below its first."""
    first = mail("p1@x", subject="[PATCH v2 1/4] part 1")
    rest = (mail(f"p{n}@x", subject=f"[PATCH v2 {n}/4] part {n}", to="p1@x", day=0.01) for n in (2, 3, 4))
    return [first, *rest]


def taken(posting):
    return [posting.whole[n].message_id for n in sorted(posting.whole)]


@pytest.fixture
def part(mail):
    """Make a patch of a v2 of three; all mails of this kind are of one second."""

    def make(ident, n, by, to):
        person = replace(mail(ident).author, name=by, address=f"{by}@x")
        return replace(mail(ident, subject=f"[PATCH v2 {n}/3] part {n}", to=to), author=person)

    return make


def test_patches_sent_anew_crosswise_are_no_base_of_each_other(mail, part, gather):
    found = gather(
        mail("k@x", subject="[PATCH v2 0/3] all"),
        *(part("01@x", 1, "ada", "k@x"), part("02@x", 2, "ada", "k@x")),
        *(part("05@x", 2, "bo", "04@x"), part("06@x", 1, "bo", "01@x")),
        *(part("03@x", 1, "ann", "06@x"), part("04@x", 2, "ann", "02@x")),
    )
    assert found["03@x"].base is found["06@x"]
    assert found["06@x"].base is None
    assert taken(found["03@x"]) == ["03@x", "04@x"]


def test_a_posting_that_another_amends_is_not_put_into_a_third(mail, part, gather):
    found = gather(
        mail("k@x", subject="[PATCH v2 0/3] all"),
        *(part("01@x", 1, "ada", "k@x"), part("02@x", 2, "ada", "k@x")),
        *(part("03@x", 1, "bo", "01@x"), part("05@x", 2, "cy", "02@x")),
        part("04@x", 2, "ann", "05@x"),
    )
    assert found["04@x"].base is found["05@x"]
    assert taken(found["05@x"]) == ["03@x", "05@x"]


@pytest.mark.parametrize("to", ["p1@x", "talk@x", "p4@x"])
def test_a_patch_sent_anew_may_answer_another_of_its_series(mail, gather, four, to):
    talk = mail("talk@x", "No.", subject="Re: [PATCH v2 1/4] part 1", to="p1@x", by="bo", day=1)
    anew = mail("q2@x", subject="[PATCH v3 2/4] Part 2", to=to, day=2)
    found = gather(*four, talk, anew)
    assert found["q2@x"].base is found["p1@x"]
    assert taken(found["q2@x"]) == ["p1@x", "q2@x", "p3@x", "p4@x"]


def test_a_patch_sent_anew_may_answer_another_that_was(mail, gather, four):
    found = gather(
        *four,
        mail("q2@x", subject="[PATCH v3 2/4] part 2", to="p1@x", day=2),
        mail("r3@x", subject="[PATCH v4 3/4] part 3", to="q2@x", day=3),
    )
    assert found["r3@x"].base is found["q2@x"]
    assert taken(found["r3@x"]) == ["p1@x", "q2@x", "r3@x", "p4@x"]


@pytest.mark.parametrize(
    ("subject", "by"),
    [("[PATCH v3 2/4] part 3", "ada"), ("[PATCH v3 2/5] part 2", "ada"), ("[PATCH v3 2/4] part 2", "bo")],
    ids=["another title", "another total", "another author"],
)
def test_below_another_number_it_has_to_be_the_same_patch(mail, gather, four, subject, by):
    assert gather(*four, mail("q2@x", subject=subject, by=by, to="p1@x", day=2))["q2@x"].base is None


def test_a_new_version_below_an_old_patch_takes_nothing_over(mail, gather, four):
    anew = [mail(f"q{n}@x", subject=f"[PATCH v3 {n}/4] part {n}", to="p1@x", day=2 + n / 100) for n in (1, 2, 3, 4)]
    found = gather(*four, *anew)
    assert found["q1@x"].base is None
    assert len(found["q1@x"].patches) == 4


def test_patches_of_one_moment_that_say_a_version_and_none_are_one_posting(mail, gather):
    found = gather(
        mail("p1@x", subject="[PATCH 1/2] loom: rename"), mail("p2@x", subject="[PATCH v2 2/2] loom: use", to="p1@x")
    )
    assert [(one.root, one.version, taken(one)) for one in found.values()] == [("p1@x", (2, 0), ["p1@x", "p2@x"])]


def test_patches_of_one_moment_of_which_one_says_that_it_is_sent_again_are_one_posting(mail, gather):
    found = gather(
        mail("p1@x", subject="[PATCH 1/2 RESEND] loom: rename"),
        mail("p2@x", subject="[PATCH 2/2] loom: use", to="p1@x"),
    )
    assert [(one.root, taken(one)) for one in found.values()] == [("p1@x", ["p1@x", "p2@x"])]


def test_a_patch_of_a_later_day_is_not_put_to_them(mail, gather):
    found = gather(
        mail("p1@x", subject="[PATCH 1/2] loom: rename"),
        mail("p2@x", subject="[PATCH v2 2/2] loom: use", to="p1@x", day=1),
    )
    assert sorted(found) == ["p1@x", "p2@x"]


@pytest.mark.parametrize(("seen", "base"), [((1, 2, 3), "c@x"), ((1, 2), None)])
def test_patches_sent_anew_below_the_cover_amend_a_series_that_is_whole(mail, gather, seen, base):
    """Of a series that the list saw in part it may see only a part of the next version too."""
    found = gather(
        mail("c@x", subject="[PATCH 0/3] all"),
        *(mail(f"p{n}@x", subject=f"[PATCH {n}/3] part {n}", to="c@x") for n in seen),
        mail("n2@x", subject="[PATCH v2 2/3] part 2", to="c@x", day=1),
    )
    assert (found["n2@x"].base and found["n2@x"].base.root) == base


@pytest.mark.parametrize(("version", "base"), [("v2 ", "c@x"), ("v11 ", None)])
def test_a_patch_without_a_number_whose_version_counts_itself_alone_amends_its_series(mail, gather, version, base):
    found = gather(
        mail("c@x", subject="[PATCH v10 0/2] all"),
        *(mail(f"p{n}@x", subject=f"[PATCH v10 {n}/2] part {n}", to="c@x") for n in (1, 2)),
        mail("n2@x", subject=f"[PATCH {version}] part 2", to="p2@x", day=1),
    )
    posting = found["n2@x"]
    assert (posting.base and posting.base.root) == base
    assert posting.revision == (10 if base else 11)
    assert taken(posting) == (["p1@x", "n2@x"] if base else ["n2@x"])


PLAIN = "Turns it.\n\nSigned-off-by: Ada Byron <ada@example.org>\n---\n loom.c | 1 +\n\ndiff --git a/loom.c b/loom.c\n@@ -1 +1,2 @@\n a\n+b\n"


@pytest.mark.parametrize("to", ["p@x", None])
@pytest.mark.parametrize("body", ["Could you have a look, please?\n", PLAIN])
def test_a_reminder_that_looks_like_a_posting_is_none(body, to, mail, gather):
    patch = mail("p@x", PLAIN, subject="[PATCH v3] loom: turn")
    ping = mail("q@x", body, subject="[PING][PATCH v3] loom: turn", to=to, day=9)
    assert list(gather(patch, ping)) == ["p@x"]


def test_what_a_reminder_brings_for_the_first_time_is_a_posting(mail, gather):
    assert list(gather(mail("q@x", PLAIN, subject="[PING][PATCH v3] loom: turn"))) == ["q@x"]


DIFF = "diff --git a/loom.c b/loom.c\n@@ -1 +1,2 @@\n a\n+b\n"
SIGNED = "Signed-off-by: Ada Byron <ada@example.org>\n"
QUILT = "--- a/loom.c\n+++ b/loom.c\n@@ -1 +1,2 @@\n a\n+b\n"
STAT = " loom.c | 1 +\n 1 file changed, 1 insertion(+)\n"


@pytest.mark.parametrize(
    ("body", "is_posting"),
    [
        (f"Turns it.\n\n{SIGNED}---\n{STAT}\n{DIFF}", True),
        (f"Turns it.\n\n{SIGNED}\n{DIFF}", True),
        (f"Turns it.\n\n{SIGNED}---\nSeen on my loom.\n\n{QUILT}", True),
        (f"My loom stops. This helps:\n\n{QUILT}", False),
        (f"My first patch.\n\nTurns it.\n---\n{STAT}\n{DIFF}", True),
        (f"My loom stops. This helps:\n\n{DIFF}", False),  # pasted into a report
        (f"My loom stops since this one:\n\n{SIGNED}\nWith this it turns again:\n\n{DIFF}", False),
        (f"Turns it.\n\nSigned-off-by: Bo Lind <bo@example.org>\n\n{DIFF}", False),  # somebody else's
        (f"I saw\n\n> Turns it.\n> {SIGNED}---\n{STAT}\n{DIFF}", False),
        (f"commit {'1f' * 20}\nAuthor: Ada Byron <ada@example.org>\n\n{SIGNED}---\n{STAT}\n{DIFF}", False),  # in a tree
        (f"This is a note to let you know that it is in.\n\n{SIGNED}---\n{STAT}\n{DIFF}", False),
        (f"The difference:\n{STAT}\n{DIFF}", False),  # to an older version
        (f"Turns it.\n\n{SIGNED}", False),
    ],
)
def test_a_patch_may_come_without_a_tag(body, is_posting, mail, gather):
    assert list(gather(mail("p@x", body, subject="loom: turn"))) == (["p@x"] if is_posting else [])
    assert not gather(mail("p@x", body, subject="loom: turn", to="other@x"))  # in an answer it is talk
    assert not gather(mail("p@x", body, subject="loom: turn", by="robot"))


@pytest.mark.parametrize(
    ("subject", "head"),
    [
        ("[committed] loom: turn", ""),
        ("[pushed] loom: turn", ""),
        ("[weft/next] loom: turn", ""),
        ("loom: turn", "Pushed to trunk as obvious.\n\n"),
        ("loom: turn", "I have pushed this to main.\n\n"),
    ],
)
def test_a_patch_that_is_in_a_tree_when_it_is_shown_is_no_posting(subject, head, mail, gather):
    assert not gather(mail("p@x", f"{head}Turns it.\n\n{SIGNED}---\n{STAT}\n{DIFF}", subject=subject))


def test_a_patch_without_a_tag_comes_before_one_that_has_it(mail):
    """Whatever the second is called, if it is the same work."""
    body = f"Turns it.\n\n{SIGNED}---\n{STAT}\n{DIFF}".replace(
        "+b\n", "".join(f"+turn_wheel_{n}(loom);\n" for n in "abcd")
    )
    first = mail("p@x", body, subject="a small patch to turn looms")
    second = mail("q@x", body, subject="[PATCH] loom: turn", day=1)
    old, new = join([first, second], {}, []).series
    assert (new.chain, new.supersedes) == (old.root, ("p@x",))
