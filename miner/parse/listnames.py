"""The names of works, and of people, in the lines of status lists."""

from __future__ import annotations

import re

from miner.links import find_urls
from miner.model import Message
from miner.parse.headings import is_status

LONGEST_NAME, MOST_WORDS = 80, 10
_VERSIONED = re.compile(r",?\s+(?:v\d{1,2}|rfc|\d{1,3} (?:commits?|patches))$", re.I)
_PARENTHESES = re.compile(r"\s*[(\[]([^()\[\]]{1,60})[)\]]\s*$")
_OWNER = re.compile(r"(?:owner|assignee|assigned to|by|who|lead|driver)\s*[:=]?\s+", re.I)
_PERSON = re.compile(r"@?[^\W\d_a-z][^\W\d_]*[a-zß-ÿ][^\W\d_]*(?:['’-][^\W\d_]+)?(?: [^\W\d_a-z][\w.'’-]*){0,2}")
PEOPLE_CUT = re.compile(r"\s*(?:,|/|&|\+|\band\b)\s*")
_NO_OWNER = re.compile(
    r"(?:linux|kernel|done|new|merged|waiting|dropped|blocked|posted|queued|applied|rfc|wip|draft|todo|urgent|high|low|medium|critical|major|minor|stable|next|none|nobody|unassigned"
    r"|january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|x86|arm64|arm|riscv|intel|amd|google|meta|rust|again|still|ongoing|optional|cont|continued|also|see|note|experimental|old|part|and|the)\b",
    re.I,
)
_NO_NAME = re.compile(
    r"(?:notes?|nb|n\.b|todo|fixme|fix(?:e[sd])?|questions?|answer|problem|reason|cause|solution|result|results|example|e\.?g|i\.?e|warning|error|info|hint|tip|summary|conclusion|update|status"
    r"|date|time|when|where|who|what|why|how|link|links?|url|urls|see|ref|refs|cc|to|from|subject|version|versions?|kernel|config|arch|compiler|gcc|clang|qemu|hardware|cpu|memory"
    r"|pros?|cons?|option \w+|plan [a-z]|step \d+|case \d+|phase \d+|part \d+|test(?:s|ed|ing)?|pass(?:ed)?|fail(?:ed|ures?)?|skip(?:ped)?|before|after|expected|actual|next (?:meeting|call|week|steps?)"
    r"|attendees|present|agenda|(?:v?\d[\d.]*)?-?rc\d+|final|(?:alpha|beta|milestone|m) ?\d*|accepted|action items?|a[ip]|decision|decisions|misc|other|others|etc|yes|no|ok|done|new|old|added|removed|changed|changes|bug|feature|features|first|second|third|finally|post|review|revise|apply|send|submit|merge|release|respin|build|install|base|branch|tree|commit|tag"
    r"|patch(?:es)? ?[\d,/ -]*|#?\d+(?:/\d+)?|v\d+.*|changes (?:since|in|from) .*|\d+ .*|.*-by|.*\?)",
    re.I,
)
_STARTS_SENTENCE = re.compile(
    r"(?:i|we|it|its|this|that|these|those|he|she|they|you|there|here|please|pls|let|lets|let's|if|when|once|while|also|and|but|so|or|yes|no|not|do|does|did|don't|can|could|should|would|will|must"
    r"|as|because|since|instead|why|how|what|who|where|is|are|was|were|i'm|i'll|i've|we're|we've|my|our|your|someone|somebody|nobody|everybody|anybody|anyone|everyone|notes?|maybe|perhaps|thanks|sorry|ok|okay|hi|hello|dear)\b",
    re.I,
)


def take_owner(name: str, people: frozenset[str]) -> tuple[str, str | None]:
    """A name without what stands behind it in parentheses, and the person there."""
    owner = None
    for _ in range(3):
        found = _PARENTHESES.search(name)
        if found is None:
            break
        owner = read_owner(found[1], people) or owner
        name = name[: found.start()].rstrip()
    counted = _VERSIONED.sub("", name)
    if counted != name:
        return take_owner(counted, people) if owner is None else (counted, owner)
    return name, owner


def read_owner(text: str, people: frozenset[str]) -> str | None:
    """The people whom words in parentheses name, if they name nothing else."""
    words = _OWNER.sub("", text.strip(), count=1) if _OWNER.match(text.strip()) else text.strip()
    parts = [part for part in PEOPLE_CUT.split(words) if part]
    if parts and len(parts) <= 3 and all(is_person(part, people) or looks_like_person(part) for part in parts):
        return ", ".join(part.lstrip("@") for part in parts)
    return None


def looks_like_person(text: str) -> bool:
    """Whether words are written as a person's name is."""
    return bool(_PERSON.fullmatch(text)) and not _NO_OWNER.match(text)


def is_person(text: str, people: frozenset[str]) -> bool:
    """Whether words are the name of one of these people."""
    return text.strip().lstrip("@").lower() in people


def known_people(message: Message) -> frozenset[str]:
    """The names, and first names, of those whom the mail is from and goes to."""
    found: set[str] = set()
    for person in (message.author, *message.recipients):
        if person.name:
            found.add(person.name.lower())
            found.add(person.name.lower().split()[0])
    return frozenset(found)


def check_name(name: str) -> str | None:
    """A name cleaned; None if the words are none."""
    name = re.sub(r"\s+", " ", name).strip().strip("\"'`*_“”‘’ ").rstrip(":,;")
    return name if is_name(name) else None


def is_name(name: str) -> bool:
    """Whether words may be the name of a piece of work."""
    name = name.strip().strip("\"'`*_“”‘’ ")
    words = name.split()
    if not words or len(words) > MOST_WORDS or len(name) > LONGEST_NAME or find_urls(name) or "@" in name:
        return False
    if (
        is_status(name)
        or not re.search(r"[^\W\d_]{2}", name)
        or _NO_NAME.fullmatch(name)
        or _STARTS_SENTENCE.match(name)
    ):
        return False
    return not any(mark in name for mark in (". ", "? ", "! ", "; ", "= ", "();")) and name[-1] not in ".?!"


VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|must|needs?|does|did|do|i|we|you|he|she|they|my|our|your|please|not)\b|,\s",
    re.I,
)


def is_name_alone(name: str) -> bool:
    """Whether words without a mark behind them are a name and no sentence."""
    return not VERB.search(name)
