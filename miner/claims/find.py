"""The stage: messages in, claims out, in the order of the mails and of their bodies.

Sentence by sentence: the gate throws away what has no sign of a claim; the classifier scores the rest; the rules are tried
that its words name, for statuses that the classifier gives any chance; and `verdict.py` weighs both. Where a rule matched, its
clause is the span and its scopes tell the certainty; else the sentence is the span, or of a long one the clause that scores best.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, pairwise
from typing import Literal

from miner.claims.classifier import CERTAINTIES, STATUSES, load_classifier
from miner.claims.context import is_asked, is_conditional, is_denied, is_question, judge_certainty
from miner.claims.details import Details, find_addressed, read_details
from miner.claims.features import Place, describe, find_quote, find_setting, locate
from miner.claims.gate import load_gate, read_plain
from miner.claims.parts import split_parts
from miner.claims.pieces import Noted, find_noted, is_note, may_hold_notes
from miner.claims.rules import Match, RuleSet, load_rules
from miner.claims.scopes import Span, are_quoted, find_deeds
from miner.claims.sentences import Sentence, find_end, leads_to_trailer, split_sentences
from miner.claims.targets import is_on_its_way
from miner.claims.tokens import Text
from miner.claims.verdict import LEAST_OWNED, LEAST_SCORE, Weights, choose, claims_nothing, weigh
from miner.model import Certainty, Claim, Message, StatusLabel
from miner.robots import is_robot
from miner.trailers import find_trailers

TRAILER_CONFIDENCE = 0.97
BARE_NAME_CONFIDENCE = 0.6
ASSENT_CONFIDENCE = 0.6
CLASSIFIER = "classifier"  # the rule of a claim that no rule matched
_BATCH = 256  # mails whose sentences are weighed and scored together
_LONGEST_SPAN = 200  # characters
_WHOLE_SENTENCE = 40  # sentences up to here are the span of their only claim
_TOLD_WHOLE = 110  # those up to here tell as a whole who waits for what, and which tree is meant
_SCORED_WHOLE = 120  # those up to here are the span of what the classifier alone finds
_JOINS = frozenset(
    "and but so then or though although while because which however otherwise except if once unless until when after".split()
)
_EDGES = frozenset((";", "—", "--", "-", "–"))  # a clause begins behind each
_QUOTES = frozenset("\"'“”``")
# What is still to come before the work is in a tree: the same words promise but one of them.
_TO_COME = frozenset(("planned", "needs-revision", "needs-review", "needs-reply", "ready"))
# What the same words may say at once: "v3 is out, waiting for reviews", "I'll drop it", "I wait for v3", "I will go on with it", "it is in";
# the join adds up the last.
_BOTH: tuple[Set[StatusLabel], ...] = (
    {"posted", "needs-review"},
    {"dropped", "needs-revision"},
    {"blocked", "needs-revision"},
    {"in-progress", "planned"},
    {"applied", "merged"},
)
_RULE_AHEAD = 0.1  # of what the classifier alone says of the same words
_LONGEST_SHORT = 40  # of a bare name, and of a bare "OK"
_MOST_KNOWN = 20_000  # sentences of which it is remembered what the cheap pass said
_ASSENT = re.compile(
    r"(?:(?:oh|ah|yes|yeah|sure)[,.]? )?(?:ok(?:ay|ey)?(?:[,.]? got it)?|got it|sure)(?:[,.!]* ?(?:thanks?(?: you)?|thx|thank you)(?: a lot| for \w+(?: \w+){0,3})?)?[ .!,]*",
    re.I,
)
_WISH = re.compile(
    r"\b(?:please|pls|should|nit|instead|unnecessary|not needed|rather|i['’]d(?!(?: \w+){1,2} to (?:apply|merge|queue|take|pick|push|pull|wait|hold|postpone|defer)\b)|(?:can|could) (?:we|you)|why not|let['’]s|(?:you|don['’]t|no) need to|want to|must)\b",
    re.I,
)
_OWN_CODE = 2  # quote marks before code that its author answers a review of
_LABEL = re.compile(r"\W*\w+:")
_PROMISED = frozenset(("planned", "ready"))
_SUBJECTS = frozenset(
    "i we it this that these those you he she they will there please then let so but thus hence".split()
)
_BEFORE_SUBJECTS = frozenset("do does did can could would should is are was were have has".split())
_BEFORE_VERBS = _BEFORE_SUBJECTS | frozenset("will am may might 'll please".split())
_CONDITIONS = frozenset("if once when unless until after assuming provided".split())
_REASONS = frozenset("as since because".split())
_MEASURES = frozenset("long soon far much well".split())  # between two "as"
_VOCATIVE = 3  # words and comma at most, as in "Hi Ada, ..."
_ADVERBS = frozenset("therefore thus hence then now also maybe perhaps".split())


@dataclass(slots=True)
class Judged:
    """A sentence and what was made of it. `passed` tells whether the cheap pass let it through; `matches` are the rules
    that matched, each with its clause (in tokens) and certainty; `assent`: a bare "OK" below a wish; `noted` is what its half sentences say; `statuses` and `certainties` are the classifier's scores. `about` is named where it is
    one of several clauses that speak of a part each."""

    sentence: Sentence
    about: str | None = None
    passed: bool = False
    bare_name: str | None = None
    assent: bool = False
    text: Text | None = None
    place: Place | None = None
    matches: Sequence[tuple[Match, tuple[int, int], Certainty]] = ()
    statuses: tuple[float, ...] = ()
    certainties: tuple[float, ...] = ()
    probabilities: Mapping[StatusLabel, float] | None = None
    noted: Sequence[Noted] = ()
    claims: Sequence[Claim] = ()


@cache
def load_ruleset() -> RuleSet:
    """The rules, compiled."""
    return RuleSet(*load_rules())


def find_claims(messages: Iterable[Message], weights: Weights | None = None) -> Iterator[Claim]:
    """All claims of some messages; `item` and `series` stay None for the join to fill. `weights` stand in for the
    shipped ones of rules and scores. A few messages are read ahead."""
    coming = iter(messages)
    while batch := list(islice(coming, _BATCH)):
        for message, judged in zip(batch, score_mails(batch), strict=True):
            _decide_all(message, judged, weights)
            found = _tell_once([*claim_trailers(message)], [claim for each in judged for claim in each.claims])
            yield from sorted(found, key=lambda claim: (claim.start, claim.end))


def _tell_once(trailers: Sequence[Claim], said: Sequence[Claim]) -> Iterator[Claim]:
    """The claims of a mail. A trailer within a sentence, "With that fixed: Acked-by: ...", is one claim, with what the sentence adds."""
    around = {
        id(claim): trailer
        for claim in said
        for trailer in trailers
        if claim.status == trailer.status and claim.start < trailer.end and trailer.start < claim.end
    }
    of_trailer = {id(around[id(claim)]): claim for claim in said if id(claim) in around}
    for trailer in trailers:
        if (claim := of_trailer.get(id(trailer))) is None:
            yield trailer
        else:
            yield replace(trailer, about=claim.about, depends_on=claim.depends_on)
    yield from (claim for claim in said if id(claim) not in around)


def judge_mail(message: Message, weights: Weights | None = None) -> list[Judged]:
    """The sentences of a mail, judged; a robot's mail has none."""
    [judged] = score_mails([message])
    _decide_all(message, judged, weights)
    return judged


