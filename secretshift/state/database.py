"""The workspace's database, by SQLAlchemy Core: opened, checked, upgraded. Imported when first
needed.

SQLite (WAL, synchronous=FULL) by default; nothing but the PRAGMAs and the order to BEGIN is
particular to it, so the same statements run on PostgreSQL. Rows are only ever inserted.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event, exc

from ..model.errors import Damaged, Refused, SecretshiftError, Unavailable
from .tables import about, decisions, entries, facts, metadata, reveals, runs, scans
from .workspace import Workspace, locked, sync_folder, system_errors

__all__ = ["about", "decisions", "entries", "facts", "reveals", "runs", "scans"]

SCHEMA_VERSION: Final = 2
BUSY_SECONDS: Final = 30.0
_WRITES: Final = "secretshift_writes"

Upgrade = Callable[[sa.Connection], None]


def _from_1_to_2(connection: sa.Connection) -> None:
    # A later version that alters one of these tables has to write this step out first: it makes
    # them as they were in version 2.
    metadata.create_all(connection, tables=[decisions, reveals, scans])


UPGRADES: Final[Mapping[int, Upgrade]] = {1: _from_1_to_2}
"""Version -> the step that lifts a database from it to the next one, inside one transaction."""

Row = Mapping[str, Any]


class NoSuchRun(Exception):
    """A row names a run that is not there."""


class Taken(Exception):
    """A run of this id is there already."""


class Database:
    """An open database, safe to use from several threads and beside other processes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{_WRITES: True})
        self._lock = threading.Lock()

    def insert(self, *statements: sa.Insert) -> None:
        """One durable transaction: on disk when it returns."""
        with self._lock, translated(), self._writer.begin() as connection:
            for statement in statements:
                try:
                    connection.execute(statement)
                except exc.IntegrityError:
                    taken = statement.table is runs
                    raise (Taken() if taken else NoSuchRun()) from None

    def select(self, *queries: sa.Select[Any]) -> list[list[Row]]:
        """The rows of each query, all of one moment."""
        with translated(), self._engine.begin() as connection:
            return [
                [dict(row) for row in connection.execute(query).mappings()] for query in queries
            ]

    def close(self) -> None:
        self._engine.dispose()


def open_database(
    workspace: Workspace, url: str = "", *, upgrades: Mapping[int, Upgrade] = UPGRADES
) -> Database:
    """Open the workspace's database, or the one that url names; make or upgrade its schema.

    Raises Damaged for a database that is corrupt, foreign, of a newer version or of another key;
    such a one is left exactly as it is.
    """
    where = str(workspace.database)
    lock = workspace.path / "lock"
    with system_errors(workspace.path), locked(lock, wait=True), translated(where):
        if not url:
            _make_file(workspace)
        engine = _engine(url or _sqlite_url(workspace.database))
        try:
            with engine.execution_options(**{_WRITES: True}).begin() as connection:
                if url and not sa.inspect(connection).has_table(about.name):
                    _make_schema(connection, workspace)
                _check(connection, workspace, upgrades)
        except BaseException:
            engine.dispose()
            raise
    return Database(engine)


def _sqlite_url(path: Path) -> sa.URL:
    return sa.URL.create("sqlite", database=str(path))


def _engine(url: str | sa.URL) -> sa.Engine:
    # hide_parameters: the text of an error would otherwise quote what was written.
    made = sa.make_url(url)
    sqlite = made.get_backend_name() == "sqlite"
    arguments: dict[str, Any] = {"timeout": BUSY_SECONDS} if sqlite else {}
    engine = sa.create_engine(made, hide_parameters=True, connect_args=arguments)
    if sqlite:
        _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: sa.Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # The driver would begin by itself, late and not before DDL; we say BEGIN below.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_file(workspace: Workspace) -> None:
    """Make the database beside its place and rename it, so that one that is there is whole."""
    path = workspace.database
    if os.path.lexists(path):
        if path.is_symlink() or not path.is_file():
            raise Damaged("The workspace database is not a file", resource=str(path))
        return
    if os.path.lexists(f"{path}-wal"):
        raise Damaged(
            "The workspace database is gone while its log is there",
            resource=str(path),
            hint="Put workspace.db back from a backup, or start with another --workspace",
        )
    unfinished = path.with_name("workspace.db.new")
    for ending in ("", "-journal", "-wal", "-shm"):
        Path(f"{unfinished}{ending}").unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    os.close(os.open(unfinished, flags, 0o600))
    with contextlib.closing(sqlite3.connect(unfinished)) as plain:
        # Kept in the file, so that no later connection needs to write in order to look.
        plain.execute("PRAGMA journal_mode=WAL")
    engine = _engine(_sqlite_url(unfinished))
    try:
        with engine.execution_options(**{_WRITES: True}).begin() as connection:
            _make_schema(connection, workspace)
    finally:
        engine.dispose()
    unfinished.rename(path)
    sync_folder(workspace.path)


