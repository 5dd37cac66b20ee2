"""Recognise the line or lines that say who wrote the quote below: "On <date>, <name> wrote:" and its cousins.

Only text that stands directly above a deeper quote is ever looked at, at most four lines and 600 characters of it, so
the patterns may be generous about the form and stay cheap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_LINES = 4
MAX_LENGTH = 600

_VERB = re.compile(
    r"(?:\b(?:wrote|writes|said|says|schrieb|schreef|skrev|scrisse|escreveu|escribi[oó]|napisał\(?a?\)?|kirjoitti"
    r"|написал\(?а?\)?|пишет|пишете)|\ba écrit|\bha scritto|写道|寫道|さんは(?:書きました|wrote))"
    r"(?: in message [^ ]{1,250})?(?: (?:on|at) [^:]{3,30}(?::\d\d){0,2}[^:]{0,20})? ?[:：]? ?(?:\.\.\.)?$"
    r"|\b(?:schrieb|schreef) (?P<after>[^:]{2,120}):$"
    r"|^Quoting (?P<quoting>.{2,200}?):?$"
    r"|^\* (?P<starred>.{2,200}?):?$"
    r"|<[^<> ]{1,250}@[^<> ]{1,250}>(?: \(.{1,60}\))?[:：]$",
    re.I,
)
_START = re.compile(
    r"^(?:On|Am|Le|El|Em|Op|Den|Il|W dniu|Dne|At|In message|В|в|На|在|於|于|Quoting|\*|Dnia)\b"
    r"|^(?:在|於|于)|^\d{1,4}[-./年]\d{1,2}[-./月]"
    r"|^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? ",
)
# The last date or time in an attribution; the name stands behind it.
_WHEN = re.compile(
    r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:GMT|UTC)?[+-]\d{2}:?\d{2})?"
    r"(?: ?\([A-Za-z +-]{1,40}\))?(?: [A-Z]{2,5}\b)?"
    r"|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|(?:\d{4}年)?\d{1,2}月\d{1,2}日"
    r"|\b\d{1,2}/\d{1,2}\b"
    r"|\b\d{1,2}\.? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,? \d{4}"
    r"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}",
)
_ADDRESS = re.compile(
    r"[<(\[]\s?(?:mailto:)?([^\s<>()\[\]@]{1,250}@[^\s<>()\[\]@]{1,250})\s?[>)\]]|([^\s<>()\[\]\"',;:@]{1,250}@[\w.-]{1,250})"
)
_LEAD = re.compile(
    r"^(?:(?:On|Am|Le|El|Em|Op|Den|Il|At|В|在|於)\s+)?(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},?\s+)?"
)
_LIST = re.compile(
    r" via [\w.-]{1,60}$|[于於]$|^In message$|^In message you$"
)  # a list that rewrote From, and what is no name
_NOBODY = frozenset(
    (
        "i",
        "you",
        "he",
        "she",
        "it",
        "we",
        "they",
        "who",
        "what",
        "this",
        "that",
        "as",
        "so",
        "if",
        "and",
        "also",
        "then",
    )
)
_EDGES = " \t ,;:-*\"'|/."
_FILLER = re.compile(r"^(?:at|um|om|à|às|a las|alle|klo|o|于|於|г\.|,|via [\w-]{1,60})(?:\s+|$)", re.I)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who is said to have written the quote; `lines` is how many lines the attribution takes."""

    name: str | None
    address: str | None
    lines: int

    def __str__(self) -> str:
        if self.name and self.address:
            return f"{self.name} <{self.address}>"
        return self.name or self.address or ""


def parse_attribution(above: Sequence[str]) -> Attribution | None:
    """Read the attribution that ends with the last of these lines (quote marks already taken off), if it is one.

    >>> str(parse_attribution(["On 8/30/2023 6:44 PM, Ada Byron wrote:"]))
    'Ada Byron'
    >>> str(parse_attribution(["On Mon, Jan 1, 2024 at 9:00 AM Yin, Li", "<li@example.org> wrote:"]))
    'Yin, Li <li@example.org>'
    >>> parse_attribution(["This is what the old code wrote to the log"]) is None
    True
    """
    last = _plain_spaces(above[-1])
    if not last or len(last) > MAX_LENGTH:
        return None
    starts = bool(_START.match(last))
    if (last[-1] not in ":：." and not starts) or not _VERB.search(last):
        return None
    taken = 1
    if not starts:
        for size in range(2, min(MAX_LINES, len(above)) + 1):
            line = _plain_spaces(above[-size])
            if not line:
                break
            if _START.match(line):
                taken = size
                break
    text = " ".join(_plain_spaces(line) for line in above[-taken:])
    verb = _VERB.search(text) if len(text) <= MAX_LENGTH else None
    if verb is None:
        return None
    said = verb.group("after") or verb.group("quoting") or verb.group("starred")
    before = said or (text if verb.group()[0] == "<" else text[: verb.start()])
    name, address = _split_name(before)
    if not name and not address:
        return None
    if not address and len(name or "") > 80:
        return None  # a sentence that happens to end in a verb of ours
    if not address and not _WHEN.search(text) and (verb.group("starred") or not _looks_like_name(name or "")):
        return None
    return Attribution(name, address, taken)


