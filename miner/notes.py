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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_args

from miner.errors import ConfigError
from miner.files import make_folder, replace_file
from miner.model import Status, StatusLabel

FILE = "notes.toml"
RULE = "your-note"
ALWAYS = "always"
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
    """The day that `--snooze` names: a date, or days, weeks or months from today; ConfigError if it is none.

    >>> parse_until("2 weeks", dt.date(2026, 4, 1)), parse_until("2026-05-01", dt.date(2026, 4, 1))
    (datetime.date(2026, 4, 15), datetime.date(2026, 5, 1))
    """
    match = _SPAN.fullmatch(text.strip())
    if match:
        return today + dt.timedelta(days=int(match[1]) * _DAYS[match[2]])
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(f"{text!r} is no day; give one as 2026-05-01, or a time as '2 weeks'") from None


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


def describe_note(note: Note) -> str:
    """A note in one line."""
    words = [note.says, f"status {note.status}" if note.status else "", "muted" if note.mute else ""]
    words += [f"snoozed until {note.snooze}" if note.snooze else "", *(f"about {i}" for i in note.pin)]
    words += [f"not about {ident}" for ident in note.cut]
    return f"{note.date}  {note.work}: {'; '.join(word for word in words if word)}"


def add_note(path: Path, note: Note) -> None:
    """Write a note behind the others. Raises MinerError if the file cannot be read or written."""
    _write(path, (*read_notes(path), note))


def drop_notes(path: Path, work: str) -> int:
    """Take away all notes about a piece of work, and tell how many these were."""
    notes = read_notes(path)
    kept = [note for note in notes if not _is_about(note, work)]
    if len(kept) < len(notes):
        _write(path, kept)
    return len(notes) - len(kept)


def apply_notes(status: Iterable[Status], notes: Sequence[Note]) -> tuple[Status, ...]:
    """Statuses with what the user said of them: the newest status that was noted stands in the place of the mail's, which stays
    visible under `also`; a mute or a snooze counts until a newer note says otherwise."""
    by_work: dict[str, list[Note]] = {}
    for note in notes:
        by_work.setdefault(_key(note.work), []).append(note)
    if not by_work:
        return tuple(status)
    return tuple(_apply(one, _notes_of(one, by_work)) for one in status)


def pins_of(notes: Sequence[Note], title: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The message-ids that the user tied to an item, and those that he cut from it."""
    here = [note for note in notes if _is_about(note, title)]
    return tuple(i for note in here for i in note.pin), tuple(i for note in here for i in note.cut)


def _notes_of(status: Status, by_work: dict[str, list[Note]]) -> list[Note]:
    names = dict.fromkeys(map(_key, (status.key, status.title, status.chain or "")))
    found = [note for name in names for note in by_work.get(name, ())]
    return sorted(found, key=lambda note: note.date)


def _apply(status: Status, notes: Sequence[Note]) -> Status:
    if not notes:
        return status
    said = [f"{note.date.isoformat()}: {text}" for note in notes if (text := _words(note))]
    hiding = [note for note in notes if note.mute or note.snooze]
    hidden = None
    if hiding:
        hidden = ALWAYS if hiding[-1].mute else str(hiding[-1].snooze)
    status = replace(status, note="; ".join(said) or None, hidden_until=hidden)
    noted = [note for note in notes if note.status is not None]
    if not noted:
        return status
    last = noted[-1]
    before = (status.status,) if status.status not in (None, last.status) else ()
    also = tuple(
        dict.fromkeys(label for label in (*before, *status.also) if label is not None and label != last.status)
    )
    finished = last.status in ("applied", "merged", "dropped", "superseded")
    return replace(
        status,
        status=last.status,
        also=also,
        certainty="asserted",
        rule=RULE,
        waiting_on=() if finished else status.waiting_on,
        next_actor=None if finished else status.next_actor,
    )


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
