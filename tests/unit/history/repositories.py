"""Repositories as git itself makes them, built from a list of commits in one process.

Source: git-fast-import(1), "Input Format".
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

START = 1_700_000_000
"""Seconds of the first commit; each of the others is some days later."""
DAY = 86_400
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nowhere",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
}


@dataclass(frozen=True)
class Change:
    """One commit. parents: numbers of earlier ones; wrote: by path the content, None for a file
    that goes; branch: the ref that points at it from now on."""

    branch: str
    parents: tuple[int, ...] = ()
    wrote: Mapping[bytes, bytes | None] = field(default_factory=dict)
    author: bytes = b"Ann"
    time: int | None = None


def git(folder: Path, *arguments: str, given: bytes | None = None, **more: str) -> bytes:
    """What git says. more: of its environment."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        input=given,
        capture_output=True,
        check=False,
        env={**ENVIRONMENT, **more},
    )
    assert done.returncode == 0, (arguments, done.stderr.decode("utf-8", "replace"))
    return done.stdout


def made(folder: Path, changes: Sequence[Change], *options: str) -> Path:
    """A bare repository with these commits. options: of git init."""
    empty(folder, "--bare", *options)
    filled(folder, changes)
    return folder


def empty(folder: Path, *options: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main", *options, ".")
    return folder


def filled(folder: Path, changes: Sequence[Change], *options: str) -> None:
    """options: of git, before its command."""
    git(folder, *options, "fast-import", "--quiet", "--force", given=_stream(changes))


def _stream(changes: Sequence[Change]) -> bytes:
    parts: list[bytes] = []
    for number, change in enumerate(changes):
        time = START + number * DAY if change.time is None else change.time
        parts.append(
            b"commit %s\nmark :%d\nauthor %s <a@example.org> %d +0000\n"
            b"committer Ann <a@example.org> %d +0000\ndata 1\nx\n"
            % (change.branch.encode(), number + 1, change.author, time, time)
        )
        for place, parent in enumerate(change.parents):
            parts.append((b"merge :%d\n" if place else b"from :%d\n") % (parent + 1))
        if not change.parents:
            parts.append(b"deleteall\n")
        for path, content in change.wrote.items():
            quoted = b'"%s"' % path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(
                b"\n", b"\\n"
            )
            if content is None:
                parts.append(b"D %s\n" % quoted)
            else:
                parts.append(b"M 100644 inline %s\ndata %d\n" % (quoted, len(content)))
                parts += [content, b"\n"]
        parts.append(b"\n")
    return b"".join(parts)


def packed(folder: Path, *options: str) -> None:
    """Everything in one pack, with deltas as deep as git makes them."""
    git(folder, "repack", "-adfq", "--depth=50", "--window=50", *options)
