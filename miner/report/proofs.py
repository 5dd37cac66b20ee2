"""Which of the sentences that prove a status is quoted.

Rule: the first, which decided, unless it says too little by itself ("Will do."): then of those that lead to the same status the one that
says most, and where that is short the words that it answers. A short question about code ("Why this?") is shown
with the line that it stands below. What a posting says of itself proves no request and no review, and
lines of a patch or of a tool's output are nobody's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from miner.model import Evidence, Message, Series, Status
from miner.report.escape import one_line

_ENOUGH = 3  # words with a meaning of their own
_FEW_WORDS = 4  # fewer than these, and what they answer is quoted too
_SHORT = 60  # characters of few words
_LONGEST = 140  # characters of what is answered
_MOST_LINES = 8
_OF_PATCH = re.compile(r"---|[-+@]|diff |index [0-9a-f]|[A-Z][a-z-]+-by: ")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_REQUEST = re.compile(r"\bplease\b|\b(?:can|could|would|will) you\b", re.I)
_NEAR = timedelta(days=7)  # what decided and what says more are of one talk
_TRAILER = re.compile(r"\s*[A-Z][a-z]+(?:-[a-z]+)*-by: ")
_OUTPUT = re.compile(r"\W*No newline at end of file\W*", re.I)
_POINTS = re.compile(r"\b(?:this|that|these|those|it|its|here|there|below|above|same)\b", re.I)
_MARKS = re.compile(r"(?:[ \t]?> ?)*")
_HEAD = re.compile(r"\+\+\+|---")
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_EMPTY = frozenset(
    "a about agree agreed ah all also an and are as at be but by can could did do does done for from going good got great has have he here hi"
    " him i i'd i'll i'm i've i’d i’ll i’m i’ve if in is it it's it’s its just later let let's make me my next no not now of off oh ok okay on one"
    " or our out please point right said same she should so soon sorry sure thank thanks that that's that’s the them then there these they"
    " this those to too too up us very was we we'll we’ll well were what which will with would yeah yep yes you your fair enough fix fixed".split()
)
_OPEN = frozenset({"needs-revision", "needs-reply", "needs-review", "planned", "in-progress", "blocked"})
_ANSWERS = _OPEN - {"needs-review"}  # a reminder answers nothing


def choose_proofs(
    status: Status, posting: Series | None, find_mail: Callable[[str], Message | None]
) -> Sequence[Evidence]:
    """The sentences that may be quoted, what is best to prove the status first; none where nothing but the posting is at hand."""
    told = [each for each in status.evidence if not _is_own_posting(each, status)]
    if not told or status.status not in _OPEN:
        return told
    own = {posting.root, posting.cover, *posting.patches} - {None} if posting is not None else set()

    def says_nothing(each: Evidence) -> bool:
        if _OUTPUT.fullmatch(each.text):
            return True
        if each.message_id in own and (status.status == "needs-review" or _is_of_a_patch(each, posting)):
            return True
        message = find_mail(each.message_id)
        return message is not None and _stands_in(message, each.text, "patch")

    def is_near(each: Evidence) -> bool:
        dates = [mail.date for ident in (first.message_id, each.message_id) if (mail := find_mail(ident)) and mail.date]
        return len(dates) < 2 or abs(dates[0] - dates[1]) <= _NEAR

    first, *rest = told
    alike = [each for each in rest if each.status == status.status]
    if says_nothing(first):
        found = next((each for each in _by_weight(alike) if not says_nothing(each)), None)
        return [found, *(each for each in rest if each is not found)] if found else []
    if _weigh(first.text) < _ENOUGH:
        better = (
            each for each in _by_weight(alike) if _weigh(each.text) > _weigh(first.text) and not each.text.endswith(":")
        )
        found = next((each for each in better if is_near(each) and not says_nothing(each)), first)
        return [found, *(each for each in told if each is not found)]
    return told


def find_answered_words(evidence: Evidence, status: Status, message: Message | None) -> str:
    """What a sentence of few words answers: the end of what is quoted right above it."""
    few = len(evidence.text) <= _SHORT and len(_WORD.findall(evidence.text)) < _FEW_WORDS
    if message is None or status.status not in _ANSWERS or not few:
        return ""
    line = _line_of(message, evidence.text)
    if line is None:
        return ""
    lines = message.lines
    above = next(
        (layer for layer in reversed(message.layers) if layer.end_line <= line and layer.kind == "quote"), None
    )
    if above is None:
        return ""
    quoted = [each.lstrip("> \t") for each in lines[above.first_line : above.end_line]]
    while quoted and not quoted[-1].strip():
        quoted.pop()
    blank = max((n for n, each in enumerate(quoted) if not each.strip()), default=-1)
    words = quoted[blank + 1 :][-_MOST_LINES:]
    if any(_OF_PATCH.match(each) for each in words):
        return ""
    text = one_line(" ".join(words), 2000)
    while len(text) > _LONGEST and (end := _SENTENCE_END.search(text)) is not None:
        text = text[end.end() :]
    return text if len(text) <= _LONGEST else ""


def find_asked_about(text: str, message: Message | None) -> str:
    """What a short question points at: the last line of code that is quoted straight above it."""
    points = len(text) <= _SHORT and (_POINTS.search(text) is not None or _weigh(text) < _ENOUGH)
    line = _line_of(message, text) if message is not None and points else None
    if message is None or line is None:
        return ""
    lines = message.lines
    above = next((at for at in range(line - 1, -1, -1) if lines[at].strip()), -1)
    quotes = (layer for layer in message.layers if layer.kind == "quote")
    first = next((layer.first_line for layer in quotes if layer.first_line <= above < layer.end_line), above + 1)
    for at in range(above, max(first, above - _MOST_LINES) - 1, -1):
        code = _MARKS.sub("", lines[at], count=1)
        if not code.startswith(("+", "-", " ", "\t")) or _HEAD.match(code):
            return ""
        words = one_line(code.lstrip("+-"), 2000)
        if _WORD.search(words):
            return words if len(words) <= _LONGEST else ""
    return ""


def _by_weight(found: Iterable[Evidence]) -> list[Evidence]:
    return sorted(found, key=lambda each: -min(_weigh(each.text), 2 * _ENOUGH))


def _weigh(text: str) -> int:
    """How much words say by themselves; the name of a function says as much as two words, a request with any word is enough."""
    if _TRAILER.match(text):
        return 2 * _ENOUGH
    words = {word.casefold() for word in _WORD.findall(text)} - _EMPTY
    weight = len(words) + sum("_" in word for word in words)
    return max(weight, _ENOUGH) if words and _REQUEST.search(text) else weight


def _is_own_posting(evidence: Evidence, status: Status) -> bool:
    """That a posting was posted needs no proof: the entry shows its title and its link already."""
    return evidence.message_id == status.key and one_line(evidence.text) in ("", one_line(status.title))


def _is_of_a_patch(evidence: Evidence, posting: Series | None) -> bool:
    """Whether it stands in the patch itself, and not in a cover letter, where authors say what they plan and ask."""
    return posting is not None and evidence.message_id in posting.patches and evidence.message_id != posting.cover


def _stands_in(message: Message, text: str, kind: str) -> bool:
    line = _line_of(message, text)
    return line is not None and any(
        layer.kind == kind and layer.first_line <= line < layer.end_line for layer in message.layers
    )


def _line_of(message: Message, text: str) -> int | None:
    """The line in which some words of a mail begin: in its own text, if they stand there too."""
    places: list[int] = []
    at = message.body.find(text)
    while at >= 0 and len(places) < 20:
        places.append(message.body.count("\n", 0, at))
        at = message.body.find(text, at + 1)
    own = (
        line
        for line in places
        for layer in message.layers
        if layer.kind == "own" and layer.first_line <= line < layer.end_line
    )
    return next(own, places[0] if places else None)
