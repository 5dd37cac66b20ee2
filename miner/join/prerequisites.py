"""What a posting says that it needs: b4's prerequisite-message-id and prerequisite-change-id, and Depends-on with a link or an id."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from miner.join.masks import Unmasker
from miner.links import message_id_of
from miner.model import Message, Series

MOST = 50  # lines of one posting that are read
_LINE = re.compile(
    r"^(prerequisite-message-id|prerequisite-change-id|depends-on):[ \t]{0,8}(\S[^\n]{0,400})$", re.I | re.M
)
_ID = re.compile(r"<?([^\s<>@]{1,250}@[^\s<>@]{1,250}?)>?(?:\s|$)")
_BY_CHANGE = "prerequisite-change-id"
_CHANGE = re.compile(r"([\w.-]{1,200}?)(?::v(\d{1,4}))?\s*$")


def find_prerequisites(
    series: Sequence[Series], messages: Mapping[str, Message], unmask: Unmasker
) -> Mapping[str, tuple[str, ...]]:
    """For the roots of postings the roots of those that they need, as far as these are at hand."""
    of_message = {i: one.root for one in series for i in (one.root, one.cover, *one.patches) if i is not None}
    of_change: dict[str, list[Series]] = {}
    for one in series:
        if one.change_id:
            of_change.setdefault(one.change_id, []).append(one)
    chains = {one.root: one.chain for one in series}
    found = {}
    for one in series:
        needed: dict[str, None] = {}
        for kind, words in _lines(one, messages):
            root = _posting(kind, words, of_message, of_change, unmask)
            if root is not None and chains[root] != one.chain:
                needed[root] = None
        if needed:
            found[one.root] = tuple(needed)
    return found


def named_ids(message: Message) -> tuple[str, ...]:
    """The message-ids that a mail of a posting may need."""
    words = (match[2] for match in _found_in(message) if match[1].lower() != _BY_CHANGE)
    return tuple(ident for each in words if (ident := _ident(each)))


def named_changes(message: Message) -> tuple[str, ...]:
    """The change-ids that a mail of a posting may need."""
    words = (match[2] for match in _found_in(message) if match[1].lower() == _BY_CHANGE)
    return tuple(change[1] for each in words if (change := _CHANGE.match(each)))


def _found_in(message: Message) -> Iterator[re.Match[str]]:
    return islice(_LINE.finditer(message.body), MOST)


def _lines(one: Series, messages: Mapping[str, Message]) -> Iterator[tuple[str, str]]:
    left = MOST
    for ident in dict.fromkeys((one.cover, *one.patches)):
        if ident is None or ident not in messages:
            continue
        for match in _LINE.finditer(messages[ident].body):
            if left == 0:
                return
            left -= 1
            yield match[1].lower(), match[2]


def _posting(
    kind: str, words: str, of_message: Mapping[str, str], of_change: Mapping[str, Sequence[Series]], unmask: Unmasker
) -> str | None:
    if kind == _BY_CHANGE:
        match = _CHANGE.match(words)
        known = of_change.get(match[1], ()) if match else ()
        named = [one for one in known if match and match[2] and one.revision == int(match[2])]
        newest = (named or known)[-1:]
        return newest[0].root if newest else None
    ident = _ident(words)
    return of_message.get(unmask.resolve(ident)) if ident else None


def _ident(words: str) -> str | None:
    match = None if "://" in words else _ID.match(words)
    return match[1] if match else message_id_of(words.strip("<> "))
