"""The project's git tree, made here with git itself: what of it counts, tags, trailers, patch-ids."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.archive.tree import Tree, cut_diff, read_message_ids
from miner.errors import SourceError
from miner.model import Commit

from ..trees import START, Weft, patch


@pytest.fixture
def weft(tmp_path: Path) -> Weft:
    return Weft(tmp_path / "weft")


def read(tree: Tree, day: float | None = None) -> dict[str, Commit]:
    since = None if day is None else START + timedelta(days=day)
    return {commit.title: commit for commit in tree.read_commits(since, lambda commit: True)}


def test_commits_of_a_work_tree_and_of_its_bare_mirror(weft: Weft) -> None:
    sha = weft.commit("loom: turn\n\nLink: https://lore.example.org/r/1@example.org", day=2)
    for path in (weft.folder, weft.mirror()):
        tree = Tree(str(path))
        commit = read(tree)["loom: turn"]
        assert (commit.sha, str(commit.author)) == (sha, "Ada Byron <ada@example.org>")
        assert (commit.date, commit.message_ids) == (START + timedelta(days=2), ("1@example.org",))
        assert (commit.tag, commit.released) == (None, False)
        assert tree.newest == commit.date


def test_a_linked_work_tree_is_one(weft: Weft, tmp_path: Path) -> None:
    weft.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "beside"))
    assert "weft: begin" in read(Tree(str(tmp_path / "beside")))


def test_only_what_came_since_is_read(weft: Weft) -> None:
    weft.commit("loom: turn", day=20)
    assert set(read(Tree(str(weft.folder)), day=1)) == {"loom: turn"}


def test_the_oldest_release_that_contains_a_commit(weft: Weft) -> None:
    weft.git("checkout", "--quiet", "-b", "topic")
    weft.commit("shed: open", day=1)
    weft.git("checkout", "--quiet", "main")
    weft.commit("loom: turn", day=2)
    weft.tag("nightly-20260303", 2)
    weft.tag("v1.0", 3)
    weft.git("merge", "--quiet", "--no-ff", "-m", "Merge topic", "topic", day=4)
    weft.tag("v1.1-rc1", 5)
    weft.commit("reed: comb", day=6)
    weft.tag("v1.1", 7, light=True)
    weft.tag("tested", 7)
    weft.commit("heddle: lift", day=8)
    weft.tag("candidate", 8)
    weft.commit("heddle: drop", day=9)
    tags = {title: (commit.tag, commit.released) for title, commit in read(Tree(str(weft.folder))).items()}
    assert tags == {
        "weft: begin": ("v1.0", True),
        "loom: turn": ("v1.0", True),
        "shed: open": ("v1.1-rc1", True),
        "Merge topic": ("v1.1-rc1", True),
        "reed: comb": ("v1.1", True),
        "heddle: lift": ("candidate", False),
        "heddle: drop": (None, False),
    }


@pytest.mark.parametrize(("tag", "released"), [("weft-1_2", True), ("next-20260301", False), ("2.45.0", True)])
def test_which_tags_are_releases(weft: Weft, tag: str, released: bool) -> None:
    weft.tag(tag, 1)
    assert read(Tree(str(weft.folder)))["weft: begin"].released is released


def test_a_topic_branch_of_ones_own_is_not_the_tree(weft: Weft, tmp_path: Path) -> None:
    """Somebody's unpublished work must not pass for applied."""
    weft.git("clone", "--quiet", str(weft.folder), str(tmp_path / "clone"))
    weft.folder = tmp_path / "clone"
    weft.git("checkout", "--quiet", "-b", "topic")
    weft.commit("shed: not sent")
    weft.git("checkout", "--quiet", "main")
    weft.commit("loom: applied, not pushed")
    assert set(read(Tree(str(weft.folder)))) == {"weft: begin", "loom: applied, not pushed"}
    assert "shed: not sent" in read(Tree(str(weft.folder), ["topic"]))
    assert set(read(Tree(str(weft.folder), ["origin/main"]))) == {"weft: begin"}


def test_a_detached_head_without_branches(weft: Weft) -> None:
    weft.git("checkout", "--quiet", "--detach")
    weft.git("branch", "--quiet", "-D", "main")
    assert set(read(Tree(str(weft.folder)))) == {"weft: begin"}


def test_a_repository_without_commits(tmp_path: Path, weft: Weft) -> None:
    weft.git("init", "--quiet", "--bare", str(tmp_path / "empty.git"))
    tree = Tree(str(tmp_path / "empty.git"))
    assert (tree.newest, read(tree)) == (None, {})


def test_a_wrong_path_and_a_wrong_branch(weft: Weft, tmp_path: Path) -> None:
    (weft.folder / "folder").mkdir()
    for path in (tmp_path / "nope", tmp_path, weft.folder / "loom.c", weft.folder / "folder"):
        with pytest.raises(SourceError, match="no git repository"):
            Tree(str(path))
    with pytest.raises(SourceError, match="no branch 'mian'"):
        Tree(str(weft.folder), ["mian"])


