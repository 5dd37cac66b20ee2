"""Questions and reminders of late in threads where no posting and no work item is at hand, and that nobody answered: what else would stand
in no report, since it belongs to no work.

Only answers are read for them, since whoever answers speaks to somebody: what begins a thread may be anything. They count as answered
if anybody but their author, and no robot, wrote below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from miner.mined import Mined
from miner.model import Ask, Claim, Message, Question
from miner.robots import is_robot

_NAMES = re.compile(
    r"^\W*[^\W\d_a-z][\w-]+, |(?<=[\w,:;] )(?!I\b)[^\W\d_a-z][\w-]*"
)  # somebody else may be meant than who wrote above


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
