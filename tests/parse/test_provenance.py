"""Origins: threads are made whose truth is known, with all the habits of quoting that lists see."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.model import Message, Person, Subject
from miner.parse.layers import split_layers
from miner.parse.linewise import strip_quote
from miner.parse.provenance import trace_origins

from ..mails import parsed

PEOPLE = ("Ada Byron", "Bo Chen", "Zoë Müller", "李 小龙", "Cy Dent", "Di Ek")


def make_mail(
    ident: str, author: str, body: str, parent: str | None = None, references: tuple[str, ...] = ()
) -> Message:
    address = f"{PEOPLE.index(author) if author in PEOPLE else 9}@example.org"
    return parsed(ident, body, "", Person(author, address), parent, references=references, where="")


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


def origins_of(ident: str, *messages: Message) -> list[tuple[str, int] | None]:
    """For each line of one message where it was first written."""
    (message,) = (m for m in trace_origins(messages) if m.message_id == ident)
    return [(o.message_id, o.first_line) if o else None for o in message.origins]


def test_a_patch_that_was_wrapped_is_not_taken_for_its_older_version() -> None:
    """The broken line stands whole in the older version alone; the lines behind it stand in both."""
    rest = "+\tif (!walker->lock)\n+\t\treturn -EINVAL;\n+\treturn take_the_lock(walker);"
    old = make_mail("a@x", "Ada Byron", f"Take the lock once, first try.\n+FLAGS += -Wall -Wextra\n{rest}")
    new = make_mail("b@x", "Bo Chen", f"Take the lock once, again.\n+FLAGS += -Wall -Wextra -Werror -O2\n{rest}", "a@x")
    quoted = "\n".join(f"> {line}" for line in rest.split("\n"))
    reply = make_mail(
        "c@x",
        "Cy Dent",
        f"> Take the lock once, again.\n> +FLAGS += -Wall -Wextra\n> -Werror -O2\n{quoted}\nHm.",
        "b@x",
    )
    assert origins_of("c@x", old, new, reply)[:6] == [("b@x", n) for n in (0, 1, 1, 2, 3, 4)]


def test_a_patch_that_is_not_at_hand_does_not_go_to_another_for_a_shared_line() -> None:
    shared = "\tstruct walker *walker = file->private_data;"
    first = make_mail("a@x", "Ada Byron", f" {shared}\n+\tspin_lock(&walker->first_lock);")
    second = make_mail("b@x", "Bo Chen", "I have attached what I would do instead.", "a@x")
    body = f"Bo Chen wrote:\n>  {shared}\n> +\tmutex_lock_interruptible(&walker->other);\n> +\tcount_all_of_them(walker);\nFine."
    lines = trace(first, second, make_mail("c@x", "Cy Dent", body, "b@x"))["c@x"]
    assert lines[1][1:] == ("Bo Chen <1@example.org>", None)


def test_a_common_line_alone_has_no_far_origin() -> None:
    """The parent is missing; what it said last is what the first mail said too."""
    first = make_mail("a@x", "Ada Byron", "The lock is taken twice in the walker.\nBest regards,\nAda")
    reply = make_mail("c@x", "Cy Dent", "Bo wrote:\n> Best regards,\n> Bo\n\nYes.", "b@x", ("a@x", "b@x"))
    assert origins_of("c@x", first, reply)[1:3] == [None, None]


def test_a_short_line_goes_where_its_neighbours_lead() -> None:
    """Two mails have a lone brace; the nearer one is not the one that is quoted here."""
    first = make_mail(
        "a@x", "Ada Byron", "+static void walk_all_of_the_locks(void)\n+{\n+\tlock_the_walker_twice();\n+}"
    )
    second = make_mail("b@x", "Bo Chen", "+}\nok", "a@x")
    body = ">> +static void walk_all_of_the_locks(void)\n>> +{\n>> +\tlock_the_walker_twice();\n>> +}\n> +}\n> ok\nYes."
    found = origins_of("c@x", first, second, make_mail("c@x", "Cy Dent", body, "b@x", ("a@x", "b@x")))
    assert found[:6] == [("a@x", 0), ("a@x", 1), ("a@x", 2), ("a@x", 3), ("b@x", 0), ("b@x", 1)]


def test_a_line_that_was_altered_between_two_others_is_found() -> None:
    """A gateway rewrote the link, and the charset of a name was lost."""
    body = "The lock is taken twice in the walker.\nSee https://example.org/walker?id=7 that Zoë posted here today\nThat is all."
    reply = "> The lock is taken twice in the walker.\n> See https://safe.example/?u=walker_id_7 that Zo?? posted here today\n> That is all.\nHm."
    found = origins_of("b@x", make_mail("a@x", "Ada Byron", body), make_mail("b@x", "Bo Chen", reply, "a@x"))
    assert found[:3] == [("a@x", 0), ("a@x", 1), ("a@x", 2)]


def test_another_mail_of_the_thread_than_the_answered_one_is_found() -> None:
    first = make_mail("a@x", "Ada Byron", "What do you think of the walker?")
    aside = make_mail("b@x", "Bo Chen", "It would be simpler to count all of the locks before the walk begins.", "a@x")
    reply = make_mail(
        "c@x",
        "Cy Dent",
        "> It would be simpler to count all of the\n> locks before the walk begins.\nYes.",
        "a@x",
        ("a@x",),
    )
    assert origins_of("c@x", first, aside, reply)[:2] == [("b@x", 0), ("b@x", 0)]


def test_a_long_unknown_run_does_not_join_the_one_before() -> None:
    first = make_mail("a@x", "Ada Byron", "The lock is taken twice in the walker.")
    body = (
        "> The lock is taken twice in the walker.\n> Not so here at all.\n> Nor is it there.\n> Nor anywhere else.\nHm."
    )
    (_, reply) = trace_origins([first, make_mail("b@x", "Bo Chen", body, "a@x")])
    assert [(x.first_line, x.end_line, x.origin is not None) for x in reply.layers if x.kind == "quote"] == [
        (0, 1, True),
        (1, 4, False),
    ]


@pytest.mark.parametrize(
    "line", ["The lock is taken twice in the walker.", "ok", "}", "The lock is taken twice, I say"]
)
def test_the_same_line_ten_thousand_times_takes_no_long(line: str) -> None:
    first = make_mail("a@x", "Ada Byron", "\n".join(["The lock is taken twice in the walker.", "ok"] * 5_000))
    reply = make_mail("b@x", "Bo Chen", "\n".join([f"> {line}"] * 10_000) + "\nHm.", "a@x")
    start = time.process_time()
    found = origins_of("b@x", first, reply)
    assert time.process_time() - start < 3
    assert {origin[0] for origin in found if origin} <= {"a@x", "b@x"}


@pytest.mark.parametrize("shape", ["star", "chain", "parent missing"])
def test_two_thousand_mails_that_quote_the_same_text_take_no_long(shape: str) -> None:
    rng = random.Random(7)
    text = [" ".join(f"w{rng.randrange(10**6)}" for _ in range(8)) for _ in range(30)]
    quote = "\n".join(f"> {line}" for line in text)
    messages = [make_mail("0@x", "Ada Byron", "\n".join(text))]
    for n in range(1, 2_001):
        parent = {"star": "0@x", "chain": f"{n - 1}@x"}.get(shape, "gone@x")
        messages.append(make_mail(f"{n}@x", "Bo Chen", f"{quote}\nMine is w{n}.", parent, (parent,)))
    start = time.process_time()
    traced = trace_origins(messages[1:] if shape == "parent missing" else messages)
    assert time.process_time() - start < 6
    wanted = [None] * 30 if shape == "parent missing" else [("0@x", n) for n in range(30)]
    assert [(o.message_id, o.first_line) if o else None for o in traced[-1].origins[:30]] == wanted


@dataclass
class Line:
    """A line of a made-up mail: `origin` is where it was first written, `common` what two people write word by word."""

    text: str
    author: str
    depth: int
    common: bool
    origin: tuple[str, int] | None = None


Row = tuple[str, Line | None]  # None: nobody's words, such as a blank line or an attribution
COMMON = ("Yes.", "ok", "Thanks,", "}", "Makes sense to me.", "-- ")


@dataclass
class Thread:
    """What is in the archive, what each mail's lines really are, and which mails got lost."""

    messages: list[Message]
    truth: dict[str, list[Row]]
    lost: set[str]


