"""Bytes to Message (RFC 5322, 2045): never raises on what a mail holds, linear, within the limits below.

The body is the first text/plain part that is no attachment, decoded and not un-flowed, with LF line ends; only when
there is none, or it is blank, the text of the first HTML part. Layers are another module's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from email.message import Message as MimeMessage
from email.parser import BytesParser
from email.policy import Compat32

from miner.model import Message, Person, Problem, RawMail
from miner.parse.header import (
    decode_text,
    find_ids,
    header_text,
    parse_in_reply_to,
    parse_mail_date,
    parse_message_id,
    parse_references,
)
from miner.parse.html import html_to_text
from miner.parse.people import clean_address, find_author, parse_people
from miner.parse.subject import parse_subject

MAX_BODY_CHARS = 8 * 1024 * 1024  # the rest of a longer body is cut at a line end, noted in headers["x-body-cut"]
MAX_HEADER_CHARS = 256 * 1024  # of one header value; the rest is not read
MAX_PARAMETER_CHARS = 2 * 1024  # of Content-* values: the standard library takes quadratic time for them
MAX_MULTIPARTS = 100  # deeper nesting is no mail but an attack on the parser
MAX_SHOWN_CHARS = 1_000  # of a value that is kept as a further header

KEPT_HEADERS = tuple("date list-id x-mailer user-agent auto-submitted x-patchwork-bot reply-to precedence".split())
ADDRESS_IN_URL = re.compile(r"mailto:([^<>?\s]{1,300})", re.IGNORECASE)
MULTIPART = re.compile(rb"(?im)^content-type[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(?:multipart|message)/")


class _BoundedPolicy(Compat32):
    """The standard library's classic policy with header values cut to the limits above."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if len(value) <= MAX_PARAMETER_CHARS:
            return name, value
        return name, value[: MAX_PARAMETER_CHARS if name[:8].lower() == "content-" else MAX_HEADER_CHARS]


POLICY = _BoundedPolicy()


def parse_mail(raw: RawMail) -> Message | Problem:
    """Read a mail (form "mail") or a bare body (form "body"); a Problem says why there is nothing to read.

    Ids are without brackets; a mail without one gets "sha256:" and 16 hex digits of its bytes. `date` is UTC.
    """
    if raw.form == "body":
        return _bare_body(raw)
    if _has_too_many_parts(raw.data):
        return Problem(raw.where, f"more than {MAX_MULTIPARTS} nested MIME parts")
    try:
        mail = BytesParser(policy=POLICY).parsebytes(raw.data)
    except RecursionError:
        return Problem(raw.where, "MIME parts are nested too deeply")
    return _read_message(raw, mail)


def _has_too_many_parts(data: bytes) -> bool:
    if data.count(b"/") <= MAX_MULTIPARTS:  # cheap, and enough for most
        return False
    return sum(1 for _ in MULTIPART.finditer(data)) > MAX_MULTIPARTS


def _bare_body(raw: RawMail) -> Message:
    return Message(
        message_id=raw.ident or hash_id(raw.data),
        subject=parse_subject(""),
        author=Person(None, None),
        date=None,
        in_reply_to=None,
        references=(),
        recipients=(),
        list_id=None,
        body=raw.data.decode("utf-8", "replace"),
        where=raw.where,
        form="body",
    )


def hash_id(data: bytes) -> str:
    """Name what has no Message-ID by its bytes.

    >>> hash_id(b"")
    'sha256:e3b0c44298fc1c14'
    """
    return f"sha256:{hashlib.sha256(data).hexdigest()[:16]}"


def _read_message(raw: RawMail, mail: MimeMessage) -> Message:
    values = _headers(mail)
    message_id = parse_message_id(values.get("message-id", ())) or hash_id(raw.data)
    references = values.get("references", ())
    answered = values.get("in-reply-to", ())
    recipients = parse_people([*values.get("to", ()), *values.get("cc", ())])
    author = _author(values)
    addresses = {person.address.lower() for person in (author, *recipients) if person.address}
    in_reply_to = parse_in_reply_to(answered, message_id, references, addresses)
    part, text = _find_body(mail)
    body = cut_body(text)
    headers = {name: header_text(values[name][0])[:MAX_SHOWN_CHARS] for name in KEPT_HEADERS if name in values}
    if part is not None:
        headers["content-type"] = _content_type(part)
    if len(body) < len(text):
        headers["x-body-cut"] = f"{len(body)} of {len(text)} characters"
    return Message(
        message_id=message_id,
        subject=parse_subject(header_text((values.get("subject") or [""])[0])),
        author=author,
        date=parse_mail_date(values.get("date", ()), values.get("received", ())),
        in_reply_to=in_reply_to,
        references=parse_references(references, message_id, in_reply_to, answered),
        recipients=recipients,
        list_id=_list_id(values),
        body=body,
        where=raw.where,
        headers=headers,
    )


def _headers(mail: MimeMessage) -> Mapping[str, list[str]]:
    """Sort the raw values by lower-case name; 8-bit bytes are still undecoded in them."""
    values: dict[str, list[str]] = {}
    for name, value in mail.raw_items():
        values.setdefault(name.lower(), []).append(str(value))
    return values


def _author(values: Mapping[str, list[str]]) -> Person:
    senders = [*values.get("from", ()), *values.get("sender", ())]
    originals = [*values.get("x-original-from", ()), *values.get("author", ())]
    posts = [clean_address(url) or "" for value in values.get("list-post", ()) for url in ADDRESS_IN_URL.findall(value)]
    ids = [(_list_id(values) or "").replace(".", "@", 1)]
    return find_author(senders, originals, values.get("reply-to", ()), [*posts, *ids])


def _list_id(values: Mapping[str, list[str]]) -> str | None:
    value = (values.get("list-id") or [""])[0]
    return next(iter(find_ids(value)), None) or header_text(value) or None


def _find_body(mail: MimeMessage) -> tuple[MimeMessage | None, str]:
    """Find the part that is read, and its text with LF line ends."""
    plain: MimeMessage | None = None
    html: MimeMessage | None = None
    text = ""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "text/plain" and plain is None and not part.get_filename():
            plain, text = part, _unix_lines(_part_text(part))
            if text and not text.isspace():
                return plain, text
        if kind == "text/html" and html is None and not part.get_filename():
            html = part
    shown = _unix_lines(html_to_text(_part_text(html))) if html is not None else ""
    return (html, shown) if plain is None or shown.strip() else (plain, text)


def _part_text(part: MimeMessage) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    return decode_text(data, part.get_content_charset() or "utf-8")


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def cut_body(text: str) -> str:
    """Cut a body that is over the limit behind its last whole line."""
    if len(text) <= MAX_BODY_CHARS:
        return text
    end = text.rfind("\n", 0, MAX_BODY_CHARS) + 1
    return text[: end or MAX_BODY_CHARS]


def _content_type(part: MimeMessage) -> str:
    """Give the kind of the body with the two parameters that say how its lines flow (RFC 3676)."""
    return "; ".join([part.get_content_type(), *_flow(part)])


def _flow(part: MimeMessage) -> Iterator[str]:
    for name in ("format", "delsp"):
        value = part.get_param(name)
        if isinstance(value, str):
            yield f"{name}={header_text(value).lower()[:40]}"
