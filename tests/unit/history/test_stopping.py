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
from secretshift.model.findings import HistoryLocation, Verdict
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


class After(CancelToken):
    """Wants the search to stop when it was asked so often."""

    def __init__(self, asked: int) -> None:
        super().__init__()
        self._left = asked

    @property
    def cancelled(self) -> bool:
        self._left -= 1
        if not self._left:
            self.cancel()
        return super().cancelled


@pytest.mark.parametrize("trees", [1, 20])
def test_wherever_a_task_is_stopped_its_part_is_not_taken_for_all(
    past: Path, detector: Detector, monkeypatch: pytest.MonkeyPatch, trees: int
) -> None:
    monkeypatch.setattr(repository, "_TREES", trees)
    whole = {one[1].path for one in found_of(past, detector, CancelToken())}
    stopped, kept = 0, set()
    for asked in range(1, 1000):
        cancel = After(asked)
        found: list[tuple[Verdict, HistoryLocation]] = []
        try:
            found_of(past, detector, cancel, found)
        except Interrupted:
            stopped += 1
        else:
            assert cancel._left > 0
            break
        kept |= {one[1].path for one in found}
    assert stopped > 5
    assert whole == {"app.env"}
    # What lies in the one task that is stopped before it has judged anything cannot be told.
    assert kept == (whole if trees == 1 else set())


def found_of(
    past: Path,
    detector: Detector,
    cancel: CancelToken,
    found: list[tuple[Verdict, HistoryLocation]] | None = None,
) -> list[tuple[Verdict, HistoryLocation]]:
    found = [] if found is None else found
    for item in History(past, detector, count=1).findings(lambda *_: None, cancel):
        assert isinstance(item, tuple)
        found.append(item)
    return found
