"""What else would stand in no report: questions and reminders of late in threads where no posting and no work item is at hand, reports of
faults there, and what is said to fail although its work is in a tree.

Questions are read in answers alone, since whoever answers speaks to somebody: what begins a thread may be anything, and is read for the
fault that its subject names. All count as answered if anybody but their author, and no robot, wrote below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from miner.mined import Mined
from miner.model import Ask, Claim, Message, Question, Status
from miner.robots import find_fault, is_robot

_NAMES = re.compile(
    r"^\W*[^\W\d_a-z][\w-]+, |(?<=[\w,:;] )(?!I\b)[^\W\d_a-z][\w-]*"
)  # somebody else may be meant than who wrote above
_FAULT = re.compile(
    r"\b(?:bug|bugs|regress(?:ion|ions|ed|es)|oops|panics?|crash(?:es|ed|ing)?|hangs?|hung|dead ?locks?|lock-?ups?|corrupt(?:ion|ed|s)?|leaks?|uaf"
    r"|use-after-free|null pointer|out-of-bounds|overflow|fail(?:s|ed|ing|ure|ures)?|broken|breaks|broke|stall(?:s|ed)?)\b",
    re.I,
)
_FAILS = re.compile(
    r"\bstill (?:fail(?:s|ing)?|crash(?:es|ing)?|hangs?|hanging|broken|reproduc\w{1,10}|triggers?|happens|happening|panics?|leaks?)\b"
    r"|\b(?:this|the|that|your) (?:\w+ )?(?:patch|commit|change|series|fix) (?:\w+ )?(?:breaks?|broke|causes|caused|regress\w{1,3}|introduces|introduced"
    r"|triggers|triggered)\b|\bbisect(?:ed|ion|ing)\b|\bregress(?:ion|ions|ed|es)\b"
    r"|\b(?:fails?|failed|failing) to (?:build|boot|compile|link|mount|start)\b|\b(?:build|boot) (?:failure|error|breakage)s?\b"
    r"|\b(?:needs to|has to|should|must|please) (?:be )?revert(?:ed)?\b",
    re.I,
)
_NO_FAULT = re.compile(r"\b(?:no|not|without|fix(?:es|ed)?|avoids?|solves?|prevents?)\W(?:\S{1,40} ){0,4}$", re.I)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|:[ \t]*\n|\n[ \t]*\n|\n(?=[>*-])")
_LONGEST = 400  # characters of a sentence before and behind such words
_READ = 8_000  # characters of a mail's own text
_BEFORE = 60  # characters before a fault that may deny it
_DIFF = re.compile(r"^diff --git ", re.M)
_BOUNCED = re.compile(r"\bmail(?:er| delivery)[ -](?:daemon|system|subsystem)\b", re.I)
_IN_A_TREE = frozenset({"applied", "merged"})


def find_loose(mined: Mined, since: datetime) -> tuple[Question, ...]:
    """The questions since a moment, the newest first; of the same person in a thread the newest."""
    recent = {message.message_id: message for message in mined.since(since)}
    works = _mails_of_works(mined)
    tied = {claim.message_id for claim in mined.claims if claim.series is not None or claim.item is not None}
    asked = {each.message_id: each for each in reversed(mined.claims) if _asks_without_work(each)}
    answerers: dict[str, set[str]] = {}
    for message in recent.values():
        for ident in () if is_robot(message) else _named(message):
            answerers.setdefault(ident, set()).add(str(message.author))
    found: dict[tuple[str, str], Question] = {}
    for message in sorted(recent.values(), key=lambda each: each.date or since, reverse=True):
        author = str(message.author)
        is_answer = message.subject.reply and bool(_named(message))
        if (
            not is_answer
            or message.message_id in tied
            or is_robot(message)
            or answerers.get(message.message_id, set()) - {author}
        ):
            continue
        above = list(_find_above(message, mined.by_id))
        if not works.isdisjoint(
            {message.message_id, *_named(message), *(i for m in above for i in (m.message_id, *_named(m)))}
        ):
            continue
        words = next(iter(_read_asks(message)), None) or asked.get(message.message_id)
        if words is None:
            continue
        writers = (str(each.author) for each in above if str(each.author) != author)
        to = None if _NAMES.search(" ".join(words.text.split())) else next(writers, None)
        thread = above[-1].message_id if above else message.message_id
        question = Question(message.message_id, words.text, to, author, message.date)
        found.setdefault((author, thread), question)
    return tuple(found.values())


def find_reports(mined: Mined, since: datetime) -> tuple[Question, ...]:
    """The faults that mails report since a moment which begin a thread, and that nobody answered, the newest first; of those whom one
    subject names the newest."""
    recent = mined.since(since)
    answered = {i for m in recent if not is_robot(m) for i in _named(m)}
    works = _mails_of_works(mined)
    found: dict[str, Question] = {}
    for message in sorted(recent, key=lambda each: each.date or since, reverse=True):
        subject = message.subject
        if _named(message) or subject.reply or subject.patch or subject.pull or message.message_id in works | answered:
            continue
        if _BOUNCED.search(str(message.author)):
            continue
        fault = find_fault(message)
        told = (
            message.body[slice(*fault)]
            if fault
            else _find_words(message, _FAULT)
            if _FAULT.search(subject.title)
            else ""
        )
        if told:
            found.setdefault(subject.title, Question(message.message_id, told, None, str(message.author), message.date))
    return tuple(found.values())


def find_setbacks(mined: Mined, since: datetime) -> tuple[tuple[Status, Question], ...]:
    """The works that are in a tree of which somebody says since a moment, below them and when they were in it, that something fails; of
    each the newest words that nobody answered."""
    recent = mined.since(since)
    answered: dict[str, set[str]] = {}
    for message in recent:
        for ident in () if is_robot(message) else _named(message):
            answered.setdefault(ident, set()).add(str(message.author))
    newest = {one.chain or one.key: one for one in mined.status if one.kind == "series"}
    work_of = {
        i: newest[one.chain]
        for one in mined.series
        if one.chain in newest
        for i in (one.root, one.cover, *one.patches)
        if i
    }
    found: dict[str, tuple[Status, Question]] = {}
    for message in sorted(recent, key=lambda each: each.date or since, reverse=True):
        author = str(message.author)
        work = next((work_of[ident] for ident in reversed(_named(message)) if ident in work_of), None)
        if work is None or work.status not in _IN_A_TREE or message.message_id in work_of or message.date is None:
            continue
        late = work.since is not None and message.date > work.since
        if not late or _DIFF.search(message.body) or answered.get(message.message_id, set()) - {author}:
            continue
        fault = find_fault(message)
        told = message.body[slice(*fault)] if fault else "" if is_robot(message) else _find_words(message, _FAILS)
        if told:
            found.setdefault(work.key, (work, Question(message.message_id, told, None, author, message.date)))
    return tuple(found.values())


def _find_words(message: Message, wanted: re.Pattern[str]) -> str:
    """The first sentence of a mail's own text that has some words, and does not deny them."""
    body = message.body
    for match in wanted.finditer(body, 0, _READ):
        line = body.count("\n", 0, match.start())
        own = any(layer.kind == "own" and layer.first_line <= line < layer.end_line for layer in message.layers)
        before = body[max(0, match.start() - _BEFORE) : match.start()].replace("\n", " ")
        if own and not _NO_FAULT.search(before):
            return _read_sentence(body, match.start(), match.end())
    return ""


