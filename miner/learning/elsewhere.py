"""How good the claims are on mails of other lists: python -m miner.learning.elsewhere SOURCE...

The labels are in corpora/gold/elsewhere-claims.jsonl, without any text; the SOURCEs (any that miner reads) have the mails, as far as they
are at hand. Nothing is learned from them. A claim is named by how many words it has and by the CRC-32 of these with one blank between
them, so that it is found where a mail has other quotes, or other line ends, than the reader saw. Prints the figures of each batch of mails.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from miner.claims.find import find_claims
from miner.learning.examples import GOLD, check_of, read_rows
from miner.learning.quality import Gold, Pairing, count_right, pair, score
from miner.learning.training import read_mails
from miner.model import Claim, Message

LABELS = GOLD / "elsewhere-claims.jsonl"
_WORD = re.compile(r"\S+")
_TRAILER = re.compile(r"[\w-]+-by:")


def find_words(body: str, count: int, check: str) -> tuple[int, int] | None:
    """The first place of so many words with this check, from their start to their end."""
    found = list(_WORD.finditer(body))
    words = [word.group() for word in found]
    for at in range(len(words) - count + 1):
        if check_of(" ".join(words[at : at + count])) == check:
            return found[at].start(), found[at + count - 1].end()
    return None


def read_batches(path: Path, messages: Mapping[str, Message]) -> Iterator[tuple[str, str, list[Gold]]]:
    """The batch of each labelled mail that is at hand, its id and its claims; a claim whose words it does not have is left out."""
    for row in read_rows(path):
        message = messages.get(row["message_id"])
        if message is None:
            continue
        claims = []
        for count, check, status, certainty in row["claims"]:
            span = find_words(message.body, count, check)
            if span is not None:
                trailer = _TRAILER.match(message.body, span[0]) is not None
                claims.append(Gold(message.message_id, *span, status, certainty, trailer))
        yield row["batch"], message.message_id, claims


def main() -> None:
    parser = argparse.ArgumentParser(description="Score the claims on mails of other lists.")
    parser.add_argument("sources", nargs="+", metavar="SOURCE")
    given = parser.parse_args()
    messages = read_mails(given.sources)
    gold = list(read_batches(LABELS, messages))
    found: dict[str, list[Claim]] = {ident: [] for _, ident, _ in gold}
    for claim in find_claims([messages[ident] for ident in found]):
        found[claim.message_id].append(claim)
    mails: Counter[str] = Counter()
    pairs: dict[str, list[Pairing]] = {}
    for batch, ident, claims in gold:
        for name in (batch, "all"):
            mails[name] += 1
            pairs.setdefault(name, []).extend(pair(claims, found[ident]))
    for name, each in sorted(pairs.items()):
        figures = {"batch": name, "mails": mails[name], **count_right(each), **score(each)}
        rounded = {key: round(value, 3) if isinstance(value, float) else value for key, value in figures.items()}
        sys.stdout.write(json.dumps(rounded) + "\n")
    if not pairs:
        raise SystemExit(f"none of the labelled mails is in {', '.join(given.sources)}")


if __name__ == "__main__":
    main()
