from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.parse.attribution import parse_attribution, parse_header_block


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("On 03/20, A B wrote:", "A B"),
        ("On Monday, Ada Byron wrote:", "Ada Byron"),
        ("On 1/2/2024 9:00 AM, Ada Byron via A-list wrote:", "Ada Byron"),
        ("On Tue 02-01-24 09:00:00, Ada Byron wrote:", "Ada Byron"),
        ("On Tue, Jan 02, 2024 at 09:00:00AM +0100, Ada Byron wrote:", "Ada Byron"),
        ('On Tue, 2 Jan 2024 09:00:00 +0100 (CET), "Byron, Ada" <a@x.org> wrote:', "Byron, Ada <a@x.org>"),
        ("On Tue, Jan 2, 2024 at 9:00 AM Ada Byron <a@x.org> wrote...", "Ada Byron <a@x.org>"),
        ("Ada wrote:", "Ada"),
        ("Ada Byron said:", "Ada Byron"),
        ("a@x.org wrote:", "a@x.org"),
        ("Ada Byron <a@x.org> writes:", "Ada Byron <a@x.org>"),
        ("Byron, Ada <a@x.org> wrote:", "Byron, Ada <a@x.org>"),
        ("Ada Byron <a@x.org> wrote on Mon, 1 Jan 2024 09:00:00 +0100:", "Ada Byron <a@x.org>"),
        ("Ada Byron <a@x.org> wrote in message 123@x.org", None),  # without a colon it may be a sentence
        ("Quoting Ada Byron (2024-01-02 09:00:00)", "Ada Byron"),
        ("Quoting Ada Byron <a@x.org>:", "Ada Byron <a@x.org>"),
        ("* Ada Byron [2024-01-02 09:00]:", "Ada Byron"),
        ("* Ada B. Byron (a@x.org) wrote:", "Ada B. Byron <a@x.org>"),
        ("* Ada Byron wrote:", "Ada Byron"),
        ("* what the old code wrote:", None),
        ("Am 02.01.24 um 09:00 schrieb Ada Byron:", "Ada Byron"),
        ("Am Dienstag, 2. Januar 2024, 09:00:00 CET schrieb Ada Byron:", "Ada Byron"),
        ("Op 02-01-2024 om 09:00 schreef Ada Byron:", "Ada Byron"),
        ("Le mar. 2 janv. 2024 à 09:00, Ada Byron <a@x.org> a écrit :", "Ada Byron <a@x.org>"),
        ("El mar, 2 ene 2024 a las 9:00, Ada Byron (<a@x.org>) escribió:", "Ada Byron <a@x.org>"),
        ("Em ter., 2 de jan. de 2024 às 09:00, Ada Byron <a@x.org> escreveu:", "Ada Byron <a@x.org>"),
        ("Il giorno mar 2 gen 2024 alle ore 09:00 Ada Byron <a@x.org> ha scritto:", "Ada Byron <a@x.org>"),
        ("在 2024/1/2 23:12, 林晓晴 写道:", "林晓晴"),
        ("Ada Byron <a@x.org> 于2024年1月2日周二 09:00写道：", "Ada Byron <a@x.org>"),
        ("2024年1月2日(火) 9:00 Ada Byron <a@x.org>:", "Ada Byron <a@x.org>"),
        ("вт, 2 янв. 2024 г. в 9:00, Ада Байрон <a@x.org>:", "Ада Байрон <a@x.org>"),
        ("02.01.2024 09:00, Ада Байрон пишет:", "Ада Байрон"),
        ("1 янв. 2024 г., в 09:00, Ада Байрон <a@x.org> написал(а):", "Ада Байрон <a@x.org>"),
        ("According to Ada Byron:", "Ada Byron"),
        ("ferret wrote:", "ferret"),
        ("ferret said:", None),  # so do programs
        ("Ada Byron spake thusly:", "Ada Byron"),
        ("Thus spake Ada Byron (a@x.org):", "Ada Byron <a@x.org>"),
        ("Quoting Ada Byron:", "Ada Byron"),
        ("In message <1@x.org>, Ada Byron writes:", "Ada Byron"),
        ("2024/5/3 Ada Byron <a@x.org>", "Ada Byron <a@x.org>"),
        ("2024-05-03 10:11 GMT+02:00 Ada Byron <a@x.org>:", "Ada Byron <a@x.org>"),
        ("On Fri, May 3, 2024, Ada Byron via A-list <l@x.org> wrote:", "Ada Byron <l@x.org>"),
        ("* Ada Byron <a@x.org> [240503 10:11]:", "Ada Byron <a@x.org>"),
        ("On 2024/5/3 10:11, Ada Byron wrote,", "Ada Byron"),
        ("Le mardi 2 janvier 2024, Ada Byron a écrit :", "Ada Byron"),
        ("2024년 5월 3일 (금) 오전 10:11, Ada Byron <a@x.org>님이 작성:", "Ada Byron <a@x.org>"),
        ("Ada Byron <a@x.org>, 3 May 2024 Cum, 10:11 tarihinde şunu yazdı:", "Ada Byron <a@x.org>"),
        ("Den fre. 3. maj 2024 kl. 10.11 skrev Ada Byron <a@x.org>:", "Ada Byron <a@x.org>"),
        ("* Requests and the like go to: list@x.org", None),
        ("* Requests and the like go to: list@x.org:", None),
        ("As discussed with Bo <b@x.org>, the page says:", None),
        ("On 2024-05-03 the old page said:", None),
        ("C11 says:", None),
        ("the code wrote:", None),
        ("As I wrote:", None),
        ("I wrote:", None),
        ("This is what Ada wrote:", None),
        ("The old code said:", None),
        ("Documentation/foo.rst says:", None),
        ("* fix the thing:", None),
        ("This is what the old code wrote to the log", None),
        ("", None),
        ("wrote:", None),
    ],
)
def test_one_line(text: str, who: str | None) -> None:
    found = parse_attribution([text])
    assert (str(found) if found else None) == who


