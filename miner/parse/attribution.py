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
    r"(?:\b(?:wrote|writes|said|says|spake|spoke|schrieb|schreef|skrev|scrisse|escreveu|escribi[oó]|pisze|kirjoitti"
    r"|napsala?|napsal\(a\)|napisała?|napisał\(a\)|napísala?|написала?|написал\(а\)|написав(?:ла)?|пишет|пишете|пише)"
    r"|\b(?:(?:a )?écrit|(?:ha )?scritto|ha escrito|a scris|ezt írta|tarihinde (?:şunu )?yazdı|yazdı|đã viết|έγραψε)"
    r"|写道|写到|寫道|님이 (?:작성|쓴 글)|さん(?:は|が|の)?(?:書きました|wrote)|(?:は|が)書きました)"
    r"(?: thusly| the following)?(?: in message [^ ]{1,250})?"
    r"(?: (?:on|at) [^:]{3,30}(?::\d\d){0,2}[^:]{0,20}| \([^()]{3,60}\))? ?[:：,]? ?(?:\.\.\.)?$"
    r"|\b(?:schrieb|schreef|skrev) (?P<after>[^:]{2,120}):$"
    r"|^(?:Quoting|According to|Thus spake) (?P<quoting>.{2,200}?):?$"
    r"|^\* (?P<starred>.{2,200}?):?$"
    r"|<[^<> ]{1,250}@[^<> ]{1,250}>(?: \(.{1,60}\))?[:：]$",
    re.I,
)
_BARE_VERB = re.compile(
    r"^(?:<[^<> ]{1,250}> ?)?(?:wrote|writes|said|schrieb|schreef|skrev|escribió|escreveu|a écrit) ?[:：]$", re.I
)
_NICK_WROTE = re.compile(r"^[^\s:]{2,40} (?:wrote|schrieb|schreef|skrev|escribió|escreveu|spake thusly) ?:$", re.I)
_WROTE = re.compile(r" wrote ?:?$")
_SAYS = re.compile(r"\b(?:said|says)\b[^\w]*$", re.I)
_START = re.compile(
    r"^(?:On|Am|Le|El|Em|Op|Den|Il|W dniu|Dne|At|In message|In article|В|в|На|на|在|於|于|Quoting|According to"
    r"|Thus spake|\*|Dnia|Στις|Vào)\b"
    r"|^(?:在|於|于)|^\d{1,4}[-./년年] ?\d{1,2}[-./월月]"
    r"|^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? "
    r"|^(?:lun|mar|mer|mié|jeu|jue|gio|ven|vie|sam|sab|sáb|dom|dim|wt|śr|czw|pt|sob|niedz|пн|вт|ср|чт|пт|сб|вс)\.?, \d"
)
# A date and a person without any verb, as some programs write it right above the quote: no colon is needed.
_DATED_PERSON = re.compile(
    r"^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|(?:On|Am|Le|El|Em|Op|Den|Il) [^<>]{0,30}\d)"
    r"[^<>]{0,120} <[^<>@ ]{1,250}@[^<> ]{1,250}>,?$"
)
# The last date or time in an attribution; the name stands behind it.
_WHEN = re.compile(
    r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:GMT|UTC)?[+-]\d{1,2}:?\d{2})?"
    r"(?: ?\([A-Za-z +-]{1,40}\))?(?: (?:Uhr\b|GMT[+-]\d{1,2}\b|[A-Z]{2,5}\b))?"
    r"|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}년 \d{1,2}월 \d{1,2}일"
    r"|\b\d{1,2}/\d{1,2}\b"
    r"|\b\d{1,2}\.? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,? \d{4}"
    r"|\b\d{1,2}\.? (?:de )?[^\W\d_]{3,10}\.?,? (?:de )?(?:19|20)\d\d\b"
    r"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}",
)
_ADDRESS = re.compile(
    r"[<(\[]\s?(?:mailto:)?([^\s<>()\[\]@]{1,250}@[^\s<>()\[\]@]{1,250})\s?[>)\]]|([^\s<>()\[\]\"',;:@]{1,250}@[\w.-]{1,250})"
)
_MESSAGE = re.compile(r"\b[Ii]n (?:message|article|msg) <[^<> ]{1,250}>,?")
_LEAD = re.compile(
    r"^(?:(?:On|Am|Le|El|Em|Op|Den|Il|At|В|在|於)\s+)?(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},?\s+)?"
)
_SUPERCITE = re.compile(r'^>{2,} ?"[^"]{1,30}" == ')
_LIST = re.compile(
    r" via [\w. -]{1,60}$|[于於]$|^In (?:message|article)$|^In message you$"
)  # a list that rewrote From, and what is no name
_NOBODY = frozenset(
    "i you he she it we they who what this that as so if and also then one there here which someone somebody"
    " nobody people everyone just never".split()
)
_ARTICLES = frozenset(
    ("the", "a", "an", "my", "our", "your", "his", "her", "its", "their", "this", "that", "these", "those")
)
_PARTICLES = frozenset(
    ("van", "von", "de", "der", "den", "da", "di", "dos", "du", "la", "le", "bin", "ibn", "al", "el", "ter", "zu", "y")
)
_EDGES = " \t ,，、;:-*\"'|/."
_FILLER = re.compile(
    r"^(?:at|um|om|kl|à|às|a las|alle|klo|o|vào lúc|στις|ο χρήστης|Uhr|schrieb|schreef|skrev|于|於|г\.|,|via [\w-]{1,60})"
    r"(?:\s+|$)",
    re.I,
)


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
    if last[-1] not in ":：." and not starts and not (last[-1] in ">," and len(above) > 1):
        return None
    if not (_VERB.search(last) or last[-1] in ">,"):
        return None
    taken = 1 if starts else _count_lines(above)
    text = _join([_plain_spaces(line) for line in above[-taken:]])
    if len(text) > MAX_LENGTH:
        return None
    verb = _VERB.search(text)
    if verb is None and not _DATED_PERSON.match(text):
        return None
    found = _read_person(text, verb, taken)
    if found is None or (found.address and not found.name and not starts and taken == 1 and verb is None):
        return None
    return found if _is_certain(found, text, verb, alone=taken == len(above) or not above[-taken - 1].strip()) else None


