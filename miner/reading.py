"""The first half of the run: raw mails out of each source, parsed to messages, threads traced line by line.

What depends on one mail's bytes is asked of a memo first, and given to it: the store remembers it from run to run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from miner.archive.limits import Limits, Listing
from miner.archive.source import HINT, read_source
from miner.config import Config
from miner.errors import SourceError
from miner.mined import Mined, Records
from miner.model import Ask, Claim, Message, Problem, RawMail, TableRow, ThreadHead
from miner.parse.flattened import recover_mail
from miner.parse.layers import split_layers
from miner.parse.mime import hash_id, parse_mail
from miner.parse.provenance import trace_origins
from miner.parse.segments import label_lines


@dataclass(frozen=True, slots=True)
class Understood:
    """A mail with all that its own thread tells: traced layers, rows of tables, claims and asks, and what was left out."""

    message: Message
    rows: tuple[TableRow, ...]
    claims: tuple[Claim, ...]
    asks: tuple[Ask, ...]
    problems: tuple[Problem, ...]


class Memo:
    """What earlier runs found, by the bytes that it was found in. This one remembers nothing; `miner.store` does."""

    blobs: Container[str] = frozenset()  # git's ids of mails that are remembered
    listings: MutableMapping[str, Listing] | None = None  # what git said of epochs

    def find_mail(self, key: str) -> ThreadHead | Problem | None:
        """The head of a mail by the key of its bytes, or why it is none; None if it is not remembered."""
        return None

    def load_message(self, key: str) -> Message | None:
        """The message of a mail that was kept."""
        return None

    def keep_mail(self, key: str, head: ThreadHead | Problem, message: Message | None) -> bool:
        """Remember a mail, or why it is none; tell whether its message can be loaded from now on."""
        return False


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail of a source and its place there. `key` names its bytes, None if what is in it depends on other mails too;
    `message` is None as long as only the memo has it."""

    key: str | None
    where: str
    head: ThreadHead
    message: Message | None


def read_mails(
    sources: Sequence[str], *, stdin: BinaryIO | None = None, config: Config | None = None, memo: Memo | None = None
) -> tuple[list[Mail], list[Problem]]:
    """Every mail once, in the order of the sources (a mail on two lists is one mail); flattened text last, to be cut by
    the others. Raises SourceError when no source could be read."""
    memo = memo or Memo()
    mails: dict[str, Mail] = {}
    problems: list[Problem] = []
    flattened: list[RawMail] = []
    for raw in _read_all(sources, stdin, config or Config(), memo):
        if isinstance(raw, RawMail) and raw.form == "flattened":
            flattened.append(raw)
            continue
        found = _parse(raw, memo) if isinstance(raw, RawMail) else raw
        problems += [found] if isinstance(found, Problem) else _add(mails, found)
    if flattened:
        known = frozenset(
            " ".join(line.lstrip("> \t").split()) for mail in mails.values() for line in load(mail, memo).lines
        )
        for raw in flattened:
            recovered = recover_mail(raw, hash_id(raw.data), known)
            message = replace(recovered, layers=split_layers(recovered.body))
            problems += _add(mails, Mail(None, raw.where, _head(message), message))
    return list(mails.values()), problems


def load(mail: Mail, memo: Memo) -> Message:
    """The message of a mail, with its layers, not yet traced."""
    message = mail.message if mail.message is not None or mail.key is None else memo.load_message(mail.key)
    if message is None:
        raise LookupError(f"{mail.where}: its message is nowhere")
    return message


def read_messages(sources: Sequence[str], *, stdin: BinaryIO | None = None, config: Config | None = None) -> Mined:
    """Messages with their layers and origins; nothing is claimed or joined. Raises SourceError when none could be read."""
    mails, problems = read_mails(sources, stdin=stdin, config=config)
    memo = Memo()
    messages = trace_origins([replace(load(mail, memo), where=mail.where) for mail in mails])
    return Mined(
        messages=Records(messages, Message),
        problems=tuple(problems),
        read=len(messages),
        sources=tuple(sources),
    )


def label_segments(
    sources: Sequence[str], *, stdin: BinaryIO | None = None, config: Config | None = None
) -> Iterator[tuple[str, list[str]] | Problem]:
    """The class of each line of each body, as (message-id, labels); raises SourceError when no source could be read."""
    parsed = read_messages(sources, stdin=stdin, config=config)
    yield from parsed.problems
    for message in parsed.messages:
        yield message.message_id, label_lines(message.body)


def _read_all(
    sources: Sequence[str], stdin: BinaryIO | None, config: Config, memo: Memo
) -> Iterator[RawMail | Problem]:
    """Raw mails of all sources. A source that fails is a problem while another one can be read."""
    failed: list[SourceError] = []
    limits = Limits(config.max_mail_bytes, memo.blobs, memo.listings)
    for source in sources:
        try:
            yield from read_source(source, stdin=stdin, limits=limits)
        except SourceError as error:
            failed.append(error)
            yield Problem(source, str(error).removesuffix(HINT), "source")
    if failed and len(failed) == len(sources):
        said = list(map(str, failed))  # what a source can be is said once
        raise SourceError("; ".join([*(each.removesuffix(HINT) for each in said[:-1]), said[-1]]))


def _parse(raw: RawMail, memo: Memo) -> Mail | Problem:
    key = _key(raw)
    found = memo.find_mail(key) if key is not None else None
    message = None
    if found is None:
        parsed = parse_mail(raw)
        if isinstance(parsed, Problem):
            found = parsed
        else:
            message = replace(parsed, layers=split_layers(parsed.body))
            found = _head(message)
        if key is not None and memo.keep_mail(key, found, message):
            message = None
    return replace(found, where=raw.where) if isinstance(found, Problem) else Mail(key, raw.where, found, message)


def _key(raw: RawMail) -> str | None:
    """What names a mail's bytes."""
    if raw.form != "mail":
        return None
    return f"git:{raw.blob}" if raw.blob else f"sha256:{hashlib.sha256(raw.data).hexdigest()}"


def _head(message: Message) -> ThreadHead:
    return ThreadHead(
        message_id=message.message_id,
        named=tuple(ident for ident in (message.in_reply_to, *message.references) if ident),
        reply=message.subject.reply,
        title=message.subject.title,
        date=message.date,
        body_digest=hashlib.sha256(message.body.strip().encode("utf-8", "surrogatepass")).hexdigest(),
        flattened=message.form == "flattened",
        cut=message.headers.get("x-body-cut"),
    )


def _add(mails: dict[str, Mail], mail: Mail) -> list[Problem]:
    standing = mails.setdefault(mail.head.message_id, mail)
    problems = []
    if standing is not mail and standing.head.body_digest != mail.head.body_digest:
        problems.append(Problem(mail.where, f"another mail with the id {mail.head.message_id} was read before it"))
    if mail.head.cut and not mail.head.flattened:
        problems.append(Problem(mail.where, f"a long body: {mail.head.cut} read", "part"))
    return problems
