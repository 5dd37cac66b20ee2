"""Which open postings are one work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.model import Series, Subject
from miner.report.same import find_twins, number_of

from . import made


def series(root: str, title: str, day: int, **more: object) -> Series:
    values = {"author": made.BEN, "revision": 1, "expected": 1, "cover": None, **more}
    return Series(
        root, title, values["revision"], values["expected"], values["cover"], (root,), values["author"],
        made.day(5, day), None, str(values.get("chain", root)), (),
    )  # type: ignore[arg-type]  # fmt: skip


def twins(*works: Series, numbers: dict[str, int] | None = None) -> dict[str, str]:
    mails = {
        one.root: replace(
            made.message(one.root, one.author, one.date, one.title, "x\n"),
            subject=Subject(text=one.title, title=one.title, number=(numbers or {}).get(one.root), total=one.expected),
        )
        for one in works
    }
    status = [made.status("series", one.root, "needs-review") for one in works]
    return find_twins(status, {one.root: one for one in works}, mails)


OLD = series("a@x", "loom, warp: Turn the wheel twice", 1, expected=3, cover="a@x")


@pytest.mark.parametrize(
    ("newer", "one"),
    [
        (series("b@x", "loom: turn the wheel twice", 9), True),
        (series("b@x", "loom: turn the wheel twice when it rains", 9, revision=4), True),
        (series("b@x", "loom: turn the wheel once", 9), False),
        (series("b@x", "loom: turn the wheel twice", 9, author=made.CLEO), False),
        (series("b@x", "shed: turn the wheel twice", 9), False),
        (series("b@x", "loom: turn the wheel twice by hand", 2), False),  # one of two on that day
        (series("b@x", "loom: turn the wheel twice by hand", 2, revision=2), True),
        (series("b@x", "loom: turn the wheel twice", 9, chain="a@x"), False),  # a work that was parted
    ],
)
def test_a_title_that_goes_on_is_the_same_work(newer: Series, one: bool) -> None:
    assert twins(OLD, newer) == ({"a@x": "b@x"} if one else {})


def test_few_words_name_no_work() -> None:
    assert twins(series("a@x", "loom: fix typo", 1), series("b@x", "shed: fix typo in it", 9)) == {}


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (series("a@x", "loom: oil it", 1, expected=4, cover="a@x"), series("b@x", "loom: mend it", 1, expected=4), {"b@x": "a@x"}),
        (series("a@x", "loom: oil it", 1, expected=4), series("b@x", "loom: mend it", 1, expected=4), {"b@x": "a@x"}),
        (series("a@x", "loom: oil it", 1, expected=4), series("b@x", "loom: mend it", 3, expected=4), {}),
        (series("a@x", "loom: oil it", 1, expected=4), series("b@x", "loom: mend it", 1, expected=4, revision=2), {}),
        (series("a@x", "loom: oil it", 1, expected=3), series("b@x", "loom: mend it", 1, expected=4), {}),
    ],
)  # fmt: skip
def test_patches_of_one_series_that_came_apart_are_one_work(
    first: Series, second: Series, found: dict[str, str]
) -> None:
    assert twins(first, second, numbers={"a@x": 0 if first.cover else 1, "b@x": 3}) == found


def test_only_a_patch_of_several_without_a_cover_letter_has_a_number() -> None:
    mail = made.message("a@x", made.BEN, made.day(5, 1), "loom: oil it", "x\n")
    for one, number in ((series("a@x", "x", 1, expected=4), 1), (series("a@x", "x", 1), 0), (OLD, 0)):
        assert number_of(one, {"a@x": mail}) == number
