"""One hostile list through every output: what it holds must not steer a terminal, a page, a cell or a link."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

from miner.mined import Mined, Records
from miner.model import (
    AnsweredAsk,
    Ask,
    Blockage,
    Claim,
    Comparison,
    Considered,
    Evidence,
    ExplainedSentence,
    Message,
    Move,
    PatchChange,
    Problem,
    Reply,
    Series,
    Status,
    TableRow,
    Wait,
    Work,
    WorkItem,
)
from miner.report import comparison, formats, history, layout, mailview, markdown, page, problems, rows, terminal
from miner.report.arrange import arrange_status
from miner.report.escape import clean
from miner.report.letter import LETTER_KEYS, Letter, letter_rows
from miner.report.render import render_letter
from miner.report.send import make_mail
from miner.report.tables import update_tables
from miner.report.writer import write_letter

from . import made

HOSTILE = {
    "escape": "\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil.example\x1b\\click\x9b31m",
    "script": "</style></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'>{{ 7*7 }}{% raw %}",
    "formula": "=cmd|'/c calc'!A1",
    "crlf": "one\r\nBcc: all@example.org\r\n\r\ntwo",
    "bidi": "user\u202egnp.exe\u2066\u2069\u200f",
    "nul": "a\x00b\x85c\u2028d\u2029e",
    "surrogate": "half \ud83d and \udc00",
    "megabyte": "x" * 1_000_000,
    "words": "w " * 500_000,
    "markdown": "[a](javascript:alert(1)) `x` | **b** ![i](http://evil.example/p.png) <b>",
    "rich": "[bold red]x[/bold red] :smile: [link=http://evil.example]y[/link]",
    "zalgo": "e" + "\u0301" * 5000,
    "empty": "",
}


@pytest.fixture(params=HOSTILE, name="mined")
def hostile_list(request: pytest.FixtureRequest) -> Mined:
    """A list in which every text that a mail can set is the hostile one."""
    bad = HOSTILE[request.param]
    ident = f"{bad[:300]}@{bad[:300]}"
    base = made.MESSAGES[1]
    message = replace(
        base,
        message_id=ident,
        subject=replace(base.subject, text=bad, title=bad),
        author=replace(base.author, name=bad, address=bad),
        body=bad,
        where=bad,
        in_reply_to=bad,
        references=(bad, bad),
        list_id=bad,
        layers=tuple(
            replace(layer, first_line=0, end_line=max(1, bad.count("\n") + 1), author=bad) for layer in base.layers
        ),
    )
    claim = replace(
        made.CLAIMS[0], message_id=ident, text=bad, start=0, end=len(bad), by=bad, holder=bad, waiting_on=(bad,),
        target=bad, about=bad, depends_on=(bad,), item=bad, series=ident,
    )  # fmt: skip
    item = replace(
        made.ITEMS[0], item=bad, priority=bad, description=bad, links=(bad,), location=(bad,), assignee=bad,
        message_id=ident, series=(ident,), columns={bad: bad, "item": (bad, bad)},
    )  # fmt: skip
    posting = replace(made.SERIES[1], root=ident, title=bad, author=bad, patches=(ident, None), chain=ident)
    evidence = replace(made.STATUS[0].evidence[0], message_id=ident, text=bad)
    question = replace(made.STATUS[1].unanswered[0], message_id=ident, text=bad + "?", asked_of=bad)
    status = replace(
        made.STATUS[0], key=bad, title=bad, next_actor=bad, waiting_on=(bad,), applied_to=bad, depends_on=(bad,),
        evidence=(evidence,), unanswered=(question,), chain=ident, series=(ident,), assignee=bad, priority=bad,
        tree=bad,
    )  # fmt: skip
    return Mined(
        messages=Records((message,), Message),
        items=Records((item,), WorkItem),
        claims=Records((claim,), Claim),
        series=Records((posting,), Series),
        status=Records((status, replace(status, kind="series", key=ident)), Status),
        rows={ident: (TableRow(bad, {bad: bad}, 1, 0, 1, 5, bad),)},
        problems=(Problem(bad, bad), Problem(bad, bad, "source")),
        read=1,
        sources=(bad,),
    )


def all_rows(mined: Mined) -> list[list[rows.Row]]:
    kinds = (mined.items, mined.claims, mined.series, mined.status, mined.messages)
    return [
        *([rows.row_of(record) for record in kind] for kind in kinds),
        [rows.layers_row(message) for message in mined.messages],
        [rows.plain(flat) for message in mined.messages for flat in rows.flatten_layers(message)],
        [{"id": mined.claims[0].text, "lines": [mined.claims[0].text]}],
        [comparison.comparison_row(compared(mined))],
        list(comparison.patch_rows(compared(mined))),
        [rows.plain(explained(mined))],
        [rows.plain(moved(mined))],
        list(rows.considered_rows(explained(mined))),
    ]


def arranged(mined: Mined, **more: Any) -> Any:
    return arrange_status(
        mined.status, items=mined.items, series=mined.series, claims=mined.claims, messages=mined.messages, **more
    )


def compared(mined: Mined) -> Comparison:
    """Two versions of the hostile series, with a patch and an ask of which every text is hostile."""
    (series,) = mined.series
    (claim,) = mined.claims
    bad = claim.text
    change = PatchChange("changed", bad, bad, 1, 1, series.root, series.root, ("code", "message"), 1, 1, (bad, bad))
    ask = Ask(series.root, 0, len(bad), bad, bad, claim.date)
    reply = Reply(series.root, bad, bad, agrees=True)
    answered = AnsweredAsk(ask, series.root, 1, bad, bad, "changed", reply, bad)
    return Comparison(series, series, (change,), (answered,), (bad,))


def explained(mined: Mined) -> ExplainedSentence:
    (claim,) = mined.claims
    considered = Considered("ready", "asserted", 0.5, claim.text, 0.5, ((claim.text, 1.0),), claimed=True)
    return ExplainedSentence(claim.message_id, 0, len(claim.text), claim.text, True, (considered,))


def moved(mined: Mined) -> Move:
    (claim,) = mined.claims
    evidence = Evidence(claim.message_id, claim.text, "ready")
    names = dict.fromkeys(("key", "chain", "title", "next_actor", "rule"), claim.text)
    return Move(
        date=claim.date, kind="series", before="posted", status="ready", certainty="asserted", revision=2, new=False,
        evidence=(evidence,), **names,
    )  # fmt: skip


def assert_shows_only(text: str, limit: int = 40_000) -> None:
    """No control character but the line end, nothing that turns the line around, nothing that cannot be encoded."""
    steering = [char for char in text if clean(char) != char and char != "\n" and char != "\u200b"]
    assert not steering
    assert len(text) < limit
    text.encode()


def test_terminal(mined: Mined) -> None:
    out = io.StringIO()
    console = layout.make_console(out, 80)
    layout.write_text(terminal.render_status(arranged(mined), console), console)
    work = [each for each in mined.status if each.kind == "item"]
    told = history.arrange_history(work, claims=mined.claims, messages=mined.messages, rows=mined.rows)
    layout.write_text(terminal.render_show(told, console), console)
    layout.write_text(mailview.render_layers(mined.messages, console), console)
    layout.write_text(
        comparison.render_comparison(compared(mined), console, "https://lore.kernel.org/all/{message_id}/"), console
    )
    layout.write_text(mailview.render_explained([explained(mined)], console), console)
    assert_shows_only(out.getvalue())


def test_the_head_of_a_mail(mined: Mined) -> None:
    console = layout.make_console(io.StringIO(), 80)
    for message in mined.messages:
        head = mailview.render_mail_head(message, console, "https://lore.kernel.org/{message_id}/")
        assert_shows_only(head.plain)


def test_moves_on_a_terminal(mined: Mined) -> None:
    out = io.StringIO()
    console = layout.make_console(out, 80)
    moves = terminal.render_moves([moved(mined)], console, "https://lore.kernel.org/all/{message_id}/")
    layout.write_text(moves, console)
    assert_shows_only(out.getvalue())


def test_waits_on_a_terminal(mined: Mined) -> None:
    bad = mined.claims[0].text
    first = Wait("item", bad, bad, "blocked", "item", "b", bad, "ready", bad, bad, mined.claims[0].message_id, None, 1)
    second = replace(first, key="b", on_key=bad)
    out = io.StringIO()
    console = layout.make_console(out, 80)
    found = Blockage((first, second), ((bad, bad),), Work("item", bad, bad, 1))
    layout.write_text(terminal.render_blocked(found, console, "https://lore.kernel.org/all/{message_id}/"), console)
    assert_shows_only(out.getvalue())


def test_links_on_a_terminal_are_percent_encoded(mined: Mined) -> None:
    console = layout.Console(file=io.StringIO(), force_terminal=True, width=80)
    with console.capture() as capture:
        console.print(terminal.render_status(arranged(mined), console), soft_wrap=True)
    for piece in capture.get().split("\x1b]8;")[1:]:
        address = piece.partition(";")[2].partition("\x1b\\")[0]
        assert address == "" or address.startswith("https://lore.kernel.org/all/")
        assert address.isascii()
        assert address.isprintable()


def test_tables(mined: Mined) -> None:
    columns = [formats.ITEM_COLUMNS, formats.claim_columns({}), (*formats.SERIES_COLUMNS, formats.COMMIT_COLUMN)]
    for found, each in zip(all_rows(mined), columns, strict=False):
        out = io.StringIO()
        formats.write_rows(found, "table", out, columns=each)
        assert_shows_only(out.getvalue())


def test_json(mined: Mined) -> None:
    for found in all_rows(mined):
        out = io.StringIO()
        formats.write_rows(found, "jsonl", out)
        lines = out.getvalue().split("\n")
        assert lines.pop() == ""
        assert len(lines) == len(found)
        for line in lines:
            assert line.isascii()
            json.dumps(json.loads(line), ensure_ascii=False).encode()


def test_csv(mined: Mined) -> None:
    csv.field_size_limit(10_000_000)
    for found in all_rows(mined):
        out = io.StringIO()
        formats.write_rows(found, "csv", out)
        lines = list(csv.reader(io.StringIO(out.getvalue())))
        assert len(lines) == len(found) + 1
        assert out.getvalue().count("\n") == len(lines)
        for cell in (cell for line in lines for cell in line):
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))
            assert clean(cell) == cell


def test_yaml(mined: Mined) -> None:
    found = [rows.plain(status) for status in mined.status[:1]]
    out = io.StringIO()
    formats.write_rows(found, "yaml", out)
    back = yaml.load(out.getvalue(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    assert [each["rule"] for each in back] == [each["rule"] for each in found]
    assert_shows_only(out.getvalue(), limit=100_000_000)


def test_markdown(mined: Mined) -> None:
    text = markdown.render_markdown(arranged(mined))
    assert_shows_only(text)
    assert "<script" not in text
    assert "<img" not in text
    assert "](javascript" not in text.replace("\\](", "")
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.replace("\\|", "").count("|") == 5


def test_html(mined: Mined) -> None:
    told = page.render_report_html(arranged(mined, everything=True))
    for html in (told, page.render_layers_html(mined.messages)):
        assert_shows_only(html, limit=80_000)
        soup = BeautifulSoup(html, "html.parser")
        assert not soup.find_all(["script", "img", "iframe"])
        assert len(soup.find_all("style")) == 1
        for tag in soup.find_all(True):
            assert not [name for name in tag.attrs if name.startswith("on")]
            assert str(tag.get("href", "#")).startswith(("#", "https://lore.kernel.org/all/"))


def test_notebook(mined: Mined) -> None:
    for shown in (mined, mined.items, mined.claims, mined.series, mined.status, mined.messages):
        html = shown._repr_html_()
        assert_shows_only(html)
        assert not BeautifulSoup(html, "html.parser").find_all(["script", "img", "style"])


def test_messages_to_the_person(mined: Mined) -> None:
    lines = [*problems.render_problems(mined.problems), problems.render_summary(1, mined.problems)]
    assert len(lines) == 3  # the command line cleans and cuts them, see tests/test_cli.py


# The letter


def written(mined: Mined) -> Letter:
    status = [
        replace(each, as_of=None, next_actor=mined.claims[0].text, waiting_on=(mined.claims[0].text,))
        for each in mined.status
    ]
    return write_letter(
        status,
        [moved(mined)],
        items=mined.items,
        series=mined.series,
        claims=mined.claims,
        messages=mined.messages,
        warnings=[mined.claims[0].text],
        reader="",
    )


def test_the_letter_in_every_form(mined: Mined) -> None:
    letter = written(mined)
    assert_shows_only(render_letter(letter, "text"))
    markdown = render_letter(letter, "markdown")
    assert_shows_only(markdown)
    assert "<script" not in markdown
    html = render_letter(letter, "html")
    assert "<script" not in html
    assert "<img" not in html
    html.encode()
    out = io.StringIO()
    formats.write_rows(letter_rows(letter), "csv", out, keys=LETTER_KEYS)
    for row in csv.reader(io.StringIO(out.getvalue())):
        assert all(not cell.startswith(("=", "+", "-", "@", "\t")) for cell in row)
    formats.write_rows([rows.plain(letter)], "jsonl", io.StringIO())


def test_the_letter_as_a_mail(mined: Mined) -> None:
    letter = written(mined)
    date = datetime(2026, 4, 5, tzinfo=UTC)
    text, html = render_letter(letter, "text"), render_letter(letter, "html")
    raw = make_mail(
        mined.claims[0].text, text, html, sender="ada@example.org", to=["bo@example.org"], date=date
    ).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    back = email.message_from_bytes(raw, policy=email.policy.default)
    assert {"Bcc", "Cc"}.isdisjoint(back.keys())
    assert [part.get_content_type() for part in back.iter_parts()] == ["text/plain", "text/html"]
    assert_shows_only(" ".join(str(back["Subject"]).split()))


def test_tables_given_back(mined: Mined) -> None:
    for text in update_tables(mined.messages, mined.rows, mined.status):
        assert_shows_only(text)
        yaml.safe_load(text)
