"""Files that a person asked for in the interface: whole or not at all, readable by their owner."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path
from typing import Final

from secretshift.model.errors import AlreadyThere, Unavailable, UsageProblem

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def write_file(path: Path, text: str, *, replace: bool = False) -> Path:
    """Write it and say where it is, as an absolute path.

    Raises AlreadyThere for a file that is there unless ``replace``, UsageProblem for a path that
    can be no file, Unavailable where it cannot be written.
    """
    if "\0" in str(path):
        raise UsageProblem("That is no name of a file", hint="Choose another name")
    path = Path.cwd() / _at_home(path)
    content = text.encode("utf-8", "backslashreplace")
    try:
        _check(path)
        if replace and path.exists():
            _put_over(path, content)
        else:
            _create(path, content)
    except FileExistsError:
        raise AlreadyThere("A file of this name is there already", resource=str(path)) from None
    except OSError as error:
        raise Unavailable(
            f"The file cannot be written: {os.strerror(error.errno or 0)}", resource=str(path)
        ) from None
    return path


def _at_home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        raise UsageProblem("There is no home folder of that name", resource=str(path)) from None


def _check(path: Path) -> None:
    if path.is_dir():
        raise UsageProblem("That is a folder", resource=str(path), hint="Name a file in it")
    if not path.parent.is_dir():
        raise UsageProblem(
            "The folder is not there", resource=str(path.parent), hint="Choose another, or make it"
        )


def _create(path: Path, content: bytes) -> None:
    descriptor = os.open(path, _NEW, 0o600)
    try:
        _fill(descriptor, content)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def _put_over(path: Path, content: bytes) -> None:
    if not stat.S_ISREG(path.lstat().st_mode):
        raise UsageProblem("That is no plain file", resource=str(path), hint="Choose another name")
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", dir=path.parent)
    try:
        _fill(descriptor, content)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _fill(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
