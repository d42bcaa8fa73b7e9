"""What can go wrong, in families that lead to different actions.

SecretshiftError
├── UsageProblem    the command or the configuration is wrong: change it        exit 2
├── Refused         the cloud or a safety rule said no: change a permission      exit 3
├── Moved           the world changed since it was looked at: plan again         exit 3
├── Unavailable     try again: throttled, unreachable, login expired             exit 3
├── Damaged         something of ours cannot be read: journal, key, plan file    exit 3
└── Interrupted     stopped on request; the journal can be resumed               exit 130

Anything else that is raised is a bug (exit 70). A text from an SDK may quote the request and
with it a secret, so no error of ours ever carries the text of another exception.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the process answers; the same number means the same on every command."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    INCOMPLETE = 3
    BUG = 70
    INTERRUPTED = 130


class SecretshiftError(Exception):
    """An expected, operational error.

    what: one sentence without a full stop, saying what happened.
    resource: what it happened to (an ARN, a path, a variable name); empty if nothing in particular.
    hint: what to do next, as a sentence.
    code: a short stable word for machines, for instance ``access-denied``.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.INCOMPLETE
    default_code: ClassVar[str] = "error"

    def __init__(self, what: str, *, resource: str = "", hint: str = "", code: str = "") -> None:
        self.what = what
        self.resource = resource
        self.hint = hint
        self.code = code or self.default_code
        super().__init__(what)

    def __str__(self) -> str:
        parts = [self.what]
        if self.resource:
            parts.append(f"({self.resource})")
        return " ".join(parts)


class UsageProblem(SecretshiftError):
    exit_code = ExitCode.USAGE
    default_code = "usage"


class Refused(SecretshiftError):
    default_code = "refused"


class NotFound(Refused):
    default_code = "not-found"


class AlreadyThere(Refused):
    """A name is taken by something that this run did not make."""

    default_code = "already-exists"


class Moved(SecretshiftError):
    default_code = "moved"


class Unavailable(SecretshiftError):
    default_code = "unavailable"


class LoginExpired(Unavailable):
    default_code = "login-expired"


class Damaged(SecretshiftError):
    default_code = "damaged"


class Interrupted(SecretshiftError):
    exit_code = ExitCode.INTERRUPTED
    default_code = "interrupted"
