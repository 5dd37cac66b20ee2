"""Threads of the epochs that were read by eye: corpora/gold/threads.jsonl. Each is judged by its own mails alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import miner
from miner.config import Config
from miner.pipeline import join_again, select

DONE = {"applied", "merged", "dropped", "superseded"}
LABELS = Path(__file__).parents[2] / "corpora" / "gold" / "threads.jsonl"


@pytest.mark.soak
def test_threads_that_were_read(shared, capsys):
    labels = {row["root"]: row for row in map(json.loads, LABELS.read_text().splitlines())}
    rounds: dict[int, list[tuple[bool, bool]]] = {}
    wrong = []
    for name in ("linux-erofs", "cgroups-2024-2025"):
        mined = miner.mine([str(shared / "corpora" / "epochs" / f"{name}.bundle")])
        for root in labels.keys() & {message.message_id for message in mined.messages}:
            row = labels.pop(root)
            idents = set(row["messages"])
            alone = join_again(select(mined, lambda message, idents=idents: message.message_id in idents), Config())
            status = next(each for each in alone.status if each.kind == "series" and each.key == root)
            allowed = (row["status"], *row["also"])
            right = status.status in allowed
            finished = (status.status in DONE) in {label in DONE for label in allowed}
            rounds.setdefault(row["round"], []).append((right, finished))
            if not right:
                wrong.append(f"{root}: {status.status} ({status.rule}), read as {' or '.join(allowed)}")
    every = [each for found in rounds.values() for each in found]
    lines = []
    for number, found in sorted({**rounds, 0: every}.items()):
        share = [sum(each[at] for each in found) / len(found) for at in (0, 1)]
        which = f"round {number}" if number else "all"
        lines.append(f"{which}: {len(found)} threads, right {share[0]:.3f}, finished {share[1]:.3f}")
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *lines, *sorted(wrong), ""]))
    assert not labels
    assert sum(right for right, _ in every) >= 0.91 * len(every)
    assert sum(finished for _, finished in every) >= 0.95 * len(every)
