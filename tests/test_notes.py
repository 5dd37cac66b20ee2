"""What the user says: read, written, laid over what the mail says, and never kept anywhere else."""

from __future__ import annotations

import io
import json
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from miner import keeping
from miner.cli import app
from miner.config import Config, read_config
from miner.errors import ConfigError
from miner.join.blocked import find_blocked
from miner.keeping import bring_up_to_date, read_store
from miner.letters import compose
from miner.notes import Note, add_note, apply_notes, drop_notes, find_idle, make_note, read_notes
from miner.past import find_changes, find_history, stand
from miner.pipeline import join_all, mine
from miner.report.arrange import arrange_status
from miner.report.history import find_work
from miner.report.layout import make_console
from miner.report.letter import letter_rows
from miner.report.render import FORMATS, render_letter
from miner.report.terminal import render_moves
from miner.sites import write_site

from .lists import write_diff, write_mail

MBOX = str(Path(__file__).parents[1] / "corpora" / "sample" / "weft-dev.mbox")
DAY = date(2026, 4, 5)
MIDNIGHT = datetime(2026, 4, 5, tzinfo=UTC)


def status_of(mined, title):
    return next(each for each in mined.status if each.title == title)


def noted(mined, *notes):
    return mine([MBOX], config=Config(notes=notes))


