"""The command line: what it prints where, and the exit status for each way in which a run can go.

Most tests put records made by hand in the place of the pipeline; those at the end run the real one on mails.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner, Result

from miner.cli import app
from miner.errors import SourceError
from miner.mined import Mined
from miner.model import Problem

from .report import made
from .trees import Weft

Run = Callable[..., Result]
COMMANDS = ("status", "report", "claims", "items", "series", "layers", "segments")


class Pipeline(ModuleType):
    """Stands in for `miner.pipeline` and `miner.reading`; `mined` is what they find, `calls` what they were asked."""

    def __init__(self) -> None:
        super().__init__("miner.pipeline")
        self.mined: Mined | Exception = made.MINED
        self.calls: list[tuple[list[str], Any, Any]] = []
        self.moments: list[Any] = []

    def mine(self, sources: list[str], *, stdin: Any = None, config: Any = None, as_of: Any = None) -> Mined:
        self.calls.append((sources, stdin, config))
        self.moments.append(as_of)
        if isinstance(self.mined, BaseException):
            raise self.mined
        return self.mined

    read_messages = mine

    def label_segments(self, sources: list[str], *, stdin: Any = None, config: Any = None) -> Iterator[Any]:
        self.mine(sources, stdin=stdin, config=config)
        yield "answer@example.org", ["quotation_marker", "quotation", "<empty>"]


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    importlib.import_module("miner.letters")  # with the real run, before the other one stands in for it
    fake = Pipeline()
    for name in ("pipeline", "reading"):
        monkeypatch.setitem(sys.modules, f"miner.{name}", fake)
        if "miner" in sys.modules:
            monkeypatch.setattr(sys.modules["miner"], name, fake, raising=False)
    return fake


@pytest.fixture
def run() -> Run:
    return lambda *arguments, **more: CliRunner().invoke(app, list(arguments), **more)


def only_line(result: Result) -> str:
    (line,) = result.stderr.splitlines()
    return line


# Help


def test_help_groups_the_commands(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    for words in ("Where things stand", "What was found", "How the mails were read", "miner status thread.mbox"):
        assert words in result.stdout


@pytest.mark.parametrize("command", [*COMMANDS, "show", "diff", "explain", "history", "changes", "blocked", "graph"])
def test_each_command_has_a_sentence_and_an_example(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Example: miner" in result.stdout


def test_no_help_text_loses_its_brackets(run: Run) -> None:
    """rich takes [words] for markup; the only ones of that kind are [bold]."""
    program = typer.main.get_command(app)
    assert isinstance(program, typer.core.TyperGroup)
    for name, command in program.commands.items():
        texts = [command.help or "", *(getattr(each, "help", None) or "" for each in command.params)]
        assert not [text for text in texts if re.search(r"(?<!\\)\[(?!/?bold\])[a-z/@#]", text)], name
    assert run("send", "--help").stdout.count("[smtp]") == 2


def test_version(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: "1.2.3" if name == "lore-miner" else "")
    assert run("--version").stdout == "miner 1.2.3\n"


def test_help_imports_nothing_heavy() -> None:
    script = "import sys, miner.cli; print([name for name in ('pandas', 'spacy', 'networkx', 'jinja2') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# Wrong usage


@pytest.mark.parametrize("command", COMMANDS)
def test_no_source_is_wrong_usage_in_one_line_with_an_example(run: Run, command: str) -> None:
    result = run(command)
    assert result.exit_code == 2
    store = "" if command == "segments" else ", and no store to read"
    assert only_line(result).startswith(f"miner: {command}: no SOURCE given{store}; try: miner {command} thread.mbox")


@pytest.mark.parametrize(
    ("command", "example"),
    [
        ("show", 'miner show "warp cache" thread.mbox'),
        ("diff", 'miner diff "loom: count" thread.mbox'),
        ("explain", "miner explain MESSAGE-ID thread.mbox"),
    ],
)
def test_a_name_without_source(run: Run, command: str, example: str) -> None:
    result = run(command, "warp")
    assert result.exit_code == 2
    assert example in only_line(result)


@pytest.mark.parametrize(
    "arguments",
    [("status", "--format", "pdf", "x"), ("claims", "-f", "yaml", "x"), ("claims", "--min-confidence", "2", "x"),
     ("nonsense",), ("status", "--nonsense", "x")],
)  # fmt: skip
def test_wrong_usage(run: Run, pipeline: Pipeline, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert not pipeline.calls


# What is written


def test_without_a_terminal_the_default_is_one_json_object_a_line(run: Run, pipeline: Pipeline) -> None:
    result = run("status", "weft.mbox")
    assert result.exit_code == 0
    assert [json.loads(line)["key"] for line in result.stdout.splitlines()] == [each.key for each in made.STATUS]


@pytest.mark.parametrize("fmt", ["json", "jsonl"])
@pytest.mark.parametrize("command", ["status", "claims", "items", "series", "layers", "segments"])
def test_json(run: Run, pipeline: Pipeline, command: str, fmt: str) -> None:
    result = run(command, "-f", fmt, "weft.mbox")
    assert result.exit_code == 0
    assert all(isinstance(json.loads(line), dict) for line in result.stdout.splitlines())
    assert result.stdout


@pytest.mark.parametrize("command", ["status", "claims", "items", "series", "layers", "segments"])
def test_csv(run: Run, pipeline: Pipeline, command: str) -> None:
    head = run(command, "-f", "csv", "weft.mbox").stdout.splitlines()[0]
    assert head.split(",")[0] in ("kind", "message_id", "item", "root", "id")


@pytest.mark.parametrize("command", [*COMMANDS[:1], *COMMANDS[2:]])
def test_table(run: Run, pipeline: Pipeline, command: str) -> None:
    result = run(command, "--format", "table", "weft.mbox", env={"COLUMNS": "80"})
    assert result.exit_code == 0
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    assert "\x1b" not in result.stdout


def test_status_for_people(run: Run, pipeline: Pipeline) -> None:
    text = run("status", "-f", "table", "weft.mbox").stdout
    assert text.startswith("Where things stand on 2024-05-21: 4 work items and 2 patch series\n")
    assert "and 1 older revision (v1)" in text
    assert "older" not in run("status", "--all", "-f", "table", "weft.mbox").stdout


@pytest.mark.parametrize(("kind", "count"), [("item", 4), ("series", 3), ("all", 7)])
def test_kind(run: Run, pipeline: Pipeline, kind: str, count: int) -> None:
    assert len(run("status", "--kind", kind, "weft.mbox").stdout.splitlines()) == count


def test_status_formats(run: Run, pipeline: Pipeline) -> None:
    assert len(yaml.safe_load(run("status", "-f", "yaml", "weft.mbox").stdout)) == 7
    assert run("status", "-f", "markdown", "weft.mbox").stdout.startswith("# Where things stand on 2024-05-21\n")
    assert run("status", "-f", "html", "weft.mbox").stdout.startswith("<!DOCTYPE html>")


def test_layers_as_html(run: Run, pipeline: Pipeline) -> None:
    assert "Who wrote which line" in run("layers", "-f", "html", "weft.mbox").stdout


@pytest.mark.parametrize(("least", "count"), [("0.91", 1), ("0.5", 3), ("1", 0)])
def test_min_confidence(run: Run, pipeline: Pipeline, least: str, count: int) -> None:
    assert len(run("claims", "--min-confidence", least, "weft.mbox").stdout.splitlines()) == count


@pytest.mark.parametrize(("flag", "mined"), [("0", 0.0), ("0.5", 0.5), ("0.95", 0.91)])
def test_min_confidence_wins_over_the_settings(
    run: Run, pipeline: Pipeline, tmp_path: Path, flag: str, mined: float
) -> None:
    settings = tmp_path / "miner.toml"
    settings.write_text("min_confidence = 0.91\n")
    run("claims", "--config", str(settings), "--min-confidence", flag, "weft.mbox")
    assert pipeline.calls[0][2].min_confidence == mined


def test_claims_name_the_series_by_its_title(run: Run, pipeline: Pipeline) -> None:
    assert "heddle: count" in run("claims", "-f", "table", "x", env={"COLUMNS": "160"}).stdout


def test_report_writes_the_page_and_says_where(run: Run, pipeline: Pipeline, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text("old")
    result = run("report", "--html", str(page), "weft.mbox")
    assert result.exit_code == 0
    assert result.stdout.startswith("Where things stand")
    assert f"miner: the page is in {page}" in result.stderr
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert list(tmp_path.iterdir()) == [page]


def test_a_page_that_cannot_be_written(run: Run, pipeline: Pipeline, tmp_path: Path) -> None:
    result = run("report", "--html", str(tmp_path / "no" / "report.html"), "weft.mbox")
    assert result.exit_code == 1
    assert only_line(result).endswith("report.html: cannot be written: No such file or directory")


def test_show(run: Run, pipeline: Pipeline) -> None:
    result = run("show", "WARP", "weft.mbox", "-f", "table")
    assert result.exit_code == 0
    assert "> - item: warp cache assignee: Ben Okoro" in result.stdout
    rows = [json.loads(line) for line in run("show", "warp cache", "weft.mbox").stdout.splitlines()]
    assert [row["url"] for row in rows] == ["https://lore.kernel.org/all/answer@example.org/"]


def test_show_unknown(run: Run, pipeline: Pipeline) -> None:
    result = run("show", "shad lock", "weft.mbox")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == (
        "miner: no work item or series is called 'shad lock'; the nearest are: shed lock"
    )


@pytest.mark.parametrize("command", ["report", "graph", "status"])
def test_jsonl_is_json_with_an_object_a_line(run: Run, pipeline: Pipeline, command: str) -> None:
    said = [run(command, "weft.mbox", "-f", fmt).stdout for fmt in ("json", "jsonl")]
    assert said[0] == said[1]
    assert all(isinstance(json.loads(line), dict) for line in said[1].splitlines())


def test_explain_says_which_mail_it_is(run: Run, pipeline: Pipeline) -> None:
    shown = run("explain", "v1@example.org", "weft.mbox", "-f", "table").stdout
    assert shown.startswith(
        "[PATCH 0/2] warp: cache the shed\n  Ben Okoro · 2024-04-01\n  https://lore.kernel.org/all/v1@"
    )


@pytest.mark.parametrize("command", ["show", "history", "diff", "explain"])
def test_a_name_of_several_is_a_numbered_choice(run: Run, pipeline: Pipeline, command: str) -> None:
    name = "ada" if command == "explain" else "cleo"
    result = run(command, name, "weft.mbox")
    assert (result.exit_code, result.stdout) == (1, "")
    *_, head, first, second, advice = [line for line in result.stderr.splitlines() if "#3" not in line]
    assert head.startswith(f"miner: '{name}' may be one of ")
    assert (first.split()[0], second.split()[0]) == ("#1", "#2")
    assert advice.endswith(f"the number of one of them: '{name} #2'")


# Before now

SAMPLE = str(Path(__file__).parents[1] / "corpora" / "sample" / "weft-dev.mbox")


def test_as_of_hands_on_the_end_of_the_day(run: Run, pipeline: Pipeline) -> None:
    run("status", "--as-of", "2026-03-01", "weft.mbox")
    run("claims", "weft.mbox")
    assert pipeline.moments == [datetime(2026, 3, 1, 23, 59, 59, 999999, UTC), None]


@pytest.mark.parametrize("option", ["--as-of", "--since"])
def test_a_date_that_is_none(run: Run, option: str) -> None:
    result = run("changes", option, "yesteryear", SAMPLE)
    assert result.exit_code == 2
    assert "yesteryear" in only_line(result)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            ["--as-of", "2026-13-45"],
            "--as-of must be a date as 2026-05-01 or a time as '6 months ago', not '2026-13-45'",
        ),
        (["--as-of", ""], "--as-of must be a date as 2026-05-01 or a time as '6 months ago', not ''"),
        (["--as-of", "2999-01-01"], "--as-of is 2999-01-01, a day that has not come yet"),
        (["--since", "2999-01-01"], "--since is 2999-01-01, a day that has not come yet"),
        (["--as-of", "2026-03-01", "--since", "2026-03-10"], "--since is 2026-03-10, later than --as-of"),
    ],
)
def test_a_wrong_date_is_told_of_its_own_option(run: Run, options: list[str], says: str) -> None:
    result = run("changes", *options, SAMPLE)
    assert (result.exit_code, only_line(result)) == (2, f"miner: {says}")


def test_what_the_mails_do_not_know_is_told(run: Run) -> None:
    early = run("status", "--as-of", "2020-01-01", SAMPLE)
    assert early.exit_code == 0
    assert "--as-of: no mail here is as old as 2020-01-01" in early.stderr
    told = run("report", "--table", "nosuch", "--for", "Nobody", SAMPLE)
    assert (told.exit_code, told.stdout) == (1, "")
    assert "--table: no table" in told.stderr
    assert "--for: nobody" in told.stderr
    assert run("send", "--list", "nosuch", "--to", "a@example.org", SAMPLE).exit_code == 1
    known = run("report", "--for", "Sami", SAMPLE)
    assert known.exit_code == 0
    assert "--" not in known.stderr


def test_history(run: Run) -> None:
    result = run("history", "journal replay", SAMPLE, "-f", "table", env={"COLUMNS": "80"})
    assert result.exit_code == 0
    assert max(len(line) for line in result.stdout.splitlines() if "https://" not in line) <= 80
    assert "applied" in result.stdout
    moves = [json.loads(line) for line in run("history", "journal replay", SAMPLE).stdout.splitlines()]
    assert [move["status"] for move in moves][-1] == "applied"
    assert len(run("history", "journal replay", "--as-of", "2026-03-01", SAMPLE).stdout.splitlines()) < len(moves)
    assert run("history", "nothing of the kind", SAMPLE).exit_code == 1


@pytest.mark.parametrize("command", ["history", "show"])
def test_one_patch_means_its_series(run: Run, command: str) -> None:
    cover = run(command, "20260205-journal-replay-v1-0-3f2a9c1d7e44@beranek.example.net", SAMPLE)
    patch = run(command, "20260205-journal-replay-v1-2-3f2a9c1d7e44@beranek.example.net", SAMPLE)
    assert (patch.exit_code, patch.stdout) == (0, cover.stdout)


def test_changes(run: Run) -> None:
    since = ("changes", "--since", "2026-02-10")
    moves = [json.loads(line) for line in run(*since, SAMPLE).stdout.splitlines()]
    assert {move["kind"] for move in moves} == {"item", "series"}
    items = [json.loads(line) for line in run(*since, "--kind", "item", SAMPLE).stdout.splitlines()]
    assert items == [move for move in moves if move["kind"] == "item"]
    week = run("changes", "--since", "7d", "--as-of", "2026-03-27", SAMPLE).stdout.splitlines()
    assert all("2026-03-20" <= json.loads(line)["date"] <= "2026-03-28" for line in week)
    newest = run("changes", "--since", "7d", SAMPLE).stdout.splitlines()  # counted from the newest mail
    assert newest
    assert all(json.loads(line)["date"] >= "2026-03-27" for line in newest)
    assert "nothing moved" in run("changes", "--since", "2026-05-01", SAMPLE, "-f", "table").stdout


# The graph


def test_blocked(run: Run) -> None:
    text = run("blocked", SAMPLE, "-f", "table").stdout
    assert "holds up most: lease renewal (1 other)" in text
    (wait,) = map(json.loads, run("blocked", SAMPLE).stdout.splitlines())
    assert (wait["title"], wait["on_title"]) == ("quota per tenant", "lease renewal")
    assert "nothing waits" in run("blocked", "--as-of", "2026-02-10", SAMPLE, "-f", "table").stdout


REPLAY_V3 = "https://lore.example.org/weft/20260303-journal-replay-v3-0-6d70a94be3c5@beranek.example.net/"


def test_graph(run: Run) -> None:
    whole = json.loads(run("graph", SAMPLE).stdout)
    assert (whole["directed"], whole["multigraph"]) == (True, True)
    near = json.loads(run("graph", "--around", "quota per tenant", "--kinds", "item,person", SAMPLE).stdout)
    assert {node["kind"] for node in near["nodes"]} == {"item", "person"}
    assert len(near["nodes"]) < len(whole["nodes"])
    assert json.loads(run("graph", "--around", "tenant quota", "--kinds", "item,person", SAMPLE).stdout) == near
    v3, work = (json.loads(run("graph", "--around", name, SAMPLE).stdout) for name in (REPLAY_V3, "journal and trim"))
    assert {node["id"] for node in v3["nodes"]} & {node["id"] for node in work["nodes"]}
    assert run("graph", SAMPLE, "-f", "dot").stdout.startswith("digraph miner {")
    assert run("graph", SAMPLE, "-f", "mermaid").stdout.startswith("flowchart LR")
    assert run("graph", SAMPLE, "-f", "graphml").stdout.startswith("<?xml")
    assert "depends_on" in run("graph", SAMPLE, "-f", "table").stdout


def test_a_graph_that_mermaid_does_not_draw_is_said_to_be_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miner.report.graphs.MERMAID_EDGES", 200)
    result = run("graph", SAMPLE, "-f", "mermaid")
    assert result.stdout.count(" -->") > 200
    assert (result.exit_code, "mermaid.initialize()" in result.stderr) == (0, True)
    assert "mermaid" not in run("graph", "--kinds", "item,person", SAMPLE, "-f", "mermaid").stderr.lower()
    assert "mermaid" not in run("graph", SAMPLE, "-f", "dot").stderr.lower()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--depth", "2"), "--depth counts steps from what --around names"),
        (("--kinds", ""), "--kinds: no kind ''"),
        (("--kinds", "item,"), "--kinds: no kind ''"),
    ],
)
def test_a_graph_option_that_says_nothing_is_refused(run: Run, options: tuple[str, ...], says: str) -> None:
    result = run("graph", *options, SAMPLE)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_graph_of_what_is_not_there(run: Run) -> None:
    assert run("graph", "--around", "no such work", SAMPLE).exit_code == 1
    result = run("graph", "--kinds", "item,nonsense", SAMPLE)
    assert result.exit_code == 2
    assert "nonsense" in only_line(result)


# Where it reads from


def test_standard_input_is_handed_on_only_when_asked_for(run: Run, pipeline: Pipeline) -> None:
    run("status", "-", "more.mbox", input=b"From ...")
    run("status", "weft.mbox")
    (sources, stdin, _), (_, none, _) = pipeline.calls
    assert sources == ["-", "more.mbox"]
    assert stdin is not None
    assert none is None


def test_config(run: Run, pipeline: Pipeline, tmp_path: Path) -> None:
    settings = tmp_path / "miner.toml"
    settings.write_text('archive_url = "https://lists.example.org/{message_id}"\nmin_confidence = 0.91\n')
    result = run("status", "--config", str(settings), "-f", "table", "weft.mbox")
    assert "https://lists.example.org/table@example.org\n" in result.stdout
    assert pipeline.calls[0][2].min_confidence == 0.91
    assert len(run("claims", "--config", str(settings), "weft.mbox").stdout.splitlines()) == 1


def test_a_config_that_cannot_be_used(run: Run, pipeline: Pipeline, tmp_path: Path) -> None:
    settings = tmp_path / "miner.toml"
    settings.write_text("stale = 3\n")
    result = run("status", "--config", str(settings), "weft.mbox")
    assert result.exit_code == 1
    assert "unknown key 'stale'" in only_line(result)


# How it ends


def ended(pipeline: Pipeline, *problems: Problem, read: int = 0) -> None:
    base = made.MINED if read else made.EMPTY
    pipeline.mined = replace(base, problems=problems, read=read)


def test_skipped_mails_are_counted_in_the_last_line(run: Run, pipeline: Pipeline) -> None:
    ended(pipeline, *[Problem("x", "no headers")] * 2, Problem("y", "over 64 MB"), read=46)
    result = run("status", "weft.mbox")
    assert result.exit_code == 0
    assert result.stderr.splitlines()[-1] == "miner: read 46 mails, skipped 3: 2 no headers, 1 over 64 MB"


def test_broken_rows_get_a_line_each_up_to_a_limit(run: Run, pipeline: Pipeline) -> None:
    ended(pipeline, *(Problem(f"mail {number}", "broken row", "row") for number in range(22)), read=3)
    lines = run("items", "weft.mbox").stderr.splitlines()
    assert lines[0] == "miner: mail 0: broken row"
    assert lines[-2:] == ["miner: and 2 more of that kind", "miner: read 3 mails"]


MISSING = Problem("nope.mbox", "no such file", "source")
HOLLOW = Problem("hollow.mbox", "empty: no mail in it", "source")
BAD_MAIL = Problem("x, mail 1", "no headers")


@pytest.mark.parametrize(
    ("problems", "read", "status"),
    [
        ((), 3, 0),
        ((HOLLOW,), 0, 0),
        ((HOLLOW,), 3, 0),
        ((MISSING,), 3, 3),
        ((MISSING, HOLLOW), 3, 3),
        ((MISSING,), 0, 1),
        ((MISSING, HOLLOW), 0, 1),
        ((BAD_MAIL,), 0, 1),
        ((BAD_MAIL,), 3, 0),
    ],
)
@pytest.mark.parametrize("command", ["status", "claims", "layers", "report"])
def test_exit_status(
    run: Run, pipeline: Pipeline, command: str, problems: tuple[Problem, ...], read: int, status: int
) -> None:
    ended(pipeline, *problems, read=read)
    result = run(command, "a.mbox", "b.mbox")
    assert result.exit_code == status
    assert "Traceback" not in result.stderr
    for problem in problems:
        assert f"miner: {problem.where}: {problem.why}" in result.stderr
    if status == 1:
        assert result.stdout == ""


def test_one_missing_source_is_one_line_that_says_what_to_do(run: Run, pipeline: Pipeline) -> None:
    ended(pipeline, MISSING)
    assert only_line(run("status", "nope.mbox")).startswith("miner: nope.mbox: no such file; a SOURCE is an mbox")


def test_an_empty_source_is_said_so(run: Run, pipeline: Pipeline) -> None:
    ended(pipeline, HOLLOW)
    result = run("status", "-f", "table", "hollow.mbox")
    assert result.stderr.splitlines() == ["miner: hollow.mbox: empty: no mail in it", "miner: read 0 mails"]
    assert result.stdout == "No work item and no patch series in these mails.\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_an_error_of_the_pipeline_is_one_line(run: Run, pipeline: Pipeline, command: str) -> None:
    pipeline.mined = SourceError("a.mbox: not mail\x1b[31m; give an mbox")
    result = run(command, "a.mbox")
    assert result.exit_code == 1
    assert only_line(result) == "miner: a.mbox: not mail\\x1b[31m; give an mbox"


@pytest.mark.parametrize("command", COMMANDS)
def test_an_interrupt_is_quiet(run: Run, pipeline: Pipeline, command: str) -> None:
    pipeline.mined = KeyboardInterrupt()  # type: ignore[assignment]
    result = run(command, "a.mbox")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "")


def test_an_unexpected_system_error_is_one_line(run: Run, pipeline: Pipeline) -> None:
    pipeline.mined = OSError(28, "No space left on device")
    result = run("status", "a.mbox")
    assert result.exit_code == 1
    assert only_line(result) == "miner: status: No space left on device"


def test_hostile_names_cannot_steer_the_terminal(run: Run, pipeline: Pipeline) -> None:
    ended(pipeline, Problem("\x1b[2J\r\nx\u202e", "why\x07" * 2000, "source"), read=1)
    for line in run("status", "a.mbox").stderr.splitlines():
        assert line.isprintable()
        assert len(line) < 1100


def test_a_bug_is_not_hidden(run: Run, pipeline: Pipeline) -> None:
    pipeline.mined = ZeroDivisionError()
    assert isinstance(run("status", "a.mbox").exception, ZeroDivisionError)


# The real pipeline

MAIL = b"""\
From nobody Thu May  2 09:00:00 2024
From: Ada Berg <ada@example.org>
To: weft@example.org
Subject: [PATCH] heddle: count from one
Message-ID: <heddle@example.org>
Date: Thu, 2 May 2024 09:00:00 +0000

