"""What a claim names besides its status: who is waited for, the target, what it is about, on what it depends, who holds it.

Names stay as written. A name is a capitalised word that somebody on the mail bears, or that stands where only a person
can (a vocative at the edge of a sentence, "review from X"). What the sentence does not say stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from miner.claims.context import read_condition, read_release
from miner.model import Certainty, Message, StatusLabel

_LETTERS = re.compile(r"[^\W\d_]{2,}")
_NAME = r"[A-Z][a-zà-ÿ]{1,20}(?:-[A-Z][a-z]+)?"
_VOCATIVE = re.compile(
    rf"^(?:(?:Hi|Hey|Hello|So|OK|Ok|And|Also|@) ?,?\s*)?@?({_NAME}(?:(?:,| and|/| &) ?{_NAME})*)\s*[,:?-]\s*"
)
_LAST = re.compile(rf"[, ]\s*({_NAME})\s*[?.!]*$")
_FROM = re.compile(
    rf"\b(?:from|for|on|by|to|with|hear|ask|see|need|wait(?:s|ing|ed)? (?:for|on)|let|hope|hoping|hopefully|cc'?d?)\s+@?({_NAME}(?:(?:,| and|,? or|/) {_NAME})*)\b"
)
# Who is to give what only people give: "waiting for Ada's review", "needs Ada Byron to look at it", "a review by Ada".
_PERSON = rf"{_NAME}(?: {_NAME})?"
_PEOPLE = rf"{_PERSON}(?:(?:,| and|,? or|/) {_PERSON})*"
_GIVES = (
    r"(?i:reviews?|acks?|[art]\w+-by|answers?|repl(?:y|ies)|response|comments?|feedback|opinions?|input|thoughts|approval|decision|verdict"
    r"|confirmation|blessing|okay|word)\b"
)
_DOES = (
    r"(?:(?:have|take|give|get|come|find|finish|make)\b (?:\w+ ){0,4}?)?(?:look|review|ack|answer|reply|respond|comment|confirm|decide|decision"
    r"|approve|post|send|submit|resend|repost|respin|rebase|weigh in|chime in|check|clarify|test|try|merge|apply|pick|take|queue|pull)\b"
)
_GIVEN = rf"(?:['’]s?\s(?:[\w-]+ ){{0,2}}?{_GIVES}| to {_DOES})"
_FROM_PERSON = re.compile(
    rf"\b(?i:wait\w*|await\w*|needs?|pending|lack\w*|miss\w*|wants?|requires?)\s+(?:(?:still|for|on|only|is|until)\s+)*(?P<gives>{_PEOPLE}){_GIVEN}"
    rf"|\b{_GIVES} (?:by|of) (?P<by>{_PEOPLE})|\b(?P<must>{_PEOPLE}) (?:still )?(?:has|have|needs?|ought) to {_DOES}"
)
_TO_GIVE = re.compile(rf"{_PEOPLE}{_GIVEN}")
_BY_AUTHOR = re.compile(
    r"^(?:(?!\byou\b|\b[Hh]e\b|\b[Ss]he\b|\b[Tt]hey\b).){0,60}?\b(?:I|[Ww]e)\b(?!.{0,40}\byou (?:are|were|have|had|agreed|will|plan))"
)
# "I think you should", "please correct me": the author says so, and somebody else is to change it.
_ASKS_OTHERS = re.compile(
    r"\bplease\b|\b(?:I|[Ww]e)(?:['’]d| would) (?:like|love|prefer|propose|suggest|rather|appreciate|recommend|vote|argue|expect|ask)\b"
    r"|\b(?:I|[Ww]e) (?:do(?:n['’]t| not) )?(?:think|believe|guess|feel|suggest|wonder|prefer|suspect|doubt|hope)\b(?!.{0,40}\b(?:I|[Ww]e)(?:['’]ll| will| can| should| need)\b)"
)
_NO_NAMES = frozenset(
    "I Ok OK Yes No Sure Hi Hey Hello Thanks Thank Please The This That These Those It We You He She They So And But Or If Once When"
    " After Before Unless Until Looks Applied Queued Merged Will Would Could Can May Should Any Also Maybe Perhaps Probably Then Now"
    " Still Ping Gentle Friendly Right Well Agreed Fixed Done Good Great Nice Fine Linux Acked Reviewed Tested Other Otherwise Anyway"
    " Not Is Are Was Were Do Does Did Have Has Had Let Just Since As At In On For With From My Your Our Kernel Git Monday Tuesday"
    " Wednesday Thursday Friday Saturday Sunday January February March April June July August September October November December"
    " Btw By Fwiw Imo Imho Afaik Afaict Nit Nits Ditto Same Thoughts Note Notice Minor Either Both All Some Most Each Every Such Only Even Yet"
    " Instead Meanwhile Actually Basically Honestly Personally Overall First Second Third Finally Lastly Additionally Furthermore"
    " Moreover However Therefore Thus Hence Besides Similarly Likewise Perfect Awesome Excellent Interesting Indeed Exactly True Agree"
    " Cool Okay Objections Huh Wow Ack Nack Alright Understood Correct Question Questions Comments Ideas Opinions Folks Guys Everyone Everybody Team Dear"
    " Greetings Morning Cheers Kindly Alternatively Rather Regarding Currently Previously Today Tomorrow Yesterday Again Later Seriously Really Surely"
    " Obviously Clearly Presumably Apparently Assuming Given Considering Out Off Over About Below Above During Without Within Because Although Though"
    " While Whether Despite Another One Two Three"
    " Patch Series Hopefully What Why How Who Where Which There Here Hmm Ah Oh Sorry Sounds Makes Got Fair Yeah Yep Nope Nah".split()
)
_TARGET = re.compile(
    r"(?<![\w/.@-])("
    r"(?:[\w.+-]{1,40}/)+(?:for-)?[\w.+-]{1,40}\.git(?: [\w./-]+)?|[\w.+-]{1,40}/(?:for-[\w.-]+|next|fixes|stable|linux|[\w-]*next[\w-]*|master|for[\w-]*)"
    r"|for-[\w.]+(?:[/-][\w.-]+)*|linux-next|(?:\w{1,30}-){1,4}(?:next|fixes|unstable|stable)\b(?:-[\w]+)*"
    r"|(?:(?<=to )|(?<=in )|(?<=into )|(?<=on )|(?<=onto )|(?<=for )|(?<=the )|(?<=my )|(?<=our ))(?:next|fixes|unstable|stable)\b(?:-[\w]+)*(?=\W*$|[^\w\s]| (?:tree|branch|and|as|with|now|today)\b)|net-next|-mm tree|-mm\b|-next\b|-dev\b|mm\.git|\w+\.git|mainline|upstream"
    r"|v\d\.\d{1,2}(?:\.\d+)?(?:-rc\d{1,2})?|[2-9]\.\d{1,2}(?:\.\d+)?(?:-rc\d{1,2})?)(?![\w/])"
)
_TARGETED = frozenset(
    "applied merged ready blocked planned needs-revision needs-review posted".split()
)  # what has a target
# Trees from which work goes on to mainline.
_ON_ITS_WAY = re.compile(
    r"(?i)(?:^|[/-])(?:next|unstable|fixes|dev|testing|staging|mm)(?:\.git)?(?:$|[/ -])|^for-|/for-|next(?:\.git)?$"
)
_MERGED_BY = re.compile(  # whoever merges a patch and is not Linus has it in his own tree
    r"(?<![\w.])(?!(?:This|That|These|It|They|Which|There|Both|All)\b)[A-Z][^\W\d_]+ (?:(?:has|have|had) )?(?:(?:already|just|recently|now) )*"
    r"(?:merged|pulled|took|taken) (?:the|this|that|it|these|them|your|my|all|both|v\d)\b"
)
_IN_MAINLINE = re.compile(r"(?i)\b(?:mainline|upstream|linus|torvalds)\b")
_ABOUT = re.compile(
    rf"\b((?:this|the|that|my|your|our|his|these|those|both|last|first|all) (?:\w+ )?(?:patch(?:es|set|sets)?|series|fix|change|commit|pull request|version|one|set)"
    rf"|patch(?:es)? #?\d{{1,3}}(?:[-/,]\d{{1,3}})?|(?!(?:let|that|it|there|here|what|who|he|she)['’])(?-i:{_NAME})['’]s (?:[\w-]+ ){{0,3}}?"
    r"(?:patch(?:es|set|sets)?|series|fix(?:es)?|changes?|commits?|pull request|version|work|set|clean-?ups?|rework|proposal|tests?)|v\d{1,2}(?!\.\d))\b",
    re.I,
)
_WORDS = r"((?:[^.;:!?()\n]|\.(?=\w)|\(\)){3,80}?)"  # a name of a work; a dot may stand in a number
_DEPENDS = (
    re.compile(
        rf"(?:\b(?:once|after|until|till|as soon as|when)|(?:not|n['’]t)\s[^.;:]{{1,40}}?\bbefore)\s+{_WORDS}\s+(?:(?:is|are|was|were|has|have|gets?|got)\s+(?:\w+\s+){{0,2}}?(?:merged|applied|queued"
        r"|landed|accepted|reviewed|ready|settled|finished|sorted|resolved|fixed|in|out|released|upstream(?:ed)?|available|picked|pulled|taken"
        r"|posted|sent|complete[d]?|finali[sz]ed|agreed|solid|implemented|done)\b|lands?\b|hits?\b|goes\s+in\b|makes\b|arrives?\b|appears?\b|reaches\b)",
        re.I,
    ),
    re.compile(
        rf"\b(?:depend(?:s|ent|ing|ency)?|dependec?nc?(?:y|ies)|blocked|waiting|wait|pending|gated|stuck|stalled|hinges|held\s+up)\s+(?:up)?(?:on|by|for|behind)\s+{_WORDS}"
        r"(?=[.,;:!?()]|$|\s(?:(?:which|that|before|so|since|to\s+(?:be|merge|land|go|get|hit|reach|become)|and\s+(?:then|I|we|can|could|will|add|let))\b|https?:))",
        re.I,
    ),
)
# What else a work stands on, in words that say so where it waits for that.
_STANDS_ON = re.compile(
    rf"\bon\s+top\s+of\s+{_WORDS}(?=[.,;:!?()]|$|\s(?:(?:so|which|that|since|and|but|because)\b|https?:))"
    rf"|\b(?:needs?|requires?)\s+(?!to\b){_WORDS}\s+(?:to\s+(?:\w+\s+){{1,3}})?first\b"
    rf"|^\W*{_WORDS}\s+(?:has\s+to|have\s+to|must|needs?\s+to|should)\s+(?:\w+\s+){{1,3}}first\b"
    r"|\b(?:needs?|requires?|based\s+on)\s+(?!to\b)((?:[^.;:!?(),\n]|\.(?=\w)){3,80}?\b(?:patch(?:es|sets?)?|series|set|fix(?:es)?|clean-?ups?|rework)\b(?:\s\[\d+\])?)",
    re.I,
)
_HOLDER = re.compile(
    rf"\b({_NAME}|you|he|she|they)\s+(?:has |have |had |just |also |already )*(?:suggested|said|says|mentioned|reported|agreed|confirmed|told|asked|thinks|indicated|promised|noted|offered|stated|proposed)\b"
)
_ACCORDING = re.compile(rf"\b[Aa]ccording to ({_NAME})\b")
# Who says what he does himself holds it, whoever else is named: "As Ada said, I will respin", "Ada is fine with it, so I applied it".
_OWN_DOING = re.compile(r"(?:\W|\w+ ){0,3}?(?:I|[Ww]e)(?:['’]ll| will| am going to)\b")
_OWN = re.compile(r"\b(?:I|[Ww]e)(?:['’](?:ll|ve|m|d|re))?\b")
_AS = re.compile(r"(?<!soon )(?<!long )(?<!far )(?<!much )(?<!well )\b[Aa]s\s+$")
_BUT = re.compile(
    r"\b(?:but|however|al?though|though|yet|except|unless|unsure|doubt|wrong|disagree)\b|\bnot sure\b", re.I
)
_AND_SO = re.compile(r"\b(?:so|and|but|then|therefore|hence),?\s+$")
_NAMED = re.compile(  # "the fix that Ada suggested" tells whose idea it was
    r"(?:\b(?:that|which|what)|\b(?:the|an?|this|these|those|your|his|her|its)(?: [\w-]+){1,3})\s+$"
)
_OF_A_THING = re.compile(r"\b(?:suggested|mentioned|reported|asked|noted|proposed|offered|stated)$")
_NOTHING = re.compile(  # what names no work: a bare pronoun, a place, a clause about somebody, an answer, one's own next version
    r"(?:\[\d+\]\W*$|(?:i|we|you|they|he|she|it|there|here|them|us|me|others?|everything|something|things|what|how|why|whether|who)\b|(?:this|that|these|those|all)(?:\W*$| (?:\w+ )?(?:one|patch(?:es|set)?|series"
    r"|solution|change|work|function|to)\b|,)|(?:the|an?|my|your|its?) (?:\w+ )?(?:patch(?:es|set)?|series|fix|code|version|v\d{1,2}|respin|patch: .*)\W*$"
    r"|(?:(?:the|an?|your|any|some|more|further|other|his|her|their) )*(?:\w+ )?(?:reply|replies|respon\w+|feedback|reviews?|comments?|opinions?|answers?|acks?|results?"
    r"|benchmarks?|tests?|experiments?)\b|(?:the |your )?v\d{1,2}\b"
    r"|(?:some ?time|a (?:\w+ )?(?:time|while|bit)|(?:\w+ )?(?:days?|weeks?|months?))\b|.*\b(?:opinions?|feedback|maintainers?|reviewers?|chime in)\b)",
    re.I,
)
_CODE = re.compile(r"[a-z\d]_[a-z\d]|\w\(\)")
_TO_COME = frozenset(("planned", "needs-revision", "ready"))  # what one says that he will do, or would
_WORK = re.compile(r"\b(?:patch(?:es|sets?)?|series|set|fix(?:es)?|clean-?ups?|rework|work|branch|tree)\b", re.I)
_SOMEBODY = re.compile(rf"({_NAME})(?: ({_NAME}))?(?: (?:to|for|and|or|on|whether|with|if)\b|\W*$|/)")


@dataclass(frozen=True, slots=True)
class Details:
    """The named things of one claim; None and () where the sentence says nothing."""

    waiting_on: tuple[str, ...]
    target: str | None
    about: str | None
    depends_on: tuple[str, ...]
    holder: str | None
    agrees: bool = False


def known_names(message: Message) -> frozenset[str]:
    """First and last names of all people on a mail."""
    people = (message.author, *message.recipients)
    return frozenset(word for person in people if person.name for word in _LETTERS.findall(person.name))


def read_details(
    message: Message, sentence: str, clause: str, status: StatusLabel, certainty: Certainty, claimed: str | None = None
) -> Details:
    """Read the details of a claim out of its clause, or its sentence for what may stand beside the clause. Whose word it is the words
    that it covers tell, `claimed`, where these are fewer."""
    names = known_names(message)
    sentence, clause = " ".join(sentence.split()), " ".join(clause.split())
    addressed = find_addressed(sentence, names)
    holder = _find_holder(sentence, " ".join((claimed or clause).split()), addressed)
    waiting: tuple[str, ...] = ()
    if status in ("needs-review", "needs-reply", "planned", "needs-revision", "in-progress", "blocked", "posted"):
        waiting = _find_waited(clause, sentence, status, addressed, names, message)
    target = _TARGET.search(clause) if status in _TARGETED else None
    about = _ABOUT.search(clause)
    depends = _find_needed(sentence, status, names)
    if not depends and certainty == "conditional":
        depends = read_condition(clause) or read_condition(sentence)
    elif not depends and certainty == "asserted" and status in _TO_COME:
        depends = read_release(clause)
    return Details(
        waiting,
        target[1].rstrip(".-") if target else None,
        about[1] if about else None,
        (depends,) if depends else (),
        holder,
        holder is not None and _agrees(sentence),
    )


def is_on_its_way(clause: str) -> bool:
    """Whether words of something merged name a tree where work is kept until it goes to mainline, or who merged it, and not
    mainline itself.

    >>> is_on_its_way("merged into mm-unstable"), is_on_its_way("merged into mainline"), is_on_its_way("it was in -next, now it is upstream")
    (True, False, False)
    >>> is_on_its_way("Ada has already merged the first version"), is_on_its_way("Linus has already merged it")
    (True, False)
    """
    if _IN_MAINLINE.search(clause) is not None:
        return False
    target = _TARGET.search(clause)
    return (target is not None and _ON_ITS_WAY.search(target[1]) is not None) or _MERGED_BY.search(clause) is not None


def find_addressed(sentence: str, names: frozenset[str]) -> tuple[str, ...]:
    """Whom a sentence addresses by name at its beginning or end."""
    if found := _VOCATIVE.match(sentence):
        people = tuple(_names(found[1]))
        if people and (any(name in names for name in people) or sentence.rstrip().endswith("?")):
            return people
    if found := _LAST.search(sentence):
        name = found[1]
        comma = sentence[found.start()] == ","
        if name not in _NO_NAMES and (name in names or comma):
            return (name,)
        if (
            sentence.rstrip().endswith("?")
            and re.search(rf"\b(?:this|that|it|here|you)\s+{name}\?$", sentence)
            and name not in _NO_NAMES
        ):
            return (name,)
    return ()


def _names(text: str) -> Iterable[str]:
    return (name for name in re.findall(_NAME, text) if name not in _NO_NAMES)


def _find_holder(sentence: str, clause: str, addressed: tuple[str, ...]) -> str | None:
    """Whom the author reports, if what the clause says is somebody else's word."""
    if according := _ACCORDING.search(sentence):
        return according[1]
    found = _HOLDER.search(sentence)
    if found is None or _is_own(clause):
        return None
    if _OF_A_THING.search(found[0]) and _NAMED.search(sentence, 0, found.start()):
        return None
    if found[1].lower() == "you":
        return addressed[0] if addressed else None
    return None if found[1] in _NO_NAMES or found[1].lower() in ("he", "she", "they") else found[1]


