"""What a sentence that ends a work is about: the object of "apply", "drop" or "revert", the subject of "was merged" or "is in".

A claim of the thread's own work needs words for it: none ("Applied."), a pronoun ("I dropped it"), or a noun that means the
work ("the series"). "The other one", "mine", "a fix", "the treadle driver, which was merged" are another work, "the redundant
one", "this hunk" a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from miner.join.senses import Sense, words_of
from miner.join.subjects import is_fixed_otherwise
from miner.model import Claim, Series, StatusLabel

Topic = Literal["work", "part", "other"]

_TOKEN = re.compile(r"[\w+/*-](?:[\w.+/*@'’-]*[\w+/*()@-])?|[^\w\s]")
_VERBS = {
    **dict.fromkeys(
        "applied apply applying queued queue queueing picked pick picking pulled pull pulling pushed push took take taking taken added folded"
        " committed accepted".split(),
        "applied",
    ),
    **dict.fromkeys("merged merge merging landed upstreamed mainlined fixed".split(), "merged"),
    **dict.fromkeys(
        "drop drops dropped dropping revert reverted reverting ignore ignored ignoring disregard discard discarded discarding withdraw withdrew"
        " withdrawn withdrawing abandon abandoned rejected remove removed removing skip".split(),
        "dropped",
    ),
    **dict.fromkeys("nak nack naked nacked naks nacks nack'ed nak'ed".split(), "nak"),
}
_PARTICIPLES = frozenset(
    "applied queued picked pulled pushed taken added folded committed accepted merged landed upstreamed mainlined dropped reverted ignored discarded"
    " withdrawn abandoned rejected removed fixed nacked naked nack'ed nak'ed".split()
)
_BY_ITSELF = frozenset(("landed",))  # has its subject before it without "been"
_BE = frozenset("is are was were be been being got gets get isn't aren't wasn't weren't 's".split())
_HAVE = frozenset("has have had hasn't haven't hadn't".split())
_ADVERBS = frozenset(
    "already now just also recently finally then never not only since still simply really since even actually both all long silently directly"
    " previously once later again initially originally eventually in".split()
)
_PARTICLES = frozenset("up out back in over".split())
_PREPOSITIONS = frozenset(
    "to into onto on in for from with without by as at of about via per after before since because until till when while if unless instead due"
    " given so and but or than per across though although now already too again later directly please thanks there here anyway altogether completely"
    " entirely today yesterday tomorrow manually yet once through under".split()
)
_CLAUSE_STARTS = frozenset(
    "that because since as if so but think see hope guess believe noticed notice know suppose assume said says think heard thought when while once"
    " until unless although though whether and or afaik afaics afaict iirc yes no ok okay well yeah however sorry also".split()
)
_PRONOUNS = frozenset("it this these them those they both all everything that each ones".split())
_SEEN = frozenset(
    "see think hope guess believe know noticed that and but so".split()
)  # "that" behind these points at something
# Nouns that mean the work of the thread, or that tell nothing of which work it is.
_WORK = frozenset(
    "patch patches patchset patchsets patchseries series set fix fixes commit commits change changes cleanup cleanups work version versions"
    " v1 v2 v3 v4 v5 v6 v7 v8 v9 revision implementation pr pull request thing things stuff lot pile rest whole idea approach effort plan concept design direction premise below proposal"
    " attempt rfc topic branch code one ones latter former above following backport backports revert feature support update updates fixup tag mail"
    " modification modifications improvement improvements addition hunk note doc docs documentation test tests item items half bits".split()
)
_NAMING = frozenset(
    "patch patches patchset series set fix fixes commit commits change version v1 v2 v3 v4 v5 one ones thing".split()
)
_CODE = frozenset(  # what a reviewer asks to drop is a piece of the code or of the text
    "hunk hunks line lines check checks property properties bit bits chunk comment comments include includes macro function helper label variable"
    " field flag flags option options blank whitespace brace braces cast condition argument parameter prefix sentence paragraph word words typo"
    " define symbol assignment initialization call calls printk newline semicolon tag tags node entry message lock locking test parts part piece"
    " pieces dependency dependencies redundancy duplicate".split()
)
_OTHER_ONE = frozenset(
    "other another previous earlier older old following next existing separate original alternative competing".split()
)
_DOWNSTREAM = re.compile(
    r"\b(?:landed|merged|applied|included|carried|shipped|in|picked(?: up)?|been) (?:(?:it|them|this) )?(?:in (?:our |the |some )?)?downstream\b|\bin (?:our|their) (?:internal|production|vendor|downstream|private)\b",
    re.I,
)
_FOR_LONG = re.compile(
    r"\bfor (?:a |an |over |more than |about |almost |nearly |the last |\d+ |several |many |some |a few |a couple of )*(?:years?|months?|decades?|releases)\b",
    re.I,
)
_STABLE = re.compile(r"\b(\d+\.\d+)(?:\.y|-stable|\.\d+-stable)\b")
_RELEASE = re.compile(r"\d+\.\d+")
_LEAVES = re.compile(r"\b(?:ignor|disregard|forget|scratch)", re.I)
_HIS_DOING = re.compile(
    r"\bI(?:['’](?:ll|ve|m)| will| have| am)? (?:\w+ )?(?:drop|remov|revert|discard|skip)\w*\b", re.I
)
# "... but the rest of this patch should be split out": what is taken is a part.
_REST_ASKED = re.compile(
    r"\b(?:rest|remainder|other (?:parts?|half|bits|pieces)) (?:of (?:it|this|these|them|that|the (?:patch|series)|this (?:patch|series)|your \w+) )?"
    r"(?:should|needs?|must|has to|have to|ought|could|can|cannot|can['’]t|does ?n[o'’]t|is not|isn['’]t|still)\b",
    re.I,
)
# What a reviewer says below code of what the code does: "Queued too late."
_OF_CODE = re.compile(
    r"(?:applied|queued|merged|pushed|picked(?: up)?|taken|added|committed) (?:(?:far |way |much )?too (?:late|early|soon|often)|twice|in the wrong (?:order|place)|under the wrong \w+|once too often)"
    r"(?! for\b)",
    re.I,
)
_BACK = re.compile(
    r"\b(?:take|took|taking|taken) (?:back )?(?:my|the|that) (?:\w+ ){0,2}?(?:nac?ks?|objections?|veto)(?:ed-by)?(?: back)?\b"
    r"|\b(?:withdraw|withdrew|withdrawing|retract|retracting|retracted|rescind|revoke|drop|dropping|dropped|remove|removing|lift|lifting|scratch|ignore|disregard|forget)(?: about)? my (?:\w+ ){0,2}?(?:nac?ks?|nacked-by|objections?|veto)\b"
    r"|\b(?:no longer|not) (?:nac?k(?:ing)?|object(?:ing)?)\b|\bnac?k (?:is )?(?:withdrawn|retracted)\b",
    re.I,
)
_BUT_KEEPS = re.compile(
    r"\b(?:not|never|won['’]?t|can['’]?t|cannot|if|unless|once|until|before|would|could)\b|(?:n['’]t|['’]d)\b", re.I
)
_ASPECT = re.compile(
    r"\bnac?k(?:ed)?(?:ing)? (?:to|on|for|about|of|against) (?:the |this |that |your |any )?(?:(?P<doing>[a-z]+ing)\b|(?P<what>(?:[\w./()-]+ ){0,3}?[\w./()-]+?)(?= (?:in|of|from|here|there|below|above|though|but|and)\b|[.,;:!?]|$))",
    re.I,
)
# Words of dropping, reverting or ignoring ask others to do it.
is_request = Sense(
    r"\b(?:please|pls|plz|kindly)\b|\b(?:can|could|would|will) (?:you|we|somebody|someone|[A-Z]\w+)\b|\b(?:should|must|ought to|needs? to|has to|have to|let['’]?s)\b[^.?!]{0,30}?\b(?:drop|revert|ignor|remov|discard|back)"
    r"|(?:^|[.,;:!?] ?|\b(?:and|so|then|just|better) )(?:drop|revert|ignore|disregard|discard|remove|skip)\b|\b(?:suggest|propose|vote|prefer|ask)\w*\b[^.?!]{0,30}?\b(?:drop|revert|remov|discard)",
    "dropped",
    spoken=True,
)
# What is to be dropped is a part, since the work shall come again: "please drop this and resend".
_is_for_next_version = Sense(
    r"\b(?:drop|ignore|remove|revert|discard|skip)\b[^.?!;]{0,40}?\b(?:and|then)\b[^.?!;]{0,30}?\b(?:re-?(?:send|post|spin|submit|work|base)|send|post|squash|fold|use|move|add|keep|split)\b",
    "dropped",
)
# A request names the work: "please drop this patch".
names_work = Sense(r"\b(?:patch(?:es|set)?|series|commit|version|v\d+)\b")
# Somebody tells that he gave something up himself: "I abandoned this approach".
tells_of_his_own = Sense(
    r"\b(?:I|we)(?:['’]ve| have| had)?(?: \w+ly| also| then| just| already)?(?: decided to| had to| chose to)? (?:dropped|drop|abandoned|abandon|gave up|given up|withdrew|withdrawn|discarded|reverted|scrapped)\b",
    "dropped",
)
# "Revert" tells what a patch is for, and not what becomes of it: "I send this patch to revert the changes".
_says_to_revert = Sense(
    r"\b(?:send|sending|sent|post|posting|posted|submit|submitting|patch(?:es)?|series|commit|version|change|meant|intended|aims?|tries|trying|used?|goal|purpose)(?: \w+){0,3}? to (?:revert|drop|remove|ignore|skip|discard)\b",
    "dropped",
)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A verb of an end with what it is said of: the words of its object or subject; `passive` tells which."""

    status: str
    words: tuple[str, ...]
    passive: bool


