"""What a person reads on a terminal: the status report, one item's history, a mail with its layers.

Each function returns a rich `Text` with its line breaks in it, laid out for the width of the console that it is given;
`write_text` prints it. Colour is rich's business: only on a terminal, and not with NO_COLOR. Reads well at 80 columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from miner.model import (
    BUILT_UPON,
    AnsweredAsk,
    Blockage,
    Comparison,
    ExplainedSentence,
    Layer,
    Message,
    Move,
    PatchChange,
    Wait,
)
from miner.report.arrange import tell_note
from miner.report.comparison import WORDS, sum_up
from miner.report.escape import clean, escape_unsafe, message_url, one_line, short_name
from miner.report.history import History, Step
from miner.report.overview import PLACE_OF, Entry, Overview, Part, Place, Quote, Reference, Section
from miner.report.rows import utc
from miner.report.wording import tell_shown

_WIDEST = 100  # lines longer than that are hard to follow
_MARGIN = 18  # columns left of a mail, on a terminal that has them
_ASCII = str.maketrans({"“": '"', "”": '"', "·": "-", "…": "~", "│": "|", "─": "-", "×": "x", "—": "-"})
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
_CHANGE_STYLES = {"same": "dim", "changed": "yellow", "renamed": "cyan", "new": "green", "gone": "red"}
_VERDICT_STYLES = {"changed": "green", "agreed": "green", "reply": "yellow", "open": "bold red"}
_DIFF_LINES = 200  # of the range-diff of one patch
_AUTHOR_COLOURS = ("cyan", "yellow", "magenta", "green", "blue", "red", "bright_cyan", "bright_yellow")
_DEEPEST = 12  # steps to the right
_DOT = " · "


def make_console(out: TextIO, width: int | None = None) -> Console:
    """A console that adds nothing of its own to the text: no markup, no emoji, no highlighting."""
    return Console(file=out, width=width, markup=False, emoji=False, highlight=False)


def write_text(text: Text, console: Console) -> None:
    """Print a laid out text; a terminal that has no UTF-8 gets ASCII punctuation."""
    if not console.encoding.lower().startswith("utf"):
        text = _in_ascii(text)
    console.print(text, soft_wrap=True)


def _in_ascii(text: Text) -> Text:
    copy = text.copy()
    copy.plain = text.plain.translate(_ASCII)  # one character for one, so that the styles stay where they are
    return copy


# The status report


def render_status(overview: Overview, console: Console) -> Text:
    """The status report for a person."""
    page = _Page(console)
    page.add(_head(overview))
    if overview.tally:
        page.add_facts(
            (_text(f"{count} {place.tally}", _STYLES[place.key]) for place, count in overview.tally), indent=0
        )
    for words in overview.left_out:
        page.add(_text(f"{words}, see --all", "dim"))
    for part in overview.parts:
        _add_part(page, part)
    if overview.references:
        page.add_heading(_text("Mails", "bold"))
        _add_references(page, overview.references)
    return page.text()


def _head(overview: Overview) -> Text:
    if not overview.parts:
        return _text("No work item and no patch series in these mails.")
    counts = [_count(overview.items, "work item"), _count(overview.series, "patch series", "patch series")]
    when = f" on {overview.day}" if overview.day else ""
    return _text(f"Where things stand{when}: ", "bold") + _text(" and ".join(each for each in counts if each))


def _add_part(page: _Page, part: Part) -> None:
    title = _text(part.title, "bold")
    if part.origin:
        by = f" by {part.origin.author}" if part.origin.author else ""
        day = f", {part.origin.day}" if part.origin.day else ""
        title += _text(f"{_DOT}table{by}{day} ", "default") + _link(part.origin)
    page.add_heading(title)
    for section in part.sections:
        _add_section(page, section)


def _add_section(page: _Page, section: Section) -> None:
    page.add_blank()
    page.add(_text(section.place.heading, _STYLES[section.place.key]) + _text(f"  {len(section.entries)}", "dim"))
    for entry in section.entries:
        _add_entry(page, entry, section.place)


def _add_entry(page: _Page, entry: Entry, place: Place) -> None:
    tail = _text(f" {entry.version}" if entry.version else "", "cyan")
    if entry.reference:
        tail = tail + _text(" ") + _link(entry.reference)
    title = _text(entry.title, "bold" if place.open else "default")
    page.add(title, indent=2, tail=tail, right=_text(entry.told_priority, "dim"))
    page.add_facts(_facts(entry, place), indent=4)
    if entry.tree:
        page.add(_text("git: ", "dim") + _text(entry.tree), indent=4)
    if entry.note:
        page.add(_text("you: ", "magenta") + _text(entry.note), indent=4)
    for quote in entry.evidence:
        page.add(_sentence(quote), indent=4, tail=_source(quote))
    for quote in entry.questions:
        page.add(_text("unanswered: ", "red") + _sentence(quote), indent=4, tail=_source(quote))
    if entry.more_at:
        page.add(_text(entry.told_more, "dim"), indent=4, tail=_link(entry.more_at))
    if entry.older:
        noun = "revision" if len(entry.older) == 1 else "revisions"
        page.add(
            _text(f"and {len(entry.older)} older {noun} ({', '.join(dict.fromkeys(entry.older))})", "dim"), indent=4
        )


def _facts(entry: Entry, place: Place) -> Iterable[Text]:
    if entry.state:
        yield _text(entry.standing, _STYLES[place.key].removeprefix("bold "))
    if place.open:
        yield _text("next: ") + _text(entry.next_actor or "unknown", "bold" if entry.next_actor else "dim")
    if entry.waits_for:
        yield _text("waits for ") + _text(", ".join(entry.waits_for), "bold")
    if entry.applied_to:
        yield _text(f"in {entry.applied_to}")
    if entry.taken:
        yield _text(entry.taken)
    if entry.since:
        yield _since(entry, place)
    if entry.owner and entry.owner != entry.next_actor:
        yield _text(f"author {entry.owner}" if entry.reference else f"assignee {entry.owner}")
    if entry.also:
        yield _text(f"also {', '.join(entry.also)}")
    if entry.series:
        yield _text("series ") + _text(", ").join(_text(f"{name} ".lstrip()) + _link(ref) for name, ref in entry.series)


def _since(entry: Entry, place: Place) -> Text:
    if not place.open:
        return _text(entry.since)
    age = f" ({_count(entry.days, 'day') or 'today'})" if entry.days is not None else ""
    return _text(f"since {entry.since}{age}", "yellow" if entry.stale else "")


def _sentence(quote: Quote) -> Text:
    if not quote.is_quoted:
        return _text(f"{quote.said}:")
    answers = f" (to “{quote.answers}”)" if quote.answers else ""
    return _text(f"“{quote.said}”", "italic") + _text(answers, "dim")


def _source(quote: Quote) -> Text:
    """`Who, day [n]`, or who asked whom."""
    who = quote.author
    if quote.asked_of:
        who = f"{who} to {quote.asked_of}" if who else f"to {quote.asked_of}"
    said = ", ".join(each for each in (who, quote.day) if each)
    return _text(f"{said} " if said else "", "dim") + _link(quote.reference)


def _add_references(page: _Page, references: Sequence[Reference]) -> None:
    wide = len(str(len(references)))
    for ref in references:
        where = _text(ref.url or ref.message_id, f"dim link {ref.url}" if ref.url else "dim")
        page.add_long(_text(f"[{ref.number}]".rjust(wide + 3) + " ", "dim") + where)


# One item's history


def render_show(history: History, console: Console) -> Text:
    """One item's history: where it stands, then each claim with who, when, and what it answered."""
    page = _Page(console)
    for part in history.now.parts:
        _add_part(page, part)
    if history.why:
        page.add(_text(f"rule: {history.why}", "dim"), indent=4)
    for heading, found in (("Postings", history.ties), ("Notes that call it otherwise", history.names)):
        if not found:
            continue
        page.add_heading(_text(heading, "bold"))
        for reference, title, reason in found:
            page.add(_text(title), tail=_link(reference), indent=2)
            page.add(_text(reason, "dim"), indent=4)
    page.add_heading(_text("History", "bold") + _text(f"{_DOT}{_count(len(history.steps), 'claim') or 'no claims'}"))
    for step in history.steps:
        _add_step(page, step)
    if history.now.references:
        page.add_heading(_text("Mails", "bold"))
        _add_references(page, history.now.references)
    page.drop_first_blank()
    return page.text()


