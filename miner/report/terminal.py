"""What a person reads on a terminal of where works stand: the status report, one item's history, what moved, what waits.

Each function returns a rich `Text` with its line breaks in it, laid out for the width of the console that it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from rich.console import Console
from rich.text import Text

from miner.model import BUILT_UPON, Blockage, Move, Wait
from miner.report.arrange import tell_note
from miner.report.escape import one_line, short_name
from miner.report.history import History, Step
from miner.report.layout import DOT, Page, link, styled
from miner.report.overview import PLACE_OF, Entry, Overview, Part, Place, Quote, Reference, Section
from miner.report.rows import day_of
from miner.report.wording import count, tell_shown

_STYLES = {
    "answer": "bold red",
    "review": "bold yellow",
    "author": "bold magenta",
    "ready": "bold green",
    "blocked": "bold dark_orange",
    "posted": "bold blue",
    "done": "bold green",
    "over": "bold bright_black",
    "unknown": "bold bright_black",
}
_DEEPEST = 12  # steps to the right


# The status report


def render_status(overview: Overview, console: Console) -> Text:
    """The status report for a person."""
    page = Page(console)
    page.add(_head(overview))
    page.add_facts((styled(f"{n} {place.tally}", _STYLES[place.key]) for place, n in overview.tally), indent=0)
    for words in overview.left_out:
        page.add(styled(f"{words}, see --all", "dim"))
    for part in overview.parts:
        _add_part(page, part)
    if overview.references:
        page.add_heading(styled("Mails", "bold"))
        _add_references(page, overview.references)
    return page.text()


def _head(overview: Overview) -> Text:
    if not overview.parts:
        return styled("No work item and no patch series in these mails.")
    items = count(overview.items, "work item") if overview.items else ""
    series = f"{overview.series} patch series" if overview.series else ""
    when = f" on {overview.day}" if overview.day else ""
    return styled(f"Where things stand{when}: ", "bold") + styled(" and ".join(filter(None, (items, series))))


def _add_part(page: Page, part: Part) -> None:
    title = styled(part.title, "bold")
    if part.origin:
        by = f" by {part.origin.author}" if part.origin.author else ""
        day = f", {part.origin.day}" if part.origin.day else ""
        title += styled(f"{DOT}table{by}{day} ", "default") + link(part.origin)
    page.add_heading(title)
    for section in part.sections:
        _add_section(page, section)


def _add_section(page: Page, section: Section) -> None:
    page.add_blank()
    page.add(styled(section.place.heading, _STYLES[section.place.key]) + styled(f"  {len(section.entries)}", "dim"))
    for entry in section.entries:
        _add_entry(page, entry, section.place)


def _add_entry(page: Page, entry: Entry, place: Place) -> None:
    tail = styled(f" {entry.version}" if entry.version else "", "cyan")
    if entry.reference:
        tail = tail + styled(" ") + link(entry.reference)
    title = styled(entry.title, "bold" if place.open else "default")
    page.add(title, indent=2, tail=tail, right=styled(entry.told_priority, "dim"))
    page.add_facts(_facts(entry, place), indent=4)
    if entry.tree:
        page.add(styled("git: ", "dim") + styled(entry.tree), indent=4)
    if entry.note:
        page.add(styled("you: ", "magenta") + styled(entry.note), indent=4)
    for quote in entry.evidence:
        page.add(_sentence(quote), indent=4, tail=_source(quote))
    for quote in entry.questions:
        page.add(styled("unanswered: ", "red") + _sentence(quote), indent=4, tail=_source(quote))
    if entry.more_at:
        page.add(styled(entry.told_more, "dim"), indent=4, tail=link(entry.more_at))
    if entry.older:
        older = count(len(entry.older), "older revision")
        page.add(styled(f"and {older} ({', '.join(dict.fromkeys(entry.older))})", "dim"), indent=4)


def _facts(entry: Entry, place: Place) -> Iterable[Text]:
    if entry.state:
        yield styled(entry.standing, _STYLES[place.key].removeprefix("bold "))
    if place.open:
        yield styled("next: ") + styled(entry.next_actor or "unknown", "bold" if entry.next_actor else "dim")
    if entry.waits_for:
        yield styled("waits for ") + styled(", ".join(entry.waits_for), "bold")
    if entry.applied_to:
        yield styled(f"in {entry.applied_to}")
    if entry.taken:
        yield styled(entry.taken)
    if entry.since:
        yield _since(entry, place)
    if entry.owner and entry.owner != entry.next_actor:
        yield styled(f"author {entry.owner}" if entry.reference else f"assignee {entry.owner}")
    if entry.also:
        yield styled(f"also {', '.join(entry.also)}")
    if entry.series:
        yield styled("series ") + styled(", ").join(
            styled(f"{name} ".lstrip()) + link(ref) for name, ref in entry.series
        )


def _since(entry: Entry, place: Place) -> Text:
    if not place.open:
        return styled(entry.since)
    age = "" if entry.days is None else f" ({count(entry.days, 'day') if entry.days else 'today'})"
    return styled(f"since {entry.since}{age}", "yellow" if entry.stale else "")


def _sentence(quote: Quote) -> Text:
    if not quote.is_quoted:
        return styled(f"{quote.said}:")
    answers = f" (to “{quote.answers}”)" if quote.answers else ""
    return styled(f"“{quote.said}”", "italic") + styled(answers, "dim")


def _source(quote: Quote) -> Text:
    """`Who, day [n]`, or who asked whom."""
    who = quote.author
    if quote.asked_of:
        who = f"{who} to {quote.asked_of}" if who else f"to {quote.asked_of}"
    said = ", ".join(each for each in (who, quote.day) if each)
    return styled(f"{said} " if said else "", "dim") + link(quote.reference)


def _add_references(page: Page, references: Sequence[Reference]) -> None:
    wide = len(str(len(references)))
    for ref in references:
        where = styled(ref.url or ref.message_id, f"dim link {ref.url}" if ref.url else "dim")
        page.add_long(styled(f"[{ref.number}]".rjust(wide + 3) + " ", "dim") + where)


# One item's history


def render_show(history: History, console: Console) -> Text:
    """One item's history: where it stands, then each claim with who, when, and what it answered."""
    page = Page(console)
    for part in history.now.parts:
        _add_part(page, part)
    if history.why:
        page.add(styled(f"rule: {history.why}", "dim"), indent=4)
    for heading, found in (("Postings", history.ties), ("Notes that call it otherwise", history.names)):
        if not found:
            continue
        page.add_heading(styled(heading, "bold"))
        for reference, title, reason in found:
            page.add(styled(title), tail=link(reference), indent=2)
            page.add(styled(reason, "dim"), indent=4)
    said = count(len(history.steps), "claim") if history.steps else "no claims"
    page.add_heading(styled("History", "bold") + styled(f"{DOT}{said}"))
    for step in history.steps:
        _add_step(page, step)
    if history.now.references:
        page.add_heading(styled("Mails", "bold"))
        _add_references(page, history.now.references)
    page.drop_first_blank()
    return page.text()


