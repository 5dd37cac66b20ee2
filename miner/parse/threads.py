"""Threads of mails that were not joined yet: which mails are of one, and who of them wrote a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from miner.model import Message, ThreadHead
from miner.parse.quotable import LEAST, PROOF, Source, read_own

MAX_ANCESTORS = 12
_START = 24  # characters of a line by which its writer is looked up in the thread


class ThreadSources:
    """The mails as sources, and who of a thread wrote a line, for those that quote somebody whom they do not answer."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = messages
        self.roots: dict[str, str] = {}
        self.members: dict[str, list[Message]] = {}
        self.writers: dict[str, dict[str, Message | None]] = {}
        self.sources: dict[str, Source] = {}

    def read_source(self, message: Message) -> Source:
        if message.message_id not in self.sources:
            self.sources[message.message_id] = read_own(message)
        return self.sources[message.message_id]

    def find_source(self, message: Message, keys: Sequence[str]) -> Source | None:
        """The message that wrote most of these lines; one long line or two are needed, that nobody else wrote."""
        if not self.members:
            self._group()
        root = self.roots[message.message_id]
        members = self.members[root]
        if len(members) == 1:
            return None
        if root not in self.writers:
            self.writers[root] = self._index(members)
        writers = self.writers[root]
        hits: Counter[str] = Counter()
        for key in keys:
            writer = writers.get(key[:_START]) if len(key) >= LEAST else None
            if writer is not None and _may_quote(message, writer):
                hits[writer.message_id] += 2 if len(key) > PROOF else 1
        best, count = hits.most_common(1)[0] if hits else ("", 0)
        return self.sources[best] if count >= 2 else None

    def _group(self) -> None:
        self.roots = group_threads(
            [
                ThreadHead(
                    m.message_id,
                    tuple(ident for ident in (m.in_reply_to, *m.references) if ident),
                    m.subject.reply,
                    m.subject.title,
                )
                for m in self.messages
            ]
        )
        for message in self.messages:
            self.members.setdefault(self.roots[message.message_id], []).append(message)

    def _index(self, members: Sequence[Message]) -> dict[str, Message | None]:
        writers: dict[str, Message | None] = {}
        for message in members:
            source = self.read_source(message)
            for key, at in zip(source.read_keys(), source.solid, strict=True):
                if not source.depths[at] and len(key) >= LEAST:
                    start = key[:_START]  # the rest may be on another line by now
                    writers[start] = message if writers.get(start, message) is message else None
        return writers


def group_threads(heads: Sequence[ThreadHead]) -> dict[str, str]:
    """The thread of each message-id, by the name of one id in it: what References tie together; an answer that names nothing
    at hand, and a mail that names nothing at all, join the mails of their subject. No line is traced beyond its thread."""
    known = {head.message_id for head in heads}
    roots: dict[str, str] = {}

    def find(ident: str) -> str:
        while (above := roots.setdefault(ident, ident)) != ident:
            roots[ident] = roots[above]
            ident = above
        return ident

    for head in heads:
        named = list(head.named)
        if not named or (head.reply and known.isdisjoint(named)):
            named.append(f"subject: {head.title.lower()}")
        for ident in named:
            roots[find(ident)] = find(head.message_id)
    return {head.message_id: find(head.message_id) for head in heads}


def _may_quote(message: Message, writer: Message) -> bool:
    if message is writer or writer.message_id == message.message_id:
        return False
    return message.date is None or writer.date is None or writer.date <= message.date