@given(
    st.text(min_size=1).filter(str.strip),
    st.text(),
    st.booleans(),
    st.dates(),
    st.lists(st.text(max_size=5), max_size=3),
)
def test_what_is_written_is_read_back(tmp_path_factory, work, says, mute, day, ids):
    path = tmp_path_factory.mktemp("notes") / "notes.toml"
    work, says = (text.encode("utf-8", "replace").decode() for text in (work, says))
    note = Note(work, day, says, "ready", mute, day, tuple(ids), tuple(ids))
    add_note(path, note)
    add_note(path, Note("other", day))
    assert read_notes(path) == (note, Note("other", day))
    assert drop_notes(path, work.upper() if work.upper().lower() == work.lower() else work) >= 1
    assert Note("other", day) in read_notes(path) or work.strip().lower() == "other"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("work = 1", "nothing else"),
        ("[[note]]\nwork = 'x'", "needs work"),
        ("[[note]]\nwork = ' '\ndate = 2026-01-01", "needs work"),
        ("[[note]]\nwork = 'x'\ndate = '2026-01-01'", "needs work"),
        ("[[note]]\nwork = 'x'\ndate = 2026-01-01\nstatus = 'done'", "no status 'done'"),
        ("[[note]]\nwork = 'x'\ndate = 2026-01-01\nstate = 'merged'", "unknown key 'state'"),
        ("[[note]]\nwork = 'x'\ndate = 2026-01-01\npin = [1]", "needs work"),
        ("note = 3", "nothing else"),
        ("[[note", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_understood(text, words, tmp_path):
    path = tmp_path / "notes.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=words):
        read_notes(path)


def test_a_note_that_says_nothing():
    with pytest.raises(ConfigError, match="says nothing"):
        make_note("x", DAY)


def test_a_status_that_was_noted_stands_and_shows_whose_it_is(mined):
    before = status_of(mined, "lease renewal")
    after = status_of(noted(mined, Note("Lease  Renewal", DAY, "told me", "merged")), "lease renewal")
    assert (after.status, after.rule, after.certainty) == ("merged", "your-note", "asserted")
    assert after.note == "2026-04-05: merged (told me)"
    assert after.also[0] == before.status
    assert (after.next_actor, after.waiting_on, after.depends_on, after.unanswered) == (None, (), (), ())
    assert (after.as_of, after.since) == (MIDNIGHT, MIDNIGHT)
    assert after.evidence == before.evidence


def test_nobody_waits_for_what_was_noted_as_finished(mined):
    assert status_of(mined, "quota per tenant").next_actor == "lease renewal"
    found = noted(mined, Note("lease renewal", DAY, "told me", "merged"))
    after = status_of(found, "quota per tenant")
    posting = next(each for each in found.status if each.key == after.series[-1])
    assert (after.status, after.waiting_on) == (posting.status, posting.waiting_on) == ("needs-review", ("reviewers",))
    assert (after.depends_on, after.next_actor, after.as_of) == ((), "reviewers", MIDNIGHT)
    assert (after.rule, after.also[0]) == ("your-note-on-what-it-waited-for", "blocked")
    assert after.note == "2026-04-05: lease renewal is merged"
    assert find_blocked(found.status).waits == ()


def test_what_waits_for_more_stays_blocked(mined):
    (lease,) = (each for each in mined.status if each.key == "lease renewal")
    two = replace(status_of(mined, "quota per tenant"), depends_on=("lease renewal", "journal replay"))
    _, after = apply_notes([lease, two], [Note("lease renewal", DAY, status="dropped")])
    assert (after.status, after.depends_on, after.rule) == ("blocked", ("journal replay",), two.rule)
    alone = replace(two, depends_on=("lease renewal",), series=())
    _, after = apply_notes([lease, alone], [Note("lease renewal", DAY, status="dropped")])
    assert (after.status, after.certainty, after.next_actor) == (None, None, None)


def test_an_open_status_that_was_noted_asks_whom_it_calls_for(mined):
    before = status_of(mined, "lease renewal")
    for label, actor in (("ready", "maintainer"), ("needs-revision", before.assignee), ("blocked", None)):
        (after,) = apply_notes([before], [Note("lease renewal", DAY, status=label)])
        assert after.next_actor == actor
        assert after.depends_on == (before.depends_on if label == "blocked" else ())


def test_what_was_said_later_was_not_known_then(mined):
    before = status_of(mined, "lease renewal")
    notes = [Note("lease renewal", DAY, "told me", "merged"), Note("lease renewal", DAY, mute=True)]
    (then,) = apply_notes([before], notes, MIDNIGHT - timedelta(seconds=1))
    assert then == replace(before, hidden_until="always")
    (then,) = apply_notes([before], notes, MIDNIGHT + timedelta(days=1))
    assert then.status == "merged"


def test_what_was_noted_is_a_move_of_that_day():
    config = Config(notes=(Note("lease renewal", DAY, "told me", "merged"),))
    found = mine([MBOX], config=config)
    (move,) = (each for each in find_changes(found, MIDNIGHT, config) if each.key == "lease renewal")
    assert (move.before, move.status, move.date, move.evidence) == ("needs-review", "merged", MIDNIGHT, ())
    *rest, last = find_history(found, find_work("lease renewal", found.status), config)
    assert (last.status, last.date, last.evidence) == ("merged", MIDNIGHT, ())
    assert move.note == last.note == "2026-04-05: merged (told me)"
    assert all(each.status != "merged" and each.note is None for each in rest)


def test_each_status_that_was_noted_moves_a_history_on_its_day():
    notes = (
        Note("lease renewal", date(2026, 3, 25), "Ben says so", "dropped"),
        Note("lease renewal", date(2026, 3, 26), "or not", "planned"),
        Note("lease renewal", DAY, status="merged"),
    )
    config = Config(notes=notes)
    found = mine([MBOX], config=config)
    moves = find_history(found, find_work("lease renewal", found.status), config)
    yours = [(each.date.date().isoformat(), each.status) for each in moves if each.note]
    assert yours == [("2026-03-25", "dropped"), ("2026-03-26", "planned"), ("2026-04-05", "merged")]
    assert [each.date for each in moves] == sorted(each.date for each in moves)
    console = make_console(io.StringIO(), 100)
    assert "you: 2026-03-25: dropped (Ben says so)" in render_moves(moves, console, "").plain


def test_a_posting_that_is_tied_by_hand_changes_nothing_before_it_was_there(tmp_path):
    table = "- item: warp import\n  priority: must\n  assignee: Ada Byron <ada@loom.example>\n- item: reed count\n  priority: low\n"
    box = tmp_path / "loom.mbox"
    mails = (
        write_mail("table@x", "Ada Byron <ada@loom.example>", "Work on the loom", table, 0),
        write_mail("a@x", "Bo Chen <bo@shed.example>", "[PATCH] shed: read old files", write_diff(1, 1, "shed.c"), 9),
    )
    box.write_bytes(b"".join(b"From x\n" + mail + b"\n" for mail in mails))
    config = Config(notes=(Note("warp import", DAY, pin=("a@x",)),))
    found = mine([str(box)], config=config)
    moves = find_history(found, find_work("warp import", found.status), config)
    assert [(each.date.day, each.status) for each in moves] == [(1, None), (10, "needs-review")]
    then = mine([str(box)], config=config, as_of=datetime(2026, 3, 9, tzinfo=UTC))
    assert all(not item.ties for item in then.items)


def test_what_moved_and_is_muted_is_left_out_of_the_changes(say):
    since = ("changes", "--since", "2026-02-10")
    assert say("note", "lease renewal", "--mute").exit_code == 0
    result = say(*since, MBOX)
    assert all(json.loads(line)["title"] != "lease renewal" for line in result.stdout.splitlines())
    assert "1 muted or snoozed by you moved too" in result.stderr
    whole = say(*since, MBOX, "--all")
    assert "lease renewal" in {json.loads(line)["title"] for line in whole.stdout.splitlines()}
    assert "muted" not in whole.stderr


def test_the_users_words_stand_in_the_place_of_the_mails():
    config = Config(notes=(Note("lease renewal", DAY, "told me", "merged"),))
    found = mine([MBOX], config=config)
    overview = arrange_status(found.status, items=found.items, messages=found.messages, series=found.series)
    entries = [entry for part in overview.parts for section in part.sections for entry in section.entries]
    entry = next(each for each in entries if each.title == "lease renewal")
    assert (entry.evidence, entry.questions, entry.waits_for, entry.since) == ((), (), (), "2026-04-05")
    assert all("lease renewal" not in each.waits_for for each in entries)
    overview = arrange_status(found.status, items=found.items, messages=found.messages, everything=True)
    entries = [entry for part in overview.parts for section in part.sections for entry in section.entries]
    assert next(each for each in entries if each.title == "lease renewal").evidence
    now = datetime(2026, 4, 6, tzinfo=UTC)
    letter = compose(found, config, now=now, since=datetime(2026, 4, 1, tzinfo=UTC))
    assert letter.day == "2026-04-03"
    row = next(row for row in letter_rows(letter) if row["title"] == "lease renewal")
    assert (row["section"], row["text"]) == ("done", "2026-04-05: merged (told me)")
    assert (row["by"], row["day"]) == ("you", "2026-04-05")


def test_notes_that_are_about_nothing_are_found(mined):
    root = next(each.key for each in mined.status if each.kind == "series")
    postings = [one.root for one in mined.series]
    notes = [
        Note("Lease  renewal", DAY, pin=(root,)),
        Note(f"<{root}>", DAY, mute=True),
        Note("nosuch", DAY, mute=True),
        Note("nosuch", DAY, cut=("no@x",)),
    ]
    assert find_idle(notes, mined.status, postings) == ("nosuch", "no@x")


def test_the_newest_note_counts(mined):
    notes = (Note("lease renewal", DAY, status="merged"), Note("lease renewal", date(2026, 4, 1), status="dropped"))
    assert status_of(noted(mined, *notes), "lease renewal").status == "merged"


def test_words_alone_change_nothing_else(mined):
    before = status_of(mined, "lease renewal")
    (after,) = apply_notes([before], [Note("lease renewal", DAY, "ask again")])
    assert after == replace(before, note="2026-04-05: ask again")


def test_a_posting_is_named_by_its_id_or_that_of_an_older_version(mined):
    newest = next(each for each in mined.status if each.kind == "series" and each.chain != each.key)
    for name in (newest.key, f"<{newest.chain}>"):
        found = apply_notes(mined.status, [Note(name, DAY, status="dropped")])
        assert next(each for each in found if each.key == newest.key).status == "dropped"


def chain_of_three(mined):
    """Three versions of one series, each under another title, and one of another series."""
    one = next(each for each in mined.status if each.kind == "series")
    made = [
        replace(one, key=f"v{n}@x", title=f"shed: take {n}", chain="v1@x", revision=n, series=(f"v{n}@x",))
        for n in (1, 2, 3)
    ]
    return [*made, replace(one, key="w@x", title="shed: other", chain="w@x", series=("w@x",))]


@pytest.mark.parametrize("name", ["v1@x", "<v2@x>", "v3@x", "Shed: take 1", "shed:  take 2"])
def test_a_note_on_one_version_holds_for_the_whole_chain(name, mined):
    notes = [Note(name, DAY, status="dropped", snooze=DAY + timedelta(days=9))]
    *chain, other = apply_notes(chain_of_three(mined), notes)
    assert {(each.status, each.hidden_until) for each in chain} == {("dropped", "2026-04-14")}
    assert (other.rule == "your-note", other.hidden_until) == (False, None)
    assert {each.hidden_until for each in apply_notes(chain_of_three(mined), [Note(name, DAY, mute=True)])[:3]} == {
        "always"
    }


def test_of_one_day_the_last_note_counts_under_whatever_name(mined):
    notes = [Note("v3@x", DAY, mute=True), Note("v1@x", DAY, snooze=DAY + timedelta(days=9))]
    assert apply_notes(chain_of_three(mined), notes)[2].hidden_until == "2026-04-14"
    assert apply_notes(chain_of_three(mined), notes[::-1])[2].hidden_until == "always"


def test_a_tie_is_pinned_and_cut(mined):
    items = {item.item: item for item in mined.items}
    root = items["quota per tenant"].series[0]
    after = {
        i.item: i
        for i in noted(mined, Note("arm64 runner", DAY, pin=(root,)), Note("quota per tenant", DAY, cut=(root,))).items
    }
    assert [(tie.series, tie.reason) for tie in after["arm64 runner"].ties] == [(root, "you said so")]
    assert after["quota per tenant"].series == ()


def test_nothing_of_it_is_kept_in_the_store(mined, tmp_path):
    root = next(item for item in mined.items if item.item == "quota per tenant").series[0]
    plain = Config(store=str(tmp_path / "store.sqlite"))
    said = replace(
        plain, notes=(Note("lease renewal", DAY, "a secret", "merged"), Note("arm64 runner", DAY, pin=(root,)))
    )
    bring_up_to_date([MBOX], said)
    assert read_store(plain).status == mined.status
    assert b"a secret" not in plain.store_path.read_bytes()
    assert status_of(read_store(said), "lease renewal").status == "merged"
    assert next(item for item in read_store(said).items if item.item == "arm64 runner").series == (root,)


def test_ties_of_the_users_are_joined_once(mined, tmp_path, monkeypatch):
    root = next(item for item in mined.items if item.item == "quota per tenant").series[0]
    plain = Config(store=str(tmp_path / "store.sqlite"))
    bring_up_to_date([MBOX], plain)
    pin = Note("arm64 runner", DAY, pin=(root,))
    said = replace(plain, notes=(pin, Note("lease renewal", DAY, "a secret", "merged")))
    joined = []
    monkeypatch.setattr(keeping, "join_all", lambda *given: joined.append(given) or join_all(*given))
    first, again = read_store(said), read_store(said)
    whole = mine([MBOX], config=said)
    for found in (first, again):
        assert (found.items, found.status, found.claims) == (whole.items, whole.status, whole.claims)
        assert (list(found.messages), found.promises, found.mailmap) == (list(mined.messages), whole.promises, "")
    kept = zlib.decompress((tmp_path / "store.sqlite.tied").read_bytes())
    assert b"arm64 runner" in kept
    assert b"a secret" not in kept
    assert status_of(read_store(replace(plain, notes=(pin,))), "lease renewal").status != "merged"
    assert len(joined) == 1
    other = replace(plain, notes=(pin, Note("quota per tenant", DAY, cut=(root,))))
    assert {item.item: item.series for item in read_store(other).items}["quota per tenant"] == ()
    bring_up_to_date([MBOX], replace(other, min_confidence=0.5))
    read_store(other)
    assert len(joined) == 3
    (tmp_path / "store.sqlite.tied").write_bytes(b"no such thing")
    assert read_store(said).items == first.items


def test_ties_are_kept_for_the_results_that_they_were_made_of(mined, tmp_path, monkeypatch):
    """Another run may come to its end while they are joined."""
    root = next(item for item in mined.items if item.item == "quota per tenant").series[0]
    config = Config(store=str(tmp_path / "store.sqlite"), notes=(Note("arm64 runner", DAY, pin=(root,)),))
    few = tmp_path / "few.mbox"
    few.write_bytes(b"From " + b"From ".join(Path(MBOX).read_bytes().split(b"\nFrom ")[:9]).removeprefix(b"From "))
    bring_up_to_date([str(few)], config)

    def join_slowly(*given):
        monkeypatch.undo()
        bring_up_to_date([MBOX], config)
        return join_all(*given)

    monkeypatch.setattr(keeping, "join_all", join_slowly)
    assert read_store(config).read < mined.read
    assert read_store(config).status == mine([MBOX], config=config).status


def test_the_command(tmp_path):
    settings = tmp_path / "config.toml"
    settings.write_text(f'store = "{tmp_path / "none.sqlite"}"')
    run = CliRunner()

    def say(*arguments):
        return run.invoke(app, [*arguments, "--config", str(settings)])

    assert say("note", "lease renewal", "--status", "merged", "--says", "Ben told me").exit_code == 0
    assert say("note", "nightly soak", "--mute").exit_code == 0
    assert say("note", "arm64 runner", "--snooze", "2099-01-01").exit_code == 0
    assert [note.work for note in read_config(settings).notes] == ["lease renewal", "nightly soak", "arm64 runner"]
    assert "Ben told me" in say("note").stdout
    text = say("status", MBOX, "-f", "table").stdout
    assert "you: " in text
    assert "merged (Ben told me)" in text
    assert "nightly soak" not in text
    assert "2 muted or snoozed by you" in text
    assert "nightly soak" in say("status", MBOX, "-f", "table", "--all").stdout
    assert "nightly soak" in say("status", MBOX, "-f", "jsonl").stdout
    assert "1 note about 'nightly soak' is gone" in say("note", "nightly soak", "--clear").stdout
    assert "nightly soak" in say("status", MBOX, "-f", "table").stdout
    assert "merged (Ben told me)" in say("status", MBOX, "-f", "markdown").stdout
    assert "merged (Ben told me)" in say("status", MBOX, "-f", "html").stdout
    assert say("note", "x", "--status", "done").exit_code == 2
    assert say("note", "x").exit_code == 2


@pytest.fixture
def say(tmp_path):
    settings = tmp_path / "config.toml"
    settings.write_text(f'store = "{tmp_path / "store.sqlite"}"')
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "--config", str(settings)])