def _agrees(sentence: str) -> bool:
    """Whether who reports somebody says the same himself, "as she said", and nothing against it."""
    said = _HOLDER.search(sentence)
    return (
        said is not None and _AS.search(sentence, 0, said.start()) is not None and not _BUT.search(sentence, said.end())
    )


def _is_own(clause: str) -> bool:
    """Whether a clause says what its author does, and not what somebody said of it."""
    own, said = _OWN.search(clause), _HOLDER.search(clause)
    if own is None or said is None:
        return own is not None
    if own.start() < said.start():  # but "I talked to Ada, and she said that ..."
        return _OWN_DOING.match(clause) is not None or not _AND_SO.search(clause, 0, said.start())
    return bool(_AS.search(clause, 0, said.start()) or _AND_SO.search(clause, 0, own.start()))


def _find_needed(sentence: str, status: StatusLabel, names: frozenset[str]) -> str:
    """What a sentence says that the work waits for, "" where its words name no work."""
    rules = (*_DEPENDS, _STANDS_ON) if status == "blocked" else _DEPENDS
    for rule in rules:
        for found in rule.finditer(sentence):
            words = next(group for group in found.groups() if group).strip()
            if _CODE.search(words) and not _WORK.search(words):
                continue  # "as it depends on the loom_turn() helper" tells why, the work is named elsewhere
            somebody = _SOMEBODY.match(words)
            known = somebody is not None and all(name in names for name in somebody.groups() if name)
            return "" if known or _NOTHING.match(words) or _TO_GIVE.match(words) else words
    return ""


