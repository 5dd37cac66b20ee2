"""How people are called whose mails have no name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.report.arrange import arrange_status

from . import made


@pytest.mark.parametrize(
    ("form", "body", "called"),
    [
        ("mill@example.org", "x\n\nSigned-off-by: Fay Mill <mill@example.org>\n---\n", "Fay Mill"),
        ("mill@example.org", "From: Fay Mill <Mill@example.org>\n\nx\n", "Fay Mill"),
        ("mill@example.org", "Signed-off-by: Cleo Díaz <cleo@example.org>\n", "mill@example.org"),  # of somebody else
        ("fay.mill2@example.org", "x\n", "Fay Mill"),
        ("loom-bot@example.org", "x\n", "loom-bot"),
        ("loom-bot--- <loom-bot@example.org>", "x\n", "loom-bot"),
        ("mill--- <mill@example.org>", "x\n", "mill@example.org"),
        ("mill@example.org", "Signed-off-by: " + "a " * 20_000, "mill@example.org"),
    ],
)
def test_who_has_no_name_is_called_as_he_signs_or_as_his_address_tells(form: str, body: str, called: str) -> None:
    posted = made.message("n@example.org", form, made.day(5, 12), "reed: count", body)
    one = replace(
        made.SERIES[2],
        root="n@example.org",
        patches=(None, None, None, "n@example.org"),
        author=form,
        chain="n@example.org",
    )
    status = made.status("series", "n@example.org", "needs-review", title="reed: count", as_of=made.day(5, 12))
    found = arrange_status([status], series=(*made.SERIES, one), messages=[posted], as_of=made.day(5, 21))
    assert made.entries(found)["reed: count"].owner == called
