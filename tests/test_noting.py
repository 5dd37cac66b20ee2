"""What a person means by a name, before it is noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from miner.errors import MinerError
from miner.mined import Mined
from miner.notes import Note, add_note, read_notes
from miner.noting import clear_notes, describe_idle, find_name

DAY = date(2026, 4, 5)


def test_a_name_is_kept_as_it_was_given_or_made_whole(mined: Mined) -> None:
    posting = next(each for each in mined.status if each.kind == "series" and each.chain != each.key)
    assert find_name("Lease  Renewal", mined) == "Lease  Renewal"
    assert find_name(f"<{posting.key}>", mined) == f"<{posting.key}>"
    assert find_name("arm64", mined) == "arm64 runner"
    with pytest.raises(MinerError, match="no work item or series"):
        find_name("nosuch", mined)


@pytest.mark.parametrize("by", ["title", "beginning", "newest", "oldest", "patch"])
def test_all_notes_about_what_a_name_means_are_forgotten(by: str, mined: Mined, tmp_path: Path) -> None:
    newest = next(each for each in mined.status if each.kind == "series" and each.chain != each.key)
    patch = next(one.patches[-1] for one in mined.series if one.root == newest.key)
    names = {"title": newest.title, "beginning": newest.title[:-1], "newest": f"<{newest.key}>", "oldest": newest.chain}
    names["patch"] = patch
    path = tmp_path / "notes.toml"
    for name in (*names.values(), "arm64 runner", "nosuch"):
        add_note(path, Note(str(name), DAY, mute=True))
    assert clear_notes(path, str(names[by]), mined) == len({str(name).strip("<>") for name in names.values()})
    assert [note.work for note in read_notes(path)] == ["arm64 runner", "nosuch"]
    assert clear_notes(path, str(names[by]), mined) == 0


def test_notes_under_a_name_of_no_work_are_forgotten_by_it(mined: Mined, tmp_path: Path) -> None:
    path = tmp_path / "notes.toml"
    add_note(path, Note("nosuch", DAY, mute=True))
    assert clear_notes(path, "NoSuch", mined) == 1
    with pytest.raises(MinerError, match="no work item or series"):
        clear_notes(path, "nosuch", mined)


def test_a_posting_is_kept_under_its_id_where_its_title_may_mean_another(mined: Mined) -> None:
    long = next(each for each in mined.series if each.cover and each.patches[-1])
    work = next(each for each in reversed(mined.status) if each.chain == long.chain)
    assert find_name(str(long.patches[-1]), mined) == work.title
    twin = replace(work, key="twin@x", chain="twin@x", series=("twin@x",))
    assert find_name(str(long.patches[-1]), replace(mined, status=[*mined.status, twin])) == work.key


def test_any_mail_of_a_posting_can_be_tied(mined: Mined) -> None:
    long = next(each for each in mined.series if each.cover and each.patches[-1])
    assert find_name("arm64 runner", mined, (f"<{long.patches[-1]}>",), (long.root,)) == "arm64 runner"
    link = f"https://lore.example.org/weft/{long.root}/"
    assert find_name("arm64 runner", mined, (link,)) == "arm64 runner"
    with pytest.raises(MinerError, match="no posting has the id nosuch@x"):
        find_name("arm64 runner", mined, (), ("nosuch@x",))


def test_idle_notes_are_one_line(mined: Mined) -> None:
    assert describe_idle([Note("lease renewal", DAY, mute=True)], mined) == ""
    line = describe_idle([Note(f"nosuch {n}\n", DAY, mute=True) for n in range(5)], mined)
    assert "'nosuch 0', 'nosuch 1', 'nosuch 2' and 2 more" in line
    assert "\n" not in line
    assert "'no@x'" in describe_idle([Note("lease renewal", DAY, pin=("no@x",))], mined)
