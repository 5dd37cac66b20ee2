"""The status report as Markdown, for a wiki or a ticket: a table for each part, references as links."""

from __future__ import annotations

from collections.abc import Iterator

from miner.report.escape import escape_markdown
from miner.report.overview import Entry, Overview, Part, Quote, Reference, Section
from miner.report.wording import count

_HEAD = "| Work | Next | Since | In these words |\n|---|---|---|---|"


def render_markdown(overview: Overview) -> str:
    """The same report as on the terminal, in GitHub's Markdown."""
    lines = [f"# Where things stand{f' on {overview.day}' if overview.day else ''}", ""]
    if not overview.parts:
        lines.append("No work item and no patch series in these mails.")
    else:
        lines.extend((f"{count(overview.items, 'work item')} and {overview.series} patch series", ""))
        lines.append(", ".join(f"{n} {place.tally}" for place, n in overview.tally))
    lines.extend(f"\n{words}, not shown" for words in overview.left_out)
    for part in overview.parts:
        lines.extend(_render_part(part))
    return "\n".join(lines) + "\n"


def _render_part(part: Part) -> Iterator[str]:
    origin = ""
    if part.origin:
        origin = f" ({escape_markdown(part.origin.author or 'table')} {_link(part.origin)})"
    yield from ("", f"## {part.title}{origin}")
    for section in part.sections:
        yield from ("", f"### {section.place.heading}", "", _HEAD)
        for entry in section.entries:
            yield _render_entry(entry, section)


def _render_entry(entry: Entry, section: Section) -> str:
    work = f"**{escape_markdown(entry.title)}** {entry.version}".strip()
    if entry.reference:
        work += f" {_link(entry.reference)}"
    if entry.state:
        work += f" ({entry.standing})"
    if entry.tree:
        work += f", git: {escape_markdown(entry.tree)}"
    if entry.note:
        work += f", you: {escape_markdown(entry.note)}"
    if entry.older:
        work += f", {len(entry.older)} older"
    actor = escape_markdown(entry.next_actor) or "unknown" if section.place.open else ""
    if entry.waits_for:
        actor += f" (waits for {escape_markdown(', '.join(entry.waits_for))})"
    since = entry.since
    if since and section.place.open and entry.days:
        since += f" ({count(entry.days, 'day')})"
    words = [_render_quote(quote) for quote in entry.evidence]
    words += [f"unanswered: {_render_quote(quote)}" for quote in entry.questions]
    if entry.more_at:
        words.append(f"{entry.told_more} {_link(entry.more_at)}")
    if facts := "; ".join(_tell_facts(entry)):
        words.append(facts)
    return f"| {work} | {actor or escape_markdown(entry.applied_to)} | {since} | {'<br>'.join(words)} |"


def _tell_facts(entry: Entry) -> Iterator[str]:
    """What has no column of its own."""
    if entry.owner and entry.owner != entry.next_actor:
        yield f"{'author' if entry.reference else 'assignee'} {escape_markdown(entry.owner)}"
    if entry.taken:
        yield entry.taken
    if entry.priority:
        yield escape_markdown(entry.told_priority)
    if entry.also:
        yield f"also {', '.join(entry.also)}"
    if entry.series:
        yield f"series {', '.join(f'{name} {_link(ref)}'.strip() for name, ref in entry.series)}"


def _render_quote(quote: Quote) -> str:
    text = f"“{escape_markdown(quote.said)}”" if quote.is_quoted else f"{escape_markdown(quote.said)}:"
    if quote.answers:
        text += f" (to “{escape_markdown(quote.answers)}”)"
    return " ".join(each for each in (text, escape_markdown(quote.author), _link(quote.reference)) if each)


def _link(reference: Reference) -> str:
    """The address is percent-encoded, so that it holds neither a bracket nor a pipe."""
    if reference.url is None:
        return f"\\[{reference.number}\\]"
    return f"[\\[{reference.number}\\]](<{reference.url}>)"
