"""What is kept of searches: private, bounded, and never in the way."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from secretshift.state import searches
from secretshift.state.searches import Kept, Searches
from secretshift.state.workspace import Workspace

KEPT = Kept("refs", '{"findings":[]}', '{"tips":[]}')


class Shelf:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "searches.db"
        self.notes: list[str] = []
        self.searches = Searches(Workspace.open(folder), self.notes.append)

    def keep(self, repository: str = "/shop", kept: Kept = KEPT) -> None:
        self.searches.keep(repository, "rules", kept.refs, kept.found, kept.basis)

    def of(self, repository: str = "/shop", rules: str = "rules") -> Kept | None:
        return self.searches.of(repository, rules)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "workspace")


def test_it_gives_what_was_kept_last_of_a_repository_under_the_same_rules(shelf):
    assert shelf.of() is None
    shelf.keep("/sh\udcffop")
    shelf.keep()
    shelf.keep("/shop", Kept("others", "{}", "{}"))
    assert shelf.of() == Kept("others", "{}", "{}")
    assert shelf.of("/sh\udcffop") == KEPT
    assert shelf.of("/shop", "other rules") is None
    assert shelf.notes == []


def test_the_file_is_private_whatever_the_umask(shelf):
    earlier = os.umask(0)
    try:
        shelf.keep()
    finally:
        os.umask(earlier)
    assert shelf.path.stat().st_mode & 0o777 == 0o600


def test_another_key_has_another_past(shelf, tmp_path):
    shelf.keep()
    other = Shelf(tmp_path / "other")
    other.path.write_bytes(shelf.path.read_bytes())
    other.path.chmod(0o600)
    assert other.of() is None


@pytest.mark.parametrize("content", [b"no database" * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_broken_file_is_thrown_away_with_a_note(shelf, content):
    shelf.path.write_bytes(content)
    shelf.path.chmod(0o600)
    assert shelf.of() is None
    assert len(shelf.notes) == 1
    shelf.keep()
    assert shelf.of() == KEPT
    assert len(shelf.notes) == 1


def test_a_table_of_another_form_is_thrown_away(shelf):
    shelf.keep()
    with closing(sqlite3.connect(shelf.path)) as other, other:
        other.execute("ALTER TABLE searches RENAME COLUMN found TO it")
    assert shelf.of() is None
    shelf.keep()
    assert shelf.of() == KEPT


def test_what_another_version_left_is_dropped_without_a_word(shelf):
    shelf.keep()
    with closing(sqlite3.connect(shelf.path)) as other, other:
        other.execute(f"PRAGMA user_version={searches.FORMAT + 1}")
    assert shelf.of() is None
    shelf.keep()
    assert (shelf.of(), shelf.notes) == (KEPT, [])


def test_what_was_changed_on_the_disk_is_not_believed(shelf):
    shelf.keep()
    with closing(sqlite3.connect(shelf.path)) as other, other:
        other.execute("""UPDATE searches SET found = '{"findings": []}'""")
    assert shelf.of() is None


def test_a_locked_file_is_passed_over_with_a_note(shelf, monkeypatch):
    monkeypatch.setattr(searches, "_BUSY_SECONDS", 0.05)
    shelf.keep()
    with closing(sqlite3.connect(shelf.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert shelf.of() is None
        shelf.keep("/shop", Kept("later", "{}", "{}"))
        other.execute("ROLLBACK")
    assert len(shelf.notes) == 2
    assert shelf.of() == KEPT


def test_no_file_of_others_is_opened(shelf, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.touch(0o600)
    shelf.path.symlink_to(elsewhere)
    shelf.keep()
    assert shelf.of() is None
    assert elsewhere.read_bytes() == b""
    shelf.path.unlink()
    os.mkfifo(shelf.path, 0o600)
    shelf.keep()
    assert shelf.of() is None
    shelf.path.unlink()
    shelf.path.touch(0o644)
    shelf.keep()
    assert shelf.path.read_bytes() == b""
    assert len(shelf.notes) == 5


def test_the_oldest_goes_first_and_what_is_too_large_is_not_kept(shelf, monkeypatch):
    monkeypatch.setattr(searches, "MOST_OF_ONE", 100)
    monkeypatch.setattr(searches, "MOST_BYTES", 200)
    for number in range(3):
        shelf.keep(f"/{number}", Kept("refs", "x" * 80, "y" * 10))
    assert [shelf.of(f"/{number}") is not None for number in range(3)] == [False, True, True]
    shelf.keep("/2", Kept("refs", "x" * 80, "y" * 80))
    assert [shelf.of(f"/{number}") is not None for number in range(3)] == [False, True, False]
