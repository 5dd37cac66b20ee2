"""Addresses to people (RFC 5322, section 3.4), and who really wrote a mail whose From the list rewrote.

Its own small parser: the standard library's recurses on nested comments and changed its mind about broken addresses
between Python versions. One pass over the characters; nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from miner.model import Person
from miner.parse.header import CONTROL, clean_text, decode_raw, decode_words

MAX_PEOPLE = 2_000
QUOTES = "'\"`"
SPECIAL = re.compile(r'[\\"(),;<>]')
# "ada at example.org": how Mailman 2 hides an address, in the language of the list (fr: "à", es: "en").
HIDDEN_AT = re.compile(r"\s{1,9}(?:at|à|en)\s{1,9}")
# "Ada B via Some-List": what a list puts into From when the sender's domain forbids it to pass the mail on (DMARC).
VIA = re.compile(r"\s+via\s+\S[^\n]{0,200}$", re.IGNORECASE)


def parse_people(values: Iterable[str]) -> tuple[Person, ...]:
    """Read address lists; groups dissolve, what holds neither name nor address is left out.

    >>> [str(p) for p in parse_people(['"B, Ada" <ada@example.org>, bo@example.org (Bo)'])]
    ['B, Ada <ada@example.org>', 'Bo <bo@example.org>']
    """
    people: list[Person] = []
    for value in values:
        for mailbox in _split_mailboxes(decode_raw(value)):
            person = _read_mailbox(*mailbox)
            if person.name or person.address:
                people.append(person)
            if len(people) >= MAX_PEOPLE:
                return tuple(people)
    return tuple(people)


def _split_mailboxes(value: str) -> Iterator[tuple[str, str | None, str]]:
    """Yield (phrase, address in brackets or None, comment) of each mailbox: quotes, comments, brackets in one pass."""
    phrase: list[str] = []
    comment: list[str] = []
    address: list[str] | None = None
    quoted, depth, in_address, escaped = False, 0, False, False
    for char in _pieces(value):
        target = comment if depth else address if in_address and address is not None else phrase
        if escaped:
            target.append(char)
            escaped = False
        elif char == "\\":
            escaped = True
        elif quoted:
            quoted = char != '"'
            target.append(char if quoted else "")
        elif char == "(" or (char == ")" and depth):
            inner = depth > (1 if char == ")" else 0)  # "(Ada B (Loom Works))" keeps its inner pair
            depth += 1 if char == "(" else -1
            comment.append(char if inner else " ")
        elif depth:
            target.append(char)
        elif char == '"' and not in_address:
            quoted = True
        elif char == "<" and not in_address:
            in_address, address = True, []
        elif char == ">" and in_address:
            in_address = False
        elif char in ",;" and not in_address:
            yield "".join(phrase), None if address is None else "".join(address), "".join(comment)
            phrase, comment, address = [], [], None
        else:
            target.append(char)
    yield "".join(phrase), None if address is None else "".join(address), "".join(comment)


def _pieces(value: str) -> Iterator[str]:
    """Cut a value at its special characters; each of these comes alone."""
    end = 0
    for special in SPECIAL.finditer(value):
        if special.start() > end:
            yield value[end : special.start()]
        yield special[0]
        end = special.end()
    if end < len(value):
        yield value[end:]


def _read_mailbox(phrase: str, address: str | None, comment: str) -> Person:
    if address is None:
        # "undisclosed-recipients:" is the name of an empty group.
        phrase = phrase.rpartition(":")[2] if "@" in phrase else phrase
        words = show_address(phrase).split()
        if words and "@" in words[-1]:
            name, found = clean_name(" ".join(words[:-1])) or clean_name(comment), clean_address(words[-1])
            return Person(None if name and show_address(name).lower() == (found or "").lower() else name, found)
        if phrase.rstrip().endswith(":"):
            return Person(None, None)
        return Person(clean_name(phrase), None)
    name = clean_name(phrase) or clean_name(comment)
    found = clean_address(address)
    if name and show_address(name).lower() == (found or "").lower():
        name = None
    return Person(name, found)


def clean_name(text: str) -> str | None:
    """Decode a display name and free it of control characters and the quotes around it; None if nothing stays."""
    name = clean_text(decode_words(text))
    while len(name) > 1 and name[0] in QUOTES and name[-1] == name[0]:
        name = name[1:-1].strip()
    return name.strip('"').strip() or None


def clean_address(text: str) -> str | None:
    """Free an address of brackets, blanks and control characters; None if nothing stays."""
    return "".join(show_address(CONTROL.sub("", text).replace("<", "").replace(">", "")).split()) or None


def show_address(text: str) -> str:
    """Give an address that Mailman 2 hid; other text stays as it is.

    >>> show_address("ada at example.org"), show_address("Ada at work")
    ('ada@example.org', 'Ada at work')
    """
    words = HIDDEN_AT.split(text.strip(), 2)
    if len(words) != 2 or any(len(word.split()) != 1 or "@" in word for word in words):
        return text
    return "@".join(words) if "." in words[1] else text


def find_author(
    senders: Sequence[str], originals: Sequence[str], replies: Sequence[str], lists: Sequence[str]
) -> Person:
    """Tell who wrote a mail from its From (or Sender) headers.

    When a list rewrote From to "X via LIST", the person is whom `originals` (X-Original-From, Author) or else
    `replies` (Reply-To) name; without these only X is known, for the address is the list's. `lists` are addresses
    (or bare ids) of the list, which are nobody's.
    """
    author = next(iter(parse_people(senders)), Person(None, None))
    if author.name is None or not (via := VIA.search(author.name)):
        return author
    name = clean_name(author.name[: via.start()])
    if name and "@" in name and " " not in name:
        return Person(None, clean_address(name))
    nobody = {(author.address or "").lower(), *(address.lower() for address in lists)}
    for person in (*parse_people(originals), *parse_people(replies)):
        if person.address and person.address.lower() not in nobody and not VIA.search(person.name or ""):
            return Person(name or person.name, person.address)
    return Person(name, None) if name else author
