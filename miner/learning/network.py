"""Teach the network of `miner/claims/classifier.py`. It needs torch, and the first vectors transformers and a sentence encoder; nothing
else here does, so that they are installed by hand (the extra `teach`).

The words' vectors begin as what a sentence encoder makes of each word by itself, projected on their main directions, so that
words which no example has still stand near those that mean the same. Single words are hidden at random while it learns.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from miner.claims.classifier import LABELS, NOTHING, UNKNOWN, Classifier, Floats, make_classifier
from miner.claims.features import MARKS, Seen

Numbers = NDArray[np.int64]
SPECIAL = ("<nothing>", "<unknown>")  # the words of rows NOTHING and UNKNOWN
SIZE = 128  # of a word's vector
SPREAD = 0.3  # of the first vectors
WORD_TOKENS = 12
SORTED = 50  # batches that are cut from sentences sorted by their length


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a network is."""

    width: int = 128
    convolutions: int = 3
    heads: int = 4
    bag: int = 64
    hidden: int = 256


@dataclass(frozen=True, slots=True)
class Schooling:
    """How it learns: rounds over all examples, examples a step, rates of the network and of the words' vectors at their highest,
    the share of a step that is dropped, and of words that are hidden."""

    rounds: int = 8
    batch: int = 128
    rate: float = 3e-3
    vector_rate: float = 1e-3
    decay: float = 0.02
    dropped: float = 0.2
    hidden_words: float = 0.1
    warm_up: float = 0.05


def make_vectors(words: Sequence[str], encoder: str) -> Floats:
    """First vectors (words, SIZE) from the encoder in a folder (a Hugging Face model)."""
    torch, models = import_module("torch"), import_module("transformers")
    tokens = models.AutoTokenizer.from_pretrained(encoder, local_files_only=True)
    model = models.AutoModel.from_pretrained(encoder, local_files_only=True).eval()
    found: list[Floats] = []
    with torch.no_grad():
        for at in range(0, len(words), 512):
            bare = [word.strip("<>") for word in words[at : at + 512]]
            seen = tokens(bare, padding=True, truncation=True, max_length=WORD_TOKENS, return_tensors="pt")
            mask = seen["attention_mask"].unsqueeze(-1).float()
            states = model(**seen).last_hidden_state
            found.append(((states * mask).sum(1) / mask.sum(1)).numpy())
    raw = np.concatenate(found)
    raw = raw - raw.mean(axis=0)
    _, _, directions = np.linalg.svd(raw, full_matrices=False)
    vectors: Floats = (raw @ directions[:SIZE].T).astype(np.float32)
    return np.asarray(vectors / vectors.std() * SPREAD, dtype=np.float32)


def list_encoder_words(encoder: str) -> list[str]:
    """The whole words that an encoder knows."""
    tokens = import_module("transformers").AutoTokenizer.from_pretrained(encoder, local_files_only=True)
    return sorted(word for word in tokens.get_vocab() if word.isascii() and word.isalpha() and len(word) > 1)