@pytest.mark.parametrize(
    ("lines", "who", "taken"),
    [
        (["text before", "On Tue, 2 Jan 2024 09:00:00 +0100", "Ada Byron <a@x.org> wrote:"], "Ada Byron <a@x.org>", 2),
        (["On Tue, Jan 2, 2024 at 9:00 AM", "Ada Byron", "<a@x.org>", "wrote:"], "Ada Byron <a@x.org>", 4),
        (["On Tue, Jan 2, 2024 at 9:00 AM Byron, Ada", "<a@x.org> wrote:"], "Byron, Ada <a@x.org>", 2),
        (["On we go.", "", "Ada Byron wrote:"], "Ada Byron", 1),
        (["Ada Byron <a@x.org>", "wrote:"], "Ada Byron <a@x.org>", 2),
        (["On Tue, Jan 2, 2024 at 9:00 AM Ada Byron <a.b@lab.", "x.org> wrote:"], "Ada Byron <a.b@lab.x.org>", 2),
        (["On Tue, Jan 2, 2024 at 9:00 AM Ada Byron <", "a@x.org> wrote:"], "Ada Byron <a@x.org>", 2),
        (["Le mar. 2 janv. 2024 à 09:00, Ada Byron <a@x.org> a", "écrit :"], "Ada Byron <a@x.org>", 2),
        (["Ada Byron <a@x.org> 于2024年1月2日周二", "09:57写道："], "Ada Byron <a@x.org>", 2),
    ],
)
def test_several_lines(lines: list[str], who: str, taken: int) -> None:
    found = parse_attribution(lines)
    assert found is not None
    assert (str(found), found.lines) == (who, taken)


def test_header_block_with_a_rule() -> None:
    found = parse_header_block(["-----Original Message-----", "From: Ada Byron", "Sent: Monday", "", "text"])
    assert found is not None
    assert (found.name, found.lines) == ("Ada Byron", 3)


def test_header_block_without_a_rule_needs_more_fields() -> None:
    assert parse_header_block(["From: Ada Byron <a@x.org>", "Subject: x"]) is None
    found = parse_header_block(["From: Ada Byron <a@x.org>", "Sent: Monday", "To: b@x.org,", " c@x.org", "Subject: x"])
    assert found is not None
    assert (str(found), found.lines) == ("Ada Byron <a@x.org>", 5)


def test_right_above_a_quote_two_fields_are_enough() -> None:
    lines = ["From: Ada Byron <a@x.org>", "Date: Monday"]
    assert parse_header_block(lines) is None
    found = parse_header_block(lines, above_quote=True)
    assert found is not None
    assert (str(found), found.lines) == ("Ada Byron <a@x.org>", 2)


def test_who_sends_on_behalf_of_another_is_named() -> None:
    lines = ["From: l-bounces@x.org [mailto:l-bounces@x.org]On Behalf Of", "Ada Byron", "Sent: Monday", "To: Bo"]
    found = parse_header_block(lines)
    assert found is not None
    assert (found.address, found.lines) == ("l-bounces@x.org", 4)


def test_the_head_of_a_patch_is_no_header_block() -> None:
    assert parse_header_block(["From: Ada Byron <a@x.org>", "Date: Monday", "Subject: [PATCH] x"]) is None


@given(st.lists(st.text(max_size=80), min_size=1, max_size=6))
def test_never_raises(lines: list[str]) -> None:
    found = parse_attribution(lines)
    assert found is None or 1 <= found.lines <= len(lines)
    block = parse_header_block(lines)
    assert block is None or 1 <= block.lines <= len(lines)