def notes_of(tmp_path):
    return [(note.work, note.status, note.mute) for note in read_notes(tmp_path / "notes.toml")]


@pytest.mark.parametrize("kept", [True, False])
def test_a_name_is_looked_up_where_the_mail_is_at_hand(say, tmp_path, kept):
    where = () if kept else (MBOX,)
    if kept:
        bring_up_to_date([MBOX], Config(store=str(tmp_path / "store.sqlite")))
    unknown = say("note", "nosuch", *where, "--status", "merged")
    assert unknown.exit_code == 1
    assert "no work item or series is called 'nosuch'" in unknown.stderr
    several = say("note", "store:", *where, "--mute")
    assert several.exit_code == 1
    assert "may be one of" in several.stderr
    untied = say("note", "arm64 runner", *where, "--pin", "nosuch@x")
    assert (untied.exit_code, "no posting has the id nosuch@x" in untied.stderr) == (1, True)
    series = say("note", "lease renewal for long builds", *where, "--cut", "nosuch@x")
    assert (series.exit_code, "is a series" in series.stderr) == (1, True)
    assert not (tmp_path / "notes.toml").exists()
    begun = say("note", "nightly", *where, "--mute")
    assert (begun.exit_code, begun.stderr) == (0, "")
    assert "nightly soak: noted in" in begun.stdout
    assert notes_of(tmp_path) == [("nightly soak", None, True)]


