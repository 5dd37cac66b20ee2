"""A tiny encoder learns what the sentences claim, and says it of others."""

from __future__ import annotations

from pathlib import Path

import pytest

from miner.claims.classifier import LABELS, STATUSES
from miner.claims.features import Place, Setting
from miner.learning import encoder
from miner.learning.examples import Example, targets_of

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] this looks good to me now here again the loom has threads was it merged ? . | reply own 0"


def made(text: str, *claims: tuple[str, str]) -> Example:
    return Example("made", text, Place(Setting("reply")), targets_of(claims))  # type: ignore[arg-type]


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    """An encoder that knows nothing."""
    pytest.importorskip("torch", reason="only `make model` needs torch")
    models = pytest.importorskip("transformers", reason="only `make model` needs transformers")
    folder = tmp_path / "tiny"
    models.BertTokenizerFast(vocab={word: at for at, word in enumerate(WORDS.split())}).save_pretrained(folder)
    shape = {
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "initializer_range": 0.3,
    }
    pytest.importorskip("torch").manual_seed(1)  # the first weights are drawn too
    models.BertModel(models.BertConfig(vocab_size=len(WORDS.split()), **shape)).save_pretrained(folder)
    return str(folder)


def test_what_is_learned_is_found_again(tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "ROUNDS", 150)
    monkeypatch.setattr(encoder, "RATE", 1e-3)
    monkeypatch.setattr(encoder, "HEAD_RATE", 1e-2)
    monkeypatch.setattr(encoder, "SILENT_SHARE", 1.0)
    learned = [
        *[made(f"This looks good to me {word}.", ("ready", "asserted")) for word in ("now", "here", "again")],
        *[made(f"Was it merged {word}?", ("merged", "asked")) for word in ("now", "here", "again")],
        *[made(f"The loom has threads {word}.") for word in ("now", "here", "again")],
    ] * 4
    encoder.fine_tune(tiny, learned, 1, tmp_path / "tuned.pt")
    asked = [
        made("Was it merged here?"),
        made("The loom has threads."),
        made("This looks good to me."),
        made("Was it merged here?"),
    ]
    scores = encoder.ask(tiny, tmp_path / "tuned.pt", asked)
    assert scores.shape == (4, len(LABELS))
    statuses = scores[:, : len(STATUSES)]
    assert [STATUSES[statuses[at].argmax()] for at in (0, 2)] == ["merged", "ready"]
    assert statuses[[0, 2]].max(axis=1).min() > statuses[1].max()
    assert scores[3] == pytest.approx(scores[0], abs=1e-5)  # whatever stands beside it


def test_what_half_of_the_silent_would_have_taught_is_scored_lower(tiny, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(encoder, "ROUNDS", 1)
    learned = [made("This looks good.", ("ready", "asserted")), made("The loom has threads.")] * 4
    monkeypatch.setattr(encoder, "SILENT_SHARE", 1.0)
    encoder.fine_tune(tiny, learned, 1, tmp_path / "tuned.pt")
    whole = encoder.ask(tiny, tmp_path / "tuned.pt", learned[:1])
    monkeypatch.setattr(encoder, "SILENT_SHARE", 0.5)
    half = encoder.ask(tiny, tmp_path / "tuned.pt", learned[:1])
    statuses = len(STATUSES)
    assert (half[0, :statuses] < whole[0, :statuses]).all()
    assert half[0, statuses:] == pytest.approx(whole[0, statuses:])
