"""Items, ties, questions and statuses over small threads that are written here."""

from __future__ import annotations

import pytest

from miner.join import join

TABLE = """\
Who does what:

| Task    | Owner     | Prio | Link |
|---------|-----------|------|------|
| parser  | Ada Byron | must | https://lists.example.org/l/20260101000000.1-1-ada@x/ |
| printer | Bo Lind   | nice | |
| plotter | -         | nice | |
"""


@pytest.fixture
def thread(mail, traced):
    quoted = "".join(f"> {line}\n" for line in TABLE.splitlines())
    upper, lower = quoted.split("> | printer")
    ask = f"On 1 Mar 2026, Cy Marsh wrote:\n{upper}\nWaiting for Bo to look.\n\n> | printer{lower}\nBo, are you on this?\n"
    deep = (
        "On 2 Mar 2026, Ada Byron wrote:\n"
        + "".join(f"> {line}\n" for line in ask.splitlines()[:9])
        + "\nI looked, it is fine.\n"
    )
    return traced(
        mail("table@x", TABLE, by="cy"),
        mail("ask@x", ask, by="ada", to="table@x", day=1),
        mail("deep@x", deep, by="bo", to="ask@x", day=2),
    )


def test_every_copy_of_a_row_is_the_one_item(thread, rows):
    joined = join(thread, rows(*thread), [])
    assert [(i.item, i.assignee, i.priority, i.message_id) for i in joined.items] == [
        ("parser", "Ada Byron <ada@example.org>", "must", "table@x"),
        ("printer", "Bo Lind <bo@example.org>", "nice", "table@x"),
        ("plotter", None, "nice", "table@x"),
    ]
    assert joined.items[0].series == ("20260101000000.1-1-ada@x",)


def test_items_of_one_name_in_two_tables_are_two_items(mail, rows, traced, claim):
    table = "Who does what:\n\n| Task | Owner |\n|---|---|\n| reed comb | {} |\n| {} spool | Bo Lind |\n"
    one, other = (
        mail("a@x", table.format("Ada Byron", "red")),
        mail("b@x", table.format("Cy Marsh", "blue"), by="cy", day=0.5),
    )
    said = mail("s@x", "> | reed comb | Cy Marsh |\n\nMerged last week.\n", by="bo", to="b@x", day=1)
    loose = mail("l@x", "The reed comb is stuck.\n", by="bo", day=2)
    mails = traced(one, other, said, loose)
    claims = [claim(mails[2], "Merged last week.", "merged"), claim(mails[3], "The reed comb is stuck.", "blocked")]
    joined = join(mails, rows(*mails), claims)
    assert [item.item for item in joined.items] == ["reed comb", "red spool", "reed comb (Cy Marsh)", "blue spool"]
    assert "item" not in joined.items[2].columns
    assert [each.item for each in joined.claims] == ["reed comb (Cy Marsh)", None]
    assert [each.status for each in joined.status if each.kind == "item"] == [None, None, "merged", None]


@pytest.mark.parametrize(
    ("first", "second", "titles"),
    [
        ({"docs": "Ada Byron", "red spool": ""}, {"docs": "Bo Lind", "blue spool": ""}, ["docs", "docs (Bo Lind)"]),
        ({"docs": "Ada Byron", "red spool": ""}, {"docs": "Bo Lind", "red spool": ""}, ["docs"]),
        ({"docs": "Ada Byron", "red spool": ""}, {"docs": "Ada Byron <ada@example.org>"}, ["docs"]),
        ({"docs": "Ada Byron", "red spool": ""}, {"docs": "", "blue spool": ""}, ["docs"]),
        (
            {"docs": "Ada Byron", "tests": "Cy Marsh"},
            {"docs": "Bo Lind", "tests": "Ada Byron"},
            ["docs", "tests", "docs (Bo Lind)", "tests (Ada Byron)"],
        ),
    ],
    ids=["other works beside", "given to somebody else", "the same", "nobody's", "others' of the same names"],
)
def test_tables_of_one_person_may_have_two_items_of_one_name(first, second, titles, mail, rows):
    """Which they are, where another person's are other works; the next note of the same works may give one to somebody else."""

    def table(ident, works, by="cy", **more):
        lines = "".join(f"| {title} | {owner} |\n" for title, owner in works.items())
        return mail(ident, f"Who does what:\n\n| Task | Owner |\n|---|---|\n{lines}", by=by, **more)

    known = [mail(f"{by}@x", "Hello.\n", by=by) for by in ("ada", "bo", "cy")]
    mails = [*known, table("a@x", first), table("b@x", second, day=7)]
    found = [item.item for item in join(mails, rows(*mails), []).items]
    assert [title for title in found if "spool" not in title] == titles


