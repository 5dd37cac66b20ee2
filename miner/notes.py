"""The user's own words about pieces of work, in a file beside the configuration: never taken for what the mail says.

`notes.toml` holds one [[note]] each, which a person may edit as well as `miner note`:

    [[note]]
    work = "warp cache"            # the title of an item, or the message-id of a posting
    date = 2026-04-05
    says = "told me so by phone"
    status = "merged"              # stands in the place of what the mail says
    mute = true                    # leave it out of reports; or: snooze = 2026-05-01
    pin = ["MESSAGE-ID"]           # postings that the item is about
    cut = ["MESSAGE-ID"]           # postings that it is not about
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_args

from miner.errors import ConfigError
from miner.files import make_folder, replace_file
from miner.model import Status, StatusLabel

FILE = "notes.toml"
RULE = "your-note"
DOUBTED = "your-note-before-later-mail"  # which says something else
RELEASED = "your-note-on-what-it-waited-for"
BY_USER = frozenset({RULE, DOUBTED, RELEASED})  # the rules of what stands as the user said
_FINISHED: frozenset[StatusLabel | None] = frozenset({"applied", "merged", "dropped", "superseded"})
ALWAYS = "always"
SINCE = "; since then: "  # before what mail said after a note
_SPAN = re.compile(r"(\d{1,4}) ?(d|w|m)(?:ays?|eeks?|onths?)?")
_DAYS = {"d": 1, "w": 7, "m": 30}
_HEAD = "# What you said of pieces of work: see `miner note --help`.\n"


@dataclass(frozen=True, slots=True)
class Note:
    """What a person said of a piece of work, and when."""

    work: str
    date: dt.date
    says: str = ""
    status: StatusLabel | None = None
    mute: bool = False
    snooze: dt.date | None = None
    pin: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()


def read_notes(path: Path) -> tuple[Note, ...]:
    """The notes of a file, in their order; none if there is no file. Raises ConfigError for what cannot be understood."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    rows = table.pop("note", [])
    if table or not isinstance(rows, list):
        raise ConfigError(f"{path}: it holds [[note]] tables and nothing else")
    return tuple(_read_note(row, f"{path}: note {number}") for number, row in enumerate(rows, 1))


def parse_until(text: str, today: dt.date) -> dt.date:
    """The day that `--snooze` names: a date, or days, weeks or months from today; ConfigError if it is none, or not after today.

    >>> parse_until("2 weeks", dt.date(2026, 4, 1)), parse_until("2026-05-01", dt.date(2026, 4, 1))
    (datetime.date(2026, 4, 15), datetime.date(2026, 5, 1))
    """
    said = text.strip()
    try:
        match = _SPAN.fullmatch(said)
        day = today + dt.timedelta(int(match[1]) * _DAYS[match[2]]) if match else dt.date.fromisoformat(said)
    except ValueError:
        raise ConfigError(f"{text!r} is no day; give one as 2026-05-01, or a time as '2 weeks'") from None
    if day <= today:
        raise ConfigError(f"{text!r} is not after today, {today.isoformat()}; give a day that has not come yet")
    return day


def make_note(
    work: str,
    day: dt.date,
    says: str = "",
    status: str | None = None,
    mute: bool = False,
    snooze: dt.date | None = None,
    pin: Sequence[str] = (),
    cut: Sequence[str] = (),
) -> Note:
    """A note as a person gave it; ConfigError if it says nothing, or something that cannot be."""
    if not (says or status or mute or snooze or pin or cut):
        raise ConfigError("it says nothing: give --says, --status, --mute, --snooze, --pin or --cut")
    row: dict[str, Any] = {"work": work, "date": day, "says": says, "mute": mute}
    row |= {"pin": [ident.strip("<> ") for ident in pin], "cut": [ident.strip("<> ") for ident in cut]}
    row |= {name: value for name, value in (("status", status), ("snooze", snooze)) if value is not None}
    return _read_note(row, work)


