"""A report made ready to be read or sent: what moved since the last one, and where everything stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from miner.config import Config
from miner.elsewhere import find_elsewhere
from miner.loose import find_loose, find_reports, find_setbacks
from miner.mined import Mined
from miner.model import Move, Question, Status
from miner.past import Standing, find_changes
from miner.report.escape import one_line
from miner.report.letter import Letter
from miner.report.overview import PLACE_OF
from miner.report.wanted import is_called, is_on_list
from miner.report.writer import write_letter
from miner.sources import Source

DEFAULT_SPAN = timedelta(days=7)
REPORTED = timedelta(days=30)  # before the period: a report of then tells of a work that moves now
LEAST_TAKEN = 3  # works of others that somebody took who need not be told of his own
_OVER = frozenset({"dropped", "superseded"})


@dataclass(frozen=True, slots=True)
class View:
    """What a reader wants to see: what waits for `reader`, of the list `inbox`, the items of the `table` in some mail."""

    reader: str = ""
    inbox: str = ""
    table: str = ""


def compose(
    mined: Mined,
    config: Config,
    *,
    now: datetime,
    since: datetime | None = None,
    view: View = View(),
    warnings: Sequence[str] = (),
    before: Standing | None = None,
) -> Letter:
    """The letter of what was mined, with what moved since a moment; without one in the last week. `now` is the clock, `before` where all
    stood at that moment, if it was kept."""
    as_of = mined.moment(now)
    start = since or (as_of or now) - DEFAULT_SPAN
    takers, main = _find_takers(mined, view.reader)
    moves = find_changes(mined, start, config, before)
    return write_letter(
        mined.status,
        moves,
        items=mined.items,
        series=mined.series,
        claims=mined.claims,
        messages=mined.by_id,
        promises=mined.promises,
        archive_url=config.archive_url,
        stale_days=mined.stale_after(config.stale_days),
        as_of=as_of,
        since=start,
        today=mined.today(now),
        reader=view.reader,
        forms=_forms_of(mined, view.reader),
        inbox=view.inbox,
        table=view.table,
        takers=takers,
        main=main,
        loose=(*find_reports(mined, start), *find_loose(mined, start)),
        fails=_find_failing(mined, start, moves),
        warnings=warnings,
        elsewhere=frozenset() if view.reader else find_elsewhere(mined, config, _find_open(mined)),
    )


def _find_failing(mined: Mined, start: datetime, moves: Sequence[Move]) -> tuple[tuple[Status, Question], ...]:
    """The works that are said to fail since they were taken: in the period, or before it where they moved in it, so that nothing is good
    news that is none. Who names the commit is heard before who answers the patch."""
    from miner.join import find_blamed  # networkx, only where it is needed

    newest = {one.chain or one.key: one for one in mined.status if one.kind == "series"}
    chains = {one.root: one.chain for one in mined.series}
    moved = {move.key for move in moves}
    found: dict[str, tuple[Status, Question]] = {}
    reports = sorted(mined.since(start - REPORTED), key=lambda each: each.date or start)
    for blamed in find_blamed(reports, mined.series, mined.by_id):
        work = newest.get(chains.get(blamed.root, ""))
        if work is None or work.status in _OVER or blamed.words.date is None:
            continue
        if blamed.words.date >= start or work.key in moved:
            found[work.key] = work, blamed.words
    for work, words in find_setbacks(mined, start):
        found.setdefault(work.key, (work, words))
    return tuple(found.values())


def _find_open(mined: Mined) -> tuple[Status, ...]:
    return tuple(each for each in mined.status if PLACE_OF[each.status].open)


def find_unknown(mined: Mined, view: View, followed: Iterable[Source] = ()) -> list[str]:
    """What a reader asked for that nobody knows, a line each: a name that nobody has, a list that has no mail and is not among the sources
    that are `followed`, a table that is none. Where there is no mail at all nothing can be known."""
    lines: list[str] = []
    if not mined.messages:
        return lines
    if view.reader.strip() and not _find_called(mined, view.reader):
        lines.append(f"--for: nobody in these mails is called {view.reader!r}")
    if view.inbox.strip() and not any(is_on_list(mail, view.inbox) for mail in mined.messages):
        wanted = view.inbox.casefold().strip()
        if not any(wanted in each.title.casefold() for each in followed):
            lines.append(f"--list: no mail here is from a list called {view.inbox!r}")
    if view.table.strip():
        tables = dict.fromkeys(item.message_id for item in mined.items)
        mails = [mined.by_id[ident] for ident in tables if ident in mined.by_id]
        if not any(is_called(mail, view.table) for mail in mails):
            known = "; ".join(dict.fromkeys(one_line(mail.subject.text, 60) for mail in mails[:5]))
            lines.append(
                f"--table: no table of work items is in a mail with {view.table!r} in its subject; {f'there are: {known}' if known else 'there is none here'}"
            )
    return lines


def find_namesakes(mined: Mined, reader: str) -> str:
    """Who may be meant by a name that several have; empty where one is meant, or nobody."""
    called = sorted(_find_called(mined, reader))
    if len(called) < 2:
        return ""
    named = ", ".join(one_line(person, 80) for person in called[:5])
    more = f" and {len(called) - 5} more" if len(called) > 5 else ""
    return f"--for: {reader!r} may be {named}{more}; what waits for any of them is shown, say more of the name"


def _forms_of(mined: Mined, reader: str) -> frozenset[str]:
    """All that somebody of a name is called: "Bo Lind" is Lind Bo, and who wrote from the same address under another name."""
    return frozenset(form for forms in _find_called(mined, reader).values() for form in forms)


def _find_called(mined: Mined, reader: str) -> dict[str, list[str]]:
    """Those who may be meant by a name, as they are shown, each with all that he is called."""
    wanted = reader.casefold().strip()
    if not wanted:
        return {}
    from miner.join import People  # networkx, only where it is needed
    from miner.join.mailmap import read_mailmap

    forms = set(filter(None, (*_names(mined), *(one.author for one in mined.series), *(c.by for c in mined.claims))))
    people = People(sorted(forms), read_mailmap(mined.mailmap))
    found = people.resolve(reader)
    called = {people.key(form) for form in forms if wanted in form.casefold() or people.same(form, found)}
    shown: dict[str, list[str]] = {}
    for form in sorted(forms):
        if people.key(form) in called:
            shown.setdefault(people.resolve_known(form), []).append(form)
    return shown


def _find_takers(mined: Mined, reader: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who takes other people's patches, and who among them takes some; for nobody in particular as far as claims and postings tell it, so that no
    mail is read for it."""
    from miner.join import People, count_takers  # networkx, only where it is needed
    from miner.join.mailmap import read_mailmap

    forms = sorted({*(one.author for one in mined.series), *(claim.by for claim in mined.claims)})
    found = count_takers(mined.claims, mined.series, People(forms, read_mailmap(mined.mailmap)))
    main = tuple(sorted(taker for taker, count in found.items() if count >= LEAST_TAKEN))
    return (mined.takers if reader.strip() else tuple(sorted(found))), main


def _names(mined: Mined) -> Iterator[str]:
    """Everybody who wrote, or whom anybody waits for."""
    yield from (str(message.author) for message in mined.messages)
    for one in mined.status:
        yield from (n for n in (one.assignee, *one.waiting_on, *(each.asked_of for each in one.unanswered)) if n)
    yield from (promise.by for promise in mined.promises)
