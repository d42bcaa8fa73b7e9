"""The loops for functions, against a Runtime API of the test's own."""

from __future__ import annotations

import http.server
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from secretshift.demo import loops
from secretshift.demo.extensions.start_command import node

FOLDER = Path(str(loops.__file__)).parent


class RuntimeApi:
    """Hands out events and collects what comes back; says 410 when there are none left."""

    def __init__(self, events: list[Any]) -> None:
        self.posted: queue.Queue[tuple[str, Any]] = queue.Queue()
        waiting = list(enumerate(events))
        posted = self.posted

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if not waiting:
                    self._answer(410, b"")
                    return
                number, event = waiting.pop(0)
                self._answer(200, json.dumps(event).encode(), number)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                posted.put((self.path.split("/runtime/")[1], json.loads(body)))
                self._answer(202, b"")

            def _answer(self, status: int, body: bytes, number: int = 0) -> None:
                self.send_response(status)
                self.send_header("Lambda-Runtime-Aws-Request-Id", f"r{number}")
                self.send_header("Lambda-Runtime-Deadline-Ms", "99999999999999")
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:of:f")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def opened() -> Iterator[list[RuntimeApi]]:
    found: list[RuntimeApi] = []
    yield found
    for api in found:
        api.close()


def run(
    opened: list[RuntimeApi], folder: Path, language: str, source: str, events: list[Any]
) -> tuple[list[tuple[str, Any]], subprocess.CompletedProcess[str]]:
    api = RuntimeApi(events)
    opened.append(api)
    file, command = (
        ("index.py", [sys.executable, str(FOLDER / "python_loop.py")])
        if language == "python"
        else ("index.js", [node(), str(FOLDER / "node_loop.cjs")])
    )
    (folder / file).write_text(source)
    ended = subprocess.run(
        [*command, "index.handler"],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "AWS_LAMBDA_RUNTIME_API": api.address,
            "LAMBDA_TASK_ROOT": str(folder),
            "AWS_LAMBDA_FUNCTION_NAME": "f",
        },
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    posted = []
    while not api.posted.empty():
        posted.append(api.posted.get())
    return posted, ended


PYTHON = """
def handler(event, context):
    if event == "bad":
        raise ValueError("no")
    left = context.get_remaining_time_in_millis() > 0
    return [event, context.aws_request_id, context.invoked_function_arn, left]
"""
NODE = """
exports.handler = async (event, context) => {
  if (event === 'bad') throw new RangeError('no');
  const left = context.getRemainingTimeInMillis() > 0;
  return [event, context.awsRequestId, context.invokedFunctionArn, left];
};
"""


@pytest.mark.parametrize(
    ("language", "source", "kind"), [("python", PYTHON, "ValueError"), ("node", NODE, "RangeError")]
)
def test_events_go_in_and_answers_and_errors_come_out(
    opened: list[RuntimeApi], tmp_path: Path, language: str, source: str, kind: str
) -> None:
    posted, ended = run(opened, tmp_path, language, source, [{"ü": 1}, "bad", None])
    assert [path for path, _ in posted] == [
        "invocation/r0/response",
        "invocation/r1/error",
        "invocation/r2/response",
    ]
    assert posted[0][1] == [{"ü": 1}, "r0", "arn:of:f", True]
    assert (posted[1][1]["errorType"], posted[1][1]["errorMessage"]) == (kind, "no")
    assert posted[2][1][0] is None
    assert ended.returncode == 0


@pytest.mark.parametrize(
    ("language", "source"),
    [("python", "import nothing_like_it\n"), ("node", "require('nothing');")],
)
def test_a_module_that_cannot_be_loaded_is_an_init_error(
    opened: list[RuntimeApi], tmp_path: Path, language: str, source: str
) -> None:
    posted, ended = run(opened, tmp_path, language, source, ["unused"])
    assert [path for path, _ in posted] == ["init/error"]
    assert "nothing" in posted[0][1]["errorMessage"]
    assert ended.returncode == 1


def test_the_python_loop_says_that_it_stands_in(opened: list[RuntimeApi], tmp_path: Path) -> None:
    _, ended = run(opened, tmp_path, "python", PYTHON, [])
    assert "awslambdaric cannot be imported" in ended.stdout