Count from one.

"""


@pytest.fixture
def real(tmp_path: Path) -> Path:
    for name in ("miner.pipeline", "miner.claims"):
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None:
            pytest.skip(f"{name} is not there yet")
    source = tmp_path / "weft.mbox"
    source.write_bytes(MAIL)
    return source


def miner(*arguments: str | Path, **more: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "miner", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=120, check=False, **more)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_runs(real: Path, command: str) -> None:
    done = miner(command, real)
    assert done.returncode == 0, done.stderr
    assert b"read 1 mail" in done.stderr


def test_a_mail_on_standard_input(real: Path) -> None:
    done = miner("series", "-", input=MAIL)
    assert done.returncode == 0
    assert json.loads(done.stdout)["root"] == "heddle@example.org"


@pytest.mark.parametrize("command", ["status", "report", "series", "show"])
def test_a_git_tree(real: Path, tmp_path: Path, command: str) -> None:
    weft = Weft(tmp_path / "weft")
    sha = weft.commit("heddle: count from one\n\nLink: https://lore.example.org/r/heddle@example.org", day=9)
    names = ("heddle@example.org",) if command == "show" else ()
    table = () if command == "report" else ("--format", "table")
    done = miner(command, *names, *table, "--git", weft.folder, real)
    assert done.returncode == 0, done.stderr
    assert sha[:12].encode() in done.stdout
    settings = tmp_path / "config.toml"
    settings.write_text(f'git = "{weft.folder}"\n')
    if command == "series":
        (commit,) = json.loads(miner(command, "--config", settings, real).stdout)["commits"]
        assert commit == {
            "sha": sha,
            "how": "link",
            "tag": None,
            "released": False,
            "reverted": False,
            "date": "2026-03-10T12:00:00+00:00",
        }
    wrong = miner(command, *names, "--git", tmp_path / "nope", real)
    assert (wrong.returncode, wrong.stdout) == (1, b"")
    assert len(wrong.stderr.splitlines()) == 1
    assert b"no git repository" in wrong.stderr


def patch_mail(ident: str, subject: str, counter: str, day: int) -> bytes:
    return f"""\