def _add_step(page: _Page, step: Step) -> None:
    quote = step.quote
    doubt = f" ({step.certainty})" if step.certainty != "asserted" else ""
    state = _text(step.status, _STYLES[step.place.key]) + _text(doubt)
    page.add_blank()
    page.add_facts([_text(quote.day or "no date"), _text(step.who, "bold"), state], indent=0)
    if step.answers:
        page.add(_text(f"> {step.answers}", "dim"), indent=4, cut=True)
    page.add(_sentence(quote), indent=4, tail=_link(quote.reference))
    page.add_facts((_text(f"{name} {value}", "dim") for name, value in step.details), indent=4)


def render_moves(
    moves: Sequence[Move],
    console: Console,
    archive_url: str,
    titles: bool = True,
    authors: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> Text:
    """Each move with its day, from where to where, who must act now, and the words that prove it; with `titles` what moved."""
    page = _Page(console)
    for move in moves:
        page.add_blank()
        if titles:
            page.add(_text(one_line(move.title), "bold"))
        place = PLACE_OF[move.status] if move.status else None
        before = f"{'new' if move.new else move.before or 'unknown'} > "
        if not move.new and move.before == move.status:
            before = "still "  # of a newer version, or waiting for somebody else
        doubt = f" ({move.certainty})" if move.certainty not in (None, "asserted") else ""
        facts = (
            _text(f"{move.date:%Y-%m-%d}" if move.date else "no date"),
            _text(before, "dim")
            + _text(move.status or "unknown", _STYLES[place.key if place else "unknown"])
            + _text(doubt),
            _text(f"v{move.revision}" if move.revision else ""),
            _next(move.next_actor, authors.get((move.kind, move.key), ""), move.waiting_on),
        )
        page.add_facts(facts, indent=2 if titles else 0)
        if move.note:
            page.add(_text("you: ", "magenta") + _text(tell_note(move.note, move.rule)), indent=4)
        for proof in move.evidence:
            told = tell_shown(one_line(proof.text), move.rule) if move.rule == BUILT_UPON else ""
            page.add(_text(told or f"“{one_line(proof.text, 300)}”"), indent=4)
            page.add_address(proof.message_id, archive_url, indent=4)
    if not moves:
        page.add(_text("nothing moved"))
    page.drop_first_blank()
    return page.text()


def _next(actor: str | None, author: str, waiting_on: Sequence[str] = ()) -> Text:
    """Who must act now, and who else is waited for; by name if it is the author and he is known."""
    if not actor:
        return _text("")
    names = [author if each == "author" and author else each for each in (actor, *waiting_on)]
    if actor == "author" and waiting_on:
        names = names[1:]  # where he is named
    return _text(f"next: {one_line(' and '.join(dict.fromkeys(map(short_name, names))), 200)}")


# What waits for what


def render_blocked(
    found: Blockage, console: Console, archive_url: str, authors: Mapping[tuple[str, str], str] = MappingProxyType({})
) -> Text:
    """What is waited for, and below it what waits, at any distance, with the sentence that says so. `authors` are those of the works,
    by kind and key."""
    page = _Page(console)
    for ring in found.cycles:
        page.add(
            _text("in a ring: ", "bold red") + _text(" > ".join(one_line(title, 80) for title in (*ring, ring[0])))
        )
    if found.worst is not None:
        count = found.worst.holds_up
        page.add(
            _text("holds up most: ", "bold")
            + _text(one_line(found.worst.title))
            + _text(f" ({count} other{'s' if count != 1 else ''})", "dim")
        )
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
        page.add(_text(one_line(top.on_title), "bold"))
        facts = (_text(top.on_status or "unknown", "dim"), _next(top.next_actor, authors.get(key, "")))
        page.add_facts(facts, indent=2)
        _add_waiters(page, key, below, shown, archive_url)
    if not found.waits:
        page.add(_text("nothing waits for other work"))
    page.drop_first_blank()
    return page.text()


def _add_waiters(
    page: _Page,
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
        page.add(_text("waiting for it: ", "dim") + _text(one_line(wait.title)), indent=indent)
        if wait.text:
            page.add(_text(f"“{one_line(wait.text, 300)}”"), indent=indent + 2)
        if wait.message_id:
            page.add_address(wait.message_id, archive_url, indent=indent + 2)
        key = (wait.kind, wait.key)
        if key not in shown:
            shown.add(key)
            left += [(further, depth + 1) for further in reversed(below.get(key, ()))]


# Two versions of a series


def render_comparison(found: Comparison, console: Console, archive_url: str, brief: bool = False) -> Text:
    """What became of each patch, then what became of each ask; with `brief` without the lines that differ."""
    page = _Page(console)
    page.add(_text(one_line(found.newer.title), "bold"))
    for one in (found.older, found.newer):
        day = f"{one.date:%Y-%m-%d}" if one.date else "no date"
        facts = (
            f"v{one.revision}{f'.{one.minor}' if one.minor else ''}",
            day,
            _count(one.expected, "patch", "patches"),
        )
        page.add_facts((_text(fact) for fact in (*facts, short_name(one.author))), indent=2)
        page.add_address(one.root, archive_url, indent=4)
    for note in found.notes:
        page.add(_text(f"note: {one_line(note)}", "yellow"), indent=2)
    page.add_heading(_text("Patches", "bold"))
    for patch in found.patches:
        _add_patch_change(page, patch, brief)
    page.add_heading(_text("What reviewers asked for", "bold") + _text(f"{_DOT}{sum_up(found.asks)}"))
    for ask in found.asks:
        _add_ask(page, ask, archive_url)
    return page.text()


def _add_patch_change(page: _Page, patch: PatchChange, brief: bool) -> None:
    numbers = f"{patch.old or '-'} > {patch.new or '-'}"
    size = f"+{patch.added} -{patch.removed}" if patch.added or patch.removed else ""
    what = ", ".join(part for part in patch.what if part != "code" or len(patch.what) > 1)
    page.add(
        _text(f"{numbers:>7}  ", "dim")
        + _text(f"{patch.state:8}", _CHANGE_STYLES[patch.state])
        + _text(one_line(patch.title)),
        right=_text(size, "dim"),
    )
    if patch.old_title:
        page.add(_text(f"was: {one_line(patch.old_title)}", "dim"), indent=17)
    if what:
        page.add(_text(f"in its {what}", "dim"), indent=17)
    lines = () if brief else (patch.range_diff or ())
    for line in lines[:_DIFF_LINES]:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        page.add_long(_text("      " + escape_unsafe(line.expandtabs(8))[: page.width * 2], style))
    if len(lines) > _DIFF_LINES:
        page.add(_text(f"and {len(lines) - _DIFF_LINES} more lines, with --format json", "dim"), indent=6)


def _add_ask(page: _Page, answered: AnsweredAsk, archive_url: str) -> None:
    ask = answered.ask
    place = f"patch {answered.number}" if answered.number else "the series"
    page.add_blank()
    page.add(_text(WORDS[answered.verdict], _VERDICT_STYLES[answered.verdict]), indent=2)
    facts = (short_name(ask.by), place, one_line(answered.file or "", 60))
    page.add_facts((_text(fact, "dim") for fact in facts), indent=4)
    page.add(_text(f"“{one_line(ask.text, 300)}”"), indent=4)
    if answered.change is not None:
        page.add(_text("changed: ", "dim") + _text(one_line(answered.change, 120)), indent=4)
    if answered.reply is not None:
        page.add(
            _text(f"{short_name(answered.reply.by)}: ", "dim") + _text(f"“{one_line(answered.reply.text, 200)}”"),
            indent=4,
        )
    page.add_address(ask.message_id, archive_url, indent=4)


# A mail with its layers


def render_mail_head(message: Message, console: Console, archive_url: str) -> Text:
    """Which mail it is: its subject, who wrote it when, and where an archive has it."""
    page = _Page(console)
    page.add(_text(one_line(message.subject.text), "bold"))
    day = utc(message.date).date().isoformat() if message.date else ""
    page.add_facts((_text(each) for each in (short_name(str(message.author)), day) if each), indent=2)
    page.add_address(message.message_id, archive_url, indent=2)
    page.add_blank()
    return page.text()


def render_explained(sentences: Sequence[ExplainedSentence], console: Console) -> Text:
    """Each sentence of a mail with what was considered for it; claims stand out."""
    page = _Page(console)
    if not sentences:
        page.add(_text("no sentence of its own", "dim"))
    for sentence in sentences:
        claimed = any(each.claimed for each in sentence.considered)
        page.add(_text(f"“{one_line(sentence.text)}”", "bold" if claimed else ""))
        if not sentence.passed:
            page.add(_text("passed over at first sight", "dim"), indent=4)
        elif not sentence.considered:
            page.add(_text("no rule matches, and no status scores", "dim"), indent=4)
        for each in sentence.considered:
            verdict = "claim  " if each.claimed else "refused"
            facts = (
                f"{verdict} {each.probability:.2f} {each.status}",
                each.certainty or "",
                f"rule {one_line(each.rule)}" if each.rule else "no rule",
                f"score {each.score:.2f}" if each.needed is not None else "",
                f"needs {each.needed:.2f}" if each.needed is not None and not each.claimed else "",
            )
            page.add_facts((_text(fact, "green" if each.claimed else "") for fact in facts if fact), indent=4)
            if each.words and one_line(each.words) != one_line(sentence.text):
                page.add(_text(f"in “{one_line(each.words)}”"), indent=8)
            if each.features:
                told = ", ".join(f"{one_line(name)} {weight:+.2f}" for name, weight in each.features)
                page.add(_text(told, "dim"), indent=8)
        page.add_blank()
    return page.text()


def render_layers(messages: Sequence[Message], console: Console, numbers: dict[str, int] | None = None) -> Text:
    """Mails with a margin that says for each layer its depth, its author and the line where it was first written.

    On a narrow terminal this stands above each layer. `[2]:12` is line 12 (counted from 0) of the mail that has number
    2 here. `numbers` is for a caller who renders one mail at a time and keeps the numbering.
    """
    page = _Page(console, console.width)
    numbers = {} if numbers is None else numbers
    colours: dict[str, str] = {}
    for message in messages:
        _add_message(page, message, numbers, colours)
    return page.text()


def _add_message(page: _Page, message: Message, numbers: dict[str, int], colours: dict[str, str]) -> None:
    number = numbers.setdefault(message.message_id, len(numbers) + 1)
    day = message.date.date().isoformat() if message.date else ""
    page.add_heading(
        _text(f"[{number}] ", "dim") + _text(one_line(message.subject.text or "(no subject)", 120), "bold")
    )
    said = _DOT.join(each for each in (short_name(str(message.author)), day, one_line(message.message_id, 120)) if each)
    page.add(_text(said, "dim"))
    lines = message.lines
    last = 0
    for layer in message.layers:
        if layer.first_line > last:
            page.add_blank()
        last = layer.end_line
        _add_layer(page, layer, lines, numbers, colours)


def _add_layer(
    page: _Page, layer: Layer, lines: Sequence[str], numbers: dict[str, int], colours: dict[str, str]
) -> None:
    author = short_name(layer.author or "")
    colour = colours.setdefault(author, _AUTHOR_COLOURS[len(colours) % len(_AUTHOR_COLOURS)]) if author else "default"
    name = (author or "unknown") if layer.kind in ("own", "quote") else layer.kind
    origin = ""
    if layer.origin:
        number = numbers.setdefault(layer.origin.message_id, len(numbers) + 1)
        origin = f"[{number}]:{layer.origin.first_line}"
    margin = _margin(page.width, min(layer.depth, 99), name, origin, layer.end_line - layer.first_line)
    if margin is None:
        page.add(_text(f"{layer.depth} {one_line(name, 40)} {origin}", colour))
    for place, line in enumerate(lines[layer.first_line : layer.end_line]):
        text = clean(line[:2000].rstrip("\r").expandtabs())
        left = "" if margin is None else margin[place] if place < len(margin) else " " * _MARGIN
        page.add_margin(left, text, colour, "dim" if layer.kind in ("attribution", "signature") else "")


def _margin(width: int, depth: int, name: str, origin: str, count: int) -> list[str] | None:
    """What stands left of a layer's first lines; None where mail needs the room, its 80 columns to begin with."""
    if width < _WIDEST:
        return None
    first = f"{depth:>2} {one_line(name, _MARGIN - 4)}"
    if origin and count == 1:
        first = f"{first[: _MARGIN - len(origin) - 2].rstrip()} {origin}"
    return [first[:_MARGIN].ljust(_MARGIN), *([f"   {origin}"[:_MARGIN].ljust(_MARGIN)] if origin else [])]


# Laying out


class _Page:
    """Lines that are wrapped as they are added."""

    def __init__(self, console: Console, width: int | None = None) -> None:
        self._console = console
        self.width = max(20, width or min(console.width, _WIDEST))
        self._lines: list[Text] = []

    def text(self) -> Text:
        for line in self._lines:
            line.rstrip()
        return _text("\n").join(self._lines)

    def drop_first_blank(self) -> None:
        if self._lines and not self._lines[0].plain:
            del self._lines[0]

    def add_blank(self) -> None:
        if self._lines and self._lines[-1].plain:
            self._lines.append(_text(""))

    def add_long(self, line: Text) -> None:
        """A line that must stay whole, such as an address."""
        self._lines.append(line)

    def add_address(self, message_id: str, archive_url: str, *, indent: int) -> None:
        """Where an archive has a mail, else its id."""
        self.add_long(_text(" " * indent + (message_url(message_id, archive_url) or clean(message_id)), "dim"))

    def add_heading(self, title: Text) -> None:
        self.add_blank()
        for line in title.wrap(self._console, self.width):
            line.rstrip()
            self._lines.append(line)
        spare = self.width - cell_len(self._lines[-1].plain) - 1
        if spare > 2:
            self._lines[-1] = self._lines[-1] + _text(" " + "─" * spare, "dim")

    def add(
        self, line: Text, *, indent: int = 0, tail: Text | None = None, right: Text | None = None, cut: bool = False
    ) -> None:
        """A paragraph. With `cut` it is one line, cut to fit.

        `tail` is kept whole: it follows the last word if it fits there, else it stands below. `right` is set flush
        right on the first line.
        """
        room = self.width - indent
        if cut:
            line.truncate(room, overflow="ellipsis")
        beside = cell_len(right.plain) + 2 if right and right.plain else 0
        parts = list(line.wrap(self._console, max(10, room - beside)))
        for part in parts:
            part.rstrip()
        if tail:
            taken = cell_len(parts[-1].plain) + 1 + cell_len(tail.plain) + (beside if len(parts) == 1 else 0)
            if taken <= room:
                parts[-1] = parts[-1] + _text(" ") + tail
            else:
                parts.extend(tail.wrap(self._console, max(10, room)))
        if right and beside:
            parts[0] = parts[0] + _text(" " * (room - cell_len(parts[0].plain) - beside + 2)) + right
        self._lines.extend(_text(" " * indent) + part for part in parts)

    def add_facts(self, facts: Iterable[Text], *, indent: int) -> None:
        """Short facts with dots between them, a line broken only between two facts."""
        line = _text("")
        for fact in facts:
            if not fact.plain:
                continue
            if line.plain and cell_len(line.plain) + len(_DOT) + cell_len(fact.plain) > self.width - indent:
                self.add(line, indent=indent)
                line = _text("")
            line = line + _text(_DOT, "dim") + fact if line.plain else fact
        if line.plain:
            self.add(line, indent=indent)

    def add_margin(self, left: str, text: str, colour: str, style: str) -> None:
        """A line of a mail behind a coloured margin; what is too long goes on in the next line."""
        bar = f"{left} │ " if left else "│ "
        for part in _text(text, style).wrap(self._console, max(20, self.width - len(bar))) if text else [_text("")]:
            part.rstrip()
            self._lines.append(_text(bar, colour) + part)
            bar = " " * len(left) + bar[len(left) :]


def _text(text: str, style: str = "") -> Text:
    """Text whose style ends where it ends: what is added behind it does not inherit it."""
    return Text.assemble((text, style))


def _link(reference: Reference) -> Text:
    return _text(f"[{reference.number}]", f"link {reference.url}" if reference.url else "dim")


def _count(number: int | None, one: str, many: str | None = None) -> str:
    if not number:
        return ""
    return f"1 {one}" if number == 1 else f"{number} {many or one + 's'}"
