"""One execution environment: a process that runs a function, and the Runtime API it talks to."""

from __future__ import annotations

import queue
import shutil
import socketserver
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from ministack.core.lambda_runtime import ProvidedInitTimeout, ProvidedWorker
from ministack.services import lambda_svc

from secretshift.demo.extensions import function_environment, start_command
from secretshift.demo.extensions.process_output import ProcessOutput

_FIRST_INIT_SECONDS = 10.0


class InitFailed(Exception):
    """The function did not get as far as asking for its first event.

    payload: what the invocation answers; output: what the process wrote.
    """

    def __init__(self, payload: dict[str, Any], output: str) -> None:
        self.payload = payload
        self.output = output
        super().__init__(str(payload.get("errorType")))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A process that ends while it waits for an event is no news."""


class ExecutionEnvironment(ProvidedWorker):  # type: ignore[misc]  # MiniStack has no types
    """Starts Python and Node.js functions as Lambda does, on MiniStack's Runtime API.

    MiniStack has this for custom runtimes; what differs is the start command, the layers, the
    variables, and that the output of the initialisation is kept.
    """

    def __init__(self, func_name: str, config: dict[str, Any], code_zip: bytes) -> None:
        super().__init__(func_name, config, code_zip)
        self.stream = function_environment.log_stream(str(config.get("Version", "$LATEST")))
        self.init: tuple[str, float] | None = None
        self.retired = False
        self._output: ProcessOutput | None = None
        self._started: Any = None
        self._root: Path | None = None

    def take_init(self) -> tuple[str, float] | None:
        """Output and seconds of the initialisation, once: for the invocation that caused it."""
        found, self.init = self.init, None
        return found

    def exit_text(self) -> str:
        """How the process ended, in Lambda's words."""
        code = self._started.returncode if self._started is not None else None
        if code is None or code == 0:
            return "Runtime exited without providing a reason"
        if code < 0:
            return "Runtime exited with error: signal: killed"
        return f"Runtime exited with error: exit status {code}"

    def _spawn(self, init_timeout: float | None = None) -> None:
        self._teardown()
        self._discard_files()
        began = time.monotonic()
        self._root = Path(tempfile.mkdtemp(prefix="function-"))
        events: queue.Queue[Any] = queue.Queue(maxsize=1)
        generation = self._next_generation(events)
        handler = self._build_handler_class(generation, events)
        # An answer goes out in two writes; waiting to join them would cost 40 ms an invocation.
        handler.disable_nagle_algorithm = True
        self._server = _Server(("127.0.0.1", 0), handler)
        port = self._server.server_address[1]
        self._server_thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.1},
            name=f"runtime-api-{self.func_name}",
            daemon=True,
        )
        self._server_thread.start()
        try:
            self._launch(self._root, f"127.0.0.1:{port}")
            self._await_init(init_timeout)
        except BaseException:
            self._teardown()
            raise
        self.init = (self._drain_stderr(), time.monotonic() - began)

    def _next_generation(self, events: queue.Queue[Any]) -> int:
        with self._state_lock:
            self._generation += 1
            self._stopping = False
            self._first_poll.clear()
            self._init_settled.clear()
            self._init_error: Any = None
            self._result: dict[str, Any] = {}
            self._response_ready.clear()
            self._current_request_id = None
            self._pending = events
            return int(self._generation)

    def _launch(self, root: Path, runtime_api: str) -> None:
        config = self.config
        named = ((config.get("Environment") or {}).get("Variables") or {}).get(
            start_command.WRAPPER, ""
        )
        layers = [lambda_svc._resolve_layer_zip(layer) for layer in config.get("Layers") or []]
        # One lock for unpacking and starting: a fork while another thread still has a wrapper
        # open for writing would make executing that wrapper fail with ETXTBSY.
        with lambda_svc._provided_code_lock:
            tree = function_environment.unpack(
                root, self.code_zip, [layer for layer in layers if layer]
            )
            environment = function_environment.variables(
                config, tree, runtime_api=runtime_api, stream=self.stream
            )
            try:
                command = start_command.command(
                    str(config.get("Runtime", "")),
                    str(config.get("Handler", "")),
                    environment.get(start_command.WRAPPER, ""),
                    named,
                )
                self._started = subprocess.Popen(
                    command,
                    cwd=tree.task,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                )
            except start_command.LaunchProblem as problem:
                raise self._exited(problem.line, problem.status) from None
            except OSError as problem:
                raise self._exited(f"{named}: {problem.strerror}", 126) from None
        self._proc = self._started
        self._output = ProcessOutput(self._started.stdout)

    def _await_init(self, init_timeout: float | None = None) -> None:
        deadline = time.monotonic() + (init_timeout or _FIRST_INIT_SECONDS)
        while not self._init_settled.wait(0.02):
            if self._started.poll() is not None:
                if self._init_settled.is_set():
                    break
                raise InitFailed(
                    {"errorType": "Runtime.ExitError", "errorMessage": self.exit_text()},
                    self._drain_stderr(),
                )
            if time.monotonic() >= deadline:
                raise ProvidedInitTimeout("The initialisation took too long")
        if self._init_error is not None:
            reported = self._init_error
            payload = reported if isinstance(reported, dict) else {"errorMessage": str(reported)}
            # The process writes its last lines before it ends, and after it reported the error.
            with suppress(subprocess.TimeoutExpired):
                self._started.wait(1.0)
            raise InitFailed(payload, self._drain_stderr())

    def _exited(self, line: str, status: int) -> InitFailed:
        message = f"Runtime exited with error: exit status {status}"
        return InitFailed({"errorType": "Runtime.ExitError", "errorMessage": message}, line)

    def _drain_stderr(self) -> str:
        return self._output.take() if self._output is not None else ""

    def _drain_stderr_bounded(self, *_: float) -> str:
        return self._drain_stderr()

    def _join_log_thread(self) -> None:
        if self._output is not None:
            self._output.close()

    def _discard_tmpdir(self) -> None:
        super()._discard_tmpdir()
        self._discard_files()

    def _discard_files(self) -> None:
        root, self._root = self._root, None
        if root is not None:
            shutil.rmtree(root, ignore_errors=True)
