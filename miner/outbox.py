"""What was sent: a small file of the reports that went out, so that none goes twice and each one answers the last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from miner.config import Config
from miner.errors import MinerError, SendError
from miner.files import make_folder, replace_file
from miner.past import Stand, Standing
from miner.report.letter import Letter
from miner.report.send import bare_address

FILE, STANDING, REFUSED = "sent.json", "standing.json", "refused.json"
KEPT = 200  # reports that are remembered


@dataclass(frozen=True, slots=True)
class Sent:
    """A report that was sent: when, to whom, with which Message-ID, and what names its content."""

    date: datetime
    message_id: str
    to: tuple[str, ...]
    digest: str


def read_sent(config: Config) -> tuple[Sent, ...]:
    """The reports that were sent, oldest first. A file that cannot be read is an error: without it one might be sent twice."""
    path = outbox_path(config)
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return tuple(
            Sent(
                datetime.fromisoformat(row["date"]).astimezone(UTC), row["message_id"], tuple(row["to"]), row["digest"]
            )
            for row in rows
        )
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MinerError(f"{path}: cannot be read ({error}); move it away to begin anew") from error


def last_report(config: Config, to: Sequence[str] | None = None) -> Sent | None:
    """The last report that was sent, to these people if they are named."""
    found = [sent for sent in read_sent(config) if to is None or set(sent.to) == set(to)]
    return found[-1] if found else None


def remember(config: Config, sent: Sent) -> None:
    """Write down that a report went out."""
    path = outbox_path(config)
    rows = [
        {"date": each.date.isoformat(), "message_id": each.message_id, "to": list(each.to), "digest": each.digest}
        for each in (*read_sent(config), sent)[-KEPT:]
    ]
    make_folder(path.parent)
    replace_file(path, json.dumps(rows, indent=1))


@dataclass(frozen=True, slots=True)
class Refused:
    """Whom a server takes no mail for, since when, and why."""

    address: str
    since: datetime
    why: str


def remember_refused(config: Config, to: Sequence[str], refused: Mapping[str, str], now: datetime) -> None:
    """Write down for which of the people of a mail the server did not take it; who got it is no longer refused."""
    before = _read_refused(config)
    tried = {bare_address(each).casefold() for each in to}
    kept = {address: each for address, each in before.items() if address not in tried}
    for address, why in refused.items():
        key = address.casefold()
        kept[key] = Refused(address, before[key].since if key in before else now, why)
    if kept != before:
        path = config.store_path.with_name(REFUSED)
        rows = [{"address": each.address, "since": each.since.isoformat(), "why": each.why} for each in kept.values()]
        make_folder(path.parent)
        replace_file(path, json.dumps(rows, indent=1))


def describe_refused_since(config: Config) -> list[str]:
    """Who of those that get the nightly report was refused when it was last sent, a line each."""
    known = _read_refused(config)
    asked = [key for each in config.smtp.to if (key := _fold_address(each)) in known]
    return [
        f"{(one := known[key]).address}: refused since {one.since:%Y-%m-%d}, {one.why}" for key in dict.fromkeys(asked)
    ]


def _read_refused(config: Config) -> dict[str, Refused]:
    """By address; nothing if the file cannot be read: the next report tells it again."""
    try:
        rows = json.loads(config.store_path.with_name(REFUSED).read_text(encoding="utf-8"))
        found = [Refused(row["address"], datetime.fromisoformat(row["since"]), row["why"]) for row in rows]
        return {each.address.casefold(): each for each in found}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _fold_address(form: str) -> str:
    try:
        return bare_address(form).casefold()
    except SendError:
        return ""  # what is no address is told of by whoever checks them


@dataclass(frozen=True, slots=True)
class Stood:
    """Where the works of some sources stood when a report was made of them."""

    sources: tuple[str, ...]
    works: Standing


def remember_standing(config: Config, sent: Sent, stood: Stood) -> None:
    """Write down where all stood when a report went out, in the place of what was written of the last one to the same people."""
    path = config.store_path.with_name(STANDING)
    rows = [[*key, *stand] for key, stand in stood.works.items()]
    report = {"report": sent.message_id, "sources": stood.sources, "works": rows}
    kept = {**_read_standings(path), _name(sent.to): report}
    make_folder(path.parent)
    replace_file(path, json.dumps(kept))


def read_standing(config: Config, last: Sent | None, sources: Sequence[str]) -> Standing | None:
    """Where the works of some sources stood when a report went out, None if that is not known, or was made of others."""
    kept = _read_standings(config.store_path.with_name(STANDING)).get(_name(last.to)) if last is not None else None
    if last is None or not isinstance(kept, dict) or kept.get("report") != last.message_id:
        return None
    if kept.get("sources") != list(sources):
        return None
    try:
        return {(kind, key): Stand(status, revision, tuple(who)) for kind, key, status, revision, who in kept["works"]}
    except (KeyError, TypeError, ValueError):
        return None


def _read_standings(path: Path) -> dict[str, object]:
    """What was written down; nothing if it cannot be read: it can be told from the mail as well, but for mail that came late."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _name(to: Sequence[str]) -> str:
    return " ".join(sorted(to))


def digest_of(letter: Letter) -> str:
    """What names the content of a report: where each work stands, whatever the day. How long it waits does not count, nor how old
    the mail of a warning is."""
    content = [
        (heap.key, entry.title, entry.revision, entry.state, entry.next_actor, [quote.text for quote in entry.evidence])
        for heap in letter.heaps
        if heap.key not in ("done", "over", "known", "stale")
        for entry in heap.entries
    ]
    content.sort(key=repr)
    return hashlib.sha256(repr((letter.reader, content, bool(letter.warnings))).encode("utf-8", "replace")).hexdigest()


def outbox_path(config: Config) -> Path:
    """The file lies beside the store."""
    return config.store_path.with_name(FILE)
