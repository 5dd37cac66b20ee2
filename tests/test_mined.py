"""What a notebook or a script gets: sequences that stay as they are, frames with the machine interface's columns."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pandas
import pytest

from miner.mined import Records
from miner.model import Claim, Status
from miner.report.rows import keys_of

from .report import made


def test_records_are_a_sequence() -> None:
    records = Records(made.CLAIMS, Claim)
    assert len(records) == 3
    assert records[0] is made.CLAIMS[0]
    assert records[-1] in records
    assert list(reversed(records)) == list(reversed(made.CLAIMS))
    assert records.index(made.CLAIMS[1]) == 1


def test_records_are_equal_to_records_and_tuples() -> None:
    records = Records(made.CLAIMS)
    assert records == made.CLAIMS
    assert records == Records(made.CLAIMS, Claim)
    assert records != made.CLAIMS[:1]
    assert records != list(made.CLAIMS)
    assert hash(records) == hash(Records(made.CLAIMS))


def test_a_slice_is_records_of_the_same_kind() -> None:
    assert isinstance(Records(made.CLAIMS)[:0], Records)
    assert tuple(Records(made.CLAIMS)[:0].to_frame().columns) == keys_of(Claim)


def test_records_cannot_be_changed() -> None:
    records = Records(made.CLAIMS)
    with pytest.raises(AttributeError):
        records._values = ()
    with pytest.raises(AttributeError):
        del records._values
    with pytest.raises(AttributeError):
        records.more = 1


def test_records_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Records(made.CLAIMS, Claim))) == made.CLAIMS


def test_repr_is_short() -> None:
    assert repr(Records(made.CLAIMS)) == "<3 Claim records>"
    assert repr(Records()) == "<0 records>"


@pytest.mark.parametrize("name", ["claims", "series", "status"])
def test_a_frame_has_the_keys_as_columns(name: str) -> None:
    records = getattr(made.MINED, name)
    frame = records.to_frame()
    assert len(frame) == len(records)
    assert tuple(frame.columns) == keys_of(type(records[0]))


def test_dates_are_datetimes_in_utc() -> None:
    frame = made.MINED.status.to_frame()
    assert isinstance(frame["as_of"].dtype, pandas.DatetimeTZDtype)
    assert str(frame["as_of"].dt.tz) == "UTC"
    assert frame["as_of"].isna().sum() == 1
    assert frame["as_of"][0] == made.day(5, 20)


def test_further_columns_of_a_table_are_columns() -> None:
    frame = made.MINED.items.to_frame()
    assert frame["effort"][0] == "small"
    assert pandas.isna(frame["effort"][1])


def test_a_column_of_a_table_keeps_its_words_whatever_it_is_called() -> None:
    items = Records(tuple(replace(one, columns={"due": "end of March", "since": "2025"}) for one in made.MINED.items))
    frame = items.to_frame()
    assert (frame["due"][0], frame["since"][0]) == ("end of March", "2025")


def test_an_empty_frame_has_its_columns_and_types() -> None:
    frame = Records((), Status).to_frame()
    assert tuple(frame.columns) == keys_of(Status)
    assert isinstance(frame["as_of"].dtype, pandas.DatetimeTZDtype)
    assert Records().to_frame().empty


def test_messages_have_a_frame_too() -> None:
    frame = made.MINED.messages.to_frame()
    assert frame["author"][0] == made.ADA
    assert frame["date"][0] == made.day(5, 2)


def test_html_is_limited_to_50_rows() -> None:
    html = Records(made.CLAIMS * 30)._repr_html_()
    assert html.count("<tr>") == 51
    assert "90 Claim records, the first 50 shown" in html


def test_html_summary() -> None:
    html = made.MINED._repr_html_()
    assert "7 mails read from weft.mbox" in html
    assert "<tr><th>items</th><td>4</td></tr>" in html
    assert "3 things left out" in html
    assert "no work found" in made.EMPTY._repr_html_()
