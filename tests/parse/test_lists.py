"""Which mails are status lists, and their lines; tests/data/lists has mails (.txt) and what must be found in them (.yaml)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from miner.claims import find_claims
from miner.model import UNDER_HEADING, Claim, Message, RawMail, TableRow
from miner.parse.layers import split_layers
from miner.parse.lists import find_list
from miner.parse.mime import parse_mail
from miner.threadwise import hear_lines

CASES = sorted((Path(__file__).resolve().parents[1] / "data" / "lists").glob("*.txt"), key=lambda path: path.name)
HEAD = """\
From: Odile Marrant <odile@example.org>
To: Mira Holt <mira@example.org>
Date: Mon, 02 Feb 2026 09:00:00 +0000
Message-ID: <note@example.org>
"""


def make_mail(text: str, **headers: str) -> Message:
    """A mail of a text that begins with its Subject."""
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    mail = parse_mail(RawMail((HEAD + more + text).encode(), "test.mbox, mail 1"))
    assert isinstance(mail, Message)
    return replace(mail, layers=split_layers(mail.body))


def find(mail: Message) -> tuple[tuple[TableRow, ...], tuple[Claim, ...]]:
    return find_list(mail, hear(mail))


def hear(mail: Message) -> tuple[Claim, ...]:
    return tuple(hear_lines(mail, tuple(find_claims([mail]))))


@pytest.mark.parametrize(
    "path", [path for path in CASES if not path.name.startswith("no-")], ids=lambda path: path.stem
)
def test_lines_are_those_beside_the_mail(path: Path) -> None:
    mail = make_mail(path.read_text(encoding="utf-8"))
    rows, claims = find(mail)
    said = {
        row.title: [
            c.status
            for c in claims
            if (c.about == row.title if c.rule == UNDER_HEADING else _is_in(c, row, mail)) and c.certainty != "asked"
        ]
        for row in rows
    }
    found = [
        {"item": row.title, "lines": [row.first_line, row.end_line], "says": said[row.title]}
        | ({"owner": row.columns["assignee"]} if "assignee" in row.columns else {})
        for row in rows
    ]
    assert found == yaml.safe_load(path.with_suffix(".yaml").read_text(encoding="utf-8"))
    assert all(row.listed and row.depth == 0 and row.author == "Odile Marrant <odile@example.org>" for row in rows)
    assert all(claim.text == mail.body[claim.start : claim.end] for claim in claims)


def _is_in(claim: Claim, row: TableRow, mail: Message) -> bool:
    return row.first_line <= mail.body.count("\n", 0, claim.start) < row.end_line


@pytest.mark.parametrize("path", [path for path in CASES if path.name.startswith("no-")], ids=lambda path: path.stem)
def test_other_lists_are_none(path: Path) -> None:
    mail = make_mail(path.read_text(encoding="utf-8"))
    claims = hear(mail)
    assert find_list(mail, claims) == ((), claims)


PLAIN = """
Where things stand this week:

