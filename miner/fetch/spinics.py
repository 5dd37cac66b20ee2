"""Pages that MHonArc made of a list's mail, as on spinics: which there are, and each one back into a mail.

Pure: pages go in, links and mails come out, and somebody else fetches them. What such a page lost stays lost: a masked
domain is kept as the page shows it, and attachments are named by their note only.
"""

from __future__ import annotations

import base64
import codecs
import hashlib
import html as entities
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote, urlsplit

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, Tag

from miner.errors import SourceError
from miner.fetch.markup import describe_page, find_folder, find_links, parse_page, show_text

MAX_VALUE_CHARS = 8_000  # of a header value; what is longer is cut
MAX_ID_CHARS = 900
MAX_IDS = 1_000
MAX_LINE_CHARS = 900  # RFC 5322 allows 998
MAX_QUOTE_DEPTH = 32
CHARSET_BYTES = 4_096  # how far in a page its charset is looked for

PAGE = re.compile(r"msg(\d{1,9})\.html?", re.ASCII)
INDEX = re.compile(r"(maillist|mail|threads|thrd|index)(\d{0,6})\.html?", re.ASCII)
# Which names the pages of one index have; a bare folder or index.html may be either kind.
FAMILIES = {"maillist": ("mail",), "mail": ("mail",), "threads": ("thrd",), "thrd": ("thrd",)}
ANY_FAMILY = ("mail", "thrd", "index")

CHARSET = re.compile(rb"(?i)<meta\b[^<>]{0,500}?\bcharset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_.:-]{1,40})")
# The HTML standard reads the first three as windows-1252, and UTF-16 in a page that was read so far as UTF-8. The last
# ones are no charsets of web pages, or take more than linear time.
READ_AS = {"ascii": "cp1252", "iso8859-1": "cp1252", "utf-16": "utf-8", "utf-16-le": "utf-8", "utf-16-be": "utf-8"}
NO_CHARSET = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7", "utf-32"})

FIELDS = "from to cc reply-to subject date message-id in-reply-to references".split()
LABELS = frozenset({"em", "strong", "b", "i"})
DROPPED = frozenset({"script", "style", "title", "template", "noscript", "object", "svg", "textarea"})
BLOCKS = frozenset(
    "address article blockquote body center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li nav ol p pre section"
    " table tr ul".split()
)
BODY_MARK = "X-Body-of-Message"
COMMENT_FIELD = re.compile(r"\s{0,9}X-([A-Za-z][A-Za-z0-9-]{0,40}):")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
SPACES = re.compile(r"[ \t\r\n\f\xa0]+")

# mhonarc's rot13 turns one wheel of 28 letters: "@" and "[" stand at the ends of the capitals.
WHEEL = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ["
SMALL = "abcdefghijklmnopqrstuvwxyz"
ROT13 = str.maketrans(WHEEL + SMALL, WHEEL[14:] + WHEEL[:14] + SMALL[13:] + SMALL[:13])

BRACKETED = re.compile(r"<([^<>]*)>")
IN_PARENTHESES = re.compile(r"\(([^()]*)\)\s*$")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,10}")
MASKED_AT = re.compile(r"\s{1,3}(?:at|@)\s{1,3}|\s{0,3}(?:\(\)|[(\[{]\s?(?:at|@)\s?[)\]}])\s{0,3}", re.IGNORECASE)
MASKED_DOT = re.compile(r"\s{1,3}(?:dot|!|\.)\s{1,3}|\s{0,3}[(\[{]\s?(?:dot|\.)\s?[)\]}]\s{0,3}", re.IGNORECASE)
MASKED_DOMAIN = re.compile(r"@(?:x[x.]{2,}|\.{3}|…|[A-Z.]{0,20}HIDDEN)$")
PERSON = re.compile(r"(?:\"[^\"]*\"|<[^<>]*>|\([^()]*\)|[^,])+")
NAME_SPECIAL = re.compile(r"[\"(),:;<>@\[\]\\]")

