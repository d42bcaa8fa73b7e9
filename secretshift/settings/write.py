"""Change one setting in the user's own file; comments and everything else stay as they are."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import tomllib
from collections.abc import Iterator, MutableMapping, Sequence
from pathlib import Path
from typing import Any, Final

from ..model.errors import Damaged, Moved, Refused, SecretshiftError, Unavailable, UsageProblem
from .keys import KEYS, Form
from .load import MAX_BYTES, TUI, own_values, stamp
from .types import OwnFile

Value = bool | int | str | Sequence[str]
_REMAPPED: Final = f"{TUI}.keys."
_KEYS: Final = {key.name: key for key in KEYS if key.name.startswith(f"{TUI}.")}


def change(own: OwnFile, name: str, value: Value | None) -> OwnFile:
    """Set one key, or remove it with None. name: ``tui.theme``, or ``tui.keys.`` and an action.

    own: the file as it was read. Raises Moved where it is another one by now, UsageProblem for a
    key that is not known or a value that it does not take, Refused and Unavailable where the
    system does not let us; nothing is written then. The file gets mode 0600.
    """
    table, last = _address(name)
    if value is not None:
        _check(name, value)
    target = _target(own.path)
    with _system_errors(own.path):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(target.parent):
            content = _now(target)
            if stamp(content) != own.stamp:
                raise _moved(own.path)
            new = _changed(own.path, content or b"", table, last, value)
            if new != content:
                _replace(target, new, before=content, path=own.path)
    return OwnFile(own.path, stamp(new))


def _address(name: str) -> tuple[tuple[str, ...], str]:
    """The tables that lead to a key, and its last part."""
    if name.startswith(_REMAPPED) and name != _REMAPPED:
        return (TUI, "keys"), name.removeprefix(_REMAPPED)
    if name not in _KEYS or _KEYS[name].form is Form.TABLE_OF_TEXT:
        raise UsageProblem(f"There is no setting {name} to change", code="unknown-setting")
    return (TUI,), name.removeprefix(f"{TUI}.")


def _check(name: str, value: Value) -> None:
    if name.startswith(_REMAPPED):
        key, given = _KEYS[_REMAPPED.rstrip(".")], {"": value}
        why = key.problem(given)
    else:
        why = _KEYS[name].problem(_plain(value))
    if why:
        raise UsageProblem(f"{name} {why}")


def _plain(value: Value) -> bool | int | str | list[str]:
    return value if isinstance(value, bool | int | str) else list(value)


def _changed(
    path: Path, content: bytes, table: Sequence[str], last: str, value: Value | None
) -> bytes:
    """The new content; it says what the old one said but for this key, or nothing is written."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    own_values(path, content)
    text = content.decode("utf-8-sig")
    wanted = _with(tomllib.loads(text), table, last, value)
    try:
        document = tomlkit.parse(text)
        _set(document, table, last, value)
        new = tomlkit.dumps(document)
        same = tomllib.loads(new) == wanted
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, ValueError):
        same = False
    if not same:
        raise Damaged(
            "The file of settings is written in a way that cannot be changed here",
            resource=str(path),
            hint=f"Change {'.'.join((*table, last))} there by hand",
        )
    return new.encode()


def _with(
    whole: dict[str, Any], table: Sequence[str], last: str, value: Value | None
) -> dict[str, Any]:
    """The same change on plain data, to compare with."""
    _set(whole, table, last, value)
    return whole


def _set(
    whole: MutableMapping[str, Any], table: Sequence[str], last: str, value: Value | None
) -> None:
    inner: MutableMapping[str, Any] = whole
    for name in table:
        if name not in inner:
            if value is None:
                return
            inner[name] = {}
        inner = inner[name]
    if value is not None:
        inner[last] = _plain(value)
    elif last in inner:
        del inner[last]


def _target(path: Path) -> Path:
    """Behind a link, as people keep their settings elsewhere and link them."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        raise Refused("The file of settings cannot be looked at", resource=str(path)) from None


def _now(target: Path) -> bytes | None:
    try:
        with target.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None


def _replace(target: Path, content: bytes, *, before: bytes | None, path: Path) -> None:
    """Written whole or not at all."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # An editor takes no lock: this is the last moment to see what it saved meanwhile.
        if _now(target) != before:
            raise _moved(path)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two of our processes do not write at the same time."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _system_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except SecretshiftError:
        raise
    except OSError as error:
        kind = Refused if isinstance(error, PermissionError) else Unavailable
        why = os.strerror(error.errno) if error.errno else "the system refused"
        raise kind(f"The settings cannot be written: {why}", resource=str(path)) from None


def _moved(path: Path) -> Moved:
    return Moved(
        "The file of settings was changed by somebody else meanwhile",
        resource=str(path),
        hint="Nothing was written; read the settings again and change them then",
    )
