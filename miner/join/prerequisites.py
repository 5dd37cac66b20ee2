"""What a posting says that it needs: b4's prerequisite-message-id and prerequisite-change-id, Depends-on with a link or an id, and
sentences of its author that tell of a dependence and name a mail, by a link, a `[1]`-style footnote or a message-id in them or right
below ("this series is on top of [1]").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from miner.join.masks import Unmasker
from miner.links import find_message_ids, find_urls, message_id_of, read_footnotes
from miner.model import Claim, Message, Need, Series

if TYPE_CHECKING:
    from miner.join.tie import Ties

MOST = 50  # lines of one posting that are read, and mails that one mail names
LONGEST = 100_000  # characters of a body whose sentences are read
LONGEST_LEAD = 300  # characters of a sentence before the mail that it names
LONGEST_TAIL = 200  # and behind
LONGEST_LIST = 8  # lines between a sentence and the last of the links below it
SKEW = timedelta(days=1)  # between the clocks of two people
_LINE = re.compile(
    r"^(prerequisite-message-id|prerequisite-change-id|depends-on|based-on):[ \t]{0,8}(\S[^\n]{0,400})$", re.I | re.M
)
_ID = re.compile(r"<?([^\s<>@]{1,250}@[^\s<>@]{1,250}?)>?(?:\s|$)")
_BY_CHANGE = "prerequisite-change-id"
_CHANGE = re.compile(r"([\w.-]{1,200}?)(?::v(\d{1,4}))?\s*$")

_NUMBER = re.compile(r"\[(\d{1,3})\]")
_BARE_ID = re.compile(r"\b(?:message|msg)[- ]?id:?\s{0,3}<?([^\s<>@,;()]{1,250}@[^\s<>@,;()]{1,250})", re.I)
_NOTE = re.compile(r"^[ \t]{0,8}\[(\d{1,3})\]")
_BEFORE_LINK = re.compile(r"[ \t]*(?:(?:[-*+]|link:|\[\d{1,3}\]:?|\d{1,3}[.)]|message-id:)[ \t]*)*<?", re.I)
_LINK_ALONE = re.compile(_BEFORE_LINK.pattern + r"(?:https?://\S+|[^\s@]+@[^\s@]+)[ \t]*", re.I)
_BREAK = re.compile(
    r"[.!?][\"')\]]?(?=\s+[A-Z\"(\[]|[ \t]*\n[ \t]*\n)|\n[ \t]*\n|\n[ \t]*[-*+•][ \t]|\n-{3,}[ \t]*\n|\0"
)
_CONDITION = re.compile(  # with which the words of one begin, as claims keep them
    r"(?:if|once|unless|until|provided|assuming|as (?:soon|long) as|in case|whenever|should you|modulo|when|after|before|with|except for)\b",
    re.I,
)
_STOP = re.compile(r"[.!?][\"')\]]?(?=\s|$)|\n[ \t]*\n|\n[ \t]*[-*+•][ \t]|\0")
_WORK = (
    r"(?:patch(?:es|sets?)?|series|sets?|fix(?:es)?|work|commits?|clean-?ups?|changes?|rework|refactor\w*|conversion|helpers?|support"
    r"|pull request|PR|ones?)"
)
# What says by itself that one work stands on another, what does so beside the name of a work, and what does before "is merged".
_STANDS_ON = re.compile(
    r"\bdepend(?:s|ed|ing|ent)? (?:up)?on\b|\b(?:dependency|dependencies|dependent) (?:up)?on\b|\bon top of\b|\batop\b"
    r"|\b(?:builds?|built|sits?) (?:up)?on\b|\bblocked (?:up)?(?:on|by)\b|\bappl(?:y|ies|ied)\b[^.;]{0,40}? (?:on|after)\b",
    re.I,
)
_NEEDS_WORK = re.compile(
    r"\b(?:re)?based (?:up)?on\b|\bneeds?\b|\brequires?\b|\bpre-?requisites?\b|\bwait(?:s|ing)? (?:for|on)\b"
    r"|\b(?:held|holding) (?:up|off|back) (?:by|for|until)\b|\b(?:merged?|taken?|queued?|picked|landed?|goe?s?) (?:up |in )?after\b",
    re.I,
)
_FIRST = re.compile(
    r"[\s\])>\"',]*(?:(?!not\b)\w+ ){0,2}?(?:has to|have to|must|needs? to|should) (?:\w+ ){1,3}first\b", re.I
)
_WHEN_DONE = re.compile(r"\b(?:once|after|until|when|as soon as)\b", re.I)
_DONE = re.compile(
    r"[\s\])>\"',]*(?:[\w'-]+ ){0,2}?(?:(?:is|are|has|have|gets?|was|were)\b[^.;]{0,30}?\b(?:merged|applied|in|upstream\w*|landed|queued|accepted"
    r"|ready|settled|taken|picked|done|reviewed)\b|lands?\b|hits?\b|goes in\b|reach(?:es)?\b|makes? it\b|appears?\b)",
    re.I,
)
_DIRECTLY = re.compile(r"[\s:(\[\"'<]*(?:(?:the|this|that|these|those|following|link|at)\b[\s:(\[\"'<]*)*", re.I)
_NAMES_WORK = re.compile(rf"\b{_WORK}\b", re.I)
_PLACE = re.compile(
    r"\bv\d|\d\.\d|\brc\d|\b(?:tree|branch|releases?|merge window|kernels?|mainline|upstream|linux-next)\b", re.I
)
_OF_WORK = re.compile(rf"\W*|.*\b(?:{_WORK}|this|these|it|which|they)\b.*", re.I)
# What is named there is talk, or what this work grew out of.
_TALK = re.compile(
    r"\b(?:discuss\w*|suggest\w*|feedback|comments?|ideas?|report(?:ed|s)?|questions?|threads?|see|refer\w*|describ\w*|explain\w*|mention\w*"
    r"|propos\w*|like|example|benchmark\w*|numbers|results?|tests? (?:by|from))\b",
    re.I,
)
_GREW_OUT = re.compile(
    r"\b(?:original|originally|initial|versions?|implementation|approach|prototype|draft|v\d{1,2})\b", re.I
)
_THAT = re.compile(r"\s*(?:that|this|it|which|these|those)\s*[,.]", re.I)
_DENIED = re.compile(r"\b(?:not|no longer|never|without|whether|if|neither|instead of)\b|n['’]t\b", re.I)
_IS_IN = re.compile(
    r"\b(?:already|now|been|is|are|was|were|got) (?:\w+ ){0,2}?(?:merged|applied|queued|landed|upstream(?:ed)?|accepted|picked"
    r"|in (?:mainline|linus|(?:linux-)?next))\b",
    re.I,
)
_NOT_YET = re.compile(r"\b(?:not|yet|once|until|after|when|should|will|hopefully|soon)\b|n['’]t\b", re.I)
_NEXT_LINE = re.compile(r">?[ \t]*\n(?=[A-Z])")
_APART = re.compile(r"\n[ \t]*\n|\0")
_AND = re.compile(r"[\s\])>,&+]*(?:and|link:|[-*])?[\s<]*|[^.;:!?\n\0]{0,80}\band [^.;:!?\n\0]{0,25}", re.I)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a mail's own text that names mails, their `ids`. `dependence` tells whether it says that something waits for them."""

    text: str
    ids: tuple[str, ...]
    dependence: bool


