"""How fast each stage is on the sample list, and on a real epoch where one is at hand. `make bench` runs these.

A figure is the time for the whole list; the test names say how many mails that is.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from miner.claims import find_claims
from miner.join import join
from miner.parse import find_tables, label_lines, parse_mail, split_layers, trace_origins
from miner.pipeline import read_messages, read_source

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
    rows = {m.message_id: found for m in messages if (found := find_tables(m)[0])}
    claims = list(find_claims(messages))
    assert len(benchmark(lambda: join(messages, rows, claims)).items) == 12
