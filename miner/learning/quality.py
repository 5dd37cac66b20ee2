"""How good the claims are on annotated mails: python -m miner.learning.quality GOLD.jsonl GOLD.mbox DOCS

Scores the lists that the classifier does not learn from, each with rules and scores weighed on the others, and writes the figures between the two marks in DOCS/quality.md and the
reliability plot to DOCS/reliability.svg. A claim found matches an annotated one of the same mail if they share half of the
shorter and a fifth of the longer span; one to one, the largest share first. Mails are named, not quoted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from miner.claims.classifier import STATUSES
from miner.claims.find import find_claims
from miner.learning.examples import find_quoted, read_annotated, read_rows
from miner.learning.training import HELD_OUT, read_mails, train_verdict
from miner.model import Claim, Message

BEGIN, END = "<!-- made by make quality -->", "<!-- end of make quality -->"
WORST = 20
NONE = "(none)"
LEAST_GOLD = 8  # claims of a status that count for the mean over statuses
BINS = 10


@dataclass(frozen=True, slots=True)
class Gold:
    """An annotated claim and where it stands."""

    message_id: str
    start: int
    end: int
    status: str
    certainty: str
    trailer: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """An annotated claim, the one that was found there, or both."""

    gold: Gold | None
    found: Claim | None

    @property
    def right(self) -> bool:
        return self.gold is not None and self.found is not None and self.gold.status == self.found.status

    @property
    def trailer(self) -> bool:
        return self.gold.trailer if self.gold else bool(self.found and self.found.rule == "trailer")


def read_gold(path: Path, messages: Mapping[str, Message], lists: Iterable[str]) -> dict[str, list[Gold]]:
    """The annotated claims of some lists by mail; a quote that stands nowhere in its mail is left out."""
    wanted = frozenset(lists)
    found: dict[str, list[Gold]] = {}
    for row in read_rows(path):
        if row["list"] not in wanted:
            continue
        ident = row["message_id"]
        taken: set[tuple[int, int]] = set()
        claims = found.setdefault(ident, [])
        for claim in row["claims"]:
            span = find_quoted(messages[ident].body, claim["quote"], taken)
            if span is not None:
                taken.add(span)
                trailer = claim["quote"].lstrip().split(":")[0].endswith("-by")
                claims.append(Gold(ident, *span, claim["status"], claim["certainty"], trailer))
    return found


def pair(gold: Sequence[Gold], found: Sequence[Claim]) -> Iterator[Pairing]:
    """Each claim of a mail once, with its partner if it has one."""
    shares = []
    for g, known in enumerate(gold):
        for f, claim in enumerate(found):
            shared = min(known.end, claim.end) - max(known.start, claim.start)
            short, long = sorted((known.end - known.start, claim.end - claim.start))
            if shared > 0 and shared >= 0.5 * short and shared >= 0.2 * long:
                shares.append((-shared, known.status != claim.status, g, f))
    used_gold: set[int] = set()
    used_found: set[int] = set()
    for _, _, g, f in sorted(shares):
        if g not in used_gold and f not in used_found:
            used_gold.add(g)
            used_found.add(f)
            yield Pairing(gold[g], found[f])
    yield from (Pairing(known, None) for g, known in enumerate(gold) if g not in used_gold)
    yield from (Pairing(None, claim) for f, claim in enumerate(found) if f not in used_found)


def f1(right: int, found: int, gold: int) -> float:
    """The harmonic mean of precision and recall.

    >>> f1(1, 2, 2)
    0.5
    """
    return 2 * right / (found + gold) if found + gold else 0.0


def score(pairs: Sequence[Pairing]) -> dict[str, float]:
    """F1 of status, of status in prose, and of status and certainty; the mean over statuses."""
    prose = [each for each in pairs if not each.trailer]
    full = [
        each
        for each in pairs
        if each.right and each.gold and each.found and each.gold.certainty == each.found.certainty
    ]
    found, gold = _counts(pairs)
    by_status = [f1(*counts) for counts in per_status(pairs).values() if counts[2] >= LEAST_GOLD]
    return {
        "status": f1(sum(each.right for each in pairs), found, gold),
        "prose": f1(sum(each.right for each in prose), *_counts(prose)),
        "full": f1(len(full), found, gold),
        "macro": sum(by_status) / len(by_status) if by_status else 0.0,
    }


def count_right(pairs: Sequence[Pairing]) -> dict[str, int | float]:
    """How many claims were annotated, and the precision and recall of their status."""
    found, gold = _counts(pairs)
    right = sum(each.right for each in pairs)
    return {"claims": gold, "precision": right / found if found else 0.0, "recall": right / gold if gold else 0.0}


def _counts(pairs: Sequence[Pairing]) -> tuple[int, int]:
    return sum(each.found is not None for each in pairs), sum(each.gold is not None for each in pairs)


def per_status(pairs: Sequence[Pairing]) -> dict[str, tuple[int, int, int]]:
    """For each status how many claims are right, found and annotated."""
    right = Counter(each.gold.status for each in pairs if each.right and each.gold)
    found = Counter(each.found.status for each in pairs if each.found)
    gold = Counter(each.gold.status for each in pairs if each.gold)
    return {name: (right[name], found[name], gold[name]) for name in STATUSES}


def reliability(pairs: Sequence[Pairing]) -> list[tuple[float, float, int]]:
    """For each tenth of the confidence: its mean there, the share of claims that are right, and their number."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for each in pairs:
        if each.found is not None:
            bins[min(BINS - 1, int(each.found.confidence * BINS))].append((each.found.confidence, each.right))
    return [
        (sum(sure for sure, _ in held) / len(held), sum(right for _, right in held) / len(held), len(held))
        for held in bins
        if held
    ]


