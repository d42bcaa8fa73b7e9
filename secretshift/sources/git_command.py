"""The one way in which git is run: on trees that may be hostile, without our credentials."""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..hardening import child_environment
from ..model.errors import NotFound, Refused, SecretshiftError, Unavailable, UsageProblem

SECONDS: Final = 300.0
_BROKEN_REF: Final = b"warning: ignoring broken ref "
MOST_MEMORY: Final = 4 * 1024**3
"""Of a git that lists what commits wrote: it keeps all of one commit before it says any of it, and
a few small trees that hold each other many times over make billions of files."""
PIPE_BYTES: Final = 1 << 20
"""What a git may say before it waits for whoever reads: the system's own bound makes two processes
of which each waits for the other every 64 KiB."""

# What a repository's own configuration could make git run or fetch, switched off. The command line
# wins over every file. safe.directory is left to the user's configuration and never set here.
# Source: git-config(1), git(1), 2.39.
SWITCHED_OFF: Final = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=false",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.askPass=false",
    "credential.helper=",
    "diff.external=",
    "protocol.allow=never",
    "submodule.recurse=false",
    # Each pack has an index of its own; one of many that is damaged makes git lose them, or crash.
    "core.multiPackIndex=false",
)
ENVIRONMENT: Final = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    # Wins over protocol.<name>.allow of a repository, which wins over protocol.allow.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": "/dev/null",
}


@dataclass(frozen=True, slots=True)
class GitAnswer:
    """code: 0 or one that was expected; closed_folders: how many folders git warned that it could
    not open, for which it still says 0; broken_refs: names of those that it left out likewise."""

    code: int
    output: bytes
    closed_folders: int
    broken_refs: tuple[str, ...] = ()


def run_git(
    folder: Path,
    *arguments: str,
    also: tuple[int, ...] = (),
    index: Path | None = None,
) -> GitAnswer:
    """Run one git command in a folder. also: exit codes beside 0 that are an answer; index: the
    file that is read in place of the repository's own index.

    Raises NotFound (``no-repository``) where there is no repository, Refused
    (``dubious-ownership``, ``git-failed``), UsageProblem (``no-work-tree``, ``no-git``),
    Unavailable after SECONDS. Git's own text is never passed on: it quotes the configuration.
    """
    command, environment = _command(folder, arguments)
    if index is not None:
        environment["GIT_INDEX_FILE"] = str(index)
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(
            f"git did not answer within {SECONDS:.0f} seconds", resource=str(folder)
        ) from None
    except OSError:
        raise Unavailable("git cannot be started", resource=str(folder)) from None
    if done.returncode != 0 and done.returncode not in also:
        raise _failure(done.returncode, done.stderr, folder)
    closed = done.stderr.count(b"could not open directory")
    broken = tuple(
        os.fsdecode(line.removeprefix(_BROKEN_REF))
        for line in done.stderr.splitlines()
        if line.startswith(_BROKEN_REF)
    )
    return GitAnswer(done.returncode, done.stdout, closed, broken)


def start_git(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A git command that is asked and answers over its pipes until its input is closed.

    What it says on stderr goes nowhere: it quotes the configuration. Raises UsageProblem
    (``no-git``) and Unavailable.
    """
    command, environment = _command(folder, arguments)
    try:
        git = subprocess.Popen(
            command,
            env=environment,
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        raise Unavailable("git cannot be started", resource=str(folder)) from None
    if sys.platform == "linux" and git.stdout is not None:
        # Whoever may not have more goes on with what there is.
        with contextlib.suppress(OSError):
            fcntl.fcntl(git.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return git


def bounded(git: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    """The same; on Linux it ends once it holds MOST_MEMORY of its own."""
    if sys.platform == "linux":
        # Whoever may not be bounded, or is over already, goes on.
        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(git.pid, resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    return git


def _command(folder: Path, arguments: tuple[str, ...]) -> tuple[list[str], dict[str, str]]:
    """The command line and the environment of a git that runs nothing of the repository's."""
    environment = {**child_environment(), **ENVIRONMENT}
    program = shutil.which("git", path=environment["PATH"])
    if program is None:
        raise UsageProblem("git is not installed", hint="Install git 2.31 or newer", code="no-git")
    # git is started in /, so that a relative name would mean something else to it.
    command = [program, "--no-pager", "-C", str(folder.absolute())]
    for setting in SWITCHED_OFF:
        command += ["-c", setting]
    return [*command, *arguments], environment


def _failure(code: int, said: bytes, folder: Path) -> SecretshiftError:
    where = str(folder)
    if b"dubious ownership" in said or b"unsafe repository" in said:
        return Refused(
            "The repository belongs to another user, so git does not open it",
            resource=where,
            hint=f"If you trust it: git config --global --add safe.directory '{where}'",
            code="dubious-ownership",
        )
    if b"not a git repository" in said:
        return NotFound("There is no git repository", resource=where, code="no-repository")
    if b"must be run in a work tree" in said:
        return UsageProblem(
            "This is the inside of a repository, not a work tree",
            resource=where,
            hint="Name the folder where its files are checked out, or add --history to a scan",
            code="no-work-tree",
        )
    return Refused(
        f"git could not read the repository (exit {code})",
        resource=where,
        hint="Run git status there to see why",
        code="git-failed",
    )