def read_end(claim: Claim, sentence: str, posting: Series | None, own: bool, below_code: bool) -> Claim | None:
    """A claim that a posting is at its end as it is meant by its words and the `sentence` around them; None where they are about another
    work. `own` tells that the posting's author says it, `below_code` that it answers quoted lines of a diff."""
    if claim.status not in ("applied", "merged", "dropped"):
        return claim
    if _says_to_revert(claim) or (below_code and not own and _tells_of_code(claim)):
        return None
    if _takes_back(claim):
        return replace(claim, certainty="negated")
    to_change = not own and (_refuses_aspect(claim) or _is_for_next_version(claim, sentence))
    topic = _find_topic(claim, sentence, posting, own) if posting is not None else "work"
    to_change = to_change or (
        below_code and not own and topic != "other" and is_request(claim) and not names_work(claim)
    )
    if claim.status == "dropped" and (topic == "part" or to_change):
        if _LEAVES.search(claim.text) or (not own and _HIS_DOING.search(claim.text)):
            return None  # words about words, or what whoever takes it does himself
        return replace(claim, status="needs-revision", waiting_on=("author",))
    if claim.certainty == "asserted" and claim.status != "dropped" and _REST_ASKED.search(sentence):
        return replace(claim, certainty="hedged")
    if topic == "other" and posting is not None and not is_fixed_otherwise(claim):
        beside = _told_beside(claim, sentence, posting, own)
        return replace(claim, status=beside) if beside else None
    return claim


