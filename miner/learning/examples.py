"""Labelled sentences to learn from: annotated mails, mails and sentences that were read for this, and made-up ones."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

from miner.claims.classifier import CERTAINTIES, STATUSES
from miner.claims.features import Place, Seen, Setting, describe, find_setting, locate
from miner.claims.sentences import Sentence, find_end, split_sentences
from miner.model import Certainty, Message, RawMail, StatusLabel
from miner.parse.layers import split_layers
from miner.parse.mime import parse_mail
from miner.trailers import find_trailers

GOLD = Path(__file__).parents[2] / "corpora" / "gold"
PLAIN_CHARS = 4_000  # of a mail, in which plain words are looked for
PLAIN_MAILS = 40  # with a word in lower case, which then is no mere name
_NAME = re.compile(r"[^\W\d_]{3,}\d*")
_WORD = re.compile(r"(?<![^\s(])[A-Za-z][a-z]{2,}(?=[.,;:!?)]*(?:\s|$))")
Mark = tuple[int, int, StatusLabel, Certainty]  # where the marked words begin and end, and what they say
_KINDS = {"reply": "reply", "note": "mail", "patch": "patch", "cover": "patch", "mail": "mail"}
_MARK = re.compile(r"\{\{(?P<status>[a-z-]+)/(?P<certainty>[a-z]+):\s*(?P<words>.*?)\}\}", re.S)


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence (white space squeezed) and its place. `targets` are the scores that it should get, statuses then certainties."""

    source: str
    text: str
    place: Place
    targets: tuple[float, ...]
    message_id: str = ""
    start: int = 0

    @property
    def seen(self) -> Seen:
        """What the classifier sees of it."""
        return describe(self.text, self.place)


def targets_of(claims: Iterable[tuple[StatusLabel, Certainty]]) -> tuple[float, ...]:
    """Ones for what the claims say; the first one's certainty counts."""
    found = tuple(claims)
    statuses = {status for status, _ in found}
    certainty = found[0][1] if found else None
    return (*(float(name in statuses) for name in STATUSES), *(float(name == certainty) for name in CERTAINTIES))


def read_made(path: Path) -> Iterator[Example]:
    """Made-up sentences: corpora/gold/sentences.jsonl."""
    for row in read_rows(path):
        before = row["before"]
        quote = before.lstrip("> ") if before.startswith(">") else ""
        kind = _KINDS[row["kind"]]
        place = Place(Setting(kind), row["kind"] == "patch", quote=quote, before="" if quote else before)
        claims = [(claim["status"], claim["certainty"]) for claim in row["claims"] if not _is_trailer(claim["quote"])]
        yield Example("made", row["text"], place, targets_of(claims))


def read_labels(path: Path, messages: Mapping[str, Message]) -> Iterator[Example]:
    """Single sentences by message-id and offsets, of the mails at hand: corpora/gold/labels.jsonl.

    Raises ValueError where the sentence at the offsets is not the one that was labelled.
    """
    of_mail: dict[str, list[dict[str, Any]]] = {}
    for row in read_rows(path):
        of_mail.setdefault(row["message_id"], []).append(row)
    for ident, rows in of_mail.items():
        message = messages.get(ident)
        if message is None:
            continue
        sentences = list(split_sentences(message))
        places = {sentence.start: at for at, sentence in enumerate(sentences)}
        for row in rows:
            at = places.get(row["start"], -1)
            text = squeeze(sentences[at].text) if at >= 0 else ""
            if check_of(text) != row["check"]:
                raise ValueError(f"{path}: {ident} has another sentence at {row['start']}")
            yield _example(path.stem, message, sentences, at, targets_of(map(tuple, row["claims"])))


def read_whole(path: Path, messages: Mapping[str, Message]) -> Iterator[Example]:
    """Every sentence of the mails at hand that were read whole: corpora/gold/read.jsonl, `{"message_id", "sentences", "claims"}`
    with a claim's sentence as start and check, its status and certainty; what is not named there claims nothing.

    Raises ValueError where a mail has other sentences than those that were read.
    """
    for row in read_rows(path):
        message = messages.get(row["message_id"])
        if message is None:
            continue
        sentences = list(split_sentences(message))
        checks = {sentence.start: check_of(squeeze(sentence.text)) for sentence in sentences}
        claims: dict[int, list[tuple[StatusLabel, Certainty]]] = {}
        for start, check, status, certainty in row["claims"]:
            if checks.get(start) != check:
                raise ValueError(f"{path}: {message.message_id} has another sentence at {start}")
            claims.setdefault(start, []).append((status, certainty))
        if len(sentences) != row["sentences"]:
            raise ValueError(f"{path}: {message.message_id} has {len(sentences)} sentences, not {row['sentences']}")
        for at, sentence in enumerate(sentences):
            yield _example(path.stem, message, sentences, at, targets_of(claims.get(sentence.start, ())))


