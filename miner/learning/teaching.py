"""Let a larger model label the epochs: python -m miner.learning.teaching ENCODER GOLD.jsonl GOLD.mbox EPOCH...

ENCODER is the folder of a sentence encoder (a Hugging Face model); torch and transformers must be installed by hand, as
nothing else here needs them. The encoder is fine-tuned on the read labels, the made-up sentences and the annotated lists that are
not held out, then scores sentences of the epochs: those that the classifier of today gives a chance, and every tenth of the
others. Writes corpora/gold/taught.jsonl.gz, from which `training.py` learns.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from miner.claims.classifier import LABELS, STATUSES, load_classifier
from miner.claims.features import locate
from miner.claims.sentences import split_sentences
from miner.learning.examples import Example, check_of, read_annotated, read_labels, read_made, squeeze
from miner.learning.training import CORPORA, HELD_OUT, read_mails

SEEDS = (1, 2)
ROUNDS = 3
RATE, HEAD_RATE = 1.2e-4, 1e-3
BATCH = 16
WARM_UP = 0.1  # of the steps
FROZEN_LAYERS = 2
AROUND = 100  # characters of the quote and of the sentence before
MOST_TOKENS = 112
CHANCE = 0.015
LONGEST = 400
SAMPLE = 10


class Teacher:
    """A fine-tuned encoder: the mean of its outputs over the sentence, and over all that it sees, then one linear layer."""

    def __init__(self, folder: str, seed: int) -> None:
        torch: Any = import_module("torch")
        models: Any = import_module("transformers")
        torch.manual_seed(seed)
        self.torch = torch
        self.tokens = models.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.encoder = models.AutoModel.from_pretrained(folder, local_files_only=True)
        self.head = torch.nn.Linear(2 * self.encoder.config.hidden_size, len(LABELS))
        torch.nn.init.constant_(self.head.bias, -3.0)
        self.order = random.Random(seed)
        for part in (self.encoder.embeddings, *self.encoder.encoder.layer[:FROZEN_LAYERS]):
            for weight in part.parameters():
                weight.requires_grad = False

    def _score(self, examples: Sequence[Example]) -> Any:
        torch = self.torch
        around = [_around(each) for each in examples]
        seen = self.tokens(
            [each.text for each in examples],
            around,
            truncation=True,
            max_length=MOST_TOKENS,
            padding=True,
            return_tensors="pt",
        )
        own = [[float(part == 0) for part in seen.sequence_ids(row)] for row in range(len(examples))]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.encoder(input_ids=seen["input_ids"], attention_mask=seen["attention_mask"]).last_hidden_state
        states = states.float()
        masks = [torch.tensor(own).unsqueeze(-1), seen["attention_mask"].unsqueeze(-1).float()]
        return self.head(torch.cat([(states * mask).sum(1) / mask.sum(1).clamp(min=1) for mask in masks], dim=1))

    def learn(self, examples: Sequence[Example]) -> None:
        """Fine-tune to the targets of some sentences."""
        torch = self.torch
        weights = [weight for weight in self.encoder.parameters() if weight.requires_grad]
        groups = [{"params": weights, "lr": RATE}, {"params": self.head.parameters(), "lr": HEAD_RATE}]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        steps = ROUNDS * (len(examples) // BATCH + 1)
        slope = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min(1.0, (step + 1) / (WARM_UP * steps)) * max(0.02, 1 - step / steps)
        )
        self.encoder.train()
        places = list(range(len(examples)))
        for _ in range(ROUNDS):
            self.order.shuffle(places)
            for at in range(0, len(places), BATCH):
                held = [examples[place] for place in places[at : at + BATCH]]
                targets = torch.tensor([each.targets for each in held])
                found = torch.nn.functional.binary_cross_entropy_with_logits(
                    self._score(held), targets, reduction="none"
                )
                optimizer.zero_grad()
                found.sum(1).mean().backward()
                torch.nn.utils.clip_grad_norm_(weights, 1.0)
                optimizer.step()
                slope.step()

    def score(self, examples: Sequence[Example]) -> Any:
        """Scores between 0 and 1, one row a sentence."""
        self.encoder.eval()
        rows = []
        with self.torch.no_grad():
            for at in range(0, len(examples), 4 * BATCH):
                rows.append(self.torch.sigmoid(self._score(examples[at : at + 4 * BATCH])).numpy())
        return np.concatenate(rows)


def _around(example: Example) -> str:
    place = example.place
    zone = "commit" if place.in_commit else "own"
    return f"{place.kind} {zone} | {place.quote[-AROUND:]} | {place.before[-AROUND:]}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Let an encoder score sentences of the epochs.")
    parser.add_argument("encoder")
    parser.add_argument("gold", type=Path)
    parser.add_argument("mbox")
    parser.add_argument("epochs", nargs="+")
    given = parser.parse_args()
    epochs = read_mails(given.epochs)
    annotated = [each for each in read_annotated(given.gold, read_mails([given.mbox])) if each.source not in HELD_OUT]
    labels = list(read_labels(CORPORA / "labels.jsonl", epochs))
    examples = [*annotated, *read_made(CORPORA / "sentences.jsonl"), *labels]
    known = {(each.message_id, each.start) for each in [*labels, *annotated]}
    candidates: list[Example] = []
    for message in epochs.values():
        sentences = list(split_sentences(message))
        for at, sentence in enumerate(sentences):
            if (message.message_id, sentence.start) not in known and len(sentence.text) <= LONGEST:
                place = locate(message, sentences, at)
                candidates.append(Example("", squeeze(sentence.text), place, (), message.message_id, sentence.start))
    best = load_classifier().score([each.words for each in candidates])[0].max(axis=1)
    chosen = [each for at, each in enumerate(candidates) if best[at] >= CHANCE or at % SAMPLE == 0]
    sys.stderr.write(f"{len(examples)} sentences to learn from, {len(chosen)} to score\n")
    scores = np.zeros((len(chosen), len(LABELS)))
    for seed in SEEDS:
        teacher = Teacher(given.encoder, seed)
        teacher.learn(examples)
        scores += teacher.score(chosen) / len(SEEDS)
    lines = sorted(_line(each, row) for each, row in zip(chosen, scores, strict=True))
    with gzip.GzipFile(CORPORA / "taught.jsonl.gz", "wb", mtime=0) as out:
        out.write("".join(lines).encode())
    claimed = int((scores[:, : len(STATUSES)].max(axis=1) >= 0.5).sum())
    sys.stderr.write(f"{claimed} of them are claims\n")


def _line(example: Example, scores: Any) -> str:
    row = {
        "message_id": example.message_id,
        "start": example.start,
        "check": check_of(example.text),
        "scores": [round(float(score), 2) for score in scores],
    }
    return json.dumps(row, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    main()
