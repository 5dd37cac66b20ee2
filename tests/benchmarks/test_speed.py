"""How fast each stage is on the sample list, and on a real epoch where one is at hand. `make bench` runs these.

A figure is the time for the whole list; the test names say how many mails that is.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from miner.archive.source import read_source
from miner.claims import find_claims
from miner.join import join
from miner.join.masks import Unmasker
from miner.join.series import assemble_series
from miner.join.threads import Threads
from miner.model import Message, RawMail
from miner.parse.layers import split_layers
from miner.parse.mime import parse_mail
from miner.parse.provenance import trace_origins
from miner.parse.segments import label_lines
from miner.parse.tables import read_tables
from miner.reading import read_messages

EPOCH = "linux-erofs.bundle"
SAMPLE = str(Path(__file__).parents[2] / "corpora" / "sample" / "weft-dev.mbox")


@pytest.fixture(scope="module")
def raws():
    return list(read_source(SAMPLE))


@pytest.fixture(scope="module")
def messages():
    return read_messages([SAMPLE]).messages


def test_archive_reads_59_mails(benchmark):
    assert len(benchmark(lambda: list(read_source(SAMPLE)))) == 59


def test_parse_59_mails(benchmark, raws):
    assert len(benchmark(lambda: [parse_mail(raw) for raw in raws])) == 59


def test_layers_of_59_bodies(benchmark, messages):
    assert all(benchmark(lambda: [split_layers(m.body) for m in messages]))


def test_segments_of_59_bodies(benchmark, messages):
    assert all(benchmark(lambda: [label_lines(m.body) for m in messages]))


def test_origins_of_59_mails(benchmark, messages):
    assert len(benchmark(lambda: trace_origins(messages))) == 59


def test_claims_of_59_mails(benchmark, messages):
    assert benchmark(lambda: list(find_claims(messages)))


def test_join_59_mails(benchmark, messages):
    rows = {m.message_id: found for m in messages if (found := read_tables(m).rows)}
    claims = list(find_claims(messages))
    assert len(benchmark(lambda: join(messages, rows, claims)).items) == 12


@pytest.fixture(scope="module")
def epoch(shared, pytestconfig):
    """The mails of a whole list, oldest first, parsed and with their layers."""
    if pytestconfig.getoption("benchmark_disable"):
        pytest.skip("a curve, which only make bench draws")
    bundle = shared / "corpora" / "epochs" / EPOCH
    if not bundle.is_file():
        pytest.skip(f"no {EPOCH} in ../shared")
    parsed = (parse_mail(raw) for raw in read_source(str(bundle)) if isinstance(raw, RawMail))
    unique = {each.message_id: each for each in parsed if isinstance(each, Message)}
    dated = sorted(unique.values(), key=lambda each: (each.date is None, each.date, each.message_id))
    return [replace(each, layers=split_layers(each.body)) for each in dated]


@pytest.mark.parametrize("count", [1_000, 5_000, 15_000])
def test_series_of_the_epoch(benchmark, epoch, count):
    threads = Threads(epoch[:count])
    unmask = Unmasker(threads.messages)
    assert len(benchmark.pedantic(assemble_series, (threads, unmask), rounds=3, warmup_rounds=0)) > count / 20


def test_claims_of_3000_mails_of_the_epoch(benchmark, epoch):
    assert len(benchmark.pedantic(lambda: list(find_claims(epoch[:15_000:5])), rounds=3, warmup_rounds=1)) > 1_000