def test_what_is_said_of_one_of_two_items_of_a_keeper_says_nothing_of_the_other(mail, rows, traced, claim):
    table = "- item: docs\n  assignee: {}\n- item: {} spool\n  assignee: Cy Marsh\n"
    one = mail("a@x", table.format("Ada Byron <ada@example.org>", "red"), by="cy")
    other = mail("b@x", table.format("Bo Lind <bo@example.org>", "blue"), by="cy", day=1)
    again = mail("c@x", table.format("Bo Lind <bo@example.org>", "blue"), by="cy", day=2)
    done = mail("d@x", "> - item: docs\n>   assignee: Bo Lind <bo@example.org>\n\nMerged.\n", by="bo", to="c@x", day=3)
    mails = traced(one, other, again, done)
    status = join(mails, rows(*mails), [claim(mails[3], "Merged.", "merged")]).status
    assert {each.key: each.status for each in status} == {
        "docs": None, "red spool": None, "docs (Bo Lind)": "merged", "blue spool": None,
    }  # fmt: skip


def test_an_answer_is_about_the_row_above_it(thread, rows, claim):
    said = [
        claim(thread[1], "Waiting for Bo to look.", "needs-review", waiting_on=("Bo",)),
        claim(thread[1], "Bo, are you on this?", "needs-reply", "asked", waiting_on=("Bo",)),
        claim(thread[2], "I looked, it is fine.", "ready"),
    ]
    joined = join(thread, rows(*thread), said)
    assert [c.item for c in joined.claims[:2]] == ["parser", "plotter"]
    assert joined.claims[2].item == "parser"


def test_a_mentioned_title_ties_where_nothing_is_quoted(thread, rows, mail, claim):
    talk = mail("talk@x", "The printer is done.", by="bo", day=9)
    joined = join([*thread, talk], rows(*thread), [claim(talk, "The printer is done.", "merged")])
    assert joined.claims[0].item == "printer"
    status = {s.key: s for s in joined.status}["printer"]
    assert (status.status, status.rule, status.evidence[0].message_id) == ("merged", "merged", "talk@x")


def test_a_footnote_outweighs_the_quoted_row(mail, traced, rows, claim):
    table = mail("t@x", TABLE, by="cy")
    body = "".join(f"> {line}\n" for line in TABLE.splitlines()[:6])
    body += "\nThat is done in [1].\n\n[1] https://lists.example.org/l/20260101000000.1-1-ada@x/\n"
    answer = mail("a@x", body, by="bo", to="t@x", day=1)
    messages = traced(table, answer)
    joined = join(messages, rows(*messages), [claim(messages[1], "That is done in [1].", "posted")])
    assert (joined.claims[0].item, joined.claims[0].series) == ("parser", "20260101000000.1-1-ada@x")


def test_the_owner_of_the_other_item_is_what_is_waited_for(thread, rows, mail, traced, claim):
    quoted = "".join(f"> {line}\n" for line in TABLE.splitlines()[:5])
    answer = mail("w@x", quoted + "\nOnce Bo's work is in I go on.\n", to="table@x", day=3)
    messages = traced(*thread, answer)
    waiting = claim(messages[3], "Once Bo's work is in I go on.", "blocked", "conditional", depends_on=("Bo's work",))
    status = {s.key: s for s in join(messages, rows(*messages), [waiting]).status}["parser"]
    assert (status.status, status.depends_on) == ("blocked", ("printer",))


def test_an_answered_question_is_not_open(mail, traced, rows, claim):
    ask = mail("q@x", "Is it in?\n", by="cy")
    reply = mail("r@x", "> Is it in?\n\nYes.\n", by="ada", to="q@x", day=1)
    other = mail("o@x", "> Is it in?\n", by="ada", to="q@x", day=1)
    patch = mail("p@x", "", subject="[PATCH] x", day=-1)
    ask = mail("q@x", "Is it in?\n", by="cy", to="p@x", subject="Re: [PATCH] x")
    question = claim(ask, "Is it in?", "merged", "asked")
    for second, count in ((reply, 0), (other, 1)):
        messages = traced(patch, ask, second)
        assert len(join(messages, {}, [question]).status[0].unanswered) == count