def _make_schema(connection: sa.Connection, workspace: Workspace) -> None:
    metadata.create_all(connection)
    connection.execute(
        sa.insert(about),
        [
            {"name": "schema", "value": str(SCHEMA_VERSION)},
            {"name": "key-check", "value": workspace.key_check()},
        ],
    )


def _check(
    connection: sa.Connection, workspace: Workspace, upgrades: Mapping[int, Upgrade]
) -> None:
    where = str(workspace.database)
    if connection.dialect.name == "sqlite":
        _check_pages(connection, where)
    if not sa.inspect(connection).has_table(about.name):
        raise _damaged("This is not a database of secretshift", where)
    said = {row["name"]: row["value"] for row in connection.execute(sa.select(about)).mappings()}
    version = int(said["schema"]) if said.get("schema", "").isdecimal() else 0
    if version > SCHEMA_VERSION:
        raise Damaged(
            f"The workspace was written by a newer secretshift (schema {version})",
            resource=where,
            hint="Update secretshift; it was left as it is",
        )
    for step in range(version, SCHEMA_VERSION):
        if step not in upgrades:
            raise _damaged(f"The workspace has an unknown schema ({version})", where)
        upgrades[step](connection)
    if version < SCHEMA_VERSION:
        connection.execute(
            sa.update(about).where(about.c.name == "schema").values(value=str(SCHEMA_VERSION))
        )
    if said.get("key-check") != workspace.key_check():
        raise Damaged(
            "The workspace key is not the one that this journal was written with",
            resource=str(workspace.path / "key"),
            hint="Put the key back from a backup, or start with another --workspace",
        )


def _check_pages(connection: sa.Connection, where: str) -> None:
    answer: Sequence[Any] | None = connection.exec_driver_sql("PRAGMA quick_check(1)").first()
    if answer is None or answer[0] != "ok":
        raise _damaged("The workspace database is damaged", where)


def _damaged(what: str, where: str) -> Damaged:
    return Damaged(
        what,
        resource=where,
        hint="It was left as it is. Put it back from a backup, or start with another --workspace",
    )


@contextlib.contextmanager
def translated(where: str = "workspace.db") -> Iterator[None]:
    """Turn the database's errors into ours, by their code; their text may quote what was written.

    Codes: https://www.sqlite.org/rescode.html
    """
    try:
        yield
    except (SecretshiftError, NoSuchRun, Taken):
        raise
    except exc.DBAPIError as error:
        name = getattr(error.orig, "sqlite_errorname", "")
        raise _by_code(name, isinstance(error, exc.OperationalError), where) from None
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        raise _by_code(name, isinstance(error, sqlite3.OperationalError), where) from None
    except exc.SQLAlchemyError:
        raise Unavailable("The workspace database cannot be reached", resource=where) from None


def _by_code(name: str, operational: bool, where: str) -> SecretshiftError:
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Unavailable(
            "Another process keeps the workspace database busy",
            resource=where,
            hint="Try again when it is done",
        )
    if name.startswith("SQLITE_FULL"):
        return Unavailable("The disk of the workspace is full", resource=where)
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN")):
        return Refused(
            "The workspace database cannot be opened for writing",
            resource=where,
            hint="Check the rights of the workspace folder and its files",
        )
    if name.startswith("SQLITE_IOERR"):
        return Unavailable("The disk of the workspace answers with an error", resource=where)
    if not name and operational:
        return Unavailable("The workspace database cannot be reached", resource=where)
    return _damaged("The workspace database is damaged", where)
