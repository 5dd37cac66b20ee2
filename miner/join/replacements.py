"""What a mail says to take the place of a posting that it names: `Supersedes: <message-id>`, the tag that QEMU's people use, "this
series replaces [1]", "please ignore <link>, this is the right one".

Only what names a mail counts, and only where nothing but words for a posting stands between: a patch replaces functions too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from miner.join.mentions import LONGEST, claim_superseded, own_texts
from miner.join.prerequisites import SKEW
from miner.links import find_message_ids, read_footnotes
from miner.model import Certainty, Claim, Message

if TYPE_CHECKING:
    from miner.join.tie import Ties

REPLACES = "replaces"  # the rule of these claims
MOST = 20  # postings that one mail replaces
_ID = r"[^\s<>@,;()\"]{1,250}@[^\s<>@,;()\"]{1,250}"
_NAME = rf"(?:https?://[^\s<>\"]{{1,500}}|\[\d{{1,3}}\](?!\(|\w)|<{_ID}>|message[- ]id:? {{0,3}}<?{_ID}>?)"
_WORD = (
    r"(?:the|my|our|your|a|an|all|of|that|this|those|these|its|his|her|previous|previously|prior|earlier|older?|first|original|initial|last"
    r"|other|whole|entire|wrong|broken|incomplete|patch(?:es|set|sets)?|patch set|series|sets?|versions?|ones?|postings?|posts?|mails?"
    r"|e-?mails?|threads?|submissions?|attempts?|rfcs?|v\d{1,2}|at|in|here|posted|sent|submitted|as|from|see|and|link:)"
)
_OTHERS = rf"(?:[ \t\n:(,]*\b{_WORD}(?=[ \t\n:(,]))*[ \t\n:(,]*"
_FORM = re.compile(
    # The tag, at the beginning of a line of its own.
    rf"(?:(?<=\n)|\A)(?P<tag>(?:supersedes|obsoletes|replaces):[ \t]{{0,8}}(?P<named><?{_ID}>?|https?://\S{{1,500}}))[ \t]*(?=\n|\Z)"
    # "This series supersedes [1]".
    rf"|\b(?:this|these|it|which)(?: (?:new|updated|rebased|v\d{{1,2}}))*(?: (?:patch(?:es| ?set)?|series|set|version|one|rfc|mail|thread|posting))?"
    rf"(?: (?:also|now|completely|fully|entirely|hereby))? (?:supersedes?|replaces?|obsoletes?){_OTHERS}(?P<replaced>{_NAME}(?:(?:[ ,]|\n)*(?:and )?{_NAME})*)"
    # "Please ignore <link>".
    rf"|\b(?:please|pls|kindly)[ \n](?:ignore|disregard|discard){_OTHERS}(?P<ignored>{_NAME}(?:(?:[ ,]|\n)*(?:and )?{_NAME})*)",
    re.I,
)
_IDENT = re.compile(rf"<({_ID})>|message[- ]id:? {{0,3}}<?({_ID})|^<?({_ID})>?$", re.I)
_NUMBER = re.compile(r"\[(\d{1,3})\]")
_STOP = re.compile(r"[.!?:](?=\s)|\n[ \t]*\n")
_DENIED = re.compile(
    r"\b(?:not|never|no longer|whether|if|once|when|until|unless|should|would|could|might|may)\b|n['’]t\b", re.I
)
_LEAD = 120  # characters before the words that may deny them


def claim_replaced(ties: Ties) -> list[Claim]:
    """What mails say to take the place of postings at hand, as claims about these, in the order of the mails: hedged unless
    the author of the one or of the other says it."""
    found = []
    for message in ties.threads.messages.values():
        for start, end, ids in read_replaced(message):
            newer = ties.by_root.get(ties.posting_above(message.message_id) or "")
            for root in dict.fromkeys(ties.of_message.get(ties.unmask.resolve(ident)) for ident in ids):
                older = ties.by_root.get(root or "")
                if older is None or (newer is not None and newer.root == root):
                    continue
                if older.date is not None and message.date is not None and older.date > message.date + SKEW:
                    continue
                authors = [one.author for one in (older, newer) if one is not None]
                own = any(ties.people.same(str(message.author), author) for author in authors)
                certainty: Certainty = "asserted" if own else "hedged"
                found.append(claim_superseded(message, start, end, older.root, REPLACES, certainty))
    return found


def read_replaced(message: Message) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The place in the body of each saying of a mail's own text that something takes the place of the mails that it names, by their
    message-ids."""
    folded = message.body[:LONGEST].lower()
    if not any(word in folded for word in ("supersede", "replace", "obsolete", "ignore", "disregard", "discard")):
        return
    texts = list(own_texts(message))
    notes = {number: note for _, text in texts for number, note in read_footnotes(text.split("\n")).items()}
    for first, text in texts:
        for match in islice(_FORM.finditer(text), MOST):
            if match["tag"] is None and _is_denied(text, match.start(), match.end()):
                continue
            ids = _read_ids(match["named"] or match["replaced"] or match["ignored"], notes)
            if ids:
                yield first + match.start(), first + match.end(), ids


def _is_denied(text: str, start: int, end: int) -> bool:
    """Whether the sentence before the words takes them back, or it ends as a question."""
    before = _STOP.split(text[max(0, start - _LEAD) : start])[-1]
    return bool(_DENIED.search(before)) or text[end : end + 1] == "?"


def _read_ids(words: str, notes: dict[int, str]) -> tuple[str, ...]:
    found = list(find_message_ids(words))
    found += [next(filter(None, each)) for each in _IDENT.findall(words) if "://" not in words]
    for number in _NUMBER.findall(words):
        found += find_message_ids(notes.get(int(number), ""))
    return tuple(dict.fromkeys(found))