def score_mails(messages: Sequence[Message]) -> list[list[Judged]]:
    """The sentences of each mail with the rules that matched and the classifier's scores, nothing decided yet."""
    mails = [[] if is_robot(message) else [*_read_sentences(message)] for message in messages]
    _note(messages, mails)
    found = _find_passing(each.sentence.text for judged in mails for each in judged)
    heard = [
        (message, each)
        for message, judged in zip(messages, mails, strict=True)
        if judged
        for each in _select(message, judged, found)
    ]
    seen = [describe(each.sentence.text, each.place) for _, each in heard if each.place]
    rules = load_ruleset()
    for (message, each), scores in zip(heard, load_classifier().score(seen), strict=True):
        each.statuses, each.certainties = scores
        possible = {s for s, score in zip(STATUSES, each.statuses, strict=True) if score >= LEAST_SCORE}
        if found[each.sentence.text] == "firm":
            possible |= rules.firm
        if possible:
            match_rules(message, each, possible)
    return mails


def _read_sentences(message: Message) -> Iterator[Judged]:
    """The sentences of a mail, and instead of one that speaks of several parts the clauses about each."""
    for sentence in split_sentences(message):
        start, text = sentence.start, sentence.text
        parts = split_parts(text)
        for first, end, about in parts:
            yield Judged(sentence._replace(start=start + first, text=text[first:end]), about=about)
        if not parts:
            yield Judged(sentence)


