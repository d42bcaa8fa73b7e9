"""The interpreters of this machine for the runtimes that a plan lets through the resolver layer.

Beside the usual places those in SECRETSHIFT_INTERPRETERS are taken: paths of programs, separated
by colons. A program may be a script that starts an interpreter of another architecture.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.unit.resolver.harness import node_interpreters

VARIABLE = "SECRETSHIFT_INTERPRETERS"
_MACHINES = {"x86_64": "x86_64", "x64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
_PYTHON = (
    "import json, platform, sys;"
    " print(json.dumps(['python%d.%d' % sys.version_info[:2], platform.machine(),"
    " platform.python_version()]))"
)
_NODE = (
    "JSON.stringify(['nodejs' + process.versions.node.split('.')[0] + '.x', process.arch,"
    " process.versions.node])"
)


@dataclass(frozen=True)
class Interpreter:
    """runtime, machine: as Lambda names them; version: its own."""

    runtime: str
    machine: str
    version: str
    program: str

    @property
    def emulated(self) -> bool:
        return self.machine != _MACHINES.get(platform.machine())

    @property
    def family(self) -> str:
        return "node" if self.runtime.startswith("nodejs") else "python"


def found() -> dict[tuple[str, str], Interpreter]:
    """The newest of each runtime and machine."""
    newest: dict[tuple[str, str], Interpreter] = {}
    for program in dict.fromkeys(_programs()):
        if (one := _asked(program)) is not None:
            before = newest.get((one.runtime, one.machine))
            if before is None or _number(before.version) < _number(one.version):
                newest[one.runtime, one.machine] = one
    return newest


def _programs() -> Iterator[str]:
    yield from filter(None, os.environ.get(VARIABLE, "").split(":"))
    yield sys.executable
    yield from node_interpreters()
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for folder in (*sorted(pyenv.glob("3.*/bin")), Path("/usr/bin")):
        names = sorted(path.name for path in folder.glob("python3.*"))
        yield from (str(folder / name) for name in names if re.fullmatch(r"python3\.\d+", name))


def _asked(program: str) -> Interpreter | None:
    ask = ["-p", _NODE] if "node" in Path(program).name else ["-I", "-S", "-c", _PYTHON]
    done = subprocess.run([program, *ask], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        return None
    runtime, machine, version = json.loads(done.stdout)
    return Interpreter(runtime, _MACHINES.get(machine, machine), version, program)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
