"""What tests start is forked: it must be to them what a start of its own would be."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.starts import program
from tests.starts.warm import can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system cannot tell of a fork's end")


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "SECRETSHIFT_HOME": str(folder / "ws")}


@pytest.mark.parametrize(
    "arguments", [["--version"], ["scan", "--help"], ["scan", "nowhere"], ["scan", "--no-such"]]
)
def test_a_forked_start_says_what_a_start_says(tmp_path: Path, arguments: list[str]) -> None:
    given = {"cwd": tmp_path, "env": _environment(tmp_path)}
    forked, anew = program.start(arguments, **given), program.start(arguments, **given, anew=True)
    assert isinstance(forked, program.Forked)
    assert isinstance(anew, subprocess.Popen)
    assert forked.communicate(timeout=60) == anew.communicate(timeout=60)
    assert forked.returncode == anew.returncode


def test_variables_that_rule_over_a_start_are_not_forked(tmp_path: Path) -> None:
    environment = _environment(tmp_path) | {"PYTHONWARNINGS": "error"}
    process = program.start(["--version"], cwd=tmp_path, env=environment)
    assert isinstance(process, subprocess.Popen)
    assert process.communicate(timeout=60)[0].startswith(b"secretshift")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_how_it_ended_is_known(tmp_path: Path, number: signal.Signals) -> None:
    workspace = tmp_path / "ws"
    workspace.mkdir(mode=0o700)
    ended = []
    with (workspace / "lock").open("w") as lock:
        (workspace / "lock").chmod(0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)  # for which the program waits
        for anew in (False, True):
            process = program.start(["runs"], cwd=tmp_path, env=_environment(tmp_path), anew=anew)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(2 if anew else 0.5)
            assert process.poll() is None
            process.send_signal(number)
            process.communicate(timeout=60)
            ended.append(process.returncode)
    assert ended[0] == ended[1]
    if number == signal.SIGKILL:
        assert ended[0] == -signal.SIGKILL


def test_nothing_is_sent_to_one_that_ended(tmp_path: Path) -> None:
    process = program.start(["--version"], cwd=tmp_path, env=_environment(tmp_path))
    process.communicate(timeout=60)
    process.kill()
    assert process.returncode == 0
