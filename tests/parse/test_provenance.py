"""Origins: threads are made whose truth is known, with all the habits of quoting that lists see."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.model import Message, Person, Subject
from miner.parse.layers import split_layers, strip_quote
from miner.parse.provenance import trace_origins

PEOPLE = ("Ada Byron", "Bo Chen", "Zoë Müller", "李 小龙", "Cy Dent", "Di Ek")


def make_mail(
    ident: str, author: str, body: str, parent: str | None = None, references: tuple[str, ...] = ()
) -> Message:
    address = f"{PEOPLE.index(author) if author in PEOPLE else 9}@example.org"
    return Message(
        message_id=ident,
        subject=Subject("", ""),
        author=Person(author, address),
        date=None,
        in_reply_to=parent,
        references=references,
        recipients=(),
        list_id=None,
        body=body,
        where="",
        layers=split_layers(body),
    )


def trace(*messages: Message) -> dict[str, list[tuple[str, str | None, tuple[str, int] | None]]]:
    """For each message its lines as (text, author, exact origin)."""
    shown = {}
    for message in trace_origins(messages):
        lines: list[tuple[str, str | None, tuple[str, int] | None]] = [(line, None, None) for line in message.lines]
        for layer in message.layers:
            for at in range(layer.first_line, layer.end_line):
                origin = layer.origin and (layer.origin.message_id, layer.origin.first_line + at - layer.first_line)
                lines[at] = (message.lines[at], layer.author, origin)
        shown[message.message_id] = lines
    return shown


FIRST = make_mail("a@x", "Ada Byron", "The lock is taken twice in the walker.\nThat can not be right, I think.\n\nAda")


def test_a_quote_of_a_quote_ends_at_the_first_writer() -> None:
    second = make_mail(
        "b@x", "Bo Chen", "Ada Byron wrote:\n> The lock is taken twice in the walker.\nWhere do you see that?", "a@x"
    )
    third = make_mail(
        "c@x",
        "Cy Dent",
        "Bo wrote:\n> > The lock is taken twice in the walker.\n> Where do you see that?\nLine 7.",
        "b@x",
    )
    lines = trace(third, second, FIRST)["c@x"]
    assert lines[1][1:] == ("Ada Byron <0@example.org>", ("a@x", 0))
    assert lines[2][1:] == ("Bo Chen <1@example.org>", ("b@x", 2))
    assert lines[3][1:] == ("Cy Dent <4@example.org>", None)


def test_the_text_wins_over_a_wrong_attribution_and_a_wrong_depth() -> None:
    reply = make_mail("b@x", "Bo Chen", "Cy Dent wrote:\n>> The lock is taken twice in the walker.\nYes.", "a@x")
    assert trace(FIRST, reply)["b@x"][1][1:] == ("Ada Byron <0@example.org>", ("a@x", 0))


def test_no_attribution_at_all() -> None:
    reply = make_mail("b@x", "Bo Chen", "> That can not be right, I think.\nYes.", "a@x")
    assert trace(FIRST, reply)["b@x"][0][1:] == ("Ada Byron <0@example.org>", ("a@x", 1))


def test_a_missing_parent_is_passed_over() -> None:
    reply = make_mail(
        "c@x",
        "Cy Dent",
        "Bo wrote:\n> > The lock is taken twice in the walker.\n> Not in the archive.\nHm.",
        "gone@x",
        ("a@x", "gone@x"),
    )
    lines = trace(FIRST, reply)["c@x"]
    assert lines[1][1:] == ("Ada Byron <0@example.org>", ("a@x", 0))


def test_unknown_text_keeps_the_attribution_and_gets_no_origin() -> None:
    reply = make_mail("b@x", "Bo Chen", "Ada Byron wrote:\n> This stands nowhere else in any mail.\nYes.", "a@x")
    assert trace(FIRST, reply)["b@x"][1][1:] == ("Ada Byron <0@example.org>", None)


def test_a_wrapped_quote_is_found_with_what_was_broken_off() -> None:
    first = make_mail(
        "a@x", "Ada Byron", "one\nThe lock is taken twice in the walker and nobody has ever seen it fail.\nthree"
    )
    reply = make_mail(
        "b@x", "Bo Chen", "> > The lock is taken twice in the walker and nobody has ever seen it\n> fail.\nYes.", "a@x"
    )
    assert {line[1] for line in trace(first, reply)["b@x"][:2]} == {"Ada Byron <0@example.org>"}


def test_a_cut_in_a_quote_starts_a_new_run() -> None:
    first = make_mail("a@x", "Ada Byron", "\n".join(f"line number {n} of the text" for n in range(60)))
    reply = make_mail("b@x", "Bo Chen", "> line number 3 of the text\n> line number 50 of the text\nYes.", "a@x")
    assert [line[2] for line in trace(first, reply)["b@x"][:2]] == [("a@x", 3), ("a@x", 50)]


def test_messages_that_answer_each_other_do_no_harm() -> None:
    one = make_mail("a@x", "Ada Byron", "> text of the one mail\ntext of the other mail", "b@x")
    two = make_mail("b@x", "Bo Chen", "> text of the other mail\ntext of the one mail", "a@x")
    itself = make_mail("c@x", "Cy Dent", "> mine\nmine", "c@x", ("c@x",))
    assert len(trace_origins([one, two, itself])) == 3


@dataclass
class Line:
    text: str
    author: str
    origin: tuple[str, int] | None
    depth: int


def write_thread(seed: int, rewrap: bool) -> tuple[list[Message], dict[str, list[Line | None]]]:
    """A chain of answers with known authors. Each line of a mail says who wrote it; no line's text comes twice."""
    rng = random.Random(seed)
    truth: dict[str, list[Line | None]] = {}
    messages: list[Message] = []
    for n in range(rng.randrange(2, 7)):
        ident, author = f"{n}@x", rng.choice(PEOPLE)
        parent = messages[-1] if messages else None
        rows: list[tuple[str, Line | None]] = []

        def own(rows: list[tuple[str, Line | None]] = rows, author: str = author) -> None:
            for _ in range(rng.randrange(1, 4)):
                words = [f"w{rng.randrange(10**6)}" for _ in range(rng.randrange(3, 10))]
                rows.append((" ".join(words), Line(" ".join(words), author, None, 0)))

        if parent is None or rng.random() < 0.5:
            own()
        if parent is not None:
            mark = rng.choice(["> ", ">"])
            said = {"right": parent.author.name, "wrong": rng.choice(PEOPLE)}.get(
                rng.choice(["right", "wrong", "none"])
            )
            if said:
                rows += [("", None), (f"On Mon, Jan 1, 2024 at 9:00 AM {said} <x@example.org> wrote:", None)]
            width = rng.choice([24, 40]) if rewrap else 1000
            answered = False
            for at, line in enumerate(truth[parent.message_id]):
                if line is None:
                    rows.append((mark.rstrip(), None))
                    continue
                if rng.random() < 0.15:
                    continue
                if rng.random() < 0.1 and answered:
                    rows.append((rng.choice(["[...]", "[snip]", "..."]), None))
                for part in textwrap.wrap(line.text, width) or [line.text]:
                    marks = mark if line.depth == 0 else mark.rstrip() + rng.choice(["", " "]) + ">" * line.depth + " "
                    origin = line.origin or (parent.message_id, at)
                    rows.append((marks + part, Line(part, line.author, origin, line.depth + 1)))
                answered = True
                if rng.random() < 0.3:
                    glued = rng.random() < 0.3
                    rows += [] if glued else [("", None)]
                    own()
                    rows += [] if glued else [("", None)]
        own()
        truth[ident] = [line for _, line in rows]
        body = "\n".join(text for text, _ in rows)
        messages.append(make_mail(ident, author, body, parent.message_id if parent else None))
    return messages, truth


