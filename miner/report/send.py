"""Reports as mail, and the way out: a correct multipart mail, SMTP as the settings or git's own sendemail.* say."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from miner.errors import RefusedError, SendError
from miner.git import read_git_config
from miner.report.escape import clean, one_line, without_surrogates

TIMEOUT = 60.0
LONGEST_LINE = 900  # octets; RFC 5322 allows 998
_SPEC = r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,255}"
_FORM = re.compile(rf"([^<>,@]{{0,200}})<({_SPEC})>|({_SPEC})")
_HEADER = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over. `encryption` is tls (STARTTLS), ssl or none; without a `user` nobody logs in."""

    host: str
    port: int
    encryption: str
    user: str
    sender: str


def find_server(host: str, port: int, encryption: str, user: str, sender: str) -> Server:
    """The server that the settings name; what they leave out is taken from git's sendemail.* settings, as kernel developers have
    them, and the sender from user.name and user.email. Raises SendError if there is no server or no sender."""
    known = dict(
        read_git_config(r"^(sendemail\.(smtpserver|smtpserverport|smtpencryption|smtpuser|from)|user\.(name|email))$")
    )
    from_git = not host
    host = host or known.get("sendemail.smtpserver", "")
    if not host or host.startswith(("/", "~")):
        raise SendError("no SMTP server: set host in [smtp], or git config --global sendemail.smtpServer HOST")
    if from_git:
        encryption = encryption or known.get("sendemail.smtpencryption", "")
        user = user or known.get("sendemail.smtpuser", "")
        port = port or _number(known.get("sendemail.smtpserverport", ""))
    encryption = {"": "none" if from_git else "tls", "starttls": "tls"}.get(encryption, encryption)
    if encryption not in ("tls", "ssl", "none"):
        raise SendError(f"sendemail.smtpEncryption is {encryption!r}; it can be tls, ssl or none")
    if not sender:
        name, address = known.get("user.name", ""), known.get("user.email", "")
        sender = known.get("sendemail.from") or (f"{name} <{address}>" if name and address else address)
    if not sender:
        raise SendError("no sender: set sender in [smtp], or git config --global user.email")
    return Server(host, port or {"ssl": 465, "tls": 587}.get(encryption, 25), encryption, user, sender)


def make_mail(
    subject: str,
    text: str,
    html: str,
    *,
    sender: str,
    to: Sequence[str],
    date: datetime,
    list_name: str = "",
    answers: Sequence[str] = (),
) -> EmailMessage:
    """A mail with the report as plain text and as HTML. `answers` are the Message-IDs of the reports before it, oldest first."""
    author = _address(sender)
    mail = EmailMessage(policy=SMTP.clone(max_line_length=998))
    mail["From"] = author
    mail["To"] = tuple(_address(each) for each in to)
    mail["Subject"] = without_surrogates(one_line(subject, 200))
    mail["Date"] = format_datetime(date)
    mail["Message-ID"] = make_msgid("lore-miner", author.domain or "localhost")
    if answers:
        mail["In-Reply-To"] = f"<{answers[-1]}>"
        mail["References"] = " ".join(f"<{ident}>" for ident in answers[-10:])
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation note answers it
    mail["Precedence"] = "list"
    mail["X-Mailer"] = "lore-miner"
    if list_name:
        mail["List-Id"] = f"{one_line(list_name, 80)} <lore-miner.{author.domain or 'localhost'}>"
    mail.set_content(_short_lines(text), cte="quoted-printable" if not text.isascii() else "7bit")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail


def show_mail(mail: EmailMessage) -> str:
    """A mail as a mail reader shows it: the headers and the text; its other parts are named."""
    body = mail.get_body(("plain",))
    text = str(body.get_content()).replace("\r\n", "\n") if body is not None else ""
    others = ", ".join(part.get_content_type() for part in mail.iter_parts() if part is not body)
    heads = "".join(f"{name}: {value}\n" for name, value in mail.items())
    return f"{heads}\n{text}" + (f"\n[the same as {others}]\n" if others else "")


