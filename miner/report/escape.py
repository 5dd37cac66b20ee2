"""Text from a mail, made harmless for the place where it goes: a terminal, a cell, a Markdown text, a link.

Rule: control and escape characters, bidirectional overrides and lone surrogates are shown as `\\x1b` or `\\u202e`, so
that a reader sees what the mail tried; characters that are merely invisible go; joiners stay, scripts need them.
HTML is escaped by jinja2 (autoescape), after `clean`.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_CONTROL = "\x00-\x1f\x7f-\x9f\u2028\u2029"
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # UAX #9, "Trojan Source" (CVE-2021-42574)
_OTHER = "\u206a-\u206f\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
_UNSAFE = re.compile(f"[{_CONTROL}{_DIRECTION}{_OTHER}]")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\u2061\u2062\u2063\u2064\ufeff"))
_SURROGATE = re.compile("[\ud800-\udfff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # OWASP, "CSV Injection"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]|~$])")  # what is markup in the middle of a line
HIDDEN = "---"  # what a list puts behind a name that it made of an address
_ROBOT = re.compile(r"(?<![a-z])(?:bot|robot|ci)(?![a-z])", re.I)
_FULL_NAME = 2  # words
_URL_LIMIT = 2000  # longer than any Message-ID that RFC 5322 lets a line hold


def _escape(char: re.Match[str]) -> str:
    code = ord(char[0])
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def escape_unsafe(text: str) -> str:
    """Spell out every character that could steer a terminal or turn a line around.

    >>> escape_unsafe("red \\x1b[31m")
    'red \\\\x1b[31m'
    """
    return _UNSAFE.sub(_escape, text)


def is_safe(text: str) -> bool:
    return _UNSAFE.search(text) is None


def clean(text: str) -> str:
    """One line of text that a terminal can show as it is: tabs and line ends become spaces, the rest is escaped.

    >>> clean("one\\r\\ntwo\\x07")
    'one two\\\\x07'
    """
    spaced = text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ").replace("\t", " ")
    return escape_unsafe(spaced.translate(_INVISIBLE))


def one_line(text: str, limit: int = 400) -> str:
    """`clean`, runs of white space squeezed to one, cut at `limit` characters with an ellipsis.

    >>> one_line("a   b\\n> c", limit=5)
    'a b …'
    """
    words = clean(" ".join(text[: 8 * limit].split()))  # cut first: a body may hold a line of a megabyte
    return words if len(words) <= limit else words[: limit - 1] + "…"


def without_surrogates(text: str) -> str:
    """JSON and UTF-8 know no lone surrogates; each becomes U+FFFD, so offsets stay right."""
    return _SURROGATE.sub("\ufffd", text)


def escape_csv(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, without control characters.

    >>> escape_csv("=cmd()")
    "'=cmd()"
    """
    formula = text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)
    return ("'" if formula else "") + clean(text)


def escape_markdown(text: str) -> str:
    """Text for the inside of a line of Markdown or of a table cell: nothing in it is markup, HTML or an automatic link.

    >>> escape_markdown("a|b <i>`c`")
    'a\\\\|b &lt;i&gt;\\\\`c\\\\`'
    """
    html = one_line(text, 1000).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(r"\\\1", html).replace("://", ":&#47;&#47;").replace("www.", "www&#46;")


def short_name(person: str) -> str:
    """The name of a `"Name <addr>"`, or the address if there is no name.

    >>> short_name('"Byron, Ada" <ada@example.org>')
    'Byron, Ada'
    """
    name = person.partition("<")[0].strip().strip("\"'").strip()
    return one_line(name or person.strip().strip("<>"), 80)


def address_of(person: str) -> str:
    """The address of a `"Name <addr>"`, or all of it if there is no address in brackets.

    >>> address_of("Ada Byron <ada@example.org>"), address_of("ada@example.org")
    ('ada@example.org', 'ada@example.org')
    """
    return person.rpartition("<")[2].rstrip("> ")


def name_address(address: str) -> str:
    """What an address tells of a name: `ada.byron` is one, a robot is called by what is before the @; any other address stays.

    >>> name_address("ada.byron2@example.org"), name_address("loom-ci-bot@example.org"), name_address("ada@example.org")
    ('Ada Byron', 'loom-ci-bot', 'ada@example.org')
    """
    local = address.partition("@")[0]
    words = [word.rstrip("0123456789") for word in re.split(r"[._]", local)]
    if _ROBOT.search(local):
        return local
    if len(words) == _FULL_NAME and all(len(word) > 1 and word.isalpha() for word in words):
        return " ".join(word.capitalize() if word.islower() else word for word in words)
    return address


def message_url(message_id: str, template: str) -> str | None:
    """Where an archive shows a message: `template` with the id, percent-encoded, in place of `{message_id}`.

    None if there is no such place: mail without an id of its own, or a template that is not http or https.

    >>> message_url("a/b@x", "https://lore.kernel.org/all/{message_id}/")
    'https://lore.kernel.org/all/a%2Fb@x/'
    """
    if "@" not in message_id or message_id.startswith("sha256:") or len(message_id) > _URL_LIMIT:
        return None
    if not template.startswith(("https://", "http://")):
        return None
    return template.replace("{message_id}", quote(message_id, safe="@", errors="replace"))