def find_prerequisites(ties: Ties) -> Mapping[str, tuple[Need, ...]]:
    """For the roots of postings what they need, as far as it is at hand: by their lines, and by what their authors say in them or below."""
    series, messages = ties.series, ties.threads.messages
    of_change: dict[str, list[Series]] = {}
    for one in series:
        if one.change_id:
            of_change.setdefault(one.change_id, []).append(one)
    found: dict[str, dict[str, Need]] = {}
    for one in series:
        for ident, kind, words, line in _lines(one, messages):
            root = _posting(kind, words, ties.of_message, of_change, ties.unmask)
            if root is not None and ties.by_root[root].chain != one.chain:
                need = Need(root, ident, line, messages[ident].date)
                found.setdefault(one.root, {}).setdefault(root, need)
    for message in sorted(messages.values(), key=lambda m: (m.date is None, m.date, m.message_id)):
        said = [each for each in read_named(message) if each.dependence]
        own = _own_posting(message, ties) if said else None
        if own is None:
            continue
        for each in said:
            for root in needed_postings(each, message, own, ties):
                need = Need(root, message.message_id, each.text, message.date)
                found.setdefault(own.root, {}).setdefault(root, need)
    return {root: tuple(needs.values()) for root, needs in found.items()}


def needed_postings(said: Said, message: Message, own: Series | None, ties: Ties) -> tuple[str, ...]:
    """The roots of the postings that words name, which were there by then and are no versions of one's own."""
    found: dict[str, None] = {}
    for ident in said.ids:
        other = ties.by_root.get(ties.of_message.get(ties.unmask.resolve(ident), ""))
        if other is None or (
            own is not None and (other.chain == own.chain or other.title.lower() == own.title.lower())
        ):
            continue
        if other.date is None or message.date is None or other.date <= message.date + SKEW:
            found[other.root] = None
    return tuple(found)


