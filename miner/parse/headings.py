"""What the headings of status lists say: how far the things below them are, or that no work stands below."""

from __future__ import annotations

import re

from miner.model import Certainty, StatusLabel

_FRAME = re.compile(r"^[\s#*=\[_-]+|[\s#*=\]:_-]+$")
_COUNT = re.compile(r"\s*[(\[]\d{1,4}[)\]]$")
_NO_WORK = re.compile(
    r"agenda|attendees|attending|participants|present|apologies|absent|regrets|who was there|next (?:meeting|call|time|week).*|links?|references?|notes?|resources"
    r"|(?:open |other )?questions?|action items?|actions|todo|to-do|announcements?|change ?log|changes.*|new features?|features|(?:bug ?)?fixes|known (?:issues|problems|bugs)|bugs|releases?.*"
    r"|statistics|stats|numbers|(?:test )?results?|tests?|benchmarks?|options?|pros|cons|discussion|decisions|misc(?:ellaneous)?|legend|key|thanks|background|motivation|problem|goals?|ideas?|options.*|v\d+.*",
    re.I,
)
# What headings say, and how surely.
_SAYS: tuple[tuple[StatusLabel, Certainty, str], ...] = (
    (
        "merged",
        "asserted",
        r"(?:already )?(?:merged|landed|upstream(?:ed)?|in mainline|mainlined|in (?:master|trunk|linus'? tree)"
        r"|graduated(?: to \W?(?:master|trunk|main)\W?)?|(?:went|gone|got) in)(?: (?:this|last) week| upstream| since .{1,20})?",
    ),
    (
        "applied",
        "asserted",
        r"(?:already )?(?:in (?:the |a |my |our )?tree|applied|queued(?: up)?|picked up|in \W?(?:next|linux-next|-next|stage|staging)\W?|taken)"
        r"(?: (?:for|to|in|this|last) .{1,20})?",
    ),
    (
        "needs-review",
        "asserted",
        r"(?:waiting|pending|stuck|open)(?: (?:for|on|in))? (?:a |more )?reviews?(?:ers?)?"
        r"|(?:under|in|out for|awaiting|needs?|needing|wants?) (?:a |more )?reviews?|review (?:needed|wanted|pending)|(?:ready )?(?:to (?:be )?|for (?:a |more )?)review(?:s|ed|ers)?",
    ),
    ("needs-review", "hedged", r"waiting|pending"),
    (
        "needs-revision",
        "asserted",
        r"(?:waiting for|needs?|needing|expecting|to be) (?:a |an |another |some |more |new )*"
        r"(?:work|respins?|rerolls?|re-?spun|revisions?|new versions?|versions?|changes|updates?|rebased?)|changes requested",
    ),
    (
        "needs-reply",
        "asserted",
        r"(?:waiting for|needs?|awaiting) (?:a |an |the )*(?:answers?|repl(?:y|ies)|feedback|author'?s? ?(?:answers?|reply)?)",
    ),
    (
        "in-progress",
        "asserted",
        r"(?:still )?(?:in progress|ongoing|on-going|under way|underway|work in progress|wip|being worked on|in development|in the works|in flight)"
        r"|(?:nearly |almost )?ready to (?:be )?(?:post(?:ed)?|sen[dt]|submit(?:ted)?)",
    ),
    (
        "blocked",
        "asserted",
        r"(?:blocked|on hold|stalled|stuck|deferred|postponed|parked)(?: (?:on|by|until|till|for) .{1,30})?|waiting for other (?:work|topics|series)",
    ),
    ("dropped", "asserted", r"dropped|rejected|withdrawn|abandoned|discarded|given up|not taken|nacked"),
    ("superseded", "asserted", r"superseded|replaced|obsoleted?"),
    (
        "ready",
        "asserted",
        r"ready(?: (?:for|to) .{1,30})?|will (?:merge|be merged|be queued)(?: .{1,30})?|to be (?:merged|queued|applied)(?: .{1,20})?"
        r"|reviewed(?: and ready)?|acked",
    ),
    ("posted", "asserted", r"(?:newly |recently )?posted(?: (?:this|last) week)?|on the list|sent(?: out)?"),
    ("planned", "asserted", r"planned|not started(?: yet)?|to do later|later|backlog|up next|coming (?:up|next)"),
)
_HEADINGS = tuple((re.compile(pattern, re.I), status, certainty) for status, certainty, pattern in _SAYS)


def read_status(text: str) -> tuple[StatusLabel, Certainty] | None:
    """How far a heading says that the things below it are, and how surely; None where it says nothing of that."""
    core = tell_core(text)
    return next(((status, certainty) for pattern, status, certainty in _HEADINGS if pattern.fullmatch(core)), None)


def is_status(name: str) -> bool:
    """Whether a name is a heading's words."""
    return any(pattern.fullmatch(name) for pattern, _, _ in _HEADINGS)


def has_no_work(text: str) -> bool:
    """Whether no work stands below a heading: who was there, questions, links."""
    return _NO_WORK.fullmatch(tell_core(text)) is not None


def tell_core(text: str) -> str:
    """A heading without its frame and without the number of things below it."""
    return _FRAME.sub("", _COUNT.sub("", _FRAME.sub("", text)))