def _find_givers(clause: str) -> tuple[str, ...]:
    """Who is to review, to answer or to decide, by their whole names."""
    found = _FROM_PERSON.search(clause)
    named = re.findall(_PERSON, next(filter(None, found.groups()))) if found else ()
    return tuple(name for name in named if _NO_NAMES.isdisjoint(name.split()))


def _find_waited(
    clause: str, sentence: str, status: StatusLabel, addressed: tuple[str, ...], names: frozenset[str], message: Message
) -> tuple[str, ...]:
    if status in ("needs-review", "needs-reply", "blocked") and (people := _find_givers(clause)):
        return people
    if addressed:
        return addressed
    if status in ("needs-review", "needs-reply", "blocked") and (found := _FROM.search(clause)):
        sure = ("from", "wait for") if status == "blocked" else ("from", "wait")  # for the loom others wait too
        people = tuple(name for name in _names(found[1]) if name in names or found[0].startswith(sure))
        if people:
            return people
    if status in ("planned", "in-progress") and (
        found := re.match(rf"({_NAME})\s+(?:is|has|will|might|may|plans|would)\b", clause)
    ):
        return tuple(_names(found[1]))
    others = status == "needs-revision" and _ASKS_OTHERS.search(clause)
    if status in ("needs-revision", "planned", "in-progress") and not others and _BY_AUTHOR.search(clause):
        return (message.author.name or str(message.author),)
    if re.search(r"\bmaintainers?\b", sentence, re.I) and status == "needs-review":
        return ("maintainer",)
    if status == "needs-revision" and re.match(r"(?:so |then |and )?(?:please|could you|can you)\b", clause, re.I):
        return ("author",)
    return ()
