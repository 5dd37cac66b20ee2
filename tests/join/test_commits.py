"""Patches and their commits: which commit is whose, what that makes of a status, and which claims a tree contradicts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import miner
from miner.config import Config
from miner.mined import Mined
from miner.model import Series, Status

from ..trees import Weft, mail, patch

Mine = Callable[..., Mined]
MERGED = "On Sun, Ada Byron wrote:\n> Because it is better.\n\nThis patch is merged into mainline now.\n\nBo\n"
IN_NEXT = "On Sun, Ada Byron wrote:\n> Because it is better.\n\nApplied to weft-next, thanks.\n\nBo\n"


@pytest.fixture
def weft(tmp_path: Path) -> Weft:
    made = Weft(tmp_path / "weft")
    made.tag("v1.0", -20)
    return made


@pytest.fixture
def mine(weft: Weft, tmp_path: Path) -> Mine:
    def run(*mails: str, path: Path | None = None) -> Mined:
        (tmp_path / "weft.mbox").write_text("".join(mails))
        return miner.mine([str(tmp_path / "weft.mbox")], config=Config(git=str(path or weft.folder)))

    return run


def series(mined: Mined, root: str) -> Series:
    return next(each for each in mined.series if each.root == root)


def status(mined: Mined, root: str) -> Status:
    return next(each for each in mined.status if each.key == root)


def found(mined: Mined, root: str) -> list[tuple[str, str, str | None] | None]:
    return [each and (each.sha, each.how, each.tag) for each in series(mined, root).commits]


@pytest.mark.parametrize("bare", [False, True])
def test_by_link_by_diff_and_by_title(weft: Weft, mine: Mine, bare: bool) -> None:
    mails = [patch("link@example.org", "[PATCH] loom: turn", weft.change("loom.c", 1, "one"))]
    link = weft.commit("loom: turn slowly\n\nLink: https://patch.msgid.link/link@example.org\n", day=2)
    mails.append(patch("diff@example.org", "[PATCH] shed: open", weft.change("shed.c", 1, "one")))
    diff = weft.commit("shed: open wide", day=2)
    mails.append(patch("title@example.org", "[PATCH] reed: comb", weft.change("reed.c", 1, "one")))
    weft.undo()
    weft.change("reed.c", 1, "two")
    title = weft.commit("reed: Comb", day=2)
    weft.tag("v1.1", 3)
    mails.append(patch("new@example.org", "[PATCH] reed: turn", weft.change("reed.c", 5, "five"), day=3))
    new = weft.commit("reed: turn", day=4)
    mails.append(patch("none@example.org", "[PATCH] heddle: lift", weft.change("heddle.c", 1, "one")))
    weft.undo()
    mined = mine(*mails, path=weft.mirror() if bare else None)
    assert found(mined, "link@example.org") == [(link, "link", "v1.1")]
    assert found(mined, "diff@example.org") == [(diff, "patch-id", "v1.1")]
    assert found(mined, "title@example.org") == [(title, "title", "v1.1")]
    assert found(mined, "new@example.org") == [(new, "patch-id", None)]
    assert found(mined, "none@example.org") == [None]

    one = status(mined, "link@example.org")
    assert (one.status, one.certainty, one.rule, one.applied_to) == ("merged", "asserted", "in-tree", "v1.1")
    assert one.tree == f"commit {link[:12]} in v1.1"
    assert status(mined, "title@example.org").tree == f"commit {title[:12]} in v1.1, by title and author"
    new_one = status(mined, "new@example.org")
    assert (new_one.status, new_one.applied_to) == ("applied", "mirror" if bare else "weft")
    assert status(mined, "none@example.org").status == "needs-review"
    assert status(mined, "none@example.org").tree is None


def test_without_a_tree_nothing_is_said_of_commits(weft: Weft, tmp_path: Path) -> None:
    (tmp_path / "m.mbox").write_text(patch("1@example.org", "[PATCH] loom: turn", weft.change("loom.c", 1, "one")))
    mined = miner.mine([str(tmp_path / "m.mbox")])
    assert (series(mined, "1@example.org").commits, status(mined, "1@example.org").tree) == ((), None)


def test_a_part_of_a_series(weft: Weft, mine: Mine) -> None:
    mails = [mail("0@example.org", "[PATCH 0/4] loom: all of it", "The whole.\n")]
    for number, name in enumerate(("loom.c", "shed.c", "reed.c"), 1):
        diff = weft.change(name, 1, "one")
        mails.append(patch(f"{number}@example.org", f"[PATCH {number}/4] part of {name}", diff, to="0@example.org"))
        if name != "shed.c":
            weft.commit(f"part of {name}", day=number)
        weft.undo()
    weft.tag("v1.1", 5)
    mined = mine(*mails)
    assert [each and each[1:] for each in found(mined, "0@example.org")] == [
        ("patch-id", "v1.1"),
        None,
        ("patch-id", "v1.1"),
        None,
    ]
    one = status(mined, "0@example.org")
    assert one.status == "needs-review"
    assert one.tree == "patches 1 and 3 in v1.1; not found: 2 and 4 of 4"


def test_merged_says_somebody_and_the_tree_has_a_part(weft: Weft, mine: Mine) -> None:
    mails = [mail("0@example.org", "[PATCH 0/2] loom: all of it", "The whole.\n")]
    for number, name in enumerate(("loom.c", "shed.c"), 1):
        diff = weft.change(name, 1, "one")
        mails.append(patch(f"{number}@example.org", f"[PATCH {number}/2] part of {name}", diff, to="0@example.org"))
        weft.undo()
    weft.change("loom.c", 1, "one")
    weft.commit("part of loom.c", day=2)
    text = MERGED.replace("patch", "series").replace("Because it is better", "The whole")
    mails.append(mail("claim@example.org", "Re: [PATCH 0/2] loom: all of it", text, by="bo", day=3, to="0@example.org"))
    weft.commit("weft: later", day=9)
    one = status(mine(*mails), "0@example.org")
    assert (one.status, one.certainty, one.rule) == ("merged", "hedged", "tree-has-a-part")


def claimed(weft: Weft, text: str, day: float = 3, name: str = "heddle.c") -> list[str]:
    diff = weft.change("heddle.c", 1, "one").replace("heddle.c", name)
    weft.undo()
    return [
        patch("none@example.org", "[PATCH] heddle: lift", diff),
        mail("claim@example.org", "Re: [PATCH] heddle: lift", text, by="bo", day=day, to="none@example.org"),
    ]


def test_a_newer_tree_without_the_patch_makes_merged_doubtful(weft: Weft, mine: Mine) -> None:
    weft.commit("weft: later", day=9)
    mined = mine(*claimed(weft, MERGED))
    one = status(mined, "none@example.org")
    assert (one.status, one.certainty, one.rule) == ("merged", "hedged", "tree-does-not-have-it")
    assert one.tree == "weft, up to 2026-03-10, has no patch of it"
    assert [each.certainty for each in mined.claims] == ["asserted"]  # what was said is what was said
    assert one.evidence[0].message_id == "claim@example.org"


@pytest.mark.parametrize(
    "why", ["the tree is older", "the tree is of another project", "the tree is shallow", "an older revision is in it"]
)
def test_a_tree_that_need_not_know_better_contradicts_nothing(weft: Weft, mine: Mine, tmp_path: Path, why: str) -> None:
    mails = claimed(weft, MERGED, name="elsewhere/main.c" if "project" in why else "heddle.c")
    path = weft.folder
    if "revision" in why:
        mails[0] = (
            mails[0]
            .replace("[PATCH]", "[PATCH v2]")
            .replace("---\n", "v1: https://lore.example.org/r/v1@example.org\n---\n")
        )
        mails.insert(0, patch("v1@example.org", "[PATCH] heddle: raise", weft.change("heddle.c", 2, "two"), day=-1))
        weft.commit("heddle: raise", day=2)
    if "older" not in why or "revision" in why:
        weft.commit("weft: later", day=9)
    if "shallow" in why:
        path = tmp_path / "shallow"
        weft.git("clone", "--quiet", "--depth", "1", f"file://{weft.folder}", str(path))
    one = status(mine(*mails, path=path), "none@example.org")
    assert (one.status, one.certainty, one.rule) == ("merged", "asserted", "merged")


def test_applied_elsewhere_is_not_contradicted(weft: Weft, mine: Mine) -> None:
    weft.commit("weft: later", day=9)
    one = status(mine(*claimed(weft, IN_NEXT)), "none@example.org")
    assert (one.status, one.certainty, one.applied_to) == ("applied", "asserted", "weft-next")
    weft.git("branch", "weft-next")  # a branch of that name, and the patch is not on it
    one = status(mine(*claimed(weft, IN_NEXT)), "none@example.org")
    assert (one.status, one.certainty, one.rule) == ("applied", "hedged", "tree-does-not-have-it")


def test_a_commit_belongs_to_the_newest_revision_before_it(weft: Weft, mine: Mine) -> None:
    diff = weft.change("loom.c", 1, "one")
    sha = weft.commit("loom: turn", day=5)
    mined = mine(
        patch("v1@example.org", "[PATCH] loom: turn", diff, day=1),
        patch("v2@example.org", "[PATCH v2] loom: turn", diff, day=3, to="v1@example.org"),
        patch("v3@example.org", "[PATCH v3] loom: turn", diff, day=8, to="v1@example.org"),
    )
    assert found(mined, "v2@example.org") == [(sha, "patch-id", None)]
    assert found(mined, "v1@example.org") == found(mined, "v3@example.org") == [None]


def test_a_copy_of_the_commit_is_not_given_to_an_older_revision(weft: Weft, mine: Mine) -> None:
    diff = weft.change("loom.c", 1, "one")
    sha = weft.commit("loom: turn\n\nLink: https://lore.example.org/r/v2@example.org", day=5)
    weft.tag("v1.1", 6)
    weft.git("checkout", "--quiet", "-b", "stable", "v1.0")
    weft.change("loom.c", 1, "one")
    weft.commit("loom: turn", day=7)
    mined = mine(
        patch("v1@example.org", "[PATCH] loom: turn", diff, day=1),
        patch("v2@example.org", "[PATCH v2] loom: turn", diff, day=3, to="v1@example.org"),
    )
    assert found(mined, "v2@example.org") == [(sha, "link", "v1.1")]
    assert found(mined, "v1@example.org") == [None]


def test_a_link_to_what_was_only_talked_about(weft: Weft, mine: Mine) -> None:
    mails = [patch("talk@example.org", "[PATCH] loom: turn", weft.change("loom.c", 1, "one"))]
    weft.undo()
    weft.change("shed.c", 4, "four")
    weft.commit("shed: another way\n\nLink: https://lore.example.org/r/talk@example.org", by="bo", day=2)
    assert found(mine(*mails), "talk@example.org") == [None]


def test_a_reverted_commit(weft: Weft, mine: Mine) -> None:
    mails = [patch("1@example.org", "[PATCH] heddle: lift", weft.change("heddle.c", 1, "one"))]
    sha = weft.commit("heddle: lift", day=2)
    mails.append(mail("claim@example.org", "Re: [PATCH] heddle: lift", MERGED, by="bo", day=3, to="1@example.org"))
    weft.git("revert", "--no-edit", sha, day=4)
    one = status(mine(*mails), "1@example.org")
    assert (one.status, one.certainty, one.rule) == ("merged", "hedged", "tree-has-a-part")
    assert one.tree == f"commit {sha[:12]} in no release yet, reverted since"
    assert status(mine(mails[0]), "1@example.org").status == "needs-review"
    weft.git("revert", "--no-edit", "HEAD", day=5)
    assert status(mine(*mails), "1@example.org").rule == "in-tree"


def test_the_author_whom_the_first_line_names(weft: Weft, mine: Mine) -> None:
    diff = weft.change("loom.c", 1, "one")
    sha = weft.commit("loom: turn", day=2)
    sent = patch("1@example.org", "[PATCH] loom: turn", diff, by="bo")
    assert found(mine(sent), "1@example.org") == [None]
    named = sent.replace("Because", "From: Ada Byron <ada@example.org>\n\nBecause")
    assert found(mine(named), "1@example.org") == [(sha, "patch-id", None)]


def test_a_pull_request_has_no_patch_to_look_for(weft: Weft, mine: Mine) -> None:
    weft.commit("weft: later", day=9)
    pull = mail("pull@example.org", "[GIT PULL] loom for 1.1", "Please pull.\n")
    claim = mail("claim@example.org", "Re: [GIT PULL] loom for 1.1", MERGED, by="bo", day=3, to="pull@example.org")
    one = status(mine(pull, claim), "pull@example.org")
    assert (one.certainty, one.rule, one.tree) == ("asserted", "merged", None)


def test_a_form_mail_that_names_a_commit_of_the_tree_is_believed(weft: Weft, mine: Mine) -> None:
    """What was changed and given another title on its way in is known by the commit that the form mail names."""
    mails = [patch("1@example.org", "[PATCH] loom: turn", weft.change("loom.c", 1, "one"))]
    weft.undo()
    weft.change("loom.c", 2, "two")
    sha = weft.commit("loom: spin", by="bo", day=2)
    thanks = f"Applied to weft/main, thanks!\n\n[1/1] loom: turn\n      commit: {sha}\n"
    mails.append(mail("t@example.org", "Re: [PATCH] loom: turn", thanks, by="bo", day=3, to="1@example.org"))
    weft.commit("weft: later", day=9)
    one = status(mine(*mails), "1@example.org")
    assert (one.status, one.certainty, one.rule) == ("applied", "asserted", "applied")