def _find_topic(claim: Claim, sentence: str, posting: Series, own: bool) -> Topic:
    """What a claim of an end is about by its words."""
    text = words_of(claim)
    if _is_elsewhere(claim, sentence, posting):
        return "other"
    if claim.status == "dropped" and _of_alternative(text):
        return "other"
    found = [_read(phrase, posting, own, sentence) for phrase in _find_phrases(text, sentence, claim.status)]
    if not found or "work" in found:
        return "work"
    return found[0]


def _of_alternative(text: str) -> bool:
    """Whether a NAK is of another work: "NAK to the alternative that Ada proposed"."""
    found = _ASPECT.search(text)
    return bool(found and found["what"] and not _OTHER_ONE.isdisjoint(found["what"].lower().split()))


def _told_beside(claim: Claim, sentence: str, posting: Series, own: bool) -> StatusLabel | None:
    """What the words of a claim about another work say of this one: "I applied the other one and dropped this" is dropped."""
    text = words_of(claim)
    statuses: tuple[StatusLabel, ...] = ("applied", "merged", "dropped")
    for status in statuses:
        if status == claim.status:
            continue
        for phrase in _find_phrases(text, sentence, status):
            if phrase.status == status and phrase.words and _read(phrase, posting, own, sentence) == "work":
                return status
    return None


def _takes_back(claim: Claim) -> bool:
    """Whether somebody takes his refusal back: "I take my NAK back"."""
    text = words_of(claim)
    found = _BACK.search(text) if claim.status == "dropped" else None
    return found is not None and not _BUT_KEEPS.search(text[: found.start()])


