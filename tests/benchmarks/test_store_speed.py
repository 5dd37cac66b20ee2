"""Runs with a memory, on a real epoch where one is at hand and on a list of 100,000 mails made out of two: all new, 500 mails new, nothing
new; and what moved in the last week of mail. `extra_info` has the most memory that a run took, in megabytes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from miner.config import Config
from miner.keeping import bring_up_to_date, read_store

from .long_list import make_list

EPOCHS = Path(__file__).parents[3] / "shared" / "corpora" / "epochs"
NEW = 500
LONG = 100_000
COLLECT_SELDOM = "import gc\ngc.set_threshold(100_000)\n"  # as the command line does
pytestmark = pytest.mark.soak  # `make bench` runs it, the tests do not


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def clone(name: str, folder: Path) -> Path:
    bundle = EPOCHS / f"{name}.bundle"
    if not bundle.exists():
        pytest.skip(f"{bundle.name} is not at hand")
    subprocess.run(["git", "clone", "-q", "--mirror", str(bundle), str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def epoch(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    folder = clone("linux-erofs", tmp_path_factory.mktemp("epoch") / "0.git")
    head = git(folder, "symbolic-ref", "HEAD")
    return folder, head, git(folder, "rev-parse", head)


def test_15218_mails_all_new(benchmark, epoch, tmp_path):
    folder, head, tip = epoch
    git(folder, "update-ref", head, tip)
    config = Config(store=str(tmp_path / "store.sqlite"))
    kept = benchmark.pedantic(lambda: bring_up_to_date([str(folder)], config), rounds=1)
    assert kept.new > 15_000


def test_15218_mails_500_of_them_new(benchmark, epoch, tmp_path):
    folder, head, tip = epoch
    config = Config(store=str(tmp_path / "store.sqlite"))
    git(folder, "update-ref", head, f"{tip}~{NEW}")
    bring_up_to_date([str(folder)], config)
    git(folder, "update-ref", head, tip)
    kept = benchmark.pedantic(lambda: bring_up_to_date([str(folder)], config), rounds=1)
    assert NEW * 0.9 < kept.new <= NEW


def test_15218_mails_read_from_the_store(benchmark, epoch, tmp_path):
    folder, head, tip = epoch
    git(folder, "update-ref", head, tip)
    config = Config(store=str(tmp_path / "store.sqlite"))
    bring_up_to_date([str(folder)], config)
    assert benchmark.pedantic(lambda: len(read_store(config).status), rounds=3)
    assert len(read_store(config).messages) > 15_000


@pytest.fixture(scope="module")
def long_list(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A list, and a store that does not exist yet."""
    folder = tmp_path_factory.mktemp("long")
    epochs = [clone(name, folder / f"{name}.git") for name in ("linux-erofs", "cgroups-2024-2025")]
    make_list(folder / "0.git", epochs, LONG)
    return folder / "0.git", folder / "store.sqlite"


def run(long_list: tuple[Path, Path], ref: str) -> dict[str, float]:
    """Bring the store up to date with the list as it is at a commit, in a process of its own: how many mails are new, the seconds, and
    the megabytes."""
    folder, store = long_list
    git(folder, "update-ref", "refs/heads/master", ref)
    script = (
        COLLECT_SELDOM + "import json, resource, sys, time\n"
        "from miner.config import Config\nfrom miner.keeping import bring_up_to_date\n"
        "kept = bring_up_to_date(sys.argv[1:2], Config(store=sys.argv[2]))\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "cpu = round(time.process_time(), 2)\n"
        "print(json.dumps({'new': kept.new, 'seconds': round(kept.seconds, 2), 'cpu': cpu, 'megabytes': peak}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(folder), str(store)], check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def look_back(store: Path) -> dict[str, float]:
    """Tell what moved in the last week of mail, in a process of its own: how many works, the seconds, and the megabytes."""
    script = (
        COLLECT_SELDOM
        + "import json, resource, sys, time\nfrom datetime import timedelta\nfrom miner.config import Config\n"
        "from miner.keeping import read_store\nfrom miner.past import find_changes\nbegan = time.monotonic()\n"
        "config = Config(store=sys.argv[1])\nmined = read_store(config)\n"
        "newest = max(status.as_of for status in mined.status if status.as_of)\n"
        "moved = len(find_changes(mined, newest - timedelta(days=7), config))\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "seconds, cpu = round(time.monotonic() - began, 2), round(time.process_time(), 2)\n"
        "print(json.dumps({'moved': moved, 'seconds': seconds, 'cpu': cpu, 'megabytes': peak}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(store)], check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def test_100000_mails_in_turn_all_new_500_of_them_new_and_nothing_new(benchmark, long_list):
    folder, store = long_list
    tip = git(folder, "rev-parse", "refs/heads/master")
    every = run(long_list, f"{tip}~{NEW}")
    some = benchmark.pedantic(lambda: run(long_list, tip), rounds=1)
    nothing = run(long_list, tip)
    past = look_back(store)
    benchmark.extra_info.update(all_new=every, some_new=some, nothing_new=nothing, moved=past)
    sys.stdout.write(f"\nall new {every}\n{NEW} new {some}\nnothing new {nothing}\nmoved {past}\n")
    assert NEW * 0.9 < some["new"] <= NEW
    assert some["seconds"] < every["seconds"] / 20
    assert past["moved"] > 0
