"""What the words of a claim are taken for beyond its status: a sense asks for a status, a certainty, and words that it has or has not."""

from __future__ import annotations

import re

from miner.model import Claim


def words_of(claim: Claim) -> str:
    """A claim's words in one line."""
    return " ".join(claim.text.split())


class Sense:
    """Whether a claim of one of some statuses and certainties, of any where none is named, has some `words` and none that it may not
    have (`but`). What is `spoken` is no trailer."""

    def __init__(
        self, words: str, status: str = "", certainty: str = "", but: str = "", spoken: bool = False, flags: int = re.I
    ) -> None:
        self.statuses, self.certainties = status.split(), certainty.split()
        self._words, self._but = re.compile(words, flags), re.compile(but, flags) if but else None
        self._spoken = spoken

    def __call__(self, claim: Claim, text: str | None = None) -> bool:
        """Without a `text`, the sentence for one, the claim's own words are read."""
        if self.statuses and claim.status not in self.statuses:
            return False
        if (self.certainties and claim.certainty not in self.certainties) or (self._spoken and claim.rule == "trailer"):
            return False
        text = words_of(claim) if text is None else text
        return bool(self._words.search(text)) and not (self._but and self._but.search(text))