def test_what_could_not_be_looked_up_is_told_then_and_later(say, tmp_path):
    unchecked = say("note", "nosuch", "--status", "merged")
    assert unchecked.exit_code == 0
    assert "was not checked" in unchecked.stderr
    bring_up_to_date([MBOX], Config(store=str(tmp_path / "store.sqlite")))
    for command in ("status", "report"):
        told = say(command)
        assert told.exit_code == 0
        (line,) = (line for line in told.stderr.splitlines() if "your notes name" in line)
        assert "'nosuch'" in line
        assert "your notes" not in say(command, MBOX).stderr  # it may be about what is in other mails
    assert "your notes" not in say("status", "--as-of", "2026-03-20").stderr
    assert say("note", "nosuch", "--clear").exit_code == 0
    assert "your notes" not in say("status").stderr


def test_notes_are_looked_up_in_all_that_is_followed(say, tmp_path):
    with (tmp_path / "config.toml").open("a") as file:
        file.write(
            f'\n[fetch]\nmail_dir = "{tmp_path}/mail"\n[[list]]\nname = "weft-dev"\n[[list]]\nname = "loom-dev"\n'
        )
    lists = [tmp_path / "mail" / "lore.kernel.org" / "lists" / name for name in ("weft-dev", "loom-dev")]
    for each in lists:
        each.mkdir(parents=True)
        (each / "all.mbox").write_bytes(Path(MBOX).read_bytes())
    assert say("note", "nosuch", "--status", "merged").exit_code == 0
    assert "your notes name" in say("status", *map(str, lists)).stderr
    assert "your notes" not in say("status", str(lists[0])).stderr


