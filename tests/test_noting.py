"""What a person means by a name, before it is noted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from miner.errors import MinerError
from miner.mined import Mined
from miner.notes import Note
from miner.noting import describe_idle, find_name
from miner.pipeline import mine

MBOX = str(Path(__file__).parents[1] / "corpora" / "sample" / "weft-dev.mbox")
DAY = date(2026, 4, 5)


@pytest.fixture(scope="module")
def mined() -> Mined:
    return mine([MBOX])


def test_a_name_is_kept_as_it_was_given_or_made_whole(mined: Mined) -> None:
    posting = next(each for each in mined.status if each.kind == "series" and each.chain != each.key)
    assert find_name("Lease  Renewal", mined) == "Lease  Renewal"
    assert find_name(f"<{posting.key}>", mined) == f"<{posting.key}>"
    assert find_name("arm64", mined) == "arm64 runner"
    with pytest.raises(MinerError, match="no work item or series"):
        find_name("nosuch", mined)


def test_any_mail_of_a_posting_can_be_tied(mined: Mined) -> None:
    long = next(each for each in mined.series if each.cover and each.patches[-1])
    assert find_name("arm64 runner", mined, (f"<{long.patches[-1]}>",), (long.root,)) == "arm64 runner"
    with pytest.raises(MinerError, match="no posting has the id nosuch@x"):
        find_name("arm64 runner", mined, (), ("nosuch@x",))


def test_idle_notes_are_one_line(mined: Mined) -> None:
    assert describe_idle([Note("lease renewal", DAY, mute=True)], mined) == ""
    line = describe_idle([Note(f"nosuch {n}\n", DAY, mute=True) for n in range(5)], mined)
    assert "'nosuch 0', 'nosuch 1', 'nosuch 2' and 2 more" in line
    assert "\n" not in line
    assert "'no@x'" in describe_idle([Note("lease renewal", DAY, pin=("no@x",))], mined)
