"""Claims of other lists are found again by their words' checks, and scored by batch."""

from __future__ import annotations

import json
import sys
from typing import get_args

import pytest

from miner.learning import elsewhere
from miner.learning.elsewhere import LABELS, find_words
from miner.learning.examples import check_of
from miner.model import Certainty, StatusLabel

MAIL = """From mboxrd@z Thu Jan  1 00:00:00 1970
From: Bo Lind <bo@example.org>
Subject: Re: [PATCH] loom: turn
Message-ID: <{ident}@example.org>
Date: Mon, 2 Mar 2026 10:00:00 +0000
In-Reply-To: <p@example.org>

> loom: turn
{text}

"""


def label(ident, batch, *claims):
    rows = [
        [len(text.split()), check_of(" ".join(text.split())), status, certainty] for text, status, certainty in claims
    ]
    return json.dumps({"message_id": f"{ident}@example.org", "batch": batch, "claims": rows})


def test_words_are_found_whatever_stands_between_them():
    body = "> x\nI have\n  queued it, thanks.\n"
    assert find_words(body, 4, check_of("I have queued it,")) == (4, 23)
    assert find_words(body, 2, check_of("queued this")) is None
    assert find_words("", 2, "00000000") is None


def test_each_batch_has_its_figures(tmp_path, monkeypatch, capsys):
    mails = tmp_path / "mails.mbox"
    texts = {"a": "Applied, thanks!", "b": "The loom is brown.", "c": "Reviewed-by: Bo Lind <bo@example.org>"}
    mails.write_text("".join(MAIL.format(ident=ident, text=text) for ident, text in texts.items()))
    labels = tmp_path / "labels.jsonl"
    rows = (
        label("a", "one", ("Applied, thanks!", "applied", "asserted")),
        label("b", "two", ("is brown.", "needs-review", "asserted"), ("not there", "ready", "asserted")),
        label("c", "two", ("Reviewed-by: Bo Lind <bo@example.org>", "ready", "asserted")),
        label("gone", "two", ("Applied, thanks!", "applied", "asserted")),
    )
    labels.write_text("\n".join(rows) + "\n")
    monkeypatch.setattr(elsewhere, "LABELS", labels)
    monkeypatch.setattr(sys, "argv", ["elsewhere", str(mails)])
    elsewhere.main()
    whole, one, two = map(json.loads, capsys.readouterr().out.splitlines())
    assert (whole["batch"], whole["mails"], whole["claims"], whole["precision"]) == ("all", 3, 3, 1.0)
    assert (one["mails"], one["status"], one["full"]) == (1, 1.0, 1.0)
    assert (two["mails"], two["recall"], two["prose"]) == (2, 0.5, 0.0)
    labels.write_text(label("gone", "two") + "\n")
    with pytest.raises(SystemExit, match="none of the labelled mails"):
        elsewhere.main()


def test_the_labels_that_ship_are_well_formed():
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    assert len({row["message_id"] for row in rows}) == len(rows) > 2_000
    for row in rows:
        for count, check, status, certainty in row["claims"]:
            assert status in get_args(StatusLabel)
            assert certainty in get_args(Certainty)
            assert (count > 0, len(check)) == (True, 8)
