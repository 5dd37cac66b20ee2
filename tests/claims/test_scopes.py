"""Each cue of the table is in an example that says what it says, and its look-alikes do not."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain

import pytest

from miner.claims.scopes import Cue, load_cues
from miner.model import Claim

CUES: list[Cue] = [*chain.from_iterable(load_cues().rows.values())]
Find = Callable[..., list[Claim]]


@pytest.mark.parametrize(("cue", "text"), [pytest.param(c, t, id=f"{c.name}: {t}") for c in CUES for t in c.examples])
def test_a_cue_makes_less_of_a_claim(claims_of: Find, cue: Cue, text: str) -> None:
    assert cue.says in [claim.certainty for claim in claims_of(text)]


@pytest.mark.parametrize(("cue", "text"), [pytest.param(c, t, id=f"{c.name}: {t}") for c in CUES for t in c.counter])
def test_a_look_alike_makes_nothing_less(claims_of: Find, cue: Cue, text: str) -> None:
    assert "asserted" in [claim.certainty for claim in claims_of(text)]


@pytest.mark.parametrize(("cue", "words"), [(cue, words) for cue in CUES for words in cue.words])
def test_each_word_of_a_cue_has_an_example(cue: Cue, words: str) -> None:
    assert any(re.search(words, text, re.I) for text in cue.examples), words
