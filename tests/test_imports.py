"""Who may import whom: mail flows one way, so imports do too.

The sources are read, never imported, so that an import inside a function or under TYPE_CHECKING counts like any other.
"""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
STAGES = {"fetch", "archive", "parse", "claims", "join", "report"}
BASE = set("model config errors links lookup columns sources git trailers notes files robots unasked numbers".split())

# What each part of miner/ may import of the others; every part may import itself. "" is miner/__init__.py.
MAY_IMPORT = {
    "": {"keeping", "mined", *BASE},
    "__main__": {"cli"},
    "cli": {
        *"threadwise keeping letters noting outbox posting schedule doctor sites pipeline reading past".split(),
        *"recall claims join versions mined nightly store sync report starter".split(),
        *BASE,
    },
    "posting": {"outbox", "secrets", "report", *BASE},
    "secrets": {"git"},
    "nightly": {"keeping", "letters", "outbox", "past", "posting", "mined", "sync", "report", *BASE},
    "doctor": {
        *"archive claims keeping nightly noting outbox sync report secrets store".split(),
        *BASE,
    },
    "sites": {"past", "mined", "join", "report", *BASE},
    "schedule": set(),
    "letters": {"elsewhere", "loose", "past", "mined", "join", "report", *BASE},
    "elsewhere": {"pipeline", "mined", "join", *BASE},
    "loose": {"mined", "claims", *BASE},
    "noting": {"mined", "report", *BASE},
    "outbox": {"past", "report", *BASE},
    "sync": {"fetch", "archive", "parse", *BASE},
    "pipeline": {"reading", "threadwise", "mined", *STAGES, *BASE},
    "threadwise": {"reading", "claims", "parse", *BASE},
    "reading": {"mined", "archive", "parse", *BASE},
    "versions": {"mined", "claims", "join", *BASE},
    "past": {"recall", "pipeline", "mined", "join", *BASE},
    "recall": {"regional", "store", "pipeline", "threadwise", "reading", "mined", "join", *BASE},
    "mined": {"report", "join", *BASE},
    "learning": {"reading", "claims", "join", "parse", *BASE},
    "merging": {"model"},
    "store": {"reading", "mined", "merging", "archive", "join", "report", *BASE},
    "regional": {"store", "pipeline", "threadwise", "reading", "join", *BASE},
    "keeping": {"store", "regional", "recall", "pipeline", "mined", "archive", *BASE},
    **dict.fromkeys(STAGES, BASE),
    "config": {"errors", "model", "sources", "notes"},
    "notes": {"errors", "files", "model"},
    "files": {"errors"},
    "starter": {"config", "errors", "git", "sources"},
    "sources": {"errors", "links"},
    "git": {"errors"},
    "errors": set(),
    "model": set(),
    "links": set(),
    "lookup": {"errors", "links"},
    "columns": set(),
    "numbers": set(),
    "trailers": {"model"},
    "robots": {"model"},
    "unasked": {"model"},
}

# Packages with one owner: nobody else may import them.
OWNERS = {
    "spacy": "claims",
    "thinc": "claims",
    "networkx": "join",
    "requests": "fetch",
    "liblore": "fetch",
    "urllib.request": "fetch",
    "sqlalchemy": "store",
    "sqlite3": "store",
    "msgspec": "store",
    "socket": "fetch",
    "http": "fetch",
}


class Import(NamedTuple):
    """One imported name, absolute: `from .b import c` in miner/a/x.py is miner.a.b.c."""

    name: str
    line: int


