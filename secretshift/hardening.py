"""What keeps values of this process from other processes and from the disk."""

from __future__ import annotations

import ctypes
import os
import re
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from .model.errors import Unavailable

_PR_GET_DUMPABLE: Final = 3
_PR_SET_DUMPABLE: Final = 4

# HOME and XDG_CONFIG_HOME: the user's own git configuration (safe.directory, excludesFile).
# SUDO_UID: whose work trees root may read after sudo, by git's own rule.
_FOR_CHILDREN: Final = ("HOME", "XDG_CONFIG_HOME", "USER", "LOGNAME", "TMPDIR", "SUDO_UID")


class Hardening(NamedTuple):
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


class Swap(NamedTuple):
    """A place to which the system may write this process's memory. encrypted: None where it
    cannot be told."""

    name: str
    encrypted: bool | None


def swaps(root: Path = Path("/")) -> tuple[Swap, ...] | None:
    """Where this system swaps to; () for nowhere, None where it does not say (not Linux).

    What is compressed in memory (zram) is left out. Source: proc(5), /proc/swaps; dm-crypt's
    devices have a uuid that begins with CRYPT-.
    """
    try:
        rows = (root / "proc/swaps").read_text().splitlines()[1:]
    except (OSError, UnicodeDecodeError):
        return None
    found = []
    for row in rows:
        fields = row.split()
        if len(fields) < 2 or Path(fields[0]).name.startswith("zram"):
            continue
        # Blanks in a name are written as octal numbers.
        name = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[0])
        found.append(Swap(name, _encrypted(_device_of(root, Path(name), fields[1]))))
    return tuple(found)


def _device_of(root: Path, path: Path, kind: str) -> Path | None:
    """Its folder in sysfs: of the partition, or of the file system that a swap file is on."""
    if kind == "partition":
        return root / "sys/class/block" / path.name
    try:
        device = (root / path.relative_to("/")).stat().st_dev
    except (OSError, ValueError):
        return None
    return root / f"sys/dev/block/{os.major(device)}:{os.minor(device)}"


def _encrypted(device: Path | None) -> bool | None:
    """True if it, or all that it lies on, is a dm-crypt device; None if sysfs does not show it."""
    try:
        if device is None or not device.is_dir():
            return None
        mapped = device / "dm/uuid"
        if mapped.is_file() and mapped.read_text().startswith("CRYPT-"):
            return True
        below = device / "slaves"
        lies_on = [_encrypted(part) for part in below.iterdir()] if below.is_dir() else []
    except OSError:
        return None
    if not lies_on or False in lies_on:
        return False
    return None if None in lies_on else True
