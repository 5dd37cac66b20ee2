"""Whole lists against a real server: cloning, increments, new epochs, deletions, purges, and lists that are not ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from miner.errors import FetchError
from miner.fetch.epochs import choose_epochs, list_epochs

INBOX = "https://lore.example.org/weft-dev"


def manifest(*epochs: tuple[int, str], name: str = "weft-dev") -> dict[str, Any]:
    """What a server says of the epochs of a list: number, and the day of the newest mail."""
    return {
        f"/{name}/git/{number}.git": {
            "modified": int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()),
            "fingerprint": f"{number:040x}",
        }
        for number, day in epochs
    }


def test_epochs_come_in_the_order_of_their_numbers() -> None:
    found = list_epochs(manifest((10, "2026-03-01"), (9, "2025-03-01"), (0, "2020-01-01")), INBOX)
    assert [each.number for each in found] == [0, 9, 10]
    assert found[1].modified == datetime(2025, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "numbers"),
    [
        (None, [0, 1, 2]),
        ("2019-01-01", [0, 1, 2]),
        ("2020-06-01", [1, 2]),
        ("2021-06-01", [2]),
        ("2026-01-01", [2]),  # the newest always counts: mail will come there
    ],
)
def test_a_date_needs_the_epochs_with_newer_mail(since: str | None, numbers: list[int]) -> None:
    remotes = list_epochs(manifest((0, "2020-01-01"), (1, "2021-01-01"), (2, "2022-01-01")), INBOX)
    when = datetime.fromisoformat(since).replace(tzinfo=UTC) if since else None
    assert [each.number for each in choose_epochs(remotes, when)] == numbers


def test_an_epoch_whose_date_is_not_told_is_needed_at_any_date() -> None:
    about = manifest((0, "2020-01-01"), (1, "2021-01-01"))
    about["/weft-dev/git/0.git"]["modified"] = "yesterday"
    remotes = list_epochs(about, INBOX)
    assert [each.number for each in choose_epochs(remotes, datetime(2026, 1, 1, tzinfo=UTC))] == [0, 1]


@pytest.mark.parametrize(
    ("about", "said"),
    [
        (manifest((0, "2020-01-01"), name="other"), "no epochs of weft-dev, but /other/git/0.git"),
        ({}, "no epochs of weft-dev, but nothing"),
        ({"/weft-dev": {"modified": 1}}, r"old layout \(v1\)"),
        ({"/weft-dev/git/0.git": "odd"}, "no epochs of weft-dev"),
        (manifest((0, "2020-01-01"), name="xweft-dev"), "no epochs of weft-dev"),
    ],
)
def test_a_manifest_of_something_else_is_told(about: Any, said: str) -> None:
    with pytest.raises(FetchError, match=said):
        list_epochs(about, INBOX)


def test_a_list_is_cloned_and_then_kept_in_step(inbox_server: Any, fresh_inbox: str, fetcher: Any) -> None:
    first = fetcher.one(fresh_inbox)
    assert (first.error, first.new, first.removed, first.state.mails) == ("", 59, 0, 59)
    assert sorted(fetcher.mails(first).values()) == sorted(inbox_server.mails(fresh_inbox))

    mail = inbox_server.compose("[weft] One more", "more-1@example.org")
    inbox_server.add(fresh_inbox, mail)
    second = fetcher.one(fresh_inbox)
    assert (second.error, second.new, second.removed, second.state.mails) == ("", 1, 0, 60)
    assert fetcher.mails(second)["more-1@example.org"] == mail


def test_nothing_new_costs_one_request(fresh_inbox: str, fetcher: Any, proxy: Any) -> None:
    fetcher.one(fresh_inbox)
    proxy.clear()
    again = fetcher.one(fresh_inbox)
    assert (again.error, again.new, again.state.mails) == ("", 0, 59)
    assert proxy.paths() == [f"/{fresh_inbox}/manifest.js.gz"]


def test_a_new_epoch_is_picked_up_by_itself(inbox_server: Any, fresh_inbox: str, fetcher: Any) -> None:
    fetcher.one(fresh_inbox)
    mail = inbox_server.compose("[weft] A new year", "year-1@example.org")
    assert inbox_server.new_epoch(fresh_inbox, mail) == 1
    outcome = fetcher.one(fresh_inbox)
    assert (outcome.error, outcome.new, outcome.state.mails) == ("", 1, 60)
    assert sorted(outcome.state.epochs) == ["0", "1"]
    assert fetcher.mails(outcome)["year-1@example.org"] == mail


def test_since_leaves_old_epochs_out(inbox_server: Any, fresh_inbox: str, fetcher: Any) -> None:
    inbox_server.new_epoch(fresh_inbox, inbox_server.compose("[weft] Late", "late-1@example.org", day=280))
    outcome = fetcher.one(fresh_inbox, since="2026-10-01")
    assert (outcome.error, outcome.new) == ("", 1)
    assert list(fetcher.mails(outcome)) == ["late-1@example.org"]
    # An earlier date brings the older epoch as well.
    outcome = fetcher.one(fresh_inbox, since="2026-01-01")
    assert (outcome.error, outcome.new, outcome.state.mails) == ("", 59, 60)


def test_a_deleted_mail_is_gone(inbox_server: Any, fresh_inbox: str, fetcher: Any) -> None:
    first = fetcher.one(fresh_inbox)
    victim = inbox_server.mails(fresh_inbox)[7]
    inbox_server.delete(fresh_inbox, victim)
    outcome = fetcher.one(fresh_inbox)
    assert (outcome.error, outcome.new, outcome.removed, outcome.state.mails) == ("", 0, 1, 58)
    assert victim in fetcher.mails(first).values() or victim not in fetcher.mails(outcome).values()
    assert sorted(fetcher.mails(outcome).values()) == sorted(inbox_server.mails(fresh_inbox))


@pytest.mark.parametrize("way", ["purge", "rewrite"])
def test_purged_history_is_followed_and_leaves_nothing_behind(
    inbox_server: Any, fresh_inbox: str, fetcher: Any, way: str
) -> None:
    fetcher.one(fresh_inbox)
    victim = inbox_server.mails(fresh_inbox)[20]
    getattr(inbox_server, way)(fresh_inbox, victim)
    outcome = fetcher.one(fresh_inbox)
    assert (outcome.error, outcome.removed, outcome.state.mails) == ("", 1, 58)
    assert sorted(fetcher.mails(outcome).values()) == sorted(inbox_server.mails(fresh_inbox))
    repository = fetcher.mail / outcome.source.folder / "git" / "0.git"
    blob = inbox_server.git("hash-object", "--stdin", stdin=victim).decode().strip()
    objects = inbox_server.git("-C", repository, "cat-file", "--batch-all-objects", "--batch-check").decode()
    assert blob not in objects


def test_the_very_first_mail_can_be_purged(inbox_server: Any, fresh_inbox: str, fetcher: Any) -> None:
    """Then no commit of the history is what it was."""
    fetcher.one(fresh_inbox)
    inbox_server.rewrite(fresh_inbox, inbox_server.mails(fresh_inbox)[0])
    outcome = fetcher.one(fresh_inbox)
    assert (outcome.error, outcome.removed, outcome.state.mails) == ("", 1, 58)


def test_another_list_in_the_place_of_ours_is_refused(fresh_inbox: str, fetcher: Any, proxy: Any) -> None:
    before = fetcher.mails(fetcher.one(fresh_inbox))
    proxy.fault("other_list", f"/{fresh_inbox}/0", times=None, replace=(f"/{fresh_inbox}/", "/other-list/"))
    _forget_fingerprints(fetcher.mail)
    outcome = fetcher.one(fresh_inbox)
    assert "now has another list" in outcome.error
    assert "0 of 59" in outcome.error
    assert fetcher.mails(outcome) == before
    proxy.clear()
    assert fetcher.one(fresh_inbox).error == ""


def _forget_fingerprints(root: Path) -> None:
    for path in root.rglob(".miner.json"):
        state = json.loads(path.read_text())
        for epoch in state["epochs"].values():
            epoch["fingerprint"] = "stale"
        path.write_text(json.dumps(state))


def test_a_manifest_of_another_list_is_refused(fresh_inbox: str, fetcher: Any, proxy: Any) -> None:
    proxy.fault("other_list", "manifest", times=None, replace=(f"/{fresh_inbox}/", "/other-list/"))
    outcome = fetcher.one(fresh_inbox)
    assert f"no epochs of {fresh_inbox}, but /other-list/git/0.git" in outcome.error


def test_a_name_that_is_no_list(fetcher: Any) -> None:
    outcome = fetcher.one("no-such-list")
    assert outcome.error.startswith("the server has no epochs of no-such-list")
    assert fetcher.mails(outcome) == {}


def test_a_user_whose_git_checks_objects_still_gets_impossible_time_zones(
    inbox_server: Any, fresh_inbox: str, fetcher: Any, git_over_http: Path
) -> None:
    git_over_http.write_text("[transfer]\n\tfsckObjects = true\n")
    epoch = inbox_server.epoch(fresh_inbox)
    commit = inbox_server.git("-C", epoch, "cat-file", "commit", "master").decode()
    odd = commit.replace("+0000", "+051800").encode()
    new = inbox_server.git("-C", epoch, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=odd)
    inbox_server.git("-C", epoch, "update-ref", "refs/heads/master", new.decode().strip())
    outcome = fetcher.one(fresh_inbox)
    assert (outcome.error, outcome.state.mails) == ("", 59)


def test_a_mirror_of_git_config_is_asked_first(
    inbox_server: Any, fresh_inbox: str, fetcher: Any, proxy: Any, git_over_http: Path
) -> None:
    """liblore's own settings count for git as well: the fallback stands in when the server is gone."""
    git_over_http.write_text(f'[liblore "http://127.0.0.1:9"]\n\tfallback = {proxy.url}\n')
    outcome = fetcher.one(f"http://127.0.0.1:9/{fresh_inbox}/")
    assert (outcome.error, outcome.state.mails) == ("", 59)
    assert proxy.paths()[0] == f"/{fresh_inbox}/manifest.js.gz"


def test_a_damaged_mirror_is_told_and_kept(fresh_inbox: str, fetcher: Any, inbox_server: Any) -> None:
    outcome = fetcher.one(fresh_inbox)
    repository = fetcher.mail / outcome.source.folder / "git" / "0.git"
    (repository / "HEAD").write_text("garbage\n")
    inbox_server.add(fresh_inbox, inbox_server.compose("x", "x-1@example.org"))
    outcome = fetcher.one(fresh_inbox)
    assert "damaged" in outcome.error
    assert "move it away" in outcome.error
    assert repository.is_dir()


def test_a_dry_run_asks_only_for_the_manifest_and_writes_nothing(fresh_inbox: str, fetcher: Any, proxy: Any) -> None:
    outcome = fetcher.one(fresh_inbox, dry_run=True)
    assert [step.partition(",")[0] for step in outcome.plan] == ["clone epoch 0"]
    assert proxy.paths() == [f"/{fresh_inbox}/manifest.js.gz"]
    assert not fetcher.mail.exists()
