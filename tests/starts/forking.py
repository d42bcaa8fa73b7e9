"""A process that has imported the program and becomes it anew for each start.

python forking.py LINE SCRIPT ROOT

LINE: the socket on which it is told what to start. SCRIPT: the installed program. ROOT: where its
package lies. It starts no thread, reads no rule and no setting, and knows neither home nor login:
whatever depends on those is found out by each process for itself, as after a start of its own.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any

LONGEST_ORDER = 1 << 20
MOST_FILES = 1 << 10
LEFT_OUT = ("secretshift.demo", "secretshift.resolver", "secretshift.tui", "secretshift.__main__")
"""What commands of tests do not need, or what reads the environment while it is imported."""
IMPORTED = (
    *("boto3", "botocore.httpsession", "botocore.session", "botocore.retries.adaptive"),
    *("botocore.retries.standard", "hyperscan", "kingfisher_sdk", "sqlalchemy.dialects.sqlite"),
)
"""What the package imports when it is needed. What is missing here is imported by each process."""


def main() -> None:
    line = socket.socket(fileno=int(sys.argv[1]))
    script, root = sys.argv[2:]
    # As Python does it for a script.
    sys.path[0] = str(Path(script).parent)
    if root not in sys.path:
        sys.path.insert(1, root)
    import_program()
    assert threading.active_count() == len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208
    assert tempfile.tempdir is None and "textual" not in sys.modules
    gc.freeze()
    order, files = next(forked(line), ({}, []))
    if order:
        become(script, order, files)


def import_program() -> None:
    import secretshift

    for name in (*modules_below(secretshift.__path__, "secretshift."), *IMPORTED):
        # The clouds are no part of every installation.
        with suppress(ModuleNotFoundError):
            import_module(name)


def modules_below(folders: Any, prefix: str) -> Iterator[str]:
    for module in pkgutil.iter_modules(folders, prefix):
        if module.name not in LEFT_OUT:
            yield module.name
            if module.ispkg:
                yield from modules_below(import_module(module.name).__path__, module.name + ".")


def forked(line: socket.socket) -> Iterator[tuple[Mapping[str, Any], list[int]]]:
    """In each new process, what it is to be; nothing in this one, until nobody asks any more."""
    at_work: dict[int, tuple[int, int]] = {}
    ready = select.poll()
    ready.register(line, select.POLLIN)
    while True:
        for number, _ in ready.poll():
            if number in at_work:
                ready.unregister(number)
                tell_end(number, *at_work.pop(number))
                continue
            said, files, _, _ = socket.recv_fds(line, LONGEST_ORDER, 4)
            if not said:
                return
            child = os.fork()
            if child == 0:
                line.close()
                yield json.loads(said), files
                return
            ended, report = os.pidfd_open(child), files.pop()
            for file in files:
                os.close(file)
            at_work[ended] = (child, report)
            ready.register(ended, select.POLLIN)
            socket.send_fds(line, [str(child).encode()], [ended])


def tell_end(ended: int, pid: int, report: int) -> None:
    _, status = os.waitpid(pid, 0)
    # Who asked may be gone.
    with suppress(BrokenPipeError):
        os.write(report, str(os.waitstatus_to_exitcode(status)).encode())
    os.close(report)
    os.close(ended)


def become(script: str, order: Mapping[str, Any], files: list[int]) -> None:
    """The program, as if it had been started with this."""
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    os.closerange(3, MOST_FILES)
    os.chdir(order["folder"])
    # Python itself says so to its children, where nothing else says how text is written.
    coerced = {"LC_CTYPE": os.environ["LC_CTYPE"]} if "LC_CTYPE" in os.environ else {}
    os.environ.clear()
    os.environ.update(coerced | order["environment"])
    # A shell that runs the tests in its background would have them ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdin = sys.__stdin__ = standard(0, sys.stdin)
    sys.stdout = sys.__stdout__ = standard(1, sys.stdout)
    sys.stderr = sys.__stderr__ = standard(2, sys.stderr)
    sys.argv = [script, *order["arguments"]]
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as ended:
        if isinstance(ended.code, int):
            leave(ended.code)
        raise


def leave(code: int) -> None:
    """As Python ends, but without giving back each imported thing: this takes as long as the most
    commands, and longer here than after a start, since all of it is shared until then."""
    threading._shutdown()
    atexit._run_exitfuncs()
    # Otherwise Python says itself that this cannot be written.
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code & 0xFF)


def standard(number: int, earlier: Any) -> TextIOWrapper:
    """The same file anew: it may be a terminal now, or no longer one."""
    buffer: Any = open(number, "wb" if number else "rb", closefd=False)  # noqa: SIM115
    buffer.raw.name = earlier.name
    file: Any = TextIOWrapper(
        buffer,
        encoding=earlier.encoding,
        errors=earlier.errors,
        newline="\n",
        line_buffering=number == 2 or buffer.raw.isatty(),
    )
    file.mode = earlier.mode
    return file


if __name__ == "__main__":
    main()
