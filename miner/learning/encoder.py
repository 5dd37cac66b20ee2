"""A sentence encoder as one of the teachers of the network: fine-tuned on the labelled sentences, then asked about others.

It learned from much more text than there is here, so that it knows wordings which no example has. It needs torch and transformers,
is many times slower than the network, and does not ship.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from importlib import import_module
from math import log
from pathlib import Path
from typing import Any

import numpy as np

from miner.claims.classifier import LABELS, STATUSES, Floats
from miner.learning.examples import Example
from miner.learning.network import cut_batches, make_slope

ROUNDS = 2
BATCH = 32
RATE, HEAD_RATE = 1.5e-4, 1e-3
DECAY = 0.01
WARM_UP = 0.08
DROPPED = 0.1
SILENT_SHARE = 0.35  # of the sentences without a claim: one in so many is learned from, so that a round takes less time
OWN_CHARS, QUOTE_CHARS, BEFORE_CHARS = 300, 72, 52
TOKENS = 64
_SORTED = 40  # batches that are cut from sentences sorted by their length


def fine_tune(encoder: str, learned: Sequence[Example], seed: int, path: Path) -> None:
    """Teach the encoder in a folder (a Hugging Face model) what the sentences claim; its weights are written to `path`."""
    torch: Any = import_module("torch")
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    order = random.Random(seed)
    chosen = [each for each in learned if any(each.targets[: len(STATUSES)]) or order.random() < SILENT_SHARE]
    net = _build(torch, encoder)
    body = [weight for weight in net.body.parameters() if weight.requires_grad]
    groups = [{"params": body, "lr": RATE}, {"params": net.head.parameters(), "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY)
    slope = make_slope(ROUNDS * (len(chosen) // BATCH + 1), WARM_UP)
    slopes = torch.optim.lr_scheduler.LambdaLR(optimizer, slope)
    lengths = list(map(_length, chosen))
    net.train()
    for _ in range(ROUNDS):
        for places in cut_batches(lengths, BATCH, _SORTED, order):
            batch = [chosen[at] for at in places]
            wanted = torch.tensor([each.targets for each in batch])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(net(batch), wanted, reduction="none").sum(1)
            optimizer.zero_grad()
            loss.mean().backward()
            torch.nn.utils.clip_grad_norm_(body, 1.0)
            optimizer.step()
            slopes.step()
    torch.save(net.state_dict(), path)


def ask(encoder: str, path: Path, sentences: Sequence[Example]) -> Floats:
    """The scores (sentences, LABELS) that a fine-tuned encoder gives. As it learned from a part of the sentences without a claim, its
    scores are brought down to what all of them would have taught."""
    torch: Any = import_module("torch")
    torch.set_num_threads(1)
    net = _build(torch, encoder)
    net.load_state_dict(torch.load(path, weights_only=True))
    net.eval()
    found = np.zeros((len(sentences), len(LABELS)), np.float32)
    order = sorted(range(len(sentences)), key=lambda at: _length(sentences[at]))
    with torch.no_grad():
        for first in range(0, len(order), BATCH):
            places = order[first : first + BATCH]
            sums = net([sentences[at] for at in places])
            sums[:, : len(STATUSES)] += log(SILENT_SHARE)
            found[places] = torch.sigmoid(sums).numpy()
    return found


def _context(example: Example) -> str:
    """What stands around a sentence, in one line."""
    place, setting = example.place, example.place.setting
    where = f"{setting.kind} {'commit' if place.in_commit else 'own'} {setting.code_depth} {int(setting.tagged)}"
    return f"{where} | {place.quote[-QUOTE_CHARS:]} | {place.before[-BEFORE_CHARS:]}"


def _length(example: Example) -> int:
    return len(example.text[:OWN_CHARS]) + len(example.place.quote[-QUOTE_CHARS:])


def _build(torch: Any, encoder: str) -> Any:
    """The encoder with a layer for LABELS on the mean of the sentence's tokens and that of all; its words' vectors stay as they are."""
    nn, models = torch.nn, import_module("transformers")

    class Encoder(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.tokens = models.AutoTokenizer.from_pretrained(encoder, local_files_only=True)
            self.body = models.AutoModel.from_pretrained(encoder, local_files_only=True)
            for weight in self.body.embeddings.parameters():
                weight.requires_grad = False
            self.head = nn.Sequential(nn.Dropout(DROPPED), nn.Linear(2 * self.body.config.hidden_size, len(LABELS)))
            nn.init.constant_(self.head[1].bias, -3.0)  # most labels are absent

        def forward(self, examples: Sequence[Example]) -> Any:
            texts = [each.text[:OWN_CHARS] for each in examples], [_context(each) for each in examples]
            seen = self.tokens(*texts, truncation=True, max_length=TOKENS, padding=True, return_tensors="pt")
            own = torch.tensor([[float(part == 0) for part in seen.sequence_ids(at)] for at in range(len(examples))])
            states = self.body(**seen).last_hidden_state
            masks = (own.unsqueeze(-1), seen["attention_mask"].unsqueeze(-1).float())
            return self.head(torch.cat([(states * mask).sum(1) / mask.sum(1).clamp(min=1) for mask in masks], 1))

    return Encoder()
