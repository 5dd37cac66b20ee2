"""A list of any length out of copies of short ones: public-inbox epochs whose mails are written anew, so that no copy is tied to another.

    python tests/benchmarks/long_list.py FOLDER MAILS EPOCH...

Each copy has a mark of its own: in every message-id and address, in the names before addresses, behind each Subject, and in the paths of
diffs. What a transfer encoding hides stays as it is.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

_AT = re.compile(rb"(?<=[\w>+=.-])@(?=\w)")
_NAME = re.compile(rb"(?<=[^\W\d_]) <(?=[^<>\s@]{1,80}@)")
_SUBJECT = re.compile(rb"(?im)^subject:[^\n]*(?:\n[ \t][^\n]*)*")
_PATH = re.compile(rb"(?m)(?:(?<=^--- a/)|(?<=^\+\+\+ b/)|(?<=^diff --git a/)|(?<= b/)(?=[\w./-]+$))")


def rewrite(mail: bytes, mark: bytes) -> bytes:
    """A mail as a copy with this mark has it.

    >>> rewrite(b"From: Ada B <ada@x>\\nSubject: [PATCH] loom\\n\\n--- a/f.c\\n", b"q1")
    b'From: Ada Bq1 <ada@q1.x>\\nSubject: [PATCH] loom q1\\n\\n--- a/q1/f.c\\n'
    """
    mail = _AT.sub(b"@%s." % mark, mail)
    mail = _NAME.sub(b"%s <" % mark, mail)
    mail = _SUBJECT.sub(lambda match: match[0] + b" " + mark, mail, count=1)
    return _PATH.sub(mark + b"/", mail)


def make_list(folder: Path, epochs: Sequence[Path], mails: int) -> None:
    """Write an epoch with so many mails: the whole of each epoch in turn, copy after copy."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "master", str(folder)], check=True)
    importer = subprocess.Popen(
        ["git", "-C", str(folder), "fast-import", "--quiet"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert importer.stdin is not None
    for number, mail in zip(range(mails), _copies(epochs), strict=False):
        importer.stdin.write(
            b"commit refs/heads/master\ncommitter x <x> %d +0000\ndata 1\nx\nM 100644 inline m\ndata %d\n%s\n"
            % (1_000_000_000 + number, len(mail), mail)
        )
    importer.stdin.close()
    if importer.wait():
        raise RuntimeError(f"git fast-import failed in {folder}")


def _copies(epochs: Sequence[Path]) -> Iterator[bytes]:
    for number in count():
        for at, epoch in enumerate(epochs):
            for mail in _read(epoch):
                yield rewrite(mail, b"q%dx%d" % (number, at))


def _read(epoch: Path) -> Iterator[bytes]:
    """The mails of an epoch or a bundle of one, the oldest first."""
    git = ["git", "-C", str(epoch)]
    with tempfile.TemporaryFile() as names:
        listing = [*git, "rev-list", "--reverse", "--no-commit-header", "--format=%H:m", "HEAD"]
        subprocess.run(listing, check=True, stdout=names)
        names.seek(0)
        with subprocess.Popen([*git, "cat-file", "--batch"], stdin=names, stdout=subprocess.PIPE) as reader:
            assert reader.stdout is not None
            while head := reader.stdout.readline():
                if not head.endswith(b"missing\n"):
                    yield reader.stdout.read(int(head.split()[2]))
                    reader.stdout.read(1)


if __name__ == "__main__":
    make_list(Path(sys.argv[1]), [Path(name) for name in sys.argv[3:]], int(sys.argv[2]))
