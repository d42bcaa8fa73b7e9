"""The detector in a process of its own answers as the one here does, and ends with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift import catalogue
from secretshift.detection import Detector
from secretshift.detection.apart import DetectorApart
from secretshift.model.errors import Refused, Unavailable, UsageProblem
from secretshift.model.secret_value import SecretValue

PASSWORD = "kV7" + "qTz2mWx9Lp"
CONFIG = f'DB_HOST = "db"\nDB_PASSWORD = "{PASSWORD}"\nURL = "postgres://app:{PASSWORD}@db/shop"\n'


@pytest.fixture(scope="module")
def apart() -> Iterator[DetectorApart]:
    detector = DetectorApart()
    yield detector
    detector.close()


def _process(detector: DetectorApart) -> subprocess.Popen[bytes]:
    process = detector._process
    assert process is not None
    return process


_TEXTS = st.text(st.characters(codec=None), max_size=40)
_LINES = st.lists(
    st.one_of(
        _TEXTS,
        st.builds("DB_PASSWORD={}".format, _TEXTS),
        st.builds('"api_key": "{}",'.format, _TEXTS),
        st.just(f"PASSWORD={PASSWORD}"),
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(_LINES, st.sampled_from(["a.env", "b.py", "d\udc80.yaml", ".pgpass"]))
def test_finds_in_a_text_what_the_one_in_this_process_finds(
    apart: DetectorApart, detector: Detector, parts: list[str], path: str
) -> None:
    text = "\n".join(parts)

    assert apart.text(path, text) == detector.text(path, text)
    assert apart.sightings(path, text) == detector.sightings(path, text)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.one_of(_TEXTS, st.just("DB_PASSWORD")), _TEXTS, max_size=4))
def test_finds_in_variables_what_the_one_in_this_process_finds(
    apart: DetectorApart, detector: Detector, texts: dict[str, str]
) -> None:
    variables = {name: SecretValue(text) for name, text in texts.items()}

    assert apart.environment(variables) == detector.environment(variables)


def test_answers_several_threads_each_with_its_own(apart: DetectorApart) -> None:
    words = [f"{PASSWORD}{number:03}" for number in range(60)]

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda word: apart.text("a.env", f"DB_PASSWORD={word}\n"), words))

    assert [one[0].secret.reveal() for one in found] == words


def test_a_process_that_was_killed_is_an_error_once_and_starts_anew() -> None:
    detector = DetectorApart()
    detector.text("a.env", "")
    first = _process(detector)
    first.kill()
    first.wait()

    with pytest.raises(Unavailable) as told:
        detector.text("a.env", CONFIG)
    again = detector.text("b.env", "")

    assert told.value.code == "detection-ended"
    assert PASSWORD not in repr(told.value)
    assert again == ()
    detector.close()


def test_stopping_in_the_middle_of_an_answer_does_not_mix_up_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from secretshift.detection.apart import wire

    detector = DetectorApart()
    detector.text("a.env", "")
    real = wire.receive

    def stopped(_pipe: object) -> object:
        monkeypatch.setattr(wire, "receive", real)
        raise KeyboardInterrupt

    monkeypatch.setattr(wire, "receive", stopped)
    with pytest.raises(KeyboardInterrupt):
        detector.text("a.env", CONFIG)

    assert detector.text("b.env", "NOTHING=here\n") == ()
    detector.close()


def test_ends_when_it_is_closed_and_when_nobody_holds_it() -> None:
    closed, dropped = DetectorApart(), DetectorApart()
    closed.text("a.env", "")
    dropped.text("a.env", "")
    first, second = _process(closed), _process(dropped)

    closed.close()
    del dropped

    assert first.returncode == 0
    assert second.returncode == 0


_ASKING = """
import sys
from secretshift.detection.apart import DetectorApart
detector = DetectorApart()
detector.text("a.env", "")
print(detector._process.pid, flush=True)
sys.stdin.read()
"""


def test_ends_when_the_asking_program_is_killed() -> None:
    asking = subprocess.Popen(
        [sys.executable, "-c", _ASKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert asking.stdout is not None
    pid = int(asking.stdout.readline())
    ended = os.pidfd_open(pid)
    asking.kill()
    asking.communicate()

    import select

    assert select.select([ended], [], [], 10)[0], "it goes on without anybody who asks"
    os.close(ended)


def test_the_stop_key_of_the_terminal_does_not_end_it(apart: DetectorApart) -> None:
    apart.text("a.env", "")
    before = _process(apart)
    before.send_signal(signal.SIGINT)

    assert apart.text("a.env", CONFIG)
    assert _process(apart) is before


def test_gets_no_login_leaves_no_core_and_is_told_no_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made up")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/nowhere")
    detector = DetectorApart()
    detector.environment({"DB_PASSWORD": SecretValue(PASSWORD)})
    proc = Path("/proc") / str(_process(detector).pid)

    environment = proc.joinpath("environ").read_bytes()
    arguments = proc.joinpath("cmdline").read_bytes()
    limits = proc.joinpath("limits").read_text()

    assert b"AWS_" not in environment
    assert b"LD_LIBRARY_PATH" not in environment
    assert PASSWORD.encode() not in environment + arguments
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    detector.close()


def test_problems_with_plugins_are_told_as_by_the_one_in_this_process(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise ValueError('no')\n")

    detector = DetectorApart(plugin_paths=[broken])
    here = Detector(catalogue.load(), plugin_paths=[broken])

    assert detector.problems == here.problems
    assert len(detector.problems) == 1
    detector.close()


def test_without_plugins_asking_for_problems_starts_nothing() -> None:
    detector = DetectorApart()

    assert detector.problems == ()
    assert detector._process is None


def test_what_is_wrong_with_a_file_of_kinds_is_said_in_its_own_words(tmp_path: Path) -> None:
    kinds = tmp_path / "kinds.toml"
    kinds.write_text("this is no file of kinds")
    with pytest.raises(UsageProblem) as here:
        catalogue.load(extra=(kinds,))

    for _ in range(2):
        with pytest.raises(UsageProblem) as apart:
            DetectorApart(kinds=[kinds]).text("a.env", CONFIG)

        assert (apart.value.what, apart.value.hint) == (here.value.what, here.value.hint)


_FAILING = """
from detect_secrets.plugins.base import RegexBasedDetector
from secretshift.model.errors import NotFound
import secretshift.detection.detector as d

