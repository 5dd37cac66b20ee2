"""What a person sees: as wide as the terminal, coloured only where that is wanted."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from miner.model import Move, Weighed
from miner.report import terminal
from miner.report.arrange import arrange_status
from miner.report.history import arrange_history, find_work
from miner.report.layout import make_console, write_text

from . import made

RECORDS: dict[str, Any] = {
    "items": made.ITEMS,
    "series": made.SERIES,
    "claims": made.CLAIMS,
    "messages": made.MESSAGES,
    "as_of": made.day(5, 21, 23),
}


class Ascii(io.StringIO):
    encoding = "ascii"  # type: ignore[assignment]


def status_text(width: int = 80, out: io.StringIO | None = None, **more: Any) -> str:
    out = out or io.StringIO()
    console = make_console(out, width)
    write_text(terminal.render_status(arrange_status(made.STATUS, **{**RECORDS, **more}), console), console)
    return out.getvalue()


def test_who_posted_a_work_is_not_taken_for_who_applied_it() -> None:
    status = [replace(each, status="applied", next_actor=None) for each in made.STATUS if each.kind == "series"]
    out = io.StringIO()
    console = make_console(out, 200)
    write_text(terminal.render_status(arrange_status(status, **RECORDS), console), console)
    facts = [line for line in out.getvalue().splitlines() if line.strip().startswith("applied ·")]
    assert facts
    assert all("· author " in line and "· by " not in line for line in facts)


def test_status_report() -> None:
    assert status_text().startswith(
        """\
Where things stand on 2024-05-21: 4 work items and 2 patch series
1 to answer · 2 to review · 1 blocked · 1 applied or merged · 1 unknown

Work items · table by Ada Berg, 2024-05-02 [1] ─────────────────────────────────

Needs an answer  1
  shed lock                                                priority prerequisite
    next: Dan Weiss · since 2024-05-21 (today)
    “Dan, are you still at it?” Ada Berg, 2024-05-21 [2]
    unanswered: “Or should somebody else take the shed lock?”
    Ada Berg to Dan Weiss, 2024-05-02 [1]

Waiting for review  1
  warp cache  v2                                           priority prerequisite
    next: Cleo Díaz · since 2024-05-20 (1 day) · assignee Ben Okoro
    also posted · series v2 [4]
    “I am waiting for review from Cleo.” Ben Okoro, 2024-05-20 [3]
