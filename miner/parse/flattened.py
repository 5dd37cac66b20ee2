"""Recover a mail that a crawler kept as one line, with its quote marks inline and no headers.

Words that are nothing but marks begin a line. What is lost for good is the line ends of the author's own text, and where
own text runs into a quoted line. That is cut, in this order of trust: where a line of a message at hand ends; behind a
question that an answering word follows; at a sentence's end, when the line is wider than its layer was wrapped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from miner.model import Message, Person, RawMail, Subject
from miner.parse.attribution import parse_attribution

MAX_CHARACTERS = 4_000_000

_MARK = re.compile(r"^>+$")
_ANSWERED = re.compile(
    r"\?\)? +(?=(?:Yes|No|Yep|Yeah|Nope|Sure|OK|Ok|Right|Correct|Done|Agreed|Indeed|Exactly|Not yet|Not really|Of course)\b)"
)
_SENTENCE_END = re.compile(r"(?<=[.?!])[)\"']?\s+(?=[A-Z\"'(\[])|(?<=:)\s+(?=[A-Z])")
_OPENING = re.compile(r"(?:On|Am|Le|El|Em|Op|В)\s(?=[^>]{0,60}\d)")
_NAME = r"(?<![\w.'-])([A-Z][\w.'-]{1,40}(?:,? [A-Z][\w.'-]{1,40}){0,3})"
_SIGN_OFF = re.compile(
    rf"(?:Regards|Thanks|Cheers|Best wishes|Best|BR|Thank you)[,!.]?\s{{1,3}}(?:[Rr]egards,?\s{{1,3}})?{_NAME}$"
)
_NAMED = re.compile(_NAME + r" <[^<>\s@]{1,100}@[^<>\s@]{1,100}>")
_MIN_WIDTH, _MAX_WIDTH, _SLACK = 56, 100, 3


def recover_mail(raw: RawMail, message_id: str, known_lines: Collection[str] = ()) -> Message:
    """Make a Message of flattened text; `known_lines` are squeezed lines of messages at hand, to cut by.

    The author is the name of the sign-off if somebody of that name stands in the mail, else nobody (name and address
    None). Date, subject and parents stay unknown.
    """
    text = raw.data[: MAX_CHARACTERS * 4].decode("utf-8", "replace")[:MAX_CHARACTERS]
    body = "\n".join(recover_lines(text, known_lines))
    return Message(
        message_id=message_id,
        subject=Subject(text="", title=""),
        author=_find_author(body),
        date=None,
        in_reply_to=None,
        references=(),
        recipients=(),
        list_id=None,
        body=body,
        where=raw.where,
        form="flattened",
    )


def recover_lines(text: str, known_lines: Collection[str] = ()) -> list[str]:
    """Give a flattened text its lines back.

    >>> recover_lines("On 1/2/2024, Ada B wrote: > Is that part in? > > Or not? Yes, since May. > > Thanks")
    ['On 1/2/2024, Ada B wrote:', '> Is that part in?', '>', '> Or not?', '', 'Yes, since May.', '', '>', '> Thanks']
    """
    chunks = _read_chunks(text.split())
    widths = _estimate_widths(chunks)
    lines: list[str] = []
    for at, (depth, content) in enumerate(chunks):
        if depth == 0:
            lines += _split_opening(content)
            continue
        last = at + 1 == len(chunks)
        quoted, own = _cut(content, widths.get(depth, _MAX_WIDTH), known_lines, last)
        lines.append(">" * depth + (" " + quoted if quoted else ""))
        if own:
            lines += ["", *_split_opening(own), ""]
    return lines


def _read_chunks(words: Sequence[str]) -> list[tuple[int, str]]:
    """Cut at the marks: (depth, content) a line. `> >` is two lines, or depth two where a mail never writes `>>`."""
    spaced = not any(len(w) > 1 and _MARK.match(w) for w in words) and _writes_spaced_marks(words)
    chunks: list[tuple[int, str]] = []
    depth, content = 0, list[str]()
    marks = 0
    for word in words:
        if not _MARK.match(word):
            content.append(word)
            marks = 0
            continue
        if spaced and marks and not content:
            depth += 1
        else:
            if content or depth:
                chunks.append((depth, " ".join(content)))
            depth, content = len(word), []
        marks += 1
    chunks.append((depth, " ".join(content)))
    return [c for c in chunks if c[0] or c[1]]


def _writes_spaced_marks(words: Sequence[str]) -> bool:
    """Pairs of marks in front of most long lines mean "> > text", not an empty line and a line."""
    pairs = singles = 0
    marks = length = 0
    for word in [*words, ">"]:
        if _MARK.match(word):
            if length > 40:
                pairs += marks > 1
                singles += marks == 1
            if length:
                marks = 0
            marks, length = marks + 1, 0
        else:
            length += len(word) + 1
    return pairs >= 5 and pairs > singles


def _estimate_widths(chunks: Sequence[tuple[int, str]]) -> dict[int, int]:
    """How wide each depth was wrapped: nearly the longest of the lines that another line of the paragraph follows."""
    lengths: dict[int, list[int]] = {}
    for (depth, content), (below, following) in pairwise(chunks):
        if depth and below == depth and following and content and " " in content:
            lengths.setdefault(depth, []).append(len(content))
    return {
        depth: min(max(sorted(found)[int(len(found) * 0.95) if len(found) > 20 else -1], _MIN_WIDTH), _MAX_WIDTH)
        if (found := [n for n in all_found if n <= _MAX_WIDTH])
        else _MAX_WIDTH
        for depth, all_found in lengths.items()
    }


def _cut(content: str, width: int, known_lines: Collection[str], last: bool) -> tuple[str, str]:
    """Part a quoted line from the own text that runs into it; the second part is empty when there is none."""
    if known_lines and " " in content:
        words = content.split()
        for n in range(min(len(words), 40), 0, -1):
            if (len(start := " ".join(words[:n])) >= 20 or n == len(words)) and start in known_lines:
                return start, " ".join(words[n:])
    if match := _ANSWERED.search(content):
        return content[: match.end()].rstrip(), content[match.end() :]
    if len(content) <= width + _SLACK or " " not in content[: width + _SLACK]:
        return content, ""
    ends = [m.start() for m in _SENTENCE_END.finditer(content) if m.start() <= width + _SLACK]
    if not ends:
        if last or len(content) <= width + 20 or max(map(len, content.split())) > width // 2:
            return content, ""
        space = content.rfind(" ", 0, width + 1)
        return content[:space], content[space + 1 :]
    asked = [e for e in ends if content[e - 1] == "?"]
    end = (asked or ends)[-1]
    return content[:end].rstrip(), content[end:].lstrip()


def _split_opening(text: str) -> list[str]:
    """Part an attribution at the end of own text from what stands before it."""
    if not text:
        return []
    for match in reversed(list(_OPENING.finditer(text))):
        if len(text) - match.start() < 300 and parse_attribution([text[match.start() :]]):
            before = text[: match.start()].rstrip()
            return [*([before, ""] if before else []), text[match.start() :]]
    return [text]


def _find_author(body: str) -> Person:
    people = {_sorted_words(m): m for m in _NAMED.findall(body)}
    own = [line for line in body.split("\n") if line and not line.startswith(">")]
    for line in reversed(own):
        if match := _SIGN_OFF.search(line.strip()):
            name = match.group(1)
            if _sorted_words(name) in people:
                return Person(people[_sorted_words(name)], None)
    return Person(None, None)


def _sorted_words(name: str) -> str:
    return " ".join(sorted(re.findall(r"\w+", name.lower())))