def read_marked(path: Path) -> Iterator[Example]:
    """Every sentence of made-up mails (`read_made_mails`). Raises ValueError where a mark lies in no sentence."""
    for _, message, spans in read_made_mails(path):
        sentences = list(split_sentences(message))
        claims: list[list[tuple[StatusLabel, Certainty]]] = [[] for _ in sentences]
        for start, end, status, certainty in spans:
            shared = [min(s.start + len(s.text), end) - max(s.start, start) for s in sentences]
            if not shared or max(shared) <= 0:
                raise ValueError(f"{path}: no sentence holds the mark at {message.body[start:end]!r}")
            claims[shared.index(max(shared))].append((status, certainty))
        for at, found in enumerate(claims):
            yield _example("mails", message, sentences, at, targets_of(found))


def read_made_mails(path: Path) -> Iterator[tuple[str, Message, list[Mark]]]:
    """Made-up mails with their kind and marks: corpora/gold/mails/*.txt. A mail begins with `@@ reply` (or patch, mail, note); a
    claim is marked as {{status/certainty: words}}."""
    for block in re.split(r"^@@ ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
        kind, _, marked = block.partition("\n")
        body, marks = _take_marks(marked.strip("\n"))
        yield kind.strip(), _make_mail(kind.strip(), body), marks


def _take_marks(marked: str) -> tuple[str, list[Mark]]:
    """The text without marks, and where the marked words stand in it."""
    body, spans, at = "", [], 0
    for found in _MARK.finditer(marked):
        body += marked[at : found.start()]
        status, certainty = found["status"], found["certainty"]
        if status not in STATUSES or certainty not in CERTAINTIES:
            raise ValueError(f"no such label: {found[0]!r}")
        start, body = len(body), body + found["words"]
        label = STATUSES[STATUSES.index(status)], CERTAINTIES[CERTAINTIES.index(certainty)]
        spans.append((start, len(body), *label))
        at = found.end()
    return body + marked[at:], spans


def _make_mail(kind: str, body: str) -> Message:
    """A mail with this body, of a kind of `_KINDS`."""
    subject = {"reply": "Re: [PATCH] weft: loom", "patch": "[PATCH 0/2] weft: loom"}.get(_KINDS[kind], "weft")
    parsed = parse_mail(
        RawMail(f"Subject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n".encode() + body.encode(), "made")
    )
    if not isinstance(parsed, Message):
        raise ValueError(parsed.why)
    return replace(parsed, message_id="", body=body, layers=split_layers(body))


def read_annotated(path: Path, messages: Mapping[str, Message]) -> Iterator[Example]:
    """Every sentence of annotated mails, `{"message_id", "list", "claims": [{"quote", ...}]}`: a claim labels the
    sentence that holds most of its quote; trailers are left out."""
    for row in read_rows(path):
        message = messages[row["message_id"]]
        sentences = list(split_sentences(message))
        labels: list[list[tuple[StatusLabel, Certainty]]] = [[] for _ in sentences]
        taken: set[tuple[int, int]] = set()
        trailers = {trailer.start for trailer in find_trailers(message)}
        for claim in row["claims"]:
            span = find_quoted(message.body, claim["quote"], taken)
            if span is None or span[0] in trailers or _is_trailer(claim["quote"]) or not sentences:
                continue
            taken.add(span)
            shared = [min(find_end(message.body, s), span[1]) - max(s.start, span[0]) for s in sentences]
            if max(shared) > 0:
                labels[shared.index(max(shared))].append((claim["status"], claim["certainty"]))
        for at, found in enumerate(labels):
            yield _example(row["list"], message, sentences, at, targets_of(found))


def _example(
    source: str, message: Message, sentences: Sequence[Sentence], at: int, targets: tuple[float, ...]
) -> Example:
    text = squeeze(sentences[at].text)
    place = locate(message, find_setting(message, len(sentences)), sentences, at)
    return Example(source, text, place, targets, message.message_id, sentences[at].start)


def find_quoted(body: str, quote: str, taken: Iterable[tuple[int, int]] = ()) -> tuple[int, int] | None:
    """Where a quote stands in the body, white space aside, outside of quoted lines and the places that are taken."""
    pattern = r"\s+".join(map(re.escape, quote.split()))
    for found in re.finditer(pattern, body):
        line = body[body.rfind("\n", 0, found.start()) + 1 : found.start() + 1]
        if not line.lstrip().startswith(">") and found.span() not in taken:
            return found.span()
    return None


def find_names(messages: Iterable[Message]) -> frozenset[str]:
    """The words of the names of people on some mails, in lower case, without those that the mails use as plain words:
    in lower case, and more often so than with a capital."""
    names: set[str] = set()
    seen: Counter[str] = Counter()
    for message in messages:
        for person in (message.author, *message.recipients):
            for word in _NAME.findall(f"{person.name or ''} {person.address or ''}".lower()):
                names.update((word, word.rstrip("0123456789")))
        seen.update(set(_WORD.findall(message.body[:PLAIN_CHARS])))
    return frozenset(name for name in names if seen[name] < max(PLAIN_MAILS, seen[name.capitalize()]))


def squeeze(text: str) -> str:
    return " ".join(text.split())


def check_of(text: str) -> str:
    """What tells a sentence, or some words, from others without their text.

    >>> check_of("Applied, thanks!")
    '4ac24412'
    """
    return f"{crc32(text.encode()):08x}"


def _is_trailer(quote: str) -> bool:
    return re.match(r"\s*[A-Za-z]+(?:-[A-Za-z]+)*-by:", quote) is not None


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a *.jsonl file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