def _count_lines(above: Sequence[str]) -> int:
    """How many lines an attribution takes whose last line does not begin like one."""
    for size in range(2, min(MAX_LINES, len(above)) + 1):
        line = _plain_spaces(above[-size])
        if not line:
            break
        if _START.match(line):
            return size
    if len(above) > 1 and above[-2].strip():
        last, before = _plain_spaces(above[-1]), _plain_spaces(above[-2])
        verb = _VERB.search(last)
        if _BARE_VERB.match(last) and (before.endswith(">") or _looks_like_name(before)):
            return 2  # "Ada Byron <ada@example.org>", and "wrote:" alone below it
        if verb and "@" in before and _split_name(last[: verb.start()]) == (None, None):
            return 2  # the name, and the end of the date below it
    return 1


def _join(lines: Sequence[str]) -> str:
    """Put lines back together; an address that was broken inside its brackets gets no space."""
    text = lines[0]
    for line in lines[1:]:
        opened = text.rfind("<")
        inside = opened >= 0 and ">" not in text[opened:] and " " not in text[opened:]
        text += line if inside else f" {line}"
    return text


def _read_person(text: str, verb: re.Match[str] | None, taken: int) -> Attribution | None:
    if verb is None:
        before = text
    else:
        said = verb.group("after") or verb.group("quoting") or _WROTE.sub("", verb.group("starred") or "")
        before = said or (text if verb.group()[0] == "<" else text[: verb.start()])
    name, address = _split_name(before)
    return Attribution(name, address, taken) if name or address else None