"""
    )


def test_older_revisions_are_counted() -> None:
    assert "    and 1 older revision (v1)\n" in status_text()
    assert "older" not in status_text(everything=True)


def test_what_the_git_tree_has_of_it() -> None:
    series = replace(made.STATUS[-1], certainty="hedged", tree="weft, up to 2024-06-01, has no patch of it")
    console = make_console(io.StringIO(), 80)
    text = terminal.render_status(arrange_status([series], **RECORDS), console).plain
    assert "    probably applied · in weft-next" in text
    assert "    git: weft, up to 2024-06-01, has no patch of it\n" in text


def test_footnotes_are_whole_addresses() -> None:
    assert " [1] https://lore.kernel.org/all/table@example.org/\n" in status_text(width=30)


@pytest.mark.parametrize("width", [40, 72, 80, 100, 200])
def test_every_line_fits(width: int) -> None:
    lines = [line for line in status_text(width).splitlines() if "https://" not in line]
    assert max(map(cell_len, lines)) <= min(width, 100)
    assert not any(line.endswith(" ") for line in lines)


def test_wide_characters_are_counted_as_wide() -> None:
    wide = made.status("item", "織機 " * 30, "ready", priority="高い")
    console = make_console(io.StringIO(), 60)
    text = terminal.render_status(arrange_status((wide,)), console)
    assert max(cell_len(line) for line in text.plain.splitlines()) <= 60


def test_a_terminal_without_utf8_gets_ascii_punctuation() -> None:
    text = status_text(out=Ascii(), messages=(), claims=(), series=()).replace("í", "i")
    assert text.isascii()
    assert '"Dan, are you still at it?"' in text


def test_no_colour_in_a_file() -> None:
    assert "\x1b" not in status_text()


def test_colour_on_a_terminal_unless_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = show_on_terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    plain = show_on_terminal()
    assert "\x1b[1;31mNeeds an answer" in coloured
    assert "\x1b[1mNeeds an answer" in plain
    assert "\x1b[31m" not in plain


def show_on_terminal() -> str:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system="standard")
    with console.capture() as capture:
        write_text(terminal.render_status(arrange_status(made.STATUS, **RECORDS), console), console)
    return capture.get()


def test_nothing_found() -> None:
    console = make_console(io.StringIO(), 80)
    assert terminal.render_status(arrange_status(()), console).plain == (
        "No work item and no patch series in these mails."
    )


def test_unknown_is_said() -> None:
    assert "Unknown  1\n  selvedge report" in status_text()
    assert "    next: unknown\n" in status_text()


def test_show_tells_the_rule_and_how_often_readers_agree() -> None:
    console = make_console(io.StringIO(), 80)
    work = tuple(replace(each, confidence=0.87) for each in find_work("warp", made.STATUS))
    rules = {each.rule: "A review is waited for." for each in work}
    text = terminal.render_show(arrange_history(work, rules=rules, **RECORDS), console).plain
    assert "rule: A review is waited for. Readers of other lists agree in 87%." in text
    weighed = Weighed(0.7, "ready", 0.2, (("decider asks for changes", 1.23), ("ready 0 back", -0.5)))
    told = arrange_history([replace(each, weighed=weighed) for each in work], rules=rules, **RECORDS).why
    assert told.endswith(
        "in 87%. It is this rather than ready for: decider asks for changes (+1.2). What speaks for ready: ready in the last mail"
        " (\N{MINUS SIGN}0.5)."
    )
    assert "Readers" not in terminal.render_show(arrange_history(work, **RECORDS), console).plain


def test_show() -> None:
    console = make_console(io.StringIO(), 80)
    history = arrange_history(find_work("warp", made.STATUS), rows=made.ROWS, **RECORDS)
    text = terminal.render_show(history, console).plain
    assert (
        """\
History · 1 claim ──────────────────────────────────────────────────────────────

2024-05-20 · Ben Okoro · needs-review
    > - item: warp cache assignee: Ben Okoro
    “I am waiting for review from Cleo.” [2]
    waits for Cleo Díaz
"""
        in text
    )
    assert text.startswith("Work items")
    assert " [2] https://lore.kernel.org/all/answer@example.org/" in text


def test_copies_that_nobody_answered_are_one_line() -> None:
    copy = replace(made.SERIES[2], copied_to=("6.6",))
    status = [replace(each, rule="posted") for each in made.STATUS if each.key == copy.root]
    console = make_console(io.StringIO(), 80)
    found = arrange_status([*status, *made.STATUS[:4]], **{**RECORDS, "series": (copy,)})
    assert "1 copy for stable trees that nobody answered, see --all" in terminal.render_status(found, console).plain


@pytest.mark.parametrize(
    ("before", "new", "words"),
    [
        (None, True, "new > needs-revision"),
        ("ready", False, "ready > needs-revision"),
        ("needs-revision", False, "still needs-revision"),
    ],
)
def test_a_move_says_from_where_to_where(before: Any, new: bool, words: str) -> None:
    move = Move(
        made.day(5, 9),
        "series",
        "v2@example.org",
        None,
        "warp",
        before,
        "needs-revision",
        "asserted",
        2,
        "author",
        "r",
        (),
        new,
    )
    text = terminal.render_moves([move], make_console(io.StringIO(), 80), "https://example.org/{message_id}").plain
    assert f"2024-05-09 · {words} · v2 · next: author" in text
    more = replace(move, next_actor="maintainer", waiting_on=("maintainer", "Ben Okri <ben@example.org>"))
    console = make_console(io.StringIO(), 80)
    assert "next: maintainer and Ben Okri" in terminal.render_moves([more], console, "https://example.org/").plain
    known = {("series", "v2@example.org"): "Ada Byron <ada@example.org>"}
    console = make_console(io.StringIO(), 80)
    text = terminal.render_moves([move], console, "https://example.org/{message_id}", authors=known).plain
    assert f"2024-05-09 · {words} · v2 · next: Ada Byron" in text