def send(
    mail: EmailMessage, server: Server, password: Callable[[], str | None], tls: ssl.SSLContext | None = None
) -> Mapping[str, str]:
    """Hand a mail to a server, and tell for which addresses it does not take it, each with its reason, "550 no such user"; the
    others got it. `password` is asked only if the server wants one. Raises SendError, in one line that names what went wrong; then
    nobody got the mail."""
    context = tls or ssl.create_default_context()
    try:
        with _connect(server, context) as smtp:
            if server.encryption == "tls":
                smtp.starttls(context=context)
                smtp.ehlo()
            if server.user:
                secret = password()
                if not secret:
                    raise SendError(f"no password for {server.user} at {server.host}: see `miner send --help`")
                smtp.login(server.user, secret)
            return _name_refused(smtp.send_message(mail))
    except smtplib.SMTPAuthenticationError as error:
        raise SendError(f"{server.host}: {server.user} may not log in: {_words(error.smtp_error)}") from error
    except smtplib.SMTPRecipientsRefused as error:
        refused = _name_refused(error.recipients)
        raise RefusedError(f"{server.host}: it takes no mail for {describe_refused(refused)}", refused) from error
    except smtplib.SMTPResponseException as error:
        raise SendError(f"{server.host}: {error.smtp_code} {_words(error.smtp_error)}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise SendError(f"{server.host}:{server.port}: {clean(str(error)) or type(error).__name__}") from error


def greet(server: Server) -> str:
    """Why a server does not answer, in one line; "" if it does. Nobody logs in, and nothing is sent."""
    try:
        with _connect(server, ssl.create_default_context()) as smtp:
            smtp.noop()
    except (smtplib.SMTPException, OSError) as error:
        return clean(str(error)) or type(error).__name__
    return ""


def _connect(server: Server, context: ssl.SSLContext) -> smtplib.SMTP:
    name = _address(server.sender).domain  # no look-up of this machine's own name, which is nobody's business
    if server.encryption == "ssl":
        return smtplib.SMTP_SSL(server.host, server.port, local_hostname=name, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=TIMEOUT)


def check_addresses(addresses: Sequence[str]) -> None:
    """Raises SendError for what is no address."""
    for each in addresses:
        _address(each)


def _address(form: str) -> Address:
    """One address; nothing in it may begin another header."""
    match = _FORM.fullmatch(form.strip())
    if match is None or _HEADER.search(form):
        raise SendError(f"{form!r} is no address; give one as 'Ada Byron <ada@example.org>'")
    spec = match[2] or match[3]
    if not spec.partition("@")[0].isascii():
        raise SendError(
            f"{form!r} is no address that mail can go to: what is before the @ has letters outside of ASCII"
        )
    try:
        return Address(display_name=(match[1] or "").strip().strip('"'), addr_spec=spec)
    except (ValueError, IndexError) as error:
        raise SendError(f"{form!r} is no address: {error}") from error


def _short_lines(text: str) -> str:
    """No line is longer than a mail program may leave it, and none begins as an mbox separator."""
    lines = []
    for line in text.split("\n"):
        data = line.encode("utf-8", "replace")
        line = line if len(data) <= LONGEST_LINE else data[:LONGEST_LINE].decode("utf-8", "ignore") + "..."
        lines.append(f" {line}" if line.startswith("From ") else line)
    return "\n".join(lines)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def describe_refused(refused: Mapping[str, str]) -> str:
    """For whom a server takes no mail, in words."""
    return ", ".join(f"{address} ({why})" for address, why in refused.items())


def bare_address(form: str) -> str:
    """`ada@example.org` for `Ada Byron <ada@example.org>`. Raises SendError for what is no address."""
    return _address(form).addr_spec


def _name_refused(refused: Mapping[str, tuple[int, bytes]]) -> dict[str, str]:
    return {clean(address): f"{code} {_words(answer)}" for address, (code, answer) in refused.items()}


def _words(answer: bytes | str) -> str:
    return clean(answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer)[:300]