def _refuses_aspect(claim: Claim) -> bool:
    """Whether a NAK is of one way to do it: "NAK to doing it in the irq path"."""
    found = _ASPECT.search(words_of(claim)) if claim.status == "dropped" else None
    if found is None:
        return False
    if found["doing"]:
        return True
    words = found["what"].lower().split()
    return not {*_WORK, *_PRONOUNS, *_OTHER_ONE}.intersection(words)


def _tells_of_code(claim: Claim) -> bool:
    """Whether words below code that something is applied or merged say when or how often the code does it."""
    return claim.status != "dropped" and not names_work(claim) and bool(_OF_CODE.search(words_of(claim)))


def _is_elsewhere(claim: Claim, sentence: str, posting: Series) -> bool:
    """Whether something is in a tree that is not the posting's: downstream, in another stable branch, or longer than the posting is there."""
    if claim.status not in ("applied", "merged"):
        return False
    if _DOWNSTREAM.search(sentence) or _FOR_LONG.search(sentence):
        return True
    named = set(_STABLE.findall(claim.text))
    meant = {release for tag in posting.copied_to for release in _RELEASE.findall(tag)}
    return bool(named) and bool(meant) and not named & meant


def _find_phrases(text: str, sentence: str, status: StatusLabel) -> Iterator[_Phrase]:
    """The verbs of an end in some words, each with its object or subject; what stands before the words in their sentence is
    read for antecedents."""
    at = sentence.find(text)
    tokens = _TOKEN.findall(sentence[:at] + text if at > 0 else text)
    first = len(_TOKEN.findall(sentence[:at])) if at > 0 else 0
    meant = {"applied": ("applied", "merged"), "merged": ("merged", "applied"), "dropped": ("dropped",)}.get(status, ())
    low = [token.lower() for token in tokens]
    for n in range(first, len(tokens)):
        kind = _VERBS.get(low[n])
        if kind is None or kind not in meant:
            if status in ("applied", "merged") and low[n] == "in" and n and low[n - 1] in _BE | _ADVERBS:
                subject = _subject(tokens, low, n)
                if subject is not None and n + 1 < len(tokens):
                    yield _Phrase(status, subject, True)
            continue
        subject = _subject(tokens, low, n) if low[n] in _PARTICIPLES else None
        if subject is not None:
            yield _Phrase(kind, subject, True)
        elif low[n] != "fixed":  # whoever fixes something tells nothing of where it is
            yield _Phrase(kind, _object(tokens, low, n), False)


def _subject(tokens: Sequence[str], low: Sequence[str], verb: int) -> tuple[str, ...] | None:
    """The words of which a participle is said, or None where it is no passive."""
    at = verb - 1
    being = low[verb] in _BY_ITSELF
    while at >= 0 and (low[at] in _BE or low[at] in _HAVE or low[at] in _ADVERBS):
        being = being or low[at] in _BE
        at -= 1
    if at < 0 or not being:
        # "It was applied and then reverted" has one subject.
        before = (
            next((n for n in range(at - 1, -1, -1) if low[n] in _PARTICIPLES), None)
            if low[max(at, 0)] == "and"
            else None
        )
        return _subject(tokens, low, before) if before is not None else None
    end = at + 1
    if low[at] in ("and", "or", "but"):  # "the driver had it and was fixed": the subject of the clause
        start = max((n + 1 for n in range(at) if not tokens[n][0].isalnum()), default=0)
        stop = next((n for n in range(start, at) if low[n] in _BE or low[n] in _HAVE or low[n] in _VERBS), at)
        return tuple(tokens[start:stop])
    if low[at] in ("which", "that") and (
        low[at] == "which" or (at and low[at - 1] not in _SEEN and low[at - 1].isalpha())
    ):
        end = at - 1 if at and low[at - 1] == "," else at
        return tuple(tokens[_noun_start(low, tokens, end) : end])
    start = _noun_start(low, tokens, end)
    if start and low[start - 1] == "where":
        comma = start - 2 if start > 1 and low[start - 2] == "," else start - 1
        place = tuple(tokens[_noun_start(low, tokens, comma) : comma])
        return place or tuple(tokens[start:end])
    return tuple(tokens[start:end])


