"""The operator's machine: no core dump, no tracing, no value in a log or a report of a defect."""

from __future__ import annotations

import io
import json
import logging
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from secretshift import logs
from secretshift.hardening import child_environment
from secretshift.model.errors import Refused
from secretshift.model.secret_value import MASK, SecretValue

CANARY = "canary-Qw93-value"


# S39


def test_no_core_dump_and_not_dumpable() -> None:
    code = (
        "import ctypes, resource\n"
        "from secretshift.hardening import harden_process, hardening\n"
        "before = hardening()\n"
        "assert harden_process() == hardening()\n"
        "print(before.core_limit, before.dumpable)\n"
        "print(*resource.getrlimit(resource.RLIMIT_CORE))\n"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n"
        "print([l.split()[1] for l in open('/proc/self/limits') if 'core file' in l] or 'Max')\n"
    )

    def allow() -> None:
        _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    done = subprocess.run(
        [sys.executable, "-c", code], preexec_fn=allow, capture_output=True, text=True, check=True
    )
    before, limits, dumpable, _proc = done.stdout.splitlines()
    assert limits == "0 0"
    if sys.platform == "linux":
        assert before.endswith("True") and dumpable == "0"


@pytest.mark.skipif(sys.platform != "linux", reason="signals and wait status of Linux")
def test_a_crash_leaves_no_core(tmp_path: Path) -> None:
    code = "import os, secretshift.hardening as h; h.harden_process(); os.abort()"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = status
    assert os.WIFSIGNALED(status) and not os.WCOREDUMP(status)
    assert list(tmp_path.iterdir()) == []


# S38


def test_children_get_what_is_listed_and_nothing_else() -> None:
    outer = {
        "HOME": "/home/u",
        "PATH": ":.:bin:/usr/bin:/bin",
        "LANG": "de_DE",
        "AWS_SECRET_ACCESS_KEY": CANARY,
        "AZURE_CLIENT_SECRET": CANARY,
        "GOOGLE_APPLICATION_CREDENTIALS": CANARY,
        "GIT_DIR": "/elsewhere",
        "GIT_CONFIG_COUNT": "1",
        "LD_PRELOAD": "/evil.so",
        "DATABASE_URL": CANARY,
    }
    assert child_environment(outer) == {"HOME": "/home/u", "PATH": "/usr/bin:/bin", "LC_ALL": "C"}


# S36


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {
        n: logging.getLogger(n).level for n in ("secretshift", logs.DATABASE, *logs.TALKATIVE)
    }
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, earlier in levels.items():
        logging.getLogger(name).setLevel(earlier)
    logs._process_run = ""


def configured(verbosity: int, form: logs.Format = "text", run: str = "") -> io.StringIO:
    stream = io.StringIO()
    logging.getLogger().handlers.clear()  # the test runner's own, which mask nothing
    logs.configure(verbosity, form, run, stream=stream)
    return stream


@pytest.mark.parametrize("verbosity", [0, 1, 2, 3, 9])
@pytest.mark.parametrize(
    "name",
    [
        "botocore.endpoint",
        "boto3",
        "urllib3.connectionpool",
        "s3transfer.x",
        "git.cmd",
        "grpc._channel",
        "azure.core",
    ],
)
def test_no_sdk_speaks_at_debug_even_if_its_level_is_lowered(name: str, verbosity: int) -> None:
    stream = configured(verbosity)
    logger = logging.getLogger(name)
    assert not logger.isEnabledFor(logging.DEBUG)
    logger.debug("Making request %s", CANARY)
    logger.setLevel(logging.DEBUG)
    logger.debug("Making request %s", CANARY)
    logger.log(5, CANARY)
    logger.setLevel(logging.NOTSET)
    logging.getLogger().setLevel(logging.DEBUG)
    logger.debug("Making request %s", CANARY)
    assert stream.getvalue() == ""
    logger.warning("seen")
    assert "seen" in stream.getvalue()


@pytest.mark.parametrize("verbosity", [0, 1, 2, 3])
def test_the_statements_of_the_database_are_never_said(verbosity: int) -> None:
    stream = configured(verbosity)
    logger = logging.getLogger("sqlalchemy.engine.Engine")
    assert not logger.isEnabledFor(logging.INFO)
    logger.setLevel(logging.DEBUG)
    logger.info("INSERT INTO runs %s", CANARY)
    assert stream.getvalue() == ""
    logger.setLevel(logging.NOTSET)


@pytest.mark.parametrize("name", logs.TALKATIVE)
def test_a_level_that_was_lowered_before_is_raised_for_every_handler(name: str) -> None:
    logging.getLogger(name).setLevel(logging.DEBUG)
    configured(3)
    assert logging.getLogger(name).getEffectiveLevel() == logging.INFO


def test_botocore_itself_writes_no_request_at_the_highest_verbosity() -> None:
    boto3 = pytest.importorskip("boto3")
    from botocore.config import Config

    stream = configured(3)
    client = boto3.client(
        "secretsmanager",
        region_name="eu-central-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="x",
        aws_secret_access_key="y",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=1),
    )
    with pytest.raises(Exception, match="connect"):
        client.create_secret(Name="n", SecretString=CANARY)
    assert CANARY not in stream.getvalue()
    control = io.StringIO()
    handler = logging.StreamHandler(control)
    botocore = logging.getLogger("botocore")
    botocore.addHandler(handler)
    botocore.setLevel(logging.DEBUG)
    try:
        with pytest.raises(Exception, match="connect"):
            client.create_secret(Name="n", SecretString=CANARY)
    finally:
        botocore.removeHandler(handler)
    assert CANARY in control.getvalue(), "the danger is real"
    assert CANARY not in stream.getvalue()