def test_a_doubled_note_is_kept_once(say, tmp_path):
    assert "noted in" in say("note", "x", "--mute").stdout
    assert "noted already" in say("note", " X", "--mute").stdout
    assert notes_of(tmp_path) == [("x", None, True)]
    path = tmp_path / "other.toml"
    first, second = Note("x", DAY, status="merged"), Note("x", DAY, status="dropped")
    assert [add_note(path, note) for note in (first, second, first)] == [True, True, True]
    assert read_notes(path) == (second, first)
    assert not add_note(path, replace(first, date=DAY + timedelta(days=1)))
    assert add_note(path, replace(second, date=DAY + timedelta(days=1)))
    assert len(read_notes(path)) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["x", "--snooze", "2020-01-01"], 2, "is not after today"),
        (["x", "--snooze", "0 days"], 2, "is not after today"),
        (["x", "--snooze", ""], 2, "is no day"),
        (["x", "--clear"], 1, "there is no note about 'x'"),
        (["x", "--clear", "--mute"], 2, "stands alone"),
        (["--mute"], 2, "name the WORK"),
        ([" ", "--mute"], 2, "name the WORK"),
    ],
)
def test_a_note_that_makes_no_sense_is_refused(say, tmp_path, arguments, code, words):
    result = say("note", *arguments)
    assert result.exit_code == code
    assert words in result.stderr
    assert not (tmp_path / "notes.toml").exists()


