"""Line classes: one made-up mail for each class, what holds for every body, and accuracy on the labelled mails."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.parse.segment_examples import read_examples
from miner.parse.segment_features import HEAD, TAIL, read_steps
from miner.parse.segments import EMPTY, LABELS, decode, label_lines

SHARED = Path(__file__).resolve().parents[2].parent / "shared"

REVIEW = """\
salutation|Hi Bo,
<empty>|
quotation_marker|On Mon, 1 Jan 2024 at 09:00, Bo Example <bo@example.org> wrote:
quotation|> The counter is read without the lock.
quotation|>
quotation|> > Is that so?
<empty>|
paragraph|Yes, it is, and I would rather take the lock once than read it twice.
paragraph|Please send another version that does it this way.
<empty>|
closing|Thanks,
closing|Ada
<empty>|
visual_separator|_______________________________________________
mua_signature|weft-dev mailing list
mua_signature|weft-dev@lists.example.org
mua_signature|https://lists.example.org/mailman/listinfo/weft-dev"""

PATCH = """\
inline_headers|From: Ada Example <ada@example.org>
<empty>|
paragraph|The counter is read without the lock. Take it, so that the value
paragraph|is the one that was written last.
<empty>|
tabular|Signed-off-by: Ada Example <ada@example.org>
log_data| drivers/weft/count.c | 2 +-
log_data| 1 file changed, 1 insertion(+), 1 deletion(-)
<empty>|
patch|diff --git a/drivers/weft/count.c b/drivers/weft/count.c
patch|index 1234567..89abcde 100644
patch|--- a/drivers/weft/count.c
patch|+++ b/drivers/weft/count.c
patch|@@ -1,3 +1,3 @@ int count(void)
patch| int a;
patch|-Thanks,
patch|+> not a quote
patch| int c;
visual_separator|--~
mua_signature|2.39.2"""

LOG = """\
paragraph|Since the update our server does not start any more. The log says this, and
paragraph|I do not know what it means:
<empty>|
log_data|Exception in thread "main" java.lang.IllegalStateException: closed
log_data|	at org.example.weft.Pool.take(Pool.java:118)
log_data|	at org.example.weft.Pool.run(Pool.java:64)
log_data|	at org.example.weft.Main.main(Main.java:27)
<empty>|
paragraph|Has anybody seen that before?
<empty>|
closing|Regards,
closing|Bo
<empty>|
visual_separator|--~
personal_signature|Bo Example
personal_signature|Weft Works, Somewhere
personal_signature|bo@example.org"""

TOP_POSTED = """\
paragraph|I will have a look at it tomorrow and tell you what I think of it.
<empty>|
closing|Ada
<empty>|
quotation_marker|-----Original Message-----
inline_headers|From: Bo Example [mailto:bo@example.org]
inline_headers|Sent: Monday, January 01, 2024 9:00 AM
inline_headers|To: Ada Example
inline_headers|Subject: The counter"""

CODE = """\
paragraph|You could write it this way, which needs no second loop at all:
<empty>|
raw_code|static int count(struct list *l)
raw_code|{
raw_code|	int n = 0;
<empty>|
raw_code|	for (; l; l = l->next)
raw_code|		n++;
raw_code|	return n;
raw_code|}
<empty>|
paragraph|It is shorter and easier to read than what we have in the tree today."""

CHANGED = """\
quotation_marker|bo@example.org changed:
<empty>|
tabular|           What    |Removed                     |Added
tabular|----------------------------------------------------------------------------
tabular|             Status|NEW                         |RESOLVED
<empty>|
quotation_marker|--- Comment #3 from Bo Example <bo@example.org> ---"""


def _read(mail: str) -> tuple[str, list[str]]:
    rows = [row.partition("|") for row in mail.split("\n")]
    return "\n".join(text.replace("--~", "-- ") for _, _, text in rows), [label for label, _, _ in rows]


@pytest.mark.parametrize("mail", [REVIEW, PATCH, LOG, TOP_POSTED, CODE, CHANGED])
def test_a_mail_of_each_kind(mail: str) -> None:
    text, expected = _read(mail)
    assert label_lines(text) == expected


@pytest.mark.parametrize(
    "attribution",
    [
        "On 2024-01-01 09:00, Ada Example wrote:",
        "On Mon, Jan 1, 2024 at 9:00 AM Ada Example <ada@example.org>\nwrote:",
        "Am 01.01.2024 um 09:00 schrieb Ada Example:",
        "El 1/1/2024 9:00, Ada Example escribió:",
        "* Ada Example <ada@example.org> [2024-01-01 09:00]:",
        "According to Ada Example:",
        "ada wrote:",
        "Quoting Ada Example <ada@example.org>:",
        "在 2024年1月1日 上午9:00，Ada Example <ada@example.org>写道：",
    ],
)
def test_attributions(attribution: str) -> None:
    lines = attribution.count("\n") + 1
    labels = label_lines(f"{attribution}\n> Is it in the tree?\n\nYes, since last week.")
    assert labels == ["quotation_marker"] * lines + ["quotation", EMPTY, "paragraph"]


