"""What a claim names besides its status: who is waited for, the target, what it is about, on what it depends, who holds it.

Names stay as written. A name is a capitalised word that somebody on the mail bears, or that stands where only a person
can (a vocative at the edge of a sentence, "review from X"). What the sentence does not say stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from miner.claims.context import read_condition, read_release
from miner.claims.targets import find_about, find_target
from miner.model import Certainty, Message, StatusLabel

_LETTERS = re.compile(r"[^\W\d_]{2,}")
_NAME = r"[A-Z][a-zà-ÿ]{1,20}(?:-[A-Z][a-z]+)?"
_LISTED = rf"@?{_NAME}(?:(?:,? and|,? or|,|/| &) ?@?{_NAME})*"
_VOCATIVE = re.compile(
    rf"^(?:(?:Hi|Hey|Hello|So|OK|Ok|And|Also|@) ?,?\s*)?(?P<people>{_LISTED})"
    r"(?:\s*[,:?-]\s*|(?P<asked> (?:please|(?:can|could|would|will|do|did|have|are) you)\b))"
)
# At the end behind a comma or thanks, or in a question where nothing leads to a name: "can you take this Ada?", but "is it fixed by Ada?".
_LAST = re.compile(rf"(?P<comma>,|,? (?:thanks|thank you|thx|cheers))?\s+(?P<name>{_NAME})\s*(?P<mark>[?.!]*)$", re.I)
_LEADS_TO_NAME = re.compile(
    r"\b(?i:by|of|to|for|from|with|than|like|and|or|via|as|in|on|per|ask|cc|tell|told|let|mr|is|was|are),?$|\b[A-Z]\w+,?$"
)
_FROM = re.compile(
    rf"\b(?:from|for|on|by|to|with|hear|ask|see|need|wait(?:s|ing|ed)? (?:for|on)|let|hope|hoping|hopefully|(?i:add(?:ing|ed)|cc'?(?:d|ing)?))\s+(?P<led>{_LISTED})\b"
    rf"|\b(?:what|whether|if|until|unless) (?P<doing>{_LISTED}) (?:thinks?|says?|agrees?|had|has|have|could|can|would)\b"
)
_SURELY_FROM = ("from", "wait")  # for the loom others wait too
# Who is to give what only people give: "waiting for Ada's review", "needs Ada Byron to look at it", "a review by Ada".
_PERSON = rf"{_NAME}(?: {_NAME})?"
_PEOPLE = rf"{_PERSON}(?:(?:,? and|,? or|,|/) {_PERSON})*"
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
    rf"\b(?i:wait\w*|await\w*|needs?|pending|lack\w*|miss\w*|wants?|requires?|likes?|prefers?|asked|asking)\s+(?:(?:still|for|on|only|is|until)\s+)*(?P<gives>{_PEOPLE}){_GIVEN}"
    rf"|\b{_GIVES},? (?:by|of|from) (?P<by>{_PEOPLE})\b|\b(?P<must>{_PEOPLE}) (?:still )?(?:has|have|needs?|ought) to {_DOES}"
)
_TO_GIVE = re.compile(rf"{_PEOPLE}{_GIVEN}")
_MAY = re.compile(  # only whom the mail knows: a driver can fail, and a patch should apply
    rf"(?i:\b(?:could|can|would|will|should|may)) (?P<asked>{_PEOPLE}) (?i:(?:please |also )?{_DOES})|\b(?P<must>{_PEOPLE}) (?:should|must|could) (?:also )?{_DOES}"
)
# Who says what he will do, or does, has to act; not who tells what he saw, wants, thinks or waits for.
_NO_DEED = (
    r"(?! (?:(?:also|just|still|only|really|always) )?(?:not|never|no|see|seen|wait|leave|let|expect|like|prefer|appreciate|think|assume|believe|say|argue|suggest|recommend"
    r"|understand|imagine|guess|defer to|object|na[ck]k?|reject|note|point|hope|wonder|live|find(?! time)|be (?!happy to|glad to|sure to|\w+ing)|have (?!an? )|know|happy to (?:see|take|merge|apply|hear)"
    r"|(?:hop|wonder|think|guess|assum|suggest|say|see|gett|ask|hav|talk|referr|miss|look|wait|writ|try)ing (?:to (?:say|(?:kindly )?ask|you|achieve|understand)|forward|this|you|if|how|for|about|that|an?|the|what)"
    r"|(?:gett|hop|see|think|wonder|miss|ask)ing)\b)"
)
_SAYS_HE_WILL = re.compile(
    rf"\b(?:I|[Ww]e)(?:['’]ll| will| shall){_NO_DEED}"
    rf"|\b(?:I(?:['’]m| am)|[Ww]e(?:['’]re| are)|(?:I|[Ww]e)(?:['’]ve| have) been)(?: (?:now|still|also|just|\w+ly))*(?= (?:about to|\w+ing)\b){_NO_DEED}"
    rf"|\b(?:I|[Ww]e)(?: (?:also|still|just))? (?:plan|intend|promise|want|try|wanna)(?: to|(?<=wanna)){_NO_DEED}"
    rf"|\bI (?:(?:(?:also|still|just) )?(?:need|have|ought) to|can|should|must|might|may|could|tend to){_NO_DEED}"
    r"|\bI(?:['’]ve| have)?(?: (?:already|just|also|now))? (?:fixed|changed|updated|added|removed|addressed|reworked|reworded|renamed|corrected|folded|rebased|forgot)\b"
    r"|(?:^(?:(?:ok|okay|sure|yes|right|yeah|agreed|thanks|good catch|got it|noted|oops|sorry|i see)[,.!]? ){0,2}|\bI\b.{0,80}\b(?:and|but) )"
    r"[Ww]ill (?!(?:you|it|this|that|the|we|i|be|not|they|he|she|there|these|those)\b)[a-z]"
    r"|\b[Ll]et me (?!know\b|guess\b|ask\b)"
)
_WOULD_LIKE = re.compile(
    r"\b(?:I|[Ww]e)(?:['’]d| would) like to (?!(?:see|have|hear|know|ask|suggest|propose|point|note|thank|get|let|be|understand)\b)"
)
# What whoever is not the author does with the next version, which he awaits.
_WITH_NEXT = re.compile(
    r"\b(?:I|[Ww]e)(?:['’]ll| will| shall| can| could| may)(?: \w+)? (?:take|merge|apply|queue|pick|pull|review)\b"
)
_HE_WILL = re.compile(
    rf"(?P<name>{_PERSON})\s+(?:(?:from|at|in|of) [\w ]{{1,20}}? )?(?:(?P<person>plans|promised|volunteered|offered|wants|intends|is (?:working|looking|preparing|planning|going to|writing|investigating)\b)|will|might|may|would|is (?:testing|fixing|doing|reviewing|addressing|sending)\b)"
)
# "I think you should", "please correct me": the author says so, and somebody else is to change it.
_ASKS_OTHERS = re.compile(
    r"\b[Pp]lease\b(?! let me)|\b(?:I|[Ww]e) (?:do(?:n['’]t| not) |would )?(?:think|believe|guess|feel|suggest|wonder|prefer|suspect|doubt|hope|recommend|propose)\b"
    r"(?!.{0,80}\b(?:I|[Ww]e)(?:['’](?:ll|m)| will| can| should| need| am)\b)"
)
_ASKS_AUTHOR = re.compile(
    r"(?:so |then |and )?(?:please(?! (?:kindly )?(?:correct|let|feel|note|find|see|ignore|disregard)\b)|could you|can you)\b",
    re.I,
)
_MAINTAINER = re.compile(r"\bmaintainers?\b", re.I)
_TO_ADDRESSED = re.compile(r"\b(?:you|your|please|pls|kindly)\b|\?", re.I)
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
    " Patch Series Hopefully What Why How Who Where Which There Here Hmm Ah Oh Sorry Sounds Makes Got Fair Yeah Yep Nope Nah"
    " Oops Whoops Ouch Ugh Argh Heh Haha Eh Meh Aha Um Uh Hm Erm Bah Yikes Yup Yea Damn Someone Somebody Anyone Anybody Nobody Maintainers Reviewers".split()
)
_TARGETED = frozenset(
    "applied merged ready blocked planned needs-revision needs-review posted".split()
)  # what has a target
# A name of a work; a dot may stand in a number, and anything between quotation marks.
_QUOTED = r"[\"“][^\"“”\n]{3,80}[\"”]"
_WORDS = rf"((?:(?!{_QUOTED})(?:[^.;:!?()\n]|\.(?=\w)|\(\))|(?<!\w){_QUOTED}){{1,80}}?)"
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
    r"|\b(?:needs?|requires?|based\s+on|(?:merged|applied|queued|taken|in|landed)\s+after)\s+(?!to\b)((?:[^.;:!?(),\n]|\.(?=\w)){3,80}?\b(?:patch(?:es|sets?)?|series|set|fix(?:es)?|clean-?ups?|rework)\b(?:\s\[\d+\])?)",
    re.I,
)
# "As Ada said" begins with no name.
_WHOLE_NAME = rf"(?:(?!(?:{'|'.join(sorted(_NO_NAMES))}) ){_NAME} )?{_NAME}"
_HOLDER = re.compile(
    rf"\b(?P<who>{_WHOLE_NAME}|you|he|she|they)\s+(?:has |have |had |just |also |already |recently )*(?:suggest(?:ed|s)|said|says|mention(?:ed|s)|report(?:ed|s)|agree[ds]|confirm(?:ed|s)|told|tells|asked|asks|thinks|indicate[ds]|promised"
    r"|note[ds]|offered|stated|propose[ds]|wrote|writes|pointed out|points out|claim(?:ed|s)|insist(?:ed|s)|wants)\b"
)
_ACCORDING = re.compile(rf"\b[Aa]ccording to ({_WHOLE_NAME})\b")
# Who says what he does himself holds it, whoever else is named: "As Ada said, I will respin", "Ada is fine with it, so I applied it".
_OWN_DOING = re.compile(r"(?:\W|\w+ ){0,3}?(?:I|[Ww]e)(?:['’]ll| will| am going to)\b")
_OWN = re.compile(r"\b(?:I|[Ww]e)(?:['’](?:ll|ve|m|d|re))?\b")
_AS = re.compile(r"(?<!soon )(?<!long )(?<!far )(?<!much )(?<!well )\b[Aa]s\s+$")
_BUT = re.compile(
    r"\b(?:but|however|al?though|though|yet|except|unless|unsure|doubt|wrong|disagree)\b|\bnot sure\b", re.I
)
_AND_SO = re.compile(r"\b(?:so|and|but|then|therefore|hence),?\s+$")
_NAMED = re.compile(  # "the fix that Ada suggested" tells whose idea it was
    r"(?:\b(?:that|which|what)|\b(?:the|an?|this|these|those|your|his|her|its)(?: [^\s,;.]+){1,3})\s+$"
)
_ENDS = re.compile(r"\W*$")
_OF_A_THING = re.compile(r"\b(?:suggest|mention|report|ask|note|propose|offer|state|claim|point)\w*(?: out)?$|\bwants$")
_UNREAL = re.compile(r"\b(?:if|unless|whether|when|once)\s+$", re.I)
# What somebody reported is a thing, "a bug", and no statement; what comes behind it is nobody's word but the author's.
_A_THING = re.compile(
    r"\s+(?:an?|the|this|that|these|those|some|two|several|his|her|their|it)\b(?:(?!\b(?:is|are|was|were|be|been|has|have|had|will|would|should|can|could|does|do|did|needs?|looks?)\b)[^,;:.])*"
    r"(?:[,;:]|\b(?:and|but|so)\b)\s*"
)
_NOTHING = re.compile(  # what names no work: a bare pronoun, a place, a clause about somebody, an answer, one's own next version
    r"(?:\[\d+\]\W*$|(?:i|we|you|they|he|she|it|there|here|them|us|me|others?|everything|something|things|what|how|why|whether|who)\b|(?:this|that|these|those|all)(?:\W*$| (?:\w+ )?(?:one|patch(?:es|set)?|series"
    r"|solution|change|work|function|to)\b|,)|(?:the|an?|my|your|its?) (?:(?:new|next|whole|entire|full|rest of the|other|current|updated|latest|last|old|final|first|second|same|above|below|following|previous"
    r"|original|official|proper|correct|right|actual|above|later|respective|said|corresponding|more) )?(?:patch(?:es|set)?|series|fix|code|version(?: (?:of|with|address|that|which)\w*\b.*)?|v\d{1,2}|respin|patch: .*)\W*$"
    r"|(?:(?:the|an?|your|any|some|more|further|other|his|her|their) )*(?:\w+ )?(?:reply|replies|respon\w+|feedback|reviews?|comments?|opinions?|answers?|acks?|results?"
    r"|benchmarks?|tests?|experiments?)\b|(?:the |your )?v\d{1,2}\b|an? (?:new|next|updated|fixed) version\b|an? number of (?:\w+ )?things\b|[^,]* (?:whether|if)\b"
    r"|(?:some ?time|a (?:\w+ )?(?:time|while|bit)|(?:\w+ )?(?:days?|weeks?|months?))\b|.*\b(?:opinions?|feedback|maintainers?|reviewers?|chime in)\b)",
    re.I,
)
_WHOLLY_QUOTED = re.compile(_QUOTED)
_BASE = re.compile(  # a tree, and nothing that is not in it yet
    r"(?:(?!\bpatch|\bseries|\bfix|\+| plus )[^\[])*\b(?:tree|branch|repo|repository|kernel|mainline|HEAD|master|next|rc\d{1,2}|v?\d+\.\d+)\W*$",
    re.I,
)
_CLAUSE = re.compile(r"\b(?:i|we|you|he|she|it|they)\b|\b(?:and|that|which|who|to|of|or)$", re.I)
_CODE = re.compile(r"[a-z\d]_[a-z\d]|\w\(\)")
_TO_COME = frozenset(("planned", "needs-revision", "ready"))  # what one says that he will do, or would
_WORK = re.compile(r"\b(?:patch(?:es|sets?)?|series|set|fix(?:es)?|clean-?ups?|rework|work|branch|tree)\b|^[\"“]", re.I)
_IN_A_TREE = frozenset(("applied", "merged", "dropped", "superseded", "ready"))
_SOMEBODY = re.compile(rf"({_NAME})(?: ({_NAME}))?(?: (?:to|for|and|or|on|whether|with|if)\b|\W*$|/)")
_FOR_OTHERS = frozenset(("needs-review", "needs-reply", "blocked"))  # who acts is not the one who says so
_FOR_HIMSELF = frozenset(("needs-revision", "planned", "in-progress"))


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
    """Read the details of a claim out of its clause, or its sentence for what may stand beside the clause. Whose word it is, and what
    something in a tree depends on, tell the words that it covers, `claimed`, where these are fewer."""
    names = known_names(message)
    sentence, clause, claimed = (" ".join(text.split()) for text in (sentence, clause, claimed or clause))
    addressed = find_addressed(sentence, names)
    holder = _find_holder(sentence, claimed, status, addressed)
    waiting: tuple[str, ...] = ()
    if status in ("needs-review", "needs-reply", "planned", "needs-revision", "in-progress", "blocked", "posted"):
        waiting = _find_waited(clause, sentence, status, addressed, names, message)
    elif status == "ready":
        waiting = _find_givers(clause, names)
    depends = _find_needed(claimed if status in _IN_A_TREE else sentence, status, names)
    if not depends and certainty == "conditional":
        depends = read_condition(clause) or read_condition(sentence)
    elif not depends and certainty == "asserted" and status in _TO_COME:
        depends = read_release(clause)
    return Details(
        waiting,
        find_target(clause) if status in _TARGETED else None,
        find_about(claimed, sentence.partition(claimed)[0]) or find_about(clause),
        (depends,) if depends else (),
        holder,
        holder is not None and _agrees(sentence),
    )


def find_addressed(sentence: str, names: frozenset[str]) -> tuple[str, ...]:
    """Whom a sentence addresses by name at its beginning or end; of several those who are known."""
    if found := _VOCATIVE.match(sentence):
        people = tuple(_names(found["people"]))
        known = tuple(name for name in people if name in names)
        if known or (
            people and (found["people"].startswith("@") or (sentence.rstrip().endswith("?") and not found["asked"]))
        ):
            return known or people
    if found := _LAST.search(sentence):
        name, asks = found["name"], "?" in found["mark"]
        listed = _FROM.search(sentence)
        if name in _NO_NAMES or not name[0].isupper() or (listed and listed.end() >= found.end("name")):
            return ()
        if found["comma"] or (asks and not _LEADS_TO_NAME.search(sentence, 0, found.start())):
            return (name,) if name in names or found["comma"] else ()
    return ()


def _names(text: str) -> Iterable[str]:
    return (name for name in re.findall(_NAME, text) if name not in _NO_NAMES)


def _people(text: str) -> tuple[str, ...]:
    """The people of a list, by their whole names."""
    return tuple(name for name in re.findall(_PERSON, text) if _NO_NAMES.isdisjoint(name.split()))


def _find_holder(sentence: str, clause: str, status: StatusLabel, addressed: tuple[str, ...]) -> str | None:
    """Whom the author reports, if what the clause says is somebody else's word."""
    if according := _ACCORDING.search(sentence):
        return according[1]
    found = _HOLDER.search(sentence)
    if found is None or _is_own(clause) or _UNREAL.search(sentence, 0, found.start()):
        return None
    if found[0].endswith("wants") and status not in _IN_A_TREE:
        return None  # that she wants it is so, and it is not done because she does
    start = sentence.find(clause)
    if found.start() >= start + len(clause) and not (
        _AS.search(sentence, 0, found.start()) or _ENDS.match(sentence, found.end())
    ):
        return None  # what she says comes behind
    if _OWN.search(sentence, found.end(), max(found.end(), start)):
        return None  # "As Ada said, I believe that it works, so please test it"
    if _OF_A_THING.search(found[0]):
        thing = _A_THING.match(sentence, found.end())
        if _NAMED.search(sentence, 0, found.start()) or (thing and start >= thing.end()):
            return None
    who = found["who"]
    if who == "you":
        return addressed[0] if addressed else None
    return " ".join(name for name in who.split() if name not in _NO_NAMES and name not in ("he", "she", "they")) or None


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
            words = words[1:-1] if _WHOLLY_QUOTED.fullmatch(words) else words
            if _CODE.search(words) and not _WORK.search(words):
                continue  # "as it depends on the loom_turn() helper" tells why, the work is named elsewhere
            if (
                len(words) < 3
                or (rule is _STANDS_ON and _BASE.match(words))
                or (rule is _DEPENDS[0] and _CLAUSE.search(words))
            ):
                continue
            if rule is _DEPENDS[1] and status not in _FOR_OTHERS and not _WORK.search(words):
                continue  # "it depends on the choice of the loom"
            somebody = _SOMEBODY.match(words)
            known = somebody is not None and all(name in names for name in somebody.groups() if name)
            return "" if known or _NOTHING.match(words) or _TO_GIVE.match(words) else words
    return ""


