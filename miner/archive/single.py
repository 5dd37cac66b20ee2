"""Read one mail that stands alone: an .eml file, a file of a Maildir, a bare mail on standard input."""

from __future__ import annotations

from miner.archive.headers import has_body, has_headers
from miner.archive.limits import Limits
from miner.archive.stream import Stream
from miner.model import Problem, RawMail


def read_mail(stream: Stream, name: str, limits: Limits) -> RawMail | Problem:
    """Give the whole stream as one mail, or say why it is none."""
    data = stream.read(limits.mail_bytes + 1)
    if stream.damage:
        return Problem(name, f"{stream.damage}; the mail in it is incomplete")
    if len(data) > limits.mail_bytes:
        return Problem(name, f"larger than the limit of {limits.mail_bytes} bytes")
    data = data.lstrip(b"\r\n")
    if not data:
        return Problem(name, "empty: no mail in it")
    if data.startswith(b"From "):  # a mail that was cut out of an mbox
        data = data.partition(b"\n")[2]
    if not has_headers(data):
        return Problem(name, "no mail headers")
    if not has_body(data):
        return Problem(name, "cut off in its headers")
    return RawMail(data, name)
