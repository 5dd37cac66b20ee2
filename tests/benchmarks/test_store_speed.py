"""A run with a memory beside one without, on a real epoch where one is at hand: all new, 500 mails new, nothing new."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from miner.config import Config
from miner.keeping import bring_up_to_date, read_store

NEW = 500
pytestmark = pytest.mark.soak  # `make bench` runs it, the tests do not


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def epoch(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    bundle = Path(__file__).parents[3] / "shared" / "corpora" / "epochs" / "linux-erofs.bundle"
    if not bundle.exists():
        pytest.skip(f"{bundle.name} is not at hand")
    folder = tmp_path_factory.mktemp("epoch") / "0.git"
    subprocess.run(["git", "clone", "-q", "--mirror", str(bundle), str(folder)], check=True)
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