def write_thread(seed: int) -> Thread:
    """A thread of up to nine mails in which everybody quotes by habits of their own. No long line comes twice."""
    rng = random.Random(seed)
    truth: dict[str, list[Row]] = {}
    messages: list[Message] = []
    for n in range(rng.randrange(2, 10)):
        ident, author = f"{n}@x", rng.choice(PEOPLE)
        parent = rng.choice(messages[-2:] if rng.random() < 0.85 else messages) if messages else None
        rows: list[Row] = []
        write_own(rng, rows, author)
        on_top = parent is not None and rng.random() < 0.2
        if parent is not None:
            other = rng.choice(messages)
            if on_top:
                rows += [("", None), *quote_below_header(rng, parent, truth)]
            else:
                quote_with_marks(rng, rows, parent, author, truth)
                if other is not parent and rng.random() < 0.3:
                    quote_with_marks(rng, rows, other, author, truth, most=12)
        if not on_top and rng.random() < 0.7:
            rows.append(("", None))
            write_own(rng, rows, author)
        if not on_top and rng.random() < 0.3:
            rows += [("", None), ("-- ", Line("-- ", author, 0, True)), (author, Line(author, author, 0, True))]
        for at, (_, line) in enumerate(rows):
            if line is not None and line.depth == 0:
                line.origin = (ident, at)
        truth[ident] = rows
        chain = (*parent.references, parent.message_id) if parent else ()
        mail = make_mail(ident, author, "\n".join(text for text, _ in rows), parent and parent.message_id, chain)
        messages.append(replace(mail, subject=Subject("Re: walker", "walker", reply=parent is not None)))
    lost = {m.message_id for m in messages[1:] if rng.random() < 0.12}
    return Thread([m for m in messages if m.message_id not in lost], truth, lost)


