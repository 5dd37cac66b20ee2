"""Patches that their Subject does not show as such: below scissors, in an answer, or without a tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from miner.join.postings import title_key
from miner.join.threads import Threads
from miner.model import Message, Subject
from miner.robots import is_robot

_SCISSORS = re.compile(r"^[ \t]{0,4}-+ ?(?:>8|8<|>%|%<) ?-[-\w ,>8<]{0,60}$", re.M)
_OWN_SUBJECT = re.compile(r"^Subject: {0,3}(\S.{0,400}(?:\n[ \t]+\S.{0,200})?)$", re.M)
DIFF = "\ndiff --git a/"
_ANY_DIFF = re.compile(r"\n(?:diff --git a/|--- \S[^\n]{0,300}\n\+\+\+ \S)")  # also quilt's
_TAGS = re.compile(r"^(?:\[[^\[\]\n]{0,80}\]\s*){1,4}")
_FIXUP = re.compile(r"(?i)(?:fixup|squash|amend)!|fix(?:up)?$")
_STAT = re.compile(r"^ {1,2}\d{1,6} files? changed, ", re.M)
_ENDS_IN_TRAILER = re.compile(r"\n[A-Z][A-Za-z-]{1,30}: [^\n]{1,300}\Z")
_IS_IN = re.compile(
    r"(?i)[^\[]{0,40}\[[^\]]{0,40}\b(?:commit(?:ted)?|pushed|applied|merged|queued|pulled|revert(?:ed)?|[\w.]+/(?:next|master|main))\b"
)
_OF_A_COMMIT = re.compile(  # what tells of a patch that is in a tree already
    r"^(?:(?:I(?:['’]ve| have)? |Now |Already )?(?:[Pp]ushed|[Cc]ommitted|[Aa]pplied|[Mm]erged) (?:(?:this|it) )?(?:to|as|into|in|on)\b|The (?:quilt )?patch titled$|The following commit has been merged |This is a note to let you know |commit [0-9a-f]{40}$"
    r"|(?:Author|Committer|Commit-ID|Gitweb|Branch|Refs?): )",
    re.M,
)
HEAD_CHARS = 60_000  # of an answer, in which the beginning of a patch is looked for


def find_unmarked(threads: Threads) -> Iterator[Message]:
    """Patches that their Subject does not show as such, with the Subject that they should have."""
    for message in threads.messages.values():
        subject = message.subject
        if message.form != "mail":
            continue
        made_by_git = DIFF in message.body
        if not subject.reply:
            if subject.patch or subject.pull:
                continue
            told = subject.rfc or ((subject.number or subject.revision) and _is_signed(message.body))
            if (made_by_git and told) or _brings_patch(message):
                yield replace(message, subject=replace(subject, patch=True))
        elif not made_by_git:
            continue
        elif (title := _set_off_title(message.body[:HEAD_CHARS])) is not None:
            yield replace(message, subject=Subject(text=title, title=title, patch=True))
        elif subject.patch and _is_whole_patch(message) and not _is_on_list(message, threads):
            yield replace(message, subject=replace(subject, reply=False))


def _set_off_title(text: str) -> str | None:
    """The title of a patch below scissors, if it has one and is no fixup."""
    cut = _SCISSORS.search(text)
    diff = text.find(DIFF, cut.end()) if cut else -1
    subject = _OWN_SUBJECT.search(text, cut.end(), diff) if cut and diff >= 0 else None
    title = _TAGS.sub("", " ".join(subject[1].split())) if subject else ""
    return title if title and not _FIXUP.match(title) else None


def _brings_patch(message: Message) -> bool:
    """Whether a mail that begins a thread is a patch though nothing in its Subject says so: made by git format-patch, or signed off by who
    sends it right above the diff. What was put into a tree, and what others quote or a robot tries, is none."""
    if message.in_reply_to or message.references or is_robot(message) or _IS_IN.match(message.subject.text):
        return False
    diff = _ANY_DIFF.search(message.body)
    if diff is None:
        return False
    head = f"\n{message.body[: diff.start()][-HEAD_CHARS:]}\n"
    if "\n>" in head or _OF_A_COMMIT.search(head):
        return False
    text, formatted, _ = head.partition("\n---\n")
    if formatted and _STAT.search(head, len(text)):
        return True
    return _is_signed_by_sender(message, text) and (bool(formatted) or bool(_ENDS_IN_TRAILER.search(text.rstrip())))


def _is_signed(body: str) -> bool:
    return "\nSigned-off-by: " in body[: body.find(DIFF)]


def _is_whole_patch(message: Message) -> bool:
    """Whether an answer is a patch of its author from the first line to the last, as git send-email sends it."""
    head = f"\n{message.body[: message.body.find(DIFF)]}"
    return "\n---\n" in head and "\n>" not in head and _is_signed_by_sender(message, head[:HEAD_CHARS])


def _is_signed_by_sender(message: Message, text: str) -> bool:
    signed = " ".join(line for line in text.split("\n") if line.startswith("Signed-off-by: "))
    return any(word and word in signed for word in (message.author.address, message.author.name))


def _is_on_list(message: Message, threads: Threads) -> bool:
    """Whether the patch that an answer's Subject names is among the mails above it."""
    above = (threads.messages[ident].subject for ident in threads.ancestors(message.message_id))
    key = title_key(message.subject.title)
    return any(subject.patch and not subject.reply and title_key(subject.title) == key for subject in above)
