"""Form mails that say what became of patches: each form, which posting it means, and how much of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.archive.source import read_source
from miner.join import join
from miner.join.masks import Unmasker
from miner.join.notices import read_notice
from miner.join.series import assemble_series
from miner.join.threads import Threads
from miner.model import Message, RawMail
from miner.parse.mime import parse_mail

SHA = "0123456789abcdef0123456789abcdef01234567"
OTHER = "89abcdef0123456789abcdef0123456789abcdef"

THANKS = f"""On Mon, 02 Mar 2026 10:00:00 +0000, Ada Byron wrote:
> Count the threads.
> [1/2] is not what it seems

Applied to loom/for-next, thanks!

[1/2] loom: count the threads
      commit: {SHA}
[2/2] loom: count them again
      https://git.example.org/loom/c/{OTHER[:12]}

Best regards,
--
Cy Marsh
"""
PATCHWORK = f"""Hello:

This series was applied to weave/loom.git (main)
by Cy Marsh <cy@example.org>:

On Mon, 02 Mar 2026 10:00:00 +0000 you wrote:
> Count the threads.

Here is the summary with links:
  - [v2,1/2] loom: count the threads
    https://git.example.org/weave/loom/c/{SHA[:12]}
  - [v2,2/2] loom: count them again
    (no matching commit)

You are awesome, thank you!
"""
PULLED = f"""The pull request you sent on Mon, 2 Mar 2026 10:00:00 +0800:

> https://git.example.org/weave/loom.git tags/loom-for-7.1

has been merged into weave/linux.git:
https://git.example.org/weave/c/{SHA}

Thank you!
"""
TIP = f"""The following commit has been merged into the loom/core branch of tip:

Commit-ID:     {SHA}
Author:        Ada Byron <ada@example.org>

loom: count the threads

Link: https://lore.kernel.org/r/p1@x
"""
STABLE = f"""This is a note to let you know that I've just added the patch titled

    loom: count the threads

to the 6.6-stable tree which can be found at:
    http://git.example.org/stable-queue.git

From: Ada Byron <ada@example.org>

commit {SHA} upstream.

Count the threads.
"""
ADDED = """The patch titled
     Subject: loom: count the threads
has been added to the -mm mm-unstable branch.  Its filename is
     loom-count-the-threads.patch

From: Ada Byron <ada@example.org>
Subject: loom: count the threads
"""
MOVED = """The quilt patch titled
     Subject: loom: count the threads
has been removed from the -mm tree.  Its filename was
     loom-count-the-threads.patch

This patch was dropped because it was merged into the mm-stable branch
of git://git.example.org/mm

