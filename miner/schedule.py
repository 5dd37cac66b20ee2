"""What runs `miner nightly` every night: a line of a crontab, or a service and a timer of systemd."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

MARK = "# lore-miner"  # a comment for the shell, by which a crontab's line is found again
GUIDE = """\
# Two files for ~/.config/systemd/user/, each with its name in its first line. When they are there:
#     systemctl --user daemon-reload
#     systemctl --user enable --now lore-miner.timer
#     loginctl enable-linger                      # so that it runs while you are not logged in
# systemd, unlike cron, mails nobody about trouble; this tells how the last run went:
#     systemctl --user status lore-miner.service

"""
SERVICE = """\
# ~/.config/systemd/user/lore-miner.service
[Unit]
Description=Bring mailing lists up to date and report where work stands
Documentation=man:systemd.service(5)

[Service]
Type=oneshot
ExecStart={command}
Nice=10
IOSchedulingClass=idle
TimeoutStartSec={seconds}
PrivateTmp=yes
NoNewPrivileges=yes
"""
TIMER = """\
# ~/.config/systemd/user/lore-miner.timer
[Unit]
Description=Run lore-miner every night

[Timer]
OnCalendar=*-*-* {hour:02}:{minute:02}:00
RandomizedDelaySec=600
Persistent=true

[Install]
WantedBy=timers.target
"""


def find_program() -> tuple[str, ...]:
    """The words that run this program again, from any folder."""
    path = Path(sys.argv[0]).absolute()
    if path.name == "__main__.py" or not os.access(path, os.X_OK):  # python -m miner
        return (sys.executable, "-m", "miner")
    return (str(path),)


def make_crontab(program: Sequence[str], config: Path | None, hour: int, minute: int) -> str:
    """A line of a crontab; cron takes a `%` for a line end, so that it is escaped."""
    words = [*program, "nightly", *(["--config", str(config)] if config else [])]
    command = " ".join(map(shlex.quote, words)).replace("%", "\\%")
    return f"{minute} {hour} * * * {command} {MARK}\n"


def make_units(program: Sequence[str], config: Path | None, hour: int, minute: int, minutes: int) -> tuple[str, str]:
    """The text of a service and of its timer. systemd ends it some minutes after its own limit."""
    words = [*program, "nightly", *(["--config", str(config)] if config else [])]
    command = " ".join(map(_quote, words))
    return SERVICE.format(command=command, seconds=minutes * 60 + 300), TIMER.format(hour=hour, minute=minute)


def _quote(word: str) -> str:
    """A word of ExecStart: systemd takes % and $ for its own, and reads backslashes."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if text != word or any(char in word for char in " '\t;") else text