def _is_certain(found: Attribution, text: str, verb: re.Match[str] | None, *, alone: bool) -> bool:
    """Whether it names a person, and is no sentence that happens to end in a verb of ours: own text is not given away."""
    name = found.name or ""
    if len(name) > 80:
        return False
    starred = verb is not None and bool(verb.group("starred"))
    if starred and not (_WHEN.search(text) or "<" in text or _WROTE.search(text)):
        return False
    if not name:
        return not starred
    if _looks_like_name(name):
        says = verb is not None and bool(_SAYS.search(text))
        return not (says and not found.address and not _WHEN.search(text) and _is_document(name))
    words = name.split()
    if _START.match(text) and _WHEN.search(text):
        return not _begins_like_a_thing(words) and (len(words) <= 8 or found.address is not None)
    if found.address is not None:
        return len(words) <= 6 and words[0].lower() not in _ARTICLES | _NOBODY and not starred
    return alone and len(words) == 1 and _is_nick(name) and bool(_NICK_WROTE.match(text))


def _is_document(name: str) -> bool:
    """A standard, a program or a chapter may "say" something too: C11, POSIX, RFC 3676."""
    return name.isupper() or any(letter.isdigit() for letter in name)


def _is_nick(word: str) -> bool:
    return word.lower() not in _NOBODY and not any(letter in word for letter in "/().<>=*")


def _plain_spaces(line: str) -> str:
    """Put one plain space for each run of spaces: French typography and Gmail's "6:44\u202fPM" use others."""
    return " ".join(line.split())


def _split_name(text: str) -> tuple[str | None, str | None]:
    """The name and the address in an attribution; the name stands behind the date, or before it where nothing follows."""
    text = _SUPERCITE.sub("", _MESSAGE.sub("", text))
    dates = list(_WHEN.finditer(text))
    name, address = _read_name(text[dates[-1].end() :] if dates else text)
    if dates and not name and not address:
        name, address = _read_name(text[: dates[0].start()])
    return name, address


def _read_name(text: str) -> tuple[str | None, str | None]:
    address = None
    for match in _ADDRESS.finditer(text):
        if address is None and match.start() and text[: match.start()].strip(_EDGES):
            tail = text[match.end() :]
            text = text[: match.end()] + (tail if "@" in tail else "")  # what follows the address is no name
            address = match.group(1) or match.group(2)
            break
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
        and all(_is_name_word(word.lstrip("(\"'[")) for word in words)
        and not _begins_like_a_thing(words)
        and not any(w.lower() in _NOBODY or "/" in w for w in words)
    )


def _begins_like_a_thing(words: Sequence[str]) -> bool:
    return words[0] != "A" and words[0].lower() in _ARTICLES


def _is_name_word(word: str) -> bool:
    return word[:1].isupper() or not word[:1].isascii() or word.lower() in _PARTICLES


