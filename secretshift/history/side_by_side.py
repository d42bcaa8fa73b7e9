"""Tasks over several processes that share what this one has loaded.

Forked, since the compiled rules are in memory once then. A process that dies loses nothing: what
it had taken and not answered is done here. Values pass from memory to memory and nowhere else.
"""

from __future__ import annotations

import contextlib
import dataclasses
import marshal
import os
import queue
import signal
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Generic, TypeVar

from ..detection.apart.wire import verdicts, verdicts_data
from ..model.findings import HistoryLocation
from ..model.journeys import CancelToken
from .ahead import alone
from .child import be_a_child
from .looking import Held, Looked, Task
from .tracing import Trace, Written

_HEAD: Final = struct.Struct(">II")
"""Number of the task, bytes of the answer."""
_NUMBER: Final = struct.Struct(">I")
MOST_TASKS: Final = 8000
"""Their numbers wait in a pipe, which takes 64 KiB."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Work(Generic[T, R]):
    """do: what one process does with a task; dump, load: what came of it as plain data, and back
    from it."""

    do: Callable[[T], R]
    dump: Callable[[R], Any]
    load: Callable[[Any], R]


def look_side_by_side(
    tasks: Sequence[Task], look: Callable[[Task], Looked], cancel: CancelToken, count: int
) -> Iterator[Looked]:
    """What came of every task, in no order. Raises Interrupted, and ends the others then."""
    return side_by_side(tasks, Work(look, _data, _looked), cancel, count)


def trace_side_by_side(
    parts: Sequence[Sequence[Written]],
    trace: Callable[[Sequence[Written]], list[Trace]],
    cancel: CancelToken,
    count: int,
) -> Iterator[list[Trace]]:
    """As ``look_side_by_side``, for what was found."""
    return side_by_side(parts, Work(trace, _traces_data, _traces), cancel, count)


def side_by_side(
    tasks: Sequence[T], work: Work[T, R], cancel: CancelToken, count: int
) -> Iterator[R]:
    """What came of every task, in no order. count: processes, this one included. Raises
    Interrupted, and ends the others then."""
    if len(tasks) > MOST_TASKS:
        raise ValueError("too many tasks")
    if count < 2 or len(tasks) < 2:
        for task in tasks:
            cancel.check()
            yield work.do(task)
            # Whoever was told to stop may have given a part of it.
            cancel.check()
        return
    waiting, numbers = os.pipe()
    with open(numbers, "wb", buffering=0) as sink:  # noqa: PTH123  a descriptor
        sink.write(b"".join(_NUMBER.pack(number) for number in range(len(tasks))))
    answers: queue.SimpleQueue[tuple[int, R] | None] = queue.SimpleQueue()
    alone()
    children = list(_forked_all(tasks, work, waiting, count - 1))
    listening = [
        threading.Thread(target=_listen, args=(pipe, work, answers), daemon=True)
        for _pid, pipe in children
    ]
    for thread in listening:
        thread.start()
    try:
        yield from _worked(tasks, work, cancel, waiting, answers, len(children))
    finally:
        os.close(waiting)
        for pid, _pipe in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        # Whoever forks next has no other thread then.
        for thread, (_pid, pipe) in zip(listening, children, strict=True):
            thread.join()
            pipe.close()


def _worked(
    tasks: Sequence[T],
    work: Work[T, R],
    cancel: CancelToken,
    waiting: int,
    answers: queue.SimpleQueue[tuple[int, R] | None],
    alive: int,
) -> Iterator[R]:
    left = set(range(len(tasks)))
    while (number := _next(waiting)) is not None:
        cancel.check()
        left.discard(number)
        yield work.do(tasks[number])
        cancel.check()
        while not answers.empty():
            alive, done = _taken(answers.get(), alive, left)
            if done is not None:
                yield done
    while alive:
        cancel.check()
        try:
            answer = answers.get(timeout=0.2)
        except queue.Empty:
            continue
        alive, done = _taken(answer, alive, left)
        if done is not None:
            yield done
    for number in sorted(left):
        cancel.check()
        yield work.do(tasks[number])
        cancel.check()


def _taken(answer: tuple[int, R] | None, alive: int, left: set[int]) -> tuple[int, R | None]:
    if answer is None:
        return alive - 1, None
    number, done = answer
    left.discard(number)
    return alive, done


def _next(waiting: int) -> int | None:
    """Numbers are taken whole: a pipe gives one reader after the other."""
    data = os.read(waiting, _NUMBER.size)
    return _NUMBER.unpack(data)[0] if len(data) == _NUMBER.size else None


def _forked_all(
    tasks: Sequence[T], work: Work[T, R], waiting: int, count: int
) -> Iterator[tuple[int, BinaryIO]]:
    """As many as the system lets start; this process does the rest."""
    for _ in range(count):
        try:
            yield _forked(tasks, work, waiting)
        except OSError:
            return


def _forked(tasks: Sequence[T], work: Work[T, R], waiting: int) -> tuple[int, BinaryIO]:
    parent = os.getpid()
    mine, theirs = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(mine)
        os.close(theirs)
        raise
    if pid:
        os.close(theirs)
        return pid, open(mine, "rb")  # noqa: PTH123  a descriptor
    try:
        os.close(mine)
        be_a_child(parent)
        with open(theirs, "wb") as sink:  # noqa: PTH123  a descriptor
            while (number := _next(waiting)) is not None:
                answer = marshal.dumps(work.dump(work.do(tasks[number])))
                sink.write(_HEAD.pack(number, len(answer)))
                sink.write(answer)
                sink.flush()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - whatever it is, it must not run on as its parent
        # Its task is done by the parent, where a defect is told with its place.
        os._exit(1)


def _listen(
    pipe: BinaryIO, work: Work[T, R], answers: queue.SimpleQueue[tuple[int, R] | None]
) -> None:
    """A broken answer is none: its task is done again."""
    try:
        while len(head := pipe.read(_HEAD.size)) == _HEAD.size:
            number, size = _HEAD.unpack(head)
            data = pipe.read(size)
            if len(data) != size:
                break
            answers.put((number, work.load(marshal.loads(data))))  # noqa: S302  our own child's
    except (OSError, ValueError, EOFError, TypeError):
        pass
    finally:
        answers.put(None)


def _data(looked: Looked) -> Any:
    held = [
        (
            one.written,
            one.lines,
            [kind for kind, _verdict in one.verdicts],
            verdicts_data([verdict for _kind, verdict in one.verdicts]),
            one.blobs,
        )
        for one in looked.held
    ]
    return looked.size, held, dict(looked.counts), looked.damaged, looked.failures


def _looked(data: Any) -> Looked:
    size, held, counts, damaged, failures = data
    return Looked(
        size,
        [
            Held(written, lines, tuple(zip(kinds, verdicts(found), strict=True)), tuple(blobs))
            for written, lines, kinds, found, blobs in held
        ],
        Counter(counts),
        list(damaged),
        list(failures),
    )


def _traces_data(some: Sequence[Trace]) -> Any:
    return [
        (verdicts_data([one.verdict]), dataclasses.astuple(one.location), one.first, one.last)
        for one in some
    ]


def _traces(data: Any) -> list[Trace]:
    return [
        Trace(verdicts(found)[0], HistoryLocation(*location), first, last)
        for found, location, first, last in data
    ]
