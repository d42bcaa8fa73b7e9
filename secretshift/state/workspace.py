"""The folder that holds what the program keeps: the fingerprint key, the journal, the locks."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ..model.errors import Damaged, Refused, SecretshiftError, Unavailable, UsageProblem
from ..model.secret_value import Fingerprint, Fingerprinter, SecretValue

DATABASE: Final = "workspace.db"
KEY_BYTES: Final = 32
FINGERPRINT_DOMAIN: Final = b"secretshift/fingerprint/1\x00"
TEXT_DOMAIN: Final = b"secretshift/text/1\x00"
KEY_CHECK_DOMAIN: Final = b"secretshift/key-check/1\x00"


class KeyedFingerprinter:
    """HMAC-SHA256 of a value under the workspace key, with a versioned prefix."""

    __slots__ = ("__key",)

    def __init__(self, key: bytes) -> None:
        self.__key = key

    def __call__(self, value: SecretValue) -> Fingerprint:
        text = value.reveal().encode("utf-8", "surrogatepass")
        return Fingerprint(_hmac(self.__key, FINGERPRINT_DOMAIN, text))

    def __repr__(self) -> str:
        return "KeyedFingerprinter()"

    def __reduce_ex__(self, _protocol: object) -> str:
        raise TypeError("the workspace key cannot be pickled")


class Workspace:
    """One workspace folder, open. Made by ``Workspace.open``."""

    __slots__ = ("__key", "_path")

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self.__key = key

    @classmethod
    def open(cls, path: Path | None = None) -> Workspace:
        """Open the folder, making it (mode 0700) and its key (mode 0600) where there is none.

        path: None takes the user's state folder. Raises UsageProblem for a folder that others may
        enter or that is a link, Damaged for one of another owner or with a lost or changed key,
        Refused or Unavailable where the system does not let us.
        """
        folder = (default_path() if path is None else path.expanduser()).absolute()
        with system_errors(folder):
            _make_folder(folder)
            _check_folder(folder)
            with locked(folder / "lock", wait=True):
                key = _read_key(folder)
                if key is None:
                    _refuse_new_key_beside_old_data(folder)
                    key = _make_key(folder)
        return cls(folder, key)

    @property
    def path(self) -> Path:
        return self._path

    @property
    def database(self) -> Path:
        return self._path / DATABASE

    def fingerprinter(self) -> Fingerprinter:
        return KeyedFingerprinter(self.__key)

    def text_digest(self, text: str) -> str:
        """Tells whether a text is the same, and nothing about it to whoever lacks the key."""
        return _hmac(self.__key, TEXT_DOMAIN, text.encode("utf-8", "surrogatepass"))[:32]

    def key_check(self) -> str:
        """Tells whether it is the same key, and nothing about it; stored in the database."""
        return _hmac(self.__key, KEY_CHECK_DOMAIN, b"")

    def __repr__(self) -> str:
        return f"Workspace({str(self._path)!r})"

    def __reduce_ex__(self, _protocol: object) -> str:
        raise TypeError("a workspace cannot be pickled")


def default_path() -> Path:
    """The user's state folder for secretshift, by the custom of the system."""
    from platformdirs import user_state_path

    return user_state_path("secretshift", appauthor=False)


@contextlib.contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold an exclusive lock on a file; the system releases it when the process dies.

    Raises BlockingIOError if somebody else holds it and wait is False. The file stays: removing
    it would let two processes hold two files of one name.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _hmac(key: bytes, domain: bytes, text: bytes) -> str:
    return hmac.new(key, domain + text, hashlib.sha256).hexdigest()


def _make_folder(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)


def _check_folder(folder: Path) -> None:
    found = folder.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise UsageProblem(
            "The workspace folder is a symbolic link",
            resource=str(folder),
            hint="Name the folder itself",
        )
    if not stat.S_ISDIR(found.st_mode):
        raise UsageProblem("The workspace is not a folder", resource=str(folder))
    if found.st_uid != os.geteuid():
        raise Damaged(
            "The workspace folder belongs to another user",
            resource=str(folder),
            hint="Run as the user who made it, or name a folder of your own",
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise UsageProblem(
            f"Other users may enter the workspace folder (mode {stat.S_IMODE(found.st_mode):04o})",
            resource=str(folder),
            hint=f"chmod 700 {folder}",
        )


def _read_key(folder: Path) -> bytes | None:
    path = folder / "key"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Damaged("The workspace key is a symbolic link", resource=str(path)) from None
        raise
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            raise Damaged("The workspace key is not a file of yours", resource=str(path))
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise UsageProblem(
                "Other users may read the workspace key",
                resource=str(path),
                hint=f"chmod 600 {path}",
            )
        key = os.read(descriptor, KEY_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(key) != KEY_BYTES:
        raise Damaged(
            "The workspace key is damaged",
            resource=str(path),
            hint="Put it back from a backup of the workspace; without it no value of an earlier "
            "run can be recognised",
        )
    return key


def _refuse_new_key_beside_old_data(folder: Path) -> None:
    for name in ("workspace.db", "workspace.db-wal"):
        if os.path.lexists(folder / name):
            raise Damaged(
                "The workspace key is gone while its journal is there",
                resource=str(folder / "key"),
                hint="Put the key back from a backup, or start with another --workspace; a new "
                "key would recognise no value of an earlier run",
            )


def _make_key(folder: Path) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    unfinished = folder / "key.new"
    # We hold the folder's lock, so one that lies there is of a process that was killed.
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(
        unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
    )
    try:
        os.write(descriptor, key)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    unfinished.rename(folder / "key")
    sync_folder(folder)
    return key


@contextlib.contextmanager
def system_errors(folder: Path) -> Iterator[None]:
    """Turn what the system refuses in the workspace into our errors, by number."""
    try:
        yield
    except (SecretshiftError, BlockingIOError):
        raise
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else "the system refused"
        kind: type[SecretshiftError] = Unavailable
        if isinstance(error, PermissionError):
            kind = Refused
        elif isinstance(error, FileExistsError | NotADirectoryError):
            kind = UsageProblem
        raise kind(
            f"The workspace cannot be used: {why}",
            resource=str(folder),
            hint="Name another folder with --workspace",
        ) from None
