"""A tokenizer for development mail: identifiers(), paths, v2, 3/7 and for-6.9/block stay one token each.

Contractions are split as spaCy's English does ("I'll" is "I" and "'ll"), and their norm is the long form ("will").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cache, cached_property, lru_cache
from itertools import accumulate, chain
from typing import NamedTuple

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

_PREFIXES = [r"[\[(<{\"'`*_~“”‘’…,;:]", r"\.\.+", r"\(\("]
_SUFFIXES = [r"[\])>}\"'`*_~“”‘’…,;:!?]", r"\.+", r"(?<=\w)['’]s"]
_INFIXES = [r"\.\.+", r"…", r"—", r"--+", r"(?<=[a-z])[,;!?](?=[A-Za-z])", r"(?<=[a-z]{3})\.(?=[A-Z][a-z])"]
_WHOLE = re.compile(r"(?:\w{1,80}\(\)|\+1|\[[\w.-]{1,12}\]|https?://[^\s<>]{1,500}|[:;]-?[)(DP])$")

_PIECE = re.compile(r"\S+")
# A word that spaCy leaves whole, and marks around it that it cuts off one by one, but dots.
_PLAIN = re.compile(
    r"[(\"]?(?P<word>[A-Za-z0-9](?:(?!--|\.\.|\.[A-Z])[\w./+=%#@-])*(?<=[A-Za-z0-9]))[,.;:!?)\"]*", re.A
)
_MARKS = re.compile(r"\.+|.")
_LONE = re.compile("[\ud800-\udfff]")  # surrogates, which spaCy cannot store


@cache
def load_tokenizer() -> Language:
    """A blank English pipeline with the tuned tokenizer."""
    nlp = spacy.blank("en")
    rules = {
        key: value
        for key, value in (nlp.Defaults.tokenizer_exceptions or {}).items()
        if "'" in key or "’" in key or key.lower() in ("cannot", "gonna", "e.g.", "i.e.", "vs.")
    }
    nlp.tokenizer = Tokenizer(
        nlp.vocab,
        rules=rules,
        prefix_search=compile_prefix_regex(_PREFIXES).search,
        suffix_search=compile_suffix_regex(_SUFFIXES).search,
        infix_finditer=compile_infix_regex(_INFIXES).finditer,
        token_match=_WHOLE.match,
    )
    return nlp


class Token(NamedTuple):
    """A token as it stands, in lower case, in its long form, and `at` which offset of its word between blanks it begins."""

    text: str
    lower: str
    norm: str
    is_punct: bool
    at: int


class Text:
    """A sentence with its blanks squeezed, its tokens, where each begins in it, and the way back to the offsets of the sentence
    as it stood. `words` and `norms` are the tokens as they stand and in their long forms; behind the last stands ""."""

    def __init__(self, raw: str) -> None:
        self._raw = raw
        self._cuts = [*map(_cut, raw.split())]
        self.tokens = [*chain.from_iterable(self._cuts)]
        self.norms = [*[token.norm for token in self.tokens], ""]

    @cached_property
    def words(self) -> list[str]:
        return [*[token.text for token in self.tokens], ""]

    @cached_property
    def text(self) -> str:
        return _LONE.sub("\ufffd", " ".join(self._raw.split()))

    @cached_property
    def starts(self) -> list[int]:
        lengths = map(len, self._raw.split())
        return self._find_starts(accumulate(lengths, lambda at, length: at + length + 1, initial=0))

    @cached_property
    def _places(self) -> list[int]:
        return self._find_starts(piece.start() for piece in _PIECE.finditer(self._raw))

    def _find_starts(self, pieces: Iterable[int]) -> list[int]:
        """Where each token begins, if the pieces between blanks begin at some offsets."""
        return [start + token.at for start, tokens in zip(pieces, self._cuts, strict=False) for token in tokens]

    def __len__(self) -> int:
        return len(self.tokens)

    def cut(self, start: int, end: int) -> str:
        """The text of a run of tokens."""
        return self.text[self.starts[start] : self.end_of(end - 1)] if start < end else ""

    def end_of(self, at: int) -> int:
        """The offset behind a token."""
        return self.starts[at] + len(self.words[at])

    def find(self, start: int, end: int) -> tuple[int, int]:
        """The tokens of a part of the sentence as it stood, the other way round than `place`."""
        return bisect_left(self._places, start), bisect_left(self._places, end)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the sentence as it stood of a run of tokens, end exclusive."""
        return self._places[start], self._places[end - 1] + len(self.words[end - 1])


@lru_cache(maxsize=20_000)
def _cut(piece: str) -> tuple[Token, ...]:
    """The tokens of what stands between two blanks. People use few words: nine in ten were cut before."""
    plain = _PLAIN.fullmatch(piece)
    special: Mapping[str, object] = load_tokenizer().tokenizer.rules  # type: ignore[union-attr]
    if plain is None or piece in special or plain["word"] in special or plain["word"] + "." in special:
        return cut_by_tokenizer(piece)
    first, end = plain.span("word")
    word = Token(piece[first:end], piece[first:end].lower(), piece[first:end].lower(), False, first)
    marks = [Token(mark[0], mark[0], mark[0], True, mark.start()) for mark in _MARKS.finditer(piece, end)]
    return (Token(piece[0], piece[0], piece[0], True, 0), word, *marks) if first else (word, *marks)


def cut_by_tokenizer(piece: str) -> tuple[Token, ...]:
    """The same by spaCy, which takes 20 times as long for a word that it has not seen."""
    doc = load_tokenizer().make_doc(_LONE.sub("\ufffd", piece))
    return tuple(Token(token.text, token.lower_, token.norm_, token.is_punct, token.idx) for token in doc)
