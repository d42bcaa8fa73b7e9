"""The first signal stops between two changes; only insisting stops at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = """
import os, signal, time
# As in a terminal: what started the tests may have been started with signals ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
if os.environ["IGNORING"]:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
from types import SimpleNamespace
import secretshift.wiring as wiring
import secretshift.workflow.migrate as migrate
import secretshift.workflow.scan as scan
from secretshift.model.findings import ScanReport
from secretshift.settings import Settings

def change_in_hand(cancel):
    os.write(1, b"at work\\n")
    while not cancel.cancelled:
        time.sleep(0.01)
    time.sleep(float(os.environ.get("REST", "0")))
    os.write(1, b"finished it\\n")

def migrating(_services, _request, _emit, cancel):
    change_in_hand(cancel)
    return migrate.MigrateResult("r-20251124-101500-7b1e", "interrupted", interrupted=True)

def scanning(_services, _sources, _emit, cancel):
    change_in_hand(cancel)
    return scan.ScanResult(ScanReport(), interrupted=True)

wiring.services = lambda *_a, **_k: SimpleNamespace(
    settings=Settings(), catalogue=SimpleNamespace(kinds=())
)
migrate.migrate = migrating
scan.scan = scanning
from secretshift.cli.main import main
main()
"""


class Running:
    def __init__(self, folder: Path, arguments: list[str], rest: float, ignoring: bool) -> None:
        (folder / "program.py").write_text(SCRIPT)
        self._process = subprocess.Popen(
            [sys.executable, "program.py", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(folder),
                "REST": str(rest),
                "IGNORING": "yes" if ignoring else "",
            },
        )
        assert self._process.stdout is not None and self._process.stderr is not None
        assert self._process.stdout.readline() == b"at work\n"

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def hear(self) -> str:
        """The next sentence on stderr."""
        assert self._process.stderr is not None
        while not (said := self._process.stderr.readline().strip()):
            pass
        return said.decode()

    def end(self) -> tuple[int, str, str]:
        out, err = self._process.communicate(timeout=30)
        return self._process.returncode, out.decode(), err.decode()


@pytest.fixture
def start(tmp_path, made_up_plan):
    import json

    from secretshift.model.codec import to_data

    (tmp_path / "plan.json").write_text(json.dumps(to_data(made_up_plan)))

    def started(*arguments: str, rest: float = 0.0, ignoring: bool = False) -> Running:
        return Running(tmp_path, list(arguments), rest, ignoring)

    return started


MIGRATE = ("migrate", "--plan", "plan.json", "--yes", "-q")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_lets_the_change_in_hand_be_finished(start, number):
    running = start(*MIGRATE)
    running.signal(number)
    assert running.hear().startswith("Finishing the change in hand")
    code, out, _err = running.end()
    assert code == 130
    assert "finished it" in out
    assert "secretshift resume r-20251124-101500-7b1e" in out


def test_the_second_signal_does_not_cut_a_change_off(start):
    running = start(*MIGRATE, rest=1.0)
    running.signal(signal.SIGINT)
    running.hear()
    running.signal(signal.SIGINT)
    assert running.hear().startswith("Still finishing")
    code, out, _err = running.end()
    assert code == 130
    assert "finished it" in out


def test_the_third_signal_ends_at_once_and_says_how_to_go_on(start):
    running = start(*MIGRATE, rest=60.0)
    began = time.monotonic()
    for _ in range(2):
        running.signal(signal.SIGINT)
        running.hear()
    running.signal(signal.SIGINT)
    assert "secretshift resume last" in running.hear()
    code, out, _err = running.end()
    assert code == 130
    assert "finished it" not in out
    assert time.monotonic() - began < 30


def test_where_nothing_is_written_the_second_signal_ends_at_once(start):
    running = start("scan", rest=60.0)
    running.signal(signal.SIGINT)
    assert "nothing was changed" in running.hear()
    running.signal(signal.SIGINT)
    assert running.hear() == "Stopped at once."
    assert running.end()[0] == 130


def test_a_signal_that_was_ignored_before_stays_ignored(start):
    """As nohup leaves SIGHUP: the run goes on when the terminal is closed."""
    running = start(*MIGRATE, ignoring=True)
    running.signal(signal.SIGHUP)
    time.sleep(0.3)
    running.signal(signal.SIGTERM)
    assert running.hear().startswith("Finishing the change in hand")
    assert running.end()[0] == 130


def test_a_thread_that_is_not_the_main_one_gets_a_token_without_signals():
    import threading

    from secretshift.cli.stopping import READING, stoppable

    seen = []

    def work() -> None:
        with stoppable(READING) as token:
            seen.append(token.cancelled)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [False]


def test_the_handlers_of_before_are_put_back():
    from secretshift.cli.stopping import READING, stoppable

    before = signal.getsignal(signal.SIGTERM)
    with stoppable(READING) as token:
        os.kill(os.getpid(), signal.SIGTERM)
        assert token.cancelled
    assert signal.getsignal(signal.SIGTERM) is before
