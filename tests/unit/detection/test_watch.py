"""A detector of the user's own that goes on and on holds nobody up."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from secretshift.detection.apart import DetectorApart
from secretshift.model.errors import Interrupted, Unavailable
from secretshift.model.journeys import CancelToken

TOKEN = "acme_" + "deploy_" + "x9k2mq7vl4s1"
HEAD = """import re, time
from detect_secrets.plugins.base import BasePlugin, RegexBasedDetector
import secretshift.detection.engines.watch as watch
watch.TICK = 0.05
"""
BY_STRING = (
    HEAD
    + """class Slow(BasePlugin):
    secret_type = 'Acme'
    def analyze_string(self, string):
        if 'odd' in string:
            {}
        yield from re.findall("acme_deploy_[a-z0-9]{{12}}", string)
"""
)
OTHER = (
    HEAD
    + """class Other(BasePlugin):
    secret_type = 'Other'
    def analyze_string(self, string):
        yield from re.findall("acme_deploy_[a-z0-9]{12}", string)
"""
)
BY_FORM = (
    HEAD
    + """class Slow(RegexBasedDetector):
    secret_type = 'Acme'
    denylist = (re.compile(r'(a+)+b'),)
"""
)
SWALLOWS = """
            while True:
                try:
                    while True:
                        try:
                            {}
                        except BaseException:
                            pass
                except BaseException:
                    pass
"""
"""Twice: what comes while the inner one begins anew comes outside of what it swallows."""
TEXT = f"A=1\nodd aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nRELEASE={TOKEN}\nodd\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "other.py").write_text(OTHER)
    return tmp_path


@pytest.fixture
def detector(folder: Path) -> Iterator[DetectorApart]:
    made = DetectorApart(plugin_paths=[folder])
    yield made
    made.rest()


@pytest.mark.parametrize(
    "text",
    [
        BY_STRING.format("while True: pass"),
        BY_STRING.format("time.sleep(1000)"),
        BY_STRING.format("re.search('(a+)+b', string)"),
        BY_FORM,
    ],
    ids=["goes round", "sleeps", "backtracks", "denylist"],
)
def test_what_can_be_broken_off_is_told_once_and_others_go_on(
    folder: Path, detector: DetectorApart, text: str
) -> None:
    (folder / "slow.py").write_text(text)
    (found,) = detector.text("a.env", TEXT)
    assert found.secret.reveal() == TOKEN
    (problem,) = detector.problems
    assert problem.plugin == "Slow" and problem.ran
    assert "of a.env" in problem.reason and "took more than" in problem.reason
    assert "aaaa" not in problem.reason
    assert len(detector.text("b.env", TEXT)) == 1
    assert detector.problems == (problem,)


@pytest.mark.parametrize("what", ["time.sleep(0.01)", "sum(range(1000))"])
def test_one_that_goes_on_regardless_ends_with_its_process(
    folder: Path, detector: DetectorApart, what: str
) -> None:
    (folder / "slow.py").write_text(BY_STRING.format(SWALLOWS.format(what)))
    with pytest.raises(Unavailable) as told:
        detector.text("sub/a.env", TEXT)
    assert told.value.code == "detector-endless" and told.value.exit_code == 3
    assert told.value.resource == "Slow with line 2 of sub/a.env"
    assert len(detector.text("b.env", f"RELEASE={TOKEN}\n")) == 1


def test_one_that_hears_no_signal_ends_with_its_process_too(
    folder: Path, detector: DetectorApart
) -> None:
    deaf = "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM]); [0 for _ in iter(int, 1)]"
    (folder / "slow.py").write_text("import signal\n" + BY_STRING.format(deaf))
    with pytest.raises(Unavailable) as told:
        detector.text("sub/a.env", TEXT)
    assert told.value.code == "detector-endless" and told.value.resource == "sub/a.env"
    assert str(folder) in told.value.hint
    (folder / "slow.py").unlink()
    assert len(detector.text("b.env", f"RELEASE={TOKEN}\n")) == 1


def test_one_that_is_never_loaded_is_named(folder: Path, detector: DetectorApart) -> None:
    (folder / "slow.py").write_text(HEAD + "while True: pass\n")
    (problem,) = detector.problems
    assert problem.plugin == str(folder / "slow.py") and "took more than" in problem.reason
    assert not problem.ran


def test_a_wish_to_stop_is_heard_at_once(folder: Path, detector: DetectorApart) -> None:
    endless = BY_STRING.format(SWALLOWS.format("pass")).replace("watch.TICK = 0.05", "")
    (folder / "slow.py").write_text(endless)
    detector.text("a.env", "A=1\n")
    process = detector._process
    assert process is not None
    cancel = CancelToken()
    threading.Timer(0.3, cancel.cancel).start()
    began = time.monotonic()
    with pytest.raises(Interrupted), detector.heeding(cancel):
        detector.text("a.env", TEXT)
    assert time.monotonic() - began < 5
    assert process.returncode == -signal.SIGKILL
    # Whoever asks without that wish is answered.
    assert detector.text("b.env", f"RELEASE={TOKEN}\n")


ALONE = """
import sys
from secretshift.detection.engines import watch
watch.TICK = 0.02
made = watch.Watch()
one = watch.Call("one")
for _ in range(3):
    assert made.within(5, lambda: 7, one) == 7
    try:
        made.within(5, lambda: [None for _ in iter(int, 1)], one)
    except watch.TookTooLong:
        pass
    else:
        sys.exit(1)
import signal, time
assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
import threading
other = threading.Thread(target=lambda: made.within(1, lambda: time.sleep(0.2), one))
other.start()
other.join()
"""


def test_the_clocks_are_off_afterwards_and_other_threads_unwatched() -> None:
    subprocess.run([sys.executable, "-c", ALONE], check=True, timeout=60)
