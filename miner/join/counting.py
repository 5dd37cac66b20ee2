"""How much of a work words speak of: which patches they name by number, "the first two", "patches 1-3 and 5", "all but patch 4", and
whether they leave a part open: "half of it is merged", "only the core patches are in", "merged, but the tests are not"."""

from __future__ import annotations

import re

_ALL_OF_IT = re.compile(
    r"\b(?:both|series|set|patchset|everything|whole|these|them)\b|(?<!thanks )(?<!thank you )(?<!thank )\ball\b(?! the best)",
    re.I,
)
_ONE_OF_IT = re.compile(
    r"\b(?:patch|one|this|that|it|more|some|few|couple|two|three|four|five) (?:from|of|in) (?:the|this|your) (?:series|set|patchset)\b",
    re.I,
)
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PLACES = ("first", "second", "third", "fourth")
_SOME = re.compile(  # "the first two", "the two first patches"
    rf"\b(?P<end>first|last) (?P<count>\d{{1,3}}|{'|'.join(NUMBERS)})(?: patches| commits| of)?\b"
    rf"|\b(?P<many>\d{{1,3}}|{'|'.join(NUMBERS)}) (?P<side>first|last) (?:patches|commits|ones)\b",
    re.I,
)
_PLACE = rf"(?:{'|'.join(_PLACES)}|last|other)"
_ONE = re.compile(  # "the second patch", "first and third patch"; without a noun it is what is told of, or what was done
    rf"(?<!\bof the )(?<!\bin the )\b(?P<places>{_PLACE}(?:(?:, and |, | and )(?:the )?{_PLACE})*) (?:patch\b(?!es)|(?<!other )one\b)"
    rf"|\b(?P<several>{_PLACE}(?:(?:, and |, | and )(?:the )?{_PLACE})+) (?:patches|ones)\b"
    rf"|^\W*(?:the |your )?(?P<alone>(?!other){_PLACE}) (?=(?:is|are|was|were|has|have|had|isn['’]t|needs?|looks?|waits?)\b)"
    rf"|\b(?:applied|queued|merged|pushed|took|picked up|dropped|reverted) (?:only )?the (?P<object>(?!other){_PLACE})(?=\W*$|[.,;:!])",
    re.I,
)
_OF = r"\d{1,3}/\d{1,3}(?![\w/-])"
_FRACTIONS = re.compile(  # "applied 1/3 and 2/3", "patch 2/3 is merged"
    rf"(?:\b(?:applied|queued|merged|pushed|took|picked up|dropped|reverted) (?:only |just )?|^\W*)(?:patch(?:es)? )?(?P<numbers>{_OF}(?:(?:, and |, ?| and | & ){_OF})*)"
    r"(?=\W*$|[.,;:!]| (?:is|are|was|were|has|have|to|for|in|into|on|via|and|but|applied|merged|queued|dropped|look|looks|need|needs)\b)",
    re.I,
)
_NUMBER = r"#?\d{1,3}(?: ?(?:-|~|to|through) ?#?\d{1,3})?"
_ENDS = r"(?=\s*(?:$|[.,;:!)]|(?:to|into|in|on|for|via|of|and|but|is|are|was|were|has|have|thanks|now|here|with|as|from|already|applied|merged|queued|landed)\b))"
_LIST = re.compile(
    r"\b(?:patch(?:es)?|applied|queued|picked(?: up)?|merged|pushed|took) "
    rf"(?P<numbers>{_NUMBER}(?:(?:, and |, ?| and ){_NUMBER})*)(?![./]?\w){_ENDS}",
    re.I,
)
_AND_MORE = re.compile(rf"(?:\band|,) (?P<numbers>{_NUMBER}) (?=(?:to|into|in|on|for|via)\b)", re.I)
_RANGE = re.compile(r"#?(\d{1,3})(?: ?(?:-|~|to|through) ?#?(\d{1,3}))?", re.I)
_COUNT = rf"(?:\d{{1,3}}|{'|'.join(NUMBERS)})"
_OUT_OF = re.compile(
    rf"\b(?P<some>{_COUNT}) (?:out )?of (?:the |these |those |your |my )?(?P<all>{_COUNT})\b(?!\.\d)", re.I
)
_PIECE = rf"(?:last|first|second|third|fourth|other|patch(?:es)?|commits?|part|half|ones?|{_COUNT}|#\d{{1,3}})\b"
_EXCEPT = re.compile(  # what stands behind such words is left out
    r"\b(?:except(?: for)?|excluding|minus|without|all but|but not|other than|apart from) (?:the |that |this |your |my )?"
    rf"(?P<left>{_PIECE}(?! (?:description|subject|title|prefix|message|changelog|comment|time)\b).*)",
    re.I,
)
_TAKEN = r"(?:applied|merged?|queued|picked|pulled|pushed|took|taken|committed|landed|accepted|included|dropped|rejected|reverted)\b(?: up)?"
_THE_REST = re.compile(
    rf"(?P<left>.*)\b{_TAKEN} (?:all )?the (?:rest\b|others\b|(?:other|remaining) (?:patches|ones)\b)", re.I
)
_THINGS = (
    r"(?:it|this|that|these|those|them|(?:the|this|that|these|those|your|my|our|his|her|their) (?:[\w-]+ ){0,2}?"
    r"(?:patch(?:es|sets?)?|series|set|work|changes|commits|code|rework))\b"
)
_SHARE = (  # "that part is in" tells of all that was asked for; the second half comes behind the first
    rf"(?:(?:(?:about |almost |nearly |over |roughly )?(?:the )?(?:first |bigger |larger )?(?:half|parts?|bits|pieces|bulk|majority)"
    rf"|most|some|many|several|(?:a )?few|a couple|{_COUNT}) of {_THINGS}"
    r"|(?:most|some|many|several|a few|a couple of) (?:patches|commits)\b"
    r"|the (?!same\b|whole\b|(?:other|second|last|final|remaining)\b)(?:[\w-]+ ){1,2}?(?:half|parts?|bits?|pieces?|portion)\b"
    rf"|(?:only|just) (?:the|patch(?:es)?|commits?|{_COUNT})\b(?: [\w-]+){{0,3}}?)"
)
_BEING = r"(?:(?:is|are|was|were|has|have|had|been|be|got|went|gone|now|already|also|just|recently|finally|so far|there|only) ){0,4}"
_OF_A_SHARE = re.compile(
    rf"(?:^|[.,;:!?()] ?|\b(?:and|but|so|that|then|yes|now|as|since|because),? ){_SHARE},? {_BEING}(?:{_TAKEN}|(?:in|into|upstream(?:ed)?|mainlined|superseded|replaced)\b)"
    rf"|\b{_TAKEN} (?:only )?{_SHARE}|\bonly {_TAKEN} (?:the|patch(?:es)?|commits?|{_COUNT})\b"
    rf"|\b(?:partly|partially|mostly|half) (?:been )?(?:{_TAKEN}|(?:in|upstream(?:ed)?|superseded|replaced)\b)|\b{_TAKEN} (?:only )?(?:partly|partially|in part)\b",
    re.I,
)
# Words by which the rest is open, behind those that something is in a tree: "merged, but the second half is not".
_REST_OPEN = re.compile(
    r"(?:[,;:(–—]|\s--?\s|\b(?:but|and|then|though|although)\b)\s*(?:(?:but|and|then|though|although)\b\s*)?(?P<left>please (?:\w+ ){1,2}?(?:the )?(?:rest|remainder|others|remaining)\b.*|[^.!?;,]{0,60}?\b(?:half|parts?|rest|remainder|others?|last|first|second|third|ones?"
    r"|pieces?|some|patch(?:es)?|\d{1,3})\b(?: [\w'’-]+){0,4}?(?:(?: not|n['’]t)(?= (?:in|merged|applied|apply|ready|yet|taken|included|queued|upstream|there|landed)\b"
    r"|[^\w\s]|$)| (?:missing|open|pending|outstanding|left|remains?|lacking|needs?|waits?|waiting)\b).*)",
    re.I,
)


