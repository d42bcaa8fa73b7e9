"""Files that a person asked for: written whole or not at all, readable by their owner only."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from secretshift.model.errors import Unavailable, UsageProblem

from .screen import Screen

STDOUT = "-"


def check_target(target: str | None) -> None:
    """Find out before hours of work that the file can be written. Raises UsageProblem."""
    if target is None or target == STDOUT:
        return
    path = Path(target)
    if path.is_dir():
        raise UsageProblem("The output is a folder", resource=target, hint="Name a file in it")
    if not path.parent.is_dir():
        raise UsageProblem(
            "The folder of the output is not there", resource=str(path.parent), hint="Make it first"
        )
    if not os.access(path.parent, os.W_OK):
        raise UsageProblem("The folder of the output cannot be written", resource=str(path.parent))


def deliver(text: str, target: str | None, screen: Screen) -> None:
    """Write to the file, or to stdout for None and ``-``. Raises Unavailable."""
    if target is None or target == STDOUT:
        screen.data(text)
        return
    try:
        _write(Path(target), text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise Unavailable(
            f"The output cannot be written: {os.strerror(error.errno or 0)}", resource=target
        ) from None
    screen.tell(f"Written: {target}")


def _write(path: Path, content: bytes) -> None:
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        # A device or a pipe, such as /dev/null: renaming a file over it would replace it.
        path.write_bytes(content)
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
