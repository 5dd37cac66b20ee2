"""The stage: messages in, claims out, each mail by itself, in the order of the body.

Sentence by sentence: the cheap pass names the rules that may match; only then is the sentence tokenized and matched. A
clause gives at most one claim (the first rule of the file wins), a sentence at most one claim a status.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from spacy.tokens import Doc

from miner.claims.context import is_question, judge_certainty
from miner.claims.details import Details, find_addressed, known_names, read_details
from miner.claims.rules import Match, RuleSet, load_rules
from miner.claims.sentences import Sentence, is_robot, split_sentences
from miner.claims.tokens import Text, load_tokenizer
from miner.model import Certainty, Claim, Message, StatusLabel
from miner.trailers import find_trailers

TRAILER_CONFIDENCE = 0.97
BARE_NAME_CONFIDENCE = 0.6
_LONGEST_SPAN = 200  # characters
_WHOLE_SENTENCE = 110  # sentences up to here are the span of their only claim
_JOINS = frozenset(
    "and but so then or though although while because which however otherwise except if once unless until when after".split()
)
_SUBJECTS = frozenset(
    "i we it this that these those you he she they will there please then let so but thus hence".split()
)


@cache
def load_ruleset() -> RuleSet:
    """The rules, compiled for the tokenizer's vocabulary."""
    rules, macros = load_rules()
    return RuleSet(rules, macros, load_tokenizer().vocab)


def find_claims(messages: Iterable[Message]) -> Iterator[Claim]:
    """All claims of some messages; `item` and `series` stay None for the join to fill."""
    for message in messages:
        yield from sorted(find_in_message(message), key=lambda claim: (claim.start, claim.end))


def find_in_message(message: Message) -> Iterator[Claim]:
    """The claims of one mail: trailers, then prose."""
    author = str(message.author)
    for trailer in find_trailers(message):
        own = _same_person(trailer.person, message)
        yield Claim(
            message_id=message.message_id,
            start=trailer.start,
            end=trailer.end,
            text=message.body[trailer.start : trailer.end],
            status="dropped" if trailer.kinds == ("Nacked-by",) else "ready",
            certainty="conditional" if trailer.conditional else "asserted",
            confidence=TRAILER_CONFIDENCE,
            by=author,
            holder=None if own else trailer.person,
            date=message.date,
            waiting_on=(),
            target=None,
            about=None,
            depends_on=(),
            item=None,
            series=None,
            rule="trailer",
        )
    if is_robot(message):
        return
    yield from _find_in_prose(message)


def _find_in_prose(message: Message) -> Iterator[Claim]:
    rules = load_ruleset()
    names: frozenset[str] | None = None
    before: Sentence | None = None
    for sentence in split_sentences(message):
        previous, before = before, sentence
        bare = _bare_name(sentence, previous)
        live = rules.find_live(sentence.text)
        if not live and not bare:
            continue
        names = known_names(message) if names is None else names
        if bare:
            details = Details((bare,), None, None, (), None)
            start = sentence.start
            yield _make_claim(
                message,
                sentence,
                start,
                start + len(sentence.text),
                "needs-reply",
                "asked",
                BARE_NAME_CONFIDENCE,
                details,
                "bare-name",
            )
            continue
        text = Text(sentence.text, load_tokenizer())
        edges = _clause_edges(text.doc)
        kept = _choose(rules.match(text.doc, live), text.doc, edges, sentence, message)
        for match, (first, end), certainty in kept:
            start, stop = _place_span(text, sentence, match, first, end, certainty, len(kept) == 1)
            details = read_details(message, sentence.text, sentence.text[start:stop], match.rule.status, names)
            yield _make_claim(
                message,
                sentence,
                sentence.start + start,
                sentence.start + stop,
                match.rule.status,
                certainty,
                match.rule.confidence,
                details,
                match.rule.name,
            )


