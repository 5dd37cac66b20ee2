"""Reading miner.toml: the defaults, every key, and what each kind of mistake is told."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.config import Config, FetchSettings, config_path, find_config, read_config
from miner.errors import ConfigError
from miner.sources import Source


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "miner.toml"


def test_no_file_gives_the_defaults() -> None:
    assert read_config(None) == Config()
    assert Config() == Config(
        archive_url="https://lore.kernel.org/all/{message_id}/",
        stale_days=None,
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
    assert (config.archive_url, config.stale_days) == ("http://localhost:8080/m/{message_id}", 7)
    assert (config.min_confidence, config.max_mail_bytes) == (0.25, 2048)


def test_the_git_tree_and_its_branches(file: Path) -> None:
    file.write_text('git = "~/weft.git"\ngit_branches = ["main", "next"]\n')
    assert (read_config(file).git, read_config(file).git_branches) == ("~/weft.git", ("main", "next"))
    for wrong in (
        "git = 1",
        "maintainers = 2",
        "mailmap = []",
        "store = 3",
        "git_branches = 'main'",
        "git_branches = [1]",
        "gti = 'weft.git'",
    ):
        file.write_text(wrong)
        with pytest.raises(ConfigError, match="git"):
            read_config(file)


def test_every_key_of_fetching_is_read(file: Path) -> None:
    file.write_text(
        '[fetch]\nserver = "http://localhost:8080"\nmail_dir = "/srv/mail"\ncontact = "ada@example.org"\npace = 2\n'
        'patience = 60.0\ntimeout = 5\njobs = 4\nmasks = ["https://patch.example.org/%s"]\nmax_answer_bytes = 70000\n'
    )
    assert read_config(file).fetch == FetchSettings(
        server="http://localhost:8080",
        mail_dir="/srv/mail",
        contact="ada@example.org",
        pace=2,
        patience=60.0,
        timeout=5,
        jobs=4,
        masks=("https://patch.example.org/%s",),
        max_answer_bytes=70_000,
    )
    assert read_config(file).fetch.mail_path == Path("/srv/mail")


def test_without_a_mail_folder_mail_lies_in_the_users_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert FetchSettings().mail_path == tmp_path / "lore-miner" / "mail"
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert FetchSettings(mail_dir="~/mail").mail_path == tmp_path / "home" / "mail"


def test_what_is_followed(file: Path) -> None:
    file.write_text(
        "[[list]]\nname = 'linux-mm'\nsince = 2026-01-31\n"
        "[[list]]\nname = 'https://inbox.example.org/weft-dev/'\n"
        "[[search]]\nquery = 's:\"large folio\" AND d:3.months.ago..'\nlist = 'linux-mm'\nthreads = false\n"
        "[[thread]]\nid = '<1@example.org>'\n"
        "[[thread]]\nid = 'https://lore.kernel.org/linux-mm/2@example.org/T/#u'\n"
        "[[person]]\naddress = 'ada@example.org'\nsince = '3 months ago'\n"
        "[[web]]\nurl = 'https://lists.example.org/pipermail/weft/'\n"
    )
    lore = "https://lore.kernel.org"
    assert read_config(file).sources == (
        Source("list", f"{lore}/linux-mm", since="2026-01-31"),
        Source("list", "https://inbox.example.org/weft-dev"),
        Source("search", f"{lore}/linux-mm", 's:"large folio" AND d:3.months.ago..', threads=False),
        Source("thread", f"{lore}/all", "1@example.org"),
        Source("thread", f"{lore}/linux-mm", "2@example.org"),
        Source(
            "search", f"{lore}/all", "f:ada@example.org OR t:ada@example.org OR c:ada@example.org", since="3 months ago"
        ),
        Source("web", "https://lists.example.org/pipermail/weft"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[list]]\nsince = 2026-01-31", "list[1] needs name"),
        ("[[list]]\nname = 'a'\n[[list]]\nname = ''", "list[2] needs name"),
        ("[[list]]\nname = 'a'\n[[list]]\nname = 'a'", "a is named twice"),
        ("[[list]]\nname = 'a'\nsinse = 2026-01-31", "unknown key 'list[1].sinse'; did you mean 'since'?"),
        ("[[list]]\nname = 'a'\nsince = 'long ago'", "list[1]: since must be a date"),
        ("[[list]]\nname = 'a'\nsince = 2999-01-01", "list[1]: since is 2999-01-01, a day that has not come yet"),
        ("[[list]]\nname = 's:folio'", "list[1].name: 's:folio' is no list"),
        ("[[thread]]\nid = 'linux-mm'", "thread[1].id: 'linux-mm' is no thread"),
        ("[[thread]]\nid = 3", "thread[1].id must be a text in quotes"),
        ("[[search]]\nquery = 's:x'\nthreads = 'yes'", "search[1].threads must be true or false"),
        ("[[search]]\nquery = 's:x'\nlist = '../x'", "search[1]: list must be the name of a list, not '../x'"),
        ("[[person]]\naddress = 'Ada'", "person[1]: address must be an e-mail address, not 'Ada'"),
        ("[[web]]\nurl = 'ftp://example.org'", "web[1]: 'ftp://example.org': only http and https"),
        ("[list]\nname = 'a'", "list must be written as a table of its own for each: [[list]]"),
        ("fetch = 3", "fetch must be a table: [fetch]"),
        ("[fetch]\npase = 1", "unknown key 'fetch.pase'; did you mean 'pace'?"),
        ("[fetch]\nserver = 'lore.kernel.org'", "server must be an http or https address"),
        ("[fetch]\nserver = 'https://lore.kernel.org/'", "server must be an http or https address"),
        ("[fetch]\njobs = 0", "jobs must be a whole number from 1 to 16, not 0"),
        ("[fetch]\npace = -1", "pace must be a number of seconds from 0 to 3600, not -1"),
        ("[fetch]\npace = nan", "pace must be a number of seconds"),
        ("[fetch]\nmasks = 'https://x/%s'", "masks must be a list of addresses"),
        ("[fetch]\nmasks = ['https://x/']", "masks must be a list of addresses"),
        ('[fetch]\ncontact = "a\\nb"', "contact must be one line of text"),
    ],
)
def test_a_mistake_in_what_is_followed_is_named(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_config(file)
    assert str(caught.value).startswith(f"{file}: {message}")


def test_which_configuration_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("LORE_MINER_CONFIG", raising=False)
    place = tmp_path / "lore-miner" / "config.toml"
    assert config_path() == place
    assert find_config() is None
    place.parent.mkdir()
    place.write_text("stale_days = 5\n")
    assert find_config() == place
    monkeypatch.setenv("LORE_MINER_CONFIG", str(tmp_path / "other.toml"))
    assert find_config() == tmp_path / "other.toml"  # named, so it has to be there: reading it says that it is not


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().stale_days = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("stale_day = 3", "unknown key 'stale_day'; did you mean 'stale_days'?"),
        ("[stale-days]", "unknown key 'stale-days'; did you mean 'stale_days'?"),
        (
            "zzz = 1",
            "unknown key 'zzz'; the known keys are archive_url, stale_days, min_confidence, max_mail_bytes, git, git_branches, maintainers, mailmap, store, templates, nightly_minutes, old_days, fetch, smtp, list, search, thread, person, web",
        ),
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
    plain = [
        field
        for field in dataclasses.fields(Config)
        if field.name not in ("fetch", "smtp", "sources", "notes", "stale_days")
    ]
    for field in plain:
        try:
            config = Config(**{field.name: value})  # type: ignore[arg-type]
        except ConfigError:
            continue
        default = getattr(Config(), field.name)
        assert isinstance(value, type(default) | int)
        assert not isinstance(value, bool)
        assert getattr(config, field.name) == value