def _note(messages: Sequence[Message], mails: Iterable[list[Judged]]) -> None:
    """Find what half sentences of notes say."""
    notes = [
        each
        for message, judged in zip(messages, mails, strict=True)
        if judged and may_hold_notes(message)
        for each in judged
        if is_note(message.body, each.sentence)
    ]
    for each, noted in zip(notes, find_noted([each.sentence.text for each in notes], load_ruleset()), strict=True):
        each.noted = noted


def _select(message: Message, judged: Sequence[Judged], found: Mapping[str, Passing]) -> list[Judged]:
    """Those sentences of a mail that the classifier is to see, which get their place."""
    sentences = [each.sentence for each in judged]
    heard: list[int] = []
    for at, each in enumerate(judged):
        text = each.sentence.text
        if len(text) <= _LONGEST_SHORT:
            each.bare_name = _bare_name(each.sentence, sentences[at - 1] if at else None)
            each.assent = _ASSENT.fullmatch(text) is not None and _assents(message, sentences, at)
        if each.bare_name is not None or each.assent:
            each.passed = True
        elif each.noted or (found[text] != "no" and not leads_to_trailer(message.body, each.sentence)):
            each.passed = True
            heard.append(at)
    if heard:
        setting = find_setting(message, len(sentences))
        for at in heard:
            judged[at].place = locate(message, setting, sentences, at)
    return [judged[at] for at in heard]


# Whether the cheap pass lets a sentence through. "firm": a firm rule may be about it, which does so too.
Passing = Literal["no", "yes", "firm"]


@cache
def _load_passing() -> dict[str, Passing]:
    """What the cheap pass said of the last sentences. One in three is met again: in the next version of its patch."""
    return {}


def _find_passing(texts: Iterable[str]) -> dict[str, Passing]:
    """What the cheap pass says of some sentences."""
    known, may_be_firm = _load_passing(), load_ruleset().may_be_firm
    if len(known) > _MOST_KNOWN:
        known.clear()
    found = {text: known.get(text) for text in texts}
    fresh = {text: read_plain(text) for text, passing in found.items() if passing is None}
    passed = load_gate().judge([*fresh.values()])
    judged: dict[str, Passing] = {
        text: "firm" if may_be_firm(text, words) else "yes" if passes else "no"
        for (text, words), passes in zip(fresh.items(), passed, strict=True)
    }
    known.update(judged)
    return {text: passing or judged[text] for text, passing in found.items()}


def match_rules(message: Message, judged: Judged, statuses: Container[StatusLabel]) -> None:
    """Try the rules for some statuses on a sentence."""
    judged.text = Text(judged.sentence.text)
    if found := list(load_ruleset().match(judged.text, statuses)):
        judged.matches = _choose(found, judged.text, judged.sentence, message)


def _decide_all(message: Message, judged: Iterable[Judged], weights: Weights | None) -> None:
    for each in judged:
        if each.passed:
            each.claims = tuple(_decide(message, each, weights))


