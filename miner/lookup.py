"""What a person means by a name, in one way for all commands: a piece of work, a mail.

The first of these that fits anything decides: it is called so; its message-id, as it is or in a link; how its title begins, within
a word only if nothing else has these words; its title without "[PATCH v2 1/3]" and without what it has before a colon; words of the title,
wherever they stand; whose it is; for whom it waits; words of title and people; a part of a word. Case never counts. `NAME #2` is the second of those that NAME may mean.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from miner.errors import AmbiguousError, MinerError
from miner.links import read_message_id

SHOWN = 10  # of those that a name may mean
NEAREST = 3
_LIKE = 0.75  # of two words, by which one of them is mistyped
_T = TypeVar("_T")
_WORD = re.compile(r"\w+")
_TAGS = re.compile(r"(?:(?:re|fwd?|aw): ?|\[[^\[\]]{0,200}\] ?)+")
_PLACE = re.compile(r"(.*\S) ?#(\d{1,4})")
_LONGEST = 300  # characters of a name, and of a title where titles are likened


@dataclass(frozen=True, slots=True)
class Thing(Generic[_T]):
    """Something that has a name. `ident` is what tells it from others of its title, "" if its title does; `own` are all message-ids of
    its mails, `idents` those of what it is about, `people` those whose it is, `waits_for` those who have to do something for it, `aliases` what else it is called; `details` tell a reader which one it is. Of what
    is called alike the lowest `place` counts; of what words name, that which nothing else among it is about."""

    what: _T
    title: str
    ident: str = ""
    own: Sequence[str] = ()
    idents: Sequence[str] = ()
    people: Sequence[str] = ()
    waits_for: Sequence[str] = ()
    aliases: Sequence[str] = ()
    details: str = ""
    place: int = 0

    @property
    def titles(self) -> list[str]:
        """All that it is called, as it is compared."""
        return [fold(title) for title in (self.title, *self.aliases)]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A name as it is compared."""

    name: str
    ident: str
    bare: str
    words: Sequence[str]


def find_one(name: str, things: Sequence[Thing[_T]], none: str, advice: str, strict: bool = False) -> _T:
    """The one of some things that a name means; of a `strict` name nothing but the whole title, its beginning or an id.

    `none` is what is said of them when none is meant, as in "no work is called 'x'", `advice` what to do when none is near. Raises
    AmbiguousError for several, MinerError, with those that come nearest, for none.
    """
    place = _PLACE.fullmatch(name.strip())
    found: list[Thing[_T]] = []
    begun = False
    if place is not None and not any(_is_called(thing, _read_name(name)) for thing in things):  # a title may end so
        found, begun = _find_all(place[1], things, strict)
        if found and not 1 <= int(place[2]) <= len(found):
            raise MinerError(f"{_short(place[1])!r} may be one of {len(found)}; there is no #{place[2]} among them")
        found = found[int(place[2]) - 1 :][:1]
    if not found:
        found, begun = _find_all(name, things, strict)
    if len(found) == 1:
        return found[0].what
    if found:
        raise _tell_meant(name, found, begun)
    near = _find_nearest(fold(name), things)
    hint = f"the nearest are: {'; '.join(_short(each) for each in near)}" if near else advice
    raise MinerError(f"{none} is called {_short(name)!r}; {hint}")


def fold(text: str) -> str:
    """A name as it is compared with others: case and white space do not count."""
    return " ".join(text.split()).casefold()


def _read_name(name: str) -> _Wanted:
    folded = fold(name)[:_LONGEST]
    bare = _strip(folded)
    words = _WORD.findall(bare) if "@" not in bare else ()  # an address or an id counts as a whole
    return _Wanted(folded, fold(read_message_id(name)), bare, words)


def _find_all(name: str, things: Sequence[Thing[_T]], strict: bool) -> tuple[list[Thing[_T]], bool]:
    """All that a name may mean, and whether more of the title would tell which."""
    wanted = _read_name(name)
    for fits in _FITS[:_STRICT] if strict else _FITS:
        found = [thing for thing in things if fits(thing, wanted)]
        broken = fits is _begins and not strict and not any(_begins_whole(thing, wanted) for thing in found)
        in_words = broken or fits not in _FITS[:_CALLED]
        if found and broken:  # within a word: whatever has the words elsewhere may be meant as well
            found += [thing for thing in things if thing not in found and _has_words(thing, wanted)]
        elif not in_words:
            first = min((thing.place for thing in found), default=0)
            found = [thing for thing in found if thing.place == first]
        if len(found) > 1 and in_words:
            about = {ident for thing in found for ident in thing.idents if ident not in thing.own}
            found = sorted((t for t in found if about.isdisjoint(t.own)), key=lambda t: t.place) or found
        if found:
            return found, fits not in (_is_called, _has_ident)
    return [], False


def _is_called(thing: Thing[Any], wanted: _Wanted) -> bool:
    if not wanted.name:
        return False
    return wanted.name in thing.titles or wanted.ident in map(fold, (thing.ident, *thing.own))