def names_work(words: str) -> bool:
    """Whether words speak of a patch, a series, a tree or a release; "the numbers" that a condition names hold nothing up.

    >>> names_work("Ada's lease series"), names_work("1.4"), names_work("the numbers")
    (True, True, False)
    """
    return bool(_NAMES_WORK.search(words) or _PLACE.search(words))


def works_needed(claim: Claim) -> tuple[str, ...]:
    """What a claim waits for without its mere conditions: "once Ada's lease series is in" and not "if the tests pass"."""
    return tuple(words for words in claim.depends_on if not _CONDITION.match(words))


def read_named(message: Message) -> tuple[Said, ...]:
    """The sentences of a mail's own text that name mails by a link, a footnote or a message-id, in their order."""
    if "://" not in message.body and not _may_have_id(message.body):
        return ()
    text = _own_text(message)
    found: list[Said] = []
    first = last = 0
    for start, end, ids in islice(_named(text), MOST):
        tail = _tail(text, end)
        if found and _goes_on(text[last:start]):
            before = found.pop()
            ids, tells = (*before.ids, *ids), before.dependence
        else:
            first, behind = _find_lead(text, start)
            tells = not message.subject.pull and _tells_of_dependence(text[first:behind], tail)
        found.append(Said(" ".join(text[first : end + len(tail)].split()), ids, tells))
        last = end
    return tuple(found)


def named_ids(message: Message) -> tuple[str, ...]:
    """The message-ids that a mail may need, besides those that it links to."""
    words = (match[2] for match in _found_in(message) if match[1].lower() != _BY_CHANGE)
    bare = _BARE_ID.findall(message.body) if _may_have_id(message.body) else ()
    return (*(ident for each in words if (ident := _ident(each))), *(ident.rstrip(".") for ident in bare))


def named_changes(message: Message) -> tuple[str, ...]:
    """The change-ids that a mail of a posting may need."""
    words = (match[2] for match in _found_in(message) if match[1].lower() == _BY_CHANGE)
    return tuple(change[1] for each in words if (change := _CHANGE.match(each)))


def _found_in(message: Message) -> Iterator[re.Match[str]]:
    return islice(_LINE.finditer(message.body), MOST)


def _lines(one: Series, messages: Mapping[str, Message]) -> Iterator[tuple[str, str, str, str]]:
    """The lines of a posting that say what it needs: the mail, the kind, the words, the whole line."""
    left = MOST
    for ident in dict.fromkeys((one.cover, *one.patches)):
        if ident is None or ident not in messages:
            continue
        for match in _LINE.finditer(messages[ident].body):
            if left == 0:
                return
            left -= 1
            yield ident, match[1].lower(), match[2], match[0].strip()


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


def _own_posting(message: Message, ties: Ties) -> Series | None:
    """The posting whose author speaks of it in a mail: in the posting itself, or below it."""
    root = ties.of_message.get(message.message_id)
    if root is not None:
        return ties.by_root[root]
    above = ties.posting_above(message.message_id)
    posting = ties.by_root[above] if above is not None else None
    return posting if posting is not None and ties.people.same(str(message.author), posting.author) else None


def _may_have_id(body: str) -> bool:
    return "essage-" in body or "essage id" in body or "sgid" in body or "sg-id" in body  # quicker than the pattern


def _own_text(message: Message) -> str:
    """The writer's own text in a mail, with a NUL where other lines were left out."""
    lines = message.lines
    kept: list[str] = []
    end = 0
    for layer in message.layers:
        if layer.kind == "own":
            between = lines[end : layer.first_line]
            kept += ["\0"] if any(line.strip() for line in between) else between
            kept += lines[layer.first_line : layer.end_line]
            end = layer.end_line
    return "\n".join(kept)[:LONGEST]


