"""Sentences in which somebody asks for something: questions, requests and suggestions.

Rule: rather miss an ask than take a remark for one. A question ends in a question mark and is no courtesy; a request has
"please", "you should" or another of the fixed forms below, or begins with the imperative of a verb that reviewers use,
followed by its object. What people wish, regret, promise or thank for is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from miner.claims.sentences import split_sentences
from miner.model import Ask, Message
from miner.robots import is_robot
from miner.unasked import asks_nobody, find_aside

LONGEST = 600  # characters of a sentence that are read
_LEAD = re.compile(
    r"(?:(?:(?:hi|hello|hey|ok|okay|so|and|but|also|btw|then|or|yes|yeah|no|sorry|well|hmm+|thanks|again|maybe|perhaps|minor|besides"
    r"|nit(?:pick)?|nits|first(?:ly)?|second(?:ly)?|otherwise|instead|anyway|actually|additionally|finally|next|here|alternatively"
    r"|in addition|at least|if so|if not|in that case|just|simply|still|better|to be clear|by the way|at a minimum|ditto)\b|[A-Z][a-z]+(?=,)|@\w+)"
    r"(?:\s{0,3}[,:;.!/-]{1,3}|)\s{1,8}){0,3}",
    re.I,
)
_OBJECT = (
    r"(?=(?:the|this|that|these|those|it|them|a|an|your|all|any|some|one|both|each|every|another|such|only|also|here|there|either|more|"
    r"to|in|into|out|up|from|on|off|at|with|whether|if|why|how|what|that|about|for|instead|explicitly|directly|using|over)\b|[`'\"(]|\w*_\w|\w+\(|->|\w+[.]\w"
    r"|[A-Z]{2,}\b)"
)
_IMPERATIVE = re.compile(
    r"(?:please |pls |kindly )?(?:use|drop|remove|add|move|rename|fix|split|avoid|keep|consider|check|update|explain|document|mention"
    r"|replace|merge|fold|squash|resend|rebase|put|describe|clarify|include|convert|make|change|call|return|separate|delete|reuse|reword|rephrase"
    r"|test|try|switch|align|elaborate|combine|factor|initiali[sz]e|reorder|wrap|pass|provide|send|post|reduce|simplify|introduce|revert|follow"
    r"|ensure|make sure|take a look|have a look|(?:do not|don't|never|avoid) \w{2,20}) " + _OBJECT,
    re.I,
)
_NO_IMPERATIVE = re.compile(
    r"(?:use|call|change|fix|test|check|return|update|post|wrap) (?:of|in|for|to|at|that|on|only)\b", re.I
)
_SUBSTITUTE = re.compile(r"s([/|,#])[^/|,#\n]{1,80}\1[^/|,#\n]{0,80}(?:\1[g]?|$)")
_PLEASE = re.compile(
    r"\b(?:please|pls|kindly)\b[,]? {1,3}(?:(?:also|just|do|always|at least|help|help to|instead) )?([a-z']{2,20})",
    re.I,
)
_COURTESY = frozenset(
    "let feel see note find ignore correct forgive excuse bear pardon refer disregard apply be pull accept enjoy stay tell welcome".split()
)
_REQUEST = re.compile(
    r"\b(?:could|can|would|will) (?:you|we)(?:,)? (?:please |also |just |maybe |instead |at least |perhaps )?[a-z]{2,20}\b"
    r"|\bwould you mind\b|\b(?:could|can) (?:this|these|it|that) (?:patch |code |also |just )?be\b",
    re.I,
)
_MUST = re.compile(
    r"\byou (?:also |really |still |probably )?(?:should|need to|must|ought to|have to|may want to|might want to|might wish to|could also|had better|better)\b"
    r"|(?:\b(?:this|these|it|they|patch|commit|code|function|helper|name|check|variable|line|lines|change|changes|message|subject|comment|field|macro|test|part|struct|series|both|here)|^that)"
    r" (?:also |still |really |probably |just |all )?(?:should|needs to|need to|must|has to|have to|ought to) (?:also |rather |instead |probably |just |better |only |all )?be "
    r"(?:\w{2,20}ed|put|split|kept|done|made|written|sent|set|built|shown|given|taken|left|in|under|before|after|a|an|the|static|const|part|inside|called|more)\b"
    r"|\bwe should (?:also |rather |instead |probably |just |better |really |only |always )?(?:not )?(?!be (?:fine|ok|okay|good|safe|able)\b|have been\b)[a-z]{2,20}\b"
    r"|\bneeds (?:a|an|to be|proper|better) \w",
    re.I,
)
_SUGGEST = re.compile(
    r"\bi(?:'d|’d| would| also| 'd)? (?:also |really |still |rather |strongly |just )?(?:suggest|prefer|recommend|propose|would rather|would like to see|like to see)\b"
    r"|\b(?:i'd|i would) (?:rather|like (?:to see|you to|it if))\b"
    r"|\b(?:maybe|perhaps|probably) (?:you|we|it's better|it is better|it would be|it'd be|it could be|just|use|add|rename|better|should|this should|a better)\b"
    r"|\b(?:it(?:'d|’d| would| will|'s| is| might| may) (?:also |probably |maybe )?(?:be )?(?:much |a bit |even )?"
    r"(?:nice|good|great|better|helpful|useful|best|cleaner|clearer|nicer|easier|worth|worthwhile)(?: idea)? (?:to|if|for|adding|mentioning|having))\b"
    r"|^(?:it )?(?:would|might|may) be (?:also |probably |maybe )?(?:much |a bit |even )?(?:nice|good|great|better|helpful|useful|best|cleaner|clearer|nicer|easier|worth)\b"
    r"|^better (?:to|use|not)\b|\bhow about\b|\bwhat about\b|^why not\b|\bworth (?:adding|mentioning|documenting|a comment)\b|^missing \w"
    r"|\b(?:is|are) (?:still )?missing (?:a|an|the|here|in)\b",
    re.I,
)
_NEVER = re.compile(
    r"\b(?:al)?though i still wonder\b|\bi(?:'m| am)? (?:will|'ll|can|could|would need|wonder if i)\b(?!.{0,400}\?)|\bi'll\b|\bno need\b|\bas (?:you|i|we) (?:can see|said|mentioned|suggested)\b"
    r"|\b(?:you|we) (?:should|must) have\b|\b(?:you|we) should be (?:able|fine|ok|good|safe)\b|\bif you (?:like|want|prefer|need)\b.{0,40}\bi\b"
    r"|\byou (?:don't|do not) (?:need|have) to\b|\b(?:don't|do not) think (?:you|we|it|this|that)\b.{0,30}\b(?:should|need)|\blet me know\b|\bhappy to\b"
    r"|\b(?:has|have|had|was|were) (?:been )?(?:asked|suggested|requested)\b|\bi (?:suggested|asked|proposed|wondered|preferred)\b|\bi thought\b|\bmy suggestion was\b"
    r"|\bplease (?:let|feel|see|note|find|ignore|correct|forgive|excuse|bear|disregard|apply|pull)\b|\byou should (?:see|get|find|notice)\b",
    re.I,
)
_COURTEOUS = re.compile(
    r"^(?:right|ok(?:ay)?|really|no|yes|huh|hm+|what|correct|isn't it|agree[d]?|make sense|makes sense|(?:any )?thoughts|any comments?|wdyt|thoughts on this"
    r"|what do you think|how are you(?: doing)?|so what|don't believe me|in my opinion|guess what|what else|sounds? good|does (?:it|that|this) (?:make sense|sound (?:good|ok|reasonable))|see)\W*$",
    re.I,
)
_QUESTION = re.compile(
    r"^(?:what|how) about\b|\bi(?:'m| am|’m)? (?:(?:just|only|also|still|a bit|rather) )?(?:curious|wonder(?:ing)?)\b(?! if (?:i|we)\b)"
    r"|\b(?:could|can) (?:you|anyone|somebody|someone) (?:please |also |kindly )?(?:explain|clarify|elaborate|tell|confirm|share)\b"
    r"|^(?:please |kindly )(?:explain|clarify|elaborate|confirm)\b|^(?:is|are) there (?:any|some)\b|^(?:do|did|have|are) you\b|^why (?:do|does|did) ",
    re.I,
)
_VERB = (
    r"(?:use|using|add|adding|drop|dropping|remove|removing|rename|renaming|fix|fixing|split|splitting|move|moving|keep|avoid|update|document"
    r"|mention|replace|merge|fold|squash|resend|respin|rebase|describe|include|convert|make|change|changing|separate|delete|reuse|reword|rephrase"
    r"|switch|align|combine|factor|initiali[sz]e|reorder|wrap|pass|provide|send|post|reduce|simplify|introduce|refactor|do this|do it)"
)
_CHANGE = re.compile(
    rf"\b(?:could|can|would|will|should|shall|shouldn't|couldn't|can't|mind) (?:you|we|this|it|that|they|these)? ?(?:also |please |just |maybe |instead |perhaps |rather |not |be )*"
    rf"{_VERB}\b|\b(?:how|what) about {_VERB}\b|^why not (?:just )?{_VERB}\b|\bmaybe (?:just )?{_VERB}\b",
    re.I,
)
_WORD = re.compile(r"[A-Za-z]{1,30}")
_ASKING_WORD = re.compile(r"^(?:why|how so|how|which|where|when|who)\b", re.I)


def find_asks(messages: Iterable[Message]) -> Iterator[Ask]:
    """The asks in the own text of some messages, in order; patches, commit messages and robots' mails hold none."""
    for message in messages:
        if is_robot(message):
            continue
        for sentence in split_sentences(message):
            end = sentence.start + len(sentence.text)
            if sentence.zone != "own" or sentence.by is not None or asks_nobody(message, sentence.start, end):
                continue
            aside = find_aside(message.body, sentence.start, end)
            said = sentence.text if aside is None else sentence.text[: aside - sentence.start]
            text = " ".join(said[:LONGEST].split())
            question = is_answerable(text)
            if question or asks(text):
                yield Ask(
                    message_id=message.message_id,
                    start=sentence.start,
                    end=end,
                    text=message.body[sentence.start : end],
                    by=str(message.author),
                    date=message.date,
                    question=question,
                    change=not question or _CHANGE.search(text) is not None,
                )


