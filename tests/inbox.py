"""A real SMTP server for tests that send mail."""

from __future__ import annotations

import mailbox
import socket
from email.utils import parsedate_to_datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox


class Choosy(Mailbox):
    """Knows nobody of the name gone."""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"


class Inbox:
    """A real SMTP server on loopback that keeps what it gets in a Maildir."""

    def __init__(self, folder: Path, **more) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.controller = Controller(
            Choosy(str(folder)), hostname="127.0.0.1", port=self.port, server_hostname="localhost", **more
        )

    def __enter__(self) -> Inbox:
        self.controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.controller.stop()

    @property
    def mails(self) -> list[mailbox.MaildirMessage]:
        return sorted(mailbox.Maildir(self.folder), key=lambda mail: parsedate_to_datetime(mail["Date"]))
