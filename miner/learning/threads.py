"""Learn where readers would say that a posting stands: python -m miner.learning.threads EPOCH... [--elsewhere SOURCE...]

Learns from the threads that were read (corpora/gold/threads.jsonl), whose mails stand in the EPOCHs (any sources that miner reads);
each is taken by its own mails alone, with those who take patches in any of them. A thread that has two labels teaches both,
the first one more. What facts settle teaches nothing. How often a status is right is told by threads of other lists
(elsewhere.jsonl), which teach nothing, where their mails are given as SOURCEs; else what was told before is kept, since of the
lists that taught them the weights know too much. Writes miner/join/weights.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TypeVar, get_args
from zlib import crc32

import numpy as np

from miner.claims import find_asks, find_claims
from miner.join import gather_people, read_cases, read_takers
from miner.join.decide import apply_rules, choose
from miner.join.signs import read_signs
from miner.join.weighing import WEIGHTS, Reader, load_reader
from miner.learning.examples import GOLD, read_rows
from miner.learning.fitting import fit_choice
from miner.model import Ask, Claim, StatusLabel
from miner.reading import read_messages

Said = TypeVar("Said", Claim, Ask)
LABELS, ELSEWHERE = GOLD / "threads.jsonl", GOLD / "elsewhere.jsonl"
# A posting is there, whatever its author plans.
STATUSES: tuple[StatusLabel, ...] = tuple(
    status for status in get_args(StatusLabel) if status not in ("planned", "in-progress", "posted")
)
PENALTY = 100.0
FIRST_SHARE = 0.6  # of the first of two labels
LEAST_SEEN = 5  # threads that have a sign
PARTS = 8  # in which it is learned without the threads of one, to see how often it is right on these
BINS = (0.0, 0.1, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Read:
    """A thread that was read: its signs, what the rules that apply say of it, and the labels that can be defended, the best one
    first."""

    root: str
    signs: Mapping[str, float]
    proposed: Sequence[StatusLabel | None]
    labels: Sequence[StatusLabel]


def read_threads(sources: Sequence[str], labels: Path = LABELS) -> Iterator[Read]:
    """The labelled threads whose mails are in some sources, without those that facts settle or nobody answered."""
    rows = list(read_rows(labels))
    wanted = {ident for row in rows for ident in row["messages"]}
    mails = {mail.message_id: mail for mail in read_messages(sources).messages if mail.message_id in wanted}
    claims = _by_mail(find_claims(mails.values()))
    asks = _by_mail(find_asks(mails.values()))
    people = gather_people(tuple(mails.values()), {})
    takers = read_takers(tuple(mails.values()), _of(mails, claims), _of(mails, asks), people)
    for row in rows:
        if row["messages"][0] in mails:
            idents = row["messages"]
            thread = [mails[ident] for ident in idents]
            case = read_cases(thread, _of(idents, claims), _of(idents, asks), people, takers).get(row["root"])
            if case is None or not case.is_answered:
                continue
            found = list(apply_rules(case))
            if not found[0][0].settles:
                proposed = [verdict.status for _, verdict in found]
                yield Read(row["root"], read_signs(case), proposed, (row["status"], *row["also"]))


def _by_mail(found: Iterable[Said]) -> dict[str, list[Said]]:
    by_mail: dict[str, list[Said]] = {}
    for each in found:
        by_mail.setdefault(each.message_id, []).append(each)
    return by_mail


def _of(idents: Iterable[str], by_mail: Mapping[str, Sequence[Said]]) -> list[Said]:
    return [each for ident in idents for each in by_mail.get(ident, ())]


def learn(threads: Sequence[Read]) -> Reader:
    """The weights that fit some threads best, without what they are worth on others."""
    counts = Counter(sign for each in threads for sign, value in each.signs.items() if value)
    names = sorted(sign for sign, count in counts.items() if count >= LEAST_SEEN)
    rows = np.array([[each.signs.get(name, 0.0) for name in names] for each in threads])
    wanted = np.array([_share(each.labels) for each in threads])
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale[scale == 0] = 1.0
    found = fit_choice((rows - mean) / scale, wanted, PENALTY)
    weights = found[:-1] / scale[:, None]
    shift = found[-1] - mean @ weights
    rounded = {name: tuple(np.round(row, 4).tolist()) for name, row in zip(names, weights, strict=True)}
    return Reader(STATUSES, np.round(shift, 4).tolist(), rounded, ())


def _share(labels: Sequence[StatusLabel]) -> list[float]:
    first, *others = labels
    rest = (1 - FIRST_SHARE) / len(others) if others else 0.0
    return [(FIRST_SHARE if others else 1.0) * (s == first) + rest * others.count(s) for s in STATUSES]


def measure(threads: Sequence[Read]) -> list[tuple[float, bool]]:
    """How each thread is judged by weights that were learned without it, and without other cuts of it."""
    told: list[tuple[float, bool]] = []
    for part in range(PARTS):
        reader = learn([each for each in threads if crc32(each.root.encode()) % PARTS != part])
        told += [judge(reader, each) for each in threads if crc32(each.root.encode()) % PARTS == part]
    return told


def judge(reader: Reader, thread: Read) -> tuple[float, bool]:
    """The share of readers that weights give to the status which is chosen for a thread, and whether it is right."""
    shares = reader.weigh(thread.signs)
    chosen = thread.proposed[choose(shares, thread.proposed)]
    return shares.get(chosen, 0.0) if chosen else 0.0, chosen in thread.labels


def count_right(told: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """From which share on how many are right, as `Reader.judged` has it; more of a larger share, so that neighbours which say
    otherwise are one. One right and one wrong thread more are counted in each, since there are few."""
    heaps: list[tuple[float, int, int]] = []  # least share, right, all
    for least, end in pairwise((*BINS, 1.01)):
        was = [right for share, right in told if least <= share < end]
        if was:
            heaps.append((least, sum(was), len(was)))
        while len(heaps) > 1 and _share_right(heaps[-2]) >= _share_right(heaps[-1]):
            (first, *one), (_, *other) = heaps[-2:]
            heaps[-2:] = [(first, one[0] + other[0], one[1] + other[1])]
    return [(heap[0], round(_share_right(heap), 2)) for heap in heaps]


def _share_right(heap: tuple[float, int, int]) -> float:
    _, right, count = heap
    return (right + 1) / (count + 2)


def write_weights(reader: Reader) -> str:
    """The weights as JSON, one sign a line."""
    lines = [f"  {json.dumps(sign)}: {json.dumps(values)}" for sign, values in reader.weights.items()]
    head = [f"{json.dumps(key)}: {json.dumps(getattr(reader, key))}," for key in ("statuses", "shift", "judged")]
    return "\n".join(("{", *head, '"weights": {', ",\n".join(lines), "}}", ""))


def _tell(where: str, threads: Sequence[Read], told: Sequence[tuple[float, bool]]) -> None:
    right, first = sum(was for _, was in told), sum(each.proposed[0] in each.labels for each in threads)
    sys.stdout.write(
        f"{where}: {right / len(told):.3f} of {len(told)} right, by the first rule alone {first / len(told):.3f}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Learn the weights of statuses from threads that were read.")
    parser.add_argument("epochs", nargs="+")
    parser.add_argument("--elsewhere", nargs="+", default=[], metavar="SOURCE", help="the mails of elsewhere.jsonl")
    given = parser.parse_args()
    threads = list(read_threads(given.epochs))
    _tell("learned without the thread", threads, measure(threads))
    reader = replace(learn(threads), judged=load_reader().judged)
    if given.elsewhere:
        others = list(read_threads(given.elsewhere, ELSEWHERE))
        told = [judge(reader, each) for each in others]
        _tell("other lists", others, told)
        reader = replace(reader, judged=count_right(told))
    WEIGHTS.write_text(write_weights(reader), encoding="utf-8")
    sys.stdout.write(f"{len(threads)} threads, {len(reader.weights)} signs\n")


if __name__ == "__main__":
    main()