def _plain_spaces(line: str) -> str:
    """Put one plain space for each run of spaces: French typography and Gmail's "6:44\u202fPM" use others."""
    return " ".join(line.split())


def _split_name(text: str) -> tuple[str | None, str | None]:
    """The name and the address in an attribution; the name stands behind the date, or before it where nothing follows."""
    dates = list(_WHEN.finditer(text))
    name, address = _read_name(text[dates[-1].end() :] if dates else text)
    if dates and not name and not address:
        name, address = _read_name(text[: dates[0].start()])
    return name, address


def _read_name(text: str) -> tuple[str | None, str | None]:
    address = None
    for match in _ADDRESS.finditer(text):
        address = match.group(1) or match.group(2)
    text = _LEAD.sub("", _ADDRESS.sub(" ", text).strip(_EDGES)).strip(_EDGES)
    while filler := _FILLER.match(text):
        text = text[filler.end() :].strip(_EDGES)
    text = _LIST.sub("", text)
    name = re.sub(r"\s+", " ", text).strip(_EDGES + "()[]<>")
    return (name if re.search(r"\w", name) else None), address


def _looks_like_name(text: str) -> bool:
    words = text.split()
    return (
        1 <= len(words) <= 5
        and all(w[:1].isupper() or not w[:1].isascii() for w in words)
        and not any(w.lower() in _NOBODY or "/" in w for w in words)
    )


_HEADER_FIELD = re.compile(
    r"^\*?(From|Sent|Date|To|Cc|Subject|Reply-To|Message-I[Dd]|Importance|Von|Gesendet|An|Betreff|Datum|De|Envoyé|À|Objet|Enviado|Para|Asunto"
    r"|发件人|发送时间|收件人|抄送|主题|差出人|送信日時|宛先|件名|От|Отправлено|Кому|Тема)\*? ?[:：]\*? (.*)$",
)
_FROM_FIELDS = frozenset({"From", "Von", "De", "发件人", "差出人", "От"})
_ADDRESSED = frozenset(
    {"Sent", "To", "Cc", "Gesendet", "An", "Envoyé", "À", "Enviado", "Para", "Отправлено", "Кому"}
) | {*("发送时间", "收件人", "抄送", "送信日時", "宛先")}
_SEPARATOR = re.compile(
    r"^[-_ ]{2,} ?(?:Original (?:Message|Appointment)|Forwarded [Mm]essage|Ursprüngliche (?:Nachricht|Mail)"
    r"|Message d.origine|Mensaje original|邮件原件|原始邮件|元のメッセージ|Исходное сообщение)(?: [-_]+)? ?[-_]*$",
)


def parse_header_block(lines: Sequence[str]) -> Attribution | None:
    """Read an Outlook-like block at the start of these lines: an "Original Message" rule and From:, Sent:, Subject: fields.

    The rule may be missing if From and two further fields stand there, one of them a mail's alone: From, Date and Subject
    also begin a patch that git wrote. Returns None when it is something else.
    """
    at, rule, sender = 0, False, None
    fields: set[str] = set()
    if lines and _SEPARATOR.match(lines[0].strip()):
        rule, at = True, 1
        while at < len(lines) and not lines[at].strip() and at < 3:
            at += 1
    elif lines and re.match(r"^_{10,}$", lines[0].strip()):
        at = 1
    end = at
    while end < min(len(lines), at + 10):
        field = _HEADER_FIELD.match(_plain_spaces(lines[end]))
        if field is None:
            if fields and end > at and lines[end][:1] in " \t" and lines[end].strip():
                end += 1  # a folded To or Cc
                continue
            break
        fields.add(field.group(1))
        if field.group(1) in _FROM_FIELDS:
            sender = field.group(2)
        end += 1
    if sender is None or len(fields) < (2 if rule else 3) or not (rule or fields & _ADDRESSED):
        return None
    name, address = _split_name(sender)
    return Attribution(name, address, end) if name or address else None
