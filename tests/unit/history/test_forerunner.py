"""A process that prepares a search ahead says what the search would find out itself, or nothing."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from secretshift.history import forerunner
from secretshift.history.forerunner import Forerunner
from secretshift.history.git_log import all_of_it
from secretshift.history.objects import facts_of
from secretshift.history.preparation import Preparation, Prepared, from_parts, plain_parts
from secretshift.history.repository import History
from secretshift.model.errors import Interrupted
from secretshift.model.journeys import CancelToken

from .looks import setting, value
from .repositories import Change, git, made, packed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two packs, a loose blob that only a tag reaches, a merge, and a tag on a tree."""
    changes = [
        Change("refs/heads/main", wrote={b"a.env": setting(value()) * 9, b"n\xff.py": b"x = 1\n"}),
        Change("refs/heads/main", (0,), {b"a.env": setting(value()) * 9, b"b/.netrc": b"x\n"}),
        Change("refs/heads/side", (0,), {b"b.yml": b"a: b\n"}, author=b"\xffAnn"),
        Change("refs/heads/main", (1, 2), {b"b.yml": b"a: b\n"}),
    ]
    made(tmp_path / "repository", changes)
    packed(tmp_path / "repository")
    blob = git(tmp_path / "repository", "hash-object", "-w", "--stdin", given=b"lonely\n")
    git(tmp_path / "repository", "tag", "lonely", blob.decode().strip())
    git(tmp_path / "repository", "tag", "tree", "HEAD^{tree}")
    return tmp_path / "repository"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the program, which has no other thread when it sends one out."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(forerunner, "processes", lambda: 2)


def here(folder: Path, *, unreachable: bool = False) -> Prepared:
    git = all_of_it(folder, unreachable=unreachable)
    return Preparation(folder, facts_of(folder), git).result(CancelToken())


def parts(prepared: Prepared) -> list[object]:
    return list(plain_parts(prepared))


def sent(folder: Path) -> Forerunner:
    taken = forerunner.taken(folder, unreachable=False)
    assert taken is not None
    return taken


def test_plain_data_is_all_of_it(folder):
    prepared = here(folder)
    again = from_parts(folder, facts_of(folder), iter(parts(prepared)))
    assert parts(again) == parts(prepared)
    assert list(again.log.writings()) == list(prepared.log.writings())
    assert list(again.log.times) == list(prepared.log.times)
    for name in prepared.log.blobs:
        assert again.classes.of(name) == prepared.classes.of(name)
    (pack,), (same,) = prepared.objects.packs, again.objects.packs
    assert [same.unpacked(root) for root in same.roots] == [pack.unpacked(n) for n in pack.roots]


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("unreachable", [False, True])
def test_it_says_what_the_search_would_find_out(folder, unreachable):
    with forerunner.sent(folder, unreachable=unreachable):
        taken = forerunner.taken(folder, unreachable=unreachable)
        assert taken is not None
        told = taken.result(facts_of(folder), CancelToken())
    assert told is not None
    assert parts(told) == parts(here(folder, unreachable=unreachable))


@pytest.mark.usefixtures("alone")
def test_a_search_takes_it(folder, detector, monkeypatch):
    made_here: list[object] = []
    monkeypatch.setattr("secretshift.history.repository.Preparation", made_here.append)
    with forerunner.sent(folder, unreachable=False):
        found = list(History(folder, detector, count=1).findings(lambda *_: None, CancelToken()))
    assert not made_here
    monkeypatch.undo()
    plain = History(folder, detector, count=1).findings(lambda *_: None, CancelToken())
    assert {(v.secret.reveal(), at) for v, at in found} == {  # type: ignore[misc]
        (v.secret.reveal(), at)  # type: ignore[misc]
        for v, at in plain
    }


@pytest.mark.usefixtures("alone")
def test_one_that_dies_says_nothing_and_the_search_prepares_itself(folder, detector):
    with forerunner.sent(folder, unreachable=False):
        history = History(folder, detector, count=1)
        history.begin()
        assert history._begun is not None
        assert history._begun.forerunner is not None
        os.kill(history._begun.forerunner._pid, signal.SIGKILL)
        found = list(history.findings(lambda *_: None, CancelToken()))
    assert len(found) == 2


@pytest.mark.usefixtures("alone")
def test_a_log_that_git_breaks_off_is_no_answer(folder, detector):
    (folder / "refs" / "heads" / "broken").write_text("1" * 40 + "\n")
    with forerunner.sent(folder, unreachable=False):
        assert sent(folder).result(facts_of(folder), CancelToken()) is None


@pytest.mark.usefixtures("alone")
def test_nothing_is_left_of_one_that_nobody_took(folder):
    with forerunner.sent(folder, unreachable=False):
        (one,) = forerunner._sent.values()
    assert not forerunner._sent
    with pytest.raises(ChildProcessError):
        os.waitpid(one._pid, os.WNOHANG)
    assert one._git.returncode is not None


@pytest.mark.usefixtures("alone")
def test_whoever_waits_for_it_can_stop(folder):
    cancel = CancelToken()
    cancel.cancel()
    with forerunner.sent(folder, unreachable=False):
        one = sent(folder)
        os.kill(one._pid, signal.SIGSTOP)
        with pytest.raises(Interrupted):
            one.result(facts_of(folder), cancel)
    with pytest.raises(ChildProcessError):
        os.waitpid(one._pid, os.WNOHANG)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("ahead", [True, False])
def test_nothing_is_left_where_somebody_fails_while_git_still_tells(folder, detector, ahead):
    history = History(folder, detector, count=1)

    def fails(_done: int, of: int) -> None:
        assert not of
        raise ZeroDivisionError

    with forerunner.sent(folder, unreachable=False):
        one = None if ahead else forerunner.taken(folder, unreachable=False)
        history.begin()
        with pytest.raises(ZeroDivisionError):
            list(history.findings(fails, CancelToken()))
    assert history._begun is not None
    if one is not None:
        one.close()
        assert history._begun.here is not None
        assert history._begun.here._said._git.returncode is not None
        return
    assert history._begun.forerunner is not None
    with pytest.raises(ChildProcessError):
        os.waitpid(history._begun.forerunner._pid, os.WNOHANG)


def test_none_is_sent_from_the_midst_of_a_program(folder):
    other = threading.Event()
    thread = threading.Thread(target=other.wait, daemon=True)
    thread.start()
    with forerunner.sent(folder, unreachable=False):
        assert forerunner.taken(folder, unreachable=False) is None
    other.set()
    thread.join()


@pytest.mark.usefixtures("alone")
def test_where_there_is_no_repository_nobody_notices(tmp_path):
    with forerunner.sent(tmp_path / "nothing", unreachable=False):
        pass


PARENT = """
import os, sys, time
from pathlib import Path
from secretshift.history import forerunner, preparation
forerunner.processes = lambda: 2
def slow(prepared):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(600)
preparation.plain_parts = slow
with forerunner.sent(Path(sys.argv[1]), unreachable=False):
    time.sleep(600)
"""


def test_it_ends_with_the_program(folder):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        other = os.pidfd_open(int(program.stdout.readline()))
        program.kill()
    try:
        # It can be read from when that process has ended.
        assert select.select([other], [], [], 10)[0]
    finally:
        os.close(other)
