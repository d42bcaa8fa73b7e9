"""Tasks over several processes: nothing is lost, nothing is left behind."""

from __future__ import annotations

import errno
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from secretshift.history.ahead import Ahead
from secretshift.history.side_by_side import MOST_TASKS, Work, side_by_side
from secretshift.model.errors import Interrupted
from secretshift.model.journeys import CancelToken

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def plain(do: Callable[[int], int]) -> Work[int, int]:
    return Work(do, lambda done: done, lambda done: done)


def children() -> set[int]:
    folder = Path(f"/proc/self/task/{os.getpid()}")
    return {int(pid) for pid in (folder / "children").read_text().split()}


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before, opened = children(), descriptors()
    yield
    # What a test before this one left may go meanwhile.
    assert children() <= before, "a process is left"
    assert descriptors() <= opened, "a descriptor is left"


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("tasks", [0, 1, 2, 300, MOST_TASKS])
def test_each_task_is_done_once(count, tasks):
    done = side_by_side(range(tasks), plain(lambda task: task * 2), CancelToken(), count)
    assert sorted(done) == [task * 2 for task in range(tasks)]


def test_more_tasks_than_a_pipe_takes_are_refused():
    with pytest.raises(ValueError, match="too many"):
        list(side_by_side(range(MOST_TASKS + 1), plain(abs), CancelToken(), 2))


def test_several_processes_take_part():
    def who(_task: int) -> int:
        time.sleep(0.02)
        return os.getpid()

    assert len(set(side_by_side(range(40), plain(who), CancelToken(), 3))) == 3


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_is_killed_amid_its_task_loses_nothing(how):
    parent = os.getpid()

    def do(task: int) -> int:
        if os.getpid() != parent:
            os.kill(os.getpid(), how)
        time.sleep(0.01)
        return task

    assert sorted(side_by_side(range(30), plain(do), CancelToken(), 3)) == list(range(30))


def test_a_process_that_is_killed_amid_its_answer_loses_nothing():
    parent = os.getpid()

    def do(task: int) -> bytes:
        if os.getpid() != parent and task % 7 == 3:
            # More than the pipe takes, so that the answer is on its way when this one ends.
            pid = os.getpid()
            if os.fork() == 0:
                time.sleep(0.05)
                os.kill(pid, signal.SIGKILL)
                os._exit(0)
        time.sleep(0.01)
        return bytes([task]) * 30_000_000 if task % 7 == 3 else bytes([task])

    work: Work[int, bytes] = Work(do, lambda done: done, lambda done: done)
    done = sorted(found[:1] for found in side_by_side(range(30), work, CancelToken(), 3))
    assert done == [bytes([task]) for task in range(30)]


def test_a_defect_in_a_process_is_told_here():
    parent = os.getpid()

    def do(task: int) -> int:
        time.sleep(0.01)
        if task == 20:
            raise ZeroDivisionError("of the task")
        return task

    with pytest.raises(ZeroDivisionError):
        list(side_by_side(range(30), plain(do), CancelToken(), 3))
    assert os.getpid() == parent


def test_a_defect_that_only_the_others_have_loses_nothing():
    parent = os.getpid()

    def do(task: int) -> int:
        time.sleep(0.01)
        if os.getpid() != parent:
            raise MemoryError
        return task

    assert sorted(side_by_side(range(30), plain(do), CancelToken(), 3)) == list(range(30))


def test_a_wish_to_stop_ends_the_others_at_once():
    cancel, parent = CancelToken(), os.getpid()

    def do(task: int) -> int:
        if os.getpid() != parent:
            time.sleep(600)
        if task > 5:
            cancel.cancel()
        time.sleep(0.01)
        return task

    began = time.monotonic()
    with pytest.raises(Interrupted):
        list(side_by_side(range(30), plain(do), cancel, 3))
    assert time.monotonic() - began < 5


def test_whoever_stops_listening_leaves_nothing():
    def do(task: int) -> int:
        time.sleep(0.01)
        return task

    going = side_by_side(range(300), plain(do), CancelToken(), 3)
    next(going)
    going.close()  # type: ignore[attr-defined]


def test_where_the_system_starts_no_other_process_this_one_does_all(monkeypatch):
    def refused() -> int:
        raise OSError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(os, "fork", refused)
    assert sorted(side_by_side(range(9), plain(abs), CancelToken(), 4)) == list(range(9))


PARENT = r"""
import os, sys, time
from secretshift.history.side_by_side import Work, side_by_side
from secretshift.model.journeys import CancelToken
parent = os.getpid()
def do(task):
    if os.getpid() != parent:
        os.write(1, b"%d\n" % os.getpid())
        time.sleep(600)
    time.sleep(600 if task > 20 else 0.01)
    return task
list(side_by_side(range(60), Work(do, int, int), CancelToken(), 4))
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_they_end_with_the_process_that_started_them(how):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        others = [os.pidfd_open(int(started.stdout.readline())) for _ in range(3)]
        started.send_signal(how)
        started.wait(10)
    try:
        for other in others:
            # It can be read from when that process has ended.
            assert select.select([other], [], [], 10)[0]
    finally:
        for other in others:
            os.close(other)


def test_no_copy_is_made_while_something_is_done_ahead() -> None:
    """It may hold a lock, which nobody gives back in the copy."""
    lock, held, go_on = threading.Lock(), threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            held.set()
            go_on.wait(10)

    def locked(number: int) -> int:
        with lock:
            return number

    ahead = Ahead(hold)
    assert held.wait(10)
    later = threading.Timer(0.2, go_on.set)
    later.start()
    done = side_by_side(range(20), plain(locked), CancelToken(), 2)
    assert sorted(done) == list(range(20))
    ahead.result()
    later.join()