def write_own(rng: random.Random, rows: list[Row], author: str) -> None:
    for _ in range(rng.randrange(1, 4)):
        for _ in range(rng.randrange(1, 4)):
            words = [f"w{rng.randrange(10**6)}" for _ in range(rng.randrange(3, 12))]
            text = rng.choice(["The ", "\tIf ", "It is  "]) + " ".join(words) + "."
            common = rng.random() < 0.12
            text = rng.choice(COMMON[:-1]) if common else text
            rows.append((text, Line(text, author, 0, common)))
        rows.append(("", None))


def quote_with_marks(
    rng: random.Random, rows: list[Row], quoted: Message, author: str, truth: dict[str, list[Row]], most: int = 10**6
) -> None:
    """Quote a mail with answers between its lines."""
    name = {"right": quoted.author.name, "wrong": rng.choice(PEOPLE)}.get(
        rng.choice(["right", "right", "wrong", "none"])
    )
    if name:
        rows += [("", None), (f"On Mon, Jan 1, 2024 at 9:00 AM {name} <x@example.org> wrote:", None)]
    else:
        rows += [("", None)]
    mark, width = rng.choice(["> ", ">"]), rng.choice([10**3, 10**3, 36, 50, 64])
    change = rng.choice(SPACES)
    joined, kept = rng.choice(["", " "]), rng.random()
    for text, line in truth[quoted.message_id][:most]:
        if rng.random() < 0.15 * kept:
            if rng.random() < 0.3:
                rows.append((mark + rng.choice(["[...]", "[snip]", "..."]), None))
            continue
        if line is None:
            rows.append(((mark + text).rstrip(), None))
            continue
        words = text.lstrip("> ") if line.depth else text
        marks = mark if not line.depth or not text.startswith(">") else mark.rstrip() + joined + ">" * line.depth + " "
        parts = textwrap.wrap(words, width, drop_whitespace=True, expand_tabs=False) if len(words) > width else [words]
        for part in parts:
            changed = change(part)
            rows.append((marks + changed, Line(changed, line.author, line.depth + 1, line.common, line.origin)))
        if rng.random() < 0.12:
            glued = rng.random() < 0.3
            rows += [] if glued else [("", None)]
            write_own(rng, rows, author)