def test_a_shallow_clone_is_known_as_one(weft: Weft, tmp_path: Path) -> None:
    weft.commit("loom: turn")
    weft.git("clone", "--quiet", "--depth", "1", f"file://{weft.folder}", str(tmp_path / "shallow"))
    assert not Tree(str(tmp_path / "shallow")).whole
    assert Tree(str(weft.folder)).whole


def test_a_partial_clone_makes_no_diffs(weft: Weft, tmp_path: Path) -> None:
    weft.change("loom.c", 3, "changed")
    sha = weft.commit("loom: turn")
    weft.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "partial.git"
    weft.git("clone", "--quiet", "--bare", "--filter=tree:0", f"file://{weft.folder}", str(clone))
    tree = Tree(str(clone))
    assert not tree.whole
    assert read(tree)["loom: turn"].sha == sha
    assert tree.find_files([sha]) == {sha: frozenset()}


def test_patch_ids_of_mails_are_those_of_commits(weft: Weft) -> None:
    diff = weft.change("loom.c", 3, "changed")
    sha = weft.commit("loom: turn")
    merge = weft.commit("weft: nothing")
    tree = Tree(str(weft.folder))
    ids = tree.find_patch_ids([sha, merge])
    assert set(ids) == {sha}
    made = tree.make_patch_ids(
        ["no diff", patch("1@example.org", "[PATCH] x", diff), diff.replace("+changed", "+other")]
    )
    assert made[:2] == [None, ids[sha]]
    assert made[2] not in (None, ids[sha])
    assert tree.find_files([sha, merge]) == {sha: frozenset({"loom.c"}), merge: frozenset()}
    assert tree.has_any_file(["gone.c", "loom.c"])
    assert not tree.has_any_file(["gone.c", "../loom.c", "a\nb", ""])


def test_no_line_of_a_mail_passes_for_another_patch(weft: Weft) -> None:
    diff = weft.change("loom.c", 3, "changed")
    wanted = weft.commit("loom: turn")
    tree = Tree(str(weft.folder))
    forged = f"commit {1:040x}\nFrom {1:040x} Mon Sep 17\n{1:040x}\n"
    made = tree.make_patch_ids([f"{forged}{diff}{forged}{diff}", "nothing"])
    assert made[1] is None
    assert made[0] != tree.find_patch_ids([wanted])[wanted]  # the same diff twice is another one


def test_a_damaged_hunk_gives_no_patch_id() -> None:
    assert cut_diff("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n one\n-two\n") == ()


def test_a_blank_context_line_gets_its_space_back() -> None:
    assert cut_diff("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n\n-a\n+b\n-- \n2.39.5")[-3:] == [" ", "-a", "+b"]


@given(st.text(alphabet="@ -+,1\nabdiffgtxcom/"))
def test_any_text_can_be_cut(text: str) -> None:
    lines = cut_diff(f"diff --git a/x b/x\n{text}")
    assert not any(line.startswith(("From ", "commit ")) for line in lines)


def test_the_surest_link_comes_first() -> None:
    body = (
        "Reported-by: Bo <bo@example.org>\nLink: https://lore.example.org/l/report@example.org/\n"
        "Message-ID: <sent@example.org>\nLink: https://patch.msgid.link/posted@example.org\n"
        "Link: https://lkml.kernel.org/r/older@example.org [1]\nLink: https://example.org/no-mail\n"
        "Closes: https://lore.example.org/l/bug@example.org\n"
    )
    assert read_message_ids(body) == (
        "posted@example.org",
        "sent@example.org",
        "older@example.org",
        "report@example.org",
    )


def test_a_moment_hides_what_came_later(weft: Weft) -> None:
    weft.commit("loom: turn", day=2)
    weft.tag("v1.0", 3)
    weft.commit("shed: open", day=5)
    tree = Tree(str(weft.folder), as_of=START + timedelta(days=4))
    assert set(read(tree)) == {"weft: begin", "loom: turn"}
    early = Tree(str(weft.folder), as_of=START + timedelta(days=2.5))
    assert read(early)["loom: turn"].tag is None


def test_a_file_of_the_newest_commit(weft: Weft) -> None:
    (weft.folder / "MAINTAINERS").write_text("LOOM\nM: Ada Byron <ada@example.org>\n")
    weft.git("add", "MAINTAINERS")
    weft.commit("name who decides")
    (weft.folder / "MAINTAINERS").write_text("not committed")
    for path in (weft.folder, weft.mirror()):
        assert Tree(str(path)).read_text("MAINTAINERS") == "LOOM\nM: Ada Byron <ada@example.org>\n"
        assert Tree(str(path)).read_text("NOTHING") == ""