Event = tuple[str, Tag | NavigableString | str]


def find_pages(html: str, base_url: str) -> tuple[str, ...]:
    """Find the message pages (msg12345.html) that an index page links to in its own folder, by number, each once.

    Numbers follow the order in which mail came in, so the newest is last. SourceError if the page is too large.

    >>> find_pages('<a href="msg00002.html">b</a><a href="msg00001.html">a</a>', "https://www.example.org/lists/weft/")[-1]
    'https://www.example.org/lists/weft/msg00002.html'
    """
    numbers = {}
    for name in _names_in_folder(html, base_url):
        if page := PAGE.fullmatch(name):
            numbers[name] = int(page[1])
    folder = find_folder(base_url)
    return tuple(folder + name for name in sorted(numbers, key=lambda name: (numbers[name], name)))


def find_next_index(html: str, base_url: str) -> str | None:
    """Find the index page that follows this one: mail2.html after maillist.html, thrd3.html after thrd2.html.

    The number always grows by one, so following these links ends. None on the last page; SourceError as above.
    """
    folder = find_folder(base_url)
    own = INDEX.fullmatch(urlsplit(base_url).path.rpartition("/")[2])
    number = int(own[2] or 1) if own else 1
    families = FAMILIES.get(own[1], ANY_FAMILY) if own else ANY_FAMILY
    if own and own[1] == "index" and own[2]:
        families = ("index",)
    found = {
        (index[1], index[2]): name for name in _names_in_folder(html, base_url) if (index := INDEX.fullmatch(name))
    }
    following = (found.get((family, str(number + 1))) for family in families)
    return next((folder + name for name in following if name), None)


def _names_in_folder(html: str, base_url: str) -> Iterator[str]:
    folder = find_folder(base_url)
    for link in find_links(parse_page(html, base_url), base_url):
        if link.startswith(folder):
            yield link[len(folder) :]


