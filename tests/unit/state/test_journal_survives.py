"""SIGKILL, two processes, corrupt, foreign, old and newer databases."""

from __future__ import annotations

import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from secretshift.model.errors import Damaged, Refused, SecretshiftError, Unavailable
from secretshift.state import database
from secretshift.state.journal import Journal
from secretshift.state.workspace import Workspace

SAMPLES = Path(__file__).parent / "samples"

WRITER = """
import sys
from pathlib import Path
from secretshift.state.journal import Journal
from secretshift.state.workspace import Workspace
journal = Journal(Workspace.open(Path(sys.argv[1])))
run, name = sys.argv[2], sys.argv[3]
with journal.hold(run) if name == "held" else open("/dev/null"):
    for number in range(int(sys.argv[4])):
        journal.write(run, f"{name}-{number}", type="t", target="x", state="done",
                      after={"filler": "f" * (number * 37 % 5000)})
        print(number, flush=True)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "w")


def writer(workspace: Workspace, run: str, name: str, count: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(workspace.path), run, name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def read_for(process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """What it printed from its first line until so many seconds later."""
    assert process.stdout is not None
    text = process.stdout.readline()
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([process.stdout], [], [], left)[0]:
            text += os.read(process.stdout.fileno(), 65536)
    return text


@pytest.mark.parametrize("seed", range(4))
def test_every_write_that_returned_survives_sigkill(workspace: Workspace, seed: int) -> None:
    with Journal(workspace) as journal:
        run = journal.begin("migrate", {}, {})
    process = writer(workspace, run, "held", 100_000)
    printed = read_for(process, random.Random(seed).uniform(0.02, 0.3))
    with Journal(workspace) as watching:
        assert watching.busy(run)
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    acknowledged = (printed + rest).decode().splitlines()
    assert len(acknowledged) > 3
    with Journal(workspace) as journal:
        assert not journal.busy(run)
        keys = [change.key for change in journal.changes(run)]
        # The one being written when it was killed may be there as well, and nothing beyond it.
        assert keys[: len(acknowledged)] == [f"held-{n}" for n in range(len(acknowledged))]
        assert len(keys) <= len(acknowledged) + 1
        journal.write(run, "afterwards", type="t", target="x", state="done")


def test_two_processes_write_at_the_same_time(workspace: Workspace) -> None:
    with Journal(workspace) as journal:
        run = journal.begin("migrate", {}, {})
        both = [writer(workspace, run, name, 150) for name in ("a", "b")]
        for number in range(50):
            journal.write(run, f"c-{number}", type="t", target="x", state="done")
        for process in both:
            process.communicate()
            assert process.returncode == 0
        assert len(journal.changes(run)) == 350


def test_writes_are_synced_and_in_wal(workspace: Workspace) -> None:
    with Journal(workspace) as journal, journal._db._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_rows_are_never_changed(workspace: Workspace) -> None:
    """A database that refuses UPDATE and DELETE serves every method."""
    Journal(workspace).close()
    with closing(sqlite3.connect(workspace.database)) as plain:
        for table in ("runs", "facts", "entries", "about"):
            for verb in ("UPDATE", "DELETE"):
                plain.execute(
                    f"CREATE TRIGGER {verb}_{table} BEFORE {verb} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'append only'); END"
                )
    with Journal(workspace) as journal:
        run = journal.begin("migrate", {}, {})
        journal.update_plan(run, {"v": 2})
        journal.note(run, "n", {})
        for state in ("planned", "done"):
            journal.write(run, "k", type="t", target="x", state=state)
        journal.end(run, "incomplete")
        journal.reopen(run)
        assert journal.plan(run) == {"v": 2}


def damage_header(path: Path) -> None:
    path.write_bytes(b"this is no database" + path.read_bytes()[19:])


def damage_pages(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start : start + 64] = b"\xff" * 64
    path.write_bytes(content)


def damage_last_page(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-4096] + b"\xff" * 4096)


def make_empty(path: Path) -> None:
    path.write_bytes(b"")


def make_foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("CREATE TABLE somebody (else_ TEXT)")


def make_newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("UPDATE about SET value = '99' WHERE name = 'schema'")


def make_older(path: Path) -> None:
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("UPDATE about SET value = '0' WHERE name = 'schema'")


@pytest.mark.parametrize(
    "spoil",
    [
        damage_header,
        damage_pages,
        damage_last_page,
        make_empty,
        make_foreign,
        make_newer,
        make_older,
    ],
)
def test_a_database_that_cannot_be_used_is_said_and_left_alone(
    workspace: Workspace, spoil: object
) -> None:
    with Journal(workspace) as journal:
        run = journal.begin("migrate", {"p": "x" * 9000}, {})
        for number in range(50):
            journal.write(run, f"k{number}", type="t", target="x" * 500, state="done")
    spoil(workspace.database)  # type: ignore[operator]
    before = workspace.database.read_bytes()
    for _ in range(2):
        with pytest.raises(Damaged) as caught:
            Journal(Workspace.open(workspace.path))
        assert caught.value.hint and caught.value.resource == str(workspace.database)
        assert workspace.database.read_bytes() == before


def test_a_database_gone_from_beside_its_log_is_damaged(workspace: Workspace) -> None:
    Journal(workspace).close()
    workspace.database.unlink()
    workspace.database.with_name("workspace.db-wal").write_bytes(b"x")
    with pytest.raises(Damaged, match="gone"):
        Journal(workspace)


def test_a_linked_database_is_not_opened(workspace: Workspace, tmp_path: Path) -> None:
    Journal(workspace).close()
    workspace.database.rename(tmp_path / "elsewhere.db")
    workspace.database.symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(Damaged, match="not a file"):
        Journal(workspace)


def test_an_error_of_the_database_quotes_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = "canary-Zk81-value"
    with Journal(workspace) as journal:
        run = journal.begin("migrate", {}, {})
        with closing(sqlite3.connect(workspace.database)) as plain, plain:
            plain.execute("DROP TABLE entries")
        with pytest.raises(SecretshiftError) as caught:
            journal.write(run, "k", type="t", target=canary, state="done", after={"a": canary})
    assert canary not in repr(caught.value) + str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_a_locked_database_is_unavailable_after_a_while(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with Journal(workspace) as journal, closing(sqlite3.connect(workspace.database)) as other:
        run = journal.begin("migrate", {}, {})
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="busy"):
            journal.write(run, "k", type="t", target="x", state="done")
        other.execute("ROLLBACK")
        journal.write(run, "k", type="t", target="x", state="done")


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("SQLITE_FULL", Unavailable),
        ("SQLITE_IOERR_WRITE", Unavailable),
        ("SQLITE_READONLY", Refused),
        ("SQLITE_CORRUPT", Damaged),
        ("SQLITE_NOTADB", Damaged),
    ],
)
def test_codes_lead_to_families(code: str, family: type[SecretshiftError]) -> None:
    def fail() -> Iterator[None]:
        error = sqlite3.OperationalError("text that may quote")
        error.sqlite_errorname = code
        with database.translated():
            raise sa.exc.OperationalError("statement", {}, error)
        yield

    with pytest.raises(family):
        next(fail())


def test_an_older_database_is_lifted_in_one_transaction(workspace: Workspace) -> None:
    Journal(workspace).close()
    make_older(workspace.database)

    def fails(connection: sa.Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE half (x TEXT)")
        raise Unavailable("the step stopped")

    def works(connection: sa.Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE lifted (x TEXT)")

    with pytest.raises(Unavailable):
        database.open_database(workspace, upgrades={0: fails})
    database.open_database(workspace, upgrades={**database.UPGRADES, 0: works}).close()
    with closing(sqlite3.connect(workspace.database)) as plain:
        tables = {row[0] for row in plain.execute("SELECT name FROM sqlite_master")}
        version = plain.execute("SELECT value FROM about WHERE name = 'schema'").fetchone()
    assert "lifted" in tables and "half" not in tables
    assert version == (str(database.SCHEMA_VERSION),)


def sample_of_version_1(tmp_path: Path) -> Workspace:
    folder = tmp_path / "w"
    folder.mkdir(mode=0o700)
    (folder / "key").write_bytes(bytes(range(32)))
    (folder / "key").chmod(0o600)
    with closing(sqlite3.connect(folder / "workspace.db")) as plain:
        plain.executescript((SAMPLES / "workspace-v1.sql").read_text())
    return Workspace.open(folder)


def test_the_sample_of_version_1_becomes_a_database_of_this_version(tmp_path: Path) -> None:
    workspace = sample_of_version_1(tmp_path)
    shape = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    with closing(sqlite3.connect(workspace.database)) as plain:
        before = list(plain.iterdump())
    database.open_database(workspace).close()
    with closing(sqlite3.connect(workspace.database)) as plain:
        after = list(plain.iterdump())
        lifted = set(plain.execute(shape))
        version = plain.execute("SELECT value FROM about WHERE name = 'schema'").fetchone()
    fresh = Workspace.open(tmp_path / "fresh")
    database.open_database(fresh).close()
    with closing(sqlite3.connect(fresh.database)) as plain:
        assert lifted == set(plain.execute(shape)), "it differs from a database made anew"
    lost = set(before) - set(after)
    assert lost == {"""INSERT INTO "about" VALUES('schema','1');"""}
    assert version == (str(database.SCHEMA_VERSION),)


def test_the_sample_of_version_1_can_be_read(tmp_path: Path) -> None:
    with Journal(sample_of_version_1(tmp_path)) as journal:
        run = journal.run("last")
        assert (run.id, run.status, run.changes) == ("r-20261124-131502-7f3a", "incomplete", 2)
        assert [(c.key, c.state) for c in journal.changes(run.id)] == [
            ("secret:db", "done"),
            ("grant:pay", "failed"),
        ]
        assert journal.changes(run.id)[0].after == {"arn": "arn:aws:…", "version": "v1"}
        assert journal.plan(run.id) == {"steps": 2}
        assert journal.notes(run.id) == {"probe": {"name": "p"}}


def test_the_schema_and_statements_compile_for_postgresql() -> None:
    dialect = postgresql.dialect()
    for table in database.metadata.sorted_tables:
        text = str(CreateTable(table).compile(dialect=dialect))
        assert "CREATE TABLE" in text
        str(sa.insert(table).compile(dialect=dialect))
        str(sa.select(table).compile(dialect=dialect))
    assert "BIGSERIAL" in str(CreateTable(database.entries).compile(dialect=dialect))


def test_another_database_can_be_named_by_url(workspace: Workspace, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    with Journal(workspace, url=url) as journal:
        run = journal.begin("scan", {}, {})
    with Journal(workspace, url=url) as journal:
        assert journal.run("last").id == run
    assert not workspace.database.exists()