def failing(self, path, text):
    raise {raised}

d.Detector.text = failing

class Nothing(RegexBasedDetector):
    secret_type = "Nothing"
    denylist = ()
"""


def test_a_bug_is_one_here_too_and_quotes_nothing(tmp_path: Path) -> None:
    plugin = tmp_path / "failing.py"
    plugin.write_text(_FAILING.format(raised="KeyError(text)"))
    detector = DetectorApart(plugin_paths=[plugin])

    with pytest.raises(RuntimeError) as bug:
        detector.text("a.env", CONFIG)

    assert "KeyError at failing.py:7" in str(bug.value)
    assert PASSWORD not in str(bug.value)
    assert bug.value.__context__ is None
    detector.close()


def test_an_error_of_ours_keeps_its_family(tmp_path: Path) -> None:
    plugin = tmp_path / "failing.py"
    plugin.write_text(
        _FAILING.format(raised="NotFound('It is gone', resource=path, hint='Look', code='gone')")
    )
    detector = DetectorApart(plugin_paths=[plugin])

    with pytest.raises(Refused) as told:
        detector.text("a.env", CONFIG)

    error = told.value
    assert (error.what, error.resource, error.hint, error.code) == (
        "It is gone",
        "a.env",
        "Look",
        "gone",
    )
    detector.close()