def test_a_later_revision_of_a_linked_posting_belongs_to_the_item(mail, rows, traced):
    v1 = mail("20260101000000.1-1-ada@x", subject="[PATCH] parse", day=-3)
    v2 = mail("20260109000000.1-1-ada@x", subject="[PATCH v2] parse", day=5)
    messages = traced(mail("table@x", TABLE, by="cy"), v1, v2)
    joined = join(messages, rows(*messages), [])
    status = joined.status[0]
    assert (status.title, status.status, status.revision) == ("parser", "needs-review", 2)
    assert joined.items[0].series == (v1.message_id, v2.message_id)


def test_what_a_row_needs_holds_it_up_until_that_is_finished(mail, rows, claim):
    table = mail(
        "n@x", "| Task | Owner | Needs |\n|---|---|---|\n| roof | Ada Byron | wall |\n| wall | Bo Lind | |\n", by="cy"
    )
    done = mail("d@x", "The wall is merged.", by="bo", to="n@x", day=1)
    before = join([table], rows(table), []).status[0]
    assert (before.status, before.depends_on, before.waiting_on) == ("blocked", ("wall",), ("wall",))
    assert before.evidence[0].message_id == "n@x"
    after = join([table, done], rows(table), [claim(done, "The wall is merged.", "merged")]).status[0]
    assert (after.status, after.depends_on) == (None, ())


def test_this_patch_is_the_one_of_the_thread_whatever_the_sentence_links_to(mail, claim):
    old = mail("o@x", subject="[RFC PATCH] old way")
    new = mail("n-1@x", subject="[PATCH] new way", by="bo", day=1)
    text = "Her patch at https://lists.example.org/l/n-1@x/ is better, please drop this one."
    talk = mail("t@x", text, to="o@x", day=2)
    joined = join([old, new, talk], {}, [claim(talk, text, "dropped")])
    assert joined.claims[0].series == "o@x"


def test_a_patch_that_needs_another_is_what_waits(mail, claim):
    needed = mail("n@x", "text\n---\n", subject="[PATCH] reed: comb", by="bo")
    text = "This one needs the comb of https://lists.example.org/l/n@x/ first."
    words = "It goes on top of https://lists.example.org/l/n@x/"
    for said in (text, words):
        patch = mail("p@x", f"text\n\n{said}\n---\n", subject="[PATCH] loom: turn", day=1)
        joined = join([needed, patch], {}, [claim(patch, said, "blocked")])
        assert joined.claims[0].series == "p@x"
        assert {each.key: each.status for each in joined.status} == {"n@x": "needs-review", "p@x": "blocked"}


def test_what_speaks_for_a_status_is_shown_before_what_speaks_against_it(mail, claim):
    patch = mail("p@x", "text\n---\n", subject="[PATCH] loom: turn", by="ada")
    said = [
        mail("a@x", "Please drop the lock first.", by="bo", to="p@x", day=1),
        mail("b@x", "Fine with me.", by="cy", to="p@x", day=2),
        mail("c@x", "I want a new version.", by="bo", to="p@x", day=3),
    ]
    claims = [
        claim(said[0], "Please drop the lock first.", "needs-revision"),
        claim(said[1], "Fine with me.", "ready"),
        claim(said[2], "I want a new version.", "needs-revision"),
    ]
    (status,) = join([patch, *said], {}, claims).status
    assert status.status == "needs-revision"
    assert [each.message_id for each in status.evidence] == ["c@x", "a@x", "b@x"]


def test_a_sentence_about_the_work_of_the_owner_of_another_row_is_about_that_row(mail, traced, rows, claim):
    table = mail("t@x", TABLE, by="cy")
    quoted = "".join(f"> {line}\n" for line in TABLE.splitlines()[:6])
    said = "so Bo's patches can not go first."
    answer = mail("a@x", f"{quoted}\nNot yet, {said}\n", by="ada", to="t@x", day=1)
    messages = traced(table, answer)
    joined = join(messages, rows(*messages), [claim(messages[1], said, "blocked")])
    assert joined.claims[0].item == "printer"