def read_page(html: bytes, url: str) -> bytes:
    """Turn one message page into a mail (RFC 5322, MIME, UTF-8, LF line ends) that names its page in Archived-At.

    Headers come from MHonArc's comments, and where these were taken out from the list that a reader sees. A page that
    shows no Message-ID gets one made of its URL. SourceError when the page is no message page, or is too large.
    """
    page = decode_page(html)
    tree = parse_page(page, url)
    where, host = _archive_address(url)
    events = list(_walk(tree))
    comments, references = _read_comments(events)
    start = _find_body(events)
    listed = _read_listed(events[:start])
    found = comments.keys() | listed.keys()
    if start == len(events) or not found & {"from", "subject", "message-id"} or len(found) < 2:
        raise SourceError(f"{show_text(url)}: no message page but {describe_page(tree, page)}")
    idents = [*_read_bare_id(comments.get("message-id")), *_find_ids(listed.get("message-id"))]
    ident = idents[0] if idents else f"{hashlib.sha256(where.encode()).hexdigest()[:32]}@{host}.web.invalid"
    references = references or _find_ids(listed.get("references"))
    parents = [_restore_id(parent, references) for parent in _find_ids(listed.get("in-reply-to"))]
    headers = [
        ("From", _render_person(*_choose_person([comments.get("from"), listed.get("from")]))),
        *((name.title(), _render_people(listed.get(name))) for name in ("reply-to", "to", "cc")),
        ("Subject", _render_text(comments.get("subject") or listed.get("subject"))),
        ("Date", _render_text(comments.get("date") or listed.get("date"))),
        ("Message-ID", f"<{ident}>"),
        ("In-Reply-To", f"<{parents[0]}>" if parents else None),
        ("References", "\n ".join(f"<{one}>" for one in references) or None),
        ("Archived-At", f"<{where}>"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
    ]
    head = "".join(f"{name}: {value}\n" for name, value in headers if value)
    return f"{head}\n{_read_body(events, start)}".encode("utf-8", "replace")


def decode_page(data: bytes) -> str:
    """Decode a page as its <meta> says, else as UTF-8, else as Latin-1.

    >>> decode_page(b"<meta charset=iso-8859-2>\\xb1"), decode_page(b"caf\\xc3\\xa9"), decode_page(b"caf\\xe9")
    ('<meta charset=iso-8859-2>ą', 'café', 'café')
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    named = CHARSET.search(data, 0, CHARSET_BYTES)
    if named:
        try:
            charset = codecs.lookup(named[1].decode("ascii")).name
            if charset not in NO_CHARSET:
                return data.decode(READ_AS.get(charset, charset), "replace")
        except (LookupError, ValueError):  # an unknown name, one of a codec that is none of text
            pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _archive_address(url: str) -> tuple[str, str]:
    """Give a URL in a form that can stand in a header, without "#...", and its host."""
    find_folder(url)  # SourceError if it is none
    where = quote(url.partition("#")[0], safe="/:?&=%@!$'()*+,;~-._[]", errors="replace")
    host = re.sub(r"[^a-z0-9.-]", "", urlsplit(url).hostname or "")[:200].strip(".-")
    return where, host or "unknown"


def _walk(root: BeautifulSoup) -> Iterator[Event]:
    """Yield ("open" | "close" | "text" | "comment", what) in the order of the page, without what nobody sees."""
    stack: list[tuple[Tag, Iterator[object]]] = [(root, iter(root.contents))]
    while stack:
        tag, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield "close", tag
        elif isinstance(child, Comment):
            yield "comment", entities.unescape(str(child))
        elif isinstance(child, Tag):
            if "data-cfemail" in child.attrs:
                yield "text", _unmask_cloudflare(str(child["data-cfemail"])) or child.get_text()
            elif child.name not in DROPPED:
                yield "open", child
                stack.append((child, iter(child.contents)))
        elif type(child) is NavigableString:
            yield "text", str(child)


def _unmask_cloudflare(code: str) -> str:
    """Undo the masking of addresses by Cloudflare: each byte is xored with the first one."""
    try:
        key, *masked = bytes.fromhex(code[:600])
        return "".join(CONTROL.sub("", bytes(byte ^ key for byte in masked).decode("utf-8")).split())
    except ValueError:  # no hex digits, none at all, or no UTF-8
        return ""


def _read_comments(events: Iterable[Event]) -> tuple[dict[str, str], list[str]]:
    """Read what MHonArc notes above the message: header values by lower-case name, and the referenced ids."""
    values: dict[str, str] = {}
    references: list[str] = []
    for event, what in events:
        if event != "comment":
            continue
        text = str(what)
        if text.startswith((BODY_MARK, "X-Head-End", "X-Body-Begin")):
            break  # whatever follows may be of the mail itself
        if not (field := COMMENT_FIELD.match(text)):
            continue
        name, value = field[1].lower(), _clean(text[field.end() :])
        if name == "from-r13":
            name, value = "from", value.translate(ROT13)
        if name == "reference":
            references += _read_bare_id(value)
        elif value:
            values.setdefault(name, value)
    return values, list(dict.fromkeys(references))[:MAX_IDS]


def _find_body(events: Sequence[Event]) -> int:
    """Tell at which event the message's text begins: at MHonArc's mark, or else at the first <pre>."""
    first_pre = len(events)
    for place, (event, what) in enumerate(events):
        if event == "comment" and str(what).strip() == BODY_MARK:
            return place
        if event == "open" and isinstance(what, Tag) and what.name == "pre":
            first_pre = min(first_pre, place)
    return first_pre


def _read_listed(events: Iterable[Event]) -> dict[str, str]:
    """Read the headers that a reader sees: lines or list items that begin with an emphasized name and a colon."""
    values: dict[str, str] = {}
    name: str | None = None
    parts: list[str] = []
    label: Tag | None = None
    fresh = True  # nothing stands in this line so far

    def finish() -> None:
        text = _clean("".join(parts))
        if name and text.startswith(":"):
            values.setdefault(name, text.removeprefix(":").strip())

    for event, what in events:
        if event == "text":
            parts.append(str(what))
            fresh = fresh and not str(what).strip()
        elif not isinstance(what, Tag):
            continue
        elif what.name in BLOCKS or what.name == "br":
            finish()
            name, label, parts, fresh = None, None, [], True
        elif event == "open" and what.name in LABELS and fresh and label is None:
            label, parts = what, []
        elif event == "close" and what is label:
            text = _clean("".join(parts))
            key = text.removesuffix(":").strip().lower()
            if key in FIELDS:
                name, parts = key, [":"] if text.endswith(":") else []
            fresh = False
    finish()
    return {key: value for key, value in values.items() if value}


class _Text:
    """Lines of a body as they grow; each begins behind the quote marks of its depth."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 0
        self._parts: list[str] = []

    def add(self, text: str) -> None:
        first, *rest = text.split("\n")
        self._append(first)
        for line in rest:
            self.end_line(forced=True)
            self._append(line)

    def _append(self, text: str) -> None:
        if text:
            self._parts.append(text)

    def add_words(self, text: str) -> None:
        words = SPACES.sub(" ", text)
        self._append(words if self._parts else words.lstrip(" "))

    def end_line(self, *, forced: bool = False) -> None:
        if self._parts or forced:
            marks = "> " * min(self.depth, MAX_QUOTE_DEPTH)
            line = "".join(self._parts)
            self.lines.append(marks + line if line else marks.rstrip())
            self._parts = []

    def end_paragraph(self) -> None:
        if self.lines and self.lines[-1].strip("> "):
            self.end_line(forced=True)


def _read_body(events: Sequence[Event], start: int) -> str:
    """Give the text of a message: <pre> as it is, other blocks line by line, each <blockquote> level as "> ".

    Without MHonArc's marks nothing but <pre> is taken, for the rest may be the page's own.
    """
    marked = events[start][0] == "comment"
    inside = _enclosing(events, start) if marked else None
    text = _Text()
    preformatted = 0
    first = False
    for event, what in events[start + marked :]:
        if event == "comment":
            if marked and str(what).startswith("X-"):
                break
        elif event == "text":
            shown = str(what).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
            if preformatted:
                # The line break right behind <pre> is no text, says the HTML standard.
                text.add(shown.removeprefix("\n") if first else shown)
            elif marked:
                text.add_words(shown)
            first = False
        elif not isinstance(what, Tag):
            continue
        elif event == "close" and what is inside:
            break  # some sites take the end mark out
        elif what.name == "br":
            if preformatted or marked:
                text.end_line(forced=event == "open")
        elif what.name in BLOCKS:
            text.end_line()
            if what.name == "p" and marked and not preformatted:
                text.end_paragraph()
            step = 1 if event == "open" else -1
            text.depth += step if what.name == "blockquote" else 0
            preformatted += step if what.name == "pre" else 0
            first = event == "open" and what.name == "pre"
    text.end_line()
    body = "\n".join(text.lines).rstrip("\n")
    return f"{body}\n" if body else ""


def _enclosing(events: Sequence[Event], place: int) -> Tag | None:
    """Find the element that is open around an event: the first one that closes without having opened behind it."""
    depth = 0
    for event, what in events[place:]:
        if event == "open":
            depth += 1
        elif event == "close" and isinstance(what, Tag):
            if depth == 0:
                return what
            depth -= 1
    return None


def _clean(text: str) -> str:
    """Squeeze a header value to one line without control characters, cut to its limit."""
    return " ".join(CONTROL.sub(" ", text[:MAX_VALUE_CHARS]).split())


def _find_ids(value: str | None) -> list[str]:
    """Find message-ids in a value: those in brackets, or else what looks like one; masked ones where it can be undone.

    >>> _find_ids("20240103.GA1 () loom ! example ! org"), _find_ids("Your message of <a@x>")
    (['20240103.GA1@loom.example.org'], ['a@x'])
    """
    if not value:
        return []
    whole = unmask_address(value)
    found = BRACKETED.findall(value) or (
        [whole] if ADDRESS.fullmatch(whole) else [w for w in value.split() if "@" in w]
    )
    idents = (re.sub(r"[\s<>]+", "", unmask_address(ident)) for ident in found[:MAX_IDS])
    return [ident for ident in idents if 0 < len(ident) <= MAX_ID_CHARS]


def _read_bare_id(value: str | None) -> list[str]:
    """Read a value that MHonArc says is an id, so it may lack brackets and even the "@"."""
    return _find_ids(value) or _find_ids(f"<{value}>" if value else None)


def _restore_id(ident: str, known: Iterable[str]) -> str:
    """Give an id whose domain is masked the one of the only referenced id that begins like it."""
    if not MASKED_DOMAIN.search(ident):
        return ident
    local = ident.rpartition("@")[0]
    whole = [one for one in known if one.rpartition("@")[0] == local]
    return whole[0] if len(whole) == 1 else ident


def unmask_address(text: str) -> str:
    """Undo the usual ways to hide an address from robots; text that does not become an address stays as it is.

    >>> unmask_address("ada at loom dot example dot org"), unmask_address("ada () example ! org")
    ('ada@loom.example.org', 'ada@example.org')
    >>> unmask_address("ada@xxxxxxxxxxx"), unmask_address("Meet at noon")
    ('ada@xxxxxxxxxxx', 'Meet at noon')
    """
    text = text.strip()
    address = MASKED_DOT.sub(".", MASKED_AT.sub("@", text[:MAX_ID_CHARS]))
    return address if ADDRESS.fullmatch(address) else text


def _choose_person(values: Iterable[str | None]) -> tuple[str, str]:
    """Give (name, address) of the first value with a whole address, the name from any of them; "" is not known."""
    people = [_read_person(value) for value in values if value]
    whole = [person for person in people if ADDRESS.fullmatch(person[1]) and not MASKED_DOMAIN.search(person[1])]
    chosen = next(iter(whole), None) or next((person for person in people if person[1]), ("", ""))
    return chosen[0] or next((name for name, _ in people if name), ""), chosen[1]


def _read_person(value: str) -> tuple[str, str]:
    """Split `Name <address>`, `address (Name)`, a bare address or a bare name."""
    if found := BRACKETED.search(value):
        name, address = value[: found.start()], found[1]
    elif "()" not in value and (found := IN_PARENTHESES.search(value)):
        name, address = found[1], value[: found.start()]
    else:
        address = unmask_address(value)
        name, address = ("", address) if "@" in address and " " not in address else (value, "")
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    address = unmask_address(address)
    return ("" if unmask_address(name) == address else name.strip()), address


def _render_people(value: str | None) -> str | None:
    people = (_read_person(person) for person in PERSON.findall(value or ""))
    return ",\n ".join(shown for person in people if (shown := _render_person(*person))) or None


def _render_person(name: str, address: str) -> str | None:
    shown = name
    if not name.isascii() or len(name) > MAX_LINE_CHARS:
        shown = encode_words(name)
    elif NAME_SPECIAL.search(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        shown = f'"{escaped}"'
    address = address.replace("<", "").replace(">", "")[:MAX_ID_CHARS]
    return f"{shown} <{address}>".strip() if address else shown or None


def _render_text(value: str | None) -> str | None:
    if not value or (value.isascii() and len(value) <= MAX_LINE_CHARS):
        return value
    return encode_words(value)


def encode_words(text: str) -> str:
    """Encode text for a header as RFC 2047 has it, folded; no character is cut in two.

    >>> encode_words("Jörg")
    '=?utf-8?B?SsO2cmc=?='
    """
    words: list[bytes] = [b""]
    for char in text:
        data = char.encode("utf-8", "replace")
        if len(words[-1]) + len(data) > 45:  # 60 letters of Base64; a word has at most 75
            words.append(b"")
        words[-1] += data
    return "\n ".join(f"=?utf-8?B?{base64.b64encode(word).decode('ascii')}?=" for word in words)