SPACES: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: text.replace("\t", "        "),
    lambda text: text + "  ",
    lambda text: text.replace(" ", "  "),
    lambda text: text.replace(" ", "\xa0"),
)


def quote_below_header(rng: random.Random, quoted: Message, truth: dict[str, list[Row]]) -> list[Row]:
    """The whole of a mail below an Outlook header, without marks."""
    head = [
        "-----Original Message-----",
        f"From: {quoted.author.name} <x@example.org>",
        "Sent: Monday, January 1, 2024 9:00 AM",
    ]
    head += ["To: list@example.org", "Subject: Re: walker", ""]
    body = [
        (text, line and Line(line.text, line.author, line.depth + 1, line.common, line.origin))
        for text, line in truth[quoted.message_id]
    ]
    return [*((text, None) for text in head), *body]


@dataclass
class Score:
    """Of the lines that are quoted and not common: right message and line, other line, nothing, another message."""

    right: int = 0
    near: int = 0
    missed: int = 0
    wrong: int = 0
    strange: int = 0  # common lines that are given to a mail whose author never wrote them
    shown: list[str] = field(default_factory=list)


def score_thread(thread: Thread, traced: Sequence[Message], score: Score) -> None:
    for message in traced:
        for at, (text, line) in enumerate(thread.truth[message.message_id]):
            if line is None or not line.depth or line.origin is None:
                continue
            origin = message.origins[at]
            found = (origin.message_id, origin.first_line) if origin else None
            if line.common:
                there = [t.text.split() for _, t in thread.truth[found[0]] if t and not t.depth] if found else []
                score.strange += found is not None and line.text.split() not in there
            elif found == line.origin:
                score.right += 1
            elif found is None:
                score.missed += line.origin[0] not in thread.lost
            elif found[0] == line.origin[0]:
                score.near += 1
            else:
                score.wrong += 1
                score.shown.append(f"{message.message_id} {at} {text!r}: {found}, not {line.origin}")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9), st.randoms(use_true_random=False))
def test_who_wrote_each_line_is_recovered(seed: int, rng: random.Random) -> None:
    """No line that only one person wrote is given to another's mail, in whatever order the mails come.

    Left out are lines that several people write word by word ("ok", "Thanks,", a bare brace, a name in a signature):
    which of two such lines is quoted can not be told from the text. They must only not go where they do not stand.
    """
    thread = write_thread(seed)
    shuffled = [*thread.messages]
    rng.shuffle(shuffled)
    score = Score()
    score_thread(thread, trace_origins(shuffled), score)
    assert not score.wrong, score.shown
    assert not score.strange


def test_nearly_every_quoted_line_is_found() -> None:
    """Over many threads at least 99.5 % of the lines whose writer's mail is at hand, and 99 % with their very line.

    What may be missed is a word or two left over by re-wrapping whose neighbours were cut away, and a line of a mail
    that is no ancestor and that stands there alone: both prove nothing.
    """
    score = Score()
    for seed in range(300):
        thread = write_thread(seed)
        score_thread(thread, trace_origins(thread.messages), score)
    lines = score.right + score.near + score.missed
    assert lines > 20_000
    assert score.missed / lines <= 0.005
    assert score.right / lines >= 0.99
    assert score.wrong == 0, score.shown


def read_epoch(shared: Path, target: Path, most: int) -> list[Message]:
    """The oldest mails of a real list, at most so many."""
    from miner.archive.source import read_source
    from miner.model import Problem
    from miner.parse.mime import parse_mail

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
    assert by_line / quoted >= 0.99


def test_own_text_of_real_mails_is_not_lost(epoch: list[Message]) -> None:
    """Against a rule that knows little: without a pasted mail's header above it, a line without a mark is no quote."""
    compared = 0
    for message in epoch:
        for layer in message.layers:
            for at in range(layer.first_line, layer.end_line):
                line = message.lines[at]
                if re.match(r"\W*(From|Von|De|发件人)\W* |-----", line):
                    break
                if line.strip() and not line.lstrip().startswith(">"):
                    compared += 1
                    assert layer.kind != "quote", (message.message_id, line)
            else:
                continue
            break
    assert compared > 3_000