def teach(
    seen: Sequence[Seen],
    targets: Floats,
    words: Sequence[str],
    vectors: Floats,
    seed: int,
    shape: Shape | None = None,
    schooling: Schooling | None = None,
    begin: Classifier | None = None,
) -> Classifier:
    """A network that learned to give sentences their targets (sentences, LABELS), each between 0 and 1.

    `words` begin with SPECIAL, `vectors` has their first vectors. One that begins as another of the same shape keeps its vectors as
    they are. The same input and seed give the same network on one machine.
    """
    torch: Any = import_module("torch")
    shape, schooling = shape or Shape(), schooling or Schooling()
    torch.set_num_threads(1)  # sums come out the same each time, and several networks can learn at once
    torch.manual_seed(seed)
    order = random.Random(seed)
    rows = {word: row for row, word in enumerate(words)}
    net = _build(torch, vectors, shape, schooling)
    inputs = [_number(rows, [getattr(each, part) for each in seen]) for part in ("own", "quote", "before", "after")]
    marks = torch.tensor([each.marks for each in seen])
    wanted = torch.tensor(targets, dtype=torch.float32)
    fast = [weight for weight in net.parameters() if weight is not net.vectors.weight]
    optimizers = [torch.optim.AdamW(fast, lr=schooling.rate, weight_decay=schooling.decay)]
    if begin is None:
        optimizers.append(torch.optim.SparseAdam([net.vectors.weight], lr=schooling.vector_rate))
    else:
        net.vectors.weight.requires_grad = False
        _write_arrays(torch, net, begin.arrays)
    slope = make_slope(schooling.rounds * (len(seen) // schooling.batch + 1), schooling.warm_up)
    slopes = [torch.optim.lr_scheduler.LambdaLR(optimizer, slope) for optimizer in optimizers]
    net.train()
    for _ in range(schooling.rounds):
        for batch in cut_batches((inputs[0] != NOTHING).sum(axis=1).tolist(), schooling.batch, SORTED, order):
            sums = net(*(torch.from_numpy(_cut(part[batch])) for part in inputs), marks[batch])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(sums, wanted[batch], reduction="none").sum(1)
            net.zero_grad()
            loss.mean().backward()
            torch.nn.utils.clip_grad_norm_(fast, 1.0)
            for part in (*optimizers, *slopes):
                part.step()
    return make_classifier(words, _read_arrays(net))


def _number(rows: Mapping[str, int], texts: Sequence[Sequence[str]]) -> Numbers:
    """The rows of words, one line a text, filled up with NOTHING."""
    found = np.full((len(texts), max(1, *map(len, texts))), NOTHING, np.int64)
    for at, words in enumerate(texts):
        found[at, : len(words)] = [rows.get(word, UNKNOWN) for word in words]
    return found


def _cut(numbers: Numbers) -> Numbers:
    """Without the columns that nothing stands in, but for the first."""
    return numbers[:, : max(1, int((numbers != NOTHING).sum(axis=1).max()))]


def make_slope(steps: int, warm_up: float) -> Callable[[int], float]:
    """The share of the highest rate at a step: it rises, and then falls."""
    return lambda step: min(1.0, (step + 1) / (warm_up * steps)) * max(0.02, 1 - step / steps)


def cut_batches(lengths: Sequence[int], size: int, near: int, order: random.Random) -> Iterator[list[int]]:
    """Places of examples of about one length, in random order; so many batches are cut `near` each other, from sorted ones."""
    places = list(range(len(lengths)))
    order.shuffle(places)
    batches = []
    for first in range(0, len(places), near * size):
        alike = sorted(places[first : first + near * size], key=lengths.__getitem__)
        batches += [alike[at : at + size] for at in range(0, len(alike), size)]
    order.shuffle(batches)
    yield from batches


def _build(torch: Any, vectors: Floats, shape: Shape, schooling: Schooling) -> Any:
    """The network as torch has it: the sums of `Classifier`, many sentences at once."""
    nn, functional = torch.nn, torch.nn.functional

    class Network(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.vectors = nn.Embedding.from_pretrained(torch.tensor(vectors), freeze=False, sparse=True)
            self.own = nn.Linear(vectors.shape[1], shape.width)
            self.around = nn.Linear(vectors.shape[1], shape.bag)
            self.convolutions = nn.ModuleList(
                nn.Conv1d(shape.width, 2 * shape.width, 3, padding=1) for _ in range(shape.convolutions)
            )
            self.attention = nn.Linear(shape.width, shape.heads, bias=False)
            pooled = (2 + shape.heads) * shape.width + 6 * shape.bag + len(MARKS)
            self.hidden, self.out = nn.Linear(pooled, shape.hidden), nn.Linear(shape.hidden, len(LABELS))
            nn.init.constant_(self.out.bias, -3.0)  # most labels are absent
            self.drop = nn.Dropout(schooling.dropped)

        def look_up(self, numbers: Any) -> Any:
            if self.training:
                hidden = (torch.rand(numbers.shape) < schooling.hidden_words) & (numbers != NOTHING)
                numbers = torch.where(hidden, torch.full_like(numbers, UNKNOWN), numbers)
            return self.vectors(numbers)

        def gather(self, numbers: Any) -> Any:
            mask = (numbers != NOTHING).unsqueeze(-1).float()
            mask[:, :1][mask.sum(1, keepdim=True) == 0] = 1.0
            brought = functional.relu(self.around(self.look_up(numbers)))
            return torch.cat([(brought * mask).sum(1) / mask.sum(1), (brought - 1e4 * (1 - mask)).amax(1)], 1)

        def forward(self, own: Any, quote: Any, before: Any, after: Any, marks: Any) -> Any:
            mask = (own != NOTHING).unsqueeze(-1).float()
            mask[:, :1][mask.sum(1, keepdim=True) == 0] = 1.0
            away = 1e4 * (1 - mask)
            states = self.own(self.look_up(own)) * mask
            for convolution in self.convolutions:
                normal = functional.layer_norm(states, states.shape[-1:]) * mask
                one, other = convolution(normal.transpose(1, 2)).transpose(1, 2).chunk(2, -1)
                states = states + self.drop(torch.maximum(one, other)) * mask
            attention = torch.softmax(self.attention(states) - away, 1)
            pooled = [
                (states - away).amax(1),
                states.sum(1) / mask.sum(1),
                torch.einsum("bwh,bwd->bhd", attention, states).flatten(1),
                *(self.gather(numbers) for numbers in (quote, before, after)),
                marks,
            ]
            return self.out(self.drop(functional.relu(self.hidden(self.drop(torch.cat(pooled, 1))))))

    return Network()


def _read_arrays(net: Any) -> dict[str, Floats]:
    """What it learned, by the names that `make_classifier` knows."""

    def array(values: Any) -> Floats:
        return np.ascontiguousarray(values.detach().numpy(), dtype=np.float32)

    found = {"vectors": array(net.vectors.weight), "attention": array(net.attention.weight.T)}
    for name in ("own", "around", "hidden", "out"):
        layer = getattr(net, name)
        found[name], found[f"{name}_shift"] = array(layer.weight.T), array(layer.bias)
    for at, layer in enumerate(net.convolutions):
        weight = layer.weight.permute(2, 1, 0)  # (3, width, 2 * width)
        found[f"weights_{at}"] = array(weight.reshape(-1, weight.shape[-1]))
        found[f"shift_{at}"] = array(layer.bias)
    return found


def _write_arrays(torch: Any, net: Any, arrays: Mapping[str, Floats]) -> None:
    """Give a network of the same shape what another one learned; the reverse of `_read_arrays`, but for the vectors."""

    def put(weights: Any, values: Floats) -> None:
        weights.copy_(torch.tensor(np.ascontiguousarray(values)))

    with torch.no_grad():
        put(net.attention.weight, arrays["attention"].T)
        for name in ("own", "around", "hidden", "out"):
            layer = getattr(net, name)
            put(layer.weight, arrays[name].T)
            put(layer.bias, arrays[f"{name}_shift"])
        for at, layer in enumerate(net.convolutions):
            weights = arrays[f"weights_{at}"]
            put(layer.weight, weights.reshape(3, -1, weights.shape[-1]).transpose(2, 1, 0))
            put(layer.bias, arrays[f"shift_{at}"])
