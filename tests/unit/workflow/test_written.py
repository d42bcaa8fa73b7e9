"""Files that a person asked for: whole, theirs alone, and nothing replaced by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from secretshift.model.errors import AlreadyThere, Unavailable, UsageProblem
from secretshift.workflow.written import write_file


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_is_written_for_its_owner_alone(tmp_path):
    path = write_file(tmp_path / "rows.csv", "a,b\n")
    assert path.read_text() == "a,b\n"
    assert mode(path) == 0o600


def test_what_is_there_is_replaced_only_on_request(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("before")
    path.chmod(0o644)
    with pytest.raises(AlreadyThere):
        write_file(path, "after")
    assert path.read_text() == "before"
    write_file(path, "after", replace=True)
    assert path.read_text() == "after"
    assert mode(path) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["rows.csv"]


def test_a_link_is_not_followed(tmp_path):
    target = tmp_path / "target"
    target.write_text("kept")
    link = tmp_path / "rows.csv"
    link.symlink_to(target)
    with pytest.raises(AlreadyThere):
        write_file(link, "after")
    with pytest.raises(UsageProblem):
        write_file(link, "after", replace=True)
    assert target.read_text() == "kept"


@pytest.mark.parametrize("name", ["", "nowhere/rows.csv", "a\0b", "~nobody-of-that-name/x"])
def test_a_path_that_can_be_no_file(tmp_path, name):
    with pytest.raises(UsageProblem):
        write_file(tmp_path / name if not name.startswith("~") else Path(name), "text")
    assert not list(tmp_path.iterdir())


def test_a_name_that_the_disk_refuses(tmp_path):
    with pytest.raises(Unavailable):
        write_file(tmp_path / ("x" * 300), "text")


def test_the_path_is_told_in_full(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert write_file(Path("here.json"), "{}") == tmp_path / "here.json"
    assert write_file(Path("~/home.json"), "{}") == tmp_path / "home.json"
