"""A report on its way: made into a mail that answers the last one, checked against what was sent, handed to the server."""

from __future__ import annotations

import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from miner.config import Config
from miner.errors import RefusedError, SendError
from miner.outbox import (
    Sent,
    Stood,
    digest_of,
    last_report,
    read_sent,
    remember,
    remember_refused,
    remember_standing,
)
from miner.report.letter import Letter
from miner.report.render import render_letter
from miner.report.send import Server, check_addresses, describe_refused, find_server, make_mail, send
from miner.secrets import find_password


@dataclass(frozen=True, slots=True)
class Prepared:
    """A mail and where it goes. `why_not` says why there is no need to send it, "" if there is."""

    mail: EmailMessage
    server: Server
    to: tuple[str, ...]
    why_not: str
    sent: Sent
    stood: Stood | None = None


def prepare(
    letter: Letter,
    config: Config,
    to: Sequence[str],
    *,
    now: datetime,
    dry: bool = False,
    stood: Stood | None = None,
) -> Prepared:
    """Make the mail of a letter; `stood` is where all stands of which it was made, for the next one. Raises SendError without anybody
    to send it to, or without a server; a `dry` run, which only shows the mail, needs none."""
    if not to:
        raise SendError("nobody to send it to: give --to ADDRESS, or set `to` in [smtp]")
    check_addresses(to)
    smtp = config.smtp
    try:
        server = find_server(smtp.host, smtp.port, smtp.encryption, smtp.user, smtp.sender)
    except SendError:
        if not dry:
            raise
        server = Server("", 0, "none", "", smtp.sender or "lore-miner <lore-miner@localhost>")
    before = [each for each in read_sent(config) if set(each.to) == set(to)]
    mail = make_mail(
        letter.title,
        render_letter(letter, "text", config.templates),
        render_letter(letter, "html", config.templates),
        sender=server.sender,
        to=to,
        date=now,
        list_name="status reports",
        answers=[each.message_id for each in before],
    )
    digest = digest_of(letter)
    ident = str(mail["Message-ID"]).strip("<> ")
    sent = Sent(now, ident, tuple(to), digest)
    return Prepared(mail, server, tuple(to), _why_not(letter, config, to, digest), sent, stood)


def transmit(prepared: Prepared, config: Config, tls: ssl.SSLContext | None = None) -> str:
    """Send a mail and remember it. Tells in one line whom the server takes no mail for, and why; "" if all got it. Raises SendError
    when nobody did; then it is not remembered as sent. Whom the server refuses is remembered until it takes mail for him."""
    server = prepared.server
    if tls is None and (bundle := os.environ.get("SSL_CERT_FILE")):
        tls = ssl.create_default_context(cafile=bundle)
    try:
        refused = send(prepared.mail, server, lambda: find_password(server.host, server.port, server.user), tls)
    except RefusedError as error:
        remember_refused(config, prepared.to, error.refused, prepared.sent.date)
        raise
    remember(config, prepared.sent)
    remember_refused(config, prepared.to, refused, prepared.sent.date)
    if prepared.stood is not None:
        remember_standing(config, prepared.sent, prepared.stood)
    return f"{server.host}: it takes no mail for {describe_refused(refused)}; the others got it" if refused else ""


def _why_not(letter: Letter, config: Config, to: Sequence[str], digest: str) -> str:
    last = last_report(config, to)
    if last is not None and last.digest == digest:
        return f"the report of {last.date:%Y-%m-%d %H:%M} UTC said the same"
    if letter.is_empty and not letter.warnings:
        return f"nothing moved since {letter.since}"
    return ""
