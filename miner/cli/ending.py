"""What a command says besides its output, on standard error, and the exit status that it ends with."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from typing import TYPE_CHECKING, NoReturn, ParamSpec

import typer

from miner.errors import AmbiguousError, MinerError
from miner.model import Problem

if TYPE_CHECKING:
    from miner.mined import Mined

P = ParamSpec("P")
_ADVICE = "a SOURCE is an mbox, .mbox.gz, Maildir, .eml, public-inbox epoch or text of mails, or - for standard input"


def say(text: str) -> None:
    """One line for the person. Names of files and mails are hostile too."""
    from miner.report.escape import one_line

    with suppress(BrokenPipeError):
        print(f"miner: {one_line(text, 1000)}", file=sys.stderr)


def say_below(text: str) -> None:
    """The same, on a terminal below all that was written so far."""
    sys.stdout.flush()
    say(text)


def refuse(text: str) -> NoReturn:
    """Say what is wrong with the words of the command line."""
    say(text)
    raise typer.Exit(2)


def politely(run: Callable[P, None]) -> Callable[P, None]:
    """A command that tells what can go wrong around it in one line and without a traceback."""

    @wraps(run)
    def command(*args: P.args, **more: P.kwargs) -> None:
        try:
            if hasattr(sys.stdout, "reconfigure"):
                sys.stdout.reconfigure(errors="backslashreplace")
            run(*args, **more)
            sys.stdout.flush()
        except AmbiguousError as error:
            _say_choices(error)
            raise typer.Exit(1) from error
        except MinerError as error:
            say(str(error))
            raise typer.Exit(1) from error
        except BrokenPipeError:  # `miner claims ... | head`: the reader has what it wanted
            _discard_stdout()
            raise typer.Exit(0) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        except OSError as error:
            say(f"{run.__name__}: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
            _discard_stdout()
            raise typer.Exit(1) from error

    return command


def _say_choices(error: AmbiguousError) -> None:
    """What a name may mean, a line each."""
    from miner.report.escape import one_line

    say(f"{error.name!r} may be one of {error.count}:")
    with suppress(BrokenPipeError):
        for number, choice in enumerate(error.choices, 1):
            print(f"  {f'#{number}':>3}  {one_line(choice, 400)}", file=sys.stderr)
        if (more := error.count - len(error.choices)) > 0:
            print(f"       and {more} more", file=sys.stderr)
    say(error.advice)


def _discard_stdout() -> None:
    """Python flushes standard output once more at its end; let it go where that cannot fail."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def finishing(mined: Mined) -> Iterator[None]:
    """Around what may find nothing: what was left out of the mails may be why, and is told first."""
    why = None
    try:
        yield
    except MinerError as error:
        why = error
    finish(mined, why)


def finish(mined: Mined, why: MinerError | None = None) -> None:
    end(mined.problems, mined.read, why)


def end(problems: Sequence[Problem], read: int, why: MinerError | None = None) -> None:
    """Say what was left out, and end with the exit status that fits. `why`: the command itself could do nothing."""
    from miner.report.problems import failed_sources, render_problems, render_summary, skipped_mails

    sys.stdout.flush()
    failed = failed_sources(problems)
    if not read and failed == list(problems) and len(failed) == 1:
        raise MinerError(f"{failed[0].where}: {failed[0].why}; {_ADVICE}")
    for line in (*render_problems(problems), render_summary(read, problems)):
        say(line)
    if why is not None:
        raise why
    if not read and (failed or skipped_mails(problems)):
        raise MinerError(f"nothing could be read; {_ADVICE}")
    if failed:
        raise typer.Exit(3)


def end_quietly(mined: Mined) -> None:
    """Say which sources failed, and end with the exit status that fits."""
    from miner.report.problems import failed_sources

    failed = failed_sources(mined.problems)
    for problem in failed:
        say(f"{problem.where}: {problem.why}")
    if failed:
        raise typer.Exit(3 if mined.read else 1)