def _named(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The places of a text that name mails, each with the ids: links, numbers of footnotes, message-ids. What stands in a footnote is
    named where its number is."""
    places: list[tuple[int, int, tuple[str, ...]]] = []
    in_notes: list[tuple[int, int]] = []
    if _may_have_id(text):
        places += [(m.start(), m.end(), (m[1].rstrip("."),)) for m in _BARE_ID.finditer(text)]
    lines = text.split("\n")
    notes = {n: ids for n, note in read_footnotes(lines).items() if (ids := find_message_ids(note))}
    if notes:
        defined = _find_notes(lines)
        numbers = [m for m in _NUMBER.finditer(text) if int(m[1]) in notes and m.start() not in defined]
        places += [(m.start(), m.end(), notes[int(m[1])]) for m in numbers]
        used = {int(number[1]) for number in numbers}
        in_notes = [span for number, span in defined.values() if number in used]
    at = 0
    for url in find_urls(text):
        at = text.index(url, at)
        ident = message_id_of(url)
        if ident is not None and not any(start <= at < end for start, end in in_notes):
            places.append((at, at + len(url), (ident,)))
        at += len(url)
    yield from sorted(places)


def _find_notes(lines: Sequence[str]) -> dict[int, tuple[int, tuple[int, int]]]:
    """The footnotes of a text: by where the `[1]` begins its number and the place of its lines."""
    found: dict[int, tuple[int, tuple[int, int]]] = {}
    start = 0
    for n, line in enumerate(lines):
        match = _NOTE.match(line)
        below = next((each for each in lines[n + 1 : n + 3] if each.strip()), "") if match else ""
        if match and (find_urls(line) or below.lstrip(" \t<").startswith(("http://", "https://"))):
            length = len(line) if find_urls(line) else sum(len(each) + 1 for each in lines[n : n + 3])
            found[start + match.start(1) - 1] = int(match[1]), (start, start + length)
        start += len(line) + 1
    return found


def _find_lead(text: str, at: int) -> tuple[int, int]:
    """The place of the words of a sentence before the name of a mail; for a name that has its line for itself, of the sentence above."""
    end, above, apart = at, False, False
    line = text.rfind("\n", 0, at) + 1
    if line and _BEFORE_LINK.fullmatch(text, line, at):
        above, (end, apart) = True, _skip_links(text, line - 1)
    first = max(0, end - LONGEST_LEAD)
    end = first + len(text[first:end].rstrip())
    if text[first:end].endswith((".", "!", "?")):
        if not above or apart:
            return end, end
        end -= 1
    for match in _BREAK.finditer(text, first, end):
        first = match.end()
    return first, end


def _skip_links(text: str, end: int) -> tuple[int, bool]:
    """Where the text above some lines with nothing but links ends, and whether a blank line stands between."""
    apart = False
    for _ in range(LONGEST_LIST):
        begin = text.rfind("\n", 0, max(0, end)) + 1
        if not text[begin:end].strip() and not apart:
            apart = True
        elif end - begin > LONGEST_LEAD or not _LINK_ALONE.fullmatch(text, begin, end):
            break
        end = begin - 1
    return max(0, end), apart


def _tail(text: str, at: int) -> str:
    """The rest of a sentence behind the name of a mail; a link at the end of a line ends it where the next one begins another."""
    if _NEXT_LINE.match(text, at):
        return ""
    stop = _STOP.search(text, at, at + LONGEST_TAIL)
    return text[at : stop.start() + (stop[0][0] in ".!?") if stop else at + LONGEST_TAIL]


def _goes_on(between: str) -> bool:
    """Whether a name of a mail stands in one list with the one before it."""
    return len(between) < LONGEST_TAIL and not _APART.search(between) and bool(_AND.fullmatch(between))


def _tells_of_dependence(lead: str, tail: str) -> bool:
    """Whether the words before the name of a mail, and those behind it, say that something waits for what is named."""
    lead, tail = " ".join(lead.split()), " ".join(tail.split())
    if tail.endswith("?"):
        return False
    if _FIRST.match(tail) and not _DENIED.search(lead[-40:]):
        return True
    is_in = _IS_IN.search(tail) is not None and not _NOT_YET.search(tail)
    for how in (_STANDS_ON, _NEEDS_WORK, _WHEN_DONE):
        phrase = next(iter(reversed(list(how.finditer(lead)))), None)
        if phrase is None:
            continue
        before, between = lead[: phrase.start()], lead[phrase.end() :]
        if _DENIED.search(before[-40:]) or _TALK.search(between) or _THAT.match(between):
            continue
        if how is _WHEN_DONE:
            return _DONE.match(tail) is not None
        if is_in:
            return False
        if how is _STANDS_ON:
            return True
        if not _GREW_OUT.search(between):
            of_work = "based" not in phrase[0].lower() or _OF_WORK.fullmatch(before)
            if _NAMES_WORK.search(between) or (of_work and _DIRECTLY.fullmatch(between)):
                return True
    return False
