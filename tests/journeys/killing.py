"""Runs to be killed, without the second that each new process would take to import and load.

One process has everything loaded and starts nothing. For each run it forks a process, which has
memory, files and an end of its own, and tells how that one ended.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SERVICES = ("ec2", "iam", "kms", "lambda", "logs", "secretsmanager", "sts")


class Killing:
    """Starts with the first run; ends with `close`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, *arguments: object) -> tuple[int, str]:
        """The return code of `killed_run` with these arguments, and what it said."""
        with tempfile.NamedTemporaryFile("r") as said:
            order = {
                "arguments": [str(one) for one in arguments],
                "environment": dict(os.environ),
                "said": said.name,
            }
            try:
                code = self._asked(order)
            except BaseException:
                # Out of time, perhaps: what is still at work belongs to no later test.
                self.close()
                raise
            return code, said.read()

    def _asked(self, order: dict[str, Any]) -> int:
        process = self._process = self._process or _started()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.killing"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def main() -> None:
    import boto3

    from tests.conftest import name_events_once, read_models_once
    from tests.journeys import killed_run
    from tests.starts.forking import import_program

    import_program()
    read_models_once()
    name_events_once()
    nobody = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    session = boto3.session.Session(region_name="eu-west-1", **nobody)
    for service in SERVICES:
        session.client(service)
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            said = os.open(order["said"], os.O_WRONLY)
            os.dup2(said, 1)
            os.dup2(said, 2)
            os.environ.clear()
            os.environ.update(order["environment"])
            killed_run.run(*order["arguments"])
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