def _find_givers(clause: str, names: frozenset[str]) -> tuple[str, ...]:
    """Who is to review, to answer or to decide, by their whole names."""
    if found := _FROM_PERSON.search(clause):
        return _people(next(filter(None, found.groups())))
    may = _MAY.search(clause)
    people = _people(next(filter(None, may.groups()))) if may else ()
    return people if all(not names.isdisjoint(name.split()) for name in people) else ()


def _find_doer(clause: str, status: StatusLabel, names: frozenset[str], message: Message) -> tuple[str, ...]:
    """Who says, or of whom is said, that he does it or will do it."""
    deed = _SAYS_HE_WILL.search(clause) or (_WOULD_LIKE.search(clause) if status != "needs-revision" else None)
    others = _ASKS_OTHERS.search(clause)
    if others and (deed is None or others.start() < deed.start()):
        return ()
    if deed and not (status == "needs-revision" and _WITH_NEXT.search(clause)):
        return (message.author.name or str(message.author),)
    for found in _HE_WILL.finditer(clause):
        people = _people(found["name"])
        if people and (found["person"] or not names.isdisjoint(people[0].split())):
            return people
    return ()


def _find_waited(
    clause: str, sentence: str, status: StatusLabel, addressed: tuple[str, ...], names: frozenset[str], message: Message
) -> tuple[str, ...]:
    if status in _FOR_OTHERS and (people := _find_givers(clause, names)):
        return people
    if status in _FOR_HIMSELF and (people := _find_doer(clause, status, names, message)):
        return people
    led = _FROM.search(clause) if status in _FOR_OTHERS else None
    people = tuple(_names(next(filter(None, led.groups())))) if led else ()
    if people and led and led[0].startswith(_SURELY_FROM):
        return people
    if addressed and (status in ("needs-review", "needs-reply") or _TO_ADDRESSED.search(sentence)):
        return addressed
    if known := tuple(name for name in people if name in names):
        return known
    if status == "needs-review" and _MAINTAINER.search(sentence):
        return ("maintainer",)
    if status == "needs-revision" and _ASKS_AUTHOR.match(clause):
        return ("author",)
    return ()