EARLY, NOW = date(2026, 2, 1), datetime(2026, 4, 5, tzinfo=UTC)


def test_mail_that_came_since_a_note_and_says_otherwise_is_shown_beside_it(mined):
    before = status_of(mined, "lease renewal")
    assert before.as_of.date() > EARLY
    found = noted(mined, Note("lease renewal", EARLY, "told me", "merged"))
    after = status_of(found, "lease renewal")
    assert (after.status, after.rule, after.evidence) == ("merged", "your-note-before-later-mail", before.evidence)
    told = f"2026-02-01: merged (told me); since then: {before.status}, {before.as_of.date()}"
    assert after.note == told
    assert status_of(found, "quota per tenant").next_actor == "reviewers"  # what he said counts all the same
    letter = compose(found, Config(), now=NOW, since=NOW, before=stand(found.status))
    (entry,) = letter.heaps[0].entries
    assert (letter.heaps[0].key, letter.moved, letter.is_empty) == ("doubted", (), False)
    assert (entry.title, entry.note) == ("lease renewal", told)
    assert entry.evidence[0].text == " ".join(before.evidence[0].text.split())
    for form in FORMATS:
        assert "since then: " in " ".join(render_letter(letter, form).split())
    overview = arrange_status(found.status, items=found.items, series=found.series, messages=found.messages)
    (entry,) = (e for p in overview.parts for s in p.sections for e in s.entries if e.title == "lease renewal")
    assert (entry.note, bool(entry.evidence)) == (told, True)