def draw(points: Sequence[tuple[float, float, int]]) -> str:
    """The reliability plot as SVG: on the diagonal confidence and truth agree; a dot's area is its number of claims."""
    size, edge = 320, 40
    scale = size - 2 * edge

    def at(x: float, y: float) -> tuple[str, str]:
        return f"{edge + x * scale:.1f}", f"{size - edge - y * scale:.1f}"

    dots = []
    for sure, right, count in points:
        x, y = at(sure, right)
        dots.append(f'<circle cx="{x}" cy="{y}" r="{2 + count**0.5 / 2:.1f}" fill="#27c" fill-opacity=".7"/>')
    x0, y0 = at(0, 0)
    x1, y1 = at(1, 1)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="12">',
            "<title>Reliability of the confidence of claims</title>",
            f'<rect width="{size}" height="{size}" fill="white"/>',
            f'<path d="M{x0} {y1}V{y0}H{x1}M{x0} {y0}L{x1} {y1}" fill="none" stroke="#888"/>',
            *dots,
            f'<text x="{size / 2:.0f}" y="{size - 10}" text-anchor="middle">confidence (0 to 1)</text>',
            f'<text x="14" y="{size / 2:.0f}" text-anchor="middle" transform="rotate(-90 14 {size / 2:.0f})">right (0 to 1)</text>',
            "</svg>\n",
        ]
    )


def write_report(pairs: Sequence[Pairing], lists: Iterable[str]) -> str:
    """The figures as Markdown."""
    whole = score(pairs)
    lines = [
        f"Lists that the classifier did not learn from, each with the weights of rules and scores fitted on the others ({', '.join(sorted(lists))}): status F1 {whole['status']:.3f}, in prose {whole['prose']:.3f}, with"
        f" certainty {whole['full']:.3f}, mean over statuses with {LEAST_GOLD} or more {whole['macro']:.3f}.",
        "",
        "| status | annotated | found | precision | recall | F1 |",
        "|---|---|---|---|---|---|",
    ]
    for name, (right, found, gold) in per_status(pairs).items():
        precision, recall = right / found if found else 0.0, right / gold if gold else 0.0
        lines.append(f"| {name} | {gold} | {found} | {precision:.2f} | {recall:.2f} | {f1(right, found, gold):.2f} |")
    lines += ["", "Annotated (rows) against found (columns), prose alone:", "", *_confusion(pairs)]
    lines += ["", "![reliability](reliability.svg)", "", "| confidence | right | claims |", "|---|---|---|"]
    lines += [f"| {sure:.2f} | {right:.2f} | {count} |" for sure, right, count in reliability(pairs)]
    lines += ["", f"The {WORST} worst errors: wrong where it was surest, then annotated and not found.", ""]
    return "\n".join([*lines, *_worst(pairs), ""])


def _confusion(pairs: Sequence[Pairing]) -> Iterator[str]:
    cells = Counter(
        (each.gold.status if each.gold else NONE, each.found.status if each.found else NONE)
        for each in pairs
        if not each.trailer
    )
    names = (*STATUSES, NONE)
    yield f"| | {' | '.join(names)} |"
    yield "|---" * (len(names) + 1) + "|"
    for row in names:
        yield f"| {row} | {' | '.join(str(cells[row, column] or '') for column in names)} |"


def _worst(pairs: Sequence[Pairing]) -> Iterator[str]:
    wrong = sorted(
        (each for each in pairs if not each.right and each.found),
        key=lambda each: -(each.found.confidence if each.found else 0),
    )
    missed = [each for each in pairs if each.found is None and not each.trailer]
    for each in [*wrong[: WORST * 3 // 4], *missed][:WORST]:
        one = each.found or each.gold
        assert one is not None
        said = (
            f"found {each.found.status} ({each.found.confidence:.2f}, {each.found.rule})" if each.found else "not found"
        )
        meant = f"annotated {each.gold.status}/{each.gold.certainty}" if each.gold else "not annotated"
        yield f"* `{one.message_id}` {one.start}-{one.end}: {said}, {meant}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Score the claims and write the figures to docs.")
    for name in ("gold", "mbox", "docs"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    messages = read_mails([str(given.mbox)])
    examples = [each for each in read_annotated(given.gold, messages) if each.source in HELD_OUT]
    pairs: list[Pairing] = []
    for name in sorted(HELD_OUT):
        others = [each for each in examples if each.source != name]
        mails = dict.fromkeys(each.message_id for each in others)
        weights = train_verdict(others, [messages[ident] for ident in mails])
        gold = read_gold(given.gold, messages, [name])
        found: dict[str, list[Claim]] = {ident: [] for ident in gold}
        for claim in find_claims((messages[ident] for ident in gold), weights):
            found[claim.message_id].append(claim)
        pairs += [each for ident, claims in gold.items() for each in pair(claims, found[ident])]
    page = given.docs / "quality.md"
    head, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    page.write_text(f"{head}{BEGIN}\n{write_report(pairs, HELD_OUT)}\n{END}{tail}", encoding="utf-8")
    (given.docs / "reliability.svg").write_text(draw(reliability(pairs)), encoding="utf-8")
    sys.stdout.write(json.dumps({name: round(value, 3) for name, value in score(pairs).items()}) + "\n")


if __name__ == "__main__":
    main()
