"""A search that is stopped in the middle tells what it found until then."""

from __future__ import annotations

import secrets
import subprocess
from pathlib import Path

import pytest

from secretshift.detection import Detector
from secretshift.history import repository
from secretshift.history.repository import History
from secretshift.model.errors import Interrupted
from secretshift.model.findings import HistoryLocation
from secretshift.model.journeys import CancelToken


def git(folder: Path, *arguments: str) -> None:
    author = ("-c", "user.name=a", "-c", "user.email=a@b.invalid")
    subprocess.run(["git", "-C", str(folder), *author, *arguments], check=True, capture_output=True)


@pytest.fixture
def past(tmp_path: Path) -> Path:
    """A removed file with a password, the largest of several, all in one pack."""
    git(tmp_path, "init", "-q")
    value = f"Wd5!{secrets.token_hex(6)}Kp"
    (tmp_path / "app.env").write_text(f"DB_PASSWORD={value}\n# {secrets.token_hex(4000)}\n")
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text(secrets.token_hex(20))
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    git(tmp_path, "rm", "-q", "app.env")
    git(tmp_path, "commit", "-q", "-m", "two")
    git(tmp_path, "repack", "-q", "-a", "-d")
    git(tmp_path, "prune-packed")
    return tmp_path


def test_what_was_found_until_then_is_told(
    past: Path, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "_TREES", 1)
    cancel = CancelToken()

    def moved_on(done: int, _total: int) -> None:
        if done:
            cancel.cancel()

    found: list[HistoryLocation] = []
    with pytest.raises(Interrupted):
        for item in History(past, detector, count=1).findings(moved_on, cancel):
            assert isinstance(item, tuple)
            found.append(item[1])
    assert [(one.path, one.in_head) for one in found] == [("app.env", False)]
