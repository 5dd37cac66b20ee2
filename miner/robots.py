"""Robots that test or answer by themselves: whose mails are forms, in which nobody says what he plans, and what these forms report."""

from __future__ import annotations

import re

from miner.model import Message

HEAD_CHARS = 4_000  # of a body; what a report has to say stands at its beginning
_NAMES = re.compile(
    r"kernel test robot|syzbot|0-day|lkp@|kbuild|patchew|0day robot|buildbot|jenkins|dpdklab|<bot@", re.I
)
_AWAY = re.compile(  # the subject of an answer that nobody wrote
    r"(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|automatische antwort|abwesenheit\w*|réponse automatique"
    r"|respuesta automática|risposta automatica)\b",
    re.I,
)
_NOTES = ("[This is an automated email]", "This is an automatic generated email", "This is an automated message")
_NOTE_CHARS = 400
# What one of the known robots says of a patch that it found at fault; its reports on trees speak of no posting.
_FAULT = re.compile(
    r"^(?:kernel test robot noticed (?:the following )?(?:\S{1,40} ){0,3}?(?:errors?|warnings?|regression)\b[^\n]{0,80}"
    r"|\[auto build test (?:ERROR|WARNING)[^\n]{0,120}"
    r"|and found the following issues?[^\n]{0,80}"
    r"|syzbot (?:has )?found the following (?:issue|crash)[^\n]{0,80}"
    r"|Yet something to improve:)",
    re.M,
)

_REPORT_CHARS = 20_000
# The line of a robot's report that says what is wrong: one that it marks as new, or the kernel's own.
_WRONG = re.compile(
    r"^(?:>>[ \t]|(?:\[[^\]\n]{1,20}\]){0,2}[ \t]*(?=(?:BUG|WARNING|INFO|UBSAN|Oops): |kernel BUG at ))(?P<line>\S[^\n]{0,400})",
    re.M,
)


def is_automatic(message: Message) -> bool:
    """Whether a mail says that a program sent it."""
    return message.headers.get("auto-submitted", "no").strip().lower() != "no"


def is_robot(message: Message) -> bool:
    """Whether a testing robot wrote it, or a machine for somebody who is away."""
    if message.headers.get("auto-submitted", "").strip().lower().startswith("auto-replied"):
        return True
    if not message.subject.patch and _AWAY.match(message.subject.title):
        return True
    if _NAMES.search(str(message.author)):
        return True
    head = message.body[:_NOTE_CHARS]
    return any(note in head for note in _NOTES)


def find_fault(message: Message) -> tuple[int, int] | None:
    """The place in a robot's mail of the words that say that it found a fault; None where it says none."""
    found = _FAULT.search(message.body[:HEAD_CHARS]) if is_robot(message) else None
    return found.span() if found else None


def find_wrong(message: Message, words: str) -> str:
    """The line of a robot's report that says what is wrong, where its own words end before it: "noticed the following build errors:"; empty
    where there is none."""
    fault = find_fault(message) if words.endswith(":") else None
    if fault is None or message.body[slice(*fault)].split() != words.split():
        return ""
    found = _WRONG.search(message.body, fault[1], fault[1] + _REPORT_CHARS)
    return found["line"].strip() if found else ""