def test_quote_marks_are_certain_and_blank_lines_are_empty() -> None:
    text = ">\n> a\n\n \t\n>> b\n>no space"
    assert label_lines(text) == ["quotation", "quotation", EMPTY, EMPTY, "quotation", "quotation"]


def test_a_hunk_ends_where_its_counts_say() -> None:
    text = "@@ -1 +1 @@\n-a\n+b\n+ this is what I would write instead of the line above, since it is shorter\n> quoted"
    assert label_lines(text)[:3] == ["patch"] * 3
    assert label_lines(text)[4] == "quotation"


@given(st.text(alphabet=st.sampled_from(list("> \t\nab:@-_=|.1é写\x00\x0b\x1c\u2028\u3000\r#+")), max_size=300))
def test_every_body_gets_a_label_for_each_line(text: str) -> None:
    lines, labels = text.split("\n"), label_lines(text)
    assert len(labels) == len(lines)
    assert set(labels) <= {*LABELS, EMPTY}
    assert [label == EMPTY for label in labels] == [not line.strip() for line in lines]


@given(st.text(max_size=200))
def test_any_text_at_all(text: str) -> None:
    assert len(label_lines(text)) == text.count("\n") + 1


@pytest.mark.parametrize(
    "piece", ["Some words of a longer text.\n", "  foo(bar, %d);\n", "> x\n", "x", ">", " ", "-", "a@", "a\n\n", "写"]
)
def test_three_megabytes_are_labelled_in_seconds(piece: str) -> None:
    text = piece * (3_000_000 // len(piece))
    start = time.process_time()
    labels = label_lines(text)
    assert time.process_time() - start < 15  # about a second and less; `make bench` holds the figure
    assert len(labels) == text.count("\n") + 1


def test_the_middle_of_an_endless_body_is_more_of_the_same() -> None:
    text = (
        "Some words that hold a sentence together and nothing else.\n" * (HEAD + TAIL)
        + "> quoted\n\n"
        + "More words of it.\n" * 9000
    )
    labels = label_lines(text)
    assert labels[HEAD + TAIL] == "quotation"
    assert labels[HEAD + TAIL + 1] == EMPTY
    assert labels[HEAD + 10] == labels[HEAD - 10] == "paragraph"


def test_the_made_up_mails_are_well_formed() -> None:
    for text, labels in read_examples():
        assert [label == EMPTY for label in labels] == [not line for line in text.split("\n")]
        for step in read_steps(text)[0]:
            assert step.fixed in (None, labels[step.first])


def _labelled_mails() -> tuple[Path, Path]:
    folder = SHARED / "bench" / "segments"
    paths = folder / "gmane-dev.jsonl", folder / "enron-dev.jsonl"
    if not all(path.exists() for path in paths):
        pytest.skip("the labelled mails (shared/bench/segments) are not beside this checkout")
    return paths


def test_the_shipped_weights_know_the_mails_they_were_made_from() -> None:
    """Catches features and weights that no longer belong together; it says nothing about unseen mails."""
    right = total = 0
    for row in _labelled_mails()[0].read_text(encoding="utf-8").splitlines():
        mail = json.loads(row)
        pairs = [pair for pair in zip(mail["lines"], label_lines(mail["text"]), strict=True) if pair[0] != EMPTY]
        right += sum(gold == label for gold, label in pairs)
        total += len(pairs)
    assert right / total > 0.96


@pytest.mark.soak
def test_accuracy_on_mails_that_the_model_has_not_seen() -> None:
    from miner.parse.segment_training import Settings, read_made_up, read_samples, train_folds

    settings = Settings()
    first_path, further_path = _labelled_mails()
    first = read_samples(first_path, 1.0)
    further = [*read_samples(further_path, settings.further_weight), *read_made_up(settings.made_up_weight)]
    counts = Counter(
        (LABELS[gold], LABELS[label])
        for fold, model in enumerate(train_folds(first, further, 5, settings))
        for sample in first[fold::5]
        for gold, label in zip(sample.gold, decode(sample.steps, model), strict=True)
    )
    lines = {pair: n for pair, n in counts.items() if pair[0] != "quotation"}
    assert sum(n for (gold, label), n in lines.items() if gold == label) / sum(lines.values()) >= 0.87
    markers = [(n, label) for (gold, label), n in counts.items() if gold == "quotation_marker"]
    assert sum(n for n, label in markers if label == "quotation_marker") / sum(n for n, _ in markers) >= 0.95
