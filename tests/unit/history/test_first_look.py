"""While git still tells of a history, what HEAD has is looked at: something is said at once."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from secretshift.detection import Detector
from secretshift.detection.sweep import Sweep
from secretshift.history import first_look, forerunner, repository
from secretshift.history.commits import CommitLog
from secretshift.history.first_look import FirstLook, is_long
from secretshift.history.forerunner import Forerunner
from secretshift.history.looking import Task
from secretshift.history.objects import GitReader, facts_of
from secretshift.history.repository import History, _some_short_first
from secretshift.model.errors import Interrupted
from secretshift.model.findings import HistoryLocation, Spotted
from secretshift.model.journeys import CancelToken

from .looks import setting, value
from .repositories import Change, git, made, packed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """HEAD has a password in a setting; another one was removed from it."""
    changes = [
        Change("refs/heads/main", wrote={b"old.env": setting(value()), b"a.py": b"x = 1\n"}),
        Change("refs/heads/main", (0,), {b"old.env": None, b"conf/now.env": setting(value())}),
    ]
    made(tmp_path / "repository", changes)
    packed(tmp_path / "repository")
    git(tmp_path / "repository", "symbolic-ref", "HEAD", "refs/heads/main")
    return tmp_path / "repository"


def telling(asked: int) -> Callable[[Forerunner], bool]:
    """Of a forerunner that is not ready until it was asked so often."""
    left = iter([False] * asked)
    return lambda _forerunner: next(left, True)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the program, which has no other thread when it sends one out."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(forerunner, "processes", lambda: 2)


def paths(items: Iterable[object]) -> list[tuple[str, bool]]:
    found = [item[1] for item in items if isinstance(item, tuple)]
    return sorted((one.path, one.in_head) for one in found if isinstance(one, HistoryLocation))


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("long", [False, True])
def test_values_of_head_are_said_before_the_history_is_told(folder, detector, monkeypatch, long):
    monkeypatch.setattr(Forerunner, "is_ready", telling(3))
    monkeypatch.setattr(repository, "is_long", lambda _facts: long)
    told: list[tuple[int, int]] = []

    def moved_on(_done: int, total: int) -> None:
        told.append((total, history.seen))

    with forerunner.sent(folder, unreachable=False):
        history = History(folder, detector, count=1)
        found = list(history.findings(moved_on, CancelToken()))
    assert paths(found) == [("conf/now.env", True), ("old.env", False)]
    # Of a short history whoever asks does its own part first, which is then as good.
    assert told[0] == (0, 1 if long else 0)
    assert (0, 1) in told
    assert all(total for total, _seen in told[told.index((0, 1)) + 2 :])


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("asked", [0, 3])
def test_whoever_wants_it_gets_each_value_when_it_is_met_first(
    folder, detector, monkeypatch, asked
):
    monkeypatch.setattr(Forerunner, "is_ready", telling(asked))
    with forerunner.sent(folder, unreachable=False):
        history = History(folder, detector, count=1, at_once=True)
        items = list(history.findings(lambda *_: None, CancelToken()))
    spotted = [item for item in items if isinstance(item, Spotted)]
    assert items[:2] == spotted
    found = {verdict.secret.reveal(): at for verdict, at in items[2:]}
    assert {one.verdict.secret.reveal() for one in spotted} == found.keys()
    for one in spotted:
        at = found[one.verdict.secret.reveal()]
        assert one.location == HistoryLocation(history.root, at.path, 0, at.blob)


def test_a_blob_has_a_path_of_its_own():
    log = CommitLog()
    for path, name in ((b"a", b"1"), (b"b", b"2"), (b"c", b"2")):
        log.add_object(path, name)
    assert log.a_path_of(b"1") == b"a"
    assert log.a_path_of(b"2") in (b"b", b"c")
    log.add_object(b"d", b"3")
    assert log.a_path_of(b"3") == b"d"


@pytest.mark.usefixtures("alone")
def test_what_is_told_at_once_is_not_kept_waiting(folder, detector, monkeypatch):
    monkeypatch.setattr(Forerunner, "is_ready", lambda _forerunner: True)
    monkeypatch.setattr(repository, "FirstLook", None)
    told: list[int] = []
    with forerunner.sent(folder, unreachable=False):
        history = History(folder, detector, count=1)
        found = list(history.findings(lambda _done, total: told.append(total), CancelToken()))
    assert paths(found) == [("conf/now.env", True), ("old.env", False)]
    assert told[0] == 0


@pytest.mark.usefixtures("alone")
def test_whoever_stops_before_git_has_told_gets_what_was_seen(folder, detector, monkeypatch):
    monkeypatch.setattr(Forerunner, "is_ready", lambda _forerunner: False)
    cancel = CancelToken()

    def moved_on(_done: int, _total: int) -> None:
        if history.seen:
            cancel.cancel()

    found: list[object] = []
    with forerunner.sent(folder, unreachable=False):
        history = History(folder, detector, count=1)
        items = history.findings(moved_on, cancel)
        with pytest.raises(Interrupted):
            found.extend(items)
    ((_verdict, at),) = found
    blob = git(folder, "rev-parse", "HEAD:conf/now.env").decode().strip()
    assert (at.path, at.line, at.blob, at.in_head) == ("conf/now.env", 1, blob, True)
    assert (at.first_commit, at.last_commit, at.author, at.refs) == ("", "", "", ())
    assert history.counts["blobs"] == 2


@pytest.mark.usefixtures("alone")
def test_what_was_seen_is_kept_when_somebody_stops_just_after_git_has_told(
    folder, detector, monkeypatch
):
    monkeypatch.setattr(Forerunner, "is_ready", telling(3))
    cancel = CancelToken()

    def moved_on(done: int, total: int) -> None:
        if total and not done:
            cancel.cancel()

    found: list[object] = []
    with forerunner.sent(folder, unreachable=False):
        items = History(folder, detector, count=1).findings(moved_on, cancel)
        with pytest.raises(Interrupted):
            found.extend(items)
    ((_verdict, at),) = found
    commit = git(folder, "rev-parse", "HEAD").decode().strip()
    assert (at.path, at.in_head, at.first_commit) == ("conf/now.env", True, commit)


@pytest.mark.usefixtures("alone")
def test_it_ends_when_git_has_told_even_amid_files(folder, detector, monkeypatch):
    monkeypatch.setattr(Forerunner, "is_ready", telling(2))
    read: list[bytes] = []
    until_told: list[int] = []
    monkeypatch.setattr(GitReader, "blob", lambda _self, name, _limit: read.append(name))

    def moved_on(_done: int, total: int) -> None:
        if total:
            until_told.append(len(read))

    with forerunner.sent(folder, unreachable=False):
        list(History(folder, detector, count=1).findings(moved_on, CancelToken()))
    assert until_told[0] == 1


@pytest.mark.usefixtures("alone")
def test_detectors_of_the_users_are_asked_by_the_search_alone(folder, detector, monkeypatch):
    """Which tells what they fail on."""
    monkeypatch.setattr(Forerunner, "is_ready", lambda _forerunner: False)
    monkeypatch.setattr(type(detector), "asks_others", property(lambda _self: True))
    monkeypatch.setattr(repository, "FirstLook", None)
    with forerunner.sent(folder, unreachable=False):
        found = list(History(folder, detector, count=1).findings(lambda *_: None, CancelToken()))
    assert paths(found) == [("conf/now.env", True), ("old.env", False)]


@pytest.mark.usefixtures("alone")
def test_nothing_is_left_of_whom_a_failure_hinders(folder, detector, monkeypatch):
    """As a workspace that cannot be used, which is met meanwhile."""
    monkeypatch.setattr(Forerunner, "is_ready", lambda _forerunner: False)

    def hindered(_done: int, _total: int) -> None:
        raise LookupError("made up")

    with forerunner.sent(folder, unreachable=False):
        (sent,) = forerunner._sent.values()
        history = History(folder, detector, count=1)
        with pytest.raises(LookupError):
            list(history.findings(hindered, CancelToken()))
    with pytest.raises(ChildProcessError):
        os.waitpid(sent._pid, os.WNOHANG)
    assert sent._git.returncode is not None


def look(folder: Path, detector: Detector, **files: bytes) -> FirstLook:
    """At files that are written, but of no commit; each "__" in a name is a dot."""
    head = {}
    for name, content in files.items():
        blob = git(folder, "hash-object", "-w", "--stdin", given=content).decode().strip()
        head[name.replace("__", ".").encode()] = bytes.fromhex(blob)
    return FirstLook(
        folder, facts_of(folder), Sweep(detector), 5_000_000, head, lambda: False
    )  # fmt: skip


def test_settings_come_first(folder, detector, monkeypatch):
    monkeypatch.setattr(first_look, "_AT_ONCE", 1)
    held = setting(value()).decode()
    one = look(folder, detector, a__png=b"no\n", a__py=b"x = 1\n", z__env=held.encode())
    assert list(one.log.paths) == [b"z.env", b"a.py", b"a.png"]
    assert [len(part) for part in one.parts()] == [1, 0, 0]
    one.close()
    assert one._looker._git._git is None


def test_what_is_large_or_not_there_is_passed_over(folder, detector, monkeypatch):
    monkeypatch.setattr(first_look, "_LARGEST", 1000)
    large = setting(value()) + b"# " + b"x" * 2000
    one = look(folder, detector, a__env=large, b__env=setting(value()))
    held = [held for part in one.parts() for held in part]
    assert len(held) == 1
    assert one.counts == {"blobs": 1, "bytes": one.counts["bytes"]}
    one.close()
    (folder / "objects" / "pack" / "pack-0.promisor").write_bytes(b"")
    facts = facts_of(folder)
    assert facts.partial
    there = bytes.fromhex(git(folder, "rev-parse", "HEAD:conf/now.env").decode().strip())
    head = {b"a.env": b"\x11" * 20, b"b.env": there}
    partial = FirstLook(folder, facts, Sweep(detector), 5_000_000, head, lambda: False)
    assert list(partial.log.blobs) == [there]
    partial.close()


def test_a_history_is_long_by_the_indexes_of_its_packs(folder, monkeypatch):
    assert not is_long(facts_of(folder))
    monkeypatch.setattr(first_look, "_LONG_INDEX", 1000)
    assert is_long(facts_of(folder))


def test_a_search_begins_with_what_is_soon_over(folder, detector, monkeypatch):
    git(folder, "repack", "-q", "-a", "-d")
    monkeypatch.setattr(repository, "_TREES", 1)
    monkeypatch.setattr(repository, "_SHORT", 3)
    monkeypatch.setattr(repository, "_FIRST", 1)
    done: list[int] = []
    list(History(folder, detector, count=1).findings(lambda d, _of: done.append(d), CancelToken()))
    sizes = [after - before for before, after in itertools.pairwise(done[1:])]
    assert len(sizes) == 3
    assert sizes[0] < sizes[1] >= sizes[2]


def test_short_tasks_come_before_the_long_ones():
    sizes = [900_000, 90_000, 1500, 800, 700, 600, 3]
    tasks = [Task(size, 0, (number,)) for number, size in enumerate(sizes)]
    asked = Task(10, names=(b"x",))
    order = [task.size for task in _some_short_first([*tasks, asked])]
    assert order == [800, 700, 600, 3, 900_000, 90_000, 1500, 10]