def _decide(message: Message, judged: Judged, weights: Weights | None) -> Iterator[Claim]:
    sentence = judged.sentence
    if judged.bare_name:
        details = Details((judged.bare_name,), None, None, (), None)
        span = (0, len(sentence.text))
        yield _make_claim(message, sentence, span, "needs-reply", "asked", BARE_NAME_CONFIDENCE, details, "bare-name")
        return
    if judged.assent:
        span = (0, len(sentence.text))
        details = Details((), None, None, (), None)
        yield _make_claim(
            message, sentence, span, "needs-revision", "asserted", ASSENT_CONFIDENCE, details, "bare-assent"
        )
        return
    for noted in judged.noted:
        span = (noted.start, noted.end)
        details = read_details(message, sentence.text, sentence.text[slice(*span)], noted.status, noted.certainty)
        details = replace(details, about=judged.about or details.about)
        yield _make_claim(message, sentence, span, noted.status, noted.certainty, noted.confidence, details, noted.rule)
    if not judged.matches and claims_nothing(judged.statuses, weights):
        return
    fired = {match.rule.status: match.rule.confidence for match, _, _ in judged.matches}
    probabilities = weigh(judged.statuses, fired, weights)
    for match, _, _ in judged.matches:
        probabilities[match.rule.status] = max(probabilities[match.rule.status], match.rule.firm)
    judged.probabilities = probabilities
    least = {match.rule.status: match.rule.least for match, _, _ in judged.matches}
    chosen = choose(probabilities, least, sentence.zone == "commit")
    by_status = {each[0].rule.status: each for each in judged.matches}
    placed = _place_all(judged, chosen)
    if len(placed) < len(chosen):
        chosen = [(status, sure) for status, sure in chosen if status in placed]
        placed = _place_all(judged, chosen)
    for status, sure in chosen:
        span, certainty = placed[status]
        if any(noted.status == status or (span[0] < noted.end and noted.start < span[1]) for noted in judged.noted):
            continue  # half a sentence of a note says it, or says better
        rule = by_status[status][0].rule.name if status in by_status else CLASSIFIER
        if rule == CLASSIFIER and _LABEL.fullmatch(sentence.text):
            continue
        if span[1] == len(sentence.text):
            span = span[0], find_end(message.body, sentence) - sentence.start
        whole = len(chosen) == 1 and len(sentence.text) <= _TOLD_WHOLE
        told = (0, max(span[1], len(sentence.text))) if whole else span
        clause = message.body[sentence.start + told[0] : sentence.start + told[1]]
        details = read_details(message, sentence.text, clause, status, certainty, sentence.text[slice(*span)])
        details = replace(details, about=judged.about or details.about)
        if details.holder is None and _is_quoted(judged, status, span):
            continue  # words that are spoken of: "By 'applied' I meant the idea"
        if status == "merged" and is_on_its_way(clause) and all(other != "applied" for other, _ in chosen):
            status = "applied"  # "merged into mm-unstable": a tree that is not mainline yet
            judged.probabilities = {**probabilities, "applied": sure, "merged": probabilities["applied"]}
        yield _make_claim(message, sentence, span, status, certainty, round(sure, 3), details, rule)


def _place_all(
    judged: Judged, chosen: Sequence[tuple[StatusLabel, float]]
) -> dict[StatusLabel, tuple[tuple[int, int], Certainty]]:
    """The span and certainty of each status. The same words say one, unless rules matched for both: a rule that owns them has them, else
    the surer one, or that of a rule which is not much less sure; of two of _TO_COME the surer one."""
    matched = {each[0].rule.status: each for each in judged.matches}
    sure = dict(chosen)
    owners = {
        status for status in sure if sure[status] >= LEAST_OWNED and status in matched and matched[status][0].rule.owns
    }
    placed: dict[StatusLabel, tuple[tuple[int, int], Certainty]] = {}
    for status in sorted(sure, key=lambda status: status not in owners):
        if status in matched and judged.text is not None:
            match, (first, end), certainty = matched[status]
            span = _place_span(judged.text, judged.sentence, match, first, end, certainty, len(chosen) == 1)
        else:
            span = _best_span(judged, status)
            certainty = _certainty_of(judged, status, span)
        rivals = [
            each
            for each, ((start, stop), _) in placed.items()
            if span[0] < stop
            and start < span[1]
            and (each in owners or not _may_both(each, status, matched.keys()))
            and not {each, status} <= matched.keys()
        ]
        if any(
            each in owners
            or {each, status} <= _TO_COME
            or status not in matched
            or sure[status] + _RULE_AHEAD <= sure[each]
            for each in rivals
        ):
            continue
        for each in rivals:
            del placed[each]
        placed[status] = span, certainty
    return placed


def _may_both(one: StatusLabel, other: StatusLabel, matched: Set[StatusLabel]) -> bool:
    """Whether the same words may say two statuses. "Fixed in my tree" is applied, and a revision where the author says so."""
    pair = {one, other}
    return pair in _BOTH or (pair == {"applied", "needs-revision"} and "needs-revision" in matched)