@pytest.mark.parametrize(
    ("mail", "user", "otherwise"),
    [
        ("needs-review", "merged", True),
        ("merged", "applied", True),
        ("applied", "merged", False),  # it was, before it was merged
        ("needs-review", "needs-review", False),
        (None, "merged", False),
    ],
)
def test_what_says_otherwise(mined, mail, user, otherwise):
    one = replace(status_of(mined, "lease renewal"), status=mail)
    (after,) = apply_notes([one], [Note("lease renewal", EARLY, status=user)])
    assert (after.rule == "your-note-before-later-mail") is otherwise
    (again,) = apply_notes([one], [Note("lease renewal", EARLY, status=user), Note("lease renewal", DAY, "so", user)])
    assert again.rule == "your-note"  # who says it again knows of the mail


def test_a_long_note_is_cut_before_what_mail_says(mined):
    found = noted(mined, Note("lease renewal", EARLY, "told me " * 99, "merged"))
    letter = compose(found, Config(), now=NOW, since=NOW)
    assert letter.heaps[0].entries[0].note.partition("…")[2].startswith("; since then: needs-review, 2026-")


def test_what_was_snoozed_comes_back_on_its_day(mined, tmp_path):
    found = noted(mined, Note("lease renewal", DAY, snooze=date(2026, 4, 20)))
    for day, hidden in ((19, 1), (20, 0)):
        letter = compose(found, Config(), now=datetime(2026, 4, day, 12, tzinfo=UTC).astimezone())
        titles = [entry.title for heap in letter.heaps for entry in heap.entries]
        assert (letter.hidden, titles.count("lease renewal")) == (hidden, 1 - hidden)
    write_site(tmp_path, found, Config(), datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 3, tzinfo=UTC))
    assert "lease renewal" in (tmp_path / "index.html").read_text()  # its day is past, however old the mail is


def test_a_snooze_that_is_over_is_told_and_can_be_forgotten(say, tmp_path):
    path = tmp_path / "notes.toml"
    for note in (
        Note("a", date(2020, 1, 1), mute=True),
        Note("a", date(2020, 2, 1), snooze=date(2020, 3, 1)),  # in the place of the mute
        Note("b", date(2020, 2, 1), "told me", snooze=date(2020, 3, 1)),
        Note("c", date(2020, 2, 1), snooze=date(2020, 3, 1)),
        Note("c", date(2020, 2, 2), mute=True),
        Note("d", date(2020, 2, 1), snooze=date(2999, 1, 1)),
    ):
        add_note(path, note)
    lines = say("note").stdout.splitlines()
    assert lines[1:3] == [
        "2020-02-01 a: snoozed until 2020-03-01 (over)",
        "2020-02-01 b: told me; snoozed until 2020-03-01 (over)",
    ]
    assert lines[-1].endswith("snoozed until 2999-01-01")
    assert say("note", "a", "--expire").exit_code == 2
    assert "2 snoozes that were over are gone" in say("note", "--expire").stdout
    assert [(note.work, note.says, note.mute, note.snooze) for note in read_notes(path)] == [
        ("b", "told me", False, None),
        ("c", "", False, date(2020, 3, 1)),
        ("c", "", True, None),
        ("d", "", False, date(2999, 1, 1)),
    ]
    assert "0 snoozes" in say("note", "--expire").stdout


def test_a_tie_is_given_by_a_link(say, tmp_path, mined):
    root = mined.series[0].root
    ties = ("--pin", f"https://lore.example.org/weft/{root}/", "--cut", f"id:{root}")
    assert say("note", "arm64 runner", MBOX, *ties).exit_code == 0
    (note,) = read_notes(tmp_path / "notes.toml")
    assert (note.pin, note.cut) == ((root,), (root,))
