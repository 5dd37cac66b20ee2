"""The one parser of subjects: which patch of which revision of which series a Subject header speaks of.

A subject is "Re:" and the like and tags in square brackets, in any order, and then the title. Brackets further on
belong to the title. Everything is one pass over words; no pattern backtracks without bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from miner.model import Subject

MAX_SUBJECT_CHARS = 2_000  # the rest is cut

# Answers and forwards as mailers of several languages mark them; Outlook counts them, "Re[2]:".
REPLY = re.compile(
    r"(?:re|aw|sv|antw|antwort|odp|rif|wg|fw|fwd|回复|答复|转发)(?:\[\d{1,3}\]|\^\d{1,3})? ?[:：] ?", re.IGNORECASE
)
# "[PING][PATCH v2] ...", "Gentle ping^2 [PATCH v2] ...": a reminder of what was posted, an answer to it. "ping: ..." is a program.
REMINDER = re.compile(
    r"(?P<open>\[ ?)?(?:(?:gentle|friendly|kind|polite) )?(?:ping|reminder)(?:[ #^*]{0,2}\d{1,2})?(?(open) ?\]) ?[:,-]? ?(?=\[)",
    re.IGNORECASE,
)
# "[PATCH 1/2]: ..." is typed by hand; b4 thanks for "(subset) [PATCH 5/8] ...".
BLOCK = re.compile(r"\[{1,2}([^\[\]]*)\](?:: )? ?|\((subset)\) (?=\[)")
SEPARATORS = re.compile(r"[\s,|;]+")
OF = re.compile(r"\b(\d{1,4}) of (\d{1,4})\b", re.IGNORECASE)
NUMBER = re.compile(r"#?(\d{1,4})/(\d{1,4}|n)", re.IGNORECASE)
VERSION = re.compile(r"v(\d{1,3})(?:\.(\d{1,3}))?(?:-([a-z].*))?", re.IGNORECASE)  # v2, v2.1, v2-rebased
TYPED_VERSION = re.compile(r"v([1-9]\d{0,2}): +(?=\S)", re.IGNORECASE)  # "[PATCH] v2: do less", behind the tag
TYPED_TAG = re.compile(  # "PATCH: do less", as people wrote before there was a tool for it
    r"((?:RFC[ /])?PATCH(?:[ /]RFC)?(?: ?v\d{1,2})?(?: \(?\d{1,3}/\d{1,3}\)?)?)(?:: +| +- +)(?=\S)"
)
# PATHC and PACTH: people type tags by hand.
KEYWORD = re.compile(r"(pa(?:tch|thc|cth)(?:set|es)?|rfc|pull|resend|repost)(?:$|[-_:/.#+]+|(?=v?\d))", re.IGNORECASE)
# "v6.6" in a tag is the stable kernel and not the sixth revision of somebody's second thoughts.
STABLE_KERNELS = frozenset({(4, 4), (4, 9), (5, 4), (6, 1), (6, 6)})


@dataclass(slots=True)
class _Tags:
    """What the brackets said so far."""

    patch: bool = False
    pull: bool = False
    rfc: bool = False
    resend: bool = False
    bare: bool = False  # a block of nothing but numbers, as patchwork writes it: [v3,2/7]
    revision: int | None = None
    minor: int = 0
    number: int | None = None
    total: int | None = None
    words: list[str] = field(default_factory=list)


def parse_subject(text: str) -> Subject:
    """Parse a decoded Subject header; `patch` and `pull` speak of the tag, so look at `reply` for a posting.

    >>> s = parse_subject("Re: [PATCH RFC net-next v3 2/7] net: do less")
    >>> s.title, s.reply, s.patch, s.rfc, s.revision, s.number, s.total, s.tags
    ('net: do less', True, True, True, 3, 2, 7, ('net-next',))
    """
    squeezed = " ".join(text[:MAX_SUBJECT_CHARS].split())
    blocks, title, reply = _split_prefix(squeezed)
    tags = _Tags()
    for block in blocks:
        _read_block(block, tags)
    if not (tags.patch or tags.pull or tags.bare) and (typed := TYPED_TAG.match(title)):
        _read_block(typed[1].replace("(", "").replace(")", ""), tags)
        title = title[typed.end() :]
    # A plain "[RFC] idea" asks for talk; with a number or a version it is code. "[next v2 1/3]", both of them, is
    # code without any such word; "[linux-next:master 12/5004]", a number alone, is a robot's.
    placed, revised = tags.number is not None, tags.revision is not None
    patch = not tags.pull and (tags.patch or (tags.rfc and (placed or revised)) or (placed and revised))
    counts = patch or tags.pull or tags.rfc or tags.bare
    if patch and not revised and (version := TYPED_VERSION.match(title)):
        tags.revision, title = int(version[1]), title[version.end() :]
    return Subject(
        text=squeezed,
        title=title,
        reply=reply,
        patch=patch,
        pull=tags.pull,
        rfc=tags.rfc,
        resend=tags.resend,
        revision=tags.revision if counts else None,
        minor=tags.minor if counts else 0,
        number=tags.number if counts else None,
        total=tags.total if counts else None,
        tags=tuple(tags.words),
    )


def _split_prefix(text: str) -> tuple[list[str], str, bool]:
    """Split off the tags and the marks of replies and reminders at the start: (insides of the brackets, title, whether it is a reply)."""
    blocks: list[str] = []
    reply = False
    at = 0
    while True:
        if mark := REPLY.match(text, at) or (None if blocks else REMINDER.match(text, at)):
            reply = True
            at = mark.end()
        elif block := BLOCK.match(text, at):
            blocks.append(block[1] or block[2] or "")
            at = block.end()
        else:
            return blocks, text[at:].strip(), reply


def _read_block(block: str, tags: _Tags) -> None:
    """Read the inside of one pair of brackets, word by word."""
    words = [word for word in SEPARATORS.split(OF.sub(r"\1/\2", block)) if word.strip(".:-")]
    pull = any(word.upper() in ("PULL", "PULL-REQUEST") for word in words)
    rest = [word for word in words if not _read_word(word, tags, pull)]
    if pull:
        rest = [word for word in rest if word.upper() not in ("GIT", "REQUEST", "PLEASE")]
    if words and not rest:
        tags.bare = True
    tags.words += [word.strip(":-") for word in rest]


def _read_word(word: str, tags: _Tags, pull: bool) -> bool:
    """Note what one word of a tag says; False when it is a tag of its own (a tree, a subsystem, a kernel version)."""
    word = word.strip(".:").lstrip("-")
    if keyword := KEYWORD.match(word):
        return _read_keyword(keyword[1].lower(), word[keyword.end() :], tags, pull)
    if number := NUMBER.fullmatch(word):
        if tags.number is None:
            tags.number = int(number[1])
            tags.total = int(number[2]) if number[2].isdecimal() else None
        return True
    if version := VERSION.fullmatch(word):
        return _read_version(version, tags, pull)
    if word.upper() in ("RESENT", "RE-SEND", "RE-POST"):
        tags.resend = True
        return True
    return False


def _read_keyword(keyword: str, rest: str, tags: _Tags, pull: bool) -> bool:
    """Note PATCH, RFC, PULL or RESEND, and what is glued to it: PATCHv2, PATCH-next, RFC/PATCH."""
    if keyword.startswith("pa"):
        tags.patch = True
    elif keyword == "rfc":
        tags.rfc = True
    elif keyword == "pull":
        tags.pull = True
    else:
        tags.resend = True
    if rest and not _read_word(rest, tags, pull):
        tags.words.append(rest.strip(":-"))
    return True


def _read_version(version: re.Match[str], tags: _Tags, pull: bool) -> bool:
    major, minor = int(version[1]), version[2]
    # "v2.1" is a second revision mended; "v5.10", and any such number in a pull request, is a kernel.
    if minor is not None and (pull or len(minor) > 1 or (major, int(minor)) in STABLE_KERNELS):
        return False
    if tags.revision is None:
        tags.revision, tags.minor = major, int(minor or 0)
    if version[3]:
        tags.words.append(version[3])
    return True