def means_all(text: str) -> bool:
    """Whether words speak of a whole series, and not of one patch of it."""
    return bool(_ALL_OF_IT.search(_ONE_OF_IT.sub(" ", text)))


def name_patches(text: str, expected: int) -> frozenset[int] | None:
    """The numbers that words name of the patches of a series, 0 for one that has none ("the other patch"); None where they name no patch.
    Of those that are left out all others are meant.

    >>> sorted(name_patches("Applied 1-3 to loom/next, and 4 to weft/next.", 5)), name_patches("Applied, thanks.", 5)
    ([1, 2, 3, 4], None)
    >>> sorted(name_patches("Applied all but patch 4, thanks.", 5)), sorted(name_patches("The two last patches are in.", 5))
    ([1, 2, 3, 5], [4, 5])
    """
    text = " ".join(text.split())
    if found := _EXCEPT.search(text) or _THE_REST.match(text) or _REST_OPEN.search(text):
        told, rest = name_patches(text[: found.start()], expected), found["left"]
        left = name_patches(f"patches {rest}" if rest[:1].isdigit() else rest, expected)
        if told is None and left is not None:
            told = frozenset() if 0 in left else frozenset(range(1, expected + 1))
        if told is not None:
            return told - (left or frozenset())
    if found := _ONE.search(text):
        places = re.findall(_PLACE, next(filter(None, found.groups())).lower())
        return frozenset(_PLACES.index(p) + 1 if p in _PLACES else expected if p == "last" else 0 for p in places)
    if found := _SOME.search(text):
        word = (found["count"] or found["many"]).lower()
        count = NUMBERS.index(word) + 1 if word in NUMBERS else int(word)
        first = 1 if (found["end"] or found["side"]).lower() == "first" else max(1, expected - count + 1)
        return frozenset(range(first, first + count))
    if found := _FRACTIONS.search(text):
        pairs = [tuple(map(int, each.split("/"))) for each in re.findall(_OF, found["numbers"])]
        if all(1 <= number <= of and of == (expected or of) for number, of in pairs):
            return frozenset(number for number, _ in pairs)
    if found := _LIST.search(text):
        return frozenset(n for each in (found, *_AND_MORE.finditer(text, found.end())) for n in _read(each["numbers"]))
    return None


def leaves_open(text: str) -> bool:
    """Whether words that something is in a tree, or out, say of a part of it that it is not, or speak of no more than a part.

    >>> leaves_open("Half of it is merged."), leaves_open("Merged, but the last patch is not."), leaves_open("Half of it was new to me, applied.")
    (True, True, False)
    """
    text = " ".join(text.split())
    if found := _OUT_OF.search(text):
        return _count(found["some"]) < _count(found["all"])
    return any(words.search(text) for words in (_EXCEPT, _OF_A_SHARE, _REST_OPEN))


def _count(word: str) -> int:
    return int(word) if word.isdecimal() else NUMBERS.index(word.lower()) + 1


def _read(numbers: str) -> range | list[int]:
    return [
        n
        for match in _RANGE.finditer(numbers)
        for n in range(int(match[1]), min(int(match[2] or match[1]), int(match[1]) + 999) + 1)
    ]