From nobody Thu May  2 09:00:00 2024
From: Ada Berg <ada@example.org>
To: weft@example.org
Subject: {subject}
Message-ID: <{ident}@example.org>
Date: {day} May 2024 09:00:00 +0000

Count the threads of a loom.

Signed-off-by: Ada Berg <ada@example.org>
---
diff --git a/loom.c b/loom.c
--- a/loom.c
+++ b/loom.c
@@ -1,2 +1,3 @@
 int weave(void)
 {{
+\t{counter} threads = 0;
-- \n2.45

""".encode()


ASKING = b"""\
From nobody Thu May  2 09:00:00 2024
From: Ben Okoro <ben@example.org>
To: weft@example.org
Subject: Re: [PATCH] loom: count the threads
Message-ID: <asking@example.org>
In-Reply-To: <one@example.org>
Date: 3 May 2024 09:00:00 +0000

> +\tint threads = 0;

Could you make this unsigned, please?

"""


@pytest.fixture
def revised(tmp_path: Path) -> Path:
    """Two versions of a patch, and the ask between them."""
    source = tmp_path / "revised.mbox"
    first = patch_mail("one", "[PATCH] loom: count the threads", "int", 2)
    second = patch_mail("two", "[PATCH v2] loom: count the threads", "unsigned int", 4)
    source.write_bytes(first + ASKING + second)
    return source


def test_diff_for_people(revised: Path) -> None:
    done = miner("diff", "loom: count", "--format", "table", revised)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    for words in ("Could you make this unsigned, please?", "unsigned int threads = 0;", "1 ask: 1 changed"):
        assert words in text
    brief = miner("diff", "loom: count", "--brief", "--format", "table", revised).stdout.decode()
    assert len(brief.splitlines()) < len(text.splitlines())


def test_diff_for_scripts(revised: Path) -> None:
    (found,) = [json.loads(line) for line in miner("diff", "two@example.org", revised).stdout.splitlines()]
    assert [found["older"]["root"], found["newer"]["root"]] == ["one@example.org", "two@example.org"]
    assert [ask["verdict"] for ask in found["asks"]] == ["changed"]
    head, row = miner("diff", "loom: count", "--format", "csv", revised).stdout.decode().splitlines()
    assert head.startswith("state,title,")
    assert row.startswith("changed,loom: count the threads,")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [(("nope",), "nope"), (("loom", "--to", "7"), "there is no v7"), (("loom", "--from", "2"), "v2")],
)
def test_diff_without_two_versions(revised: Path, arguments: tuple[str, ...], why: str) -> None:
    done = miner("diff", *arguments, revised)
    assert (done.returncode, done.stdout) == (1, b"")
    assert why in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_diff_of_a_single_version(real: Path) -> None:
    done = miner("diff", "heddle", real)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"v1" in done.stderr


def test_explain(revised: Path) -> None:
    done = miner("explain", "<asking@example.org>", "--format", "table", revised)
    assert done.returncode == 0, done.stderr
    assert "“Could you make this unsigned, please?”" in done.stdout.decode()
    (row,) = [json.loads(line) for line in miner("explain", "asking@example.org", revised).stdout.splitlines()]
    assert row["text"] == "Could you make this unsigned, please?"
    head = miner("explain", "asking@example.org", "--format", "csv", revised).stdout.decode().splitlines()[0]
    assert head == "message_id,start,end,text,status,certainty,probability,rule,score,claimed,words,needed"
    wrong = miner("explain", "nope@example.org", revised)
    assert (wrong.returncode, wrong.stdout) == (1, b"")
    assert b"no mail has the id nope@example.org" in wrong.stderr


def test_a_missing_source_alone_and_beside_another(real: Path) -> None:
    alone = miner("status", real.with_name("nope.mbox"))
    assert (alone.returncode, alone.stdout) == (1, b"")
    assert len(alone.stderr.splitlines()) == 1
    assert miner("status", real, real.with_name("nope.mbox")).returncode == 3


def test_an_empty_file(real: Path) -> None:
    real.write_bytes(b"")
    done = miner("status", real)
    assert done.returncode == 0
    assert b"empty" in done.stderr


def test_a_reader_that_leaves_early_sees_no_traceback(real: Path) -> None:
    real.write_bytes(b"".join(MAIL.replace(b"heddle@", b"heddle%d@" % number) for number in range(3000)))
    reading, writing = os.pipe()
    os.close(reading)
    try:
        command = [sys.executable, "-m", "miner", "layers", str(real)]
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, timeout=120, check=False)
    finally:
        os.close(writing)
    assert done.returncode == 0
    assert done.stderr == b""