_HEADER_FIELD = re.compile(
    r"^\*?(From|Sent|Date|To|Cc|CC|Subject|Reply-To|Message-I[Dd]|Importance|Von|Gesendet|An|Betreff|Datum|De|Envoyé"
    r"|À|Objet|Enviado(?: el)?|Enviada em|Para|Asunto|Assunto|Da|Inviato|A|Oggetto|Van|Verzonden|Aan|Onderwerp"
    r"|Od|Wysłano|Do|Temat|Från|Skickat|Till|Ämne|Fra|Sendt|Til|Emne"
    r"|发件人|发送时间|发送日期|收件人|抄送|主题|日期|寄件者|收件者|主旨|差出人|送信日時|送信者|宛先|件名|보낸 사람|보낸 날짜|받는 사람|제목"
    r"|От|Отправлено|Дата|Кому|Копия|Тема)\*? ?[:：]\*? ?(.*)$",
)
_FROM_FIELDS = frozenset({"From", "Von", "De", "Da", "Van", "Od", "Från", "Fra", "От"}) | {
    *("发件人", "寄件者", "差出人", "送信者", "보낸 사람")
}
_ADDRESSED = frozenset(
    {"Sent", "To", "Cc", "CC", "Gesendet", "An", "Envoyé", "À", "Enviado", "Enviado el", "Enviada em", "Para"}
) | {
    *("Inviato", "A", "Verzonden", "Aan", "Wysłano", "Do", "Skickat", "Till", "Sendt", "Til", "Отправлено", "Кому"),
    *("发送时间", "收件人", "抄送", "收件者", "送信日時", "宛先", "보낸 날짜", "받는 사람"),
}
_SEPARATOR = re.compile(
    r"^(?:[-_ ]{2,} ?(?:Original(?: (?:Message|Appointment))?|Forwarded [Mm]essage(?: from .{1,200}?)?"
    r"|Ursprüngliche (?:Nachricht|Mail)|Weitergeleitete Nachricht|Message (?:d.origine|transféré)|Mensaje (?:original|reenviado)"
    r"|Mensagem original|Messaggio originale|Oorspronkelijk bericht|邮件原件|原始邮件|转发邮件信息|元のメッセージ|원본 메시지"
    r"|Исходное сообщение|Пересылаемое сообщение)(?: ?[-_]+)* ?|Begin forwarded message:)$",
)
_FORWARD_END = re.compile(r"^-{2,} ?End (?:of )?forwarded message ?-*$", re.I)
# What a header block cannot do without; a body that holds none of them has no block.
BLOCK_FIELDS = (
    *(f"{name}:" for name in sorted(_FROM_FIELDS)),
    *("From*:", "From :", "Von*:", "De :", "De\xa0:", "发件人：", "寄件者：", "差出人：", "差出人 :"),
)
_MAX_FIELD_LINES = 12


def ends_forwarded_mail(line: str) -> bool:
    """Whether a line closes a forwarded mail: below it stands the sender's own text again.

    >>> ends_forwarded_mail("----- End forwarded message -----")
    True
    """
    return bool(_FORWARD_END.match(line.strip()))


def is_rule(line: str) -> bool:
    """Whether a line is the bare "----- Original Message -----" above a quote."""
    return bool(_SEPARATOR.match(_plain_spaces(line)))


def parse_header_block(lines: Sequence[str], *, above_quote: bool = False) -> Attribution | None:
    """Read an Outlook-like block at the start of these lines: an "Original Message" rule and From:, Sent:, Subject: fields.

    The rule may be missing if From and two further fields stand there, one of them a mail's alone: From, Date and Subject
    also begin a patch that git wrote. Right above a quote with marks From and one more are enough. Returns None when it is
    something else.
    """
    at, rule, sender = 0, False, None
    fields: set[str] = set()
    if lines and _SEPARATOR.match(_plain_spaces(lines[0])):
        rule, at = True, 1
        while at < len(lines) and not lines[at].strip() and at < 3:
            at += 1
    elif lines and _RULE.match(lines[0].strip()):
        at = 1
    end = at
    while end < min(len(lines), at + _MAX_FIELD_LINES):
        field = _HEADER_FIELD.match(_plain_spaces(lines[end]))
        if field is None:
            if not fields or not _goes_on(lines, end):
                break
            end += 1  # a folded To or Cc
            continue
        fields.add(field.group(1))
        if field.group(1) in _FROM_FIELDS:
            sender = field.group(2)
        end += 1
    if sender is None or len(fields) < (2 if rule or above_quote else 3):
        return None
    if not (rule or above_quote or fields & _ADDRESSED):
        return None
    name, address = _split_name(_ON_BEHALF.split(sender)[0])
    return Attribution(name, address, end) if name or address else None


_RULE = re.compile(r"^_{10,}$")
_ON_BEHALF = re.compile(r"\]? ?\bOn Behalf Of\b| 代表 ", re.I)


def _goes_on(lines: Sequence[str], at: int) -> bool:
    """A field that was broken over lines: indented, or with the next field right below it."""
    text = lines[at]
    if not text.strip():
        return False
    if text[:1] in " \t":
        return True
    return at + 1 < len(lines) and bool(_HEADER_FIELD.match(_plain_spaces(lines[at + 1]))) and len(text) < 200