def _add_step(page: Page, step: Step) -> None:
    quote = step.quote
    doubt = f" ({step.certainty})" if step.certainty != "asserted" else ""
    state = styled(step.status, _STYLES[step.place.key]) + styled(doubt)
    page.add_blank()
    page.add_facts([styled(quote.day or "no date"), styled(step.who, "bold"), state], indent=0)
    if step.answers:
        page.add(styled(f"> {step.answers}", "dim"), indent=4, cut=True)
    page.add(_sentence(quote), indent=4, tail=link(quote.reference))
    page.add_facts((styled(f"{name} {value}", "dim") for name, value in step.details), indent=4)


def render_moves(
    moves: Sequence[Move],
    console: Console,
    archive_url: str,
    titles: bool = True,
    authors: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> Text:
    """Each move with its day, from where to where, who must act now, and the words that prove it; with `titles` what moved."""
    page = Page(console)
    for move in moves:
        page.add_blank()
        if titles:
            page.add(styled(one_line(move.title), "bold"))
        before = f"{'new' if move.new else move.before or 'unknown'} > "
        if not move.new and move.before == move.status:
            before = "still "  # of a newer version, or waiting for somebody else
        doubt = f" ({move.certainty})" if move.certainty not in (None, "asserted") else ""
        facts = (
            styled(day_of(move.date) or "no date"),
            styled(before, "dim")
            + styled(move.status or "unknown", _STYLES[PLACE_OF[move.status].key])
            + styled(doubt),
            styled(f"v{move.revision}" if move.revision else ""),
            _next(move.next_actor, authors.get((move.kind, move.key), ""), move.waiting_on),
        )
        page.add_facts(facts, indent=2 if titles else 0)
        if move.note:
            page.add(styled("you: ", "magenta") + styled(tell_note(move.note, move.rule)), indent=4)
        for proof in move.evidence:
            told = tell_shown(one_line(proof.text), move.rule) if move.rule == BUILT_UPON else ""
            page.add(styled(told or f"“{one_line(proof.text, 300)}”"), indent=4)
            page.add_address(proof.message_id, archive_url, indent=4)
    if not moves:
        page.add(styled("nothing moved"))
    page.drop_first_blank()
    return page.text()


def _next(actor: str | None, author: str, waiting_on: Sequence[str] = ()) -> Text:
    """Who must act now, and who else is waited for; by name if it is the author and he is known."""
    if not actor:
        return styled("")
    names = [author if each == "author" and author else each for each in (actor, *waiting_on)]
    if actor == "author" and waiting_on:
        names = names[1:]  # where he is named
    return styled(f"next: {one_line(' and '.join(dict.fromkeys(map(short_name, names))), 200)}")


# What waits for what


def render_blocked(
    found: Blockage, console: Console, archive_url: str, authors: Mapping[tuple[str, str], str] = MappingProxyType({})
) -> Text:
    """What is waited for, and below it what waits, at any distance, with the sentence that says so. `authors` are those of the works,
    by kind and key."""
    page = Page(console)
    for ring in found.cycles:
        page.add(
            styled("in a ring: ", "bold red") + styled(" > ".join(one_line(title, 80) for title in (*ring, ring[0])))
        )
    if found.worst is not None:
        others = styled(f" ({count(found.worst.holds_up, 'other')})", "dim")
        page.add(styled("holds up most: ", "bold") + styled(one_line(found.worst.title)) + others)
    below: dict[tuple[str, str], list[Wait]] = {}
    for wait in found.waits:
        below.setdefault((wait.on_kind, wait.on_key), []).append(wait)
    waiting = {(wait.kind, wait.key) for wait in found.waits}
    tops = [key for key in below if key not in waiting]
    shown: set[tuple[str, str]] = set()
    for key in (*tops, *below):
        if key in shown:
            continue
        top = below[key][0]
        page.add_blank()
        page.add(styled(one_line(top.on_title), "bold"))
        facts = (styled(top.on_status or "unknown", "dim"), _next(top.next_actor, authors.get(key, "")))
        page.add_facts(facts, indent=2)
        _add_waiters(page, key, below, shown, archive_url)
    if not found.waits:
        page.add(styled("nothing waits for other work"))
    page.drop_first_blank()
    return page.text()


def _add_waiters(
    page: Page,
    top: tuple[str, str],
    below: Mapping[tuple[str, str], Sequence[Wait]],
    shown: set[tuple[str, str]],
    archive_url: str,
) -> None:
    """Each waiter once, deeper ones further in; without recursion, since a table may hold a long chain."""
    shown.add(top)
    left = [(wait, 1) for wait in reversed(below[top])]
    while left:
        wait, depth = left.pop()
        indent = 2 * min(depth, _DEEPEST)
        page.add(styled("waiting for it: ", "dim") + styled(one_line(wait.title)), indent=indent)
        if wait.text:
            page.add(styled(f"“{one_line(wait.text, 300)}”"), indent=indent + 2)
        if wait.message_id:
            page.add_address(wait.message_id, archive_url, indent=indent + 2)
        key = (wait.kind, wait.key)
        if key not in shown:
            shown.add(key)
            left += [(further, depth + 1) for further in reversed(below.get(key, ()))]
