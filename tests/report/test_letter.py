"""The letter: what goes where, what a reader sees, and that its text survives a mailing list."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from miner.config import Config
from miner.errors import ConfigError
from miner.letters import View, compose, find_namesakes, find_unknown
from miner.mined import Records
from miner.model import Question, Series, Status
from miner.notes import Note
from miner.outbox import digest_of
from miner.past import find_history
from miner.pipeline import mine
from miner.report.letter import LETTER_KEYS, Letter, letter_rows, tell_facts, tell_need, tell_title
from miner.report.mailtext import underline, wrap
from miner.report.overview import Quote
from miner.report.render import FORMATS, render_letter
from miner.report.sample import SAMPLES
from miner.report.tables import update_tables
from miner.report.terminal import render_moves
from miner.sources import Source

from ..lists import write_diff, write_mail

ROOT = Path(__file__).parents[2]
MBOX = str(ROOT / "corpora" / "sample" / "weft-dev.mbox")
NOW = datetime(2026, 4, 5, tzinfo=UTC)
SINCE = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def letter(mined):
    return compose(mined, Config(), now=NOW, since=SINCE)


def heap(letter, key):
    return next((each for each in letter.heaps if each.key == key), None)


def test_each_work_stands_once_in_the_section_of_its_status(letter, mined):
    titles = [entry.title for each in letter.heaps for entry in each.entries]
    assert len(titles) == len(set(titles))
    tied = {root for item in mined.items for root in item.series}
    shown = {entry.reference.message_id for each in letter.heaps for entry in each.entries if entry.reference}
    assert shown.isdisjoint(tied)
    assert [each.key for each in letter.heaps] == ["ready", "review", "author", "blocked", "answer", "done", "over"]


def test_what_moved_comes_first_then_what_waits_longest(letter):
    for each in letter.heaps:
        assert [bool(entry.news) for entry in each.entries] == sorted(
            (bool(e.news) for e in each.entries), reverse=True
        )
        for moved in (True, False):
            days = [entry.days for entry in each.entries if entry.days is not None and bool(entry.news) is moved]
            assert days == sorted(days, reverse=each.open)


def test_finished_work_shows_only_if_it_moved(mined):
    late = compose(mined, Config(), now=NOW, since=datetime(2026, 4, 2, tzinfo=UTC))
    assert (heap(late, "done"), heap(late, "over")) == (None, None)
    assert dict(late.moved) == {"to review": 1}


def test_the_three_things_that_need_you(letter):
    assert [entry.title for entry in letter.top] == [
        "store: ship one fixed zstd dictionary",
        "prefetch on miss",
        "lease renewal",  # of which it was known before that it waits for Priya
    ]


def test_stale_work_goes_to_the_end(mined):
    found = compose(mined, Config(stale_days=5), now=NOW, since=SINCE)
    assert found.heaps[-1].heading == "Stale: silent for longer than 5 days"
    assert {"nightly soak", "arm64 runner"} <= {entry.title for entry in found.heaps[-1].entries}


def test_only_mails_that_are_shown_are_numbered(mined):
    found = compose(mined, Config(stale_days=1), now=NOW, since=datetime(2026, 4, 3, tzinfo=UTC))
    text = render_letter(found, "text")
    assert len(found.references) < 30
    for number in range(1, len(found.references) + 1):
        assert text.count(f"[{number}]") > 1


def test_copies_for_stable_trees_wait_for_nobody(tmp_path):
    mails = ""
    for n, tag in enumerate(("PATCH", "PATCH 6.12", "PATCH 5.10.y", "PATCH AUTOSEL 6.6", "PATCH net-next")):
        mails += (
            f"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Ada <ada@example.org>\nMessage-ID: <{n}@example.org>\nSubject: [{tag}] loom: part {n}\n"
            "Date: Mon, 2 Mar 2026 10:00:00 +0000\n\ntext\n---\n a | 2 +-\n\n"
        )
    (tmp_path / "list.mbox").write_text(mails)
    found = compose(mine([str(tmp_path / "list.mbox")]), Config(), now=NOW)
    assert [entry.title for each in found.heaps for entry in each.entries] == ["loom: part 0", "loom: part 4"]


def test_a_reader_sees_only_what_waits_for_him(mined):
    found = compose(mined, Config(), now=NOW, since=SINCE, view=View(reader="sami"))
    titles = {entry.title for each in found.heaps for entry in each.entries}
    assert titles == {"nightly soak", "digest negotiation"}
    assert [word.by for word in found.promises] == ["Sami Korhonen"]
    for view, promised in (
        (View(reader="sami", table="CI follow-ups"), []),
        (View(reader="sami", inbox="no-such-list"), []),
        (View(reader="sami", inbox="weft"), ["Sami Korhonen"]),
    ):
        assert [word.by for word in compose(mined, Config(), now=NOW, since=SINCE, view=view).promises] == promised
    nobody = compose(mined, Config(), now=NOW, view=View(reader="Nobody Known"))
    assert "No open work waits for Nobody Known." in render_letter(nobody, "text")


def write_box(path, *mails):
    path.write_bytes(b"".join(b"From a Thu Jan  1 00:00:00 1970\n" + mail + b"\n" for mail in mails))
    return str(path)


def test_a_reader_is_meant_by_all_that_he_is_called(tmp_path):
    ask = "Lin, could you please review this?\n"
    patch = write_mail("p@x", "Ada <ada@loom.example>", "[PATCH] loom: turn", f"{ask}---\n{write_diff(1, 1, 'a.c')}", 1)
    others = [
        write_mail(f"o{n}@x", f"{name} <lin@reed.example>", "hello", "Hello.", n + 2)
        for n, name in enumerate(("Lin Bo", "Linus Reed"))
    ]
    mined = mine([write_box(tmp_path / "a.mbox", patch, *others)])
    for reader, sees in (("Lin Bo", True), ("Bo Lin", True), ("Linus Reed", True), ("Ada", False)):
        found = compose(mined, Config(), now=NOW, view=View(reader=reader))
        assert bool([entry for each in found.heaps for entry in each.entries]) is sees
        assert find_unknown(mined, View(reader=reader)) == []


@pytest.mark.parametrize(("day", "section"), [(20, "done"), (300, "known")])
def test_what_mail_tells_long_after_is_no_news(day, section, tmp_path):
    patch = write_mail("p@x", "Ada <ada@loom.example>", "[PATCH] loom: turn the wheel", write_diff(1, 1, "a.c"), 1)
    fix = write_mail("f@x", "Cy <cy@reed.example>", "hello", 'Fixes: 0123456789ab ("loom: turn the wheel")', day)
    mined = mine([write_box(tmp_path / "a.mbox", patch, fix)])
    moment = next(mail.date for mail in mined.messages if mail.message_id == "f@x")
    found = compose(mined, Config(), now=moment + timedelta(days=1), since=moment - timedelta(days=7))
    assert [(each.key, [entry.title for entry in each.entries]) for each in found.heaps] == [
        (section, ["loom: turn the wheel"])
    ]
    assert found.moved == (("found in a tree" if section == "known" else "applied or merged", 1),)


def test_a_patch_sent_again_elsewhere_is_news(tmp_path):
    body = f"x\n---\n{write_diff(1, 1, 'a.c')}"
    patch = write_mail("p@x", "Ada <ada@loom.example>", "[PATCH] loom: turn the wheel", body, 1)
    cover = write_mail("c@x", "Ada <ada@loom.example>", "[PATCH 0/2] shed: all of it", "x", 60)
    again = [
        write_mail(f"q{n}@x", "Ada <ada@loom.example>", f"[PATCH {n}/2] {title}", text, 60, "c@x")
        for n, title, text in (
            (1, "loom: turn the wheel", f"{body}\n+\tmore();\n+\tand_more(1);"),
            (2, "shed: mend the old roof", f"x\n---\n{write_diff(2, 1, 'b.c')}"),
        )
    ]
    mined = mine([write_box(tmp_path / "a.mbox", patch, cover, *again)])
    moment = next(mail.date for mail in mined.messages if mail.message_id == "c@x")
    found = compose(mined, Config(), now=moment + timedelta(days=1), since=moment - timedelta(days=7))
    assert [entry.title for entry in heap(found, "over").entries] == ["loom: turn the wheel"]
    assert heap(found, "known") is None


def test_lines_that_a_later_patch_finds_are_told_and_nobody_s_words(tmp_path):
    found = write_diff(1, 1, "a.c").replace("\n+\t", "\n \t")
    patch = write_mail(
        "p@x", "Ada <ada@loom.example>", "[PATCH] loom: turn the wheel", f"x\n---\n{write_diff(1, 1, 'a.c')}", 1
    )
    later = write_mail("f@x", "Bo <bo@loom.example>", "[PATCH] shed: mend the old roof", f"x\n---\n{found}", 10)
    mined = mine([write_box(tmp_path / "a.mbox", patch, later)])
    moment = max(mail.date for mail in mined.messages)
    done = heap(compose(mined, Config(), now=moment + timedelta(days=1), since=moment - timedelta(days=7)), "done")
    ((quote,),) = [entry.evidence for entry in done.entries]
    assert (quote.told, quote.is_quoted) == ("a later patch was made on top of it (a.c)", False)
    status = [each for each in mined.status if each.key == "p@x"]
    shown = render_moves(find_history(mined, status, Config()), Console(width=100), Config().archive_url)
    assert "    a later patch was made on top of it (a.c)\n" in shown.plain


def test_finished_work_waits_for_nobody_whatever_was_asked_of_it(mined, letter):
    title = heap(letter, "done").entries[0].title
    asked = Question("m@example.org", "Why twice?", "Ingrid Halvorsen <ingrid@halvorsen.example.org>")
    status = [replace(each, unanswered=(asked,)) if each.title == title else each for each in mined.status]
    for reader, sees in (("", True), ("Ingrid", False)):
        found = compose(replace(mined, status=status), Config(), now=NOW, since=SINCE, view=View(reader=reader))
        entries = [entry for each in found.heaps for entry in each.entries if entry.title == title]
        assert [entry.questions for entry in entries] == [()] * sees


def test_what_waits_for_the_maintainer_waits_for_who_takes_patches(mined):
    assert mined.takers == ("Marcus Oduya <marcus@weft.example.org>",)
    for reader, sees in (("Marcus", True), ("Ingrid", False)):
        found = compose(mined, Config(), now=NOW, since=SINCE, view=View(reader=reader))
        titles = {entry.title for each in found.heaps for entry in each.entries}
        assert ("store: ship one fixed zstd dictionary" in titles) is sees


def test_one_table_or_one_list(mined):
    found = compose(mined, Config(), now=NOW, since=SINCE, view=View(table="1.9 release"))
    titles = {entry.title for each in found.heaps for entry in each.entries}
    assert "lease renewal" in titles
    assert "nightly soak" not in titles
    assert compose(mined, Config(), now=NOW, since=SINCE, view=View(inbox="weft-dev")).heaps
    assert compose(mined, Config(), now=NOW, since=SINCE, view=View(inbox="other-list")).heaps == ()


def test_what_nobody_knows_is_told_apart_from_what_is_empty(mined):
    assert find_unknown(mined, View()) == []
    assert find_unknown(mined, View("sami", "weft-dev", "1.9 release")) == []
    assert find_unknown(mined, View(reader="Ingrid")) == []  # she is known, and nothing waits for her
    assert find_unknown(mined, View(reader="Ma")) == []
    assert find_namesakes(mined, "Ma").startswith("--for: 'Ma' may be Marcus Oduya <marcus@weft.example.org>, ")
    assert find_namesakes(mined, "Ingrid") == find_namesakes(mined, "") == ""
    assert find_unknown(mined, View(reader="Nobody Known")) == ["--for: nobody in these mails is called 'Nobody Known'"]
    assert find_unknown(mined, View(inbox="other")) == ["--list: no mail here is from a list called 'other'"]
    followed = [Source("list", "https://lists.example.org/other")]
    assert find_unknown(mined, View(inbox="other"), followed) == []  # it is followed, and has no mail yet
    assert find_unknown(replace(mined, messages=()), View("Nobody Known", "other", "nosuch")) == []
    (line,) = find_unknown(mined, View(table="nosuch"))
    assert line.startswith("--table: no table of work items is in a mail with 'nosuch' in its subject; there are: ")


def test_muted_work_is_counted():
    config = Config(notes=(Note("lease renewal", NOW.date(), mute=True),))
    found = compose(mine([MBOX], config=config), config, now=NOW, since=SINCE)
    assert found.hidden == 1
    assert "1 muted or snoozed by you." in render_letter(found, "text")


def test_text_survives_a_mailing_list(letter):
    text = render_letter(letter, "text")
    for line in text.splitlines():
        assert cell_len(line) <= 72 or line.startswith("[")
        assert len(line.encode()) < 998
        assert not line.startswith(("From ", ">", "."))
        assert line == line.rstrip()
    assert "\n\n\n" not in text
    for number in range(1, len(letter.references) + 1):
        assert f"\n[{number}] " in text
        assert text.count(f"[{number}]") > 1


def test_every_sentence_is_quoted_with_its_link(letter):
    flat = " ".join(render_letter(letter, "text").split())
    for each in letter.heaps:
        for entry in each.entries:
            for quote in each.quotes(entry):
                assert f'"{" ".join(quote.text.split())}"' in flat or (quote.told or quote.fact) in flat
                assert f"[{each.link(entry).number}]" in flat
                assert not quote.is_quoted or each.link(entry) == quote.reference


def test_html_is_whole_and_asks_for_nothing(letter):
    opened = []

    class Check(HTMLParser):
        def handle_starttag(self, tag, attrs):
            assert tag not in ("script", "img", "link", "iframe")
            if tag not in ("meta",):
                opened.append(tag)

        def handle_endtag(self, tag):
            assert opened.pop() == tag

    page = render_letter(letter, "html")
    check = Check()
    check.feed(page)
    assert opened == []
    assert "prefers-color-scheme: dark" in page


def test_markdown_and_rows(letter):
    assert render_letter(letter, "markdown").startswith("# Where things stand on 2026-04-03\n")
    rows = list(letter_rows(letter))
    assert all(tuple(row) == LETTER_KEYS for row in rows)
    assert len(rows) == sum(len(each.entries) for each in letter.heaps)


def test_a_template_of_the_users_own(letter, tmp_path):
    (tmp_path / "letter.txt.jinja").write_text("{{ letter.day }}: {{ letter.heaps | length }} sections\n")
    assert render_letter(letter, "text", str(tmp_path)) == "2026-04-03: 7 sections\n"
    assert render_letter(letter, "html", str(tmp_path)).startswith("<!DOCTYPE html>")
    for wrong in ("{{ letter.nothing }}", "{% if %}", "{{ ''.__class__.__mro__ }}"):
        folder = tmp_path / str(abs(hash(wrong)))
        folder.mkdir()
        (folder / "letter.txt.jinja").write_text(wrong)
        with pytest.raises(ConfigError, match=r"letter\.txt\.jinja"):
            render_letter(letter, "text", str(folder))


def test_warnings_stand_first(mined):
    found = compose(mined, Config(), now=NOW, warnings=["the mail is 9 days old"])
    assert render_letter(found, "text").split("\n\n")[1] == "WARNING: the mail is 9 days old"


def test_a_day_more_of_waiting_is_nothing_new(mined, letter):
    later = compose(mined, Config(), now=NOW + timedelta(days=1), since=SINCE)
    assert digest_of(later) == digest_of(letter)
    assert digest_of(compose(mined, Config(), now=NOW, since=SINCE, view=View(reader="sami"))) != digest_of(letter)


# Tables given back


def test_a_table_in_the_posters_own_layout(mined):
    first, second = update_tables(mined.messages, mined.rows, mined.status)
    for text in (first, second):
        rows = yaml.safe_load(text)
        titles = {next(iter(row.values())): row["status"] for row in rows}
        for each in mined.status:
            if each.title in titles:
                assert titles[each.title].startswith(each.status or "unknown")


def test_yaml_rows_keep_their_lines(tmp_path):
    rows = "work:\n  - item: warp cache\n    assignee: Ada Byron <ada@example.org>\n    priority: must\n    status: ???\n\n  - item: shed lock\n    assignee: Bo\n    priority: nice\n"
    mail = f"From: Ada Byron <ada@example.org>\nMessage-ID: <t@example.org>\nSubject: work\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n\nHello,\n\n{rows}"
    path = tmp_path / "t.mbox"
    path.write_text(f"From mboxrd@z Thu Jan  1 00:00:00 1970\n{mail}\n")
    found = mine([str(path)])
    assert [item.item for item in found.items] == ["warp cache", "shed lock"]
    (text,) = update_tables(found.messages, found.rows, found.status)
    assert (
        "  - item: warp cache\n    assignee: Ada Byron <ada@example.org>\n    priority: must\n    status: unknown\n"
        in text
    )
    assert [row["item"] for row in yaml.safe_load(text)] == ["warp cache", "shed lock"]


# Lines


@given(st.text(), st.sampled_from(["", "* ", "    "]))
def test_no_line_is_too_wide_and_no_word_is_lost(text, indent):
    if "://" in text:
        return
    lines = wrap(text, indent, "  ").split("\n")
    assert all(cell_len(line) <= 72 for line in lines)
    assert "".join(
        "".join(line.removeprefix(indent if n == 0 else "  ") for n, line in enumerate(lines)).split()
    ) == "".join(text.split())


def test_wide_characters_count_two():
    assert [cell_len(line) for line in wrap("林" * 50).split("\n")] == [72, 28]
    assert underline("林") == "林\n--"


def test_copies_that_nobody_answered_are_one_line(mined):
    plain = compose(mined, Config(), now=NOW, since=SINCE)
    waiting = next(each for each in mined.status if each.kind == "series" and each.rule == "question-open")
    series = [replace(one, copied_to=("6.6",)) if one.root == waiting.key else one for one in mined.series]
    status = [replace(each, rule="posted") if each == waiting else each for each in mined.status]
    copied = replace(mined, series=Records(series, Series), status=Records(status, Status))
    found = compose(copied, Config(), now=NOW, since=SINCE)
    assert (plain.copies, found.copies) == (0, 1)
    for form in ("text", "html"):
        assert "1 copy for stable trees that nobody answered is left out." in render_letter(found, form)
        assert "stable trees" not in render_letter(plain, form)


# What is shown of much


ADA, BO, CY = "Ada <ada@loom.example>", "Bo <bo@shed.example>", "Cy <cy@reed.example>"
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


def compose_at(path, day, *mails, before=7, reader=""):
    mined = mine([write_box(path / "a.mbox", *mails)])
    now = MOMENT + timedelta(days=day)
    config = Config(stale_days=30)
    return compose(
        replace(mined, as_of=now), config, now=now, since=now - timedelta(days=before), view=View(reader=reader)
    )


def patch(n, who=BO, day=1.0, title=None):
    body = f"x\n---\n{write_diff(n, 1, f'f{n}.c')}"
    return write_mail(f"p{n}@x", who, f"[PATCH] {title or f'loom: turn wheel number {n}'}", body, day + n / 100)


def test_what_one_pull_request_merged_stands_together_whatever_its_age(tmp_path):
    titles = [f"loom: turn wheel number {n}" for n in range(3)]
    log = f"Bo (3):\n{''.join(f'      {title}{chr(10)}' for title in titles)}\n loom.c | 2 +-\n"
    asks = f"The following changes since commit {'ab12' * 10}:\n\n  x\n\nare available in the Git repository at:\n\n  git://git.example.org/loom.git tags/loom-1\n\n{log}"
    pull = write_mail("pull@x", ADA, "[GIT PULL] loom updates for 6.9", asks, 98)
    tells = "The pull request you sent on Mon, 1 Jun 2026 10:00:00 +0000:\n\n> git://git.example.org/loom.git tags/loom-1\n\nhas been merged into torvalds/linux.git:\nhttps://git.kernel.org/torvalds/c/0123456789ab\n\nThank you!\n"
    merged = write_mail(
        "bot@x", "pr-tracker-bot@kernel.org", "Re: [GIT PULL] loom updates for 6.9", tells, 99, "pull@x"
    )
    found = compose_at(tmp_path, 100, *map(patch, range(3)), pull, merged)
    assert [each.key for each in found.heaps] == ["done"]
    (group,) = found.heaps[0].groups
    assert [entry.title for entry in group] == ["loom updates for 6.9", *titles]
    text = render_letter(found, "text")
    assert "* loom updates for 6.9 [1]: merged; author Ada; merged into\n  torvalds/linux.git; and 3 with it\n" in text


def test_of_what_is_stale_three_lines_are_shown_those_that_need_the_reader_first(tmp_path):
    took = write_mail("t@x", ADA, "Re: [PATCH] loom: turn wheel number 9", "Applied, thanks.", 5, "p9@x")
    own = [patch(n, ADA) for n in (20, 21)]
    asks = [
        write_mail(
            f"r{n}@x", CY, f"Re: [PATCH] loom: turn wheel number {n}", "Please rename the helper.", 2 + n, f"p{n}@x"
        )
        for n in (0, 1)
    ]
    found = compose_at(tmp_path, 40, *map(patch, range(8)), patch(9), took, *own, *asks)
    stale = heap(found, "stale")
    assert (len(stale.entries), stale.more, found.own) == (3, 5, 2)
    assert all(entry.brief and not entry.evidence and not entry.questions for entry in stale.entries)
    assert {entry.next_actor for entry in stale.entries} == {"reviewers"}
    assert found.top == ()  # what is stale never stands on top
    for form in FORMATS:
        text = " ".join(render_letter(found, form).split())
        assert "and 5 more, see" in text
        assert "2 stale postings of those who take patches here, that nobody answered, are left out." in text


def test_what_went_stale_since_the_last_letter_stands_before_what_is_stale_for_long(tmp_path):
    found = compose_at(tmp_path, 60, *(patch(n, day=10 * n) for n in range(3)))
    assert [entry.title[-1] for entry in heap(found, "stale").entries] == ["2", "1", "0"]


def test_a_letter_of_many_works_has_a_line_for_the_oldest_that_did_not_move(tmp_path):
    asks = [
        write_mail(
            f"r{n}@x", CY, f"Re: [PATCH] loom: turn wheel number {n}", "Please rename the helper.", day, f"p{n}@x"
        )
        for n, day in [*((n, 2) for n in range(10)), (10, 19)]
    ]
    few = compose_at(tmp_path, 20, *map(patch, range(3)), *asks[:3])
    assert not any(entry.brief for entry in heap(few, "author").entries)
    many = compose_at(tmp_path, 20, *map(patch, range(11)), *asks)
    (first, *rest) = heap(many, "author").entries
    assert (first.title[-2:], first.news, first.brief) == ("10", "moved", False)
    assert first.evidence[0].text == "Please rename the helper."
    assert [entry.title[-1] for entry in rest] == ["0", "1", "2"]
    assert heap(many, "author").more == 7
    assert all(entry.brief and not entry.news for entry in rest)
    text = render_letter(many, "text")
    told = '[1], moved: Bo, 1 day; "Please rename the helper." Cy, 2026-03-20'
    assert f"* {first.title} {told}".split() == text[text.index("* ") :].split("\n* ")[0].split()
    assert f"* {rest[0].title} [2]: Bo, 18 days\n" in text  # a line, and a link
    assert text.count("Please rename") == 1
    his = compose_at(tmp_path, 20, *map(patch, range(11)), *asks, reader="Bo")
    assert '"Please rename the helper." Cy' in " ".join(render_letter(his, "text").split())


def test_what_somebody_else_said_to_do_does_not_wait_for_the_author(mined):
    asked = next(
        each for each in mined.status if each.status in ("needs-revision", "in-progress") and each.kind == "item"
    )
    other = "Ingrid Halvorsen <ingrid@halvorsen.example.org>"
    status = [replace(each, next_actor=other) if each is asked else each for each in mined.status]
    found = compose(replace(mined, status=Records(status)), Config(), now=NOW, since=SINCE)
    assert asked.title in [
        entry.title for entry in heap(found, "review").entries if entry.next_actor.startswith("Ingrid")
    ]
    assert asked.title not in [entry.title for entry in heap(found, "author").entries]


def test_reviewers_have_a_line_for_the_oldest_and_a_count_for_the_rest(tmp_path):
    spoken = write_mail(
        "r0@x", BO, "Re: [PATCH] loom: turn wheel number 0", "Could somebody please review this?", 19, "p0@x"
    )
    found = heap(compose_at(tmp_path, 20, *map(patch, range(12)), spoken), "review")
    assert [entry.brief for entry in found.entries] == [True] * 3
    assert found.more == 9
    few = heap(compose_at(tmp_path, 20, *map(patch, range(10))), "review")
    assert (len(few.entries), few.more, any(entry.brief for entry in few.entries)) == (10, 0, False)


def test_what_fails_although_it_was_taken_stands_first(tmp_path):
    title = "Re: [PATCH] loom: turn wheel number 0"
    took = write_mail("t@x", CY, title, "Applied, thanks.", 2, "p0@x")
    fails = write_mail("f@x", ADA, title, "It still fails here with two shuttles.", 19, "p0@x")
    report = write_mail("b@x", ADA, "the loom hangs", "It hangs at noon.", 19)
    found = compose_at(tmp_path, 20, patch(0), patch(1), took, fails, report)
    assert found.heaps[0].key == "fails"
    assert [(entry.title, entry.evidence[0].text) for entry in found.heaps[0].entries] == [
        ("loom: turn wheel number 0", "It still fails here with two shuttles.")
    ]
    assert [word.quote.text for word in found.loose] == ["It hangs at noon."]
    assert not found.is_empty
    for form in FORMATS:
        text = flatten(render_letter(found, form), form)
        assert "Said to fail since it was taken" in text
        assert "It still fails here with two shuttles. Ada" in text
    quiet = compose_at(tmp_path, 40, patch(0), patch(1), took, fails, report)
    assert (heap(quiet, "fails"), quiet.loose) == (None, ())


@pytest.mark.parametrize("day", [19, 5])
def test_what_was_taken_and_is_said_to_fail_is_no_good_news(day, tmp_path):
    took = write_mail("t@x", CY, "Re: [PATCH] loom: turn wheel number 0", "Applied, thanks.", day - 1, "p0@x")
    words = 'Hello,\n\nThis is caused by 0123456789ab ("loom: turn wheel number 0").'
    report = write_mail("b@x", ADA, "the loom stops", words, day)
    answer = write_mail("c@x", BO, "Re: the loom stops", "I see.", day + 0.2, "b@x")
    found = compose_at(tmp_path, 20, patch(0), took, report, answer, before=7 if day == 19 else 18)
    (failing,) = heap(found, "fails").entries
    assert (failing.title, failing.evidence[0].text) == (
        "loom: turn wheel number 0", 'This is caused by 0123456789ab ("loom: turn wheel number 0")',
    )  # fmt: skip
    assert heap(found, "done") is None
    assert ("applied or merged", 1) not in found.moved


def test_trailers_are_told_and_the_work_has_one_footnote(tmp_path):
    title = "Re: [PATCH] loom: turn wheel number 0"
    tags = [
        write_mail(f"t{n}@x", who, title, f"{tag}: {who}\n", 2 + n, "p0@x")
        for n, (who, tag) in enumerate(
            ((CY, "Reviewed-by"), (ADA, "Acked-by"), ("Bo <bo@attic.example>", "Reviewed-by"))
        )
    ]
    text = render_letter(compose_at(tmp_path, 6, patch(0), *tags), "text")
    assert "[1], new: by Bo, 4 days; acked by Ada, reviewed by Cy" in " ".join(text.split())
    assert "reviewed by Cy and" not in " ".join(text.split())  # nobody reviews what he posted, from whatever address
    assert "-by:" not in text
    assert text.endswith("[1] https://lore.kernel.org/all/p0@x/\n")


def test_what_those_who_take_patches_posted_themselves_is_a_number(tmp_path):
    took = [
        write_mail(f"t{n}@x", ADA, f"Re: [PATCH] loom: turn wheel number {n}", "Applied, thanks.", 3, f"p{n}@x")
        for n in range(3)
    ]
    mails = [*map(patch, range(3)), *took, patch(7, ADA, 4.0), patch(8, CY, 4.0)]
    found = compose_at(tmp_path, 6, *mails)
    assert [entry.title[-1] for entry in heap(found, "review").entries] == ["8"]
    assert (found.own_open, [entry.title[-1] for entry in found.top]) == (1, ["8"])
    for form in FORMATS:
        assert "1 posting of those who take patches here waits for review or a decision, see" in " ".join(
            render_letter(found, form).split()
        )
    few = compose_at(tmp_path, 6, *map(patch, range(3)), *took[:2], patch(7, ADA, 4.0))
    assert few.own_open == 0  # who takes one now and then is looked after by others


def test_a_promise_of_who_must_act_stands_with_the_work(mined):
    asked = next(
        each for each in mined.status if each.status in ("needs-revision", "in-progress") and each.kind == "item"
    )
    work = next(one for one in mined.series if one.root in asked.series)
    alone = next(each for each in mined.status if each.key == work.root)
    other = "Ingrid Halvorsen <ingrid@halvorsen.example.org>"
    promise = replace(
        mined.promises[0],
        by=other,
        series=work.root,
        item=None,
        date=NOW - timedelta(days=9),
        state="late",
        text="I will look.",
    )
    status = [replace(alone, status="needs-revision", next_actor=other, as_of=NOW - timedelta(days=9))]
    found = compose(
        replace(mined, items=Records(()), status=Records(status), promises=Records([promise])),
        Config(),
        now=NOW,
        since=SINCE,
    )
    (entry,) = heap(found, "review").entries
    assert [quote.text for quote in entry.evidence] == ["I will look."]
    assert found.promises == ()


def test_a_long_question_is_cut_and_who_it_is_for_goes_without_saying(tmp_path):
    long = f"Why do you turn {'the wheel and ' * 12}the reed?"
    asked = write_mail("q@x", CY, "Re: [PATCH] loom: turn wheel number 0", long, 3, "p0@x")
    found = compose_at(tmp_path, 6, patch(0), asked)
    (entry,) = (entry for each in found.heaps for entry in each.entries)
    text = " ".join(render_letter(found, "text").split())
    assert entry.questions or entry.evidence
    for quote in (*entry.questions, *entry.evidence):
        assert len(quote.text) <= 102
        assert quote.text.endswith(" …")
        assert quote.asked_of == ""
    assert "Cy to Bo" not in text


def test_whom_a_work_asks_something_sees_that_it_is_for_him(tmp_path):
    title = "Re: [PATCH] loom: turn wheel number 0"
    asks = write_mail("r@x", CY, title, "Please rename the helper.", 3, "p0@x")
    doubts = write_mail("q@x", ADA, title, "Cy, which name do you want for it?", 3.5, "r@x")
    found = compose_at(tmp_path, 6, patch(0), asks, doubts, reader="Cy")
    (entry,) = heap(found, "answer").entries
    assert entry.next_actor == "Cy"
    assert [tell_need(each) for each in found.top] == ["new, for Cy, 3 days"]


def test_a_work_that_stands_open_twice_is_told_once(tmp_path):
    mails = [
        patch(0, day=1.0, title="loom, shed: turn the wheel twice"),
        patch(1, day=9.0, title="loom: turn the wheel twice by hand"),
    ]
    found = compose_at(tmp_path, 12, *mails)
    assert [entry.title for each in found.heaps for entry in each.entries] == ["loom: turn the wheel twice by hand"]


def test_a_title_that_stands_for_a_series_says_so(tmp_path):
    mails = [
        write_mail(
            f"s{n}@x",
            BO,
            f"[PATCH {n}/2] loom: turn wheel number {n}",
            f"x\n---\n{write_diff(n, 1, f'f{n}.c')}",
            1 + n / 100,
            "s1@x" if n > 1 else None,
        )
        for n in (1, 2)
    ]
    found = compose_at(tmp_path, 4, *mails)
    assert "loom: turn wheel number 1 (patch 1 of 2, no cover letter) [1], new" in " ".join(
        render_letter(found, "text").split()
    )


def test_it_is_told_which_patches_of_a_series_are_in_a_tree(tmp_path):
    titles = [f"loom: turn wheel number {n}" for n in range(1, 5)]
    mails = [
        write_mail(
            f"s{n}@x",
            BO,
            f"[PATCH {n}/4] {title}",
            f"x\n---\n{write_diff(n, 1, f'f{n}.c')}",
            1 + n / 100,
            "s1@x" if n > 1 else None,
        )
        for n, title in enumerate(titles, 1)
    ]
    taken = "".join(
        f"[{n}/4] {titles[n - 1]}\n      commit: {n}123456789abcdef0123456789abcdef01234567\n" for n in (1, 2, 4)
    )
    thanks = write_mail(
        "t@x", CY, f"Re: [PATCH 1/4] {titles[0]}", f"Applied to loom/for-next, thanks!\n\n{taken}", 2, "s1@x"
    )
    found = compose_at(tmp_path, 4, *mails, thanks)
    text = " ".join(render_letter(found, "text").split())
    assert "patches 1-2 and 4 (of 4) are in a tree" in text
    assert "in a tree" not in " ".join(render_letter(compose_at(tmp_path, 4, *mails), "text").split())


def test_a_promise_is_told_once_for_each_person_and_work(tmp_path):
    told = [
        write_mail(f"w{n}@x", BO, "Re: [PATCH] loom: turn wheel number 0", f"I will send v2 {when}.", 2 + n, "p0@x")
        for n, when in enumerate(("tomorrow", "next week"))
    ]
    found = compose_at(tmp_path, 60, patch(0), *told, write_mail("h@x", CY, "hello", "Hello.", 60))
    assert [word.quote.text for word in found.promises] == ["I will send v2 next week."]


def test_questions_without_a_patch_stand_by_themselves(tmp_path):
    reports = write_mail("b@x", BO, "the loom stops", "It stopped at noon.", 1)
    asked = write_mail("c@x", CY, "Re: the loom stops", "Which reed do you use?", 2, "b@x")
    found = compose_at(tmp_path, 3, reports, asked)
    (word,) = found.loose
    assert (word.title, word.quote.text, word.quote.author, word.quote.asked_of) == (
        "Re: the loom stops", "Which reed do you use?", "Cy", "Bo",
    )  # fmt: skip
    text = " ".join(render_letter(found, "text").split())
    assert 'Without a patch (1): * Re: the loom stops: "Which reed do you use?" Cy to Bo' in text
    answered = write_mail("d@x", BO, "Re: the loom stops", "The old one.", 2.5, "c@x")
    assert compose_at(tmp_path, 3, reports, asked, answered).loose == ()
    assert compose_at(tmp_path, 30, reports, asked).loose == ()


def test_of_a_robots_report_the_line_is_shown_that_says_what_is_wrong(tmp_path):
    robot = "kernel test robot <lkp@loom.example>"
    noticed = "Hi Bo,\n\nkernel test robot noticed the following build errors:\n\n>> f0.c:3: error: no such thread\n"
    found_on = "syzbot found the following issue on:\n\ngit tree: loom\n\nWARNING: torn warp in turn+0x7\n"
    told = write_mail("r@x", robot, "Re: [PATCH] loom: turn wheel number 0", noticed, 2, "p0@x")
    report = write_mail("s@x", "syzbot <syzbot@loom.example>", "[syzbot] a torn warp", found_on, 2)
    found = compose_at(tmp_path, 3, patch(0), told, report)
    assert heap(found, "author").entries[0].evidence[0].text == "f0.c:3: error: no such thread"
    assert [word.quote.text for word in found.loose] == ["WARNING: torn warp in turn+0x7"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("letter", SAMPLES)
def test_the_templates_stand_all_that_a_letter_may_have(form: str, letter: Letter) -> None:
    assert letter.title in render_letter(letter, form)


def flatten(text: str, form: str) -> str:
    """The words of a form in their order, without its markup and the numbers and addresses of its links."""
    if form == "html":
        text = re.sub(r"<style>.*?</style>|</?(?:b|bdi|span|a)\b[^>]*>", "", text, flags=re.S)
        text = html.unescape(re.sub(r"<[^>]*>", " ", text))
    if form == "markdown":
        text = re.sub(r"\]\(<[^>]*>\)", "", text).replace("[\\[", "\\[")
        text = html.unescape(re.sub(r"\\(.)", r"\1", text))
    text = re.sub(r"\[\d+\]|[#*()\"“”:;,·]|--+|==+|(?<=\s)\d\. ", " ", text)
    return " ".join(text.split())


def tell_words(quote: Quote) -> str:
    return f"{quote.told or quote.text or quote.fact} {f'to {quote.answers}' if quote.answers else ''}"


def tell_all(letter: Letter) -> Iterator[str]:
    """What each form has to say, in this order."""
    yield letter.title
    yield from letter.warnings
    if letter.since:
        yield f"Since {letter.since} {' '.join(f'{count} {what}' for what, count in letter.moved) or 'nothing moved'}"
    if letter.top:
        yield "What needs you most" if len(letter.top) > 1 else "What needs you"
    for entry in letter.top:
        yield f"{tell_title(entry)} {tell_need(entry)}"
    if not letter.heaps and not letter.promises:
        yield f"No open work{f' waits for {letter.reader}' if letter.reader else ''}."
    for heap in letter.heaps:
        yield f"{heap.heading} {len(heap.entries) + heap.more}"
        for entry, *others in heap.groups:
            yield f"{tell_title(entry)} {entry.news}"
            yield " ".join(tell_facts(entry, heap.key))
            for quote in heap.quotes(entry):
                yield f"{tell_words(quote)} {f'{quote.author} {quote.day}' if quote.is_quoted else ''}"
            for quote in entry.questions:
                asked = f"to {quote.asked_of}" if quote.asked_of else ""
                yield f"unanswered {quote.text} {quote.author} {asked}"
            yield entry.told_more
            if others:
                yield f"and {len(others)} with it"
        if heap.more:
            yield f"and {heap.more} more"
    if letter.loose:
        yield f"Without a patch {len(letter.loose)}"
    for word in letter.loose:
        yield word.title
        yield f"{word.quote.text} {word.quote.author} {f'to {word.quote.asked_of}' if word.quote.asked_of else ''}"
    if letter.promises:
        yield f"Promised, and not seen yet {len(letter.promises)}"
    for word in letter.promises:
        yield word.title
        yield f"{word.days} days ago"
        yield f"{word.quote.text} {word.quote.author}"
    yield from letter.left_out


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("number", range(len(SAMPLES) + 1))
def test_all_forms_say_the_same(form: str, number: int, letter: Letter) -> None:
    shown = [*SAMPLES, letter][number]
    rest = flatten(render_letter(shown, form), form)
    for words in filter(None, (flatten(each, "text") for each in tell_all(shown))):
        before, found, rest = rest.partition(words)
        assert found, f"{words!r} does not stand behind what ends with {before[-200:]!r}"


def test_rows_number_what_needs_the_reader_most(letter: Letter) -> None:
    numbered = {row["needs_you"]: row["title"] for row in letter_rows(letter) if row["needs_you"]}
    assert numbered == {number: entry.title for number, entry in enumerate(letter.top, 1)}