def describe_note(note: Note, today: dt.date | None = None) -> str:
    """A note in one line; a snooze that is over is said to be so."""
    over = " (over)" if today is not None and note.snooze is not None and note.snooze <= today else ""
    words = [note.says, f"status {note.status}" if note.status else "", "muted" if note.mute else ""]
    words += [f"snoozed until {note.snooze}{over}" if note.snooze else "", *(f"about {i}" for i in note.pin)]
    words += [f"not about {ident}" for ident in note.cut]
    return f"{note.date}  {note.work}: {'; '.join(word for word in words if word)}"


def add_note(path: Path, note: Note) -> bool:
    """Write a note behind the others, and tell whether it is new: what was said last of the work, on whatever day, or on the same
    day, is not written twice. Raises MinerError if the file cannot be read or written."""
    notes = read_notes(path)
    here = [each for each in notes if _is_about(each, note.work)]
    if here and replace(note, work=here[-1].work, date=here[-1].date) == here[-1]:
        return False
    _write(path, (*(each for each in notes if each not in here or replace(note, work=each.work) != each), note))
    return True


def drop_notes(path: Path, work: str, others: Collection[str] = ()) -> int:
    """Take away all notes about a piece of work, which has the `others` as names too, and tell how many these were."""
    notes = read_notes(path)
    names = {_key(name) for name in (work, *others)}
    kept = [note for note in notes if _key(note.work) not in names]
    if len(kept) < len(notes):
        _write(path, kept)
    return len(notes) - len(kept)


def drop_expired(path: Path, today: dt.date) -> int:
    """Take away the notes that said nothing but a snooze that is over, with the mutes and snoozes before them that they stood in the
    place of, and tell how many snoozes these were."""
    notes = read_notes(path)
    hiding: dict[str, list[Note]] = {}
    for note in sorted(notes, key=lambda note: note.date):
        if note.mute or note.snooze:
            hiding.setdefault(_key(note.work), []).append(note)
    over = [each for each in hiding.values() if (day := each[-1].snooze) is not None and day <= today]
    gone = {id(note) for each in over for note in each}
    kept = [shown for note in notes if (shown := replace(note, mute=False, snooze=None) if id(note) in gone else note)]
    kept = [note for note in kept if note.says or note.status or note.mute or note.snooze or note.pin or note.cut]
    if gone:
        _write(path, kept)
    return sum(note.snooze is not None for note in notes if id(note) in gone)


def apply_notes(
    status: Iterable[Status], notes: Sequence[Note], as_of: dt.datetime | None = None
) -> tuple[Status, ...]:
    """Statuses with what the user said of them: the newest status that was noted stands in the place of the mail's, which stays
    visible under `also` and, where it came later and says something else, in the note; what he said is finished waits for nobody, and nothing waits for it. A mute or a snooze counts until a
    newer note says otherwise. What was said after the end of `as_of`'s day was not known then; what is hidden is hidden always.

    What is said of one version of a series, by its id or its title, is said of all versions that are among the statuses."""
    by_work: dict[str, list[tuple[int, Note]]] = {}
    for n, note in enumerate(notes):
        known = as_of is None or dt.datetime.combine(note.date, dt.time.max, dt.UTC) <= as_of
        by_work.setdefault(_key(note.work), []).append((n, note if known else replace(note, says="", status=None)))
    status = tuple(status)
    if not by_work:
        return status
    chains = _names_of_chains(status)
    said = [_apply(one, _notes_of(chains.get(_chain_of(one), _names_of(one)), by_work)) for one in status]
    finished = {
        name: one
        for one in said
        if one.rule in (RULE, DOUBTED) and one.status in _FINISHED
        for name in (one.key, one.title, one.chain, *one.series)
        if name
    }
    if not finished:
        return tuple(said)
    by_root = {one.key: _release(one, finished, {}) for one in said if one.kind == "series"}
    return tuple(by_root[one.key] if one.kind == "series" else _release(one, finished, by_root) for one in said)


def is_named(status: Status, name: str) -> bool:
    """Whether a note under this name is about it."""
    return _key(name) in _names_of(status)


