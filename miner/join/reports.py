"""What is reported to fail. A testing robot's report below a posting asks for a new version as a reviewer does, unless somebody answered
it: his own words say more. A report that names the commit which it blames tells that a work fails since it is in a tree: its subject
says that it is one, or its words blame the commit ("caused by", "bisected to", "after reverting"). What is said below a patch, which
may mend it, is none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from miner.join.cited import find_named
from miner.join.later import LEAST_WORDS
from miner.join.postings import stamp, title_key
from miner.join.tie import Ties
from miner.model import Claim, Message, Question, Series
from miner.robots import find_fault, is_robot

REPORT = "robot-report"  # the rule of these claims
CONFIDENCE = 0.9
LONGEST = 30_000  # characters of a body that are read for a commit that is blamed
OLDEST = 200 * 86_400.0  # seconds from a posting to who blames its commit
_BEFORE = 300  # characters before a commit that may blame it
_TITLED = re.compile(
    r"\[(?:[^\]\n]{0,40}\W)?(?:regression|bug)(?: report)?\b[^\]\n]{0,40}\]|^\W{0,3}(?:regression|bug)(?: report)?\W{0,2}:",
    re.I,
)
_BLAMES = re.compile(
    r"\bcaused by\b|\bbisect(?:s|ed|ion|ing)?\b[^.?!]{0,80}?\b(?:to|at|on|points?|pointed|leads?|led|shows?|showed|found|says|said|blames?|blamed|identified)\b"
    r"|\bfirst bad commit\b|\bculprit\b"
    r"|\b(?:bug|issue|problem|regression|crash|deadlock|hang|leak|failure|warning|splat|oops|panic|breakage|error)s?\b[^.?!]{0,60}\b(?:introduced|started|appeared|began|broke)\b"
    r"|\bintroduced (?:by|in|with)\b[^.?!]{0,60}\b(?:bug|issue|problem|regression|crash|deadlock|hang|leak|failure|breakage)\b"
    r"|\bregress(?:ion|ed|es)?\b[^.?!]{0,60}\b(?:from|since|after|by|with|due to)\b|\b(?:broken|breaks?|broke) (?:by|with|since|after)\b"
    r"|\brevert(?:ing|s|ed)?\b(?=[^.?!]{0,160}\b(?:fix(?:es|ed)|helps|helped|solves?|resolves?|goes away|went away|gone|is not seen|disappears?|no longer|works)\b)",
    re.I,
)
_MENDS = re.compile(
    r"\b(?:fixed|mended|solved|resolved|addressed|caught) (?:by|in|with)\b[^.?!]{0,80}$|^\W*fixes:\W*(?:commit )?$",
    re.I | re.M,
)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_END = re.compile(r"[.!?](?=\s|$)|\n[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Blamed:
    """The work of the posting `root` that a mail reports to fail, in these `words`."""

    root: str
    words: Question


def find_blamed(
    messages: Iterable[Message], series: Sequence[Series], mails: Mapping[str, Message]
) -> Iterator[Blamed]:
    """The postings whose commits some mails blame, the newest before each; of one that was posted anew since nothing is said."""
    told = [(message, words, titles) for message in messages for words, titles in _read_blame(message)]
    wanted = {title for _, _, titles in told for title in titles}
    posted: dict[str, list[tuple[float, str]]] = {}
    oldest = min((stamp(message) for message, _, _ in told), default=0.0) - OLDEST
    for one in series if wanted else ():
        if one.date is None or one.date.timestamp() < oldest:
            continue
        for mail in (mails[ident] for ident in one.patches if ident is not None and ident in mails):
            if (title := title_key(mail.subject.title)) in wanted:
                posted.setdefault(title, []).append((stamp(mail), one.root))
    for message, words, titles in told:
        found = [max(posted[title]) for title in titles if title in posted]
        roots = {root: moment for moment, root in found if moment < stamp(message)}
        for root in roots:
            yield Blamed(root, Question(message.message_id, words, None, str(message.author), message.date))


def _read_blame(message: Message) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The words in which a mail reports that something fails, with the titles of the commits that it blames, if it does."""
    subject = message.subject
    if message.date is None or subject.patch or subject.pull:
        return
    text = message.body[:LONGEST]
    named = [each for each in find_named(text) if len(each.title.split()) >= LEAST_WORDS and _is_own(text, each.start)]
    if not named:
        return
    fault = find_fault(message) if is_robot(message) else None
    titled = not subject.reply and _TITLED.search(subject.text) is not None
    words, titles = "", []
    for each in named:
        paragraphs = _PARAGRAPH.split(text[max(0, each.start - _BEFORE) : each.start])
        near = paragraphs[-1] or (paragraphs[-2] if len(paragraphs) > 1 else "")
        blame = None if _MENDS.search(near) else _BLAMES.search(near) or _BLAMES.search(text, each.end, each.end + 60)
        if blame is not None or ((titled or fault) and not _MENDS.search(near)):
            titles.append(each.title)
            if blame is not None and blame.string is near and not words:
                words = _read_sentence(near + text[each.start : each.end] * bool(paragraphs[-1]), blame.start())
    if titles:
        if titled and not fault:  # a static checker's report has the title of the commit
            first = next(each for each in named if each.title in titles)
            words = _read_sentence(text, first.start) if title_key(subject.title) in titles else subject.title
        yield text[slice(*fault)] if fault else words or subject.title, tuple(dict.fromkeys(titles))


def _is_own(text: str, start: int) -> bool:
    """Whether the line at a place is nobody's who is quoted."""
    return not text[text.rfind("\n", 0, start) + 1 :].lstrip(" \t").startswith(">")


def _read_sentence(text: str, at: int) -> str:
    """The sentence of a paragraph that has a place in it, in one line."""
    ends = [found.end() for found in _END.finditer(text, 0, at)]
    after = _END.search(text, at)
    return " ".join(text[ends[-1] if ends else 0 : after.end() if after else len(text)].split())


def claim_reports(ties: Ties) -> list[Claim]:
    """The faults that robots found in postings and that nobody answered, as claims that a new version is expected, in the order
    of the mails. Whoever answers a report knows the earlier ones below the same patch."""
    threads = ties.threads
    found: list[Claim] = []
    answered: dict[str | None, float] = {}
    for ident, message in threads.messages.items():
        span = find_fault(message)
        root = ties.posting_above(ident) if span is not None else None
        if span is None or root is None:
            continue
        below = (threads.messages[each] for each in threads.descendants(ident))
        last = max((stamp(each) for each in below if not is_robot(each)), default=None)
        if last is None:
            found.append(
                Claim.of(
                    message,
                    span,
                    "needs-revision",
                    "asserted",
                    CONFIDENCE,
                    rule=REPORT,
                    waiting_on=("author",),
                    series=root,
                )
            )
        else:
            patch = threads.parent(ident)
            answered[patch] = max(last, answered.get(patch, last))
    return [
        claim
        for claim in found
        if stamp(threads.messages[claim.message_id]) > answered.get(threads.parent(claim.message_id), -math.inf)
    ]
