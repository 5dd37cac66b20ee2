"""What reviewers remarked and the author did not answer, where nobody says what shall follow: own words of some length below a
posting. Weak evidence: it counts only where nothing else tells how the posting stands, and always as probable.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from miner.join.mentions import own_texts
from miner.join.tie import Ties
from miner.model import Claim, Layer, Message, StatusLabel, find_line_starts
from miner.robots import is_robot

REMARK = "remark"  # the rule of these claims
ANSWERED = "answered-remark"  # and of those below which the author wrote again: they are shown, and decide little
CONFIDENCE = 0.4
LEAST_WORDS = 8  # of own text that says something
LONGEST = 200  # characters that are shown
_WORD = re.compile(r"[^\W\d_]{2,}")
_FAULT = re.compile(
    r"\b(?:fails?|failed|failure|errors?|warnings?|breaks?|broken|crash(?:es|ed)?|panics?|regression|oops|leaks?)\b",
    re.I,
)
_WANTED = re.compile(  # "this should use", "you should drop", and as a plea "please avoid"
    r"\b(?:this|that|it|you|these|those|there)(?: \w+)? (?:should(?:n['’]t| not)?|needs? to|must|had better|ought to)"
    r" (?:be(?! (?:fine|ok|okay|good|safe|enough|sufficient|correct|right|harmless|possible|clear|obvious)\b)|have|use|go|say|do|not|just|also"
    r"|rather|really)\b|\byou (?:should|need to|must|ought to) (?!be\b)\w|(?P<plea>\bplease (?:use|add|drop|remove|move|make|put|keep|avoid|do)\b)",
    re.I,
)
_EMPTY = re.compile(
    r"(?:hi|hello|hey|dear|(?:nice|great|perfect|ok|okay|sure|and)?[!,. ]{0,3}(?:many |a lot of )?thanks|thank you|cheers|best|regards|kind regards)\b[^.?!]{0,60}[,.!]?(?: [:;]-?\))?$",
    re.I,
)
_SECONDS = re.compile(
    r"\s{0,8}(?:(?:completely|totally|fully|strongly) agreed?|agreed|\+1|i (?:fully |completely |totally |strongly )?(?:agree|concur)|same here|exactly)\b",
    re.I,
)
_DIFF = re.compile(r"^>[> \t]*[+-](?![+-]{2} )")


def claim_remarks(ties: Ties, spoken: Collection[str]) -> list[Claim]:
    """The mails below postings that remark on them, as claims, in the order of the mails: that a new version is needed where
    they stand below a quoted line of a diff, tell of a fault or of what should be, else that an answer is. Left out are those in
    which more is said (`spoken`), and the author's own. He answers below such a mail, or in another thread with a link to it.
    """
    threads, people = ties.threads, ties.people
    followed: set[str] = set()  # mails below which the author wrote
    for message, posting in ties.answers:
        if people.same(str(message.author), posting.author):
            above = threads.parent(message.message_id)
            while above is not None and above not in followed:
                followed.add(above)
                above = threads.parent(above)
    found = []
    for message, posting in ties.answers:
        ident, author = message.message_id, posting.author
        if ident in spoken or is_robot(message):
            continue
        if people.same(str(message.author), author) or _only_seconds(message, ident, author, ties):
            continue
        remark = _find_remark(message)
        if remark is not None:
            start, end, on_code = remark
            linking = (str(threads.messages[later].author) for later in ties.linking.get(ident, ()))
            answered = ident in followed or any(people.same(by, author) for by in linking)
            status: StatusLabel = "needs-revision" if on_code else "needs-reply"
            rule = ANSWERED if answered else REMARK
            found.append(
                Claim.of(
                    message,
                    (start, end),
                    status,
                    "hedged",
                    CONFIDENCE,
                    rule=rule,
                    waiting_on=("author",),
                    series=posting.root,
                )
            )
    return found


def _only_seconds(message: Message, ident: str, author: str, ties: Ties) -> bool:
    """Whether a mail agrees with what somebody else than the author said: that one's word stands, be it for or against the posting."""
    above = ties.threads.messages.get(ties.threads.parent(ident) or "")
    if above is None or any(ties.people.same(str(above.author), each) for each in (author, str(message.author))):
        return False
    first = next((text for _, text in own_texts(message) if text.strip()), "")
    return _SECONDS.match(first) is not None


def _find_remark(message: Message) -> tuple[int, int, bool] | None:
    """The place of the first paragraph of own text that says something, and whether some of it stands below a line of a diff."""
    lines = message.lines
    starts = find_line_starts(lines)
    place: tuple[int, int] | None = None
    on_code = short = below_diff = False  # whether it says in few words what should be
    words = 0
    above: Layer | None = None  # the quote that the own text answers, as tie.quote_above finds it for one line
    for layer in message.layers:
        if layer.kind == "quote":
            above = layer
        if layer.kind != "own":
            continue
        first = layer.first_line
        while first < layer.end_line:
            end = first
            while end < layer.end_line and lines[end].strip():
                end += 1
            text = " ".join(line.strip() for line in lines[first:end])
            count = len(_WORD.findall(text))
            if count and not _EMPTY.match(text):
                words += count
                if place is None and count >= LEAST_WORDS // 2:
                    place = starts[first], min(starts[end] - 1, starts[first] + LONGEST)
                wanted = _WANTED.search(text)
                short = short or (wanted is not None and wanted["plea"] is None)
                below_diff = below_diff or (above is not None and bool(_DIFF.match(lines[above.end_line - 1])))
                on_code = on_code or below_diff or wanted is not None or bool(_FAULT.search(text))
            first = end + 1
    least = LEAST_WORDS // 2 if below_diff else LEAST_WORDS
    return (*place, on_code) if place is not None and (words >= least or short) else None