@settings(max_examples=150)
@given(st.integers(0, 10**9), st.booleans(), st.randoms(use_true_random=False))
def test_who_wrote_each_line_is_recovered(seed: int, rewrap: bool, rng: random.Random) -> None:
    messages, truth = write_thread(seed, rewrap)
    shuffled = [*messages]
    rng.shuffle(shuffled)
    for message in trace_origins(shuffled):
        layers = [None] * len(message.lines)
        for layer in message.layers:
            layers[layer.first_line : layer.end_line] = [layer] * (layer.end_line - layer.first_line)  # type: ignore[list-item]
        for at, line in enumerate(truth[message.message_id]):
            layer = layers[at]
            if line is None:
                continue
            assert layer is not None
            assert (layer.depth > 0) == (line.depth > 0), message.body
            if line.depth == 0:
                assert layer.kind == "own"
            if line.depth == 0 or not rewrap or len(line.text.split()) >= 4:
                assert (layer.author or "").rpartition(" <")[0] == line.author, (at, message.body)
            if line.origin and not rewrap:
                assert layer.origin is not None
                found = (layer.origin.message_id, layer.origin.first_line + at - layer.first_line)
                assert found == line.origin, (at, message.body)


def read_epoch(shared: Path, target: Path, most: int) -> list[Message]:
    """The oldest mails of a real list, at most so many."""
    from miner.archive import read_source
    from miner.model import Problem
    from miner.parse import parse_mail

    bundle = shared / "corpora" / "epochs" / "linux-erofs.bundle"
    if not bundle.is_file():
        pytest.skip("no epoch beside the checkout")
    subprocess.run(["git", "clone", "-q", "--mirror", str(bundle), str(target)], check=True)
    found: dict[str, Message] = {}
    for raw in read_source(str(target)):
        message = raw if isinstance(raw, Problem) else parse_mail(raw)
        if isinstance(message, Message):
            found.setdefault(message.message_id, message)
            if len(found) == most:
                break
    return [replace(message, layers=split_layers(message.body)) for message in found.values()]


