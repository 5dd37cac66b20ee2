"""What runs `miner nightly` every night: a line of a crontab, or a service and a timer of systemd."""

from __future__ import annotations

import shlex
from pathlib import Path

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


def make_crontab(program: Path, config: Path | None, hour: int, minute: int) -> str:
    """A line of a crontab; cron takes a `%` for a line end, so that it is escaped."""
    words = [str(program), "nightly", *(["--config", str(config)] if config else [])]
    command = " ".join(map(shlex.quote, words)).replace("%", "\\%")
    return f"{minute} {hour} * * * {command}\n"


def make_units(program: Path, config: Path | None, hour: int, minute: int, minutes: int) -> tuple[str, str]:
    """The text of a service and of its timer. systemd ends it some minutes after its own limit."""
    words = [str(program), "nightly", *(["--config", str(config)] if config else [])]
    command = " ".join(map(_quote, words))
    return SERVICE.format(command=command, seconds=minutes * 60 + 300), TIMER.format(hour=hour, minute=minute)


def _quote(word: str) -> str:
    """A word of ExecStart: systemd takes % and $ for its own, and reads backslashes."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if text != word or any(char in word for char in " '\t;") else text