def _has_ident(thing: Thing[Any], wanted: _Wanted) -> bool:
    return bool(wanted.ident) and wanted.ident in map(fold, thing.idents)


def _begins(thing: Thing[Any], wanted: _Wanted) -> bool:
    return bool(wanted.name) and any(title.startswith(wanted.name) for title in thing.titles)


def _begins_whole(thing: Thing[Any], wanted: _Wanted) -> bool:
    """Whether a title begins with whole words."""
    return any(re.match(rf"{re.escape(wanted.name)}(?!(?<=\w)\w)", title) for title in thing.titles)


def _is_called_barely(thing: Thing[Any], wanted: _Wanted) -> bool:
    return bool(wanted.bare) and wanted.bare in _bare_titles(thing)


def _has_words(thing: Thing[Any], wanted: _Wanted) -> bool:
    return any(_have_words(wanted.words, _WORD.findall(title)) for title in thing.titles)


def _is_of(thing: Thing[Any], wanted: _Wanted) -> bool:
    return _is_among(thing.people, wanted)


def _waits_for(thing: Thing[Any], wanted: _Wanted) -> bool:
    return _is_among(thing.waits_for, wanted)


def _is_among(people: Sequence[str], wanted: _Wanted) -> bool:
    if "@" in wanted.ident:
        return any(f"<{wanted.ident}>" in fold(f"<{person}>") for person in people)
    return any(_have_words(wanted.words, _WORD.findall(fold(person))) for person in people)


def _has_words_of_both(thing: Thing[Any], wanted: _Wanted) -> bool:
    return _have_words(wanted.words, _WORD.findall(fold(" ".join((*thing.titles, *thing.people)))))


def _holds(thing: Thing[Any], wanted: _Wanted) -> bool:
    return len(wanted.bare) > 2 and any(wanted.bare in title for title in thing.titles)


_STRICT, _CALLED = 3, 4  # so many of them go by what a thing is called
_FITS: Sequence[Callable[[Thing[Any], _Wanted], bool]] = (
    _is_called, _has_ident, _begins, _is_called_barely, _has_words, _is_of, _waits_for, _has_words_of_both, _holds,
)  # fmt: skip


def _bare_titles(thing: Thing[Any]) -> Iterator[str]:
    """Titles without tags, and without what stands before each colon: "store: cache: replay" is "cache: replay" and "replay"."""
    for title in map(_strip, thing.titles):
        yield title
        while ": " in title:
            title = title.partition(": ")[2]
            yield title


def _strip(title: str) -> str:
    """A title without "Re:" and tags before it."""
    tags = _TAGS.match(title)
    return title[tags.end() :] if tags else title


def _have_words(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each word begins one of the words."""
    return bool(wanted) and all(any(word.startswith(each) for word in words) for each in wanted)


def _tell_meant(name: str, found: Sequence[Thing[_T]], begun: bool) -> AmbiguousError:
    """Tell which ones a name may mean, and how to name one of them."""
    titles = [fold(thing.title) for thing in found]
    idents = (not begun or len(set(titles)) < len(titles)) and any(thing.ident for thing in found)
    advice = "say more of the title" if begun else ""
    if idents:
        advice = f"{advice}, or give its id" if advice else "give its id"
    named = [
        f"{_short(thing.title)}{f' ({_short(thing.ident, 200)})' if idents and thing.ident else ''}"
        for thing in found[:5]
    ]
    line = f"{_short(name)!r} may be one of {len(found)}: {'; '.join(named)}; {advice}"
    choices = []
    for thing in found[:SHOWN]:
        alike = titles.count(fold(thing.title)) > 1 and thing.ident
        details = ", ".join(each for each in (thing.details, _short(thing.ident, 200) if alike else "") if each)
        choices.append(f"{_short(thing.title, 100)}{f' ({details})' if details else ''}")
    number = f"the number of one of them: {f'{_short(name)} #2'!r}"
    return AmbiguousError(line, _short(name), len(found), choices, f"{advice}, or add {number}")


def _find_nearest(name: str, things: Sequence[Thing[_T]]) -> list[str]:
    """The titles that a mistyped name comes near: as a whole, else with each of its words."""
    titles = {title[:_LONGEST]: thing.title for thing in things for title in thing.titles}
    near = difflib.get_close_matches(name[:_LONGEST], titles, n=NEAREST, cutoff=0.5)
    if not near:
        words = _WORD.findall(name[:_LONGEST])[:8]
        known = {word for title in titles for word in _WORD.findall(title)} if words else set()
        like = [frozenset(difflib.get_close_matches(word, known, n=20, cutoff=_LIKE)) for word in words]
        near = [title for title in titles if like and all(each & set(_WORD.findall(title)) for each in like)]
    return list(dict.fromkeys(titles[title] for title in near))[:NEAREST]


def _short(text: str, limit: int = 60) -> str:
    words = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in " ".join(text.split()))
    return words if len(words) <= limit else words[: limit - 1] + "…"
