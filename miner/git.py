"""Call git: never through a shell, never asking a person, and reaching for a network only where it is told to.

Paths are made absolute before git sees them, so that none can be taken for an option, and every revision that is
passed is an object id that git itself gave.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from miner.errors import SourceError

# What a surrounding git (a hook, say) sets for its own repository must not reach another one.
INHERITED = tuple(
    "GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR"
    " GIT_NAMESPACE".split()
)
WORDS_BYTES = 64 * 1024


def git_environment(protocols: str = "none") -> Mapping[str, str]:
    """Make the environment for a call of git that may use only the named transport protocols."""
    kept = {name: value for name, value in os.environ.items() if name not in INHERITED}
    return kept | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",  # a program that says nothing: nobody is asked for a password in a window either
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": protocols,
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C",
    }


def git_command(repository: str, *arguments: str) -> Sequence[str]:
    """Make the argument list for a call of git in one repository (the folder that holds HEAD and objects)."""
    # As a bare one: what lies in the current folder (.gitattributes) is none of its files.
    settings = ("-c", "log.showSignature=false", "-c", "core.bare=true")
    return ("git", *settings, f"--git-dir={os.path.abspath(repository)}", *arguments)


def run_git(repository: str, *arguments: str, stdin: IO[bytes] | None = None, stdout: IO[bytes] | None = None) -> str:
    """Run git to its end and give what it printed (nothing when `stdout` takes it); SourceError when it fails."""
    return _run(git_command(repository, *arguments), git_environment(), repository, stdout, stdin)


def run_git_version() -> str:
    """Which git this is; SourceError if there is none."""
    return _run(("git", "--version"), git_environment(), "git", None).strip()


def stream_git(repository: str, *arguments: str, stdin: IO[bytes]) -> Iterator[bytes]:
    """Yield what git prints, in pieces as they come; SourceError when it fails."""
    with tempfile.TemporaryFile() as errors:
        with _needing_git(repository):
            process = subprocess.Popen(
                git_command(repository, *arguments),
                env=git_environment(),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        assert process.stdout is not None
        try:
            while piece := process.stdout.read(1 << 20):
                yield piece
            if process.wait():
                raise SourceError(f"{repository}: git cannot read it ({last_words(errors)})")
        finally:
            process.stdout.close()
            if process.poll() is None:
                process.kill()
                process.wait()


def find_git_folder(path: str) -> str | None:
    """The folder that holds HEAD and objects, of a work tree (also a linked one) or of a bare repository itself."""
    inside = os.path.join(os.path.abspath(path), ".git")
    for folder in (inside, os.path.abspath(path)):
        with _needing_git(path):
            found = subprocess.run(
                ("git", "rev-parse", "--resolve-git-dir", folder),
                env=git_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        if not found.returncode:
            return os.fsdecode(found.stdout).rstrip("\n")
    return None


def clone_bundle(bundle: str, folder: str) -> None:
    """Unpack a bundle file into an empty folder as a bare mirror; SourceError when it is damaged."""
    command = ("git", "clone", "--quiet", "--mirror", "--template=", "--", os.path.abspath(bundle), folder)
    _run(command, git_environment("file"), bundle, None)


def create_repository(folder: str) -> None:
    """Make an empty bare repository; SourceError when that fails."""
    command = ("git", "init", "--quiet", "--bare", "--template=", "--initial-branch=master", "--", folder)
    _run(command, git_environment(), folder, None)


def read_git_config(pattern: str) -> tuple[tuple[str, str], ...]:
    """The user's git settings whose lower-case names match a pattern, in order; nothing when git has none or fails."""
    command = ("git", "config", "-z", "--get-regexp", pattern)
    try:
        done = subprocess.run(
            command, env=git_environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except FileNotFoundError:
        return ()
    entries = done.stdout.decode("utf-8", "replace").split("\0")
    return tuple((name, value) for name, _, value in (entry.partition("\n") for entry in entries) if name)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call of git over the network ended: its exit status and the line that says what was wrong."""

    status: int
    words: str


def run_git_online(
    repository: str, arguments: Sequence[str], settings: Mapping[str, str], say: Callable[[str], None], keep: int
) -> Ended:
    """Run git with http(s) allowed, hand each line of its progress to `say`, and give how it ended; never raises for it.

    `settings` are git configuration for this call alone. The file descriptor `keep` stays open in git and in what git
    starts: a lock on it holds until the last of them has gone, even when this process is killed.
    """
    # http+unix and other helpers stay closed. A test's or an administrator's narrower list still counts.
    allowed = os.environ.get("GIT_ALLOW_PROTOCOL")
    wanted = ["http", "https"]
    protocols = ":".join(name for name in wanted if allowed is None or name in allowed.split(":")) or "none"
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = ("git", *options, f"--git-dir={os.path.abspath(repository)}", *arguments)
    try:
        process = subprocess.Popen(
            command,
            env=git_environment(protocols),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(keep,),
        )
    except FileNotFoundError:
        raise SourceError("git is needed to fetch a whole list; install git") from None
    assert process.stderr is not None
    words: list[str] = []
    try:
        for line in _progress_lines(process.stderr):
            if "%" in line:
                say(line)
            elif line:
                words = [*words[-20:], line]
        return Ended(process.wait(), _telling(words))
    finally:
        process.stderr.close()
        if process.poll() is None:
            process.kill()
            process.wait()


def _progress_lines(stream: IO[bytes]) -> Iterator[str]:
    """Yield the lines of git's progress, which end in CR as long as they are replaced by the next."""
    rest = b""
    while piece := os.read(stream.fileno(), 4096):
        *lines, rest = (rest + piece).replace(b"\r", b"\n").split(b"\n")
        rest = rest[-4096:]
        for line in lines:
            yield line.decode("utf-8", "replace").strip()
    yield rest.decode("utf-8", "replace").strip()


@contextmanager
def _needing_git(path: str) -> Iterator[None]:
    """Around a call of git that reads a path: SourceError where there is no git."""
    try:
        yield
    except FileNotFoundError:
        raise SourceError(f"{path}: git is needed to read it; install git") from None


def _run(
    command: Sequence[str],
    environment: Mapping[str, str],
    path: str,
    stdout: IO[bytes] | None,
    stdin: IO[bytes] | None = None,
) -> str:
    with tempfile.TemporaryFile() as errors:
        with _needing_git(path):
            done = subprocess.run(
                command,
                env=environment,
                stdin=stdin or subprocess.DEVNULL,
                stdout=stdout or subprocess.PIPE,
                stderr=errors,
                check=False,
            )
        if done.returncode:
            raise SourceError(f"{path}: git cannot read it ({last_words(errors)}); fetch it again")
        return (done.stdout or b"").decode("utf-8", "replace")


def last_words(errors: IO[bytes]) -> str:
    """Give the line of git's error output that says what was wrong, on one line and printable."""
    errors.seek(0)
    return _telling(errors.read(WORDS_BYTES).decode("utf-8", "replace").splitlines())


def _telling(lines: Sequence[str]) -> str:
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    said = (fatal or lines or ["no reason given"])[0]
    return "".join(c if c.isprintable() else "?" for c in said[:300])