def _certainty_of(judged: Judged, status: StatusLabel, span: tuple[int, int]) -> Certainty:
    """What the classifier takes it for, unless the words of its span say less: a question mark makes a question of everything that is
    not conditional, words for a denial deny it, and those for a condition make one of a promise."""
    best = CERTAINTIES[max(range(len(CERTAINTIES)), key=judged.certainties.__getitem__)]
    text = judged.sentence.text
    if best not in ("asserted", "hedged"):
        return best
    if best == "asserted" and is_question(text, text):
        return "asked"
    if best == "asserted" and status in _PROMISED and is_conditional(text):
        return "conditional"
    said = judged.text or Text(text)
    return "negated" if is_denied(said, status, said.find(*span), _clause_edges(said)) else best


def _is_quoted(judged: Judged, status: StatusLabel, span: tuple[int, int]) -> bool:
    """Whether what makes a claim stands in quotation marks: the words of its rule, or the deeds of its span."""
    text = judged.sentence.text
    match = next((match for match, _, _ in judged.matches if match.rule.status == status), None)
    if match is not None and judged.text is not None:
        return are_quoted(text, [Span(*judged.text.place(match.start, match.end))])
    deeds = find_deeds(text, status, *span)
    return bool(deeds) and are_quoted(text, deeds)


def _best_span(judged: Judged, status: StatusLabel) -> tuple[int, int]:
    """The sentence, or the clause of a long one that the classifier scores best for a status."""
    whole = judged.sentence.text
    if len(whole) <= _SCORED_WHOLE or judged.place is None:
        return 0, len(whole)
    text = judged.text or Text(whole)
    edges = _clause_edges(text)
    spans = [text.place(first, end) for first, end in pairwise(edges) if end > first]
    if len(spans) == 1:
        return 0, _end_at_word(whole, 0, len(whole))
    column = STATUSES.index(status)
    scores = load_classifier().score([describe(whole[slice(*span)], judged.place) for span in spans])
    start, end = max((statuses[column], span) for (statuses, _), span in zip(scores, spans, strict=True))[1]
    return start, _end_at_word(whole, start, end)


def _end_at_word(text: str, start: int, end: int) -> int:
    """Where a span ends that is not too long: behind a word, if it has to be cut."""
    if end - start <= _LONGEST_SPAN:
        return end
    return start + len(text[start : start + _LONGEST_SPAN].rsplit(None, 1)[0])


def claim_trailers(message: Message) -> Iterator[Claim]:
    """The claims that a mail's trailers are, in their order: each its line or lines, offsets into the body."""
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
            rule="trailer",
        )


def _choose(
    matches: Iterable[Match], text: Text, sentence: Sentence, message: Message
) -> list[tuple[Match, tuple[int, int], Certainty]]:
    """At most one match a clause and one claim a status, the earlier rule before the later one."""
    kept: list[tuple[Match, tuple[int, int], Certainty]] = []
    edges = _clause_edges(text)
    for match in matches:
        rule = match.rule
        if sentence.zone == "commit" and not rule.in_patch:
            continue
        if rule.reply and not message.subject.reply and message.in_reply_to is None and message.form == "mail":
            continue
        first = max(edge for edge in edges if edge <= match.start)
        end = min((edge for edge in edges if edge >= match.end), default=len(text))
        if rule.status == "ready" and end < len(text) and text.tokens[first].lower in _CONDITIONS:
            continue  # "If you are fine with that, I'll send v7"
        if rule.status == "ready" and match.start and text.tokens[match.start - 1].lower == "before":
            continue  # "I need one more ack before I can take this"
        if any(
            (first < other_end and end > other_first) or rule.status == other.rule.status
            for other, (other_first, other_end), _ in kept
        ):
            continue
        question = is_asked(text, first, end)
        if (question and rule.questions == "no") or (not question and rule.questions == "only"):
            continue
        kept.append((match, (first, end), judge_certainty(match, text, first, end)))
    return sorted(kept, key=lambda item: item[1])


