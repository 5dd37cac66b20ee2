"""What some threads have to say to the rest of a list: who stands in them, which mails they name, which postings they hold.

Small beside the mails themselves, so that a run over a long list can look at the facts of all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from miner.join.citations import gather_citations, is_copy
from miner.join.gathering import gather_postings
from miner.join.later import Told, read_later
from miner.join.notices import read_notice
from miner.join.people import forms_in
from miner.join.prerequisites import named_ids
from miner.join.replacements import read_replaced
from miner.join.threads import Threads
from miner.join.traits import Brief, Traits, read_brief, read_traits
from miner.links import find_message_ids
from miner.model import Message


@dataclass(frozen=True, slots=True)
class Facts:
    """`forms` are those of people, each with the group of `forms_in` and the index of the mail where it comes first; `writers` are
    addresses; `named` are ids of mails that any mail here names; `noticed` are titles of patches that form mails tell about; `digests`
    name the traits of each posting by its root; `topics` are those of what is told of earlier postings."""

    forms: tuple[tuple[int, int, str], ...]
    writers: tuple[str, ...]
    named: tuple[str, ...]
    noticed: tuple[str, ...]
    briefs: tuple[Brief, ...]
    digests: Mapping[str, bytes]
    topics: bytes


def gather_facts(messages: Sequence[Message]) -> tuple[Facts, Told, dict[str, Traits]]:
    """The facts of mails, what they tell of earlier postings, and the traits of each posting by its root."""
    postings = gather_postings(Threads(messages))
    briefs = tuple(map(read_brief, postings))
    traits = {posting.root: read_traits(posting) for posting in postings}
    notices = [notice for message in messages if (notice := read_notice(message)) is not None]
    named = [
        *(ident for message in messages for ident in _ids_in(message)),
        *(ident for notice in notices for ident in notice.named),
        *(ident for brief in briefs for ident in brief.named),
    ]
    forms: dict[tuple[int, str], int] = {}
    for at, message in enumerate(messages):
        for group, form in forms_in(message):
            forms.setdefault((group, form), at)
    told = Told(tuple(gather_citations(messages)), *read_later(postings, is_copy))
    facts = Facts(
        forms=tuple((group, at, form) for (group, form), at in forms.items()),
        writers=tuple(dict.fromkeys(message.author.address for message in messages if message.author.address)),
        named=tuple(dict.fromkeys(named)),
        noticed=tuple(dict.fromkeys(title for notice in notices for _, title, _ in notice.patches)),
        briefs=briefs,
        digests={root: each.digest() for root, each in traits.items()},
        topics=told.topics(),
    )
    return facts, told, traits


def _ids_in(message: Message) -> Iterator[str]:
    if "://" in message.body:
        yield from find_message_ids(message.body)
    yield from named_ids(message)
    for _, _, ids in read_replaced(message):
        yield from ids
