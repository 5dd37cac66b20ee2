from __future__ import annotations

import pytest

from miner.join.masks import Unmasker
from miner.join.series import assemble_series
from miner.join.threads import Threads


@pytest.fixture
def assemble():
    def run(*messages):
        threads = Threads(messages)
        return {s.root: s for s in assemble_series(threads, Unmasker(threads.messages))}

    return run


def test_cover_and_patches_make_one_posting_in_any_order(mail, assemble):
    found = assemble(
        mail("p2@x", subject="[PATCH v2 2/3] b", to="c@x", day=0.3),
        mail("c@x", subject="[PATCH v2 0/3] the work", day=0.1),
        mail("p1@x", subject="[PATCH v2 1/3] a", to="c@x", day=0.2),
        mail("r@x", subject="Re: [PATCH v2 1/3] a", to="p1@x", by="bo", day=1),
    )
    assert list(found) == ["c@x"]
    one = found["c@x"]
    assert (one.title, one.revision, one.expected, one.cover) == ("the work", 2, 3, "c@x")
    assert one.patches == ("p1@x", "p2@x", None)


def test_a_series_without_its_cover_is_rooted_in_its_first_patch(mail, assemble):
    found = assemble(
        mail("p1@x", subject="[PATCH 1/2] a", to="gone@x"), mail("p2@x", subject="[PATCH 2/2] b", to="gone@x")
    )
    assert list(found) == ["p1@x"]
    assert found["p1@x"].cover is None


def test_v2_in_reply_to_v1_is_its_own_posting_and_replaces_it(mail, assemble):
    found = assemble(
        mail("a@x", subject="[PATCH] fix it"), mail("b@x", subject="[PATCH v2] fix it well", to="a@x", day=3)
    )
    assert found["b@x"].chain == "a@x"
    assert found["b@x"].supersedes == ("a@x",)


@pytest.mark.parametrize(
    "body",
    [
        "v1: https://lore.example.org/l/a-1@x/",
        "Changes since v1 [3]:\n- more\n\n[3] https://lore.example.org/l/a-1@x/",
        "Link to v1:\nhttps://lore.example.org/r/a-1@x",
    ],
)
def test_a_link_ties_revisions_with_other_titles(mail, assemble, body):
    found = assemble(
        mail("a-1@x", subject="[PATCH 0/2] old words"), mail("b@x", body, subject="[PATCH v2 0/2] new words", day=9)
    )
    assert found["b@x"].chain == "a-1@x"


def test_a_change_id_ties_revisions(mail, assemble):
    text = "change-id: 20260131-some-work-5c0d71e2ab9f"
    found = assemble(mail("a@x", text, subject="[PATCH] old"), mail("b@x", text, subject="[PATCH v3] new", day=9))
    assert found["b@x"].chain == "a@x"
    assert found["b@x"].change_id == "20260131-some-work-5c0d71e2ab9f"


def test_the_same_title_of_another_author_is_other_work(mail, assemble):
    found = assemble(
        mail("a@x", subject="[PATCH] fix typo"), mail("b@x", subject="[PATCH v2] fix typo", by="bo", day=2)
    )
    assert found["b@x"].chain == "b@x"


def test_replies_are_no_postings(mail, assemble):
    assert assemble(mail("a@x", subject="Re: [PATCH] fix"), mail("b@x", subject="plain talk")) == {}