@pytest.mark.parametrize(
    ("verbosity", "seen"),
    [(0, ["warning"]), (1, ["info", "warning"]), (2, ["debug", "info", "warning"])],
)
def test_verbosity(verbosity: int, seen: list[str]) -> None:
    stream = configured(verbosity)
    logger = logging.getLogger("secretshift.x")
    for level in ("debug", "info", "warning"):
        getattr(logger, level)("level-%s", level)
    assert [line.rpartition("level-")[2] for line in stream.getvalue().splitlines()] == seen


def test_logs_go_to_stderr_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(1)
    logs.configure(1)
    logging.getLogger("secretshift").info("hello")
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("hello") == 1


def test_json_lines_carry_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    stream = configured(1, "json", "r-outer")
    logger = logging.getLogger("secretshift.x")
    with logs.bind_run("r-1"):
        logger.info("found %d in %s", 3, Path("a/b"), extra={"place": "eu", "level": "no"})
    thread = threading.Thread(target=lambda: logger.warning("in a thread"))
    thread.start()
    thread.join()
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    time = first.pop("time")
    assert time.endswith("+00:00")
    assert first == {
        "level": "info",
        "logger": "secretshift.x",
        "run": "r-1",
        "message": "found 3 in a/b",
        "place": "eu",
    }
    assert second["run"] == "r-outer"


@dataclass
class Holder:
    password: str


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_value_reaches_a_log(form: logs.Format) -> None:
    stream = configured(3, form, "r-1")
    logger = logging.getLogger("secretshift.x")
    value = SecretValue(CANARY)
    logger.info("one %s %r", value, value)
    logger.info("map %(a)s", {"a": value})
    logger.info("nested %s", {"list": [value, (value,)], "holder": Holder(CANARY)})
    logger.info(value)
    logger.info(Holder(CANARY))
    logger.info("extra", extra={"value": value, "deep": {"x": [value]}, "h": Holder(CANARY)})
    logger.info("bytes %s", CANARY.encode())
    logger.info("failed %s", ValueError(CANARY))
    logger.info("does not fit %d", value)
    try:
        raise ValueError(CANARY)
    except ValueError:
        password = CANARY
        logger.exception("oh %s", password[:0])
    logger.info("ours %s", Refused("said by us"))
    text = stream.getvalue()
    assert CANARY not in text
    assert len(text.splitlines()) == 11
    assert "said by us" in text and "[ValueError at " in text
    assert (MASK in text) or (json.dumps(MASK)[1:-1] in text)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_name_from_outside_writes_no_line_of_its_own(form: logs.Format) -> None:
    stream = configured(1, form)
    hostile = "a\n2026 error fake\x1b[31m\r\u2028\udcff"
    logging.getLogger("secretshift").info("file %s", hostile, extra={"path": hostile})
    text = stream.getvalue()
    assert text.count("\n") == 1 and text.endswith("\n")
    assert text[:-1].isprintable()


def test_a_stream_that_fails_prints_nothing_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    stream = configured(1)
    stream.close()
    logging.getLogger("secretshift").info("x %s", CANARY)
    captured = capsys.readouterr()
    assert CANARY not in captured.out + captured.err


# S37


def fail(password: str) -> None:
    try:
        {}[password]
    except KeyError:
        raise ValueError(f"could not use {password}") from RuntimeError(password)


def test_a_defect_is_reported_without_texts_and_locals() -> None:
    out = io.StringIO()
    try:
        fail(CANARY)
    except ValueError as error:
        logs.report_bug(error, out)
    text = out.getvalue()
    assert CANARY not in text
    assert "ValueError" in text and "RuntimeError" in text
    assert f"{__file__}:" in text and " fail\n" in text
    assert "issues" in text


def test_what_it_came_from_is_told_and_an_endless_chain_ends() -> None:
    first, second = ValueError("a"), KeyError("b")
    first.__context__, second.__context__ = second, first
    out = io.StringIO()
    logs.report_bug(first, out)
    assert out.getvalue().count("KeyError") == 1


def test_a_very_deep_failure_is_short() -> None:
    def deep() -> None:
        deep()

    out = io.StringIO()
    try:
        deep()
    except RecursionError as error:
        logs.report_bug(error, out)
    assert len(out.getvalue().splitlines()) < 80 and "frames left out" in out.getvalue()


UNCAUGHT = {
    "thread": "import threading\nt = threading.Thread(target=fail)\nt.start()\nt.join()",
    "finaliser": "class A:\n    def __del__(self): fail()\nA()",
    "top": "fail()",
    "at the end": "import atexit\natexit.register(fail)",
}
FAIL = """
def fail():
    password = VALUE
    try:
        raise KeyError(password)
    except KeyError as error:
        raise ValueError("no use for " + password) from error
"""


def test_a_ctrl_c_amid_a_clean_up_is_not_lost_and_is_no_defect() -> None:
    code = """
import signal
from secretshift import logs
signal.signal(signal.SIGINT, signal.default_int_handler)
logs.report_uncaught()
class A:
    def __del__(self): signal.raise_signal(signal.SIGINT)
try:
    A()
    while True: pass
except KeyboardInterrupt:
    print("stopped")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("stopped\n", "")


@pytest.mark.parametrize("where", UNCAUGHT)
def test_what_nobody_catches_is_told_without_texts(where: str) -> None:
    def said(before: str) -> str:
        code = f"VALUE = {CANARY!r}\n{before}\n{FAIL}\n{UNCAUGHT[where]}\n"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        return done.stdout + done.stderr

    assert CANARY in said(""), "Python itself tells it"
    text = said("from secretshift import logs; logs.report_uncaught()")
    assert CANARY not in text
    assert "This is a defect of secretshift" in text and "ValueError" in text
    assert " fail\n" in text
