"""A tokenizer for development mail: identifiers(), paths, v2, 3/7 and for-6.9/block stay one token each.

Contractions are split as spaCy's English does ("I'll" is "I" and "'ll"), and their norm is the long form ("will").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

_PREFIXES = [r"[\[(<{\"'`*_~“”‘’…,;:]", r"\.\.+", r"\(\("]
_SUFFIXES = [r"[\])>}\"'`*_~“”‘’…,;:!?]", r"\.+", r"(?<=\w)['’]s"]
_INFIXES = [r"\.\.+", r"…", r"—", r"--+", r"(?<=[a-z])[,;!?](?=[A-Za-z])", r"(?<=[a-z]{3})\.(?=[A-Z][a-z])"]
_WHOLE = re.compile(r"(?:\w{1,80}\(\)|\+1|\[[\w.-]{1,12}\]|https?://[^\s<>]{1,500}|[:;]-?[)(DP])$")

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


class Text:
    """A sentence with its blanks squeezed, its tokens, and the way back to the offsets of the sentence as it stood.

    `words` and `norms` are the tokens as they stand and in their long forms, in lower case; behind the last stands "".
    """

    __slots__ = ("_from", "_to", "doc", "norms", "raw", "words")

    def __init__(self, raw: str, nlp: Language) -> None:
        self.raw = raw
        self._from: list[int] = []
        self._to: list[int] = []
        pieces: list[str] = []
        at = 0
        for piece in re.finditer(r"\S+", raw):
            self._from.append(piece.start())
            self._to.append(at)
            pieces.append(piece.group())
            at += len(piece.group()) + 1
        self.doc: Doc = nlp.make_doc(_LONE.sub("\ufffd", " ".join(pieces)))
        tokens = list(self.doc)
        self.words = [*[token.text for token in tokens], ""]
        self.norms = [*[token.norm_ for token in tokens], ""]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the sentence of a run of tokens, end exclusive."""
        first, last = self.doc[start], self.doc[end - 1]
        return self._back(first.idx), self._back(last.idx + len(last.text) - 1) + 1

    def _back(self, at: int) -> int:
        piece = bisect_right(self._to, at) - 1
        return self._from[piece] + at - self._to[piece]
