"""What is said of a newer version of a posting that is not at hand: "I have fixed that in v2", "v3 is on the list".

Only forms that say that it exists: what somebody plans, wishes or asks for does not. "v2" may be the version of something
else, so that bare words do not do: it must be a version of the patches in the sentence's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from miner.model import Certainty, Claim, Message, find_line_starts

if TYPE_CHECKING:
    from miner.join.tie import Ties

NEWER = "newer-version"  # the rule of these claims
LONGEST = 100_000  # characters of a layer that are searched
MOST_AHEAD = 3  # versions: "v9" below a v1 is the version of something else
CONFIDENCE = 0.9
LONGEST_SENTENCE = 300  # characters before and behind the words
_STOP = re.compile(r"[.!?](?=\s|$)|\s{2,}")
_VERSION = re.compile(r"\b[vV]\d")
_DONE = (
    r"(?:fixed|added|changed|updated|addressed|removed|dropped|corrected|reworked|included|incorporated|sent|posted|submitted|resent"
    r"|reposted|rewrote|rewritten|renamed|moved|split|done|resolved|folded|adjusted|modified|switched|replaced|rebased|reworded)"
)
_SENT = r"(?:sent|posted|submitted|reposted|respun|just sent|just posted)"
_REWORKING = r"(?:updating|revising|respinning|reworking|rewriting|redoing|rebasing|reposting|resending|taking over)"
_OWN = r"(?:the |a |my |your |this |our |new |latest |an updated |updated )*(?:patch(?: ?set)? |series |version |rev(?:ision)? )?"
_SAID = re.compile(
    rf"\b(?:i|we)(?:['’]ve| have| had)? (?:just |already |also |now )?{_DONE}\b[^.?!]{{0,120}}?\b(?:in|as|with|by) {_OWN}\[?(?:patch )?(v\d{{1,2}})\b"
    rf"|\b{_SENT} (?:out )?{_OWN}\[?(?:patch )?(v\d{{1,2}})\b"
    rf"|(?:^|[.,;:(!] ?|\b(?:see|that|the|my|your|and|but) )\[?(?:patch )?(v\d{{1,2}})\]? (?:(?:patch(?:es| ?set)?|series|version) )?(?:(?:\w+ ){{0,3}}is (?:here|out|posted|sent|now|already|available|up|on the list)"
    rf"|was (?:sent|posted)|has been (?:sent|posted)|{_DONE})\b"
    rf"|\b(?:superseded|replaced|obsoleted) by {_OWN}\[?(?:patch )?(v\d{{1,2}})\b"
    rf"|\b(v\d{{1,2}}) (?:of (?:the|my|this) (?:patch(?:es| ?set)?|series) )?(?:that |which )?(?:i|we) (?:(?:have|just|already) )*{_SENT}\b"
    rf"|\bin \[patch (v\d{{1,2}})\b"
    rf"|\b{_DONE} in {_OWN}\[?(v\d{{1,2}})\b\]?[^.?!]{{0,40}}?\s<?https?://",
    re.I,
)
# The same of a version without a number, in the author's own mouth; he may also thank somebody who made it for him.
_RENEWED = re.compile(
    r"\b(?:(?:i|we)(?:['’]ve| have| had)?|and)(?: just| already| also| now)? (?:sent|posted|submitted|updated|uploaded|resent|pushed)(?: out)? (?:the |a |an |my |it as a )*"
    r"(?:new|updated|latest|revised|fixed) (?:version|patch(?: ?set)?|series|revision)\b"
    r"|\bi(?:['’]ve| have)? (?:just )?sent (?:it|this|that) (?:out )?as (?:a )?(?:new|separate) (?:one|patch(?: ?set)?|series|version)\b"
    r"|\b(?:new|newest|updated|latest|revised) (?:version|patch(?: ?set)?|series|revision) (?:is(?: (?:at|here|out|posted|sent|now|on)\b|: {0,3}<?https?)|was (?:sent|posted)|has been (?:sent|posted))\b"
    r"|\bsee (?:the |my )?(?:new|updated|latest|revised) (?:version|patch(?: ?set)?|series|revision)\b"
    rf"|\bthank(?:s| you)(?: very much| so much| a lot)? for {_REWORKING} (?:the |this |these |my |our )?(?:patch(?:es| ?set)?|series|version)\b",
    re.I,
)
_ASKS_THEN = re.compile(
    r"(?:[,;:.]|\band|\bso|\s[-–—]+) (?:and |so |then )*(?:please|pls|kindly)\b", re.I
)  # of what is there
_HINTS = (
    *(
        f"{which} {what}"
        for which in ("new", "newest", "updated", "latest", "revised", "fixed")
        for what in ("version", "patch", "series", "revision")
    ),
    *(f" as a {which} {what}" for which in ("new", "separate") for what in ("one", "patch", "series")),
    *(f" for {doing}" for doing in _REWORKING[3:-1].split("|")),
)
_NOT_YET = re.compile(
    r"\b(?:will|would|should|could|can|may|might|going to|(?<![/-])next|plan\w*|want|need|please|pls|if|when|once|before|until|let|hope\w*|expect\w*|coming|soon|have not|not)\b|['’]ll\b|n['’]t\b|\?",
    re.I,
)


def claim_newer(ties: Ties) -> list[Claim]:
    """What is said below postings of a newer version of theirs, as claims that it replaces them, in the order of the mails."""
    found = []
    for message, posting in ties.answers:
        if not _may_tell(message.body):
            continue
        known, own = posting.revision, ties.people.same(str(message.author), posting.author)
        found += [
            claim_superseded(message, start, end, posting.root, NEWER)
            for n, start, end in _read(message)
            if (own if n is None else known < n <= known + MOST_AHEAD)
        ]
    return found


def _may_tell(body: str) -> bool:
    """Whether a body has the words of a version, without which there is nothing to look for."""
    if _VERSION.search(body):
        return True
    folded = body.lower().replace("\n", " ")
    return any(words in folded for words in _HINTS)


def _read(message: Message) -> Iterator[tuple[int | None, int, int]]:
    """The versions that a mail's own text says to exist, None for one without a number, each with the place of the words in the
    body."""
    for first, own in own_texts(message):
        text = own.replace("\n", " ")
        for match in (*_SAID.finditer(text), *_RENEWED.finditer(text)):
            start, end = _sentence(text, match.start(), match.end())
            asks = _ASKS_THEN.search(text, match.end() - 1, end)
            if not _NOT_YET.search(text, start, asks.start() if asks else end):
                version = next((group for group in match.groups() if group), None)
                yield int(version[1:]) if version else None, first + start, first + end


def own_texts(message: Message) -> Iterator[tuple[int, str]]:
    """The pieces of a mail's own text, each with its place in the body and no longer than LONGEST."""
    starts = find_line_starts(message.lines)
    for layer in message.layers:
        if layer.kind == "own":
            first = starts[layer.first_line]
            yield first, message.body[first : starts[layer.end_line] - 1][:LONGEST]


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The place of the sentence that some words stand in."""
    before = [match.end() for match in _STOP.finditer(text, max(0, start - LONGEST_SENTENCE), start)]
    behind = _STOP.search(text, end - 1, end + LONGEST_SENTENCE)
    first = before[-1] if before else max(0, start - LONGEST_SENTENCE)
    last = behind.start() + 1 if behind else min(len(text), end + LONGEST_SENTENCE)
    while text[first : first + 1].isspace():
        first += 1
    return first, first + len(text[first:last].rstrip())


def claim_superseded(
    message: Message, start: int, end: int, root: str, rule: str, certainty: Certainty = "asserted"
) -> Claim:
    """What the words at a place of a body say, by a rule: that something takes the place of the posting with this root."""
    return Claim.of(message, (start, end), "superseded", certainty, CONFIDENCE, rule=rule, series=root)
