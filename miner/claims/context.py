"""How sure a claim is: a question, negated, under a condition, hedged, or plainly asserted; the first that holds.

The words that make less of a claim, and how far they reach, stand in the table of scopes.py: a denial reaches the deed of its clause,
a condition covers its sentence, a hedge what follows it. A rule may fix the certainty or own its negation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile, pairwise

from miner.claims.rules import Match
from miner.claims.scopes import Span, find_condition, find_deeds, is_said, is_told
from miner.claims.tokens import Text
from miner.model import Certainty, StatusLabel

_REQUEST = re.compile(
    r"\b(?:could|can|would|will|may) (?:you|we|someone|anyone|anybody|somebody|i|this|it|the \w+)\b|\bwould it be\b|\bany chance\b",
    re.I,
)
_ASKED = re.compile(
    r"^(?:(?:hi|hello|ok|okay|so|and|but|also|btw|then|or|(?!(?:Could|Can|Would|Will|May)\b)[A-Z][a-z]+)[, ]{1,3}){0,3}(?:pretty )?(?:please )?",
    re.I,
)
_TURNED = r"(?:do|does|did|can|could|would|will|should|is|are|was|were|have|has) (?:i|you|we|he|she|they|it|this|that|there|anyone|anybody)\b"
_INVERTED = re.compile(rf"(?:(?:\w+[,:]|hi|so|or|and|but|also|please) (?:\w+[,:] )?){{0,2}}{_TURNED}", re.I)
_ASKS = re.compile(  # what stands before it is no question: "it was merged in 6.18, do you carry it?"
    r"(?:(?:but|and|or|so|though|although|however)\b,? ?)?(?:please )?"
    r"(?:(?:any|what|which|who|whose|where|when|why|how|shall (?:i|we)|should (?:the|i|we)|(?:is|are) (?:the|there))\b"
    rf"|{_TURNED})",
    re.I,
)
_ASIDE = re.compile(r"\((?=\w+\W+\w+\W+\w)[^()]*\?[\"')\]!. ]*")
# What the code shall do is no condition of the change: "I'll drop it and only turn when the loom stands".
_OF_CODE = re.compile(r"\b(?:when|after|before) (?=(?:the|this|that|it|there|these|those)\b)", re.I)
_AGREEING = frozenset({"agree-short", "agree-version"})
_PROMISES = frozenset(("will", "can", "could", "would", "'d", "shall", "happy", "going", "plan"))
_DEEDS = frozenset({"applied", "merged", "dropped"})  # what is done is done, under whatever conditions its reason holds
# Who has taken something with a fault mended, or but for a part, tells what he did: "Queued for 6.9, with the typo fixed".
_BESIDES = re.compile(
    r"\bexcept for\b|\bwith(?= [\w-]+(?: [\w-]+){0,3} (?:fixed|addressed|changed|corrected|resolved|sorted|removed|reworded|updated)\b)",
    re.I,
)
_UNDER = r"(?:if|once|unless|until|provided|assuming|as soon|as long|when|after|before|with|only|just)\b"
_REASON = re.compile(
    rf"(?:[,:;] |\()(?!(?:and |but |or )?{_UNDER})|\bbut (?!{_UNDER})|\b(?:because|since|as it|as they)\b", re.I
)
# Of who waits, what he does after that is no condition: "I wait for her answer before I go on". What he then does has one.
_AFTER_WAIT = re.compile(r"[,;]? (?:and |so )?(?:before|then)\b", re.I)
_WAIT_BEFORE = re.compile(r"\bwait(?:s|ing)? (?:for|on)\b.* then\W*$", re.I)
# What may be done besides: "I will merge this, but after 6.9 the rest has to go".
_AND_ELSE = re.compile(r"\bbut (?:if (?:you|anyone|someone|anybody|somebody)|after|once|when)\b", re.I)
# And what an approval is followed by: "looks good to me, I'll apply it once the tree opens".
_THEN_DOES = re.compile(rf"{_AND_ELSE.pattern}|[,;] (?:and |so )?(?:(?:I|we)(?:['’]ll| will| can)|will) ", re.I)
# "It looks good to me, yet, should we spin the rest too" approves what is asked for as well.
_BUT_ASKS = re.compile(
    r"^(?:[^.?!]{0,40}?,)? ?(?:yet|but|however|though),? (?:should|shall|could|can) (?:we|you)\b", re.I
)
# Words by which a work is out again, behind those that it is in a tree.
_TURNS = frozenset((",", ";", ":", "(", "-", "--", "–", "but", "and", "then", "though", "although"))
_UNDONE = frozenset(("reverted", "backed"))
_NOT_UNDONE = frozenset("not never if once unless will should can could fix fixes fixed fixing".split())
_CONDITION_END = re.compile(  # where another clause begins
    r"[,;:!?](?=\s|$)|\s\(|\)(?=\s|$)|\.(?=\s|$)|\s(?:then\b|(?:please|feel free)\b|(?:and |so |but )?(?:I|we)(?:['’]ll|['’]d| will| can| would| could)\b|(?:and|so|but) (?:please|then)\b)"
)
_IS_WORDS = re.compile(r"[a-z]+\s\S", re.I)
_AFTER_RELEASE = re.compile(r"\b(?:after|until|once) (?:the )?(?:v?\d+(?:\.\d+)+-?)?-?rc-?\d+\b", re.I)
_BARE_CONDITION = re.compile(r"\W*(?:then|otherwise|before)\b", re.I)  # of a deadline too


def judge_certainty(match: Match, said: Text, start: int, end: int) -> Certainty:
    """The certainty of a match; `start` and `end` are the tokens of its clause."""
    rule = match.rule
    text = said.text
    if rule.certainty not in (None, "asserted"):
        return rule.certainty
    if is_asked(said, start, end):
        return "asked"
    opens = said.starts[start]
    words = Span(said.starts[match.start], said.end_of(match.end - 1))
    deed = [*find_deeds(text, rule.status, *words), words][0]
    if rule.negation and is_said("negated", text, rule.status, deed, opens, words.start):
        return "negated"
    if rule.status == "merged" and _is_undone(said.norms[start:]):
        return "negated"
    if rule.status == "ready" and _BUT_ASKS.search(said.cut(match.end, len(said))):
        return "conditional"
    waits = any(word.startswith("wait") for word in said.norms[match.start : match.end])
    if not waits and _WAIT_BEFORE.search(said.cut(0, match.start)):
        return "conditional"
    promises = rule.status != "ready" or not _PROMISES.isdisjoint(said.norms[match.start : match.end])
    besides = _AND_ELSE if promises else _THEN_DOES
    meant = _cut_after(
        said,
        match,
        _REASON if rule.status in _DEEDS else _AFTER_WAIT if waits or rule.status == "needs-review" else besides,
    )
    if rule.status in _DEEDS:
        meant = _BESIDES.sub(" ", meant)
    meant = _OF_CODE.sub(" ", meant) if rule.name in _AGREEING else meant
    done = deed if rule.status in _DEEDS and is_told(text, deed) else None
    if find_condition(meant, rule.status, done):
        return "conditional"
    first = _clause_start(said, match, start) if rule.status in _DEEDS else 0
    if rule.certainty is None and is_said("hedged", text, rule.status, words, first):
        return "hedged"
    return "asserted"


def _is_undone(words: Sequence[str]) -> bool:
    """Whether a work that is in a tree came out again: "merged, but reverted since"."""
    behind = [*dropwhile(lambda word: word not in _TURNS, words)]
    return not _UNDONE.isdisjoint(behind) and _NOT_UNDONE.isdisjoint(behind)


def is_asked(said: Text, start: int, end: int) -> bool:
    """Whether a clause of a sentence, from token to token, is a question: not what stands before one, nor what is asked in parentheses
    behind it: "Applied by hand (the mail was damaged, maybe send it from elsewhere next time?)"."""
    clause, behind = said.cut(start, end), said.cut(end, len(said))
    told = _ASKS.match(behind) and not _INVERTED.match(clause)
    aside = _ASIDE.fullmatch(behind) and not _ASKS.match(clause)
    return is_question(clause if told or aside else said.text, clause)


def is_question(sentence: str, clause: str) -> bool:
    """A question mark, or a request in the form of a question without one."""
    if sentence.rstrip("\"')] :;-").endswith("?"):
        return True
    clause = clause.strip()
    lead = _ASKED.match(clause)
    request = _REQUEST.match(clause, lead.end() if lead else 0)
    return request is not None and " you" in request.group()


def is_denied(said: Text, status: StatusLabel, span: tuple[int, int], edges: Sequence[int]) -> bool:
    """Whether what no rule matched is denied, by the scopes over the deeds of its span (in tokens): no clause tells one plainly.
    `edges` are those of the clauses."""
    text = said.text
    told = [
        is_said("negated", text, status, deeds[0], said.starts[first])
        for first, end in pairwise(edges)
        if span[0] <= first < span[1] and (deeds := find_deeds(text, status, said.starts[first], said.end_of(end - 1)))
    ]
    return bool(told) and all(told)


def _clause_start(said: Text, match: Match, start: int) -> int:
    """Where the words of a deed begin, behind what is said of the code: "This should be unsigned, fixed up and queued"."""
    commas = [at for at in range(start, match.start) if said.words[at] in (",", ";")]
    return said.starts[commas[-1] + 1 if commas else start]


def _cut_after(said: Text, match: Match, reason: re.Pattern[str]) -> str:
    """A sentence up to the part behind a match that says why, or something else: "I've dropped it, the board hangs after a while"."""
    text = said.text
    found = reason.search(text, said.end_of(match.end - 1))
    return text[: found.start()] if found else text


def is_conditional(sentence: str) -> bool:
    """Whether words hold a condition, as far as plain words for it tell; an if in code is none."""
    return find_condition(sentence) is not None


def read_condition(sentence: str) -> str:
    """The condition that words hold, with the word that makes it one; "" where nothing more is said of it.

    >>> read_condition("I'll take it if the tests pass, thanks."), read_condition("Otherwise it looks good.")
    ('if the tests pass', '')
    """
    found = find_condition(sentence)
    if found is None or _BARE_CONDITION.match(sentence[slice(*found)]):
        return ""
    end = _CONDITION_END.search(sentence, found.end)
    words = sentence[found.start : end.start() if end else len(sentence)].strip(" ,;:.")
    return words if _IS_WORDS.match(words) else ""


def read_release(sentence: str) -> str:
    """The release candidate after which something is to be done, "" where words name none.

    >>> read_release("I will resend after rc1.")
    'after rc1'
    """
    found = _AFTER_RELEASE.search(sentence)
    return found[0] if found else ""