def _read_sentence(body: str, start: int, end: int) -> str:
    """The sentence that some words stand in, in one line."""
    ends = [found.end() for found in _SENTENCE_END.finditer(body, max(0, start - _LONGEST), start)]
    after = _SENTENCE_END.search(body, end)
    first, last = ends[-1] if ends else max(0, start - _LONGEST), after.start() if after else len(body)
    return " ".join(body[first : min(last, end + _LONGEST)].split())


def _read_asks(message: Message) -> Iterator[Ask]:
    """The questions in a mail's own words."""
    from miner.claims import find_asks  # heavy, only where it is needed

    return (ask for ask in find_asks([message]) if ask.question)


def _asks_without_work(claim: Claim) -> bool:
    return claim.certainty == "asked" and claim.series is None and claim.item is None


def _mails_of_works(mined: Mined) -> set[str]:
    """The mails in which works were posted or listed."""
    posted = (ident for one in mined.series for ident in (one.root, one.cover, *one.patches) if ident is not None)
    return {*posted, *(item.message_id for item in mined.items)}


def _find_above(message: Message, mails: Mapping[str, Message]) -> Iterator[Message]:
    """The mails above one, the nearest first, as far as they are at hand."""
    seen = {message.message_id}
    while (ident := _parent(message)) is not None and ident not in seen and ident in mails:
        seen.add(ident)
        message = mails[ident]
        yield message


def _parent(message: Message) -> str | None:
    return message.in_reply_to or (message.references[-1] if message.references else None)


def _named(message: Message) -> Sequence[str]:
    """The mails that one answers."""
    return (*message.references, *((message.in_reply_to,) if message.in_reply_to else ()))
