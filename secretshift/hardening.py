"""What keeps values of this process from other processes and from the disk."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .model.errors import Unavailable

_PR_GET_DUMPABLE: Final = 3
_PR_SET_DUMPABLE: Final = 4

# HOME and XDG_CONFIG_HOME: the user's own git configuration (safe.directory, excludesFile).
# SUDO_UID: whose work trees root may read after sudo, by git's own rule.
_FOR_CHILDREN: Final = ("HOME", "XDG_CONFIG_HOME", "USER", "LOGNAME", "TMPDIR", "SUDO_UID")


@dataclass(frozen=True, slots=True)
class Hardening:
    """What is in force. core_limit: bytes; dumpable: None where the system has no such switch."""

    core_limit: int
    dumpable: bool | None


def harden_process() -> Hardening:
    """Forbid core dumps and, on Linux, being traced or read through /proc by the same user.

    Raises Unavailable if the system does not do it: then no value may be read.
    """
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform == "linux" and _prctl(_PR_SET_DUMPABLE, 0) != 0:
            raise OSError
    except (OSError, ValueError):
        raise Unavailable(
            "The system does not let this process forbid core dumps",
            hint="Run it where setrlimit and prctl are allowed",
            code="not-hardened",
        ) from None
    return hardening()


def hardening() -> Hardening:
    """What is in force now, as the system says."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_CORE)
    dumpable = _prctl(_PR_GET_DUMPABLE, 0) == 1 if sys.platform == "linux" else None
    return Hardening(core_limit=soft, dumpable=dumpable)


def child_environment(outer: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment of git and other children, by a list of what may pass.

    No credential of a cloud, no ``GIT_*``, no ``LD_*``; PATH without relative entries, since a
    scanned tree could stand in one. outer: instead of this process's own environment.
    """
    outer = os.environ if outer is None else outer
    passed = {name: outer[name] for name in _FOR_CHILDREN if name in outer}
    folders = outer.get("PATH", os.defpath).split(os.pathsep)
    passed["PATH"] = os.pathsep.join(f for f in folders if os.path.isabs(f))  # noqa: PTH117
    passed["LC_ALL"] = "C"
    return passed


def _prctl(option: int, argument: int) -> int:
    return int(ctypes.CDLL(None, use_errno=True).prctl(option, argument, 0, 0, 0))
