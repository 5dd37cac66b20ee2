"""What the user says: read, written, laid over what the mail says, and never kept anywhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from miner.cli import app
from miner.config import Config, read_config
from miner.errors import ConfigError
from miner.keeping import bring_up_to_date, read_store
from miner.notes import Note, add_note, apply_notes, drop_notes, make_note, read_notes
from miner.pipeline import mine

MBOX = str(Path(__file__).parents[1] / "corpora" / "sample" / "weft-dev.mbox")
DAY = date(2026, 4, 5)


@pytest.fixture(scope="module")
def mined():
    return mine([MBOX])


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
    assert (after.next_actor, after.waiting_on) == (None, ())
    assert after.evidence == before.evidence


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


def test_the_command(tmp_path):
    settings = tmp_path / "config.toml"
    settings.write_text("")
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
    assert "1 notes" in say("note", "nightly soak", "--clear").stdout
    assert "nightly soak" in say("status", MBOX, "-f", "table").stdout
    assert "merged (Ben told me)" in say("status", MBOX, "-f", "markdown").stdout
    assert "merged (Ben told me)" in say("status", MBOX, "-f", "html").stdout
    assert say("note", "x", "--status", "done").exit_code == 2
    assert say("note", "x").exit_code == 2
