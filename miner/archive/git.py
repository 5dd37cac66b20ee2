"""Call git: never through a shell, never asking a person, never reaching for a network.

Paths are made absolute before git sees them, so that none can be taken for an option, and every revision that is
passed is an object id that git itself gave.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from typing import IO

from miner.errors import SourceError

# What a surrounding git (a hook, say) sets for its own repository must not reach another one.
INHERITED = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
)


def git_environment(protocols: str = "none") -> Mapping[str, str]:
    """Make the environment for a call of git that may use only the named transport protocols."""
    kept = {name: value for name, value in os.environ.items() if name not in INHERITED}
    return kept | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": protocols,
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C",
    }


def git_command(repository: str, *arguments: str) -> Sequence[str]:
    """Make the argument list for a call of git in one repository (the folder that holds HEAD and objects)."""
    return ("git", "-c", "log.showSignature=false", f"--git-dir={os.path.abspath(repository)}", *arguments)


def run_git(repository: str, *arguments: str, stdout: IO[bytes] | None = None) -> str:
    """Run git to its end and give what it printed (nothing when `stdout` takes it); SourceError when it fails."""
    return _run(git_command(repository, *arguments), git_environment(), repository, stdout)


def clone_bundle(bundle: str, folder: str) -> None:
    """Unpack a bundle file into an empty folder as a bare mirror; SourceError when it is damaged."""
    command = ("git", "clone", "--quiet", "--mirror", "--template=", "--", os.path.abspath(bundle), folder)
    _run(command, git_environment("file"), bundle, None)


def _run(command: Sequence[str], environment: Mapping[str, str], path: str, stdout: IO[bytes] | None) -> str:
    with tempfile.TemporaryFile() as errors:
        try:
            done = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout or subprocess.PIPE,
                stderr=errors,
                check=False,
            )
        except FileNotFoundError:
            raise SourceError(f"{path}: git is needed to read it; install git") from None
        if done.returncode:
            raise SourceError(f"{path}: git cannot read it ({last_words(errors)}); fetch it again")
        return (done.stdout or b"").decode("utf-8", "replace")


def last_words(errors: IO[bytes]) -> str:
    """Give the line of git's error output that says what was wrong, on one line and printable."""
    errors.seek(0)
    lines = errors.read(64 * 1024).decode("utf-8", "replace").splitlines()
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    said = (fatal or lines or ["no reason given"])[0]
    return "".join(c if c.isprintable() else "?" for c in said[:300])
