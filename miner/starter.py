"""The configuration that `miner init` writes: what was asked for, and every other setting in a comment."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from datetime import datetime

from miner.config import Config, FetchSettings, read_table
from miner.errors import ConfigError
from miner.git import read_git_config
from miner.sources import parse_since, parse_target

FETCH = """\
[fetch]
server = {server}   # the public-inbox server for all that names none
contact = {contact}   # sent to servers, so that their administrators can write to you
# mail_dir = {mail_dir}   # where raw mail lies
# pace = {pace}   # seconds between two requests to one host
# patience = {patience}   # seconds that a request waits for a busy server at most, all its tries together
# timeout = {timeout}   # seconds without an answer; 0: as git's lore.requesttimeout says
# jobs = {jobs}   # sources fetched at once
# masks = []   # addresses that stand for a message-id, such as "https://patch.example.org/%s"
"""
LIST = """\

# A whole list: its epochs, by git. `since` leaves out epochs that have only older mail, but not the newest one.
[[list]]
name = {name}
since = {since}
"""
NO_LIST = """\

# A whole list: its epochs, by git. `since` leaves out epochs that have only older mail, but not the newest one.
# [[list]]
# name = "linux-mm"
# since = {since}
"""
REST = """\

# What a search finds, with the threads around it (https://lore.kernel.org/all/_/text/help/ has the words).
# [[search]]
# query = 's:"large folio" AND d:3.months.ago..'
# list = {example}   # without it: all lists of the server
# threads = true

# One thread, by the message-id or address of any mail in it.
# [[thread]]
# id = "20260102030405.6-1-ada@example.org"

# Mail from and to a person.
# [[person]]
# address = "ada@example.org"
# since = "3 months ago"

# A list that only a web archive has: pipermail (mailman 2) or MHonArc pages.
# [[web]]
# url = "https://lists.example.org/pipermail/weft-dev/"
# since = {since}
"""
SMTP = """\

# How reports are sent. Without it git's sendemail.* settings count. No password stands here: see `miner send --help`.
[smtp]
# host = "mail.example.org"
# port = 587
# encryption = "tls"   # STARTTLS; or ssl, or none
# user = "ada"
# sender = "Ada Byron <ada@example.org>"
# to = ["weft-maintainers@example.org"]   # who gets the report of `miner nightly`
"""
REPORT = """\
# What lore-miner follows and how it reports. Lines that begin with # show what else there is, with the value that counts
# without them.

# archive_url = {archive_url}   # where links to mails lead
# stale_days = 30   # without news for longer: stale; without this: for longer than nine works of ten ever were and went on
# min_confidence = {min_confidence}   # leave out claims below this, 0 to 1
# max_mail_bytes = {max_mail_bytes}
# git = "/path/to/linux"   # the project's git tree, to look up what became of patches: a work tree or a bare mirror
# git_branches = ["origin/master"]   # without this: the branches of its remotes
# maintainers = "/path/to/MAINTAINERS"   # who decides; without this: the git tree's own file, else whoever takes patches
# mailmap = "/path/to/.mailmap"   # who is who, as git has it; without this: the git tree's own file
# store = "/path/to/store.sqlite"   # what `miner mine` keeps; it can be made again from the mail
# templates = "/path/to/templates"   # your own jinja2 templates of the report
# nightly_minutes = {nightly_minutes}   # `miner nightly` ends after them
# old_days = {old_days}   # its report warns when no fetch succeeded for longer

"""


def make_config(lists: Sequence[str], *, since: str, contact: str | None, now: datetime) -> str:
    """A commented TOML file that follows some lists since a date, or a time ago.

    Without a `contact`, git's user.email is one. ConfigError when a list is none, or the date no date.
    """
    config, fetch = Config(), FetchSettings()
    names = []
    for name in lists:
        source = parse_target(name, server=fetch.server)
        if source.kind != "list":
            raise ConfigError(f"{name!r} is no list; give the name that it has on {fetch.server}, or its address")
        names.append(source.inbox if source.url.startswith(f"{fetch.server}/") else source.url)
    if contact is None:
        contact = next((value for _, value in read_git_config(r"^user\.email$")), "")
    words = {"server": fetch.server, "contact": contact, "mail_dir": str(fetch.mail_path)}
    day = parse_since(since, now, "--since").date()
    text = REPORT.format(
        archive_url=_toml(config.archive_url),
        min_confidence=config.min_confidence,
        max_mail_bytes=config.max_mail_bytes,
        nightly_minutes=config.nightly_minutes,
        old_days=config.old_days,
    )
    text += FETCH.format(
        **{key: _toml(value) for key, value in words.items()},
        pace=fetch.pace,
        patience=fetch.patience,
        timeout=fetch.timeout,
        jobs=fetch.jobs,
    )
    text += "".join(LIST.format(name=_toml(name), since=day) for name in names) or NO_LIST.format(since=day)
    text += REST.format(since=day, example=_toml(names[0] if names else "linux-mm"))
    text += SMTP
    read_table(tomllib.loads(text))  # what is written can be read
    return text


def _toml(text: str) -> str:
    """A TOML basic string; JSON's escapes are the same, but that DEL has to be escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