- fast readdir (Mira): v3 posted, waiting for Yu's review
- lazy unmount fix (Yu): applied to fixes
- inode cache shrinker: needs a respin
"""


def titles(mail: Message) -> list[str]:
    return [row.title for row in find(mail)[0]]


def test_an_answer_a_patch_and_a_machine_keep_no_list():
    assert len(titles(make_mail("Subject: Weekly notes\n" + PLAIN))) == 3
    assert titles(make_mail("Subject: Re: Weekly notes\n" + PLAIN)) == []
    assert titles(make_mail("Subject: Weekly notes\n" + PLAIN, In_Reply_To="<other@example.org>")) == []
    assert titles(make_mail("Subject: [PATCH 0/3] weekly notes\n" + PLAIN)) == []
    assert titles(make_mail("Subject: [GIT PULL] weekly notes\n" + PLAIN)) == []
    assert titles(make_mail("Subject: Weekly notes\n" + PLAIN, Auto_Submitted="auto-generated")) == []
    assert titles(make_mail("Subject: Weekly notes\n" + PLAIN + "\nOn Mon, Yu Tan wrote:\n> - more\n")) == []
    assert (
        titles(make_mail("Subject: notes\n\nWhere things stand on 2026-02-02\n====\n" + PLAIN)) == []
    )  # our own report


def test_a_mail_that_does_not_say_what_it_is_must_say_different_things_of_many():
    assert len(titles(make_mail("Subject: hello\n" + PLAIN.replace("Where things stand this week:", "Hi,")))) == 3
    two = "\nHi,\n\n- fast readdir (Mira): v3 posted, waiting for review\n- lazy unmount fix (Yu): applied to fixes\n"
    assert titles(make_mail("Subject: hello\n" + two)) == []
    assert len(titles(make_mail("Subject: fold status\n" + two))) == 2
    same = "\n- dir: fast readdir -- applied\n- mount: lazy unmount -- applied\n- inode: shrinker -- applied\n"
    assert titles(make_mail("Subject: thanks\n" + same)) == []
    plans = "\n- dir: fast readdir -- planned\n- mount: lazy unmount -- planned\n- inode: shrinker -- planned\n"
    assert titles(make_mail("Subject: fold status\n" + plans)) == []  # a wish list


def test_a_section_of_something_else_has_no_items():
    more = "\nNumbers:\n\n- patches on the list: 38\n- people: 12\n- mails: many\n"
    assert len(titles(make_mail("Subject: Weekly notes\n" + PLAIN + more))) == 3
    dates = "\nDates to remember:\n\n- merge window: opens on 12 March\n- release: in May\n- next summit: not known\n"
    assert len(titles(make_mail("Subject: Weekly notes\n" + PLAIN + dates))) == 3


def test_a_line_of_the_same_form_without_a_status_is_an_item_that_is_unknown():
    rows, claims = find(
        make_mail("Subject: Weekly notes\n" + PLAIN + "- quota (Sefa): the format is described in the wiki\n")
    )
    assert rows[3].title == "quota"
    assert not any("wiki" in claim.text for claim in claims)


def test_names_that_are_none():
    body = "\n- Note: v3 posted\n- v2: applied to fixes\n- Reviewed-by: waiting for Yu\n- I said: it is dropped\n- TODO: needs work\n"
    assert titles(make_mail("Subject: Weekly notes\n" + body)) == []


def test_links_and_footnotes_of_a_line_are_its_row_s():
    body = (
        PLAIN.replace("needs a respin", "needs a respin [1]")
        + "\n[1] https://lists.example.org/l/20260101.1-2-a@example.org/\n"
    )
    rows, _ = find(make_mail("Subject: Weekly notes\n" + body))
    assert rows[2].links == ("https://lists.example.org/l/20260101.1-2-a@example.org/",)


def test_what_stands_in_a_heading_is_said_of_each_line_below_it():
    body = "\nIn tree:\n - lazy unmount fix\n - old cursor removal (Mira)\n\nDropped:\n - inode cache shrinker\n"
    rows, claims = find(make_mail("Subject: fold status\n" + body))
    assert [(c.text, c.status, c.about) for c in claims] == [
        ("In tree:", "applied", "lazy unmount fix"),
        ("In tree:", "applied", "old cursor removal"),
        ("Dropped:", "dropped", "inode cache shrinker"),
    ]
    assert len(rows) == 3


def test_lines_of_a_status_list_are_heard_as_notes_of_their_own():
    body = (
        "\nHere is where my topics stand, as of today, with a few words of what each of them is for, lest nobody knows them:\n\n"
        + "".join(
            f"{name}\n  Does what its name says and a little more, as was told in its cover letter.\n  {said}\n\n"
            for name, said in (
                ("jm/pack-limit", "In next since Monday."),
                ("tb/globstar", "On hold until the format is settled."),
            )
        )
    )
    mail = make_mail("Subject: fold topics\n" + body + "x" * 200 + "\n")
    found = {mail.body[c.start : c.end]: c.status for c in hear(mail)}
    assert found["In next since Monday."] == "applied"
    assert found["On hold until the format is settled."] == "blocked"
    other = make_mail("Subject: Re: fold topics\n" + body)
    claims = tuple(find_claims([other]))
    assert tuple(hear_lines(other, claims)) == claims


@given(st.text(alphabet="-*: ()\n\tab1.[]xY,;", max_size=300))
def test_anything_may_stand_in_a_mail(text: str) -> None:
    mail = make_mail("Subject: Weekly notes\n\n" + text)
    rows, _ = find_list(mail, ())
    assert all(0 <= row.first_line < row.end_line <= len(mail.lines) for row in rows)


def test_a_long_mail_takes_no_long_time():
    body = "".join(f"- work {n} (Mira): v{n} posted\n" for n in range(3_000)) + "- " + "a (b " * 50_000
    assert find_list(make_mail("Subject: Weekly notes\n\n" + body), ()) == ((), ())
    gaps = (
        "".join(f"- work {n}{chr(9) * 2_000}(Mira: {' ' * 5_000} x\n" for n in range(200)) + "- " + "- # * = " * 100_000
    )
    assert find_list(make_mail("Subject: Weekly notes\n\n" + gaps), ()) == ((), ())
