"""Threads of the epochs that were read by eye: corpora/gold/threads.jsonl. Each is judged by its own mails alone."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

import pytest

import miner
from miner.config import Config
from miner.pipeline import join_again, select

DONE = {"applied", "merged", "dropped", "superseded"}
LABELS = Path(__file__).parents[2] / "corpora" / "gold" / "threads.jsonl"
SHOWN = 3  # sentences of evidence that are looked at


@pytest.mark.soak
def test_threads_that_were_read(shared, capsys):
    """By round: how many are right, and right on whether anybody has to act, by any label that can be defended and by the first."""
    labels = [json.loads(line) for line in LABELS.read_text().splitlines()]
    rounds = defaultdict(list)
    wrong, evidence, asks = [], [], [0, 0, 0]
    for name in ("linux-erofs", "cgroups-2024-2025"):
        mined = miner.mine([str(shared / "corpora" / "epochs" / f"{name}.bundle")])
        mails = {message.message_id for message in mined.messages}
        here = [row for row in labels if row["root"] in mails]
        labels = [row for row in labels if row["root"] not in mails]
        for row in here:
            root, idents = row["root"], set(row["messages"])
            alone = join_again(select(mined, lambda message, idents=idents: message.message_id in idents), Config())
            every = [each for each in alone.status if each.kind == "series" and each.key in idents]
            status = next(each for each in every if each.key == root)
            allowed = (row["status"], *row["also"])
            right, done = status.status in allowed, status.status in DONE
            rounds[row["round"]].append(
                (right, done in {label in DONE for label in allowed}, done == (row["status"] in DONE))
            )
            if not right:
                wrong.append(f"{root}: {status.status} ({status.rule}), read as {' or '.join(allowed)}")
            if "asks" in row:
                evidence.append(row["evidence"] in {each.message_id for each in status.evidence[:SHOWN]})
                shown = {question.message_id for each in every for question in each.unanswered}
                asks = [
                    a + b
                    for a, b in zip(asks, (len(shown & {*row["asks"]}), len(row["asks"]), len(shown)), strict=True)
                ]
    every = [each for found in rounds.values() for each in found]
    lines = []
    for number, found in sorted({**rounds, 0: every}.items()):
        right, finished, by_label = (sum(each[at] for each in found) / len(found) for at in range(3))
        which = f"round {number}" if number else "all"
        lines.append(
            f"{which}: {len(found)} threads, right {right:.3f}, finished {finished:.3f}, by label {by_label:.3f}"
        )
    lines.append(f"evidence {sum(evidence)} of {len(evidence)}; open questions {asks[0]} of {asks[1]}, {asks[2]} shown")
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *lines, *sorted(wrong), ""]))
    assert not labels
    first = [each for number, found in rounds.items() if number <= 7 for each in found]  # of shorter threads
    early = [each for number, found in rounds.items() if number <= 11 for each in found]
    long = [each for number, found in rounds.items() if 11 < number <= 16 for each in found]
    cut = [each for number, found in rounds.items() if number > 16 for each in found]  # as they stood at some mail
    assert sum(right for right, *_ in first) >= 0.91 * len(first)
    for found, least in ((early, (0.89, 0.96, 0.9)), (long, (0.85, 0.93, 0.84)), (cut, (0.82, 0.93, 0.92))):
        for at, share in enumerate(least):
            assert sum(each[at] for each in found) >= share * len(found)
    assert sum(evidence) >= 0.75 * len(evidence)
    assert asks[0] >= 0.7 * asks[1]
    assert asks[0] >= 0.5 * asks[2]
