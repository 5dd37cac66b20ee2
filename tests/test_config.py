"""Reading miner.toml: the defaults, every key, and what each kind of mistake is told."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.config import Config, read_config
from miner.errors import ConfigError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "miner.toml"


def test_no_file_gives_the_defaults() -> None:
    assert read_config(None) == Config()
    assert Config() == Config(
        archive_url="https://lore.kernel.org/all/{message_id}/",
        stale_days=30,
        min_confidence=0.0,
        max_mail_bytes=67_108_864,
    )


def test_an_empty_file_gives_the_defaults(file: Path) -> None:
    file.write_text("")
    assert read_config(file) == Config()


def test_every_key_is_read(file: Path) -> None:
    file.write_text(
        'archive_url = "http://localhost:8080/m/{message_id}"\n'
        "stale_days = 7\nmin_confidence = 0.25\nmax_mail_bytes = 2048\n"
    )
    config = read_config(file)
    assert dataclasses.astuple(config) == ("http://localhost:8080/m/{message_id}", 7, 0.25, 2048)


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().stale_days = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("stale_day = 3", "unknown key 'stale_day'; did you mean 'stale_days'?"),
        ("[stale-days]", "unknown key 'stale-days'; did you mean 'stale_days'?"),
        ("zzz = 1", "unknown key 'zzz'; the known keys are archive_url, stale_days, min_confidence, max_mail_bytes"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known_one(file: Path, line: str, message: str) -> None:
    file.write_text(line)
    with pytest.raises(ConfigError) as caught:
        read_config(file)
    assert str(caught.value) == f"{file}: {message}"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("archive_url", "3"),
        ("archive_url", '"https://lists.example.org/"'),  # no place for the message-id
        ("archive_url", '"https://lists.example.org/{message_id}/{message_id}"'),
        ("archive_url", '"https://lists.example.org/{list}/{message_id}"'),
        ("archive_url", '"javascript:alert(1)//{message_id}"'),
        ("archive_url", '"https://lists.example.org/\\n{message_id}"'),
        ("stale_days", "0"),
        ("stale_days", "3651"),
        ("stale_days", "1.0"),
        ("stale_days", "true"),
        ("stale_days", '"30"'),
        ("min_confidence", "-0.1"),
        ("min_confidence", "1.1"),
        ("min_confidence", "nan"),
        ("min_confidence", "true"),
        ("min_confidence", '"0.5"'),
        ("max_mail_bytes", "1023"),
        ("max_mail_bytes", "2147483649"),
        ("max_mail_bytes", "[]"),
    ],
)
def test_a_wrong_value_is_refused_with_file_and_key(file: Path, key: str, value: str) -> None:
    file.write_text(f"{key} = {value}\n")
    with pytest.raises(ConfigError) as caught:
        read_config(file)
    assert str(caught.value).startswith(f"{file}: {key} must be ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [("stale_days", 1), ("stale_days", 3650), ("min_confidence", 0), ("min_confidence", 1), ("max_mail_bytes", 1024)],
)
def test_the_ends_of_each_range_are_in_it(file: Path, key: str, value: int) -> None:
    file.write_text(f"{key} = {value}\n")
    assert getattr(read_config(file), key) == value


def test_a_config_made_in_python_is_checked_too() -> None:
    with pytest.raises(ConfigError, match=r"^stale_days must be a whole number of days from 1 to 3650, not 0$"):
        Config(stale_days=0)


@pytest.mark.parametrize("content", [b"stale_days = ", b"\xff\xfe", b"stale_days = 1\nstale_days = 2"])
def test_a_file_that_is_no_toml_is_named(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_config(file)
    assert str(caught.value).startswith(f"{file}: not a TOML file: ")


def test_a_file_that_cannot_be_read_is_named(file: Path) -> None:
    with pytest.raises(ConfigError) as missing:
        read_config(file)
    assert str(missing.value) == f"{file}: cannot be read: No such file or directory"
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        read_config(file.parent)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.integers())))
def test_no_value_gets_past_the_checks_with_a_wrong_type(value: object) -> None:
    for field in dataclasses.fields(Config):
        try:
            config = Config(**{field.name: value})  # type: ignore[arg-type]
        except ConfigError:
            continue
        default = getattr(Config(), field.name)
        assert isinstance(value, type(default) | int)
        assert not isinstance(value, bool)
        assert getattr(config, field.name) == value
