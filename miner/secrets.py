"""The password for SMTP: from the environment, the keyring, or git's credential helpers; never from a file of ours."""

from __future__ import annotations

import importlib
import os
import subprocess

from miner.git import git_environment

VARIABLE = "LORE_MINER_SMTP_PASSWORD"
SECONDS = 60


def find_password(host: str, port: int, user: str) -> str | None:
    """The password of a user at a server: $LORE_MINER_SMTP_PASSWORD, the keyring (if the package keyring is installed) under the
    name smtp://HOST:PORT, or what `git credential fill` gives without asking anybody."""
    return os.environ.get(VARIABLE) or _from_keyring(host, port, user) or _from_git(host, port, user)


def _from_keyring(host: str, port: int, user: str) -> str | None:
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        return None
    try:
        found = keyring.get_password(f"smtp://{host}:{port}", user)
    except Exception:  # noqa: BLE001 - a back end may fail in any way it likes; then there is no keyring
        return None
    return found if isinstance(found, str) else None


def _from_git(host: str, port: int, user: str) -> str | None:
    asked = f"protocol=smtp\nhost={host}:{port}\nusername={user}\n\n"
    if any("\n" in part or "\0" in part for part in (host, user)):
        return None
    environment = {**git_environment(), "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "SSH_ASKPASS": "true"}
    try:
        done = subprocess.run(
            ["git", "credential", "fill"],
            input=asked,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    values = dict(line.partition("=")[::2] for line in done.stdout.splitlines())
    return values.get("password") or None
