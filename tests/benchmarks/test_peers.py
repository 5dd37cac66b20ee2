"""Splitting and labelling beside the packages that people use today, on the same bodies in the same run.

Ours start each round without what they remember of lines seen before: a list's own footers must not count as speed.
The peers say less: which part of a mail is the reply. `make bench` runs these.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from email_reply_parser import EmailReplyParser
from mailparser_reply import EmailReplyParser as MailParserReply

from miner.parse import segment_features, segments
from miner.parse.layers import split_layers
from miner.parse.segments import label_lines
from miner.reading import read_messages

SAMPLE = Path(__file__).parents[2] / "corpora" / "sample" / "weft-dev.mbox"


def _forget() -> None:
    segments.load_model.cache_clear()
    segment_features._look.cache_clear()
    label_lines("Hi,")


def _sample() -> list[str]:
    return [message.body for message in read_messages([str(SAMPLE)]).messages]


def _labelled(pytestconfig: pytest.Config) -> list[str]:
    """The labelled mails of two lists and a company, where they are at hand."""
    folder = pytestconfig.rootpath.parent / "shared" / "bench" / "segments"
    files = sorted(folder.glob("*-dev.jsonl"))
    return [json.loads(line)["text"] for file in files for line in file.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module", params=["sample", "labelled"])
def bodies(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> list[str]:
    found = _sample() if request.param == "sample" else _labelled(pytestconfig)
    if not found:
        pytest.skip("no labelled mails beside the checkout")
    return found


@pytest.fixture
def mails_a_second(benchmark, bodies):
    def measure(work, setup=None):
        benchmark.pedantic(lambda: [work(body) for body in bodies], setup=setup, rounds=7, warmup_rounds=1)
        if benchmark.enabled:
            benchmark.extra_info["mails a second"] = round(len(bodies) / benchmark.stats.stats.median)

    return measure


def test_split_layers(mails_a_second):
    mails_a_second(split_layers)


def test_label_lines(mails_a_second):
    mails_a_second(label_lines, _forget)


def test_split_and_label(mails_a_second):
    mails_a_second(lambda body: (split_layers(body), label_lines(body)), _forget)


def test_email_reply_parser(mails_a_second):
    mails_a_second(EmailReplyParser.read)


def test_mail_parser_reply(mails_a_second):
    mails_a_second(MailParserReply(languages=["en"]).read)


@pytest.mark.parametrize("work", [split_layers, label_lines])
def test_a_body_of_three_megabytes(benchmark, bodies, work):
    text = "\n".join(bodies)
    text *= 3_000_000 // len(text) + 1
    benchmark.pedantic(work, [text[:3_000_000]], rounds=3)