def find_idle(notes: Sequence[Note], status: Iterable[Status], postings: Iterable[str]) -> tuple[str, ...]:
    """What notes name that is not there: pieces of work, and message-ids that are none of the `postings`."""
    names = {name for one in status for name in _names_of(one)}
    idents = set(postings)
    idle = [note.work for note in notes if _key(note.work) not in names]
    return (
        *dict.fromkeys(idle),
        *dict.fromkeys(i for note in notes for i in (*note.pin, *note.cut) if i not in idents),
    )


def pins_of(notes: Sequence[Note], title: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The message-ids that the user tied to an item, and those that he cut from it."""
    here = [note for note in notes if _is_about(note, title)]
    return tuple(i for note in here for i in note.pin), tuple(i for note in here for i in note.cut)


def _names_of(status: Status) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_key, (status.key, status.title, status.chain or status.key))))


def _chain_of(status: Status) -> str | None:
    return (status.chain or status.key) if status.kind == "series" else None


def _names_of_chains(status: Iterable[Status]) -> Mapping[str | None, Collection[str]]:
    """The names of all versions of each series, by its chain."""
    found: dict[str | None, dict[str, None]] = {}
    for one in status:
        if one.kind == "series":
            found.setdefault(_chain_of(one), {}).update(dict.fromkeys(_names_of(one)))
    return found


def _notes_of(names: Iterable[str], by_work: Mapping[str, Sequence[tuple[int, Note]]]) -> list[Note]:
    """The notes under these names, oldest first; those of one day in the order of the file."""
    found = [each for name in names for each in by_work.get(name, ())]
    return [note for _, note in sorted(found, key=lambda each: (each[1].date, each[0]))]


def _apply(status: Status, notes: Sequence[Note]) -> Status:
    if not notes:
        return status
    said = dict.fromkeys(f"{note.date.isoformat()}: {text}" for note in notes if (text := _words(note)))
    hiding = [note for note in notes if note.mute or note.snooze]
    hidden = None
    if hiding:
        hidden = ALWAYS if hiding[-1].mute else str(hiding[-1].snooze)
    before = status
    status = replace(status, note="; ".join(said) or None, hidden_until=hidden)
    noted = [note for note in notes if note.status is not None]
    if not noted:
        return status
    last = noted[-1]
    earlier = (before.status,) if before.status not in (None, last.status) else ()
    also = tuple(
        dict.fromkeys(label for label in (*earlier, *status.also) if label is not None and label != last.status)
    )
    day = dt.datetime.combine(last.date, dt.time.min, dt.UTC)
    doubted = (
        before.as_of is not None and before.as_of.date() > last.date and _says_otherwise(before.status, last.status)
    )
    if doubted:
        assert before.as_of is not None
        status = replace(status, note=f"{status.note}{SINCE}{before.status}, {before.as_of.date().isoformat()}")
    status = replace(
        status,
        status=last.status,
        also=also,
        certainty="asserted",
        rule=DOUBTED if doubted else RULE,
        as_of=day,
        since=day,
        confidence=None,
        weighed=None,
    )
    if last.status in _FINISHED:
        return replace(status, waiting_on=(), next_actor=None, depends_on=(), unanswered=())
    if last.status == before.status:
        return status
    waits = _waits_for(last.status, status.assignee)
    depends = status.depends_on if last.status == "blocked" else ()
    return replace(status, waiting_on=waits, next_actor=next(iter(waits), None), depends_on=depends)


def _says_otherwise(mail: StatusLabel | None, user: StatusLabel | None) -> bool:
    """Whether mail says something else than the user. What is merged was applied, and what he calls finished goes on to be so."""
    return mail is not None and mail != user and not (mail in ("applied", "superseded") and user == "merged")


def _release(status: Status, finished: Mapping[str, Status], by_root: Mapping[str, Status]) -> Status:
    """A status that waits no more for what the user said is finished. What was blocked by nothing else stands where its newest
    posting does; without one nobody said what comes next."""
    gone = [name for name in (*status.depends_on, *status.waiting_on) if name in finished]
    if not gone or status.status in _FINISHED:
        return status
    depends = tuple(name for name in status.depends_on if name not in finished)
    owners = {finished[name].assignee for name in gone} if status.status == "blocked" else set()
    waiting = tuple(name for name in status.waiting_on if name not in finished and name not in owners)
    actor = status.next_actor if status.next_actor in (*waiting, "author") else next(iter(waiting), None)
    rest = replace(status, depends_on=depends, waiting_on=waiting, next_actor=actor)
    if status.status != "blocked" or status.rule in (RULE, DOUBTED) or depends or waiting:
        return rest
    over = finished[gone[0]]
    assert over.as_of is not None
    why = f"{over.as_of.date().isoformat()}: {over.title} is {over.status}"
    rest = replace(
        rest,
        also=tuple(dict.fromkeys(("blocked", *status.also))),
        note="; ".join(word for word in (status.note, why) if word),
        as_of=over.as_of,
        since=over.as_of,
        rule=RELEASED,
        confidence=None,
        weighed=None,
    )
    if status.kind == "series":
        return replace(
            rest, status="needs-review", certainty="asserted", waiting_on=("reviewers",), next_actor="reviewers"
        )
    posting = by_root.get(status.series[-1]) if status.series else None
    if posting is None or posting.status == "blocked":
        return replace(rest, status=None, certainty=None)
    return replace(
        rest,
        status=posting.status,
        certainty=posting.certainty,
        waiting_on=posting.waiting_on,
        next_actor=next(iter(posting.waiting_on), None),
        also=tuple(label for label in rest.also if label != posting.status),
    )


def _waits_for(label: StatusLabel | None, assignee: str | None) -> tuple[str, ...]:
    """Whom a status of the user's own words calls for."""
    if label in ("posted", "needs-review"):
        return ("reviewers",)
    if label in ("planned", "in-progress", "needs-revision"):
        return (assignee or "author",)
    return ("maintainer",) if label == "ready" else ()


def _words(note: Note) -> str:
    return " ".join(
        word for word in (note.status or "", f"({note.says})" if note.status and note.says else note.says) if word
    )


def _is_about(note: Note, work: str) -> bool:
    return _key(note.work) == _key(work)


def _key(work: str) -> str:
    return " ".join(work.strip().strip("<>").lower().split())


def _read_note(row: Any, where: str) -> Note:
    known = {field.name for field in fields(Note)}
    if not isinstance(row, dict):
        raise ConfigError(f"{where}: must be a table")
    if unknown := sorted(set(row) - known):
        raise ConfigError(f"{where}: unknown key {unknown[0]!r}; the known keys are {', '.join(sorted(known))}")
    values = dict(row)
    for name in ("pin", "cut"):
        value = values.get(name, [])
        values[name] = tuple([value] if isinstance(value, str) else value)
    good = (
        isinstance(values.get("work"), str)
        and bool(values["work"].strip())
        and _is_day(values.get("date"))
        and isinstance(values.get("says", ""), str)
        and isinstance(values.get("mute", False), bool)
        and ("snooze" not in values or _is_day(values["snooze"]))
        and all(isinstance(ident, str) for name in ("pin", "cut") for ident in values[name])
    )
    if not good:
        raise ConfigError(
            f"{where}: needs work (a text) and date (a day); says is a text, mute true or false, snooze a day"
        )
    if values.get("status") not in (None, *get_args(StatusLabel)):
        raise ConfigError(
            f"{where}: no status {values['status']!r}; the statuses are {', '.join(get_args(StatusLabel))}"
        )
    return Note(**values)


def _is_day(value: Any) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _write(path: Path, notes: Iterable[Note]) -> None:
    make_folder(path.parent)
    replace_file(path, _HEAD + "".join(f"\n{_as_toml(note)}" for note in notes))


def _as_toml(note: Note) -> str:
    lines = ["[[note]]"]
    for field in fields(Note):
        value = getattr(note, field.name)
        if value not in (None, "", (), False):
            text = (
                value.isoformat()
                if isinstance(value, dt.date)
                else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
            )
            lines.append(f"{field.name} = {text}")
    return "\n".join(lines) + "\n"
