"""What was found in files and git histories, kept so that the next scan need not begin anew.

A file of its own (``searches.db``), which may be deleted at any time: one that is broken or
of another version is thrown away, and one that cannot be used is passed over with a note. It
holds what a report holds, and never a value.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from .workspace import Workspace

T = TypeVar("T")

FORMAT: Final = 1
MOST_BYTES: Final = 64 * 1024 * 1024
MOST_OF_ONE: Final = 20 * 1024 * 1024
"""Characters that all repositories together take, and one. The oldest goes first."""
_PIECE: Final = 65536
"""Characters of which a digest is made at once: a copy of the whole would take its memory again."""
_BUSY_SECONDS: Final = 1.0
_HINDERED: Final = tuple(
    f"SQLITE_{what}" for what in ("BUSY", "LOCKED", "FULL", "IOERR", "READONLY", "CANTOPEN", "PERM")
)
"""Codes of what is no fault of the file: https://www.sqlite.org/rescode.html"""
_TABLE: Final = (
    "CREATE TABLE searches (repository BLOB PRIMARY KEY, rules TEXT NOT NULL, refs TEXT NOT NULL,"
    " found TEXT NOT NULL, basis TEXT NOT NULL, digest TEXT NOT NULL, number INTEGER NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """refs: a digest over what all refs named then; found, basis: JSON texts. Of files only found
    says something."""

    refs: str
    found: str
    basis: str


class Searches:
    """tell gets a sentence where the file cannot be used. Opened anew for each question."""

    def __init__(self, workspace: Workspace, tell: Callable[[str], None]) -> None:
        self._path = workspace.path / "searches.db"
        self._key = workspace.key_check()
        self._tell = tell

    def of(self, repository: str, rules: str) -> Kept | None:
        """None where nothing is kept of this repository under these rules and this key."""

        def read(connection: sqlite3.Connection) -> tuple[str, ...] | None:
            row: tuple[str, ...] | None = connection.execute(
                "SELECT rules, refs, found, basis, digest FROM searches WHERE repository = ?",
                (os.fsencode(repository),),
            ).fetchone()
            return row

        row = self._asked(read)
        if row is None or row[0] != self._rules(rules):
            return None
        kept = Kept(*row[1:4])
        return kept if row[4] == _digest(kept) else None

    def refs_of(self, repository: str) -> str:
        """What refs named when the repository was looked at last, under whatever rules and key; ""
        where nothing is kept of it."""

        def read(connection: sqlite3.Connection) -> tuple[str, ...] | None:
            row: tuple[str, ...] | None = connection.execute(
                "SELECT refs FROM searches WHERE repository = ?", (os.fsencode(repository),)
            ).fetchone()
            return row

        row = self._asked(read) if os.path.lexists(self._path) else None
        return "" if row is None else row[0]

    def keep(self, repository: str, rules: str, refs: str, found: str, basis: str) -> None:
        """In place of what was kept of this repository. What is too large is not kept."""
        kept = Kept(refs, found, basis)
        place = os.fsencode(repository)
        texts = (self._rules(rules), kept.refs, kept.found, kept.basis, _digest(kept))

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM searches WHERE repository = ?", (place,))
            if len(kept.found) + len(kept.basis) <= MOST_OF_ONE:
                connection.execute(
                    "INSERT INTO searches SELECT ?, ?, ?, ?, ?, ?, ifnull(max(number), 0) + 1"
                    " FROM searches",
                    (place, *texts),
                )
            connection.execute(
                "DELETE FROM searches WHERE number IN (SELECT number FROM"
                " (SELECT number, sum(length(found) + length(basis))"
                " OVER (ORDER BY number DESC) AS so_far FROM searches) WHERE so_far > ?)",
                (MOST_BYTES,),
            )
            connection.execute("COMMIT")

        self._asked(write)

    def _rules(self, rules: str) -> str:
        return f"{self._key} {rules}"

    def _asked(self, ask: Callable[[sqlite3.Connection], T]) -> T | None:
        """None, with a sentence, where something hinders."""
        try:
            self._make_file()
            with closing(
                sqlite3.connect(self._path, _BUSY_SECONDS, isolation_level=None)
            ) as opened:
                _prepare(opened)
                return ask(opened)
        except (OSError, sqlite3.Error) as error:
            code = getattr(error, "sqlite_errorname", "")
            if isinstance(error, sqlite3.Error) and not code.startswith(_HINDERED):
                # It says nothing that a search does not find again.
                self._throw_away()
            self._tell(
                "What is kept of earlier scans cannot be used, so that everything is judged"
                f" anew ({self._path}: {code or type(error).__name__})"
            )
            return None

    def _make_file(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(self._path, flags, 0o600)
        try:
            found = os.fstat(descriptor)
        finally:
            os.close(descriptor)
        mine = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()
        if not mine or stat.S_IMODE(found.st_mode) & 0o077:
            raise PermissionError

    def _throw_away(self) -> None:
        for ending in ("", "-journal", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                Path(f"{self._path}{ending}").unlink(missing_ok=True)


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the table where there is none yet. What another version left is dropped."""
    connection.execute("PRAGMA trusted_schema=OFF")
    if _format(connection) == FORMAT:
        return
    connection.execute("BEGIN IMMEDIATE")
    if _format(connection) != FORMAT:
        connection.execute("DROP TABLE IF EXISTS searches")
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version={FORMAT}")
    connection.execute("COMMIT")


def _format(connection: sqlite3.Connection) -> int:
    (form,) = connection.execute("PRAGMA user_version").fetchone()
    return int(form)


def _digest(kept: Kept) -> str:
    told = hashlib.sha256()
    for text in (kept.refs, kept.found, kept.basis):
        told.update(f"{len(text)}\0".encode())
        for begin in range(0, len(text), _PIECE):
            told.update(text[begin : begin + _PIECE].encode())
    return told.hexdigest()
