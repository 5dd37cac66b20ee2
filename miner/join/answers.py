"""What reviewers asked for below a posting, and how each ask was answered.

An ask belongs to the patch that it stands below in the thread. It is answered by a revision that differs in the lines
which it stands under, or whose changelog takes it up; by an author who agrees; or by words directly below a quote of it.
Nothing else counts: an ask that is passed over in silence stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from miner.join.compare import Numbered
from miner.join.patches import file_at
from miner.join.people import People, gather_people, split_person
from miner.join.places import line_of
from miner.join.threads import Threads
from miner.model import AnsweredAsk, Ask, Claim, Message, PatchChange, Reply, Series

NEAR_LINES = 6  # of a quote above an ask: these are what it is about
LEAST_CHARS = 4  # braces are everywhere
LONGEST_EXCERPT = 200
MAX_CHANGELOG = 400  # lines
_TRAILER = re.compile(r"[A-Z][A-Za-z]{1,20}(?:-[A-Za-z]{1,20}){0,4}: ")
_TITLE = re.compile(r"(?i)\b(?:subject|title)\b")
_LINK = re.compile(r"https?://\S{1,500}")
_WORD = re.compile(r"[a-z_][a-z0-9_]{3,60}")
_COMMON = frozenset(
    "please should could would this that these those with from have here there what which when where your patch code also just"
    " need needs make more than then them they instead maybe about into only will change changes line lines function".split()
)


def answer_asks(
    asks: Iterable[Ask],
    older: Series,
    newer: Series,
    changes: Sequence[PatchChange],
    patches: tuple[Sequence[Numbered], Sequence[Numbered]],
    claims: Sequence[Claim],
    messages: Sequence[Message],
) -> tuple[AnsweredAsk, ...]:
    """The asks that others made below the older posting, in the order of their mails, each with its answer. `patches` are
    those of the older and of the newer posting."""
    people = gather_people(messages, {})
    finder = _Finder(older, newer, changes, patches, claims, Threads(messages), people)
    return tuple(answered for ask in asks if (answered := finder.answer(ask)) is not None)


class _Finder:
    def __init__(
        self,
        older: Series,
        newer: Series,
        changes: Sequence[PatchChange],
        patches: tuple[Sequence[Numbered], Sequence[Numbered]],
        claims: Sequence[Claim],
        threads: Threads,
        people: People,
    ) -> None:
        self._older, self._newer = older, newer
        self._threads, self._people = threads, people
        self._numbers = {ident: number for number, ident in enumerate(older.patches, 1) if ident}
        self._patches = {each.message_id: each.patch for each in patches[0]}
        self._changes = {each.old_id: each for each in changes if each.old_id is not None}
        self._agreed = [c for c in claims if c.status == "needs-revision" and c.certainty == "asserted"]
        self._changelog = list(self._read_changelog(patches[1]))

    def _read_changelog(self, newer: Sequence[Numbered]) -> Iterator[str]:
        """What the newer posting says of its changes: the notes of its patches, and its cover's lines."""
        cover = self._threads.messages.get(self._newer.cover or "")
        lines = list(cover.lines[:MAX_CHANGELOG]) if cover is not None else []
        lines += [line for each in newer for line in each.patch.notes[:MAX_CHANGELOG]]
        return (line.strip()[:LONGEST_EXCERPT] for line in lines if line.strip())

    def answer(self, ask: Ask) -> AnsweredAsk | None:
        """The ask with its answer; None if it is not about this posting, or its own author's."""
        message = self._threads.messages[ask.message_id]
        patch = self._patch_above(ask.message_id)
        if patch is None or ask.message_id == patch or self._people.same(ask.by, self._older.author):
            return None
        quoted, file = self._quoted_above(message, ask, patch)
        change = (
            self._find_change(patch, ask.text, quoted, file) or self._find_in_changelog(ask) or self._find_gone(patch)
        )
        if change is not None and self._is_after(message):
            change = None
        reply = self._find_reply(ask)
        if change is not None:
            verdict: str = "changed"
        else:
            verdict = "open" if reply is None else "agreed" if reply.agrees else "reply"
        return AnsweredAsk(
            ask=ask,
            patch=patch,
            number=self._numbers.get(patch),
            file=file,
            quoted=quoted[0][:LONGEST_EXCERPT] if quoted else None,
            verdict=verdict,  # type: ignore[arg-type]
            reply=reply,
            change=change,
        )

    def _patch_above(self, ident: str) -> str | None:
        """The mail of the older posting below which another one stands."""
        own = {self._older.root, *self._numbers}
        if self._older.cover:
            own.add(self._older.cover)
        return next((each for each in (ident, *self._threads.ancestors(ident)) if each in own), None)

    def _quoted_above(self, message: Message, ask: Ask, patch: str) -> tuple[list[str], str | None]:
        """The lines of the patch right above an ask, the nearest first, and the file that they change."""
        lines, found, file = message.lines, [], None
        for at in range(line_of(message.body, ask.start) - 1, -1, -1):
            origin = message.origins[at] if at < len(message.origins) else None
            if origin is not None and origin.message_id == patch:
                if file is None and patch in self._patches:
                    change = file_at(self._patches[patch], origin.first_line)
                    file = change.path if change is not None else None
                text = lines[at].lstrip("> \t")
                if len(text.strip(" +-\t")) >= LEAST_CHARS:
                    found.append(text.strip())
            elif found or (lines[at].strip() and origin is not None):
                break
            if len(found) == NEAR_LINES:
                break
        return found, file

    def _is_after(self, message: Message) -> bool:
        """Whether a mail came when the newer revision was there already."""
        date = self._newer.date
        return message.date is not None and date is not None and message.date > date

    def _find_change(self, patch: str, text: str, quoted: Sequence[str], file: str | None) -> str | None:
        """The first quoted line that the newer revision does not have as it stood. In a diff only lines count that the
        patch adds or removes: those around them move with the base."""
        change = self._changes.get(patch)
        if change is None:
            return None
        if change.old_title is not None and _TITLE.search(text):
            return f"title: {change.title}"
        near = {_bare(line) for line in quoted if not _TRAILER.match(line)}
        for line in change.range_diff or ():
            if line[:1] != "-" or (file is not None and line[1:2] not in ("+", "-")):
                continue
            if len(bare := _bare(line[1:])) >= LEAST_CHARS and bare in near:
                return " ".join(line[1:].split())[:LONGEST_EXCERPT]
        return None

    def _find_gone(self, patch: str) -> str | None:
        change = self._changes.get(patch)
        return "the patch is gone" if change is not None and change.state == "gone" else None

    def _find_in_changelog(self, ask: Ask) -> str | None:
        """The line of the changelog that takes an ask up: with the reviewer's name and a word of it, or with three."""
        name, _ = split_person(ask.by)
        names = {word.lower() for word in (name or "").split() if len(word) > 1}
        words = set(_WORD.findall(ask.text.lower())) - _COMMON
        for line in self._changelog:
            text = _LINK.sub(" ", line.lower())
            said = set(_WORD.findall(text)) - _COMMON
            named = bool(names & set(re.findall(r"[^\W\d_]{2,60}", text)))
            if (
                len(words & said) >= (1 if named and not text.startswith(("cc:", "from:")) else 3)
                and "-by:" not in text
            ):
                return f"changelog: {line}"
        return None

    def _find_reply(self, ask: Ask) -> Reply | None:
        """The words right below a quote of the ask, the author's first, then the oldest; or the author's bare answer."""
        first = line_of(self._threads.messages[ask.message_id].body, ask.start)
        last = line_of(self._threads.messages[ask.message_id].body, ask.end - 1)
        found = []
        for ident in self._threads.descendants(ask.message_id) - {ask.message_id}:
            message = self._threads.messages[ident]
            by_author = self._people.same(str(message.author), self._older.author)
            if self._people.same(str(message.author), ask.by):
                continue
            at = _line_below(message, ask.message_id, first, last)
            direct = self._threads.parent(ident) == ask.message_id and by_author
            if at is None and direct and not any(layer.kind == "quote" for layer in message.layers):
                at = next((layer.first_line for layer in message.layers if layer.kind == "own"), None)
            if at is not None:
                when = message.date.timestamp() if message.date else float("inf")
                found.append((not by_author, when, ident, at))
        if not found:
            return None
        _, _, ident, at = min(found)
        message = self._threads.messages[ident]
        end = _end_of_own(message, at)
        agrees = any(
            claim.message_id == ident and at <= line_of(message.body, claim.start) < end for claim in self._agreed
        )
        text = " ".join(message.lines[at].split())[:LONGEST_EXCERPT]
        return Reply(ident, text, str(message.author), agrees)


def _bare(line: str) -> str:
    return " ".join(line.lstrip("+- \t").split())


def _line_below(message: Message, ident: str, first: int, last: int) -> int | None:
    """The first own line below a quote of some lines of another mail, with nothing between that was quoted from elsewhere."""
    quoted = False
    for at, line in enumerate(message.lines):
        origin = message.origins[at] if at < len(message.origins) else None
        if origin is not None and origin.message_id == ident:
            quoted = first <= origin.first_line <= last or (quoted and origin.first_line <= last + 2)
        elif origin is not None and origin.message_id != message.message_id:
            quoted = False
        elif quoted and line.strip() and _is_own(message, at):
            return at
    return None


def _is_own(message: Message, line: int) -> bool:
    return any(layer.kind == "own" and layer.first_line <= line < layer.end_line for layer in message.layers)


def _end_of_own(message: Message, line: int) -> int:
    return next((layer.end_line for layer in message.layers if layer.first_line <= line < layer.end_line), line + 1)