def _noun_start(low: Sequence[str], tokens: Sequence[str], end: int) -> int:
    """Where the noun phrase that ends at a token begins: behind a mark, a verb, or a word that begins a clause."""
    start = end
    while start > 0 and end - start < 12:
        word = low[start - 1]
        if (
            word in ("and", "or")
            and start < end
            and start > 1
            and tokens[start - 2][0].isalnum()
            and low[start] not in _PRONOUNS
        ):
            start -= 1
            continue
        if not (tokens[start - 1][0].isalnum() or tokens[start - 1][0] in "_`/*-+") and tokens[start - 1] != "`":
            break
        if (
            word in _CLAUSE_STARTS
            or word in _BE
            or word in _HAVE
            or word in ("where", "which", "with", "in", "on", "to")
        ):
            break
        start -= 1
    return start


def _object(tokens: Sequence[str], low: Sequence[str], verb: int) -> tuple[str, ...]:
    """The words of what is applied, dropped or refused; empty where none is named."""
    at = verb + 1
    while at < len(low) and low[at] in _PARTICLES and low[at] != "in":
        at += 1
    found: list[str] = []
    while at < len(tokens) and len(found) < 10:
        if not (tokens[at][0].isalnum() or tokens[at][0] in "`_/-+"):
            break
        if low[at] in _PREPOSITIONS and not (found and low[at] == "of"):
            break
        found.append(tokens[at])
        at += 1
    return tuple(found)


def _read(phrase: _Phrase, posting: Series, own: bool, sentence: str) -> Topic:
    """What a noun phrase means below a posting."""
    words = [word.lower().strip("`'’") for word in phrase.words]
    while words and words[0] in _ADVERBS | {"also", "just"} and words[0] not in ("both", "all"):
        words.pop(0)
    if not words:
        return "work"
    first, head = words[0], _head(words)
    if first in ("what", "whatever", "whatever's"):
        return "other"
    if first in ("mine", "ours"):
        return "work" if own else "other"
    if first == "yours":
        return "other" if own else "work"
    if first in ("his", "hers", "theirs"):
        return "other"
    if len(words) > 1 and first in ("my", "our") and not own and head in _NAMING:
        return "other"
    if first in ("the", "your", "my", "that") and head in _NAMING and not _OTHER_ONE.isdisjoint(words[1:-1]):
        return "other"
    if first in ("that", "the", "those") and len(words) > 1 and words[-1] in ("one", "ones"):
        return _read_one(words[1:-1], first, phrase, sentence)
    if first in _PRONOUNS and len(words) == 1:
        return "work"
    if first in ("this", "these"):
        return "part" if head in _CODE and phrase.status == "dropped" and head not in _NAMING else "work"
    if first in ("a", "an") and head in _NAMING and head not in ("version", "v1", "v2", "v3"):
        return "work" if _means_this(words) else "other"
    if first in ("last", "previous", "earlier", "older", "old") or (
        len(words) > 1 and words[1] in ("previous", "earlier", "older", "old")
    ):
        return "other"
    if words[:3] in (["the", "last", "version"], ["the", "first", "version"]) and phrase.passive and "of" in words:
        return "other"
    if first in ("the", "two", "three") and phrase.passive:
        known = head in _WORK or head.rstrip("s") in _WORK or _is_of_title(words, posting)
        return "work" if known else "other"
    if phrase.status == "dropped" and first in ("the", "that", "any", "those"):
        return "part" if head in _CODE else "work"
    return "work"


def _read_one(between: Sequence[str], first: str, phrase: _Phrase, sentence: str) -> Topic:
    """What "the other one", "that one", "the redundant one" mean."""
    if any(word in _OTHER_ONE for word in between):
        return "other"
    if not between:
        # "That one" points at what was named before; without another work it is this one.
        named = re.search(
            r"\b(?:the|your|my|his|her|their) (?:other|previous|earlier|older|second|last) (?:\w+ )?(?:patch|series|fix|version|one)\b",
            sentence,
            re.I,
        )
        return "other" if first == "that" and named else "work"
    vague = set("whole new newest latest updated full entire current first second last third final".split())
    return "part" if phrase.status == "dropped" and not vague.intersection(between) else "work"


def _head(words: Sequence[str]) -> str:
    """The noun of a phrase: the last word before "of", "for" or "from"."""
    for n, word in enumerate(words):
        if n and word in ("of", "for", "from", "in", "with", "on", "to", "by"):
            return words[n - 1]
    return words[-1]


def _means_this(words: Sequence[str]) -> bool:
    return any(word in ("this", "it", "yours", "your", "these") for word in words)


def _is_of_title(words: Sequence[str], posting: Series) -> bool:
    title = posting.title.lower()
    return any(len(word) > 2 and word in title for word in words[1:])