def is_answerable(sentence: str) -> bool:
    """Whether a sentence, on one line, asks something that words can answer.

    >>> is_answerable("Why is this needed?"), is_answerable("I'm curious what led to it."), is_answerable("Right?")
    (True, True, False)
    """
    bare = _without_lead(sentence)
    if sentence.rstrip("\"') ").endswith("?"):
        return _is_real_question(bare.strip() or sentence)
    return _QUESTION.search(bare) is not None and _NEVER.search(sentence) is None


def _without_lead(sentence: str) -> str:
    lead = _LEAD.match(sentence)
    return sentence[lead.end() :] if lead else sentence


def asks(sentence: str) -> bool:
    """Whether a sentence, on one line, asks for something.

    >>> asks("Please use a helper here."), asks("Use of a helper is fine.")
    (True, False)
    """
    bare = _without_lead(sentence)
    if sentence.rstrip("\"') ").endswith("?"):
        return _is_real_question(bare.strip() or sentence)
    if _NEVER.search(sentence) or not _WORD.search(bare):
        return False
    if _SUBSTITUTE.match(bare):
        return True
    if (please := _PLEASE.search(sentence)) is not None and please[1].lower() not in _COURTESY:
        return True
    if _IMPERATIVE.match(bare) and not _NO_IMPERATIVE.match(bare):
        return True
    return any(rule.search(sentence) for rule in (_REQUEST, _MUST, _SUGGEST))


def _is_real_question(text: str) -> bool:
    if _COURTEOUS.match(text):
        return False
    return len(_WORD.findall(text)) >= 3 or _ASKING_WORD.match(text) is not None
