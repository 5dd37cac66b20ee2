"""Two versions of a posting side by side, and what became of the asks below the older one. git is the real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from miner.claims import find_asks, find_claims
from miner.errors import MinerError
from miner.join import compare_patches, join, read_patches
from miner.join.answers import answer_asks
from miner.mined import Mined, Records
from miner.model import Claim, Message, Series, Status
from miner.parse.provenance import trace_origins
from miner.versions import compare


def patch(*lines: str, path: str = "loom.c", message: str = "Count the threads.", notes: str = "") -> str:
    """A commit message and a diff of one hunk."""
    before = sum(line[0] in " -" for line in lines)
    after = sum(line[0] in " +" for line in lines)
    hunk = "\n".join(lines)
    return (
        f"{message}\n\nSigned-off-by: Ada Byron <ada@example.org>\n---\n{notes}\ndiff --git a/{path} b/{path}\n"
        f"--- a/{path}\n+++ b/{path}\n@@ -10,{before} +10,{after} @@ int weave(void)\n{hunk}\n-- \n2.45\n"
    )


OLD = patch(" int weave(void)", " {", "+\tint threads = 0;", "+\tcount_all(threads);", " \treturn 0;", " }")
NEW = patch(" int weave(void)", " {", "+\tunsigned int threads = 0;", "+\tcount_all(threads);", " \treturn 0;", " }")


def mine_made(*messages: Message) -> Mined:
    traced = tuple(trace_origins(messages))
    claims = tuple(find_claims(traced))
    joined = join(traced, {}, claims)
    return Mined(
        messages=Records(traced, Message),
        claims=Records(joined.claims, Claim),
        series=Records(joined.series, Series),
        status=Records(joined.status, Status),
        read=len(traced),
    )


def states(mined: Mined) -> list[tuple[str, int | None, int | None]]:
    found = compare(mined, mined.status)
    return [(each.state, each.old, each.new) for each in found.patches]


def test_each_patch_is_the_same_changed_new_or_gone(mail):
    other = patch("+int shuttle;", path="shuttle.c", message="Add a shuttle to the loom, for speed.")
    gone = patch("-int heddle;", path="heddle.c", message="Nobody uses it, so it goes.")
    fresh = patch("+void beat(int reed, int cloth);", path="reed.c", message="Beat the weft with the reed.")
    mined = mine_made(
        mail("a0@x", "Three.", subject="[PATCH 0/3] loom: work"),
        mail("a1@x", OLD, subject="[PATCH 1/3] loom: count the threads", to="a0@x"),
        mail("a2@x", other, subject="[PATCH 2/3] loom: add a shuttle", to="a0@x"),
        mail("a3@x", gone, subject="[PATCH 3/3] heddle: remove it", to="a0@x"),
        mail("b0@x", "Three.", subject="[PATCH v2 0/3] loom: work", day=5),
        mail("b1@x", other, subject="[PATCH v2 1/3] loom: add a shuttle", to="b0@x", day=5),
        mail("b2@x", NEW, subject="[PATCH v2 2/3] loom: count the threads", to="b0@x", day=5),
        mail("b3@x", fresh, subject="[PATCH v2 3/3] reed: beat the weft", to="b0@x", day=5),
    )
    assert sorted(states(mined), key=str) == sorted(
        [("same", 2, 1), ("changed", 1, 2), ("gone", 3, None), ("new", None, 3)], key=str
    )
    changed = next(each for each in compare(mined, mined.status).patches if each.state == "changed")
    assert (changed.added, changed.removed, changed.what) == (1, 1, ("code",))
    assert any(line.startswith("-+") and "int threads" in line for line in changed.range_diff or ())


def test_a_new_title_alone_is_a_renamed_patch(mail):
    mined = mine_made(
        mail("a@x", OLD, subject="[PATCH] loom: count the threads"),
        mail("b@x", OLD, subject="[PATCH v2] loom: tally the threads", day=5),
    )
    (found,) = compare(mined, mined.status).patches
    assert (found.state, found.title, found.old_title) == (
        "renamed",
        "loom: tally the threads",
        "loom: count the threads",
    )


def test_a_damaged_patch_is_said_to_be_damaged(mail):
    mined = mine_made(
        mail("a@x", OLD.replace("@@ -10,4 +10,6 @@", "@@ -10,40 +10,60 @@"), subject="[PATCH] loom: count the threads"),
        mail("b@x", NEW, subject="[PATCH v2] loom: count the threads", day=5),
    )
    assert any("damaged" in note for note in compare(mined, mined.status).notes)


def test_paths_from_a_mail_stay_in_the_scratch_repository(mail, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    evil = [patch("+x", path=path) for path in ("../../evil", ".git/hooks/post-checkout", "a//b/../../c", 'q"\\n.c')]
    messages = []
    for number, body in enumerate(evil):
        messages += [
            mail(f"a{number}@x", body, subject=f"[PATCH] evil {number}", day=number * 10),
            mail(f"b{number}@x", body + "\n", subject=f"[PATCH v2] evil {number}", day=number * 10 + 1),
        ]
    mined = mine_made(*messages)
    for one in {each.chain for each in mined.series}:
        compare(mined, [each for each in mined.status if each.chain == one])
    assert list(tmp_path.iterdir()) == []
    assert not Path("/evil").exists()


def quote(body: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in body.split("\n"))


def review(words: str, below: str = "+\tint threads = 0;") -> str:
    lines = quote(OLD).split("\n")
    at = next(n for n, line in enumerate(lines) if below in line)
    return "\n".join(["On Sunday, Ada Byron wrote:", *lines[: at + 1], "", words, ""])


@pytest.fixture
def asked(mail):
    """The answered asks of v1, for a review of it, answers to that and what v2 is like."""

    def run(words: str, *answers: str, below: str = "+\tint threads = 0;", new: str = OLD, by: str = "bo"):
        body = review(words, below)
        made = [
            mail("a@x", OLD, subject="[PATCH] loom: count the threads"),
            mail("r@x", body, subject="Re: [PATCH] loom: count the threads", by=by, to="a@x", day=1),
            mail("b@x", new, subject="[PATCH v2] loom: count the threads", day=9),
        ]
        for number, answer in enumerate(answers):
            text = (
                f"On Monday, Bo Lind wrote:\n{quote(body)}\n\n{answer}\n" if answer.startswith("Quoted. ") else answer
            )
            subject = "Re: [PATCH] loom: count the threads"
            made.append(mail(f"s{number}@x", text, subject=subject, to="r@x", day=2 + number))
        mined = mine_made(*made)
        return compare(mined, mined.status).asks

    return run


def test_an_ask_that_the_newer_version_meets_is_changed(asked):
    (found,) = asked("Please make this unsigned.", new=NEW)
    assert (found.verdict, found.number, found.file) == ("changed", 1, "loom.c")
    assert found.quoted == "+\tint threads = 0;".strip()
    assert found.change == "+ int threads = 0;"


def test_a_line_around_the_change_is_no_answer(asked):
    new = OLD.replace(" \treturn 0;", " \treturn threads;")
    (found,) = asked("Why not return the count here?", below=" \treturn 0;", new=new)
    assert found.verdict == "open"


def test_the_changelog_answers(asked):
    notes = "v2: count_all() is named count_warp() (Bo)\n"
    (found,) = asked(
        "Could you find a better name for count_all()?",
        below=" \treturn 0;",
        new=OLD.replace("---\n\n", f"---\n{notes}\n", 1),
    )
    assert (found.verdict, found.change) == ("changed", f"changelog: {notes.strip()}")


def test_an_author_who_agrees(asked):
    (found,) = asked("Please make this unsigned.", "Quoted. Will fix in v2.")
    assert (found.verdict, found.reply and found.reply.agrees) == ("agreed", True)


def test_an_author_who_only_answers(asked):
    (found,) = asked("Is this lock needed?", "Yes, the reader may run at the same time.")
    assert (found.verdict, found.reply and found.reply.text) == ("reply", "Yes, the reader may run at the same time.")


def test_silence_is_open(asked):
    (found,) = asked("Should this be a helper of its own?")
    assert (found.verdict, found.reply, found.change) == ("open", None, None)


def test_a_word_of_thanks_asks_nothing(asked):
    assert asked("Nice work, this looks good to me.") == ()


def test_the_author_asks_nobody(asked):
    assert asked("Should I make this unsigned?", by="ada") == ()


def test_an_ask_below_the_newer_version_is_not_about_the_older_one(mail):
    mined = mine_made(
        mail("a@x", OLD, subject="[PATCH] loom: count the threads"),
        mail("b@x", NEW, subject="[PATCH v2] loom: count the threads", day=9),
        mail("r@x", "Please add a test.", subject="Re: [PATCH v2] loom: count", by="bo", to="b@x", day=10),
    )
    assert compare(mined, mined.status).asks == ()


def test_an_ask_that_came_too_late_is_not_met_by_what_was_there(mail):
    mined = mine_made(
        mail("a@x", OLD, subject="[PATCH] loom: count the threads"),
        mail("b@x", NEW, subject="[PATCH v2] loom: count the threads", day=3),
        mail("r@x", review("Please make this unsigned."), subject="Re: [PATCH] loom", by="bo", to="a@x", day=8),
    )
    (found,) = compare(mined, mined.status).asks
    assert found.verdict == "open"


def test_versions_are_chosen(mail):
    bodies = [OLD, NEW, NEW.replace("threads", "ends")]
    mined = mine_made(
        *(
            mail(f"{n}@x", body, subject=f"[PATCH v{n}] loom: count the threads", day=n)
            for n, body in enumerate(bodies, 1)
        )
    )

    def chosen(**which: int) -> tuple[int, int]:
        found = compare(mined, mined.status, **which)
        return found.older.revision, found.newer.revision

    assert chosen() == (2, 3)
    assert chosen(older=1) == (1, 3)
    assert chosen(newer=2) == (1, 2)
    with pytest.raises(MinerError, match="there is no v7; in these mails: v1, v2, v3"):
        compare(mined, mined.status, newer=7)
    with pytest.raises(MinerError, match="no earlier version to compare v1 with"):
        compare(mined, mined.status, newer=1)
    with pytest.raises(MinerError, match="v2 is no earlier version than v1, which it is to be compared with"):
        compare(mined, mined.status, older=2, newer=1)


def test_answers_need_no_patches(mail):
    """A cover alone is compared as far as it goes."""
    mined = mine_made(
        mail("a@x", "Two.", subject="[PATCH 0/2] loom: count the threads"),
        mail("b@x", "Two.", subject="[PATCH v2 0/2] loom: count the threads", day=3),
    )
    found = compare(mined, mined.status)
    assert found.patches == ()
    assert [note.split(" are ")[0] for note in found.notes] == ["2 of the 2 patches of v1", "2 of the 2 patches of v2"]


def test_the_parts_are_there_for_python(mail):
    messages = trace_origins([mail("a@x", OLD, subject="[PATCH] loom: count the threads")])
    (posting,) = join(messages, {}, ()).series
    patches = read_patches(posting, {message.message_id: message for message in messages})
    changes, notes = compare_patches(patches, patches)
    assert ([each.state for each in changes], notes) == (["same"], ())
    assert answer_asks(find_asks(messages), posting, posting, changes, (patches, patches), (), messages) == ()