From: Ada Byron <ada@example.org>
"""
DROPPED = MOVED.replace("it was merged into the mm-stable branch", "an updated version will be issued")


@pytest.fixture
def posted(mail):
    """A series of two patches with its cover, and a pull request."""
    return (
        mail("c@x", "Count them.", subject="[PATCH v2 0/2] Counting"),
        mail("p1@x", subject="[PATCH v2 1/2] loom: count the threads", to="c@x"),
        mail("p2@x", subject="[PATCH v2 2/2] loom: count them again", to="c@x"),
        mail("pull@x", subject="[GIT PULL] loom for 7.1", day=0.5),
    )


@pytest.fixture
def outcomes(posted):
    def run(*more):
        threads = Threads([*posted, *more])
        found = assemble_series(threads, Unmasker(threads.messages))
        return [(one.root, outcome) for one in found for outcome in one.outcomes]

    return run


@pytest.mark.parametrize(
    ("body", "to", "of", "kind", "status", "tree", "patches", "complete", "commits"),
    [
        (THANKS, "c@x", "c@x", "thanks", "applied", "loom/for-next", (1, 2), True, (SHA, OTHER[:12])),
        (PATCHWORK, "c@x", "c@x", "patchwork-bot", "applied", "weave/loom.git (main)", (1,), False, (SHA[:12],)),
        (PATCHWORK, "p1@x", "c@x", "patchwork-bot", "applied", "weave/loom.git (main)", (1,), False, (SHA[:12],)),
        (PULLED, "pull@x", "pull@x", "pr-tracker-bot", "merged", "weave/linux.git", (1,), True, (SHA,)),
        (TIP, None, "c@x", "tip-bot", "applied", "tip loom/core", (1,), False, (SHA,)),
        (STABLE, None, "c@x", "stable-note", "applied", "6.6-stable", (1,), False, (SHA,)),
        (ADDED, None, "c@x", "mm-added", "applied", "-mm mm-unstable", (1,), False, ()),
        (MOVED, None, "c@x", "mm-merged", "applied", "mm-stable", (1,), False, ()),
        (DROPPED, None, "c@x", "mm-dropped", "dropped", "-mm", (1,), False, ()),
    ],
)
def test_each_form(mail, outcomes, body, to, of, kind, status, tree, patches, complete, commits):
    notice = mail("n@x", body, subject="Re: [PATCH v2 0/2] Counting", by="cy", to=to, day=3)
    [(root, found)] = outcomes(notice)
    assert (root, found.kind, found.status, found.tree) == (of, kind, status, tree)
    assert (found.patches, found.complete, found.commits) == (patches, complete, commits)
    assert body[found.start : found.end].strip()


@pytest.mark.parametrize("body", [THANKS, PATCHWORK, PULLED, TIP, STABLE, ADDED, MOVED])
def test_a_form_that_is_only_quoted_says_nothing(mail, outcomes, body):
    quoted = "".join(f"> {line}\n" for line in body.splitlines())
    assert outcomes(mail("n@x", f"{quoted}\nWhy?\n", subject="Re: x", by="bo", to="c@x", day=3)) == []


def test_a_title_alone_means_the_newest_posting_of_its_author(mail, outcomes):
    other = mail("o@x", subject="[PATCH] loom: count the threads", by="bo", day=1)
    later = mail("l@x", subject="[PATCH v3] loom: count the threads", day=2)
    too_late = mail("t@x", subject="[PATCH v4] loom: count the threads", day=9)
    notice = mail("n@x", STABLE, subject='Patch "loom: count the threads"', by="cy", day=3)
    assert [root for root, _ in outcomes(other, later, too_late, notice)] == ["l@x"]


def test_a_copy_for_the_tree_is_meant_and_the_work_it_copies_too(mail, outcomes):
    copy = mail("b@x", subject="[PATCH 6.6.y] loom: count the threads", day=1)
    notice = mail("n@x", f"{STABLE}\nMessage-ID: <b@x>\n", subject="Patch", by="cy", day=3)
    assert sorted(root for root, _ in outcomes(copy, notice)) == ["b@x", "c@x"]


def test_a_note_that_answers_the_copy_for_another_tree_is_about_the_one_for_its_own_too(mail, outcomes):
    copies = [
        mail("b@x", subject="[PATCH 6.6.y] loom: count the threads", day=1),
        mail("d@x", subject="[PATCH 6.60.y] loom: count the threads", day=1),
    ]
    unnamed = mail("n@x", STABLE, subject="Patch", by="cy", day=3)
    assert {"b@x", "d@x"} & {root for root, _ in outcomes(*copies, unnamed)} == {"b@x"}
    named = mail("n@x", f"{STABLE}\nMessage-ID: <d@x>\n", subject="Patch", by="cy", day=3)
    assert {root for root, _ in outcomes(*copies, named)} >= {"b@x", "d@x"}


def test_what_is_on_no_list_at_hand_is_left(mail, outcomes):
    assert outcomes(mail("n@x", STABLE.replace("the threads", "the sheep"), subject="Patch", by="cy", day=3)) == []


def _status(posted, *more):
    joined = join([*posted, *more], {}, ())
    return {one.key: one for one in joined.status}


def test_a_form_mail_is_proof(mail, posted):
    found = _status(posted, mail("n@x", THANKS, subject="Re: [PATCH v2 0/2] Counting", by="cy", to="c@x", day=3))
    assert (found["c@x"].status, found["c@x"].applied_to) == ("applied", "loom/for-next")
    assert found["c@x"].evidence[0].message_id == "n@x"
    found = _status(posted, mail("n@x", PULLED, subject="Re: [GIT PULL] loom for 7.1", by="cy", to="pull@x", day=3))
    assert found["pull@x"].status == "merged"


def test_a_part_is_not_the_whole(mail, posted):
    part = mail("n@x", PATCHWORK, subject="Re: [PATCH v2 0/2] Counting", by="cy", to="c@x", day=3)
    found = _status(posted, part)["c@x"]
    assert (found.status, found.certainty, found.rule) == ("applied", "hedged", "applied-in-part")
    rest = THANKS.replace(f"[1/2] loom: count the threads\n      commit: {SHA}\n", "")
    found = _status(posted, part, mail("m@x", rest, subject="Re: x", by="cy", to="c@x", day=4))["c@x"]
    assert (found.status, found.certainty, found.rule) == ("applied", "asserted", "applied")


def test_a_cover_without_a_tag_and_its_revision(mail):
    cover = mail("c@x", "All about threads.", subject="counting threads v3")
    patches = [mail(f"p{n}@x", subject=f"[PATCH {n}/3] loom: part {n}", to="c@x", day=0.01) for n in (1, 2, 3)]
    threads = Threads([cover, *patches])
    [one] = assemble_series(threads, Unmasker(threads.messages))
    assert (one.root, one.cover, one.revision, one.expected) == ("c@x", "c@x", 3, 3)
    assert one.patches == ("p1@x", "p2@x", "p3@x")


def test_patches_in_somebodys_thread_have_no_cover(mail):
    talk = mail("t@x", "How about counting?", subject="counting threads", by="bo")
    patches = [mail(f"p{n}@x", subject=f"[PATCH {n}/2] loom: part {n}", to="t@x", day=1) for n in (1, 2)]
    threads = Threads([talk, *patches])
    [one] = assemble_series(threads, Unmasker(threads.messages))
    assert (one.root, one.cover, one.patches) == ("p1@x", None, ("p1@x", "p2@x"))


def test_patches_take_the_revision_of_their_cover(mail):
    cover = mail("c@x", subject="[PATCH 0/2 v2] Counting")
    patches = [mail(f"p{n}@x", subject=f"[PATCH {n}/2] loom: part {n}", to="c@x") for n in (1, 2)]
    threads = Threads([cover, *patches])
    [one] = assemble_series(threads, Unmasker(threads.messages))
    assert (one.root, one.revision, one.patches) == ("c@x", 2, ("p1@x", "p2@x"))


@given(
    st.lists(st.sampled_from([*THANKS.split("\n"), *STABLE.split("\n"), *MOVED.split("\n"), "> ", ""])).map("\n".join)
)
def test_no_text_raises(body: str) -> None:
    raw = RawMail(b"From: a@x\nMessage-ID: <n@x>\n\n" + body.encode(), "made up")
    message = parse_mail(raw)
    assert isinstance(message, Message)
    notice = read_notice(message)
    assert notice is None or message.body[notice.start : notice.end]


@pytest.mark.soak
def test_form_mails_of_a_whole_epoch(shared: Path) -> None:
    """Of the form mails that were labelled: which posting, what became of it, and the commits."""
    found = read_source(str(shared / "corpora" / "epochs" / "linux-erofs.bundle"))
    threads = Threads(m for raw in found if isinstance(raw, RawMail) and isinstance(m := parse_mail(raw), Message))
    said = {}
    for one in assemble_series(threads, Unmasker(threads.messages)):
        for outcome in one.outcomes:
            said.setdefault(outcome.message_id, []).append(({one.root, one.cover, *one.patches}, outcome))
    rows = [json.loads(row) for row in (shared / "gold" / "series" / "outcome.linux-erofs.jsonl").open()]
    rows = [row for row in rows if not row["of_kind"].startswith("not")]
    right = [
        row
        for row in rows
        for ids, outcome in said.get(row["msgid"], ())
        if row["of"] in ids
        and row["outcome"] == outcome.status
        and [c[:12] for c in row["commits"]] == [c[:12] for c in outcome.commits]
    ]
    assert len({row["msgid"] for row in right}) >= 0.93 * len(rows)