@pytest.fixture(scope="module")
def epoch(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    return read_epoch(shared, tmp_path_factory.mktemp("epoch") / "epoch.git", 1_500)


def count_origins(messages: list[Message]) -> tuple[int, int, int]:
    """Quoted lines whose parent is at hand: all, those in a layer with an origin, those with an origin of their own."""
    known = {message.message_id for message in messages}
    quoted = in_layer = by_line = 0
    for message in trace_origins(messages):
        if message.in_reply_to not in known:
            continue
        lines = message.lines
        for layer in message.layers:
            if layer.kind == "quote":
                places = [at for at in range(layer.first_line, layer.end_line) if strip_quote(lines[at]).strip()]
                quoted += len(places)
                in_layer += len(places) if layer.origin else 0
                by_line += sum(message.origins[at] is not None for at in places)
    return quoted, in_layer, by_line


def test_real_quotes_have_an_origin(epoch: list[Message]) -> None:
    quoted, in_layer, _ = count_origins(epoch)
    assert quoted > 5_000
    assert in_layer / quoted >= 0.985


@pytest.mark.soak
def test_origins_of_a_whole_epoch(shared: Path, tmp_path: Path) -> None:
    quoted, in_layer, by_line = count_origins(read_epoch(shared, tmp_path / "epoch.git", 1_000_000))
    sys.stdout.write(
        f"{quoted} quoted lines, in a layer with an origin {in_layer / quoted:.4f}, each by itself {by_line / quoted:.4f}\n"
    )
    assert in_layer / quoted >= 0.99


def test_own_text_of_real_mails_is_not_lost(epoch: list[Message]) -> None:
    """Against a rule that knows little: without a pasted mail's header above it, a line without a mark is no quote."""
    compared = 0
    for message in epoch:
        for layer in message.layers:
            for at in range(layer.first_line, layer.end_line):
                line = message.lines[at]
                if re.match(r"\W*(From|Von|De|发件人)\W* |-----", line):
                    break
                if line.strip() and not line.startswith(">"):
                    compared += 1
                    assert layer.kind != "quote", (message.message_id, line)
            else:
                continue
            break
    assert compared > 3_000