def _clause_edges(text: Text) -> list[int]:
    """Token numbers where a clause begins, and the end of the sentence."""
    edges = [0]
    words, lowers = text.words, [token.lower for token in text.tokens]
    for at in range(1, len(text) - 1):
        word, before = words[at], words[at - 1]
        lower, after = lowers[at], lowers[at + 1]
        if after in _ADVERBS and at + 2 < len(text):
            after = lowers[at + 2]
        # "..., do you think", but not "Ada, can you"; "..., obviously it is"
        led = (lower in _BEFORE_SUBJECTS and at > _VOCATIVE) or lower.endswith("ly")
        if (
            before in _EDGES
            or (before in (",", ":") and (lower in _JOINS or lower in _SUBJECTS or (led and after in _SUBJECTS)))
            or (word == "(" and at > 2 and words[at + 1] not in _QUOTES)  # but not before the title of a commit
            or (lower in ("and", "but", "so", "plus") and before != "," and after in _SUBJECTS)
            or (lower in ("and", "or") and at > 2 and after in _BEFORE_VERBS)
            or (
                lower in _REASONS
                and at > 2
                and after in _SUBJECTS
                and (lower != "as" or lowers[at - 1] not in _MEASURES)
            )
            or lower == "but"
            or (before == ")" and lower in _SUBJECTS)
        ):
            edges.append(at)
    edges.append(len(text))
    return edges


def _place_span(
    text: Text, sentence: Sentence, match: Match, first: int, end: int, certainty: Certainty, alone: bool
) -> tuple[int, int]:
    """The smallest clause that carries the claim, or the sentence where it is short or holds the condition."""
    whole = len(sentence.text)
    if alone and whole <= _WHOLE_SENTENCE:
        return 0, whole
    if alone and certainty == "conditional":
        first, end = _reach_condition(text, first, end)
    while first < match.start and (text.tokens[first].is_punct or text.words[first] in ("--", "–", "—")):
        first += 1
    start, stop = text.place(first, end)
    if stop - start > _LONGEST_SPAN:
        start, stop = text.place(match.start, match.end)
        stop = min(max(stop, start + 100), text.place(first, end)[1])
        while stop < whole and not sentence.text[stop].isspace():
            stop += 1
    return start, stop


def _reach_condition(text: Text, first: int, end: int) -> tuple[int, int]:
    """A clause, and what stands between it and the nearest one that holds its condition."""
    clauses = list(pairwise(_clause_edges(text)))
    reached = [(min(first, start), max(end, stop)) for start, stop in clauses if is_conditional(text.cut(start, stop))]
    return min(reached, key=lambda span: span[1] - span[0], default=(first, end))


def _bare_name(sentence: Sentence, previous: Sentence | None) -> str | None:
    """A name with a question mark, alone, after a sentence of the same paragraph that speaks of that person."""
    if len(sentence.text) > 30 or previous is None or previous.paragraph != sentence.paragraph:
        return None
    found = re.fullmatch(r"([A-Z][^\W\d_]{1,20}(?: [A-Z][^\W\d_]{1,20})?)\s?\?+", sentence.text)
    return found[1] if found and found[1] in previous.text else None


def _assents(message: Message, sentences: Sequence[Sentence], at: int) -> bool:
    """Whether a sentence is a paragraph of its own right below a wish, in a mail that quotes a review of its author's code."""
    sentence = sentences[at]
    if message.form == "flattened" or sentence.zone != "own" or not message.subject.reply:
        return False
    near = sentences[max(0, at - 1) : at + 2]
    if sum(each.paragraph == sentence.paragraph for each in near) > 1 or not _WISH.search(
        find_quote(message.body, sentence.start)
    ):
        return False
    if find_setting(message, len(sentences)).code_depth == _OWN_CODE:
        return True
    return any(each.depth == _OWN_CODE and _same_person(each.author, message) for each in message.layers if each.author)


def _same_person(person: str | None, message: Message) -> bool:
    if not person:
        return True
    address, name = message.author.address, message.author.name
    return bool((address and address.lower() in person.lower()) or (name and name.lower() in person.lower()))


def _make_claim(
    message: Message,
    sentence: Sentence,
    span: tuple[int, int],
    status: StatusLabel,
    certainty: Certainty,
    confidence: float,
    details: Details,
    rule: str,
) -> Claim:
    quoted = sentence.by is not None
    start, end = (sentence.start + at for at in span)
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
        agrees=details.agrees,
        date=None if quoted else message.date,
        waiting_on=details.waiting_on,
        target=details.target,
        about=details.about,
        depends_on=details.depends_on,
        rule=rule,
    )


__all__ = ["CLASSIFIER", "Judged", "claim_trailers", "find_addressed", "find_claims", "judge_mail", "load_ruleset"]
