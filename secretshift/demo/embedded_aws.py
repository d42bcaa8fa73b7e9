"""Starts and stops an AWS on this machine: MiniStack with what secretshift adds to it.

The server is a process of its own. It is given a short list of environment variables and nothing
else, so that no credential of the operator reaches it or the functions that it runs, and it
listens on the loopback address only.
"""

from __future__ import annotations

import collections
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO

from secretshift.demo.errors import DemoProblem
from secretshift.demo.server import FOLDER_PREFIX, HEALTH_PATH, MINISTACK_VERSION
from secretshift.demo.strictness import USUAL, Strictness

REGION = "eu-west-1"

_START_SECONDS = 30.0
_STOP_SECONDS = 4.0
# Readiness has no event to wait for across the process border, so it is polled.
_POLL_SECONDS = 0.05
_LOG_LINES = 40
_LOG_LINE_LENGTH = 400
_CONFIG_FILE, _PROFILE = "aws-config", "embedded"
# What this program talks to; an endpoint that is set for one service wins over the general one.
_SERVICES = ("LAMBDA", "SECRETS_MANAGER", "IAM", "KMS", "STS", "CLOUDWATCH_LOGS", "EC2", "S3")
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")


class EmbeddedAws:
    """One embedded AWS; use it as a context manager or call `start` and `stop`.

    port: where it listens on 127.0.0.1; a free port if None.
    state_dir: a folder for its temporary files; one of its own, removed by `stop`, if None.
    strictness: how long IAM takes and whether requests are throttled.

    The attributes are valid between `start` and `stop`: `endpoint` (a URL), `environment` (what
    makes an AWS SDK talk to it as the account's root) and `account` (a 12-digit id).
    """

    def __init__(
        self,
        *,
        port: int | None = None,
        state_dir: Path | None = None,
        strictness: Strictness = USUAL,
    ) -> None:
        self.account = str(100_000_000_000 + secrets.randbelow(900_000_000_000))
        self._secret_key = secrets.token_urlsafe(30)
        self._wanted_port = port
        self._wanted_dir = state_dir
        self._strictness = strictness
        self._port: int | None = None
        self._process: subprocess.Popen[str] | None = None
        self._dir: Path | None = None
        self._log: collections.deque[str] = collections.deque(maxlen=_LOG_LINES)
        self._readers: list[threading.Thread] = []

    @property
    def endpoint(self) -> str:
        if self._port is None:
            raise _not_running()
        return f"http://127.0.0.1:{self._port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """Environment variables for an SDK or a child process, laid over an operator's own."""
        folder = self._dir
        if folder is None:
            raise _not_running()
        bypass = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
        direct = ",".join(part for part in (bypass, "127.0.0.1", "localhost") if part)
        own = {
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": self._secret_key,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            # A setting that ignores the endpoint would send the demo to the real AWS.
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
            "AWS_EC2_METADATA_DISABLED": "true",
            # Nor may a profile, a token or an endpoint of the operator mix in. An empty profile
            # name is an error to the SDK, so there is one with nothing in it.
            "AWS_CONFIG_FILE": str(folder / _CONFIG_FILE),
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_PROFILE": _PROFILE,
            "AWS_DEFAULT_PROFILE": _PROFILE,
            "AWS_SESSION_TOKEN": "",
            "AWS_SECURITY_TOKEN": "",
            "NO_PROXY": direct,
            "no_proxy": direct,
        }
        own |= {f"AWS_ENDPOINT_URL_{service}": self.endpoint for service in _SERVICES}
        return MappingProxyType(own)

    def __enter__(self) -> EmbeddedAws:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and return when it answers.

        Raises DemoProblem if MiniStack is missing or another version than the one that the
        extensions were written for, or if the server does not come up; the hint then holds
        its last lines.
        """
        if self._process is not None:
            return
        _require_ministack()
        self._log.clear()
        self._dir = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=self._wanted_dir))
        (self._dir / _CONFIG_FILE).write_text(f"[profile {_PROFILE}]\n")
        try:
            self._process = self._launch(self._dir)
            self._port = self._await_port(self._process)
            self._await_health(self._process)
        except BaseException:
            self.stop()
            raise

    def let_policies_spread(self) -> None:
        """Return when every change of a policy that was made so far works everywhere."""
        time.sleep(self._strictness.iam_seconds[1])

    def stop(self) -> None:
        """End the server and every function process; does nothing if it isn't running."""
        process, self._process = self._process, None
        self._port = None
        if process is not None:
            # The end of its standard input is the server's sign to end, as when this process dies.
            if process.stdin is not None:
                with suppress(OSError):
                    process.stdin.close()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                # It leads a process group of its own that holds the function processes too.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait(_STOP_SECONDS)
            for reader in self._readers:
                reader.join(1.0)
            self._readers.clear()
        folder, self._dir = self._dir, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _launch(self, folder: Path) -> subprocess.Popen[str]:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment |= {
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": self._secret_key,
            "PYTHONUNBUFFERED": "1",
        }
        # -P: the working directory is no place to import from.
        command = [sys.executable, "-P", "-m", "secretshift.demo.server"]
        process = subprocess.Popen(
            [*command, str(self._wanted_port or 0), str(folder), self._strictness.to_json()],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        if process.stderr is not None:
            self._readers = [
                threading.Thread(
                    target=self._read_log,
                    args=(process.stderr,),
                    name="embedded-aws-log",
                    daemon=True,
                )
            ]
            self._readers[0].start()
        return process

    def _read_log(self, stream: IO[str]) -> None:
        for line in stream:
            self._log.append(line.rstrip("\n")[:_LOG_LINE_LENGTH])
        stream.close()

    def _await_port(self, process: subprocess.Popen[str]) -> int:
        """The port that the server bound, from the first line that it prints."""
        answer: list[str] = []
        stream = process.stdout

        def read() -> None:
            if stream is not None:
                answer.append(stream.readline())
                stream.close()

        reader = threading.Thread(target=read, name="embedded-aws-port", daemon=True)
        reader.start()
        self._readers.append(reader)
        reader.join(_START_SECONDS)
        try:
            port = json.loads(answer[0])["port"] if answer else None
        except (ValueError, KeyError, TypeError):
            port = None
        if not isinstance(port, int):
            raise self._did_not_start(process)
        return port

    def _await_health(self, process: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() < deadline and process.poll() is None:
            with (
                suppress(OSError),
                opener.open(self.endpoint + HEALTH_PATH, timeout=2) as response,
            ):
                if response.status == 200:
                    return
            time.sleep(_POLL_SECONDS)
        raise self._did_not_start(process)

    def _did_not_start(self, process: subprocess.Popen[str]) -> DemoProblem:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
        for reader in self._readers:
            reader.join(0.5)
        ended = (
            f"it ended with {process.returncode}" if process.returncode is not None else "no answer"
        )
        lines = "\n".join(self._log) or "The server printed nothing."
        return DemoProblem(
            f"The embedded AWS did not start: {ended}",
            resource=f"127.0.0.1:{self._wanted_port or self._port or 'any port'}",
            hint=lines,
        )


def _not_running() -> DemoProblem:
    return DemoProblem("The embedded AWS is not running", hint="Call start() first.")


def _require_ministack() -> None:
    try:
        found = metadata.version("ministack")
    except metadata.PackageNotFoundError:
        raise DemoProblem(
            "The embedded AWS is not installed",
            resource="ministack",
            hint='Install it with: pip install "secretshift[demo]".',
        ) from None
    if found != MINISTACK_VERSION:
        raise DemoProblem(
            f"The embedded AWS needs ministack {MINISTACK_VERSION}, and {found} is installed",
            resource="ministack",
            hint=f"Install ministack=={MINISTACK_VERSION}: the demo reaches into its internals.",
        )