def find_imports(source: str, module: str, is_package: bool) -> Iterator[Import]:
    """Yield every import statement of a source, and importlib.import_module of a name that is written out."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (Import(alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(module=start, names=names, level=level):
                here = module.split(".")
                up = here[: len(here) - level + is_package] if level else []
                base = ".".join([*up, *([start] if start else [])])
                yield from (Import(f"{base}.{alias.name}", node.lineno) for alias in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield Import(name, node.lineno)


def find_violations(source: str, module: str, is_package: bool = False) -> list[str]:
    """List what a module imports against the rules, one line each; `module` is its full name."""
    part = _part(module)
    if part not in MAY_IMPORT:
        return [f"{module}: a new part of miner/; say in MAY_IMPORT what it may import"]
    found = []
    for name, line in find_imports(source, module, is_package):
        if name.split(".")[0] == "miner":
            target = _part(name)
            if target not in {part, *MAY_IMPORT[part]} and not _is_of_the_package_itself(name):
                found.append(f"{module}:{line}: {part or 'miner'} may not import {name}")
            continue
        found += [
            f"{module}:{line}: only {owner} may import {owned}, not {part}"
            for owned, owner in OWNERS.items()
            if (name == owned or name.startswith(f"{owned}.")) and part != owner
        ]
        if part == "model" and name.split(".")[0] not in sys.stdlib_module_names:
            found.append(f"{module}:{line}: model imports the standard library only, not {name}")
    return found


def _part(module: str) -> str:
    """The part of miner/ that a module belongs to: miner.parse.subject is of parse."""
    return module.split(".")[1] if "." in module else ""


def _is_of_the_package_itself(name: str) -> bool:
    """`from miner import __version__` needs no part of miner/."""
    return re.fullmatch(r"miner\.__\w+__", name) is not None and name != "miner.__main__"


def _sources() -> Iterator[tuple[str, str, bool]]:
    for path in sorted((ROOT / "miner").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        yield path.read_text(encoding="utf-8"), ".".join(parts[:-1] if is_package else parts), is_package


def test_imports_point_one_way() -> None:
    assert [line for source in _sources() for line in find_violations(*source)] == []


def find_ring(needs: Mapping[str, Set[str]]) -> list[str]:
    """Modules that import each other while they load, each the next and the last the first; empty where there are none."""
    done: set[str] = set()
    for start in sorted(needs):
        path = [start]
        left = [sorted(needs[start])]
        while path:
            if not left[-1]:
                done.add(path.pop())
                left.pop()
                continue
            each = left[-1].pop()
            if each in path:
                return path[path.index(each) :]
            if each not in done:
                path.append(each)
                left.append(sorted(needs.get(each, ())))
    return []


def test_no_module_needs_itself_to_load() -> None:
    """What is imported inside a function or under TYPE_CHECKING waits for nobody."""
    sources = {module: (source, is_package) for source, module, is_package in _sources()}
    needs: dict[str, set[str]] = {}
    for module, (source, is_package) in sources.items():
        tree = ast.parse(source)
        tree.body = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {name for name, _ in find_imports(ast.unparse(tree), module, is_package)}
        needs[module] = {name if name in sources else name.rpartition(".")[0] for name in names} & sources.keys()
    assert find_ring(needs) == []


def test_a_ring_is_seen() -> None:
    assert find_ring({"a": {"b", "c"}, "b": {"d"}, "c": {"b"}, "d": set()}) == []
    assert find_ring({"a": {"b"}, "b": {"c", "d"}, "c": set(), "d": {"b"}}) == ["b", "d"]


def test_what_is_imported_is_declared() -> None:
    """A package that comes along with another one today may be gone tomorrow."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for extra, lines in project["optional-dependencies"].items() if extra != "dev" for line in lines]
    declared = {_normal(re.match(r"[\w.-]+", line)[0]) for line in [*project["dependencies"], *extras]}  # type: ignore[index]
    homes = importlib.metadata.packages_distributions()
    used = {name.split(".")[0] for source in _sources() for name, _ in find_imports(*source)}
    for name in sorted(used - set(sys.stdlib_module_names) - {"miner"}):
        assert declared & {_normal(home) for home in homes.get(name, [name])}, f"{name} is not in pyproject.toml"


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_importing_miner_loads_nothing_heavy() -> None:
    code = "import miner, sys; print(*sorted({'spacy', 'pandas', 'networkx', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("module", "source", "violation"),
    [
        ("miner.parse.subject", "import miner.join", "may not import miner.join"),
        ("miner.parse.subject", "from miner.join.series import chain", "may not import miner.join.series.chain"),
        ("miner.parse.subject", "from miner import join", "may not import miner.join"),
        ("miner.parse.subject", "from .. import join", "may not import miner.join"),
        ("miner.parse.subject", "from ..join import series", "may not import miner.join.series"),
        ("miner.parse.subject", "def f():\n    import miner.claims", "miner.parse.subject:2: "),
        ("miner.parse.subject", "if TYPE_CHECKING:\n    import miner.pipeline", "may not import miner.pipeline"),
        ("miner.parse.subject", "import importlib\nimportlib.import_module('miner.join')", "may not import miner.join"),
        ("miner.parse.subject", "import miner", "may not import miner"),
        ("miner.parse.subject", "from miner import *", "may not import miner.*"),
        ("miner.report.send", "from miner.fetch import lore", "may not import miner.fetch.lore"),
        ("miner.cli", "from miner.parse import subject", "may not import miner.parse.subject"),
        ("miner.cli", "from miner import __main__", "may not import miner.__main__"),
        ("miner.model", "from miner.errors import MinerError", "may not import miner.errors.MinerError"),
        ("miner.model", "import pandas", "the standard library only, not pandas"),
        ("miner.report.page", "import networkx as nx", "only join may import networkx"),
        ("miner.join.graph", "from spacy.tokens import Doc", "only claims may import spacy"),
        ("miner.archive.mbox", "import urllib.request", "only fetch may import urllib.request"),
        ("miner.archive.mbox", "from urllib import request", "only fetch may import urllib.request"),
        ("miner.archive.mbox", "import http.client", "only fetch may import http"),
        ("miner.archive.mbox", "import requests", "only fetch may import requests"),
        ("miner.archive.mbox", "import os, socket", "only fetch may import socket"),
        ("miner.newpart", "", "a new part of miner/"),
    ],
)
def test_a_violation_is_seen(module: str, source: str, violation: str) -> None:
    found = find_violations(source, module)
    assert len(found) == 1
    assert violation in found[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("miner.parse.subject", "import re\nimport urllib.parse\nimport bs4\nfrom miner.model import Subject"),
        ("miner.parse.subject", "from . import words\nfrom .words import tags\nfrom miner.parse import mime"),
        ("miner.parse.subject", "from ..model import Subject\nfrom ..errors import MinerError\nfrom .. import config"),
        ("miner.claims.rules", "import spacy\nfrom spacy.tokens import Doc\nfrom miner.config import Config"),
        ("miner.join.graph", "import networkx as nx"),
        ("miner.fetch.web", "import requests, socket, http.client, urllib.request"),
        ("miner.pipeline", "from miner import archive, parse, mined\nimport miner.report.tables"),
        ("miner.cli", "from miner import __version__, pipeline\nimport httpx_like_name"),
        ("miner.config", "from miner.errors import ConfigError"),
    ],
)
def test_what_is_allowed_is_let_through(module: str, source: str) -> None:
    assert find_violations(source, module) == []


def test_relative_imports_of_a_package_start_at_the_package() -> None:
    assert find_violations("from .subject import parse_subject", "miner.parse", is_package=True) == []
    assert find_violations("from ..join import series", "miner.parse", is_package=True) != []