def _choose(
    matches: Iterable[Match], doc: Doc, edges: list[int], sentence: Sentence, message: Message
) -> list[tuple[Match, tuple[int, int], Certainty]]:
    """At most one match a clause and one claim a status, the earlier rule before the later one."""
    kept: list[tuple[Match, tuple[int, int], Certainty]] = []
    for match in matches:
        rule = match.rule
        if sentence.zone == "commit" and not rule.in_patch:
            continue
        if rule.reply and not message.subject.reply and message.in_reply_to is None and message.form == "mail":
            continue
        first = max(edge for edge in edges if edge <= match.start)
        end = min((edge for edge in edges if edge >= match.end), default=len(doc))
        if any(
            (first < other_end and end > other_first) or rule.status == other.rule.status
            for other, (other_first, other_end), _ in kept
        ):
            continue
        question = is_question(doc.text, doc[first:end].text)
        if (question and rule.questions == "no") or (not question and rule.questions == "only"):
            continue
        kept.append((match, (first, end), judge_certainty(match, doc, first, end)))
    return sorted(kept, key=lambda item: item[1])


def _clause_edges(doc: Doc) -> list[int]:
    """Token numbers where a clause begins, and the end of the sentence."""
    edges = [0]
    for at in range(1, len(doc) - 1):
        token, before, after = doc[at], doc[at - 1], doc[at + 1]
        if (
            before.text in (";", "—", "--", "-", "–")
            or (before.text in (",", ":") and (token.lower_ in _JOINS or token.lower_ in _SUBJECTS))
            or (token.text == "(" and at > 2)
            or (token.lower_ in ("and", "but", "so") and before.text != "," and after.lower_ in _SUBJECTS)
            or token.lower_ == "but"
            or (before.text == ")" and token.lower_ in _SUBJECTS)
        ):
            edges.append(at)
    edges.append(len(doc))
    return edges


def _place_span(
    text: Text, sentence: Sentence, match: Match, first: int, end: int, certainty: Certainty, alone: bool
) -> tuple[int, int]:
    """The smallest clause that carries the claim, or the sentence where it is short or holds the condition."""
    whole = len(sentence.text)
    if alone and (whole <= _WHOLE_SENTENCE or (certainty == "conditional" and whole <= _LONGEST_SPAN)):
        return 0, whole
    while first < match.start and (text.doc[first].is_punct or text.doc[first].text in ("--", "–", "—")):
        first += 1
    start, stop = text.place(first, end)
    if stop - start > _LONGEST_SPAN:
        start, stop = text.place(match.start, match.end)
        stop = min(max(stop, start + 100), text.place(first, end)[1])
        while stop < whole and not sentence.text[stop].isspace():
            stop += 1
    return start, stop


def _bare_name(sentence: Sentence, previous: Sentence | None) -> str | None:
    """A name with a question mark, alone, after a sentence of the same paragraph that speaks of that person."""
    if len(sentence.text) > 30 or previous is None or previous.paragraph != sentence.paragraph:
        return None
    found = re.fullmatch(r"([A-Z][^\W\d_]{1,20}(?: [A-Z][^\W\d_]{1,20})?)\s?\?+", sentence.text)
    return found[1] if found and found[1] in previous.text else None


def _same_person(person: str | None, message: Message) -> bool:
    if not person:
        return True
    address, name = message.author.address, message.author.name
    return bool((address and address.lower() in person.lower()) or (name and name.lower() in person.lower()))


def _make_claim(
    message: Message,
    sentence: Sentence,
    start: int,
    end: int,
    status: StatusLabel,
    certainty: Certainty,
    confidence: float,
    details: Details,
    rule: str,
) -> Claim:
    quoted = sentence.by is not None
    return Claim(
        message_id=message.message_id,
        start=start,
        end=end,
        text=message.body[start:end],
        status=status,
        certainty=certainty,
        confidence=confidence,
        by=sentence.by or str(message.author),
        holder=details.holder,
        date=None if quoted else message.date,
        waiting_on=details.waiting_on,
        target=details.target,
        about=details.about,
        depends_on=details.depends_on,
        item=None,
        series=None,
        rule=rule,
    )


__all__ = ["find_addressed", "find_claims", "find_in_message", "load_ruleset"]
